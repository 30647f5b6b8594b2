#include "service/followup/protocol.h"

#include "scoring/outcome.h"

#include <string.h>

/* A case's past is read once into `struct tally`; everything after that is questions to it. A time is found by looking
 * at every window until the end and taking the one with the lowest rank. */

/* ---- what a code means ---- */

enum meaning {
    MEANS_NOTHING,    /* interrupted: no attempt, else as no contact */
    MEANS_END,        /* nothing more can come of it */
    MEANS_REFUSAL,    /* the end, until a supervisor releases it */
    MEANS_BREAK_OFF,  /* again soon; the second time a refusal */
    MEANS_BAD_LINE,   /* again soon; the second time the end */
    MEANS_BUSY,       /* again soon */
    MEANS_LANGUAGE,   /* again soon, by somebody else */
    MEANS_NO_CONTACT, /* again at another time of day */
    MEANS_MACHINE,    /* so too; the second time on another number */
    MEANS_DEAD        /* the number is no use */
};

static bool find_meaning(const char *code, enum meaning *out)
{
    static const struct {
        char code[CASE_CODE_BYTES];
        enum meaning meaning;
    } codes[] = {
        {"", MEANS_NOTHING},       {"1.1", MEANS_END},          {"1.2", MEANS_END},
        {"2.111", MEANS_REFUSAL},  {"2.112", MEANS_REFUSAL},    {"2.113", MEANS_END},
        {"2.12", MEANS_BREAK_OFF}, {"2.20", MEANS_NO_CONTACT},  {"2.21", MEANS_NO_CONTACT},
        {"2.211", MEANS_BUSY},     {"2.212", MEANS_NO_CONTACT}, {"2.213", MEANS_DEAD},
        {"2.214", MEANS_DEAD},     {"2.215", MEANS_DEAD},       {"2.221", MEANS_MACHINE},
        {"2.31", MEANS_END},       {"2.32", MEANS_END},         {"2.33", MEANS_LANGUAGE},
        {"2.34", MEANS_BAD_LINE},  {"2.36", MEANS_END},         {"3.20", MEANS_NO_CONTACT},
    };
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        if (strcmp(codes[i].code, code) == 0) {
            *out = codes[i].meaning;
            return true;
        }
    }
    return false;
}

/* What no caller may give says what its group says. */
bool protocol_is_end(struct bytes code)
{
    enum meaning meaning = MEANS_NOTHING;
    enum outcome_group group = OUTCOME_UNKNOWN_UNWORKED;
    char text[CASE_CODE_BYTES] = "";
    if (code.len == 0 || code.len >= sizeof text)
        return false;
    memcpy(text, code.ptr, code.len);
    if (find_meaning(text, &meaning))
        return meaning == MEANS_END || meaning == MEANS_REFUSAL;
    (void)outcome_group_of(code, &group);
    return group == OUTCOME_REFUSAL || group == OUTCOME_OTHER || group == OUTCOME_INELIGIBLE;
}

/* ---- the past, counted ---- */

struct tally {
    const struct dial_past *last; /* NULL: never dialled */
    enum meaning last_meaning;    /* MEANS_NOTHING then */
    int64_t attempts, days;
    int64_t of_part[DAY_PART_COUNT];
    int64_t first_day; /* of the first attempt */
    const char *code;  /* that prevails; NULL: no attempt */
    int64_t break_offs, bad_lines, languages;
    bool has_ended, is_never_again;
    bool is_release_owed; /* a refusal was released, no attempt since */
    bool is_language_owed;
};

static bool is_attempt(const struct dial_past *dial)
{
    return dial->code[0] != '\0';
}

static bool has_attempt_on(const struct case_past *past, size_t dials, int64_t day)
{
    for (size_t i = 0; i < dials; i++) {
        if (past->dials[i].day == day && is_attempt(&past->dials[i]))
            return true;
    }
    return false;
}

