#include "service/host/key_check.h"

#include "service/auth/audit.h"
#include "service/storage/sealed.h"

enum { PLAIN_MAX_BYTES = 80 * 1024 * 1024 };

struct opening {
    struct sealer door;
    struct buf plain;
    int64_t opened;
};

static int on_row(void *context, const struct sealed_row *row, struct err *err)
{
    struct opening *opening = context;
    opening->opened++;
    buf_clear(&opening->plain);
    return opening->door.open(opening->door.context, row->row_id, row->sealed, &opening->plain,
                              err);
}

static int open_first(const struct datadir *datadir, enum sealed_table table,
                      struct opening *opening, struct err *err)
{
    static const int64_t before_all[SEALED_KEYS] = {0};
    struct vault_sealer *sealer = NULL;
    int rc = vault_sealer_new(datadir->vault, sealed_purpose(table), &sealer, err);
    if (rc != OK)
        return rc;
    opening->door = vault_sealer_door(sealer);
    rc = sealed_each(datadir->store, table, before_all, 1, on_row, opening, err);
    vault_sealer_free(sealer);
    return rc;
}

static int verify_log(const struct datadir *datadir, struct err *err)
{
    struct audit_chain *chain = NULL;
    struct audit_head head;
    int rc = audit_chain_new(datadir->vault, &chain, err);
    if (rc == OK)
        rc = audit_verify(chain, datadir->store, &head, err);
    audit_chain_free(chain);
    return rc;
}

int key_check(const struct datadir *datadir, struct err *err)
{
    struct opening opening = {.opened = 0};
    struct err found = {.code = OK};
    buf_init(&opening.plain, PLAIN_MAX_BYTES);
    int rc = store_begin_read(datadir->store, err);
    if (rc != OK)
        return rc;
    for (int table = 0; table < SEALED_TABLE_COUNT && rc == OK; table++)
        rc = open_first(datadir, (enum sealed_table)table, &opening, &found);
    if (rc == OK && opening.opened == 0)
        rc = verify_log(datadir, &found);
    store_rollback(datadir->store);
    buf_wipe(&opening.plain);
    if (rc == ERR_CORRUPT)
        return err_set(err, ERR_REFUSED, "the key of \"%s\" is not that of its database",
                       datadir->path);
    if (rc != OK)
        *err = found;
    return rc;
}
