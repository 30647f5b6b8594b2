#include "service/jobs/tasks.h"

#include "base/container.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

struct office;

struct job {
    struct task task;
    struct office *office;
    int result;
    int64_t progress; /* told before it waits */
    bool waits_for_cancel, waits_for_gate;
    bool is_released;
};

struct office {
    uv_loop_t loop;
    struct tasks *tasks;
    struct job jobs[4];
    uv_sem_t gate;
    char log[512]; /* "id:state " of each change */
    bool opens_gate_on_progress;
    int released, stopped;
};

static void on_change(void *context, struct task *task)
{
    struct office *office = context;
    size_t len = strlen(office->log);
    (void)snprintf(office->log + len, sizeof office->log - len, "%jd:%s%s ", (intmax_t)task->id,
                   task_state_word(task->state), task->done > 0 ? "+" : "");
    if (office->opens_gate_on_progress && task->state == TASK_RUNNING && task->done > 0)
        uv_sem_post(&office->gate);
}

static int set_up(void **state)
{
    static struct office office;
    struct err err = {.code = OK};
    memset(&office, 0, sizeof office);
    assert_int_equal(uv_loop_init(&office.loop), 0);
    assert_int_equal(uv_sem_init(&office.gate, 0), 0);
    struct tasks_options options = {.queue_max = 2, .on_change = on_change, .context = &office};
    assert_int_equal(tasks_new(&office.loop, &options, &office.tasks, &err), OK);
    *state = &office;
    return 0;
}

static void on_stopped(void *context)
{
    struct office *office = context;
    office->stopped++;
}

static int tear_down(void **state)
{
    struct office *office = *state;
    if (office->stopped == 0)
        tasks_stop(office->tasks, on_stopped, office);
    assert_int_equal(uv_run(&office->loop, UV_RUN_DEFAULT), 0);
    assert_int_equal(office->stopped, 1);
    tasks_free(office->tasks);
    uv_sem_destroy(&office->gate);
    assert_int_equal(uv_loop_close(&office->loop), 0);
    return 0;
}

static int run_job(struct task *task, struct err *err)
{
    struct job *job = CONTAINER_OF(task, struct job, task);
    if (job->progress > 0)
        task_progress(task, job->progress, 100);
    if (job->waits_for_gate)
        uv_sem_wait(&job->office->gate);
    while (job->waits_for_cancel) {
        if (task_is_canceled(task))
            return err_set(err, ERR_CANCELED, "canceled");
    }
    return job->result == OK ? OK : err_set(err, (enum err_code)job->result, "this task fails");
}

static void release_job(struct task *task)
{
    struct job *job = CONTAINER_OF(task, struct job, task);
    assert_false(job->is_released);
    job->is_released = true;
    job->office->released++;
}

static int submit(struct office *office, int at)
{
    struct err err = {.code = OK};
    struct job *job = &office->jobs[at];
    job->office = office;
    job->task.id = at + 1;
    job->task.kind = "import";
    job->task.run = run_job;
    job->task.release = release_job;
    return tasks_submit(office->tasks, &job->task, &err);
}

static void run_until_released(struct office *office, int count)
{
    while (office->released < count)
        (void)uv_run(&office->loop, UV_RUN_ONCE);
    assert_int_equal(office->released, count);
}

static void tasks_submit__runs_one_after_the_other(void **state)
{
    struct office *office = *state;
    office->jobs[1].result = ERR_FORMAT;
    assert_int_equal(submit(office, 0), OK);
    assert_int_equal(submit(office, 1), OK);
    assert_string_equal(office->log, "");
    assert_ptr_equal(tasks_find(office->tasks, 2), &office->jobs[1].task);
    assert_null(tasks_find(office->tasks, 3));
    run_until_released(office, 2);
    assert_string_equal(office->log, "1:running 1:done 2:running 2:failed ");
    assert_string_equal(office->jobs[1].task.err.message, "this task fails");
    assert_null(tasks_find(office->tasks, 2));
}

static void tasks_submit__refuses_beyond_the_queue(void **state)
{
    struct office *office = *state;
    assert_int_equal(submit(office, 0), OK);
    assert_int_equal(submit(office, 1), OK);
    assert_int_equal(submit(office, 2), ERR_BUSY);
    run_until_released(office, 2);
    assert_int_equal(submit(office, 2), OK);
    run_until_released(office, 3);
}

