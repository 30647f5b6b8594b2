#include "service/api/account_json.h"
#include "service/api/desk.h"
#include "service/api/followup_news.h"
#include "service/api/followup_room.h"
#include "service/api/handlers.h"
#include "service/api/json_value.h"

#include <string.h>

/* Who must not be called (免打扰名单), and what callers can speak. */

enum { PAGE = 100, LANGUAGES_MAX = 8 };

/* ---- the do-not-call list ---- */

struct ban_input {
    int64_t after, id;
    struct bytes number, why;
    struct followup_rounds moved; /* somebody may have had the number in any of them */
};

static struct ban_input *ban_input_of(struct call *call)
{
    struct ban_input *input = call_alloc(call, sizeof *input);
    if (input == NULL)
        return NULL;
    *input = (struct ban_input){.after = 0};
    call->input = input;
    return input;
}

struct ban_page {
    struct case_reader *reader;
    json_t *items;
    int64_t last_id;
};

static int on_ban(void *context, const struct do_not_call_row *row, struct err *err)
{
    struct ban_page *page = context;
    struct bytes masked;
    bool is_ended = row->ended_utc != 0;
    page->last_id = row->id;
    int rc = case_reader_open_masked(page->reader, page->reader->bans, row->id, row->sealed,
                                     &masked, err);
    if (rc != OK)
        return rc;
    json_t *item = json_pack("{s:I, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "id", (json_int_t)row->id,
                             "masked", json_bytes(masked), "since", json_time(row->since_utc),
                             "who", json_bytes(row->who), "why", json_bytes(row->why), "ended_at",
                             json_time(row->ended_utc), "ended_by",
                             is_ended ? json_bytes(row->ended_by) : json_null(), "ended_why",
                             is_ended ? json_bytes(row->ended_why) : json_null());
    return json_array_append_new(page->items, item) == 0
               ? OK
               : err_set(err, ERR_NOMEM, "could not list who must not be called");
}

static int list_bans(struct call *call, struct store *store, struct err *err)
{
    const struct ban_input *input = call->input;
    struct case_readers *readers = call->service->case_readers;
    struct ban_page page = {.items = json_array()};
    int rc = case_readers_take(readers, &page.reader, err);
    if (rc == OK)
        rc = do_not_call_each(store, input->after, PAGE, on_ban, &page, err);
    case_readers_give(readers, page.reader);
    bool is_full = json_array_size(page.items) == PAGE;
    if (rc == OK)
        return call_put_json(
            call, list_to_json(page.items, is_full ? json_integer((json_int_t)page.last_id) : NULL),
            err);
    json_decref(page.items);
    return rc;
}

void followup_bans_list(struct http_exchange *exchange)
{
    struct call *call = call_of(exchange);
    struct ban_input *input = ban_input_of(call);
    if (input != NULL && call_query_integer(call, "after", 1, INT64_MAX, &input->after))
        call_read(call, list_bans, NULL);
}

/* The number itself is nowhere in the log. */
static int add_ban(struct call *call, struct store *store, struct err *err)
{
    struct ban_input *input = call->input;
    const struct actor actor = followup_actor(call);
    struct bytes details = BYTES_NONE;
    int64_t cases = 0;
    int rc = casework_ban(call->service->casework, store, input->number, input->why, &actor, &cases,
                          err);
    if (rc == ERR_EXISTS)
        return desk_refuse(call, 409, "exists", "该号码已在免打扰名单中。", err);
    if (rc != OK)
        return desk_said(call, rc, err);
    rc = followup_details(call, "", BYTES_NONE, input->why, &details, err);
    if (rc == OK)
        rc = call_audit(call, store, "number.ban", BYTES_NONE, details, err);
    if (rc == OK)
        rc = followup_rounds_load(store, &input->moved, err);
    if (rc != OK)
        return rc;
    call->status = 201;
    return call_put_json(call, json_pack("{s:I}", "cases", (json_int_t)cases), err);
}

static void answer_ban(struct call *call)
{
    const struct ban_input *input = call->input;
    followup_news_tell_all(call->service, &input->moved);
    call_answer(call);
}

void followup_bans_add(struct http_exchange *exchange)
{
    static const char *const names[] = {"number", "why", NULL};
    struct call *call = call_of(exchange);
    struct ban_input *input = ban_input_of(call);
    json_t *object = input != NULL ? call_json(call, names) : NULL;
    if (object != NULL && followup_take_number(call, object, &input->number) &&
        followup_take_why(call, object, &input->why))
        call_write(call, add_ban, answer_ban);
}

static int end_ban(struct call *call, struct store *store, struct err *err)
{
    const struct ban_input *input = call->input;
    struct bytes details = BYTES_NONE;
    int rc =
        do_not_call_put_ended(store, input->id, call->now_utc, call->who.name, input->why, err);
    if (rc == OK)
        rc = followup_details(call, "", BYTES_NONE, input->why, &details, err);
    if (rc == OK)
        rc = call_audit_id(call, store, "number.unban", input->id, details, err);
    return rc == OK ? call_put_json(call, json_pack("{s:I}", "id", (json_int_t)input->id), err)
                    : rc;
}

void followup_bans_end(struct http_exchange *exchange)
{
    static const char *const names[] = {"why", NULL};
    struct call *call = call_of(exchange);
    struct ban_input *input = ban_input_of(call);
    json_t *object = input != NULL ? call_json(call, names) : NULL;
    if (object != NULL && call_param_id(call, "id", &input->id) &&
        followup_take_why(call, object, &input->why))
        call_write(call, end_ban, NULL);
}

