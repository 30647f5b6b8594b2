#include "service/intake/rejects.h"

#include "reports/csv.h"

#include "service/storage/imports.h"

enum { REJECT_MAX_BYTES = 64 * 1024 * 1024 };

int rejects_init(struct rejects *rejects, struct store *store, const struct vault *vault,
                 struct rejects_files *files, struct err *err)
{
    *rejects = (struct rejects){.store = store, .files = files};
    buf_init(&rejects->cells, REJECT_MAX_BYTES);
    buf_init(&rejects->sealed, REJECT_MAX_BYTES);
    int rc = vault_sealer_new(vault, "reject", &rejects->sealer, err);
    if (rc == OK)
        rejects->door = vault_sealer_door(rejects->sealer);
    return rc;
}

void rejects_deinit(struct rejects *rejects)
{
    vault_sealer_free(rejects->sealer);
    buf_deinit(&rejects->cells);
    buf_deinit(&rejects->sealed);
    *rejects = (struct rejects){0};
}

int rejects_begin(struct rejects *rejects, int64_t import_id, struct err *err)
{
    rejects->import_id = import_id;
    return reject_next_id(rejects->store, &rejects->next_id, err);
}

static void put_cells(struct buf *out, const struct bytes *cells, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            buf_append_byte(out, ',');
        csv_cell(out, cells[i]);
    }
}

/* The cells as one CSV record, sealed under the reject's id. */
static int store_sealed(struct rejects *rejects, const struct reject *reject, struct err *err)
{
    int64_t id = rejects->next_id++;
    buf_clear(&rejects->cells);
    buf_clear(&rejects->sealed);
    put_cells(&rejects->cells, reject->cells, reject->cell_count);
    int rc = buf_status(&rejects->cells, err);
    if (rc == OK)
        rc = rejects->door.seal(rejects->door.context, id, buf_bytes(&rejects->cells),
                                &rejects->sealed, err);
    if (rc == OK)
        rc = reject_put(rejects->store, rejects->import_id, id, reject->line,
                        bytes_from_z(reject_reason_word(reject->reason)), reject->column,
                        buf_bytes(&rejects->sealed), err);
    return rc;
}

int rejects_take(struct rejects *rejects, const struct reader_layout *layout,
                 const struct reject *reject, struct err *err)
{
    int rc = store_sealed(rejects, reject, err);
    if (rc == OK && rejects->files != NULL)
        rc = rejects_files_put(rejects->files, layout->header, layout->header_count, reject, err);
    rejects->count++;
    return rc;
}

int rejects_end(struct rejects *rejects, struct err *err)
{
    return rejects->files != NULL ? rejects_files_sync(rejects->files, err) : OK;
}
