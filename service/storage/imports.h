#ifndef PINGYI_SERVICE_STORAGE_IMPORTS_H
#define PINGYI_SERVICE_STORAGE_IMPORTS_H

#include "service/storage/store.h"

/* Imports, their rejects and flags. Needs an open transaction. Bytes given out stay valid until the next call. */

struct import_counts {
    int64_t rows, accepted, updated, unchanged, rejected;
    int64_t contradictions, bad_dates, flag_disagreements;
    int64_t oldest_received_utc, newest_event_utc; /* 0: none */
};

struct import_row {
    int64_t id;
    struct bytes state; /* loading, loaded, undone */
    struct bytes file_name, profile, encoding, delimiter;
    unsigned char sha256[32], profile_sha256[32];
    int64_t header_line;
    int64_t extracted_utc, started_utc, loaded_utc, undone_utc; /* 0: not yet */
    int64_t first_order_id, end_order_id;
    struct import_counts counts;
};

/* Begin: stores the row in state loading; fills id and first_order_id. ERR_BUSY while another import is loading. */
int import_put_loading(struct store *store, struct import_row *row, struct err *err);
/* End: delimiter, header_line, counts, end_order_id, state loaded. */
int import_put_loaded(struct store *store, const struct import_row *row, struct err *err);

/* The loaded import of the same bytes and profile. ERR_NOT_FOUND. */
int import_find(struct store *store, const unsigned char sha256[32],
                const unsigned char profile_sha256[32], struct import_row *out, struct err *err);
int import_get(struct store *store, int64_t id, struct import_row *out, struct err *err);
typedef int (*import_cb)(void *context, const struct import_row *row, struct err *err);
int imports_each(struct store *store, import_cb on_import, void *context,
                 struct err *err); /* oldest first */

/* Names that meant no unit when the import was loaded, and how many of its records used them. */
int import_unmatched_put(struct store *store, int64_t import_id, struct bytes name, int64_t records,
                         struct err *err);
typedef int (*import_unmatched_cb)(void *context, struct bytes name, int64_t records,
                                   struct err *err);
int import_unmatched_each(struct store *store, int64_t import_id, import_unmatched_cb on_name,
                          void *context, struct err *err); /* by name */

/* The id of an import that is loading, 0 if none. */
int import_loading(struct store *store, int64_t *out_id, struct err *err);

/* Remove all that a loading import left. At most `limit` orders a call; *out_done when nothing is left. */
int import_clear(struct store *store, int64_t id, int64_t limit, bool *out_done, struct err *err);

/* Handlings that a loaded import added or changed, or whose order it told to repeat another one: ids ascending, each
 * once. */
typedef int (*handling_id_cb)(void *context, int64_t handling_id, struct err *err);
int import_touched_each(struct store *store, int64_t import_id, handling_id_cb on_handling,
                        void *context, struct err *err);

/* The newest loaded import that named an order of `id` later, 0 if none; and a round that froze one, empty if none:
 * both stand in the way of an undo. */
int import_blocked_by(struct store *store, int64_t id, int64_t *out_import_id,
                      struct bytes *out_round, struct err *err);
/* Take the import back: its orders and added handlings go, what it changed is as before, state undone. */
int import_undo(struct store *store, int64_t id, int64_t now_utc, struct err *err);

int reject_put(struct store *store, int64_t import_id, int64_t reject_id, int64_t line,
               struct bytes reason, struct bytes header, struct bytes sealed, struct err *err);
/* Ids of rejects are given by the caller, because the sealed cells are bound to them: the next free one. */
int reject_next_id(struct store *store, int64_t *out_id, struct err *err);
typedef int (*reject_cb)(void *context, int64_t reject_id, int64_t line, struct bytes reason,
                         struct bytes header, struct bytes sealed, struct err *err);
int rejects_each(struct store *store, int64_t import_id, reject_cb on_reject, void *context,
                 struct err *err);

int record_flags_put(struct store *store, int64_t import_id, int64_t line, int64_t handling_id,
                     uint32_t flags, struct err *err);
typedef int (*record_flags_cb)(void *context, int64_t line, int64_t handling_id, uint32_t flags,
                               struct err *err);
/* Those of one import, or of one handling over all loaded imports (import_id 0). */
int record_flags_each(struct store *store, int64_t import_id, int64_t handling_id,
                      record_flags_cb on_flags, void *context, struct err *err);

#endif
