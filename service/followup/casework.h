#ifndef PINGYI_SERVICE_FOLLOWUP_CASEWORK_H
#define PINGYI_SERVICE_FOLLOWUP_CASEWORK_H

#include "service/followup/protocol.h"
#include "service/followup/script.h"
#include "service/rounds/lifecycle.h"
#include "service/storage/campaigns.h"
#include "service/storage/dials.h"

/* The engine of the phoning: every change of a case goes through here, within the caller's open write transaction,
 * which is rolled back after an error. Time is an argument, so that a simulation has a clock of its own.
 *
 *        open            next (lease)            finish: by protocol_next
 *   --> QUEUED ------------> LEASED ------------------------------------------> FINAL
 *          ^    <-----------   |  ^                                              |
 *          |  give back, lease |  |                                              | free (a refusal, once)
 *          |  run out, and     |  +---- next -- WAITING <------------------------+
 *          |  never dialled    +--------------> WAITING, APPOINTMENT
 *          |                                       |  place anew: the window passed
 *          +---- never dialled, a number came -----+--> WAITING, APPOINTMENT, FINAL (exhausted)
 *
 * What is neither LEASED nor FINAL becomes FINAL by the do-not-call list, a supervisor (settle), or outcomes that a
 * file brought, and APPOINTMENT by book. A case without a number, and all that waits when its campaign ends, is
 * parked: WAITING (APPOINTMENT) from CASEWORK_PARKED_UTC on. A fresh case whose number was dialled for another case as
 * often as a day allows waits for the next day. The table of casework.c is the whole of it; any other transition is
 * refused: ERR_WRONG_STATE.
 *
 * Texts are sealed for sealed_purpose (service/storage/sealed.h), as the rows that storage names.
 *
 * The engine keeps no audit log: who holds the transaction does (call_audit), in it; what is entered there is never a
 * number. `why` must not be empty, and goes there too.
 *
 * An order that is released when its person's case is FINAL already gets that disposition as an attempt; after an
 * answer 2.36, for nobody is interviewed twice. */
#define CASEWORK_PARKED_UTC INT64_C(253370764800) /* 9999-01-01 */

/* What the engine needs beside a store. Rules, zone and calendar of each campaign are read once and kept: they are
 * frozen with its round. One thread at a time; the calendars and rules given out stay until it is freed. */
struct casework;
struct casework_options {
    /* A random number; NULL: the system's. Simulations seed their own. */
    int (*random64)(void *context, uint64_t *out, struct err *err);
    void *context;
};
int casework_new(const struct datadir *datadir, const struct casework_options *options,
                 struct casework **out, struct err *err);
void casework_free(struct casework *work); /* accepts NULL */
/* The hours of a campaign; its rules are hours->rules. */
int casework_hours(struct casework *work, struct store *store, int64_t campaign_id,
                   const struct calling_hours **out, struct err *err);
/* Which script a drawn order has, by what its round froze: one that was not closed then has that of overdue ones. */
int casework_script(struct store *store, int64_t round_id, int64_t handling_id,
                    enum script_kind *out, struct err *err);
enum script_kind casework_script_of(const struct fact *fact); /* that it froze */

/* ---- a campaign ---- */

/* Begin to phone the round's draw in force: one case a person, with their numbers. Cases of numbers on the
 * do-not-call list are FINAL at once, and so are those that a loaded file of outcomes ends. `round` is kept
 * (round_get_kept). ERR_WRONG_STATE: no draw, closed, or begun already. ERR_NO_CALENDAR: not all of its days are
 * covered. */
int casework_open(struct casework *work, struct store *store, const struct round_row *round,
                  const struct actor *actor, struct campaign_row *out, struct err *err);
/* After more of the reserve was released (draw_top_up): add what is new. *out_cases: how many. */
int casework_take_released(struct casework *work, struct store *store, int64_t campaign_id,
                           const struct actor *actor, int64_t *out_cases, struct err *err);

/* ---- callers ---- */

struct caller {
    int64_t account_id, team_id; /* team_id: of a contractor's team, else 0 */
    struct bytes name;
    const struct bytes *languages;
    size_t language_count;
    int64_t now_utc;
};

enum turn { TURN_HELD, TURN_APPOINTMENT, TURN_RETRY, TURN_FRESH };
struct leased_case {
    struct followup_case row;
    enum turn turn;
    int64_t number_no; /* to be dialled first; 0: none today */
};
/* What the caller holds already, else: due appointments, own first; due retries; fresh cases of the unit with the
 * lowest share of final cases to target, at random within the unit. ERR_NOT_FOUND: none is due; *out_retry_utc then
 * says when to ask again. Before anything else a few cases whose time has passed are placed anew, so that nothing has
 * to be swept for this to be right: also with ERR_NOT_FOUND that is worth committing. Passed over are cases with a
 * number that is called for another case, somebody else's own appointment for a quarter of an hour, and what the
 * caller gave back in the last half hour. */
