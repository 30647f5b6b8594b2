#include "importers/book.h"

#include "importers/table.h"

#include "tests/importers/book_fixture.h"
#include "tests/support/fault.h"
#include "tests/support/file.h"

#include <stdio.h>

#define STYLES                                                                                        \
    "<numFmts count=\"3\"><numFmt numFmtId=\"164\" formatCode=\"yyyy\\-mm\\-dd\\ hh:mm:ss\"/>"        \
    "<numFmt numFmtId=\"165\" formatCode=\"yyyy&quot;年&quot;m&quot;月&quot;d&quot;日&quot;;@\"/>" \
    "<numFmt numFmtId=\"166\" formatCode=\"[h]:mm\"/></numFmts>"                                      \
    "<cellStyleXfs><xf numFmtId=\"14\"/></cellStyleXfs>"                                              \
    "<cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"164\"/><xf numFmtId=\"165\"/>"                       \
    "<xf numFmtId=\"166\"/><xf numFmtId=\"14\"/><xf numFmtId=\"31\"/><xf numFmtId=\"20\"/>"           \
    "<xf numFmtId=\"99999\"/></cellXfs>"

#define STRINGS                                                                                    \
    "<si><t>工单编号</t></si>"                                                                 \
    "<si><r><rPr><b/></rPr><t xml:space=\"preserve\">路灯 </t></r><r><t>不亮</t></r>"          \
    "<rPh sb=\"0\" eb=\"2\"><t>ludeng</t></rPh><phoneticPr fontId=\"1\"/></si>"                    \
    "<si><t/></si>"                                                                                \
    "<si><t xml:space=\"preserve\"> 两行_x000D_\n\"引号\", 逗号 </t></si>"                   \
    "<si><t>&lt;a&gt; &amp; &#128512;</t></si>"                                                    \
    "<si/>"                                                                                        \
    "<si><t>last</t></si>"

struct sheet_case {
    const char *name, *sheet, *expected;
};

