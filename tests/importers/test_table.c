#include "importers/table.h"

#include "tests/support/fault.h"
#include "tests/support/file.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

/* Rows as text: line, fault, what was mended, cells in brackets. */
static int write_row(void *context, const struct table_row *row, struct err *err)
{
    static const char *const faults[] = {"", "!long", "!cells"};
    struct buf *out = context;
    buf_printf(out, "%d%s%s%s", (int)row->line, faults[row->fault],
               (row->mends & TABLE_MEND_QUOTE) != 0 ? "~quote" : "",
               (row->mends & TABLE_MEND_CR) != 0 ? "~cr" : "");
    for (size_t i = 0; i < row->cell_count; i++)
        buf_printf(out, "[" BYTES_FMT "]", BYTES_ARG(row->cells[i]));
    buf_append_z(out, " ");
    return buf_status(out, err);
}

/* Read `text`, fed in two pieces that meet at `cut`. */
static int read_cut(char delimiter, struct bytes text, size_t cut, table_row_cb on_row, void *out,
                    struct err *err)
{
    struct table *table = NULL;
    const struct dialect dialect = {{delimiter}, '"', 0, true, false};
    int rc = table_new(&dialect, 0, on_row, out, &table, err);
    if (rc != OK)
        return rc;
    rc = table_feed(table, (struct bytes){text.ptr, cut}, err);
    if (rc == OK)
        rc = table_feed(table, (struct bytes){text.ptr + cut, text.len - cut}, err);
    if (rc == OK)
        rc = table_finish(table, err);
    table_free(table);
    return rc;
}

static void check_cut(char delimiter, struct bytes text, size_t cut, table_row_cb on_row,
                      struct bytes expected)
{
    struct err err = {0};
    struct buf out;
    buf_init(&out, 1 << 20);
    assert_int_equal(read_cut(delimiter, text, cut, on_row, &out, &err), OK);
    buf_append_byte(&out, '\0');
    assert_int_equal(buf_status(&out, &err), OK);
    assert_string_equal(out.ptr, expected.ptr);
    buf_deinit(&out);
}

static void check_every_cut(char delimiter, struct bytes text, table_row_cb on_row,
                            struct bytes expected)
{
    for (size_t cut = 0; cut <= text.len; cut++)
        check_cut(delimiter, text, cut, on_row, expected);
}

static void table_feed__gives_rows_and_lines_however_it_is_cut(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        char delimiter;
        const char *text;
        const char *expected;
    } cases[] = {
        {"nothing", ',', "", ""},
        {"lf", ',', "a,b\n1,2\n", "1[a][b] 2[1][2] "},
        {"no last line end", ',', "a,b\n1,2", "1[a][b] 2[1][2] "},
        {"crlf", ',', "a,b\r\n1,2\r\n", "1[a][b] 2[1][2] "},
        {"cr", ',', "a,b\r1,2\r", "1[a][b] 2[1][2] "},
        {"blank lines", ',', "a\n\n\nb\n", "1[a] 2 3 4[b] "},
        {"blank crlf lines", ',', "a\r\n\r\nb\r\n", "1[a] 2 3[b] "},
        {"blank cr lines", ',', "a\r\rb", "1[a] 2 3[b] "},
        {"line of spaces", ',', "a\n  \nb", "1[a] 2[  ] 3[b] "},
        {"quoted", ',', "\"a,b\",\"c \"\"d\"\"\"\n", "1[a,b][c \"d\"] "},
        {"quoted line ends", ',', "\"a\nb\",c\nd\n", "1[a\nb][c] 3[d] "},
        {"quoted crlf", ',', "\"a\r\nb\"\r\nd\r\n", "1[a\r\nb] 3[d] "},
        {"quoted cr", ',', "\"a\rb\"\rd\r", "1[a\rb] 3[d] "},
        {"cr ends one cell, lf begins the next", ',', "\"a\r\",\"\nb\"\nc\n", "1[a\r][\nb] 4[c] "},
        {"empty cells", ',', ",\"\",\n", "1[][][] "},
        {"spaces", ',', " a ,\" b \"\n", "1[ a ][ b ] "},
        {"semicolon", ';', "a;b,c\n", "1[a][b,c] "},
        {"tab", '\t', "a\t\tb\n", "1[a][][b] "},
        {"pipe", '|', "a|b\n", "1[a][b] "},
        {"stray quote", ',', "a,b\n1,x\"y,2\n3,4\n", "1[a][b] 2[1][x\"y][2] 3[3][4] "},
        {"text behind a quote", ',', "\"a\"b,2\n3,4\n", "1~quote[\"a\"b][2] 2[3][4] "},
        {"stray quote on the second line of a row", ',', "1,\"a\nb\"c\",2\n3,4\n",
         "1~quote[1][a\nb\"c][2] 3[3][4] "},
        {"stray quote before crlf", ',', "x\"y\r\n3\r\n", "1[x\"y] 2[3] "},
        {"stray quote at the end", ',', "a\nx\"y", "1[a] 2[x\"y] "},
        {"missing quote", ',', "a\n1,\"b\nc", "1[a] 2~quote[1][\"b] 3[c] "},
        {"missing quote at the end", ',', "a\n1,\"", "1[a] 2~quote[1][\"] "},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        print_message("    %s\n", cases[i].name);
        check_every_cut(cases[i].delimiter, bytes_from_z(cases[i].text), write_row,
                        bytes_from_z(cases[i].expected));
    }
}

