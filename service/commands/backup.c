#include "service/host/backup.h"

#include "service/commands/command_record.h"
#include "service/host/key_check.h"
#include "service/host/files.h"

#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>

/* ---- backup ---- */

static bool on_progress(void *context, int64_t done_pages, int64_t total_pages)
{
    const struct command_context *command = context;
    if (command->shows_progress && total_pages > 0)
        (void)fprintf(command->messages, "\r备份 %3" PRId64 "%%", 100 * done_pages / total_pages);
    return true;
}

/* The name alone: where it lies is nobody's business. */
static struct bytes name_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    return bytes_from_z(slash != NULL ? slash + 1 : path);
}

static int record(const struct command_context *context, const struct datadir *datadir,
                  const char *path, const char *sha256_hex, struct err *err)
{
    int rc = store_begin(datadir->store, err);
    if (rc == OK)
        rc = command_record(context, datadir, "backup.make", name_of(path),
                            json_pack("{s:s}", "sha256", sha256_hex), err);
    if (rc == OK)
        rc = store_commit(datadir->store, err);
    store_rollback(datadir->store);
    return rc;
}

static int backup(const struct command_context *context, const char *path, struct err *err)
{
    struct datadir datadir = {0};
    unsigned char sha256[SHA256_BYTES];
    char hex[SHA256_HEX_BYTES];
    struct stat info = {0};
    int rc = datadir_open(context->data_path, STORE_READWRITE, &datadir, err);
    if (rc == OK)
        rc = datadir_backup(&datadir, datadir.store, path, on_progress, (void *)context, err);
    if (rc == OK && context->shows_progress)
        (void)fputs("\r\033[K", context->messages);
    if (rc == OK)
        rc = files_sha256(path, sha256, err);
    if (rc == OK) {
        sha256_hex(sha256, hex);
        rc = record(context, &datadir, path, hex, err);
    }
    if (rc == OK && stat(path, &info) == 0) {
        command_say(context, "已备份到 %s（%.1f MB，已校验）。SHA-256：%s", path,
                    (double)info.st_size / 1e6, hex);
        command_say(context, "备份不含密钥 vault.key 和证书；密钥请用 vault export 另行保存，"
                             "否则恢复后号码和诉求内容无法读取。");
    }
    datadir_close(&datadir);
    return rc;
}

static int run_backup(struct command_context *context, int argc, char **argv)
{
    struct err err = {0};
    if (argc != 2)
        return command_misused(context, &command_backup, "需要且只需要一个文件名");
    return backup(context, argv[1], &err) == OK ? EXIT_DONE : command_fail(context, &err);
}

const struct command command_backup = {
    .name = "backup",
    .usage = "FILE",
    .summary = "备份（服务运行时也可以）",
    .details =
        "把数据库、evidence/ 和 config.ini 备份到一个新文件，随即校验。服务运行时可以备份，内容是\n"
        "开始备份那一刻的数据。备份不含密钥 vault.key 和证书 tls/。",
    .run = run_backup,
};

/* ---- restore ---- */

static void say_restored(const struct command_context *context, bool has_key)
{
    command_say(context, "已恢复到数据目录 %s。", context->data_path);
    if (!has_key)
        command_say(context, "数据目录中没有密钥：请用 vault import 导入备份时的密钥，"
                             "否则无法使用。");
}

/* Under another key the entry would break the chain for good. */
static int record_restored(const struct command_context *context, const char *path, struct err *err)
{
    struct datadir datadir = {0};
    int rc = datadir_open(context->data_path, STORE_READWRITE, &datadir, err);
    if (rc == OK)
        rc = key_check(&datadir, err);
    if (rc == ERR_REFUSED)
        command_say(context, "目录中的密钥 vault.key 不是这份备份的密钥：请移走它，"
                             "再用 vault import 导入备份时的密钥，此前不要使用。");
    if (rc == OK)
        rc = store_begin(datadir.store, err);
    if (rc == OK)
        rc = command_record(context, &datadir, "backup.restore", name_of(path), json_null(), err);
    if (rc == OK)
        rc = store_commit(datadir.store, err);
    datadir_close(&datadir);
    return rc;
}

static int run_restore(struct command_context *context, int argc, char **argv)
{
    struct err err = {0};
    const char *file = NULL;
    bool replace = false, has_key = false;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--replace") == 0)
            replace = true;
        else if (argv[i][0] == '-' || file != NULL)
            return command_misused(context, &command_restore, "无法识别的参数 %s", argv[i]);
        else
            file = argv[i];
    }
    if (file == NULL)
        return command_misused(context, &command_restore, "缺少备份文件");
    int rc = datadir_restore(context->data_path, file, replace, context->now_utc, &has_key, &err);
    if (rc == OK) {
        say_restored(context, has_key);
        rc = has_key ? record_restored(context, file, &err) : OK;
    }
    if (rc == ERR_EXISTS)
        command_say(context, "数据目录已有数据库。确要替换的，请加 --replace；原数据库会移到 "
                             "backups/。");
    return rc == OK ? EXIT_DONE : command_fail(context, &err);
}

const struct command command_restore = {
    .name = "restore",
    .usage = "FILE [--replace]",
    .summary = "从备份恢复",
    .details =
        "由备份建立数据目录：数据库、evidence/ 和 config.ini。密钥 vault.key "
        "不在备份中，保持原样，\n"
        "没有的用 vault import 导入。数据目录已有数据库时须加 --replace，原数据库移到 backups/。\n"
        "服务运行时不能恢复。",
    .run = run_restore,
};
