#include "tests/service/followup/casework_fixture.h"

static void casework_next__gives_what_is_held_again(void **state)
{
    (void)state;
    struct phoning phoning;
    phoning_simple(&phoning, 3, PHONING_RULES);
    struct leased_case first = next_case(&phoning, 0);
    struct leased_case again = next_case(&phoning, 0);
    assert_int_equal(again.turn, TURN_HELD);
    assert_int_equal(again.row.id, first.row.id);
    assert_int_not_equal(next_case(&phoning, 1).row.id, first.row.id);
    phoning_deinit(&phoning);
}

static void casework_next__gives_appointments_then_retries_then_fresh_ones(void **state)
{
    (void)state;
    struct phoning phoning;
    struct err err = {0};
    struct finished finished;
    phoning_simple(&phoning, 6, PHONING_RULES);
    struct leased_case busy = next_case(&phoning, 0);
    assert_int_equal(finish(&phoning, 0, dial(&phoning, 0, busy.row.id, 1), "2.211").step,
                     NEXT_WAITING);
    struct leased_case own = next_case(&phoning, 0);
    struct dial_end away = {.code = BYTES_LIT("2.20"),
                            .appointment_utc = at("2024-07-01T10:10:00+08:00"),
                            .appointment_is_own = true};
    DO(try_finish(&phoning, 0, dial(&phoning, 0, own.row.id, 1), &away, &finished, &err));
    assert_int_equal(finished.step, NEXT_APPOINTMENT);
    assert_int_equal(finished.from_utc, at("2024-07-01T10:10:00+08:00"));
    struct leased_case other = next_case(&phoning, 1);
    away.appointment_is_own = false;
    DO(try_finish(&phoning, 1, dial(&phoning, 1, other.row.id, 1), &away, &finished, &err));

    phoning.now_utc = at("2024-07-01T10:12:00+08:00");
    struct leased_case given = next_case(&phoning, 1);
    assert_int_equal(given.row.id, other.row.id); /* the other is caller 0's own */
    assert_int_equal(given.turn, TURN_APPOINTMENT);
    given = next_case(&phoning, 2);
    assert_int_equal(given.row.id, busy.row.id);
    assert_int_equal(given.turn, TURN_RETRY);
    given = next_case(&phoning, 0);
    assert_int_equal(given.row.id, own.row.id);
    assert_int_equal(given.turn, TURN_APPOINTMENT);
    assert_int_equal(next_case(&phoning, 3).turn, TURN_FRESH);
    phoning_deinit(&phoning);
}

static void casework_next__leaves_an_own_appointment_to_its_caller_for_a_while(void **state)
{
    (void)state;
    struct phoning phoning;
    struct err err = {0};
    struct finished finished;
    phoning_simple(&phoning, 1, PHONING_RULES);
    struct leased_case own = next_case(&phoning, 0);
    struct dial_end away = {.code = BYTES_LIT("2.20"),
                            .appointment_utc = at("2024-07-01T10:00:00+08:00"),
                            .appointment_is_own = true};
    DO(try_finish(&phoning, 0, dial(&phoning, 0, own.row.id, 1), &away, &finished, &err));
    phoning.now_utc = at("2024-07-01T10:05:00+08:00");
    (void)nothing_due(&phoning, 1);
    phoning.now_utc = at("2024-07-01T10:20:00+08:00");
    assert_int_equal(next_case(&phoning, 1).row.id, own.row.id);
    phoning_deinit(&phoning);
}

