#include "service/api/json_body.h"

#include "base/buf.h"
#include "base/utf8.h"

#include <assert.h>
#include <string.h>

static bool refuse(struct json_fault *fault, const char *field, const char *detail_zh)
{
    *fault = (struct json_fault){.field = field, .detail_zh = detail_zh};
    return false;
}

static bool refuse_whole(struct json_fault *fault)
{
    return refuse(fault, "", "请求内容不是完整的 JSON 对象。");
}

/* ---- tokens (RFC 8259) ---- */

struct reader {
    struct bytes rest;
    struct buf
        texts; /* decoded, one behind the other; they take no more room than the body, and never move */
};

static bool next_is(const struct reader *reader, char byte)
{
    return reader->rest.len > 0 && reader->rest.ptr[0] == byte;
}

static void skip(struct reader *reader, size_t bytes)
{
    reader->rest = (struct bytes){reader->rest.ptr + bytes, reader->rest.len - bytes};
}

static bool take(struct reader *reader, char byte)
{
    if (!next_is(reader, byte))
        return false;
    skip(reader, 1);
    return true;
}

static bool take_word(struct reader *reader, struct bytes word)
{
    if (!bytes_starts_with(reader->rest, word))
        return false;
    skip(reader, word.len);
    return true;
}

static void skip_blanks(struct reader *reader)
{
    while (next_is(reader, ' ') || next_is(reader, '\t') || next_is(reader, '\r') ||
           next_is(reader, '\n'))
        skip(reader, 1);
}

/* Four hexadecimal digits. */
static bool take_unit(struct reader *reader, uint32_t *out)
{
    static const char digits[] = "0123456789abcdef0123456789ABCDEF";
    uint32_t unit = 0;
    if (reader->rest.len < 4)
        return false;
    for (size_t i = 0; i < 4; i++) {
        const char *digit = memchr(digits, reader->rest.ptr[i], sizeof digits - 1);
        if (digit == NULL)
            return false;
        unit = unit * 16 + (uint32_t)(digit - digits) % 16;
    }
    skip(reader, 4);
    *out = unit;
    return true;
}

/* What follows "\u": a character, or the two halves of one; never NUL, which would end texts elsewhere. */
static bool take_code_point(struct reader *reader)
{
    uint32_t code, low;
    if (!take_unit(reader, &code) || code == 0 || (code >= 0xDC00 && code < 0xE000))
        return false;
    if (code >= 0xD800 && code < 0xDC00) {
        if (!take_word(reader, BYTES_LIT("\\u")) || !take_unit(reader, &low) || low < 0xDC00 ||
            low >= 0xE000)
            return false;
        code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
    }
    utf8_append(&reader->texts, code);
    return true;
}

static bool take_escape(struct reader *reader)
{
    static const char names[] = "\"\\/bfnrt", means[] = "\"\\/\b\f\n\r\t";
    if (take(reader, 'u'))
        return take_code_point(reader);
    const char *name =
        reader->rest.len > 0 ? memchr(names, reader->rest.ptr[0], sizeof names - 1) : NULL;
    if (name == NULL)
        return false;
    skip(reader, 1);
    buf_append_byte(&reader->texts, means[name - names]);
    return true;
}

/* Ended by a NUL behind it, as its quotes leave room for. */
static bool take_text(struct reader *reader, struct bytes *out)
{
    size_t begin = reader->texts.len;
    if (!take(reader, '"'))
        return false;
    while (!take(reader, '"')) {
        size_t plain = 0;
        const char *at = reader->rest.ptr;
        while (plain < reader->rest.len && at[plain] != '"' && at[plain] != '\\' &&
               (unsigned char)at[plain] >= 0x20)
            plain++;
        buf_append(&reader->texts, (struct bytes){at, plain});
        skip(reader, plain);
        if (take(reader, '\\') ? !take_escape(reader) : !next_is(reader, '"'))
            return false;
    }
    *out = (struct bytes){reader->texts.ptr + begin, reader->texts.len - begin};
    buf_append_byte(&reader->texts, '\0');
    return true;
}

