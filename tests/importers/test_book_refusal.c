#include "importers/book.h"
#include "importers/book_relations.h"

#include "tests/importers/book_fixture.h"
#include "tests/support/file.h"
#include "tests/support/temp_dir.h"

#include <minizip/zip.h>

#include <stdio.h>

/* Books that are damaged, hostile, or none. */

#define STRINGS "<si><t>one</t></si><si><t>two</t></si>"
#define GOOD_SHEET                                                                                 \
    "<row r=\"1\"><c r=\"A1\" t=\"s\"><v>1</v></c><c r=\"B1\" s=\"0\"><v>3.5</v></c></row>"
#define GOOD_TEXT "two,3.5\n"

static void expect_book(const char *name, const struct fixture_book *book, enum refusal expected)
{
    struct buf zip;
    buf_init(&zip, FIXTURE_MAX_BYTES);
    fixture_write(book, &zip);
    fixture_expect_refusal(name, buf_bytes(&zip), expected);
    buf_deinit(&zip);
}

static void book__refuses_sheets_that_contradict_themselves(void **state)
{
    static const char *const sheets[] = {
        "<row r=\"2\"/><row r=\"1\"/>",
        "<row r=\"2\"/><row r=\"2\"/>",
        "<row r=\"0\"/>",
        "<row r=\"-1\"/>",
        "<row r=\"\"/>",
        "<row r=\"1048577\"/>",
        "<row r=\"1048576\"/><row/>",
        "<row r=\"99999999999999999999\"/>",
        "<row><c r=\"A1\"><v>1</v></c><c r=\"A1\"><v>2</v></c></row>",
        "<row><c r=\"B1\"><v>1</v></c><c r=\"A1\"><v>2</v></c><c><v>3</v></c></row>",
        "<row><c r=\"XFE1\"><v>1</v></c></row>",
        "<row><c r=\"AAAAAAAAAAAAAAAAAAAAAAAA1\"><v>1</v></c></row>",
        "<row><c r=\"XFD1\"/><c/></row>",
        "<row><c r=\"1\"><v>1</v></c></row>",
        "<row><c r=\"\"><v>1</v></c></row>",
        "<row><c t=\"s\"><v>2</v></c></row>",
        "<row><c t=\"s\"><v>-1</v></c></row>",
        "<row><c t=\"s\"><v>one</v></c></row>",
        "<row><c t=\"s\"><v>1.0</v></c></row>",
        "<row>",
        "</row>",
        "<row><c>&nbsp;</c></row>",
        "<row>\x01</row>",
        "<row>\xFF</row>",
    };
    (void)state;
    for (size_t i = 0; i < sizeof sheets / sizeof *sheets; i++)
        expect_book(sheets[i], &(struct fixture_book){.sheet = sheets[i], .strings = STRINGS},
                    REFUSAL_BROKEN);
}

static void book__refuses_document_types(void **state)
{
    static const char *const workbooks[] = {
        "<!DOCTYPE workbook [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]><workbook>&b;</workbook>",
        "<!DOCTYPE workbook SYSTEM \"file:///etc/passwd\"><workbook/>",
        "<!DOCTYPE workbook><workbook/>",
        "<?xml version=\"1.0\" encoding=\"EBCDIC\"?><workbook/>",
        "",
        "workbook",
    };
    (void)state;
    for (size_t i = 0; i < sizeof workbooks / sizeof *workbooks; i++)
        expect_book(workbooks[i], &(struct fixture_book){.workbook = workbooks[i]}, REFUSAL_BROKEN);
}

static const char binary_root[] = "<Relationships><Relationship Type=\"x/officeDocument\" "
                                  "Target=\"xl/workbook.bin\"/></Relationships>";

