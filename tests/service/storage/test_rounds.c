#include "service/storage/rounds.h"

#include "base/buf.h"
#include "tests/service/storage/fixture.h"
#include "tests/support/fault.h"

static int put(struct store *store, const char *name, const char *kind, int64_t from, int64_t to,
               int64_t *out_id, struct err *err)
{
    struct round_row row = {
        .name = bytes_from_z(name),
        .kind = bytes_from_z(kind),
        .rules = BYTES_LIT("[on_time]\n"),
        .state = BYTES_LIT("draft"),
        .from_day = from,
        .to_day = to,
    };
    int rc = round_put_new(store, &row, err);
    if (rc == OK)
        *out_id = row.id;
    return rc;
}

static int64_t must_put(struct store *store, const char *name, const char *kind, int64_t from,
                        int64_t to)
{
    struct err err = {.code = OK};
    int64_t id = 0;
    MUST(put(store, name, kind, from, to, &id, &err));
    return id;
}

static void close_round(struct store *store, int64_t id)
{
    struct err err = {.code = OK};
    MUST(round_put_state(store, id, BYTES_LIT("closed"), 1717200000, &err));
}

static struct store *begin(void **state)
{
    struct fixture *fixture = *state;
    struct err err = {.code = OK};
    MUST(store_begin(fixture->store, &err));
    return fixture->store;
}

static void round_put__keeps_rounds_and_states(void **state)
{
    struct store *store = begin(state);
    struct err err = {.code = OK};
    struct round_row row;
    int64_t id = must_put(store, "2024-05", "monthly", 100, 130);
    int64_t other = 0;
    assert_int_equal(put(store, "2024-05", "other", 1, 2, &other, &err), ERR_EXISTS);
    assert_int_equal(put(store, "x", "weekly", 1, 2, &other, &err), ERR_REFUSED);
    assert_int_equal(put(store, "x", "other", 2, 1, &other, &err), ERR_REFUSED);
    MUST(round_get(store, BYTES_LIT("2024-05"), &row, &err));
    assert_true(row.id == id && row.from_day == 100 && row.to_day == 130 && row.as_of_utc == 0);
    close_round(store, id);
    MUST(round_get(store, BYTES_LIT("2024-05"), &row, &err));
    assert_true(bytes_equal(row.state, BYTES_LIT("closed")) && row.as_of_utc == 1717200000);
    assert_true(bytes_equal(row.rules, BYTES_LIT("[on_time]\n")));
    assert_int_equal(round_get(store, BYTES_LIT("none"), &row, &err), ERR_NOT_FOUND);
    assert_int_equal(round_put_state(store, 99, BYTES_LIT("closed"), 0, &err), ERR_NOT_FOUND);
}

static int on_round(void *context, const struct round_row *row, struct err *err)
{
    struct buf *names = context;
    buf_append(names, row->name);
    buf_append_byte(names, row->is_accumulated ? '+' : ' ');
    return row->id == 0 ? err_set(err, ERR_FORMAT, "no id") : OK;
}

