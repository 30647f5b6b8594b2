#include "service/storage/database.h"

#include "tests/service/storage/drawing.h"

/* What runs at each request, each batch or each sign-in must cost the same after years as on the first day: it finds
 * its rows by an index, and reads no table from end to end. */
static const char *const hot[] = {
    "account_get",
    "account_get_by_id",
    "account_put",
    "session_get",
    "session_put_stage",
    "session_put_seen",
    "session_put_ended",
    "sessions_put_ended",
    "sessions_delete_ended",
    "sessions_each",
    "recovery_codes_delete",
    "recovery_code_use",
    "recovery_codes_left",
    "stranger_get",
    "strangers_delete_before",
    "audit_get_mac",
    "receipt_newest_id",
    "receipt_get",
    "receipts_purge",
    "remarks_each",
    "round_get_id",
    "task_get",
    "task_put_state",
    "tasks_each",
};

static void assert_no_table_is_read_whole(struct store *store, const char *name)
{
    enum { DETAIL = 3 };
    struct err err = {.code = OK};
    sqlite3_stmt *statement = NULL, *plan = NULL;
    char sql[4096];
    MUST(database_take(store, name, &statement, &err));
    assert_true(snprintf(sql, sizeof sql, "EXPLAIN QUERY PLAN %s", sqlite3_sql(statement)) <
                (int)sizeof sql);
    assert_int_equal(sqlite3_prepare_v2(database_handle(store), sql, -1, &plan, NULL), SQLITE_OK);
    int steps = 0;
    for (; sqlite3_step(plan) == SQLITE_ROW; steps++) {
        const char *detail = (const char *)sqlite3_column_text(plan, DETAIL);
        if (strncmp(detail, "SCAN ", 5) == 0 && strstr(detail, " INDEX ") == NULL)
            fail_msg("%s: %s", name, detail);
    }
    assert_true(steps > 0);
    (void)sqlite3_finalize(plan);
}

static void hot_statements__read_no_table_whole(void **state)
{
    struct store *store = begin(*state);
    for (size_t i = 0; i < sizeof hot / sizeof *hot; i++)
        assert_no_table_is_read_whole(store, hot[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(hot_statements__read_no_table_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
