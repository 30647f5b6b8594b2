#include "service/jobs/lane.h"

#include "base/container.h"
#include "service/storage/rounds.h"
#include "tests/service/storage/drawing.h"

#include <stdatomic.h>

enum { JOBS = 16 };

struct hall;

struct job {
    struct work work;
    struct hall *hall;
    int result;
    bool is_done;
};

struct hall {
    struct fixture fixture;
    uv_loop_t loop;
    struct lane *lane;
    struct job jobs[JOBS];
    atomic_int running, most_running;
    uv_barrier_t meeting;
    uv_sem_t gate, arrived;
    int done, stopped, counts[2];
    int opened, open_limit;
};

static int set_up_hall(void **state)
{
    static struct hall hall;
    memset(&hall, 0, sizeof hall);
    fixture_init(&hall.fixture);
    assert_int_equal(uv_loop_init(&hall.loop), 0);
    assert_int_equal(uv_barrier_init(&hall.meeting, 2), 0);
    assert_int_equal(uv_sem_init(&hall.gate, 0), 0);
    assert_int_equal(uv_sem_init(&hall.arrived, 0), 0);
    hall.open_limit = 8;
    *state = &hall;
    return 0;
}

static void on_stopped(void *context)
{
    struct hall *hall = context;
    hall->stopped++;
}

static int tear_down_hall(void **state)
{
    struct hall *hall = *state;
    if (hall->lane != NULL && hall->stopped == 0)
        lane_stop(hall->lane, on_stopped, hall);
    (void)uv_run(&hall->loop, UV_RUN_DEFAULT);
    lane_free(hall->lane);
    uv_sem_destroy(&hall->arrived);
    uv_sem_destroy(&hall->gate);
    uv_barrier_destroy(&hall->meeting);
    assert_int_equal(uv_loop_close(&hall->loop), 0);
    fixture_deinit(&hall->fixture);
    return 0;
}

static int open_reader(void *context, struct store **out, struct err *err)
{
    struct hall *hall = context;
    if (hall->opened++ == hall->open_limit)
        return err_set(err, ERR_IO, "no more stores");
    struct store_options options = {.path = hall->fixture.path, .mode = STORE_READONLY};
    return store_open(&options, out, err);
}

static int make_lane_of(struct hall *hall, struct lane_options options, bool has_stores,
                        struct err *err)
{
    options.context = hall;
    if (has_stores)
        options.open_store = open_reader;
    return lane_new(&hall->loop, &options, &hall->lane, err);
}

static int make_lane(struct hall *hall, int width, size_t queue_max, bool has_stores,
                     struct err *err)
{
    const struct lane_options options = {.width = width, .queue_max = queue_max};
    return make_lane_of(hall, options, has_stores, err);
}

static void on_done(struct work *work)
{
    struct job *job = CONTAINER_OF(work, struct job, work);
    assert_false(job->is_done);
    job->is_done = true;
    job->hall->done++;
}

static int submit(struct hall *hall, int at,
                  int (*run)(struct work *, struct store *, struct err *))
{
    struct err err = {.code = OK};
    struct job *job = &hall->jobs[at];
    job->hall = hall;
    job->work = (struct work){.run = run, .done = on_done};
    int rc = lane_submit(hall->lane, &job->work, &err);
    assert_false(job->is_done);
    return rc;
}

static int run_counted(struct work *work, struct store *store, struct err *err)
{
    struct job *job = CONTAINER_OF(work, struct job, work);
    struct hall *hall = job->hall;
    assert_null(store);
    int now = atomic_fetch_add(&hall->running, 1) + 1;
    int most = atomic_load(&hall->most_running);
    while (now > most && !atomic_compare_exchange_weak(&hall->most_running, &most, now))
        ;
    (void)atomic_fetch_sub(&hall->running, 1);
    return job->result == OK ? OK : err_set(err, (enum err_code)job->result, "this work fails");
}

