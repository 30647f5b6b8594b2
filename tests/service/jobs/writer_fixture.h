#ifndef PINGYI_TESTS_SERVICE_JOBS_WRITER_FIXTURE_H
#define PINGYI_TESTS_SERVICE_JOBS_WRITER_FIXTURE_H

#include "service/jobs/writer.h"

#include "base/container.h"

#include "service/storage/remarks.h"
#include "tests/service/storage/drawing.h"

/* What tests of the writer share: a loop, a store with a round, a writer, and actions that remark upon the round. */

enum { REMARKS_MAX = 4096, TEST_NOW_UTC = 1750000000 };

struct remark {
    struct action action;
    struct room *room;
    int64_t round_id;
    char text[32];
    const char *long_text; /* in place of `text` */
    char key[32];
    int result;   /* what act says after it has written */
    bool is_done; /* done came */
};

struct room {
    struct fixture fixture;
    uv_loop_t loop;
    struct writer *writer;
    int64_t round_id;
    int done, foreign_writes;
    bool is_stopped;
    struct remark remarks[REMARKS_MAX];
    size_t remark_count;
};

static inline int64_t test_now(void)
{
    return TEST_NOW_UTC;
}

static inline int act_remark(struct action *action, struct store *store, struct err *err)
{
    struct remark *remark = CONTAINER_OF(action, struct remark, action);
    struct remark_row row = {
        .round_id = remark->round_id,
        .account_id = 1,
        .who = BYTES_LIT("zhang"),
        .text = bytes_from_z(remark->long_text != NULL ? remark->long_text : remark->text),
        .at_utc = TEST_NOW_UTC};
    int rc = remark_put_new(store, &row, err);
    if (rc == OK)
        buf_printf(&action->answer, "%jd", (intmax_t)row.id);
    if (rc == OK && remark->result != OK)
        rc = err_set(err, (enum err_code)remark->result, "this action fails");
    return rc;
}

static inline void on_remarked(struct action *action)
{
    struct remark *remark = CONTAINER_OF(action, struct remark, action);
    assert_false(remark->is_done);
    remark->is_done = true;
    remark->room->done++;
}

static inline void set_text(char out[32], const char *text)
{
    assert_true(strlen(text) < 32);
    memcpy(out, text, strlen(text) + 1);
}

/* A remark of its own key; `key` NULL: without one. Submitted by the caller. */
static inline struct remark *make_remark(struct room *room, const char *key, const char *text)
{
    assert_true(room->remark_count < REMARKS_MAX);
    struct remark *remark = &room->remarks[room->remark_count++];
    *remark = (struct remark){.room = room, .round_id = room->round_id};
    remark->action = (struct action){.act = act_remark, .done = on_remarked};
    buf_init(&remark->action.answer, 64);
    set_text(remark->text, text);
    if (key != NULL) {
        set_text(remark->key, key);
        remark->action.key.account = 7;
        remark->action.key.key = bytes_from_z(remark->key);
        memcpy(remark->action.key.request_sha256, remark->text, RECEIPT_HASH_BYTES);
    }
    return remark;
}

static inline struct remark *submit_remark(struct room *room, const char *key, const char *text)
{
    struct err err = {.code = OK};
    struct remark *remark = make_remark(room, key, text);
    MUST(writer_submit(room->writer, &remark->action, &err));
    return remark;
}

/* Let the loop turn until `count` actions are done. */
static inline void run_until_done(struct room *room, int count)
{
    while (room->done < count)
        (void)uv_run(&room->loop, UV_RUN_ONCE);
    assert_int_equal(room->done, count);
}

static inline void on_foreign_write(void *context, struct store *store)
{
    struct room *room = context;
    assert_true(store_in_transaction(store));
    room->foreign_writes++;
}

static inline struct store *open_with(const struct room *room, const char *vfs)
{
    struct err err = {.code = OK};
    struct store *store = NULL;
    struct store_options options = {
        .path = room->fixture.path, .mode = STORE_READWRITE, .vfs = vfs};
    MUST(store_open(&options, &store, &err));
    return store;
}

static inline void start_writer(struct room *room, size_t queue_max, const char *vfs)
{
    struct err err = {.code = OK};
    struct writer_options options = {
        .store = open_with(room, vfs),
        .checkpoint_store = open_with(room, NULL),
        .queue_max = queue_max,
        .now_utc = test_now,
        .on_foreign_write = on_foreign_write,
        .context = room,
    };
    room->is_stopped = false;
    MUST(writer_new(&room->loop, &options, &room->writer, &err));
}

static inline void on_writer_stopped(void *context)
{
    struct room *room = context;
    room->is_stopped = true;
}

static inline void stop_writer(struct room *room)
{
    writer_stop(room->writer, on_writer_stopped, room);
    assert_false(room->is_stopped);
    (void)uv_run(&room->loop, UV_RUN_DEFAULT);
    assert_true(room->is_stopped);
    writer_free(room->writer);
    room->writer = NULL;
}

static inline int list_remark(void *context, const struct remark_row *row, struct err *err)
{
    (void)err;
    listing_add(context, BYTES_FMT " ", BYTES_ARG(row->text));
    return OK;
}

/* The round's remarks in the file, oldest last. */
static inline void assert_remarks(struct room *room, const char *expected)
{
    struct err err = {.code = OK};
    struct listing listing = {.len = 0};
    MUST(store_begin_read(room->fixture.store, &err));
    MUST(remarks_each(room->fixture.store, room->round_id, 0, 1000, list_remark, &listing, &err));
    store_rollback(room->fixture.store);
    assert_string_equal(listing.text, expected);
}

static inline int room_set_up(void **state)
{
    static struct room room;
    struct err err = {.code = OK};
    memset(&room, 0, sizeof room);
    fixture_init(&room.fixture);
    room.round_id = put_round(begin(&room.fixture), "2024-05");
    MUST(store_commit(room.fixture.store, &err));
    assert_int_equal(uv_loop_init(&room.loop), 0);
    *state = &room;
    return 0;
}

static inline int room_tear_down(void **state)
{
    struct room *room = *state;
    if (room->writer != NULL)
        stop_writer(room);
    for (size_t i = 0; i < room->remark_count; i++)
        buf_deinit(&room->remarks[i].action.answer);
    assert_int_equal(uv_loop_close(&room->loop), 0);
    fixture_deinit(&room->fixture);
    return 0;
}

#define ROOM_TEST(name) cmocka_unit_test_setup_teardown(name, room_set_up, room_tear_down)

#endif
