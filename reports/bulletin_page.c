#include "reports/bulletin_page.h"

#include "reports/words.h"

#include <inttypes.h>
#include <stdio.h>

enum { TEXT_MAX_BYTES = 256 }; /* of a figure or a note */

xmlNode *bulletin_number(struct page *page, xmlNode *row)
{
    return page_element(page, row, "td", "n");
}

void bulletin_count(struct page *page, xmlNode *row, int64_t count)
{
    page_printf(page, bulletin_number(page, row), "%" PRId64, count);
}

void bulletin_rate(struct page *page, xmlNode *node, int64_t part, int64_t base)
{
    struct buf text;
    buf_init(&text, TEXT_MAX_BYTES);
    rate_text(&text, part, base);
    page_take(page, node, &text);
}

void bulletin_percent(struct page *page, xmlNode *node, double rate, int64_t base)
{
    struct buf text;
    buf_init(&text, TEXT_MAX_BYTES);
    percent_text(&text, rate, base);
    page_take(page, node, &text);
}

void bulletin_interval(struct page *page, xmlNode *node, struct interval interval, int64_t base)
{
    struct buf text;
    buf_init(&text, TEXT_MAX_BYTES);
    interval_text(&text, interval, base);
    page_take(page, node, &text);
}

void bulletin_item_rate(struct page *page, xmlNode *node, const struct bulletin *bulletin,
                        const struct ranking_row *row, enum item item)
{
    struct buf text;
    buf_init(&text, TEXT_MAX_BYTES);
    item_rate_text(&text, bulletin, row, item);
    page_take(page, node, &text);
}

void bulletin_interval_heading(const struct rules *rules, char out[BULLETIN_HEADING_BYTES])
{
    (void)snprintf(out, BULLETIN_HEADING_BYTES, "#误差范围(%.9g%%)", rules->interval.level * 100);
}

void bulletin_note(struct page *page, xmlNode *node, const struct bulletin *bulletin,
                   const struct ranking_row *row)
{
    struct buf text;
    buf_init(&text, TEXT_MAX_BYTES);
    ranking_note_text(&text, row, bulletin->rules);
    page_take(page, node, &text);
}

xmlNode *bulletin_table(struct page *page, xmlNode *parent, const char *const *headings,
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

void bulletin_section(struct page *page, xmlNode *main, int *no, const char *title)
{
    static const char *const numerals[] = {"一", "二", "三", "四", "五",
                                           "六", "七", "八", "九", "十"};
    page_printf(page, page_element(page, main, "h2", NULL), "%s、%s", numerals[(*no)++], title);
}
