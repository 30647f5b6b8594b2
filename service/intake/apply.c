#include "service/intake/apply.h"

#include "base/alloc.h"

#include "service/intake/merge.h"
#include "service/intake/present.h"
#include "service/intake/texts.h"

#include <string.h>

enum { RECORD_TEXTS_MAX_BYTES = 64 * 1024 * 1024 };

/* A record resolved to ids: one row for each unit it names. */
struct incoming {
    const struct batch_item *item;
    struct order_row *order;
    struct handling_row *rows;
    int64_t *identities;
    int count;
};

/* The records of a batch, resolved; what they hold lies side by side, so that it can be stored at once. */
struct apply_room {
    struct incoming records[BATCH_ITEMS];
    struct order_row orders[BATCH_ITEMS];
    int64_t order_ids[BATCH_ITEMS]; /* under which they are stored */
    struct handling_row rows[BATCH_ITEMS * RECORD_MAX_UNITS];
    int64_t identities[BATCH_ITEMS * RECORD_MAX_UNITS];
};

/* Handlings that lie side by side in the room. */
struct handling_run {
    const struct handling_row *first;
    size_t count;
};

enum outcome { OUTCOME_UNCHANGED, OUTCOME_UPDATED, OUTCOME_ACCEPTED, OUTCOME_WAITS };

int apply_init(struct apply *apply, struct store *store, struct sealer sealer,
               struct vault_index *index, const struct zone *zone, struct err *err)
{
    *apply = (struct apply){.store = store, .sealer = sealer, .index = index, .zone = zone};
    words_init(&apply->words, store);
    buf_init(&apply->packed, RECORD_TEXTS_MAX_BYTES);
    buf_init(&apply->opened, RECORD_TEXTS_MAX_BYTES);
    buf_init(&apply->sealed, RECORD_TEXTS_MAX_BYTES);
    apply->room = mem_alloc(sizeof *apply->room);
    return apply->room != NULL ? OK : err_set(err, ERR_NOMEM, "could not make room for a batch");
}

void apply_deinit(struct apply *apply)
{
    words_deinit(&apply->words);
    persons_deinit(&apply->persons);
    mem_free(apply->room);
    buf_deinit(&apply->packed);
    buf_deinit(&apply->opened);
    buf_deinit(&apply->sealed);
}

/* ---- from a record to ids ---- */

static int resolve_words(struct apply *apply, const struct batch_item *item,
                         struct handling_row *row, struct order_row *order, struct err *err)
{
    struct words *words = &apply->words;
    const struct {
        struct bytes text;
        int64_t *id;
    } terms[] = {
        {item->category, &order->category_id},
        {item->region, &order->region_id},
        {item->channel, &order->channel_id},
        {item->urgency, &row->urgency_id},
        {item->status_word, &row->status_id},
        {item->hotline_resolved, &row->hotline_resolved_id},
        {item->hotline_satisfaction, &row->hotline_satisfaction_id},
        {item->unit_resolved, &row->unit_resolved_id},
    };
    for (size_t i = 0; i < sizeof terms / sizeof *terms; i++) {
        int rc = words_term(words, terms[i].text, terms[i].id, err);
        if (rc != OK)
            return rc;
    }
    return OK;
}

static int resolve(struct apply *apply, const struct batch_item *item, struct incoming *in,
                   struct err *err)
{
    in->item = item;
    *in->order = (struct order_row){
        .id = item->order_id,
        .order_no = item->order_no,
        .import_id = apply->import_id,
        .repeat_of = item->repeat_of,
        .sealed = item->sealed,
    };
    struct handling_row row = {
        .fact = item->fact,
        .first_closed = item->first_closed,
        .redo_count = item->redo_count,
        .role = item->unit_count > 1 ? HANDLING_ROLE_NONE : item->role,
        .import_id = apply->import_id,
    };
    int rc = resolve_words(apply, item, &row, in->order, err);
    if (rc == OK && item->phone.len > 0)
        rc = vault_index_of(apply->index, item->phone, &in->order->phone_key, err);
    in->count = item->unit_count > 0 ? item->unit_count : 1;
    for (int i = 0; i < in->count && rc == OK; i++) {
        in->rows[i] = row;
        in->identities[i] = 0;
        if (item->unit_count == 0)
            continue; /* answered directly, by no unit */
        struct unit_word *word = NULL;
        struct bytes code = item->unit_count == 1 ? item->unit_code : BYTES_NONE;
        rc = words_unit(&apply->words, item->units[i], code, &word, err);
        if (rc != OK)
            break;
        word->records++;
        in->rows[i].unit_name_id = word->name_id;
        in->identities[i] = unit_identity(word->name_id, word->unit_id);
    }
    return rc;
}

