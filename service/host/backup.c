#include "service/host/backup.h"

#include "base/alloc.h"

#include "service/host/files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int system_error(struct err *err, const char *what, const char *path)
{
    enum err_code code = errno == ENOSPC || errno == EDQUOT ? ERR_FULL
                         : errno == EACCES                  ? ERR_PERMISSION
                         : errno == ENOENT                  ? ERR_NOT_FOUND
                                                            : ERR_IO;
    return err_set(err, code, "could not %s \"%s\": %s", what, path, strerror(errno));
}

__attribute__((format(printf, 3, 4))) static int name_path(char out[PATH_MAX], struct err *err,
                                                           const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int len = vsnprintf(out, PATH_MAX, format, arguments);
    va_end(arguments);
    return len > 0 && len < PATH_MAX ? OK : err_set(err, ERR_LIMIT, "a path is too long");
}

/* ---- into a backup ---- */

struct packing {
    const struct datadir *datadir;
    bool (*on_progress)(void *context, int64_t done_pages, int64_t total_pages);
    void *progress_context;
};

static bool on_pages(void *context, int64_t done, int64_t total)
{
    struct packing *packing = context;
    return packing->on_progress == NULL ||
           packing->on_progress(packing->progress_context, done, total);
}

static int put_open_file(struct store *copy, int fd, const char *path, const char *name,
                         struct err *err)
{
    char *part = mem_alloc(BACKUP_PART_BYTES);
    int rc = part != NULL ? OK : err_set(err, ERR_NOMEM, "no memory for a part of \"%s\"", path);
    for (int64_t number = 0; rc == OK; number++) {
        ssize_t got = read(fd, part, BACKUP_PART_BYTES);
        if (got < 0)
            rc = system_error(err, "read", path);
        if (got <= 0 && number > 0)
            break;
        if (rc == OK) /* an empty file has one empty part */
            rc = backup_file_put(copy, bytes_from_z(name), number,
                                 (struct bytes){part, (size_t)got}, err);
    }
    mem_free(part);
    return rc;
}

static int put_file(struct store *copy, const char *directory, const char *name, struct err *err)
{
    char path[PATH_MAX];
    int rc = name_path(path, err, "%s/%s", directory, name);
    if (rc != OK)
        return rc;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return system_error(err, "open", path);
    rc = put_open_file(copy, fd, path, name, err);
    (void)close(fd);
    return rc;
}

/* Each file of evidence/: ROUND/STEP/NAME. */
static int put_tree(struct store *copy, const char *directory, const char *name, struct err *err)
{
    char path[PATH_MAX];
    int rc = name_path(path, err, "%s/%s", directory, name);
    DIR *entries = rc == OK ? opendir(path) : NULL;
    if (rc == OK && entries == NULL)
        rc = errno == ENOENT ? OK : system_error(err, "open", path);
    while (rc == OK && entries != NULL) {
        struct dirent *entry = readdir(entries);
        char inner[PATH_MAX];
        if (entry == NULL)
            break;
        if (entry->d_name[0] == '.')
            continue;
        rc = name_path(inner, err, "%s/%s", name, entry->d_name);
        if (rc == OK && entry->d_type == DT_DIR)
            rc = put_tree(copy, directory, inner, err);
        else if (rc == OK && entry->d_type == DT_REG)
            rc = put_file(copy, directory, inner, err);
    }
    if (entries != NULL)
        (void)closedir(entries);
    return rc;
}

static int put_files(void *context, struct store *copy, struct err *err)
{
    struct packing *packing = context;
    int rc = put_file(copy, packing->datadir->path, "config.ini", err);
    return rc == OK ? put_tree(copy, packing->datadir->path, "evidence", err) : rc;
}

int datadir_backup(const struct datadir *datadir, struct store *store, const char *path,
                   bool (*on_progress)(void *context, int64_t done_pages, int64_t total_pages),
                   void *context, struct err *err)
{
    struct packing packing = {datadir, on_progress, context};
    struct backup_wish wish = {on_pages, put_files, &packing};
    return backup_make(store, path, &wish, err);
}

/* ---- out of one ---- */

struct unpacking {
    const char *directory; /* config.ini and evidence/ are written below it */
    int fd;                /* of the file whose parts come; -1: none */
};

/* What a backup may bring: config.ini, or a file below evidence/ that stays there. */
static bool name_is_ours(struct bytes name)
{
    if (bytes_equal(name, BYTES_LIT("config.ini")))
        return true;
    if (!bytes_starts_with(name, BYTES_LIT("evidence/")) || memchr(name.ptr, '\0', name.len))
        return false;
    for (struct bytes rest = name; rest.ptr != NULL;) {
        struct bytes segment = bytes_cut(&rest, '/');
        if (segment.len == 0 || segment.ptr[0] == '.')
            return false;
    }
    return true;
}

