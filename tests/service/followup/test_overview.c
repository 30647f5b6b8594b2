#include "service/followup/overview.h"

#include "service/rounds/evaluation.h"
#include "service/storage/shifts.h"

#include "tests/service/followup/casework_fixture.h"
#include "tests/support/fault.h"

#include <math.h>

/* ---- looking ---- */

struct look {
    struct phoning *phoning;
    int64_t team_id;
    struct arena arena; /* owns the texts of `out` */
    struct overview out;
    struct evaluation evaluation; /* as score counts */
};

static int step_look(struct fixture *fixture, const struct round_row *round, struct arena *arena,
                     void *context, struct err *err)
{
    struct look *look = context;
    const struct overview_wish wish = {look->team_id, look->phoning->now_utc};
    (void)arena;
    return overview_load(&fixture->datadir, look->phoning->work, round, &wish, &look->arena,
                         &look->out, err);
}

static int step_score(struct fixture *fixture, const struct round_row *round, struct arena *arena,
                      void *context, struct err *err)
{
    struct look *look = context;
    struct round_basis basis;
    (void)arena;
    int rc = round_basis_load(fixture->datadir.store, round, BYTES_NONE, look->phoning->now_utc,
                              &basis, err);
    if (rc != OK)
        return rc;
    rc = evaluation_run(&fixture->datadir, round, &basis, 1, &look->evaluation, err);
    round_basis_deinit(&basis);
    return rc;
}

static void look_at(struct look *look, struct phoning *phoning, int64_t team_id)
{
    *look = (struct look){.phoning = phoning, .team_id = team_id};
    arena_init(&look->arena, (size_t)64 * 1024 * 1024);
    take(&phoning->fixture, "2024-06", step_look, look);
}

static void look_away(struct look *look)
{
    arena_deinit(&look->arena);
}

static bool near(double a, double b)
{
    return fabs(a - b) < 1e-9;
}

/* ---- acting ---- */

/* A complete that takes `seconds`, of somebody who says `coached` to whether they were told what to answer. */
static struct followup_case complete_saying(struct phoning *phoning, int caller,
                                            const char *coached, int64_t seconds)
{
    struct leased_case leased = next_case(phoning, caller);
    int64_t dial_id = dial(phoning, caller, leased.row.id, leased.number_no);
    answer_all(phoning, caller, dial_id, &leased.row, "yes", "5");
    assert_int_equal(try_answer(phoning, caller, dial_id, 0, "coached", coached, ""), OK);
    phoning->now_utc += seconds;
    assert_int_equal(finish(phoning, caller, dial_id, "1.1").step, NEXT_FINAL);
    return leased.row;
}

static int64_t complete_in(struct phoning *phoning, int caller, int64_t seconds)
{
    return complete_saying(phoning, caller, "no", seconds).id;
}

static void end_with(struct phoning *phoning, int caller, const char *code, const char *language)
{
    struct err err = {0};
    struct finished finished;
    const struct dial_end dial_end = {.code = bytes_from_z(code),
                                      .language = bytes_from_z(language)};
    struct leased_case leased = next_case(phoning, caller);
    int64_t dial_id = dial(phoning, caller, leased.row.id, leased.number_no);
    DO(try_finish(phoning, caller, dial_id, &dial_end, &finished, &err));
}

static struct followup_case first_of(struct phoning *phoning, enum case_state state)
{
    struct followup_case row = case_now(phoning, 1);
    for (int64_t id = 2; row.state != state; id++)
        row = case_now(phoning, id);
    return row;
}

static void begin_shift(struct phoning *phoning, int caller)
{
    struct err err = {0};
    struct shift_row shift = {.account_id = phoning->callers[caller].account_id,
                              .day = seconds_to_day(phoning->now_utc + 8 * 3600),
                              .started_utc = phoning->now_utc};
    begin(phoning);
    DO(shift_put_new(phoning->store, &shift, &err));
    (void)end(phoning, OK);
}

/* Two units of three orders, of which two each are drawn. Caller 0 has a complete of 100 seconds and one of 10, caller
 * 1 a refusal and somebody who speaks Zhuang. */
