#include "service/rounds/counts.h"

#include "base/alloc.h"

#include <stdlib.h>
#include <string.h>

/* ---- which rounds ---- */

static int on_part_count(void *context, const struct round_row *row, struct err *err)
{
    (void)row;
    (void)err;
    size_t *count = context;
    (*count)++;
    return OK;
}

struct listing {
    struct arena *arena;
    struct round_parts parts;
};

static int on_part(void *context, const struct round_row *row, struct err *err)
{
    struct listing *listing = context;
    return round_keep(row, listing->arena, &listing->parts.rows[listing->parts.count++], err);
}

int round_parts_load(struct store *store, int64_t round_id, struct arena *arena,
                     struct round_parts *out, struct err *err)
{
    struct listing listing = {.arena = arena};
    size_t count = 0;
    int rc = round_parts_each(store, round_id, on_part_count, &count, err);
    if (rc != OK)
        return rc;
    listing.parts.rows = arena_alloc(arena, size_multiply(count + 1, sizeof *listing.parts.rows));
    if (listing.parts.rows == NULL)
        return err_set(err, ERR_NOMEM, "could not list %zu parts of a round", count);
    rc = round_parts_each(store, round_id, on_part, &listing, err);
    if (rc == OK)
        *out = listing.parts;
    return rc;
}

/* ---- the counts of each, put together by unit ----
 *
 * The units of all parts stand in one list, by code and then by part: a unit's run in it is folded into one, whose
 * name and class are those of the last part that has it. */

struct part_unit {
    const struct ranked_unit_input *unit;
    size_t part;
};

struct pool {
    struct arena *arena;
    struct round_counts *parts;
    size_t part_count, sampled_count;
    struct part_unit *units;
    size_t unit_count;
};

static int compare_units(const void *a_ptr, const void *b_ptr)
{
    const struct part_unit *a = a_ptr;
    const struct part_unit *b = b_ptr;
    int order = bytes_compare(a->unit->code, b->unit->code);
    return order != 0 ? order : (a->part > b->part) - (a->part < b->part);
}

static int list_units(struct pool *pool, struct err *err)
{
    size_t count = 0;
    for (size_t i = 0; i < pool->part_count; i++) {
        count = size_add(count, pool->parts[i].unit_count);
        pool->sampled_count += pool->parts[i].sampled.has_draw ? 1 : 0;
    }
    pool->units = arena_alloc(pool->arena, size_multiply(count + 1, sizeof *pool->units));
    if (pool->units == NULL)
        return err_set(err, ERR_NOMEM, "could not pool %zu units", count);
    for (size_t i = 0; i < pool->part_count; i++) {
        const struct round_counts *part = &pool->parts[i];
        for (size_t k = 0; k < part->unit_count; k++)
            pool->units[pool->unit_count++] = (struct part_unit){&part->units[k], i};
    }
    qsort(pool->units, pool->unit_count, sizeof *pool->units, compare_units);
    return OK;
}

/* Parts may have frozen a class in different places; it stands in one, or it would be printed as two. */
static int class_position(const struct pool *pool, struct bytes class_name)
{
    for (size_t i = pool->part_count; i-- > 0;) {
        const struct round_counts *part = &pool->parts[i];
        for (size_t k = 0; k < part->unit_count; k++) {
            if (bytes_equal(part->units[k].class_name, class_name))
                return part->units[k].class_position;
        }
    }
    return 0;
}

/* A sampled part that does not have the unit gives it an empty sample: all units have as many. */
static int fold(const struct pool *pool, size_t first, size_t end, struct ranked_unit_input *out,
                struct err *err)
{
    struct unit_sample *samples =
        arena_alloc(pool->arena, size_multiply(pool->sampled_count + 1, sizeof *samples));
    if (samples == NULL)
        return err_set(err, ERR_NOMEM, "could not pool %zu samples", pool->sampled_count);
    *out = *pool->units[end - 1].unit;
    out->class_position = class_position(pool, out->class_name);
    out->tally = (struct tally){0};
    out->samples = pool->sampled_count > 0 ? samples : NULL;
    out->sample_count = pool->sampled_count;
    size_t at = first;
    for (size_t part = 0, sampled = 0; part < pool->part_count; part++) {
        bool has_unit = at < end && pool->units[at].part == part;
        bool has_draw = pool->parts[part].sampled.has_draw;
        if (has_unit)
            tally_merge(&out->tally, &pool->units[at].unit->tally);
        if (has_unit && has_draw)
            samples[sampled] = *pool->units[at].unit->samples;
        at += has_unit ? 1 : 0;
        sampled += has_draw ? 1 : 0;
    }
    return OK;
}

