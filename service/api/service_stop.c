#include "service/api/parts.h"

#include "base/alloc.h"
#include "base/container.h"

#include "service/api/case_reader.h"
#include "service/api/figures.h"
#include "service/api/long_task.h"

#include <string.h>
#include <unistd.h>

/* Finish, commit, leave: each state ends some parts side by side and goes on when all of them have told so.
 *
 *   SERVING --service_stop--> ANSWERING (connections, streams, tasks)
 *           --> READING (readers, hashing, the book's loader; the farewell is queued)
 *           --> WRITING (the writer, with all that waits) --> CLOSING (our own handles) --> ENDED
 *
 * A part that was never opened is passed over, so that a start that failed ends the same way. */
enum stop_state {
    STOP_SERVING,
    STOP_ANSWERING,
    STOP_READING,
    STOP_WRITING,
    STOP_CLOSING,
    STOP_ENDED
};

static void on_part_ended(void *context)
{
    struct service *service = context;
    service->parts_left--;
    if (service->parts_left == 0)
        stop_step(service);
}

static int write_farewell(struct action *action, struct store *store, struct err *err)
{
    struct service *service = CONTAINER_OF(action, struct service, farewell);
    struct audit_entry entry = {
        .actor = {.who = BYTES_LIT("-"),
                  .role = BYTES_LIT("-"),
                  .at_ms = service_now_utc(service) * 1000},
        .action = "service.stop",
        .target = bytes_from_z(service->options->program_version),
        .outcome = AUDIT_DONE,
    };
    return audit_append(service->chain, store, &entry, err);
}

static void on_farewell_written(struct action *action)
{
    struct service *service = CONTAINER_OF(action, struct service, farewell);
    if (action->rc != OK)
        service_say(service, "错误：停止服务未能记入审计日志（%s）", action->err.message);
}

static void say_farewell(struct service *service)
{
    struct err err;
    if (service->writer == NULL)
        return;
    service->farewell = (struct action){.act = write_farewell, .done = on_farewell_written};
    (void)writer_submit(service->writer, &service->farewell, &err);
}

static void end_answering(struct service *service)
{
    if (service->has_handles) {
        (void)uv_timer_stop(&service->sweeper);
        (void)uv_timer_stop(&service->news_timer);
    }
    if (service->tasks != NULL) {
        service->parts_left++;
        tasks_stop(service->tasks, on_part_ended, service);
    }
    if (service->events != NULL) {
        service->parts_left++;
        events_stop(service->events, on_part_ended, service);
    }
    if (service->http != NULL) {
        service->parts_left++;
        http_server_stop(service->http, on_part_ended, service);
    }
}

static void end_reading(struct service *service)
{
    struct lane *lanes[] = {service->readers, service->counter, service->hasher,
                            service->book_loader.lane};
    say_farewell(service);
    for (size_t i = 0; i < sizeof lanes / sizeof *lanes; i++) {
        if (lanes[i] != NULL) {
            service->parts_left++;
            lane_stop(lanes[i], on_part_ended, service);
        }
    }
}

static void end_writing(struct service *service)
{
    if (service->writer == NULL)
        return;
    service->parts_left++;
    writer_stop(service->writer, on_part_ended, service);
}

static void on_handle_closed(uv_handle_t *handle)
{
    on_part_ended(handle->data);
}

static void end_handles(struct service *service)
{
    uv_handle_t *handles[] = {
        (uv_handle_t *)&service->sweeper,   (uv_handle_t *)&service->foreign_write,
        (uv_handle_t *)&service->terminate, (uv_handle_t *)&service->interrupt,
        (uv_handle_t *)&service->reload,    (uv_handle_t *)&service->news_timer,
    };
    if (!service->has_handles)
        return;
    for (size_t i = 0; i < sizeof handles / sizeof *handles; i++) {
        service->parts_left++;
        handles[i]->data = service;
        uv_close(handles[i], on_handle_closed);
    }
}

void stop_step(struct service *service)
{
    while (service->parts_left == 0 && service->stop_state != STOP_ENDED) {
        /* Held while parts are asked, for one may end at once. */
        service->parts_left = 1;
        switch ((enum stop_state)service->stop_state) {
        case STOP_SERVING:
            service->stop_state = STOP_ANSWERING;
            end_answering(service);
            break;
        case STOP_ANSWERING:
            service->stop_state = STOP_READING;
            end_reading(service);
            break;
        case STOP_READING:
            service->stop_state = STOP_WRITING;
            end_writing(service);
            break;
        case STOP_WRITING:
            service->stop_state = STOP_CLOSING;
            end_handles(service);
            break;
        case STOP_CLOSING:
        case STOP_ENDED:
            service->stop_state = STOP_ENDED;
            break;
        }
        service->parts_left--;
    }
}

void service_stop(struct service *service)
{
    if (service->is_stopping)
        return;
    service->is_stopping = true;
    if (service->options->on_state != NULL)
        service->options->on_state(service->options->context, SERVICE_STOPPING);
    stop_step(service);
}

void service_deinit(struct service *service)
{
    http_server_free(service->http);
    events_free(service->events);
    tasks_free(service->tasks);
    long_task_forget_all(service);
    lane_free(service->readers);
    lane_free(service->counter);
    lane_free(service->hasher);
    lane_free(service->book_loader.lane);
    writer_free(service->writer);
    figures_free(service->figures);
    kept_texts_free(service->boards);
    assets_free(service->assets);
    tls_free(service->tls);
    session_book_free(service->book);
    session_book_free(service->book_loader.loaded);
    sha256_free(service->request_digest);
    hmac_free(service->request_hmac);
    vault_sealer_free(service->totp_sealer);
    casework_free(service->casework);
    case_readers_free(service->case_readers);
    audit_chain_free(service->chain);
    if (service->lock_fd > 0)
        (void)close(service->lock_fd);
    mem_free(service->spool_path);
    datadir_close(&service->datadir);
    *service = (struct service){0};
}
