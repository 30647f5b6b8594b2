#include "base/clock.h"

#include "reports/libraries.h"

#include "service/commands/command.h"
#include "service/commands/version.h"

#include <fcntl.h>
#include <pwd.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* `--data DIR` may stand anywhere: taken out of the arguments before the command reads its own. */
static bool take_data_option(int *argc, char **argv, const char **out_path)
{
    int kept = 0;
    for (int i = 0; i < *argc; i++) {
        if (strcmp(argv[i], "--data") == 0) {
            if (i + 1 == *argc)
                return false;
            *out_path = argv[++i];
        } else if (strncmp(argv[i], "--data=", 7) == 0) {
            *out_path = argv[i] + 7;
        } else {
            argv[kept++] = argv[i];
        }
    }
    argv[kept] = NULL;
    *argc = kept;
    return true;
}

/* A standard stream that is closed would be the next file that is opened, and a report would go into the store. In its
 * place comes one that cannot be used either: reading or writing fails as it would have. */
static bool hold_standard_streams(void)
{
    static const int flags[] = {O_WRONLY, O_RDONLY, O_RDONLY};
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        if (fcntl(fd, F_GETFD) == -1 && open("/dev/null", flags[fd]) != fd)
            return false;
    }
    return true;
}

/* The login's name, without a terminal too; a number where the user has none. */
static const char *who_acts(void)
{
    static char number[32];
    const struct passwd *user = getpwuid(getuid());
    if (user != NULL)
        return user->pw_name;
    (void)snprintf(number, sizeof number, "uid %ld", (long)getuid());
    return number;
}

static int help_on(struct command_context *context, const char *name)
{
    char *arguments[] = {(char *)"help", (char *)name, NULL};
    return command_help.run(context, name != NULL ? 2 : 1, arguments);
}

int main(int argc, char **argv)
{
    if (!hold_standard_streams())
        return EXIT_FAILED;
    const char *from_environment = getenv("PINGYI_DATA");
    struct command_context context = {
        .data_path =
            from_environment != NULL && *from_environment != '\0' ? from_environment : "./data",
        .now_utc = clock_now_utc(),
        .who = who_acts(),
        .shows_progress = isatty(STDERR_FILENO) == 1,
        .out_is_terminal = isatty(STDOUT_FILENO) == 1,
        .out = stdout,
        .messages = stderr,
    };
    (void)signal(SIGPIPE, SIG_IGN);
    if (!vault_use_allocator() || !reports_use_allocator()) {
        command_say(&context, "错误：无法启动（could not start a library）");
        return EXIT_FAILED;
    }
    storage_use_allocator();
    if (!take_data_option(&argc, argv, &context.data_path)) {
        command_say(&context, "用法有误：--data 后面缺少目录");
        return EXIT_USAGE;
    }
    if (argc < 2 || strcmp(argv[1], "--help") == 0) {
        (void)help_on(&context, NULL);
        return argc < 2 ? EXIT_USAGE : EXIT_DONE;
    }
    if (strcmp(argv[1], "--version") == 0)
        return printf("pingyi %s\n", PINGYI_VERSION) > 0 && fflush(stdout) == 0 ? EXIT_DONE
                                                                                : EXIT_FAILED;
    const struct command *command = command_find(argv[1]);
    if (command == NULL) {
        command_say(&context,
                    "没有“%s”这个命令；pingyi help 列出全部命令（unknown command \"%s\"）", argv[1],
                    argv[1]);
        return EXIT_USAGE;
    }
    context.verb = argc > 2 ? argv[2] : NULL;
    if (argc > 2 && strcmp(argv[2], "--help") == 0)
        return help_on(&context, argv[1]);
    return command->run(&context, argc - 1, argv + 1);
}
