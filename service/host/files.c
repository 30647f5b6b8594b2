#include "service/host/files.h"

#include "base/alloc.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { READ_BYTES = 64 * 1024, ZONE_MAX_BYTES = 256 * 1024, PATH_MAX_BYTES = 4096 };

static int system_error(struct err *err, const char *what, const char *path)
{
    enum err_code code = errno == ENOENT                      ? ERR_NOT_FOUND
                         : errno == ENOSPC || errno == EDQUOT ? ERR_FULL
                         : errno == EACCES || errno == EPERM  ? ERR_PERMISSION
                                                              : ERR_IO;
    return err_set(err, code, "could not %s \"%s\": %s", what, path, strerror(errno));
}

/* Hand on the whole of a file; a code of the sink ends it and comes back. */
typedef int (*block_cb)(void *context, struct bytes block, struct err *err);
static int read_blocks(const char *path, block_cb on_block, void *context, struct err *err)
{
    char block[READ_BYTES];
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return system_error(err, "open", path);
    int rc = OK;
    while (rc == OK) {
        ssize_t got = read(fd, block, sizeof block);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            rc = system_error(err, "read", path);
        if (got <= 0)
            break;
        rc = on_block(context, (struct bytes){block, (size_t)got}, err);
    }
    (void)close(fd);
    return rc;
}

static int append_block(void *context, struct bytes block, struct err *err)
{
    struct buf *out = context;
    buf_append(out, block);
    return buf_status(out, err);
}

int files_read(const char *path, struct buf *out, struct err *err)
{
    int rc = read_blocks(path, append_block, out, err);
    return rc == OK ? buf_status(out, err) : rc;
}

static int digest_block(void *context, struct bytes block, struct err *err)
{
    return sha256_feed(context, block, err);
}

int files_sha256(const char *path, unsigned char out_sha256[SHA256_BYTES], struct err *err)
{
    struct sha256 *sha256 = NULL;
    int rc = sha256_new(&sha256, err);
    if (rc == OK)
        rc = read_blocks(path, digest_block, sha256, err);
    if (rc == OK)
        rc = sha256_finish(sha256, out_sha256, err);
    sha256_free(sha256);
    return rc;
}

int files_write_all(int fd, struct bytes content)
{
    while (content.len > 0) {
        ssize_t written = write(fd, content.ptr, content.len);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return -1;
        content.ptr += written;
        content.len -= (size_t)written;
    }
    return 0;
}

int files_replace(const char *path, struct bytes content, unsigned mode, struct err *err)
{
    struct buf name;
    struct stat info;
    char target[PATH_MAX_BYTES]; /* what a link points to: the link stays */
    int rc = OK;
    bool exists = stat(path, &info) == 0;
    if (exists && !S_ISREG(info.st_mode))
        return err_set(err, ERR_IO, "cannot replace \"%s\": it is no regular file", path);
    if (exists && realpath(path, target) != NULL)
        path = target;
    buf_init(&name, PATH_MAX_BYTES);
    buf_printf(&name, "%s.new-%ld", path, (long)getpid());
    buf_append_byte(&name, '\0');
    rc = buf_status(&name, err);
    if (rc != OK) {
        buf_deinit(&name);
        return rc;
    }
    int fd = open(name.ptr, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, (mode_t)mode);
    if (fd < 0) {
        rc = system_error(err, "create", path);
    } else {
        bool written = files_write_all(fd, content) == 0 && fsync(fd) == 0;
        written = close(fd) == 0 && written;
        if (!written || rename(name.ptr, path) != 0) {
            rc = system_error(err, "write", path);
            (void)unlink(name.ptr);
        }
    }
    buf_deinit(&name);
    return rc;
}

int zone_load(struct bytes name, struct zone **out_zone, struct err *err)
{
    if (!zone_name_is_valid(name))
        return err_set(err, ERR_NOT_FOUND, "no time zone is called \"" BYTES_FMT "\"",
                       BYTES_ARG(name));
    char path[128];
    struct buf tzif;
    (void)snprintf(path, sizeof path, "/usr/share/zoneinfo/" BYTES_FMT, BYTES_ARG(name));
    buf_init(&tzif, ZONE_MAX_BYTES);
    int rc = files_read(path, &tzif, err);
    if (rc == OK)
        rc = zone_parse(buf_bytes(&tzif), out_zone, err);
    if (rc == ERR_NOT_FOUND || rc == ERR_IO)
        rc = err_set(err, ERR_NOT_FOUND, "no time zone is called \"" BYTES_FMT "\"",
                     BYTES_ARG(name));
    buf_deinit(&tzif);
    return rc;
}
