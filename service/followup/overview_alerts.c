#include "service/followup/overview_room.h"

#include "base/alloc.h"

#include "service/storage/call_records.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What a supervisor is to look at, each with its counts in words. */

enum {
    DETAIL_MAX_BYTES = 1024,
    INTERRUPTED_MIN = 3, /* on one day: once or twice is a browser that was closed */
};

const char *overview_alert_word(enum overview_alert_kind kind)
{
    static const char *const words[] = {
#define X(name, word) [name] = word,
        OVERVIEW_ALERTS(X)
#undef X
    };
    return words[kind];
}

/* The detail is what `text` holds, which is emptied. What finds no room is left out: nobody reads so many. */
static int put_alert(struct overview_work *work, struct overview_alert alert, struct buf *text,
                     struct err *err)
{
    struct overview *out = work->out;
    int rc = buf_status(text, err);
    if (rc != OK || out->alert_count == OVERVIEW_ALERTS_MAX)
        return rc;
    alert.detail = arena_copy(work->arena, buf_bytes(text));
    alert.caller = arena_copy(work->arena, alert.caller);
    if (alert.detail.ptr == NULL || alert.caller.ptr == NULL)
        return err_set(err, ERR_NOMEM, "could not keep an alert");
    out->alerts[out->alert_count++] = alert;
    buf_clear(text);
    return OK;
}

/* ---- too short ---- */

/* Of the letters that are read, not of punctuation, and not of a name that is filled in. */
static int64_t count_read(struct bytes text)
{
    int64_t characters = 0;
    bool is_name = false;
    for (size_t i = 0; i < text.len; i++) {
        unsigned char byte = (unsigned char)text.ptr[i];
        is_name = byte == '{' || (is_name && byte != '}');
        /* Han characters begin with E4 to E9, wide punctuation with E2, E3 or EF. */
        characters += !is_name && byte >= 0xe4 && byte <= 0xe9;
    }
    return characters;
}

int64_t overview_floor_s(int64_t orders)
{
    size_t count = 0;
    const struct script_item *items = script_items(&count);
    int64_t characters = 0;
    int64_t answers = 0;
    for (size_t i = 0; i < count; i++) {
        const struct script_item *item = &items[i];
        bool is_asked = item->is_required && (item->kinds & 1U << SCRIPT_ORDINARY) != 0;
        int64_t times = item->place == SCRIPT_ORDER ? orders : 1;
        characters += is_asked ? times * count_read(bytes_from_z(item->zh)) : 0;
        answers += is_asked ? times : 0;
    }
    return characters / OVERVIEW_READ_CHARACTERS + answers;
}

struct shortness {
    struct overview_work *work;
    struct overview_alert alert; /* of the account at hand */
    int64_t account_id;
    int64_t completes, too_short, shortest_s;
    char caller[64];
    struct buf *text;
};

static int end_account(struct shortness *of, struct err *err)
{
    int rc = OK;
    if (of->too_short > 0) {
        of->alert.kind = ALERT_SHORT;
        of->alert.caller = bytes_from_z(of->caller);
        buf_printf(of->text,
                   "成功访问%jd件中%jd件的通话短于读完提纲所需时间（单件工单%jd秒，每增一件加%jd秒"
                   "），最短%jd秒",
                   (intmax_t)of->completes, (intmax_t)of->too_short, (intmax_t)overview_floor_s(1),
                   (intmax_t)(overview_floor_s(2) - overview_floor_s(1)), (intmax_t)of->shortest_s);
        rc = put_alert(of->work, of->alert, of->text, err);
    }
    of->alert = (struct overview_alert){.case_count = 0};
    of->completes = of->too_short = 0;
    return rc;
}

static int on_complete(void *context, const struct complete_row *row, struct err *err)
{
    struct shortness *of = context;
    int rc = OK;
    if (!overview_has_case(of->work, row->case_no) ||
        overview_account(of->work, row->account_id) == NULL)
        return OK;
    if (row->account_id != of->account_id) {
        rc = end_account(of, err);
        of->account_id = row->account_id;
        size_t len = row->account_name.len < sizeof of->caller ? row->account_name.len
                                                               : sizeof of->caller - 1;
        memcpy(of->caller, row->account_name.ptr, len);
        of->caller[len] = '\0';
    }
    of->completes++;
    if (row->seconds >= overview_floor_s(of->work->marks[row->case_no].orders))
        return rc;
    if (of->too_short == 0 || row->seconds < of->shortest_s)
        of->shortest_s = row->seconds;
    of->too_short++;
    if (of->alert.case_count < OVERVIEW_ALERT_CASES)
        of->alert.cases[of->alert.case_count++] = row->case_id;
    return rc;
}

