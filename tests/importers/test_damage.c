#include "importers/table.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

/* One damage at every place of several tables: all other rows must come out as if nothing had happened. The damaged
 * one has its quote as text or its cell more; where a delimiter or a closing quote lacks, nothing of it may be lost,
 * and only a row of many lines may fall in pieces. */

enum { COLUMNS = 5, ROWS = 5 };

enum quoting { QUOTE_NEEDED, QUOTE_ALL };

struct base {
    const char *name;
    enum quoting quoting;
    const char *line_end;
    const char *cells[ROWS][COLUMNS];
};

static const struct base bases[] = {
    {"plain",
     QUOTE_NEEDED,
     "\n",
     {{"order", "received", "unit", "content", "note"},
      {"1", "2024-04-02", "water", "no water", "x"},
      {"2", "2024-04-03", "roads", "a hole", "y"},
      {"3", "2024-04-04", "parks", "a tree", "z"},
      {"4", "2024-04-05", "heat", "cold", "w"}}},
    {"chinese",
     QUOTE_NEEDED,
     "\r\n",
     {{"工单编号", "受理时间", "承办单位", "市民诉求", "备注"},
      {"GD1", "2024-04-02 18:16:58", "水务局", "停水, 三天了", ""},
      {"GD2", "2024-04-03 09:07:00", "城管局,市政", "路灯不亮", ""},
      {"GD3", "2024-04-04 10:00:01", "住建局", "物业, 电梯, 消防", ""},
      {"GD4", "2024-04-05 11:30:00", "交通局", "公交太少", ""}}},
    {"all quoted",
     QUOTE_ALL,
     "\n",
     {{"order", "received", "unit", "content", "note"},
      {"1", "2024-04-02", "water, north", "no water, none at all", "x"},
      {"2", "2024-04-03", "roads", "a hole", "y, z"},
      {"3", "2024-04-04", "parks", "a tree, fallen", "z"},
      {"4", "2024-04-05", "heat, south", "cold", "w"}}},
    {"many lines",
     QUOTE_NEEDED,
     "\n",
     {{"order", "received", "unit", "content", "reply"},
      {"1", "2024-04-02", "water", "no water\nin the house\n\nsince monday", "it is\nrepaired"},
      {"2", "2024-04-03", "roads", "a hole, deep\nand wide", "we go"},
      {"3", "2024-04-04", "parks", "a tree", "cut down,\nand gone"},
      {"4", "2024-04-05", "heat", "cold\nand dark", "it is warm"}}},
};

enum damage {
    DAMAGE_QUOTE_AT_START,
    DAMAGE_QUOTE_INSIDE,
    DAMAGE_QUOTE_AT_END,
    DAMAGE_DELIMITER_MORE,
    DAMAGE_DELIMITER_LESS,
    DAMAGE_CLOSING_QUOTE_LESS,
    DAMAGE_COUNT,
};

struct place {
    enum damage damage;
    size_t row, column;
};

static bool is_quoted(const struct base *base, const char *cell)
{
    return base->quoting == QUOTE_ALL || strpbrk(cell, ",\n") != NULL;
}

/* Behind the first character. */
static size_t find_inside(const char *cell)
{
    size_t at = 1;
    while (((unsigned char)cell[at] & 0xc0) == 0x80)
        at++;
    return at;
}

static bool is_possible(const struct base *base, const struct place *place)
{
    const char *cell = base->cells[place->row][place->column];
    switch (place->damage) {
    case DAMAGE_QUOTE_INSIDE:
        return cell[0] != '\0' && cell[find_inside(cell)] != '\0';
    case DAMAGE_DELIMITER_LESS:
        return place->column > 0;
    case DAMAGE_CLOSING_QUOTE_LESS:
        return is_quoted(base, cell);
    default:
        return true;
    }
}

static void write_damaged_cell(struct buf *out, const char *cell, const struct place *place)
{
    size_t at = place->damage == DAMAGE_QUOTE_AT_START ? 0
                : place->damage == DAMAGE_QUOTE_AT_END ? strlen(cell)
                                                       : find_inside(cell);
    buf_append(out, (struct bytes){cell, at});
    buf_append_byte(out, '"');
    buf_append_z(out, cell + at);
}

static void write_text(struct buf *out, const struct base *base, const struct place *place)
{
    for (size_t row = 0; row < ROWS; row++) {
        for (size_t column = 0; column < COLUMNS; column++) {
            const char *cell = base->cells[row][column];
            bool here = row == place->row && column == place->column;
            bool quoted = is_quoted(base, cell);
            if (column > 0 && !(here && place->damage == DAMAGE_DELIMITER_LESS))
                buf_append_byte(out, ',');
            if (here && place->damage == DAMAGE_DELIMITER_MORE)
                buf_append_byte(out, ',');
            if (quoted)
                buf_append_byte(out, '"');
            if (here && place->damage <= DAMAGE_QUOTE_AT_END)
                write_damaged_cell(out, cell, place);
            else
                buf_append_z(out, cell);
            if (quoted && !(here && place->damage == DAMAGE_CLOSING_QUOTE_LESS))
                buf_append_byte(out, '"');
        }
        buf_append_z(out, base->line_end);
    }
}

