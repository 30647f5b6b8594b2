#include "reports/qr_svg.h"

#include "reports/page.h"

#include <errno.h>
#include <limits.h>
#include <qrencode.h>

enum {
    QUIET_MODULES = 4,
    IS_DARK = 1,                 /* the bit of a module's byte */
    PATH_MAX_BYTES = 512 * 1024, /* 177 x 177 modules, alternating, take 300 KB */
};

/* NULL: `err` says why. */
static QRcode *encode(struct bytes text, struct err *err)
{
    QRcode *code = NULL;
    errno = ERANGE;
    if (text.len <= INT_MAX)
        code = QRcode_encodeData((int)text.len, (const unsigned char *)text.ptr, 0, QR_ECLEVEL_M);
    if (code == NULL && errno == ENOMEM)
        (void)err_set(err, ERR_NOMEM, "could not make a QR code");
    else if (code == NULL)
        (void)err_set(err, ERR_LIMIT, "%zu bytes are too many for a QR code", text.len);
    return code;
}

/* Dark modules that lie side by side are one box. */
static void append_path(const QRcode *code, struct buf *out)
{
    for (int y = 0; y < code->width; y++) {
        const unsigned char *row = code->data + (size_t)y * (size_t)code->width;
        for (int x = 0; x < code->width; x++) {
            int start = x;
            while (x < code->width && (row[x] & IS_DARK) != 0)
                x++;
            if (x > start)
                buf_printf(out, "M%d %dh%dv1h-%dz", start + QUIET_MODULES, y + QUIET_MODULES,
                           x - start, x - start);
        }
    }
}

static xmlNode *build(struct page *page, const QRcode *code, const char *label, const char *path)
{
    int side = code->width + 2 * QUIET_MODULES;
    xmlNode *svg = page_element(page, NULL, "svg", NULL);
    page_attribute(page, svg, "xmlns", "http://www.w3.org/2000/svg");
    page_attribute_f(page, svg, "viewBox", "0 0 %d %d", side, side);
    page_attribute(page, svg, "role", "img");
    page_attribute(page, svg, "aria-label", label);
    page_attribute(page, svg, "shape-rendering", "crispEdges");
    xmlNode *ground = page_element(page, svg, "rect", NULL);
    page_attribute_f(page, ground, "width", "%d", side);
    page_attribute_f(page, ground, "height", "%d", side);
    page_attribute(page, ground, "fill", "#fff");
    xmlNode *modules = page_element(page, svg, "path", NULL);
    page_attribute(page, modules, "d", path);
    return svg;
}

int qr_svg_render(struct bytes text, const char *label, struct buf *out, struct err *err)
{
    struct buf path;
    if (text.len == 0)
        return err_set(err, ERR_FORMAT, "cannot make a QR code of nothing");
    QRcode *code = encode(text, err);
    if (code == NULL)
        return (int)err->code;
    buf_init(&path, PATH_MAX_BYTES);
    append_path(code, &path);
    buf_append_byte(&path, '\0');
    int rc = buf_status(&path, err);
    if (rc == OK) {
        struct page page;
        page_init(&page);
        xmlNode *svg = build(&page, code, label, buf_bytes(&path).ptr);
        rc = page_write_element(&page, svg, out, err);
        page_deinit(&page);
    }
    buf_wipe(&path);
    QRcode_free(code);
    return rc;
}
