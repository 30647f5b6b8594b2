#include "importers/form.h"

#include "importers/encoding.h"

#include <string.h>

struct word {
    const char *name;
    int value;
};

static const struct word encodings[] = {{"auto", DIALECT_OPEN},        {"utf-8", ENCODING_UTF8},
                                        {"gb18030", ENCODING_GB18030}, {"utf-16", ENCODING_UTF16LE},
                                        {"latin1", ENCODING_LATIN1},   {NULL, 0}};
static const struct word quotes[] = {{"auto", DIALECT_OPEN},
                                     {"double", '"'},
                                     {"single", '\''},
                                     {"none", 0},
                                     {"\"", '"'},
                                     {"'", '\''},
                                     {NULL, 0}};
static const struct word escapes[] = {
    {"auto", DIALECT_OPEN}, {"doubled", 0}, {"backslash", '\\'}, {"\\", '\\'}, {NULL, 0}};
static const struct word delimiters[] = {{"comma", ','}, {"semicolon", ';'}, {"tab", '\t'},
                                         {"pipe", '|'},  {"space", ' '},     {NULL, 0}};

static bool find_word(const struct word *words, struct bytes name, int *out_value)
{
    for (; words->name != NULL; words++) {
        if (bytes_equal(bytes_from_z(words->name), name)) {
            *out_value = words->value;
            return true;
        }
    }
    return false;
}

static bool read_count(struct bytes value, int max, int *out_count)
{
    int64_t count = 0;
    if (bytes_equal(value, BYTES_LIT("auto"))) {
        *out_count = DIALECT_OPEN;
        return true;
    }
    if (!bytes_to_int64(value, &count) || count < 0 || count > max)
        return false;
    *out_count = (int)count;
    return true;
}

static bool may_delimit(char c)
{
    unsigned char byte = (unsigned char)c;
    bool letter = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
    bool digit = byte >= '0' && byte <= '9';
    return (byte >= ' ' || byte == '\t') && byte < 0x7F && !letter && !digit &&
           strchr("\"'\\", c) == NULL;
}

/* One or two names, else the characters themselves. */
static bool read_delimiter(struct bytes value, char out_delimiter[DIALECT_DELIMITER_BYTES])
{
    char delimiter[DIALECT_DELIMITER_BYTES] = "";
    if (bytes_equal(value, BYTES_LIT("auto"))) {
        memset(out_delimiter, 0, DIALECT_DELIMITER_BYTES);
        return true;
    }
    struct bytes second = value;
    struct bytes first = bytes_cut(&second, ' ');
    int a = 0;
    int b = 0;
    if (find_word(delimiters, first, &a) &&
        (second.ptr == NULL || find_word(delimiters, second, &b))) {
        delimiter[0] = (char)a;
        delimiter[1] = (char)b;
    } else if (value.len == 1 || value.len == 2) {
        memcpy(delimiter, value.ptr, value.len);
    }
    if (!may_delimit(delimiter[0]) || (delimiter[1] != '\0' && !may_delimit(delimiter[1])))
        return false;
    memcpy(out_delimiter, delimiter, sizeof delimiter);
    return true;
}

int form_set(struct form *form, struct bytes key, struct bytes value, struct err *err)
{
    bool known = false;
    if (bytes_equal(key, BYTES_LIT("encoding")))
        known = find_word(encodings, value, &form->encoding);
    else if (bytes_equal(key, BYTES_LIT("delimiter")))
        known = read_delimiter(value, form->delimiter);
    else if (bytes_equal(key, BYTES_LIT("quote")))
        known = find_word(quotes, value, &form->quote);
    else if (bytes_equal(key, BYTES_LIT("escape")))
        known = find_word(escapes, value, &form->escape);
    else if (bytes_equal(key, BYTES_LIT("skip_rows")))
        known = read_count(value, FORM_MAX_SKIP_ROWS, &form->skip_rows);
    else if (bytes_equal(key, BYTES_LIT("header_rows")))
        known = read_count(value, FORM_MAX_HEADER_ROWS, &form->header_rows);
    else
        return err_set(err, ERR_NOT_FOUND, "unknown key \"" BYTES_FMT "\"", BYTES_ARG(key));
    if (!known)
        return err_set(err, ERR_USAGE, "unknown " BYTES_FMT " \"" BYTES_FMT "\"%s", BYTES_ARG(key),
                       BYTES_ARG(value),
                       value.len == 0 && key.ptr[0] == 'd'
                           ? " (a semicolon begins a comment: write semicolon)"
                           : "");
    return OK;
}

void form_override(struct form *form, const struct form *over)
{
    if (over->encoding != DIALECT_OPEN)
        form->encoding = over->encoding;
    if (over->delimiter[0] != '\0')
        memcpy(form->delimiter, over->delimiter, sizeof form->delimiter);
    if (over->quote != DIALECT_OPEN)
        form->quote = over->quote;
    if (over->escape != DIALECT_OPEN)
        form->escape = over->escape;
    if (over->skip_rows != DIALECT_OPEN)
        form->skip_rows = over->skip_rows;
    if (over->header_rows != DIALECT_OPEN)
        form->header_rows = over->header_rows;
}

void form_append(const struct form *form, struct buf *out)
{
    if (form->encoding != DIALECT_OPEN)
        buf_printf(out, "encoding=%d\n", form->encoding);
    if (form->delimiter[0] != '\0')
        buf_printf(out, "delimiter=%s\n", form->delimiter);
    if (form->quote != DIALECT_OPEN)
        buf_printf(out, "quote=%d\n", form->quote);
    if (form->escape != DIALECT_OPEN)
        buf_printf(out, "escape=%d\n", form->escape);
    if (form->skip_rows != DIALECT_OPEN)
        buf_printf(out, "skip_rows=%d\n", form->skip_rows);
    if (form->header_rows != DIALECT_OPEN)
        buf_printf(out, "header_rows=%d\n", form->header_rows);
}
