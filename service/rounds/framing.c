#include "service/rounds/framing.h"

#include "base/alloc.h"

#include "service/rounds/scan.h"
#include "service/storage/frames.h"

#include <stdlib.h>

static int compare_codes(const void *a, const void *b)
{
    return bytes_compare(((const struct framing_unit *)a)->code,
                         ((const struct framing_unit *)b)->code);
}

static int make_units(struct arena *arena, size_t count, struct framing *framing, struct err *err)
{
    framing->units = arena_alloc(arena, size_multiply(count + 1, sizeof *framing->units));
    return framing->units != NULL ? OK
                                  : err_set(err, ERR_NOMEM, "could not frame %zu units", count);
}

/* ---- a draft ---- */

struct counting {
    struct scan scan;
    struct framing_unit *by_ranked;
};

static int on_judged(void *context, const struct judged *judged, struct err *err)
{
    (void)err;
    struct counting *counting = context;
    enum frame_reason reason = scan_frame_reason(&counting->scan, judged);
    if (reason == FRAME_NOT_COUNTED)
        return OK;
    struct framing_unit *unit = &counting->by_ranked[judged->ranked];
    if (reason == FRAME_IN)
        unit->frame++;
    else
        unit->left_out[reason]++;
    return OK;
}

static int list_units(const struct counting *counting, struct arena *arena, struct framing *out,
                      struct err *err)
{
    const struct unit_register *registered = counting->scan.registered;
    struct framing framing = {0};
    int rc = make_units(arena, registered->unit_count, &framing, err);
    if (rc != OK)
        return rc;
    for (size_t i = 0; i < registered->unit_count; i++) {
        const struct ranked_unit *unit = &registered->units[i];
        if (!unit->is_valid && tally_orders(&counting->scan.tallies[i]) == 0)
            continue;
        struct framing_unit *listed = &framing.units[framing.unit_count++];
        *listed = counting->by_ranked[i];
        listed->code = unit->code;
        listed->name = unit->name;
        listed->class_name = unit->class_name;
        framing.frame += listed->frame;
    }
    qsort(framing.units, framing.unit_count, sizeof *framing.units, compare_codes);
    *out = framing;
    return OK;
}

static int count_draft(struct store *store, const struct round_row *round,
                       const struct round_basis *basis, struct arena *arena, struct framing *out,
                       struct err *err)
{
    struct unit_register registered;
    struct counting counting = {.scan = {.store = store,
                                         .round = round,
                                         .basis = basis,
                                         .registered = &registered,
                                         .on_judged = on_judged,
                                         .context = &counting}};
    int rc = register_load(store, round->from_day, round->to_day, arena, &registered, err);
    if (rc != OK)
        return rc;
    counting.by_ranked =
        arena_alloc(arena, size_multiply(registered.unit_count + 1, sizeof *counting.by_ranked));
    if (counting.by_ranked == NULL)
        return err_set(err, ERR_NOMEM, "could not frame %zu units", registered.unit_count);
    rc = facts_end_id(store, &counting.scan.end_id, err);
    if (rc == OK)
        rc = scan_init(&counting.scan, err);
    if (rc == OK)
        rc = scan_run(&counting.scan, err);
    if (rc == OK)
        rc = list_units(&counting, arena, out, err);
    scan_deinit(&counting.scan);
    return rc;
}

/* ---- frozen ---- */

struct loading {
    struct arena *arena;
    struct framing framing;
};

static int on_count(void *context, const struct frame_unit_row *row, struct err *err)
{
    (void)row;
    (void)err;
    size_t *count = context;
    (*count)++;
    return OK;
}

static int on_unit(void *context, const struct frame_unit_row *row, struct err *err)
{
    struct loading *loading = context;
    struct framing *framing = &loading->framing;
    if (row->unit != (int64_t)framing->unit_count)
        return err_set(err, ERR_CORRUPT, "unit %lld of a frame stands at %zu", (long long)row->unit,
                       framing->unit_count);
    struct framing_unit *unit = &framing->units[framing->unit_count++];
    unit->code = arena_copy(loading->arena, row->code);
    unit->frame = row->entries;
    framing->frame += row->entries;
    return unit->code.ptr != NULL ? OK : err_set(err, ERR_NOMEM, "could not keep a unit's code");
}

static int on_name(void *context, const struct round_unit_row *row, struct err *err)
{
    struct loading *loading = context;
    struct framing_unit wanted = {.code = row->code};
    struct framing_unit *unit = bsearch(&wanted, loading->framing.units,
                                        loading->framing.unit_count, sizeof wanted, compare_codes);
    if (unit == NULL)
        return OK;
    unit->name = arena_copy(loading->arena, row->name);
    unit->class_name = arena_copy(loading->arena, row->class_name);
    return unit->name.ptr != NULL && unit->class_name.ptr != NULL
               ? OK
               : err_set(err, ERR_NOMEM, "could not keep a unit's name");
}

static int on_left_out(void *context, int64_t unit, int reason, int64_t orders, struct err *err)
{
    struct loading *loading = context;
    if (unit < 0 || unit >= (int64_t)loading->framing.unit_count || reason <= FRAME_NOT_COUNTED ||
        reason >= FRAME_REASONS)
        return err_set(err, ERR_CORRUPT, "a frame leaves out orders of unit %lld for reason %d",
                       (long long)unit, reason);
    loading->framing.units[unit].left_out[reason] = orders;
    return OK;
}

static int load_frozen(struct store *store, int64_t round_id, struct arena *arena,
                       struct framing *out, struct err *err)
{
    struct loading loading = {.arena = arena};
    size_t count = 0;
    int rc = frame_units_each(store, round_id, on_count, &count, err);
    if (rc == OK)
        rc = make_units(arena, count, &loading.framing, err);
    if (rc == OK)
        rc = frame_units_each(store, round_id, on_unit, &loading, err);
    if (rc == OK)
        rc = round_units_each(store, round_id, on_name, &loading, err);
    if (rc == OK)
        rc = frame_left_out_each(store, round_id, on_left_out, &loading, err);
    if (rc == OK)
        *out = loading.framing;
    return rc;
}

int framing_load(const struct datadir *datadir, const struct round_row *round,
                 const struct round_basis *basis, struct arena *arena, struct framing *out,
                 struct err *err)
{
    if (round->is_accumulated)
        return err_set(err, ERR_WRONG_STATE, "accumulated round \"" BYTES_FMT "\" has no frame",
                       BYTES_ARG(round->name));
    return round_is_frozen(round) ? load_frozen(datadir->store, round->id, arena, out, err)
                                  : count_draft(datadir->store, round, basis, arena, out, err);
}

const struct framing_unit *framing_find(const struct framing *framing, struct bytes code)
{
    struct framing_unit wanted = {.code = code};
    return bsearch(&wanted, framing->units, framing->unit_count, sizeof wanted, compare_codes);
}
