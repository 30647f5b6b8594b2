#include "service/api/followup_news.h"

#include "tests/service/api/phoned_city.h"

/* What supervisors see and do, route by route, on a drawn round that is phoned. */

static const char show_line[] = "GET /api/v1/rounds/2026-05/followup";
static const char list_line[] = "GET /api/v1/rounds/2026-05/followup/cases";
static const char history_line[] = "GET /api/v1/followup/cases/#/history";
static const char free_line[] = "POST /api/v1/followup/cases/#/free";
static const char settle_line[] = "POST /api/v1/followup/cases/#/settle";
static const char book_line[] = "POST /api/v1/followup/cases/#/appointment";
static const char assign_line[] = "POST /api/v1/rounds/2026-05/followup/assign";
static const char ban_line[] = "POST /api/v1/followup/do-not-call";

static void described_as(struct running *running, const char *operation, int status)
{
    described_check_answer(operation, status, running->body);
}

/* Later, so that what is shared is counted anew. */
static void show_later(struct running *running, enum visitor visitor)
{
    test_now++;
    assert_int_equal(ask(running, visitor, show_line), 200);
    described_as(running, "getFollowup", 200);
}

static int64_t finish_next(struct running *running, enum visitor visitor, const char *code)
{
    int64_t case_id = take_next(running, visitor);
    int64_t dial_id = begin_dial(running, visitor, case_id);
    if (strcmp(code, "1.1") == 0)
        answer_all(running, visitor, case_id, dial_id);
    test_now += 60;
    assert_int_equal(try_finish(running, visitor, case_id, dial_id, code, ""), 201);
    return case_id;
}

static int64_t give_team(struct running *running, int count)
{
    char body[BODY_BYTES];
    (void)snprintf(body, sizeof body, "{\"team\":\"外包\",\"count\":%d}", count);
    assert_int_equal(submit(running, office, assign_line, body), 200);
    described_as(running, "assignCases", 200);
    return number_at(running, "cases");
}

/* ---- the overview ---- */

static void show__counts_what_callers_do(void **state)
{
    struct running *running = *state;
    sign_on(running, caller);
    (void)finish_next(running, caller, "1.1");
    (void)finish_next(running, caller, "2.112");
    show_later(running, supervisor);
    assert_int_equal(number_at(running, "totals.released"), PHONED);
    assert_int_equal(number_at(running, "totals.orders"), PHONED + 1);
    assert_int_equal(number_at(running, "totals.final"), 2);
    assert_int_equal(number_at(running, "totals.queued"), PHONED - 2);
    assert_int_equal(number_at(running, "campaign.day"), 1);
    assert_int_equal(number_at(running, "forecast.left"), PHONED - 2);
    assert_int_equal(number_at(running, "units.0.target") + number_at(running, "units.1.target"),
                     PHONED);
    text_at_is(running, "units.0.name", "第1局");
    text_at_is(running, "callers.0.state", "idle");
    assert_int_equal(number_at(running, "callers.0.dials_today"), 2);
    text_at_is(running, "dispositions.0.name", "成功访问");
    assert_false(says(running, PERSON_NUMBER));
    assert_false(says(running, PERSON_NAME));
}

static void show__is_one_text_for_all_within_a_second(void **state)
{
    struct running *running = *state;
    struct buf first;
    sign_on(running, caller);
    show_later(running, supervisor);
    buf_init(&first, ANSWER_MAX_BYTES);
    buf_append(&first, running->body);
    int64_t case_id = take_next(running, caller);
    assert_int_equal(ask(running, office, show_line), 200);
    assert_true(bytes_equal(running->body, buf_bytes(&first)));
    buf_deinit(&first);
    show_later(running, auditor);
    assert_int_equal(number_at(running, "totals.leased"), 1);
    text_at_is(running, "callers.0.state", "holding");
    (void)begin_dial(running, caller, case_id);
    show_later(running, auditor);
    text_at_is(running, "callers.0.state", "dialling");
    assert_int_equal(ask(running, office, "GET /api/v1/rounds/none/followup"), 404);
}

