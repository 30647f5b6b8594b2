#include "service/intake/merge.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

/* Roles L lead, S support, N none, R none and returned; parts l lead, s support, u unclear. */
static enum handling_role role_of(char c)
{
    return c == 'L' ? HANDLING_ROLE_LEAD : c == 'S' ? HANDLING_ROLE_SUPPORT : HANDLING_ROLE_NONE;
}

static void assigned(const char *roles, char *out)
{
    struct handling_row rows[8] = {0};
    int count = 0;
    for (; roles[count] != '\0'; count++) {
        rows[count].role = role_of(roles[count]);
        if (roles[count] == 'R')
            rows[count].fact.status = ORDER_STATUS_RETURNED;
    }
    handlings_assign_parts(rows, count);
    for (int i = 0; i < count; i++)
        out[i] = "lsu"[rows[i].fact.part];
    out[count] = '\0';
}

static void handlings_assign_parts__follows_the_table(void **state)
{
    (void)state;
    static const struct {
        const char *roles, *parts;
    } cases[] = {
        {"N", "l"},   {"L", "l"},   {"S", "s"},     {"LS", "ls"}, {"SL", "sl"},
        {"NN", "uu"}, {"LN", "ls"}, {"LL", "uu"},   {"NS", "ls"}, {"LLS", "uus"},
        {"RN", "ll"}, {"RL", "ll"}, {"RNN", "luu"}, {"R", "l"},   {"LNN", "lss"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char parts[16];
        assigned(cases[i].roles, parts);
        assert_string_equal(parts, cases[i].parts);
    }
}

static struct handling_row row_with(int64_t closed, enum order_status status)
{
    return (struct handling_row){
        .unit_name_id = 1,
        .fact = {.received = {1000, MOMENT_INSTANT},
                 .closed = {closed, closed != 0 ? MOMENT_INSTANT : MOMENT_NONE},
                 .status = status,
                 .extension_count = EXTENSION_COUNT_NONE},
        .redo_count = -1,
    };
}

static void handling_merge__a_missing_column_leaves_its_field(void **state)
{
    (void)state;
    struct zone *zone = NULL;
    struct err err;
    assert_int_equal(zone_fixed(8 * 3600, &zone, &err), OK);
    struct handling_row stored = row_with(5000, ORDER_STATUS_CLOSED);
    struct handling_row later = row_with(0, ORDER_STATUS_OPEN);
    handling_merge(&stored, &later, UINT64_C(1) << FIELD_STATUS, zone);
    assert_int_equal(stored.fact.status, ORDER_STATUS_OPEN);
    assert_int_equal(stored.fact.closed.seconds, 5000);
    zone_free(zone);
}

static void handling_merge__an_empty_cell_empties_its_field(void **state)
{
    (void)state;
    struct zone *zone = NULL;
    struct err err;
    assert_int_equal(zone_fixed(8 * 3600, &zone, &err), OK);
    struct handling_row stored = row_with(5000, ORDER_STATUS_CLOSED);
    struct handling_row later = row_with(0, ORDER_STATUS_OPEN);
    handling_merge(&stored, &later, UINT64_C(1) << FIELD_CLOSED_AT, zone);
    assert_int_equal(stored.fact.closed.kind, MOMENT_NONE);
    assert_int_equal(stored.fact.status, ORDER_STATUS_CLOSED);
    zone_free(zone);
}

static void handling_merge__finds_contradictions_anew(void **state)
{
    (void)state;
    struct zone *zone = NULL;
    struct err err;
    assert_int_equal(zone_fixed(8 * 3600, &zone, &err), OK);
    struct handling_row stored = row_with(5000, ORDER_STATUS_CLOSED);
    struct handling_row early = row_with(500, ORDER_STATUS_CLOSED);
    handling_merge(&stored, &early, UINT64_C(1) << FIELD_CLOSED_AT, zone);
    assert_true((stored.fact.marks & FACT_CLOSED_BEFORE_RECEIVED) != 0);
    struct handling_row mended = row_with(6000, ORDER_STATUS_CLOSED);
    handling_merge(&stored, &mended, UINT64_C(1) << FIELD_CLOSED_AT, zone);
    assert_true((stored.fact.marks & FACT_CLOSED_BEFORE_RECEIVED) == 0);
    zone_free(zone);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(handlings_assign_parts__follows_the_table),
        cmocka_unit_test(handling_merge__a_missing_column_leaves_its_field),
        cmocka_unit_test(handling_merge__an_empty_cell_empties_its_field),
        cmocka_unit_test(handling_merge__finds_contradictions_anew),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
