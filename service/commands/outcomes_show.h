#ifndef PINGYI_SERVICE_COMMANDS_OUTCOMES_SHOW_H
#define PINGYI_SERVICE_COMMANDS_OUTCOMES_SHOW_H

#include "service/commands/command.h"
#include "service/rounds/evaluation.h"

/* What `outcomes list`, `callers` and `rates` print of a round. Need an open transaction; memory is the arena's. */
typedef int (*outcomes_show_fn)(const struct datadir *datadir, const struct round_row *round,
                                enum command_format format, struct arena *arena, struct buf *out,
                                struct err *err);

/* The loaded files, oldest first. */
int outcomes_show_files(const struct datadir *datadir, const struct round_row *round,
                        enum command_format format, struct arena *arena, struct buf *out,
                        struct err *err);

/* Callers against each other. */
int outcomes_show_callers(const struct datadir *datadir, const struct round_row *round,
                          enum command_format format, struct arena *arena, struct buf *out,
                          struct err *err);

/* AAPOR's groups and the sixteen rates of each unit and over all. */
int outcomes_show_rates(const struct datadir *datadir, const struct round_row *round,
                        enum command_format format, struct arena *arena, struct buf *out,
                        struct err *err);

#endif
