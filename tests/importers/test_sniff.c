#include "importers/sniff.h"

#include "tests/support/fault.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

static const struct form form_open = {.encoding = DIALECT_OPEN,
                                      .quote = DIALECT_OPEN,
                                      .escape = DIALECT_OPEN,
                                      .skip_rows = DIALECT_OPEN,
                                      .header_rows = DIALECT_OPEN};

static void sniff(const struct form *form, struct bytes text, bool whole, struct arena *arena,
                  struct sniff *out_sniff)
{
    struct err err = {0};
    enum refusal refusal = REFUSAL_NONE;
    arena_init(arena, 64 << 20);
    assert_int_equal(sniff_sample(NULL, form, false, text, whole, arena, out_sniff, &refusal, &err),
                     OK);
    assert_string_equal(refusal_word(refusal), "");
}

/* ---- Small texts ---- */

static void append_evidence(struct buf *out, const char *what, struct evidence why)
{
    buf_printf(out, " %s:%s", what, evidence_word(why.kind));
}

/* delimiter quote escape cr, preamble+header width, [header] */
static void describe(const struct sniff *found, struct buf *out)
{
    const char *delimiter = found->dialect.delimiter;
    buf_printf(out, "%s %c%s%s %d+%d %d ", strcmp(delimiter, "\t") == 0 ? "TAB" : delimiter,
               found->dialect.quote == 0 ? '0' : found->dialect.quote,
               found->dialect.escape == 0 ? "" : "\\", found->dialect.cr_ends ? "cr" : "",
               (int)found->outline.preamble_rows, found->outline.header_rows,
               (int)found->outline.width);
    for (size_t i = 0; i < found->outline.header_count; i++)
        buf_printf(out, "[" BYTES_FMT "]", BYTES_ARG(found->outline.header[i]));
    append_evidence(out, "d", found->delimiter_why);
    append_evidence(out, "q", found->quote_why);
    append_evidence(out, "e", found->escape_why);
    append_evidence(out, "p", found->outline.preamble_why);
    append_evidence(out, "h", found->outline.header_why);
}

static void check_text(const struct form *form, const char *text, const char *expected)
{
    struct arena arena;
    struct sniff found;
    struct err err = {0};
    struct buf out;
    buf_init(&out, 1 << 16);
    sniff(form, bytes_from_z(text), true, &arena, &found);
    describe(&found, &out);
    buf_append_byte(&out, '\0');
    assert_int_equal(buf_status(&out, &err), OK);
    assert_string_equal(out.ptr, expected);
    buf_deinit(&out);
    arena_deinit(&arena);
}

