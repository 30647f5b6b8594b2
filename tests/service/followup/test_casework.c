#include "service/followup/casework_room.h"

#include "tests/service/followup/casework_fixture.h"
#include "tests/support/fault.h"

static void case_change__takes_what_the_table_says_and_nothing_else(void **state)
{
    /* from, to and act: Queued, Leased, Appointment, Waiting, Final. */
    static const struct {
        const char *way;
        enum case_act acts[4];
        int count;
    } ways[] = {
        {"QQ", {ACT_ASSIGN, ACT_PLACE}, 2},
        {"QL", {ACT_LEASE}, 1},
        {"QA", {ACT_BOOK}, 1},
        {"QW", {ACT_PLACE}, 1},
        {"QF", {ACT_SETTLE, ACT_BAN, ACT_PLACE, ACT_HAND_OVER}, 4},
        {"LQ", {ACT_GIVE_BACK, ACT_LAPSE, ACT_END}, 3},
        {"LL", {ACT_HOLD, ACT_FINISH}, 2},
        {"LA", {ACT_GIVE_BACK, ACT_FINISH, ACT_LAPSE, ACT_END}, 4},
        {"LW", {ACT_GIVE_BACK, ACT_FINISH, ACT_LAPSE, ACT_END}, 4},
        {"LF", {ACT_GIVE_BACK, ACT_FINISH, ACT_LAPSE, ACT_END}, 4},
        {"AL", {ACT_LEASE}, 1},
        {"AA", {ACT_ASSIGN, ACT_BOOK, ACT_PLACE, ACT_END}, 4},
        {"AW", {ACT_PLACE}, 1},
        {"AF", {ACT_SETTLE, ACT_BAN, ACT_PLACE}, 3},
        {"WQ", {ACT_PLACE}, 1},
        {"WL", {ACT_LEASE}, 1},
        {"WA", {ACT_BOOK, ACT_PLACE}, 2},
        {"WW", {ACT_ASSIGN, ACT_PLACE, ACT_END}, 3},
        {"WF", {ACT_SETTLE, ACT_BAN, ACT_PLACE}, 3},
        {"FQ", {ACT_TAKE_BACK}, 1},
        {"FW", {ACT_FREE, ACT_TAKE_BACK}, 2},
        {"FF", {ACT_CORRECT, ACT_TAKE_BACK}, 2},
    };
    static const char letters[CASE_STATE_COUNT + 1] = "QLAWF";
    (void)state;
    struct phoning phoning;
    struct err err = {0};
    phoning_simple(&phoning, 2, PHONING_RULES);
    struct followup_case row = next_case(&phoning, 0).row;
    for (int way = 0; way < CASE_STATE_COUNT * CASE_STATE_COUNT * (ACT_END + 1); way++) {
        int from = way / (CASE_STATE_COUNT * (ACT_END + 1));
        int to = way / (ACT_END + 1) % CASE_STATE_COUNT;
        enum case_act act = (enum case_act)(way % (ACT_END + 1));
        bool is_allowed = false;
        for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
            bool is_way = ways[i].way[0] == letters[from] && ways[i].way[1] == letters[to];
            for (int n = 0; n < ways[i].count; n++)
                is_allowed = is_allowed || (is_way && ways[i].acts[n] == act);
        }
        struct followup_case was = row, becomes = row;
        was.state = (enum case_state)from;
        case_become_leased(&becomes, row.account_id, phoning.now_utc, 600);
        if (to == CASE_FINAL)
            case_become_final(&becomes, "2.21", "", phoning.now_utc);
        becomes.state = (enum case_state)to;
        begin(&phoning);
        int rc = case_change(phoning.store, act, &was, &becomes, &err);
        /* The counters are not those of such a case: what they refuse was allowed here. */
        if (rc != (is_allowed ? OK : ERR_WRONG_STATE) && (!is_allowed || rc == ERR_WRONG_STATE))
            fail_msg("%c to %c by act %d: %d", letters[from], letters[to], (int)act, rc);
        store_rollback(phoning.store);
    }
    phoning_deinit(&phoning);
}