static void book__refuses_what_is_no_workbook(void **state)
{
    static const struct {
        const char *name;
        struct test_part parts[2];
        size_t count;
        enum refusal refusal;
    } cases[] = {
        {"files", {{"a.csv", {"a,b", 3}}, {"b.csv", {"", 0}}}, 2, REFUSAL_ARCHIVE},
        {"ods",
         {{"mimetype", {"application/vnd.oasis.opendocument.spreadsheet", 46}},
          {"content.xml", {"<x/>", 4}}},
         2,
         REFUSAL_SPREADSHEET},
        {"odt",
         {{"mimetype", {"application/vnd.oasis.opendocument.text", 39}}, {"content.xml", {"", 0}}},
         2,
         REFUSAL_ARCHIVE},
        {"relations to nothing",
         {{"_rels/.rels", {"<Relationships/>", 16}}, {"x", {"", 0}}},
         2,
         REFUSAL_ARCHIVE},
        {"another document",
         {{"xl/workbook.xml", {"<document/>", 11}}, {"x", {"", 0}}},
         2,
         REFUSAL_ARCHIVE},
        {"no relations of the workbook",
         {{"xl/workbook.xml", {"<workbook/>", 11}}, {"x", {"", 0}}},
         2,
         REFUSAL_BROKEN},
        {"no workbook behind the relation",
         {{"_rels/.rels", {fixture_root, sizeof fixture_root - 1}}, {"x", {"", 0}}},
         2,
         REFUSAL_BROKEN},
        {"binary workbook",
         {{"_rels/.rels", {binary_root, sizeof binary_root - 1}}, {"xl/workbook.bin", {"", 0}}},
         2,
         REFUSAL_SPREADSHEET},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buf zip;
        buf_init(&zip, FIXTURE_MAX_BYTES);
        test_zip_write(cases[i].parts, cases[i].count, 0, &zip);
        fixture_expect_refusal(cases[i].name, buf_bytes(&zip), cases[i].refusal);
        buf_deinit(&zip);
    }
}

static void book__refuses_locked_and_damaged_parts(void **state)
{
    (void)state;
    expect_book("locked", &(struct fixture_book){GOOD_SHEET, STRINGS, NULL, NULL, TEST_ZIP_LOCKED},
                REFUSAL_LOCKED);
    expect_book("check sum",
                &(struct fixture_book){GOOD_SHEET, STRINGS, NULL, NULL, TEST_ZIP_WRONG_CRC},
                REFUSAL_BROKEN);
    expect_book(
        "check sum, zip64",
        &(struct fixture_book){GOOD_SHEET, STRINGS, NULL, NULL, TEST_ZIP_WRONG_CRC | TEST_ZIP_64},
        REFUSAL_BROKEN);
}

/* Whatever happens to the bytes of a zip: text, which is `expected` unless that is NULL, or a refusal. */
static void read_damaged(struct bytes zip, const char *expected)
{
    struct err err = {0};
    enum refusal refusal = REFUSAL_NONE;
    struct buf text;
    struct book *book = NULL;
    struct fixture_file file = {.bytes = zip};
    struct book_file functions = fixture_book_file(&file);
    buf_init(&text, FIXTURE_MAX_BYTES);
    buf_init(&file.scratch, FIXTURE_MAX_BYTES);
    int rc = book_open(&functions, &book, &refusal, &err);
    if (rc == OK && book_sheet_count(book) > 0)
        rc = book_read_sheet(book, 0, fixture_on_text, &text, &refusal, &err);
    assert_true(rc == OK || rc == ERR_REFUSED);
    assert_int_equal(rc == OK, refusal == REFUSAL_NONE);
    if (rc == OK && expected != NULL)
        assert_true(bytes_equal(buf_bytes(&text), bytes_from_z(expected)));
    book_free(book);
    buf_deinit(&file.scratch);
    buf_deinit(&text);
}

/* What lacks only its last bytes, which no part needs, may be read all the same. */
static void book__reads_a_truncated_zip_whole_or_not_at_all(void **state)
{
    (void)state;
    for (unsigned flags = 0; flags <= TEST_ZIP_64; flags++) {
        struct buf zip;
        buf_init(&zip, FIXTURE_MAX_BYTES);
        fixture_write(&(struct fixture_book){GOOD_SHEET, STRINGS, NULL, NULL, flags}, &zip);
        for (size_t len = 0; len < zip.len; len++)
            read_damaged((struct bytes){zip.ptr, len}, GOOD_TEXT);
        buf_deinit(&zip);
    }
}

