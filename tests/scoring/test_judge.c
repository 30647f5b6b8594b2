#include "scoring/judge.h"

#include "base/civil.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* Clocks of the tests show Beijing time. A case is an order of the round of June 2024, judged at the end of
 * 5 July, with what it changes in rules and facts written as texts. The file is long by its tables. */

struct world {
    struct zone *zone;
    struct calendar *calendar;
};

static int set_up(void **state)
{
    static struct world world;
    struct err err = {0};
    assert_int_equal(zone_fixed(8 * 3600, &world.zone, &err), OK);
    assert_int_equal(calendar_new(&world.calendar, &err), OK);
    assert_int_equal(calendar_add_builtin(world.calendar, BYTES_LIT("national"), &err), OK);
    *state = &world;
    return 0;
}

static int tear_down(void **state)
{
    struct world *world = *state;
    calendar_free(world->calendar);
    zone_free(world->zone);
    return 0;
}

/* "2024-06-03" is a bare day, "2024-06-03 18:00:00" an instant, NULL none. */
static struct moment moment_of(const char *text)
{
    struct moment moment = {0};
    char whole[40];
    int64_t day = 0;
    if (text == NULL)
        return moment;
    if (day_parse(bytes_from_z(text), &day))
        return (struct moment){day * SECONDS_A_DAY, MOMENT_DAY};
    (void)snprintf(whole, sizeof whole, "%s+08:00", text);
    assert_true(time_parse(bytes_from_z(whole), &moment.seconds));
    moment.kind = MOMENT_INSTANT;
    return moment;
}

static int64_t day_of(const char *text)
{
    return moment_of(text).seconds / SECONDS_A_DAY;
}

struct judge_case {
    const char *name;
    const char *rules;
    const char *received, *dispatched, *due, *asked, *extended, *submitted, *closed;
    int extension_count;
    unsigned marks;
    enum order_kind kind;
    enum order_status status;
    enum handling_part part;
    enum overdue_flag flag;
    struct judge_context context;
    enum judgement expected;
    const char *deadline; /* NULL: not looked at */
};

static struct fact fact_of(const struct judge_case *c)
{
    return (struct fact){
        .received = moment_of(c->received != NULL ? c->received : "2024-06-03 09:00:00"),
        .dispatched = moment_of(c->dispatched),
        .due = moment_of(c->due),
        .extension_asked = moment_of(c->asked),
        .extended_due = moment_of(c->extended),
        .submitted = moment_of(c->submitted),
        .closed = moment_of(c->closed),
        .extension_count = c->extension_count != 0 ? c->extension_count : EXTENSION_COUNT_NONE,
        .marks = c->marks,
        .kind = c->kind,
        .status = c->status,
        .part = c->part,
        .flag = c->flag,
    };
}

static int judge_case(const struct world *world, const struct judge_case *c,
                      struct verdict *out_verdict, struct err *err)
{
    struct rules rules;
    struct judge judge;
    if (rules_parse(bytes_from_z(c->rules != NULL ? c->rules : ""), &rules, err) != OK)
        fail_msg("%s: %s", c->name, err->message);
    judge_init(&judge, &rules, world->calendar, world->zone, day_of("2024-06-01"),
               day_of("2024-06-30"), moment_of("2024-07-05 23:59:59").seconds);
    struct fact fact = fact_of(c);
    return judge_fact(&judge, &fact, c->context, out_verdict, err);
}

static void run(const struct world *world, const struct judge_case *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct verdict verdict;
        struct err err = {0};
        if (judge_case(world, &cases[i], &verdict, &err) != OK)
            fail_msg("%s: %s", cases[i].name, err.message);
        if (verdict.judgement != cases[i].expected)
            fail_msg("%s: judged %d, not %d", cases[i].name, (int)verdict.judgement,
                     (int)cases[i].expected);
        if (cases[i].deadline == NULL)
            continue;
        struct moment deadline = moment_of(cases[i].deadline);
        if (verdict.deadline.kind != deadline.kind || verdict.deadline.seconds != deadline.seconds)
            fail_msg("%s: deadline kind %d, %lld", cases[i].name, (int)verdict.deadline.kind,
                     (long long)verdict.deadline.seconds);
    }
}

