#include "service/storage/remarks.h"

#include "service/storage/receipts.h"
#include "service/storage/tasks.h"
#include "tests/service/storage/drawing.h"
#include "tests/support/fault.h"

/* ---- remarks ---- */

static int put_remark(struct store *store, int64_t round_id, const char *text, int64_t *out_id)
{
    struct err err = {.code = OK};
    struct remark_row row = {.round_id = round_id,
                             .account_id = 3,
                             .who = BYTES_LIT("zhang"),
                             .text = bytes_from_z(text),
                             .at_utc = 1717300000};
    int rc = remark_put_new(store, &row, &err);
    if (rc == OK)
        *out_id = row.id;
    return rc;
}

static int on_remark(void *context, const struct remark_row *row, struct err *err)
{
    struct listing *listing = context;
    (void)err;
    assert_true(row->account_id == 3 && row->at_utc == 1717300000);
    assert_true(bytes_equal(row->who, BYTES_LIT("zhang")));
    listing_add(listing, "%jd:" BYTES_FMT " ", (intmax_t)row->id, BYTES_ARG(row->text));
    return OK;
}

static void remarks_each__is_newest_first_by_pages(void **state)
{
    struct store *store = begin(*state);
    struct err err = {.code = OK};
    struct listing page = {.len = 0}, next = {.len = 0};
    int64_t id = 0, round = put_round(store, "2024-05"), other = put_round(store, "2024-06");
    assert_int_equal(put_remark(store, round, "a", &id), OK);
    assert_int_equal(put_remark(store, other, "b", &id), OK);
    assert_int_equal(put_remark(store, round, "c", &id), OK);
    assert_int_equal(put_remark(store, round, "d", &id), OK);
    assert_int_equal(id, 4);
    MUST(remarks_each(store, round, 0, 2, on_remark, &page, &err));
    assert_string_equal(page.text, "4:d 3:c ");
    MUST(remarks_each(store, round, 3, 2, on_remark, &next, &err));
    assert_string_equal(next.text, "1:a ");
    assert_int_equal(put_remark(store, 99, "e", &id), ERR_REFUSED);
    assert_int_equal(id, 4);
}

/* ---- receipts ---- */

static int64_t put_receipt(struct store *store, const char *key, int64_t created_utc)
{
    struct err err = {.code = OK};
    struct receipt_row row = {.key = {.account = -2, .key = bytes_from_z(key)},
                              .answer = BYTES_LIT("{}"),
                              .created_utc = created_utc};
    memset(row.key.request_sha256, 'r', sizeof row.key.request_sha256);
    MUST(receipt_put_new(store, &row, &err));
    return row.id;
}

static int on_receipt(void *context, const struct receipt_row *row, struct err *err)
{
    (void)err;
    assert_true(row->key.account == -2 && row->key.request_sha256[31] == 'r');
    listing_add(context, "%jd:" BYTES_FMT " ", (intmax_t)row->id, BYTES_ARG(row->key.key));
    return OK;
}

static void receipts__are_kept_and_purged(void **state)
{
    struct store *store = begin(*state);
    struct err err = {.code = OK};
    struct receipt_row row;
    struct listing all = {.len = 0}, left = {.len = 0};
    int64_t newest = -1, last = -1, deleted = -1;
    MUST(receipt_newest_id(store, &newest, &err));
    assert_int_equal(newest, 0);
    MUST(receipts_purge(store, 100, 10, &last, &deleted, &err));
    assert_true(last == 0 && deleted == 0);
    for (int i = 0; i < 4; i++)
        (void)put_receipt(store, (const char *[]){"a", "b", "c", "d"}[i], 10 + i);
    MUST(receipt_get(store, 2, &row, &err));
    assert_true(bytes_equal(row.key.key, BYTES_LIT("b")) && row.created_utc == 11);
    assert_true(bytes_equal(row.answer, BYTES_LIT("{}")) && row.key.account == -2);
    MUST(receipts_each(store, on_receipt, &all, &err));
    assert_string_equal(all.text, "1:a 2:b 3:c 4:d ");
    MUST(receipts_purge(store, 12, 10, &last, &deleted, &err));
    assert_true(last == 2 && deleted == 2);
    assert_int_equal(receipt_get(store, 2, &row, &err), ERR_NOT_FOUND);
    MUST(receipts_purge(store, 1000, 10, &last, &deleted, &err));
    MUST(receipts_each(store, on_receipt, &left, &err));
    assert_string_equal(left.text, "4:d ");
    MUST(receipt_newest_id(store, &newest, &err));
    assert_int_equal(newest, 4);
}

