#include "service/followup/draw.h"

#include "service/followup/published.h"

#include <stdio.h>

enum { STEP_MAX_BYTES = 8192 };

static int record(const struct drawing *drawing, struct bytes what, struct bytes why,
                  const struct actor *actor, struct err *err)
{
    struct buf text;
    buf_init(&text, STEP_MAX_BYTES);
    buf_printf(&text, BYTES_FMT ": " BYTES_FMT, BYTES_ARG(what), BYTES_ARG(why));
    int rc = buf_status(&text, err);
    if (rc == OK)
        rc = round_step_put(drawing->datadir->store, drawing->round.id, BYTES_LIT("open"),
                            actor->now_utc, actor->who, buf_bytes(&text), err);
    buf_deinit(&text);
    return rc;
}

struct opening {
    const struct drawing *drawing;
    struct bytes order_no;
    struct arena *arena;
    struct opened_entry opened; /* line 0: not met yet */
};

static int find_entry(void *context, const struct commitment *commitment, struct err *err)
{
    struct opening *opening = context;
    const struct frame_entry *entry = commitment->entry;
    struct opened_entry *opened = &opening->opened;
    if (opened->line != 0 || !bytes_equal(entry->order_no, opening->order_no))
        return OK;
    opened->draw_no = opening->drawing->no;
    opened->unit_code = arena_copy(opening->arena, opening->drawing->units[entry->unit].code);
    opened->order_no = arena_copy(opening->arena, entry->order_no);
    if (opened->unit_code.ptr == NULL || opened->order_no.ptr == NULL)
        return err_set(err, ERR_NOMEM, "could not keep an opened entry");
    for (size_t i = 0; i < SALT_BYTES; i++)
        (void)snprintf(opened->salt + 2 * i, 3, "%02x", commitment->salt[i]);
    if (opening->drawing->kind != DRAW_ADOPTED)
        digest_hex(commitment->ticket, opened->ticket);
    opened->part = selection_part_word(commitment->part);
    digest_hex(commitment->digest, opened->commitment);
    opened->line = commitment->line;
    return OK;
}

int draw_open_entry(const struct datadir *datadir, const struct round_row *round,
                    struct bytes order_no, struct bytes why, const struct actor *actor,
                    struct arena *arena, struct opened_entry *out, struct err *err)
{
    struct drawing drawing = {.datadir = NULL};
    struct opening opening = {&drawing, order_no, arena, {.line = 0}};
    int rc = drawing_load(datadir, round, &drawing, err);
    if (rc == OK)
        rc = drawing_load_entries(&drawing, err);
    if (rc == OK)
        rc = commitments_each(&drawing, find_entry, &opening, err);
    if (rc == OK && opening.opened.line == 0)
        rc = err_set(err, ERR_NOT_FOUND, "order \"" BYTES_FMT "\" is not in the frame",
                     BYTES_ARG(order_no));
    if (rc == OK)
        rc = record(&drawing, order_no, why, actor, err);
    drawing_deinit(&drawing);
    if (rc == OK)
        *out = opening.opened;
    return rc;
}

int draw_open_seed(const struct datadir *datadir, const struct round_row *round, struct bytes why,
                   const struct actor *actor, struct buf *out, struct err *err)
{
    struct drawing drawing = {.datadir = NULL};
    int rc = drawing_load(datadir, round, &drawing, err);
    if (rc == OK && drawing.kind == DRAW_ADOPTED)
        rc = err_set(err, ERR_NOT_FOUND, "an adopted sample has no seed");
    if (rc == OK)
        rc = record(&drawing, BYTES_LIT("seed"), why, actor, err);
    if (rc == OK)
        rc =
            draw_put_seed_opened(datadir->store, drawing.round.id, drawing.no, actor->now_utc, err);
    if (rc == OK)
        rc = drawing_seed(&drawing, out, err);
    drawing_deinit(&drawing);
    return rc;
}
