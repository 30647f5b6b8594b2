#include "reports/score_table.h"

#include "base/utf8.h"

#include "reports/figures.h"
#include "reports/text.h"
#include "reports/words.h"

#include <inttypes.h>

enum { MAX_COLUMNS = 8, LINE_MAX_BYTES = 64 * 1024, MAX_COLUMN_WIDTH = 40 };

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

/* What a line tells of its row. Before a draw a class has one block, else three. */
enum block { BLOCK_ON_TIME, BLOCK_RANK, BLOCK_RATES };

/* One line before it is aligned: its cells one behind the other in `text`. */
struct line {
    const struct rules *rules;
    enum block block;
    bool has_rank; /* of BLOCK_ON_TIME: no other block shows it */
    struct buf text;
    int rc; /* first failure of any line: clearing `text` forgets its own */
    size_t count;
    size_t end[MAX_COLUMNS];
    bool is_left[MAX_COLUMNS]; /* names and notes stand left, numbers right */
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
    line->count = 0;
    buf_clear(&line->text);
}

static void end_cell(struct line *line, bool is_left)
{
    line->is_left[line->count] = is_left;
    line->end[line->count++] = line->text.len;
}

static void heading(struct line *line, const char *name, bool is_left)
{
    buf_append_z(&line->text, name);
    end_cell(line, is_left);
}

static void line_heading(struct line *line)
{
    line_clear(line);
    bool has_rank = line->block == BLOCK_RANK || (line->block == BLOCK_ON_TIME && line->has_rank);
    if (has_rank)
        heading(line, "名次", false);
    if (line->block == BLOCK_RANK)
        heading(line, "名次范围", false);
    heading(line, "单位", true);
    static const char *const on_time[] = {"工单", "不计入", NULL, "按时办结", "按时办结率"};
    static const char *const rank[] = {"综合得分", "误差范围"};
    static const char *const rates[] = {"诉求解决率", "有效回答", "误差范围",
                                        "处理满意率", "有效回答", "误差范围"};
    switch (line->block) {
    case BLOCK_ON_TIME:
        for (size_t i = 0; i < sizeof on_time / sizeof *on_time; i++)
            heading(line, on_time[i] != NULL ? on_time[i] : on_time_base_name(line->rules), false);
        break;
    case BLOCK_RANK:
        for (size_t i = 0; i < sizeof rank / sizeof *rank; i++)
            heading(line, rank[i], false);
        heading(line, "分档", true);
        break;
    case BLOCK_RATES:
        for (size_t i = 0; i < sizeof rates / sizeof *rates; i++)
            heading(line, rates[i], false);
        break;
    }
    if (has_rank)
        heading(line, "说明", true);
}

static void fill_rank(struct line *line, const struct ranking_row *row)
{
    if (line->block == BLOCK_RANK) {
        if (row->rank > 0)
            buf_printf(&line->text, "%d", row->rank);
        end_cell(line, false);
        if (row->rank > 0)
            buf_printf(&line->text, "%d", row->rank_low);
        if (row->rank_low < row->rank_high)
            buf_printf(&line->text, "～%d", row->rank_high);
    } else if (row->rank > 0) {
        buf_printf(&line->text, "%s%d", row->rank_high > row->rank_low ? "并列" : "", row->rank);
    }
    end_cell(line, false);
}

static void fill_on_time(struct line *line, const struct ranking_row *row)
{
    const int64_t counts[] = {row->orders, row->excluded, row->on_time_base, row->on_time};
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        buf_printf(&line->text, "%" PRId64, counts[i]);
        end_cell(line, false);
    }
    rate_text(&line->text, row->on_time, row->on_time_base);
    end_cell(line, false);
}

static void fill_score(struct line *line, const struct ranking_row *row)
{
    score_text(&line->text, row->score.total.point, line->rules);
    end_cell(line, false);
    score_interval_text(&line->text, row, line->rules);
    end_cell(line, false);
    buf_append_z(&line->text, band_name(row, line->rules));
    end_cell(line, true);
}

static void fill_rates(struct line *line, const struct ranking_row *row)
{
    for (enum item item = ITEM_RESOLUTION; item <= ITEM_SATISFACTION; item++) {
        int64_t base = item_tally(row, item).valid;
        percent_text(&line->text, item_rate(row, item)->point, base);
        end_cell(line, false);
        buf_printf(&line->text, "%" PRId64, base);
        end_cell(line, false);
        interval_text(&line->text, item_rate(row, item)->interval, base);
        end_cell(line, false);
    }
}