static void sniff_sample__finds_dialect_and_outline(void **state)
{
    (void)state;
    static const struct {
        const char *name, *text, *expected;
    } cases[] = {
        {"plain", "id,day\n1,2024-05-01\n2,2024-05-02\n",
         ", \" 0+1 2 [id][day] d:width q:default e:default p:default h:types"},
        {"header alone", "id,day,unit\n",
         ", \" 0+1 3 [id][day][unit] d:width q:default e:default p:default h:names"},
        {"a lone record", "17,2024-05-01,3.5\n",
         ", \" 0+0 3  d:width q:default e:default p:default h:default"},
        {"no header", "1,2024-05-01,a\n2,2024-05-02,b\n3,2024-05-03,c\n",
         ", \" 0+0 3  d:width q:default e:default p:default h:types"},
        {"all text", "name,town\nAnna,Berne\nBert,Basel\nCarl,Berne\n",
         ", \" 0+1 2 [name][town] d:width q:default e:default p:default h:names"},
        {"all text without header", "Anna,Berne\nBert,Basel\nCarl,Berne\n",
         ", \" 0+0 2  d:width q:default e:default p:default h:types"},
        {"one column", "数量\n1\n2\n3\n",
         ", \" 0+1 1 [数量] d:one_column q:default e:default p:default h:types"},
        {"one column of sentences",
         "内容\n路灯坏了,请修\n垃圾没人清运\n噪声,灰尘,都很大\n井盖丢失\n",
         ", \" 0+1 1 [内容] d:one_column q:default e:default p:default h:names"},
        {"a full-width comma is none", "编号,内容\nA001,路灯，井盖\nA002,垃圾，噪声\n",
         ", \" 0+1 2 [编号][内容] d:width q:default e:default p:default h:types"},
        {"decimal commas", "T;Cp\n5,00;0,4\n10,00;2,9\n15,50;3,1\n",
         "; \" 0+1 2 [T][Cp] d:width q:default e:default p:default h:types"},
        {"years above numbers", "区县,2022,2023,2024\n青岚县,4,5,60\n白石区,7,80,9\n",
         ", \" 0+1 4 [区县][2022][2023][2024] d:width q:default e:default p:default h:types"},
        {"apostrophes are text", "id,what\n1,Men's Boots\n2,'90s shirt\n3,Women's hat\n",
         ", \" 0+1 2 [id][what] d:width q:default e:default p:default h:types"},
        {"single quotes", "id,what\n1,'a, b'\n2,'c, d'\n3,'e'\n",
         ", ' 0+1 2 [id][what] d:width q:seen e:default p:default h:types"},
        {"backslashes", "id,what\n1,\"say \\\"a\\\", b\"\n2,\"c\"\n3,\"say \\\"d\\\"\"\n",
         ", \"\\ 0+1 2 [id][what] d:width q:seen e:seen p:default h:types"},
        {"a path is no escape", "id,what,n\n1,\"c:\\a\\\",5\n2,\"c:\\b\\\",6\n3,\"d:\\\",7\n",
         ", \" 0+1 3 [id][what][n] d:width q:seen e:default p:default h:types"},
        {"doubled quotes", "id,what\n1,\"say \"\"a\"\"\"\n2,\"c\"\n",
         ", \" 0+1 2 [id][what] d:width q:seen e:seen p:default h:types"},
        {"inch marks", "id,pipe\n1,5\" pipe\n2,6\" pipe\n3,short\n",
         ", \" 0+1 2 [id][pipe] d:width q:default e:default p:default h:types"},
        {"comma and blank", "id, name, \"what\"\n1, Anna, \"a, b\"\n2, Bert, \"c\"\n",
         ",  \" 0+1 3 [id][name][what] d:width q:seen e:default p:default h:types"},
        {"padded numbers", "id,   x\n 1,   5\n 2,  15\n 3, 115\n",
         ", \" 0+1 2 [id][   x] d:width q:default e:default p:default h:types"},
        {"two semicolons", "id;;name;;n\n1;;Anna;;5\n2;;Bert;;6\n",
         ";; \" 0+1 3 [id][name][n] d:width q:default e:default p:default h:types"},
        {"blanks", "id day n\n1 2024-05-01 \"a b\"\n2 2024-05-02 \"c d\"\n3 2024-05-03 e\n",
         "  \" 0+1 3 [id][day][n] d:width q:seen e:default p:default h:types"},
        {"only cr", "id,n\r1,5\r2,6\r",
         ", \"cr 0+1 2 [id][n] d:width q:default e:default "
         "p:default h:types"},
        {"some cr", "id,n\r1,5\r\n2,6\r3,7\n4,8\r5,9\n",
         ", \"cr 0+1 2 [id][n] d:width q:default e:default p:default h:types"},
        {"cr inside cells", "id,what\n1,\"a\rb\"\n2,\"c\rd\"\n",
         ", \" 0+1 2 [id][what] d:width q:seen e:default p:default h:types"},
        {"titles", "2024年5月工单,,\n,,\n编号,时间,单位\nA1,2024-05-01,甲局\nA2,2024-05-02,乙局\n",
         ", \" 2+1 3 [编号][时间][单位] d:width q:default e:default p:narrow h:types"},
        {"title of one cell", "五月工单\n\n编号,时间\nA1,2024-05-01\nA2,2024-05-02\n",
         ", \" 2+1 2 [编号][时间] d:width q:default e:default p:narrow h:types"},
        {"groups above",
         "人员,,时间,\n姓名,电话,开始,结束\n甲,13812345678,9:00,10:00\n"
         "乙,13812345679,9:10,10:20\n丙,13812345670,9:30,11:20\n",
         ", \" 0+2 4 [人员 姓名][电话][时间 开始][结束] d:width q:default e:default p:default "
         "h:types"},
        {"header twice", "id,n\nid,n\n1,5\n2,6\n",
         ", \" 0+2 2 [id id][n n] d:width q:default e:default p:default h:types"},
        {"short header", "id,n\n1,5,\n2,6,\n3,7,\n",
         ", \" 0+1 3 [id][n] d:width q:default e:default p:default h:types"},
        {"a second table", "id,n,x,y\n1,5,2,3\n2,6,2,3\n3,7,2,3\n\na,b\n1,2\n",
         ", \" 0+1 4 [id][n][x][y] d:width q:default e:default p:default h:types"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        print_message("    %s\n", cases[i].name);
        check_text(&form_open, cases[i].text, cases[i].expected);
    }
}

static void sniff_sample__obeys_the_form(void **state)
{
    (void)state;
    const char *text = "a;b,c\n1;2,3\n4;5,6\n";
    struct form form = form_open;
    memcpy(form.delimiter, ";", 2);
    form.quote = '\'';
    form.escape = '\\';
    form.skip_rows = 1;
    form.header_rows = 0;
    check_text(&form, text, "; '\\ 1+0 2  d:given q:given e:given p:given h:given");
    form.quote = 0;
    form.escape = 0;
    form.skip_rows = 0;
    form.header_rows = 2;
    check_text(&form, text, "; 0 0+2 2 [a 1][b,c 2,3] d:given q:given e:given p:given h:given");
    form.skip_rows = 10000;
    check_text(&form, text, "; 0 10000+0 0  d:given q:given e:given p:given h:given");
}

static void sniff_sample__refuses_what_is_no_table(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        struct bytes text;
        const char *word;
    } cases[] = {
        {"nothing", {"", 0}, "empty"},
        {"white space", BYTES_LIT(" \r\n\t \xE3\x80\x80 \n"), "empty"},
        {"web page", BYTES_LIT("\n <!DOCTYPE html>\n<p>a,b</p>\n"), "html"},
        {"body", BYTES_LIT("<BODY><table>"), "html"},
        {"table row", BYTES_LIT("<tr><td>1</td></tr>"), "html"},
        {"xhtml", BYTES_LIT("<?xml version='1.0'?><html>"), "html"},
        {"xml workbook", BYTES_LIT("<?xml version='1.0'?><Workbook>"), "spreadsheet"},
        {"control characters", BYTES_LIT("\1\2\3\0\0ab\n\0\0\0\1\1\2\3"), "binary"},
        {"few control characters", BYTES_LIT("id,n\n1,a\0b\n2,c\n"), ""},
        {"comparison", BYTES_LIT("<5,>5\n1,2\n"), ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct err err = {0};
        struct arena arena;
        struct sniff found;
        enum refusal refusal = REFUSAL_NONE;
        print_message("    %s\n", cases[i].name);
        arena_init(&arena, 1 << 20);
        assert_int_equal(sniff_sample(NULL, &form_open, false, cases[i].text, true, &arena, &found,
                                      &refusal, &err),
                         OK);
        assert_string_equal(refusal_word(refusal), cases[i].word);
        arena_deinit(&arena);
    }
}

/* ---- Tables written in every form ---- */

enum { MAX_ROWS = 8, MAX_COLUMNS = 6 };

struct base {
    const char *name;
    size_t columns, rows;
    const char *groups[MAX_COLUMNS];          /* a row above the header */
    const char *cells[MAX_ROWS][MAX_COLUMNS]; /* the first is the header */
};

static const struct base bases[] = {
    {"orders",
     5,
     5,
     {"工单", "", "", "办理", ""},
     {{"工单编号", "受理时间", "工单内容", "承办单位", "办结时间"},
      {"LJ20240501-001", "2024-05-01 08:00:12", "路灯坏了,\n请派人修理; 谢谢", "城管局",
       "2024-05-03 09:12:00"},
      {"LJ20240501-002", "2024-05-01 09:30:00", "楼上说\"不管\",噪声|大", "环保局", ""},
      {"LJ20240502-001", "2024-05-02 10:00:00", "井盖丢失", "住建局", "2024-05-04 10:00:00"},
      {"LJ20240503-004", "2024-05-03 11:20:05", "第一行\n第二行, 第三\n行", "城管局",
       "2024-05-08 17:00:00"}}},
    {"measures",
     3,
     6,
     {"Sample", "Run", ""},
     {{"Temperature", "Cp", "Entropy"},
      {"5.00", "0.428425", "0.0900981"},
      {"10.00", "2.96393", "1.02198"},
      {"15.00", "6.85", "2.9"},
      {"20.00", "11.22", "5.4"},
      {"25.00", "15.6", "8.4"}}},
    {"sales",
     6,
     6,
     {"Sale", "", "Item", "", "", ""},
     {{"Day", "Qty", "Product", "Price", "Kind", "Link"},
      {"28/01/2018", "2", "MG-8769", "$74.69", "Men's Boots", "https://example.com/a"},
      {"29/01/2018", "0", "RI-3895", "$29.81", "Light, warm jacket", "https://example.com/b"},
      {"30/01/2018", "1", "RI-8070", "$80.08", "5\" heels", "https://example.com/c"},
      {"31/01/2018", "1", "MG-2276", "$1,071.08", "Women's 'best' hat; red", ""},
      {"01/02/2018", "4", "MG-1111", "$3.00", "(none)", "https://example.com/d"}}},
    {"pairs",
     2,
     5,
     {"Station", "Readings"},
     {{"day", "no2"},
      {"2006-01-01", "3.5"},
      {"2006-01-02", "4.5"},
      {"2006-01-03", "5.25"},
      {"2006-01-04", "6"}}},
};

struct writing {
    struct dialect dialect;
    const char *line_end;
    int preamble; /* rows */
    int header_rows;
    bool has_final_end;
    bool quotes_all;

    bool has_quotes, has_escapes; /* what was needed */
};

static bool holds(struct bytes text, char c)
{
    return c != '\0' && text.len > 0 && memchr(text.ptr, c, text.len) != NULL;
}

static void write_cell(struct writing *writing, struct bytes cell, struct buf *out)
{
    const struct dialect *dialect = &writing->dialect;
    bool is_quoted = writing->quotes_all || holds(cell, dialect->delimiter[0]) ||
                     holds(cell, '\n') || holds(cell, dialect->quote) ||
                     (dialect->delimiter[1] == ' ' && holds(cell, ' '));
    if (!is_quoted) {
        buf_append(out, cell);
        return;
    }
    writing->has_quotes = true;
    buf_append_byte(out, dialect->quote);
    for (size_t i = 0; i < cell.len; i++) {
        if (cell.ptr[i] == dialect->quote) {
            buf_append_byte(out, dialect->escape != 0 ? dialect->escape : dialect->quote);
            writing->has_escapes = true;
        }
        buf_append_byte(out, cell.ptr[i]);
    }
    buf_append_byte(out, dialect->quote);
}

static void write_row(struct writing *writing, const char *const *cells, size_t count,
                      struct buf *out)
{
    for (size_t c = 0; c < count; c++) {
        if (c > 0)
            buf_append_z(out, writing->dialect.delimiter);
        write_cell(writing, bytes_from_z(cells[c]), out);
    }
    buf_append_z(out, writing->line_end);
}

static void write_table(struct writing *writing, const struct base *base, struct buf *out)
{
    static const char *const title[MAX_COLUMNS] = {"Report", "", "", "", "", ""};
    static const char *const blank[MAX_COLUMNS] = {"", "", "", "", "", ""};
    bool quotes_all = writing->quotes_all;
    writing->quotes_all = false;
    if (writing->preamble > 0)
        write_row(writing, title, base->columns, out);
    if (writing->preamble > 1)
        write_row(writing, blank, base->columns, out);
    writing->quotes_all = quotes_all;
    if (writing->header_rows == 2)
        write_row(writing, base->groups, base->columns, out);
    for (int i = writing->header_rows == 2 ? 1 : 0; i < writing->header_rows; i++)
        write_row(writing, base->cells[0], base->columns, out);
    for (size_t i = 1; i < base->rows; i++)
        write_row(writing, base->cells[i], base->columns, out);
    if (!writing->has_final_end)
        out->len -= strlen(writing->line_end);
}

static void check_writing(struct writing writing, const struct base *base)
{
    struct err err = {0};
    struct arena arena;
    struct sniff found;
    struct buf out;
    buf_init(&out, 1 << 20);
    write_table(&writing, base, &out);
    assert_int_equal(buf_status(&out, &err), OK);
    sniff(&form_open, buf_bytes(&out), true, &arena, &found);
    bool is_right = strcmp(found.dialect.delimiter, writing.dialect.delimiter) == 0 &&
                    found.dialect.quote == (writing.has_quotes ? writing.dialect.quote : '"') &&
                    found.dialect.escape == (writing.has_escapes ? writing.dialect.escape : 0) &&
                    found.dialect.cr_ends == (strcmp(writing.line_end, "\r") == 0) &&
                    found.outline.preamble_rows == writing.preamble &&
                    found.outline.header_rows == writing.header_rows &&
                    found.outline.width == base->columns;
    if (!is_right) {
        struct buf text;
        buf_init(&text, 1 << 16);
        describe(&found, &text);
        fail_msg("%s is read as " BYTES_FMT "\n" BYTES_FMT, base->name, BYTES_ARG(buf_bytes(&text)),
                 BYTES_ARG(buf_bytes(&out)));
    }
    arena_deinit(&arena);
    buf_deinit(&out);
}

static void check_forms(const struct dialect *dialect, bool quotes_all, const struct base *base)
{
    static const char *const line_ends[] = {"\n", "\r\n", "\r"};
    for (int i = 0; i < 3 * 3 * 4 * 2; i++) {
        struct writing writing = {
            .dialect = *dialect,
            .line_end = line_ends[i % 3],
            .preamble = i / 3 % 3,
            .header_rows = i / 9 % 4,
            .has_final_end = i / 36 == 1,
            .quotes_all = quotes_all,
        };
        check_writing(writing, base);
    }
}

static void sniff_sample__finds_every_form_again(void **state)
{
    (void)state;
    static const char *const delimiters[] = {",",  ";",  "\t", "|",  ", ", "; ",
                                             "| ", "||", ";;", "::", " "};
    for (size_t b = 0; b < sizeof bases / sizeof *bases; b++) {
        print_message("    %s\n", bases[b].name);
        for (size_t i = 0; i < sizeof delimiters / sizeof *delimiters * 8; i++) {
            struct dialect dialect = {.quote = i % 2 == 0 ? '"' : '\'',
                                      .escape = i / 2 % 2 == 0 ? 0 : '\\'};
            strncpy(dialect.delimiter, delimiters[i / 8], sizeof dialect.delimiter - 1);
            check_forms(&dialect, i / 4 % 2 == 1, &bases[b]);
        }
    }
}

/* What was found, written as plain CSV, is found to be that. */
static void check_again(const struct sniff *first, const struct base *base)
{
    struct err err = {0};
    struct arena arena;
    struct sniff found;
    struct buf out;
    struct writing writing = {.dialect = DIALECT_CSV, .line_end = "\n"};
    buf_init(&out, 1 << 20);
    for (size_t c = 0; c < first->outline.header_count; c++) {
        buf_append_z(&out, c > 0 ? "," : "");
        write_cell(&writing, first->outline.header[c], &out);
    }
    buf_append_z(&out, first->outline.header_count > 0 ? "\n" : "");
    for (size_t i = 1; i < base->rows; i++)
        write_row(&writing, base->cells[i], base->columns, &out);
    assert_int_equal(buf_status(&out, &err), OK);
    sniff(&form_open, buf_bytes(&out), true, &arena, &found);
    assert_string_equal(found.dialect.delimiter, ",");
    assert_int_equal(found.dialect.quote, '"');
    assert_int_equal(found.dialect.escape, 0);
    assert_int_equal(found.outline.preamble_rows, 0);
    assert_int_equal(found.outline.header_rows, first->outline.header_rows > 0);
    assert_int_equal(found.outline.header_count, first->outline.header_count);
    for (size_t c = 0; c < found.outline.header_count; c++)
        assert_true(bytes_equal(found.outline.header[c], first->outline.header[c]));
    arena_deinit(&arena);
    buf_deinit(&out);
}

static void sniff_sample__finds_plain_csv_as_it_wrote_it(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bases / sizeof *bases * 4 * 3; i++) {
        const struct base *base = &bases[i / 12];
        struct err err = {0};
        struct arena arena;
        struct sniff found;
        struct buf out;
        struct writing writing = {
            .dialect = {{";"}, '"', 0, true, false},
            .line_end = "\r\n",
            .preamble = (int)(i / 4 % 3),
            .header_rows = (int)(i % 4),
        };
        buf_init(&out, 1 << 20);
        write_table(&writing, base, &out);
        assert_int_equal(buf_status(&out, &err), OK);
        sniff(&form_open, buf_bytes(&out), true, &arena, &found);
        check_again(&found, base);
        arena_deinit(&arena);
        buf_deinit(&out);
    }
}

