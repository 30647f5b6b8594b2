#include "service/followup/protocol.h"

#include "scoring/outcome.h"

#include "tests/service/followup/past_fixture.h"
#include "tests/support/chance.h"

/* Random cases, worked as the engine works them, under random rules: after every dial, and after every window that
 * nobody took, the next step must be a legal one. What is legal is asked of the past here by counting, not of
 * protocol.c. */

enum { WALKS = 1500, DIALS_MOST = 120, DAY = 24 * 3600 };

struct walk {
    uint64_t random;
    struct hours_fixture *fixture;
    struct past past;
    int64_t placed_anew;
};

static bool is_one_of(const char *code, const char *codes)
{
    char word[16];
    snprintf(word, sizeof word, " %s ", code);
    return code[0] != '\0' && strstr(codes, word) != NULL;
}

static int group_worth(const char *code)
{
    static const int worth[OUTCOME_GROUPS] = {8, 7, 5, 3, 4, 1, 2, 6};
    enum outcome_group group = OUTCOME_UNKNOWN_UNWORKED;
    assert_true(outcome_group_of(bytes_from_z(code), &group));
    return worth[group];
}

/* ---- the past, counted plainly ---- */

struct counts {
    int64_t attempts, days, parts, on_day_of_number;
    int64_t second_12, second_34, languages;
    int64_t first_day, since_release;
    bool must_end;
};

static bool is_released(const struct case_past *past, const struct dial_past *dial)
{
    return past->was_freed && dial->started_utc < past->freed_utc;
}

static struct counts count_past(const struct case_past *past, int64_t number_no, int64_t day)
{
    struct counts counts = {0};
    uint32_t parts = 0;
    int64_t last_day = 0;
    for (size_t i = 0; i < past->dial_count; i++) {
        const struct dial_past *dial = &past->dials[i];
        counts.on_day_of_number += dial->number_no == number_no && dial->day == day ? 1 : 0;
        if (dial->code[0] == '\0')
            continue;
        if (counts.attempts++ == 0)
            counts.first_day = dial->day;
        counts.days += dial->day != last_day ? 1 : 0;
        last_day = dial->day;
        parts |= 1U << dial->part;
        counts.since_release += !is_released(past, dial) ? 1 : 0;
        counts.languages += is_one_of(dial->code, " 2.33 ") ? 1 : 0;
        if (is_one_of(dial->code, " 2.12 ") && counts.second_12++ > 0)
            counts.must_end = counts.must_end || !is_released(past, dial);
        if (is_one_of(dial->code, " 2.34 ") && counts.second_34++ > 0)
            counts.must_end = true;
        if (is_one_of(dial->code, " 1.1 1.2 2.113 2.31 2.32 2.36 ") ||
            (is_one_of(dial->code, " 2.111 2.112 ") && !is_released(past, dial)))
            counts.must_end = true;
    }
    for (; parts != 0; parts &= parts - 1)
        counts.parts++;
    return counts;
}

static int64_t usable_numbers(const struct case_past *past)
{
    int64_t usable = 0;
    for (size_t no = 1; no <= past->number_count; no++) {
        bool is_dead = past->is_dead[no - 1];
        for (size_t i = 0; i < past->dial_count; i++)
            is_dead = is_dead || (past->dials[i].number_no == (int64_t)no &&
                                  is_one_of(past->dials[i].code, " 2.213 2.214 2.215 "));
        usable += is_dead ? 0 : 1;
    }
    return usable;
}

static int64_t least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* ---- what must hold ---- */

static void check_window(const struct walk *walk, const struct next *next)
{
    const struct calling_hours *hours = &walk->fixture->hours;
    struct calling_window window = {0};
    struct err err = {0};
    bool is_open = false;
    assert_int_equal(hours_window(hours, next->from_utc, &is_open, &window, &err), OK);
    assert_true(is_open);
    assert_true(next->from_utc < next->until_utc && next->until_utc <= window.until_utc);
    assert_true(next->until_utc > walk->past.value.now_utc);
    assert_in_range(next->number_no, 1, walk->past.value.number_count);
}

