#include "service/api/routes.h"

#include "base/alloc.h"

#include "service/api/call.h"

#include "tests/service/api/visitors.h"

#include <string.h>

/* Every route of the table × every kind of visitor, over HTTP, behind the real admission. The handlers are put aside:
 * who is admitted gets 299. A new route is tested as soon as it is in the table. */

enum { TARGET_BYTES = 256, ADMITTED = 299 };

struct admitting {
    struct served served;
    struct service service;
    struct service_options options;
    struct http_route *routes;
    char path[TEMP_DIR_BYTES], data[TEMP_DIR_BYTES + 8];
};

static int64_t test_now = VISITOR_NOW_UTC;

static int64_t now_utc(void)
{
    return test_now;
}

static void on_admitted(struct http_exchange *exchange)
{
    struct call *call = call_of(exchange);
    call->status = ADMITTED;
    call_answer(call);
}

static int64_t writer_utc(void)
{
    return VISITOR_NOW_UTC;
}

/* Refusals are entered in the audit log. */
static void start_writer(struct admitting *admitting)
{
    struct err err;
    struct service *service = &admitting->service;
    struct writer_options options = {.queue_max = 16, .now_utc = writer_utc};
    MUST(datadir_open_store(&service->datadir, STORE_READWRITE, &options.store, &err));
    MUST(audit_chain_new(service->datadir.vault, &service->chain, &err));
    MUST(writer_new(&admitting->served.loop, &options, &service->writer, &err));
}

static void on_writer_stopped(void *context)
{
    *(bool *)context = true;
}

static void stop_writer(struct admitting *admitting)
{
    bool is_stopped = false;
    writer_stop(admitting->service.writer, on_writer_stopped, &is_stopped);
    while (!is_stopped)
        (void)uv_run(&admitting->served.loop, UV_RUN_ONCE);
    writer_free(admitting->service.writer);
    audit_chain_free(admitting->service.chain);
}

static void load_book(struct admitting *admitting)
{
    struct err err;
    struct store *store = admitting->service.datadir.store;
    MUST(store_begin_read(store, &err));
    MUST(session_book_load(store, test_now, &admitting->service.book, &err));
    store_rollback(store);
}

static int set_up(void **state)
{
    static struct admitting admitting;
    struct err err;
    struct service *service = &admitting.service;
    memset(&admitting, 0, sizeof admitting);
    test_now = VISITOR_NOW_UTC;
    temp_dir_make(admitting.path);
    (void)snprintf(admitting.data, sizeof admitting.data, "%s/data", admitting.path);
    MUST(datadir_create(admitting.data, &err));
    MUST(datadir_open(admitting.data, STORE_READWRITE, &service->datadir, &err));
    visitors_put(service->datadir.store);
    admitting.options = (struct service_options){.now_utc = now_utc, .messages = stderr};
    service->options = &admitting.options;
    load_book(&admitting);

    admitting.routes = mem_calloc(api_route_count, sizeof *admitting.routes);
    assert_non_null(admitting.routes);
    for (size_t i = 0; i < api_route_count; i++) {
        admitting.routes[i] = api_routes[i];
        admitting.routes[i].handle = on_admitted;
    }
    admitting.served.options = (struct http_options){
        .application = {.context = service,
                        .routes = admitting.routes,
                        .route_count = api_route_count,
                        .admit = api_admit},
        .limits = http_limits_default,
        .spool_path = admitting.path,
    };
    served_start(&admitting.served);
    start_writer(&admitting);
    *state = &admitting;
    return 0;
}

static int tear_down(void **state)
{
    struct admitting *admitting = *state;
    stop_writer(admitting);
    served_stop(&admitting->served);
    session_book_free(admitting->service.book);
    datadir_close(&admitting->service.datadir);
    mem_free(admitting->routes);
    temp_dir_remove(admitting->path);
    return 0;
}

/* "/api/v1/users/{name}" with a 1 in the place of each {…}. */
static void fill_path(const char *pattern, char out[TARGET_BYTES])
{
    size_t len = 0;
    for (const char *at = pattern; *at != '\0' && len + 1 < TARGET_BYTES; at++) {
        out[len++] = *at == '{' ? '1' : *at;
        if (*at == '{')
            at = strchr(at, '}');
    }
    out[len] = '\0';
}

/* `more` are further headers, each with its line end. */
static int ask(struct admitting *admitting, const struct http_route *route, enum visitor visitor,
               bool with_csrf, const char *more, struct buf *answer)
{
    char target[TARGET_BYTES];
    struct buf request;
    buf_init(&request, 64 * 1024);
    fill_path(route->path, target);
    buf_printf(&request, "%s %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n%s",
               http_method_word(route->method), target, more);
    visitor_headers(visitor, with_csrf, &request);
    buf_append_z(&request, route->body != HTTP_BODY_NONE ? "Content-Length: 2\r\n\r\n{}" : "\r\n");
    buf_clear(answer);
    client_ask(&admitting->served, buf_bytes(&request), request.len, answer);
    buf_deinit(&request);
    return answer_status(buf_bytes(answer));
}

