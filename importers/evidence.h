#ifndef PINGYI_IMPORTERS_EVIDENCE_H
#define PINGYI_IMPORTERS_EVIDENCE_H

#include <stdint.h>

/* Why something about a file was taken to be so. The word is for machines; service/commands words it for people. */

#define EVIDENCE_KINDS(X)                                                                           \
    X(EVIDENCE_NONE, "default")    /* nothing speaks for or against it */                           \
    X(EVIDENCE_GIVEN, "given")     /* said by profile or option */                                  \
    X(EVIDENCE_BOM, "bom")         /* encoding: a byte order mark */                                \
    X(EVIDENCE_ASCII, "ascii")     /* encoding: no byte above 127 */                                \
    X(EVIDENCE_VALID, "valid")     /* encoding: all `of` sequences of several bytes are valid */    \
    X(EVIDENCE_DAMAGED, "damaged") /* encoding: `count` of `of` sequences are invalid */            \
    X(EVIDENCE_NULS, "nuls") /* encoding: every second byte is NUL (UTF-16 without a mark) */       \
    X(EVIDENCE_LAST_RESORT,                                                                         \
      "last_resort")           /* encoding: neither UTF-8 nor GB18030, shown as latin1 */           \
    X(EVIDENCE_WIDTH, "width") /* delimiter: `count` of `of` records have `cells` cells */          \
    X(EVIDENCE_ONE_COLUMN, "one_column") /* delimiter: none parts the records alike */              \
    X(EVIDENCE_SEEN, "seen")             /* quote, escape, record end: `count` times of `of` */     \
    X(EVIDENCE_WORDS, "words")           /* header: `count` cells are words of the profile */       \
    X(EVIDENCE_TYPES,                                                                               \
      "types") /* header: text above `count` columns of numbers, dates or codes; or, for no header:
                                         * the first row is of the types below it in so many */ \
    X(EVIDENCE_NAMES, "names") /* header: all its cells are filled, different and short */          \
    X(EVIDENCE_REPEATED,                                                                            \
      "repeated") /* header, later table: its cells are those of a header above */                  \
    X(EVIDENCE_NARROW,                                                                              \
      "narrow") /* preamble: `count` rows with fewer cells filled than the table has */

enum evidence_kind {
#define X(name, word) name,
    EVIDENCE_KINDS(X)
#undef X
};

struct evidence {
    enum evidence_kind kind;
    int64_t count, of, cells;
};

/* Static. */
const char *evidence_word(enum evidence_kind kind);

#endif
