#include "scoring/selection.h"

#include "base/alloc.h"
#include "tests/scoring/digest_fixture.h"
#include "tests/support/chance.h"
#include "tests/support/fault.h"
#include "tests/support/table_file.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { MAX_UNITS = 4, MAX_ORDERS = 300, RANDOM_DRAWS = 150, NUMBER_BYTES = 32 };

static size_t random_index(uint64_t *state, size_t end)
{
    return (size_t)(random_next(state) % end);
}

/* One order of a frame. */
struct order {
    char number[NUMBER_BYTES];
    size_t unit;
    unsigned char ticket[DIGEST_BYTES];
};

static void fill_frame(uint64_t *random, struct order *orders, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        (void)snprintf(orders[i].number, sizeof orders[i].number, "%zu%.*s", i,
                       (int)random_index(random, 6), "-2024");
        orders[i].unit = random_index(random, MAX_UNITS);
    }
}

static void shuffle(uint64_t *random, struct order *orders, size_t count)
{
    for (size_t i = count; i > 1; i--) {
        size_t other = random_index(random, i);
        struct order held = orders[i - 1];
        orders[i - 1] = orders[other];
        orders[other] = held;
    }
}

/* Feed a part of the frame; the reference of an order is its index. */
static int feed_part(struct selection *selection, const struct order *orders, size_t from,
                     size_t end, struct err *err)
{
    int rc = OK;
    for (size_t i = from; i < end && rc == OK; i++)
        rc = selection_feed(selection, orders[i].unit, bytes_from_z(orders[i].number), (int64_t)i,
                            err);
    return rc;
}

/* Draw from the frame; what lies behind `middle` is fed to a second draw and merged. NULL and `err` when it fails. */
static struct selection *draw_merged(const struct digest_door *door, const char *seed,
                                     const struct selection_quota *quotas,
                                     const struct order *orders, size_t count, size_t middle,
                                     struct err *err)
{
    struct selection *selection = NULL;
    struct selection *second = NULL;
    int rc = selection_new(door, bytes_from_z(seed), quotas, MAX_UNITS, &selection, err);
    if (rc == OK)
        rc = feed_part(selection, orders, 0, middle, err);
    if (rc == OK && middle < count)
        rc = selection_new(door, bytes_from_z(seed), quotas, MAX_UNITS, &second, err);
    if (rc == OK && second != NULL)
        rc = feed_part(second, orders, middle, count, err);
    if (rc == OK && second != NULL)
        rc = selection_merge(selection, second, err);
    if (rc == OK)
        rc = selection_finish(selection, err);
    selection_free(second);
    if (rc == OK)
        return selection;
    selection_free(selection);
    return NULL;
}

static struct selection *draw(const struct digest_door *door, const char *seed,
                              const struct selection_quota *quotas, const struct order *orders,
                              size_t count, struct err *err)
{
    return draw_merged(door, seed, quotas, orders, count, count, err);
}

static int compare_orders(const void *a_ptr, const void *b_ptr)
{
    const struct order *a = a_ptr;
    const struct order *b = b_ptr;
    if (a->unit != b->unit)
        return a->unit < b->unit ? -1 : 1;
    int order = memcmp(a->ticket, b->ticket, DIGEST_BYTES);
    return order != 0 ? order : strcmp(a->number, b->number);
}

/* ---- tickets ---- */

