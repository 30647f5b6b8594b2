#include "service/followup/drawing.h"

#include "base/alloc.h"

#include "service/auth/vault.h"

#include <string.h>

enum {
    DRAWING_MAX_BYTES = 2047 * 1024 * 1024, /* about 150 an order of sample and reserve */
    SECRET_MAX_BYTES = 256,
    TWO_THREADS_MIN_ENTRIES = 20000, /* below it a second connection costs more than it saves */
};

static const char salts_purpose[] = "draw salts";

/* ---- the frame ---- */

static bool keep(struct arena *arena, struct bytes *text)
{
    *text = arena_copy(arena, *text);
    return text->ptr != NULL;
}

static int load_frame(struct drawing *drawing, struct err *err)
{
    struct frame_row *frame = &drawing->frame;
    int rc = frame_get_last(drawing->datadir->store, drawing->round.id, frame, err);
    if (rc == OK && (!keep(&drawing->arena, &frame->listing_sha256) ||
                     !keep(&drawing->arena, &frame->rules_sha256) ||
                     !keep(&drawing->arena, &frame->secret_sha256) ||
                     !keep(&drawing->arena, &frame->sealed_secret)))
        rc = err_set(err, ERR_NOMEM, "could not keep the frame of a round");
    return rc;
}

static int count_unit(void *context, const struct frame_unit_row *row, struct err *err)
{
    struct drawing *drawing = context;
    (void)row;
    (void)err;
    drawing->unit_count++;
    return OK;
}

static int add_unit(void *context, const struct frame_unit_row *row, struct err *err)
{
    struct drawing *drawing = context;
    struct drawing_unit *unit = &drawing->units[drawing->unit_count++];
    *unit = (struct drawing_unit){.code = row->code, .frame = row->entries};
    if (row->unit != unit - drawing->units)
        return err_set(err, ERR_CORRUPT, "the units of a frame are not numbered from 0");
    return keep(&drawing->arena, &unit->code) ? OK
                                              : err_set(err, ERR_NOMEM, "could not keep a unit");
}

static int load_units(struct drawing *drawing, struct err *err)
{
    struct store *store = drawing->datadir->store;
    int rc = frame_units_each(store, drawing->round.id, count_unit, drawing, err);
    if (rc != OK)
        return rc;
    drawing->units =
        arena_alloc(&drawing->arena, size_multiply(drawing->unit_count, sizeof *drawing->units));
    drawing->unit_count = 0;
    if (drawing->units == NULL)
        return err_set(err, ERR_NOMEM, "could not list the units of a frame");
    return frame_units_each(store, drawing->round.id, add_unit, drawing, err);
}

int drawing_begin(const struct datadir *datadir, const struct round_row *round, struct drawing *out,
                  struct err *err)
{
    struct drawing drawing = {.datadir = datadir};
    if (!round_is_frozen(round))
        return err_set(err, ERR_WRONG_STATE, "round \"" BYTES_FMT "\" is not frozen",
                       BYTES_ARG(round->name));
    arena_init(&drawing.arena, DRAWING_MAX_BYTES);
    int rc = round_keep(round, &drawing.arena, &drawing.round, err);
    if (rc == OK)
        rc = load_frame(&drawing, err);
    if (rc == OK)
        rc = load_units(&drawing, err);
    if (rc == OK)
        rc = evidence_door_new(&drawing.door, err);
    if (rc != OK) {
        drawing_deinit(&drawing);
        return rc;
    }
    drawing.threads = drawing.frame.entries < TWO_THREADS_MIN_ENTRIES ? 1 : 2;
    *out = drawing;
    return OK;
}

void drawing_deinit(struct drawing *drawing)
{
    evidence_door_free(drawing->door);
    arena_deinit(&drawing->arena);
    explicit_bzero(drawing->salt_key, sizeof drawing->salt_key);
    *drawing = (struct drawing){0};
}

/* ---- what is sealed ---- */

