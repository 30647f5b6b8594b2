#include "service/rounds/framing.h"

#include "service/storage/exclusions.h"
#include "service/storage/units.h"

#include "tests/service/rounds/round_fixture.h"
#include "tests/support/fault.h"

#define HEADER "工单编号,受理时间,承办单位,主协办,办理时限,办结时间,工单状态,工单类型,是否保密\n"
#define RULES  "[basis]\ndocument = 测试1号\n"

/* 乙局: one closed, one late and open, one praised, one that asked for secrecy.
 * 甲局: three closed, one of them long ago. */
static const char dump[] = HEADER
    "A1,2024-06-01 08:00:00,甲局,主办,2024-06-05 08:00:00,2024-06-04 08:00:00,已办结,求助,\n"
    "A2,2024-06-01 08:00:00,甲局,主办,2024-06-05 08:00:00,2024-06-06 08:00:00,已办结,求助,\n"
    "A3,2024-06-01 08:00:00,乙局,主办,2024-06-05 08:00:00,2024-06-05 08:00:00,已办结,求助,\n"
    "A4,2024-06-01 08:00:00,乙局,主办,2024-06-05 08:00:00,,办理中,求助,\n"
    "A5,2024-06-01 08:00:00,乙局,主办,2024-07-05 08:00:00,2024-06-05 08:00:00,已办结,求助,\n"
    "A6,2024-06-01 08:00:00,乙局,主办,2024-06-05 08:00:00,2024-06-05 08:00:00,已办结,表扬,\n"
    "A7,2024-06-01 08:00:00,乙局,主办,2024-06-05 08:00:00,2024-06-05 08:00:00,已办结,求助,是\n"
    "A8,2024-04-01 08:00:00,甲局,主办,2024-06-05 08:00:00,2024-04-05 08:00:00,已办结,求助,\n"
    "A9,2024-06-01 08:00:00,丙局、丁局,,2024-06-05 08:00:00,,办理中,求助,\n";

/* "code=name frame reason:count ..." of each unit that has anything, joined by "; ", then the sum. */
static int describe(struct fixture *fixture, const struct round_row *round, struct arena *arena,
                    void *context, struct err *err)
{
    struct buf *text = context;
    struct round_basis basis = {0};
    struct framing framing = {0};
    buf_clear(text);
    int rc =
        round_basis_load(fixture->datadir.store, round, BYTES_NONE, fixture->now_utc, &basis, err);
    if (rc == OK)
        rc = framing_load(&fixture->datadir, round, &basis, arena, &framing, err);
    for (size_t i = 0; i < framing.unit_count; i++) {
        const struct framing_unit *unit = &framing.units[i];
        assert_ptr_equal(framing_find(&framing, unit->code), unit);
        buf_printf(text, BYTES_FMT "=" BYTES_FMT " %d", BYTES_ARG(unit->code),
                   BYTES_ARG(unit->name), (int)unit->frame);
        for (int reason = 0; reason < FRAME_REASONS; reason++) {
            if (unit->left_out[reason] > 0)
                buf_printf(text, " %s:%d", frame_reason_word(reason), (int)unit->left_out[reason]);
        }
        buf_append_z(text, "; ");
    }
    buf_printf(text, "%d", (int)framing.frame);
    buf_append_byte(text, '\0');
    round_basis_deinit(&basis);
    return rc != OK ? rc : buf_status(text, err);
}

static void expect_framing(struct fixture *fixture, const char *expected)
{
    struct buf text;
    buf_init(&text, 4096);
    take(fixture, "2024-06", describe, &text);
    assert_string_equal(text.ptr, expected);
    buf_deinit(&text);
}

static void framing__is_told_of_a_draft_and_of_a_frozen_round_alike(void **state)
{
    struct fixture *fixture = *state;
    const char *expected = "丁局=丁局 0; 丙局=丙局 0; 乙局=乙局 2 excluded:1 confidential:1; "
                           "甲局=甲局 2 too_old:1; 4";
    load_dump(fixture, dump, 0);
    make_round(fixture, "2024-06", "2024-06-01", "2024-06-30", RULES);
    expect_framing(fixture, expected);
    take(fixture, "2024-06", step_freeze, NULL);
    expect_framing(fixture, expected);
    load_dump(
        fixture,
        HEADER
        "A4,2024-06-01 08:00:00,乙局,主办,2024-06-05 08:00:00,,作废,求助,\n"
        "B1,2024-06-01 08:00:00,甲局,主办,2024-06-05 08:00:00,2024-06-04 08:00:00,已办结,求助,\n",
        1);
    expect_framing(fixture, expected);
}

