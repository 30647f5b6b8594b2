#include "reports/bulletin_html.h"

#include "base/civil.h"

#include "reports/bulletin_chart.h"
#include "reports/bulletin_draw.h"
#include "reports/bulletin_method.h"
#include "reports/bulletin_page.h"
#include "reports/bulletin_response.h"
#include "reports/bulletin_rules.h"
#include "reports/bulletin_sample.h"
#include "reports/embedded.h"
#include "reports/figures.h"
#include "reports/page.h"
#include "reports/words.h"

#include <inttypes.h>
#include <stdio.h>

static void put_day(struct page *page, xmlNode *node, int64_t day)
{
    struct civil date = day_to_civil(day);
    page_printf(page, node, "%d年%d月%d日", date.year, date.month, date.day);
}

static void put_head(struct page *page, xmlNode *main, const struct bulletin *bulletin)
{
    if (bulletin->organ.len > 0)
        (void)page_put(page, main, "p", "organ", bulletin->organ);
    if (bulletin->document.len > 0)
        (void)page_put(page, main, "p", "document", bulletin->document);
    if (bulletin_is_trial(bulletin)) {
        xmlNode *banner = page_element(page, main, "div", "banner");
        (void)page_put(page, banner, "strong", NULL, BYTES_LIT("试算"));
        page_text(page, banner,
                  bulletin->document.len == 0
                      ? BYTES_LIT(" 本件没有依据文件，仅供内部核对，不作为考核结果。")
                      : BYTES_LIT(" 本件所用规则不是本评价期的规则，不作为考核结果。"));
    }
    if (bulletin->is_demonstration)
        (void)page_put(page, main, "div", "banner", bulletin->demonstration_notice);
    (void)page_put(page, main, "h1", NULL, bulletin->title);
    if (bulletin->issue > 1)
        page_printf(page, page_element(page, main, "p", "meta"), "第%" PRId64 "次印发（更正）",
                    bulletin->issue);
    xmlNode *meta = page_element(page, main, "p", "meta");
    put_day(page, meta, bulletin->from_day);
    page_text(page, meta, BYTES_LIT("至"));
    put_day(page, meta, bulletin->to_day);
    page_text(page, meta, BYTES_LIT("　统计截止 "));
    page_text(page, meta, bulletin->as_of);
}

/* Change of the rate in percentage points, exact; unsaid under 100 cases, where points would be finer than the data. */
static void put_change(struct page *page, xmlNode *node, const struct ranking_row *now,
                       const struct ranking_row *before)
{
    int64_t least =
        now->on_time_base < before->on_time_base ? now->on_time_base : before->on_time_base;
    if (least < 100)
        return;
    __int128 bases = (__int128)now->on_time_base * before->on_time_base;
    __int128 difference = (__int128)now->on_time * before->on_time_base -
                          (__int128)before->on_time * now->on_time_base;
    const char *word = difference > 0 ? "上升" : "下降";
    __int128 size = difference < 0 ? -difference : difference;
    /* As many decimals as the smaller base's rate has. */
    int64_t scale = least < 1000 ? 10 : 100;
    int64_t points = (int64_t)((size * 200 * scale + bases) / (bases * 2));
    if (difference == 0)
        page_text(page, node, BYTES_LIT("，与上期持平"));
    else if (points == 0)
        page_printf(page, node, "，比上期%s不足%s个百分点", word, scale == 10 ? "0.1" : "0.01");
    else
        page_printf(page, node, "，比上期%s%" PRId64 ".%0*" PRId64 "个百分点", word, points / scale,
                    scale == 10 ? 1 : 2, points % scale);
}

