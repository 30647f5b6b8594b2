#include "service/followup/draw.h"

#include "base/alloc.h"

#include "reports/csv.h"

#include "service/followup/cases.h"
#include "service/followup/published.h"

/* ---- the overview ---- */

static int count_draw(void *context, const struct draw_row *row, struct err *err)
{
    int64_t *count = context;
    (void)row;
    (void)err;
    (*count)++;
    return OK;
}

static int show_units(const struct drawing *drawing, struct arena *arena,
                      struct draw_overview *overview, struct err *err)
{
    overview->units =
        arena_alloc(arena, size_multiply(drawing->unit_count, sizeof *overview->units));
    for (size_t i = 0; i < drawing->unit_count && overview->units != NULL; i++) {
        const struct drawing_unit *unit = &drawing->units[i];
        struct draw_overview_unit *shown = &overview->units[overview->unit_count++];
        *shown = (struct draw_overview_unit){arena_copy(arena, unit->code), unit->frame,
                                             unit->sample, unit->reserve, unit->released};
        overview->frame += unit->frame;
        overview->sample += unit->sample;
        overview->reserve += unit->reserve;
        overview->released += unit->released;
        if (shown->code.ptr == NULL)
            overview->units = NULL;
    }
    return overview->units != NULL ? OK : err_set(err, ERR_NOMEM, "could not show a draw");
}

int draw_overview_load(const struct datadir *datadir, const struct round_row *round,
                       struct arena *arena, struct draw_overview *out, struct err *err)
{
    struct drawing drawing = {.datadir = NULL};
    struct draw_overview overview = {.no = 0};
    int rc = drawing_load(datadir, round, &drawing, err);
    if (rc != OK)
        return rc;
    overview.no = drawing.no;
    overview.kind = bytes_from_z(draw_kind_word(drawing.kind));
    digest_hex(drawing.public_sha256, overview.public_sha256);
    rc = draws_each(datadir->store, round->id, count_draw, &overview.count, err);
    if (rc == OK)
        rc = drawing_load_entries(&drawing, err);
    if (rc == OK)
        rc = cases_count_drawn(&drawing, true, &overview.cases, err);
    if (rc == OK)
        rc = show_units(&drawing, arena, &overview, err);
    drawing_deinit(&drawing);
    if (rc == OK)
        *out = overview;
    return rc;
}

/* ---- CSV ---- */

static void append_row(struct buf *out, struct bytes unit_code, int64_t position,
                       struct bytes order_no, const unsigned char *ticket, const char *part)
{
    char hex[DIGEST_HEX_BYTES] = "";
    if (ticket != NULL)
        digest_hex(ticket, hex);
    csv_cell(out, unit_code);
    buf_printf(out, ",%jd,", (intmax_t)position);
    csv_cell(out, order_no);
    buf_printf(out, ",%s,%s\n", hex, part);
}

struct listing {
    const struct drawing *drawing;
    struct buf *out;
    size_t next;            /* entry that is not yet printed */
    int64_t unit, position; /* of the last order printed */
};

/* The drawn orders up to that unit, which come before the rest of it. */
static void append_drawn(struct listing *listing, int64_t unit)
{
    const struct drawing *drawing = listing->drawing;
    for (; listing->next < drawing->entry_count; listing->next++) {
        const struct drawn_entry *entry = &drawing->entries[listing->next];
        const struct drawing_unit *drawn_unit = &drawing->units[entry->unit];
        bool is_released = entry->position <= drawn_unit->released;
        if (entry->unit > unit)
            return;
        append_row(listing->out, drawn_unit->code, entry->position, entry->order_no,
                   drawing->kind == DRAW_ADOPTED ? NULL : entry->ticket,
                   selection_part_word(is_released ? PART_SAMPLE : PART_RESERVE));
    }
}

static int append_all_by_ticket(struct listing *listing, struct err *err)
{
    const struct drawing *drawing = listing->drawing;
    struct selection *selection = NULL;
    int rc = drawing_select(drawing, true, &selection, err);
    for (size_t i = 0; i < drawing->unit_count && rc == OK; i++) {
        const struct drawing_unit *unit = &drawing->units[i];
        size_t first = (size_t)(unit->sample + unit->reserve);
        append_drawn(listing, (int64_t)i);
        for (size_t k = first; k < selection_count(selection, i); k++) {
            struct selected selected = selection_at(selection, i, k);
            append_row(listing->out, unit->code, selected.position, selected.order_no,
                       selected.ticket, selection_part_word(PART_REST));
        }
    }
    selection_free(selection);
    return rc;
}

/* The rest of an adopted sample has no order but the listing's: it is counted on from the last position. */
static int append_rest(void *context, const struct commitment *commitment, struct err *err)
{
    struct listing *listing = context;
    const struct drawing_unit *unit = &listing->drawing->units[commitment->entry->unit];
    (void)err;
    if (commitment->part != PART_REST)
        return OK;
    if (listing->unit != commitment->entry->unit) {
        listing->unit = commitment->entry->unit;
        listing->position = unit->sample;
        append_drawn(listing, listing->unit);
    }
    append_row(listing->out, unit->code, ++listing->position, commitment->entry->order_no, NULL,
               selection_part_word(PART_REST));
    return OK;
}

int draw_csv_render(const struct datadir *datadir, const struct round_row *round, bool all,
                    struct buf *out, struct err *err)
{
    struct drawing drawing = {.datadir = NULL};
    struct listing listing = {.drawing = &drawing, .out = out, .unit = -1};
    int rc = drawing_load(datadir, round, &drawing, err);
    if (rc == OK)
        rc = drawing_load_entries(&drawing, err);
    if (rc == OK) {
        buf_append_z(out, "unit_code,position,order_no,ticket,part\n");
        if (all && drawing.kind != DRAW_ADOPTED)
            rc = append_all_by_ticket(&listing, err);
        else if (all)
            rc = commitments_each(&drawing, append_rest, &listing, err);
    }
    if (rc == OK) {
        append_drawn(&listing, (int64_t)drawing.unit_count);
        rc = buf_status(out, err);
    }
    drawing_deinit(&drawing);
    return rc;
}
