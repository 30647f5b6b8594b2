#include "reports/bulletin_page.h"

#include "reports/words.h"

#include <inttypes.h>

void bulletin_count(struct page *page, xmlNode *row, int64_t count)
{
    page_printf(page, page_element(page, row, "td", "n"), "%" PRId64, count);
}

void bulletin_note(struct page *page, xmlNode *node, const struct bulletin *bulletin,
                   const struct ranking_row *row)
{
    struct buf text;
    buf_init(&text, 256);
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
