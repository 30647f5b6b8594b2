#include "service/commands/order_view.h"

#include "base/arena.h"

#include "service/commands/import_report.h"
#include "service/commands/order_rounds.h"
#include "service/commands/order_values.h"
#include "service/commands/output.h"
#include "service/host/files.h"
#include "service/storage/imports.h"

#include <string.h>

enum { VIEW_ARENA_BYTES = 256 * 1024 * 1024, VERSIONS_MAX = 4096 };

struct view {
    const struct datadir *datadir;
    struct order_values values;
    int64_t now_utc;
    struct sealer sealer;
    struct arena arena;
    struct buf opened;

    struct order_row order;
    struct handling_row handlings[HANDLINGS_AN_ORDER];
    int handling_count;
    struct round_row *rounds; /* the arena's */
    size_t round_count, round_capacity;
};

static int out_of_memory(struct err *err)
{
    return err_set(err, ERR_NOMEM, "could not show an order");
}

/* ---- imports ---- */

static int import_to_json(struct view *view, int64_t import_id, json_t **out, struct err *err)
{
    struct import_row import;
    int rc = import_get(view->values.store, import_id, &import, err);
    if (rc != OK)
        return rc;
    *out = json_pack("{s:I, s:o, s:o}", "id", (json_int_t)import.id, "file",
                     output_string(import.file_name), "loaded_at", json_time(import.loaded_utc));
    return *out != NULL ? OK : out_of_memory(err);
}

static int put_import(struct view *view, json_t *object, int64_t import_id, struct err *err)
{
    json_t *import = NULL;
    int rc = import_to_json(view, import_id, &import, err);
    if (rc == OK && json_object_set_new(object, "import", import) != 0)
        rc = out_of_memory(err);
    return rc;
}

/* ---- flags ---- */

struct flag_lines {
    json_t *array;
};

static int on_flags(void *context, int64_t line, int64_t handling_id, uint32_t flags,
                    struct err *err)
{
    struct flag_lines *lines = context;
    (void)handling_id;
    for (int bit = 0; bit < IMPORT_FLAGS; bit++) {
        if ((flags >> bit & 1) == 0)
            continue;
        struct bytes why = import_problem_sentence(bytes_from_z(import_flag_word(bit)));
        json_t *object =
            json_pack("{s:I, s:o}", "line", (json_int_t)line, "why", output_string(why));
        if (json_array_append_new(lines->array, object) != 0)
            return out_of_memory(err);
    }
    return OK;
}

static int put_flags(struct view *view, json_t *object, int64_t handling_id, struct err *err)
{
    struct flag_lines lines = {json_array()};
    if (json_object_set_new(object, "flags", lines.array) != 0)
        return out_of_memory(err);
    return record_flags_each(view->values.store, 0, handling_id, on_flags, &lines, err);
}

/* ---- history: the differences of neighbouring versions ---- */

/* Versions are kept while their statement runs and looked at afterwards, because that takes other statements. */
struct versions {
    struct view *view;
    size_t count;
    int64_t changed_by[VERSIONS_MAX];
    struct handling_row *handlings[VERSIONS_MAX];
    struct order_row *orders[VERSIONS_MAX];
};

static int keep_version(struct versions *versions, int64_t changed_by, struct err *err)
{
    if (versions->count == VERSIONS_MAX)
        return err_set(err, ERR_LIMIT, "more than %d changes of an order", VERSIONS_MAX);
    versions->changed_by[versions->count++] = changed_by;
    return OK;
}

static int on_handling_version(void *context, int64_t changed_by, const struct handling_row *row,
                               struct err *err)
{
    struct versions *versions = context;
    struct handling_row *kept = arena_alloc(&versions->view->arena, sizeof *kept);
    if (kept == NULL)
        return out_of_memory(err);
    *kept = *row;
    int rc = keep_version(versions, changed_by, err);
    if (rc == OK)
        versions->handlings[versions->count - 1] = kept;
    return rc;
}

static int on_order_version(void *context, int64_t changed_by, const struct order_row *row,
                            struct err *err)
{
    struct versions *versions = context;
    struct arena *arena = &versions->view->arena;
    struct order_row *kept = arena_alloc(arena, sizeof *kept);
    if (kept == NULL)
        return out_of_memory(err);
    *kept = *row;
    kept->order_no = arena_copy(arena, row->order_no);
    kept->repeat_of = arena_copy(arena, row->repeat_of);
    kept->sealed = arena_copy(arena, row->sealed);
    if (kept->order_no.ptr == NULL || kept->repeat_of.ptr == NULL || kept->sealed.ptr == NULL)
        return out_of_memory(err);
    int rc = keep_version(versions, changed_by, err);
    if (rc == OK)
        versions->orders[versions->count - 1] = kept;
    return rc;
}