static int64_t play(struct phoning *phoning)
{
    static const char orders[] =
        LINE("A1", "甲局", "投诉", "13900000001") LINE("A2", "甲局", "投诉", "13900000002")
            LINE("A3", "甲局", "投诉", "13900000003") LINE("B1", "乙局", "投诉", "13900000004")
                LINE("B2", "乙局", "投诉", "13900000005") LINE("B3", "乙局", "投诉", "13900000006");
    phoning_init(phoning, orders, 4, PHONING_RULES);
    assert_int_equal(try_open(phoning), OK);
    begin_shift(phoning, 0);
    (void)complete_in(phoning, 0, 100);
    int64_t too_short = complete_in(phoning, 0, 10);
    end_with(phoning, 1, "2.112", "");
    end_with(phoning, 1, "2.33", "za");
    phoning->now_utc += 3490; /* 10:30 */
    return too_short;
}

/* ---- tests ---- */

static void overview_load__counts_a_small_campaign(void **state)
{
    (void)state;
    struct phoning phoning;
    struct look look;
    (void)play(&phoning);
    look_at(&look, &phoning, 0);
    const struct overview *out = &look.out;
    assert_true(bytes_equal(out->campaign.round_name, BYTES_LIT("2024-06")));
    assert_int_equal(out->day, 1);
    assert_int_equal(out->window_days, 15);
    assert_int_equal(out->target, 4);
    assert_int_equal(out->released, 4);
    assert_int_equal(out->of_state[CASE_FINAL], 3);
    assert_int_equal(out->of_state[CASE_WAITING], 1);
    assert_int_equal(out->of_state[CASE_QUEUED], 0);
    assert_int_equal(out->outcomes.orders.of_group[OUTCOME_COMPLETE], 2);
    assert_int_equal(out->outcomes.orders.of_group[OUTCOME_REFUSAL], 1);
    assert_int_equal(out->outcomes.orders.of_group[OUTCOME_OTHER], 1);
    assert_true(near(out->outcomes.rates.rr1, 2.0 / 4));
    assert_true(near(out->outcomes.rates.coop1, 2.0 / 4)); /* 2.33 was spoken to */
    assert_true(near(out->outcomes.rates.ref1, 1.0 / 4));
    assert_true(near(out->outcomes.rates.con1, 4.0 / 4));
    assert_int_equal(out->waves[0], 0);
    assert_int_equal(out->waves[1], 4);
    assert_true(near(out->response, 2.0 / 3));
    assert_int_equal(out->disposition_count, 2);
    assert_string_equal(out->dispositions[0].code, "1.1");
    assert_int_equal(out->dispositions[0].cases, 2);
    assert_string_equal(out->dispositions[1].code, "2.112");
    assert_int_equal(out->open_ends.unfinished, 1);
    assert_int_equal(out->open_ends.unworked, 0);
    look_away(&look);
    phoning_deinit(&phoning);
}

static void overview_load__has_the_units_of_the_draw(void **state)
{
    (void)state;
    struct phoning phoning;
    struct look look;
    int64_t final = 0;
    int64_t complete = 0;
    int64_t refusal = 0;
    (void)play(&phoning);
    look_at(&look, &phoning, 0);
    assert_int_equal(look.out.unit_count, 2);
    for (size_t i = 0; i < 2; i++) {
        const struct overview_unit *unit = &look.out.units[i];
        assert_true(unit->name.len > 0);
        assert_int_equal(unit->target, 2);
        assert_int_equal(unit->released, 2);
        assert_int_equal(unit->reserve, 1);
        assert_int_equal(unit->reserve_left, 1);
        assert_int_equal(outcome_tally_released(&unit->outcomes.orders), 2);
        final += unit->final;
        complete += unit->complete;
        refusal += unit->refusal;
    }
    assert_int_equal(final, 3);
    assert_int_equal(complete, 2);
    assert_int_equal(refusal, 1);
    look_away(&look);
    phoning_deinit(&phoning);
}

static void overview_load__has_the_rates_that_score_has(void **state)
{
    (void)state;
    struct phoning phoning;
    struct look look;
    (void)play(&phoning);
    look_at(&look, &phoning, 0);
    take(&phoning.fixture, "2024-06", step_score, &look);
    const struct ranking *ranking = &look.evaluation.ranking;
    int compared = 0;
    for (size_t i = 0; i < look.out.unit_count; i++) {
        for (size_t at = 0; at < ranking->unit_count; at++) {
            const struct ranking_row *row = &ranking->rows[at];
            if (!bytes_equal(row->unit_code, look.out.units[i].code))
                continue;
            assert_true(near(row->rr1, look.out.units[i].outcomes.rates.rr1));
            assert_memory_equal(&row->sample.outcomes, &look.out.units[i].outcomes.orders,
                                sizeof row->sample.outcomes);
            compared++;
        }
    }
    const struct ranking_row *all = &ranking->rows[ranking->row_count - 1];
    assert_int_equal(compared, 2);
    assert_true(near(all->rr1, look.out.outcomes.rates.rr1));
    assert_memory_equal(&all->sample.outcomes, &look.out.outcomes.orders,
                        sizeof all->sample.outcomes);
    evaluation_deinit(&look.evaluation);
    look_away(&look);
    phoning_deinit(&phoning);
}

