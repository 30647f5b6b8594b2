#include "service/rounds/counts.h"

#include "service/rounds/composition.h"
#include "service/storage/exclusions.h"
#include "service/storage/units.h"

#include "tests/service/rounds/drawn_fixture.h"
#include "tests/support/fault.h"

#define HEADER "工单编号,受理时间,承办单位,主协办,办理时限,办结时间,工单状态,工单类型\n"
#define RULES                                                                                      \
    "[basis]\ndocument = 测试1号\n[on_time]\nmin_orders = 1\n[ranking]\nmin_answers = 1\n"      \
    "few_answers = 1\n"

/* June: 甲局 one in time, one late; 乙局 one in time, one praised; one of nobody. July: 甲局 one in time, 丁局 one late. */
static const char dump[] =
    HEADER "A1,2024-06-01 08:00:00,甲局,主办,2024-06-05 08:00:00,2024-06-04 08:00:00,已办结,求助\n"
           "A2,2024-06-01 08:00:00,甲局,主办,2024-06-05 08:00:00,2024-06-06 08:00:00,已办结,求助\n"
           "B1,2024-06-01 08:00:00,乙局,主办,2024-06-05 08:00:00,2024-06-05 08:00:00,已办结,求助\n"
           "B2,2024-06-01 08:00:00,乙局,主办,2024-06-05 08:00:00,2024-06-05 08:00:00,已办结,表扬\n"
           "C1,2024-06-01 08:00:00,丙局、丁局,,2024-06-05 08:00:00,,办理中,求助\n"
           "A3,2024-07-01 08:00:00,甲局,主办,2024-07-05 08:00:00,2024-07-04 08:00:00,已办结,求助\n"
           "D1,2024-07-01 08:00:00,丁局,主办,2024-07-05 08:00:00,2024-07-06 08:00:00,已办结,求助\n";

static const struct drawn_line june[] = {
    {"B1", false, "1.1", RESOLUTION_YES, 5, false},
    {"A1", false, "1.1", RESOLUTION_NO, 2, true},
    {"A2", true, NULL, 0, 0, false},
};
static const struct drawn_line july[] = {
    {"D1", false, "2.112", 0, 0, false},
    {"A3", false, "1.1", RESOLUTION_YES, 4, false},
};

enum { DAYS_TO_AUGUST = 32 };

/* An accumulated round of the two months, which come in the other order. */
static void make_sum(struct fixture *fixture, const char *june_rules, const char *rules)
{
    struct err err = {0};
    struct store *store = fixture->datadir.store;
    int64_t july_id = make_round(fixture, "2024-07", "2024-07-01", "2024-07-31", RULES);
    int64_t june_id = make_round(fixture, "2024-06", "2024-06-01", "2024-06-30", june_rules);
    struct round_row row = {.name = BYTES_LIT("sum"),
                            .kind = BYTES_LIT("other"),
                            .state = BYTES_LIT("draft"),
                            .rules = bytes_from_z(rules),
                            .is_accumulated = true};
    assert_true(day_parse(BYTES_LIT("2024-06-01"), &row.from_day));
    assert_true(day_parse(BYTES_LIT("2024-07-31"), &row.to_day));
    assert_int_equal(store_begin(store, &err), OK);
    assert_int_equal(round_put_new(store, &row, &err), OK);
    assert_int_equal(round_part_put(store, row.id, july_id, &err), OK);
    assert_int_equal(round_part_put(store, row.id, june_id, &err), OK);
    assert_int_equal(store_commit(store, &err), OK);
}

static int compose(struct fixture *fixture, const char *name, struct composition *out,
                   struct err *err)
{
    struct composition_options options = {
        .round_name = bytes_from_z(name), .now_utc = fixture->now_utc, .threads = 2};
    int rc = store_begin_read(fixture->datadir.store, err);
    if (rc == OK)
        rc = composition_make(&fixture->datadir, &options, out, err);
    store_rollback(fixture->datadir.store);
    return rc;
}

static void compose_well(struct fixture *fixture, const char *name, struct composition *out)
{
    struct err err = {0};
    if (compose(fixture, name, out, &err) != OK)
        fail_msg("%s", err.message);
}

/* "unit orders-excluded-base-on_time" and, with a sample, " frame-drawn-resolved/valid-satisfied/valid" of each unit by
 * code, joined by "; ", then unclear. */