static void lane_submit__runs_one_after_the_other_in_a_lane_of_one(void **state)
{
    struct hall *hall = *state;
    struct err err = {.code = OK};
    MUST(make_lane(hall, 1, JOBS, false, &err));
    hall->jobs[3].result = ERR_REFUSED;
    for (int i = 0; i < JOBS; i++)
        assert_int_equal(submit(hall, i, run_counted), OK);
    assert_int_equal(lane_waiting(hall->lane), JOBS - 1);
    (void)uv_run(&hall->loop, UV_RUN_DEFAULT);
    assert_int_equal(hall->done, JOBS);
    assert_int_equal(hall->most_running, 1);
    assert_int_equal(hall->jobs[2].work.rc, OK);
    assert_int_equal(hall->jobs[3].work.rc, ERR_REFUSED);
    assert_string_equal(hall->jobs[3].work.err.message, "this work fails");
    assert_int_equal(lane_waiting(hall->lane), 0);
}

/* Comes to its end only beside another one. */
static int run_meeting(struct work *work, struct store *store, struct err *err)
{
    (void)store;
    (void)err;
    (void)uv_barrier_wait(&CONTAINER_OF(work, struct job, work)->hall->meeting);
    return OK;
}

static void lane_submit__runs_beside_each_other_in_a_wide_lane(void **state)
{
    struct hall *hall = *state;
    struct err err = {.code = OK};
    MUST(make_lane(hall, 2, JOBS, false, &err));
    for (int i = 0; i < 6; i++)
        assert_int_equal(submit(hall, i, run_meeting), OK);
    (void)uv_run(&hall->loop, UV_RUN_DEFAULT);
    assert_int_equal(hall->done, 6);
}

static int run_gated(struct work *work, struct store *store, struct err *err)
{
    (void)store;
    (void)err;
    uv_sem_wait(&CONTAINER_OF(work, struct job, work)->hall->gate);
    return OK;
}

static void lane_submit__refuses_beyond_the_queue(void **state)
{
    struct hall *hall = *state;
    struct err err = {.code = OK};
    MUST(make_lane(hall, 1, 2, false, &err));
    assert_int_equal(submit(hall, 0, run_gated), OK);
    assert_int_equal(submit(hall, 1, run_gated), OK);
    assert_int_equal(submit(hall, 2, run_gated), OK);
    assert_int_equal(submit(hall, 3, run_gated), ERR_BUSY);
    for (int i = 0; i < 3; i++)
        uv_sem_post(&hall->gate);
    (void)uv_run(&hall->loop, UV_RUN_DEFAULT);
    assert_int_equal(hall->done, 3);
}

static void lane_stop__finishes_what_waits(void **state)
{
    struct hall *hall = *state;
    struct err err = {.code = OK};
    MUST(make_lane(hall, 1, JOBS, false, &err));
    for (int i = 0; i < 3; i++)
        assert_int_equal(submit(hall, i, run_gated), OK);
    lane_stop(hall->lane, on_stopped, hall);
    assert_int_equal(submit(hall, 3, run_gated), ERR_WRONG_STATE);
    for (int i = 0; i < 3; i++)
        uv_sem_post(&hall->gate);
    assert_int_equal(hall->stopped, 0);
    (void)uv_run(&hall->loop, UV_RUN_DEFAULT);
    assert_int_equal(hall->done, 3);
    assert_int_equal(hall->stopped, 1);
}

static void lane_stop__says_so_later_when_nothing_runs(void **state)
{
    struct hall *hall = *state;
    struct err err = {.code = OK};
    MUST(make_lane(hall, 1, JOBS, false, &err));
    lane_stop(hall->lane, on_stopped, hall);
    assert_int_equal(hall->stopped, 0);
    (void)uv_run(&hall->loop, UV_RUN_DEFAULT);
    assert_int_equal(hall->stopped, 1);
}

/* ---- stores ---- */

static int count_round(void *context, const struct round_row *row, struct err *err)
{
    (void)row;
    (void)err;
    ++*(int *)context;
    return OK;
}

static int run_two_reads(struct work *work, struct store *store, struct err *err)
{
    struct hall *hall = CONTAINER_OF(work, struct job, work)->hall;
    int rc = rounds_each(store, count_round, &hall->counts[0], err);
    uv_sem_post(&hall->arrived);
    uv_sem_wait(&hall->gate);
    return rc == OK ? rounds_each(store, count_round, &hall->counts[1], err) : rc;
}