static const struct overview_caller *caller_named(const struct look *look, const char *name)
{
    for (size_t i = 0; i < look->out.caller_count; i++) {
        if (bytes_equal(look->out.callers[i].name, bytes_from_z(name)))
            return &look->out.callers[i];
    }
    return NULL;
}

static void overview_load__tells_who_does_what(void **state)
{
    (void)state;
    struct phoning phoning;
    struct look look;
    (void)play(&phoning);
    begin_shift(&phoning, 1);
    begin_shift(&phoning, 2);
    look_at(&look, &phoning, 0);
    assert_int_equal(look.out.caller_count, 3);
    const struct overview_caller *first = caller_named(&look, phoning.callers[0].name.ptr);
    assert_non_null(first);
    assert_int_equal(first->state, CALLER_IDLE);
    assert_int_equal(first->dials, 2);
    assert_int_equal(first->completes, 2);
    assert_int_equal(first->seconds, 110);
    assert_int_equal(first->shift_s, 3600);
    const struct overview_caller *second = caller_named(&look, phoning.callers[1].name.ptr);
    assert_int_equal(second->refusals, 1);
    assert_int_equal(second->shift_s, 0);
    assert_int_equal(caller_named(&look, phoning.callers[2].name.ptr)->dials, 0);
    look_away(&look);
    phoning_deinit(&phoning);
}

static void overview_load__shows_whoever_holds_and_dials(void **state)
{
    (void)state;
    struct phoning phoning;
    struct look look;
    phoning_simple(&phoning, 2, PHONING_RULES);
    begin_shift(&phoning, 0);
    begin_shift(&phoning, 1);
    (void)next_case(&phoning, 0);
    struct leased_case leased = next_case(&phoning, 1);
    (void)dial(&phoning, 1, leased.row.id, 1);
    look_at(&look, &phoning, 0);
    assert_int_equal(caller_named(&look, phoning.callers[0].name.ptr)->state, CALLER_HOLDING);
    assert_int_equal(caller_named(&look, phoning.callers[1].name.ptr)->state, CALLER_DIALLING);
    assert_int_equal(look.out.of_state[CASE_LEASED], 2);
    look_away(&look);
    phoning_deinit(&phoning);
}

static void overview_load__carries_the_pace_on(void **state)
{
    (void)state;
    struct phoning phoning;
    struct look look;
    char day[DAY_TEXT_BYTES];
    phoning_simple(&phoning, 10, PHONING_RULES);
    look_at(&look, &phoning, 0);
    assert_false(look.out.forecast.has_last_day);
    assert_true(isnan(look.out.forecast.per_day));
    look_away(&look);
    for (int i = 0; i < 3; i++)
        (void)complete_in(&phoning, 0, 100);
    /* Monday from half past nine on: 7 hours; Tuesday's morning: 3. What is left takes 70/3 hours: 4.5 on Tuesday, 7.5
     * on Wednesday and Thursday, and on Friday the rest. */
    phoning.now_utc = at("2024-07-02T12:00:00+08:00");
    look_at(&look, &phoning, 0);
    assert_int_equal(look.out.forecast.left, 7);
    assert_int_equal(look.out.forecast.finished, 3);
    assert_true(near(look.out.forecast.hours, 10));
    assert_true(near(look.out.forecast.per_day, 0.3 * 7.5));
    assert_true(look.out.forecast.has_last_day);
    day_format(look.out.forecast.last_day, day);
    assert_string_equal(day, "2024-07-05");
    look_away(&look);
    /* An appointment after that is waited for. */
    struct followup_case fresh = first_of(&phoning, CASE_QUEUED);
    assert_int_equal(book(&phoning, fresh.id, "2024-07-09T10:00:00+08:00"), OK);
    look_at(&look, &phoning, 0);
    day_format(look.out.forecast.last_day, day);
    assert_string_equal(day, "2024-07-09");
    look_away(&look);
    phoning_deinit(&phoning);
}

