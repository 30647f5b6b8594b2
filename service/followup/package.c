#include "service/followup/package.h"

#include "base/alloc.h"
#include "base/civil.h"
#include "base/utf8.h"

#include "reports/csv.h"

#include "service/auth/random.h"
#include "service/followup/casework_room.h"
#include "service/intake/mask.h"
#include "service/intake/texts.h"
#include "service/storage/accounts.h"
#include "service/storage/draws.h"

#include <string.h>

enum {
    TEXTS_MAX_BYTES = 80 * 1024 * 1024, /* of one order */
    NAMES_MAX_BYTES = 4 * 1024 * 1024
};

struct packing {
    struct casework *work;
    struct store *store;
    const struct actor *actor;
    struct campaign campaign;
    struct arena arena;                          /* names of units */
    struct bytes unit_names[CAMPAIGN_UNITS_MAX]; /* by unit */
    struct package_row package;
    struct package_made made;
    struct buf plain, masked, numbers;
    struct buf *csv;
};

/* ---- names of units ---- */

static int on_draw_unit(void *context, const struct draw_unit_row *row, struct err *err)
{
    struct packing *packing = context;
    if (row->unit < 0 || row->unit >= CAMPAIGN_UNITS_MAX)
        return err_set(err, ERR_LIMIT, "unit %jd of a draw is beyond %d", (intmax_t)row->unit,
                       (int)CAMPAIGN_UNITS_MAX);
    packing->unit_names[row->unit] = arena_copy(&packing->arena, row->code);
    return packing->unit_names[row->unit].ptr != NULL
               ? OK
               : err_set(err, ERR_NOMEM, "no memory for the names of units");
}

/* In place of the code, where the round kept a name. */
static int on_round_unit(void *context, const struct round_unit_row *row, struct err *err)
{
    struct packing *packing = context;
    for (size_t i = 0; i < CAMPAIGN_UNITS_MAX; i++) {
        struct bytes *name = &packing->unit_names[i];
        if (name->ptr == NULL || !bytes_equal(*name, row->code))
            continue;
        *name = arena_copy(&packing->arena, row->name);
        return name->ptr != NULL ? OK : err_set(err, ERR_NOMEM, "no memory for names of units");
    }
    return OK;
}

/* ---- one order ---- */

/* A row is one line: contractors work with whatever reads CSV. */
static void put_in_one_line(struct packing *packing)
{
    for (size_t i = 0; i < packing->masked.len; i++) {
        char *byte = &packing->masked.ptr[i];
        *byte = *byte == '\r' || *byte == '\n' || *byte == '\t' ? ' ' : *byte;
    }
    buf_append_byte(packing->csv, ',');
    csv_cell_for_people(packing->csv, buf_bytes(&packing->masked));
}

struct order_list {
    struct arena arena; /* owns the numbers */
    struct case_order orders[CASE_ORDERS_MAX];
    size_t count;
};

/* Where the first number of the case's orders begins in `text`, its length if there is none. */
static size_t find_order_no(const struct order_list *list, struct bytes text, size_t *out_len)
{
    size_t first = text.len;
    *out_len = 0;
    for (size_t i = 0; i < list->count; i++) {
        struct bytes order_no = list->orders[i].order_no;
        size_t at = order_no.len > 0 ? bytes_find(text, order_no) : text.len;
        if (at < first || (at < text.len && at == first && order_no.len > *out_len)) {
            first = at;
            *out_len = order_no.len;
        }
    }
    return first;
}

/* The person's order numbers, where a text has them, are left out, other numbers are masked: before the text is cut,
 * for half a number is no number to whoever looks for one. */
static void put_text(struct packing *packing, struct bytes text, const struct order_list *list)
{
    struct bytes rest = text;
    size_t len = 0;
    buf_clear(&packing->masked);
    for (size_t at = find_order_no(list, rest, &len); at < rest.len;
         at = find_order_no(list, rest, &len)) {
        mask_numbers((struct bytes){rest.ptr, at}, &packing->masked);
        rest = (struct bytes){rest.ptr + at + len, rest.len - at - len};
    }
    mask_numbers(rest, &packing->masked);
    struct bytes tail = buf_bytes(&packing->masked);
    for (size_t i = 0; i < PACKAGE_TEXT_CHARACTERS && tail.len > 0; i++)
        (void)utf8_take(&tail);
    packing->masked.len -= tail.len;
    put_in_one_line(packing);
}

static const char *script_zh(enum script_kind kind)
{
    return kind == SCRIPT_CONSULT ? "咨询" : kind == SCRIPT_OVERDUE ? "尚未办结" : "普通";
}

