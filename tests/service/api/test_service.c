#include "base/container.h"

#include "service/api/parts.h"

#include "tests/service/api/newcomer.h"

#include <liboath/oath.h>

#include <stdlib.h>
#include <string.h>

/* The service whole, in this thread, over plain HTTP: what its families do with one another. */

enum { CODE_BYTES = 8, OFFER_BYTES = 64 * 1024 };

/* ---- signing in ---- */

static const char wrong_body[] = "{\"name\":\"newcomer\",\"password\":\"kV8#mango-Tidf\"}";
static const char stranger_body[] = "{\"name\":\"stranger\",\"password\":\"kV8#mango-Tidf\"}";

static void sessions_open__gives_a_new_cookie_with_all_flags(void **state)
{
    struct running *running = *state;
    char first[128];
    static const char brought[] =
        "Cookie: "
        "__Host-pingyi=00000000000000000000000000000000000000000000000000000000000000aa\r\n";
    assert_int_equal(sign_in(running, newcomer_body, brought), 201);
    assert_true(says(running, "; Path=/; Secure; HttpOnly; SameSite=Strict\r\n"));
    assert_false(says(running, "Domain="));
    assert_true(says(running, "\"stage\":\"must_change\""));
    assert_int_equal(strlen(running->cookie), 64);
    assert_null(strstr(brought, running->cookie));
    (void)snprintf(first, sizeof first, "%s", running->cookie);
    assert_int_equal(sign_in(running, newcomer_body, ""), 201);
    assert_string_not_equal(first, running->cookie);
    assert_int_equal(ask(running, "GET /api/v1/account", NULL), 200);
    assert_true(says(running, "\"name\":\"newcomer\""));
    assert_false(says(running, "argon2"));
    assert_int_equal(ask(running, "GET /api/v1/rounds-and-others", NULL), 404);
}

static void sessions_open__tells_strangers_what_it_tells_the_known(void **state)
{
    struct running *running = *state;
    const char *const bodies[] = {wrong_body, stranger_body};
    for (size_t i = 0; i < 2; i++) {
        test_now = VISITOR_NOW_UTC;
        for (int failure = 0; failure < SIGN_IN_FAILURES; failure++) {
            assert_int_equal(sign_in(running, bodies[i], ""), 401);
            assert_true(says(running, "\"wrong\""));
            assert_int_equal(sign_in(running, bodies[i], ""), 429);
            assert_true(says(running, "Retry-After: "));
            test_now += 16;
        }
        assert_int_equal(sign_in(running, bodies[i], ""), 429);
    }
    assert_int_equal(sign_in(running, newcomer_body, ""), 429);
    test_now += SIGN_IN_LOCK_S;
    assert_int_equal(sign_in(running, newcomer_body, ""), 201);
}

static void sessions_open__refuses_what_is_no_such_object(void **state)
{
    static const char *const bodies[] = {
        "",
        "[]",
        "{",
        "{\"name\":1,\"password\":\"x\"}",
        "{\"name\":\"a\"}",
        "{\"name\":\"a\",\"password\":\"x\",\"more\":1}",
        "{\"name\":\"a\",\"name\":\"b\",\"password\":\"x\"}",
        "{\"name\":\"a\\u0000b\",\"password\":\"x\"}",
        "{\"name\":\"a\\nb\",\"password\":\"x\"}",
        "{\"name\":\"a\",\"password\":\"x\"} {}",
    };
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
        if (sign_in(*state, bodies[i], "") != 400)
            fail_msg("\"%s\" is taken", bodies[i]);
    }
}

/* {"`name`": the code that the app shows now}, of what totp was answered with. */
static void current_code(const char *offer, const char *name, char *out, size_t size)
{
    char code[CODE_BYTES], *raw = NULL;
    size_t raw_len = 0;
    json_t *object = json_loads(offer, 0, NULL);
    const char *secret = json_string_value(json_object_get(object, "secret"));
    assert_non_null(secret);
    assert_int_equal(oath_init(), OATH_OK);
    assert_int_equal(oath_base32_decode(secret, strlen(secret), &raw, &raw_len), OATH_OK);
    assert_int_equal(oath_totp_generate(raw, raw_len, (time_t)test_now, 30, 0, 6, code), OATH_OK);
    (void)snprintf(out, size, "{\"%s\":\"%s\"}", name, code);
    free(raw);
    json_decref(object);
}

