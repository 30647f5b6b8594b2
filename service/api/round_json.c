#include "service/api/round_json.h"

#include "base/civil.h"

#include "service/api/json_value.h"
#include "service/auth/digest.h"

static json_t *digest_to_json(struct bytes digest)
{
    char hex[SHA256_HEX_BYTES];
    sha256_hex((const unsigned char *)digest.ptr, hex);
    return json_string(hex);
}

static json_t *names_to_json(const struct bytes *names, size_t count)
{
    json_t *array = json_array();
    for (size_t i = 0; i < count; i++) {
        if (json_array_append_new(array, json_bytes(names[i])) != 0) {
            json_decref(array);
            return NULL;
        }
    }
    return array;
}

static json_t *day_to_json(int64_t day)
{
    char text[DAY_TEXT_BYTES];
    day_format(day, text);
    return json_string(text);
}

json_t *round_row_to_json(const struct round_row *row)
{
    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:b}", "id", json_bytes(row->name), "kind",
                     json_bytes(row->kind), "from", day_to_json(row->from_day), "to",
                     day_to_json(row->to_day), "state", json_bytes(row->state), "accumulated",
                     row->is_accumulated);
}

static json_t *left_out_to_json(const struct round_shown *shown)
{
    json_t *object = json_object();
    for (int i = FRAME_NOT_COUNTED + 1; i < FRAME_REASONS; i++) {
        const char *word = frame_reason_word((enum frame_reason)i);
        if (json_object_set_new(object, word, json_integer(shown->left_out[i])) != 0) {
            json_decref(object);
            return NULL;
        }
    }
    return object;
}

static json_t *frame_to_json(const struct round_shown *shown)
{
    const struct frame_row *frame = &shown->frame;
    if (!shown->has_frame)
        return json_null();
    return json_pack("{s:I, s:I, s:o, s:o, s:o, s:o, s:o}", "no", (json_int_t)frame->no, "entries",
                     (json_int_t)frame->entries, "left_out", left_out_to_json(shown),
                     "listing_sha256", digest_to_json(frame->listing_sha256), "rules_sha256",
                     digest_to_json(frame->rules_sha256), "secret_sha256",
                     digest_to_json(frame->secret_sha256), "frozen_at",
                     json_time(frame->frozen_utc));
}

/* The exact seed opens every ticket: it is for `draw open`, which records who saw it. */
static json_t *draw_to_json(const struct round_shown *shown)
{
    const struct draw_row *draw = &shown->draw;
    if (!shown->has_draw)
        return json_null();
    bool is_public = bytes_equal(draw->kind, BYTES_LIT("seed"));
    return json_pack(
        "{s:I, s:I, s:I, s:o, s:o, s:I, s:I, s:I, s:o, s:o, s:o}", "no", (json_int_t)draw->no, "of",
        (json_int_t)shown->draw_count, "frame_no", (json_int_t)draw->frame_no, "kind",
        json_bytes(draw->kind), "seed", is_public ? json_bytes(draw->seed) : json_null(), "sample",
        (json_int_t)shown->sample, "reserve", (json_int_t)shown->reserve, "released",
        (json_int_t)shown->released, "public_sha256", digest_to_json(draw->public_sha256),
        "drawn_at", json_time(draw->drawn_utc), "who", json_bytes(draw->who));
}

static json_t *score_to_json(const struct round_shown *shown)
{
    const struct round_score_row *score = &shown->score;
    if (!shown->has_score)
        return json_null();
    return json_pack("{s:I, s:o, s:o, s:o}", "issue", (json_int_t)score->issue, "scored_at",
                     json_time(score->scored_utc), "who", json_bytes(score->who), "program_version",
                     json_bytes(score->program_version));
}

static json_t *steps_to_json(const struct round_shown *shown)
{
    json_t *array = json_array();
    for (size_t i = 0; i < shown->step_count; i++) {
        const struct round_shown_step *step = &shown->steps[i];
        json_t *object = json_pack("{s:o, s:o, s:o, s:o}", "step", json_bytes(step->step), "at",
                                   json_time(step->at_utc), "who", json_bytes(step->who), "why",
                                   json_bytes(step->why));
        if (json_array_append_new(array, object) != 0) {
            json_decref(array);
            return NULL;
        }
    }
    return array;
}

json_t *round_shown_to_json(const struct round_shown *shown)
{
    json_t *root = round_row_to_json(&shown->row);
    json_t *rest =
        json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "as_of", json_time(shown->as_of_utc),
                  "parts", names_to_json(shown->parts, shown->part_count), "part_of",
                  names_to_json(shown->sums, shown->sum_count), "frame", frame_to_json(shown),
                  "draw", draw_to_json(shown), "score", score_to_json(shown), "steps",
                  steps_to_json(shown), "rules", json_bytes(shown->row.rules));
    bool is_whole = root != NULL && rest != NULL && json_object_update(root, rest) == 0;
    json_decref(rest);
    if (is_whole)
        return root;
    json_decref(root);
    return NULL;
}
