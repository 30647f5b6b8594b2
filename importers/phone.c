#include "importers/phone.h"

#include "base/utf8.h"

#include <string.h>

/* A cell is read as groups of digits: 138 0013 8000 has three, 0771-2822345转8001 too. Groups between which only
 * spaces, hyphens and brackets stand form a cluster, in which neighbouring groups are tried together as one number. */
enum {
    GROUP_MAX_DIGITS = 16, /* 0086 0755 12345678 */
    CLUSTER_MAX_GROUPS = 16,
    NUMBER_MAX_DIGITS = 16,
};

struct group {
    char digits[GROUP_MAX_DIGITS];
    size_t len;
    bool spoilt; /* masked, or longer than any number */
    bool masked_first, masked_last;
};

struct cluster {
    struct group groups[CLUSTER_MAX_GROUPS];
    size_t count;
};

enum kind { KIND_NONE, KIND_MOBILE, KIND_LANDLINE, KIND_SERVICE /* 400, 800: nobody's number */ };

static bool is_digit(uint32_t c)
{
    return c >= '0' && c <= '9';
}

/* ---- What digits are ---- */

static bool is_mobile(struct bytes digits)
{
    return digits.len == 11 && digits.ptr[0] == '1' && digits.ptr[1] >= '3';
}

static bool is_service(struct bytes digits)
{
    return digits.len == 10 && (bytes_starts_with(digits, BYTES_LIT("400")) ||
                                bytes_starts_with(digits, BYTES_LIT("800")));
}

/* An area code with its 0 and seven or eight digits; with 1 begins only 010. */
static bool is_with_area(struct bytes digits)
{
    return (digits.len == 11 || digits.len == 12) && digits.ptr[0] == '0' &&
           (digits.ptr[1] >= '2' || (digits.ptr[1] == '1' && digits.ptr[2] == '0'));
}

/* Seven or eight digits; 1 and 9 begin numbers of services. */
static bool is_local(struct bytes digits)
{
    return (digits.len == 7 || digits.len == 8) && digits.ptr[0] >= '2' && digits.ptr[0] <= '8';
}

/* An area code without its 0 (behind +86, or lost in a number cell) and a local number: 10 12345678, 771 2822345,
 * 755 12345678. */
static bool is_without_zero(struct bytes digits)
{
    char first = digits.len > 0 ? digits.ptr[0] : '0';
    bool ten = digits.len == 10 && (first >= '2' || bytes_starts_with(digits, BYTES_LIT("10")));
    return !is_service(digits) && (ten || (digits.len == 11 && first >= '3'));
}

static struct bytes behind(struct bytes digits, size_t len)
{
    return (struct bytes){digits.ptr + len, digits.len - len};
}

/* The kind of a number as it is dialled in the country, `*digits` without a 0 before a mobile number. */
static enum kind classify_inland(struct bytes *digits)
{
    if (is_with_area(*digits) || is_local(*digits))
        return KIND_LANDLINE;
    if (digits->len == 12 && digits->ptr[0] == '0' && is_mobile(behind(*digits, 1)))
        *digits = behind(*digits, 1);
    return is_mobile(*digits) ? KIND_MOBILE : is_service(*digits) ? KIND_SERVICE : KIND_NONE;
}

/* The kind of a number, written to `out` as it is dialled in the country. A 0 is put back where +86 or a number cell
 * explains that it lacks: in a cell of `several` groups 6666 2822345 would lack it too. */
static enum kind classify(struct bytes digits, bool several, char out[NUMBER_MAX_DIGITS],
                          size_t *out_len)
{
    size_t country = bytes_starts_with(digits, BYTES_LIT("0086")) ? 4
                     : bytes_starts_with(digits, BYTES_LIT("86")) ? 2
                                                                  : 0;
    enum kind kind = classify_inland(&digits);
    bool abroad = kind == KIND_NONE && country > 0 && digits.len >= country + 10;
    if (abroad) {
        digits = behind(digits, country);
        kind = classify_inland(&digits);
    }
    bool add_zero = kind == KIND_NONE && (abroad || !several) && is_without_zero(digits);
    if (add_zero)
        kind = KIND_LANDLINE;
    if (kind == KIND_NONE)
        return KIND_NONE;
    out[0] = '0';
    memcpy(out + add_zero, digits.ptr, digits.len);
    *out_len = digits.len + add_zero;
    return kind;
}

