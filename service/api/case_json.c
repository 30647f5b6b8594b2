#include "service/api/case_json.h"

#include "base/civil.h"

#include "service/api/call.h"
#include "service/api/json_value.h"

/* ---- the script ---- */

static bool is_wanted(const struct script_item *item, const char *const *wanted)
{
    if (wanted == NULL)
        return true;
    for (; *wanted != NULL; wanted++) {
        if (bytes_equal(bytes_from_z(*wanted), bytes_from_z(item->name)))
            return true;
    }
    return false;
}

static json_t *items_to_json(struct case_parts *parts, enum script_place place,
                             enum script_kind kind, const struct script_names *names,
                             const char *const *wanted)
{
    size_t count = 0;
    const struct script_item *items = script_items(&count);
    json_t *array = json_array();
    for (size_t i = 0; i < count; i++) {
        const struct script_item *item = &items[i];
        if (item->place == place && (item->kinds & 1U << kind) != 0 && is_wanted(item, wanted))
            array = json_append(array, case_parts_item(parts, i, names));
    }
    return array;
}

/* ---- answers ---- */

static json_t *answers_to_json(const struct case_shown *shown, int64_t drawn_id)
{
    json_t *answers = json_object();
    for (size_t i = 0; i < shown->answer_count; i++) {
        const struct shown_answer *answer = &shown->answers[i];
        if (answer->drawn_id != drawn_id)
            continue;
        if (json_object_setn_new(answers, answer->item.ptr, answer->item.len,
                                 json_pack("{s:o, s:o}", "value", json_bytes(answer->value),
                                           "words", json_bytes(answer->words))) != 0) {
            json_decref(answers);
            return NULL;
        }
    }
    return answers;
}

/* ---- orders ---- */

/* A bare day is told as a day. */
static json_t *moment_to_json(struct moment moment)
{
    char day[DAY_TEXT_BYTES];
    if (moment.kind == MOMENT_NONE)
        return json_null();
    if (moment.kind == MOMENT_INSTANT)
        return json_time(moment.seconds);
    day_format(seconds_to_day(moment.seconds), day);
    return json_string(day);
}

static json_t *order_to_json(struct case_parts *parts, const struct case_shown *shown,
                             const struct shown_order *order, const struct case_asker *asker,
                             const char *const *items, bool with_answers)
{
    static const char *const kinds[SCRIPT_KINDS] = {
        [SCRIPT_ORDINARY] = "ordinary",
        [SCRIPT_CONSULT] = "consult",
        [SCRIPT_OVERDUE] = "overdue",
    };
    char day[DAY_TEXT_BYTES * 2];
    struct civil date = day_to_civil(order->received_day);
    (void)snprintf(day, sizeof day, "%d月%d日", date.month, date.day);
    const struct script_names names = {
        .organ = asker->organ,
        .unit = order->unit,
        .title = order->title,
        .day = bytes_from_z(day),
        .phone = asker->phone,
    };
    return json_pack("{s:I, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "order",
                     (json_int_t)order->drawn_id, "kind", kinds[order->kind], "title",
                     json_bytes(order->title), "content", json_bytes(order->content), "received_at",
                     moment_to_json(order->received), "closed_at", moment_to_json(order->closed),
                     "unit", json_bytes(order->unit), "items",
                     items_to_json(parts, SCRIPT_ORDER, order->kind, &names, items), "answers",
                     with_answers ? answers_to_json(shown, order->drawn_id) : json_object());
}

json_t *case_orders_to_json(struct case_parts *parts, const struct case_shown *shown,
                            const struct case_asker *asker, const char *const *items,
                            bool with_answers)
{
    json_t *orders = json_array();
    for (size_t i = 0; i < shown->order_count; i++)
        orders = json_append(
            orders, order_to_json(parts, shown, &shown->orders[i], asker, items, with_answers));
    return orders;
}

/* ---- numbers and what was tried ---- */

