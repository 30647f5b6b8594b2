#include "service/storage/campaigns.h"

#include "tests/service/storage/campaigning.h"
#include "tests/support/fault.h"

#include <math.h>

static int on_campaign(void *context, const struct campaign_row *row, struct err *err)
{
    (void)err;
    listing_add(context, "%jd:" BYTES_FMT "%s ", (intmax_t)row->id, BYTES_ARG(row->round_name),
                row->is_paused ? " paused" : "");
    return OK;
}

static void campaigns__are_open_until_they_end(void **state)
{
    struct store *store = begin(*state);
    struct err err = {.code = OK};
    struct campaign_row row;
    struct listing all = {.len = 0}, left = {.len = 0};
    int64_t first = put_campaign(store, "2024-05"), second = put_campaign(store, "2024-06");
    MUST(campaign_get(store, first, &row, &err));
    assert_true(row.id == first && row.round_id == 1 && row.draw_no == 1 && row.file_id == 1);
    assert_true(row.opened_utc == 1717400000 && row.ended_utc == 0 && !row.is_paused);
    assert_true(bytes_equal(row.opened_by, BYTES_LIT("评议办")));
    MUST(campaign_put_paused(store, second, true, &err));
    MUST(campaigns_each_open(store, on_campaign, &all, &err));
    assert_string_equal(all.text, "1:2024-05 2:2024-06 paused ");
    MUST(campaign_put_ended(store, first, 77, &err));
    MUST(campaigns_each_open(store, on_campaign, &left, &err));
    assert_string_equal(left.text, "2:2024-06 paused ");
    MUST(campaign_get(store, first, &row, &err));
    assert_int_equal(row.ended_utc, 77);
    MUST(campaign_put_ended(store, first, 0, &err));
    MUST(campaign_get(store, first, &row, &err));
    assert_int_equal(row.ended_utc, 0);
    assert_int_equal(campaign_get(store, 9, &row, &err), ERR_NOT_FOUND);
    assert_int_equal(campaign_put_paused(store, 9, true, &err), ERR_NOT_FOUND);
    assert_int_equal(campaign_put_ended(store, 9, 1, &err), ERR_NOT_FOUND);
    assert_int_equal(campaign_put_new(store, &row, &err), ERR_EXISTS);
}

static void campaign_get_current__is_of_the_draw_in_force(void **state)
{
    struct store *store = begin(*state);
    struct err err = {.code = OK};
    struct campaign_row row;
    int64_t id = put_campaign(store, "2024-05");
    MUST(campaign_get_current(store, 1, &row, &err));
    assert_int_equal(row.id, id);
    assert_int_equal(campaign_get_current(store, 2, &row, &err), ERR_NOT_FOUND);
    MUST(draw_put_abandoned(store, 1, 1, 1717500000, &err));
    assert_int_equal(campaign_get_current(store, 1, &row, &err), ERR_NOT_FOUND);
    put_draw(store, 1, 2);
    assert_int_equal(campaign_get_current(store, 1, &row, &err), ERR_NOT_FOUND);
    struct campaign_row again = {.round_id = 1, .draw_no = 2, .file_id = 1};
    MUST(campaign_put_new(store, &again, &err));
    MUST(campaign_get_current(store, 1, &row, &err));
    assert_int_equal(row.id, again.id);
}

static int on_unit(void *context, const struct campaign_unit_row *row, struct err *err)
{
    (void)err;
    listing_add(context, "%jd " BYTES_FMT " %jd %jd %jd %jd %jd;", (intmax_t)row->unit,
                BYTES_ARG(row->code), (intmax_t)row->target, (intmax_t)row->released,
                (intmax_t)row->queued, (intmax_t)row->final, (intmax_t)row->complete);
    return OK;
}

