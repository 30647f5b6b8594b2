#include "service/jobs/receipt.h"

#include "base/alloc.h"
#include "tests/service/storage/drawing.h"
#include "tests/support/fault.h"

struct desk {
    struct fixture fixture;
    struct receipt_index *index;
};

static struct receipt_index *new_index(struct store *store)
{
    struct err err = {.code = OK};
    struct receipt_index *index = NULL;
    MUST(receipt_index_new(store, &index, &err));
    return index;
}

static int set_up_desk(void **state)
{
    static struct desk desk;
    memset(&desk, 0, sizeof desk);
    fixture_init(&desk.fixture);
    desk.index = new_index(desk.fixture.store);
    *state = &desk;
    return 0;
}

static int tear_down_desk(void **state)
{
    struct desk *desk = *state;
    receipt_index_free(desk->index);
    fixture_deinit(&desk->fixture);
    return 0;
}

static struct receipt_key key_of(int64_t account, const char *key, const char *body)
{
    struct receipt_key made = {.account = account, .key = bytes_from_z(key)};
    assert_true(strlen(body) < sizeof made.request_sha256);
    memcpy(made.request_sha256, body, strlen(body));
    return made;
}

static void add(struct desk *desk, int64_t account, const char *key, const char *body, int64_t now)
{
    struct err err = {.code = OK};
    struct receipt_key made = key_of(account, key, body);
    MUST(receipt_index_add(desk->index, desk->fixture.store, &made, bytes_from_z(body), now, &err));
}

static enum receipt_found look(struct desk *desk, int64_t account, const char *key,
                               const char *body)
{
    struct err err = {.code = OK};
    struct receipt_key made = key_of(account, key, body);
    enum receipt_found found = RECEIPT_NEW;
    struct buf answer;
    buf_init(&answer, 100);
    MUST(receipt_index_look(desk->index, desk->fixture.store, &made, &found, &answer, &err));
    assert_true(
        bytes_equal(buf_bytes(&answer), found == RECEIPT_SAME ? bytes_from_z(body) : BYTES_NONE));
    buf_deinit(&answer);
    return found;
}

static void settle(struct desk *desk, bool committed)
{
    struct err err = {.code = OK};
    if (committed)
        MUST(store_commit(desk->fixture.store, &err));
    store_rollback(desk->fixture.store);
    receipt_index_settle(desk->index, committed);
    (void)begin(&desk->fixture);
}

static void receipt_index_look__tells_same_from_other(void **state)
{
    struct desk *desk = *state;
    (void)begin(&desk->fixture);
    assert_int_equal(look(desk, 1, "k", "a"), RECEIPT_NEW);
    add(desk, 1, "k", "a", 10);
    assert_int_equal(look(desk, 1, "k", "a"), RECEIPT_SAME);
    assert_int_equal(look(desk, 1, "k", "b"), RECEIPT_OTHER);
    assert_int_equal(look(desk, 2, "k", "a"), RECEIPT_NEW);
    assert_int_equal(look(desk, 1, "l", "a"), RECEIPT_NEW);
    settle(desk, true);
    assert_int_equal(look(desk, 1, "k", "a"), RECEIPT_SAME);
    receipt_index_free(desk->index);
    store_rollback(desk->fixture.store);
    desk->index = new_index(desk->fixture.store);
    (void)begin(&desk->fixture);
    assert_int_equal(look(desk, 1, "k", "a"), RECEIPT_SAME);
    assert_int_equal(receipt_index_count(desk->index), 1);
}

static void receipt_index_settle__takes_a_failed_batch_back(void **state)
{
    struct desk *desk = *state;
    (void)begin(&desk->fixture);
    add(desk, 1, "kept", "a", 10);
    settle(desk, true);
    add(desk, 1, "lost", "a", 10);
    add(desk, 1, "lost too", "a", 10);
    settle(desk, false);
    assert_int_equal(look(desk, 1, "lost", "a"), RECEIPT_NEW);
    assert_int_equal(look(desk, 1, "lost too", "a"), RECEIPT_NEW);
    /* Its ids are used again: nothing may lead from the lost keys to the new rows. */
    add(desk, 1, "new", "b", 10);
    assert_int_equal(look(desk, 1, "lost", "b"), RECEIPT_NEW);
    assert_int_equal(look(desk, 1, "new", "b"), RECEIPT_SAME);
    assert_int_equal(look(desk, 1, "kept", "a"), RECEIPT_SAME);
    assert_int_equal(receipt_index_count(desk->index), 2);
}

