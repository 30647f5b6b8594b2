#include "scoring/frame.h"

#include "base/civil.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* The round has the days 100 to 199 and is judged at the end of day 250. Days of facts are bare; 0 is none. */
enum { FROM_DAY = 100, TO_DAY = 199, AS_OF_DAY = 250 };

struct frame_case {
    const char *name;
    const char *rules; /* beside orders received in the round */
    int received, due, closed;
    unsigned marks;
    enum order_status status;
    enum order_kind kind;
    enum handling_part part;
    enum overdue_flag flag;
    bool merged_repeat, is_requested;
    enum frame_reason expected;
};

static struct moment day(int number)
{
    struct moment none = {0};
    return number == 0 ? none : (struct moment){number * (int64_t)SECONDS_A_DAY, MOMENT_DAY};
}

static enum frame_reason reason_of(const struct zone *zone, const struct frame_case *c)
{
    struct rules rules;
    struct judge judge;
    struct verdict verdict;
    struct err err = {0};
    const char *text = c->rules != NULL ? c->rules : "";
    if (rules_parse(bytes_from_z(text), &rules, &err) != OK)
        fail_msg("%s: %s", c->name, err.message);
    rules.on_time.period = RULES_PERIOD_RECEIVED;
    judge_init(&judge, &rules, NULL, zone, FROM_DAY, TO_DAY,
               (AS_OF_DAY + 1) * (int64_t)SECONDS_A_DAY - 1);
    struct fact fact = {
        .received = day(c->received != 0 ? c->received : 150),
        .due = day(c->due),
        .closed = day(c->closed),
        .extension_count = EXTENSION_COUNT_NONE,
        .marks = c->marks,
        .kind = c->kind,
        .status = c->status,
        .part = c->part,
        .flag = c->flag,
    };
    struct judge_context context = {.merged_repeat = c->merged_repeat};
    assert_int_equal(judge_fact(&judge, &fact, context, &verdict, &err), OK);
    return frame_reason_of(&judge, &fact, &verdict, c->is_requested);
}

static void run(const struct frame_case *cases, size_t count)
{
    struct zone *zone;
    struct err err = {0};
    assert_int_equal(zone_fixed(0, &zone, &err), OK);
    for (size_t i = 0; i < count; i++) {
        enum frame_reason reason = reason_of(zone, &cases[i]);
        if (reason != cases[i].expected)
            fail_msg("%s: %s, not %s", cases[i].name, frame_reason_word(reason),
                     frame_reason_word(cases[i].expected));
    }
    zone_free(zone);
}

#define RUN(cases) run((cases), sizeof(cases) / sizeof((cases)[0]))
#define CLOSED     .due = 210, .closed = 200

static void frame_reason_of__takes_what_the_round_counts(void **state)
{
    (void)state;
    static const struct frame_case cases[] = {
        {.name = "closed", CLOSED, .expected = FRAME_IN},
        {.name = "late", .due = 190, .closed = 200, .expected = FRAME_IN},
        {.name = "other period", .received = 99, CLOSED, .expected = FRAME_NOT_COUNTED},
        {.name = "support",
         CLOSED,
         .part = HANDLING_PART_SUPPORT,
         .is_requested = true,
         .expected = FRAME_NOT_COUNTED},
        {.name = "two leads", CLOSED, .part = HANDLING_PART_UNCLEAR, .expected = FRAME_NOT_COUNTED},
    };
    RUN(cases);
}

static void frame_reason_of__excludes_by_rule(void **state)
{
    (void)state;
    static const struct frame_case cases[] = {
        {.name = "void", CLOSED, .status = ORDER_STATUS_VOID, .expected = FRAME_EXCLUDED},
        {.name = "direct", CLOSED, .status = ORDER_STATUS_DIRECT, .expected = FRAME_EXCLUDED},
        {.name = "returned", CLOSED, .status = ORDER_STATUS_RETURNED, .expected = FRAME_EXCLUDED},
        {.name = "merged", CLOSED, .status = ORDER_STATUS_MERGED, .expected = FRAME_EXCLUDED},
        {.name = "merged repeat", CLOSED, .merged_repeat = true, .expected = FRAME_EXCLUDED},
        {.name = "praise", CLOSED, .kind = ORDER_KIND_PRAISE, .expected = FRAME_EXCLUDED},
        {.name = "praise counts but is not called",
         .rules = "[exclude]\npraise = draw\n",
         CLOSED,
         .kind = ORDER_KIND_PRAISE,
         .expected = FRAME_EXCLUDED},
        {.name = "merged counts but is not called",
         .rules = "[exclude]\nmerged = draw\n",
         CLOSED,
         .merged_repeat = true,
         .expected = FRAME_EXCLUDED},
        {.name = "praise is called",
         .rules = "[exclude]\npraise = no\n",
         CLOSED,
         .kind = ORDER_KIND_PRAISE,
         .expected = FRAME_IN},
        {.name = "returned stays",
         .rules = "[exclude]\nreturned = no\n",
         CLOSED,
         .marks = FACT_RETURNED,
         .expected = FRAME_IN},
    };
    RUN(cases);
}

