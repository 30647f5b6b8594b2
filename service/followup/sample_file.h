#ifndef PINGYI_SERVICE_FOLLOWUP_SAMPLE_FILE_H
#define PINGYI_SERVICE_FOLLOWUP_SAMPLE_FILE_H

#include "base/arena.h"

#include "service/intake/document.h"

/* A sample drawn elsewhere, as a table with a column of order numbers (order_no, 工单编号). Rows that a column `part`
 * calls reserve or rest are none of it: our own list of a draw is adopted as its sample. Thread: one owner. */
struct sample_file {
    struct bytes *order_nos; /* in the file's order, in NFC */
    size_t count;
};

/* Memory is the arena's. ERR_REFUSED with `*out_refusal`: no table that can be read, or none with such a column
 * (REFUSAL_MISSING_COLUMN), or without rows (REFUSAL_EMPTY). ERR_FORMAT names the line of a row without a number.
 * `spool_dir` as in document_open, whose errors come too. */
int sample_file_read(const char *path, const char *spool_dir, struct arena *arena,
                     struct sample_file *out, enum refusal *out_refusal, struct err *err);

#endif