/* ---- what is there already ---- */

/* Whether the order was last changed by a dump that was taken later than this one. */
static int is_older_dump(struct apply *apply, const struct present *present, bool *out_is_older,
                         struct err *err)
{
    *out_is_older = false;
    for (int i = 0; i < present->stored_count; i++) {
        int64_t changed_by = present->rows[i].import_id;
        if (changed_by == apply->import_id)
            continue;
        if (changed_by != apply->known_import_id) {
            struct import_row import;
            int rc = import_get(apply->store, changed_by, &import, err);
            if (rc != OK)
                return rc;
            apply->known_import_id = changed_by;
            apply->known_extracted_utc = import.extracted_utc;
        }
        if (apply->known_extracted_utc > apply->extracted_utc)
            *out_is_older = true;
    }
    return OK;
}

/* ---- the order's own words and texts ---- */

static bool has(const struct apply *apply, enum field field)
{
    return (apply->columns >> field & 1) != 0;
}

static void merge_texts(const struct apply *apply, struct texts *into, const struct texts *from,
                        bool is_primary, int place)
{
    int reply_at = is_primary ? 0 : place;
    if (has(apply, FIELD_REPLY)) {
        into->replies[reply_at] = from->replies[0];
        into->reply_end = into->reply_end > reply_at ? into->reply_end : reply_at + 1;
    }
    if (!is_primary)
        return;
    if (has(apply, FIELD_TITLE))
        into->title = from->title;
    if (has(apply, FIELD_CONTENT))
        into->content = from->content;
    if (has(apply, FIELD_CITIZEN_NAME))
        into->citizen_name = from->citizen_name;
    if (has(apply, FIELD_CITIZEN_PHONE))
        into->citizen_phone = from->citizen_phone;
}

static void merge_order_words(const struct apply *apply, struct order_row *into,
                              const struct order_row *from)
{
    if (has(apply, FIELD_CATEGORY))
        into->category_id = from->category_id;
    if (has(apply, FIELD_REGION))
        into->region_id = from->region_id;
    if (has(apply, FIELD_CHANNEL))
        into->channel_id = from->channel_id;
    if (has(apply, FIELD_REPEAT_OF))
        into->repeat_of = from->repeat_of;
    if (has(apply, FIELD_CITIZEN_PHONE))
        into->phone_key = from->phone_key;
}

static bool order_words_equal(const struct order_row *a, const struct order_row *b)
{
    return a->category_id == b->category_id && a->region_id == b->region_id &&
           a->channel_id == b->channel_id && bytes_equal(a->repeat_of, b->repeat_of) &&
           a->phone_key == b->phone_key;
}

static int get_order(struct apply *apply, int64_t order_id, bool is_own, struct order_row *out,
                     struct err *err)
{
    if (!is_own) {
        int rc = pending_order_get(apply->store, order_id, out, err);
        if (rc != ERR_NOT_FOUND)
            return rc;
    }
    return order_get_by_id(apply->store, order_id, out, err);
}

/* A later row of the file has another number: what was gathered of the earlier one is stored and taken out again. */
static int replace_person(struct apply *apply, int64_t order_id, int64_t old_key, int64_t new_key,
                          struct err *err)
{
    int rc = persons_flush(&apply->persons, apply->store, err);
    if (rc == OK && old_key != 0)
        rc = person_order_delete(apply->store, &(struct person_order){old_key, order_id}, err);
    if (rc == OK && new_key != 0)
        rc = persons_add(&apply->persons, apply->store, (struct person_order){new_key, order_id},
                         err);
    return rc;
}

