#include "service/followup/protocol.h"

#include "scoring/outcome.h"

#include "tests/service/followup/past_fixture.h"

/* Stories are of June 2024: the 3rd is a Monday, the 10th a holiday, the 8th and 9th and the 15th and 16th weekends. */

/* "06-03 09:30" */
static int64_t in_2024(struct bytes text)
{
    char full[CLOCK_BYTES];
    assert_int_equal(text.len, 11);
    snprintf(full, sizeof full, "2024-%.11s", text.ptr);
    return at(full);
}

/* "06-03 09:30 2.21 #2, 06-03 15:00 -": the code, - for an interrupted dial, and the number, 1 if not said. */
static void add_dials(struct past *past, const struct calling_hours *hours, const char *text)
{
    for (struct bytes rest = bytes_from_z(text); rest.len > 0;) {
        struct bytes dial = bytes_trim(bytes_cut(&rest, ','));
        struct bytes tail = {dial.ptr + 12, dial.len - 12};
        struct bytes code = bytes_cut(&tail, ' ');
        int64_t number_no = 1;
        if (tail.len > 1)
            assert_true(bytes_to_int64((struct bytes){tail.ptr + 1, tail.len - 1}, &number_no));
        if (bytes_equal(code, BYTES_LIT("-")))
            code = BYTES_LIT("");
        past_add(past, hours, in_2024((struct bytes){dial.ptr, 11}), code, number_no);
    }
}

/* "waiting 06-03 15:00-18:00 #1", "final 2.112 exhausted", "queued #0" */
static void next_format(const struct next *next, char *out, size_t out_bytes)
{
    static const char *const steps[] = {"queued", "number", "waiting", "appointment", "final"};
    char from[CLOCK_BYTES] = "";
    char until[CLOCK_BYTES] = "";
    if (next->step == NEXT_FINAL) {
        snprintf(out, out_bytes, "final %s%s%s", next->code, next->is_exhausted ? " exhausted" : "",
                 next->goes_on_do_not_call ? " never" : "");
        assert_int_equal(next->number_no, 0);
        return;
    }
    assert_string_equal(next->code, "");
    assert_false(next->is_exhausted || next->goes_on_do_not_call);
    if (next->step == NEXT_QUEUED) {
        snprintf(out, out_bytes, "queued #%d", (int)next->number_no);
        return;
    }
    clock_format(next->from_utc, from);
    clock_format(next->until_utc, until);
    assert_memory_equal(from, until, 10);
    snprintf(out, out_bytes, "%s %s-%s #%d", steps[next->step], from + 5, until + 11,
             (int)next->number_no);
}

struct story {
    const char *name;
    const char *dials;
    const char *next;
    size_t numbers; /* 0: one */
    int64_t dead;   /* one that the engine has as dead */
    const char *now, *freed, *appointment;
    const char *rules;
};

static void check_stories(const struct story *stories, size_t count)
{
    static struct past past;
    struct hours_fixture fixture;
    fixture_init(&fixture);
    for (size_t i = 0; i < count; i++) {
        const struct story *story = &stories[i];
        struct next next = {0};
        struct err err = {0};
        char text[64];
        fixture_set_rules(&fixture, story->rules);
        past_init(&past, story->numbers != 0 ? story->numbers : 1);
        add_dials(&past, &fixture.hours, story->dials);
        if (story->dead != 0)
            past.is_dead[story->dead - 1] = true;
        if (story->now != NULL)
            past.value.now_utc = in_2024(bytes_from_z(story->now));
        if (story->freed != NULL) {
            past.value.was_freed = true;
            past.value.freed_utc = in_2024(bytes_from_z(story->freed));
        }
        if (story->appointment != NULL)
            past.value.appointment_utc = in_2024(bytes_from_z(story->appointment));
        if (protocol_next(&fixture.hours, &past.value, &next, &err) != OK)
            fail_msg("%s: %s", story->name, err.message);
        next_format(&next, text, sizeof text);
        if (strcmp(text, story->next) != 0)
            fail_msg("%s: %s, not %s", story->name, text, story->next);
    }
    fixture_deinit(&fixture);
}
#define CHECK_STORIES(stories) check_stories(stories, sizeof(stories) / sizeof(stories)[0])

