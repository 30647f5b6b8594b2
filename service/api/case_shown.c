#include "service/api/case_shown.h"

#include "base/alloc.h"
#include "base/civil.h"
#include "base/utf8.h"

#include "service/intake/mask.h"
#include "service/intake/texts.h"

#include <string.h>

enum {
    TEXT_MAX_BYTES = 8 * 1024,
    /* A number that begins before the cut is seen whole, and so masked. */
    MARGIN_CHARACTERS = 40
};

struct loading {
    struct case_reader *reader;
    struct store *store;
    const struct case_ask *ask;
    struct arena *arena;
    struct campaign_row campaign; /* its texts are the arena's */
    int64_t today;
    struct bytes name; /* whole */
    size_t number_capacity, order_capacity, answer_capacity, attempt_capacity;
    int64_t *phone_keys; /* of the numbers */
    size_t key_capacity;
    struct case_shown *shown;
};

static int out_of_memory(struct err *err)
{
    return err_set(err, ERR_NOMEM, "could not show a case");
}

/* ---- texts ---- */

/* The first `characters` of a text; ill-formed bytes end it. */
static struct bytes head_of(struct bytes text, size_t characters)
{
    struct bytes rest = {text.ptr, utf8_valid_prefix(text)};
    while (rest.len > 0 && characters > 0) {
        (void)utf8_take(&rest);
        characters--;
    }
    return (struct bytes){text.ptr, (size_t)(rest.ptr - text.ptr)};
}

static int keep(struct arena *arena, struct bytes text, struct bytes *out, struct err *err)
{
    struct bytes copy = arena_copy(arena, text);
    if (copy.ptr == NULL)
        return out_of_memory(err);
    *out = copy;
    return OK;
}

static int mask(struct arena *arena, struct bytes text, struct bytes *out, struct err *err)
{
    struct buf masked;
    buf_init(&masked, TEXT_MAX_BYTES);
    mask_numbers(head_of(text, SHOWN_CHARACTERS + MARGIN_CHARACTERS), &masked);
    struct bytes head = head_of(buf_bytes(&masked), SHOWN_CHARACTERS);
    bool is_cut = head.len < masked.len;
    masked.len = head.len;
    if (is_cut)
        buf_append_z(&masked, "…");
    int rc = buf_status(&masked, err);
    if (rc == OK)
        rc = keep(arena, buf_bytes(&masked), out, err);
    buf_deinit(&masked);
    return rc;
}

int case_mask_number(struct bytes digits, struct arena *arena, struct bytes *out, struct err *err)
{
    return mask(arena, digits, out, err);
}

static int mask_name(struct arena *arena, struct bytes name, struct bytes *out, struct err *err)
{
    struct buf masked;
    struct bytes first = head_of(name, 1);
    buf_init(&masked, TEXT_MAX_BYTES);
    buf_append(&masked, first);
    buf_append_z(&masked, first.len > 0 ? "**" : "");
    int rc = buf_status(&masked, err);
    if (rc == OK)
        rc = keep(arena, buf_bytes(&masked), out, err);
    buf_deinit(&masked);
    return rc;
}

/* ---- numbers ---- */

static int on_number(void *context, const struct case_number *row, struct err *err)
{
    struct loading *loading = context;
    struct case_shown *shown = loading->shown;
    struct bytes digits;
    struct shown_number *numbers =
        arena_room_for(loading->arena, shown->numbers, shown->number_count,
                       &loading->number_capacity, sizeof *numbers);
    int64_t *keys = arena_room_for(loading->arena, loading->phone_keys, shown->number_count,
                                   &loading->key_capacity, sizeof *keys);
    if (numbers == NULL || keys == NULL)
        return out_of_memory(err);
    shown->numbers = numbers;
    loading->phone_keys = keys;
    struct shown_number *number = &numbers[shown->number_count];
    *number = (struct shown_number){.no = row->no, .is_dead = row->is_dead};
    keys[shown->number_count++] = row->phone_key;
    int rc =
        case_reader_open(loading->reader, loading->reader->numbers,
                         case_number_seal_row(row->case_id, row->no), row->sealed, &digits, err);
    return rc == OK ? mask(loading->arena, digits, &number->masked, err) : rc;
}