static int find_short(struct overview_work *work, struct buf *text, struct err *err)
{
    struct shortness of = {.work = work, .text = text};
    int rc = completes_each(work->store, work->out->campaign.id, on_complete, &of, err);
    return rc == OK ? end_account(&of, err) : rc;
}

/* ---- other than the others ---- */

static bool is_flagged(const struct funnel_point *point)
{
    return point->flag == FUNNEL_ALERT || point->flag == FUNNEL_ALARM;
}

static int put_point(struct overview_work *work, const struct outcome_caller *caller,
                     enum overview_alert_kind kind, const struct funnel_caller *of_item,
                     const struct funnel_point *point, struct buf *text, struct err *err)
{
    static const struct {
        const char *all, *some;
    } words[] = {
        [ALERT_FUNNEL] = {"解决情况有效回答", "已解决"},
        [ALERT_SATISFIED] = {"满意度有效回答", "满意"},
        [ALERT_REFUSAL] = {"接通本人", "拒访"},
        [ALERT_MISSING] = {"应答项目", "无有效回答"},
    };
    struct overview_alert alert = {
        .kind = kind, .is_alarm = point->flag == FUNNEL_ALARM, .caller = caller->name};
    if (!is_flagged(point))
        return OK;
    buf_printf(text, "%s%jd%s中%s%jd%s，按所访单位应约%.1f（z=%.1f）", words[kind].all,
               (intmax_t)of_item->valid, kind == ALERT_MISSING ? "项" : "件", words[kind].some,
               (intmax_t)of_item->favourable, kind == ALERT_MISSING ? "项" : "件",
               of_item->expected, point->z_adjusted);
    return put_alert(work, alert, text, err);
}

static int find_outliers(struct overview_work *work, struct buf *text, struct err *err)
{
    struct outcome_callers callers;
    struct datadir datadir = *work->datadir;
    datadir.store = work->store;
    int rc = outcomes_callers_load(&datadir, work->round, work->hours->rules, work->arena, &callers,
                                   err);
    for (size_t i = 0; rc == OK && i < callers.caller_count; i++) {
        const struct outcome_caller *caller = &callers.callers[i];
        bool is_ours = caller->name.len > 0 && (work->wish.team_id == 0 ||
                                                overview_account_named(work, caller->name) != NULL);
        if (!is_ours)
            continue;
        rc = put_point(work, caller, ALERT_FUNNEL, &caller->resolution, &caller->resolution_point,
                       text, err);
        if (rc == OK)
            rc = put_point(work, caller, ALERT_SATISFIED, &caller->satisfaction,
                           &caller->satisfaction_point, text, err);
        if (rc == OK)
            rc = put_point(work, caller, ALERT_REFUSAL, &caller->refusal, &caller->refusal_point,
                           text, err);
        if (rc == OK)
            rc = put_point(work, caller, ALERT_MISSING, &caller->missing, &caller->missing_point,
                           text, err);
    }
    return rc;
}

/* ---- the rest ---- */

static int find_interrupted(struct overview_work *work, struct buf *text, struct err *err)
{
    int rc = OK;
    for (size_t i = 0; i < work->out->caller_count && rc == OK; i++) {
        const struct overview_caller *caller = &work->out->callers[i];
        const struct overview_alert alert = {.kind = ALERT_INTERRUPTED, .caller = caller->name};
        if (caller->interrupted < INTERRUPTED_MIN)
            continue;
        buf_printf(text, "今日拨打%jd次中%jd次中断，没有登记结果", (intmax_t)caller->dials,
                   (intmax_t)caller->interrupted);
        rc = put_alert(work, alert, text, err);
    }
    return rc;
}

static int find_languages(struct overview_work *work, struct buf *text, struct err *err)
{
    int rc = OK;
    for (size_t i = 0; i < work->out->language_count && rc == OK; i++) {
        const struct overview_language *language = &work->out->languages[i];
        const struct overview_alert alert = {.kind = ALERT_LANGUAGE};
        if (language->speakers > 0)
            continue;
        buf_printf(text, "%s样本%jd件未结，没有会该语言的话务员",
                   strcmp(language->language, "za") == 0 ? "壮语" : "其他语言",
                   (intmax_t)language->cases);
        rc = put_alert(work, alert, text, err);
    }
    return rc;
}

struct newest_file {
    bool is_known;
    int64_t rows, unmatched;
};

