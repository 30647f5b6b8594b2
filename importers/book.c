#include "importers/book.h"

#include "base/alloc.h"
#include "base/arena.h"

#include "importers/book_relations.h"
#include "importers/book_sheet.h"
#include "importers/book_xml.h"

/* From the root to the cells, each part naming the next:
 *
 *     _rels/.rels -> xl/workbook.xml -> xl/_rels/workbook.xml.rels -> styles, shared strings, sheets
 *
 * All but the sheets is read when the book is opened. */
enum {
    NAME_MAX_BYTES = 1024, /* of a sheet, an id or a part */
    NAMES_BYTES = 16 * 1024 * 1024,
};

struct sheet {
    struct bytes name, id;
    struct bytes part;  /* empty when no relation has the id */
    bool without_cells; /* a chart or a macro sheet */
};

struct book {
    struct book_zip *zip;
    struct book_strings *strings;
    struct book_styles *styles;
    struct arena names;
    struct bytes workbook, styles_part, strings_part; /* names of parts, empty when there is none */
    bool is_workbook, from_1904;
    struct sheet sheets[BOOK_MAX_SHEETS];
    size_t sheet_count;
};

static int copy_name(struct book *book, struct bytes name, struct bytes *out, struct book_fail fail)
{
    if (name.len > NAME_MAX_BYTES)
        return book_refuse(fail, REFUSAL_BROKEN, "a name in the workbook is too long");
    struct bytes copy = arena_copy(&book->names, name);
    if (copy.ptr == NULL)
        return err_set(fail.err, ERR_NOMEM, "could not note a name in a workbook");
    *out = copy;
    return OK;
}

/* The name of the part that `target` means when `part` refers to it. */
static int copy_target(struct book *book, struct bytes part, struct bytes target, struct bytes *out,
                       struct book_fail fail)
{
    struct buf name;
    buf_init(&name, (size_t)4 * NAME_MAX_BYTES);
    book_relation_part(part, target, &name);
    int rc = name.rc == ERR_NOMEM ? buf_status(&name, fail.err)
             : name.rc != OK
                 ? book_refuse(fail, REFUSAL_BROKEN, "a name in the workbook is too long")
                 : copy_name(book, buf_bytes(&name), out, fail);
    buf_deinit(&name);
    return rc;
}

static int on_root_relation(void *context, const struct book_relation *relation,
                            struct book_fail fail)
{
    struct book *book = context;
    if (!bytes_equal(relation->kind, BYTES_LIT("officeDocument")))
        return OK;
    return copy_target(book, BYTES_NONE, relation->target, &book->workbook, fail);
}

/* Whether the zip is a sheet of the other office programs: its first part says so in words. */
static int refuse_archive(struct book *book, struct book_fail fail)
{
    const struct bytes sheet_type = BYTES_LIT("application/vnd.oasis.opendocument.spreadsheet");
    char start[64];
    size_t got = 0;
    if (book_zip_has(book->zip, BYTES_LIT("mimetype"))) {
        int rc = book_zip_begin(book->zip, BYTES_LIT("mimetype"), fail);
        if (rc == OK)
            rc = book_zip_read(book->zip, start, sizeof start, &got, fail);
        if (rc != OK)
            return rc;
    }
    return bytes_starts_with((struct bytes){start, got}, sheet_type)
               ? book_refuse(fail, REFUSAL_SPREADSHEET, "a sheet of another office program")
               : book_refuse(fail, REFUSAL_ARCHIVE, "a zip, but no workbook");
}

static int find_workbook(struct book *book, struct book_fail fail)
{
    const struct bytes root = BYTES_LIT("_rels/.rels"), usual = BYTES_LIT("xl/workbook.xml");
    int rc = OK;
    if (book_zip_has(book->zip, root))
        rc = book_relations_read(book->zip, root, on_root_relation, book, fail);
    else if (book_zip_has(book->zip, usual))
        book->workbook = usual;
    if (rc == OK && book->workbook.len == 0)
        rc = refuse_archive(book, fail);
    const struct bytes binary = BYTES_LIT(".bin");
    struct bytes name = book->workbook;
    if (rc == OK && name.len > binary.len &&
        bytes_equal((struct bytes){name.ptr + name.len - binary.len, binary.len}, binary))
        rc = book_refuse(fail, REFUSAL_SPREADSHEET, "a workbook in binary form");
    return rc;
}

enum { WORKBOOK, PROPERTIES, SHEETS, SHEET, PLACES };

static const struct book_place places[PLACES] = {
    [WORKBOOK] = {BOOK_XML_NO_PLACE, "workbook"},
    [PROPERTIES] = {WORKBOOK, "workbookPr"},
    [SHEETS] = {WORKBOOK, "sheets"},
    [SHEET] = {SHEETS, "sheet"},
};