/* ---- tasks ---- */

static int64_t put_task(struct store *store, const char *state)
{
    struct err err = {.code = OK};
    struct task_row row = {.account_id = 3,
                           .kind = BYTES_LIT("import"),
                           .who = BYTES_LIT("zhang"),
                           .subject = BYTES_LIT("五月.csv"),
                           .state = bytes_from_z(state),
                           .created_utc = 1717300000};
    MUST(task_put_new(store, &row, &err));
    return row.id;
}

static int on_task(void *context, const struct task_row *row, struct err *err)
{
    (void)err;
    listing_add(context, "%jd:" BYTES_FMT " ", (intmax_t)row->id, BYTES_ARG(row->state));
    return OK;
}

static void tasks__end_or_are_interrupted(void **state)
{
    struct store *store = begin(*state);
    struct err err = {.code = OK};
    struct task_row row;
    struct listing all = {.len = 0}, page = {.len = 0};
    int64_t first = put_task(store, "queued");
    (void)put_task(store, "running");
    (void)put_task(store, "queued");
    MUST(task_get(store, first, &row, &err));
    assert_true(row.id == first && row.account_id == 3 && row.ended_utc == 0);
    assert_true(bytes_equal(row.kind, BYTES_LIT("import")) && row.created_utc == 1717300000);
    assert_true(bytes_equal(row.subject, BYTES_LIT("五月.csv")) && row.message.len == 0);
    MUST(task_put_state(store, first, BYTES_LIT("failed"), BYTES_LIT("缺列"), BYTES_LIT("text/csv"),
                        1717300009, &err));
    MUST(task_get(store, first, &row, &err));
    assert_true(bytes_equal(row.message, BYTES_LIT("缺列")) && row.ended_utc == 1717300009);
    assert_true(bytes_equal(row.result_type, BYTES_LIT("text/csv")));
    assert_int_equal(task_put_state(store, 99, BYTES_LIT("done"), BYTES_NONE, BYTES_NONE, 1, &err),
                     ERR_NOT_FOUND);
    assert_int_equal(
        task_put_state(store, first, BYTES_LIT("gone"), BYTES_NONE, BYTES_NONE, 1, &err),
        ERR_REFUSED);
    MUST(tasks_put_interrupted(store, 1717300010, &err));
    MUST(tasks_each(store, 0, 10, on_task, &all, &err));
    assert_string_equal(all.text, "3:interrupted 2:interrupted 1:failed ");
    MUST(tasks_each(store, 3, 1, on_task, &page, &err));
    assert_string_equal(page.text, "2:interrupted ");
    assert_int_equal(task_get(store, 99, &row, &err), ERR_NOT_FOUND);
}

/* ---- savepoints and the log ---- */

static void store_rollback_to__undoes_one_action(void **state)
{
    struct store *store = begin(*state);
    struct err err = {.code = OK};
    struct listing listing = {.len = 0};
    int64_t id = 0, round = put_round(store, "2024-05");
    MUST(store_savepoint(store, &err));
    assert_int_equal(put_remark(store, round, "a", &id), OK);
    MUST(store_release(store, &err));
    MUST(store_savepoint(store, &err));
    assert_int_equal(put_remark(store, round, "b", &id), OK);
    MUST(store_rollback_to(store, &err));
    MUST(store_savepoint(store, &err));
    assert_int_equal(put_remark(store, round, "c", &id), OK);
    MUST(store_release(store, &err));
    MUST(store_commit(store, &err));
    MUST(store_begin(store, &err));
    MUST(remarks_each(store, round, 0, 10, on_remark, &listing, &err));
    assert_string_equal(listing.text, "2:c 1:a ");
}

