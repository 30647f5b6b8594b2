#ifndef PINGYI_IMPORTERS_BOOK_STRINGS_H
#define PINGYI_IMPORTERS_BOOK_STRINGS_H

#include "importers/book_zip.h"

/* The strings that a workbook's cells share: kept in the scratch store, some MiB of them in memory. Thread: one
 * owner. */
struct book_strings;

/* Read the part into the store of `file`, which is copied and must be empty; an empty name makes no strings.
 * REFUSAL_BOMB beyond BOOK_MAX_STRINGS or BOOK_MAX_CELL_BYTES; ERR_NOMEM; as book_xml_read and file->keep. */
int book_strings_load(struct book_zip *zip, struct bytes part, const struct book_file *file,
                      struct book_strings **out_strings, struct book_fail fail);
void book_strings_free(struct book_strings *strings);

/* String `index`, borrowed until the next call. REFUSAL_BROKEN: there is none; ERR_NOMEM; what file->recall says. */
int book_strings_get(struct book_strings *strings, int64_t index, struct bytes *out_text,
                     struct book_fail fail);

#endif
