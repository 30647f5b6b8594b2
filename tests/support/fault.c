#include "tests/support/fault.h"

#include "base/alloc.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

enum { EVERY_ONE_UP_TO = 200 };

/* Whether the run met the refusal of request `nth`. */
static bool run_with_fault(int (*body)(void *context, struct err *err), void *context, int64_t nth,
                           bool lasting)
{
    struct err err = {.code = OK};
    mem_fault_set(nth, lasting);
    int rc = body(context, &err);
    bool met = mem_fault_met();
    mem_fault_set(0, false);

    bool expected = !met ? rc == OK : rc == ERR_NOMEM || (rc == OK && !lasting);
    if (!expected || (rc != OK && (int)err.code != rc))
        fail_msg("with heap request %jd refused %s (%s): returned %d, err says %d \"%s\"",
                 (intmax_t)nth, lasting ? "lastingly" : "once", met ? "met" : "not met", rc,
                 (int)err.code, err.message);
    return met;
}

void fault_loop(int (*body)(void *context, struct err *err), void *context)
{
    for (int lasting = 1; lasting >= 0; lasting--) {
        int64_t nth = 1;
        while (run_with_fault(body, context, nth, lasting == 1))
            nth += nth < EVERY_ONE_UP_TO ? 1 : nth / 10;
    }
}
