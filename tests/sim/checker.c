#include "tests/sim/simulation.h"

#include <stdarg.h>
#include <stdlib.h>

/* The log, read when all is over: each dial against the rules as they are written in DESIGN.md 7.2 and 7.3, in numbers
 * of its own. A case is looked at dial by dial; what a number or a caller did, in the order of time. */

enum {
    PER_DAY = 2,
    ATTEMPTS = 5,
    MIN_DAYS = 3,
    MIN_PARTS = 3,
    PARTS = 4,
    WINDOW_DAYS = 15,
    BUSY_RETRY_S = 1800,
    NO_ANSWER_RETRY_S = 3 * 3600,
    DIALS_A_CASE_MAX = 64,
    NUMBERS_MAX = 16,
    KEYS_MAX = 1 << 15
};

/* ---- findings ---- */

void find(struct findings *findings, enum checked_rule rule, bool holds, const char *format, ...)
{
    va_list args;
    findings->checked[rule]++;
    if (holds)
        return;
    va_start(args, format);
    if (findings->broken[rule]++ == 0)
        (void)vsnprintf(findings->first[rule], sizeof findings->first[rule], format, args);
    va_end(args);
}

void findings_print(const struct findings *findings, bool is_brief)
{
    static const char *const texts[] = {
#define X(name, text) text,
        CHECKED_RULES(X)
#undef X
    };
    for (int i = 0; i < CHECKED_RULE_COUNT; i++) {
        if (is_brief && findings->broken[i] == 0 && findings->checked[i] > 0)
            continue;
        printf("# %-66s %8jd looked at, %jd broken %s\n", texts[i], (intmax_t)findings->checked[i],
               (intmax_t)findings->broken[i],
               findings->checked[i] == 0 ? "(no occasion)" : findings->first[i]);
    }
}

int findings_count_broken(const struct findings *findings)
{
    int broken = 0;
    for (int i = 0; i < CHECKED_RULE_COUNT; i++)
        broken += findings->broken[i] > 0;
    return broken;
}

int findings_count_idle(const struct findings *findings)
{
    int idle = 0;
    for (int i = 0; i < CHECKED_RULE_COUNT; i++)
        idle += findings->checked[i] == 0;
    return idle;
}

/* ---- what codes say ---- */

static bool is_one_of(const char *code, const char *codes)
{
    char padded[16];
    (void)snprintf(padded, sizeof padded, " %s ", code);
    return strstr(codes, padded) != NULL;
}

static bool is_dead(const char *code)
{
    return is_one_of(code, " 2.213 2.214 2.215 ");
}

static bool is_refusal(const char *code)
{
    return is_one_of(code, " 2.111 2.112 2.113 2.12 ");
}

/* Lower prevails: answers, refusals, others, no contact, unknown. */
static int rank_of(const char *code)
{
    if (code[0] == '1')
        return 0;
    if (is_refusal(code))
        return 1;
    if (is_one_of(code, " 2.31 2.32 2.33 2.34 2.36 "))
        return 2;
    return code[0] == '2' ? 3 : code[0] == '3' ? 4 : 5;
}

/* ---- the log ---- */

struct logged_dial {
    int64_t id, case_id, number_no, phone_key, account_id, day, started_utc, ended_utc;
    char code[CASE_CODE_BYTES];
};

struct owned_key {
    int64_t key, case_id;
};

struct check {
    struct simulation *simulation;
    struct findings *findings;
    struct logged_dial *dials; /* by id */
    size_t dial_count;
    struct followup_case *cases;
    size_t case_count;
    struct owned_key *keys; /* by key */
    size_t key_count;
};

static int on_dial(void *context, const struct dial_row *row, struct err *err)
{
    struct check *check = context;
    struct logged_dial *dial = &check->dials[check->dial_count++];
    (void)err;
    assert_true(check->dial_count < DIALS_MAX);
    *dial = (struct logged_dial){row->id,          row->case_id,    row->number_no,
                                 row->phone_key,   row->account_id, row->day,
                                 row->started_utc, row->ended_utc,  {0}};
    if (row->code.len > 0)
        memcpy(dial->code, row->code.ptr, row->code.len);
    return OK;
}