static uint32_t bits_of(enum visitor visitor)
{
    switch (visitor) {
    case VISITOR_NOBODY:
    case VISITOR_WRONG:
    case VISITOR_EXPIRED_TOKEN:
        return 0;
    case VISITOR_READ_TOKEN:
        return ACCESS_READ_TOKEN;
    case VISITOR_IMPORT_TOKEN:
        return ACCESS_IMPORT_TOKEN;
    case VISITOR_METRICS_TOKEN:
        return ACCESS_METRICS_TOKEN;
    default:
        return ACCESS_OF(visitor_role(visitor));
    }
}

static int expected(const struct http_route *route, enum visitor visitor)
{
    uint32_t bits = bits_of(visitor);
    bool is_partial = visitor == VISITOR_MUST_CHANGE || visitor == VISITOR_MUST_ENROL;
    if ((route->access & ACCESS_PUBLIC) != 0)
        return ADMITTED;
    if (bits == 0)
        return (route->access & ACCESS_LOOPBACK) != 0 ? ADMITTED : 401;
    if ((route->access & bits) == 0)
        return 403;
    if ((route->access & ACCESS_OWN_PEOPLE) != 0 && visitor == VISITOR_CONTRACTOR)
        return 403;
    return is_partial && (route->access & ACCESS_PARTIAL) == 0 ? 403 : ADMITTED;
}

static void admit__holds_for_every_route_and_visitor(void **state)
{
    struct buf answer;
    buf_init(&answer, 1024 * 1024);
    for (size_t i = 0; i < api_route_count; i++) {
        for (int visitor = 0; visitor < VISITORS; visitor++) {
            const struct http_route *route = &api_routes[i];
            int status = ask(*state, route, (enum visitor)visitor, true, "", &answer);
            int should = expected(route, (enum visitor)visitor);
            if (status != should)
                fail_msg("%s %s by visitor %d: %d, not %d", http_method_word(route->method),
                         route->path, visitor, status, should);
        }
    }
    buf_deinit(&answer);
}

static void admit__wants_the_csrf_token_with_a_cookie_on_every_change(void **state)
{
    struct buf answer;
    int changes = 0;
    buf_init(&answer, 1024 * 1024);
    for (size_t i = 0; i < api_route_count; i++) {
        const struct http_route *route = &api_routes[i];
        for (int visitor = VISITOR_ROLES; visitor < VISITORS; visitor++) {
            if (expected(route, (enum visitor)visitor) != ADMITTED ||
                (route->access & ACCESS_PUBLIC) != 0 || bits_of((enum visitor)visitor) == 0)
                continue;
            bool needs = route->method != METHOD_GET && !visitor_is_token((enum visitor)visitor);
            int status = ask(*state, route, (enum visitor)visitor, false, "", &answer);
            int wrong = ask(*state, route, (enum visitor)visitor, false,
                            needs ? "X-CSRF-Token: 5f5f5f5e\r\n" : "", &answer);
            if (status != (needs ? 403 : ADMITTED) || wrong != status)
                fail_msg("%s %s by visitor %d without token: %d, %d",
                         http_method_word(route->method), route->path, visitor, status, wrong);
            if (needs)
                assert_true(answer_has(buf_bytes(&answer), "\"csrf\""));
            changes += needs;
        }
    }
    assert_true(changes > 0);
    buf_deinit(&answer);
}

static const struct http_route *route_of(const char *operation)
{
    for (size_t i = 0; i < api_route_count; i++) {
        if (strcmp(api_routes[i].operation, operation) == 0)
            return &api_routes[i];
    }
    fail_msg("no operation %s", operation);
    return NULL;
}

static void admit__refuses_changes_from_other_pages(void **state)
{
    static const struct {
        const char *headers;
        int status;
    } cases[] = {
        {"", ADMITTED},
        {"Origin: http://localhost\r\n", ADMITTED},
        {"Origin: https://LOCALHOST:8443\r\n", ADMITTED},
        {"Origin: http://evil.example\r\n", 403},
        {"Origin: http://localhost.evil.example\r\n", 403},
        {"Origin: null\r\n", 403},
        {"Sec-Fetch-Site: same-origin\r\n", ADMITTED},
        {"Sec-Fetch-Site: none\r\n", ADMITTED},
        {"Sec-Fetch-Site: same-site\r\n", 403},
        {"Sec-Fetch-Site: cross-site\r\n", 403},
    };
    const struct http_route *sign_in = route_of("openSession");
    const struct http_route *reading = route_of("getAccount");
    struct buf answer;
    buf_init(&answer, 1024 * 1024);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int status = ask(*state, sign_in, VISITOR_NOBODY, false, cases[i].headers, &answer);
        if (status != cases[i].status)
            fail_msg("%s: %d", cases[i].headers, status);
        /* What changes nothing may be led to from anywhere. */
        assert_int_equal(ask(*state, reading, VISITOR_ROLES, false, cases[i].headers, &answer),
                         ADMITTED);
    }
    buf_deinit(&answer);
}

