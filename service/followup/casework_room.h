#ifndef PINGYI_SERVICE_FOLLOWUP_CASEWORK_ROOM_H
#define PINGYI_SERVICE_FOLLOWUP_CASEWORK_ROOM_H

#include "service/auth/vault.h"
#include "service/followup/casework.h"
#include "service/storage/rechecks.h"

/* Inside service/followup/: what the files of the engine share. Thread: that of the casework. */

enum {
    DIALS_A_CASE = 1024,        /* of its own, interrupted ones too */
    CAMPAIGN_UNITS_MAX = 1024,  /* of one draw */
    CASE_TEXT_MAX_BYTES = 65536 /* a note, a person's words */
};

/* A campaign's rules, zone and calendar, which are frozen with its round. An id may be given anew after a rollback,
 * so all of the key is compared. */
struct campaign_hours {
    struct campaign_hours *next;
    struct arena arena;      /* owns the row's texts */
    struct campaign_row row; /* as it was when it was loaded */
    struct round_basis basis;
    struct calling_hours hours;
};

struct casework {
    const struct datadir *datadir;
    struct casework_options options;
    struct vault_index *index;
    struct vault_sealer *orders, *numbers, *words, *notes, *outcomes, *bans;
    struct campaign_hours *campaigns;
    struct buf plain, sealed;
    struct dial_past dials[DIALS_A_CASE]; /* of the situation at hand */
};

int casework_random(struct casework *work, uint64_t *out, struct err *err);

/* ---- campaigns ---- */

/* A campaign as acts on its cases look at it. */
struct campaign {
    struct campaign_row row;           /* its texts are the casework's */
    const struct calling_hours *hours; /* the casework's */
};
int campaign_load(struct casework *work, struct store *store, int64_t id, struct campaign *out,
                  struct err *err);
/* The same, and ERR_WRONG_STATE when it has ended. */
int campaign_load_open(struct casework *work, struct store *store, int64_t id, struct campaign *out,
                       struct err *err);
int64_t campaign_day(const struct campaign *campaign, int64_t utc);

/* ---- changes of a case (casework.c) ---- */

enum case_act {
    ACT_LEASE,     /* next */
    ACT_HOLD,      /* renew, dial, answer */
    ACT_GIVE_BACK, /* undialled */
    ACT_FINISH,    /* the dial has ended */
    ACT_LAPSE,     /* the lease has run out */
    ACT_PLACE,     /* its time passed, or may not be kept */
    ACT_ASSIGN,    /* to a team */
    ACT_BOOK,
    ACT_FREE,
    ACT_SETTLE,
    ACT_BAN,
    ACT_CORRECT,
    ACT_HAND_OVER, /* to a contractor, in a file */
    ACT_TAKE_BACK,
    ACT_END /* of the campaign */
};

/* What a case becomes. They change `row` alone. */
void case_become_queued(struct followup_case *row);
void case_become_leased(struct followup_case *row, int64_t account_id, int64_t now_utc,
                        int64_t lease_s);
void case_become_waiting(struct followup_case *row, int64_t from_utc, int64_t until_utc);
void case_become_appointment(struct followup_case *row, int64_t from_utc, int64_t until_utc);
void case_become_final(struct followup_case *row, const char *code, const char *why,
                       int64_t now_utc);
void case_park(struct followup_case *row);
bool case_is_parked(const struct followup_case *row);
/* Final by its disposition: what a contractor has is final without one, until its rows have come. */
bool case_is_done(const struct followup_case *row);

/* Store what `was` has become, and count it. ERR_WRONG_STATE: the act may not do that. */
int case_change(struct store *store, enum case_act act, const struct followup_case *was,
                const struct followup_case *row, struct err *err);

/* The case, which the account must hold: ERR_WRONG_STATE. After its lease it is held until a sweep takes it. */
int case_get_held(struct store *store, int64_t case_id, int64_t account_id,
                  struct followup_case *out, struct err *err);

/* A growing list, for what may not be changed while it is read. */
struct case_list {
    struct followup_case *rows;
    size_t count, capacity;
};
int case_list_take(void *context, const struct followup_case *row, struct err *err); /* a case_cb */
void case_list_deinit(struct case_list *list); /* accepts a zeroed one */
/* Leave `count` of the list, if there are as many: from a random one on, each unit by its number. */
int case_list_pick(struct casework *work, struct case_list *list, int64_t count, struct err *err);

/* ---- where a case stands (casework_situation.c) ---- */

/* A case's numbers and past, and what the protocol makes of them. One at a time of each casework. */
struct situation {
    struct case_past past;
    struct {
        int64_t phone_key;
        bool is_spent; /* it has had its dials of today, in whatever case */
    } numbers[CASE_NUMBERS_MAX];
    bool is_dead[CASE_NUMBERS_MAX];
    bool is_banned; /* one of its numbers is on the do-not-call list */
};
int situation_load(struct casework *work, struct store *store, const struct campaign *campaign,
                   const struct followup_case *row, int64_t now_utc, struct situation *out,
                   struct err *err);
/* A number that may be dialled today, the proposed one if it may; 0: none. */
int64_t situation_number(const struct situation *situation, int64_t proposed);

/* What the protocol gives when it is asked in the first window from `at_utc` and `from_day` on instead of now: when the
 * case waits until, or that window, for one that does not wait. ERR_NO_CALENDAR. */
