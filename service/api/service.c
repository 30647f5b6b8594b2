#include "service/api/parts.h"

#include "base/clock.h"
#include "base/container.h"

#include "reports/text.h"

#include "service/api/case_reader.h"
#include "service/api/figures.h"
#include "service/api/long_task.h"
#include "service/api/problem_page.h"
#include "service/api/routes.h"
#include "service/api/task_files.h"
#include "service/auth/password.h"
#include "service/host/key_check.h"
#include "service/pages/pages.h"
#include "service/storage/tasks.h"

#include <stdarg.h>
#include <string.h>

enum { SAID_MAX_BYTES = 4096 };

int64_t service_now_utc(const struct service *service)
{
    return service->options->now_utc != NULL ? service->options->now_utc() : clock_now_utc();
}

void service_say(const struct service *service, const char *format, ...)
{
    char text[SAID_MAX_BYTES];
    struct buf printable;
    va_list args;
    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    buf_init(&printable, 4 * SAID_MAX_BYTES);
    text_printable(&printable, bytes_from_z(text));
    (void)fprintf(service->options->messages, BYTES_FMT "\n", BYTES_ARG(buf_bytes(&printable)));
    (void)fflush(service->options->messages);
    buf_deinit(&printable);
}

/* ---- what comes from outside ---- */

static void on_stop_signal(uv_signal_t *handle, int number)
{
    (void)number;
    service_stop(handle->data);
}

static void tell_state(struct service *service, enum service_state state)
{
    if (service->options->on_state != NULL)
        service->options->on_state(service->options->context, state);
}

static void on_reload_signal(uv_signal_t *handle, int number)
{
    struct err err;
    struct service *service = handle->data;
    (void)number;
    tell_state(service, SERVICE_RELOADING);
    if (service->tls != NULL && tls_reload(service->tls, &err) != OK)
        service_say(service, "错误：未能重新读取证书，仍用原有证书（%s）", err.message);
    else if (service->tls != NULL)
        service_say(service, "已重新读取证书（certificate reloaded）");
    if (service->tls != NULL)
        advice_say_certificate(service);
    tell_state(service, SERVICE_READY);
}

/* Writer thread. */
static void on_foreign_write(void *context, struct store *store)
{
    struct service *service = context;
    (void)store;
    (void)uv_async_send(&service->foreign_write);
}

static void on_foreign_write_told(uv_async_t *async)
{
    struct service *service = CONTAINER_OF(async, struct service, foreign_write);
    if (!service->is_stopping)
        service_reload_book(service, NULL);
}

static int check_uv(int rc, const char *what, struct err *err)
{
    if (rc == 0)
        return OK;
    return err_set(err, rc == UV_ENOMEM ? ERR_NOMEM : ERR_IO, "could not %s: %s", what,
                   uv_strerror(rc));
}

static int open_handles(struct service *service, struct err *err)
{
    uv_loop_t *loop = service->loop;
    uv_signal_t *signals[] = {&service->terminate, &service->interrupt, &service->reload};
    (void)uv_timer_init(loop, &service->sweeper);
    (void)uv_timer_init(loop, &service->news_timer);
    int rc = uv_async_init(loop, &service->foreign_write, on_foreign_write_told);
    if (rc != 0) {
        uv_close((uv_handle_t *)&service->sweeper, NULL);
        uv_close((uv_handle_t *)&service->news_timer, NULL);
        return check_uv(rc, "open the door to the loop", err);
    }
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
        (void)uv_signal_init(loop, signals[i]);
        signals[i]->data = service;
    }
    service->has_handles = true;
    return OK;
}

static int start_handles(struct service *service, struct err *err)
{
    int rc = uv_signal_start(&service->terminate, on_stop_signal, SIGTERM);
    if (rc == 0)
        rc = uv_signal_start(&service->interrupt, on_stop_signal, SIGINT);
    if (rc == 0)
        rc = uv_signal_start(&service->reload, on_reload_signal, SIGHUP);
    if (rc == 0)
        rc = uv_timer_start(&service->sweeper, sweep_on_timer, SWEEP_EVERY_MS, SWEEP_EVERY_MS);
    return check_uv(rc, "watch for signals", err);
}

/* ---- its parts ---- */

static int open_reader(void *context, struct store **out, struct err *err)
{
    return datadir_open_store(context, STORE_READONLY, out, err);
}

static int open_lanes(struct service *service, struct err *err)
{
    struct lane_options readers = {
        .width = SERVICE_READERS,
        .queue_max = SERVICE_READ_QUEUE_MAX,
        .together = SERVICE_READS_TOGETHER,
        .open_store = open_reader,
        .context = &service->datadir,
    };
    struct lane_options counter = readers;
    counter.width = 1;
    counter.together = 1;
    struct lane_options book = counter;
    book.queue_max = 1;
    struct lane_options hasher = {.width = 1, .queue_max = SERVICE_HASH_QUEUE_MAX};
    int rc = lane_new(service->loop, &readers, &service->readers, err);
    if (rc == OK)
        rc = lane_new(service->loop, &counter, &service->counter, err);
    if (rc == OK)
        rc = lane_new(service->loop, &book, &service->book_loader.lane, err);
    if (rc == OK)
        rc = lane_new(service->loop, &hasher, &service->hasher, err);
    return rc;
}

