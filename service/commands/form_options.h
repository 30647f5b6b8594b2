#ifndef PINGYI_SERVICE_COMMANDS_FORM_OPTIONS_H
#define PINGYI_SERVICE_COMMANDS_FORM_OPTIONS_H

#include "importers/dialect.h"

#include "service/commands/command.h"

/* The options of `inspect` and `import` that say the form of a file, for getopt_long: --encoding, --delimiter, --quote,
 * --escape, --skip-rows, --header-rows. Their values are the words of a profile (importers/form.h). */
enum {
    FORM_OPTION_ENCODING = 1000, /* beyond any character */
    FORM_OPTION_DELIMITER,
    FORM_OPTION_QUOTE,
    FORM_OPTION_ESCAPE,
    FORM_OPTION_SKIP_ROWS,
    FORM_OPTION_HEADER_ROWS,
    FORM_OPTION_END,
};

#define FORM_OPTIONS                                                                               \
    {"encoding", required_argument, NULL, FORM_OPTION_ENCODING},                                   \
        {"delimiter", required_argument, NULL, FORM_OPTION_DELIMITER},                             \
        {"quote", required_argument, NULL, FORM_OPTION_QUOTE},                                     \
        {"escape", required_argument, NULL, FORM_OPTION_ESCAPE},                                   \
        {"skip-rows", required_argument, NULL, FORM_OPTION_SKIP_ROWS},                             \
    {                                                                                              \
        "header-rows", required_argument, NULL, FORM_OPTION_HEADER_ROWS                            \
    }

#define FORM_USAGE                                                                                 \
    "[--encoding E] [--delimiter D] [--quote Q] [--escape X] [--skip-rows N] [--header-rows N] "   \
    "[--sheet NAME]"

#define FORM_DETAILS                                                                               \
    "编码、分隔符、引号、转义、表头自动识别，识别有误时可指定：\n"    \
    "  --encoding    auto | utf-8 | gb18030 | utf-16 | latin1\n"                                   \
    "  --delimiter   auto | comma | semicolon | tab | pipe | space，或一两个字符本身\n"   \
    "  --quote       auto | double | single | none\n"                                              \
    "  --escape      auto | doubled | backslash\n"                                                 \
    "  --skip-rows   文件开头不属于数据表的行数（空行也算）\n"                  \
    "  --header-rows 表头占几行，0 为没有表头\n"                                        \
    "  --sheet       工作表名称或序号；缺省为第一个表头相符的工作表\n"

/* Whether `option`, as getopt_long returned it, is one of these. */
bool form_option_is(int option);

/* Take its value over into `form`; false when it is none of the words, which is said. */
bool form_option_take(const struct command_context *context, const struct command *command,
                      int option, const char *value, struct form *form);

#endif
