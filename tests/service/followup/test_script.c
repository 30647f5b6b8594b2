#include "service/followup/script.h"

#include "base/utf8.h"

#include "tests/support/fault.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { ANSWERS_MAX = 24 };

/* ---- the table itself ---- */

static bool is_of(const struct script_item *item, int kind)
{
    return (item->kinds & (1U << kind)) != 0;
}

static void script_items__stand_in_the_order_of_the_call(void **state)
{
    (void)state;
    static const char *const names[SCRIPT_KINDS][20] = {
        {"consent", "is_you", "contacted", "resolved", "satisfaction", "result", "speed",
         "attitude", "why", "other", "share_words", "coached"},
        {"consent", "is_you", "contacted", "resolved", "satisfaction", "result", "speed",
         "attitude", "why", "other", "share_words", "coached"},
        {"consent", "is_you", "contacted", "resolved", "satisfaction", "speed", "attitude", "why",
         "other", "share_words", "coached"},
    };
    size_t count = 0;
    const struct script_item *items = script_items(&count);
    for (int kind = 0; kind < SCRIPT_KINDS; kind++) {
        size_t at = 0;
        enum script_place place = SCRIPT_OPENING;
        for (size_t i = 0; i < count; i++) {
            assert_true(items[i].place >= place);
            place = items[i].place;
            if (!is_of(&items[i], kind))
                continue;
            assert_non_null(names[kind][at]);
            assert_string_equal(items[i].name, names[kind][at]);
            at++;
        }
        assert_null(names[kind][at]);
    }
}

static void script_items__are_whole(void **state)
{
    (void)state;
    size_t count = 0;
    const struct script_item *items = script_items(&count);
    for (size_t i = 0; i < count; i++) {
        const struct script_item *item = &items[i];
        const struct script_item *first = script_find(bytes_from_z(item->name));
        assert_non_null(first);
        assert_true(item->zh != NULL && strlen(item->zh) > 0);
        assert_in_range(item->choice_count, 2, 9); /* keys 1 to 9 */
        if (item->place != SCRIPT_ORDER)
            assert_int_equal(item->kinds, (1 << SCRIPT_KINDS) - 1);
        for (int j = 0; j < SCRIPT_CHOICES_MAX; j++) {
            const struct script_choice *choice = &item->choices[j];
            assert_int_equal(choice->value != NULL, j < item->choice_count);
            assert_int_equal(choice->zh != NULL, j < item->choice_count);
            /* What the item of one kind takes, the first row of that name takes. */
            if (choice->value != NULL)
                assert_true(script_takes(first, bytes_from_z(choice->value)));
            for (int k = 0; k < j && j < item->choice_count; k++)
                assert_string_not_equal(choice->value, item->choices[k].value);
        }
        assert_int_equal(item->ends_with != NULL, item->ends_code != NULL);
        if (item->ends_with != NULL) {
            enum outcome_group group;
            assert_true(script_takes(item, bytes_from_z(item->ends_with)));
            assert_true(outcome_group_of(bytes_from_z(item->ends_code), &group));
        }
    }
    assert_null(script_find(BYTES_LIT("")));
    assert_null(script_find(BYTES_LIT("resolve")));
    assert_false(script_takes(script_find(BYTES_LIT("resolved")), BYTES_LIT("")));
    assert_false(script_takes(script_find(BYTES_LIT("resolved")), BYTES_LIT("5")));
}

static void script_items__ask_on_what_was_asked_before(void **state)
{
    (void)state;
    size_t count = 0;
    const struct script_item *items = script_items(&count);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(items[i].if_name != NULL, items[i].if_values != NULL);
        if (items[i].if_name == NULL)
            continue;
        /* In each kind of script that has the item, and with values that it takes. */
        for (int kind = 0; kind < SCRIPT_KINDS; kind++) {
            const struct script_item *condition = NULL;
            for (size_t j = 0; j < i; j++) {
                if (is_of(&items[j], kind) && strcmp(items[j].name, items[i].if_name) == 0)
                    condition = &items[j];
            }
            assert_true(!is_of(&items[i], kind) ||
                        (condition != NULL && condition->place == items[i].place));
            struct bytes rest = bytes_from_z(items[i].if_values);
            while (condition != NULL && rest.ptr != NULL)
                assert_true(script_takes(condition, bytes_cut(&rest, ' ')));
        }
        assert_false(items[i].is_required);
    }
}

