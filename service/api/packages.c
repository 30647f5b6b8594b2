#include "service/api/account_json.h"
#include "service/api/desk.h"
#include "service/api/followup_json.h"
#include "service/api/followup_news.h"
#include "service/api/followup_room.h"
#include "service/api/handlers.h"
#include "service/followup/package.h"

#include <stdio.h>

/* Cases that contractors have in files: which, and how what does not come back is ours again. Packages are made where
 * their file is wanted, by the command line. */

enum { DETAILS_BYTES = 96 };

struct packages_ask {
    struct bytes round, mark;
};

static struct packages_ask *ask_of(struct call *call)
{
    struct packages_ask *ask = call_alloc(call, sizeof *ask);
    if (ask != NULL)
        *ask = (struct packages_ask){.round = exchange_param(call->exchange, "id")};
    call->input = ask;
    return ask;
}

/* ---- which ---- */

struct package_list {
    json_t *items;
    int64_t now_utc;
};

static int on_package(void *context, const struct package_row *row, struct err *err)
{
    const struct package_list *list = context;
    return json_array_append_new(list->items, package_to_json(row, list->now_utc)) == 0
               ? OK
               : err_set(err, ERR_NOMEM, "could not list packages");
}

static int list_packages(struct call *call, struct store *store, struct err *err)
{
    const struct packages_ask *ask = call->input;
    struct round_row round;
    struct campaign_row campaign;
    struct package_list list = {json_array(), call->now_utc};
    int rc = followup_campaign(call, store, ask->round, &round, &campaign, err);
    if (rc == OK)
        rc = packages_each(store, campaign.id, on_package, &list, err);
    if (rc == OK)
        return call_put_json(call, list_to_json(list.items, NULL), err);
    json_decref(list.items);
    return rc;
}

void packages_list(struct http_exchange *exchange)
{
    struct call *call = call_of(exchange);
    if (ask_of(call) != NULL)
        call_read(call, list_packages, NULL);
}

/* ---- back ---- */

static int take_back(struct call *call, struct store *store, struct err *err)
{
    const struct packages_ask *ask = call->input;
    const struct actor actor = followup_actor(call);
    struct datadir datadir = call->service->datadir;
    struct round_row round;
    struct campaign_row campaign;
    char details[DETAILS_BYTES];
    int64_t cases = 0;
    datadir.store = store;
    int rc = followup_campaign(call, store, ask->round, &round, &campaign, err);
    int64_t campaign_id = rc == OK ? campaign.id : 0;
    if (rc == OK)
        rc = package_take_back(&datadir, &round, ask->mark, &actor, &cases, err);
    if (rc != OK)
        return rc;
    (void)snprintf(details, sizeof details, "{\"mark\":\"" BYTES_FMT "\",\"cases\":%jd}",
                   BYTES_ARG(ask->mark), (intmax_t)cases);
    rc = call_audit(call, store, "package.take_back", ask->round, bytes_from_z(details), err);
    if (rc == OK)
        rc = call_tell_followup(call, store, campaign_id, err);
    return rc == OK ? call_put_json(call, json_pack("{s:I}", "cases", (json_int_t)cases), err) : rc;
}

void packages_take_back(struct http_exchange *exchange)
{
    struct packages_ask *ask = ask_of(call_of(exchange));
    if (ask == NULL)
        return;
    ask->mark = exchange_param(exchange, "mark");
    desk_write_empty(exchange, take_back);
}
