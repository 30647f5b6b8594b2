#include "service/rounds/composition.h"
#include "service/storage/rounds.h"

#include "base/civil.h"
#include "base/container.h"

#include "reports/score_json.h"

#include "service/api/long_task.h"
#include "service/api/parts.h"

#include "tests/service/api/described.h"
#include "tests/service/api/running.h"

#include <signal.h>
#include <sys/resource.h>

/* From a dump that comes over the network to its bulletin, by the roles that may; each JSON answer against its
 * description. */

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

static void put_county(struct store *store)
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
static void prepare(struct store *store)
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

static int set_up(void **state)
{
    static struct running running;
    running_init(&running, prepare);
    *state = &running;
    return 0;
}

static int tear_down(void **state)
{
    running_deinit(*state);
    return 0;
}

/* ---- asking ---- */

static int ask(struct running *running, enum visitor visitor, const char *line)
{
    return ask_as(running, visitor, line, NULL, NULL);
}

/* A write with a key that was not used before. */
static int submit(struct running *running, enum visitor visitor, const char *line, const char *body)
{
    char key[32];
    (void)snprintf(key, sizeof key, "key-%d", running->key++);
    return ask_as(running, visitor, line, key, body);
}

static int ask_county_with(struct running *running, const char *line, const char *body)
{
    char headers[256];
    (void)snprintf(headers, sizeof headers,
                   "Cookie: __Host-pingyi=%s\r\nX-CSRF-Token: %s\r\nIdempotency-Key: county\r\n",
                   county_secret, visitor_csrf);
    return send_request(running, line, headers, body);
}

static int ask_county(struct running *running, const char *line)
{
    return ask_county_with(running, line, NULL);
}

static void described(struct running *running, const char *operation, const char *line)
{
    assert_int_equal(ask(running, office, line), 200);
    described_check_answer(operation, 200, running->body);
}

static int64_t number_of(const struct running *running, const char *name)
{
    json_t *object = json_loadb(running->body.ptr, running->body.len, 0, NULL);
    int64_t number = json_integer_value(json_object_get(object, name));
    json_decref(object);
    return number;
}

/* Wait until a task has ended; its row is the answer then. */
static void await_task(struct running *running, int64_t id)
{
    char line[TASK_BYTES];
    (void)snprintf(line, sizeof line, "GET /api/v1/tasks/%lld", (long long)id);
    do
        assert_int_equal(ask(running, office, line), 200);
    while (says(running, "\"state\":\"queued\"") || says(running, "\"state\":\"running\""));
}

static void run_task(struct running *running, const char *line, const char *body, const char *state)
{
    char wanted[TASK_BYTES];
    assert_int_equal(submit(running, office, line, body), 202);
    await_task(running, number_of(running, "task"));
    (void)snprintf(wanted, sizeof wanted, "\"state\":\"%s\"", state);
    if (!says(running, wanted))
        fail_msg("%s: " BYTES_FMT, body != NULL ? body : line, BYTES_ARG(running->body));
}

static void step(struct running *running, const char *body)
{
    run_task(running, "POST /api/v1/rounds/2026-05/tasks", body, "done");
}

/* Two units with as many orders each, one of each late; and a row without a unit. */
static void write_dump(char dump[DUMP_BYTES])
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

static void load(struct running *running)
{
    char dump[DUMP_BYTES];
    write_dump(dump);
    run_task(running, "POST /api/v1/imports?name=may.csv&extracted_at=2026-06-01", dump, "done");
}

/* ---- imports ---- */

