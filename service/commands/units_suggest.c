#include "service/commands/units_suggest.h"

#include "importers/near.h"

#include "reports/csv.h"

#include "service/commands/output.h"

#include "service/storage/units.h"

/* Each unmatched name is compared with all names that mean a unit, aliases too: some thousands by some hundreds. */
enum { SUGGEST_MAX_BYTES = 256 * 1024 * 1024, NEAR_UNITS = 3 };

/* A name that means a unit. */
struct known_name {
    struct known_name *next;
    int64_t unit_id;
    struct near_name name;
};

struct unmatched_name {
    struct unmatched_name *next;
    struct bytes name, folded;
    int64_t orders;
};

struct suggestions {
    struct store *store;
    struct arena arena;
    struct known_name *known, **known_end;
    struct unmatched_name *unmatched, **unmatched_end;
    enum command_format format;
    struct buf *out;
    json_t *array;
    struct buf scratch;
};

struct candidate {
    int64_t unit_id;
    struct near near;
    struct bytes code, name, why; /* of the unit, in words: once it is among the nearest */
};

/* The nearest units of one name, nearest first. */
struct candidates {
    struct candidate of[NEAR_UNITS];
    size_t count;
};

/* ---- Names of the store ---- */

static int lack_memory(struct err *err)
{
    return err_set(err, ERR_NOMEM, "could not keep the names of units");
}

static int on_known(void *context, const struct unit_name_row *row, struct err *err)
{
    struct suggestions *suggestions = context;
    if (row->unit_id == 0)
        return OK;
    struct known_name *known = arena_alloc(&suggestions->arena, sizeof *known);
    struct bytes folded = arena_copy(&suggestions->arena, row->folded);
    if (known == NULL || folded.ptr == NULL)
        return lack_memory(err);
    known->unit_id = row->unit_id;
    near_name_init(&known->name, folded);
    *suggestions->known_end = known;
    suggestions->known_end = &known->next;
    return OK;
}

static int on_unmatched(void *context, struct bytes name, struct bytes folded, int64_t orders,
                        struct err *err)
{
    struct suggestions *suggestions = context;
    struct unmatched_name *unmatched = arena_alloc(&suggestions->arena, sizeof *unmatched);
    if (unmatched == NULL)
        return lack_memory(err);
    unmatched->name = arena_copy(&suggestions->arena, name);
    unmatched->folded = arena_copy(&suggestions->arena, folded);
    unmatched->orders = orders;
    if (unmatched->name.ptr == NULL || unmatched->folded.ptr == NULL)
        return lack_memory(err);
    *suggestions->unmatched_end = unmatched;
    suggestions->unmatched_end = &unmatched->next;
    return OK;
}

/* ---- The nearest ---- */

/* A unit has one place, by the nearest of its names; of equals the one found first stands first. */
static void take_candidate(struct candidates *candidates, struct candidate candidate)
{
    size_t count = candidates->count;
    size_t old = 0;
    while (old < count && candidates->of[old].unit_id != candidate.unit_id)
        old++;
    if (old < count && candidates->of[old].near.score >= candidate.near.score)
        return;
    if (old == NEAR_UNITS && candidates->of[old - 1].near.score >= candidate.near.score)
        return;
    size_t place = old < NEAR_UNITS ? old : NEAR_UNITS - 1;
    candidates->count = old == count && count < NEAR_UNITS ? count + 1 : count;
    for (; place > 0 && candidates->of[place - 1].near.score < candidate.near.score; place--)
        candidates->of[place] = candidates->of[place - 1];
    candidates->of[place] = candidate;
}

static void find_candidates(const struct suggestions *suggestions, struct bytes folded,
                            struct candidates *out)
{
    struct near_name name;
    near_name_init(&name, folded);
    *out = (struct candidates){.count = 0};
    for (const struct known_name *known = suggestions->known; known != NULL; known = known->next) {
        struct near near = near_compare(&name, &known->name);
        if (near.score > 0)
            take_candidate(out, (struct candidate){.unit_id = known->unit_id, .near = near});
    }
}

static void put_why(const struct near *near, struct buf *out)
{
    static const char *const words[] = {
        [NEAR_NONE] = "",
        [NEAR_SAME] = "名称相同",
        [NEAR_LACKS] = "缺少",
        [NEAR_EXCEEDS] = "多出",
        [NEAR_SHORT] = "简称",
        [NEAR_MISTYPED] = "仅差一字",
        [NEAR_TRANSPOSED] = "两字颠倒",
    };
    buf_append_z(out, words[near->why]);
    if (near->part.len > 0)
        buf_printf(out, "“" BYTES_FMT "”", BYTES_ARG(near->part));
}

/* What the units are called, and why they are near. */
static int name_candidates(struct suggestions *suggestions, struct candidates *candidates,
                           struct err *err)
{
    for (size_t i = 0; i < candidates->count; i++) {
        struct candidate *candidate = &candidates->of[i];
        struct unit_row unit;
        int rc = unit_get(suggestions->store, candidate->unit_id, &unit, err);
        if (rc != OK)
            return rc;
        buf_clear(&suggestions->scratch);
        put_why(&candidate->near, &suggestions->scratch);
        rc = buf_status(&suggestions->scratch, err);
        if (rc != OK)
            return rc;
        candidate->why = arena_copy(&suggestions->arena, buf_bytes(&suggestions->scratch));
        candidate->code = arena_copy(&suggestions->arena, unit.code);
        candidate->name = arena_copy(&suggestions->arena, unit.name);
        if (candidate->code.ptr == NULL || candidate->name.ptr == NULL ||
            candidate->why.ptr == NULL)
            return lack_memory(err);
    }
    return OK;
}