static void protocol_next__after_one_dial_follows_the_table(void **state)
{
    (void)state;
    static const struct story stories[] = {
        {"complete", "06-03 09:30 1.1", .next = "final 1.1"},
        {"partial", "06-03 09:30 1.2", .next = "final 1.2"},
        {"refused by another", "06-03 09:30 2.111", .next = "final 2.111"},
        {"refused", "06-03 09:30 2.112", .next = "final 2.112"},
        {"never again", "06-03 09:30 2.113", .next = "final 2.113 never"},
        {"hung up", "06-03 09:30 2.12", .next = "waiting 06-03 10:01-12:00 #1"},
        {"not at home", "06-03 09:30 2.20", .next = "waiting 06-03 15:00-18:00 #1"},
        {"no answer", "06-03 09:30 2.21", .next = "waiting 06-03 15:00-18:00 #1"},
        {"busy", "06-03 09:30 2.211", .next = "waiting 06-03 10:01-12:00 #1"},
        {"switched off", "06-03 09:30 2.212", .next = "waiting 06-03 15:00-18:00 #1"},
        {"suspended", "06-03 09:30 2.213", .next = "final 2.213"},
        {"no such number", "06-03 09:30 2.214", .next = "final 2.214"},
        {"wrong number", "06-03 09:30 2.215", .next = "final 2.215"},
        {"machine", "06-03 09:30 2.221", .next = "waiting 06-03 15:00-18:00 #1"},
        {"died", "06-03 09:30 2.31", .next = "final 2.31"},
        {"ill", "06-03 09:30 2.32", .next = "final 2.32"},
        {"language", "06-03 09:30 2.33", .next = "waiting 06-03 10:01-12:00 #1"},
        {"bad line", "06-03 09:30 2.34", .next = "waiting 06-03 10:01-12:00 #1"},
        {"other", "06-03 09:30 2.36", .next = "final 2.36"},
        {"who?", "06-03 09:30 3.20", .next = "waiting 06-03 15:00-18:00 #1"},
        {"interrupted", "06-03 09:30 -", .next = "waiting 06-03 15:00-18:00 #1"},
        {"undialled", "", .next = "queued #1", .now = "06-03 09:30"},
    };
    /* Every code that is offered is in the table above. */
    size_t offered = 0;
    const struct disposition_offer *offers = disposition_offers(&offered);
    assert_int_equal(sizeof stories / sizeof stories[0], offered + 2);
    for (size_t i = 0; i < offered; i++) {
        bool is_there = false;
        for (size_t j = 0; j < offered; j++)
            is_there = is_there || strcmp(stories[j].dials + 12, offers[i].code) == 0;
        if (!is_there)
            fail_msg("%s", offers[i].code);
    }
    CHECK_STORIES(stories);
}

static void protocol_next__second_times_and_releases(void **state)
{
    (void)state;
    static const struct story stories[] = {
        {"hung up twice", "06-03 09:30 2.12, 06-03 10:30 2.12", .next = "final 2.12"},
        {"bad line twice", "06-03 09:30 2.34, 06-03 10:30 2.34", .next = "final 2.34"},
        {"one of each", "06-03 09:30 2.12, 06-03 15:30 2.34",
         .next = "waiting 06-04 09:00-12:00 #1"},
        {"not in a row", "06-03 09:30 2.12, 06-03 15:30 2.21, 06-04 19:00 2.12",
         .next = "final 2.12"},
        {"busy twice", "06-03 09:30 2.211, 06-03 10:30 2.211",
         .next = "waiting 06-04 09:00-12:00 #1"},
        {"a refusal stands over what came later", "06-03 09:30 2.112, 06-03 15:30 2.21",
         .next = "final 2.112"},
        {"released, on another day", "06-03 09:30 2.112", .next = "waiting 06-04 09:00-12:00 #1",
         .now = "06-03 10:00", .freed = "06-03 10:00"},
        {"released later", "06-03 09:30 2.111", .next = "waiting 06-05 16:00-18:00 #1",
         .now = "06-05 16:00", .freed = "06-05 15:59"},
        {"a break-off is released so too", "06-03 09:30 2.12, 06-03 10:30 2.12",
         .next = "waiting 06-04 09:00-12:00 #1", .now = "06-03 11:00", .freed = "06-03 11:00"},
        {"refused again", "06-03 09:30 2.112, 06-04 09:30 2.111", .next = "final 2.111",
         .freed = "06-03 10:00"},
        {"hung up after the release", "06-03 09:30 2.112, 06-04 09:30 2.12",
         .next = "waiting 06-04 10:01-12:00 #1", .freed = "06-03 10:00"},
        {"hung up before and after it", "06-03 09:30 2.12, 06-03 10:30 2.112, 06-04 09:30 2.12",
         .next = "final 2.12", .freed = "06-03 11:00"},
        {"answered after it", "06-03 09:30 2.112, 06-04 09:30 1.1", .next = "final 1.1",
         .freed = "06-03 10:00"},
        {"interrupted after it: not yet the call it is owed", "06-03 09:30 2.112, 06-04 09:30 -",
         .next = "waiting 06-05 09:00-12:00 #1", .freed = "06-03 10:00"},
        {"not reached after it: on by the rules", "06-03 09:30 2.112, 06-04 09:30 2.21",
         .next = "waiting 06-04 15:00-18:00 #1", .freed = "06-03 10:00"},
        {"never again cannot be released", "06-03 09:30 2.113", .next = "final 2.113 never",
         .freed = "06-03 10:00"},
        {"an answer stands over a refusal", "06-03 09:30 1.2, 06-03 10:30 2.112",
         .next = "final 1.2"},
    };
    CHECK_STORIES(stories);
}

