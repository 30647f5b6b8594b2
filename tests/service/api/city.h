#ifndef PINGYI_TESTS_SERVICE_API_CITY_H
#define PINGYI_TESTS_SERVICE_API_CITY_H

#include "service/storage/rounds.h"

#include "base/civil.h"

#include "tests/service/api/described.h"
#include "tests/service/api/running.h"

/* What tests of results share: a round, two units with orders, the office, and a county's office. */

enum { ORDERS = 20, DUMP_BYTES = 16 * 1024, TASK_BYTES = 64 };

static const enum visitor office = (enum visitor)(VISITOR_ROLES + ROLE_OFFICE);
static const enum visitor auditor = (enum visitor)(VISITOR_ROLES + ROLE_AUDITOR);
static const enum visitor supervisor = (enum visitor)(VISITOR_ROLES + ROLE_SUPERVISOR);

static const char rules[] =
    "[basis]\ndocument = 测试1号\n[on_time]\nperiod = received\nmin_orders = 1\n"
    "[frame]\nmax_age = none\n[allocation]\nmin_per_unit = 0\n"
    "[ranking]\nwithin = all\nmin_answers = 1\nfew_answers = 1\n";

/* A county's office: of the first unit alone. */
static const char county_secret[] =
    "00000000000000000000000000000000000000000000000000000000000000ff";

static inline void put_county(struct store *store)
{
    struct err err;
    unsigned char digest[SHA256_BYTES];
    struct account_row account = {
        .name = BYTES_LIT("county"),
        .display_name = BYTES_LIT("县"),
        .role = BYTES_LIT("office"),
        .unit_code = BYTES_LIT("U1"),
        .password = BYTES_LIT("no hash"),
        .totp_is_confirmed = true,
        .created_utc = VISITOR_NOW_UTC - VISITOR_SINCE_S,
        .created_by = BYTES_LIT("test"),
    };
    MUST(account_put_new(store, &account, &err));
    MUST(sha256_of(bytes_from_z(county_secret), digest, &err));
    struct session_row session = {
        .account_id = account.id,
        .secret_sha256 = {(const char *)digest, sizeof digest},
        .csrf = bytes_from_z(visitor_csrf),
        .stage = BYTES_LIT("full"),
        .created_utc = VISITOR_NOW_UTC - VISITOR_SINCE_S,
        .seen_utc = VISITOR_NOW_UTC - VISITOR_SINCE_S,
        .address = BYTES_LIT("127.0.0.1"),
        .agent = BYTES_LIT("test"),
    };
    MUST(session_put_new(store, &session, &err));
}

/* The round 2026-05; its as-of is given. */
static inline void prepare(struct store *store)
{
    struct err err;
    struct round_row round = {
        .name = BYTES_LIT("2026-05"),
        .kind = BYTES_LIT("monthly"),
        .rules = bytes_from_z(rules),
        .state = BYTES_LIT("draft"),
        .as_of_utc = VISITOR_NOW_UTC - 86400,
    };
    assert_true(day_parse(BYTES_LIT("2026-05-01"), &round.from_day));
    assert_true(day_parse(BYTES_LIT("2026-05-31"), &round.to_day));
    MUST(store_begin(store, &err));
    MUST(round_put_new(store, &round, &err));
    put_county(store);
    MUST(store_commit(store, &err));
}

static inline int set_up(void **state)
{
    static struct running running;
    running_init(&running, prepare);
    *state = &running;
    return 0;
}

static inline int tear_down(void **state)
{
    running_deinit(*state);
    return 0;
}

/* ---- asking ---- */

static inline int ask(struct running *running, enum visitor visitor, const char *line)
{
    return ask_as(running, visitor, line, NULL, NULL);
}

/* A write with a key that was not used before. */
static inline int submit(struct running *running, enum visitor visitor, const char *line,
                         const char *body)
{
    char key[32];
    (void)snprintf(key, sizeof key, "key-%d", running->key++);
    return ask_as(running, visitor, line, key, body);
}

static inline int ask_county_with(struct running *running, const char *line, const char *body)
{
    char headers[256];
    (void)snprintf(headers, sizeof headers,
                   "Cookie: __Host-pingyi=%s\r\nX-CSRF-Token: %s\r\nIdempotency-Key: county\r\n",
                   county_secret, visitor_csrf);
    return send_request(running, line, headers, body);
}

static inline int ask_county(struct running *running, const char *line)
{
    return ask_county_with(running, line, NULL);
}

static inline void described(struct running *running, const char *operation, const char *line)
{
    assert_int_equal(ask(running, office, line), 200);
    described_check_answer(operation, 200, running->body);
}

static inline int64_t number_of(const struct running *running, const char *name)
{
    json_t *object = json_loadb(running->body.ptr, running->body.len, 0, NULL);
    int64_t number = json_integer_value(json_object_get(object, name));
    json_decref(object);
    return number;
}

/* Wait until a task has ended; its row is the answer then. */
static inline void await_task(struct running *running, int64_t id)
{
    char line[TASK_BYTES];
    (void)snprintf(line, sizeof line, "GET /api/v1/tasks/%lld", (long long)id);
    do
        assert_int_equal(ask(running, office, line), 200);
    while (says(running, "\"state\":\"queued\"") || says(running, "\"state\":\"running\""));
}

static inline void run_task(struct running *running, const char *line, const char *body,
                            const char *state)
{
    char wanted[TASK_BYTES];
    assert_int_equal(submit(running, office, line, body), 202);
    await_task(running, number_of(running, "task"));
    (void)snprintf(wanted, sizeof wanted, "\"state\":\"%s\"", state);
    if (!says(running, wanted))
        fail_msg("%s: " BYTES_FMT, body != NULL ? body : line, BYTES_ARG(running->body));
}

static inline void step(struct running *running, const char *body)
{
    run_task(running, "POST /api/v1/rounds/2026-05/tasks", body, "done");
}

/* Two units with as many orders each, one of each late; and a row without a unit. */
static inline void write_dump(char dump[DUMP_BYTES])
{
    size_t len = (size_t)snprintf(
        dump, DUMP_BYTES, "工单编号,受理时间,承办单位,承办单位编码,处理期限,办结时间,工单状态\n");
    for (int i = 0; i < 2 * ORDERS; i++)
        len += (size_t)snprintf(dump + len, DUMP_BYTES - len,
                                "S202605%04d,2026-05-06 09:00:00,第%d局,U%d,2026-05-10 18:00:00,"
                                "2026-05-%s 10:00:00,已办结\n",
                                i, 1 + i % 2, 1 + i % 2, i < 2 ? "13" : "08");
    (void)snprintf(dump + len, DUMP_BYTES - len, "S9,2026-05-06 09:00:00,,,,,已办结\n");
}

static inline void load(struct running *running)
{
    char dump[DUMP_BYTES];
    write_dump(dump);
    run_task(running, "POST /api/v1/imports?name=may.csv&extracted_at=2026-06-01", dump, "done");
}

#define SERVED(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

#endif
