#include "service/intake/rejects_files.h"

#include "base/alloc.h"

#include "reports/csv.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define OWN_HEADER "line,column,reason"

enum {
    LINE_MAX_BYTES = 64 * 1024 * 1024,
    OWN_COLUMNS = 3,
    PATH_MAX_BYTES = 4096,
    NUMBER_MAX = 9999, /* before the suffix */
};

struct rejects_file {
    char *path;
    FILE *stream; /* NULL once closed */
    struct buf header;
    int64_t rows;
};

struct rejects_files {
    struct rejects_file *items;
    size_t count;
    struct buf line;
};

static int io_err(struct err *err, const char *what, const char *path)
{
    int number = errno;
    enum err_code code = number == ENOSPC || number == EDQUOT ? ERR_FULL
                         : number == EEXIST                   ? ERR_EXISTS
                                                              : ERR_IO;
    return err_set(err, code, "could not %s \"%s\": %s", what, path, strerror(number));
}

/* ---- opening ---- */

/* A device or a pipe is nobody's to change. */
static bool is_regular(int fd)
{
    struct stat status;
    return fstat(fd, &status) == 0 && S_ISREG(status.st_mode);
}

static FILE *open_private(const char *path, int flags)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | flags, 0600);
    if (fd < 0)
        return NULL;
    bool is_private = !is_regular(fd) || fchmod(fd, 0600) == 0;
    FILE *stream = is_private ? fdopen(fd, "w") : NULL;
    if (stream == NULL) {
        int number = errno;
        (void)close(fd);
        errno = number;
    }
    return stream;
}

static int add_file(struct rejects_files *files, const char *path, int flags, struct err *err)
{
    struct rejects_file *items =
        mem_realloc(files->items, size_multiply(files->count + 1, sizeof *items));
    if (items == NULL)
        return err_set(err, ERR_NOMEM, "could not open a file of rejects");
    files->items = items;
    struct rejects_file file = {.path = mem_copy(path, strlen(path))};
    if (file.path == NULL)
        return err_set(err, ERR_NOMEM, "could not open a file of rejects");
    file.stream = open_private(path, flags);
    if (file.stream == NULL) {
        int rc = io_err(err, "create", path);
        mem_free(file.path);
        return rc;
    }
    buf_init(&file.header, LINE_MAX_BYTES);
    items[files->count++] = file;
    return OK;
}

int rejects_files_new(const char *path, struct rejects_files **out_files, struct err *err)
{
    struct rejects_files *files = mem_calloc(1, sizeof *files);
    if (files == NULL)
        return err_set(err, ERR_NOMEM, "could not open a file of rejects");
    buf_init(&files->line, LINE_MAX_BYTES);
    int rc = add_file(files, path, 0, err);
    if (rc != OK) {
        rejects_files_free(files);
        return rc;
    }
    *out_files = files;
    return OK;
}

void rejects_files_free(struct rejects_files *files)
{
    if (files == NULL)
        return;
    for (size_t i = 0; i < files->count; i++) {
        struct rejects_file *file = &files->items[i];
        if (file->stream != NULL)
            (void)fclose(file->stream);
        mem_free(file->path);
        buf_deinit(&file->header);
    }
    mem_free(files->items);
    buf_deinit(&files->line);
    mem_free(files);
}

/* The first free name: rejects.csv becomes rejects.2.csv, a name without suffix gets the number at its end. */
static int add_numbered(struct rejects_files *files, struct err *err)
{
    char path[PATH_MAX_BYTES];
    const char *first = files->items[0].path;
    const char *slash = strrchr(first, '/');
    const char *name = slash != NULL ? slash + 1 : first;
    const char *suffix = strrchr(name, '.');
    if (suffix == NULL || suffix == name)
        suffix = name + strlen(name);
    struct err of_file = {0};
    int rc = ERR_EXISTS;
    for (int number = 2; number <= NUMBER_MAX && rc == ERR_EXISTS; number++) {
        int len =
            snprintf(path, sizeof path, "%.*s.%d%s", (int)(suffix - first), first, number, suffix);
        if (len < 0 || (size_t)len >= sizeof path)
            return err_set(err, ERR_LIMIT, "the name \"%s\" is too long", first);
        rc = add_file(files, path, O_EXCL, &of_file);
    }
    if (rc != OK)
        *err = of_file;
    return rc;
}

/* ---- writing ---- */

static void put_cells(struct buf *out, const struct bytes *cells, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        buf_append_byte(out, ',');
        csv_cell(out, cells[i]);
    }
    buf_append_byte(out, '\n');
}