static void show__tells_contractors_of_their_team_alone(void **state)
{
    struct running *running = *state;
    sign_on(running, caller);
    show_later(running, VISITOR_CONTRACTOR);
    assert_int_equal(number_at(running, "totals.released"), 0);
    assert_int_equal(give_team(running, 2), 2);
    show_later(running, VISITOR_CONTRACTOR);
    assert_int_equal(number_at(running, "totals.released"), 2);
    text_at_is(running, "totals.target", "null");
    static const char *const hidden[] = {"\"units\"", "\"unworked\"", "第1局",
                                         "U1",        "\"proposal\"", "\"response\""};
    for (size_t i = 0; i < sizeof hidden / sizeof *hidden; i++)
        assert_false(says(running, hidden[i]));
    assert_false(says(running, "visitor8\"")); /* the caller, who is of no team */
    show_later(running, supervisor);
    assert_int_equal(number_at(running, "totals.released"), PHONED);
}

static int64_t finish_coached(struct running *running, enum visitor visitor)
{
    int64_t case_id = take_next(running, visitor);
    int64_t dial_id = begin_dial(running, visitor, case_id);
    answer_all(running, visitor, case_id, dial_id);
    assert_int_equal(try_answer(running, visitor, case_id, dial_id, 0, "coached", "yes", ""), 200);
    test_now += 10; /* too short: an alert of the caller too */
    assert_int_equal(try_finish(running, visitor, case_id, dial_id, "1.1", ""), 201);
    return case_id;
}

static void show__tells_who_was_told_what_to_answer(void **state)
{
    struct running *running = *state;
    (void)give_team(running, PHONED);
    sign_on(running, VISITOR_CONTRACTOR);
    int64_t case_id = finish_coached(running, VISITOR_CONTRACTOR);
    show_later(running, supervisor);
    text_at_is(running, "alerts.0.kind", "short");
    text_at_is(running, "alerts.0.unit", "");
    text_at_is(running, "alerts.1.kind", "coached");
    text_at_is(running, "alerts.1.caller", "");
    assert_int_equal(number_at(running, "alerts.1.cases.0"), case_id);
    assert_true(says(running, "\"unit\":\"第1局\"") || says(running, "\"unit\":\"第2局\""));
    show_later(running, VISITOR_CONTRACTOR);
    text_at_is(running, "alerts.1.kind", "coached");
    assert_int_equal(number_at(running, "alerts.1.cases.0"), case_id);
    assert_false(says(running, "\"unit\""));
    assert_false(says(running, "第"));
}

/* ---- beginning, pausing ---- */

static int set_up_drawn(void **state)
{
    static struct running running;
    running_init(&running, prepare_phoned);
    test_now = PHONED_NOW_UTC;
    load(&running);
    step(&running, "{\"kind\":\"freeze\"}");
    step(&running, "{\"kind\":\"draw\",\"size\":10,\"seed\":\"3 1 4 1 5\"}");
    *state = &running;
    return 0;
}

static void open__begins_once(void **state)
{
    struct running *running = *state;
    assert_int_equal(ask(running, supervisor, show_line), 200);
    described_as(running, "getFollowup", 200);
    text_at_is(running, "campaign", "null");
    text_at_is(running, "state", "drawn");
    const char *line = "POST /api/v1/rounds/2026-05/followup";
    assert_int_equal(submit(running, supervisor, line, "{}"), 403);
    assert_int_equal(submit(running, office, line, "{\"more\":1}"), 400);
    assert_int_equal(submit(running, office, line, "{}"), 201);
    described_as(running, "beginFollowup", 201);
    assert_int_equal(submit(running, office, line, "{}"), 409);
    described_as(running, "beginFollowup", 409);
    show_later(running, supervisor);
    assert_int_equal(number_at(running, "totals.released"), 10);
}

