#include "service/commands/command.h"

static int run(struct command_context *context, int argc, char **argv)
{
    struct err err;
    if (argc > 1)
        return command_misused(context, &command_init, "多余的参数 %s", argv[1]);
    if (datadir_create(context->data_path, &err) != OK)
        return command_fail(context, &err);
    command_say(context, "已建立数据目录 %s。", context->data_path);
    command_say(
        context,
        "密钥在 "
        "%s/vault.key：备份（backups）不含密钥，请另行妥善保存；丢失后，号码和诉求内容无法恢复。",
        context->data_path);
    return EXIT_DONE;
}

const struct command command_init = {
    .name = "init",
    .usage = "[--data DIR]",
    .summary = "建立数据目录",
    .details = "建立数据目录（数据库、密钥、config.ini）。机关名称在 config.ini 中设置。",
    .run = run,
};