static int write_line(void *context, const struct table_row *row, struct err *err)
{
    struct buf *out = context;
    buf_printf(out, "%d:%zu ", (int)row->line, row->cell_count);
    return buf_status(out, err);
}

static void table_feed__counts_lines_as_the_dialect_says(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        struct dialect dialect;
        size_t expected_cells;
        const char *text;
        const char *expected; /* line and number of cells */
    } cases[] = {
        {"lone cr ends no line",
         {{","}, '"', 0, false, false},
         2,
         "a,b\rc,d\ne,\"\r\"\nf,g\n",
         "1:2 1:2 2:2 3:2 "},
        {"lone cr ends a line",
         {{","}, '"', 0, true, false},
         2,
         "a,b\rc,d\ne,\"\r\"\nf,g\n",
         "1:2 2:2 3:2 5:2 "},
        {"damage between lines",
         {{","}, '"', 0, false, false},
         2,
         "a,\"b\nc\"\r\nd,\"e\nf,\"g\nx \"h\"\n\"\ni,j",
         "1:2 3:2 4:2 7:2 "},
        {"records",
         {{","}, '"', 0, false, true},
         2,
         "a,\"b\nc\"\n\nd,\"e\nf,g\n",
         "1:2 2:0 3:2 4:2 "},
        {"two bytes",
         {{", "}, '"', 0, false, false},
         2,
         "a, \"b\nc\"\r\nd,\n\ne, f",
         "1:2 3:2 4:0 5:2 "},
        {"backslash",
         {{","}, '"', '\\', false, false},
         2,
         "a,\"b\\\"\nc\"\nd,e\\\nf\ng,h\n",
         "1:2 3:2 5:2 "},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t len = strlen(cases[i].text);
        print_message("    %s\n", cases[i].name);
        for (size_t cut = 0; cut <= len; cut++) {
            struct err err = {0};
            struct table *table = NULL;
            struct buf out;
            buf_init(&out, 1024);
            assert_int_equal(table_new(&cases[i].dialect, cases[i].expected_cells, write_line, &out,
                                       &table, &err),
                             OK);
            assert_int_equal(table_feed(table, (struct bytes){cases[i].text, cut}, &err), OK);
            for (size_t at = cut; at < len; at++)
                assert_int_equal(table_feed(table, (struct bytes){cases[i].text + at, 1}, &err),
                                 OK);
            assert_int_equal(table_finish(table, &err), OK);
            buf_append_byte(&out, '\0');
            assert_string_equal(out.ptr, cases[i].expected);
            table_free(table);
            buf_deinit(&out);
        }
    }
}

/* ---- csv-spectrum ---- */

struct json_writer {
    struct buf *out;
    struct buf header; /* names, a NUL behind each */
    bool begun;
};

static void json_text(struct buf *out, struct bytes text)
{
    buf_append_byte(out, '"');
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '\n' || c == '\r')
            buf_append_z(out, c == '\n' ? "\\n" : "\\r");
        else if (c == '"')
            buf_append_z(out, "\\\"");
        else
            buf_append_byte(out, c);
    }
    buf_append_byte(out, '"');
}

static int write_json(void *context, const struct table_row *row, struct err *err)
{
    struct json_writer *writer = context;
    if (writer->header.len == 0) {
        buf_append(&writer->header, row->text);
        return buf_status(&writer->header, err);
    }
    buf_append_z(writer->out, writer->begun ? ",{" : "{");
    writer->begun = true;
    struct bytes names = buf_bytes(&writer->header);
    for (size_t i = 0; i < row->cell_count; i++) {
        if (i > 0)
            buf_append_byte(writer->out, ',');
        json_text(writer->out, bytes_cut(&names, '\0'));
        buf_append_byte(writer->out, ':');
        json_text(writer->out, row->cells[i]);
    }
    buf_append_byte(writer->out, '}');
    return buf_status(writer->out, err);
}