static void weigh_code(struct tally *tally, const char *code)
{
    enum outcome_group later = OUTCOME_UNKNOWN_UNWORKED;
    enum outcome_group held = OUTCOME_UNKNOWN_UNWORKED;
    (void)outcome_group_of(bytes_from_z(code), &later);
    if (tally->code != NULL)
        (void)outcome_group_of(bytes_from_z(tally->code), &held);
    if (tally->code == NULL || outcome_prevails(later, held))
        tally->code = code;
}

/* Whether this dial, counted already, ends the case. */
static bool ends(const struct tally *tally, const struct case_past *past,
                 const struct dial_past *dial, enum meaning meaning)
{
    bool is_released = past->was_freed && dial->started_utc < past->freed_utc;
    switch (meaning) {
    case MEANS_END:
        return true;
    case MEANS_REFUSAL:
        return !is_released;
    case MEANS_BREAK_OFF:
        return tally->break_offs >= 2 && !is_released;
    case MEANS_BAD_LINE:
        return tally->bad_lines >= 2;
    case MEANS_BUSY:
    case MEANS_LANGUAGE:
    case MEANS_NO_CONTACT:
    case MEANS_MACHINE:
    case MEANS_DEAD:
    case MEANS_NOTHING:
        break;
    }
    return false;
}

static void count_attempt(struct tally *tally, const struct case_past *past, size_t at,
                          enum meaning meaning)
{
    const struct dial_past *dial = &past->dials[at];
    if (tally->attempts == 0)
        tally->first_day = dial->day;
    tally->attempts++;
    tally->days += has_attempt_on(past, at, dial->day) ? 0 : 1;
    tally->of_part[dial->part]++;
    tally->break_offs += meaning == MEANS_BREAK_OFF ? 1 : 0;
    tally->bad_lines += meaning == MEANS_BAD_LINE ? 1 : 0;
    tally->languages += meaning == MEANS_LANGUAGE ? 1 : 0;
    tally->is_language_owed = meaning == MEANS_LANGUAGE && tally->languages == 1;
    if (dial->started_utc >= past->freed_utc)
        tally->is_release_owed = false;
    tally->is_never_again = tally->is_never_again || strcmp(dial->code, "2.113") == 0;
    tally->has_ended = tally->has_ended || ends(tally, past, dial, meaning);
    weigh_code(tally, dial->code);
}

static int take_past(const struct case_past *past, struct tally *out, struct err *err)
{
    struct tally tally = {.is_release_owed = past->was_freed};
    for (size_t i = 0; i < past->dial_count; i++) {
        enum meaning meaning = MEANS_NOTHING;
        if (!find_meaning(past->dials[i].code, &meaning))
            return err_set(err, ERR_CORRUPT, "a dial has the code \"%s\", which no caller may give",
                           past->dials[i].code);
        if (meaning != MEANS_NOTHING)
            count_attempt(&tally, past, i, meaning);
        tally.last = &past->dials[i];
        tally.last_meaning = meaning;
    }
    *out = tally;
    return OK;
}

/* ---- numbers ---- */

static int64_t dials_with(const struct case_past *past, int64_t number_no, enum meaning meaning)
{
    int64_t count = 0;
    for (size_t i = 0; i < past->dial_count; i++) {
        enum meaning of_dial = MEANS_NOTHING;
        if (past->dials[i].number_no == number_no && find_meaning(past->dials[i].code, &of_dial) &&
            of_dial == meaning)
            count++;
    }
    return count;
}

/* The number of the last dial, or the next in turn that is of use; one where only machines answer is not taken as long
 * as there is another. 0: none. */
static int64_t choose_number(const struct case_past *past, const struct tally *tally)
{
    int64_t count = (int64_t)past->number_count;
    int64_t current = tally->last != NULL ? tally->last->number_no : 1;
    int64_t with_machine = 0;
    for (int64_t i = 0; i < count; i++) {
        int64_t number_no = (current - 1 + i) % count + 1;
        if (past->is_dead[number_no - 1] || dials_with(past, number_no, MEANS_DEAD) > 0)
            continue;
        if (dials_with(past, number_no, MEANS_MACHINE) < 2)
            return number_no;
        /* All are so: in turn, from the next one on. */
        if (with_machine == 0 || with_machine == current)
            with_machine = number_no;
    }
    return with_machine;
}