static void round_parts_each__comes_by_time(void **state)
{
    struct store *store = begin(state);
    struct err err = {.code = OK};
    struct buf names;
    struct round_row sum = {.name = BYTES_LIT("2024Q2"),
                            .kind = BYTES_LIT("quarterly"),
                            .rules = BYTES_LIT("x"),
                            .state = BYTES_LIT("draft"),
                            .from_day = 1,
                            .to_day = 90,
                            .is_accumulated = true};
    MUST(round_put_new(store, &sum, &err));
    int64_t june = must_put(store, "2024-06", "monthly", 61, 90);
    int64_t may = must_put(store, "2024-05", "monthly", 31, 60);
    int64_t april = must_put(store, "2024-04", "monthly", 1, 30);
    (void)april;
    MUST(round_part_put(store, sum.id, june, &err));
    MUST(round_part_put(store, sum.id, may, &err));
    assert_int_equal(round_part_put(store, sum.id, may, &err), ERR_EXISTS);
    assert_int_equal(round_part_put(store, sum.id, sum.id, &err), ERR_REFUSED);
    assert_int_equal(round_part_put(store, sum.id, 99, &err), ERR_REFUSED);

    buf_init(&names, 256);
    MUST(round_parts_each(store, sum.id, on_round, &names, &err));
    buf_append_byte(&names, '|');
    MUST(round_parts_each(store, may, on_round, &names, &err));
    buf_append_byte(&names, '|');
    MUST(round_sums_each(store, may, on_round, &names, &err));
    buf_append_byte(&names, '|');
    MUST(round_sums_each(store, april, on_round, &names, &err));
    buf_append_byte(&names, '|');
    MUST(rounds_each(store, on_round, &names, &err));
    assert_true(
        bytes_equal(buf_bytes(&names),
                    BYTES_LIT("2024-05 2024-06 ||2024Q2+||2024-04 2024Q2+2024-05 2024-06 ")));
    buf_deinit(&names);
    struct round_row row;
    MUST(round_get(store, BYTES_LIT("2024Q2"), &row, &err));
    assert_true(row.is_accumulated && bytes_equal(row.state, BYTES_LIT("draft")));
}

static void round_is_frozen__from_frozen_on(void **state)
{
    static const struct {
        const char *state;
        bool is_frozen, is_closed;
    } cases[] = {
        {"draft", false, false},  {"frozen", true, false}, {"drawn", true, false},
        {"calling", true, false}, {"closed", true, true},  {"scored", true, true},
    };
    struct store *store = begin(state);
    int64_t id = must_put(store, "2024-05", "monthly", 100, 130);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct err err = {.code = OK};
        struct round_row row;
        MUST(round_put_state(store, id, bytes_from_z(cases[i].state), 0, &err));
        MUST(round_get(store, BYTES_LIT("2024-05"), &row, &err));
        if (round_is_frozen(&row) != cases[i].is_frozen ||
            round_is_closed(&row) != cases[i].is_closed)
            fail_msg("%s", cases[i].state);
    }
}

static void round_get_previous__is_the_last_of_its_kind(void **state)
{
    static const struct {
        const char *name;
        const char *kind;
        int64_t from_day;
        const char *previous; /* NULL: none */
    } cases[] = {
        {"the month before", "monthly", 131, "may"},
        {"one that still runs does not count", "monthly", 130, "april"},
        {"nothing before the first", "monthly", 70, NULL},
        {"of two that end together, the later begun", "quarterly", 200, "q-late"},
        {"another kind", "yearend", 500, NULL},
    };
    struct store *store = begin(state);
    must_put(store, "april", "monthly", 70, 99);
    must_put(store, "may", "monthly", 100, 130);
    must_put(store, "q-late", "quarterly", 80, 160);
    must_put(store, "q-early", "quarterly", 70, 160);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct err err = {.code = OK};
        struct round_row row = {.name = BYTES_NONE};
        int rc =
            round_get_previous(store, bytes_from_z(cases[i].kind), cases[i].from_day, &row, &err);
        if (rc != (cases[i].previous == NULL ? ERR_NOT_FOUND : OK) ||
            !bytes_equal(row.name, bytes_from_z(cases[i].previous)))
            fail_msg("%s: got %d \"" BYTES_FMT "\"", cases[i].name, rc, BYTES_ARG(row.name));
    }
}

static int on_step(void *context, struct bytes step, int64_t at_utc, struct bytes who,
                   struct bytes why, struct err *err)
{
    int *count = context;
    (void)err;
    assert_true(bytes_equal(step, *count == 0 ? BYTES_LIT("create") : BYTES_LIT("close")));
    assert_int_equal(at_utc, 20 - *count);
    assert_true(bytes_equal(who, BYTES_LIT("office")));
    assert_int_equal(why.len, *count == 0 ? 0 : 4);
    ++*count;
    return OK;
}