static void casework_next__spreads_over_units_by_share_and_work(void **state)
{
    static const char orders[] =
        LINE("A1", "甲局", "投诉", "13900000001") LINE("A2", "甲局", "投诉", "13900000002")
            LINE("A3", "甲局", "投诉", "13900000003") LINE("A4", "甲局", "投诉", "13900000004")
                LINE("B1", "乙局", "投诉", "13900000005") LINE("B2", "乙局", "投诉", "13900000006");
    (void)state;
    struct phoning phoning;
    phoning_init(&phoning, orders, 6, PHONING_RULES);
    assert_int_equal(try_open(&phoning), OK);
    struct leased_case first = next_case(&phoning, 0);
    struct leased_case second = next_case(&phoning, 1);
    assert_int_not_equal(first.row.unit, second.row.unit); /* equal shares: the fewest in work */
    struct leased_case *of_large =
        first.row.unit == case_of_no(&phoning, 1).unit ? &first : &second;
    int i = of_large == &first ? 0 : 1;
    complete_case(&phoning, i, of_large);
    struct leased_case *of_small = of_large == &first ? &second : &first;
    /* One of the two units has something final: the other is next, though it has a case in work. */
    assert_int_equal(next_case(&phoning, 2).row.unit, of_small->row.unit);
    phoning_deinit(&phoning);
}

static void casework_next__keeps_to_the_hours(void **state)
{
    (void)state;
    struct phoning phoning;
    phoning_simple(&phoning, 2, PHONING_RULES);
    phoning.now_utc = at("2024-07-01T12:30:00+08:00");
    assert_int_equal(nothing_due(&phoning, 0), at("2024-07-01T15:00:00+08:00"));
    phoning.now_utc = at("2024-07-01T21:00:00+08:00");
    assert_int_equal(nothing_due(&phoning, 0), at("2024-07-02T09:00:00+08:00"));
    phoning.now_utc = at("2024-10-01T10:00:00+08:00"); /* a holiday, and some more after it */
    assert_int_equal(nothing_due(&phoning, 0), at("2024-10-08T09:00:00+08:00"));
    phoning.now_utc = at("2024-07-02T09:00:00+08:00");
    (void)next_case(&phoning, 0);
    phoning_deinit(&phoning);
}

static void casework_next__gives_teams_their_own(void **state)
{
    (void)state;
    struct phoning phoning;
    struct err err = {0};
    int64_t cases = 0;
    phoning_simple(&phoning, 10, PHONING_RULES);
    const struct actor actor = supervisor(&phoning);
    begin(&phoning);
    struct team_row team = {.name = BYTES_LIT("外包"), .kind = BYTES_LIT("contractor")};
    DO(team_store(phoning.store, &team, &err));
    DO(team_get(phoning.store, team.name, &team, &err));
    int64_t team_id = team.id;
    DO(casework_assign(phoning.work, phoning.store, phoning.campaign_id, team_id, 4, &actor, &cases,
                       &err));
    (void)end(&phoning, OK);
    assert_int_equal(cases, 4);
    phoning.callers[1].team_id = team_id;
    assert_int_equal(next_case(&phoning, 1).row.team_id, team_id);
    assert_int_equal(next_case(&phoning, 0).row.team_id, 0);
    begin(&phoning);
    DO(casework_assign(phoning.work, phoning.store, phoning.campaign_id, 0, 100, &actor, &cases,
                       &err));
    (void)end(&phoning, OK);
    assert_int_equal(cases, 3);
    (void)next_case(&phoning, 1);
    phoning.callers[2].team_id = team_id;
    (void)nothing_due(&phoning, 2);
    phoning_deinit(&phoning);
}

/* Else they would be called by nobody, and end half worked. */
static void casework_assign__takes_back_what_a_team_has_begun(void **state)
{
    (void)state;
    struct phoning phoning;
    struct err err = {0};
    struct finished finished;
    int64_t cases = 0;
    phoning_simple(&phoning, 4, PHONING_RULES);
    const struct actor actor = supervisor(&phoning);
    phoning.callers[2].team_id = 7;
    begin(&phoning);
    DO(casework_assign(phoning.work, phoning.store, phoning.campaign_id, 7, 3, &actor, &cases,
                       &err));
    (void)end(&phoning, OK);
    int64_t busy = next_case(&phoning, 2).row.id;
    (void)finish(&phoning, 2, dial(&phoning, 2, busy, 1), "2.211");
    const struct dial_end away = {.code = BYTES_LIT("2.20"),
                                  .appointment_utc = at("2024-07-02T10:00:00+08:00"),
                                  .appointment_is_own = true};
    int64_t appointed = next_case(&phoning, 2).row.id;
    DO(try_finish(&phoning, 2, dial(&phoning, 2, appointed, 1), &away, &finished, &err));
    int64_t held = next_case(&phoning, 2).row.id;
    begin(&phoning);
    DO(casework_assign(phoning.work, phoning.store, phoning.campaign_id, 0, 9, &actor, &cases,
                       &err));
    (void)end(&phoning, OK);
    assert_int_equal(cases, 2);
    assert_int_equal(case_now(&phoning, held).team_id, 7);
    assert_int_equal(give_back(&phoning, 2, held), OK);
    phoning.now_utc = away.appointment_utc;
    struct leased_case leased = next_case(&phoning, 0);
    assert_true(leased.row.id == appointed && leased.turn == TURN_APPOINTMENT);
    leased = next_case(&phoning, 1);
    assert_true(leased.row.id == busy && leased.turn == TURN_RETRY);
    phoning_deinit(&phoning);
}

