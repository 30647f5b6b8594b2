#include "service/api/practice.h"

#include "base/civil.h"

#include "service/api/json_value.h"
#include "service/host/files.h"

/* One of each script, a case of two orders, a second number, an agreed time, a past: what callers meet on their first
 * day. The numbers are of no network. */

enum { LEASE_S = 900, ORDERS_AT_MOST = 2, DAYS_AGO = 12, PRACTICE_MAX_BYTES = 1024 * 1024 };

#define ONE_NUMBER                                                                                 \
    {                                                                                              \
        .no = 1, .masked = BYTES_LIT("199****0001")                                                \
    }

static struct shown_order order(int64_t id, enum script_kind kind, int64_t received_utc,
                                int64_t closed_utc)
{
    return (struct shown_order){
        .drawn_id = id,
        .kind = kind,
        .received = {received_utc, MOMENT_INSTANT},
        .closed = {closed_utc, closed_utc != 0 ? MOMENT_INSTANT : MOMENT_NONE},
        .received_day = seconds_to_day(received_utc),
    };
}

static json_t *practise(struct case_parts *parts, const struct case_shown *shape,
                        const struct case_asker *asker, struct shown_number *numbers,
                        size_t number_count, struct shown_order *orders, size_t order_count)
{
    struct case_shown shown = *shape;
    shown.round = BYTES_LIT("练习");
    shown.lease_s = LEASE_S;
    shown.language = BYTES_LIT("");
    shown.numbers = numbers;
    shown.number_count = number_count;
    shown.number_no = 1;
    shown.orders = orders;
    shown.order_count = order_count;
    return case_to_json(parts, &shown, asker);
}

static json_t *noise(struct case_parts *parts, const struct case_shown *shape,
                     const struct case_asker *asker, int64_t then_utc)
{
    struct shown_number numbers[] = {ONE_NUMBER, {.no = 2, .masked = BYTES_LIT("199****0002")}};
    struct case_shown shown = *shape;
    struct shown_order orders[] = {
        order(1, SCRIPT_ORDINARY, then_utc, then_utc + (int64_t)4 * SECONDS_A_DAY)};
    orders[0].title = BYTES_LIT("小区旁工地夜间施工噪音扰民");
    orders[0].content =
        BYTES_LIT("市民反映，小区东侧工地连续多日夜间十一点以后仍在施工，噪音很大，影"
                  "响老人和孩子休息，希望有关部门处理。");
    orders[0].unit = BYTES_LIT("市城市管理局（练习）");
    shown.id = 1;
    shown.turn = "fresh";
    shown.citizen = BYTES_LIT("陆**");
    return practise(parts, &shown, asker, numbers, 2, orders, 1);
}

static json_t *advice(struct case_parts *parts, const struct case_shown *shape,
                      const struct case_asker *asker, int64_t then_utc)
{
    struct shown_number numbers[] = {ONE_NUMBER};
    struct shown_attempt attempts[] = {
        {.at_utc = shape->lease_until_utc - (int64_t)3 * SECONDS_A_DAY,
         .code = BYTES_LIT("2.21"),
         .is_own = false},
    };
    struct case_shown shown = *shape;
    struct shown_order orders[ORDERS_AT_MOST] = {
        order(2, SCRIPT_CONSULT, then_utc, then_utc + SECONDS_A_DAY),
        order(3, SCRIPT_ORDINARY, then_utc, then_utc + (int64_t)5 * SECONDS_A_DAY)};
    orders[0].title = BYTES_LIT("咨询异地就医备案怎么办理");
    orders[0].content =
        BYTES_LIT("市民咨询：父母随子女在外地居住，异地就医备案需要哪些材料，在哪里办理"
                  "。");
    orders[0].unit = BYTES_LIT("市医疗保障局（练习）");
    orders[1].title = BYTES_LIT("路灯损坏无人维修");
    orders[1].content =
        BYTES_LIT("市民反映，住处门前的路灯损坏近一个月，夜间出行不便，希望尽快维修。");
    orders[1].unit = BYTES_LIT("市住房和城乡建设局（练习）");
    numbers[0].tries = 1;
    shown.id = 2;
    shown.turn = "retry";
    shown.citizen = BYTES_LIT("韦**");
    shown.attempts = attempts;
    shown.attempt_count = 1;
    return practise(parts, &shown, asker, numbers, 1, orders, 2);
}

static json_t *certificate(struct case_parts *parts, const struct case_shown *shape,
                           const struct case_asker *asker, int64_t then_utc)
{
    struct shown_number numbers[] = {ONE_NUMBER};
    struct case_shown shown = *shape;
    struct shown_order orders[] = {order(4, SCRIPT_OVERDUE, then_utc, 0)};
    orders[0].title = BYTES_LIT("商品房交付三年未办不动产证");
    orders[0].content =
        BYTES_LIT("市民反映，所购商品房交付已满三年，开发企业一直未办理不动产权证，希望"
                  "有关部门协调。");
    orders[0].unit = BYTES_LIT("市自然资源局（练习）");
    shown.id = 3;
    shown.turn = "appointment";
    shown.citizen = BYTES_LIT("覃**");
    shown.appointment_utc = shape->lease_until_utc - LEASE_S;
    shown.appointment_is_own = true;
    return practise(parts, &shown, asker, numbers, 1, orders, 1);
}

static json_t *all_to_json(struct case_parts *parts, const struct case_shown *shape,
                           const struct case_asker *asker, int64_t now_utc)
{
    int64_t then_utc = now_utc - (int64_t)DAYS_AGO * SECONDS_A_DAY;
    return json_pack("[o, o, o]", noise(parts, shape, asker, then_utc),
                     advice(parts, shape, asker, then_utc),
                     certificate(parts, shape, asker, then_utc));
}

static int render(struct case_reader *reader, const struct case_asker *asker,
                  const struct calling_hours *hours, int64_t now_utc, struct err *err)
{
    const struct case_shown shape = {
        .lease_until_utc = now_utc + LEASE_S, .hours = hours, .now_utc = now_utc};
    json_t *value = all_to_json(&reader->parts, &shape, asker, now_utc);
    buf_deinit(&reader->practice);
    buf_init(&reader->practice, PRACTICE_MAX_BYTES);
    int rc = json_write(&reader->practice, value, err);
    json_decref(value);
    return rc;
}

int practice_render(struct case_reader *reader, const struct case_asker *asker, int64_t campaign_id,
                    const struct calling_hours *hours, int64_t now_utc, struct bytes *out,
                    struct err *err)
{
    int64_t day = seconds_to_day(now_utc + OFFICE_OFFSET_S);
    bool is_kept = reader->practice_day == day && reader->practice_campaign == campaign_id;
    reader->practice_day = 0;
    int rc = is_kept ? OK : render(reader, asker, hours, now_utc, err);
    if (rc != OK)
        return rc;
    reader->practice_day = day;
    reader->practice_campaign = campaign_id;
    *out = buf_bytes(&reader->practice);
    return OK;
}
