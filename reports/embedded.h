#ifndef PINGYI_REPORTS_EMBEDDED_H
#define PINGYI_REPORTS_EMBEDDED_H

#include "base/embedded.h"

/* The files of reports/assets. */
extern const struct embedded_file embedded_reports[];

#endif