/* From the first password to a full session; `offer` is what totp was answered with. */
static void enrol(struct running *running, char offer[OFFER_BYTES])
{
    char body[256];
    (void)snprintf(body, sizeof body, "{\"current\":\"%s\",\"new\":\"%s\"}", first_password,
                   second_password);
    assert_int_equal(ask(running, "POST /api/v1/account/password", body), 200);
    assert_true(says(running, "\"must_enrol\""));
    assert_int_equal(ask(running, "GET /api/v1/account/sessions", NULL), 403);
    assert_int_equal(ask(running, "POST /api/v1/account/totp", "{}"), 200);
    assert_true(says(running, "otpauth://"));
    assert_true(says(running, "<svg"));
    (void)snprintf(offer, OFFER_BYTES, BYTES_FMT, BYTES_ARG(running->body));
    assert_int_equal(ask(running, "POST /api/v1/account/totp/confirm", "{\"code\":\"12\"}"), 403);
    current_code(offer, "code", body, sizeof body);
    assert_int_equal(ask(running, "POST /api/v1/account/totp/confirm", body), 200);
    assert_true(says(running, "recovery_codes"));
}

static void account__goes_from_the_first_password_to_the_whole(void **state)
{
    struct running *running = *state;
    char body[256], offer[OFFER_BYTES];
    assert_int_equal(sign_in(running, newcomer_body, ""), 201);
    assert_int_equal(ask(running, "GET /api/v1/account/sessions", NULL), 403);
    (void)snprintf(body, sizeof body, "{\"current\":\"%s\",\"new\":\"short\"}", first_password);
    assert_int_equal(ask(running, "POST /api/v1/account/password", body), 400);
    assert_true(says(running, "\"field\":\"new\""));
    (void)snprintf(body, sizeof body, "{\"current\":\"x\",\"new\":\"%s\"}", second_password);
    assert_int_equal(ask(running, "POST /api/v1/account/password", body), 403);
    assert_true(says(running, "\"wrong_password\""));
    assert_int_equal(ask(running, "POST /api/v1/account/password", body), 429);
    test_now += 2;
    enrol(running, offer);
    assert_int_equal(ask(running, "GET /api/v1/account/sessions", NULL), 200);
    assert_int_equal(ask(running, "GET /api/v1/account", NULL), 200);
    assert_true(says(running, "\"recovery_codes_left\":10"));
    (void)snprintf(body, sizeof body, "{\"name\":\"newcomer\",\"password\":\"%s\"}",
                   second_password);
    assert_int_equal(sign_in(running, body, ""), 401);
    assert_true(says(running, "\"totp_required\""));
}

/* A change of the password, on its way: what it brings is looked at while others are too. */
static int begin_change(struct running *running, const char *current)
{
    enum { PIECE_BYTES = 1024 };
    char body[PIECE_BYTES / 4], request[PIECE_BYTES];
    int fd = client_connect(&running->served);
    (void)snprintf(body, sizeof body, "{\"current\":\"%s\",\"new\":\"%s\"}", current,
                   second_password);
    int len = snprintf(request, sizeof request,
                       "POST /api/v1/account/password HTTP/1.1\r\nHost: localhost\r\n"
                       "Connection: close\r\nCookie: __Host-pingyi=%s\r\nX-CSRF-Token: %s\r\n"
                       "Idempotency-Key: k%d\r\nContent-Type: application/json\r\n"
                       "Content-Length: %zu\r\n\r\n%s",
                       running->cookie, running->csrf, running->key++, strlen(body), body);
    client_send(&running->served, fd, (struct bytes){request, (size_t)len});
    return fd;
}

static int end_change(struct running *running, int fd)
{
    buf_clear(&running->answer);
    (void)client_read(&running->served, fd, BYTES_NONE, &running->answer);
    (void)close(fd);
    return answer_status(buf_bytes(&running->answer));
}