static void lane_submit__gives_each_work_one_snapshot(void **state)
{
    struct hall *hall = *state;
    struct err err = {.code = OK};
    MUST(make_lane(hall, 1, JOBS, true, &err));
    for (int round = 0; round < 2; round++) {
        hall->counts[0] = hall->counts[1] = 0;
        hall->jobs[round].is_done = false;
        assert_int_equal(submit(hall, round, run_two_reads), OK);
        uv_sem_wait(&hall->arrived);
        (void)put_round(begin(&hall->fixture), round == 0 ? "2024-05" : "2024-06");
        MUST(store_commit(hall->fixture.store, &err));
        uv_sem_post(&hall->gate);
        (void)uv_run(&hall->loop, UV_RUN_DEFAULT);
        assert_int_equal(hall->jobs[round].work.rc, OK);
        assert_int_equal(hall->counts[0], round);
        assert_int_equal(hall->counts[1], round);
    }
}

static int run_counting(struct work *work, struct store *store, struct err *err)
{
    struct job *job = CONTAINER_OF(work, struct job, work);
    int rounds = 0;
    int rc = rounds_each(store, count_round, &rounds, err);
    if (rc == OK && job->result != OK)
        return err_set(err, (enum err_code)job->result, "this work fails");
    job->result = rounds;
    return rc;
}

static void lane_submit__runs_on_one_snapshot_what_waits_together(void **state)
{
    struct hall *hall = *state;
    struct err err = {.code = OK};
    const struct lane_options options = {.width = 1, .queue_max = JOBS, .together = 3};
    MUST(make_lane_of(hall, options, true, &err));
    hall->jobs[2].result = ERR_REFUSED;
    assert_int_equal(submit(hall, 0, run_counting), OK);
    assert_int_equal(submit(hall, 1, run_two_reads), OK);
    for (int i = 2; i < 6; i++)
        assert_int_equal(submit(hall, i, run_counting), OK);
    while (!hall->jobs[0].is_done)
        (void)uv_run(&hall->loop, UV_RUN_ONCE);
    assert_int_equal(lane_waiting(hall->lane), 2);
    uv_sem_wait(&hall->arrived);
    (void)put_round(begin(&hall->fixture), "2024-05");
    MUST(store_commit(hall->fixture.store, &err));
    uv_sem_post(&hall->gate);
    (void)uv_run(&hall->loop, UV_RUN_DEFAULT);
    assert_int_equal(hall->done, 6);
    assert_int_equal(hall->jobs[1].work.rc, OK);
    assert_int_equal(hall->jobs[2].work.rc, ERR_REFUSED);
    assert_int_equal(hall->jobs[3].work.rc, OK);
    assert_int_equal(hall->jobs[3].result, 0);
    assert_int_equal(hall->jobs[4].result, 1);
    assert_int_equal(hall->jobs[5].result, 1);
}

static void lane_submit__shares_what_waits_among_its_places(void **state)
{
    struct hall *hall = *state;
    struct err err = {.code = OK};
    const struct lane_options options = {.width = 2, .queue_max = JOBS, .together = JOBS};
    MUST(make_lane_of(hall, options, false, &err));
    for (int i = 0; i < 6; i++)
        assert_int_equal(submit(hall, i, run_meeting), OK);
    (void)uv_run(&hall->loop, UV_RUN_DEFAULT);
    assert_int_equal(hall->done, 6);
}

static void lane_new__closes_what_it_opened_when_a_store_fails(void **state)
{
    struct hall *hall = *state;
    struct err err = {.code = OK};
    hall->open_limit = 2;
    assert_int_equal(make_lane(hall, 4, JOBS, true, &err), ERR_IO);
    assert_null(hall->lane);
    assert_int_equal(hall->opened, 3);
}

#define HALL_TEST(name) cmocka_unit_test_setup_teardown(name, set_up_hall, tear_down_hall)

int main(void)
{
    const struct CMUnitTest tests[] = {
        HALL_TEST(lane_submit__runs_one_after_the_other_in_a_lane_of_one),
        HALL_TEST(lane_submit__runs_beside_each_other_in_a_wide_lane),
        HALL_TEST(lane_submit__refuses_beyond_the_queue),
        HALL_TEST(lane_stop__finishes_what_waits),
        HALL_TEST(lane_stop__says_so_later_when_nothing_runs),
        HALL_TEST(lane_submit__gives_each_work_one_snapshot),
        HALL_TEST(lane_submit__runs_on_one_snapshot_what_waits_together),
        HALL_TEST(lane_submit__shares_what_waits_among_its_places),
        HALL_TEST(lane_new__closes_what_it_opened_when_a_store_fails),
    };
    storage_use_allocator();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
