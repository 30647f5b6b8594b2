#include "service/storage/stand.h"

#include "service/storage/connection.h"
#include "service/storage/remarks.h"
#include "service/storage/units.h"

#include "tests/service/storage/drawing.h"

static int64_t stand_of(struct store *store)
{
    struct err err = {.code = OK};
    int64_t stand = -1;
    MUST(store_begin_read(store, &err));
    MUST(stand_get(store, &stand, &err));
    store_rollback(store);
    return stand;
}

/* Those that write and leave the stand: nothing that results are counted from, or beside a statement that moves it, in
 * the same transaction. Whoever adds a statement decides where it belongs. */
static const char *const harmless[] = {
    "account_",
    "accounts_",
    "answer_",
    "attempt_keep_version",
    "audit_",
    "backup_",
    "call_record",
    "caller_language",
    "campaign",
    "case_",
    "cases_",
    "dial",
    "do_not_call",
    "drawn_put_new",
    "frame_entries_",
    "frame_left_out_",
    "frame_pending_",
    "frame_unit",
    "handling_",
    "handlings_",
    "import_unmatched_",
    "order_",
    "orders_",
    "outcome_reject_",
    "package",
    "pending_",
    "person_order",
    "receipt",
    "recheck",
    "record_flags_",
    "recovery_",
    "reject_",
    "rejects_",
    "remark_",
    "role_limit",
    "round_fact",
    "round_layer",
    "round_step_put",
    "round_unit",
    "sealed_",
    "session",
    "shift",
    "sighting",
    "stand_move",
    "stranger",
    "task",
    "team",
    "term_",
    "token_",
};

static bool is_harmless(struct bytes name)
{
    for (size_t i = 0; i < sizeof harmless / sizeof *harmless; i++) {
        if (bytes_starts_with(name, bytes_from_z(harmless[i])))
            return true;
    }
    return false;
}

static void stand__is_moved_by_every_statement_that_is_not_harmless(void **state)
{
    struct fixture *fixture = *state;
    struct store *store = fixture->store;
    struct err err = {.code = OK};
    int moving = 0;
    MUST(store_prepare_all(store, &err));
    for (size_t i = 0; i < store->statement_slots; i++) {
        const struct named_statement *statement = &store->statements[i];
        if (statement->name.len == 0 || sqlite3_stmt_readonly(statement->prepared) != 0) {
            assert_false(statement->moves_stand);
            continue;
        }
        moving += statement->moves_stand;
        if (!statement->moves_stand && !is_harmless(statement->name))
            fail_msg(BYTES_FMT " leaves the stand", BYTES_ARG(statement->name));
    }
    assert_in_range(moving, 20, 40);
}

static void stand__moves_once_by_a_commit_that_changes_results(void **state)
{
    struct fixture *fixture = *state;
    struct err err = {.code = OK};
    int64_t before = stand_of(fixture->store);
    struct store *store = begin(fixture);
    (void)put_round(store, "2024-05");
    (void)put_round(store, "2024-06");
    MUST(store_commit(store, &err));
    assert_int_equal(stand_of(store), before + 1);
}

static void stand__is_left_by_a_rollback_and_by_remarks(void **state)
{
    struct fixture *fixture = *state;
    struct err err = {.code = OK};
    struct store *store = begin(fixture);
    int64_t round_id = put_round(store, "2024-05");
    MUST(store_commit(store, &err));
    int64_t before = stand_of(store);
    (void)begin(fixture);
    (void)put_round(store, "2024-06");
    store_rollback(store);
    (void)begin(fixture);
    struct remark_row remark = {
        .round_id = round_id, .who = BYTES_LIT("a"), .text = BYTES_LIT("b")};
    MUST(remark_put_new(store, &remark, &err));
    MUST(store_commit(store, &err));
    assert_int_equal(stand_of(store), before);
}

/* Slices of an import are not seen yet; what says so is. */
static void stand__is_moved_by_the_end_of_an_import(void **state)
{
    struct fixture *fixture = *state;
    struct err err = {.code = OK};
    struct import_row import = sample_import(1);
    struct order_row order = sample_order(1, 1, "A");
    struct handling_row handling = sample_handling(1, 0, 1);
    struct store *store = begin(fixture);
    MUST(import_put_loading(store, &import, &err));
    MUST(store_commit(store, &err));
    int64_t before = stand_of(store);
    (void)begin(fixture);
    MUST(order_put(store, &order, &err));
    MUST(handling_put(store, &handling, &err));
    MUST(store_commit(store, &err));
    assert_int_equal(stand_of(store), before);
    (void)begin(fixture);
    import.end_order_id = 2;
    MUST(import_put_loaded(store, &import, &err));
    MUST(store_commit(store, &err));
    assert_int_equal(stand_of(store), before + 1);
    (void)begin(fixture);
    MUST(import_undo(store, import.id, 1717300000, &err));
    MUST(store_commit(store, &err));
    assert_int_equal(stand_of(store), before + 2);
}

static void stand__is_one_for_all_connections(void **state)
{
    struct fixture *fixture = *state;
    struct err err = {.code = OK};
    struct store *reader = NULL;
    struct store_options options = {.path = fixture->path, .mode = STORE_READONLY};
    MUST(store_open(&options, &reader, &err));
    int64_t before = stand_of(reader), within = -1;
    MUST(store_begin_read(reader, &err));
    struct store *store = begin(fixture);
    MUST(calendar_layer_put(store, BYTES_LIT("local"), BYTES_LIT("x"), 1, &err));
    MUST(store_commit(store, &err));
    MUST(stand_get(reader, &within, &err));
    assert_int_equal(within, before);
    store_rollback(reader);
    assert_int_equal(stand_of(reader), before + 1);
    store_close(reader);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(stand__is_moved_by_every_statement_that_is_not_harmless),
        TEST(stand__moves_once_by_a_commit_that_changes_results),
        TEST(stand__is_left_by_a_rollback_and_by_remarks),
        TEST(stand__is_moved_by_the_end_of_an_import),
        TEST(stand__is_one_for_all_connections),
    };
    storage_use_allocator();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
