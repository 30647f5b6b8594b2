#include "importers/splitter.h"

#include "importers/weigh.h"

#include "tests/support/fault.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

static const struct dialect comma = {{","}, '"', 0, false, false};
static const struct dialect single = {{","}, '\'', 0, false, false};
static const struct dialect backslash = {{","}, '"', '\\', false, false};
static const struct dialect two_bytes = {{", "}, '"', 0, false, false};
static const struct dialect unquoted = {{"|"}, 0, 0, false, false};
static const struct dialect cr_ends = {{","}, '"', 0, true, false};

static const struct damage {
    const char *name;
    const struct dialect *dialect;
    size_t expected_cells;
    struct bytes text;
    const char *rows; /* cells in brackets, what was mended before them */
} damages[] = {
#define TEXT(literal)                                                                              \
    {                                                                                              \
        literal, sizeof literal - 1                                                                \
    }
    /* Well-formed. */
    {"quoted", &comma, 3, TEXT("\"a, b\",\"c \"\"d\"\"\",e\n"), "[a, b][c \"d\"][e] "},
    {"many lines", &comma, 2, TEXT("\"a\nb\",\"\"\nc,d\n"), "[a\nb][] [c][d] "},
    {"blank lines", &comma, 2, TEXT("a,b\n\n\r\nc,d"), "[a][b]   [c][d] "},
    {"single quotes", &single, 2, TEXT("'a, b',it's\n"), "[a, b][it's] "},
    {"no quotes", &unquoted, 2, TEXT("\"a|b\"\nc|d\n"), "[\"a][b\"] [c][d] "},
    {"excel's text", &comma, 2, TEXT("=\"138\",a\n=\"139\",b\n"), "[=\"138\"][a] [=\"139\"][b] "},
    {"nul", &comma, 2, TEXT("a\0b,c\n"), "[a\0b][c] "},
    {"short and long", &comma, 3, TEXT("a,b\na,b,c,d\n"), "[a][b] [a][b][c][d] "},
    /* A quote that opens a cell and is none. */
    {"stray opening", &comma, 9,
     TEXT("29/01,00:30,\"1,RI,$80,Shoes,\"Great, dry.\",\"https://x/y\",\nb\n"),
     "~[29/01][00:30][\"1][RI][$80][Shoes][Great, dry.][https://x/y][] [b] "},
    {"in the first cell", &comma, 5, TEXT("\"28/01,a,b,\"text, with comma\",\"x\"\nb\n"),
     "~[\"28/01][a][b][text, with comma][x] [b] "},
    {"before an opening one", &comma, 3, TEXT("a,\"\"These boots, dry.\",\"u\"\n"),
     "~[a][\"These boots, dry.][u] "},
    {"alone in a cell", &comma, 3, TEXT("a,\",\"b, c\"\n1,2,3\n"), "~[a][\"][b, c] [1][2][3] "},
    {"alone in the last cell", &comma, 3, TEXT("a,b,\"\n1,\"2, 3\",4\n"),
     "~[a][b][\"] [1][2, 3][4] "},
    {"never closed, rows follow", &comma, 3, TEXT("a,b,\"c\n1,2,3\n4,\"5, 6\",7\n8,9,10\n"),
     "~[a][b][\"c] [1][2][3] [4][5, 6][7] [8][9][10] "},
    {"never closed, a row of many lines follows", &comma, 3, TEXT("a,\"b,c\n1,\"2\n3\",4\n5,6,7\n"),
     "~[a][\"b][c] [1][2\n3][4] [5][6][7] "},
    {"never closed, at the end", &comma, 3, TEXT("1,2,3\na,b,\"c"), "[1][2][3] ~[a][b][\"c] "},
    {"never closed, number of cells unknown", &comma, 0, TEXT("a,b,\"c\n1,\"2\",3\n4,\"5\",6\n"),
     "~[a][b][\"c] [1][2][3] [4][5][6] "},
    /* Well-formed, though of another shape: rows lack their last cells. */
    {"short, of many lines", &comma, 6, TEXT("1,\"a, b\nc, d, e\",x\n1,2,3,4,5,6\n"),
     "[1][a, b\nc, d, e][x] [1][2][3][4][5][6] "},
    {"long, of many lines", &comma, 3, TEXT("1,\"a\n, b, c, d\",x,y\n1,2,3\n"),
     "[1][a\n, b, c, d][x][y] [1][2][3] "},
    /* A quote inside a quoted cell. */
    {"inches", &comma, 3, TEXT("1,\"Men's Boots, 10\" Shearling\",\"With, x\"\n"),
     "~[1][Men's Boots, 10\" Shearling][With, x] "},
    {"quoted words", &comma, 2, TEXT("\"He said \"hi\", then left\",4\n"),
     "~[He said \"hi\", then left][4] "},
    {"at the end", &comma, 2, TEXT("\"a, b\"\",c\n1,\"2\"\n"), "~[a, b\"][c] [1][2] "},
    {"in a cell of many lines", &comma, 3,
     TEXT("1,\"first\nsecond \"word here\nthird\",2\n3,4,5\n"),
     "~[1][first\nsecond \"word here\nthird][2] [3][4][5] "},
    {"in a last cell of many lines", &comma, 3,
     TEXT("1,2,\"text begins\nmore \"text\" here\n\nend\"\n3,4,5\n"),
     "~[1][2][text begins\nmore \"text\" here\n\nend] [3][4][5] "},
    {"number of cells unknown", &comma, 0, TEXT("\"Boots, 10\" wide\",b\n"),
     "~[Boots, 10\" wide][b] "},
    /* Delimiters and closing quotes that lack. */
    {"no delimiter behind a quoted cell", &comma, 3, TEXT("\"a, b, c\"d,e\n1,2,3\n"),
     "~[\"a, b, c\"d][e] [1][2][3] "},
    {"no delimiter before a cell of many lines", &comma, 4, TEXT("1,2\"a, b\nc\",d\n1,2,3,4\n"),
     "~[1][2\"a, b\nc\"][d] [1][2][3][4] "},
    {"no closing quote", &comma, 3, TEXT("a,\"b,c\n1,2,3\n"), "~[a][\"b][c] [1][2][3] "},
    /* Backslashes. */
    {"backslash", &backslash, 2, TEXT("\"Boots, 10\\\" Lined\",b\n"), "[Boots, 10\" Lined][b] "},
    {"backslash outside of quotes", &backslash, 2, TEXT("a\\,b,c\\\\\n"), "[a,b][c\\] "},
    {"backslash before a line end", &backslash, 2, TEXT("a\\\nb,c\\\r\nd\n"), "[a\nb][c\r\nd] "},
    {"backslash before others", &backslash, 2, TEXT("C:\\x,\"\\n\"\n"), "[C:\\x][\\n] "},
    {"backslash at the end", &backslash, 2, TEXT("a,b\\"), "[a][b\\] "},
    {"broken besides", &backslash, 3, TEXT("a,\"b \"c\" \\\"d\\\", e\",f\n"),
     "~[a][b \"c\" \"d\", e][f] "},
    /* Two bytes. */
    {"two bytes", &two_bytes, 3, TEXT("a, \"b, c\", d\n1,2, 3, \n"), "[a][b, c][d] [1,2][3][] "},
    {"lost blank", &two_bytes, 3, TEXT("a, b,\n1, \"2\",\n"), "[a][b][] [1][2][] "},
    {"a comma that is text", &two_bytes, 2, TEXT("a, b,\n"), "[a][b,] "},
    /* Blanks around quotes. */
    {"blanks around quotes", &comma, 3, TEXT("a, \"b, c\" ,d\n"), "[a][ b, c ][d] "},
    {"blanks that are right", &comma, 4, TEXT("a, \"b, c\" ,d\n"), "[a][ \"b][ c\" ][d] "},
    /* Lone CRs. */
    {"cr that is text", &comma, 2, TEXT("a,b\rc\nd,e\n"), "~cr[a][b\rc] [d][e] "},
    {"cr that ends", &comma, 2, TEXT("a,b\rc,d\ne,f\n"), "~cr[a][b] [c][d] [e][f] "},
    {"cr behind a quoted cell", &comma, 2, TEXT("\"a\"\rb,c\nd,e\n"), "~~cr[\"a\"\rb][c] [d][e] "},
    {"cr in quotes", &comma, 2, TEXT("a,\"b\rc\"\nd,e\n"), "[a][b\rc] [d][e] "},
    {"cr before crlf", &comma, 2, TEXT("a,b\r\r\nd,e\n"), "~cr[a][b\r] [d][e] "},
    {"cr always ends", &cr_ends, 2, TEXT("a,b\rc\r\nd,\"e\rf\"\r"), "[a][b] [c] [d][e\rf] "},
#undef TEXT
};