static void protocol_next__numbers_take_turns(void **state)
{
    (void)state;
    static const struct story stories[] = {
        {"none", "", .next = "queued #0", .now = "06-03 09:30", .dead = 1},
        {"the first is dead", "", .next = "queued #2", .now = "06-03 09:30", .dead = 1,
         .numbers = 2},
        {"the next at once", "06-03 09:30 2.214", .next = "number 06-03 09:31-12:00 #2",
         .numbers = 2},
        {"the one after it", "06-03 09:30 2.214", .next = "number 06-03 09:31-12:00 #3",
         .numbers = 3, .dead = 2},
        {"back to the first", "06-03 09:30 2.21, 06-03 15:30 2.215 #2",
         .next = "number 06-03 15:31-18:00 #1", .numbers = 2},
        {"all dead", "06-03 09:30 2.214, 06-03 09:35 2.213 #2", .next = "final 2.213",
         .numbers = 2},
        {"dead to the engine", "06-03 09:30 2.21", .next = "final 2.21", .dead = 1},
        {"the hours are over", "06-03 20:29 2.214", .next = "number 06-04 09:00-12:00 #2",
         .numbers = 2},
        {"the other had its calls of the day",
         "06-03 09:30 2.211, 06-03 10:30 2.211, 06-03 15:00 2.214 #2",
         .next = "number 06-04 09:00-12:00 #1", .numbers = 2},
        {"one refused on the first number", "06-03 09:30 2.112, 06-04 09:30 2.214",
         .next = "final 2.112", .freed = "06-03 10:00"},
        {"one machine: the same", "06-03 09:30 2.221", .next = "waiting 06-03 15:00-18:00 #1",
         .numbers = 2},
        {"two machines: the next", "06-03 09:30 2.221, 06-03 15:30 2.221",
         .next = "waiting 06-03 19:00-20:30 #2", .numbers = 2},
        {"machines on two", "06-03 09:30 2.221, 06-03 15:30 2.221 #2",
         .next = "waiting 06-03 19:00-20:30 #2", .numbers = 2},
        {"machines everywhere: in turn",
         "06-03 09:30 2.221, 06-03 15:30 2.221, 06-03 19:00 2.221 #2, 06-04 09:00 2.221 #2",
         .next = "waiting 06-08 10:00-12:00 #1", .numbers = 2},
        {"a machine alone", "06-03 09:30 2.221, 06-03 15:30 2.221",
         .next = "waiting 06-04 19:00-20:30 #1"},
        {"no answer stays with its number", "06-03 09:30 2.21 #2",
         .next = "waiting 06-03 15:00-18:00 #2", .numbers = 2},
        {"a dead number after the last attempt leaves the other its call",
         "06-03 09:30 2.21, 06-03 15:00 2.21, 06-04 19:00 2.21, 06-08 10:00 2.21, 06-11 09:00 "
         "2.214",
         .next = "number 06-11 09:01-12:00 #2", .numbers = 2},
        {"and on the last day too", "06-03 09:30 2.21, 06-17 09:30 2.214",
         .next = "number 06-17 09:31-12:00 #2", .numbers = 2},
        {"and of a call beyond it", "06-03 09:30 2.20, 07-01 10:00 2.214",
         .next = "number 07-01 10:01-12:00 #2", .numbers = 2},
        {"but the window's end is the end", "06-03 09:30 2.21, 06-17 20:29 2.214",
         .next = "final 2.214 exhausted", .numbers = 2},
    };
    CHECK_STORIES(stories);
}