static int load_numbers(struct loading *loading, struct err *err)
{
    struct case_shown *shown = loading->shown;
    int rc = case_numbers_each(loading->store, shown->id, on_number, loading, err);
    for (size_t i = 0; i < shown->number_count && rc == OK; i++)
        rc = dials_count_of_number(loading->store, loading->phone_keys[i], loading->today,
                                   &shown->numbers[i].tries_today, err);
    return rc;
}

/* ---- what was tried ---- */

static int on_dial(void *context, const struct dial_row *row, struct err *err)
{
    struct loading *loading = context;
    struct case_shown *shown = loading->shown;
    bool is_own = row->account_id == loading->ask->account_id;
    if (row->recheck_id != 0)
        return OK;
    for (size_t i = 0; i < shown->number_count; i++)
        shown->numbers[i].tries += shown->numbers[i].no == row->number_no;
    if (row->ended_utc == 0 && is_own)
        shown->dial = (struct dial_row){
            .id = row->id, .number_no = row->number_no, .started_utc = row->started_utc};
    if (row->ended_utc == 0)
        return OK;
    struct shown_attempt *attempts =
        arena_room_for(loading->arena, shown->attempts, shown->attempt_count,
                       &loading->attempt_capacity, sizeof *attempts);
    if (attempts == NULL)
        return out_of_memory(err);
    shown->attempts = attempts;
    struct shown_attempt *attempt = &attempts[shown->attempt_count++];
    *attempt = (struct shown_attempt){.at_utc = row->started_utc, .is_own = is_own};
    return keep(loading->arena, row->code, &attempt->code, err);
}

/* ---- answers ---- */

static struct shown_answer *find_answer(struct case_shown *shown, int64_t drawn_id,
                                        struct bytes item)
{
    for (size_t i = 0; i < shown->answer_count; i++) {
        struct shown_answer *answer = &shown->answers[i];
        if (answer->drawn_id == drawn_id && bytes_equal(answer->item, item))
            return answer;
    }
    return NULL;
}

/* NULL when memory fails. */
static struct shown_answer *add_answer(struct loading *loading, const struct answer_row *row)
{
    struct case_shown *shown = loading->shown;
    struct shown_answer *answers =
        arena_room_for(loading->arena, shown->answers, shown->answer_count,
                       &loading->answer_capacity, sizeof *answers);
    struct bytes item = arena_copy(loading->arena, row->item);
    if (answers == NULL || item.ptr == NULL)
        return NULL;
    shown->answers = answers;
    struct shown_answer *answer = &answers[shown->answer_count++];
    *answer = (struct shown_answer){.drawn_id = row->drawn_id, .item = item};
    return answer;
}

static int on_answer(void *context, const struct answer_row *row, struct err *err)
{
    struct loading *loading = context;
    struct bytes words = BYTES_LIT("");
    struct shown_answer *answer = find_answer(loading->shown, row->drawn_id, row->item);
    if (answer == NULL)
        answer = add_answer(loading, row);
    if (answer == NULL)
        return out_of_memory(err);
    int rc = keep(loading->arena, row->value, &answer->value, err);
    if (rc == OK && row->sealed.len > 0)
        rc = case_reader_open(loading->reader, loading->reader->answers, row->id, row->sealed,
                              &words, err);
    return rc == OK ? keep(loading->arena, words, &answer->words, err) : rc;
}

/* ---- orders ---- */

static int on_order(void *context, const struct case_order *row, struct err *err)
{
    struct loading *loading = context;
    struct case_shown *shown = loading->shown;
    struct shown_order *orders = arena_room_for(loading->arena, shown->orders, shown->order_count,
                                                &loading->order_capacity, sizeof *orders);
    if (orders == NULL)
        return out_of_memory(err);
    shown->orders = orders;
    orders[shown->order_count++] = (struct shown_order){
        .drawn_id = row->drawn_id, .unit_no = row->unit, .handling_id = row->handling_id};
    return OK;
}

static int load_texts(struct loading *loading, struct shown_order *order, struct err *err)
{
    struct order_row row;
    struct bytes packed = BYTES_NONE;
    struct texts texts = {.reply_end = 0};
    int rc = order_get_by_id(loading->store, order->handling_id / HANDLINGS_AN_ORDER, &row, err);
    if (rc == OK && row.sealed.len > 0)
        rc = case_reader_open(loading->reader, loading->reader->orders, row.id, row.sealed, &packed,
                              err);
    if (rc == OK)
        rc = texts_unpack(packed, &texts, err);
    if (rc == OK)
        rc = mask(loading->arena, texts.title, &order->title, err);
    if (rc == OK)
        rc = mask(loading->arena, texts.content, &order->content, err);
    if (rc == OK && loading->name.len == 0)
        rc = keep(loading->arena, head_of(texts.citizen_name, SHOWN_CHARACTERS), &loading->name,
                  err);
    return rc;
}