static bool has_nearest(const struct candidates *candidates)
{
    return candidates->count == 1 ||
           (candidates->count > 1 && candidates->of[0].near.score > candidates->of[1].near.score);
}

/* ---- Words ---- */

/* A word of a shell's command line. */
static void put_quoted(struct bytes word, struct buf *out)
{
    buf_append_byte(out, '\'');
    for (size_t i = 0; i < word.len; i++) {
        if (word.ptr[i] == '\'')
            buf_append_z(out, "'\\''");
        else
            buf_append_byte(out, word.ptr[i]);
    }
    buf_append_byte(out, '\'');
}

static void put_command(struct bytes name, struct bytes code, struct buf *out)
{
    buf_append_z(out, "pingyi units alias ");
    put_quoted(name, out);
    buf_append_byte(out, ' ');
    put_quoted(code, out);
}

/* ---- Rows ---- */

static void put_lines(const struct unmatched_name *name, const struct candidates *candidates,
                      struct buf *out)
{
    buf_printf(out, BYTES_FMT "  %jd 件\n", BYTES_ARG(name->name), (intmax_t)name->orders);
    for (size_t i = 0; i < candidates->count; i++) {
        const struct candidate *candidate = &candidates->of[i];
        buf_printf(out, "  %zu. " BYTES_FMT "  " BYTES_FMT "  " BYTES_FMT "\n", i + 1,
                   BYTES_ARG(candidate->code), BYTES_ARG(candidate->name),
                   BYTES_ARG(candidate->why));
    }
    if (candidates->count == 0)
        buf_append_z(out, "  没有相近的单位\n");
    else if (!has_nearest(candidates))
        buf_append_z(out, "  几个单位同样相近，请核实后用 units alias 指定\n");
    else {
        buf_append_z(out, "  ");
        put_command(name->name, candidates->of[0].code, out);
        buf_append_byte(out, '\n');
    }
}

static void put_csv(const struct unmatched_name *name, const struct candidates *candidates,
                    struct buf *out)
{
    for (size_t i = 0; i == 0 || i < candidates->count; i++) {
        csv_cell(out, name->name);
        buf_printf(out, ",%jd,", (intmax_t)name->orders);
        if (candidates->count == 0) {
            buf_append_z(out, ",,,,\n");
            return;
        }
        const struct candidate *candidate = &candidates->of[i];
        buf_printf(out, "%zu,", i + 1);
        csv_cell(out, candidate->code);
        buf_append_byte(out, ',');
        csv_cell(out, candidate->name);
        buf_printf(out, ",%d,", candidate->near.score);
        csv_cell(out, candidate->why);
        buf_append_byte(out, '\n');
    }
}

/* NULL when memory fails. */
static json_t *to_json(const struct unmatched_name *name, const struct candidates *candidates)
{
    json_t *units = json_array();
    json_t *command = json_null();
    bool kept = true;
    for (size_t i = 0; i < candidates->count && kept; i++) {
        const struct candidate *candidate = &candidates->of[i];
        json_t *unit = json_pack("{s:o, s:o, s:i, s:o}", "code", output_string(candidate->code),
                                 "unit", output_string(candidate->name), "score",
                                 candidate->near.score, "why", output_string(candidate->why));
        kept = json_array_append_new(units, unit) == 0;
    }
    if (has_nearest(candidates)) {
        struct buf text;
        buf_init(&text, OUTPUT_MAX_BYTES);
        put_command(name->name, candidates->of[0].code, &text);
        command = text.rc == OK ? output_string(buf_bytes(&text)) : NULL;
        buf_deinit(&text);
    }
    json_t *object = json_pack("{s:o, s:I, s:o, s:o}", "name", output_string(name->name), "orders",
                               (json_int_t)name->orders, "near", units, "command", command);
    if (kept)
        return object;
    json_decref(object);
    return NULL;
}

static int render(struct suggestions *suggestions, struct err *err)
{
    int rc = OK;
    if (suggestions->format == FORMAT_CSV)
        buf_append_z(suggestions->out, "name,orders,rank,code,unit,score,why\n");
    for (const struct unmatched_name *name = suggestions->unmatched; name != NULL && rc == OK;
         name = name->next) {
        struct candidates candidates;
        find_candidates(suggestions, name->folded, &candidates);
        rc = name_candidates(suggestions, &candidates, err);
        if (rc == OK && suggestions->format == FORMAT_TABLE)
            put_lines(name, &candidates, suggestions->out);
        else if (rc == OK && suggestions->format == FORMAT_CSV)
            put_csv(name, &candidates, suggestions->out);
        else if (rc == OK &&
                 json_array_append_new(suggestions->array, to_json(name, &candidates)) != 0)
            rc = lack_memory(err);
    }
    return rc;
}

int units_suggest_render(struct store *store, enum command_format format, struct buf *out,
                         struct err *err)
{
    struct suggestions suggestions = {.store = store, .format = format, .out = out};
    suggestions.known_end = &suggestions.known;
    suggestions.unmatched_end = &suggestions.unmatched;
    arena_init(&suggestions.arena, SUGGEST_MAX_BYTES);
    buf_init(&suggestions.scratch, OUTPUT_MAX_BYTES);
    int rc = unit_names_each(store, on_known, &suggestions, err);
    if (rc == OK)
        rc = unit_names_unmatched_each(store, on_unmatched, &suggestions, err);
    suggestions.array = json_array(); /* a NULL fails when it is appended to or printed */
    if (rc == OK)
        rc = render(&suggestions, err);
    if (rc == OK && format == FORMAT_JSON)
        rc = json_print(out, suggestions.array, err);
    else
        json_decref(suggestions.array);
    buf_deinit(&suggestions.scratch);
    arena_deinit(&suggestions.arena);
    return rc;
}
