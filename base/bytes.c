#include "base/bytes.h"

#include <string.h>

struct bytes bytes_from_z(const char *text)
{
    return text != NULL ? (struct bytes){text, strlen(text)} : BYTES_NONE;
}

bool bytes_equal(struct bytes a, struct bytes b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

int bytes_compare(struct bytes a, struct bytes b)
{
    size_t shorter = a.len < b.len ? a.len : b.len;
    int order = shorter > 0 ? memcmp(a.ptr, b.ptr, shorter) : 0;
    if (order != 0)
        return order;
    return (a.len > b.len) - (a.len < b.len);
}

bool bytes_starts_with(struct bytes text, struct bytes prefix)
{
    return text.len >= prefix.len && bytes_equal((struct bytes){text.ptr, prefix.len}, prefix);
}

size_t bytes_find(struct bytes text, struct bytes needle)
{
    if (needle.len == 0)
        return 0;
    const char *found = text.len > 0 ? memmem(text.ptr, text.len, needle.ptr, needle.len) : NULL;
    return found != NULL ? (size_t)(found - text.ptr) : text.len;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct bytes bytes_trim(struct bytes text)
{
    while (text.len > 0 && is_blank(text.ptr[0])) {
        text.ptr++;
        text.len--;
    }
    while (text.len > 0 && is_blank(text.ptr[text.len - 1]))
        text.len--;
    return text;
}

struct bytes bytes_cut(struct bytes *rest, char separator)
{
    struct bytes whole = *rest;
    const char *found = whole.len > 0 ? memchr(whole.ptr, separator, whole.len) : NULL;
    if (found == NULL) {
        *rest = BYTES_NONE;
        return whole;
    }
    size_t before = (size_t)(found - whole.ptr);
    *rest = (struct bytes){found + 1, whole.len - before - 1};
    return (struct bytes){whole.ptr, before};
}

bool bytes_to_int64(struct bytes text, int64_t *out_value)
{
    size_t at = 0;
    bool negative = text.len > 0 && text.ptr[0] == '-';
    if (text.len > 0 && (text.ptr[0] == '-' || text.ptr[0] == '+'))
        at++;
    if (at == text.len)
        return false;
    int64_t value = 0;
    for (; at < text.len; at++) {
        int digit = text.ptr[at] - '0';
        if (digit < 0 || digit > 9)
            return false;
        if (__builtin_mul_overflow(value, 10, &value) ||
            __builtin_sub_overflow(value, digit, &value))
            return false;
    }
    if (!negative && value == INT64_MIN)
        return false;
    *out_value = negative ? value : -value;
    return true;
}

bool bytes_to_double(struct bytes text, double *out_value)
{
    size_t at = 0;
    bool negative = text.len > 0 && text.ptr[0] == '-';
    if (text.len > 0 && (text.ptr[0] == '-' || text.ptr[0] == '+'))
        at++;
    uint64_t digits = 0;
    double scale = 1.0;
    int count = 0;
    bool fraction = false;
    for (; at < text.len; at++) {
        char c = text.ptr[at];
        if (c == '.' && !fraction) {
            fraction = true;
            continue;
        }
        if (c < '0' || c > '9' || count == 15)
            return false;
        digits = digits * 10 + (uint64_t)(c - '0');
        scale *= fraction ? 10.0 : 1.0;
        count++;
    }
    if (count == 0)
        return false;
    /* Up to 15 digits and a power of ten are exact, so one division gives the correctly rounded value. */
    double value = (double)digits / scale;
    *out_value = negative ? -value : value;
    return true;
}

uint64_t bytes_hash(struct bytes text)
{
    const uint64_t multiplier = 0x9E3779B97F4A7C15u;
    uint64_t hash = text.len * multiplier;
    size_t at = 0;
    for (; at + 8 <= text.len; at += 8) {
        uint64_t word = 0;
        memcpy(&word, text.ptr + at, sizeof word);
        hash = (hash ^ word) * multiplier;
        hash ^= hash >> 32;
    }
    uint64_t rest = 0;
    if (at < text.len)
        memcpy(&rest, text.ptr + at, text.len - at);
    hash = (hash ^ rest) * multiplier;
    return hash ^ (hash >> 32);
}
