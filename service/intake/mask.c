#include "service/intake/mask.h"

#include <string.h>

enum {
    NUMBER_MIN_DIGITS = 7,
    NUMBER_MAX_DIGITS = 12,
    FULL_WIDTH_BYTES = 3,
};

/* Bytes of the digit that `text` begins with, 0 if it does not: 0 to 9, or U+FF10 to U+FF19. */
static size_t digit_len(struct bytes text)
{
    if (text.len > 0 && text.ptr[0] >= '0' && text.ptr[0] <= '9')
        return 1;
    bool full_width = text.len >= FULL_WIDTH_BYTES && memcmp(text.ptr, "\xEF\xBC", 2) == 0 &&
                      (unsigned char)text.ptr[2] >= 0x90 && (unsigned char)text.ptr[2] <= 0x99;
    return full_width ? FULL_WIDTH_BYTES : 0;
}

static struct bytes behind(struct bytes text, size_t len)
{
    return (struct bytes){text.ptr + len, text.len - len};
}

static bool joins_dates(char c)
{
    return c == '-' || c == '/' || c == '.';
}

size_t mask_date_len(struct bytes text)
{
    bool has_year = text.len >= 8 && (text.ptr[0] == '1' || text.ptr[0] == '2') &&
                    (text.ptr[1] == '9' || text.ptr[1] == '0') && digit_len(behind(text, 2)) == 1 &&
                    digit_len(behind(text, 3)) == 1;
    if (!has_year || !joins_dates(text.ptr[4]) || digit_len(behind(text, 5)) != 1)
        return 0;
    size_t at = digit_len(behind(text, 6)) == 1 ? 7 : 6;
    if (text.ptr[at] != text.ptr[4] || digit_len(behind(text, at + 1)) != 1)
        return 0;
    return digit_len(behind(text, at + 2)) == 1 ? at + 3 : at + 2;
}

/* Some digits, and the bytes that they and what joins them take. */
struct number {
    size_t len, digits;
};

static struct number take_group(struct bytes text)
{
    struct number group = {0};
    for (size_t len = digit_len(text); len > 0; len = digit_len(behind(text, group.len))) {
        group.len += len;
        group.digits++;
    }
    return group;
}

/* The group of digits at the beginning; with those behind it, if each is too short to be a number itself. */
static struct number take_number(struct bytes text)
{
    struct number number = take_group(text);
    struct number next = number;
    while (next.digits > 0 && next.digits < NUMBER_MIN_DIGITS) {
        struct bytes rest = behind(text, number.len);
        if (rest.len < 2 || (rest.ptr[0] != ' ' && rest.ptr[0] != '-'))
            break;
        rest = behind(rest, 1);
        next = mask_date_len(rest) > 0 ? (struct number){0} : take_group(rest);
        if (next.digits == 0 || next.digits >= NUMBER_MIN_DIGITS)
            break;
        number.len += 1 + next.len;
        number.digits += next.digits;
    }
    return number;
}

static bool is_telephone(struct bytes text, struct number number)
{
    bool grouped =
        memchr(text.ptr, ' ', number.len) != NULL || memchr(text.ptr, '-', number.len) != NULL;
    if (number.digits < NUMBER_MIN_DIGITS)
        return false;
    if (number.digits <= NUMBER_MAX_DIGITS || grouped)
        return true;
    return (number.digits == 13 && bytes_starts_with(text, BYTES_LIT("861"))) ||
           (number.digits == 15 && bytes_starts_with(text, BYTES_LIT("00861")));
}

static void append_masked(struct bytes text, struct number number, struct buf *out)
{
    size_t head = number.digits >= 11 ? 3 : 2;
    size_t tail = number.digits >= 11 ? 4 : 2;
    size_t seen = 0;
    for (size_t at = 0; at < number.len;) {
        size_t len = digit_len(behind(text, at));
        bool hidden = len > 0 && seen >= head && seen + tail < number.digits;
        if (hidden)
            buf_append_byte(out, '*');
        else
            buf_append(out, (struct bytes){text.ptr + at, len > 0 ? len : 1});
        seen += len > 0;
        at += len > 0 ? len : 1;
    }
}

void mask_numbers(struct bytes text, struct buf *out)
{
    while (text.len > 0) {
        size_t len = digit_len(text) > 0 ? mask_date_len(text) : 1;
        struct number number = {0};
        if (len == 0) {
            number = take_number(text);
            len = number.len;
        }
        if (is_telephone(text, number))
            append_masked(text, number, out);
        else
            buf_append(out, (struct bytes){text.ptr, len});
        text = behind(text, len);
    }
}