/* The retry of the rules, the other part, and the number's calls of the day. */
static void check_waiting(const struct walk *walk, const struct next *next)
{
    const struct rules *rules = &walk->fixture->rules;
    const struct case_past *past = &walk->past.value;
    const struct dial_past *last = &past->dials[past->dial_count - 1];
    int64_t day = (next->from_utc + 8 * 3600) / DAY;
    struct counts counts = count_past(past, next->number_no, day);
    bool is_soon = is_one_of(last->code, " 2.12 2.211 2.33 2.34 2.111 2.112 ");
    assert_true(next->from_utc >= last->ended_utc + (is_soon ? rules->followup.busy_retry_s
                                                             : rules->followup.no_answer_retry_s) ||
                past->was_freed);
    assert_true(counts.on_day_of_number < rules->followup.per_day);
    if (past->was_freed && counts.since_release == 0)
        assert_true(day > last->day);
    int64_t first_day = past->was_freed ? (past->freed_utc + 8 * 3600) / DAY : counts.first_day;
    if (counts.attempts > 0)
        assert_true(day < first_day + rules->followup.window_days);
}

/* Days and parts that the rules can have at all. */
static struct counts wanted_by(const struct rules *rules)
{
    struct counts wanted = {.days = least(PROTOCOL_MIN_DAYS, rules->followup.attempts)};
    for (uint32_t parts = hours_parts(rules); parts != 0; parts &= parts - 1)
        wanted.parts++;
    wanted.parts = least(wanted.parts, least(PROTOCOL_MIN_PARTS, rules->followup.attempts));
    return wanted;
}

/* No window is left that could still bring something. */
static void check_nothing_left(const struct walk *walk, const struct counts *counts)
{
    const struct calling_hours *hours = &walk->fixture->hours;
    const struct rules *rules = &walk->fixture->rules;
    const struct case_past *past = &walk->past.value;
    const struct dial_past *last = &past->dials[past->dial_count - 1];
    int64_t first_day = past->was_freed ? (past->freed_utc + 8 * 3600) / DAY : counts->first_day;
    int64_t from_utc =
        last->ended_utc + (rules->followup.no_answer_retry_s > rules->followup.busy_retry_s
                               ? rules->followup.no_answer_retry_s
                               : rules->followup.busy_retry_s);
    if (past->was_freed && counts->since_release == 0 && from_utc < (last->day + 1) * DAY)
        from_utc = (last->day + 1) * DAY - 8 * 3600;
    if (from_utc < past->now_utc)
        from_utc = past->now_utc;
    struct counts wanted = wanted_by(rules);
    struct calling_window window = {0};
    struct err err = {0};
    while (hours_find(hours, from_utc, 0, HOURS_ALL_PARTS, &window, &err) == OK &&
           window.day < first_day + rules->followup.window_days) {
        bool is_new_part = true;
        bool is_new_day = true;
        bool is_full = true; /* of every number */
        for (size_t i = 0; i < past->dial_count; i++) {
            bool is_attempt = past->dials[i].code[0] != '\0';
            is_new_part = is_new_part && !(is_attempt && past->dials[i].part == window.part);
            is_new_day = is_new_day && !(is_attempt && past->dials[i].day == window.day);
        }
        for (size_t no = 1; no <= past->number_count; no++)
            is_full = is_full && count_past(past, (int64_t)no, window.day).on_day_of_number >=
                                     rules->followup.per_day;
        /* With several numbers, the one proposed may have had its calls: that is for the next number's turn. */
        bool is_for_sure = past->number_count == 1 && !is_full;
        if (is_for_sure && counts->attempts < rules->followup.attempts)
            fail_msg("exhausted after %d attempts with a window left", (int)counts->attempts);
        if (is_for_sure && ((is_new_part && counts->parts < wanted.parts) ||
                            (is_new_day && counts->days < wanted.days)))
            fail_msg("exhausted on %d days in %d parts with a window left", (int)counts->days,
                     (int)counts->parts);
        from_utc = window.until_utc;
    }
}

