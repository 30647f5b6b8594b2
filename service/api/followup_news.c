#include "service/api/followup_news.h"

#include "base/alloc.h"
#include "base/container.h"

#include "service/storage/campaigns.h"

#include <string.h>

/* Of each round that moved one event goes out at once; what moves within the second after it waits for its end. A
 * round that finds no room is not told of: the page also asks by itself now and then. */

enum {
    NEWS_EVERY_MS = 1000,
    NEWS_AUDIENCE = ACCESS_OF(ROLE_SUPERVISOR) | ACCESS_OF(ROLE_OFFICE) | ACCESS_OF(ROLE_AUDITOR),
};

static void publish(struct service *service, struct bytes round)
{
    json_t *value = json_pack("{s:o}", "round", json_bytes(round));
    char *text = value != NULL ? json_dumps(value, JSON_COMPACT) : NULL;
    json_decref(value);
    if (text != NULL)
        events_publish(service->events, "followup", NEWS_AUDIENCE, bytes_from_z(text));
    mem_free(text);
}

static struct followup_news_round *find(struct followup_news *news, struct bytes round)
{
    for (size_t i = 0; i < news->count; i++) {
        if (bytes_equal(bytes_from_z(news->rounds[i].name), round))
            return &news->rounds[i];
    }
    return NULL;
}

void followup_news_tell(struct service *service, struct bytes round)
{
    struct followup_news *news = &service->news;
    struct followup_news_round *known = find(news, round);
    if (service->is_stopping || round.len >= FOLLOWUP_NEWS_NAME_BYTES)
        return;
    if (known != NULL) {
        known->is_due = true;
        return;
    }
    if (news->count == FOLLOWUP_NEWS_ROUNDS)
        return;
    publish(service, round);
    struct followup_news_round *added = &news->rounds[news->count++];
    *added = (struct followup_news_round){.is_due = false};
    memcpy(added->name, round.ptr, round.len);
    if (!uv_is_active((uv_handle_t *)&service->news_timer))
        (void)uv_timer_start(&service->news_timer, followup_news_on_timer, NEWS_EVERY_MS,
                             NEWS_EVERY_MS);
}

void followup_news_tell_all(struct service *service, const struct followup_rounds *rounds)
{
    for (size_t i = 0; i < rounds->count; i++)
        followup_news_tell(service, bytes_from_z(rounds->names[i]));
}

void followup_news_on_timer(uv_timer_t *timer)
{
    struct service *service = CONTAINER_OF(timer, struct service, news_timer);
    struct followup_news *news = &service->news;
    size_t kept = 0;
    for (size_t i = 0; i < news->count; i++) {
        if (!news->rounds[i].is_due)
            continue;
        publish(service, bytes_from_z(news->rounds[i].name));
        news->rounds[kept] = news->rounds[i];
        news->rounds[kept++].is_due = false;
    }
    news->count = kept;
    if (kept == 0)
        (void)uv_timer_stop(timer);
}

int call_tell_followup(struct call *call, struct store *store, int64_t campaign_id, struct err *err)
{
    struct campaign_row row;
    int rc = campaign_get(store, campaign_id, &row, err);
    if (rc != OK)
        return rc;
    call->moved_round = arena_copy(exchange_arena(call->exchange), row.round_name);
    return call->moved_round.ptr != NULL ? OK
                                         : err_set(err, ERR_NOMEM, "no memory for a round's name");
}

static int on_campaign(void *context, const struct campaign_row *row, struct err *err)
{
    struct followup_rounds *rounds = context;
    (void)err;
    if (rounds->count == FOLLOWUP_NEWS_ROUNDS || row->round_name.len >= FOLLOWUP_NEWS_NAME_BYTES)
        return OK;
    char *name = rounds->names[rounds->count++];
    memcpy(name, row->round_name.ptr, row->round_name.len);
    name[row->round_name.len] = '\0';
    return OK;
}

int followup_rounds_load(struct store *store, struct followup_rounds *out, struct err *err)
{
    out->count = 0;
    return campaigns_each_open(store, on_campaign, out, err);
}
