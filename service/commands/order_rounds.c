#include "service/commands/order_rounds.h"

#include "reports/words.h"

#include "service/commands/order_values.h"
#include "service/commands/output.h"
#include "service/rounds/counts.h"
#include "service/rounds/order_part.h"

#include <math.h>

static int out_of_memory(struct err *err)
{
    return err_set(err, ERR_NOMEM, "could not show how an order counts");
}

/* ---- one round ---- */

static json_t *on_time_to_json(const struct verdict *verdict, const struct zone *zone)
{
    return json_pack("{s:s, s:s, s:o, s:s, s:s, s:o}", "judgement",
                     judgement_name(verdict->judgement), "why",
                     judgement_sentence(verdict->judgement), "deadline",
                     order_moment_to_json(verdict->deadline, zone), "deadline_source",
                     deadline_source_name(verdict->deadline_source), "extension",
                     extension_verdict_name(verdict->extension), "end",
                     order_moment_to_json(verdict->end, zone));
}

static json_t *points_to_json(double points)
{
    return isnan(points) ? json_null() : json_real(points);
}

/* What the called person's answers are worth; nothing before anybody was to be called. */
static json_t *answers_to_json(const struct order_part *part)
{
    if (!part->is_released)
        return json_object();
    return json_pack("{s:s, s:i, s:b, s:b, s:o, s:b, s:b, s:o}", "outcome",
                     outcome_group_name(part->outcome.group), "attempts", part->outcome.attempts,
                     "in_resolution_base", part->resolution.is_valid, "counts_as_resolved",
                     part->resolution.is_favourable, "resolution_points",
                     points_to_json(part->resolution.points), "in_satisfaction_base",
                     part->satisfaction.is_valid, "counts_as_satisfied",
                     part->satisfaction.is_favourable, "satisfaction_points",
                     points_to_json(part->satisfaction.points));
}

static json_t *sample_to_json(const struct order_part *part)
{
    if (part->draw_no == 0)
        return json_pack("{s:s}", "frame", frame_reason_word(part->reason));
    if (part->position == 0)
        return json_pack("{s:s, s:I, s:s}", "frame", frame_reason_word(part->reason), "draw",
                         (json_int_t)part->draw_no, "drawn", "no");
    return json_pack("{s:s, s:I, s:s, s:I, s:b}", "frame", frame_reason_word(part->reason), "draw",
                     (json_int_t)part->draw_no, "drawn", part->is_sample ? "sample" : "reserve",
                     "position", (json_int_t)part->position, "released", part->is_released);
}

/* `through`: the part of an accumulated round, else NULL. */
static json_t *head_to_json(const struct round_row *round, const struct round_row *through)
{
    return through == NULL ? json_pack("{s:o}", "round", output_string(round->name))
                           : json_pack("{s:o, s:o}", "round", output_string(round->name), "through",
                                       output_string(through->name));
}

/* Takes `more` over. */
static bool join(json_t *object, json_t *more)
{
    bool joined = object != NULL && more != NULL && json_object_update(object, more) == 0;
    json_decref(more);
    return joined;
}

static int add_part(json_t *rounds, json_t *head, const struct order_part *part,
                    const struct zone *zone, struct err *err)
{
    bool joined = join(head, on_time_to_json(&part->verdict, zone));
    joined = joined && join(head, sample_to_json(part));
    joined = joined && join(head, answers_to_json(part));
    if (joined)
        return json_array_append_new(rounds, head) == 0 ? OK : out_of_memory(err);
    json_decref(head);
    return out_of_memory(err);
}

/* A round that cannot be judged yet (a year without a calendar, a dump taken too early) says why. */
static int add_unjudged(json_t *rounds, json_t *head, const struct err *reason, struct err *err)
{
    bool joined = join(head, json_pack("{s:s}", "why", reason->message));
    if (joined)
        return json_array_append_new(rounds, head) == 0 ? OK : out_of_memory(err);
    json_decref(head);
    return out_of_memory(err);
}

static bool is_machines(const struct err *reason)
{
    return reason->code == ERR_NOMEM || reason->code == ERR_IO || reason->code == ERR_FULL ||
           reason->code == ERR_CORRUPT;
}

/* `sum` NULL: the round for itself; else as a part of that accumulated round, which has rules of its own for what
 * answers count. */
static int add_round(const struct order_in_rounds *order, const struct round_row *round,
                     const struct round_row *sum, json_t *rounds, struct err *err)
{
    struct store *store = order->datadir->store;
    struct fact_row row = {.handling_id = order->handling->id,
                           .unit_name_id = order->handling->unit_name_id,
                           .fact = order->handling->fact};
    struct round_basis basis = {0};
    struct rules rules;
    struct order_part part;
    struct err reason = {0};
    int rc = round_basis_load(store, round, BYTES_NONE, order->now_utc, &basis, &reason);
    if (rc == OK && sum != NULL)
        rc = rules_parse(sum->rules, &rules, &reason);
    if (rc == OK && sum != NULL) {
        basis.rules.rates = rules.rates;
        basis.rules.points = rules.points;
    }
    if (rc == OK)
        rc = order_part_get(order->datadir, round, &basis, &row, order->order_no, &part, &reason);
    bool is_of_it = rc == OK && part.verdict.judgement != JUDGED_OTHER_PERIOD;
    if (is_of_it) {
        json_t *head = sum == NULL ? head_to_json(round, NULL) : head_to_json(sum, round);
        rc = add_part(rounds, head, &part, basis.zone, err);
    } else if (rc == ERR_NOT_FOUND && round_is_frozen(round)) {
        rc = OK; /* what was frozen does not have it */
    } else if (rc != OK && is_machines(&reason)) {
        *err = reason;
    } else if (rc != OK) {
        json_t *head = sum == NULL ? head_to_json(round, NULL) : head_to_json(sum, round);
        rc = add_unjudged(rounds, head, &reason, err);
    }
    round_basis_deinit(&basis);
    return rc;
}

/* ---- rounds of rounds ---- */

int order_round_to_json(const struct order_in_rounds *order, const struct round_row *round,
                        json_t *rounds, struct err *err)
{
    struct round_parts parts = {0};
    if (!round->is_accumulated)
        return add_round(order, round, NULL, rounds, err);
    int rc = round_parts_load(order->datadir->store, round->id, order->arena, &parts, err);
    for (size_t i = 0; i < parts.count && rc == OK; i++)
        rc = add_round(order, &parts.rows[i], round, rounds, err);
    return rc;
}