static void framing__counts_bureaus_for_their_county(void **state)
{
    struct fixture *fixture = *state;
    struct err err = {0};
    struct store *store = fixture->datadir.store;
    struct unit_row county = {.code = BYTES_LIT("C"),
                              .name = BYTES_LIT("某县"),
                              .class_name = BYTES_LIT("县(区)"),
                              .valid_from = UNIT_DAY_ALWAYS,
                              .valid_to = UNIT_DAY_ALWAYS};
    struct unit_row bureau = county;
    struct unit_row abolished = county;
    bureau.code = BYTES_LIT("C1");
    bureau.name = BYTES_LIT("甲局");
    abolished.code = BYTES_LIT("B");
    abolished.name = BYTES_LIT("旧局");
    abolished.valid_to = 0;
    assert_int_equal(store_begin(store, &err), OK);
    assert_int_equal(unit_put(store, &county, county.name, &err), OK);
    bureau.parent_id = county.id;
    assert_int_equal(unit_put(store, &bureau, bureau.name, &err), OK);
    assert_int_equal(unit_put(store, &abolished, abolished.name, &err), OK);
    assert_int_equal(store_commit(store, &err), OK);
    load_dump(fixture, dump, 0);
    make_round(fixture, "2024-06", "2024-06-01", "2024-06-30", RULES);
    /* 乙局 is unmatched, and the abolished unit has no orders. */
    expect_framing(fixture, "C=某县 2 too_old:1; 2");
    take(fixture, "2024-06", step_freeze, NULL);
    expect_framing(fixture, "C=某县 2 too_old:1; 2");
}

/* ---- requests ---- */

static void approve(struct fixture *fixture, int64_t round_id, const char *order_no,
                    const char *effect, const char *decision)
{
    struct err err = {0};
    struct store *store = fixture->datadir.store;
    struct order_row order;
    static const char digest[32];
    assert_int_equal(store_begin(store, &err), OK);
    assert_int_equal(order_get(store, bytes_from_z(order_no), &order, &err), OK);
    struct exclusion_row row = {.round_id = round_id,
                                .handling_id = order.id * HANDLINGS_AN_ORDER,
                                .order_no = bytes_from_z(order_no),
                                .reason = BYTES_LIT("legal"),
                                .effect = bytes_from_z(effect),
                                .basis = BYTES_LIT("办法第九条"),
                                .file_name = BYTES_LIT("a.pdf"),
                                .file_sha256 = {digest, sizeof digest},
                                .requested_by = BYTES_LIT("甲"),
                                .requested_utc = fixture->now_utc};
    assert_int_equal(exclusion_put_new(store, &row, &err), OK);
    if (decision != NULL)
        assert_int_equal(exclusion_put_decision(store, row.id, bytes_from_z(decision),
                                                BYTES_LIT("乙"), fixture->now_utc, BYTES_NONE,
                                                &err),
                         OK);
    assert_int_equal(store_commit(store, &err), OK);
}

/* "orders-excluded-base" of 甲局. */
static int describe_tally(struct fixture *fixture, const struct round_row *round,
                          struct arena *arena, void *context, struct err *err)
{
    struct round_basis basis = {0};
    struct evaluation evaluation = {0};
    (void)arena;
    int rc =
        round_basis_load(fixture->datadir.store, round, BYTES_NONE, fixture->now_utc, &basis, err);
    if (rc == OK)
        rc = evaluation_run(&fixture->datadir, round, &basis, 1, &evaluation, err);
    for (size_t i = 0; i < evaluation.ranking.unit_count; i++) {
        const struct ranking_row *row = &evaluation.ranking.rows[i];
        if (bytes_equal(row->unit_code, BYTES_LIT("甲局")))
            (void)snprintf(context, 64, "%d-%d-%d", (int)row->orders, (int)row->excluded,
                           (int)row->on_time_base);
    }
    evaluation_deinit(&evaluation);
    round_basis_deinit(&basis);
    return rc;
}