static const struct sheet_case sheet_cases[] = {
    {"nothing", "", ""},
    {"shared strings",
     "<row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c><c r=\"B1\" t=\"s\"><v>1</v></c>"
     "<c r=\"C1\" t=\"s\"><v>2</v></c><c r=\"D1\" t=\"s\"><v>6</v></c></row>",
     "工单编号,路灯 不亮,,last\n"},
    {"quotes, commas and line ends",
     "<row r=\"1\"><c r=\"A1\" t=\"s\"><v>3</v></c><c r=\"B1\" t=\"s\"><v>4</v></c></row>",
     "\" 两行\r\n\"\"引号\"\", 逗号 \",<a> & \xF0\x9F\x98\x80\n"},
    {"inline texts, in runs too",
     "<row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>一_x005F_x000D_</t></is></c>"
     "<c r=\"B1\" t=\"inlineStr\"><is><r><t>a</t></r><r><rPr><sz val=\"9\"/></rPr><t>b</t></r>"
     "<rPh sb=\"0\" eb=\"1\"><t>no</t></rPh></is></c></row>",
     "一_x000D_,ab\n"},
    {"formulas",
     "<row r=\"1\"><c r=\"A1\" t=\"str\"><f>CONCATENATE(\"a\",\"b\")</f><v>ab</v></c>"
     "<c r=\"B1\"><f>1+1</f><v>2</v></c><c r=\"C1\"><f>NEVER()</f></c><c r=\"D1\" t=\"e\">"
     "<f>1/0</f><v>#DIV/0!</v></c></row>",
     "ab,2,,#DIV/0!\n"},
    {"booleans and errors",
     "<row r=\"1\"><c r=\"A1\" t=\"b\"><v>1</v></c><c r=\"B1\" t=\"b\"><v>0</v></c>"
     "<c r=\"C1\" t=\"b\"><v>true</v></c><c r=\"D1\" t=\"e\"><v>#N/A</v></c></row>",
     "TRUE,FALSE,TRUE,#N/A\n"},
    {"numbers",
     "<row r=\"1\"><c r=\"A1\"><v>0.30000000000000004</v></c><c r=\"B1\" t=\"n\"><v>-5</v></c>"
     "<c r=\"C1\"><v>202404021816581234</v></c><c r=\"D1\"><v>soon</v></c>"
     "<c r=\"E1\" t=\"s\"/><c r=\"F1\" t=\"s\"><v></v></c><c r=\"G1\" s=\"7\"><v>1</v></c></row>",
     "0.3,-5,2.02404021816581E+17,soon,,,1\n"},
    {"dates by style",
     "<row r=\"1\"><c r=\"A1\" s=\"1\"><v>45384.761782407404</v></c><c r=\"B1\" "
     "s=\"2\"><v>45384</v>"
     "</c><c r=\"C1\" s=\"3\"><v>1.5</v></c><c r=\"D1\" s=\"4\"><v>45384</v></c>"
     "<c r=\"E1\" s=\"5\"><v>45384</v></c><c r=\"F1\" s=\"6\"><v>0.5</v></c>"
     "<c r=\"G1\" s=\"0\"><v>45384</v></c><c r=\"H1\" s=\"999\"><v>45384</v></c>"
     "<c r=\"I1\" s=\"1\" t=\"d\"><v>2024-04-02T18:16:58</v></c>"
     "<c r=\"J1\" s=\"1\" t=\"s\"><v>6</v></c></row>",
     "2024-04-02 18:16:58,2024-04-02,36:00:00,2024-04-02,2024-04-02,12:00:00,45384,45384,"
     "2024-04-02 18:16:58,last\n"},
    {"gaps become blank lines and empty cells",
     "<row r=\"2\"><c r=\"C2\"><v>1</v></c></row><row r=\"5\" hidden=\"1\"><c "
     "r=\"AB5\"><v>2</v></c>"
     "</row>",
     "\n,,1\n\n\n,,,,,,,,,,,,,,,,,,,,,,,,,,,2\n"},
    {"what is empty at the end is left out",
     "<row r=\"1\"><c r=\"A1\"><v>1</v></c><c r=\"B1\" s=\"1\"/><c r=\"C1\" "
     "t=\"s\"><v>5</v></c></row>"
     "<row r=\"2\"><c r=\"A2\" s=\"1\"/></row><row r=\"1048576\" ht=\"14\"/>",
     "1\n"},
    {"places may be left out",
     "<row><c><v>1</v></c><c r=\"D1\"><v>2</v></c><c><v>3</v></c></row><row r=\"3\"><c><v>4</v></c>"
     "</row><row><c><v>5</v></c></row>",
     "1,,,2,3\n\n4\n5\n"},
    {"cells of a row in any order",
     "<row r=\"1\"><c r=\"C1\"><v>3</v></c><c r=\"A1\"><v>1</v></c><c r=\"B1\" t=\"s\"><v>0</v></c>"
     "</row><row r=\"2\"><c r=\"A2\"><v>4</v></c><c r=\"B2\"><v>5</v></c></row>",
     "1,工单编号,3\n4,5\n"},
    {"lower case and the last column",
     "<row r=\"1\"><c r=\"b1\"><v>1</v></c></row><row r=\"2\"><c r=\"A2\"><v>x</v></c></row>",
     ",1\nx\n"},
    {"other elements and foreign names",
     "<row r=\"1\" xmlns:q=\"urn:q\" q:r=\"9\"><q:c2><v>no</v></q:c2><c "
     "r=\"A1\"><q:v2>no</q:v2><v>1"
     "</v><extLst><ext><v>no</v></ext></extLst></c></row>",
     "1\n"},
    {"control characters and half pairs",
     "<row r=\"1\"><c r=\"A1\" t=\"str\"><v>a_x0001_b_x0009_c</v></c>"
     "<c r=\"B1\" t=\"str\"><v>_xD83D__xDE00_ _xD83D_ _xDE00_</v></c>"
     "<c r=\"C1\" t=\"str\"><v>_x000d__x4E2D__x00e9__xZZZZ_</v></c></row>",
     "a\x01"
     "b\tc,\xF0\x9F\x98\x80 _xD83D_ _xDE00_,\"\r中é_xZZZZ_\"\n"},
    {"white space of the XML is none of the cell's",
     "\n <row r=\"1\">\r\n  <c r=\"A1\" "
     "t=\"inlineStr\">\n<is>\n<t>a\r\nb</t>\n</is>\n</c>\n</row>\n",
     "\"a\nb\"\n"},
    {"CDATA, comments and instructions",
     "<!-- <row/> --><row r=\"1\"><?x y?><c r=\"A1\" t=\"str\"><v>a<!-- b "
     "--><![CDATA[<&>]]></v></c>"
     "</row>",
     "a<&>\n"},
};

