#include "reports/bulletin_html.h"
#include "reports/score_csv.h"
#include "reports/score_json.h"

#include "service/api/closing_words.h"
#include "service/api/draw_words.h"
#include "service/api/followup_room.h"
#include "service/api/handlers.h"
#include "service/api/long_task.h"
#include "service/followup/draw.h"
#include "service/rounds/composition.h"

#include <inttypes.h>
#include <math.h>

/* What is done to a round and takes its time: counted, printed, planned, drawn, frozen, closed. */

enum {
    TEXT_MAX_BYTES = 256 * 1024 * 1024,
    STEP_ARENA_MAX_BYTES = 1024 * 1024 * 1024,
    SCAN_THREADS = 2,
    SIZE_MAX_ORDERS = 10000000,
    SEED_MAX_BYTES = 256,
};

/* ---- counting: score and report ---- */

static int compose(struct long_task *task, struct datadir *datadir, struct composition *out,
                   struct err *err)
{
    const struct composition_options options = {
        .round_name = task->wish.subject,
        .rules_text = BYTES_NONE,
        .now_utc = service_now_utc(task->service),
        .program_version = bytes_from_z(task->service->options->program_version),
        .threads = SCAN_THREADS,
    };
    return composition_make(datadir, &options, out, err);
}

static int render_csv(const struct bulletin *bulletin, struct buf *out, struct err *err)
{
    return score_csv_render(bulletin->ranking, out, err);
}

static const struct format {
    const char *word, *type;
    int (*render)(const struct bulletin *bulletin, struct buf *out, struct err *err);
} formats[] = {
    {"html", "text/html; charset=utf-8", bulletin_html_render},
    {"json", "application/json", bulletin_json_render},
    {"csv", "text/csv; charset=utf-8", render_csv},
};

static const struct format *format_of(struct bytes word)
{
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        if (bytes_equal(word, bytes_from_z(formats[i].word)))
            return &formats[i];
    }
    return NULL;
}

static int keep_rendered(struct long_task *task, const struct format *format,
                         const struct composition *composition, struct err *err)
{
    struct buf text;
    buf_init(&text, TEXT_MAX_BYTES);
    int rc = format->render(&composition->bulletin, &text, err);
    if (rc == OK)
        rc = long_task_keep(task, format->type, buf_bytes(&text), err);
    buf_deinit(&text);
    return rc;
}

static int report(struct long_task *task, struct datadir *datadir, struct err *err)
{
    struct composition composition;
    const struct format *format = format_of(task->wish.text);
    int rc = store_begin_read(datadir->store, err);
    if (rc == OK)
        rc = compose(task, datadir, &composition, err);
    if (rc != OK)
        return rc;
    rc = keep_rendered(task, format, &composition, err);
    composition_deinit(&composition);
    if (rc != OK)
        return rc;
    long_task_say(task, "通报已生成（%s）", format->word);
    return long_task_finish(task, datadir, json_pack("{s:s}", "format", format->word), err);
}

/* Of a closed round the result is kept, as `score` keeps it: what is counted and what is kept are of one transaction. A
 * sum of which a part is open again is not kept. */
static int keep_score(struct long_task *task, struct datadir *datadir,
                      const struct composition *composition, int64_t *out_issue, struct err *err)
{
    struct buf csv;
    bool is_new = false;
    struct actor actor = {task->actor.who, service_now_utc(task->service)};
    for (size_t i = 0; i < composition->parts.count; i++) {
        if (!round_is_closed(&composition->parts.rows[i]))
            return OK;
    }
    buf_init(&csv, TEXT_MAX_BYTES);
    int rc = score_csv_render(&composition->evaluation.ranking, &csv, err);
    if (rc == OK)
        rc = round_score_keep(datadir, &composition->round, &actor,
                              bytes_from_z(task->service->options->program_version),
                              buf_bytes(&csv), out_issue, &is_new, err);
    buf_deinit(&csv);
    return rc;
}

