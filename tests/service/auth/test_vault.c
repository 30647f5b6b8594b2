#include "service/auth/vault.h"

#include "base/alloc.h"
#include "tests/support/fault.h"
#include "tests/support/file.h"
#include "tests/support/temp_dir.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MAX_BYTES = 1 << 20, PATH_BYTES = TEMP_DIR_BYTES + 32, NONCE_AT = 1, NONCE_BYTES = 12 };

#define KNOWN_KEY_TEXT                                                                             \
    "pingyi-vault 1\n000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\n"
#define KNOWN_PLAIN "138****1234 路灯不亮"

struct fixture {
    char directory[TEMP_DIR_BYTES];
    char path[PATH_BYTES];
    struct vault *vault; /* of the known key */
    struct vault_sealer *sealer;
    struct sealer door;
    struct vault_index *index;
};

static int set_up(void **state)
{
    struct err err = {.code = OK};
    struct fixture *fixture = mem_calloc(1, sizeof *fixture);
    assert_non_null(fixture);
    temp_dir_make(fixture->directory);
    (void)snprintf(fixture->path, sizeof fixture->path, "%s/vault.key", fixture->directory);
    test_file_write(fixture->path, BYTES_LIT(KNOWN_KEY_TEXT));
    assert_int_equal(chmod(fixture->path, 0600), 0);
    assert_int_equal(vault_open(fixture->path, &fixture->vault, &err), OK);
    assert_int_equal(vault_sealer_new(fixture->vault, "order", &fixture->sealer, &err), OK);
    assert_int_equal(vault_index_new(fixture->vault, &fixture->index, &err), OK);
    fixture->door = vault_sealer_door(fixture->sealer);
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;
    vault_index_free(fixture->index);
    vault_sealer_free(fixture->sealer);
    vault_free(fixture->vault);
    temp_dir_remove(fixture->directory);
    mem_free(fixture);
    return 0;
}

static void from_hex(const char *hex, struct buf *out)
{
    for (const char *at = hex; at[0] != '\0'; at += 2) {
        unsigned byte = 0;
        assert_int_equal(sscanf(at, "%2x", &byte), 1);
        buf_append_byte(out, (char)byte);
    }
}

static void seal_ok(struct sealer door, int64_t row_id, struct bytes plain, struct buf *out)
{
    struct err err = {.code = OK};
    if (door.seal(door.context, row_id, plain, out, &err) != OK)
        fail_msg("%s", err.message);
}

static void check_refused(struct sealer door, int64_t row_id, struct bytes sealed)
{
    struct err err = {.code = OK};
    struct buf plain;
    buf_init(&plain, MAX_BYTES);
    buf_append_z(&plain, "before");
    assert_int_equal(door.open(door.context, row_id, sealed, &plain, &err), ERR_CORRUPT);
    assert_int_equal(err.code, ERR_CORRUPT);
    assert_int_equal(plain.len, 6);
    buf_deinit(&plain);
}

static void check_opens(struct sealer door, int64_t row_id, struct bytes sealed, struct bytes plain)
{
    struct err err = {.code = OK};
    struct buf opened;
    buf_init(&opened, MAX_BYTES);
    if (door.open(door.context, row_id, sealed, &opened, &err) != OK)
        fail_msg("%s", err.message);
    assert_true(bytes_equal(buf_bytes(&opened), plain));
    buf_deinit(&opened);
}

/* ---- vault.key ---- */

static int count_files(const char *directory)
{
    int count = 0;
    DIR *dir = opendir(directory);
    assert_non_null(dir);
    for (struct dirent *entry = readdir(dir); entry != NULL; entry = readdir(dir))
        count += entry->d_name[0] != '.';
    (void)closedir(dir);
    return count;
}

static void vault_create__writes_a_private_file_of_two_lines(void **state)
{
    struct fixture *fixture = *state;
    struct err err = {.code = OK};
    assert_int_equal(unlink(fixture->path), 0);
    assert_int_equal(vault_create(fixture->path, &err), OK);
    struct stat status;
    assert_int_equal(stat(fixture->path, &status), 0);
    assert_int_equal(status.st_mode & 07777, 0600);
    assert_int_equal(count_files(fixture->directory), 1);
    struct buf text;
    buf_init(&text, MAX_BYTES);
    test_file_read(fixture->path, &text);
    assert_int_equal(text.len, strlen(KNOWN_KEY_TEXT));
    assert_true(bytes_starts_with(buf_bytes(&text), BYTES_LIT("pingyi-vault 1\n")));
    assert_int_equal(strspn(text.ptr + 15, "0123456789abcdef"), 64);
    assert_int_equal(text.ptr[text.len - 1], '\n');
    buf_deinit(&text);

    struct vault *vault = NULL;
    assert_int_equal(vault_open(fixture->path, &vault, &err), OK);
    vault_free(vault);
}

