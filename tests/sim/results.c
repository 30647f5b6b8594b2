#include "tests/sim/simulation.h"

#include <stdlib.h>

/* What came of it all: the outcomes that scoring reads, the counts, the re-checks; and the figures. */

enum { UNITS_MAX = 64, FIRST_COMPLETES = 5, CALLER_CHECKS_MAX = 4096 };

static const struct said_dial *said_dial_of(const struct simulation *simulation, int64_t dial_id)
{
    for (size_t i = 0; i < simulation->dial_count; i++) {
        if (simulation->dials[i].id == dial_id)
            return &simulation->dials[i];
    }
    return NULL;
}

/* ---- outcomes ---- */

struct of_dial {
    int64_t started_utc;
    int64_t found;
    int resolved, satisfaction;
    int64_t all;
};

static int on_outcome(void *context, const struct attempt_row *row, struct err *err)
{
    struct of_dial *of_dial = context;
    (void)err;
    of_dial->all++;
    if (row->called.seconds != of_dial->started_utc)
        return OK;
    of_dial->found++;
    of_dial->resolved = row->resolved;
    of_dial->satisfaction = row->satisfaction;
    return OK;
}

static void check_answers(struct simulation *simulation)
{
    struct phoning *phoning = &simulation->phoning;
    struct err err = {0};
    begin(phoning);
    for (size_t i = 0; i < simulation->answer_count; i++) {
        const struct said_answer *answer = &simulation->answers[i];
        const struct said_dial *dial = said_dial_of(simulation, answer->dial_id);
        struct of_dial of_dial = {.started_utc = dial != NULL ? dial->started_utc : 0};
        DO(attempts_each_of(phoning->store, answer->drawn_id, on_outcome, &of_dial, &err));
        find(simulation->findings, CHECKED_ANSWERS,
             of_dial.found == 1 && of_dial.resolved == answer->resolved &&
                 of_dial.satisfaction == answer->satisfaction,
             "order %jd in dial %jd: %d %d, found %jd times as %d %d", (intmax_t)answer->drawn_id,
             (intmax_t)answer->dial_id, answer->resolved, answer->satisfaction,
             (intmax_t)of_dial.found, of_dial.resolved, of_dial.satisfaction);
    }
    store_rollback(phoning->store);
}

/* ---- counts by unit ---- */

struct counted {
    struct campaign_unit_row units[UNITS_MAX];
    struct simulation *simulation;
};

static int on_unit(void *context, const struct campaign_unit_row *row, struct err *err)
{
    struct counted *counted = context;
    const struct campaign_unit_row *own = &counted->units[row->unit];
    (void)err;
    find(counted->simulation->findings, CHECKED_COUNTS,
         own->released == row->released && own->queued == row->queued && own->final == row->final &&
             own->complete == row->complete && row->target <= row->released,
         "unit %jd: %jd final, %jd counted", (intmax_t)row->unit, (intmax_t)own->final,
         (intmax_t)row->final);
    return OK;
}

static void check_counts(struct simulation *simulation)
{
    struct phoning *phoning = &simulation->phoning;
    struct counted counted = {.simulation = simulation};
    struct err err = {0};
    size_t count = 0;
    struct followup_case *rows = simulation_cases(simulation, &count);
    for (size_t i = 0; i < count; i++) {
        assert_true(rows[i].unit >= 0 && rows[i].unit < UNITS_MAX);
        struct campaign_unit_row *unit = &counted.units[rows[i].unit];
        unit->released++;
        unit->queued += rows[i].state == CASE_QUEUED;
        unit->final += rows[i].state == CASE_FINAL;
        unit->complete += rows[i].state == CASE_FINAL && rows[i].code[0] == '1';
    }
    begin(phoning);
    DO(campaign_units_each(phoning->store, phoning->campaign_id, on_unit, &counted, &err));
    store_rollback(phoning->store);
    mem_free(rows);
}

/* ---- re-checks ---- */

static int64_t completes_of(const struct simulation *simulation, int caller)
{
    int64_t completes = 0;
    for (size_t i = 0; i < simulation->dial_count; i++) {
        const struct said_dial *dial = &simulation->dials[i];
        completes += dial->caller == caller && strcmp(dial->code, "1.1") == 0;
    }
    return completes;
}