static void frame_reason_of__spares_who_does_not_want(void **state)
{
    (void)state;
    static const struct frame_case cases[] = {
        {.name = "opt out", CLOSED, .marks = FACT_OPT_OUT, .expected = FRAME_OPT_OUT},
        {.name = "confidential",
         CLOSED,
         .marks = FACT_CONFIDENTIAL,
         .expected = FRAME_CONFIDENTIAL},
        {.name = "both",
         CLOSED,
         .marks = FACT_CONFIDENTIAL | FACT_OPT_OUT,
         .is_requested = true,
         .expected = FRAME_OPT_OUT},
        {.name = "taken out of both rates",
         .rules = "[exclude]\nopt_out = yes\n",
         CLOSED,
         .marks = FACT_OPT_OUT,
         .expected = FRAME_OPT_OUT},
        {.name = "exclusion goes before it",
         CLOSED,
         .marks = FACT_OPT_OUT,
         .status = ORDER_STATUS_VOID,
         .expected = FRAME_EXCLUDED},
        {.name = "called all the same",
         .rules = "[exclude]\nopt_out = no\nconfidential = request\n",
         CLOSED,
         .marks = FACT_OPT_OUT | FACT_CONFIDENTIAL,
         .expected = FRAME_IN},
        {.name = "request", CLOSED, .is_requested = true, .expected = FRAME_REQUEST},
        {.name = "request of an open one",
         .due = 300,
         .is_requested = true,
         .expected = FRAME_REQUEST},
    };
    RUN(cases);
}

static void frame_reason_of__waits_for_the_end_or_the_deadline(void **state)
{
    (void)state;
    static const struct frame_case cases[] = {
        {.name = "open", .due = 300, .expected = FRAME_OPEN},
        {.name = "due today", .due = AS_OF_DAY, .expected = FRAME_OPEN},
        {.name = "overdue", .due = AS_OF_DAY - 1, .expected = FRAME_IN},
        {.name = "overdue, but the closed alone",
         .rules = "[frame]\nof = closed\n",
         .due = 190,
         .expected = FRAME_OPEN},
        {.name = "open without a deadline", .expected = FRAME_OPEN},
        {.name = "closed without a deadline", .closed = 200, .expected = FRAME_IN},
        {.name = "closed without a date",
         .due = 210,
         .status = ORDER_STATUS_CLOSED,
         .expected = FRAME_IN},
        {.name = "closed without a date, by flag",
         .rules = "[on_time]\nsource = flag\n[frame]\nof = closed\n",
         .status = ORDER_STATUS_CLOSED,
         .expected = FRAME_IN},
        {.name = "overdue by flag",
         .rules = "[on_time]\nsource = flag\n",
         .flag = OVERDUE_FLAG_OVERDUE,
         .expected = FRAME_IN},
        {.name = "contradictory date",
         .rules = "[on_time]\nno_deadline = by_kind\n[deadline]\nunknown = 5d\n",
         .closed = 120,
         .marks = FACT_CLOSED_BEFORE_RECEIVED,
         .expected = FRAME_TOO_OLD},
        {.name = "contradictory date, any age",
         .rules = "[on_time]\nno_deadline = by_kind\n[deadline]\nunknown = 5d\n"
                  "[frame]\nmax_age = none\n",
         .closed = 120,
         .marks = FACT_CLOSED_BEFORE_RECEIVED,
         .expected = FRAME_IN},
    };
    RUN(cases);
}

static void frame_reason_of__forgets_what_is_too_old(void **state)
{
    (void)state;
    static const struct frame_case cases[] = {
        {.name = "sixty days", .due = 210, .closed = AS_OF_DAY - 60, .expected = FRAME_IN},
        {.name = "a day more", .due = 210, .closed = AS_OF_DAY - 61, .expected = FRAME_TOO_OLD},
        {.name = "any age",
         .rules = "[frame]\nmax_age = none\n",
         .due = 210,
         .closed = 151,
         .expected = FRAME_IN},
        {.name = "open for long", .due = 151, .expected = FRAME_IN},
    };
    RUN(cases);
}

static void frame_reason_word__is_the_word_of_the_contract(void **state)
{
    (void)state;
    static const char *const words[FRAME_REASONS] = {
        "in", "not_counted", "excluded", "opt_out", "confidential", "request", "open", "too_old"};
    for (int i = 0; i < FRAME_REASONS; i++)
        assert_string_equal(frame_reason_word((enum frame_reason)i), words[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(frame_reason_of__takes_what_the_round_counts),
        cmocka_unit_test(frame_reason_of__excludes_by_rule),
        cmocka_unit_test(frame_reason_of__spares_who_does_not_want),
        cmocka_unit_test(frame_reason_of__waits_for_the_end_or_the_deadline),
        cmocka_unit_test(frame_reason_of__forgets_what_is_too_old),
        cmocka_unit_test(frame_reason_word__is_the_word_of_the_contract),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