/* JSON without the white space between its tokens. */
static void append_compact(struct buf *out, struct bytes json)
{
    bool inside = false;
    for (size_t i = 0; i < json.len; i++) {
        char c = json.ptr[i];
        if (c == '"' && (i == 0 || json.ptr[i - 1] != '\\'))
            inside = !inside;
        if (inside || (c != ' ' && c != '\n' && c != '\r'))
            buf_append_byte(out, c);
    }
    buf_append_byte(out, '\0');
}

static void append_crlf(struct buf *out, struct bytes text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '\n')
            buf_append_byte(out, '\r');
        buf_append_byte(out, text.ptr[i]);
    }
}

static void check_spectrum(const char *name)
{
    char path[128];
    struct buf file, text, json, expected;
    struct buf *all[] = {&file, &text, &json, &expected};
    for (size_t i = 0; i < 4; i++)
        buf_init(all[i], 1 << 16);
    assert_true(snprintf(path, sizeof path, "tests/data/csv-spectrum/csvs/%s.csv", name) > 0);
    test_file_read(path, &file);
    if (strstr(name, "_crlf") != NULL)
        append_crlf(&text, buf_bytes(&file));
    else
        buf_append(&text, buf_bytes(&file));
    assert_true(snprintf(path, sizeof path, "tests/data/csv-spectrum/json/%s.json", name) > 0);
    test_file_read(path, &json);
    append_compact(&expected, buf_bytes(&json));
    for (size_t cut = 0; cut <= text.len; cut++) {
        struct err err = {0};
        struct buf out;
        buf_init(&out, 1 << 16);
        struct json_writer writer = {.out = &out};
        buf_init(&writer.header, 1024);
        buf_append_byte(&out, '[');
        assert_int_equal(read_cut(',', buf_bytes(&text), cut, write_json, &writer, &err), OK);
        buf_append(&out, (struct bytes){"]", 2});
        assert_string_equal(out.ptr, expected.ptr);
        buf_deinit(&out);
        buf_deinit(&writer.header);
    }
    for (size_t i = 0; i < 4; i++)
        buf_deinit(all[i]);
}

static void table_feed__equals_the_json_of_csv_spectrum(void **state)
{
    (void)state;
    static const char *const names[] = {"comma_in_quotes",
                                        "empty",
                                        "empty_crlf",
                                        "escaped_quotes",
                                        "json",
                                        "newlines",
                                        "newlines_crlf",
                                        "quotes_and_newlines",
                                        "simple",
                                        "simple_crlf",
                                        "utf8"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        print_message("    %s\n", names[i]);
        check_spectrum(names[i]);
    }
}

/* ---- Limits and faults ---- */

struct counter {
    int rows;
    enum table_fault fault;
    size_t cells;
};

static int count_row(void *context, const struct table_row *row, struct err *err)
{
    struct counter *counter = context;
    (void)err;
    counter->rows++;
    if (row->fault != TABLE_FAULT_NONE) {
        counter->fault = row->fault;
        counter->cells = row->cell_count;
    }
    return OK;
}

static struct counter count(struct bytes first, char fill, size_t times, struct bytes last)
{
    struct counter counter = {0};
    struct err err = {0};
    struct table *table = NULL;
    char block[4096];
    memset(block, fill, sizeof block);
    assert_int_equal(table_new(&DIALECT_CSV, 0, count_row, &counter, &table, &err), OK);
    assert_int_equal(table_feed(table, first, &err), OK);
    for (size_t i = 0; i < times; i++)
        assert_int_equal(table_feed(table, (struct bytes){block, sizeof block}, &err), OK);
    assert_int_equal(table_feed(table, last, &err), OK);
    assert_int_equal(table_finish(table, &err), OK);
    table_free(table);
    return counter;
}

