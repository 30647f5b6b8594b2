#include "base/alloc.h"

#include "tests/service/followup/casework_laws.h"

#include <stdlib.h>

/* Four callers, one of them a contractor's, and their supervisors do at random what they can, right or wrong, on two
 * campaigns that share their people; callers vanish in mid-call, and the clock runs over days. Again and again
 * the laws (casework_laws.h) are held against the store. */

static uint64_t random_below(struct model *model, uint64_t limit)
{
    model->seed = model->seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (model->seed >> 33) % limit;
}

static bool chance(struct model *model, unsigned percent)
{
    return random_below(model, 100) < percent;
}

/* ---- the town ---- */

static void write_number(struct model *model, struct buf *text, int i)
{
    (void)model;
    if (i % 31 == 0)
        buf_append_z(text, "保密");
    else if (i % 5 == 0)
        buf_printf(text, "139%08d;138%08d", i, i / 10);
    else if (i % 7 == 0)
        buf_printf(text, "139%08d", i - 1);
    else
        buf_printf(text, "139%08d", i);
}

static void write_orders(struct model *model, struct buf *text)
{
    for (int i = 1; i <= ORDERS; i++) {
        buf_printf(text, "A%d,2024-06-01 08:00:00,局%d,主办,2024-06-05 08:00:00,", i, i % UNITS);
        buf_append_z(text, i % 11 == 0 ? ",办理中," : "2024-06-04 08:00:00,已办结,");
        buf_append_z(text, i % 3 == 0 ? "咨询," : "投诉,");
        write_number(model, text, i);
        buf_append_byte(text, '\n');
    }
    buf_append_byte(text, '\0');
    assert_int_equal(text->rc, OK);
}

static void make_town(struct model *model)
{
    struct phoning *phoning = &model->phoning;
    struct err err = {0};
    struct buf text;
    int64_t sample = ORDERS / 2;
    buf_init(&text, (size_t)1024 * 1024);
    write_orders(model, &text);
    phoning_init(phoning, text.ptr, sample, PHONING_RULES);
    buf_deinit(&text);
    assert_int_equal(try_open(phoning), OK);
    model->campaigns[0] = phoning->campaign_id;
    (void)make_round(&phoning->fixture, "2024-06b", "2024-06-01", "2024-06-30", PHONING_RULES);
    take(&phoning->fixture, "2024-06b", step_draw_all, &sample);
    DO(with_round(&phoning->fixture, "2024-06b", step_open, phoning, &err));
    model->campaigns[1] = phoning->campaign_id;
    begin(phoning);
    struct team_row team = {.name = BYTES_LIT("外包"), .kind = BYTES_LIT("contractor")};
    DO(team_store(phoning->store, &team, &err));
    DO(team_get(phoning->store, team.name, &team, &err));
    model->team_id = team.id;
    (void)end(phoning, OK);
    phoning->callers[PHONING_CALLERS - 1].team_id = model->team_id;
}

/* ---- callers ---- */

static void note(struct model *model, int act, int rc)
{
    if (rc == OK)
        model->done[act]++;
}

static void do_next(struct model *model, int i)
{
    struct phoning *phoning = &model->phoning;
    struct belief *belief = &model->beliefs[i];
    struct leased_case leased;
    int64_t retry_utc = 0;
    int rc = try_next(phoning, i, &leased, &retry_utc);
    note(model, NEXT, rc);
    if (rc != OK) {
        assert_true(retry_utc > phoning->now_utc);
        *belief = (struct belief){.case_id = 0};
        return;
    }
    assert_int_equal(leased.row.account_id, phoning->callers[i].account_id);
    assert_int_equal(leased.row.team_id, phoning->callers[i].team_id);
    assert_true(leased.row.until_utc > phoning->now_utc);
    bool is_same = leased.turn == TURN_HELD && belief->case_id == leased.row.id;
    *belief = (struct belief){
        .case_id = leased.row.id, .dial_id = is_same ? belief->dial_id : 0, .row = leased.row};
}

static void do_dial(struct model *model, int i)
{
    struct belief *belief = &model->beliefs[i];
    int64_t dial_id = 0;
    int64_t number_no = chance(model, 80) ? 1 : 1 + (int64_t)random_below(model, 3);
    int rc = try_dial(&model->phoning, i, belief->case_id, number_no, &dial_id);
    note(model, DIAL, rc);
    belief->has_answers = false;
    assert_true(rc == OK || rc == ERR_REFUSED || rc == ERR_WRONG_STATE || rc == ERR_NOT_FOUND);
    if (rc == ERR_WRONG_STATE)
        *belief = (struct belief){.case_id = 0};
    if (rc == OK)
        belief->dial_id = dial_id;
}

