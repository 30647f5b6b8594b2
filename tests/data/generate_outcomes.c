/* Demonstration data (演示数据): what ten callers would have logged of a sample. Nobody was phoned.
 *
 *   pingyi draw --round ID --format csv | generate_outcomes --from 2024-06-04 > outcomes.csv
 *
 * Of each order of the sample (the reserve is left alone) every dial, from that day on for about two weeks. All chance
 * comes from splitmix64, seeded with the order's number, and whole numbers: the same sample gives the same file on
 * every machine. Some six in ten answer; about 80 % of these say that their matter is resolved, 85 % that they are
 * satisfied, more or less by unit. */
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINE_BYTES = 4096, CALLERS = 10, DAYS = 12, FIRST_HOUR = 9, HOURS = 11, COLUMNS = 5 };

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void die(const char *why)
{
    (void)fprintf(stderr, "generate_outcomes: %s\n", why);
    exit(1);
}

/* ---- chance ---- */

struct chance {
    uint64_t state;
};

static uint64_t draw(struct chance *chance)
{
    uint64_t z = chance->state += UINT64_C(0x9E3779B97F4A7C15);
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

static int below(struct chance *chance, int bound)
{
    return (int)(draw(chance) % (uint64_t)bound);
}

static bool happens(struct chance *chance, int per_thousand)
{
    return below(chance, 1000) < per_thousand;
}

/* FNV-1a. */
static struct chance chance_of(const char *text)
{
    struct chance chance = {UINT64_C(0xCBF29CE484222325)};
    for (; *text != '\0'; text++)
        chance.state = (chance.state ^ (unsigned char)*text) * UINT64_C(0x100000001B3);
    return chance;
}

/* ---- days ---- */

struct day {
    int year, month, day;
};

static int days_in(const struct day *day)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (day->year % 4 == 0 && day->year % 100 != 0) || day->year % 400 == 0;
    return days[day->month - 1] + (day->month == 2 && leap);
}

static struct day days_later(struct day day, int count)
{
    for (; count > 0; count--) {
        day.day++;
        if (day.day > days_in(&day)) {
            day.day = 1;
            day.month++;
        }
        if (day.month > 12) {
            day.month = 1;
            day.year++;
        }
    }
    return day;
}

static bool read_day(const char *text, struct day *out)
{
    char rest = '\0';
    int fields = sscanf(text, "%4d-%2d-%2d%c", &out->year, &out->month, &out->day, &rest);
    return fields == 3 && out->month >= 1 && out->month <= 12 && out->day >= 1 &&
           out->day <= days_in(out);
}

/* ---- one order ---- */

struct unit {
    int resolved, satisfied; /* per thousand: of all; of those whose matter is resolved */
};

static struct unit unit_of(const char *code)
{
    struct chance chance = chance_of(code);
    return (struct unit){.resolved = 720 + below(&chance, 170),
                         .satisfied = 920 + below(&chance, 70)};
}

struct order {
    const char *order_no;
    struct unit unit;
    struct day from;
    struct chance chance;
};

/* Each dial lies after the one before: a day or two later. */
static void print_dial(struct order *order, const char *disposition, const char *resolved,
                       const char *satisfaction, const char *reason)
{
    struct chance *chance = &order->chance;
    struct day day = days_later(order->from, below(chance, 2));
    int hour = FIRST_HOUR + below(chance, HOURS);
    int minute = below(chance, 60);
    order->from = days_later(day, 1);
    (void)printf("%s,%04d-%02d-%02d %02d:%02d:%02d,话务员%02d,%s,%s,%s,%s,演示数据\n",
                 order->order_no, day.year, day.month, day.day, hour, minute, below(chance, 60),
                 1 + below(chance, CALLERS), disposition, resolved, satisfaction, reason);
}

static void print_unanswered(struct order *order, int dials)
{
    static const char *const codes[] = {"2.21", "2.21", "2.211", "2.212", "2.20"};
    for (; dials > 0; dials--)
        print_dial(order, codes[below(&order->chance, COUNT(codes))], "", "", "");
}

