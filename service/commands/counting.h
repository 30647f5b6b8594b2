#ifndef PINGYI_SERVICE_COMMANDS_COUNTING_H
#define PINGYI_SERVICE_COMMANDS_COUNTING_H

#include "service/commands/command.h"
#include "service/rounds/composition.h"

/* What `score`, `report` and `verify` share: the data directory opened, and the round counted in it. */
struct counting {
    struct datadir datadir;
    struct buf rules_text; /* of --rules */
    struct composition composition;
};

/* `rules_path` NULL: the round's own rules; else a trial (试算) that stores nothing. `mode` as for command_open: what is
 * kept of the count is written in the transaction that counted it. */
int counting_run(const struct command_context *context, const char *round_name,
                 const char *rules_path, enum store_mode mode, struct counting *out,
                 struct err *err);
void counting_deinit(struct counting *counting); /* accepts a zeroed one */

/* Say on stderr which handlings of the round are in no row. EXIT_PARTLY while names are unmatched, else EXIT_DONE. */
int counting_warn(const struct command_context *context, const struct counting *counting);

#endif