static void table_feed__gives_up_what_grows_beyond_its_limits(void **state)
{
    (void)state;
    struct counter cell = count(BYTES_LIT("a\nb,"), 'x', 300, BYTES_LIT("\nc\n"));
    assert_int_equal(cell.rows, 3);
    assert_int_equal(cell.fault, TABLE_FAULT_LONG);
    assert_int_equal(cell.cells, 2);
    struct counter cells = count(BYTES_LIT("a\n"), ',', 1, BYTES_LIT("\nc\n"));
    assert_int_equal(cells.rows, 3);
    assert_int_equal(cells.fault, TABLE_FAULT_CELLS);
    assert_int_equal(cells.cells, TABLE_MAX_CELLS);
    struct counter endless = count(BYTES_LIT("a\n\""), 'x', 2000, BYTES_LIT("\nc\n"));
    assert_int_equal(endless.rows, 3);
    assert_int_equal(endless.fault, TABLE_FAULT_LONG);
    struct counter blank = count(BYTES_LIT("a\n\""), '\n', 2000, BYTES_LIT("c\n"));
    assert_int_equal(blank.rows, 2 + 2000 * 4096);
    assert_int_equal(blank.fault, TABLE_FAULT_NONE);
}

static void table_feed__counts_the_lines_of_cells_it_drops(void **state)
{
    (void)state;
    struct buf text, expected;
    buf_init(&text, 1 << 16);
    buf_init(&expected, 1 << 16);
    for (int i = 0; i < TABLE_MAX_CELLS; i++)
        buf_append_z(&text, "a,");
    buf_append_z(&text, "\"x\ny\"\n1,2\nx\"y,3\n");
    buf_append_z(&expected, "1:1024 3:2 4:2 ");
    buf_append_byte(&expected, '\0');
    for (size_t cut = 2040; cut <= text.len; cut++)
        check_cut(',', buf_bytes(&text), cut, write_line, buf_bytes(&expected));
    buf_deinit(&text);
    buf_deinit(&expected);
}

static void table_feed__skips_the_rest_of_a_line_that_is_too_long(void **state)
{
    (void)state;
    static const struct dialect dialect = {{","}, '"', 0, false, false};
    struct err err = {0};
    struct buf text, out;
    struct table *table = NULL;
    buf_init(&text, TABLE_MAX_ROW_BYTES + 100);
    buf_init(&out, 100);
    char *room = buf_reserve(&text, TABLE_MAX_ROW_BYTES);
    assert_non_null(room);
    memset(room, 'a', TABLE_MAX_ROW_BYTES);
    memset(room + TABLE_MAX_ROW_BYTES - 2, '\r', 2);
    text.len = TABLE_MAX_ROW_BYTES;
    buf_append_z(&text, "its,end\nb,c\n");
    assert_int_equal(table_new(&dialect, 0, write_line, &out, &table, &err), OK);
    assert_int_equal(table_feed(table, buf_bytes(&text), &err), OK);
    assert_int_equal(table_finish(table, &err), OK);
    buf_append_byte(&out, '\0');
    assert_string_equal(out.ptr, "1:1 2:2 ");
    table_free(table);
    buf_deinit(&text);
    buf_deinit(&out);
}

static int refuse_second(void *context, const struct table_row *row, struct err *err)
{
    int *calls = context;
    ++*calls;
    return row->line == 2 ? err_set(err, ERR_FULL, "disk is full") : OK;
}

static void table_feed__stops_when_the_sink_fails(void **state)
{
    (void)state;
    struct err err = {0};
    struct table *table = NULL;
    int calls = 0;
    assert_int_equal(table_new(&DIALECT_CSV, 0, refuse_second, &calls, &table, &err), OK);
    assert_int_equal(table_feed(table, BYTES_LIT("a\nb\nc\nd\n"), &err), ERR_FULL);
    assert_string_equal(err.message, "disk is full");
    assert_int_equal(calls, 2);
    table_free(table);
}

static int fault_body(void *context, struct err *err)
{
    (void)context;
    struct buf out;
    buf_init(&out, 1 << 16);
    struct bytes text = BYTES_LIT("a,b\n\"c\nd\",e\"f\nx\"y\ng\n");
    int rc = read_cut(',', text, 7, write_row, &out, err);
    buf_deinit(&out);
    return rc;
}

static void table_feed__survives_failing_memory(void **state)
{
    (void)state;
    fault_loop(fault_body, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(table_feed__gives_rows_and_lines_however_it_is_cut),
        cmocka_unit_test(table_feed__counts_lines_as_the_dialect_says),
        cmocka_unit_test(table_feed__equals_the_json_of_csv_spectrum),
        cmocka_unit_test(table_feed__gives_up_what_grows_beyond_its_limits),
        cmocka_unit_test(table_feed__counts_the_lines_of_cells_it_drops),
        cmocka_unit_test(table_feed__skips_the_rest_of_a_line_that_is_too_long),
        cmocka_unit_test(table_feed__stops_when_the_sink_fails),
        cmocka_unit_test(table_feed__survives_failing_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
