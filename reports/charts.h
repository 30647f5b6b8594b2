#ifndef PINGYI_REPORTS_CHARTS_H
#define PINGYI_REPORTS_CHARTS_H

#include "reports/bulletin.h"

#include "base/buf.h"

/* The bulletin's charts, each as a file of its own. A chart is named after what it draws and the place of its class,
 * from 1: on_time-1, resolution-2, satisfaction-2. Thread: any. */

struct chart {
    const char *draws; /* on_time, resolution, satisfaction; static */
    const char *title; /* 按时办结率; static */
    int class_place;
    struct bytes unit_class; /* the bulletin's */
};
/* By class, in the order of the bulletin; one that would be empty is not there. Stops at the callback's first code that
 * is not OK. */
typedef int (*chart_cb)(void *context, const struct chart *chart, struct err *err);
int charts_each(const struct bulletin *bulletin, chart_cb on_chart, void *context, struct err *err);

/* Append the SVG document. ERR_NOT_FOUND: the bulletin has no such chart. ERR_NOMEM, ERR_LIMIT. */
int chart_render(const struct bulletin *bulletin, struct bytes name, struct buf *out,
                 struct err *err);

#endif
