#include "service/followup/acceptance.h"

#include "service/followup/call_list.h"
#include "service/followup/casework_room.h"
#include "service/followup/overview.h"

struct counting {
    struct store *store;
    int64_t team_id;
    int64_t orders; /* of the case at hand */
    struct acceptance *of;
};

static int on_recheck(void *context, const struct recheck_row *row, struct err *err)
{
    struct acceptance *of = ((struct counting *)context)->of;
    (void)err;
    bool is_checked =
        bytes_equal(row->state, BYTES_LIT("done")) || bytes_equal(row->state, BYTES_LIT("settled"));
    of->rechecks++;
    of->checked += is_checked;
    of->voided += bytes_equal(row->verdict, BYTES_LIT("void"));
    of->compared += row->compared;
    of->agreeing += row->compared - row->differing;
    return OK;
}

static int on_unmatched(void *context, const struct unmatched_dial *dial, struct err *err)
{
    struct counting *counting = context;
    (void)err;
    counting->of->unmatched_dials += dial->team_id == counting->team_id;
    return OK;
}

static int on_order(void *context, const struct case_order *order, struct err *err)
{
    (void)order;
    (void)err;
    ((struct counting *)context)->orders++;
    return OK;
}

static int on_dial(void *context, const struct dial_row *row, struct err *err)
{
    struct counting *counting = context;
    (void)err;
    if (row->recheck_id != 0)
        return OK;
    counting->of->dials++;
    counting->of->short_dials +=
        bytes_equal(row->code, BYTES_LIT("1.1")) &&
        row->ended_utc - row->started_utc < overview_floor_s(counting->orders);
    return OK;
}

static int count_case(struct counting *counting, const struct campaign_row *campaign,
                      const struct followup_case *row, struct err *err)
{
    struct acceptance *of = counting->of;
    of->cases++;
    of->final += case_is_done(row);
    of->completes += bytes_equal(bytes_from_z(row->code), BYTES_LIT("1.1"));
    counting->orders = 0;
    int rc = case_orders_each(counting->store, campaign->round_id, campaign->draw_no, row->case_no,
                              on_order, counting, err);
    return rc == OK ? dials_each_of_case(counting->store, row->id, on_dial, counting, err) : rc;
}

static int count_cases(struct counting *counting, const struct campaign_row *campaign,
                       struct err *err)
{
    struct case_list list = {NULL, 0, 0};
    const struct case_filter filter = {.campaign_id = campaign->id,
                                       .unit = -1,
                                       .state = -1,
                                       .team_id = counting->team_id,
                                       .limit = INT64_MAX};
    int rc = cases_each(counting->store, &filter, case_list_take, &list, err);
    for (size_t i = 0; i < list.count && rc == OK; i++)
        rc = count_case(counting, campaign, &list.rows[i], err);
    case_list_deinit(&list);
    return rc;
}

int acceptance_load(struct store *store, int64_t campaign_id, int64_t team_id,
                    struct acceptance *out, struct err *err)
{
    struct acceptance of = {.cases = 0};
    struct counting counting = {.store = store, .team_id = team_id, .of = &of};
    struct campaign_row campaign;
    int rc = campaign_get(store, campaign_id, &campaign, err);
    if (rc == OK)
        rc = count_cases(&counting, &campaign, err);
    if (rc == OK)
        rc = rechecks_each(store, campaign_id, BYTES_NONE, team_id, 0, INT64_MAX, on_recheck,
                           &counting, err);
    if (rc == OK)
        rc = call_list_dials_count(store, campaign_id, team_id, &of.listed_dials, err);
    if (rc == OK)
        rc = call_list_dials_each(store, campaign_id, on_unmatched, &counting, err);
    if (rc == OK)
        *out = of;
    return rc;
}