/* Change the order as the record says. `row` is the handling the record speaks of. */
static int merge_order(struct apply *apply, const struct incoming *in,
                       const struct handling_row *row, bool is_primary, bool is_own,
                       bool *out_changed, struct err *err)
{
    int64_t order_id = row->id / HANDLINGS_AN_ORDER;
    struct order_row current;
    struct texts texts;
    struct texts incoming_texts;
    *out_changed = false;
    buf_clear(&apply->opened);
    int rc = get_order(apply, order_id, is_own, &current, err);
    if (rc == OK)
        rc = apply->sealer.open(apply->sealer.context, order_id, current.sealed, &apply->opened,
                                err);
    if (rc == OK)
        rc = texts_unpack(buf_bytes(&apply->opened), &texts, err);
    if (rc == OK)
        rc = texts_unpack(in->item->packed, &incoming_texts, err);
    if (rc != OK)
        return rc;
    merge_texts(apply, &texts, &incoming_texts, is_primary, (int)(row->id % HANDLINGS_AN_ORDER));
    struct order_row merged = current;
    if (is_primary)
        merge_order_words(apply, &merged, in->order);
    buf_clear(&apply->packed);
    texts_pack(&texts, &apply->packed);
    rc = buf_status(&apply->packed, err);
    if (rc != OK || (order_words_equal(&merged, &current) &&
                     bytes_equal(buf_bytes(&apply->packed), buf_bytes(&apply->opened))))
        return rc;
    buf_clear(&apply->sealed);
    rc = apply->sealer.seal(apply->sealer.context, order_id, buf_bytes(&apply->packed),
                            &apply->sealed, err);
    merged.sealed = buf_bytes(&apply->sealed);
    merged.import_id = apply->import_id;
    *out_changed = true;
    if (rc == OK)
        rc = is_own ? order_put(apply->store, &merged, err)
                    : pending_order_put(apply->store, &merged, err);
    if (rc == OK && is_own && merged.phone_key != current.phone_key)
        rc = replace_person(apply, order_id, current.phone_key, merged.phone_key, err);
    return rc;
}

/* ---- a record whose order is there already ---- */

static int note_sighting(struct apply *apply, int64_t handling_id, bool changed, bool *out_was_seen,
                         struct err *err)
{
    int rc = sighting_get(apply->store, apply->import_id, handling_id, out_was_seen, err);
    if (rc == OK && (changed || !*out_was_seen))
        rc = sighting_put(apply->store, apply->import_id, handling_id,
                          changed ? SIGHTING_CHANGED : SIGHTING_UNCHANGED, err);
    return rc;
}

/* One unit's row of the record against the order's handlings. *out_at is its place in `present`. */
static int merge_row(struct apply *apply, struct incoming *in, int i, struct present *present,
                     bool is_own, int *out_at, enum outcome *out, bool *out_was_seen,
                     struct err *err)
{
    int at = present_find(present, in->identities[i]);
    if (at < 0) {
        if (present->count == HANDLINGS_AN_ORDER)
            return err_set(err, ERR_LIMIT, "order \"" BYTES_FMT "\" has more than %d handlings",
                           BYTES_ARG(in->order->order_no), HANDLINGS_AN_ORDER);
        in->rows[i].id = present_next_id(present);
        at = present->count++;
        present->rows[at] = in->rows[i];
        present->identities[at] = in->identities[i];
        *out_at = at;
        *out = is_own ? OUTCOME_ACCEPTED : OUTCOME_WAITS;
        return is_own ? handling_put(apply->store, &present->rows[at], err)
                      : pending_handling_put(apply->store, &present->rows[at], err);
    }
    struct handling_row merged = present->rows[at];
    handling_merge(&merged, &in->rows[i], apply->columns, apply->zone);
    bool changed = !handling_row_equal(&merged, &present->rows[at]);
    merged.import_id = apply->import_id;
    *out_at = at;
    *out = changed ? OUTCOME_UPDATED : OUTCOME_UNCHANGED;
    int rc = OK;
    *out_was_seen = is_own || at >= present->stored_count;
    if (!*out_was_seen)
        rc = note_sighting(apply, merged.id, changed, out_was_seen, err);
    if (rc != OK || !changed)
        return rc;
    present->rows[at] = merged;
    return is_own ? handling_put(apply->store, &merged, err)
                  : pending_handling_put(apply->store, &merged, err);
}

