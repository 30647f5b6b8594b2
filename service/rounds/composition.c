#include "service/rounds/composition.h"

#include "base/alloc.h"

#include "service/auth/digest.h"
#include "service/storage/exclusions.h"
#include "service/storage/frames.h"
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
static void format_time(const struct zone *zone, int64_t utc, char text[TIME_TEXT_BYTES])
{
    time_format(utc, zone_offset_s(zone, utc), text);
    text[10] = ' ';
    text[16] = '\0';
}

static int keep_time(struct composition *composition, const struct zone *zone, int64_t utc,
                     struct bytes *out, struct err *err)
{
    char text[TIME_TEXT_BYTES];
    format_time(zone, utc, text);
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

/* Before anybody was called a round tells of closing in time alone. */
static int keep_title(struct composition *composition, const struct round_row *round, bool has_draw,
                      struct bytes *out, struct err *err)
{
    char period[TEXT_BYTES];
    char title[TEXT_BYTES * 2];
    format_period(round->from_day, round->to_day, period, sizeof period);
    (void)snprintf(title, sizeof title, "%s12345热线工单%s情况通报", period,
                   has_draw ? "办理" : "按时办结");
    return keep_text(composition, title, out, err);
}

/* The row over all has a sample as soon as any unit has. */
static bool has_sample(const struct evaluation *evaluation)
{
    const struct ranking *ranking = &evaluation->ranking;
    return ranking->rows[ranking->row_count - 1].has_sample;
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

/* ---- the frozen frame and the draw ---- */

static int keep_hex(struct composition *composition, struct bytes digest, struct bytes *out,
                    struct err *err)
{
    char hex[SHA256_HEX_BYTES];
    if (digest.len != SHA256_BYTES)
        return err_set(err, ERR_CORRUPT, "a digest of round \"" BYTES_FMT "\" has %zu bytes",
                       BYTES_ARG(composition->round.name), digest.len);
    sha256_hex((const unsigned char *)digest.ptr, hex);
    return keep_text(composition, hex, out, err);
}

static int on_left_out(void *context, int64_t unit, int reason, int64_t orders, struct err *err)
{
    struct bulletin_draw *draw = context;
    if (reason <= FRAME_IN || reason >= FRAME_REASONS)
        return err_set(err, ERR_CORRUPT, "unit %jd of a frame left out orders for reason %d",
                       (intmax_t)unit, reason);
    draw->left_out[reason] += orders;
    return OK;
}

static int keep_draw(struct composition *composition, const struct draw_row *row,
                     struct bulletin_draw *out, struct err *err)
{
    struct arena *arena = &composition->arena;
    const struct sampled *sampled = &composition->evaluation.sampled;
    bool is_adopted = bytes_equal(row->kind, BYTES_LIT("adopted"));
    out->is_drawn = true;
    out->no = sampled->draw_no;
    out->of = sampled->draw_count;
    for (size_t i = 0; i < sampled->unit_count; i++) {
        out->sample += sampled->units[i].sample;
        out->reserve += sampled->units[i].reserve;
        out->released += sampled->units[i].released;
    }
    out->kind = arena_copy(arena, row->kind);
    out->public_half = BYTES_LIT("");
    if (bytes_equal(row->kind, BYTES_LIT("seed")))
        out->public_half = arena_copy(arena, row->seed);
    if (out->kind.ptr == NULL || out->public_half.ptr == NULL)
        return err_set(err, ERR_NOMEM, "could not compose a bulletin");
    out->public_sha256 = BYTES_LIT("");
    int rc = is_adopted ? OK : keep_hex(composition, row->public_sha256, &out->public_sha256, err);
    if (rc == OK)
        rc = keep_time(composition, composition->basis.zone, row->drawn_utc, &out->drawn_at, err);
    return rc;
}

static int keep_frame(struct composition *composition, const struct frame_row *row,
                      struct bulletin_draw *out, struct err *err)
{
    out->frame = row->entries;
    int rc = keep_hex(composition, row->listing_sha256, &out->frame_sha256, err);
    if (rc == OK)
        rc = keep_hex(composition, row->secret_sha256, &out->secret_sha256, err);
    if (rc == OK)
        rc = keep_time(composition, composition->basis.zone, row->frozen_utc, &out->frozen_at, err);
    return rc;
}

/* Rounds that were closed before there were frames have none. */
static int describe_draw(struct composition *composition, struct store *store, struct err *err)
{
    struct bulletin_draw *out = &composition->draw;
    int64_t round_id = composition->round.id;
    struct frame_row frame;
    struct draw_row draw;
    if (composition->round.is_accumulated || !round_is_frozen(&composition->round))
        return OK;
    int rc = frame_get_last(store, round_id, &frame, err);
    if (rc == ERR_NOT_FOUND)
        return OK;
    if (rc == OK)
        rc = keep_frame(composition, &frame, out, err);
    if (rc == OK)
        rc = frame_left_out_each(store, round_id, on_left_out, out, err);
    if (rc == OK && composition->evaluation.sampled.has_draw) {
        rc = draw_get_current(store, round_id, &draw, err);
        if (rc == OK)
            rc = keep_draw(composition, &draw, out, err);
    }
    composition->bulletin.draw = out;
    return rc;
}

/* ---- parts ---- */

static int describe_part(struct composition *composition, struct store *store,
                         const struct round_row *row, struct bulletin_part *out, struct err *err)
{
    struct draw_row draw;
    int rc = draw_get_current(store, row->id, &draw, err);
    bool has_draw = rc == OK;
    if (rc != OK && rc != ERR_NOT_FOUND)
        return rc;
    *out = (struct bulletin_part){
        .id = row->name, .is_closed = round_is_closed(row), .has_draw = has_draw};
    return keep_title(composition, row, has_draw, &out->title, err);
}

static int list_parts(struct composition *composition, struct store *store, struct err *err)
{
    struct arena *arena = &composition->arena;
    struct round_parts *rows = &composition->parts;
    if (!composition->round.is_accumulated)
        return OK;
    int rc = round_parts_load(store, composition->round.id, arena, rows, err);
    if (rc != OK)
        return rc;
    struct bulletin_part *parts = arena_alloc(arena, size_multiply(rows->count + 1, sizeof *parts));
    if (parts == NULL)
        return err_set(err, ERR_NOMEM, "could not list the parts of a round");
    for (size_t i = 0; i < rows->count && rc == OK; i++)
        rc = describe_part(composition, store, &rows->rows[i], &parts[i], err);
    composition->bulletin.parts = parts;
    composition->bulletin.part_count = rows->count;
    return rc;
}

/* ---- exclusions by request, by reason ---- */

static int on_exclusion(void *context, const struct exclusion_row *row, struct err *err)
{
    struct composition *composition = context;
    struct bulletin_request *requests = composition->requests;
    size_t at = 0;
    size_t count = composition->bulletin.request_count;
    while (at < count && !bytes_equal(requests[at].reason, row->reason))
        at++;
    if (at == REASONS_MAX)
        return err_set(err, ERR_CORRUPT, "more than %d reasons of exclusions", REASONS_MAX);
    if (at == count) {
        requests[at].reason = arena_copy(&composition->arena, row->reason);
        if (requests[at].reason.ptr == NULL)
            return err_set(err, ERR_NOMEM, "could not list exclusions");
        composition->bulletin.request_count++;
    }
    if (bytes_equal(row->state, BYTES_LIT("approved")))
        requests[at].approved++;
    else if (bytes_equal(row->state, BYTES_LIT("refused")))
        requests[at].refused++;
    else
        requests[at].waiting++;
    return OK;
}

/* Of the round, or of all its parts. */
static int list_requests(struct composition *composition, struct store *store, struct err *err)
{
    const struct round_parts *parts = &composition->parts;
    int rc = OK;
    if (!composition->round.is_accumulated)
        rc = exclusions_each(store, composition->round.id, on_exclusion, composition, err);
    for (size_t i = 0; i < parts->count && rc == OK; i++)
        rc = exclusions_each(store, parts->rows[i].id, on_exclusion, composition, err);
    if (composition->bulletin.request_count > 0)
        composition->bulletin.requests = composition->requests;
    return rc;
}

/* What a trial prints was never published. */
static int find_issue(struct composition *composition, struct store *store,
                      const struct composition_options *options, struct err *err)
{
    struct round_score_row score;
    if (options->rules_text.ptr != NULL ||
        !bytes_equal(composition->round.state, BYTES_LIT("scored")))
        return OK;
    int rc = round_score_get_last(store, composition->round.id, &score, err);
    if (rc == OK)
        composition->bulletin.issue = score.issue;
    return rc;
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
    if (rc == OK)
        rc = evaluation_run(datadir, &composition->previous_round, &composition->previous_basis,
                            options->threads, &composition->previous_evaluation, err);
    if (rc == ERR_REFUSED)
        return OK; /* it, or a part of it, is not to be counted yet: no comparison */
    if (rc == OK)
        rc = keep_title(composition, &composition->previous_round,
                        has_sample(&composition->previous_evaluation), &composition->previous.title,
                        err);
    composition->previous.id = composition->previous_round.name;
    composition->previous.ranking = &composition->previous_evaluation.ranking;
    composition->previous.rules = &composition->previous_basis.rules;
    composition->bulletin.previous = rc == OK ? &composition->previous : NULL;
    return rc;
}

/* ---- the whole ---- */

static int fill_moment(const struct round_basis *basis, struct store *store, int64_t now_utc,
                       struct composition_moment *moment, struct bulletin *bulletin,
                       struct err *err)
{
    int rc = audit_head_load(store, &moment->audit_head, err);
    if (rc != OK)
        return rc;
    format_time(basis->zone, now_utc, moment->printed_at);
    bulletin->printed_at = bytes_from_z(moment->printed_at);
    bulletin->audit_id = moment->audit_head.last_id;
    bulletin->audit_mac = BYTES_NONE;
    if (bulletin->audit_id != 0)
        bulletin->audit_mac = (struct bytes){moment->audit_head.mac_hex, AUDIT_HEAD_HEX_DIGITS};
    return OK;
}

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
        rc = keep_title(composition, &composition->round, has_sample(&composition->evaluation),
                        &bulletin->title, err);
    if (rc == OK)
        rc = keep_time(composition, basis->zone, basis->as_of_utc, &bulletin->as_of, err);
    if (rc == OK)
        rc = fill_moment(basis, datadir->store, options->now_utc, &composition->moment, bulletin,
                         err);
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
        rc = describe_draw(out, datadir->store, err);
    if (rc == OK)
        rc = list_parts(out, datadir->store, err);
    if (rc == OK)
        rc = list_requests(out, datadir->store, err);
    if (rc == OK)
        rc = find_issue(out, datadir->store, options, err);
    if (rc == OK)
        rc = count_previous(out, datadir, options, err);
    if (rc != OK)
        composition_deinit(out);
    return rc;
}

bool composition_follows_clock(const struct composition *composition)
{
    return composition->basis.follows_clock || composition->previous_basis.follows_clock;
}

int composition_reprint(const struct composition *composition, struct store *store, int64_t now_utc,
                        struct composition_moment *moment, struct bulletin *out, struct err *err)
{
    struct bulletin bulletin = composition->bulletin;
    int rc = fill_moment(&composition->basis, store, now_utc, moment, &bulletin, err);
    if (rc == OK)
        *out = bulletin;
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