static void release__takes_the_reserve_into_the_queue(void **state)
{
    struct running *running = *state;
    const char *line = "POST /api/v1/rounds/2026-05/followup/release";
    const char *body = "{\"unit\":\"U1\",\"count\":2,\"why\":\"应答不足\"}";
    assert_int_equal(submit(running, office, line, body), 404); /* not begun */
    assert_int_equal(submit(running, office, "POST /api/v1/rounds/2026-05/followup", "{}"), 201);
    assert_int_equal(submit(running, supervisor, line, body), 403);
    assert_int_equal(submit(running, office, line, body), 200);
    described_as(running, "releaseReserve", 200);
    assert_int_equal(number_at(running, "cases"), 2);
    show_later(running, office);
    assert_int_equal(number_at(running, "totals.released"), 12);
    assert_int_equal(number_at(running, "units.0.target"), 5);
    assert_int_equal(number_at(running, "units.0.released"), 7);
    assert_int_equal(number_at(running, "units.0.reserve_left"), 3);
    assert_int_equal(
        submit(running, office, line, "{\"unit\":\"U1\",\"count\":4,\"why\":\"应答不足\"}"), 409);
    assert_int_equal(submit(running, office, line, "{\"unit\":\"U1\",\"count\":1,\"why\":\" \"}"),
                     400);
    text_at_is(running, "field", "why");
    assert_int_equal(submit(running, office, line, "{\"unit\":\"U9\",\"count\":1,\"why\":\"无\"}"),
                     404);
    assert_int_equal(ask(running, auditor, "GET /api/v1/audit?action=campaign.release"), 200);
    assert_true(says(running, "应答不足"));
}

static void pause__gives_nothing_out_until_it_goes_on(void **state)
{
    struct running *running = *state;
    const char *pause = "POST /api/v1/rounds/2026-05/followup/pause";
    const char *resume = "POST /api/v1/rounds/2026-05/followup/resume";
    sign_on(running, caller);
    assert_int_equal(submit(running, VISITOR_CONTRACTOR, pause, "{}"), 403);
    assert_int_equal(ask(running, supervisor, show_line), 200);
    assert_int_equal(submit(running, supervisor, pause, "{}"), 200);
    described_as(running, "pauseFollowup", 200);
    /* At once, though what all share was counted in this second. */
    assert_int_equal(ask(running, supervisor, show_line), 200);
    assert_true(says(running, "\"is_paused\":true"));
    assert_int_not_equal(try_next(running, caller), 200);
    assert_int_equal(submit(running, supervisor, resume, "{}"), 200);
    described_as(running, "resumeFollowup", 200);
    assert_int_equal(try_next(running, caller), 200);
}

static void assign__is_for_contractors(void **state)
{
    struct running *running = *state;
    struct err err;
    struct datadir datadir;
    struct team_row own = {.name = BYTES_LIT("一组"), .kind = BYTES_LIT("own")};
    MUST(datadir_open(running->data, STORE_READWRITE, &datadir, &err));
    MUST(store_begin(datadir.store, &err));
    MUST(team_store(datadir.store, &own, &err));
    MUST(store_commit(datadir.store, &err));
    datadir_close(&datadir);
    assert_int_equal(submit(running, office, assign_line, "{\"team\":\"一组\",\"count\":1}"), 409);
    text_at_is(running, "code", "own_team");
    assert_int_equal(submit(running, office, assign_line, "{\"team\":\"无\",\"count\":1}"), 404);
    assert_int_equal(submit(running, supervisor, assign_line, "{\"team\":\"\",\"count\":1}"), 403);
    assert_int_equal(give_team(running, 2), 2);
    assert_int_equal(submit(running, office, assign_line, "{\"team\":\"\",\"count\":9}"), 200);
    assert_int_equal(number_at(running, "cases"), 2);
}

