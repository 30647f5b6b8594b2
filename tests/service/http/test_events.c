#include "service/http/events.h"

#include "base/alloc.h"
#include "tests/service/http/served.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

enum {
    TEXT_MAX_BYTES = 16 << 20,
    LINE_BYTES = 256,
    OFFICE = 1,
    CALLER = 2,
    LARGE_BYTES = 32 * 1024,
    LARGE_COUNT = 1200,
};

struct fixture {
    struct served served;
    struct events *events;
    bool may_go_on;
    int64_t asked_id; /* of the last question whether it may go on */
    bool is_stopped;
};

static bool on_may_go_on(void *context, int64_t id)
{
    struct fixture *fixture = context;
    fixture->asked_id = id;
    return fixture->may_go_on;
}

static void handle_events(struct http_exchange *exchange)
{
    struct fixture *fixture = exchange_application(exchange);
    int64_t audience = OFFICE;
    (void)bytes_to_int64(exchange_query(exchange, "audience"), &audience);
    events_subscribe(fixture->events, exchange, (uint32_t)audience, on_may_go_on, fixture, 42);
}

static const struct http_route routes[] = {
    {METHOD_GET, "/events", 0, HTTP_BODY_NONE, 0, handle_events, "events"},
};

static int set_up(void **state)
{
    struct err err = {.code = OK};
    struct fixture *fixture = mem_calloc(1, sizeof *fixture);
    assert_non_null(fixture);
    fixture->may_go_on = true;
    fixture->served.options = (struct http_options){.limits = http_limits_default};
    fixture->served.options.application.context = fixture;
    fixture->served.options.application.routes = routes;
    fixture->served.options.application.route_count = 1;
    served_start(&fixture->served);
    assert_int_equal(events_new(&fixture->served.loop, &fixture->events, &err), OK);
    *state = fixture;
    return 0;
}

static void on_stopped(void *context)
{
    struct fixture *fixture = context;
    fixture->is_stopped = true;
}

static void stop_events(struct fixture *fixture)
{
    events_stop(fixture->events, on_stopped, fixture);
    while (!fixture->is_stopped)
        (void)uv_run(&fixture->served.loop, UV_RUN_ONCE);
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;
    if (!fixture->is_stopped)
        stop_events(fixture);
    events_free(fixture->events);
    served_stop(&fixture->served);
    mem_free(fixture);
    return 0;
}

/* ---- a reader ---- */

struct client {
    struct fixture *fixture;
    int fd;
    struct buf text; /* all that it has read */
};

static void client_init(struct client *client, struct fixture *fixture, const char *query,
                        const char *last_id)
{
    char request[LINE_BYTES];
    (void)snprintf(request, sizeof request, "GET /events%s HTTP/1.1\r\nHost: a\r\n%s%s%s\r\n",
                   query, last_id != NULL ? "Last-Event-ID: " : "", last_id != NULL ? last_id : "",
                   last_id != NULL ? "\r\n" : "");
    *client = (struct client){.fixture = fixture, .fd = client_connect(&fixture->served)};
    buf_init(&client->text, TEXT_MAX_BYTES);
    client_send(&fixture->served, client->fd, bytes_from_z(request));
}

static void client_deinit(struct client *client)
{
    (void)close(client->fd);
    buf_deinit(&client->text);
}

/* Read until `text` has come. */
static void expect(struct client *client, const char *text)
{
    if (!client_read(&client->fixture->served, client->fd, bytes_from_z(text), &client->text))
        fail_msg("no \"%s\" in " BYTES_FMT, text, BYTES_ARG(buf_bytes(&client->text)));
}

static bool has(const struct client *client, const char *text)
{
    return answer_has(buf_bytes(&client->text), text);
}

/* Publish the number as data; returns nothing, for ids are the wire's. */
static void publish(struct fixture *fixture, uint32_t audience, int number)
{
    char data[LINE_BYTES];
    int len = snprintf(data, sizeof data, "{\"n\":%d}", number);
    events_publish(fixture->events, "step", audience, (struct bytes){data, (size_t)len});
}

static void publish_many(struct fixture *fixture, int first, int count)
{
    for (int i = 0; i < count; i++)
        publish(fixture, OFFICE, first + i);
}