static void write_row(struct buf *out, const struct table_row *row)
{
    assert_int_equal(row->fault, TABLE_FAULT_NONE);
    if ((row->mends & TABLE_MEND_QUOTE) != 0)
        buf_append_z(out, "~");
    if ((row->mends & TABLE_MEND_CR) != 0)
        buf_append_z(out, "~cr");
    for (size_t i = 0; i < row->cell_count; i++) {
        buf_append_byte(out, '[');
        buf_append(out, row->cells[i]);
        buf_append_byte(out, ']');
    }
    buf_append_z(out, " ");
}

/* The first record of a text, and how much it took; 0: more is needed. */
static size_t split(struct splitter *splitter, struct bytes text, bool whole, struct buf *out)
{
    struct err err = {0};
    enum split verdict = SPLIT_MORE;
    struct table_row row = {0};
    size_t taken = 0;
    assert_int_equal(splitter_split(splitter, text, whole, &verdict, &row, &taken, &err), OK);
    if (verdict == SPLIT_MORE)
        return 0;
    write_row(out, &row);
    return taken;
}

static struct splitter *make(const struct damage *damage)
{
    struct err err = {0};
    struct splitter *splitter = NULL;
    assert_int_equal(splitter_new(damage->dialect, damage->expected_cells, &splitter, &err), OK);
    return splitter;
}