/* From here on the store that opened the directory is the writer's. */
static int open_writer(struct service *service, struct err *err)
{
    struct store *checkpoint_store = NULL;
    int rc = datadir_open_store(&service->datadir, STORE_READWRITE, &checkpoint_store, err);
    if (rc != OK)
        return rc;
    struct writer_options options = {
        .store = service->datadir.store,
        .checkpoint_store = checkpoint_store,
        .queue_max = SERVICE_WRITE_QUEUE_MAX,
        .now_utc = service->options->now_utc != NULL ? service->options->now_utc : clock_now_utc,
        .on_foreign_write = on_foreign_write,
        .context = service,
    };
    rc = writer_new(service->loop, &options, &service->writer, err);
    if (rc == OK)
        service->datadir.store = NULL;
    else
        store_close(checkpoint_store);
    return rc;
}

static int open_keys(struct service *service, struct err *err)
{
    int rc = audit_chain_new(service->datadir.vault, &service->chain, err);
    if (rc == OK)
        rc = vault_sealer_new(service->datadir.vault, "totp", &service->totp_sealer, err);
    if (rc == OK)
        rc = casework_new(&service->datadir, NULL, &service->casework, err);
    if (rc == OK)
        rc = case_readers_new(&service->datadir, &service->case_readers, err);
    if (rc == OK)
        rc = sha256_new(&service->request_digest, err);
    if (rc == OK)
        rc = vault_hmac_new(service->datadir.vault, "request", &service->request_hmac, err);
    return rc;
}

/* Before the writer has the store: what an earlier process left, and that this one begins. */
static int write_beginning(struct service *service, struct err *err)
{
    struct store *store = service->datadir.store;
    int64_t now_utc = service_now_utc(service);
    struct audit_entry entry = {
        .actor = {.who = BYTES_LIT("-"), .role = BYTES_LIT("-"), .at_ms = now_utc * 1000},
        .action = "service.start",
        .target = bytes_from_z(service->options->program_version),
        .outcome = AUDIT_DONE,
    };
    int rc = task_files_open(&service->datadir, err);
    if (rc == OK)
        rc = store_begin(store, err);
    if (rc == OK)
        rc = tasks_put_interrupted(store, now_utc, err);
    if (rc == OK)
        rc = audit_append(service->chain, store, &entry, err);
    if (rc == OK)
        rc = store_commit(store, err);
    if (rc == OK)
        rc = store_begin_read(store, err);
    if (rc == OK)
        rc = session_book_load(store, now_utc, &service->book, err);
    if (rc == OK)
        advice_say(service, store);
    store_rollback(store);
    return rc;
}

static int open_http(struct service *service, struct err *err)
{
    const struct service_options *options = service->options;
    struct http_options http = {
        .application =
            {
                .context = service,
                .routes = api_routes,
                .route_count = api_route_count,
                .assets = service->assets,
                .admit = api_admit,
                .render_page = problem_page_render,
            },
        .limits = http_limits_default,
        .tls = service->tls,
        .proxies = options->proxies,
        .spool_path = service->spool_path,
        .host = options->host,
        .access_log = options->access_log,
    };
    return http_server_new(service->loop, &http, &service->http, err);
}

static int open_all(struct service *service, struct err *err)
{
    struct tasks_options tasks = {
        .queue_max = SERVICE_TASK_QUEUE_MAX,
        .on_change = long_task_changed,
        .context = service,
    };
    int rc = password_library_init(err);
    if (rc == OK)
        rc = open_keys(service, err);
    if (rc == OK)
        rc = figures_new(&service->figures, err);
    if (rc == OK)
        rc = kept_texts_new(&service->boards, err);
    if (rc == OK && !service->options->is_plain)
        rc = listen_open_tls(service, err);
    if (rc == OK)
        rc = write_beginning(service, err);
    if (rc == OK)
        rc = open_handles(service, err);
    if (rc == OK)
        rc = open_lanes(service, err);
    if (rc == OK)
        rc = open_writer(service, err);
    if (rc == OK)
        rc = tasks_new(service->loop, &tasks, &service->tasks, err);
    if (rc == OK)
        rc = events_new(service->loop, &service->events, err);
    if (rc == OK)
        rc = assets_new(embedded_pages, "/", &service->assets, err);
    if (rc == OK)
        rc = open_http(service, err);
    if (rc == OK)
        rc = listen_open(service, err);
    if (rc == OK)
        rc = start_handles(service, err);
    return rc;
}

int service_start(struct service *service, uv_loop_t *loop, const struct service_options *options,
                  struct err *err)
{
    service->loop = loop;
    service->options = options;
    service->lock_fd = -1;
    int rc = listen_check(options, err);
    if (rc == OK)
        rc = datadir_lock_service(options->data_path, &service->lock_fd, err);
    if (rc == OK)
        rc = datadir_open(options->data_path, STORE_READWRITE, &service->datadir, err);
    /* Under a foreign key not even the audit log could be gone on with. */
    if (rc == OK)
        rc = key_check(&service->datadir, err);
    if (rc == OK)
        rc = spool_open(service, err);
    if (rc == OK)
        rc = open_all(service, err);
    if (rc == OK) {
        tell_state(service, SERVICE_READY);
        return OK;
    }
    service_stop(service);
    (void)uv_run(loop, UV_RUN_DEFAULT);
    service_deinit(service);
    return rc;
}
