#include "service/commands/command_record.h"
#include "service/host/key_check.h"
#include "service/commands/passphrase.h"
#include "service/commands/rotation.h"

#include "service/auth/vault_export.h"
#include "service/host/files.h"

#include <inttypes.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

enum { EXPORT_MAX_BYTES = 64 * 1024 };

static int key_path(const struct command_context *context, char out[PATH_MAX], struct err *err)
{
    int len = snprintf(out, PATH_MAX, "%s/vault.key", context->data_path);
    return len > 0 && len < PATH_MAX ? OK : err_set(err, ERR_LIMIT, "a path is too long");
}

static int record(const struct command_context *context, const char *action, json_t *details,
                  struct err *err)
{
    struct datadir datadir = {0};
    int rc = datadir_open(context->data_path, STORE_READWRITE, &datadir, err);
    if (rc != OK) {
        json_decref(details);
        return rc;
    }
    rc = store_begin(datadir.store, err);
    if (rc == OK)
        rc = command_record(context, &datadir, action, BYTES_LIT("vault.key"), details, err);
    else
        json_decref(details);
    if (rc == OK)
        rc = store_commit(datadir.store, err);
    datadir_close(&datadir);
    return rc;
}

/* ---- export and import ---- */

static int export_key(const struct command_context *context, const char *file,
                      const char *passphrase_path, struct err *err)
{
    char key[PATH_MAX];
    struct buf passphrase = {0}, exported;
    buf_init(&exported, EXPORT_MAX_BYTES);
    int rc = key_path(context, key, err);
    if (rc == OK && access(file, F_OK) == 0)
        rc = err_set(err, ERR_EXISTS, "\"%s\" is there already", file);
    if (rc == OK)
        rc = passphrase_read_new(context, passphrase_path, &passphrase, err);
    if (rc == OK)
        rc = vault_export(key, buf_bytes(&passphrase), &exported, err);
    /* Recorded before it is there: nobody has the key without an entry. */
    if (rc == OK)
        rc = record(context, "vault.export", json_null(), err);
    if (rc == OK)
        rc = files_replace(file, buf_bytes(&exported), 0600, err);
    if (rc == OK)
        command_say(context, "密钥已导出到 %s，受口令保护。请与备份、口令分开保存。", file);
    buf_wipe(&passphrase);
    buf_deinit(&exported);
    return rc;
}

/* Of a database that is there already it must be the key: entries under another would break its audit log for good. It
 * may come before the database is restored: then there is no log yet. */
static int record_import(const struct command_context *context, const char *key, struct err *err)
{
    struct err missing = {.code = OK};
    struct datadir datadir = {0};
    int rc = datadir_open(context->data_path, STORE_READWRITE, &datadir, &missing);
    if (rc == ERR_NOT_FOUND) {
        command_say(context, "数据目录尚无数据库，导入密钥未记入审计日志。");
        return OK;
    }
    if (rc != OK)
        *err = missing;
    else
        rc = key_check(&datadir, err);
    datadir_close(&datadir);
    if (rc == OK)
        rc = record(context, "vault.import", json_null(), err);
    if (rc != OK)
        (void)unlink(key);
    return rc;
}

static int import_key(const struct command_context *context, const char *file,
                      const char *passphrase_path, struct err *err)
{
    char key[PATH_MAX];
    struct buf passphrase = {0}, exported;
    buf_init(&exported, EXPORT_MAX_BYTES);
    int rc = key_path(context, key, err);
    if (rc == OK)
        rc = files_read(file, &exported, err);
    if (rc == OK)
        rc = passphrase_read(context, passphrase_path, "请输入导出时的口令（不显示）：",
                             &passphrase, err);
    if (rc == OK)
        rc = datadir_make_directories(context->data_path, err);
    if (rc == OK)
        rc = vault_import(key, buf_bytes(&exported), buf_bytes(&passphrase), err);
    if (rc == OK)
        rc = record_import(context, key, err);
    if (rc == OK)
        command_say(context, "密钥已导入到 %s。", key);
    else if (rc == ERR_REFUSED)
        command_say(context, "口令有误，或密钥不是数据目录中数据库的密钥；未导入。");
    buf_wipe(&passphrase);
    buf_deinit(&exported);
    return rc;
}

/* ---- rotate ---- */

static int rotate_locked(const struct command_context *context, const char *key,
                         struct rotation_counts *out, struct err *err)
{
    struct datadir datadir = {0};
    int rc = vault_rotate_begin(key, err);
    if (rc == OK)
        rc = datadir_open_rotating(context->data_path, &datadir, err);
    if (rc == OK)
        rc = store_lock_import(datadir.store, err);
    if (rc == OK)
        rc = rotation_run(&datadir, out, err);
    datadir_close(&datadir);
    return rc == OK ? vault_rotate_end(key, err) : rc;
}

static int rotate(const struct command_context *context, struct err *err)
{
    char key[PATH_MAX];
    struct rotation_counts counts = {0};
    int lock = -1;
    int rc = key_path(context, key, err);
    if (rc == OK)
        rc = datadir_lock_service(context->data_path, &lock, err);
    if (rc != OK)
        return rc;
    rc = rotate_locked(context, key, &counts, err);
    if (rc == OK)
        rc = record(context, "vault.rotate",
                    json_pack("{s:I}", "records", (json_int_t)counts.sealed), err);
    (void)close(lock);
    if (rc == OK) {
        command_say(context, "密钥已更换，重新加密 %" PRId64 " 条记录（共 %" PRId64 " 条）。",
                    counts.sealed, counts.seen);
        command_say(context, "原先的备份仍由旧密钥加密：请重新备份，并重新 vault export。");
    }
    return rc;
}

static int run(struct command_context *context, int argc, char **argv)
{
    struct err err = {0};
    const char *verb = argc > 1 ? argv[1] : "";
    const char *file = NULL, *passphrase = NULL;
    for (int i = 2; i < argc; i++) {
        if (strcmp(argv[i], "--passphrase-file") == 0 && i + 1 < argc)
            passphrase = argv[++i];
        else if (argv[i][0] == '-' || file != NULL)
            return command_misused(context, &command_vault, "无法识别的参数 %s", argv[i]);
        else
            file = argv[i];
    }
    int rc = OK;
    if (strcmp(verb, "rotate") == 0 && file == NULL)
        rc = rotate(context, &err);
    else if (strcmp(verb, "export") == 0 && file != NULL)
        rc = export_key(context, file, passphrase, &err);
    else if (strcmp(verb, "import") == 0 && file != NULL)
        rc = import_key(context, file, passphrase, &err);
    else
        return command_misused(context, &command_vault, "需要 export FILE、import FILE 或 rotate");
    return rc == OK ? EXIT_DONE : command_fail(context, &err);
}

const struct command command_vault = {
    .name = "vault",
    .usage = "export FILE [--passphrase-file F]\nimport FILE [--passphrase-file F]\nrotate",
    .summary = "密钥的导出、导入和更换",
    .details =
        "export 把密钥用口令加密后写到新文件；import 由它建立 "
        "vault.key（数据目录中不能已有密钥）。\n"
        "口令至少12个字符，从终端、标准输入或 --passphrase-file 的第一行读取。\n"
        "rotate 更换密钥：全部号码和文本用新密钥重新加密，号码索引重建。须先停止服务；中断后再次\n"
        "执行即可继续，期间其他命令不能使用。旧备份仍需旧密钥。",
    .run = run,
};