static void framing__keeps_out_what_an_approved_request_names(void **state)
{
    static const struct {
        const char *effect, *decision, *framing, *tally;
    } cases[] = {
        {"all", "approved", "1 request:1 too_old:1", "3-1-2"},
        {"draw", "approved", "1 request:1 too_old:1", "3-0-3"},
        {"on_time", "approved", "2 too_old:1", "3-1-2"},
        {"all", "refused", "2 too_old:1", "3-0-3"},
        {"all", NULL, "2 too_old:1", "3-0-3"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct fixture fixture;
        char expected[256];
        char tally[64] = "";
        fixture_init(&fixture);
        load_dump(&fixture, dump, 0);
        int64_t id = make_round(&fixture, "2024-06", "2024-06-01", "2024-06-30", RULES);
        int64_t other_id = make_round(&fixture, "other", "2024-06-01", "2024-06-30", RULES);
        approve(&fixture, id, "A2", cases[i].effect, cases[i].decision);
        approve(&fixture, other_id, "A1", "all", "approved");
        (void)snprintf(expected, sizeof expected,
                       "丁局=丁局 0; 丙局=丙局 0; 乙局=乙局 2 excluded:1 confidential:1; 甲局=甲局 "
                       "%s; %d",
                       cases[i].framing, cases[i].framing[0] - '0' + 2);
        for (int frozen = 0; frozen < 2; frozen++) {
            expect_framing(&fixture, expected);
            take(&fixture, "2024-06", describe_tally, tally);
            assert_string_equal(tally, cases[i].tally);
            if (frozen == 0)
                take(&fixture, "2024-06", step_freeze, NULL);
        }
        fixture_deinit(&fixture);
    }
    (void)state;
}

static void framing__a_repeat_of_what_was_taken_out_stays(void **state)
{
    struct fixture *fixture = *state;
    load_dump(
        fixture,
        "工单编号,受理时间,承办单位,主协办,办理时限,办结时间,工单状态,原工单编号\n"
        "B1,2024-06-01 08:00:00,甲局,主办,2024-06-05 08:00:00,2024-06-04 08:00:00,已办结,\n"
        "B2,2024-06-02 08:00:00,甲局,主办,2024-06-06 08:00:00,2024-06-04 08:00:00,已办结,B1\n",
        0);
    int64_t id = make_round(fixture, "2024-06", "2024-06-01", "2024-06-30", RULES);
    expect_framing(fixture, "甲局=甲局 1 excluded:1; 1");
    approve(fixture, id, "B1", "all", "approved");
    expect_framing(fixture, "甲局=甲局 1 request:1; 1");
}

static int frame_once(void *context, struct err *err)
{
    struct buf text;
    buf_init(&text, 4096);
    int rc = with_round(context, "2024-06", describe, &text, err);
    buf_deinit(&text);
    return rc;
}

static void framing__survives_every_failed_allocation(void **state)
{
    struct fixture *fixture = *state;
    load_dump(fixture, dump, 0);
    int64_t id = make_round(fixture, "2024-06", "2024-06-01", "2024-06-30", RULES);
    approve(fixture, id, "A2", "all", "approved");
    fault_loop(frame_once, fixture);
    take(fixture, "2024-06", step_freeze, NULL);
    fault_loop(frame_once, fixture);
}

static void framing__refuses_an_accumulated_round(void **state)
{
    struct err err = {0};
    struct buf text;
    buf_init(&text, 4096);
    make_round(*state, "sum", NULL, NULL, RULES);
    assert_int_equal(with_round(*state, "sum", describe, &text, &err), ERR_WRONG_STATE);
    buf_deinit(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(framing__is_told_of_a_draft_and_of_a_frozen_round_alike),
        FIXTURE_TEST(framing__counts_bureaus_for_their_county),
        cmocka_unit_test(framing__keeps_out_what_an_approved_request_names),
        FIXTURE_TEST(framing__a_repeat_of_what_was_taken_out_stays),
        FIXTURE_TEST(framing__survives_every_failed_allocation),
        FIXTURE_TEST(framing__refuses_an_accumulated_round),
    };
    storage_use_allocator();
    (void)vault_use_allocator();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