/* The number of the last event, as a new reader is told it. */
static int64_t place_now(struct fixture *fixture)
{
    struct client client;
    int64_t id = 0;
    client_init(&client, fixture, "", NULL);
    expect(&client, "retry: 2000\n");
    struct bytes text = buf_bytes(&client.text);
    size_t at = bytes_find(text, BYTES_LIT("id: ")) + 4;
    struct bytes rest = {text.ptr + at, text.len - at};
    assert_true(bytes_to_int64(bytes_cut(&rest, '\n'), &id));
    client_deinit(&client);
    return id;
}

static void client_init_after(struct client *client, struct fixture *fixture, int64_t id)
{
    char text[LINE_BYTES];
    (void)snprintf(text, sizeof text, "%" PRId64, id);
    client_init(client, fixture, "", text);
}

/* ---- what is read ---- */

static void events__arrive_as_they_are_published(void **state)
{
    struct fixture *fixture = *state;
    int64_t place = place_now(fixture);
    struct client client;
    client_init(&client, fixture, "", NULL);
    expect(&client, "retry: 2000\n\n");
    assert_true(has(&client, "HTTP/1.1 200 OK\r\n"));
    assert_true(has(&client, "Content-Type: text/event-stream\r\n"));
    assert_true(has(&client, "X-Accel-Buffering: no\r\n"));
    check_guarded(buf_bytes(&client.text));
    publish(fixture, OFFICE, 1);
    expect(&client, "{\"n\":1}");
    char event[LINE_BYTES];
    (void)snprintf(event, sizeof event, "id: %" PRId64 "\nevent: step\ndata: {\"n\":1}\n\n",
                   place + 1);
    assert_true(has(&client, event));
    publish(fixture, OFFICE, 2);
    expect(&client, "{\"n\":2}");
    assert_int_equal(fixture->asked_id, 42);
    client_deinit(&client);
}

static void events__reach_their_audience_alone(void **state)
{
    struct fixture *fixture = *state;
    struct client office, caller, both;
    client_init(&office, fixture, "?audience=1", NULL);
    client_init(&caller, fixture, "?audience=2", NULL);
    client_init(&both, fixture, "?audience=3", NULL);
    publish(fixture, OFFICE, 1);
    publish(fixture, CALLER, 2);
    publish(fixture, OFFICE | CALLER, 3);
    publish(fixture, 4, 4);
    publish(fixture, OFFICE | CALLER, 5);
    expect(&office, "{\"n\":5}");
    expect(&caller, "{\"n\":5}");
    expect(&both, "{\"n\":5}");
    static const bool is_there[3][4] = {
        {true, false, true, false}, {false, true, true, false}, {true, true, true, false}};
    const struct client *const all[] = {&office, &caller, &both};
    for (int i = 0; i < 3; i++) {
        for (int n = 1; n <= 4; n++) {
            char data[LINE_BYTES];
            (void)snprintf(data, sizeof data, "{\"n\":%d}", n);
            assert_int_equal(has(all[i], data), is_there[i][n - 1]);
        }
    }
    client_deinit(&office);
    client_deinit(&caller);
    client_deinit(&both);
}

/* ---- coming back ---- */

static void events__are_resumed_where_they_broke_off(void **state)
{
    struct fixture *fixture = *state;
    int64_t place = place_now(fixture);
    publish_many(fixture, 1, 10);
    for (int read = 0; read <= 10; read++) {
        struct client client;
        client_init_after(&client, fixture, place + read);
        publish(fixture, OFFICE, 1000 + read);
        char last[LINE_BYTES];
        (void)snprintf(last, sizeof last, "{\"n\":%d}", 1000 + read);
        expect(&client, last);
        assert_false(has(&client, "event: reset"));
        for (int n = 1; n <= 10; n++) {
            char data[LINE_BYTES];
            (void)snprintf(data, sizeof data, "{\"n\":%d}", n);
            assert_int_equal(has(&client, data), n > read);
        }
        client_deinit(&client);
    }
}

