/* Demonstration data (演示数据): the hotline desk of 岚江市, a city that does not exist.
 *
 *   generate_city --units                 register of units, UTF-8
 *   generate_city --month 2024-04|2024-05|2024-06 the desk's dump of that month, GB18030, CRLF
 *   generate_city --bench-rows N [--encoding utf-8|gb18030] [--random-ids]
 *
 * Every order gets its whole history first; a dump shows the part of it that lies before the dump was taken. So June's
 * dump brings again exactly those orders of May that have changed since; April's comes late, with all that became of
 * it. All chance comes from splitmix64 with a fixed seed and whole numbers: the files are the same on every machine.
 * Times are seconds since 1970 on the city's own wall clock. One file, longer than others, so that
 * `cc generate_city.c` is all it takes. */
#include <iconv.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    COUNTIES = 11,
    BUREAUS = 8,
    DEPARTMENTS = 22,
    UNITS = COUNTIES * (1 + BUREAUS) + DEPARTMENTS,
    MONTH_ORDERS = 4700,
    CITIZENS = 9000,
    BENCH_UNITS = 430,
    HOUR = 3600,
    DAY = 24 * HOUR,
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const char *const county_names[COUNTIES] = {
    "青岚县", "鹿鸣县", "雁滩县", "霞岭县", "松渡县", "石笠县",
    "银榕县", "麦溪县", "兰汀县", "白鹭区", "望榕区",
};
static const char *const bureau_names[BUREAUS] = {
    "教育局",     "公安局",           "民政局",     "人力资源和社会保障局",
    "自然资源局", "住房和城乡建设局", "交通运输局", "市场监督管理局",
};

struct department {
    const char *name;
    const char *class_name;
    const char *aliases;
};
static const struct department departments[DEPARTMENTS] = {
    {"岚江市总工会", "市直党群", ""},
    {"共青团岚江市委员会", "市直党群", "团市委"},
    {"岚江市妇女联合会", "市直党群", "市妇联"},
    {"岚江市残疾人联合会", "市直党群", "市残联"},
    {"岚江市教育局", "市直政府", ""},
    {"岚江市公安局", "市直政府", ""},
    {"岚江市民政局", "市直政府", ""},
    {"岚江市人力资源和社会保障局", "市直政府", "市人社局"},
    {"岚江市自然资源局", "市直政府", "岚江市国土资源局"},
    {"岚江市住房和城乡建设局", "市直政府", "市住建局"},
    {"岚江市交通运输局", "市直政府", ""},
    {"岚江市农业农村局", "市直政府", "岚江市农业局"},
    {"岚江市卫生健康委员会", "市直政府", "岚江市卫生和计划生育委员会|市卫健委"},
    {"岚江市市场监督管理局", "市直政府", "岚江市工商行政管理局"},
    {"岚江市生态环境局", "市直政府", "岚江市环境保护局"},
    {"岚江市城市管理执法局", "市直政府", ""},
    {"国家税务总局岚江市税务局", "驻市中直区直", "岚江市税务局|岚江市国家税务局"},
    {"岚江市气象局", "驻市中直区直", ""},
    {"岚江市烟草专卖局", "驻市中直区直", ""},
    {"岚江市供水(集团)有限公司", "公用企业", "岚江市自来水公司"},
    {"岚江市燃气有限公司", "公用企业", ""},
    {"岚江市公共交通有限公司", "公用企业", "市公交公司"},
};
/* Names that the desk still uses: all but the last stand in the register as aliases. */
static const struct old_name {
    int department;
    const char *name;
} old_names[] = {
    {14, "岚江市环境保护局"}, {13, "岚江市工商行政管理局"},     {12, "岚江市卫生和计划生育委员会"},
    {19, "岚江市自来水公司"}, {-1, "岚江市文化新闻出版广电局"},
};

enum kind { CONSULT, HELP, COMPLAINT, REPORT, SUGGESTION, PRAISE };
static const struct kind_facts {
    const char *name;
    int percent;
    int workdays;
} kinds[] = {
    {"咨询", 25, 2}, {"求助", 45, 3}, {"投诉", 18, 10},
    {"举报", 5, 10}, {"建议", 5, 10}, {"表扬", 2, 10},
};

