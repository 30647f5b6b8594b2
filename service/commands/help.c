#include "service/commands/command.h"

static void print_list(const struct command_context *context)
{
    (void)fputs("pingyi（评议）：按时办结率、诉求解决率、处理满意率的统计与排名\n\n"
                "用法：pingyi COMMAND [--data DIR] …\n\n",
                context->out);
    for (size_t i = 0; commands[i] != NULL; i++)
        (void)fprintf(context->out, "  %-10s %s\n", commands[i]->name, commands[i]->summary);
    (void)fputs("\n--data 为数据目录，缺省为环境变量 PINGYI_DATA，再缺省为 ./data。\n"
                "pingyi help COMMAND 说明一个命令；pingyi --version 显示版本。\n"
                "退出码：0 完成；1 失败，未作更改；2 用法有误；3 "
                "完成，但有问题数据、未对应的单位名称或时间矛盾。\n",
                context->out);
}

static int run(struct command_context *context, int argc, char **argv)
{
    struct err err = {0};
    const struct command *command = argc > 1 ? command_find(argv[1]) : NULL;
    if (argc > 2)
        return command_misused(context, &command_help, "多余的参数 %s", argv[2]);
    if (argc > 1 && command == NULL)
        return command_misused(context, &command_help, "没有“%s”这个命令", argv[1]);
    if (command == NULL) {
        print_list(context);
    } else {
        (void)fprintf(context->out, "%s：%s\n\n用法：\n", command->name, command->summary);
        command_print_forms(context->out, command, NULL);
        if (command->details[0] != '\0')
            (void)fprintf(context->out, "\n%s\n", command->details);
    }
    return command_write(context, BYTES_LIT(""), &err) == OK ? EXIT_DONE
                                                             : command_fail(context, &err);
}

const struct command command_help = {
    .name = "help",
    .usage = "[COMMAND]",
    .summary = "列出命令，或说明一个命令",
    .details = "",
    .run = run,
};
