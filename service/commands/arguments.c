#include "service/commands/arguments.h"

#include "base/utf8.h"

#include "importers/cell.h"
#include "importers/order_number.h"

#include <getopt.h>
#include <string.h>

int arguments_take(const struct command_context *context, const struct command *command, int argc,
                   char **argv, const struct argument_option *options, int *out_first)
{
    struct option names[ARGUMENT_OPTIONS_MAX + 1] = {{0}};
    for (int i = 0; i < ARGUMENT_OPTIONS_MAX && options[i].name != NULL; i++)
        names[i] = (struct option){options[i].name, required_argument, NULL, 0};
    opterr = 0;
    int at = 0;
    for (int c = 0; (c = getopt_long(argc, argv, "", names, &at)) != -1;) {
        if (c != 0)
            return command_misused(context, command, "无法识别的选项或缺少内容：%s",
                                   argv[optind - 1]);
        *options[at].into = optarg;
    }
    *out_first = optind;
    return EXIT_DONE;
}

/* C0, DEL and C1: none of them is part of a word or a sentence. */
static bool is_control(uint32_t c)
{
    return c < 0x20 || (c >= 0x7f && c <= 0x9f);
}

int arguments_check_text(const struct command_context *context, const struct command *command,
                         const char *option, const char *text)
{
    struct bytes rest = bytes_from_z(text);
    if (text == NULL)
        return EXIT_DONE;
    if (cell_trim(rest).len == 0)
        return command_misused(context, command, "--%s 不能为空", option);
    if (rest.len > ARGUMENT_TEXT_MAX_BYTES)
        return command_misused(context, command, "--%s 不能超过 %d 字节", option,
                               ARGUMENT_TEXT_MAX_BYTES);
    if (!utf8_is_valid(rest))
        return command_misused(context, command, "--%s 不是 UTF-8 文字", option);
    while (rest.len > 0) {
        if (is_control(utf8_take(&rest)))
            return command_misused(context, command, "--%s 不能含有换行等控制字符", option);
    }
    return EXIT_DONE;
}

int arguments_check_format(const struct command_context *context, const struct command *command,
                           const char *text, enum command_format *out)
{
    if (text == NULL || command_parse_format(text, out))
        return EXIT_DONE;
    return command_misused(context, command, "--format 只能是 table、csv 或 json");
}

struct bytes arguments_actor(const struct command_context *context, const char *by)
{
    return cell_trim(bytes_from_z(by != NULL ? by : context->who));
}

int arguments_order_no(const char *text, struct arena *arena, struct bytes *out, struct err *err)
{
    char room[ORDER_NUMBER_ROOM_BYTES];
    struct bytes order_no = cell_trim(bytes_from_z(text));
    int rc = utf8_is_valid(order_no) ? order_number_normalise(order_no, room, &order_no, err) : OK;
    if (rc != OK)
        return rc;
    order_no = arena_copy(arena, order_no);
    if (order_no.ptr == NULL)
        return err_set(err, ERR_NOMEM, "could not keep an order number");
    *out = order_no;
    return OK;
}