static void imports__are_loaded_shown_and_taken_back(void **state)
{
    struct running *running = *state;
    load(running);
    assert_true(says(running, "\"result\":\"/api/v1/tasks/1/result\""));
    described_check_answer("getTask", 200, running->body);
    described(running, "listTasks", "GET /api/v1/tasks");
    described(running, "getTaskResult", "GET /api/v1/tasks/1/result");
    assert_true(says(running, "\"accepted\": 40"));
    described(running, "listImports", "GET /api/v1/imports");
    assert_true(says(running, "\"file\":\"may.csv\""));
    described(running, "getImport", "GET /api/v1/imports/1");
    assert_true(says(running, "\"missing_unit\""));
    described(running, "getQuality", "GET /api/v1/quality");
    assert_true(says(running, "缺少承办单位"));
    assert_int_equal(ask(running, office, "GET /api/v1/imports/1/rejects"), 200);
    assert_true(says(running, "line,column,reason\n42,"));
    assert_true(says(running, "attachment"));
    run_task(running, "DELETE /api/v1/imports/1", NULL, "done");
    assert_int_equal(ask(running, office, "GET /api/v1/imports/1"), 200);
    assert_false(says(running, "\"undone_at\":null"));
    run_task(running, "DELETE /api/v1/imports/1", NULL, "failed");
    assert_int_equal(ask(running, auditor, "GET /api/v1/audit?action=rejects.export"), 200);
    assert_true(says(running, "\"target\":\"1\""));
    assert_int_equal(ask(running, auditor, "GET /api/v1/audit?action=import.load"), 200);
    assert_true(says(running, "\"outcome\":\"done\""));
}

static void imports__refuse_names_and_options_that_are_none(void **state)
{
    struct running *running = *state;
    static const char *const lines[] = {
        "POST /api/v1/imports",
        "POST /api/v1/imports?name=..",
        "POST /api/v1/imports?name=a%2Fb",
        "POST /api/v1/imports?name=a&profile=nothing",
        "POST /api/v1/imports?name=a&extracted_at=yesterday",
        "POST /api/v1/imports?name=a&add_units=2",
    };
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        if (submit(running, office, lines[i], "x") != 400)
            fail_msg("%s is taken", lines[i]);
        described_check_answer("loadImport", 400, running->body);
    }
    assert_int_equal(ask_as(running, office, "POST /api/v1/imports?name=a", NULL, "x"), 400);
    assert_int_equal(ask_as(running, office, "POST /api/v1/imports?name=a", "k", "x"), 202);
    assert_int_equal(ask_as(running, office, "POST /api/v1/imports?name=b", "k", "x"), 409);
    assert_true(says(running, "\"key_conflict\""));
    await_task(running, 1);
    run_task(running, "POST /api/v1/imports?name=a", "no dump at all", "failed");
    assert_true(says(running, "未导入"));
    assert_int_equal(ask(running, office, "GET /api/v1/tasks/1/result"), 404);
}

static void imports__of_another_system_are_its_own(void **state)
{
    struct running *running = *state;
    char dump[DUMP_BYTES];
    write_dump(dump);
    load(running);
    assert_int_equal(submit(running, VISITOR_IMPORT_TOKEN, "POST /api/v1/imports?name=b.csv", dump),
                     202);
    assert_int_equal(number_of(running, "task"), 2);
    await_task(running, 2);
    assert_true(says(running, "已导入（批次 1）"));
    assert_int_equal(ask(running, VISITOR_IMPORT_TOKEN, "GET /api/v1/tasks/2"), 200);
    assert_int_equal(ask(running, VISITOR_IMPORT_TOKEN, "GET /api/v1/tasks/1"), 404);
    assert_int_equal(ask(running, VISITOR_IMPORT_TOKEN, "GET /api/v1/tasks"), 403);
}

/* ---- results ---- */

/* As the command line counts and prints it. */
static void render_score(const struct running *running, struct buf *out)
{
    struct err err;
    struct datadir datadir;
    struct composition composition;
    const struct composition_options options = {
        .round_name = BYTES_LIT("2026-05"),
        .rules_text = BYTES_NONE,
        .now_utc = VISITOR_NOW_UTC,
        .program_version = BYTES_LIT("test"),
        .threads = 2,
    };
    MUST(datadir_open(running->data, STORE_READONLY, &datadir, &err));
    MUST(store_begin_read(datadir.store, &err));
    MUST(composition_make(&datadir, &options, &composition, &err));
    MUST(score_json_render(&composition.bulletin, out, &err));
    composition_deinit(&composition);
    datadir_close(&datadir);
}

