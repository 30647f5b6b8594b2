#ifndef PINGYI_IMPORTERS_BOOK_STYLES_H
#define PINGYI_IMPORTERS_BOOK_STYLES_H

#include "importers/book_number.h"
#include "importers/book_zip.h"

/* A workbook's styles, as far as they tell dates from numbers. Thread: one owner, then any. */
struct book_styles;

/* Read the part; an empty name makes styles that know no date. REFUSAL_BOMB beyond BOOK_MAX_STYLES; ERR_NOMEM; as
 * book_xml_read. */
int book_styles_load(struct book_zip *zip, struct bytes part, struct book_styles **out_styles,
                     struct book_fail fail);
void book_styles_free(struct book_styles *styles);

/* By a cell's style number; LOOK_NUMBER for one that is not there. */
enum book_look book_styles_look(const struct book_styles *styles, int64_t style);

#endif
