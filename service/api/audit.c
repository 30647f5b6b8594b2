#include "service/api/handlers.h"

#include "base/civil.h"

#include "service/api/account_json.h"
#include "service/api/call.h"
#include "service/host/files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* The audit log for the auditor: read in pages, carried out as a file, recomputed. */

enum { ENTRIES_A_PAGE = 100, MS_A_SECOND = 1000, FILE_NAME_MAX_BYTES = 64 };

/* ---- the filter ---- */

/* A day of the office, from its first second (or to its last), or a point in time. */
static bool take_time(struct call *call, const char *name, bool is_end, int64_t *out_ms)
{
    int64_t day, utc;
    struct bytes text = exchange_query(call->exchange, name);
    if (text.len == 0)
        return true;
    if (day_parse(text, &day))
        utc = (day + (is_end ? 1 : 0)) * SECONDS_A_DAY - OFFICE_OFFSET_S;
    else if (!time_parse(text, &utc)) {
        call_refuse_field(call, name, "日期须为 2026-01-31 的形式。");
        return false;
    }
    *out_ms = utc * MS_A_SECOND;
    return true;
}

static struct audit_filter *take_filter(struct call *call)
{
    struct audit_filter *filter = call_alloc(call, sizeof *filter);
    if (filter == NULL)
        return NULL;
    filter->who = exchange_query(call->exchange, "who");
    filter->action = exchange_query(call->exchange, "action");
    filter->target = exchange_query(call->exchange, "target");
    if (!take_time(call, "from", false, &filter->from_ms) ||
        !take_time(call, "to", true, &filter->to_ms) ||
        !call_query_integer(call, "after", 1, INT64_MAX, &filter->after_id))
        return NULL;
    return filter;
}

/* ---- reading ---- */

static json_t *details_to_json(struct bytes details)
{
    if (details.len == 0)
        return json_null();
    json_t *object = json_loadb(details.ptr, details.len, 0, NULL);
    return object != NULL ? object : json_bytes(details);
}

static json_t *entry_to_json(const struct audit_row *row)
{
    const char *zh = audit_action_zh(row->action);
    return json_pack("{s:I, s:o, s:o, s:o, s:o, s:o, s:s, s:o, s:o, s:o}", "id",
                     (json_int_t)row->id, "at", json_time(row->at_ms / MS_A_SECOND), "who",
                     json_bytes(row->who), "role", json_bytes(row->role), "address",
                     json_bytes(row->address), "action", json_bytes(row->action), "action_zh",
                     zh != NULL ? zh : "", "target", json_bytes(row->target), "outcome",
                     json_bytes(row->outcome), "details", details_to_json(row->details));
}

struct listing {
    json_t *items;
    int64_t last_id;
};

static int on_entry(void *context, const struct audit_row *row, struct err *err)
{
    struct listing *listing = context;
    listing->last_id = row->id;
    return json_array_append_new(listing->items, entry_to_json(row)) == 0
               ? OK
               : err_set(err, ERR_NOMEM, "could not list the audit log");
}

static int list(struct call *call, struct store *store, struct err *err)
{
    struct listing listing = {.items = json_array()};
    int rc = audit_each(store, call->input, on_entry, &listing, err);
    if (rc != OK) {
        json_decref(listing.items);
        return rc;
    }
    bool is_full = json_array_size(listing.items) == ENTRIES_A_PAGE;
    return call_put_json(
        call, list_to_json(listing.items, is_full ? json_integer(listing.last_id) : NULL), err);
}

void audit_list(struct http_exchange *exchange)
{
    struct call *call = call_of(exchange);
    struct audit_filter *filter = take_filter(call);
    if (filter == NULL)
        return;
    filter->newest_first = true;
    filter->limit = ENTRIES_A_PAGE;
    call->input = filter;
    call_read(call, list, NULL);
}

/* ---- carrying out: into a file of the spool (reader) --> an entry of its own (writer) --> the file ---- */

