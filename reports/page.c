#include "reports/page.h"

#include "reports/text.h"

#include <libxml/HTMLtree.h>
#include <libxml/xmlerror.h>
#include <stdio.h>

enum { PAGE_TEXT_MAX_BYTES = 1024 * 1024 };

/* libxml2 drops a text it has no memory for and goes on; only its error handler tells. We hand it valid trees, so
 * whatever it reports is a lack of memory. */
static void on_error(void *context, xmlErrorPtr error)
{
    struct page *page = context;
    (void)error;
    if (page->rc == OK)
        page->rc = ERR_NOMEM;
}

static void note(struct page *page, bool done)
{
    if (!done && page->rc == OK)
        page->rc = ERR_NOMEM;
}

void page_init(struct page *page)
{
    *page = (struct page){.rc = OK};
    buf_init(&page->text, PAGE_TEXT_MAX_BYTES);
    xmlSetStructuredErrorFunc(page, on_error);
    page->doc = htmlNewDocNoDtD(NULL, NULL);
    note(page, page->doc != NULL);
    if (page->rc != OK)
        return;
    note(page, xmlCreateIntSubset(page->doc, BAD_CAST "html", NULL, NULL) != NULL);
    /* With an encoding the serializer leaves Chinese as it is. */
    page->doc->encoding = xmlStrdup(BAD_CAST "UTF-8");
    note(page, page->doc->encoding != NULL);
}

void page_deinit(struct page *page)
{
    xmlFreeDoc(page->doc);
    xmlSetStructuredErrorFunc(NULL, NULL);
    buf_deinit(&page->text);
    *page = (struct page){0};
}

xmlNode *page_element(struct page *page, xmlNode *parent, const char *name, const char *class_name)
{
    if (page->rc != OK)
        return NULL;
    xmlNode *node = xmlNewDocNode(page->doc, NULL, BAD_CAST name, NULL);
    note(page, node != NULL);
    if (node == NULL)
        return NULL;
    if (parent != NULL)
        (void)xmlAddChild(parent, node);
    else
        (void)xmlDocSetRootElement(page->doc, node);
    if (class_name != NULL)
        page_attribute(page, node, "class", class_name);
    return node;
}

void page_attribute(struct page *page, xmlNode *node, const char *name, const char *value)
{
    if (page->rc == OK)
        note(page, xmlNewProp(node, BAD_CAST name, BAD_CAST value) != NULL);
}

void page_attribute_f(struct page *page, xmlNode *node, const char *name, const char *format, ...)
{
    char value[256];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(value, sizeof value, format, args);
    va_end(args);
    page_attribute(page, node, name, value);
}

static void add_scratch(struct page *page, xmlNode *node)
{
    if (page->rc == OK && page->text.rc != OK)
        page->rc = page->text.rc;
    if (page->rc != OK || page->text.len == 0)
        return;
    if (page->text.len > INT32_MAX) {
        page->rc = ERR_LIMIT;
        return;
    }
    xmlNode *text = xmlNewDocTextLen(page->doc, BAD_CAST page->text.ptr, (int)page->text.len);
    note(page, text != NULL);
    if (text != NULL)
        note(page, xmlAddChild(node, text) != NULL);
}

void page_text(struct page *page, xmlNode *node, struct bytes text)
{
    buf_clear(&page->text);
    text_printable(&page->text, text);
    add_scratch(page, node);
}

void page_take(struct page *page, xmlNode *node, struct buf *text)
{
    if (text->rc != OK && page->rc == OK)
        page->rc = text->rc;
    page_text(page, node, buf_bytes(text));
    buf_deinit(text);
}

void page_lines(struct page *page, xmlNode *node, struct bytes text)
{
    buf_clear(&page->text);
    struct bytes rest = text;
    while (rest.ptr != NULL) {
        text_printable(&page->text, bytes_cut(&rest, '\n'));
        if (rest.ptr != NULL)
            buf_append_byte(&page->text, '\n');
    }
    add_scratch(page, node);
}

void page_printf(struct page *page, xmlNode *node, const char *format, ...)
{
    char text[1024];
    va_list args;
    va_start(args, format);
    int len = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (len < 0 || (size_t)len >= sizeof text) {
        page->rc = page->rc == OK ? ERR_LIMIT : page->rc;
        return;
    }
    page_text(page, node, (struct bytes){text, (size_t)len});
}

xmlNode *page_put(struct page *page, xmlNode *parent, const char *name, const char *class_name,
                  struct bytes text)
{
    xmlNode *node = page_element(page, parent, name, class_name);
    page_text(page, node, text);
    return node;
}

static int on_write(void *context, const char *ptr, int len)
{
    struct buf *out = context;
    buf_append(out, (struct bytes){ptr, (size_t)len});
    return out->rc == OK ? len : -1;
}

static int finish(const struct page *page, const struct buf *out, struct err *err)
{
    int rc = buf_status(out, err);
    if (rc == OK && page->rc == ERR_NOMEM)
        rc = err_set(err, ERR_NOMEM, "could not build the page");
    else if (rc == OK && page->rc != OK)
        rc = err_set(err, ERR_LIMIT, "a text of the page is longer than %d bytes",
                     PAGE_TEXT_MAX_BYTES);
    return rc;
}

/* `node` NULL: the whole page as HTML. */
static int write_out(struct page *page, xmlNode *node, struct buf *out, struct err *err)
{
    if (page->rc == OK) {
        xmlOutputBuffer *output = xmlOutputBufferCreateIO(on_write, NULL, out, NULL);
        note(page, output != NULL);
        if (output != NULL && node == NULL)
            htmlDocContentDumpFormatOutput(output, page->doc, "UTF-8", 1);
        else if (output != NULL)
            xmlNodeDumpOutput(output, page->doc, node, 0, 0, "UTF-8");
        if (output != NULL)
            (void)xmlOutputBufferClose(output);
    }
    return finish(page, out, err);
}

int page_write(struct page *page, struct buf *out, struct err *err)
{
    return write_out(page, NULL, out, err);
}

int page_write_element(struct page *page, xmlNode *node, struct buf *out, struct err *err)
{
    return write_out(page, node, out, err);
}
