#ifndef PINGYI_SERVICE_FOLLOWUP_CALL_LIST_H
#define PINGYI_SERVICE_FOLLOWUP_CALL_LIST_H

#include "importers/reader.h"

#include "service/host/datadir.h"
#include "service/rounds/lifecycle.h"
#include "service/storage/call_records.h"

/* The telephone company's list of calls (话单) held against the dials of the service: a dial without a record was
 * perhaps never made, a record without a dial was made beside the service. Numbers lie sealed and blind-indexed. Needs
 * an open transaction. Thread: that of the store. */

enum {
    CALL_LIST_ROWS_MAX = 500 * 1000, /* of one file */
    CALL_LIST_WITHIN_S =
        120, /* the clocks of exchange and service, and the time it takes to dial */
    CALL_LIST_NAMED_REJECTS = 50
};

struct call_list_result {
    struct call_record_file_row counts; /* its texts are not filled */
    bool is_already_loaded; /* the same bytes: nothing changed, the counts are those of then */
    enum refusal refusal;   /* with ERR_REFUSED */
    struct {
        int64_t line;
        enum reject_reason reason;
    } named[CALL_LIST_NAMED_REJECTS]; /* the first rejects */
    int named_count;
};

/* Load the file at `path`, all of it or, after an error, nothing (the caller rolls back): in constant memory. Each call
 * is matched to one dial of its number at most, each dial to one call: first those that began within seconds of each
 * other, then the nearest within CALL_LIST_WITHIN_S. A call (number and second) that is listed twice, in one list or in
 * two that overlap, is one. ERR_REFUSED: no list of calls; out->refusal says why. ERR_LIMIT:
 * it has more than CALL_LIST_ROWS_MAX rows. */
int call_list_load(const struct datadir *datadir, struct store *store, const char *path,
                   struct bytes file_name, const struct actor *actor, struct call_list_result *out,
                   struct err *err);

/* Ended dials of the campaign without a record, on days of which a list was loaded (whole days of the office's zone,
 * the last one until it was loaded): of the others nothing can be said. */
int call_list_dials_each(struct store *store, int64_t campaign_id, unmatched_dial_cb on_dial,
                         void *context, struct err *err);
/* How many ended dials, with a record and without, the team's people have on those days. */
int call_list_dials_count(struct store *store, int64_t campaign_id, int64_t team_id,
                          int64_t *out_dials, struct err *err);

#endif