static const struct topic {
    const char *category;
    const char *title;
    const char *text;
} topics[] = {
    {"城乡建设>供水", "小区停水", "所住小区近几天经常停水，水压也不够，老人和孩子用水很不方便"},
    {"城乡建设>物业管理", "物业服务问题", "小区物业收费后不及时清运垃圾，楼道照明损坏多日无人维修"},
    {"交通运输>道路", "路面破损", "门前道路坑洼积水，雨天车辆通行困难，已有电动车在此摔倒"},
    {"市场监管>消费维权", "退款纠纷", "在一家商店购买的电器三天就坏了，商家拒绝退换，态度也不好"},
    {"生态环境>噪声", "夜间施工噪声", "附近工地晚上十点以后仍在施工，噪声很大，影响居民休息"},
    {"人社>社会保险", "养老保险缴费", "想了解城乡居民养老保险的缴费档次和补缴办法，需要带哪些材料"},
    {"教育>入学", "子女入学", "孩子今年上小学，户口不在本地，想了解报名条件和所需要的证明"},
    {"公安>户政", "办理证件", "身份证到期需要换领，想问周末是否可以办理以及多久可以领取"},
    {"农业农村>补贴", "补贴发放", "去年申报的耕地地力保护补贴至今没有到账，村里说还要再等通知"},
    {"民政>救助", "申请临时救助", "家中老人生病住院花费较大，想申请临时救助，不知道如何办理"},
};
static const char *const places[] = {
    "演示一村", "演示花园", "样例街", "样例小区", "示范路", "演示新城",
};
static const char *const channels[] = {"电话", "电话", "电话", "微信", "网站", "APP"};
static const char *const surnames[] = {
    "韦", "黄", "覃", "李", "陈", "梁", "蓝", "莫", "罗", "张",
};
static const char *const manners[] = {"先生", "女士", "某"};

/* Chance. */
static uint64_t mix(uint64_t x)
{
    x += UINT64_C(0x9e3779b97f4a7c15);
    x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
    return x ^ (x >> 31);
}

struct chance {
    uint64_t state;
};

static int64_t below(struct chance *chance, int64_t limit)
{
    chance->state += UINT64_C(0x9e3779b97f4a7c15);
    return (int64_t)(mix(chance->state) % (uint64_t)limit);
}

static int64_t between(struct chance *chance, int64_t low, int64_t high)
{
    return high <= low ? low : low + below(chance, high - low);
}

static bool permille(struct chance *chance, int share)
{
    return below(chance, 1000) < share;
}

/* Civil time. */
static int64_t day_of(int year, int month, int day)
{
    int64_t y = month <= 2 ? year - 1 : year;
    int64_t m = month <= 2 ? month + 9 : month - 3;
    return 365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day - 1 - 719468;
}

static void civil_of(int64_t day, int *out_year, int *out_month, int *out_day)
{
    int64_t z = day + 719468;
    int64_t era_day = z % 146097;
    int64_t y = (era_day - era_day / 1460 + era_day / 36524 - era_day / 146096) / 365;
    int64_t of_year = era_day - (365 * y + y / 4 - y / 100);
    int64_t m = (5 * of_year + 2) / 153;
    *out_day = (int)(of_year - (153 * m + 2) / 5 + 1);
    *out_month = (int)(m < 10 ? m + 3 : m - 9);
    *out_year = (int)(y + z / 146097 * 400 + (*out_month <= 2));
}

/* The arrangement of 2024, from April to July. */
static bool is_workday(int64_t day)
{
    int year = 0;
    int month = 0;
    int mday = 0;
    civil_of(day, &year, &month, &mday);
    if ((month == 4 && (mday == 7 || mday == 28)) || (month == 5 && mday == 11))
        return true;
    if ((month == 4 && mday >= 4 && mday <= 6) || (month == 5 && mday <= 5) ||
        (month == 6 && mday == 10))
        return false;
    return (day + 3) % 7 < 5; /* 1970-01-01 was a Thursday */
}

static int64_t add_workdays(int64_t at, int count)
{
    while (count > 0) {
        at += DAY;
        if (is_workday(at / DAY))
            count--;
    }
    return at;
}