static void do_answers(struct model *model, int i)
{
    static const char *const states[] = {"yes", "partly", "open", "no", "unsure", "5"};
    static const char *const ratings[] = {"5", "4", "3", "2", "1", "unsure", "0"};
    struct phoning *phoning = &model->phoning;
    struct belief *belief = &model->beliefs[i];
    struct orders_of orders = orders_of(phoning, &belief->row);
    belief->has_answers = true;
    note(model, ANSWER, try_answer(phoning, i, belief->dial_id, 0, "consent", "yes", ""));
    (void)try_answer(phoning, i, belief->dial_id, 0, "is_you", "yes", "");
    for (int n = 0; n < orders.count; n++) {
        if (chance(model, 10))
            return;
        int64_t drawn_id = orders.drawn_ids[n];
        (void)try_answer(phoning, i, belief->dial_id, drawn_id, "resolved",
                         states[random_below(model, 6)], "");
        if (chance(model, 10))
            return;
        (void)try_answer(phoning, i, belief->dial_id, drawn_id, "satisfaction",
                         ratings[random_below(model, 7)], "");
        if (chance(model, 30))
            (void)try_answer(phoning, i, belief->dial_id, drawn_id, "other", "yes", "路灯修好了");
    }
    (void)try_answer(phoning, i, belief->dial_id, 0, "coached", "no", "");
}

static const char *any_code(struct model *model)
{
    static const char *const codes[] = {
        "1.1",   "1.1",   "1.2",   "2.21",  "2.21",  "2.21",  "2.21",  "2.21",  "2.212",
        "2.212", "2.211", "2.211", "2.20",  "2.20",  "2.20",  "2.112", "2.111", "2.12",
        "2.221", "2.221", "2.213", "2.214", "2.215", "2.113", "3.20",  "3.20",  "2.34",
        "2.33",  "2.32",  "2.31",  "2.36",  "4.10",  "9",
    };
    return codes[random_below(model, sizeof codes / sizeof *codes)];
}

static void do_finish(struct model *model, int i)
{
    struct phoning *phoning = &model->phoning;
    struct belief *belief = &model->beliefs[i];
    struct err err = {0};
    struct finished finished;
    const char *code = belief->has_answers && chance(model, 60) ? chance(model, 50) ? "1.1" : "1.2"
                                                                : any_code(model);
    struct dial_end dial_end = {.code = bytes_from_z(code), .note = BYTES_LIT("备注")};
    if (strcmp(code, "2.33") == 0)
        dial_end.language = chance(model, 50) ? BYTES_LIT("za") : BYTES_LIT("other");
    if (strcmp(code, "2.20") == 0 && chance(model, 70)) {
        dial_end.appointment_utc = phoning->now_utc + (int64_t)random_below(model, 3 * 86400);
        dial_end.appointment_is_own = chance(model, 50);
    }
    int rc = try_finish(phoning, i, belief->dial_id, &dial_end, &finished, &err);
    note(model, FINISH, rc);
    if (rc != OK && rc != ERR_REFUSED && rc != ERR_FORMAT && rc != ERR_WRONG_STATE)
        fail_msg("%s", err.message);
    if (rc == ERR_WRONG_STATE)
        *belief = (struct belief){.case_id = 0};
    if (rc != OK)
        return;
    belief->dial_id = 0;
    if (finished.step != NEXT_NUMBER)
        belief->case_id = 0;
    if (finished.step == NEXT_WAITING || finished.step == NEXT_APPOINTMENT)
        assert_true(finished.from_utc >= phoning->now_utc);
}

static void do_give_back(struct model *model, int i)
{
    int rc = give_back(&model->phoning, i, model->beliefs[i].case_id);
    note(model, GIVE_BACK, rc);
    if (rc == OK)
        model->beliefs[i] = (struct belief){.case_id = 0};
}

