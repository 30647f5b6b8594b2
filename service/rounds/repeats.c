#include "service/rounds/repeats.h"

#include "base/civil.h"

/* Repeats of repeats are followed so far; a longer chain, or a ring, is not merged. */
enum { REPEAT_MAX_DEPTH = 8 };

static const struct civil first_date = {1, 1, 1};
static const struct civil last_date = {9999, 12, 31};

void repeats_init(struct repeats *repeats, struct store *store,
                  const struct unit_register *registered, const struct round_basis *basis,
                  const struct requests *requests, int64_t end_id)
{
    *repeats = (struct repeats){.store = store,
                                .registered = registered,
                                .requests = requests,
                                .end_id = end_id,
                                .rules = basis->rules};
    repeats->rules.on_time.period = RULES_PERIOD_RECEIVED;
    judge_init(&repeats->judge, &repeats->rules, basis->calendar, basis->zone,
               civil_to_day(first_date), civil_to_day(last_date), basis->as_of_utc);
}

static int64_t unit_of(const struct repeats *repeats, int64_t unit_name_id)
{
    return unit_name_id < repeats->registered->name_end
               ? repeats->registered->unit_of_name[unit_name_id]
               : 0;
}

/* The lead handling of `order_id` that the same unit has; ERR_NOT_FOUND without one. */
static int find_lead(struct repeats *repeats, int64_t order_id, int64_t unit_id,
                     struct handling_row *out, struct err *err)
{
    struct handling_row rows[HANDLINGS_AN_ORDER];
    int count = 0;
    int rc = handlings_get(repeats->store, order_id, rows, &count, err);
    for (int i = 0; i < count && rc == OK; i++) {
        if (rows[i].fact.part == HANDLING_PART_LEAD && rows[i].id < repeats->end_id &&
            unit_of(repeats, rows[i].unit_name_id) == unit_id) {
            *out = rows[i];
            return OK;
        }
    }
    return rc != OK ? rc : err_set(err, ERR_NOT_FOUND, "the first order has another lead");
}

static int is_merged(struct repeats *repeats, int64_t handling_id, int64_t unit_name_id,
                     const struct fact *fact, int depth, bool *out, struct err *err)
{
    struct order_row order = {0};
    struct handling_row first = {0};
    struct verdict verdict = {0};
    struct judge_context context = {0};
    *out = false;
    if ((fact->marks & FACT_HAS_REPEAT_OF) == 0 || depth == REPEAT_MAX_DEPTH)
        return OK;
    int rc = order_get_by_id(repeats->store, handling_id / HANDLINGS_AN_ORDER, &order, err);
    if (rc == OK)
        rc = order_get(repeats->store, order.repeat_of, &order, err);
    if (rc == OK)
        rc = find_lead(repeats, order.id, unit_of(repeats, unit_name_id), &first, err);
    if (rc != OK)
        return rc == ERR_NOT_FOUND ? OK : rc; /* an unknown first order: the repeat stays */
    rc = is_merged(repeats, first.id, first.unit_name_id, &first.fact, depth + 1,
                   &context.merged_repeat, err);
    context.request_approved = requests_find(repeats->requests, first.id).leaves_on_time;
    if (rc == OK)
        rc = judge_fact(&repeats->judge, &first.fact, context, &verdict, err);
    if (rc == OK)
        *out = judge_repeat_is_merged(&repeats->judge, fact, &verdict, true);
    return rc;
}

int repeats_is_merged(struct repeats *repeats, int64_t handling_id, int64_t unit_name_id,
                      const struct fact *fact, bool *out_is_merged, struct err *err)
{
    return is_merged(repeats, handling_id, unit_name_id, fact, 0, out_is_merged, err);
}