static void round_steps_each__keeps_their_order(void **state)
{
    struct store *store = begin(state);
    struct err err = {.code = OK};
    int count = 0;
    int64_t id = must_put(store, "r", "other", 1, 2);
    MUST(round_step_put(store, id, BYTES_LIT("create"), 20, BYTES_LIT("office"), BYTES_NONE, &err));
    MUST(round_step_put(store, id, BYTES_LIT("close"), 19, BYTES_LIT("office"), BYTES_LIT("done"),
                        &err));
    MUST(round_steps_each(store, id, on_step, &count, &err));
    assert_int_equal(count, 2);
}

static int put_fact(struct store *store, int64_t round_id, int64_t handling_id, int judgement,
                    struct err *err)
{
    struct fact_row row = {
        .handling_id = handling_id,
        .unit_name_id = 7,
        .merged_repeat = handling_id % 2 == 0,
        .fact = {.received = {1714521600, MOMENT_INSTANT},
                 .due = {1715126400, MOMENT_DAY},
                 .extension_count = EXTENSION_COUNT_NONE,
                 .marks = FACT_URGENT,
                 .kind = ORDER_KIND_HELP},
    };
    return round_fact_put(store, round_id, &row, judgement, err);
}

static int on_fact(void *context, const struct fact_row *row, struct err *err)
{
    int64_t *last = context;
    (void)err;
    assert_true(row->handling_id > *last);
    *last = row->handling_id;
    assert_int_equal(row->merged_repeat, row->handling_id % 2 == 0);
    assert_int_equal(row->unit_name_id, 7);
    assert_int_equal(row->fact.received.seconds, 1714521600);
    assert_int_equal(row->fact.due.kind, MOMENT_DAY);
    assert_int_equal(row->fact.closed.kind, MOMENT_NONE);
    assert_int_equal(row->fact.extension_count, EXTENSION_COUNT_NONE);
    assert_int_equal(row->fact.marks, FACT_URGENT);
    assert_int_equal(row->fact.kind, ORDER_KIND_HELP);
    return OK;
}

static void round_facts_each__gives_back_what_was_frozen(void **state)
{
    struct store *store = begin(state);
    struct err err = {.code = OK};
    int64_t last = 0;
    int64_t id = must_put(store, "r", "other", 1, 2);
    MUST(put_fact(store, id, 65, 40, &err));
    MUST(put_fact(store, id, 64, 41, &err));
    assert_int_equal(put_fact(store, id, 64, 41, &err), ERR_EXISTS);
    MUST(round_facts_each(store, id, 0, INT64_MAX, on_fact, &last, &err));
    assert_int_equal(last, 65);
}

static int count_fact(void *context, const struct fact_row *row, struct err *err)
{
    (void)err;
    *(int64_t *)context = *(int64_t *)context * 1000 + row->handling_id;
    return OK;
}

static void round_facts_each__keeps_to_its_range(void **state)
{
    struct store *store = begin(state);
    struct err err = {.code = OK};
    int64_t met = 0;
    int64_t id = must_put(store, "r", "other", 1, 2);
    for (int64_t handling = 64; handling <= 69; handling++)
        MUST(put_fact(store, id, handling, 40, &err));
    MUST(round_facts_each(store, id, 65, 68, count_fact, &met, &err));
    assert_int_equal(met, 65066067);
}

static void round_fact_get__gives_the_judgement(void **state)
{
    struct store *store = begin(state);
    struct err err = {.code = OK};
    struct fact_row fact;
    int judgement = 0;
    int64_t before = 63;
    int64_t id = must_put(store, "r", "other", 1, 2);
    MUST(put_fact(store, id, 64, 41, &err));
    MUST(put_fact(store, id, 65, 42, &err));
    MUST(round_fact_get(store, id, 65, &fact, &judgement, &err));
    assert_int_equal(fact.handling_id, 65);
    assert_int_equal(judgement, 42);
    MUST(on_fact(&before, &fact, &err));
    assert_int_equal(round_fact_get(store, id, 66, &fact, &judgement, &err), ERR_NOT_FOUND);
    assert_int_equal(round_fact_get(store, id + 1, 65, &fact, &judgement, &err), ERR_NOT_FOUND);
}

