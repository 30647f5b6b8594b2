#ifndef PINGYI_SERVICE_STORAGE_CALL_RECORDS_H
#define PINGYI_SERVICE_STORAGE_CALL_RECORDS_H

#include "service/storage/store.h"

/* The telephone company's lists of calls (话单), held against dials; and packages of cases given to contractors. Needs
 * an open transaction. Bytes given out stay valid until the next call on the store. */

struct call_record_file_row {
    int64_t id;
    struct bytes file_name, sha256;
    int64_t imported_utc;
    struct bytes who;
    int64_t rows, matched, unmatched, rejected;
};
/* Fills id. ERR_EXISTS: the same bytes were loaded. */
int call_record_file_put_new(struct store *store, struct call_record_file_row *row,
                             struct err *err);
int call_record_file_put_counts(struct store *store, const struct call_record_file_row *row,
                                struct err *err);
typedef int (*call_record_file_cb)(void *context, const struct call_record_file_row *row,
                                   struct err *err);
int call_record_files_each(struct store *store, call_record_file_cb on_file, void *context,
                           struct err *err); /* newest first */

struct call_record_row {
    int64_t id, file_id, line;
    int64_t phone_key;
    struct bytes sealed; /* the number, as row `id` */
    int64_t started_utc, seconds;
    struct bytes line_name;
    int64_t
        dial_id; /* 0: matches none; CALL_RECORD_AGAIN: none, and an earlier record is of the same call */
};
enum { CALL_RECORD_AGAIN = -1 };
/* The id that the next record will have, to seal it with. */
int call_record_next_id(struct store *store, int64_t *out_id, struct err *err);
int call_record_put_new(struct store *store, struct call_record_row *row, struct err *err);
/* The dial of that number without a record yet whose start lies nearest to `at_utc`, at most `within_s` away.
 * ERR_NOT_FOUND. */
int call_record_find_dial(struct store *store, int64_t phone_key, int64_t at_utc, int64_t within_s,
                          int64_t *out_dial_id, struct err *err);
/* The first record of a call of that number at that second. ERR_NOT_FOUND. */
int call_record_find_first(struct store *store, int64_t phone_key, int64_t started_utc,
                           int64_t *out_id, int64_t *out_dial_id, struct err *err);
/* ERR_NOT_FOUND. */
int call_record_put_dial(struct store *store, int64_t id, int64_t dial_id, struct err *err);
typedef int (*call_record_cb)(void *context, const struct call_record_row *row, struct err *err);
int call_records_each_unmatched(struct store *store, int64_t after_id, int64_t limit,
                                call_record_cb on_record, void *context, struct err *err);
int call_records_each_unmatched_newest(struct store *store, int64_t limit, call_record_cb on_record,
                                       void *context, struct err *err);
int call_records_count_unmatched(struct store *store, int64_t *out, struct err *err);

/* From when to when the calls of each file began, by the first of them, and when it was loaded. */
typedef int (*call_record_span_cb)(void *context, int64_t from_utc, int64_t to_utc,
                                   int64_t imported_utc, struct err *err);
int call_record_spans_each(struct store *store, call_record_span_cb on_span, void *context,
                           struct err *err);

/* Ended dials of a campaign, checkers' too, that began between two instants and that no record matches; by id. team_id
 * is the account's. */
struct unmatched_dial {
    int64_t dial_id, case_id, account_id;
    struct bytes account_name, code;
    int64_t team_id;
    int64_t recheck_id; /* 0: an attempt of the case */
    int64_t started_utc, ended_utc;
};
typedef int (*unmatched_dial_cb)(void *context, const struct unmatched_dial *dial, struct err *err);
int dials_each_unmatched(struct store *store, int64_t campaign_id, int64_t from_utc, int64_t to_utc,
                         int64_t after_id, int64_t limit, unmatched_dial_cb on_dial, void *context,
                         struct err *err);

/* Ended dials of a campaign by the team's people, checkers' too, that began between two instants. */
int dials_count_of_team(struct store *store, int64_t team_id, int64_t campaign_id, int64_t from_utc,
                        int64_t to_utc, int64_t *out_dials, struct err *err);

struct package_row {
    int64_t id, campaign_id, team_id;
    struct bytes team_name; /* filled by reading */
    struct bytes mark;
    int64_t cases;
    int64_t made_utc;
    struct bytes made_by;
    int64_t until_day;
    int64_t out; /* filled by packages_each: cases that nothing has come back of */
};
int package_put_new(struct store *store, struct package_row *row, struct err *err); /* fills id */
int package_get_by_mark(struct store *store, struct bytes mark, struct package_row *out,
                        struct err *err);
int package_case_put(struct store *store, int64_t package_id, int64_t case_id, struct err *err);
typedef int (*package_case_cb)(void *context, int64_t case_id, struct err *err);
int package_cases_each(struct store *store, int64_t package_id, package_case_cb on_case,
                       void *context, struct err *err); /* by id */
/* The last one that has the case. ERR_NOT_FOUND. */
int package_get_of_case(struct store *store, int64_t case_id, struct package_row *out,
                        struct err *err);
/* The package calls the drawn order CASE-NO. ERR_REFUSED: it does not have the case. */
int package_order_put(struct store *store, int64_t package_id, int64_t case_id, int64_t no,
                      int64_t drawn_id, struct err *err);
/* The number of the order that the package calls so. ERR_NOT_FOUND. */
int package_order_get(struct store *store, int64_t package_id, int64_t case_id, int64_t no,
                      struct bytes *out_order_no, struct err *err);
typedef int (*package_cb)(void *context, const struct package_row *row, struct err *err);
int packages_each(struct store *store, int64_t campaign_id, package_cb on_package, void *context,
                  struct err *err);

#endif