#define RUN(state, cases) run(*(state), (cases), sizeof(cases) / sizeof((cases)[0]))

#define DUE      .due = "2024-06-10 18:00:00"
#define DUE_DAY  .due = "2024-06-10"
#define RECEIVED "[on_time]\nperiod = received\n"

static void judge_fact__compares_end_and_deadline(void **state)
{
    static const struct judge_case cases[] = {
        {.name = "the very second",
         DUE,
         .closed = "2024-06-10 18:00:00",
         .expected = JUDGED_ON_TIME},
        {.name = "a second late", DUE, .closed = "2024-06-10 18:00:01", .expected = JUDGED_LATE},
        {.name = "bare end on the day", DUE, .closed = "2024-06-10", .expected = JUDGED_ON_TIME},
        {.name = "bare end a day late", DUE, .closed = "2024-06-11", .expected = JUDGED_LATE},
        {.name = "to the end of a bare deadline",
         DUE_DAY,
         .closed = "2024-06-10 23:59:59",
         .expected = JUDGED_ON_TIME},
        {.name = "after a bare deadline",
         DUE_DAY,
         .closed = "2024-06-11 00:00:00",
         .expected = JUDGED_LATE},
        {.name = "to the day",
         .rules = "[on_time]\nprecision = day\n",
         DUE,
         .closed = "2024-06-10 23:59:59",
         .expected = JUDGED_ON_TIME,
         .deadline = "2024-06-10"},
        {.name = "to the day, late",
         .rules = "[on_time]\nprecision = day\n",
         DUE,
         .closed = "2024-06-11 00:00:00",
         .expected = JUDGED_LATE},
        {.name = "submission counts before closing",
         DUE,
         .submitted = "2024-06-10 17:00:00",
         .closed = "2024-06-12 10:00:00",
         .expected = JUDGED_ON_TIME},
        {.name = "closing alone",
         .rules = "[on_time]\nclosed_by = closed\n",
         DUE,
         .submitted = "2024-06-10 17:00:00",
         .closed = "2024-06-12 10:00:00",
         .expected = JUDGED_LATE},
        {.name = "submission alone, missing",
         .rules = "[on_time]\nclosed_by = submitted\n",
         DUE,
         .closed = "2024-06-09 10:00:00",
         .expected = JUDGED_CLOSED_UNDATED},
    };
    RUN(state, cases);
}

static void judge_fact__judges_open_ones_at_as_of(void **state)
{
    static const struct judge_case cases[] = {
        {.name = "late open", DUE, .expected = JUDGED_LATE_OPEN},
        {.name = "closed after as-of",
         DUE,
         .closed = "2024-07-06 00:00:00",
         .expected = JUDGED_LATE_OPEN},
        {.name = "closed at as-of", DUE, .closed = "2024-07-05 23:59:59", .expected = JUDGED_LATE},
        {.name = "closed on as-of's bare day",
         DUE,
         .closed = "2024-07-05",
         .expected = JUDGED_LATE},
        {.name = "not due yet",
         .rules = RECEIVED,
         .due = "2024-07-06 10:00:00",
         .expected = JUDGED_NOT_DUE_YET},
        {.name = "due at as-of has not passed",
         .rules = RECEIVED,
         .due = "2024-07-05 23:59:59",
         .expected = JUDGED_NOT_DUE_YET},
        {.name = "a bare day has not passed on itself",
         .rules = RECEIVED,
         .due = "2024-07-05",
         .expected = JUDGED_NOT_DUE_YET},
        {.name = "a bare day has passed on the next",
         .rules = RECEIVED,
         .due = "2024-07-04",
         .expected = JUDGED_LATE_OPEN},
        {.name = "by the day, today has not passed",
         .rules = RECEIVED "precision = day\n",
         .due = "2024-07-05 08:00:00",
         .expected = JUDGED_NOT_DUE_YET},
        {.name = "base closed, open",
         .rules = "[on_time]\nbase = closed\n",
         DUE,
         .expected = JUDGED_OPEN},
        {.name = "base all, open in time",
         .rules = RECEIVED "base = all\n",
         .due = "2024-07-06 10:00:00",
         .expected = JUDGED_ON_TIME_OPEN},
        {.name = "base all, open and late",
         .rules = RECEIVED "base = all\n",
         DUE,
         .expected = JUDGED_LATE_OPEN},
        {.name = "received after as-of",
         .received = "2024-07-06 00:00:00",
         DUE,
         .expected = JUDGED_RECEIVED_LATER},
        {.name = "closed by status, undated",
         DUE,
         .status = ORDER_STATUS_CLOSED,
         .expected = JUDGED_CLOSED_UNDATED},
        {.name = "a closing date closes whatever the status says",
         DUE,
         .status = ORDER_STATUS_OPEN,
         .closed = "2024-06-05",
         .expected = JUDGED_ON_TIME},
        {.name = "closed by status, dated after as-of",
         DUE,
         .status = ORDER_STATUS_CLOSED,
         .closed = "2024-07-06 10:00:00",
         .expected = JUDGED_LATE_OPEN},
    };
    RUN(state, cases);
}

