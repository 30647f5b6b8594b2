#include "service/api/parts.h"

#include "base/alloc.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* What is in there belonged to requests that ended with their process. */
static void empty(const char *path)
{
    DIR *dir = opendir(path);
    if (dir == NULL)
        return;
    for (struct dirent *entry = readdir(dir); entry != NULL; entry = readdir(dir)) {
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            (void)unlinkat(dirfd(dir), entry->d_name, 0);
    }
    (void)closedir(dir);
}

int spool_open(struct service *service, struct err *err)
{
    char *path = datadir_path(service->datadir.path, "spool", err);
    if (path == NULL)
        return err->code;
    if (mkdir(path, 0700) != 0 && errno != EEXIST) {
        int rc = err_set(err, errno == ENOSPC ? ERR_FULL : ERR_IO,
                         "could not create directory \"%s\": %s", path, strerror(errno));
        mem_free(path);
        return rc;
    }
    empty(path);
    service->spool_path = path;
    return OK;
}
