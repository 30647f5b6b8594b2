#include "service/http/assets.h"

#include "base/buf.h"
#include "tests/support/fault.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <zlib.h>

#include <string.h>

enum { MAX_BYTES = 1 << 20, REPEATS = 500 };

static const unsigned char page[] = "<!doctype html><p>评议</p><p>评议</p><p>评议</p><p>评议</p>";
static const unsigned char picture[] = {0x89, 'P', 'N', 'G', 1, 2, 3, 4, 5, 6, 7};
static const struct embedded_file files[] = {
    {"index.html", page, sizeof page - 1},
    {"app.js", (const unsigned char *)"abc", 3},
    {"standalone.module.js", page, sizeof page - 1},
    {"point.png", picture, sizeof picture},
    {"pico.min.css", page, sizeof page - 1},
    {"empty.txt", page, 0},
    {"notes", page, 1},
    {NULL, NULL, 0},
};

static struct assets *assets_ok(const struct embedded_file *table, const char *prefix)
{
    struct err err = {.code = OK};
    struct assets *assets = NULL;
    if (assets_new(table, prefix, &assets, &err) != OK)
        fail_msg("%s", err.message);
    return assets;
}

static void assets_find__knows_each_file_by_its_path_alone(void **state)
{
    (void)state;
    struct assets *assets = assets_ok(files, "/assets/");
    static const struct {
        const char *path;
        const char *type; /* NULL: not there */
    } cases[] = {
        {"/assets/index.html", "text/html; charset=utf-8"},
        {"/assets/", "text/html; charset=utf-8"},
        {"/assets/app.js", "text/javascript; charset=utf-8"},
        {"/assets/standalone.module.js", "text/javascript; charset=utf-8"},
        {"/assets/point.png", "image/png"},
        {"/assets/pico.min.css", "text/css; charset=utf-8"},
        {"/assets/empty.txt", "text/plain; charset=utf-8"},
        {"/assets/notes", "application/octet-stream"},
        {"/assets", NULL},
        {"/", NULL},
        {"", NULL},
        {"/assets/App.js", NULL},
        {"/assets/app.jsx", NULL},
        {"/assets/app.j", NULL},
        {"/assets/../assets/app.js", NULL},
        {"app.js", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        print_message("%s\n", cases[i].path);
        const struct asset *asset = assets_find(assets, bytes_from_z(cases[i].path));
        if (cases[i].type == NULL) {
            assert_null(asset);
            continue;
        }
        assert_non_null(asset);
        assert_string_equal(asset->path, cases[i].path);
        assert_string_equal(asset->type, cases[i].type);
    }
    assets_free(assets);
}

static void assets_find__compares_whole_paths_with_a_nul_inside(void **state)
{
    (void)state;
    struct assets *assets = assets_ok(files, "/");
    assert_null(assets_find(assets, BYTES_LIT("/app.js\0")));
    assert_non_null(assets_find(assets, BYTES_LIT("/app.js")));
    assets_free(assets);
}

static void assets_new__tags_by_content(void **state)
{
    (void)state;
    struct assets *assets = assets_ok(files, "/");
    /* FIPS 180-2, the example of "abc" */
    assert_string_equal(assets_find(assets, BYTES_LIT("/app.js"))->etag,
                        "\"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\"");
    const struct asset *index = assets_find(assets, BYTES_LIT("/index.html"));
    assert_string_equal(assets_find(assets, BYTES_LIT("/"))->etag, index->etag);
    assert_string_not_equal(assets_find(assets, BYTES_LIT("/empty.txt"))->etag, index->etag);
    assets_free(assets);
}

static void check_inflates(const struct asset *asset)
{
    unsigned char plain[MAX_BYTES / 8];
    z_stream stream = {.next_in = (Bytef *)(uintptr_t)asset->gzip.ptr,
                       .avail_in = (uInt)asset->gzip.len,
                       .next_out = plain,
                       .avail_out = sizeof plain};
    assert_int_equal(inflateInit2(&stream, 15 + 16), Z_OK);
    assert_int_equal(inflate(&stream, Z_FINISH), Z_STREAM_END);
    assert_int_equal(inflateEnd(&stream), Z_OK);
    assert_int_equal(stream.total_out, asset->content.len);
    assert_memory_equal(plain, asset->content.ptr, asset->content.len);
}

static void assets_new__compresses_where_that_is_smaller(void **state)
{
    (void)state;
    struct buf text;
    buf_init(&text, MAX_BYTES);
    for (int i = 0; i < REPEATS; i++)
        buf_printf(&text, "export const step%d = %d;\n", i, i * i);
    const struct embedded_file table[] = {
        {"long.js", (const unsigned char *)text.ptr, text.len},
        {"point.png", picture, sizeof picture},
        {"empty.txt", page, 0},
        {NULL, NULL, 0},
    };
    struct assets *assets = assets_ok(table, "/");
    const struct asset *script = assets_find(assets, BYTES_LIT("/long.js"));
    assert_ptr_equal(script->content.ptr, text.ptr);
    assert_true(script->gzip.len > 0 && script->gzip.len < text.len / 2);
    check_inflates(script);
    const struct asset *point = assets_find(assets, BYTES_LIT("/point.png"));
    assert_null(point->gzip.ptr);
    assert_int_equal(point->content.len, sizeof picture);
    assert_null(assets_find(assets, BYTES_LIT("/empty.txt"))->gzip.ptr);
    assets_free(assets);
    buf_deinit(&text);
}

static int make_and_find(void *context, struct err *err)
{
    (void)context;
    struct assets *assets = NULL;
    int rc = assets_new(files, "/assets/", &assets, err);
    if (rc == OK)
        assert_non_null(assets_find(assets, BYTES_LIT("/assets/app.js")));
    else
        assert_null(assets);
    assets_free(assets);
    return rc;
}

static void assets_new__survives_missing_memory(void **state)
{
    (void)state;
    fault_loop(make_and_find, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(assets_find__knows_each_file_by_its_path_alone),
        cmocka_unit_test(assets_find__compares_whole_paths_with_a_nul_inside),
        cmocka_unit_test(assets_new__tags_by_content),
        cmocka_unit_test(assets_new__compresses_where_that_is_smaller),
        cmocka_unit_test(assets_new__survives_missing_memory),
    };
    return cmocka_run_group_tests_name("service/http/assets", tests, NULL, NULL);
}
