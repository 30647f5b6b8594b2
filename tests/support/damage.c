#include "tests/support/damage.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

/* ---- Rows ---- */

enum { UNIT_SEPARATOR = 31 };

void grid_init(struct grid *grid)
{
    memset(grid, 0, sizeof *grid);
    buf_init(&grid->text, GRID_MAX_BYTES);
}

void grid_deinit(struct grid *grid)
{
    buf_deinit(&grid->text);
}

void grid_clear(struct grid *grid)
{
    buf_clear(&grid->text);
    grid->count = 0;
}

void grid_end_row(struct grid *grid, int64_t line, unsigned mends)
{
    size_t start = 0;
    assert_true(grid->count < GRID_MAX_ROWS && grid->text.rc == OK);
    if (grid->count > 0)
        start = grid->rows[grid->count - 1].start + grid->rows[grid->count - 1].len;
    grid->rows[grid->count++] = (struct grid_row){start, grid->text.len - start, line, mends};
}

void grid_add_row(struct grid *grid, const struct bytes *cells, size_t count, int64_t line,
                  unsigned mends)
{
    for (size_t i = 0; i < count; i++) {
        buf_append(&grid->text, cells[i]);
        buf_append_byte(&grid->text, UNIT_SEPARATOR);
    }
    grid_end_row(grid, line, mends);
}

struct bytes grid_row_text(const struct grid *grid, size_t at)
{
    return (struct bytes){grid->text.ptr + grid->rows[at].start, grid->rows[at].len};
}

static void append_csv_cell(struct buf *out, struct bytes cell)
{
    buf_append_byte(out, '"');
    for (size_t i = 0; i < cell.len; i++) {
        if (cell.ptr[i] == '"')
            buf_append_byte(out, '"');
        buf_append_byte(out, cell.ptr[i]);
    }
    buf_append_byte(out, '"');
}

static bool needs_csv_quotes(struct bytes cell)
{
    for (size_t i = 0; i < cell.len; i++) {
        if (strchr(",\"\r\n", cell.ptr[i]) != NULL && cell.ptr[i] != '\0')
            return true;
    }
    return cell.len > 0 && (cell.ptr[0] == ' ' || cell.ptr[cell.len - 1] == ' ');
}

void grid_write_csv(const struct grid *grid, size_t from, struct buf *out)
{
    for (size_t row = from; row < grid->count; row++) {
        struct bytes rest = grid_row_text(grid, row);
        bool is_first = true;
        rest.len -= rest.len > 0; /* a separator stands behind the last cell too */
        while (rest.ptr != NULL) {
            struct bytes cell = bytes_cut(&rest, UNIT_SEPARATOR);
            if (!is_first)
                buf_append_byte(out, ',');
            is_first = false;
            if (needs_csv_quotes(cell))
                append_csv_cell(out, cell);
            else
                buf_append(out, cell);
        }
        buf_append_byte(out, '\n');
    }
}

/* ---- Tables ---- */

