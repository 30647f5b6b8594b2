#include "reports/score_json.h"

#include "base/civil.h"

#include "reports/bulletin_json.h"
#include "reports/json_builder.h"
#include "reports/score_cell.h"
#include "reports/words.h"

#include <jansson.h>

static void put_day(struct json_builder *builder, json_t *object, const char *key, int64_t day)
{
    char text[DAY_TEXT_BYTES];
    day_format(day, text);
    json_put_text(builder, object, key, bytes_from_z(text));
}

static json_t *cell_json(struct json_builder *builder, struct score_cell cell)
{
    switch (cell.type) {
    case SCORE_CELL_EMPTY:
        break;
    case SCORE_CELL_COUNT:
        return json_integer(cell.count);
    case SCORE_CELL_RATE:
        return json_real(cell.rate);
    case SCORE_CELL_TEXT:
        return json_text(builder, cell.text);
    }
    return json_null();
}

static void put_score(struct json_builder *builder, json_t *root, const struct bulletin *bulletin)
{
    json_t *round = json_object();
    json_put_text(builder, round, "id", bulletin->round_id);
    json_put_text(builder, round, "kind", bulletin->round_kind);
    put_day(builder, round, "from", bulletin->from_day);
    put_day(builder, round, "to", bulletin->to_day);
    json_put_text(builder, round, "as_of", bulletin->as_of);
    json_put(builder, root, "round", round);
    json_put(builder, root, "trial", json_boolean(bulletin_is_trial(bulletin)));
    json_t *rows = json_array();
    for (size_t r = 0; r < bulletin->ranking->row_count; r++) {
        json_t *row = json_object();
        for (size_t i = 0; score_column_name(i) != NULL; i++)
            json_put(builder, row, score_column_name(i),
                     cell_json(builder, score_cell(&bulletin->ranking->rows[r], i)));
        json_append_to(builder, rows, row);
    }
    json_put(builder, root, "rows", rows);
}

static void put_previous(struct json_builder *builder, json_t *root,
                         const struct bulletin_previous *previous)
{
    if (previous == NULL || previous->ranking->row_count == 0) {
        json_put(builder, root, "previous", json_null());
        return;
    }
    const struct ranking_row *all = &previous->ranking->rows[previous->ranking->row_count - 1];
    json_t *object = json_object();
    json_put_text(builder, object, "id", previous->id);
    json_put_text(builder, object, "title", previous->title);
    json_put_count(builder, object, "orders", all->orders);
    json_put_count(builder, object, "excluded", all->excluded);
    json_put_count(builder, object, "on_time_base", all->on_time_base);
    json_put_count(builder, object, "on_time", all->on_time);
    json_put_rate(builder, object, "on_time_rate", all->on_time_rate);
    json_put(builder, root, "previous", object);
}

/* One entry per unit (and class, and over all) and reason that occurs. */
static void put_exclusions(struct json_builder *builder, json_t *root,
                           const struct ranking *ranking)
{
    json_t *array = json_array();
    for (size_t r = 0; r < ranking->row_count; r++) {
        const struct ranking_row *row = &ranking->rows[r];
        for (int j = 0; j <= JUDGEMENT_MAX; j++) {
            if (row->tally.by_judgement[j] == 0 || !judgement_is_excluded((enum judgement)j))
                continue;
            json_t *entry = json_object();
            json_put_text(builder, entry, "unit_class", row->unit_class);
            json_put_text(builder, entry, "unit_code", row->unit_code);
            json_put_text(builder, entry, "unit_name", row->unit_name);
            json_put_text(builder, entry, "reason",
                          bytes_from_z(judgement_name((enum judgement)j)));
            json_put_count(builder, entry, "count", row->tally.by_judgement[j]);
            json_append_to(builder, array, entry);
        }
    }
    json_put(builder, root, "exclusions", array);
}

static json_t *import_json(struct json_builder *builder, const struct bulletin_import *import)
{
    json_t *object = json_object();
    json_put_count(builder, object, "id", import->id);
    json_put_text(builder, object, "file", import->file_name);
    json_put_text(builder, object, "loaded_at", import->loaded_at);
    json_put_count(builder, object, "rows", import->rows);
    json_put_count(builder, object, "accepted", import->accepted);
    json_put_count(builder, object, "updated", import->updated);
    json_put_count(builder, object, "unchanged", import->unchanged);
    json_put_count(builder, object, "rejected", import->rejected);
    json_put_count(builder, object, "contradictions", import->contradictions);
    json_put_count(builder, object, "bad_dates", import->bad_dates);
    json_put_count(builder, object, "flag_disagreements", import->flag_disagreements);
    return object;
}

