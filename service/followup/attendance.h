#ifndef PINGYI_SERVICE_FOLLOWUP_ATTENDANCE_H
#define PINGYI_SERVICE_FOLLOWUP_ATTENDANCE_H

#include "service/followup/hours.h"
#include "service/rounds/lifecycle.h"
#include "service/storage/shifts.h"

/* Attendance (考勤) as supervisors confirm it and as the list of fees (劳务费) needs it: who began and ended when, what
 * was dialled meanwhile, how many minutes count. Only confirmed shifts are paid. Needs an open transaction. Thread:
 * that of the store. */

enum {
    ATTENDANCE_DAYS_MAX = 92,         /* of one list */
    ATTENDANCE_MINUTES_MAX = 24 * 60, /* of one shift */
    ATTENDANCE_NOTE_BYTES = 800,      /* 200 characters */
    ATTENDANCE_FORGOTTEN_S =
        14 * 3600,              /* a shift that goes on for so long was not ended by who began it */
    ATTENDANCE_LATE_MINUTES = 5 /* fewer are in time */
};

struct attended {
    const struct shift_row *shift; /* valid during the call */
    int64_t minutes_worked;        /* whole ones, until its end, or until now */
    /* It began so long after a span of the calling hours had begun; 0: fewer than ATTENDANCE_LATE_MINUTES, between two
     * spans, or after a pause in the span. */
    int64_t late_minutes;
    bool is_forgotten;
};
typedef int (*attended_cb)(void *context, const struct attended *attended, struct err *err);

struct attendance_wish {
    int64_t from_day, to_day;
    int64_t team_id;                   /* -1: all */
    const struct calling_hours *hours; /* NULL: nobody is late */
    int64_t now_utc;
};
/* By day and account. ERR_FORMAT: the days are none, or more than ATTENDANCE_DAYS_MAX. */
int attendance_each(struct store *store, const struct attendance_wish *wish,
                    attended_cb on_attended, void *context, struct err *err);

/* Say how many minutes count; again, to correct it. ERR_NOT_FOUND: no such shift, or of another team than `team_id`
 * (-1: any). ERR_WRONG_STATE: it goes on. ERR_REFUSED: it is the supervisor's own. */
struct attendance_verdict {
    int64_t minutes;
    struct bytes note; /* may be empty */
    int64_t team_id;
    int64_t account_id; /* the supervisor's */
};
int attendance_confirm(struct store *store, int64_t id, const struct attendance_verdict *verdict,
                       const struct actor *actor, struct err *err);

/* End what nobody ended: at the end of its last dial, for nobody can say more; its supervisor then confirms what was
 * worked. At most `limit`; *out_done: how many. */
int attendance_end_forgotten(struct store *store, int64_t now_utc, int64_t limit, int64_t *out_done,
                             struct err *err);

/* The confirmed shifts as CSV for spreadsheets (UTF-8 with a mark), then the sums of each caller. */
int attendance_render(struct store *store, const struct attendance_wish *wish, struct buf *out,
                      struct err *err);

#endif