int casework_next(struct casework *work, struct store *store, const struct caller *caller,
                  struct leased_case *out, int64_t *out_retry_utc, struct err *err);
/* The number that whoever holds the case should dial first; 0: none today. Writes nothing. */
int casework_propose(struct casework *work, struct store *store, const struct followup_case *row,
                     int64_t now_utc, int64_t *out_number_no, struct err *err);
/* Hold it on: every action of the holder does that too. ERR_WRONG_STATE: not held by the caller any more. A lease
 * that has run out is the caller's still, until a sweep or somebody's casework_next takes it. */
int casework_renew(struct casework *work, struct store *store, const struct caller *caller,
                   int64_t case_id, int64_t *out_until_utc, struct err *err);
/* Give it back undialled. ERR_WRONG_STATE: not held, or a dial is going on. */
int casework_give_back(struct casework *work, struct store *store, const struct caller *caller,
                       int64_t case_id, struct err *err);
/* Reveal a number and begin the dial. The number is not given here: casework_number gives it once this has been
 * committed. ERR_REFUSED: outside the hours, the number's limit of the day, a dead number, the do-not-call list, a
 * number that is called for another case, a paused campaign, outcomes that a file brought. ERR_NOT_FOUND: no such
 * number. ERR_WRONG_STATE: not held, or being dialled already. */
int casework_dial(struct casework *work, struct store *store, const struct caller *caller,
                  int64_t case_id, int64_t number_no, struct dial_row *out, struct err *err);
/* The number of the dial that is going on, for whoever makes it, caller or checker: ERR_WRONG_STATE for others. */
int casework_number(struct casework *work, struct store *store, const struct caller *caller,
                    int64_t dial_id, struct buf *out, struct err *err);
/* An answer, as it is given. drawn_id 0: of the call as a whole. ERR_FORMAT: no such item, order or value.
 * ERR_WRONG_STATE: no dial of the caller's that goes on. */
int casework_answer(struct casework *work, struct store *store, const struct caller *caller,
                    int64_t dial_id, int64_t drawn_id, struct bytes item, struct bytes value,
                    struct bytes words, int64_t spent_ms, int64_t *out_until_utc, struct err *err);

struct dial_end {
    struct bytes code;       /* AAPOR's, one that is offered */
    struct bytes note;       /* the caller's */
    struct bytes recording;  /* reference; may be empty */
    int64_t appointment_utc; /* 0: none; must lie within the hours */
    bool appointment_is_own; /* with the same caller */
    struct bytes language;   /* of 2.33: za, other */
};
struct finished {
    int64_t dial_id;
    enum next_step step; /* NEXT_NUMBER: the caller holds the case still */
    char code
        [CASE_CODE_BYTES]; /* of the dial, as it was taken: 1.1 where 1.2 was said and nothing is missing */
    int64_t from_utc;  /* of the next try; 0: none */
    int64_t number_no; /* NEXT_NUMBER: to be dialled now */
    bool is_rechecked; /* a checker will call again; not told to the caller */
};
/* End the dial: each drawn order of the case gets its attempt (storage/outcomes.h), with what was answered; then
 * protocol_next. 1.1 needs every required answer of every order: ERR_REFUSED names the first that is missing. A code
 * that contradicts the answers is refused: once `resolved` or `satisfaction` is answered it is 1.1 or 1.2, before
 * that neither. So is a time outside the hours, or of today when the numbers have had their dials. ERR_FORMAT: a code
 * that is not offered, or a time or language with one that takes none. ERR_WRONG_STATE: the dial has ended. */
int casework_finish(struct casework *work, struct store *store, const struct caller *caller,
                    int64_t dial_id, const struct dial_end *end, struct finished *out,
                    struct err *err);

/* ---- supervisors, and the clock ---- */

/* Release a refusal (2.111, 2.112, 2.12), once: it is called on another day. ERR_WRONG_STATE: it is none, or was
 * released before. ERR_REFUSED: on the do-not-call list, or without a number. */
int casework_free_refusal(struct casework *work, struct store *store, int64_t case_id,
                          struct bytes why, const struct actor *actor, struct err *err);
/* A time that the person booked otherwise than in a call, for a case that is neither held nor FINAL. ERR_REFUSED:
 * outside the hours, past, or not possible. */
int casework_book(struct casework *work, struct store *store, int64_t case_id, int64_t at_utc,
                  const struct actor *actor, struct err *err);
