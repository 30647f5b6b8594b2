/* The frame's listing and the commitments of selection.h; test_selection.c tests the draw. */
#include "scoring/selection.h"

#include "tests/scoring/digest_fixture.h"
#include "tests/support/fault.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

struct entry {
    struct bytes unit_code, order_no;
};

static const struct entry entries[] = {
    {{"U1", 2}, {"AB-1", 4}},  {{"U1", 2}, {"AB-10", 5}}, {{"U1", 2}, {"AB-2", 4}},
    {{"U10", 3}, {"AB-3", 4}}, {{"U2", 2}, {"工单7", 7}},
};
static const char listing_text[] = "U1\tAB-1\nU1\tAB-10\nU1\tAB-2\nU10\tAB-3\nU2\t工单7";
static const char listing_hash[] =
    "ce621602b31a7eb5a3f52f69f89ae0ad6c3e53901a3613ae97e14919c704a2b9";
enum { ENTRY_COUNT = sizeof entries / sizeof *entries };

static int list_entries(const struct digest_door *door, struct buf *out,
                        unsigned char hash[DIGEST_BYTES], struct err *err)
{
    struct frame_listing listing;
    int rc = frame_listing_init(&listing, door, out, err);
    for (size_t i = 0; i < ENTRY_COUNT && rc == OK; i++)
        rc = frame_listing_feed(&listing, entries[i].unit_code, entries[i].order_no, err);
    return rc == OK ? frame_listing_finish(&listing, hash, err) : rc;
}

static void frame_listing__is_hashed_as_it_is_written(void **state)
{
    (void)state;
    struct digest_fixture fixture;
    struct digest_door door = door_of(&fixture);
    unsigned char hash[DIGEST_BYTES];
    char hex[DIGEST_HEX_BYTES];
    struct buf out;
    struct err err = {0};
    buf_init(&out, sizeof listing_text);
    assert_int_equal(list_entries(&door, &out, hash, &err), OK);
    assert_true(bytes_equal(buf_bytes(&out), bytes_from_z(listing_text)));
    digest_hex(hash, hex);
    assert_string_equal(hex, listing_hash);
    buf_deinit(&out);

    memset(hash, 0, sizeof hash);
    assert_int_equal(list_entries(&door, NULL, hash, &err), OK);
    digest_hex(hash, hex);
    assert_string_equal(hex, listing_hash);
}

