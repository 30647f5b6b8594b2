#include "reports/bulletin_rules.h"

#include "reports/figures.h"
#include "reports/words.h"

#include <inttypes.h>

static const char *period_sentence(enum rules_period period)
{
    switch (period) {
    case RULES_PERIOD_DUE:
        return "办理期限落在本评价期内的工单计入本期；提前办结的，仍计入期限所在的评价期。";
    case RULES_PERIOD_RECEIVED:
        return "在本评价期内受理的工单计入本期。";
    case RULES_PERIOD_CLOSED:
        return "在本评价期内办结的工单计入本期。";
    }
    return "";
}

static const char *source_sentence(enum rules_source source)
{
    switch (source) {
    case RULES_SOURCE_DATES:
        return "是否按时，按工单的办理期限和办结时间判定。";
    case RULES_SOURCE_FLAG:
        return "是否按时，按源系统的超期标识判定。";
    case RULES_SOURCE_FLAG_ELSE_DATES:
        return "是否按时，有源系统超期标识的按标识判定，没有的按办理期限和办结时间判定。";
    }
    return "";
}

static const char *base_sentence(const struct rules *rules)
{
    if (rules->on_time.source == RULES_SOURCE_FLAG && rules->on_time.base != RULES_BASE_CLOSED)
        return "按时办结率的分母为全部有超期标识的工单。";
    switch (rules->on_time.base) {
    case RULES_BASE_DUE:
        return "按时办结率的分母（应办结）为截至统计时间已办结的和已过办理期限的工单；逾期未办结的"
               "计入分母，不计入分子。";
    case RULES_BASE_CLOSED:
        return "按时办结率的分母为截至统计时间已办结的工单。";
    case RULES_BASE_ALL:
        return "按时办结率的分母为本期全部工单；未到办理期限的在办工单视同按时。";
    }
    return "";
}

static const char *closed_by_sentence(enum rules_closed_by closed_by)
{
    switch (closed_by) {
    case RULES_CLOSED_BY_SUBMITTED_ELSE_CLOSED:
        return "办结时间为承办单位提交办结的时间，没有的用结案时间。";
    case RULES_CLOSED_BY_SUBMITTED:
        return "办结时间为承办单位提交办结的时间。";
    case RULES_CLOSED_BY_CLOSED:
        return "办结时间为结案时间。";
    }
    return "";
}

static const char *no_deadline_sentence(const struct rules *rules)
{
    if (rules->on_time.period == RULES_PERIOD_DUE &&
        rules->on_time.no_deadline != RULES_NO_DEADLINE_BY_KIND)
        return "没有办理期限的工单无法归入按期限划分的评价期，不统计。";
    switch (rules->on_time.no_deadline) {
    case RULES_NO_DEADLINE_EXCLUDE:
        return "没有办理期限的工单不计入考核。";
    case RULES_NO_DEADLINE_ON_TIME:
        return "没有办理期限的工单，办结的视同按时。";
    case RULES_NO_DEADLINE_BY_KIND:
        return "没有办理期限的工单，按工单类型规定的时限推算期限。";
    }
    return "";
}

static void put_bands(struct page *page, xmlNode *list, const struct rules *rules, bool is_sampled)
{
    const char *by = is_sampled ? rank_by_name(rules) : "按时办结率";
    bool is_score = is_sampled && rules->ranking.by == RULES_RANK_BY_SCORE;
    xmlNode *item = page_element(page, list, "li", NULL);
    if (rules->ranking.bands_by_class_mean) {
        page_printf(page, item, "分档：单位的%s与本类合计的%s相比，分为高于、无明显差异、低于。",
                    by, by);
        if (is_sampled && rules->ranking.by != RULES_RANK_BY_ON_TIME)
            page_text(page, item, BYTES_LIT("误差范围包含本类合计的，为无明显差异。"));
        return;
    }
    for (int i = 0; i < rules->ranking.band_count; i++)
        page_printf(page, item, "%s%s：%s不低于%.9g%s", i > 0 ? "；" : "分档：",
                    rules->ranking.bands[i].name, by,
                    rules->ranking.bands[i].at_least * (is_score ? rules->score.full : 100),
                    is_score ? "分" : "%");
    page_text(page, item, BYTES_LIT("。"));
}

void bulletin_rules(struct page *page, xmlNode *parent, const struct bulletin *bulletin)
{
    const struct rules *rules = bulletin->rules;
    xmlNode *list = page_element(page, parent, "ol", NULL);
    const char *const sentences[] = {
        "只统计主办单位，协办不计；县（区）所属部门的工单计入所在县（区）。",
        period_sentence(rules->on_time.period),
        source_sentence(rules->on_time.source),
        base_sentence(rules),
        closed_by_sentence(rules->on_time.closed_by),
        no_deadline_sentence(rules),
    };
    for (size_t i = 0; i < sizeof sentences / sizeof *sentences; i++)
        (void)page_put(page, list, "li", NULL, bytes_from_z(sentences[i]));
    xmlNode *extension = page_element(page, list, "li", NULL);
    if (rules->on_time.extensions > 0)
        page_printf(page, extension, "期限届满前申请的延期予以认可，至多%d次。",
                    rules->on_time.extensions);
    else
        page_text(page, extension, BYTES_LIT("载明延期次数的延期一律不予认可。"));
    if (rules->on_time.judged_once)
        (void)page_put(page, list, "li", NULL,
                       BYTES_LIT("已在同类已关闭评价期统计过的工单，不重复统计。"));
    bool is_sampled = ranking_has_sample(bulletin->ranking);
    bool by_answers = is_sampled && rules->ranking.by != RULES_RANK_BY_ON_TIME;
    page_printf(page, page_element(page, list, "li", NULL), "%s不足%" PRId64 "件的单位不排名；%s。",
                by_answers ? "有效回答" : on_time_base_name(rules),
                by_answers ? min_answers_shown(rules) : min_orders_shown(rules),
                rules->ranking.within_class ? "名次在同类单位内排列" : "名次在全部单位内排列");
    put_bands(page, list, rules, is_sampled);
}
