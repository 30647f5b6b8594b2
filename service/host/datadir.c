#include "service/host/datadir.h"

#include "base/alloc.h"
#include "base/utf8.h"

#include "service/host/files.h"

#include <ini.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_MAX_BYTES = 4096, CONFIG_MAX_BYTES = 64 * 1024 };

static const char default_config[] =
    "; 评议系统配置（不含密钥）。\n"
    "[organ]\n"
    "name = 市绩效办\n"
    "; 电话测评时告知被访人的核实电话；不填时为12345热线。\n"
    "phone =\n"
    "; 演示数据说明：填写后，所有页面和通报都会注明。真实数据请留空。\n"
    "demonstration =\n";

char *datadir_path(const char *dir, const char *name, struct err *err)
{
    struct buf path;
    buf_init(&path, PATH_MAX_BYTES);
    buf_printf(&path, "%s/%s", dir, name);
    buf_append_byte(&path, '\0');
    if (buf_status(&path, err) != OK) {
        buf_deinit(&path);
        return NULL;
    }
    return path.ptr;
}

static int make_dir(const char *path, struct err *err)
{
    if (mkdir(path, 0700) == 0 || errno == EEXIST)
        return OK;
    return err_set(err, errno == ENOSPC ? ERR_FULL : ERR_IO,
                   "could not create directory \"%s\": %s", path, strerror(errno));
}

static int make_sub_dirs(const char *path, struct err *err)
{
    static const char *const names[] = {"tls", "backups", "evidence"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char *sub = datadir_path(path, names[i], err);
        int rc = sub != NULL ? make_dir(sub, err) : (int)err->code;
        mem_free(sub);
        if (rc != OK)
            return rc;
    }
    return OK;
}

static int open_store(const char *dir, enum store_mode mode, struct store **out, struct err *err)
{
    char *path = datadir_path(dir, "pingyi.db", err);
    char *backup = datadir_path(dir, "backups/before-migration.db", err);
    int rc = path != NULL && backup != NULL ? OK : (int)err->code;
    if (rc == OK) {
        struct store_options options = {.path = path, .backup_path = backup, .mode = mode};
        rc = store_open(&options, out, err);
    }
    mem_free(path);
    mem_free(backup);
    return rc;
}

static int create_files(const char *path, struct err *err)
{
    struct store *store = NULL;
    char *key = datadir_path(path, "vault.key", err);
    char *config = datadir_path(path, "config.ini", err);
    int rc = key != NULL && config != NULL ? OK : (int)err->code;
    /* The database comes last: where it is, the directory is whole. */
    if (rc == OK)
        rc = vault_create(key, err);
    if (rc == ERR_EXISTS)
        rc = OK; /* an earlier attempt got this far; nothing was sealed with it yet */
    if (rc == OK)
        rc = files_replace(config, BYTES_LIT(default_config), 0600, err);
    if (rc == OK)
        rc = open_store(path, STORE_CREATE, &store, err);
    store_close(store);
    mem_free(key);
    mem_free(config);
    return rc;
}

static int check_permissions(const char *path, struct err *err)
{
    struct stat info;
    if (stat(path, &info) != 0)
        return err_set(err, errno == ENOENT ? ERR_NOT_FOUND : ERR_IO,
                       "no data directory \"%s\": %s", path, strerror(errno));
    if (!S_ISDIR(info.st_mode))
        return err_set(err, ERR_NOT_FOUND, "\"%s\" is no directory", path);
    if ((info.st_mode & 077) != 0)
        return err_set(err, ERR_PERMISSION,
                       "data directory \"%s\" is open to others (mode %03o, must be 700)", path,
                       (unsigned)(info.st_mode & 0777));
    return OK;
}

int datadir_make_directories(const char *path, struct err *err)
{
    int rc = make_dir(path, err);
    if (rc == OK)
        rc = check_permissions(path, err); /* it may have been there before */
    return rc == OK ? make_sub_dirs(path, err) : rc;
}

int datadir_create(const char *path, struct err *err)
{
    struct stat info;
    char *database = datadir_path(path, "pingyi.db", err);
    if (database == NULL)
        return err->code;
    bool exists = stat(database, &info) == 0;
    mem_free(database);
    if (exists)
        return err_set(err, ERR_EXISTS, "\"%s\" is a data directory already", path);
    int rc = datadir_make_directories(path, err);
    if (rc == OK)
        rc = create_files(path, err);
    return rc;
}

