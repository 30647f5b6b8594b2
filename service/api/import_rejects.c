#include "reports/csv.h"

#include "service/api/call.h"
#include "service/api/handlers.h"
#include "service/storage/imports.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The rows that an import could not take, whole, to be mended and loaded again. They hold names and numbers: that
 * somebody asked for them stands in the audit log before the first is read. */

enum { PATH_BYTES = 4096, ROW_MAX_BYTES = 64 * 1024 * 1024 };

struct rejects_ask {
    int64_t id;
    char path[PATH_BYTES]; /* in the spool; removed as it is answered */
    char name[64];
};

struct rejects_page {
    FILE *file;
    struct sealer sealer;
    struct buf row;
};

/* ---- the file ---- */

/* Its line, the column it is about, why, and its cells as they were. */
static int on_reject(void *context, int64_t reject_id, int64_t line, struct bytes reason,
                     struct bytes header, struct bytes sealed, struct err *err)
{
    struct rejects_page *page = context;
    buf_clear(&page->row);
    buf_printf(&page->row, "%" PRId64 ",", line);
    csv_cell(&page->row, header);
    buf_append_byte(&page->row, ',');
    csv_cell(&page->row, reason);
    buf_append_byte(&page->row, ',');
    int rc = page->sealer.open(page->sealer.context, reject_id, sealed, &page->row, err);
    buf_append_byte(&page->row, '\n');
    if (rc == OK)
        rc = buf_status(&page->row, err);
    if (rc == OK && fwrite(page->row.ptr, 1, page->row.len, page->file) != page->row.len)
        rc = err_set(err, ERR_FULL, "could not write the rejects");
    return rc;
}

static int write_file(struct call *call, struct store *store, FILE *file, struct err *err)
{
    const struct rejects_ask *ask = call->input;
    struct vault_sealer *sealer = NULL;
    struct rejects_page page = {.file = file};
    buf_init(&page.row, ROW_MAX_BYTES);
    int rc = vault_sealer_new(call->service->datadir.vault, "reject", &sealer, err);
    if (rc == OK) {
        page.sealer = vault_sealer_door(sealer);
        if (fputs("line,column,reason\n", file) < 0)
            rc = err_set(err, ERR_FULL, "could not write the rejects");
    }
    if (rc == OK)
        rc = rejects_each(store, ask->id, on_reject, &page, err);
    vault_sealer_free(sealer);
    buf_deinit(&page.row);
    return rc;
}

static int make_file(struct call *call, struct store *store, struct err *err)
{
    struct rejects_ask *ask = call->input;
    int len = snprintf(ask->path, sizeof ask->path, "%s/rejects-XXXXXX", call->service->spool_path);
    if (len < 0 || (size_t)len >= sizeof ask->path)
        return err_set(err, ERR_LIMIT, "the data directory's path is too long");
    int fd = mkstemp(ask->path);
    FILE *file = fd >= 0 ? fdopen(fd, "w") : NULL;
    if (file == NULL) {
        if (fd >= 0)
            (void)close(fd);
        return err_set(err, ERR_IO, "could not create \"%s\"", ask->path);
    }
    int rc = write_file(call, store, file, err);
    if (fclose(file) != 0 && rc == OK)
        rc = err_set(err, ERR_FULL, "could not write the rejects");
    if (rc != OK)
        (void)unlink(ask->path);
    return rc;
}

static void answer(struct call *call)
{
    const struct rejects_ask *ask = call->input;
    call_release(call);
    exchange_answer_file(call->exchange, "text/csv; charset=utf-8", ask->path, ask->name, true);
}

/* ---- that somebody asks for it ---- */

static int record(struct call *call, struct store *store, struct err *err)
{
    const struct rejects_ask *ask = call->input;
    struct import_row row;
    int rc = import_get(store, ask->id, &row, err);
    return rc == OK ? call_audit_id(call, store, "rejects.export", ask->id, BYTES_NONE, err) : rc;
}

static void begin(struct call *call)
{
    call_read(call, make_file, answer);
}

void imports_rejects(struct http_exchange *exchange)
{
    struct call *call = call_of(exchange);
    struct rejects_ask *ask = call_alloc(call, sizeof *ask);
    call->input = ask;
    if (ask == NULL)
        return;
    if (!call_param_id(call, "id", &ask->id))
        return;
    (void)snprintf(ask->name, sizeof ask->name, "rejects-%" PRId64 ".csv", ask->id);
    call_write_unkeyed(call, record, begin);
}