static void vault_create__never_overwrites(void **state)
{
    struct fixture *fixture = *state;
    struct err err = {.code = OK};
    assert_int_equal(vault_create(fixture->path, &err), ERR_EXISTS);
    assert_int_equal(count_files(fixture->directory), 1);
    struct buf text;
    buf_init(&text, MAX_BYTES);
    test_file_read(fixture->path, &text);
    assert_true(bytes_equal(buf_bytes(&text), BYTES_LIT(KNOWN_KEY_TEXT)));
    buf_deinit(&text);
}

static void vault_create__says_when_the_directory_is_missing(void **state)
{
    struct fixture *fixture = *state;
    struct err err = {.code = OK};
    char path[PATH_BYTES + 16];
    (void)snprintf(path, sizeof path, "%s/missing/vault.key", fixture->directory);
    assert_int_equal(vault_create(path, &err), ERR_IO);
}

static void vault_open__refuses_a_file_open_to_others(void **state)
{
    struct fixture *fixture = *state;
    static const mode_t modes[] = {0640, 0604, 0620, 0601, 0666};
    for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++) {
        struct err err = {.code = OK};
        struct vault *vault = NULL;
        assert_int_equal(chmod(fixture->path, modes[i]), 0);
        assert_int_equal(vault_open(fixture->path, &vault, &err), ERR_PERMISSION);
        assert_null(vault);
    }
}