static void score__is_what_the_command_prints(void **state)
{
    struct running *running = *state;
    struct buf printed;
    load(running);
    buf_init(&printed, ANSWER_MAX_BYTES);
    render_score(running, &printed);
    described(running, "getScore", "GET /api/v1/rounds/2026-05/score");
    assert_true(bytes_equal(running->body, buf_bytes(&printed)));
    assert_int_equal(ask(running, VISITOR_READ_TOKEN, "GET /api/v1/rounds/2026-05/score"), 200);
    assert_true(bytes_equal(running->body, buf_bytes(&printed)));
    buf_deinit(&printed);
    assert_int_equal(ask(running, office, "GET /api/v1/rounds/none/score"), 404);
    described_check_answer("getScore", 404, running->body);
}

static void bulletin__brings_its_style_by_hash_alone(void **state)
{
    struct running *running = *state;
    load(running);
    assert_int_equal(ask(running, office, "GET /api/v1/rounds/2026-05/bulletin"), 200);
    assert_true(says(running, "style-src 'sha256-"));
    assert_false(says(running, "unsafe-inline"));
    assert_true(says(running, "Content-Type: text/html; charset=utf-8"));
    assert_int_equal(bytes_find(running->body, BYTES_LIT("style=")), running->body.len);
    struct bytes answer = buf_bytes(&running->answer);
    size_t first = bytes_find(answer, BYTES_LIT("Content-Security-Policy:"));
    struct bytes rest = {answer.ptr + first + 1, answer.len - first - 1};
    assert_int_equal(bytes_find(rest, BYTES_LIT("Content-Security-Policy:")), rest.len);
}

static void charts__are_listed_and_drawn(void **state)
{
    struct running *running = *state;
    load(running);
    described(running, "listCharts", "GET /api/v1/rounds/2026-05/charts");
    assert_true(says(running, "\"name\":\"on_time-1\""));
    assert_int_equal(ask(running, office, "GET /api/v1/rounds/2026-05/charts/on_time-1"), 200);
    assert_true(says(running, "Content-Type: image/svg+xml"));
    assert_true(bytes_starts_with(running->body, BYTES_LIT("<svg ")));
    assert_int_equal(ask(running, office, "GET /api/v1/rounds/2026-05/charts/on_time-9"), 404);
}

static void orders__of_a_unit_add_up_to_its_figures(void **state)
{
    struct running *running = *state;
    int64_t counted = 0, late = 0;
    load(running);
    described(running, "listUnitOrders", "GET /api/v1/rounds/2026-05/units/U1/orders");
    json_t *page = json_loadb(running->body.ptr, running->body.len, 0, NULL);
    size_t i;
    json_t *order;
    json_array_foreach(json_object_get(page, "items"), i, order)
    {
        bool in_base = json_is_true(json_object_get(order, "in_base"));
        counted += in_base;
        late += in_base && !json_is_true(json_object_get(order, "is_on_time"));
    }
    json_decref(page);
    assert_int_equal(counted, ORDERS);
    assert_int_equal(late, 1);
    assert_true(says(running, "\"S202****0000\""));
    assert_false(says(running, "S2026050000"));
}

static void results__of_a_county_are_its_own(void **state)
{
    struct running *running = *state;
    load(running);
    assert_int_equal(ask_county(running, "GET /api/v1/rounds/2026-05/score"), 200);
    assert_true(says(running, "\"U1\""));
    assert_false(says(running, "\"U2\""));
    assert_false(says(running, "\"*\""));
    assert_int_equal(ask_county(running, "GET /api/v1/rounds/2026-05/bulletin"), 403);
    assert_int_equal(ask_county(running, "GET /api/v1/rounds/2026-05/charts/on_time-1"), 403);
    assert_int_equal(ask_county(running, "GET /api/v1/rounds/2026-05/units/U1/orders"), 200);
    assert_int_equal(ask_county(running, "GET /api/v1/rounds/2026-05/units/U2/orders"), 403);
}

/* What tells of all units, or does something to all, by whatever way. */
static void county__does_nothing_to_the_whole_city(void **state)
{
    struct running *running = *state;
    static const char *const lines[] = {
        "GET /api/v1/rounds/2026-05/charts",
        "POST /api/v1/rounds/2026-05/tasks",
        "GET /api/v1/imports",
        "POST /api/v1/imports?name=a.csv",
        "GET /api/v1/imports/1",
        "DELETE /api/v1/imports/1",
        "GET /api/v1/imports/1/rejects",
        "GET /api/v1/quality",
        "GET /api/v1/tasks",
        "GET /api/v1/tasks/1",
        "DELETE /api/v1/tasks/1",
        "GET /api/v1/tasks/1/result",
    };
    load(running);
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        if (ask_county(running, lines[i]) != 403 || !says(running, "\"own_units_only\""))
            fail_msg("%s is open to a county", lines[i]);
    }
}

