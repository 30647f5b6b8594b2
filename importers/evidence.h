#ifndef PINGYI_IMPORTERS_EVIDENCE_H
#define PINGYI_IMPORTERS_EVIDENCE_H

#include <stdint.h>

/* Why something about a file was taken to be so, with up to three numbers. The word is for machines; service/commands
 * words it for people.
 *
 * encoding   bom; ascii: no byte above 127; valid: all `of` sequences of several bytes; damaged: `count` of `of` are
 * not;
 *            nuls: half of most characters is NUL; last_resort: neither UTF-8 nor GB18030, shown as latin1
 * delimiter  width: `count` of `of` records have `cells` cells; one_column: none parts the records alike
 * quote, escape  seen: `count` times of `of`
 * header     words: `count` cells are words of the profile; types: text above `count` columns of numbers, dates or
 * codes
 *            (without a header: the first row is of the types below it in so many); names: its cells are filled,
 *            different and short
 * preamble   narrow: `count` rows have fewer cells filled than the table has
 * any        given: said by profile or option; default: nothing speaks for or against it */
#define EVIDENCE_KINDS(X)                                                                          \
    X(EVIDENCE_NONE, "default")                                                                    \
    X(EVIDENCE_GIVEN, "given")                                                                     \
    X(EVIDENCE_BOM, "bom")                                                                         \
    X(EVIDENCE_ASCII, "ascii")                                                                     \
    X(EVIDENCE_VALID, "valid")                                                                     \
    X(EVIDENCE_DAMAGED, "damaged")                                                                 \
    X(EVIDENCE_NULS, "nuls")                                                                       \
    X(EVIDENCE_LAST_RESORT, "last_resort")                                                         \
    X(EVIDENCE_WIDTH, "width")                                                                     \
    X(EVIDENCE_ONE_COLUMN, "one_column")                                                           \
    X(EVIDENCE_SEEN, "seen")                                                                       \
    X(EVIDENCE_WORDS, "words")                                                                     \
    X(EVIDENCE_TYPES, "types")                                                                     \
    X(EVIDENCE_NAMES, "names")                                                                     \
    X(EVIDENCE_NARROW, "narrow")

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
