#include "service/intake/present.h"

int present_find(const struct present *present, int64_t identity)
{
    for (int i = 0; i < present->count; i++) {
        if (present->identities[i] == identity)
            return i;
    }
    return -1;
}

int64_t present_next_id(const struct present *present)
{
    return present->count > 0 ? present->rows[present->count - 1].id + 1
                              : present->order_id * HANDLINGS_AN_ORDER;
}

/* Put what waits for the order over what is stored, and behind it what waits to be added. */
static int overlay_pending(struct store *store, struct present *present, struct err *err)
{
    for (int i = 0; i < present->stored_count; i++) {
        int rc = pending_handling_get(store, present->rows[i].id, &present->rows[i], err);
        if (rc != OK && rc != ERR_NOT_FOUND)
            return rc;
    }
    while (present->count < HANDLINGS_AN_ORDER) {
        struct handling_row *row = &present->rows[present->count];
        int rc = pending_handling_get(store, present_next_id(present), row, err);
        if (rc == ERR_NOT_FOUND)
            break;
        if (rc != OK)
            return rc;
        present->count++;
    }
    return OK;
}

int present_load(struct words *words, int64_t order_id, bool is_own, struct present *present,
                 struct err *err)
{
    present->order_id = order_id;
    int rc = handlings_get(words->store, order_id, present->rows, &present->count, err);
    if (rc != OK)
        return rc;
    present->stored_count = present->count;
    if (!is_own)
        rc = overlay_pending(words->store, present, err);
    for (int i = 0; i < present->count && rc == OK; i++)
        rc = words_identity_of(words, present->rows[i].unit_name_id, &present->identities[i], err);
    return rc;
}
