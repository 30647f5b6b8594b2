#include "scoring/rules.h"

#include "base/utf8.h"

#include "scoring/rules_table.h"

#include <ini.h>

#include <assert.h>
#include <string.h>

/* inih finds sections, keys and comments; what it does not tell (line numbers, sections without keys, doubled keys,
 * lines beyond its limit) is seen here, where its lines are handed out. A value that goes on in indented lines comes
 * from inih line by line and is joined by spaces until the next key, section or the end. */

enum {
    VALUE_MAX_BYTES = 1024, /* of a value over all its lines */
    INI_LINE_EXTRA = 3,     /* inih's limit includes CR, LF and NUL */
};

struct parse {
    struct bytes rest; /* of the text, not handed out yet */
    int line;          /* number of the line handed out last */
    bool line_is_indented;

    const struct rules_key *key; /* whose value is being gathered; NULL right behind a section */
    int key_line;
    char value[VALUE_MAX_BYTES];
    size_t value_len;

    struct rules *rules;
    int line_of[RULES_KEY_MAX]; /* where each key was set; 0: not at all */
    int rc;                     /* the first failure, which ends the reading */
    struct err *err;
};

void rules_default(struct rules *out_rules)
{
    size_t count = 0;
    const struct rules_key *keys = rules_keys(&count);
    memset(out_rules, 0, sizeof *out_rules);
    for (size_t i = 0; i < count; i++) {
        struct err err = {0};
        int rc = rules_value_parse(&keys[i], bytes_from_z(keys[i].text), out_rules, &err);
        assert(rc == OK && "the defaults make sense");
        (void)rc;
    }
    out_rules->deadline.of_kind[ORDER_KIND_PRAISE] =
        out_rules->deadline.of_kind[ORDER_KIND_UNKNOWN];
}

/* What a message shows of a name or value: not too much, and no half character where inih or we cut it. */
static struct bytes shown(struct bytes text)
{
    enum { SHOWN_BYTES = 80 };
    if (text.len > SHOWN_BYTES)
        text.len = SHOWN_BYTES;
    text.len = utf8_valid_prefix(text);
    return text;
}

static void finish_value(struct parse *parse)
{
    const struct rules_key *key = parse->key;
    parse->key = NULL;
    if (key == NULL || parse->rc != OK)
        return;
    struct bytes value = {parse->value, parse->value_len};
    parse->rc = rules_value_parse(key, value, parse->rules, parse->err);
    if (parse->rc != OK)
        (void)err_wrap(parse->err, "line %d, [%s] %s = \"" BYTES_FMT "\"", parse->key_line,
                       key->section, key->key, BYTES_ARG(shown(value)));
}

static void append_value(struct parse *parse, struct bytes text)
{
    bool joined = parse->value_len > 0 && text.len > 0;
    if (text.len + (joined ? 1 : 0) > VALUE_MAX_BYTES - parse->value_len) {
        parse->rc = err_set(parse->err, ERR_RULES, "line %d, [%s] %s is longer than %d bytes",
                            parse->line, parse->key->section, parse->key->key, VALUE_MAX_BYTES);
        return;
    }
    if (joined)
        parse->value[parse->value_len++] = ' ';
    if (text.len > 0)
        memcpy(parse->value + parse->value_len, text.ptr, text.len);
    parse->value_len += text.len;
}

static void begin_value(struct parse *parse, const char *section, const char *name,
                        const char *value)
{
    size_t count = 0;
    const struct rules_key *keys = rules_keys(&count);
    size_t at = 0;
    while (at < count &&
           (strcmp(keys[at].section, section) != 0 || strcmp(keys[at].key, name) != 0))
        at++;
    struct bytes text = shown(bytes_from_z(value));
    if (at == count) {
        parse->rc = err_set(parse->err, ERR_RULES,
                            "line %d, [" BYTES_FMT "] " BYTES_FMT " = \"" BYTES_FMT
                            "\": there is no such key in the section",
                            parse->line, BYTES_ARG(shown(bytes_from_z(section))),
                            BYTES_ARG(shown(bytes_from_z(name))), BYTES_ARG(text));
        return;
    }
    if (parse->line_of[at] != 0) {
        parse->rc = err_set(parse->err, ERR_RULES,
                            "line %d, [%s] %s = \"" BYTES_FMT "\": was set on line %d already",
                            parse->line, section, name, BYTES_ARG(text), parse->line_of[at]);
        return;
    }
    parse->line_of[at] = parse->line;
    parse->key_line = parse->line;
    parse->key = &keys[at];
    parse->value_len = 0;
    append_value(parse, bytes_from_z(value));
}

/* inih takes comments off the first line of a value only. */
static struct bytes without_comment(struct bytes text)
{
    for (size_t i = 1; i < text.len; i++) {
        if (text.ptr[i] == ';' && (text.ptr[i - 1] == ' ' || text.ptr[i - 1] == '\t'))
            return bytes_trim((struct bytes){text.ptr, i});
    }
    return text;
}

static int on_value(void *context, const char *section, const char *name, const char *value)
{
    struct parse *parse = context;
    if (parse->rc != OK)
        return 1;
    if (parse->line_is_indented && parse->key != NULL) {
        append_value(parse, without_comment(bytes_from_z(value)));
        return 1;
    }
    finish_value(parse);
    if (parse->rc == OK)
        begin_value(parse, section, name, value);
    return 1;
}