static int is_round_closed(struct long_task *task, struct datadir *datadir, bool *out,
                           struct err *err)
{
    struct round_row round;
    int rc = store_begin_read(datadir->store, err);
    if (rc == OK)
        rc = round_get(datadir->store, task->wish.subject, &round, err);
    if (rc == OK)
        *out = round_is_closed(&round);
    store_rollback(datadir->store);
    return rc;
}

static int score(struct long_task *task, struct datadir *datadir, struct err *err)
{
    static const struct format as_json = {"json", "application/json", score_json_render};
    struct composition composition;
    int64_t issue = 0;
    bool is_closed = false;
    int rc = is_round_closed(task, datadir, &is_closed, err);
    if (rc == OK)
        rc = is_closed ? store_begin(datadir->store, err) : store_begin_read(datadir->store, err);
    if (rc == OK)
        rc = compose(task, datadir, &composition, err);
    if (rc != OK)
        return rc;
    rc = keep_rendered(task, &as_json, &composition, err);
    if (rc == OK && is_closed)
        rc = keep_score(task, datadir, &composition, &issue, err);
    composition_deinit(&composition);
    if (rc != OK)
        return rc;
    if (issue > 0)
        long_task_say(task, "结果已计算并留存（第 %" PRId64 " 次）", issue);
    else
        long_task_say(task, "结果已计算，未留存：评价期或所含各期尚未关闭");
    json_t *details = json_pack("{s:I}", "issue", (json_int_t)issue);
    return is_closed ? long_task_commit(task, datadir, details, err)
                     : long_task_finish(task, datadir, details, err);
}

/* ---- steps ---- */

/* One step while its transaction is open. */
struct step {
    struct long_task *task;
    struct datadir *datadir;
    struct arena arena;
    struct round_row round;
    struct actor actor;
    struct buf text; /* of the result */
    json_t *details;
};

static int begin(struct step *step, struct long_task *task, struct datadir *datadir,
                 struct err *err)
{
    *step = (struct step){
        .task = task,
        .datadir = datadir,
        .actor = {task->actor.who, service_now_utc(task->service)},
    };
    arena_init(&step->arena, STEP_ARENA_MAX_BYTES);
    buf_init(&step->text, TEXT_MAX_BYTES);
    return round_get_kept(datadir->store, task->wish.subject, &step->arena, &step->round, err);
}

static void end(struct step *step)
{
    arena_deinit(&step->arena);
    buf_deinit(&step->text);
    json_decref(step->details);
}

static int keep_text(struct step *step, struct err *err)
{
    int rc = buf_status(&step->text, err);
    return rc == OK ? long_task_keep(step->task, "application/json", buf_bytes(&step->text), err)
                    : rc;
}

/* Take a step of the round's lifecycle in one transaction with its entry of the audit log and the task's row. */
static int take_step(struct long_task *task, struct datadir *datadir,
                     int (*act)(struct step *step, struct err *err), struct err *err)
{
    struct step step;
    int rc = store_begin(datadir->store, err);
    if (rc != OK)
        return rc;
    rc = begin(&step, task, datadir, err);
    if (rc == OK)
        rc = act(&step, err);
    if (rc == OK)
        rc = long_task_commit(task, datadir, json_incref(step.details), err);
    end(&step);
    return rc;
}

static int act_freeze(struct step *step, struct err *err)
{
    struct frame_row frame;
    int rc = round_freeze(step->datadir, &step->round, &step->actor, &step->arena, &frame, err);
    if (rc != OK)
        return rc;
    step->details = json_pack("{s:s, s:I}", "step", "freeze", "entries", (json_int_t)frame.entries);
    long_task_say(step->task, "已冻结，样本框 %" PRId64 " 件；此后导入的数据不再改变本期",
                  frame.entries);
    return OK;
}

