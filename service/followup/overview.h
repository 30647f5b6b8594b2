#ifndef PINGYI_SERVICE_FOLLOWUP_OVERVIEW_H
#define PINGYI_SERVICE_FOLLOWUP_OVERVIEW_H

#include "service/followup/casework.h"
#include "service/followup/outcomes.h"

/* How the phoning of a round stands, as its supervisors see it: counted anew from the store, of one snapshot. Cases
 * (访问样本) are people; outcomes and rates are of drawn orders, exactly those that `score` has. Texts and lists are the
 * arena's. */

enum { OVERVIEW_WAVES = 6 }; /* orders by attempts: 0, 1, … 5 and more */

/* Released orders by what became of them so far, and AAPOR's rates of them; NAN where there is none. */
struct overview_outcomes {
    struct outcome_tally orders;
    struct outcome_rates rates;
};

struct overview_unit {
    struct bytes code, name;
    int64_t target, released, queued, final, complete; /* cases, as campaign_unit_row */
    int64_t refusal;                                   /* … final by a refusal */
    int64_t reserve, reserve_left;                     /* orders */
    int64_t proposal;                                  /* orders to be released now */
    struct overview_outcomes outcomes;
};

struct overview_disposition {
    char code[CASE_CODE_BYTES]; /* final cases have it */
    int64_t cases;
};

enum overview_caller_state { CALLER_OFF, CALLER_IDLE, CALLER_HOLDING, CALLER_DIALLING };
const char *
overview_caller_word(enum overview_caller_state state); /* off, idle, holding, dialling */

struct overview_caller {
    int64_t account_id;
    struct bytes name, display_name, team; /* team empty: none */
    enum overview_caller_state state;
    int64_t dials, completes, partials, refusals, interrupted,
        seconds;      /* today, in this campaign */
    int64_t shift_s;  /* today, up to now */
    int64_t last_utc; /* 0: did not dial today */
};

/* The pace of the last OVERVIEW_PACE_DAYS days that had calling hours, today's part of them included, carried on. A
 * case is final by dials: those that the do-not-call list or a supervisor ended count for nobody's pace. */
enum { OVERVIEW_PACE_DAYS = 3 };
struct overview_forecast {
    int64_t left;     /* cases that are not final */
    int64_t finished; /* cases that became final in the days that the pace is taken from */
    double hours;     /* of calling, in them */
    double per_day;   /* cases a day with all its hours; NAN: none was, or less than an hour */
    bool has_last_day;
    int64_t last_day; /* at that pace; not before the last appointment */
};

struct overview_language {
    char language[CASE_LANGUAGE_BYTES];
    int64_t cases;    /* not final */
    int64_t speakers; /* callers who speak it, on duty or not */
};

/* What a supervisor is to look at. A reason to listen to recordings, not proof. */
#define OVERVIEW_ALERTS(X)                                                                         \
    X(ALERT_SHORT, "short")   /* completes shorter than their script can be read */                \
    X(ALERT_FUNNEL, "funnel") /* 已解决 further from the units' rates than by chance */         \
    X(ALERT_SATISFIED, "satisfied_share") /* likewise 满意 */                                    \
    X(ALERT_REFUSAL, "refusal")           /* likewise refusals */                                  \
    X(ALERT_MISSING, "missing")           /* likewise items without an answer */                   \
    X(ALERT_COACHED, "coached")           /* people say that somebody asked for an answer */       \
    X(ALERT_INTERRUPTED, "interrupted")   /* dials of today of which nobody said what became */    \
    X(ALERT_LANGUAGE, "language")         /* cases that no caller can speak to */                  \
    X(ALERT_UNMATCHED, "unmatched")       /* calls in the company's list without a dial */
enum overview_alert_kind {
#define X(name, word) name,
    OVERVIEW_ALERTS(X)
#undef X
};
const char *overview_alert_word(enum overview_alert_kind kind);

enum { OVERVIEW_ALERT_CASES = 5 };
struct overview_alert {
    enum overview_alert_kind kind;
    bool is_alarm;       /* beyond 99.8 % */
    struct bytes caller; /* empty: of no single one */
    struct bytes unit;   /* likewise, its name; none for a team */
    struct bytes detail; /* in Chinese, with its base */
    int64_t cases[OVERVIEW_ALERT_CASES];
    size_t case_count; /* the first ones, where there are any to be named */
};

struct overview {
    struct campaign_row campaign;
    int64_t day, window_days;           /* of the campaign, from 1 */
    int64_t target, released;           /* cases */
    int64_t of_state[CASE_STATE_COUNT]; /* final: by their dispositions */
    int64_t handed_over;                /* a contractor has them in a file: in no state */
    struct overview_outcomes outcomes;
    int64_t waves[OVERVIEW_WAVES];
    double response; /* of final cases those that answered: what proposals are made with; NAN */
    struct overview_unit *units;
    size_t unit_count;
    struct overview_disposition *dispositions; /* by code */
    size_t disposition_count;
    struct overview_caller *callers; /* by name: on duty today, or dialled today */
    size_t caller_count;
    struct overview_forecast forecast;
    struct casework_open_ends open_ends; /* of all teams */
    struct overview_language *languages; /* by language; not Mandarin */
    size_t language_count;
    struct overview_alert *alerts; /* by kind, caller, unit */
    size_t alert_count;
};

struct overview_wish {
    /* 0: the whole campaign. A contractor's: its own cases and callers alone, no unit, no open ends. */
    int64_t team_id;
    int64_t now_utc;
};
/* Needs an open transaction. ERR_NOT_FOUND: the round is not phoned. */
int overview_load(const struct datadir *datadir, struct casework *work,
                  const struct round_row *round, const struct overview_wish *wish,
                  struct arena *arena, struct overview *out, struct err *err);

/* How many orders of a unit's reserve to release now, STATISTICS 8.1: what is released is expected to bring
 * complete + r (released - final) answers, r the unit's own share of final cases with an answer from
 * OVERVIEW_OWN_FINALS final cases on, else `response`, that of all; what lacks to the target takes 1/r times as many,
 * rounded. Nothing of what people answered enters. 0 with an r of 0 or NAN, and at most what is left of the reserve. */
enum { OVERVIEW_OWN_FINALS = 20 };
int64_t overview_proposal(const struct overview_unit *unit, double response);

/* No complete of `orders` orders can be shorter: the words of the required items of the script, read at
 * OVERVIEW_READ_CHARACTERS a second (fluent reading has four or five), and a second for each answer. Seconds. */
enum { OVERVIEW_READ_CHARACTERS = 7 };
int64_t overview_floor_s(int64_t orders);

#endif