/* Give the handlings of an order of this import their parts anew. */
static int reassign_own_parts(struct apply *apply, struct present *present, struct err *err)
{
    enum handling_part before[HANDLINGS_AN_ORDER] = {0};
    for (int i = 0; i < present->count; i++)
        before[i] = present->rows[i].fact.part;
    handlings_assign_parts(present->rows, present->count);
    for (int i = 0; i < present->count; i++) {
        if (present->rows[i].fact.part == before[i])
            continue;
        int rc = handling_put(apply->store, &present->rows[i], err);
        if (rc != OK)
            return rc;
    }
    return OK;
}

static int see_all(struct apply *apply, const struct incoming *in, const struct present *present,
                   struct err *err)
{
    for (int i = 0; i < in->count; i++) {
        int at = present_find(present, in->identities[i]);
        bool was_seen = false;
        if (at < 0 || at >= present->stored_count)
            continue;
        int rc = note_sighting(apply, present->rows[at].id, false, &was_seen, err);
        if (rc != OK)
            return rc;
    }
    return OK;
}

static int merge_rows(struct apply *apply, struct incoming *in, struct present *present,
                      bool is_own, enum outcome *out_outcome, uint32_t *out_flags, struct err *err)
{
    enum outcome outcome = OUTCOME_UNCHANGED;
    int waiting = 0;
    for (int i = 0; i < in->count; i++) {
        int at = 0;
        bool was_seen = false;
        bool order_changed = false;
        enum outcome of_row = OUTCOME_UNCHANGED;
        int rc = merge_row(apply, in, i, present, is_own, &at, &of_row, &was_seen, err);
        const struct handling_row *row = &present->rows[at];
        bool takes_over = of_row == OUTCOME_WAITS && row->role != HANDLING_ROLE_SUPPORT;
        if (rc == OK)
            rc = merge_order(apply, in, row, takes_over || handling_is_primary(row), is_own,
                             &order_changed, err);
        if (rc != OK)
            return rc;
        if (order_changed && of_row == OUTCOME_UNCHANGED)
            of_row = OUTCOME_UPDATED;
        if (of_row == OUTCOME_UPDATED && was_seen)
            *out_flags |= RECORD_DUPLICATE;
        waiting += of_row == OUTCOME_WAITS;
        if (of_row > outcome)
            outcome = of_row;
    }
    if (waiting > 1)
        apply->joined_surplus += waiting - 1;
    *out_outcome = outcome;
    return is_own ? reassign_own_parts(apply, present, err) : OK;
}

static int apply_known(struct apply *apply, struct incoming *in, int64_t order_id,
                       enum outcome *out_outcome, uint32_t *out_flags, struct err *err)
{
    struct present present;
    bool is_own = order_id >= apply->first_order_id;
    bool is_older = false;
    int rc = present_load(&apply->words, order_id, is_own, &present, err);
    if (rc == OK && !is_own)
        rc = is_older_dump(apply, &present, &is_older, err);
    if (rc != OK)
        return rc;
    if (is_older) {
        *out_outcome = OUTCOME_UNCHANGED;
        return see_all(apply, in, &present, err);
    }
    return merge_rows(apply, in, &present, is_own, out_outcome, out_flags, err);
}

/* ---- the records of a batch ---- */

