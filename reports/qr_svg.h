#ifndef PINGYI_REPORTS_QR_SVG_H
#define PINGYI_REPORTS_QR_SVG_H

#include "base/buf.h"

/* Append `text` as a QR code (level M, quiet zone of 4 modules) in an SVG document of its own, one unit a module, drawn
 * without any style. `label` is what a screen reader says. ERR_LIMIT: longer than a QR code holds (2,331 bytes);
 * ERR_FORMAT: empty. Thread: as struct page. */
int qr_svg_render(struct bytes text, const char *label, struct buf *out, struct err *err);

#endif