static const char *score(struct fixture *fixture, const char *name)
{
    static char text[2048];
    struct composition composition;
    size_t len = 0;
    compose_well(fixture, name, &composition);
    const struct ranking *ranking = &composition.evaluation.ranking;
    const char *const units[] = {"丁局", "乙局", "甲局"};
    for (size_t u = 0; u < sizeof units / sizeof *units; u++) {
        for (size_t i = 0; i < ranking->unit_count; i++) {
            const struct ranking_row *row = &ranking->rows[i];
            if (!bytes_equal(row->unit_code, bytes_from_z(units[u])))
                continue;
            len += (size_t)snprintf(text + len, sizeof text - len, BYTES_FMT " %d-%d-%d-%d",
                                    BYTES_ARG(row->unit_code), (int)row->orders, (int)row->excluded,
                                    (int)row->on_time_base, (int)row->on_time);
            if (row->has_sample)
                len += (size_t)snprintf(
                    text + len, sizeof text - len, " %d-%d-%d/%d-%d/%d", (int)row->sample.frame,
                    (int)row->drawn, (int)row->resolution.favourable, (int)row->resolution.valid,
                    (int)row->satisfaction.favourable, (int)row->satisfaction.valid);
            len += (size_t)snprintf(text + len, sizeof text - len, "; ");
        }
    }
    (void)snprintf(text + len, sizeof text - len, "unclear %d",
                   (int)composition.evaluation.unclear);
    composition_deinit(&composition);
    return text;
}

static void expect(struct bytes text, const char *expected)
{
    if (!bytes_equal(text, bytes_from_z(expected)))
        fail_msg("\"" BYTES_FMT "\" is not \"%s\"", BYTES_ARG(text), expected);
}

/* ---- the sum ---- */

static void accumulated__adds_up_what_its_parts_count_by_their_own_rules(void **state)
{
    struct fixture *fixture = *state;
    load_dump(fixture, dump, DAYS_TO_AUGUST);
    make_sum(fixture, RULES "[exclude]\npraise = no\n", RULES);
    assert_string_equal(score(fixture, "2024-06"),
                        "丁局 0-0-0-0; 乙局 2-0-2-2; 甲局 2-0-2-1; unclear 2");
    assert_string_equal(score(fixture, "2024-07"),
                        "丁局 1-0-1-0; 乙局 0-0-0-0; 甲局 1-0-1-1; unclear 0");
    assert_string_equal(score(fixture, "sum"),
                        "丁局 1-0-1-0; 乙局 2-0-2-2; 甲局 3-0-3-2; unclear 2");
}

static void accumulated__counts_nothing_twice_whatever_its_parts_state(void **state)
{
    static const char *const expected = "丁局 1-0-1-0; 乙局 2-1-1-1; 甲局 3-0-3-2; unclear 2";
    struct fixture *fixture = *state;
    load_dump(fixture, dump, DAYS_TO_AUGUST);
    make_sum(fixture, RULES, RULES);
    assert_string_equal(score(fixture, "sum"), expected);
    take(fixture, "2024-06", step_freeze, NULL);
    assert_string_equal(score(fixture, "sum"), expected);
    take(fixture, "2024-06", step_close, NULL);
    assert_string_equal(score(fixture, "sum"), expected);
    take(fixture, "2024-07", step_close, NULL);
    assert_string_equal(score(fixture, "sum"), expected);
    take(fixture, "sum", step_close, NULL);
    assert_string_equal(score(fixture, "sum"), expected);
}

static void accumulated__has_a_sample_for_each_sampled_part(void **state)
{
    struct fixture *fixture = *state;
    load_dump(fixture, dump, DAYS_TO_AUGUST);
    make_sum(fixture, RULES, RULES);
    freeze_and_draw(fixture, "2024-06", june, sizeof june / sizeof *june);
    assert_string_equal(score(fixture, "2024-06"),
                        "丁局 0-0-0-0 0-0-0/0-0/0; 乙局 2-1-1-1 1-1-1/1-1/1; "
                        "甲局 2-0-2-1 2-1-0/1-0/1; unclear 2");
    assert_string_equal(score(fixture, "sum"),
                        "丁局 1-0-1-0 0-0-0/0-0/0; 乙局 2-1-1-1 1-1-1/1-1/1; "
                        "甲局 3-0-3-2 2-1-0/1-0/1; unclear 2");
    freeze_and_draw(fixture, "2024-07", july, sizeof july / sizeof *july);
    assert_string_equal(score(fixture, "sum"),
                        "丁局 1-0-1-0 1-1-0/0-0/0; 乙局 2-1-1-1 1-1-1/1-1/1; "
                        "甲局 3-0-3-2 3-2-1/2-1/2; unclear 2");
}

