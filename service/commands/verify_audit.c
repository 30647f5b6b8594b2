#include "service/commands/verify.h"

#include "service/commands/audit_file.h"
#include "service/commands/audit_verbs.h"

#include <inttypes.h>
#include <stdio.h>

/* What does not hold is a finding. */
static int find(struct verify *verify, int rc, const struct err *why, const char *what,
                struct err *err)
{
    if (rc == ERR_CORRUPT)
        verify_found(verify, false, "%s：%s", what, why->message);
    else if (rc != OK)
        *err = *why;
    return rc == ERR_CORRUPT ? OK : rc;
}

int verify_audit(struct verify *verify, const struct datadir *datadir, const char *printed,
                 struct err *err)
{
    struct err why = {.code = OK};
    struct audit_chain *chain = NULL;
    struct audit_head head;
    int rc = audit_chain_new(datadir->vault, &chain, err);
    if (rc != OK)
        return rc;
    rc = audit_verify(chain, datadir->store, &head, &why);
    if (rc == OK)
        verify_found(verify, true, "审计日志至第 %" PRId64 " 条：%s", head.last_id, head.mac_hex);
    rc = find(verify, rc, &why, "审计日志", err);
    if (rc == OK && printed != NULL) {
        rc = audit_check_printed(datadir->store, printed, &why);
        if (rc == OK)
            verify_found(verify, true, "审计日志中印发的 %s", printed);
        rc = find(verify, rc, &why, "审计日志中印发的条目", err);
    }
    audit_chain_free(chain);
    return rc;
}

int verify_is_audit_file(const char *path, bool *out_is, struct err *err)
{
    char head[sizeof AUDIT_EXPORT_HEADER + 1];
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return err_set(err, ERR_NOT_FOUND, "could not open \"%s\"", path);
    size_t len = fread(head, 1, sizeof head, file);
    *out_is = audit_file_begins((struct bytes){head, len});
    (void)fclose(file);
    return OK;
}

int verify_audit_file(struct verify *verify, const struct command_context *context,
                      const char *path, struct err *err)
{
    struct err why = {.code = OK};
    struct datadir datadir = {0};
    struct audit_chain *chain = NULL;
    struct audit_file_found found = {.rows = 0};
    int rc = datadir_open(context->data_path, STORE_READONLY, &datadir, err);
    if (rc == OK)
        rc = audit_chain_new(datadir.vault, &chain, err);
    datadir_close(&datadir);
    if (rc != OK)
        return rc;
    rc = audit_file_check(chain, path, &found, &why);
    audit_chain_free(chain);
    if (rc == OK && found.rows == 0)
        verify_found(verify, true, "%s：没有条目", path);
    else if (rc == OK)
        verify_found(verify, true,
                     "%s：审计日志第 %" PRId64 " 至 %" PRId64 " 条，共 %" PRId64 " 条，缺 %" PRId64
                     " 处，末条 %s",
                     path, found.first_id, found.last_id, found.rows, found.gaps, found.mac_hex);
    return find(verify, rc, &why, path, err);
}
