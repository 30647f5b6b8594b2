#include "service/commands/user_desk.h"

#include "service/commands/step.h"

int user_desk_open(const struct command_context *context, struct user_desk *out, struct err *err)
{
    *out = (struct user_desk){.context = context};
    int rc = command_open(context, STORE_READWRITE, &out->datadir, err);
    if (rc == OK)
        rc = command_desk_init(context, &out->datadir, &out->desk, err);
    if (rc == OK)
        rc = vault_sealer_new(out->datadir.vault, "totp", &out->totp, err);
    if (rc != OK)
        return rc;
    out->office = (struct account_office){
        .store = out->datadir.store,
        .chain = out->desk.desk.chain,
        .totp_sealer = vault_sealer_door(out->totp),
        .actor = out->desk.desk.actor,
        .now_utc = context->now_utc,
    };
    return OK;
}

int user_desk_commit(struct user_desk *desk, struct err *err)
{
    return store_commit(desk->datadir.store, err);
}

void user_desk_close(struct user_desk *desk)
{
    vault_sealer_free(desk->totp);
    command_desk_deinit(&desk->desk);
    datadir_close(&desk->datadir);
}

int user_desk_fail(struct user_desk *desk, const char *action, struct bytes target,
                   const struct err *err)
{
    command_record_refused(desk->context, &desk->datadir, action, target, err);
    return command_fail(desk->context, err);
}

int one_time_password_make(struct one_time_password *out, struct err *err)
{
    int rc = password_library_init(err);
    if (rc == OK)
        rc = password_make_one_time(out->text, err);
    return rc == OK ? password_hash(bytes_from_z(out->text), out->hash, err) : rc;
}

int one_time_password_show(const struct command_context *context, const char *who, const char *name,
                           const struct one_time_password *password)
{
    enum { LINE_BYTES = 256 };
    struct buf line;
    buf_init(&line, LINE_BYTES);
    (void)buf_reserve(&line, LINE_BYTES);
    buf_printf(&line, "%s %s 一次性密码：%s\n", who, name, password->text);
    int status = step_show(context, &line);
    if (status == EXIT_DONE)
        command_say(context, "密码只显示这一次，首次登录时须更改。");
    else
        command_say(context, "账号已可用，密码未能显示：请用 user reset %s 重新生成。", name);
    buf_wipe(&line);
    return status;
}
