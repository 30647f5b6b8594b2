#include "service/followup/closing.h"

#include "tests/service/followup/casework_fixture.h"
#include "tests/support/fault.h"

#define ROUND "2024-06"

#define CLOSING_RULES PHONING_RULES "[followup]\nrecheck = 0\n"

struct closing {
    struct phoning *phoning;
    struct bytes why;
    struct closing_ends ends;
};

static int step_close_phoned(struct fixture *fixture, const struct round_row *round,
                             struct arena *arena, void *context, struct err *err)
{
    struct closing *closing = context;
    const struct actor actor = {{"office", 6}, closing->phoning->now_utc};
    (void)arena;
    return closing_close(&fixture->datadir, round, &actor, closing->why, &closing->ends, err);
}

static int try_close(struct phoning *phoning, const char *why, struct closing_ends *out)
{
    struct err err = {0};
    struct closing closing = {.phoning = phoning, .why = bytes_from_z(why)};
    int rc = with_round(&phoning->fixture, ROUND, step_close_phoned, &closing, &err);
    *out = closing.ends;
    return rc;
}

static int step_reopen_phoned(struct fixture *fixture, const struct round_row *round,
                              struct arena *arena, void *context, struct err *err)
{
    const struct phoning *phoning = context;
    const struct actor actor = {{"office", 6}, phoning->now_utc};
    struct bytes state;
    (void)arena;
    return closing_reopen(&fixture->datadir, round, &actor, BYTES_LIT("补做"), &state, err);
}

static bool campaign_goes_on(struct phoning *phoning)
{
    struct err err = {0};
    struct campaign_row row;
    begin(phoning);
    DO(campaign_get(phoning->store, phoning->campaign_id, &row, &err));
    store_rollback(phoning->store);
    return row.ended_utc == 0;
}

static int on_step(void *context, struct bytes step, int64_t at_utc, struct bytes who,
                   struct bytes why, struct err *err)
{
    (void)at_utc;
    (void)who;
    (void)err;
    buf_printf(context, BYTES_FMT "(" BYTES_FMT ") ", BYTES_ARG(step), BYTES_ARG(why));
    return OK;
}

static void check_last_steps(struct phoning *phoning, const char *expected)
{
    struct err err = {0};
    struct round_row round;
    struct buf text;
    buf_init(&text, 4096);
    begin(phoning);
    DO(round_get(phoning->store, BYTES_LIT(ROUND), &round, &err));
    DO(round_steps_each(phoning->store, round.id, on_step, &text, &err));
    store_rollback(phoning->store);
    buf_append_byte(&text, '\0');
    size_t len = strlen(expected);
    assert_true(text.len > len);
    assert_string_equal(text.ptr + text.len - 1 - len, expected);
    buf_deinit(&text);
}

static int on_recheck(void *context, const struct recheck_row *row, struct err *err)
{
    int64_t *id = context;
    (void)err;
    *id = row->id;
    return OK;
}

/* As if a checker had called and found the same. */
static void settle_recheck(struct phoning *phoning)
{
    struct err err = {0};
    struct recheck_row row;
    int64_t id = 0;
    begin(phoning);
    DO(rechecks_each(phoning->store, phoning->campaign_id, BYTES_LIT("queued"), -1, 0, 1,
                     on_recheck, &id, &err));
    DO(recheck_get(phoning->store, id, &row, &err));
    row.state = BYTES_LIT("done");
    row.method = BYTES_LIT("phone");
    row.done_utc = phoning->now_utc;
    row.compared = 3;
    DO(recheck_put(phoning->store, &row, &err));
    (void)end(phoning, OK);
}

static void closing_close__names_what_is_open(void **state)
{
    (void)state;
    struct phoning phoning;
    struct closing_ends ends;
    phoning_simple(&phoning, 12, CLOSING_RULES);
    assert_int_equal(try_close(&phoning, "", &ends), ERR_REFUSED);
    assert_true(ends.is_phoned && closing_is_held_up(&ends));
    assert_int_equal(ends.counts.unworked, 12);
    assert_int_equal(ends.case_count, CLOSING_NAMED_CASES);
    for (size_t i = 1; i < ends.case_count; i++)
        assert_true(ends.cases[i - 1] < ends.cases[i]);
    check_last_steps(&phoning, "draw() ");
    assert_true(campaign_goes_on(&phoning));
    phoning_deinit(&phoning);
}

static void closing_close__waits_for_calls_and_checks(void **state)
{
    (void)state;
    struct phoning phoning;
    struct closing_ends ends;
    phoning_simple(&phoning, 2, CLOSING_RULES);
    struct leased_case first = next_case(&phoning, 0);
    complete_case(&phoning, 0, &first);
    struct leased_case second = next_case(&phoning, 0);
    assert_int_equal(try_close(&phoning, "", &ends), ERR_REFUSED);
    assert_int_equal(ends.counts.leased, 1);
    assert_int_equal(ends.case_count, 1);
    assert_int_equal(ends.cases[0], second.row.id);
    (void)finish(&phoning, 0, dial(&phoning, 0, second.row.id, 1), "2.21");
    assert_int_equal(try_close(&phoning, "", &ends), ERR_REFUSED);
    assert_int_equal(ends.counts.unfinished, 1);
    assert_int_equal(book(&phoning, second.row.id, "2024-07-02T10:00:00+08:00"), OK);
    assert_int_equal(try_close(&phoning, "", &ends), ERR_REFUSED);
    assert_int_equal(ends.counts.appointments, 1);
    assert_int_equal(settle(&phoning, second.row.id, "4.10"), OK);
    assert_int_equal(try_close(&phoning, "", &ends), ERR_REFUSED);
    assert_true(ends.counts.rechecks == 1 && ends.counts.unfinished == 0 && ends.case_count == 0);
    settle_recheck(&phoning);
    assert_int_equal(try_close(&phoning, "", &ends), OK);
    assert_false(closing_is_held_up(&ends));
    check_last_steps(&phoning, "calling() close() ");
    assert_false(campaign_goes_on(&phoning));
    phoning_deinit(&phoning);
}

