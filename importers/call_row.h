#ifndef PINGYI_IMPORTERS_CALL_ROW_H
#define PINGYI_IMPORTERS_CALL_ROW_H

#include "importers/row.h"

/* One row of a list of calls -> one call, or the reason why not. A duration is seconds (75, 75秒), M:SS, H:MM:SS, or
 * 1时2分3秒 with what it has of these. Exchanges write a 0 or 9 and the like before a mobile number: what stands before
 * the last eleven digits is dropped if they are one. Thread: one owner at a time. */

enum { CALL_SECONDS_MAX = 86400 };

/* As row_read. The bytes of *out_call are those of the row and of the reader. */
int call_row_read(struct row_reader *reader, const struct table_row *row,
                  struct call_record *out_call, bool *out_taken, enum reject_reason *out_reason,
                  enum field *out_field, struct err *err);

/* False when it is no duration, or more than CALL_SECONDS_MAX. */
bool call_duration_read(struct bytes text, int64_t *out_seconds);

#endif
