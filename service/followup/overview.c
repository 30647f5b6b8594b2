#include "service/followup/overview_room.h"

#include "base/alloc.h"

#include "service/followup/casework_room.h"
#include "service/rounds/sampled.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* One walk over the campaign's cases says how far it is, one over its drawn orders and their attempts what they
 * brought; all else is small. */

enum { CASES_MAX = 10000000, DISPOSITIONS_MAX = 64 };

/* ---- cases ---- */

static struct overview_mark *mark_of(struct overview_work *work, int64_t case_no, struct err *err)
{
    enum { FIRST_MARKS = 1024 };
    size_t at = (size_t)case_no;
    if (case_no < 1 || case_no > CASES_MAX) {
        (void)err_set(err, ERR_CORRUPT, "a case has the number %jd", (intmax_t)case_no);
        return NULL;
    }
    if (at >= work->mark_count) {
        size_t count = work->mark_count > 0 ? work->mark_count : FIRST_MARKS;
        while (count <= at)
            count *= 2;
        struct overview_mark *marks = mem_realloc(work->marks, size_multiply(count, sizeof *marks));
        if (marks == NULL) {
            (void)err_set(err, ERR_NOMEM, "could not mark %zu cases", count);
            return NULL;
        }
        memset(marks + work->mark_count, 0, (count - work->mark_count) * sizeof *marks);
        work->marks = marks;
        work->mark_count = count;
    }
    return &work->marks[at];
}

bool overview_has_case(const struct overview_work *work, int64_t case_no)
{
    return case_no >= 0 && (size_t)case_no < work->mark_count && work->marks[case_no].is_ours;
}

static int add_disposition(struct overview *out, const char *code, struct err *err)
{
    size_t at = 0;
    while (at < out->disposition_count && strcmp(out->dispositions[at].code, code) < 0)
        at++;
    if (at == out->disposition_count || strcmp(out->dispositions[at].code, code) != 0) {
        if (out->disposition_count == DISPOSITIONS_MAX)
            return err_set(err, ERR_CORRUPT, "cases have more than %d dispositions",
                           (int)DISPOSITIONS_MAX);
        memmove(&out->dispositions[at + 1], &out->dispositions[at],
                (out->disposition_count - at) * sizeof *out->dispositions);
        out->dispositions[at] = (struct overview_disposition){.cases = 0};
        memcpy(out->dispositions[at].code, code, CASE_CODE_BYTES);
        out->disposition_count++;
    }
    out->dispositions[at].cases++;
    return OK;
}

static void add_language(struct overview *out, const char *language)
{
    size_t at = 0;
    while (at < out->language_count && strcmp(out->languages[at].language, language) < 0)
        at++;
    if (at == out->language_count || strcmp(out->languages[at].language, language) != 0) {
        if (out->language_count == OVERVIEW_LANGUAGES_MAX)
            return;
        memmove(&out->languages[at + 1], &out->languages[at],
                (out->language_count - at) * sizeof *out->languages);
        out->languages[at] = (struct overview_language){.cases = 0};
        memcpy(out->languages[at].language, language, CASE_LANGUAGE_BYTES);
        out->language_count++;
    }
    out->languages[at].cases++;
}

static int add_final(struct overview_work *work, const struct followup_case *row, struct err *err)
{
    struct overview *out = work->out;
    bool is_dialled = row->why[0] == '\0' || strcmp(row->why, "exhausted") == 0;
    bool is_refusal = strncmp(row->code, "2.1", 3) == 0;
    if (is_dialled && work->pace_from_utc != 0 && row->final_utc >= work->pace_from_utc)
        out->forecast.finished++;
    if (is_refusal && row->unit >= 0 && (size_t)row->unit < out->unit_count)
        out->units[row->unit].refusal++;
    return add_disposition(out, row->code, err);
}

static int on_case(void *context, const struct followup_case *row, struct err *err)
{
    struct overview_work *work = context;
    struct overview *out = work->out;
    struct overview_mark *mark = mark_of(work, row->case_no, err);
    if (mark == NULL)
        return err->code;
    mark->is_ours = true;
    out->released++;
    if (row->state == CASE_FINAL && !case_is_done(row)) {
        out->handed_over++;
        return OK;
    }
    out->of_state[row->state]++;
    if (row->state == CASE_FINAL)
        return add_final(work, row, err);
    out->forecast.left++;
    if (row->appointment_utc > work->last_appointment_utc)
        work->last_appointment_utc = row->appointment_utc;
    if (row->language[0] != '\0')
        add_language(out, row->language);
    return OK;
}