static void campaign_unit_add__keeps_the_counts_possible(void **state)
{
    struct store *store = begin(*state);
    struct err err = {.code = OK};
    struct listing units = {.len = 0}, after = {.len = 0};
    int64_t id = put_campaign(store, "2024-05"), other = put_campaign(store, "2024-06");
    struct campaign_unit_row a = {.unit = 0, .target = 2, .released = 2, .queued = 2};
    struct campaign_unit_row b = {.unit = 1, .target = 1, .released = 1, .final = 1};
    MUST(campaign_unit_put(store, id, &b, &err));
    MUST(campaign_unit_put(store, id, &a, &err));
    MUST(campaign_unit_put(store, other, &b, &err));
    b.complete = 1;
    MUST(campaign_unit_put(store, id, &b, &err));
    MUST(campaign_units_each(store, id, on_unit, &units, &err));
    assert_string_equal(units.text, "0 A 2 2 2 0 0;1 B 1 1 0 1 1;");
    struct campaign_unit_change change = {.released = 1, .queued = -1, .final = 1, .complete = 1};
    MUST(campaign_unit_add(store, id, 0, &change, &err));
    MUST(campaign_units_each(store, id, on_unit, &after, &err));
    assert_string_equal(after.text, "0 A 2 3 1 1 1;1 B 1 1 0 1 1;");
    static const struct campaign_unit_change wrong[] = {
        {.queued = -2}, {.complete = 1}, {.final = 2, .complete = -2}, {.queued = 3}};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_int_equal(campaign_unit_add(store, id, 0, &wrong[i], &err), ERR_REFUSED);
    assert_int_equal(campaign_unit_add(store, id, 7, &change, &err), ERR_NOT_FOUND);
}

static void campaign_unit_find_fresh__goes_by_share_then_by_work(void **state)
{
    struct store *store = begin(*state);
    struct err err = {.code = OK};
    struct listing order = {.len = 0};
    int64_t id = put_campaign(store, "2024-05"), other = put_campaign(store, "2024-06");
    static const struct campaign_unit_row units[] = {
        {.unit = 0, .target = 3, .released = 9, .queued = 5, .final = 1},
        {.unit = 1, .target = 9, .released = 9, .queued = 3, .final = 3}, /* as 0 */
        {.unit = 2, .target = 9, .released = 9, .queued = 4, .final = 3}, /* fewer in work */
        {.unit = 3, .target = 0, .released = 9, .queued = 9},
        {.unit = 4, .target = 9, .released = 9, .queued = 0, .final = 0}, /* none is fresh */
        {.unit = 5, .target = 9, .released = 10, .queued = 9, .final = 1, .complete = 1},
        {.unit = 6, .target = 0, .released = 9, .queued = 8, .final = 1}, /* as if 1 */
    };
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        MUST(campaign_unit_put(store, id, &units[i], &err));
    MUST(campaign_unit_put(store, other, &units[3], &err));
    struct fresh_unit unit = {.share = -1.0};
    for (int i = 0; i < 6; i++) {
        MUST(campaign_unit_find_fresh(store, id, &unit, &unit, &err));
        listing_add(&order, "%jd ", (intmax_t)unit.unit);
    }
    assert_int_equal(campaign_unit_find_fresh(store, id, &unit, &unit, &err), ERR_NOT_FOUND);
    assert_string_equal(order.text, "3 5 2 0 1 6 ");
    const struct campaign_unit_change final = {.queued = -1, .final = 1};
    MUST(campaign_unit_add(store, id, 3, &final, &err));
    unit.share = -1.0;
    MUST(campaign_unit_find_fresh(store, id, &unit, &unit, &err));
    assert_true(unit.unit == 5 && unit.in_work == 0 && fabs(unit.share - 1.0 / 9) < 1e-12);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(campaigns__are_open_until_they_end),
        TEST(campaign_get_current__is_of_the_draw_in_force),
        TEST(campaign_unit_add__keeps_the_counts_possible),
        TEST(campaign_unit_find_fresh__goes_by_share_then_by_work),
    };
    storage_use_allocator();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
