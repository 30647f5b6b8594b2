#include "service/api/desk.h"

#include "base/civil.h"
#include "base/utf8.h"

#include "service/api/followup_room.h"
#include "service/api/handlers.h"
#include "service/api/json_value.h"
#include "service/api/practice.h"
#include "service/api/sentences.h"
#include "service/host/files.h"

#include <string.h>

/* The caller's desk: what there is to do, and what its files share. */

enum { CASE_MAX_BYTES = 8 * 1024 * 1024 };

/* ---- shared ---- */

struct caller desk_caller(const struct call *call)
{
    return (struct caller){
        .account_id = call->who.account_id,
        .name = call->who.name,
        .now_utc = call->now_utc,
    };
}

int desk_load_caller(const struct call *call, struct store *store, struct caller *out,
                     struct err *err)
{
    struct caller caller = desk_caller(call);
    int rc = followup_team(call, store, &caller.team_id, err);
    if (rc == OK)
        *out = caller;
    return rc;
}

struct case_asker desk_asker(const struct call *call)
{
    const struct datadir *datadir = &call->service->datadir;
    return (struct case_asker){bytes_from_z(datadir->organ), bytes_from_z(datadir->phone)};
}

int desk_refuse_with(struct call *call, int status, const char *code, struct bytes detail,
                     struct err *err)
{
    call->problem = (struct http_problem){.status = status, .code = code, .detail = detail};
    return err_set(err, status == 404 ? ERR_NOT_FOUND : ERR_WRONG_STATE, "refused with %d %s",
                   status, code);
}

int desk_refuse(struct call *call, int status, const char *code, const char *detail_zh,
                struct err *err)
{
    return desk_refuse_with(call, status, code, bytes_from_z(detail_zh), err);
}

int desk_said(struct call *call, int rc, struct err *err)
{
    if (rc != ERR_REFUSED)
        return rc;
    const char *sentence = sentence_zh_of(err);
    return desk_refuse(call, 409, "refused", sentence != NULL ? sentence : sentence_zh(ERR_REFUSED),
                       err);
}

int desk_get_held(struct call *call, struct store *store, int64_t case_id,
                  struct followup_case *out, struct err *err)
{
    struct followup_case row;
    int rc = case_get(store, case_id, &row, err);
    bool is_held = rc == OK && row.state == CASE_LEASED && row.account_id == call->who.account_id;
    if (rc == ERR_NOT_FOUND || (rc == OK && !is_held))
        return desk_refuse(call, 404, "not_held",
                           "这个样本不在您手中，可能已超过办理时限被收回，请取下一个。", err);
    if (rc == OK)
        *out = row;
    return rc;
}

bool desk_take_words(struct call *call, json_t *object, const char *name, struct bytes *out)
{
    enum { WORDS_MAX_CHARACTERS = 2000, WORDS_MAX_BYTES = 4 * WORDS_MAX_CHARACTERS };
    struct bytes words;
    if (!call_lines(call, object, name, false, WORDS_MAX_BYTES, &words))
        return false;
    if (utf8_count(words) > WORDS_MAX_CHARACTERS) {
        call_refuse_field(call, name, "这一项最多2000字。");
        return false;
    }
    *out = words;
    return true;
}

int desk_looked(int rc, const struct err *look, struct err *err)
{
    if (rc != OK && rc != ERR_NOT_FOUND)
        *err = *look;
    return rc == ERR_NOT_FOUND ? OK : rc;
}

void desk_write_empty(struct http_exchange *exchange,
                      int (*run)(struct call *, struct store *, struct err *))
{
    static const char *const names[] = {NULL};
    struct call *call = call_of(exchange);
    if (call_json(call, names) != NULL)
        call_write(call, run, NULL);
}

json_t *desk_shift_to_json(const struct shift_row *shift)
{
    return shift->id == 0 ? json_null()
                          : json_pack("{s:I, s:o}", "id", (json_int_t)shift->id, "since",
                                      json_time(shift->started_utc));
}

int desk_answer_lease(struct call *call, int64_t until_utc, struct err *err)
{
    char until[TIME_TEXT_BYTES];
    time_format(until_utc, OFFICE_OFFSET_S, until);
    buf_append_z(&call->answer, "{\"lease_until\":\"");
    buf_append_z(&call->answer, until);
    buf_append_z(&call->answer, "\"}");
    return buf_status(&call->answer, err);
}

