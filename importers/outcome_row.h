#ifndef PINGYI_IMPORTERS_OUTCOME_ROW_H
#define PINGYI_IMPORTERS_OUTCOME_ROW_H

#include "importers/row.h"

/* One row of a file of outcomes -> one outcome, or the reason why not. Thread: one owner at a time. */

/* As row_read; `cells` are left to the caller. */
int outcome_row_read(struct row_reader *reader, const struct table_row *row,
                     struct outcome_record *out_outcome, bool *out_taken,
                     enum reject_reason *out_reason, enum field *out_field, struct err *err);

#endif