static void read_log(struct check *check)
{
    struct phoning *phoning = &check->simulation->phoning;
    struct err err = {0};
    check->dials = mem_calloc(DIALS_MAX, sizeof *check->dials);
    assert_non_null(check->dials);
    check->cases = simulation_cases(check->simulation, &check->case_count);
    begin(phoning);
    DO(dials_each_of_campaign(phoning->store, phoning->campaign_id, 0, DIALS_MAX, on_dial, check,
                              &err));
    store_rollback(phoning->store);
}

static int caller_of(const struct check *check, int64_t account_id)
{
    for (int i = 0; i < CALLERS; i++) {
        if (check->simulation->desks[i].caller.account_id == account_id)
            return i;
    }
    return -1;
}

/* ---- each dial for itself ---- */

static bool is_held(const struct check *check, const struct logged_dial *dial, int caller)
{
    const struct simulation *simulation = check->simulation;
    for (size_t i = 0; i < simulation->grant_count; i++) {
        const struct grant *grant = &simulation->grants[i];
        if (grant->case_id == dial->case_id && grant->caller == caller &&
            grant->from_utc <= dial->started_utc && dial->started_utc <= grant->until_utc)
            return true;
    }
    return false;
}

static void check_dials(struct check *check)
{
    const struct simulation *simulation = check->simulation;
    find(check->findings, CHECKED_NOTHING_LOST, check->dial_count == simulation->dial_count,
         "%zu dials, %zu in the log", simulation->dial_count, check->dial_count);
    for (size_t i = 0; i < check->dial_count; i++) {
        const struct logged_dial *dial = &check->dials[i];
        const struct said_dial *said =
            &simulation->dials[i < simulation->dial_count ? i : simulation->dial_count - 1];
        int caller = caller_of(check, dial->account_id);
        find(check->findings, CHECKED_HOURS,
             own_is_open(dial->started_utc) && dial->day == own_day(dial->started_utc),
             "dial %jd at %jd", (intmax_t)dial->id, (intmax_t)dial->started_utc);
        find(check->findings, CHECKED_LEASED, caller >= 0 && is_held(check, dial, caller),
             "dial %jd by caller %d", (intmax_t)dial->id, caller);
        /* Of a caller who vanished the log knows better: interrupted, or what was answered. */
        bool is_as_said = said->code[0] != '\0' ? strcmp(said->code, dial->code) == 0
                                                : rank_of(dial->code) == 0 || dial->code[0] == '\0';
        find(check->findings, CHECKED_NOTHING_LOST,
             said->id == dial->id && said->case_id == dial->case_id && said->caller == caller &&
                 said->started_utc == dial->started_utc && dial->ended_utc != 0 && is_as_said,
             "dial %jd is \"%s\" and was \"%s\"", (intmax_t)dial->id, dial->code, said->code);
    }
}

/* ---- two at once ---- */

static int compare_int64(int64_t a, int64_t b)
{
    return a < b ? -1 : a > b;
}

static int by_key(const void *a, const void *b)
{
    const struct owned_key *one = a;
    const struct owned_key *other = b;
    int order = compare_int64(one->key, other->key);
    return order != 0 ? order : compare_int64(one->case_id, other->case_id);
}

static int by_number(const void *a, const void *b)
{
    const struct logged_dial *one = a;
    const struct logged_dial *other = b;
    int order = compare_int64(one->phone_key, other->phone_key);
    return order != 0 ? order : compare_int64(one->id, other->id);
}