static void store_changed__tells_of_other_connections(void **state)
{
    struct fixture *fixture = *state;
    struct err err = {.code = OK};
    struct store *other = NULL;
    struct store_options options = {.path = fixture->path, .mode = STORE_READWRITE};
    bool changed = true;
    MUST(store_open(&options, &other, &err));
    MUST(store_changed(other, &changed, &err));
    assert_false(changed);
    (void)put_round(begin(fixture), "2024-05");
    MUST(store_commit(fixture->store, &err));
    MUST(store_changed(fixture->store, &changed, &err));
    assert_false(changed);
    MUST(store_changed(other, &changed, &err));
    assert_true(changed);
    MUST(store_changed(other, &changed, &err));
    assert_false(changed);
    store_close(other);
}

static void store_checkpoint__empties_the_log(void **state)
{
    struct fixture *fixture = *state;
    struct err err = {.code = OK};
    int64_t left = -1;
    store_set_autocheckpoint(fixture->store, false);
    (void)put_round(begin(fixture), "2024-05");
    MUST(store_commit(fixture->store, &err));
    int64_t pages = store_log_pages(fixture->store);
    assert_true(pages > 0);
    MUST(store_checkpoint(fixture->store, false, &left, &err));
    assert_int_equal(left, 0);
    (void)put_round(begin(fixture), "2024-06");
    MUST(store_commit(fixture->store, &err));
    assert_true(store_log_pages(fixture->store) < pages); /* it began anew */
    MUST(store_checkpoint(fixture->store, true, &left, &err));
    assert_int_equal(left, 0);
}

static void store_import_runs__is_told_of_other_stores(void **state)
{
    struct fixture *fixture = *state;
    struct err err = {.code = OK};
    struct store *other = NULL;
    struct store_options options = {.path = fixture->path, .mode = STORE_READWRITE};
    MUST(store_open(&options, &other, &err));
    assert_false(store_import_runs(fixture->store));
    MUST(store_lock_import(other, &err));
    assert_true(store_import_runs(fixture->store));
    store_unlock_import(other);
    assert_false(store_import_runs(fixture->store));
    store_close(other);
}

/* ---- faults ---- */

static int act(void *context, struct err *err)
{
    struct fixture *fixture = context;
    struct store *store = fixture->store;
    struct remark_row remark = {.round_id = 1, .who = BYTES_LIT("w"), .text = BYTES_LIT("t")};
    struct receipt_row receipt = {.key = {.account = 1, .key = BYTES_LIT("k")}};
    struct task_row task = {.kind = BYTES_LIT("score"), .state = BYTES_LIT("queued")};
    int64_t last = 0, deleted = 0;
    int rc = store_begin(store, err);
    if (rc == OK)
        rc = store_savepoint(store, err);
    if (rc == OK)
        rc = remark_put_new(store, &remark, err);
    if (rc == OK)
        rc = store_rollback_to(store, err);
    if (rc == OK)
        rc = receipt_put_new(store, &receipt, err);
    if (rc == OK)
        rc = receipts_purge(store, 10, 10, &last, &deleted, err);
    if (rc == OK)
        rc = task_put_new(store, &task, err);
    if (rc == OK)
        rc = task_put_state(store, task.id, BYTES_LIT("done"), BYTES_NONE, BYTES_NONE, 1, err);
    if (rc == OK)
        rc = task_get(store, task.id, &task, err);
    store_rollback(store);
    return rc;
}

static void prepare(struct fixture *fixture)
{
    struct err err = {.code = OK};
    assert_int_equal(put_round(begin(fixture), "2024-05"), 1);
    MUST(store_commit(fixture->store, &err));
    fixture_reopen(fixture, STORE_READWRITE);
}

static void service_rows__survive_lack_of_memory(void **state)
{
    prepare(*state);
    fault_loop(act, *state);
}

static void service_rows__survive_a_failing_disk(void **state)
{
    prepare(*state);
    disk_loop(*state, act);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(remarks_each__is_newest_first_by_pages),
        TEST(receipts__are_kept_and_purged),
        TEST(tasks__end_or_are_interrupted),
        TEST(store_rollback_to__undoes_one_action),
        TEST(store_changed__tells_of_other_connections),
        TEST(store_checkpoint__empties_the_log),
        TEST(store_import_runs__is_told_of_other_stores),
        TEST(service_rows__survive_lack_of_memory),
        TEST(service_rows__survive_a_failing_disk),
    };
    storage_use_allocator();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
