#include "service/rounds/lifecycle.h"

#include "base/alloc.h"

#include "service/storage/draws.h"
#include "service/storage/outcomes.h"

#include <stdio.h>

static int wrong_state(const struct round_row *round, struct err *err)
{
    return err_set(err, ERR_WRONG_STATE, "round \"" BYTES_FMT "\" is " BYTES_FMT,
                   BYTES_ARG(round->name), BYTES_ARG(round->state));
}

static int put_step(const struct datadir *datadir, const struct round_row *round, const char *step,
                    const struct actor *actor, struct bytes why, struct err *err)
{
    return round_step_put(datadir->store, round->id, bytes_from_z(step), actor->now_utc, actor->who,
                          why, err);
}

/* ---- closing ---- */

static int on_part(void *context, const struct round_row *part, struct err *err)
{
    (void)context;
    return round_is_closed(part)
               ? OK
               : err_set(err, ERR_WRONG_STATE, "part \"" BYTES_FMT "\" is " BYTES_FMT,
                         BYTES_ARG(part->name), BYTES_ARG(part->state));
}

static int prepare_closing(const struct datadir *datadir, const struct round_row *round,
                           const struct actor *actor, int64_t *out_as_of_utc, struct err *err)
{
    struct round_row now = *round;
    if (round->is_accumulated)
        return round_parts_each(datadir->store, round->id, on_part, NULL, err);
    if (round_is_frozen(round))
        return OK;
    int rc = round_freeze(datadir, round, actor, NULL, NULL, err);
    if (rc == OK)
        rc = round_get(datadir->store, round->name, &now, err);
    if (rc == OK)
        *out_as_of_utc = now.as_of_utc;
    return rc;
}

int round_close(const struct datadir *datadir, const struct round_row *round,
                const struct actor *actor, struct err *err)
{
    int64_t as_of_utc = round->as_of_utc;
    if (round_is_closed(round))
        return wrong_state(round, err);
    int rc = prepare_closing(datadir, round, actor, &as_of_utc, err);
    if (rc == OK)
        rc = round_put_state(datadir->store, round->id, BYTES_LIT("closed"), as_of_utc, err);
    if (rc == OK)
        rc = put_step(datadir, round, "close", actor, BYTES_NONE, err);
    return rc;
}

/* ---- reopening ---- */

/* ERR_NOT_FOUND becomes false. */
static int find_draw(struct store *store, int64_t round_id, bool *out_found, struct draw_row *out,
                     struct err *err)
{
    int rc = draw_get_current(store, round_id, out, err);
    *out_found = rc == OK;
    return rc == ERR_NOT_FOUND ? OK : rc;
}

static int has_outcomes(struct store *store, int64_t round_id, int64_t draw_no, bool *out,
                        struct err *err)
{
    struct attempt_cursor *cursor = NULL;
    struct attempt_row attempt = {0};
    int rc = attempts_open(store, round_id, draw_no, &cursor, err);
    if (rc == OK)
        rc = attempts_next(cursor, &attempt, err);
    attempts_close(cursor);
    *out = attempt.drawn_id != 0;
    return rc;
}

static int state_before_closing(struct store *store, int64_t round_id, struct bytes *out,
                                struct err *err)
{
    struct draw_row draw;
    bool has_draw = false;
    bool has_attempts = false;
    int rc = find_draw(store, round_id, &has_draw, &draw, err);
    if (rc == OK && has_draw)
        rc = has_outcomes(store, round_id, draw.no, &has_attempts, err);
    if (rc == OK)
        *out = has_attempts ? BYTES_LIT("calling")
               : has_draw   ? BYTES_LIT("drawn")
                            : BYTES_LIT("frozen");
    return rc;
}

static int abandon_draw(const struct datadir *datadir, const struct round_row *round,
                        const struct actor *actor, struct bytes why, struct err *err)
{
    struct draw_row draw;
    int rc = draw_get_current(datadir->store, round->id, &draw, err);
    if (rc == OK)
        rc = draw_put_abandoned(datadir->store, round->id, draw.no, actor->now_utc, err);
    return rc == OK ? put_step(datadir, round, "draw abandoned", actor, why, err) : rc;
}