static int on_config_value(void *context, const char *section, const char *key, const char *value)
{
    struct datadir *datadir = context;
    if (strcmp(section, "organ") != 0)
        return 1;
    char *into = strcmp(key, "name") == 0            ? datadir->organ
                 : strcmp(key, "phone") == 0         ? datadir->phone
                 : strcmp(key, "demonstration") == 0 ? datadir->demonstration
                                                     : NULL;
    if (into != NULL)
        (void)snprintf(into, sizeof datadir->organ, "%s", value);
    return 1;
}

static int read_config(struct datadir *datadir, struct err *err)
{
    struct buf text;
    char *path = datadir_path(datadir->path, "config.ini", err);
    if (path == NULL)
        return err->code;
    buf_init(&text, CONFIG_MAX_BYTES);
    int rc = files_read(path, &text, err);
    buf_append_byte(&text, '\0');
    if (rc == OK)
        rc = buf_status(&text, err);
    if (rc == OK && !utf8_is_valid(buf_bytes(&text)))
        rc = err_set(err, ERR_FORMAT, "\"%s\" is not UTF-8", path);
    if (rc == OK) {
        int line = ini_parse_string(text.ptr, on_config_value, datadir);
        if (line != 0)
            rc = err_set(err, line < 0 ? ERR_NOMEM : ERR_FORMAT, "line %d of \"%s\" is malformed",
                         line, path);
    }
    buf_deinit(&text);
    mem_free(path);
    return rc;
}

static int open_whole(const char *path, enum store_mode mode, struct datadir *out, struct err *err)
{
    struct datadir datadir = {0};
    char *key = NULL;
    (void)snprintf(datadir.organ, sizeof datadir.organ, "%s", "市绩效办");
    int rc = check_permissions(path, err);
    if (rc != OK)
        return rc;
    datadir.path = mem_copy(path, strlen(path));
    if (datadir.path == NULL)
        return err_set(err, ERR_NOMEM, "could not open data directory \"%s\"", path);
    key = datadir_path(path, "vault.key", err);
    rc = key != NULL ? open_store(path, mode, &datadir.store, err) : (int)err->code;
    if (rc == OK)
        rc = vault_open(key, &datadir.vault, err);
    if (rc == OK)
        rc = read_config(&datadir, err);
    mem_free(key);
    if (rc != OK) {
        datadir_close(&datadir);
        return rc;
    }
    *out = datadir;
    return OK;
}

int datadir_open(const char *path, enum store_mode mode, struct datadir *out, struct err *err)
{
    struct datadir datadir = {0};
    int rc = open_whole(path, mode, &datadir, err);
    if (rc == OK && vault_is_rotating(datadir.vault)) {
        datadir_close(&datadir);
        return err_set(err, ERR_WRONG_STATE,
                       "the key of \"%s\" is being replaced: finish with `vault rotate`", path);
    }
    if (rc == OK)
        *out = datadir;
    return rc;
}

int datadir_open_rotating(const char *path, struct datadir *out, struct err *err)
{
    return open_whole(path, STORE_READWRITE, out, err);
}

int datadir_open_store(const struct datadir *datadir, enum store_mode mode, struct store **out,
                       struct err *err)
{
    return open_store(datadir->path, mode, out, err);
}

void datadir_close(struct datadir *datadir)
{
    store_close(datadir->store);
    vault_free(datadir->vault);
    mem_free(datadir->path);
    *datadir = (struct datadir){0};
}

/* ---- the one service ---- */

static int open_service_lock(const char *path, int *out_fd, struct err *err)
{
    char *name = datadir_path(path, "service.lock", err);
    if (name == NULL)
        return err->code;
    int rc = OK;
    int fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0)
        rc = err_set(err, errno == ENOSPC ? ERR_FULL : ERR_IO, "could not open \"%s\": %s", name,
                     strerror(errno));
    else
        *out_fd = fd;
    mem_free(name);
    return rc;
}

/* A lock of the open file, not of the process: the kernel lets go of it however the process ends. */
int datadir_lock_service(const char *path, int *out_fd, struct err *err)
{
    struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    int fd = -1;
    int rc = check_permissions(path, err);
    if (rc == OK)
        rc = open_service_lock(path, &fd, err);
    if (rc != OK)
        return rc;
    if (fcntl(fd, F_OFD_SETLK, &whole) != 0) {
        (void)close(fd);
        return err_set(err, ERR_BUSY, "a service is at work on \"%s\"", path);
    }
    *out_fd = fd;
    return OK;
}

bool datadir_is_served(const struct datadir *datadir)
{
    struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    struct err err;
    int fd = -1;
    if (open_service_lock(datadir->path, &fd, &err) != OK)
        return false;
    bool is_free = fcntl(fd, F_OFD_GETLK, &whole) == 0 && whole.l_type == F_UNLCK;
    (void)close(fd);
    return !is_free;
}