static int read_texts(struct packing *packing, int64_t handling_id, struct texts *out,
                      struct err *err)
{
    struct sealer door = vault_sealer_door(packing->work->orders);
    struct order_row order;
    *out = (struct texts){.reply_end = 0};
    buf_clear(&packing->plain);
    int rc = order_get_by_id(packing->store, handling_id / HANDLINGS_AN_ORDER, &order, err);
    if (rc == OK && order.sealed.len > 0)
        rc = door.open(door.context, order.id, order.sealed, &packing->plain, err);
    return rc == OK && packing->plain.len > 0 ? texts_unpack(buf_bytes(&packing->plain), out, err)
                                              : rc;
}

static int put_order(struct packing *packing, int64_t case_id, int64_t no,
                     const struct order_list *list, struct err *err)
{
    const struct case_order *order = &list->orders[no - 1];
    struct store *store = packing->store;
    struct texts texts;
    struct fact_row fact;
    enum script_kind kind = SCRIPT_ORDINARY;
    char day[DAY_TEXT_BYTES];
    int judgement = 0;
    int64_t round_id = packing->campaign.row.round_id;
    int rc = package_order_put(store, packing->package.id, case_id, no, order->drawn_id, err);
    if (rc == OK)
        rc = casework_script(store, round_id, order->handling_id, &kind, err);
    if (rc == OK)
        rc = round_fact_get(store, round_id, order->handling_id, &fact, &judgement, err);
    if (rc == OK)
        day_format(zone_day(packing->campaign.hours->zone, fact.fact.received), day);
    if (rc == OK)
        rc = read_texts(packing, order->handling_id, &texts, err);
    if (rc != OK)
        return rc;
    buf_printf(packing->csv, "C%jd-%jd-%.*s,", (intmax_t)case_id, (intmax_t)no,
               (int)PACKAGE_CHECK_CHARACTERS, packing->made.head.mark);
    csv_cell_for_people(packing->csv, texts.citizen_name);
    buf_append_byte(packing->csv, ',');
    csv_cell(packing->csv, buf_bytes(&packing->numbers));
    buf_printf(packing->csv, ",%s,%s,", script_zh(kind), day);
    csv_cell_for_people(packing->csv, packing->unit_names[order->unit]);
    put_text(packing, texts.title, list);
    put_text(packing, texts.content, list);
    buf_append_z(packing->csv, ",,,,,,,,");
    csv_cell_for_people(packing->csv, packing->package.mark);
    buf_append_z(packing->csv, "\r\n");
    packing->made.orders++;
    return buf_status(packing->csv, err);
}

/* ---- one case ---- */

static int on_order(void *context, const struct case_order *order, struct err *err)
{
    struct order_list *list = context;
    if (list->count == CASE_ORDERS_MAX)
        return err_set(err, ERR_LIMIT, "a case has more than %d orders", (int)CASE_ORDERS_MAX);
    struct case_order *kept = &list->orders[list->count++];
    *kept = *order;
    kept->order_no = arena_copy(&list->arena, order->order_no);
    if (kept->order_no.ptr == NULL || order->unit < 0 || order->unit >= CAMPAIGN_UNITS_MAX)
        return err_set(err, ERR_NOMEM, "no memory for the orders of a case");
    return OK;
}

struct dialable {
    int64_t nos[CASE_NUMBERS_MAX], keys[CASE_NUMBERS_MAX];
    int count;
};

static int on_number(void *context, const struct case_number *row, struct err *err)
{
    struct dialable *dialable = context;
    (void)err;
    if (!row->is_dead && dialable->count < CASE_NUMBERS_MAX) {
        dialable->nos[dialable->count] = row->no;
        dialable->keys[dialable->count++] = row->phone_key;
    }
    return OK;
}

static int read_numbers(struct packing *packing, int64_t case_id, struct err *err)
{
    struct dialable dialable = {.count = 0};
    buf_clear(&packing->numbers);
    int rc = case_numbers_each(packing->store, case_id, on_number, &dialable, err);
    for (int i = 0; i < dialable.count && rc == OK; i++) {
        bool is_banned = false;
        rc = do_not_call_has(packing->store, dialable.keys[i], &is_banned, err);
        if (rc != OK || is_banned)
            continue;
        if (packing->numbers.len > 0)
            buf_append_z(&packing->numbers, "、");
        rc = number_open(packing->work, packing->store, case_id, dialable.nos[i], &packing->numbers,
                         err);
    }
    return rc == OK ? buf_status(&packing->numbers, err) : rc;
}

static int put_orders(struct packing *packing, const struct followup_case *row, struct err *err)
{
    struct order_list list = {.count = 0};
    arena_init(&list.arena, NAMES_MAX_BYTES);
    int rc = case_orders_each(packing->store, packing->campaign.row.round_id,
                              packing->campaign.row.draw_no, row->case_no, on_order, &list, err);
    for (size_t i = 0; i < list.count && rc == OK; i++)
        rc = put_order(packing, row->id, (int64_t)i + 1, &list, err);
    arena_deinit(&list.arena);
    return rc;
}

