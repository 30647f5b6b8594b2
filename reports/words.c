#include "reports/words.h"

#include <inttypes.h>
#include <string.h>

struct judgement_words {
    const char *name, *sentence;
};

static const struct judgement_words judgement_words[] = {
    [JUDGED_OTHER_PERIOD] = {"不属本期", "时间不在本评价期内，本期不统计。"},
    [JUDGED_RECEIVED_LATER] = {"截止后受理", "受理时间晚于统计截止时间，本期不统计。"},
    [JUDGED_NOT_LEAD] = {"协办", "本单位为协办单位，只统计主办单位。"},
    [JUDGED_UNCLEAR] = {"主办不明",
                        "有两个以上主办单位，或多个单位未注明主协办，待评价机关认定，暂不统计。"},
    [JUDGED_IN_EARLIER_ROUND] = {"前期已统计", "已在同类评价期统计，不重复统计。"},
    [JUDGED_NO_DEADLINE_NO_ROUND] = {"无办理期限",
                                     "没有办理期限，无法归入按期限划分的评价期，不统计。"},
    [JUDGED_VOID] = {"作废", "工单已作废，不计入考核。"},
    [JUDGED_DIRECT] = {"直接答复", "由热线直接答复，未派单，不计入考核。"},
    [JUDGED_PRAISE] = {"表扬", "表扬类工单，不计入考核。"},
    [JUDGED_MERGED] = {"重复件并单", "首件办结前同一主办单位的重复诉求，并入首件，不计入考核。"},
    [JUDGED_RETURNED] = {"退单", "退单已获接受，不计入退出单位，由最终承办单位计入。"},
    [JUDGED_NO_DEADLINE] = {"无办理期限", "没有办理期限，无法判定是否按时，不计入考核。"},
    [JUDGED_CLOSED_UNDATED] = {"办结时间缺失",
                               "状态为已办结，但没有可识别的办结时间，不计入考核。"},
    [JUDGED_CONTRADICTION] = {"时间矛盾", "办理期限须由相互矛盾的时间推算，不计入考核。"},
    [JUDGED_REQUEST] = {"经批准剔除", "经申请并批准，不计入考核。"},
    [JUDGED_OPT_OUT] = {"拒绝回访", "诉求人表示不接受回访，按规则不计入考核。"},
    [JUDGED_CONFIDENTIAL] = {"保密", "保密工单，按规则不计入考核。"},
    [JUDGED_NOT_DUE_YET] = {"未到期", "尚未办结，截至统计时间未到办理期限，不计入应办结。"},
    [JUDGED_OPEN] = {"未办结", "尚未办结，按规则只统计已办结工单。"},
    [JUDGED_NO_FLAG] = {"无超期标识", "源系统没有给出是否超期的标识，按规则不计入应办结。"},
    [JUDGED_ON_TIME] = {"按时办结", "在办理期限内办结，计入按时办结。"},
    [JUDGED_LATE] = {"逾期办结", "超过办理期限办结，计入应办结，不计入按时办结。"},
    [JUDGED_LATE_OPEN] = {"逾期未办结", "超过办理期限仍未办结，计入应办结，不计入按时办结。"},
    [JUDGED_ON_TIME_OPEN] = {"期限内在办", "尚未办结且未到办理期限，按规则计入按时办结。"},
    [JUDGED_FLAG_ON_TIME] = {"标识按时", "源系统标识为按时，计入按时办结。"},
    [JUDGED_FLAG_OVERDUE] = {"标识超期", "源系统标识为超期，计入应办结，不计入按时办结。"},
    [JUDGED_ON_TIME_NO_DEADLINE] = {"无期限视同按时", "没有办理期限，按规则视同按时办结。"},
};

static struct judgement_words words_of(enum judgement judgement)
{
    size_t at = (size_t)judgement;
    if (at < sizeof judgement_words / sizeof *judgement_words && judgement_words[at].name != NULL)
        return judgement_words[at];
    return (struct judgement_words){"未知", "无法识别的判定。"};
}

const char *judgement_name(enum judgement judgement)
{
    return words_of(judgement).name;
}

const char *judgement_sentence(enum judgement judgement)
{
    return words_of(judgement).sentence;
}

const char *deadline_source_name(enum deadline_source source)
{
    switch (source) {
    case DEADLINE_NONE:
        return "无期限";
    case DEADLINE_GIVEN:
        return "工单所载期限";
    case DEADLINE_EXTENDED:
        return "延期后期限";
    case DEADLINE_COMPUTED:
        return "按工单类型推算";
    }
    return "未知";
}

const char *extension_verdict_name(enum extension_verdict verdict)
{
    switch (verdict) {
    case EXTENSION_ABSENT:
        return "无延期";
    case EXTENSION_COUNTS:
        return "延期有效";
    case EXTENSION_NOT_LATER:
        return "延期后期限不晚于原期限，不予认可";
    case EXTENSION_ASKED_LATE:
        return "逾期后才申请延期，不予认可";
    case EXTENSION_TOO_MANY:
        return "延期次数超过规定，不予认可";
    }
    return "未知";
}

const char *frame_reason_name(enum frame_reason reason)
{
    static const char *const names[FRAME_REASONS] = {
        [FRAME_IN] = "在样本框内",
        [FRAME_NOT_COUNTED] = "本期不统计",
        [FRAME_EXCLUDED] = "按规则不计入考核",
        [FRAME_OPT_OUT] = "诉求人拒绝回访",
        [FRAME_CONFIDENTIAL] = "保密工单",
        [FRAME_REQUEST] = "经批准剔除",
        [FRAME_OPEN] = "尚未办结",
        [FRAME_TOO_OLD] = "办结时间过久",
    };
    return (size_t)reason < FRAME_REASONS ? names[reason] : "未知";
}

