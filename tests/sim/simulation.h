#ifndef PINGYI_TESTS_SIM_SIMULATION_H
#define PINGYI_TESTS_SIM_SIMULATION_H

#include "base/alloc.h"

#include "tests/service/followup/casework_fixture.h"

/* A city that is phoned in a time of its own: people, callers, a supervisor and the clock around the real engine on a
 * real store. What callers did and were told is kept in a journal beside it. Three parts look at it: town.c makes it,
 * desk.c lets the callers work, witness.c sees what `next` could have given; checker.c reads the store and the
 * journal afterwards. The checker shares no code with the engine: its hours, delays and ranks are its own. */

enum {
    CALLERS = 10,
    OWN_CALLERS = 8,    /* the others are a contractor's */
    ZHUANG_CALLERS = 2, /* the first ones */
    TALK_STEPS = 256,
    GRANTS_MAX = 1 << 17,
    DIALS_MAX = 1 << 17,
    ANSWERS_MAX = 1 << 15,
    AGREEMENTS_MAX = 1 << 15
};

/* How much of a city. */
struct scale {
    int units;
    const int *orders; /* by unit */
    int sample;
    int witness_every; /* one `next` of so many is held against all cases */
    int to_contractor; /* cases */
    int zhuang;        /* of a thousand people, who speak nothing else */
    uint64_t seed;
};

/* ---- the journal ---- */

/* A case in a caller's hands. */
struct grant {
    int64_t case_id, from_utc;
    int64_t until_utc; /* as the caller was told last, or given up then */
    int caller;
    bool is_given_up;
};

struct said_dial {
    int64_t id, case_id, started_utc;
    int caller;
    char code[CASE_CODE_BYTES]; /* as taken; "": the caller vanished */
};

/* What a person said of an order, in the call that ended with an answer. */
struct said_answer {
    int64_t dial_id, drawn_id;
    int resolved; /* enum resolution_answer */
    int satisfaction;
};

struct agreement {
    int64_t case_id, made_utc, for_utc;
};

/* ---- who takes part ---- */

enum desk_state { DESK_ASKS, DESK_HOLDS, DESK_RINGS, DESK_TALKS, DESK_ENDS };

struct talk_step {
    int64_t drawn_id;
    const char *item, *value, *words;
};

struct desk {
    struct caller caller;
    enum desk_state state;
    int64_t wake_utc;
    struct followup_case row;
    int64_t number_no, dial_id;
    size_t grant; /* of the journal */
    struct talk_step steps[TALK_STEPS];
    int step_count, step;
    struct dial_end end;
    int64_t completes, dials;
};

struct simulation {
    struct phoning phoning; /* its own callers stay at home */
    const struct scale *scale;
    struct desk desks[CALLERS];
    int64_t team_id;
    int64_t sweep_utc, supervise_utc, begun_utc;
    int64_t nexts;
    struct grant *grants;
    size_t grant_count;
    struct said_dial *dials;
    size_t dial_count;
    struct said_answer *answers;
    size_t answer_count;
    struct agreement *agreements;
    size_t agreement_count;
    struct findings *findings;
    int64_t released, banned, topped_up, vanished;
};

void simulation_init(struct simulation *simulation, const struct scale *scale);
void simulation_deinit(struct simulation *simulation);
/* Until nothing is left to be called. */
void simulation_run(struct simulation *simulation);
uint64_t simulation_dice(struct simulation *simulation, uint64_t limit);
void simulation_agreed(struct simulation *simulation, int64_t case_id, int64_t for_utc);
/* All cases as the store has them; the caller frees them (mem_free). */
struct followup_case *simulation_cases(struct simulation *simulation, size_t *out_count);
void desk_work(struct simulation *simulation, int i);

/* ---- chance, and people: all of it a function of the seed ---- */

/* Something about a person, in [0, limit). */
uint64_t people_chance(const struct simulation *simulation, int64_t person, int64_t what,
                       uint64_t limit);

