#ifndef PINGYI_REPORTS_SVG_H
#define PINGYI_REPORTS_SVG_H

#include "reports/page.h"

/* What the charts of a page are drawn with. Thread: as struct page. */

/* How a mark is drawn, NULL: as SVG has it. These become attributes of their own and no `style`, which a page served
 * under a strict Content-Security-Policy would lose. */
struct svg_ink {
    const char *fill, *stroke, *stroke_width, *dashes;
};

/* A figure with a drawing of that size in user units; title and desc are the caller's first children. */
xmlNode *svg_begin(struct page *page, xmlNode *parent, int width, int height);
void svg_line(struct page *page, xmlNode *svg, int x1, int y1, int x2, int y2, struct svg_ink ink);
/* An empty text at x, y, to be filled; `anchor` start, middle or end. */
xmlNode *svg_label(struct page *page, xmlNode *svg, int x, int y, const char *anchor);
/* A unit's name into a label, cut with … where it is too long for one. */
void svg_name(struct page *page, xmlNode *node, struct bytes name);
void svg_dot(struct page *page, xmlNode *svg, int x, int y, struct svg_ink ink);

#endif