static int make_parents(char *path, size_t root_len, struct err *err)
{
    for (char *slash = strchr(path + root_len + 1, '/'); slash != NULL;
         slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        bool made = mkdir(path, 0700) == 0 || errno == EEXIST;
        int rc = made ? OK : system_error(err, "create directory", path);
        *slash = '/';
        if (rc != OK)
            return rc;
    }
    return OK;
}

static int close_part(struct unpacking *unpacking, struct err *err)
{
    int fd = unpacking->fd;
    unpacking->fd = -1;
    if (fd < 0)
        return OK;
    bool synced = fsync(fd) == 0;
    return close(fd) == 0 && synced ? OK : system_error(err, "write below", unpacking->directory);
}

static int write_part(void *context, struct bytes name, int64_t part, struct bytes content,
                      struct err *err)
{
    struct unpacking *unpacking = context;
    char path[PATH_MAX];
    if (!name_is_ours(name))
        return err_set(err, ERR_CORRUPT,
                       "the backup has a file \"" BYTES_FMT "\", which is none of ours",
                       BYTES_ARG(name));
    int rc = name_path(path, err, "%s/" BYTES_FMT, unpacking->directory, BYTES_ARG(name));
    if (rc == OK && part == 0)
        rc = close_part(unpacking, err);
    if (rc == OK && part == 0)
        rc = make_parents(path, strlen(unpacking->directory), err);
    if (rc == OK && part == 0) {
        unpacking->fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
        if (unpacking->fd < 0)
            rc = system_error(err, "create", path);
    }
    if (rc == OK && files_write_all(unpacking->fd, content) != 0)
        rc = system_error(err, "write", path);
    return rc;
}

/* What the copy holds goes to files below `directory`, and out of the copy. */
static int unpack(const char *database, const char *directory, struct err *err)
{
    struct store_options options = {.path = database, .mode = STORE_READWRITE};
    struct unpacking unpacking = {directory, -1};
    struct store *store = NULL;
    int64_t left = 0;
    int rc = store_open(&options, &store, err);
    if (rc == OK)
        rc = store_begin(store, err);
    if (rc == OK)
        rc = backup_files_each(store, write_part, &unpacking, err);
    if (rc == OK)
        rc = close_part(&unpacking, err);
    if (rc == OK)
        rc = backup_files_clear(store, err);
    if (rc == OK)
        rc = store_commit(store, err);
    /* Here, where its failure is told: the log stays behind when the database moves. */
    if (rc == OK)
        rc = store_checkpoint(store, true, &left, err);
    if (unpacking.fd >= 0)
        (void)close(unpacking.fd);
    store_close(store);
    return rc;
}

static int copy_plain(const char *from, const char *to, struct err *err)
{
    int in = open(from, O_RDONLY | O_CLOEXEC);
    if (in < 0)
        return system_error(err, "open", from);
    int out = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    int rc = out >= 0 ? OK : system_error(err, "create", to);
    for (ssize_t sent = 1; rc == OK && sent > 0;) {
        sent = copy_file_range(in, NULL, out, NULL, SSIZE_MAX, 0);
        if (sent < 0)
            rc = system_error(err, "copy", from);
    }
    if (rc == OK && fsync(out) != 0)
        rc = system_error(err, "sync", to);
    if (out >= 0)
        (void)close(out);
    (void)close(in);
    return rc;
}

/* Names of a restoring, all in the data directory: what is being made has names of its own until all of it is there. */
struct restoring {
    char database[PATH_MAX], new_database[PATH_MAX], old_database[PATH_MAX];
    char log[PATH_MAX], log_index[PATH_MAX], old_log[PATH_MAX];
    char evidence[PATH_MAX], new_files[PATH_MAX], new_evidence[PATH_MAX], old_evidence[PATH_MAX];
    char config[PATH_MAX], new_config[PATH_MAX];
    char key[PATH_MAX];
};

static bool exists(const char *path)
{
    struct stat info;
    return lstat(path, &info) == 0;
}

/* What is replaced is kept under the second of its replacement. */
static int name_old(const char *path, int64_t now_utc, struct restoring *out, struct err *err)
{
    int rc = name_path(out->old_database, err, "%s/backups/before-restore-%lld.db", path,
                       (long long)now_utc);
    if (rc == OK)
        rc = name_path(out->old_log, err, "%s-wal", out->old_database);
    if (rc == OK)
        rc = name_path(out->old_evidence, err, "%s/backups/before-restore-%lld-evidence", path,
                       (long long)now_utc);
    return rc;
}

