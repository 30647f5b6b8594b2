#ifndef PINGYI_IMPORTERS_PROFILE_PARTS_H
#define PINGYI_IMPORTERS_PROFILE_PARTS_H

#include "importers/profile.h"

/* What a profile holds, for the files of importers/ alone. All memory is the profile's. */

enum {
    PROFILE_MAX_PARTS = 8,    /* headers joined to one field */
    PROFILE_MAX_WORDS = 1000, /* headers of all fields together */
    PROFILE_MAX_VALUES = 1000,
};

/* One way to find a field: a header, or several joined. */
struct profile_column {
    struct profile_column *next; /* tried when this one is not all there */
    enum profile_join join;
    size_t part_count;
    struct bytes parts[PROFILE_MAX_PARTS]; /* folded by word_fold */
};

/* A word that a cell may hold, and what it means. */
struct profile_value {
    struct profile_value *next;
    struct bytes word; /* folded */
    int value;
};

struct profile {
    struct arena arena;
    struct bytes text, name, title, timezone;
    struct form form;
    enum profile_records records;
    struct bytes date_formats[PROFILE_MAX_DATE_FORMATS];
    size_t date_format_count;
    bool
        closing_needs_status; /* closed_at of a row that is not closed by status is no closing date */
    struct profile_column *columns[FIELD_COUNT];
    struct profile_value *values[FIELD_COUNT]; /* the profile's own first, then the built-in ones */
};

#endif
