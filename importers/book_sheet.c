#include "importers/book_sheet.h"

#include "importers/book_row.h"
#include "importers/book_text.h"
#include "importers/book_xml.h"

#include <string.h>

enum written_as { AS_NUMBER, AS_SHARED, AS_TEXT, AS_BOOLEAN, AS_ISO_DATE, AS_ERROR };

struct sheet {
    const struct book_words *words;
    struct book_row row;
    int64_t row_number; /* from 1; 0 before the first */
    int column;         /* of the last cell, from 0; -1 before the first */
    enum written_as type;
    int64_t style;
    struct buf value; /* the cell's text or number, as the file has it */
};

enum { SHEET, DATA, ROW, CELL, VALUE, INLINE, TEXT, RUN, RUN_TEXT, PLACES };

static const struct book_place places[PLACES] = {
    [SHEET] = {BOOK_XML_NO_PLACE, "worksheet"},
    [DATA] = {SHEET, "sheetData"},
    [ROW] = {DATA, "row"},
    [CELL] = {ROW, "c"},
    [VALUE] = {CELL, "v"},
    [INLINE] = {CELL, "is"},
    [TEXT] = {INLINE, "t"},
    [RUN] = {INLINE, "r"},
    [RUN_TEXT] = {RUN, "t"},
};

static int open_row(struct sheet *sheet, const char **attributes, struct book_fail fail)
{
    struct bytes given = book_attribute(attributes, "r");
    int64_t number = sheet->row_number + 1;
    if (given.ptr != NULL && !bytes_to_int64(given, &number))
        return book_refuse(fail, REFUSAL_BROKEN, "a row's number is none");
    if (number <= sheet->row_number)
        return book_refuse(fail, REFUSAL_BROKEN, "rows are out of order");
    if (number > BOOK_MAX_ROWS)
        return book_refuse(fail, REFUSAL_BROKEN, "a row is beyond the last");
    sheet->row_number = number;
    sheet->column = -1;
    return OK;
}

/* The column of a reference such as AB12, from 0; -1 when it is none. The row says its number itself. */
static int reference_column(const char *reference)
{
    int column = 0;
    const char *at = reference;
    for (; column <= BOOK_MAX_COLUMNS; at++) {
        char letter = (char)(*at & ~0x20);
        if (letter < 'A' || letter > 'Z')
            break;
        column = column * 26 + (letter - 'A' + 1);
    }
    return at > reference && column <= BOOK_MAX_COLUMNS ? column - 1 : -1;
}

static enum written_as type_of(const char *word)
{
    static const struct {
        const char *word;
        enum written_as type;
    } types[] = {{"n", AS_NUMBER},       {"s", AS_SHARED},  {"str", AS_TEXT},
                 {"inlineStr", AS_TEXT}, {"b", AS_BOOLEAN}, {"d", AS_ISO_DATE}};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        if (strcmp(types[i].word, word) == 0)
            return types[i].type;
    }
    return AS_ERROR;
}

static int open_cell(struct sheet *sheet, const char **attributes, struct book_fail fail)
{
    int column = sheet->column + 1;
    sheet->type = AS_NUMBER;
    sheet->style = -1;
    buf_clear(&sheet->value);
    for (; attributes[0] != NULL; attributes += 2) {
        const char *name = attributes[0];
        if (strcmp(name, "r") == 0)
            column = reference_column(attributes[1]);
        else if (strcmp(name, "t") == 0)
            sheet->type = type_of(attributes[1]);
        else if (strcmp(name, "s") == 0 &&
                 !bytes_to_int64(bytes_from_z(attributes[1]), &sheet->style))
            sheet->style = -1;
    }
    if (column < 0 || column >= BOOK_MAX_COLUMNS)
        return book_refuse(fail, REFUSAL_BROKEN, "a cell's column is none");
    sheet->column = column;
    return OK;
}

static int on_open(void *context, int place, const char **attributes, struct book_fail fail)
{
    struct sheet *sheet = context;
    switch (place) {
    case ROW:
        return open_row(sheet, attributes, fail);
    case CELL:
        return open_cell(sheet, attributes, fail);
    case INLINE:
        sheet->type = AS_TEXT; /* whatever the cell says of itself */
        buf_clear(&sheet->value);
        return OK;
    default:
        return OK;
    }
}

static int on_text(void *context, int place, struct bytes text, struct book_fail fail)
{
    struct sheet *sheet = context;
    if (place != VALUE && place != TEXT && place != RUN_TEXT)
        return OK;
    buf_append(&sheet->value, text);
    if (sheet->value.rc == ERR_LIMIT)
        return book_refuse(fail, REFUSAL_BOMB, "a cell of the workbook is too long");
    return buf_status(&sheet->value, fail.err);
}

static int shared_text(struct sheet *sheet, struct bytes value, struct bytes *out_text,
                       struct book_fail fail)
{
    int64_t index = -1;
    if (bytes_trim(value).len == 0)
        return OK;
    if (!bytes_to_int64(bytes_trim(value), &index))
        return book_refuse(fail, REFUSAL_BROKEN, "a cell names a string by no number");
    return book_strings_get(sheet->words->strings, index, out_text, fail);
}

static struct bytes boolean_text(struct bytes value)
{
    return bytes_equal(value, BYTES_LIT("1")) || bytes_equal(value, BYTES_LIT("true"))
               ? BYTES_LIT("TRUE")
           : bytes_equal(value, BYTES_LIT("0")) || bytes_equal(value, BYTES_LIT("false"))
               ? BYTES_LIT("FALSE")
               : value;
}

/* What cannot be read as its type says comes out as the file has it. */
static int close_cell(struct sheet *sheet, struct book_fail fail)
{
    struct bytes value = buf_bytes(&sheet->value), text = value;
    char number[BOOK_NUMBER_BYTES];
    size_t len = 0;
    int rc = OK;
    if (value.len == 0)
        return OK;
    enum book_look look = book_styles_look(sheet->words->styles, sheet->style);
    switch (sheet->type) {
    case AS_SHARED:
        text = BYTES_NONE;
        rc = shared_text(sheet, value, &text, fail);
        break;
    case AS_TEXT:
        text.len = book_text_decode(sheet->value.ptr, value.len);
        break;
    case AS_BOOLEAN:
        text = boolean_text(bytes_trim(value));
        break;
    case AS_NUMBER:
        len = book_number_write(value, look, sheet->words->from_1904, number);
        break;
    case AS_ISO_DATE:
        len = book_iso_write(value, look, number);
        break;
    case AS_ERROR:
        break;
    }
    if (len > 0)
        text = (struct bytes){number, len};
    return rc == OK ? book_row_add(&sheet->row, sheet->column, text, fail) : rc;
}

static int on_close(void *context, int place, struct book_fail fail)
{
    struct sheet *sheet = context;
    if (place == CELL)
        return close_cell(sheet, fail);
    return place == ROW ? book_row_end(&sheet->row, sheet->row_number, fail) : OK;
}

int book_sheet_read(struct book_zip *zip, struct bytes part, const struct book_words *words,
                    book_text_cb on_text_piece, void *context, struct book_fail fail)
{
    struct sheet sheet = {.words = words};
    struct book_xml_reader reader = {places, PLACES, on_open, on_text, on_close, &sheet};
    book_row_init(&sheet.row, on_text_piece, context);
    buf_init(&sheet.value, BOOK_MAX_CELL_BYTES);
    int rc = book_xml_read(zip, part, &reader, fail);
    if (rc == OK)
        rc = book_row_finish(&sheet.row, fail);
    buf_deinit(&sheet.value);
    book_row_deinit(&sheet.row);
    return rc;
}
