#include "service/rounds/counts.h"

#include "base/alloc.h"

#include "service/rounds/scan.h"

#include <pthread.h>
#include <string.h>

/* ---- two halves side by side ---- */

struct half {
    struct scan scan;
    int rc;
    struct err err;
};

static void *run_half(void *context)
{
    struct half *half = context;
    half->rc = scan_run(&half->scan, &half->err);
    return NULL;
}

/* A second connection sees the same state if nothing has changed until it began to read. */
static int open_second(const struct datadir *datadir, struct store **out, struct err *err)
{
    int64_t changes = 0;
    int64_t seen = 0;
    int rc = facts_changes(datadir->store, &changes, err);
    if (rc == OK)
        rc = datadir_open_store(datadir, STORE_READONLY, out, err);
    if (rc == OK)
        rc = store_begin_read(*out, err);
    if (rc == OK)
        rc = facts_changes(*out, &seen, err);
    if (rc == OK && seen != changes)
        rc = err_set(err, ERR_BUSY, "an import or a step ended while the round was counted");
    return rc;
}

static int run_two(const struct datadir *datadir, struct scan *first, struct err *err)
{
    struct half half = {.rc = OK};
    struct store *store = NULL;
    pthread_t thread;
    int64_t end_id = first->end_id;
    int64_t middle = end_id / 2;
    int rc = open_second(datadir, &store, err);
    if (rc == OK) {
        half.scan = (struct scan){.store = store,
                                  .round = first->round,
                                  .basis = first->basis,
                                  .registered = first->registered,
                                  .from_id = middle,
                                  .end_id = end_id};
        rc = scan_init(&half.scan, err);
    }
    if (rc == OK && pthread_create(&thread, NULL, run_half, &half) != 0)
        rc = err_set(err, ERR_NOMEM, "could not start a second scan");
    if (rc == OK) {
        first->end_id = middle;
        rc = scan_run(first, err);
        (void)pthread_join(thread, NULL);
        if (rc == OK && half.rc != OK) {
            *err = half.err;
            rc = half.rc;
        }
        if (rc == OK)
            scan_merge(first, &half.scan);
    }
    scan_deinit(&half.scan);
    store_close(store);
    return rc;
}

/* ---- from a scan to counts ---- */

/* A unit that the draw gave nothing has a sample all the same, without cases; one outside of the frame has none in
 * its frame either. */
static const struct unit_sample *sample_of(const struct sampled *sampled, struct bytes code)
{
    static const struct unit_sample none = {0};
    const struct sampled_unit *unit = sampled_find(sampled, code);
    return unit != NULL ? &unit->counts : &none;
}

static int list_units(const struct scan *scan, struct arena *arena, struct round_counts *out,
                      struct err *err)
{
    const struct unit_register *registered = scan->registered;
    out->units = arena_alloc(arena, size_multiply(registered->unit_count + 1, sizeof *out->units));
    if (out->units == NULL)
        return err_set(err, ERR_NOMEM, "could not count for %zu units", registered->unit_count);
    for (size_t i = 0; i < registered->unit_count; i++) {
        const struct ranked_unit *unit = &registered->units[i];
        if (!unit->is_valid && tally_orders(&scan->tallies[i]) == 0)
            continue;
        struct ranked_unit_input *input = &out->units[out->unit_count++];
        *input = (struct ranked_unit_input){
            .code = unit->code,
            .name = unit->name,
            .class_name = unit->class_name,
            .class_position = unit->class_position,
            .tally = scan->tallies[i],
        };
        if (out->sampled.has_draw) {
            input->samples = sample_of(&out->sampled, unit->code);
            input->sample_count = 1;
        }
    }
    return OK;
}

static int keep_names(const struct scan *scan, struct arena *arena, struct round_counts *out,
                      struct err *err)
{
    size_t count = (size_t)scan->registered->name_end;
    out->unmatched_of_name =
        arena_alloc(arena, size_multiply(count, sizeof *out->unmatched_of_name));
    if (out->unmatched_of_name == NULL)
        return err_set(err, ERR_NOMEM, "could not keep %zu names", count);
    memcpy(out->unmatched_of_name, scan->unmatched_of_name, count * sizeof *out->unmatched_of_name);
    out->names = scan->registered->names;
    out->name_end = scan->registered->name_end;
    out->unmatched = scan->unmatched;
    out->unclear = scan->unclear;
    out->without_unit = scan->without_unit;
    return OK;
}

int round_counts_load(const struct datadir *datadir, const struct round_row *round,
                      const struct round_basis *basis, int threads, struct arena *arena,
                      struct round_counts *out, struct err *err)
{
    struct store *store = datadir->store;
    struct unit_register registered;
    struct round_counts counts = {0};
    struct scan scan = {.store = store, .round = round, .basis = basis, .registered = &registered};
    int rc = register_load_round(store, round, arena, &registered, err);
    if (rc == OK)
        rc = facts_end_id(store, &scan.end_id, err);
    if (rc == OK)
        rc = scan_init(&scan, err);
    if (rc == OK)
        rc = threads > 1 ? run_two(datadir, &scan, err) : scan_run(&scan, err);
    if (rc == OK)
        rc = sampled_load(store, round->id, arena, &counts.sampled, err);
    if (rc == OK)
        rc = list_units(&scan, arena, &counts, err);
    if (rc == OK)
        rc = keep_names(&scan, arena, &counts, err);
    if (rc == OK)
        *out = counts;
    scan_deinit(&scan);
    return rc;
}
