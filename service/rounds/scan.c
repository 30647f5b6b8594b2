#include "service/rounds/scan.h"

#include "base/alloc.h"

int scan_init(struct scan *scan, struct err *err)
{
    const struct unit_register *registered = scan->registered;
    scan->is_closed = bytes_equal(scan->round->state, BYTES_LIT("closed"));
    scan->tallies = mem_calloc(registered->unit_count + 1, sizeof *scan->tallies);
    scan->unmatched_of_name =
        mem_calloc((size_t)registered->name_end, sizeof *scan->unmatched_of_name);
    if (scan->tallies == NULL || scan->unmatched_of_name == NULL)
        return err_set(err, ERR_NOMEM, "could not count for %zu units", registered->unit_count);
    repeats_init(&scan->repeats, scan->store, registered, scan->basis, scan->end_id);
    return OK;
}

void scan_deinit(struct scan *scan)
{
    judged_close(scan->earlier);
    mem_free(scan->tallies);
    mem_free(scan->unmatched_of_name);
    *scan = (struct scan){0};
}

int scan_judge(struct scan *scan, const struct fact_row *row, bool in_earlier_round,
               struct verdict *out, bool *out_merged_repeat, struct err *err)
{
    struct judge_context context = {.merged_repeat = row->merged_repeat,
                                    .in_earlier_round = in_earlier_round};
    const struct judge *judge = &scan->basis->judge;
    int rc = judge_fact(judge, &row->fact, context, out, err);
    *out_merged_repeat = row->merged_repeat;
    if (rc != OK || scan->is_closed || (row->fact.marks & FACT_HAS_REPEAT_OF) == 0 ||
        !judgement_in_orders(out->judgement))
        return rc;
    rc = repeats_is_merged(&scan->repeats, row->handling_id, row->unit_name_id, &row->fact,
                           &context.merged_repeat, err);
    *out_merged_repeat = context.merged_repeat;
    if (rc == OK && context.merged_repeat)
        rc = judge_fact(judge, &row->fact, context, out, err);
    return rc;
}

/* Whether a handling with an unclear lead would count if its unit led it: only then is it worth naming. */
static int count_unclear(struct scan *scan, const struct fact_row *row, struct err *err)
{
    struct fact_row as_lead = *row;
    struct verdict verdict;
    bool merged_repeat = false;
    as_lead.fact.part = HANDLING_PART_LEAD;
    int rc = scan_judge(scan, &as_lead, false, &verdict, &merged_repeat, err);
    if (rc != OK || !judgement_in_orders(verdict.judgement))
        return rc;
    scan->unclear++;
    verdict.judgement = JUDGED_UNCLEAR;
    return scan->on_judged != NULL
               ? scan->on_judged(scan->context, row, &verdict, merged_repeat, UNIT_NONE, err)
               : OK;
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

static int on_fact(void *context, const struct fact_row *row, struct err *err)
{
    struct scan *scan = context;
    struct verdict verdict;
    bool in_earlier_round = false;
    bool merged_repeat = false;
    int rc = scan->next_earlier_id != 0
                 ? was_judged_earlier(scan, row->handling_id, &in_earlier_round, err)
                 : OK;
    if (rc == OK)
        rc = scan_judge(scan, row, in_earlier_round, &verdict, &merged_repeat, err);
    if (rc != OK)
        return err_wrap(err, "could not judge handling %lld", (long long)row->handling_id);
    if (verdict.judgement == JUDGED_UNCLEAR)
        return count_unclear(scan, row, err);
    if (!judgement_in_orders(verdict.judgement))
        return OK;
    int32_t ranked = UNIT_NONE;
    if (row->unit_name_id == 0) {
        scan->without_unit++;
    } else {
        ranked = scan->registered->ranked_of_name[row->unit_name_id];
        if (ranked == UNIT_NONE) {
            scan->unmatched++;
            scan->unmatched_of_name[row->unit_name_id]++;
        } else {
            tally_add(&scan->tallies[ranked], &verdict);
        }
    }
    return scan->on_judged != NULL
               ? scan->on_judged(scan->context, row, &verdict, merged_repeat, ranked, err)
               : OK;
}

int scan_run(struct scan *scan, struct err *err)
{
    if (scan->is_closed)
        return round_facts_each(scan->store, scan->round->id, 0, INT64_MAX, on_fact, scan, err);
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
