#include "service/rounds/evaluation.h"

#include "base/civil.h"

#include "service/host/files.h"
#include "service/storage/imports.h"

#include <string.h>

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

static int find_as_of(struct store *store, const struct round_row *round, int64_t now_utc,
                      struct round_basis *basis, struct err *err)
{
    struct coverage coverage = {
        .from_utc = zone_day_start(basis->zone, round->from_day),
        .to_utc = zone_day_end(basis->zone, round->to_day),
    };
    basis->as_of_utc = round->as_of_utc;
    if (basis->as_of_utc != 0)
        return OK;
    int rc = imports_each(store, on_import, &coverage, err);
    if (rc != OK)
        return rc;
    basis->as_of_utc = coverage.extracted_utc != 0 ? coverage.extracted_utc : now_utc;
    if (coverage.extracted_utc == 0 || coverage.extracted_utc > coverage.to_utc)
        return OK;
    char taken[TIME_TEXT_BYTES];
    time_format(coverage.extracted_utc, zone_offset_s(basis->zone, coverage.extracted_utc), taken);
    return err_set(err, ERR_REFUSED,
                   "the last dump of the period of round \"" BYTES_FMT
                   "\" was taken at %s, before the period's end; load a later one or give --as-of",
                   BYTES_ARG(round->name), taken);
}

static int add_layer(struct store *store, struct calendar *calendar, struct bytes name,
                     struct err *err)
{
    struct bytes csv;
    if (calendar_builtin_text(name, &csv))
        return calendar_add_builtin(calendar, name, err);
    int rc = calendar_layer_get(store, name, &csv, err);
    if (rc == OK)
        rc = calendar_add_csv(calendar, csv, err);
    return rc != OK ? err_wrap(err, "calendar layer \"" BYTES_FMT "\"", BYTES_ARG(name)) : OK;
}

static int load_calendar(struct store *store, struct round_basis *basis, struct err *err)
{
    int rc = calendar_new(&basis->calendar, err);
    for (int i = 0; i < basis->rules.calendar.layer_count && rc == OK; i++)
        rc = add_layer(store, basis->calendar, bytes_from_z(basis->rules.calendar.layers[i]), err);
    return rc;
}

int round_basis_load(struct store *store, const struct round_row *round, struct bytes rules_text,
                     int64_t now_utc, struct round_basis *out, struct err *err)
{
    struct round_basis *basis = out;
    *basis = (struct round_basis){0};
    bool is_own = rules_text.ptr == NULL;
    int rc = rules_parse(is_own ? round->rules : rules_text, &basis->rules, err);
    if (rc == OK)
        rc = zone_load(bytes_from_z(basis->rules.basis.timezone), &basis->zone, err);
    if (rc == OK)
        rc = load_calendar(store, basis, err);
    if (rc == OK)
        rc = find_as_of(store, round, now_utc, basis, err);
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