static int case_to_answer(struct call *call, struct store *store, struct case_reader *reader,
                          const struct followup_case *row, const char *turn, json_t **out,
                          struct err *err)
{
    struct arena arena;
    struct case_shown shown;
    const struct case_ask ask = {*row, call->who.account_id, call->now_utc, turn, false};
    const struct case_asker asker = desk_asker(call);
    arena_init(&arena, CASE_MAX_BYTES);
    int rc = case_shown_load(reader, store, &ask, &arena, &shown, err);
    json_t *value = rc == OK ? case_to_json(&reader->parts, &shown, &asker) : NULL;
    if (rc == OK && value == NULL)
        rc = err_set(err, ERR_NOMEM, "could not show case %jd", (intmax_t)row->id);
    arena_deinit(&arena);
    if (rc == OK)
        *out = value;
    return rc;
}

int desk_show_case(struct call *call, struct store *store, const struct followup_case *row,
                   const char *turn, struct err *err)
{
    struct case_reader *reader = NULL;
    json_t *value = NULL;
    int rc = case_readers_take(call->service->case_readers, &reader, err);
    if (rc == OK)
        rc = case_to_answer(call, store, reader, row, turn, &value, err);
    if (rc == OK)
        rc = call_put_json(call, value, err);
    case_readers_give(call->service->case_readers, reader);
    return rc;
}

/* By hand, and wiped: no copy of the number stays behind. */
int desk_show_number(struct call *call, struct store *store,
                     int (*open)(struct casework *work, struct store *store,
                                 const struct caller *caller, int64_t id, struct buf *out,
                                 struct err *err),
                     int64_t id, struct err *err)
{
    struct case_readers *readers = call->service->case_readers;
    struct case_reader *reader = NULL;
    const struct caller caller = desk_caller(call);
    call->has_secrets = true;
    int rc = case_readers_take(readers, &reader, err);
    buf_append_z(&call->answer, "{\"number\":\"");
    if (rc == OK)
        rc = open(reader->work, store, &caller, id, &call->answer, err);
    buf_append_z(&call->answer, "\"}");
    case_readers_give(readers, reader);
    if (rc == ERR_WRONG_STATE || rc == ERR_NOT_FOUND)
        return desk_refuse(call, 409, "not_dialling", "请先点“拨打”，再看号码。", err);
    return rc == OK ? buf_status(&call->answer, err) : rc;
}

/* ---- when and what is called ---- */

static int on_campaign(void *context, const struct campaign_row *row, struct err *err)
{
    struct desk_hours *hours = context;
    if (row->is_paused || row->is_over)
        return OK;
    if (hours->count == DESK_CAMPAIGNS_MAX || row->round_name.len >= FOLLOWUP_NEWS_NAME_BYTES)
        return err_set(err, ERR_LIMIT, "more than %d campaigns go on at once",
                       (int)DESK_CAMPAIGNS_MAX);
    hours->ids[hours->count] = row->id;
    memcpy(hours->rounds[hours->count], row->round_name.ptr, row->round_name.len);
    hours->rounds[hours->count++][row->round_name.len] = '\0';
    return OK;
}

static void take_window(struct desk_hours *hours, bool is_open, const struct calling_window *window)
{
    if (is_open && (!hours->is_open || window->until_utc > hours->until_utc))
        hours->until_utc = window->until_utc;
    if (!is_open && (hours->opens_utc == 0 || window->from_utc < hours->opens_utc))
        hours->opens_utc = window->from_utc;
    hours->is_open = hours->is_open || is_open;
}

int desk_load_hours(struct casework *work, struct store *store, int64_t now_utc,
                    struct desk_hours *out, struct err *err)
{
    struct err unused;
    out->count = 0;
    out->is_open = false;
    out->until_utc = out->opens_utc = 0;
    int rc = campaigns_each_open(store, on_campaign, out, err);
    for (size_t i = 0; i < out->count && rc == OK; i++) {
        const struct calling_hours *hours = NULL;
        struct calling_window window;
        bool is_open = false;
        rc = casework_hours(work, store, out->ids[i], &hours, err);
        if (rc == OK && hours_window(hours, now_utc, &is_open, &window, &unused) == OK)
            take_window(out, is_open, &window);
    }
    return rc;
}

/* ---- the desk ---- */

struct desk {
    struct call *call;
    struct store *store;
    struct case_reader *reader;
    struct desk_hours *hours;
    struct shift_row shift; /* id 0: none */
    struct dial_work work;  /* of today */
    json_t *held;
    json_t *languages;
};

static int on_work(void *context, const struct dial_work *work, struct err *err)
{
    struct desk *desk = context;
    (void)err;
    desk->work = *work;
    return OK;
}

static int on_language(void *context, int64_t account_id, struct bytes language, struct err *err)
{
    json_t *languages = context;
    (void)account_id;
    return json_array_append_new(languages, json_bytes(language)) == 0
               ? OK
               : err_set(err, ERR_NOMEM, "could not list languages");
}