/* Round 1 closed, 2 scored, 3 closed of another kind, 4 a draft; judgements spread over all of them. */
static void fill_judged(struct store *store, int64_t out_rounds[4])
{
    struct err err = {.code = OK};
    out_rounds[0] = must_put(store, "1", "monthly", 1, 2);
    out_rounds[1] = must_put(store, "2", "monthly", 3, 4);
    out_rounds[2] = must_put(store, "3", "yearend", 1, 9);
    out_rounds[3] = must_put(store, "4", "monthly", 5, 6);
    for (int64_t handling = 1; handling <= 120; handling++)
        for (int64_t i = 0; i < 4; i++)
            if ((handling + i) % (i + 3) == 0)
                MUST(put_fact(store, out_rounds[i], handling, 38 + (int)((handling * 7 + i) % 10),
                              &err));
    for (int i = 0; i < 3; i++)
        close_round(store, out_rounds[i]);
    MUST(round_put_state(store, out_rounds[1], BYTES_LIT("scored"), 1717200000, &err));
}

static bool expect_judged(int64_t handling, int but, int low, int high)
{
    for (int i = 0; i < 2; i++) {
        int judgement = 38 + (int)((handling * 7 + i) % 10);
        if (i != but && (handling + i) % (i + 3) == 0 && judgement >= low && judgement <= high)
            return true;
    }
    return false;
}

static void judged_next__agrees_with_judged_get(void **state)
{
    static const struct {
        int but; /* the round that asks */
        int low, high;
    } cases[] = {{3, 40, 46}, {0, 40, 46}, {1, 40, 40}, {3, 0, 99}, {3, 90, 99}};
    struct store *store = begin(state);
    int64_t rounds[4];
    fill_judged(store, rounds);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct err err = {.code = OK};
        struct judged_cursor *cursor = NULL;
        int64_t asking = rounds[cases[i].but];
        int64_t next = 0;
        MUST(judged_open(store, BYTES_LIT("monthly"), asking, cases[i].low, cases[i].high, &cursor,
                         &err));
        MUST(judged_next(cursor, &next, &err));
        for (int64_t handling = 1; handling <= 121; handling++) {
            bool found = false;
            MUST(judged_get(store, BYTES_LIT("monthly"), asking, handling, cases[i].low,
                            cases[i].high, &found, &err));
            assert_int_equal(found, handling <= 120 && expect_judged(handling, cases[i].but,
                                                                     cases[i].low, cases[i].high));
            assert_int_equal(found, next == handling);
            if (found)
                MUST(judged_next(cursor, &next, &err));
        }
        assert_int_equal(next, 0);
        MUST(judged_next(cursor, &next, &err));
        assert_int_equal(next, 0);
        judged_close(cursor);
    }
}

static int on_unit(void *context, const struct round_unit_row *row, struct err *err)
{
    int *count = context;
    (void)err;
    assert_int_equal(row->class_position, ++*count);
    assert_true(bytes_equal(row->code, *count == 1 ? BYTES_LIT("Z") : BYTES_LIT("A")));
    return OK;
}

static int on_unit_name(void *context, int64_t unit_name_id, struct bytes code, struct err *err)
{
    (void)err;
    assert_true(bytes_equal(code, BYTES_LIT("Z")));
    *(int64_t *)context = unit_name_id;
    return OK;
}

