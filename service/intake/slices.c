#include "service/intake/slices.h"

#include <time.h>

static void give_way(const struct slices *slices)
{
    struct timespec pause = {.tv_nsec = SERVED_PAUSE_MS * 1000000L};
    if (slices->is_served)
        (void)nanosleep(&pause, NULL);
}

/* A service may begin and end while an import runs. */
static int look_for_service(struct slices *slices, struct err *err)
{
    slices->is_served = datadir_is_served(slices->datadir);
    return store_relax_sync(slices->datadir->store, !slices->is_served, err);
}

int slices_open(struct slices *slices, struct err *err)
{
    struct store *store = slices->datadir->store;
    if (slices->should_stop != NULL && slices->should_stop(slices->stop_context))
        return err_set(err, ERR_CANCELED, "the import was canceled");
    if (store_in_transaction(store))
        return OK;
    int rc = look_for_service(slices, err);
    return rc == OK ? store_begin(store, err) : rc;
}

int slices_end(struct slices *slices, struct err *err)
{
    struct store *store = slices->datadir->store;
    slices->records = 0;
    if (slices->is_dry || !store_in_transaction(store))
        return OK;
    int rc = store_commit(store, err);
    if (rc == OK)
        give_way(slices);
    return rc;
}

int64_t slices_rows(const struct slices *slices)
{
    return slices->is_served ? SERVED_SLICE_RECORDS : SLICE_RECORDS;
}

int slices_count(struct slices *slices, int64_t records, struct err *err)
{
    slices->records += records;
    return slices->records >= slices_rows(slices) ? slices_end(slices, err) : OK;
}

int slices_open_last(struct slices *slices, struct err *err)
{
    int rc = slices_end(slices, err);
    if (rc == OK && !slices->is_dry)
        rc = store_relax_sync(slices->datadir->store, false, err);
    if (rc == OK && !slices->is_dry)
        rc = store_begin(slices->datadir->store, err);
    return rc;
}
