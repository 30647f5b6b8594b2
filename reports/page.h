#ifndef PINGYI_REPORTS_PAGE_H
#define PINGYI_REPORTS_PAGE_H

#include "base/buf.h"

#include <libxml/tree.h>

/* An HTML page as a libxml2 tree: escaped by construction. The tree is built freely and asked once: the first
 * failure is remembered, and every function takes NULL for a parent after one. Thread: one owner, from init to
 * deinit, because libxml2's error handler is the thread's and points to the page meanwhile. */
struct page {
    xmlDoc *doc;
    int rc;
    struct buf text; /* scratch: one piece of text made printable */
};

/* ERR_NOMEM is remembered like any later failure. */
void page_init(struct page *page);
void page_deinit(struct page *page);

/* A new last child; `parent` NULL makes the root. `class_name` NULL: none. */
xmlNode *page_element(struct page *page, xmlNode *parent, const char *name, const char *class_name);
void page_attribute(struct page *page, xmlNode *node, const char *name, const char *value);
__attribute__((format(printf, 4, 5))) void
page_attribute_f(struct page *page, xmlNode *node, const char *name, const char *format, ...);

/* Text of strangers behind what the node holds; made printable first. */
void page_text(struct page *page, xmlNode *node, struct bytes text);
/* The same of a text just written: its failure is remembered, and it is deinitialised. */
void page_take(struct page *page, xmlNode *node, struct buf *text);
/* The same with its line ends kept, for <pre> and <style>. */
void page_lines(struct page *page, xmlNode *node, struct bytes text);
__attribute__((format(printf, 3, 4))) void page_printf(struct page *page, xmlNode *node,
                                                       const char *format, ...);

/* An element that holds one text. */
xmlNode *page_put(struct page *page, xmlNode *parent, const char *name, const char *class_name,
                  struct bytes text);

/* Append the page to `out`. ERR_NOMEM, ERR_LIMIT. */
int page_write(struct page *page, struct buf *out, struct err *err);

/* Append one element of it as a document of XML; `node` NULL only after a failure. ERR_NOMEM, ERR_LIMIT. */
int page_write_element(struct page *page, xmlNode *node, struct buf *out, struct err *err);

#endif
