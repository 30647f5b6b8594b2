#include "service/intake/source.h"

#include "base/alloc.h"
#include "base/buf.h"

#include "service/auth/digest.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int system_error(struct err *err, const char *what, const char *path)
{
    enum err_code code = errno == ENOENT                      ? ERR_NOT_FOUND
                         : errno == ENOSPC || errno == EDQUOT ? ERR_FULL
                                                              : ERR_IO;
    return err_set(err, code, "could not %s \"%s\": %s", what, path, strerror(errno));
}

static struct bytes base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return bytes_from_z(slash != NULL ? slash + 1 : path);
}

static int write_all(int fd, const char *ptr, size_t len)
{
    while (len > 0) {
        ssize_t written = write(fd, ptr, len);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return -1;
        ptr += written;
        len -= (size_t)written;
    }
    return 0;
}

static int copy_to_spool(int from, int spool, const char *path, struct err *err)
{
    char *block = mem_alloc(SOURCE_BLOCK_BYTES);
    if (block == NULL)
        return err_set(err, ERR_NOMEM, "could not spool \"%s\"", path);
    int rc = OK;
    while (rc == OK) {
        ssize_t got = read(from, block, SOURCE_BLOCK_BYTES);
        if (got < 0 && errno == EINTR)
            continue;
        if (got == 0)
            break;
        if (got < 0)
            rc = system_error(err, "read", path);
        else if (write_all(spool, block, (size_t)got) != 0)
            rc = system_error(err, "spool", path);
    }
    mem_free(block);
    return rc;
}

static int open_spool(const char *dir, int *out_fd, struct err *err)
{
    struct buf name;
    buf_init(&name, 4096);
    buf_printf(&name, "%s/spool-XXXXXX", dir);
    buf_append_byte(&name, '\0');
    int rc = buf_status(&name, err);
    if (rc == OK) {
        *out_fd = mkostemp(name.ptr, O_CLOEXEC); /* mode 0600 */
        if (*out_fd < 0)
            rc = system_error(err, "create a spool file in", dir);
        else
            (void)unlink(name.ptr);
    }
    buf_deinit(&name);
    return rc;
}

/* Put a spooled copy in the place of a descriptor that can be read only once. */
static int spool(struct source *source, const char *path, const char *spool_dir, struct err *err)
{
    int fd = -1;
    int rc = open_spool(spool_dir, &fd, err);
    if (rc != OK)
        return rc;
    rc = copy_to_spool(source->fd, fd, path, err);
    (void)close(source->fd);
    source->fd = fd;
    return rc;
}

int source_open(const char *path, const char *spool_dir, struct source *out, struct err *err)
{
    struct stat info;
    struct source source = {.fd = -1, .name = base_name(path)};
    source.fd = strcmp(path, "-") == 0 ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC);
    if (source.fd < 0)
        return system_error(err, "open", path);
    int rc = OK;
    if (fstat(source.fd, &info) != 0)
        rc = system_error(err, "look at", path);
    else if (S_ISDIR(info.st_mode))
        rc = err_set(err, ERR_IO, "cannot read \"%s\": it is a directory", path);
    else if (!S_ISREG(info.st_mode))
        rc = spool(&source, path, spool_dir, err);
    if (rc == OK && fstat(source.fd, &info) != 0)
        rc = system_error(err, "look at", path);
    if (rc != OK) {
        source_close(&source);
        return rc;
    }
    source.size_bytes = info.st_size;
    *out = source;
    return OK;
}

void source_close(struct source *source)
{
    if (source->fd >= 0)
        (void)close(source->fd);
    source->fd = -1;
}

int source_read(const struct source *source, int64_t offset, char block[SOURCE_BLOCK_BYTES],
                size_t *out_len, struct err *err)
{
    ssize_t got = -1;
    do
        got = pread(source->fd, block, SOURCE_BLOCK_BYTES, offset);
    while (got < 0 && errno == EINTR);
    if (got < 0)
        return err_set(err, ERR_IO, "could not read at byte %lld: %s", (long long)offset,
                       strerror(errno));
    if ((got == 0) != (offset >= source->size_bytes) || offset + got > source->size_bytes)
        return err_set(err, ERR_WRONG_STATE, "the file changed while it was read");
    *out_len = (size_t)got;
    return OK;
}

typedef int (*block_cb)(void *context, struct bytes block, struct err *err);

static int each_block(const struct source *source, block_cb on_block, void *context,
                      struct err *err)
{
    char *block = mem_alloc(SOURCE_BLOCK_BYTES);
    if (block == NULL)
        return err_set(err, ERR_NOMEM, "could not read a file");
    int64_t offset = 0;
    size_t len = 1;
    int rc = OK;
    while (rc == OK && len > 0) {
        rc = source_read(source, offset, block, &len, err);
        if (rc == OK && len > 0)
            rc = on_block(context, (struct bytes){block, len}, err);
        offset += (int64_t)len;
    }
    mem_free(block);
    return rc;
}

static int on_hash_block(void *context, struct bytes block, struct err *err)
{
    return sha256_feed(context, block, err);
}

static int on_scan_block(void *context, struct bytes block, struct err *err)
{
    (void)err;
    encoding_scan_feed(context, block);
    return OK;
}

struct hashing {
    struct source *source;
    int rc;
    struct err err;
};

static void *hash_source(void *context)
{
    struct hashing *hashing = context;
    struct sha256 *sha256 = NULL;
    hashing->rc = sha256_new(&sha256, &hashing->err);
    if (hashing->rc == OK)
        hashing->rc = each_block(hashing->source, on_hash_block, sha256, &hashing->err);
    if (hashing->rc == OK)
        hashing->rc = sha256_finish(sha256, hashing->source->sha256, &hashing->err);
    sha256_free(sha256);
    return NULL;
}

int source_scan(struct source *source, bool hashes, bool one_thread, struct err *err)
{
    struct hashing hashing = {.source = source};
    pthread_t thread;
    bool beside =
        hashes && !one_thread && pthread_create(&thread, NULL, hash_source, &hashing) == 0;
    if (hashes && !beside)
        (void)hash_source(&hashing);
    encoding_scan_init(&source->scan);
    int rc = each_block(source, on_scan_block, &source->scan, err);
    if (beside)
        (void)pthread_join(thread, NULL);
    if (rc == OK && hashing.rc != OK) {
        *err = hashing.err;
        rc = hashing.rc;
    }
    return rc;
}