static int add_sheet(struct book *book, const char **attributes, struct book_fail fail)
{
    if (book->sheet_count == BOOK_MAX_SHEETS)
        return book_refuse(fail, REFUSAL_BOMB, "the workbook has too many sheets");
    struct sheet *sheet = &book->sheets[book->sheet_count++];
    int rc = copy_name(book, book_attribute(attributes, "name"), &sheet->name, fail);
    return rc == OK ? copy_name(book, book_attribute(attributes, "id"), &sheet->id, fail) : rc;
}

static int on_open(void *context, int place, const char **attributes, struct book_fail fail)
{
    struct book *book = context;
    if (place == WORKBOOK)
        book->is_workbook = true;
    if (place == PROPERTIES) {
        struct bytes from_1904 = book_attribute(attributes, "date1904");
        book->from_1904 =
            bytes_equal(from_1904, BYTES_LIT("1")) || bytes_equal(from_1904, BYTES_LIT("true"));
    }
    return place == SHEET ? add_sheet(book, attributes, fail) : OK;
}

static int read_workbook(struct book *book, struct book_fail fail)
{
    struct book_xml_reader reader = {places, PLACES, on_open, NULL, NULL, book};
    int rc = book_xml_read(book->zip, book->workbook, &reader, fail);
    return rc == OK && !book->is_workbook ? refuse_archive(book, fail) : rc;
}

static int on_workbook_relation(void *context, const struct book_relation *relation,
                                struct book_fail fail)
{
    struct book *book = context;
    int rc = OK;
    if (bytes_equal(relation->kind, BYTES_LIT("styles")))
        return copy_target(book, book->workbook, relation->target, &book->styles_part, fail);
    if (bytes_equal(relation->kind, BYTES_LIT("sharedStrings")))
        return copy_target(book, book->workbook, relation->target, &book->strings_part, fail);
    for (size_t i = 0; rc == OK && i < book->sheet_count; i++) {
        struct sheet *sheet = &book->sheets[i];
        if (!bytes_equal(sheet->id, relation->id) || sheet->part.len > 0)
            continue;
        sheet->without_cells = !bytes_equal(relation->kind, BYTES_LIT("worksheet"));
        rc = copy_target(book, book->workbook, relation->target, &sheet->part, fail);
    }
    return rc;
}

static int read_relations(struct book *book, struct book_fail fail)
{
    struct buf name;
    buf_init(&name, (size_t)4 * NAME_MAX_BYTES);
    book_relations_name(book->workbook, &name);
    int rc = buf_status(&name, fail.err);
    if (rc == OK)
        rc = book_relations_read(book->zip, buf_bytes(&name), on_workbook_relation, book, fail);
    buf_deinit(&name);
    size_t kept = 0;
    for (size_t i = 0; i < book->sheet_count; i++) {
        if (!book->sheets[i].without_cells)
            book->sheets[kept++] = book->sheets[i];
    }
    book->sheet_count = kept;
    return rc;
}

int book_open(const struct book_file *file, struct book **out_book, enum refusal *out_refusal,
              struct err *err)
{
    struct book_fail fail = {out_refusal, err};
    struct book *book = mem_calloc(1, sizeof *book);
    if (book == NULL)
        return err_set(err, ERR_NOMEM, "could not open a workbook");
    arena_init(&book->names, NAMES_BYTES);
    int rc = book_zip_open(file, &book->zip, fail);
    if (rc == OK)
        rc = find_workbook(book, fail);
    if (rc == OK)
        rc = read_workbook(book, fail);
    if (rc == OK)
        rc = read_relations(book, fail);
    if (rc == OK)
        rc = book_styles_load(book->zip, book->styles_part, &book->styles, fail);
    if (rc == OK) {
        /* A list of strings that is named but not there is one without strings. */
        bool there = book_zip_has(book->zip, book->strings_part);
        rc = book_strings_load(book->zip, there ? book->strings_part : BYTES_NONE, file,
                               &book->strings, fail);
    }
    if (rc != OK) {
        book_free(book);
        return rc;
    }
    *out_book = book;
    return OK;
}

void book_free(struct book *book)
{
    if (book == NULL)
        return;
    book_strings_free(book->strings);
    book_styles_free(book->styles);
    book_zip_free(book->zip);
    arena_deinit(&book->names);
    mem_free(book);
}

size_t book_sheet_count(const struct book *book)
{
    return book->sheet_count;
}

struct bytes book_sheet_name(const struct book *book, size_t sheet)
{
    return book->sheets[sheet].name;
}

int book_read_sheet(struct book *book, size_t sheet, book_text_cb on_text, void *context,
                    enum refusal *out_refusal, struct err *err)
{
    struct book_words words = {book->strings, book->styles, book->from_1904};
    return book_sheet_read(book->zip, book->sheets[sheet].part, &words, on_text, context,
                           (struct book_fail){out_refusal, err});
}
