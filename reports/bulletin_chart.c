#include "reports/bulletin_chart.h"

#include "reports/bulletin_page.h"
#include "reports/svg.h"

enum {
    WIDTH = 720,
    LABEL_WIDTH = 220,
    PLOT_WIDTH = 390,
    ROW_HEIGHT = 24,
    TOP = 28,
    FULL = 10000, /* rates are whole hundredths of a percent here */
    GRID_LINES = 5,
};

static int64_t rate_of(const struct ranking_row *row)
{
    return (int64_t)((__int128)row->on_time * FULL / row->on_time_base);
}

/* The axis begins at a whole ten percent below the lowest unit: dots, unlike bars, may leave out what lies below. */
static int64_t axis_start(const struct ranking_row *units, size_t unit_count)
{
    int64_t lowest = FULL;
    for (size_t i = 0; i < unit_count; i++) {
        if (units[i].on_time_base > 0 && rate_of(&units[i]) < lowest)
            lowest = rate_of(&units[i]);
    }
    int64_t start = lowest / 1000 * 1000;
    return start == FULL ? FULL - 1000 : start;
}

static int x_of(int64_t rate, int64_t start)
{
    return LABEL_WIDTH + (int)((rate - start) * PLOT_WIDTH / (FULL - start));
}

static void draw_axis(struct page *page, xmlNode *svg, int64_t start, int bottom)
{
    for (int i = 0; i <= GRID_LINES; i++) {
        int64_t rate = start + (FULL - start) * i / GRID_LINES;
        svg_line(page, svg, x_of(rate, start), TOP, x_of(rate, start), bottom,
                 (struct svg_ink){.stroke = "#d0d0d0"});
        page_printf(page, svg_label(page, svg, x_of(rate, start), bottom + 16, "middle"), "%d%%",
                    (int)(rate / 100));
    }
}

static void draw_unit(struct page *page, xmlNode *svg, const struct ranking_row *row, int64_t start,
                      int y)
{
    int x = x_of(rate_of(row), start);
    svg_name(page, svg_label(page, svg, LABEL_WIDTH - 10, y + 5, "end"), row->unit_name);
    svg_line(page, svg, LABEL_WIDTH, y, x, y, (struct svg_ink){.stroke = "#8c8c8c"});
    svg_dot(page, svg, x, y, (struct svg_ink){.fill = "#1a1a1a"});
    bulletin_rate(page, svg_label(page, svg, LABEL_WIDTH + PLOT_WIDTH + 12, y + 5, "start"),
                  row->on_time, row->on_time_base);
}

void bulletin_chart(struct page *page, xmlNode *parent, const struct ranking_row *units,
                    size_t unit_count, const struct ranking_row *class_row)
{
    int drawn = 0;
    for (size_t i = 0; i < unit_count; i++)
        drawn += units[i].on_time_base > 0 ? 1 : 0;
    if (drawn == 0)
        return;
    int bottom = TOP + drawn * ROW_HEIGHT;
    int64_t start = axis_start(units, unit_count);
    xmlNode *svg = svg_begin(page, parent, WIDTH, bottom + 24);
    xmlNode *title = page_element(page, svg, "title", NULL);
    page_text(page, title, class_row->unit_class);
    page_text(page, title, BYTES_LIT("各单位按时办结率"));
    (void)page_put(page, svg, "desc", NULL,
                   BYTES_LIT("每行一个单位，圆点为按时办结率，虚线为本类合计；数值见上表。"));
    draw_axis(page, svg, start, bottom);
    int y = TOP + ROW_HEIGHT / 2;
    for (size_t i = 0; i < unit_count; i++) {
        if (units[i].on_time_base == 0)
            continue;
        draw_unit(page, svg, &units[i], start, y);
        y += ROW_HEIGHT;
    }
    int mean = x_of(rate_of(class_row), start);
    svg_line(page, svg, mean, TOP - 6, mean, bottom,
             (struct svg_ink){.stroke = "#1a1a1a", .dashes = "5 4"});
    xmlNode *caption = svg_label(page, svg, mean, TOP - 12, "middle");
    page_text(page, caption, BYTES_LIT("本类合计 "));
    bulletin_rate(page, caption, class_row->on_time, class_row->on_time_base);
}