/* ---- cases ---- */

static int64_t rows_of(struct running *running, enum visitor visitor, const char *query)
{
    char line[PATH_BYTES];
    (void)snprintf(line, sizeof line, "%s%s", list_line, query);
    assert_int_equal(ask(running, visitor, line), 200);
    described_as(running, "listCases", 200);
    json_t *whole = json_loadb(running->body.ptr, running->body.len, 0, NULL);
    int64_t rows = (int64_t)json_array_size(json_object_get(whole, "items"));
    json_decref(whole);
    return rows;
}

static void cases_list__is_filtered(void **state)
{
    struct running *running = *state;
    sign_on(running, caller);
    (void)finish_next(running, caller, "2.112");
    int64_t held = take_next(running, caller);
    assert_int_equal(rows_of(running, supervisor, ""), PHONED);
    assert_true(says(running, "\"unit\":\"第1局\""));
    assert_true(says(running, "\"unit\":\"第2局\""));
    assert_int_equal(rows_of(running, supervisor, "?state=final"), 1);
    text_at_is(running, "items.0.name", "本人拒访");
    assert_int_equal(rows_of(running, supervisor, "?state=leased"), 1);
    assert_int_equal(number_at(running, "items.0.id"), held);
    assert_int_equal(rows_of(running, supervisor, "?code=1.1"), 0);
    assert_int_equal(rows_of(running, supervisor, "?code=2.112"), 1);
    assert_int_equal(rows_of(running, supervisor, "?without_number=1"), 0);
    assert_int_equal(rows_of(running, supervisor, "?unit=U1") +
                         rows_of(running, supervisor, "?unit=U2"),
                     PHONED);
    assert_int_equal(rows_of(running, supervisor, "?after=4"), PHONED - 4);
    assert_int_equal(ask(running, supervisor, "GET /api/v1/rounds/2026-05/followup/cases?unit=U9"),
                     404);
    assert_int_equal(
        ask(running, supervisor, "GET /api/v1/rounds/2026-05/followup/cases?state=none"), 400);
    assert_int_equal(ask(running, caller, list_line), 403);
}

static void cases__of_contractors_are_their_teams(void **state)
{
    struct running *running = *state;
    (void)give_team(running, 2);
    assert_int_equal(rows_of(running, VISITOR_CONTRACTOR, ""), 2);
    assert_false(says(running, "第"));
    assert_false(says(running, "unit"));
    int64_t own = number_at(running, "items.0.id");
    assert_int_equal(
        ask(running, VISITOR_CONTRACTOR, "GET /api/v1/rounds/2026-05/followup/cases?unit=U1"), 403);
    assert_int_equal(rows_of(running, supervisor, "?team=%E5%A4%96%E5%8C%85"), 2);
    text_at_is(running, "items.0.team", "外包");
    assert_int_equal(ask_of(running, VISITOR_CONTRACTOR, history_line, own), 200);
    assert_false(says(running, "S202605"));
    assert_false(says(running, "\"unit\""));
    for (int64_t id = 1; id <= PHONED; id++) {
        int status = ask_of(running, supervisor, history_line, id);
        assert_int_equal(status, 200);
        bool is_own = ask_of(running, VISITOR_CONTRACTOR, history_line, id) == 200;
        assert_int_equal(
            submit_of(running, VISITOR_CONTRACTOR, free_line, id, "{\"why\":\"误选\"}"),
            is_own ? 409 : 404);
    }
    assert_int_equal(submit_of(running, VISITOR_CONTRACTOR, settle_line, own,
                               "{\"disposition\":\"4.10\",\"why\":\"重复\"}"),
                     403);
}