static const struct overview_alert *alert_of(const struct look *look, enum overview_alert_kind kind)
{
    for (size_t i = 0; i < look->out.alert_count; i++) {
        if (look->out.alerts[i].kind == kind)
            return &look->out.alerts[i];
    }
    return NULL;
}

static bool has_text(struct bytes text, const char *part)
{
    return bytes_find(text, bytes_from_z(part)) < text.len;
}

static void overview_load__alerts_to_what_is_too_short_or_cannot_be_said(void **state)
{
    (void)state;
    struct phoning phoning;
    struct look look;
    struct err err = {0};
    const struct bytes zhuang = BYTES_LIT("za");
    int64_t too_short = play(&phoning);
    look_at(&look, &phoning, 0);
    assert_int_equal(look.out.alert_count, 2);
    const struct overview_alert *alert = alert_of(&look, ALERT_SHORT);
    assert_non_null(alert);
    assert_true(bytes_equal(alert->caller, phoning.callers[0].name));
    assert_int_equal(alert->case_count, 1);
    assert_int_equal(alert->cases[0], too_short);
    assert_true(has_text(alert->detail, "2件中1件"));
    assert_non_null(alert_of(&look, ALERT_LANGUAGE));
    assert_int_equal(look.out.language_count, 1);
    assert_int_equal(look.out.languages[0].cases, 1);
    look_away(&look);
    begin(&phoning);
    DO(caller_languages_put(phoning.store, phoning.callers[3].account_id, &zhuang, 1, &err));
    (void)end(&phoning, OK);
    look_at(&look, &phoning, 0);
    assert_null(alert_of(&look, ALERT_LANGUAGE));
    assert_int_equal(look.out.languages[0].speakers, 1);
    look_away(&look);
    phoning_deinit(&phoning);
}

/* Forty orders of one unit: caller 0 brings 20 satisfied of 20, caller 1 half of 20, and callers 2 and 3 stay between,
 * so that the four do not all differ. */
static void overview_load__alerts_to_callers_unlike_the_others(void **state)
{
    (void)state;
    struct phoning phoning;
    struct look look;
    phoning_simple(&phoning, 80, PHONING_RULES);
    for (int i = 0; i < 80; i++) {
        int caller = i % 4;
        struct leased_case leased = next_case(&phoning, caller);
        int64_t dial_id = dial(&phoning, caller, leased.row.id, 1);
        bool is_satisfied = caller == 0 || (caller == 1 ? i / 4 % 4 == 0 : i / 4 % 3 != 0);
        answer_all(&phoning, caller, dial_id, &leased.row, "yes", is_satisfied ? "5" : "1");
        phoning.now_utc += 60;
        (void)finish(&phoning, caller, dial_id, "1.1");
        phoning.now_utc = at("2024-07-01T09:30:00+08:00") + 60 * (i + 1);
    }
    look_at(&look, &phoning, 0);
    assert_null(alert_of(&look, ALERT_FUNNEL));
    assert_null(alert_of(&look, ALERT_REFUSAL));
    const struct overview_alert *alert = alert_of(&look, ALERT_SATISFIED);
    assert_non_null(alert);
    assert_true(has_text(alert->detail, "20件"));
    look_away(&look);
    phoning_deinit(&phoning);
}