static int count_cases(struct overview_work *work, struct err *err)
{
    struct overview *out = work->out;
    const struct case_filter filter = {
        .campaign_id = out->campaign.id,
        .unit = -1,
        .state = -1,
        .team_id = work->wish.team_id != 0 ? work->wish.team_id : -1,
        .limit = INT64_MAX,
    };
    out->dispositions = arena_alloc(work->arena, DISPOSITIONS_MAX * sizeof *out->dispositions);
    out->languages = arena_alloc(work->arena, OVERVIEW_LANGUAGES_MAX * sizeof *out->languages);
    if (out->dispositions == NULL || out->languages == NULL)
        return err_set(err, ERR_NOMEM, "could not count the cases of a campaign");
    return cases_each(work->store, &filter, on_case, work, err);
}

/* ---- units ---- */

static int on_any_unit(void *context, const struct campaign_unit_row *row, struct err *err)
{
    size_t *count = context;
    (void)err;
    if (row->unit >= (int64_t)*count)
        *count = (size_t)row->unit + 1;
    return OK;
}

static int on_unit(void *context, const struct campaign_unit_row *row, struct err *err)
{
    struct overview_work *work = context;
    struct overview_unit *unit = &work->out->units[row->unit];
    *unit = (struct overview_unit){
        .code = arena_copy(work->arena, row->code),
        .name = BYTES_LIT(""),
        .target = row->target,
        .released = row->released,
        .queued = row->queued,
        .final = row->final,
        .complete = row->complete,
    };
    work->out->target += row->target;
    return unit->code.ptr != NULL ? OK : err_set(err, ERR_NOMEM, "could not list the units");
}

static int on_draw_unit(void *context, const struct draw_unit_row *row, struct err *err)
{
    struct overview *out = context;
    (void)err;
    if (row->unit < 0 || (size_t)row->unit >= out->unit_count)
        return OK;
    out->units[row->unit].reserve = row->reserve;
    out->units[row->unit].reserve_left = row->sample + row->reserve - row->released;
    return OK;
}

/* As the round kept them. */
static int on_round_unit(void *context, const struct round_unit_row *row, struct err *err)
{
    struct overview_work *work = context;
    for (size_t i = 0; i < work->out->unit_count; i++) {
        struct overview_unit *unit = &work->out->units[i];
        if (!bytes_equal(unit->code, row->code))
            continue;
        unit->name = arena_copy(work->arena, row->name);
        if (unit->name.ptr == NULL)
            return err_set(err, ERR_NOMEM, "could not name the units");
    }
    return OK;
}

static int load_units(struct overview_work *work, struct err *err)
{
    struct overview *out = work->out;
    size_t count = 0;
    int rc = campaign_units_each(work->store, out->campaign.id, on_any_unit, &count, err);
    if (rc != OK)
        return rc;
    out->units = arena_alloc(work->arena, size_multiply(count + 1, sizeof *out->units));
    if (out->units == NULL)
        return err_set(err, ERR_NOMEM, "could not list %zu units", count);
    out->unit_count = count;
    rc = campaign_units_each(work->store, out->campaign.id, on_unit, work, err);
    if (rc == OK)
        rc = draw_units_each(work->store, out->campaign.round_id, out->campaign.draw_no,
                             on_draw_unit, out, err);
    return rc == OK
               ? round_units_each(work->store, out->campaign.round_id, on_round_unit, work, err)
               : rc;
}

int64_t overview_proposal(const struct overview_unit *unit, double response)
{
    double own = unit->final >= OVERVIEW_OWN_FINALS ? (double)unit->complete / (double)unit->final
                                                    : response;
    if (!(own > 0))
        return 0;
    double expected = (double)unit->complete + own * (double)(unit->released - unit->final);
    double wanted = round(((double)unit->target - expected) / own);
    if (wanted <= 0)
        return 0;
    return wanted < (double)unit->reserve_left ? (int64_t)wanted : unit->reserve_left;
}

static void propose(struct overview *out)
{
    int64_t final = 0;
    int64_t complete = 0;
    for (size_t i = 0; i < out->unit_count; i++) {
        final += out->units[i].final;
        complete += out->units[i].complete;
    }
    out->response = final > 0 ? (double)complete / (double) final : NAN;
    for (size_t i = 0; i < out->unit_count; i++)
        out->units[i].proposal = overview_proposal(&out->units[i], out->response);
}