/* The row as it must come out, in brackets. */
static void write_expected(struct buf *out, const struct base *base, const struct place *place,
                           size_t row)
{
    for (size_t column = 0; column < COLUMNS; column++) {
        const char *cell = base->cells[row][column];
        bool here = row == place->row && column == place->column;
        if (here && place->damage == DAMAGE_DELIMITER_MORE)
            buf_append_z(out, "[]");
        buf_append_byte(out, '[');
        if (here && place->damage <= DAMAGE_QUOTE_AT_END)
            write_damaged_cell(out, cell, place);
        else
            buf_append_z(out, cell);
        buf_append_byte(out, ']');
    }
    buf_append_byte(out, '\0');
}

/* ---- Reading ---- */

struct rows {
    struct buf text; /* rows in brackets, a NUL behind each */
    size_t count;
    size_t starts[4 * ROWS];
};

static int write_row(void *context, const struct table_row *row, struct err *err)
{
    struct rows *rows = context;
    assert_in_range(rows->count, 0, 4 * ROWS - 1);
    assert_int_equal(row->fault, TABLE_FAULT_NONE);
    rows->starts[rows->count++] = rows->text.len;
    for (size_t i = 0; i < row->cell_count; i++) {
        buf_append_byte(&rows->text, '[');
        buf_append(&rows->text, row->cells[i]);
        buf_append_byte(&rows->text, ']');
    }
    buf_append_byte(&rows->text, '\0');
    return buf_status(&rows->text, err);
}

/* Fed in two pieces that meet at `cut`, the second whole or byte by byte. */
static void read_text(struct bytes text, size_t cut, bool bytewise, struct rows *rows)
{
    struct err err = {0};
    struct table *table = NULL;
    const struct dialect dialect = {{","}, '"', 0, false, false};
    size_t piece = bytewise ? 1 : text.len;
    rows->count = 0;
    buf_clear(&rows->text);
    assert_int_equal(table_new(&dialect, COLUMNS, write_row, rows, &table, &err), OK);
    assert_int_equal(table_feed(table, (struct bytes){text.ptr, cut}, &err), OK);
    for (size_t at = cut; at < text.len; at += piece) {
        size_t len = text.len - at < piece ? text.len - at : piece;
        assert_int_equal(table_feed(table, (struct bytes){text.ptr + at, len}, &err), OK);
    }
    assert_int_equal(table_finish(table, &err), OK);
    table_free(table);
}

/* What is no structure, to see that nothing was lost. */
static void append_bare(struct buf *out, const char *text)
{
    for (; *text != '\0'; text++) {
        if (strchr("[]\",\r\n", *text) == NULL)
            buf_append_byte(out, *text);
    }
}

/* Rows [first, first + count) have together the bytes of `expected`. */
static void check_pieces(const struct rows *rows, size_t first, size_t count, const char *expected)
{
    struct buf bare, bare_expected;
    buf_init(&bare, 4096);
    buf_init(&bare_expected, 4096);
    for (size_t i = 0; i < count; i++)
        append_bare(&bare, rows->text.ptr + rows->starts[first + i]);
    append_bare(&bare_expected, expected);
    buf_append_byte(&bare, '\0');
    buf_append_byte(&bare_expected, '\0');
    assert_string_equal(bare.ptr, bare_expected.ptr);
    buf_deinit(&bare);
    buf_deinit(&bare_expected);
}

static bool has_many_lines(const struct base *base, size_t row)
{
    for (size_t column = 0; column < COLUMNS; column++) {
        if (strchr(base->cells[row][column], '\n') != NULL)
            return true;
    }
    return false;
}

static void check_rows(const struct base *base, const struct place *place, const struct rows *rows)
{
    bool is_exact = place->damage < DAMAGE_DELIMITER_LESS;
    assert_true(rows->count >= ROWS);
    if (is_exact || !has_many_lines(base, place->row))
        assert_int_equal(rows->count, ROWS);
    size_t pieces = rows->count - ROWS + 1;
    for (size_t row = 0; row < ROWS; row++) {
        struct buf expected;
        buf_init(&expected, 4096);
        write_expected(&expected, base, place, row);
        size_t at = row <= place->row ? row : row + pieces - 1;
        if (is_exact || row != place->row)
            assert_string_equal(rows->text.ptr + rows->starts[at], expected.ptr);
        else
            check_pieces(rows, at, pieces, expected.ptr);
        buf_deinit(&expected);
    }
}

static void check_place(const struct base *base, const struct place *place, struct rows *rows)
{
    struct buf text;
    buf_init(&text, 4096);
    write_text(&text, base, place);
    for (size_t cut = 0; cut <= text.len; cut++) {
        read_text(buf_bytes(&text), cut, cut == 0, rows);
        check_rows(base, place, rows);
    }
    buf_deinit(&text);
}

static void table_feed__confines_a_damage_to_its_row(void **state)
{
    (void)state;
    struct rows rows = {0};
    buf_init(&rows.text, 1 << 16);
    for (size_t i = 0; i < sizeof bases / sizeof *bases; i++) {
        for (size_t n = 0; n < (size_t)DAMAGE_COUNT * ROWS * COLUMNS; n++) {
            struct place place = {(enum damage)(n / (ROWS * COLUMNS)), n / COLUMNS % ROWS,
                                  n % COLUMNS};
            if (!is_possible(&bases[i], &place))
                continue;
            check_place(&bases[i], &place, &rows);
        }
        print_message("    %s\n", bases[i].name);
    }
    buf_deinit(&rows.text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(table_feed__confines_a_damage_to_its_row),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