static void receipt_index_drop_last__takes_one_back(void **state)
{
    struct desk *desk = *state;
    struct err err = {.code = OK};
    (void)begin(&desk->fixture);
    add(desk, 1, "first", "a", 10);
    MUST(store_savepoint(desk->fixture.store, &err));
    add(desk, 1, "second", "a", 10);
    MUST(store_rollback_to(desk->fixture.store, &err));
    receipt_index_drop_last(desk->index);
    assert_int_equal(look(desk, 1, "second", "a"), RECEIPT_NEW);
    add(desk, 1, "third", "a", 10);
    settle(desk, true);
    assert_int_equal(look(desk, 1, "first", "a"), RECEIPT_SAME);
    assert_int_equal(look(desk, 1, "third", "a"), RECEIPT_SAME);
    assert_int_equal(receipt_index_count(desk->index), 2);
}

static void number_key(char out[32], int number)
{
    (void)snprintf(out, 32, "key-%d", number);
}

/* Batches of many keys, some of which fail: what is found is what was committed, also by an index that reads the
 * rows. */
static void receipt_index__holds_what_was_committed(void **state)
{
    enum { KEYS = 20000, BATCH = 100 };
    struct desk *desk = *state;
    char key[32];
    (void)begin(&desk->fixture);
    for (int i = 0; i < KEYS; i++) {
        number_key(key, i);
        add(desk, i % 7, key, "a", 10);
        if (i % BATCH == BATCH - 1)
            settle(desk, i / BATCH % 5 != 3);
    }
    for (int pass = 0; pass < 2; pass++) {
        assert_int_equal(receipt_index_count(desk->index), KEYS / 5 * 4);
        for (int i = 0; i < KEYS; i++) {
            number_key(key, i);
            bool kept = i / BATCH % 5 != 3;
            assert_int_equal(look(desk, i % 7, key, "a"), kept ? RECEIPT_SAME : RECEIPT_NEW);
        }
        store_rollback(desk->fixture.store);
        receipt_index_free(desk->index);
        desk->index = new_index(desk->fixture.store);
        (void)begin(&desk->fixture);
    }
}

static bool purge(struct desk *desk, int64_t until, int64_t limit)
{
    struct err err = {.code = OK};
    bool more = false;
    MUST(receipt_index_purge(desk->index, desk->fixture.store, until, limit, &more, &err));
    return more;
}

static void receipt_index_purge__forgets_the_oldest(void **state)
{
    struct desk *desk = *state;
    (void)begin(&desk->fixture);
    add(desk, 1, "a", "x", 10);
    add(desk, 1, "b", "x", 5); /* the clock was set back */
    add(desk, 1, "c", "x", 20);
    add(desk, 1, "d", "x", 30);
    settle(desk, true);
    assert_false(purge(desk, 5, 10));
    assert_int_equal(look(desk, 1, "a", "x"), RECEIPT_SAME);
    assert_false(purge(desk, 20, 10));
    assert_int_equal(look(desk, 1, "a", "x"), RECEIPT_NEW);
    assert_int_equal(look(desk, 1, "b", "x"), RECEIPT_NEW);
    assert_int_equal(look(desk, 1, "c", "x"), RECEIPT_SAME);
    settle(desk, false);
    assert_int_equal(look(desk, 1, "a", "x"), RECEIPT_SAME);
    assert_int_equal(receipt_index_count(desk->index), 4);

    assert_true(purge(desk, 1000, 2));
    assert_int_equal(look(desk, 1, "b", "x"), RECEIPT_NEW);
    assert_true(purge(desk, 1000, 1));
    assert_int_equal(look(desk, 1, "c", "x"), RECEIPT_NEW);
    /* The newest stays: ids go on rising. */
    assert_false(purge(desk, 1000, 10));
    assert_int_equal(look(desk, 1, "d", "x"), RECEIPT_SAME);
    assert_int_equal(receipt_index_count(desk->index), 1);
    add(desk, 1, "b", "x", 40);
    settle(desk, true);
    assert_int_equal(look(desk, 1, "b", "x"), RECEIPT_SAME);
}