/* Nothing is stored, so the same key is taken when there is room. */
static void tasks__that_find_no_room_may_be_asked_for_again(void **state)
{
    struct running *running = *state;
    struct err err = {.code = OK};
    struct tasks *tasks = running->service.tasks;
    static const char line[] = "POST /api/v1/rounds/2026-05/tasks";
    static const char body[] = "{\"kind\":\"report\"}";
    for (int i = 0; i < SERVICE_TASK_QUEUE_MAX; i++)
        MUST(tasks_hold_place(tasks, &err));
    assert_int_equal(ask_as(running, office, line, "one", body), 503);
    assert_true(says(running, "Retry-After"));
    assert_int_equal(ask(running, office, "GET /api/v1/tasks"), 200);
    assert_true(says(running, "\"items\":[]"));
    tasks_give_place_back(tasks);
    /* Neither a refusal nor a repeat keeps the place. */
    assert_int_equal(ask_as(running, office, line, NULL, body), 400);
    assert_int_equal(ask_as(running, office, line, "one", body), 202);
    await_task(running, 1);
    assert_int_equal(ask_as(running, office, line, "one", body), 202);
    assert_int_equal(number_of(running, "task"), 1);
    assert_int_equal(ask_as(running, office, line, "two", body), 202);
    assert_int_equal(number_of(running, "task"), 2);
    for (int i = 1; i < SERVICE_TASK_QUEUE_MAX; i++)
        tasks_give_place_back(tasks);
}

static void imports__of_one_key_differ_by_their_options_too(void **state)
{
    struct running *running = *state;
    static const char line[] = "POST /api/v1/imports?name=a.csv";
    assert_int_equal(ask_as(running, office, line, "one", "x"), 202);
    assert_int_equal(ask_as(running, office, line, "one", "x"), 202);
    assert_int_equal(
        ask_as(running, office, "POST /api/v1/imports?name=a.csv&add_units=1", "one", "x"), 409);
}

static void results__are_nobody_elses(void **state)
{
    struct running *running = *state;
    static const char *const lines[] = {
        "GET /api/v1/rounds/2026-05/score", "GET /api/v1/rounds/2026-05/bulletin",
        "GET /api/v1/rounds/2026-05/units/U1/orders", "GET /api/v1/rounds/2026-05/remarks",
        "GET /api/v1/quality"};
    static const enum role roles[] = {ROLE_CHECKER, ROLE_CALLER, ROLE_LIAISON};
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        for (size_t r = 0; r < sizeof roles / sizeof *roles; r++) {
            enum visitor visitor = (enum visitor)(VISITOR_ROLES + (int)roles[r]);
            assert_int_equal(ask(running, visitor, lines[i]), 403);
        }
        assert_int_equal(ask(running, VISITOR_CONTRACTOR, lines[i]), 403);
        assert_int_equal(ask(running, VISITOR_NOBODY, lines[i]), 401);
    }
}

/* ---- remarks ---- */

static const char remarks_line[] = "POST /api/v1/rounds/2026-05/remarks";

static void remarks__are_written_once_for_a_key(void **state)
{
    struct running *running = *state;
    static const char body[] = "{\"text\":\"已与第1局核对\"}";
    assert_int_equal(ask_as(running, office, remarks_line, "one", body), 201);
    described_check_answer("addRemark", 201, running->body);
    assert_int_equal(number_of(running, "id"), 1);
    assert_int_equal(ask_as(running, office, remarks_line, "one", body), 201);
    assert_int_equal(number_of(running, "id"), 1);
    assert_int_equal(ask_as(running, office, remarks_line, "one", "{\"text\":\"别的\"}"), 409);
    assert_int_equal(ask_as(running, supervisor, remarks_line, "one", body), 201);
    assert_int_equal(number_of(running, "id"), 2);
    described(running, "listRemarks", "GET /api/v1/rounds/2026-05/remarks");
    assert_true(says(running, "已与第1局核对"));
    assert_int_equal(ask(running, office, "GET /api/v1/rounds/2026-05/remarks?after=2"), 200);
    assert_false(says(running, "\"id\":2"));
    assert_true(says(running, "\"id\":1"));
    assert_int_equal(ask(running, auditor, "GET /api/v1/audit?action=round.remark"), 200);
    assert_true(says(running, "\"target\":\"2026-05\""));
}