static int on_file(void *context, const struct call_record_file_row *row, struct err *err)
{
    struct newest_file *newest = context;
    (void)err;
    if (!newest->is_known)
        *newest = (struct newest_file){true, row->rows, row->unmatched};
    return OK;
}

static int find_unmatched(struct overview_work *work, struct buf *text, struct err *err)
{
    struct newest_file newest = {.is_known = false};
    const struct overview_alert alert = {.kind = ALERT_UNMATCHED};
    int rc = call_record_files_each(work->store, on_file, &newest, err);
    if (rc != OK || newest.unmatched == 0)
        return rc;
    buf_printf(text, "最近一份话单%jd条中%jd条没有对应的拨打记录", (intmax_t)newest.rows,
               (intmax_t)newest.unmatched);
    return put_alert(work, alert, text, err);
}

/* ---- told what to answer ---- */

/* Of a unit's cases; those of a team all together, for its supervisors are told no unit. */
struct coached {
    struct overview_alert alert;
    int64_t answered, told;
};

struct coaching {
    const struct overview_work *work;
    struct bytes item;
    struct coached *units;
    size_t unit_count;
};

static int on_coached(void *context, const struct last_answer_row *row, struct err *err)
{
    struct coaching *coaching = context;
    const struct script_answer answer = {.item = coaching->item, .value = row->value};
    int64_t unit = coaching->work->wish.team_id == 0 ? row->unit : 0;
    struct script_outcome outcome;
    (void)err;
    if (!overview_has_case(coaching->work, row->case_no) || unit < 0 ||
        (size_t)unit >= coaching->unit_count)
        return OK;
    struct coached *of = &coaching->units[unit];
    script_read(&answer, 1, &outcome);
    of->answered++;
    if (!outcome.is_coached)
        return OK;
    of->told++;
    if (of->alert.case_count < OVERVIEW_ALERT_CASES)
        of->alert.cases[of->alert.case_count++] = row->case_id;
    return OK;
}

static int find_coached(struct overview_work *work, struct buf *text, struct err *err)
{
    const struct overview *out = work->out;
    bool is_whole = work->wish.team_id == 0;
    struct coaching coaching = {
        .work = work, .item = BYTES_LIT("coached"), .unit_count = is_whole ? out->unit_count : 1};
    coaching.units =
        arena_alloc(work->arena, size_multiply(coaching.unit_count + 1, sizeof *coaching.units));
    if (coaching.units == NULL)
        return err_set(err, ERR_NOMEM, "could not count who was told what to answer");
    int rc =
        last_answers_each(work->store, out->campaign.id, coaching.item, on_coached, &coaching, err);
    for (size_t i = 0; i < coaching.unit_count && rc == OK; i++) {
        struct coached *of = &coaching.units[i];
        if (of->told == 0)
            continue;
        of->alert.kind = ALERT_COACHED;
        of->alert.unit = is_whole ? out->units[i].name : BYTES_NONE;
        buf_printf(text, "答过有无授意的样本%jd件中%jd件称有人要求或者提示过怎样回答",
                   (intmax_t)of->answered, (intmax_t)of->told);
        rc = put_alert(work, of->alert, text, err);
    }
    return rc;
}

static int compare_alerts(const void *a, const void *b)
{
    const struct overview_alert *one = a;
    const struct overview_alert *other = b;
    if (one->is_alarm != other->is_alarm)
        return one->is_alarm ? -1 : 1;
    if (one->kind != other->kind)
        return one->kind < other->kind ? -1 : 1;
    int order = bytes_compare(one->caller, other->caller);
    return order != 0 ? order : bytes_compare(one->unit, other->unit);
}

int overview_load_alerts(struct overview_work *work, struct err *err)
{
    struct overview *out = work->out;
    struct buf text;
    out->alerts = arena_alloc(work->arena, OVERVIEW_ALERTS_MAX * sizeof *out->alerts);
    if (out->alerts == NULL)
        return err_set(err, ERR_NOMEM, "could not list the alerts");
    buf_init(&text, DETAIL_MAX_BYTES);
    int rc = find_short(work, &text, err);
    if (rc == OK)
        rc = find_outliers(work, &text, err);
    if (rc == OK)
        rc = find_interrupted(work, &text, err);
    if (rc == OK)
        rc = find_languages(work, &text, err);
    if (rc == OK && work->wish.team_id == 0)
        rc = find_unmatched(work, &text, err);
    if (rc == OK) /* last: of many units they leave no room */
        rc = find_coached(work, &text, err);
    buf_deinit(&text);
    if (rc == OK && out->alert_count > 0)
        qsort(out->alerts, out->alert_count, sizeof *out->alerts, compare_alerts);
    return rc;
}
