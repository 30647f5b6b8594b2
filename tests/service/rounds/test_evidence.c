#include "service/rounds/evidence.h"

#include "service/auth/digest.h"

#include "tests/service/datadir_fixture.h"
#include "tests/support/fault.h"

#include <sys/stat.h>
#include <unistd.h>

/* ---- the door ---- */

static void expect_digest(const unsigned char digest[DIGEST_BYTES], const char *text)
{
    struct err err = {0};
    unsigned char expected[DIGEST_BYTES];
    assert_int_equal(sha256_of(bytes_from_z(text), expected, &err), OK);
    assert_memory_equal(digest, expected, sizeof expected);
}

static void evidence_door__keeps_stream_and_prefix_apart(void **state)
{
    (void)state;
    struct err err = {0};
    struct evidence_door *owner = NULL;
    unsigned char digest[DIGEST_BYTES];
    assert_int_equal(evidence_door_new(&owner, &err), OK);
    struct digest_door door = evidence_door(owner);
    assert_int_equal(door.begin(door.context, &err), OK);
    assert_int_equal(door.feed(door.context, BYTES_LIT("forgotten"), &err), OK);
    assert_int_equal(door.begin(door.context, &err), OK);
    assert_int_equal(door.feed(door.context, BYTES_LIT("one "), &err), OK);
    assert_int_equal(door.set_prefix(door.context, BYTES_LIT("before "), &err), OK);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(door.digest_behind(door.context, BYTES_LIT("text"), digest, &err), OK);
        expect_digest(digest, "before text");
    }
    assert_int_equal(door.feed(door.context, BYTES_LIT("two"), &err), OK);
    assert_int_equal(door.finish(door.context, digest, &err), OK);
    expect_digest(digest, "one two");
    assert_int_equal(door.begin(door.context, &err), OK);
    assert_int_equal(door.finish(door.context, digest, &err), OK);
    expect_digest(digest, "");
    evidence_door_free(owner);
}

/* The vector of STATISTICS.md 7.3. */
static void evidence_door__gives_the_published_ticket(void **state)
{
    (void)state;
    struct err err = {0};
    struct evidence_door *owner = NULL;
    unsigned char ticket[DIGEST_BYTES];
    char hex[DIGEST_HEX_BYTES];
    assert_int_equal(evidence_door_new(&owner, &err), OK);
    struct digest_door door = evidence_door(owner);
    assert_int_equal(tickets_begin(&door, BYTES_LIT("01382438112797316654"), &err), OK);
    assert_int_equal(ticket_compute(&door, BYTES_LIT("AB-130"), ticket, &err), OK);
    digest_hex(ticket, hex);
    assert_string_equal(hex, "654b3e71876e34e6e350128e0e20df65f0e285727c12837a8c7fdd28ff907b5e");
    evidence_door_free(owner);
}

/* ---- files ---- */

#define DIRECTORY "2024-05/frame-1"

static const char *path_in(const struct fixture *fixture, const char *name)
{
    static char path[TEMP_DIR_BYTES + 96];
    (void)snprintf(path, sizeof path, "%s/evidence/%s", fixture->data, name);
    return path;
}

static int write_file(struct fixture *fixture, const char *text, unsigned char out[DIGEST_BYTES],
                      struct err *err)
{
    struct evidence_file file = {0};
    int rc = evidence_file_open(&fixture->datadir, DIRECTORY, "a.txt", &file, err);
    if (rc != OK)
        return rc;
    evidence_file_write(&file, bytes_from_z(text));
    evidence_file_write(&file, BYTES_NONE);
    evidence_file_write(&file, BYTES_LIT("\n"));
    return evidence_file_finish(&file, out, err);
}

static void expect_file(struct fixture *fixture, const char *text)
{
    struct buf content;
    buf_init(&content, 4096);
    test_file_read(path_in(fixture, DIRECTORY "/a.txt"), &content);
    assert_true(bytes_equal(buf_bytes(&content), bytes_from_z(text)));
    buf_deinit(&content);
}

