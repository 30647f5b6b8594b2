/* Callers at full speed on a running service, and what it answers, measured. One thread, epoll.
 *
 *     bench_callers prepare DATA COUNT CALLERS
 *         as many accounts of callers, signed in: in the file CALLERS a line `cookie csrf` each. Not while it runs
 *     bench_callers work PORT CALLERS SECONDS PACE_MS LOG
 *         each of them begins a case every PACE_MS (0: without a pause): next, dial, look at the number, the end of the
 *         dial; each eighth case is a whole interview. Prints answers/s, cases/s, p50 and p99 of `next` in ms, p99 of
 *         all, how many failed, and how often no case was due. Appends to LOG a line `case caller from until`, in
 *         microseconds, for each case that was held */
#include "base/alloc.h"
#include "base/buf.h"

#include "service/auth/digest.h"
#include "service/host/datadir.h"
#include "service/storage/accounts.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
    CALLERS_MAX = 512,
    REQUEST_MAX_BYTES = 4096,
    BODY_MAX_BYTES = 512,
    ANSWER_MAX_BYTES = 256 * 1024,
    SLOT_US = 100, /* latencies are counted in slots */
    SLOT_COUNT = 100 * 1000,
    EVENT_COUNT = 256,
    TALK_EVERY = 8, /* cases */
};