static void casework_next__gives_languages_to_who_speaks_them(void **state)
{
    (void)state;
    struct phoning phoning;
    struct err err = {0};
    struct finished finished;
    const struct bytes zhuang = BYTES_LIT("za");
    phoning_simple(&phoning, 1, PHONING_RULES);
    struct leased_case leased = next_case(&phoning, 0);
    int64_t dial_id = dial(&phoning, 0, leased.row.id, 1);
    struct dial_end end_of = {.code = BYTES_LIT("2.33")};
    assert_int_equal(try_finish(&phoning, 0, dial_id, &end_of, &finished, &err), ERR_FORMAT);
    end_of.language = BYTES_LIT("en");
    assert_int_equal(try_finish(&phoning, 0, dial_id, &end_of, &finished, &err), ERR_FORMAT);
    end_of.language = zhuang;
    DO(try_finish(&phoning, 0, dial_id, &end_of, &finished, &err));
    assert_int_equal(finished.step, NEXT_WAITING);
    phoning.now_utc = finished.from_utc;
    (void)nothing_due(&phoning, 0);
    phoning.callers[1].languages = &zhuang;
    phoning.callers[1].language_count = 1;
    assert_string_equal(next_case(&phoning, 1).row.language, "za");
    phoning_deinit(&phoning);
}

static void casework_next__passes_over_a_person_who_is_called_for_another_case(void **state)
{
    static const char orders[] = LINE("A1", "甲局", "投诉", "13900000001;13800000001")
        LINE("A2", "甲局", "投诉", "13900000002;13800000001");
    (void)state;
    struct phoning phoning;
    int64_t dial_id = 0;
    phoning_init(&phoning, orders, 2, PHONING_RULES);
    assert_int_equal(try_open(&phoning), OK);
    struct leased_case leased = next_case(&phoning, 0);
    (void)nothing_due(&phoning, 1);
    (void)finish(&phoning, 0, dial(&phoning, 0, leased.row.id, 2), "2.21");
    leased = next_case(&phoning, 1);
    (void)finish(&phoning, 1, dial(&phoning, 1, leased.row.id, 2), "2.112");
    /* The number that both have had its two dials. */
    struct followup_case other = case_of_no(&phoning, leased.row.case_no == 1 ? 2 : 1);
    phoning.now_utc = other.from_utc;
    assert_int_equal((other.from_utc + 8 * 3600) / 86400,
                     (at("2024-07-01T20:00:00+08:00") + 8 * 3600) / 86400);
    leased = next_case(&phoning, 0);
    assert_int_equal(leased.row.id, other.id);
    assert_int_equal(leased.number_no, 1);
    assert_int_equal(try_dial(&phoning, 0, leased.row.id, 2, &dial_id), ERR_REFUSED);
    (void)dial(&phoning, 0, leased.row.id, 1);
    phoning_deinit(&phoning);
}

