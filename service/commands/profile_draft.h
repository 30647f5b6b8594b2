#ifndef PINGYI_SERVICE_COMMANDS_PROFILE_DRAFT_H
#define PINGYI_SERVICE_COMMANDS_PROFILE_DRAFT_H

#include "service/commands/inspect_survey.h"

/* A profile (INI) for the surveyed file, with comments in Chinese, ready to be edited: what was found about its
 * form, the columns that are known, and as comments the required fields that are missing and the headers that
 * nothing uses. With all required columns found it can be used as it is. `name` is the file's, without directory.
 * Thread: main. */
void profile_draft_append(struct bytes name, const struct document *document,
                          const struct profile *profile, const struct survey *survey,
                          struct buf *out);

#endif