static void remarks__are_refused_when_they_are_none(void **state)
{
    struct running *running = *state;
    static char body[3 * 2001 + 32];
    size_t len = (size_t)snprintf(body, sizeof body, "{\"text\":\"");
    for (int i = 0; i < 2000; i++)
        len += (size_t)snprintf(body + len, sizeof body - len, "字");
    (void)snprintf(body + len, sizeof body - len, "\"}");
    assert_int_equal(submit(running, office, remarks_line, body), 201);
    (void)snprintf(body + len, sizeof body - len, "字\"}");
    assert_int_equal(submit(running, office, remarks_line, body), 400);
    described_check_answer("addRemark", 400, running->body);
    assert_int_equal(submit(running, office, remarks_line, "{\"text\":\"\"}"), 400);
    assert_int_equal(submit(running, office, remarks_line, "{}"), 400);
    assert_int_equal(ask_as(running, office, remarks_line, NULL, "{\"text\":\"a\"}"), 400);
    assert_int_equal(
        submit(running, office, "POST /api/v1/rounds/none/remarks", "{\"text\":\"a\"}"), 404);
}

/* ---- tasks of a round ---- */

static void round__is_frozen_drawn_closed_and_scored(void **state)
{
    struct running *running = *state;
    load(running);
    described(running, "listRounds", "GET /api/v1/rounds");
    step(running, "{\"kind\":\"draw_plan\",\"size\":10}");
    step(running, "{\"kind\":\"freeze\"}");
    described(running, "getRound", "GET /api/v1/rounds/2026-05");
    assert_true(says(running, "\"state\":\"frozen\""));
    step(running, "{\"kind\":\"draw\",\"size\":10,\"seed\":\"3 1 4 1 5\"}");
    assert_true(says(running, "样本 10 件"));
    assert_int_equal(ask(running, office, "GET /api/v1/tasks/4/result"), 200);
    assert_true(says(running, "\"sample\": 10"));
    run_task(running, "POST /api/v1/rounds/2026-05/tasks", "{\"kind\":\"freeze\"}", "failed");
    assert_true(says(running, "当前状态不允许此操作"));
    run_task(running, "DELETE /api/v1/imports/1", NULL, "failed");
    step(running, "{\"kind\":\"close\"}");
    step(running, "{\"kind\":\"score\"}");
    assert_true(says(running, "第 1 次"));
    step(running, "{\"kind\":\"report\"}");
    assert_int_equal(ask(running, office, "GET /api/v1/tasks/9/result"), 200);
    assert_true(says(running, "Content-Type: text/html; charset=utf-8"));
    described(running, "getRound", "GET /api/v1/rounds/2026-05");
    assert_true(says(running, "\"state\":\"scored\""));
    assert_true(says(running, "\"seed\":\"3 1 4 1 5\""));
    assert_int_equal(ask(running, auditor, "GET /api/v1/audit?action=draw.make"), 200);
    assert_true(says(running, "\"target\":\"2026-05\""));
    assert_int_equal(submit(running, auditor, "POST /api/v1/audit/verify", "{}"), 200);
    assert_true(says(running, "\"holds\":true"));
}

