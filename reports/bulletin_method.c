#include "reports/bulletin_method.h"

#include "reports/words.h"

#include <inttypes.h>

static xmlNode *put_point(struct page *page, xmlNode *list, const char *heading)
{
    xmlNode *item = page_element(page, list, "li", NULL);
    (void)page_put(page, item, "strong", NULL, bytes_from_z(heading));
    return item;
}

static void put_counted(struct page *page, xmlNode *list, const struct rules *rules)
{
    static const char *const labels[] = {"",         "非常不满意", "不满意",
                                         "基本满意", "满意",       "非常满意"};
    xmlNode *item = put_point(page, list, "统计什么。");
    page_printf(
        page, item,
        "按时办结率由%s工单逐件判定，是全数统计。诉求解决率和处理满意率来自对诉求人的电话访问，"
        "分母为有明确回答的件数；说不清、拒绝回答的不计入分母。答%s的计为解决，",
        on_time_base_name(rules), rules->rates.resolved_partly ? "已解决或部分解决" : "已解决");
    page_text(page, item, BYTES_LIT("答正在解决的计为未解决，单独列出。答"));
    int named = 0;
    for (int label = SATISFACTION_HIGHEST; label > 0; label--) {
        if (rules->rates.satisfied[label])
            page_printf(page, item, "%s%s", named++ > 0 ? "、" : "", labels[label]);
    }
    page_text(page, item, BYTES_LIT("的计为满意。"));
}

static void put_frame(struct page *page, xmlNode *list, const struct rules *rules)
{
    xmlNode *item = put_point(page, list, "哪些工单可能被抽到。");
    page_printf(page, item, "本期统计、未被剔除的工单中，%s。",
                rules->frame.due ? "已办结的和已过办理期限的（包括逾期未办结的）列入样本框"
                                 : "已办结的列入样本框");
    if (rules->frame.max_age_days > 0)
        page_printf(page, item, "办结至统计截止超过%d天的不列入。", rules->frame.max_age_days);
    if (rules->exclude.opt_out == RULES_EXCLUDE_DRAW)
        page_text(page, item, BYTES_LIT("诉求人拒绝回访的，计入按时办结率，不抽取。"));
    if (rules->exclude.confidential == RULES_EXCLUDE_DRAW)
        page_text(page, item, BYTES_LIT("保密工单，计入按时办结率，不抽取。"));
}

static const char *allocation_sentence(enum rules_allocation method)
{
    switch (method) {
    case RULES_ALLOCATE_PROPORTIONAL:
        return "样本量按各单位样本框大小成比例分配";
    case RULES_ALLOCATE_EQUAL:
        return "样本量在各单位间平均分配";
    case RULES_ALLOCATE_POWER:
        return "工单多的单位多抽，但不按比例增加，工单少的单位抽取的比例更高";
    case RULES_ALLOCATE_NEYMAN:
        return "样本量按各单位样本框大小和回答的差异程度分配";
    }
    return "";
}

static void put_drawing(struct page *page, xmlNode *list, const struct bulletin *bulletin)
{
    const struct rules *rules = bulletin->rules;
    xmlNode *item = put_point(page, list, "怎样抽取。");
    const struct bulletin_draw *draw = bulletin->draw;
    if (draw == NULL || !draw->is_drawn) {
        page_text(page, item, BYTES_LIT("各评价期分别确定样本框、分别抽取，方法见各期通报。"));
        return;
    }
    if (bytes_equal(draw->kind, BYTES_LIT("adopted"))) {
        page_text(
            page, item,
            BYTES_LIT("样本由外部抽取，本期采用；误差范围按各单位随机抽取计算，是否随机由抽取方"
                      "负责。"));
        return;
    }
    page_printf(page, item, "各单位分别随机抽取，%s",
                allocation_sentence(rules->allocation.method));
    if (rules->allocation.min_per_unit > 0)
        page_printf(page, item, "，每个单位至少%" PRId64 "件（不足的全部抽取）",
                    rules->allocation.min_per_unit);
    if (rules->allocation.cap > 0)
        page_printf(page, item, "，至多%" PRId64 "件", rules->allocation.cap);
    page_text(
        page, item,
        BYTES_LIT("。每件工单由种子和工单编号算出一个签号，签号小的先抽中，凭种子可以重算。"));
    page_text(page, item,
              bytes_equal(draw->kind, BYTES_LIT("seed"))
                  ? BYTES_LIT("样本框冻结在先，种子产生在后，任何人不能挑选。")
                  : BYTES_LIT("种子由抽样的人指定，没有见证。"));
    if (rules->frame.one_per_person)
        page_text(page, item,
                  BYTES_LIT("同一电话号码有几件工单被抽中的，合并为一次访问，避免重复打扰。"));
}

static void put_interval(struct page *page, xmlNode *list, const struct rules *rules)
{
    xmlNode *item = put_point(page, list, "为什么有误差范围。");
    page_printf(
        page, item,
        "只访问了一部分诉求人，换一批人回答，结果会有出入。误差范围按%.9g%%的把握给出：同样的抽样"
        "重复多次，大约有%.9g%%的次数，误差范围包含真实的比率。有效回答越多，范围越窄。",
        rules->interval.level * 100, rules->interval.level * 100);
    page_text(
        page, item,
        rules->interval.process
            ? BYTES_LIT("误差范围针对单位的办理水平，本期工单只是其中一部分，按时办结率在得分中也"
                        "带误差范围。")
            : BYTES_LIT("误差范围只针对本期样本框内的工单；全部抽取并全部回答的，没有抽样误差。"));
    xmlNode *not_in = put_point(page, list, "误差范围不包括什么。");
    page_text(
        page, not_in,
        BYTES_LIT("没有接通、拒访的诉求人如果与接受访问的不同，误差范围看不出来；可能的影响另用"
                  "界限列出。访问员提问和记录的差错也不在内。"));
}

