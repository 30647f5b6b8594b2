#include "service/http/head.h"

#include "service/http/status.h"

#include <string.h>
#include <strings.h>

/* What a byte may be part of (RFC 9110 5.6.2, RFC 3986 2), as a sum. */
enum { IS_TOKEN = 1, IS_TARGET = 2, IS_VALUE = 4 };

static unsigned byte_class(unsigned char byte)
{
    /* clang-format off */
    static const char classes[] = "0000000004000000" /* the tab */
                                  "0000000000000000"
                                  "4745777766776776" /*  !"#$%&'()*+,-./ */
                                  "7777777777664646" /* 0123456789:;<=>? */
                                  "6777777777777777" /* @ABCDEFGHIJKLMNO */
                                  "7777777777764657" /* PQRSTUVWXYZ[\]^_ */
                                  "5777777777777777" /* `abcdefghijklmno */
                                  "7777777777745470" /* pqrstuvwxyz{|}~  */;
    /* clang-format on */
    return byte < 0x80 ? (unsigned)(classes[byte] - '0') : IS_VALUE;
}

static bool consists_of(struct bytes text, unsigned class)
{
    for (size_t i = 0; i < text.len; i++)
        if ((byte_class((unsigned char)text.ptr[i]) & class) == 0)
            return false;
    return true;
}

bool bytes_equal_nocase(struct bytes a, struct bytes b)
{
    return a.len == b.len && (a.len == 0 || strncasecmp(a.ptr, b.ptr, a.len) == 0);
}

static bool is_named(struct bytes text, const char *name)
{
    return bytes_equal_nocase(text, bytes_from_z(name));
}

bool list_has_word(struct bytes list, const char *word)
{
    while (list.ptr != NULL)
        if (is_named(bytes_trim(bytes_cut(&list, ',')), word))
            return true;
    return false;
}

int head_find_end(struct head_scan *scan, struct bytes text, size_t *out_len)
{
    *out_len = 0;
    if (text.len > 0 && (text.ptr[0] < 'A' || text.ptr[0] > 'Z'))
        return STATUS_BAD_REQUEST;
    size_t limit = text.len < HTTP_HEAD_MAX_BYTES ? text.len : HTTP_HEAD_MAX_BYTES;
    while (scan->line < limit) {
        const char *line = text.ptr + scan->line;
        const char *end = memchr(line, '\n', limit - scan->line);
        if (end == NULL)
            break;
        if (end == line || end[-1] != '\r')
            return STATUS_BAD_REQUEST;
        scan->line = (size_t)(end + 1 - text.ptr);
        if (end - line == 1) {
            *out_len = scan->line;
            return 0;
        }
    }
    enum { METHOD_AND_SPACE = 20 };
    if (scan->line == 0 && text.len > HTTP_TARGET_MAX_BYTES + METHOD_AND_SPACE)
        return STATUS_URI_TOO_LONG;
    return text.len >= HTTP_HEAD_MAX_BYTES ? STATUS_HEAD_TOO_LARGE : 0;
}

/* ---- the request line ---- */

static int parse_version(struct bytes version, struct http_head *head)
{
    if (bytes_equal(version, BYTES_LIT("HTTP/1.1")) ||
        bytes_equal(version, BYTES_LIT("HTTP/1.0"))) {
        head->is_http10 = version.ptr[7] == '0';
        return 0;
    }
    bool is_other = version.len == 8 && bytes_starts_with(version, BYTES_LIT("HTTP/")) &&
                    version.ptr[6] == '.' && version.ptr[5] >= '0' && version.ptr[5] <= '9' &&
                    version.ptr[7] >= '0' && version.ptr[7] <= '9';
    return is_other ? STATUS_VERSION : STATUS_BAD_REQUEST;
}

static int parse_method(struct bytes word, struct http_head *head)
{
    if (word.len == 0 || !consists_of(word, IS_TOKEN))
        return STATUS_BAD_REQUEST;
    for (int method = 0; method < METHOD_COUNT; method++) {
        if (bytes_equal(word, bytes_from_z(http_method_word((enum http_method)method)))) {
            head->method = (enum http_method)method;
            return 0;
        }
    }
    return STATUS_NOT_IMPLEMENTED;
}

static int parse_target(struct bytes target, struct http_head *head)
{
    if (target.len > HTTP_TARGET_MAX_BYTES)
        return STATUS_URI_TOO_LONG;
    if (target.len == 0 || target.ptr[0] != '/' || !consists_of(target, IS_TARGET))
        return STATUS_BAD_REQUEST;
    head->target = target;
    head->query = target;
    head->path = bytes_cut(&head->query, '?');
    return 0;
}

static int parse_request_line(struct bytes line, struct http_head *head)
{
    struct bytes rest = line;
    struct bytes method = bytes_cut(&rest, ' ');
    struct bytes target = rest.ptr != NULL ? bytes_cut(&rest, ' ') : BYTES_NONE;
    if (rest.ptr == NULL)
        return STATUS_BAD_REQUEST;
    int status = parse_version(rest, head);
    if (status == 0)
        status = parse_method(method, head);
    return status != 0 ? status : parse_target(target, head);
}

/* ---- headers ---- */

static bool is_port(struct bytes text)
{
    int64_t port;
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] < '0' || text.ptr[i] > '9')
            return false;
    return text.len <= 5 && bytes_to_int64(text, &port) && port <= 65535;
}