static void tasks__refuse_what_is_no_task(void **state)
{
    struct running *running = *state;
    static const char *const bodies[] = {
        "{}",
        "{\"kind\":\"nothing\"}",
        "{\"kind\":\"draw\",\"size\":10}",
        "{\"kind\":\"draw\",\"seed\":\"x\"}",
        "{\"kind\":\"draw\",\"seed\":\"x\",\"size\":1,\"margin\":0.1}",
        "{\"kind\":\"draw_plan\",\"margin\":1}",
        "{\"kind\":\"report\",\"format\":\"pdf\"}",
        "{\"kind\":\"score\",\"more\":1}",
    };
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
        if (submit(running, office, "POST /api/v1/rounds/2026-05/tasks", bodies[i]) != 400)
            fail_msg("%s is taken", bodies[i]);
    }
    run_task(running, "POST /api/v1/rounds/none/tasks", "{\"kind\":\"score\"}", "failed");
    assert_int_equal(ask(running, office, "GET /api/v1/tasks/99"), 404);
    assert_int_equal(ask(running, office, "DELETE /api/v1/tasks/1"), 409);
}

/* Wherever the wish meets it: what is canceled has loaded nothing. */
static void imports__that_are_canceled_leave_nothing(void **state)
{
    struct running *running = *state;
    char dump[DUMP_BYTES];
    write_dump(dump);
    assert_int_equal(submit(running, office, "POST /api/v1/imports?name=a.csv", dump), 202);
    (void)ask(running, office, "DELETE /api/v1/tasks/1");
    await_task(running, 1);
    bool is_canceled = says(running, "\"state\":\"canceled\"");
    assert_true(is_canceled || says(running, "\"state\":\"done\""));
    assert_int_equal(ask(running, office, "GET /api/v1/imports"), 200);
    assert_int_equal(says(running, "\"items\":[]"), is_canceled);
}

/* It may have begun by then; one that has not never does. */
static void tasks__that_wait_can_be_canceled(void **state)
{
    struct running *running = *state;
    char dump[DUMP_BYTES];
    write_dump(dump);
    assert_int_equal(submit(running, office, "POST /api/v1/imports?name=a.csv", dump), 202);
    assert_int_equal(
        submit(running, office, "POST /api/v1/rounds/2026-05/tasks", "{\"kind\":\"score\"}"), 202);
    int status = ask(running, office, "DELETE /api/v1/tasks/2");
    await_task(running, 2);
    if (status == 202)
        assert_true(says(running, "\"state\":\"canceled\"") || says(running, "\"state\":\"done\""));
    else
        assert_int_equal(status, 409);
    await_task(running, 1);
    assert_true(says(running, "\"state\":\"done\""));
}

/* Keeps what comes after it waiting. */
struct blocker {
    struct long_task task;
    uv_sem_t is_let_go;
};

static int wait_until_let_go(struct task *task, struct err *err)
{
    (void)err;
    uv_sem_wait(&CONTAINER_OF(task, struct blocker, task.task)->is_let_go);
    return OK;
}

static void keep_blocker(struct task *task)
{
    uv_sem_destroy(&CONTAINER_OF(task, struct blocker, task.task)->is_let_go);
}

