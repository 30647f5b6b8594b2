#ifndef PINGYI_IMPORTERS_OUTCOME_READER_H
#define PINGYI_IMPORTERS_OUTCOME_READER_H

#include "base/moment.h"
#include "base/zone.h"

#include "importers/dump.h"

#include "scoring/composite.h"
#include "scoring/outcome.h"

/* A file of outcomes (DESIGN.md 7.2) to records: same encodings, delimiters and damage as work orders. Columns,
 * by their English or Chinese names in any order: order_no 工单编号…, called_at 拨打时间, caller 话务员, disposition 访问结果,
 * resolved 是否解决, satisfaction 满意度, reason 原因, comment 备注; order_no and disposition are required, others are
 * named as ignored. Thread: one owner. */

struct outcome_record {
    int64_t line;          /* of its first physical line */
    struct bytes order_no; /* NFC, as dumps' are */
    struct moment called;  /* MOMENT_NONE: not said */
    struct bytes caller, reason, comment;
    struct bytes code; /* AAPOR's */
    enum outcome_group group;
    enum resolution_answer resolved; /* RESOLUTION_MISSING: empty, 说不清, refused */
    bool still_open;                 /* 正在解决: RESOLUTION_NO, shown apart */
    int satisfaction;                /* SATISFACTION_MISSING, 1 to 5 */
};

/* A row that could not be taken. Reasons: missing_order_no, bad_time, missing_disposition, unknown_disposition,
 * unknown_resolved, unknown_satisfaction, answered_ineligible, too_few_cells, too_many_cells, undecodable, and,
 * by the caller, not_drawn, before_order, after_now. */
struct outcome_reject {
    int64_t line;
    struct bytes reason;
    struct bytes header; /* of the guilty column; empty: none */
    const struct bytes *cells;
    size_t cell_count;
};

struct outcome_sink {
    int (*on_header)(void *context, const struct bytes *cells, size_t count, struct err *err);
    int (*on_record)(void *context, const struct outcome_record *record, const struct bytes *cells,
                     size_t cell_count, struct err *err);
    int (*on_reject)(void *context, const struct outcome_reject *reject, struct err *err);
    void *context;
};

struct outcome_counts {
    int64_t rows, rejected;
};

/* Push reader on dump.h: outcome_reader_new -> feed ... feed -> finish. Bare days and times without offset are
 * of `zone`. A file without the required columns is ERR_REFUSED with REFUSAL of dump's kinds or the missing
 * column in the message; after a failure only free may follow. */
struct outcome_reader;
int outcome_reader_new(const struct dump_options *options, const struct zone *zone,
                       struct outcome_sink sink, struct outcome_reader **out_reader,
                       struct err *err);
void outcome_reader_free(struct outcome_reader *reader); /* accepts NULL */
int outcome_reader_feed(struct outcome_reader *reader, struct bytes bytes, struct err *err);
int outcome_reader_finish(struct outcome_reader *reader, struct err *err);
enum refusal outcome_reader_refusal(const struct outcome_reader *reader);
struct outcome_counts outcome_reader_counts(const struct outcome_reader *reader);

#endif