/* One row, in UTF-8, and the way out. */
struct out {
    char row[8192];
    size_t len;
    int cells;
    iconv_t converter; /* (iconv_t)-1: UTF-8 as it is */
};

static void die(const char *what)
{
    fprintf(stderr, "generate_city: %s\n", what);
    exit(1);
}

static void put_bytes(struct out *out, const char *text, size_t len)
{
    if (len > sizeof out->row - out->len)
        die("a row is too long");
    memcpy(out->row + out->len, text, len);
    out->len += len;
}

static void cell(struct out *out, const char *text)
{
    if (out->cells++ > 0)
        put_bytes(out, ",", 1);
    if (strpbrk(text, ",\"\r\n") == NULL) {
        put_bytes(out, text, strlen(text));
        return;
    }
    put_bytes(out, "\"", 1);
    for (const char *at = text; *at != '\0'; at++)
        put_bytes(out, *at == '"' ? "\"\"" : at, *at == '"' ? 2 : 1);
    put_bytes(out, "\"", 1);
}

__attribute__((format(printf, 2, 3))) static void cellf(struct out *out, const char *format, ...)
{
    char text[2048];
    va_list arguments;
    va_start(arguments, format);
    int len = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (len < 0 || (size_t)len >= sizeof text)
        die("a cell is too long");
    cell(out, text);
}

static void digits(char *text, int width, int value)
{
    for (int i = width - 1; i >= 0; i--, value /= 10)
        text[i] = (char)('0' + value % 10);
}

/* Empty for 0: no such event. */
static void cell_time(struct out *out, int64_t at)
{
    char text[] = "0000-00-00 00:00:00";
    int year = 0;
    int month = 0;
    int day = 0;
    if (at == 0) {
        cell(out, "");
        return;
    }
    civil_of(at / DAY, &year, &month, &day);
    digits(text, 4, year);
    digits(text + 5, 2, month);
    digits(text + 8, 2, day);
    digits(text + 11, 2, (int)(at % DAY / HOUR));
    digits(text + 14, 2, (int)(at % HOUR / 60));
    digits(text + 17, 2, (int)(at % 60));
    cell(out, text);
}

static void row_end(struct out *out, const char *line_end)
{
    char converted[2 * sizeof out->row];
    char *from = out->row;
    char *to = converted;
    size_t left = 0;
    size_t room = sizeof converted;
    put_bytes(out, line_end, strlen(line_end));
    left = out->len;
    if (out->converter == (iconv_t)-1)
        (void)fwrite(out->row, 1, out->len, stdout);
    else if (iconv(out->converter, &from, &left, &to, &room) == (size_t)-1)
        die("cannot convert to GB18030");
    else
        (void)fwrite(converted, 1, (size_t)(to - converted), stdout);
    out->len = 0;
    out->cells = 0;
}

static void header(struct out *out, const char *const *names, size_t count, const char *line_end)
{
    for (size_t i = 0; i < count; i++)
        cell(out, names[i]);
    row_end(out, line_end);
}

/* Units: county after county with its bureaus, then the departments. */
static void unit_name(int unit, char *out_name, size_t size)
{
    int department = unit - COUNTIES * (1 + BUREAUS);
    int part = unit % (1 + BUREAUS);
    if (department >= 0)
        snprintf(out_name, size, "%s", departments[department].name);
    else if (part == 0)
        snprintf(out_name, size, "%s", county_names[unit / (1 + BUREAUS)]);
    else
        snprintf(out_name, size, "%s%s", county_names[unit / (1 + BUREAUS)],
                 bureau_names[part - 1]);
}

static void print_units(struct out *out)
{
    static const char *const names[] = {"code",       "name",     "class",  "parent",
                                        "valid_from", "valid_to", "aliases"};
    header(out, names, COUNT(names), "\n");
    for (int unit = 0; unit < UNITS; unit++) {
        int department = unit - COUNTIES * (1 + BUREAUS);
        int county = unit / (1 + BUREAUS) + 1;
        int part = unit % (1 + BUREAUS);
        char name[128];
        unit_name(unit, name, sizeof name);
        if (department >= 0)
            cellf(out, "D%02d", department + 1);
        else if (part == 0)
            cellf(out, "C%02d", county);
        else
            cellf(out, "C%02d%02d", county, part);
        cell(out, name);
        cell(out, department >= 0 ? departments[department].class_name : "县(区)");
        if (department < 0 && part > 0)
            cellf(out, "C%02d", county);
        else
            cell(out, "");
        cell(out, "");
        cell(out, "");
        cell(out, department >= 0 ? departments[department].aliases : "");
        row_end(out, "\n");
    }
}

