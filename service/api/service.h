#ifndef PINGYI_SERVICE_API_SERVICE_H
#define PINGYI_SERVICE_API_SERVICE_H

#include "service/auth/session_book.h"
#include "service/host/datadir.h"
#include "service/http/events.h"
#include "service/http/server.h"
#include "service/jobs/lane.h"
#include "service/jobs/tasks.h"
#include "service/jobs/writer.h"

#include <stdio.h>

/* The service whole: one loop, one writer, the readers, the hashing lane, long jobs, the HTTP server. Thread: loop, unless
 * said otherwise. */

struct service_options {
    const char *data_path;
    const char *const *listen; /* "ADDR:PORT", "[::1]:8443"; ended by NULL */
    const char *certificate_path,
        *key_path; /* NULL: DATA/tls/server.pem and server.key, made when missing */
    bool is_plain; /* HTTP without TLS: only on loopback or with proxies */
    const char *const
        *proxies;     /* --behind-proxy ADDR: whose X-Forwarded-For is believed; NULL: none */
    const char *host; /* the only Host answered; NULL: any */
    FILE *access_log; /* NULL: none */
    FILE *messages;   /* what the operator is told, one line each */
    const char *program_version;
};

enum {
    SERVICE_READERS = 2,
    SERVICE_WRITE_QUEUE_MAX = 4096,
    SERVICE_READ_QUEUE_MAX = 1024,
    SERVICE_HASH_QUEUE_MAX = 64,
    SERVICE_TASK_QUEUE_MAX = 16
};

struct service {
    uv_loop_t *loop;
    const struct service_options *options;
    struct datadir datadir; /* path, vault, organ; its store is not used by requests */
    int lock_fd;            /* service.lock: foreign writers give way while it is held */
    struct tls *tls;
    struct assets *assets;
    struct http_server *http;
    struct writer *writer;
    struct lane *readers, *hasher;
    struct tasks *tasks;
    struct events *events;
    struct session_book *book;
    struct audit_chain *chain;        /* the writer thread's */
    struct vault_sealer *totp_sealer; /* the writer thread's */
    uv_timer_t sweeper;               /* sessions, receipts, certificate, watchdog */
    uv_signal_t terminate, interrupt, reload;
    bool is_stopping;
};

/* Open everything and listen; what is unsafe or worth knowing is said on options->messages. `service` is the caller's,
 * zeroed, and stays in place. ERR_BUSY: another service holds the directory. After an error nothing is left open. */
int service_start(struct service *service, uv_loop_t *loop, const struct service_options *options,
                  struct err *err);
/* Finish, commit, leave: the loop then runs out of handles. Also on SIGTERM and SIGINT; SIGHUP reloads the certificate. */
void service_stop(struct service *service);
void service_deinit(struct service *service); /* after the loop has ended */

/* Load the sessions' book anew (a reader), after a write that touched accounts; those that wait for it are answered then. */
void service_reload_book(struct service *service, void (*done)(void *context), void *context);

#endif
