#ifndef PINGYI_IMPORTERS_RECORD_H
#define PINGYI_IMPORTERS_RECORD_H

#include "base/bytes.h"
#include "scoring/fact.h"

/* One accepted record of a dump, validated: what the reader hands on. All bytes are borrowed until the sink returns. */

/* The canonical fields of orders. `FIELD_X` is the bit's number in `columns`; the word is the profile's key. */
#define ORDER_FIELDS(X)                                                                            \
    X(FIELD_ORDER_NO, "order_no")                                                                  \
    X(FIELD_RECEIVED_AT, "received_at")                                                            \
    X(FIELD_UNIT, "unit")                                                                          \
    X(FIELD_UNIT_CODE, "unit_code")                                                                \
    X(FIELD_ROLE, "role")                                                                          \
    X(FIELD_CHANNEL, "channel")                                                                    \
    X(FIELD_KIND, "kind")                                                                          \
    X(FIELD_CATEGORY, "category")                                                                  \
    X(FIELD_REGION, "region")                                                                      \
    X(FIELD_TITLE, "title")                                                                        \
    X(FIELD_CONTENT, "content")                                                                    \
    X(FIELD_REPLY, "reply")                                                                        \
    X(FIELD_CITIZEN_NAME, "citizen_name")                                                          \
    X(FIELD_CITIZEN_PHONE, "citizen_phone")                                                        \
    X(FIELD_URGENCY, "urgency")                                                                    \
    X(FIELD_DISPATCHED_AT, "dispatched_at")                                                        \
    X(FIELD_ACCEPTED_AT, "accepted_at")                                                            \
    X(FIELD_DUE_AT, "due_at")                                                                      \
    X(FIELD_EXTENSION_ASKED_AT, "extension_asked_at")                                              \
    X(FIELD_EXTENDED_DUE_AT, "extended_due_at")                                                    \
    X(FIELD_EXTENSION_COUNT, "extension_count")                                                    \
    X(FIELD_SUBMITTED_AT, "submitted_at")                                                          \
    X(FIELD_CLOSED_AT, "closed_at")                                                                \
    X(FIELD_FIRST_CLOSED_AT, "first_closed_at")                                                    \
    X(FIELD_REDO_COUNT, "redo_count")                                                              \
    X(FIELD_STATUS, "status")                                                                      \
    X(FIELD_OVERDUE_FLAG, "overdue_flag")                                                          \
    X(FIELD_RETURNED, "returned")                                                                  \
    X(FIELD_REPEAT_OF, "repeat_of")                                                                \
    X(FIELD_CONFIDENTIAL, "confidential")                                                          \
    X(FIELD_OPT_OUT, "opt_out")                                                                    \
    X(FIELD_HOTLINE_RESOLVED, "hotline_resolved")                                                  \
    X(FIELD_HOTLINE_SATISFACTION, "hotline_satisfaction")                                          \
    X(FIELD_UNIT_RESOLVED, "unit_resolved")

/* Those of outcomes (outcome_row.h), which have an order_no too. */
#define OUTCOME_FIELDS(X)                                                                          \
    X(FIELD_CALLED_AT, "called_at")                                                                \
    X(FIELD_CALLER, "caller")                                                                      \
    X(FIELD_DISPOSITION, "disposition")                                                            \
    X(FIELD_RESOLVED, "resolved")                                                                  \
    X(FIELD_SATISFACTION, "satisfaction")                                                          \
    X(FIELD_REASON, "reason")                                                                      \
    X(FIELD_COMMENT, "comment")

/* Those of a telephone company's list of calls (call_row.h). */
#define CALL_FIELDS(X)                                                                             \
    X(FIELD_CALLED_NUMBER, "called_number")                                                        \
    X(FIELD_CALL_BEGAN_AT, "call_began_at")                                                        \
    X(FIELD_CALL_DURATION, "call_duration")                                                        \
    X(FIELD_CALLING_LINE, "calling_line")

#define FIELDS(X) ORDER_FIELDS(X) OUTCOME_FIELDS(X) CALL_FIELDS(X)

enum field {
#define X(name, word) name,
    FIELDS(X)
#undef X
        FIELD_COUNT
};
/* Fields are of orders, from CALLED_AT on of outcomes, from CALLED_NUMBER on of lists of calls. */
#define ORDER_FIELD_COUNT FIELD_CALLED_AT

/* The profile's word of a field, static; and back: FIELD_COUNT when there is none. */
const char *field_word(enum field field);
enum field field_from_word(struct bytes word);

/* Bits of `flags`: what was noticed about a record that is kept. */
enum record_flag {
    RECORD_BAD_DATE = 1 << 0,       /* an unreadable optional date */
    RECORD_PADDED = 1 << 1,         /* lacked trailing optional cells */
    RECORD_UNKNOWN_STATUS = 1 << 2, /* kept, open */
    RECORD_CLOSED_BEFORE_RECEIVED = 1 << 3,
    RECORD_DUE_BEFORE_RECEIVED = 1 << 4,
    RECORD_FLAG_DISAGREES =
        1 << 5,                /* set by whoever knows the extraction time, not by the reader */
    RECORD_DUPLICATE = 1 << 6, /* same order and unit again in this file; set by the intake */
    RECORD_TWO_LEADS = 1 << 7, /* set by the intake */
    RECORD_MENDED = 1 << 8,    /* broken quotes or line ends, read as well as they could be */
};

enum { RECORD_MAX_UNITS = 16 }; /* of one joint cell */

struct record {
    int64_t line; /* first physical line, from 1 */
    uint64_t
        columns; /* bit per enum field: the dump has a column for it (an empty cell empties the field) */
    uint32_t flags; /* enum record_flag */

    struct bytes order_no;
    struct bytes unit; /* trimmed, as written; empty for direct answers without one */
    struct bytes
        units[RECORD_MAX_UNITS]; /* the parts of `unit` when a cell names several, else one */
    int unit_count;              /* 0 when `unit` is empty */
    struct bytes unit_code;
    enum handling_role role;
    struct fact
        fact; /* fact.part is left to the intake; FACT_HAS_REPEAT_OF as repeat_of is not empty */
    struct moment first_closed;
    int32_t redo_count; /* -1 when empty */

    struct bytes channel, category, region, urgency, status_word, kind_word;
    struct bytes title, content, reply, citizen_name;
    struct bytes citizen_phone; /* the cell, trimmed */
    struct bytes phone; /* first usable number, normalised to digits; empty if none or masked */
    struct bytes repeat_of;
    struct bytes hotline_resolved, hotline_satisfaction, unit_resolved;
};

#endif