static void check_final(const struct walk *walk, const struct next *next)
{
    const struct rules *rules = &walk->fixture->rules;
    const struct case_past *past = &walk->past.value;
    struct counts counts = count_past(past, 0, 0);
    struct counts wanted = wanted_by(rules);
    bool has_code = false;
    bool is_never = false;
    for (size_t i = 0; i < past->dial_count; i++) {
        const char *code = past->dials[i].code;
        has_code = has_code || strcmp(code, next->code) == 0;
        is_never = is_never || strcmp(code, "2.113") == 0;
        if (code[0] != '\0' && group_worth(code) > group_worth(next->code))
            fail_msg("final %s though there was %s", next->code, code);
    }
    assert_true(has_code || (counts.attempts == 0 && strcmp(next->code, "3.11") == 0));
    assert_int_equal(next->goes_on_do_not_call, is_never);
    assert_true(next->is_exhausted || counts.must_end || usable_numbers(past) == 0);
    assert_false(next->is_exhausted && (counts.must_end || counts.attempts == 0));
    bool is_full = counts.attempts >= rules->followup.attempts && counts.days >= wanted.days &&
                   counts.parts >= wanted.parts;
    if (next->is_exhausted && !is_full)
        check_nothing_left(walk, &counts);
}

static void check_next(const struct walk *walk, const struct next *next)
{
    const struct case_past *past = &walk->past.value;
    struct counts counts = count_past(past, 0, 0);
    if (counts.must_end || (past->dial_count > 0 && usable_numbers(past) == 0))
        assert_int_equal(next->step, NEXT_FINAL);
    switch (next->step) {
    case NEXT_QUEUED:
        assert_int_equal(past->dial_count, 0);
        break;
    case NEXT_NUMBER:
        assert_true(is_one_of(past->dials[past->dial_count - 1].code, " 2.213 2.214 2.215 "));
        check_window(walk, next);
        break;
    case NEXT_WAITING:
        check_window(walk, next);
        check_waiting(walk, next);
        break;
    case NEXT_APPOINTMENT:
        assert_true(past->appointment_utc != 0);
        assert_true(next->until_utc - next->from_utc <= APPOINTMENT_S);
        check_window(walk, next);
        break;
    case NEXT_FINAL:
        check_final(walk, next);
        break;
    }
}

static void step(const struct walk *walk, struct next *out)
{
    struct err err = {0};
    if (protocol_next(&walk->fixture->hours, &walk->past.value, out, &err) != OK)
        fail_msg("%s", err.message);
    check_next(walk, out);
}

/* ---- walking ---- */

static void random_rules(struct walk *walk)
{
    static const char *const hours[] = {
        "",
        "",
        "weekend = none\n",
        "weekday = 09:00-12:00\nweekend = none\n",
        "weekday = none\n",
        "weekday = 08:00-20:00\n",
        "weekday = 09:00-11:00 11:00-13:00 14:00-18:00 18:00-21:00\nweekend = 00:00-24:00\n",
    };
    char text[400];
    uint64_t *random = &walk->random;
    snprintf(text, sizeof text,
             "[followup]\n%sattempts = %d\nper_day = %d\nwindow = %dd\nbusy_retry = %dm\n"
             "no_answer_retry = %dm\n",
             hours[random_below(random, (int64_t)(sizeof hours / sizeof hours[0]))],
             (int)(1 + random_below(random, 8)), (int)(1 + random_below(random, 4)),
             (int)(1 + random_below(random, 25)), (int)(1 + random_below(random, 120)),
             (int)(1 + random_below(random, 600)));
    fixture_set_rules(walk->fixture, random_below(random, 3) == 0 ? NULL : text);
}

