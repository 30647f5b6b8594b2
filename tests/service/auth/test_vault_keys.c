#include "service/auth/vault.h"

#include "base/alloc.h"
#include "service/auth/hmac.h"
#include "service/auth/vault_export.h"
#include "service/auth/vault_keys.h"
#include "tests/support/fault.h"
#include "tests/support/file.h"
#include "tests/support/temp_dir.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MAX_BYTES = 1 << 16 };

struct fixture {
    char directory[TEMP_DIR_BYTES];
    char path[TEMP_DIR_BYTES + 32];
};

static int set_up(void **state)
{
    struct err err = {.code = OK};
    struct fixture *fixture = mem_calloc(1, sizeof *fixture);
    assert_non_null(fixture);
    temp_dir_make(fixture->directory);
    (void)snprintf(fixture->path, sizeof fixture->path, "%s/vault.key", fixture->directory);
    assert_int_equal(vault_create(fixture->path, &err), OK);
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;
    temp_dir_remove(fixture->directory);
    mem_free(fixture);
    return 0;
}

/* One use of the vault as it lies there: seal, open, or compute. */
struct used {
    struct vault *vault;
    struct vault_sealer *sealer;
    struct sealer door;
};

static struct used use(const struct fixture *fixture)
{
    struct err err = {.code = OK};
    struct used used;
    assert_int_equal(vault_open(fixture->path, &used.vault, &err), OK);
    assert_int_equal(vault_sealer_new(used.vault, "order", &used.sealer, &err), OK);
    used.door = vault_sealer_door(used.sealer);
    return used;
}

static void unuse(struct used *used)
{
    vault_sealer_free(used->sealer);
    vault_free(used->vault);
}

static void seal(const struct fixture *fixture, struct buf *out)
{
    struct err err = {.code = OK};
    struct used used = use(fixture);
    assert_int_equal(used.door.seal(used.door.context, 7, BYTES_LIT("words"), out, &err), OK);
    assert_true(vault_record_is_current(used.vault, buf_bytes(out)));
    unuse(&used);
}

static int open_code(const struct fixture *fixture, const struct buf *sealed, bool *out_is_current)
{
    struct err err = {.code = OK};
    struct used used = use(fixture);
    struct buf plain;
    buf_init(&plain, MAX_BYTES);
    int rc = used.door.open(used.door.context, 7, buf_bytes(sealed), &plain, &err);
    if (rc == OK)
        assert_true(bytes_equal(buf_bytes(&plain), BYTES_LIT("words")));
    *out_is_current = vault_record_is_current(used.vault, buf_bytes(sealed));
    buf_deinit(&plain);
    unuse(&used);
    return rc;
}

static void vault_rotate__opens_old_records_until_its_end(void **state)
{
    const struct fixture *fixture = *state;
    struct err err = {.code = OK};
    struct buf older, newer;
    bool is_current = false;
    buf_init(&older, MAX_BYTES);
    buf_init(&newer, MAX_BYTES);
    seal(fixture, &older);
    /* Generations are told apart by half a byte: the seventeenth looks like the first. */
    for (int generation = 1; generation <= 17; generation++) {
        assert_int_equal(vault_rotate_begin(fixture->path, &err), OK);
        assert_int_equal(open_code(fixture, &older, &is_current), OK);
        assert_false(is_current);
        buf_clear(&newer);
        seal(fixture, &newer);
        assert_int_equal(vault_rotate_begin(fixture->path, &err), OK); /* changes nothing */
        assert_int_equal(open_code(fixture, &newer, &is_current), OK);
        assert_true(is_current);
        assert_int_equal(vault_rotate_end(fixture->path, &err), OK);
        assert_int_equal(open_code(fixture, &older, &is_current), ERR_CORRUPT);
        assert_int_equal(open_code(fixture, &newer, &is_current), OK);
        buf_clear(&older);
        buf_append(&older, buf_bytes(&newer));
    }
    buf_deinit(&older);
    buf_deinit(&newer);
}

static void compute(const struct fixture *fixture, const char *purpose,
                    unsigned char out[HMAC_BYTES])
{
    struct err err = {.code = OK};
    struct vault *vault = NULL;
    struct hmac *hmac = NULL;
    assert_int_equal(vault_open(fixture->path, &vault, &err), OK);
    assert_int_equal(vault_hmac_new(vault, purpose, &hmac, &err), OK);
    assert_int_equal(hmac_of(hmac, BYTES_LIT("text"), out, &err), OK);
    hmac_free(hmac);
    vault_free(vault);
}

static void vault_rotate__keeps_the_key_of_the_audit_log_alone(void **state)
{
    const struct fixture *fixture = *state;
    struct err err = {.code = OK};
    unsigned char audit[HMAC_BYTES], other[HMAC_BYTES], now[HMAC_BYTES];
    compute(fixture, "audit", audit);
    compute(fixture, "blind index", other);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(vault_rotate_begin(fixture->path, &err), OK);
        compute(fixture, "audit", now);
        assert_memory_equal(now, audit, sizeof now);
        assert_int_equal(vault_rotate_end(fixture->path, &err), OK);
        compute(fixture, "audit", now);
        assert_memory_equal(now, audit, sizeof now);
        compute(fixture, "blind index", now);
        assert_memory_not_equal(now, other, sizeof now);
    }
}

