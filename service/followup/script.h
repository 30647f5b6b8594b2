#ifndef PINGYI_SERVICE_FOLLOWUP_SCRIPT_H
#define PINGYI_SERVICE_FOLLOWUP_SCRIPT_H

#include "base/buf.h"

#include "scoring/composite.h"
#include "scoring/outcome.h"

/* The interview (访问提纲): its items, in their order, for the call as a whole and for each order of it, and what the
 * answers mean for scoring. The page shows what this table says. Pure; thread: any. */

/* Which script an order has. */
enum script_kind {
    SCRIPT_ORDINARY,
    SCRIPT_CONSULT, /* asks 是否得到明确答复 in place of 是否解决 */
    SCRIPT_OVERDUE, /* still open after its deadline */
    SCRIPT_KINDS
};

enum script_place {
    SCRIPT_OPENING,
    SCRIPT_ORDER,
    SCRIPT_CLOSING
}; /* before, for each order, after */

struct script_choice {
    const char *value; /* stored: yes, partly, open, no, unsure, 1..5, … */
    const char *zh;
};
enum { SCRIPT_CHOICES_MAX = 10 };
struct script_item {
    const char *
        name; /* consent, is_you, contacted, resolved, satisfaction, result, speed, attitude, why, coached,
                         share_words, other */
    enum script_place place;
    uint32_t kinds; /* bits 1 << enum script_kind; of SCRIPT_OPENING and _CLOSING all */
    const char
        *zh; /* what the caller reads out; {organ}, {unit}, {title}, {day}, {phone} are filled in */
    struct script_choice choices[SCRIPT_CHOICES_MAX]; /* the key is the place from 1; none: words */
    int choice_count;
    bool takes_words; /* besides, or instead of, a choice */
    bool is_required; /* for a complete */
    /* Asked only when the item `if_name` has one of the values of `if_values` (separated by blanks); NULL: always. */
    const char *if_name, *if_values;
    const char *
        ends_with; /* a value that ends the interview, and the disposition that is then proposed; NULL: none */
    const char *ends_code;
};
const struct script_item *script_items(size_t *out_count);
const struct script_item *script_find(struct bytes name); /* NULL: no such item */
bool script_takes(const struct script_item *item, struct bytes value);

/* What the answers to one order's items say. */
struct script_answer {
    struct bytes item, value, words;
};
struct script_outcome {
    enum outcome_group
        group; /* COMPLETE: resolved and satisfaction asked and dealt with (说不清 is an answer);
                                 PARTIAL: resolved alone; else UNKNOWN_UNWORKED */
    enum resolution_answer resolved;
    bool still_open;
    int satisfaction;     /* 1 to 5; SATISFACTION_MISSING */
    struct bytes reason;  /* the choice of `why`, in Chinese */
    struct bytes comment; /* words */
    bool may_share;       /* the words may go to the unit */
    bool is_coached;      /* somebody asked for a certain answer */
};
void script_read(const struct script_answer *answers, size_t count, struct script_outcome *out);

/* The text of an item with its places filled in. */
struct script_names {
    struct bytes organ, unit, title, day, phone;
};
void script_fill(const char *zh, const struct script_names *names, struct buf *out);

#endif