static void splitter_split__mends_each_damage(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof damages / sizeof *damages; i++) {
        struct splitter *splitter = make(&damages[i]);
        struct buf out;
        buf_init(&out, 4096);
        print_message("    %s\n", damages[i].name);
        for (struct bytes text = damages[i].text; text.len > 0;) {
            size_t taken = split(splitter, text, true, &out);
            assert_in_range(taken, 1, text.len);
            text = (struct bytes){text.ptr + taken, text.len - taken};
        }
        assert_memory_equal(out.ptr, damages[i].rows, out.len);
        assert_int_equal(damages[i].rows[out.len], '\0');
        buf_deinit(&out);
        splitter_free(splitter);
    }
}

static void splitter_split__asks_for_more_or_says_the_same(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof damages / sizeof *damages; i++) {
        struct splitter *splitter = make(&damages[i]);
        struct bytes text = damages[i].text;
        struct buf whole, cut;
        buf_init(&whole, 4096);
        buf_init(&cut, 4096);
        size_t taken = split(splitter, text, true, &whole);
        for (size_t len = 0; len <= text.len; len++) {
            buf_clear(&cut);
            size_t taken_cut = split(splitter, (struct bytes){text.ptr, len}, false, &cut);
            if (taken_cut == 0)
                continue;
            assert_int_equal(taken_cut, taken);
            assert_true(bytes_equal(buf_bytes(&cut), buf_bytes(&whole)));
        }
        buf_deinit(&whole);
        buf_deinit(&cut);
        splitter_free(splitter);
    }
}

/* ---- Work ---- */

/* A text of nothing but `unit`, again and again. */
static void fill(struct buf *text, const char *unit, size_t bytes)
{
    while (text->len < bytes)
        buf_append_z(text, unit);
}

static const char *const thorns[] = {"\"",      ",\"",   "\",",       "\"\n",
                                     "\n\"",    ",\"\n", "\"a\"b,\n", "x,\"y\n",
                                     "\",\"\n", "\r",    "\"\r,",     "a,\"b \"c\n\n"};

static void weigh_record__stays_within_its_steps(void **state)
{
    (void)state;
    enum { TEXT_BYTES = 100 * 1000, CELLS = 20, SLACK = 2 * (CELLS + 8) };
    static const int64_t limits[] = {0, 1000, 1000 * 1000};
    struct grammar grammar;
    grammar_init(&grammar, &comma);
    for (size_t i = 0; i < 3 * sizeof thorns / sizeof *thorns; i++) {
        struct err err = {0};
        struct weigh *weigh = NULL;
        struct reading reading;
        enum weighed weighed = WEIGHED_NONE;
        int64_t steps = 0;
        struct buf text;
        buf_init(&text, 1 << 20);
        fill(&text, thorns[i / 3], TEXT_BYTES);
        assert_int_equal(weigh_new(&grammar, CELLS, &weigh, &err), OK);
        assert_int_equal(weigh_record(weigh, buf_bytes(&text), true, limits[i % 3], &weighed,
                                      &reading, &steps, &err),
                         OK);
        assert_int_not_equal(weighed, WEIGHED_MORE);
        assert_in_range(steps, 0, limits[i % 3] + SLACK + SPLITTER_LOOKAHEAD_BYTES);
        weigh_free(weigh);
        buf_deinit(&text);
    }
}

