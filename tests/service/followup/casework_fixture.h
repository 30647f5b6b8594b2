#ifndef PINGYI_TESTS_SERVICE_FOLLOWUP_CASEWORK_FIXTURE_H
#define PINGYI_TESTS_SERVICE_FOLLOWUP_CASEWORK_FIXTURE_H

#include "service/auth/vault.h"
#include "service/followup/casework.h"
#include "service/followup/draw.h"
#include "service/storage/accounts.h"
#include "service/storage/outcomes.h"
#include "service/storage/rechecks.h"

#include "tests/service/rounds/round_fixture.h"

#include <math.h>

/* A drawn round that is phoned, with callers of its own. The clock stands still until a test moves it: at first
 * Monday, 1 July 2024, 9:30 in Shanghai. Each act is a transaction; what it refuses is rolled back. */

#define PHONING_RULES                                                                              \
    "[basis]\ndocument = 测试1号\n[on_time]\nmin_orders = 1\n[allocation]\nmin_per_unit = 1\n"

enum { PHONING_CALLERS = 4 };

struct phoning {
    struct fixture fixture;
    struct store *store;
    struct casework *work;
    int64_t campaign_id;
    int64_t now_utc;
    uint64_t seed;
    struct caller callers[PHONING_CALLERS];
};

static inline int phoning_random(void *context, uint64_t *out, struct err *err)
{
    struct phoning *phoning = context;
    (void)err;
    phoning->seed = phoning->seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    uint64_t mixed = phoning->seed ^ (phoning->seed >> 29);
    mixed *= UINT64_C(0xBF58476D1CE4E5B9);
    *out = mixed ^ (mixed >> 32);
    return OK;
}

static inline int64_t at(const char *time)
{
    int64_t utc = 0;
    assert_true(time_parse(bytes_from_z(time), &utc));
    return utc;
}

/* What must go well. */
#define DO(call)                                                                                   \
    do {                                                                                           \
        if ((call) != OK)                                                                          \
            fail_msg("%s", err.message);                                                           \
    } while (0)

static inline void begin(struct phoning *phoning)
{
    struct err err = {0};
    DO(store_begin(phoning->store, &err));
}

/* The end of an act: committed when it went well, else undone. Returns rc. */
static inline int end(struct phoning *phoning, int rc)
{
    struct err err = {0};
    if (rc == OK)
        DO(store_commit(phoning->store, &err));
    else
        store_rollback(phoning->store);
    return rc;
}

static inline void add_callers(struct phoning *phoning)
{
    static const char *const names[PHONING_CALLERS] = {"caller1", "caller2", "caller3", "caller4"};
    struct err err = {0};
    begin(phoning);
    for (int i = 0; i < PHONING_CALLERS; i++) {
        struct account_row row = {.name = bytes_from_z(names[i]),
                                  .display_name = bytes_from_z(names[i]),
                                  .role = BYTES_LIT("caller"),
                                  .password = BYTES_LIT("x"),
                                  .created_by = BYTES_LIT("office")};
        DO(account_put_new(phoning->store, &row, &err));
        phoning->callers[i] = (struct caller){.account_id = row.id, .name = bytes_from_z(names[i])};
    }
    (void)end(phoning, OK);
}

static inline int step_draw_all(struct fixture *fixture, const struct round_row *round,
                                struct arena *arena, void *context, struct err *err)
{
    const int64_t *size = context;
    struct drawn drawn;
    struct draw_wish wish = {.by = DRAW_SIZE_TOTAL, .total = *size, .rate = NAN, .response = NAN};
    (void)arena;
    return draw_make(&fixture->datadir, round, &wish, BYTES_LIT("seed"), true, &tester, &drawn,
                     err);
}

/* Begin with `orders` (lines of a dump, without its header) of which `sample` are drawn. */
static inline void phoning_init(struct phoning *phoning, const char *orders, int64_t sample,
                                const char *rules)
{
    struct err err = {0};
    struct buf text;
    memset(phoning, 0, sizeof *phoning);
    fixture_init(&phoning->fixture);
    phoning->store = phoning->fixture.datadir.store;
    phoning->now_utc = at("2024-07-01T09:30:00+08:00");
    phoning->seed = 7;
    buf_init(&text, (size_t)4 * 1024 * 1024);
    buf_append_z(&text, "工单编号,受理时间,承办单位,主协办,办理时限,办结时间,工单状态,工单类型,"
                        "联系电话,诉求内容\n");
    buf_append_z(&text, orders);
    buf_append_byte(&text, '\0');
    assert_int_equal(text.rc, OK);
    load_dump(&phoning->fixture, text.ptr, 0);
    buf_deinit(&text);
    (void)make_round(&phoning->fixture, "2024-06", "2024-06-01", "2024-06-30", rules);
    take(&phoning->fixture, "2024-06", step_draw_all, &sample);
    DO(store_relax_sync(phoning->store, true, &err));
    add_callers(phoning);
    const struct casework_options options = {phoning_random, phoning};
    DO(casework_new(&phoning->fixture.datadir, &options, &phoning->work, &err));
}

