#include "service/followup/call_list.h"

#include "base/civil.h"

#include "importers/profile.h"

#include "service/auth/digest.h"
#include "service/auth/vault.h"
#include "service/host/files.h"
#include "service/intake/document.h"
#include "service/storage/sealed.h"

/* ---- the file ---- */

enum { SEALED_MAX_BYTES = 256 };

struct loading {
    struct store *store;
    struct call_list_result *result;
    struct document document;
    struct reader *reader;
    struct vault_sealer *sealer;
    struct vault_index *index;
    struct profile *profile;
    struct zone *zone;
    struct buf sealed;
    int64_t next_id;
    int64_t first_id;
};

static int on_call(void *context, const struct call_record *call, struct err *err)
{
    struct loading *loading = context;
    struct call_record_row row = {
        .id = loading->next_id,
        .file_id = loading->result->counts.id,
        .line = call->line,
        .started_utc = call->began_utc,
        .seconds = call->seconds,
        .line_name = call->calling_line,
    };
    struct sealer door = vault_sealer_door(loading->sealer);
    if (row.id - loading->first_id == CALL_LIST_ROWS_MAX)
        return err_set(err, ERR_LIMIT, "a list of calls has at most %d rows",
                       (int)CALL_LIST_ROWS_MAX);
    buf_clear(&loading->sealed);
    int rc = vault_index_of(loading->index, call->number, &row.phone_key, err);
    if (rc == OK)
        rc = door.seal(door.context, row.id, call->number, &loading->sealed, err);
    row.sealed = buf_bytes(&loading->sealed);
    if (rc == OK)
        rc = call_record_put_new(loading->store, &row, err);
    loading->next_id++;
    return rc;
}

static int on_reject(void *context, const struct reject *reject, struct err *err)
{
    struct call_list_result *result = ((struct loading *)context)->result;
    (void)err;
    if (result->named_count < CALL_LIST_NAMED_REJECTS) {
        result->named[result->named_count].line = reject->line;
        result->named[result->named_count++].reason = reject->reason;
    }
    return OK;
}

static int on_bytes(void *context, struct bytes bytes, struct err *err)
{
    return reader_feed(((struct loading *)context)->reader, bytes, err);
}

static int read_all(struct loading *loading, const char *spool_dir, struct err *err)
{
    const struct document_wish wish = {.profile = loading->profile, .form = FORM_OPEN};
    const struct reader_sink sink = {
        .on_call = on_call, .on_reject = on_reject, .context = loading};
    enum refusal *refusal = &loading->result->refusal;
    int rc = document_recognise(&loading->document, &wish, spool_dir, refusal, err);
    if (rc != OK)
        return rc;
    const struct dump_options options = document_options(&loading->document, &wish);
    rc = reader_new(&options, loading->zone, sink, &loading->reader, err);
    if (rc == OK)
        rc = document_read(&loading->document, on_bytes, loading, refusal, err);
    if (rc == OK)
        rc = reader_finish(loading->reader, err);
    if (rc == ERR_REFUSED && *refusal == REFUSAL_NONE && loading->reader != NULL)
        *refusal = reader_refusal(loading->reader);
    return rc;
}

/* ---- matching ---- */

enum { MATCH_A_TIME = 256, MATCH_EXACT_S = 10 };

/* What is still unmatched of the file. */
struct unmatched {
    int64_t file_id;
    struct {
        int64_t id, phone_key, started_utc;
    } rows[MATCH_A_TIME];
    size_t count;
};

static int on_record(void *context, const struct call_record_row *row, struct err *err)
{
    struct unmatched *unmatched = context;
    (void)err;
    unmatched->rows[unmatched->count].id = row->id;
    unmatched->rows[unmatched->count].phone_key = row->phone_key;
    unmatched->rows[unmatched->count++].started_utc = row->started_utc;
    return OK;
}

static int match_one(struct store *store, int64_t id, int64_t phone_key, int64_t at_utc,
                     int64_t within_s, bool *out_is_matched, struct err *err)
{
    struct err unused = {0};
    int64_t dial_id = 0;
    int rc = call_record_find_dial(store, phone_key, at_utc, within_s, &dial_id, &unused);
    *out_is_matched = rc == OK;
    if (rc == ERR_NOT_FOUND)
        return OK;
    if (rc != OK)
        *err = unused;
    return rc == OK ? call_record_put_dial(store, id, dial_id, err) : rc;
}

