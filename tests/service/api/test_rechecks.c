#include "tests/service/api/phoned_city.h"

/* Re-checks and corrections, route by route. The caller has completed the first person's case: no and 2 for both
 * orders. */

static const char next_recheck[] = "POST /api/v1/followup/rechecks/next";
static const char recheck_line[] = "GET /api/v1/followup/rechecks/#";
static const char recheck_dials[] = "POST /api/v1/followup/rechecks/#/dials";
static const char recheck_number[] = "GET /api/v1/followup/rechecks/#/number";
static const char recheck_answers[] = "PUT /api/v1/followup/rechecks/#/answers";
static const char recheck_result[] = "POST /api/v1/followup/rechecks/#/result";
static const char recheck_settle[] = "POST /api/v1/followup/rechecks/#/settle";
static const char recheck_list[] = "GET /api/v1/rounds/2026-05/followup/rechecks";
static const char correct_line[] = "POST /api/v1/followup/cases/#/correct";

static void described_as(struct running *running, const char *operation, int status)
{
    described_check_answer(operation, status, running->body);
}

struct completed {
    int64_t case_id, dial_id;
};

static struct completed complete_first(struct running *running)
{
    struct completed completed;
    sign_on(running, caller);
    completed.case_id = take_first_person(running, caller);
    completed.dial_id = begin_dial(running, caller, completed.case_id);
    answer_all(running, caller, completed.case_id, completed.dial_id);
    assert_int_equal(try_finish(running, caller, completed.case_id, completed.dial_id, "1.1",
                                ",\"recording\":\"REC-7\""),
                     201);
    return completed;
}

static int64_t take_recheck(struct running *running, enum visitor visitor)
{
    assert_int_equal(submit(running, visitor, next_recheck, "{}"), 200);
    described_as(running, "takeNextRecheck", 200);
    return number_at(running, "id");
}

static void put_answers(char body[BODY_BYTES], int64_t order, const char *resolved,
                        const char *satisfaction)
{
    (void)snprintf(body, BODY_BYTES,
                   "{\"method\":\"phone\",\"reached\":true,\"note\":\"" CALLER_NOTE SECOND_NUMBER
                   "\",\"answers\":[{\"order\":0,\"item\":\"interviewed\",\"value\":\"yes\"},"
                   "{\"order\":%jd,\"item\":\"resolved\",\"value\":\"%s\"},"
                   "{\"order\":%jd,\"item\":\"satisfaction\",\"value\":\"%s\"}]}",
                   (intmax_t)order, resolved, (intmax_t)order, satisfaction);
}

/* To the end: yes and 5 for the first order. */
static int64_t check_first(struct running *running)
{
    char body[BODY_BYTES];
    int64_t id = take_recheck(running, checker);
    int64_t order = number_at(running, "orders.0.order");
    assert_int_equal(submit_of(running, checker, recheck_dials, id, "{\"number_no\":1}"), 201);
    described_as(running, "beginRecheckDial", 201);
    put_answers(body, order, "yes", "5");
    assert_int_equal(submit_of(running, checker, recheck_result, id, body), 200);
    described_as(running, "finishRecheck", 200);
    text_at_is(running, "state", "done");
    return id;
}

static void recheck__is_shown_blind_and_to_its_holder_alone(void **state)
{
    struct running *running = *state;
    assert_int_equal(submit(running, checker, next_recheck, "{}"), 204);
    struct completed completed = complete_first(running);
    int64_t id = take_recheck(running, checker);
    assert_int_equal(number_at(running, "case"), completed.case_id);
    text_at_is(running, "reason", "first");
    text_at_is(running, "recording", "REC-7");
    text_at_is(running, "citizen", "覃**");
    text_at_is(running, "numbers.0.masked", "139****0001");
    text_at_is(running, "opening.0.name", "interviewed");
    text_at_is(running, "orders.0.items.0.name", "contacted");
    assert_true(says(running, "\"answers\":{}"));
    assert_false(says(running, "\"answers\":{\""));
    assert_false(says(running, PERSON_NUMBER));
    assert_int_equal(ask_of(running, checker, recheck_line, id), 200);
    described_as(running, "getRecheck", 200);
    assert_int_equal(ask_of(running, supervisor, recheck_line, id), 404);
    assert_int_equal(submit(running, supervisor, next_recheck, "{}"), 204);
    assert_int_equal(submit_of(running, supervisor, recheck_dials, id, "{\"number_no\":1}"), 404);
    assert_int_equal(ask_of(running, supervisor, recheck_number, id), 404);
    assert_int_equal(ask_of(running, caller, recheck_line, id), 403);
    assert_int_equal(ask_of(running, checker, recheck_line, id + 1), 404);
}

