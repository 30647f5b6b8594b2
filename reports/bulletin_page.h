#ifndef PINGYI_REPORTS_BULLETIN_PAGE_H
#define PINGYI_REPORTS_BULLETIN_PAGE_H

#include "reports/bulletin.h"
#include "reports/page.h"

/* Pieces that the sections of the bulletin share. Thread: as struct page. */

/* The next section's heading, 一、 to 十、; counts `no` on, from 0. */
void bulletin_section(struct page *page, xmlNode *main, int *no, const char *title);
/* A table with its heading; a name that begins with `#` heads a column of numbers. Returns its body. */
xmlNode *bulletin_table(struct page *page, xmlNode *parent, const char *const *headings,
                        size_t count);
/* A cell with a number. */
void bulletin_count(struct page *page, xmlNode *row, int64_t count);
void bulletin_note(struct page *page, xmlNode *node, const struct bulletin *bulletin,
                   const struct ranking_row *row);

#endif
