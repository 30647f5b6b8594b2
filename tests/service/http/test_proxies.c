#include "service/http/proxies.h"

#include "service/http/accept.h"
#include "service/http/address_book.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static const char *const proxies[] = {"10.0.0.1", "::ffff:10.0.0.2", "2001:DB8::0:1", NULL};

static const struct {
    const char *headers[3], *address; /* NULL: the proxy's own */
} forwarded[] = {
    {{NULL}, NULL},
    {{"1.2.3.4"}, "1.2.3.4"},
    {{"9.9.9.9, 1.2.3.4"}, "1.2.3.4"},
    {{"9.9.9.9,1.2.3.4 , 10.0.0.1,10.0.0.2"}, "1.2.3.4"},
    {{"9.9.9.9", "1.2.3.4", "10.0.0.1"}, "1.2.3.4"},
    {{"1.2.3.4, 2001:db8::1"}, "1.2.3.4"},
    {{"2001:DB8:0::7"}, "2001:db8::7"},
    {{"::ffff:1.2.3.4"}, "1.2.3.4"},
    {{"10.0.0.1"}, NULL},
    {{"9.9.9.9, evil"}, NULL},
    {{"9.9.9.9, evil, 10.0.0.1"}, NULL},
    {{"1.2.3.4:80"}, NULL},
    {{"9.9.9.9,"}, NULL},
    {{""}, NULL},
};

static void address_forwarded__believes_the_nearest_stranger(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof forwarded / sizeof *forwarded; i++) {
        struct arena arena;
        struct http_head head = {.count = 0};
        arena_init(&arena, 4096);
        for (size_t h = 0; h < 3 && forwarded[i].headers[h] != NULL; h++)
            head.headers[head.count++] = (struct http_header){
                BYTES_LIT("X-Forwarded-FOR"), bytes_from_z(forwarded[i].headers[h])};
        const char *address = address_forwarded(&arena, &head, proxies);
        if (forwarded[i].address == NULL)
            assert_null(address);
        else
            assert_string_equal(address, forwarded[i].address);
        arena_deinit(&arena);
    }
}

static void address_is_listed__compares_addresses_not_texts(void **state)
{
    (void)state;
    assert_true(address_is_listed("10.0.0.2", proxies));
    assert_true(address_is_listed("2001:db8::1", proxies));
    assert_false(address_is_listed("10.0.0.3", proxies));
    assert_false(address_is_listed("10.0.0.1", NULL));
    assert_true(address_is_loopback("127.0.0.9"));
    assert_true(address_is_loopback("::1"));
    assert_false(address_is_loopback("128.0.0.1"));
}

static void address_book__counts_households(void **state)
{
    (void)state;
    static struct address_book book;
    address_book_init(&book);
    struct address_entry *first = address_book_enter(&book, "2001:db8::1");
    assert_ptr_equal(address_book_enter(&book, "2001:db8::ffff:2"), first);
    assert_int_equal(first->connections, 2);
    struct address_entry *other = address_book_enter(&book, "2001:db8:0:1::1");
    assert_ptr_not_equal(other, first);
    assert_ptr_not_equal(address_book_enter(&book, "1.2.3.4"),
                         address_book_enter(&book, "1.2.3.5"));
    address_entry_leave(NULL);
    address_book_deinit(&book);
}

static void address_entry_count__begins_anew_each_minute(void **state)
{
    (void)state;
    static struct address_book book;
    address_book_init(&book);
    struct address_entry *entry = address_book_enter(&book, "1.2.3.4");
    for (int i = 0; i < 3; i++)
        assert_int_equal(address_entry_count(entry, 3, 100000), 0);
    assert_int_equal(address_entry_count(entry, 3, 100000), 60);
    assert_int_equal(address_entry_count(entry, 3, 159001), 1);
    assert_int_equal(address_entry_count(entry, 3, 160000), 0);
    address_book_sweep(&book, 1000000);
    assert_int_equal(book.count, 1);
    address_entry_leave(entry);
    address_book_sweep(&book, 161000);
    assert_int_equal(book.count, 1);
    address_book_sweep(&book, 1000000);
    assert_int_equal(book.count, 0);
    address_book_deinit(&book);
}

static const struct {
    const char *list, *word;
    int weight;
} weights[] = {
    {"gzip, br", "gzip", 1000},
    {"br;q=1.0, GZIP;q=0.8", "gzip", 800},
    {"gzip;q=0", "gzip", 0},
    {"gzip ; q=0.001", "gzip", 1},
    {"gzip;x=y;q=0.5", "gzip", 500},
    {"gzip;q=2", "gzip", 0},
    {"gzip;q=abc", "gzip", 0},
    {"xgzip", "gzip", -1},
    {"", "gzip", -1},
    {"*", "gzip", -1},
};

static void accept_weight__reads_lists(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof weights / sizeof *weights; i++)
        assert_int_equal(accept_weight(bytes_from_z(weights[i].list), weights[i].word),
                         weights[i].weight);
    assert_true(accept_has_etag(BYTES_LIT("\"a\", W/\"b\""), "\"b\""));
    assert_true(accept_has_etag(BYTES_LIT("*"), "\"b\""));
    assert_false(accept_has_etag(BYTES_LIT("\"a\", b"), "\"b\""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(address_forwarded__believes_the_nearest_stranger),
        cmocka_unit_test(address_is_listed__compares_addresses_not_texts),
        cmocka_unit_test(address_book__counts_households),
        cmocka_unit_test(address_entry_count__begins_anew_each_minute),
        cmocka_unit_test(accept_weight__reads_lists),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
