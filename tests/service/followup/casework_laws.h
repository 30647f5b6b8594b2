#ifndef PINGYI_TESTS_SERVICE_FOLLOWUP_CASEWORK_LAWS_H
#define PINGYI_TESTS_SERVICE_FOLLOWUP_CASEWORK_LAWS_H

#include "service/followup/casework_room.h"
#include "service/rounds/sampled.h"

#include "tests/service/followup/casework_fixture.h"

/* What must always hold of two campaigns, whatever people do: read from the store, beside what was there before. */

enum {
    ORDERS = 500,
    UNITS = 6,
    STEPS = 6000,
    CHECK_EVERY = 15,
    ROUNDS = 2,
    CASES_MAX = 1024,
    DIALS_MAX = 16384,
    DRAWN_MAX = 2048
};

/* What may be done: by callers, and by supervisors and a checker. */
enum { NEXT, DIAL, ANSWER, FINISH, GIVE_BACK, RENEW, VANISH };
enum { FREE = 16, BOOK, SETTLE, BAN, ADD, ASSIGN, SWEEP, RELEASE, PAUSE, END_AND_RESUME, CHECK };

/* What a caller believes. */
struct belief {
    int64_t case_id; /* 0: none */
    int64_t dial_id; /* 0: none */
    bool has_answers;
    struct followup_case row;
    int64_t away_until_utc; /* gone until then */
};

struct seen_dial {
    int64_t id, phone_key, day, started_utc, ended_utc, account_id, case_id;
    char code[CASE_CODE_BYTES];
};

struct model {
    struct phoning phoning;
    int64_t campaigns[ROUNDS];
    struct belief beliefs[PHONING_CALLERS];
    int64_t team_id;
    int64_t check_dial_id; /* the checker's, going on; 0: none */
    uint64_t seed;
    /* As of the last look. */
    struct seen_dial dials[DIALS_MAX];
    size_t dial_count;
    struct followup_case cases[CASES_MAX];
    size_t case_count;
    struct {
        int64_t drawn_id;
        uint64_t hash; /* of its attempts, in their order of coming in */
        int64_t count;
    } orders[DRAWN_MAX];
    size_t order_count;
    int64_t done[CHECK + 1]; /* how often each act went well */
};

/* ---- what must hold ---- */

static inline int on_case(void *context, const struct followup_case *row, struct err *err)
{
    struct model *model = context;
    (void)err;
    assert_true(model->case_count < CASES_MAX);
    model->cases[model->case_count++] = *row;
    return OK;
}

static inline int64_t part_of_day(int64_t utc)
{
    return (utc + 8 * 3600) % 86400;
}

static inline bool is_in_hours(int64_t utc)
{
    int64_t second = part_of_day(utc);
    int64_t weekday = ((utc + 8 * 3600) / 86400 + 3) % 7;
    int64_t from = weekday < 5 ? 9 * 3600 : 10 * 3600;
    return (second >= from && second < 12 * 3600) || (second >= 15 * 3600 && second < 18 * 3600) ||
           (second >= 19 * 3600 && second < 20 * 3600 + 1800);
}

/* A dial that ended stays as it was; new ones keep the rules. */
static inline int on_dial(void *context, const struct dial_row *row, struct err *err)
{
    struct model *model = context;
    (void)err;
    assert_true(row->id >= 1 && row->id < DIALS_MAX);
    struct seen_dial *seen = &model->dials[row->id];
    struct seen_dial dial = {row->id,        row->phone_key,  row->day,     row->started_utc,
                             row->ended_utc, row->account_id, row->case_id, {0}};
    (void)snprintf(dial.code, sizeof dial.code, BYTES_FMT, BYTES_ARG(row->code));
    assert_true(is_in_hours(dial.started_utc));
    assert_int_equal(dial.day, (dial.started_utc + 8 * 3600) / 86400);
    if (seen->id != 0 && seen->ended_utc != 0)
        assert_memory_equal(seen, &dial, sizeof dial);
    else if (seen->id != 0)
        assert_int_equal(seen->started_utc, dial.started_utc);
    *seen = dial;
    if ((size_t)row->id > model->dial_count)
        model->dial_count = (size_t)row->id;
    return OK;
}