/* They supervise callers: what these keyed and noted, and nothing of whom they called about what. */
static void history__tells_contractors_no_words(void **state)
{
    struct running *running = *state;
    static const char list[] = "GET /api/v1/rounds/2026-05/followup/rechecks";
    (void)give_team(running, PHONED);
    sign_on(running, VISITOR_CONTRACTOR);
    int64_t case_id = take_first_person(running, VISITOR_CONTRACTOR);
    int64_t dial_id = begin_dial(running, VISITOR_CONTRACTOR, case_id);
    answer_all(running, VISITOR_CONTRACTOR, case_id, dial_id);
    assert_int_equal(ask_of(running, VISITOR_CONTRACTOR, "GET /api/v1/followup/cases/#", case_id),
                     200);
    int64_t order = number_at(running, "orders.0.order");
    assert_int_equal(try_answer(running, VISITOR_CONTRACTOR, case_id, dial_id, order, "other",
                                "yes", "路还没修好"),
                     200);
    assert_int_equal(
        try_finish(running, VISITOR_CONTRACTOR, case_id, dial_id, "1.1", ",\"note\":\"声音小\""),
        201);
    assert_int_equal(ask_of(running, VISITOR_CONTRACTOR, history_line, case_id), 200);
    described_as(running, "getCaseHistory", 200);
    text_at_is(running, "dials.0.note", "声音小");
    assert_int_equal(number_at(running, "orders.0.attempts.0.satisfaction"), 2);
    static const char *const hidden[] = {ORDER_TITLE,  "\"content\"",  "\"title\"", "覃",
                                         "路还没修好", PERSON_DUMP_NO, "\"unit\""};
    for (size_t i = 0; i < sizeof hidden / sizeof *hidden; i++)
        assert_false(says(running, hidden[i]));
    assert_int_equal(ask_of(running, supervisor, history_line, case_id), 200);
    assert_true(says(running, ORDER_TITLE) && says(running, "路还没修好"));
    /* Nor which completes will be called again. */
    assert_int_equal(ask(running, supervisor, list), 200);
    assert_int_equal(number_at(running, "items.0.case"), case_id);
    assert_int_equal(ask(running, VISITOR_CONTRACTOR, list), 200);
    assert_true(says(running, "\"items\":[]"));
    assert_false(says(running, "\"chosen\""));
    assert_int_equal(ask(running, VISITOR_CONTRACTOR,
                         "GET /api/v1/rounds/2026-05/followup/rechecks?state=queued"),
                     200);
    assert_true(says(running, "\"items\":[]"));
    assert_int_equal(submit(running, checker, "POST /api/v1/followup/rechecks/next", "{}"), 200);
    int64_t id = number_at(running, "id");
    assert_int_equal(submit_of(running, checker, "POST /api/v1/followup/rechecks/#/dials", id,
                               "{\"number_no\":1}"),
                     201);
    assert_int_equal(ask_of(running, supervisor, history_line, case_id), 200);
    assert_true(says(running, "\"is_recheck\":true") && says(running, "tries_today"));
    assert_int_equal(ask_of(running, VISITOR_CONTRACTOR, history_line, case_id), 200);
    assert_false(says(running, "\"is_recheck\":true") || says(running, "tries_today"));
}

