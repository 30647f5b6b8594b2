#ifndef PINGYI_IMPORTERS_WORDS_H
#define PINGYI_IMPORTERS_WORDS_H

#include "importers/record.h"

/* The fields whose cells are words with a meaning, the names a profile has for these meanings, and the synonyms that
 * are always known. Thread: any. */

enum { WORD_NO = 0, WORD_YES = 1, WORD_NORMAL = 0, WORD_URGENT = 1 };
enum { WORD_STILL_OPEN = 100 }; /* 正在解决, beside enum resolution_answer */

struct word_meaning {
    enum field field;
    int value;        /* of the enum that belongs to the field, or WORD_* */
    const char *name; /* what a profile calls it: the key in [values.FIELD]; NULL ends the table */
    const char *synonyms; /* separated by | */
};

extern const struct word_meaning word_meanings[];

/* The meaning that a profile calls `name`, or NULL. */
const struct word_meaning *word_meaning_find(enum field field, struct bytes name);

/* Whether the field's cells are words at all. */
bool word_field(enum field field);

#endif