/* A machine whose clock has no battery begins in 2000, and is told the time a minute later. */
static void receipt_index_purge__keeps_what_is_fresh_whatever_the_clock_was(void **state)
{
    struct desk *desk = *state;
    const int64_t now = 1750000000, wrong = 946684800;
    (void)begin(&desk->fixture);
    add(desk, 1, "old", "x", now - RECEIPT_KEPT_S - 20);
    add(desk, 1, "before", "x", now - 60);
    add(desk, 1, "meanwhile", "x", wrong);
    add(desk, 1, "after", "x", now);
    settle(desk, true);
    assert_false(purge(desk, wrong - RECEIPT_KEPT_S, 10));
    assert_int_equal(look(desk, 1, "old", "x"), RECEIPT_SAME);
    assert_false(purge(desk, now - RECEIPT_KEPT_S, 10));
    assert_int_equal(look(desk, 1, "old", "x"), RECEIPT_NEW);
    assert_int_equal(look(desk, 1, "before", "x"), RECEIPT_SAME);
    assert_int_equal(look(desk, 1, "meanwhile", "x"), RECEIPT_SAME);
    assert_int_equal(look(desk, 1, "after", "x"), RECEIPT_SAME);
    assert_int_equal(receipt_index_count(desk->index), 3);
}

static void receipt_index_refresh__reads_what_another_wrote(void **state)
{
    struct desk *desk = *state;
    struct err err = {.code = OK};
    struct receipt_key key = key_of(1, "k", "a");
    struct receipt_row row = {.key = key, .answer = BYTES_LIT("a"), .created_utc = 1};
    MUST(receipt_put_new(begin(&desk->fixture), &row, &err));
    assert_int_equal(look(desk, 1, "k", "a"), RECEIPT_NEW);
    MUST(receipt_index_refresh(desk->index, desk->fixture.store, &err));
    assert_int_equal(look(desk, 1, "k", "a"), RECEIPT_SAME);
}

static int add_and_look(void *context, struct err *err)
{
    struct desk *desk = context;
    struct store *store = desk->fixture.store;
    struct receipt_key key = key_of(1, "k", "a");
    struct receipt_index *index = NULL;
    enum receipt_found found = RECEIPT_NEW;
    struct buf answer;
    buf_init(&answer, 100);
    int rc = receipt_index_new(store, &index, err);
    if (rc == OK)
        rc = store_begin(store, err);
    if (rc == OK)
        rc = receipt_index_add(index, store, &key, BYTES_LIT("a"), 1, err);
    if (rc == OK)
        rc = receipt_index_look(index, store, &key, &found, &answer, err);
    if (rc == OK)
        assert_int_equal(found, RECEIPT_SAME);
    store_rollback(store);
    receipt_index_free(index);
    buf_deinit(&answer);
    return rc;
}

static void receipt_index__survives_lack_of_memory(void **state)
{
    struct desk *desk = *state;
    (void)begin(&desk->fixture);
    add(desk, 1, "old", "a", 10);
    settle(desk, true);
    store_rollback(desk->fixture.store);
    fault_loop(add_and_look, desk);
}

#define DESK_TEST(name) cmocka_unit_test_setup_teardown(name, set_up_desk, tear_down_desk)

int main(void)
{
    const struct CMUnitTest tests[] = {
        DESK_TEST(receipt_index_look__tells_same_from_other),
        DESK_TEST(receipt_index_settle__takes_a_failed_batch_back),
        DESK_TEST(receipt_index_drop_last__takes_one_back),
        DESK_TEST(receipt_index__holds_what_was_committed),
        DESK_TEST(receipt_index_purge__forgets_the_oldest),
        DESK_TEST(receipt_index_purge__keeps_what_is_fresh_whatever_the_clock_was),
        DESK_TEST(receipt_index_refresh__reads_what_another_wrote),
        DESK_TEST(receipt_index__survives_lack_of_memory),
    };
    storage_use_allocator();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