static void judge_fact__takes_the_handlings_of_the_period(void **state)
{
    static const struct judge_case cases[] = {
        {.name = "first instant", .due = "2024-06-01 00:00:00", .expected = JUDGED_LATE_OPEN},
        {.name = "before it", .due = "2024-05-31 23:59:59", .expected = JUDGED_OTHER_PERIOD},
        {.name = "last instant", .due = "2024-06-30 23:59:59", .expected = JUDGED_LATE_OPEN},
        {.name = "after it", .due = "2024-07-01 00:00:00", .expected = JUDGED_OTHER_PERIOD},
        {.name = "bare last day", .due = "2024-06-30", .expected = JUDGED_LATE_OPEN},
        {.name = "bare day before", .due = "2024-05-31", .expected = JUDGED_OTHER_PERIOD},
        {.name = "closed before, due inside",
         .received = "2024-05-20 08:00:00",
         DUE,
         .closed = "2024-05-21 08:00:00",
         .expected = JUDGED_ON_TIME},
        {.name = "moved by an extension",
         .due = "2024-05-31",
         .extended = "2024-06-05",
         .expected = JUDGED_LATE_OPEN},
        {.name = "received before",
         .rules = RECEIVED,
         .received = "2024-05-31 23:59:59",
         DUE,
         .expected = JUDGED_OTHER_PERIOD},
        {.name = "closed inside",
         .rules = "[on_time]\nperiod = closed\n",
         .due = "2024-08-01",
         .closed = "2024-06-30",
         .expected = JUDGED_ON_TIME},
        {.name = "open is in no round of closed ones",
         .rules = "[on_time]\nperiod = closed\n",
         DUE,
         .expected = JUDGED_OTHER_PERIOD},
        {.name = "support", DUE, .part = HANDLING_PART_SUPPORT, .expected = JUDGED_NOT_LEAD},
        {.name = "unclear", DUE, .part = HANDLING_PART_UNCLEAR, .expected = JUDGED_UNCLEAR},
        {.name = "judged before",
         DUE,
         .context = {.in_earlier_round = true},
         .expected = JUDGED_IN_EARLIER_ROUND},
        {.name = "judged again",
         .rules = "[on_time]\njudged_once = no\n",
         DUE,
         .context = {.in_earlier_round = true},
         .expected = JUDGED_LATE_OPEN},
    };
    RUN(state, cases);
}

