#ifndef PINGYI_SERVICE_COMMANDS_COUNTING_H
#define PINGYI_SERVICE_COMMANDS_COUNTING_H

#include "service/commands/command.h"
#include "service/rounds/composition.h"

/* What `score` and `report` share: the data directory opened to read, and the round counted in it. */
struct counting {
    struct datadir datadir;
    struct buf rules_text; /* of --rules */
    struct composition composition;
};

/* `rules_path` NULL: the round's own rules; else a trial (试算) that stores nothing. */
int counting_run(const struct command_context *context, const char *round_name,
                 const char *rules_path, struct counting *out, struct err *err);
void counting_deinit(struct counting *counting); /* accepts a zeroed one */

/* Say on stderr which handlings of the round are in no row. EXIT_PARTLY while names are unmatched, else EXIT_DONE. */
int counting_warn(const struct command_context *context, const struct counting *counting);

#endif