static void splitter_split__gets_through_thorns(void **state)
{
    (void)state;
    enum { TEXT_BYTES = 256 * 1024 };
    for (size_t i = 0; i < sizeof thorns / sizeof *thorns; i++) {
        static const struct damage thorn = {.dialect = &comma, .expected_cells = 5};
        struct splitter *splitter = make(&thorn);
        struct buf text;
        buf_init(&text, 1 << 20);
        fill(&text, thorns[i], TEXT_BYTES);
        for (struct bytes rest = buf_bytes(&text); rest.len > 0;) {
            struct err err = {0};
            enum split verdict = SPLIT_MORE;
            struct table_row row = {0};
            size_t taken = 0;
            assert_int_equal(splitter_split(splitter, rest, true, &verdict, &row, &taken, &err),
                             OK);
            assert_int_equal(verdict, SPLIT_RECORD);
            assert_in_range(taken, 1, rest.len);
            rest = (struct bytes){rest.ptr + taken, rest.len - taken};
        }
        buf_deinit(&text);
        splitter_free(splitter);
    }
}

/* ---- Limits and faults ---- */

static void splitter_split__bounds_cells_and_rows(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        const char *unit;
        size_t bytes;
        bool whole;
        enum table_fault fault;
        size_t cells;
    } cases[] = {
        {"cells", ",", 2000, true, TABLE_FAULT_CELLS, TABLE_MAX_CELLS},
        {"cell", "x", TABLE_MAX_CELL_BYTES + 1, true, TABLE_FAULT_LONG, 1},
        {"longest cell", "x", TABLE_MAX_CELL_BYTES, true, TABLE_FAULT_NONE, 1},
        {"row", "xxxxxxxxx,", TABLE_MAX_ROW_BYTES, false, TABLE_FAULT_LONG, TABLE_MAX_CELLS},
        {"quoted row", "\"xxxxxxxxx", TABLE_MAX_ROW_BYTES + 5, true, TABLE_FAULT_LONG, 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        static const struct damage limit = {.dialect = &comma, .expected_cells = 3};
        struct splitter *splitter = make(&limit);
        struct err err = {0};
        enum split verdict = SPLIT_MORE;
        struct table_row row = {0};
        size_t taken = 0;
        struct buf text;
        buf_init(&text, 2 * TABLE_MAX_ROW_BYTES);
        print_message("    %s\n", cases[i].name);
        fill(&text, cases[i].unit, cases[i].bytes);
        assert_int_equal(splitter_split(splitter, buf_bytes(&text), cases[i].whole, &verdict, &row,
                                        &taken, &err),
                         OK);
        assert_int_equal(verdict, SPLIT_RECORD);
        assert_int_equal(row.fault, cases[i].fault);
        assert_int_equal(row.cell_count, cases[i].cells);
        assert_int_equal(taken, text.len < TABLE_MAX_ROW_BYTES ? text.len : TABLE_MAX_ROW_BYTES);
        for (size_t cell = 0; cell < row.cell_count; cell++)
            assert_in_range(row.cells[cell].len, 0, TABLE_MAX_CELL_BYTES);
        buf_deinit(&text);
        splitter_free(splitter);
    }
}

static int fault_body(void *context, struct err *err)
{
    const struct damage *damage = context;
    struct splitter *splitter = NULL;
    enum split verdict = SPLIT_MORE;
    struct table_row row;
    size_t taken = 0;
    int rc = splitter_new(damage->dialect, damage->expected_cells, &splitter, err);
    if (rc == OK)
        rc = splitter_split(splitter, damage->text, true, &verdict, &row, &taken, err);
    assert_int_equal(taken > 0, rc == OK);
    splitter_free(splitter);
    return rc;
}

static void splitter_split__survives_failing_memory(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof damages / sizeof *damages; i++) {
        struct damage damage = damages[i];
        fault_loop(fault_body, &damage);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(splitter_split__mends_each_damage),
        cmocka_unit_test(splitter_split__asks_for_more_or_says_the_same),
        cmocka_unit_test(weigh_record__stays_within_its_steps),
        cmocka_unit_test(splitter_split__gets_through_thorns),
        cmocka_unit_test(splitter_split__bounds_cells_and_rows),
        cmocka_unit_test(splitter_split__survives_failing_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
