#include "service/http/assets.h"
#include "tests/service/http/served.h"

#include <stdio.h>

/* Answers that come later, in another order or to nobody; refusals; what the log says. */

enum { HELD_MAX = 64 };

struct office {
    struct served served;
    struct http_exchange *held[HELD_MAX];
    int held_count, large_count;
};

static void handle_hold(struct http_exchange *exchange)
{
    struct office *office = exchange_application(exchange);
    office->held[office->held_count++] = exchange;
}

static void answer_held(struct office *office, int which)
{
    exchange_answer(office->held[which], 200, "text/plain",
                    exchange_param(office->held[which], "name"));
}

static void handle_whoami(struct http_exchange *exchange)
{
    exchange_set_account(exchange, 42);
    exchange_add_header(exchange, "Cache-Control", BYTES_LIT("max-age=5"));
    exchange_answer(exchange, 200, "text/plain", bytes_from_z(exchange_address(exchange)));
}

static void handle_refuse(struct http_exchange *exchange)
{
    exchange_answer_problem(exchange, &(struct http_problem){.status = 422,
                                                             .code = "too_short",
                                                             .detail = BYTES_LIT("请\"输入\"\n"),
                                                             .field = BYTES_LIT("name")});
}

static void handle_large(struct http_exchange *exchange)
{
    static char large[HTTP_ANSWER_MAX_BYTES + 1];
    struct office *office = exchange_application(exchange);
    struct bytes size = exchange_param(exchange, "size");
    int64_t len = 0;
    assert_true(bytes_to_int64(size, &len));
    memset(large, 'x', sizeof large);
    office->large_count++;
    exchange_answer(exchange, 200, "text/plain", (struct bytes){large, (size_t)len});
}

static void handle_nothing(struct http_exchange *exchange)
{
    exchange_answer(exchange, 204, NULL, BYTES_NONE);
}

static bool admit(struct http_exchange *exchange)
{
    if (exchange_route(exchange)->access == 0)
        return true;
    exchange_refuse(exchange, 401);
    return false;
}

static void render_page(const struct http_problem *problem, struct buf *out)
{
    buf_printf(out, "<html>%d " BYTES_FMT "</html>", problem->status, BYTES_ARG(problem->detail));
}

static const struct http_route routes[] = {
    {METHOD_GET, "/hold/{name}", 0, HTTP_BODY_NONE, 0, handle_hold, "hold"},
    {METHOD_POST, "/hold/{name}", 0, HTTP_BODY_MEMORY, 0, handle_hold, "holdBody"},
    {METHOD_GET, "/whoami", 0, HTTP_BODY_NONE, 0, handle_whoami, "whoami"},
    {METHOD_GET, "/refuse", 0, HTTP_BODY_NONE, 0, handle_refuse, "refuse"},
    {METHOD_GET, "/large/{size}", 0, HTTP_BODY_NONE, 0, handle_large, "large"},
    {METHOD_DELETE, "/nothing", 0, HTTP_BODY_NONE, 0, handle_nothing, "nothing"},
    {METHOD_POST, "/secret", 1, HTTP_BODY_MEMORY, 1 << 20, handle_nothing, "secret"},
};

static const char *const proxies[] = {"127.0.0.1", NULL};
static const struct embedded_file files[] = {
    {"app.js",
     (const unsigned char
          *)"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
     72},
    {NULL, NULL, 0},
};

static int setup(void **state)
{
    static struct office office;
    static struct assets *assets;
    struct err err;
    office = (struct office){.held_count = 0};
    assert_int_equal(assets_new(files, "/assets/", &assets, &err), OK);
    struct http_options *options = &office.served.options;
    options->limits = http_limits_default;
    options->host = "a.cn";
    options->proxies = proxies;
    options->access_log = tmpfile();
    options->application = (struct http_application){
        .context = &office,
        .routes = routes,
        .route_count = sizeof routes / sizeof *routes,
        .assets = assets,
        .admit = admit,
        .render_page = render_page,
    };
    served_start(&office.served);
    *state = &office;
    return 0;
}

static int teardown(void **state)
{
    struct office *office = *state;
    if (!office->served.is_stopped)
        served_stop(&office->served);
    (void)fclose(office->served.options.access_log);
    assets_free((struct assets *)office->served.options.application.assets);
    return 0;
}

