#ifndef PINGYI_SERVICE_COMMANDS_COMMAND_H
#define PINGYI_SERVICE_COMMANDS_COMMAND_H

#include "base/arena.h"
#include "base/zone.h"

#include "service/host/datadir.h"

#include <stdio.h>

/* One file per verb, each ending in its `struct command`; commands.c holds only the table. Thread: main. */

enum command_exit {
    EXIT_DONE = 0,
    EXIT_FAILED = 1, /* nothing changed */
    EXIT_USAGE = 2,
    EXIT_PARTLY =
        3, /* done, but rows were rejected, names are unmatched, or there are contradictions */
};

enum command_format { FORMAT_TABLE, FORMAT_CSV, FORMAT_JSON };

/* Where a command runs; commands never ask for the time or the terminal themselves. */
struct command_context {
    const char *data_path; /* --data, $PINGYI_DATA or ./data */
    int64_t now_utc;
    const char *
        who; /* whose login it is, as steps record it; `--by NAME` of a command stands in its place */
    const char *verb;    /* the word after the name of the command, NULL: none */
    bool shows_progress; /* stderr is a terminal */
    bool
        out_is_terminal; /* then control characters are replaced; a file or a pipe gets all bytes as they are */
    FILE *out;
    FILE *messages;
};

struct command {
    const char *name;
    const char *
        usage; /* what follows the name, one line a form, separated by \n; a blank first goes on with the form above */
    const char *summary; /* Chinese, one line */
    const char *details; /* Chinese, for `help COMMAND`; may be "" */
    int (*run)(struct command_context *context, int argc, char **argv); /* argv[0] is the name */
};

extern const struct command *const commands[]; /* ended by NULL */
const struct command *command_find(const char *name);

extern const struct command command_init, command_import, command_imports, command_inspect,
    command_units, command_orders, command_rules, command_round, command_score, command_report,
    command_calendar, command_draw, command_followup, command_outcomes, command_exclusions,
    command_verify, command_audit, command_user, command_token, command_backup, command_restore,
    command_vault, command_serve, command_help;

/* ---- what commands share (command.c) ---- */

/* Print a failure: the Chinese sentence of its code, the English message in brackets. Returns EXIT_FAILED. */
int command_fail(const struct command_context *context, const struct err *err);

/* Print the forms of `command`, one a line: those that begin with the word `verb`, or all where none does (NULL). */
void command_print_forms(FILE *file, const struct command *command, const char *verb);

/* Print usage of `command` after a Chinese sentence about what is wrong. Returns EXIT_USAGE. */
__attribute__((format(printf, 3, 4))) int command_misused(const struct command_context *context,
                                                          const struct command *command,
                                                          const char *format, ...);

/* The same where the word after the command's name is none of its verbs, or is missing. */
int command_misused_verb(const struct command_context *context, const struct command *command);

/* A message to office staff on stderr, one line; control characters in it are replaced. */
__attribute__((format(printf, 2, 3))) void command_say(const struct command_context *context,
                                                       const char *format, ...);

/* "table", "csv" or "json". */
bool command_parse_format(const char *text, enum command_format *out);

/* Whether to write the file `output` would replace `input`, under whatever name; "-" is standard input. */
bool command_replaces(const char *output, const char *input);

/* Write to context->out; a full disk or a closed pipe is a failure. */
int command_write(const struct command_context *context, struct bytes bytes, struct err *err);

/* Open the data directory and begin a transaction: to write (STORE_READWRITE) or a read snapshot. */
int command_open(const struct command_context *context, enum store_mode mode, struct datadir *out,
                 struct err *err);

/* A time given on the command line: RFC 3339, or a day, which means its last second in the zone. */
int command_parse_time(const char *text, const struct zone *zone, int64_t *out_utc,
                       struct err *err);

#endif
