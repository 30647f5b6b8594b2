#include "importers/names.h"

#include "base/utf8.h"

#include "importers/cell.h"

static bool is_white(uint32_t c)
{
    return c <= 0x20 || c == 0x7F || c == 0x85 || c == 0xA0 || (c >= 0x2000 && c <= 0x200F) ||
           (c >= 0x2028 && c <= 0x202F) || (c >= 0x205F && c <= 0x2060) || c == 0x3000 ||
           c == 0xFEFF;
}

/* The half-width twin of a full-width ASCII character. */
static uint32_t half_width(uint32_t c)
{
    return c >= 0xFF01 && c <= 0xFF5E ? c - 0xFEE0 : c;
}

/* '(' or ')' for any bracket, 0 for what is none. */
static uint32_t bracket(uint32_t c)
{
    switch (c) {
    case '(':
    case '[':
    case '{':
    case 0x3010: /* 【 */
    case 0x3014: /* 〔 */
    case 0x3016: /* 〖 */
        return '(';
    case ')':
    case ']':
    case '}':
    case 0x3011:
    case 0x3015:
    case 0x3017:
        return ')';
    default:
        return 0;
    }
}

void name_fold(struct bytes name, struct buf *out)
{
    while (name.len > 0) {
        uint32_t c = half_width(utf8_take(&name));
        if (is_white(c))
            continue;
        uint32_t folded = bracket(c);
        utf8_append(out, folded != 0 ? folded : c);
    }
}

static bool is_punctuation(uint32_t c)
{
    if (c < 0x80)
        return !((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'));
    return c == 0xB7 || (c >= 0x2010 && c <= 0x206F) || (c >= 0x3001 && c <= 0x301F) ||
           (c >= 0xFE30 && c <= 0xFE6F) || (c >= 0xFF5F && c <= 0xFF65);
}

void word_fold(struct bytes word, struct buf *out)
{
    while (word.len > 0) {
        uint32_t c = half_width(utf8_take(&word));
        if (is_white(c) || is_punctuation(c))
            continue;
        utf8_append(out, c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
    }
}

static bool is_separator(uint32_t c)
{
    return c == 0x3001 /* 、 */ || c == ';' || c == '|';
}

/* Whether a byte may be, or begin, a separator of either width. */
static bool may_separate(char byte)
{
    return byte == ';' || byte == '|' || byte == (char)0xE3 || byte == (char)0xEF;
}

/* The cell as one part, or none. */
static size_t take_whole(struct bytes cell, struct bytes *out_parts, size_t max)
{
    struct bytes part = cell_trim(cell);
    if (part.len > 0 && max > 0)
        out_parts[0] = part;
    return part.len > 0;
}

size_t name_split(struct bytes cell, struct bytes *out_parts, size_t max)
{
    size_t plain = 0;
    while (plain < cell.len && !may_separate(cell.ptr[plain]))
        plain++;
    if (plain == cell.len)
        return take_whole(cell, out_parts, max);
    size_t count = 0;
    int depth = 0;
    const char *from = cell.ptr;
    struct bytes rest = cell;
    while (true) {
        const char *at = rest.ptr;
        bool ended = rest.len == 0;
        uint32_t c = ended ? 0 : half_width(utf8_take(&rest));
        if (ended || (depth == 0 && is_separator(c))) {
            struct bytes part = cell_trim((struct bytes){from, (size_t)(at - from)});
            if (part.len > 0) {
                if (count < max)
                    out_parts[count] = part;
                count++;
            }
            from = rest.ptr;
        }
        if (ended)
            return count;
        uint32_t kind = bracket(c);
        depth += kind == '(' ? 1 : kind == ')' && depth > 0 ? -1 : 0;
    }
}
