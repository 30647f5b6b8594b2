#include "service/commands/audit_file.h"

#include "importers/table.h"

#include "service/auth/digest.h"
#include "service/host/files.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { PIECE_BYTES = 64 * 1024, EXPORT_MODE = 0600 };

/* ---- writing ---- */

static int io_error(struct err *err, const char *path)
{
    int number = errno;
    enum err_code code = number == EEXIST                       ? ERR_EXISTS
                         : number == ENOSPC || number == EDQUOT ? ERR_FULL
                                                                : ERR_IO;
    return err_set(err, code, "could not write \"%s\": %s", path, strerror(number));
}

struct writing {
    int fd;
    const char *path;
};

static int on_piece(void *context, struct bytes text, struct err *err)
{
    const struct writing *writing = context;
    return files_write_all(writing->fd, text) == 0 ? OK : io_error(err, writing->path);
}

int audit_file_write(struct store *store, const struct audit_filter *filter, const char *path,
                     struct err *err)
{
    struct writing writing = {open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, EXPORT_MODE),
                              path};
    if (writing.fd < 0)
        return io_error(err, path);
    int rc = audit_export(store, filter, on_piece, &writing, err);
    if (rc == OK && fsync(writing.fd) != 0)
        rc = io_error(err, path);
    if (close(writing.fd) != 0 && rc == OK)
        rc = io_error(err, path);
    if (rc != OK)
        (void)unlink(path);
    return rc;
}

/* ---- checking ---- */

bool audit_file_begins(struct bytes text)
{
    return bytes_starts_with(text, BYTES_LIT(AUDIT_EXPORT_HEADER "\n"));
}

struct checking {
    struct audit_chain *chain;
    struct audit_file_found found;
    unsigned char mac[AUDIT_MAC_BYTES]; /* of the row before */
};

/* An editor may have put a byte order mark in front, or CRLF behind; the rows say whether they hold all the same. */
static int check_header(const struct table_row *row, struct err *err)
{
    struct bytes names = BYTES_LIT(AUDIT_EXPORT_HEADER);
    bool fits = row->cell_count == AUDIT_EXPORT_COLUMNS;
    for (size_t i = 0; fits && i < AUDIT_EXPORT_COLUMNS; i++)
        fits = bytes_equal(row->cells[i], bytes_cut(&names, ','));
    return fits ? OK : err_set(err, ERR_FORMAT, "the header is not that of an audit export");
}

static int check_row(void *context, const struct table_row *table_row, struct err *err)
{
    struct checking *checking = context;
    struct audit_file_found *found = &checking->found;
    struct audit_row row;
    unsigned char mac[AUDIT_MAC_BYTES], before[AUDIT_MAC_BYTES], again[AUDIT_MAC_BYTES];
    if (table_row->line == 1)
        return check_header(table_row, err);
    if (table_row->cell_count != AUDIT_EXPORT_COLUMNS)
        return err_set(err, ERR_CORRUPT, "line %" PRId64 " has %zu cells", table_row->line,
                       table_row->cell_count);
    int rc = audit_row_read(table_row->cells, &row, mac, before, err);
    if (rc == ERR_FORMAT)
        return err_set(err, ERR_CORRUPT, "line %" PRId64 " is no entry", table_row->line);
    if (rc == OK)
        rc = audit_mac_of(checking->chain, before, &row, again, err);
    if (rc != OK)
        return rc;
    bool follows = found->rows == 0 || row.id > found->last_id;
    bool is_next = found->rows > 0 && row.id == found->last_id + 1;
    if (!follows || memcmp(again, mac, sizeof mac) != 0 ||
        (is_next && memcmp(before, checking->mac, sizeof before) != 0))
        return err_set(err, ERR_CORRUPT, "entry %" PRId64 " does not hold", row.id);
    if (found->rows == 0)
        found->first_id = row.id;
    found->gaps += found->rows > 0 && !is_next;
    found->rows++;
    found->last_id = row.id;
    memcpy(checking->mac, mac, sizeof mac);
    return OK;
}

static int feed_file(struct table *table, FILE *file, const char *path, struct err *err)
{
    char piece[PIECE_BYTES];
    int rc = OK;
    size_t len = 1;
    while (rc == OK && len > 0) {
        len = fread(piece, 1, sizeof piece, file);
        rc = len > 0 ? table_feed(table, (struct bytes){piece, len}, err) : OK;
    }
    if (rc == OK && ferror(file) != 0)
        rc = err_set(err, ERR_IO, "could not read \"%s\"", path);
    return rc == OK ? table_finish(table, err) : rc;
}

int audit_file_check(struct audit_chain *chain, const char *path, struct audit_file_found *out,
                     struct err *err)
{
    struct checking checking = {.chain = chain};
    struct table *table = NULL;
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return err_set(err, errno == ENOENT ? ERR_NOT_FOUND : ERR_IO, "could not open \"%s\": %s",
                       path, strerror(errno));
    int rc = table_new(&DIALECT_CSV, AUDIT_EXPORT_COLUMNS, check_row, &checking, &table, err);
    if (rc == OK)
        rc = feed_file(table, file, path, err);
    if (rc == OK) {
        sha256_hex(checking.mac, checking.found.mac_hex);
        *out = checking.found;
    }
    table_free(table);
    (void)fclose(file);
    return rc;
}
