#include "service/followup/outcomes.h"

#include "base/alloc.h"

#include "service/rounds/sampled.h"
#include "service/storage/draws.h"

#include <stdlib.h>
#include <string.h>

/* Two walks over the attempts: one finds who called, one counts each caller's answers by unit, for a unit's rate is
 * known only when all its answers are. */

enum { CALLERS_MAX = 10000 };

struct answers {
    int64_t valid, favourable;
};
struct cell {
    struct answers resolution, satisfaction, refusal, missing;
};

struct counting {
    struct arena *arena;
    const struct rules *rules;
    int64_t *ids; /* of callers, ascending */
    size_t count;
    struct outcome_caller *callers; /* beside ids */
    struct cell *cells;             /* caller by caller, a cell a unit */
    size_t unit_count;
};

/* Where `id` stands among the callers, or would. */
static size_t place_of(const struct counting *counting, int64_t id)
{
    size_t from = 0, to = counting->count;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        if (counting->ids[middle] < id)
            from = middle + 1;
        else
            to = middle;
    }
    return from;
}

/* ---- the first walk ---- */

static int on_any_attempt(void *context, const struct attempt_row *attempt, struct err *err)
{
    struct counting *counting = context;
    size_t at = place_of(counting, attempt->caller_id);
    if (at < counting->count && counting->ids[at] == attempt->caller_id)
        return OK;
    if (counting->count == CALLERS_MAX)
        return err_set(err, ERR_LIMIT, "more than %d callers", CALLERS_MAX);
    memmove(counting->ids + at + 1, counting->ids + at,
            (counting->count - at) * sizeof *counting->ids);
    counting->ids[at] = attempt->caller_id;
    counting->count++;
    return OK;
}

static int on_any_case(void *context, const struct drawn_row *row,
                       const struct final_outcome *outcome, struct err *err)
{
    struct counting *counting = context;
    (void)outcome;
    if (row->unit < 0)
        return err_set(err, ERR_CORRUPT, "order \"" BYTES_FMT "\" belongs to no unit of the draw",
                       BYTES_ARG(row->order_no));
    if ((size_t)row->unit >= counting->unit_count)
        counting->unit_count = (size_t)row->unit + 1;
    return OK;
}

/* ---- the second walk ---- */

static int on_attempt(void *context, const struct attempt_row *attempt, struct err *err)
{
    struct counting *counting = context;
    (void)err;
    counting->callers[place_of(counting, attempt->caller_id)].attempts++;
    return OK;
}

static void add_answer(struct answers *answers, bool is_valid, bool is_favourable)
{
    answers->valid += is_valid;
    answers->favourable += is_valid && is_favourable;
}

static int on_case(void *context, const struct drawn_row *row, const struct final_outcome *outcome,
                   struct err *err)
{
    struct counting *counting = context;
    (void)err;
    if (outcome->attempt == 0)
        return OK;
    size_t at = place_of(counting, outcome->caller_id);
    struct outcome_caller *caller = &counting->callers[at];
    struct cell *cell = &counting->cells[at * counting->unit_count + (size_t)row->unit];
    caller->final_cases++;
    caller->completes += outcome->group == OUTCOME_COMPLETE;
    caller->refusals += outcome->group == OUTCOME_REFUSAL;
    add_answer(&cell->resolution, outcome->resolved != RESOLUTION_MISSING,
               outcome->resolved == RESOLUTION_YES || (outcome->resolved == RESOLUTION_PARTLY &&
                                                       counting->rules->rates.resolved_partly));
    add_answer(&cell->satisfaction, outcome->satisfaction != SATISFACTION_MISSING,
               counting->rules->rates.satisfied[outcome->satisfaction]);
    bool is_answered = outcome->group == OUTCOME_COMPLETE || outcome->group == OUTCOME_PARTIAL;
    bool is_refused = outcome->group == OUTCOME_REFUSAL;
    add_answer(&cell->refusal, is_answered || is_refused, is_refused);
    add_answer(&cell->missing, is_answered, outcome->resolved == RESOLUTION_MISSING);
    add_answer(&cell->missing, is_answered, outcome->satisfaction == SATISFACTION_MISSING);
    return OK;
}

/* ---- what is expected ---- */