static void put_summary(struct page *page, xmlNode *main, const struct bulletin *bulletin)
{
    const struct ranking_row *all = ranking_over_all(bulletin->ranking);
    xmlNode *p = page_element(page, main, "p", NULL);
    if (all == NULL) {
        page_text(page, p, BYTES_LIT("本期没有可统计的单位。"));
        return;
    }
    page_printf(page, p,
                "本期主办工单共%" PRId64 "件，其中不计入考核%" PRId64 "件；%s%" PRId64
                "件，按时办结%" PRId64 "件，按时办结率",
                all->orders, all->excluded, on_time_base_name(bulletin->rules), all->on_time_base,
                all->on_time);
    bulletin_rate(page, p, all->on_time, all->on_time_base);
    const struct ranking_row *before =
        bulletin->previous != NULL ? ranking_over_all(bulletin->previous->ranking) : NULL;
    /* Rates of other denominators are not held against each other. */
    if (before != NULL && bulletin->previous->rules->on_time.base == bulletin->rules->on_time.base)
        put_change(page, p, all, before);
    page_text(page, p, BYTES_LIT("。"));
    if (before == NULL)
        return;
    xmlNode *last = page_element(page, main, "p", NULL);
    page_text(page, last, BYTES_LIT("上期（"));
    page_text(page, last, bulletin->previous->title);
    page_printf(page, last,
                "）主办工单%" PRId64 "件，不计入考核%" PRId64 "件，%s%" PRId64
                "件，按时办结%" PRId64 "件，按时办结率",
                before->orders, before->excluded, on_time_base_name(bulletin->previous->rules),
                before->on_time_base, before->on_time);
    bulletin_rate(page, last, before->on_time, before->on_time_base);
    page_text(page, last, BYTES_LIT("。"));
}

static void put_unit_row(struct page *page, xmlNode *body, const struct bulletin *bulletin,
                         const struct ranking_row *row, const char *sum_name)
{
    xmlNode *tr = page_element(page, body, "tr", sum_name != NULL ? "sum" : NULL);
    xmlNode *rank = bulletin_number(page, tr);
    if (row->rank > 0)
        page_printf(page, rank, "%s%d", row->rank_high > row->rank_low ? "并列" : "", row->rank);
    else if (sum_name == NULL)
        page_text(page, rank, BYTES_LIT("—"));
    (void)page_put(page, tr, "td", NULL,
                   sum_name != NULL ? bytes_from_z(sum_name) : row->unit_name);
    bulletin_count(page, tr, row->orders);
    bulletin_count(page, tr, row->excluded);
    bulletin_count(page, tr, row->on_time_base);
    bulletin_count(page, tr, row->on_time);
    bulletin_rate(page, bulletin_number(page, tr), row->on_time, row->on_time_base);
    (void)page_put(page, tr, "td", "band", bytes_from_z(band_name(row, bulletin->rules)));
    bulletin_note(page, page_element(page, tr, "td", NULL), bulletin, row);
}

static xmlNode *put_score_table(struct page *page, xmlNode *main, const struct bulletin *bulletin)
{
    char base[64];
    (void)snprintf(base, sizeof base, "#%s", on_time_base_name(bulletin->rules));
    const char *const headings[] = {"#名次",     "单位",        "#工单", "#不计入", base,
                                    "#按时办结", "#按时办结率", "分档",  "说明"};
    return bulletin_table(page, main, headings, sizeof headings / sizeof *headings);
}

static void put_class(struct page *page, xmlNode *main, const struct bulletin *bulletin,
                      const struct ranking_row *units, size_t unit_count,
                      const struct ranking_row *class_row)
{
    (void)page_put(page, main, "h3", NULL, class_row->unit_class);
    if (class_row->has_sample) {
        bulletin_sample_class(page, main, bulletin, units, unit_count, class_row);
        return;
    }
    xmlNode *body = put_score_table(page, main, bulletin);
    for (size_t i = 0; i < unit_count; i++)
        put_unit_row(page, body, bulletin, &units[i], NULL);
    put_unit_row(page, body, bulletin, class_row, "本类合计");
    bulletin_chart(page, main, units, unit_count, class_row);
}

static void put_classes(struct page *page, xmlNode *main, const struct bulletin *bulletin)
{
    const struct ranking *ranking = bulletin->ranking;
    size_t first = 0;
    for (size_t c = 0; c < ranking->class_count; c++) {
        const struct ranking_row *class_row = &ranking->rows[ranking->unit_count + c];
        size_t end = first;
        while (end < ranking->unit_count &&
               bytes_equal(ranking->rows[end].unit_class, class_row->unit_class))
            end++;
        put_class(page, main, bulletin, ranking->rows + first, end - first, class_row);
        first = end;
    }
}

/* 本期无工单 and the like, each named in a sentence of its own. */
static void put_named_apart(struct page *page, xmlNode *main, const struct bulletin *bulletin,
                            enum ranking_note note)
{
    xmlNode *p = NULL;
    for (size_t i = 0; i < bulletin->ranking->unit_count; i++) {
        const struct ranking_row *row = &bulletin->ranking->rows[i];
        if (row->note != note)
            continue;
        if (p == NULL) {
            p = page_element(page, main, "p", NULL);
            bulletin_note(page, p, bulletin, row);
            page_text(page, p, BYTES_LIT("的单位："));
        } else {
            page_text(page, p, BYTES_LIT("、"));
        }
        page_text(page, p, row->unit_name);
    }
    if (p != NULL)
        page_text(page, p, BYTES_LIT("。"));
}