/* An order's whole history; 0 where an event never comes. */
struct order {
    int number; /* within its month, from 1 */
    enum kind kind;
    int topic, place, county, channel, citizen;
    int unit;      /* who is asked first */
    int next_unit; /* to whom it goes at `moved`; -1 */
    int support;   /* second unit of a joint handling; -1 */
    int repeats;   /* number of the earlier order; 0 */
    bool urgent, direct, is_void, confidential, opt_out, joint_cell, refused_return, no_deadline;
    bool contradictory;
    int old_name; /* index in old_names; -1 */
    int spelling; /* 0 as registered, 1 wide brackets and a space */
    int broken;   /* 1 no receipt, 2 unreadable receipt, 3 no unit */
    int64_t received, dispatched, accepted, due;
    int64_t extension_asked, extended_due;
    int extension_count;
    int64_t return_asked, returned, moved, moved_due;
    int64_t submitted, closed, support_submitted;
};

struct month {
    int year, month;
    int64_t extracted;
    struct order orders[MONTH_ORDERS];
};

/* How many of a thousand a unit brings in on time: its own lasting tendency. */
static int punctuality(int unit)
{
    int draw = (int)(mix(UINT64_C(7700) + (uint64_t)unit) % 1000);
    return draw < 60 ? 700 + draw : 860 + draw % 135;
}

static void plan_end(struct chance *chance, struct order *order)
{
    int unit = order->next_unit >= 0 ? order->next_unit : order->unit;
    int64_t start = order->moved != 0 ? order->moved : order->accepted;
    int64_t due = order->moved != 0 ? order->moved_due : order->due;
    if (order->extended_due > due) {
        start = order->extension_asked;
        due = order->extended_due;
    }
    if (permille(chance, punctuality(unit)))
        order->submitted = between(chance, start + 600, due);
    else if (permille(chance, 800))
        order->submitted = due + between(chance, HOUR, 9 * DAY);
    if (order->submitted != 0)
        order->closed = order->submitted + between(chance, 900, 2 * DAY);
    if (order->submitted != 0 && order->support >= 0)
        order->support_submitted = between(chance, start + 600, order->submitted);
}

static void plan_turns(struct chance *chance, struct order *order)
{
    int term = kinds[order->kind].workdays;
    if (permille(chance, 45)) {
        bool late = permille(chance, 150);
        order->extension_asked = late ? order->due + between(chance, HOUR, 8 * HOUR)
                                      : order->due - between(chance, HOUR, 10 * HOUR);
        order->extension_count = permille(chance, 100) ? 2 : 1;
        order->extended_due = add_workdays(order->due, term * order->extension_count);
    } else if (order->support < 0 && permille(chance, 45)) {
        order->return_asked = order->accepted + between(chance, HOUR, DAY);
        order->refused_return = permille(chance, 350);
        if (!order->refused_return)
            order->returned = order->return_asked + between(chance, HOUR, DAY);
        if (order->returned != 0 && permille(chance, 600)) {
            order->moved = order->returned + between(chance, HOUR, 3 * DAY);
            order->moved_due = add_workdays(order->moved, term);
            order->next_unit = (order->unit + 1 + (int)below(chance, UNITS - 1)) % UNITS;
        }
    } else if (order->support < 0 && permille(chance, 20)) {
        order->moved = order->accepted + between(chance, DAY, 8 * DAY);
        order->moved_due = add_workdays(order->moved, term);
        order->next_unit = (order->unit + 1 + (int)below(chance, UNITS - 1)) % UNITS;
    }
}

static enum kind draw_kind(struct chance *chance)
{
    int64_t draw = below(chance, 100);
    for (int i = 0; i < PRAISE; i++) {
        draw -= kinds[i].percent;
        if (draw < 0)
            return (enum kind)i;
    }
    return PRAISE;
}