static void book__survives_any_wrong_byte(void **state)
{
    static const unsigned char wrong[] = {0xFF, 0x01, 0x80};
    (void)state;
    for (unsigned flags = 0; flags <= TEST_ZIP_64; flags++) {
        struct buf zip;
        buf_init(&zip, FIXTURE_MAX_BYTES);
        fixture_write(&(struct fixture_book){GOOD_SHEET, STRINGS, NULL, NULL, flags}, &zip);
        for (size_t i = 0; i < zip.len * sizeof wrong; i++) {
            char *byte = &zip.ptr[i / sizeof wrong];
            char right = *byte;
            *byte = (char)(*byte ^ (char)wrong[i % sizeof wrong]);
            read_damaged(buf_bytes(&zip), NULL);
            *byte = right;
        }
        fixture_expect("whole again", buf_bytes(&zip), GOOD_TEXT);
        buf_deinit(&zip);
    }
}

/* `times` times `piece`, NUL-terminated; freed by the caller. */
static struct buf repeated(const char *before, const char *piece, int64_t times, const char *after)
{
    struct buf text;
    buf_init(&text, FIXTURE_MAX_BYTES);
    buf_append_z(&text, before);
    for (int64_t i = 0; i < times; i++)
        buf_append_z(&text, piece);
    buf_append_z(&text, after);
    buf_append_byte(&text, '\0');
    assert_int_equal(text.rc, OK);
    return text;
}

static void book__refuses_what_is_beyond_its_limits(void **state)
{
    static const struct {
        const char *name, *before, *piece, *after;
        int64_t times;
        enum refusal refusal;
    } sheets[] = {
        {"deep", "", "<a>", "", 300, REFUSAL_BROKEN},
        {"deep, closed", "<row><c>", "<v>", "", 300, REFUSAL_BROKEN},
        {"long attribute", "<row r=\"1", " ", "\"/>", 1200000, REFUSAL_BOMB},
        {"long name", "<row><", "a", "/></row>", 1200000, REFUSAL_BOMB},
        {"long name, not too long", "<row><", "a", "/></row><row r=\"1\"/>", 256, REFUSAL_BROKEN},
        {"longer name", "<row><", "a", "/></row>", 257, REFUSAL_BOMB},
        {"longer name of an attribute", "<row><c ", "a", "=\"\"/></row>", 257, REFUSAL_BOMB},
        {"long comment", "<!--", " ", "-->", 1200000, REFUSAL_BOMB},
        {"long cell", "<row><c t=\"str\"><v>", "ab", "</v></c></row>", 600000, REFUSAL_BOMB},
        {"long number", "<row><c><v>", "12", "</v></c></row>", 600000, REFUSAL_BOMB},
        {"many cells of one place", "<row>", "<c r=\"A1\"><v>1</v></c>", "</row>", 40000,
         REFUSAL_BOMB},
    };
    (void)state;
    for (size_t i = 0; i < sizeof sheets / sizeof *sheets; i++) {
        struct buf sheet =
            repeated(sheets[i].before, sheets[i].piece, sheets[i].times, sheets[i].after);
        expect_book(sheets[i].name, &(struct fixture_book){.sheet = sheet.ptr}, sheets[i].refusal);
        buf_deinit(&sheet);
    }
    struct buf styles = repeated("<cellXfs>", "<xf/>", BOOK_MAX_STYLES + 1, "</cellXfs>");
    expect_book("styles", &(struct fixture_book){.styles = styles.ptr}, REFUSAL_BOMB);
    buf_deinit(&styles);
    struct buf sheet_list =
        repeated("<workbook><sheets>", "<sheet/>", BOOK_MAX_SHEETS + 1, "</sheets></workbook>");
    expect_book("sheets", &(struct fixture_book){.workbook = sheet_list.ptr}, REFUSAL_BOMB);
    buf_deinit(&sheet_list);
    struct buf long_name =
        repeated("<workbook><sheets><sheet name=\"", "a", 2000, "\"/></sheets></workbook>");
    expect_book("name", &(struct fixture_book){.workbook = long_name.ptr}, REFUSAL_BROKEN);
    buf_deinit(&long_name);
    struct buf string = repeated("<si><t>", "abcd", 300000, "</t></si>");
    expect_book("string", &(struct fixture_book){.strings = string.ptr}, REFUSAL_BOMB);
    buf_deinit(&string);
}