static int open_sealed(const struct drawing *drawing, const char *purpose, int64_t no,
                       struct bytes sealed, struct buf *out, struct err *err)
{
    struct vault_sealer *sealer = NULL;
    int rc = vault_sealer_new(drawing->datadir->vault, purpose, &sealer, err);
    if (rc != OK)
        return rc;
    struct sealer door = vault_sealer_door(sealer);
    rc = door.open(door.context, frame_seal_row(drawing->round.id, no), sealed, out, err);
    vault_sealer_free(sealer);
    return rc;
}

static int open_key(struct drawing *drawing, struct bytes sealed, struct err *err)
{
    struct buf key;
    buf_init(&key, SECRET_MAX_BYTES);
    int rc = open_sealed(drawing, salts_purpose, drawing->no, sealed, &key, err);
    if (rc == OK && key.len != SALT_KEY_BYTES)
        rc = err_set(err, ERR_CORRUPT, "the salts' key of a draw has %zu bytes", key.len);
    if (rc == OK)
        memcpy(drawing->salt_key, key.ptr, SALT_KEY_BYTES);
    buf_wipe(&key);
    return rc;
}

int drawing_seal_key(const struct drawing *drawing, struct buf *out, struct err *err)
{
    struct vault_sealer *sealer = NULL;
    struct bytes key = {(const char *)drawing->salt_key, SALT_KEY_BYTES};
    int rc = vault_sealer_new(drawing->datadir->vault, salts_purpose, &sealer, err);
    if (rc != OK)
        return rc;
    struct sealer door = vault_sealer_door(sealer);
    rc = door.seal(door.context, frame_seal_row(drawing->round.id, drawing->no), key, out, err);
    vault_sealer_free(sealer);
    return rc;
}

int drawing_secret(const struct drawing *drawing, struct buf *out, struct err *err)
{
    return open_sealed(drawing, FRAME_SECRET_PURPOSE, drawing->frame.no,
                       drawing->frame.sealed_secret, out, err);
}

int drawing_seed(const struct drawing *drawing, struct buf *out, struct err *err)
{
    int rc = OK;
    /* At once, so that no part of it stays behind in memory that was outgrown. */
    (void)buf_reserve(out, drawing->round.name.len + drawing->frame.sealed_secret.len +
                               drawing->seed.len + 2);
    if (drawing->kind == DRAW_BY_SEED) {
        buf_append(out, drawing->round.name);
        buf_append_byte(out, '|');
        rc = drawing_secret(drawing, out, err);
        buf_append_byte(out, '|');
    }
    buf_append(out, drawing->seed);
    return rc == OK ? buf_status(out, err) : rc;
}

/* ---- a stored draw ---- */

static const char *const kinds[] = {
    [DRAW_BY_SEED] = "seed", [DRAW_BY_EXACT_SEED] = "exact", [DRAW_ADOPTED] = "adopted"};

const char *draw_kind_word(enum draw_kind kind)
{
    return kinds[kind];
}

static bool kind_of(struct bytes word, enum draw_kind *out)
{
    for (enum draw_kind kind = DRAW_BY_SEED; kind <= DRAW_ADOPTED; kind++) {
        if (bytes_equal(word, bytes_from_z(kinds[kind]))) {
            *out = kind;
            return true;
        }
    }
    return false;
}

static int take_unit(void *context, const struct draw_unit_row *row, struct err *err)
{
    struct drawing *drawing = context;
    struct drawing_unit *unit = row->unit >= 0 && (size_t)row->unit < drawing->unit_count
                                    ? &drawing->units[row->unit]
                                    : NULL;
    if (unit == NULL || !bytes_equal(unit->code, row->code) || unit->frame != row->frame)
        return err_set(err, ERR_CORRUPT,
                       "unit \"" BYTES_FMT "\" of the draw is not that of the frame",
                       BYTES_ARG(row->code));
    unit->sample = row->sample;
    unit->reserve = row->reserve;
    unit->released = row->released;
    drawing->entry_count += (size_t)(row->sample + row->reserve);
    return OK;
}

