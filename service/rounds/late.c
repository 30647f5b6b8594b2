#include "service/rounds/late.h"

#include "base/alloc.h"

#include "service/rounds/scan.h"
#include "service/storage/imports.h"

/* Each handling of the import is judged twice for each frozen round: as the store has it, by the register of today,
 * and as the round froze it, by the register it froze. What differs came too late. New orders are read in one run, and
 * beside them, window by window, what the rounds that froze some of them have; older ones are looked up. */

enum { WINDOW_IDS = 128 * HANDLINGS_AN_ORDER };

struct looking {
    struct late_look *looks;
    struct store *store;
    struct arena *arena;
    struct unit_register today;
    int64_t first_new_id, end_new_id; /* handlings of orders that the import added */
    int64_t looked_up_order_id;       /* whose handlings `rows` are; 0: none */
    struct handling_row rows[HANDLINGS_AN_ORDER];
    int row_count;
};

/* One frozen round. */
struct late_look {
    struct late_look *next;
    struct round_row round;
    struct round_basis basis;
    struct unit_register frozen;
    struct scan as_frozen, as_now;
    bool has_new; /* it was frozen after the import, with orders that the import added */
    struct fact_row *
        window; /* WINDOW_IDS at most: what it froze of the new orders at hand, by id; NULL without */
    size_t window_count, window_at;
    int64_t last_order_id; /* counted already */
    struct late_round found;
};

/* How a handling counts: compared field by field. Zeroed where it does not. */
struct standing {
    bool counts;
    enum judgement judgement;
    enum frame_reason frame;
    struct bytes unit_code;
};

/* ---- one handling in one round ---- */

static int stand(struct scan *scan, const struct fact_row *row, struct standing *out,
                 struct err *err)
{
    struct judged judged;
    struct standing standing = {0};
    int rc = scan_judge_counted(scan, row, false, &judged, &standing.counts, err);
    if (rc != OK)
        return rc;
    if (standing.counts) {
        standing.judgement = judged.verdict.judgement;
        standing.frame = scan_frame_reason(scan, &judged);
        if (judged.ranked != UNIT_NONE)
            standing.unit_code = scan->registered->units[judged.ranked].code;
    }
    *out = standing;
    return OK;
}

static int stand_frozen(struct late_look *look, int64_t handling_id, struct standing *out,
                        struct err *err)
{
    struct fact_row row;
    int judgement = 0;
    int rc =
        round_fact_get(look->as_frozen.store, look->round.id, handling_id, &row, &judgement, err);
    if (rc == ERR_NOT_FOUND)
        return OK;
    return rc == OK ? stand(&look->as_frozen, &row, out, err) : rc;
}

/* Of a new handling: they come by ascending ids. */
static int stand_frozen_new(struct late_look *look, int64_t handling_id, struct standing *out,
                            struct err *err)
{
    while (look->window_at < look->window_count &&
           look->window[look->window_at].handling_id < handling_id)
        look->window_at++;
    const struct fact_row *row = look->window + look->window_at;
    if (look->window_at == look->window_count || row->handling_id != handling_id)
        return OK;
    return stand(&look->as_frozen, row, out, err);
}

/* `row` NULL: the handling is gone. What another closed round has judged is no news to a round that did not. */
static int stand_now(struct late_look *look, const struct fact_row *row, bool was_counted,
                     struct standing *out, struct err *err)
{
    bool in_other = false;
    int rc = row != NULL ? stand(&look->as_now, row, out, err) : OK;
    if (rc == OK && out->counts && !was_counted && look->basis.rules.on_time.judged_once)
        rc = judged_get(look->as_now.store, look->round.kind, look->round.id, row->handling_id,
                        JUDGED_ON_TIME, JUDGEMENT_MAX, &in_other, err);
    if (rc == OK && in_other)
        *out = (struct standing){0};
    return rc;
}

static bool standing_equal(const struct standing *a, const struct standing *b)
{
    return a->counts == b->counts && a->judgement == b->judgement && a->frame == b->frame &&
           bytes_equal(a->unit_code, b->unit_code);
}