/* A call that an earlier record has, of this list or of one that overlaps it, is the same call: it has the same dial,
 * and takes no other. */
static int match_or_repeat(struct store *store, const struct unmatched *unmatched, size_t i,
                           int64_t within_s, bool *out_is_matched, struct err *err)
{
    int64_t id = unmatched->rows[i].id, first_id = 0, dial_id = 0;
    int64_t phone_key = unmatched->rows[i].phone_key;
    int64_t at_utc = unmatched->rows[i].started_utc;
    int rc = call_record_find_first(store, phone_key, at_utc, &first_id, &dial_id, err);
    if (rc != OK || first_id == id)
        return rc == OK ? match_one(store, id, phone_key, at_utc, within_s, out_is_matched, err)
                        : rc;
    *out_is_matched = dial_id > 0;
    bool is_last = within_s == CALL_LIST_WITHIN_S;
    if (dial_id <= 0 && !is_last)
        return OK;
    return call_record_put_dial(store, id, dial_id > 0 ? dial_id : CALL_RECORD_AGAIN, err);
}

/* The file's records lie behind those of all earlier ones. */
static int match_within(struct loading *loading, int64_t within_s, struct err *err)
{
    int64_t after_id = loading->first_id - 1;
    int rc = OK;
    for (bool is_full = true; is_full && rc == OK;) {
        struct unmatched unmatched = {.count = 0};
        rc = call_records_each_unmatched(loading->store, after_id, MATCH_A_TIME, on_record,
                                         &unmatched, err);
        for (size_t i = 0; i < unmatched.count && rc == OK; i++) {
            bool is_matched = false;
            after_id = unmatched.rows[i].id;
            rc = match_or_repeat(loading->store, &unmatched, i, within_s, &is_matched, err);
            loading->result->counts.matched += is_matched;
        }
        is_full = unmatched.count == MATCH_A_TIME;
    }
    return rc;
}

/* ---- the whole ---- */

static int load_new(struct loading *loading, const char *spool_dir, struct err *err)
{
    struct call_record_file_row *counts = &loading->result->counts;
    int rc = call_record_next_id(loading->store, &loading->first_id, err);
    loading->next_id = loading->first_id;
    if (rc == OK)
        rc = read_all(loading, spool_dir, err);
    if (rc == OK)
        rc = match_within(loading, MATCH_EXACT_S, err);
    if (rc == OK)
        rc = match_within(loading, CALL_LIST_WITHIN_S, err);
    if (rc != OK)
        return rc;
    const struct reader_counts read = reader_counts(loading->reader);
    counts->rows = read.rows;
    counts->rejected = read.rejected;
    counts->unmatched = loading->next_id - loading->first_id - counts->matched;
    return call_record_file_put_counts(loading->store, counts, err);
}

struct earlier {
    struct bytes sha256;
    struct call_record_file_row *counts;
};

static int on_file(void *context, const struct call_record_file_row *row, struct err *err)
{
    struct earlier *earlier = context;
    (void)err;
    if (bytes_equal(row->sha256, earlier->sha256))
        *earlier->counts = *row;
    return OK;
}

static int load(struct loading *loading, const char *spool_dir, struct bytes file_name,
                const struct actor *actor, struct err *err)
{
    struct call_list_result *result = loading->result;
    struct bytes sha256 = {(const char *)loading->document.source.sha256, SHA256_BYTES};
    struct err unused = {0};
    struct earlier earlier = {sha256, &result->counts};
    result->counts = (struct call_record_file_row){.file_name = file_name,
                                                   .sha256 = sha256,
                                                   .imported_utc = actor->now_utc,
                                                   .who = actor->who};
    int rc = call_record_file_put_new(loading->store, &result->counts, &unused);
    result->is_already_loaded = rc == ERR_EXISTS;
    if (result->is_already_loaded)
        return call_record_files_each(loading->store, on_file, &earlier, err);
    if (rc != OK)
        *err = unused;
    return rc == OK ? load_new(loading, spool_dir, err) : rc;
}