static void accumulated__takes_names_and_classes_from_the_last_part(void **state)
{
    struct fixture *fixture = *state;
    struct err err = {0};
    struct composition composition;
    struct store *store = fixture->datadir.store;
    load_dump(fixture, dump, DAYS_TO_AUGUST);
    make_sum(fixture, RULES, RULES);
    take(fixture, "2024-06", step_close, NULL);
    struct unit_row unit = {.code = BYTES_LIT("甲局"),
                            .name = BYTES_LIT("甲局（新）"),
                            .class_name = BYTES_LIT("新类"),
                            .valid_from = UNIT_DAY_ALWAYS,
                            .valid_to = UNIT_DAY_ALWAYS};
    assert_int_equal(store_begin(store, &err), OK);
    assert_int_equal(unit_put(store, &unit, unit.name, &err), OK);
    assert_int_equal(store_commit(store, &err), OK);
    compose_well(fixture, "sum", &composition);
    const struct ranking *ranking = &composition.evaluation.ranking;
    assert_int_equal(ranking->unit_count, 4);
    bool found = false;
    for (size_t i = 0; i < ranking->unit_count; i++) {
        const struct ranking_row *row = &ranking->rows[i];
        if (!bytes_equal(row->unit_code, unit.code))
            continue;
        expect(row->unit_name, "甲局（新）");
        expect(row->unit_class, "新类");
        assert_int_equal(row->orders, 3);
        found = true;
    }
    assert_true(found);
    composition_deinit(&composition);
}

static void accumulated__is_as_of_its_latest_part(void **state)
{
    struct fixture *fixture = *state;
    struct composition composition;
    struct err err = {0};
    load_dump(fixture, dump, 1);
    make_sum(fixture, RULES, RULES);
    /* July's dump was taken before its end: the part is not to be counted yet, and so the sum is not. */
    assert_int_equal(compose(fixture, "sum", &composition, &err), ERR_REFUSED);
    assert_non_null(strstr(err.message, "2024-07"));
    load_dump(fixture, HEADER "Z1,2024-07-31 08:00:00,甲局,主办,2024-08-05 08:00:00,,办理中,求助\n",
              DAYS_TO_AUGUST);
    compose_well(fixture, "sum", &composition);
    assert_int_equal(composition.basis.as_of_utc,
                     fixture->now_utc + DAYS_TO_AUGUST * SECONDS_A_DAY);
    composition_deinit(&composition);
}

/* ---- what the bulletin tells of it ---- */

static void put_request(struct fixture *fixture, const char *order_no, const char *reason,
                        const char *state)
{
    static const char digest[STORED_DIGEST_BYTES] = {0};
    struct err err = {0};
    struct store *store = fixture->datadir.store;
    struct round_row round;
    struct order_row order;
    assert_int_equal(store_begin(store, &err), OK);
    assert_int_equal(round_get(store, BYTES_LIT("2024-06"), &round, &err), OK);
    struct exclusion_row row = {.round_id = round.id,
                                .order_no = bytes_from_z(order_no),
                                .reason = bytes_from_z(reason),
                                .effect = BYTES_LIT("draw"),
                                .basis = BYTES_LIT("第1条"),
                                .file_name = BYTES_LIT("a.pdf"),
                                .file_sha256 = {digest, sizeof digest},
                                .state = BYTES_LIT("requested"),
                                .requested_by = BYTES_LIT("a"),
                                .requested_utc = 1};
    assert_int_equal(order_get(store, row.order_no, &order, &err), OK);
    row.handling_id = order.id * HANDLINGS_AN_ORDER;
    assert_int_equal(exclusion_put_new(store, &row, &err), OK);
    if (strcmp(state, "requested") != 0)
        assert_int_equal(exclusion_put_decision(store, row.id, bytes_from_z(state), BYTES_LIT("b"),
                                                2, BYTES_LIT("可"), &err),
                         OK);
    assert_int_equal(store_commit(store, &err), OK);
}