static int note(struct looking *looking, struct late_look *look, int64_t order_id, struct err *err)
{
    struct late_round *found = &look->found;
    struct order_row order;
    if (look->last_order_id == order_id)
        return OK;
    look->last_order_id = order_id;
    found->orders++;
    if (found->order_no_count == LATE_ORDERS_NAMED)
        return OK;
    int rc = order_get_by_id(looking->store, order_id, &order, err);
    if (rc != OK)
        return rc;
    struct bytes kept = arena_copy(looking->arena, order.order_no);
    if (kept.ptr == NULL)
        return err_set(err, ERR_NOMEM, "could not name an order");
    found->order_nos[found->order_no_count++] = kept;
    return OK;
}

static int look_at(struct looking *looking, int64_t handling_id, const struct fact_row *row,
                   bool is_new, struct err *err)
{
    int rc = OK;
    for (struct late_look *look = looking->looks; look != NULL && rc == OK; look = look->next) {
        struct standing before = {0};
        struct standing now = {0};
        if (is_new && look->has_new)
            rc = stand_frozen_new(look, handling_id, &before, err);
        else if (!is_new)
            rc = stand_frozen(look, handling_id, &before, err);
        if (rc == OK)
            rc = stand_now(look, row, before.counts, &now, err);
        if (rc == OK && !standing_equal(&before, &now))
            rc = note(looking, look, handling_id / HANDLINGS_AN_ORDER, err);
    }
    return rc;
}

/* ---- the handlings of the import ---- */

static int on_new(void *context, const struct fact_row *row, struct err *err)
{
    return look_at(context, row->handling_id, row, true, err);
}

static int on_frozen(void *context, const struct fact_row *row, struct err *err)
{
    struct late_look *look = context;
    (void)err;
    look->window[look->window_count++] = *row;
    return OK;
}

static int look_at_window(struct looking *looking, int64_t from_id, int64_t end_id, struct err *err)
{
    int rc = OK;
    for (struct late_look *look = looking->looks; look != NULL && rc == OK; look = look->next) {
        look->window_count = look->window_at = 0;
        if (look->has_new)
            rc = round_facts_each(looking->store, look->round.id, from_id, end_id, on_frozen, look,
                                  err);
    }
    return rc == OK ? facts_each(looking->store, from_id, end_id, on_new, looking, err) : rc;
}

static int look_at_new(struct looking *looking, struct err *err)
{
    int rc = OK;
    int64_t end_id = looking->end_new_id;
    for (int64_t id = looking->first_new_id; id < end_id && rc == OK; id += WINDOW_IDS)
        rc = look_at_window(looking, id, id + WINDOW_IDS < end_id ? id + WINDOW_IDS : end_id, err);
    return rc;
}

/* Ids come ascending, so that an order is looked up once. */
static int on_touched(void *context, int64_t handling_id, struct err *err)
{
    struct looking *looking = context;
    int64_t order_id = handling_id / HANDLINGS_AN_ORDER;
    struct fact_row row;
    bool is_there = false;
    if (handling_id >= looking->first_new_id && handling_id < looking->end_new_id)
        return OK;
    if (order_id != looking->looked_up_order_id) {
        int rc = handlings_get(looking->store, order_id, looking->rows, &looking->row_count, err);
        if (rc != OK)
            return rc;
        looking->looked_up_order_id = order_id;
    }
    for (int i = 0; i < looking->row_count; i++) {
        const struct handling_row *found = &looking->rows[i];
        if (found->id != handling_id)
            continue;
        row = (struct fact_row){
            .handling_id = found->id, .unit_name_id = found->unit_name_id, .fact = found->fact};
        is_there = true;
    }
    return look_at(looking, handling_id, is_there ? &row : NULL, false, err);
}

/* ---- the rounds ---- */

static int on_round(void *context, const struct round_row *row, struct err *err)
{
    struct looking *looking = context;
    if (!round_is_frozen(row) || row->is_accumulated)
        return OK;
    struct late_look **end = &looking->looks;
    while (*end != NULL)
        end = &(*end)->next;
    struct late_look *look = arena_alloc(looking->arena, sizeof *look);
    if (look == NULL)
        return err_set(err, ERR_NOMEM, "could not look into round \"" BYTES_FMT "\"",
                       BYTES_ARG(row->name));
    *end = look;
    return round_keep(row, looking->arena, &look->round, err);
}

