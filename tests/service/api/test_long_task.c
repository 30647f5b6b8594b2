#include "service/api/long_task.h"

#include "base/container.h"

#include "service/api/parts.h"

#include "tests/service/api/city.h"

#include <signal.h>
#include <sys/resource.h>

/* Long jobs from the request to their end, and what is told of them meanwhile. */

/* ---- tasks ---- */

static void round__is_frozen_drawn_closed_and_scored(void **state)
{
    struct running *running = *state;
    load(running);
    described(running, "listRounds", "GET /api/v1/rounds");
    step(running, "{\"kind\":\"draw_plan\",\"size\":10}");
    step(running, "{\"kind\":\"freeze\"}");
    described(running, "getRound", "GET /api/v1/rounds/2026-05");
    assert_true(says(running, "\"state\":\"frozen\""));
    step(running, "{\"kind\":\"draw\",\"size\":10,\"seed\":\"3 1 4 1 5\"}");
    assert_true(says(running, "样本 10 件"));
    assert_int_equal(ask(running, office, "GET /api/v1/tasks/4/result"), 200);
    assert_true(says(running, "\"sample\": 10"));
    run_task(running, "POST /api/v1/rounds/2026-05/tasks", "{\"kind\":\"freeze\"}", "failed");
    assert_true(says(running, "当前状态不允许此操作"));
    run_task(running, "DELETE /api/v1/imports/1", NULL, "failed");
    step(running, "{\"kind\":\"close\"}");
    step(running, "{\"kind\":\"score\"}");
    assert_true(says(running, "第 1 次"));
    step(running, "{\"kind\":\"report\"}");
    assert_int_equal(ask(running, office, "GET /api/v1/tasks/9/result"), 200);
    assert_true(says(running, "Content-Type: text/html; charset=utf-8"));
    described(running, "getRound", "GET /api/v1/rounds/2026-05");
    assert_true(says(running, "\"state\":\"scored\""));
    assert_true(says(running, "\"seed\":\"3 1 4 1 5\""));
    assert_int_equal(ask(running, auditor, "GET /api/v1/audit?action=draw.make"), 200);
    assert_true(says(running, "\"target\":\"2026-05\""));
    assert_int_equal(submit(running, auditor, "POST /api/v1/audit/verify", "{}"), 200);
    assert_true(says(running, "\"holds\":true"));
}

static void tasks__refuse_what_is_no_task(void **state)
{
    struct running *running = *state;
    static const char *const bodies[] = {
        "{}",
        "{\"kind\":\"nothing\"}",
        "{\"kind\":\"draw\",\"size\":10}",
        "{\"kind\":\"draw\",\"seed\":\"x\"}",
        "{\"kind\":\"draw\",\"seed\":\"x\",\"size\":1,\"margin\":0.1}",
        "{\"kind\":\"draw_plan\",\"margin\":1}",
        "{\"kind\":\"report\",\"format\":\"pdf\"}",
        "{\"kind\":\"score\",\"more\":1}",
    };
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
        if (submit(running, office, "POST /api/v1/rounds/2026-05/tasks", bodies[i]) != 400)
            fail_msg("%s is taken", bodies[i]);
    }
    run_task(running, "POST /api/v1/rounds/none/tasks", "{\"kind\":\"score\"}", "failed");
    assert_int_equal(ask(running, office, "GET /api/v1/tasks/99"), 404);
    assert_int_equal(ask(running, office, "DELETE /api/v1/tasks/1"), 409);
}

/* Wherever the wish meets it: what is canceled has loaded nothing. */
static void imports__that_are_canceled_leave_nothing(void **state)
{
    struct running *running = *state;
    char dump[DUMP_BYTES];
    write_dump(dump);
    assert_int_equal(submit(running, office, "POST /api/v1/imports?name=a.csv", dump), 202);
    (void)ask(running, office, "DELETE /api/v1/tasks/1");
    await_task(running, 1);
    bool is_canceled = says(running, "\"state\":\"canceled\"");
    assert_true(is_canceled || says(running, "\"state\":\"done\""));
    assert_int_equal(ask(running, office, "GET /api/v1/imports"), 200);
    assert_int_equal(says(running, "\"items\":[]"), is_canceled);
}

/* It may have begun by then; one that has not never does. */
static void tasks__that_wait_can_be_canceled(void **state)
{
    struct running *running = *state;
    char dump[DUMP_BYTES];
    write_dump(dump);
    assert_int_equal(submit(running, office, "POST /api/v1/imports?name=a.csv", dump), 202);
    assert_int_equal(
        submit(running, office, "POST /api/v1/rounds/2026-05/tasks", "{\"kind\":\"score\"}"), 202);
    int status = ask(running, office, "DELETE /api/v1/tasks/2");
    await_task(running, 2);
    if (status == 202)
        assert_true(says(running, "\"state\":\"canceled\"") || says(running, "\"state\":\"done\""));
    else
        assert_int_equal(status, 409);
    await_task(running, 1);
    assert_true(says(running, "\"state\":\"done\""));
}

/* Keeps what comes after it waiting. */
struct blocker {
    struct long_task task;
    uv_sem_t is_let_go;
};