static int count_text(void *context, struct bytes text, struct err *err)
{
    int64_t *bytes = context;
    (void)err;
    *bytes += (int64_t)text.len;
    return OK;
}

/* The parser keeps the names it has met: there is an end to that. */
static void book__gives_up_on_a_million_names(void **state)
{
    struct err err = {0};
    struct buf sheet, zip, text;
    enum refusal refusal = REFUSAL_NONE;
    (void)state;
    buf_init(&sheet, FIXTURE_MAX_BYTES);
    buf_init(&zip, FIXTURE_MAX_BYTES);
    buf_init(&text, FIXTURE_MAX_BYTES);
    for (int i = 0; i < 1000000; i++)
        buf_printf(&sheet, "<a%d/>", i);
    buf_append_byte(&sheet, '\0');
    fixture_write(&(struct fixture_book){.sheet = sheet.ptr}, &zip);
    struct fixture_file file = {.bytes = buf_bytes(&zip)};
    assert_int_equal(fixture_read(&file, 0, &text, &refusal, &err), ERR_NOMEM);
    buf_deinit(&sheet);
    buf_deinit(&zip);
    buf_deinit(&text);
}

/* A string of a MiB that two thousand cells share is a text of 2 GB. */
static void book__refuses_a_text_without_end(void **state)
{
    struct buf strings = repeated("<si><t>,", "abcd", 250000, "</t></si>");
    struct buf sheet = repeated("", "<row><c t=\"s\"><v>0</v></c></row>", 2100, "");
    struct buf zip;
    struct err err = {0};
    struct book *book = NULL;
    enum refusal refusal = REFUSAL_NONE;
    (void)state;
    buf_init(&zip, FIXTURE_MAX_BYTES);
    fixture_write(&(struct fixture_book){.sheet = sheet.ptr, .strings = strings.ptr}, &zip);
    struct fixture_file file = {.bytes = buf_bytes(&zip)};
    struct book_file functions = fixture_book_file(&file);
    buf_init(&file.scratch, FIXTURE_MAX_BYTES);
    assert_int_equal(book_open(&functions, &book, &refusal, &err), OK);
    int64_t bytes = 0;
    int rc = book_read_sheet(book, 0, count_text, &bytes, &refusal, &err);
    assert_int_equal(rc, ERR_REFUSED);
    assert_int_equal(refusal, REFUSAL_BOMB);
    assert_in_range(bytes, BOOK_MAX_TEXT_BYTES - 1000000, BOOK_MAX_TEXT_BYTES + 1000000);
    book_free(book);
    buf_deinit(&file.scratch);
    buf_deinit(&zip);
    buf_deinit(&sheet);
    buf_deinit(&strings);
}

/* Write a book of which one part is `before` and many spaces, packed as tightly as deflate can. */
static void write_packed(const char *path, const char *packed_name, const char *before,
                         int megabytes)
{
    const struct test_part parts[] = {
        {"_rels/.rels", bytes_from_z(fixture_root)},
        {"xl/workbook.xml", bytes_from_z(fixture_workbook)},
        {"xl/_rels/workbook.xml.rels", bytes_from_z(fixture_relations)},
        {"xl/styles.xml", BYTES_LIT("<styleSheet/>")},
        {"xl/sharedStrings.xml", BYTES_LIT("<sst/>")},
        {"xl/worksheets/sheet1.xml",
         BYTES_LIT("<worksheet><sheetData><row><c><v>1</v></c></row></sheetData></worksheet>")},
    };
    static char block[1024 * 1024];
    zipFile zip = zipOpen64(path, APPEND_STATUS_CREATE);
    assert_non_null(zip);
    (void)memset(block, ' ', sizeof block);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        assert_int_equal(zipOpenNewFileInZip64(zip, parts[i].name, NULL, NULL, 0, NULL, 0, NULL,
                                               Z_DEFLATED, Z_BEST_COMPRESSION, 0),
                         ZIP_OK);
        bool packed = strcmp(parts[i].name, packed_name) == 0;
        struct bytes start = packed ? bytes_from_z(before) : parts[i].bytes;
        (void)zipWriteInFileInZip(zip, start.ptr, (unsigned)start.len);
        for (int j = 0; packed && j < megabytes; j++)
            assert_int_equal(zipWriteInFileInZip(zip, block, sizeof block), ZIP_OK);
        if (packed) /* what was begun before the filling ends behind it */
            (void)zipWriteInFileInZip(zip, "</sst>", 6);
        (void)zipCloseFileInZip(zip);
    }
    assert_int_equal(zipClose(zip, NULL), ZIP_OK);
}

