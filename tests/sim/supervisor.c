#include "tests/sim/simulation.h"

/* The clock, and the supervisor, who once a day releases refusals, books times that people asked for, lists numbers
 * that must not be called, writes down a number that an office found, and tops up a unit that answers little. */

enum {
    SWEEP_EVERY_S = 60,
    LAST_DAY = 75,
    TOP_UP_DAY = 3,
    PARKED_AFTER_DAYS = 5,
    UNKEPT_DAYS = 3,
    CASES_MAX = 16384
};

struct case_rows {
    struct followup_case *rows;
    size_t count;
};

static int on_case(void *context, const struct followup_case *row, struct err *err)
{
    struct case_rows *cases = context;
    (void)err;
    assert_true(cases->count < CASES_MAX);
    cases->rows[cases->count++] = *row;
    return OK;
}

struct followup_case *simulation_cases(struct simulation *simulation, size_t *out_count)
{
    struct phoning *phoning = &simulation->phoning;
    const struct case_filter all = {.campaign_id = phoning->campaign_id,
                                    .unit = -1,
                                    .state = -1,
                                    .team_id = -1,
                                    .limit = CASES_MAX};
    struct case_rows cases = {mem_calloc(CASES_MAX, sizeof *cases.rows), 0};
    struct err err = {0};
    assert_non_null(cases.rows);
    begin(phoning);
    DO(cases_each(phoning->store, &all, on_case, &cases, &err));
    store_rollback(phoning->store);
    *out_count = cases.count;
    return cases.rows;
}

static void sweep_all(struct simulation *simulation)
{
    struct phoning *phoning = &simulation->phoning;
    struct err err = {0};
    int done = 0;
    begin(phoning);
    DO(casework_sweep(phoning->work, phoning->store, phoning->now_utc, 10000, &done, &err));
    (void)end(phoning, OK);
    simulation->sweep_utc = phoning->now_utc + SWEEP_EVERY_S;
}

static bool is_refusal(const struct followup_case *row)
{
    return row->state == CASE_FINAL && row->freed_utc == 0 && row->why[0] == '\0' &&
           (strcmp(row->code, "2.111") == 0 || strcmp(row->code, "2.112") == 0 ||
            strcmp(row->code, "2.12") == 0);
}

static void release(struct simulation *simulation, const struct followup_case *row)
{
    int64_t now_utc = simulation->phoning.now_utc;
    bool is_older = own_day(row->final_utc) < own_day(now_utc);
    if (!is_refusal(row) || !is_older || simulation_dice(simulation, 8) != 0)
        return;
    if (release_refusal(&simulation->phoning, row->id, "再访") == OK)
        simulation->released++;
}

static void book_time(struct simulation *simulation, const struct followup_case *row)
{
    struct phoning *phoning = &simulation->phoning;
    const struct actor actor = supervisor(phoning);
    struct err err = {0};
    int64_t at_utc = own_day(phoning->now_utc) * SECONDS_A_DAY + 8 * 3600; /* 16:00 */
    bool may_be = row->state == CASE_WAITING && row->from_utc < CASEWORK_PARKED_UTC;
    if (!may_be || !own_is_open(at_utc) || simulation_dice(simulation, 300) != 0)
        return;
    begin(phoning);
    if (end(phoning, casework_book(phoning->work, phoning->store, row->id, at_utc, &actor, &err)) ==
        OK)
        simulation_agreed(simulation, row->id, at_utc);
}

/* Without a number: the office finds one in two cases, and in time they are given up. */
static void look_after_parked(struct simulation *simulation, const struct followup_case *row)
{
    struct phoning *phoning = &simulation->phoning;
    char number[16];
    if (row->state != CASE_WAITING || row->from_utc < CASEWORK_PARKED_UTC)
        return;
    (void)snprintf(number, sizeof number, "137%08d", (int)(90000 + row->id));
    if (simulation_dice(simulation, 4) == 0)
        assert_int_equal(add_number(phoning, row->id, number), OK);
    else if (phoning->now_utc > simulation->begun_utc + PARKED_AFTER_DAYS * SECONDS_A_DAY)
        assert_int_equal(settle(phoning, row->id, "2.20"), OK);
}

