#include "service/followup/package.h"

#include "tests/service/api/phoned_city.h"

/* Attendance, lists of calls and packages, route by route. */

static const char list_line[] = "GET /api/v1/followup/shifts";
static const char confirm_line[] = "POST /api/v1/followup/shifts/#/confirm";
static const char export_line[] =
    "GET /api/v1/followup/shifts/export?from=2026-06-01&to=2026-06-30";
static const char end_line[] = "POST /api/v1/followup/shifts/current/end";
static const char load_line[] = "POST /api/v1/rounds/2026-05/followup/call-records?name=a.csv";
static const char unmatched_line[] = "GET /api/v1/rounds/2026-05/followup/unmatched";
static const char acceptance_line[] = "GET /api/v1/rounds/2026-05/followup/acceptance";

static void described_as(struct running *running, const char *operation, int status)
{
    described_check_answer(operation, status, running->body);
}

/* The caller's, from 9:30 to 11:30. */
static int64_t put_shift(struct running *running)
{
    sign_on(running, caller);
    int64_t id = number_at(running, "id");
    test_now += 2 * 3600;
    assert_int_equal(submit(running, caller, end_line, "{}"), 200);
    return id;
}

static void shifts__are_listed_and_confirmed_by_others(void **state)
{
    struct running *running = *state;
    int64_t id = put_shift(running);
    sign_on(running, supervisor);
    int64_t own = number_at(running, "id");
    assert_int_equal(submit_of(running, office, confirm_line, own, "{\"minutes\":5}"), 409);
    assert_int_equal(submit(running, supervisor, end_line, "{}"), 200);
    assert_int_equal(ask(running, supervisor, list_line), 200);
    described_as(running, "listShifts", 200);
    assert_int_equal(number_at(running, "items.1.id"), id);
    assert_int_equal(number_at(running, "items.1.minutes_worked"), 120);
    assert_int_equal(number_at(running, "items.1.late_minutes"), 30);
    text_at_is(running, "items.1.ended_why", "signed_out");
    text_at_is(running, "items.1.minutes", "null");
    text_at_is(running, "items.1.day", "2026-06-22");
    assert_int_equal(submit_of(running, supervisor, confirm_line, own, "{\"minutes\":5}"), 409);
    text_at_is(running, "detail", "不能确认自己的考勤，请由他人确认");
    assert_int_equal(submit_of(running, supervisor, confirm_line, id, "{\"minutes\":1441}"), 400);
    assert_int_equal(submit_of(running, supervisor, confirm_line, id, "{}"), 400);
    assert_int_equal(submit_of(running, caller, confirm_line, id, "{\"minutes\":110}"), 403);
    assert_int_equal(submit_of(running, VISITOR_CONTRACTOR, confirm_line, id, "{\"minutes\":110}"),
                     404);
    assert_int_equal(
        submit_of(running, supervisor, confirm_line, id, "{\"minutes\":110,\"note\":\"午饭\"}"),
        200);
    described_as(running, "confirmShift", 200);
    assert_int_equal(ask(running, office, list_line), 200);
    described_as(running, "listShifts", 200);
    assert_int_equal(number_at(running, "items.1.minutes"), 110);
    text_at_is(running, "items.1.note", "午饭");
    assert_int_equal(ask(running, VISITOR_CONTRACTOR, list_line), 200);
    assert_false(says(running, "minutes_worked"));
    assert_int_equal(ask(running, caller, list_line), 403);
    assert_int_equal(ask(running, auditor, "GET /api/v1/audit"), 200);
    assert_true(says(running, "shift.confirm"));
}