static void check_numbers(struct check *check)
{
    struct logged_dial *dials = mem_calloc(check->dial_count, sizeof *dials);
    assert_non_null(dials);
    memcpy(dials, check->dials, check->dial_count * sizeof *dials);
    qsort(dials, check->dial_count, sizeof *dials, by_number);
    for (size_t i = 0, same_day = 0; i < check->dial_count; i++) {
        const struct logged_dial *before = i > 0 ? &dials[i - 1] : NULL;
        bool is_same = before != NULL && before->phone_key == dials[i].phone_key;
        same_day = is_same && before->day == dials[i].day ? same_day + 1 : 1;
        find(check->findings, CHECKED_PER_DAY, same_day <= PER_DAY, "dial %jd is number %zu",
             (intmax_t)dials[i].id, same_day);
        find(check->findings, CHECKED_ONE_NUMBER,
             !is_same || before->ended_utc <= dials[i].started_utc, "dials %jd and %jd",
             (intmax_t)(before != NULL ? before->id : 0), (intmax_t)dials[i].id);
    }
    mem_free(dials);
}

static int by_case(const void *a, const void *b)
{
    const struct grant *one = a;
    const struct grant *other = b;
    int order = compare_int64(one->case_id, other->case_id);
    return order != 0 ? order : compare_int64(one->from_utc, other->from_utc);
}

static int by_caller(const void *a, const void *b)
{
    const struct grant *one = a;
    const struct grant *other = b;
    int order = compare_int64(one->caller, other->caller);
    return order != 0 ? order : compare_int64(one->from_utc, other->from_utc);
}

/* Of neighbours in time: the first was given up or its lease had ended; a caller who comes back to a case goes on. */
static void check_grants(struct check *check, bool is_of_case)
{
    struct simulation *simulation = check->simulation;
    struct grant *grants = simulation->grants;
    qsort(grants, simulation->grant_count, sizeof *grants, is_of_case ? by_case : by_caller);
    for (size_t i = 1; i < simulation->grant_count; i++) {
        const struct grant *before = &grants[i - 1];
        bool is_same =
            is_of_case ? before->case_id == grants[i].case_id : before->caller == grants[i].caller;
        bool goes_on = before->case_id == grants[i].case_id && before->caller == grants[i].caller;
        find(check->findings, CHECKED_ONE_CALLER,
             !is_same || goes_on || before->until_utc <= grants[i].from_utc,
             "case %jd by caller %d, case %jd by caller %d", (intmax_t)before->case_id,
             before->caller, (intmax_t)grants[i].case_id, grants[i].caller);
    }
}

/* ---- a case, dial by dial ---- */

struct past {
    const struct followup_case *row;
    const struct logged_dial *dials[DIALS_A_CASE_MAX];
    int count;
    int attempts, days, parts, break_offs, bad_lines, languages;
    int64_t first_day; /* of the first attempt */
    bool in_part[PARTS];
    bool is_dead[NUMBERS_MAX];
    int machines[NUMBERS_MAX];
    int64_t keys[NUMBERS_MAX];
    int numbers;
    bool shares_number;
    int best; /* rank; 9: nothing yet */
};

/* The refusal was released, and nobody has spoken of it since: one attempt more, whatever went before. */
static bool is_release_owed(const struct past *past, const struct logged_dial *dial)
{
    int64_t freed_utc = past->row->freed_utc;
    for (int i = 0; i < past->count; i++) {
        if (past->dials[i]->started_utc >= freed_utc && past->dials[i]->code[0] != '\0')
            return false;
    }
    return freed_utc != 0 && freed_utc <= dial->started_utc;
}

/* The last dial said that it takes another language; one that was interrupted after it says nothing. */
static bool is_language_owed(const struct past *past)
{
    int at = past->count - 1;
    while (at >= 0 && past->dials[at]->code[0] == '\0')
        at--;
    return at >= 0 && strcmp(past->dials[at]->code, "2.33") == 0;
}

