#ifndef PINGYI_IMPORTERS_PHONE_H
#define PINGYI_IMPORTERS_PHONE_H

#include "base/bytes.h"

enum { PHONE_MAX_BYTES = 16 };

/* The first mobile number of a cell, else its first other number, as digits without +86: 13800138000, 07781234567,
 * 2282345. Several numbers may stand in the cell; spaces and hyphens inside a number do not matter, extensions are
 * dropped. Empty when there is none, or when it is masked (138****8000). The result lies in `out`. Thread: any. */
struct bytes phone_read(struct bytes cell, char out[PHONE_MAX_BYTES]);

#endif
