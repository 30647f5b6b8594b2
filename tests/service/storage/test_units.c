#include "service/storage/units.h"

#include "base/buf.h"

#include "tests/service/storage/fixture.h"
#include "tests/support/fault.h"

static int put(struct store *store, const char *code, const char *name, int64_t parent_id,
               int64_t *out_id, struct err *err)
{
    struct unit_row row = {
        .code = bytes_from_z(code),
        .name = bytes_from_z(name),
        .class_name = BYTES_LIT("市直政府"),
        .parent_id = parent_id,
        .valid_from = UNIT_DAY_ALWAYS,
        .valid_to = 20000,
    };
    int rc = unit_put(store, &row, row.name, err);
    if (rc == OK)
        *out_id = row.id;
    return rc;
}

static int64_t must_put(struct store *store, const char *code, const char *name, int64_t parent_id)
{
    struct err err = {.code = OK};
    int64_t id = 0;
    MUST(put(store, code, name, parent_id, &id, &err));
    return id;
}

/* The unit that a dump's name means; the name is put if it is new. */
static int64_t meant(struct store *store, const char *name, const char *code)
{
    struct err err = {.code = OK};
    struct unit_name_row row;
    MUST(unit_name_put(store, bytes_from_z(name), bytes_from_z(name), bytes_from_z(code), &row,
                       &err));
    return row.unit_id;
}

static struct store *begin(void **state)
{
    struct fixture *fixture = *state;
    struct err err = {.code = OK};
    MUST(store_begin(fixture->store, &err));
    return fixture->store;
}

static void unit_put__inserts_then_rewrites(void **state)
{
    struct store *store = begin(state);
    struct err err = {.code = OK};
    struct unit_row row;
    int64_t count = 0;
    int64_t county = must_put(store, "X", "甲县", 0);
    int64_t id = must_put(store, "A", "旧局", 0);
    assert_int_equal(must_put(store, "A", "新局", county), id);
    MUST(unit_get_by_code(store, BYTES_LIT("A"), &row, &err));
    assert_true(bytes_equal(row.name, BYTES_LIT("新局")));
    assert_true(bytes_equal(row.parent_code, BYTES_LIT("X")));
    assert_true(row.valid_from == UNIT_DAY_ALWAYS && row.valid_to == 20000);
    assert_int_equal(row.class_position, 1);
    MUST(units_count(store, &count, &err));
    assert_int_equal(count, 2);
    /* The former name still means the unit. */
    assert_int_equal(meant(store, "旧局", ""), id);
    assert_int_equal(meant(store, "新局", ""), id);
    assert_int_equal(unit_get_by_code(store, BYTES_LIT("B"), &row, &err), ERR_NOT_FOUND);
    assert_int_equal(unit_get(store, 99, &row, &err), ERR_NOT_FOUND);
}

static void unit_put__refuses_ring_and_missing_parent(void **state)
{
    struct store *store = begin(state);
    struct err err = {.code = OK};
    int64_t id = 0;
    int64_t a = must_put(store, "A", "甲", 0);
    int64_t b = must_put(store, "B", "乙", a);
    int64_t c = must_put(store, "C", "丙", b);
    assert_int_equal(put(store, "A", "甲", a, &id, &err), ERR_REFUSED);
    assert_int_equal(put(store, "A", "甲", c, &id, &err), ERR_REFUSED);
    assert_int_equal(put(store, "D", "丁", 99, &id, &err), ERR_NOT_FOUND);
    assert_int_equal(must_put(store, "C", "丙", a), c);
    assert_int_equal(must_put(store, "B", "乙", c), b);
}

static void unit_put__matches_names_loaded_before(void **state)
{
    struct store *store = begin(state);
    assert_int_equal(meant(store, "甲局", ""), 0);
    assert_int_equal(meant(store, "别称", "A"), 0);
    assert_int_equal(meant(store, "甲局", "unknown"), 0);
    int64_t a = must_put(store, "A", "甲局", 0);
    assert_int_equal(meant(store, "甲局", ""), a);
    assert_int_equal(meant(store, "别称", "A"), a);
    assert_int_equal(meant(store, "甲局", "unknown"), a);
    /* A name that means one unit is not taken from it. */
    int64_t b = must_put(store, "B", "甲局", 0);
    assert_int_equal(meant(store, "甲局", ""), a);
    assert_int_equal(meant(store, "甲局", "B"), b);
}

static void unit_alias_put__moves_what_is_loaded(void **state)
{
    struct store *store = begin(state);
    struct err err = {.code = OK};
    int64_t a = must_put(store, "A", "甲局", 0);
    int64_t b = must_put(store, "B", "乙局", 0);
    assert_int_equal(meant(store, "老名", ""), 0);
    assert_int_equal(meant(store, "老名", "B"), b);
    assert_int_equal(meant(store, "老名", "unknown"), 0);
    MUST(unit_alias_put(store, BYTES_LIT("老名"), BYTES_LIT("老名"), a, &err));
    assert_int_equal(meant(store, "老名", ""), a);
    assert_int_equal(meant(store, "老名", "B"), b);
    assert_int_equal(meant(store, "老名", "unknown"), a);
    MUST(unit_alias_put(store, BYTES_LIT("甲局"), BYTES_LIT("甲局"), b, &err));
    assert_int_equal(meant(store, "甲局", ""), b);
    assert_int_equal(unit_alias_put(store, BYTES_LIT("x"), BYTES_LIT("x"), 99, &err),
                     ERR_NOT_FOUND);
}

