#ifndef PINGYI_SCORING_RULES_TABLE_H
#define PINGYI_SCORING_RULES_TABLE_H

#include "scoring/rules.h"

/* Every key of the rules, in the order in which they are printed: one table that parsing, defaults and printing share.
 * Private to scoring/rules*.c. Thread: any. */

enum rules_type {
    RULES_TYPE_TEXT,      /* char[RULES_WORD_BYTES], any text without a semicolon; may be empty */
    RULES_TYPE_ZONE,      /* char[RULES_WORD_BYTES], a name such as Asia/Shanghai */
    RULES_TYPE_LAYERS,    /* char[RULES_MAX_LAYERS][32] and a count: names separated by commas */
    RULES_TYPE_WORD,      /* an enum: the number of the word in `words` */
    RULES_TYPE_BOOL,      /* bool: `words` are those for false and true */
    RULES_TYPE_INT,       /* int */
    RULES_TYPE_COUNT,     /* int64_t; 0 is the word in `words` if there is one */
    RULES_TYPE_DAYS,      /* int: 60d; 0 is the word in `words` if there is one */
    RULES_TYPE_SECONDS,   /* int: 10s, 30m or 3h */
    RULES_TYPE_NUMBER,    /* double */
    RULES_TYPE_TERM,      /* struct rules_term: 2w, 3d or 24h */
    RULES_TYPE_COMPONENT, /* struct rules_component: one number is a weight, four are a line */
    RULES_TYPE_ANSWERS,   /* bool[6]: those of 1 to 5 that are named, separated by spaces */
    RULES_TYPE_RESOLUTION_POINTS,   /* double[3]: yes 1, partly 0.5, no 0 */
    RULES_TYPE_SATISFACTION_POINTS, /* double[6]: 5 1, 4 1, 3 0.8, 2 0, 1 0 */
    RULES_TYPE_LABELS,              /* labels of [rates] */
    RULES_TYPE_BANDS,               /* bands of [ranking] */
    RULES_TYPE_SPANS,               /* struct rules_span[RULES_MAX_SPANS] and a count */
};

struct rules_key {
    const char *section, *key;
    enum rules_type type;
    size_t offset;       /* of the value in struct rules */
    size_t count_offset; /* of the int beside it that counts its items; 0 without one */
    const char *words;   /* separated by |; NULL without any */
    double low,
        high; /* range of a number, both ends included; days for DAYS, seconds for SECONDS */
    const char *text; /* the default, as it is written */
};

enum { RULES_KEY_MAX = 96 };

/* All keys; the keys of a section stand together. */
const struct rules_key *rules_keys(size_t *out_count);

/* Read one value into `rules`, or print it. ERR_RULES says what is wrong with `text`, not where it stands. */
int rules_value_parse(const struct rules_key *key, struct bytes text, struct rules *rules,
                      struct err *err);
void rules_value_format(const struct rules_key *key, const struct rules *rules, struct buf *out);

#endif
