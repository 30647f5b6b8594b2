#include "service/api/case_reader.h"

#include "base/alloc.h"

#include "service/intake/mask.h"
#include "service/storage/draws.h"
#include "service/storage/sealed.h"

#include <uv.h>

enum { PLAIN_MAX_BYTES = 80 * 1024 * 1024, UNIT_NAMES_MAX_BYTES = 1024 * 1024, UNITS_MAX = 1024 };

/* Of one draw. They are frozen with its round. */
struct unit_names {
    struct unit_names *next;
    struct arena arena;
    int64_t round_id, draw_no;
    struct bytes codes[UNITS_MAX], names[UNITS_MAX]; /* by unit */
};

struct case_readers {
    const struct datadir *datadir;
    uv_mutex_t mutex;
    struct case_reader *free;
};

/* ---- one ---- */

static void reader_free(struct case_reader *reader)
{
    while (reader->units != NULL) {
        struct unit_names *units = reader->units;
        reader->units = units->next;
        arena_deinit(&units->arena);
        mem_free(units);
    }
    case_parts_deinit(&reader->parts);
    casework_free(reader->work);
    vault_sealer_free(reader->orders);
    vault_sealer_free(reader->numbers);
    vault_sealer_free(reader->answers);
    vault_sealer_free(reader->notes);
    vault_sealer_free(reader->rechecks);
    vault_sealer_free(reader->bans);
    vault_sealer_free(reader->calls);
    buf_wipe(&reader->plain);
    buf_deinit(&reader->masked);
    buf_deinit(&reader->practice);
    mem_free(reader);
}

static int reader_new(const struct datadir *datadir, struct case_reader **out, struct err *err)
{
    struct case_reader *reader = mem_calloc(1, sizeof *reader);
    if (reader == NULL)
        return err_set(err, ERR_NOMEM, "no memory for a reader of cases");
    const struct {
        enum sealed_table table;
        struct vault_sealer **sealer;
    } wanted[] = {
        {SEALED_ORDERS, &reader->orders},      {SEALED_CASE_NUMBERS, &reader->numbers},
        {SEALED_ANSWERS, &reader->answers},    {SEALED_DIALS, &reader->notes},
        {SEALED_RECHECKS, &reader->rechecks},  {SEALED_DO_NOT_CALL, &reader->bans},
        {SEALED_CALL_RECORDS, &reader->calls},
    };
    buf_init(&reader->plain, PLAIN_MAX_BYTES);
    buf_init(&reader->masked, PLAIN_MAX_BYTES);
    int rc = casework_new(datadir, NULL, &reader->work, err);
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted && rc == OK; i++)
        rc = vault_sealer_new(datadir->vault, sealed_purpose(wanted[i].table), wanted[i].sealer,
                              err);
    if (rc != OK) {
        reader_free(reader);
        return rc;
    }
    *out = reader;
    return OK;
}

/* ---- the pool ---- */

int case_readers_new(const struct datadir *datadir, struct case_readers **out, struct err *err)
{
    struct case_readers *readers = mem_calloc(1, sizeof *readers);
    if (readers == NULL || uv_mutex_init(&readers->mutex) != 0) {
        mem_free(readers);
        return err_set(err, ERR_NOMEM, "no memory for readers of cases");
    }
    readers->datadir = datadir;
    *out = readers;
    return OK;
}

void case_readers_free(struct case_readers *readers)
{
    if (readers == NULL)
        return;
    while (readers->free != NULL) {
        struct case_reader *reader = readers->free;
        readers->free = reader->next;
        reader_free(reader);
    }
    uv_mutex_destroy(&readers->mutex);
    mem_free(readers);
}

int case_readers_take(struct case_readers *readers, struct case_reader **out, struct err *err)
{
    uv_mutex_lock(&readers->mutex);
    struct case_reader *reader = readers->free;
    if (reader != NULL)
        readers->free = reader->next;
    uv_mutex_unlock(&readers->mutex);
    if (reader == NULL)
        return reader_new(readers->datadir, out, err);
    *out = reader;
    return OK;
}

