#include "service/commands/profiles.h"

#include "service/host/files.h"

#include <string.h>

static bool is_file(const char *argument)
{
    size_t len = strlen(argument);
    return strchr(argument, '/') != NULL || (len > 4 && strcmp(argument + len - 4, ".ini") == 0);
}

static int read_profile(const char *path, struct profile **out_profile, struct err *err)
{
    struct buf text;
    buf_init(&text, PROFILE_TEXT_MAX_BYTES);
    int rc = files_read(path, &text, err);
    if (rc == OK)
        rc = profile_parse(buf_bytes(&text), out_profile, err);
    buf_deinit(&text);
    return rc != OK ? err_wrap(err, "profile \"%s\"", path) : OK;
}

int profile_choose(const char *argument, struct profile **out_profile, struct err *err)
{
    if (argument == NULL)
        argument = "auto";
    return is_file(argument) ? read_profile(argument, out_profile, err)
                             : profile_builtin(bytes_from_z(argument), out_profile, err);
}
