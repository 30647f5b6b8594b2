#include "base/civil.h"

#include "service/api/handlers.h"
#include "service/api/long_task.h"
#include "service/auth/digest.h"
#include "service/host/backup.h"
#include "service/host/files.h"

#include <stdio.h>

/* A backup made while others write: a file in DATA/backups, named after its moment. */

static bool on_progress(void *context, int64_t done_pages, int64_t total_pages)
{
    struct long_task *task = context;
    task_progress(&task->task, done_pages, total_pages);
    return !task_is_canceled(&task->task);
}

static int make(struct long_task *task, struct datadir *datadir, struct err *err)
{
    char path[TASK_PATH_BYTES];
    char hex[SHA256_HEX_BYTES];
    unsigned char sha256[SHA256_BYTES];
    int len = snprintf(path, sizeof path, "%s/backups/" BYTES_FMT, datadir->path,
                       BYTES_ARG(task->wish.subject));
    if (len < 0 || (size_t)len >= sizeof path)
        return err_set(err, ERR_LIMIT, "the data directory's path is too long");
    int rc = datadir_backup(datadir, datadir->store, path, on_progress, task, err);
    if (rc == OK)
        rc = files_sha256(path, sha256, err);
    if (rc != OK)
        return rc;
    sha256_hex(sha256, hex);
    long_task_say(task, "已备份到 backups/" BYTES_FMT "（已校验）；备份不含密钥 vault.key",
                  BYTES_ARG(task->wish.subject));
    return long_task_finish(task, datadir, json_pack("{s:s}", "sha256", hex), err);
}

static const struct long_kind kind_backup = {"backup", "backup.make", NULL, make};

void backups_make(struct http_exchange *exchange)
{
    struct call *call = call_of(exchange);
    char at[TIME_TEXT_BYTES];
    char name[64];
    time_format(call->now_utc, OFFICE_OFFSET_S, at);
    (void)snprintf(name, sizeof name, "pingyi-%.10s-%.2s%.2s%.2s.db", at, at + 11, at + 14,
                   at + 17);
    struct long_wish wish = {
        .kind = &kind_backup,
        .subject = arena_copy(exchange_arena(exchange), bytes_from_z(name)),
    };
    if (wish.subject.ptr == NULL) {
        call->rc = err_set(&call->err, ERR_NOMEM, "could not take a request");
        call_fail(call);
        return;
    }
    long_task_start(call, &wish, false);
}