static int put_case(struct packing *packing, const struct followup_case *was, struct err *err)
{
    struct store *store = packing->store;
    struct followup_case row = *was;
    row.team_id = packing->package.team_id;
    int rc = was->team_id != row.team_id ? case_change(store, ACT_ASSIGN, was, &row, err) : OK;
    if (rc == OK)
        rc = casework_hand_over(packing->work, store, row.id, packing->actor->now_utc, err);
    if (rc == OK)
        rc = package_case_put(store, packing->package.id, row.id, err);
    if (rc == OK)
        rc = read_numbers(packing, row.id, err);
    return rc == OK ? put_orders(packing, &row, err) : rc;
}

/* ---- all of them ---- */

static int list_fresh(struct packing *packing, int64_t count, struct case_list *list,
                      struct err *err)
{
    const int64_t teams[] = {0, packing->package.team_id};
    int rc = OK;
    for (size_t i = 0; i < sizeof teams / sizeof *teams && rc == OK; i++) {
        const struct case_filter filter = {.campaign_id = packing->campaign.row.id,
                                           .unit = -1,
                                           .state = CASE_QUEUED,
                                           .team_id = teams[i],
                                           .limit = INT64_MAX};
        rc = cases_each(packing->store, &filter, case_list_take, list, err);
    }
    if (rc == OK && list->count == 0)
        rc = err_set(err, ERR_REFUSED, "there are no fresh cases for a package");
    return rc == OK ? case_list_pick(packing->work, list, count, err) : rc;
}

static int make_mark(struct packing *packing, struct err *err)
{
    static const char digits[] = "0123456789abcdef";
    unsigned char random[(PACKAGE_MARK_BYTES - 1) / 2];
    char *mark = packing->made.head.mark;
    int rc = random_bytes(random, sizeof random, err);
    for (size_t i = 0; i < sizeof random && rc == OK; i++) {
        mark[2 * i] = digits[random[i] >> 4];
        mark[2 * i + 1] = digits[random[i] & 15];
    }
    mark[2 * sizeof random] = '\0';
    return rc;
}

static int put_cases(struct packing *packing, const struct case_list *list, struct err *err)
{
    packing->package.cases = packing->made.cases = (int64_t)list->count;
    packing->package.mark = bytes_from_z(packing->made.head.mark);
    packing->package.made_utc = packing->actor->now_utc;
    packing->package.made_by = packing->actor->who;
    int rc = package_put_new(packing->store, &packing->package, err);
    packing->made.id = packing->package.id;
    buf_append_z(packing->csv,
                 "\xEF\xBB\xBF样本编号,称呼,电话,提纲,诉求日期,承办单位,诉求标题,诉求内容,"
                 "拨打时间,话务员,访问结果,是否解决,满意度,原因,备注,水印\r\n");
    for (size_t i = 0; i < list->count && rc == OK; i++)
        rc = put_case(packing, &list->rows[i], err);
    return rc;
}

/* ---- what it is for ---- */

static int find_campaign(struct packing *packing, const struct round_row *round, struct err *err)
{
    struct campaign_row row;
    int rc = campaign_get_current(packing->store, round->id, &row, err);
    if (rc == OK)
        rc = campaign_load_open(packing->work, packing->store, row.id, &packing->campaign, err);
    if (rc == OK)
        rc = draw_units_each(packing->store, packing->campaign.row.round_id,
                             packing->campaign.row.draw_no, on_draw_unit, packing, err);
    if (rc == OK)
        rc = round_units_each(packing->store, packing->campaign.row.round_id, on_round_unit,
                              packing, err);
    packing->package.campaign_id = packing->campaign.row.id;
    return rc;
}

static int find_team(struct packing *packing, const struct package_wish *wish, struct err *err)
{
    struct team_row team;
    int64_t today = campaign_day(&packing->campaign, packing->actor->now_utc);
    int rc = team_get(packing->store, wish->team, &team, err);
    if (rc == OK && !bytes_equal(team.kind, BYTES_LIT("contractor")))
        rc = err_set(err, ERR_REFUSED, "team \"" BYTES_FMT "\" is not a contractor's",
                     BYTES_ARG(wish->team));
    if (rc == OK && wish->until_day < today)
        rc = err_set(err, ERR_REFUSED, "the last day of the package is over");
    if (rc != OK)
        return rc;
    packing->package.team_id = team.id;
    packing->package.until_day = packing->made.head.until_day = wish->until_day;
    return OK;
}

