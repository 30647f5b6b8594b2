#include "service/followup/published.h"

#include "base/alloc.h"

#include <stdlib.h>
#include <string.h>

/* The frame comes by unit and order number; the drawn orders are sorted likewise, and both are walked side by side. */
struct walk {
    const struct drawing *drawing;
    const struct drawn_entry **drawn; /* sorted */
    size_t at;
    struct salts *salts;
    struct digest_door door;
    struct commitment commitment;
    commitment_cb on_commitment;
    void *context;
};

static int compare_place(int64_t unit, struct bytes order_no, int64_t other_unit,
                         struct bytes other_no)
{
    if (unit != other_unit)
        return unit < other_unit ? -1 : 1;
    return bytes_compare(order_no, other_no);
}

static int compare_drawn(const void *a, const void *b)
{
    const struct drawn_entry *const *one = a;
    const struct drawn_entry *const *other = b;
    return compare_place((*one)->unit, (*one)->order_no, (*other)->unit, (*other)->order_no);
}

static int refuse_stranger(const struct drawn_entry *entry, struct err *err)
{
    return err_set(err, ERR_CORRUPT, "drawn order \"" BYTES_FMT "\" is not in the frame",
                   BYTES_ARG(entry->order_no));
}

static int find_part(struct walk *walk, const struct frame_entry *entry, enum selection_part *out,
                     struct err *err)
{
    *out = PART_REST;
    if (walk->at == walk->drawing->entry_count)
        return OK;
    const struct drawn_entry *next = walk->drawn[walk->at];
    int order = compare_place(next->unit, next->order_no, entry->unit, entry->order_no);
    if (order < 0)
        return refuse_stranger(next, err);
    if (order == 0) {
        *out = drawing_part(walk->drawing, next);
        walk->at++;
    }
    return OK;
}

static int on_entry(void *context, const struct frame_entry *entry, struct err *err)
{
    struct walk *walk = context;
    struct commitment *commitment = &walk->commitment;
    bool has_ticket = walk->drawing->kind != DRAW_ADOPTED;
    commitment->line++;
    commitment->entry = entry;
    int rc = find_part(walk, entry, &commitment->part, err);
    if (rc == OK)
        rc = salt_of(walk->salts, entry->order_no, commitment->salt, err);
    if (rc == OK && has_ticket)
        rc = ticket_compute(&walk->door, entry->order_no, commitment->ticket, err);
    if (rc == OK)
        rc = commitment_compute(&walk->door, commitment->salt, entry->order_no,
                                has_ticket ? commitment->ticket : NULL, commitment->part,
                                commitment->digest, err);
    return rc == OK ? walk->on_commitment(walk->context, commitment, err) : rc;
}

static int begin(struct walk *walk, struct err *err)
{
    const struct drawing *drawing = walk->drawing;
    struct buf seed;
    buf_init(&seed, DRAW_SEED_MAX_BYTES);
    walk->door = evidence_door(drawing->door);
    int rc = salts_new(drawing->salt_key, &walk->salts, err);
    if (rc == OK && drawing->kind != DRAW_ADOPTED)
        rc = drawing_seed(drawing, &seed, err);
    if (rc == OK && drawing->kind != DRAW_ADOPTED)
        rc = tickets_begin(&walk->door, buf_bytes(&seed), err);
    buf_wipe(&seed);
    if (rc != OK)
        return rc;
    walk->drawn = mem_calloc(drawing->entry_count, sizeof(struct drawn_entry *));
    if (walk->drawn == NULL)
        return err_set(err, ERR_NOMEM, "could not sort %zu drawn orders", drawing->entry_count);
    for (size_t i = 0; i < drawing->entry_count; i++)
        walk->drawn[i] = &drawing->entries[i];
    qsort(walk->drawn, drawing->entry_count, sizeof(struct drawn_entry *), compare_drawn);
    return OK;
}

int commitments_each(const struct drawing *drawing, commitment_cb on_commitment, void *context,
                     struct err *err)
{
    struct walk walk = {.drawing = drawing, .on_commitment = on_commitment, .context = context};
    int rc = begin(&walk, err);
    if (rc == OK)
        rc = frame_entries_each(drawing->datadir->store, drawing->round.id, on_entry, &walk, err);
    if (rc == OK && walk.at < drawing->entry_count)
        rc = refuse_stranger(walk.drawn[walk.at], err);
    mem_free(walk.drawn);
    salts_free(walk.salts);
    return rc;
}
