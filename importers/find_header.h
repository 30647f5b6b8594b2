#ifndef PINGYI_IMPORTERS_FIND_HEADER_H
#define PINGYI_IMPORTERS_FIND_HEADER_H

#include "importers/columns.h"
#include "importers/reader.h"

/* What the beginning of a dump tells: which delimiter, which row is the header, or why it is no dump. Thread: any. */

enum { FIND_MAX_HEADER_ROW = 50 /* the header stands among so many rows that are not blank */ };

struct found_header {
    char delimiter;
    int64_t header_line;
    struct columns columns;
    size_t extra_cells; /* all records are longer than the header by so many empty cells */
};

/* Look at `sample`, decoded text from the file's start; `whole` says that the file ends with it. REFUSAL_NONE and
 * `*out_found`, else `err` says what is wrong, by name. ERR_NOMEM comes as the return value, OK otherwise. */
int find_header_in(const struct profile *profile, struct bytes sample, bool whole,
                   struct found_header *out_found, enum refusal *out_refusal, struct err *err);

#endif
