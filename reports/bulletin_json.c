#include "reports/bulletin_json.h"

#include "reports/figures.h"

#include <math.h>
#include <stdio.h>

static const char *const outcome_keys[OUTCOME_GROUPS] = {
    [OUTCOME_COMPLETE] = "complete",
    [OUTCOME_PARTIAL] = "partial",
    [OUTCOME_REFUSAL] = "refusal",
    [OUTCOME_NONCONTACT] = "noncontact",
    [OUTCOME_OTHER] = "other",
    [OUTCOME_UNKNOWN_UNWORKED] = "unworked",
    [OUTCOME_UNKNOWN_PERSON] = "unknown_person",
    [OUTCOME_INELIGIBLE] = "ineligible",
};
static const char *const item_keys[ITEMS] = {
    [ITEM_RESOLUTION] = "resolution", [ITEM_SATISFACTION] = "satisfaction"};
static const struct interval no_interval = {(double)NAN, (double)NAN};

static void put_interval(struct json_builder *builder, json_t *parent, const char *key,
                         struct interval interval)
{
    json_t *object = json_object();
    json_put_rate(builder, object, "low", interval.low);
    json_put_rate(builder, object, "high", interval.high);
    json_put(builder, parent, key, object);
}

static void put_draw(struct json_builder *builder, json_t *root, const struct bulletin_draw *draw)
{
    if (draw == NULL) {
        json_put(builder, root, "draw", json_null());
        return;
    }
    json_t *object = json_object();
    json_t *left_out = json_object();
    json_put_text(builder, object, "frozen_at", draw->frozen_at);
    json_put_count(builder, object, "frame", draw->frame);
    for (int r = FRAME_IN + 1; r < FRAME_REASONS; r++)
        json_put_count(builder, left_out, frame_reason_word((enum frame_reason)r),
                       draw->left_out[r]);
    json_put(builder, object, "left_out", left_out);
    json_put_text(builder, object, "frame_sha256", draw->frame_sha256);
    json_put_text(builder, object, "secret_sha256", draw->secret_sha256);
    json_put(builder, object, "drawn", json_boolean(draw->is_drawn));
    if (draw->is_drawn) {
        json_put_count(builder, object, "no", draw->no);
        json_put_count(builder, object, "of", draw->of);
        json_put_text(builder, object, "kind", draw->kind);
        json_put_text(builder, object, "drawn_at", draw->drawn_at);
        json_put_text(builder, object, "public_half", draw->public_half);
        json_put_text(builder, object, "public_sha256", draw->public_sha256);
        json_put_count(builder, object, "sample", draw->sample);
        json_put_count(builder, object, "reserve", draw->reserve);
        json_put_count(builder, object, "released", draw->released);
    }
    json_put(builder, root, "draw", object);
}

static void put_parts(struct json_builder *builder, json_t *root, const struct bulletin *bulletin)
{
    json_t *parts = json_array();
    for (size_t i = 0; i < bulletin->part_count; i++) {
        const struct bulletin_part *part = &bulletin->parts[i];
        json_t *object = json_object();
        json_put_text(builder, object, "id", part->id);
        json_put_text(builder, object, "title", part->title);
        json_put(builder, object, "closed", json_boolean(part->is_closed));
        json_put(builder, object, "drawn", json_boolean(part->has_draw));
        json_append_to(builder, parts, object);
    }
    json_put(builder, root, "parts", parts);
}

static void put_requests(struct json_builder *builder, json_t *root,
                         const struct bulletin *bulletin)
{
    json_t *requests = json_array();
    for (size_t i = 0; i < bulletin->request_count; i++) {
        const struct bulletin_request *request = &bulletin->requests[i];
        json_t *object = json_object();
        json_put_text(builder, object, "reason", request->reason);
        json_put_count(builder, object, "approved", request->approved);
        json_put_count(builder, object, "refused", request->refused);
        json_put_count(builder, object, "waiting", request->waiting);
        json_append_to(builder, requests, object);
    }
    json_put(builder, root, "requests", requests);
}

/* By the number of the attempt that brought the answer; the last wave has all later ones too. */
static void put_waves(struct json_builder *builder, json_t *row, const struct unit_sample *sample)
{
    json_t *waves = json_array();
    for (size_t w = 0; w < NONRESPONSE_WAVES; w++) {
        struct answer_counts counts = {{0}, {0}};
        json_t *wave = json_object();
        json_t *resolution = json_object();
        json_t *satisfaction = json_object();
        answer_counts_add(&counts, &sample->answers[w]);
        json_put_count(builder, resolution, "yes", counts.resolution[RESOLUTION_YES]);
        json_put_count(builder, resolution, "partly", counts.resolution[RESOLUTION_PARTLY]);
        json_put_count(builder, resolution, "no", counts.resolution[RESOLUTION_NO]);
        for (int label = SATISFACTION_HIGHEST; label > 0; label--) {
            char key[16];
            (void)snprintf(key, sizeof key, "%d", label);
            json_put_count(builder, satisfaction, key, counts.satisfaction[label]);
        }
        json_put_count(builder, wave, "attempt", (int64_t)w + 1);
        json_put(builder, wave, "resolution", resolution);
        json_put(builder, wave, "satisfaction", satisfaction);
        json_append_to(builder, waves, wave);
    }
    json_put(builder, row, "waves", waves);
}

