#ifndef PINGYI_SERVICE_COMMANDS_VERIFY_H
#define PINGYI_SERVICE_COMMANDS_VERIFY_H

#include "base/buf.h"

#include "service/auth/digest.h"
#include "service/commands/command.h"
#include "service/commands/counting.h"

/* One run of `verify`: a line for each thing that was checked. What does not hold is a finding, not an error; errors
 * are what keeps it from being checked. */
struct verify {
    struct buf lines;
    int64_t wrong; /* findings that do not hold */
};

/* Append 相符 or 不符 and what was checked. */
__attribute__((format(printf, 3, 4))) void verify_found(struct verify *verify, bool holds,
                                                        const char *format, ...);

/* A SHA256SUMS: its own hash, which must be `expected` (NULL: is only printed), and every file beside it that it names.
 * ERR_FORMAT: not what sha256sum writes. */
int verify_sums(struct verify *verify, const char *path, const unsigned char *expected,
                struct err *err);

/* Opened entries as `draw open` prints them: each commitment made again, and looked for in commitments.txt in
 * `published` (NULL: beside the file). ERR_FORMAT: no such entry in it. */
int verify_opened(struct verify *verify, const char *path, const char *published, struct err *err);

/* A SHA256SUMS, or opened entries; anything else is ERR_FORMAT. */
int verify_file(struct verify *verify, const char *path, const char *published, struct err *err);

/* An exported audit log, under the key of the data directory; and whether a file is one. */
int verify_audit_file(struct verify *verify, const struct command_context *context,
                      const char *path, struct err *err);
int verify_is_audit_file(const char *path, bool *out_is, struct err *err);

/* The whole chain of the audit log, and that `printed` (a bulletin's ID:MAC, or NULL) is still in it. Needs an open
 * transaction. */
int verify_audit(struct verify *verify, const struct datadir *datadir, const char *printed,
                 struct err *err);

/* Frame, draws, evidence and kept score of a round that is counted; of an accumulated one those of its parts and its
 * own score. ERR_WRONG_STATE: nothing of it is frozen yet. */
int verify_round(struct verify *verify, const struct counting *counting, struct err *err);

/* The score as it was kept, beside the one made now: the first figure that differs is named. Both are `score --format
 * csv`. */
int verify_score(struct verify *verify, struct bytes kept, struct bytes made, struct err *err);

#endif