static void judge_fact__knows_handlings_without_a_deadline(void **state)
{
    static const struct judge_case cases[] = {
        {.name = "in no round of due ones",
         .closed = "2024-06-04",
         .expected = JUDGED_NO_DEADLINE_NO_ROUND},
        {.name = "excluded", .rules = RECEIVED, .expected = JUDGED_NO_DEADLINE},
        {.name = "on time when closed",
         .rules = RECEIVED "no_deadline = on_time\n",
         .closed = "2024-06-04",
         .expected = JUDGED_ON_TIME_NO_DEADLINE},
        {.name = "open and never due",
         .rules = RECEIVED "no_deadline = on_time\n",
         .expected = JUDGED_NOT_DUE_YET},
        {.name = "open, base closed",
         .rules = RECEIVED "no_deadline = on_time\nbase = closed\n",
         .expected = JUDGED_OPEN},
        {.name = "open, base all",
         .rules = RECEIVED "no_deadline = on_time\nbase = all\n",
         .expected = JUDGED_ON_TIME_NO_DEADLINE},
        {.name = "an extension of nothing",
         .rules = RECEIVED,
         .extended = "2024-06-20",
         .expected = JUDGED_NO_DEADLINE},
    };
    RUN(state, cases);
}

#define BY_KIND "[on_time]\nno_deadline = by_kind\n"
#define SAME    BY_KIND "[deadline]\nstarts = same_moment\n"

static const struct judge_case by_kind_cases[] = {
    {.name = "two working days",
     .rules = BY_KIND,
     .kind = ORDER_KIND_CONSULT,
     .closed = "2024-06-05 23:59:59",
     .expected = JUDGED_ON_TIME,
     .deadline = "2024-06-05"},
    {.name = "across Dragon Boat (10 June)",
     .rules = BY_KIND,
     .kind = ORDER_KIND_HELP,
     .dispatched = "2024-06-06 17:00:00",
     .expected = JUDGED_LATE_OPEN,
     .deadline = "2024-06-12"},
    {.name = "ten for an unknown kind",
     .rules = BY_KIND,
     .expected = JUDGED_LATE_OPEN,
     .deadline = "2024-06-18"},
    {.name = "from receipt by rule",
     .rules = BY_KIND "[deadline]\nfrom = received\n",
     .kind = ORDER_KIND_CONSULT,
     .dispatched = "2024-06-06 17:00:00",
     .expected = JUDGED_LATE_OPEN,
     .deadline = "2024-06-05"},
    {.name = "urgent runs at once",
     .rules = BY_KIND,
     .kind = ORDER_KIND_CONSULT,
     .marks = FACT_URGENT,
     .expected = JUDGED_LATE_OPEN,
     .deadline = "2024-06-04 09:00:00"},
    {.name = "hours from the end of a bare day",
     .rules = BY_KIND,
     .received = "2024-06-03",
     .marks = FACT_URGENT,
     .expected = JUDGED_LATE_OPEN,
     .deadline = "2024-06-05 00:00:00"},
    {.name = "the same moment",
     .rules = SAME,
     .kind = ORDER_KIND_CONSULT,
     .expected = JUDGED_LATE_OPEN,
     .deadline = "2024-06-05 09:00:00"},
    {.name = "the same moment of a bare day",
     .rules = SAME,
     .received = "2024-06-03",
     .kind = ORDER_KIND_CONSULT,
     .expected = JUDGED_LATE_OPEN,
     .deadline = "2024-06-05"},
    {.name = "natural days",
     .rules = BY_KIND "[deadline]\nhelp = 7d\n",
     .kind = ORDER_KIND_HELP,
     .expected = JUDGED_LATE_OPEN,
     .deadline = "2024-06-10"},
    {.name = "natural days, same moment",
     .rules = SAME "help = 7d\n",
     .kind = ORDER_KIND_HELP,
     .expected = JUDGED_LATE_OPEN,
     .deadline = "2024-06-10 09:00:00"},
    {.name = "from a contradictory receipt",
     .rules = BY_KIND,
     .marks = FACT_CLOSED_BEFORE_RECEIVED,
     .closed = "2024-06-01 08:00:00",
     .expected = JUDGED_CONTRADICTION},
    {.name = "from dispatch, receipt contradictory",
     .rules = BY_KIND,
     .marks = FACT_CLOSED_BEFORE_RECEIVED,
     .dispatched = "2024-06-03 10:00:00",
     .closed = "2024-06-01 08:00:00",
     .expected = JUDGED_ON_TIME},
    {.name = "a given deadline stands",
     .rules = BY_KIND,
     DUE,
     .marks = FACT_CLOSED_BEFORE_RECEIVED,
     .closed = "2024-06-01 08:00:00",
     .expected = JUDGED_ON_TIME},
    {.name = "extended from a computed one",
     .rules = BY_KIND,
     .kind = ORDER_KIND_CONSULT,
     .extended = "2024-06-07",
     .closed = "2024-06-07",
     .expected = JUDGED_ON_TIME,
     .deadline = "2024-06-07"},
};