/* Satisfaction is offered in one order everywhere, from best to worst, and before its parts. */
static void script_items__offer_ratings_in_one_order(void **state)
{
    (void)state;
    static const struct script_choice ratings[] = {
        {"5", "非常满意"}, {"4", "满意"},       {"3", "基本满意"},
        {"2", "不满意"},   {"1", "非常不满意"}, {"unsure", "说不清"},
    };
    static const char *const rated[] = {"satisfaction", "result", "speed", "attitude"};
    size_t count = 0;
    size_t found = 0;
    const struct script_item *items = script_items(&count);
    for (size_t i = 0; i < count; i++) {
        bool is_rating = false;
        for (size_t j = 0; j < sizeof rated / sizeof rated[0]; j++)
            is_rating = is_rating || strcmp(items[i].name, rated[j]) == 0;
        if (!is_rating)
            continue;
        found++;
        assert_int_equal(items[i].choice_count, sizeof ratings / sizeof ratings[0]);
        for (int j = 0; j < items[i].choice_count; j++) {
            assert_string_equal(items[i].choices[j].value, ratings[j].value);
            assert_string_equal(items[i].choices[j].zh, ratings[j].zh);
        }
    }
    assert_int_equal(found, 8);
}

/* The caller reads all choices of what counts, so that none is suggested by being the only one heard. */
static void script_items__read_out_what_counts(void **state)
{
    (void)state;
    size_t count = 0;
    const struct script_item *items = script_items(&count);
    for (size_t i = 0; i < count; i++) {
        if (strcmp(items[i].name, "resolved") != 0 && strcmp(items[i].name, "satisfaction") != 0)
            continue;
        assert_true(items[i].is_required);
        struct bytes text = bytes_from_z(items[i].zh);
        size_t last_at = 0;
        for (int j = 0; j < items[i].choice_count; j++) {
            /* In their order: 满意 is looked for behind 非常满意. */
            struct bytes rest = {text.ptr + last_at, text.len - last_at};
            size_t at = bytes_find(rest, bytes_from_z(items[i].choices[j].zh));
            if (at == rest.len)
                fail_msg("%s: %s", items[i].zh, items[i].choices[j].zh);
            last_at += at + strlen(items[i].choices[j].zh);
        }
    }
}

/* A key an item: of a call about one order, in which nothing is to be explained and nothing said besides. */
static void script_items__leave_a_complete_under_twenty_keys(void **state)
{
    (void)state;
    size_t count = 0;
    const struct script_item *items = script_items(&count);
    for (int kind = 0; kind < SCRIPT_KINDS; kind++) {
        int keys = 0;
        for (size_t i = 0; i < count; i++)
            keys += is_of(&items[i], kind) && items[i].if_name == NULL ? 1 : 0;
        assert_int_equal(keys, kind == SCRIPT_OVERDUE ? 9 : 10);
    }
}

/* ---- what answers mean ---- */

/* "resolved=yes other=yes:有话": blanks between, words after a colon. */
static struct script_outcome read_answers(const char *text)
{
    struct script_answer answers[ANSWERS_MAX];
    struct script_outcome outcome;
    size_t count = 0;
    for (struct bytes rest = bytes_from_z(text); rest.len > 0; count++) {
        assert_true(count < ANSWERS_MAX);
        struct bytes words = bytes_cut(&rest, ' ');
        answers[count].item = bytes_cut(&words, '=');
        answers[count].value = bytes_cut(&words, ':');
        answers[count].words = words;
    }
    memset(&outcome, 0xAA, sizeof outcome);
    script_read(answers, count, &outcome);
    return outcome;
}

