#ifndef PINGYI_IMPORTERS_NEAR_H
#define PINGYI_IMPORTERS_NEAR_H

#include "base/bytes.h"

/* How near the name that a dump uses is to a unit's own, for suggestions to the office; nothing is ever matched by it.
 * Names differ in few ways: a place is left out (南宁市城管局, 市城管局, 城管局), a name is shortened (住建局, 住房和城乡
 * 建设局), its end or the unit above is left out (民政, 公安局交警支队), something stands in brackets, or a character is
 * mistyped. What tells units apart must be the same: the place if both have one, numerals and directions (第一人民医院,
 * 城东派出所), 分局 and 支队, and short names whole (教育局, 体育局). Thread: any. */

enum { NEAR_MAX_CHARACTERS = 64 };

/* A name as near_compare wants it. */
struct near_name {
    struct bytes text;
    uint32_t characters[NEAR_MAX_CHARACTERS];
    uint16_t starts[NEAR_MAX_CHARACTERS + 1]; /* of each character in text */
    uint8_t count;                            /* 0: nothing, or too long a name */
    uint8_t place; /* how many characters name the place in front: 3 of 南宁市教育局 */
};

enum near_why {
    NEAR_NONE = 0,
    NEAR_SAME,       /* equal */
    NEAR_LACKS,      /* the dump's name lacks `part` of the unit's */
    NEAR_EXCEEDS,    /* the dump's name has `part` more */
    NEAR_SHORT,      /* one is the other's short form */
    NEAR_MISTYPED,   /* one character differs: `part` is the unit's */
    NEAR_TRANSPOSED, /* two neighbouring characters, `part`, are swapped */
};

struct near {
    int score; /* 1 to 100, higher is nearer; 0 with NEAR_NONE */
    enum near_why why;
    struct bytes part; /* of one name's text; empty where `why` names none */
};

/* `folded` is a result of name_fold, borrowed as long as the name is compared. A name of more than
 * NEAR_MAX_CHARACTERS is near nothing. */
void near_name_init(struct near_name *name, struct bytes folded);

/* Time is linear in the names' lengths. */
struct near near_compare(const struct near_name *name, const struct near_name *unit);

#endif