static struct bytes random_code(uint64_t *random)
{
    /* Mostly what a telephone says most of the day. */
    static const char *const often[] = {"2.21", "2.21", "2.21", "2.212", "2.211", "2.20", "2.221"};
    size_t count = 0;
    const struct disposition_offer *offers = disposition_offers(&count);
    if (random_below(random, 4) != 0)
        return bytes_from_z(often[random_below(random, (int64_t)(sizeof often / sizeof often[0]))]);
    int64_t at_offer = random_below(random, (int64_t)count + 1);
    return at_offer < (int64_t)count ? bytes_from_z(offers[at_offer].code) : BYTES_LIT("");
}

/* When somebody takes it; sometimes nobody does before it has passed. */
static int64_t take_time(struct walk *walk, struct next *next)
{
    while (random_below(&walk->random, 6) == 0 && next->step != NEXT_NUMBER) {
        walk->past.value.now_utc = next->until_utc + random_below(&walk->random, 2 * DAY);
        step(walk, next);
        walk->placed_anew++;
        if (next->step == NEXT_FINAL)
            return 0;
    }
    int64_t from_utc =
        next->from_utc > walk->past.value.now_utc ? next->from_utc : walk->past.value.now_utc;
    return from_utc + random_below(&walk->random, next->until_utc - from_utc);
}

static void dial(struct walk *walk, int64_t at_utc, int64_t number_no)
{
    struct case_past *past = &walk->past.value;
    past->appointment_utc = 0;
    past_add(&walk->past, &walk->fixture->hours, at_utc, random_code(&walk->random), number_no);
    if (is_one_of(past->dials[past->dial_count - 1].code, " 2.20 ") &&
        random_below(&walk->random, 2) == 0) {
        struct calling_window window = {0};
        struct err err = {0};
        assert_int_equal(hours_find(&walk->fixture->hours,
                                    past->now_utc + random_below(&walk->random, 10 * DAY), 0,
                                    HOURS_ALL_PARTS, &window, &err),
                         OK);
        past->appointment_utc =
            window.from_utc + random_below(&walk->random, window.until_utc - window.from_utc);
    }
}

/* A finished case stays so, whenever it is asked and whatever would be dialled by mistake. */
static void check_stays_final(struct walk *walk, const struct next *final)
{
    struct case_past *past = &walk->past.value;
    struct counts counts = count_past(past, 0, 0);
    struct next next = {0};
    past->now_utc += random_below(&walk->random, 60 * DAY);
    step(walk, &next);
    assert_int_equal(next.step, NEXT_FINAL);
    assert_string_equal(next.code, final->code);
    if (!counts.must_end)
        return;
    past_add(&walk->past, &walk->fixture->hours, past->now_utc, random_code(&walk->random), 1);
    step(walk, &next);
    assert_int_equal(next.step, NEXT_FINAL);
    assert_true(group_worth(next.code) >= group_worth(final->code));
}

static bool is_freed(struct walk *walk, const struct next *next)
{
    struct case_past *past = &walk->past.value;
    if (past->was_freed || next->is_exhausted || !is_one_of(next->code, " 2.111 2.112 2.12 ") ||
        random_below(&walk->random, 2) == 0)
        return false;
    past->now_utc += 1 + random_below(&walk->random, 10 * DAY);
    past->was_freed = true;
    past->freed_utc = past->now_utc;
    return true;
}