static void book_read_sheet__writes_what_a_person_reads(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof sheet_cases / sizeof *sheet_cases; i++) {
        const struct sheet_case *c = &sheet_cases[i];
        for (unsigned flags = 0; flags <= TEST_ZIP_64; flags++) {
            struct buf zip;
            buf_init(&zip, FIXTURE_MAX_BYTES);
            fixture_write(&(struct fixture_book){c->sheet, STRINGS, STYLES, NULL, flags}, &zip);
            fixture_expect(c->name, buf_bytes(&zip), c->expected);
            buf_deinit(&zip);
        }
    }
}

/* The XML is read in pieces of 64 KiB: let each byte of a case stand at the border once. */
static void book_read_sheet__reads_the_same_wherever_a_piece_ends(void **state)
{
    enum { PIECE = 65536, HEAD = 200 };
    (void)state;
    for (size_t i = 1; i < sizeof sheet_cases / sizeof *sheet_cases; i++) {
        const struct sheet_case *c = &sheet_cases[i];
        size_t len = strlen(c->sheet);
        for (size_t pad = PIECE - HEAD - len; pad < PIECE; pad += 3) {
            struct buf sheet, zip;
            buf_init(&sheet, FIXTURE_MAX_BYTES);
            buf_init(&zip, FIXTURE_MAX_BYTES);
            (void)memset(buf_reserve(&sheet, pad), ' ', pad);
            sheet.len += pad;
            buf_append_z(&sheet, c->sheet);
            buf_append_byte(&sheet, '\0');
            fixture_write(
                &(struct fixture_book){.sheet = sheet.ptr, .strings = STRINGS, .styles = STYLES},
                &zip);
            fixture_expect(c->name, buf_bytes(&zip), c->expected);
            buf_deinit(&sheet);
            buf_deinit(&zip);
        }
    }
}

#define WORKBOOK_1904                                                                              \
    "<workbook xmlns:r=\"" FIXTURE_OFFICE "\"><workbookPr date1904=\"1\"/><sheets>"                \
    "<sheet name=\"a\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>"

static void book_read_sheet__counts_days_as_the_workbook_says(void **state)
{
    struct buf zip;
    (void)state;
    buf_init(&zip, FIXTURE_MAX_BYTES);
    fixture_write(&(struct fixture_book){"<row><c s=\"4\"><v>43922</v></c></row>", "", STYLES,
                                         WORKBOOK_1904, 0},
                  &zip);
    fixture_expect("1904", buf_bytes(&zip), "2024-04-02\n");
    buf_deinit(&zip);
}

/* A strict workbook with prefixes, folders elsewhere, names with other slashes, a chart and a hidden sheet. */
static const char strict_root[] =
    "\xEF\xBB\xBF<p:Relationships "
    "xmlns:p=\"http://schemas.openxmlformats.org/package/2006/relationships\">"
    "<p:Relationship Id=\"a\" Type=\"http://purl.oclc.org/ooxml/officeDocument/relationships/"
    "extendedProperties\" Target=\"docProps/app.xml\"/>"
    "<p:Relationship Id=\"b\" Type=\"http://purl.oclc.org/ooxml/officeDocument/relationships/"
    "officeDocument\" Target=\"/book/./data/main.xml\"/></p:Relationships>";
static const char strict_workbook[] =
    "<x:workbook xmlns:x=\"http://purl.oclc.org/ooxml/spreadsheetml/main\" "
    "xmlns:rel=\"http://purl.oclc.org/ooxml/officeDocument/relationships\" conformance=\"strict\">"
    "<x:sheets><x:sheet name=\"图表\" sheetId=\"1\" rel:id=\"r1\"/>"
    "<x:sheet name=\"说明\" sheetId=\"2\" state=\"veryHidden\" rel:id=\"r2\"/>"
    "<x:sheet name=\"工单 &amp; 回访\" sheetId=\"3\" rel:id=\"r3\"/></x:sheets></x:workbook>";
static const char strict_relations[] =
    "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">"
    "<Relationship Id=\"r3\" Type=\"x/worksheet\" Target=\"../sheets/b.xml\"/>"
    "<Relationship Id=\"r1\" Type=\"x/chartsheet\" Target=\"../sheets/chart.xml\"/>"
    "<Relationship Id=\"r9\" Type=\"x/externalLink\" Target=\"http://x\" TargetMode=\"External\"/>"
    "<Relationship Id=\"r2\" Type=\"x/worksheet\" Target=\"../sheets/a.xml\"/>"
    "<Relationship Id=\"r4\" Type=\"x/sharedStrings\" Target=\"missing.xml\"/></Relationships>";
