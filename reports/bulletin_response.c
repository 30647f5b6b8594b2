#include "reports/bulletin_response.h"

#include "reports/bulletin_page.h"

#include <inttypes.h>

static const char *sum_name(const struct ranking *ranking, size_t index)
{
    if (index < ranking->unit_count)
        return NULL;
    return index < ranking->unit_count + ranking->class_count ? "合计" : "总计";
}

/* A line with its name: a unit's, or a class's or the whole's sum. */
static xmlNode *put_line(struct page *page, xmlNode *body, const struct ranking *ranking,
                         size_t index)
{
    const struct ranking_row *row = &ranking->rows[index];
    const char *sum = sum_name(ranking, index);
    xmlNode *tr = page_element(page, body, "tr", sum != NULL ? "sum" : NULL);
    xmlNode *name = page_element(page, tr, "td", NULL);
    if (sum == NULL) {
        page_text(page, name, row->unit_name);
        return tr;
    }
    if (index + 1 < ranking->row_count)
        page_text(page, name, row->unit_class);
    page_text(page, name, bytes_from_z(sum));
    return tr;
}

static void put_outcomes(struct page *page, xmlNode *parent, const struct bulletin *bulletin)
{
    static const char *const headings[] = {"单位",  "#样本框", "#发放",   "#成功",
                                           "#部分", "#拒访",   "#未接通", "#其他",
                                           "#不明", "#不合格", "#应答率"};
    const struct ranking *ranking = bulletin->ranking;
    (void)page_put(page, parent, "p", "caption", BYTES_LIT("访问结果（件）"));
    xmlNode *body = bulletin_table(page, parent, headings, sizeof headings / sizeof *headings);
    for (size_t i = 0; i < ranking->row_count; i++) {
        const struct ranking_row *row = &ranking->rows[i];
        const int64_t *of = row->sample.outcomes.of_group;
        const int64_t counts[] = {
            row->sample.frame,      row->drawn,
            of[OUTCOME_COMPLETE],   of[OUTCOME_PARTIAL],
            of[OUTCOME_REFUSAL],    of[OUTCOME_NONCONTACT],
            of[OUTCOME_OTHER],      of[OUTCOME_UNKNOWN_UNWORKED] + of[OUTCOME_UNKNOWN_PERSON],
            of[OUTCOME_INELIGIBLE],
        };
        xmlNode *tr = put_line(page, body, ranking, i);
        for (size_t c = 0; c < sizeof counts / sizeof *counts; c++)
            bulletin_count(page, tr, counts[c]);
        bulletin_rate(page, bulletin_number(page, tr), of[OUTCOME_COMPLETE], row_eligible(row));
    }
    (void)page_put(
        page, parent, "p", NULL,
        BYTES_LIT("应答率为成功访问占发放样本（不含不合格样本）的比例，即美国民意研究协会"
                  "标准的RR1，是各种应答率中最低的一种。不明指未拨打和未能确认本人。"));
}

static void put_bounds(struct page *page, xmlNode *tr, const struct ranking_row *row,
                       enum item item)
{
    int64_t base = row_eligible(row);
    struct interval bounds = row_bounds(row, item);
    struct buf text;
    buf_init(&text, 256);
    percent_text(&text, bounds.low, base);
    if (bounds.low < bounds.high) {
        buf_append_z(&text, "～");
        percent_text(&text, bounds.high, base);
    }
    bulletin_count(page, tr, item_tally(row, item).valid);
    page_take(page, bulletin_number(page, tr), &text);
}

static void put_bounds_table(struct page *page, xmlNode *parent, const struct bulletin *bulletin)
{
    static const char *const headings[] = {
        "单位",           "#合格样本", "#解决项有效回答", "#诉求解决率界限", "#满意项有效回答",
        "#处理满意率界限"};
    const struct ranking *ranking = bulletin->ranking;
    (void)page_put(page, parent, "p", "caption", BYTES_LIT("未应答的影响（按件数，不加权）"));
    xmlNode *body = bulletin_table(page, parent, headings, sizeof headings / sizeof *headings);
    for (size_t i = 0; i < ranking->row_count; i++) {
        const struct ranking_row *row = &ranking->rows[i];
        xmlNode *tr = put_line(page, body, ranking, i);
        bulletin_count(page, tr, row_eligible(row));
        put_bounds(page, tr, row, ITEM_RESOLUTION);
        put_bounds(page, tr, row, ITEM_SATISFACTION);
    }
    (void)page_put(page, parent, "p", NULL,
                   BYTES_LIT("界限的一端假定没有回答的诉求人全部答未解决、不满意，另一端假定全部答"
                             "已解决、满意。误差范围只含抽样误差，不含未应答的影响。"));
}

static void put_wave(struct page *page, xmlNode *tr, const struct nonresponse_wave *wave,
                     int64_t favourable, int64_t valid)
{
    bulletin_count(page, tr, valid);
    bulletin_rate(page, bulletin_number(page, tr), favourable, valid);
    bulletin_interval(page, bulletin_number(page, tr), wave->interval, valid);
}

