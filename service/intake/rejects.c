#include "service/intake/rejects.h"

#include "reports/csv.h"

#include "service/storage/imports.h"

enum { REJECT_MAX_BYTES = 64 * 1024 * 1024 };

int rejects_init(struct rejects *rejects, struct store *store, const struct vault *vault,
                 FILE *file, struct err *err)
{
    *rejects = (struct rejects){.store = store, .file = file};
    buf_init(&rejects->cells, REJECT_MAX_BYTES);
    buf_init(&rejects->sealed, REJECT_MAX_BYTES);
    buf_init(&rejects->line, REJECT_MAX_BYTES);
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
    buf_deinit(&rejects->line);
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

static int write_line(struct rejects *rejects, struct err *err)
{
    buf_append_byte(&rejects->line, '\n');
    struct bytes bytes = buf_bytes(&rejects->line);
    int rc = buf_status(&rejects->line, err);
    if (rc == OK && fwrite(bytes.ptr, 1, bytes.len, rejects->file) != bytes.len)
        rc = err_set(err, ERR_IO, "could not write the file of rejects");
    return rc;
}

static int write_header(struct rejects *rejects, const struct reader_layout *layout,
                        struct err *err)
{
    buf_clear(&rejects->line);
    buf_append_z(&rejects->line, "line,column,reason,");
    put_cells(&rejects->line, layout->header, layout->header_count);
    return write_line(rejects, err);
}

static int write_row(struct rejects *rejects, const struct reject *reject, struct err *err)
{
    buf_clear(&rejects->line);
    buf_printf(&rejects->line, "%lld,", (long long)reject->line);
    csv_cell(&rejects->line, reject->column);
    buf_printf(&rejects->line, ",%s,", reject_reason_word(reject->reason));
    put_cells(&rejects->line, reject->cells, reject->cell_count);
    return write_line(rejects, err);
}

int rejects_take(struct rejects *rejects, const struct reader_layout *layout,
                 const struct reject *reject, struct err *err)
{
    int rc = store_sealed(rejects, reject, err);
    if (rc == OK && rejects->file != NULL && rejects->count == 0)
        rc = write_header(rejects, layout, err);
    if (rc == OK && rejects->file != NULL)
        rc = write_row(rejects, reject, err);
    rejects->count++;
    return rc;
}