static int freeze(struct long_task *task, struct datadir *datadir, struct err *err)
{
    return take_step(task, datadir, act_freeze, err);
}

static void say_ends(struct step *step, const struct closing_ends *ends)
{
    closing_words(ends, &step->text);
    long_task_say(step->task, "电话测评尚未做完：" BYTES_FMT "；确需关闭的，请说明原因",
                  BYTES_ARG(buf_bytes(&step->text)));
}

static int act_close(struct step *step, struct err *err)
{
    struct closing_ends ends = {.is_phoned = false};
    int rc =
        closing_close(step->datadir, &step->round, &step->actor, step->task->wish.text, &ends, err);
    if (rc == ERR_REFUSED && closing_is_held_up(&ends))
        say_ends(step, &ends);
    if (rc != OK)
        return rc;
    step->details = json_pack("{s:s}", "step", "close");
    long_task_say(step->task, "已关闭；此后导入的数据不再改变其结果");
    return OK;
}

static int close_round(struct long_task *task, struct datadir *datadir, struct err *err)
{
    return take_step(task, datadir, act_close, err);
}

/* ---- draws ---- */

static struct draw_wish draw_wish_of(const struct long_wish *wish)
{
    return (struct draw_wish){
        .by = wish->number > 0   ? DRAW_SIZE_TOTAL
              : wish->margin > 0 ? DRAW_SIZE_MARGIN
                                 : DRAW_SIZE_OPEN,
        .total = wish->number,
        .margin = wish->margin,
        .rate = NAN,
        .response = NAN,
    };
}

static int make_plan(struct step *step, struct err *err)
{
    struct round_basis basis = {.zone = NULL};
    struct draw_plan plan;
    const struct draw_wish wish = draw_wish_of(&step->task->wish);
    int rc = round_basis_load(step->datadir->store, &step->round, BYTES_NONE, step->actor.now_utc,
                              &basis, err);
    if (rc == OK)
        rc = draw_plan_make(step->datadir, &step->round, &basis, &wish, &step->arena, &plan, err);
    if (rc == OK)
        rc = draw_words_plan_json(&plan, &step->text, err);
    if (rc == OK)
        long_task_say(step->task, "抽样方案：样本 %" PRId64 " 件，备用 %" PRId64 " 件", plan.sample,
                      plan.reserve);
    round_basis_deinit(&basis);
    return rc == OK ? keep_text(step, err) : rc;
}

static int plan(struct long_task *task, struct datadir *datadir, struct err *err)
{
    struct step step;
    int rc = store_begin_read(datadir->store, err);
    if (rc != OK)
        return rc;
    rc = begin(&step, task, datadir, err);
    if (rc == OK)
        rc = make_plan(&step, err);
    end(&step);
    return rc == OK ? long_task_finish(task, datadir, json_pack("{s:s}", "step", "plan"), err) : rc;
}

static int act_draw(struct step *step, struct err *err)
{
    struct drawn drawn;
    struct draw_overview overview;
    const struct long_wish *wish = &step->task->wish;
    const struct draw_wish size = draw_wish_of(wish);
    int rc = draw_make(step->datadir, &step->round, &size, wish->text, wish->flag, &step->actor,
                       &drawn, err);
    if (rc == OK)
        rc = round_get_kept(step->datadir->store, wish->subject, &step->arena, &step->round, err);
    if (rc == OK)
        rc = draw_overview_load(step->datadir, &step->round, &step->arena, &overview, err);
    if (rc == OK)
        rc = draw_words_overview_json(&overview, &step->text, err);
    if (rc == OK)
        rc = keep_text(step, err);
    if (rc != OK)
        return rc;
    step->details = json_pack("{s:I, s:I, s:I, s:s}", "draw", (json_int_t)drawn.no, "sample",
                              (json_int_t)drawn.sample, "reserve", (json_int_t)drawn.reserve,
                              "public_sha256", drawn.public_sha256);
    long_task_say(step->task, "第 %" PRId64 " 次抽样：样本 %" PRId64 " 件，备用 %" PRId64 " 件",
                  drawn.no, drawn.sample, drawn.reserve);
    return OK;
}

