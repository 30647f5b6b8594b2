#include "service/rounds/evidence.h"

#include "base/alloc.h"

#include "service/auth/digest.h"
#include "service/auth/prefix_digest.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_MAX_BYTES = 4096 };

/* ---- the door ---- */

struct evidence_door {
    struct sha256 *stream;
    struct prefix_digest *behind_prefix;
    bool is_fed; /* something was fed since the stream was begun */
};

int evidence_door_new(struct evidence_door **out_door, struct err *err)
{
    struct evidence_door *door = mem_calloc(1, sizeof *door);
    if (door == NULL)
        return err_set(err, ERR_NOMEM, "could not make a digest door");
    int rc = sha256_new(&door->stream, err);
    if (rc == OK)
        rc = prefix_digest_new(&door->behind_prefix, err);
    if (rc != OK) {
        evidence_door_free(door);
        return rc;
    }
    *out_door = door;
    return OK;
}

void evidence_door_free(struct evidence_door *door)
{
    if (door == NULL)
        return;
    sha256_free(door->stream);
    prefix_digest_free(door->behind_prefix);
    mem_free(door);
}

static int finish_stream(void *context, unsigned char out[DIGEST_BYTES], struct err *err)
{
    struct evidence_door *door = context;
    int rc = sha256_finish(door->stream, out, err);
    if (rc == OK)
        door->is_fed = false;
    return rc;
}

/* Finishing is how a SHA-256 forgets what was fed. */
static int begin_stream(void *context, struct err *err)
{
    const struct evidence_door *door = context;
    unsigned char forgotten[DIGEST_BYTES];
    return door->is_fed ? finish_stream(context, forgotten, err) : OK;
}

static int feed_stream(void *context, struct bytes text, struct err *err)
{
    struct evidence_door *door = context;
    door->is_fed = true;
    return sha256_feed(door->stream, text, err);
}

static int set_prefix(void *context, struct bytes prefix, struct err *err)
{
    struct evidence_door *door = context;
    return prefix_digest_set(door->behind_prefix, prefix, err);
}

static int digest_behind(void *context, struct bytes text, unsigned char out[DIGEST_BYTES],
                         struct err *err)
{
    const struct evidence_door *door = context;
    return prefix_digest_of(door->behind_prefix, text, out, err);
}

struct digest_door evidence_door(struct evidence_door *door)
{
    return (struct digest_door){.begin = begin_stream,
                                .feed = feed_stream,
                                .finish = finish_stream,
                                .set_prefix = set_prefix,
                                .digest_behind = digest_behind,
                                .context = door};
}

/* ---- files ---- */

static int file_error(struct err *err, const char *what, const char *path)
{
    enum err_code code = errno == ENOSPC || errno == EDQUOT  ? ERR_FULL
                         : errno == EACCES || errno == EPERM ? ERR_PERMISSION
                                                             : ERR_IO;
    return err_set(err, code, "could not %s \"%s\": %s", what, path, strerror(errno));
}

static int sync_directory(const char *path, struct err *err)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int rc = fd < 0 || fsync(fd) != 0 ? file_error(err, "sync", path) : OK;
    if (fd >= 0)
        (void)close(fd);
    return rc;
}

/* Make each directory of `path` that lies below its first `have` bytes, its name on disk. */
static int make_directories(char *path, size_t have, struct err *err)
{
    int rc = OK;
    for (char *slash = strchr(path + have, '/'); slash != NULL && rc == OK;
         slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        bool is_new = mkdir(path, 0700) == 0;
        if (!is_new && errno != EEXIST)
            rc = file_error(err, "create directory", path);
        char *above = strrchr(path, '/');
        if (is_new) {
            *above = '\0';
            rc = sync_directory(path, err);
            *above = '/';
        }
        *slash = '/';
    }
    return rc;
}

/* "DATA/evidence/DIRECTORY/NAME" with `suffix`; NULL with ERR_NOMEM or ERR_LIMIT in err. */
static char *path_of(const struct datadir *datadir, const char *directory, const char *name,
                     const char *suffix, struct err *err)
{
    struct buf path;
    buf_init(&path, PATH_MAX_BYTES);
    buf_printf(&path, "%s/evidence/%s/%s%s", datadir->path, directory, name, suffix);
    buf_append_byte(&path, '\0');
    if (buf_status(&path, err) != OK) {
        buf_deinit(&path);
        return NULL;
    }
    return path.ptr;
}

