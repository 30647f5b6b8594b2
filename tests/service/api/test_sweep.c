#include "service/api/parts.h"

#include "tests/service/api/newcomer.h"

/* What is noticed now and then: who was away too long, and what the command line did beside the service. */

static void sweep__enters_what_has_run_out(void **state)
{
    struct running *running = *state;
    enum visitor auditor = VISITOR_ROLES + ROLE_AUDITOR;
    assert_int_equal(sign_in(running, newcomer_body, ""), 201);
    for (int i = 0; i < 3; i++) {
        test_now += SESSION_IDLE_S / 2;
        assert_int_equal(ask_as(running, auditor, "GET /api/v1/audit", NULL, NULL), 200);
    }
    assert_false(says(running, "\"session.close\""));
    sweep_on_timer(&running->service.sweeper);
    sweep_on_timer(&running->service.sweeper);
    while (running->service.sweep != NULL)
        (void)uv_run(&running->served.loop, UV_RUN_ONCE);
    assert_int_equal(ask_as(running, auditor, "GET /api/v1/audit?action=session.close", NULL, NULL),
                     200);
    assert_true(says(running, "\"newcomer\""));
    assert_int_equal(ask(running, "GET /api/v1/account", NULL), 401);
}

static void await_sweep(struct running *running)
{
    sweep_on_timer(&running->service.sweeper);
    while (running->service.sweep != NULL)
        (void)uv_run(&running->served.loop, UV_RUN_ONCE);
    (void)uv_run(&running->served.loop, UV_RUN_NOWAIT);
    while (running->service.book_loader.is_running)
        (void)uv_run(&running->served.loop, UV_RUN_ONCE);
}

static int end_others(void *context, const struct session_row *row, struct err *err)
{
    return bytes_equal(row->account_name, BYTES_LIT("newcomer"))
               ? OK
               : session_put_ended(context, row->id, test_now, BYTES_LIT("revoked"), err);
}

/* With a store of one's own, as the command line has it beside the service. */
static void by_command(struct running *running, int (*act)(struct store *store, struct err *err))
{
    struct err err = {.code = OK};
    struct datadir datadir = {0};
    MUST(datadir_open(running->data, STORE_READWRITE, &datadir, &err));
    MUST(store_begin(datadir.store, &err));
    MUST(act(datadir.store, &err));
    MUST(store_commit(datadir.store, &err));
    datadir_close(&datadir);
}

static int revoke_tokens(struct store *store, struct err *err)
{
    int rc = OK;
    for (int64_t id = 1; rc == OK; id++)
        rc = token_put_revoked(store, id, test_now, err);
    return rc == ERR_NOT_FOUND ? OK : rc;
}

/* Nobody else writes meanwhile, and a token's use is no write. */
static void sweep__notices_what_the_command_line_took_back(void **state)
{
    struct running *running = *state;
    assert_int_equal(ask_as(running, VISITOR_READ_TOKEN, "GET /api/v1/rounds", NULL, NULL), 200);
    await_sweep(running);
    by_command(running, revoke_tokens);
    await_sweep(running);
    assert_int_equal(ask_as(running, VISITOR_READ_TOKEN, "GET /api/v1/rounds", NULL, NULL), 401);
}

static int end_all_but_the_newcomer(struct store *store, struct err *err)
{
    return sessions_each(store, 0, end_others, store, err);
}

static int refuse_open_sessions(void *context, const struct session_row *row, struct err *err)
{
    (void)context;
    return err_set(err, ERR_WRONG_STATE, "session %lld is open", (long long)row->id);
}

static int find_no_open_session(struct store *store, struct err *err)
{
    return sessions_each(store, 0, refuse_open_sessions, NULL, err);
}

/* Who comes back and is told so was away too long as well as who never comes back. */
static void sweep__ends_the_only_session_there_is(void **state)
{
    struct running *running = *state;
    assert_int_equal(sign_in(running, newcomer_body, ""), 201);
    by_command(running, end_all_but_the_newcomer);
    await_sweep(running);
    test_now += SESSION_IDLE_S + 1;
    assert_int_equal(ask(running, "GET /api/v1/account", NULL), 401);
    await_sweep(running);
    by_command(running, find_no_open_session);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SERVICE_TEST(sweep__enters_what_has_run_out),
        SERVICE_TEST(sweep__notices_what_the_command_line_took_back),
        SERVICE_TEST(sweep__ends_the_only_session_there_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