static int add_change(json_t *history, json_t *import, const char *key, json_t *from, json_t *to,
                      struct err *err)
{
    json_t *change =
        json_pack("{s:O, s:s, s:O?, s:O?}", "import", import, "field", key, "from", from, "to", to);
    return json_array_append_new(history, change) == 0 ? OK : out_of_memory(err);
}

static int add_differences(struct view *view, json_t *history, int64_t changed_by, json_t *before,
                           json_t *after, struct err *err)
{
    json_t *import = NULL;
    const char *key;
    json_t *value;
    int rc = import_to_json(view, changed_by, &import, err);
    if (rc != OK)
        return rc;
    json_object_foreach(before, key, value)
    {
        json_t *now = json_object_get(after, key);
        if (rc == OK && !json_equal(value, now))
            rc = add_change(history, import, key, value, now, err);
    }
    json_object_foreach(after, key, value)
    {
        if (rc == OK && json_object_get(before, key) == NULL)
            rc = add_change(history, import, key, NULL, value, err);
    }
    json_decref(import);
    return rc;
}

static int open_texts(struct view *view, const struct order_row *row, struct texts *out,
                      struct err *err)
{
    buf_clear(&view->opened);
    int rc = view->sealer.open(view->sealer.context, row->id, row->sealed, &view->opened, err);
    return rc == OK ? texts_unpack(buf_bytes(&view->opened), out, err) : rc;
}

static int version_to_json(struct view *view, const struct versions *versions, size_t at,
                           json_t **out, struct err *err)
{
    struct texts texts;
    if (versions->handlings[at] != NULL)
        return handling_to_json(&view->values, versions->handlings[at], out, err);
    int rc = open_texts(view, versions->orders[at], &texts, err);
    return rc == OK ? order_to_json(&view->values, versions->orders[at], &texts, out, err) : rc;
}

/* `present` is what the last change made. */
static int add_history(struct view *view, const struct versions *versions, json_t *present,
                       json_t *history, struct err *err)
{
    json_t *after = json_incref(present);
    int rc = OK;
    for (size_t i = versions->count; i-- > 0 && rc == OK;) {
        json_t *before = NULL;
        rc = version_to_json(view, versions, i, &before, err);
        if (rc == OK)
            rc = add_differences(view, history, versions->changed_by[i], before, after, err);
        json_decref(after);
        after = before;
    }
    json_decref(after);
    return rc;
}

static int put_history(struct view *view, json_t *object, int64_t handling_id, struct err *err)
{
    struct versions *versions = arena_alloc(&view->arena, sizeof *versions);
    json_t *history = json_array();
    if (versions == NULL || history == NULL) {
        json_decref(history);
        return out_of_memory(err);
    }
    versions->view = view;
    int rc = handling_id != 0 ? handling_versions_each(view->values.store, handling_id,
                                                       on_handling_version, versions, err)
                              : order_versions_each(view->values.store, view->order.id,
                                                    on_order_version, versions, err);
    if (rc == OK)
        rc = add_history(view, versions, object, history, err);
    if (rc == OK && json_object_set(object, "history", history) != 0)
        rc = out_of_memory(err);
    json_decref(history);
    return rc;
}

/* ---- how it counts ---- */

static int on_round(void *context, const struct round_row *row, struct err *err)
{
    struct view *view = context;
    if (view->round_count == view->round_capacity) {
        size_t capacity = view->round_capacity * 2 + 16;
        struct round_row *grown = arena_alloc(&view->arena, capacity * sizeof *grown);
        if (grown == NULL)
            return out_of_memory(err);
        if (view->round_count > 0)
            memcpy(grown, view->rounds, view->round_count * sizeof *grown);
        view->rounds = grown;
        view->round_capacity = capacity;
    }
    return round_keep(row, &view->arena, &view->rounds[view->round_count++], err);
}

static int put_rounds(struct view *view, json_t *object, const struct handling_row *handling,
                      struct err *err)
{
    json_t *rounds = json_array();
    const struct order_in_rounds order = {.datadir = view->datadir,
                                          .arena = &view->arena,
                                          .now_utc = view->now_utc,
                                          .order_no = view->order.order_no,
                                          .handling = handling};
    if (json_object_set_new(object, "rounds", rounds) != 0)
        return out_of_memory(err);
    int rc = OK;
    for (size_t i = 0; i < view->round_count && rc == OK; i++)
        rc = order_round_to_json(&order, &view->rounds[i], rounds, err);
    return rc;
}

