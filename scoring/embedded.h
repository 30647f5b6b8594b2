#ifndef PINGYI_SCORING_EMBEDDED_H
#define PINGYI_SCORING_EMBEDDED_H

#include "base/embedded.h"

/* The files of scoring/data/, made part of the program by the build. Thread: any. */
extern const struct embedded_file embedded_scoring[];

#endif
