#ifndef PINGYI_TESTS_IMPORTERS_BOOK_FIXTURE_H
#define PINGYI_TESTS_IMPORTERS_BOOK_FIXTURE_H

#include "importers/book.h"

#include "tests/support/zip.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

/* Workbooks in memory, made of the XML that a test shows. */

enum { FIXTURE_MAX_BYTES = 256 * 1024 * 1024 };

/* Parts of a book; NULL: a part that says nothing is there. */
struct fixture_book {
    const char *sheet;    /* what is inside <sheetData> */
    const char *strings;  /* inside <sst> */
    const char *styles;   /* inside <styleSheet> */
    const char *workbook; /* the whole part */
    unsigned zip_flags;
};

/* A file in memory, whose functions fail at call number `fail_at` from now (0: never). */
struct fixture_file {
    struct bytes bytes;
    struct buf scratch;
    int64_t fail_at, calls;
};

static inline int fixture_meets_fault(struct fixture_file *file, struct err *err)
{
    file->calls++;
    return file->calls == file->fail_at ? err_set(err, ERR_IO, "the disk is gone") : OK;
}

static inline int fixture_read_at(void *context, int64_t offset, char *ptr, size_t len,
                                  struct err *err)
{
    struct fixture_file *file = context;
    assert_true(offset >= 0 && (size_t)offset + len <= file->bytes.len);
    memcpy(ptr, file->bytes.ptr + offset, len);
    return fixture_meets_fault(file, err);
}

static inline int fixture_keep(void *context, struct bytes bytes, struct err *err)
{
    struct fixture_file *file = context;
    buf_append(&file->scratch, bytes);
    int rc = buf_status(&file->scratch, err);
    return rc == OK ? fixture_meets_fault(file, err) : rc;
}

static inline int fixture_recall(void *context, int64_t offset, char *ptr, size_t len,
                                 struct err *err)
{
    struct fixture_file *file = context;
    assert_true(offset >= 0 && (size_t)offset + len <= file->scratch.len);
    memcpy(ptr, file->scratch.ptr + offset, len);
    return fixture_meets_fault(file, err);
}

static inline struct book_file fixture_book_file(struct fixture_file *file)
{
    return (struct book_file){(int64_t)file->bytes.len, fixture_read_at, fixture_keep,
                              fixture_recall, file};
}

#define FIXTURE_MAIN   "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
#define FIXTURE_OFFICE "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
#define FIXTURE_RELATIONS                                                                          \
    "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">"

static const char fixture_root[] =
    FIXTURE_RELATIONS "<Relationship Id=\"rId1\" Type=\"" FIXTURE_OFFICE
                      "/officeDocument\" Target=\"xl/workbook.xml\"/>"
                      "</Relationships>";
static const char fixture_relations[] = FIXTURE_RELATIONS
    "<Relationship Id=\"rId1\" Type=\"" FIXTURE_OFFICE
    "/worksheet\" Target=\"worksheets/sheet1.xml\"/>"
    "<Relationship Id=\"rId2\" Type=\"" FIXTURE_OFFICE "/styles\" Target=\"/xl/styles.xml\"/>"
    "<Relationship Id=\"rId3\" Type=\"" FIXTURE_OFFICE
    "/sharedStrings\" Target=\"sharedStrings.xml\"/>"
    "</Relationships>";
static const char fixture_workbook[] =
    "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>"
    "<workbook xmlns=\"" FIXTURE_MAIN "\" xmlns:r=\"" FIXTURE_OFFICE "\"><workbookPr/>"
    "<sheets><sheet name=\"工单\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>";

static inline struct bytes fixture_wrap(struct buf *out, const char *before, const char *inside,
                                        const char *after)
{
    buf_init(out, FIXTURE_MAX_BYTES);
    buf_append_z(out, before);
    buf_append_z(out, inside != NULL ? inside : "");
    buf_append_z(out, after);
    return buf_bytes(out);
}

/* The zip of a book; its last part is the sheet. */
static inline void fixture_write(const struct fixture_book *book, struct buf *out)
{
    struct buf sheet, strings, styles;
    const struct test_part parts[] = {
        {"_rels/.rels", bytes_from_z(fixture_root)},
        {"xl/workbook.xml",
         bytes_from_z(book->workbook != NULL ? book->workbook : fixture_workbook)},
        {"xl/_rels/workbook.xml.rels", bytes_from_z(fixture_relations)},
        {"xl/styles.xml", fixture_wrap(&styles, "<styleSheet xmlns=\"" FIXTURE_MAIN "\">",
                                       book->styles, "</styleSheet>")},
        {"xl/sharedStrings.xml",
         fixture_wrap(&strings, "<sst xmlns=\"" FIXTURE_MAIN "\">", book->strings, "</sst>")},
        {"xl/worksheets/sheet1.xml",
         fixture_wrap(&sheet, "<worksheet xmlns=\"" FIXTURE_MAIN "\"><sheetData>", book->sheet,
                      "</sheetData></worksheet>")},
    };
    test_zip_write(parts, sizeof parts / sizeof *parts, book->zip_flags, out);
    assert_int_equal(out->rc, OK);
    buf_deinit(&sheet);
    buf_deinit(&strings);
    buf_deinit(&styles);
}

static inline int fixture_on_text(void *context, struct bytes text, struct err *err)
{
    struct buf *out = context;
    assert_true(text.len > 0 && text.len <= 65536);
    buf_append(out, text);
    return buf_status(out, err);
}

/* Open, read a sheet into `out`, free. */
static inline int fixture_read(struct fixture_file *file, size_t sheet, struct buf *out,
                               enum refusal *out_refusal, struct err *err)
{
    struct book *book = NULL;
    struct book_file functions = fixture_book_file(file);
    buf_init(&file->scratch, FIXTURE_MAX_BYTES);
    int rc = book_open(&functions, &book, out_refusal, err);
    if (rc == OK) {
        assert_true(sheet < book_sheet_count(book));
        rc = book_read_sheet(book, sheet, fixture_on_text, out, out_refusal, err);
    }
    book_free(book);
    buf_deinit(&file->scratch);
    return rc;
}

/* The first sheet of a zip must read as `expected`. */
static inline void fixture_expect(const char *name, struct bytes zip, const char *expected)
{
    struct err err = {0};
    struct buf text;
    enum refusal refusal = REFUSAL_NONE;
    struct fixture_file file = {.bytes = zip};
    buf_init(&text, FIXTURE_MAX_BYTES);
    if (fixture_read(&file, 0, &text, &refusal, &err) != OK)
        fail_msg("%s: %s %s", name, refusal_word(refusal), err.message);
    if (!bytes_equal(buf_bytes(&text), bytes_from_z(expected)))
        fail_msg("%s: got\n" BYTES_FMT "\nexpected\n%s", name, BYTES_ARG(buf_bytes(&text)),
                 expected);
    buf_deinit(&text);
}

/* Reading the first sheet of a zip must end with `expected`. */
static inline void fixture_expect_refusal(const char *name, struct bytes zip, enum refusal expected)
{
    struct err err = {0};
    struct buf text;
    enum refusal refusal = REFUSAL_NONE;
    struct fixture_file file = {.bytes = zip};
    buf_init(&text, FIXTURE_MAX_BYTES);
    int rc = fixture_read(&file, 0, &text, &refusal, &err);
    if (rc != ERR_REFUSED || refusal != expected || (int)err.code != rc)
        fail_msg("%s: returned %d, %s, expected %s (%s)", name, rc, refusal_word(refusal),
                 refusal_word(expected), err.message);
    buf_deinit(&text);
}

#endif
