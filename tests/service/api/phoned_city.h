#ifndef PINGYI_TESTS_SERVICE_API_PHONED_CITY_H
#define PINGYI_TESTS_SERVICE_API_PHONED_CITY_H

#include "service/api/parts.h"
#include "service/followup/casework.h"
#include "service/rounds/evaluation.h"

#include "tests/service/api/city.h"

/* The city of city.h with a drawn round that is phoned: PHONED people with an order each, of whom the first has two
 * orders and a second number. It is Monday, 22 June 2026, 9:30 in Shanghai. */

enum { PHONED = 6, PHONED_NOW_UTC = 1782091800, PATH_BYTES = 96, BODY_BYTES = 512 };

static const enum visitor caller = (enum visitor)(VISITOR_ROLES + ROLE_CALLER);
static const enum visitor checker = (enum visitor)(VISITOR_ROLES + ROLE_CHECKER);

#define PERSON_NAME    "覃海棠"
#define PERSON_NUMBER  "13977810001"
#define SECOND_NUMBER  "13977820001"
#define ORDER_TITLE    "三家村水渠塌方"
#define CALLED_NUMBER  "18077812345"
#define ORDER_CONTENT  "水渠塌方已有半月，联系电话" CALLED_NUMBER "，请处理"
#define PERSON_WORDS   "他们来看过两回都没修"
#define CALLER_NOTE    "说话带口音"
#define PERSON_DUMP_NO "S2026050000"

/* Sessions that last as long as a test's clock runs, a day at most without a request. */
static inline void prepare_phoned(struct store *store)
{
    static const char *const roles[] = {"caller", "checker", "supervisor",
                                        "office", "auditor", "administrator"};
    struct err err;
    prepare(store);
    MUST(store_begin(store, &err));
    for (size_t i = 0; i < sizeof roles / sizeof *roles; i++)
        MUST(role_limits_store(store, bytes_from_z(roles[i]), 86400, 604800, &err));
    for (int64_t id = 1; session_put_seen(store, id, PHONED_NOW_UTC, &err) == OK && id < VISITORS;)
        id++;
    MUST(store_commit(store, &err));
}

static inline void write_phoned_dump(char dump[DUMP_BYTES])
{
    size_t len = (size_t)snprintf(dump, DUMP_BYTES,
                                  "工单编号,受理时间,承办单位,承办单位编码,处理期限,办结时间,"
                                  "工单状态,工单类型,工单标题,工单内容,诉求人,联系电话\n");
    for (int i = 0; i <= PHONED; i++) {
        int person = i == PHONED ? 0 : i;
        len += (size_t)snprintf(
            dump + len, DUMP_BYTES - len,
            "S202605%04d,2026-05-06 09:00:00,第%d局,U%d,2026-05-10 18:00:00,2026-05-08 "
            "10:00:00,已办结,%s,%s,%s,%s,%s\n",
            i, 1 + i % 2, 1 + i % 2, i == PHONED ? "咨询" : "投诉",
            person == 0 ? ORDER_TITLE : "路面破损",
            person == 0 ? ORDER_CONTENT : "道路破损，出行不便", person == 0 ? PERSON_NAME : "黄某",
            person == 0 ? PERSON_NUMBER " " SECOND_NUMBER : "");
        if (person != 0)
            len += (size_t)snprintf(dump + len - 1, DUMP_BYTES - len + 1, "139778300%02d\n", i) - 1;
    }
}

/* With a store of one's own, as the command line has it beside the service. */
static inline void by_command(struct running *running,
                              int (*act)(struct datadir *datadir, void *context, struct err *err),
                              void *context)
{
    struct err err = {.code = OK};
    struct datadir datadir = {0};
    MUST(datadir_open(running->data, STORE_READWRITE, &datadir, &err));
    MUST(store_begin(datadir.store, &err));
    MUST(act(&datadir, context, &err));
    MUST(store_commit(datadir.store, &err));
    datadir_close(&datadir);
}