static void check_rechecks(struct simulation *simulation)
{
    struct phoning *phoning = &simulation->phoning;
    struct err err = {0};
    begin(phoning);
    for (int i = 0; i < CALLERS; i++) {
        int64_t completes = 0, chosen = 0;
        int64_t own = completes_of(simulation, i);
        DO(rechecks_count_of_caller(phoning->store, phoning->campaign_id,
                                    simulation->desks[i].caller.account_id, &completes, &chosen,
                                    &err));
        int64_t least = own < FIRST_COMPLETES ? own : FIRST_COMPLETES;
        int64_t most = FIRST_COMPLETES + 6 + own / 8;
        find(simulation->findings, CHECKED_RECHECKS,
             completes >= own && chosen >= least && chosen <= most,
             "caller %d: %jd of %jd completes", i, (intmax_t)chosen, (intmax_t)own);
    }
    store_rollback(phoning->store);
}

void results_check(struct simulation *simulation)
{
    check_answers(simulation);
    check_counts(simulation);
    check_rechecks(simulation);
}

/* ---- figures ---- */

enum { CODES_MAX = 32 };
struct code_count {
    char code[CASE_CODE_BYTES];
    int64_t cases;
};

static void print_codes(const struct followup_case *rows, size_t count)
{
    struct code_count tallies[CODES_MAX] = {{{0}, 0}};
    for (size_t i = 0; i < count; i++) {
        size_t at = 0;
        while (tallies[at].cases > 0 && strcmp(tallies[at].code, rows[i].code) != 0)
            at++;
        assert_true(at < CODES_MAX - 1);
        memcpy(tallies[at].code, rows[i].code, sizeof tallies[at].code);
        tallies[at].cases++;
    }
    printf("# final:");
    for (size_t at = 0; tallies[at].cases > 0; at++)
        printf(" %s %jd", tallies[at].code, (intmax_t)tallies[at].cases);
    printf("\n");
}

static bool starts_with(const char *code, const char *group)
{
    return strncmp(code, group, strlen(group)) == 0;
}

static void print_rates(const struct followup_case *rows, size_t count)
{
    int64_t complete = 0, partial = 0, refused = 0, reached_other = 0;
    for (size_t i = 0; i < count; i++) {
        const char *code = rows[i].code;
        complete += starts_with(code, "1.1");
        partial += starts_with(code, "1.2");
        refused += starts_with(code, "2.1");
        reached_other += starts_with(code, "2.3");
    }
    double all = (double)count;
    int64_t contacted = complete + partial + refused + reached_other;
    printf("# %zu cases: RR1 %.3f, RR2 %.3f, COOP1 %.3f, REF1 %.3f, CON1 %.3f\n", count,
           (double)complete / all, (double)(complete + partial) / all,
           (double)complete / (double)contacted, (double)refused / all, (double)contacted / all);
}

/* By which day so much of it was done. */
static int compare_utc(const void *a, const void *b)
{
    const int64_t *one = a;
    const int64_t *other = b;
    return *one < *other ? -1 : *one > *other;
}

static void print_days(const struct simulation *simulation, const struct followup_case *rows,
                       size_t count)
{
    static const int percents[] = {50, 90, 100};
    int64_t *final = mem_calloc(count, sizeof *final);
    assert_non_null(final);
    for (size_t i = 0; i < count; i++)
        final[i] = rows[i].final_utc;
    qsort(final, count, sizeof *final, compare_utc);
    printf("# days needed:");
    for (size_t i = 0; i < sizeof percents / sizeof *percents; i++) {
        size_t at = (count * (size_t)percents[i] + 99) / 100 - 1;
        printf(" %d %% final on day %jd,", percents[i],
               (intmax_t)(own_day(final[at]) - own_day(simulation->begun_utc) + 1));
    }
    printf(" closed days counted\n");
    mem_free(final);
}

void results_print(struct simulation *simulation)
{
    size_t count = 0;
    int64_t interrupted = 0;
    struct followup_case *rows = simulation_cases(simulation, &count);
    for (size_t i = 0; i < simulation->dial_count; i++)
        interrupted += simulation->dials[i].code[0] == '\0';
    print_rates(rows, count);
    print_codes(rows, count);
    print_days(simulation, rows, count);
    printf("# %zu dials (%.2f a case), %jd left by callers who vanished (%jd times), %jd next, "
           "%zu appointments, %jd refusals released, %jd numbers listed, %jd cases topped up\n",
           simulation->dial_count, (double)simulation->dial_count / (double)count,
           (intmax_t)interrupted, (intmax_t)simulation->vanished, (intmax_t)simulation->nexts,
           simulation->agreement_count, (intmax_t)simulation->released,
           (intmax_t)simulation->banned, (intmax_t)simulation->topped_up);
    mem_free(rows);
}