/* Departments get two orders of five, the counties themselves one of five. */
static int draw_unit(struct chance *chance, int county)
{
    int64_t draw = below(chance, 10);
    if (draw < 4)
        return COUNTIES * (1 + BUREAUS) + (int)below(chance, DEPARTMENTS);
    return county * (1 + BUREAUS) + (draw < 6 ? 0 : 1 + (int)below(chance, BUREAUS));
}

static void draw_marks(struct chance *chance, struct order *order)
{
    order->urgent = permille(chance, 20);
    order->direct = order->kind == CONSULT && permille(chance, 250);
    order->is_void = permille(chance, 12);
    order->confidential = permille(chance, 20);
    order->opt_out = permille(chance, 15);
    order->no_deadline = permille(chance, 15);
    order->spelling = permille(chance, 15);
    order->old_name = permille(chance, 6) ? (int)below(chance, COUNT(old_names)) : -1;
    if (order->old_name >= 0 && old_names[order->old_name].department >= 0)
        order->unit = COUNTIES * (1 + BUREAUS) + old_names[order->old_name].department;
}

static void draw_order(struct chance *chance, struct month *month, int index, int64_t received)
{
    struct order *order = &month->orders[index];
    *order =
        (struct order){.number = index + 1, .next_unit = -1, .support = -1, .received = received};
    order->kind = draw_kind(chance);
    order->topic = (int)below(chance, COUNT(topics));
    order->place = (int)below(chance, COUNT(places));
    order->channel = (int)below(chance, COUNT(channels));
    order->county = (int)below(chance, COUNTIES);
    order->citizen = (int)below(chance, CITIZENS);
    order->unit = draw_unit(chance, order->county);
    draw_marks(chance, order);
    order->dispatched = received + between(chance, 300, 8 * HOUR);
    order->accepted = order->dispatched + between(chance, 600, 8 * HOUR);
    order->due = add_workdays(order->dispatched, kinds[order->kind].workdays);
    if (index > 100 && permille(chance, 30)) {
        const struct order *first = &month->orders[index - 1 - (int)below(chance, 100)];
        order->repeats = first->number;
        order->unit = first->unit;
        order->topic = first->topic;
        order->place = first->place;
        order->county = first->county;
        order->citizen = first->citizen;
        order->old_name = -1;
    }
    order->broken = index % 1500 == 700 ? 1 + index / 1500 % 3 : 0;
    if (order->broken != 0) {
        order->direct = false;
        order->is_void = false;
    } else if (!order->direct && !order->is_void && permille(chance, 50)) {
        order->support = (order->unit + 9) % UNITS;
        order->joint_cell = permille(chance, 40);
    }
    plan_turns(chance, order);
    plan_end(chance, order);
    order->contradictory = index % 1000 == 500;
}

/* April comes from the archive, an hour before the dump of May: what became of its orders in May is known. */
static int64_t extraction_of(int which)
{
    return which == 4   ? day_of(2024, 6, 3) * DAY + 7 * HOUR
           : which == 5 ? day_of(2024, 6, 3) * DAY + 8 * HOUR
                        : day_of(2024, 7, 2) * DAY + 8 * HOUR;
}

static void month_fill(struct month *month, int which)
{
    struct chance chance = {.state = UINT64_C(20240500) + (uint64_t)which};
    int64_t first = day_of(2024, which, 1);
    int64_t days = day_of(2024, which + 1, 1) - first;
    month->year = 2024;
    month->month = which;
    month->extracted = extraction_of(which);
    for (int i = 0; i < MONTH_ORDERS; i++) {
        int64_t day = days * i / MONTH_ORDERS;
        int64_t place = i - (day * MONTH_ORDERS + days - 1) / days;
        int64_t received = (first + day) * DAY + 8 * HOUR + place * 12 * HOUR * days / MONTH_ORDERS;
        draw_order(&chance, month, i, received + below(&chance, 60));
    }
}

