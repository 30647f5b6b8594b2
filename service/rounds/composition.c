#include "service/rounds/composition.h"

#include "base/alloc.h"
#include "base/civil.h"

#include "service/storage/imports.h"

#include <stdio.h>
#include <string.h>

enum { COMPOSITION_MAX_BYTES = 64 * 1024 * 1024, TEXT_BYTES = 256 };

static int keep_text(struct composition *composition, const char *text, struct bytes *out,
                     struct err *err)
{
    *out = arena_copy(&composition->arena, bytes_from_z(text));
    return out->ptr != NULL ? OK : err_set(err, ERR_NOMEM, "could not compose a bulletin");
}

/* "2024-06-03 08:00" in the round's zone. */
static int keep_time(struct composition *composition, const struct zone *zone, int64_t utc,
                     struct bytes *out, struct err *err)
{
    char text[TIME_TEXT_BYTES];
    time_format(utc, zone_offset_s(zone, utc), text);
    text[10] = ' ';
    text[16] = '\0';
    return keep_text(composition, text, out, err);
}

/* 2024年5月, 2024年第2季度, 2024年上半年, 2024年, or the days themselves. */
static void format_period(int64_t from_day, int64_t to_day, char *out, size_t capacity)
{
    struct civil from = day_to_civil(from_day);
    struct civil to = day_to_civil(to_day);
    struct civil after = day_to_civil(to_day + 1);
    int months = (to.year - from.year) * 12 + to.month - from.month + 1;
    bool whole_months = from.day == 1 && after.day == 1;
    if (whole_months && months == 1)
        (void)snprintf(out, capacity, "%d年%d月", from.year, from.month);
    else if (whole_months && months == 3 && from.month % 3 == 1)
        (void)snprintf(out, capacity, "%d年第%d季度", from.year, (from.month + 2) / 3);
    else if (whole_months && months == 6 && from.month % 6 == 1)
        (void)snprintf(out, capacity, "%d年%s半年", from.year, from.month == 1 ? "上" : "下");
    else if (whole_months && months == 12 && from.month == 1)
        (void)snprintf(out, capacity, "%d年", from.year);
    else
        (void)snprintf(out, capacity, "%d年%d月%d日至%d年%d月%d日", from.year, from.month, from.day,
                       to.year, to.month, to.day);
}

static int keep_title(struct composition *composition, const struct round_row *round,
                      struct bytes *out, struct err *err)
{
    char period[TEXT_BYTES];
    char title[TEXT_BYTES * 2];
    format_period(round->from_day, round->to_day, period, sizeof period);
    (void)snprintf(title, sizeof title, "%s12345热线工单按时办结情况通报", period);
    return keep_text(composition, title, out, err);
}

/* ---- data quality: the imports that cover the period ---- */

struct listing {
    struct composition *composition;
    struct bulletin_import *imports; /* NULL while they are counted */
    size_t count;
    int64_t from_utc, to_utc;
};

static int on_import(void *context, const struct import_row *row, struct err *err)
{
    struct listing *listing = context;
    const struct import_counts *counts = &row->counts;
    if (!bytes_equal(row->state, BYTES_LIT("loaded")) ||
        counts->oldest_received_utc > listing->to_utc ||
        counts->newest_event_utc < listing->from_utc)
        return OK;
    size_t at = listing->count++;
    if (listing->imports == NULL)
        return OK;
    struct bulletin_import *import = &listing->imports[at];
    *import = (struct bulletin_import){
        .id = row->id,
        .file_name = arena_copy(&listing->composition->arena, row->file_name),
        .rows = counts->rows,
        .accepted = counts->accepted,
        .updated = counts->updated,
        .unchanged = counts->unchanged,
        .rejected = counts->rejected,
        .contradictions = counts->contradictions,
        .bad_dates = counts->bad_dates,
        .flag_disagreements = counts->flag_disagreements,
    };
    if (import->file_name.ptr == NULL)
        return err_set(err, ERR_NOMEM, "could not list imports");
    return keep_time(listing->composition, listing->composition->basis.zone, row->loaded_utc,
                     &import->loaded_at, err);
}

static int list_imports(struct composition *composition, struct store *store, struct err *err)
{
    struct listing listing = {
        .composition = composition,
        .from_utc = zone_day_start(composition->basis.zone, composition->round.from_day),
        .to_utc = zone_day_end(composition->basis.zone, composition->round.to_day),
    };
    int rc = imports_each(store, on_import, &listing, err);
    if (rc != OK)
        return rc;
    listing.imports =
        arena_alloc(&composition->arena, size_multiply(listing.count + 1, sizeof *listing.imports));
    if (listing.imports == NULL)
        return err_set(err, ERR_NOMEM, "could not list imports");
    listing.count = 0;
    rc = imports_each(store, on_import, &listing, err);
    composition->bulletin.imports = listing.imports;
    composition->bulletin.import_count = listing.count;
    return rc;
}

