#include "service/rounds/sampled.h"

#include "base/alloc.h"

#include "service/storage/frames.h"

#include <stdlib.h>
#include <string.h>

enum { CODE_MAX_BYTES = 5 }; /* of AAPOR's: 2.111 */

void final_outcome_add(struct final_outcome *outcome, const struct attempt_row *attempt)
{
    enum outcome_group group = OUTCOME_UNKNOWN_UNWORKED;
    (void)outcome_group_of(attempt->code, &group);
    outcome->attempts++;
    if (!outcome_prevails(group, outcome->group))
        return;
    bool is_eligible = group != OUTCOME_INELIGIBLE;
    outcome->group = group;
    outcome->attempt = outcome->attempts;
    outcome->resolved =
        is_eligible ? (enum resolution_answer)attempt->resolved : RESOLUTION_MISSING;
    outcome->satisfaction = is_eligible ? attempt->satisfaction : SATISFACTION_MISSING;
    outcome->still_open = is_eligible && attempt->still_open;
    outcome->caller_id = attempt->caller_id;
}

/* ---- the units of the frame, and what the draw gave them ---- */

struct loading {
    struct arena *arena;
    struct sampled *sampled;
    int64_t draws;
};

static int on_draw(void *context, const struct draw_row *row, struct err *err)
{
    (void)row;
    (void)err;
    struct loading *loading = context;
    loading->draws++;
    return OK;
}

static int on_frame_count(void *context, const struct frame_unit_row *row, struct err *err)
{
    (void)row;
    (void)err;
    size_t *count = context;
    (*count)++;
    return OK;
}

static int on_frame_unit(void *context, const struct frame_unit_row *row, struct err *err)
{
    struct loading *loading = context;
    struct sampled *sampled = loading->sampled;
    if (row->unit != (int64_t)sampled->unit_count)
        return err_set(err, ERR_CORRUPT, "unit %zu of a frame has the number %jd",
                       sampled->unit_count, (intmax_t)row->unit);
    struct sampled_unit *unit = &sampled->units[sampled->unit_count++];
    unit->code = arena_copy(loading->arena, row->code);
    unit->counts.frame = row->entries;
    return unit->code.ptr != NULL ? OK : err_set(err, ERR_NOMEM, "could not load a sample");
}

/* NULL: a draw names what its frame does not have. */
static struct sampled_unit *find_unit(const struct sampled *sampled, int64_t number,
                                      struct err *err)
{
    if (number >= 0 && number < (int64_t)sampled->unit_count)
        return &sampled->units[number];
    (void)err_set(err, ERR_CORRUPT, "unit %jd of a draw is not in its frame", (intmax_t)number);
    return NULL;
}

static int on_draw_unit(void *context, const struct draw_unit_row *row, struct err *err)
{
    struct loading *loading = context;
    struct sampled_unit *unit = find_unit(loading->sampled, row->unit, err);
    if (unit == NULL)
        return ERR_CORRUPT;
    unit->sample = row->sample;
    unit->reserve = row->reserve;
    unit->released = row->released;
    unit->counts.frame = row->frame;
    return OK;
}

static int load_units(struct store *store, int64_t round_id, struct loading *loading,
                      struct err *err)
{
    struct sampled *sampled = loading->sampled;
    size_t count = 0;
    int rc = frame_units_each(store, round_id, on_frame_count, &count, err);
    if (rc != OK)
        return rc;
    sampled->units = arena_alloc(loading->arena, size_multiply(count + 1, sizeof *sampled->units));
    if (sampled->units == NULL)
        return err_set(err, ERR_NOMEM, "could not load the sample of %zu units", count);
    rc = frame_units_each(store, round_id, on_frame_unit, loading, err);
    if (rc == OK)
        rc = draw_units_each(store, round_id, sampled->draw_no, on_draw_unit, loading, err);
    return rc;
}

/* ---- cases and attempts, side by side ---- */

struct walk {
    struct sampled_sink sink;
    struct attempt_cursor *attempts;
    struct attempt_row next; /* drawn_id 0: none is left */
    char code[CODE_MAX_BYTES];
};

