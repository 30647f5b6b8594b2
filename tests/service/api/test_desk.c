#include "tests/service/api/phoned_city.h"

/* The desk of callers on a drawn round: shifts, the next case, and whose case it is. */

static const char next_line[] = "POST /api/v1/followup/next";
static const char case_line[] = "GET /api/v1/followup/cases/#";
static const char number_line[] = "GET /api/v1/followup/cases/#/number";
static const char dials_line[] = "POST /api/v1/followup/cases/#/dials";
static const char return_line[] = "POST /api/v1/followup/cases/#/return";
static const char renew_line[] = "POST /api/v1/followup/cases/#/renew";
static const char numbers_line[] = "POST /api/v1/followup/cases/#/numbers";
static const char end_line[] = "POST /api/v1/followup/shifts/current/end";

static void described_as(struct running *running, const char *operation, int status)
{
    described_check_answer(operation, status, running->body);
}

/* ---- the desk and shifts ---- */

static void desk__tells_what_there_is_to_do(void **state)
{
    struct running *running = *state;
    assert_int_equal(ask(running, caller, "GET /api/v1/followup/desk"), 200);
    described_as(running, "getDesk", 200);
    text_at_is(running, "shift", "null");
    text_at_is(running, "case", "null");
    text_at_is(running, "campaigns.0.round", "2026-05");
    text_at_is(running, "hours.until", "2026-06-22T12:00:00+08:00");
    text_at_is(running, "verify_phone", "12345热线");
    text_at_is(running, "dispositions.0.code", "1.1");
    text_at_is(running, "practice.0.orders.0.kind", "ordinary");
    text_at_is(running, "practice.1.orders.0.kind", "consult");
    text_at_is(running, "practice.2.orders.0.kind", "overdue");
    text_at_is(running, "practice.0.windows.0.until", "2026-06-22T12:00:00+08:00");
    assert_int_equal(number_at(running, "today.dials"), 0);
    sign_on(running, caller);
    int64_t case_id = take_next(running, caller);
    int64_t dial_id = begin_dial(running, caller, case_id);
    answer_all(running, caller, case_id, dial_id);
    assert_int_equal(ask(running, caller, "GET /api/v1/followup/desk"), 200);
    described_as(running, "getDesk", 200);
    assert_int_equal(number_at(running, "case.id"), case_id);
    assert_int_equal(number_at(running, "case.dial.id"), dial_id);
    text_at_is(running, "case.answers.consent.value", "yes");
    text_at_is(running, "shift.since", "2026-06-22T09:30:00+08:00");
    assert_int_equal(try_finish(running, caller, case_id, dial_id, "1.1", ""), 201);
    assert_int_equal(ask(running, caller, "GET /api/v1/followup/desk"), 200);
    assert_int_equal(number_at(running, "today.dials"), 1);
    assert_int_equal(number_at(running, "today.completes"), 1);
    text_at_is(running, "case", "null");
}

static void desk__tells_when_calling_begins(void **state)
{
    struct running *running = *state;
    test_now += 3 * 3600; /* 12:30 */
    assert_int_equal(ask(running, caller, "GET /api/v1/followup/desk"), 200);
    assert_true(says(running, "\"is_open\":false"));
    text_at_is(running, "hours.opens_at", "2026-06-22T15:00:00+08:00");
    sign_on(running, caller);
    assert_int_equal(try_next(running, caller), 409);
    text_at_is(running, "code", "outside_hours");
    text_at_is(running, "detail", "现在不在拨打时段，下一时段从2026-06-22 15:00开始。");
    described_as(running, "takeNextCase", 409);
}

static void shift__begins_once_and_ends_with_its_minutes(void **state)
{
    struct running *running = *state;
    assert_int_equal(submit(running, caller, end_line, "{}"), 409);
    text_at_is(running, "code", "no_shift");
    sign_on(running, caller);
    described_as(running, "beginShift", 201);
    assert_int_equal(submit(running, caller, "POST /api/v1/followup/shifts", "{}"), 409);
    text_at_is(running, "code", "on_shift");
    sign_on(running, checker);
    test_now += 95 * 60 + 30;
    assert_int_equal(submit(running, caller, end_line, "{}"), 200);
    described_as(running, "endShift", 200);
    assert_int_equal(number_at(running, "minutes"), 95);
    assert_int_equal(submit(running, caller, end_line, "{}"), 409);
    sign_on(running, caller);
}