static void admit__says_what_is_left_to_do(void **state)
{
    const struct http_route *users = route_of("listUsers");
    struct buf answer;
    buf_init(&answer, 1024 * 1024);
    assert_int_equal(ask(*state, users, VISITOR_MUST_CHANGE, true, "", &answer), 403);
    assert_true(answer_has(buf_bytes(&answer), "\"must_change\""));
    assert_int_equal(ask(*state, users, VISITOR_MUST_ENROL, true, "", &answer), 403);
    assert_true(answer_has(buf_bytes(&answer), "\"must_enrol\""));
    assert_int_equal(ask(*state, users, VISITOR_NOBODY, true, "", &answer), 401);
    assert_true(answer_has(buf_bytes(&answer), "\"sign_in\""));
    buf_deinit(&answer);
}

static void admit__takes_no_other_scheme_nor_two_cookies(void **state)
{
    char secret[VISITOR_SECRET_BYTES], headers[256];
    const struct http_route *route = route_of("getAccount");
    struct buf answer;
    buf_init(&answer, 1024 * 1024);
    visitor_secret(VISITOR_ROLES, secret);
    (void)snprintf(headers, sizeof headers, "Authorization: Basic %s\r\n", secret);
    assert_int_equal(ask(*state, route, VISITOR_NOBODY, false, headers, &answer), 401);
    /* A token that is wrong is not mended by a cookie that is right. */
    (void)snprintf(headers, sizeof headers, "Authorization: Bearer %064d\r\n", 0);
    assert_int_equal(ask(*state, route, VISITOR_ROLES, false, headers, &answer), 401);
    /* A session's secret is no token's, and the other way round. */
    (void)snprintf(headers, sizeof headers, "Authorization: Bearer %s\r\n", secret);
    assert_int_equal(ask(*state, route, VISITOR_NOBODY, false, headers, &answer), 401);
    (void)snprintf(headers, sizeof headers, "Cookie: __Host-pingyi=%s; __Host-pingyi=x\r\n",
                   secret);
    assert_int_equal(ask(*state, route, VISITOR_NOBODY, false, headers, &answer), 401);
    (void)snprintf(headers, sizeof headers, "Cookie: a=b; __Host-pingyi=%s\r\n", secret);
    assert_int_equal(ask(*state, route, VISITOR_NOBODY, false, headers, &answer), ADMITTED);
    buf_deinit(&answer);
}

static void admit__ends_sessions_by_the_clock(void **state)
{
    const struct http_route *route = route_of("getAccount");
    struct buf answer;
    buf_init(&answer, 1024 * 1024);
    int64_t ends = VISITOR_NOW_UTC - VISITOR_SINCE_S + SESSION_ABSOLUTE_S;
    assert_int_equal(ask(*state, route, VISITOR_ROLES, false, "", &answer), ADMITTED);
    test_now += SESSION_IDLE_S - 1;
    assert_int_equal(ask(*state, route, VISITOR_ROLES, false, "", &answer), ADMITTED);
    /* What pages ask by themselves keeps nobody signed in. */
    test_now += SESSION_IDLE_S - 1;
    assert_int_equal(ask(*state, route, VISITOR_ROLES, false, "X-Unattended: 1\r\n", &answer),
                     ADMITTED);
    assert_int_equal(ask(*state, route_of("subscribeEvents"), VISITOR_ROLES, false, "", &answer),
                     ADMITTED);
    test_now += 2;
    assert_int_equal(ask(*state, route, VISITOR_ROLES, false, "", &answer), 401);
    assert_true(answer_has(buf_bytes(&answer), "\"session_idle\""));

    test_now = VISITOR_NOW_UTC;
    while (test_now < ends) {
        assert_int_equal(ask(*state, route, VISITOR_ROLES + 1, false, "", &answer), ADMITTED);
        test_now += SESSION_IDLE_S / 2;
    }
    test_now = ends + 1;
    assert_int_equal(ask(*state, route, VISITOR_ROLES + 1, false, "", &answer), 401);
    assert_true(answer_has(buf_bytes(&answer), "\"session_ended\""));
    buf_deinit(&answer);
}

static void routes__are_one_each(void **state)
{
    (void)state;
    for (size_t i = 0; i < api_route_count; i++) {
        assert_non_null(api_routes[i].handle);
        assert_true(api_routes[i].access != 0);
        assert_true(api_routes[i].method != METHOD_HEAD);
        for (size_t k = 0; k < i; k++) {
            assert_string_not_equal(api_routes[i].operation, api_routes[k].operation);
            assert_false(api_routes[i].method == api_routes[k].method &&
                         strcmp(api_routes[i].path, api_routes[k].path) == 0);
        }
    }
}

#define ADMIT_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ADMIT_TEST(admit__holds_for_every_route_and_visitor),
        ADMIT_TEST(admit__wants_the_csrf_token_with_a_cookie_on_every_change),
        ADMIT_TEST(admit__refuses_changes_from_other_pages),
        ADMIT_TEST(admit__says_what_is_left_to_do),
        ADMIT_TEST(admit__takes_no_other_scheme_nor_two_cookies),
        ADMIT_TEST(admit__ends_sessions_by_the_clock),
        cmocka_unit_test(routes__are_one_each),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
