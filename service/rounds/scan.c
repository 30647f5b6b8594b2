#include "service/rounds/scan.h"

#include "base/alloc.h"

int scan_init(struct scan *scan, struct err *err)
{
    const struct unit_register *registered = scan->registered;
    scan->is_frozen = round_is_frozen(scan->round);
    scan->tallies = mem_calloc(registered->unit_count + 1, sizeof *scan->tallies);
    scan->unmatched_of_name =
        mem_calloc((size_t)registered->name_end, sizeof *scan->unmatched_of_name);
    if (scan->tallies == NULL || scan->unmatched_of_name == NULL)
        return err_set(err, ERR_NOMEM, "could not count for %zu units", registered->unit_count);
    int rc = requests_load(scan->store, scan->round->id, &scan->requests, err);
    if (rc == OK)
        repeats_init(&scan->repeats, scan->store, registered, scan->basis, &scan->requests,
                     scan->end_id);
    return rc;
}

void scan_deinit(struct scan *scan)
{
    judged_close(scan->earlier);
    requests_deinit(&scan->requests);
    mem_free(scan->tallies);
    mem_free(scan->unmatched_of_name);
    *scan = (struct scan){0};
}

static int judge_without_request(struct scan *scan, const struct fact_row *row,
                                 struct judge_context *context, struct verdict *out,
                                 struct err *err)
{
    const struct judge *judge = &scan->basis->judge;
    int rc = judge_fact(judge, &row->fact, *context, out, err);
    if (rc != OK || scan->is_frozen || (row->fact.marks & FACT_HAS_REPEAT_OF) == 0 ||
        !judgement_in_orders(out->judgement))
        return rc;
    rc = repeats_is_merged(&scan->repeats, row->handling_id, row->unit_name_id, &row->fact,
                           &context->merged_repeat, err);
    return rc == OK && context->merged_repeat ? judge_fact(judge, &row->fact, *context, out, err)
                                              : rc;
}

static int32_t ranked_of(const struct scan *scan, const struct fact_row *row)
{
    return row->unit_name_id < scan->registered->name_end
               ? scan->registered->ranked_of_name[row->unit_name_id]
               : UNIT_NONE;
}

int scan_judge(struct scan *scan, const struct fact_row *row, bool in_earlier_round,
               struct judged *out, struct err *err)
{
    struct judge_context context = {.merged_repeat = row->merged_repeat,
                                    .in_earlier_round = in_earlier_round};
    struct request request = requests_find(&scan->requests, row->handling_id);
    struct judged judged = {
        .row = row, .leaves_draw = request.leaves_draw, .ranked = ranked_of(scan, row)};
    int rc = judge_without_request(scan, row, &context, &judged.before_request, err);
    judged.merged_repeat = context.merged_repeat;
    judged.verdict = judged.before_request;
    context.request_approved = request.leaves_on_time;
    if (rc == OK && context.request_approved)
        rc = judge_fact(&scan->basis->judge, &row->fact, context, &judged.verdict, err);
    if (rc == OK)
        *out = judged;
    return rc;
}

enum frame_reason scan_frame_reason(const struct scan *scan, const struct judged *judged)
{
    return judged->ranked != UNIT_NONE
               ? frame_reason_of(&scan->basis->judge, &judged->row->fact, &judged->before_request,
                                 judged->leaves_draw)
               : FRAME_NOT_COUNTED;
}

int scan_judge_counted(struct scan *scan, const struct fact_row *row, bool in_earlier_round,
                       struct judged *out, bool *out_counts, struct err *err)
{
    struct judged judged;
    struct fact_row as_lead = *row;
    int rc = scan_judge(scan, row, in_earlier_round, &judged, err);
    bool is_unclear = rc == OK && judged.verdict.judgement == JUDGED_UNCLEAR;
    as_lead.fact.part = HANDLING_PART_LEAD;
    if (is_unclear)
        rc = scan_judge(scan, &as_lead, false, &judged, err);
    if (rc != OK)
        return err_wrap(err, "could not judge handling %lld", (long long)row->handling_id);
    *out_counts = judgement_in_orders(judged.verdict.judgement);
    if (is_unclear) {
        judged.row = row;
        judged.verdict.judgement = JUDGED_UNCLEAR;
        judged.ranked = UNIT_NONE;
    }
    *out = judged;
    return OK;
}

/* Both the facts and the handlings judged earlier come in order of id. */
static int was_judged_earlier(struct scan *scan, int64_t handling_id, bool *out, struct err *err)
{
    while (scan->next_earlier_id != 0 && scan->next_earlier_id < handling_id) {
        int rc = judged_next(scan->earlier, &scan->next_earlier_id, err);
        if (rc != OK)
            return rc;
    }
    *out = scan->next_earlier_id == handling_id;
    return OK;
}

static void count(struct scan *scan, const struct judged *judged)
{
    int64_t name_id = judged->row->unit_name_id;
    if (judged->verdict.judgement == JUDGED_UNCLEAR) {
        scan->unclear++;
    } else if (name_id == 0) {
        scan->without_unit++;
    } else if (judged->ranked == UNIT_NONE) {
        scan->unmatched++;
        scan->unmatched_of_name[name_id]++;
    } else {
        tally_add(&scan->tallies[judged->ranked], &judged->verdict);
    }
}

static int on_fact(void *context, const struct fact_row *row, struct err *err)
{
    struct scan *scan = context;
    struct judged judged;
    bool in_earlier_round = false;
    bool counts = false;
    int rc = scan->next_earlier_id != 0
                 ? was_judged_earlier(scan, row->handling_id, &in_earlier_round, err)
                 : OK;
    if (rc == OK)
        rc = scan_judge_counted(scan, row, in_earlier_round, &judged, &counts, err);
    if (rc != OK || !counts)
        return rc;
    count(scan, &judged);
    return scan->on_judged != NULL ? scan->on_judged(scan->context, &judged, err) : OK;
}

int scan_run(struct scan *scan, struct err *err)
{
    if (scan->is_frozen)
        return round_facts_each(scan->store, scan->round->id, scan->from_id, scan->end_id, on_fact,
                                scan, err);
    int rc = OK;
    if (scan->basis->rules.on_time.judged_once) {
        rc = judged_open(scan->store, scan->round->kind, scan->round->id, JUDGED_ON_TIME,
                         JUDGEMENT_MAX, &scan->earlier, err);
        if (rc == OK)
            rc = judged_next(scan->earlier, &scan->next_earlier_id, err);
    }
    if (rc == OK)
        rc = facts_each(scan->store, scan->from_id, scan->end_id, on_fact, scan, err);
    return rc;
}

void scan_merge(struct scan *scan, const struct scan *other)
{
    for (size_t i = 0; i < scan->registered->unit_count; i++)
        tally_merge(&scan->tallies[i], &other->tallies[i]);
    for (int64_t i = 0; i < scan->registered->name_end; i++)
        scan->unmatched_of_name[i] += other->unmatched_of_name[i];
    scan->unmatched += other->unmatched;
    scan->unclear += other->unclear;
    scan->without_unit += other->without_unit;
}
