#ifndef PINGYI_SERVICE_PAGES_PAGES_H
#define PINGYI_SERVICE_PAGES_PAGES_H

#include "base/embedded.h"

/* What the browser gets: the files of this folder and of the npm packages that package.json names. */
extern const struct embedded_file embedded_pages[];

#endif