/* What was agreed upon since `one` ended and was for before `other`; 0: nothing. */
static int64_t agreed_between(const struct check *check, const struct logged_dial *one,
                              const struct logged_dial *other)
{
    const struct simulation *simulation = check->simulation;
    int64_t for_utc = 0;
    for (size_t i = 0; i < simulation->agreement_count; i++) {
        const struct agreement *agreement = &simulation->agreements[i];
        if (agreement->case_id == other->case_id && agreement->made_utc >= one->ended_utc &&
            agreement->made_utc <= other->started_utc)
            for_utc = agreement->for_utc;
    }
    return for_utc;
}

static int64_t window_end(const struct past *past)
{
    return past->row->freed_utc != 0 ? own_day(past->row->freed_utc) + WINDOW_DAYS
                                     : past->first_day + WINDOW_DAYS;
}

static void check_delay(struct check *check, const struct past *past,
                        const struct logged_dial *before, const struct logged_dial *dial)
{
    int64_t waited_s = dial->started_utc - before->ended_utc;
    bool is_soon = is_one_of(before->code, " 2.211 2.12 2.33 2.34 ");
    int64_t wanted_s = is_soon ? BUSY_RETRY_S : NO_ANSWER_RETRY_S;
    int64_t agreed_utc = agreed_between(check, before, dial);
    if (is_dead(before->code))
        return;
    if (agreed_utc != 0) {
        find(check->findings, CHECKED_APPOINTMENT, dial->started_utc >= agreed_utc,
             "dial %jd is %jd s early", (intmax_t)dial->id,
             (intmax_t)(agreed_utc - dial->started_utc));
        return;
    }
    if (is_release_owed(past, dial)) {
        find(check->findings, CHECKED_DELAY, dial->day > before->day,
             "dial %jd on the day of the refusal", (intmax_t)dial->id);
        return;
    }
    find(check->findings, CHECKED_DELAY, waited_s >= wanted_s, "dial %jd %jd s after %s",
         (intmax_t)dial->id, (intmax_t)waited_s, before->code);
    bool is_late = dial->day + 2 >= window_end(past);
    if (!is_soon && !past->shares_number && !is_late)
        find(check->findings, CHECKED_OTHER_PART,
             own_part(dial->started_utc) != own_part(before->started_utc), "dials %jd and %jd",
             (intmax_t)before->id, (intmax_t)dial->id);
}

static bool has_day(const struct past *past, int64_t day)
{
    for (int i = 0; i < past->count; i++) {
        if (past->dials[i]->day == day && past->dials[i]->code[0] != '\0')
            return true;
    }
    return false;
}

/* Whether the protocol still wanted this one. */
static void check_wanted(struct check *check, const struct past *past,
                         const struct logged_dial *before, const struct logged_dial *dial)
{
    bool is_owed = is_release_owed(past, dial) || is_dead(before->code) ||
                   agreed_between(check, before, dial) != 0 ||
                   (is_language_owed(past) && past->languages == 1);
    bool brings = (past->days < MIN_DAYS && !has_day(past, dial->day)) ||
                  (past->parts < MIN_PARTS && !past->in_part[own_part(dial->started_utc)]);
    if (past->attempts >= ATTEMPTS)
        find(check->findings, CHECKED_ATTEMPTS, is_owed || brings, "dial %jd of case %jd",
             (intmax_t)dial->id, (intmax_t)dial->case_id);
    if (past->attempts > 0 && !is_owed)
        find(check->findings, CHECKED_WINDOW, dial->day < window_end(past),
             "dial %jd of case %jd, %jd days after the first", (intmax_t)dial->id,
             (intmax_t)dial->case_id, (intmax_t)(dial->day - past->first_day));
}

static bool ends(const struct past *past, const struct logged_dial *dial)
{
    bool is_released = past->row->freed_utc != 0 && dial->started_utc < past->row->freed_utc;
    if (is_one_of(dial->code, " 1.1 1.2 2.113 2.31 2.32 2.36 "))
        return true;
    if (is_one_of(dial->code, " 2.111 2.112 ") ||
        (past->break_offs >= 2 && strcmp(dial->code, "2.12") == 0))
        return !is_released;
    return past->bad_lines >= 2 && strcmp(dial->code, "2.34") == 0;
}