static struct buf ask(struct office *office, const char *request)
{
    struct buf answer;
    buf_init(&answer, 16 << 20);
    client_ask(&office->served, bytes_from_z(request), 0, &answer);
    return answer;
}

struct asked {
    const char *request, *parts[4], *absent;
    int status;
};

#define END "Host: a.cn\r\nConnection: close\r\n\r\n"
static const struct asked asked[] = {
    {"GET /whoami HTTP/1.1\r\n" END,
     {"\r\n\r\n127.0.0.1", "Cache-Control: max-age=5\r\n", "X-Content-Type-Options: nosniff\r\n",
      "Content-Security-Policy: default-src 'none'; "},
     "no-store",
     200},
    {"GET /whoami HTTP/1.1\r\nX-Forwarded-For: 9.9.9.9, 1.2.3.4\r\nX-Forwarded-Proto: "
     "https\r\n" END,
     {"\r\n\r\n1.2.3.4"},
     "Strict-Transport",
     200},
    {"GET /whoami HTTP/1.1\r\nHost: A.CN:8443\r\nConnection: close\r\n\r\n",
     {"127.0.0.1"},
     NULL,
     200},
    {"GET /whoami HTTP/1.1\r\nHost: b.cn\r\nConnection: close\r\n\r\n",
     {"misdirected_request"},
     NULL,
     421},
    {"GET /nowhere HTTP/1.1\r\n" END,
     {"application/problem+json", "\"status\":404,\"code\":\"not_found\""},
     NULL,
     404},
    {"GET /nowhere HTTP/1.1\r\nAccept: text/html,*/*;q=0.8\r\n" END,
     {"text/html; charset=utf-8", "<html>404 没有"},
     "json",
     404},
    {"GET /nowhere HTTP/1.1\r\nAccept: application/json, text/html;q=0.5\r\n" END,
     {"problem+json"},
     "html",
     404},
    {"DELETE /hold/x HTTP/1.1\r\n" END, {"Allow: GET, HEAD, POST\r\n"}, NULL, 405},
    {"GET /refuse HTTP/1.1\r\n" END,
     {"\"code\":\"too_short\",\"detail\":\"请\\\"输入\\\"\\u000a\",\"field\":\"name\"}"},
     NULL,
     422},
    {"GET /large/8388608 HTTP/1.1\r\n" END, {"Content-Length: 8388608\r\n"}, NULL, 200},
    {"GET /large/8388609 HTTP/1.1\r\n" END, {"internal_error"}, NULL, 500},
    {"DELETE /nothing HTTP/1.1\r\n" END, {"204 No Content\r\n"}, "Content-Length", 204},
    {"GET /a/../b HTTP/1.1\r\n" END, {"Connection: close"}, NULL, 400},
    {"GET /whoami?a=%00 HTTP/1.1\r\n" END, {"Connection: close"}, NULL, 400},
    {"GET /whoami HTTP/1.1\r\nContent-Length: 1\r\n" END "x", {"content_too_large"}, NULL, 413},
    {"POST /secret HTTP/1.1\r\nHost: a.cn\r\nContent-Length: 3\r\n\r\nabcGET /whoami "
     "HTTP/1.1\r\n" END,
     {"HTTP/1.1 401", "}\nHTTP/1.1 200 OK"},
     NULL,
     401},
    {"POST /secret HTTP/1.1\r\nHost: a.cn\r\nContent-Length: 1000000\r\n\r\nabc",
     {"Connection: close"},
     NULL,
     401},
    {"POST /secret HTTP/1.1\r\nHost: a.cn\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n",
     {"Connection: close"},
     "100 Continue",
     401},
    {"POST /secret HTTP/1.1\r\nHost: a.cn\r\nContent-Length: 2000000\r\n\r\n",
     {"Connection: close"},
     NULL,
     413},
    {"GET /assets/app.js HTTP/1.1\r\n" END,
     {"aaaa", "Cache-Control: no-cache\r\n", "ETag: \"", "Vary: Accept-Encoding"},
     "gzip\r\n",
     200},
    {"GET /assets/app.js HTTP/1.1\r\nAccept-Encoding: br, gzip\r\n" END,
     {"Content-Encoding: gzip\r\n", "ETag: W/\""},
     "aaaaa",
     200},
    {"GET /assets/app.js HTTP/1.1\r\nAccept-Encoding: gzip;q=0\r\n" END,
     {"aaaa"},
     "Content-Encoding",
     200},
    {"GET /assets/app.js HTTP/1.1\r\nIf-None-Match: *\r\n" END, {"ETag: "}, "Content-Length", 304},
    {"POST /assets/app.js HTTP/1.1\r\n" END, {"Allow: GET, HEAD\r\n"}, NULL, 405},
};

