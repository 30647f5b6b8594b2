#ifndef PINGYI_REPORTS_LIBRARIES_H
#define PINGYI_REPORTS_LIBRARIES_H

/* Let libxml2 and jansson take their memory from base/alloc.h, so that its limits and the fault loop hold for them.
 *
 * Changes the whole process: call it once, before any thread starts and before either library is used. libxml2's own
 * tables (made once) are made here too. Never undone. Returns false when libxml2 could not start. */
#include <stdbool.h>
bool reports_use_allocator(void);

#endif
