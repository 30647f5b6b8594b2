#ifndef PINGYI_REPORTS_BULLETIN_HTML_H
#define PINGYI_REPORTS_BULLETIN_HTML_H

#include "reports/bulletin.h"

#include "base/buf.h"

/* `report --to html`: the bulletin as one self-contained Chinese page without script, for the screen and for A4 paper.
 * The same value gives the same bytes. Appends to `out`, which must not have failed before. ERR_NOMEM, ERR_LIMIT.
 * Thread: any. */
int bulletin_html_render(const struct bulletin *bulletin, struct buf *out, struct err *err);

#endif
