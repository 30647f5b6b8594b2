#include "scoring/ranking.h"

#include "tests/scoring/scoring_fixture.h"

#include "tests/support/fault.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { ARENA_MAX_BYTES = 1 << 20 };

struct unit_case {
    const char *code, *class_name;
    int class_position;
    int64_t on_time, late, excluded, open;
    /* expected */
    int rank, rank_high, ranked_of;
    enum ranking_note note;
    const char *band;
};

static struct ranked_unit_input input_of(const struct unit_case *c)
{
    struct ranked_unit_input input = {.code = bytes_from_z(c->code),
                                      .name = bytes_from_z(c->code),
                                      .class_name = bytes_from_z(c->class_name),
                                      .class_position = c->class_position};
    input.tally.by_judgement[JUDGED_ON_TIME] = c->on_time;
    input.tally.by_judgement[JUDGED_LATE] = c->late;
    input.tally.by_judgement[JUDGED_VOID] = c->excluded;
    input.tally.by_judgement[JUDGED_NOT_DUE_YET] = c->open;
    return input;
}

/* `cases` stand in the order in which they must come out; they are put in backwards. */
static void check_units(const char *rules_text, const struct unit_case *cases, size_t count)
{
    struct ranked_unit_input inputs[16];
    struct rules rules = rules_of(rules_text);
    struct arena arena;
    struct ranking ranking;
    struct err err = {0};
    arena_init(&arena, ARENA_MAX_BYTES);
    for (size_t i = 0; i < count; i++)
        inputs[count - 1 - i] = input_of(&cases[i]);
    assert_int_equal(ranking_build(&rules, inputs, count, &arena, &ranking, &err), OK);
    assert_int_equal(ranking.unit_count, count);
    assert_int_equal(ranking.row_count, count + ranking.class_count + 1);
    for (size_t i = 0; i < count; i++) {
        const struct ranking_row *row = &ranking.rows[i];
        if (!bytes_equal(row->unit_code, bytes_from_z(cases[i].code)))
            fail_msg("row %zu is " BYTES_FMT ", not %s", i, BYTES_ARG(row->unit_code),
                     cases[i].code);
        if (row->rank != cases[i].rank || row->rank_low != cases[i].rank ||
            row->rank_high != cases[i].rank_high || row->ranked_of != cases[i].ranked_of)
            fail_msg("%s: %d, %d to %d of %d", cases[i].code, row->rank, row->rank_low,
                     row->rank_high, row->ranked_of);
        assert_int_equal(row->note, cases[i].note);
        assert_string_equal(row->band, cases[i].band);
    }
    arena_deinit(&arena);
}

static void ranking_build__shares_ranks_and_bands_within_classes(void **state)
{
    (void)state;
    static const struct unit_case cases[] = {
        /* class of counties: 90 + 45 + 180 + 40 + 1 of 100 + 50 + 200 + 50 + 1 */
        {"c1", "县", 1, 90, 10, 3, 0, 1, 3, 4, NOTE_NONE, "above"},
        {"c2", "县", 1, 45, 5, 0, 0, 1, 3, 4, NOTE_NONE, "above"},
        {"c3", "县", 1, 180, 20, 0, 0, 1, 3, 4, NOTE_NONE, "above"},
        {"c4", "县", 1, 40, 10, 0, 0, 4, 4, 4, NOTE_NONE, "below"},
        {"c5", "县", 1, 1, 0, 0, 0, 0, 0, 0, NOTE_TOO_FEW, ""},
        {"d1", "部门", 2, 20, 0, 0, 0, 1, 1, 1, NOTE_NONE, "not_different"},
        {"d2", "部门", 2, 0, 0, 0, 0, 0, 0, 0, NOTE_NO_ORDERS, ""},
        {"d3", "部门", 2, 0, 0, 4, 2, 0, 0, 0, NOTE_NONE_DUE, ""},
    };
    check_units("", cases, sizeof cases / sizeof cases[0]);
}

static void ranking_build__ranks_over_all_and_prints_by_class(void **state)
{
    (void)state;
    static const struct unit_case cases[] = {
        {"c1", "县", 1, 30, 10, 0, 0, 3, 3, 4, NOTE_NONE, "三档"},
        {"c2", "县", 1, 0, 20, 0, 0, 4, 4, 4, NOTE_NONE, ""},
        {"d1", "部门", 2, 19, 1, 0, 0, 1, 2, 4, NOTE_NONE, "一档"},
        {"d2", "部门", 2, 38, 2, 0, 0, 1, 2, 4, NOTE_NONE, "一档"},
    };
    check_units("[ranking]\nwithin = all\nbands = 一档 0.95, 二档 0.9, 三档 0.1\n", cases,
                sizeof cases / sizeof cases[0]);
}