static void exchange__answers_what_is_asked(void **state)
{
    struct office *office = *state;
    for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) {
        struct buf answer = ask(office, asked[i].request);
        struct bytes text = buf_bytes(&answer);
        if (answer_status(text) != asked[i].status)
            fail_msg("request %zu: " BYTES_FMT, i, BYTES_ARG(text));
        check_guarded(text);
        for (size_t p = 0; p < 4 && asked[i].parts[p] != NULL; p++)
            if (!answer_has(text, asked[i].parts[p]))
                fail_msg("request %zu: no \"%s\" in " BYTES_FMT, i, asked[i].parts[p],
                         BYTES_ARG(text));
        if (asked[i].absent != NULL && answer_has(text, asked[i].absent))
            fail_msg("request %zu: \"%s\" in " BYTES_FMT, i, asked[i].absent, BYTES_ARG(text));
        buf_deinit(&answer);
    }
}

static void exchange__asset_is_not_sent_to_who_has_it(void **state)
{
    struct office *office = *state;
    struct bytes path = BYTES_LIT("/assets/app.js");
    char request[512];
    (void)snprintf(request, sizeof request,
                   "GET /assets/app.js HTTP/1.1\r\nIf-None-Match: \"x\", W/%s\r\n" END,
                   assets_find(office->served.options.application.assets, path)->etag);
    struct buf answer = ask(office, request);
    assert_int_equal(answer_status(buf_bytes(&answer)), 304);
    buf_deinit(&answer);
    answer = ask(office, "GET /assets/app.js HTTP/1.1\r\nIf-None-Match: \"x\"\r\n" END);
    assert_int_equal(answer_status(buf_bytes(&answer)), 200);
    buf_deinit(&answer);
}

static void exchange__expectation_is_met_when_the_body_is_wanted(void **state)
{
    struct office *office = *state;
    struct buf answer;
    buf_init(&answer, 1 << 16);
    int fd = client_connect(&office->served);
    client_send(
        &office->served, fd,
        BYTES_LIT("POST /hold/x HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 3\r\n" END));
    assert_true(
        client_read(&office->served, fd, BYTES_LIT("HTTP/1.1 100 Continue\r\n\r\n"), &answer));
    assert_int_equal(office->held_count, 0);
    client_send(&office->served, fd, BYTES_LIT("abc"));
    assert_int_equal(office->held_count, 1);
    assert_true(bytes_equal(exchange_body(office->held[0]), BYTES_LIT("abc")));
    answer_held(office, 0);
    (void)client_read(&office->served, fd, BYTES_NONE, &answer);
    assert_true(answer_has(buf_bytes(&answer), "HTTP/1.1 200 OK"));
    (void)close(fd);
    buf_deinit(&answer);
}

static void exchange__pipelined_answers_keep_their_order(void **state)
{
    struct office *office = *state;
    struct buf answer;
    buf_init(&answer, 1 << 16);
    int fd = client_connect(&office->served);
    client_send(&office->served, fd,
                BYTES_LIT("GET /hold/one HTTP/1.1\r\nHost: a.cn\r\n\r\n"
                          "POST /hold/two HTTP/1.1\r\nHost: a.cn\r\nContent-Length: 1\r\n\r\nx"
                          "GET /hold/three HTTP/1.1\r\n" END));
    assert_int_equal(office->held_count, 3);
    answer_held(office, 2);
    answer_held(office, 1);
    assert_false(answer_has(buf_bytes(&answer), "HTTP"));
    answer_held(office, 0);
    (void)client_read(&office->served, fd, BYTES_NONE, &answer);
    struct bytes text = buf_bytes(&answer);
    size_t one = bytes_find(text, BYTES_LIT("oneHTTP/1.1")),
           two = bytes_find(text, BYTES_LIT("twoHTTP/1.1"));
    size_t three = bytes_find(text, BYTES_LIT("three"));
    assert_true(one < two && two < three && three < text.len);
    (void)close(fd);
    buf_deinit(&answer);
}