const char *outcome_group_name(enum outcome_group group)
{
    static const char *const names[OUTCOME_GROUPS] = {
        [OUTCOME_COMPLETE] = "成功访问",
        [OUTCOME_PARTIAL] = "部分完成",
        [OUTCOME_REFUSAL] = "拒访",
        [OUTCOME_NONCONTACT] = "未接通",
        [OUTCOME_OTHER] = "其他",
        [OUTCOME_UNKNOWN_UNWORKED] = "未拨打或不明",
        [OUTCOME_UNKNOWN_PERSON] = "未能确认本人",
        [OUTCOME_INELIGIBLE] = "不合格样本",
    };
    return (size_t)group < OUTCOME_GROUPS ? names[group] : "未知";
}

struct word_name {
    const char *word, *name;
};

static struct bytes name_of(struct bytes word, const struct word_name *names, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (bytes_equal(word, bytes_from_z(names[i].word)))
            return bytes_from_z(names[i].name);
    }
    return word;
}

struct bytes draw_kind_name(struct bytes kind)
{
    static const struct word_name names[] = {
        {"seed", "公开摇号抽样"}, {"exact", "按指定种子抽样"}, {"adopted", "采用外部样本"}};
    return name_of(kind, names, sizeof names / sizeof *names);
}

struct bytes round_state_name(struct bytes state)
{
    static const struct word_name names[] = {{"draft", "未冻结"},  {"frozen", "已冻结"},
                                             {"drawn", "已抽样"},  {"calling", "访问中"},
                                             {"closed", "已关闭"}, {"scored", "已计分"}};
    return name_of(state, names, sizeof names / sizeof *names);
}

struct bytes request_reason_name(struct bytes reason)
{
    static const struct word_name names[] = {
        {"void", "作废"},
        {"direct", "直接答复"},
        {"praise", "表扬"},
        {"merged", "重复件并单"},
        {"returned", "退单"},
        {"opt_out", "拒绝回访"},
        {"confidential", "保密"},
        {"legal", "涉法涉诉"},
        {"beyond_duty", "超出职责"},
        {"uncooperative", "诉求人拒不配合"},
    };
    return name_of(reason, names, sizeof names / sizeof *names);
}

const char *rank_by_name(const struct rules *rules)
{
    switch (rules->ranking.by) {
    case RULES_RANK_BY_SCORE:
        return "综合得分";
    case RULES_RANK_BY_ON_TIME:
        return "按时办结率";
    case RULES_RANK_BY_RESOLUTION:
        return "诉求解决率";
    case RULES_RANK_BY_SATISFACTION:
        return "处理满意率";
    }
    return "综合得分";
}

int64_t min_orders_shown(const struct rules *rules)
{
    return rules->on_time.min_orders > 1 ? rules->on_time.min_orders : 1;
}

int64_t min_answers_shown(const struct rules *rules)
{
    return rules->ranking.min_answers > 1 ? rules->ranking.min_answers : 1;
}

bool rank_is_sampled(const struct ranking_row *row, const struct rules *rules)
{
    return row->has_sample && rules->ranking.by != RULES_RANK_BY_ON_TIME;
}

const char *on_time_base_name(const struct rules *rules)
{
    switch (rules->on_time.base) {
    case RULES_BASE_DUE:
        return "应办结";
    case RULES_BASE_CLOSED:
        return "已办结";
    case RULES_BASE_ALL:
        return "计入统计";
    }
    return "计入统计";
}

const char *band_name(const struct ranking_row *row, const struct rules *rules)
{
    static const struct {
        const char *word, *name;
    } names[] = {
        {"above", "高于类别平均"}, {"not_different", "无明显差异"}, {"below", "低于类别平均"}};
    for (size_t i = 0; rules->ranking.bands_by_class_mean && i < sizeof names / sizeof *names;
         i++) {
        if (strcmp(row->band, names[i].word) == 0)
            return names[i].name;
    }
    return row->band;
}

void ranking_note_text(struct buf *out, const struct ranking_row *row, const struct rules *rules)
{
    switch (row->note) {
    case NOTE_NONE:
        break;
    case NOTE_FEW:
        buf_append_z(out, "样本偏少，仅供参考");
        break;
    case NOTE_TOO_FEW:
        if (rank_is_sampled(row, rules))
            buf_append_z(out, "样本不足，不排名");
        else
            buf_printf(out, "%s不足%" PRId64 "件，不排名", on_time_base_name(rules),
                       min_orders_shown(rules));
        break;
    case NOTE_NO_ORDERS:
        buf_append_z(out, "本期无工单");
        break;
    case NOTE_NONE_DUE:
        buf_append_z(out, "本期无到期工单");
        break;
    case NOTE_LOW_RESPONSE:
        buf_append_z(out, "有效率偏低");
        break;
    }
}

void rate_text(struct buf *out, int64_t part, int64_t base)
{
    if (base <= 0) {
        buf_append_z(out, "—");
        return;
    }
    if (base < 100) {
        buf_printf(out, "%" PRId64 "件中%" PRId64 "件", base, part);
        return;
    }
    /* In units of the last decimal, rounded half up; whole numbers keep it exact. */
    int64_t scale = base < 1000 ? 1000 : 10000;
    int64_t shown = (int64_t)(((__int128)part * scale * 2 + base) / ((__int128)base * 2));
    if (shown == scale && part < base)
        shown = scale - 1;
    if (shown == 0 && part > 0)
        shown = 1;
    if (scale == 1000)
        buf_printf(out, "%" PRId64 ".%" PRId64 "%%", shown / 10, shown % 10);
    else
        buf_printf(out, "%" PRId64 ".%02" PRId64 "%%", shown / 100, shown % 100);
}
