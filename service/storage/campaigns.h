#ifndef PINGYI_SERVICE_STORAGE_CAMPAIGNS_H
#define PINGYI_SERVICE_STORAGE_CAMPAIGNS_H

#include "service/storage/store.h"

/* Campaigns: the phoning of one draw by the service, and how far each unit is. Needs an open transaction. Bytes given
 * out stay valid until the next call on the store. */

struct campaign_row {
    int64_t id;
    int64_t round_id, draw_no;
    struct bytes round_name; /* filled by reading */
    int64_t file_id;         /* outcome_files: the source of its attempts */
    bool is_paused;
    int64_t opened_utc;
    struct bytes opened_by;
    int64_t ended_utc; /* 0: not */
    bool
        is_over; /* filled by reading: its round is not drawn or calling any more, or its draw is abandoned */
};
/* Fills id. ERR_EXISTS: the draw has one. */
int campaign_put_new(struct store *store, struct campaign_row *row, struct err *err);
int campaign_get(struct store *store, int64_t id, struct campaign_row *out, struct err *err);
/* Of the round's draw in force. ERR_NOT_FOUND. */
int campaign_get_current(struct store *store, int64_t round_id, struct campaign_row *out,
                         struct err *err);
int campaign_put_paused(struct store *store, int64_t id, bool is_paused, struct err *err);
int campaign_put_ended(struct store *store, int64_t id, int64_t at_utc,
                       struct err *err); /* 0: goes on */
typedef int (*campaign_cb)(void *context, const struct campaign_row *row, struct err *err);
/* Those that have not ended, paused ones too; oldest first. */
int campaigns_each_open(struct store *store, campaign_cb on_campaign, void *context,
                        struct err *err);

/* How far a unit is: cases, each counting for the unit of its first order. */
struct campaign_unit_row {
    int64_t unit;      /* as in draw_units */
    struct bytes code; /* filled by reading */
    int64_t target;    /* of the sample */
    int64_t released;  /* of sample and what was released of the reserve */
    int64_t queued;    /* fresh */
    int64_t final;     /* … of them with an answer: */
    int64_t complete;
};
int campaign_unit_put(struct store *store, int64_t campaign_id, const struct campaign_unit_row *row,
                      struct err *err); /* new or changed */
typedef int (*campaign_unit_cb)(void *context, const struct campaign_unit_row *row,
                                struct err *err);
int campaign_units_each(struct store *store, int64_t campaign_id, campaign_unit_cb on_unit,
                        void *context, struct err *err); /* by unit */
/* Units that have fresh cases, in the order of being given out: the lowest share of final cases to target first, of
 * equals the one with the fewest cases in work. */
struct fresh_unit {
    int64_t unit;
    double share;
    int64_t in_work; /* neither fresh nor final */
};
/* The one behind `after`, whether that is still there or not; behind share -1: the first. ERR_NOT_FOUND: none is. */
int campaign_unit_find_fresh(struct store *store, int64_t campaign_id,
                             const struct fresh_unit *after, struct fresh_unit *out,
                             struct err *err);
/* Add to released, queued, final and complete of a unit. */
struct campaign_unit_change {
    int released, queued, final, complete;
};
/* ERR_REFUSED when the counts cannot be: below 0, complete above final, queued and final above released. */
int campaign_unit_add(struct store *store, int64_t campaign_id, int64_t unit,
                      const struct campaign_unit_change *change, struct err *err);

#endif