static void judge_fact__computes_deadlines_by_kind(void **state)
{
    RUN(state, by_kind_cases);
}

static void judge_fact__refuses_years_without_a_calendar(void **state)
{
    struct judge_case old = {.rules = BY_KIND, .received = "2018-06-01 09:00:00"};
    struct verdict verdict;
    struct err err = {0};
    assert_int_equal(judge_case(*state, &old, &verdict, &err), ERR_NO_CALENDAR);
    assert_non_null(strstr(err.message, "2018"));
    old.rules = RECEIVED "no_deadline = by_kind\n"; /* not of the round: nothing to compute */
    assert_int_equal(judge_case(*state, &old, &verdict, &err), OK);
    assert_int_equal(verdict.judgement, JUDGED_OTHER_PERIOD);
}

static const struct judge_case exclusion_cases[] = {
    {.name = "void", DUE, .status = ORDER_STATUS_VOID, .expected = JUDGED_VOID},
    {.name = "void stays",
     .rules = "[exclude]\nvoid = no\n",
     DUE,
     .status = ORDER_STATUS_VOID,
     .expected = JUDGED_LATE_OPEN},
    {.name = "direct", DUE, .status = ORDER_STATUS_DIRECT, .expected = JUDGED_DIRECT},
    {.name = "praise", DUE, .kind = ORDER_KIND_PRAISE, .expected = JUDGED_PRAISE},
    {.name = "merged by status", DUE, .status = ORDER_STATUS_MERGED, .expected = JUDGED_MERGED},
    {.name = "merged by status, first ended",
     DUE,
     .status = ORDER_STATUS_MERGED,
     .marks = FACT_HAS_REPEAT_OF,
     .expected = JUDGED_LATE_OPEN},
    {.name = "merged into its first",
     DUE,
     .marks = FACT_HAS_REPEAT_OF,
     .context = {.merged_repeat = true},
     .expected = JUDGED_MERGED},
    {.name = "returned by status",
     DUE,
     .status = ORDER_STATUS_RETURNED,
     .expected = JUDGED_RETURNED},
    {.name = "returned by column", DUE, .marks = FACT_RETURNED, .expected = JUDGED_RETURNED},
    {.name = "returned stays",
     .rules = "[exclude]\nreturned = no\n",
     DUE,
     .marks = FACT_RETURNED,
     .expected = JUDGED_LATE_OPEN},
    {.name = "void before returned",
     DUE,
     .status = ORDER_STATUS_VOID,
     .marks = FACT_RETURNED,
     .expected = JUDGED_VOID},
    {.name = "opt-out is only not called",
     DUE,
     .marks = FACT_OPT_OUT,
     .expected = JUDGED_LATE_OPEN},
    {.name = "opt-out by rule",
     .rules = "[exclude]\nopt_out = yes\n",
     DUE,
     .marks = FACT_OPT_OUT,
     .expected = JUDGED_OPT_OUT},
    {.name = "confidential by rule",
     .rules = "[exclude]\nconfidential = yes\n",
     DUE,
     .marks = FACT_CONFIDENTIAL,
     .expected = JUDGED_CONFIDENTIAL},
    {.name = "approved request",
     DUE,
     .context = {.request_approved = true},
     .expected = JUDGED_REQUEST},
    {.name = "judged before, void since",
     DUE,
     .status = ORDER_STATUS_VOID,
     .context = {.in_earlier_round = true},
     .expected = JUDGED_IN_EARLIER_ROUND},
    {.name = "support of a void order",
     DUE,
     .status = ORDER_STATUS_VOID,
     .part = HANDLING_PART_SUPPORT,
     .expected = JUDGED_NOT_LEAD},
    {.name = "returned before approved request",
     DUE,
     .marks = FACT_RETURNED,
     .context = {.request_approved = true},
     .expected = JUDGED_RETURNED},
    {.name = "merged before opt-out by rule",
     .rules = "[exclude]\nopt_out = yes\n",
     DUE,
     .marks = FACT_OPT_OUT,
     .context = {.merged_repeat = true},
     .expected = JUDGED_MERGED},
    {.name = "void of another period",
     .due = "2024-05-10",
     .status = ORDER_STATUS_VOID,
     .expected = JUDGED_OTHER_PERIOD},
};