static int load_held(struct desk *desk, struct err *err)
{
    struct followup_case row;
    struct err look = {0};
    int rc = case_find_leased(desk->store, desk->call->who.account_id, &row, &look);
    if (rc != OK)
        return desk_looked(rc, &look, err);
    return case_to_answer(desk->call, desk->store, desk->reader, &row, "held", &desk->held, err);
}

static int load_desk(struct desk *desk, struct err *err)
{
    struct call *call = desk->call;
    int64_t account_id = call->who.account_id;
    int64_t today = seconds_to_day(call->now_utc + OFFICE_OFFSET_S);
    struct err look = {0};
    desk->hours = arena_alloc(exchange_arena(call->exchange), sizeof *desk->hours);
    desk->languages = json_array();
    if (desk->hours == NULL || desk->languages == NULL)
        return err_set(err, ERR_NOMEM, "no memory for a desk");
    int rc = desk_looked(shift_get_open(desk->store, account_id, &desk->shift, &look), &look, err);
    if (rc == OK)
        rc = dial_work_each(desk->store, 0, account_id, today, today, on_work, desk, err);
    if (rc == OK)
        rc = caller_languages_each(desk->store, account_id, on_language, desk->languages, err);
    if (rc == OK)
        rc = desk_load_hours(desk->reader->work, desk->store, call->now_utc, desk->hours, err);
    return rc == OK ? load_held(desk, err) : rc;
}

static json_t *campaigns_to_json(const struct desk_hours *hours)
{
    json_t *campaigns = json_array();
    for (size_t i = 0; i < hours->count; i++)
        campaigns =
            json_append(campaigns, json_pack("{s:I, s:o}", "id", (json_int_t)hours->ids[i], "round",
                                             json_bytes(bytes_from_z(hours->rounds[i]))));
    return campaigns;
}

/* Steals what `desk` holds as JSON. */
static json_t *desk_to_json(struct desk *desk)
{
    const struct dial_work *work = &desk->work;
    struct desk_hours *hours = desk->hours;
    struct case_asker asker = desk_asker(desk->call);
    json_t *today =
        json_pack("{s:I, s:I, s:I, s:I, s:I}", "dials", (json_int_t)work->dials, "completes",
                  (json_int_t)work->completes, "partials", (json_int_t)work->partials, "refusals",
                  (json_int_t)work->refusals, "seconds", (json_int_t)work->seconds);
    json_t *open = json_pack("{s:b, s:o, s:o}", "is_open", hours->is_open, "until",
                             json_time(hours->until_utc), "opens_at",
                             json_time(hours->is_open ? 0 : hours->opens_utc));
    json_t *held = desk->held != NULL ? desk->held : json_null();
    json_t *languages = desk->languages;
    desk->held = desk->languages = NULL;
    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "shift",
                     desk_shift_to_json(&desk->shift), "today", today, "case", held, "hours", open,
                     "campaigns", campaigns_to_json(hours), "organ", json_bytes(asker.organ),
                     "verify_phone",
                     json_bytes(asker.phone.len > 0 ? asker.phone : BYTES_LIT("12345热线")),
                     "languages", languages, "dispositions", case_dispositions_to_json());
}

/* What is the same for all the day is kept as text: it goes in before the end. */
static int add_practice(struct desk *desk, struct err *err)
{
    struct buf *answer = &desk->call->answer;
    const struct case_asker asker = desk_asker(desk->call);
    const struct calling_hours *hours = NULL;
    struct bytes practice = BYTES_NONE;
    int64_t campaign_id = desk->hours->count > 0 ? desk->hours->ids[0] : 0;
    int rc = campaign_id != 0
                 ? casework_hours(desk->reader->work, desk->store, campaign_id, &hours, err)
                 : OK;
    if (rc == OK)
        rc = practice_render(desk->reader, &asker, campaign_id, hours, desk->call->now_utc,
                             &practice, err);
    if (rc != OK)
        return rc;
    answer->len--;
    buf_append_z(answer, ",\"practice\":");
    buf_append(answer, practice);
    buf_append_byte(answer, '}');
    return buf_status(answer, err);
}

static int show_desk(struct call *call, struct store *store, struct err *err)
{
    struct case_readers *readers = call->service->case_readers;
    struct desk desk = {.call = call, .store = store};
    int rc = case_readers_take(readers, &desk.reader, err);
    if (rc == OK)
        rc = load_desk(&desk, err);
    if (rc == OK)
        rc = call_put_json(call, desk_to_json(&desk), err);
    if (rc == OK)
        rc = add_practice(&desk, err);
    json_decref(desk.held);
    json_decref(desk.languages);
    case_readers_give(readers, desk.reader);
    return rc;
}

void desk_show(struct http_exchange *exchange)
{
    call_read(call_of(exchange), show_desk, NULL);
}
