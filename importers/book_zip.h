#ifndef PINGYI_IMPORTERS_BOOK_ZIP_H
#define PINGYI_IMPORTERS_BOOK_ZIP_H

#include "importers/book.h"

/* The zip around a workbook: its parts by name, one read at a time, with the limits of book.h. Thread: one owner. */

/* Where a failure of reading a workbook is told; `refusal` is written only with ERR_REFUSED. */
struct book_fail {
    enum refusal *refusal;
    struct err *err;
};

/* ERR_REFUSED, for `refusal`; `why` in English, for the log. */
int book_refuse(struct book_fail fail, enum refusal refusal, const char *why);

enum { BOOK_MAX_PARTS = 65536 }; /* pictures and the like are counted too */

struct book_zip;

/* REFUSAL_BROKEN: the directory of parts cannot be read; REFUSAL_BOMB: too many; ERR_NOMEM; what file->read_at
 * says. */
int book_zip_open(const struct book_file *file, struct book_zip **out_zip, struct book_fail fail);
void book_zip_free(struct book_zip *zip);

/* Names are compared as OPC says: case does not matter, / and \ are one, none at the start. */
bool book_zip_has(const struct book_zip *zip, struct bytes name);

/* Begin to read a part; one that was begun before is left. REFUSAL_BROKEN: it is not there; REFUSAL_LOCKED:
 * encrypted; REFUSAL_BOMB: its size is beyond BOOK_MAX_PART_BYTES. */
int book_zip_begin(struct book_zip *zip, struct bytes name, struct book_fail fail);

/* Up to `len` unpacked bytes of the part; *out_got 0 only at its end, when size and CRC were as they should. */
int book_zip_read(struct book_zip *zip, char *ptr, size_t len, size_t *out_got,
                  struct book_fail fail);

/* Leave the part that was begun, if any, wherever its reading stands. */
void book_zip_leave(struct book_zip *zip);

#endif