int situation_find_later(const struct campaign *campaign, const struct situation *situation,
                         int64_t at_utc, int64_t from_day, int64_t *out_from_utc,
                         int64_t *out_until_utc, struct err *err);

/* Nobody is told a time at which they may not be called: ERR_REFUSED when it is past, outside the hours, more days
 * ahead than the rules' window has, or of today when the numbers have had their dials. */
int situation_check_time(const struct campaign *campaign, const struct situation *situation,
                         int64_t at_utc, struct err *err);

/* Let the case become what the protocol says and today's limits allow; *out_next is the protocol's word. With
 * `may_hold` whoever holds it keeps it for NEXT_NUMBER, if that may be dialled now; else that is NEXT_WAITING. A case
 * that a file of outcomes ends becomes FINAL, imported; so does a banned one, and has its attempt written for that. */
int situation_place(struct casework *work, struct store *store, const struct campaign *campaign,
                    const struct situation *situation, bool may_hold, struct followup_case *row,
                    struct next *out_next, struct err *err);
/* All three: load, place, change. */
int case_place(struct casework *work, struct store *store, const struct campaign *campaign,
               enum case_act act, const struct followup_case *was, struct followup_case *row,
               int64_t now_utc, struct err *err);

/* End its lease, or place it anew (casework_sweep.c). */
int case_sweep(struct casework *work, struct store *store, const struct followup_case *was,
               int64_t now_utc, struct err *err);

/* ---- numbers (casework_numbers.c) ---- */

int number_index(struct casework *work, struct bytes digits, int64_t *out_key, struct err *err);
int number_put(struct casework *work, struct store *store, int64_t case_id, int64_t no,
               struct bytes digits, int64_t phone_key, struct err *err);
/* Append the number's digits. ERR_NOT_FOUND. */
int number_open(struct casework *work, struct store *store, int64_t case_id, int64_t no,
                struct buf *out, struct err *err);
/* On the list, and all open cases that have it are final but held ones. ERR_EXISTS: it is there. */
int number_ban(struct casework *work, struct store *store, struct bytes digits, struct bytes who,
               struct bytes why, int64_t now_utc, int64_t *out_cases, struct err *err);
/* All numbers of a person who wants no more calls, where nobody says by which they were called; those that are on the
 * list stay as they are. */
int case_ban_numbers(struct casework *work, struct store *store, int64_t case_id,
                     const struct actor *actor, struct err *err);

/* ---- answers and attempts ---- */

/* The disposition that a case has by the attempts on its orders, "" without any: complete is what is complete for
 * every order (casework_correct.c). */
int case_find_code(struct store *store, const struct campaign *campaign,
                   const struct followup_case *row, char out[CASE_CODE_BYTES], struct err *err);

/* Whether a loaded file of outcomes has what ends the case (protocol_is_end). */
int case_has_file_end(struct store *store, const struct campaign *campaign,
                      const struct followup_case *row, bool *out, struct err *err);

/* What was answered so far, read (casework_answers.c). */
enum { CASE_ORDERS_MAX = 256 };
struct answered_order {
    int64_t drawn_id, handling_id;
    struct script_outcome outcome;
};
struct answered {
    struct arena arena; /* owns the texts */
    struct answered_order *orders;
    size_t order_count;
    enum outcome_group group;  /* of the call: COMPLETE, PARTIAL, or UNKNOWN_UNWORKED */
    struct bytes missing_item; /* the first required one without an answer; empty: none */
    int64_t missing_order;
};
int answered_load(struct casework *work, struct store *store, const struct campaign *campaign,
                  const struct followup_case *row, struct answered *out, struct err *err);
void answered_deinit(struct answered *answered); /* accepts a zeroed one */

/* One attempt for each order of the case (casework_attempts.c): `code`, or, with `answered`, what the order's answers
 * say. caller empty: nobody dialled. The first attempt of a drawn round is its step to calling. */
struct attempt_wish {
    const char *code;
    int64_t at_utc;
    struct bytes caller; /* name; empty: none */
    struct bytes who;    /* as recorded with the step; not empty */
    const struct answered *answered;
    bool
        only_missing; /* of orders alone that have no attempt: they were released after the dials */
};
int attempts_put(struct casework *work, struct store *store, const struct campaign *campaign,
                 const struct followup_case *row, const struct attempt_wish *wish, struct err *err);
/* Of the orders of a FINAL case that have none: its disposition; 2.36 after one that says something of the others
 * alone (an answer, 4), for nobody is interviewed twice. */
int attempts_put_missing(struct casework *work, struct store *store,
                         const struct campaign *campaign, const struct followup_case *row,
                         int64_t now_utc, struct bytes who, struct err *err);

/* Whether a number of the case may be dialled now (casework_dial.c): as casework_dial says, also for checkers. */
int dial_check(struct casework *work, struct store *store, const struct campaign *campaign,
               const struct followup_case *row, int64_t number_no, int64_t now_utc,
               int64_t *out_phone_key, struct err *err);

/* End the case's open dial as what was answered in it, or interrupted, when nobody said what became of it
 * (casework_finish.c). Nothing when there is none. */
int dial_abandon(struct casework *work, struct store *store, const struct campaign *campaign,
                 const struct followup_case *row, int64_t now_utc, struct err *err);

#endif