static int loading_init(struct loading *loading, const struct vault *vault, struct err *err)
{
    buf_init(&loading->sealed, SEALED_MAX_BYTES);
    int rc = vault_index_new(vault, &loading->index, err);
    if (rc == OK)
        rc = vault_sealer_new(vault, sealed_purpose(SEALED_CALL_RECORDS), &loading->sealer, err);
    if (rc == OK)
        rc = profile_builtin(BYTES_LIT("calls"), &loading->profile, err);
    return rc == OK ? zone_load(profile_timezone(loading->profile), &loading->zone, err) : rc;
}

static void loading_deinit(struct loading *loading)
{
    reader_free(loading->reader);
    document_close(&loading->document);
    zone_free(loading->zone);
    profile_free(loading->profile);
    vault_sealer_free(loading->sealer);
    vault_index_free(loading->index);
    buf_deinit(&loading->sealed);
}

int call_list_load(const struct datadir *datadir, struct store *store, const char *path,
                   struct bytes file_name, const struct actor *actor, struct call_list_result *out,
                   struct err *err)
{
    struct call_list_result result = {.refusal = REFUSAL_NONE};
    struct loading loading = {.store = store, .result = &result, .document = DOCUMENT_NONE};
    int rc = loading_init(&loading, datadir->vault, err);
    if (rc == OK)
        rc = document_open(path, datadir->path, true, true, &loading.document, err);
    if (rc == OK)
        rc = load(&loading, datadir->path, file_name, actor, err);
    loading_deinit(&loading);
    result.counts.file_name = result.counts.sha256 = result.counts.who = BYTES_NONE;
    if (rc == OK || rc == ERR_REFUSED)
        *out = result;
    return rc;
}

/* ---- what does not match ---- */

enum { SPANS_MAX = 1024 };

/* Days of which lists were loaded, each once, ascending. */
struct spans {
    struct {
        int64_t from_utc, to_utc;
    } of[SPANS_MAX];
    size_t count;
};

static int64_t day_start(int64_t utc)
{
    return seconds_to_day(utc + OFFICE_OFFSET_S) * SECONDS_A_DAY - OFFICE_OFFSET_S;
}

/* What was dialled after a list was loaded cannot be in it. */
static int on_span(void *context, int64_t from_utc, int64_t to_utc, int64_t imported_utc,
                   struct err *err)
{
    struct spans *spans = context;
    int64_t day_end = day_start(to_utc) + SECONDS_A_DAY - 1;
    from_utc = day_start(from_utc);
    if (imported_utc > to_utc)
        to_utc = imported_utc < day_end ? imported_utc : day_end;
    if (spans->count > 0 && from_utc <= spans->of[spans->count - 1].to_utc + 1) {
        if (to_utc > spans->of[spans->count - 1].to_utc)
            spans->of[spans->count - 1].to_utc = to_utc;
        return OK;
    }
    if (spans->count == SPANS_MAX)
        return err_set(err, ERR_LIMIT, "lists of calls lie in more than %d spans of days",
                       (int)SPANS_MAX);
    spans->of[spans->count].from_utc = from_utc;
    spans->of[spans->count++].to_utc = to_utc;
    return OK;
}

int call_list_dials_each(struct store *store, int64_t campaign_id, unmatched_dial_cb on_dial,
                         void *context, struct err *err)
{
    struct spans spans = {.count = 0};
    int rc = call_record_spans_each(store, on_span, &spans, err);
    for (size_t i = 0; i < spans.count && rc == OK; i++)
        rc = dials_each_unmatched(store, campaign_id, spans.of[i].from_utc, spans.of[i].to_utc, 0,
                                  INT64_MAX, on_dial, context, err);
    return rc;
}

int call_list_dials_count(struct store *store, int64_t campaign_id, int64_t team_id,
                          int64_t *out_dials, struct err *err)
{
    struct spans spans = {.count = 0};
    int64_t all = 0;
    int rc = call_record_spans_each(store, on_span, &spans, err);
    for (size_t i = 0; i < spans.count && rc == OK; i++) {
        int64_t dials = 0;
        rc = dials_count_of_team(store, team_id, campaign_id, spans.of[i].from_utc,
                                 spans.of[i].to_utc, &dials, err);
        all += dials;
    }
    if (rc == OK)
        *out_dials = all;
    return rc;
}