static int on_name(void *context, const struct unit_name_row *row, struct err *err)
{
    (void)err;
    assert_int_equal(row->unit_id, *(int64_t *)context);
    return OK;
}

static void unit_merge__follows_the_chain(void **state)
{
    struct store *store = begin(state);
    struct err err = {.code = OK};
    int64_t a = must_put(store, "A", "甲", 0);
    int64_t b = must_put(store, "B", "乙", 0);
    int64_t c = must_put(store, "C", "丙", 0);
    MUST(unit_merge(store, a, b, &err));
    assert_int_equal(meant(store, "甲", ""), b);
    MUST(unit_merge(store, b, c, &err));
    assert_int_equal(meant(store, "甲", ""), c);
    assert_int_equal(meant(store, "任何", "A"), c);
    MUST(unit_names_each(store, on_name, &c, &err));
    assert_int_equal(unit_merge(store, c, a, &err), ERR_REFUSED);
    assert_int_equal(unit_merge(store, c, c, &err), ERR_REFUSED);
    assert_int_equal(unit_merge(store, 99, c, &err), ERR_NOT_FOUND);
    assert_int_equal(unit_merge(store, c, 99, &err), ERR_NOT_FOUND);
    /* Nor may a merge and a parent together come back. */
    int64_t d = must_put(store, "D", "丁", c);
    assert_int_equal(unit_merge(store, c, d, &err), ERR_REFUSED);
    int64_t id = 0;
    assert_int_equal(put(store, "C", "丙", a, &id, &err), ERR_REFUSED);
}

/* Names and counts as "甲局2 乙局1 ". */
static int on_unmatched(void *context, struct bytes name, struct bytes folded, int64_t orders,
                        struct err *err)
{
    (void)folded;
    (void)err;
    buf_printf(context, BYTES_FMT "%d ", BYTES_ARG(name), (int)orders);
    return OK;
}

static void unit_names_unmatched_each__counts_orders_by_folded_name(void **state)
{
    struct store *store = begin(state);
    struct err err = {.code = OK};
    struct unit_name_row spaced, other, coded, known, unused;
    struct buf out;
    buf_init(&out, 256);
    (void)must_put(store, "A", "甲", 0);
    MUST(unit_name_put(store, BYTES_LIT("乙 局"), BYTES_LIT("乙局"), BYTES_NONE, &spaced, &err));
    MUST(unit_name_put(store, BYTES_LIT("丙局"), BYTES_LIT("丙局"), BYTES_NONE, &other, &err));
    MUST(unit_name_put(store, BYTES_LIT("乙局"), BYTES_LIT("乙局"), BYTES_LIT("9"), &coded, &err));
    MUST(unit_name_put(store, BYTES_LIT("甲"), BYTES_LIT("甲"), BYTES_NONE, &known, &err));
    MUST(unit_name_put(store, BYTES_LIT("丁局"), BYTES_LIT("丁局"), BYTES_NONE, &unused, &err));
    const int64_t handlings[][3] = {
        {1, 0, spaced.id}, {1, 1, coded.id}, {2, 0, coded.id}, {3, 0, other.id}, {4, 0, known.id},
    };
    for (size_t i = 0; i < sizeof handlings / sizeof *handlings; i++) {
        struct handling_row row = {.id = handlings[i][0] * HANDLINGS_AN_ORDER + handlings[i][1],
                                   .unit_name_id = handlings[i][2],
                                   .fact = {.received = {1, MOMENT_INSTANT}},
                                   .import_id = 1};
        MUST(handling_put(store, &row, &err));
    }
    MUST(unit_names_unmatched_each(store, on_unmatched, &out, &err));
    assert_true(bytes_equal(buf_bytes(&out), BYTES_LIT("乙 局2 丙局1 ")));
    buf_deinit(&out);
}

static int put_two(void *context, struct err *err)
{
    struct fixture *fixture = context;
    int64_t a = 0, b = 0;
    struct unit_name_row name;
    int rc = store_begin(fixture->store, err);
    if (rc == OK)
        rc = put(fixture->store, "A", "甲", 0, &a, err);
    if (rc == OK)
        rc = put(fixture->store, "B", "乙", a, &b, err);
    if (rc == OK)
        rc = unit_name_put(fixture->store, BYTES_LIT("甲"), BYTES_LIT("甲"), BYTES_LIT("B"), &name,
                           err);
    if (rc == OK)
        assert_int_equal(name.unit_id, b);
    store_rollback(fixture->store);
    return rc;
}

static void unit_put__survives_lack_of_memory(void **state)
{
    fixture_reopen(*state, STORE_READWRITE);
    fault_loop(put_two, *state);
}

static int set_up(void **state)
{
    static struct fixture fixture;
    fixture_init(&fixture);
    *state = &fixture;
    return 0;
}

static int tear_down(void **state)
{
    fixture_deinit(*state);
    return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(unit_put__inserts_then_rewrites),
        TEST(unit_put__refuses_ring_and_missing_parent),
        TEST(unit_put__matches_names_loaded_before),
        TEST(unit_alias_put__moves_what_is_loaded),
        TEST(unit_merge__follows_the_chain),
        TEST(unit_names_unmatched_each__counts_orders_by_folded_name),
        TEST(unit_put__survives_lack_of_memory),
    };
    storage_use_allocator();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
