#ifndef PINGYI_SERVICE_STORAGE_STAND_H
#define PINGYI_SERVICE_STORAGE_STAND_H

#include "service/storage/store.h"

/* A number that every transaction moves which writes what results are counted from, whoever makes it: two snapshots of
 * one stand give the same figures. Accounts, receipts, the audit log and the slices of an unfinished import leave it as
 * it is. Within a transaction it is that of its snapshot. Needs an open transaction. */
int stand_get(struct store *store, int64_t *out, struct err *err);

#endif
