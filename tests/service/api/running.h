#ifndef PINGYI_TESTS_SERVICE_API_RUNNING_H
#define PINGYI_TESTS_SERVICE_API_RUNNING_H

#include "service/api/service.h"

#include "tests/service/api/visitors.h"

#include <stdlib.h>
#include <string.h>

/* The service whole, in this thread, over plain HTTP, with visitors and whatever else a test puts into its store. */

enum { REQUEST_MAX_BYTES = 64 * 1024, ANSWER_MAX_BYTES = 4 * 1024 * 1024 };

struct running {
    struct served served; /* its loop and port are the service's */
    struct service service;
    struct service_options options;
    const char *listen[2];
    FILE *messages, *access_log;
    char path[TEMP_DIR_BYTES], data[TEMP_DIR_BYTES + 8];
    struct buf answer; /* whole */
    struct bytes body; /* of `answer` */
    char cookie[128];  /* of who is signed in */
    char csrf[128];
    int key;
};

static _Atomic int64_t test_now;

static inline int64_t now_utc(void)
{
    return test_now;
}

static inline void running_init(struct running *running, void (*prepare)(struct store *store))
{
    struct err err;
    struct datadir datadir;
    memset(running, 0, sizeof *running);
    test_now = VISITOR_NOW_UTC;
    temp_dir_make(running->path);
    (void)snprintf(running->data, sizeof running->data, "%s/data", running->path);
    MUST(datadir_create(running->data, &err));
    MUST(datadir_open(running->data, STORE_READWRITE, &datadir, &err));
    visitors_put(datadir.store);
    prepare(datadir.store);
    datadir_close(&datadir);
    running->messages = tmpfile();
    running->access_log = tmpfile();
    assert_non_null(running->messages);
    assert_non_null(running->access_log);
    running->listen[0] = "127.0.0.1:0";
    running->options = (struct service_options){
        .data_path = running->data,
        .listen = running->listen,
        .is_plain = true,
        .access_log = running->access_log,
        .messages = running->messages,
        .program_version = "test",
        .now_utc = now_utc,
    };
    assert_int_equal(uv_loop_init(&running->served.loop), 0);
    MUST(service_start(&running->service, &running->served.loop, &running->options, &err));
    running->served.port = running->service.ports[0];
    buf_init(&running->answer, ANSWER_MAX_BYTES);
}

static inline void running_deinit(struct running *running)
{
    service_stop(&running->service);
    service_stop(&running->service);
    (void)uv_run(&running->served.loop, UV_RUN_DEFAULT);
    service_deinit(&running->service);
    assert_int_equal(uv_loop_close(&running->served.loop), 0);
    buf_deinit(&running->answer);
    (void)fclose(running->messages);
    (void)fclose(running->access_log);
    temp_dir_remove(running->path);
}

static inline int send_request(struct running *running, const char *line, const char *headers,
                               const char *body)
{
    struct buf request;
    buf_init(&request, REQUEST_MAX_BYTES);
    buf_printf(&request, "%s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n%s", line,
               headers);
    if (body != NULL)
        buf_printf(&request, "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s",
                   strlen(body), body);
    else
        buf_append_z(&request, "\r\n");
    buf_clear(&running->answer);
    client_ask(&running->served, buf_bytes(&request), request.len, &running->answer);
    buf_deinit(&request);
    struct bytes answer = buf_bytes(&running->answer);
    size_t head = bytes_find(answer, BYTES_LIT("\r\n\r\n"));
    size_t skipped = head == answer.len ? head : head + 4;
    running->body = (struct bytes){answer.ptr + skipped, answer.len - skipped};
    return answer_status(answer);
}

static inline int ask_as(struct running *running, enum visitor visitor, const char *line,
                         const char *key, const char *body)
{
    struct buf headers;
    buf_init(&headers, REQUEST_MAX_BYTES);
    visitor_headers(visitor, true, &headers);
    if (key != NULL)
        buf_printf(&headers, "Idempotency-Key: %s\r\n", key);
    buf_append_byte(&headers, '\0');
    int status = send_request(running, line, headers.ptr, body);
    buf_deinit(&headers);
    return status;
}

static inline bool says(const struct running *running, const char *part)
{
    return answer_has(buf_bytes(&running->answer), part);
}

#endif