static void shift__does_not_end_in_the_middle_of_a_dial(void **state)
{
    struct running *running = *state;
    sign_on(running, caller);
    int64_t case_id = take_next(running, caller);
    int64_t dial_id = begin_dial(running, caller, case_id);
    assert_int_equal(submit(running, caller, end_line, "{}"), 409);
    text_at_is(running, "code", "dialling");
    assert_int_equal(try_finish(running, caller, case_id, dial_id, "2.21", ""), 201);
    int64_t other_id = take_next(running, caller);
    assert_int_equal(submit(running, caller, end_line, "{}"), 200);
    assert_int_equal(ask_of(running, caller, case_line, other_id), 404);
    sign_on(running, checker);
    for (int i = 0; i < PHONED - 1; i++) {
        int64_t given = take_next(running, checker);
        if (given == other_id)
            return;
        assert_int_equal(submit_of(running, checker, return_line, given, "{}"), 204);
    }
    fail_msg("what was held at the end of a shift is given to nobody");
}

/* ---- the next case ---- */

static void next__needs_a_shift(void **state)
{
    struct running *running = *state;
    assert_int_equal(try_next(running, caller), 409);
    text_at_is(running, "code", "no_shift");
    assert_int_equal(submit(running, caller, next_line, "{\"more\":1}"), 400);
    assert_int_equal(ask_as(running, caller, next_line, NULL, "{}"), 400);
    sign_on(running, caller);
    assert_int_equal(try_next(running, caller), 200);
}

static void next__shows_a_person_masked(void **state)
{
    struct running *running = *state;
    sign_on(running, caller);
    int64_t case_id = take_first_person(running, caller);
    described_as(running, "takeNextCase", 200);
    text_at_is(running, "turn", "fresh");
    text_at_is(running, "round", "2026-05");
    text_at_is(running, "citizen", "覃**");
    text_at_is(running, "numbers.0.masked", "139****0001");
    text_at_is(running, "numbers.1.masked", "139****0001");
    assert_int_equal(number_at(running, "number_no"), 1);
    assert_int_equal(number_at(running, "lease_seconds"), 600);
    text_at_is(running, "lease_until", "2026-06-22T09:40:00+08:00");
    text_at_is(running, "windows.0.until", "2026-06-22T12:00:00+08:00");
    text_at_is(running, "windows.1.from", "2026-06-22T15:00:00+08:00");
    text_at_is(running, "orders.0.unit", "第1局");
    text_at_is(running, "orders.0.received_at", "2026-05-06T09:00:00+08:00");
    text_at_is(running, "orders.0.content", "水渠塌方已有半月，联系电话180****2345，请处理");
    assert_true(says(running, "\"kind\":\"ordinary\"") && says(running, "\"kind\":\"consult\""));
    assert_true(says(running, "您5月6日反映的“" ORDER_TITLE "”，由第1局办理"));
    assert_true(says(running, "这里是市绩效办"));
    assert_false(says(running, PERSON_NAME));
    assert_false(says(running, PERSON_NUMBER));
    assert_false(says(running, CALLED_NUMBER));
    assert_int_equal(ask_of(running, caller, case_line, case_id), 200);
    described_as(running, "getCase", 200);
    text_at_is(running, "turn", "held");
}

static void next__repeated_shows_the_same_case_as_it_is_then(void **state)
{
    struct running *running = *state;
    sign_on(running, caller);
    assert_int_equal(ask_as(running, caller, next_line, "again", "{}"), 200);
    int64_t case_id = number_at(running, "id");
    assert_true(says(running, "\"dial\":null"));
    int64_t dial_id = begin_dial(running, caller, case_id);
    assert_int_equal(ask_as(running, caller, next_line, "again", "{}"), 200);
    assert_int_equal(number_at(running, "id"), case_id);
    assert_int_equal(number_at(running, "dial.id"), dial_id);
    assert_int_equal(try_finish(running, caller, case_id, dial_id, "2.21", ""), 201);
    assert_int_equal(ask_as(running, caller, next_line, "again", "{}"), 404);
    text_at_is(running, "code", "not_held");
    assert_true(take_next(running, caller) != case_id);
}

static void next__gives_two_callers_two_cases(void **state)
{
    struct running *running = *state;
    sign_on(running, caller);
    sign_on(running, checker);
    int64_t case_id = take_next(running, caller);
    assert_true(take_next(running, checker) != case_id);
    assert_int_equal(take_next(running, caller), case_id);
    text_at_is(running, "turn", "held");
}

static void next__says_when_to_ask_again(void **state)
{
    struct running *running = *state;
    sign_on(running, caller);
    for (int i = 0; i < PHONED; i++) {
        int64_t case_id = take_next(running, caller);
        int64_t dial_id = begin_dial(running, caller, case_id);
        assert_int_equal(try_finish(running, caller, case_id, dial_id, "2.21", ""), 201);
    }
    assert_int_equal(ask_as(running, caller, next_line, "nothing", "{}"), 204);
    assert_true(says(running, "\r\nRetry-After: 120\r\n"));
    assert_int_equal(running->body.len, 0);
    test_now += 60;
    assert_int_equal(ask_as(running, caller, next_line, "nothing", "{}"), 204);
    assert_true(says(running, "\r\nRetry-After: 60\r\n"));
}