static inline void phoning_deinit(struct phoning *phoning)
{
    casework_free(phoning->work);
    fixture_deinit(&phoning->fixture);
}

static inline int step_open(struct fixture *fixture, const struct round_row *round,
                            struct arena *arena, void *context, struct err *err)
{
    struct phoning *phoning = context;
    struct campaign_row row;
    const struct actor actor = {{"office", 6}, phoning->now_utc};
    (void)fixture;
    (void)arena;
    int rc = casework_open(phoning->work, phoning->store, round, &actor, &row, err);
    if (rc == OK)
        phoning->campaign_id = row.id;
    return rc;
}

static inline int try_open(struct phoning *phoning)
{
    struct err err = {0};
    return with_round(&phoning->fixture, "2024-06", step_open, phoning, &err);
}

/* `count` orders of one unit (甲局) in its own case each, numbers 13900000001 and so on; drawn and opened. */
static inline void phoning_simple(struct phoning *phoning, int count, const char *rules)
{
    struct buf lines;
    buf_init(&lines, (size_t)1024 * 1024);
    for (int i = 1; i <= count; i++)
        buf_printf(&lines,
                   "A%d,2024-06-01 08:00:00,甲局,主办,2024-06-05 08:00:00,2024-06-04 08:00:00,"
                   "已办结,投诉,139%08d\n",
                   i, i);
    buf_append_byte(&lines, '\0');
    phoning_init(phoning, lines.ptr, count, rules);
    buf_deinit(&lines);
    assert_int_equal(try_open(phoning), OK);
}

static inline struct caller *caller_at(struct phoning *phoning, int i)
{
    phoning->callers[i].now_utc = phoning->now_utc;
    return &phoning->callers[i];
}

static inline struct actor supervisor(const struct phoning *phoning)
{
    return (struct actor){BYTES_LIT("supervisor"), phoning->now_utc};
}

/* ---- acts, each in its own transaction ---- */

static inline int try_next(struct phoning *phoning, int i, struct leased_case *out,
                           int64_t *out_retry_utc)
{
    struct err err = {0};
    begin(phoning);
    int rc = casework_next(phoning->work, phoning->store, caller_at(phoning, i), out, out_retry_utc,
                           &err);
    if (rc == OK || rc == ERR_NOT_FOUND)
        (void)end(phoning, OK);
    else
        fail_msg("%s", err.message);
    return rc;
}

static inline struct leased_case next_case(struct phoning *phoning, int i)
{
    struct leased_case leased;
    int64_t retry_utc = 0;
    assert_int_equal(try_next(phoning, i, &leased, &retry_utc), OK);
    return leased;
}

static inline int64_t nothing_due(struct phoning *phoning, int i)
{
    struct leased_case leased;
    int64_t retry_utc = 0;
    assert_int_equal(try_next(phoning, i, &leased, &retry_utc), ERR_NOT_FOUND);
    return retry_utc;
}

static inline int try_dial(struct phoning *phoning, int i, int64_t case_id, int64_t number_no,
                           int64_t *out_dial_id)
{
    struct err err = {0};
    struct dial_row dial;
    begin(phoning);
    int rc = casework_dial(phoning->work, phoning->store, caller_at(phoning, i), case_id, number_no,
                           &dial, &err);
    if (rc == OK)
        *out_dial_id = dial.id;
    return end(phoning, rc);
}

static inline int64_t dial(struct phoning *phoning, int i, int64_t case_id, int64_t number_no)
{
    int64_t dial_id = 0;
    assert_int_equal(try_dial(phoning, i, case_id, number_no, &dial_id), OK);
    return dial_id;
}

static inline int try_answer(struct phoning *phoning, int i, int64_t dial_id, int64_t drawn_id,
                             const char *item, const char *value, const char *words)
{
    struct err err = {0};
    int64_t until_utc = 0;
    begin(phoning);
    int rc = casework_answer(phoning->work, phoning->store, caller_at(phoning, i), dial_id,
                             drawn_id, bytes_from_z(item), bytes_from_z(value), bytes_from_z(words),
                             900, &until_utc, &err);
    return end(phoning, rc);
}

static inline int try_finish(struct phoning *phoning, int i, int64_t dial_id,
                             const struct dial_end *dial_end, struct finished *out, struct err *err)
{
    begin(phoning);
    return end(phoning, casework_finish(phoning->work, phoning->store, caller_at(phoning, i),
                                        dial_id, dial_end, out, err));
}