static int list_unmatched(struct composition *composition, struct err *err)
{
    const struct evaluation *evaluation = &composition->evaluation;
    size_t count = evaluation->unmatched_name_count;
    struct bulletin_unmatched *names =
        arena_alloc(&composition->arena, size_multiply(count + 1, sizeof *names));
    if (names == NULL)
        return err_set(err, ERR_NOMEM, "could not list unmatched names");
    for (size_t i = 0; i < count; i++)
        names[i] = (struct bulletin_unmatched){evaluation->unmatched_names[i].name,
                                               evaluation->unmatched_names[i].count};
    composition->bulletin.unmatched_names = names;
    composition->bulletin.unmatched_name_count = count;
    return OK;
}

/* ---- the round before ---- */

static int count_previous(struct composition *composition, const struct datadir *datadir,
                          const struct composition_options *options, struct err *err)
{
    struct round_row row;
    int rc = round_get_previous(datadir->store, composition->round.kind,
                                composition->round.from_day, &row, err);
    if (rc != OK)
        return rc == ERR_NOT_FOUND ? OK : rc;
    rc = round_keep(&row, &composition->arena, &composition->previous_round, err);
    if (rc == OK)
        rc = round_basis_load(datadir->store, &composition->previous_round, options->rules_text,
                              options->now_utc, &composition->previous_basis, err);
    if (rc == ERR_REFUSED)
        return OK; /* not to be counted yet: no comparison */
    if (rc == OK)
        rc = evaluation_run(datadir, &composition->previous_round, &composition->previous_basis,
                            options->threads, &composition->previous_evaluation, err);
    if (rc == OK)
        rc = keep_title(composition, &composition->previous_round, &composition->previous.title,
                        err);
    composition->previous.id = composition->previous_round.name;
    composition->previous.ranking = &composition->previous_evaluation.ranking;
    composition->previous.rules = &composition->previous_basis.rules;
    composition->bulletin.previous = rc == OK ? &composition->previous : NULL;
    return rc;
}

/* ---- the whole ---- */

static int fill_head(struct composition *composition, const struct datadir *datadir,
                     const struct composition_options *options, struct err *err)
{
    struct bulletin *bulletin = &composition->bulletin;
    const struct round_basis *basis = &composition->basis;
    struct buf rules_text;
    *bulletin = (struct bulletin){
        .document = bytes_from_z(basis->rules.basis.document),
        .is_trial = basis->is_trial,
        .is_demonstration = datadir->demonstration[0] != '\0',
        .round_id = composition->round.name,
        .round_kind = composition->round.kind,
        .from_day = composition->round.from_day,
        .to_day = composition->round.to_day,
        .program_version = options->program_version,
        .ranking = &composition->evaluation.ranking,
        .rules = &basis->rules,
        .unmatched = composition->evaluation.unmatched,
        .unclear = composition->evaluation.unclear,
    };
    buf_init(&rules_text, RULES_TEXT_MAX_BYTES);
    rules_format(&basis->rules, &rules_text);
    int rc = buf_status(&rules_text, err);
    if (rc == OK) {
        bulletin->rules_text = arena_copy(&composition->arena, buf_bytes(&rules_text));
        rc = bulletin->rules_text.ptr != NULL ? OK
                                              : err_set(err, ERR_NOMEM, "could not keep the rules");
    }
    buf_deinit(&rules_text);
    if (rc == OK)
        rc = keep_text(composition, datadir->organ, &bulletin->organ, err);
    if (rc == OK)
        rc = keep_text(composition, datadir->demonstration, &bulletin->demonstration_notice, err);
    if (rc == OK)
        rc = keep_title(composition, &composition->round, &bulletin->title, err);
    if (rc == OK)
        rc = keep_time(composition, basis->zone, basis->as_of_utc, &bulletin->as_of, err);
    if (rc == OK)
        rc = keep_time(composition, basis->zone, options->now_utc, &bulletin->printed_at, err);
    return rc;
}

int composition_make(const struct datadir *datadir, const struct composition_options *options,
                     struct composition *out, struct err *err)
{
    memset(out, 0, sizeof *out);
    arena_init(&out->arena, COMPOSITION_MAX_BYTES);
    int rc = round_get_kept(datadir->store, options->round_name, &out->arena, &out->round, err);
    if (rc == OK)
        rc = round_basis_load(datadir->store, &out->round, options->rules_text, options->now_utc,
                              &out->basis, err);
    if (rc == OK)
        rc = evaluation_run(datadir, &out->round, &out->basis, options->threads, &out->evaluation,
                            err);
    if (rc == OK)
        rc = fill_head(out, datadir, options, err);
    if (rc == OK)
        rc = list_imports(out, datadir->store, err);
    if (rc == OK)
        rc = list_unmatched(out, err);
    if (rc == OK)
        rc = count_previous(out, datadir, options, err);
    if (rc != OK)
        composition_deinit(out);
    return rc;
}

void composition_deinit(struct composition *composition)
{
    evaluation_deinit(&composition->evaluation);
    evaluation_deinit(&composition->previous_evaluation);
    round_basis_deinit(&composition->basis);
    round_basis_deinit(&composition->previous_basis);
    arena_deinit(&composition->arena);
    memset(composition, 0, sizeof *composition);
}
