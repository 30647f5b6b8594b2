#include "service/rounds/order_part.h"

#include "tests/service/rounds/drawn_fixture.h"
#include "tests/support/fault.h"

#include <math.h>

#define HEADER "工单编号,受理时间,承办单位,主协办,办理时限,办结时间,工单状态,工单类型,是否保密\n"
#define RULES  "[basis]\ndocument = 测试1号\n[rates]\nresolved = yes\nsatisfied = 5 4\n"

static const char dump[] = HEADER
    "A1,2024-06-01 08:00:00,甲局,主办,2024-06-05 08:00:00,2024-06-04 08:00:00,已办结,求助,\n"
    "A2,2024-06-01 08:00:00,甲局,主办,2024-06-05 08:00:00,2024-06-06 08:00:00,已办结,求助,\n"
    "A3,2024-06-01 08:00:00,甲局,主办,2024-06-05 08:00:00,2024-06-06 08:00:00,已办结,求助,\n"
    "A4,2024-06-01 08:00:00,甲局,主办,2024-06-05 08:00:00,2024-06-06 08:00:00,已办结,求助,\n"
    "A5,2024-06-01 08:00:00,甲局,主办,2024-06-05 08:00:00,2024-06-06 08:00:00,已办结,求助,是\n"
    "A6,2024-06-01 08:00:00,甲局,主办,2024-06-05 08:00:00,2024-06-05 08:00:00,已办结,表扬,\n"
    "A7,2024-06-01 08:00:00,甲局,主办,2024-09-05 08:00:00,,办理中,求助,\n";

static const struct drawn_line lines[] = {
    {"A1", false, "1.1", RESOLUTION_PARTLY, 4, false},
    {"A2", false, NULL, 0, 0, false},
    {"A3", true, NULL, 0, 0, false},
};

struct asking {
    struct fixture *fixture;
    const char *order_no;
    struct order_part part;
};

/* Today's fact of the order's first handling. */
static int find_fact(struct store *store, const char *order_no, struct fact_row *out,
                     struct err *err)
{
    struct order_row order;
    struct handling_row handlings[HANDLINGS_AN_ORDER];
    int count = 0;
    int rc = order_get(store, bytes_from_z(order_no), &order, err);
    if (rc == OK)
        rc = handlings_get(store, order.id, handlings, &count, err);
    if (rc == OK)
        *out = (struct fact_row){.handling_id = handlings[0].id,
                                 .unit_name_id = handlings[0].unit_name_id,
                                 .fact = handlings[0].fact};
    return rc;
}

static int step_ask(struct fixture *fixture, const struct round_row *round, struct arena *arena,
                    void *context, struct err *err)
{
    struct asking *asking = context;
    struct round_basis basis = {0};
    struct fact_row fact;
    (void)arena;
    int rc =
        round_basis_load(fixture->datadir.store, round, BYTES_NONE, fixture->now_utc, &basis, err);
    if (rc == OK)
        rc = find_fact(fixture->datadir.store, asking->order_no, &fact, err);
    if (rc == OK)
        rc = order_part_get(&fixture->datadir, round, &basis, &fact, bytes_from_z(asking->order_no),
                            &asking->part, err);
    round_basis_deinit(&basis);
    return rc;
}

static struct order_part ask(struct fixture *fixture, const char *order_no)
{
    struct asking asking = {.order_no = order_no};
    take(fixture, "2024-06", step_ask, &asking);
    return asking.part;
}

static void order_part__says_why_an_order_is_not_drawn(void **state)
{
    static const struct {
        const char *order_no;
        enum judgement judgement;
        enum frame_reason reason;
    } cases[] = {
        {"A1", JUDGED_ON_TIME, FRAME_IN},
        {"A2", JUDGED_LATE, FRAME_IN},
        {"A5", JUDGED_LATE, FRAME_CONFIDENTIAL},
        {"A6", JUDGED_PRAISE, FRAME_EXCLUDED},
        {"A7", JUDGED_OTHER_PERIOD, FRAME_NOT_COUNTED},
    };
    struct fixture *fixture = *state;
    load_dump(fixture, dump, 0);
    (void)make_round(fixture, "2024-06", "2024-06-01", "2024-06-30", RULES);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct order_part part = ask(fixture, cases[i].order_no);
        if (part.verdict.judgement != cases[i].judgement || part.reason != cases[i].reason ||
            part.draw_no != 0 || part.position != 0)
            fail_msg("%s: judgement %d, reason %d", cases[i].order_no, (int)part.verdict.judgement,
                     (int)part.reason);
    }
}

