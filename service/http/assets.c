#define ZLIB_CONST /* zlib does not write to what it compresses */

#include "service/http/assets.h"

#include "base/alloc.h"
#include "service/http/tls.h"

#include <zlib.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    PATH_MAX_BYTES = 1024,
    GZIP_LEVEL = 9,             /* made once, sent for years */
    GZIP_WINDOW_BITS = 15 + 16, /* with gzip's head and tail */
    GZIP_MEMORY_LEVEL = 9,
};

struct assets {
    size_t count;
    struct asset *items; /* in the order of their paths; each owns its path and gzip form */
};

static const char *type_of(struct bytes name)
{
    static const struct {
        const char *ending;
        const char *type;
    } types[] = {
        {".html", "text/html; charset=utf-8"},
        {".js", "text/javascript; charset=utf-8"},
        {".css", "text/css; charset=utf-8"},
        {".json", "application/json"},
        {".svg", "image/svg+xml"},
        {".png", "image/png"},
        {".ico", "image/x-icon"},
        {".woff2", "font/woff2"},
        {".txt", "text/plain; charset=utf-8"},
    };
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        size_t len = strlen(types[i].ending);
        if (name.len > len && memcmp(name.ptr + name.len - len, types[i].ending, len) == 0)
            return types[i].type;
    }
    return "application/octet-stream";
}

static void *on_alloc(void *context, unsigned count, unsigned bytes)
{
    (void)context;
    return mem_calloc(count, bytes);
}

static void on_free(void *context, void *ptr)
{
    (void)context;
    mem_free(ptr);
}

/* The gzip form of `content`, or none where that is not smaller. */
static int gzip_make(struct bytes content, struct bytes *out, struct err *err)
{
    z_stream stream = {.zalloc = on_alloc, .zfree = on_free};
    if (content.len > UINT32_MAX || deflateInit2(&stream, GZIP_LEVEL, Z_DEFLATED, GZIP_WINDOW_BITS,
                                                 GZIP_MEMORY_LEVEL, Z_DEFAULT_STRATEGY) != Z_OK)
        return err_set(err, ERR_NOMEM, "could not compress %zu bytes", content.len);
    /* No more room than the content takes: what does not fit need not be kept. */
    char *ptr = mem_alloc(content.len);
    int rc = OK;
    if (ptr == NULL) {
        rc = err_set(err, ERR_NOMEM, "could not compress %zu bytes", content.len);
        goto done;
    }
    stream.next_in = (const Bytef *)content.ptr;
    stream.avail_in = (uInt)content.len;
    stream.next_out = (Bytef *)ptr;
    stream.avail_out = (uInt)content.len;
    if (deflate(&stream, Z_FINISH) == Z_STREAM_END && stream.total_out < content.len) {
        *out = (struct bytes){ptr, stream.total_out};
        ptr = NULL;
    }
done:
    mem_free(ptr);
    (void)deflateEnd(&stream);
    return rc;
}

/* Fill in what `file` is under the path `prefix` + `name`. */
static int asset_fill(struct asset *asset, const struct embedded_file *file, const char *prefix,
                      const char *name, struct err *err)
{
    struct bytes content = embedded_bytes(file);
    char digest[TLS_SHA256_HEX_BYTES];
    struct buf path;
    buf_init(&path, PATH_MAX_BYTES);
    buf_append_z(&path, prefix);
    buf_append_z(&path, name);
    buf_append_byte(&path, '\0');
    int rc = buf_status(&path, err);
    if (rc == OK)
        rc = tls_sha256_hex(content, digest, err);
    if (rc == OK)
        rc = gzip_make(content, &asset->gzip, err);
    if (rc != OK) {
        buf_deinit(&path);
        return rc;
    }
    asset->path = path.ptr;
    asset->type = type_of(bytes_from_z(file->name));
    asset->content = content;
    (void)snprintf(asset->etag, sizeof asset->etag, "\"%s\"", digest);
    return OK;
}

static int assets_add(struct assets *assets, const struct embedded_file *file, const char *prefix,
                      const char *name, struct err *err)
{
    int rc = asset_fill(&assets->items[assets->count], file, prefix, name, err);
    if (rc == OK)
        assets->count++;
    return rc;
}

static int compare_paths(const void *a, const void *b)
{
    return strcmp(((const struct asset *)a)->path, ((const struct asset *)b)->path);
}

static int compare_path(const void *path, const void *asset)
{
    return bytes_compare(*(const struct bytes *)path,
                         bytes_from_z(((const struct asset *)asset)->path));
}

int assets_new(const struct embedded_file *files, const char *prefix, struct assets **out,
               struct err *err)
{
    size_t most = 1; /* index.html is there twice */
    for (const struct embedded_file *file = files; file->name != NULL; file++)
        most++;
    int rc = OK;
    struct assets *assets = mem_calloc(1, sizeof *assets);
    if (assets != NULL)
        assets->items = mem_calloc(most, sizeof *assets->items);
    if (assets == NULL || assets->items == NULL) {
        mem_free(assets);
        return err_set(err, ERR_NOMEM, "could not hold %zu assets", most);
    }
    for (const struct embedded_file *file = files; rc == OK && file->name != NULL; file++) {
        rc = assets_add(assets, file, prefix, file->name, err);
        if (rc == OK && strcmp(file->name, "index.html") == 0)
            rc = assets_add(assets, file, prefix, "", err);
    }
    if (rc != OK) {
        assets_free(assets);
        return rc;
    }
    qsort(assets->items, assets->count, sizeof *assets->items, compare_paths);
    *out = assets;
    return OK;
}

void assets_free(struct assets *assets)
{
    if (assets == NULL)
        return;
    for (size_t i = 0; i < assets->count; i++) {
        mem_free((void *)assets->items[i].path);
        mem_free((void *)assets->items[i].gzip.ptr);
    }
    mem_free(assets->items);
    mem_free(assets);
}

const struct asset *assets_find(const struct assets *assets, struct bytes path)
{
    return bsearch(&path, assets->items, assets->count, sizeof *assets->items, compare_path);
}
