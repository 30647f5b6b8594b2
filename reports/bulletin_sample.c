#include "reports/bulletin_sample.h"

#include "reports/bulletin_chart.h"
#include "reports/bulletin_dots.h"
#include "reports/bulletin_page.h"
#include "reports/figures.h"
#include "reports/words.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

/* A class as its tables go through it: its units, then its own row. */
struct group {
    const struct bulletin *bulletin;
    const struct ranking_row *units;
    size_t unit_count;
    const struct ranking_row *class_row;
};

static const struct ranking_row *row_at(const struct group *group, size_t index)
{
    return index < group->unit_count ? &group->units[index] : group->class_row;
}

static bool is_sum(const struct group *group, size_t index)
{
    return index >= group->unit_count;
}

static xmlNode *put_line(struct page *page, xmlNode *body, const struct group *group, size_t index)
{
    return page_element(page, body, "tr", is_sum(group, index) ? "sum" : NULL);
}

static void put_name(struct page *page, xmlNode *tr, const struct group *group, size_t index)
{
    (void)page_put(page, tr, "td", NULL,
                   is_sum(group, index) ? BYTES_LIT("本类合计") : row_at(group, index)->unit_name);
}

static void put_item(struct page *page, xmlNode *tr, const struct bulletin *bulletin,
                     const struct ranking_row *row, enum item item)
{
    int64_t base = item_tally(row, item).valid;
    bulletin_item_rate(page, bulletin_number(page, tr), bulletin, row, item);
    bulletin_count(page, tr, base);
    bulletin_interval(page, bulletin_number(page, tr), item_rate(row, item)->interval, base);
}

static void put_rank_table(struct page *page, xmlNode *parent, const struct group *group)
{
    const struct rules *rules = group->bulletin->rules;
    char range[BULLETIN_HEADING_BYTES];
    bulletin_interval_heading(rules, range);
    const char *const headings[] = {"名次", "单位", "#综合得分", range, "分档", "说明"};
    page_printf(page, page_element(page, parent, "p", "caption"),
                "综合得分（满分%.9g分）和名次（%s按%s排列）", rules->score.full,
                rules->ranking.within_class ? "本类单位内" : "全部单位内", rank_by_name(rules));
    xmlNode *body = bulletin_table(page, parent, headings, sizeof headings / sizeof *headings);
    for (size_t i = 0; i <= group->unit_count; i++) {
        const struct ranking_row *row = row_at(group, i);
        struct buf text;
        xmlNode *tr = put_line(page, body, group, i);
        buf_init(&text, 1024);
        rank_text(&text, group->bulletin, row);
        buf_append_z(&text, row->rank == 0 && !is_sum(group, i) ? "不排名" : "");
        page_take(page, page_element(page, tr, "td", "rank"), &text);
        put_name(page, tr, group, i);
        buf_init(&text, 256);
        score_text(&text, row->score.total.point, rules);
        page_take(page, bulletin_number(page, tr), &text);
        buf_init(&text, 256);
        score_interval_text(&text, row, rules);
        page_take(page, bulletin_number(page, tr), &text);
        (void)page_put(page, tr, "td", "word", bytes_from_z(band_name(row, rules)));
        bulletin_note(page, page_element(page, tr, "td", "note"), group->bulletin, row);
    }
}

static void put_rates_table(struct page *page, xmlNode *parent, const struct group *group)
{
    char base[64];
    char range[BULLETIN_HEADING_BYTES];
    (void)snprintf(base, sizeof base, "#%s", on_time_base_name(group->bulletin->rules));
    bulletin_interval_heading(group->bulletin->rules, range);
    const char *const headings[] = {"单位",        base,        "#按时办结率",
                                    "#诉求解决率", "#有效回答", range,
                                    "#处理满意率", "#有效回答", range};
    (void)page_put(page, parent, "p", "caption", BYTES_LIT("三项指标"));
    xmlNode *body = bulletin_table(page, parent, headings, sizeof headings / sizeof *headings);
    for (size_t i = 0; i <= group->unit_count; i++) {
        const struct ranking_row *row = row_at(group, i);
        xmlNode *tr = put_line(page, body, group, i);
        put_name(page, tr, group, i);
        bulletin_count(page, tr, row->on_time_base);
        bulletin_rate(page, bulletin_number(page, tr), row->on_time, row->on_time_base);
        put_item(page, tr, group->bulletin, row, ITEM_RESOLUTION);
        put_item(page, tr, group->bulletin, row, ITEM_SATISFACTION);
    }
}