static void set_disk_full(bool is_full)
{
    struct rlimit limit;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    limit.rlim_cur = is_full ? 0 : limit.rlim_max;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

/* Neither the task nor the writer can store how it ended, until there is room. */
static void tasks__that_fail_on_a_full_disk_say_so_later(void **state)
{
    struct running *running = *state;
    struct err err = {.code = OK};
    static const struct long_kind kind = {.word = "blocker"};
    struct blocker blocker = {.task = {.wish.kind = &kind}};
    blocker.task.task = (struct task){
        .id = 99, .kind = "blocker", .run = wait_until_let_go, .release = keep_blocker};
    assert_int_equal(uv_sem_init(&blocker.is_let_go, 0), 0);
    MUST(tasks_submit(running->service.tasks, &blocker.task.task, &err));
    assert_int_equal(
        submit(running, office, "POST /api/v1/rounds/2026-05/tasks", "{\"kind\":\"freeze\"}"), 202);
    void (*before)(int) = signal(SIGXFSZ, SIG_IGN);
    set_disk_full(true);
    uv_sem_post(&blocker.is_let_go);
    while (running->service.unended == NULL)
        (void)uv_run(&running->served.loop, UV_RUN_ONCE);
    set_disk_full(false);
    (void)signal(SIGXFSZ, before);
    assert_null(tasks_find(running->service.tasks, 1));
    assert_int_equal(ask(running, office, "GET /api/v1/tasks/1"), 200);
    assert_true(says(running, "\"state\":\"queued\""));
    sweep_on_timer(&running->service.sweeper);
    await_task(running, 1);
    assert_true(says(running, "\"state\":\"failed\""));
    assert_int_equal(ask(running, auditor, "GET /api/v1/audit?action=round.step"), 200);
    assert_true(says(running, "\"failed\""));
}

static void backups__are_made_beside_the_service(void **state)
{
    struct running *running = *state;
    static const enum visitor administrator = (enum visitor)(VISITOR_ROLES + ROLE_ADMINISTRATOR);
    assert_int_equal(submit(running, office, "POST /api/v1/backups", "{}"), 403);
    assert_int_equal(submit(running, administrator, "POST /api/v1/backups", "{}"), 202);
    await_task(running, 1);
    assert_true(says(running, "\"state\":\"done\""));
    assert_true(says(running, "已备份到 backups/pingyi-2026-06-21-"));
}

/* ---- events ---- */

static void events__tell_of_tasks_to_who_may_see_them(void **state)
{
    struct running *running = *state;
    struct buf request, heard;
    buf_init(&request, REQUEST_MAX_BYTES);
    buf_init(&heard, ANSWER_MAX_BYTES);
    buf_append_z(&request, "GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\n");
    visitor_headers(office, false, &request);
    buf_append_z(&request, "\r\n");
    int fd = client_connect(&running->served);
    client_send(&running->served, fd, buf_bytes(&request));
    load(running);
    assert_true(client_read(&running->served, fd, BYTES_LIT("event: import\n"), &heard));
    assert_true(answer_has(buf_bytes(&heard), "Content-Type: text/event-stream"));
    assert_true(answer_has(buf_bytes(&heard), "event: task\n"));
    assert_true(answer_has(buf_bytes(&heard), "\"state\":\"done\""));
    (void)close(fd);
    buf_deinit(&request);
    buf_deinit(&heard);
}

/* Tasks and imports are of the whole city; that a round has changed is told to a county too. */
static void events__of_the_whole_city_are_not_told_to_a_county(void **state)
{
    struct running *running = *state;
    struct buf request, heard;
    buf_init(&request, REQUEST_MAX_BYTES);
    buf_init(&heard, ANSWER_MAX_BYTES);
    buf_printf(&request,
               "GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\nCookie: __Host-pingyi=%s\r\n\r\n",
               county_secret);
    int fd = client_connect(&running->served);
    client_send(&running->served, fd, buf_bytes(&request));
    load(running);
    step(running, "{\"kind\":\"freeze\"}");
    assert_true(client_read(&running->served, fd, BYTES_LIT("event: round\n"), &heard));
    assert_false(answer_has(buf_bytes(&heard), "event: task\n"));
    assert_false(answer_has(buf_bytes(&heard), "event: import\n"));
    (void)close(fd);
    buf_deinit(&request);
    buf_deinit(&heard);
}

#define SERVED(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SERVED(imports__are_loaded_shown_and_taken_back),
        SERVED(imports__refuse_names_and_options_that_are_none),
        SERVED(imports__of_another_system_are_its_own),
        SERVED(score__is_what_the_command_prints),
        SERVED(bulletin__brings_its_style_by_hash_alone),
        SERVED(charts__are_listed_and_drawn),
        SERVED(orders__of_a_unit_add_up_to_its_figures),
        SERVED(results__of_a_county_are_its_own),
        SERVED(county__does_nothing_to_the_whole_city),
        SERVED(imports__of_one_key_differ_by_their_options_too),
        SERVED(tasks__that_find_no_room_may_be_asked_for_again),
        SERVED(results__are_nobody_elses),
        SERVED(remarks__are_written_once_for_a_key),
        SERVED(remarks__are_refused_when_they_are_none),
        SERVED(round__is_frozen_drawn_closed_and_scored),
        SERVED(tasks__refuse_what_is_no_task),
        SERVED(imports__that_are_canceled_leave_nothing),
        SERVED(tasks__that_wait_can_be_canceled),
        SERVED(tasks__that_fail_on_a_full_disk_say_so_later),
        SERVED(backups__are_made_beside_the_service),
        SERVED(events__tell_of_tasks_to_who_may_see_them),
        SERVED(events__of_the_whole_city_are_not_told_to_a_county),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
