#include "reports/score_table.h"

#include "base/utf8.h"

#include "reports/text.h"
#include "reports/words.h"

#include <inttypes.h>

enum { COLUMNS = 8, LINE_MAX_BYTES = 64 * 1024, MAX_COLUMN_WIDTH = 40 };

/* The blocks of East Asian wide and full-width characters (UAX 11), joined where they meet. */
static bool is_wide(uint32_t c)
{
    static const uint32_t ranges[][2] = {
        {0x1100, 0x115F}, {0x2E80, 0x303E},   {0x3041, 0x33FF},   {0x3400, 0x4DBF},
        {0x4E00, 0x9FFF}, {0xA000, 0xA4CF},   {0xA960, 0xA97F},   {0xAC00, 0xD7A3},
        {0xF900, 0xFAFF}, {0xFE10, 0xFE19},   {0xFE30, 0xFE6F},   {0xFF00, 0xFF60},
        {0xFFE0, 0xFFE6}, {0x1F300, 0x1F64F}, {0x1F900, 0x1F9FF}, {0x20000, 0x3FFFD},
    };
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++) {
        if (c >= ranges[i][0] && c <= ranges[i][1])
            return true;
    }
    return false;
}

static bool is_combining(uint32_t c)
{
    return (c >= 0x300 && c <= 0x36F) || (c >= 0x200B && c <= 0x200D) ||
           (c >= 0xFE00 && c <= 0xFE0F);
}

size_t text_display_width(struct bytes text)
{
    size_t width = 0;
    while (text.len > 0) {
        struct bytes valid = {text.ptr, utf8_valid_prefix(text)};
        text = (struct bytes){text.ptr + valid.len, text.len - valid.len};
        while (valid.len > 0) {
            uint32_t c = utf8_take(&valid);
            width += is_combining(c) ? 0 : is_wide(c) ? 2 : 1;
        }
        if (text.len > 0) {
            width++;
            text = (struct bytes){text.ptr + 1, text.len - 1};
        }
    }
    return width;
}

/* One line before it is aligned: its cells one behind the other in `text`. */
struct line {
    struct buf text;
    int rc; /* first failure of any line: clearing `text` forgets its own */
    size_t end[COLUMNS];
};

static struct bytes line_cell(const struct line *line, size_t column)
{
    size_t start = column > 0 ? line->end[column - 1] : 0;
    struct bytes text = buf_bytes(&line->text);
    if (line->text.rc != OK || text.len == 0)
        return BYTES_NONE;
    return (struct bytes){text.ptr + start, line->end[column] - start};
}

static void line_clear(struct line *line)
{
    if (line->rc == OK)
        line->rc = line->text.rc;
    buf_clear(&line->text);
}

static void line_heading(struct line *line, const struct rules *rules)
{
    const char *const headings[COLUMNS] = {
        "名次",     "单位",       "工单", "不计入", on_time_base_name(rules),
        "按时办结", "按时办结率", "说明"};
    line_clear(line);
    for (size_t i = 0; i < COLUMNS; i++) {
        buf_append_z(&line->text, headings[i]);
        line->end[i] = line->text.len;
    }
}

static void line_fill(struct line *line, const struct ranking_row *row, const struct rules *rules,
                      const char *sum_name)
{
    const int64_t counts[] = {row->orders, row->excluded, row->on_time_base, row->on_time};
    size_t column = 0;
    line_clear(line);
    if (row->rank > 0)
        buf_printf(&line->text, "%s%d", row->rank_high > row->rank_low ? "并列" : "", row->rank);
    line->end[column++] = line->text.len;
    if (sum_name != NULL)
        buf_append_z(&line->text, sum_name);
    else
        text_printable(&line->text, row->unit_name);
    line->end[column++] = line->text.len;
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        buf_printf(&line->text, "%" PRId64, counts[i]);
        line->end[column++] = line->text.len;
    }
    rate_text(&line->text, row->on_time, row->on_time_base);
    line->end[column++] = line->text.len;
    ranking_note_text(&line->text, row, rules);
    line->end[column++] = line->text.len;
}

static void widen(const struct line *line, size_t widths[COLUMNS])
{
    for (size_t i = 0; i < COLUMNS; i++) {
        size_t width = text_display_width(line_cell(line, i));
        if (width > MAX_COLUMN_WIDTH)
            width = MAX_COLUMN_WIDTH;
        if (width > widths[i])
            widths[i] = width;
    }
}

/* Names and notes stand left, numbers right; the last column is not padded. */
static void line_write(const struct line *line, const size_t widths[COLUMNS], struct buf *out)
{
    for (size_t i = 0; i < COLUMNS; i++) {
        struct bytes cell = line_cell(line, i);
        bool is_left = i == 1 || i == COLUMNS - 1;
        size_t width = text_display_width(cell);
        size_t padding = width < widths[i] ? widths[i] - width : 0;
        if (i == COLUMNS - 1 && cell.len == 0)
            break;
        buf_append_z(out, i > 0 ? "  " : "");
        for (size_t p = 0; p < padding && !is_left; p++)
            buf_append_byte(out, ' ');
        buf_append(out, cell);
        for (size_t p = 0; p < padding && is_left && i < COLUMNS - 1; p++)
            buf_append_byte(out, ' ');
    }
    buf_append_byte(out, '\n');
}

static const char *sum_name_of(const struct ranking *ranking, size_t row)
{
    if (row < ranking->unit_count)
        return NULL;
    return row < ranking->unit_count + ranking->class_count ? "本类合计" : "总计";
}

static void write_row(struct line *line, const struct ranking *ranking, const struct rules *rules,
                      size_t row, const size_t widths[COLUMNS], struct buf *out)
{
    line_fill(line, &ranking->rows[row], rules, sum_name_of(ranking, row));
    line_write(line, widths, out);
}

int score_table_render(const struct ranking *ranking, const struct rules *rules, struct buf *out,
                       struct err *err)
{
    struct line line = {.end = {0}};
    size_t widths[COLUMNS] = {0};
    buf_init(&line.text, LINE_MAX_BYTES);
    line_heading(&line, rules);
    widen(&line, widths);
    for (size_t i = 0; i < ranking->row_count; i++) {
        line_fill(&line, &ranking->rows[i], rules, sum_name_of(ranking, i));
        widen(&line, widths);
    }
    size_t next = 0;
    for (size_t c = 0; c < ranking->class_count; c++) {
        struct bytes name = ranking->rows[ranking->unit_count + c].unit_class;
        text_printable(out, name);
        buf_append_byte(out, '\n');
        line_heading(&line, rules);
        line_write(&line, widths, out);
        for (; next < ranking->unit_count && bytes_equal(ranking->rows[next].unit_class, name);
             next++)
            write_row(&line, ranking, rules, next, widths, out);
        write_row(&line, ranking, rules, ranking->unit_count + c, widths, out);
        buf_append_byte(out, '\n');
    }
    if (ranking->row_count > 0)
        write_row(&line, ranking, rules, ranking->row_count - 1, widths, out);
    line_clear(&line);
    if (out->rc == OK)
        out->rc = line.rc;
    buf_deinit(&line.text);
    return buf_status(out, err);
}
