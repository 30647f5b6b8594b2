#include "service/followup/drawing.h"

#include "base/alloc.h"

#include <pthread.h>
#include <string.h>

/* A part of the frame, read from one of its ends into a draw of its own: the result does not depend on the order of
 * feeding. Of N entries the front reads the first `count`, and the back the others and one more, which it does not
 * take: it must be the front's last. So both together have read each entry once, whatever the table holds. */
struct part {
    const struct drawing *drawing;
    struct store *store;
    enum frame_end end;
    int64_t count; /* to be read */
    int64_t read;
    int64_t last_unit; /* of the last one read */
    size_t last_len;   /* 0: there were fewer */
    char last_no[FRAME_TEXT_MAX_BYTES];
    struct selection *selection;
    int rc;
    struct err err;
};

/* ---- one part ---- */

static int refuse_entry(const struct frame_entry *entry, struct err *err)
{
    return err_set(err, ERR_CORRUPT, "order \"" BYTES_FMT "\" belongs to no unit of the frame",
                   BYTES_ARG(entry->order_no));
}

static void note_last(struct part *part, const struct frame_entry *entry)
{
    if (entry->order_no.len > sizeof part->last_no)
        return;
    part->last_unit = entry->unit;
    part->last_len = entry->order_no.len;
    memcpy(part->last_no, entry->order_no.ptr, entry->order_no.len);
}

static int on_entry(void *context, const struct frame_entry *entry, struct err *err)
{
    struct part *part = context;
    size_t unit = (size_t)entry->unit;
    if (unit >= part->drawing->unit_count)
        return refuse_entry(entry, err);
    part->read++;
    if (part->read == part->count) {
        note_last(part, entry);
        if (part->end == FRAME_BACK)
            return OK;
    }
    return selection_feed(part->selection, unit, entry->order_no, entry->handling_id, err);
}

static void *read_part(void *context)
{
    struct part *part = context;
    part->rc = frame_entries_each_from(part->store, part->drawing->round.id, part->end, part->count,
                                       on_entry, part, &part->err);
    return NULL;
}

/* ---- two parts side by side ---- */

/* A second connection sees what is committed. ERR_NOT_FOUND: another frame than the first one sees, or none. */
static int open_second(const struct drawing *drawing, struct store **out, struct err *err)
{
    struct round_row round;
    struct frame_row frame;
    bool is_frozen = false;
    int rc = datadir_open_store(drawing->datadir, STORE_READONLY, out, err);
    if (rc == OK)
        rc = store_begin_read(*out, err);
    if (rc == OK)
        rc = round_get(*out, drawing->round.name, &round, err);
    if (rc == OK) {
        is_frozen = round.id == drawing->round.id && round_is_frozen(&round);
        rc = frame_get_last(*out, drawing->round.id, &frame, err);
    }
    if (rc == OK && (!is_frozen || frame.no != drawing->frame.no))
        rc = err_set(err, ERR_NOT_FOUND, "the frame is not committed");
    return rc;
}

static bool parts_meet(const struct part *front, const struct part *back)
{
    return front->last_len > 0 && front->last_unit == back->last_unit &&
           bytes_equal((struct bytes){front->last_no, front->last_len},
                       (struct bytes){back->last_no, back->last_len});
}

static int read_both(struct part *front, struct part *back, struct err *err)
{
    pthread_t thread;
    front->count = front->drawing->frame.entries / 2;
    back->count = front->drawing->frame.entries - front->count + 1;
    if (pthread_create(&thread, NULL, read_part, back) != 0)
        return err_set(err, ERR_NOMEM, "could not start a second reader of the frame");
    (void)read_part(front);
    (void)pthread_join(thread, NULL);
    const struct part *failed = front->rc != OK ? front : back;
    if (failed->rc != OK) {
        *err = failed->err;
        return failed->rc;
    }
    if (!parts_meet(front, back))
        return err_set(err, ERR_CORRUPT, "the frame has not the %jd entries that were frozen",
                       (intmax_t)front->drawing->frame.entries);
    return selection_merge(front->selection, back->selection, err);
}