/* Re-checks count, and so do both rounds. */
static inline void check_dials(const struct model *model, int64_t per_day)
{
    struct err err = {0};
    for (size_t i = 1; i <= model->dial_count; i++) {
        const struct seen_dial *dial = &model->dials[i];
        int64_t same_day = 0;
        if (dial->id == 0)
            continue;
        DO(dials_count_of_number(model->phoning.store, dial->phone_key, dial->day, &same_day,
                                 &err));
        assert_in_range(same_day, 1, per_day);
        for (size_t at = i + 1; at <= model->dial_count && dial->ended_utc == 0; at++)
            assert_false(model->dials[at].id != 0 && model->dials[at].ended_utc == 0 &&
                         model->dials[at].phone_key == dial->phone_key);
    }
}

static inline int on_ban(void *context, const struct do_not_call_row *row, struct err *err)
{
    const struct model *model = context;
    (void)err;
    for (size_t i = 1; i <= model->dial_count; i++) {
        if (model->dials[i].phone_key == row->phone_key)
            assert_true(model->dials[i].started_utc <= row->since_utc);
    }
    return OK;
}

struct recount {
    const struct model *model;
    int64_t campaign_id;
    int64_t units;
};

static inline int on_unit(void *context, const struct campaign_unit_row *row, struct err *err)
{
    struct recount *recount = context;
    struct campaign_unit_row counted = {.unit = row->unit};
    (void)err;
    for (size_t i = 0; i < recount->model->case_count; i++) {
        const struct followup_case *one = &recount->model->cases[i];
        if (one->campaign_id != recount->campaign_id || one->unit != row->unit)
            continue;
        counted.released++;
        counted.queued += one->state == CASE_QUEUED;
        counted.final += one->state == CASE_FINAL && one->code[0] != '\0';
        counted.complete += one->state == CASE_FINAL && one->code[0] == '1';
    }
    assert_int_equal(counted.released, row->released);
    assert_int_equal(counted.queued, row->queued);
    assert_int_equal(counted.final, row->final);
    assert_int_equal(counted.complete, row->complete);
    assert_true(row->target <= row->released);
    recount->units++;
    return OK;
}

struct attempts {
    uint64_t hash;
    int64_t count;
    uint64_t older_hash; /* of as many as there were */
    int64_t older_count;
    struct final_outcome outcome;
};

/* Within an order called_at ascends with the number but for an interrupted dial that is ended late: so by number. */
static inline int on_attempt(void *context, const struct attempt_row *row, struct err *err)
{
    struct attempts *attempts = context;
    char line[128];
    (void)err;
    (void)snprintf(line, sizeof line, "%jd %jd " BYTES_FMT " %d %d", (intmax_t)row->no,
                   (intmax_t)row->called.seconds, BYTES_ARG(row->code), row->resolved,
                   row->satisfaction);
    uint64_t hash = bytes_hash(bytes_from_z(line));
    attempts->hash += hash;
    attempts->count++;
    if (row->no <= attempts->older_count)
        attempts->older_hash += hash;
    final_outcome_add(&attempts->outcome, row);
    return OK;
}

static inline size_t place_of_order(struct model *model, int64_t drawn_id)
{
    for (size_t i = 0; i < model->order_count; i++) {
        if (model->orders[i].drawn_id == drawn_id)
            return i;
    }
    assert_true(model->order_count < DRAWN_MAX);
    model->orders[model->order_count].drawn_id = drawn_id;
    return model->order_count++;
}

