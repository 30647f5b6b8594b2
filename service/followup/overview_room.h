#ifndef PINGYI_SERVICE_FOLLOWUP_OVERVIEW_ROOM_H
#define PINGYI_SERVICE_FOLLOWUP_OVERVIEW_ROOM_H

#include "service/followup/overview.h"

/* Inside service/followup/: what the files of the overview share. */

enum { OVERVIEW_ALERTS_MAX = 256, OVERVIEW_LANGUAGES_MAX = 16 };

/* A case of those that are looked at, by its number in the draw. */
struct overview_mark {
    int64_t orders; /* released */
    bool is_ours;
};

/* An account that may call; by id. */
struct overview_account {
    int64_t id, team_id;
    bool is_disabled;
    struct bytes name, display_name, team;
};

struct overview_work {
    const struct datadir *datadir;
    struct store *store;
    struct casework *casework;
    const struct calling_hours *hours;
    const struct round_row *round;
    struct overview_wish wish;
    struct arena *arena;
    struct overview *out;
    int64_t today;               /* in the round's zone */
    struct overview_mark *marks; /* heap */
    size_t mark_count;
    struct overview_account *accounts;
    size_t account_count;
    int64_t pace_from_utc;        /* finals from then on count for the pace; 0: none do */
    int64_t pace_gone_s;          /* of calling hours in the pace's days */
    int64_t pace_full_s;          /* those days' hours as a whole */
    int64_t pace_days;            /* how many */
    int64_t last_appointment_utc; /* 0: none */
};

const struct overview_account *overview_account(const struct overview_work *work, int64_t id);
const struct overview_account *overview_account_named(const struct overview_work *work,
                                                      struct bytes name);
bool overview_has_case(const struct overview_work *work, int64_t case_no);

/* overview_pace.c: before the cases are counted, and after it. */
int overview_find_pace(struct overview_work *work, struct err *err);
int overview_forecast(struct overview_work *work, struct err *err);
/* overview_callers.c: who is on duty, and what they did today. */
int overview_load_accounts(struct overview_work *work, struct err *err);
int overview_load_callers(struct overview_work *work, struct err *err);
int overview_count_speakers(struct overview_work *work, struct err *err);
/* overview_alerts.c: when all else is there. */
int overview_load_alerts(struct overview_work *work, struct err *err);

#endif