/* A time was booked with somebody whose language nobody of the team speaks: it passes, day after day, until somebody
 * looks. */
static void look_after_unkept(struct simulation *simulation, const struct followup_case *row)
{
    struct phoning *phoning = &simulation->phoning;
    int64_t unkept_s = phoning->now_utc - row->appointment_utc;
    if (row->state == CASE_APPOINTMENT && row->language[0] != '\0' &&
        unkept_s > UNKEPT_DAYS * SECONDS_A_DAY)
        assert_int_equal(settle(phoning, row->id, "2.33"), OK);
}

static void ban_one(struct simulation *simulation)
{
    int64_t orders = 0, cases = 0;
    char number[16];
    for (int unit = 0; unit < simulation->scale->units; unit++)
        orders += simulation->scale->orders[unit];
    (void)snprintf(number, sizeof number, "139%08d",
                   (int)simulation_dice(simulation, (uint64_t)orders) + 1);
    if (ban(&simulation->phoning, number, &cases) == OK)
        simulation->banned++;
}

static int top_up(struct fixture *fixture, const struct round_row *round, struct arena *arena,
                  void *context, struct err *err)
{
    struct simulation *simulation = context;
    struct phoning *phoning = &simulation->phoning;
    const struct actor actor = supervisor(phoning);
    (void)arena;
    int rc = draw_top_up(&fixture->datadir, round, BYTES_LIT("第1局"), 5, BYTES_LIT("回收率不足"),
                         &actor, err);
    return rc == OK ? casework_take_released(phoning->work, phoning->store, phoning->campaign_id,
                                             &actor, &simulation->topped_up, err)
                    : rc;
}

static void supervise(struct simulation *simulation)
{
    struct phoning *phoning = &simulation->phoning;
    struct err err = {0};
    size_t count = 0;
    struct followup_case *rows = simulation_cases(simulation, &count);
    for (size_t i = 0; i < count; i++) {
        release(simulation, &rows[i]);
        book_time(simulation, &rows[i]);
        look_after_parked(simulation, &rows[i]);
        look_after_unkept(simulation, &rows[i]);
    }
    mem_free(rows);
    ban_one(simulation);
    if (own_day(phoning->now_utc) == own_day(simulation->begun_utc) + TOP_UP_DAY)
        DO(with_round(&phoning->fixture, "2024-06", top_up, simulation, &err));
    simulation->supervise_utc += SECONDS_A_DAY;
}

static bool is_over(struct simulation *simulation)
{
    int states[CASE_STATE_COUNT] = {0};
    size_t count = 0;
    struct followup_case *rows = simulation_cases(simulation, &count);
    for (size_t i = 0; i < count; i++)
        states[rows[i].state]++;
    mem_free(rows);
    return states[CASE_FINAL] == (int)count;
}

/* Whoever does something first: the clock, the supervisor, a caller. */
void simulation_run(struct simulation *simulation)
{
    struct phoning *phoning = &simulation->phoning;
    int64_t last_utc = simulation->begun_utc + LAST_DAY * SECONDS_A_DAY;
    bool goes_on = true;
    simulation->sweep_utc = simulation->begun_utc;
    simulation->supervise_utc = simulation->begun_utc + 4200;
    for (int i = 0; i < CALLERS; i++)
        simulation->desks[i].wake_utc = simulation->begun_utc + 60 * (int64_t)i;
    while (goes_on && phoning->now_utc < last_utc) {
        int first = 0;
        for (int i = 1; i < CALLERS; i++) {
            if (simulation->desks[i].wake_utc < simulation->desks[first].wake_utc)
                first = i;
        }
        int64_t wake_utc = simulation->desks[first].wake_utc;
        if (simulation->sweep_utc <= wake_utc && own_has_hours(own_day(simulation->sweep_utc))) {
            phoning->now_utc = simulation->sweep_utc;
            sweep_all(simulation);
        } else if (simulation->sweep_utc <= wake_utc) {
            simulation->sweep_utc += 3600;
        } else if (simulation->supervise_utc <= wake_utc) {
            phoning->now_utc = simulation->supervise_utc;
            supervise(simulation);
            goes_on = !is_over(simulation);
        } else {
            phoning->now_utc = wake_utc;
            desk_work(simulation, first);
        }
    }
}
