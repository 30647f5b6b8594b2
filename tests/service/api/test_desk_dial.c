#include "service/storage/shifts.h"

#include "tests/service/api/phoned_city.h"

/* What callers do with a case: numbers, dials, answers, results; contractors; and who watches them. */

static const char next_line[] = "POST /api/v1/followup/next";
static const char case_line[] = "GET /api/v1/followup/cases/#";
static const char number_line[] = "GET /api/v1/followup/cases/#/number";
static const char dials_line[] = "POST /api/v1/followup/cases/#/dials";
static const char numbers_line[] = "POST /api/v1/followup/cases/#/numbers";

static void described_as(struct running *running, const char *operation, int status)
{
    described_check_answer(operation, status, running->body);
}

/* ---- numbers and dials ---- */

static void dial__reveals_name_and_number_while_it_goes_on(void **state)
{
    struct running *running = *state;
    sign_on(running, caller);
    int64_t case_id = take_first_person(running, caller);
    assert_int_equal(ask_of(running, caller, number_line, case_id), 409);
    text_at_is(running, "code", "not_dialling");
    int64_t dial_id = begin_dial(running, caller, case_id);
    described_as(running, "beginDial", 201);
    assert_int_equal(ask_of(running, caller, number_line, case_id), 200);
    described_as(running, "getNumber", 200);
    text_at_is(running, "number", PERSON_NUMBER);
    assert_true(says(running, "\r\nCache-Control: no-store\r\n"));
    assert_int_equal(ask_of(running, caller, case_line, case_id), 200);
    text_at_is(running, "citizen", PERSON_NAME);
    assert_int_equal(number_at(running, "numbers.0.tries_today"), 1);
    assert_int_equal(submit_of(running, caller, dials_line, case_id, "{\"number_no\":2}"), 409);
    assert_true(says(running, "请先记录本次结果"));
    assert_int_equal(try_finish(running, caller, case_id, dial_id, "2.214", ""), 201);
    assert_int_equal(ask_of(running, caller, number_line, case_id), 409);
    assert_int_equal(ask_of(running, caller, case_line, case_id), 200);
    text_at_is(running, "citizen", "覃**");
    text_at_is(running, "history.0.name", "空号");
    text_at_is(running, "history.0.by", "您拨打");
    assert_int_equal(ask(running, auditor, "GET /api/v1/audit?action=number.show"), 200);
    assert_int_equal(number_at(running, "items.0.details.dial"), dial_id);
    assert_true(says(running, "\"who\":\"visitor6\""));
    assert_false(says(running, PERSON_NUMBER));
}

static void dial__is_refused_where_nobody_may_call(void **state)
{
    struct running *running = *state;
    sign_on(running, caller);
    int64_t case_id = take_first_person(running, caller);
    assert_int_equal(submit_of(running, caller, dials_line, case_id, "{\"number_no\":3}"), 404);
    assert_int_equal(submit_of(running, caller, dials_line, case_id, "{\"number_no\":0}"), 400);
    assert_int_equal(submit_of(running, caller, dials_line, case_id, "{}"), 400);
    int64_t dial_id = begin_dial(running, caller, case_id);
    assert_int_equal(try_finish(running, caller, case_id, dial_id, "2.214", ""), 201);
    text_at_is(running, "next", "number");
    assert_int_equal(number_at(running, "number_no"), 2);
    assert_int_equal(submit_of(running, caller, dials_line, case_id, "{\"number_no\":1}"), 409);
    assert_true(says(running, "已停用或有误"));
    test_now = PHONED_NOW_UTC + 9001; /* 12:00:01 */
    assert_int_equal(submit_of(running, caller, dials_line, case_id, "{\"number_no\":2}"), 409);
    text_at_is(running, "detail", "现在不在拨打时段");
    assert_int_equal(ask(running, auditor, "GET /api/v1/audit?action=access.refuse"), 200);
    assert_false(says(running, "beginDial"));
}

static int pause_campaign(struct datadir *datadir, void *context, struct err *err)
{
    (void)context;
    return campaign_put_paused(datadir->store, 1, true, err);
}

