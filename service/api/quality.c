#include "service/api/call.h"
#include "service/api/figures.h"
#include "service/api/handlers.h"
#include "service/api/import_shown.h"
#include "service/api/import_view.h"

#include "service/rounds/late.h"
#include "service/storage/orders.h"
#include "service/storage/units.h"

#include <string.h>

/* How good the data are, over all imports, and what waits to be mended. */

enum { LATE_ARENA_MAX_BYTES = 256 * 1024 * 1024 /* two registers for each frozen round */ };

/* Add a group of one import to those of all: by its reason, without the examples that imports/{id} shows. */
static int add_group(json_t *groups, json_t *group, const char *key, struct err *err)
{
    const char *reason = json_string_value(json_object_get(group, key));
    json_int_t count = json_integer_value(json_object_get(group, "count"));
    for (size_t i = 0; i < json_array_size(groups); i++) {
        json_t *known = json_array_get(groups, i);
        if (strcmp(reason, json_string_value(json_object_get(known, "reason"))) == 0) {
            json_t *sum = json_object_get(known, "count");
            (void)json_integer_set(sum, json_integer_value(sum) + count);
            return OK;
        }
    }
    json_t *added = json_pack("{s:s, s:O, s:I}", "reason", reason, "sentence",
                              json_object_get(group, "sentence"), "count", count);
    return json_array_append_new(groups, added) == 0
               ? OK
               : err_set(err, ERR_NOMEM, "could not show data quality");
}

static int add_reasons(const struct datadir *datadir, const json_t *import, json_t *quality,
                       struct err *err)
{
    static const char *const keys[][2] = {{"rejects", "reason"}, {"flags", "flag"}};
    json_t *shown = NULL;
    int64_t id = json_integer_value(json_object_get(import, "id"));
    if (!json_is_null(json_object_get(import, "undone_at")))
        return OK;
    int rc = import_shown_json(datadir, id, &shown, err);
    if (rc == OK)
        rc = import_shown_say(shown, err);
    for (size_t k = 0; k < sizeof keys / sizeof *keys; k++) {
        json_t *groups = json_object_get(shown, keys[k][0]);
        for (size_t i = 0; i < json_array_size(groups) && rc == OK; i++)
            rc = add_group(json_object_get(quality, keys[k][0]), json_array_get(groups, i),
                           keys[k][1], err);
    }
    json_decref(shown);
    return rc;
}

static int on_unmatched(void *context, struct bytes name, struct bytes folded, int64_t orders,
                        struct err *err)
{
    (void)folded;
    json_t *object = json_pack("{s:o, s:I}", "name", json_bytes(name), "count", (json_int_t)orders);
    if (json_array_append_new(context, object) != 0)
        return err_set(err, ERR_NOMEM, "could not list names");
    return OK;
}

/* Handlings of which no unit is in the lead, or two are, in all that is loaded. */
static int on_fact(void *context, const struct fact_row *row, struct err *err)
{
    (void)err;
    int64_t *unclear = context;
    *unclear += row->fact.part == HANDLING_PART_UNCLEAR;
    return OK;
}

static int count_unclear(struct store *store, int64_t *out, struct err *err)
{
    int64_t end_id = 0;
    *out = 0;
    int rc = facts_end_id(store, &end_id, err);
    return rc == OK ? facts_each(store, 0, end_id, on_fact, out, err) : rc;
}

/* What the last import would have changed in rounds that were frozen before it. */
static int add_late(const struct datadir *datadir, const json_t *imports, json_t *late,
                    struct err *err)
{
    struct arena arena;
    struct late found = {0};
    size_t last = json_array_size(imports);
    while (last > 0 &&
           !json_is_null(json_object_get(json_array_get(imports, last - 1), "undone_at")))
        last--;
    if (last == 0)
        return OK;
    const json_t *id = json_object_get(json_array_get(imports, last - 1), "id");
    arena_init(&arena, LATE_ARENA_MAX_BYTES);
    int rc = late_find(datadir, json_integer_value(id), &arena, &found, err);
    for (size_t i = 0; i < found.round_count && rc == OK; i++) {
        json_t *object = json_pack("{s:o, s:I}", "round", json_bytes(found.rounds[i].name),
                                   "orders", (json_int_t)found.rounds[i].orders);
        if (json_array_append_new(late, object) != 0)
            rc = err_set(err, ERR_NOMEM, "could not show data quality");
    }
    arena_deinit(&arena);
    return rc;
}

static int load_quality(const struct datadir *datadir, json_t *quality, struct err *err)
{
    json_t *imports = json_object_get(quality, "imports");
    int64_t unclear = 0;
    int rc = import_rows_to_json(datadir->store, imports, err);
    for (size_t i = 0; i < json_array_size(imports) && rc == OK; i++)
        rc = add_reasons(datadir, json_array_get(imports, i), quality, err);
    if (rc == OK)
        rc = unit_names_unmatched_each(datadir->store, on_unmatched,
                                       json_object_get(quality, "unmatched_units"), err);
    if (rc == OK)
        rc = add_late(datadir, imports, json_object_get(quality, "late_orders"), err);
    if (rc == OK)
        rc = count_unclear(datadir->store, &unclear, err);
    if (rc == OK && json_object_set_new(quality, "unclear_leads", json_integer(unclear)) != 0)
        rc = err_set(err, ERR_NOMEM, "could not show data quality");
    return rc;
}

static int gather(struct call *call, struct store *store, struct err *err)
{
    struct datadir datadir = call->service->datadir;
    datadir.store = store;
    json_t *quality = json_pack("{s:[], s:[], s:[], s:[], s:[]}", "imports", "rejects", "flags",
                                "unmatched_units", "late_orders");
    int rc = load_quality(&datadir, quality, err);
    if (rc == OK)
        return call_put_json(call, quality, err);
    json_decref(quality);
    return rc;
}

static int show(struct call *call, struct store *store, struct err *err)
{
    struct figures *figures = call->service->figures;
    const struct text_key key = {.what = "quality"};
    bool is_found = false;
    int rc = figures_find_text(figures, store, &key, &is_found, &call->answer, err);
    if (rc != OK || is_found)
        return rc;
    rc = gather(call, store, err);
    if (rc == OK)
        figures_keep_text(figures, &key, buf_bytes(&call->answer));
    return rc;
}

void quality_show(struct http_exchange *exchange)
{
    call_count(call_of(exchange), show, NULL);
}