/* Make it final with a code that no caller may give (4.10), or for want of a number or language: any but answers and
 * 3.1. Its orders get an attempt that nobody dialled, as those of banned cases do, so that scoring sees it; of all
 * its attempts the case has what prevails. 2.113 puts the person's numbers on the do-not-call list. */
int casework_settle(struct casework *work, struct store *store, int64_t case_id, struct bytes code,
                    struct bytes why, const struct actor *actor, struct err *err);
/* Never call this number again: cases that have it, in every open campaign, become FINAL 2.113 where no answer was
 * given; one that is held is told when the dial ends. `number` as phone_read gives it: else ERR_FORMAT. ERR_EXISTS:
 * it is on the list. */
int casework_ban(struct casework *work, struct store *store, struct bytes number, struct bytes why,
                 const struct actor *actor, int64_t *out_cases, struct err *err);
/* Another number of the person, told in a call or by the office. ERR_EXISTS, ERR_FORMAT; ERR_REFUSED: on the
 * do-not-call list; ERR_WRONG_STATE: the case is FINAL. */
int casework_add_number(struct casework *work, struct store *store, int64_t case_id,
                        struct bytes number, const struct actor *actor, struct err *err);
/* Give `count` fresh cases to a team, at random over the units by their number. team_id 0: take back as many of what
 * teams have and nobody holds, begun ones too, for a team that goes would leave them half worked. */
int casework_assign(struct casework *work, struct store *store, int64_t campaign_id,
                    int64_t team_id, int64_t count, const struct actor *actor, int64_t *out_cases,
                    struct err *err);
/* A new version of the attempt that a dial of a FINAL case was on one of its orders; what stood there is kept, and
 * the case's disposition follows. ERR_NOT_FOUND: no such dial or attempt. ERR_FORMAT: no such code or answer, an
 * answer with a code that is none, no reason. 2.113 puts the person's numbers on the do-not-call list. */
struct case_correction {
    int64_t drawn_id;
    struct bytes code; /* empty: as it was; one that is no answer takes the answers away */
    int resolved;      /* enum resolution_answer; -1: as it was */
    bool still_open;   /* with resolved */
    int satisfaction;  /* 1 to 5; SATISFACTION_MISSING; -1: as it was */
    struct bytes why;
};
int casework_correct(struct casework *work, struct store *store, int64_t case_id, int64_t dial_id,
                     const struct case_correction *correction, const struct actor *actor,
                     struct err *err);

/* A fresh case goes to a contractor as a row of a file: FINAL, handed_over, without a disposition, and unworked until
 * its outcomes have come in (outcomes_import) and it was coded anew. */
int casework_hand_over(struct casework *work, struct store *store, int64_t case_id, int64_t now_utc,
                       struct err *err);
/* It comes back as fresh as it was, when nothing has come in of it. */
int casework_take_back(struct casework *work, struct store *store, int64_t case_id, int64_t now_utc,
                       struct err *err);
/* A file brought outcomes of its orders. FINAL: its disposition anew, by the attempts on its orders. Any other becomes
 * FINAL, imported, when the file has what ends a case (protocol_is_end), and is called on when not; one that is held is
 * dialled no more, and becomes so when it is let go. */
int casework_take_outcomes(struct casework *work, struct store *store, int64_t case_id,
                           int64_t now_utc, struct err *err);

/* End leases that have run out and place anew what nobody took in its window, at most `limit` of both. An unfinished
 * dial of a lease that ran out ends as what was answered in it (1.1, 1.2) or interrupted. *out_done: how many; less
 * than `limit`: none is left. */
int casework_sweep(struct casework *work, struct store *store, int64_t now_utc, int limit,
                   int *out_done, struct err *err);

/* What stands against closing a round. */
struct casework_open_ends {
    int64_t unworked;       /* released and never attempted, */
    int64_t without_number; /* … of them those without a number that could be dialled */
    int64_t unfinished;     /* attempted, the protocol not done */
    int64_t appointments, leased;
    int64_t rechecks; /* not settled */
};
int casework_open_ends_load(struct store *store, int64_t campaign_id,
                            struct casework_open_ends *out, struct err *err);
/* Nothing is called any more, what is held is taken back: before its round is closed or its draw abandoned, for after
 * that no attempt is written, and what is being said in a call is lost. */
int casework_end(struct casework *work, struct store *store, int64_t campaign_id, int64_t now_utc,
                 struct err *err);
/* The round is opened again with the same draw, in this transaction: its campaign goes on. */
int casework_resume(struct casework *work, struct store *store, int64_t campaign_id,
                    int64_t now_utc, struct err *err);

#endif
