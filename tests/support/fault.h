#ifndef PINGYI_TESTS_SUPPORT_FAULT_H
#define PINGYI_TESTS_SUPPORT_FAULT_H

#include "base/err.h"

/* Run `body` again and again, each time with another heap request refused, until a run meets no refusal any more.
 *
 * First lastingly: request n and all after it fail, and a run that met one must return ERR_NOMEM with `err` saying so.
 * Then singly: only request n fails, and a run must return OK or ERR_NOMEM, for a library may live without that piece.
 * A run that meets no refusal must return OK. n is 1, 2, 3 ... 200 and grows by a tenth a step from there.
 *
 * `body` builds what it needs, frees it all whatever happens, and checks what must hold after success or failure; leaks
 * are found by the address sanitizer. It must do the same work each time. */
void fault_loop(int (*body)(void *context, struct err *err), void *context);

#endif
