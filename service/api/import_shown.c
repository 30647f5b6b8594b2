#include "service/api/import_shown.h"

#include "base/arena.h"
#include "base/utf8.h"

#include "importers/table.h"

#include "service/api/json_value.h"
#include "service/api/import_view.h"
#include "service/intake/mask.h"
#include "service/storage/orders.h"

#include <stdlib.h>

enum {
    EXAMPLES_SHOWN = 3,
    REASONS_MAX = 32, /* more than there are */
    CELL_MAX_BYTES = 40,
    RECORD_MAX_BYTES = 256 * 1024 * 1024,
    SHOWN_MAX_BYTES = 16 * 1024 * 1024, /* all examples of all reasons */
};

struct reject_example {
    int64_t line;
    struct bytes column, row;
};

struct reject_group {
    struct bytes reason;
    int64_t count;
    struct reject_example examples[EXAMPLES_SHOWN];
};

/* A record that names several units is one row here, though each of its handlings has the flag. */
struct flag_group {
    int64_t count, last_line;
    struct {
        int64_t line, order_id;
    } examples[EXAMPLES_SHOWN];
};

struct shown {
    const struct datadir *datadir;
    struct sealer sealer;
    struct buf opened, masked;
    struct arena arena; /* the texts of the groups */
    struct reject_group rejects[REASONS_MAX];
    size_t reject_kinds;
    struct flag_group flags[IMPORT_FLAGS];
};

/* ---- masking ---- */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* A number keeps its first three and last four digits, whatever stands between them. */
static void append_digits_masked(struct bytes cell, struct buf *out)
{
    size_t digits = 0;
    size_t seen = 0;
    for (size_t i = 0; i < cell.len; i++)
        digits += is_digit(cell.ptr[i]);
    for (size_t i = 0; i < cell.len; i++) {
        bool hidden = is_digit(cell.ptr[i]) && digits >= 7 && seen >= 3 && seen + 4 < digits;
        seen += is_digit(cell.ptr[i]);
        buf_append_byte(out, hidden ? '*' : cell.ptr[i]);
    }
}

/* Nobody knows which cell of a row that was not taken is a name or a number: of a cell with words only the first
 * character is shown, of any other but a date the digits are masked. `import --rejects` gives them whole. */