/* ---- orders and what their attempts brought ---- */

static int on_order(void *context, const struct drawn_row *row, const struct final_outcome *outcome,
                    struct err *err)
{
    struct overview_work *work = context;
    struct overview *out = work->out;
    struct overview_mark *mark = mark_of(work, row->case_no, err);
    int wave = outcome->attempts < OVERVIEW_WAVES ? outcome->attempts : OVERVIEW_WAVES - 1;
    if (mark == NULL)
        return err->code;
    if (!row->is_released)
        return OK;
    mark->orders++;
    if (work->wish.team_id != 0 && !mark->is_ours)
        return OK;
    out->outcomes.orders.of_group[outcome->group]++;
    out->waves[wave]++;
    if (row->unit >= 0 && (size_t)row->unit < out->unit_count)
        out->units[row->unit].outcomes.orders.of_group[outcome->group]++;
    return OK;
}

/* As `score` has them: each order counts once, and of unknown eligibility all. */
static void rate(struct overview_outcomes *outcomes)
{
    struct outcome_mass mass = {{0}};
    outcome_mass_add(&mass, &outcomes->orders, 1);
    outcomes->rates = outcome_rates_of(&mass, 1);
}

static int count_orders(struct overview_work *work, struct err *err)
{
    struct overview *out = work->out;
    const struct sampled_sink sink = {NULL, on_order, work};
    int rc =
        sampled_cases_each(work->store, out->campaign.round_id, out->campaign.draw_no, sink, err);
    rate(&out->outcomes);
    for (size_t i = 0; i < out->unit_count; i++)
        rate(&out->units[i].outcomes);
    return rc;
}

/* ---- the whole ---- */

static int begin(struct overview_work *work, struct err *err)
{
    struct overview *out = work->out;
    int rc = campaign_get_current(work->store, work->round->id, &out->campaign, err);
    if (rc != OK)
        return rc;
    out->campaign.round_name = arena_copy(work->arena, out->campaign.round_name);
    out->campaign.opened_by = arena_copy(work->arena, out->campaign.opened_by);
    if (out->campaign.round_name.ptr == NULL || out->campaign.opened_by.ptr == NULL)
        return err_set(err, ERR_NOMEM, "could not look at a campaign");
    rc = casework_hours(work->casework, work->store, out->campaign.id, &work->hours, err);
    if (rc != OK)
        return rc;
    const struct zone *zone = work->hours->zone;
    work->today = zone_day(zone, (struct moment){work->wish.now_utc, MOMENT_INSTANT});
    out->day =
        work->today - zone_day(zone, (struct moment){out->campaign.opened_utc, MOMENT_INSTANT}) + 1;
    out->window_days = work->hours->rules->followup.window_days;
    return OK;
}

/* Of a contractor's people nobody gets a figure by unit. */
static int load_whole(struct overview_work *work, struct err *err)
{
    int rc = load_units(work, err);
    return rc == OK ? casework_open_ends_load(work->store, work->out->campaign.id,
                                              &work->out->open_ends, err)
                    : rc;
}

static int load(struct overview_work *work, struct err *err)
{
    int rc = begin(work, err);
    if (rc == OK)
        rc = overview_find_pace(work, err);
    if (rc == OK && work->wish.team_id == 0)
        rc = load_whole(work, err);
    if (rc == OK)
        rc = count_cases(work, err);
    if (rc == OK)
        rc = count_orders(work, err);
    if (rc != OK)
        return rc;
    propose(work->out);
    rc = overview_load_accounts(work, err);
    if (rc == OK)
        rc = overview_load_callers(work, err);
    if (rc == OK)
        rc = overview_count_speakers(work, err);
    if (rc == OK)
        rc = overview_forecast(work, err);
    return rc == OK ? overview_load_alerts(work, err) : rc;
}

int overview_load(const struct datadir *datadir, struct casework *work,
                  const struct round_row *round, const struct overview_wish *wish,
                  struct arena *arena, struct overview *out, struct err *err)
{
    struct overview overview = {.units = NULL};
    struct overview_work whole = {
        .datadir = datadir,
        .store = datadir->store,
        .casework = work,
        .round = round,
        .wish = *wish,
        .arena = arena,
        .out = &overview,
    };
    int rc = load(&whole, err);
    mem_free(whole.marks);
    if (rc == OK)
        *out = overview;
    return rc;
}
