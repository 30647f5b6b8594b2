#include "service/api/desk.h"

#include "base/civil.h"

#include "service/api/followup_news.h"
#include "service/api/handlers.h"
#include "service/host/files.h"

#include <string.h>

/* The next case. Its receipt holds the case's number and turn: what a person told the city is in no receipt. */

enum { LANGUAGES_MAX = 8, TURN_BYTES = 16 };

static const char *const turn_words[] = {[TURN_HELD] = "held",
                                         [TURN_APPOINTMENT] = "appointment",
                                         [TURN_RETRY] = "retry",
                                         [TURN_FRESH] = "fresh"};

struct next_asker {
    struct caller caller;
    struct bytes languages[LANGUAGES_MAX];
    char texts[LANGUAGES_MAX][CASE_LANGUAGE_BYTES];
    size_t count;
};

static int on_spoken(void *context, int64_t account_id, struct bytes language, struct err *err)
{
    struct next_asker *asker = context;
    (void)account_id;
    (void)err;
    if (asker->count == LANGUAGES_MAX || language.len > CASE_LANGUAGE_BYTES)
        return OK;
    char *text = asker->texts[asker->count];
    memcpy(text, language.ptr, language.len);
    asker->languages[asker->count++] = (struct bytes){text, language.len};
    return OK;
}

static int load_asker(const struct call *call, struct store *store, struct next_asker *out,
                      struct err *err)
{
    out->count = 0;
    int rc = desk_load_caller(call, store, &out->caller, err);
    if (rc == OK)
        rc = caller_languages_each(store, call->who.account_id, on_spoken, out, err);
    out->caller.languages = out->languages;
    out->caller.language_count = out->count;
    return rc;
}

static int refuse_closed(struct call *call, int64_t opens_utc, struct err *err)
{
    enum { DETAIL_BYTES = 160 };
    char detail[DETAIL_BYTES];
    char time[TIME_TEXT_BYTES];
    if (opens_utc == 0)
        return desk_refuse(call, 409, "outside_hours", "现在不在拨打时段。", err);
    time_format(opens_utc, OFFICE_OFFSET_S, time);
    /* 2026-06-22T09:00:00+08:00 */
    (void)snprintf(detail, sizeof detail, "现在不在拨打时段，下一时段从%.10s %.5s开始。", time,
                   time + sizeof "2026-06-22T" - 1);
    struct bytes kept = arena_copy(exchange_arena(call->exchange), bytes_from_z(detail));
    return desk_refuse_with(call, 409, "outside_hours", kept, err);
}

/* Whoever holds a case is given it at any hour. */
static int check_hours(struct call *call, struct store *store, struct err *err)
{
    struct followup_case row;
    struct err look = {0};
    int rc = case_find_leased(store, call->who.account_id, &row, &look);
    if (rc != ERR_NOT_FOUND)
        return desk_looked(rc, &look, err);
    struct desk_hours *hours = arena_alloc(exchange_arena(call->exchange), sizeof *hours);
    if (hours == NULL)
        return err_set(err, ERR_NOMEM, "no memory for the hours");
    rc = desk_load_hours(call->service->casework, store, call->now_utc, hours, err);
    return rc == OK && hours->count > 0 && !hours->is_open
               ? refuse_closed(call, hours->opens_utc, err)
               : rc;
}

static int check_shift(struct call *call, struct store *store, struct err *err)
{
    struct shift_row shift;
    int rc = shift_get_open(store, call->who.account_id, &shift, err);
    return rc == ERR_NOT_FOUND ? desk_refuse(call, 409, "no_shift", "请先签到。", err) : rc;
}

/* Leaves as reference "ID TURN", or when to ask again. */
static int take_next(struct call *call, struct store *store, struct err *err)
{
    struct next_asker asker;
    struct leased_case leased;
    int64_t retry_utc = 0;
    int rc = check_shift(call, store, err);
    if (rc == OK)
        rc = check_hours(call, store, err);
    if (rc == OK)
        rc = load_asker(call, store, &asker, err);
    if (rc != OK)
        return rc;
    rc = casework_next(call->service->casework, store, &asker.caller, &leased, &retry_utc, err);
    if (rc == ERR_NOT_FOUND) {
        call->status = 204;
        buf_append_integer(&call->answer, retry_utc);
        return buf_status(&call->answer, err);
    }
    if (rc == OK && leased.turn != TURN_HELD)
        rc = call_tell_followup(call, store, leased.row.campaign_id, err);
    if (rc != OK)
        return desk_said(call, rc, err);
    call->status = 200;
    buf_append_integer(&call->answer, leased.row.id);
    buf_append_byte(&call->answer, ' ');
    buf_append_z(&call->answer, turn_words[leased.turn]);
    return buf_status(&call->answer, err);
}

static int show_next(struct call *call, struct store *store, struct err *err)
{
    struct bytes rest = call->reference;
    struct followup_case row;
    int64_t case_id = 0;
    if (call->status == 204)
        return OK;
    if (!bytes_to_int64(bytes_cut(&rest, ' '), &case_id) || rest.len >= TURN_BYTES)
        return err_set(err, ERR_CORRUPT, "a receipt refers to no case");
    int rc = desk_get_held(call, store, case_id, &row, err);
    /* `rest` is the arena's, and ends with a NUL. */
    return rc == OK ? desk_show_case(call, store, &row, rest.ptr, err) : rc;
}

static void answer_next(struct call *call)
{
    char seconds[32];
    int64_t retry_utc = 0;
    if (call->status == 204 && bytes_to_int64(call->reference, &retry_utc)) {
        int64_t wait_s = retry_utc > call->now_utc ? retry_utc - call->now_utc : 1;
        (void)snprintf(seconds, sizeof seconds, "%jd", (intmax_t)wait_s);
        exchange_add_header(call->exchange, "Retry-After", bytes_from_z(seconds));
    }
    bool is_given = call->status == 200 && !call->is_repeat &&
                    bytes_find(call->reference, BYTES_LIT("held")) == call->reference.len;
    call->service->desk_counts.leased += is_given;
    call_answer(call);
}

void desk_next(struct http_exchange *exchange)
{
    static const char *const names[] = {NULL};
    struct call *call = call_of(exchange);
    if (call_json(call, names) != NULL)
        call_write_shown(call, take_next, show_next, answer_next);
}
