#include "service/commands/command_record.h"

#include "base/alloc.h"

#include <stdio.h>
#include <string.h>

int command_desk_init(const struct command_context *context, const struct datadir *datadir,
                      struct command_desk *out, struct err *err)
{
    (void)snprintf(out->who, sizeof out->who, "cli:%s", context->who);
    out->desk.actor = (struct audit_actor){
        .who = bytes_from_z(out->who),
        .role = BYTES_LIT("cli"),
        .at_ms = context->now_utc * 1000,
    };
    return audit_chain_new(datadir->vault, &out->desk.chain, err);
}

void command_desk_deinit(struct command_desk *desk)
{
    audit_chain_free(desk->desk.chain);
    desk->desk.chain = NULL;
}

static int append(const struct command_context *context, const struct datadir *datadir,
                  struct store *store, struct audit_entry *entry, struct err *err)
{
    struct command_desk desk = {.who = ""};
    int rc = command_desk_init(context, datadir, &desk, err);
    entry->actor = desk.desk.actor;
    if (rc == OK)
        rc = audit_append(desk.desk.chain, store, entry, err);
    command_desk_deinit(&desk);
    return rc;
}

static int append_done(const struct command_context *context, const struct datadir *datadir,
                       struct store *store, const char *action, struct bytes target,
                       json_t *details, struct err *err)
{
    char *text = json_is_object(details) ? json_dumps(details, JSON_COMPACT) : NULL;
    bool is_lost = details == NULL || (json_is_object(details) && text == NULL);
    struct audit_entry entry = {
        .action = action,
        .target = target,
        .outcome = AUDIT_DONE,
        .details = bytes_from_z(text),
    };
    int rc = is_lost ? err_set(err, ERR_NOMEM, "could not describe \"%s\"", action)
                     : append(context, datadir, store, &entry, err);
    json_decref(details);
    mem_free(text);
    return rc;
}

int command_record(const struct command_context *context, const struct datadir *datadir,
                   const char *action, struct bytes target, json_t *details, struct err *err)
{
    return append_done(context, datadir, datadir->store, action, target, details, err);
}

void command_record_refused(const struct command_context *context, const struct datadir *datadir,
                            const char *action, struct bytes target, const struct err *why)
{
    struct err unused = {.code = OK};
    bool is_permission = why->code == ERR_PERMISSION;
    struct audit_entry entry = {
        .action = action,
        .target = target,
        .outcome = AUDIT_REFUSED,
        .details = is_permission ? BYTES_LIT("{\"why\":\"permission\"}")
                                 : BYTES_LIT("{\"why\":\"refused\"}"),
    };
    if (datadir->store == NULL || (why->code != ERR_REFUSED && !is_permission))
        return;
    store_rollback(datadir->store);
    if (store_begin(datadir->store, &unused) == OK &&
        append(context, datadir, datadir->store, &entry, &unused) == OK)
        (void)store_commit(datadir->store, &unused);
    store_rollback(datadir->store);
}

int command_record_look(const struct command_context *context, const struct datadir *datadir,
                        const char *action, struct bytes target, json_t *details, struct err *err)
{
    struct store *store = NULL;
    int rc = datadir_open_store(datadir, STORE_READWRITE, &store, err);
    if (rc == OK)
        rc = store_begin(store, err);
    if (rc != OK) {
        json_decref(details);
        store_close(store);
        return rc;
    }
    rc = append_done(context, datadir, store, action, target, details, err);
    if (rc == OK)
        rc = store_commit(store, err);
    store_close(store);
    return rc;
}