static void vault_open__refuses_what_is_no_key(void **state)
{
    struct fixture *fixture = *state;
    static const struct {
        const char *name, *text;
    } cases[] = {
        {"empty", ""},
        {"version line alone", "pingyi-vault 1\n"},
        {"another version",
         "pingyi-vault 2\n000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\n"},
        {"63 digits",
         "pingyi-vault 1\n000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1\n"},
        {"cut before the last line end",
         "pingyi-vault 1\n000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"},
        {"no hex digit",
         "pingyi-vault 1\n000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1g\n"},
        {"goes on", KNOWN_KEY_TEXT "\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct err err = {.code = OK};
        struct vault *vault = NULL;
        test_file_write(fixture->path, bytes_from_z(cases[i].text));
        assert_int_equal(chmod(fixture->path, 0600), 0);
        if (vault_open(fixture->path, &vault, &err) != ERR_CORRUPT)
            fail_msg("%s", cases[i].name);
        assert_null(vault);
    }
}

static void vault_open__names_what_is_missing_or_no_file(void **state)
{
    struct fixture *fixture = *state;
    struct err err = {.code = OK};
    struct vault *vault = NULL;
    assert_int_equal(vault_open(fixture->directory, &vault, &err), ERR_CORRUPT);
    assert_int_equal(unlink(fixture->path), 0);
    assert_int_equal(vault_open(fixture->path, &vault, &err), ERR_NOT_FOUND);
    assert_int_equal(mkfifo(fixture->path, 0600), 0);
    assert_int_equal(vault_open(fixture->path, &vault, &err), ERR_CORRUPT);
}

/* ---- sealing ---- */

/* Made by Python's cryptography (HKDF, AESGCM) from the key 00 01 .. 1f, purpose "order", nonce a0 .. ab: RFC 5869 and
 * SP 800-38D as others read them. A change that breaks this makes all stored data unreadable. */
static void sealer_open__reads_records_of_another_implementation(void **state)
{
    struct fixture *fixture = *state;
    static const struct {
        int64_t row_id;
        struct bytes plain;
        const char *hex;
    } cases[] = {
        {4183,
         {KNOWN_PLAIN, sizeof KNOWN_PLAIN - 1},
         "01a0a1a2a3a4a5a6a7a8a9aaab5528006bbda4fcac5c588b5743fb9f7ee50a8735b56f87814fcc6274a8b5310"
         "b"
         "937798bdddb681b0"},
        {-1, {NULL, 0}, "01a0a1a2a3a4a5a6a7a8a9aaabbf0f56a814c155e1fc8ede165d0abf9d"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct buf sealed;
        buf_init(&sealed, MAX_BYTES);
        from_hex(cases[i].hex, &sealed);
        check_opens(fixture->door, cases[i].row_id, buf_bytes(&sealed), cases[i].plain);
        buf_deinit(&sealed);
    }
}

static void sealer__opens_what_it_sealed(void **state)
{
    struct fixture *fixture = *state;
    static const int64_t rows[] = {INT64_MIN, -1, 0, 1, 4183, INT64_MAX};
    static const size_t lengths[] = {0, 1, 15, 16, 17, 255, 4096, 70001};
    char *text = mem_calloc(1, 70001);
    assert_non_null(text);
    for (size_t i = 0; i < 70001; i++)
        text[i] = (char)(i * 31);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        for (size_t j = 0; j < sizeof lengths / sizeof lengths[0]; j++) {
            struct bytes plain = {text, lengths[j]};
            struct buf sealed;
            buf_init(&sealed, MAX_BYTES);
            seal_ok(fixture->door, rows[i], plain, &sealed);
            assert_int_equal(sealed.len, 1 + 12 + plain.len + 16);
            check_opens(fixture->door, rows[i], buf_bytes(&sealed), plain);
            buf_deinit(&sealed);
        }
    mem_free(text);
}

static void sealer__appends_and_keeps_the_limit_of_the_output(void **state)
{
    struct fixture *fixture = *state;
    struct err err = {.code = OK};
    struct buf sealed;
    buf_init(&sealed, 2 * (29 + 3) - 1);
    seal_ok(fixture->door, 1, BYTES_LIT("abc"), &sealed);
    assert_int_equal(fixture->door.seal(fixture->door.context, 1, BYTES_LIT("abc"), &sealed, &err),
                     ERR_LIMIT);
    assert_int_equal(sealed.len, 29 + 3);
    struct buf plain;
    buf_init(&plain, 5);
    for (int i = 0; i < 2; i++) {
        int rc = fixture->door.open(fixture->door.context, 1, buf_bytes(&sealed), &plain, &err);
        assert_int_equal(rc, i == 0 ? OK : ERR_LIMIT);
    }
    assert_true(bytes_equal(buf_bytes(&plain), BYTES_LIT("abc")));
    buf_deinit(&plain);
    buf_deinit(&sealed);
}

static void sealer_open__refuses_every_flipped_bit(void **state)
{
    struct fixture *fixture = *state;
    struct buf sealed;
    buf_init(&sealed, MAX_BYTES);
    seal_ok(fixture->door, 7, BYTES_LIT(KNOWN_PLAIN), &sealed);
    for (size_t bit = 0; bit < 8 * sealed.len; bit++) {
        sealed.ptr[bit / 8] = (char)(sealed.ptr[bit / 8] ^ 1 << bit % 8);
        check_refused(fixture->door, 7, buf_bytes(&sealed));
        sealed.ptr[bit / 8] = (char)(sealed.ptr[bit / 8] ^ 1 << bit % 8);
    }
    check_opens(fixture->door, 7, buf_bytes(&sealed), BYTES_LIT(KNOWN_PLAIN));
    buf_deinit(&sealed);
}

static void sealer_open__refuses_every_other_length(void **state)
{
    struct fixture *fixture = *state;
    struct buf sealed;
    buf_init(&sealed, MAX_BYTES);
    seal_ok(fixture->door, 7, BYTES_LIT(KNOWN_PLAIN), &sealed);
    for (size_t len = 0; len < sealed.len; len++) {
        /* A copy of its own, so that a read beyond its end is seen. */
        char *cut = mem_copy(sealed.ptr, len);
        assert_non_null(cut);
        check_refused(fixture->door, 7, (struct bytes){cut, len});
        mem_free(cut);
    }
    check_refused(fixture->door, 7, BYTES_NONE);
    buf_append_byte(&sealed, '\0');
    check_refused(fixture->door, 7, buf_bytes(&sealed));
    buf_deinit(&sealed);
}

static void sealer_open__refuses_every_other_cipher_id(void **state)
{
    struct fixture *fixture = *state;
    struct buf sealed;
    buf_init(&sealed, MAX_BYTES);
    seal_ok(fixture->door, 7, BYTES_LIT(KNOWN_PLAIN), &sealed);
    for (int id = 0; id < 256; id++) {
        if (id == 1)
            continue;
        sealed.ptr[0] = (char)id;
        check_refused(fixture->door, 7, buf_bytes(&sealed));
    }
    buf_deinit(&sealed);
}

static void sealer_open__refuses_another_row_purpose_or_key(void **state)
{
    struct fixture *fixture = *state;
    struct err err = {.code = OK};
    struct buf sealed;
    buf_init(&sealed, MAX_BYTES);
    seal_ok(fixture->door, 7, BYTES_LIT(KNOWN_PLAIN), &sealed);
    static const int64_t others[] = {0, 6, 8, -7, 7 + ((int64_t)1 << 32), INT64_MAX};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        check_refused(fixture->door, others[i], buf_bytes(&sealed));

    struct vault_sealer *reject = NULL;
    assert_int_equal(vault_sealer_new(fixture->vault, "reject", &reject, &err), OK);
    check_refused(vault_sealer_door(reject), 7, buf_bytes(&sealed));
    vault_sealer_free(reject);

    struct vault *vault = NULL;
    struct vault_sealer *stranger = NULL;
    assert_int_equal(unlink(fixture->path), 0);
    assert_int_equal(vault_create(fixture->path, &err), OK);
    assert_int_equal(vault_open(fixture->path, &vault, &err), OK);
    assert_int_equal(vault_sealer_new(vault, "order", &stranger, &err), OK);
    vault_free(vault); /* no longer needed by the sealer */
    check_refused(vault_sealer_door(stranger), 7, buf_bytes(&sealed));
    vault_sealer_free(stranger);
    buf_deinit(&sealed);
}

static void sealer_open__goes_on_after_a_refusal(void **state)
{
    struct fixture *fixture = *state;
    struct buf sealed;
    buf_init(&sealed, MAX_BYTES);
    seal_ok(fixture->door, 7, BYTES_LIT(KNOWN_PLAIN), &sealed);
    check_refused(fixture->door, 8, buf_bytes(&sealed));
    check_opens(fixture->door, 7, buf_bytes(&sealed), BYTES_LIT(KNOWN_PLAIN));
    buf_deinit(&sealed);
}

static int compare_nonces(const void *a, const void *b)
{
    return memcmp(a, b, NONCE_BYTES);
}

static void sealer__never_repeats_a_nonce(void **state)
{
    struct fixture *fixture = *state;
    struct err err = {.code = OK};
    enum { RECORDS = 100000 };
    char(*nonces)[NONCE_BYTES] = mem_calloc(RECORDS, NONCE_BYTES);
    assert_non_null(nonces);
    struct vault_sealer *second = NULL;
    assert_int_equal(vault_sealer_new(fixture->vault, "order", &second, &err), OK);
    struct sealer doors[2] = {fixture->door, vault_sealer_door(second)};
    struct buf sealed;
    buf_init(&sealed, MAX_BYTES);
    for (size_t i = 0; i < RECORDS; i++) {
        buf_clear(&sealed);
        seal_ok(doors[i % 2], 1, BYTES_LIT("a"), &sealed);
        memcpy(nonces[i], sealed.ptr + NONCE_AT, NONCE_BYTES);
    }
    qsort(nonces, RECORDS, NONCE_BYTES, compare_nonces);
    for (size_t i = 1; i < RECORDS; i++)
        assert_int_not_equal(compare_nonces(nonces[i - 1], nonces[i]), 0);
    buf_deinit(&sealed);
    vault_sealer_free(second);
    mem_free(nonces);
}

/* ---- blind index ---- */

/* Made by Python's cryptography (HKDF) and hmac from the key 00 01 .. 1f. */
static void vault_index_of__gives_what_another_implementation_gives(void **state)
{
    struct fixture *fixture = *state;
    static const struct {
        struct bytes digits;
        int64_t key;
    } cases[] = {
        {{"13800001234", 11}, -5255589611456053397},
        {{NULL, 0}, -9113203490062686888},
        {{"0778228", 7}, 6973269480425913970},
        {{"13800001234", 11}, -5255589611456053397}, /* again, after others */
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct err err = {.code = OK};
        int64_t key = 0;
        assert_int_equal(vault_index_of(fixture->index, cases[i].digits, &key, &err), OK);
        assert_true(key == cases[i].key);
    }
}

static void vault_index_of__tells_numbers_apart_and_is_never_zero(void **state)
{
    struct fixture *fixture = *state;
    struct err err = {.code = OK};
    struct vault_index *second = NULL;
    assert_int_equal(vault_index_new(fixture->vault, &second, &err), OK);
    int64_t before = 0;
    for (int i = 0; i < 10000; i++) {
        char digits[16];
        int len = snprintf(digits, sizeof digits, "138%08d", i);
        int64_t key = 0;
        int64_t again = 0;
        struct bytes number = {digits, (size_t)len};
        assert_int_equal(vault_index_of(fixture->index, number, &key, &err), OK);
        assert_int_equal(vault_index_of(second, number, &again, &err), OK);
        assert_true(key == again && key != 0 && key != before);
        before = key;
    }
    vault_index_free(second);
}

/* ---- faults ---- */

static int seal_and_open(const struct vault *vault, struct err *err)
{
    struct vault_sealer *sealer = NULL;
    struct vault_index *index = NULL;
    struct buf sealed;
    struct buf plain;
    int64_t key = 0;
    buf_init(&sealed, MAX_BYTES);
    buf_init(&plain, MAX_BYTES);
    int rc = vault_sealer_new(vault, "order", &sealer, err);
    if (rc != OK)
        goto done;
    struct sealer door = vault_sealer_door(sealer);
    rc = door.seal(door.context, 7, BYTES_LIT(KNOWN_PLAIN), &sealed, err);
    if (rc == OK)
        rc = door.open(door.context, 7, buf_bytes(&sealed), &plain, err);
    if (rc == OK)
        assert_true(bytes_equal(buf_bytes(&plain), BYTES_LIT(KNOWN_PLAIN)));
    if (rc == OK)
        rc = vault_index_new(vault, &index, err);
    if (rc == OK)
        rc = vault_index_of(index, BYTES_LIT("13800001234"), &key, err);
    if (rc == OK)
        assert_true(key == -5255589611456053397);
done:
    vault_index_free(index);
    vault_sealer_free(sealer);
    buf_deinit(&plain);
    buf_deinit(&sealed);
    return rc;
}

static int use_vault(void *context, struct err *err)
{
    const struct fixture *fixture = context;
    struct vault *vault = NULL;
    char path[PATH_BYTES + 8];
    (void)snprintf(path, sizeof path, "%s.new", fixture->path);
    int rc = vault_create(path, err);
    if (rc == OK)
        assert_int_equal(unlink(path), 0);
    assert_int_equal(count_files(fixture->directory), 1); /* nothing left over */
    if (rc == OK)
        rc = vault_open(fixture->path, &vault, err);
    if (rc == OK)
        rc = seal_and_open(vault, err);
    vault_free(vault);
    return rc;
}

static void vault__survives_a_failing_heap(void **state)
{
    fault_loop(use_vault, *state);
}

#define VAULT_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    /* The set-up of the fault loop's test starts OpenSSL with a heap that works: its own start is not repeated. */
    if (!vault_use_allocator())
        return EXIT_FAILURE;
    const struct CMUnitTest tests[] = {
        VAULT_TEST(vault_create__writes_a_private_file_of_two_lines),
        VAULT_TEST(vault_create__never_overwrites),
        VAULT_TEST(vault_create__says_when_the_directory_is_missing),
        VAULT_TEST(vault_open__refuses_a_file_open_to_others),
        VAULT_TEST(vault_open__refuses_what_is_no_key),
        VAULT_TEST(vault_open__names_what_is_missing_or_no_file),
        VAULT_TEST(sealer_open__reads_records_of_another_implementation),
        VAULT_TEST(sealer__opens_what_it_sealed),
        VAULT_TEST(sealer__appends_and_keeps_the_limit_of_the_output),
        VAULT_TEST(sealer_open__refuses_every_flipped_bit),
        VAULT_TEST(sealer_open__refuses_every_other_length),
        VAULT_TEST(sealer_open__refuses_every_other_cipher_id),
        VAULT_TEST(sealer_open__refuses_another_row_purpose_or_key),
        VAULT_TEST(sealer_open__goes_on_after_a_refusal),
        VAULT_TEST(sealer__never_repeats_a_nonce),
        VAULT_TEST(vault_index_of__gives_what_another_implementation_gives),
        VAULT_TEST(vault_index_of__tells_numbers_apart_and_is_never_zero),
        VAULT_TEST(vault__survives_a_failing_heap),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