/* What the desk knows of an order at an instant: events that have not come yet are 0. */
static void view(const struct order *order, int64_t now, struct order *out_view)
{
    *out_view = *order;
    bool moved = order->moved != 0 && order->moved <= now;
    int64_t *const events[] = {&out_view->dispatched,      &out_view->accepted,
                               &out_view->extension_asked, &out_view->return_asked,
                               &out_view->returned,        &out_view->submitted,
                               &out_view->closed,          &out_view->support_submitted};
    if (order->returned != 0 && !order->moved) {
        out_view->submitted = 0;
        out_view->closed = 0;
        out_view->support_submitted = 0;
    }
    for (size_t i = 0; i < COUNT(events); i++)
        if (*events[i] > now)
            *events[i] = 0;
    if (out_view->dispatched == 0)
        out_view->due = 0;
    if (moved) {
        out_view->unit = order->next_unit;
        out_view->old_name = -1;
        out_view->due = order->moved_due;
        out_view->dispatched = order->moved;
        out_view->accepted = 0;
        out_view->return_asked = 0;
        out_view->returned = 0;
    }
    if (!moved)
        out_view->moved = 0;
    out_view->next_unit = -1;
    if (out_view->extension_asked == 0) {
        out_view->extended_due = 0;
        out_view->extension_count = 0;
    }
    if (order->no_deadline)
        out_view->due = 0;
    if (order->contradictory && out_view->closed != 0) {
        out_view->closed = order->received - HOUR;
        out_view->submitted = 0;
    }
}

static const char *return_word(const struct order *seen, int64_t now)
{
    if (seen->returned != 0)
        return "是";
    if (seen->return_asked == 0)
        return "否";
    return seen->refused_return && seen->return_asked + DAY <= now ? "退单驳回" : "退单申请中";
}

static bool has_changed(const struct order *order, int64_t before, int64_t now)
{
    struct order old;
    struct order new;
    if (order->direct || order->is_void || order->broken != 0)
        return false;
    view(order, before, &old);
    view(order, now, &new);
    return old.unit != new.unit || old.due != new.due || old.dispatched != new.dispatched ||
           old.accepted != new.accepted || old.submitted != new.submitted ||
           old.closed != new.closed || old.extended_due != new.extended_due ||
           strcmp(return_word(&old, before), return_word(&new, now)) != 0 ||
           old.support_submitted != new.support_submitted;
}

static const char *status_word(const struct order *order, const struct order *seen, bool merged)
{
    if (order->direct)
        return "直接答复";
    if (order->is_void)
        return "作废";
    if (seen->returned != 0)
        return "已退单";
    if (merged)
        return "重复件";
    if (seen->closed != 0)
        return order->number % 3 == 0 ? "已归档" : "已办结";
    return seen->accepted == 0 && seen->submitted == 0 ? "待签收" : "办理中";
}

static void cell_unit(struct out *out, const struct order *order, const struct order *seen,
                      int unit)
{
    char name[128];
    char other[128];
    unit_name(unit, name, sizeof name);
    if (order->direct || order->broken == 3) {
        cell(out, "");
    } else if (order->joint_cell) {
        unit_name(order->support, other, sizeof other);
        cellf(out, "%s、%s", name, other);
    } else if (seen->old_name >= 0 && unit == seen->unit) {
        cell(out, old_names[seen->old_name].name);
    } else if (order->spelling == 1) {
        const char *open = strchr(name, '(');
        const char *close = strchr(name, ')');
        if (open != NULL && close != NULL)
            cellf(out, "%.*s（%.*s）%s", (int)(open - name), name, (int)(close - open - 1),
                  open + 1, close + 1);
        else
            cellf(out, "%.9s %s ", name, name + 9); /* after three characters */
    } else {
        cell(out, name);
    }
}