static void step_caller(struct model *model)
{
    int i = (int)random_below(model, PHONING_CALLERS);
    struct belief *belief = &model->beliefs[i];
    if (belief->away_until_utc > model->phoning.now_utc)
        return;
    if (chance(model, 4)) {
        belief->away_until_utc = model->phoning.now_utc + (int64_t)random_below(model, 1800);
        model->done[VANISH]++;
        if (chance(model, 50))
            belief->case_id = belief->dial_id = 0;
    } else if (belief->case_id == 0 || chance(model, 3)) {
        do_next(model, i);
    } else if (belief->dial_id == 0) {
        if (chance(model, 6))
            do_give_back(model, i);
        else
            do_dial(model, i);
    } else if (!belief->has_answers && chance(model, 35)) {
        do_answers(model, i);
    } else if (chance(model, 5)) {
        int64_t until_utc = 0;
        note(model, RENEW, renew(&model->phoning, i, belief->case_id, &until_utc));
    } else {
        do_finish(model, i);
    }
}

/* ---- supervisors ---- */

static int64_t any_case(struct model *model)
{
    return model->case_count > 0 ? model->cases[random_below(model, model->case_count)].id : 1;
}

static int top_up(struct fixture *fixture, const struct round_row *round, struct arena *arena,
                  void *context, struct err *err)
{
    struct model *model = context;
    struct actor actor = supervisor(&model->phoning);
    struct campaign_row campaign;
    char unit[16];
    int64_t cases = 0;
    (void)arena;
    (void)snprintf(unit, sizeof unit, "局%d", (int)random_below(model, UNITS));
    int rc = campaign_get_current(model->phoning.store, round->id, &campaign, err);
    int64_t campaign_id = rc == OK ? campaign.id : 0;
    if (rc == OK)
        rc = draw_top_up(&fixture->datadir, round, bytes_from_z(unit),
                         1 + (int64_t)random_below(model, 3), BYTES_LIT("回收率不足"), &actor, err);
    return rc == OK ? casework_take_released(model->phoning.work, model->phoning.store, campaign_id,
                                             &actor, &cases, err)
                    : rc;
}

static int supervise(struct model *model, int act, struct err *err)
{
    struct phoning *phoning = &model->phoning;
    struct casework *work = phoning->work;
    struct store *store = phoning->store;
    const struct actor actor = supervisor(phoning);
    const struct bytes why = BYTES_LIT("原因");
    int64_t campaign_id = model->campaigns[random_below(model, ROUNDS)];
    int64_t cases = 0;
    int done = 0;
    char number[16];
    (void)snprintf(number, sizeof number, "139%08d", (int)random_below(model, ORDERS) + 1);
    switch (act) {
    case FREE:
        return casework_free_refusal(work, store, any_case(model), why, &actor, err);
    case BOOK:
        return casework_book(work, store, any_case(model),
                             phoning->now_utc + (int64_t)random_below(model, 86400), &actor, err);
    case SETTLE:
        return casework_settle(work, store, any_case(model),
                               chance(model, 50) ? BYTES_LIT("4.10") : BYTES_LIT("2.20"), why,
                               &actor, err);
    case BAN:
        return casework_ban(work, store, bytes_from_z(number), why, &actor, &cases, err);
    case ADD:
        return casework_add_number(work, store, any_case(model), bytes_from_z(number), &actor, err);
    case ASSIGN:
        return casework_assign(work, store, campaign_id, chance(model, 70) ? model->team_id : 0,
                               (int64_t)random_below(model, 20), &actor, &cases, err);
    case SWEEP:
        return casework_sweep(work, store, phoning->now_utc, 50, &done, err);
    case PAUSE:
        return campaign_put_paused(store, campaign_id, chance(model, 15), err);
    default:
        break;
    }
    int rc = casework_end(work, store, campaign_id, phoning->now_utc, err);
    return rc == OK ? casework_resume(work, store, campaign_id, phoning->now_utc, err) : rc;
}

static void step_supervisor(struct model *model)
{
    static const int acts[] = {FREE,   FREE,  FREE,  BOOK,  BOOK,    BOOK,
                               SETTLE, BAN,   ADD,   ADD,   ASSIGN,  SWEEP,
                               SWEEP,  SWEEP, PAUSE, PAUSE, RELEASE, END_AND_RESUME};
    struct phoning *phoning = &model->phoning;
    struct err err = {0};
    int act = acts[random_below(model, sizeof acts / sizeof *acts)];
    int rc = OK;
    if (act == RELEASE) {
        rc = with_round(&phoning->fixture, chance(model, 50) ? "2024-06" : "2024-06b", top_up,
                        model, &err);
    } else {
        begin(phoning);
        rc = end(phoning, supervise(model, act, &err));
    }
    note(model, act, rc);
    static const int expected[] = {OK,         ERR_WRONG_STATE, ERR_REFUSED,
                                   ERR_EXISTS, ERR_LIMIT,       ERR_NOT_FOUND};
    bool is_expected = false;
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++)
        is_expected = is_expected || rc == expected[i];
    if (!is_expected)
        fail_msg("act %d: %s", act, err.message);
}

