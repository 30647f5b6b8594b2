#ifndef PINGYI_SERVICE_API_SERVICE_H
#define PINGYI_SERVICE_API_SERVICE_H

#include "service/auth/audit.h"
#include "service/auth/digest.h"
#include "service/auth/session_book.h"
#include "service/host/datadir.h"
#include "service/http/events.h"
#include "service/http/server.h"
#include "service/jobs/lane.h"
#include "service/jobs/tasks.h"
#include "service/jobs/writer.h"

#include <stdio.h>

/* The service whole: one loop, one writer, the readers, the hashing lane, long jobs, the HTTP server. Thread: loop,
 * unless said otherwise. */

enum service_state { SERVICE_READY, SERVICE_RELOADING, SERVICE_STOPPING };

struct service_options {
    const char *data_path;
    const char *const *listen; /* "ADDR:PORT", "[::1]:8443"; ended by NULL */
    /* NULL: DATA/tls/server.pem and server.key, made when missing */
    const char *certificate_path, *key_path;
    bool is_plain; /* HTTP without TLS: only on loopback or with proxies */
    /* --behind-proxy ADDR: whose X-Forwarded-For is believed, ended by NULL; NULL: none */
    const char *const *proxies;
    const char *host; /* the only Host answered; NULL: any */
    FILE *access_log; /* NULL: none */
    FILE *messages;   /* what the operator is told, one line each */
    const char *program_version;
    int64_t (*now_utc)(void); /* any thread; NULL: the system's clock */
    /* Told, on the loop, what becomes of the service: SERVICE_READY again after each reload. NULL: nobody. */
    void (*on_state)(void *context, enum service_state state);
    void *context;
};

enum {
    SERVICE_READERS = 2,
    SERVICE_READS_TOGETHER = 4,
    SERVICE_WRITE_QUEUE_MAX = 4096,
    SERVICE_READ_QUEUE_MAX = 1024,
    SERVICE_HASH_QUEUE_MAX = 64,
    SERVICE_TASK_QUEUE_MAX = 16,
    SERVICE_REFUSALS_A_SECOND = 5, /* entered in the audit log */
    SERVICE_LISTEN_MAX = 16,
    SERVICE_PATH_MAX_BYTES = 4096
};

/* Who waits until the book has been read anew. Embedded in whoever waits. */
struct book_wait {
    void (*done)(struct book_wait *wait);
    struct book_wait *next; /* the loader's */
};

/* Reads the book of sessions anew: one load at a time, in a lane of its own, so that no queue can refuse it. */
struct book_loader {
    struct lane *lane;
    struct work work;
    struct session_book *loaded;
    struct book_wait *current; /* wait for the load that runs */
    struct book_wait *next;    /* came after it had begun: wait for the one after it */
    bool is_running;
    bool is_wanted; /* once more */
    bool is_stale;  /* the last load failed: the sweeper tries again */
};

/* Tasks that ended and whose rows do not say so yet. */
struct long_task;

/* Sessions that have run out and when the others were last seen, on their way into the store. */
struct sweep;

/* What was counted of rounds, see figures.h. */
struct figures;
struct kept_texts;

/* The engine of the phoning (followup/casework.h). */
struct casework;

/* What reads cases for people (case_reader.h). */
struct case_readers;

/* What callers have done since the start, for /metrics. */
struct desk_counts {
    int64_t leased, dials, finished;
};

/* Rounds whose phoning has moved in this second, see followup_news.h. */
enum { FOLLOWUP_NEWS_ROUNDS = 16, FOLLOWUP_NEWS_NAME_BYTES = 128 };
struct followup_news {
    struct followup_news_round {
        char name[FOLLOWUP_NEWS_NAME_BYTES]; /* was told of */
        bool is_due;                         /* and has moved again since */
    } rounds[FOLLOWUP_NEWS_ROUNDS];
    size_t count;
};

/* Rounds whose phoning something may have moved. */
struct followup_rounds {
    char names[FOLLOWUP_NEWS_ROUNDS][FOLLOWUP_NEWS_NAME_BYTES];
    size_t count;
};

/* The sweep of cases whose time has passed, see case_sweep.c. */
struct case_sweep {
    struct action action;
    bool is_running;
    bool goes_on; /* there is more to sweep */
    struct followup_rounds moved;
};

struct service {
    uv_loop_t *loop;
    const struct service_options *options;
    struct datadir datadir; /* path, vault, organ; its store is the writer's */
    int lock_fd;            /* service.lock: foreign writers give way while it is held */
    char *spool_path;       /* DATA/spool: bodies and downloads on their way */
    struct tls *tls;
    struct assets *assets;
    struct http_server *http;
    int ports[SERVICE_LISTEN_MAX]; /* what options->listen became, in its order */
    struct writer *writer;
    struct lane *readers, *hasher;
    struct lane *counter;      /* reads that count a city's orders, one at a time */
    struct figures *figures;   /* the counter's */
    struct kept_texts *boards; /* the counter's: what supervisors see, see followup.c */
    struct tasks *tasks;
    struct long_task *unended;
    struct events *events;
    struct session_book *book;
    struct book_loader book_loader;
    struct audit_chain *chain;        /* the writer thread's */
    struct vault_sealer *totp_sealer; /* the writer thread's */
    struct casework *casework;        /* the writer thread's */
    struct case_readers *case_readers;
    struct case_sweep case_sweep;
    struct desk_counts desk_counts; /* the loop's */
    struct sha256 *request_digest;  /* the loop's */
    struct hmac *request_hmac;      /* the loop's */
    uv_timer_t sweeper;             /* sessions, certificate */
    struct sweep *sweep;            /* NULL: none is on its way */
    uv_timer_t news_timer;          /* runs while there are news */
    struct followup_news news;      /* the loop's */
    uv_async_t foreign_write;       /* from the writer thread: another process has written */
    uv_signal_t terminate, interrupt, reload;
    int64_t advised_day;      /* when the certificate was last looked at */
    int64_t write_failed_utc; /* of the last batch, when it failed; 0: it held */
    int64_t complained_utc;   /* second of the last line about a failure, and how many in it */
    int complaints;
    int64_t refused_utc; /* second of the last refusal, and how many in it */
    int refusals;
    bool has_handles; /* timer, async and signals are open */
    int parts_left;   /* of what is being ended, see service_stop.c */
    int stop_state;
    struct action farewell; /* "service.stop" in the audit log */
    bool is_stopping;
};

/* Open everything and listen; what is unsafe or worth knowing is said on options->messages. `service` is the caller's,
 * zeroed, and stays in place; the loop must be its alone. ERR_BUSY: another service holds the directory; ERR_USAGE: the
 * options make no safe service. After an error nothing is left open. */
int service_start(struct service *service, uv_loop_t *loop, const struct service_options *options,
                  struct err *err);
/* Finish, commit, leave: the loop then runs out of handles. Also on SIGTERM and SIGINT; SIGHUP reloads the certificate.
 * Harmless when repeated. */
void service_stop(struct service *service);
void service_deinit(struct service *service); /* after the loop has ended; accepts a zeroed one */

int64_t service_now_utc(const struct service *service); /* any thread */

/* One line on options->messages; control characters in it are replaced. */
__attribute__((format(printf, 2, 3))) void service_say(const struct service *service,
                                                       const char *format, ...);

/* Load the sessions' book anew, after a write that touched accounts; `wait` (NULL: nobody) is told when a book that was
 * begun after this call is in place, or could not be had. */
void service_reload_book(struct service *service, struct book_wait *wait);

#endif