/* Units have two people each, who come in whatever order: of one unit one says so, of the other both do. */
static void overview_load__alerts_to_what_people_were_told_to_answer(void **state)
{
    (void)state;
    static const char orders[] =
        LINE("A1", "甲局", "投诉", "13900000001") LINE("A2", "甲局", "投诉", "13900000002")
            LINE("B1", "乙局", "投诉", "13900000003") LINE("B2", "乙局", "投诉", "13900000004");
    struct phoning phoning;
    struct look look;
    int64_t told[2][2] = {{0}}; /* by unit */
    int answered[2] = {0};
    phoning_init(&phoning, orders, 4, PHONING_RULES);
    assert_int_equal(try_open(&phoning), OK);
    struct followup_case row = complete_saying(&phoning, 0, "unsure", 100);
    int64_t honest = row.unit;
    look_at(&look, &phoning, 0);
    assert_int_equal(look.out.alert_count, 0);
    look_away(&look);
    answered[row.unit]++;
    for (int i = 0; i < 3; i++) {
        row = complete_saying(&phoning, 0, "yes", 100);
        told[row.unit][row.unit == honest ? 0 : answered[row.unit]] = row.id;
        answered[row.unit]++;
    }
    look_at(&look, &phoning, 0);
    assert_int_equal(look.out.alert_count, 2);
    assert_true(bytes_compare(look.out.alerts[0].unit, look.out.alerts[1].unit) < 0);
    for (size_t i = 0; i < 2; i++) {
        const struct overview_alert *alert = &look.out.alerts[i];
        int64_t unit = bytes_equal(alert->unit, look.out.units[0].name) ? 0 : 1;
        assert_int_equal(alert->kind, ALERT_COACHED);
        assert_false(alert->is_alarm);
        assert_int_equal(alert->caller.len, 0);
        assert_true(has_text(alert->detail, unit == honest ? "2件中1件" : "2件中2件"));
        assert_int_equal(alert->case_count, unit == honest ? 1 : 2);
        for (size_t at = 0; at < alert->case_count; at++)
            assert_true(alert->cases[at] == told[unit][0] || alert->cases[at] == told[unit][1]);
    }
    look_away(&look);
    phoning_deinit(&phoning);
}

static int64_t make_team(struct phoning *phoning, int caller)
{
    struct err err = {0};
    struct team_row team = {.name = BYTES_LIT("外包"), .kind = BYTES_LIT("contractor")};
    struct account_row account;
    begin(phoning);
    DO(team_store(phoning->store, &team, &err));
    DO(team_get(phoning->store, BYTES_LIT("外包"), &team, &err));
    int64_t team_id = team.id;
    DO(account_get_by_id(phoning->store, phoning->callers[caller].account_id, &account, &err));
    account.team_id = team_id;
    DO(account_put(phoning->store, &account, &err));
    (void)end(phoning, OK);
    phoning->callers[caller].team_id = team_id;
    return team_id;
}

static void overview_load__shows_a_team_nothing_but_its_own(void **state)
{
    (void)state;
    struct phoning phoning;
    struct look look;
    struct err err = {0};
    int64_t assigned = 0;
    phoning_simple(&phoning, 6, PHONING_RULES);
    int64_t team_id = make_team(&phoning, 0);
    const struct actor actor = supervisor(&phoning);
    begin(&phoning);
    DO(casework_assign(phoning.work, phoning.store, phoning.campaign_id, team_id, 2, &actor,
                       &assigned, &err));
    (void)end(&phoning, OK);
    (void)complete_in(&phoning, 0, 10);
    (void)complete_in(&phoning, 1, 10);
    look_at(&look, &phoning, team_id);
    assert_int_equal(look.out.unit_count, 0);
    assert_int_equal(look.out.target, 0);
    assert_int_equal(look.out.released, 2);
    assert_int_equal(outcome_tally_released(&look.out.outcomes.orders), 2);
    assert_true(near(look.out.outcomes.rates.rr1, 0.5));
    assert_int_equal(look.out.open_ends.unworked, 0);
    assert_int_equal(look.out.caller_count, 1);
    assert_int_equal(look.out.alert_count, 1);
    assert_true(bytes_equal(look.out.alerts[0].caller, phoning.callers[0].name));
    look_away(&look);
    int64_t own = complete_saying(&phoning, 0, "yes", 100).id;
    (void)complete_saying(&phoning, 1, "yes", 100);
    look_at(&look, &phoning, team_id);
    const struct overview_alert *alert = alert_of(&look, ALERT_COACHED);
    assert_non_null(alert);
    assert_int_equal(alert->unit.len, 0);
    assert_int_equal(alert->case_count, 1);
    assert_int_equal(alert->cases[0], own);
    assert_true(has_text(alert->detail, "2件中1件"));
    assert_false(has_text(alert->detail, "局"));
    look_away(&look);
    phoning_deinit(&phoning);
}

