#include "service/commands/audit_verbs.h"

#include "service/commands/arguments.h"
#include "service/commands/audit_file.h"
#include "service/commands/command_record.h"

#include <inttypes.h>
#include <unistd.h>

/* ---- export ---- */

int audit_export_run(struct command_context *context, int argc, char **argv)
{
    struct err err = {0};
    struct datadir datadir = {0};
    struct audit_filter filter = {.limit = 0};
    const char *from = NULL;
    const char *to = NULL;
    const struct argument_option options[] = {{"from", &from}, {"to", &to}, {NULL, NULL}};
    int first = 0;
    int status = arguments_take(context, &command_audit, argc, argv, options, &first);
    if (status == EXIT_DONE && first + 1 != argc)
        status = command_misused(context, &command_audit, "export 后面要有一个文件名");
    if (status == EXIT_DONE)
        status = audit_parse_day(context, "from", from, 0, &filter.from_ms);
    if (status == EXIT_DONE)
        status = audit_parse_day(context, "to", to, 1, &filter.to_ms);
    if (status != EXIT_DONE)
        return status;
    int rc = datadir_open(context->data_path, STORE_READONLY, &datadir, &err);
    if (rc == OK)
        rc = command_record_look(context, &datadir, "audit.export", BYTES_NONE, json_null(), &err);
    if (rc == OK)
        rc = store_begin_read(datadir.store, &err);
    if (rc == OK)
        rc = audit_file_write(datadir.store, &filter, argv[first], &err);
    if (rc == OK)
        command_say(context, "审计日志已写入 %s", argv[first]);
    datadir_close(&datadir);
    return rc == OK ? EXIT_DONE : command_fail(context, &err);
}

/* ---- cut ---- */

/* What lies in the file is what leaves the log: it is read again before. */
static int write_checked(struct audit_chain *chain, struct store *store, int64_t until_ms,
                         const char *path, struct err *err)
{
    struct audit_file_found found;
    struct audit_filter filter = {.to_ms = until_ms};
    int rc = store_begin_read(store, err);
    if (rc != OK)
        return rc;
    rc = audit_file_write(store, &filter, path, err);
    store_rollback(store);
    if (rc != OK)
        return rc;
    rc = audit_file_check(chain, path, &found, err);
    if (rc != OK)
        (void)unlink(path);
    return rc;
}

static int cut(struct store *store, const struct audit_desk *desk, int64_t until_ms,
               int64_t *out_count, struct err *err)
{
    int rc = store_begin(store, err);
    if (rc == OK)
        rc = audit_cut(desk->chain, store, until_ms, &desk->actor, out_count, err);
    if (rc == OK)
        rc = store_commit(store, err);
    store_rollback(store);
    return rc;
}

static int parse_cut(struct command_context *context, int argc, char **argv, int64_t *out_until_ms,
                     const char **out_to)
{
    const char *before = NULL;
    const struct argument_option options[] = {{"before", &before}, {"to", out_to}, {NULL, NULL}};
    int first = 0;
    int status = arguments_take(context, &command_audit, argc, argv, options, &first);
    if (status == EXIT_DONE && first < argc)
        status = command_misused(context, &command_audit, "多余的参数 %s", argv[first]);
    if (status == EXIT_DONE && (before == NULL || *out_to == NULL))
        status = command_misused(context, &command_audit, "--before 和 --to 缺一不可");
    return status == EXIT_DONE ? audit_parse_day(context, "before", before, 0, out_until_ms)
                               : status;
}

int audit_cut_run(struct command_context *context, int argc, char **argv)
{
    struct err err = {0};
    struct datadir datadir = {0};
    struct command_desk desk = {.who = ""};
    int64_t until_ms = 0;
    int64_t count = 0;
    const char *to = NULL;
    int status = parse_cut(context, argc, argv, &until_ms, &to);
    if (status != EXIT_DONE)
        return status;
    int rc = datadir_open(context->data_path, STORE_READWRITE, &datadir, &err);
    if (rc == OK)
        rc = command_desk_init(context, &datadir, &desk, &err);
    if (rc == OK)
        rc = audit_check_age(until_ms, desk.desk.actor.at_ms, &err);
    if (rc == OK)
        rc = write_checked(desk.desk.chain, datadir.store, until_ms, to, &err);
    if (rc == OK) {
        rc = cut(datadir.store, &desk.desk, until_ms, &count, &err);
        /* A commit that failed may hold all the same once the disk is well again: then the file has the only copy. */
        if (rc == OK && count == 0)
            (void)unlink(to);
        else if (rc != OK)
            command_say(context, "%s 已写好，未删除；请先用 audit list 确认记录是否仍在。", to);
    }
    if (rc == OK && count == 0)
        command_say(context, "没有更早的记录，未作任何更改。");
    else if (rc == OK)
        command_say(context, "已归档 %" PRId64 " 条到 %s；请妥善保存，核对用 verify %s", count, to,
                    to);
    else
        status = command_fail(context, &err);
    if (rc == ERR_REFUSED)
        command_say(context, "审计日志至少保存 %d 天。", AUDIT_KEPT_DAYS);
    if (rc != OK)
        command_record_refused(context, &datadir, "audit.cut", BYTES_NONE, &err);
    command_desk_deinit(&desk);
    datadir_close(&datadir);
    return status;
}