static void judge_fact__takes_out_what_the_rules_name(void **state)
{
    RUN(state, exclusion_cases);
}

#define FLAG RECEIVED "source = flag\n"

static void judge_fact__judges_by_flag(void **state)
{
    static const struct judge_case cases[] = {
        {.name = "in time, open",
         .rules = FLAG,
         .flag = OVERDUE_FLAG_ON_TIME,
         .expected = JUDGED_FLAG_ON_TIME},
        {.name = "overdue, against its dates",
         .rules = FLAG,
         DUE,
         .closed = "2024-06-04",
         .flag = OVERDUE_FLAG_OVERDUE,
         .expected = JUDGED_FLAG_OVERDUE},
        {.name = "without", .rules = FLAG, DUE, .closed = "2024-06-04", .expected = JUDGED_NO_FLAG},
        {.name = "base closed, open",
         .rules = FLAG "base = closed\n",
         .flag = OVERDUE_FLAG_ON_TIME,
         .expected = JUDGED_OPEN},
        {.name = "base closed, closed by status",
         .rules = FLAG "base = closed\n",
         .flag = OVERDUE_FLAG_ON_TIME,
         .status = ORDER_STATUS_CLOSED,
         .expected = JUDGED_FLAG_ON_TIME},
        {.name = "base all",
         .rules = FLAG "base = all\n",
         .flag = OVERDUE_FLAG_OVERDUE,
         .expected = JUDGED_FLAG_OVERDUE},
        {.name = "no deadline is computed",
         .rules = FLAG "no_deadline = by_kind\n",
         .flag = OVERDUE_FLAG_OVERDUE,
         .expected = JUDGED_FLAG_OVERDUE},
        {.name = "else dates",
         .rules = RECEIVED "source = flag_else_dates\n",
         DUE,
         .closed = "2024-06-04",
         .expected = JUDGED_ON_TIME},
        {.name = "flag before dates",
         .rules = RECEIVED "source = flag_else_dates\n",
         DUE,
         .closed = "2024-06-04",
         .flag = OVERDUE_FLAG_OVERDUE,
         .expected = JUDGED_FLAG_OVERDUE},
    };
    RUN(state, cases);
}