/* Keeps the hashing lane busy until it is let go, so that what comes after waits there in its order. */
struct blocker {
    struct work work;
    uv_sem_t is_let_go;
};

static int wait_until_let_go(struct work *work, struct store *store, struct err *err)
{
    (void)store;
    (void)err;
    uv_sem_wait(&CONTAINER_OF(work, struct blocker, work)->is_let_go);
    return OK;
}

static void on_let_go(struct work *work)
{
    uv_sem_destroy(&CONTAINER_OF(work, struct blocker, work)->is_let_go);
}

static void await_hashing(struct running *running, size_t waiting)
{
    while (lane_waiting(running->service.hasher) < waiting)
        (void)uv_run(&running->served.loop, UV_RUN_ONCE);
}

/* Whoever has the session alone gets one guess at a time, however many are under way at once. */
static void account_password__is_not_guessed_by_many_at_once(void **state)
{
    struct running *running = *state;
    struct err err = {.code = OK};
    struct blocker blocker = {.work = {.run = wait_until_let_go, .done = on_let_go}};
    assert_int_equal(sign_in(running, newcomer_body, ""), 201);
    assert_int_equal(uv_sem_init(&blocker.is_let_go, 0), 0);
    MUST(lane_submit(running->service.hasher, &blocker.work, &err));
    int wrong = begin_change(running, "kV8#mango-Tidf");
    await_hashing(running, 1);
    int right = begin_change(running, first_password);
    await_hashing(running, 2);
    uv_sem_post(&blocker.is_let_go);
    assert_int_equal(end_change(running, wrong), 403);
    assert_int_equal(end_change(running, right), 429);
    assert_int_equal(sign_in(running, newcomer_body, ""), 429);
    test_now += 2;
    assert_int_equal(sign_in(running, newcomer_body, ""), 201);
}

/* By then the current password is another, which must not make a failure of the repeat. */
static void account_password__answers_a_repeat_as_before(void **state)
{
    struct running *running = *state;
    assert_int_equal(sign_in(running, newcomer_body, ""), 201);
    assert_int_equal(end_change(running, begin_change(running, first_password)), 200);
    running->key--;
    assert_int_equal(end_change(running, begin_change(running, first_password)), 200);
    assert_true(says(running, "\"stage\":\"must_enrol\""));
    running->key--;
    assert_int_equal(end_change(running, begin_change(running, "another")), 409);
    assert_true(says(running, "\"key_conflict\""));
    assert_int_equal(end_change(running, begin_change(running, first_password)), 403);
}

/* A guess counts as a failed sign-in: the next try waits, even with the right code. */
static void account_recovery_codes__lock_who_guesses(void **state)
{
    static const char path[] = "POST /api/v1/account/recovery-codes";
    struct running *running = *state;
    char body[256], offer[OFFER_BYTES];
    assert_int_equal(sign_in(running, newcomer_body, ""), 201);
    enrol(running, offer);
    test_now += 60;
    current_code(offer, "totp", body, sizeof body);
    assert_int_equal(ask(running, path, "{\"totp\":\"000000\"}"), 403);
    assert_true(says(running, "\"wrong_code\""));
    assert_int_equal(ask(running, path, body), 429);
    assert_true(says(running, "\"locked\""));
    test_now += 60;
    current_code(offer, "totp", body, sizeof body);
    assert_int_equal(ask(running, path, body), 200);
    assert_true(says(running, "recovery_codes"));
    test_now += 2;
    assert_int_equal(ask(running, path, body), 403);
}

static void sessions__end_at_once(void **state)
{
    struct running *running = *state;
    assert_int_equal(sign_in(running, newcomer_body, ""), 201);
    assert_int_equal(ask(running, "DELETE /api/v1/sessions/current", NULL), 204);
    assert_true(says(running, "Max-Age=0"));
    assert_int_equal(ask(running, "GET /api/v1/account", NULL), 401);

    assert_int_equal(sign_in(running, newcomer_body, ""), 201);
    assert_int_equal(
        ask_as(running, VISITOR_ROLES, "POST /api/v1/users/newcomer/disable", "d1", "{}"), 200);
    assert_true(says(running, "\"disabled\":true"));
    assert_int_equal(ask(running, "GET /api/v1/account", NULL), 401);
    assert_int_equal(sign_in(running, newcomer_body, ""), 403);
    assert_true(says(running, "\"ended\""));
}