/* ---- Bounds ---- */

static void sniff_sample__drops_a_cut_record(void **state)
{
    (void)state;
    struct arena arena;
    struct sniff found;
    struct bytes text = BYTES_LIT("id,n\n1,5\n2,6\n3,\"7\n8,9");
    sniff(&form_open, text, false, &arena, &found);
    assert_int_equal(found.delimiter_why.of, 3);
    assert_int_equal(found.outline.width, 2);
    arena_deinit(&arena);
    sniff(&form_open, BYTES_LIT("no record yet"), false, &arena, &found);
    assert_int_equal(found.outline.width, 0);
    assert_string_equal(found.dialect.delimiter, ",");
    arena_deinit(&arena);
}

static void sniff_sample__calls_no_file_empty_before_its_end(void **state)
{
    (void)state;
    struct arena arena;
    struct sniff found;
    sniff(&form_open, BYTES_LIT("   \n \n\n"), false, &arena, &found);
    assert_int_equal(found.outline.header_rows, 0);
    assert_string_equal(found.dialect.delimiter, ",");
    arena_deinit(&arena);
}

static void sniff_sample__applies_the_profile(void **state)
{
    (void)state;
    struct err err = {0};
    struct arena arena;
    struct sniff found;
    enum refusal refusal = REFUSAL_NONE;
    struct profile *profile = NULL;
    struct bytes text = BYTES_LIT("工单,,办理\n工单编号,受理时间,承办单位\n甲,乙,丙,\n丁,戊,己,\n");
    assert_int_equal(profile_builtin(BYTES_LIT("auto"), &profile, &err), OK);
    arena_init(&arena, 1 << 20);
    assert_int_equal(
        sniff_sample(profile, &form_open, true, text, true, &arena, &found, &refusal, &err), OK);
    assert_int_equal(refusal, REFUSAL_NONE);
    assert_true(found.dialect.by_record);
    assert_int_equal(found.outline.header_why.kind, EVIDENCE_WORDS);
    assert_int_equal(found.outline.header_why.count, 3);
    assert_int_equal(found.columns.fields, COLUMNS_REQUIRED);
    assert_int_equal(found.columns.of[FIELD_UNIT].parts[0], 2);
    assert_int_equal(found.extra_cells, 1);
    arena_deinit(&arena);
    profile_free(profile);
}

