#include "service/rounds/evaluation.h"

#include "base/alloc.h"

#include "service/rounds/counts.h"
#include "service/rounds/scan.h"

#include <string.h>

enum { EVALUATION_MAX_BYTES = 512 * 1024 * 1024 };

static int keep_unmatched(const struct round_counts *counts, struct evaluation *out,
                          struct err *err)
{
    size_t count = 0;
    for (int64_t i = 0; i < counts->name_end; i++)
        count += counts->unmatched_of_name[i] > 0;
    out->unmatched_names =
        arena_alloc(&out->arena, size_multiply(count + 1, sizeof *out->unmatched_names));
    if (out->unmatched_names == NULL)
        return err_set(err, ERR_NOMEM, "could not keep %zu names", count);
    for (int64_t i = 0; i < counts->name_end; i++) {
        if (counts->unmatched_of_name[i] > 0)
            out->unmatched_names[out->unmatched_name_count++] =
                (struct unmatched_name){counts->names[i], counts->unmatched_of_name[i]};
    }
    out->unmatched = counts->unmatched;
    out->unclear = counts->unclear;
    out->without_unit = counts->without_unit;
    return OK;
}

int evaluation_run(const struct datadir *datadir, const struct round_row *round,
                   const struct round_basis *basis, int threads, struct evaluation *out,
                   struct err *err)
{
    struct round_counts counts = {0};
    memset(out, 0, sizeof *out);
    arena_init(&out->arena, EVALUATION_MAX_BYTES);
    int rc = round->is_accumulated
                 ? round_counts_pool(datadir, round, basis, threads, &out->arena, &counts, err)
                 : round_counts_load(datadir, round, basis, threads, &out->arena, &counts, err);
    if (rc == OK)
        rc = keep_unmatched(&counts, out, err);
    if (rc == OK)
        rc = ranking_build(&basis->rules, counts.units, counts.unit_count, &out->arena,
                           &out->ranking, err);
    out->sampled = counts.sampled;
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

/* What a round knows of a handling: of a frozen one the fact that it froze. */
static int load_fact(struct store *store, const struct round_row *round, const struct fact_row *row,
                     struct fact_row *out, struct err *err)
{
    int judgement = 0;
    if (round->is_accumulated)
        return err_set(err, ERR_WRONG_STATE, "round \"" BYTES_FMT "\" is the sum of others",
                       BYTES_ARG(round->name));
    *out = *row;
    return round_is_frozen(round)
               ? round_fact_get(store, round->id, row->handling_id, out, &judgement, err)
               : OK;
}

int evaluation_explain(const struct datadir *datadir, const struct round_row *round,
                       const struct round_basis *basis, const struct fact_row *row,
                       struct verdict *out, enum frame_reason *out_reason, struct err *err)
{
    struct arena arena;
    struct unit_register registered;
    struct fact_row fact;
    struct judged judged;
    bool in_earlier_round = false;
    struct scan scan = {
        .store = datadir->store, .round = round, .basis = basis, .registered = &registered};
    arena_init(&arena, EVALUATION_MAX_BYTES);
    int rc = load_fact(datadir->store, round, row, &fact, err);
    if (rc == OK)
        rc = register_load_round(datadir->store, round, &arena, &registered, err);
    if (rc == OK)
        rc = facts_end_id(datadir->store, &scan.end_id, err);
    if (rc == OK)
        rc = scan_init(&scan, err);
    if (rc == OK && !scan.is_frozen && basis->rules.on_time.judged_once)
        rc = judged_get(datadir->store, round->kind, round->id, row->handling_id, JUDGED_ON_TIME,
                        JUDGEMENT_MAX, &in_earlier_round, err);
    if (rc == OK)
        rc = scan_judge(&scan, &fact, in_earlier_round, &judged, err);
    if (rc == OK) {
        *out = judged.verdict;
        *out_reason = scan_frame_reason(&scan, &judged);
    }
    scan_deinit(&scan);
    arena_deinit(&arena);
    return rc;
}

/* ---- rounds ---- */

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