static void task_progress__is_told(void **state)
{
    struct office *office = *state;
    office->jobs[0].progress = 7;
    office->jobs[0].waits_for_gate = true;
    office->opens_gate_on_progress = true;
    assert_int_equal(submit(office, 0), OK);
    run_until_released(office, 1);
    assert_non_null(strstr(office->log, "1:running+ 1:done+ "));
    assert_true(office->jobs[0].task.done == 7 && office->jobs[0].task.total == 100);
}

static void tasks_cancel__ends_the_running_and_the_waiting(void **state)
{
    struct office *office = *state;
    office->jobs[0].waits_for_cancel = true;
    assert_int_equal(submit(office, 0), OK);
    while (office->log[0] == '\0')
        (void)uv_run(&office->loop, UV_RUN_ONCE);
    assert_int_equal(submit(office, 1), OK);
    assert_int_equal(submit(office, 2), OK);
    assert_ptr_equal(tasks_find(office->tasks, 1), &office->jobs[0].task);
    tasks_cancel(office->tasks, &office->jobs[2].task);
    run_until_released(office, 1);
    assert_string_equal(office->log, "1:running 3:canceled ");
    assert_int_equal(submit(office, 3), OK);
    tasks_cancel(office->tasks, &office->jobs[0].task);
    run_until_released(office, 4);
    assert_string_equal(office->log, "1:running 3:canceled 1:canceled 2:running 2:done 4:running "
                                     "4:done ");
}

static void tasks_stop__cancels_all(void **state)
{
    struct office *office = *state;
    struct err err = {.code = OK};
    office->jobs[0].waits_for_cancel = true;
    assert_int_equal(submit(office, 0), OK);
    while (office->log[0] == '\0')
        (void)uv_run(&office->loop, UV_RUN_ONCE);
    assert_int_equal(submit(office, 1), OK);
    tasks_stop(office->tasks, on_stopped, office);
    assert_int_equal(tasks_submit(office->tasks, &office->jobs[2].task, &err), ERR_WRONG_STATE);
    assert_int_equal(office->stopped, 0);
    (void)uv_run(&office->loop, UV_RUN_DEFAULT);
    assert_int_equal(office->stopped, 1);
    assert_int_equal(office->released, 2);
    assert_non_null(strstr(office->log, "1:canceled "));
    assert_non_null(strstr(office->log, "2:canceled "));
}

static void tasks_stop__tells_what_it_interrupts_from_what_was_canceled(void **state)
{
    struct office *office = *state;
    assert_int_equal(submit(office, 0), OK);
    assert_int_equal(submit(office, 1), OK);
    tasks_cancel(office->tasks, &office->jobs[0].task);
    tasks_stop(office->tasks, on_stopped, office);
    assert_false(atomic_load(&office->jobs[0].task.is_interrupted));
    assert_true(atomic_load(&office->jobs[1].task.is_interrupted));
    (void)uv_run(&office->loop, UV_RUN_DEFAULT);
}

static void tasks_hold_place__keeps_it_until_given_back(void **state)
{
    struct office *office = *state;
    struct err err = {.code = OK};
    assert_int_equal(tasks_hold_place(office->tasks, &err), OK);
    assert_int_equal(tasks_hold_place(office->tasks, &err), OK);
    assert_int_equal(tasks_hold_place(office->tasks, &err), ERR_BUSY);
    assert_int_equal(submit(office, 0), ERR_BUSY);
    tasks_give_place_back(office->tasks);
    assert_int_equal(submit(office, 0), OK);
    assert_int_equal(tasks_hold_place(office->tasks, &err), ERR_BUSY);
    tasks_give_place_back(office->tasks);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(tasks_submit__runs_one_after_the_other),
        TEST(tasks_submit__refuses_beyond_the_queue),
        TEST(task_progress__is_told),
        TEST(tasks_cancel__ends_the_running_and_the_waiting),
        TEST(tasks_stop__cancels_all),
        TEST(tasks_stop__tells_what_it_interrupts_from_what_was_canceled),
        TEST(tasks_hold_place__keeps_it_until_given_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