/* Exact limits exist for one simple random sample alone: a unit in one round. Of a process it is no part of a frame. */
static struct interval exact_of(const struct bulletin *bulletin, size_t index, enum item item)
{
    struct rate_tally tally = item_tally(&bulletin->ranking->rows[index], item);
    if (index >= bulletin->ranking->unit_count || bulletin->part_count > 0)
        return no_interval;
    double level = bulletin->rules->interval.level;
    if (bulletin->rules->interval.process)
        return interval_clopper_pearson(tally.favourable, tally.valid, level);
    return interval_exact(tally.favourable, tally.valid, tally.frame, level);
}

static void put_item(struct json_builder *builder, json_t *parent, const struct bulletin *bulletin,
                     size_t index, enum item item)
{
    const struct ranking_row *row = &bulletin->ranking->rows[index];
    const struct rate *rate = item_rate(row, item);
    json_t *object = json_object();
    json_put_count(builder, object, "base", item_tally(row, item).valid);
    json_put_count(builder, object, "favourable", item_tally(row, item).favourable);
    json_put_rate(builder, object, "rate", rate->point);
    put_interval(builder, object, "interval", rate->interval);
    put_interval(builder, object, "exact", exact_of(bulletin, index, item));
    put_interval(builder, object, "nonresponse_bounds", row_bounds(row, item));
    json_put_rate(builder, object, "coverage", item_coverage(row, item));
    if (item == ITEM_SATISFACTION) {
        json_put_rate(builder, object, "rate_54", row->satisfaction_54.point);
        put_interval(builder, object, "interval_54", row->satisfaction_54.interval);
    }
    json_put(builder, parent, item_keys[item], object);
}

static json_t *row_json(struct json_builder *builder, const struct bulletin *bulletin, size_t index)
{
    const struct ranking_row *row = &bulletin->ranking->rows[index];
    json_t *object = json_object();
    json_t *outcomes = json_object();
    json_put_text(builder, object, "unit_class", row->unit_class);
    json_put_text(builder, object, "unit_code", row->unit_code);
    json_put_text(builder, object, "unit_name", row->unit_name);
    json_put_count(builder, object, "frame", row->sample.frame);
    json_put_count(builder, object, "released", row->drawn);
    for (size_t g = 0; g < OUTCOME_GROUPS; g++)
        json_put_count(builder, outcomes, outcome_keys[g], row->sample.outcomes.of_group[g]);
    json_put(builder, object, "outcomes", outcomes);
    json_put_rate(builder, object, "rr1", row->rr1);
    put_waves(builder, object, &row->sample);
    json_put_count(builder, object, "still_open", row->sample.still_open);
    for (enum item item = ITEM_RESOLUTION; item <= ITEM_SATISFACTION; item++)
        put_item(builder, object, bulletin, index, item);
    return object;
}

static void put_trend(struct json_builder *builder, json_t *sample, const struct bulletin *bulletin)
{
    const struct ranking_row *all = ranking_over_all(bulletin->ranking);
    json_t *object = json_object();
    for (enum item item = ITEM_RESOLUTION; item <= ITEM_SATISFACTION; item++) {
        struct nonresponse_trend trend = sample_trend(&all->sample, item, bulletin->rules);
        struct nonresponse_wave waves[NONRESPONSE_WAVES];
        json_t *array = json_array();
        nonresponse_trend_estimate(&trend, bulletin->rules->interval.level, waves);
        for (size_t w = 0; w < NONRESPONSE_WAVES; w++) {
            json_t *wave = json_object();
            json_put_count(builder, wave, "attempt", (int64_t)w + 1);
            json_put_count(builder, wave, "base", trend.valid[w]);
            json_put_count(builder, wave, "favourable", trend.favourable[w]);
            json_put_rate(builder, wave, "rate", waves[w].point);
            put_interval(builder, wave, "interval", waves[w].interval);
            json_append_to(builder, array, wave);
        }
        json_put(builder, object, item_keys[item], array);
    }
    json_put(builder, sample, "by_attempt", object);
}

static json_t *rates_json(struct json_builder *builder, const struct bulletin *bulletin,
                          bool weighted)
{
    struct response_rates rates = response_rates_of(bulletin->ranking, weighted);
    json_t *object = json_object();
    for (size_t i = 0; i < RESPONSE_RATES; i++)
        json_put_rate(builder, object, response_rate_name(i), response_rate_at(&rates.rates, i));
    json_put_rate(builder, object, "e", rates.eligible_share);
    return object;
}

void bulletin_json_sample(struct json_builder *builder, json_t *root,
                          const struct bulletin *bulletin)
{
    json_put(builder, root, "issue",
             bulletin->issue > 0 ? json_integer(bulletin->issue) : json_null());
    put_draw(builder, root, bulletin->draw);
    put_parts(builder, root, bulletin);
    put_requests(builder, root, bulletin);
    if (!ranking_has_sample(bulletin->ranking)) {
        json_put(builder, root, "sample", json_null());
        return;
    }
    json_t *sample = json_object();
    json_t *rows = json_array();
    json_t *rates = json_object();
    json_put_rate(builder, sample, "level", bulletin->rules->interval.level);
    for (size_t i = 0; i < bulletin->ranking->row_count; i++)
        json_append_to(builder, rows, row_json(builder, bulletin, i));
    json_put(builder, sample, "rows", rows);
    put_trend(builder, sample, bulletin);
    json_put(builder, rates, "unweighted", rates_json(builder, bulletin, false));
    json_put(builder, rates, "weighted",
             bulletin->part_count == 0 ? rates_json(builder, bulletin, true) : json_null());
    json_put(builder, sample, "response_rates", rates);
    json_put(builder, root, "sample", sample);
}
