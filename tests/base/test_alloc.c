#include "base/alloc.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

/* Which of four requests are refused, as bits. */
static unsigned refused_of_four(int64_t nth, bool lasting)
{
    unsigned refused = 0;
    mem_fault_set(nth, lasting);
    for (unsigned i = 0; i < 4; i++) {
        void *ptr = mem_alloc(1);
        refused |= ptr == NULL ? 1u << i : 0;
        mem_free(ptr);
    }
    assert_int_equal(mem_fault_met(), refused != 0);
    mem_fault_set(0, false);
    return refused;
}

static void mem_fault_set__refuses_the_nth_request(void **state)
{
    (void)state;
    assert_int_equal(refused_of_four(0, false), 0);
    assert_int_equal(refused_of_four(1, false), 1);
    assert_int_equal(refused_of_four(3, false), 4);
    assert_int_equal(refused_of_four(1, true), 15);
    assert_int_equal(refused_of_four(3, true), 12);
    assert_int_equal(refused_of_four(5, true), 0);
}

static void mem_alloc__gives_a_pointer_for_0_bytes(void **state)
{
    (void)state;
    void *pieces[] = {mem_alloc(0), mem_calloc(0, 8), mem_realloc(NULL, 0), mem_copy("", 0)};
    for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
        assert_non_null(pieces[i]);
        mem_free(pieces[i]);
    }
    mem_free(NULL);
}

static void size_add__saturates(void **state)
{
    (void)state;
    assert_true(size_add(1, 2) == 3);
    assert_true(size_add(SIZE_MAX, 1) == SIZE_MAX);
    assert_true(size_multiply(6, 7) == 42);
    assert_true(size_multiply(SIZE_MAX / 2, 3) == SIZE_MAX);
    assert_true(size_multiply(0, SIZE_MAX) == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mem_fault_set__refuses_the_nth_request),
        cmocka_unit_test(mem_alloc__gives_a_pointer_for_0_bytes),
        cmocka_unit_test(size_add__saturates),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