static inline struct finished finish(struct phoning *phoning, int i, int64_t dial_id,
                                     const char *code)
{
    struct err err = {0};
    struct finished finished;
    struct dial_end dial_end = {.code = bytes_from_z(code)};
    DO(try_finish(phoning, i, dial_id, &dial_end, &finished, &err));
    return finished;
}

/* The orders of a case. */
struct orders_of {
    int64_t drawn_ids[32];
    int count;
};
static inline int on_order_of(void *context, const struct case_order *order, struct err *err)
{
    struct orders_of *orders = context;
    (void)err;
    assert_true(orders->count < 32);
    orders->drawn_ids[orders->count++] = order->drawn_id;
    return OK;
}
static inline struct orders_of orders_of(struct phoning *phoning, const struct followup_case *row)
{
    struct err err = {0};
    struct orders_of orders = {.count = 0};
    struct campaign_row campaign;
    begin(phoning);
    DO(campaign_get(phoning->store, row->campaign_id, &campaign, &err));
    DO(case_orders_each(phoning->store, campaign.round_id, campaign.draw_no, row->case_no,
                        on_order_of, &orders, &err));
    store_rollback(phoning->store);
    return orders;
}

/* All that a complete needs. */
static inline void answer_all(struct phoning *phoning, int i, int64_t dial_id,
                              const struct followup_case *row, const char *resolved,
                              const char *satisfaction)
{
    struct orders_of orders = orders_of(phoning, row);
    assert_int_equal(try_answer(phoning, i, dial_id, 0, "consent", "yes", ""), OK);
    assert_int_equal(try_answer(phoning, i, dial_id, 0, "is_you", "yes", ""), OK);
    for (int n = 0; n < orders.count; n++) {
        int64_t drawn_id = orders.drawn_ids[n];
        assert_int_equal(try_answer(phoning, i, dial_id, drawn_id, "contacted", "yes", ""), OK);
        assert_int_equal(try_answer(phoning, i, dial_id, drawn_id, "resolved", resolved, ""), OK);
        assert_int_equal(
            try_answer(phoning, i, dial_id, drawn_id, "satisfaction", satisfaction, ""), OK);
    }
    (void)try_answer(phoning, i, dial_id, 0, "coached", "no", "");
}

static inline struct followup_case case_now(struct phoning *phoning, int64_t case_id)
{
    struct err err = {0};
    struct followup_case row;
    begin(phoning);
    DO(case_get(phoning->store, case_id, &row, &err));
    store_rollback(phoning->store);
    return row;
}

static inline int on_attempt_of(void *context, const struct attempt_row *row, struct err *err)
{
    struct buf *text = context;
    (void)err;
    buf_printf(text, BYTES_FMT "/%d/%d ", BYTES_ARG(row->code), row->resolved, row->satisfaction);
    return OK;
}
/* Attempts of a drawn order as code/resolved/satisfaction, by time. */
static inline void attempts_of(struct phoning *phoning, int64_t drawn_id, char *out, size_t size)
{
    struct err err = {0};
    struct buf text;
    buf_init(&text, 4096);
    begin(phoning);
    DO(attempts_each_of(phoning->store, drawn_id, on_attempt_of, &text, &err));
    store_rollback(phoning->store);
    (void)snprintf(out, size, BYTES_FMT, BYTES_ARG(bytes_trim(buf_bytes(&text))));
    buf_deinit(&text);
}

/* ---- lines of a dump ---- */

#define LINE(no, unit, kind, phone)                                                                \
    no ",2024-06-01 08:00:00," unit ",主办,2024-06-05 08:00:00,2024-06-04 08:00:00,已办结," kind   \
       "," phone "\n"
#define OPEN_LINE(no, unit, kind, phone)                                                           \
    no ",2024-06-01 08:00:00," unit ",主办,2024-06-05 08:00:00,,办理中," kind "," phone "\n"

static inline struct followup_case case_of_no(struct phoning *phoning, int64_t case_no)
{
    struct err err = {0};
    struct followup_case row;
    begin(phoning);
    DO(case_get_by_no(phoning->store, phoning->campaign_id, case_no, &row, &err));
    store_rollback(phoning->store);
    return row;
}

static inline int on_number_of(void *context, const struct case_number *row, struct err *err)
{
    int64_t *count = context;
    (void)err;
    *count = row->no;
    return OK;
}
static inline int64_t count_numbers(struct phoning *phoning, int64_t case_id)
{
    struct err err = {0};
    int64_t count = 0;
    begin(phoning);
    DO(case_numbers_each(phoning->store, case_id, on_number_of, &count, &err));
    store_rollback(phoning->store);
    return count;
}