static void overview_proposal__is_made_of_released_final_and_response(void **state)
{
    (void)state;
    static const struct {
        int64_t target, released, final, complete, left;
        double response;
        int64_t proposal;
    } cases[] = {
        {100, 100, 100, 60, 100, 0.6, 67}, /* 40 are lacking, 60 % answer: 66.7 */
        {100, 100, 50, 30, 100, 0.1, 67},  /* its own 60 %, not that of all */
        {100, 100, 100, 60, 10, 0.6, 10},  /* what is left */
        {100, 200, 150, 100, 50, 0.6, 0},  /* enough */
        {100, 100, 0, 0, 100, NAN, 0},     /* nothing is known yet */
        {10, 10, 10, 0, 10, 0.5, 10}, /* too few of its own: 10 are lacking, 20 wanted, 10 left */
        {30, 30, 20, 0, 30, 0.5, 0},  /* nobody answers: more of it brings nothing */
        {30, 40, 20, 15, 30, 0.1, 0}, /* 15 + 0.75 * 20 = 30 */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct overview_unit unit = {.target = cases[i].target,
                                           .released = cases[i].released,
                                           .final = cases[i].final,
                                           .complete = cases[i].complete,
                                           .reserve_left = cases[i].left};
        if (overview_proposal(&unit, cases[i].response) != cases[i].proposal)
            fail_msg("case %zu: %jd, not %jd", i,
                     (intmax_t)overview_proposal(&unit, cases[i].response),
                     (intmax_t)cases[i].proposal);
    }
}

/* Han characters that are read: 102 and 15 of the opening, 30 and 37 of an order, seven a second; and four answers. */
static void overview_floor_s__grows_with_the_orders(void **state)
{
    (void)state;
    assert_int_equal(overview_floor_s(1), 30);
    assert_int_equal(overview_floor_s(2), 41);
}

static void overview_load__needs_a_campaign(void **state)
{
    (void)state;
    struct phoning phoning;
    struct err err = {0};
    phoning_init(&phoning, LINE("A1", "甲局", "投诉", "13900000001"), 1, PHONING_RULES);
    struct look look = {.phoning = &phoning};
    arena_init(&look.arena, (size_t)64 * 1024 * 1024);
    assert_int_equal(with_round(&phoning.fixture, "2024-06", step_look, &look, &err),
                     ERR_NOT_FOUND);
    look_away(&look);
    phoning_deinit(&phoning);
}

/* ---- lack of memory ---- */

/* A casework of its own each time, for one keeps what it has read. */
static int look_with_little(void *context, struct err *err)
{
    struct look *look = context;
    struct phoning *phoning = look->phoning;
    const struct overview_wish wish = {look->team_id, phoning->now_utc};
    struct casework *work = NULL;
    struct arena arena;
    struct round_row round;
    struct overview out;
    arena_init(&arena, (size_t)64 * 1024 * 1024);
    int rc = casework_new(&phoning->fixture.datadir, NULL, &work, err);
    if (rc == OK)
        rc = store_begin_read(phoning->store, err);
    if (rc == OK)
        rc = round_get_kept(phoning->store, BYTES_LIT("2024-06"), &arena, &round, err);
    if (rc == OK)
        rc = overview_load(&phoning->fixture.datadir, work, &round, &wish, &arena, &out, err);
    if (rc == OK)
        assert_int_equal(out.of_state[CASE_FINAL], 3);
    store_rollback(phoning->store);
    casework_free(work);
    arena_deinit(&arena);
    return rc;
}

static void overview_load__survives_lack_of_memory(void **state)
{
    (void)state;
    struct phoning phoning;
    (void)play(&phoning);
    struct look look = {.phoning = &phoning};
    fault_loop(look_with_little, &look);
    phoning_deinit(&phoning);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(overview_load__counts_a_small_campaign),
        cmocka_unit_test(overview_load__has_the_units_of_the_draw),
        cmocka_unit_test(overview_load__has_the_rates_that_score_has),
        cmocka_unit_test(overview_load__tells_who_does_what),
        cmocka_unit_test(overview_load__shows_whoever_holds_and_dials),
        cmocka_unit_test(overview_load__carries_the_pace_on),
        cmocka_unit_test(overview_load__alerts_to_what_is_too_short_or_cannot_be_said),
        cmocka_unit_test(overview_load__alerts_to_callers_unlike_the_others),
        cmocka_unit_test(overview_load__alerts_to_what_people_were_told_to_answer),
        cmocka_unit_test(overview_load__shows_a_team_nothing_but_its_own),
        cmocka_unit_test(overview_proposal__is_made_of_released_final_and_response),
        cmocka_unit_test(overview_floor_s__grows_with_the_orders),
        cmocka_unit_test(overview_load__needs_a_campaign),
        cmocka_unit_test(overview_load__survives_lack_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
