#include "base/alloc.h"

#include "tests/importers/dump_fixture.h"

#include <iconv.h>
#include <stdio.h>
#include <string.h>

/* What may stand around a table, and how it may be written, with nothing known about the file: its cells, lines and
 * header must come out as they went in. */

struct made {
    const struct base *base;
    struct buf text;
    struct grid expected; /* the first table */
    size_t header_rows;
    int tables;
    bool may_mend; /* a cell begins with a quote that quotes nothing in this file */
    struct dump_reading got;
    struct dump_properties properties;
    size_t tried, failed;
};

static void made_init(struct made *made)
{
    *made = (struct made){.base = NULL};
    buf_init(&made->text, GRID_MAX_BYTES);
    grid_init(&made->expected);
    dump_reading_init(&made->got);
    dump_properties_init(&made->properties);
}

static void made_deinit(struct made *made)
{
    buf_deinit(&made->text);
    grid_deinit(&made->expected);
    dump_reading_deinit(&made->got);
    dump_properties_deinit(&made->properties);
}

static void made_begin(struct made *made, const struct base *base)
{
    made->base = base;
    buf_clear(&made->text);
    grid_clear(&made->expected);
    made->header_rows = 1;
    made->tables = 1;
    made->may_mend = false;
}

/* ---- What a file is put together of ---- */

static int64_t lines_so_far(const struct made *made)
{
    int64_t lines = 0;
    for (size_t i = 0; i < made->text.len; i++)
        lines += made->text.ptr[i] == '\n';
    return lines;
}

static void add_text(struct made *made, const char *text)
{
    buf_append_z(&made->text, text);
}

static void add_line_end(struct made *made)
{
    add_text(made, made->base->shape.line_end);
}

/* A row of `count` cells, of which the table may want to hear. */
static void add_row(struct made *made, const char *const *cells, size_t count, bool is_expected)
{
    const char *quote = made->base->shape.quotes_all ? "\"" : "";
    struct bytes expected[BASE_MAX_COLUMNS];
    int64_t line = lines_so_far(made) + 1;
    for (size_t i = 0; i < count; i++) {
        expected[i] = bytes_from_z(cells[i]);
        buf_printf(&made->text, "%s%s%s%s", i > 0 ? made->base->shape.delimiter : "", quote,
                   cells[i], quote);
    }
    add_line_end(made);
    if (is_expected)
        grid_add_row(&made->expected, expected, count, line, 0);
}

/* Rows [from, to) of a table. */
static void add_rows(struct made *made, const struct base *base, size_t from, size_t to,
                     bool is_expected)
{
    const struct place none = {.damage = DAMAGE_NONE};
    struct buf text;
    struct grid rows;
    int64_t before = lines_so_far(made), first = 0;
    grid_init(&rows);
    buf_init(&text, GRID_MAX_BYTES);
    damage_write(base, &base->shape, &none, &text, &rows);
    struct bytes rest = buf_bytes(&text);
    for (size_t row = 0; row < to; row++) {
        int64_t line = rows.rows[row].line;
        if (row == from)
            first = line;
        int64_t end = row + 1 < rows.count ? rows.rows[row + 1].line : INT64_MAX;
        while (line++ < end && rest.ptr != NULL && rest.len > 0) {
            struct bytes physical = bytes_cut(&rest, '\n');
            if (row >= from) {
                buf_append(&made->text, physical);
                buf_append_byte(&made->text, '\n');
            }
        }
        if (row >= from && is_expected) {
            buf_append(&made->expected.text, grid_row_text(&rows, row));
            grid_end_row(&made->expected, before + rows.rows[row].line - first + 1, 0);
        }
    }
    buf_deinit(&text);
    grid_deinit(&rows);
}

static void add_base(struct made *made)
{
    add_rows(made, made->base, 0, made->base->rows, true);
}

/* ---- Checks ---- */

static void print_row(const char *what, const struct grid *grid, size_t at)
{
    printf("      %s", what);
    if (at < grid->count) {
        struct bytes text = grid_row_text(grid, at);
        printf(" %d:", (int)grid->rows[at].line);
        for (size_t i = 0; i < text.len; i++)
            putchar(text.ptr[i] == 31 ? '|' : text.ptr[i]);
    }
    printf("\n");
}

