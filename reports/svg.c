#include "reports/svg.h"

#include "base/utf8.h"

enum { MAX_NAME = 14 }; /* characters; the table has the whole name */

xmlNode *svg_begin(struct page *page, xmlNode *parent, int width, int height)
{
    xmlNode *svg = page_element(page, page_element(page, parent, "figure", NULL), "svg", NULL);
    page_attribute(page, svg, "xmlns", "http://www.w3.org/2000/svg");
    page_attribute_f(page, svg, "viewBox", "0 0 %d %d", width, height);
    page_attribute(page, svg, "role", "img");
    return svg;
}

static void put_ink(struct page *page, xmlNode *node, struct svg_ink ink)
{
    const struct {
        const char *name, *value;
    } attributes[] = {{"fill", ink.fill},
                      {"stroke", ink.stroke},
                      {"stroke-width", ink.stroke_width},
                      {"stroke-dasharray", ink.dashes}};
    for (size_t i = 0; i < sizeof attributes / sizeof *attributes; i++) {
        if (attributes[i].value != NULL)
            page_attribute(page, node, attributes[i].name, attributes[i].value);
    }
}

void svg_line(struct page *page, xmlNode *svg, int x1, int y1, int x2, int y2, struct svg_ink ink)
{
    xmlNode *node = page_element(page, svg, "line", NULL);
    page_attribute_f(page, node, "x1", "%d", x1);
    page_attribute_f(page, node, "y1", "%d", y1);
    page_attribute_f(page, node, "x2", "%d", x2);
    page_attribute_f(page, node, "y2", "%d", y2);
    put_ink(page, node, ink);
}

xmlNode *svg_label(struct page *page, xmlNode *svg, int x, int y, const char *anchor)
{
    xmlNode *node = page_element(page, svg, "text", NULL);
    page_attribute_f(page, node, "x", "%d", x);
    page_attribute_f(page, node, "y", "%d", y);
    page_attribute(page, node, "text-anchor", anchor);
    page_attribute(page, node, "font-size", "13");
    return node;
}

void svg_name(struct page *page, xmlNode *node, struct bytes name)
{
    struct bytes rest = {name.ptr, utf8_valid_prefix(name)};
    for (int i = 0; i < MAX_NAME && rest.len > 0; i++)
        (void)utf8_take(&rest);
    if (rest.len == 0) {
        page_text(page, node, name);
        return;
    }
    page_text(page, node, (struct bytes){name.ptr, (size_t)(rest.ptr - name.ptr)});
    page_text(page, node, BYTES_LIT("…"));
}

void svg_dot(struct page *page, xmlNode *svg, int x, int y, struct svg_ink ink)
{
    xmlNode *dot = page_element(page, svg, "circle", NULL);
    page_attribute_f(page, dot, "cx", "%d", x);
    page_attribute_f(page, dot, "cy", "%d", y);
    page_attribute(page, dot, "r", "5");
    put_ink(page, dot, ink);
}
