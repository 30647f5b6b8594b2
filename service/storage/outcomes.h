#ifndef PINGYI_SERVICE_STORAGE_OUTCOMES_H
#define PINGYI_SERVICE_STORAGE_OUTCOMES_H

#include "base/moment.h"

#include "service/storage/store.h"

/* Attempts (拨打记录) on drawn orders, and the files they came in. Needs an open transaction. Bytes given out stay valid
 * until the next call on the store. */

struct outcome_file_row {
    int64_t id;
    int64_t round_id, draw_no;
    struct bytes file_name;
    struct bytes sha256; /* 32 bytes */
    int64_t imported_utc;
    struct bytes who;
    int64_t rows, accepted, updated, unchanged, rejected;
    struct bytes kind; /* file (put when empty), service, correction */
    struct bytes why;  /* of a correction */
};
/* Fills id. */
int outcome_file_put_new(struct store *store, struct outcome_file_row *row, struct err *err);
int outcome_file_put_counts(struct store *store, const struct outcome_file_row *row,
                            struct err *err);
/* Of the service's own: `count` more rows that were taken. */
int outcome_file_add_accepted(struct store *store, int64_t id, int64_t count, struct err *err);
/* The last load of the same bytes into this draw. ERR_NOT_FOUND. */
int outcome_file_get_by_hash(struct store *store, int64_t round_id, int64_t draw_no,
                             struct bytes sha256, struct outcome_file_row *out, struct err *err);
typedef int (*outcome_file_cb)(void *context, const struct outcome_file_row *row, struct err *err);
int outcome_files_each(struct store *store, int64_t round_id, outcome_file_cb on_file,
                       void *context, struct err *err); /* oldest first, of all draws */

enum {
    ATTEMPTS_AN_ORDER = 4096
}; /* numbers are below it: row id of the seal is drawn_id * 4096 + no */

struct attempt_row {
    int64_t drawn_id;
    int64_t no;           /* from 1, as they came in */
    struct moment called; /* MOMENT_NONE: not said */
    int64_t caller_id;    /* terms; 0: not said */
    struct bytes code;    /* AAPOR's */
    int resolved;         /* enum resolution_answer */
    bool still_open;      /* 正在解决, which counts as no */
    int satisfaction;     /* 1 to 5; 0: missing */
    struct bytes sealed;  /* empty: nothing said */
    int64_t file_id;
};
int attempt_put_new(struct store *store, const struct attempt_row *row, struct err *err);
/* Rewrite the attempt of that order, time and number, keeping what stood there as a version. ERR_NOT_FOUND. */
int attempt_put_correction(struct store *store, const struct attempt_row *row, struct err *err);
typedef int (*attempt_cb)(void *context, const struct attempt_row *row, struct err *err);
/* By time, then as they came in. */
int attempts_each_of(struct store *store, int64_t drawn_id, attempt_cb on_attempt, void *context,
                     struct err *err);
int attempt_versions_each(struct store *store, int64_t drawn_id, attempt_cb on_version,
                          void *context, struct err *err); /* oldest first */

/* Every attempt of a draw, by drawn order, time and number, beside a walk over the drawn orders. `sealed` is not read.
 * *out_row->drawn_id is 0 at the end. The transaction must not end before the cursor is closed. */
struct attempt_cursor;
int attempts_open(struct store *store, int64_t round_id, int64_t draw_no,
                  struct attempt_cursor **out_cursor, struct err *err);
int attempts_next(struct attempt_cursor *cursor, struct attempt_row *out_row, struct err *err);
void attempts_close(struct attempt_cursor *cursor); /* accepts NULL */

struct outcome_reject_row {
    int64_t id, file_id, line;
    struct bytes reason; /* its code */
    struct bytes header; /* of the guilty column; empty: none */
    struct bytes sealed; /* the row's cells, bound to the row's id */
};
/* The id that the next reject will have, to seal it with. */
int outcome_reject_next_id(struct store *store, int64_t *out_id, struct err *err);
int outcome_reject_put(struct store *store, const struct outcome_reject_row *row, struct err *err);
typedef int (*outcome_reject_cb)(void *context, const struct outcome_reject_row *row,
                                 struct err *err);
int outcome_rejects_each(struct store *store, int64_t file_id, outcome_reject_cb on_reject,
                         void *context, struct err *err); /* by line */

#endif