const struct base bases[] = {
    {"mixed types",
     {",", '"', 0, "\n", false},
     false,
     13,
     6,
     {{"item", "10#"},
      {"opened", "2024-04-#"},
      {"place", "water|roads|parks|heating|street lights"},
      {"pieces", "5|17|120|3|41|8|77"},
      {"rate", "0.5|0.25|1.75|2.5"},
      {"note", "fine|late|see below|\"new\", not old|open|again, twice"}}},
    {"work orders",
     {",", '"', 0, "\n", false},
     true,
     16,
     8,
     {{"工单编号", "GD202404#"},
      {"受理时间", "2024-04-# 18:16:58|2024-04-# 09:07:00|2024-04-# 23:59:59"},
      {"承办单位", "水务局|城管局,市政|住建局|交通局"},
      {"诉求类型", "投诉|求助|咨询"},
      {"市民诉求", "家里停水三天了，\n请尽快处理。|路灯不亮, 晚上危险|小区\"物业\"不管：\n1. "
                   "电梯坏了,\n2. 消防通道被占\n\n请回电|"
                   "公交车太少"},
      {"回复内容", "已修复，\n并回访市民|已转派, 限期办理|经核实，\n\n情况属实，正在整改"},
      {"办结时间", "2024-05-# 10:00:00|2024-05-# 11:30:00"},
      {"满意度", "满意|基本满意|不满意||满意"}}},
    {"replies at the end",
     {",", '"', 0, "\n", false},
     false,
     13,
     5,
     {{"id", "R#"},
      {"day", "2024-04-#"},
      {"desk", "north|south|east"},
      {"text", "no water,\nsince monday|a hole|the \"old\" lamp,\nagain"},
      {"reply",
       "mended,\nand called back|sent on|they say \"soon\",\nand no more|none,\n\nas yet"}}},
    {"texts",
     {",", '"', 0, "\n", false},
     false,
     11,
     4,
     {{"name", "Ann Lee|Bob Ray|Cid Moe|Dan Roe|Eve Poe|Fay Day|Gus Orr"},
      {"town", "Rome|Oslo|Lima|Bonn|New York"},
      {"street", "Long Road|High Street|Mill Lane"},
      {"remark", "likes tea|came late|asks for help|is away|never calls"}}},
    {"decimal commas",
     {";", '"', 0, "\n", false},
     false,
     11,
     9,
     {{"code", "A-#"},
      {"jan", "12,5|3,75|0,25|101,1"},
      {"feb", "7,1|8,22|9,3"},
      {"mar", "5,5|6,6|1,05|2,1|3,2"},
      {"apr", "10,0|20,5"},
      {"may", "0,1|0,2|0,3|0,45|0,5|0,6|0,7"},
      {"jun", "4,4|3,31|2,2"},
      {"jul", "15,9|16,8|17,75|18,6"},
      {"sum", "55,5|66,25|77,75|88,1|99,9"}}},
    {"all quoted",
     {",", '"', 0, "\r\n", true},
     false,
     21,
     5,
     {{"ticket", "T#"},
      {"opened at", "2024-03-# 08:30|2024-03-# 16:45"},
      {"city", "Rome|Oslo|Lima, Peru|Bonn"},
      {"text",
       "no water, since monday|the \"new\" lamp\r\nis dark|a hole|noise at night|bus 5, late"},
      {"amount", "12.50|7.25|100.00"}}},
    {"sparse",
     {",", '"', 0, "\n", false},
     false,
     15,
     7,
     {{"key", "K#"},
      {"a", "||5||"},
      {"b", "|2024-01-#||"},
      {"c", "||"},
      {"d", "x||y, z|||"},
      {"e", "|7|||||8"},
      {"f", "|||end"}}},
};
const size_t base_count = sizeof bases / sizeof *bases;

void base_append_cell(const struct base *base, size_t row, size_t column, struct buf *out)
{
    const struct base_column *from = &base->column[column];
    if (row == 0) {
        buf_append_z(out, from->name);
        return;
    }
    size_t words = 1;
    for (const char *c = from->words; *c != '\0'; c++)
        words += *c == '|';
    struct bytes rest = bytes_from_z(from->words), word = BYTES_NONE;
    for (size_t i = 0; i <= (row - 1) % words; i++)
        word = bytes_cut(&rest, '|');
    for (size_t i = 0; i < word.len; i++) {
        if (word.ptr[i] == '#')
            buf_printf(out, "%02zu", row);
        else
            buf_append_byte(out, word.ptr[i]);
    }
}

static bool needs_quotes(const struct shape *shape, struct bytes cell)
{
    for (size_t i = 0; i < cell.len; i++) {
        char c = cell.ptr[i];
        bool is_end = c == '\r' || c == '\n';
        if (is_end || c == shape->delimiter[0] || (c == shape->quote && shape->quote != 0))
            return true;
    }
    return false;
}

static bool is_plainly_quoted(const struct base *base, const struct shape *shape, size_t row,
                              size_t column)
{
    struct buf cell;
    if (shape->quotes_all)
        return true;
    buf_init(&cell, GRID_MAX_BYTES);
    base_append_cell(base, row, column, &cell);
    bool needs = needs_quotes(shape, buf_bytes(&cell));
    buf_deinit(&cell);
    return needs;
}