/* ---- the whole ---- */

static int add_handling(struct view *view, const struct handling_row *handling, struct bytes reply,
                        json_t *handlings, struct err *err)
{
    json_t *object = NULL;
    int rc = handling_to_json(&view->values, handling, &object, err);
    if (rc == OK)
        rc = put_history(view, object, handling->id, err);
    if (rc == OK && reply.len > 0 &&
        json_object_set_new(object, "reply", order_text_to_json(reply)) != 0)
        rc = out_of_memory(err);
    if (rc == OK)
        rc = put_import(view, object, handling->import_id, err);
    if (rc == OK)
        rc = put_flags(view, object, handling->id, err);
    if (rc == OK)
        rc = put_rounds(view, object, handling, err);
    if (rc == OK && json_array_append(handlings, object) != 0)
        rc = out_of_memory(err);
    json_decref(object);
    return rc;
}

/* Texts are opened again after the order's history, which opens older ones in the same place. */
static int make(struct view *view, json_t **out, struct err *err)
{
    struct texts texts;
    json_t *root = NULL;
    json_t *handlings = json_array();
    int rc = handlings != NULL ? open_texts(view, &view->order, &texts, err) : out_of_memory(err);
    if (rc == OK)
        rc = order_to_json(&view->values, &view->order, &texts, &root, err);
    if (rc == OK)
        rc = put_history(view, root, 0, err);
    if (rc == OK)
        rc = put_import(view, root, view->order.import_id, err);
    if (rc == OK)
        rc = open_texts(view, &view->order, &texts, err);
    for (int i = 0; i < view->handling_count && rc == OK; i++) {
        int place = (int)(view->handlings[i].id % HANDLINGS_AN_ORDER);
        rc = add_handling(view, &view->handlings[i], texts.replies[place], handlings, err);
    }
    if (rc == OK && json_object_set(root, "handlings", handlings) != 0)
        rc = out_of_memory(err);
    json_decref(handlings);
    if (rc != OK)
        json_decref(root);
    else
        *out = root;
    return rc;
}

/* Times are shown in the zone of the newest round's rules, before the first round in the default one. */
static int load_zone(const struct view *view, struct zone **out_zone, struct err *err)
{
    struct rules rules;
    rules_default(&rules);
    int rc = OK;
    if (view->round_count > 0)
        rc = rules_parse(view->rounds[view->round_count - 1].rules, &rules, err);
    return rc == OK ? zone_load(bytes_from_z(rules.basis.timezone), out_zone, err) : rc;
}

static int load(struct view *view, struct bytes order_no, struct err *err)
{
    struct store *store = view->values.store;
    struct order_row row;
    int rc = order_get(store, order_no, &row, err);
    if (rc != OK)
        return rc;
    view->order = row;
    view->order.order_no = arena_copy(&view->arena, row.order_no);
    view->order.repeat_of = arena_copy(&view->arena, row.repeat_of);
    view->order.sealed = arena_copy(&view->arena, row.sealed);
    if (view->order.order_no.ptr == NULL || view->order.repeat_of.ptr == NULL ||
        view->order.sealed.ptr == NULL)
        return out_of_memory(err);
    rc = handlings_get(store, row.id, view->handlings, &view->handling_count, err);
    return rc == OK ? rounds_each(store, on_round, view, err) : rc;
}

int order_view_render(const struct datadir *datadir, struct bytes order_no, int64_t now_utc,
                      bool json, struct buf *out, struct err *err)
{
    struct view view = {.datadir = datadir, .values.store = datadir->store, .now_utc = now_utc};
    struct vault_sealer *sealer = NULL;
    struct zone *zone = NULL;
    json_t *root = NULL;
    arena_init(&view.arena, VIEW_ARENA_BYTES);
    buf_init(&view.opened, OUTPUT_MAX_BYTES);
    int rc = load(&view, order_no, err);
    if (rc == OK)
        rc = load_zone(&view, &zone, err);
    if (rc == OK)
        rc = vault_sealer_new(datadir->vault, "order", &sealer, err);
    if (rc == OK) {
        view.values.zone = zone;
        view.sealer = vault_sealer_door(sealer);
        rc = make(&view, &root, err);
    }
    if (rc == OK && json) {
        rc = json_print(out, root, err);
    } else if (rc == OK) {
        order_json_to_words(root, 0, out);
        json_decref(root);
    }
    vault_sealer_free(sealer);
    zone_free(zone);
    buf_deinit(&view.opened);
    arena_deinit(&view.arena);
    return rc;
}
