#ifndef PINGYI_IMPORTERS_OUTCOME_RECORD_H
#define PINGYI_IMPORTERS_OUTCOME_RECORD_H

#include "base/moment.h"

#include "scoring/composite.h"
#include "scoring/outcome.h"

/* One row of a file of outcomes (DESIGN.md 7.2), validated: one dial. All bytes are borrowed until the sink returns. */
struct outcome_record {
    int64_t line;          /* first physical line, from 1 */
    struct bytes order_no; /* NFC, as dumps' are */
    struct moment called;  /* MOMENT_NONE: not said */
    struct bytes caller, reason, comment;
    struct bytes code; /* AAPOR's */
    enum outcome_group group;
    enum resolution_answer resolved; /* RESOLUTION_MISSING: empty, 说不清, 拒答 */
    bool still_open;                 /* 正在解决: RESOLUTION_NO, shown apart */
    int satisfaction;                /* SATISFACTION_MISSING, 1 to 5 */
    const struct bytes *cells;       /* the row as it was, as in a reject */
    size_t cell_count;
};

#endif