json_t *case_numbers_to_json(const struct case_shown *shown)
{
    json_t *numbers = json_array();
    for (size_t i = 0; i < shown->number_count; i++) {
        const struct shown_number *number = &shown->numbers[i];
        numbers = json_append(
            numbers,
            json_pack("{s:I, s:o, s:b, s:I, s:I}", "no", (json_int_t)number->no, "masked",
                      json_bytes(number->masked), "is_dead", number->is_dead, "tries_today",
                      (json_int_t)number->tries_today, "tries", (json_int_t)number->tries));
    }
    return numbers;
}

json_t *case_dial_to_json(const struct dial_row *dial)
{
    return dial->id == 0
               ? json_null()
               : json_pack("{s:I, s:I, s:o}", "id", (json_int_t)dial->id, "number_no",
                           (json_int_t)dial->number_no, "started_at", json_time(dial->started_utc));
}

const char *case_disposition_zh(struct bytes code)
{
    size_t count = 0;
    const struct disposition_offer *offers = disposition_offers(&count);
    for (size_t i = 0; i < count; i++) {
        if (bytes_equal(code, bytes_from_z(offers[i].code)))
            return offers[i].zh;
    }
    return code.len == 0 ? "中断" : "其他";
}

const char *case_dial_zh(struct bytes code, bool is_recheck)
{
    if (!is_recheck || code.len == 0)
        return case_disposition_zh(code);
    return bytes_equal(code, BYTES_LIT("1.1")) ? "已联系上" : "没有联系上";
}

static json_t *attempts_to_json(const struct case_shown *shown)
{
    json_t *attempts = json_array();
    for (size_t i = 0; i < shown->attempt_count; i++) {
        const struct shown_attempt *attempt = &shown->attempts[i];
        attempts = json_append(attempts,
                               json_pack("{s:o, s:o, s:s, s:s}", "at", json_time(attempt->at_utc),
                                         "disposition", json_bytes(attempt->code), "name",
                                         case_disposition_zh(attempt->code), "by",
                                         attempt->is_own ? "您拨打" : "他人拨打"));
    }
    return attempts;
}

json_t *case_dispositions_to_json(void)
{
    static const char *const asks[] = {
        [ASKS_NOTHING] = "nothing", [ASKS_TIME] = "time", [ASKS_LANGUAGE] = "language"};
    size_t count = 0;
    const struct disposition_offer *offers = disposition_offers(&count);
    json_t *array = json_array();
    for (size_t i = 0; i < count; i++)
        array = json_append(array, json_pack("{s:s, s:s, s:s, s:s}", "code", offers[i].code, "name",
                                             offers[i].zh, "asks", asks[offers[i].may_ask], "then",
                                             offers[i].then_zh));
    return array;
}

/* ---- the whole ---- */

json_t *case_to_json(struct case_parts *parts, const struct case_shown *shown,
                     const struct case_asker *asker)
{
    const struct script_names names = {.organ = asker->organ, .phone = asker->phone};
    json_t *appointment = shown->appointment_utc != 0
                              ? json_pack("{s:o, s:b}", "at", json_time(shown->appointment_utc),
                                          "is_own", shown->appointment_is_own)
                              : json_null();
    return json_pack(
        "{s:I, s:o, s:s, s:o, s:I, s:o, s:o, s:I, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}",
        "id", (json_int_t)shown->id, "round", json_bytes(shown->round), "turn", shown->turn,
        "lease_until", json_time(shown->lease_until_utc), "lease_seconds",
        (json_int_t)shown->lease_s, "citizen", json_bytes(shown->citizen), "numbers",
        case_numbers_to_json(shown), "number_no", (json_int_t)shown->number_no, "dial",
        case_dial_to_json(&shown->dial), "language", json_bytes(shown->language), "appointment",
        appointment, "history", attempts_to_json(shown), "windows",
        case_parts_windows(parts, shown->hours, shown->now_utc), "opening",
        items_to_json(parts, SCRIPT_OPENING, SCRIPT_ORDINARY, &names, NULL), "orders",
        case_orders_to_json(parts, shown, asker, NULL, true), "closing",
        items_to_json(parts, SCRIPT_CLOSING, SCRIPT_ORDINARY, &names, NULL), "answers",
        answers_to_json(shown, 0));
}
