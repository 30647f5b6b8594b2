#ifndef PINGYI_REPORTS_BULLETIN_PAGE_H
#define PINGYI_REPORTS_BULLETIN_PAGE_H

#include "reports/figures.h"
#include "reports/page.h"

/* Pieces that the sections of the bulletin share. Thread: as struct page. */

/* The next section's heading, 一、 to 十、; counts `no` on, from 0. */
void bulletin_section(struct page *page, xmlNode *main, int *no, const char *title);
/* A table with its heading; a name that begins with `#` heads a column of numbers. Returns its body. */
xmlNode *bulletin_table(struct page *page, xmlNode *parent, const char *const *headings,
                        size_t count);
/* A cell with a number. */
void bulletin_count(struct page *page, xmlNode *row, int64_t count);
/* Figures into a cell, a sentence or a label: rate_text, percent_text, interval_text, item_rate_text. */
void bulletin_rate(struct page *page, xmlNode *node, int64_t part, int64_t base);
void bulletin_percent(struct page *page, xmlNode *node, double rate, int64_t base);
void bulletin_interval(struct page *page, xmlNode *node, struct interval interval, int64_t base);
void bulletin_item_rate(struct page *page, xmlNode *node, const struct bulletin *bulletin,
                        const struct ranking_row *row, enum item item);
/* A cell of a column of numbers, empty. */
xmlNode *bulletin_number(struct page *page, xmlNode *row);
/* The heading of a column of intervals: 误差范围(95%). */
enum { BULLETIN_HEADING_BYTES = 64 };
void bulletin_interval_heading(const struct rules *rules, char out[BULLETIN_HEADING_BYTES]);
void bulletin_note(struct page *page, xmlNode *node, const struct bulletin *bulletin,
                   const struct ranking_row *row);

#endif