/* ---- Groups of a cell ---- */

static uint32_t take_narrow(struct bytes *cell)
{
    uint32_t c = utf8_take(cell);
    if (c >= 0xFF01 && c <= 0xFF5E)
        return c - 0xFEE0;
    if (c >= 0x2010 && c <= 0x2015)
        return '-';
    return c == 0xA0 || c == 0x3000 ? ' ' : c;
}

static bool is_mask(uint32_t c)
{
    return c == '*' || c == 'X' || c == 'x' || c == '#' || c == 0xB7 /* · */ || c == 0xD7 /* × */ ||
           c == 0x2022 /* • */ || c == 0x25CB /* ○ */ || c == 0x25CF /* ● */;
}

static bool joins(uint32_t c)
{
    return c == '-' || c == ' ' || c == '(' || c == ')';
}

/* The next group, and whether only what joins stood before it; false at the end of the cell. The decimals of
 * 108.3456789 are no number. */
static bool next_group(struct bytes *cell, struct group *out_group, bool *out_joined)
{
    struct group group = {0};
    bool begun = false;
    size_t between = 0;
    *out_joined = true;
    while (cell->len > 0) {
        struct bytes rest = *cell;
        uint32_t c = take_narrow(&rest);
        bool mask = is_mask(c);
        if (begun && !mask && !is_digit(c))
            break;
        *cell = rest;
        if (!mask && !is_digit(c)) {
            *out_joined = *out_joined && joins(c);
            group.spoilt = c == '.' && between == 0;
            between++;
            continue;
        }
        group.masked_first = begun ? group.masked_first : mask;
        group.masked_last = mask;
        group.spoilt = group.spoilt || mask || group.len == GROUP_MAX_DIGITS;
        if (!group.spoilt)
            group.digits[group.len++] = (char)c;
        begun = true;
    }
    *out_group = group;
    return begun;
}

/* ---- Numbers of a cluster ---- */

/* A number in the cell, the best so far. */
struct found {
    char number[NUMBER_MAX_DIGITS];
    size_t len;
    enum kind kind;
};

/* A number of the wanted kind made of the group `from` and those behind it; returns how many groups it takes, 0: none.
 * Fewest groups first: what stands behind a whole number is an extension, or another number. */
static size_t take_number(const struct cluster *cluster, size_t from, bool mobile,
                          struct found *out_found)
{
    char joined[NUMBER_MAX_DIGITS];
    size_t len = 0;
    if (from > 0 && cluster->groups[from - 1].masked_last)
        return 0; /* the end of 138 **** 8000 */
    for (size_t i = from; i < cluster->count; i++) {
        const struct group *group = &cluster->groups[i];
        if (group->spoilt || len + group->len > sizeof joined)
            return 0;
        memcpy(joined + len, group->digits, group->len);
        len += group->len;
        struct found found;
        found.kind = classify((struct bytes){joined, len}, i > from, found.number, &found.len);
        bool cut = i + 1 < cluster->count && cluster->groups[i + 1].masked_first;
        if (found.kind != KIND_NONE && (found.kind == KIND_MOBILE) == mobile && !cut) {
            *out_found = found;
            return i + 1 - from;
        }
    }
    return 0;
}

/* Who is told of the numbers of a cell, as they stand: false when no more are wanted. */
struct listener {
    bool (*on_number)(void *context, const struct found *found);
    void *context;
};

/* Tell of the numbers in a whole cluster; false: no more are wanted. */
static bool read_cluster(const struct cluster *cluster, struct listener listener)
{
    for (size_t from = 0; from < cluster->count;) {
        struct found found = {.kind = KIND_NONE};
        size_t taken = take_number(cluster, from, true, &found);
        if (taken == 0)
            taken = take_number(cluster, from, false, &found);
        bool is_number = found.kind == KIND_MOBILE || found.kind == KIND_LANDLINE;
        if (is_number && !listener.on_number(listener.context, &found))
            return false;
        from += taken > 0 ? taken : 1;
    }
    return true;
}

/* ---- Numbers that a spreadsheet or a program wrote as 1.3800138000E+10 ---- */

