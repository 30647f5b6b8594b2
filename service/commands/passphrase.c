#include "service/commands/passphrase.h"

#include <errno.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

static int read_line(FILE *file, struct buf *out, struct err *err)
{
    int byte = 0;
    (void)buf_reserve(out, PASSPHRASE_MAX_BYTES);
    while ((byte = getc(file)) != EOF && byte != '\n')
        buf_append_byte(out, (char)byte);
    if (out->len > 0 && out->ptr[out->len - 1] == '\r')
        out->len--;
    if (ferror(file) != 0)
        return err_set(err, ERR_IO, "could not read the passphrase");
    if (buf_status(out, err) == OK && out->len == 0)
        return err_set(err, ERR_FORMAT, "no passphrase was given");
    return buf_status(out, err);
}

static int read_hidden(const struct command_context *context, const char *prompt, struct buf *out,
                       struct err *err)
{
    struct termios shown, hidden;
    bool is_terminal = tcgetattr(STDIN_FILENO, &shown) == 0;
    if (is_terminal) {
        command_say(context, "%s", prompt);
        hidden = shown;
        hidden.c_lflag &= ~(tcflag_t)ECHO;
        (void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
    }
    int rc = read_line(stdin, out, err);
    if (is_terminal)
        (void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown);
    return rc;
}

int passphrase_read(const struct command_context *context, const char *path, const char *prompt,
                    struct buf *out, struct err *err)
{
    buf_init(out, PASSPHRASE_MAX_BYTES);
    if (path == NULL)
        return read_hidden(context, prompt, out, err);
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return err_set(err, errno == ENOENT ? ERR_NOT_FOUND : ERR_IO, "could not open \"%s\": %s",
                       path, strerror(errno));
    (void)setvbuf(file, NULL, _IONBF, 0); /* nothing of it stays in a buffer of stdio's */
    int rc = read_line(file, out, err);
    (void)fclose(file);
    return rc;
}

int passphrase_read_new(const struct command_context *context, const char *path, struct buf *out,
                        struct err *err)
{
    struct buf again = {0};
    int rc = passphrase_read(context, path, "请输入口令（至少12个字符，不显示）：", out, err);
    if (rc != OK || path != NULL || isatty(STDIN_FILENO) != 1)
        return rc;
    rc = passphrase_read(context, NULL, "请再次输入口令：", &again, err);
    if (rc == OK && !bytes_equal(buf_bytes(out), buf_bytes(&again)))
        rc = err_set(err, ERR_REFUSED, "the two passphrases differ");
    buf_wipe(&again);
    return rc;
}
