#include "service/rounds/lifecycle.h"

#include "service/rounds/scan.h"

enum { FREEZE_MAX_BYTES = 512 * 1024 * 1024 };

/* ---- closing ---- */

struct closing {
    struct store *store;
    int64_t round_id;
};

static int on_judged(void *context, const struct judged *judged, struct err *err)
{
    struct closing *closing = context;
    struct fact_row frozen = *judged->row;
    frozen.merged_repeat = judged->merged_repeat;
    return round_fact_put(closing->store, closing->round_id, &frozen,
                          (int)judged->verdict.judgement, err);
}

static int freeze_register(struct store *store, int64_t round_id,
                           const struct unit_register *registered, struct err *err)
{
    int rc = OK;
    for (size_t i = 0; i < registered->unit_count && rc == OK; i++) {
        const struct ranked_unit *unit = &registered->units[i];
        struct round_unit_row row = {unit->code, unit->name, unit->class_name,
                                     unit->class_position};
        if (unit->is_valid)
            rc = round_unit_put(store, round_id, &row, err);
    }
    for (int64_t i = 1; i < registered->name_end && rc == OK; i++) {
        int32_t ranked = registered->ranked_of_name[i];
        if (ranked != UNIT_NONE)
            rc = round_unit_name_put(store, round_id, i, registered->units[ranked].code, err);
    }
    return rc;
}

static int freeze(struct store *store, const struct round_row *round,
                  const struct round_basis *basis, struct err *err)
{
    struct arena arena;
    struct unit_register registered;
    struct closing closing = {store, round->id};
    struct scan scan = {.store = store,
                        .round = round,
                        .basis = basis,
                        .registered = &registered,
                        .on_judged = on_judged,
                        .context = &closing};
    arena_init(&arena, FREEZE_MAX_BYTES);
    int rc = register_load(store, round->from_day, round->to_day, &arena, &registered, err);
    if (rc == OK)
        rc = facts_end_id(store, &scan.end_id, err);
    if (rc == OK)
        rc = scan_init(&scan, err);
    if (rc == OK)
        rc = scan_run(&scan, err);
    /* A unit that is no longer valid but has orders is listed, so it is frozen too. */
    for (size_t i = 0; i < registered.unit_count && rc == OK; i++)
        registered.units[i].is_valid |= tally_orders(&scan.tallies[i]) > 0;
    if (rc == OK)
        rc = freeze_register(store, round->id, &registered, err);
    scan_deinit(&scan);
    arena_deinit(&arena);
    return rc;
}

int round_close(const struct datadir *datadir, const struct round_row *round,
                const struct actor *actor, struct err *err)
{
    struct store *store = datadir->store;
    struct round_basis basis = {0};
    int rc = OK;
    if (round_is_frozen(round))
        rc = err_set(err, ERR_WRONG_STATE, "round \"" BYTES_FMT "\" is " BYTES_FMT,
                     BYTES_ARG(round->name), BYTES_ARG(round->state));
    if (rc == OK)
        rc = round_basis_load(store, round, BYTES_NONE, actor->now_utc, &basis, err);
    if (rc == OK)
        rc = freeze(store, round, &basis, err);
    if (rc == OK)
        rc = round_put_state(store, round->id, BYTES_LIT("closed"), basis.as_of_utc, err);
    if (rc == OK)
        rc = round_step_put(store, round->id, BYTES_LIT("close"), actor->now_utc, actor->who,
                            BYTES_NONE, err);
    round_basis_deinit(&basis);
    return rc;
}