static int make(struct packing *packing, const struct round_row *round,
                const struct package_wish *wish, struct err *err)
{
    struct case_list list = {NULL, 0, 0};
    int rc = find_campaign(packing, round, err);
    if (rc == OK)
        rc = find_team(packing, wish, err);
    if (rc == OK)
        rc = make_mark(packing, err);
    if (rc == OK)
        rc = list_fresh(packing, wish->count, &list, err);
    if (rc == OK)
        rc = put_cases(packing, &list, err);
    case_list_deinit(&list);
    return rc;
}

int package_make(const struct datadir *datadir, const struct round_row *round,
                 const struct package_wish *wish, const struct actor *actor,
                 struct package_made *out, struct buf *out_csv, struct err *err)
{
    struct packing packing = {.store = datadir->store, .actor = actor, .csv = out_csv};
    arena_init(&packing.arena, NAMES_MAX_BYTES);
    buf_init(&packing.plain, TEXTS_MAX_BYTES);
    buf_init(&packing.masked, TEXTS_MAX_BYTES);
    buf_init(&packing.numbers, CASE_TEXT_MAX_BYTES);
    int rc = casework_new(datadir, NULL, &packing.work, err);
    if (rc == OK)
        rc = make(&packing, round, wish, err);
    if (rc == OK)
        rc = buf_status(out_csv, err);
    if (rc == OK)
        *out = packing.made;
    casework_free(packing.work);
    buf_wipe(&packing.plain);
    buf_wipe(&packing.masked);
    buf_wipe(&packing.numbers);
    arena_deinit(&packing.arena);
    return rc;
}

/* ---- back, unphoned ---- */

struct packed {
    int64_t package_id;
    struct arena arena; /* owns them */
    int64_t *case_ids;
    size_t count, capacity;
};

static int on_packed(void *context, int64_t case_id, struct err *err)
{
    struct packed *packed = context;
    if (packed->count == packed->capacity)
        return err_set(err, ERR_CORRUPT, "a package has more than its %zu cases", packed->capacity);
    packed->case_ids[packed->count++] = case_id;
    return OK;
}

/* It may have come back, or be in another package by now. */
static int is_still_out(struct store *store, int64_t package_id, int64_t case_id, bool *out,
                        struct err *err)
{
    struct followup_case row;
    struct package_row last;
    int rc = case_get(store, case_id, &row, err);
    if (rc == OK)
        rc = package_get_of_case(store, case_id, &last, err);
    if (rc == OK)
        *out = row.state == CASE_FINAL && !case_is_done(&row) && last.id == package_id;
    return rc;
}

static int take_back_all(struct casework *work, struct store *store, const struct packed *packed,
                         int64_t now_utc, int64_t *out_cases, struct err *err)
{
    int64_t cases = 0;
    int rc = OK;
    for (size_t i = 0; i < packed->count && rc == OK; i++) {
        bool is_out = false;
        rc = is_still_out(store, packed->package_id, packed->case_ids[i], &is_out, err);
        if (rc == OK && is_out)
            rc = casework_take_back(work, store, packed->case_ids[i], now_utc, err);
        cases += is_out;
    }
    if (rc == OK)
        *out_cases = cases;
    return rc;
}

static int find_packed(struct store *store, const struct package_row *package,
                       struct packed *packed, struct err *err)
{
    packed->package_id = package->id;
    packed->capacity = (size_t)package->cases;
    packed->case_ids =
        arena_alloc(&packed->arena, size_multiply(packed->capacity + 1, sizeof(int64_t)));
    if (packed->case_ids == NULL)
        return err_set(err, ERR_NOMEM, "no memory for %zu cases", packed->capacity);
    return package_cases_each(store, packed->package_id, on_packed, packed, err);
}

int package_take_back(const struct datadir *datadir, const struct round_row *round,
                      struct bytes mark, const struct actor *actor, int64_t *out_cases,
                      struct err *err)
{
    struct casework *work = NULL;
    struct campaign_row campaign;
    struct package_row package;
    struct packed packed = {.count = 0};
    arena_init(&packed.arena, NAMES_MAX_BYTES);
    int rc = campaign_get_current(datadir->store, round->id, &campaign, err);
    if (rc == OK)
        rc = package_get_by_mark(datadir->store, mark, &package, err);
    if (rc == OK && package.campaign_id != campaign.id)
        rc = err_set(err, ERR_NOT_FOUND, "no package of round \"" BYTES_FMT "\" has that mark",
                     BYTES_ARG(round->name));
    if (rc == OK)
        rc = casework_new(datadir, NULL, &work, err);
    if (rc == OK)
        rc = find_packed(datadir->store, &package, &packed, err);
    if (rc == OK)
        rc = take_back_all(work, datadir->store, &packed, actor->now_utc, out_cases, err);
    casework_free(work);
    arena_deinit(&packed.arena);
    return rc;
}