/* Resolve the records of `items` into the room, one after the other. */
static int resolve_all(struct apply *apply, const struct batch_item *items, size_t count,
                       size_t *out_records, struct err *err)
{
    struct apply_room *room = apply->room;
    size_t records = 0;
    size_t rows = 0;
    for (size_t i = 0; i < count; i++) {
        if (items[i].kind != ITEM_RECORD)
            continue;
        struct incoming *in = &room->records[records];
        *in = (struct incoming){.order = &room->orders[records],
                                .rows = &room->rows[rows],
                                .identities = &room->identities[rows]};
        int rc = resolve(apply, &items[i], in, err);
        if (rc != OK)
            return err_wrap(err, "could not store line %lld", (long long)items[i].line);
        records++;
        rows += (size_t)in->count;
    }
    *out_records = records;
    return OK;
}

/* The handlings of a new order get their places; they are stored with those of its neighbours. */
static int begin_order(struct apply *apply, struct incoming *in, struct err *err)
{
    for (int i = 0; i < in->count; i++)
        in->rows[i].id = in->order->id * HANDLINGS_AN_ORDER + i;
    handlings_assign_parts(in->rows, in->count);
    apply->end_order_id = in->order->id + 1;
    if (in->order->phone_key == 0)
        return OK;
    struct person_order person = {in->order->phone_key, in->order->id};
    return persons_add(&apply->persons, apply->store, person, err);
}

static void count_record(struct apply *apply, const struct batch_item *item, enum outcome outcome,
                         uint32_t flags)
{
    struct import_counts *counts = &apply->counts;
    counts->accepted += outcome == OUTCOME_ACCEPTED;
    counts->updated += outcome == OUTCOME_UPDATED;
    counts->unchanged += outcome == OUTCOME_UNCHANGED;
    counts->contradictions +=
        (flags & (RECORD_CLOSED_BEFORE_RECEIVED | RECORD_DUE_BEFORE_RECEIVED)) != 0;
    counts->bad_dates += (flags & RECORD_BAD_DATE) != 0;
    counts->flag_disagreements += (flags & RECORD_FLAG_DISAGREES) != 0;
    int64_t received_utc = item->fact.received.seconds;
    if (counts->oldest_received_utc == 0 || received_utc < counts->oldest_received_utc)
        counts->oldest_received_utc = received_utc;
}

/* Count a record, whose order is stored under `order_id`, and keep its flags. */
static int note_record(struct apply *apply, const struct incoming *in, int64_t order_id,
                       enum outcome outcome, uint32_t flags, struct err *err)
{
    count_record(apply, in->item, outcome, flags);
    if (flags == 0)
        return OK;
    return record_flags_put(apply->store, apply->import_id, in->item->line,
                            order_id * HANDLINGS_AN_ORDER, flags, err);
}

/* One record whose order is stored: `*new_rows` are handlings of new orders before it that wait to be stored at once,
 * because nothing has asked for them yet. */
static int apply_record(struct apply *apply, struct incoming *in, int64_t order_id,
                        struct handling_run *new_rows, struct err *err)
{
    enum outcome outcome = OUTCOME_ACCEPTED;
    uint32_t flags = in->item->flags;
    int rc = OK;
    if (order_id == in->order->id) {
        rc = begin_order(apply, in, err);
        new_rows->count += (size_t)in->count;
    } else {
        rc = handlings_put_new(apply->store, new_rows->first, new_rows->count, err);
        *new_rows = (struct handling_run){in->rows + in->count, 0};
        if (rc == OK)
            rc = apply_known(apply, in, order_id, &outcome, &flags, err);
    }
    if (rc == OK)
        rc = note_record(apply, in, order_id, outcome, flags, err);
    return rc == OK ? OK : err_wrap(err, "could not store line %lld", (long long)in->item->line);
}

int apply_batch(struct apply *apply, const struct batch_item *items, size_t count, struct err *err)
{
    struct apply_room *room = apply->room;
    struct handling_run new_rows = {room->rows, 0};
    size_t records = 0;
    int rc = resolve_all(apply, items, count, &records, err);
    if (rc == OK)
        rc = orders_put_new(apply->store, room->orders, records, room->order_ids, err);
    for (size_t i = 0; i < records && rc == OK; i++)
        rc = apply_record(apply, &room->records[i], room->order_ids[i], &new_rows, err);
    if (rc == OK)
        rc = handlings_put_new(apply->store, new_rows.first, new_rows.count, err);
    return rc;
}
