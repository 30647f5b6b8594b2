#include "service/commands/round_verbs.h"

#include <string.h>

static int run(struct command_context *context, int argc, char **argv)
{
    static const struct {
        const char *name;
        int (*run)(struct command_context *context, int argc, char **argv);
    } verbs[] = {
        {"create", round_create_run}, {"list", round_list_run},   {"show", round_show_run},
        {"freeze", round_freeze_run}, {"close", round_close_run}, {"reopen", round_reopen_run},
    };
    if (argc < 2)
        return round_list_run(context, argc, argv);
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++) {
        if (strcmp(argv[1], verbs[i].name) == 0)
            return verbs[i].run(context, argc - 1, argv + 1);
    }
    return command_misused(context, &command_round, "没有“%s”这个用法", argv[1]);
}

const struct command command_round = {
    .name = "round",
    .usage = "create --id ID --from DAY --to DAY [--kind KIND] [--rules FILE] [--as-of TIME]\n"
             "create --id ID --of ID,ID,… [--kind KIND] [--rules FILE]\n"
             "freeze ID [--by NAME]\n"
             "close ID [--why TEXT] [--by NAME]\n"
             "reopen ID --why TEXT [--by NAME]\n"
             "list [--format table|csv|json]\n"
             "show ID [--format table|json]",
    .summary = "建立、冻结、关闭、退回、查看评价期",
    .details =
        "日期含首尾两日，按规则的时区计算。KIND 为 monthly、quarterly、midyear、yearend、other。\n"
        "--as-of 为判断未办结工单的时点，缺省为覆盖该期的最近一次数据的提取时间。\n"
        "--of "
        "建立累计评价期（季度、全年）：合并各期的数据，不平均名次或得分；所列的累计评价期按其各期计"
        "入，\n"
        "每期一次，日期不得重叠。KIND 缺省按日期确定，规则缺省用最后一期的规则。\n"
        "freeze 冻结工单、规则和样本框，公布样本框摘要和种子承诺；此后导入的数据不再改变本期。\n"
        "close 关闭评价期，结果固定；电话测评有样本未做完、预约未回、复核未裁定的不能关闭，\n"
        "除非用 --why 说明原因。reopen 退回上一步，须说明原因；各步均记录经办人和时间。\n"
        "--by 为经办人，缺省为登录名。",
    .run = run,
};
