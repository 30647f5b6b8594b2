#include "service/followup/outcomes_export.h"

#include "base/alloc.h"
#include "base/civil.h"

#include "reports/csv.h"

#include "service/followup/outcomes.h"
#include "service/host/files.h"
#include "service/storage/draws.h"

#include <string.h>

enum {
    FIRST_CAPACITY = 1024,
    TEXTS_MAX_BYTES = 4 * 1024 * 1024,
    NUMBERS_MAX_BYTES = 256 * 1024 * 1024,
    ATTEMPTS_MAX_BYTES = 64 * 1024 * 1024 /* of one order */
};

struct drawn_name {
    int64_t drawn_id;
    struct bytes order_no;
};

struct exporting {
    struct store *store;
    struct sealer door;
    struct zone *zone;
    struct arena arena; /* owns the numbers */
    struct drawn_name *drawn;
    size_t drawn_count, drawn_capacity;
    struct buf plain, cell;
    int64_t rows;
    struct buf *out;
};

/* ---- the drawn orders ---- */

static int on_drawn(void *context, const struct drawn_row *row, struct err *err)
{
    struct exporting *exporting = context;
    if (!row->is_released)
        return OK;
    if (exporting->drawn_count == exporting->drawn_capacity) {
        size_t capacity =
            exporting->drawn_capacity > 0 ? 2 * exporting->drawn_capacity : FIRST_CAPACITY;
        struct drawn_name *drawn =
            mem_realloc(exporting->drawn, size_multiply(capacity, sizeof *drawn));
        if (drawn == NULL)
            return err_set(err, ERR_NOMEM, "could not list %zu drawn orders", capacity);
        exporting->drawn = drawn;
        exporting->drawn_capacity = capacity;
    }
    struct bytes order_no = arena_copy(&exporting->arena, row->order_no);
    if (order_no.ptr == NULL)
        return err_set(err, ERR_NOMEM, "could not list the drawn orders");
    exporting->drawn[exporting->drawn_count++] = (struct drawn_name){row->id, order_no};
    return OK;
}

/* ---- one attempt ---- */

static void put_called(struct exporting *exporting, struct moment called)
{
    char text[TIME_TEXT_BYTES];
    if (called.kind == MOMENT_NONE)
        return;
    if (called.kind == MOMENT_INSTANT)
        time_format(called.seconds, zone_offset_s(exporting->zone, called.seconds), text);
    else
        day_format(zone_day(exporting->zone, called), text);
    buf_append_z(exporting->out, text);
}

static const char *resolved_zh(const struct attempt_row *row)
{
    if (row->still_open)
        return "正在解决";
    return row->resolved == RESOLUTION_YES      ? "已解决"
           : row->resolved == RESOLUTION_PARTLY ? "部分解决"
           : row->resolved == RESOLUTION_NO     ? "未解决"
                                                : "";
}

/* The next cell of a line that csv_cell wrote. */
static int put_cell(struct exporting *exporting, struct bytes *rest, struct err *err)
{
    struct buf *cell = &exporting->cell;
    bool is_quoted = rest->len > 0 && rest->ptr[0] == '"';
    size_t at = is_quoted ? 1 : 0;
    buf_clear(cell);
    while (at < rest->len && (is_quoted || rest->ptr[at] != ',')) {
        bool is_quote = is_quoted && rest->ptr[at] == '"';
        if (is_quote && (at + 1 == rest->len || rest->ptr[at + 1] != '"')) {
            is_quoted = false;
            at++;
            continue;
        }
        buf_append_byte(cell, rest->ptr[at]);
        at += is_quote ? 2 : 1;
    }
    *rest = at < rest->len ? (struct bytes){rest->ptr + at + 1, rest->len - at - 1} : BYTES_NONE;
    csv_cell_for_people(exporting->out, buf_bytes(cell));
    return buf_status(cell, err);
}

/* Reason and comment lie sealed as the cells of one line. */
static int put_texts(struct exporting *exporting, const struct attempt_row *row, struct err *err)
{
    buf_clear(&exporting->plain);
    int rc = row->sealed.len > 0 ? exporting->door.open(exporting->door.context,
                                                        row->drawn_id * ATTEMPTS_AN_ORDER + row->no,
                                                        row->sealed, &exporting->plain, err)
                                 : OK;
    struct bytes rest = buf_bytes(&exporting->plain);
    if (rc == OK)
        rc = put_cell(exporting, &rest, err);
    buf_append_byte(exporting->out, ',');
    return rc == OK ? put_cell(exporting, &rest, err) : rc;
}