static const char strict_a[] =
    "<x:worksheet xmlns:x=\"urn\"><x:sheetData><x:row r=\"1\"><x:c r=\"A1\">"
    "<x:v>1</x:v></x:c></x:row></x:sheetData></x:worksheet>";
static const char strict_b[] =
    "<x:worksheet xmlns:x=\"urn\"><x:sheetData><x:row r=\"1\"><x:c r=\"A1\" t=\"inlineStr\"><x:is>"
    "<x:t>二</x:t></x:is></x:c></x:row></x:sheetData><x:mergeCells><x:mergeCell ref=\"A1:C1\"/>"
    "</x:mergeCells></x:worksheet>";

static void book_open__follows_the_relations(void **state)
{
    const struct test_part parts[] = {
        {"_rels\\.rels", bytes_from_z(strict_root)},
        {"/book/data/Main.xml", bytes_from_z(strict_workbook)},
        {"book/data/_rels/main.xml.rels", bytes_from_z(strict_relations)},
        {"book/sheets/a.xml", bytes_from_z(strict_a)},
        {"book/sheets/b.xml", bytes_from_z(strict_b)},
    };
    struct err err = {0};
    struct buf zip, text;
    struct book *book = NULL;
    enum refusal refusal = REFUSAL_NONE;
    (void)state;
    buf_init(&zip, FIXTURE_MAX_BYTES);
    buf_init(&text, FIXTURE_MAX_BYTES);
    test_zip_write(parts, sizeof parts / sizeof *parts, 0, &zip);
    struct fixture_file file = {.bytes = buf_bytes(&zip)};
    struct book_file functions = fixture_book_file(&file);
    assert_int_equal(book_open(&functions, &book, &refusal, &err), OK);
    assert_int_equal(book_sheet_count(book), 2);
    assert_true(bytes_equal(book_sheet_name(book, 0), BYTES_LIT("说明")));
    assert_true(bytes_equal(book_sheet_name(book, 1), BYTES_LIT("工单 & 回访")));
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(book_read_sheet(book, 1 - i % 2, fixture_on_text, &text, &refusal, &err),
                         OK);
    assert_true(bytes_equal(buf_bytes(&text), BYTES_LIT("二\n1\n二\n")));
    book_free(book);
    buf_deinit(&text);
    buf_deinit(&zip);
}

static void book_open__reads_utf_16_and_needs_no_root_relations(void **state)
{
    static const char workbook[] =
        "<workbook><sheets><sheet name=\"a\" r:id=\"r\"/></sheets></workbook>";
    char wide[2 + 2 * sizeof workbook] = "\xFF\xFE";
    for (size_t i = 0; i < sizeof workbook; i++)
        wide[2 + 2 * i] = workbook[i];
    const struct test_part parts[] = {
        {"xl/workbook.xml", {wide, 2 * sizeof workbook}},
        {"xl/_rels/workbook.xml.rels",
         BYTES_LIT("<Relationships><Relationship Id=\"r\" Type=\"worksheet\" Target=\"a.xml\"/>"
                   "</Relationships>")},
        {"xl/a.xml", bytes_from_z(strict_a)},
    };
    struct buf zip;
    (void)state;
    buf_init(&zip, FIXTURE_MAX_BYTES);
    test_zip_write(parts, sizeof parts / sizeof *parts, 0, &zip);
    fixture_expect("UTF-16", buf_bytes(&zip), "1\n");
    buf_deinit(&zip);
}

/* Workbooks that a common program wrote, and what it was told to put into them. */
static void book_read_sheet__reads_what_other_programs_write(void **state)
{
    static const char *const names[] = {"openpyxl", "openpyxl_1904", "openpyxl_iso"};
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char path[128];
        struct buf zip, expected;
        buf_init(&zip, FIXTURE_MAX_BYTES);
        buf_init(&expected, FIXTURE_MAX_BYTES);
        (void)snprintf(path, sizeof path, "tests/data/books/%s.xlsx", names[i]);
        test_file_read(path, &zip);
        (void)snprintf(path, sizeof path, "tests/data/books/%s.expected.csv", names[i]);
        test_file_read(path, &expected);
        buf_append_byte(&expected, '\0');
        fixture_expect(names[i], buf_bytes(&zip), expected.ptr);
        buf_deinit(&zip);
        buf_deinit(&expected);
    }
}