static void line_fill(struct line *line, const struct ranking_row *row, const char *sum_name)
{
    bool has_rank = line->block == BLOCK_RANK || (line->block == BLOCK_ON_TIME && line->has_rank);
    line_clear(line);
    if (has_rank)
        fill_rank(line, row);
    if (sum_name != NULL)
        buf_append_z(&line->text, sum_name);
    else
        text_printable(&line->text, row->unit_name);
    end_cell(line, true);
    switch (line->block) {
    case BLOCK_ON_TIME:
        fill_on_time(line, row);
        break;
    case BLOCK_RANK:
        fill_score(line, row);
        break;
    case BLOCK_RATES:
        fill_rates(line, row);
        break;
    }
    if (has_rank) {
        ranking_note_text(&line->text, row, line->rules);
        end_cell(line, true);
    }
}

static void widen(const struct line *line, size_t widths[MAX_COLUMNS])
{
    for (size_t i = 0; i < line->count; i++) {
        size_t width = text_display_width(line_cell(line, i));
        if (width > MAX_COLUMN_WIDTH)
            width = MAX_COLUMN_WIDTH;
        if (width > widths[i])
            widths[i] = width;
    }
}

/* Nothing is written behind the last cell that says something. */
static void line_write(const struct line *line, const size_t widths[MAX_COLUMNS], struct buf *out)
{
    size_t count = line->count;
    while (count > 0 && line_cell(line, count - 1).len == 0)
        count--;
    for (size_t i = 0; i < count; i++) {
        struct bytes cell = line_cell(line, i);
        bool is_last = i + 1 == count;
        size_t width = text_display_width(cell);
        size_t padding = width < widths[i] ? widths[i] - width : 0;
        buf_append_z(out, i > 0 ? "  " : "");
        for (size_t p = 0; p < padding && !line->is_left[i]; p++)
            buf_append_byte(out, ' ');
        buf_append(out, cell);
        for (size_t p = 0; p < padding && line->is_left[i] && !is_last; p++)
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

/* Column widths are those of the whole table, so that the classes stand alike. */
static void measure(struct line *line, const struct ranking *ranking, size_t widths[MAX_COLUMNS])
{
    line_heading(line);
    widen(line, widths);
    for (size_t i = 0; i < ranking->row_count; i++) {
        line_fill(line, &ranking->rows[i], sum_name_of(ranking, i));
        widen(line, widths);
    }
}

static void write_row(struct line *line, const struct ranking *ranking, size_t row,
                      const size_t widths[MAX_COLUMNS], struct buf *out)
{
    line_fill(line, &ranking->rows[row], sum_name_of(ranking, row));
    line_write(line, widths, out);
}

static void write_block(struct line *line, const struct ranking *ranking, struct buf *out)
{
    size_t widths[MAX_COLUMNS] = {0};
    measure(line, ranking, widths);
    size_t next = 0;
    for (size_t c = 0; c < ranking->class_count; c++) {
        struct bytes name = ranking->rows[ranking->unit_count + c].unit_class;
        text_printable(out, name);
        buf_append_byte(out, '\n');
        line_heading(line);
        line_write(line, widths, out);
        for (; next < ranking->unit_count && bytes_equal(ranking->rows[next].unit_class, name);
             next++)
            write_row(line, ranking, next, widths, out);
        write_row(line, ranking, ranking->unit_count + c, widths, out);
        buf_append_byte(out, '\n');
    }
    if (ranking->row_count > 0)
        write_row(line, ranking, ranking->row_count - 1, widths, out);
}

int score_table_render(const struct ranking *ranking, const struct rules *rules, struct buf *out,
                       struct err *err)
{
    static const enum block sampled[] = {BLOCK_RANK, BLOCK_RATES, BLOCK_ON_TIME};
    bool has_sample = ranking_has_sample(ranking);
    struct line line = {.rules = rules, .has_rank = !has_sample};
    buf_init(&line.text, LINE_MAX_BYTES);
    if (!has_sample)
        write_block(&line, ranking, out);
    for (size_t i = 0; has_sample && i < sizeof sampled / sizeof *sampled; i++) {
        buf_append_z(out, i > 0 ? "\n" : "");
        line.block = sampled[i];
        write_block(&line, ranking, out);
    }
    line_clear(&line);
    if (out->rc == OK)
        out->rc = line.rc;
    buf_deinit(&line.text);
    return buf_status(out, err);
}