static int name_all(const char *path, int64_t now_utc, struct restoring *out, struct err *err)
{
    const struct {
        char *name;
        const char *text;
    } plain[] = {
        {out->database, "pingyi.db"},
        {out->log, "pingyi.db-wal"},
        {out->log_index, "pingyi.db-shm"},
        {out->new_database, "restoring.db"},
        {out->evidence, "evidence"},
        {out->new_files, "restoring"},
        {out->new_evidence, "restoring/evidence"},
        {out->config, "config.ini"},
        {out->new_config, "restoring/config.ini"},
        {out->key, "vault.key"},
    };
    int rc = OK;
    for (size_t i = 0; i < sizeof plain / sizeof *plain && rc == OK; i++)
        rc = name_path(plain[i].name, err, "%s/%s", path, plain[i].text);
    if (rc == OK)
        rc = name_old(path, now_utc, out, err);
    while (rc == OK && (exists(out->old_database) || exists(out->old_evidence)))
        rc = name_old(path, ++now_utc, out, err);
    return rc;
}

static int move(const char *from, const char *to, struct err *err)
{
    if (!exists(from))
        return OK;
    return rename(from, to) == 0 ? OK : system_error(err, "rename", from);
}

/* The last connection to close puts the log back into the database; where others have it open, their log would be taken
 * for that of the new one. */
static int settle_old(const struct restoring *names, struct err *err)
{
    struct err damage = {.code = OK};
    struct store *store = NULL;
    struct store_options options = {.path = names->database, .mode = STORE_READWRITE};
    if (!exists(names->database))
        return OK;
    int rc = store_open(&options, &store, &damage);
    if (rc != OK && rc != ERR_BUSY)
        return OK; /* damaged: that is why it is replaced */
    if (rc != OK)
        *err = damage;
    else
        rc = store_lock_import(store, err);
    store_close(store);
    if (rc == OK && exists(names->log))
        rc = err_set(err, ERR_BUSY, "another program has \"%s\" open", names->database);
    return rc;
}

static int put_in_place(const struct restoring *names, struct err *err)
{
    int rc = settle_old(names, err);
    if (rc == OK)
        rc = move(names->database, names->old_database, err);
    /* That of a damaged database, or of one that was moved just before an earlier restore ended. */
    if (rc == OK)
        rc = move(names->log, names->old_log, err);
    (void)unlink(names->log_index);
    if (rc == OK && exists(names->new_evidence))
        rc = move(names->evidence, names->old_evidence, err);
    if (rc == OK)
        rc = move(names->new_evidence, names->evidence, err);
    if (rc == OK)
        rc = move(names->new_config, names->config, err);
    /* The database comes last: where it is, the directory is whole. */
    if (rc == OK)
        rc = move(names->new_database, names->database, err);
    (void)rmdir(names->new_files);
    return rc;
}

static int remove_entry(const char *path, const struct stat *info, int type, struct FTW *at)
{
    (void)info;
    (void)type;
    (void)at;
    return remove(path);
}

/* What an earlier restore left when it was killed: a log would be taken for that of the next, files for its own. */
static int remove_leftovers(const struct restoring *names, struct err *err)
{
    enum { OPEN_FILES = 16 };
    static const char *const suffixes[] = {"", "-wal", "-shm", "-import"};
    int rc = OK;
    for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes && rc == OK; i++) {
        char path[PATH_MAX];
        rc = name_path(path, err, "%s%s", names->new_database, suffixes[i]);
        if (rc == OK && unlink(path) != 0 && errno != ENOENT)
            rc = system_error(err, "remove", path);
    }
    if (rc == OK && exists(names->new_files) &&
        nftw(names->new_files, remove_entry, OPEN_FILES, FTW_DEPTH | FTW_PHYS) != 0)
        rc = system_error(err, "remove", names->new_files);
    return rc;
}

static int restore_into(const struct restoring *names, const char *backup, struct err *err)
{
    int rc = remove_leftovers(names, err);
    if (rc != OK)
        return rc;
    rc = copy_plain(backup, names->new_database, err);
    if (rc == OK)
        rc = backup_check(names->new_database, err);
    if (rc != OK)
        return err_wrap(err, "backup \"%s\"", backup);
    if (mkdir(names->new_files, 0700) != 0)
        return system_error(err, "create directory", names->new_files);
    rc = unpack(names->new_database, names->new_files, err);
    return rc == OK ? put_in_place(names, err) : rc;
}

int datadir_restore(const char *path, const char *backup, bool replace, int64_t now_utc,
                    bool *out_has_key, struct err *err)
{
    struct restoring names;
    int lock = -1;
    int rc = name_all(path, now_utc, &names, err);
    if (rc == OK && exists(names.database) && !replace)
        return err_set(err, ERR_EXISTS, "\"%s\" is a data directory already", path);
    if (rc == OK)
        rc = datadir_make_directories(path, err);
    if (rc == OK)
        rc = datadir_lock_service(path, &lock, err);
    if (rc != OK)
        return rc;
    rc = restore_into(&names, backup, err);
    if (rc != OK)
        (void)remove_leftovers(&names, &(struct err){.code = OK});
    else
        *out_has_key = exists(names.key);
    (void)close(lock);
    return rc;
}