static int on_new_frozen(void *context, const struct fact_row *row, struct err *err)
{
    (void)row;
    *(bool *)context = true;
    return err_set(err, ERR_CANCELED, "one is enough");
}

static int find_new_frozen(const struct looking *looking, struct late_look *look, struct err *err)
{
    struct err why = {0};
    int rc = round_facts_each(looking->store, look->round.id, looking->first_new_id,
                              looking->end_new_id, on_new_frozen, &look->has_new, &why);
    if (rc == OK || look->has_new)
        return OK;
    *err = why;
    return rc;
}

static int prepare(struct looking *looking, struct late_look *look, struct err *err)
{
    struct store *store = looking->store;
    look->found.name = look->round.name;
    look->as_frozen = (struct scan){
        .store = store, .round = &look->round, .basis = &look->basis, .registered = &look->frozen};
    look->as_now = look->as_frozen;
    look->as_now.registered = &looking->today;
    int rc =
        round_basis_load(store, &look->round, BYTES_NONE, look->round.as_of_utc, &look->basis, err);
    if (rc == OK)
        rc = register_load_frozen(store, look->round.id, looking->arena, &look->frozen, err);
    if (rc == OK)
        rc = facts_end_id(store, &look->as_now.end_id, err);
    if (rc == OK)
        rc = scan_init(&look->as_frozen, err);
    if (rc == OK)
        rc = scan_init(&look->as_now, err);
    if (rc == OK)
        rc = find_new_frozen(looking, look, err);
    look->as_now.is_frozen = false; /* judged as if it were a draft */
    if (rc == OK && look->has_new) {
        look->window = arena_alloc(looking->arena, WINDOW_IDS * sizeof *look->window);
        if (look->window == NULL)
            rc = err_set(err, ERR_NOMEM, "could not look into round \"" BYTES_FMT "\"",
                         BYTES_ARG(look->round.name));
    }
    return rc;
}

static int prepare_all(struct looking *looking, struct err *err)
{
    int rc = rounds_each(looking->store, on_round, looking, err);
    if (rc != OK || looking->looks == NULL)
        return rc;
    const struct round_row *any = &looking->looks->round; /* its days matter to validity alone */
    rc = register_load(looking->store, any->from_day, any->to_day, looking->arena, &looking->today,
                       err);
    for (struct late_look *look = looking->looks; look != NULL && rc == OK; look = look->next)
        rc = prepare(looking, look, err);
    return rc;
}

static int tell(const struct looking *looking, struct late *out, struct err *err)
{
    struct late late = {0};
    size_t count = 0;
    for (const struct late_look *look = looking->looks; look != NULL; look = look->next)
        count += look->found.orders > 0;
    late.rounds = arena_alloc(looking->arena, size_multiply(count + 1, sizeof *late.rounds));
    if (late.rounds == NULL)
        return err_set(err, ERR_NOMEM, "could not tell of %zu rounds", count);
    for (const struct late_look *look = looking->looks; look != NULL; look = look->next) {
        if (look->found.orders > 0)
            late.rounds[late.round_count++] = look->found;
    }
    *out = late;
    return OK;
}

int late_find(const struct datadir *datadir, int64_t import_id, struct arena *arena,
              struct late *out, struct err *err)
{
    struct import_row import;
    struct looking looking = {.store = datadir->store, .arena = arena};
    int rc = import_get(looking.store, import_id, &import, err);
    if (rc != OK)
        return rc;
    looking.first_new_id = import.first_order_id * HANDLINGS_AN_ORDER;
    looking.end_new_id = import.end_order_id * HANDLINGS_AN_ORDER;
    rc = prepare_all(&looking, err);
    if (rc == OK && looking.looks != NULL)
        rc = import_touched_each(looking.store, import_id, on_touched, &looking, err);
    if (rc == OK && looking.looks != NULL)
        rc = look_at_new(&looking, err);
    if (rc == OK)
        rc = tell(&looking, out, err);
    for (struct late_look *look = looking.looks; look != NULL; look = look->next) {
        scan_deinit(&look->as_frozen);
        scan_deinit(&look->as_now);
        round_basis_deinit(&look->basis);
    }
    return rc;
}