static void plain_sha256__equals_the_published_vectors(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int times;
        const char *digest;
    } cases[] = {
        {"", 1, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
        {"abc", 1, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
        {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 1,
         "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
        {"abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmn"
         "hijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
         1, "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"},
        {"aaaaaaaaaa", 100000, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct plain_sha256 sha256;
        unsigned char digest[DIGEST_BYTES];
        char hex[DIGEST_HEX_BYTES];
        plain_sha256_init(&sha256);
        for (int n = 0; n < cases[i].times; n++)
            plain_sha256_feed(&sha256, bytes_from_z(cases[i].text));
        plain_sha256_finish(&sha256, digest);
        digest_hex(digest, hex);
        assert_string_equal(hex, cases[i].digest);
    }
}

static void ticket_compute__equals_rivests(void **state)
{
    (void)state;
    struct digest_fixture fixture;
    struct digest_door door = door_of(&fixture);
    unsigned char ticket[DIGEST_BYTES];
    char hex[DIGEST_HEX_BYTES];
    struct err err = {0};
    assert_int_equal(tickets_begin(&door, BYTES_LIT("01382438112797316654"), &err), OK);
    assert_int_equal(ticket_compute(&door, BYTES_LIT("AB-130"), ticket, &err), OK);
    digest_hex(ticket, hex);
    assert_string_equal(hex, "654b3e71876e34e6e350128e0e20df65f0e285727c12837a8c7fdd28ff907b5e");
}

static void ticket_compute__refuses_texts_that_are_not_clean(void **state)
{
    (void)state;
    static const struct bytes refused[] = {
        {NULL, 0}, {" 1", 2},    {"1 ", 2},   {"1\t2", 3},     {"1\n", 2},
        {"\0", 1}, {"1\x7f", 2}, {"\xff", 1}, {"\xe5\x8d", 2}, {"\xc0\x80", 2},
    };
    struct digest_fixture fixture;
    struct digest_door door = door_of(&fixture);
    char longest[FRAME_TEXT_MAX_BYTES + 1];
    unsigned char ticket[DIGEST_BYTES] = {42};
    struct err err = {0};
    assert_int_equal(tickets_begin(&door, BYTES_NONE, &err), OK);
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        assert_int_equal(ticket_compute(&door, refused[i], ticket, &err), ERR_FORMAT);
        assert_int_equal(ticket[0], 42);
    }
    memset(longest, '7', sizeof longest);
    assert_int_equal(ticket_compute(&door, (struct bytes){longest, sizeof longest}, ticket, &err),
                     ERR_LIMIT);
    assert_int_equal(
        ticket_compute(&door, (struct bytes){longest, sizeof longest - 1}, ticket, &err), OK);
    assert_int_equal(ticket_compute(&door, BYTES_LIT("工单 2024〔7〕号"), ticket, &err), OK);
}

static void selection__equals_the_golden_table(void **state)
{
    (void)state;
    static const struct selection_quota all[MAX_UNITS] = {
        {2, INT64_MAX}, {2, INT64_MAX}, {2, INT64_MAX}, {2, INT64_MAX}};
    struct table_file table = table_file_read("tests/data/golden/selection.csv");
    for (size_t first = 0, end; first < table.row_count; first = end) {
        struct bytes seed = table_file_text(&table, first, "seed");
        struct digest_fixture fixture;
        struct digest_door door = door_of(&fixture);
        struct selection *selection = NULL;
        size_t seen = 0;
        struct err err = {0};
        assert_int_equal(selection_new(&door, seed, all, MAX_UNITS, &selection, &err), OK);
        for (end = first;
             end < table.row_count && bytes_equal(table_file_text(&table, end, "seed"), seed);
             end++) {
            size_t unit = (size_t)(table_file_text(&table, end, "unit").ptr[1] - '1');
            assert_int_equal(selection_feed(selection, unit,
                                            table_file_text(&table, end, "order_id"), (int64_t)end,
                                            &err),
                             OK);
        }
        assert_int_equal(selection_finish(selection, &err), OK);
        for (size_t unit = 0; unit < MAX_UNITS; unit++) {
            for (size_t i = 0; i < selection_count(selection, unit); i++, seen++) {
                struct selected selected = selection_at(selection, unit, i);
                size_t row = (size_t)selected.reference;
                char hex[DIGEST_HEX_BYTES];
                digest_hex(selected.ticket, hex);
                assert_true(table_file_is(&table, row, "ticket", hex));
                assert_int_equal(selected.position, table_file_count(&table, row, "position"));
                assert_true(
                    bytes_equal(selected.order_no, table_file_text(&table, row, "order_id")));
                assert_int_equal(selected.part, i < 2 ? PART_SAMPLE : PART_RESERVE);
            }
        }
        assert_int_equal(seen, end - first);
        selection_free(selection);
    }
    table_file_free(&table);
}

/* ---- sample and reserve ---- */

/* What is kept of each unit is the front of the unit's whole frame, sorted. */
static void check_against_sort(const struct selection *selection, const struct digest_door *door,
                               const struct selection_quota *quotas, const struct order *orders,
                               size_t count)
{
    struct order sorted[MAX_ORDERS];
    struct err err = {0};
    memcpy(sorted, orders, count * sizeof *orders);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(
            ticket_compute(door, bytes_from_z(sorted[i].number), sorted[i].ticket, &err), OK);
    qsort(sorted, count, sizeof *sorted, compare_orders);
    for (size_t unit = 0, from = 0; unit < MAX_UNITS; unit++) {
        size_t frame = 0;
        while (from + frame < count && sorted[from + frame].unit == unit)
            frame++;
        int64_t quota = quotas[unit].sample + quotas[unit].reserve;
        size_t kept = (int64_t)frame < quota ? frame : (size_t)quota;
        assert_int_equal(selection_frame(selection, unit), frame);
        assert_int_equal(selection_count(selection, unit), kept);
        for (size_t i = 0; i < kept; i++) {
            struct selected selected = selection_at(selection, unit, i);
            assert_true(bytes_equal(selected.order_no, bytes_from_z(sorted[from + i].number)));
            assert_memory_equal(selected.ticket, sorted[from + i].ticket, DIGEST_BYTES);
            assert_string_equal(orders[selected.reference].number, sorted[from + i].number);
            assert_int_equal(selected.position, i + 1);
            assert_int_equal(selected.part,
                             (int64_t)i < quotas[unit].sample ? PART_SAMPLE : PART_RESERVE);
        }
        from += frame;
    }
}

/* A frame and quotas by chance, fed at once or in two parts that are merged. */
static void check_random_draws(uint64_t random, bool is_merged)
{
    for (int n = 0; n < RANDOM_DRAWS; n++) {
        struct order orders[MAX_ORDERS];
        struct selection_quota quotas[MAX_UNITS];
        struct digest_fixture fixture;
        struct digest_door door = door_of(&fixture);
        struct err err = {0};
        fixture.is_coarse = n % 3 == 0; /* then ties are many, and the numbers decide */
        size_t count = random_index(&random, MAX_ORDERS + 1);
        size_t middle = random_index(&random, count + 1);
        fill_frame(&random, orders, count);
        shuffle(&random, orders, count);
        for (size_t i = 0; i < MAX_UNITS; i++)
            quotas[i] = (struct selection_quota){(int64_t)random_index(&random, 40),
                                                 (int64_t)random_index(&random, 40)};
        struct selection *selection =
            is_merged ? draw_merged(&door, "seed", quotas, orders, count, middle, &err)
                      : draw(&door, "seed", quotas, orders, count, &err);
        assert_non_null(selection);
        check_against_sort(selection, &door, quotas, orders, count);
        selection_free(selection);
    }
}

static void selection__equals_a_full_sort(void **state)
{
    (void)state;
    check_random_draws(1, false);
}

static void selection_merge__equals_one_feeding(void **state)
{
    (void)state;
    check_random_draws(6, true);
}

static void selection_merge__finds_an_order_in_both_parts(void **state)
{
    (void)state;
    enum { ORDERS = 40 };
    static const struct selection_quota quotas[MAX_UNITS] = {{4, 2}, {4, 2}, {4, 2}, {4, 2}};
    uint64_t random = 7;
    for (int n = 0; n < RANDOM_DRAWS * 4; n++) {
        struct order orders[ORDERS + 1];
        struct digest_fixture fixture;
        struct digest_door door = door_of(&fixture);
        struct err err = {0};
        fixture.is_coarse = n % 4 == 0;
        fill_frame(&random, orders, ORDERS);
        struct selection *once = draw(&door, "seed", quotas, orders, ORDERS, &err);
        assert_non_null(once);
        size_t unit = random_index(&random, MAX_UNITS);
        size_t kept = selection_count(once, unit);
        assert_true(kept > 0);
        orders[ORDERS] = orders[selection_at(once, unit, random_index(&random, kept)).reference];
        selection_free(once);
        shuffle(&random, orders, ORDERS);
        size_t middle = 1 + random_index(&random, ORDERS);
        assert_null(draw_merged(&door, "seed", quotas, orders, ORDERS + 1, middle, &err));
        assert_int_equal(err.code, ERR_EXISTS);
    }
}

/* Whether both drew the same orders of a unit, as far as the shorter one goes. */
static void check_same_front(const struct selection *a, const struct selection *b, size_t unit,
                             size_t count)
{
    for (size_t i = 0; i < count; i++)
        assert_true(
            bytes_equal(selection_at(a, unit, i).order_no, selection_at(b, unit, i).order_no));
}

static void selection__depends_on_the_set_of_orders_alone(void **state)
{
    (void)state;
    static const struct selection_quota quotas[MAX_UNITS] = {{10, 5}, {7, 7}, {1, 0}, {60, 60}};
    uint64_t random = 2;
    for (int n = 0; n < RANDOM_DRAWS / 3; n++) {
        struct order orders[MAX_ORDERS];
        struct digest_fixture fixture;
        struct digest_door door = door_of(&fixture);
        struct err err = {0};
        fill_frame(&random, orders, MAX_ORDERS);
        struct selection *first = draw(&door, "a seed", quotas, orders, MAX_ORDERS, &err);
        shuffle(&random, orders, MAX_ORDERS);
        struct selection *second = draw(&door, "a seed", quotas, orders, MAX_ORDERS, &err);
        assert_non_null(first);
        assert_non_null(second);
        for (size_t unit = 0; unit < MAX_UNITS; unit++) {
            assert_int_equal(selection_count(first, unit), selection_count(second, unit));
            check_same_front(first, second, unit, selection_count(first, unit));
        }
        selection_free(first);
        selection_free(second);
    }
}

static void selection__tops_up_by_a_longer_front(void **state)
{
    (void)state;
    uint64_t random = 3;
    struct order orders[MAX_ORDERS];
    struct selection *shorter = NULL;
    struct digest_fixture fixture;
    struct digest_door door = door_of(&fixture);
    struct err err = {0};
    fill_frame(&random, orders, MAX_ORDERS);
    for (int64_t sample = 0; sample < 90; sample += 7) {
        const struct selection_quota quotas[MAX_UNITS] = {
            {sample, 3}, {sample / 2, 0}, {sample, sample}, {1, sample}};
        struct selection *longer = draw(&door, "s", quotas, orders, MAX_ORDERS, &err);
        assert_non_null(longer);
        for (size_t unit = 0; shorter != NULL && unit < MAX_UNITS; unit++) {
            assert_true(selection_count(longer, unit) >= selection_count(shorter, unit));
            check_same_front(shorter, longer, unit, selection_count(shorter, unit));
        }
        selection_free(shorter);
        shorter = longer;
    }
    selection_free(shorter);
}

static void selection__keeps_the_others_when_one_drops_out(void **state)
{
    (void)state;
    static const struct selection_quota quotas[MAX_UNITS] = {{20, 0}, {20, 0}, {20, 0}, {20, 0}};
    uint64_t random = 4;
    struct order orders[MAX_ORDERS];
    struct digest_fixture fixture;
    struct digest_door door = door_of(&fixture);
    struct err err = {0};
    fill_frame(&random, orders, MAX_ORDERS);
    struct selection *before = draw(&door, "s", quotas, orders, MAX_ORDERS, &err);
    assert_non_null(before);
    struct order gone = orders[selection_at(before, 1, 4).reference];
    struct order rest[MAX_ORDERS];
    size_t count = 0;
    for (size_t i = 0; i < MAX_ORDERS; i++) {
        if (strcmp(orders[i].number, gone.number) != 0)
            rest[count++] = orders[i];
    }
    struct selection *after = draw(&door, "s", quotas, rest, count, &err);
    assert_non_null(after);
    for (size_t i = 0; i + 1 < 20; i++)
        assert_true(bytes_equal(selection_at(after, 1, i).order_no,
                                selection_at(before, 1, i < 4 ? i : i + 1).order_no));
    check_same_front(before, after, 0, 20);
    selection_free(before);
    selection_free(after);
}

/* Over many seeds each order is drawn as often as any other, and each pair as often as any other pair. */
static void selection__is_a_simple_random_sample(void **state)
{
    (void)state;
    enum { ORDERS = 8, SAMPLE = 3, SEEDS = 8000 };
    static const struct selection_quota quotas[MAX_UNITS] = {{SAMPLE, 0}};
    struct order orders[ORDERS] = {{{0}, 0, {0}}};
    int pairs[ORDERS][ORDERS] = {{0}};
    struct digest_fixture fixture;
    struct digest_door door = door_of(&fixture);
    struct err err = {0};
    for (size_t i = 0; i < ORDERS; i++)
        (void)snprintf(orders[i].number, sizeof orders[i].number, "2024%zu", i);
    for (int n = 0; n < SEEDS; n++) {
        char seed[32];
        (void)snprintf(seed, sizeof seed, "2024-06|%d|B", n);
        struct selection *selection = draw(&door, seed, quotas, orders, ORDERS, &err);
        assert_non_null(selection);
        for (size_t i = 0; i < SAMPLE; i++) {
            for (size_t j = 0; j < SAMPLE; j++)
                pairs[selection_at(selection, 0, i).reference]
                     [selection_at(selection, 0, j).reference]++;
        }
        selection_free(selection);
    }
    for (size_t i = 0; i < ORDERS; i++) {
        for (size_t j = 0; j < ORDERS; j++) {
            double p = i == j ? 3.0 / 8 : 3.0 / 8 * 2 / 7;
            double z = (pairs[i][j] - SEEDS * p) / sqrt(SEEDS * p * (1 - p));
            assert_true(fabs(z) < 4);
        }
    }
}

static void selection_finish__finds_an_order_fed_twice(void **state)
{
    (void)state;
    static const struct selection_quota quotas[MAX_UNITS] = {{4, 2}, {4, 2}, {4, 2}, {4, 2}};
    enum { ORDERS = 40 };
    uint64_t random = 5;
    for (int n = 0; n < RANDOM_DRAWS * 4; n++) {
        struct order orders[ORDERS + 1];
        struct digest_fixture fixture;
        struct digest_door door = door_of(&fixture);
        struct err err = {0};
        bool is_kept = false;
        fixture.is_coarse = n % 4 == 0;
        fill_frame(&random, orders, ORDERS);
        orders[ORDERS] = orders[random_index(&random, ORDERS)];
        struct order twice = orders[ORDERS];
        struct selection *selection = draw(&door, "s", quotas, orders, ORDERS, &err);
        assert_non_null(selection);
        for (size_t i = 0; i < selection_count(selection, twice.unit); i++)
            is_kept |= bytes_equal(selection_at(selection, twice.unit, i).order_no,
                                   bytes_from_z(twice.number));
        selection_free(selection);

        shuffle(&random, orders, ORDERS + 1);
        selection = draw(&door, "s", quotas, orders, ORDERS + 1, &err);
        if (is_kept)
            assert_null(selection);
        if (selection == NULL)
            assert_int_equal(err.code, ERR_EXISTS);
        selection_free(selection);
    }
}

/* Once the quota is full, a frame as long as any asks for no more memory. */
static void selection_feed__keeps_no_more_than_the_quota(void **state)
{
    (void)state;
    static const struct selection_quota quotas[] = {{15, 15}, {0, 0}};
    struct digest_fixture fixture;
    struct digest_door door = door_of(&fixture);
    struct selection *selection = NULL;
    struct err err = {0};
    assert_int_equal(selection_new(&door, BYTES_LIT("s"), quotas, 2, &selection, &err), OK);
    for (int n = 0; n < 20000; n++) {
        char number[NUMBER_BYTES];
        if (n == 60)
            mem_fault_set(1, true);
        (void)snprintf(number, sizeof number, "2024%06d", n);
        assert_int_equal(selection_feed(selection, (size_t)n % 2, bytes_from_z(number), n, &err),
                         OK);
    }
    assert_false(mem_fault_met());
    mem_fault_set(0, false);
    assert_int_equal(selection_finish(selection, &err), OK);
    assert_int_equal(selection_frame(selection, 0), 10000);
    assert_int_equal(selection_frame(selection, 1), 10000);
    assert_int_equal(selection_count(selection, 0), 30);
    assert_int_equal(selection_count(selection, 1), 0);
    selection_free(selection);
}

/* ---- faults ---- */

static int draw_once(void *context, struct err *err)
{
    static const struct selection_quota quotas[] = {{20, 20}, {3, 0}};
    struct digest_door door = digest_fixture_door(context);
    struct selection *selection = NULL;
    int rc = selection_new(&door, BYTES_LIT("s"), quotas, 2, &selection, err);
    for (int n = 0; n < 90 && rc == OK; n++) {
        char number[NUMBER_BYTES];
        (void)snprintf(number, sizeof number, "%d", n * n); /* later ones are longer */
        rc = selection_feed(selection, (size_t)n % 2, bytes_from_z(number), n, err);
    }
    if (rc == OK)
        rc = selection_finish(selection, err);
    if (rc == OK)
        assert_int_equal(selection_count(selection, 0), 40);
    selection_free(selection);
    return rc;
}

static int merge_once(void *context, struct err *err)
{
    static const struct selection_quota quotas[MAX_UNITS] = {{10, 10}, {3, 0}, {0, 0}, {9, 99}};
    struct order orders[120];
    struct digest_door door = digest_fixture_door(context);
    uint64_t random = 8;
    fill_frame(&random, orders, 120);
    struct selection *selection = draw_merged(&door, "seed", quotas, orders, 120, 50, err);
    if (selection == NULL)
        return (int)err->code;
    selection_free(selection);
    return OK;
}

static void selection_merge__survives_failing_memory(void **state)
{
    (void)state;
    struct digest_fixture fixture = {0};
    fault_loop(merge_once, &fixture);
}

static void selection__survives_failing_memory(void **state)
{
    (void)state;
    struct digest_fixture fixture = {0};
    fault_loop(draw_once, &fixture);
}

static void selection__passes_on_what_the_door_says(void **state)
{
    (void)state;
    struct digest_fixture fixture = {0};
    struct err err = {0};
    assert_int_equal(draw_once(&fixture, &err), OK);
    int64_t calls = fixture.calls;
    assert_true(calls > 90);
    for (int64_t n = 1; n <= calls; n++) {
        fixture = (struct digest_fixture){.fails_at = n};
        err = (struct err){0};
        assert_int_equal(draw_once(&fixture, &err), ERR_IO);
        assert_int_equal(err.code, ERR_IO);
        assert_int_equal(fixture.calls, n);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_sha256__equals_the_published_vectors),
        cmocka_unit_test(ticket_compute__equals_rivests),
        cmocka_unit_test(ticket_compute__refuses_texts_that_are_not_clean),
        cmocka_unit_test(selection__equals_the_golden_table),
        cmocka_unit_test(selection__equals_a_full_sort),
        cmocka_unit_test(selection_merge__equals_one_feeding),
        cmocka_unit_test(selection_merge__finds_an_order_in_both_parts),
        cmocka_unit_test(selection_merge__survives_failing_memory),
        cmocka_unit_test(selection__depends_on_the_set_of_orders_alone),
        cmocka_unit_test(selection__tops_up_by_a_longer_front),
        cmocka_unit_test(selection__keeps_the_others_when_one_drops_out),
        cmocka_unit_test(selection__is_a_simple_random_sample),
        cmocka_unit_test(selection_finish__finds_an_order_fed_twice),
        cmocka_unit_test(selection_feed__keeps_no_more_than_the_quota),
        cmocka_unit_test(selection__survives_failing_memory),
        cmocka_unit_test(selection__passes_on_what_the_door_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