/* A section may stand without keys, then inih says nothing of it. */
static void begin_section(struct parse *parse, struct bytes line)
{
    size_t count = 0;
    const struct rules_key *keys = rules_keys(&count);
    finish_value(parse);
    size_t end = bytes_find(line, BYTES_LIT("]"));
    if (end == line.len || parse->rc != OK)
        return; /* inih counts a section that is not closed as an error */
    struct bytes name = {line.ptr + 1, end - 1};
    for (size_t i = 0; i < count; i++) {
        if (bytes_equal(bytes_from_z(keys[i].section), name))
            return;
    }
    parse->rc = err_set(parse->err, ERR_RULES, "line %d: there is no section [" BYTES_FMT "]",
                        parse->line, BYTES_ARG(name));
}

/* Like fgets, for inih: the next line with its LF, NULL at the end or after a failure. */
static char *read_line(char *out, int capacity, void *context)
{
    struct parse *parse = context;
    if (parse->rc != OK || parse->rest.len == 0)
        return NULL;
    parse->line++;
    size_t len = bytes_find(parse->rest, BYTES_LIT("\n"));
    struct bytes line = {parse->rest.ptr, len};
    size_t taken = len < parse->rest.len ? len + 1 : len;
    if (line.len > (size_t)(capacity - INI_LINE_EXTRA)) {
        parse->rc = err_set(parse->err, ERR_RULES,
                            "line %d is longer than %d bytes: long lists go "
                            "on in indented lines",
                            parse->line, capacity - INI_LINE_EXTRA);
        return NULL;
    }
    parse->line_is_indented = line.len > 0 && (line.ptr[0] == ' ' || line.ptr[0] == '\t');
    struct bytes trimmed = bytes_trim(line);
    bool goes_on = parse->line_is_indented && parse->key != NULL;
    if (trimmed.len > 0 && trimmed.ptr[0] == '[' && !goes_on)
        begin_section(parse, trimmed);
    if (parse->rc != OK)
        return NULL;
    memcpy(out, parse->rest.ptr, taken);
    out[taken] = '\0';
    parse->rest = (struct bytes){parse->rest.ptr + taken, parse->rest.len - taken};
    return out;
}

/* A stranger's text: bounded, UTF-8, and no control characters that would split a line for us and not for inih. */
static int check_text(struct bytes text, struct err *err)
{
    if (text.len > RULES_TEXT_MAX_BYTES)
        return err_set(err, ERR_RULES, "rules of %zu bytes are longer than %d", text.len,
                       (int)RULES_TEXT_MAX_BYTES);
    size_t valid = utf8_valid_prefix(text);
    int line = 1;
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        bool line_end = c == '\r' && i + 1 < text.len && text.ptr[i + 1] == '\n';
        if (i == valid)
            return err_set(err, ERR_RULES, "line %d is not UTF-8", line);
        if (c < ' ' && c != '\t' && c != '\n' && !line_end)
            return err_set(err, ERR_RULES, "line %d has the control character 0x%02x", line, c);
        line += c == '\n' ? 1 : 0;
    }
    return OK;
}

static bool component_counts(const struct rules_component *component)
{
    return component->is_line || component->weight > 0;
}

static int check_sense(const struct parse *parse)
{
    const struct rules *rules = parse->rules;
    size_t count = 0;
    const struct rules_key *keys = rules_keys(&count);
    int line = 0;
    for (size_t i = 0; i < count; i++) {
        if (keys[i].type == RULES_TYPE_COMPONENT && parse->line_of[i] > line)
            line = parse->line_of[i];
    }
    if (!component_counts(&rules->score.on_time) && !component_counts(&rules->score.resolution) &&
        !component_counts(&rules->score.satisfaction))
        return err_set(parse->err, ERR_RULES,
                       "line %d, [score]: the weights of on_time, resolution and satisfaction sum "
                       "to zero",
                       line);
    if (rules->allocation.cap > 0 && rules->allocation.cap < rules->allocation.min_per_unit)
        return err_set(parse->err, ERR_RULES,
                       "[allocation] cap = \"%lld\": is below min_per_unit, which is %lld",
                       (long long)rules->allocation.cap, (long long)rules->allocation.min_per_unit);
    return OK;
}

int rules_parse(struct bytes text, struct rules *out_rules, struct err *err)
{
    int rc = check_text(text, err);
    if (rc != OK)
        return rc;
    if (bytes_starts_with(text, BYTES_LIT("\xEF\xBB\xBF")))
        text = (struct bytes){text.ptr + 3, text.len - 3};
    struct rules rules;
    rules_default(&rules);
    struct parse parse = {.rest = text, .rules = &rules, .err = err};
    int bad_line = ini_parse_stream(read_line, &parse, on_value, &parse);
    finish_value(&parse);
    if (bad_line < 0)
        return err_set(err, ERR_NOMEM, "could not read rules");
    if (bad_line > 0 && (parse.rc == OK || bad_line < parse.line))
        return err_set(err, ERR_RULES, "line %d is neither a [section] nor key = value", bad_line);
    if (parse.rc != OK)
        return parse.rc;
    rc = check_sense(&parse);
    if (rc != OK)
        return rc;
    rules.deadline.of_kind[ORDER_KIND_PRAISE] = rules.deadline.of_kind[ORDER_KIND_UNKNOWN];
    *out_rules = rules;
    return OK;
}

void rules_format(const struct rules *rules, struct buf *out)
{
    size_t count = 0;
    const struct rules_key *keys = rules_keys(&count);
    for (size_t i = 0; i < count; i++) {
        if (i == 0 || strcmp(keys[i].section, keys[i - 1].section) != 0)
            buf_printf(out, "%s[%s]\n", i > 0 ? "\n" : "", keys[i].section);
        buf_append_z(out, keys[i].key);
        buf_append_z(out, " = ");
        rules_value_format(&keys[i], rules, out);
        buf_append_byte(out, '\n');
    }
}