void case_readers_give(struct case_readers *readers, struct case_reader *reader)
{
    if (reader == NULL)
        return;
    uv_mutex_lock(&readers->mutex);
    reader->next = readers->free;
    readers->free = reader;
    uv_mutex_unlock(&readers->mutex);
}

/* ---- reading ---- */

int case_reader_open(struct case_reader *reader, struct vault_sealer *sealer, int64_t row_id,
                     struct bytes sealed, struct bytes *out, struct err *err)
{
    struct sealer door = vault_sealer_door(sealer);
    buf_clear(&reader->plain);
    int rc = door.open(door.context, row_id, sealed, &reader->plain, err);
    if (rc == OK)
        rc = buf_status(&reader->plain, err);
    if (rc == OK)
        *out = buf_bytes(&reader->plain);
    return rc;
}

int case_reader_open_masked(struct case_reader *reader, struct vault_sealer *sealer, int64_t row_id,
                            struct bytes sealed, struct bytes *out, struct err *err)
{
    struct bytes plain;
    if (sealed.len == 0) {
        *out = BYTES_NONE;
        return OK;
    }
    int rc = case_reader_open(reader, sealer, row_id, sealed, &plain, err);
    if (rc != OK)
        return rc;
    buf_clear(&reader->masked);
    mask_numbers(plain, &reader->masked);
    rc = buf_status(&reader->masked, err);
    if (rc == OK)
        *out = buf_bytes(&reader->masked);
    return rc;
}

static int on_draw_unit(void *context, const struct draw_unit_row *row, struct err *err)
{
    struct unit_names *units = context;
    if (row->unit < 0 || row->unit >= UNITS_MAX)
        return err_set(err, ERR_LIMIT, "unit %jd of a draw is beyond %d", (intmax_t)row->unit,
                       (int)UNITS_MAX);
    struct bytes code = arena_copy(&units->arena, row->code);
    if (code.ptr == NULL)
        return err_set(err, ERR_NOMEM, "no memory for the units of a draw");
    units->codes[row->unit] = units->names[row->unit] = code;
    return OK;
}

static int on_round_unit(void *context, const struct round_unit_row *row, struct err *err)
{
    struct unit_names *units = context;
    for (size_t i = 0; i < UNITS_MAX; i++) {
        if (units->codes[i].ptr == NULL || !bytes_equal(units->codes[i], row->code))
            continue;
        units->names[i] = arena_copy(&units->arena, row->name);
        if (units->names[i].ptr == NULL)
            return err_set(err, ERR_NOMEM, "no memory for the units of a draw");
    }
    return OK;
}

/* NULL: `err` says why. */
static struct unit_names *load_units(struct case_reader *reader, struct store *store,
                                     int64_t round_id, int64_t draw_no, struct err *err)
{
    struct unit_names *units = mem_calloc(1, sizeof *units);
    if (units == NULL) {
        (void)err_set(err, ERR_NOMEM, "no memory for the units of a draw");
        return NULL;
    }
    arena_init(&units->arena, UNIT_NAMES_MAX_BYTES);
    units->round_id = round_id;
    units->draw_no = draw_no;
    int rc = draw_units_each(store, round_id, draw_no, on_draw_unit, units, err);
    if (rc == OK)
        rc = round_units_each(store, round_id, on_round_unit, units, err);
    if (rc != OK) {
        arena_deinit(&units->arena);
        mem_free(units);
        return NULL;
    }
    units->next = reader->units;
    reader->units = units;
    return units;
}

int case_reader_unit(struct case_reader *reader, struct store *store, int64_t round_id,
                     int64_t draw_no, int64_t unit, struct bytes *out, struct err *err)
{
    if (unit < 0 || unit >= UNITS_MAX)
        return err_set(err, ERR_CORRUPT, "a drawn order has unit %jd", (intmax_t)unit);
    struct unit_names *units = reader->units;
    while (units != NULL && (units->round_id != round_id || units->draw_no != draw_no))
        units = units->next;
    if (units == NULL)
        units = load_units(reader, store, round_id, draw_no, err);
    if (units == NULL)
        return err->code;
    *out = units->names[unit];
    return OK;
}
