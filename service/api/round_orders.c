#include "reports/words.h"

#include "service/api/call.h"
#include "service/api/handlers.h"
#include "service/api/subtree.h"
#include "service/rounds/scan.h"

/* From a unit's figures down to the single orders: which of them the round counts, and how each counts. A page is read
 * by going on with the round's own scan behind the last handling that was told. */

enum { PAGE = 100, REGISTER_MAX_BYTES = 64 * 1024 * 1024, NUMBER_KEPT_BYTES = 4 };

struct order_ask {
    struct bytes round, unit;
    int64_t after; /* a handling's id; 0: from the first */
};

struct order_item {
    int64_t handling_id;
    enum judgement judgement;
    enum frame_reason reason;
};

struct order_page {
    const struct scan *scan;
    struct bytes unit;
    struct order_item items[PAGE];
    size_t count;
};

/* ---- the scan ---- */

static int on_judged(void *context, const struct judged *judged, struct err *err)
{
    struct order_page *page = context;
    if (judged->ranked == UNIT_NONE ||
        !bytes_equal(page->scan->registered->units[judged->ranked].code, page->unit))
        return OK;
    page->items[page->count++] = (struct order_item){
        judged->row->handling_id,
        judged->verdict.judgement,
        scan_frame_reason(page->scan, judged),
    };
    return page->count < PAGE ? OK : err_set(err, ERR_CANCELED, "the page is full");
}

static int scan_page(struct store *store, const struct round_row *round,
                     const struct round_basis *basis, const struct unit_register *registered,
                     int64_t after, struct order_page *page, struct err *err)
{
    struct scan scan = {
        .store = store,
        .round = round,
        .basis = basis,
        .registered = registered,
        .from_id = after + 1,
        .on_judged = on_judged,
        .context = page,
    };
    int rc = facts_end_id(store, &scan.end_id, err);
    page->scan = &scan;
    if (rc == OK)
        rc = scan_init(&scan, err);
    if (rc == OK)
        rc = scan_run(&scan, err);
    scan_deinit(&scan);
    page->scan = NULL;
    return rc == ERR_CANCELED ? OK : rc;
}

static int load_page(struct store *store, const struct order_ask *ask, int64_t now_utc,
                     struct order_page *page, struct err *err)
{
    struct arena arena;
    struct round_row round;
    struct round_basis basis = {0};
    struct unit_register registered;
    arena_init(&arena, REGISTER_MAX_BYTES);
    int rc = round_get_kept(store, ask->round, &arena, &round, err);
    if (rc == OK && round.is_accumulated)
        rc = err_set(err, ERR_WRONG_STATE,
                     "round \"" BYTES_FMT "\" pools others, which tell of their orders",
                     BYTES_ARG(round.name));
    if (rc == OK)
        rc = round_basis_load(store, &round, BYTES_NONE, now_utc, &basis, err);
    if (rc == OK)
        rc = register_load_round(store, &round, &arena, &registered, err);
    if (rc == OK)
        rc = scan_page(store, &round, &basis, &registered, ask->after, page, err);
    round_basis_deinit(&basis);
    arena_deinit(&arena);
    return rc;
}

/* ---- the answer ---- */

/* Enough to tell two orders of a page apart, too little to find one elsewhere: `orders show` gives a number whole. */
static json_t *number_masked(struct bytes order_no)
{
    struct buf text;
    buf_init(&text, 2 * NUMBER_KEPT_BYTES + 16);
    if (order_no.len > 2 * NUMBER_KEPT_BYTES)
        buf_append(&text, (struct bytes){order_no.ptr, NUMBER_KEPT_BYTES});
    buf_append_z(&text, "****");
    if (order_no.len > NUMBER_KEPT_BYTES)
        buf_append(&text, (struct bytes){order_no.ptr + order_no.len - NUMBER_KEPT_BYTES,
                                         NUMBER_KEPT_BYTES});
    json_t *string = text.rc == OK ? json_bytes(buf_bytes(&text)) : NULL;
    buf_deinit(&text);
    return string;
}

static int append_item(struct store *store, const struct order_item *item, json_t *orders,
                       struct err *err)
{
    struct order_row order;
    int rc = order_get_by_id(store, item->handling_id / HANDLINGS_AN_ORDER, &order, err);
    if (rc != OK)
        return rc;
    enum judgement judgement = item->judgement;
    json_t *object = json_pack(
        "{s:I, s:o, s:b, s:b, s:b, s:s, s:s, s:b, s:s}", "id", (json_int_t)item->handling_id,
        "order_no", number_masked(order.order_no), "is_excluded",
        (int)judgement_is_excluded(judgement), "in_base", (int)judgement_in_base(judgement),
        "is_on_time", (int)judgement_is_on_time(judgement), "judgement", judgement_name(judgement),
        "why", judgement_sentence(judgement), "in_frame", item->reason == FRAME_IN, "frame_reason",
        frame_reason_name(item->reason));
    if (json_array_append_new(orders, object) != 0)
        return err_set(err, ERR_NOMEM, "could not list orders");
    return OK;
}

static int list(struct call *call, struct store *store, struct err *err)
{
    const struct order_ask *ask = call->input;
    struct order_page page = {.unit = ask->unit};
    bool may_see = false;
    int rc = subtree_has(store, &call->who, ask->unit, &may_see, err);
    if (rc == OK && !may_see)
        return call_refuse(call, 403, "own_units_only", "本账号只能查看本地区单位的工单。", err);
    if (rc == OK)
        rc = load_page(store, ask, call->now_utc, &page, err);
    json_t *orders = json_array();
    for (size_t i = 0; i < page.count && rc == OK; i++)
        rc = append_item(store, &page.items[i], orders, err);
    json_t *next =
        page.count == PAGE ? json_integer(page.items[PAGE - 1].handling_id) : json_null();
    if (rc == OK)
        rc = call_put_json(call, json_pack("{s:O, s:O}", "items", orders, "after", next), err);
    json_decref(next);
    json_decref(orders);
    return rc;
}

void round_orders_list(struct http_exchange *exchange)
{
    struct call *call = call_of(exchange);
    struct order_ask *ask = call_alloc(call, sizeof *ask);
    if (ask == NULL)
        return;
    *ask = (struct order_ask){.round = exchange_param(exchange, "id"),
                              .unit = exchange_param(exchange, "code")};
    call->input = ask;
    if (call_query_integer(call, "after", 1, INT64_MAX, &ask->after))
        call_read(call, list, NULL);
}
