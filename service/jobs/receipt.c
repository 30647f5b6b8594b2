#include "service/jobs/receipt.h"

#include "base/alloc.h"

#include "service/jobs/keyed_hash.h"

#include <assert.h>
#include <string.h>
#include <uv.h>

/* Entries are (hash, id of the row), 16 bytes; what a hash finds is held against the row. They lie in SEGMENTS
 * tables by the upper bits of the hash, open addressing in each, so that growing moves a little at a time and the
 * writer never stands still for long.
 *
 * Rows go oldest first, so that one number tells which entries are dead: those below `first_id`. They are passed
 * over, and left behind when their table is made anew. Ids of rows rise and are not used again once committed, but
 * those of a batch that was rolled back are: its entries are taken out at once. */

enum { SEGMENT_BITS = 8, SEGMENTS = 1 << SEGMENT_BITS, SEGMENT_MIN_SLOTS = 16 };

struct entry {
    uint64_t hash;
    int64_t id; /* 0: the slot is free */
};

struct segment {
    struct entry *slots;
    size_t slot_count; /* a power of two, or 0 */
    size_t used;       /* dead ones too */
};

struct receipt_index {
    struct hash_key key;
    struct segment segments[SEGMENTS];
    int64_t first_id;           /* entries below it are dead */
    int64_t committed_first_id; /* before this batch */
    int64_t newest_id;          /* of the rows, 0: none */
    int64_t committed_newest_id;
    int64_t count, committed_count; /* of rows that are alive */
    struct entry *staged;           /* of this batch */
    size_t staged_count, staged_capacity;
};

/* ---- the table ---- */

static struct segment *segment_of(struct receipt_index *index, uint64_t hash)
{
    return &index->segments[hash >> (64 - SEGMENT_BITS)];
}

static size_t home_of(const struct segment *segment, uint64_t hash)
{
    return (size_t)hash & (segment->slot_count - 1);
}

static size_t after(const struct segment *segment, size_t at)
{
    return (at + 1) & (segment->slot_count - 1);
}

static void fill_slot(struct segment *segment, struct entry entry)
{
    size_t at = home_of(segment, entry.hash);
    while (segment->slots[at].id != 0)
        at = after(segment, at);
    segment->slots[at] = entry;
    segment->used++;
}

/* Make the table anew, twice the size of what lives in it or more. */
static int remake(struct segment *segment, int64_t first_id, struct err *err)
{
    size_t live = 0;
    for (size_t i = 0; i < segment->slot_count; i++)
        live += segment->slots[i].id >= first_id && segment->slots[i].id != 0;
    struct segment made = {.slot_count = SEGMENT_MIN_SLOTS};
    while (made.slot_count / 2 < live + 1)
        made.slot_count *= 2;
    made.slots = mem_calloc(made.slot_count, sizeof *made.slots);
    if (made.slots == NULL)
        return err_set(err, ERR_NOMEM, "no memory for %zu receipts", live + 1);
    for (size_t i = 0; i < segment->slot_count; i++) {
        if (segment->slots[i].id >= first_id && segment->slots[i].id != 0)
            fill_slot(&made, segment->slots[i]);
    }
    mem_free(segment->slots);
    *segment = made;
    return OK;
}

/* Rolling back may bring dead rows of this batch to life again. */
static int make_room(struct receipt_index *index, uint64_t hash, struct err *err)
{
    struct segment *segment = segment_of(index, hash);
    if (segment->used + 1 <= segment->slot_count / 4 * 3)
        return OK;
    return remake(segment, index->committed_first_id, err);
}

/* Take an entry out and move up what it kept from its home. */
static void remove_entry(struct receipt_index *index, struct entry entry)
{
    struct segment *segment = segment_of(index, entry.hash);
    size_t hole = home_of(segment, entry.hash);
    while (segment->slots[hole].id != entry.id || segment->slots[hole].hash != entry.hash)
        hole = after(segment, hole);
    for (size_t at = after(segment, hole); segment->slots[at].id != 0; at = after(segment, at)) {
        size_t mask = segment->slot_count - 1;
        size_t home = home_of(segment, segment->slots[at].hash);
        if (((at - home) & mask) < ((at - hole) & mask))
            continue; /* it lies behind the hole, no farther from home than it must */
        segment->slots[hole] = segment->slots[at];
        hole = at;
    }
    segment->slots[hole].id = 0;
    segment->used--;
}

static uint64_t hash_of(const struct receipt_index *index, const struct receipt_key *key)
{
    char text[sizeof key->account + RECEIPT_KEY_MAX_BYTES];
    assert(key->key.len <= RECEIPT_KEY_MAX_BYTES);
    memcpy(text, &key->account, sizeof key->account);
    memcpy(text + sizeof key->account, key->key.ptr, key->key.len);
    return keyed_hash(index->key, (struct bytes){text, sizeof key->account + key->key.len});
}

/* ---- reading the rows ---- */

static int on_row(void *context, const struct receipt_row *row, struct err *err)
{
    struct receipt_index *index = context;
    uint64_t hash = hash_of(index, &row->key);
    int rc = make_room(index, hash, err);
    if (rc != OK)
        return rc;
    fill_slot(segment_of(index, hash), (struct entry){hash, row->id});
    index->count++;
    return OK;
}

static void clear(struct receipt_index *index)
{
    for (size_t i = 0; i < SEGMENTS; i++)
        mem_free(index->segments[i].slots);
    memset(index->segments, 0, sizeof index->segments);
    index->first_id = 0;
    index->newest_id = 0;
    index->count = 0;
    index->staged_count = 0;
    receipt_index_settle(index, true);
}

