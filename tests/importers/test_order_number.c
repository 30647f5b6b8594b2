#include "importers/order_number.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

static void check(const char *text, const char *expected)
{
    struct err err = {0};
    char room[ORDER_NUMBER_ROOM_BYTES];
    struct bytes out = BYTES_NONE;
    assert_int_equal(order_number_normalise(bytes_from_z(text), room, &out, &err), OK);
    if (!bytes_equal(out, bytes_from_z(expected)))
        fail_msg("%s became " BYTES_FMT, text, BYTES_ARG(out));
}

static void order_number_normalise__composes_letters(void **state)
{
    (void)state;
    check("GD2024-0001", "GD2024-0001");
    check("", "");
    check("岚江2024-1", "岚江2024-1");
    check("A\xCC\x8A-1", "\xC3\x85-1");                 /* A and a ring */
    check("\xE2\x84\xAB-1", "\xC3\x85-1");              /* the sign of an angstrom */
    check("e\xCC\x81\xCC\xA3", "\xE1\xBA\xB9\xCC\x81"); /* marks in their order */
    check("\xE1\x84\x80\xE1\x85\xA1", "\xEA\xB0\x80");  /* jamo */
    check("\xEF\xBC\xA1\xEF\xBC\x91",
          "\xEF\xBC\xA1\xEF\xBC\x91"); /* full width stays: NFC, not NFKC */
}

static void order_number_normalise__leaves_ascii_where_it_is(void **state)
{
    (void)state;
    struct err err = {0};
    char room[ORDER_NUMBER_ROOM_BYTES];
    struct bytes text = BYTES_LIT("GD2024-0001");
    struct bytes out = BYTES_NONE;
    assert_int_equal(order_number_normalise(text, room, &out, &err), OK);
    assert_ptr_equal(out.ptr, text.ptr);
}

/* U+1D160 decomposes to three characters of four bytes, and is not composed again. */
static void order_number_normalise__has_room_for_what_grows(void **state)
{
    (void)state;
    struct err err = {0};
    static char text[ORDER_NUMBER_MAX_BYTES + 4];
    static char room[ORDER_NUMBER_ROOM_BYTES];
    struct bytes out = BYTES_NONE;
    for (size_t i = 0; i < sizeof text; i += 4)
        memcpy(text + i, "\xF0\x9D\x85\xA0", 4);
    struct bytes longest = {text, ORDER_NUMBER_MAX_BYTES};
    assert_int_equal(order_number_normalise(longest, room, &out, &err), OK);
    assert_ptr_equal(out.ptr, room);
    assert_int_equal(out.len, ORDER_NUMBER_ROOM_BYTES);
    struct bytes longer = {text, sizeof text};
    assert_int_equal(order_number_normalise(longer, room, &out, &err), OK);
    assert_ptr_equal(out.ptr, text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(order_number_normalise__composes_letters),
        cmocka_unit_test(order_number_normalise__leaves_ascii_where_it_is),
        cmocka_unit_test(order_number_normalise__has_room_for_what_grows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