static void put_weighing(struct page *page, xmlNode *list)
{
    xmlNode *item = put_point(page, list, "合计怎样计算。");
    page_text(
        page, item,
        BYTES_LIT("各单位抽取的比例不同，类别和总计的诉求解决率、处理满意率不是把回答相加，而是按各"
                  "单位样本框大小加权；没有有效回答的单位不在其内，另行列名。合计得分只由各项齐全的"
                  "单位算出。"));
}

static double component_weight(const struct rules_component *component)
{
    return component->is_line ? component->cap : component->weight;
}

static void put_component(struct page *page, xmlNode *item, const char *name,
                          const struct rules_component *component, double scale)
{
    double weight = component_weight(component);
    if (!(weight > 0))
        return;
    if (component->is_line)
        page_printf(page, item, "%s满%.6g分：达到%.6g%%得满分，每低1个百分点减%.6g分，最低%.6g分；",
                    name, weight * scale, component->target * 100, component->per_point * scale,
                    component->floor * scale);
    else
        page_printf(page, item, "%s占%.6g分；", name, weight * scale);
}

static const char *missing_sentence(enum rules_missing missing)
{
    switch (missing) {
    case RULES_MISSING_REFUSE:
        return "缺任何一项的单位没有得分。";
    case RULES_MISSING_RESCALE:
        return "缺一项的单位，其余各项按比例折算为满分。";
    case RULES_MISSING_CLASS_MEAN:
        return "缺一项的单位，该项按本类平均计算。";
    }
    return "";
}

static void put_score(struct page *page, xmlNode *list, const struct rules *rules)
{
    const struct rules_component *parts[] = {&rules->score.on_time, &rules->score.resolution,
                                             &rules->score.satisfaction};
    static const char *const names[] = {"按时办结率", "诉求解决", "处理满意"};
    double sum = 0;
    for (size_t i = 0; i < 3; i++)
        sum += component_weight(parts[i]);
    xmlNode *item = put_point(page, list, "得分怎样计算。");
    page_printf(page, item, "综合得分满分%.9g分：", rules->score.full);
    for (size_t i = 0; i < 3; i++)
        put_component(page, item, names[i], parts[i], rules->score.full / sum);
    page_text(page, item, bytes_from_z(missing_sentence(rules->score.missing)));
    if (!rules->score.resolution.is_line && rules->score.resolution.weight > 0)
        page_printf(page, item,
                    "诉求解决按每个回答折算：已解决%.9g，部分解决%.9g，未解决和正在解决%.9g。",
                    rules->points.resolution_yes, rules->points.resolution_partly,
                    rules->points.resolution_no);
    if (!rules->score.satisfaction.is_line && rules->score.satisfaction.weight > 0)
        page_printf(
            page, item,
            "处理满意按每个回答折算：非常满意%.9g，满意%.9g，基本满意%.9g，不满意%.9g，非常不"
            "满意%.9g。",
            rules->points.satisfaction[5], rules->points.satisfaction[4],
            rules->points.satisfaction[3], rules->points.satisfaction[2],
            rules->points.satisfaction[1]);
}

static void put_rank(struct page *page, xmlNode *list, const struct rules *rules)
{
    xmlNode *item = put_point(page, list, "名次范围是什么意思。");
    if (rules->ranking.by == RULES_RANK_BY_ON_TIME) {
        page_text(page, item,
                  BYTES_LIT("名次按按时办结率排列，是全数统计，只有比率相同的单位并列。"));
        return;
    }
    page_printf(
        page, item,
        "名次按%s排列。得分或比率有误差，差距小的单位分不出先后，所以每个名次附一个范围：%s名次"
        "范围同时正确的把握为%.9g%%。范围不重叠的单位，可以断定先后；重叠的，不能只凭名次断定。",
        rank_by_name(rules), rules->ranking.within_class ? "同类单位的全部" : "全部",
        rules->interval.level * 100);
    xmlNode *none = put_point(page, list, "不排名是什么意思。");
    page_printf(page, none,
                "%s有效回答不足%" PRId64 "件的单位，或者没有%s的单位，不排名，比率照常列出。",
                rules->ranking.by == RULES_RANK_BY_SCORE ? "得分所用的任一项" : "任一项",
                min_answers_shown(rules), rank_by_name(rules));
    page_printf(page, none,
                "有效回答不足%" PRId64
                "件或误差范围过宽的，注明样本偏少；应答率低于%.9g%%的，注明有效率偏低。",
                rules->ranking.few_answers, rules->ranking.low_response * 100);
}

void bulletin_method(struct page *page, xmlNode *parent, const struct bulletin *bulletin)
{
    const struct rules *rules = bulletin->rules;
    xmlNode *list = page_element(page, parent, "ol", NULL);
    put_counted(page, list, rules);
    if (bulletin->part_count == 0) /* the parts' frames were made by their own rules */
        put_frame(page, list, rules);
    put_drawing(page, list, bulletin);
    put_interval(page, list, rules);
    put_weighing(page, list);
    put_score(page, list, rules);
    put_rank(page, list, rules);
}