static void round_units_each__gives_the_frozen_register(void **state)
{
    struct store *store = begin(state);
    struct err err = {.code = OK};
    int64_t id = must_put(store, "r", "other", 1, 2);
    struct round_unit_row first = {BYTES_LIT("Z"), BYTES_LIT("甲县"), BYTES_LIT("县"), 1};
    struct round_unit_row second = {BYTES_LIT("A"), BYTES_LIT("乙局"), BYTES_LIT("局"), 2};
    int count = 0;
    int64_t name_id = 0;
    MUST(round_unit_put(store, id, &second, &err));
    MUST(round_unit_put(store, id, &first, &err));
    MUST(round_unit_name_put(store, id, 5, first.code, &err));
    MUST(round_units_each(store, id, on_unit, &count, &err));
    MUST(round_unit_names_each(store, id, on_unit_name, &name_id, &err));
    assert_int_equal(count, 2);
    assert_int_equal(name_id, 5);
}

static void round_facts_drop__leaves_other_rounds(void **state)
{
    struct store *store = begin(state);
    struct err err = {.code = OK};
    struct round_unit_row unit = {BYTES_LIT("Z"), BYTES_LIT("甲县"), BYTES_LIT("县"), 1};
    int64_t ids[2] = {must_put(store, "r", "other", 1, 2), must_put(store, "s", "other", 1, 2)};
    int64_t facts = 0, name_id = 0;
    int units = 0;
    struct bytes csv = BYTES_NONE;
    MUST(calendar_layer_put(store, BYTES_LIT("typhoon"), BYTES_LIT("old"), 1, &err));
    for (int i = 0; i < 2; i++) {
        MUST(round_layer_put(store, ids[i], BYTES_LIT("typhoon"), &err));
        MUST(put_fact(store, ids[i], 64, 41, &err));
        MUST(round_unit_put(store, ids[i], &unit, &err));
        MUST(round_unit_name_put(store, ids[i], 5, unit.code, &err));
    }
    MUST(round_facts_drop(store, ids[0], &err));
    MUST(round_facts_each(store, ids[0], 0, INT64_MAX, count_fact, &facts, &err));
    MUST(round_units_each(store, ids[0], on_unit, &units, &err));
    MUST(round_unit_names_each(store, ids[0], on_unit_name, &name_id, &err));
    assert_true(facts == 0 && units == 0 && name_id == 0);
    MUST(round_facts_each(store, ids[1], 0, INT64_MAX, count_fact, &facts, &err));
    MUST(round_units_each(store, ids[1], on_unit, &units, &err));
    MUST(round_unit_names_each(store, ids[1], on_unit_name, &name_id, &err));
    assert_true(facts == 64 && units == 1 && name_id == 5);
    assert_int_equal(round_layer_get(store, ids[0], BYTES_LIT("typhoon"), &csv, &err),
                     ERR_NOT_FOUND);
    MUST(round_layer_get(store, ids[1], BYTES_LIT("typhoon"), &csv, &err));
    assert_true(bytes_equal(csv, BYTES_LIT("old")));
}

static void round_layer_put__keeps_the_layer_as_it_was(void **state)
{
    struct store *store = begin(state);
    struct err err = {.code = OK};
    struct bytes csv = BYTES_NONE;
    int64_t id = must_put(store, "r", "other", 1, 2);
    MUST(calendar_layer_put(store, BYTES_LIT("typhoon"), BYTES_LIT("old"), 1, &err));
    MUST(round_layer_put(store, id, BYTES_LIT("typhoon"), &err));
    MUST(round_layer_put(store, id, BYTES_LIT("national"), &err));
    MUST(calendar_layer_put(store, BYTES_LIT("typhoon"), BYTES_LIT("new"), 2, &err));
    MUST(round_layer_put(store, id, BYTES_LIT("typhoon"), &err));
    MUST(round_layer_get(store, id, BYTES_LIT("typhoon"), &csv, &err));
    assert_true(bytes_equal(csv, BYTES_LIT("old")));
    assert_int_equal(round_layer_get(store, id, BYTES_LIT("national"), &csv, &err), ERR_NOT_FOUND);
}