static void put_exclusions(struct page *page, xmlNode *main, const struct bulletin *bulletin)
{
    const struct ranking_row *all = ranking_over_all(bulletin->ranking);
    if (all == NULL || all->excluded == 0) {
        (void)page_put(page, main, "p", NULL, BYTES_LIT("本期没有不计入考核的工单。"));
        return;
    }
    static const char *const headings[] = {"原因", "#件数", "依据"};
    xmlNode *body = bulletin_table(page, main, headings, sizeof headings / sizeof *headings);
    for (int j = 0; j <= JUDGEMENT_MAX; j++) {
        enum judgement judgement = (enum judgement)j;
        if (!judgement_is_excluded(judgement) || all->tally.by_judgement[j] == 0)
            continue;
        xmlNode *tr = page_element(page, body, "tr", NULL);
        (void)page_put(page, tr, "td", NULL, bytes_from_z(judgement_name(judgement)));
        bulletin_count(page, tr, all->tally.by_judgement[j]);
        (void)page_put(page, tr, "td", NULL, bytes_from_z(judgement_sentence(judgement)));
    }
}

static void put_imports(struct page *page, xmlNode *main, const struct bulletin *bulletin)
{
    static const char *const headings[] = {"文件",  "#数据行", "#新增",   "#更新",    "#不变",
                                           "#未收", "#矛盾",   "#坏日期", "#标识不符"};
    xmlNode *body = bulletin_table(page, main, headings, sizeof headings / sizeof *headings);
    for (size_t i = 0; i < bulletin->import_count; i++) {
        const struct bulletin_import *import = &bulletin->imports[i];
        const int64_t counts[] = {import->rows,      import->accepted,
                                  import->updated,   import->unchanged,
                                  import->rejected,  import->contradictions,
                                  import->bad_dates, import->flag_disagreements};
        xmlNode *tr = page_element(page, body, "tr", NULL);
        xmlNode *name = page_put(page, tr, "td", NULL, import->file_name);
        page_printf(page, name, "（批次%" PRId64 "，", import->id);
        page_text(page, name, import->loaded_at);
        page_text(page, name, BYTES_LIT("）"));
        for (size_t c = 0; c < sizeof counts / sizeof *counts; c++)
            bulletin_count(page, tr, counts[c]);
    }
}

static void put_data_quality(struct page *page, xmlNode *main, const struct bulletin *bulletin)
{
    if (bulletin->import_count > 0)
        put_imports(page, main, bulletin);
    page_printf(page, page_element(page, main, "p", NULL),
                "本期承办单位名称未能对应到单位名册的承办记录%" PRId64
                "件，主办不明的承办记录%" PRId64 "件，均未计入任何单位。",
                bulletin->unmatched, bulletin->unclear);
    if (bulletin->unmatched_name_count == 0)
        return;
    static const char *const headings[] = {"未对应的单位名称", "#件数"};
    xmlNode *body = bulletin_table(page, main, headings, sizeof headings / sizeof *headings);
    for (size_t i = 0; i < bulletin->unmatched_name_count; i++) {
        xmlNode *tr = page_element(page, body, "tr", NULL);
        (void)page_put(page, tr, "td", NULL, bulletin->unmatched_names[i].name);
        bulletin_count(page, tr, bulletin->unmatched_names[i].count);
    }
}

static void put_appendix(struct page *page, xmlNode *main, const struct bulletin *bulletin)
{
    if (ranking_has_sample(bulletin->ranking)) {
        (void)page_put(page, main, "h2", "leaf", BYTES_LIT("附录一　计算方法说明"));
        bulletin_method(page, main, bulletin);
        (void)page_put(page, main, "h2", NULL, BYTES_LIT("附录二　应答率等指标"));
        bulletin_response_rates(page, main, bulletin);
        (void)page_put(page, main, "h2", NULL, BYTES_LIT("附录三　计分规则全文"));
    } else {
        (void)page_put(page, main, "h2", NULL, BYTES_LIT("附录　计分规则全文"));
    }
    page_lines(page, page_element(page, main, "pre", NULL), bulletin->rules_text);
}

