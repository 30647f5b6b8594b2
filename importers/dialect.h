#ifndef PINGYI_IMPORTERS_DIALECT_H
#define PINGYI_IMPORTERS_DIALECT_H

#include <stdbool.h>
#include <stddef.h>

/* How the records of a text are written. Values. Thread: any. */

enum { DIALECT_DELIMITER_BYTES = 3, DIALECT_OPEN = -1 };

struct dialect {
    char delimiter[DIALECT_DELIMITER_BYTES]; /* one or two bytes and a NUL: "," or ", " */
    char quote;                              /* '"' or '\''; 0: no cell is quoted */
    char
        escape; /* '\\': what stands behind it is text; 0: a quote inside a quoted cell is doubled */
    bool
        cr_ends; /* a CR without LF ends a record too; else it is text, if the record's shape allows */
    bool
        by_record; /* a record's line is its number (sheets of a workbook), not its physical line */
};

/* What we write ourselves, and RFC 4180 says. */
#define DIALECT_CSV ((const struct dialect){{","}, '"', 0, true, false})

/* What someone says about the form of a file (profile or option); what is left open is found by looking. */
struct form {
    int encoding;                            /* enum encoding, or DIALECT_OPEN */
    char delimiter[DIALECT_DELIMITER_BYTES]; /* "": open */
    int quote;                               /* a quote, 0 for none, or DIALECT_OPEN */
    int escape;                              /* '\\', 0 for doubled, or DIALECT_OPEN */
    int skip_rows; /* so many rows at the start, blank ones too, are in no table; or DIALECT_OPEN */
    int header_rows; /* 0 to FORM_MAX_HEADER_ROWS, or DIALECT_OPEN; without a header nothing can be imported */
};
enum { FORM_MAX_HEADER_ROWS = 9, FORM_MAX_SKIP_ROWS = 1000 };

#define FORM_OPEN                                                                                  \
    ((struct form){.encoding = DIALECT_OPEN,                                                       \
                   .quote = DIALECT_OPEN,                                                          \
                   .escape = DIALECT_OPEN,                                                         \
                   .skip_rows = DIALECT_OPEN,                                                      \
                   .header_rows = DIALECT_OPEN})

#endif