static int draw(struct long_task *task, struct datadir *datadir, struct err *err)
{
    return take_step(task, datadir, act_draw, err);
}

/* ---- what the request says ---- */

static const struct long_kind kinds[] = {
    {"score", "score.keep", "round", score},   {"report", "report.make", NULL, report},
    {"draw_plan", "round.step", NULL, plan},   {"draw", "draw.make", "round", draw},
    {"freeze", "round.step", "round", freeze}, {"close", "round.step", "round", close_round},
};

static const struct long_kind *kind_of(struct bytes word)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (bytes_equal(word, bytes_from_z(kinds[i].word)))
            return &kinds[i];
    }
    return NULL;
}

/* `margin`, a number between 0 and 1. False: a problem was answered. */
static bool take_margin(struct call *call, const json_t *object, double *out)
{
    const json_t *value = json_object_get(object, "margin");
    if (value == NULL)
        return true;
    *out = json_number_value(value);
    if (json_is_number(value) && *out > 0 && *out < 1)
        return true;
    call_refuse_field(call, "margin", "误差范围须在 0 和 1 之间，如 0.05。");
    return false;
}

static bool take_draw(struct call *call, json_t *object, struct long_wish *wish)
{
    bool is_drawn = wish->kind->run == draw;
    if (!call_integer(call, object, "size", false, 1, SIZE_MAX_ORDERS, &wish->number) ||
        !take_margin(call, object, &wish->margin) ||
        !call_text(call, object, "seed", is_drawn, SEED_MAX_BYTES, &wish->text) ||
        !call_boolean(call, object, "exact", &wish->flag))
        return false;
    if ((wish->number > 0 && wish->margin > 0) ||
        (is_drawn && wish->number == 0 && !(wish->margin > 0))) {
        call_refuse_field(call, "size",
                          "样本量 size 和误差范围 margin 须给出一个，且只能给出一个。");
        return false;
    }
    return true;
}

static bool take_format(struct call *call, json_t *object, struct long_wish *wish)
{
    if (!call_text(call, object, "format", false, 16, &wish->text))
        return false;
    if (wish->text.len == 0)
        wish->text = BYTES_LIT("html");
    if (format_of(wish->text) != NULL)
        return true;
    call_refuse_field(call, "format", "格式 format 只能是 html、json 或 csv。");
    return false;
}

/* Why a round is closed although not all is done; may be missing or empty. */
static bool take_why(struct call *call, json_t *object, struct bytes *out)
{
    json_t *why = json_object_get(object, "why");
    bool is_missing =
        why == NULL || json_is_null(why) || (json_is_string(why) && json_string_length(why) == 0);
    return is_missing || followup_take_why(call, object, out);
}

void rounds_start_task(struct http_exchange *exchange)
{
    static const char *const names[] = {"kind", "format", "size", "margin",
                                        "seed", "exact",  "why",  NULL};
    struct call *call = call_of(exchange);
    struct bytes kind;
    struct long_wish wish = {.subject = exchange_param(exchange, "id")};
    json_t *object = call_json(call, names);
    if (object == NULL || !call_text(call, object, "kind", true, 16, &kind))
        return;
    wish.kind = kind_of(kind);
    if (wish.kind == NULL) {
        call_refuse_field(call, "kind",
                          "任务 kind 只能是 score、report、draw_plan、draw、freeze 或 close。");
        return;
    }
    bool is_draw = wish.kind->run == draw || wish.kind->run == plan;
    if ((is_draw && !take_draw(call, object, &wish)) ||
        (wish.kind->run == close_round && !take_why(call, object, &wish.text)) ||
        (wish.kind->run == report && !take_format(call, object, &wish)))
        return;
    long_task_start(call, &wish, false);
}