static inline int open_campaign(struct datadir *datadir, void *context, struct err *err)
{
    struct casework *work = NULL;
    struct arena arena;
    struct round_row round;
    struct campaign_row campaign;
    const struct actor actor = {{"office", 6}, test_now};
    (void)context;
    arena_init(&arena, (size_t)1024 * 1024);
    int rc = casework_new(datadir, NULL, &work, err);
    if (rc == OK)
        rc = round_get_kept(datadir->store, BYTES_LIT("2026-05"), &arena, &round, err);
    if (rc == OK)
        rc = casework_open(work, datadir->store, &round, &actor, &campaign, err);
    casework_free(work);
    arena_deinit(&arena);
    return rc;
}

static inline int set_up_phoned(void **state)
{
    static struct running running;
    char dump[DUMP_BYTES];
    running_init(&running, prepare_phoned);
    test_now = PHONED_NOW_UTC;
    write_phoned_dump(dump);
    run_task(&running, "POST /api/v1/imports?name=may.csv&extracted_at=2026-06-01", dump, "done");
    step(&running, "{\"kind\":\"freeze\"}");
    step(&running, "{\"kind\":\"draw\",\"size\":7,\"seed\":\"3 1 4 1 5\"}");
    by_command(&running, open_campaign, NULL);
    *state = &running;
    return 0;
}

#define PHONED_CITY(name) cmocka_unit_test_setup_teardown(name, set_up_phoned, tear_down)

/* ---- asking ---- */

/* A line with a number in the place of its #. */
static inline void put_id(const char *line, int64_t id, char out[PATH_BYTES])
{
    const char *at = strchr(line, '#');
    if (at == NULL)
        (void)snprintf(out, PATH_BYTES, "%s", line);
    else
        (void)snprintf(out, PATH_BYTES, "%.*s%jd%s", (int)(at - line), line, (intmax_t)id, at + 1);
}

static inline int ask_of(struct running *running, enum visitor visitor, const char *line,
                         int64_t id)
{
    char path[PATH_BYTES];
    put_id(line, id, path);
    return ask(running, visitor, path);
}

static inline int submit_of(struct running *running, enum visitor visitor, const char *line,
                            int64_t id, const char *body)
{
    char path[PATH_BYTES];
    put_id(line, id, path);
    return submit(running, visitor, path, body);
}

/* A member of the answer's JSON, "dial.id" or "numbers.0.masked". */
static inline void find_member(const struct running *running, const char *path, json_t **out_whole,
                               json_t **out)
{
    json_t *at = *out_whole = json_loadb(running->body.ptr, running->body.len, 0, NULL);
    for (struct bytes rest = bytes_from_z(path); rest.ptr != NULL;) {
        char name[32];
        struct bytes part = bytes_cut(&rest, '.');
        (void)snprintf(name, sizeof name, BYTES_FMT, BYTES_ARG(part));
        at = json_is_array(at) ? json_array_get(at, (size_t)(name[0] - '0'))
                               : json_object_get(at, name);
    }
    if (at == NULL)
        fail_msg("no %s in " BYTES_FMT, path, BYTES_ARG(running->body));
    *out = at;
}

static inline int64_t number_at(const struct running *running, const char *path)
{
    json_t *whole, *at;
    find_member(running, path, &whole, &at);
    int64_t number = json_integer_value(at);
    json_decref(whole);
    return number;
}

static inline void text_at_is(const struct running *running, const char *path, const char *text)
{
    json_t *whole, *at;
    find_member(running, path, &whole, &at);
    assert_string_equal(json_is_null(at) ? "null" : json_string_value(at), text);
    json_decref(whole);
}

/* The stream of events, from its head on. The caller closes it. */
static inline int listen_as(struct running *running, enum visitor visitor)
{
    struct buf request, head;
    buf_init(&request, REQUEST_MAX_BYTES);
    buf_init(&head, ANSWER_MAX_BYTES);
    buf_append_z(&request, "GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\n");
    visitor_headers(visitor, true, &request);
    buf_append_z(&request, "\r\n");
    int fd = client_connect(&running->served);
    client_send(&running->served, fd, buf_bytes(&request));
    assert_true(client_read(&running->served, fd, BYTES_LIT("event-stream"), &head));
    buf_deinit(&request);
    buf_deinit(&head);
    return fd;
}