static void put_on_time_table(struct page *page, xmlNode *parent, const struct group *group)
{
    char base[64];
    (void)snprintf(base, sizeof base, "#%s", on_time_base_name(group->bulletin->rules));
    const char *const headings[] = {"单位", "#工单", "#不计入", base, "#按时办结", "#按时办结率"};
    (void)page_put(page, parent, "p", "caption", BYTES_LIT("按时办结（全数统计）"));
    xmlNode *body = bulletin_table(page, parent, headings, sizeof headings / sizeof *headings);
    for (size_t i = 0; i <= group->unit_count; i++) {
        const struct ranking_row *row = row_at(group, i);
        xmlNode *tr = put_line(page, body, group, i);
        put_name(page, tr, group, i);
        bulletin_count(page, tr, row->orders);
        bulletin_count(page, tr, row->excluded);
        bulletin_count(page, tr, row->on_time_base);
        bulletin_count(page, tr, row->on_time);
        bulletin_rate(page, bulletin_number(page, tr), row->on_time, row->on_time_base);
    }
}

/* A share whose base stands in a column of its own. */
static void put_part(struct page *page, xmlNode *tr, int64_t part, int64_t base)
{
    bulletin_percent(page, bulletin_number(page, tr),
                     base > 0 ? (double)part / (double)base : (double)NAN, base);
}

/* Shares of the answers as they were given, not weighted: 54 stands beside 543 whatever the rules count. */
static void put_answers_table(struct page *page, xmlNode *parent, const struct group *group)
{
    static const char *const headings[] = {"单位",      "#答解决项",       "#已解决",
                                           "#部分解决", "#未解决",         "#其中正在解决",
                                           "#答满意项", "#非常满意、满意", "#含基本满意"};
    (void)page_put(page, parent, "p", "caption", BYTES_LIT("回答构成（按回答件数，不加权）"));
    xmlNode *body = bulletin_table(page, parent, headings, sizeof headings / sizeof *headings);
    for (size_t i = 0; i <= group->unit_count; i++) {
        const struct ranking_row *row = row_at(group, i);
        struct answer_counts counts = sample_answer_counts(&row->sample);
        const int64_t *of = counts.resolution;
        const int64_t *by = counts.satisfaction;
        int64_t resolution = of[RESOLUTION_YES] + of[RESOLUTION_PARTLY] + of[RESOLUTION_NO];
        int64_t satisfaction = by[1] + by[2] + by[3] + by[4] + by[5];
        xmlNode *tr = put_line(page, body, group, i);
        put_name(page, tr, group, i);
        bulletin_count(page, tr, resolution);
        put_part(page, tr, of[RESOLUTION_YES], resolution);
        put_part(page, tr, of[RESOLUTION_PARTLY], resolution);
        put_part(page, tr, of[RESOLUTION_NO], resolution);
        put_part(page, tr, row->sample.still_open, resolution);
        bulletin_count(page, tr, satisfaction);
        put_part(page, tr, by[5] + by[4], satisfaction);
        put_part(page, tr, by[5] + by[4] + by[3], satisfaction);
    }
}

