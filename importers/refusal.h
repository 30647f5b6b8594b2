#ifndef PINGYI_IMPORTERS_REFUSAL_H
#define PINGYI_IMPORTERS_REFUSAL_H

#include "base/bytes.h"

/* Why a whole file is refused. The word is for machines. Thread: any. */

#define REFUSALS(X)                                                                                \
    X(REFUSAL_NONE, "")                                                                            \
    X(REFUSAL_EMPTY, "empty")                   /* nothing in it */                                \
    X(REFUSAL_NO_HEADER, "no_header")           /* no row fits the profile's columns */            \
    X(REFUSAL_MISSING_COLUMN, "missing_column") /* a required one; named */                        \
    X(REFUSAL_DOUBLED_COLUMN, "doubled_column") /* the same word twice; named */                   \
    X(REFUSAL_HTML, "html")                                                                        \
    X(REFUSAL_SPREADSHEET,                                                                         \
      "spreadsheet")                /* of a kind that is not read: old .xls, .ods, .xlsb, XML */   \
    X(REFUSAL_LOCKED, "locked")     /* a workbook under a password */                              \
    X(REFUSAL_BROKEN, "broken")     /* a workbook whose parts are damaged or missing */            \
    X(REFUSAL_BOMB, "bomb")         /* a workbook that unpacks to more than is allowed */          \
    X(REFUSAL_NO_SHEET, "no_sheet") /* the sheet asked for is not there */                         \
    X(REFUSAL_ARCHIVE, "archive")                                                                  \
    X(REFUSAL_BINARY, "binary")                                                                    \
    X(REFUSAL_UNDECODABLE, "undecodable")

enum refusal {
#define X(name, word) name,
    REFUSALS(X)
#undef X
};
const char *refusal_word(enum refusal refusal);

/* What a file's first bytes (some thousand, as they are) say it is, if no text at all. */
enum head_kind {
    HEAD_TEXT,   /* or at least nothing known */
    HEAD_ZIP,    /* book_open tells whether it is a workbook */
    HEAD_REFUSED /* `*out_refusal` says as what */
};
enum head_kind refusal_of_head(struct bytes head, enum refusal *out_refusal);

#endif
