#include "service/http/request_reader.h"

#include "service/http/status.h"

/* What may stand between two pieces of a body: line ends, a chunk's size and a short extension. */
enum { CHUNK_FRAMING_MAX_BYTES = 64 };

static int on_headers_complete(llhttp_t *parser)
{
    struct request_reader *reader = parser->data;
    reader->is_in_head = false;
    return 0;
}

/* A field behind the body is a trailer, which nobody needs and others may take for a header. */
static int on_header_field(llhttp_t *parser, const char *at, size_t len)
{
    const struct request_reader *reader = parser->data;
    (void)at;
    (void)len;
    return reader->is_in_head ? 0 : HPE_USER;
}

static int on_body(llhttp_t *parser, const char *at, size_t len)
{
    struct request_reader *reader = parser->data;
    reader->framing_bytes += (size_t)(at - reader->framing);
    if (reader->framing_bytes > CHUNK_FRAMING_MAX_BYTES)
        return HPE_USER;
    reader->framing_bytes = 0;
    reader->framing = at + len;
    reader->status = reader->take(reader->context, (struct bytes){at, len});
    return reader->status != 0 ? HPE_USER : 0;
}

static int on_message_complete(llhttp_t *parser)
{
    struct request_reader *reader = parser->data;
    reader->is_complete = true;
    return HPE_PAUSED;
}

static const llhttp_settings_t settings = {
    .on_header_field = on_header_field,
    .on_headers_complete = on_headers_complete,
    .on_body = on_body,
    .on_message_complete = on_message_complete,
};

/* Both must have understood the same. */
static bool agrees(const llhttp_t *parser, const struct http_head *head)
{
    bool is_chunked = (parser->flags & F_CHUNKED) != 0;
    bool has_length = (parser->flags & F_CONTENT_LENGTH) != 0;
    return is_chunked == head->is_chunked && has_length == head->has_length && !parser->upgrade;
}

int reader_begin(struct request_reader *reader, struct bytes text, struct http_head *head)
{
    int status = head_parse(text, head);
    if (status != 0)
        return status;
    /* llhttp wants its settings not to be constant, and changes nothing in them. */
    llhttp_init(&reader->parser, HTTP_REQUEST, (llhttp_settings_t *)&settings);
    reader->parser.data = reader;
    reader->framing_bytes = 0;
    reader->status = 0;
    reader->is_in_head = true;
    reader->is_complete = false;
    llhttp_errno_t code = llhttp_execute(&reader->parser, text.ptr, text.len);
    bool ended = code == HPE_PAUSED && reader->is_complete;
    if ((code != HPE_OK && !ended) || reader->is_in_head || !agrees(&reader->parser, head))
        return STATUS_BAD_REQUEST;
    bool has_body = head->is_chunked || head->content_length > 0;
    return has_body == reader->is_complete ? STATUS_BAD_REQUEST : 0;
}

bool reader_wants_body(const struct request_reader *reader)
{
    return !reader->is_complete;
}

int reader_body(struct request_reader *reader, struct bytes bytes, size_t *out_used)
{
    reader->framing = bytes.ptr;
    llhttp_errno_t code = llhttp_execute(&reader->parser, bytes.ptr, bytes.len);
    size_t used = bytes.len;
    if (code == HPE_PAUSED && reader->is_complete)
        used = (size_t)(llhttp_get_error_pos(&reader->parser) - bytes.ptr);
    else if (code != HPE_OK)
        return reader->status != 0 ? reader->status : STATUS_BAD_REQUEST;
    reader->framing_bytes += (size_t)(bytes.ptr + used - reader->framing);
    if (reader->framing_bytes > CHUNK_FRAMING_MAX_BYTES)
        return STATUS_BAD_REQUEST;
    *out_used = used;
    return 0;
}