static void history__shows_all_but_numbers(void **state)
{
    struct running *running = *state;
    sign_on(running, caller);
    int64_t case_id = take_first_person(running, caller);
    int64_t dial_id = begin_dial(running, caller, case_id);
    answer_all(running, caller, case_id, dial_id);
    assert_int_equal(ask_of(running, caller, "GET /api/v1/followup/cases/#", case_id), 200);
    int64_t order = number_at(running, "orders.0.order");
    assert_int_equal(
        try_answer(running, caller, case_id, dial_id, order, "other", "yes", "请打" CALLED_NUMBER),
        200);
    assert_int_equal(
        try_finish(running, caller, case_id, dial_id, "1.1", ",\"note\":\"改打" SECOND_NUMBER "\""),
        201);
    assert_int_equal(ask_of(running, supervisor, history_line, case_id), 200);
    described_as(running, "getCaseHistory", 200);
    assert_true(says(running, "Cache-Control: no-store"));
    text_at_is(running, "citizen", "覃**");
    text_at_is(running, "numbers.0.masked", "139****0001");
    text_at_is(running, "dials.0.note", "改打139****0001");
    text_at_is(running, "dials.0.name", "成功访问");
    text_at_is(running, "answers.0.item", "consent");
    assert_true(says(running, "\"order_no\":\"" PERSON_DUMP_NO "\""));
    text_at_is(running, "orders.0.attempts.0.source", "service");
    text_at_is(running, "orders.0.attempts.0.resolved", "no");
    assert_int_equal(number_at(running, "orders.0.attempts.0.satisfaction"), 2);
    assert_true(says(running, "请打180****2345"));
    static const char *const hidden[] = {PERSON_NUMBER, SECOND_NUMBER, CALLED_NUMBER, PERSON_NAME};
    for (size_t i = 0; i < sizeof hidden / sizeof *hidden; i++)
        assert_false(says(running, hidden[i]));
    assert_int_equal(ask_of(running, supervisor, history_line, 99), 404);
    assert_int_equal(ask_of(running, caller, history_line, case_id), 403);
    assert_int_equal(ask(running, auditor, "GET /api/v1/audit?action=case.show"), 200);
    assert_true(says(running, "\"target\":\""));
}

static void free__lets_a_refusal_be_called_once_more(void **state)
{
    struct running *running = *state;
    sign_on(running, caller);
    int64_t case_id = finish_next(running, caller, "2.112");
    assert_int_equal(submit_of(running, supervisor, free_line, case_id, "{\"why\":\"\"}"), 400);
    assert_int_equal(submit_of(running, supervisor, free_line, case_id, "{\"why\":\"误登记\"}"),
                     200);
    described_as(running, "freeRefusal", 200);
    text_at_is(running, "state", "waiting");
    text_at_is(running, "from", "2026-06-23T09:00:00+08:00");
    assert_int_equal(submit_of(running, supervisor, free_line, case_id, "{\"why\":\"再试\"}"), 409);
    text_at_is(running, "detail", "不是拒访样本，或者已经释放过一次。");
    described_as(running, "freeRefusal", 409);
    assert_int_equal(ask(running, auditor, "GET /api/v1/audit?action=case.free"), 200);
    assert_true(says(running, "误登记"));
    assert_false(says(running, "再试"));
}

static void book_and_settle__change_a_case(void **state)
{
    struct running *running = *state;
    assert_int_equal(
        submit_of(running, supervisor, book_line, 1, "{\"at\":\"2026-06-23T13:00:00+08:00\"}"),
        409);
    text_at_is(running, "detail", "预约时间不在拨打时段内，请另选时间");
    assert_int_equal(submit_of(running, supervisor, book_line, 1, "{\"at\":\"morgen\"}"), 400);
    assert_int_equal(
        submit_of(running, supervisor, book_line, 1, "{\"at\":\"2026-06-23T10:00:00+08:00\"}"),
        200);
    described_as(running, "bookCase", 200);
    text_at_is(running, "state", "appointment");
    text_at_is(running, "appointment_at", "2026-06-23T10:00:00+08:00");
    assert_int_equal(submit_of(running, supervisor, settle_line, 1,
                               "{\"disposition\":\"1.1\",\"why\":\"重复\"}"),
                     400);
    assert_int_equal(submit_of(running, supervisor, settle_line, 1,
                               "{\"disposition\":\"4.10\",\"why\":\"重复\"}"),
                     200);
    described_as(running, "settleCase", 200);
    text_at_is(running, "state", "final");
    text_at_is(running, "code", "4.10");
    text_at_is(running, "why", "settled");
    assert_int_equal(submit_of(running, supervisor, settle_line, 1,
                               "{\"disposition\":\"4.10\",\"why\":\"重复\"}"),
                     409);
}

/* ---- the end ---- */

