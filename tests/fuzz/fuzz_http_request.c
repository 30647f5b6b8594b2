#include "service/http/request_reader.h"

#include "base/arena.h"
#include "service/http/path.h"
#include "service/http/proxies.h"
#include "service/http/query.h"

#include <stdlib.h>

/* The first byte says how the rest is cut into pieces. However it is cut, the requests in it are the same, their bodies
 * too, and no header holds a byte that could end it. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct sum {
    int requests, status;
    int64_t body_bytes;
    uint64_t hash;
};

static int take(void *context, struct bytes piece)
{
    struct sum *sum = context;
    sum->body_bytes += (int64_t)piece.len;
    for (size_t i = 0; i < piece.len; i++)
        sum->hash = sum->hash * 31 + (unsigned char)piece.ptr[i];
    return 0;
}

static void check_head(const struct http_head *head)
{
    struct arena arena;
    struct query query;
    arena_init(&arena, 1 << 20);
    if (head->count > HTTP_HEADERS_MAX || (head->has_length && head->is_chunked))
        abort();
    for (size_t i = 0; i < head->count; i++)
        for (size_t b = 0; b < head->headers[i].value.len; b++)
            if ((unsigned char)head->headers[i].value.ptr[b] < 0x20 &&
                head->headers[i].value.ptr[b] != '\t')
                abort();
    if (path_is_clean(&arena, head->path) &&
        (head->path.ptr[0] != '/' || bytes_find(head->path, BYTES_LIT("//")) < head->path.len))
        abort();
    (void)query_parse(&arena, head->query, PERCENT_QUERY, &query);
    (void)cookie_find(head_header(head, "cookie"), "sid");
    (void)address_forwarded(&arena, head, NULL);
    arena_deinit(&arena);
}

/* Read one request from `text`, of which `step` bytes more are known each time. Returns how many bytes it had, 0:
 * none. */
static size_t read_one(struct bytes text, size_t step, struct sum *sum)
{
    struct request_reader reader = {.take = take, .context = sum};
    struct http_head head;
    struct head_scan scan = {0};
    size_t known = 0, len = 0;
    while (sum->status == 0 && len == 0 && known < text.len) {
        known = text.len - known > step ? known + step : text.len;
        sum->status = head_find_end(&scan, (struct bytes){text.ptr, known}, &len);
    }
    if (sum->status != 0 || len == 0)
        return 0;
    sum->status = reader_begin(&reader, (struct bytes){text.ptr, len}, &head);
    if (sum->status != 0)
        return 0;
    check_head(&head);
    size_t at = len;
    while (sum->status == 0 && reader_wants_body(&reader) && at < text.len) {
        size_t used = 0, piece = text.len - at > step ? step : text.len - at;
        sum->status = reader_body(&reader, (struct bytes){text.ptr + at, piece}, &used);
        if (used > piece)
            abort();
        at += used;
    }
    sum->requests += sum->status == 0 && !reader_wants_body(&reader);
    return sum->status == 0 ? at : 0;
}

static struct sum read_all(struct bytes text, size_t step)
{
    struct sum sum = {0};
    for (size_t used = 1; used > 0 && text.len > 0;) {
        used = read_one(text, step, &sum);
        text.ptr += used;
        text.len -= used;
    }
    return sum;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1)
        return 0;
    struct bytes text = {(const char *)data + 1, size - 1};
    struct sum whole = read_all(text, size), cut = read_all(text, (size_t)data[0] % 64 + 1);
    /* Of a body that is refused halfway more or less may have been passed on. */
    if (whole.requests != cut.requests || (whole.status != 0) != (cut.status != 0))
        abort();
    if (whole.status == 0 && (whole.body_bytes != cut.body_bytes || whole.hash != cut.hash))
        abort();
    return 0;
}
