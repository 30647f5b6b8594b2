#ifndef PINGYI_SERVICE_API_PARTS_H
#define PINGYI_SERVICE_API_PARTS_H

#include "service/api/service.h"

/* The files that make up the service behind service.h, one another's neighbours. Thread: loop. */

/* listen.c: where and how it listens. */
struct listen_address {
    char host[64]; /* numeric, NUL-terminated */
    int port;
    bool is_loopback, is_any; /* "any": 0.0.0.0 or :: */
};
/* "127.0.0.1:8443", "[::1]:0". ERR_USAGE. */
int listen_address_parse(const char *text, struct listen_address *out, struct err *err);
/* That the options make a service that is safe to have: plain HTTP on loopback or behind proxies alone, certificate
 * and key together, addresses that can be read. ERR_USAGE. */
int listen_check(const struct service_options *options, struct err *err);
/* The certificate (made when there is none) and the sockets; each is told. */
int listen_open_tls(struct service *service, struct err *err);
int listen_open(struct service *service, struct err *err);

/* spool.c: make DATA/spool, empty of what an earlier process left. */
int spool_open(struct service *service, struct err *err);

/* advice.c: what is unsafe about the configuration, a line each. `store`: within a read snapshot. */
void advice_say(struct service *service, struct store *store);
void advice_say_certificate(struct service *service); /* when it ends soon */

/* sweep.c: now and then. */
void sweep_on_timer(uv_timer_t *timer);
enum { SWEEP_EVERY_MS = 10 * 1000 };
void sweep_free(struct sweep *sweep);

/* case_sweep.c: end leases that have run out, and place anew what nobody took, unless that is under way. */
void case_sweep_start(struct service *service);

/* service_stop.c */
void stop_step(struct service *service);

#endif