static int sniff_body(void *context, struct err *err)
{
    const struct profile *profile = context;
    struct arena arena;
    struct sniff *found = NULL;
    enum refusal refusal = REFUSAL_NONE;
    struct bytes text = BYTES_LIT("title\n工单编号;受理时间;承办单位\n1;2024-05-01;\"甲;局\"\n");
    arena_init(&arena, 1 << 20);
    found = arena_alloc(&arena, sizeof *found);
    int rc = found == NULL ? err_set(err, ERR_NOMEM, "no room")
                           : sniff_sample(profile, &form_open, false, text, true, &arena, found,
                                          &refusal, err);
    if (rc == OK)
        assert_int_equal(found->outline.header_rows, 1);
    arena_deinit(&arena);
    return rc;
}

static void sniff_sample__survives_memory_failure(void **state)
{
    (void)state;
    struct err err = {0};
    struct profile *profile = NULL;
    assert_int_equal(profile_builtin(BYTES_LIT("auto"), &profile, &err), OK);
    fault_loop(sniff_body, profile);
    profile_free(profile);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sniff_sample__finds_dialect_and_outline),
        cmocka_unit_test(sniff_sample__obeys_the_form),
        cmocka_unit_test(sniff_sample__refuses_what_is_no_table),
        cmocka_unit_test(sniff_sample__finds_every_form_again),
        cmocka_unit_test(sniff_sample__finds_plain_csv_as_it_wrote_it),
        cmocka_unit_test(sniff_sample__drops_a_cut_record),
        cmocka_unit_test(sniff_sample__calls_no_file_empty_before_its_end),
        cmocka_unit_test(sniff_sample__applies_the_profile),
        cmocka_unit_test(sniff_sample__survives_memory_failure),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
