#include "importers/cell.h"

#include <string.h>

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Length of the white space that begins at `at`, 0 when there is none. */
static size_t white_len(const unsigned char *at, size_t left)
{
    if (*at == ' ' || (*at >= '\t' && *at <= '\r') || *at == '\0')
        return 1;
    if (*at == 0xC2 && left >= 2 && at[1] == 0xA0)
        return 2;
    if (left >= 3 && ((*at == 0xE3 && at[1] == 0x80 && at[2] == 0x80) ||
                      (*at == 0xEF && at[1] == 0xBB && at[2] == 0xBF)))
        return 3;
    return 0;
}

/* Whether no white space begins with the one byte and none ends with the other. */
static bool is_trimmed(unsigned char first, unsigned char last)
{
    return first > ' ' && first != 0xC2 && first != 0xE3 && first != 0xEF && last > ' ' &&
           last != 0x80 && last != 0xA0 && last != 0xBF;
}

struct bytes cell_trim(struct bytes cell)
{
    if (cell.len == 0)
        return cell;
    const unsigned char *ptr = (const unsigned char *)cell.ptr;
    if (is_trimmed(ptr[0], ptr[cell.len - 1]))
        return cell;
    size_t from = 0;
    size_t to = cell.len;
    for (size_t white = 1; white > 0 && from < to; from += white)
        white = white_len(ptr + from, to - from);
    while (to > from) {
        /* No white space of one length ends in another, so the lengths can be tried in turn. */
        if (white_len(ptr + to - 1, 1) == 1)
            to -= 1;
        else if (to - from >= 2 && white_len(ptr + to - 2, 2) == 2)
            to -= 2;
        else if (to - from >= 3 && white_len(ptr + to - 3, 3) == 3)
            to -= 3;
        else
            break;
    }
    return (struct bytes){cell.ptr + from, to - from};
}

struct bytes cell_undress(struct bytes cell)
{
    cell = cell_trim(cell);
    if (cell.len >= 3 && cell.ptr[0] == '=' && cell.ptr[1] == '"' && cell.ptr[cell.len - 1] == '"')
        return cell_trim((struct bytes){cell.ptr + 2, cell.len - 3});
    if (cell.len > 0 && cell.ptr[0] == '\'')
        return cell_trim((struct bytes){cell.ptr + 1, cell.len - 1});
    return cell;
}

static bool is_word(struct bytes cell, const char *lower)
{
    for (size_t i = 0; i < cell.len; i++) {
        char c = cell.ptr[i];
        if ((c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c) != lower[i])
            return false;
    }
    return lower[cell.len] == '\0';
}

static bool is_zero_date(struct bytes cell)
{
    if (!bytes_starts_with(cell, BYTES_LIT("0000-00-00")))
        return false;
    for (size_t i = 10; i < cell.len; i++) {
        if (strchr("0:. T", cell.ptr[i]) == NULL)
            return false;
    }
    return true;
}

static bool is_nothing(struct bytes cell)
{
    switch (cell.len) {
    case 1:
        return cell.ptr[0] == '-' || cell.ptr[0] == '/';
    case 3:
        return is_word(cell, "n/a") || bytes_equal(cell, BYTES_LIT("无"));
    case 4:
        return is_word(cell, "null");
    default:
        return cell.len >= 10 && cell.ptr[0] == '0' && is_zero_date(cell);
    }
}

struct bytes cell_value(struct bytes cell)
{
    cell = cell_undress(cell);
    return is_nothing(cell) ? BYTES_NONE : cell;
}

int cell_count_value(struct bytes cell)
{
    struct bytes times = BYTES_LIT("次");
    if (cell.len > times.len && memcmp(cell.ptr + cell.len - times.len, times.ptr, times.len) == 0)
        cell = cell_trim((struct bytes){cell.ptr, cell.len - times.len});
    int64_t value = 0;
    if (!bytes_to_int64(cell, &value) || value < 0 || value > 1000000)
        return -1;
    return (int)value;
}

/* One digit, a fraction, E, an exponent; without a fraction the exponent must have its sign, so that the number 3E5 of
 * some desk stays a number. */
bool cell_is_scientific(struct bytes cell)
{
    size_t at = 0;
    if (cell.len < 4 || !is_digit(cell.ptr[at++]))
        return false;
    bool fraction = cell.ptr[at] == '.';
    if (fraction) {
        at++;
        while (at < cell.len && is_digit(cell.ptr[at]))
            at++;
    }
    if (at == cell.len || (cell.ptr[at] != 'E' && cell.ptr[at] != 'e'))
        return false;
    at++;
    bool sign = at < cell.len && cell.ptr[at] == '+';
    at += sign ? 1 : 0;
    size_t exponent = at;
    while (at < cell.len && is_digit(cell.ptr[at]))
        at++;
    return at == cell.len && at > exponent && (fraction || sign);
}