static void dial__is_refused_while_the_campaign_is_paused(void **state)
{
    struct running *running = *state;
    sign_on(running, caller);
    int64_t case_id = take_next(running, caller);
    by_command(running, pause_campaign, NULL);
    assert_int_equal(submit_of(running, caller, dials_line, case_id, "{\"number_no\":1}"), 409);
    text_at_is(running, "detail", "电话测评已暂停，请听督导员通知");
    sign_on(running, checker);
    assert_int_equal(try_next(running, checker), 204);
    assert_true(says(running, "\r\nRetry-After: 600\r\n"));
}

static void number__is_added_by_who_may(void **state)
{
    struct running *running = *state;
    static const char body[] = "{\"number\":\"139 7784 0001\"}";
    sign_on(running, caller);
    int64_t case_id = take_next(running, caller);
    assert_int_equal(submit_of(running, caller, numbers_line, case_id, "{\"number\":\"12345\"}"),
                     400);
    text_at_is(running, "field", "number");
    assert_int_equal(submit_of(running, caller, numbers_line, case_id, body), 201);
    described_as(running, "addNumber", 201);
    text_at_is(running, "masked", "139****0001");
    assert_int_equal(submit_of(running, caller, numbers_line, case_id, body), 409);
    assert_true(says(running, "已有这个号码"));
    assert_int_equal(
        submit_of(running, office, numbers_line, case_id, "{\"number\":\"0778-2282345\"}"), 201);
    assert_int_equal(submit_of(running, VISITOR_CONTRACTOR, numbers_line, case_id, body), 404);
    assert_int_equal(ask(running, auditor, "GET /api/v1/audit?action=number.add"), 200);
    assert_false(says(running, "13977840001"));
}

/* ---- answers and results ---- */

static void answer__is_kept_as_it_is_given(void **state)
{
    struct running *running = *state;
    sign_on(running, caller);
    int64_t case_id = take_first_person(running, caller);
    int64_t order = number_at(running, "orders.0.order");
    int64_t dial_id = begin_dial(running, caller, case_id);
    assert_int_equal(try_answer(running, caller, case_id, dial_id, 0, "consent", "no", ""), 200);
    described_as(running, "putAnswer", 200);
    assert_int_equal(try_answer(running, caller, case_id, dial_id, 0, "consent", "yes", ""), 200);
    assert_int_equal(
        try_answer(running, caller, case_id, dial_id, order, "other", "yes", PERSON_WORDS), 200);
    assert_int_equal(
        try_answer(running, caller, case_id, dial_id, order, "other", "yes", "第一行\\n第二行"),
        200);
    assert_int_equal(
        try_answer(running, caller, case_id, dial_id, order, "other", "yes", "\\u0007"), 400);
    assert_int_equal(ask_of(running, caller, case_line, case_id), 200);
    text_at_is(running, "answers.consent.value", "yes");
    text_at_is(running, "orders.0.answers.other.words", "第一行\n第二行");
    assert_int_equal(try_answer(running, caller, case_id, dial_id, 0, "consent", "maybe", ""), 400);
    assert_int_equal(try_answer(running, caller, case_id, dial_id, 0, "resolved", "yes", ""), 400);
    assert_int_equal(try_answer(running, caller, case_id, dial_id, 999, "resolved", "yes", ""),
                     400);
    assert_int_equal(try_answer(running, caller, case_id, dial_id + 1, 0, "consent", "yes", ""),
                     409);
    text_at_is(running, "code", "dial_ended");
}

static void result__is_held_against_the_answers(void **state)
{
    struct running *running = *state;
    sign_on(running, caller);
    int64_t case_id = take_first_person(running, caller);
    int64_t dial_id = begin_dial(running, caller, case_id);
    assert_int_equal(try_finish(running, caller, case_id, dial_id, "1.1", ""), 409);
    text_at_is(running, "detail", "还有必答的问题没有回答，不能记为成功访问");
    assert_int_equal(try_finish(running, caller, case_id, dial_id, "9.9", ""), 400);
    assert_int_equal(try_finish(running, caller, case_id, dial_id, "4.10", ""), 400);
    answer_all(running, caller, case_id, dial_id);
    assert_int_equal(try_finish(running, caller, case_id, dial_id, "2.112", ""), 409);
    assert_true(says(running, "记成功访问或部分完成"));
    assert_int_equal(try_finish(running, caller, case_id, dial_id, "1.1",
                                ",\"note\":\"" CALLER_NOTE "\",\"recording\":\"R-77\""),
                     201);
    described_as(running, "finishDial", 201);
    text_at_is(running, "receipt.disposition", "1.1");
    text_at_is(running, "next", "final");
    text_at_is(running, "next_at", "null");
    assert_int_equal(ask_of(running, caller, case_line, case_id), 404);
    assert_int_equal(try_finish(running, caller, case_id, dial_id, "1.1", ""), 404);
}

