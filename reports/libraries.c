#include "reports/libraries.h"

#include "base/alloc.h"

#include <jansson.h>
#include <libxml/parser.h>
#include <string.h>

static char *copy_z(const char *text)
{
    return mem_copy(text, strlen(text));
}

bool reports_use_allocator(void)
{
    json_set_alloc_funcs(mem_alloc, mem_free);
    if (xmlMemSetup(mem_free, mem_alloc, mem_realloc, copy_z) != 0)
        return false;
    xmlInitParser();
    return true;
}