static bool row_came_out(const struct made *made, size_t at)
{
    const struct grid *expected = &made->expected, *got = &made->got.table;
    return at < expected->count && at < got->count &&
           expected->rows[at].line == got->rows[at].line &&
           (got->rows[at].mends == 0 || made->may_mend) &&
           bytes_equal(grid_row_text(expected, at), grid_row_text(got, at));
}

static void check(struct made *made, const char *what)
{
    const struct dump_reading *got = &made->got;
    size_t at = 0;
    assert_int_equal(made->text.rc, OK);
    dump_read_whole(buf_bytes(&made->text), &made->got);
    const char *broken = dump_broken_property(&made->properties, buf_bytes(&made->text),
                                              made->base->has_known_words, got);
    while (row_came_out(made, at))
        at++;
    bool same = at == made->expected.count && at == got->table.count;
    made->tried++;
    if (same && broken == NULL && got->header_rows == made->header_rows &&
        got->tables == made->tables)
        return;
    made->failed++;
    printf(
        "    not as expected (%s): %s, %s: '%s' %c %s, %zu header rows, %d tables, %zu preamble\n",
        broken != NULL ? broken : "rows", made->base->name, what, got->dialect.delimiter,
        got->dialect.quote == 0 ? '0' : got->dialect.quote,
        got->dialect.escape == 0 ? "doubled" : "backslash", got->header_rows, got->tables,
        got->preamble_rows);
    if (!same) {
        print_row("expected", &made->expected, at);
        print_row("     got", &got->table, at);
    }
}

static void finish(struct made *made, const char *what)
{
    printf("    %s: %zu files, %zu failed\n", what, made->tried, made->failed);
    size_t failed = made->failed;
    made_deinit(made);
    assert_int_equal(failed, 0);
}

/* ---- How it is written ---- */

static void try_shape(struct made *made, const struct base *base, const struct shape *shape,
                      struct bytes *last)
{
    const struct place none = {.damage = DAMAGE_NONE};
    char what[64];
    made_begin(made, base);
    made->may_mend = shape->quote != '"';
    damage_write(base, shape, &none, &made->text, &made->expected);
    /* An escape that nothing needs makes no other file. */
    if (bytes_equal(buf_bytes(&made->text), *last))
        return;
    (void)snprintf(what, sizeof what, "delimiter '%s', quote %c, escape %c, %s%s", shape->delimiter,
                   shape->quote == 0 ? '0' : shape->quote, shape->escape == 0 ? '0' : shape->escape,
                   shape->line_end[0] == '\n'   ? "LF"
                   : shape->line_end[1] == '\n' ? "CRLF"
                                                : "CR",
                   shape->quotes_all ? ", all quoted" : "");
    check(made, what);
    mem_free((char *)last->ptr);
    char *copy = mem_alloc(made->text.len);
    assert_non_null(copy);
    memcpy(copy, made->text.ptr, made->text.len);
    *last = (struct bytes){copy, made->text.len};
}

static void dump_feed__knows_every_shape(void **state)
{
    (void)state;
    static const char *const delimiters[] = {",",  ";",  "\t", "|",  " ", ", ",
                                             "; ", "| ", "||", ";;", "::"};
    static const char quotes[] = {'"', '\'', 0}, escapes[] = {0, '\\'};
    static const char *const line_ends[] = {"\n", "\r\n", "\r"};
    enum { DELIMITERS = sizeof delimiters / sizeof *delimiters, WAYS = DELIMITERS * 3 * 3 * 2 * 2 };
    struct made made;
    struct bytes last = BYTES_NONE;
    made_init(&made);
    for (size_t i = 0; i < base_count; i++) {
        for (size_t way = 0; way < WAYS; way++) {
            struct shape shape = {
                .delimiter = delimiters[way / 36],
                .quote = quotes[way / 12 % 3],
                .line_end = line_ends[way / 4 % 3],
                .quotes_all = way / 2 % 2 == 1,
                .escape = escapes[way % 2],
            };
            bool is_sane = shape.quote != 0 || (shape.escape == 0 && !shape.quotes_all);
            if (is_sane && shape_can(&shape, &bases[i]))
                try_shape(&made, &bases[i], &shape, &last);
        }
    }
    mem_free((char *)last.ptr);
    finish(&made, "shapes");
}