/* Many strings, short and long: each block, the cache and its misses. */
static void book_strings__come_back_in_any_order(void **state)
{
    enum { COUNT = 60000, CELLS = 4000 };
    struct buf strings, sheet, zip, expected;
    uint64_t random = 7;
    (void)state;
    buf_init(&strings, FIXTURE_MAX_BYTES);
    buf_init(&sheet, FIXTURE_MAX_BYTES);
    buf_init(&zip, FIXTURE_MAX_BYTES);
    buf_init(&expected, FIXTURE_MAX_BYTES);
    for (int i = 0; i < COUNT; i++) {
        int width = i % 1000 == 999 ? 40000 : i % 100 == 99 ? 15000 : i % 3 == 0 ? 0 : 40;
        buf_printf(&strings, i % 7 == 0 && i > 30000 ? "<si/>" : "<si><t>%0*d</t></si>", width, i);
    }
    for (int i = 0; i < CELLS; i++) {
        random = random * 6364136223846793005u + 1442695040888963407u;
        int index = i % 2 == 0 ? i : (int)(random >> 40) % COUNT;
        int width = index % 1000 == 999 ? 40000
                    : index % 100 == 99 ? 15000
                    : index % 3 == 0    ? 0
                                        : 40;
        bool empty = index % 7 == 0 && index > 30000;
        buf_printf(&sheet, "<row><c t=\"s\"><v>%d</v></c><c><v>1</v></c></row>", index);
        buf_printf(&expected, empty ? ",1\n" : "%0*d,1\n", width, index);
    }
    buf_append_byte(&strings, '\0');
    buf_append_byte(&sheet, '\0');
    buf_append_byte(&expected, '\0');
    fixture_write(&(struct fixture_book){.sheet = sheet.ptr, .strings = strings.ptr}, &zip);
    fixture_expect("strings", buf_bytes(&zip), expected.ptr);
    buf_deinit(&strings);
    buf_deinit(&sheet);
    buf_deinit(&zip);
    buf_deinit(&expected);
}

struct seen {
    const char *(*cells)[3];
    size_t row_count;
};

static int on_row(void *context, const struct table_row *row, struct err *err)
{
    struct seen *seen = context;
    (void)err;
    assert_int_equal(row->cell_count, 3);
    for (size_t i = 0; i < row->cell_count; i++) {
        struct bytes expected = bytes_from_z(seen->cells[seen->row_count][i]);
        if (!bytes_equal(row->cells[i], expected))
            fail_msg("got <" BYTES_FMT ">, expected <" BYTES_FMT ">", BYTES_ARG(row->cells[i]),
                     BYTES_ARG(expected));
    }
    seen->row_count++;
    return OK;
}

static int feed_table(void *context, struct bytes text, struct err *err)
{
    return table_feed(context, text, err);
}

static void book_read_sheet__writes_what_the_table_reads_back(void **state)
{
    static const char *cells[][3] = {
        {"plain", "a \"quoted\" word", "\""},
        {"\"\"", ",", "two\nlines"},
        {"\r\n", " spaces ", "'single'"},
        {"a,b\"c\nd\re", "中文，标点", "=1+1"},
    };
    enum { ROWS = sizeof cells / sizeof *cells };
    struct err err = {0};
    struct buf sheet, zip;
    struct table *table = NULL;
    struct book *book = NULL;
    enum refusal refusal = REFUSAL_NONE;
    struct seen seen = {cells, 0};
    (void)state;
    buf_init(&sheet, FIXTURE_MAX_BYTES);
    buf_init(&zip, FIXTURE_MAX_BYTES);
    for (size_t i = 0; i < ROWS; i++) {
        buf_append_z(&sheet, "<row>");
        for (size_t j = 0; j < 3; j++) {
            buf_append_z(&sheet, "<c t=\"str\"><v>");
            for (const char *at = cells[i][j]; *at != '\0'; at++)
                buf_printf(&sheet, *at == '\r' ? "&#13;" : "%c", *at);
            buf_append_z(&sheet, "</v></c>");
        }
        buf_append_z(&sheet, "</row>");
    }
    buf_append_byte(&sheet, '\0');
    fixture_write(&(struct fixture_book){.sheet = sheet.ptr}, &zip);
    struct fixture_file file = {.bytes = buf_bytes(&zip)};
    struct book_file functions = fixture_book_file(&file);
    const struct dialect dialect = DIALECT_CSV;
    assert_int_equal(table_new(&dialect, 3, on_row, &seen, &table, &err), OK);
    assert_int_equal(book_open(&functions, &book, &refusal, &err), OK);
    assert_int_equal(book_read_sheet(book, 0, feed_table, table, &refusal, &err), OK);
    assert_int_equal(table_finish(table, &err), OK);
    assert_int_equal(seen.row_count, ROWS);
    book_free(book);
    table_free(table);
    buf_deinit(&sheet);
    buf_deinit(&zip);
}