/* Units without any answer, 、 between them; false when there is none. */
static bool put_unanswered(struct page *page, xmlNode *node, const struct group *group,
                           enum item item)
{
    bool has_any = false;
    for (size_t i = 0; i < group->unit_count; i++) {
        const struct ranking_row *row = &group->units[i];
        if (row->sample.frame == 0 || item_tally(row, item).valid > 0)
            continue;
        page_text(page, node,
                  has_any ? BYTES_LIT("、") : BYTES_LIT("，没有有效回答而未计入的单位："));
        page_text(page, node, row->unit_name);
        has_any = true;
    }
    return has_any;
}

/* Who is not in the figure of a class: units, or units in some part of an accumulated round. */
static void put_coverage(struct page *page, xmlNode *parent, const struct group *group,
                         enum item item)
{
    double coverage = item_coverage(group->class_row, item);
    if (!(coverage < 1))
        return;
    xmlNode *p = page_element(page, parent, "p", NULL);
    page_printf(page, p, "本类%s覆盖样本框%" PRId64 "件的", item_name(item),
                group->class_row->sample.frame);
    bulletin_percent(page, p, coverage, group->class_row->sample.frame);
    if (!put_unanswered(page, p, group, item))
        page_text(page, p, BYTES_LIT("，有的单位在个别评价期没有有效回答，该期未计入"));
    page_text(page, p, BYTES_LIT("。"));
}

void bulletin_sample_class(struct page *page, xmlNode *parent, const struct bulletin *bulletin,
                           const struct ranking_row *units, size_t unit_count,
                           const struct ranking_row *class_row)
{
    const struct group group = {bulletin, units, unit_count, class_row};
    put_rank_table(page, parent, &group);
    put_rates_table(page, parent, &group);
    put_coverage(page, parent, &group, ITEM_RESOLUTION);
    put_coverage(page, parent, &group, ITEM_SATISFACTION);
    for (enum item item = ITEM_RESOLUTION; item <= ITEM_SATISFACTION; item++) {
        page_printf(page, page_element(page, parent, "p", "caption"), "%s及误差范围",
                    item_name(item));
        bulletin_dots(page, parent, bulletin, units, unit_count, class_row, item);
    }
    put_answers_table(page, parent, &group);
    put_on_time_table(page, parent, &group);
    bulletin_chart(page, parent, units, unit_count, class_row);
}

void bulletin_sample_summary(struct page *page, xmlNode *parent, const struct bulletin *bulletin)
{
    const struct ranking_row *all = ranking_over_all(bulletin->ranking);
    xmlNode *p = page_element(page, parent, "p", NULL);
    page_printf(page, p,
                "样本框共%" PRId64 "件，发放访问样本%" PRId64 "件，成功访问%" PRId64
                "件，部分完成%" PRId64 "件。",
                all->sample.frame, all->drawn, all->sample.outcomes.of_group[OUTCOME_COMPLETE],
                all->sample.outcomes.of_group[OUTCOME_PARTIAL]);
    for (enum item item = ITEM_RESOLUTION; item <= ITEM_SATISFACTION; item++) {
        int64_t valid = item_tally(all, item).valid;
        page_text(page, p, bytes_from_z(item_name(item)));
        bulletin_item_rate(page, p, bulletin, all, item);
        page_printf(page, p, "（有效回答%" PRId64 "件，误差范围(%.9g%%)", valid,
                    bulletin->rules->interval.level * 100);
        bulletin_interval(page, p, item_rate(all, item)->interval, valid);
        page_text(page, p, item == ITEM_RESOLUTION ? BYTES_LIT("），") : BYTES_LIT("）"));
    }
    page_text(page, p, BYTES_LIT("；非常满意、满意两档合计"));
    bulletin_percent(page, p, all->satisfaction_54.point, all->satisfaction.valid);
    page_text(page, p, BYTES_LIT("。以上三个比率均按各单位样本框加权。"));
    if (all->resolution_coverage < 1 || all->satisfaction_coverage < 1)
        page_text(page, p, BYTES_LIT("没有有效回答的未计入，见各类单位的说明。"));
}
