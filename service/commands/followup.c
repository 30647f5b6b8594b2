#include "service/commands/followup_verbs.h"

#include <string.h>

static int run(struct command_context *context, int argc, char **argv)
{
    static const struct {
        const char *name;
        int (*run)(struct command_context *context, int argc, char **argv);
    } verbs[] = {
        {"open", followup_open_run},       {"show", followup_show_run},
        {"release", followup_release_run}, {"pause", followup_pause_run},
        {"resume", followup_resume_run},   {"assign", followup_assign_run},
        {"package", followup_package_run}, {"take-back", followup_take_back_run},
        {"read", followup_read_run},       {"export", followup_export_run},
    };
    for (size_t i = 0; argc > 1 && i < sizeof verbs / sizeof *verbs; i++) {
        if (strcmp(argv[1], verbs[i].name) == 0)
            return verbs[i].run(context, argc - 1, argv + 1);
    }
    return command_misused_verb(context, &command_followup);
}

const struct command command_followup = {
    .name = "followup",
    .usage = "open --round ID [--by NAME]\n"
             "show --round ID [--format table|json]\n"
             "release --round ID --unit CODE --count N --why TEXT [--by NAME]\n"
             "assign --round ID --team TEAM|none --count N [--by NAME]\n"
             "pause --round ID [--by NAME]\n"
             "resume --round ID [--by NAME]\n"
             "package --round ID --team TEAM --count N --until DAY --to FILE [--passphrase-file "
             "FILE] [--by NAME]\n"
             "take-back --round ID --package MARK [--by NAME]\n"
             "read FILE --to CSV [--passphrase-file FILE]\n"
             "export --round ID --to FILE [--by NAME]",
    .summary = "电话测评：开始、进度、启用备用样本、暂停",
    .details =
        "open 以本期的样本开始电话测评：同一人的几件工单为一个访问样本，由话务员在网页上办理。\n"
        "show "
        "显示各单位的样本、已启用、已拨打、已完结、已答，样本包，以及尚未做完的；只供评价办内部使用"
        "。\n"
        "release 按票号顺序启用备用样本，须说明原因。\n"
        "assign 随机把若干未拨打的样本分给外包班组（none：收回，拨打过而未结案的也收回）。pause "
        "暂停派发样本，resume "
        "继续。\n"
        "package 把若干未拨打的样本加密写成一个文件交给外包班组，结果用 outcomes import 收回；\n"
        "take-back 收回未交回的样本；read 由外包机构用口令打开样本包，不需要数据目录。\n"
        "export 把全部拨打结果写成可供 outcomes import 读取的文件。\n"
        "--by 为经办人，缺省为登录名。",
    .run = run,
};