/* After a line that was written in part nothing may follow. */
static int write_line(struct rejects_files *files, struct rejects_file *file, struct err *err)
{
    struct bytes line = buf_bytes(&files->line);
    if (ferror(file->stream))
        return err_set(err, ERR_IO, "could not write \"%s\": it failed before", file->path);
    if (fwrite(line.ptr, 1, line.len, file->stream) != line.len)
        return io_err(err, "write", file->path);
    return OK;
}

/* How many of the first cells are the columns of a reject file. */
static size_t own_columns(const struct bytes *header, size_t count)
{
    static const char *const names[OWN_COLUMNS] = {"line", "column", "reason"};
    for (size_t i = 0; i < OWN_COLUMNS; i++) {
        if (i >= count || !bytes_equal(header[i], bytes_from_z(names[i])))
            return 0;
    }
    return OWN_COLUMNS;
}

/* Write the header that is in files->line to the first file, if nothing is there yet, or to another one. */
static int begin_file(struct rejects_files *files, struct rejects_file **out, struct err *err)
{
    if (files->items[0].header.len > 0) {
        int rc = add_numbered(files, err);
        if (rc != OK)
            return rc;
    }
    struct rejects_file *file = &files->items[files->count - 1];
    *out = file;
    if (is_regular(fileno(file->stream)) && ftruncate(fileno(file->stream), 0) != 0)
        return io_err(err, "empty", file->path);
    buf_append(&file->header, buf_bytes(&files->line));
    int rc = buf_status(&file->header, err);
    if (rc == OK)
        rc = write_line(files, file, err);
    return rc;
}

/* The file with the header that is in files->line. */
static int find_file(struct rejects_files *files, struct rejects_file **out, struct err *err)
{
    int rc = buf_status(&files->line, err);
    for (size_t i = 0; i < files->count && rc == OK; i++) {
        *out = &files->items[i];
        if (bytes_equal(buf_bytes(&(*out)->header), buf_bytes(&files->line)))
            return OK;
    }
    return rc == OK ? begin_file(files, out, err) : rc;
}

int rejects_files_put(struct rejects_files *files, const struct bytes *header, size_t header_count,
                      const struct reject *reject, struct err *err)
{
    struct rejects_file *file = NULL;
    size_t own = own_columns(header, header_count);
    size_t skipped = own < reject->cell_count ? own : reject->cell_count;
    buf_clear(&files->line);
    buf_append_z(&files->line, OWN_HEADER);
    put_cells(&files->line, header + own, header_count - own);
    int rc = find_file(files, &file, err);
    if (rc != OK)
        return rc;
    buf_clear(&files->line);
    buf_printf(&files->line, "%lld,", (long long)reject->line);
    csv_cell(&files->line, reject->column);
    buf_printf(&files->line, ",%s", reject_reason_word(reject->reason));
    put_cells(&files->line, reject->cells + skipped, reject->cell_count - skipped);
    rc = buf_status(&files->line, err);
    if (rc == OK)
        rc = write_line(files, file, err);
    file->rows += rc == OK;
    return rc;
}

int rejects_files_put_text(struct rejects_files *files, struct bytes header, struct bytes row,
                           struct err *err)
{
    struct rejects_file *file = NULL;
    buf_clear(&files->line);
    buf_append_z(&files->line, OWN_HEADER ",");
    buf_append(&files->line, header);
    buf_append_byte(&files->line, '\n');
    int rc = find_file(files, &file, err);
    if (rc != OK)
        return rc;
    buf_clear(&files->line);
    buf_append(&files->line, row);
    buf_append_byte(&files->line, '\n');
    rc = buf_status(&files->line, err);
    if (rc == OK)
        rc = write_line(files, file, err);
    file->rows += rc == OK;
    return rc;
}

static int sync_file(struct rejects_file *file, struct err *err)
{
    int fd = fileno(file->stream);
    if (ferror(file->stream))
        return err_set(err, ERR_IO, "could not write \"%s\": it failed before", file->path);
    if (fflush(file->stream) != 0 || (is_regular(fd) && fsync(fd) != 0))
        return io_err(err, "write", file->path);
    return OK;
}

int rejects_files_sync(struct rejects_files *files, struct err *err)
{
    int rc = OK;
    for (size_t i = 0; i < files->count && rc == OK; i++)
        rc = sync_file(&files->items[i], err);
    return rc;
}

/* ---- what there is ---- */

size_t rejects_files_count(const struct rejects_files *files)
{
    return files->count;
}

const char *rejects_files_path(const struct rejects_files *files, size_t file)
{
    return files->items[file].path;
}

int64_t rejects_files_rows(const struct rejects_files *files, size_t file)
{
    return files->items[file].rows;
}