static void sessions_close__hides_those_of_others(void **state)
{
    struct running *running = *state;
    enum visitor caller = VISITOR_ROLES + ROLE_CALLER;
    assert_int_equal(ask_as(running, caller, "DELETE /api/v1/sessions/1", NULL, NULL), 404);
    assert_int_equal(ask_as(running, caller, "DELETE /api/v1/sessions/9999", NULL, NULL), 404);
    assert_int_equal(ask_as(running, VISITOR_ROLES, "DELETE /api/v1/sessions/6", NULL, NULL), 204);
}

/* ---- keys ---- */

static void call_write__shows_secrets_once(void **state)
{
    struct running *running = *state;
    static const char line[] = "POST /api/v1/users";
    static const char body[] = "{\"name\":\"zhang\",\"display_name\":\"张\",\"role\":\"caller\"}";
    static const char other[] = "{\"name\":\"zhang3\",\"display_name\":\"张\",\"role\":\"caller\"}";
    assert_int_equal(ask_as(running, VISITOR_ROLES, line, NULL, body), 400);
    assert_true(says(running, "Idempotency-Key"));
    assert_int_equal(ask_as(running, VISITOR_ROLES, line, "key 1", body), 400);
    assert_int_equal(ask_as(running, VISITOR_ROLES, line, "u1", body), 201);
    assert_true(says(running, "\"password\":"));
    assert_int_equal(ask_as(running, VISITOR_ROLES, line, "u1", body), 409);
    assert_true(says(running, "\"secret_was_shown\""));
    assert_false(says(running, "\"password\":"));
    assert_int_equal(ask_as(running, VISITOR_ROLES, line, "u1", other), 409);
    assert_true(says(running, "\"key_conflict\""));
    assert_int_equal(ask_as(running, VISITOR_ROLES, line, "u2", body), 409);
    assert_true(says(running, "\"exists\""));
}

static void call_write__answers_a_repeat_as_before(void **state)
{
    struct running *running = *state;
    enum visitor security = VISITOR_ROLES + ROLE_SECURITY;
    char first[512];
    assert_int_equal(ask_as(running, security, "PUT /api/v1/roles/caller", "r1",
                            "{\"idle_s\":1200,\"absolute_s\":36000}"),
                     200);
    (void)snprintf(first, sizeof first, BYTES_FMT, BYTES_ARG(running->body));
    assert_int_equal(ask_as(running, security, "PUT /api/v1/roles/caller", "r2",
                            "{\"idle_s\":1800,\"absolute_s\":36000}"),
                     200);
    assert_int_equal(ask_as(running, security, "PUT /api/v1/roles/caller", "r1",
                            "{\"idle_s\":1200,\"absolute_s\":36000}"),
                     200);
    assert_int_equal(running->body.len, strlen(first));
    assert_memory_equal(running->body.ptr, first, strlen(first));
    assert_int_equal(ask_as(running, security, "GET /api/v1/roles", NULL, NULL), 200);
    assert_true(says(running, "\"idle_s\":1800"));
    assert_false(says(running, "\"idle_s\":1200"));
}

/* ---- the families ---- */

