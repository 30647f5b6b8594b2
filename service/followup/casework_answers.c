#include "service/followup/casework_room.h"

#include "base/alloc.h"

#include <string.h>

/* What a case's orders were answered, in all dials of it: of several answers to one item the last holds. */

enum { ANSWERED_MAX_BYTES = 16 * 1024 * 1024 };

struct kept_answer {
    int64_t drawn_id; /* 0: of the call as a whole */
    struct script_answer answer;
};

struct reading {
    struct casework *work;
    struct arena *arena;
    struct answered_order *orders;
    struct kept_answer *answers;
    size_t order_count, answer_count;
    size_t order_capacity, answer_capacity;
};

static int on_order(void *context, const struct case_order *row, struct err *err)
{
    struct reading *reading = context;
    struct answered_order *orders =
        arena_room_for(reading->arena, reading->orders, reading->order_count,
                       &reading->order_capacity, sizeof *orders);
    if (orders == NULL)
        return err_set(err, ERR_NOMEM, "could not read the orders of a case");
    orders[reading->order_count++] =
        (struct answered_order){.drawn_id = row->drawn_id, .handling_id = row->handling_id};
    reading->orders = orders;
    return OK;
}

static int open_words(struct reading *reading, const struct answer_row *row, struct bytes *out,
                      struct err *err)
{
    struct sealer door = vault_sealer_door(reading->work->words);
    struct buf *plain = &reading->work->plain;
    buf_clear(plain);
    int rc = door.open(door.context, row->id, row->sealed, plain, err);
    if (rc == OK)
        *out = arena_copy(reading->arena, buf_bytes(plain));
    return rc;
}

static int on_answer(void *context, const struct answer_row *row, struct err *err)
{
    struct reading *reading = context;
    struct kept_answer *answers =
        arena_room_for(reading->arena, reading->answers, reading->answer_count,
                       &reading->answer_capacity, sizeof *answers);
    struct kept_answer kept = {.drawn_id = row->drawn_id};
    kept.answer.item = arena_copy(reading->arena, row->item);
    kept.answer.value = arena_copy(reading->arena, row->value);
    int rc = row->sealed.len > 0 ? open_words(reading, row, &kept.answer.words, err) : OK;
    if (rc != OK)
        return rc;
    if (answers == NULL || kept.answer.item.ptr == NULL || kept.answer.value.ptr == NULL ||
        (row->sealed.len > 0 && kept.answer.words.ptr == NULL))
        return err_set(err, ERR_NOMEM, "could not read the answers of a case");
    answers[reading->answer_count++] = kept;
    reading->answers = answers;
    return OK;
}

/* ---- reading them ---- */

/* The answers to an order's items and to those of the call, or (drawn_id 0) to those of the call alone. */
static size_t gather(const struct reading *reading, int64_t drawn_id, struct script_answer *out)
{
    size_t count = 0;
    for (size_t i = 0; i < reading->answer_count; i++) {
        const struct kept_answer *kept = &reading->answers[i];
        if (kept->drawn_id == drawn_id || kept->drawn_id == 0)
            out[count++] = kept->answer;
    }
    return count;
}

static void note_missing(struct answered *answered, int64_t drawn_id,
                         const struct script_item *missing)
{
    if (missing == NULL || answered->missing_item.len > 0)
        return;
    answered->missing_item = bytes_from_z(missing->name);
    answered->missing_order = drawn_id;
}

/* Complete when every order is, partial when one has been answered. */
static void count_order(struct answered *answered, enum outcome_group group, bool is_first)
{
    bool is_complete =
        group == OUTCOME_COMPLETE && (is_first || answered->group == OUTCOME_COMPLETE);
    bool is_any = group != OUTCOME_UNKNOWN_UNWORKED ||
                  (!is_first && answered->group != OUTCOME_UNKNOWN_UNWORKED);
    answered->group = is_complete ? OUTCOME_COMPLETE
                      : is_any    ? OUTCOME_PARTIAL
                                  : OUTCOME_UNKNOWN_UNWORKED;
}

static int read_answers(struct store *store, const struct campaign *campaign,
                        const struct reading *reading, struct answered *answered, struct err *err)
{
    int rc = OK;
    struct script_answer *answers =
        arena_alloc(reading->arena, (reading->answer_count + 1) * sizeof *answers);
    if (answers == NULL)
        return err_set(err, ERR_NOMEM, "could not read the answers of a case");
    size_t count = gather(reading, 0, answers);
    note_missing(answered, 0, script_missing(SCRIPT_OPENING, SCRIPT_ORDINARY, answers, count));
    for (size_t i = 0; i < reading->order_count && rc == OK; i++) {
        struct answered_order *order = &reading->orders[i];
        enum script_kind kind = SCRIPT_ORDINARY;
        rc = casework_script(store, campaign->row.round_id, order->handling_id, &kind, err);
        if (rc != OK)
            continue;
        count = gather(reading, order->drawn_id, answers);
        script_read(answers, count, &order->outcome);
        note_missing(answered, order->drawn_id, script_missing(SCRIPT_ORDER, kind, answers, count));
        count_order(answered, order->outcome.group, i == 0);
    }
    count = gather(reading, 0, answers);
    note_missing(answered, 0, script_missing(SCRIPT_CLOSING, SCRIPT_ORDINARY, answers, count));
    if (answered->group == OUTCOME_COMPLETE && answered->missing_item.len > 0)
        answered->group = OUTCOME_PARTIAL;
    return rc;
}

int answered_load(struct casework *work, struct store *store, const struct campaign *campaign,
                  const struct followup_case *row, struct answered *out, struct err *err)
{
    struct reading reading = {.work = work, .arena = &out->arena};
    *out = (struct answered){.group = OUTCOME_UNKNOWN_UNWORKED};
    arena_init(&out->arena, ANSWERED_MAX_BYTES);
    int rc = case_orders_each(store, campaign->row.round_id, campaign->row.draw_no, row->case_no,
                              on_order, &reading, err);
    if (rc == OK)
        rc = answers_each_of_case(store, row->id, on_answer, &reading, err);
    if (rc == OK)
        rc = read_answers(store, campaign, &reading, out, err);
    out->orders = reading.orders;
    out->order_count = reading.order_count;
    return rc;
}

void answered_deinit(struct answered *answered)
{
    arena_deinit(&answered->arena);
    *answered = (struct answered){.orders = NULL};
}