static void composition__tells_of_frame_and_draw(void **state)
{
    struct fixture *fixture = *state;
    struct composition composition;
    load_dump(fixture, dump, DAYS_TO_AUGUST);
    make_sum(fixture, RULES, RULES);
    compose_well(fixture, "2024-06", &composition);
    assert_null(composition.bulletin.draw);
    expect(composition.bulletin.title, "2024年6月12345热线工单按时办结情况通报");
    composition_deinit(&composition);
    take(fixture, "2024-06", step_freeze, NULL);
    compose_well(fixture, "2024-06", &composition);
    assert_non_null(composition.bulletin.draw);
    assert_int_equal(composition.bulletin.draw->frame, 3);
    assert_int_equal(composition.bulletin.draw->left_out[FRAME_EXCLUDED], 1);
    assert_int_equal(composition.bulletin.draw->frame_sha256.len, 64);
    assert_int_equal(composition.bulletin.draw->secret_sha256.len, 64);
    assert_false(composition.bulletin.draw->is_drawn);
    composition_deinit(&composition);
    struct drawn_wish wish = {.lines = june, .count = sizeof june / sizeof *june, .kind = "seed"};
    take(fixture, "2024-06", step_draw, &wish);
    compose_well(fixture, "2024-06", &composition);
    const struct bulletin_draw *draw = composition.bulletin.draw;
    expect(composition.bulletin.title, "2024年6月12345热线工单办理情况通报");
    assert_true(draw->is_drawn);
    assert_int_equal(draw->no, 1);
    assert_int_equal(draw->of, 1);
    assert_int_equal(draw->sample, 2);
    assert_int_equal(draw->reserve, 1);
    assert_int_equal(draw->released, 2);
    expect(draw->kind, "seed");
    expect(draw->public_half, "3,1,4");
    expect(draw->public_sha256, "ab00000000000000000000000000000000000000000000000000000000000000");
    expect(draw->drawn_at, "2024-07-01 08:00");
    composition_deinit(&composition);
}

static void composition__keeps_an_exact_seed_to_itself(void **state)
{
    static const char *const kinds[] = {"exact", "adopted"};
    struct fixture *fixture = *state;
    load_dump(fixture, dump, DAYS_TO_AUGUST);
    make_sum(fixture, RULES, RULES);
    const char *const names[] = {"2024-06", "2024-07"};
    for (int i = 0; i < 2; i++) {
        struct composition composition;
        struct drawn_wish wish = {.lines = july, .kind = kinds[i]};
        take(fixture, names[i], step_freeze, NULL);
        take(fixture, names[i], step_draw, &wish);
        compose_well(fixture, names[i], &composition);
        expect(composition.bulletin.draw->kind, kinds[i]);
        expect(composition.bulletin.draw->public_half, "");
        assert_int_equal(composition.bulletin.draw->public_sha256.len, i == 0 ? 64 : 0);
        composition_deinit(&composition);
    }
}

static void composition__lists_parts_and_requests(void **state)
{
    struct fixture *fixture = *state;
    struct composition composition;
    load_dump(fixture, dump, DAYS_TO_AUGUST);
    make_sum(fixture, RULES, RULES);
    put_request(fixture, "A1", "legal", "approved");
    put_request(fixture, "A2", "beyond_duty", "requested");
    put_request(fixture, "B1", "legal", "refused");
    freeze_and_draw(fixture, "2024-06", june, 1);
    take(fixture, "2024-06", step_close, NULL);
    compose_well(fixture, "sum", &composition);
    const struct bulletin *bulletin = &composition.bulletin;
    expect(bulletin->title, "2024年6月1日至2024年7月31日12345热线工单办理情况通报");
    assert_null(bulletin->draw);
    assert_int_equal(bulletin->part_count, 2);
    expect(bulletin->parts[0].id, "2024-06");
    expect(bulletin->parts[0].title, "2024年6月12345热线工单办理情况通报");
    assert_true(bulletin->parts[0].is_closed);
    assert_true(bulletin->parts[0].has_draw);
    expect(bulletin->parts[1].title, "2024年7月12345热线工单按时办结情况通报");
    assert_false(bulletin->parts[1].is_closed);
    assert_false(bulletin->parts[1].has_draw);
    assert_int_equal(bulletin->request_count, 2);
    expect(bulletin->requests[0].reason, "legal");
    assert_int_equal(bulletin->requests[0].approved, 1);
    assert_int_equal(bulletin->requests[0].refused, 1);
    assert_int_equal(bulletin->requests[0].waiting, 0);
    assert_int_equal(bulletin->requests[1].waiting, 1);
    assert_int_equal(bulletin->issue, 0);
    composition_deinit(&composition);
}

static int step_score(struct fixture *fixture, const struct round_row *round, struct arena *arena,
                      void *context, struct err *err)
{
    int64_t issue = 0;
    bool is_new = false;
    (void)arena;
    return round_score_keep(&fixture->datadir, round, &tester, BYTES_LIT("0.1"),
                            bytes_from_z(context), &issue, &is_new, err);
}

static void composition__names_the_issue_that_was_published(void **state)
{
    struct fixture *fixture = *state;
    struct composition composition;
    char first[] = "a";
    char second[] = "b";
    load_dump(fixture, dump, DAYS_TO_AUGUST);
    make_sum(fixture, RULES, RULES);
    take(fixture, "2024-06", step_close, NULL);
    take(fixture, "2024-07", step_close, NULL);
    take(fixture, "sum", step_close, NULL);
    take(fixture, "sum", step_score, first);
    take(fixture, "sum", step_score, second);
    compose_well(fixture, "sum", &composition);
    assert_int_equal(composition.bulletin.issue, 2);
    composition_deinit(&composition);
}