static void result__repeated_is_the_same_receipt(void **state)
{
    struct running *running = *state;
    char line[PATH_BYTES], body[BODY_BYTES];
    sign_on(running, caller);
    int64_t case_id = take_next(running, caller);
    int64_t dial_id = begin_dial(running, caller, case_id);
    put_id("POST /api/v1/followup/cases/#/attempts", case_id, line);
    (void)snprintf(body, sizeof body, "{\"dial\":%jd,\"disposition\":\"2.21\"}", (intmax_t)dial_id);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(ask_as(running, caller, line, "once", body), 201);
        assert_int_equal(number_at(running, "receipt.attempt"), dial_id);
        text_at_is(running, "next", "waiting");
        text_at_is(running, "next_at", "2026-06-22T15:00:00+08:00");
    }
    assert_int_equal(ask(running, caller, "GET /api/v1/followup/desk"), 200);
    assert_int_equal(number_at(running, "today.dials"), 1);
}

static void result__takes_a_time_within_the_hours(void **state)
{
    struct running *running = *state;
    static const char *const refused[] = {
        ",\"appointment\":{\"at\":\"2026-06-23T13:00:00+08:00\",\"is_own\":true}",
        ",\"appointment\":{\"at\":\"2026-06-22T09:00:00+08:00\"}",
    };
    sign_on(running, caller);
    int64_t case_id = take_first_person(running, caller);
    int64_t dial_id = begin_dial(running, caller, case_id);
    for (size_t i = 0; i < 2; i++)
        assert_int_equal(try_finish(running, caller, case_id, dial_id, "2.20", refused[i]), 409);
    assert_true(says(running, "请另选时间"));
    assert_int_equal(
        try_finish(running, caller, case_id, dial_id, "2.20", ",\"appointment\":{\"at\":\"x\"}"),
        400);
    assert_int_equal(try_finish(running, caller, case_id, dial_id, "2.20", ",\"appointment\":1"),
                     400);
    assert_int_equal(
        try_finish(running, caller, case_id, dial_id, "2.20",
                   ",\"appointment\":{\"at\":\"2026-06-23T10:00:00+08:00\",\"is_own\":true}"),
        201);
    text_at_is(running, "next", "appointment");
    test_now += 43200;
    assert_int_equal(ask(running, caller, "GET /api/v1/followup/desk"), 200);
    test_now += 43200 + 1800;
    assert_int_equal(take_next(running, caller), case_id);
    text_at_is(running, "turn", "appointment");
    text_at_is(running, "appointment.at", "2026-06-23T10:00:00+08:00");
    assert_true(says(running, "\"is_own\":true"));
}

static int teach_zhuang(struct datadir *datadir, void *context, struct err *err)
{
    struct account_row row;
    const struct bytes languages[] = {BYTES_LIT("za")};
    char name[32];
    (void)context;
    visitor_name(checker, name);
    int rc = account_get(datadir->store, bytes_from_z(name), &row, err);
    return rc == OK ? caller_languages_put(datadir->store, row.id, languages, 1, err) : rc;
}

static void result__for_want_of_a_language_goes_to_who_speaks_it(void **state)
{
    struct running *running = *state;
    sign_on(running, caller);
    sign_on(running, checker);
    by_command(running, teach_zhuang, NULL);
    int64_t case_id = take_next(running, caller);
    int64_t dial_id = begin_dial(running, caller, case_id);
    assert_int_equal(try_finish(running, caller, case_id, dial_id, "2.33", ""), 400);
    assert_int_equal(try_finish(running, caller, case_id, dial_id, "2.33", ",\"language\":\"za\""),
                     201);
    text_at_is(running, "next", "waiting");
    test_now += 86400 - 1800;
    assert_true(take_next(running, caller) != case_id);
    assert_int_equal(take_next(running, checker), case_id);
    text_at_is(running, "language", "za");
    assert_int_equal(ask(running, checker, "GET /api/v1/followup/desk"), 200);
    text_at_is(running, "languages.0", "za");
}

/* ---- contractors ---- */