static int read_all_cases(void *context, struct err *err)
{
    enum refusal refusal = REFUSAL_NONE;
    struct buf text;
    struct fixture_file file = {.bytes = *(const struct bytes *)context};
    buf_init(&text, FIXTURE_MAX_BYTES);
    int rc = fixture_read(&file, 0, &text, &refusal, err);
    assert_int_equal(refusal, REFUSAL_NONE);
    if (rc == OK)
        assert_true(bytes_equal(buf_bytes(&text), bytes_from_z(sheet_cases[7].expected)));
    buf_deinit(&text);
    return rc;
}

static void book__survives_failing_memory(void **state)
{
    struct buf zip;
    (void)state;
    buf_init(&zip, FIXTURE_MAX_BYTES);
    fixture_write(&(struct fixture_book){sheet_cases[7].sheet, STRINGS, STYLES, NULL, 0}, &zip);
    struct bytes bytes = buf_bytes(&zip);
    fault_loop(read_all_cases, &bytes);
    buf_deinit(&zip);
}

static void book__survives_a_failing_file(void **state)
{
    struct buf zip;
    int rc = ERR_IO;
    (void)state;
    buf_init(&zip, FIXTURE_MAX_BYTES);
    fixture_write(&(struct fixture_book){sheet_cases[7].sheet, STRINGS, STYLES, NULL, 0}, &zip);
    for (int64_t n = 1; rc != OK; n++) {
        struct err err = {0};
        struct buf text;
        enum refusal refusal = REFUSAL_NONE;
        struct fixture_file file = {.bytes = buf_bytes(&zip), .fail_at = n};
        buf_init(&text, FIXTURE_MAX_BYTES);
        rc = fixture_read(&file, 0, &text, &refusal, &err);
        assert_true(rc == ERR_IO || (rc == OK && file.calls < n));
        assert_int_equal(refusal, REFUSAL_NONE);
        assert_true(rc == OK || strcmp(err.message, "the disk is gone") == 0);
        buf_deinit(&text);
    }
    buf_deinit(&zip);
}

static int stop(void *context, struct bytes text, struct err *err)
{
    (void)context;
    (void)text;
    return err_set(err, ERR_CANCELED, "enough");
}

static void book_read_sheet__gives_back_what_the_sink_says(void **state)
{
    struct err err = {0};
    struct buf zip;
    struct book *book = NULL;
    enum refusal refusal = REFUSAL_NONE;
    (void)state;
    buf_init(&zip, FIXTURE_MAX_BYTES);
    fixture_write(&(struct fixture_book){sheet_cases[7].sheet, STRINGS, STYLES, NULL, 0}, &zip);
    struct fixture_file file = {.bytes = buf_bytes(&zip)};
    struct book_file functions = fixture_book_file(&file);
    buf_init(&file.scratch, FIXTURE_MAX_BYTES);
    assert_int_equal(book_open(&functions, &book, &refusal, &err), OK);
    assert_int_equal(book_read_sheet(book, 0, stop, NULL, &refusal, &err), ERR_CANCELED);
    assert_int_equal(refusal, REFUSAL_NONE);
    book_free(book);
    buf_deinit(&file.scratch);
    buf_deinit(&zip);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(book_read_sheet__writes_what_a_person_reads),
        cmocka_unit_test(book_read_sheet__reads_the_same_wherever_a_piece_ends),
        cmocka_unit_test(book_read_sheet__counts_days_as_the_workbook_says),
        cmocka_unit_test(book_open__follows_the_relations),
        cmocka_unit_test(book_open__reads_utf_16_and_needs_no_root_relations),
        cmocka_unit_test(book_read_sheet__reads_what_other_programs_write),
        cmocka_unit_test(book_strings__come_back_in_any_order),
        cmocka_unit_test(book_read_sheet__writes_what_the_table_reads_back),
        cmocka_unit_test(book__survives_failing_memory),
        cmocka_unit_test(book__survives_a_failing_file),
        cmocka_unit_test(book_read_sheet__gives_back_what_the_sink_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