static void protocol_next__appointments_are_kept(void **state)
{
    (void)state;
    static const struct story stories[] = {
        {"booked before any dial", "", .next = "appointment 06-04 10:00-11:00 #1",
         .now = "06-03 10:00", .appointment = "06-04 10:00"},
        {"named in a call", "06-03 09:30 2.20", .next = "appointment 06-04 16:00-17:00 #1",
         .appointment = "06-04 16:00"},
        {"no longer than the hours", "06-03 09:30 2.20", .next = "appointment 06-04 11:40-12:00 #1",
         .appointment = "06-04 11:40"},
        {"going on", "06-03 09:30 2.20", .next = "appointment 06-04 10:00-11:00 #1",
         .appointment = "06-04 10:00", .now = "06-04 10:59"},
        {"missed: from now", "06-03 09:30 2.20", .next = "appointment 06-04 11:00-12:00 #1",
         .appointment = "06-04 10:00", .now = "06-04 11:00"},
        {"missed by days", "06-03 09:30 2.20", .next = "appointment 06-11 09:00-10:00 #1",
         .appointment = "06-04 10:00", .now = "06-10 11:00"},
        {"beyond the window", "06-03 09:30 2.20", .next = "appointment 07-01 10:00-11:00 #1",
         .appointment = "07-01 10:00"},
        {"after all attempts",
         "06-03 09:30 2.21, 06-03 15:00 2.21, 06-04 19:00 2.21, 06-08 10:00 2.21, 06-11 09:00 2.20",
         .next = "appointment 06-20 10:00-11:00 #1", .appointment = "06-20 10:00"},
        {"for a day that became a holiday", "06-03 09:30 2.20",
         .next = "appointment 06-11 09:00-10:00 #1", .appointment = "06-10 10:00"},
        {"of a released refusal", "06-03 09:30 2.112", .next = "appointment 06-03 16:00-17:00 #1",
         .appointment = "06-03 16:00", .freed = "06-03 10:00"},
        {"not of a refusal", "06-03 09:30 2.112", .next = "final 2.112",
         .appointment = "06-04 10:00"},
        {"a dead number first tries the next", "06-03 09:30 2.214",
         .next = "number 06-03 09:31-12:00 #2", .appointment = "06-04 10:00", .numbers = 2},
    };
    CHECK_STORIES(stories);
}

