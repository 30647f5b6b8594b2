#ifndef PINGYI_SERVICE_STORAGE_DIALS_H
#define PINGYI_SERVICE_STORAGE_DIALS_H

#include "service/storage/store.h"

/* Dials (拨打) of the service and the answers given in them. Needs an open transaction. Bytes given out stay valid until
 * the next call on the store. Both are appended; of a dial only its end is written later. */

struct dial_row {
    int64_t id, case_id, number_no, phone_key;
    int64_t account_id;
    struct bytes account_name; /* filled by reading */
    int64_t recheck_id;        /* 0: an attempt of the case */
    int64_t day;               /* in the round's time zone */
    int64_t started_utc;
    int64_t ended_utc; /* 0: going on */
    struct bytes code; /* AAPOR's; empty though ended: interrupted */
    struct bytes recording;
    struct bytes sealed; /* the caller's note, as row `id`; empty: none */
};
/* Fills id; the dial goes on. ERR_EXISTS: one of the case is going on, or one of the number for whomever. ERR_REFUSED:
 * the case has no such number. */
int dial_put_new(struct store *store, struct dial_row *row, struct err *err);
/* ended_utc, code, recording, sealed; once: ERR_WRONG_STATE when it has ended. */
int dial_put_end(struct store *store, const struct dial_row *row, struct err *err);
int dial_get(struct store *store, int64_t id, struct dial_row *out, struct err *err);
/* The one that is going on. ERR_NOT_FOUND. */
int dial_get_open(struct store *store, int64_t case_id, struct dial_row *out, struct err *err);
typedef int (*dial_cb)(void *context, const struct dial_row *row, struct err *err);
int dials_each_of_case(struct store *store, int64_t case_id, dial_cb on_dial, void *context,
                       struct err *err); /* oldest first, re-checks' too */
/* How often a number was dialled on a civil day, in any round, by checkers too. */
int dials_count_of_number(struct store *store, int64_t phone_key, int64_t day, int64_t *out,
                          struct err *err);

/* What an account did on the days from..to. Dials of re-checks count as dials and by their seconds alone; refusals are
 * AAPOR's 2.1. */
struct dial_work {
    int64_t account_id;
    struct bytes account_name, display_name;
    int64_t day;
    int64_t dials, completes, partials, refusals, interrupted;
    int64_t seconds;  /* of its ended dials */
    int64_t last_utc; /* when the last began */
};
typedef int (*dial_work_cb)(void *context, const struct dial_work *work, struct err *err);
/* account_id 0: of all; campaign_id 0: of all. By account and day. */
int dial_work_each(struct store *store, int64_t campaign_id, int64_t account_id, int64_t from_day,
                   int64_t to_day, dial_work_cb on_work, void *context, struct err *err);
/* All of a campaign that are attempts, by id, from `after_id`. */
int dials_each_of_campaign(struct store *store, int64_t campaign_id, int64_t after_id,
                           int64_t limit, dial_cb on_dial, void *context, struct err *err);

/* Completes (1.1) of a campaign, by account and case. */
struct complete_row {
    int64_t account_id;
    struct bytes account_name;
    int64_t team_id; /* the account's; 0: none */
    int64_t case_id, case_no;
    int64_t seconds;
};
typedef int (*complete_cb)(void *context, const struct complete_row *row, struct err *err);
int completes_each(struct store *store, int64_t campaign_id, complete_cb on_complete, void *context,
                   struct err *err);

struct answer_row {
    int64_t id, case_id, dial_id;
    int64_t drawn_id; /* 0: of the call as a whole */
    struct bytes item, value;
    struct bytes sealed; /* the person's words, as row `id`; empty: none */
    int64_t at_utc;
    int64_t spent_ms; /* -1: not said */
};
/* The id that the next answer will have, to seal it with. */
int answer_next_id(struct store *store, int64_t *out_id, struct err *err);
int answer_put(struct store *store, const struct answer_row *row, struct err *err);
typedef int (*answer_cb)(void *context, const struct answer_row *row, struct err *err);
int answers_each_of_case(struct store *store, int64_t case_id, answer_cb on_answer, void *context,
                         struct err *err); /* as they were given */

/* What was last answered to an item of the call as a whole, of each case of a campaign that has an answer to it, by
 * case. */
struct last_answer_row {
    int64_t case_id, case_no, unit;
    struct bytes value;
};
typedef int (*last_answer_cb)(void *context, const struct last_answer_row *row, struct err *err);
int last_answers_each(struct store *store, int64_t campaign_id, struct bytes item,
                      last_answer_cb on_answer, void *context, struct err *err);

#endif