static void recheck__shows_a_number_while_it_is_dialled(void **state)
{
    struct running *running = *state;
    (void)complete_first(running);
    int64_t id = take_recheck(running, checker);
    assert_int_equal(ask_of(running, checker, recheck_number, id), 409);
    text_at_is(running, "code", "not_dialling");
    assert_int_equal(submit_of(running, checker, recheck_dials, id, "{\"number_no\":1}"), 201);
    assert_int_equal(ask_of(running, checker, recheck_number, id), 200);
    described_as(running, "getRecheckNumber", 200);
    text_at_is(running, "number", PERSON_NUMBER);
    assert_int_equal(ask_of(running, checker, recheck_line, id), 200);
    assert_int_equal(number_at(running, "dial.number_no"), 1);
    assert_false(says(running, "覃**")); /* who is called by name must be known by name */
    assert_int_equal(
        submit_of(running, checker, recheck_result, id, "{\"method\":\"phone\",\"reached\":false}"),
        200);
    text_at_is(running, "state", "queued");
    assert_int_equal(ask_of(running, checker, recheck_number, id), 404);
    assert_int_equal(ask(running, auditor, "GET /api/v1/audit"), 200);
    assert_true(says(running, "\"recheck\":1"));
    assert_false(says(running, PERSON_NUMBER));
}

/* As the page reads them again; whoever else takes it is not told. */
static void recheck__answers_are_kept_for_their_holder(void **state)
{
    struct running *running = *state;
    char body[BODY_BYTES];
    (void)complete_first(running);
    int64_t id = take_recheck(running, checker);
    int64_t order = number_at(running, "orders.0.order");
    (void)snprintf(body, sizeof body, "{\"order\":%jd,\"item\":\"resolved\",\"value\":\"partly\"}",
                   (intmax_t)order);
    assert_int_equal(submit_of(running, checker, recheck_answers, id, body), 200);
    described_as(running, "putRecheckAnswer", 200);
    assert_int_equal(submit_of(running, supervisor, recheck_answers, id, body), 404);
    assert_int_equal(submit_of(running, caller, recheck_answers, id, body), 403);
    assert_int_equal(submit_of(running, checker, recheck_answers, id,
                               "{\"order\":0,\"item\":\"resolved\",\"value\":\"no\"}"),
                     400);
    assert_int_equal(ask_of(running, checker, recheck_line, id), 200);
    described_as(running, "getRecheck", 200);
    text_at_is(running, "answers.0.item", "resolved");
    text_at_is(running, "answers.0.value", "partly");
    assert_int_equal(ask(running, supervisor, recheck_list), 200);
    assert_true(says(running, "\"versions\":[]"));
    test_now += 1801;
    await_case_sweep(running);
    assert_int_equal(submit_of(running, checker, recheck_answers, id, body), 404);
    assert_int_equal(submit(running, supervisor, next_recheck, "{}"), 200);
    assert_true(says(running, "\"answers\":[]"));
}

