#include "service/followup/casework_room.h"

#include "base/alloc.h"

#include "importers/phone.h"

#include "service/auth/digest.h"
#include "service/intake/texts.h"
#include "service/storage/draws.h"
#include "service/storage/outcomes.h"

#include <stdlib.h>
#include <string.h>

/* Cases are made of the drawn orders in three steps: the released orders are read and brought together by case
 * number, cases that are not there yet get a random number, and in its order they are stored. So neither the id of a
 * case, which callers see, nor the order of work tells of units or tickets. */

enum {
    TEXTS_MAX_BYTES = 80 * 1024 * 1024, /* of one order */
    DRAWN_MAX_BYTES = 256 * 1024 * 1024 /* of a draw, without its texts */
};

struct released_order {
    int64_t drawn_id, handling_id, case_no;
    int64_t unit;
    bool is_sample; /* else of the reserve */
};

/* A case that is to be made: the orders from `first` on. */
struct planned_case {
    int64_t shuffle;
    size_t first, count;
};

struct making {
    struct casework *work;
    struct store *store;
    const struct campaign *campaign;
    const struct actor *actor;
    struct arena arena;
    struct released_order *orders;
    size_t order_count, order_capacity;
    struct planned_case *cases;
    size_t case_count;
    int64_t *samples; /* by unit: positions of the sample */
    int64_t *targets; /* by unit: cases of the sample */
    size_t unit_count;
    struct buf texts;
    int64_t made;
};

/* ---- reading the draw ---- */

static int on_unit(void *context, const struct draw_unit_row *row, struct err *err)
{
    struct making *making = context;
    if (row->unit < 0 || row->unit >= CAMPAIGN_UNITS_MAX)
        return err_set(err, ERR_LIMIT, "unit %jd of a draw is beyond %d", (intmax_t)row->unit,
                       (int)CAMPAIGN_UNITS_MAX);
    making->samples[row->unit] = row->sample;
    if ((size_t)row->unit >= making->unit_count)
        making->unit_count = (size_t)row->unit + 1;
    return OK;
}

static int grow(struct making *making, struct err *err)
{
    enum { FIRST_CAPACITY = 1024 };
    size_t capacity = making->order_capacity > 0 ? 2 * making->order_capacity : FIRST_CAPACITY;
    struct released_order *orders =
        mem_realloc(making->orders, size_multiply(capacity, sizeof *orders));
    if (orders == NULL)
        return err_set(err, ERR_NOMEM, "could not read %zu drawn orders", capacity);
    making->orders = orders;
    making->order_capacity = capacity;
    return OK;
}

static int on_drawn(void *context, const struct drawn_row *row, struct err *err)
{
    struct making *making = context;
    if (!row->is_released)
        return OK;
    if (row->unit < 0 || row->unit >= (int64_t)making->unit_count)
        return err_set(err, ERR_CORRUPT, "drawn order %jd has unit %jd", (intmax_t)row->id,
                       (intmax_t)row->unit);
    int rc = making->order_count == making->order_capacity ? grow(making, err) : OK;
    if (rc == OK)
        making->orders[making->order_count++] =
            (struct released_order){row->id, row->handling_id, row->case_no, row->unit,
                                    row->position <= making->samples[row->unit]};
    return rc;
}

static int compare_orders(const void *a, const void *b)
{
    const struct released_order *one = a;
    const struct released_order *other = b;
    if (one->case_no != other->case_no)
        return one->case_no < other->case_no ? -1 : 1;
    return one->drawn_id < other->drawn_id ? -1 : one->drawn_id > other->drawn_id;
}

static int read_draw(struct making *making, struct err *err)
{
    const struct campaign_row *row = &making->campaign->row;
    making->samples = arena_alloc(&making->arena, CAMPAIGN_UNITS_MAX * sizeof *making->samples);
    making->targets = arena_alloc(&making->arena, CAMPAIGN_UNITS_MAX * sizeof *making->targets);
    if (making->samples == NULL || making->targets == NULL)
        return err_set(err, ERR_NOMEM, "could not read a draw");
    int rc = draw_units_each(making->store, row->round_id, row->draw_no, on_unit, making, err);
    if (rc == OK)
        rc = drawn_each(making->store, row->round_id, row->draw_no, on_drawn, making, err);
    if (rc == OK && making->order_count > 0)
        qsort(making->orders, making->order_count, sizeof *making->orders, compare_orders);
    return rc;
}