static void walk_once(struct walk *walk)
{
    struct next next = {0};
    past_init(&walk->past, (size_t)(1 + random_below(&walk->random, PAST_NUMBERS_MAX)));
    walk->past.value.now_utc = at("2024-01-02 09:00") + random_below(&walk->random, 300 * DAY);
    step(walk, &next);
    assert_int_equal(next.step, NEXT_QUEUED);
    int64_t at_utc = walk->past.value.now_utc;
    for (int dials = 0; dials < DIALS_MOST; dials++) {
        dial(walk, at_utc, next.number_no);
        step(walk, &next);
        if (next.step == NEXT_FINAL && is_freed(walk, &next))
            step(walk, &next);
        if (next.step != NEXT_FINAL)
            at_utc = take_time(walk, &next);
        if (next.step == NEXT_FINAL) {
            check_stays_final(walk, &next);
            return;
        }
    }
    fail_msg("a case is not final after %d dials", (int)DIALS_MOST);
}

static void protocol_next__always_leads_to_a_legal_step(void **state)
{
    (void)state;
    static struct walk walk;
    struct hours_fixture fixture;
    fixture_init(&fixture);
    walk = (struct walk){.random = 6, .fixture = &fixture};
    for (int i = 0; i < WALKS; i++) {
        random_rules(&walk);
        walk_once(&walk);
    }
    assert_true(walk.placed_anew > WALKS / 4);
    fixture_deinit(&fixture);
}

/* Under the default rules, taken as offered, a case nobody answers has its five attempts, three days and three parts,
 * whenever it begins and however the telephone stays silent. */
static void protocol_next__reaches_days_and_parts_with_the_attempts(void **state)
{
    (void)state;
    static const char *const silent[] = {"2.21", "2.211", "2.212", "2.20", "2.221", "3.20"};
    static struct walk walk;
    struct hours_fixture fixture;
    fixture_init(&fixture);
    walk = (struct walk){.random = 7, .fixture = &fixture};
    for (int64_t begin = at("2024-01-02 09:00"); begin < at("2024-11-20 09:00"); begin += DAY / 3) {
        struct next next = {.from_utc = begin, .number_no = 1};
        struct calling_window window = {0};
        struct err err = {0};
        past_init(&walk.past, 1);
        assert_int_equal(hours_find(&fixture.hours, begin, 0, HOURS_ALL_PARTS, &window, &err), OK);
        next.from_utc = window.from_utc;
        while (next.step != NEXT_FINAL) {
            const char *code = silent[random_below(&walk.random, 6)];
            past_add(&walk.past, &fixture.hours, next.from_utc, bytes_from_z(code), 1);
            step(&walk, &next);
        }
        struct counts counts = count_past(&walk.past.value, 0, 0);
        assert_true(next.is_exhausted);
        assert_int_equal(counts.attempts, 5);
        assert_true(counts.days >= 3 && counts.parts >= 3);
    }
    fixture_deinit(&fixture);
}

/* Every run of codes of length three, each dialled as early as it may be. */
static void protocol_next__is_legal_after_every_three_dials(void **state)
{
    (void)state;
    static struct walk walk;
    struct hours_fixture fixture;
    size_t count = 0;
    const struct disposition_offer *offers = disposition_offers(&count);
    fixture_init(&fixture);
    walk = (struct walk){.fixture = &fixture};
    size_t runs = (count + 1) * (count + 1) * (count + 1);
    for (size_t run = 0; run < runs; run++) {
        struct next next = {.from_utc = at("2024-06-03 09:00"), .number_no = 1};
        size_t rest = run;
        past_init(&walk.past, 2);
        for (int i = 0; i < 3 && next.step != NEXT_FINAL; i++, rest /= count + 1) {
            size_t choice = rest % (count + 1);
            struct bytes code = choice < count ? bytes_from_z(offers[choice].code) : BYTES_LIT("");
            past_add(&walk.past, &fixture.hours, next.from_utc, code, next.number_no);
            step(&walk, &next);
        }
    }
    fixture_deinit(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(protocol_next__always_leads_to_a_legal_step),
        cmocka_unit_test(protocol_next__reaches_days_and_parts_with_the_attempts),
        cmocka_unit_test(protocol_next__is_legal_after_every_three_dials),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