/* ---- the whole ---- */

struct recipe {
    struct buf seed;
    struct selection_quota *quotas; /* one a unit */
};

static int recipe_init(const struct drawing *drawing, bool keeps_all, struct recipe *out,
                       struct err *err)
{
    buf_init(&out->seed, DRAW_SEED_MAX_BYTES);
    out->quotas = mem_calloc(drawing->unit_count, sizeof *out->quotas);
    if (out->quotas == NULL)
        return err_set(err, ERR_NOMEM, "could not draw from %zu units", drawing->unit_count);
    for (size_t i = 0; i < drawing->unit_count; i++) {
        const struct drawing_unit *unit = &drawing->units[i];
        out->quotas[i].sample = unit->sample;
        out->quotas[i].reserve = keeps_all ? unit->frame - unit->sample : unit->reserve;
    }
    return drawing_seed(drawing, &out->seed, err);
}

static void recipe_deinit(struct recipe *recipe)
{
    buf_wipe(&recipe->seed);
    mem_free(recipe->quotas);
}

static int begin_part(struct part *part, const struct recipe *recipe, struct evidence_door *door,
                      struct err *err)
{
    struct digest_door digests = evidence_door(door);
    return selection_new(&digests, buf_bytes(&recipe->seed), recipe->quotas,
                         part->drawing->unit_count, &part->selection, err);
}

/* *out_done stays false when the second connection does not see the frame. */
static int select_in_two(const struct recipe *recipe, struct part *front, bool *out_done,
                         struct err *err)
{
    const struct drawing *drawing = front->drawing;
    struct part back = {.drawing = drawing, .end = FRAME_BACK};
    struct evidence_door *door = NULL;
    int rc = open_second(drawing, &back.store, err);
    if (rc == ERR_NOT_FOUND) {
        store_close(back.store);
        return OK;
    }
    if (rc == OK)
        rc = evidence_door_new(&door, err);
    if (rc == OK)
        rc = begin_part(&back, recipe, door, err);
    if (rc == OK)
        rc = read_both(front, &back, err);
    selection_free(back.selection);
    evidence_door_free(door);
    store_close(back.store);
    *out_done = rc == OK;
    return rc;
}

static int select_alone(struct part *whole, struct err *err)
{
    whole->count = INT64_MAX;
    (void)read_part(whole);
    if (whole->rc != OK)
        *err = whole->err;
    return whole->rc;
}

static int check_counts(const struct drawing *drawing, const struct selection *selection,
                        struct err *err)
{
    for (size_t i = 0; i < drawing->unit_count; i++) {
        const struct drawing_unit *unit = &drawing->units[i];
        if (selection_frame(selection, i) != unit->frame)
            return err_set(err, ERR_CORRUPT,
                           "unit \"" BYTES_FMT "\" has %jd entries in the frame, not %jd",
                           BYTES_ARG(unit->code), (intmax_t)selection_frame(selection, i),
                           (intmax_t)unit->frame);
    }
    return OK;
}

int drawing_select(const struct drawing *drawing, bool keeps_all, struct selection **out_selection,
                   struct err *err)
{
    struct part front = {.drawing = drawing, .store = drawing->datadir->store, .end = FRAME_FRONT};
    struct recipe recipe;
    bool is_done = false;
    int rc = recipe_init(drawing, keeps_all, &recipe, err);
    if (rc == OK)
        rc = begin_part(&front, &recipe, drawing->door, err);
    if (rc == OK && drawing->threads > 1 && drawing->frame.entries > 1)
        rc = select_in_two(&recipe, &front, &is_done, err);
    if (rc == OK && !is_done)
        rc = select_alone(&front, err);
    if (rc == OK)
        rc = check_counts(drawing, front.selection, err);
    if (rc == OK)
        rc = selection_finish(front.selection, err);
    recipe_deinit(&recipe);
    if (rc != OK) {
        selection_free(front.selection);
        return rc;
    }
    *out_selection = front.selection;
    return OK;
}
