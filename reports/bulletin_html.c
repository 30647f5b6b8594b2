#include "reports/bulletin_html.h"

#include "base/civil.h"

#include "reports/bulletin_chart.h"
#include "reports/bulletin_rules.h"
#include "reports/embedded.h"
#include "reports/page.h"
#include "reports/words.h"

#include <inttypes.h>
#include <stdio.h>

static const struct ranking_row *row_over_all(const struct ranking *ranking)
{
    return ranking->row_count > 0 ? &ranking->rows[ranking->row_count - 1] : NULL;
}

static void put_rate(struct page *page, xmlNode *node, const struct ranking_row *row)
{
    struct buf text;
    buf_init(&text, 256);
    rate_text(&text, row->on_time, row->on_time_base);
    page_take(page, node, &text);
}

static void put_count(struct page *page, xmlNode *row, int64_t count)
{
    page_printf(page, page_element(page, row, "td", "n"), "%" PRId64, count);
}

static void put_day(struct page *page, xmlNode *node, int64_t day)
{
    struct civil date = day_to_civil(day);
    page_printf(page, node, "%d年%d月%d日", date.year, date.month, date.day);
}

/* A table with its heading; a name that begins with `#` heads a column of numbers. Returns its body. */
static xmlNode *put_table(struct page *page, xmlNode *parent, const char *const *headings,
                          size_t count)
{
    xmlNode *table = page_element(page, page_element(page, parent, "div", "scroll"), "table", NULL);
    xmlNode *row = page_element(page, page_element(page, table, "thead", NULL), "tr", NULL);
    for (size_t i = 0; i < count; i++) {
        bool number = headings[i][0] == '#';
        xmlNode *cell =
            page_put(page, row, "th", number ? "n" : NULL, bytes_from_z(headings[i] + number));
        page_attribute(page, cell, "scope", "col");
    }
    return page_element(page, table, "tbody", NULL);
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
    const struct ranking_row *all = row_over_all(bulletin->ranking);
    (void)page_put(page, main, "h2", NULL, BYTES_LIT("一、总体情况"));
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
    put_rate(page, p, all);
    const struct ranking_row *before =
        bulletin->previous != NULL ? row_over_all(bulletin->previous->ranking) : NULL;
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
    put_rate(page, last, before);
    page_text(page, last, BYTES_LIT("。"));
}

static void put_note(struct page *page, xmlNode *node, const struct bulletin *bulletin,
                     enum ranking_note note)
{
    struct buf text;
    buf_init(&text, 256);
    ranking_note_text(&text, note, bulletin->rules);
    page_take(page, node, &text);
}

static void put_unit_row(struct page *page, xmlNode *body, const struct bulletin *bulletin,
                         const struct ranking_row *row, const char *sum_name)
{
    xmlNode *tr = page_element(page, body, "tr", sum_name != NULL ? "sum" : NULL);
    xmlNode *rank = page_element(page, tr, "td", "n");
    if (row->rank > 0)
        page_printf(page, rank, "%s%d", row->rank_high > row->rank_low ? "并列" : "", row->rank);
    else if (sum_name == NULL)
        page_text(page, rank, BYTES_LIT("—"));
    (void)page_put(page, tr, "td", NULL,
                   sum_name != NULL ? bytes_from_z(sum_name) : row->unit_name);
    put_count(page, tr, row->orders);
    put_count(page, tr, row->excluded);
    put_count(page, tr, row->on_time_base);
    put_count(page, tr, row->on_time);
    put_rate(page, page_element(page, tr, "td", "n"), row);
    (void)page_put(page, tr, "td", "band", bytes_from_z(band_name(row, bulletin->rules)));
    put_note(page, page_element(page, tr, "td", NULL), bulletin, row->note);
}

static xmlNode *put_score_table(struct page *page, xmlNode *main, const struct bulletin *bulletin)
{
    char base[64];
    (void)snprintf(base, sizeof base, "#%s", on_time_base_name(bulletin->rules));
    const char *const headings[] = {"#名次",     "单位",        "#工单", "#不计入", base,
                                    "#按时办结", "#按时办结率", "分档",  "说明"};
    return put_table(page, main, headings, sizeof headings / sizeof *headings);
}