static void shifts__are_asked_for_by_days(void **state)
{
    struct running *running = *state;
    (void)put_shift(running);
    assert_int_equal(ask(running, office, "GET /api/v1/followup/shifts?from=2026-06-23"), 400);
    assert_int_equal(ask(running, office, "GET /api/v1/followup/shifts?to=2026-06-21"), 400);
    assert_int_equal(ask(running, office, "GET /api/v1/followup/shifts?from=june"), 400);
    assert_int_equal(ask(running, office, "GET /api/v1/followup/shifts?from=2026-01-01"), 400);
    assert_int_equal(
        ask(running, office, "GET /api/v1/followup/shifts?from=2026-06-20&to=2026-06-21"), 200);
    assert_false(says(running, "minutes_worked"));
    assert_int_equal(
        ask(running, office, "GET /api/v1/followup/shifts?from=2026-06-20&to=2026-06-22"), 200);
    assert_true(says(running, "minutes_worked"));
}

static void shifts__are_exported_as_a_list_of_fees(void **state)
{
    struct running *running = *state;
    int64_t id = put_shift(running);
    assert_int_equal(submit_of(running, office, confirm_line, id, "{\"minutes\":110}"), 200);
    assert_int_equal(ask(running, VISITOR_CONTRACTOR, export_line), 403);
    assert_int_equal(ask(running, supervisor, export_line), 200);
    assert_true(says(running, "Content-Type: text/csv; charset=utf-8"));
    assert_true(says(running, "filename=\"shifts-2026-06-01-2026-06-30.csv\""));
    assert_true(says(running, "确认分钟"));
    assert_true(says(running, ",2026-06-22,09:30,11:30,110,0,0,"));
    assert_true(says(running, "1 班，1.83 小时"));
    assert_int_equal(ask(running, auditor, "GET /api/v1/audit"), 200);
    assert_true(says(running, "shift.export") && says(running, "2026-06-01..2026-06-30"));
}

static void shifts__that_nobody_ended_are_ended(void **state)
{
    struct running *running = *state;
    sign_on(running, caller);
    test_now += 14 * 3600 - 1;
    await_case_sweep(running);
    assert_int_equal(submit(running, caller, "POST /api/v1/followup/shifts", "{}"), 409);
    test_now += 1;
    await_case_sweep(running);
    assert_int_equal(ask(running, office, "GET /api/v1/followup/shifts?from=2026-06-22"), 200);
    text_at_is(running, "items.0.ended_why", "forgotten");
    assert_int_equal(number_at(running, "items.0.minutes_worked"), 0);
    sign_on(running, caller);
}

/* ---- lists of calls ---- */

static void calls__are_matched_to_dials(void **state)
{
    struct running *running = *state;
    static const char list[] = "被叫号码,开始时间,通话时长\n" PERSON_NUMBER
                               ",2026-06-22 09:30:40,25\n13700000000,2026-06-22 10:00:00,0:01:05\n"
                               "138,2026-06-22 10:00:00,3\n";
    sign_on(running, caller);
    int64_t case_id = take_first_person(running, caller);
    int64_t dial_id = begin_dial(running, caller, case_id);
    assert_int_equal(try_finish(running, caller, case_id, dial_id, "2.21", ""), 201);
    case_id = take_next(running, caller);
    test_now += 300;
    dial_id = begin_dial(running, caller, case_id);
    assert_int_equal(try_finish(running, caller, case_id, dial_id, "2.21", ""), 201);
    assert_int_equal(submit(running, supervisor, load_line, list), 201);
    described_as(running, "loadCallRecords", 201);
    assert_int_equal(number_at(running, "rows"), 3);
    assert_int_equal(number_at(running, "matched"), 1);
    assert_int_equal(number_at(running, "unmatched"), 1);
    assert_int_equal(number_at(running, "rejected"), 1);
    text_at_is(running, "rejects.0.reason", "bad_number");
    text_at_is(running, "rejects.0.sentence", "被叫号码无法识别");
    assert_int_equal(number_at(running, "rejects.0.line"), 4);
    assert_int_equal(submit(running, supervisor, load_line, list), 201);
    assert_true(says(running, "\"is_already_loaded\":true"));
    assert_int_equal(number_at(running, "matched"), 1);
    assert_int_equal(ask(running, office, unmatched_line), 200);
    described_as(running, "listUnmatched", 200);
    assert_int_equal(number_at(running, "dials_total"), 1);
    assert_int_equal(number_at(running, "dials.0.id"), dial_id);
    text_at_is(running, "records.0.masked", "137****0000");
    assert_int_equal(number_at(running, "records.0.seconds"), 65);
    assert_false(says(running, "13700000000"));
    assert_int_equal(ask(running, VISITOR_CONTRACTOR, unmatched_line), 403);
    assert_int_equal(submit(running, VISITOR_CONTRACTOR, load_line, list), 403);
    assert_int_equal(ask(running, auditor, "GET /api/v1/audit"), 200);
    assert_true(says(running, "calls.import") && says(running, "\"matched\":1"));
}

