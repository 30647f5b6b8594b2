#ifndef PINGYI_SERVICE_API_FOLLOWUP_NEWS_H
#define PINGYI_SERVICE_API_FOLLOWUP_NEWS_H

#include "service/api/call.h"

/* That the phoning of a round has moved: the event `followup` {"round"}, at most once a second a round, to whoever may
 * look at it. With hundreds of callers each second brings something; the supervisors' pages then read the one answer
 * that all of them share (followup.c). */

/* In a write: when it is committed, the campaign's round is told of. Thread: the writer's. */
int call_tell_followup(struct call *call, struct store *store, int64_t campaign_id,
                       struct err *err);
/* In a write that may have moved any of them: the rounds that are phoned, to be told of when it is committed; what
 * finds no room is left out. Thread: the writer's. */
int followup_rounds_load(struct store *store, struct followup_rounds *out, struct err *err);
/* Tell of it now, or before the second is over. Thread: loop. */
void followup_news_tell(struct service *service, struct bytes round);
void followup_news_tell_all(struct service *service, const struct followup_rounds *rounds);
/* The second is over. Thread: loop. */
void followup_news_on_timer(uv_timer_t *timer);

#endif
