#include "service/rounds/register.h"

#include "base/alloc.h"

/* One unit while the chain to its ranked ancestor is followed. */
struct register_unit {
    int64_t id, above_id; /* the unit it was merged into, else its parent; 0: none */
    int32_t ranked;       /* index in units, UNIT_NONE for a bureau */
};

struct loading {
    struct arena *arena;
    struct unit_register *registered;
    struct register_unit *all;
    size_t all_count;
    int64_t from_day, to_day;
};

static int no_memory(struct err *err)
{
    return err_set(err, ERR_NOMEM, "could not load the register of units");
}

static int on_name_id(void *context, const struct unit_name_row *row, struct err *err)
{
    (void)err;
    int64_t *end = context;
    if (row->id >= *end)
        *end = row->id + 1;
    return OK;
}

static int make_name_tables(struct store *store, struct arena *arena, struct unit_register *out,
                            struct err *err)
{
    out->name_end = 1;
    int rc = unit_names_each(store, on_name_id, &out->name_end, err);
    if (rc != OK)
        return rc;
    size_t count = (size_t)out->name_end;
    out->ranked_of_name = arena_alloc(arena, size_multiply(count, sizeof *out->ranked_of_name));
    out->unit_of_name = arena_alloc(arena, size_multiply(count, sizeof *out->unit_of_name));
    out->names = arena_alloc(arena, size_multiply(count, sizeof *out->names));
    if (out->ranked_of_name == NULL || out->unit_of_name == NULL || out->names == NULL)
        return no_memory(err);
    for (size_t i = 0; i < count; i++) {
        out->ranked_of_name[i] = UNIT_NONE;
        out->unit_of_name[i] = -(int64_t)i;
    }
    return OK;
}

static bool keep_unit(struct arena *arena, struct ranked_unit *unit)
{
    unit->code = arena_copy(arena, unit->code);
    unit->name = arena_copy(arena, unit->name);
    unit->class_name = arena_copy(arena, unit->class_name);
    return unit->code.ptr != NULL && unit->name.ptr != NULL && unit->class_name.ptr != NULL;
}

static bool is_valid(const struct unit_row *row, int64_t from_day, int64_t to_day)
{
    return (row->valid_from == UNIT_DAY_ALWAYS || row->valid_from <= to_day) &&
           (row->valid_to == UNIT_DAY_ALWAYS || row->valid_to >= from_day);
}

static int on_unit(void *context, const struct unit_row *row, struct err *err)
{
    struct loading *loading = context;
    struct register_unit *entry = &loading->all[loading->all_count++];
    int64_t above_id = row->merged_into != 0 ? row->merged_into : row->parent_id;
    *entry = (struct register_unit){row->id, above_id, UNIT_NONE};
    if (above_id != 0)
        return OK;
    struct unit_register *registered = loading->registered;
    entry->ranked = (int32_t)registered->unit_count;
    struct ranked_unit *unit = &registered->units[registered->unit_count++];
    *unit = (struct ranked_unit){
        .code = row->code,
        .name = row->name,
        .class_name = row->class_name,
        .class_position = row->class_position,
        .is_valid = is_valid(row, loading->from_day, loading->to_day),
    };
    return keep_unit(loading->arena, unit) ? OK : no_memory(err);
}

static int find_unit(const struct loading *loading, int64_t unit_id)
{
    for (size_t i = 0; i < loading->all_count; i++) {
        if (loading->all[i].id == unit_id)
            return (int)i;
    }
    return -1;
}

/* The register has no rings, but a chain is followed no further than there are units. */
static int32_t ranked_ancestor(const struct loading *loading, int64_t unit_id)
{
    for (size_t steps = 0; steps <= loading->all_count; steps++) {
        int at = find_unit(loading, unit_id);
        if (at < 0)
            return UNIT_NONE;
        if (loading->all[at].above_id == 0)
            return loading->all[at].ranked;
        unit_id = loading->all[at].above_id;
    }
    return UNIT_NONE;
}