/* ---- What stands above ---- */

static void add_title(struct made *made, bool has_delimiters, int row)
{
    static const char *const titles[] = {"Report of the hotline", "printed 2024-06-01 08:00",
                                         "by the office"};
    const char *cells[BASE_MAX_COLUMNS] = {titles[row], "", "", "", "", "", "", "", "", ""};
    if (has_delimiters) {
        add_row(made, cells, made->base->columns, false);
    } else {
        add_text(made, titles[row]);
        add_line_end(made);
    }
}

static void dump_feed__passes_over_a_preamble(void **state)
{
    (void)state;
    struct made made;
    made_init(&made);
    for (size_t i = 0; i < base_count; i++) {
        for (int way = 0; way < 3 * 2 * 2; way++) {
            char what[64];
            bool has_delimiters = way / 2 % 2 == 1, has_gap = way % 2 == 1;
            (void)snprintf(what, sizeof what, "preamble of %d rows%s%s", way / 4 + 1,
                           has_delimiters ? ", filled up" : "", has_gap ? ", blank row" : "");
            made_begin(&made, &bases[i]);
            for (int row = 0; row <= way / 4; row++)
                add_title(&made, has_delimiters, row);
            if (has_gap)
                add_line_end(&made);
            add_base(&made);
            check(&made, what);
        }
    }
    finish(&made, "preambles");
}

static bool is_all_text(const struct base *base)
{
    return strcmp(base->name, "texts") == 0;
}

static void dump_feed__takes_several_header_rows(void **state)
{
    (void)state;
    static const char *const groups[2][BASE_MAX_COLUMNS] = {
        {"first half", "", "", "", "second half", "", "", "", "", ""},
        {"left", "", "middle", "", "right", "", "far", "", "", ""},
    };
    struct made made;
    made_init(&made);
    for (size_t i = 0; i < base_count; i++) {
        for (size_t count = 2; count <= 3; count++) {
            made_begin(&made, &bases[i]);
            made.header_rows = count;
            for (size_t row = 1; row < count; row++)
                add_rows(&made, made.base, 0, 1, true);
            add_base(&made);
            check(&made, "header repeated");
            if (is_all_text(&bases[i]))
                continue; /* nothing tells the names below the groups from a record */
            made_begin(&made, &bases[i]);
            made.header_rows = count;
            for (size_t row = 3 - count; row < 2; row++)
                add_row(&made, groups[row], made.base->columns, true);
            add_base(&made);
            check(&made, "groups over names");
        }
    }
    finish(&made, "several header rows");
}

static void dump_feed__invents_no_header(void **state)
{
    (void)state;
    struct made made;
    made_init(&made);
    for (size_t i = 0; i < base_count; i++) {
        if (is_all_text(&bases[i]))
            continue; /* nothing tells its first row from its header */
        made_begin(&made, &bases[i]);
        made.header_rows = 0;
        add_rows(&made, made.base, 1, made.base->rows, true);
        check(&made, "no header");
    }
    finish(&made, "no header");
}

/* ---- What stands below ---- */

static void dump_feed__keeps_total_rows(void **state)
{
    (void)state;
    static const char *const words[] = {"合计", "总计：15件", "Total"};
    struct made made;
    made_init(&made);
    for (size_t i = 0; i < base_count; i++) {
        for (size_t word = 0; word < 3 * 2; word++) {
            const char *cells[BASE_MAX_COLUMNS] = {
                words[word / 2], "", "", "21", "", "", "", "", "", ""};
            made_begin(&made, &bases[i]);
            add_base(&made);
            if (word % 2 == 1)
                add_line_end(&made);
            add_row(&made, cells, made.base->columns, true);
            check(&made, word % 2 == 1 ? "total row below a blank one" : "total row");
        }
    }
    finish(&made, "total rows");
}