/* Whether the as-of of the last freezing was given, not found. */
static int on_step(void *context, struct bytes step, int64_t at_utc, struct bytes who,
                   struct bytes why, struct err *err)
{
    (void)at_utc;
    (void)who;
    (void)err;
    bool *given = context;
    if (bytes_equal(step, BYTES_LIT("freeze")))
        *given = bytes_equal(why, BYTES_LIT(FREEZE_AS_OF_GIVEN));
    return OK;
}

static int thaw(const struct datadir *datadir, const struct round_row *round,
                int64_t *out_as_of_utc, struct err *err)
{
    bool given = false;
    int rc = round_steps_each(datadir->store, round->id, on_step, &given, err);
    if (rc == OK)
        rc = frame_drop(datadir->store, round->id, err);
    if (rc == OK)
        rc = round_facts_drop(datadir->store, round->id, err);
    if (rc == OK && !given)
        *out_as_of_utc = 0;
    return rc;
}

int round_reopen(const struct datadir *datadir, const struct round_row *round,
                 const struct actor *actor, struct bytes why, struct bytes *out_state,
                 struct err *err)
{
    struct bytes state = BYTES_LIT("draft");
    int64_t as_of_utc = round->as_of_utc;
    int rc = OK;
    if (!round_is_frozen(round))
        return wrong_state(round, err);
    if (round_is_closed(round) && !round->is_accumulated) {
        rc = state_before_closing(datadir->store, round->id, &state, err);
    } else if (bytes_equal(round->state, BYTES_LIT("frozen"))) {
        rc = thaw(datadir, round, &as_of_utc, err);
    } else if (!round->is_accumulated) {
        state = BYTES_LIT("frozen");
        rc = abandon_draw(datadir, round, actor, why, err);
    }
    if (rc == OK)
        rc = round_put_state(datadir->store, round->id, state, as_of_utc, err);
    if (rc == OK)
        rc = put_step(datadir, round, "reopen", actor, why, err);
    if (rc == OK)
        *out_state = state;
    return rc;
}

/* ---- what was published ---- */

static int put_scored(const struct datadir *datadir, const struct round_row *round,
                      const struct actor *actor, int64_t issue, struct err *err)
{
    char why[32];
    (void)snprintf(why, sizeof why, "第 %lld 次", (long long)issue);
    int rc = round_put_state(datadir->store, round->id, BYTES_LIT("scored"), round->as_of_utc, err);
    return rc == OK ? put_step(datadir, round, "score", actor, bytes_from_z(why), err) : rc;
}

int round_score_keep(const struct datadir *datadir, const struct round_row *round,
                     const struct actor *actor, struct bytes program_version, struct bytes csv,
                     int64_t *out_issue, bool *out_is_new, struct err *err)
{
    struct round_score_row last = {0};
    bool is_scored = bytes_equal(round->state, BYTES_LIT("scored"));
    if (!round_is_closed(round))
        return wrong_state(round, err);
    int rc = round_score_get_last(datadir->store, round->id, &last, err);
    bool is_new = rc == ERR_NOT_FOUND || (rc == OK && !bytes_equal(last.csv, csv));
    if (rc != OK && rc != ERR_NOT_FOUND)
        return rc;
    /* A closed round that has an issue was opened again since. */
    if (is_new && last.issue > 0 && !round->is_accumulated && is_scored)
        return err_set(
            err, ERR_CORRUPT,
            "round \"" BYTES_FMT "\" differs from its issue %lld, kept by version " BYTES_FMT,
            BYTES_ARG(round->name), (long long)last.issue, BYTES_ARG(last.program_version));
    struct round_score_row row = {.issue = last.issue + (is_new ? 1 : 0),
                                  .scored_utc = actor->now_utc,
                                  .who = actor->who,
                                  .program_version = program_version,
                                  .csv = csv};
    rc = is_new ? round_score_put_new(datadir->store, round->id, &row, err) : OK;
    if (rc == OK && (is_new || !is_scored))
        rc = put_scored(datadir, round, actor, row.issue, err);
    if (rc == OK) {
        *out_issue = row.issue;
        *out_is_new = is_new;
    }
    return rc;
}