static void round_score_get_last__gives_the_newest_issue(void **state)
{
    struct store *store = begin(state);
    struct err err = {.code = OK};
    struct round_score_row row;
    int64_t id = must_put(store, "r", "other", 1, 2);
    assert_int_equal(round_score_get_last(store, id, &row, &err), ERR_NOT_FOUND);
    for (int64_t issue = 1; issue <= 2; issue++) {
        row = (struct round_score_row){.issue = issue,
                                       .scored_utc = 1717400000 + issue,
                                       .who = BYTES_LIT("评议办"),
                                       .program_version = BYTES_LIT("0.4"),
                                       .csv = issue == 1 ? BYTES_LIT("a\n") : BYTES_LIT("b\n")};
        MUST(round_score_put_new(store, id, &row, &err));
        assert_int_equal(round_score_put_new(store, id, &row, &err), ERR_EXISTS);
    }
    MUST(round_score_get_last(store, id, &row, &err));
    assert_true(row.issue == 2 && row.scored_utc == 1717400002);
    assert_true(bytes_equal(row.who, BYTES_LIT("评议办")));
    assert_true(bytes_equal(row.program_version, BYTES_LIT("0.4")));
    assert_true(bytes_equal(row.csv, BYTES_LIT("b\n")));
    row.issue = 0;
    assert_int_equal(round_score_put_new(store, id, &row, &err), ERR_REFUSED);
}

static void calendar_layer_put__replaces(void **state)
{
    struct store *store = begin(state);
    struct err err = {.code = OK};
    struct bytes csv;
    assert_int_equal(calendar_layer_get(store, BYTES_LIT("typhoon"), &csv, &err), ERR_NOT_FOUND);
    MUST(calendar_layer_put(store, BYTES_LIT("typhoon"), BYTES_LIT("old"), 1, &err));
    MUST(calendar_layer_put(store, BYTES_LIT("typhoon"), BYTES_LIT("new"), 2, &err));
    MUST(calendar_layer_get(store, BYTES_LIT("typhoon"), &csv, &err));
    assert_true(bytes_equal(csv, BYTES_LIT("new")));
}

static int put_and_judge(void *context, struct err *err)
{
    struct fixture *fixture = context;
    struct judged_cursor *cursor = NULL;
    int64_t id = 0, next = 0;
    int rc = store_begin(fixture->store, err);
    if (rc == OK)
        rc = put(fixture->store, "r", "monthly", 1, 2, &id, err);
    if (rc == OK)
        rc = put_fact(fixture->store, id, 64, 40, err);
    if (rc == OK)
        rc = round_put_state(fixture->store, id, BYTES_LIT("closed"), 1, err);
    if (rc == OK)
        rc = judged_open(fixture->store, BYTES_LIT("monthly"), 0, 40, 40, &cursor, err);
    if (rc == OK)
        rc = judged_next(cursor, &next, err);
    if (rc == OK)
        assert_int_equal(next, 64);
    judged_close(cursor);
    store_rollback(fixture->store);
    return rc;
}

static void round_put__survives_lack_of_memory(void **state)
{
    fixture_reopen(*state, STORE_READWRITE);
    fault_loop(put_and_judge, *state);
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
        TEST(round_put__keeps_rounds_and_states),
        TEST(round_parts_each__comes_by_time),
        TEST(round_is_frozen__from_frozen_on),
        TEST(round_get_previous__is_the_last_of_its_kind),
        TEST(round_steps_each__keeps_their_order),
        TEST(round_facts_each__gives_back_what_was_frozen),
        TEST(round_facts_each__keeps_to_its_range),
        TEST(round_fact_get__gives_the_judgement),
        TEST(judged_next__agrees_with_judged_get),
        TEST(round_units_each__gives_the_frozen_register),
        TEST(round_facts_drop__leaves_other_rounds),
        TEST(round_layer_put__keeps_the_layer_as_it_was),
        TEST(round_score_get_last__gives_the_newest_issue),
        TEST(calendar_layer_put__replaces),
        TEST(round_put__survives_lack_of_memory),
    };
    storage_use_allocator();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
