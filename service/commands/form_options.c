#include "service/commands/form_options.h"

#include "importers/form.h"

bool form_option_is(int option)
{
    return option >= FORM_OPTION_ENCODING && option < FORM_OPTION_END;
}

bool form_option_take(const struct command_context *context, const struct command *command,
                      int option, const char *value, struct form *form)
{
    static const struct {
        const char *key, *name;
    } parts[] = {
        {"encoding", "encoding"}, {"delimiter", "delimiter"}, {"quote", "quote"},
        {"escape", "escape"},     {"skip_rows", "skip-rows"}, {"header_rows", "header-rows"},
    };
    struct err err = {0};
    int part = option - FORM_OPTION_ENCODING;
    if (form_set(form, bytes_from_z(parts[part].key), bytes_from_z(value), &err) == OK)
        return true;
    command_say(context, "用法有误：--%s 的值“%s”不对，可用的值见 pingyi help %s", parts[part].name,
                value, command->name);
    return false;
}