/* ---- planning ---- */

/* A case that is there already: what is released later joins it, or, when it is final, has its disposition. What a
 * contractor has will come back. */
static int join(struct making *making, const struct followup_case *row, struct err *err)
{
    return case_is_done(row)
               ? attempts_put_missing(making->work, making->store, making->campaign, row,
                                      making->actor->now_utc, making->actor->who, err)
               : OK;
}

static int plan_case(struct making *making, struct planned_case planned, struct err *err)
{
    struct followup_case row;
    struct err unused = {0};
    uint64_t random = 0;
    int rc = case_get_by_no(making->store, making->campaign->row.id,
                            making->orders[planned.first].case_no, &row, &unused);
    if (rc == OK)
        return join(making, &row, err);
    if (rc != ERR_NOT_FOUND) {
        *err = unused;
        return rc;
    }
    rc = casework_random(making->work, &random, err);
    planned.shuffle = (int64_t)(random >> 1);
    if (rc == OK)
        making->cases[making->case_count++] = planned;
    return rc;
}

static int compare_cases(const void *a, const void *b)
{
    const struct planned_case *one = a;
    const struct planned_case *other = b;
    if (one->shuffle != other->shuffle)
        return one->shuffle < other->shuffle ? -1 : 1;
    return one->first < other->first ? -1 : one->first > other->first;
}

static int plan(struct making *making, struct err *err)
{
    int rc = OK;
    making->cases = arena_alloc(&making->arena, (making->order_count + 1) * sizeof *making->cases);
    if (making->cases == NULL)
        return err_set(err, ERR_NOMEM, "could not plan %zu cases", making->order_count);
    for (size_t from = 0, to = 0; from < making->order_count && rc == OK; from = to) {
        while (to < making->order_count &&
               making->orders[to].case_no == making->orders[from].case_no)
            to++;
        rc = plan_case(making, (struct planned_case){0, from, to - from}, err);
    }
    if (rc == OK && making->case_count > 0)
        qsort(making->cases, making->case_count, sizeof *making->cases, compare_cases);
    return rc;
}

/* ---- numbers ---- */

struct numbers {
    int64_t keys[CASE_NUMBERS_MAX];
    size_t count;
};

static int take_number(struct making *making, int64_t case_id, struct bytes digits,
                       struct numbers *numbers, struct err *err)
{
    int64_t phone_key = 0;
    int rc = number_index(making->work, digits, &phone_key, err);
    if (rc != OK)
        return rc;
    for (size_t i = 0; i < numbers->count; i++) {
        if (numbers->keys[i] == phone_key)
            return OK;
    }
    if (numbers->count == CASE_NUMBERS_MAX)
        return OK;
    numbers->keys[numbers->count++] = phone_key;
    return number_put(making->work, making->store, case_id, (int64_t)numbers->count, digits,
                      phone_key, err);
}

static int take_numbers_of_order(struct making *making, int64_t case_id, int64_t order_id,
                                 struct numbers *numbers, struct err *err)
{
    struct sealer door = vault_sealer_door(making->work->orders);
    struct phone_number found[CASE_NUMBERS_MAX];
    struct order_row order;
    struct texts texts = {.reply_end = 0};
    buf_clear(&making->texts);
    int rc = order_get_by_id(making->store, order_id, &order, err);
    if (rc == OK && order.sealed.len == 0)
        return OK;
    if (rc == OK)
        rc = door.open(door.context, order.id, order.sealed, &making->texts, err);
    if (rc == OK)
        rc = texts_unpack(buf_bytes(&making->texts), &texts, err);
    size_t count = rc == OK ? phone_read_all(texts.citizen_phone, found, CASE_NUMBERS_MAX) : 0;
    for (size_t i = 0; i < count && rc == OK; i++)
        rc = take_number(making, case_id, bytes_from_z(found[i].digits), numbers, err);
    return rc;
}

