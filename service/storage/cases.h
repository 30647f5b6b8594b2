#ifndef PINGYI_SERVICE_STORAGE_CASES_H
#define PINGYI_SERVICE_STORAGE_CASES_H

#include "service/storage/store.h"

/* Cases (访问样本): people to be phoned, with their numbers, and who must not be called. Needs an open transaction. Bytes
 * given out stay valid until the next call on the store. What a case's states mean and who may change them stands in
 * service/followup/casework.h; storage keeps what it is given. */

#define CASE_STATES(X)                                                                             \
    X(CASE_QUEUED, "queued")                                                                       \
    X(CASE_LEASED, "leased")                                                                       \
    X(CASE_APPOINTMENT, "appointment")                                                             \
    X(CASE_WAITING, "waiting")                                                                     \
    X(CASE_FINAL, "final")
enum case_state {
#define X(name, word) name,
    CASE_STATES(X)
#undef X
        CASE_STATE_COUNT
};
const char *case_state_word(enum case_state state);
bool case_state_from_word(struct bytes word, enum case_state *out);

enum { CASE_NUMBERS_MAX = 15, CASE_UTC_NEVER = 0, CASE_LANGUAGE_BYTES = 16, CASE_CODE_BYTES = 8 };

/* No pointers: kept and changed beside other calls on the store. */
struct followup_case {
    int64_t id, campaign_id;
    int64_t case_no; /* of drawn_orders */
    int64_t unit;    /* of its first order */
    int64_t shuffle;
    int64_t team_id;                    /* 0: whoever is not a contractor's */
    char language[CASE_LANGUAGE_BYTES]; /* "": Mandarin; za; other */
    enum case_state state;
    int64_t from_utc, until_utc; /* offered then; leased: since when, and the lease's end */
    /* leased: who holds it; appointment: whose own it is; queued: who gave it back, and is not given it again before
     * from_utc; 0: nobody's */
    int64_t account_id;
    int64_t appointment_utc; /* agreed and not yet kept; 0: none */
    int64_t appointment_account;
    int64_t freed_utc;          /* when a supervisor released its refusal; 0: never */
    char code[CASE_CODE_BYTES]; /* final: its disposition, else "" */
    int64_t final_utc;
    /* Final by other than a dial: exhausted, do_not_call, settled, handed_over, imported. */
    char why[CASE_LANGUAGE_BYTES];
};
/* Fills id. ERR_EXISTS: the campaign has the case, or the account holds another one. ERR_REFUSED: no such campaign;
 * leased without an account; final without final_utc, or the other way round; a code and not final. */
int case_put_new(struct store *store, struct followup_case *row, struct err *err);
/* Rewrite what may change: team to why. ERR_NOT_FOUND, and the errors of case_put_new. */
int case_put(struct store *store, const struct followup_case *row, struct err *err);
/* Of one that is held on: until_utc and the appointment alone, which few indexes know. ERR_NOT_FOUND. */
int case_put_held(struct store *store, const struct followup_case *row, struct err *err);
int case_get(struct store *store, int64_t id, struct followup_case *out, struct err *err);
int case_get_by_no(struct store *store, int64_t campaign_id, int64_t case_no,
                   struct followup_case *out, struct err *err);

/* Whom a caller may be given. Each finds at most one case, by an index: ERR_NOT_FOUND. */
struct case_wish {
    int64_t campaign_id, team_id;
    struct bytes language;
    int64_t account_id; /* the caller's */
    int64_t now_utc;
    int64_t
        left_utc; /* an appointment of somebody else's that is later than this is left to them */
};
/* from_utc <= now < until_utc, earliest first. The caller's own, of whatever language: who agreed upon it speaks it. */
int case_find_own_appointment(struct store *store, const struct case_wish *wish,
                              struct followup_case *out, struct err *err);
/* Of one state, APPOINTMENT (the caller's own too) or WAITING, after `after_utc`/`after_id` (0, 0: from
 * the first) so that one that may not be called now can be passed over. */
int case_find_due(struct store *store, const struct case_wish *wish, enum case_state state,
                  int64_t after_utc, int64_t after_id, struct followup_case *out, struct err *err);
/* Fresh, of one unit, with the lowest shuffle above `after_shuffle` (INT64_MIN: from the first); what the caller has
 * just given back is not. */
int case_find_queued(struct store *store, const struct case_wish *wish, int64_t unit,
                     int64_t after_shuffle, struct followup_case *out, struct err *err);
/* What the caller holds. */
int case_find_leased(struct store *store, int64_t account_id, struct followup_case *out,
                     struct err *err);
/* The one whose until_utc passed first, at now or earlier: a lease to be ended, a time to be set anew. Of every
 * campaign, ended ones too: who ends a campaign takes its cases out of the way. */
