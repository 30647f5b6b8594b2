#include "service/followup/outcome_rejects.h"

#include "reports/csv.h"

#include "service/followup/outcomes.h"

#define REJECT_SEAL "outcome reject"
#define HEADER_ROW  BYTES_LIT("header") /* the reason of the row that holds the header */

enum { REJECT_MAX_BYTES = 64 * 1024 * 1024 };

int outcome_rejects_init(struct outcome_rejects *rejects, struct store *store,
                         const struct vault *vault, struct err *err)
{
    *rejects = (struct outcome_rejects){.store = store};
    buf_init(&rejects->cells, REJECT_MAX_BYTES);
    buf_init(&rejects->sealed, REJECT_MAX_BYTES);
    int rc = vault_sealer_new(vault, REJECT_SEAL, &rejects->sealer, err);
    if (rc == OK)
        rejects->door = vault_sealer_door(rejects->sealer);
    return rc;
}

void outcome_rejects_deinit(struct outcome_rejects *rejects)
{
    vault_sealer_free(rejects->sealer);
    buf_deinit(&rejects->cells);
    buf_deinit(&rejects->sealed);
    *rejects = (struct outcome_rejects){0};
}

int outcome_rejects_begin(struct outcome_rejects *rejects, int64_t file_id, struct err *err)
{
    rejects->file_id = file_id;
    return outcome_reject_next_id(rejects->store, &rejects->next_id, err);
}

/* One row, its cells as a CSV record. */
static int put_row(struct outcome_rejects *rejects, struct outcome_reject_row row,
                   const struct bytes *cells, size_t count, struct err *err)
{
    buf_clear(&rejects->cells);
    buf_clear(&rejects->sealed);
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            buf_append_byte(&rejects->cells, ',');
        csv_cell(&rejects->cells, cells[i]);
    }
    row.id = rejects->next_id++;
    row.file_id = rejects->file_id;
    int rc = buf_status(&rejects->cells, err);
    if (rc == OK)
        rc = rejects->door.seal(rejects->door.context, row.id, buf_bytes(&rejects->cells),
                                &rejects->sealed, err);
    row.sealed = buf_bytes(&rejects->sealed);
    return rc == OK ? outcome_reject_put(rejects->store, &row, err) : rc;
}

int outcome_rejects_take(struct outcome_rejects *rejects, const struct reader_layout *layout,
                         const struct reject *reject, struct err *err)
{
    const struct outcome_reject_row header = {.line = layout->header_line, .reason = HEADER_ROW};
    const struct outcome_reject_row row = {
        .line = reject->line,
        .reason = bytes_from_z(reject_reason_word(reject->reason)),
        .header = reject->column,
    };
    int rc = rejects->has_header
                 ? OK
                 : put_row(rejects, header, layout->header, layout->header_count, err);
    rejects->has_header = true;
    return rc == OK ? put_row(rejects, row, reject->cells, reject->cell_count, err) : rc;
}

/* ---- giving back ---- */

/* Append the row as CSV without a line end: the header as it is, others behind line, column and reason. */
static int open_row(struct sealer door, const struct outcome_reject_row *row, struct buf *out,
                    struct err *err)
{
    if (!bytes_equal(row->reason, HEADER_ROW)) {
        buf_printf(out, "%lld,", (long long)row->line);
        csv_cell(out, row->header);
        buf_printf(out, "," BYTES_FMT ",", BYTES_ARG(row->reason));
    }
    return door.open(door.context, row->id, row->sealed, out, err);
}

struct copying {
    struct outcome_rejects *rejects;
    struct rejects_files *files;
};

/* The header comes first; it stays in `cells`, the rows go through `sealed`. */
static int on_copied(void *context, const struct outcome_reject_row *row, struct err *err)
{
    const struct copying *copying = context;
    struct outcome_rejects *rejects = copying->rejects;
    bool is_header = bytes_equal(row->reason, HEADER_ROW);
    struct buf *into = is_header ? &rejects->cells : &rejects->sealed;
    buf_clear(into);
    int rc = open_row(rejects->door, row, into, err);
    if (rc == OK)
        rc = buf_status(into, err);
    if (rc != OK || is_header)
        return rc;
    return rejects_files_put_text(copying->files, buf_bytes(&rejects->cells), buf_bytes(into), err);
}

int outcome_rejects_copy(struct outcome_rejects *rejects, struct rejects_files *files,
                         struct err *err)
{
    struct copying copying = {rejects, files};
    int rc = outcome_rejects_each(rejects->store, rejects->file_id, on_copied, &copying, err);
    return rc == OK ? rejects_files_sync(files, err) : rc;
}

struct rendering {
    struct sealer door;
    struct buf *out;
};

static int on_rendered(void *context, const struct outcome_reject_row *row, struct err *err)
{
    struct rendering *rendering = context;
    if (bytes_equal(row->reason, HEADER_ROW))
        buf_append_z(rendering->out, "line,column,reason,");
    int rc = open_row(rendering->door, row, rendering->out, err);
    buf_append_byte(rendering->out, '\n');
    return rc;
}

int outcomes_rejects_render(const struct datadir *datadir, int64_t file_id, struct buf *out,
                            struct err *err)
{
    struct vault_sealer *sealer = NULL;
    int rc = vault_sealer_new(datadir->vault, REJECT_SEAL, &sealer, err);
    if (rc == OK) {
        struct rendering rendering = {vault_sealer_door(sealer), out};
        rc = outcome_rejects_each(datadir->store, file_id, on_rendered, &rendering, err);
    }
    vault_sealer_free(sealer);
    return rc == OK ? buf_status(out, err) : rc;
}