static void protocol_next__spreads_attempts_and_ends(void **state)
{
    (void)state;
    static const struct story stories[] = {
        /* The default protocol, dial by dial. */
        {"second", "06-03 09:30 2.21", .next = "waiting 06-03 15:00-18:00 #1"},
        {"third: two a day are enough", "06-03 09:30 2.21, 06-03 15:00 2.21",
         .next = "waiting 06-04 19:00-20:30 #1"},
        {"fourth", "06-03 09:30 2.21, 06-03 15:00 2.21, 06-04 19:00 2.21",
         .next = "waiting 06-08 10:00-12:00 #1"},
        {"fifth", "06-03 09:30 2.21, 06-03 15:00 2.21, 06-04 19:00 2.21, 06-08 10:00 2.21",
         .next = "waiting 06-11 09:00-12:00 #1"},
        {"done",
         "06-03 09:30 2.21, 06-03 15:00 2.21, 06-04 19:00 2.21, 06-08 10:00 2.21, 06-11 09:00 2.21",
         .next = "final 2.21 exhausted"},
        {"a refusal is not overwritten by the end",
         "06-03 09:30 2.12, 06-03 15:00 2.21, 06-04 19:00 2.21, 06-08 10:00 2.21, 06-11 09:00 2.21",
         .next = "final 2.12 exhausted"},
        {"an interrupted dial is no attempt",
         "06-03 09:30 2.21, 06-03 15:00 2.21, 06-04 19:00 2.21, 06-08 10:00 2.21, 06-11 09:00 -",
         .next = "waiting 06-11 15:00-18:00 #1"},
        {"but it is a call of the day", "06-03 09:30 2.21, 06-03 15:00 -",
         .next = "waiting 06-04 19:00-20:30 #1"},
        {"what is owed to the person of another language",
         "06-03 09:30 2.21, 06-03 15:00 2.21, 06-04 19:00 2.21, 06-08 10:00 2.21, 06-11 09:00 2.33",
         .next = "waiting 06-11 09:31-12:00 #1"},
        {"is owed once",
         "06-03 09:30 2.21, 06-03 15:00 2.21, 06-04 19:00 2.33, 06-08 10:00 2.21, 06-11 09:00 2.33",
         .next = "final 2.33 exhausted"},
        {"what is owed to a released refusal",
         "06-03 09:30 2.21, 06-03 15:00 2.21, 06-04 19:00 2.21, 06-08 10:00 2.21, 06-11 09:00 "
         "2.112",
         .next = "waiting 06-12 09:00-12:00 #1", .freed = "06-11 10:00"},
        {"and no more than that",
         "06-03 09:30 2.21, 06-03 15:00 2.21, 06-04 19:00 2.21, 06-08 10:00 2.21, 06-11 09:00 "
         "2.112, "
         "06-12 09:00 2.21",
         .next = "final 2.112 exhausted", .freed = "06-11 10:00"},
        {"a release begins a window of its own", "06-03 09:30 2.112",
         .next = "waiting 06-25 16:00-18:00 #1", .freed = "06-25 10:00", .now = "06-25 16:00"},
        {"which ends", "06-03 09:30 2.112", .next = "final 2.112 exhausted", .freed = "06-25 10:00",
         .now = "07-09 20:30"},
        {"busy again and again: parts that are missing come first",
         "06-03 09:30 2.211, 06-03 10:30 2.211, 06-04 09:30 2.211",
         .next = "waiting 06-04 15:00-18:00 #1"},
        {"days that are missing come first", "06-03 09:30 2.211, 06-03 15:00 2.211",
         .next = "waiting 06-04 09:00-12:00 #1",
         .rules = "[followup]\nattempts = 4\nper_day = 9\n"},
        {"attempts are done, days are not", "06-03 09:30 2.21, 06-03 15:00 2.21, 06-03 19:00 2.21",
         .next = "waiting 06-08 10:00-12:00 #1",
         .rules = "[followup]\nattempts = 3\nper_day = 9\n"},
        {"attempts are done, a part is not", "06-03 09:30 2.21, 06-04 09:30 2.21, 06-05 15:30 2.21",
         .next = "waiting 06-05 19:00-20:30 #1", .rules = "[followup]\nattempts = 3\n"},
        {"fewer attempts than days", "06-03 09:30 2.21, 06-03 15:00 2.21",
         .next = "waiting 06-04 19:00-20:30 #1", .rules = "[followup]\nattempts = 3\n"},
        {"two attempts", "06-03 09:30 2.21", .next = "waiting 06-04 15:00-18:00 #1",
         .rules = "[followup]\nattempts = 2\n"},
        {"one attempt", "06-03 09:30 2.21", .next = "final 2.21 exhausted",
         .rules = "[followup]\nattempts = 1\n"},
        {"hours of one part alone", "06-03 09:30 2.21", .next = "waiting 06-03 12:31-14:00 #1",
         .rules = "[followup]\nweekday = 09:00-14:00\nweekend = none\n"},
        {"they are enough",
         "06-03 09:30 2.21, 06-03 13:00 2.21, 06-04 09:30 2.21, 06-04 13:00 2.21, 06-05 09:00 2.21",
         .next = "final 2.21 exhausted",
         .rules = "[followup]\nweekday = 09:00-14:00\nweekend = none\n"},
    };
    CHECK_STORIES(stories);
}

static void protocol_next__ends_with_its_window(void **state)
{
    (void)state;
    static const struct story stories[] = {
        {"its last day", "06-03 09:30 2.21", .next = "waiting 06-17 15:00-18:00 #1",
         .now = "06-17 12:00"},
        {"its last minute", "06-03 09:30 2.21", .next = "waiting 06-17 20:29-20:30 #1",
         .now = "06-17 20:29"},
        {"its end", "06-03 09:30 2.21", .next = "final 2.21 exhausted", .now = "06-17 20:30"},
        {"nothing within the retry", "06-03 09:30 2.21, 06-17 17:31 2.21",
         .next = "final 2.21 exhausted"},
        {"an interrupted dial begins none", "06-03 09:30 -", .next = "waiting 06-25 15:00-18:00 #1",
         .now = "06-25 15:00"},
        {"a part that the window does not have is not waited for",
         "06-03 09:30 2.21, 06-04 09:30 2.21, 06-05 09:30 2.21, 06-05 15:30 2.21",
         .next = "final 2.21 exhausted", .now = "06-07 12:00",
         .rules = "[followup]\nattempts = 4\nwindow = 5d\nweekday = 09:00-12:00 15:00-16:00\n"},
        {"a window that passed is placed anew", "06-03 09:30 2.21",
         .next = "waiting 06-03 19:00-20:30 #1", .now = "06-03 18:00"},
        {"no other part today: tomorrow", "06-03 19:30 2.21",
         .next = "waiting 06-04 09:00-12:00 #1"},
    };
    CHECK_STORIES(stories);
}

