#ifndef PINGYI_SERVICE_STORAGE_SHIFTS_H
#define PINGYI_SERVICE_STORAGE_SHIFTS_H

#include "service/storage/store.h"

/* Attendance (考勤) of callers and checkers, and what they can speak. Needs an open transaction. Bytes given out stay
 * valid until the next call on the store. */

struct shift_row {
    int64_t id, account_id;
    struct bytes account_name, display_name, team_name; /* filled by reading */
    int64_t team_id;
    int64_t day; /* in Asia/Shanghai */
    int64_t started_utc;
    int64_t ended_utc;      /* 0: going on */
    struct bytes ended_why; /* signed_out, forgotten */
    bool is_confirmed;
    int64_t minutes; /* as confirmed */
    int64_t confirmed_utc;
    struct bytes confirmed_by, note;
    /* Of shifts_each alone: dials that began in it, and completes among them that no re-check has made void. */
    int64_t dials, completes;
};
/* Fills id. ERR_EXISTS: one is going on. */
int shift_put_new(struct store *store, struct shift_row *row, struct err *err);
int shift_put_end(struct store *store, int64_t id, int64_t at_utc, struct bytes why,
                  struct err *err); /* ERR_WRONG_STATE when it has ended */
/* Again, to correct it. ERR_WRONG_STATE when it has not ended. */
int shift_put_confirmed(struct store *store, int64_t id, int64_t minutes, int64_t at_utc,
                        struct bytes who, struct bytes note, struct err *err);
int shift_get(struct store *store, int64_t id, struct shift_row *out, struct err *err);
int shift_get_open(struct store *store, int64_t account_id, struct shift_row *out,
                   struct err *err); /* ERR_NOT_FOUND */
typedef int (*shift_cb)(void *context, const struct shift_row *row, struct err *err);
/* team_id -1: of all teams. By day and account. */
int shifts_each(struct store *store, int64_t from_day, int64_t to_day, int64_t team_id,
                shift_cb on_shift, void *context, struct err *err);
/* Those going on that began at `before_utc` or earlier. */
int shifts_each_forgotten(struct store *store, int64_t before_utc, shift_cb on_shift, void *context,
                          struct err *err);

/* When the last dial of the shift ended (of one that has not, began); without any, when the shift began. */
int shift_last_dial(struct store *store, int64_t id, int64_t *out_utc, struct err *err);

/* Replaces what the account had. */
int caller_languages_put(struct store *store, int64_t account_id, const struct bytes *languages,
                         size_t count, struct err *err);
typedef int (*caller_language_cb)(void *context, int64_t account_id, struct bytes language,
                                  struct err *err);
int caller_languages_each(struct store *store, int64_t account_id, /* 0: of all */
                          caller_language_cb on_language, void *context, struct err *err);

#endif