static void put_trend(struct page *page, xmlNode *parent, const struct bulletin *bulletin)
{
    static const char *const names[NONRESPONSE_WAVES] = {"第1次拨打", "第2次拨打", "第3次及以后"};
    const struct ranking_row *all = ranking_over_all(bulletin->ranking);
    char range[BULLETIN_HEADING_BYTES];
    bulletin_interval_heading(bulletin->rules, range);
    const char *const headings[] = {"得到回答",  "#有效回答",   "#诉求解决率", range,
                                    "#有效回答", "#处理满意率", range};
    struct nonresponse_wave waves[ITEMS][NONRESPONSE_WAVES];
    struct nonresponse_trend trends[ITEMS];
    for (enum item item = ITEM_RESOLUTION; item <= ITEM_SATISFACTION; item++) {
        trends[item] = sample_trend(&all->sample, item, bulletin->rules);
        nonresponse_trend_estimate(&trends[item], bulletin->rules->interval.level, waves[item]);
    }
    (void)page_put(page, parent, "p", "caption",
                   BYTES_LIT("全部单位按拨打次数分列（按件数，不加权）"));
    xmlNode *body = bulletin_table(page, parent, headings, sizeof headings / sizeof *headings);
    for (size_t w = 0; w < NONRESPONSE_WAVES; w++) {
        xmlNode *tr = page_element(page, body, "tr", NULL);
        (void)page_put(page, tr, "td", NULL, bytes_from_z(names[w]));
        for (enum item item = ITEM_RESOLUTION; item <= ITEM_SATISFACTION; item++)
            put_wave(page, tr, &waves[item][w], trends[item].favourable[w], trends[item].valid[w]);
    }
    (void)page_put(
        page, parent, "p", NULL,
        BYTES_LIT("多次拨打才接通的诉求人，如果回答与第一次就接通的明显不同，始终没有接通"
                  "的也可能不同。"));
}

void bulletin_response(struct page *page, xmlNode *parent, const struct bulletin *bulletin)
{
    put_outcomes(page, parent, bulletin);
    put_bounds_table(page, parent, bulletin);
    put_trend(page, parent, bulletin);
}

static const char *rate_sense(size_t index)
{
    static const char *const senses[RESPONSE_RATES] = {
        "应答率：成功访问，资格不明的全部算作合格",
        "应答率：加部分完成，资格不明的全部算作合格",
        "应答率：成功访问，资格不明的按e折算",
        "应答率：加部分完成，资格不明的按e折算",
        "应答率：成功访问，不计资格不明的",
        "应答率：加部分完成，不计资格不明的",
        "合作率：成功访问占接触到的",
        "合作率：加部分完成占接触到的",
        "合作率：成功访问占接触到且能受访的",
        "合作率：加部分完成占接触到且能受访的",
        "拒访率：资格不明的全部算作合格",
        "拒访率：资格不明的按e折算",
        "拒访率：不计资格不明的",
        "接触率：资格不明的全部算作合格",
        "接触率：资格不明的按e折算",
        "接触率：不计资格不明的",
    };
    return senses[index];
}

void bulletin_response_rates(struct page *page, xmlNode *parent, const struct bulletin *bulletin)
{
    static const char *const headings[] = {"指标", "含义", "#不加权", "#加权"};
    bool has_weights = bulletin->part_count == 0; /* each part has its own */
    int64_t released = ranking_over_all(bulletin->ranking)->drawn;
    struct response_rates plain = response_rates_of(bulletin->ranking, false);
    struct response_rates weighted = response_rates_of(bulletin->ranking, true);
    page_printf(page, page_element(page, parent, "p", NULL),
                "按美国民意研究协会（AAPOR）《标准定义》第10版计算，发放样本共%" PRId64 "件。%s",
                released,
                has_weights ? "加权的一列，每件样本按所在单位的样本框与发放数之比加权。"
                            : "累计评价期由多次抽样合成，只列不加权的。");
    xmlNode *body = bulletin_table(page, parent, headings, has_weights ? 4 : 3);
    for (size_t i = 0; i < RESPONSE_RATES; i++) {
        xmlNode *tr = page_element(page, body, "tr", NULL);
        xmlNode *name = page_element(page, tr, "td", "band");
        for (const char *c = response_rate_name(i); *c != '\0'; c++)
            page_printf(page, name, "%c", *c >= 'a' ? *c - 'a' + 'A' : *c);
        (void)page_put(page, tr, "td", NULL, bytes_from_z(rate_sense(i)));
        bulletin_percent(page, bulletin_number(page, tr), response_rate_at(&plain.rates, i),
                         released);
        if (has_weights)
            bulletin_percent(page, bulletin_number(page, tr), response_rate_at(&weighted.rates, i),
                             released);
    }
    xmlNode *tr = page_element(page, body, "tr", NULL);
    (void)page_put(page, tr, "td", NULL, BYTES_LIT("e"));
    (void)page_put(page, tr, "td", NULL, BYTES_LIT("资格不明的样本中估计合格的比例"));
    bulletin_percent(page, bulletin_number(page, tr), plain.eligible_share, released);
    if (has_weights)
        bulletin_percent(page, bulletin_number(page, tr), weighted.eligible_share, released);
}