static void vault_keys_parse__refuses_what_it_does_not_write(void **state)
{
    (void)state;
#define HEX "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
    static const char *const refused[] = {
        "",
        "pingyi-vault 2\n",
        "pingyi-vault 2\ngeneration 1\ncurrent " HEX "\n",
        "pingyi-vault 2\ngeneration 0\ncurrent " HEX "\naudit " HEX "\n",
        "pingyi-vault 2\ngeneration x\ncurrent " HEX "\naudit " HEX "\n",
        "pingyi-vault 2\ngeneration 1\ncurrent " HEX "\ncurrent " HEX "\naudit " HEX "\n",
        "pingyi-vault 2\ngeneration 1\ncurrent " HEX "\naudit " HEX "0\n",
        "pingyi-vault 2\ngeneration 1\ncurrent " HEX "\naudit " HEX "\nmore " HEX "\n",
        "pingyi-vault 2\ngeneration 1\ncurrent " HEX "\naudit " HEX,
        "pingyi-vault 3\ngeneration 1\ncurrent " HEX "\naudit " HEX "\n",
    };
    struct vault_keys keys = {.generation = 99};
    struct err err = {.code = OK};
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        if (vault_keys_parse(bytes_from_z(refused[i]), &keys, &err) != ERR_FORMAT)
            fail_msg("taken: %s", refused[i]);
        assert_int_equal(keys.generation, 99);
    }
    static const char taken[] =
        "pingyi-vault 2\ngeneration 3\ncurrent " HEX "\naudit " HEX "\nprevious " HEX "\n";
    assert_int_equal(vault_keys_parse(BYTES_LIT(taken), &keys, &err), OK);
    assert_true(keys.generation == 3 && keys.has_audit && keys.has_previous);
    struct buf again;
    buf_init(&again, VAULT_FILE_MAX_BYTES);
    vault_keys_render(&keys, &again);
    assert_true(bytes_equal(buf_bytes(&again), BYTES_LIT(taken)));
    buf_deinit(&again);
}

static void vault_import__gives_back_what_was_exported(void **state)
{
    struct fixture *fixture = *state;
    struct err err = {.code = OK};
    struct buf before, exported, after;
    buf_init(&before, MAX_BYTES);
    buf_init(&exported, MAX_BYTES);
    buf_init(&after, MAX_BYTES);
    test_file_read(fixture->path, &before);
    struct bytes passphrase = BYTES_LIT("correct horse battery");
    assert_int_equal(vault_export(fixture->path, BYTES_LIT("too short"), &exported, &err),
                     ERR_REFUSED);
    assert_int_equal(vault_export(fixture->path, passphrase, &exported, &err), OK);
    assert_int_equal(vault_import(fixture->path, buf_bytes(&exported), passphrase, &err),
                     ERR_EXISTS);
    assert_int_equal(unlink(fixture->path), 0);
    assert_int_equal(
        vault_import(fixture->path, buf_bytes(&exported), BYTES_LIT("wrong horse battery"), &err),
        ERR_REFUSED);
    exported.ptr[exported.len - 2] ^= 1; /* another hexadecimal digit */
    int rc = vault_import(fixture->path, buf_bytes(&exported), passphrase, &err);
    assert_true(rc == ERR_REFUSED || rc == ERR_FORMAT);
    exported.ptr[exported.len - 2] ^= 1;
    assert_int_equal(access(fixture->path, F_OK), -1);
    assert_int_equal(vault_import(fixture->path, buf_bytes(&exported), passphrase, &err), OK);
    test_file_read(fixture->path, &after);
    assert_true(bytes_equal(buf_bytes(&before), buf_bytes(&after)));
    struct bytes cut = {exported.ptr, 30};
    assert_int_equal(vault_import(fixture->path, cut, passphrase, &err), ERR_FORMAT);
    buf_deinit(&before);
    buf_deinit(&exported);
    buf_deinit(&after);
}

static int rotate(void *context, struct err *err)
{
    const struct fixture *fixture = context;
    int rc = vault_rotate_begin(fixture->path, err);
    if (rc == OK)
        rc = vault_rotate_end(fixture->path, err);
    struct err quiet;
    struct vault_keys keys;
    mem_fault_set(0, false);
    assert_int_equal(vault_keys_read(fixture->path, &keys, &quiet), OK); /* whole at any time */
    return rc;
}

static void vault_rotate__leaves_a_whole_file_when_the_heap_fails(void **state)
{
    struct fixture *fixture = *state;
    struct err err = {.code = OK};
    bool met = true;
    for (int64_t nth = 1; met; nth++) {
        mem_fault_set(nth, true);
        int rc = rotate(fixture, &err);
        met = mem_fault_met();
        mem_fault_set(0, false);
        assert_true(rc == OK || rc == ERR_NOMEM);
    }
}

#define KEYS_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    if (!vault_use_allocator())
        return EXIT_FAILURE;
    const struct CMUnitTest tests[] = {
        KEYS_TEST(vault_rotate__opens_old_records_until_its_end),
        KEYS_TEST(vault_rotate__keeps_the_key_of_the_audit_log_alone),
        KEYS_TEST(vault_keys_parse__refuses_what_it_does_not_write),
        KEYS_TEST(vault_import__gives_back_what_was_exported),
        KEYS_TEST(vault_rotate__leaves_a_whole_file_when_the_heap_fails),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