static size_t take_digits(struct reader *reader)
{
    size_t count = 0;
    while (count < reader->rest.len && reader->rest.ptr[count] >= '0' &&
           reader->rest.ptr[count] <= '9')
        count++;
    skip(reader, count);
    return count;
}

static bool take_number(struct reader *reader, struct bytes *out)
{
    const char *begin = reader->rest.ptr;
    (void)take(reader, '-');
    if (!take(reader, '0') && take_digits(reader) == 0)
        return false;
    if (take(reader, '.') && take_digits(reader) == 0)
        return false;
    if (take(reader, 'e') || take(reader, 'E')) {
        if (!take(reader, '-'))
            (void)take(reader, '+');
        if (take_digits(reader) == 0)
            return false;
    }
    *out = (struct bytes){begin, (size_t)(reader->rest.ptr - begin)};
    return true;
}

/* `*out`: all of them, with their NULs. */
static bool take_texts(struct reader *reader, struct bytes *out)
{
    size_t begin = reader->texts.len;
    struct bytes text;
    if (!take(reader, '['))
        return false;
    skip_blanks(reader);
    if (!next_is(reader, ']')) {
        do {
            skip_blanks(reader);
            if (!take_text(reader, &text))
                return false;
            skip_blanks(reader);
        } while (take(reader, ','));
    }
    *out = (struct bytes){reader->texts.ptr + begin, reader->texts.len - begin};
    return take(reader, ']');
}

/* ---- the object ---- */

static bool take_value(struct reader *reader, const char *name, struct json_member *out,
                       struct json_fault *fault)
{
    if (next_is(reader, '{'))
        return refuse(fault, name, "这一项不能是对象。");
    if (take_word(reader, BYTES_LIT("null")))
        return true;
    bool is_taken = true;
    if (take_word(reader, BYTES_LIT("true"))) {
        out->kind = MEMBER_TRUE;
    } else if (take_word(reader, BYTES_LIT("false"))) {
        out->kind = MEMBER_FALSE;
    } else if (next_is(reader, '"')) {
        out->kind = MEMBER_TEXT;
        is_taken = take_text(reader, &out->text);
    } else if (next_is(reader, '[')) {
        out->kind = MEMBER_TEXTS;
        is_taken = take_texts(reader, &out->text);
    } else {
        out->kind = MEMBER_NUMBER;
        is_taken = take_number(reader, &out->text);
    }
    return is_taken || refuse_whole(fault);
}

static size_t place_of(const struct json_body *body, struct bytes name)
{
    size_t at = 0;
    while (body->names[at] != NULL && !bytes_equal(bytes_from_z(body->names[at]), name))
        at++;
    return at;
}

/* `*seen`: one bit for each name that was there. */
static bool take_member(struct reader *reader, struct json_body *body, unsigned *seen,
                        struct json_fault *fault)
{
    struct bytes name;
    skip_blanks(reader);
    if (!take_text(reader, &name))
        return refuse_whole(fault);
    size_t at = place_of(body, name);
    if (body->names[at] == NULL)
        return refuse(fault, name.ptr, "没有这一项。");
    skip_blanks(reader);
    if ((*seen & 1u << at) != 0 || !take(reader, ':'))
        return refuse_whole(fault);
    *seen |= 1u << at;
    skip_blanks(reader);
    if (!take_value(reader, body->names[at], &body->members[at], fault))
        return false;
    skip_blanks(reader);
    return true;
}