bool shape_can(const struct shape *shape, const struct base *base)
{
    for (size_t row = 0; row < base->rows && shape->quote == 0; row++) {
        for (size_t column = 0; column < base->columns; column++) {
            if (is_plainly_quoted(base, shape, row, column))
                return false;
        }
    }
    return true;
}

/* ---- Damage ---- */

const char *damage_words(enum damage damage)
{
    static const char *const words[] = {
#define X(name, text) text,
        DAMAGES(X)
#undef X
    };
    return words[damage];
}

size_t damage_places(const struct base *base, enum damage damage)
{
    if (damage >= DAMAGE_BLANK_ROW)
        return 1;
    return damage == DAMAGE_DELIMITER_MORE ? base->columns + 1 : base->columns;
}

/* Behind the first character; 0 if there is none, or none behind it. */
static size_t find_middle(struct bytes cell)
{
    size_t at = cell.len > 0 ? 1 : 0;
    while (at < cell.len && ((unsigned char)cell.ptr[at] & 0xc0) == 0x80)
        at++;
    return at < cell.len ? at : 0;
}

bool damage_can(const struct base *base, const struct shape *shape, const struct place *place)
{
    struct buf cell;
    bool can = true;
    buf_init(&cell, GRID_MAX_BYTES);
    if (place->column < base->columns)
        base_append_cell(base, place->row, place->column, &cell);
    switch (place->damage) {
    case DAMAGE_NONE:
        can = place->row == 0 && place->column == 0;
        break;
    case DAMAGE_QUOTE_INSIDE:
    case DAMAGE_QUOTE_IN_QUOTED:
    case DAMAGE_CR:
    case DAMAGE_CR_IN_QUOTED:
        can = find_middle(buf_bytes(&cell)) > 0;
        break;
    case DAMAGE_CLOSING_QUOTE_LESS:
        can = is_plainly_quoted(base, shape, place->row, place->column);
        break;
    case DAMAGE_DELIMITER_LESS:
        can = place->column > 0;
        break;
    case DAMAGE_ENDS_LF:
        can = strcmp(shape->line_end, "\n") != 0;
        break;
    case DAMAGE_ENDS_CRLF:
        can = strcmp(shape->line_end, "\r\n") != 0;
        break;
    case DAMAGE_ENDS_CR:
        can = strcmp(shape->line_end, "\r") != 0;
        break;
    default:
        break;
    }
    buf_deinit(&cell);
    return can;
}

static bool is_here(const struct place *place, size_t row, size_t column)
{
    return place->row == row && place->column == column;
}

bool place_is_quoted(const struct base *base, const struct shape *shape, const struct place *place,
                     size_t row, size_t column)
{
    bool must = place->damage == DAMAGE_QUOTE_IN_QUOTED || place->damage == DAMAGE_CR_IN_QUOTED;
    return (must && is_here(place, row, column)) || is_plainly_quoted(base, shape, row, column);
}

static void append_escaped(struct buf *out, const struct shape *shape, struct bytes text,
                           bool quoted)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (quoted && shape->escape != 0 && (c == shape->quote || c == shape->escape))
            buf_append_byte(out, shape->escape);
        else if (quoted && c == shape->quote)
            buf_append_byte(out, c);
        buf_append_byte(out, c);
    }
}

/* What the damage puts into a cell, and where. */
static struct bytes find_insertion(const struct shape *shape, enum damage damage, struct bytes cell,
                                   size_t *out_at)
{
    struct bytes quote = {&shape->quote, 1};
    *out_at = find_middle(cell);
    switch (damage) {
    case DAMAGE_QUOTE_AT_START:
        *out_at = 0;
        return quote;
    case DAMAGE_QUOTE_AT_END:
        *out_at = cell.len;
        return quote;
    case DAMAGE_QUOTE_INSIDE:
    case DAMAGE_QUOTE_IN_QUOTED:
        return quote;
    case DAMAGE_NUL:
        return (struct bytes){"", 1};
    case DAMAGE_CR:
    case DAMAGE_CR_IN_QUOTED:
        return BYTES_LIT("\r");
    default:
        return BYTES_NONE;
    }
}