static int64_t dials_on(const struct case_past *past, int64_t number_no, int64_t day)
{
    int64_t count = 0;
    for (size_t i = 0; i < past->dial_count; i++)
        count += past->dials[i].number_no == number_no && past->dials[i].day == day ? 1 : 0;
    return count;
}

/* ---- how far the protocol is ---- */

struct missing {
    int64_t attempts, days, parts;
};

static int64_t count_parts(uint32_t parts)
{
    int64_t count = 0;
    for (; parts != 0; parts &= parts - 1)
        count++;
    return count;
}

static int64_t smaller(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static int64_t larger(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static int64_t still(int64_t wanted, int64_t reached)
{
    return wanted > reached ? wanted - reached : 0;
}

static struct missing missing_of(const struct rules *rules, const struct tally *tally)
{
    int64_t attempts = rules->followup.attempts;
    int64_t parts_tried = 0;
    for (int i = 0; i < DAY_PART_COUNT; i++)
        parts_tried += tally->of_part[i] > 0 ? 1 : 0;
    int64_t parts = smaller(smaller(PROTOCOL_MIN_PARTS, attempts), count_parts(hours_parts(rules)));
    return (struct missing){
        .attempts = still(attempts, tally->attempts),
        .days = still(smaller(PROTOCOL_MIN_DAYS, attempts), tally->days),
        .parts = still(parts, parts_tried),
    };
}

/* ---- a time ---- */

struct search {
    const struct calling_hours *hours;
    const struct case_past *past;
    const struct tally *tally;
    struct missing missing;
    int64_t number_no;
    int64_t from_utc;
    int64_t end_day; /* not in it any more */
    bool is_any;     /* the next window that there is */
    bool is_other_part;
    bool is_owed;
};

/* Lower is better; negative: not to be taken. The order of the weights is that of protocol.h. */
static int64_t rank_of(const struct search *search, const struct calling_window *window)
{
    enum { WRONG_PART = 1 << 30, WRONG_DAY = 1 << 29, SAME_PART = 1 << 28 };
    const struct tally *tally = search->tally;
    struct missing missing = search->missing;
    if (dials_on(search->past, search->number_no, window->day) >=
        search->hours->rules->followup.per_day)
        return -1;
    if (search->is_any)
        return 0;
    bool is_new_part = tally->of_part[window->part] == 0;
    bool is_new_day = !has_attempt_on(search->past, search->past->dial_count, window->day);
    /* Whether an attempt then would bring the protocol nearer its end. */
    bool brings = (missing.parts > 0 && is_new_part) || (missing.days > 0 && is_new_day);
    if (missing.attempts == 0 && !search->is_owed && !brings)
        return -1;
    int64_t rank = 0;
    if (missing.parts > 0 && missing.parts >= missing.attempts && !is_new_part)
        rank += WRONG_PART;
    if (missing.days > 0 && missing.days >= missing.attempts && !is_new_day)
        rank += WRONG_DAY;
    if (search->is_other_part && tally->last->part == window->part)
        rank += SAME_PART;
    if (search->is_other_part)
        rank += tally->of_part[window->part];
    return rank;
}

/* Whether the search reaches into a year that no layer covers. */
static bool leaves_calendar(const struct search *search)
{
    enum day_kind kind = DAY_WORKED;
    struct err none = {0};
    return calendar_day_kind(search->hours->calendar, search->end_day - 1, &kind, &none) != OK;
}

/* The best window of the search; *out_found false when there is none. A year that no layer covers is an error only
 * when the search reaches into it and nothing lies before it. */
static int find_time(const struct search *search, bool *out_found, struct calling_window *out,
                     struct err *err)
{
    int64_t best = -1;
    int64_t at_utc = search->from_utc;
    struct calling_window found = {0};
    while (best != 0) {
        struct calling_window window = {0};
        struct err none = {0};
        int rc = hours_find(search->hours, at_utc, 0, HOURS_ALL_PARTS, &window, &none);
        if (rc == ERR_NO_CALENDAR && best < 0 && leaves_calendar(search)) {
            *err = none;
            return rc;
        }
        if (rc != OK || window.day >= search->end_day)
            break;
        int64_t rank = rank_of(search, &window);
        if (rank >= 0 && (best < 0 || rank < best)) {
            best = rank;
            found = window;
        }
        at_utc = window.until_utc;
    }
    *out_found = best >= 0;
    if (best >= 0)
        *out = found;
    return OK;
}

static int64_t day_of(const struct calling_hours *hours, int64_t utc)
{
    return zone_day(hours->zone, (struct moment){utc, MOMENT_INSTANT});
}

/* Without an attempt no window has begun. */
static int64_t end_day_of(const struct calling_hours *hours, const struct case_past *past,
                          const struct tally *tally)
{
    int64_t window_days = hours->rules->followup.window_days;
    if (past->was_freed)
        return day_of(hours, past->freed_utc) + window_days;
    if (tally->attempts == 0)
        return day_of(hours, past->now_utc) + HOURS_REACH_DAYS;
    return tally->first_day + window_days;
}

static int64_t earliest_of(const struct calling_hours *hours, const struct case_past *past,
                           const struct tally *tally, bool is_other_part)
{
    int64_t wait_s = is_other_part ? hours->rules->followup.no_answer_retry_s
                                   : hours->rules->followup.busy_retry_s;
    int64_t from_utc = larger(past->now_utc, tally->last->ended_utc + wait_s);
    if (tally->is_release_owed)
        from_utc = larger(from_utc, zone_day_start(hours->zone, tally->last->day + 1));
    return from_utc;
}

/* ---- the step ---- */

static struct next final_of(const struct tally *tally, bool is_exhausted)
{
    struct next next = {.step = NEXT_FINAL,
                        .is_exhausted = is_exhausted,
                        .goes_on_do_not_call = tally->is_never_again};
    const char *code = tally->code != NULL ? tally->code : "3.11";
    memcpy(next.code, code, strlen(code) + 1);
    return next;
}

/* An hour from the time agreed, as far as the hours have it; once missed, from now. */
static int appoint(const struct calling_hours *hours, const struct case_past *past,
                   int64_t number_no, struct next *out, struct err *err)
{
    struct calling_window window = {0};
    int rc = hours_find(hours, past->appointment_utc, 0, HOURS_ALL_PARTS, &window, err);
    if (rc == OK && past->now_utc >= smaller(window.until_utc, window.from_utc + APPOINTMENT_S))
        rc = hours_find(hours, past->now_utc, 0, HOURS_ALL_PARTS, &window, err);
    if (rc == OK)
        *out =
            (struct next){.step = NEXT_APPOINTMENT,
                          .from_utc = window.from_utc,
                          .until_utc = smaller(window.until_utc, window.from_utc + APPOINTMENT_S),
                          .number_no = number_no};
    return rc;
}

/* The next number: now, if it may be dialled now. */
static int dial_on(const struct calling_hours *hours, const struct case_past *past,
                   const struct tally *tally, int64_t number_no, struct next *out, struct err *err)
{
    struct search search = {.hours = hours,
                            .past = past,
                            .tally = tally,
                            .number_no = number_no,
                            .from_utc = past->now_utc,
                            .end_day = larger(end_day_of(hours, past, tally), tally->last->day + 1),
                            .is_any = true};
    struct calling_window window = {0};
    bool is_found = false;
    int rc = find_time(&search, &is_found, &window, err);
    if (rc != OK)
        return rc;
    *out = is_found ? (struct next){.step = NEXT_NUMBER,
                                    .from_utc = window.from_utc,
                                    .until_utc = window.until_utc,
                                    .number_no = number_no}
                    : final_of(tally, true);
    return OK;
}

static int wait_on(const struct calling_hours *hours, const struct case_past *past,
                   const struct tally *tally, int64_t number_no, struct next *out, struct err *err)
{
    bool is_other_part = !tally->is_release_owed && (tally->last_meaning == MEANS_NO_CONTACT ||
                                                     tally->last_meaning == MEANS_MACHINE ||
                                                     tally->last_meaning == MEANS_NOTHING);
    struct search search = {.hours = hours,
                            .past = past,
                            .tally = tally,
                            .missing = missing_of(hours->rules, tally),
                            .number_no = number_no,
                            .from_utc = earliest_of(hours, past, tally, is_other_part),
                            .end_day = end_day_of(hours, past, tally),
                            .is_other_part = is_other_part,
                            .is_owed = tally->is_release_owed || tally->is_language_owed};
    struct missing missing = search.missing;
    struct calling_window window = {0};
    bool is_found = false;
    if (search.is_owed || missing.attempts > 0 || missing.days > 0 || missing.parts > 0) {
        int rc = find_time(&search, &is_found, &window, err);
        if (rc != OK)
            return rc;
    }
    *out = is_found ? (struct next){.step = NEXT_WAITING,
                                    .from_utc = window.from_utc,
                                    .until_utc = window.until_utc,
                                    .number_no = number_no}
                    : final_of(tally, true);
    return OK;
}

int protocol_next(const struct calling_hours *hours, const struct case_past *past, struct next *out,
                  struct err *err)
{
    struct tally tally = {0};
    int rc = take_past(past, &tally, err);
    if (rc != OK)
        return rc;
    int64_t number_no = choose_number(past, &tally);
    if (tally.has_ended || (tally.last != NULL && number_no == 0)) {
        *out = final_of(&tally, false);
        return OK;
    }
    if (tally.last != NULL && tally.last_meaning == MEANS_DEAD)
        return dial_on(hours, past, &tally, number_no, out, err);
    if (past->appointment_utc != 0)
        return appoint(hours, past, number_no, out, err);
    if (tally.last == NULL) {
        *out = (struct next){.step = NEXT_QUEUED, .number_no = number_no};
        return OK;
    }
    return wait_on(hours, past, &tally, number_no, out, err);
}

/* ---- what the pages offer ---- */

const struct disposition_offer *disposition_offers(size_t *out_count)
{
    static const struct disposition_offer offers[] = {
        {"1.1", "成功访问", ASKS_NOTHING, "结束"},
        {"2.21", "无人接听", ASKS_NOTHING, "换时段再拨"},
        {"2.212", "关机或无法接通", ASKS_NOTHING, "换时段再拨"},
        {"2.211", "占线", ASKS_NOTHING, "稍后再拨"},
        {"2.20", "接通本人不在", ASKS_TIME, "按约定时间再拨，未约定的换时段再拨"},
        {"2.112", "本人拒访", ASKS_NOTHING, "结束，可由督导员释放一次"},
        {"2.111", "他人拒访", ASKS_NOTHING, "结束，可由督导员释放一次"},
        {"2.12", "中途挂断", ASKS_NOTHING, "稍后再拨，第二次结束"},
        {"1.2", "部分完成", ASKS_NOTHING, "结束"},
        {"2.221", "语音信箱", ASKS_NOTHING, "换时段再拨，第二次换号码"},
        {"2.213", "停机", ASKS_NOTHING, "换号码，没有其他号码的结束"},
        {"2.214", "空号", ASKS_NOTHING, "换号码，没有其他号码的结束"},
        {"2.215", "号码错误", ASKS_NOTHING, "换号码，没有其他号码的结束"},
        {"2.113", "坚决拒访", ASKS_NOTHING, "结束，列入免打扰名单"},
        {"3.20", "接通，无法确认是否本人", ASKS_NOTHING, "换时段再拨"},
        {"2.34", "通话质量差", ASKS_NOTHING, "稍后再拨，第二次结束"},
        {"2.33", "语言不通", ASKS_LANGUAGE, "转给会说该语言的话务员"},
        {"2.32", "身体原因", ASKS_NOTHING, "结束"},
        {"2.31", "去世", ASKS_NOTHING, "结束"},
        {"2.36", "其他", ASKS_NOTHING, "结束"},
    };
    *out_count = sizeof offers / sizeof offers[0];
    return offers;
}