static void close__takes_no_blank_for_a_reason(void **state)
{
    struct running *running = *state;
    const char *tasks = "POST /api/v1/rounds/2026-05/tasks";
    assert_int_equal(submit(running, office, tasks, "{\"kind\":\"close\",\"why\":\" \"}"), 400);
    text_at_is(running, "field", "why");
    run_task(running, tasks, "{\"kind\":\"close\",\"why\":\"\"}", "failed");
    run_task(running, tasks, "{\"kind\":\"close\",\"why\":\"已到期限\"}", "done");
}

/* ---- lists ---- */

static void do_not_call__acts_at_once_and_tells_no_number(void **state)
{
    struct running *running = *state;
    const char *body = "{\"number\":\"139 7781 0001\",\"why\":\"本人用" PERSON_NUMBER "来电要求\"}";
    assert_int_equal(submit(running, VISITOR_CONTRACTOR, ban_line, body), 403);
    assert_int_equal(submit(running, supervisor, ban_line, "{\"number\":\"12345\",\"why\":\"无\"}"),
                     400);
    assert_int_equal(submit(running, supervisor, ban_line, body), 201);
    described_as(running, "addDoNotCall", 201);
    assert_int_equal(number_at(running, "cases"), 1);
    assert_int_equal(submit(running, supervisor, ban_line, body), 409);
    assert_int_equal(ask(running, supervisor, "GET /api/v1/followup/do-not-call"), 200);
    described_as(running, "listDoNotCall", 200);
    text_at_is(running, "items.0.masked", "139****0001");
    text_at_is(running, "items.0.why", "本人用139****0001来电要求");
    assert_int_equal(number_at(running, "items.0.id"), 1);
    assert_int_equal(rows_of(running, supervisor, "?state=final"), 1);
    text_at_is(running, "items.0.why", "do_not_call");
    const char *end = "DELETE /api/v1/followup/do-not-call/1";
    assert_int_equal(submit(running, supervisor, end, "{\"why\":\"本人要求\"}"), 403);
    assert_int_equal(submit(running, office, end, "{\"why\":\"本人要求\"}"), 200);
    described_as(running, "endDoNotCall", 200);
    assert_int_equal(submit(running, office, end, "{\"why\":\"本人要求\"}"), 404);
    assert_int_equal(ask(running, auditor, "GET /api/v1/audit"), 200);
    assert_true(says(running, "number.ban"));
    assert_true(says(running, "number.unban"));
    assert_false(says(running, PERSON_NUMBER));
    assert_false(says(running, "139 7781"));
}

static void callers__have_languages(void **state)
{
    struct running *running = *state;
    char name[32], line[PATH_BYTES];
    visitor_name(caller, name);
    (void)snprintf(line, sizeof line, "PUT /api/v1/followup/callers/%s", name);
    assert_int_equal(submit(running, supervisor, line, "{\"languages\":[\"za\"]}"), 200);
    described_as(running, "putCallerLanguages", 200);
    assert_int_equal(submit(running, supervisor, line, "{\"languages\":[\"za\",\"za\"]}"), 400);
    assert_int_equal(submit(running, supervisor, line, "{\"languages\":[\"xx\"]}"), 400);
    assert_int_equal(submit(running, supervisor, line, "{\"languages\":\"za\"}"), 400);
    assert_int_equal(submit(running, VISITOR_CONTRACTOR, line, "{\"languages\":[]}"), 404);
    assert_int_equal(
        submit(running, supervisor, "PUT /api/v1/followup/callers/no.one", "{\"languages\":[]}"),
        404);
    assert_int_equal(ask(running, supervisor, "GET /api/v1/followup/callers"), 200);
    described_as(running, "listCallers", 200);
    assert_true(says(running, "\"languages\":[\"za\"]"));
    assert_int_equal(ask(running, VISITOR_CONTRACTOR, "GET /api/v1/followup/callers"), 200);
    assert_false(says(running, "\"za\""));
    assert_int_equal(ask(running, caller, "GET /api/v1/followup/desk"), 200);
    text_at_is(running, "languages.0", "za");
}

