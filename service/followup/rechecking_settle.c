#include "service/followup/casework_room.h"
#include "service/followup/rechecking.h"

#include <string.h>

/* Two versions of an interview, held against each other, and what a supervisor makes of them. */

const char *const *recheck_items(void)
{
    static const char *const items[RECHECK_ITEMS] = {"contacted", "resolved", "satisfaction"};
    return items;
}

/* ---- both versions ---- */

enum { VERSIONS_MAX_BYTES = 4 * 1024 * 1024, VERSION_ITEM_BYTES = 16, VERSION_VALUE_BYTES = 16 };

/* What the checker found, beside what the caller was given. */
struct pair {
    int64_t drawn_id;
    char item[VERSION_ITEM_BYTES], found[VERSION_VALUE_BYTES], given[VERSION_VALUE_BYTES];
};

struct pairs {
    struct pair *rows;
    size_t count;
};

static void copy_word(char *to, size_t size, struct bytes word)
{
    size_t len = word.len < size ? word.len : size - 1;
    if (len > 0)
        memcpy(to, word.ptr, len);
    to[len] = '\0';
}

static int on_found(void *context, const struct recheck_answer_row *row, struct err *err)
{
    struct pairs *pairs = context;
    if (pairs->count == RECHECK_ANSWERS_MAX)
        return err_set(err, ERR_LIMIT, "a re-check has at most %d answers",
                       (int)RECHECK_ANSWERS_MAX);
    struct pair *pair = &pairs->rows[pairs->count++];
    pair->drawn_id = row->drawn_id;
    copy_word(pair->item, sizeof pair->item, row->item);
    copy_word(pair->found, sizeof pair->found, row->value);
    return OK;
}

/* Of several answers to one item the last holds. */
static int on_given(void *context, const struct answer_row *row, struct err *err)
{
    struct pairs *pairs = context;
    (void)err;
    for (size_t i = 0; i < pairs->count; i++) {
        struct pair *pair = &pairs->rows[i];
        if (pair->drawn_id == row->drawn_id && bytes_equal(row->item, bytes_from_z(pair->item)))
            copy_word(pair->given, sizeof pair->given, row->value);
    }
    return OK;
}

/* Of satisfaction, 5 to 1; 0: 说不清. */
static int rating_of(struct bytes value)
{
    return value.len == 1 && value.ptr[0] >= '1' && value.ptr[0] <= '0' + SATISFACTION_HIGHEST
               ? value.ptr[0] - '0'
               : SATISFACTION_MISSING;
}

static bool is_near(int a, int b, const bool *satisfied)
{
    bool is_rated = a != SATISFACTION_MISSING && b != SATISFACTION_MISSING;
    return is_rated && a - b <= 1 && b - a <= 1 && satisfied[a] == satisfied[b];
}

static struct recheck_version version_of(const struct pair *pair, const bool *satisfied)
{
    struct recheck_version version = {.drawn_id = pair->drawn_id,
                                      .item = bytes_from_z(pair->item),
                                      .given = bytes_from_z(pair->given),
                                      .found = bytes_from_z(pair->found)};
    if (strcmp(pair->item, RECHECK_INTERVIEWED) == 0) {
        version.is_compared = strcmp(pair->found, "unsure") != 0;
        version.agrees = strcmp(pair->found, "no") != 0;
        return version;
    }
    version.is_compared = version.given.len > 0;
    version.agrees = bytes_equal(version.given, version.found);
    if (strcmp(pair->item, "satisfaction") == 0)
        version.agrees = version.agrees ||
                         is_near(rating_of(version.given), rating_of(version.found), satisfied);
    return version;
}

int rechecking_versions_each(struct store *store, int64_t id, int64_t case_id,
                             const bool *satisfied, recheck_version_cb on_version, void *context,
                             struct err *err)
{
    struct arena arena;
    arena_init(&arena, VERSIONS_MAX_BYTES);
    struct pairs pairs = {arena_alloc(&arena, RECHECK_ANSWERS_MAX * sizeof *pairs.rows), 0};
    int rc = pairs.rows != NULL ? recheck_answers_each(store, id, on_found, &pairs, err)
                                : err_set(err, ERR_NOMEM, "could not compare a re-check");
    if (rc == OK && pairs.count > 0)
        rc = answers_each_of_case(store, case_id, on_given, &pairs, err);
    for (size_t i = 0; i < pairs.count && rc == OK; i++) {
        struct recheck_version version = version_of(&pairs.rows[i], satisfied);
        rc = on_version(context, &version, err);
    }
    arena_deinit(&arena);
    return rc;
}

/* ---- settling ---- */

/* What is to be written of one order, after nothing is read any more. */
struct change {
    int64_t drawn_id;
    bool is_changed;
    struct case_correction correction;
};

struct settling {
    struct change orders[CASE_ORDERS_MAX];
    size_t count;
};

static int on_order(void *context, const struct case_order *order, struct err *err)
{
    struct settling *settling = context;
    if (settling->count == CASE_ORDERS_MAX)
        return err_set(err, ERR_LIMIT, "a case has at most %d orders", (int)CASE_ORDERS_MAX);
    settling->orders[settling->count++] = (struct change){
        .drawn_id = order->drawn_id,
        .correction = {.drawn_id = order->drawn_id, .resolved = -1, .satisfaction = -1}};
    return OK;
}