/* ---- a checker, who calls completes again ---- */

static int begin_check(struct model *model, struct err *err)
{
    struct phoning *phoning = &model->phoning;
    struct recheck_row recheck;
    struct followup_case row;
    struct campaign campaign = {.hours = NULL};
    struct dial_row dial = {.number_no = 1, .started_utc = phoning->now_utc};
    int rc = recheck_find_due(phoning->store, phoning->callers[0].account_id, phoning->now_utc,
                              &recheck, err);
    if (rc != OK)
        return rc;
    dial.case_id = recheck.case_id;
    dial.recheck_id = recheck.id;
    dial.account_id = phoning->callers[0].account_id;
    recheck.until_utc = phoning->now_utc + 3600;
    rc = recheck_put(phoning->store, &recheck, err);
    if (rc == OK)
        rc = case_get(phoning->store, dial.case_id, &row, err);
    if (rc == OK)
        rc = campaign_load(phoning->work, phoning->store, row.campaign_id, &campaign, err);
    if (rc != OK)
        return rc;
    dial.day = campaign_day(&campaign, phoning->now_utc);
    rc = dial_check(phoning->work, phoning->store, &campaign, &row, 1, phoning->now_utc,
                    &dial.phone_key, err);
    if (rc != OK)
        return rc;
    rc = dial_put_new(phoning->store, &dial, err);
    if (rc == OK)
        model->check_dial_id = dial.id;
    return rc;
}

static void step_checker(struct model *model)
{
    struct phoning *phoning = &model->phoning;
    struct err err = {0};
    begin(phoning);
    if (model->check_dial_id != 0) {
        const struct dial_row dial_end = {
            .id = model->check_dial_id, .ended_utc = phoning->now_utc, .code = BYTES_LIT("1.1")};
        DO(dial_put_end(phoning->store, &dial_end, &err));
        model->check_dial_id = 0;
        note(model, CHECK, end(phoning, OK));
        return;
    }
    int rc = end(phoning, begin_check(model, &err));
    if (rc != OK && rc != ERR_NOT_FOUND && rc != ERR_REFUSED && rc != ERR_WRONG_STATE)
        fail_msg("%s", err.message);
}

static void move_clock(struct model *model)
{
    struct phoning *phoning = &model->phoning;
    phoning->now_utc += (int64_t)random_below(model, 90);
    if (chance(model, 1))
        phoning->now_utc += (int64_t)random_below(model, 4000);
    while (!is_in_hours(phoning->now_utc) && !chance(model, 1))
        phoning->now_utc += 600;
}

static void live_through(struct model *model, uint64_t seed)
{
    model->seed = seed;
    make_town(model);
    check(model);
    for (int step = 0; step < STEPS; step++) {
        if (chance(model, 5))
            step_supervisor(model);
        else if (chance(model, 6))
            step_checker(model);
        else
            step_caller(model);
        move_clock(model);
        if (step % CHECK_EVERY == 0)
            check(model);
    }
    check(model);
    phoning_deinit(&model->phoning);
}

static void casework__keeps_its_rules_whatever_people_do(void **state)
{
    static const uint64_t seeds[] = {20240701, 104};
    int64_t done[CHECK + 1] = {0};
    (void)state;
    for (size_t i = 0; i < sizeof seeds / sizeof *seeds; i++) {
        struct model *model = mem_calloc(1, sizeof *model);
        assert_non_null(model);
        live_through(model, seeds[i]);
        for (int act = NEXT; act <= CHECK; act++)
            done[act] += model->done[act];
        mem_free(model);
    }
    for (int act = NEXT; act <= VANISH; act++)
        assert_true(done[act] > 10);
    for (int act = FREE; act <= CHECK; act++)
        assert_true(done[act] > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(casework__keeps_its_rules_whatever_people_do),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