static int wait_until_let_go(struct task *task, struct err *err)
{
    (void)err;
    uv_sem_wait(&CONTAINER_OF(task, struct blocker, task.task)->is_let_go);
    return OK;
}

static void keep_blocker(struct task *task)
{
    uv_sem_destroy(&CONTAINER_OF(task, struct blocker, task.task)->is_let_go);
}

static void set_disk_full(bool is_full)
{
    struct rlimit limit;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    limit.rlim_cur = is_full ? 0 : limit.rlim_max;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

/* Neither the task nor the writer can store how it ended, until there is room. */
static void tasks__that_fail_on_a_full_disk_say_so_later(void **state)
{
    struct running *running = *state;
    struct err err = {.code = OK};
    static const struct long_kind kind = {.word = "blocker"};
    struct blocker blocker = {.task = {.wish.kind = &kind}};
    blocker.task.task = (struct task){
        .id = 99, .kind = "blocker", .run = wait_until_let_go, .release = keep_blocker};
    assert_int_equal(uv_sem_init(&blocker.is_let_go, 0), 0);
    MUST(tasks_submit(running->service.tasks, &blocker.task.task, &err));
    assert_int_equal(
        submit(running, office, "POST /api/v1/rounds/2026-05/tasks", "{\"kind\":\"freeze\"}"), 202);
    void (*before)(int) = signal(SIGXFSZ, SIG_IGN);
    set_disk_full(true);
    uv_sem_post(&blocker.is_let_go);
    while (running->service.unended == NULL)
        (void)uv_run(&running->served.loop, UV_RUN_ONCE);
    set_disk_full(false);
    (void)signal(SIGXFSZ, before);
    assert_null(tasks_find(running->service.tasks, 1));
    assert_int_equal(ask(running, office, "GET /api/v1/tasks/1"), 200);
    assert_true(says(running, "\"state\":\"queued\""));
    sweep_on_timer(&running->service.sweeper);
    await_task(running, 1);
    assert_true(says(running, "\"state\":\"failed\""));
    assert_int_equal(ask(running, auditor, "GET /api/v1/audit?action=round.step"), 200);
    assert_true(says(running, "\"failed\""));
}

static void backups__are_made_beside_the_service(void **state)
{
    struct running *running = *state;
    static const enum visitor administrator = (enum visitor)(VISITOR_ROLES + ROLE_ADMINISTRATOR);
    assert_int_equal(submit(running, office, "POST /api/v1/backups", "{}"), 403);
    assert_int_equal(submit(running, administrator, "POST /api/v1/backups", "{}"), 202);
    await_task(running, 1);
    assert_true(says(running, "\"state\":\"done\""));
    assert_true(says(running, "已备份到 backups/pingyi-2026-06-21-"));
}

/* ---- events ---- */

static void events__tell_of_tasks_to_who_may_see_them(void **state)
{
    struct running *running = *state;
    struct buf request, heard;
    buf_init(&request, REQUEST_MAX_BYTES);
    buf_init(&heard, ANSWER_MAX_BYTES);
    buf_append_z(&request, "GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\n");
    visitor_headers(office, false, &request);
    buf_append_z(&request, "\r\n");
    int fd = client_connect(&running->served);
    client_send(&running->served, fd, buf_bytes(&request));
    load(running);
    assert_true(client_read(&running->served, fd, BYTES_LIT("event: import\n"), &heard));
    assert_true(answer_has(buf_bytes(&heard), "Content-Type: text/event-stream"));
    assert_true(answer_has(buf_bytes(&heard), "event: task\n"));
    assert_true(answer_has(buf_bytes(&heard), "\"state\":\"done\""));
    (void)close(fd);
    buf_deinit(&request);
    buf_deinit(&heard);
}

/* Tasks and imports are of the whole city; that a round has changed is told to a county too. */
static void events__of_the_whole_city_are_not_told_to_a_county(void **state)
{
    struct running *running = *state;
    struct buf request, heard;
    buf_init(&request, REQUEST_MAX_BYTES);
    buf_init(&heard, ANSWER_MAX_BYTES);
    buf_printf(&request,
               "GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\nCookie: __Host-pingyi=%s\r\n\r\n",
               county_secret);
    int fd = client_connect(&running->served);
    client_send(&running->served, fd, buf_bytes(&request));
    load(running);
    step(running, "{\"kind\":\"freeze\"}");
    assert_true(client_read(&running->served, fd, BYTES_LIT("event: round\n"), &heard));
    assert_false(answer_has(buf_bytes(&heard), "event: task\n"));
    assert_false(answer_has(buf_bytes(&heard), "event: import\n"));
    (void)close(fd);
    buf_deinit(&request);
    buf_deinit(&heard);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SERVED(round__is_frozen_drawn_closed_and_scored),
        SERVED(tasks__refuse_what_is_no_task),
        SERVED(imports__that_are_canceled_leave_nothing),
        SERVED(tasks__that_wait_can_be_canceled),
        SERVED(tasks__that_fail_on_a_full_disk_say_so_later),
        SERVED(backups__are_made_beside_the_service),
        SERVED(events__tell_of_tasks_to_who_may_see_them),
        SERVED(events__of_the_whole_city_are_not_told_to_a_county),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