/* Several that are large wait for their turn, and for the peer, each by itself. */
static void exchange__pipelined_answers_may_be_large(void **state)
{
    enum { COUNT = 3, SMALL_BYTES = 100000 };
    static const size_t sizes[] = {HTTP_ANSWER_MAX_BYTES, SMALL_BYTES};
    static const char body[HTTP_ANSWER_MAX_BYTES];
    struct office *office = *state;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct buf answer;
        buf_init(&answer, 64 << 20);
        int fd = client_connect(&office->served), first = office->held_count;
        for (int n = 0; n < COUNT; n++)
            client_send(&office->served, fd,
                        BYTES_LIT("GET /hold/x HTTP/1.1\r\nHost: a.cn\r\n\r\n"));
        assert_int_equal(office->held_count, first + COUNT);
        for (int n = COUNT; n-- > 0;)
            exchange_answer(office->held[first + n], 200, "text/plain",
                            (struct bytes){body, sizes[i]});
        client_send(&office->served, fd, BYTES_LIT("GET /whoami HTTP/1.1\r\n" END));
        (void)client_read(&office->served, fd, BYTES_NONE, &answer);
        assert_true(answer.len > COUNT * sizes[i]);
        assert_true(answer_has(buf_bytes(&answer), "\r\n\r\n127.0.0.1"));
        (void)close(fd);
        buf_deinit(&answer);
    }
}

static void exchange__no_more_is_answered_than_the_peer_takes(void **state)
{
    struct office *office = *state;
    int fd = client_connect(&office->served);
    for (int i = 0; i < HTTP_PIPELINE_MAX; i++)
        client_send(&office->served, fd,
                    BYTES_LIT("GET /large/8388608 HTTP/1.1\r\nHost: a.cn\r\n\r\n"));
    assert_in_range(office->large_count, 1, HTTP_PIPELINE_MAX / 4); /* the kernel holds some, too */
    (void)close(fd);
}

static void exchange__no_more_is_read_ahead_than_allowed(void **state)
{
    struct office *office = *state;
    struct buf answer;
    buf_init(&answer, 1 << 16);
    int fd = client_connect(&office->served);
    for (int i = 0; i < 2 * HTTP_PIPELINE_MAX; i++)
        client_send(&office->served, fd, BYTES_LIT("GET /hold/x HTTP/1.1\r\nHost: a.cn\r\n\r\n"));
    assert_int_equal(office->held_count, HTTP_PIPELINE_MAX);
    for (int i = 0; i < 2 * HTTP_PIPELINE_MAX; i++) {
        while (office->held_count <= i)
            (void)uv_run(&office->served.loop, UV_RUN_ONCE);
        answer_held(office, i);
    }
    client_send(&office->served, fd, BYTES_LIT("GET /whoami HTTP/1.1\r\n" END));
    (void)client_read(&office->served, fd, BYTES_NONE, &answer);
    assert_true(answer_has(buf_bytes(&answer), "127.0.0.1"));
    (void)close(fd);
    buf_deinit(&answer);
}

static void exchange__who_has_hung_up_half_still_gets_the_answer(void **state)
{
    struct office *office = *state;
    struct buf answer;
    buf_init(&answer, 1 << 16);
    int fd = client_connect(&office->served);
    client_send(&office->served, fd, BYTES_LIT("GET /hold/half HTTP/1.1\r\nHost: a.cn\r\n\r\n"));
    assert_int_equal(shutdown(fd, SHUT_WR), 0);
    for (int round = 0; round < 3; round++)
        (void)uv_run(&office->served.loop, UV_RUN_NOWAIT);
    answer_held(office, 0);
    assert_true(client_read(&office->served, fd, BYTES_NONE, &answer));
    assert_true(answer_has(buf_bytes(&answer), "\r\n\r\nhalf"));
    (void)close(fd);
    buf_deinit(&answer);
}

static void reset(int fd)
{
    struct linger now = {.l_onoff = 1};
    assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now), 0);
    (void)close(fd);
}

