#ifndef PINGYI_IMPORTERS_PROFILE_H
#define PINGYI_IMPORTERS_PROFILE_H

#include "base/arena.h"
#include "base/err.h"

#include "importers/dialect.h"
#include "importers/record.h"

/* A profile names a source system: its columns, words and date forms (INI, DESIGN.md 7.1). Thread: any once parsed. */

enum {
    PROFILE_TEXT_MAX_BYTES = 256 * 1024,
    PROFILE_MAX_DATE_FORMATS = 16,
};

enum profile_join { PROFILE_JOIN_NONE, PROFILE_JOIN_LEVELS /* > */, PROFILE_JOIN_SPACE /* + */ };

/* What the rows of the files are. */
enum profile_records { RECORDS_ORDERS, RECORDS_OUTCOMES, RECORDS_CALLS };

struct profile; /* opaque: field -> alternatives -> headers joined; field -> word -> synonyms */

/* Parse. ERR_PROFILE names line, section, key and value: unknown field, unknown value word, the same header for two
 * fields, no column for a required field, a line over the parser's limit, an unknown option. */
int profile_parse(struct bytes text, struct profile **out_profile, struct err *err);

/* A built-in one: auto, boston311, nyc311, kansascity311, open311, all of orders; outcomes; calls. ERR_NOT_FOUND. */
int profile_builtin(struct bytes name, struct profile **out_profile, struct err *err);
void profile_free(struct profile *profile);

/* The INI text of a built-in profile, static; false when there is none. `each` lists their names. */
bool profile_builtin_text(struct bytes name, struct bytes *out_text);

struct bytes profile_name(const struct profile *profile);
struct bytes profile_title(const struct profile *profile);
struct bytes profile_timezone(const struct profile *profile); /* default Asia/Shanghai */
enum profile_records profile_records(const struct profile *profile);
/* Bit per enum field that a file must have a column for. */
uint64_t profile_required(const struct profile *profile);
struct bytes profile_text(const struct profile *profile); /* as parsed: part of a file's identity */
const struct form *
profile_form(const struct profile *profile); /* what it says about a file's form */

#endif