/* A lease that has run out is nobody's: it is ended first, and what was answered in it counts. */
static void closing_close__ends_what_has_run_out(void **state)
{
    (void)state;
    struct phoning phoning;
    struct closing_ends ends;
    phoning_simple(&phoning, 1, CLOSING_RULES);
    struct leased_case leased = next_case(&phoning, 0);
    answer_all(&phoning, 0, dial(&phoning, 0, leased.row.id, 1), &leased.row, "yes", "5");
    phoning.now_utc += 3600;
    assert_int_equal(try_close(&phoning, "另行复核", &ends), OK);
    assert_true(ends.counts.leased == 0 && ends.counts.unworked == 0 && ends.counts.rechecks == 1);
    assert_string_equal(case_now(&phoning, leased.row.id).code, "1.1");
    phoning_deinit(&phoning);
}

static void closing_close__opens_with_a_reason(void **state)
{
    (void)state;
    struct phoning phoning;
    struct closing_ends ends;
    phoning_simple(&phoning, 3, CLOSING_RULES);
    struct leased_case held = next_case(&phoning, 0);
    (void)finish(&phoning, 1, dial(&phoning, 1, next_case(&phoning, 1).row.id, 1), "2.21");
    assert_int_equal(try_close(&phoning, "通报不能再等", &ends), OK);
    assert_int_equal(ends.counts.unfinished + ends.counts.unworked, 3);
    check_last_steps(&phoning, CLOSING_UNFINISHED_STEP "(通报不能再等) close() ");
    assert_false(campaign_goes_on(&phoning));
    assert_int_equal(case_now(&phoning, held.row.id).state, CASE_QUEUED);
    (void)nothing_due(&phoning, 2);
    assert_int_equal(try_close(&phoning, "", &ends), ERR_WRONG_STATE);
    phoning_deinit(&phoning);
}

static void closing_reopen__lets_the_phoning_go_on_until_the_draw_is_abandoned(void **state)
{
    (void)state;
    struct phoning phoning;
    struct closing_ends ends;
    phoning_simple(&phoning, 2, CLOSING_RULES);
    (void)finish(&phoning, 0, dial(&phoning, 0, next_case(&phoning, 0).row.id, 1), "2.21");
    assert_int_equal(try_close(&phoning, "通报不能再等", &ends), OK);
    take(&phoning.fixture, ROUND, step_reopen_phoned, &phoning);
    assert_true(campaign_goes_on(&phoning));
    assert_int_equal(next_case(&phoning, 0).turn, TURN_FRESH);
    take(&phoning.fixture, ROUND, step_reopen_phoned, &phoning);
    assert_false(campaign_goes_on(&phoning));
    (void)nothing_due(&phoning, 1);
    phoning_deinit(&phoning);
}

static void closing_close__leaves_a_round_that_is_not_phoned_alone(void **state)
{
    (void)state;
    struct phoning phoning;
    struct closing_ends ends;
    phoning_init(&phoning, LINE("A1", "甲局", "投诉", "13900000001"), 1, CLOSING_RULES);
    assert_int_equal(try_close(&phoning, "", &ends), OK);
    assert_false(ends.is_phoned);
    take(&phoning.fixture, ROUND, step_reopen_phoned, &phoning);
    check_last_steps(&phoning, "close() reopen(补做) ");
    phoning_deinit(&phoning);
}

static int close_with_little(void *context, struct err *err)
{
    struct closing closing = {.phoning = context, .why = BYTES_LIT("通报不能再等")};
    struct store *store = closing.phoning->store;
    struct round_row round;
    struct arena arena;
    arena_init(&arena, (size_t)1024 * 1024);
    int rc = store_begin(store, err);
    if (rc == OK)
        rc = round_get_kept(store, BYTES_LIT(ROUND), &arena, &round, err);
    if (rc == OK)
        rc = step_close_phoned(&closing.phoning->fixture, &round, &arena, &closing, err);
    store_rollback(store);
    arena_deinit(&arena);
    return rc;
}

static void closing_close__survives_want_of_memory(void **state)
{
    (void)state;
    struct phoning phoning;
    phoning_simple(&phoning, 2, CLOSING_RULES);
    (void)next_case(&phoning, 0);
    fault_loop(close_with_little, &phoning);
    assert_true(campaign_goes_on(&phoning));
    phoning_deinit(&phoning);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(closing_close__names_what_is_open),
        cmocka_unit_test(closing_close__waits_for_calls_and_checks),
        cmocka_unit_test(closing_close__ends_what_has_run_out),
        cmocka_unit_test(closing_close__opens_with_a_reason),
        cmocka_unit_test(closing_reopen__lets_the_phoning_go_on_until_the_draw_is_abandoned),
        cmocka_unit_test(closing_close__leaves_a_round_that_is_not_phoned_alone),
        cmocka_unit_test(closing_close__survives_want_of_memory),
    };
    storage_use_allocator();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
