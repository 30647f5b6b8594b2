#include "service/api/task_files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { NAME_MAX_BYTES = 200, DIRECTORY_MODE = 0700 };

static bool format(char out[TASK_PATH_BYTES], const struct datadir *datadir, const char *directory,
                   int64_t id)
{
    int len = snprintf(out, TASK_PATH_BYTES, "%s/%s/%lld", datadir->path, directory, (long long)id);
    return len > 0 && len < TASK_PATH_BYTES;
}

static bool format_directory(char out[TASK_PATH_BYTES], const struct datadir *datadir,
                             const char *directory)
{
    int len = snprintf(out, TASK_PATH_BYTES, "%s/%s", datadir->path, directory);
    return len > 0 && len < TASK_PATH_BYTES;
}

static bool is_dots(const char *name)
{
    return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

/*
 * By open and not by opendir: a link in its place is not followed, and the sanitizer of threads
 * sees the descriptor begin (it knows of the end of a socket of that number only by that).
 */
static DIR *open_directory(const char *path)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
    if (dir == NULL && fd >= 0)
        (void)close(fd);
    return dir;
}

/* What can be removed of a directory, and the directory itself; it has files alone. */
static void remove_directory(const char *path)
{
    DIR *dir = open_directory(path);
    if (dir == NULL)
        return;
    for (struct dirent *entry = readdir(dir); entry != NULL; entry = readdir(dir)) {
        if (!is_dots(entry->d_name))
            (void)unlinkat(dirfd(dir), entry->d_name, 0);
    }
    (void)closedir(dir);
    (void)rmdir(path);
}

/* ---- at the start ---- */

static int make_directory(const struct datadir *datadir, const char *name, struct err *err)
{
    char path[TASK_PATH_BYTES];
    if (!format_directory(path, datadir, name))
        return err_set(err, ERR_LIMIT, "the data directory's path is too long");
    if (mkdir(path, DIRECTORY_MODE) == 0 || errno == EEXIST)
        return OK;
    return err_set(err, errno == ENOSPC ? ERR_FULL : ERR_IO, "could not create \"%s\": %s", path,
                   strerror(errno));
}

static void remove_uploads(const struct datadir *datadir)
{
    char path[TASK_PATH_BYTES];
    DIR *dir = format_directory(path, datadir, "uploads") ? open_directory(path) : NULL;
    if (dir == NULL)
        return;
    for (struct dirent *entry = readdir(dir); entry != NULL; entry = readdir(dir)) {
        int64_t id = 0;
        if (bytes_to_int64(bytes_from_z(entry->d_name), &id))
            task_files_remove_upload(datadir, id);
    }
    (void)closedir(dir);
}

int task_files_open(const struct datadir *datadir, struct err *err)
{
    int rc = make_directory(datadir, "uploads", err);
    if (rc == OK)
        rc = make_directory(datadir, "results", err);
    if (rc == OK)
        remove_uploads(datadir);
    return rc;
}

void task_files_sweep(const struct datadir *datadir, int64_t now_utc)
{
    char path[TASK_PATH_BYTES];
    DIR *dir = format_directory(path, datadir, "results") ? open_directory(path) : NULL;
    if (dir == NULL)
        return;
    for (struct dirent *entry = readdir(dir); entry != NULL; entry = readdir(dir)) {
        struct stat status;
        if (is_dots(entry->d_name) ||
            fstatat(dirfd(dir), entry->d_name, &status, AT_SYMLINK_NOFOLLOW) != 0)
            continue;
        if (S_ISREG(status.st_mode) && (int64_t)status.st_mtime < now_utc - RESULT_KEPT_S)
            (void)unlinkat(dirfd(dir), entry->d_name, 0);
    }
    (void)closedir(dir);
}

/* ---- uploads ---- */

bool task_files_is_name(struct bytes name)
{
    return name.len > 0 && name.len <= NAME_MAX_BYTES && memchr(name.ptr, '/', name.len) == NULL &&
           !bytes_equal(name, BYTES_LIT(".")) && !bytes_equal(name, BYTES_LIT(".."));
}

bool task_files_take_upload(const struct datadir *datadir, int64_t id, const char *path,
                            struct bytes name, struct arena *arena, struct bytes *out)
{
    char directory[TASK_PATH_BYTES];
    char target[TASK_PATH_BYTES];
    if (!format(directory, datadir, "uploads", id))
        return false;
    int len = snprintf(target, sizeof target, "%s/" BYTES_FMT, directory, BYTES_ARG(name));
    if (len < 0 || len >= TASK_PATH_BYTES || mkdir(directory, DIRECTORY_MODE) != 0)
        return false;
    struct bytes kept = arena_copy(arena, bytes_from_z(target));
    if (kept.ptr == NULL || rename(path, target) != 0) {
        (void)rmdir(directory);
        return false;
    }
    *out = kept;
    return true;
}

void task_files_remove_upload(const struct datadir *datadir, int64_t id)
{
    char path[TASK_PATH_BYTES];
    if (format(path, datadir, "uploads", id))
        remove_directory(path);
}

/* ---- results ---- */

int task_files_result(const struct datadir *datadir, int64_t id, char out[TASK_PATH_BYTES],
                      struct err *err)
{
    return format(out, datadir, "results", id)
               ? OK
               : err_set(err, ERR_LIMIT, "the data directory's path is too long");
}
