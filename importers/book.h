#ifndef PINGYI_IMPORTERS_BOOK_H
#define PINGYI_IMPORTERS_BOOK_H

#include "base/buf.h"
#include "base/err.h"

#include "importers/refusal.h"

/* Workbooks (.xlsx, .xlsm): a zip of XML parts, read in constant memory. Thread: one owner at a time.
 *
 * A sheet comes out as CSV text: UTF-8, comma, quoted where needed (doubled quotes), LF; one record a row of the
 * sheet, so record n is row n: rows that the sheet leaves out are blank lines; trailing empty cells are left
 * out. Hidden rows and columns are kept; of merged cells the first has the text, the others are empty.
 *
 * A cell is what a person reads in it, as exactly as the file has it:
 * - text: shared, inline or a formula's result; rich text without its runs' looks, phonetic hints left out;
 *   _x000D_ decoded
 * - number: 15 significant digits, as Excel shows (0.1 where the file has 0.10000000000000001), plain; from 1e15
 *   on, where a double's whole numbers go beyond 15 digits, and below 1e-5 in scientific form
 *   (2.02404021816581E+17): digits may be lost and whoever needs them must see it
 * - number with a date style: 2024-04-02, 2024-04-02 18:16:58, or 18:16:58 for a time alone; what the style
 *   hides of a date or a time is shown, elapsed hours ([h]:mm) go beyond 24; 1900 or 1904 dates as the workbook
 *   says (1900-02-29 is no date: serials below 61 as Excel shows them); seconds rounded to the nearest; a serial
 *   that is no date stays a number
 * - boolean: TRUE, FALSE; error: its code (#N/A); what cannot be read as its type says: as the file has it
 *
 * What contradicts itself is refused as REFUSAL_BROKEN, also when text has been written already: rows out of
 * order or repeated, two texts for one cell, a cell or a row beyond Excel's last, a string or a part that is not
 * there, a check sum that differs, XML that is not well-formed or declares a document type. Tolerated are cells
 * out of order within their row, rows and cells without their place (the next one), and a list of shared strings
 * that is named but missing. */

enum {
    BOOK_MAX_PART_BYTES = 2000000000, /* unpacked, one part (int32 range) */
    BOOK_MAX_RATIO = 1000, /* unpacked to packed, beyond the first BOOK_RATIO_FREE_BYTES */
    BOOK_RATIO_FREE_BYTES = 64 * 1024 * 1024,
    BOOK_MAX_SHEETS = 1000,
    BOOK_MAX_ROWS = 1048576,
    BOOK_MAX_COLUMNS =
        16384, /* Excel's; columns beyond TABLE_MAX_CELLS make a row a reject later */
    BOOK_MAX_CELL_BYTES = 1024 * 1024,
    BOOK_MAX_ROW_BYTES = 16 * 1024 * 1024, /* the texts of one row */
    BOOK_MAX_TEXT_BYTES =
        2000000000, /* written, one sheet: a short cell can mean a long shared string */
    BOOK_MAX_STRINGS = 20000000, /* shared */
    BOOK_MAX_STYLES = 65536,
};

/* The file, and a place for what must not stay in memory (the shared strings), empty when a book is opened.
 * Functions return OK or a negative code. */
struct book_file {
    int64_t size_bytes;
    int (*read_at)(void *context, int64_t offset, char *ptr, size_t len,
                   struct err *err); /* all of `len` */
    int (*keep)(void *context, struct bytes bytes,
                struct err *err); /* append to the scratch store */
    int (*recall)(void *context, int64_t offset, char *ptr, size_t len,
                  struct err *err); /* from it */
    void *context;
};

struct book;

/* Open. ERR_REFUSED with `*out_refusal`: REFUSAL_ARCHIVE (a zip, but no workbook), REFUSAL_SPREADSHEET (.xlsb,
 * .ods), REFUSAL_BROKEN, REFUSAL_LOCKED, REFUSAL_BOMB (beyond a limit above); ERR_NOMEM; what the functions of
 * `file` return. `file` is copied, its context borrowed. */
int book_open(const struct book_file *file, struct book **out_book, enum refusal *out_refusal,
              struct err *err);
void book_free(struct book *book);

/* Sheets with cells, hidden ones too, in the order of the tabs; charts and macro sheets are not counted. */
size_t book_sheet_count(const struct book *book);
struct bytes book_sheet_name(const struct book *book, size_t sheet); /* borrowed */

typedef int (*book_text_cb)(void *context, struct bytes text, struct err *err);

/* Write a sheet as CSV text, in pieces of some 64 KiB. A code of the sink other than OK ends the reading and
 * comes back. ERR_REFUSED as book_open. May be called again, for another sheet or the same. */
int book_read_sheet(struct book *book, size_t sheet, book_text_cb on_text, void *context,
                    enum refusal *out_refusal, struct err *err);

#endif