bool json_body_parse(struct arena *arena, struct bytes body, const char *const *names,
                     struct json_body *out, struct json_fault *fault)
{
    unsigned seen = 0;
    if (body.len == 0)
        return refuse(fault, "", "请求没有内容。");
    char *texts = arena_alloc(arena, body.len);
    if (texts == NULL)
        return refuse(fault, "", NULL);
    struct reader reader = {body, {.ptr = texts, .capacity = body.len, .max_bytes = body.len}};
    *out = (struct json_body){.names = names};
    skip_blanks(&reader);
    if (!utf8_is_valid(body) || !take(&reader, '{'))
        return refuse_whole(fault);
    skip_blanks(&reader);
    if (!next_is(&reader, '}')) {
        do {
            if (!take_member(&reader, out, &seen, fault))
                return false;
        } while (take(&reader, ','));
    }
    bool is_closed = take(&reader, '}');
    skip_blanks(&reader);
    assert(reader.texts.rc == OK);
    return (is_closed && reader.rest.len == 0) || refuse_whole(fault);
}

/* ---- members ---- */

static const struct json_member *member_of(const struct json_body *body, const char *name)
{
    size_t at = place_of(body, bytes_from_z(name));
    assert(body->names[at] != NULL);
    return &body->members[at];
}

/* C0 and C1 controls and DEL. */
static bool has_controls(struct bytes text)
{
    for (size_t i = 0; i < text.len; i++) {
        unsigned char byte = (unsigned char)text.ptr[i];
        if (byte < 0x20 || byte == 0x7f)
            return true;
        if (byte == 0xc2 && i + 1 < text.len && (unsigned char)text.ptr[i + 1] < 0xa0)
            return true;
    }
    return false;
}

bool json_body_text(const struct json_body *body, const char *name, bool is_required,
                    size_t max_bytes, struct bytes *out, struct json_fault *fault)
{
    const struct json_member *member = member_of(body, name);
    struct bytes text = {"", 0};
    if (member->kind != MEMBER_MISSING && member->kind != MEMBER_TEXT)
        return refuse(fault, name, "这一项须为文字。");
    if (member->kind == MEMBER_TEXT)
        text = member->text;
    if (is_required && text.len == 0)
        return refuse(fault, name, "请填写这一项。");
    if (text.len > max_bytes)
        return refuse(fault, name, "这一项太长。");
    if (has_controls(text))
        return refuse(fault, name, "这一项含有控制字符。");
    *out = text;
    return true;
}

bool json_body_integer(const struct json_body *body, const char *name, bool is_required,
                       int64_t min, int64_t max, int64_t *out, struct json_fault *fault)
{
    const struct json_member *member = member_of(body, name);
    int64_t value = 0;
    if (member->kind == MEMBER_MISSING)
        return is_required ? refuse(fault, name, "请填写这一项。") : true;
    if (member->kind != MEMBER_NUMBER || !bytes_to_int64(member->text, &value) || value < min ||
        value > max)
        return refuse(fault, name, "这一项须为整数，且在允许的范围内。");
    *out = value;
    return true;
}

bool json_body_boolean(const struct json_body *body, const char *name, bool *out,
                       struct json_fault *fault)
{
    const struct json_member *member = member_of(body, name);
    if (member->kind == MEMBER_MISSING)
        return true;
    if (member->kind != MEMBER_TRUE && member->kind != MEMBER_FALSE)
        return refuse(fault, name, "这一项须为 true 或 false。");
    *out = member->kind == MEMBER_TRUE;
    return true;
}

bool json_body_texts(const struct json_body *body, const char *name, struct bytes *out)
{
    const struct json_member *member = member_of(body, name);
    if (member->kind != MEMBER_TEXTS || member->text.len == 0)
        return false;
    *out = member->text;
    return true;
}

bool json_body_number(const struct json_body *body, const char *name, double *out)
{
    const struct json_member *member = member_of(body, name);
    return member->kind == MEMBER_NUMBER && bytes_to_double(member->text, out);
}

bool json_body_has(const struct json_body *body, const char *name)
{
    return member_of(body, name)->kind != MEMBER_MISSING;
}