static void check_number(struct check *check, const struct past *past,
                         const struct logged_dial *dial)
{
    int64_t no = dial->number_no;
    bool has_other = false;
    for (int i = 1; i <= past->numbers; i++)
        has_other = has_other ||
                    (i != no && !past->is_dead[i] && past->machines[i] < 2 && !past->shares_number);
    find(check->findings, CHECKED_DEAD_NUMBER,
         !past->is_dead[no] && (past->machines[no] < 2 || !has_other), "dial %jd of number %jd",
         (intmax_t)dial->id, (intmax_t)no);
}

static void check_speaker(struct check *check, const struct past *past,
                          const struct logged_dial *before, const struct logged_dial *dial)
{
    int caller = caller_of(check, dial->account_id);
    find(check->findings, CHECKED_TEAM,
         check->simulation->desks[caller].caller.team_id == past->row->team_id,
         "dial %jd by caller %d", (intmax_t)dial->id, caller);
    if (is_language_owed(past) && agreed_between(check, before, dial) == 0)
        find(check->findings, CHECKED_LANGUAGE, caller < ZHUANG_CALLERS, "dial %jd by caller %d",
             (intmax_t)dial->id, caller);
}

static void add_dial(struct past *past, const struct logged_dial *dial)
{
    int part = own_part(dial->started_utc);
    int64_t no = dial->number_no;
    bool is_attempt = dial->code[0] != '\0';
    if (is_attempt && past->attempts++ == 0)
        past->first_day = dial->day;
    past->days += is_attempt && !has_day(past, dial->day);
    past->parts += is_attempt && !past->in_part[part];
    past->in_part[part] = past->in_part[part] || is_attempt;
    past->break_offs += strcmp(dial->code, "2.12") == 0;
    past->bad_lines += strcmp(dial->code, "2.34") == 0;
    past->languages += strcmp(dial->code, "2.33") == 0;
    past->machines[no] += strcmp(dial->code, "2.221") == 0;
    past->is_dead[no] = past->is_dead[no] || is_dead(dial->code);
    if (is_attempt && rank_of(dial->code) < past->best)
        past->best = rank_of(dial->code);
    past->dials[past->count++] = dial;
}

/* ---- the end of a case ---- */

/* Whether an hour was left in which to go on. */
static bool has_time_left(const struct past *past)
{
    for (int64_t day = own_day(past->row->final_utc) + 1; day < window_end(past); day++) {
        if (own_has_hours(day))
            return true;
    }
    return false;
}

static void check_end(struct check *check, const struct past *past)
{
    const struct followup_case *row = past->row;
    find(check->findings, CHECKED_FINISHED, row->state == CASE_FINAL, "case %jd is %s",
         (intmax_t)row->id, case_state_word(row->state));
    if (strcmp(row->why, "exhausted") == 0)
        find(check->findings, CHECKED_EXHAUSTED,
             (past->attempts >= ATTEMPTS && past->days >= MIN_DAYS && past->parts >= MIN_PARTS) ||
                 !has_time_left(past),
             "case %jd after %d attempts on %d days in %d parts", (intmax_t)row->id, past->attempts,
             past->days, past->parts);
    bool is_known = past->count == 0;
    for (int i = 0; i < past->count; i++)
        is_known = is_known || strcmp(past->dials[i]->code, row->code) == 0;
    bool is_by_hand = strcmp(row->why, "settled") == 0 || strcmp(row->why, "do_not_call") == 0;
    find(check->findings, CHECKED_PREVAILS,
         is_by_hand ? past->best > 0 : is_known && rank_of(row->code) == past->best,
         "case %jd is %s", (intmax_t)row->id, row->code);
}