static void append_masked(struct bytes cell, struct buf *out)
{
    struct bytes rest = cell;
    size_t letters = 0;
    bool ascii = true;
    for (size_t i = 0; i < cell.len; i++) {
        unsigned char c = (unsigned char)cell.ptr[i];
        letters += (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        ascii = ascii && c < 0x80;
    }
    if (ascii && letters <= 2 && cell.len <= CELL_MAX_BYTES) {
        if (mask_date_len(cell) > 0)
            mask_numbers(cell, out);
        else
            append_digits_masked(cell, out);
        return;
    }
    if (utf8_is_valid(cell) && utf8_take(&rest) >= ' ')
        buf_append(out, (struct bytes){cell.ptr, cell.len - rest.len});
    buf_append_z(out, rest.len > 0 ? "**" : "");
}

static int on_row(void *context, const struct table_row *row, struct err *err)
{
    struct buf *out = context;
    for (size_t i = 0; i < row->cell_count; i++) {
        buf_append_z(out, i > 0 ? "," : "");
        append_masked(row->cells[i], out);
    }
    return buf_status(out, err);
}

static int mask_record(struct bytes record, struct buf *out, struct err *err)
{
    struct table *table = NULL;
    int rc = table_new(&DIALECT_CSV, 0, on_row, out, &table, err);
    if (rc == OK)
        rc = table_feed(table, record, err);
    if (rc == OK)
        rc = table_finish(table, err);
    table_free(table);
    return rc;
}

/* ---- gathering ---- */

static int keep_text(struct shown *shown, struct bytes text, struct bytes *out, struct err *err)
{
    *out = text.len > 0 ? arena_copy(&shown->arena, text) : BYTES_LIT("");
    return text.len == 0 || out->ptr != NULL ? OK
                                             : err_set(err, ERR_NOMEM, "could not list rejects");
}

static int find_group(struct shown *shown, struct bytes reason, struct reject_group **out,
                      struct err *err)
{
    for (size_t i = 0; i < shown->reject_kinds; i++) {
        *out = &shown->rejects[i];
        if (bytes_equal((*out)->reason, reason))
            return OK;
    }
    if (shown->reject_kinds == REASONS_MAX)
        return err_set(err, ERR_CORRUPT, "more than %d kinds of rejects", REASONS_MAX);
    *out = &shown->rejects[shown->reject_kinds];
    int rc = keep_text(shown, reason, &(*out)->reason, err);
    shown->reject_kinds += rc == OK;
    return rc;
}

static int on_reject(void *context, int64_t reject_id, int64_t line, struct bytes reason,
                     struct bytes header, struct bytes sealed, struct err *err)
{
    struct shown *shown = context;
    struct reject_group *group = NULL;
    int rc = find_group(shown, reason, &group, err);
    if (rc != OK || group->count++ >= EXAMPLES_SHOWN)
        return rc;
    struct reject_example *example = &group->examples[group->count - 1];
    example->line = line;
    buf_clear(&shown->opened);
    buf_clear(&shown->masked);
    rc = keep_text(shown, header, &example->column, err);
    if (rc == OK)
        rc = shown->sealer.open(shown->sealer.context, reject_id, sealed, &shown->opened, err);
    if (rc == OK)
        rc = mask_record(buf_bytes(&shown->opened), &shown->masked, err);
    if (rc == OK)
        rc = keep_text(shown, buf_bytes(&shown->masked), &example->row, err);
    return rc == OK ? OK : err_wrap(err, "reject %lld", (long long)reject_id);
}

/* Flags come by line. */
static int on_flags(void *context, int64_t line, int64_t handling_id, uint32_t flags,
                    struct err *err)
{
    struct shown *shown = context;
    (void)err;
    for (int bit = 0; bit < IMPORT_FLAGS; bit++) {
        struct flag_group *group = &shown->flags[bit];
        if ((flags >> bit & 1) == 0 || group->last_line == line)
            continue;
        group->last_line = line;
        if (group->count < EXAMPLES_SHOWN) {
            group->examples[group->count].line = line;
            group->examples[group->count].order_id = handling_id / HANDLINGS_AN_ORDER;
        }
        group->count++;
    }
    return OK;
}

static int more_first(const void *a, const void *b)
{
    const struct reject_group *one = a;
    const struct reject_group *other = b;
    if (one->count != other->count)
        return one->count < other->count ? 1 : -1;
    return one->examples[0].line < other->examples[0].line ? -1 : 1;
}

static int gather(struct shown *shown, int64_t id, struct err *err)
{
    struct vault_sealer *sealer = NULL;
    int rc = vault_sealer_new(shown->datadir->vault, "reject", &sealer, err);
    if (rc == OK) {
        shown->sealer = vault_sealer_door(sealer);
        rc = rejects_each(shown->datadir->store, id, on_reject, shown, err);
    }
    vault_sealer_free(sealer);
    if (rc == OK)
        rc = record_flags_each(shown->datadir->store, id, 0, on_flags, shown, err);
    qsort(shown->rejects, shown->reject_kinds, sizeof *shown->rejects, more_first);
    return rc;
}

/* The number is borrowed until the next call. */
static int order_no_of(const struct shown *shown, int64_t order_id, struct bytes *out,
                       struct err *err)
{
    struct order_row order;
    int rc = order_get_by_id(shown->datadir->store, order_id, &order, err);
    *out = rc == OK ? order.order_no : BYTES_NONE;
    return rc;
}

/* ---- words ---- */

static int64_t shown_of(int64_t count)
{
    return count < EXAMPLES_SHOWN ? count : EXAMPLES_SHOWN;
}

static void rejects_in_words(const struct shown *shown, struct buf *out)
{
    for (size_t i = 0; i < shown->reject_kinds; i++) {
        const struct reject_group *group = &shown->rejects[i];
        struct bytes sentence = import_problem_sentence(group->reason);
        buf_printf(out, "%s  " BYTES_FMT "（" BYTES_FMT "）：%lld 行\n",
                   i == 0 ? "问题数据：\n" : "", BYTES_ARG(sentence), BYTES_ARG(group->reason),
                   (long long)group->count);
        for (int64_t j = 0; j < shown_of(group->count); j++) {
            const struct reject_example *example = &group->examples[j];
            buf_printf(out, "    第 %lld 行", (long long)example->line);
            if (example->column.len > 0)
                buf_printf(out, "，" BYTES_FMT, BYTES_ARG(example->column));
            buf_printf(out, "：" BYTES_FMT "\n", BYTES_ARG(example->row));
        }
    }
}

static int flags_in_words(const struct shown *shown, struct buf *out, struct err *err)
{
    bool first = true;
    int rc = OK;
    for (int bit = 0; bit < IMPORT_FLAGS; bit++) {
        const struct flag_group *group = &shown->flags[bit];
        const char *word = import_flag_word(bit);
        struct bytes sentence = import_problem_sentence(bytes_from_z(word));
        if (group->count == 0)
            continue;
        buf_printf(out, "%s  " BYTES_FMT "（%s）：%lld 行\n", first ? "提示（已导入）：\n" : "",
                   BYTES_ARG(sentence), word, (long long)group->count);
        first = false;
        for (int64_t j = 0; j < shown_of(group->count) && rc == OK; j++) {
            struct bytes order_no;
            rc = order_no_of(shown, group->examples[j].order_id, &order_no, err);
            if (rc == OK)
                buf_printf(out, "    第 %lld 行，工单 " BYTES_FMT "\n",
                           (long long)group->examples[j].line, BYTES_ARG(order_no));
        }
    }
    return rc;
}

/* ---- JSON ---- */

static json_t *rejects_to_json(const struct shown *shown)
{
    json_t *rejects = json_array();
    for (size_t i = 0; i < shown->reject_kinds; i++) {
        const struct reject_group *group = &shown->rejects[i];
        json_t *examples = json_array();
        for (int64_t j = 0; j < shown_of(group->count); j++) {
            const struct reject_example *example = &group->examples[j];
            json_t *object =
                json_pack("{s:I, s:o, s:o}", "line", (json_int_t)example->line, "column",
                          json_bytes(example->column), "row", json_bytes(example->row));
            if (json_array_append_new(examples, object) != 0) {
                json_decref(examples);
                examples = NULL;
            }
        }
        json_t *object = json_pack("{s:o, s:I, s:o}", "reason", json_bytes(group->reason), "count",
                                   (json_int_t)group->count, "examples", examples);
        if (json_array_append_new(rejects, object) != 0) {
            json_decref(rejects);
            rejects = NULL;
        }
    }
    return rejects;
}

/* Add the examples of one flag to `examples`. */
static int flag_examples(const struct shown *shown, const struct flag_group *group,
                         json_t *examples, struct err *err)
{
    int rc = OK;
    for (int64_t j = 0; j < shown_of(group->count) && rc == OK; j++) {
        struct bytes order_no;
        rc = order_no_of(shown, group->examples[j].order_id, &order_no, err);
        if (rc != OK)
            break;
        json_t *object = json_pack("{s:I, s:o}", "line", (json_int_t)group->examples[j].line,
                                   "order_no", json_bytes(order_no));
        if (json_array_append_new(examples, object) != 0)
            rc = err_set(err, ERR_NOMEM, "could not list flags");
    }
    return rc;
}

static int flags_to_json(const struct shown *shown, json_t *flags, struct err *err)
{
    int rc = OK;
    for (int bit = 0; bit < IMPORT_FLAGS && rc == OK; bit++) {
        const struct flag_group *group = &shown->flags[bit];
        if (group->count == 0)
            continue;
        json_t *examples = json_array();
        json_t *object = json_pack("{s:s, s:I, s:o}", "flag", import_flag_word(bit), "count",
                                   (json_int_t)group->count, "examples", examples);
        rc = json_array_append_new(flags, object) == 0
                 ? flag_examples(shown, group, examples, err)
                 : err_set(err, ERR_NOMEM, "could not list flags");
    }
    return rc;
}

/* ---- the whole ---- */

static int show_in_words(struct shown *shown, int64_t id, struct buf *out, struct err *err)
{
    struct import_row row;
    int rc = import_get(shown->datadir->store, id, &row, err);
    if (rc != OK)
        return rc;
    import_row_title(out, &row);
    struct import_counts counts = row.counts;
    rc = gather(shown, id, err);
    if (rc != OK)
        return rc;
    rejects_in_words(shown, out);
    rc = flags_in_words(shown, out, err);
    import_counts_words(out, &counts);
    return rc;
}

static int show_in_json(struct shown *shown, int64_t id, json_t **out, struct err *err)
{
    struct import_row row;
    int rc = import_get(shown->datadir->store, id, &row, err);
    if (rc != OK)
        return rc;
    json_t *object = import_row_to_json(&row);
    json_t *flags = json_array();
    rc = import_row_add_unmatched(shown->datadir->store, object, err);
    if (rc == OK)
        rc = gather(shown, id, err);
    if (rc == OK && (json_object_set_new(object, "rejects", rejects_to_json(shown)) != 0 ||
                     json_object_set(object, "flags", flags) != 0))
        rc = err_set(err, ERR_NOMEM, "could not show import %lld", (long long)id);
    if (rc == OK)
        rc = flags_to_json(shown, flags, err);
    json_decref(flags);
    if (rc == OK)
        *out = object;
    else
        json_decref(object);
    return rc;
}

static void begin(struct shown *shown, const struct datadir *datadir)
{
    *shown = (struct shown){.datadir = datadir};
    buf_init(&shown->opened, RECORD_MAX_BYTES);
    buf_init(&shown->masked, RECORD_MAX_BYTES);
    arena_init(&shown->arena, SHOWN_MAX_BYTES);
}

static void end(struct shown *shown)
{
    buf_deinit(&shown->opened);
    buf_deinit(&shown->masked);
    arena_deinit(&shown->arena);
}

int import_shown_words(const struct datadir *datadir, int64_t id, struct buf *out, struct err *err)
{
    struct shown shown;
    begin(&shown, datadir);
    int rc = show_in_words(&shown, id, out, err);
    end(&shown);
    return rc;
}

int import_shown_json(const struct datadir *datadir, int64_t id, json_t **out, struct err *err)
{
    struct shown shown;
    begin(&shown, datadir);
    int rc = show_in_json(&shown, id, out, err);
    end(&shown);
    return rc;
}

/* Add to each group of `object`'s member `name` what its word, member `key`, means. */
static int say_each(json_t *object, const char *name, const char *key, struct err *err)
{
    size_t i;
    json_t *group;
    json_array_foreach(json_object_get(object, name), i, group)
    {
        const char *word = json_string_value(json_object_get(group, key));
        json_t *sentence = json_bytes(import_problem_sentence(bytes_from_z(word)));
        if (json_object_set_new(group, "sentence", sentence) != 0)
            return err_set(err, ERR_NOMEM, "could not show an import");
    }
    return OK;
}

int import_shown_say(json_t *object, struct err *err)
{
    int rc = say_each(object, "rejects", "reason", err);
    return rc == OK ? say_each(object, "flags", "flag", err) : rc;
}
