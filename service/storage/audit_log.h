#ifndef PINGYI_SERVICE_STORAGE_AUDIT_LOG_H
#define PINGYI_SERVICE_STORAGE_AUDIT_LOG_H

#include "service/storage/store.h"

/* Rows of the audit log; service/auth/audit.h chains them. Needs an open transaction. Bytes given out stay valid until
 * the next call of the same function. */
enum { AUDIT_MAC_BYTES = 32 };

struct audit_row {
    int64_t id, at_ms;
    struct bytes who, role, address, action, target, outcome, details;
    struct bytes mac; /* AUDIT_MAC_BYTES */
};

/* With its id: ERR_EXISTS. */
int audit_put_new(struct store *store, const struct audit_row *row, struct err *err);
/* The last row's id and mac, the anchor's when there is none, else 0 and zero bytes. ERR_CORRUPT: a mac has not its
 * length. */
int audit_last(struct store *store, int64_t *out_id, unsigned char out_mac[AUDIT_MAC_BYTES],
               struct err *err);
/* 0 and zero bytes without one. */
int audit_anchor_get(struct store *store, int64_t *out_id, unsigned char out_mac[AUDIT_MAC_BYTES],
                     struct err *err);
/* The mac of a row, or of the anchor: ERR_NOT_FOUND. */
int audit_get_mac(struct store *store, int64_t id, unsigned char out_mac[AUDIT_MAC_BYTES],
                  struct err *err);
int audit_anchor_store(struct store *store, int64_t id, struct bytes mac, int64_t at_utc,
                       struct err *err);

struct audit_filter {
    struct bytes who, action, target; /* empty: any; action also as a prefix ending in '.' */
    int64_t from_ms, to_ms;           /* 0: open; `to_ms` itself is out */
    int64_t after_id; /* oldest first: those above; newest first: those below; 0: from the end */
    bool newest_first;
    int64_t limit; /* 0: all */
};
typedef int (*audit_cb)(void *context, const struct audit_row *row, struct err *err);
int audit_each(struct store *store, const struct audit_filter *filter, audit_cb on_row,
               void *context, struct err *err);
/* Rows up to `last_id`. */
int audit_delete(struct store *store, int64_t last_id, struct err *err);

#endif
