#ifndef PINGYI_IMPORTERS_BOOK_TEXT_H
#define PINGYI_IMPORTERS_BOOK_TEXT_H

#include "base/bytes.h"

/* Texts of a workbook write characters that XML cannot hold as _xHHHH_, a UTF-16 unit: decode them where they
 * stand and return the new length, which is never more. What is no character (half a surrogate pair) stays as it
 * is written. Thread: any. */
size_t book_text_decode(char *ptr, size_t len);

#endif