static void book__refuses_bombs(void **state)
{
    static const struct {
        const char *part, *before;
        int megabytes;
        enum refusal refusal;
    } cases[] = {
        {"xl/sharedStrings.xml", "<sst>", 60, REFUSAL_NONE}, /* many spaces, but not too many */
        {"xl/sharedStrings.xml", "<sst>", 70, REFUSAL_BOMB},
        {"xl/worksheets/sheet1.xml", "<worksheet><sheetData>", 70, REFUSAL_BOMB},
        {"xl/workbook.xml", "<workbook>", 70, REFUSAL_BOMB},
    };
    char dir[TEMP_DIR_BYTES], path[TEMP_DIR_BYTES + 16];
    (void)state;
    temp_dir_make(dir);
    (void)snprintf(path, sizeof path, "%s/bomb.xlsx", dir);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buf zip;
        buf_init(&zip, FIXTURE_MAX_BYTES);
        write_packed(path, cases[i].part, cases[i].before, cases[i].megabytes);
        test_file_read(path, &zip);
        if (cases[i].refusal == REFUSAL_NONE)
            fixture_expect(cases[i].part, buf_bytes(&zip), "1\n");
        else
            fixture_expect_refusal(cases[i].part, buf_bytes(&zip), cases[i].refusal);
        buf_deinit(&zip);
    }
    temp_dir_remove(dir);
}

static void relation_part__finds_its_way(void **state)
{
    static const struct {
        const char *part, *target, *expected;
    } cases[] = {
        {"xl/workbook.xml", "worksheets/sheet1.xml", "xl/worksheets/sheet1.xml"},
        {"xl/workbook.xml", "/xl/styles.xml", "xl/styles.xml"},
        {"xl/workbook.xml", "../a.xml", "a.xml"},
        {"xl/workbook.xml", "../../../a.xml", "a.xml"},
        {"xl/workbook.xml", "./b/../c//d/./e.xml", "xl/c/d/e.xml"},
        {"xl/workbook.xml", "", "xl/"},
        {"xl/workbook.xml", "..", ""},
        {"workbook.xml", "a.xml", "a.xml"},
        {"", "xl/workbook.xml", "xl/workbook.xml"},
        {"a/b/c/d.xml", "../../e.xml", "a/e.xml"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buf out;
        buf_init(&out, 1024);
        book_relation_part(bytes_from_z(cases[i].part), bytes_from_z(cases[i].target), &out);
        if (!bytes_equal(buf_bytes(&out), bytes_from_z(cases[i].expected)))
            fail_msg("%s: got " BYTES_FMT, cases[i].target, BYTES_ARG(buf_bytes(&out)));
        buf_deinit(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(book__refuses_sheets_that_contradict_themselves),
        cmocka_unit_test(book__refuses_document_types),
        cmocka_unit_test(book__refuses_what_is_no_workbook),
        cmocka_unit_test(book__refuses_locked_and_damaged_parts),
        cmocka_unit_test(book__reads_a_truncated_zip_whole_or_not_at_all),
        cmocka_unit_test(book__survives_any_wrong_byte),
        cmocka_unit_test(book__refuses_what_is_beyond_its_limits),
        cmocka_unit_test(book__gives_up_on_a_million_names),
        cmocka_unit_test(book__refuses_a_text_without_end),
        cmocka_unit_test(book__refuses_bombs),
        cmocka_unit_test(relation_part__finds_its_way),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
