#ifndef PINGYI_SERVICE_FOLLOWUP_SCRIPT_H
#define PINGYI_SERVICE_FOLLOWUP_SCRIPT_H

#include "base/buf.h"

#include "scoring/composite.h"
#include "scoring/outcome.h"

/* The interview (访问提纲): its items, in their order, for the call as a whole and for each order of it, and what the
 * answers mean for scoring. The page shows what this table says. Pure; thread: any.
 *
 * Overall satisfaction is asked before its parts and is the one that counts: asked after them it would be their sum.
 * It is offered from 非常满意 down to 非常不满意, then 说不清, in every script and for every caller: an order that changes changes
 * the answers, and this is that of the national 好差评. Its parts follow as explanation. Nothing is offered that suggests
 * an answer, and 说不清 is one wherever it may be true.
 *
 * A complete without comments takes ten keys of answers, the first order of a call and its closing item included. */

/* Which script an order has. */
enum script_kind {
    SCRIPT_ORDINARY,
    SCRIPT_CONSULT, /* asks 是否得到明确答复 in place of 是否解决 */
    SCRIPT_OVERDUE, /* still open after its deadline */
    SCRIPT_KINDS
};

enum script_place {
    SCRIPT_OPENING, /* of the call, before its orders */
    SCRIPT_ORDER,   /* for each order */
    SCRIPT_CLOSING  /* of the call, after them */
};

struct script_choice {
    const char *value; /* stored: yes, partly, open, no, unsure, 5 to 1, … */
    const char *zh;
};
enum { SCRIPT_CHOICES_MAX = 10 };
struct script_item {
    /* consent, is_you; contacted, resolved, satisfaction, result, speed, attitude, why, other, share_words; coached.
     * Scripts word an item differently: such a name has several rows, of which the first has every value of the
     * others, and each kind of order at most one. */
    const char *name;
    enum script_place place;
    uint32_t kinds; /* bits 1 << enum script_kind; of SCRIPT_OPENING and _CLOSING all */
    /* What the caller reads out; {organ}, {unit}, {title}, {day}, {phone} are filled in; in the opening and the
     * closing, which are of no single order, only {organ} and {phone}. */
    const char *zh;
    struct script_choice choices[SCRIPT_CHOICES_MAX]; /* the key is the place from 1 */
    int choice_count;
    bool takes_words; /* the person's words, besides any choice but `no` */
    bool is_required; /* for a complete */
    /* Asked only when the item `if_name`, of the same place, has one of the values of `if_values` (separated by
     * blanks); NULL: always. */
    const char *if_name, *if_values;
    /* A value that ends the interview, and the disposition that is then proposed; NULL: none. */
    const char *ends_with, *ends_code;
};
const struct script_item *script_items(size_t *out_count);
const struct script_item *script_find(struct bytes name); /* its first row; NULL: no such item */
/* Its row for orders of that kind; NULL: they are not asked it. Items of the call as a whole have it in every kind. */
const struct script_item *script_find_of(struct bytes name, enum script_kind kind);
bool script_takes(const struct script_item *item, struct bytes value);

/* What the answers to one order's items, and to those of the call as a whole, say. */
struct script_answer {
    struct bytes item, value, words;
};
struct script_outcome {
    enum outcome_group
        group; /* COMPLETE: resolved and satisfaction asked and dealt with (说不清 is an answer);
                               * PARTIAL: one of them; else UNKNOWN_UNWORKED */
    enum resolution_answer resolved;
    bool still_open;      /* 正在解决: resolved is then RESOLUTION_NO */
    int satisfaction;     /* 1 to 5; SATISFACTION_MISSING */
    struct bytes reason;  /* the choice of `why`, in Chinese, static; 说不清: empty */
    struct bytes comment; /* the words of `other`, borrowed */
    bool may_share;       /* the words may go to the unit; false without any */
    bool is_coached;      /* somebody asked for a certain answer */
};
/* Answers in any order; of several to one item the last holds. What a later change of mind has made needless (a
 * reason, once the person is satisfied) is left out, and so is an item or value that the script does not have. */
void script_read(const struct script_answer *answers, size_t count, struct script_outcome *out);
/* The first item of that place and kind that a complete needs and that was to be asked, without an answer; NULL: none.
 * `answers` as above. */
const struct script_item *script_missing(enum script_place place, enum script_kind kind,
                                         const struct script_answer *answers, size_t count);

/* The text of an item with its places filled in. An empty name leaves a general word, so that the sentence can be
 * read. */
struct script_names {
    struct bytes organ, unit, title, day, phone;
};
void script_fill(const char *zh, const struct script_names *names, struct buf *out);

#endif
