#include "service/storage/draws.h"

#include "tests/service/storage/drawing.h"
#include "tests/support/fault.h"

static int on_draw(void *context, const struct draw_row *row, struct err *err)
{
    (void)err;
    listing_add(context, "%d:%d:%d ", (int)row->no, (int)row->frame_no, (int)row->abandoned_utc);
    return OK;
}

static void draw_get_current__is_the_last_unless_abandoned(void **state)
{
    struct store *store = begin(*state);
    struct err err = {.code = OK};
    struct listing all = {.len = 0};
    struct draw_row row;
    int64_t round = put_round(store, "2024-05");
    put_frame(store, round, 1);
    assert_int_equal(draw_get_current(store, round, &row, &err), ERR_NOT_FOUND);
    put_draw(store, round, 1);
    MUST(draw_get_current(store, round, &row, &err));
    assert_true(row.round_id == round && row.no == 1 && row.frame_no == 1 && row.wanted == 4);
    assert_true(bytes_equal(row.kind, BYTES_LIT("seed")));
    assert_true(bytes_equal(row.seed, BYTES_LIT("双色球2024062")));
    assert_true(bytes_equal(row.sealed_salt_key, BYTES_LIT("sealed key")));
    assert_true(bytes_equal(row.public_sha256, BYTES_LIT("p2345678901234567890123456789012")));
    assert_true(bytes_equal(row.who, BYTES_LIT("评议办")));
    assert_true(row.drawn_utc == 1717300000 && row.abandoned_utc == 0);

    MUST(draw_put_abandoned(store, round, 1, 77, &err));
    assert_int_equal(draw_get_current(store, round, &row, &err), ERR_NOT_FOUND);
    put_draw(store, round, 2);
    MUST(draw_get_current(store, round, &row, &err));
    assert_int_equal(row.no, 2);
    MUST(draw_get(store, round, 1, &row, &err));
    assert_int_equal(row.abandoned_utc, 77);
    MUST(draws_each(store, round, on_draw, &all, &err));
    assert_string_equal(all.text, "1:1:77 2:1:0 ");
    assert_int_equal(draw_get(store, round, 3, &row, &err), ERR_NOT_FOUND);
    assert_int_equal(draw_put_abandoned(store, round, 3, 77, &err), ERR_NOT_FOUND);
}

static void draw_put_new__refuses_what_cannot_be(void **state)
{
    struct store *store = begin(*state);
    struct err err = {.code = OK};
    int64_t round = put_round(store, "2024-05");
    struct draw_row row = sample_draw(round, 1);
    assert_int_equal(draw_put_new(store, &row, &err), ERR_REFUSED); /* no such frame */
    put_frame(store, round, 1);
    row.kind = BYTES_LIT("guess");
    assert_int_equal(draw_put_new(store, &row, &err), ERR_REFUSED);
    row = sample_draw(round, 1);
    MUST(draw_put_new(store, &row, &err));
    assert_int_equal(draw_put_new(store, &row, &err), ERR_EXISTS);
}

static int on_unit(void *context, const struct draw_unit_row *row, struct err *err)
{
    (void)err;
    listing_add(context, "%d:" BYTES_FMT ":%d:%d+%d:%d ", (int)row->unit, BYTES_ARG(row->code),
                (int)row->frame, (int)row->sample, (int)row->reserve, (int)row->released);
    return OK;
}

static int on_drawn(void *context, const struct drawn_row *row, struct err *err)
{
    struct listing *listing = context;
    listing_add(listing, "%d:%d:%d:" BYTES_FMT ":%d:%d:%s ", (int)row->id, (int)row->unit,
                (int)row->position, BYTES_ARG(row->order_no), (int)row->handling_id,
                (int)row->case_no, row->is_released ? "call" : "wait");
    return listing->stop_after != 0 && --listing->stop_after == 0
               ? err_set(err, ERR_CANCELED, "stopped")
               : OK;
}

static void draw_unit_put_released__only_grows(void **state)
{
    static const struct {
        const char *name;
        int64_t unit, released;
        int rc;
    } cases[] = {
        {"the reserve", 0, 3, OK},
        {"again", 0, 3, OK},
        {"beyond the reserve", 0, 4, ERR_REFUSED},
        {"taken back", 0, 2, ERR_REFUSED},
        {"no reserve", 1, 2, ERR_REFUSED},
        {"no such unit", 2, 1, ERR_NOT_FOUND},
    };
    struct store *store = begin(*state);
    struct err err = {.code = OK};
    struct listing units = {.len = 0}, before = {.len = 0}, after = {.len = 0};
    int64_t round = put_round(store, "2024-05");
    put_frame(store, round, 1);
    put_draw(store, round, 1);
    MUST(drawn_each(store, round, 1, on_drawn, &before, &err));
    assert_string_equal(before.text, "1:0:1:A1:64:1:call 2:0:2:A2:128:2:call "
                                     "3:0:3:A3:192:3:wait 4:1:1:B1:256:4:call ");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int rc = draw_unit_put_released(store, round, 1, cases[i].unit, cases[i].released, &err);
        if (rc != cases[i].rc)
            fail_msg("%s: %d", cases[i].name, rc);
    }
    MUST(draw_units_each(store, round, 1, on_unit, &units, &err));
    assert_string_equal(units.text, "0:A:9:2+1:3 1:B:1:1+0:1 ");
    MUST(drawn_each(store, round, 1, on_drawn, &after, &err));
    assert_non_null(strstr(after.text, "3:0:3:A3:192:3:call "));
}

