#ifndef PINGYI_SERVICE_ROUNDS_EVALUATION_H
#define PINGYI_SERVICE_ROUNDS_EVALUATION_H

#include "base/arena.h"

#include "scoring/frame.h"
#include "scoring/ranking.h"

#include "service/host/datadir.h"
#include "service/rounds/sampled.h"
#include "service/storage/rounds.h"

/* From a round's rules and the stored facts to its ranking: the one place where storage and scoring meet. */

/* A round whose texts are the arena's, valid beside other calls on the store. ERR_NOT_FOUND. */
int round_get_kept(struct store *store, struct bytes name, struct arena *arena,
                   struct round_row *out, struct err *err);
int round_keep(const struct round_row *row, struct arena *arena, struct round_row *out,
               struct err *err);

/* What judging needs, loaded for one round: rules, zone, calendar layers, as-of. `judge` points into the
 * struct, which therefore is not copied. */
struct round_basis {
    struct rules rules;
    struct zone *zone;
    struct calendar *calendar;
    struct judge judge;
    int64_t as_of_utc;  /* of an accumulated round: the latest of its parts' */
    int64_t now_utc;    /* as it was given: the parts of an accumulated round are loaded with it */
    bool is_trial;      /* other rules than the round's own, or no basis document */
    bool follows_clock; /* no dump covers the period (or a part's), so as-of is now */
};

/* `rules_text` with ptr NULL: the round's own. ERR_REFUSED: the last dump that covers the period was taken before
 * its end and no as-of was given; the parts of an accumulated round are asked that when they are counted.
 * ERR_NO_CALENDAR, ERR_RULES, ERR_NOT_FOUND (a layer or zone). */
int round_basis_load(struct store *store, const struct round_row *round, struct bytes rules_text,
                     int64_t now_utc, struct round_basis *out, struct err *err);
void round_basis_deinit(struct round_basis *basis);

struct evaluation {
    struct arena arena; /* owns what the ranking points to */
    struct ranking ranking;
    int64_t unmatched;    /* handlings of the round whose unit name is unmatched: in no row */
    int64_t unclear;      /* without a lead, or with two */
    int64_t without_unit; /* unit named by no dump: answered directly */
    struct unmatched_name {
        struct bytes name;
        int64_t count;
    } * unmatched_names;
    size_t unmatched_name_count;
    struct sampled sampled; /* of a round that has a draw; not of an accumulated one */
};

/* Judge every handling, take in what the sample brought, and rank. From the freezing on a round is counted from
 * what it froze. `threads` 1 or 2: two scan two halves, each with its own connection.
 *
 * An accumulated round pools its parts: on-time counts by each part's own rules, the sample of each unit and
 * part as a stratum of its own, points and ranks by the accumulated round's rules; its units are those of the
 * last part that has them. Parts that are still open are counted as they stand. `basis` is then the accumulated
 * round's. */
int evaluation_run(const struct datadir *datadir, const struct round_row *round,
                   const struct round_basis *basis, int threads, struct evaluation *out,
                   struct err *err);
void evaluation_deinit(struct evaluation *evaluation);

/* How one handling counts in the on-time rate of one round, and whether it is to be drawn; `row` is today's fact. A
 * frozen round answers by what it froze: ERR_NOT_FOUND when it does not have the handling. ERR_WRONG_STATE for an
 * accumulated round, which is explained by its parts. */
int evaluation_explain(const struct datadir *datadir, const struct round_row *round,
                       const struct round_basis *basis, const struct fact_row *row,
                       struct verdict *out, enum frame_reason *out_reason, struct err *err);

#endif
