#include "service/rounds/round_shown.h"

#include "service/host/files.h"
#include "service/rounds/evaluation.h"

#include <string.h>

enum { SHOWN_ARENA_BYTES = 64 * 1024 * 1024 };

static int out_of_memory(struct err *err)
{
    return err_set(err, ERR_NOMEM, "could not show a round");
}

static int keep(struct arena *arena, struct bytes *text, struct err *err)
{
    *text = arena_copy(arena, *text);
    return text->ptr != NULL ? OK : out_of_memory(err);
}

static int keep_all(struct arena *arena, struct bytes *const *texts, size_t count, struct err *err)
{
    int rc = OK;
    for (size_t i = 0; i < count && rc == OK; i++)
        rc = keep(arena, texts[i], err);
    return rc;
}

/* A list grows by doubling in the arena, which keeps what it has outgrown. */
static void *grown(struct arena *arena, void *items, size_t count, size_t item_bytes)
{
    bool is_full = (count & (count - 1)) == 0;
    if (!is_full)
        return items;
    void *more = arena_alloc(arena, (count > 0 ? 2 * count : 1) * item_bytes);
    if (more != NULL && count > 0)
        memcpy(more, items, count * item_bytes);
    return more;
}

/* ---- parts, sums and steps ---- */

struct names {
    struct arena *arena;
    struct bytes **items;
    size_t *count;
};

static int on_round(void *context, const struct round_row *row, struct err *err)
{
    struct names *names = context;
    struct bytes *items = grown(names->arena, *names->items, *names->count, sizeof *items);
    if (items == NULL)
        return out_of_memory(err);
    *names->items = items;
    items[*names->count] = row->name;
    return keep(names->arena, &items[(*names->count)++], err);
}

static int on_step(void *context, struct bytes step, int64_t at_utc, struct bytes who,
                   struct bytes why, struct err *err)
{
    struct round_shown *shown = context;
    struct round_shown_step *steps =
        grown(&shown->arena, shown->steps, shown->step_count, sizeof *steps);
    if (steps == NULL)
        return out_of_memory(err);
    shown->steps = steps;
    struct round_shown_step *item = &steps[shown->step_count++];
    *item = (struct round_shown_step){step, who, why, at_utc};
    struct bytes *const texts[] = {&item->step, &item->who, &item->why};
    return keep_all(&shown->arena, texts, sizeof texts / sizeof *texts, err);
}

static int load_lists(struct store *store, struct round_shown *shown, struct err *err)
{
    struct names parts = {&shown->arena, &shown->parts, &shown->part_count};
    struct names sums = {&shown->arena, &shown->sums, &shown->sum_count};
    int rc = round_parts_each(store, shown->row.id, on_round, &parts, err);
    if (rc == OK)
        rc = round_sums_each(store, shown->row.id, on_round, &sums, err);
    if (rc == OK)
        rc = round_steps_each(store, shown->row.id, on_step, shown, err);
    return rc;
}

/* ---- frame, draw and score ---- */

static int on_left_out(void *context, int64_t unit, int reason, int64_t orders, struct err *err)
{
    (void)unit;
    struct round_shown *shown = context;
    if (reason < 0 || reason >= FRAME_REASONS)
        return err_set(err, ERR_CORRUPT, "reason %d to leave an order out", reason);
    shown->left_out[reason] += orders;
    return OK;
}

/* What a freezing stored is shown while it is in force. */
static int load_frame(struct store *store, struct round_shown *shown, struct err *err)
{
    struct frame_row *frame = &shown->frame;
    if (!round_is_frozen(&shown->row))
        return OK;
    int rc = frame_get_last(store, shown->row.id, frame, err);
    if (rc == ERR_NOT_FOUND)
        return OK;
    if (rc != OK)
        return rc;
    shown->has_frame = true;
    struct bytes *const texts[] = {&frame->listing_sha256, &frame->rules_sha256,
                                   &frame->secret_sha256, &frame->sealed_secret};
    rc = keep_all(&shown->arena, texts, sizeof texts / sizeof *texts, err);
    return rc == OK ? frame_left_out_each(store, shown->row.id, on_left_out, shown, err) : rc;
}

static int on_draw(void *context, const struct draw_row *row, struct err *err)
{
    (void)row;
    (void)err;
    int64_t *count = context;
    ++*count;
    return OK;
}

static int on_draw_unit(void *context, const struct draw_unit_row *row, struct err *err)
{
    (void)err;
    struct round_shown *shown = context;
    shown->sample += row->sample;
    shown->reserve += row->reserve;
    shown->released += row->released;
    return OK;
}

static int load_draw(struct store *store, struct round_shown *shown, struct err *err)
{
    struct draw_row *draw = &shown->draw;
    int rc = draws_each(store, shown->row.id, on_draw, &shown->draw_count, err);
    if (rc == OK)
        rc = draw_get_current(store, shown->row.id, draw, err);
    if (rc == ERR_NOT_FOUND)
        return OK;
    if (rc != OK)
        return rc;
    shown->has_draw = true;
    struct bytes *const texts[] = {&draw->kind, &draw->seed, &draw->sealed_salt_key,
                                   &draw->public_sha256, &draw->who};
    rc = keep_all(&shown->arena, texts, sizeof texts / sizeof *texts, err);
    return rc == OK
               ? draw_units_each(store, shown->row.id, shown->draw.no, on_draw_unit, shown, err)
               : rc;
}

static int load_score(struct store *store, struct round_shown *shown, struct err *err)
{
    struct round_score_row *score = &shown->score;
    int rc = round_score_get_last(store, shown->row.id, score, err);
    if (rc == ERR_NOT_FOUND)
        return OK;
    if (rc != OK)
        return rc;
    shown->has_score = true;
    score->csv = BYTES_NONE;
    struct bytes *const texts[] = {&score->who, &score->program_version};
    return keep_all(&shown->arena, texts, sizeof texts / sizeof *texts, err);
}

/* A round that cannot be judged yet (a year without a calendar, a dump taken too early) is shown without its as-of. */
static int load_as_of(struct store *store, int64_t now_utc, struct round_shown *shown,
                      struct err *err)
{
    struct round_basis basis = {0};
    struct err reason = {0};
    shown->offset_s = OFFICE_OFFSET_S;
    int rc = round_basis_load(store, &shown->row, BYTES_NONE, now_utc, &basis, &reason);
    if (rc == OK) {
        shown->as_of_utc = basis.as_of_utc;
        shown->offset_s = zone_offset_s(basis.zone, basis.as_of_utc);
    } else if (rc == ERR_NOMEM || rc == ERR_IO || rc == ERR_CORRUPT) {
        *err = reason;
        return rc;
    }
    round_basis_deinit(&basis);
    return OK;
}

int round_shown_load(struct store *store, struct bytes name, int64_t now_utc,
                     struct round_shown *out, struct err *err)
{
    *out = (struct round_shown){0};
    arena_init(&out->arena, SHOWN_ARENA_BYTES);
    int rc = round_get_kept(store, name, &out->arena, &out->row, err);
    if (rc == OK)
        rc = load_as_of(store, now_utc, out, err);
    if (rc == OK)
        rc = load_lists(store, out, err);
    if (rc == OK)
        rc = load_frame(store, out, err);
    if (rc == OK)
        rc = load_draw(store, out, err);
    if (rc == OK)
        rc = load_score(store, out, err);
    return rc;
}

void round_shown_deinit(struct round_shown *shown)
{
    arena_deinit(&shown->arena);
}
