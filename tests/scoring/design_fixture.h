#ifndef PINGYI_TESTS_SCORING_DESIGN_FIXTURE_H
#define PINGYI_TESTS_SCORING_DESIGN_FIXTURE_H

#include "scoring/composite.h"

#include "tests/support/table_file.h"

#include <stdio.h>

/* The tables of a golden design: its units, its released cases, and what R made of them. */

enum { DESIGN_PATH_BYTES = 80 };

/* `name`: units, sample or expected_units. The path is written to `path`, which the table borrows. */
static inline struct table_file design_table(char path[DESIGN_PATH_BYTES], const char *design,
                                             const char *name)
{
    (void)snprintf(path, DESIGN_PATH_BYTES, "tests/data/golden/designs/%s_%s.csv", design, name);
    return table_file_read(path);
}

static inline enum resolution_answer resolution_of(struct bytes word)
{
    if (bytes_equal(word, BYTES_LIT("yes")))
        return RESOLUTION_YES;
    if (bytes_equal(word, BYTES_LIT("partly")))
        return RESOLUTION_PARTLY;
    return word.len > 0 ? RESOLUTION_NO : RESOLUTION_MISSING;
}

#endif