static void ranking_build__compares_counts_exactly(void **state)
{
    (void)state;
    /* Apart by 1e-18: as doubles both are 1. */
    static const struct unit_case cases[] = {
        {"b", "县", 1, 1000000000, 1, 0, 0, 1, 1, 2, NOTE_NONE, "above"},
        {"a", "县", 1, 999999999, 1, 0, 0, 2, 2, 2, NOTE_NONE, "below"},
    };
    check_units("", cases, sizeof cases / sizeof cases[0]);
}

static void ranking_build__never_ranks_an_empty_base(void **state)
{
    (void)state;
    static const struct unit_case cases[] = {
        {"b", "县", 1, 1, 0, 0, 0, 1, 1, 1, NOTE_NONE, "not_different"},
        {"a", "县", 1, 0, 0, 0, 5, 0, 0, 0, NOTE_NONE_DUE, ""},
    };
    check_units("[on_time]\nmin_orders = 0\n", cases, sizeof cases / sizeof cases[0]);
}

static void ranking_build__sums_classes_and_all(void **state)
{
    (void)state;
    static const struct unit_case cases[] = {
        {.code = "c1", .class_name = "县", .class_position = 1, .on_time = 30, .late = 10},
        {.code = "d1", .class_name = "部门", .class_position = 2, .on_time = 1, .late = 1},
        {.code = "c2",
         .class_name = "县",
         .class_position = 1,
         .on_time = 0,
         .late = 100,
         .excluded = 7,
         .open = 2},
    };
    struct ranked_unit_input inputs[3];
    struct rules rules = rules_of("");
    struct arena arena;
    struct ranking ranking;
    struct err err = {0};
    arena_init(&arena, ARENA_MAX_BYTES);
    for (size_t i = 0; i < 3; i++)
        inputs[i] = input_of(&cases[i]);
    assert_int_equal(ranking_build(&rules, inputs, 3, &arena, &ranking, &err), OK);
    assert_int_equal(ranking.class_count, 2);
    const struct ranking_row *county = &ranking.rows[3];
    const struct ranking_row *all = &ranking.rows[5];
    assert_true(bytes_equal(county->unit_class, BYTES_LIT("县")));
    assert_true(bytes_equal(county->unit_code, BYTES_LIT("*")));
    assert_int_equal(county->orders, 149);
    assert_int_equal(county->excluded, 7);
    assert_int_equal(county->on_time_base, 140);
    assert_true(county->on_time_rate == 30.0 / 140.0); /* the mean of the rates would be 0.375 */
    assert_true(bytes_equal(all->unit_class, BYTES_LIT("*")));
    assert_int_equal(all->on_time, 31);
    assert_int_equal(all->on_time_base, 142);
    assert_int_equal(all->rank, 0);
    arena_deinit(&arena);
}

static void ranking_build__makes_one_row_of_no_units(void **state)
{
    (void)state;
    struct rules rules = rules_of("");
    struct arena arena;
    struct ranking ranking;
    struct err err = {0};
    arena_init(&arena, ARENA_MAX_BYTES);
    assert_int_equal(ranking_build(&rules, NULL, 0, &arena, &ranking, &err), OK);
    assert_int_equal(ranking.row_count, 1);
    assert_int_equal(ranking.rows[0].orders, 0);
    assert_true(isnan(ranking.rows[0].on_time_rate));
    arena_deinit(&arena);
}

/* Some counts that repeat often enough to tie. */
static struct ranked_unit_input random_unit(uint64_t *seed, char *code)
{
    static const char *const classes[] = {"甲", "乙", "丙"};
    *seed = *seed * 6364136223846793005U + 1442695040888963407U;
    unsigned random = (unsigned)(*seed >> 33);
    struct unit_case c = {.code = code,
                          .class_name = classes[random % 3],
                          .class_position = (int)(random % 3),
                          .on_time = random / 3 % 30,
                          .late = random / 90 % 4};
    return input_of(&c);
}

