#include "tests/sim/simulation.h"

/* What `next` could give: all cases are read before it is asked, and what was given is held against them. What the
 * engine found to have gone and placed anew on the way is none that it passed over. */

enum { UNITS_MAX = 64, OWN_FOR_S = 900, NUMBERS_MAX = 16 };

struct candidate {
    struct followup_case row;
    int64_t keys[NUMBERS_MAX];
    bool is_dead[NUMBERS_MAX];
    int key_count;
    int rank; /* enum turn; 9: not to be given */
    bool is_own;
};

struct witness {
    struct candidate *cases;
    size_t count;
    int64_t final[UNITS_MAX], target[UNITS_MAX];
};

/* ---- what is there ---- */

static int on_number(void *context, const struct case_number *row, struct err *err)
{
    struct candidate *candidate = context;
    (void)err;
    candidate->keys[candidate->key_count] = row->phone_key;
    candidate->is_dead[candidate->key_count++] = row->is_dead;
    return OK;
}

static int on_unit(void *context, const struct campaign_unit_row *row, struct err *err)
{
    struct witness *witness = context;
    (void)err;
    assert_true(row->unit >= 0 && row->unit < UNITS_MAX);
    witness->target[row->unit] = row->target;
    return OK;
}

static bool may_speak(const struct caller *caller, const char *language)
{
    bool is_known = language[0] == '\0';
    for (size_t i = 0; i < caller->language_count; i++)
        is_known = is_known || bytes_equal(caller->languages[i], bytes_from_z(language));
    return is_known;
}

static int rank_of(const struct followup_case *row, const struct caller *caller)
{
    int64_t now_utc = caller->now_utc;
    bool is_due = row->from_utc <= now_utc && now_utc < row->until_utc;
    bool is_own = row->account_id == caller->account_id;
    if (row->team_id != caller->team_id)
        return 9;
    if (row->state == CASE_APPOINTMENT && is_due && is_own)
        return 0;
    if (!may_speak(caller, row->language))
        return 9;
    if (row->state == CASE_APPOINTMENT && is_due &&
        (row->account_id == 0 || now_utc >= row->appointment_utc + OWN_FOR_S))
        return 1;
    if (row->state == CASE_WAITING && is_due)
        return 2;
    return row->state == CASE_QUEUED && (!is_own || now_utc >= row->from_utc) ? 3 : 9;
}

/* ---- whether its numbers may be called now ---- */

static int64_t dials_today(const struct simulation *simulation, struct store *store, int64_t key)
{
    struct err err = {0};
    int64_t dials = 0;
    DO(dials_count_of_number(store, key, own_day(simulation->phoning.now_utc), &dials, &err));
    return dials;
}

static bool is_callable(const struct simulation *simulation, const struct witness *witness,
                        const struct candidate *candidate)
{
    struct store *store = simulation->phoning.store;
    struct err err = {0};
    bool has_number = false;
    for (int i = 0; i < candidate->key_count; i++) {
        bool is_banned = false;
        DO(do_not_call_has(store, candidate->keys[i], &is_banned, &err));
        if (is_banned)
            return false;
        has_number = has_number || (!candidate->is_dead[i] &&
                                    dials_today(simulation, store, candidate->keys[i]) < 2);
        for (size_t at = 0; at < witness->count; at++) {
            const struct candidate *other = &witness->cases[at];
            for (int k = 0; k < other->key_count && other->row.state == CASE_LEASED; k++) {
                if (other->row.id != candidate->row.id && other->keys[k] == candidate->keys[i])
                    return false;
            }
        }
    }
    return has_number;
}