static void judge_fact__counts_extensions_asked_in_time(void **state)
{
    static const struct {
        const char *name, *rules, *asked, *extended;
        int count;
        enum extension_verdict expected;
    } cases[] = {
        {"none", "", NULL, NULL, 0, EXTENSION_ABSENT},
        {"plain", "", NULL, "2024-06-20", 0, EXTENSION_COUNTS},
        {"asked at the deadline", "", "2024-06-10 18:00:00", "2024-06-20", 1, EXTENSION_COUNTS},
        {"asked on its bare day", "", "2024-06-10", "2024-06-20", 1, EXTENSION_COUNTS},
        {"asked late", "", "2024-06-10 18:00:01", "2024-06-20", 1, EXTENSION_ASKED_LATE},
        {"not later", "", NULL, "2024-06-10 18:00:00", 1, EXTENSION_NOT_LATER},
        {"not later by its bare day", "", NULL, "2024-06-10", 1, EXTENSION_NOT_LATER},
        {"two", "", NULL, "2024-06-20", 2, EXTENSION_TOO_MANY},
        {"two allowed", "[on_time]\nextensions = 2\n", NULL, "2024-06-20", 2, EXTENSION_COUNTS},
        {"none allowed", "[on_time]\nextensions = 0\n", NULL, "2024-06-20", 1, EXTENSION_TOO_MANY},
        {"no count", "[on_time]\nextensions = 0\n", NULL, "2024-06-20", 0, EXTENSION_COUNTS},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct judge_case c = {.name = cases[i].name,
                                     .rules = cases[i].rules,
                                     DUE,
                                     .asked = cases[i].asked,
                                     .extended = cases[i].extended,
                                     .extension_count = cases[i].count};
        bool counts = cases[i].expected == EXTENSION_COUNTS;
        struct verdict verdict;
        struct err err = {0};
        assert_int_equal(judge_case(*state, &c, &verdict, &err), OK);
        if (verdict.extension != cases[i].expected)
            fail_msg("%s: %d", cases[i].name, (int)verdict.extension);
        assert_int_equal(verdict.deadline_source, counts ? DEADLINE_EXTENDED : DEADLINE_GIVEN);
        assert_int_equal(verdict.deadline.kind, counts ? MOMENT_DAY : MOMENT_INSTANT);
    }
}

static void judge_repeat_is_merged__only_while_its_first_is_open(void **state)
{
    static const struct {
        const char *name, *end;
        enum judgement first;
        bool same_lead, expected;
    } cases[] = {
        {"first open", NULL, JUDGED_LATE_OPEN, true, true},
        {"first ended before", "2024-06-03 08:59:59", JUDGED_ON_TIME, true, false},
        {"first ended with it", "2024-06-03 09:00:00", JUDGED_ON_TIME, true, false},
        {"first ended after", "2024-06-03 09:00:01", JUDGED_LATE, true, true},
        {"first ended on its bare day", "2024-06-03", JUDGED_LATE, true, false},
        {"first excluded", NULL, JUDGED_VOID, true, false},
        {"another lead", NULL, JUDGED_LATE_OPEN, false, false},
    };
    const struct world *world = *state;
    struct judge judge = {.zone = world->zone};
    const struct fact repeat = {.received = moment_of("2024-06-03 09:00:00")};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct verdict first = {.judgement = cases[i].first, .end = moment_of(cases[i].end)};
        if (judge_repeat_is_merged(&judge, &repeat, &first, cases[i].same_lead) !=
            cases[i].expected)
            fail_msg("%s", cases[i].name);
    }
}

static void fact_contradictions__compares_bare_days_by_day(void **state)
{
    static const struct {
        const char *closed, *due;
        unsigned expected;
    } cases[] = {
        {NULL, NULL, 0},
        {"2024-06-03 08:59:59", NULL, FACT_CLOSED_BEFORE_RECEIVED},
        {"2024-06-03", "2024-06-03", 0},
        {"2024-06-02", "2024-06-02", FACT_CLOSED_BEFORE_RECEIVED | FACT_DUE_BEFORE_RECEIVED},
        {"2024-06-03 09:00:00", "2024-06-03 08:00:00", FACT_DUE_BEFORE_RECEIVED},
    };
    const struct world *world = *state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct fact fact = {.received = moment_of("2024-06-03 09:00:00"),
                                  .closed = moment_of(cases[i].closed),
                                  .due = moment_of(cases[i].due)};
        if (fact_contradictions(&fact, world->zone) != cases[i].expected)
            fail_msg("case %zu", i);
    }
}