struct meeting {
    const char *code; /* what becomes of the dial; 1.1: an interview */
    bool is_interview, breaks_off;
    int64_t appointment_in_days; /* -1: none */
    const char *language;
    int64_t ring_s;
};
/* A dial of a number at a time, the caller's n-th in all. */
void people_meet(const struct simulation *simulation, struct bytes number, int64_t at_utc,
                 bool speaks_za, int64_t nth, struct meeting *out);

/* ---- what is checked ---- */

#define CHECKED_RULES(X)                                                                           \
    X(HOURS, "in the hours of the day, never on a closed one")                                     \
    X(PER_DAY, "no number more often a day than per_day")                                          \
    X(ONE_NUMBER, "no number twice at once")                                                       \
    X(ONE_CALLER, "a case has one caller, a caller one case")                                      \
    X(LEASED, "dialled only by who holds the case")                                                \
    X(DELAY, "busy_retry and no_answer_retry are waited for")                                      \
    X(OTHER_PART, "after no contact another part of the day")                                      \
    X(ATTEMPTS, "attempts beyond the rules' bring a missing day or part")                          \
    X(WINDOW, "within the window")                                                                 \
    X(EXHAUSTED, "given up only after attempts, days and parts, or the window")                    \
    X(ENDED, "nothing after what ends a case")                                                     \
    X(PREVAILS, "the final code prevails, no refusal is overwritten")                              \
    X(DO_NOT_CALL, "who asked not to be called is not")                                            \
    X(DEAD_NUMBER, "no dead number again, no machine a third time before others")                  \
    X(APPOINTMENT, "no appointment is called early")                                               \
    X(LANGUAGE, "who speaks no Mandarin is called by who speaks theirs")                           \
    X(TEAM, "a contractor's cases by its callers, and no others")                                  \
    X(NEXT_ORDER, "appointments, own first; then retries; then fresh ones")                        \
    X(NEXT_UNIT, "fresh ones of the unit with the lowest share")                                   \
    X(NOTHING_LOST, "each dial is in the log, as it was ended, once")                              \
    X(ANSWERS, "each answer is in the outcomes as it was given")                                   \
    X(COUNTS, "what is counted by unit is what there is")                                          \
    X(RECHECKS, "each caller's first completes are checked")                                       \
    X(FINISHED, "in the end every case is final")
enum checked_rule {
#define X(name, text) CHECKED_##name,
    CHECKED_RULES(X)
#undef X
        CHECKED_RULE_COUNT
};
struct findings {
    int64_t checked[CHECKED_RULE_COUNT], broken[CHECKED_RULE_COUNT];
    char first[CHECKED_RULE_COUNT][160]; /* the first that is broken */
};
/* One thing looked at. */
void find(struct findings *findings, enum checked_rule rule, bool holds, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* Print them, or only what is broken or had no occasion. */
void findings_print(const struct findings *findings, bool is_brief);
int findings_count_broken(const struct findings *findings);
/* Rules that nothing was held against. */
int findings_count_idle(const struct findings *findings);

/* What a caller could be given right now, before `next` is asked; and after it, whether that was right. */
struct witness;
struct witness *witness_look(struct simulation *simulation, int caller);
void witness_judge(struct witness *witness, struct simulation *simulation, int caller, int rc,
                   const struct leased_case *given);

/* The log, dial by dial; then what came of it: outcomes, counts by unit, re-checks. */
void checker_check(struct simulation *simulation);
void results_check(struct simulation *simulation);
void results_print(struct simulation *simulation);

/* The checker's own calendar: second of the day and kind of day in the second half of 2024. */
int64_t own_day(int64_t utc);
bool own_is_open(int64_t utc);
int own_part(int64_t utc); /* 0 to 2 of a day that is worked, 3 of one that is not */
bool own_has_hours(int64_t day);

#endif
