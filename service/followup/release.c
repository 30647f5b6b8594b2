#include "service/followup/release.h"

#include "service/followup/casework.h"
#include "service/followup/draw.h"

static int take_released(const struct datadir *datadir, int64_t campaign_id,
                         const struct actor *actor, int64_t *out_cases, struct err *err)
{
    struct casework *work = NULL;
    int rc = casework_new(datadir, NULL, &work, err);
    if (rc == OK)
        rc = casework_take_released(work, datadir->store, campaign_id, actor, out_cases, err);
    casework_free(work);
    return rc;
}

int release_reserve(const struct datadir *datadir, const struct round_row *round,
                    struct bytes unit_code, int64_t count, struct bytes why,
                    const struct actor *actor, int64_t *out_cases, struct err *err)
{
    struct campaign_row campaign;
    struct err look = {0};
    int64_t cases = 0;
    int rc = draw_top_up(datadir, round, unit_code, count, why, actor, err);
    if (rc != OK)
        return rc;
    rc = campaign_get_current(datadir->store, round->id, &campaign, &look);
    if (rc == OK)
        rc = take_released(datadir, campaign.id, actor, &cases, err);
    else if (rc == ERR_NOT_FOUND)
        rc = OK;
    else
        *err = look;
    if (rc == OK)
        *out_cases = cases;
    return rc;
}