static void cells_text(struct out *out, const struct order *order)
{
    const struct topic *topic = &topics[order->topic];
    const char *place = places[order->place];
    const char *county = county_names[order->county];
    cellf(out, "%s%s", county, order->kind == PRAISE ? "表扬工作人员" : topic->title);
    if (order->kind == PRAISE)
        cellf(out, "市民来电对%s%s工作人员耐心细致的服务表示感谢。（演示数据）", county, place);
    else if (order->number % 5 == 0)
        cellf(out, "市民反映：%s%s,%s。\n诉求：请相关单位尽快核实处理。（演示数据）", county, place,
              topic->text);
    else
        cellf(out, "市民反映：%s%s%s，望尽快处理。（演示数据）", county, place, topic->text);
    cell(out, kinds[order->kind].name);
    cell(out, topic->category);
    cell(out, county);
    cell(out, channels[order->channel]);
    cell(out, order->urgent ? "紧急" : "一般");
    cellf(out, "%s%s", surnames[order->citizen % (int)COUNT(surnames)],
          manners[order->citizen / 10 % (int)COUNT(manners)]);
    cellf(out, "1540000%04d", order->citizen);
}

static void cells_progress(struct out *out, const struct order *order, const struct order *seen,
                           bool support)
{
    bool silent = order->direct || order->is_void;
    if (order->broken == 1)
        cell(out, "");
    else if (order->broken == 2)
        cell(out, "本月中旬");
    else
        cell_time(out, order->received);
    cell_time(out, silent ? 0 : seen->dispatched);
    cell_time(out, silent ? 0 : seen->accepted);
    cell_unit(out, order, seen, support ? order->support : seen->unit);
    cell(out, silent || order->joint_cell ? "" : support ? "协办" : "主办");
    cell_time(out, silent ? 0 : seen->due);
    cell_time(out, silent || support ? 0 : seen->extension_asked);
    cell_time(out, silent || support ? 0 : seen->extended_due);
    if (silent || support || seen->extension_count == 0)
        cell(out, "");
    else
        cellf(out, "%d", seen->extension_count);
    cell_time(out, silent ? 0 : support ? seen->support_submitted : seen->submitted);
    if (order->direct)
        cell_time(out, order->received + 600);
    else
        cell_time(out, order->is_void ? 0 : seen->closed);
}

static void print_order(struct out *out, const struct month *month, const struct order *order,
                        int64_t now, bool support)
{
    struct order seen;
    bool merged = false;
    view(order, now, &seen);
    if (order->repeats != 0) {
        const struct order *first = &month->orders[order->repeats - 1];
        merged = first->closed == 0 || first->closed > order->received;
    }
    cellf(out, "LJ%d%02d%06d", month->year, month->month, order->number);
    cells_text(out, order);
    cells_progress(out, order, &seen, support);
    cell(out, status_word(order, &seen, merged));
    cell(out, order->direct || order->is_void ? "否" : return_word(&seen, now));
    if (order->repeats != 0)
        cellf(out, "LJ%d%02d%06d", month->year, month->month, order->repeats);
    else
        cell(out, "");
    cell(out, order->confidential ? "是" : "否");
    cell(out, order->opt_out ? "是" : "否");
    if (order->direct)
        cell(out, "已当场答复。");
    else
        cell(out, seen.closed != 0 && !order->is_void ? "已核实办理并告知市民。" : "");
    row_end(out, "\r\n");
}

static void print_orders(struct out *out, const struct month *month, int64_t now, bool changed_only)
{
    for (int i = 0; i < MONTH_ORDERS; i++) {
        const struct order *order = &month->orders[i];
        if (changed_only && !has_changed(order, month->extracted, now))
            continue;
        print_order(out, month, order, now, false);
        if (order->support >= 0 && !order->joint_cell)
            print_order(out, month, order, now, true);
    }
}

static void print_month(struct out *out, int which)
{
    static const char *const names[] = {
        "工单编号", "诉求标题",     "市民诉求",   "工单类型", "问题分类",     "所属区域",
        "诉求来源", "紧急程度",     "诉求人姓名", "联系电话", "受理时间",     "派单时间",
        "签收时间", "承办单位",     "主协办",     "办理时限", "延期申请时间", "延期后时限",
        "延期次数", "提交办结时间", "办结时间",   "工单状态", "是否退单",     "原工单编号",
        "是否保密", "是否拒绝回访", "回复内容",
    };
    struct month month;
    header(out, names, COUNT(names), "\r\n");
    month_fill(&month, which);
    int64_t now = month.extracted;
    if (which == 6) {
        month_fill(&month, 5);
        print_orders(out, &month, now, true);
        month_fill(&month, 6);
    }
    print_orders(out, &month, now, false);
}

