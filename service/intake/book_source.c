#include "service/intake/book_source.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { HELD_BYTES = 256 * 1024, PATH_BYTES = 4096 };

static int system_error(struct err *err, const char *what)
{
    enum err_code code = errno == ENOSPC || errno == EDQUOT ? ERR_FULL : ERR_IO;
    return err_set(err, code, "could not %s: %s", what, strerror(errno));
}

/* All of `len` bytes at `offset`. */
static int read_all(int fd, int64_t offset, char *ptr, size_t len, const char *what,
                    struct err *err)
{
    while (len > 0) {
        ssize_t got = pread(fd, ptr, len, offset);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return system_error(err, what);
        if (got == 0)
            return err_set(err, ERR_WRONG_STATE, "could not %s: it became shorter", what);
        ptr += got;
        len -= (size_t)got;
        offset += got;
    }
    return OK;
}

static int read_at(void *context, int64_t offset, char *ptr, size_t len, struct err *err)
{
    const struct book_source *source = context;
    return read_all(source->fd, offset, ptr, len, "read a workbook", err);
}

static int make_scratch(struct book_source *source, struct err *err)
{
    struct buf name;
    buf_init(&name, PATH_BYTES);
    buf_printf(&name, "%s/book-XXXXXX", source->dir);
    buf_append_byte(&name, '\0');
    int rc = buf_status(&name, err);
    if (rc == OK) {
        source->scratch = mkostemp(name.ptr, O_CLOEXEC); /* mode 0600 */
        if (source->scratch < 0)
            rc = system_error(err, "create a scratch file");
        else
            (void)unlink(name.ptr);
    }
    buf_deinit(&name);
    return rc;
}

static int write_held(struct book_source *source, struct err *err)
{
    struct bytes held = buf_bytes(&source->held);
    int rc = source->scratch < 0 ? make_scratch(source, err) : OK;
    while (rc == OK && held.len > 0) {
        ssize_t written = pwrite(source->scratch, held.ptr, held.len, source->kept_bytes);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return system_error(err, "write a scratch file");
        held = (struct bytes){held.ptr + written, held.len - (size_t)written};
        source->kept_bytes += written;
    }
    if (rc == OK)
        buf_clear(&source->held);
    return rc;
}

static int keep(void *context, struct bytes bytes, struct err *err)
{
    struct book_source *source = context;
    int rc = OK;
    while (rc == OK && bytes.len > 0) {
        size_t room = HELD_BYTES - source->held.len;
        size_t len = bytes.len < room ? bytes.len : room;
        buf_append(&source->held, (struct bytes){bytes.ptr, len});
        rc = buf_status(&source->held, err);
        if (rc == OK && source->held.len == HELD_BYTES)
            rc = write_held(source, err);
        bytes = (struct bytes){bytes.ptr + len, bytes.len - len};
    }
    return rc;
}

/* What was kept is on both sides of the border between the file and what is held, or across it. */
static int recall(void *context, int64_t offset, char *ptr, size_t len, struct err *err)
{
    struct book_source *source = context;
    int64_t written = source->kept_bytes - offset;
    size_t from_file = written <= 0 ? 0 : written < (int64_t)len ? (size_t)written : len;
    int rc = from_file > 0
                 ? read_all(source->scratch, offset, ptr, from_file, "read a scratch file", err)
                 : OK;
    if (rc != OK || from_file == len)
        return rc;
    size_t at = (size_t)(offset + (int64_t)from_file - source->kept_bytes);
    if (at > source->held.len || len - from_file > source->held.len - at)
        return err_set(err, ERR_IO, "could not read a scratch file: it is shorter");
    memcpy(ptr + from_file, source->held.ptr + at, len - from_file);
    return OK;
}

void book_source_init(struct book_source *source, int fd, int64_t size_bytes, const char *dir)
{
    *source = (struct book_source){
        .fd = fd,
        .dir = dir,
        .scratch = -1,
        .file = {size_bytes, read_at, keep, recall, source},
    };
    buf_init(&source->held, HELD_BYTES);
}

void book_source_deinit(struct book_source *source)
{
    if (source->scratch >= 0)
        (void)close(source->scratch);
    source->scratch = -1;
    buf_deinit(&source->held);
}