/* What the service does now and then. */
static inline void await_case_sweep(struct running *running)
{
    sweep_on_timer(&running->service.sweeper);
    while (running->service.case_sweep.is_running || running->service.sweep != NULL)
        (void)uv_run(&running->served.loop, UV_RUN_ONCE);
}

/* ---- what callers do ---- */

static inline void sign_on(struct running *running, enum visitor visitor)
{
    assert_int_equal(submit(running, visitor, "POST /api/v1/followup/shifts", "{}"), 201);
}

static inline int try_next(struct running *running, enum visitor visitor)
{
    return submit(running, visitor, "POST /api/v1/followup/next", "{}");
}

static inline int64_t take_next(struct running *running, enum visitor visitor)
{
    assert_int_equal(try_next(running, visitor), 200);
    return number_at(running, "id");
}

static inline int64_t begin_dial(struct running *running, enum visitor visitor, int64_t case_id)
{
    assert_int_equal(submit_of(running, visitor, "POST /api/v1/followup/cases/#/dials", case_id,
                               "{\"number_no\":1}"),
                     201);
    return number_at(running, "dial.id");
}

static inline int try_answer(struct running *running, enum visitor visitor, int64_t case_id,
                             int64_t dial_id, int64_t order, const char *item, const char *value,
                             const char *words)
{
    char body[BODY_BYTES];
    (void)snprintf(body, sizeof body,
                   "{\"dial\":%jd,\"order\":%jd,\"item\":\"%s\",\"value\":\"%s\","
                   "\"words\":\"%s\",\"spent_ms\":900}",
                   (intmax_t)dial_id, (intmax_t)order, item, value, words);
    return submit_of(running, visitor, "PUT /api/v1/followup/cases/#/answers", case_id, body);
}

static inline int try_finish(struct running *running, enum visitor visitor, int64_t case_id,
                             int64_t dial_id, const char *code, const char *more)
{
    char body[BODY_BYTES];
    (void)snprintf(body, sizeof body, "{\"dial\":%jd,\"disposition\":\"%s\"%s}", (intmax_t)dial_id,
                   code, more);
    return submit_of(running, visitor, "POST /api/v1/followup/cases/#/attempts", case_id, body);
}

/* Give cases back until it is the first person's. */
static inline int64_t take_first_person(struct running *running, enum visitor visitor)
{
    for (int i = 0; i < PHONED; i++) {
        int64_t case_id = take_next(running, visitor);
        if (says(running, ORDER_TITLE))
            return case_id;
        assert_int_equal(
            submit_of(running, visitor, "POST /api/v1/followup/cases/#/return", case_id, "{}"),
            204);
    }
    fail_msg("the first person's case is not given out");
    return 0;
}

/* All that a complete needs, of the case that is held. */
static inline void answer_all(struct running *running, enum visitor visitor, int64_t case_id,
                              int64_t dial_id)
{
    assert_int_equal(ask_of(running, visitor, "GET /api/v1/followup/cases/#", case_id), 200);
    int64_t orders[2] = {number_at(running, "orders.0.order"), 0};
    if (says(running, "\"kind\":\"consult\""))
        orders[1] = number_at(running, "orders.1.order");
    assert_int_equal(try_answer(running, visitor, case_id, dial_id, 0, "consent", "yes", ""), 200);
    assert_int_equal(try_answer(running, visitor, case_id, dial_id, 0, "is_you", "yes", ""), 200);
    for (int i = 0; i < 2 && orders[i] != 0; i++) {
        assert_int_equal(
            try_answer(running, visitor, case_id, dial_id, orders[i], "resolved", "no", ""), 200);
        assert_int_equal(
            try_answer(running, visitor, case_id, dial_id, orders[i], "satisfaction", "2", ""),
            200);
    }
}

#endif
