#include "service/http/connection.h"

#include "service/http/accept.h"
#include "service/http/status.h"

#include <stdio.h>

/* Asked again each time, and mostly answered with 304: a new version of the program shows at once. */
static void answer_content(struct http_exchange *exchange, const struct asset *asset)
{
    bool is_gzip = asset->gzip.ptr != NULL &&
                   accept_weight(exchange_header(exchange, "accept-encoding"), "gzip") > 0;
    char etag[sizeof asset->etag + 2];
    /* The tag names the content, of which the compressed form is an equivalent. */
    (void)snprintf(etag, sizeof etag, "%s%s", is_gzip ? "W/" : "", asset->etag);
    exchange_add_header(exchange, "Cache-Control", BYTES_LIT("no-cache"));
    exchange_add_header(exchange, "ETag", bytes_from_z(etag));
    if (asset->gzip.ptr != NULL)
        exchange_add_header(exchange, "Vary", BYTES_LIT("Accept-Encoding"));
    struct bytes known = exchange_header(exchange, "if-none-match");
    if (known.ptr != NULL && accept_has_etag(known, asset->etag)) {
        exchange_answer(exchange, STATUS_NOT_MODIFIED, NULL, BYTES_NONE);
        return;
    }
    if (is_gzip)
        exchange_add_header(exchange, "Content-Encoding", BYTES_LIT("gzip"));
    exchange_answer(exchange, STATUS_OK, asset->type, is_gzip ? asset->gzip : asset->content);
}

bool asset_answer(struct http_exchange *exchange)
{
    const struct assets *assets = exchange->server->options.application.assets;
    const struct asset *asset = assets != NULL ? assets_find(assets, exchange->head.path) : NULL;
    if (asset == NULL)
        return false;
    exchange->is_asset = true;
    if (exchange->head.method == METHOD_GET || exchange->head.method == METHOD_HEAD) {
        answer_content(exchange, asset);
    } else {
        exchange_add_header(exchange, "Allow", BYTES_LIT("GET, HEAD"));
        exchange_refuse(exchange, STATUS_METHOD);
    }
    return true;
}