static void evidence_file__appears_whole_and_replaces_a_former_one(void **state)
{
    struct fixture *fixture = *state;
    struct err err = {0};
    unsigned char digest[DIGEST_BYTES];
    struct stat info;
    assert_int_equal(write_file(fixture, "first, and longer", digest, &err), OK);
    assert_int_equal(write_file(fixture, "second", digest, &err), OK);
    expect_digest(digest, "second\n");
    expect_file(fixture, "second\n");
    assert_int_equal(stat(path_in(fixture, DIRECTORY "/a.txt"), &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);
    assert_int_equal(stat(path_in(fixture, DIRECTORY), &info), 0);
    assert_int_equal(info.st_mode & 0777, 0700);
    assert_int_equal(access(path_in(fixture, DIRECTORY "/a.txt.partial"), F_OK), -1);
}

static void evidence_file__leaves_nothing_when_it_is_not_finished(void **state)
{
    struct fixture *fixture = *state;
    struct err err = {0};
    struct evidence_file file = {0};
    evidence_file_deinit(&file);
    assert_int_equal(evidence_file_open(&fixture->datadir, DIRECTORY, "a.txt", &file, &err), OK);
    evidence_file_write(&file, BYTES_LIT("half"));
    evidence_file_deinit(&file);
    assert_int_equal(access(path_in(fixture, DIRECTORY "/a.txt"), F_OK), -1);
    assert_int_equal(access(path_in(fixture, DIRECTORY "/a.txt.partial"), F_OK), -1);
}

static void evidence_file__keeps_the_former_one_when_the_disk_is_full(void **state)
{
    struct fixture *fixture = *state;
    struct err err = {0};
    unsigned char digest[DIGEST_BYTES];
    static const size_t lens[] = {10, 99999}; /* noticed at the end, noticed on the way */
    for (size_t i = 0; i < sizeof lens / sizeof *lens; i++) {
        char text[100000];
        memset(text, 'x', sizeof text);
        text[lens[i]] = '\0';
        assert_int_equal(write_file(fixture, "former", digest, &err), OK);
        assert_int_equal(symlink("/dev/full", path_in(fixture, DIRECTORY "/a.txt.partial")), 0);
        assert_int_equal(write_file(fixture, text, digest, &err), ERR_FULL);
        expect_digest(digest, "former\n");
        expect_file(fixture, "former\n");
        assert_int_equal(access(path_in(fixture, DIRECTORY "/a.txt.partial"), F_OK), -1);
    }
}

static void evidence_file__says_what_is_in_its_way(void **state)
{
    struct fixture *fixture = *state;
    struct err err = {0};
    unsigned char digest[DIGEST_BYTES];
    test_file_write(path_in(fixture, "2024-05"), BYTES_LIT("a file where a directory must be"));
    assert_int_equal(write_file(fixture, "text", digest, &err), ERR_IO);
    assert_non_null(strstr(err.message, "2024-05"));
}

static int write_once(void *context, struct err *err)
{
    unsigned char digest[DIGEST_BYTES];
    return write_file(context, "text", digest, err);
}

static int open_door(void *context, struct err *err)
{
    struct evidence_door *door = NULL;
    (void)context;
    int rc = evidence_door_new(&door, err);
    evidence_door_free(door);
    return rc;
}

static void evidence__survives_every_failed_allocation(void **state)
{
    fault_loop(write_once, *state);
    fault_loop(open_door, NULL);
}

static void evidence_directory__names_round_and_number(void **state)
{
    char text[EVIDENCE_DIRECTORY_BYTES];
    (void)state;
    evidence_directory(text, sizeof text, BYTES_LIT("2024年5月"), "draw", 12);
    assert_string_equal(text, "2024年5月/draw-12");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(evidence_door__keeps_stream_and_prefix_apart),
        cmocka_unit_test(evidence_door__gives_the_published_ticket),
        FIXTURE_TEST(evidence_file__appears_whole_and_replaces_a_former_one),
        FIXTURE_TEST(evidence_file__leaves_nothing_when_it_is_not_finished),
        FIXTURE_TEST(evidence_file__keeps_the_former_one_when_the_disk_is_full),
        FIXTURE_TEST(evidence_file__says_what_is_in_its_way),
        FIXTURE_TEST(evidence__survives_every_failed_allocation),
        cmocka_unit_test(evidence_directory__names_round_and_number),
    };
    storage_use_allocator();
    (void)vault_use_allocator();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