/* What is judged, each in a funnel of its own. */
static const struct item {
    size_t of_cell, of_caller, point, funnel;
} items[] = {
#define ITEM(name)                                                                                 \
    {                                                                                              \
        offsetof(struct cell, name), offsetof(struct outcome_caller, name),                        \
            offsetof(struct outcome_caller, name##_point), offsetof(struct outcome_callers, name)  \
    }
    ITEM(resolution),
    ITEM(satisfaction),
    ITEM(refusal),
    ITEM(missing),
#undef ITEM
};
enum { ITEM_COUNT = sizeof items / sizeof *items };

static struct answers *answers_of(const struct counting *counting, size_t caller, size_t unit,
                                  const struct item *item)
{
    struct cell *cell = &counting->cells[caller * counting->unit_count + unit];
    return (struct answers *)((char *)cell + item->of_cell);
}

static struct funnel_caller *caller_of(struct outcome_caller *caller, const struct item *item)
{
    return (struct funnel_caller *)((char *)caller + item->of_caller);
}

static void expect(struct counting *counting, size_t unit, const struct item *item)
{
    struct answers sum = {0, 0};
    for (size_t i = 0; i < counting->count; i++) {
        const struct answers *answers = answers_of(counting, i, unit, item);
        sum.valid += answers->valid;
        sum.favourable += answers->favourable;
    }
    double rate = (double)sum.favourable / (double)sum.valid;
    for (size_t i = 0; i < counting->count; i++) {
        const struct answers *answers = answers_of(counting, i, unit, item);
        if (answers->valid > 0)
            funnel_caller_add(caller_of(&counting->callers[i], item), answers->valid,
                              answers->favourable, rate);
    }
}

/* The funnel wants each caller's counts of one item in a row. */
static int judge(struct counting *counting, const struct item *item, struct outcome_callers *out,
                 struct err *err)
{
    size_t count = counting->count;
    struct arena *arena = counting->arena;
    struct funnel_caller *of_item = arena_alloc(arena, (count + 1) * sizeof *of_item);
    struct funnel_point *points = arena_alloc(arena, (count + 1) * sizeof *points);
    if (of_item == NULL || points == NULL)
        return err_set(err, ERR_NOMEM, "could not judge %zu callers", count);
    for (size_t i = 0; i < count; i++)
        of_item[i] = *caller_of(&counting->callers[i], item);
    int rc =
        funnel_judge(of_item, count, (struct funnel *)((char *)out + item->funnel), points, err);
    for (size_t i = 0; i < count && rc == OK; i++)
        *(struct funnel_point *)((char *)&counting->callers[i] + item->point) = points[i];
    return rc;
}

/* ---- the whole ---- */

static int load_names(struct store *store, struct counting *counting, struct err *err)
{
    int rc = OK;
    for (size_t i = 0; i < counting->count && rc == OK; i++) {
        struct bytes name = BYTES_NONE;
        struct outcome_caller *caller = &counting->callers[i];
        if (counting->ids[i] == 0)
            continue;
        rc = term_get(store, counting->ids[i], &name, err);
        if (rc == OK)
            caller->name = arena_copy(counting->arena, name);
        if (rc == OK && caller->name.ptr == NULL)
            rc = err_set(err, ERR_NOMEM, "could not keep a caller's name");
    }
    return rc;
}

static int compare_names(const void *a, const void *b)
{
    return bytes_compare(((const struct outcome_caller *)a)->name,
                         ((const struct outcome_caller *)b)->name);
}

static int find_callers(struct store *store, int64_t round_id, int64_t draw_no,
                        struct counting *counting, struct err *err)
{
    const struct sampled_sink first = {on_any_attempt, on_any_case, counting};
    counting->ids = arena_alloc(counting->arena, CALLERS_MAX * sizeof *counting->ids);
    if (counting->ids == NULL)
        return err_set(err, ERR_NOMEM, "could not list callers");
    int rc = sampled_cases_each(store, round_id, draw_no, first, err);
    if (rc != OK)
        return rc;
    size_t cells = size_multiply(counting->count, counting->unit_count);
    counting->callers =
        arena_alloc(counting->arena, (counting->count + 1) * sizeof *counting->callers);
    counting->cells =
        arena_alloc(counting->arena, size_multiply(cells + 1, sizeof *counting->cells));
    return counting->callers != NULL && counting->cells != NULL
               ? OK
               : err_set(err, ERR_NOMEM, "could not count the answers of %zu callers",
                         counting->count);
}

int outcomes_callers_load(const struct datadir *datadir, const struct round_row *round,
                          const struct rules *rules, struct arena *arena,
                          struct outcome_callers *out, struct err *err)
{
    struct store *store = datadir->store;
    struct counting counting = {.arena = arena, .rules = rules};
    struct outcome_callers callers = {.callers = NULL};
    struct draw_row draw;
    const struct sampled_sink second = {on_attempt, on_case, &counting};
    int rc = draw_get_current(store, round->id, &draw, err);
    int64_t draw_no = rc == OK ? draw.no : 0;
    if (rc == OK)
        rc = find_callers(store, round->id, draw_no, &counting, err);
    if (rc == OK)
        rc = sampled_cases_each(store, round->id, draw_no, second, err);
    if (rc == OK)
        rc = load_names(store, &counting, err);
    for (size_t at = 0; at < ITEM_COUNT && rc == OK; at++) {
        for (size_t i = 0; i < counting.unit_count; i++)
            expect(&counting, i, &items[at]);
        rc = judge(&counting, &items[at], &callers, err);
    }
    if (rc != OK)
        return rc;
    qsort(counting.callers, counting.count, sizeof *counting.callers, compare_names);
    callers.callers = counting.callers;
    callers.caller_count = counting.count;
    *out = callers;
    return OK;
}
