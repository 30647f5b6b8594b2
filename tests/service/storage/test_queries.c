#include "service/storage/database.h"

#include "tests/service/storage/drawing.h"

/* What SQLite plans for the statements of queries/. Nothing is ever analyzed: the plans on an empty database are those
 * that a full one gets. */

struct plan {
    bool scans; /* a table from end to end, or sorts beside it */
    struct listing details;
};

static struct plan plan_of(struct store *store, const char *name)
{
    struct err err = {.code = OK};
    struct plan plan = {.scans = false};
    sqlite3_stmt *statement = NULL, *explain = NULL;
    char sql[4096];
    MUST(database_take(store, name, &statement, &err));
    int len = snprintf(sql, sizeof sql, "EXPLAIN QUERY PLAN %s", sqlite3_sql(statement));
    assert_in_range(len, 1, sizeof sql - 1);
    assert_int_equal(sqlite3_prepare_v2(database_handle(store), sql, -1, &explain, NULL),
                     SQLITE_OK);
    while (sqlite3_step(explain) == SQLITE_ROW) {
        const char *detail = (const char *)sqlite3_column_text(explain, 3);
        if (strncmp(detail, "SCAN", 4) == 0 || strstr(detail, "TEMP B-TREE") != NULL)
            plan.scans = true;
        listing_add(&plan.details, "%s; ", detail);
    }
    (void)sqlite3_finalize(explain);
    return plan;
}

static void hot_queries__search_an_index(void **state)
{
    static const struct {
        const char *name, *searches;
    } table[] = {
        {"case_find_own_appointment", "INDEX cases_own (account_id=? AND from_utc<?)"},
        {"case_find_due", "INDEX cases_due (campaign_id=? AND state=? AND team_id=? AND language=? "
                          "AND from_utc>? AND from_utc<?)"},
        {"case_next_due", "INDEX cases_due (campaign_id=? AND state=? AND team_id=? AND language=? "
                          "AND from_utc>?)"},
        {"case_find_queued", "INDEX cases_queued (campaign_id=? AND unit=? AND team_id=? AND "
                             "language=? AND shuffle>?)"},
        {"case_find_leased", "INDEX cases_held (account_id=?)"},
        {"case_find_ended", "INDEX cases_ending (until_utc<?)"},
        {"case_get", "INTEGER PRIMARY KEY (rowid=?)"},
        {"case_orders_each", "INDEX drawn_orders_by_case (round_id=? AND draw_no=? AND case_no=?)"},
        {"case_numbers_each", "PRIMARY KEY (case_id=?)"},
        {"case_number_is_leased", "INDEX case_numbers_by_key (phone_key=?)"},
        {"case_number_is_dialled", "INDEX dials_open_number (phone_key=?)"},
        {"cases_each_with_number", "INDEX case_numbers_by_key (phone_key=?)"},
        {"cases_count", "INDEX cases_by_unit (campaign_id=?)"},
        {"cases_each", "INDEX cases_by_campaign (campaign_id=? AND rowid>?)"},
        {"campaign_get_current", "(round_id=? AND draw_no=?)"},
        {"campaign_units_each", "PRIMARY KEY (campaign_id=?)"},
        {"campaign_unit_find_fresh",
         "INDEX campaign_units_fresh (campaign_id=? AND (share,in_work,unit)>(?,?,?))"},
        {"campaign_unit_add", "PRIMARY KEY (campaign_id=? AND unit=?)"},
        {"do_not_call_has", "INDEX do_not_call_in_force (phone_key=?)"},
        {"dial_get_open", "INDEX dials_open (case_id=?)"},
        {"dials_each_of_case", "INDEX dials_by_case (case_id=?)"},
        {"dials_count_of_number", "INDEX dials_by_number (phone_key=? AND day=?)"},
        {"dial_work_each", "INDEX dials_by_account (account_id=? AND day>? AND day<?)"},
        {"answers_each_of_case", "INDEX answers_by_case (case_id=?)"},
        {"last_answers_each", "INDEX cases_by_campaign (campaign_id=?)"},
        {"last_answers_each", "INDEX answers_by_case (case_id=?)"},
        {"answer_next_id", "SEARCH answers"},
        {"shift_get_open", "INDEX shifts_open (account_id=?)"},
        {"recheck_find_due", "INDEX rechecks_queued (until_utc<?)"},
        {"recheck_find_leased", "INDEX rechecks_held (account_id=?)"},
        {"recheck_find_ended", "INDEX rechecks_ending (until_utc<?)"},
        {"recheck_count_completes", "INDEX dials_complete (account_id=?)"},
        {"recheck_count_chosen", "INDEX rechecks_by_caller (caller_id=? AND campaign_id=?)"},
        {"package_get_of_case", "INDEX package_cases_by_case (case_id=?)"},
        {"package_order_get", "PRIMARY KEY (package_id=? AND case_id=? AND no=?)"},
        {"call_records_each_unmatched", "INDEX call_records_by_dial (dial_id=? AND rowid>?)"},
        {"call_records_each_unmatched_newest", "INDEX call_records_by_dial (dial_id=?)"},
        {"call_records_count_unmatched", "INDEX call_records_by_dial (dial_id=?)"},
    };
    struct fixture *fixture = *state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct plan plan = plan_of(fixture->store, table[i].name);
        if (plan.scans || strstr(plan.details.text, table[i].searches) == NULL)
            fail_msg("%s: %s", table[i].name, plan.details.text);
    }
}

static void plans__tell_who_scans_and_who_sorts(void **state)
{
    struct fixture *fixture = *state;
    assert_true(plan_of(fixture->store, "campaigns_each_open").scans);
    assert_true(plan_of(fixture->store, "call_record_find_dial").scans);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(hot_queries__search_an_index),
        TEST(plans__tell_who_scans_and_who_sorts),
    };
    storage_use_allocator();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