struct download {
    struct audit_filter *filter;
    char *path; /* the arena's. What a failure leaves there goes with the next start */
};

static int write_piece(void *context, struct bytes text, struct err *err)
{
    FILE *file = context;
    if (fwrite(text.ptr, 1, text.len, file) == text.len)
        return OK;
    return err_set(err, errno == ENOSPC ? ERR_FULL : ERR_IO, "could not write the export: %s",
                   strerror(errno));
}

static int write_file(struct call *call, struct store *store, struct err *err)
{
    struct download *download = call->input;
    int fd = mkostemp(download->path, O_CLOEXEC);
    FILE *file = fd != -1 ? fdopen(fd, "w") : NULL;
    if (file == NULL) {
        if (fd != -1)
            (void)close(fd);
        return err_set(err, ERR_IO, "could not make a file for the export: %s", strerror(errno));
    }
    int rc = audit_export(store, download->filter, write_piece, file, err);
    if (fclose(file) != 0 && rc == OK)
        rc = err_set(err, errno == ENOSPC ? ERR_FULL : ERR_IO, "could not write the export: %s",
                     strerror(errno));
    if (rc != OK)
        (void)unlink(download->path);
    return rc;
}

static int note_export(struct call *call, struct store *store, struct err *err)
{
    return call_audit(call, store, "audit.export", BYTES_NONE, BYTES_NONE, err);
}

static void answer_file(struct call *call)
{
    struct download *download = call->input;
    char name[FILE_NAME_MAX_BYTES];
    char day[DAY_TEXT_BYTES];
    day_format(seconds_to_day(call->now_utc + OFFICE_OFFSET_S), day);
    (void)snprintf(name, sizeof name, "audit-%s.csv", day);
    call_release(call);
    exchange_answer_file(call->exchange, "text/csv; charset=utf-8", download->path, name, true);
}

static void on_written(struct call *call)
{
    call_write_unkeyed(call, note_export, answer_file);
}

void audit_download(struct http_exchange *exchange)
{
    struct call *call = call_of(exchange);
    struct download *download = call_alloc(call, sizeof *download);
    if (download == NULL)
        return;
    download->filter = take_filter(call);
    if (download->filter == NULL)
        return;
    static const char name[] = "/audit.XXXXXX";
    size_t len = strlen(call->service->spool_path);
    download->path = call_alloc(call, len + sizeof name);
    if (download->path == NULL)
        return;
    memcpy(download->path, call->service->spool_path, len);
    memcpy(download->path + len, name, sizeof name);
    call->input = download;
    call_read(call, write_file, on_written);
}

/* ---- recomputing ---- */

static int put_verdict(struct call *call, int rc, const struct audit_head *head,
                       const struct err *found, struct err *err)
{
    if (rc == OK)
        return call_put_json(call,
                             json_pack("{s:b, s:I, s:I, s:s}", "holds", 1, "first_id",
                                       (json_int_t)head->first_id, "last_id",
                                       (json_int_t)head->last_id, "mac", head->mac_hex),
                             err);
    return call_put_json(
        call,
        json_pack("{s:b, s:o}", "holds", 0, "detail", json_bytes(bytes_from_z(found->message))),
        err);
}

/* With a chain of its own: that of the writer is the writer's. */
static int check(struct call *call, struct store *store, struct err *err)
{
    struct audit_chain *chain;
    struct audit_head head;
    struct err found = {.code = OK};
    int rc = audit_chain_new(call->service->datadir.vault, &chain, err);
    if (rc != OK)
        return rc;
    rc = audit_verify(chain, store, &head, &found);
    audit_chain_free(chain);
    if (rc == OK || rc == ERR_CORRUPT)
        return put_verdict(call, rc, &head, &found, err);
    *err = found;
    return rc;
}

void audit_check(struct http_exchange *exchange)
{
    call_read(call_of(exchange), check, NULL);
}