static void recheck__result_is_checked(void **state)
{
    struct running *running = *state;
    (void)complete_first(running);
    int64_t id = take_recheck(running, checker);
    static const struct {
        const char *body;
        int status;
    } cases[] = {
        {"{\"method\":\"phone\"}", 400},
        {"{\"reached\":true}", 400},
        {"{\"method\":\"guess\",\"reached\":true}", 400},
        {"{\"method\":\"phone\",\"reached\":true,\"answers\":7}", 400},
        {"{\"method\":\"phone\",\"reached\":true,\"answers\":[7]}", 400},
        {"{\"method\":\"phone\",\"reached\":true,\"answers\":[{\"order\":0,\"item\":\"x\"}]}", 400},
        {"{\"method\":\"recording\",\"reached\":true,\"answers\":[]}", 400},
        {"{\"method\":\"recording\",\"reached\":true,\"answers\":[{\"order\":0,\"item\":"
         "\"interviewed\",\"value\":\"5\"}]}",
         400},
        {"{\"method\":\"phone\",\"reached\":false}", 409}, /* there is a number to be called */
        {"{\"method\":\"phone\",\"reached\":true,\"answers\":[{\"order\":0,\"item\":"
         "\"interviewed\",\"value\":\"no\"}]}",
         409}, /* without a dial */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        print_message("    %s\n", cases[i].body);
        assert_int_equal(submit_of(running, checker, recheck_result, id, cases[i].body),
                         cases[i].status);
    }
    assert_int_equal(submit_of(running, checker, recheck_result, id,
                               "{\"method\":\"recording\",\"reached\":true,\"answers\":[{\"order\":"
                               "0,\"item\":\"interviewed\",\"value\":\"no\"}]}"),
                     200);
}

/* The checker's own words, as whatever is written of a person: lines are kept, numbers shown masked. */
static void recheck__note_has_lines_and_shows_no_number(void **state)
{
    struct running *running = *state;
    (void)complete_first(running);
    int64_t id = take_recheck(running, checker);
    assert_int_equal(submit_of(running, checker, recheck_result, id,
                               "{\"method\":\"recording\",\"reached\":true,\"answers\":[{\"order\":"
                               "0,\"item\":\"interviewed\",\"value\":\"no\"}],"
                               "\"note\":\"没有接受过\\n请改打" CALLED_NUMBER "\"}"),
                     200);
    assert_int_equal(ask(running, supervisor, recheck_list), 200);
    text_at_is(running, "items.0.note", "没有接受过\n请改打180****2345");
}

static void recheck__is_settled_with_both_versions_kept(void **state)
{
    struct running *running = *state;
    (void)complete_first(running);
    int64_t id = check_first(running);
    assert_int_equal(ask(running, supervisor, recheck_list), 200);
    described_as(running, "listRechecks", 200);
    text_at_is(running, "items.0.state", "done");
    assert_int_equal(number_at(running, "items.0.compared"), 3);
    assert_int_equal(number_at(running, "items.0.differing"), 2);
    text_at_is(running, "items.0.note", CALLER_NOTE "139****0001");
    text_at_is(running, "items.0.versions.1.given", "no");
    text_at_is(running, "items.0.versions.1.found", "yes");
    assert_int_equal(number_at(running, "agreement.0.compared"), 3);
    assert_int_equal(number_at(running, "agreement.0.agreeing"), 1);
    assert_int_equal(ask(running, office, recheck_list), 200);
    assert_int_equal(ask(running, checker, recheck_list), 403);
    assert_int_equal(ask(running, VISITOR_CONTRACTOR, recheck_list), 200);
    assert_false(says(running, "\"id\""));
    static const char replaced[] = "{\"verdict\":\"replaced\",\"why\":\"听录音\"}";
    assert_int_equal(submit_of(running, VISITOR_CONTRACTOR, recheck_settle, id, replaced), 403);
    assert_int_equal(submit_of(running, checker, recheck_settle, id, replaced), 403);
    assert_int_equal(submit_of(running, supervisor, recheck_settle, id,
                               "{\"verdict\":\"replaced\",\"why\":\"\"}"),
                     400);
    assert_int_equal(submit_of(running, supervisor, recheck_settle, id, replaced), 200);
    described_as(running, "settleRecheck", 200);
    assert_int_equal(submit_of(running, supervisor, recheck_settle, id, replaced), 409);
    assert_int_equal(
        ask(running, supervisor, "GET /api/v1/rounds/2026-05/followup/rechecks?state=settled"),
        200);
    described_as(running, "listRechecks", 200);
    text_at_is(running, "items.0.verdict", "replaced");
    text_at_is(running, "items.0.settled_why", "听录音");
    text_at_is(running, "items.0.note", CALLER_NOTE "139****0001");
    text_at_is(running, "items.0.versions.1.given", "no");
    assert_int_equal(
        ask(running, supervisor, "GET /api/v1/rounds/2026-05/followup/rechecks?state=done"), 200);
    assert_false(says(running, "\"verdict\""));
    assert_int_equal(
        ask(running, supervisor, "GET /api/v1/rounds/2026-05/followup/rechecks?state=any"), 400);
    assert_int_equal(ask(running, auditor, "GET /api/v1/audit"), 200);
    assert_true(says(running, "recheck.settle") && says(running, "听录音"));
}