int case_find_ended(struct store *store, int64_t now_utc, struct followup_case *out,
                    struct err *err);
/* When the next case of a campaign becomes due after now; 0: none. */
int cases_next_due(struct store *store, const struct case_wish *wish, int64_t *out_utc,
                   struct err *err);

/* Lists and counts for supervisors, by id after `after_id`. */
struct case_filter {
    int64_t campaign_id;
    int64_t unit;        /* -1: all */
    int state;           /* enum case_state; -1: all */
    struct bytes code;   /* empty: all */
    int64_t team_id;     /* -1: all */
    bool without_number; /* only those that have none that could be dialled */
    int64_t after_id, limit;
};
typedef int (*case_cb)(void *context, const struct followup_case *row, struct err *err);
int cases_each(struct store *store, const struct case_filter *filter, case_cb on_case,
               void *context, struct err *err);
struct case_count {
    int64_t unit;
    enum case_state state;
    struct bytes code;
    int64_t cases;
};
typedef int (*case_count_cb)(void *context, const struct case_count *count, struct err *err);
/* By unit, state and code; out of an index. */
int cases_count(struct store *store, int64_t campaign_id, case_count_cb on_count, void *context,
                struct err *err);

/* The open ones that are not queued: leased, appointment, waiting. */
struct case_work_count {
    enum case_state state;
    bool is_attempted; /* a dial of it, no checker's, ended with a code */
    bool has_number;   /* that could be dialled */
    int64_t cases;
};
typedef int (*case_work_count_cb)(void *context, const struct case_work_count *count,
                                  struct err *err);
int cases_count_in_work(struct store *store, int64_t campaign_id, case_work_count_cb on_count,
                        void *context, struct err *err);

/* The drawn orders of a case that are released, by id. */
struct case_order {
    int64_t drawn_id, unit, handling_id;
    struct bytes order_no;
};
typedef int (*case_order_cb)(void *context, const struct case_order *order, struct err *err);
int case_orders_each(struct store *store, int64_t round_id, int64_t draw_no, int64_t case_no,
                     case_order_cb on_order, void *context, struct err *err);

/* The codes that loaded files have of those orders; by order and time. */
typedef int (*case_code_cb)(void *context, struct bytes code, struct err *err);
int case_file_codes_each(struct store *store, int64_t round_id, int64_t draw_no, int64_t case_no,
                         case_code_cb on_code, void *context, struct err *err);

/* ---- numbers ---- */

struct case_number {
    int64_t case_id;
    int64_t no; /* from 1, in the order of trying */
    int64_t phone_key;
    struct bytes sealed; /* as row case_id * 16 + no */
    bool is_dead;
};
int64_t case_number_seal_row(int64_t case_id, int64_t no);
/* ERR_EXISTS: the case has that `no`, or that number already. ERR_REFUSED: `no` above CASE_NUMBERS_MAX. */
int case_number_put_new(struct store *store, const struct case_number *row, struct err *err);
int case_number_put_dead(struct store *store, int64_t case_id, int64_t no, bool is_dead,
                         struct err *err);
typedef int (*case_number_cb)(void *context, const struct case_number *row, struct err *err);
int case_numbers_each(struct store *store, int64_t case_id, case_number_cb on_number, void *context,
                      struct err *err); /* by no */
/* Whether another case with one of this case's numbers is leased now, or such a number is dialled for another case (a
 * checker's dial needs no lease of the case). */
int case_number_is_busy(struct store *store, int64_t case_id, bool *out, struct err *err);
/* Cases, not final and of campaigns that have not ended, that have the number; by id. Not to be changed before it
 * returns. */
int cases_each_with_number(struct store *store, int64_t phone_key, case_cb on_case, void *context,
                           struct err *err);

/* ---- who must not be called ---- */

struct do_not_call_row {
    int64_t id, phone_key;
    struct bytes sealed; /* the number, as row `id` */
    int64_t since_utc;
    struct bytes who, why;
    int64_t ended_utc; /* 0: in force */
    struct bytes ended_by, ended_why;
};
int do_not_call_next_id(struct store *store, int64_t *out_id, struct err *err);
/* ERR_EXISTS: it is there already. */
int do_not_call_put(struct store *store, const struct do_not_call_row *row, struct err *err);
int do_not_call_put_ended(struct store *store, int64_t id, int64_t at_utc, struct bytes who,
                          struct bytes why, struct err *err);
int do_not_call_has(struct store *store, int64_t phone_key, bool *out, struct err *err);
typedef int (*do_not_call_cb)(void *context, const struct do_not_call_row *row, struct err *err);
int do_not_call_each(struct store *store, int64_t after_id, int64_t limit, do_not_call_cb on_row,
                     void *context, struct err *err); /* ended ones too, by id */

#endif