static int fold_units(struct pool *pool, struct round_counts *out, struct err *err)
{
    int rc = list_units(pool, err);
    if (rc != OK)
        return rc;
    out->units = arena_alloc(pool->arena, size_multiply(pool->unit_count + 1, sizeof *out->units));
    if (out->units == NULL)
        return err_set(err, ERR_NOMEM, "could not pool %zu units", pool->unit_count);
    for (size_t first = 0, end; first < pool->unit_count && rc == OK; first = end) {
        end = first + 1;
        while (end < pool->unit_count &&
               bytes_equal(pool->units[first].unit->code, pool->units[end].unit->code))
            end++;
        rc = fold(pool, first, end, &out->units[out->unit_count++], err);
    }
    return rc;
}

/* All parts are read in one transaction, so that they know the same names. */
static int fold_names(const struct pool *pool, struct round_counts *out, struct err *err)
{
    if (pool->part_count == 0)
        return OK;
    out->names = pool->parts[0].names;
    out->name_end = pool->parts[0].name_end;
    size_t count = (size_t)out->name_end;
    out->unmatched_of_name =
        arena_alloc(pool->arena, size_multiply(count, sizeof *out->unmatched_of_name));
    if (out->unmatched_of_name == NULL)
        return err_set(err, ERR_NOMEM, "could not pool %zu names", count);
    for (size_t i = 0; i < pool->part_count; i++) {
        const struct round_counts *part = &pool->parts[i];
        for (size_t k = 0; k < count; k++)
            out->unmatched_of_name[k] += part->unmatched_of_name[k];
        out->unmatched += part->unmatched;
        out->unclear += part->unclear;
        out->without_unit += part->without_unit;
    }
    return OK;
}

static int count_part(const struct datadir *datadir, const struct round_row *part, int64_t now_utc,
                      int threads, struct arena *arena, struct round_counts *out, struct err *err)
{
    struct round_basis basis = {0};
    int rc = round_basis_load(datadir->store, part, BYTES_NONE, now_utc, &basis, err);
    if (rc == OK)
        rc = round_counts_load(datadir, part, &basis, threads, arena, out, err);
    round_basis_deinit(&basis);
    return rc == OK
               ? OK
               : err_wrap(err, "could not count part \"" BYTES_FMT "\"", BYTES_ARG(part->name));
}

int round_counts_pool(const struct datadir *datadir, const struct round_row *round,
                      const struct round_basis *basis, int threads, struct arena *arena,
                      struct round_counts *out, struct err *err)
{
    struct round_parts parts = {0};
    struct round_counts counts = {0};
    struct pool pool = {.arena = arena};
    int rc = round_parts_load(datadir->store, round->id, arena, &parts, err);
    if (rc != OK)
        return rc;
    pool.part_count = parts.count;
    pool.parts = arena_alloc(arena, size_multiply(parts.count + 1, sizeof *pool.parts));
    if (pool.parts == NULL)
        return err_set(err, ERR_NOMEM, "could not count %zu parts", parts.count);
    for (size_t i = 0; i < parts.count && rc == OK; i++)
        rc = count_part(datadir, &parts.rows[i], basis->now_utc, threads, arena, &pool.parts[i],
                        err);
    if (rc == OK)
        rc = fold_units(&pool, &counts, err);
    if (rc == OK)
        rc = fold_names(&pool, &counts, err);
    if (rc == OK)
        *out = counts;
    return rc;
}