/* Its code is copied, for the next drawn order is read before it is looked at. */
static int read_attempt(struct walk *walk, struct err *err)
{
    enum outcome_group group;
    int rc = attempts_next(walk->attempts, &walk->next, err);
    struct bytes code = walk->next.code;
    if (rc != OK || walk->next.drawn_id == 0)
        return rc;
    if (code.len > sizeof walk->code || !outcome_group_of(code, &group))
        return err_set(err, ERR_CORRUPT,
                       "attempt %jd on drawn order %jd has code \"" BYTES_FMT "\"",
                       (intmax_t)walk->next.no, (intmax_t)walk->next.drawn_id, BYTES_ARG(code));
    memcpy(walk->code, code.ptr, code.len);
    walk->next.code.ptr = walk->code;
    return OK;
}

static void count_case(struct unit_sample *counts, const struct final_outcome *outcome)
{
    int wave = nonresponse_wave_of(outcome->attempt);
    counts->outcomes.of_group[outcome->group]++;
    if (outcome->attempt == 0)
        return;
    counts->answers[wave].people[outcome->resolved][outcome->satisfaction]++;
    counts->still_open += outcome->still_open ? 1 : 0;
}

static int take_attempt(struct walk *walk, struct final_outcome *outcome, struct err *err)
{
    final_outcome_add(outcome, &walk->next);
    return walk->sink.on_attempt != NULL
               ? walk->sink.on_attempt(walk->sink.context, &walk->next, err)
               : OK;
}

static int on_drawn(void *context, const struct drawn_row *row, struct err *err)
{
    struct walk *walk = context;
    struct final_outcome outcome = {.group = OUTCOME_UNKNOWN_UNWORKED};
    int rc = OK;
    while (rc == OK && walk->next.drawn_id != 0 && walk->next.drawn_id <= row->id) {
        if (walk->next.drawn_id == row->id)
            rc = take_attempt(walk, &outcome, err);
        if (rc == OK)
            rc = read_attempt(walk, err);
    }
    return rc == OK ? walk->sink.on_case(walk->sink.context, row, &outcome, err) : rc;
}

int sampled_cases_each(struct store *store, int64_t round_id, int64_t draw_no,
                       struct sampled_sink sink, struct err *err)
{
    struct walk walk = {.sink = sink};
    int rc = attempts_open(store, round_id, draw_no, &walk.attempts, err);
    if (rc == OK)
        rc = read_attempt(&walk, err);
    if (rc == OK)
        rc = drawn_each(store, round_id, draw_no, on_drawn, &walk, err);
    attempts_close(walk.attempts);
    return rc;
}

static int on_case(void *context, const struct drawn_row *row, const struct final_outcome *outcome,
                   struct err *err)
{
    struct sampled_unit *unit = find_unit(context, row->unit, err);
    if (unit == NULL)
        return ERR_CORRUPT;
    if (row->is_released)
        count_case(&unit->counts, outcome);
    return OK;
}

/* ---- the whole ---- */

int sampled_load(struct store *store, int64_t round_id, struct arena *arena, struct sampled *out,
                 struct err *err)
{
    struct draw_row draw;
    struct sampled sampled = {0};
    struct loading loading = {.arena = arena, .sampled = &sampled};
    int rc = draw_get_current(store, round_id, &draw, err);
    if (rc == ERR_NOT_FOUND) {
        *out = sampled;
        return OK;
    }
    if (rc != OK)
        return rc;
    sampled.has_draw = true;
    sampled.draw_no = draw.no;
    rc = draws_each(store, round_id, on_draw, &loading, err);
    sampled.draw_count = loading.draws;
    if (rc == OK)
        rc = load_units(store, round_id, &loading, err);
    if (rc == OK)
        rc = sampled_cases_each(store, round_id, draw.no,
                                (struct sampled_sink){NULL, on_case, &sampled}, err);
    if (rc != OK)
        return err_wrap(err, "could not load draw %jd", (intmax_t)draw.no);
    *out = sampled;
    return OK;
}

static int compare_code(const void *key, const void *element)
{
    const struct bytes *code = key;
    const struct sampled_unit *unit = element;
    return bytes_compare(*code, unit->code);
}

const struct sampled_unit *sampled_find(const struct sampled *sampled, struct bytes code)
{
    return sampled->unit_count == 0 ? NULL
                                    : bsearch(&code, sampled->units, sampled->unit_count,
                                              sizeof *sampled->units, compare_code);
}
