#include "service/commands/command.h"

#include "base/civil.h"
#include "base/zone.h"

#include "service/api/sentences.h"

#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MESSAGE_MAX_BYTES = 8192 /* a longer message is cut */ };

/* Length of the control character that `text` begins with, 0 if it does not: C0 but tab and line feed, DEL, C1. */
static size_t control_length(struct bytes text)
{
    unsigned char first = (unsigned char)text.ptr[0];
    if ((first < 0x20 && first != '\t' && first != '\n') || first == 0x7f)
        return 1;
    unsigned char second = text.len > 1 ? (unsigned char)text.ptr[1] : 0;
    return first == 0xc2 && second >= 0x80 && second <= 0x9f ? 2 : 0;
}

/* Write what a terminal may show: names in dumps and arguments are a stranger's, and an escape sequence in one would
 * drive the terminal. Each control character becomes U+FFFD. */
static bool write_visible(FILE *file, struct bytes text)
{
    size_t from = 0, at = 0;
    bool written = true;
    while (at < text.len && written) {
        size_t control = control_length((struct bytes){text.ptr + at, text.len - at});
        if (control == 0) {
            at++;
            continue;
        }
        written = fwrite(text.ptr + from, 1, at - from, file) == at - from &&
                  fputs("\xEF\xBF\xBD", file) >= 0;
        at += control;
        from = at;
    }
    return written && (from == at || fwrite(text.ptr + from, 1, at - from, file) == at - from);
}

__attribute__((format(printf, 2, 0))) static void say(FILE *file, const char *format, va_list args)
{
    char text[MESSAGE_MAX_BYTES];
    if (vsnprintf(text, sizeof text, format, args) > 0)
        (void)write_visible(file, bytes_from_z(text));
}

int command_fail(const struct command_context *context, const struct err *err)
{
    const char *known = sentence_zh_of(err);
    command_say(context, "错误：%s（%s）", known != NULL ? known : sentence_zh(err->code),
                err->message);
    return EXIT_FAILED;
}

/* "disable|enable NAME" is a form of `enable`. */
static bool is_form_of(struct bytes form, struct bytes word)
{
    struct bytes words = bytes_cut(&form, ' ');
    while (words.ptr != NULL) {
        if (bytes_equal(bytes_cut(&words, '|'), word))
            return true;
    }
    return false;
}

static bool has_form_of(const struct command *command, struct bytes word)
{
    struct bytes forms = bytes_from_z(command->usage);
    while (word.len > 0 && forms.ptr != NULL) {
        if (is_form_of(bytes_cut(&forms, '\n'), word))
            return true;
    }
    return false;
}

void command_print_forms(FILE *file, const struct command *command, const char *verb)
{
    struct bytes forms = bytes_from_z(command->usage), word = bytes_from_z(verb);
    bool prints_all = !has_form_of(command, word), is_wanted = true;
    while (forms.ptr != NULL) {
        struct bytes form = bytes_cut(&forms, '\n');
        bool goes_on = bytes_starts_with(form, BYTES_LIT(" "));
        if (!goes_on)
            is_wanted = prints_all || is_form_of(form, word);
        if (is_wanted && goes_on)
            (void)fprintf(file, "    " BYTES_FMT "\n", BYTES_ARG(form));
        else if (is_wanted)
            (void)fprintf(file, "  pingyi %s " BYTES_FMT "\n", command->name, BYTES_ARG(form));
    }
}

int command_misused(const struct command_context *context, const struct command *command,
                    const char *format, ...)
{
    va_list args;
    (void)fputs("用法有误：", context->messages);
    va_start(args, format);
    say(context->messages, format, args);
    va_end(args);
    (void)fputc('\n', context->messages);
    command_print_forms(context->messages, command, context->verb);
    return EXIT_USAGE;
}

int command_misused_verb(const struct command_context *context, const struct command *command)
{
    if (context->verb == NULL)
        return command_misused(context, command, "%s 后面须写明做什么", command->name);
    return command_misused(context, command, "没有 %s %s 这种用法", command->name, context->verb);
}

void command_say(const struct command_context *context, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    say(context->messages, format, args);
    va_end(args);
    (void)fputc('\n', context->messages);
}

bool command_parse_format(const char *text, enum command_format *out)
{
    static const char *const words[] = {"table", "csv", "json"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strcmp(text, words[i]) == 0) {
            *out = (enum command_format)i;
            return true;
        }
    }
    return false;
}

bool command_replaces(const char *output, const char *input)
{
    struct stat one;
    struct stat other;
    int found = strcmp(input, "-") == 0 ? fstat(STDIN_FILENO, &other) : stat(input, &other);
    return found == 0 && stat(output, &one) == 0 && S_ISREG(one.st_mode) &&
           one.st_dev == other.st_dev && one.st_ino == other.st_ino;
}

int command_write(const struct command_context *context, struct bytes bytes, struct err *err)
{
    bool written = true;
    if (context->out_is_terminal)
        written = write_visible(context->out, bytes);
    else if (bytes.len > 0)
        written = fwrite(bytes.ptr, 1, bytes.len, context->out) == bytes.len;
    if (!written || fflush(context->out) != 0)
        return err_set(err, ERR_IO, "could not write to standard output");
    return OK;
}

int command_open(const struct command_context *context, enum store_mode mode, struct datadir *out,
                 struct err *err)
{
    int rc = datadir_open(context->data_path, mode, out, err);
    if (rc != OK)
        return rc;
    rc = mode == STORE_READONLY ? store_begin_read(out->store, err) : store_begin(out->store, err);
    if (rc != OK)
        datadir_close(out);
    return rc;
}

int command_parse_time(const char *text, const struct zone *zone, int64_t *out_utc, struct err *err)
{
    int64_t day = 0;
    if (time_parse(bytes_from_z(text), out_utc))
        return OK;
    if (!day_parse(bytes_from_z(text), &day))
        return err_set(
            err, ERR_USAGE,
            "\"%s\" is neither a time like 2024-06-03T08:00:00+08:00 nor a day like 2024-06-03",
            text);
    *out_utc = zone_day_end(zone, day);
    return OK;
}