static void put_foot(struct page *page, xmlNode *main, const struct bulletin *bulletin)
{
    xmlNode *footer = page_element(page, main, "footer", NULL);
    xmlNode *note = page_element(page, footer, "p", NULL);
    page_text(page, note,
              BYTES_LIT("注：按时办结率由全部应统计工单算出，是全数统计，没有抽样误差。"));
    bool has_sample = ranking_has_sample(bulletin->ranking);
    page_text(page, note,
              has_sample ? BYTES_LIT("诉求解决率和处理满意率由抽样访问得出，有抽样误差。")
                         : BYTES_LIT("按时办结率相同的单位名次并列。"));
    page_text(page, note,
              BYTES_LIT("基数不足100件的，写明件数，不折算百分比；不足1000件的，保留一位小数。"));
    if (has_sample)
        page_text(
            page, note,
            BYTES_LIT("误差范围、界限、构成和加权的比率没有对应的件数，基数不足100件的取整。"));
    xmlNode *p = page_element(page, footer, "p", NULL);
    page_text(page, p, BYTES_LIT("打印时间 "));
    page_text(page, p, bulletin->printed_at);
    page_text(page, p, BYTES_LIT("　评价期 "));
    page_text(page, p, bulletin->round_id);
    page_text(page, p, BYTES_LIT("　评议 "));
    page_text(page, p, bulletin->program_version);
    if (bulletin->audit_id != 0) {
        page_printf(page, p, "　审计日志第 %" PRId64 " 条 ", bulletin->audit_id);
        page_text(page, p, bulletin->audit_mac);
    }
}

static void put_sections(struct page *page, xmlNode *main, const struct bulletin *bulletin)
{
    bool has_sample = ranking_has_sample(bulletin->ranking);
    int no = 0;
    bulletin_section(page, main, &no, "总体情况");
    put_summary(page, main, bulletin);
    bulletin_parts(page, main, bulletin);
    if (has_sample)
        bulletin_sample_summary(page, main, bulletin);
    bulletin_section(page, main, &no, has_sample ? "各类单位评价情况" : "各类单位按时办结情况");
    put_classes(page, main, bulletin);
    put_named_apart(page, main, bulletin, NOTE_NO_ORDERS);
    put_named_apart(page, main, bulletin, NOTE_NONE_DUE);
    put_named_apart(page, main, bulletin, NOTE_TOO_FEW);
    if (has_sample) {
        bulletin_section(page, main, &no, "访问结果");
        bulletin_response(page, main, bulletin);
    }
    if (bulletin->draw != NULL) {
        bulletin_section(page, main, &no, bulletin->draw->is_drawn ? "样本框和抽样" : "样本框");
        bulletin_draw(page, main, bulletin->draw);
    }
    bulletin_section(page, main, &no, "不计入考核情况");
    put_exclusions(page, main, bulletin);
    bulletin_requests(page, main, bulletin);
    bulletin_section(page, main, &no, "数据质量");
    put_data_quality(page, main, bulletin);
    bulletin_section(page, main, &no, "计分规则");
    bulletin_rules(page, main, bulletin);
}

static void build(struct page *page, const struct bulletin *bulletin)
{
    xmlNode *root = page_element(page, NULL, "html", NULL);
    page_attribute(page, root, "lang", "zh-CN");
    xmlNode *head = page_element(page, root, "head", NULL);
    page_attribute(page, page_element(page, head, "meta", NULL), "charset", "utf-8");
    xmlNode *viewport = page_element(page, head, "meta", NULL);
    page_attribute(page, viewport, "name", "viewport");
    page_attribute(page, viewport, "content", "width=device-width, initial-scale=1");
    (void)page_put(page, head, "title", NULL, bulletin->title);
    page_lines(page, page_element(page, head, "style", NULL), embedded_bytes(&embedded_reports[0]));
    xmlNode *main = page_element(page, page_element(page, root, "body", NULL), "main", NULL);
    put_head(page, main, bulletin);
    put_sections(page, main, bulletin);
    put_appendix(page, main, bulletin);
    put_foot(page, main, bulletin);
}

int bulletin_html_render(const struct bulletin *bulletin, struct buf *out, struct err *err)
{
    struct page page;
    page_init(&page);
    build(&page, bulletin);
    int rc = page_write(&page, out, err);
    page_deinit(&page);
    return rc;
}