static void exchange__may_be_answered_when_nobody_is_there(void **state)
{
    struct office *office = *state;
    int fd = client_connect(&office->served);
    client_send(&office->served, fd, BYTES_LIT("GET /hold/gone HTTP/1.1\r\nHost: a.cn\r\n\r\n"));
    assert_int_equal(office->held_count, 1);
    reset(fd);
    fd = client_connect(&office->served);
    client_send(&office->served, fd,
                BYTES_LIT("GET /hold/early HTTP/1.1\r\nHost: a.cn\r\n\r\nGET /hold/late "
                          "HTTP/1.1\r\nHost: a.cn\r\n\r\n"));
    reset(fd);
    while (http_server_connections(office->served.server) > 0)
        (void)uv_run(&office->served.loop, UV_RUN_ONCE);
    assert_true(bytes_equal(exchange_param(office->held[0], "name"), BYTES_LIT("gone")));
    answer_held(office, 0);
    answer_held(office, 2);
    /* Even when the server is gone, too. */
    served_stop(&office->served);
    exchange_refuse(office->held[1], 503);
}

static void server_stop__finishes_what_was_asked(void **state)
{
    struct office *office = *state;
    struct buf answer;
    buf_init(&answer, 1 << 16);
    int idle = client_connect(&office->served), busy = client_connect(&office->served);
    client_send(&office->served, busy, BYTES_LIT("GET /hold/last HTTP/1.1\r\nHost: a.cn\r\n\r\n"));
    http_server_stop(office->served.server, served_on_stopped, &office->served);
    assert_true(client_read(&office->served, idle, BYTES_NONE, &answer));
    assert_int_equal(answer.len, 0);
    assert_false(office->served.is_stopped);
    answer_held(office, 0);
    assert_true(client_read(&office->served, busy, BYTES_NONE, &answer));
    assert_true(answer_has(buf_bytes(&answer), "Connection: close\r\n"));
    assert_true(answer_has(buf_bytes(&answer), "\r\n\r\nlast"));
    (void)close(idle);
    (void)close(busy);
    while (!office->served.is_stopped)
        (void)uv_run(&office->served.loop, UV_RUN_ONCE);
    http_server_free(office->served.server);
    assert_int_equal(uv_loop_close(&office->served.loop), 0);
    buf_deinit(&answer);
}

static void access_log__says_nothing_personal(void **state)
{
    struct office *office = *state;
    char text[4096];
    struct buf answer = ask(office, "GET /whoami?name=secret HTTP/1.1\r\nX-Forwarded-For: "
                                    "1.2.3.4\r\nCookie: sid=secret\r\n" END);
    buf_deinit(&answer);
    answer = ask(office, "GET /secret/path HTTP/1.1\r\n" END);
    buf_deinit(&answer);
    struct buf metrics;
    buf_init(&metrics, 1 << 16);
    http_server_metrics(office->served.server, &metrics);
    assert_true(answer_has(buf_bytes(&metrics), "pingyi_http_answers_total{status=\"2xx\"} 1\n"));
    assert_true(answer_has(buf_bytes(&metrics), "pingyi_http_answers_total{status=\"4xx\"} 1\n"));
    assert_true(
        answer_has(buf_bytes(&metrics), "pingyi_http_duration_seconds_bucket{le=\"+Inf\"} 2\n"));
    buf_deinit(&metrics);
    served_stop(&office->served);
    rewind(office->served.options.access_log);
    struct bytes log = {text, fread(text, 1, sizeof text, office->served.options.access_log)};
    assert_true(answer_has(log, " method=GET route=/whoami status=200 bytes=7 us="));
    assert_true(answer_has(log, " account=42\n"));
    assert_true(answer_has(log, " method=GET route=- status=404 bytes="));
    assert_false(answer_has(log, "secret"));
    assert_false(answer_has(log, "1.2.3.4"));
    assert_false(answer_has(log, "127.0.0.1"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(exchange__answers_what_is_asked, setup, teardown),
        cmocka_unit_test_setup_teardown(exchange__asset_is_not_sent_to_who_has_it, setup, teardown),
        cmocka_unit_test_setup_teardown(exchange__expectation_is_met_when_the_body_is_wanted, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(exchange__pipelined_answers_keep_their_order, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(exchange__pipelined_answers_may_be_large, setup, teardown),
        cmocka_unit_test_setup_teardown(exchange__no_more_is_answered_than_the_peer_takes, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(exchange__no_more_is_read_ahead_than_allowed, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(exchange__who_has_hung_up_half_still_gets_the_answer, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(exchange__may_be_answered_when_nobody_is_there, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(server_stop__finishes_what_was_asked, setup, teardown),
        cmocka_unit_test_setup_teardown(access_log__says_nothing_personal, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