static int read_rows(struct receipt_index *index, struct store *store, struct err *err)
{
    int64_t newest = 0;
    clear(index);
    int rc = receipts_each(store, on_row, index, err);
    if (rc == OK)
        rc = receipt_newest_id(store, &newest, err);
    if (rc != OK) {
        clear(index);
        index->newest_id = -1; /* no row's: it is read anew next time */
    } else {
        index->newest_id = newest;
    }
    receipt_index_settle(index, true);
    return rc;
}

int receipt_index_new(struct store *store, struct receipt_index **out, struct err *err)
{
    struct receipt_index *index = mem_calloc(1, sizeof *index);
    if (index == NULL)
        return err_set(err, ERR_NOMEM, "no memory for an index of receipts");
    int rc = OK;
    if (uv_random(NULL, NULL, &index->key, sizeof index->key, 0, NULL) != 0)
        rc = err_set(err, ERR_IO, "could not get random bytes");
    if (rc == OK)
        rc = store_begin_read(store, err);
    if (rc == OK)
        rc = read_rows(index, store, err);
    store_rollback(store);
    if (rc != OK) {
        receipt_index_free(index);
        return rc;
    }
    *out = index;
    return OK;
}

void receipt_index_free(struct receipt_index *index)
{
    if (index == NULL)
        return;
    clear(index);
    mem_free(index->staged);
    mem_free(index);
}

int receipt_index_refresh(struct receipt_index *index, struct store *store, struct err *err)
{
    int64_t newest = 0;
    int rc = receipt_newest_id(store, &newest, err);
    if (rc != OK || newest == index->newest_id)
        return rc;
    return read_rows(index, store, err);
}

/* ---- one action ---- */

int receipt_index_look(struct receipt_index *index, struct store *store,
                       const struct receipt_key *key, enum receipt_found *out, struct buf *answer,
                       struct err *err)
{
    uint64_t hash = hash_of(index, key);
    const struct segment *segment = segment_of(index, hash);
    size_t at = segment->slot_count > 0 ? home_of(segment, hash) : 0;
    for (; segment->slot_count > 0 && segment->slots[at].id != 0; at = after(segment, at)) {
        const struct entry *entry = &segment->slots[at];
        if (entry->hash != hash || entry->id < index->first_id)
            continue;
        struct receipt_row row;
        int rc = receipt_get(store, entry->id, &row, err);
        if (rc == ERR_NOT_FOUND)
            continue; /* another process took it out */
        if (rc != OK)
            return rc;
        if (row.key.account != key->account || !bytes_equal(row.key.key, key->key))
            continue;
        if (memcmp(row.key.request_sha256, key->request_sha256, RECEIPT_HASH_BYTES) != 0) {
            *out = RECEIPT_OTHER;
            return OK;
        }
        buf_append(answer, row.answer);
        rc = buf_status(answer, err);
        if (rc == OK)
            *out = RECEIPT_SAME;
        return rc;
    }
    *out = RECEIPT_NEW;
    return OK;
}

static int make_room_to_stage(struct receipt_index *index, struct err *err)
{
    if (index->staged_count < index->staged_capacity)
        return OK;
    size_t capacity = index->staged_capacity > 0 ? 2 * index->staged_capacity : 256;
    struct entry *staged =
        mem_realloc(index->staged, size_multiply(capacity, sizeof *index->staged));
    if (staged == NULL)
        return err_set(err, ERR_NOMEM, "no memory for a batch of %zu receipts", capacity);
    index->staged = staged;
    index->staged_capacity = capacity;
    return OK;
}

int receipt_index_add(struct receipt_index *index, struct store *store,
                      const struct receipt_key *key, struct bytes answer, int64_t now_utc,
                      struct err *err)
{
    uint64_t hash = hash_of(index, key);
    struct receipt_row row = {.key = *key, .answer = answer, .created_utc = now_utc};
    int rc = make_room_to_stage(index, err);
    if (rc == OK)
        rc = make_room(index, hash, err);
    if (rc == OK)
        rc = receipt_put_new(store, &row, err);
    if (rc != OK)
        return rc;
    struct entry entry = {hash, row.id};
    fill_slot(segment_of(index, hash), entry);
    index->staged[index->staged_count++] = entry;
    index->newest_id = row.id;
    index->count++;
    return OK;
}

void receipt_index_drop_last(struct receipt_index *index)
{
    assert(index->staged_count > 0);
    remove_entry(index, index->staged[--index->staged_count]);
    index->newest_id = index->staged_count > 0 ? index->staged[index->staged_count - 1].id
                                               : index->committed_newest_id;
    index->count--;
}

void receipt_index_settle(struct receipt_index *index, bool committed)
{
    while (!committed && index->staged_count > 0)
        remove_entry(index, index->staged[--index->staged_count]);
    index->staged_count = 0;
    if (committed) {
        index->committed_first_id = index->first_id;
        index->committed_newest_id = index->newest_id;
        index->committed_count = index->count;
    } else {
        index->first_id = index->committed_first_id;
        index->newest_id = index->committed_newest_id;
        index->count = index->committed_count;
    }
}

int receipt_index_purge(struct receipt_index *index, struct store *store, int64_t until_utc,
                        int64_t limit, bool *out_more, struct err *err)
{
    int64_t last_id = 0, deleted = 0;
    bool is_over = index->count > RECEIPTS_MAX;
    int rc = receipts_purge(store, is_over ? INT64_MAX : until_utc, limit, &last_id, &deleted, err);
    if (rc != OK)
        return rc;
    if (last_id >= index->first_id)
        index->first_id = last_id + 1;
    index->count = index->count > deleted ? index->count - deleted : 0;
    *out_more = deleted == limit;
    return OK;
}

int64_t receipt_index_count(const struct receipt_index *index)
{
    return index->count;
}