/* ---- whose case it is ---- */

static void case__is_its_holders_alone(void **state)
{
    struct running *running = *state;
    static const char answer[] = "{\"dial\":1,\"order\":0,\"item\":\"consent\",\"value\":\"yes\"}";
    sign_on(running, caller);
    sign_on(running, checker);
    int64_t held_id = take_next(running, caller);
    int64_t dial_id = begin_dial(running, caller, held_id);
    assert_int_equal(dial_id, 1);
    const int64_t ids[] = {held_id, 1000000};
    for (size_t i = 0; i < 2; i++) {
        int64_t id = ids[i];
        assert_int_equal(ask_of(running, checker, case_line, id), 404);
        assert_int_equal(ask_of(running, checker, number_line, id), 404);
        assert_int_equal(submit_of(running, checker, renew_line, id, "{}"), 404);
        assert_int_equal(submit_of(running, checker, return_line, id, "{}"), 404);
        assert_int_equal(submit_of(running, checker, dials_line, id, "{\"number_no\":1}"), 404);
        assert_int_equal(
            submit_of(running, checker, "PUT /api/v1/followup/cases/#/answers", id, answer), 404);
        assert_int_equal(
            submit_of(running, checker, numbers_line, id, "{\"number\":\"13977899999\"}"), 404);
        assert_int_equal(try_finish(running, checker, id, dial_id, "2.21", ""), 404);
    }
    assert_int_equal(ask_of(running, caller, case_line, held_id), 200);
    assert_int_equal(ask_of(running, caller, "GET /api/v1/followup/cases/#0000", 0), 404);
}

static void case__given_back_goes_to_somebody_else(void **state)
{
    struct running *running = *state;
    sign_on(running, caller);
    int64_t case_id = take_next(running, caller);
    assert_int_equal(submit_of(running, caller, return_line, case_id, "{}"), 204);
    assert_int_equal(ask_of(running, caller, case_line, case_id), 404);
    for (int i = 0; i < PHONED - 1; i++) {
        int64_t other_id = take_next(running, caller);
        assert_true(other_id != case_id);
        int64_t dial_id = begin_dial(running, caller, other_id);
        assert_int_equal(submit_of(running, caller, return_line, other_id, "{}"), 409);
        assert_true(says(running, "正在拨打"));
        assert_int_equal(try_finish(running, caller, other_id, dial_id, "2.21", ""), 201);
    }
    assert_int_equal(try_next(running, caller), 204);
    sign_on(running, checker);
    assert_int_equal(take_next(running, checker), case_id);
}

static void case__is_held_by_activity_and_taken_back_without_it(void **state)
{
    struct running *running = *state;
    sign_on(running, caller);
    int64_t case_id = take_next(running, caller);
    test_now += 500;
    assert_int_equal(submit_of(running, caller, renew_line, case_id, "{}"), 200);
    described_as(running, "renewCase", 200);
    text_at_is(running, "lease_until", "2026-06-22T09:48:20+08:00");
    int64_t dial_id = begin_dial(running, caller, case_id);
    test_now += 500;
    assert_int_equal(try_answer(running, caller, case_id, dial_id, 0, "consent", "yes", ""), 200);
    text_at_is(running, "lease_until", "2026-06-22T09:56:40+08:00");
    test_now += 599;
    await_case_sweep(running);
    assert_int_equal(ask_of(running, caller, case_line, case_id), 200);
    test_now += 2;
    await_case_sweep(running);
    assert_int_equal(ask_of(running, caller, case_line, case_id), 404);
    assert_int_equal(try_answer(running, caller, case_id, dial_id, 0, "is_you", "yes", ""), 404);
    text_at_is(running, "code", "not_held");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        PHONED_CITY(desk__tells_what_there_is_to_do),
        PHONED_CITY(desk__tells_when_calling_begins),
        PHONED_CITY(shift__begins_once_and_ends_with_its_minutes),
        PHONED_CITY(shift__does_not_end_in_the_middle_of_a_dial),
        PHONED_CITY(next__needs_a_shift),
        PHONED_CITY(next__shows_a_person_masked),
        PHONED_CITY(next__repeated_shows_the_same_case_as_it_is_then),
        PHONED_CITY(next__gives_two_callers_two_cases),
        PHONED_CITY(next__says_when_to_ask_again),
        PHONED_CITY(case__is_its_holders_alone),
        PHONED_CITY(case__given_back_goes_to_somebody_else),
        PHONED_CITY(case__is_held_by_activity_and_taken_back_without_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