static void protocol_next__refuses_what_no_caller_says(void **state)
{
    (void)state;
    static const char *const codes[] = {"4.10", "3.11", "2.1", "1", "2.222", "x"};
    static struct past past;
    struct hours_fixture fixture;
    fixture_init(&fixture);
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        struct next next = {.step = NEXT_NUMBER};
        struct err err = {0};
        past_init(&past, 1);
        past_add(&past, &fixture.hours, at("2024-06-03 09:30"), bytes_from_z(codes[i]), 1);
        if (protocol_next(&fixture.hours, &past.value, &next, &err) != ERR_CORRUPT)
            fail_msg("%s", codes[i]);
        assert_int_equal(next.step, NEXT_NUMBER);
    }
    fixture_deinit(&fixture);
}

static void protocol_next__meets_the_end_of_the_calendar(void **state)
{
    (void)state;
    static struct past past;
    struct hours_fixture fixture;
    struct next next = {.step = NEXT_NUMBER};
    struct err err = {0};
    fixture_init(&fixture);
    past_init(&past, 1);
    past_add(&past, &fixture.hours, at("2026-12-31 15:30"), BYTES_LIT("2.21"), 1);
    /* Before the year ends there is the evening. */
    assert_int_equal(protocol_next(&fixture.hours, &past.value, &next, &err), OK);
    assert_int_equal(next.from_utc, at("2026-12-31 19:00"));
    past.value.now_utc = at("2026-12-31 20:30");
    assert_int_equal(protocol_next(&fixture.hours, &past.value, &next, &err), ERR_NO_CALENDAR);
    assert_int_equal(next.from_utc, at("2026-12-31 19:00"));
    /* Nothing has to be known of it when the window ends with the old year. */
    fixture_set_rules(&fixture, "[followup]\nwindow = 1d\n");
    assert_int_equal(protocol_next(&fixture.hours, &past.value, &next, &err), OK);
    assert_true(next.step == NEXT_FINAL && next.is_exhausted);
    past.value.appointment_utc = at("2027-01-04 10:00");
    assert_int_equal(protocol_next(&fixture.hours, &past.value, &next, &err), ERR_NO_CALENDAR);
    fixture_set_rules(&fixture, NULL);
    /* A part that was tried is better than a year that nobody knows. */
    past_init(&past, 1);
    past_add(&past, &fixture.hours, at("2026-12-29 15:30"), BYTES_LIT("2.21"), 1);
    past_add(&past, &fixture.hours, at("2026-12-30 19:00"), BYTES_LIT("2.21"), 1);
    past_add(&past, &fixture.hours, at("2026-12-31 09:30"), BYTES_LIT("2.21"), 1);
    assert_int_equal(protocol_next(&fixture.hours, &past.value, &next, &err), OK);
    assert_int_equal(next.from_utc, at("2026-12-31 15:00"));
    /* What needs no time needs no calendar. */
    memcpy(past.dials[0].code, "1.1", 4);
    assert_int_equal(protocol_next(&fixture.hours, &past.value, &next, &err), OK);
    assert_int_equal(next.step, NEXT_FINAL);
    /* No hours at all: nothing can be reached. */
    memcpy(past.dials[0].code, "2.21", 5);
    past.value.appointment_utc = at("2026-06-01 10:00");
    past.value.now_utc = at("2026-06-01 09:00");
    fixture_set_rules(&fixture, "[followup]\nweekday = none\nweekend = none\n");
    assert_int_equal(protocol_next(&fixture.hours, &past.value, &next, &err), ERR_NOT_FOUND);
    fixture_deinit(&fixture);
}