static void frame_listing__of_nothing_hashes_the_empty_text(void **state)
{
    (void)state;
    struct digest_fixture fixture;
    struct digest_door door = door_of(&fixture);
    struct frame_listing listing;
    unsigned char hash[DIGEST_BYTES];
    char hex[DIGEST_HEX_BYTES];
    struct err err = {0};
    assert_int_equal(frame_listing_init(&listing, &door, NULL, &err), OK);
    assert_int_equal(frame_listing_finish(&listing, hash, &err), OK);
    digest_hex(hash, hex);
    assert_string_equal(hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

static void frame_listing_feed__refuses_what_is_not_canonical(void **state)
{
    (void)state;
    static const struct {
        struct entry entry; /* fed behind U1, AB-10 */
        int rc;
    } cases[] = {
        {{{"U1", 2}, {"AB-10", 5}}, ERR_EXISTS},
        {{{"U1", 2}, {"AB-1", 4}}, ERR_WRONG_STATE},
        {{{"U0", 2}, {"AB-2", 4}}, ERR_WRONG_STATE},
        {{{"U", 1}, {"AB-2", 4}}, ERR_WRONG_STATE},
        {{{"", 0}, {"AB-2", 4}}, ERR_FORMAT},
        {{{"U1", 2}, {"", 0}}, ERR_FORMAT},
        {{{"U1 ", 3}, {"AB-2", 4}}, ERR_FORMAT},
        {{{"U1\tAB-2", 7}, {"AB-2", 4}}, ERR_FORMAT},
        {{{"U1", 2}, {"AB\n2", 4}}, ERR_FORMAT},
        {{{"U1", 2}, {"AB-2", 4}}, OK},
        {{{"U1.", 3}, {"AB-1", 4}}, OK},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct digest_fixture fixture;
        struct digest_door door = door_of(&fixture);
        struct frame_listing listing;
        struct err err = {0};
        assert_int_equal(frame_listing_init(&listing, &door, NULL, &err), OK);
        assert_int_equal(frame_listing_feed(&listing, BYTES_LIT("U1"), BYTES_LIT("AB-10"), &err),
                         OK);
        assert_int_equal(
            frame_listing_feed(&listing, cases[i].entry.unit_code, cases[i].entry.order_no, &err),
            cases[i].rc);
        assert_int_equal(listing.count, cases[i].rc == OK ? 2 : 1);
    }
}

static void frame_listing_feed__says_when_the_listing_has_no_room(void **state)
{
    (void)state;
    struct digest_fixture fixture;
    struct digest_door door = door_of(&fixture);
    unsigned char hash[DIGEST_BYTES] = {42};
    struct buf out;
    struct err err = {0};
    buf_init(&out, sizeof listing_text - 2);
    assert_int_equal(list_entries(&door, &out, hash, &err), ERR_LIMIT);
    assert_int_equal(hash[0], 42);
    buf_deinit(&out);
}

/* ---- one entry ---- */

static void commitment_compute__binds_salt_number_ticket_and_part(void **state)
{
    (void)state;
    struct digest_fixture fixture;
    struct digest_door door = door_of(&fixture);
    unsigned char salt[SALT_BYTES];
    unsigned char ticket[DIGEST_BYTES];
    unsigned char digest[DIGEST_BYTES];
    char hex[DIGEST_HEX_BYTES];
    struct err err = {0};
    for (size_t i = 0; i < SALT_BYTES; i++)
        salt[i] = (unsigned char)i;
    assert_int_equal(tickets_begin(&door, BYTES_LIT("01382438112797316654"), &err), OK);
    assert_int_equal(ticket_compute(&door, BYTES_LIT("AB-130"), ticket, &err), OK);
    assert_int_equal(
        commitment_compute(&door, salt, BYTES_LIT("AB-130"), ticket, PART_SAMPLE, digest, &err),
        OK);
    digest_hex(digest, hex);
    assert_string_equal(hex, "1786d2f3935819e8e788dd5a3d59d581f5cc857b1905b3a100266680c0a4588c");
    assert_int_equal(
        commitment_compute(&door, salt, BYTES_LIT("AB-130"), NULL, PART_RESERVE, digest, &err), OK);
    digest_hex(digest, hex);
    assert_string_equal(hex, "5995186541041b61c7f46430602c5c211f3d2bf4c7d5a9dc814612f7bd714d0c");
    assert_int_equal(
        commitment_compute(&door, salt, BYTES_LIT("A\tB"), ticket, PART_REST, digest, &err),
        ERR_FORMAT);
    assert_string_equal(selection_part_word(PART_REST), "rest");
}

/* ---- faults ---- */

static int publish_once(void *context, struct err *err)
{
    static const unsigned char salt[SALT_BYTES] = {7};
    struct digest_door door = digest_fixture_door(context);
    struct buf out;
    unsigned char digest[DIGEST_BYTES] = {42};
    buf_init(&out, sizeof listing_text);
    int rc = list_entries(&door, &out, digest, err);
    assert_true(rc == OK || digest[0] == 42);
    unsigned char hash[DIGEST_BYTES];
    memcpy(hash, digest, sizeof hash);
    if (rc == OK)
        rc = commitment_compute(&door, salt, BYTES_LIT("7"), hash, PART_REST, digest, err);
    if (rc != OK)
        assert_memory_equal(hash, digest, sizeof hash);
    buf_deinit(&out);
    return rc;
}

static void frame_listing__survives_failing_memory(void **state)
{
    (void)state;
    struct digest_fixture fixture = {0};
    fault_loop(publish_once, &fixture);
}

static void frame_listing__passes_on_what_the_door_says(void **state)
{
    (void)state;
    struct digest_fixture fixture = {0};
    struct err err = {0};
    assert_int_equal(publish_once(&fixture, &err), OK);
    int64_t calls = fixture.calls;
    assert_true(calls > 10);
    for (int64_t n = 1; n <= calls; n++) {
        fixture = (struct digest_fixture){.fails_at = n};
        err = (struct err){0};
        assert_int_equal(publish_once(&fixture, &err), ERR_IO);
        assert_int_equal(err.code, ERR_IO);
        assert_int_equal(fixture.calls, n);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(frame_listing__is_hashed_as_it_is_written),
        cmocka_unit_test(frame_listing__of_nothing_hashes_the_empty_text),
        cmocka_unit_test(frame_listing_feed__refuses_what_is_not_canonical),
        cmocka_unit_test(frame_listing_feed__says_when_the_listing_has_no_room),
        cmocka_unit_test(commitment_compute__binds_salt_number_ticket_and_part),
        cmocka_unit_test(frame_listing__survives_failing_memory),
        cmocka_unit_test(frame_listing__passes_on_what_the_door_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