static void dump_feed__sees_a_second_table(void **state)
{
    (void)state;
    static const struct base_column another = {"one more", "7|8|9|12"};
    static const char *const names[] = {"fewer columns", "same columns", "more columns"};
    struct made made;
    made_init(&made);
    for (size_t i = 0; i < base_count; i++) {
        for (int way = 0; way < 3 * 2; way++) {
            char what[64];
            struct base below = bases[i];
            below.columns = bases[i].columns + (size_t)(way / 2) - 1;
            if (way / 2 == 2)
                below.column[bases[i].columns] = another;
            (void)snprintf(what, sizeof what, "second table of %s%s", names[way / 2],
                           way % 2 == 1 ? " below a blank row" : "");
            made_begin(&made, &bases[i]);
            made.tables = 2;
            add_base(&made);
            if (way % 2 == 1)
                add_line_end(&made);
            add_rows(&made, &below, 0, below.rows, false);
            check(&made, what);
        }
    }
    finish(&made, "second tables");
}

/* ---- Ends, marks, encodings, next to nothing ---- */

static void dump_feed__reads_any_end(void **state)
{
    (void)state;
    struct made made;
    made_init(&made);
    for (size_t i = 0; i < base_count; i++) {
        made_begin(&made, &bases[i]);
        add_base(&made);
        made.text.len -= strlen(bases[i].shape.line_end);
        check(&made, "no final line end");
        add_line_end(&made);
        add_line_end(&made);
        check(&made, "doubled final line end");
    }
    finish(&made, "ends");
}

static void convert(const char *encoding, struct buf *text)
{
    struct buf out;
    iconv_t iconv_way = iconv_open(encoding, "UTF-8");
    assert_true(iconv_way != (iconv_t)-1);
    buf_init(&out, GRID_MAX_BYTES);
    char *in = text->ptr, *to = buf_reserve(&out, 4 * text->len);
    size_t in_left = text->len, out_left = 4 * text->len;
    assert_non_null(to);
    assert_true(iconv(iconv_way, &in, &in_left, &to, &out_left) != (size_t)-1);
    out.len = 4 * text->len - out_left;
    (void)iconv_close(iconv_way);
    buf_deinit(text);
    *text = out;
}

static void dump_feed__knows_encodings(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        bool has_mark;
        enum encoding expected;
    } cases[] = {
        {"UTF-8", true, ENCODING_UTF8},        {"GB18030", false, ENCODING_GB18030},
        {"GB18030", true, ENCODING_GB18030},   {"UTF-16LE", true, ENCODING_UTF16LE},
        {"UTF-16LE", false, ENCODING_UTF16LE}, {"UTF-16BE", true, ENCODING_UTF16BE},
        {"UTF-16BE", false, ENCODING_UTF16BE},
    };
    struct made made;
    made_init(&made);
    for (size_t i = 0; i < base_count; i++) {
        for (size_t way = 0; way < sizeof cases / sizeof *cases; way++) {
            made_begin(&made, &bases[i]);
            if (cases[way].has_mark)
                add_text(&made, "\xEF\xBB\xBF");
            add_base(&made);
            convert(cases[way].name, &made.text);
            check(&made, cases[way].name);
            /* Without a mark, what is ASCII in GB18030 is UTF-8 too. */
            bool is_ascii = strcmp(bases[i].name, "work orders") != 0;
            if (cases[way].has_mark || !is_ascii || cases[way].expected != ENCODING_GB18030)
                assert_int_equal(made.got.encoding, cases[way].expected);
        }
    }
    finish(&made, "encodings");
}

static void dump_feed__reads_next_to_nothing(void **state)
{
    (void)state;
    struct made made;
    made_init(&made);
    for (size_t i = 0; i < base_count; i++) {
        made_begin(&made, &bases[i]);
        made.header_rows = 0;
        made.tables = 0;
        check(&made, "empty");
        made_begin(&made, &bases[i]);
        add_rows(&made, made.base, 0, 1, true);
        check(&made, "header alone");
        made_begin(&made, &bases[i]);
        add_rows(&made, made.base, 0, 2, true);
        check(&made, "one record");
    }
    finish(&made, "next to nothing");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dump_feed__knows_every_shape),
        cmocka_unit_test(dump_feed__passes_over_a_preamble),
        cmocka_unit_test(dump_feed__takes_several_header_rows),
        cmocka_unit_test(dump_feed__invents_no_header),
        cmocka_unit_test(dump_feed__keeps_total_rows),
        cmocka_unit_test(dump_feed__sees_a_second_table),
        cmocka_unit_test(dump_feed__reads_any_end),
        cmocka_unit_test(dump_feed__knows_encodings),
        cmocka_unit_test(dump_feed__reads_next_to_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
