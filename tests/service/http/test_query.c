#include "service/http/query.h"

#include "service/http/path.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { ARENA_BYTES = 1 << 20 };

struct decoding {
    const char *text, *plain; /* NULL: refused */
    enum percent_kind kind;
};

static const struct decoding decodings[] = {
    {"", "", PERCENT_QUERY},
    {"abc", "abc", PERCENT_QUERY},
    {"a+b%20c%2B", "a b c+", PERCENT_QUERY},
    {"a+b", "a+b", PERCENT_PATH},
    {"%e5%8D%97", "\xE5\x8D\x97", PERCENT_PATH},
    {"%", NULL, PERCENT_QUERY},
    {"%4", NULL, PERCENT_QUERY},
    {"%zz", NULL, PERCENT_QUERY},
    {"%00", NULL, PERCENT_QUERY},
    {"%00", NULL, PERCENT_FORM},
    {"%0a", NULL, PERCENT_QUERY},
    {"a%0D%0Ab%09", "a\r\nb\t", PERCENT_FORM},
    {"%7f", NULL, PERCENT_FORM},
    {"%c2%85", NULL, PERCENT_FORM},
    {"%c2%a0", "\xC2\xA0", PERCENT_FORM},
    {"%c0%af", NULL, PERCENT_QUERY},
    {"%ff", NULL, PERCENT_QUERY},
    {"%e5%8d", NULL, PERCENT_QUERY},
    {"%ed%a0%80", NULL, PERCENT_QUERY},
    {"%2f", "/", PERCENT_QUERY},
    {"%2f", NULL, PERCENT_PATH},
    {"%5C", NULL, PERCENT_PATH},
    {"%252e", "%2e", PERCENT_PATH},
};

static void percent_decode__gives_clean_text_or_refuses(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof decodings / sizeof *decodings; i++) {
        struct arena arena;
        struct bytes plain = BYTES_NONE;
        arena_init(&arena, ARENA_BYTES);
        bool ok =
            percent_decode(&arena, bytes_from_z(decodings[i].text), decodings[i].kind, &plain);
        if (ok != (decodings[i].plain != NULL) ||
            (ok && !bytes_equal(plain, bytes_from_z(decodings[i].plain))))
            fail_msg("\"%s\" became " BYTES_FMT, decodings[i].text, BYTES_ARG(plain));
        arena_deinit(&arena);
    }
}

static const struct {
    const char *path;
    bool is_clean;
} paths[] = {
    {"/", true},           {"/a", true},       {"/a/", true},     {"/a/b.c/..d/...", true},
    {"/%E5%8D%97", true},  {"", false},        {"a", false},      {"//", false},
    {"//a", false},        {"/a//b", false},   {"/a//", false},   {"/.", false},
    {"/..", false},        {"/a/../b", false}, {"/a/./b", false}, {"/a/..", false},
    {"/%2e%2e/a", false},  {"/a/%2E", false},  {"/.%2e", false},  {"/a%2fb", false},
    {"/a%2Fb", false},     {"/a%5cb", false},  {"/a%00", false},  {"/a%0d%0a", false},
    {"/%c0%ae", false},    {"/%e5%8d", false}, {"/a%", false},    {"/a%g0", false},
    {"/%252e%252e", true},
};

static void path_is_clean__knows_the_tricks(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        struct arena arena;
        arena_init(&arena, ARENA_BYTES);
        if (path_is_clean(&arena, bytes_from_z(paths[i].path)) != paths[i].is_clean)
            fail_msg("\"%s\"", paths[i].path);
        arena_deinit(&arena);
    }
}

static const struct {
    const char *query, *name, *value; /* NULL: not there */
} found[] = {
    {"a=1&b=2", "b", "2"}, {"a=1&a=2", "a", "1"}, {"a", "a", ""},       {"a=", "a", ""},
    {"&&a=1&", "a", "1"},  {"a=b=c", "a", "b=c"}, {"%61=1", "a", "1"},  {"a=1", "b", NULL},
    {"", "a", NULL},       {"A=1", "a", NULL},    {"=1&a=2", "a", "2"}, {"x+y=1", "x y", "1"},
};

static void query_find__gives_the_first(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof found / sizeof *found; i++) {
        struct arena arena;
        struct query query;
        arena_init(&arena, ARENA_BYTES);
        assert_true(query_parse(&arena, bytes_from_z(found[i].query), PERCENT_QUERY, &query));
        struct bytes value = query_find(&query, found[i].name);
        if ((value.ptr != NULL) != (found[i].value != NULL) ||
            !bytes_equal(value, bytes_from_z(found[i].value)))
            fail_msg("\"%s\" in \"%s\"", found[i].name, found[i].query);
        arena_deinit(&arena);
    }
}

static void query_parse__refuses_too_many_and_malformed_ones(void **state)
{
    (void)state;
    struct arena arena;
    struct query query;
    char many[2 * QUERY_PAIRS_MAX + 1];
    for (size_t i = 0; i < sizeof many; i++)
        many[i] = i % 2 == 0 ? 'a' : '&';
    arena_init(&arena, ARENA_BYTES);
    assert_false(query_parse(&arena, (struct bytes){many, sizeof many}, PERCENT_QUERY, &query));
    assert_true(query_parse(&arena, (struct bytes){many, sizeof many - 2}, PERCENT_QUERY, &query));
    assert_int_equal(query.count, QUERY_PAIRS_MAX);
    assert_false(query_parse(&arena, BYTES_LIT("a=1&b=%"), PERCENT_QUERY, &query));
    assert_false(query_parse(&arena, BYTES_LIT("%00=1"), PERCENT_QUERY, &query));
    arena_deinit(&arena);
}

static const struct {
    const char *header, *value; /* of "sid"; NULL: not there */
} cookies[] = {
    {"sid=abc", "abc"},
    {"a=b; sid=abc; c=d", "abc"},
    {"a=b;sid=abc", "abc"},
    {"sid=\"abc\"", "abc"},
    {"sid=a=b", "a=b"},
    {"sid=", ""},
    {"sid=abc; sid=abc", "abc"},
    {"sid=abc; sid=abd", NULL},
    {"SID=abc", NULL},
    {"xsid=abc", NULL},
    {"sid", NULL},
    {"", NULL},
    {"sid=a b", NULL},
    {"sid=a,b", NULL},
    {"sid=a\\b", NULL},
    {"sid=\"ab", NULL},
    {"sid=\xE5\x8D\x97", NULL},
};

static void cookie_find__gives_one_unambiguous_value(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cookies / sizeof *cookies; i++) {
        struct bytes value = cookie_find(bytes_from_z(cookies[i].header), "sid");
        if ((value.ptr != NULL) != (cookies[i].value != NULL) ||
            !bytes_equal(value, bytes_from_z(cookies[i].value)))
            fail_msg("\"%s\"", cookies[i].header);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(percent_decode__gives_clean_text_or_refuses),
        cmocka_unit_test(path_is_clean__knows_the_tricks),
        cmocka_unit_test(query_find__gives_the_first),
        cmocka_unit_test(query_parse__refuses_too_many_and_malformed_ones),
        cmocka_unit_test(cookie_find__gives_one_unambiguous_value),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