static int on_version(void *context, const struct recheck_version *version, struct err *err)
{
    struct settling *settling = context;
    const struct script_answer answer = {.item = version->item, .value = version->found};
    struct script_outcome outcome;
    (void)err;
    if (bytes_equal(version->given, version->found))
        return OK;
    script_read(&answer, 1, &outcome);
    for (size_t i = 0; i < settling->count; i++) {
        struct change *change = &settling->orders[i];
        bool is_resolved = bytes_equal(version->item, BYTES_LIT("resolved"));
        bool is_rating = bytes_equal(version->item, BYTES_LIT("satisfaction"));
        if (change->drawn_id != version->drawn_id || (!is_resolved && !is_rating))
            continue;
        change->is_changed = true;
        if (is_resolved) {
            change->correction.resolved = (int)outcome.resolved;
            change->correction.still_open = outcome.still_open;
        } else {
            change->correction.satisfaction = rating_of(version->found);
        }
    }
    return OK;
}

static int put_changes(struct casework *work, struct store *store, const struct recheck_row *row,
                       struct settling *settling, bool is_void,
                       const struct recheck_verdict *verdict, const struct actor *actor,
                       struct err *err)
{
    int64_t case_id = row->case_id;
    int64_t dial_id = row->dial_id;
    int64_t changes = 0;
    int rc = OK;
    for (size_t i = 0; i < settling->count && rc == OK; i++) {
        struct change *change = &settling->orders[i];
        change->correction.why = verdict->why;
        if (is_void)
            change->correction = (struct case_correction){.drawn_id = change->correction.drawn_id,
                                                          .code = BYTES_LIT("2.36"),
                                                          .resolved = -1,
                                                          .satisfaction = -1,
                                                          .why = verdict->why};
        if (!is_void && !change->is_changed)
            continue;
        changes++;
        rc = casework_correct(work, store, case_id, dial_id, &change->correction, actor, err);
    }
    return rc == OK && changes == 0
               ? err_set(err, ERR_REFUSED, "re-check %jd found nothing else", (intmax_t)row->id)
               : rc;
}

static int correct(struct casework *work, struct store *store, const struct recheck_row *row,
                   bool is_void, const struct recheck_verdict *verdict, const struct actor *actor,
                   struct err *err)
{
    struct settling settling = {.count = 0};
    struct campaign campaign;
    struct followup_case found;
    int rc = case_get(store, row->case_id, &found, err);
    if (rc == OK)
        rc = campaign_load_open(work, store, row->campaign_id, &campaign, err);
    if (rc == OK)
        rc = case_orders_each(store, campaign.row.round_id, campaign.row.draw_no, found.case_no,
                              on_order, &settling, err);
    if (rc == OK)
        rc = rechecking_versions_each(store, row->id, row->case_id,
                                      campaign.hours->rules->rates.satisfied, on_version, &settling,
                                      err);
    return rc == OK ? put_changes(work, store, row, &settling, is_void, verdict, actor, err) : rc;
}

static int check_verdict(const struct recheck_row *row, const struct recheck_verdict *verdict,
                         struct bytes *out_word, struct err *err)
{
    static const struct bytes words[] = {{"kept", 4}, {"replaced", 8}, {"void", 4}};
    *out_word = BYTES_NONE;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (bytes_equal(verdict->verdict, words[i]))
            *out_word = words[i];
    }
    if (out_word->len == 0 || verdict->why.len == 0)
        return err_set(err, ERR_FORMAT, "a verdict is kept, replaced or void, with a reason");
    if (!bytes_equal(row->state, BYTES_LIT("done")))
        return err_set(err, ERR_WRONG_STATE, "re-check %jd is " BYTES_FMT ", not done",
                       (intmax_t)row->id, BYTES_ARG(row->state));
    return row->account_id == verdict->account_id || row->caller_id == verdict->account_id
               ? err_set(err, ERR_REFUSED, "nobody settles a re-check of their own")
               : OK;
}

int rechecking_settle(struct casework *work, struct store *store, int64_t id,
                      const struct recheck_verdict *verdict, const struct actor *actor,
                      struct err *err)
{
    struct recheck_row row;
    struct buf kept; /* the note, which stays */
    struct bytes word = BYTES_NONE;
    int rc = recheck_get(store, id, &row, err);
    if (rc == OK)
        rc = check_verdict(&row, verdict, &word, err);
    if (rc != OK)
        return rc;
    buf_init(&kept, 4 * CASE_TEXT_MAX_BYTES);
    buf_append(&kept, row.sealed);
    rc = buf_status(&kept, err);
    row.sealed = buf_bytes(&kept);
    row.method =
        bytes_equal(row.method, BYTES_LIT("phone")) ? BYTES_LIT("phone") : BYTES_LIT("recording");
    row.state = BYTES_LIT("settled");
    row.verdict = word;
    row.settled_by = actor->who;
    row.settled_utc = actor->now_utc;
    row.settled_why = verdict->why;
    if (rc == OK && !bytes_equal(word, BYTES_LIT("kept")))
        rc = correct(work, store, &row, bytes_equal(word, BYTES_LIT("void")), verdict, actor, err);
    if (rc == OK)
        rc = recheck_put(store, &row, err);
    buf_deinit(&kept);
    return rc;
}