/* Attempts are only added; what scoring makes of them is what the case says. */
static inline void check_attempts(struct model *model, const struct followup_case *row)
{
    struct phoning *phoning = &model->phoning;
    struct err err = {0};
    struct orders_of orders = {.count = 0};
    struct campaign_row campaign;
    DO(campaign_get(phoning->store, row->campaign_id, &campaign, &err));
    DO(case_orders_each(phoning->store, campaign.round_id, campaign.draw_no, row->case_no,
                        on_order_of, &orders, &err));
    for (int i = 0; i < orders.count; i++) {
        size_t at_order = place_of_order(model, orders.drawn_ids[i]);
        struct attempts attempts = {.older_count = model->orders[at_order].count,
                                    .outcome = {.group = OUTCOME_UNKNOWN_UNWORKED}};
        DO(attempts_each_of(phoning->store, orders.drawn_ids[i], on_attempt, &attempts, &err));
        assert_true(attempts.older_hash == model->orders[at_order].hash);
        model->orders[at_order].hash = attempts.hash;
        model->orders[at_order].count = attempts.count;
        enum outcome_group group = OUTCOME_UNKNOWN_UNWORKED;
        (void)outcome_group_of(bytes_from_z(row->code), &group);
        bool is_answer =
            attempts.outcome.group == OUTCOME_COMPLETE || attempts.outcome.group == OUTCOME_PARTIAL;
        if (row->state != CASE_FINAL)
            assert_false(is_answer);
        else if (orders.count == 1 && row->code[0] != '1')
            assert_int_equal(attempts.outcome.group, group);
        else if (orders.count == 1)
            assert_true(is_answer);
        else
            assert_int_not_equal(attempts.outcome.group, OUTCOME_UNKNOWN_UNWORKED);
    }
}

static inline void check_case(struct model *model, const struct followup_case *was,
                              const struct followup_case *row)
{
    const struct phoning *phoning = &model->phoning;
    if (was != NULL && was->state == CASE_FINAL && was->code[0] == '1')
        assert_memory_equal(was, row, sizeof *row);
    if (was != NULL && was->freed_utc != 0)
        assert_int_equal(was->freed_utc, row->freed_utc);
    int holders = 0;
    for (size_t i = 0; i < model->case_count && row->state == CASE_LEASED; i++)
        holders +=
            model->cases[i].state == CASE_LEASED && model->cases[i].account_id == row->account_id;
    if (row->state != CASE_LEASED)
        return;
    assert_int_equal(holders, 1);
    for (int i = 0; i < PHONING_CALLERS; i++) {
        if (phoning->callers[i].account_id == row->account_id)
            assert_int_equal(phoning->callers[i].team_id, row->team_id);
    }
}

static inline void check(struct model *model)
{
    static struct followup_case before[CASES_MAX];
    struct phoning *phoning = &model->phoning;
    struct err err = {0};
    size_t count = model->case_count;
    memcpy(before, model->cases, count * sizeof before[0]);
    model->case_count = 0;
    begin(phoning);
    for (int i = 0; i < ROUNDS; i++) {
        const struct case_filter all = {.campaign_id = model->campaigns[i],
                                        .unit = -1,
                                        .state = -1,
                                        .team_id = -1,
                                        .limit = CASES_MAX};
        DO(cases_each(phoning->store, &all, on_case, model, &err));
        DO(dials_each_of_campaign(phoning->store, model->campaigns[i], 0, DIALS_MAX, on_dial, model,
                                  &err));
    }
    check_dials(model, 2);
    DO(do_not_call_each(phoning->store, 0, 1000, on_ban, model, &err));
    for (int i = 0; i < ROUNDS; i++) {
        struct recount recount = {model, model->campaigns[i], 0};
        DO(campaign_units_each(phoning->store, model->campaigns[i], on_unit, &recount, &err));
        assert_int_equal(recount.units, UNITS);
    }
    for (size_t i = 0; i < model->case_count; i++) {
        const struct followup_case *was = NULL;
        for (size_t n = 0; n < count && was == NULL; n++)
            was = before[n].id == model->cases[i].id ? &before[n] : NULL;
        check_case(model, was, &model->cases[i]);
        check_attempts(model, &model->cases[i]);
    }
    store_rollback(phoning->store);
}

#endif