static void ranking_build__does_not_depend_on_the_order_of_units(void **state)
{
    (void)state;
    enum { UNITS = 60 };
    struct rules rules = rules_of("[on_time]\nmin_orders = 5\n");
    struct ranked_unit_input units[UNITS];
    char codes[UNITS][16];
    uint64_t seed = 12345;
    struct arena arena;
    struct ranking first;
    struct ranking second;
    struct err err = {0};
    arena_init(&arena, ARENA_MAX_BYTES);
    for (int i = 0; i < UNITS; i++) {
        (void)snprintf(codes[i], sizeof codes[i], "u%02d", i);
        units[i] = random_unit(&seed, codes[i]);
    }
    assert_int_equal(ranking_build(&rules, units, UNITS, &arena, &first, &err), OK);
    for (size_t i = UNITS - 1; i > 0; i--) {
        seed = seed * 6364136223846793005U + 1442695040888963407U;
        size_t j = (size_t)(seed >> 33) % (i + 1);
        struct ranked_unit_input unit = units[i];
        units[i] = units[j];
        units[j] = unit;
    }
    assert_int_equal(ranking_build(&rules, units, UNITS, &arena, &second, &err), OK);
    assert_int_equal(first.row_count, second.row_count);
    for (size_t i = 0; i < first.row_count; i++) {
        assert_true(bytes_equal(first.rows[i].unit_code, second.rows[i].unit_code));
        assert_int_equal(first.rows[i].rank, second.rows[i].rank);
        assert_int_equal(first.rows[i].rank_high, second.rows[i].rank_high);
        assert_int_equal(first.rows[i].on_time, second.rows[i].on_time);
    }
    arena_deinit(&arena);
}

static void tally_merge__of_parts_equals_the_whole(void **state)
{
    (void)state;
    static const enum judgement all[] = {
#define X(name, number) name,
        JUDGEMENTS(X)
#undef X
    };
    enum { COUNT = sizeof all / sizeof all[0] };
    struct tally whole = {0};
    struct tally parts[3] = {{{0}, 0}, {{0}, 0}, {{0}, 0}};
    struct tally merged = {0};
    for (int i = 0; i < 1000; i++) {
        struct verdict verdict = {.judgement = all[i * 7 % COUNT],
                                  .extension = i % 5 == 0 ? EXTENSION_COUNTS : EXTENSION_ABSENT};
        tally_add(&whole, &verdict);
        tally_add(&parts[i % 3], &verdict);
    }
    for (int i = 0; i < 3; i++)
        tally_merge(&merged, &parts[i]);
    assert_memory_equal(&merged, &whole, sizeof whole);
    assert_true(tally_orders(&whole) > tally_excluded(&whole) + tally_base(&whole));
    assert_true(tally_base(&whole) > tally_on_time(&whole) && tally_on_time(&whole) > 0);
    assert_true(whole.extended > 0 && whole.extended < tally_base(&whole));
}

static void ranking_note_word__is_the_word_of_the_contract(void **state)
{
    (void)state;
    assert_string_equal(ranking_note_word(NOTE_NONE), "");
    assert_string_equal(ranking_note_word(NOTE_FEW), "few");
    assert_string_equal(ranking_note_word(NOTE_TOO_FEW), "too_few");
    assert_string_equal(ranking_note_word(NOTE_NO_ORDERS), "no_orders");
    assert_string_equal(ranking_note_word(NOTE_NONE_DUE), "none_due");
    assert_string_equal(ranking_note_word(NOTE_LOW_RESPONSE), "low_response");
}

static int build_once(void *context, struct err *err)
{
    static const struct unit_case c = {.code = "a", .class_name = "县", .on_time = 30};
    (void)context;
    struct ranked_unit_input inputs[40];
    struct rules rules = rules_of("");
    struct arena arena;
    struct ranking ranking;
    arena_init(&arena, ARENA_MAX_BYTES);
    for (size_t i = 0; i < 40; i++)
        inputs[i] = input_of(&c);
    int rc = ranking_build(&rules, inputs, 40, &arena, &ranking, err);
    arena_deinit(&arena);
    return rc;
}

static void ranking_build__survives_failing_memory(void **state)
{
    (void)state;
    fault_loop(build_once, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ranking_build__shares_ranks_and_bands_within_classes),
        cmocka_unit_test(ranking_build__ranks_over_all_and_prints_by_class),
        cmocka_unit_test(ranking_build__compares_counts_exactly),
        cmocka_unit_test(ranking_build__never_ranks_an_empty_base),
        cmocka_unit_test(ranking_build__sums_classes_and_all),
        cmocka_unit_test(ranking_build__makes_one_row_of_no_units),
        cmocka_unit_test(ranking_build__does_not_depend_on_the_order_of_units),
        cmocka_unit_test(tally_merge__of_parts_equals_the_whole),
        cmocka_unit_test(ranking_note_word__is_the_word_of_the_contract),
        cmocka_unit_test(ranking_build__survives_failing_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
