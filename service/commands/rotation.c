#include "service/commands/rotation.h"

#include "base/alloc.h"
#include "base/arena.h"

#include "importers/phone.h"

#include "service/intake/texts.h"
#include "service/storage/sealed.h"

#include <string.h>

enum {
    SLICE_ROWS = 500,
    PLAIN_MAX_BYTES = 80 * 1024 * 1024,
    SLICE_MAX_BYTES = 256 * 1024 * 1024,
};

struct rotation {
    const struct datadir *datadir;
    enum sealed_table table;
    struct vault_sealer *sealer;
    struct vault_index *index;
    struct buf plain, sealed;
    struct arena arena;      /* of the slice */
    struct sealed_row *rows; /* SLICE_ROWS; those of the slice that were sealed anew */
    size_t row_count;
    int64_t slice_seen;
    int64_t last[SEALED_KEYS];
    struct rotation_counts counts;
};

/* The number's blind index: from the order's own text, or from a number that was sealed by itself. */
static int index_again(struct rotation *rotation, struct sealed_row *row, struct err *err)
{
    struct texts texts;
    char digits[PHONE_MAX_BYTES];
    struct bytes number = buf_bytes(&rotation->plain);
    bool is_order = rotation->table == SEALED_ORDERS || rotation->table == SEALED_ORDER_VERSIONS;
    int rc = is_order ? texts_unpack(number, &texts, err) : OK;
    if (rc != OK)
        return rc;
    struct bytes phone = phone_read(is_order ? texts.citizen_phone : number, digits);
    if (phone.len == 0)
        return err_set(err, ERR_CORRUPT, "record %lld has an index but no number",
                       (long long)row->row_id);
    return vault_index_of(rotation->index, phone, &row->phone_key, err);
}

static int seal_again(struct rotation *rotation, struct sealed_row *row, struct err *err)
{
    struct sealer door = vault_sealer_door(rotation->sealer);
    buf_clear(&rotation->plain);
    buf_clear(&rotation->sealed);
    int rc = door.open(door.context, row->row_id, row->sealed, &rotation->plain, err);
    if (rc == OK && row->phone_key != 0)
        rc = index_again(rotation, row, err);
    if (rc == OK)
        rc = door.seal(door.context, row->row_id, buf_bytes(&rotation->plain), &rotation->sealed,
                       err);
    if (rc != OK)
        return rc;
    row->sealed = arena_copy(&rotation->arena, buf_bytes(&rotation->sealed));
    return row->sealed.ptr != NULL ? OK : err_set(err, ERR_NOMEM, "no memory for sealed records");
}

static int on_row(void *context, const struct sealed_row *row, struct err *err)
{
    struct rotation *rotation = context;
    memcpy(rotation->last, row->keys, sizeof rotation->last);
    rotation->slice_seen++;
    if (vault_record_is_current(rotation->datadir->vault, row->sealed))
        return OK;
    struct sealed_row again = *row;
    int rc = seal_again(rotation, &again, err);
    if (rc != OK)
        return err_wrap(err, "record %lld of \"%s\"", (long long)row->row_id,
                        sealed_purpose(rotation->table));
    rotation->rows[rotation->row_count++] = again;
    return OK;
}

static int run_slice(struct rotation *rotation, struct err *err)
{
    struct store *store = rotation->datadir->store;
    int64_t after[SEALED_KEYS];
    memcpy(after, rotation->last, sizeof after);
    rotation->row_count = 0;
    rotation->slice_seen = 0;
    arena_reset(&rotation->arena);
    int rc = store_begin(store, err);
    if (rc == OK)
        rc = sealed_each(store, rotation->table, after, SLICE_ROWS, on_row, rotation, err);
    for (size_t i = 0; rc == OK && i < rotation->row_count; i++)
        rc = sealed_put(store, rotation->table, &rotation->rows[i], err);
    if (rc == OK)
        rc = store_commit(store, err);
    store_rollback(store);
    rotation->counts.seen += rotation->slice_seen;
    rotation->counts.sealed += (int64_t)rotation->row_count;
    return rc;
}

static int run_table(struct rotation *rotation, struct err *err)
{
    memset(rotation->last, 0, sizeof rotation->last);
    int rc = vault_sealer_new(rotation->datadir->vault, sealed_purpose(rotation->table),
                              &rotation->sealer, err);
    do {
        if (rc == OK)
            rc = run_slice(rotation, err);
    } while (rc == OK && rotation->slice_seen == SLICE_ROWS);
    vault_sealer_free(rotation->sealer);
    rotation->sealer = NULL;
    return rc;
}

static int index_the_rest(struct store *store, struct err *err)
{
    int rc = store_begin(store, err);
    if (rc == OK)
        rc = person_orders_rebuild(store, err);
    if (rc == OK)
        rc = dial_keys_rebuild(store, err);
    if (rc == OK)
        rc = store_commit(store, err);
    store_rollback(store);
    return rc;
}

int rotation_run(const struct datadir *datadir, struct rotation_counts *out, struct err *err)
{
    struct rotation rotation = {.datadir = datadir};
    buf_init(&rotation.plain, PLAIN_MAX_BYTES);
    buf_init(&rotation.sealed, PLAIN_MAX_BYTES);
    arena_init(&rotation.arena, SLICE_MAX_BYTES);
    rotation.rows = mem_calloc(SLICE_ROWS, sizeof *rotation.rows);
    int rc = rotation.rows != NULL ? vault_index_new(datadir->vault, &rotation.index, err)
                                   : err_set(err, ERR_NOMEM, "no memory for sealed records");
    for (int table = 0; rc == OK && table < SEALED_TABLE_COUNT; table++) {
        rotation.table = (enum sealed_table)table;
        rc = run_table(&rotation, err);
    }
    if (rc == OK)
        rc = index_the_rest(datadir->store, err);
    if (rc == OK)
        *out = rotation.counts;
    vault_index_free(rotation.index);
    mem_free(rotation.rows);
    arena_deinit(&rotation.arena);
    buf_wipe(&rotation.plain);
    buf_deinit(&rotation.sealed);
    return rc;
}
