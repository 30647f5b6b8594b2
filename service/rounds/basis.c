#include "service/rounds/evaluation.h"

#include "base/civil.h"

#include "service/host/files.h"
#include "service/rounds/counts.h"
#include "service/storage/imports.h"

#include <string.h>

enum { PARTS_MAX_BYTES = 16 * 1024 * 1024 };

/* The last dump that covers the period, by the time it was taken. */
struct coverage {
    int64_t from_utc, to_utc;
    int64_t extracted_utc; /* 0: none covers it */
};

static int on_import(void *context, const struct import_row *import, struct err *err)
{
    (void)err;
    struct coverage *coverage = context;
    bool covers = bytes_equal(import->state, BYTES_LIT("loaded")) &&
                  import->counts.oldest_received_utc <= coverage->to_utc &&
                  import->counts.newest_event_utc >= coverage->from_utc;
    if (covers && import->extracted_utc > coverage->extracted_utc)
        coverage->extracted_utc = import->extracted_utc;
    return OK;
}

/* When "open" is judged in an ordinary round, whether or not it may be counted yet. */
static int find_as_of(struct store *store, const struct round_row *round, const struct zone *zone,
                      int64_t now_utc, struct coverage *coverage, int64_t *out_as_of_utc,
                      bool *out_follows_clock, struct err *err)
{
    *coverage = (struct coverage){
        .from_utc = zone_day_start(zone, round->from_day),
        .to_utc = zone_day_end(zone, round->to_day),
    };
    int rc = round->as_of_utc == 0 ? imports_each(store, on_import, coverage, err) : OK;
    if (rc != OK)
        return rc;
    *out_follows_clock = round->as_of_utc == 0 && coverage->extracted_utc == 0;
    *out_as_of_utc = *out_follows_clock      ? now_utc
                     : round->as_of_utc != 0 ? round->as_of_utc
                                             : coverage->extracted_utc;
    return OK;
}

static int find_own_as_of(struct store *store, const struct round_row *round,
                          struct round_basis *basis, struct err *err)
{
    struct coverage coverage;
    int rc = find_as_of(store, round, basis->zone, basis->now_utc, &coverage, &basis->as_of_utc,
                        &basis->follows_clock, err);
    if (rc != OK || coverage.extracted_utc == 0 || coverage.extracted_utc > coverage.to_utc)
        return rc;
    char taken[TIME_TEXT_BYTES];
    time_format(coverage.extracted_utc, zone_offset_s(basis->zone, coverage.extracted_utc), taken);
    return err_set(err, ERR_REFUSED,
                   "the last dump of the period of round \"" BYTES_FMT
                   "\" was taken at %s, before the period's end; load a later one or give --as-of",
                   BYTES_ARG(round->name), taken);
}

/* Each part is judged in its own zone. */
static int find_part_as_of(struct store *store, const struct round_row *part, int64_t now_utc,
                           int64_t *out_as_of_utc, bool *out_follows_clock, struct err *err)
{
    struct rules rules;
    struct zone *zone = NULL;
    struct coverage coverage;
    int rc = rules_parse(part->rules, &rules, err);
    if (rc == OK)
        rc = zone_load(bytes_from_z(rules.basis.timezone), &zone, err);
    if (rc == OK)
        rc = find_as_of(store, part, zone, now_utc, &coverage, out_as_of_utc, out_follows_clock,
                        err);
    zone_free(zone);
    return rc;
}

/* The latest of the parts'. Whether a part may be counted yet is asked when it is counted. */
static int find_pooled_as_of(struct store *store, const struct round_row *round,
                             struct round_basis *basis, struct err *err)
{
    struct arena arena;
    struct round_parts parts = {0};
    arena_init(&arena, PARTS_MAX_BYTES);
    int rc = round_parts_load(store, round->id, &arena, &parts, err);
    basis->follows_clock = parts.count == 0;
    basis->as_of_utc = parts.count == 0 ? basis->now_utc : INT64_MIN;
    for (size_t i = 0; i < parts.count && rc == OK; i++) {
        int64_t as_of_utc = 0;
        bool follows_clock = false;
        rc =
            find_part_as_of(store, &parts.rows[i], basis->now_utc, &as_of_utc, &follows_clock, err);
        basis->follows_clock = basis->follows_clock || follows_clock;
        if (as_of_utc > basis->as_of_utc)
            basis->as_of_utc = as_of_utc;
    }
    arena_deinit(&arena);
    return rc;
}

/* As the round froze it, or as it is now. */
static int add_layer(struct store *store, int64_t round_id, struct calendar *calendar,
                     struct bytes name, struct err *err)
{
    struct bytes csv;
    if (calendar_builtin_text(name, &csv))
        return calendar_add_builtin(calendar, name, err);
    int rc = round_layer_get(store, round_id, name, &csv, err);
    if (rc == ERR_NOT_FOUND)
        rc = calendar_layer_get(store, name, &csv, err);
    if (rc == OK)
        rc = calendar_add_csv(calendar, csv, err);
    return rc != OK ? err_wrap(err, "calendar layer \"" BYTES_FMT "\"", BYTES_ARG(name)) : OK;
}

static int load_calendar(struct store *store, int64_t round_id, struct round_basis *basis,
                         struct err *err)
{
    int rc = calendar_new(&basis->calendar, err);
    for (int i = 0; i < basis->rules.calendar.layer_count && rc == OK; i++)
        rc = add_layer(store, round_id, basis->calendar,
                       bytes_from_z(basis->rules.calendar.layers[i]), err);
    return rc;
}

int round_basis_load(struct store *store, const struct round_row *round, struct bytes rules_text,
                     int64_t now_utc, struct round_basis *out, struct err *err)
{
    struct round_basis *basis = out;
    *basis = (struct round_basis){.now_utc = now_utc};
    bool is_own = rules_text.ptr == NULL;
    int rc = rules_parse(is_own ? round->rules : rules_text, &basis->rules, err);
    if (rc == OK)
        rc = zone_load(bytes_from_z(basis->rules.basis.timezone), &basis->zone, err);
    if (rc == OK)
        rc = load_calendar(store, round->id, basis, err);
    if (rc == OK)
        rc = round->is_accumulated ? find_pooled_as_of(store, round, basis, err)
                                   : find_own_as_of(store, round, basis, err);
    if (rc != OK) {
        round_basis_deinit(basis);
        return rc;
    }
    basis->is_trial = !is_own || basis->rules.basis.document[0] == '\0';
    judge_init(&basis->judge, &basis->rules, basis->calendar, basis->zone, round->from_day,
               round->to_day, basis->as_of_utc);
    return OK;
}

void round_basis_deinit(struct round_basis *basis)
{
    calendar_free(basis->calendar);
    zone_free(basis->zone);
    memset(basis, 0, sizeof *basis);
}
