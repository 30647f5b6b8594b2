#ifndef PINGYI_SERVICE_COMMANDS_STEP_H
#define PINGYI_SERVICE_COMMANDS_STEP_H

#include "service/commands/command.h"
#include "service/rounds/lifecycle.h"

/* What is done to a round and recorded with who and when: freezing, opening, topping up, closing, reopening. */

struct step {
    const struct command_context *context;
    struct datadir datadir;
    struct arena arena;
    struct round_row round; /* the arena's */
    struct actor actor;
};

/* Open the data directory to write and find the round. `by` NULL: whose login it is. step_end either way. */
int step_begin(const struct command_context *context, const char *round, const char *by,
               struct step *out, struct err *err);
void step_end(struct step *step);

/* Its entry in the audit log, with `what` was done, and the commit. */
int step_commit(struct step *step, const char *action, const char *what, struct err *err);

/* As command_fail, and `action` is recorded as refused when it was; after it, when the round's state is what forbids
 * it, what has to be done first. `round` zeroed: it was not found. Nothing is added for accumulated rounds, whose
 * steps hang on their parts. */
int step_fail(const struct command_context *context, const struct datadir *datadir,
              const struct round_row *round, const char *action, const struct err *err);

/* Show what a step that is committed gives. EXIT_DONE; EXIT_PARTLY when it could not be shown: the step holds. */
int step_show(const struct command_context *context, const struct buf *out);

#endif
