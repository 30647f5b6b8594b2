#include "tests/service/http/served.h"

#include "tests/support/temp_dir.h"

#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>

/* Bodies that go to disk, and answers that come from it. */

enum { LARGE_BYTES = 3 * 1024 * 1024 };

struct post_office {
    struct served served;
    char directory[TEMP_DIR_BYTES], taken[4096], file[4096];
    int64_t body_bytes;
    bool removes;
};

static void handle_put(struct http_exchange *exchange)
{
    struct post_office *office = exchange_application(exchange);
    struct stat status;
    assert_int_equal(stat(exchange_body_path(exchange), &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    assert_int_equal(status.st_size, exchange_body_bytes(exchange));
    office->body_bytes = exchange_body_bytes(exchange);
    if (exchange_query(exchange, "take").ptr != NULL)
        assert_int_equal(rename(exchange_body_path(exchange), office->taken), 0);
    exchange_answer(exchange, 201, NULL, BYTES_NONE);
}

static void handle_get(struct http_exchange *exchange)
{
    struct post_office *office = exchange_application(exchange);
    exchange_answer_file(exchange, "application/zip", office->file, "评议.zip", office->removes);
}

static const struct http_route routes[] = {
    {METHOD_PUT, "/file", 0, HTTP_BODY_FILE, LARGE_BYTES, handle_put, "put"},
    {METHOD_GET, "/file", 0, HTTP_BODY_NONE, 0, handle_get, "get"},
};

static int setup(void **state)
{
    static struct post_office office;
    office = (struct post_office){.body_bytes = 0};
    temp_dir_make(office.directory);
    (void)snprintf(office.taken, sizeof office.taken, "%s/taken", office.directory);
    (void)snprintf(office.file, sizeof office.file, "%s/file", office.directory);
    office.served.options.limits = http_limits_default;
    office.served.options.spool_path = office.directory;
    office.served.options.application = (struct http_application){
        .context = &office, .routes = routes, .route_count = sizeof routes / sizeof *routes};
    served_start(&office.served);
    *state = &office;
    return 0;
}

static int teardown(void **state)
{
    struct post_office *office = *state;
    if (!office->served.is_stopped)
        served_stop(&office->served);
    temp_dir_remove(office->directory);
    return 0;
}

static int count_files(const char *path)
{
    int count = 0;
    DIR *directory = opendir(path);
    assert_non_null(directory);
    for (const struct dirent *entry = readdir(directory); entry != NULL; entry = readdir(directory))
        count += entry->d_name[0] != '.';
    (void)closedir(directory);
    return count;
}

static void write_file(const char *path, size_t bytes)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    for (size_t i = 0; i < bytes; i++)
        (void)fputc('a' + (int)(i % 26), file);
    assert_int_equal(fclose(file), 0);
}

static struct buf request_of(const char *query, size_t body_bytes, size_t sent_bytes)
{
    struct buf request;
    buf_init(&request, 16 << 20);
    buf_printf(
        &request,
        "PUT /file%s HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: %zu\r\n\r\n",
        query, body_bytes);
    for (size_t i = 0; i < sent_bytes; i++)
        buf_append_byte(&request, (char)('a' + i % 26));
    return request;
}

static int put(struct post_office *office, const char *query, size_t bytes)
{
    struct buf request = request_of(query, bytes, bytes), answer;
    buf_init(&answer, 1 << 16);
    client_ask(&office->served, buf_bytes(&request), 0, &answer);
    int status = answer_status(buf_bytes(&answer));
    buf_deinit(&request);
    buf_deinit(&answer);
    return status;
}

static void spool__body_is_whole_on_disk_and_gone_after(void **state)
{
    struct post_office *office = *state;
    static const size_t sizes[] = {0, 1, 65536, 65537, 1000000, LARGE_BYTES};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        assert_int_equal(put(office, "", sizes[i]), 201);
        assert_int_equal(office->body_bytes, sizes[i]);
    }
    served_stop(&office->served);
    assert_int_equal(count_files(office->directory), 0);
}

static void spool__taken_body_stays(void **state)
{
    struct post_office *office = *state;
    assert_int_equal(put(office, "?take=1", 100000), 201);
    served_stop(&office->served);
    assert_int_equal(count_files(office->directory), 1);
    FILE *file = fopen(office->taken, "rb");
    assert_non_null(file);
    for (int i = 0; i < 100000; i++)
        assert_int_equal(fgetc(file), 'a' + i % 26);
    assert_int_equal(fgetc(file), EOF);
    (void)fclose(file);
}

static void spool__broken_off_body_leaves_nothing(void **state)
{
    struct post_office *office = *state;
    struct buf request = request_of("", LARGE_BYTES, 500000);
    int fd = client_connect(&office->served);
    client_send(&office->served, fd, buf_bytes(&request));
    (void)close(fd);
    served_stop(&office->served);
    assert_int_equal(count_files(office->directory), 0);
    assert_int_equal(office->body_bytes, 0);
    buf_deinit(&request);
}

static void spool__leftovers_of_a_dead_server_are_removed(void **state)
{
    struct post_office *office = *state;
    char left[4096];
    (void)snprintf(left, sizeof left, "%s/body-0123456789abcdef", office->directory);
    served_stop(&office->served);
    write_file(left, 10);
    write_file(office->taken, 10);
    served_start(&office->served);
    assert_int_equal(count_files(office->directory), 1);
}

static void spool__what_cannot_be_stored_is_refused(void **state)
{
    struct post_office *office = *state;
    assert_int_equal(put(office, "", LARGE_BYTES + 1), 413);
    temp_dir_remove(office->directory);
    assert_int_equal(put(office, "", 10), 500);
    assert_int_equal(put(office, "", 0), 500);
    temp_dir_make(office->directory);
}