static int64_t now_us(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* ---- accounts ---- */

static int put_caller(struct store *store, int nth, FILE *out, struct err *err)
{
    char name[32], secret[SHA256_HEX_BYTES], text[48];
    unsigned char digest[SHA256_BYTES];
    int64_t now_utc = (int64_t)time(NULL);
    (void)snprintf(name, sizeof name, "bench%d", nth);
    (void)snprintf(text, sizeof text, "caller %d at %" PRId64, nth, now_us());
    struct account_row account = {.name = bytes_from_z(name),
                                  .display_name = bytes_from_z(name),
                                  .role = BYTES_LIT("caller"),
                                  .password = BYTES_LIT("x"),
                                  .password_utc = now_utc,
                                  .created_utc = now_utc,
                                  .created_by = BYTES_LIT("bench")};
    int rc = account_put_new(store, &account, err);
    if (rc == OK)
        rc = sha256_of(bytes_from_z(text), digest, err);
    if (rc != OK)
        return rc;
    sha256_hex(digest, secret);
    rc = sha256_of(bytes_from_z(secret), digest, err);
    struct session_row session = {.account_id = account.id,
                                  .secret_sha256 = {(const char *)digest, sizeof digest},
                                  .csrf = bytes_from_z(secret),
                                  .stage = BYTES_LIT("full"),
                                  .created_utc = now_utc,
                                  .seen_utc = now_utc,
                                  .address = BYTES_LIT("127.0.0.1"),
                                  .agent = BYTES_LIT("bench")};
    if (rc == OK)
        rc = session_put_new(store, &session, err);
    if (rc == OK)
        (void)fprintf(out, "%s %s\n", secret, secret);
    return rc;
}

static int prepare(const char *data, int count, const char *file)
{
    struct datadir datadir;
    struct err err = {0};
    FILE *out = fopen(file, "w");
    int rc = datadir_open(data, STORE_READWRITE, &datadir, &err);
    if (out == NULL || rc != OK) {
        (void)fprintf(stderr, "could not begin: %s\n", err.message);
        return 1;
    }
    rc = store_begin(datadir.store, &err);
    for (int i = 1; i <= count && rc == OK; i++)
        rc = put_caller(datadir.store, i, out, &err);
    if (rc == OK)
        rc = store_commit(datadir.store, &err);
    if (rc != OK)
        (void)fprintf(stderr, "could not add callers: %s\n", err.message);
    datadir_close(&datadir);
    return fclose(out) != 0 || rc != OK;
}

/* ---- work ---- */

enum step { STEP_SHIFT, STEP_NEXT, STEP_DIAL, STEP_NUMBER, STEP_ANSWERS, STEP_END, STEP_REST };

struct worker {
    int fd;
    enum step step;
    char cookie[80], csrf[80];
    char answer[ANSWER_MAX_BYTES];
    size_t got;
    int64_t began_us;
    int64_t wake_us; /* resting until then; 0: an answer is awaited */
    int64_t cases, case_id, number_no, dial_id, order_id, held_us;
    size_t answered;
};

struct load {
    int port, count, epoll;
    struct worker *workers;
    int64_t end_us, pace_us, key;
    int64_t done, failed, cases, empty;
    int64_t *next_slots, *all_slots;
    FILE *log;
};

static const struct {
    const char *item, *value;
    bool is_of_order;
} talk[] = {
    {"consent", "yes", false}, {"is_you", "yes", false},    {"contacted", "yes", true},
    {"resolved", "yes", true}, {"satisfaction", "4", true}, {"speed", "4", true},
    {"attitude", "5", true},   {"other", "no", true},       {"coached", "no", false},
};
enum { TALK_COUNT = sizeof talk / sizeof talk[0] };

static bool is_talk(const struct worker *worker)
{
    return worker->cases % TALK_EVERY == 0;
}

/* Where a person has several orders only the first is asked about, so the caller says 1.2: where that is all, the
 * service makes it 1.1. The request of a step: method, what follows /api/v1/followup/, body. */
static const char *write_step(const struct worker *worker, char path[128], char body[512])
{
    (void)snprintf(body, BODY_MAX_BYTES, "{}");
    const char *method = "POST";
    switch (worker->step) {
    case STEP_SHIFT:
        (void)snprintf(path, 128, "shifts");
        break;
    case STEP_NEXT:
    case STEP_REST:
        (void)snprintf(path, 128, "next");
        break;
    case STEP_DIAL:
        (void)snprintf(path, 128, "cases/%" PRId64 "/dials", worker->case_id);
        (void)snprintf(body, BODY_MAX_BYTES, "{\"number_no\":%" PRId64 "}", worker->number_no);
        break;
    case STEP_NUMBER:
        method = "GET";
        (void)snprintf(path, 128, "cases/%" PRId64 "/number", worker->case_id);
        break;
    case STEP_ANSWERS:
        method = "PUT";
        (void)snprintf(path, 128, "cases/%" PRId64 "/answers", worker->case_id);
        (void)snprintf(body, BODY_MAX_BYTES,
                       "{\"dial\":%" PRId64 ",\"order\":%" PRId64
                       ",\"item\":\"%s\",\"value\":\"%s\",\"spent_ms\":900}",
                       worker->dial_id, talk[worker->answered].is_of_order ? worker->order_id : 0,
                       talk[worker->answered].item, talk[worker->answered].value);
        break;
    case STEP_END:
        (void)snprintf(path, 128, "cases/%" PRId64 "/attempts", worker->case_id);
        (void)snprintf(body, BODY_MAX_BYTES, "{\"dial\":%" PRId64 ",\"disposition\":\"%s\"}",
                       worker->dial_id, is_talk(worker) ? "1.2" : "2.21");
        break;
    }
    return method;
}

static bool send_step(struct load *load, struct worker *worker)
{
    char path[128], body[BODY_MAX_BYTES], request[REQUEST_MAX_BYTES];
    const char *method = write_step(worker, path, body);
    bool has_body = method[0] != 'G';
    int len = snprintf(request, sizeof request,
                       "%s /api/v1/followup/%s HTTP/1.1\r\nHost: localhost\r\nCookie: "
                       "__Host-pingyi=%s\r\nX-CSRF-Token: %s\r\nIdempotency-Key: "
                       "bench-callers-%" PRId64 "\r\nContent-Type: application/json\r\n"
                       "Content-Length: %zu\r\n\r\n%s",
                       method, path, worker->cookie, worker->csrf, load->key++,
                       has_body ? strlen(body) : 0, has_body ? body : "");
    worker->got = 0;
    worker->began_us = now_us();
    return send(worker->fd, request, (size_t)len, MSG_NOSIGNAL) == len;
}

/* The whole number behind `"name":`, the first of the answer; 0: none. */
static int64_t number_in(const struct worker *worker, const char *name)
{
    const char *at = strstr(worker->answer, name);
    return at != NULL ? strtoll(at + strlen(name), NULL, 10) : 0;
}

static void count(int64_t *slots, int64_t us)
{
    int64_t slot = us / SLOT_US;
    slots[slot < SLOT_COUNT ? slot : SLOT_COUNT - 1]++;
}

static void log_held(struct load *load, const struct worker *worker)
{
    (void)fprintf(load->log, "%" PRId64 " %td %" PRId64 " %" PRId64 "\n", worker->case_id,
                  worker - load->workers, worker->held_us, now_us());
}

static void take_case(struct load *load, struct worker *worker, int status)
{
    worker->case_id = number_in(worker, "\"id\":");
    worker->number_no = number_in(worker, "\"number_no\":");
    worker->order_id = number_in(worker, "\"order\":");
    worker->held_us = worker->began_us;
    worker->answered = 0;
    /* Left over from a run before. */
    const char *open = strstr(worker->answer, "\"dial\":{\"id\":");
    worker->dial_id = open != NULL ? strtoll(open + strlen("\"dial\":{\"id\":"), NULL, 10) : 0;
    if (status == 204)
        load->empty++;
    if (status == 204)
        worker->step = STEP_REST;
    else
        worker->step = open != NULL ? STEP_NUMBER : STEP_DIAL;
}

/* What follows an answer. */
static void advance(struct load *load, struct worker *worker, int status)
{
    switch (worker->step) {
    case STEP_SHIFT:
        worker->step = STEP_NEXT;
        break;
    case STEP_NEXT:
    case STEP_REST:
        take_case(load, worker, status);
        break;
    case STEP_DIAL:
        worker->dial_id = number_in(worker, "\"id\":");
        worker->step = STEP_NUMBER;
        break;
    case STEP_NUMBER:
        worker->step = is_talk(worker) ? STEP_ANSWERS : STEP_END;
        break;
    case STEP_ANSWERS:
        if (++worker->answered == TALK_COUNT)
            worker->step = STEP_END;
        break;
    case STEP_END:
        log_held(load, worker);
        worker->cases++;
        load->cases++;
        worker->step = STEP_NEXT;
        break;
    }
}

/* The status of a whole answer, 0 while it is not whole. */
static int status_of(const struct worker *worker)
{
    const char *end = strstr(worker->answer, "\r\n\r\n");
    const char *length = strcasestr(worker->answer, "\r\ncontent-length:");
    if (end == NULL)
        return 0;
    size_t body = length != NULL && length < end ? strtoul(length + 17, NULL, 10) : 0;
    size_t whole = (size_t)(end + 4 - worker->answer) + body;
    return worker->got >= whole ? (int)strtol(worker->answer + 9, NULL, 10) : 0;
}

static bool take(struct load *load, struct worker *worker)
{
    ssize_t got =
        recv(worker->fd, worker->answer + worker->got, ANSWER_MAX_BYTES - 1 - worker->got, 0);
    if (got < 0 && errno == EAGAIN)
        return true;
    if (got <= 0)
        return false;
    worker->got += (size_t)got;
    worker->answer[worker->got] = '\0';
    int status = status_of(worker);
    if (status == 0)
        return true;
    int64_t us = now_us() - worker->began_us;
    /* A second run finds them at work. */
    bool is_good = (status >= 200 && status < 300) || (worker->step == STEP_SHIFT && status == 409);
    count(load->all_slots, us);
    if (worker->step == STEP_NEXT)
        count(load->next_slots, us);
    load->done++;
    if (!is_good && load->failed++ < 5)
        (void)fprintf(stderr, "step %d: %.600s\n", (int)worker->step, worker->answer);
    if (is_good)
        advance(load, worker, status);
    else
        worker->step = STEP_NEXT;
    int64_t wake_us = worker->held_us + load->pace_us;
    bool rests = worker->step == STEP_NEXT && wake_us > now_us();
    worker->wake_us = rests ? wake_us : 0;
    return rests || send_step(load, worker);
}

static bool wake(struct load *load)
{
    int64_t now = now_us();
    bool is_sent = true;
    for (int i = 0; i < load->count && is_sent; i++) {
        struct worker *worker = &load->workers[i];
        if (worker->wake_us == 0 || worker->wake_us > now)
            continue;
        worker->wake_us = 0;
        is_sent = send_step(load, worker);
    }
    return is_sent;
}

static bool join(struct load *load, struct worker *worker)
{
    struct sockaddr_in name = {.sin_family = AF_INET, .sin_port = htons((uint16_t)load->port)};
    int on = 1;
    name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    worker->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (worker->fd < 0 || connect(worker->fd, (struct sockaddr *)&name, sizeof name) != 0)
        return false;
    (void)setsockopt(worker->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = worker};
    worker->wake_us = 1 + now_us() + load->pace_us * (worker - load->workers) / load->count;
    return fcntl(worker->fd, F_SETFL, O_NONBLOCK) == 0 &&
           epoll_ctl(load->epoll, EPOLL_CTL_ADD, worker->fd, &event) == 0;
}

static double percentile_ms(const int64_t *slots, double share)
{
    int64_t all = 0, below = 0, at = 0;
    for (int64_t i = 0; i < SLOT_COUNT; i++)
        all += slots[i];
    while (at < SLOT_COUNT && (double)(below += slots[at]) < share * (double)all)
        at++;
    return (double)(at + 1) * SLOT_US / 1000;
}

static bool run(struct load *load)
{
    struct epoll_event events[EVENT_COUNT];
    for (int i = 0; i < load->count; i++) {
        if (!join(load, &load->workers[i]))
            return false;
    }
    while (now_us() < load->end_us && wake(load)) {
        int ready = epoll_wait(load->epoll, events, EVENT_COUNT, load->pace_us > 0 ? 1 : 100);
        for (int i = 0; i < ready; i++) {
            if (!take(load, events[i].data.ptr))
                return false;
        }
    }
    return true;
}

static bool read_callers(struct load *load, const char *file)
{
    FILE *in = fopen(file, "r");
    while (in != NULL && load->count < CALLERS_MAX &&
           fscanf(in, "%79s %79s", load->workers[load->count].cookie,
                  load->workers[load->count].csrf) == 2)
        load->count++;
    if (in != NULL)
        (void)fclose(in);
    return load->count > 0;
}

static int work(int port, const char *callers, int seconds, int pace_ms, const char *log)
{
    struct load load = {.port = port,
                        .pace_us = (int64_t)pace_ms * 1000,
                        .epoll = epoll_create1(EPOLL_CLOEXEC),
                        .workers = mem_calloc(CALLERS_MAX, sizeof *load.workers),
                        .next_slots = mem_calloc(SLOT_COUNT, sizeof *load.next_slots),
                        .all_slots = mem_calloc(SLOT_COUNT, sizeof *load.all_slots),
                        .log = fopen(log, "a")};
    if (load.workers == NULL || load.next_slots == NULL || load.all_slots == NULL ||
        load.log == NULL || load.epoll < 0 || !read_callers(&load, callers))
        return 2;
    load.key = now_us();
    load.end_us = now_us() + (int64_t)seconds * 1000000;
    bool is_done = run(&load);
    if (!is_done)
        perror("the service is gone");
    printf("%.1f %.1f %.1f %.1f %.1f %" PRId64 " %" PRId64 "\n", (double)load.done / seconds,
           (double)load.cases / seconds, percentile_ms(load.next_slots, 0.5),
           percentile_ms(load.next_slots, 0.99), percentile_ms(load.all_slots, 0.99), load.failed,
           load.empty);
    for (int i = 0; i < load.count; i++)
        (void)close(load.workers[i].fd);
    (void)close(load.epoll);
    mem_free(load.workers);
    mem_free(load.next_slots);
    mem_free(load.all_slots);
    return fclose(load.log) != 0 || !is_done;
}

int main(int argc, char **argv)
{
    if (argc == 1) /* `make bench` runs every program; this one is callers.sh's */
        return 0;
    if (argc == 5 && strcmp(argv[1], "prepare") == 0)
        return prepare(argv[2], (int)strtol(argv[3], NULL, 10), argv[4]);
    if (argc == 7 && strcmp(argv[1], "work") == 0)
        return work((int)strtol(argv[2], NULL, 10), argv[3], (int)strtol(argv[4], NULL, 10),
                    (int)strtol(argv[5], NULL, 10), argv[6]);
    return 2;
}
