#include "service/rounds/requests.h"

#include "base/alloc.h"

#include "service/storage/orders.h"

#include <stdlib.h>

enum { REQUESTS_FIRST_CAPACITY = 16 };

struct gathering {
    struct store *store;
    struct requests requests;
    size_t capacity;
};

/* An import that was taken back and loaded again has given its orders other ids. Of an order that is gone nothing is
 * found, and nothing has to be. */
static int follow_order(struct store *store, struct bytes order_no, int64_t *handling_id,
                        struct err *err)
{
    struct order_row order;
    struct err gone = {0};
    int rc = order_get(store, order_no, &order, &gone);
    if (rc == ERR_NOT_FOUND)
        return OK;
    if (rc != OK) {
        *err = gone;
        return rc;
    }
    *handling_id = order.id * HANDLINGS_AN_ORDER + *handling_id % HANDLINGS_AN_ORDER;
    return OK;
}

static int on_exclusion(void *context, const struct exclusion_row *row, struct err *err)
{
    struct gathering *gathering = context;
    struct requests *requests = &gathering->requests;
    bool all = bytes_equal(row->effect, BYTES_LIT("all"));
    struct request request = {
        .handling_id = row->handling_id,
        .leaves_on_time = all || bytes_equal(row->effect, BYTES_LIT("on_time")),
        .leaves_draw = all || bytes_equal(row->effect, BYTES_LIT("draw")),
    };
    if (!bytes_equal(row->state, BYTES_LIT("approved")))
        return OK;
    if (!request.leaves_on_time && !request.leaves_draw)
        return err_set(err, ERR_CORRUPT, "exclusion %lld has the effect \"" BYTES_FMT "\"",
                       (long long)row->id, BYTES_ARG(row->effect));
    if (requests->count == gathering->capacity) {
        size_t capacity =
            gathering->capacity > 0 ? gathering->capacity * 2 : REQUESTS_FIRST_CAPACITY;
        struct request *rows = mem_realloc(requests->rows, size_multiply(capacity, sizeof *rows));
        if (rows == NULL)
            return err_set(err, ERR_NOMEM, "could not hold %zu exclusions", capacity);
        requests->rows = rows;
        gathering->capacity = capacity;
    }
    int rc = follow_order(gathering->store, row->order_no, &request.handling_id, err);
    if (rc == OK)
        requests->rows[requests->count++] = request;
    return rc;
}

static int compare(const void *a, const void *b)
{
    int64_t left = ((const struct request *)a)->handling_id;
    int64_t right = ((const struct request *)b)->handling_id;
    return (left > right) - (left < right);
}

int requests_load(struct store *store, int64_t round_id, struct requests *out, struct err *err)
{
    struct gathering gathering = {.store = store};
    int rc = exclusions_each(store, round_id, on_exclusion, &gathering, err);
    if (rc != OK) {
        requests_deinit(&gathering.requests);
        return rc;
    }
    if (gathering.requests.count > 0)
        qsort(gathering.requests.rows, gathering.requests.count, sizeof *gathering.requests.rows,
              compare);
    *out = gathering.requests;
    return OK;
}

void requests_deinit(struct requests *requests)
{
    mem_free(requests->rows);
    *requests = (struct requests){0};
}

struct request requests_find(const struct requests *requests, int64_t handling_id)
{
    struct request wanted = {.handling_id = handling_id};
    const struct request *found =
        requests->count > 0
            ? bsearch(&wanted, requests->rows, requests->count, sizeof wanted, compare)
            : NULL;
    return found != NULL ? *found : (struct request){0};
}
