#include "reports/score_json.h"

#include "base/civil.h"

#include "reports/score_cell.h"
#include "reports/text.h"
#include "reports/words.h"

#include <jansson.h>
#include <math.h>

/* A tree is built freely and asked once: the first piece that memory fails for is remembered in `rc`, and jansson takes
 * NULL for a parent or a value without harm. */
struct builder {
    int rc;
    struct buf text; /* scratch for texts made valid */
};

enum { TEXT_MAX_BYTES = 1024 * 1024 };

static void put(struct builder *builder, json_t *object, const char *key, json_t *value)
{
    if (json_object_set_new(object, key, value) != 0 && builder->rc == OK)
        builder->rc = ERR_NOMEM;
}

static void append(struct builder *builder, json_t *array, json_t *value)
{
    if (json_array_append_new(array, value) != 0 && builder->rc == OK)
        builder->rc = ERR_NOMEM;
}

static json_t *text_json(struct builder *builder, struct bytes text)
{
    buf_clear(&builder->text);
    text_valid(&builder->text, text);
    if (builder->text.rc != OK) {
        builder->rc = builder->rc == OK ? builder->text.rc : builder->rc;
        return NULL;
    }
    struct bytes valid = buf_bytes(&builder->text);
    return json_stringn(valid.len > 0 ? valid.ptr : "", valid.len);
}

static void put_text(struct builder *builder, json_t *object, const char *key, struct bytes text)
{
    put(builder, object, key, text_json(builder, text));
}

static void put_count(struct builder *builder, json_t *object, const char *key, int64_t count)
{
    put(builder, object, key, json_integer(count));
}

static void put_day(struct builder *builder, json_t *object, const char *key, int64_t day)
{
    char text[DAY_TEXT_BYTES];
    day_format(day, text);
    put_text(builder, object, key, bytes_from_z(text));
}

static json_t *cell_json(struct builder *builder, struct score_cell cell)
{
    switch (cell.type) {
    case SCORE_CELL_EMPTY:
        break;
    case SCORE_CELL_COUNT:
        return json_integer(cell.count);
    case SCORE_CELL_RATE:
        return json_real(cell.rate);
    case SCORE_CELL_TEXT:
        return text_json(builder, cell.text);
    }
    return json_null();
}

static void put_score(struct builder *builder, json_t *root, const struct bulletin *bulletin)
{
    json_t *round = json_object();
    put_text(builder, round, "id", bulletin->round_id);
    put_text(builder, round, "kind", bulletin->round_kind);
    put_day(builder, round, "from", bulletin->from_day);
    put_day(builder, round, "to", bulletin->to_day);
    put_text(builder, round, "as_of", bulletin->as_of);
    put(builder, root, "round", round);
    put(builder, root, "trial", json_boolean(bulletin_is_trial(bulletin)));
    json_t *rows = json_array();
    for (size_t r = 0; r < bulletin->ranking->row_count; r++) {
        json_t *row = json_object();
        for (size_t i = 0; score_column_name(i) != NULL; i++)
            put(builder, row, score_column_name(i),
                cell_json(builder, score_cell(&bulletin->ranking->rows[r], i)));
        append(builder, rows, row);
    }
    put(builder, root, "rows", rows);
}

static void put_previous(struct builder *builder, json_t *root,
                         const struct bulletin_previous *previous)
{
    if (previous == NULL || previous->ranking->row_count == 0) {
        put(builder, root, "previous", json_null());
        return;
    }
    const struct ranking_row *all = &previous->ranking->rows[previous->ranking->row_count - 1];
    json_t *object = json_object();
    put_text(builder, object, "id", previous->id);
    put_text(builder, object, "title", previous->title);
    put_count(builder, object, "orders", all->orders);
    put_count(builder, object, "excluded", all->excluded);
    put_count(builder, object, "on_time_base", all->on_time_base);
    put_count(builder, object, "on_time", all->on_time);
    put(builder, object, "on_time_rate",
        isnan(all->on_time_rate) ? json_null() : json_real(all->on_time_rate));
    put(builder, root, "previous", object);
}

