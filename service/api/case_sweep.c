#include "service/api/parts.h"

#include "base/container.h"

#include "service/api/followup_news.h"
#include "service/followup/attendance.h"
#include "service/followup/rechecking.h"

/* Leases end and windows pass whether or not anybody asks for a case: now and then the writer is asked to look, a
 * bounded piece of it at a time, so that callers' own writes go in between.
 *
 *   IDLE --timer--> SWEEPING --all is swept--> IDLE
 *                      |  ^
 *                      +--+ there is more */

enum { CASES_A_SWEEP = 100 };

/* Re-checks that nobody finished, and shifts that nobody ended. */
static int sweep_beside(struct store *store, int64_t now_utc, struct err *err)
{
    int rechecks = 0;
    int64_t shifts = 0;
    int rc = rechecking_sweep(store, now_utc, CASES_A_SWEEP, &rechecks, err);
    return rc == OK ? attendance_end_forgotten(store, now_utc, CASES_A_SWEEP, &shifts, err) : rc;
}

static int act(struct action *action, struct store *store, struct err *err)
{
    struct service *service = CONTAINER_OF(action, struct service, case_sweep.action);
    struct case_sweep *sweep = &service->case_sweep;
    int done = 0;
    sweep->moved.count = 0;
    int rc = casework_sweep(service->casework, store, service_now_utc(service), CASES_A_SWEEP,
                            &done, err);
    sweep->goes_on = done == CASES_A_SWEEP;
    if (rc == OK)
        rc = sweep_beside(store, service_now_utc(service), err);
    return rc == OK && done > 0 ? followup_rounds_load(store, &sweep->moved, err) : rc;
}

static void submit(struct service *service);

static void on_done(struct action *action)
{
    struct service *service = CONTAINER_OF(action, struct service, case_sweep.action);
    struct case_sweep *sweep = &service->case_sweep;
    sweep->is_running = false;
    if (action->rc != OK)
        service_say(service, "错误：到时的访问样本未能收回，稍后重试（%s）", action->err.message);
    if (action->rc == OK)
        followup_news_tell_all(service, &sweep->moved);
    if (sweep->goes_on && action->rc == OK)
        submit(service);
}

static void submit(struct service *service)
{
    struct err err;
    struct case_sweep *sweep = &service->case_sweep;
    sweep->action = (struct action){.act = act, .done = on_done};
    sweep->is_running = writer_submit(service->writer, &sweep->action, &err) == OK;
}

void case_sweep_start(struct service *service)
{
    if (!service->case_sweep.is_running)
        submit(service);
}