static int take_draw(struct drawing *drawing, const struct draw_row *row, struct bytes *out_sealed,
                     struct err *err)
{
    drawing->no = row->no;
    drawing->wanted = row->wanted;
    drawing->drawn_utc = row->drawn_utc;
    drawing->seed = row->seed;
    *out_sealed = row->sealed_salt_key;
    if (!kind_of(row->kind, &drawing->kind) || row->public_sha256.len != DIGEST_BYTES ||
        row->frame_no != drawing->frame.no)
        return err_set(err, ERR_CORRUPT, "draw %jd of the round makes no sense", (intmax_t)row->no);
    memcpy(drawing->public_sha256, row->public_sha256.ptr, DIGEST_BYTES);
    if (!keep(&drawing->arena, &drawing->seed) || !keep(&drawing->arena, out_sealed))
        return err_set(err, ERR_NOMEM, "could not keep a draw");
    return OK;
}

int drawing_load(const struct datadir *datadir, const struct round_row *round, struct drawing *out,
                 struct err *err)
{
    struct drawing drawing = {0};
    struct draw_row row;
    struct bytes sealed = BYTES_NONE;
    int rc = draw_get_current(datadir->store, round->id, &row, err);
    if (rc == OK)
        rc = drawing_begin(datadir, round, &drawing, err);
    if (rc == OK)
        rc = draw_get_current(datadir->store, round->id, &row, err);
    if (rc == OK)
        rc = take_draw(&drawing, &row, &sealed, err);
    if (rc == OK)
        rc = draw_units_each(datadir->store, round->id, drawing.no, take_unit, &drawing, err);
    if (rc == OK)
        rc = open_key(&drawing, sealed, err);
    if (rc == OK)
        *out = drawing;
    else
        drawing_deinit(&drawing);
    explicit_bzero(drawing.salt_key, sizeof drawing.salt_key);
    return rc;
}

struct loading {
    struct drawing *drawing;
    size_t count;
};

static int take_entry(void *context, const struct drawn_row *row, struct err *err)
{
    struct loading *loading = context;
    struct drawing *drawing = loading->drawing;
    if (loading->count == drawing->entry_count || row->unit < 0 ||
        (size_t)row->unit >= drawing->unit_count)
        return err_set(err, ERR_CORRUPT, "order \"" BYTES_FMT "\" belongs to no unit of the draw",
                       BYTES_ARG(row->order_no));
    struct drawn_entry *entry = &drawing->entries[loading->count++];
    *entry = (struct drawn_entry){.unit = row->unit,
                                  .position = row->position,
                                  .order_no = arena_copy(&drawing->arena, row->order_no),
                                  .handling_id = row->handling_id,
                                  .case_no = row->case_no};
    if (entry->order_no.ptr == NULL)
        return err_set(err, ERR_NOMEM, "could not keep a drawn order");
    if (row->ticket.len != (drawing->kind == DRAW_ADOPTED ? 0 : DIGEST_BYTES))
        return err_set(err, ERR_CORRUPT, "order \"" BYTES_FMT "\" has a ticket of %zu bytes",
                       BYTES_ARG(row->order_no), row->ticket.len);
    memcpy(entry->ticket, row->ticket.ptr != NULL ? row->ticket.ptr : "", row->ticket.len);
    return OK;
}

int drawing_load_entries(struct drawing *drawing, struct err *err)
{
    struct loading loading = {drawing, 0};
    drawing->entries =
        arena_alloc(&drawing->arena, size_multiply(drawing->entry_count, sizeof *drawing->entries));
    if (drawing->entries == NULL)
        return err_set(err, ERR_NOMEM, "could not keep %zu drawn orders", drawing->entry_count);
    int rc = drawn_each(drawing->datadir->store, drawing->round.id, drawing->no, take_entry,
                        &loading, err);
    if (rc == OK && loading.count != drawing->entry_count)
        rc = err_set(err, ERR_CORRUPT, "%zu of %zu drawn orders are there", loading.count,
                     drawing->entry_count);
    return rc;
}

enum selection_part drawing_part(const struct drawing *drawing, const struct drawn_entry *entry)
{
    return entry->position <= drawing->units[entry->unit].sample ? PART_SAMPLE : PART_RESERVE;
}