/* ---- storing ---- */

/* Whom a loaded file says to want no more calls, no other round calls either. */
static int place_new(struct making *making, const struct followup_case *was, struct err *err)
{
    struct followup_case row = *was;
    int rc = case_place(making->work, making->store, making->campaign, ACT_PLACE, was, &row,
                        making->actor->now_utc, err);
    return rc == OK && strcmp(row.code, "2.113") == 0
               ? case_ban_numbers(making->work, making->store, row.id, making->actor, err)
               : rc;
}

/* It is fresh; without a number, or with one that is not to be called, it becomes something else at once. */
static int put_case(struct making *making, const struct planned_case *planned, struct err *err)
{
    const struct released_order *orders = &making->orders[planned->first];
    const struct campaign_unit_change change = {.released = 1, .queued = 1};
    struct numbers numbers = {.count = 0};
    struct followup_case row = {.campaign_id = making->campaign->row.id,
                                .case_no = orders[0].case_no,
                                .unit = orders[0].unit,
                                .shuffle = planned->shuffle};
    case_become_queued(&row);
    int rc = case_put_new(making->store, &row, err);
    for (size_t i = 0; i < planned->count && rc == OK; i++)
        rc = take_numbers_of_order(making, row.id, orders[i].handling_id / HANDLINGS_AN_ORDER,
                                   &numbers, err);
    if (rc == OK)
        rc = campaign_unit_add(making->store, row.campaign_id, row.unit, &change, err);
    if (rc == OK)
        rc = place_new(making, &row, err);
    making->made += rc == OK ? 1 : 0;
    return rc;
}

static int store_cases(struct making *making, struct err *err)
{
    int rc = OK;
    for (size_t i = 0; i < making->case_count && rc == OK; i++)
        rc = put_case(making, &making->cases[i], err);
    return rc;
}

static int put_units(struct making *making, struct err *err)
{
    int rc = OK;
    for (size_t i = 0; i < making->case_count; i++) {
        const struct released_order *orders = &making->orders[making->cases[i].first];
        bool is_sample = false;
        for (size_t at = 0; at < making->cases[i].count; at++)
            is_sample = is_sample || orders[at].is_sample;
        making->targets[orders[0].unit] += is_sample ? 1 : 0;
    }
    for (size_t i = 0; i < making->unit_count && rc == OK; i++) {
        const struct campaign_unit_row row = {.unit = (int64_t)i, .target = making->targets[i]};
        rc = campaign_unit_put(making->store, making->campaign->row.id, &row, err);
    }
    return rc;
}

static int make_first(struct making *making, struct err *err)
{
    int rc = read_draw(making, err);
    if (rc == OK)
        rc = plan(making, err);
    if (rc == OK)
        rc = put_units(making, err);
    return rc == OK ? store_cases(making, err) : rc;
}

static int make_more(struct making *making, struct err *err)
{
    int rc = read_draw(making, err);
    if (rc == OK)
        rc = plan(making, err);
    return rc == OK ? store_cases(making, err) : rc;
}

static int run(struct casework *work, struct store *store, const struct campaign *campaign,
               const struct actor *actor, int (*step)(struct making *making, struct err *err),
               int64_t *out_made, struct err *err)
{
    struct making making = {.work = work, .store = store, .campaign = campaign, .actor = actor};
    arena_init(&making.arena, DRAWN_MAX_BYTES);
    buf_init(&making.texts, TEXTS_MAX_BYTES);
    int rc = step(&making, err);
    mem_free(making.orders);
    buf_wipe(&making.texts);
    arena_deinit(&making.arena);
    if (rc == OK)
        *out_made = making.made;
    return rc;
}

/* ---- the campaign ---- */