/* ---- callers ---- */

struct caller_list {
    json_t *items;
    json_t *by_id; /* "12": the item's languages, borrowed */
    int64_t team_id;
};

static int on_account(void *context, const struct account_row *row, struct err *err)
{
    struct caller_list *list = context;
    char id[32];
    bool is_caller = bytes_equal(row->role, BYTES_LIT("caller")) ||
                     bytes_equal(row->role, BYTES_LIT("checker")) ||
                     bytes_equal(row->role, BYTES_LIT("supervisor"));
    if (!is_caller || row->is_disabled || (list->team_id != 0 && row->team_id != list->team_id))
        return OK;
    json_t *languages = json_array();
    json_t *item =
        json_pack("{s:o, s:o, s:o, s:o, s:O}", "name", json_bytes(row->name), "display_name",
                  json_bytes(row->display_name), "role", json_bytes(row->role), "team",
                  json_text_or_null(row->team_name), "languages", languages);
    (void)snprintf(id, sizeof id, "%jd", (intmax_t)row->id);
    bool is_listed = json_object_set_new(list->by_id, id, languages) == 0;
    is_listed = json_array_append_new(list->items, item) == 0 && is_listed;
    return is_listed ? OK : err_set(err, ERR_NOMEM, "could not list the callers");
}

static int on_language(void *context, int64_t account_id, struct bytes language, struct err *err)
{
    struct caller_list *list = context;
    char id[32];
    (void)snprintf(id, sizeof id, "%jd", (intmax_t)account_id);
    json_t *languages = json_object_get(list->by_id, id);
    return languages == NULL || json_array_append_new(languages, json_bytes(language)) == 0
               ? OK
               : err_set(err, ERR_NOMEM, "could not list what callers speak");
}

static int list_callers(struct call *call, struct store *store, struct err *err)
{
    struct caller_list list = {.items = json_array(), .by_id = json_object()};
    int rc = followup_team(call, store, &list.team_id, err);
    if (rc == OK)
        rc = accounts_each(store, BYTES_NONE, 0, on_account, &list, err);
    if (rc == OK)
        rc = caller_languages_each(store, 0, on_language, &list, err);
    json_decref(list.by_id);
    if (rc == OK)
        return call_put_json(call, list_to_json(list.items, NULL), err);
    json_decref(list.items);
    return rc;
}

void followup_callers_list(struct http_exchange *exchange)
{
    call_read(call_of(exchange), list_callers, NULL);
}

struct language_input {
    struct bytes name;
    struct bytes languages[LANGUAGES_MAX];
    size_t count;
};

static int put_languages(struct call *call, struct store *store, struct err *err)
{
    const struct language_input *input = call->input;
    struct account_row account;
    int64_t team_id = 0;
    int rc = followup_team(call, store, &team_id, err);
    if (rc == OK)
        rc = account_get(store, input->name, &account, err);
    bool is_other = rc == OK && team_id != 0 && account.team_id != team_id;
    if (is_other)
        rc = err_set(err, ERR_NOT_FOUND, "no account is named \"" BYTES_FMT "\"",
                     BYTES_ARG(input->name));
    if (rc == OK)
        rc = caller_languages_put(store, account.id, input->languages, input->count, err);
    if (rc == OK)
        rc = call_audit(call, store, "caller.languages", input->name, BYTES_NONE, err);
    json_t *languages = json_array();
    for (size_t i = 0; i < input->count; i++)
        languages = json_append(languages, json_bytes(input->languages[i]));
    if (rc == OK)
        return call_put_json(
            call, json_pack("{s:o, s:o}", "name", json_bytes(input->name), "languages", languages),
            err);
    json_decref(languages);
    return rc;
}

/* An array of known codes, each once. */
static bool take_languages(struct call *call, json_t *object, struct language_input *input)
{
    static const char *const known[] = {"za", "other"};
    json_t *array = json_object_get(object, "languages");
    size_t at;
    json_t *value;
    bool is_good = json_is_array(array) && json_array_size(array) <= LANGUAGES_MAX;
    json_array_foreach(array, at, value)
    {
        const char *found = NULL;
        for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
            if (json_is_string(value) && strcmp(json_string_value(value), known[i]) == 0)
                found = known[i];
        }
        for (size_t i = 0; found != NULL && i < input->count; i++) {
            if (bytes_equal(input->languages[i], bytes_from_z(found)))
                found = NULL;
        }
        is_good = is_good && found != NULL;
        if (is_good)
            input->languages[input->count++] = bytes_from_z(found);
    }
    if (!is_good)
        call_refuse_field(call, "languages", "语言须为 za（壮语）、other（其他）的列表，不重复。");
    return is_good;
}

void followup_callers_put(struct http_exchange *exchange)
{
    static const char *const names[] = {"languages", NULL};
    struct call *call = call_of(exchange);
    struct language_input *input = call_alloc(call, sizeof *input);
    json_t *object = input != NULL ? call_json(call, names) : NULL;
    if (object == NULL)
        return;
    *input = (struct language_input){.name = exchange_param(exchange, "name")};
    call->input = input;
    if (take_languages(call, object, input))
        call_write(call, put_languages, NULL);
}