static void tokens__work_until_they_are_revoked(void **state)
{
    struct running *running = *state;
    enum visitor security = VISITOR_ROLES + ROLE_SECURITY;
    char token[128], headers[256];
    assert_int_equal(ask_as(running, security, "POST /api/v1/tokens", "t1",
                            "{\"name\":\"监控\",\"scopes\":[\"write\"],\"days\":3}"),
                     400);
    assert_int_equal(ask_as(running, security, "POST /api/v1/tokens", "t2",
                            "{\"name\":\"监控\",\"scopes\":[\"metrics\",\"read\"],\"days\":3}"),
                     201);
    take_text(running, "token", token, sizeof token);
    (void)snprintf(headers, sizeof headers, "Authorization: Bearer %s\r\n", token);
    assert_int_equal(send_request(running, "GET /metrics", headers, NULL), 200);
    assert_true(says(running, "pingyi_writer_batches_total"));
    assert_int_equal(ask_as(running, security, "GET /api/v1/tokens", NULL, NULL), 200);
    assert_false(says(running, token));
    assert_int_equal(send_request(running, "GET /api/v1/account", headers, NULL), 403);
    assert_int_equal(ask_as(running, security, "DELETE /api/v1/tokens/5", "t3", NULL), 204);
    assert_int_equal(send_request(running, "GET /api/v1/account", headers, NULL), 401);
}

static void teams__are_put_and_listed(void **state)
{
    struct running *running = *state;
    assert_int_equal(ask_as(running, VISITOR_ROLES, "PUT /api/v1/teams/%E4%B8%80%E7%8F%AD", "m1",
                            "{\"kind\":\"contractor\",\"until\":\"2027-01-31\"}"),
                     200);
    assert_true(says(running, "\"until\":\"2027-01-31\""));
    assert_int_equal(ask_as(running, VISITOR_ROLES, "PUT /api/v1/teams/x", "m2",
                            "{\"kind\":\"contractor\",\"until\":\"2027-02-31\"}"),
                     400);
    assert_int_equal(ask_as(running, VISITOR_ROLES, "GET /api/v1/teams", NULL, NULL), 200);
    assert_true(says(running, "一班"));
}

static void audit__tells_of_what_was_refused(void **state)
{
    struct running *running = *state;
    enum visitor auditor = VISITOR_ROLES + ROLE_AUDITOR;
    char name[32], line[128];
    visitor_name(VISITOR_ROLES, name);
    (void)snprintf(line, sizeof line, "POST /api/v1/users/%s/disable", name);
    assert_int_equal(ask_as(running, VISITOR_ROLES, line, "own", "{}"), 409);
    assert_true(says(running, "\"own_account\""));
    assert_int_equal(ask_as(running, VISITOR_CONTRACTOR, "GET /api/v1/audit", NULL, NULL), 403);
    assert_int_equal(ask_as(running, VISITOR_READ_TOKEN, "POST /api/v1/imports?name=a", "a", "x"),
                     403);
    for (int i = 0; i < 20; i++)
        assert_int_equal(ask_as(running, VISITOR_CONTRACTOR, "GET /api/v1/users", NULL, NULL), 403);
    assert_int_equal(ask_as(running, auditor, "GET /api/v1/audit?action=access.refuse", NULL, NULL),
                     200);
    assert_true(says(running, "\"operation\":\"disableUser\",\"why\":\"own_account\""));
    assert_true(says(running, "\"target\":\"/api/v1/audit\""));
    assert_true(says(running, "\"who\":\"token:visitor"));
    json_t *object = json_loadb(running->body.ptr, running->body.len, 0, NULL);
    assert_int_equal(json_array_size(json_object_get(object, "items")), SERVICE_REFUSALS_A_SECOND);
    json_decref(object);
}

static void audit__is_read_carried_out_and_recomputed(void **state)
{
    struct running *running = *state;
    enum visitor auditor = VISITOR_ROLES + ROLE_AUDITOR;
    assert_int_equal(sign_in(running, newcomer_body, ""), 201);
    assert_int_equal(
        ask_as(running, auditor, "GET /api/v1/audit?action=session.&from=2020-01-01", NULL, NULL),
        200);
    assert_true(says(running, "\"action_zh\":\"登录\""));
    assert_false(says(running, "service.start"));
    assert_int_equal(ask_as(running, auditor, "GET /api/v1/audit?from=2020-13-01", NULL, NULL),
                     400);
    assert_int_equal(ask_as(running, auditor, "GET /api/v1/audit/export", NULL, NULL), 200);
    assert_true(says(running, "Content-Disposition: attachment"));
    assert_true(says(running, AUDIT_EXPORT_HEADER));
    assert_int_equal(ask_as(running, auditor, "GET /api/v1/audit?action=audit.export", NULL, NULL),
                     200);
    assert_true(says(running, "导出审计日志"));
    assert_int_equal(ask_as(running, auditor, "POST /api/v1/audit/verify", NULL, "{}"), 200);
    assert_true(says(running, "\"holds\":true"));
}

