#ifndef PINGYI_SERVICE_COMMANDS_PROFILE_DRAFT_H
#define PINGYI_SERVICE_COMMANDS_PROFILE_DRAFT_H

#include "service/commands/inspect_survey.h"

/* A profile (INI) for the surveyed file, with comments in Chinese, ready to be edited: what was found about its form,
 * the columns that are known, and as comments the required fields that are missing and the headers that nothing uses.
 * What `wish` says (options, date forms and words of its profile) is said again, so with all required columns found
 * the draft reads the file as it was read here. Thread: main. */
void profile_draft_append(const struct document *document, const struct document_wish *wish,
                          const struct survey *survey, struct buf *out);

#endif