struct witness *witness_look(struct simulation *simulation, int caller)
{
    struct phoning *phoning = &simulation->phoning;
    struct witness *witness = mem_calloc(1, sizeof *witness);
    struct err err = {0};
    int swept = 0;
    assert_non_null(witness);
    begin(phoning);
    DO(casework_sweep(phoning->work, phoning->store, phoning->now_utc, 10000, &swept, &err));
    (void)end(phoning, OK);
    struct followup_case *rows = simulation_cases(simulation, &witness->count);
    witness->cases = mem_calloc(witness->count, sizeof *witness->cases);
    assert_non_null(witness->cases);
    begin(phoning);
    DO(campaign_units_each(phoning->store, phoning->campaign_id, on_unit, witness, &err));
    for (size_t i = 0; i < witness->count; i++) {
        struct candidate *candidate = &witness->cases[i];
        candidate->row = rows[i];
        candidate->rank = rank_of(&rows[i], &simulation->desks[caller].caller);
        witness->final[rows[i].unit] += rows[i].state == CASE_FINAL;
        DO(case_numbers_each(phoning->store, rows[i].id, on_number, candidate, &err));
    }
    store_rollback(phoning->store);
    mem_free(rows);
    return witness;
}

/* ---- judging ---- */

/* Whether the case still is as it was: then it was passed over. */
static bool is_untouched(struct simulation *simulation, const struct candidate *candidate)
{
    struct followup_case now = case_now(&simulation->phoning, candidate->row.id);
    return now.state == candidate->row.state && now.from_utc == candidate->row.from_utc;
}

/* The first that should have come before one of `rank`; for a fresh one of another unit, by the share. */
static const struct candidate *find_earlier(struct simulation *simulation,
                                            const struct witness *witness, int rank, int64_t unit)
{
    for (size_t i = 0; i < witness->count; i++) {
        const struct candidate *candidate = &witness->cases[i];
        int64_t theirs = candidate->row.unit;
        bool is_lower = unit >= 0 && candidate->rank == 3 &&
                        witness->final[theirs] * witness->target[unit] <
                            witness->final[unit] * witness->target[theirs];
        if (candidate->rank == 9 || (unit < 0 ? candidate->rank >= rank : !is_lower))
            continue;
        begin(&simulation->phoning);
        bool may_be = is_callable(simulation, witness, candidate);
        store_rollback(simulation->phoning.store);
        if (may_be && is_untouched(simulation, candidate))
            return candidate;
    }
    return NULL;
}

static const struct candidate *candidate_of(const struct witness *witness, int64_t case_id)
{
    for (size_t i = 0; i < witness->count; i++) {
        if (witness->cases[i].row.id == case_id)
            return &witness->cases[i];
    }
    return NULL;
}

static void judge(struct witness *witness, struct simulation *simulation, int caller, int rc,
                  const struct leased_case *given)
{
    struct findings *findings = simulation->findings;
    const struct candidate *chosen = rc == OK ? candidate_of(witness, given->row.id) : NULL;
    int rank = chosen != NULL ? chosen->rank : 8;
    if (rc == OK && given->turn == TURN_HELD) {
        find(findings, CHECKED_NEXT_ORDER,
             chosen != NULL && chosen->row.state == CASE_LEASED &&
                 chosen->row.account_id == simulation->desks[caller].caller.account_id,
             "case %jd was not held", (intmax_t)given->row.id);
        return;
    }
    const struct candidate *earlier = find_earlier(simulation, witness, rank, -1);
    find(findings, CHECKED_NEXT_ORDER, rank != 9 && earlier == NULL,
         "caller %d is given case %jd of rank %d while %jd of rank %d waits", caller,
         (intmax_t)(chosen != NULL ? chosen->row.id : 0), rank,
         (intmax_t)(earlier != NULL ? earlier->row.id : 0), earlier != NULL ? earlier->rank : 9);
    if (rank != 3 || chosen == NULL)
        return;
    earlier = find_earlier(simulation, witness, rank, chosen->row.unit);
    find(findings, CHECKED_NEXT_UNIT, earlier == NULL, "unit %jd is given while %jd has less",
         (intmax_t)chosen->row.unit, (intmax_t)(earlier != NULL ? earlier->row.unit : -1));
}

void witness_judge(struct witness *witness, struct simulation *simulation, int caller, int rc,
                   const struct leased_case *given)
{
    if (witness == NULL)
        return;
    if (own_is_open(simulation->phoning.now_utc))
        judge(witness, simulation, caller, rc, given);
    else
        find(simulation->findings, CHECKED_NEXT_ORDER, rc != OK, "a case outside the hours");
    mem_free(witness->cases);
    mem_free(witness);
}