static int put_attempt(struct exporting *exporting, struct bytes order_no,
                       const struct attempt_row *row, struct err *err)
{
    struct bytes caller = BYTES_NONE;
    int rc = row->caller_id != 0 ? term_get(exporting->store, row->caller_id, &caller, err) : OK;
    if (rc != OK)
        return rc;
    csv_cell_for_people(exporting->out, order_no);
    buf_append_byte(exporting->out, ',');
    put_called(exporting, row->called);
    buf_append_byte(exporting->out, ',');
    csv_cell_for_people(exporting->out, caller);
    buf_printf(exporting->out, "," BYTES_FMT ",%s,", BYTES_ARG(row->code), resolved_zh(row));
    if (row->satisfaction != SATISFACTION_MISSING)
        buf_append_integer(exporting->out, row->satisfaction);
    buf_append_byte(exporting->out, ',');
    rc = put_texts(exporting, row, err);
    buf_append_byte(exporting->out, '\n');
    exporting->rows++;
    return rc == OK ? buf_status(exporting->out, err) : rc;
}

/* ---- the attempts of an order ---- */

struct kept_attempt {
    struct kept_attempt *next;
    struct attempt_row row;
};

struct keeping {
    struct arena arena; /* owns all */
    struct kept_attempt *first, **last;
};

static int on_attempt(void *context, const struct attempt_row *row, struct err *err)
{
    struct keeping *keeping = context;
    struct kept_attempt *kept = arena_alloc(&keeping->arena, sizeof *kept);
    if (kept == NULL)
        return err_set(err, ERR_NOMEM, "could not keep an attempt");
    *kept = (struct kept_attempt){NULL, *row};
    kept->row.code = arena_copy(&keeping->arena, row->code);
    kept->row.sealed = arena_copy(&keeping->arena, row->sealed);
    if (kept->row.code.ptr == NULL || kept->row.sealed.ptr == NULL)
        return err_set(err, ERR_NOMEM, "could not keep an attempt");
    *keeping->last = kept;
    keeping->last = &kept->next;
    return OK;
}

static int put_order(struct exporting *exporting, const struct drawn_name *drawn, struct err *err)
{
    struct keeping keeping = {.first = NULL};
    keeping.last = &keeping.first;
    arena_init(&keeping.arena, ATTEMPTS_MAX_BYTES);
    int rc = attempts_each_of(exporting->store, drawn->drawn_id, on_attempt, &keeping, err);
    for (struct kept_attempt *kept = keeping.first; kept != NULL && rc == OK; kept = kept->next)
        rc = put_attempt(exporting, drawn->order_no, &kept->row, err);
    arena_deinit(&keeping.arena);
    return rc;
}

/* ---- all of them ---- */

static int load_zone(struct exporting *exporting, const struct round_row *round, struct err *err)
{
    struct rules rules;
    int rc = rules_parse(round->rules, &rules, err);
    return rc == OK ? zone_load(bytes_from_z(rules.basis.timezone), &exporting->zone, err) : rc;
}

static int write_all(struct exporting *exporting, const struct round_row *round, struct err *err)
{
    struct draw_row draw;
    int rc = load_zone(exporting, round, err);
    if (rc == OK)
        rc = draw_get_current(exporting->store, round->id, &draw, err);
    if (rc == OK)
        rc = drawn_each(exporting->store, round->id, draw.no, on_drawn, exporting, err);
    buf_append_z(exporting->out,
                 "order_no,called_at,caller,disposition,resolved,satisfaction,reason,comment\n");
    for (size_t i = 0; i < exporting->drawn_count && rc == OK; i++)
        rc = put_order(exporting, &exporting->drawn[i], err);
    return rc == OK ? buf_status(exporting->out, err) : rc;
}

int outcomes_export(const struct datadir *datadir, const struct round_row *round, struct buf *out,
                    int64_t *out_rows, struct err *err)
{
    struct vault_sealer *sealer = NULL;
    struct exporting exporting = {.store = datadir->store, .out = out};
    arena_init(&exporting.arena, NUMBERS_MAX_BYTES);
    buf_init(&exporting.plain, TEXTS_MAX_BYTES);
    buf_init(&exporting.cell, TEXTS_MAX_BYTES);
    int rc = vault_sealer_new(datadir->vault, OUTCOMES_SEAL, &sealer, err);
    if (rc == OK) {
        exporting.door = vault_sealer_door(sealer);
        rc = write_all(&exporting, round, err);
    }
    if (rc == OK)
        *out_rows = exporting.rows;
    vault_sealer_free(sealer);
    zone_free(exporting.zone);
    mem_free(exporting.drawn);
    buf_wipe(&exporting.plain);
    buf_wipe(&exporting.cell);
    arena_deinit(&exporting.arena);
    return rc;
}