/* The benchmark's dump: one row an order, a fifth of them with a quoted cell, 8 % with a line end inside. */
static void print_bench(struct out *out, int64_t rows, bool random_ids)
{
    static const char *const names[] = {
        "工单编号", "诉求标题", "市民诉求",   "工单类型", "问题分类", "所属区域",
        "诉求来源", "紧急程度", "诉求人姓名", "联系电话", "受理时间", "派单时间",
        "承办单位", "办理时限", "办结时间",   "工单状态",
    };
    struct chance chance = {.state = 311};
    int64_t start = day_of(2024, 1, 2) * DAY;
    header(out, names, COUNT(names), "\n");
    for (int64_t i = 0; i < rows; i++) {
        const struct topic *topic = &topics[below(&chance, COUNT(topics))];
        const char *county = county_names[below(&chance, COUNTIES)];
        int64_t received = start + i * 300 * DAY / rows;
        int64_t due = received + 5 * DAY;
        int64_t closed = received + between(&chance, HOUR, 5 * DAY + 6 * HOUR);
        int unit = (int)below(&chance, BENCH_UNITS);
        if (random_ids) /* mix is a bijection: no number comes twice */
            cellf(out, "LJ%020" PRIu64, mix((uint64_t)i));
        else
            cellf(out, "LJ2024%010" PRId64, i + 1);
        cell(out, topic->title);
        cellf(out, "%s%s%s", topic->text,
              i % 25 < 2   ? "。\n请核实"
              : i % 25 < 5 ? ",请\"核实\""
                           : "，请核实",
              "。");
        cell(out, kinds[below(&chance, PRAISE)].name);
        cell(out, topic->category);
        cell(out, county);
        cell(out, channels[below(&chance, COUNT(channels))]);
        cell(out, "一般");
        cell(out, "张女士");
        cellf(out, "154%08d", (int)below(&chance, 100000000));
        cell_time(out, received);
        cell_time(out, received + HOUR);
        cellf(out, "%s第%02d服务中心", county_names[unit % COUNTIES], unit / COUNTIES + 1);
        cell_time(out, due);
        cell_time(out, closed);
        cell(out, "已办结");
        row_end(out, "\n");
    }
}

static int usage(void)
{
    fputs("usage: generate_city --units | --month 2024-04|2024-05|2024-06 |\n"
          "       --bench-rows N [--encoding utf-8|gb18030] [--random-ids]\n",
          stderr);
    return 2;
}

static int finish(struct out *out)
{
    bool failed = fflush(stdout) != 0 || ferror(stdout) != 0;
    if (out->converter != (iconv_t)-1)
        (void)iconv_close(out->converter);
    if (failed)
        die("could not write");
    return 0;
}

int main(int argc, char **argv)
{
    struct out out = {.converter = (iconv_t)-1};
    bool gb18030 = false;
    bool random_ids = false;
    if (argc == 2 && strcmp(argv[1], "--units") == 0) {
        print_units(&out);
        return finish(&out);
    }
    if (argc < 3)
        return usage();
    bool is_month = strcmp(argv[1], "--month") == 0 && argc == 3;
    int which = strcmp(argv[2], "2024-04") == 0   ? 4
                : strcmp(argv[2], "2024-05") == 0 ? 5
                : strcmp(argv[2], "2024-06") == 0 ? 6
                                                  : 0;
    if (is_month && which == 0)
        return usage();
    if (!is_month && strcmp(argv[1], "--bench-rows") != 0)
        return usage();
    for (int i = 3; i < argc; i++) {
        bool is_encoding = strcmp(argv[i], "--encoding") == 0 && i + 1 < argc;
        if (is_encoding)
            gb18030 = strcmp(argv[++i], "gb18030") == 0;
        else if (strcmp(argv[i], "--random-ids") == 0)
            random_ids = true;
        else
            return usage();
    }
    if (is_month || gb18030) {
        out.converter = iconv_open("GB18030", "UTF-8");
        if (out.converter == (iconv_t)-1)
            die("this libc has no GB18030");
    }
    if (is_month)
        print_month(&out, which);
    else
        print_bench(&out, strtoll(argv[2], NULL, 10), random_ids);
    return finish(&out);
}