static void casework_next__lets_a_case_wait_whose_number_has_had_its_day(void **state)
{
    static const char rules[] = PHONING_RULES "[frame]\none_per_person = no\n";
    static const char orders[] = LINE("A1", "甲局", "投诉", "13900000001")
        LINE("A2", "甲局", "投诉", "13900000001") LINE("A3", "甲局", "投诉", "13900000001");
    (void)state;
    struct phoning phoning;
    int states[CASE_STATE_COUNT];
    phoning_init(&phoning, orders, 3, rules);
    assert_int_equal(try_open(&phoning), OK);
    for (int i = 0; i < 2; i++) {
        struct leased_case leased = next_case(&phoning, i);
        (void)nothing_due(&phoning, 3);
        (void)finish(&phoning, i, dial(&phoning, i, leased.row.id, 1), "2.112");
    }
    (void)nothing_due(&phoning, 0);
    count_states(&phoning, states);
    assert_int_equal(states[CASE_WAITING], 1);
    assert_int_equal(units_now(&phoning).queued, 0);
    phoning.now_utc = at("2024-07-02T09:00:00+08:00");
    (void)dial(&phoning, 0, next_case(&phoning, 0).row.id, 1);
    phoning_deinit(&phoning);
}

static void casework_next__ends_every_case_by_the_protocol(void **state)
{
    (void)state;
    struct phoning phoning;
    int dials = 0;
    phoning_simple(&phoning, 3, PHONING_RULES);
    for (int i = 0; i < 1000; i++) {
        struct leased_case leased;
        int64_t retry_utc = 0;
        if (units_now(&phoning).final == 3)
            break;
        if (try_next(&phoning, 0, &leased, &retry_utc) != OK) {
            phoning.now_utc = retry_utc > phoning.now_utc + 900 ? retry_utc : phoning.now_utc + 900;
            continue;
        }
        (void)finish(&phoning, 0, dial(&phoning, 0, leased.row.id, leased.number_no), "2.21");
        dials++;
        phoning.now_utc += 60;
    }
    assert_int_equal(units_now(&phoning).final, 3);
    assert_int_equal(dials, 15);
    assert_string_equal(case_of_no(&phoning, 1).why, "exhausted");
    assert_true(phoning.now_utc < at("2024-07-16T00:00:00+08:00"));
    phoning_deinit(&phoning);
}

/* However many appointments are left to somebody else, what is behind them is given out. */
static void casework_next__is_not_held_up_by_appointments_of_others(void **state)
{
    enum { OTHERS = 60 };
    (void)state;
    struct phoning phoning;
    struct err err = {0};
    struct finished finished;
    const struct dial_end away = {.code = BYTES_LIT("2.20"),
                                  .appointment_utc = at("2024-07-01T16:00:00+08:00"),
                                  .appointment_is_own = true};
    phoning_simple(&phoning, OTHERS + 1, PHONING_RULES);
    for (int i = 0; i < OTHERS; i++) {
        int64_t dial_id = dial(&phoning, 1, next_case(&phoning, 1).row.id, 1);
        DO(try_finish(&phoning, 1, dial_id, &away, &finished, &err));
    }
    phoning.now_utc = away.appointment_utc;
    assert_int_equal(next_case(&phoning, 0).turn, TURN_FRESH);
    assert_int_equal(next_case(&phoning, 1).turn, TURN_APPOINTMENT);
    phoning_deinit(&phoning);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(casework_next__gives_what_is_held_again),
        cmocka_unit_test(casework_next__gives_appointments_then_retries_then_fresh_ones),
        cmocka_unit_test(casework_next__leaves_an_own_appointment_to_its_caller_for_a_while),
        cmocka_unit_test(casework_next__is_not_held_up_by_appointments_of_others),
        cmocka_unit_test(casework_next__spreads_over_units_by_share_and_work),
        cmocka_unit_test(casework_next__keeps_to_the_hours),
        cmocka_unit_test(casework_next__gives_teams_their_own),
        cmocka_unit_test(casework_assign__takes_back_what_a_team_has_begun),
        cmocka_unit_test(casework_next__gives_languages_to_who_speaks_them),
        cmocka_unit_test(casework_next__passes_over_a_person_who_is_called_for_another_case),
        cmocka_unit_test(casework_next__lets_a_case_wait_whose_number_has_had_its_day),
        cmocka_unit_test(casework_next__ends_every_case_by_the_protocol),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