static int load_order(struct loading *loading, struct shown_order *order, struct err *err)
{
    const struct campaign_row *campaign = &loading->campaign;
    struct fact_row fact;
    int judgement = 0;
    int rc = round_fact_get(loading->store, campaign->round_id, order->handling_id, &fact,
                            &judgement, err);
    if (rc == OK) {
        order->received = fact.fact.received;
        order->closed = fact.fact.closed;
        order->received_day = zone_day(loading->shown->hours->zone, fact.fact.received);
        order->kind = casework_script_of(&fact.fact);
    }
    if (rc == OK)
        rc = case_reader_unit(loading->reader, loading->store, campaign->round_id,
                              campaign->draw_no, order->unit_no, &order->unit, err);
    return rc == OK ? load_texts(loading, order, err) : rc;
}

static int load_orders(struct loading *loading, struct err *err)
{
    const struct campaign_row *campaign = &loading->campaign;
    struct case_shown *shown = loading->shown;
    int rc = case_orders_each(loading->store, campaign->round_id, campaign->draw_no,
                              loading->ask->row.case_no, on_order, loading, err);
    for (size_t i = 0; i < shown->order_count && rc == OK; i++)
        rc = load_order(loading, &shown->orders[i], err);
    return rc;
}

/* ---- the whole ---- */

static int load_campaign(struct loading *loading, struct err *err)
{
    struct campaign_row *campaign = &loading->campaign;
    int rc = campaign_get(loading->store, loading->ask->row.campaign_id, campaign, err);
    if (rc == OK)
        rc = keep(loading->arena, campaign->round_name, &loading->shown->round, err);
    if (rc == OK)
        rc = casework_hours(loading->reader->work, loading->store, campaign->id,
                            &loading->shown->hours, err);
    campaign->round_name = campaign->opened_by = BYTES_NONE;
    if (rc != OK)
        return rc;
    loading->shown->lease_s = loading->shown->hours->rules->followup.lease_s;
    loading->today = zone_day(loading->shown->hours->zone,
                              (struct moment){loading->ask->now_utc, MOMENT_INSTANT});
    return OK;
}

/* The number to be dialled first is no matter when all that is left is to look. */
static int load_proposal(struct loading *loading, struct err *err)
{
    const struct case_ask *ask = loading->ask;
    return ask->row.state == CASE_LEASED
               ? casework_propose(loading->reader->work, loading->store, &ask->row, ask->now_utc,
                                  &loading->shown->number_no, err)
               : OK;
}

int case_shown_load(struct case_reader *reader, struct store *store, const struct case_ask *ask,
                    struct arena *arena, struct case_shown *out, struct err *err)
{
    const struct followup_case *row = &ask->row;
    struct case_shown shown = {
        .id = row->id,
        .turn = ask->turn,
        .lease_until_utc = row->until_utc,
        .now_utc = ask->now_utc,
        .appointment_utc = row->appointment_utc,
        .appointment_is_own = row->appointment_account == ask->account_id,
    };
    struct loading loading = {
        .reader = reader, .store = store, .ask = ask, .arena = arena, .shown = &shown};
    int rc = keep(arena, bytes_from_z(row->language), &shown.language, err);
    if (rc == OK)
        rc = load_campaign(&loading, err);
    if (rc == OK)
        rc = load_numbers(&loading, err);
    if (rc == OK)
        rc = dials_each_of_case(store, row->id, on_dial, &loading, err);
    if (rc == OK)
        rc = answers_each_of_case(store, row->id, on_answer, &loading, err);
    if (rc == OK)
        rc = load_orders(&loading, err);
    if (rc == OK)
        rc = load_proposal(&loading, err);
    shown.citizen = loading.name;
    if (rc == OK && shown.dial.id == 0 && !ask->is_dialling)
        rc = mask_name(arena, loading.name, &shown.citizen, err);
    if (rc == OK)
        *out = shown;
    return rc;
}
