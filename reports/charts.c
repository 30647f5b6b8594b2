#include "reports/charts.h"

#include "reports/bulletin_chart.h"
#include "reports/bulletin_dots.h"
#include "reports/page.h"

#include <math.h>
#include <stdio.h>

enum drawing { DRAW_ON_TIME, DRAW_RESOLUTION, DRAW_SATISFACTION, DRAWINGS };
static const char *const drawing_words[DRAWINGS] = {"on_time", "resolution", "satisfaction"};

/* One class of the bulletin: its units and its sum. */
struct group {
    const struct ranking_row *units, *class_row;
    size_t unit_count;
};

/* `*first` is where the class begins among the units, and then where the next one does. */
static struct group take_group(const struct ranking *ranking, size_t place, size_t *first)
{
    struct group group = {ranking->rows + *first, &ranking->rows[ranking->unit_count + place], 0};
    size_t end = *first;
    while (end < ranking->unit_count &&
           bytes_equal(ranking->rows[end].unit_class, group.class_row->unit_class))
        end++;
    group.unit_count = end - *first;
    *first = end;
    return group;
}

static enum item item_of(enum drawing drawing)
{
    return drawing == DRAW_RESOLUTION ? ITEM_RESOLUTION : ITEM_SATISFACTION;
}

static bool has_marks(const struct group *group, enum drawing drawing)
{
    for (size_t i = 0; i < group->unit_count; i++) {
        const struct ranking_row *row = &group->units[i];
        if (drawing == DRAW_ON_TIME
                ? row->on_time_base > 0
                : group->class_row->has_sample && !isnan(item_rate(row, item_of(drawing))->point))
            return true;
    }
    return false;
}

int charts_each(const struct bulletin *bulletin, chart_cb on_chart, void *context, struct err *err)
{
    const struct ranking *ranking = bulletin->ranking;
    size_t first = 0;
    for (size_t c = 0; c < ranking->class_count; c++) {
        struct group group = take_group(ranking, c, &first);
        for (enum drawing d = DRAW_ON_TIME; d < DRAWINGS; d++) {
            struct chart chart = {drawing_words[d],
                                  d == DRAW_ON_TIME ? "按时办结率" : item_name(item_of(d)),
                                  (int)c + 1, group.class_row->unit_class};
            int rc = has_marks(&group, d) ? on_chart(context, &chart, err) : OK;
            if (rc != OK)
                return rc;
        }
    }
    return OK;
}

static int render(const struct bulletin *bulletin, const struct group *group, enum drawing drawing,
                  struct buf *out, struct err *err)
{
    struct page page;
    page_init(&page);
    xmlNode *root = page_element(&page, NULL, "figure", NULL);
    if (drawing == DRAW_ON_TIME)
        bulletin_chart(&page, root, group->units, group->unit_count, group->class_row);
    else
        bulletin_dots(&page, root, bulletin, group->units, group->unit_count, group->class_row,
                      item_of(drawing));
    xmlNode *figure = page.rc == OK ? root->children : NULL;
    xmlNode *svg = figure != NULL ? figure->children : NULL;
    if (svg != NULL)
        page_attribute(&page, svg, "font-family",
                       "SimHei, 'Noto Sans CJK SC', 'Source Han Sans SC', sans-serif");
    int rc = page_write_element(&page, svg, out, err);
    page_deinit(&page);
    return rc;
}

int chart_render(const struct bulletin *bulletin, struct bytes name, struct buf *out,
                 struct err *err)
{
    const struct ranking *ranking = bulletin->ranking;
    size_t first = 0;
    for (size_t c = 0; c < ranking->class_count; c++) {
        struct group group = take_group(ranking, c, &first);
        for (enum drawing d = DRAW_ON_TIME; d < DRAWINGS; d++) {
            char text[64];
            (void)snprintf(text, sizeof text, "%s-%zu", drawing_words[d], c + 1);
            if (bytes_equal(name, bytes_from_z(text)) && has_marks(&group, d))
                return render(bulletin, &group, d, out, err);
        }
    }
    return err_set(err, ERR_NOT_FOUND, "chart \"" BYTES_FMT "\"", BYTES_ARG(name));
}
