#ifndef PINGYI_TESTS_SERVICE_FOLLOWUP_DRAW_FIXTURE_H
#define PINGYI_TESTS_SERVICE_FOLLOWUP_DRAW_FIXTURE_H

#include "service/followup/draw.h"

#include "tests/service/rounds/round_fixture.h"

#include <math.h>

/* Draws of a test's own, each a step of a round as commands take them. */

#define DRAW_RULES                                                                                 \
    "[basis]\ndocument = 测试1号\n[on_time]\nmin_orders = 1\n[allocation]\nmin_per_unit = 1\n"

/* `count` orders of unit 甲局 (A1, A2, ...), half as many of 乙局 (B1, ...); each second one shares its caller's number. */
static inline void load_orders(struct fixture *fixture, int count)
{
    struct buf text;
    buf_init(&text, (size_t)1024 * 1024);
    buf_append_z(&text, "工单编号,受理时间,承办单位,主协办,办理时限,办结时间,工单状态,联系电话\n");
    for (int i = 1; i <= count + count / 2; i++) {
        bool is_first = i <= count;
        buf_printf(&text,
                   "%c%d,2024-06-01 08:00:00,%s,主办,2024-06-05 08:00:00,2024-06-04 08:00:00,"
                   "已办结,1390000%04d\n",
                   is_first ? 'A' : 'B', is_first ? i : i - count, is_first ? "甲局" : "乙局",
                   i / 2);
    }
    buf_append_byte(&text, '\0');
    assert_int_equal(text.rc, OK);
    load_dump(fixture, text.ptr, 0);
    buf_deinit(&text);
}

struct draw_wanted {
    int64_t size;
    const char *seed;
    bool is_exact;
    struct drawn drawn;
};

static inline int step_draw(struct fixture *fixture, const struct round_row *round,
                            struct arena *arena, void *context, struct err *err)
{
    struct draw_wanted *wanted = context;
    struct draw_wish wish = {
        .by = DRAW_SIZE_TOTAL, .total = wanted->size, .rate = NAN, .response = NAN};
    (void)arena;
    return draw_make(&fixture->datadir, round, &wish, bytes_from_z(wanted->seed), wanted->is_exact,
                     &tester, &wanted->drawn, err);
}

static inline int step_csv(struct fixture *fixture, const struct round_row *round,
                           struct arena *arena, void *context, struct err *err)
{
    (void)arena;
    buf_clear(context);
    return draw_csv_render(&fixture->datadir, round, false, context, err);
}

static inline int step_csv_of_all(struct fixture *fixture, const struct round_row *round,
                                  struct arena *arena, void *context, struct err *err)
{
    (void)arena;
    buf_clear(context);
    return draw_csv_render(&fixture->datadir, round, true, context, err);
}

static inline int step_verify(struct fixture *fixture, const struct round_row *round,
                              struct arena *arena, void *context, struct err *err)
{
    (void)arena;
    (void)context;
    return draw_verify(&fixture->datadir, round, err);
}

static inline struct drawn draw_exactly(struct fixture *fixture, int64_t size, const char *seed)
{
    struct draw_wanted wanted = {.size = size, .seed = seed, .is_exact = true};
    take(fixture, "2024-06", step_draw, &wanted);
    return wanted.drawn;
}

/* Orders and a round, 2024-06, drawn from with a seed. */
static inline void make_drawn(struct fixture *fixture, int64_t size)
{
    load_orders(fixture, 60);
    (void)make_round(fixture, "2024-06", "2024-06-01", "2024-06-30", DRAW_RULES);
    (void)draw_exactly(fixture, size, "seed");
}

/* Lines of `text` that hold `word`. */
static inline int count_lines(const struct buf *text, const char *word)
{
    struct bytes rest = buf_bytes(text);
    int count = 0;
    while (rest.ptr != NULL) {
        struct bytes line = bytes_cut(&rest, '\n');
        count += bytes_find(line, bytes_from_z(word)) < line.len;
    }
    return count;
}

#endif