static void recheck__made_void_takes_the_complete_away(void **state)
{
    struct running *running = *state;
    (void)complete_first(running);
    int64_t id = check_first(running);
    assert_int_equal(submit_of(running, supervisor, recheck_settle, id,
                               "{\"verdict\":\"void\",\"why\":\"未作访问\"}"),
                     200);
    assert_int_equal(ask(running, supervisor, recheck_list), 200);
    text_at_is(running, "items.0.verdict", "void");
    assert_int_equal(ask(running, supervisor, "GET /api/v1/followup/shifts"), 200);
    described_as(running, "listShifts", 200);
    assert_int_equal(number_at(running, "items.0.dials"), 1);
    assert_int_equal(number_at(running, "items.0.completes"), 0);
}

static void correction__is_a_new_version_with_its_reason(void **state)
{
    struct running *running = *state;
    struct completed completed = complete_first(running);
    char body[BODY_BYTES];
    (void)take_recheck(running, checker);
    int64_t order = number_at(running, "orders.0.order");
    static const char *const wrong[] = {
        "\"why\":\"核对\"",
        "\"resolved\":\"5\",\"why\":\"核对\"",
        "\"satisfaction\":\"6\",\"why\":\"核对\"",
        "\"disposition\":\"9.9\",\"why\":\"核对\"",
        "\"resolved\":\"yes\"",
        "\"resolved\":\"yes\",\"why\":\"  \"",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        (void)snprintf(body, sizeof body, "{\"attempt\":%jd,\"order\":%jd,%s}",
                       (intmax_t)completed.dial_id, (intmax_t)order, wrong[i]);
        print_message("    %s\n", wrong[i]);
        assert_int_equal(submit_of(running, supervisor, correct_line, completed.case_id, body),
                         400);
    }
    (void)snprintf(body, sizeof body,
                   "{\"attempt\":%jd,\"order\":%jd,\"resolved\":\"open\",\"satisfaction\":"
                   "\"unsure\",\"why\":\"听录音核对\"}",
                   (intmax_t)completed.dial_id, (intmax_t)order);
    assert_int_equal(submit_of(running, checker, correct_line, completed.case_id, body), 403);
    assert_int_equal(submit_of(running, VISITOR_CONTRACTOR, correct_line, completed.case_id, body),
                     403);
    int64_t other_id = completed.case_id == 1 ? 2 : 1; /* not final */
    assert_int_equal(submit_of(running, supervisor, correct_line, other_id, body), 409);
    assert_int_equal(submit_of(running, supervisor, correct_line, completed.case_id, body), 200);
    described_as(running, "correctAttempt", 200);
    text_at_is(running, "code", "1.1");
    assert_int_equal(ask(running, auditor, "GET /api/v1/audit"), 200);
    assert_true(says(running, "case.correct") && says(running, "听录音核对"));
}

static void recheck__left_alone_goes_to_another(void **state)
{
    struct running *running = *state;
    (void)complete_first(running);
    int64_t id = take_recheck(running, checker);
    assert_int_equal(submit(running, supervisor, next_recheck, "{}"), 204);
    test_now += 1801;
    await_case_sweep(running);
    assert_int_equal(submit(running, supervisor, next_recheck, "{}"), 200);
    assert_int_equal(number_at(running, "id"), id);
    assert_int_equal(ask_of(running, checker, recheck_line, id), 404);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        PHONED_CITY(recheck__is_shown_blind_and_to_its_holder_alone),
        PHONED_CITY(recheck__shows_a_number_while_it_is_dialled),
        PHONED_CITY(recheck__answers_are_kept_for_their_holder),
        PHONED_CITY(recheck__result_is_checked),
        PHONED_CITY(recheck__note_has_lines_and_shows_no_number),
        PHONED_CITY(recheck__is_settled_with_both_versions_kept),
        PHONED_CITY(recheck__made_void_takes_the_complete_away),
        PHONED_CITY(recheck__left_alone_goes_to_another),
        PHONED_CITY(correction__is_a_new_version_with_its_reason),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
