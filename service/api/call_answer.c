#include "service/api/call.h"

#include "service/api/json_value.h"
#include "service/api/sentences.h"

#include <string.h>

enum { COMPLAINTS_A_SECOND = 5 };

static const char json_media_type[] = "application/json";

void call_give_place_back(struct call *call)
{
    if (call->holds_task_place)
        tasks_give_place_back(call->service->tasks);
    call->holds_task_place = false;
}

void call_release(struct call *call)
{
    call_give_place_back(call);
    json_decref(call->json);
    call->json = NULL;
    buf_deinit(&call->answer);
}

void call_answer(struct call *call)
{
    /* Answering ends the exchange, and the call with it: what it holds is taken over first. */
    struct buf answer = call->answer;
    bool has_secrets = call->has_secrets;
    call_give_place_back(call);
    call->answer = (struct buf){0};
    json_decref(call->json);
    call->json = NULL;
    exchange_answer(call->exchange, call->status, answer.len > 0 ? json_media_type : NULL,
                    buf_bytes(&answer));
    if (has_secrets)
        buf_wipe(&answer);
    else
        buf_deinit(&answer);
}

void call_answer_json(struct call *call, int status, json_t *value)
{
    call->status = status;
    call->rc = call_put_json(call, value, &call->err);
    if (call->rc != OK)
        call_fail(call);
    else
        call_answer(call);
}

int call_put_json(struct call *call, json_t *value, struct err *err)
{
    buf_clear(&call->answer);
    if (call->answer.max_bytes == 0)
        buf_init(&call->answer, HTTP_ANSWER_MAX_BYTES);
    int rc = json_write(&call->answer, value, err);
    json_decref(value);
    return rc;
}

void call_answer_problem(struct call *call, const struct http_problem *problem)
{
    call_release(call);
    exchange_answer_problem(call->exchange, problem);
}

int call_refuse(struct call *call, int status, const char *code, const char *detail_zh,
                struct err *err)
{
    call->problem = (struct http_problem){
        .status = status,
        .code = code,
        .detail = bytes_from_z(detail_zh),
    };
    return err_set(err, ERR_REFUSED, "refused with %d %s", status, code);
}

/* ---- failures ---- */

struct failure {
    int status;
    const char *code;
    bool
        is_ours; /* to be mended by us or the operator: it is logged, and its values are not told */
    int retry_after_s;
};

static struct failure failure_of(int code)
{
    switch ((enum err_code)code) {
    case ERR_FORMAT:
    case ERR_ENCODING:
    case ERR_RULES:
    case ERR_PROFILE:
    case ERR_USAGE:
        return (struct failure){.status = 400, .code = "malformed"};
    case ERR_LIMIT:
        return (struct failure){.status = 413, .code = "limit"};
    case ERR_NOT_FOUND:
        return (struct failure){.status = 404, .code = "not_found"};
    case ERR_EXISTS:
        return (struct failure){.status = 409, .code = "exists"};
    case ERR_WRONG_STATE:
        return (struct failure){.status = 409, .code = "wrong_state"};
    case ERR_NO_CALENDAR:
        return (struct failure){.status = 409, .code = "no_calendar"};
    case ERR_REFUSED:
        return (struct failure){.status = 409, .code = "refused"};
    case ERR_CONFLICT:
        return (struct failure){.status = 409, .code = "key_conflict"};
    case ERR_CANCELED:
        return (struct failure){.status = 409, .code = "canceled"};
    case ERR_BUSY:
        return (struct failure){.status = 503, .code = "busy", .retry_after_s = 1};
    case ERR_NOMEM:
        return (struct failure){503, "no_memory", .is_ours = true, .retry_after_s = 2};
    case ERR_FULL:
        return (struct failure){503, "disk_full", .is_ours = true, .retry_after_s = 5};
    case ERR_IO:
        return (struct failure){503, "disk_failed", .is_ours = true, .retry_after_s = 5};
    case ERR_CORRUPT:
    case ERR_PERMISSION:
    case ERR_VERSION:
    case OK:
        break;
    }
    return (struct failure){.status = 500, .code = "failed", .is_ours = true};
}

/* A full disk under load fails thousands of calls in a second, for one reason. */
static bool may_complain(struct service *service, int64_t now_utc)
{
    if (service->complained_utc != now_utc) {
        service->complained_utc = now_utc;
        service->complaints = 0;
    }
    return service->complaints++ < COMPLAINTS_A_SECOND;
}

/* The route as the table has it: its path holds no value of anybody. */
static void complain(struct call *call)
{
    const struct http_route *route = exchange_route(call->exchange);
    if (may_complain(call->service, call->now_utc))
        service_say(call->service, "错误：%s %s：%s（%s）", http_method_word(route->method),
                    route->path, sentence_zh((enum err_code)call->rc), call->err.message);
}

void call_fail(struct call *call)
{
    char detail[sizeof call->err.message + 256];
    struct failure failure = failure_of(call->rc);
    const char *known = failure.is_ours ? NULL : sentence_zh_of(&call->err);
    const char *sentence = known != NULL ? known : sentence_zh((enum err_code)call->rc);
    bool tells = !failure.is_ours && call->rc != ERR_BUSY && known == NULL;
    if (failure.is_ours)
        complain(call);
    (void)snprintf(detail, sizeof detail, tells ? "%s（%s）" : "%s%s", sentence,
                   tells ? call->err.message : "。");
    struct http_problem problem = {
        .status = failure.status,
        .code = failure.code,
        .detail = bytes_from_z(detail),
        .retry_after_s = failure.retry_after_s,
    };
    call_answer_problem(call, &problem);
}

void *call_alloc(struct call *call, size_t bytes)
{
    void *piece = arena_alloc(exchange_arena(call->exchange), bytes);
    if (piece == NULL) {
        call->rc = err_set(&call->err, ERR_NOMEM, "no %zu bytes for a request", bytes);
        call_fail(call);
    }
    return piece;
}