/* The digits that such a cell stands for, if none of them is lost: a spreadsheet rounds, so all must be there; a
 * program writes E10 without a sign and leaves only zeros away. False when the cell has another form. */
static bool read_scientific(struct bytes cell, struct group *out_group)
{
    enum { MIN_EXACT_DIGITS = 7 };
    struct group group = {0};
    size_t at = 0;
    for (; at < cell.len &&
           (is_digit((unsigned char)cell.ptr[at]) || (at == 1 && cell.ptr[1] == '.'));
         at++) {
        if (group.len == GROUP_MAX_DIGITS)
            return false;
        if (cell.ptr[at] != '.')
            group.digits[group.len++] = cell.ptr[at];
    }
    if (at < 3 || cell.ptr[1] != '.' || at == cell.len ||
        (cell.ptr[at] != 'E' && cell.ptr[at] != 'e'))
        return false;
    bool plus = at + 1 < cell.len && cell.ptr[at + 1] == '+';
    int64_t exponent = 0;
    if (!bytes_to_int64(behind(cell, at + 1 + plus), &exponent))
        return false;
    size_t digits = exponent >= 0 && exponent < GROUP_MAX_DIGITS ? (size_t)exponent + 1 : 0;
    bool padded = !plus && group.len >= MIN_EXACT_DIGITS && group.len < digits;
    if (padded)
        memset(group.digits + group.len, '0', digits - group.len);
    group.spoilt = group.len != digits && !padded;
    group.len = digits;
    *out_group = group;
    return true;
}

/* Exactly one mobile number and nothing else, as most cells are. */
static bool is_bare_mobile(struct bytes cell)
{
    if (!is_mobile(cell))
        return false;
    bool digits = true;
    for (size_t i = 0; i < cell.len; i++)
        digits = digits && is_digit((unsigned char)cell.ptr[i]);
    return digits;
}

static void read_cell(struct bytes cell, struct listener listener)
{
    struct cluster cluster = {.count = 0};
    struct group group;
    bool joined = false;
    bool goes_on = true;
    if (read_scientific(cell, &group)) {
        cluster.groups[cluster.count++] = group;
        cell = BYTES_NONE;
    }
    while (goes_on && next_group(&cell, &group, &joined)) {
        if (!joined || cluster.count == CLUSTER_MAX_GROUPS) {
            goes_on = read_cluster(&cluster, listener);
            cluster.count = 0;
        }
        cluster.groups[cluster.count++] = group;
    }
    if (goes_on)
        (void)read_cluster(&cluster, listener);
}

/* ---- What is asked of a cell ---- */

static bool keep_best(void *context, const struct found *found)
{
    struct found *best = context;
    if (found->kind == KIND_MOBILE || best->len == 0)
        *best = *found;
    return best->kind != KIND_MOBILE;
}

struct bytes phone_read(struct bytes cell, char out[PHONE_MAX_BYTES])
{
    if (is_bare_mobile(cell)) {
        memcpy(out, cell.ptr, cell.len);
        return (struct bytes){out, cell.len};
    }
    struct found best = {.kind = KIND_NONE};
    read_cell(cell, (struct listener){keep_best, &best});
    memcpy(out, best.number, best.len);
    return (struct bytes){out, best.len};
}

struct collection {
    struct phone_number *numbers; /* mobiles first */
    size_t count, mobiles, max;
};

static bool collect(void *context, const struct found *found)
{
    struct collection *all = context;
    struct phone_number number = {{0}};
    memcpy(number.digits, found->number, found->len);
    for (size_t i = 0; i < all->count; i++) {
        if (strcmp(all->numbers[i].digits, number.digits) == 0)
            return true;
    }
    bool is_mobile_number = found->kind == KIND_MOBILE;
    size_t at = is_mobile_number ? all->mobiles : all->count;
    if (at == all->max)
        return true;
    if (all->count < all->max)
        all->count++;
    memmove(&all->numbers[at + 1], &all->numbers[at], (all->count - at - 1) * sizeof number);
    all->numbers[at] = number;
    all->mobiles += is_mobile_number ? 1 : 0;
    return true;
}

size_t phone_read_all(struct bytes cell, struct phone_number *out, size_t max)
{
    struct collection all = {.numbers = out, .max = max};
    read_cell(cell, (struct listener){collect, &all});
    return all.count;
}