static int open_partial(struct evidence_file *file, struct err *err)
{
    int fd = open(file->partial_path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0)
        return file_error(err, "create", file->partial_path);
    file->file = fdopen(fd, "w");
    if (file->file != NULL)
        return OK;
    int rc = errno == ENOMEM ? err_set(err, ERR_NOMEM, "could not open \"%s\"", file->partial_path)
                             : file_error(err, "open", file->partial_path);
    (void)close(fd);
    (void)unlink(file->partial_path);
    return rc;
}

int evidence_file_open(const struct datadir *datadir, const char *directory, const char *name,
                       struct evidence_file *out_file, struct err *err)
{
    struct evidence_file file = {0};
    file.path = path_of(datadir, directory, name, "", err);
    file.partial_path =
        file.path != NULL ? path_of(datadir, directory, name, ".partial", err) : NULL;
    int rc = file.partial_path != NULL ? OK : (int)err->code;
    if (rc == OK)
        rc = sha256_new(&file.sha256, err);
    if (rc == OK)
        rc = make_directories(file.path, strlen(datadir->path) + 1, err);
    if (rc == OK)
        rc = open_partial(&file, err);
    if (rc != OK) {
        evidence_file_deinit(&file);
        return rc;
    }
    *out_file = file;
    return OK;
}

void evidence_file_write(struct evidence_file *file, struct bytes bytes)
{
    if (file->err.code != OK || bytes.len == 0)
        return;
    if (fwrite(bytes.ptr, 1, bytes.len, file->file) != bytes.len)
        (void)file_error(&file->err, "write", file->partial_path);
    else
        (void)sha256_feed(file->sha256, bytes, &file->err);
}

/* The bytes on disk before the name: after a crash there is the whole file or the former one. */
static int publish(struct evidence_file *file, struct err *err)
{
    bool written = fflush(file->file) == 0 && fsync(fileno(file->file)) == 0;
    int rc = written ? OK : file_error(err, "write", file->partial_path);
    if (fclose(file->file) != 0 && rc == OK)
        rc = file_error(err, "write", file->partial_path);
    file->file = NULL;
    if (rc == OK && rename(file->partial_path, file->path) != 0)
        rc = file_error(err, "name", file->path);
    if (rc != OK) {
        (void)unlink(file->partial_path);
        return rc;
    }
    char *slash = strrchr(file->path, '/');
    *slash = '\0';
    rc = sync_directory(file->path, err);
    *slash = '/';
    return rc;
}

int evidence_file_finish(struct evidence_file *file, unsigned char out_sha256[DIGEST_BYTES],
                         struct err *err)
{
    unsigned char digest[DIGEST_BYTES];
    int rc = file->err.code;
    if (rc != OK)
        *err = file->err;
    if (rc == OK)
        rc = sha256_finish(file->sha256, digest, err);
    if (rc == OK)
        rc = publish(file, err);
    evidence_file_deinit(file);
    if (rc == OK)
        memcpy(out_sha256, digest, sizeof digest);
    return rc;
}

void evidence_file_deinit(struct evidence_file *file)
{
    if (file->file != NULL) {
        (void)fclose(file->file);
        (void)unlink(file->partial_path);
    }
    sha256_free(file->sha256);
    mem_free(file->path);
    mem_free(file->partial_path);
    *file = (struct evidence_file){0};
}

void evidence_directory(char *out, size_t capacity, struct bytes round_name, const char *what,
                        int64_t no)
{
    (void)snprintf(out, capacity, BYTES_FMT "/%s-%lld", BYTES_ARG(round_name), what, (long long)no);
}

void evidence_append_digest(struct buf *out, const char *label, struct bytes digest)
{
    char hex[DIGEST_HEX_BYTES];
    digest_hex((const unsigned char *)digest.ptr, hex);
    buf_printf(out, "%s: %s\n", label, hex);
}