static void system__tells_that_it_lives(void **state)
{
    struct running *running = *state;
    assert_int_equal(send_request(running, "GET /healthz", "", NULL), 200);
    assert_true(bytes_equal(running->body, BYTES_LIT("ok\n")));
    running->service.write_failed_utc = test_now;
    assert_int_equal(send_request(running, "GET /healthz", "", NULL), 503);
    assert_int_equal(sign_in(running, newcomer_body, ""), 201);
    assert_int_equal(send_request(running, "GET /healthz", "", NULL), 200);
    assert_int_equal(send_request(running, "GET /metrics", "", NULL), 200);
    assert_true(says(running, "pingyi_sessions "));
}

static void pages__are_the_application(void **state)
{
    struct running *running = *state;
    assert_int_equal(send_request(running, "GET /", "", NULL), 200);
    assert_true(says(running, "<html lang=\"zh-CN\""));
    assert_int_equal(send_request(running, "GET /api/v1/account", "Accept: text/html\r\n", NULL),
                     401);
    assert_true(says(running, "前往登录"));
    assert_int_equal(send_request(running, "GET /nowhere", "Accept: text/html\r\n", NULL), 404);
    assert_true(says(running, "没有这个页面"));
}

/* ---- starting ---- */

static void service_start__leaves_nothing_open_when_it_cannot(void **state)
{
    struct running *running = *state;
    static struct service second;
    uv_loop_t loop;
    struct err err;
    assert_int_equal(uv_loop_init(&loop), 0);
    assert_int_equal(service_start(&second, &loop, &running->options, &err), ERR_BUSY);
    struct service_options options = running->options;
    const char *listen[] = {"0.0.0.0:0", NULL};
    options.listen = listen;
    assert_int_equal(service_start(&second, &loop, &options, &err), ERR_USAGE);
    listen[0] = "localhost";
    assert_int_equal(service_start(&second, &loop, &options, &err), ERR_USAGE);

    char data[TEMP_DIR_BYTES + 16], taken[32];
    (void)snprintf(data, sizeof data, "%s/other", running->path);
    MUST(datadir_create(data, &err));
    (void)snprintf(taken, sizeof taken, "127.0.0.1:%d", running->served.port);
    listen[0] = taken;
    options.data_path = data;
    assert_int_equal(service_start(&second, &loop, &options, &err), ERR_EXISTS);
    assert_int_equal(uv_loop_close(&loop), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SERVICE_TEST(sessions_open__gives_a_new_cookie_with_all_flags),
        SERVICE_TEST(sessions_open__tells_strangers_what_it_tells_the_known),
        SERVICE_TEST(sessions_open__refuses_what_is_no_such_object),
        SERVICE_TEST(account__goes_from_the_first_password_to_the_whole),
        SERVICE_TEST(account_password__is_not_guessed_by_many_at_once),
        SERVICE_TEST(account_password__answers_a_repeat_as_before),
        SERVICE_TEST(account_recovery_codes__lock_who_guesses),
        SERVICE_TEST(sessions__end_at_once),
        SERVICE_TEST(sessions_close__hides_those_of_others),
        SERVICE_TEST(call_write__shows_secrets_once),
        SERVICE_TEST(call_write__answers_a_repeat_as_before),
        SERVICE_TEST(tokens__work_until_they_are_revoked),
        SERVICE_TEST(teams__are_put_and_listed),
        SERVICE_TEST(audit__tells_of_what_was_refused),
        SERVICE_TEST(audit__is_read_carried_out_and_recomputed),
        SERVICE_TEST(system__tells_that_it_lives),
        SERVICE_TEST(pages__are_the_application),
        SERVICE_TEST(service_start__leaves_nothing_open_when_it_cannot),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