static int on_number(void *context, const struct case_number *row, struct err *err)
{
    struct past *past = context;
    (void)err;
    past->keys[row->no] = row->phone_key;
    past->numbers = (int)row->no;
    return OK;
}

static int on_ban(void *context, const struct do_not_call_row *row, struct err *err)
{
    struct check *check = context;
    (void)err;
    for (size_t i = 0; i < check->dial_count; i++) {
        const struct logged_dial *dial = &check->dials[i];
        if (dial->phone_key == row->phone_key)
            find(check->findings, CHECKED_DO_NOT_CALL, dial->started_utc <= row->since_utc,
                 "dial %jd", (intmax_t)dial->id);
    }
    return OK;
}

/* Whether one of its numbers is another case's too: then that one's dials count for it. */
static bool shares_number(const struct check *check, const struct past *past)
{
    for (int no = 1; no <= past->numbers; no++) {
        const struct owned_key own = {past->keys[no], past->row->id};
        const struct owned_key *at =
            bsearch(&own, check->keys, check->key_count, sizeof own, by_key);
        size_t i = (size_t)(at - check->keys);
        if ((i > 0 && at[-1].key == own.key) || (i + 1 < check->key_count && at[1].key == own.key))
            return true;
    }
    return false;
}

static void check_next_dial(struct check *check, const struct past *past, bool has_ended,
                            const struct logged_dial *dial)
{
    const struct logged_dial *before = past->dials[past->count - 1];
    check_delay(check, past, before, dial);
    check_wanted(check, past, before, dial);
    check_speaker(check, past, before, dial);
    find(check->findings, CHECKED_ENDED, !has_ended || is_release_owed(past, dial),
         "dial %jd after %s", (intmax_t)dial->id, before->code);
}

static void check_case(struct check *check, const struct followup_case *row)
{
    struct past past = {.row = row, .best = 9};
    struct err err = {0};
    bool has_ended = false;
    DO(case_numbers_each(check->simulation->phoning.store, row->id, on_number, &past, &err));
    past.shares_number = shares_number(check, &past);
    for (size_t i = 0; i < check->dial_count; i++) {
        const struct logged_dial *dial = &check->dials[i];
        if (dial->case_id != row->id)
            continue;
        if (past.count > 0)
            check_next_dial(check, &past, has_ended, dial);
        check_number(check, &past, dial);
        assert_true(past.count < DIALS_A_CASE_MAX);
        add_dial(&past, dial);
        has_ended = ends(&past, dial);
    }
    check_end(check, &past);
}

static int on_key(void *context, const struct case_number *row, struct err *err)
{
    struct check *check = context;
    (void)err;
    assert_true(check->key_count < KEYS_MAX);
    check->keys[check->key_count++] = (struct owned_key){row->phone_key, row->case_id};
    return OK;
}

static void read_keys(struct check *check)
{
    struct err err = {0};
    check->keys = mem_calloc(KEYS_MAX, sizeof *check->keys);
    assert_non_null(check->keys);
    for (size_t i = 0; i < check->case_count; i++)
        DO(case_numbers_each(check->simulation->phoning.store, check->cases[i].id, on_key, check,
                             &err));
    qsort(check->keys, check->key_count, sizeof *check->keys, by_key);
}

void checker_check(struct simulation *simulation)
{
    struct check check = {.simulation = simulation, .findings = simulation->findings};
    struct phoning *phoning = &simulation->phoning;
    struct err err = {0};
    read_log(&check);
    begin(phoning);
    read_keys(&check);
    check_dials(&check);
    check_numbers(&check);
    for (size_t i = 0; i < check.case_count; i++)
        check_case(&check, &check.cases[i]);
    DO(do_not_call_each(phoning->store, 0, INT64_MAX, on_ban, &check, &err));
    store_rollback(phoning->store);
    check_grants(&check, true);
    check_grants(&check, false);
    mem_free(check.dials);
    mem_free(check.cases);
    mem_free(check.keys);
}