static void order_part__answers_by_what_was_frozen(void **state)
{
    struct fixture *fixture = *state;
    struct err err = {0};
    struct asking later = {.order_no = "A8"};
    load_dump(fixture, dump, 0);
    (void)make_round(fixture, "2024-06", "2024-06-01", "2024-06-30", RULES);
    take(fixture, "2024-06", step_freeze, NULL);
    load_dump(
        fixture,
        HEADER
        "A2,2024-06-01 08:00:00,甲局,主办,2024-06-05 08:00:00,2024-06-02 08:00:00,已办结,求助,\n"
        "A8,2024-06-01 08:00:00,甲局,主办,2024-06-05 08:00:00,2024-06-02 08:00:00,已办结,求助,\n",
        1);
    assert_int_equal(ask(fixture, "A2").verdict.judgement, JUDGED_LATE);
    assert_int_equal(ask(fixture, "A2").reason, FRAME_IN);
    assert_int_equal(ask(fixture, "A5").reason, FRAME_CONFIDENTIAL);
    assert_int_equal(with_round(fixture, "2024-06", step_ask, &later, &err), ERR_NOT_FOUND);
}

static void order_part__follows_a_drawn_order_to_its_points(void **state)
{
    struct fixture *fixture = *state;
    load_dump(fixture, dump, 0);
    (void)make_round(fixture, "2024-06", "2024-06-01", "2024-06-30", RULES);
    freeze_and_draw(fixture, "2024-06", lines, sizeof lines / sizeof *lines);
    struct order_part answered = ask(fixture, "A1");
    assert_int_equal(answered.draw_no, 1);
    assert_int_equal(answered.position, 1);
    assert_true(answered.is_sample);
    assert_true(answered.is_released);
    assert_int_equal(answered.outcome.group, OUTCOME_COMPLETE);
    assert_int_equal(answered.outcome.attempts, 1);
    assert_true(answered.resolution.is_valid);
    assert_false(answered.resolution.is_favourable);
    assert_float_equal(answered.resolution.points, 0.5, 0);
    assert_true(answered.satisfaction.is_valid);
    assert_true(answered.satisfaction.is_favourable);
    assert_float_equal(answered.satisfaction.points, 1, 0);
    struct order_part waiting = ask(fixture, "A2");
    assert_int_equal(waiting.position, 2);
    assert_true(waiting.is_released);
    assert_int_equal(waiting.outcome.group, OUTCOME_UNKNOWN_UNWORKED);
    assert_int_equal(waiting.outcome.attempts, 0);
    assert_false(waiting.resolution.is_valid);
    assert_true(isnan(waiting.resolution.points));
    assert_true(isnan(waiting.satisfaction.points));
    struct order_part reserve = ask(fixture, "A3");
    assert_int_equal(reserve.position, 3);
    assert_false(reserve.is_sample);
    assert_false(reserve.is_released);
    struct order_part rest = ask(fixture, "A4");
    assert_int_equal(rest.draw_no, 1);
    assert_int_equal(rest.position, 0);
    assert_int_equal(rest.reason, FRAME_IN);
}

static void order_part__is_told_of_the_parts_of_a_sum(void **state)
{
    struct fixture *fixture = *state;
    struct err err = {0};
    struct asking asking = {.order_no = "A1"};
    load_dump(fixture, dump, 0);
    (void)make_round(fixture, "sum", NULL, NULL, RULES);
    assert_int_equal(with_round(fixture, "sum", step_ask, &asking, &err), ERR_WRONG_STATE);
}

static int ask_once(void *context, struct err *err)
{
    struct asking asking = {.order_no = "A1"};
    return with_round(context, "2024-06", step_ask, &asking, err);
}

static void order_part__survives_every_failed_allocation(void **state)
{
    struct fixture *fixture = *state;
    load_dump(fixture, dump, 0);
    (void)make_round(fixture, "2024-06", "2024-06-01", "2024-06-30", RULES);
    freeze_and_draw(fixture, "2024-06", lines, sizeof lines / sizeof *lines);
    fault_loop(ask_once, fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(order_part__says_why_an_order_is_not_drawn),
        FIXTURE_TEST(order_part__answers_by_what_was_frozen),
        FIXTURE_TEST(order_part__follows_a_drawn_order_to_its_points),
        FIXTURE_TEST(order_part__is_told_of_the_parts_of_a_sum),
        FIXTURE_TEST(order_part__survives_every_failed_allocation),
    };
    storage_use_allocator();
    (void)vault_use_allocator();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