static void disposition_offers__are_named_as_everywhere(void **state)
{
    (void)state;
    size_t count = 0;
    size_t known = 0;
    const struct disposition_offer *offers = disposition_offers(&count);
    (void)outcome_dispositions(&known);
    assert_int_equal(count,
                     known - 2); /* 未拨打 is for nobody to say, 不属本次样本 for a supervisor */
    for (size_t i = 0; i < count; i++) {
        struct bytes code = BYTES_NONE;
        if (!outcome_code_of(bytes_from_z(offers[i].zh), &code) ||
            !bytes_equal(code, bytes_from_z(offers[i].code)))
            fail_msg("%s %s", offers[i].code, offers[i].zh);
        for (size_t j = 0; j < i; j++)
            assert_string_not_equal(offers[i].code, offers[j].code);
        assert_true(strlen(offers[i].then_zh) > 0);
        assert_int_equal(offers[i].may_ask == ASKS_TIME, strcmp(offers[i].code, "2.20") == 0);
        assert_int_equal(offers[i].may_ask == ASKS_LANGUAGE, strcmp(offers[i].code, "2.33") == 0);
    }
}

static bool begins(const char *text, const char *with)
{
    return bytes_starts_with(bytes_from_z(text), bytes_from_z(with));
}

/* What the page promises the caller is what the protocol does with a person's only number. */
static void disposition_offers__say_what_follows(void **state)
{
    (void)state;
    static struct past past;
    struct hours_fixture fixture;
    size_t count = 0;
    const struct disposition_offer *offers = disposition_offers(&count);
    fixture_init(&fixture);
    for (size_t i = 0; i < count; i++) {
        const char *then = offers[i].then_zh;
        struct next next = {0};
        struct err err = {0};
        past_init(&past, 1);
        past_add(&past, &fixture.hours, at("2024-06-03 09:30"), bytes_from_z(offers[i].code), 1);
        assert_int_equal(protocol_next(&fixture.hours, &past.value, &next, &err), OK);
        bool is_final = begins(then, "结束") || begins(then, "换号码，没有其他号码的结束");
        bool is_other_part =
            begins(then, "换时段再拨") || begins(then, "按约定时间再拨，未约定的换时段再拨");
        bool is_soon = begins(then, "稍后再拨") || begins(then, "转给会说该语言的话务员");
        assert_int_equal(is_final + is_other_part + is_soon, 1);
        if (is_final != (next.step == NEXT_FINAL) ||
            (is_soon && next.from_utc != at("2024-06-03 10:01")) ||
            (is_other_part && next.from_utc != at("2024-06-03 15:00")))
            fail_msg("%s %s", offers[i].code, then);
        bool names_list = bytes_find(bytes_from_z(then), BYTES_LIT("免打扰名单")) < strlen(then);
        assert_int_equal(next.goes_on_do_not_call, names_list);
    }
    fixture_deinit(&fixture);
}

static void protocol_is_end__takes_any_code_of_a_file(void **state)
{
    static const struct {
        const char *code;
        bool is_end;
    } codes[] = {
        {"1.1", true},    {"1.2", true},    {"2.111", true}, {"2.112", true}, {"2.113", true},
        {"2.11", true},   {"2.30", true},   {"2.31", true},  {"2.32", true},  {"2.36", true},
        {"4", true},      {"4.10", true},   {"2.12", false}, {"2.20", false}, {"2.21", false},
        {"2.213", false}, {"2.222", false}, {"2.33", false}, {"2.34", false}, {"3.11", false},
        {"3.20", false},  {"3.9", false},   {"", false},     {"none", false}, {"2.1134567", false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        if (protocol_is_end(bytes_from_z(codes[i].code)) != codes[i].is_end)
            fail_msg("%s", codes[i].code);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(protocol_is_end__takes_any_code_of_a_file),
        cmocka_unit_test(protocol_next__after_one_dial_follows_the_table),
        cmocka_unit_test(protocol_next__second_times_and_releases),
        cmocka_unit_test(protocol_next__numbers_take_turns),
        cmocka_unit_test(protocol_next__appointments_are_kept),
        cmocka_unit_test(protocol_next__spreads_attempts_and_ends),
        cmocka_unit_test(protocol_next__ends_with_its_window),
        cmocka_unit_test(protocol_next__refuses_what_no_caller_says),
        cmocka_unit_test(protocol_next__meets_the_end_of_the_calendar),
        cmocka_unit_test(disposition_offers__are_named_as_everywhere),
        cmocka_unit_test(disposition_offers__say_what_follows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