static void write_cell(const struct base *base, const struct shape *shape,
                       const struct place *place, size_t row, size_t column, struct buf *out,
                       struct buf *expected)
{
    struct buf cell;
    size_t at = 0;
    bool here = is_here(place, row, column);
    bool quoted = place_is_quoted(base, shape, place, row, column);
    bool is_open = here && place->damage == DAMAGE_CLOSING_QUOTE_LESS;
    buf_init(&cell, GRID_MAX_BYTES);
    base_append_cell(base, row, column, &cell);
    struct bytes text = buf_bytes(&cell);
    struct bytes inserted = here ? find_insertion(shape, place->damage, text, &at) : BYTES_NONE;
    struct bytes before = {text.ptr, at}, behind = {text.ptr + at, text.len - at};
    if (quoted)
        buf_append_byte(out, shape->quote);
    append_escaped(out, shape, before, quoted);
    buf_append(out, inserted);
    append_escaped(out, shape, behind, quoted);
    if (quoted && !is_open)
        buf_append_byte(out, shape->quote);
    if (is_open)
        buf_append_byte(expected, shape->quote);
    buf_append(expected, before);
    buf_append(expected, inserted);
    buf_append(expected, behind);
    buf_deinit(&cell);
}

static void write_row(const struct base *base, const struct shape *shape, const struct place *place,
                      size_t row, struct buf *out, struct buf *expected)
{
    for (size_t column = 0; column < base->columns; column++) {
        bool here = is_here(place, row, column);
        bool joins = here && place->damage == DAMAGE_DELIMITER_LESS;
        if (column > 0 && !joins) {
            buf_append_z(out, shape->delimiter);
            buf_append_byte(expected, UNIT_SEPARATOR);
        }
        if (here && place->damage == DAMAGE_DELIMITER_MORE) {
            buf_append_z(out, shape->delimiter);
            buf_append_byte(expected, UNIT_SEPARATOR);
        }
        write_cell(base, shape, place, row, column, out, expected);
    }
    buf_append_byte(expected, UNIT_SEPARATOR);
    if (place->damage == DAMAGE_DELIMITER_MORE && is_here(place, row, base->columns)) {
        buf_append_z(out, shape->delimiter);
        buf_append_byte(expected, UNIT_SEPARATOR);
    }
}

static void write_blank(const struct base *base, const struct shape *shape, bool has_delimiters,
                        struct buf *out)
{
    for (size_t column = 1; column < base->columns && has_delimiters; column++)
        buf_append_z(out, shape->delimiter);
    buf_append_z(out, shape->line_end);
}

static int64_t count_lines(struct bytes text)
{
    int64_t lines = 0;
    for (size_t i = 0; i < text.len; i++)
        lines += text.ptr[i] == '\n';
    return lines;
}

void damage_write(const struct base *base, const struct shape *shape, const struct place *place,
                  struct buf *out, struct grid *expected)
{
    int64_t cr_rows = 0;
    size_t start = out->len;
    grid_clear(expected);
    for (size_t row = 0; row < base->rows; row++) {
        bool here = row == place->row;
        enum damage damage = here ? place->damage : DAMAGE_NONE;
        const char *line_end = damage == DAMAGE_ENDS_LF     ? "\n"
                               : damage == DAMAGE_ENDS_CRLF ? "\r\n"
                               : damage == DAMAGE_ENDS_CR   ? "\r"
                                                            : shape->line_end;
        if (damage == DAMAGE_BLANK_ROW || damage == DAMAGE_EMPTY_ROW) {
            write_blank(base, shape, damage == DAMAGE_EMPTY_ROW, out);
            cr_rows += strcmp(shape->line_end, "\r") == 0;
        }
        struct bytes above = {out->ptr + start, out->len - start};
        int64_t line = 1 + cr_rows + (out->len > start ? count_lines(above) : 0);
        write_row(base, shape, place, row, out, &expected->text);
        grid_end_row(expected, line, 0);
        buf_append_z(out, line_end);
        cr_rows += strcmp(line_end, "\r") == 0;
    }
    assert_int_equal(out->rc, OK);
}
