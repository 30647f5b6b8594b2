#include "service/response/exclusions.h"

#include "service/rounds/register.h"

enum { EXCLUSION_ARENA_BYTES = 512 * 1024 * 1024 };

/* ---- what may be asked for ---- */

/* What the rules say of a reason; false when they know none of that name. */
static bool find_reason(const struct rules *rules, struct bytes reason, enum rules_exclude *out)
{
    const struct {
        const char *key;
        enum rules_exclude how;
    } reasons[] = {
        {"void", rules->exclude.void_order},
        {"direct", rules->exclude.direct},
        {"praise", rules->exclude.praise},
        {"merged", rules->exclude.merged},
        {"opt_out", rules->exclude.opt_out},
        {"confidential", rules->exclude.confidential},
        {"legal", rules->exclude.legal},
        {"beyond_duty", rules->exclude.beyond_duty},
        {"uncooperative", rules->exclude.uncooperative},
    };
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++) {
        if (bytes_equal(reason, bytes_from_z(reasons[i].key))) {
            *out = reasons[i].how;
            return true;
        }
    }
    return false;
}

static int check_wish(const struct round_basis *basis, const struct exclusion_wish *wish,
                      struct err *err)
{
    enum rules_exclude how = RULES_EXCLUDE_NO;
    if (!find_reason(&basis->rules, wish->reason, &how))
        return err_set(err, ERR_REFUSED, "the rules know no reason \"" BYTES_FMT "\"",
                       BYTES_ARG(wish->reason));
    if (how != RULES_EXCLUDE_REQUEST)
        return err_set(err, ERR_REFUSED, "the rules do not take \"" BYTES_FMT "\" by request",
                       BYTES_ARG(wish->reason));
    return OK;
}

static int check_draft(const struct round_row *round, struct err *err)
{
    return round_is_frozen(round)
               ? err_set(err, ERR_WRONG_STATE, "round \"" BYTES_FMT "\" is " BYTES_FMT,
                         BYTES_ARG(round->name), BYTES_ARG(round->state))
               : OK;
}

/* ---- which handling is meant: the one that the round counts for a unit ---- */

static int is_counted(const struct datadir *datadir, const struct round_row *round,
                      const struct round_basis *basis, const struct unit_register *registered,
                      const struct handling_row *handling, bool *out, struct err *err)
{
    struct fact_row row = {.handling_id = handling->id,
                           .unit_name_id = handling->unit_name_id,
                           .fact = handling->fact};
    struct verdict verdict;
    enum frame_reason reason = FRAME_NOT_COUNTED;
    *out = false;
    if (handling->unit_name_id == 0 ||
        registered->ranked_of_name[handling->unit_name_id] == UNIT_NONE)
        return OK;
    int rc = evaluation_explain(datadir, round, basis, &row, &verdict, &reason, err);
    if (rc == OK)
        *out = judgement_in_orders(verdict.judgement);
    return rc;
}

static int find_handling(const struct datadir *datadir, const struct round_row *round,
                         const struct round_basis *basis, struct bytes order_no,
                         int64_t *out_handling_id, struct err *err)
{
    struct arena arena;
    struct unit_register registered;
    struct order_row order;
    struct handling_row handlings[HANDLINGS_AN_ORDER];
    int count = 0;
    bool found = false;
    arena_init(&arena, EXCLUSION_ARENA_BYTES);
    int rc = order_get(datadir->store, order_no, &order, err);
    if (rc == OK)
        rc = handlings_get(datadir->store, order.id, handlings, &count, err);
    if (rc == OK)
        rc =
            register_load(datadir->store, round->from_day, round->to_day, &arena, &registered, err);
    for (int i = 0; i < count && rc == OK && !found; i++) {
        rc = is_counted(datadir, round, basis, &registered, &handlings[i], &found, err);
        if (rc == OK && found)
            *out_handling_id = handlings[i].id;
    }
    arena_deinit(&arena);
    if (rc == OK && !found)
        rc = err_set(err, ERR_REFUSED,
                     "round \"" BYTES_FMT "\" counts order \"" BYTES_FMT "\" for no unit",
                     BYTES_ARG(round->name), BYTES_ARG(order_no));
    return rc;
}

/* ---- request and decision ---- */

int exclusion_request(const struct datadir *datadir, const struct round_row *round,
                      const struct round_basis *basis, const struct exclusion_wish *wish,
                      const struct actor *actor, int64_t *out_id, struct err *err)
{
    struct exclusion_row row = {
        .round_id = round->id,
        .order_no = wish->order_no,
        .reason = wish->reason,
        .effect = wish->effect,
        .basis = wish->basis,
        .file_name = wish->file_name,
        .file_sha256 = {(const char *)wish->file_sha256, sizeof wish->file_sha256},
        .requested_by = actor->who,
        .requested_utc = actor->now_utc,
    };
    int rc = check_draft(round, err);
    if (rc == OK)
        rc = check_wish(basis, wish, err);
    if (rc == OK)
        rc = find_handling(datadir, round, basis, wish->order_no, &row.handling_id, err);
    if (rc == OK)
        rc = exclusion_put_new(datadir->store, &row, err);
    if (rc == ERR_EXISTS)
        return err_set(err, ERR_EXISTS,
                       "order \"" BYTES_FMT "\" has a request in round \"" BYTES_FMT "\" already",
                       BYTES_ARG(wish->order_no), BYTES_ARG(round->name));
    if (rc == OK)
        *out_id = row.id;
    return rc;
}

struct search {
    int64_t round_id;
    bool found;
};

static int on_round(void *context, const struct round_row *row, struct err *err)
{
    struct search *search = context;
    if (row->id != search->round_id)
        return OK;
    search->found = true;
    return check_draft(row, err);
}

int exclusion_decide(const struct datadir *datadir, int64_t id, bool approve, struct bytes why,
                     const struct actor *actor, struct err *err)
{
    struct exclusion_row row;
    struct search search = {0};
    int rc = exclusion_get(datadir->store, id, &row, err);
    if (rc == OK) {
        search.round_id = row.round_id;
        rc = rounds_each(datadir->store, on_round, &search, err);
    }
    if (rc == OK && !search.found)
        rc = err_set(err, ERR_CORRUPT, "request %lld is of no round", (long long)id);
    if (rc == OK)
        rc = exclusion_put_decision(datadir->store, id,
                                    approve ? BYTES_LIT("approved") : BYTES_LIT("refused"),
                                    actor->who, actor->now_utc, why, err);
    return rc;
}