static int on_name(void *context, const struct unit_name_row *row, struct err *err)
{
    struct loading *loading = context;
    struct unit_register *registered = loading->registered;
    registered->names[row->id] = arena_copy(loading->arena, row->name);
    if (registered->names[row->id].ptr == NULL)
        return no_memory(err);
    if (row->unit_id == 0)
        return OK;
    registered->unit_of_name[row->id] = row->unit_id;
    registered->ranked_of_name[row->id] = ranked_ancestor(loading, row->unit_id);
    return OK;
}

int register_load(struct store *store, int64_t from_day, int64_t to_day, struct arena *arena,
                  struct unit_register *out, struct err *err)
{
    struct unit_register registered = {0};
    struct loading loading = {
        .arena = arena, .registered = &registered, .from_day = from_day, .to_day = to_day};
    int64_t count = 0;
    int rc = units_count(store, &count, err);
    if (rc == OK)
        rc = make_name_tables(store, arena, &registered, err);
    if (rc != OK)
        return rc;
    size_t room = (size_t)count + 1;
    registered.units = arena_alloc(arena, size_multiply(room, sizeof *registered.units));
    loading.all = arena_alloc(arena, size_multiply(room, sizeof *loading.all));
    if (registered.units == NULL || loading.all == NULL)
        return no_memory(err);
    rc = units_each(store, on_unit, &loading, err);
    if (rc == OK)
        rc = unit_names_each(store, on_name, &loading, err);
    if (rc == OK)
        *out = registered;
    return rc;
}

/* ---- frozen ---- */

static int on_frozen_count(void *context, const struct round_unit_row *row, struct err *err)
{
    (void)row;
    (void)err;
    size_t *count = context;
    (*count)++;
    return OK;
}

static int on_frozen_unit(void *context, const struct round_unit_row *row, struct err *err)
{
    struct loading *loading = context;
    struct ranked_unit *unit = &loading->registered->units[loading->registered->unit_count++];
    *unit = (struct ranked_unit){row->code, row->name, row->class_name, row->class_position, true};
    return keep_unit(loading->arena, unit) ? OK : no_memory(err);
}

static int on_frozen_name(void *context, int64_t unit_name_id, struct bytes code, struct err *err)
{
    (void)err;
    struct loading *loading = context;
    struct unit_register *registered = loading->registered;
    for (size_t i = 0; i < registered->unit_count; i++) {
        if (unit_name_id < registered->name_end && bytes_equal(registered->units[i].code, code))
            registered->ranked_of_name[unit_name_id] = (int32_t)i;
    }
    return OK;
}

static int on_written_name(void *context, const struct unit_name_row *row, struct err *err)
{
    struct loading *loading = context;
    loading->registered->names[row->id] = arena_copy(loading->arena, row->name);
    return loading->registered->names[row->id].ptr != NULL ? OK : no_memory(err);
}

int register_load_frozen(struct store *store, int64_t round_id, struct arena *arena,
                         struct unit_register *out, struct err *err)
{
    struct unit_register registered = {0};
    struct loading loading = {.arena = arena, .registered = &registered};
    size_t count = 0;
    int rc = round_units_each(store, round_id, on_frozen_count, &count, err);
    if (rc == OK)
        rc = make_name_tables(store, arena, &registered, err);
    if (rc != OK)
        return rc;
    registered.units = arena_alloc(arena, size_multiply(count + 1, sizeof *registered.units));
    if (registered.units == NULL)
        return no_memory(err);
    rc = round_units_each(store, round_id, on_frozen_unit, &loading, err);
    if (rc == OK)
        rc = round_unit_names_each(store, round_id, on_frozen_name, &loading, err);
    if (rc == OK)
        rc = unit_names_each(store, on_written_name, &loading, err);
    if (rc == OK)
        *out = registered;
    return rc;
}

int register_load_round(struct store *store, const struct round_row *round, struct arena *arena,
                        struct unit_register *out, struct err *err)
{
    return round_is_frozen(round)
               ? register_load_frozen(store, round->id, arena, out, err)
               : register_load(store, round->from_day, round->to_day, arena, out, err);
}
