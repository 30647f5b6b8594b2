#ifndef PINGYI_SERVICE_INTAKE_WORDS_H
#define PINGYI_SERVICE_INTAKE_WORDS_H

#include "base/buf.h"

#include "service/intake/map.h"
#include "service/storage/orders.h"
#include "service/storage/units.h"

/* The words of a file that repeat, looked up in the store once: unit names and terms. Thread: the writer. */

/* A spelling of a unit in this file. */
struct unit_word {
    struct bytes name; /* as first written */
    struct bytes code;
    int64_t name_id; /* unit_names */
    int64_t unit_id; /* 0: unmatched */
    int64_t records; /* that used it */
};

struct words {
    struct store *store;
    struct map terms; /* text -> terms.id */
    struct map units; /* name and code -> index in unit_words */
    struct unit_word *unit_words;
    size_t unit_count, unit_capacity;
    struct buf key, folded;
};

enum { WORDS_MAX_TERMS = 65536, WORDS_MAX_UNITS = 65536 };

void words_init(struct words *words, struct store *store);
void words_deinit(struct words *words); /* accepts a zeroed one */

/* 0 for an empty text. */
int words_term(struct words *words, struct bytes text, int64_t *out_id, struct err *err);

/* The unit a row names; valid until the next call. ERR_LIMIT when a file names more than WORDS_MAX_UNITS. */
int words_unit(struct words *words, struct bytes name, struct bytes code, struct unit_word **out,
               struct err *err);

/* Two names mean one unit: the same register entry, or, unmatched, the same name. */
int64_t unit_identity(int64_t name_id, int64_t unit_id);
int words_identity_of(struct words *words, int64_t name_id, int64_t *out_identity, struct err *err);

#endif
