#include "service/intake/apply.h"

#include "service/intake/merge.h"
#include "service/intake/present.h"

/* The end of the file: only now is it known which units it names no more, so that transfers (改派) are told from
 * additions. */

/* The stored handling that a waiting one takes over from: of the same side (lead or support), not named by this file.
 * -1: none, the waiting one joins. */
static int find_left_unit(struct apply *apply, const struct present *present,
                          const struct handling_row *waiting, const bool *taken, int *out_at,
                          struct err *err)
{
    *out_at = -1;
    bool is_support = waiting->role == HANDLING_ROLE_SUPPORT;
    for (int i = 0; i < present->stored_count; i++) {
        const struct handling_row *stored = &present->rows[i];
        bool seen = false;
        if (taken[i] || (stored->role == HANDLING_ROLE_SUPPORT) != is_support)
            continue;
        int rc = sighting_get(apply->store, apply->import_id, stored->id, &seen, err);
        if (rc != OK)
            return rc;
        if (seen)
            continue;
        *out_at = i;
        if (stored->role == waiting->role)
            break;
    }
    return OK;
}

static int transfer(struct apply *apply, struct handling_row *stored,
                    const struct handling_row *waiting, struct err *err)
{
    handling_merge(stored, waiting, apply->columns, apply->zone);
    stored->import_id = apply->import_id;
    int rc = pending_handling_delete(apply->store, waiting->id, err);
    if (rc == OK)
        rc = pending_handling_put(apply->store, stored, err);
    if (rc == OK)
        rc = sighting_put(apply->store, apply->import_id, stored->id, SIGHTING_CHANGED, err);
    apply->counts.updated++;
    return rc;
}

static int add_waiting(struct apply *apply, const struct handling_row *waiting, struct err *err)
{
    apply->counts.accepted++;
    return sighting_put(apply->store, apply->import_id, waiting->id, SIGHTING_ADDED, err);
}

/* Parts of the whole order; a handling whose part changes by the others waits too. */
static int reassign_pending_parts(struct apply *apply, struct handling_row *rows, int count,
                                  int stored_count, struct err *err)
{
    enum handling_part before[HANDLINGS_AN_ORDER] = {0};
    for (int i = 0; i < count; i++)
        before[i] = rows[i].fact.part;
    handlings_assign_parts(rows, count);
    for (int i = 0; i < count; i++) {
        if (rows[i].fact.part == before[i])
            continue;
        rows[i].import_id = apply->import_id;
        int rc = pending_handling_put(apply->store, &rows[i], err);
        if (rc == OK && i < stored_count)
            rc = sighting_put(apply->store, apply->import_id, rows[i].id, SIGHTING_CHANGED, err);
        if (rc != OK)
            return rc;
    }
    return OK;
}

static int finish_order(struct apply *apply, int64_t order_id, struct err *err)
{
    struct present present;
    bool taken[HANDLINGS_AN_ORDER] = {false};
    int rc = present_load(&apply->words, order_id, false, &present, err);
    int kept = present.stored_count;
    for (int i = present.stored_count; i < present.count && rc == OK; i++) {
        struct handling_row waiting = present.rows[i];
        int left = -1;
        rc = find_left_unit(apply, &present, &waiting, taken, &left, err);
        if (rc != OK)
            break;
        if (left >= 0) {
            taken[left] = true;
            rc = transfer(apply, &present.rows[left], &waiting, err);
        } else {
            present.rows[kept++] = waiting;
            rc = add_waiting(apply, &waiting, err);
        }
    }
    if (rc == OK)
        rc = reassign_pending_parts(apply, present.rows, kept, present.stored_count, err);
    return rc;
}

struct finishing {
    struct apply *apply;
    int64_t order_id; /* finished last */
};

static int on_pending(void *context, const struct handling_row *row, struct err *err)
{
    struct finishing *finishing = context;
    int64_t order_id = row->id / HANDLINGS_AN_ORDER;
    if (order_id == finishing->order_id)
        return OK;
    finishing->order_id = order_id;
    return finish_order(finishing->apply, order_id, err);
}

int apply_finish(struct apply *apply, struct err *err)
{
    struct finishing finishing = {.apply = apply};
    int rc = pending_handlings_each(apply->store, on_pending, &finishing, err);
    if (rc == OK)
        rc = orders_apply_pending(apply->store, apply->import_id, err);
    if (rc == OK)
        rc = orders_index_changed_persons(apply->store, apply->import_id, err);
    /* A record that names several units new to an old order is one record: the further ones are not counted. */
    int64_t surplus = apply->joined_surplus;
    int64_t from_accepted = surplus < apply->counts.accepted ? surplus : apply->counts.accepted;
    apply->counts.accepted -= from_accepted;
    apply->counts.updated -= surplus - from_accepted;
    return rc;
}
