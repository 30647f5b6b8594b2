#ifndef PINGYI_SCORING_FACT_H
#define PINGYI_SCORING_FACT_H

#include "base/moment.h"

/* What a dump says of one unit's part in one order (a handling), as values: what the importers produce, storage keeps
 * and scoring judges. The numbers of the enums are stored; they are never changed, only added to. */

enum order_kind {
    ORDER_KIND_UNKNOWN = 0,
    ORDER_KIND_CONSULT = 1,    /* 咨询 */
    ORDER_KIND_HELP = 2,       /* 求助 */
    ORDER_KIND_COMPLAINT = 3,  /* 投诉 */
    ORDER_KIND_REPORT = 4,     /* 举报 */
    ORDER_KIND_SUGGESTION = 5, /* 建议 */
    ORDER_KIND_PRAISE = 6,     /* 表扬 */
};

enum order_status {
    ORDER_STATUS_NONE =
        0, /* no status, or a word that is not known: open unless a closing date says otherwise */
    ORDER_STATUS_OPEN = 1,
    ORDER_STATUS_CLOSED = 2,
    ORDER_STATUS_RETURNED = 3,
    ORDER_STATUS_VOID = 4,
    ORDER_STATUS_DIRECT = 5,
    ORDER_STATUS_MERGED = 6,
};

/* As the dump has it. */
enum handling_role {
    HANDLING_ROLE_NONE = 0,
    HANDLING_ROLE_LEAD = 1,    /* 主办 */
    HANDLING_ROLE_SUPPORT = 2, /* 协办 */
};

/* As it counts: the only handling of an order without a role leads it; of two leads, or of several handlings without a
 * role, each is unclear until the office rules. */
enum handling_part {
    HANDLING_PART_LEAD = 0,
    HANDLING_PART_SUPPORT = 1,
    HANDLING_PART_UNCLEAR = 2,
};

enum overdue_flag {
    OVERDUE_FLAG_NONE = 0,
    OVERDUE_FLAG_ON_TIME = 1,
    OVERDUE_FLAG_OVERDUE = 2,
};

/* Bits of `marks`. */
enum fact_mark {
    FACT_URGENT = 1 << 0,
    FACT_RETURNED = 1 << 1, /* the column `returned` says yes: an accepted return, not a request */
    FACT_CONFIDENTIAL = 1 << 2,
    FACT_OPT_OUT = 1 << 3,
    FACT_CLOSED_BEFORE_RECEIVED = 1 << 4,
    FACT_DUE_BEFORE_RECEIVED = 1 << 5,
    FACT_HAS_REPEAT_OF = 1 << 6, /* the order names an earlier one it repeats */
};

enum { EXTENSION_COUNT_NONE = -1 };

struct fact {
    struct moment received; /* always present */
    struct moment dispatched;
    struct moment accepted;
    struct moment due;
    struct moment extension_asked;
    struct moment extended_due;
    struct moment submitted;
    struct moment closed;
    int32_t extension_count; /* EXTENSION_COUNT_NONE when the dump has none */
    uint32_t marks;          /* enum fact_mark */
    enum order_kind kind;
    enum order_status status;
    enum handling_part part;
    enum overdue_flag flag;
};

#endif
