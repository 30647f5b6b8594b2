#ifndef PINGYI_TESTS_SERVICE_ROUNDS_DRAWN_FIXTURE_H
#define PINGYI_TESTS_SERVICE_ROUNDS_DRAWN_FIXTURE_H

#include "service/storage/draws.h"
#include "service/storage/outcomes.h"

#include "tests/service/rounds/round_fixture.h"

/* A draw whose orders and outcomes a test names itself, put beside a frozen frame. */

struct drawn_line {
    const char *order_no; /* by unit, then in ticket order */
    bool is_reserve;      /* not released */
    const char *code;     /* of its one attempt; NULL: none */
    int resolved, satisfaction;
    bool still_open;
};

enum { DRAWN_UNITS_MAX = 8 };

struct drawn_wish {
    const struct drawn_line *lines;
    size_t count;
    const char *kind;
    int64_t unit_frame[DRAWN_UNITS_MAX]; /* filled from the frame */
    char unit_code[DRAWN_UNITS_MAX][32];
    int64_t unit_count;
};

static inline int on_framed_unit(void *context, const struct frame_unit_row *row, struct err *err)
{
    struct drawn_wish *wish = context;
    (void)err;
    assert_int_equal(row->unit, wish->unit_count);
    assert_true(row->unit < DRAWN_UNITS_MAX);
    wish->unit_frame[row->unit] = row->entries;
    (void)snprintf(wish->unit_code[row->unit], sizeof wish->unit_code[0], BYTES_FMT,
                   BYTES_ARG(row->code));
    wish->unit_count++;
    return OK;
}

static inline int put_drawn_line(struct store *store, int64_t round_id, int64_t file_id,
                                 const struct drawn_line *line, struct draw_unit_row *units,
                                 struct err *err)
{
    struct frame_entry entry;
    int rc = frame_entry_get(store, round_id, bytes_from_z(line->order_no), &entry, err);
    if (rc != OK)
        return rc;
    struct draw_unit_row *unit = &units[entry.unit];
    unit->sample += line->is_reserve ? 0 : 1;
    unit->reserve += line->is_reserve ? 1 : 0;
    struct drawn_row row = {.unit = entry.unit,
                            .position = unit->sample + unit->reserve,
                            .order_no = bytes_from_z(line->order_no),
                            .handling_id = entry.handling_id,
                            .case_no = 1};
    rc = drawn_put_new(store, round_id, 1, &row, err);
    if (rc != OK || line->code == NULL)
        return rc;
    struct attempt_row attempt = {.drawn_id = row.id,
                                  .no = 1,
                                  .code = bytes_from_z(line->code),
                                  .resolved = line->resolved,
                                  .satisfaction = line->satisfaction,
                                  .still_open = line->still_open,
                                  .file_id = file_id};
    return attempt_put_new(store, &attempt, err);
}

/* `context`: a struct drawn_wish. The round is frozen. */
static inline int step_draw(struct fixture *fixture, const struct round_row *round,
                            struct arena *arena, void *context, struct err *err)
{
    static const char digest[STORED_DIGEST_BYTES] = {'\xab'};
    struct drawn_wish *wish = context;
    struct store *store = fixture->datadir.store;
    struct draw_unit_row units[DRAWN_UNITS_MAX] = {{0}};
    struct draw_row draw = {.round_id = round->id,
                            .no = 1,
                            .frame_no = 1,
                            .kind = bytes_from_z(wish->kind),
                            .seed = BYTES_LIT("3,1,4"),
                            .sealed_salt_key = {digest, sizeof digest},
                            .public_sha256 = {digest, sizeof digest},
                            .drawn_utc = fixture->now_utc,
                            .who = tester.who};
    struct outcome_file_row file = {.round_id = round->id,
                                    .draw_no = 1,
                                    .file_name = BYTES_LIT("outcomes.csv"),
                                    .sha256 = {digest, sizeof digest},
                                    .who = tester.who};
    (void)arena;
    wish->unit_count = 0;
    int rc = frame_units_each(store, round->id, on_framed_unit, wish, err);
    if (rc == OK)
        rc = draw_put_new(store, &draw, err);
    if (rc == OK)
        rc = outcome_file_put_new(store, &file, err);
    for (size_t i = 0; i < wish->count && rc == OK; i++)
        rc = put_drawn_line(store, round->id, file.id, &wish->lines[i], units, err);
    for (int64_t i = 0; i < wish->unit_count && rc == OK; i++) {
        units[i].unit = i;
        units[i].code = bytes_from_z(wish->unit_code[i]);
        units[i].frame = wish->unit_frame[i];
        units[i].released = units[i].sample;
        rc = draw_unit_put(store, round->id, 1, &units[i], err);
    }
    return rc == OK ? round_put_state(store, round->id, BYTES_LIT("calling"), round->as_of_utc, err)
                    : rc;
}

static inline void freeze_and_draw(struct fixture *fixture, const char *name,
                                   const struct drawn_line *lines, size_t count)
{
    struct drawn_wish wish = {.lines = lines, .count = count, .kind = "seed"};
    take(fixture, name, step_freeze, NULL);
    take(fixture, name, step_draw, &wish);
}

#endif
