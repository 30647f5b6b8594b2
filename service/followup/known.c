#include "service/followup/known.h"

#include "base/alloc.h"

#include <string.h>

enum { TEXTS_MAX_BYTES = 4 * 1024 * 1024, MET_FIRST_SLOTS = 1024 };

void known_init(struct known_attempts *known, struct store *store, struct sealer door)
{
    *known = (struct known_attempts){.store = store, .door = door};
    buf_init(&known->plain, TEXTS_MAX_BYTES);
}

void known_deinit(struct known_attempts *known)
{
    buf_deinit(&known->plain);
    mem_free(known->met);
    *known = (struct known_attempts){0};
}

/* ---- attempts that the file has too ---- */

static int64_t key_of(const struct attempt_row *row)
{
    return row->drawn_id * ATTEMPTS_AN_ORDER + row->no;
}

/* The slot of `key`, or the free one where it would stand. */
static size_t slot_of(const int64_t *slots, size_t capacity, int64_t key)
{
    size_t slot = (size_t)((uint64_t)key * UINT64_C(0x9E3779B97F4A7C15) >> 20) & (capacity - 1);
    while (slots[slot] != 0 && slots[slot] != key)
        slot = (slot + 1) & (capacity - 1);
    return slot;
}

static bool is_met(const struct known_attempts *known, int64_t key)
{
    return known->met_capacity > 0 &&
           known->met[slot_of(known->met, known->met_capacity, key)] == key;
}

static int grow(struct known_attempts *known, struct err *err)
{
    size_t capacity = known->met_capacity > 0 ? 2 * known->met_capacity : MET_FIRST_SLOTS;
    int64_t *met = mem_calloc(capacity, sizeof *met);
    if (met == NULL)
        return err_set(err, ERR_NOMEM, "could not keep %zu attempts", known->met_count);
    for (size_t i = 0; i < known->met_capacity; i++) {
        if (known->met[i] != 0)
            met[slot_of(met, capacity, known->met[i])] = known->met[i];
    }
    mem_free(known->met);
    known->met = met;
    known->met_capacity = capacity;
    return OK;
}

static int meet(struct known_attempts *known, int64_t key, struct err *err)
{
    int rc = 2 * known->met_count >= known->met_capacity ? grow(known, err) : OK;
    if (rc != OK)
        return rc;
    size_t slot = slot_of(known->met, known->met_capacity, key);
    known->met_count += known->met[slot] == 0;
    known->met[slot] = key;
    return OK;
}

/* ---- comparing ---- */

struct search {
    struct known_attempts *known;
    const struct attempt_row *row;
    struct bytes packed;
    int64_t last_no;    /* the highest number so far */
    int64_t same_no;    /* of the attempt with the same content; 0: none */
    bool same_is_older; /* it is of another file */
    int64_t older_no;   /* of the attempt that the row corrects; 0: none */
    bool has_twin;      /* this file has an attempt of that time and caller */
};

static int has_texts(struct search *search, const struct attempt_row *stored, bool *out_same,
                     struct err *err)
{
    struct buf *plain = &search->known->plain;
    struct sealer door = search->known->door;
    *out_same = false;
    if ((stored->sealed.len == 0) != (search->packed.len == 0))
        return OK;
    buf_clear(plain);
    if (stored->sealed.len > 0) {
        int rc = door.open(door.context, key_of(stored), stored->sealed, plain, err);
        if (rc != OK)
            return rc;
    }
    *out_same = bytes_equal(buf_bytes(plain), search->packed);
    return OK;
}

static bool is_same_call(const struct attempt_row *a, const struct attempt_row *b)
{
    return a->called.kind == b->called.kind && a->called.seconds == b->called.seconds &&
           a->caller_id == b->caller_id;
}

static bool is_same_outcome(const struct attempt_row *a, const struct attempt_row *b)
{
    return bytes_equal(a->code, b->code) && a->resolved == b->resolved &&
           a->still_open == b->still_open && a->satisfaction == b->satisfaction;
}

static int on_attempt(void *context, const struct attempt_row *stored, struct err *err)
{
    struct search *search = context;
    if (stored->no > search->last_no)
        search->last_no = stored->no;
    if (!is_same_call(stored, search->row))
        return OK;
    bool is_same = false;
    int rc = is_same_outcome(stored, search->row) ? has_texts(search, stored, &is_same, err) : OK;
    if (rc != OK)
        return rc;
    bool is_older =
        stored->file_id != search->row->file_id && !is_met(search->known, key_of(stored));
    if (is_same) {
        search->same_no = stored->no;
        search->same_is_older = is_older;
    }
    if (is_older && !is_same)
        search->older_no = stored->no;
    search->has_twin = search->has_twin || !is_older;
    return OK;
}

int known_find(struct known_attempts *known, struct attempt_row *row, struct bytes packed,
               enum known_as *out_as, struct err *err)
{
    struct search search = {.known = known, .row = row, .packed = packed};
    int rc = attempts_each_of(known->store, row->drawn_id, on_attempt, &search, err);
    if (rc != OK)
        return rc;
    bool has_time = row->called.kind != MOMENT_NONE;
    if (search.same_no != 0) {
        row->no = search.same_no;
        *out_as = KNOWN_UNCHANGED;
        return search.same_is_older ? meet(known, key_of(row), err) : OK;
    }
    if (has_time && search.older_no != 0) {
        row->no = search.older_no;
        *out_as = KNOWN_CORRECTED;
        return OK;
    }
    row->no = search.last_no + 1;
    *out_as = search.has_twin && row->called.kind == MOMENT_INSTANT ? KNOWN_DUPLICATE : KNOWN_NEW;
    return OK;
}