bool host_is_valid(struct bytes text, struct bytes *out_name)
{
    size_t colon;
    bool is_ip6 = text.len > 0 && text.ptr[0] == '[';
    if (is_ip6) {
        size_t close = bytes_find(text, BYTES_LIT("]"));
        if (close < 4 || close >= text.len)
            return false;
        colon = close + 1;
        if (colon < text.len && text.ptr[colon] != ':')
            return false;
    } else {
        colon = bytes_find(text, BYTES_LIT(":"));
    }
    struct bytes name = {text.ptr, colon};
    if (name.len == 0 || name.len > 255)
        return false;
    for (size_t i = is_ip6; i + is_ip6 < name.len; i++) {
        char byte = name.ptr[i];
        bool is_hex = (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'f') ||
                      (byte >= 'A' && byte <= 'F');
        bool is_name = is_hex || (byte >= 'g' && byte <= 'z') || (byte >= 'G' && byte <= 'Z') ||
                       byte == '-' || byte == '_' || byte == '.';
        if (is_ip6 ? !(is_hex || byte == ':' || byte == '.') : !is_name)
            return false;
    }
    if (colon < text.len && !is_port((struct bytes){text.ptr + colon + 1, text.len - colon - 1}))
        return false;
    *out_name = name;
    return true;
}

static int take_length(struct bytes value, struct http_head *head)
{
    if (head->has_length || value.len == 0 || value.len > 18)
        return STATUS_BAD_REQUEST;
    for (size_t i = 0; i < value.len; i++)
        if (value.ptr[i] < '0' || value.ptr[i] > '9')
            return STATUS_BAD_REQUEST;
    head->has_length = bytes_to_int64(value, &head->content_length);
    return head->has_length ? 0 : STATUS_BAD_REQUEST;
}

/* Headers that say where a request ends, or that must not be there twice because someone else might believe the other
 * one. */
static int take_header(const struct http_header *header, struct http_head *head)
{
    static const char *const singles[] = {"authorization", "cookie",       "idempotency-key",
                                          "x-csrf-token",  "content-type", "expect"};
    struct bytes name = header->name, value = header->value, host;
    if (is_named(name, "host")) {
        if (head->host.ptr != NULL || !host_is_valid(value, &host))
            return STATUS_BAD_REQUEST;
        head->host = host;
    } else if (is_named(name, "content-length")) {
        return take_length(value, head);
    } else if (is_named(name, "transfer-encoding")) {
        if (head->is_chunked || head->is_http10)
            return STATUS_BAD_REQUEST;
        if (!is_named(value, "chunked"))
            return STATUS_NOT_IMPLEMENTED;
        head->is_chunked = true;
    } else if (is_named(name, "connection")) {
        if (list_has_word(value, "close"))
            head->keeps_alive = false;
        else if (head->is_http10 && list_has_word(value, "keep-alive"))
            head->keeps_alive = true;
    } else if (is_named(name, "upgrade")) {
        return STATUS_NOT_IMPLEMENTED;
    } else {
        for (size_t i = 0; i < sizeof singles / sizeof *singles; i++)
            if (is_named(name, singles[i]) && head_header(head, singles[i]).ptr != NULL)
                return STATUS_BAD_REQUEST;
    }
    return 0;
}

static int parse_header_line(struct bytes line, struct http_head *head)
{
    struct http_header header = {.value = line};
    header.name = bytes_cut(&header.value, ':');
    /* A folded line begins with a space, which is no part of a name; nor is one before the colon. */
    if (header.value.ptr == NULL || header.name.len == 0 || !consists_of(header.name, IS_TOKEN) ||
        !consists_of(header.value, IS_VALUE))
        return STATUS_BAD_REQUEST;
    if (head->count == HTTP_HEADERS_MAX)
        return STATUS_HEAD_TOO_LARGE;
    header.value = bytes_trim(header.value);
    int status = take_header(&header, head);
    if (status == 0)
        head->headers[head->count++] = header;
    return status;
}

static int check_framing(struct http_head *head)
{
    if (head->is_chunked && head->has_length)
        return STATUS_BAD_REQUEST;
    if (head->host.ptr == NULL && !head->is_http10)
        return STATUS_BAD_REQUEST;
    struct bytes expect = head_header(head, "expect");
    if (expect.ptr != NULL) {
        if (!is_named(expect, "100-continue"))
            return STATUS_EXPECTATION;
        head->expects_continue = !head->is_http10;
    }
    return 0;
}

int head_parse(struct bytes text, struct http_head *out)
{
    struct bytes rest = text;
    bool is_first = true;
    out->count = 0;
    out->host = BYTES_NONE;
    out->has_length = out->is_chunked = out->expects_continue = false;
    out->content_length = 0;
    while (rest.len > 2) {
        struct bytes line = bytes_cut(&rest, '\n');
        if (line.len == 0 || line.ptr[line.len - 1] != '\r')
            return STATUS_BAD_REQUEST;
        line.len--;
        int status = is_first ? parse_request_line(line, out) : parse_header_line(line, out);
        if (status != 0)
            return status;
        if (is_first)
            out->keeps_alive = !out->is_http10;
        is_first = false;
    }
    return is_first || !bytes_equal(rest, BYTES_LIT("\r\n")) ? STATUS_BAD_REQUEST
                                                             : check_framing(out);
}

struct bytes head_header(const struct http_head *head, const char *name)
{
    struct bytes wanted = bytes_from_z(name);
    for (size_t i = 0; i < head->count; i++)
        if (bytes_equal_nocase(head->headers[i].name, wanted))
            return head->headers[i].value;
    return BYTES_NONE;
}