static int assign_one(struct datadir *datadir, void *context, struct err *err)
{
    struct team_row team;
    struct casework *work = NULL;
    int64_t cases = 0;
    const struct actor actor = {{"office", 6}, test_now};
    (void)context;
    int rc = team_get(datadir->store, BYTES_LIT("外包"), &team, err);
    if (rc == OK)
        rc = casework_new(datadir, NULL, &work, err);
    if (rc == OK)
        rc = casework_assign(work, datadir->store, 1, team.id, 1, &actor, &cases, err);
    casework_free(work);
    return rc;
}

static void contractor__is_given_their_teams_cases_alone(void **state)
{
    struct running *running = *state;
    sign_on(running, VISITOR_CONTRACTOR);
    assert_int_equal(try_next(running, VISITOR_CONTRACTOR), 204);
    by_command(running, assign_one, NULL);
    int64_t case_id = take_next(running, VISITOR_CONTRACTOR);
    int64_t dial_id = begin_dial(running, VISITOR_CONTRACTOR, case_id);
    assert_int_equal(submit_of(running, VISITOR_CONTRACTOR, numbers_line, case_id,
                               "{\"number\":\"13977840001\"}"),
                     201);
    assert_int_equal(try_finish(running, VISITOR_CONTRACTOR, case_id, dial_id, "2.21", ""), 201);
    assert_int_equal(try_next(running, VISITOR_CONTRACTOR), 204);
    sign_on(running, caller);
    for (int i = 0; i < PHONED - 1; i++) {
        int64_t other_id = take_next(running, caller);
        assert_true(other_id != case_id);
        assert_int_equal(try_finish(running, caller, other_id,
                                    begin_dial(running, caller, other_id), "2.21", ""),
                         201);
    }
    assert_int_equal(try_next(running, caller), 204);
}

/* ---- who watches ---- */

static void metrics__count_cases_and_dials_once(void **state)
{
    struct running *running = *state;
    sign_on(running, caller);
    assert_int_equal(ask_as(running, caller, next_line, "first", "{}"), 200);
    int64_t case_id = number_at(running, "id");
    assert_int_equal(ask_as(running, caller, next_line, "first", "{}"), 200);
    assert_int_equal(take_next(running, caller), case_id);
    int64_t dial_id = begin_dial(running, caller, case_id);
    assert_int_equal(try_finish(running, caller, case_id, dial_id, "2.21", ""), 201);
    assert_int_equal(ask(running, VISITOR_ROLES, "GET /metrics"), 200);
    assert_true(says(running, "\npingyi_cases_leased_total 1\n"));
    assert_true(says(running, "\npingyi_dials_total 1\n"));
    assert_true(says(running, "\npingyi_dials_finished_total 1\n"));
}

static void supervisors__are_told_that_a_round_has_moved(void **state)
{
    struct running *running = *state;
    struct buf answer;
    sign_on(running, caller);
    buf_init(&answer, ANSWER_MAX_BYTES);
    int fd = listen_as(running, supervisor);
    int64_t case_id = take_next(running, caller);
    assert_true(client_read(&running->served, fd, BYTES_LIT("{\"round\":\"2026-05\"}"), &answer));
    assert_true(answer_has(buf_bytes(&answer), "event: followup\n"));
    /* A lease that ends by itself is told too. */
    test_now += 601;
    buf_clear(&answer);
    await_case_sweep(running);
    assert_true(client_read(&running->served, fd, BYTES_LIT("{\"round\":\"2026-05\"}"), &answer));
    assert_int_equal(ask_of(running, caller, case_line, case_id), 404);
    (void)close(fd);
    buf_deinit(&answer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        PHONED_CITY(dial__reveals_name_and_number_while_it_goes_on),
        PHONED_CITY(dial__is_refused_where_nobody_may_call),
        PHONED_CITY(dial__is_refused_while_the_campaign_is_paused),
        PHONED_CITY(number__is_added_by_who_may),
        PHONED_CITY(answer__is_kept_as_it_is_given),
        PHONED_CITY(result__is_held_against_the_answers),
        PHONED_CITY(result__repeated_is_the_same_receipt),
        PHONED_CITY(result__takes_a_time_within_the_hours),
        PHONED_CITY(result__for_want_of_a_language_goes_to_who_speaks_it),
        PHONED_CITY(contractor__is_given_their_teams_cases_alone),
        PHONED_CITY(metrics__count_cases_and_dials_once),
        PHONED_CITY(supervisors__are_told_that_a_round_has_moved),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
