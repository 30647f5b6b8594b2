#include "base/arena.h"

#include "base/err.h"
#include "tests/support/fault.h"

#include <stdalign.h>
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void arena_alloc__gives_zeroed_aligned_pieces_that_stay(void **state)
{
    (void)state;
    enum { PIECES = 500 };
    struct arena arena;
    unsigned char *pieces[PIECES];
    arena_init(&arena, SIZE_MAX);
    for (int round = 0; round < 2; round++) {
        for (size_t i = 0; i < PIECES; i++) {
            pieces[i] = arena_alloc(&arena, i);
            assert_non_null(pieces[i]);
            assert_int_equal((uintptr_t)pieces[i] % alignof(max_align_t), 0);
            for (size_t k = 0; k < i; k++)
                assert_int_equal(pieces[i][k], 0);
            memset(pieces[i], (int)(i & 0xFF), i);
        }
        for (size_t i = 1; i < PIECES; i++) {
            assert_int_equal(pieces[i][0], i & 0xFF);
            assert_int_equal(pieces[i][i - 1], i & 0xFF);
        }
        arena_reset(&arena);
    }
    arena_deinit(&arena);
}

static void arena_alloc__keeps_to_its_maximum(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, 64);
    assert_non_null(arena_alloc(&arena, 64));
    assert_null(arena_alloc(&arena, 1));
    arena_reset(&arena);
    assert_null(arena_alloc(&arena, 65));
    assert_null(arena_alloc(&arena, SIZE_MAX));
    struct bytes copy = arena_copy(&arena, BYTES_LIT("text"));
    assert_string_equal(copy.ptr, "text");
    arena_deinit(&arena);
}

static int copy_texts(void *context, struct err *err)
{
    (void)context;
    int rc = OK;
    struct arena arena;
    arena_init(&arena, SIZE_MAX);
    for (int i = 0; i < 3000 && rc == OK; i++) {
        if (arena_copy(&arena, BYTES_LIT("a text of some length")).ptr == NULL)
            rc = err_set(err, ERR_NOMEM, "no memory for text %d", i);
    }
    arena_deinit(&arena);
    return rc;
}

static void arena_room_for__keeps_what_is_there(void **state)
{
    (void)state;
    struct arena arena;
    int64_t *rows = NULL;
    size_t count = 0, capacity = 0;
    arena_init(&arena, 4096);
    for (; count < 100; count++) {
        int64_t *larger = arena_room_for(&arena, rows, count, &capacity, sizeof *rows);
        assert_non_null(larger);
        rows = larger;
        rows[count] = (int64_t)count;
    }
    for (size_t i = 0; i < count; i++)
        assert_int_equal(rows[i], i);
    size_t full = capacity;
    assert_null(arena_room_for(&arena, rows, full, &capacity, 4096));
    assert_int_equal(capacity, full);
    arena_deinit(&arena);
}

static void arena_copy__survives_faults(void **state)
{
    (void)state;
    fault_loop(copy_texts, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arena_alloc__gives_zeroed_aligned_pieces_that_stay),
        cmocka_unit_test(arena_alloc__keeps_to_its_maximum),
        cmocka_unit_test(arena_room_for__keeps_what_is_there),
        cmocka_unit_test(arena_copy__survives_faults),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