/* Send `request` on a connection that is there already, while no descriptor is left for anything else. */
static void ask_without_descriptors(struct post_office *office, const char *request,
                                    struct buf *answer)
{
    struct rlimit all, none;
    int fd = client_connect(&office->served);
    client_send(&office->served, fd, BYTES_NONE);
    for (int round = 0; round < 3; round++)
        (void)uv_run(&office->served.loop, UV_RUN_NOWAIT);
    int next = dup(fd);
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &all), 0);
    none = (struct rlimit){.rlim_cur = (rlim_t)next, .rlim_max = all.rlim_max};
    (void)close(next);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
    client_send(&office->served, fd, bytes_from_z(request));
    (void)client_read(&office->served, fd, BYTES_NONE, answer);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &all), 0);
    (void)close(fd);
}

static void spool__want_of_descriptors_is_for_later(void **state)
{
    struct post_office *office = *state;
    static const char *const requests[] = {
        "PUT /file HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nConnection: close\r\n\r\nx",
        "PUT /file HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
        "GET /file HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
    };
    write_file(office->file, 1000);
    for (size_t i = 0; i < sizeof requests / sizeof *requests; i++) {
        struct buf answer;
        buf_init(&answer, 1 << 16);
        ask_without_descriptors(office, requests[i], &answer);
        assert_int_equal(answer_status(buf_bytes(&answer)), 503);
        assert_true(answer_has(buf_bytes(&answer), "Retry-After: 1\r\n"));
        buf_deinit(&answer);
    }
    assert_int_equal(put(office, "", 1), 201);
}

/* A file that may not become larger is as good as a full disk. */
static void spool__want_of_room_is_for_later(void **state)
{
    struct post_office *office = *state;
    struct rlimit all, little;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &all), 0);
    little = (struct rlimit){.rlim_cur = 100000, .rlim_max = all.rlim_max};
    void (*before)(int) = signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &little), 0);
    int small = put(office, "", 100000), large = put(office, "", 1000000);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &all), 0);
    (void)signal(SIGXFSZ, before);
    assert_int_equal(small, 201);
    assert_int_equal(large, 503);
    served_stop(&office->served);
    assert_int_equal(count_files(office->directory), 0);
}

static struct buf get(struct post_office *office, const char *method)
{
    char request[256];
    struct buf answer;
    buf_init(&answer, 16 << 20);
    (void)snprintf(request, sizeof request,
                   "%s /file HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", method);
    client_ask(&office->served, bytes_from_z(request), 0, &answer);
    return answer;
}

static void file_answer__is_the_file(void **state)
{
    struct post_office *office = *state;
    static const size_t sizes[] = {0, 1, 65536, LARGE_BYTES};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        write_file(office->file, sizes[i]);
        struct buf answer = get(office, "GET");
        struct bytes text = buf_bytes(&answer);
        assert_int_equal(answer_status(text), 200);
        check_guarded(text);
        assert_true(answer_has(
            text, "Content-Disposition: attachment; filename*=UTF-8''%E8%AF%84%E8%AE%AE.zip\r\n"));
        size_t body = bytes_find(text, BYTES_LIT("\r\n\r\n")) + 4;
        assert_int_equal(text.len - body, sizes[i]);
        for (size_t b = 0; b < sizes[i]; b++)
            if (text.ptr[body + b] != (char)('a' + b % 26))
                fail_msg("byte %zu of %zu", b, sizes[i]);
        buf_deinit(&answer);
    }
    struct buf answer = get(office, "HEAD");
    assert_true(answer_has(buf_bytes(&answer), "Content-Length: 3145728\r\n"));
    assert_true(answer.len < 4096);
    buf_deinit(&answer);
}

static void file_answer__may_remove_the_file_or_find_none(void **state)
{
    struct post_office *office = *state;
    write_file(office->file, 1000);
    office->removes = true;
    struct buf answer = get(office, "GET");
    assert_int_equal(answer_status(buf_bytes(&answer)), 200);
    assert_int_equal(count_files(office->directory), 0);
    buf_deinit(&answer);
    answer = get(office, "GET");
    assert_int_equal(answer_status(buf_bytes(&answer)), 500);
    assert_false(answer_has(buf_bytes(&answer), "Content-Disposition"));
    buf_deinit(&answer);
}

static void file_answer__ends_when_nobody_reads(void **state)
{
    struct post_office *office = *state;
    write_file(office->file, LARGE_BYTES);
    for (int rounds = 0; rounds < 12; rounds++) {
        int fd = client_connect(&office->served);
        client_send(&office->served, fd, BYTES_LIT("GET /file HTTP/1.1\r\nHost: a\r\n\r\n"));
        for (int i = 0; i < rounds; i++)
            (void)uv_run(&office->served.loop, UV_RUN_NOWAIT);
        (void)close(fd);
    }
    while (http_server_connections(office->served.server) > 0)
        (void)uv_run(&office->served.loop, UV_RUN_ONCE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(spool__body_is_whole_on_disk_and_gone_after, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(spool__taken_body_stays, setup, teardown),
        cmocka_unit_test_setup_teardown(spool__broken_off_body_leaves_nothing, setup, teardown),
        cmocka_unit_test_setup_teardown(spool__leftovers_of_a_dead_server_are_removed, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(spool__what_cannot_be_stored_is_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(spool__want_of_descriptors_is_for_later, setup, teardown),
        cmocka_unit_test_setup_teardown(spool__want_of_room_is_for_later, setup, teardown),
        cmocka_unit_test_setup_teardown(file_answer__is_the_file, setup, teardown),
        cmocka_unit_test_setup_teardown(file_answer__may_remove_the_file_or_find_none, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(file_answer__ends_when_nobody_reads, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