/* ---- want of memory ---- */

static int answer_once(struct phoning *phoning, const struct caller *caller,
                       const struct dial_row *dialled, int64_t drawn_id, struct err *err)
{
    static const char *const given[][3] = {{"", "consent", "yes"},  {"", "is_you", "yes"},
                                           {"x", "resolved", "no"}, {"x", "satisfaction", "1"},
                                           {"x", "other", "yes"},   {"", "coached", "no"}};
    int rc = OK;
    for (size_t i = 0; i < sizeof given / sizeof *given && rc == OK; i++) {
        bool is_words = strcmp(given[i][1], "other") == 0;
        int64_t until_utc = 0;
        rc = casework_answer(phoning->work, phoning->store, caller, dialled->id,
                             given[i][0][0] != '\0' ? drawn_id : 0, bytes_from_z(given[i][1]),
                             bytes_from_z(given[i][2]),
                             is_words ? BYTES_LIT("还没有修") : BYTES_NONE, 100, &until_utc, err);
    }
    return rc;
}

/* A case from the opening to its complete, another one that lapses; all undone. */
static int phone_once(struct phoning *phoning, const struct round_row *round, struct err *err)
{
    struct casework *work = phoning->work;
    struct store *store = phoning->store;
    const struct actor actor = supervisor(phoning);
    const struct dial_end dial_end = {.code = BYTES_LIT("1.1"), .note = BYTES_LIT("备注")};
    struct campaign_row campaign;
    struct leased_case leased;
    struct dial_row dialled;
    struct finished finished;
    struct orders_of orders = {.count = 0};
    int64_t retry_utc = 0;
    int swept = 0;
    int rc = casework_open(work, store, round, &actor, &campaign, err);
    struct caller *caller = caller_at(phoning, 0);
    if (rc == OK)
        rc = casework_next(work, store, caller, &leased, &retry_utc, err);
    if (rc == OK)
        rc = case_orders_each(store, round->id, 1, leased.row.case_no, on_order_of, &orders, err);
    if (rc == OK)
        rc = casework_dial(work, store, caller, leased.row.id, 1, &dialled, err);
    if (rc == OK)
        rc = answer_once(phoning, caller, &dialled, orders.drawn_ids[0], err);
    if (rc == OK)
        rc = casework_finish(work, store, caller, dialled.id, &dial_end, &finished, err);
    if (rc == OK)
        rc = casework_next(work, store, caller, &leased, &retry_utc, err);
    if (rc == OK)
        rc = casework_dial(work, store, caller, leased.row.id, 1, &dialled, err);
    return rc == OK ? casework_sweep(work, store, phoning->now_utc + 1000, 10, &swept, err) : rc;
}

static int phone_with_little(void *context, struct err *err)
{
    struct phoning *phoning = context;
    const struct casework_options options = {phoning_random, phoning};
    struct round_row round;
    struct arena arena;
    phoning->seed = 7;
    arena_init(&arena, (size_t)1024 * 1024);
    int rc = casework_new(&phoning->fixture.datadir, &options, &phoning->work, err);
    if (rc == OK)
        rc = store_begin(phoning->store, err);
    if (rc == OK)
        rc = round_get_kept(phoning->store, BYTES_LIT("2024-06"), &arena, &round, err);
    if (rc == OK)
        rc = phone_once(phoning, &round, err);
    store_rollback(phoning->store);
    casework_free(phoning->work);
    phoning->work = NULL;
    arena_deinit(&arena);
    return rc;
}

static void casework__survives_every_failed_allocation(void **state)
{
    static const char orders[] =
        LINE("A1", "甲局", "投诉", "13900000001") LINE("A2", "甲局", "投诉", "13900000002");
    (void)state;
    struct phoning phoning;
    phoning_init(&phoning, orders, 2, PHONING_RULES);
    casework_free(phoning.work);
    phoning.work = NULL;
    fault_loop(phone_with_little, &phoning);
    phoning_deinit(&phoning);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(case_change__takes_what_the_table_says_and_nothing_else),
        cmocka_unit_test(casework__survives_every_failed_allocation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
