#include "service/http/request_reader.h"

#include "base/arena.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { NOT_YET = -1 };
#define GET     "GET / HTTP/1.1\r\nHost: a\r\n"
#define POST    "POST / HTTP/1.1\r\nHost: a\r\n"
#define CHUNKED POST "Transfer-Encoding: chunked\r\n\r\n"

struct reading {
    const char *name;
    struct bytes text;
    int status;       /* 0: taken; NOT_YET: waits for more */
    const char *body; /* what came out, when taken */
};
#define CASE(name, text, status, body)                                                             \
    {                                                                                              \
        name, {text, sizeof(text) - 1}, status, body                                               \
    }

/* What servers in a row have understood differently, and what nobody needs. */
static const struct reading readings[] = {
    CASE("plain", GET "\r\n", 0, ""),
    CASE("HTTP/1.0 without Host", "GET / HTTP/1.0\r\n\r\n", 0, ""),
    CASE("length", POST "Content-Length: 3\r\n\r\nabc", 0, "abc"),
    CASE("length 0", POST "Content-Length: 0\r\n\r\n", 0, ""),
    CASE("length with zeros", POST "Content-Length: 0003\r\n\r\nabc", 0, "abc"),
    CASE("chunks", CHUNKED "3\r\nabc\r\nA\r\n0123456789\r\n0\r\n\r\n", 0, "abc0123456789"),
    CASE("upper case encoding", POST "Transfer-Encoding: CHUNKED\r\n\r\n1\r\na\r\n0\r\n\r\n", 0,
         "a"),
    CASE("short chunk extension", CHUNKED "1;x=y\r\na\r\n0\r\n\r\n", 0, "a"),
    CASE("expectation", POST "Expect: 100-continue\r\nContent-Length: 1\r\n\r\na", 0, "a"),
    CASE("value with obs-text", GET "X-A: \xE5\x8D\x97\r\n\r\n", 0, ""),
    CASE("empty value", GET "X-A:\r\n\r\n", 0, ""),
    CASE("no end yet", GET, NOT_YET, NULL),
    CASE("no body yet", POST "Content-Length: 3\r\n\r\nab", NOT_YET, NULL),
    CASE("no last chunk yet", CHUNKED "1\r\na\r\n", NOT_YET, NULL),

    CASE("length and chunks",
         POST "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400, NULL),
    CASE("chunks and length",
         POST "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n", 400, NULL),
    CASE("two lengths", POST "Content-Length: 3\r\nContent-Length: 4\r\n\r\nabc", 400, NULL),
    CASE("two equal lengths", POST "Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc", 400, NULL),
    CASE("list of lengths", POST "Content-Length: 3, 3\r\n\r\nabc", 400, NULL),
    CASE("signed length", POST "Content-Length: +3\r\n\r\nabc", 400, NULL),
    CASE("negative length", POST "Content-Length: -3\r\n\r\nabc", 400, NULL),
    CASE("hexadecimal length", POST "Content-Length: 0x3\r\n\r\nabc", 400, NULL),
    CASE("empty length", POST "Content-Length:\r\n\r\nabc", 400, NULL),
    CASE("length with a space", POST "Content-Length: 3 3\r\n\r\nabc", 400, NULL),
    CASE("huge length", POST "Content-Length: 18446744073709551619\r\n\r\nabc", 400, NULL),
    CASE("encoding twice",
         POST "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400,
         NULL),
    CASE("other encoding", POST "Transfer-Encoding: gzip\r\n\r\n", 501, NULL),
    CASE("list of encodings", POST "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501, NULL),
    CASE("identity", POST "Transfer-Encoding: identity\r\n\r\n", 501, NULL),
    CASE("chunked with a tail", POST "Transfer-Encoding: chunked;q=1\r\n\r\n0\r\n\r\n", 501, NULL),
    CASE("xchunked", POST "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", 501, NULL),
    CASE("encoding in HTTP/1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
         400, NULL),
    CASE("space before the colon", POST "Content-Length : 3\r\n\r\nabc", 400, NULL),
    CASE("tab before the colon", POST "Transfer-Encoding\t: chunked\r\n\r\n0\r\n\r\n", 400, NULL),
    CASE("folded header", GET "X-A: b\r\n Content-Length: 3\r\n\r\n", 400, NULL),
    CASE("folded by a tab", GET "X-A: b\r\n\tc\r\n\r\n", 400, NULL),
    CASE("folded first header", "GET / HTTP/1.1\r\n Host: a\r\n\r\n", 400, NULL),
    CASE("header without colon", GET "X-A\r\n\r\n", 400, NULL),
    CASE("header without name", GET ": a\r\n\r\n", 400, NULL),
    CASE("bare LF", "GET / HTTP/1.1\nHost: a\n\n", 400, NULL),
    CASE("bare LF after a header", GET "X-A: b\nX-C: d\r\n\r\n", 400, NULL),
    CASE("bare LF as the end", GET "\n", 400, NULL),
    CASE("bare CR in a value", GET "X-A: b\rX-C: d\r\n\r\n", 400, NULL),
    CASE("bare CR in the request line", "GET /\r HTTP/1.1\r\nHost: a\r\n\r\n", 400, NULL),
    CASE("CR CR LF", GET "X-A: b\r\r\n\r\n", 400, NULL),
    CASE("NUL in a value", GET "X-A: b\0c\r\n\r\n", 400, NULL),
    CASE("control character in a value", GET "X-A: b\x01\r\n\r\n", 400, NULL),
    CASE("DEL in a value", GET "X-A: b\x7f\r\n\r\n", 400, NULL),
    CASE("NUL in a name", GET "X\0A: b\r\n\r\n", 400, NULL),
    CASE("bracket in a name", GET "X(A): b\r\n\r\n", 400, NULL),
    CASE("UTF-8 in a name", GET "\xE5\x8D\x97: b\r\n\r\n", 400, NULL),
    CASE("no Host", "GET / HTTP/1.1\r\n\r\n", 400, NULL),
    CASE("two Hosts", GET "Host: a\r\n\r\n", 400, NULL),
    CASE("empty Host", "GET / HTTP/1.1\r\nHost:\r\n\r\n", 400, NULL),
    CASE("Host with a path", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", 400, NULL),
    CASE("Host with a user", "GET / HTTP/1.1\r\nHost: a@b\r\n\r\n", 400, NULL),
    CASE("list of Hosts", "GET / HTTP/1.1\r\nHost: a, b\r\n\r\n", 400, NULL),
    CASE("Host with a bad port", "GET / HTTP/1.1\r\nHost: a:99999\r\n\r\n", 400, NULL),
    CASE("Host with two ports", "GET / HTTP/1.1\r\nHost: a:1:2\r\n\r\n", 400, NULL),
    CASE("two Cookies", GET "Cookie: a=b\r\nCookie: c=d\r\n\r\n", 400, NULL),
    CASE("two Authorizations", GET "Authorization: a\r\nauthorization: b\r\n\r\n", 400, NULL),
    CASE("two keys", GET "Idempotency-Key: a\r\nIdempotency-Key: a\r\n\r\n", 400, NULL),
    CASE("two tokens", GET "X-CSRF-Token: a\r\nX-CSRF-Token: a\r\n\r\n", 400, NULL),
    CASE("HTTP/0.9", "GET /\r\n\r\n", 400, NULL),
    CASE("HTTP/1.2", "GET / HTTP/1.2\r\nHost: a\r\n\r\n", 505, NULL),
    CASE("HTTP/2.0", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505, NULL),
    CASE("lower case version", "GET / http/1.1\r\nHost: a\r\n\r\n", 400, NULL),
    CASE("version with more digits", "GET / HTTP/1.10\r\nHost: a\r\n\r\n", 400, NULL),
    CASE("no version", "GET / \r\nHost: a\r\n\r\n", 400, NULL),
    CASE("two spaces", "GET  / HTTP/1.1\r\nHost: a\r\n\r\n", 400, NULL),
    CASE("tab instead of a space", "GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n", 400, NULL),
    CASE("space behind the version", "GET / HTTP/1.1 \r\nHost: a\r\n\r\n", 400, NULL),
    CASE("space before the method", " GET / HTTP/1.1\r\nHost: a\r\n\r\n", 400, NULL),
    CASE("empty line first", "\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", 400, NULL),
    CASE("TLS", "\x16\x03\x01\x02", 400, NULL),
    CASE("unknown method", "PATCH / HTTP/1.1\r\nHost: a\r\n\r\n", 501, NULL),
    CASE("TRACE", "TRACE / HTTP/1.1\r\nHost: a\r\n\r\n", 501, NULL),
    CASE("OPTIONS *", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", 501, NULL),
    CASE("CONNECT", "CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n", 501, NULL),
    CASE("lower case method", "GeT / HTTP/1.1\r\nHost: a\r\n\r\n", 501, NULL),
    CASE("absolute form", "GET http://a/ HTTP/1.1\r\nHost: a\r\n\r\n", 400, NULL),
    CASE("authority form", "GET a:80 HTTP/1.1\r\nHost: a\r\n\r\n", 400, NULL),
    CASE("asterisk form", "GET * HTTP/1.1\r\nHost: a\r\n\r\n", 400, NULL),
    CASE("fragment", "GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n", 400, NULL),
    CASE("backslash", "GET /a\\b HTTP/1.1\r\nHost: a\r\n\r\n", 400, NULL),
    CASE("raw UTF-8 in the target", "GET /\xE5\x8D\x97 HTTP/1.1\r\nHost: a\r\n\r\n", 400, NULL),
    CASE("NUL in the target", "GET /\0 HTTP/1.1\r\nHost: a\r\n\r\n", 400, NULL),
    CASE("upgrade", GET "Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n", 501, NULL),
    CASE("other expectation", GET "Expect: 200-ok\r\n\r\n", 417, NULL),
    CASE("chunk size with 0x", CHUNKED "0x1\r\na\r\n0\r\n\r\n", 400, NULL),
    CASE("negative chunk size", CHUNKED "-1\r\na\r\n0\r\n\r\n", 400, NULL),
    CASE("huge chunk size", CHUNKED "FFFFFFFFFFFFFFFFF\r\na\r\n0\r\n\r\n", 400, NULL),
    CASE("chunk line ended by LF", CHUNKED "1\na\r\n0\r\n\r\n", 400, NULL),
    CASE("chunk ended by LF", CHUNKED "1\r\na\n0\r\n\r\n", 400, NULL),
    CASE("chunk longer than it says", CHUNKED "1\r\nab\r\n0\r\n\r\n", 400, NULL),
    CASE("trailer", CHUNKED "1\r\na\r\n0\r\nContent-Length: 5\r\n\r\n", 400, NULL),
    CASE("last chunk ended by LF", CHUNKED "0\n\n", 400, NULL),
    CASE("end of chunks by CR alone", CHUNKED "0\r\n\rX", 400, NULL),
    CASE("long chunk extension",
         CHUNKED
         "1;xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
         "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
         "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
         "\r\n",
         400, NULL),
};

struct out {
    char body[64];
    size_t len;
};

static int take(void *context, struct bytes piece)
{
    struct out *out = context;
    assert_true(out->len + piece.len < sizeof out->body);
    memcpy(out->body + out->len, piece.ptr, piece.len);
    out->len += piece.len;
    return 0;
}

/* Read `text` as it comes in two pieces. */
static int read_cut(struct bytes text, size_t cut, struct out *out)
{
    struct request_reader reader = {.take = take, .context = out};
    struct http_head head;
    struct head_scan scan = {0};
    size_t head_len = 0, at;
    int status = head_find_end(&scan, (struct bytes){text.ptr, cut}, &head_len);
    size_t known = cut;
    if (status == 0 && head_len == 0) {
        status = head_find_end(&scan, text, &head_len);
        known = text.len;
    }
    if (status != 0 || head_len == 0)
        return status != 0 ? status : NOT_YET;
    status = reader_begin(&reader, (struct bytes){text.ptr, head_len}, &head);
    for (at = head_len; status == 0 && reader_wants_body(&reader) && at < text.len;
         known = text.len) {
        size_t used = 0;
        status = reader_body(&reader, (struct bytes){text.ptr + at, known - at}, &used);
        at += used;
    }
    if (status != 0)
        return status;
    return reader_wants_body(&reader) ? NOT_YET : 0;
}

static void request_reader__reads_alike_wherever_a_request_is_cut(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof readings / sizeof *readings; i++) {
        for (size_t cut = 0; cut <= readings[i].text.len; cut++) {
            struct out out = {.len = 0};
            int status = read_cut(readings[i].text, cut, &out);
            if (status != readings[i].status)
                fail_msg("%s, cut at %zu: %d", readings[i].name, cut, status);
            if (status == 0)
                assert_true(
                    bytes_equal((struct bytes){out.body, out.len}, bytes_from_z(readings[i].body)));
        }
    }
}

static struct http_head parsed(const char *text)
{
    static char copy[HTTP_HEAD_MAX_BYTES];
    struct http_head head;
    int len = snprintf(copy, sizeof copy, "%s", text);
    assert_int_equal(head_parse((struct bytes){copy, (size_t)len}, &head), 0);
    return head;
}

static void head_parse__takes_a_head_apart(void **state)
{
    (void)state;
    struct http_head head =
        parsed("PUT /a/b?c=d?e HTTP/1.1\r\nhost: [::1]:8443\r\nX-One:  a b\t\r\nX-one: c\r\n"
               "Connection: x, Close\r\nExpect: 100-Continue\r\n\r\n");
    assert_int_equal(head.method, METHOD_PUT);
    assert_true(bytes_equal(head.path, BYTES_LIT("/a/b")));
    assert_true(bytes_equal(head.query, BYTES_LIT("c=d?e")));
    assert_true(bytes_equal(head.host, BYTES_LIT("[::1]")));
    assert_true(bytes_equal(head_header(&head, "x-ONE"), BYTES_LIT("a b")));
    assert_null(head_header(&head, "x-two").ptr);
    assert_true(head.expects_continue);
    assert_false(head.keeps_alive);
    assert_true(parsed(GET "\r\n").keeps_alive);
    assert_false(parsed("GET / HTTP/1.0\r\n\r\n").keeps_alive);
    assert_true(parsed("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n").keeps_alive);
}

static void head__has_limits(void **state)
{
    (void)state;
    static char text[2 * HTTP_HEAD_MAX_BYTES];
    struct head_scan scan = {0};
    struct http_head head;
    size_t len;
    memset(text, 'A', sizeof text);
    assert_int_equal(head_find_end(&scan, (struct bytes){text, HTTP_TARGET_MAX_BYTES}, &len), 0);
    assert_int_equal(head_find_end(&scan, (struct bytes){text, HTTP_TARGET_MAX_BYTES + 100}, &len),
                     414);
    int size = snprintf(text, sizeof text, "GET /%0*d HTTP/1.1\r\nHost: a\r\n\r\n",
                        HTTP_TARGET_MAX_BYTES - 1, 0);
    assert_int_equal(head_parse((struct bytes){text, (size_t)size}, &head), 0);
    size = snprintf(text, sizeof text, "GET /%0*d HTTP/1.1\r\nHost: a\r\n\r\n",
                    HTTP_TARGET_MAX_BYTES, 0);
    assert_int_equal(head_parse((struct bytes){text, (size_t)size}, &head), 414);
    size = snprintf(text, sizeof text, GET "X: %0*d", HTTP_HEAD_MAX_BYTES, 0);
    scan = (struct head_scan){0};
    assert_int_equal(head_find_end(&scan, (struct bytes){text, (size_t)size}, &len), 431);
    struct buf many;
    buf_init(&many, HTTP_HEAD_MAX_BYTES);
    buf_append_z(&many, GET);
    for (int i = 1; i < HTTP_HEADERS_MAX; i++)
        buf_append_z(&many, "A: b\r\n");
    struct bytes whole = buf_bytes(&many);
    buf_append_z(&many, "\r\n");
    assert_int_equal(head_parse(buf_bytes(&many), &head), 0);
    many.len = whole.len;
    buf_append_z(&many, "A: b\r\n\r\n");
    assert_int_equal(head_parse(buf_bytes(&many), &head), 431);
    buf_deinit(&many);
}

static const struct {
    const char *host, *name; /* NULL: refused */
} hosts[] = {
    {"a.b-c.cn", "a.b-c.cn"},
    {"a:80", "a"},
    {"1.2.3.4:8443", "1.2.3.4"},
    {"[::1]", "[::1]"},
    {"[fe80::1]:1", "[fe80::1]"},
    {"", NULL},
    {":80", NULL},
    {"a:", NULL},
    {"a:b", NULL},
    {"[::1", NULL},
    {"[]", NULL},
    {"[::1]x", NULL},
    {"a b", NULL},
    {"a%20b", NULL},
    {"\xE5\x8D\x97.cn", NULL},
    {"a:80:80", NULL},
    {"[zz::]", NULL},
};

static void host_is_valid__takes_names_and_addresses(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++) {
        struct bytes name = BYTES_NONE;
        bool is_valid = host_is_valid(bytes_from_z(hosts[i].host), &name);
        if (is_valid != (hosts[i].name != NULL) || !bytes_equal(name, bytes_from_z(hosts[i].name)))
            fail_msg("\"%s\"", hosts[i].host);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(request_reader__reads_alike_wherever_a_request_is_cut),
        cmocka_unit_test(head_parse__takes_a_head_apart),
        cmocka_unit_test(head__has_limits),
        cmocka_unit_test(host_is_valid__takes_names_and_addresses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