static void print_answer(struct order *order, bool complete)
{
    static const char *const reasons[] = {"拖延较久", "只答复未办理", "问题反复", "态度生硬"};
    struct chance *chance = &order->chance;
    bool is_resolved = happens(chance, order->unit.resolved);
    bool is_satisfied = happens(chance, is_resolved ? order->unit.satisfied : 500);
    const char *resolved = is_resolved            ? "已解决"
                           : happens(chance, 250) ? "正在解决"
                           : happens(chance, 200) ? "部分解决"
                                                  : "未解决";
    const char *satisfaction = is_satisfied ? (happens(chance, 550)   ? "非常满意"
                                               : happens(chance, 700) ? "满意"
                                                                      : "基本满意")
                                            : (happens(chance, 700) ? "不满意" : "非常不满意");
    if (happens(chance, 15))
        resolved = "说不清";
    if (happens(chance, 20))
        satisfaction = "说不清";
    print_dial(order, complete ? "1.1" : "1.2", resolved, complete ? satisfaction : "",
               is_satisfied ? "" : reasons[below(chance, COUNT(reasons))]);
}

static void print_order(struct order *order)
{
    static const char *const refusals[] = {"2.111", "2.112", "2.112", "2.12"};
    static const char *const numbers[] = {"2.213", "2.214", "2.215"};
    static const char *const others[] = {"2.32", "2.34", "2.33", "2.36"};
    struct chance *chance = &order->chance;
    int what = below(chance, 1000);
    int before = happens(chance, 600) ? 0 : 1 + below(chance, 2);
    if (what < 600) {
        print_unanswered(order, before);
        print_answer(order, true);
    } else if (what < 630) {
        print_unanswered(order, before);
        print_answer(order, false);
    } else if (what < 720) {
        print_unanswered(order, before);
        print_dial(order, refusals[below(chance, COUNT(refusals))], "", "", "");
    } else if (what < 770) {
        print_dial(order, numbers[below(chance, COUNT(numbers))], "", "", "");
    } else if (what < 955) {
        print_unanswered(order, 3 + below(chance, 2));
    } else if (what < 980) {
        print_dial(order, others[below(chance, COUNT(others))], "", "", "");
    } else if (what < 995) {
        print_dial(order, "3.20", "", "", "");
    } else {
        print_dial(order, "4.10", "", "", "");
    }
}

/* ---- the sample ---- */

/* Cut a line of `draw --format csv` at its commas; codes and numbers of the demonstration city have no quotes. */
static bool cut(char *line, char *cells[COLUMNS])
{
    line[strcspn(line, "\r\n")] = '\0';
    if (strchr(line, '"') != NULL)
        die("a quoted cell is not read");
    for (int i = 0; i < COLUMNS; i++) {
        cells[i] = line;
        line += strcspn(line, ",");
        if (*line != (i + 1 < COLUMNS ? ',' : '\0'))
            return false;
        *line++ = '\0';
    }
    return true;
}

int main(int argc, char **argv)
{
    static char line[LINE_BYTES];
    struct day from;
    char *cells[COLUMNS];
    if (argc != 3 || strcmp(argv[1], "--from") != 0 || !read_day(argv[2], &from)) {
        (void)fputs("usage: generate_outcomes --from YYYY-MM-DD < draw.csv\n", stderr);
        return 2;
    }
    if (fgets(line, sizeof line, stdin) == NULL || !cut(line, cells) ||
        strcmp(cells[2], "order_no") != 0 || strcmp(cells[4], "part") != 0)
        die("standard input is not what draw --format csv prints");
    (void)puts("工单编号,拨打时间,话务员,访问结果,是否解决,满意度,原因,备注");
    while (fgets(line, sizeof line, stdin) != NULL) {
        if (!cut(line, cells))
            die("a line has not five cells");
        if (strcmp(cells[4], "sample") != 0)
            continue;
        struct order order = {
            .order_no = cells[2], .unit = unit_of(cells[0]), .chance = chance_of(cells[2])};
        order.from = days_later(from, below(&order.chance, DAYS));
        print_order(&order);
    }
    if (ferror(stdin) != 0 || fflush(stdout) != 0 || ferror(stdout) != 0)
        die("could not read or write");
    return 0;
}