static void check_reset(struct fixture *fixture, const char *last_id, int number)
{
    struct client client;
    client_init(&client, fixture, "", last_id);
    publish(fixture, OFFICE, number);
    char data[LINE_BYTES];
    (void)snprintf(data, sizeof data, "{\"n\":%d}", number);
    expect(&client, data);
    assert_true(has(&client, "event: reset\ndata: {}\n\n"));
    assert_false(has(&client, "{\"n\":1}"));
    client_deinit(&client);
}

static void events__reset_who_was_away_too_long(void **state)
{
    struct fixture *fixture = *state;
    int64_t place = place_now(fixture);
    char id[LINE_BYTES];
    publish(fixture, OFFICE, 1);
    (void)snprintf(id, sizeof id, "%" PRId64, place - 1); /* of an earlier start */
    check_reset(fixture, id, 2);
    (void)snprintf(id, sizeof id, "%" PRId64, place + 1000000); /* not given out yet */
    check_reset(fixture, id, 3);
    check_reset(fixture, "0", 4);
    check_reset(fixture, "-1", 5);
    check_reset(fixture, "9223372036854775808", 6);
    check_reset(fixture, "abc", 7);
}

static void events__keep_the_last_1024(void **state)
{
    struct fixture *fixture = *state;
    int64_t place = place_now(fixture);
    publish_many(fixture, 1, EVENTS_KEPT + 1);
    struct client client;
    client_init_after(&client, fixture, place + 1);
    expect(&client, "{\"n\":1025}");
    assert_true(has(&client, "{\"n\":2}"));
    assert_false(has(&client, "reset"));
    client_deinit(&client);
    client_init_after(&client, fixture, place);
    expect(&client, "event: reset");
    assert_false(has(&client, "{\"n\":2}"));
    client_deinit(&client);
}

static void events_heartbeat__moves_the_place_of_who_has_nothing_to_read(void **state)
{
    struct fixture *fixture = *state;
    int64_t place = place_now(fixture);
    struct client client;
    client_init(&client, fixture, "?audience=2", NULL);
    expect(&client, "retry: 2000\n\n");
    publish_many(fixture, 1, 5);
    buf_clear(&client.text);
    events_heartbeat(fixture->events);
    char text[LINE_BYTES];
    (void)snprintf(text, sizeof text, "id: %" PRId64 "\nretry: 2000\n\n", place + 5);
    expect(&client, text);
    assert_false(has(&client, "\ndata:"));
    client_deinit(&client);
}

/* ---- ends ---- */

static void events__end_when_they_may_not_go_on(void **state)
{
    struct fixture *fixture = *state;
    for (int is_heartbeat = 0; is_heartbeat < 2; is_heartbeat++) {
        struct client client;
        fixture->may_go_on = true;
        client_init(&client, fixture, "", NULL);
        expect(&client, "retry: 2000\n\n");
        fixture->may_go_on = false;
        if (is_heartbeat)
            events_heartbeat(fixture->events);
        else
            publish(fixture, OFFICE, 1);
        expect(&client, "\r\n0\r\n\r\n");
        assert_false(has(&client, "\ndata:"));
        client_deinit(&client);
    }
    struct client client;
    client_init(&client, fixture, "", NULL); /* not even its place */
    expect(&client, "\r\n0\r\n\r\n");
    assert_false(has(&client, "\nid:"));
    client_deinit(&client);
}

static void events__cut_off_who_does_not_read(void **state)
{
    struct fixture *fixture = *state;
    struct client idle, keen;
    client_init(&idle, fixture, "", NULL);
    client_init(&keen, fixture, "", NULL);
    struct buf data;
    buf_init(&data, LARGE_BYTES);
    for (int i = 0; i < LARGE_BYTES; i++)
        buf_append_byte(&data, '7');
    assert_int_equal(http_server_connections(fixture->served.server), 2);
    int most = 0;
    for (int i = 0; i < LARGE_COUNT; i++) {
        events_publish(fixture->events, "large", OFFICE, buf_bytes(&data));
        char number[LINE_BYTES];
        (void)snprintf(number, sizeof number, "{\"n\":%d}", i);
        publish(fixture, OFFICE, i);
        buf_clear(&keen.text);
        expect(&keen, number);
        (void)uv_run(&fixture->served.loop, UV_RUN_NOWAIT);
        if (http_server_connections(fixture->served.server) == 2)
            most = i;
    }
    assert_int_equal(http_server_connections(fixture->served.server), 1);
    assert_true(most > EVENTS_BEHIND_BYTES / LARGE_BYTES); /* not at once, either */
    buf_deinit(&data);
    client_deinit(&idle);
    client_deinit(&keen);
}