/* A checker's dial is no interview. */
static void calls__tell_checkers_dials_apart(void **state)
{
    struct running *running = *state;
    sign_on(running, caller);
    int64_t case_id = take_first_person(running, caller);
    int64_t dial_id = begin_dial(running, caller, case_id);
    answer_all(running, caller, case_id, dial_id);
    assert_int_equal(try_finish(running, caller, case_id, dial_id, "1.1", ""), 201);
    assert_int_equal(submit(running, checker, "POST /api/v1/followup/rechecks/next", "{}"), 200);
    int64_t id = number_at(running, "id");
    assert_int_equal(submit_of(running, checker, "POST /api/v1/followup/rechecks/#/dials", id,
                               "{\"number_no\":2}"),
                     201);
    assert_int_equal(submit_of(running, checker, "POST /api/v1/followup/rechecks/#/result", id,
                               "{\"method\":\"phone\",\"reached\":true,\"answers\":[{\"order\":0,"
                               "\"item\":\"interviewed\",\"value\":\"yes\"}]}"),
                     200);
    assert_int_equal(submit(running, supervisor, load_line,
                            "被叫号码,开始时间,通话时长\n13700000000,2026-06-22 10:00:00,3\n"),
                     201);
    assert_int_equal(ask(running, office, unmatched_line), 200);
    described_as(running, "listUnmatched", 200);
    assert_int_equal(number_at(running, "records_total"), 1);
    text_at_is(running, "dials.0.name", "成功访问");
    text_at_is(running, "dials.1.name", "已联系上");
    assert_true(says(running, "\"is_recheck\":true"));
    assert_int_equal(ask_of(running, office, "GET /api/v1/followup/cases/#/history", case_id), 200);
    text_at_is(running, "dials.1.name", "已联系上");
}

static void calls__that_are_none_are_refused(void **state)
{
    struct running *running = *state;
    assert_int_equal(submit(running, supervisor, load_line, "工单编号,承办单位\n1,甲\n"), 400);
    described_as(running, "loadCallRecords", 400);
    assert_int_equal(submit(running, supervisor,
                            "POST /api/v1/rounds/2026-05/followup/call-records?name=a/b.csv", "x"),
                     400);
    assert_int_equal(submit(running, supervisor,
                            "POST /api/v1/rounds/2026-04/followup/call-records?name=a.csv", "x"),
                     404);
}

static int assign_two(struct datadir *datadir, void *context, struct err *err)
{
    struct casework *work = NULL;
    struct team_row team;
    int64_t cases = 0;
    const struct actor actor = {{"office", 6}, test_now};
    (void)context;
    int rc = casework_new(datadir, NULL, &work, err);
    if (rc == OK)
        rc = team_get(datadir->store, BYTES_LIT("外包"), &team, err);
    if (rc == OK)
        rc = casework_assign(work, datadir->store, 1, team.id, 2, &actor, &cases, err);
    casework_free(work);
    return rc;
}

static void acceptance__is_of_contractors_teams(void **state)
{
    struct running *running = *state;
    assert_int_equal(ask(running, office, acceptance_line), 200);
    described_as(running, "getAcceptance", 200);
    assert_false(says(running, "\"team\""));
    by_command(running, assign_two, NULL);
    assert_int_equal(ask(running, office, acceptance_line), 200);
    described_as(running, "getAcceptance", 200);
    text_at_is(running, "items.0.team", "外包");
    assert_int_equal(number_at(running, "items.0.cases"), 2);
    text_at_is(running, "items.0.checked_share", "null");
    assert_int_equal(
        ask(running, office, "GET /api/v1/rounds/2026-05/followup/acceptance?team=another"), 200);
    assert_false(says(running, "\"team\""));
    assert_int_equal(ask(running, supervisor, acceptance_line), 403);
    assert_int_equal(ask(running, VISITOR_CONTRACTOR, acceptance_line), 403);
}

