#include "service/rounds/composition.h"

#include "reports/score_json.h"

#include "tests/service/api/city.h"

/* From a dump that comes over the network to its bulletin, by the roles that may; each JSON answer against its
 * description. */

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
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