static void put_classes(struct page *page, xmlNode *main, const struct bulletin *bulletin)
{
    const struct ranking *ranking = bulletin->ranking;
    (void)page_put(page, main, "h2", NULL, BYTES_LIT("二、各类单位按时办结情况"));
    size_t first = 0;
    for (size_t c = 0; c < ranking->class_count; c++) {
        const struct ranking_row *class_row = &ranking->rows[ranking->unit_count + c];
        size_t end = first;
        while (end < ranking->unit_count &&
               bytes_equal(ranking->rows[end].unit_class, class_row->unit_class))
            end++;
        (void)page_put(page, main, "h3", NULL, class_row->unit_class);
        xmlNode *body = put_score_table(page, main, bulletin);
        for (size_t i = first; i < end; i++)
            put_unit_row(page, body, bulletin, &ranking->rows[i], NULL);
        put_unit_row(page, body, bulletin, class_row, "本类合计");
        bulletin_chart(page, main, ranking->rows + first, end - first, class_row);
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
            put_note(page, p, bulletin, note);
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
    const struct ranking_row *all = row_over_all(bulletin->ranking);
    (void)page_put(page, main, "h2", NULL, BYTES_LIT("三、不计入考核情况"));
    if (all == NULL || all->excluded == 0) {
        (void)page_put(page, main, "p", NULL, BYTES_LIT("本期没有不计入考核的工单。"));
        return;
    }
    static const char *const headings[] = {"原因", "#件数", "依据"};
    xmlNode *body = put_table(page, main, headings, sizeof headings / sizeof *headings);
    for (int j = 0; j <= JUDGEMENT_MAX; j++) {
        enum judgement judgement = (enum judgement)j;
        if (!judgement_is_excluded(judgement) || all->tally.by_judgement[j] == 0)
            continue;
        xmlNode *tr = page_element(page, body, "tr", NULL);
        (void)page_put(page, tr, "td", NULL, bytes_from_z(judgement_name(judgement)));
        put_count(page, tr, all->tally.by_judgement[j]);
        (void)page_put(page, tr, "td", NULL, bytes_from_z(judgement_sentence(judgement)));
    }
}

static void put_imports(struct page *page, xmlNode *main, const struct bulletin *bulletin)
{
    static const char *const headings[] = {"文件",  "#数据行", "#新增",   "#更新",    "#不变",
                                           "#未收", "#矛盾",   "#坏日期", "#标识不符"};
    xmlNode *body = put_table(page, main, headings, sizeof headings / sizeof *headings);
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
            put_count(page, tr, counts[c]);
    }
}

static void put_data_quality(struct page *page, xmlNode *main, const struct bulletin *bulletin)
{
    (void)page_put(page, main, "h2", NULL, BYTES_LIT("四、数据质量"));
    if (bulletin->import_count > 0)
        put_imports(page, main, bulletin);
    page_printf(page, page_element(page, main, "p", NULL),
                "本期承办单位名称未能对应到单位名册的承办记录%" PRId64
                "件，主办不明的承办记录%" PRId64 "件，均未计入任何单位。",
                bulletin->unmatched, bulletin->unclear);
    if (bulletin->unmatched_name_count == 0)
        return;
    static const char *const headings[] = {"未对应的单位名称", "#件数"};
    xmlNode *body = put_table(page, main, headings, sizeof headings / sizeof *headings);
    for (size_t i = 0; i < bulletin->unmatched_name_count; i++) {
        xmlNode *tr = page_element(page, body, "tr", NULL);
        (void)page_put(page, tr, "td", NULL, bulletin->unmatched_names[i].name);
        put_count(page, tr, bulletin->unmatched_names[i].count);
    }
}

static void put_foot(struct page *page, xmlNode *main, const struct bulletin *bulletin)
{
    (void)page_put(page, main, "h2", NULL, BYTES_LIT("附录　计分规则全文"));
    page_lines(page, page_element(page, main, "pre", NULL), bulletin->rules_text);
    xmlNode *footer = page_element(page, main, "footer", NULL);
    (void)page_put(
        page, footer, "p", NULL,
        BYTES_LIT(
            "注：按时办结率由全部应统计工单算出，是全数统计，没有抽样误差。按时办结率相同的单位名次"
            "并列。基数不足100件的，写明件数，不折算百分比；不足1000件的，保留一位小数。"));
    xmlNode *p = page_element(page, footer, "p", NULL);
    page_text(page, p, BYTES_LIT("打印时间 "));
    page_text(page, p, bulletin->printed_at);
    page_text(page, p, BYTES_LIT("　评价期 "));
    page_text(page, p, bulletin->round_id);
    page_text(page, p, BYTES_LIT("　评议 "));
    page_text(page, p, bulletin->program_version);
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
    put_summary(page, main, bulletin);
    put_classes(page, main, bulletin);
    put_named_apart(page, main, bulletin, NOTE_NO_ORDERS);
    put_named_apart(page, main, bulletin, NOTE_NONE_DUE);
    put_named_apart(page, main, bulletin, NOTE_TOO_FEW);
    put_exclusions(page, main, bulletin);
    put_data_quality(page, main, bulletin);
    (void)page_put(page, main, "h2", NULL, BYTES_LIT("五、计分规则"));
    bulletin_rules(page, main, bulletin);
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