/* One entry per unit (and class, and over all) and reason that occurs. */
static void put_exclusions(struct builder *builder, json_t *root, const struct ranking *ranking)
{
    json_t *array = json_array();
    for (size_t r = 0; r < ranking->row_count; r++) {
        const struct ranking_row *row = &ranking->rows[r];
        for (int j = 0; j <= JUDGEMENT_MAX; j++) {
            if (row->tally.by_judgement[j] == 0 || !judgement_is_excluded((enum judgement)j))
                continue;
            json_t *entry = json_object();
            put_text(builder, entry, "unit_class", row->unit_class);
            put_text(builder, entry, "unit_code", row->unit_code);
            put_text(builder, entry, "unit_name", row->unit_name);
            put_text(builder, entry, "reason", bytes_from_z(judgement_name((enum judgement)j)));
            put_count(builder, entry, "count", row->tally.by_judgement[j]);
            append(builder, array, entry);
        }
    }
    put(builder, root, "exclusions", array);
}

static json_t *import_json(struct builder *builder, const struct bulletin_import *import)
{
    json_t *object = json_object();
    put_count(builder, object, "id", import->id);
    put_text(builder, object, "file", import->file_name);
    put_text(builder, object, "loaded_at", import->loaded_at);
    put_count(builder, object, "rows", import->rows);
    put_count(builder, object, "accepted", import->accepted);
    put_count(builder, object, "updated", import->updated);
    put_count(builder, object, "unchanged", import->unchanged);
    put_count(builder, object, "rejected", import->rejected);
    put_count(builder, object, "contradictions", import->contradictions);
    put_count(builder, object, "bad_dates", import->bad_dates);
    put_count(builder, object, "flag_disagreements", import->flag_disagreements);
    return object;
}

static void put_data_quality(struct builder *builder, json_t *root, const struct bulletin *bulletin)
{
    json_t *quality = json_object();
    json_t *imports = json_array();
    for (size_t i = 0; i < bulletin->import_count; i++)
        append(builder, imports, import_json(builder, &bulletin->imports[i]));
    put(builder, quality, "imports", imports);
    json_t *names = json_array();
    for (size_t i = 0; i < bulletin->unmatched_name_count; i++) {
        json_t *entry = json_object();
        put_text(builder, entry, "name", bulletin->unmatched_names[i].name);
        put_count(builder, entry, "count", bulletin->unmatched_names[i].count);
        append(builder, names, entry);
    }
    put(builder, quality, "unmatched_names", names);
    put_count(builder, quality, "unmatched", bulletin->unmatched);
    put_count(builder, quality, "unclear", bulletin->unclear);
    put(builder, root, "data_quality", quality);
}

static void put_bulletin(struct builder *builder, json_t *root, const struct bulletin *bulletin)
{
    put_text(builder, root, "organ", bulletin->organ);
    put_text(builder, root, "title", bulletin->title);
    put_text(builder, root, "document", bulletin->document);
    put(builder, root, "demonstration", json_boolean(bulletin->is_demonstration));
    put_text(builder, root, "demonstration_notice",
             bulletin->is_demonstration ? bulletin->demonstration_notice : BYTES_NONE);
    put_text(builder, root, "printed_at", bulletin->printed_at);
    put_text(builder, root, "program_version", bulletin->program_version);
    put_previous(builder, root, bulletin->previous);
    put_exclusions(builder, root, bulletin->ranking);
    put_data_quality(builder, root, bulletin);
    put_text(builder, root, "rules", bulletin->rules_text);
}

static int on_json(const char *ptr, size_t len, void *context)
{
    struct buf *out = context;
    buf_append(out, (struct bytes){ptr, len});
    return out->rc == OK ? 0 : -1;
}

static int render(const struct bulletin *bulletin, bool whole, struct buf *out, struct err *err)
{
    struct builder builder = {.rc = OK};
    buf_init(&builder.text, TEXT_MAX_BYTES);
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
    buf_deinit(&builder.text);
    if (builder.rc == ERR_LIMIT && !built)
        return err_set(err, ERR_LIMIT, "a text is longer than %d bytes", TEXT_MAX_BYTES);
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