/* ---- news ---- */

static int times_in(struct bytes text, const char *part)
{
    int times = 0;
    for (size_t at = bytes_find(text, bytes_from_z(part)); at < text.len;
         at = bytes_find(text, bytes_from_z(part))) {
        times++;
        text = (struct bytes){text.ptr + at + 1, text.len - at - 1};
    }
    return times;
}

/* However often it moves in a second: at once, and once more when the second is over. */
static void news__are_two_events_however_much_moves_in_a_second(void **state)
{
    struct running *running = *state;
    struct service *service = &running->service;
    struct buf answer;
    int fd = listen_as(running, supervisor);
    buf_init(&answer, ANSWER_MAX_BYTES);
    for (int i = 0; i < 5; i++)
        followup_news_tell(service, BYTES_LIT("2026-05"));
    followup_news_on_timer(&service->news_timer);
    followup_news_on_timer(&service->news_timer);
    assert_false(uv_is_active((uv_handle_t *)&service->news_timer));
    events_publish(service->events, "task", ACCESS_OF(ROLE_SUPERVISOR), BYTES_LIT("{\"last\":1}"));
    assert_true(client_read(&running->served, fd, BYTES_LIT("{\"last\":1}"), &answer));
    assert_int_equal(times_in(buf_bytes(&answer), "event: followup\n"), 2);
    (void)close(fd);
    buf_deinit(&answer);
}

static void news__tell_of_who_must_not_be_called(void **state)
{
    struct running *running = *state;
    struct buf answer;
    int fd = listen_as(running, office);
    buf_init(&answer, ANSWER_MAX_BYTES);
    assert_int_equal(submit(running, supervisor, ban_line,
                            "{\"number\":\"" PERSON_NUMBER "\",\"why\":\"本人来电要求\"}"),
                     201);
    events_publish(running->service.events, "task", ACCESS_OF(ROLE_OFFICE),
                   BYTES_LIT("{\"last\":1}"));
    assert_true(client_read(&running->served, fd, BYTES_LIT("{\"last\":1}"), &answer));
    assert_int_equal(times_in(buf_bytes(&answer), "event: followup\ndata: {\"round\":\"2026-05\"}"),
                     1);
    assert_false(answer_has(buf_bytes(&answer), PERSON_NUMBER));
    (void)close(fd);
    buf_deinit(&answer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        PHONED_CITY(show__counts_what_callers_do),
        PHONED_CITY(show__is_one_text_for_all_within_a_second),
        PHONED_CITY(show__tells_contractors_of_their_team_alone),
        PHONED_CITY(show__tells_who_was_told_what_to_answer),
        cmocka_unit_test_setup_teardown(open__begins_once, set_up_drawn, tear_down),
        cmocka_unit_test_setup_teardown(release__takes_the_reserve_into_the_queue, set_up_drawn,
                                        tear_down),
        PHONED_CITY(pause__gives_nothing_out_until_it_goes_on),
        PHONED_CITY(assign__is_for_contractors),
        PHONED_CITY(cases_list__is_filtered),
        PHONED_CITY(cases__of_contractors_are_their_teams),
        PHONED_CITY(history__tells_contractors_no_words),
        PHONED_CITY(history__shows_all_but_numbers),
        PHONED_CITY(free__lets_a_refusal_be_called_once_more),
        PHONED_CITY(book_and_settle__change_a_case),
        PHONED_CITY(close__takes_no_blank_for_a_reason),
        PHONED_CITY(do_not_call__acts_at_once_and_tells_no_number),
        PHONED_CITY(callers__have_languages),
        PHONED_CITY(news__are_two_events_however_much_moves_in_a_second),
        PHONED_CITY(news__tell_of_who_must_not_be_called),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