static void composition__compares_with_an_accumulated_round(void **state)
{
    struct fixture *fixture = *state;
    struct err err = {0};
    struct composition composition;
    struct store *store = fixture->datadir.store;
    struct round_row row = {.name = BYTES_LIT("later"),
                            .kind = BYTES_LIT("other"),
                            .state = BYTES_LIT("draft"),
                            .rules = bytes_from_z(RULES),
                            .as_of_utc = fixture->now_utc + 100 * SECONDS_A_DAY};
    load_dump(fixture, dump, DAYS_TO_AUGUST);
    make_sum(fixture, RULES, RULES);
    freeze_and_draw(fixture, "2024-06", june, sizeof june / sizeof *june);
    assert_true(day_parse(BYTES_LIT("2024-08-01"), &row.from_day));
    assert_true(day_parse(BYTES_LIT("2024-08-31"), &row.to_day));
    assert_int_equal(store_begin(store, &err), OK);
    assert_int_equal(round_put_new(store, &row, &err), OK);
    assert_int_equal(store_commit(store, &err), OK);
    compose_well(fixture, "later", &composition);
    const struct bulletin_previous *previous = composition.bulletin.previous;
    assert_non_null(previous);
    expect(previous->id, "sum");
    expect(previous->title, "2024年6月1日至2024年7月31日12345热线工单办理情况通报");
    assert_int_equal(previous->ranking->rows[previous->ranking->row_count - 1].orders, 6);
    composition_deinit(&composition);
}

static int compose_once(void *context, struct err *err)
{
    struct composition composition;
    int rc = compose(context, "sum", &composition, err);
    if (rc == OK)
        composition_deinit(&composition);
    return rc;
}

static void accumulated__survives_every_failed_allocation(void **state)
{
    struct fixture *fixture = *state;
    load_dump(fixture, dump, DAYS_TO_AUGUST);
    make_sum(fixture, RULES, RULES);
    freeze_and_draw(fixture, "2024-06", june, sizeof june / sizeof *june);
    fault_loop(compose_once, fixture);
}

/* Beside a reader the other half would come from a round that has no frozen facts any more. */
static void evaluation__refuses_halves_of_two_states(void **state)
{
    struct fixture *fixture = *state;
    struct fixture other = *fixture;
    struct err err = {0};
    struct bytes opened = BYTES_NONE;
    struct composition composition;
    struct composition_options options = {
        .round_name = BYTES_LIT("2024-06"), .now_utc = fixture->now_utc, .threads = 2};
    load_dump(fixture, dump, DAYS_TO_AUGUST);
    (void)make_round(fixture, "2024-06", "2024-06-01", "2024-06-30", RULES);
    take(fixture, "2024-06", step_freeze, NULL);
    assert_int_equal(store_begin_read(fixture->datadir.store, &err), OK);
    assert_int_equal(
        datadir_open_store(&fixture->datadir, STORE_READWRITE, &other.datadir.store, &err), OK);
    take(&other, "2024-06", step_reopen, &opened);
    store_close(other.datadir.store);
    assert_int_equal(composition_make(&fixture->datadir, &options, &composition, &err), ERR_BUSY);
    options.threads = 1;
    assert_int_equal(composition_make(&fixture->datadir, &options, &composition, &err), OK);
    composition_deinit(&composition);
    store_rollback(fixture->datadir.store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(accumulated__adds_up_what_its_parts_count_by_their_own_rules),
        FIXTURE_TEST(accumulated__counts_nothing_twice_whatever_its_parts_state),
        FIXTURE_TEST(accumulated__has_a_sample_for_each_sampled_part),
        FIXTURE_TEST(accumulated__takes_names_and_classes_from_the_last_part),
        FIXTURE_TEST(accumulated__is_as_of_its_latest_part),
        FIXTURE_TEST(composition__tells_of_frame_and_draw),
        FIXTURE_TEST(composition__keeps_an_exact_seed_to_itself),
        FIXTURE_TEST(composition__lists_parts_and_requests),
        FIXTURE_TEST(composition__names_the_issue_that_was_published),
        FIXTURE_TEST(composition__compares_with_an_accumulated_round),
        FIXTURE_TEST(evaluation__refuses_halves_of_two_states),
        FIXTURE_TEST(accumulated__survives_every_failed_allocation),
    };
    storage_use_allocator();
    (void)vault_use_allocator();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