/* So that no dial has to be refused its end for want of a calendar. */
static int check_calendar(const struct campaign *campaign, int64_t now_utc, struct err *err)
{
    const struct calling_hours *hours = campaign->hours;
    int64_t first_day = campaign_day(campaign, now_utc);
    int64_t last_day = first_day + 2 * (int64_t)hours->rules->followup.window_days;
    struct calling_window window;
    bool is_open = false;
    int rc = hours_window(hours, now_utc, &is_open, &window, err);
    for (int64_t day = first_day; day <= last_day && rc == OK; day++) {
        bool is_workday = false;
        rc = calendar_is_workday(hours->calendar, day, &is_workday, err);
    }
    return rc;
}

/* Where its attempts come from: the service itself, which no hash can name. */
static int put_source(struct store *store, const struct round_row *round, int64_t draw_no,
                      const struct actor *actor, int64_t *out_id, struct err *err)
{
    static const char no_hash[SHA256_BYTES] = {0};
    struct outcome_file_row file = {.round_id = round->id,
                                    .draw_no = draw_no,
                                    .file_name = BYTES_LIT("电话测评"),
                                    .sha256 = {no_hash, sizeof no_hash},
                                    .imported_utc = actor->now_utc,
                                    .who = actor->who,
                                    .kind = BYTES_LIT("service")};
    int rc = outcome_file_put_new(store, &file, err);
    if (rc == OK)
        *out_id = file.id;
    return rc;
}

static int put_campaign(struct casework *work, struct store *store, const struct round_row *round,
                        const struct actor *actor, struct campaign *out, struct err *err)
{
    struct draw_row draw;
    struct campaign_row row = {
        .round_id = round->id, .opened_utc = actor->now_utc, .opened_by = actor->who};
    struct err unused = {0};
    int rc = draw_get_current(store, round->id, &draw, &unused);
    if (rc == ERR_NOT_FOUND) {
        (void)err_set(err, ERR_WRONG_STATE, "round \"" BYTES_FMT "\" has no draw",
                      BYTES_ARG(round->name));
        return ERR_WRONG_STATE;
    }
    if (rc != OK) {
        *err = unused;
        return rc;
    }
    row.draw_no = draw.no;
    rc = put_source(store, round, row.draw_no, actor, &row.file_id, err);
    if (rc == OK)
        rc = campaign_put_new(store, &row, &unused);
    if (rc == ERR_EXISTS) {
        (void)err_set(err, ERR_WRONG_STATE, "round \"" BYTES_FMT "\" is phoned already",
                      BYTES_ARG(round->name));
        return ERR_WRONG_STATE;
    }
    if (rc != OK && unused.code != OK)
        *err = unused;
    return rc == OK ? campaign_load(work, store, row.id, out, err) : rc;
}

int casework_open(struct casework *work, struct store *store, const struct round_row *round,
                  const struct actor *actor, struct campaign_row *out, struct err *err)
{
    struct campaign campaign = {.hours = NULL};
    int64_t made = 0;
    if (!bytes_equal(round->state, BYTES_LIT("drawn")) &&
        !bytes_equal(round->state, BYTES_LIT("calling")))
        return err_set(err, ERR_WRONG_STATE,
                       "round \"" BYTES_FMT "\" is " BYTES_FMT ": phoning needs drawn or calling",
                       BYTES_ARG(round->name), BYTES_ARG(round->state));
    int rc = put_campaign(work, store, round, actor, &campaign, err);
    if (rc == OK)
        rc = check_calendar(&campaign, actor->now_utc, err);
    if (rc == OK)
        rc = run(work, store, &campaign, actor, make_first, &made, err);
    if (rc == OK)
        *out = campaign.row;
    return rc;
}

int casework_take_released(struct casework *work, struct store *store, int64_t campaign_id,
                           const struct actor *actor, int64_t *out_cases, struct err *err)
{
    struct campaign campaign = {.hours = NULL};
    int rc = campaign_load_open(work, store, campaign_id, &campaign, err);
    return rc == OK ? run(work, store, &campaign, actor, make_more, out_cases, err) : rc;
}
