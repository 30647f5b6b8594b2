#ifndef PINGYI_SERVICE_HTTP_PATH_H
#define PINGYI_SERVICE_HTTP_PATH_H

#include "base/arena.h"

#include <stdbool.h>

/* Whether `path` means the same to everybody: begins with '/', no "//", no segment "." or ".." however escaped, no
 * escaped '/', '\\' or control character, valid UTF-8 behind its escapes. `arena` is for scratch. Thread: any. */
bool path_is_clean(struct arena *arena, struct bytes path);

#endif
