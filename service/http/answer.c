#include "service/http/connection.h"

#include "service/http/status.h"

#include <string.h>

/* Unless the handler has one of its own: a page that carries its style names it by its hash. */
static const char content_policy[] =
    "Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self'; img-src "
    "'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors "
    "'none'\r\n";
static const char security_headers[] =
    "X-Content-Type-Options: nosniff\r\n"
    "Referrer-Policy: no-referrer\r\n"
    "Cross-Origin-Opener-Policy: same-origin\r\n"
    "Permissions-Policy: camera=(), geolocation=(), microphone=()\r\n";

/* Whether the handler has set `name` (ended by a colon) itself. */
static bool has_added(const struct http_exchange *exchange, const char *name)
{
    struct bytes rest = buf_bytes(&exchange->added);
    while (rest.ptr != NULL && rest.len > 0)
        if (bytes_starts_with(bytes_cut(&rest, '\n'), bytes_from_z(name)))
            return true;
    return false;
}

void answer_head(struct http_exchange *exchange, struct buf *out, int status, const char *type,
                 int64_t length)
{
    buf_append(out, BYTES_LIT("HTTP/1.1 "));
    buf_append_integer(out, status);
    buf_append_byte(out, ' ');
    buf_append_z(out, status_words(status)->reason);
    buf_append(out, BYTES_LIT("\r\nDate: "));
    buf_append_z(out, server_date(exchange->server));
    if (type != NULL) {
        buf_append(out, BYTES_LIT("\r\nContent-Type: "));
        buf_append_z(out, type);
    }
    if (length >= 0) {
        buf_append(out, BYTES_LIT("\r\nContent-Length: "));
        buf_append_integer(out, length);
    } else if (exchange->is_chunked) {
        buf_append(out, BYTES_LIT("\r\nTransfer-Encoding: chunked"));
    }
    if (exchange->closes)
        buf_append(out, BYTES_LIT("\r\nConnection: close"));
    else if (exchange->head.is_http10)
        buf_append(out, BYTES_LIT("\r\nConnection: keep-alive"));
    buf_append(out, BYTES_LIT("\r\n"));
    if (!has_added(exchange, "Content-Security-Policy:"))
        buf_append(out, (struct bytes){content_policy, sizeof content_policy - 1});
    buf_append(out, (struct bytes){security_headers, sizeof security_headers - 1});
    if (exchange->server->options.tls != NULL)
        buf_append(out, BYTES_LIT("Strict-Transport-Security: max-age=31536000\r\n"));
    if (!has_added(exchange, "Cache-Control:"))
        buf_append(out, BYTES_LIT("Cache-Control: no-store\r\n"));
    buf_append(out, buf_bytes(&exchange->added));
    buf_append(out, BYTES_LIT("\r\n"));
}