static void events__outlive_readers_that_leave(void **state)
{
    struct fixture *fixture = *state;
    struct client first, second, third;
    client_init(&first, fixture, "", NULL);
    client_init(&second, fixture, "", NULL);
    client_init(&third, fixture, "", NULL);
    expect(&second, "retry");
    client_deinit(&second);
    while (http_server_connections(fixture->served.server) > 2) {
        events_heartbeat(fixture->events);
        (void)uv_run(&fixture->served.loop, UV_RUN_NOWAIT);
    }
    publish(fixture, OFFICE, 1);
    expect(&first, "{\"n\":1}");
    expect(&third, "{\"n\":1}");
    client_deinit(&first);
    client_deinit(&third);
}

static void events__refuse_more_readers_than_the_limit(void **state)
{
    struct fixture *fixture = *state;
    static struct client clients[EVENTS_READERS_MAX];
    struct rlimit files = {0, 0};
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &files), 0);
    files.rlim_cur = files.rlim_max;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &files), 0);
    for (int i = 0; i < EVENTS_READERS_MAX; i++)
        client_init(&clients[i], fixture, "", NULL);
    struct client refused;
    client_init(&refused, fixture, "", NULL);
    expect(&refused, "\r\n\r\n");
    assert_int_equal(answer_status(buf_bytes(&refused.text)), 503);
    client_deinit(&refused);
    publish(fixture, OFFICE, 1);
    for (int i = 0; i < EVENTS_READERS_MAX; i++)
        expect(&clients[i], "{\"n\":1}");
    for (int i = 0; i < EVENTS_READERS_MAX; i++)
        client_deinit(&clients[i]);
}

static void events__say_so_when_memory_for_one_fails(void **state)
{
    struct fixture *fixture = *state;
    int64_t place = place_now(fixture);
    struct client client;
    client_init(&client, fixture, "", NULL);
    expect(&client, "retry: 2000\n\n");
    publish(fixture, OFFICE, 1);
    mem_fault_set(1, false);
    publish(fixture, OFFICE, 2);
    assert_true(mem_fault_met());
    mem_fault_set(0, false);
    publish(fixture, OFFICE, 3);
    expect(&client, "{\"n\":3}");
    assert_true(has(&client, "event: reset"));
    assert_false(has(&client, "{\"n\":2}"));
    client_deinit(&client);
    client_init_after(&client, fixture, place + 1);
    expect(&client, "event: reset");
    client_deinit(&client);
}

static void events_stop__ends_the_streams_whole(void **state)
{
    struct fixture *fixture = *state;
    struct client client;
    client_init(&client, fixture, "", NULL);
    expect(&client, "retry: 2000\n\n");
    stop_events(fixture);
    expect(&client, "\r\n0\r\n\r\n");
    client_deinit(&client);
    publish(fixture, OFFICE, 1); /* heard by nobody */
    client_init(&client, fixture, "", NULL);
    expect(&client, "\r\n\r\n");
    assert_int_equal(answer_status(buf_bytes(&client.text)), 503);
    client_deinit(&client);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(events__arrive_as_they_are_published),
        TEST(events__reach_their_audience_alone),
        TEST(events__are_resumed_where_they_broke_off),
        TEST(events__reset_who_was_away_too_long),
        TEST(events__keep_the_last_1024),
        TEST(events_heartbeat__moves_the_place_of_who_has_nothing_to_read),
        TEST(events__end_when_they_may_not_go_on),
        TEST(events__cut_off_who_does_not_read),
        TEST(events__outlive_readers_that_leave),
        TEST(events__refuse_more_readers_than_the_limit),
        TEST(events__say_so_when_memory_for_one_fails),
        TEST(events_stop__ends_the_streams_whole),
    };
    (void)signal(SIGPIPE, SIG_IGN); /* as the program does */
    return cmocka_run_group_tests_name("service/http/events", tests, NULL, NULL);
}