static void fact_flag_disagrees__holds_the_flag_against_the_dates(void **state)
{
    static const struct {
        const char *name, *closed, *due, *extended;
        enum order_status status;
        enum overdue_flag flag;
        bool expected;
    } cases[] = {
        {"no flag", "2024-06-12", "2024-06-10", NULL, ORDER_STATUS_NONE, OVERDUE_FLAG_NONE, false},
        {"late, said so", "2024-06-12", "2024-06-10", NULL, ORDER_STATUS_NONE, OVERDUE_FLAG_OVERDUE,
         false},
        {"late, denied", "2024-06-12", "2024-06-10", NULL, ORDER_STATUS_NONE, OVERDUE_FLAG_ON_TIME,
         true},
        {"extended", "2024-06-12", "2024-06-10", "2024-06-15", ORDER_STATUS_NONE,
         OVERDUE_FLAG_ON_TIME, false},
        {"in time, denied", "2024-06-09", "2024-06-10", NULL, ORDER_STATUS_NONE,
         OVERDUE_FLAG_OVERDUE, true},
        {"open and passed, denied", NULL, "2024-06-10", NULL, ORDER_STATUS_OPEN,
         OVERDUE_FLAG_ON_TIME, true},
        {"open, not passed", NULL, "2024-07-06", NULL, ORDER_STATUS_OPEN, OVERDUE_FLAG_ON_TIME,
         false},
        {"closed without a date", NULL, "2024-06-10", NULL, ORDER_STATUS_CLOSED,
         OVERDUE_FLAG_ON_TIME, false},
        {"no deadline", "2024-06-09", NULL, NULL, ORDER_STATUS_NONE, OVERDUE_FLAG_OVERDUE, false},
    };
    const struct world *world = *state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct fact fact = {.received = moment_of("2024-06-03 09:00:00"),
                                  .closed = moment_of(cases[i].closed),
                                  .due = moment_of(cases[i].due),
                                  .extended_due = moment_of(cases[i].extended),
                                  .status = cases[i].status,
                                  .flag = cases[i].flag};
        int64_t as_of = moment_of("2024-07-05 23:59:59").seconds;
        if (fact_flag_disagrees(&fact, as_of, world->zone) != cases[i].expected)
            fail_msg("%s", cases[i].name);
    }
}

/* Every judgement is in one group alone, and what is on time is in the base. */
static void judgements__fall_into_groups(void **state)
{
    (void)state;
    static const enum judgement all[] = {
#define X(name, number) name,
        JUDGEMENTS(X)
#undef X
    };
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        assert_false(judgement_is_excluded(all[i]) && judgement_in_base(all[i]));
        assert_true(judgement_in_orders(all[i]) || !judgement_is_excluded(all[i]));
        assert_true(judgement_in_orders(all[i]) || !judgement_in_base(all[i]));
        assert_true(judgement_in_base(all[i]) || !judgement_is_on_time(all[i]));
    }
    assert_false(judgement_in_orders(JUDGED_NO_DEADLINE_NO_ROUND));
    assert_true(judgement_is_excluded(JUDGED_CONFIDENTIAL));
    assert_false(judgement_is_excluded(JUDGED_NOT_DUE_YET));
    assert_false(judgement_in_base(JUDGED_NO_FLAG));
    assert_false(judgement_is_on_time(JUDGED_LATE_OPEN));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(judge_fact__compares_end_and_deadline),
        cmocka_unit_test(judge_fact__judges_open_ones_at_as_of),
        cmocka_unit_test(judge_fact__takes_the_handlings_of_the_period),
        cmocka_unit_test(judge_fact__knows_handlings_without_a_deadline),
        cmocka_unit_test(judge_fact__computes_deadlines_by_kind),
        cmocka_unit_test(judge_fact__refuses_years_without_a_calendar),
        cmocka_unit_test(judge_fact__takes_out_what_the_rules_name),
        cmocka_unit_test(judge_fact__judges_by_flag),
        cmocka_unit_test(judge_fact__counts_extensions_asked_in_time),
        cmocka_unit_test(judge_repeat_is_merged__only_while_its_first_is_open),
        cmocka_unit_test(fact_contradictions__compares_bare_days_by_day),
        cmocka_unit_test(fact_flag_disagrees__holds_the_flag_against_the_dates),
        cmocka_unit_test(judgements__fall_into_groups),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