static void put_data_quality(struct json_builder *builder, json_t *root,
                             const struct bulletin *bulletin)
{
    json_t *quality = json_object();
    json_t *imports = json_array();
    for (size_t i = 0; i < bulletin->import_count; i++)
        json_append_to(builder, imports, import_json(builder, &bulletin->imports[i]));
    json_put(builder, quality, "imports", imports);
    json_t *names = json_array();
    for (size_t i = 0; i < bulletin->unmatched_name_count; i++) {
        json_t *entry = json_object();
        json_put_text(builder, entry, "name", bulletin->unmatched_names[i].name);
        json_put_count(builder, entry, "count", bulletin->unmatched_names[i].count);
        json_append_to(builder, names, entry);
    }
    json_put(builder, quality, "unmatched_names", names);
    json_put_count(builder, quality, "unmatched", bulletin->unmatched);
    json_put_count(builder, quality, "unclear", bulletin->unclear);
    json_put(builder, root, "data_quality", quality);
}

static void put_audit(struct json_builder *builder, json_t *root, const struct bulletin *bulletin)
{
    json_t *audit = bulletin->audit_id != 0 ? json_object() : json_null();
    if (bulletin->audit_id != 0) {
        json_put_count(builder, audit, "id", bulletin->audit_id);
        json_put_text(builder, audit, "mac", bulletin->audit_mac);
    }
    json_put(builder, root, "audit", audit);
}

static void put_bulletin(struct json_builder *builder, json_t *root,
                         const struct bulletin *bulletin)
{
    json_put_text(builder, root, "organ", bulletin->organ);
    json_put_text(builder, root, "title", bulletin->title);
    json_put_text(builder, root, "document", bulletin->document);
    json_put(builder, root, "demonstration", json_boolean(bulletin->is_demonstration));
    json_put_text(builder, root, "demonstration_notice",
                  bulletin->is_demonstration ? bulletin->demonstration_notice : BYTES_NONE);
    json_put_text(builder, root, "printed_at", bulletin->printed_at);
    json_put_text(builder, root, "program_version", bulletin->program_version);
    put_audit(builder, root, bulletin);
    put_previous(builder, root, bulletin->previous);
    put_exclusions(builder, root, bulletin->ranking);
    put_data_quality(builder, root, bulletin);
    bulletin_json_sample(builder, root, bulletin);
    json_put_text(builder, root, "rules", bulletin->rules_text);
}

static int on_json(const char *ptr, size_t len, void *context)
{
    struct buf *out = context;
    buf_append(out, (struct bytes){ptr, len});
    return out->rc == OK ? 0 : -1;
}

static int render(const struct bulletin *bulletin, bool whole, struct buf *out, struct err *err)
{
    struct json_builder builder;
    json_builder_init(&builder);
    json_t *root = json_object();
    put_score(&builder, root, bulletin);
    if (whole)
        put_bulletin(&builder, root, bulletin);
    bool built = builder.rc == OK;
    if (built &&
        json_dump_callback(root, on_json, out, JSON_INDENT(2) | JSON_REAL_PRECISION(15)) != 0)
        builder.rc = out->rc != OK ? out->rc : ERR_NOMEM;
    buf_append_byte(out, '\n');
    json_decref(root);
    json_builder_deinit(&builder);
    if (builder.rc == ERR_LIMIT && !built)
        return err_set(err, ERR_LIMIT, "a text is longer than %d bytes", JSON_TEXT_MAX_BYTES);
    if (builder.rc == ERR_NOMEM)
        return err_set(err, ERR_NOMEM, "could not build the json of round \"" BYTES_FMT "\"",
                       BYTES_ARG(bulletin->round_id));
    return buf_status(out, err);
}

int score_json_render(const struct bulletin *bulletin, struct buf *out, struct err *err)
{
    return render(bulletin, false, out, err);
}

int bulletin_json_render(const struct bulletin *bulletin, struct buf *out, struct err *err)
{
    return render(bulletin, true, out, err);
}
