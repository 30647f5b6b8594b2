#include "service/rounds/evaluation.h"

#include "base/alloc.h"

#include "service/rounds/scan.h"

#include <pthread.h>
#include <string.h>

enum { EVALUATION_MAX_BYTES = 512 * 1024 * 1024 };

/* ---- two halves side by side ---- */

struct half {
    const struct datadir *datadir;
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

/* A second connection sees the same state if it finds the same end after it began to read. */
static int open_second(struct half *half, int64_t end_id, struct store **out, struct err *err)
{
    int64_t seen_end_id = 0;
    int rc = datadir_open_store(half->datadir, STORE_READONLY, out, err);
    if (rc == OK)
        rc = store_begin_read(*out, err);
    if (rc == OK)
        rc = facts_end_id(*out, &seen_end_id, err);
    if (rc == OK && seen_end_id != end_id)
        rc = err_set(err, ERR_BUSY, "an import ended while the round was counted");
    return rc;
}

static int run_two(const struct datadir *datadir, struct scan *first, struct err *err)
{
    struct half half = {.datadir = datadir};
    struct store *store = NULL;
    pthread_t thread;
    int64_t end_id = first->end_id;
    int64_t middle = end_id / 2;
    int rc = open_second(&half, end_id, &store, err);
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

/* ---- from tallies to the ranking ---- */

static int keep_unmatched(const struct scan *scan, struct evaluation *out, struct err *err)
{
    const struct unit_register *registered = scan->registered;
    size_t count = 0;
    for (int64_t i = 0; i < registered->name_end; i++)
        count += scan->unmatched_of_name[i] > 0;
    out->unmatched_names =
        arena_alloc(&out->arena, size_multiply(count + 1, sizeof *out->unmatched_names));
    if (out->unmatched_names == NULL)
        return err_set(err, ERR_NOMEM, "could not keep %zu names", count);
    for (int64_t i = 0; i < registered->name_end; i++) {
        if (scan->unmatched_of_name[i] > 0)
            out->unmatched_names[out->unmatched_name_count++] =
                (struct unmatched_name){registered->names[i], scan->unmatched_of_name[i]};
    }
    out->unmatched = scan->unmatched;
    out->unclear = scan->unclear;
    out->without_unit = scan->without_unit;
    return OK;
}

static int rank(const struct scan *scan, struct evaluation *out, struct err *err)
{
    const struct unit_register *registered = scan->registered;
    size_t count = 0;
    struct ranked_unit_input *inputs =
        arena_alloc(&out->arena, size_multiply(registered->unit_count + 1, sizeof *inputs));
    if (inputs == NULL)
        return err_set(err, ERR_NOMEM, "could not rank %zu units", registered->unit_count);
    for (size_t i = 0; i < registered->unit_count; i++) {
        const struct ranked_unit *unit = &registered->units[i];
        if (!unit->is_valid && tally_orders(&scan->tallies[i]) == 0)
            continue;
        inputs[count++] = (struct ranked_unit_input){
            .code = unit->code,
            .name = unit->name,
            .class_name = unit->class_name,
            .class_position = unit->class_position,
            .tally = scan->tallies[i],
        };
    }
    return ranking_build(&scan->basis->rules, inputs, count, &out->arena, &out->ranking, err);
}

int evaluation_run(const struct datadir *datadir, const struct round_row *round,
                   const struct round_basis *basis, int threads, struct evaluation *out,
                   struct err *err)
{
    struct unit_register registered;
    struct scan scan = {
        .store = datadir->store, .round = round, .basis = basis, .registered = &registered};
    memset(out, 0, sizeof *out);
    arena_init(&out->arena, EVALUATION_MAX_BYTES);
    int rc = register_load_round(datadir->store, round, &out->arena, &registered, err);
    if (rc == OK)
        rc = facts_end_id(datadir->store, &scan.end_id, err);
    if (rc == OK)
        rc = scan_init(&scan, err);
    if (rc == OK)
        rc = threads > 1 ? run_two(datadir, &scan, err) : scan_run(&scan, err);
    if (rc == OK)
        rc = keep_unmatched(&scan, out, err);
    if (rc == OK)
        rc = rank(&scan, out, err);
    scan_deinit(&scan);
    if (rc != OK)
        evaluation_deinit(out);
    return rc;
}

void evaluation_deinit(struct evaluation *evaluation)
{
    arena_deinit(&evaluation->arena);
    memset(evaluation, 0, sizeof *evaluation);
}

/* ---- one handling ---- */

int evaluation_explain(const struct datadir *datadir, const struct round_row *round,
                       const struct round_basis *basis, const struct fact_row *row,
                       struct verdict *out, struct err *err)
{
    struct arena arena;
    struct unit_register registered;
    struct judged judged;
    bool in_earlier_round = false;
    struct scan scan = {
        .store = datadir->store, .round = round, .basis = basis, .registered = &registered};
    arena_init(&arena, EVALUATION_MAX_BYTES);
    int rc = register_load_round(datadir->store, round, &arena, &registered, err);
    if (rc == OK)
        rc = facts_end_id(datadir->store, &scan.end_id, err);
    if (rc == OK)
        rc = scan_init(&scan, err);
    if (rc == OK && !scan.is_frozen && basis->rules.on_time.judged_once)
        rc = judged_get(datadir->store, round->kind, round->id, row->handling_id, JUDGED_ON_TIME,
                        JUDGEMENT_MAX, &in_earlier_round, err);
    if (rc == OK)
        rc = scan_judge(&scan, row, in_earlier_round, &judged, err);
    if (rc == OK)
        *out = judged.verdict;
    scan_deinit(&scan);
    arena_deinit(&arena);
    return rc;
}

int round_get_kept(struct store *store, struct bytes name, struct arena *arena,
                   struct round_row *out, struct err *err)
{
    struct round_row row;
    int rc = round_get(store, name, &row, err);
    if (rc != OK)
        return rc;
    return round_keep(&row, arena, out, err);
}

int round_keep(const struct round_row *row, struct arena *arena, struct round_row *out,
               struct err *err)
{
    struct round_row kept = *row;
    struct bytes *texts[] = {&kept.name, &kept.kind, &kept.rules, &kept.state};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        *texts[i] = arena_copy(arena, *texts[i]);
        if (texts[i]->ptr == NULL)
            return err_set(err, ERR_NOMEM, "could not keep a round");
    }
    *out = kept;
    return OK;
}
