#include "reports/bulletin_dots.h"

#include "reports/bulletin_page.h"
#include "reports/svg.h"

#include <math.h>

enum {
    WIDTH = 720,
    NAME_WIDTH = 220,
    PLOT_WIDTH = 370,
    ROW_HEIGHT = 24,
    TOP = 28,
    CAP = 4, /* half the height of a whisker's end */
    GRID_STEPS = 5,
};

static int x_of(double rate, double start)
{
    return NAME_WIDTH + (int)((rate - start) * PLOT_WIDTH / (1 - start) + 0.5);
}

/* A whole ten percent below the lowest limit: dots, unlike bars, may leave out what lies below. */
static double axis_start(const struct ranking_row *units, size_t unit_count, enum item item)
{
    double lowest = 0.9;
    for (size_t i = 0; i < unit_count; i++)
        lowest = fmin(lowest, item_rate(&units[i], item)->interval.low); /* fmin passes over NAN */
    return floor(lowest * 10 + 1e-9) / 10;
}

/* The unit that stands behind `last` by falling rate, equal ones in the order of the table; NULL behind the last one,
 * the first one for NULL. */
static const struct ranking_row *next_unit(const struct ranking_row *units, size_t unit_count,
                                           enum item item, const struct ranking_row *last)
{
    const struct ranking_row *next = NULL;
    for (size_t i = 0; i < unit_count; i++) {
        double point = item_rate(&units[i], item)->point;
        if (isnan(point))
            continue;
        double before = last != NULL ? item_rate(last, item)->point : INFINITY;
        bool is_behind = point < before || (!(point > before) && &units[i] > last);
        if (is_behind && (next == NULL || point > item_rate(next, item)->point))
            next = &units[i];
    }
    return next;
}

static void draw_axis(struct page *page, xmlNode *svg, double start, int bottom)
{
    for (int i = 0; i <= GRID_STEPS; i++) {
        double rate = start + (1 - start) * i / GRID_STEPS;
        int x = x_of(rate, start);
        svg_line(page, svg, x, TOP, x, bottom, (struct svg_ink){.stroke = "#d0d0d0"});
        page_printf(page, svg_label(page, svg, x, bottom + 16, "middle"), "%.0f%%", rate * 100);
    }
}

static void draw_unit(struct page *page, xmlNode *svg, const struct bulletin *bulletin,
                      const struct ranking_row *row, enum item item, double start, int y)
{
    const struct rate *rate = item_rate(row, item);
    struct svg_ink whisker = row->rank > 0
                                 ? (struct svg_ink){.stroke = "#1a1a1a", .stroke_width = "1.5"}
                                 : (struct svg_ink){.stroke = "#8c8c8c"};
    xmlNode *name = svg_label(page, svg, NAME_WIDTH - 10, y + 5, "end");
    svg_name(page, name, row->unit_name);
    if (row->rank == 0)
        page_attribute(page, name, "fill", "#6e6e6e");
    if (rate->interval.low < rate->interval.high) {
        int low = x_of(rate->interval.low, start);
        int high = x_of(rate->interval.high, start);
        svg_line(page, svg, low, y, high, y, whisker);
        svg_line(page, svg, low, y - CAP, low, y + CAP, whisker);
        svg_line(page, svg, high, y - CAP, high, y + CAP, whisker);
    }
    svg_dot(page, svg, x_of(rate->point, start), y,
            row->rank > 0
                ? (struct svg_ink){.fill = "#1a1a1a"}
                : (struct svg_ink){.fill = "#fff", .stroke = "#8c8c8c", .stroke_width = "1.5"});
    bulletin_item_rate(page, svg_label(page, svg, NAME_WIDTH + PLOT_WIDTH + 14, y + 5, "start"),
                       bulletin, row, item);
}

static void draw_class(struct page *page, xmlNode *svg, const struct bulletin *bulletin,
                       const struct ranking_row *class_row, enum item item, double start,
                       int bottom)
{
    double mean = item_rate(class_row, item)->point;
    if (isnan(mean))
        return;
    int x = x_of(fmax(mean, start), start);
    svg_line(page, svg, x, TOP - 6, x, bottom,
             (struct svg_ink){.stroke = "#1a1a1a", .dashes = "5 4"});
    xmlNode *caption = svg_label(page, svg, x, TOP - 12, "middle");
    page_text(page, caption, BYTES_LIT("本类 "));
    bulletin_item_rate(page, caption, bulletin, class_row, item);
}

void bulletin_dots(struct page *page, xmlNode *parent, const struct bulletin *bulletin,
                   const struct ranking_row *units, size_t unit_count,
                   const struct ranking_row *class_row, enum item item)
{
    int drawn = 0;
    for (size_t i = 0; i < unit_count; i++)
        drawn += isnan(item_rate(&units[i], item)->point) ? 0 : 1;
    if (drawn == 0)
        return;
    int bottom = TOP + drawn * ROW_HEIGHT;
    double start = axis_start(units, unit_count, item);
    xmlNode *svg = svg_begin(page, parent, WIDTH, bottom + 24);
    xmlNode *title = page_element(page, svg, "title", NULL);
    page_text(page, title, class_row->unit_class);
    page_printf(page, title, "各单位%s", item_name(item));
    page_printf(page, page_element(page, svg, "desc", NULL),
                "每行一个单位，由高到低；圆点为%s，横线为误差范围，没有横线的为全数；"
                "空心灰点为不排名的单位；虚线为本类；数值见上表。",
                item_name(item));
    draw_axis(page, svg, start, bottom);
    draw_class(page, svg, bulletin, class_row, item, start, bottom);
    int y = TOP + ROW_HEIGHT / 2;
    for (const struct ranking_row *row = next_unit(units, unit_count, item, NULL); row != NULL;
         row = next_unit(units, unit_count, item, row)) {
        draw_unit(page, svg, bulletin, row, item, start, y);
        y += ROW_HEIGHT;
    }
}
