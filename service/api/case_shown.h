#ifndef PINGYI_SERVICE_API_CASE_SHOWN_H
#define PINGYI_SERVICE_API_CASE_SHOWN_H

#include "base/arena.h"

#include "service/api/case_reader.h"

/* A case as those who work on it see it: read from the store, or invented (practice.h). Numbers are masked, and those
 * in texts, which are cut at SHOWN_CHARACTERS; of the name only its first character shows, and all of it while the
 * viewer's own dial goes on. All texts are the arena's, the reader's or static. Thread: any. */

enum { SHOWN_CHARACTERS = 300 };

struct shown_number {
    int64_t no;
    struct bytes masked;
    bool is_dead;
    int64_t tries;       /* attempts of this case */
    int64_t tries_today; /* of whatever case */
};

struct shown_order {
    int64_t drawn_id, unit_no, handling_id;
    enum script_kind kind;
    struct bytes title, content, unit;
    struct moment received, closed;
    int64_t received_day; /* civil */
};

/* The last answer to an item. */
struct shown_answer {
    int64_t drawn_id; /* 0: of the call as a whole */
    struct bytes item, value, words;
};

struct shown_attempt {
    int64_t at_utc;
    struct bytes code; /* empty: interrupted */
    bool is_own;       /* the viewer's */
};

struct case_shown {
    int64_t id;
    struct bytes round;
    const char *turn; /* held, appointment, retry, fresh */
    int64_t lease_until_utc, lease_s;
    struct bytes citizen, language;
    struct shown_number *numbers;
    struct shown_order *orders;
    struct shown_answer *answers;
    struct shown_attempt *attempts; /* oldest first */
    size_t number_count, order_count, answer_count, attempt_count;
    const struct calling_hours *hours; /* whose windows are shown; NULL: none are */
    int64_t now_utc;
    int64_t number_no;       /* to be dialled first; 0: none today */
    struct dial_row dial;    /* that goes on; id 0: none. Without its texts */
    int64_t appointment_utc; /* 0: none */
    bool appointment_is_own; /* the viewer's */
};

struct case_ask {
    struct followup_case row;
    int64_t account_id; /* the viewer's */
    int64_t now_utc;
    const char *turn; /* static */
    bool is_dialling; /* the viewer, for a re-check */
};

/* All of it, within one transaction. */
int case_shown_load(struct case_reader *reader, struct store *store, const struct case_ask *ask,
                    struct arena *arena, struct case_shown *out, struct err *err);

/* "13800138000" as 138****8000, in the arena. */
int case_mask_number(struct bytes digits, struct arena *arena, struct bytes *out, struct err *err);

#endif