static inline int on_state_of(void *context, const struct followup_case *row, struct err *err)
{
    int *states = context;
    (void)err;
    states[row->state]++;
    return OK;
}

static inline void count_states(struct phoning *phoning, int states[CASE_STATE_COUNT])
{
    struct err err = {0};
    const struct case_filter all = {
        .campaign_id = phoning->campaign_id, .unit = -1, .state = -1, .team_id = -1, .limit = 1000};
    memset(states, 0, CASE_STATE_COUNT * sizeof *states);
    begin(phoning);
    DO(cases_each(phoning->store, &all, on_state_of, states, &err));
    store_rollback(phoning->store);
}

static inline int ban(struct phoning *phoning, const char *number, int64_t *out_cases)
{
    struct err err = {0};
    const struct actor actor = supervisor(phoning);
    begin(phoning);
    return end(phoning, casework_ban(phoning->work, phoning->store, bytes_from_z(number),
                                     BYTES_LIT("本人要求"), &actor, out_cases, &err));
}

static inline int on_unit_of(void *context, const struct campaign_unit_row *row, struct err *err)
{
    struct campaign_unit_row *sum = context;
    (void)err;
    sum->target += row->target;
    sum->released += row->released;
    sum->queued += row->queued;
    sum->final += row->final;
    sum->complete += row->complete;
    return OK;
}

static inline struct campaign_unit_row units_now(struct phoning *phoning)
{
    struct err err = {0};
    struct campaign_unit_row sum = {.unit = 0};
    begin(phoning);
    DO(campaign_units_each(phoning->store, phoning->campaign_id, on_unit_of, &sum, &err));
    store_rollback(phoning->store);
    return sum;
}

static inline void complete_case(struct phoning *phoning, int i, const struct leased_case *leased)
{
    int64_t dial_id = dial(phoning, i, leased->row.id, leased->number_no);
    answer_all(phoning, i, dial_id, &leased->row, "yes", "5");
    assert_int_equal(finish(phoning, i, dial_id, "1.1").step, NEXT_FINAL);
}

static inline int book(struct phoning *phoning, int64_t case_id, const char *time)
{
    struct err err = {0};
    const struct actor actor = supervisor(phoning);
    begin(phoning);
    return end(phoning,
               casework_book(phoning->work, phoning->store, case_id, at(time), &actor, &err));
}

static inline int give_back(struct phoning *phoning, int i, int64_t case_id)
{
    struct err err = {0};
    begin(phoning);
    return end(phoning, casework_give_back(phoning->work, phoning->store, caller_at(phoning, i),
                                           case_id, &err));
}

static inline int renew(struct phoning *phoning, int i, int64_t case_id, int64_t *out_until_utc)
{
    struct err err = {0};
    begin(phoning);
    return end(phoning, casework_renew(phoning->work, phoning->store, caller_at(phoning, i),
                                       case_id, out_until_utc, &err));
}

static inline int sweep(struct phoning *phoning)
{
    struct err err = {0};
    int done = 0;
    begin(phoning);
    DO(casework_sweep(phoning->work, phoning->store, phoning->now_utc, 100, &done, &err));
    (void)end(phoning, OK);
    return done;
}

static inline struct dial_row dial_now(struct phoning *phoning, int64_t dial_id,
                                       char code[CASE_CODE_BYTES])
{
    struct err err = {0};
    struct dial_row row;
    begin(phoning);
    DO(dial_get(phoning->store, dial_id, &row, &err));
    (void)snprintf(code, CASE_CODE_BYTES, BYTES_FMT, BYTES_ARG(row.code));
    store_rollback(phoning->store);
    return row;
}

static inline int release_refusal(struct phoning *phoning, int64_t case_id, const char *why)
{
    struct err err = {0};
    const struct actor actor = supervisor(phoning);
    begin(phoning);
    return end(phoning, casework_free_refusal(phoning->work, phoning->store, case_id,
                                              bytes_from_z(why), &actor, &err));
}

static inline int settle(struct phoning *phoning, int64_t case_id, const char *code)
{
    struct err err = {0};
    const struct actor actor = supervisor(phoning);
    begin(phoning);
    return end(phoning, casework_settle(phoning->work, phoning->store, case_id, bytes_from_z(code),
                                        BYTES_LIT("查实"), &actor, &err));
}

static inline int add_number(struct phoning *phoning, int64_t case_id, const char *number)
{
    struct err err = {0};
    const struct actor actor = supervisor(phoning);
    begin(phoning);
    return end(phoning, casework_add_number(phoning->work, phoning->store, case_id,
                                            bytes_from_z(number), &actor, &err));
}

#endif
