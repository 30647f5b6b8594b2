#include "service/followup/casework_room.h"

#include "tests/service/followup/casework_fixture.h"

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
        {"AA", {ACT_BOOK, ACT_PLACE, ACT_END}, 3},
        {"AW", {ACT_PLACE}, 1},
        {"AF", {ACT_SETTLE, ACT_BAN, ACT_PLACE}, 3},
        {"WQ", {ACT_PLACE}, 1},
        {"WL", {ACT_LEASE}, 1},
        {"WA", {ACT_BOOK, ACT_PLACE}, 2},
        {"WW", {ACT_PLACE, ACT_END}, 2},
        {"WF", {ACT_SETTLE, ACT_BAN, ACT_PLACE}, 3},
        {"FW", {ACT_FREE}, 1},
        {"FF", {ACT_CORRECT}, 1},
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(case_change__takes_what_the_table_says_and_nothing_else),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