static void script_read__tells_complete_partial_and_nothing(void **state)
{
    (void)state;
    static const struct {
        const char *answers;
        enum outcome_group group;
        enum resolution_answer resolved;
        bool still_open;
        int satisfaction;
    } cases[] = {
        {"", OUTCOME_UNKNOWN_UNWORKED, RESOLUTION_MISSING, false, 0},
        {"consent=yes is_you=yes contacted=no", OUTCOME_UNKNOWN_UNWORKED, RESOLUTION_MISSING, false,
         0},
        {"resolved=yes", OUTCOME_PARTIAL, RESOLUTION_YES, false, 0},
        {"resolved=unsure", OUTCOME_PARTIAL, RESOLUTION_MISSING, false, 0},
        {"satisfaction=4", OUTCOME_PARTIAL, RESOLUTION_MISSING, false, 4},
        {"resolved=yes satisfaction=5", OUTCOME_COMPLETE, RESOLUTION_YES, false, 5},
        {"satisfaction=1 resolved=yes", OUTCOME_COMPLETE, RESOLUTION_YES, false, 1},
        {"resolved=partly satisfaction=3", OUTCOME_COMPLETE, RESOLUTION_PARTLY, false, 3},
        {"resolved=open satisfaction=2", OUTCOME_COMPLETE, RESOLUTION_NO, true, 2},
        {"resolved=no satisfaction=4", OUTCOME_COMPLETE, RESOLUTION_NO, false, 4},
        {"resolved=unsure satisfaction=unsure", OUTCOME_COMPLETE, RESOLUTION_MISSING, false, 0},
        /* The last of several holds. */
        {"resolved=no satisfaction=1 resolved=open satisfaction=4", OUTCOME_COMPLETE, RESOLUTION_NO,
         true, 4},
        {"resolved=open resolved=yes", OUTCOME_PARTIAL, RESOLUTION_YES, false, 0},
        /* What the script does not have is no answer. */
        {"resolved=maybe satisfaction=6", OUTCOME_UNKNOWN_UNWORKED, RESOLUTION_MISSING, false, 0},
        {"resolved=yes resolved=maybe satisfaction=5 satisfaction=0", OUTCOME_COMPLETE,
         RESOLUTION_YES, false, 5},
        {"resolved= satisfaction= speed=5 unknown=yes", OUTCOME_UNKNOWN_UNWORKED,
         RESOLUTION_MISSING, false, 0},
        /* The parts of satisfaction are no satisfaction. */
        {"resolved=yes result=1 speed=1 attitude=1", OUTCOME_PARTIAL, RESOLUTION_YES, false, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct script_outcome outcome = read_answers(cases[i].answers);
        if (outcome.group != cases[i].group || outcome.resolved != cases[i].resolved ||
            outcome.still_open != cases[i].still_open ||
            outcome.satisfaction != cases[i].satisfaction)
            fail_msg("%s: group %d, resolved %d, open %d, satisfaction %d", cases[i].answers,
                     (int)outcome.group, (int)outcome.resolved, (int)outcome.still_open,
                     outcome.satisfaction);
    }
}

static void script_read__keeps_reason_and_words(void **state)
{
    (void)state;
    static const struct {
        const char *answers;
        const char *reason, *comment;
        bool may_share, is_coached;
    } cases[] = {
        {"satisfaction=1 why=slow", "办理时间长", "", false, false},
        {"satisfaction=2 why=policy", "政策不能满足要求", "", false, false},
        {"satisfaction=2 why=unsure", "", "", false, false},
        {"satisfaction=2", "", "", false, false},
        /* A change of mind makes the reason needless. */
        {"satisfaction=1 why=slow satisfaction=4", "", "", false, false},
        {"why=slow", "", "", false, false},
        {"other=yes:还漏水", "", "还漏水", false, false},
        {"other=yes:还漏水 share_words=yes", "", "还漏水", true, false},
        {"other=yes:还漏水 share_words=no", "", "还漏水", false, false},
        {"other=yes:还漏水 share_words=yes share_words=no", "", "还漏水", false, false},
        {"other=yes:还漏水 other=yes:修好了", "", "修好了", false, false},
        {"other=yes:还漏水 share_words=yes other=no", "", "", false, false},
        {"other=yes share_words=yes", "", "", false, false},
        {"share_words=yes", "", "", false, false},
        {"other=no:还漏水 share_words=yes", "", "", false, false},
        {"resolved=no:还漏水", "", "", false, false},
        {"coached=yes", "", "", false, true},
        {"coached=no", "", "", false, false},
        {"coached=unsure", "", "", false, false},
        {"coached=yes coached=no", "", "", false, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct script_outcome outcome = read_answers(cases[i].answers);
        if (!bytes_equal(outcome.reason, bytes_from_z(cases[i].reason)) ||
            !bytes_equal(outcome.comment, bytes_from_z(cases[i].comment)) ||
            outcome.may_share != cases[i].may_share || outcome.is_coached != cases[i].is_coached)
            fail_msg("%s: \"" BYTES_FMT "\" \"" BYTES_FMT "\" %d %d", cases[i].answers,
                     BYTES_ARG(outcome.reason), BYTES_ARG(outcome.comment), outcome.may_share,
                     outcome.is_coached);
    }
}

/* ---- what is read out ---- */

static void check_filled(const char *zh, const struct script_names *names, const char *expected)
{
    struct buf text;
    struct err err = {0};
    buf_init(&text, 4096);
    script_fill(zh, names, &text);
    assert_int_equal(buf_status(&text, &err), OK);
    if (!bytes_equal(buf_bytes(&text), bytes_from_z(expected)))
        fail_msg(BYTES_FMT ", not %s", BYTES_ARG(buf_bytes(&text)), expected);
    buf_deinit(&text);
}

static void script_fill__puts_names_in_their_places(void **state)
{
    (void)state;
    const struct script_names names = {
        .organ = BYTES_LIT("市绩效办"),
        .unit = BYTES_LIT("住建局"),
        .title = BYTES_LIT("{unit}漏水"),
        .day = BYTES_LIT("6月3日"),
        .phone = BYTES_LIT("0771-1234"),
    };
    const struct script_names none = {0};
    check_filled("{organ}{unit}{day}{phone}", &names, "市绩效办住建局6月3日0771-1234");
    check_filled("您{day}反映的“{title}”，", &names, "您6月3日反映的“{unit}漏水”，");
    check_filled("没有", &names, "没有");
    check_filled("", &names, "");
    check_filled("由{unit}办理，可拨打{phone}", &none, "由办理单位办理，可拨打12345热线");
    check_filled("{day}，{organ}，{title}", &none, "前一段时间，绩效考评机构，诉求");
}

static int fill_all(void *context, struct err *err)
{
    struct buf *text = context;
    const struct script_names none = {0};
    size_t count = 0;
    const struct script_item *items = script_items(&count);
    buf_init(text, 64 * 1024);
    for (size_t i = 0; i < count; i++)
        script_fill(items[i].zh, &none, text);
    int rc = buf_status(text, err);
    buf_deinit(text);
    return rc;
}

static void script_fill__survives_want_of_memory(void **state)
{
    (void)state;
    struct buf text;
    fault_loop(fill_all, &text);
}

/* No brace is left in any text, whatever the names. */
static void script_fill__knows_every_place_of_the_table(void **state)
{
    (void)state;
    const struct script_names none = {0};
    size_t count = 0;
    const struct script_item *items = script_items(&count);
    for (size_t i = 0; i < count; i++) {
        struct buf text;
        buf_init(&text, 4096);
        script_fill(items[i].zh, &none, &text);
        struct bytes filled = buf_bytes(&text);
        assert_int_equal(bytes_find(filled, BYTES_LIT("{")), filled.len);
        assert_int_equal(bytes_find(filled, BYTES_LIT("}")), filled.len);
        assert_int_equal(utf8_valid_prefix(filled), filled.len);
        for (struct bytes rest = bytes_from_z(items[i].zh); rest.ptr != NULL;) {
            (void)bytes_cut(&rest, '{');
            struct bytes place = rest.ptr != NULL ? bytes_cut(&rest, '}') : BYTES_LIT("organ");
            bool is_of_the_call =
                bytes_equal(place, BYTES_LIT("organ")) || bytes_equal(place, BYTES_LIT("phone"));
            bool is_of_an_order = bytes_equal(place, BYTES_LIT("unit")) ||
                                  bytes_equal(place, BYTES_LIT("title")) ||
                                  bytes_equal(place, BYTES_LIT("day"));
            assert_true(is_of_the_call || (is_of_an_order && items[i].place == SCRIPT_ORDER));
        }
        buf_deinit(&text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(script_items__stand_in_the_order_of_the_call),
        cmocka_unit_test(script_items__are_whole),
        cmocka_unit_test(script_items__ask_on_what_was_asked_before),
        cmocka_unit_test(script_items__offer_ratings_in_one_order),
        cmocka_unit_test(script_items__read_out_what_counts),
        cmocka_unit_test(script_items__leave_a_complete_under_twenty_keys),
        cmocka_unit_test(script_read__tells_complete_partial_and_nothing),
        cmocka_unit_test(script_read__keeps_reason_and_words),
        cmocka_unit_test(script_fill__puts_names_in_their_places),
        cmocka_unit_test(script_fill__survives_want_of_memory),
        cmocka_unit_test(script_fill__knows_every_place_of_the_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