static void drawn_each__keeps_draws_apart(void **state)
{
    struct store *store = begin(*state);
    struct err err = {.code = OK};
    struct listing second = {.len = 0}, some = {.stop_after = 1};
    int64_t round = put_round(store, "2024-05");
    put_frame(store, round, 1);
    put_draw(store, round, 1);
    put_draw(store, round, 2);
    MUST(draw_unit_put_released(store, round, 1, 0, 3, &err));
    MUST(drawn_each(store, round, 2, on_drawn, &second, &err));
    assert_string_equal(second.text, "5:0:1:A1:64:1:call 6:0:2:A2:128:2:call "
                                     "7:0:3:A3:192:3:wait 8:1:1:B1:256:4:call ");
    assert_int_equal(drawn_each(store, round, 2, on_drawn, &some, &err), ERR_CANCELED);
    assert_string_equal(some.text, "5:0:1:A1:64:1:call ");
}

static void drawn_get__finds_an_order(void **state)
{
    struct store *store = begin(*state);
    struct err err = {.code = OK};
    struct drawn_row row;
    int64_t round = put_round(store, "2024-05");
    put_frame(store, round, 1);
    put_draw(store, round, 1);
    MUST(drawn_get(store, round, 1, BYTES_LIT("A3"), &row, &err));
    assert_true(row.id == 3 && row.position == 3 && row.handling_id == 192 && !row.is_released);
    assert_true(bytes_equal(row.ticket, BYTES_LIT("t2345678901234567890123456789012")));
    assert_int_equal(drawn_get(store, round, 1, BYTES_LIT("a3"), &row, &err), ERR_NOT_FOUND);
    assert_int_equal(drawn_get(store, round, 2, BYTES_LIT("A3"), &row, &err), ERR_NOT_FOUND);
}

static void drawn_put_new__accepts_no_ticket_and_refuses_twins(void **state)
{
    struct store *store = begin(*state);
    struct err err = {.code = OK};
    int64_t round = put_round(store, "2024-05");
    put_frame(store, round, 1);
    put_draw(store, round, 1);
    struct drawn_row row = {.unit = 1, .position = 2, .order_no = BYTES_LIT("B1"), .id = 99};
    assert_int_equal(drawn_put_new(store, round, 1, &row, &err), ERR_EXISTS);
    row.order_no = BYTES_LIT("B2");
    row.position = 1;
    assert_int_equal(drawn_put_new(store, round, 1, &row, &err), ERR_EXISTS);
    assert_int_equal(row.id, 99);
    row.position = 2;
    MUST(drawn_put_new(store, round, 1, &row, &err));
    assert_int_equal(row.id, 5);
    MUST(drawn_get(store, round, 1, BYTES_LIT("B2"), &row, &err));
    assert_int_equal(row.ticket.len, 0);
    assert_int_equal(drawn_put_new(store, round, 7, &row, &err), ERR_REFUSED);
}

static int draw(void *context, struct err *err)
{
    struct fixture *fixture = context;
    struct store *store = fixture->store;
    struct listing listing = {.len = 0};
    struct draw_row row = sample_draw(1, 1);
    struct draw_unit_row unit = {0, BYTES_LIT("A"), 9, 1, 0, 1};
    struct drawn_row drawn = {.unit = 0, .position = 1, .order_no = BYTES_LIT("A1")};
    int rc = store_begin(store, err);
    if (rc == OK)
        rc = draw_put_new(store, &row, err);
    if (rc == OK)
        rc = draw_unit_put(store, 1, 1, &unit, err);
    if (rc == OK)
        rc = drawn_put_new(store, 1, 1, &drawn, err);
    if (rc == OK)
        rc = draw_get_current(store, 1, &row, err);
    if (rc == OK)
        rc = drawn_each(store, 1, 1, on_drawn, &listing, err);
    if (rc == OK)
        assert_string_equal(listing.text, "1:0:1:A1:0:0:call ");
    store_rollback(store);
    return rc;
}

static void prepare_draw(struct fixture *fixture)
{
    struct err err = {.code = OK};
    struct store *store = begin(fixture);
    assert_int_equal(put_round(store, "2024-05"), 1);
    put_frame(store, 1, 1);
    MUST(store_commit(store, &err));
    fixture_reopen(fixture, STORE_READWRITE);
}

static void draw__survives_lack_of_memory(void **state)
{
    prepare_draw(*state);
    fault_loop(draw, *state);
}

static void draw__survives_a_failing_disk(void **state)
{
    prepare_draw(*state);
    disk_loop(*state, draw);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(draw_get_current__is_the_last_unless_abandoned),
        TEST(draw_put_new__refuses_what_cannot_be),
        TEST(draw_unit_put_released__only_grows),
        TEST(drawn_each__keeps_draws_apart),
        TEST(drawn_get__finds_an_order),
        TEST(drawn_put_new__accepts_no_ticket_and_refuses_twins),
        TEST(draw__survives_lack_of_memory),
        TEST(draw__survives_a_failing_disk),
    };
    storage_use_allocator();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
