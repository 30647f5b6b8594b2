#include "tests/service/http/served.h"

static void handle_hello(struct http_exchange *exchange)
{
    exchange_answer(exchange, 200, "text/plain", BYTES_LIT("hello"));
}

static void handle_echo(struct http_exchange *exchange)
{
    exchange_answer(exchange, 201, "text/plain", exchange_body(exchange));
}

static void handle_item(struct http_exchange *exchange)
{
    struct bytes size = exchange_query(exchange, "size");
    exchange_answer(exchange, 200, "text/plain",
                    size.ptr != NULL ? size : exchange_param(exchange, "id"));
}

static const struct http_route routes[] = {
    {METHOD_GET, "/hello", 0, HTTP_BODY_NONE, 0, handle_hello, "hello"},
    {METHOD_POST, "/echo", 0, HTTP_BODY_MEMORY, 1000, handle_echo, "echo"},
    {METHOD_GET, "/items/{id}", 0, HTTP_BODY_NONE, 0, handle_item, "item"},
};

static int setup(void **state)
{
    static struct served served;
    served.options = (struct http_options){.limits = http_limits_default};
    served.options.application.routes = routes;
    served.options.application.route_count = sizeof routes / sizeof *routes;
    served_start(&served);
    *state = &served;
    return 0;
}

static int teardown(void **state)
{
    served_stop(*state);
    return 0;
}

struct expected {
    const char *request, *parts[4];
    int status;
};

static const struct expected requests[] = {
    {"GET /hello HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
     {"\r\n\r\nhello", "Content-Length: 5\r\n", "Connection: close\r\n",
      "Cache-Control: no-store\r\n"},
     200},
    {"HEAD /hello HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
     {"Content-Length: 5\r\n"},
     200},
    {"GET /hello HTTP/1.0\r\n\r\n", {"\r\n\r\nhello", "Connection: close\r\n"}, 200},
    {"POST /echo HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 4\r\n\r\nbody",
     {"\r\n\r\nbody"},
     201},
    {"POST /echo HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
     "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n",
     {"\r\n\r\nabcde"},
     201},
    {"GET /items/%E5%8D%97 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
     {"\r\n\r\n\xE5\x8D\x97"},
     200},
    {"GET /items/1?size=a+b%2Bc HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
     {"\r\n\r\na b+c"},
     200},
    {"GET /hello HTTP/1.1\r\nHost: a\r\n\r\nGET /items/7 HTTP/1.1\r\nHost: a\r\nConnection: "
     "close\r\n\r\n",
     {"\r\n\r\nhelloHTTP/1.1 200 OK", "\r\n\r\n7"},
     200},
    {"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbodyGET /hello HTTP/1.1\r\nHost: "
     "a\r\n"
     "Connection: close\r\n\r\n",
     {"\r\n\r\nbodyHTTP/1.1 200 OK", "\r\n\r\nhello"},
     201},
    {"POST /hello HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
     {"Allow: GET, HEAD\r\n"},
     405},
};

static void connection__answers_alike_wherever_a_request_is_cut(void **state)
{
    struct served *served = *state;
    for (size_t i = 0; i < sizeof requests / sizeof *requests; i++) {
        struct bytes request = bytes_from_z(requests[i].request);
        for (size_t cut = 0; cut <= request.len; cut++) {
            struct buf answer;
            buf_init(&answer, 1 << 20);
            client_ask(served, request, cut, &answer);
            assert_int_equal(answer_status(buf_bytes(&answer)), requests[i].status);
            for (size_t p = 0; p < 4 && requests[i].parts[p] != NULL; p++)
                if (!answer_has(buf_bytes(&answer), requests[i].parts[p]))
                    fail_msg("request %zu cut at %zu: no \"%s\" in " BYTES_FMT, i, cut,
                             requests[i].parts[p], BYTES_ARG(buf_bytes(&answer)));
            buf_deinit(&answer);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(connection__answers_alike_wherever_a_request_is_cut, setup,
                                        teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
