#ifndef PINGYI_SERVICE_COMMANDS_INSPECT_SHOW_H
#define PINGYI_SERVICE_COMMANDS_INSPECT_SHOW_H

#include "service/commands/inspect_survey.h"

/* A survey, worded. Values of cells are masked. Thread: main. */

/* For people, in Chinese. */
int inspect_show_words(const char *path, const struct document *document,
                       const struct profile *profile, const struct survey *survey, struct buf *out,
                       struct err *err);

/* For machines: one object. */
int inspect_show_json(const char *path, const struct document *document,
                      const struct survey *survey, struct buf *out, struct err *err);

#endif
