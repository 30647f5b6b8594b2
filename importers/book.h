#ifndef PINGYI_IMPORTERS_BOOK_H
#define PINGYI_IMPORTERS_BOOK_H

#include "base/buf.h"
#include "base/err.h"

#include "importers/refusal.h"

/* Workbooks (.xlsx, .xlsm): a zip of XML parts, read in constant memory. Thread: one owner at a time.
 *
 * A sheet comes out as CSV text: UTF-8, comma, quoted where needed (doubled quotes), LF; one record a row of the sheet, so
 * record n is row n: rows that the sheet leaves out are blank lines; trailing empty cells are left out. Hidden rows and
 * columns are kept; of merged cells the first has the text, the others are empty.
 *
 * A cell is what a person reads in it, as exactly as the file has it:
 * - text: shared, inline or a formula's result; rich text without its runs' looks, phonetic hints left out; _x000D_ decoded
 * - number: shortest decimal that reads back as the same double; whole numbers of 1e15 and beyond, and any number with more
 *   than 15 significant digits that the file does not hold as text, in scientific form (2.02404021816581E+17): digits are
 *   lost and whoever needs them must see it
 * - number with a date style: 2024-04-02, 2024-04-02 18:16:58, or 18:16:58 for a time alone; 1900 or 1904 dates as the
 *   workbook says (1900-02-29 is no date: serials below 61 as Excel shows them); seconds rounded to the nearest
 * - boolean: TRUE, FALSE; error: its code (#N/A) */

enum {
    BOOK_MAX_PART_BYTES = 2000000000, /* unpacked, one part (int32 range) */
    BOOK_MAX_RATIO = 1000, /* unpacked to packed, beyond the first BOOK_RATIO_FREE_BYTES */
    BOOK_RATIO_FREE_BYTES = 64 * 1024 * 1024,
    BOOK_MAX_SHEETS = 1000,
    BOOK_MAX_ROWS = 1048576,
    BOOK_MAX_COLUMNS =
        16384, /* Excel's; columns beyond TABLE_MAX_CELLS make a row a reject later */
    BOOK_MAX_CELL_BYTES = 1024 * 1024,
    BOOK_MAX_STRINGS = 20000000, /* shared */
    BOOK_MAX_STYLES = 65536,
};

/* The file, and a place for what must not stay in memory (the shared strings). Functions return OK or a negative code. */
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

/* Open. ERR_REFUSED with `*out_refusal`: REFUSAL_ARCHIVE (a zip, but no workbook), REFUSAL_SPREADSHEET (.xlsb, .ods),
 * REFUSAL_BROKEN, REFUSAL_BOMB; ERR_NOMEM; what the functions of `file` return. `file` is copied, its context borrowed. */
int book_open(const struct book_file *file, struct book **out_book, enum refusal *out_refusal,
              struct err *err);
void book_free(struct book *book);

/* Sheets with cells, in the order of the tabs; charts and macro sheets are not counted. */
size_t book_sheet_count(const struct book *book);
struct bytes book_sheet_name(const struct book *book, size_t sheet); /* borrowed */

typedef int (*book_text_cb)(void *context, struct bytes text, struct err *err);

/* Write a sheet as CSV text, in pieces of some 64 KiB. A code of the sink other than OK ends the reading and comes back.
 * ERR_REFUSED as book_open. May be called again, for another sheet or the same. */
int book_read_sheet(struct book *book, size_t sheet, book_text_cb on_text, void *context,
                    enum refusal *out_refusal, struct err *err);

#endif