/* ---- packages ---- */

static const char packages_line[] = "GET /api/v1/rounds/2026-05/followup/packages";

/* Two cases for the contractor, as the command line hands them over, until tomorrow. */
static int hand_over_two(struct datadir *datadir, void *context, struct err *err)
{
    const struct actor actor = {BYTES_LIT("office"), PHONED_NOW_UTC};
    const struct package_wish wish = {BYTES_LIT("外包"), 2, PHONED_NOW_UTC / 86400 + 1};
    struct arena arena;
    struct round_row round;
    struct buf csv;
    arena_init(&arena, (size_t)1024 * 1024);
    buf_init(&csv, (size_t)1024 * 1024);
    int rc = round_get_kept(datadir->store, BYTES_LIT("2026-05"), &arena, &round, err);
    if (rc == OK)
        rc = package_make(datadir, &round, &wish, &actor, context, &csv, err);
    buf_deinit(&csv);
    arena_deinit(&arena);
    return rc;
}

static void packages__are_listed_and_taken_back(void **state)
{
    struct running *running = *state;
    struct package_made made;
    char line[PATH_BYTES];
    assert_int_equal(ask(running, office, packages_line), 200);
    described_as(running, "listPackages", 200);
    assert_false(says(running, "\"mark\""));
    by_command(running, hand_over_two, &made);
    assert_int_equal(ask(running, office, packages_line), 200);
    described_as(running, "listPackages", 200);
    text_at_is(running, "items.0.mark", made.head.mark);
    text_at_is(running, "items.0.team", "外包");
    text_at_is(running, "items.0.until", "2026-06-23");
    assert_true(says(running, "\"is_over\":false"));
    assert_int_equal(number_at(running, "items.0.out"), 2);
    assert_int_equal(ask(running, supervisor, packages_line), 403);
    assert_int_equal(ask(running, VISITOR_CONTRACTOR, packages_line), 403);
    (void)snprintf(line, sizeof line, "POST /api/v1/rounds/2026-05/followup/packages/%s/take-back",
                   made.head.mark);
    assert_int_equal(submit(running, supervisor, line, "{}"), 403);
    assert_int_equal(submit(running, office, line, "{}"), 200);
    described_as(running, "takeBackPackage", 200);
    assert_int_equal(number_at(running, "cases"), 2);
    assert_int_equal(ask(running, office, packages_line), 200);
    assert_int_equal(number_at(running, "items.0.out"), 0);
    char *last = line + strlen(line) - strlen("0/take-back");
    *last = *last == '0' ? '1' : '0'; /* another mark */
    assert_int_equal(submit(running, office, line, "{}"), 404);
    assert_int_equal(ask(running, auditor, "GET /api/v1/audit"), 200);
    assert_true(says(running, "package.take_back"));
    for (int i = 0; i < 2; i++) {
        test_now += 86000; /* of a session's day */
        assert_int_equal(ask(running, office, packages_line), 200);
        assert_int_equal(says(running, "\"is_over\":true"), i == 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        PHONED_CITY(shifts__are_listed_and_confirmed_by_others),
        PHONED_CITY(shifts__are_asked_for_by_days),
        PHONED_CITY(shifts__are_exported_as_a_list_of_fees),
        PHONED_CITY(shifts__that_nobody_ended_are_ended),
        PHONED_CITY(calls__are_matched_to_dials),
        PHONED_CITY(calls__tell_checkers_dials_apart),
        PHONED_CITY(calls__that_are_none_are_refused),
        PHONED_CITY(acceptance__is_of_contractors_teams),
        PHONED_CITY(packages__are_listed_and_taken_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
