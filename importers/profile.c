#include "importers/profile_parts.h"

#include "base/alloc.h"
#include "base/embedded.h"
#include "base/utf8.h"
#include "base/zone.h"

#include "importers/dates.h"
#include "importers/form.h"
#include "importers/names.h"
#include "importers/words.h"

#include <ini.h>

#include <string.h>

extern const struct embedded_file embedded_importers[];

/* inih gives neither line numbers nor the whole of a value that goes on in indented lines, and it cuts long lines. So
 * it is fed by a reader of ours that counts lines and refuses long ones, and an entry is kept until the next one
 * begins. */
struct profile_parser {
    struct profile *profile;
    struct bytes rest; /* lines not read yet */
    int line;
    bool indented; /* the line at hand begins with a blank */
    struct err *err;
    int rc;

    bool has_entry;
    int entry_line;
    char section[64], key[64];
    struct buf value;
    struct buf fold;
    size_t word_count, value_count;
};

/* ---- Lists of a value ---- */

/* A folded copy of `word`, kept by the profile; empty when nothing but punctuation is in it. */
static int fold_word(struct profile_parser *parser, struct bytes word, struct bytes *out_folded)
{
    buf_clear(&parser->fold);
    word_fold(word, &parser->fold);
    int rc = buf_status(&parser->fold, parser->err);
    if (rc != OK)
        return rc;
    *out_folded = arena_copy(&parser->profile->arena, buf_bytes(&parser->fold));
    if (out_folded->ptr == NULL)
        return err_set(parser->err, ERR_NOMEM, "could not keep a word of a profile");
    return OK;
}

static int at_line(struct profile_parser *parser, int rc)
{
    return rc != OK ? err_wrap(parser->err, "line %d", parser->entry_line) : OK;
}

/* ---- [source] ---- */

static int read_timezone(struct profile_parser *parser, struct bytes value)
{
    if (!zone_name_is_valid(value))
        return err_set(parser->err, ERR_PROFILE, "\"" BYTES_FMT "\" is no name of a time zone",
                       BYTES_ARG(value));
    parser->profile->timezone = value;
    return OK;
}

static int read_date_formats(struct profile_parser *parser, struct bytes value)
{
    struct profile *profile = parser->profile;
    while (value.ptr != NULL) {
        struct bytes format = bytes_trim(bytes_cut(&value, '|'));
        if (format.len == 0)
            continue;
        if (profile->date_format_count == PROFILE_MAX_DATE_FORMATS)
            return err_set(parser->err, ERR_PROFILE, "more than %d date formats",
                           PROFILE_MAX_DATE_FORMATS);
        int rc = date_format_check(format, parser->err);
        if (rc != OK)
            return rc;
        profile->date_formats[profile->date_format_count++] = format;
    }
    return OK;
}

static int read_yes_no(struct profile_parser *parser, struct bytes value, bool *out_yes)
{
    bool yes = bytes_equal(value, BYTES_LIT("yes"));
    if (!yes && !bytes_equal(value, BYTES_LIT("no")))
        return err_set(parser->err, ERR_PROFILE, "\"" BYTES_FMT "\" is neither yes nor no",
                       BYTES_ARG(value));
    *out_yes = yes;
    return OK;
}

static const char *const records_words[] = {
    [RECORDS_ORDERS] = "orders", [RECORDS_OUTCOMES] = "outcomes", [RECORDS_CALLS] = "calls"};

static int read_records(struct profile_parser *parser, struct bytes value)
{
    for (size_t i = 0; i < sizeof records_words / sizeof *records_words; i++) {
        if (bytes_equal(value, bytes_from_z(records_words[i]))) {
            parser->profile->records = (enum profile_records)i;
            return OK;
        }
    }
    return err_set(parser->err, ERR_PROFILE, "\"" BYTES_FMT "\" is none of orders, outcomes, calls",
                   BYTES_ARG(value));
}

static int read_form(struct profile_parser *parser, struct bytes key, struct bytes value)
{
    struct err form_err = {0};
    int rc = form_set(&parser->profile->form, key, value, &form_err);
    if (rc == ERR_NOT_FOUND)
        return err_set(parser->err, ERR_PROFILE, "unknown key \"" BYTES_FMT "\" in [source]",
                       BYTES_ARG(key));
    return rc == OK ? OK : err_set(parser->err, ERR_PROFILE, "%s", form_err.message);
}

static int read_source(struct profile_parser *parser, struct bytes key, struct bytes value)
{
    if (bytes_equal(key, BYTES_LIT("name")))
        parser->profile->name = value;
    else if (bytes_equal(key, BYTES_LIT("title")))
        parser->profile->title = value;
    else if (bytes_equal(key, BYTES_LIT("timezone")))
        return read_timezone(parser, value);
    else if (bytes_equal(key, BYTES_LIT("date_formats")))
        return read_date_formats(parser, value);
    else if (bytes_equal(key, BYTES_LIT("records")))
        return read_records(parser, value);
    else if (bytes_equal(key, BYTES_LIT("closing_needs_status")))
        return read_yes_no(parser, value, &parser->profile->closing_needs_status);
    else
        return read_form(parser, key, value);
    return OK;
}

/* ---- [columns] ---- */

/* A header has one place among the fields: two cannot come from it, and none can be joined of it twice (the row reader
 * makes room for each cell once). */
static int check_unclaimed(struct profile_parser *parser, enum field field,
                           const struct profile_column *begun, struct bytes word)
{
    for (size_t i = 0; i < begun->part_count; i++) {
        if (bytes_equal(begun->parts[i], word))
            return err_set(parser->err, ERR_PROFILE,
                           "header \"" BYTES_FMT "\" stands twice in field %s", BYTES_ARG(word),
                           field_word(field));
    }
    for (int other = 0; other < FIELD_COUNT; other++) {
        if (other == (int)field)
            continue;
        for (struct profile_column *column = parser->profile->columns[other]; column != NULL;
             column = column->next) {
            for (size_t i = 0; i < column->part_count; i++) {
                if (bytes_equal(column->parts[i], word))
                    return err_set(parser->err, ERR_PROFILE,
                                   "header \"" BYTES_FMT "\" stands for both %s and %s",
                                   BYTES_ARG(word), field_word((enum field)other),
                                   field_word(field));
            }
        }
    }
    return OK;
}

static int read_parts(struct profile_parser *parser, enum field field, struct bytes text,
                      struct profile_column *column)
{
    char separator = column->join == PROFILE_JOIN_LEVELS  ? '>'
                     : column->join == PROFILE_JOIN_SPACE ? '+'
                                                          : '\0';
    while (text.ptr != NULL) {
        struct bytes written = bytes_trim(bytes_cut(&text, separator));
        struct bytes word = BYTES_NONE;
        int rc = fold_word(parser, written, &word);
        if (rc == OK)
            rc = check_unclaimed(parser, field, column, word);
        if (rc != OK)
            return rc;
        if (word.len == 0)
            return err_set(parser->err, ERR_PROFILE, "\"" BYTES_FMT "\" is no header of field %s",
                           BYTES_ARG(written), field_word(field));
        if (column->part_count == PROFILE_MAX_PARTS || parser->word_count == PROFILE_MAX_WORDS)
            return err_set(parser->err, ERR_PROFILE, "too many headers for field %s",
                           field_word(field));
        column->parts[column->part_count++] = word;
        parser->word_count++;
    }
    return OK;
}

/* One alternative: a header, or several joined by > or +. */
static int read_column(struct profile_parser *parser, enum field field, struct bytes text,
                       struct profile_column ***last)
{
    bool levels = bytes_find(text, BYTES_LIT(">")) < text.len;
    bool space = bytes_find(text, BYTES_LIT("+")) < text.len;
    if (levels && space)
        return err_set(parser->err, ERR_PROFILE, "\"" BYTES_FMT "\" joins by both > and +",
                       BYTES_ARG(text));
    struct profile_column *column = arena_alloc(&parser->profile->arena, sizeof *column);
    if (column == NULL)
        return err_set(parser->err, ERR_NOMEM, "could not keep a column of a profile");
    column->join = levels ? PROFILE_JOIN_LEVELS : space ? PROFILE_JOIN_SPACE : PROFILE_JOIN_NONE;
    int rc = read_parts(parser, field, text, column);
    if (rc != OK)
        return rc;
    **last = column;
    *last = &column->next;
    return OK;
}

static int read_columns(struct profile_parser *parser, struct bytes key, struct bytes value)
{
    enum field field = field_from_word(key);
    if (field == FIELD_COUNT)
        return err_set(parser->err, ERR_PROFILE, "unknown field \"" BYTES_FMT "\" in [columns]",
                       BYTES_ARG(key));
    if (value.len == 0)
        return err_set(parser->err, ERR_PROFILE, "field %s has no header", field_word(field));
    struct profile_column **last = &parser->profile->columns[field];
    while (value.ptr != NULL) {
        struct bytes text = bytes_trim(bytes_cut(&value, '|'));
        int rc = text.len > 0 ? read_column(parser, field, text, &last) : OK;
        if (rc != OK)
            return rc;
    }
    return OK;
}

/* ---- [values.FIELD] ---- */

static const struct profile_value *find_value(const struct profile *profile, enum field field,
                                              struct bytes word)
{
    for (const struct profile_value *value = profile->values[field]; value != NULL;
         value = value->next) {
        if (bytes_equal(value->word, word))
            return value;
    }
    return NULL;
}

/* Append the words of a list to the field's values. A word that is there already keeps its meaning if it is one of our
 * own, which come last; a profile that gives a word two meanings is refused. */
static int add_values(struct profile_parser *parser, const struct word_meaning *meaning,
                      struct bytes list, bool own)
{
    struct profile *profile = parser->profile;
    while (list.ptr != NULL) {
        struct bytes written = bytes_trim(bytes_cut(&list, '|'));
        struct bytes word = BYTES_NONE;
        int rc = fold_word(parser, written, &word);
        if (rc != OK)
            return rc;
        const struct profile_value *there = find_value(profile, meaning->field, word);
        if (!own && there != NULL && there->value != meaning->value)
            return err_set(parser->err, ERR_PROFILE,
                           "\"" BYTES_FMT "\" has two meanings in [values.%s]", BYTES_ARG(written),
                           field_word(meaning->field));
        if (there != NULL || word.len == 0)
            continue;
        if (parser->value_count++ == PROFILE_MAX_VALUES)
            return err_set(parser->err, ERR_PROFILE, "more than %d value words",
                           PROFILE_MAX_VALUES);
        struct profile_value *value = arena_alloc(&profile->arena, sizeof *value);
        if (value == NULL)
            return err_set(parser->err, ERR_NOMEM, "could not keep a word of a profile");
        *value = (struct profile_value){.word = word, .value = meaning->value};
        struct profile_value **last = &profile->values[meaning->field];
        while (*last != NULL)
            last = &(*last)->next;
        *last = value;
    }
    return OK;
}

static int read_values(struct profile_parser *parser, struct bytes field_name, struct bytes key,
                       struct bytes value)
{
    enum field field = field_from_word(field_name);
    if (field == FIELD_COUNT || !word_field(field))
        return err_set(parser->err, ERR_PROFILE, "field \"" BYTES_FMT "\" has no value words",
                       BYTES_ARG(field_name));
    const struct word_meaning *meaning = word_meaning_find(field, key);
    if (meaning == NULL)
        return err_set(parser->err, ERR_PROFILE, "unknown word \"" BYTES_FMT "\" in [values.%s]",
                       BYTES_ARG(key), field_word(field));
    return add_values(parser, meaning, value, false);
}

static int add_own_values(struct profile_parser *parser)
{
    int rc = OK;
    for (const struct word_meaning *meaning = word_meanings; meaning->name != NULL && rc == OK;
         meaning++) {
        rc = add_values(parser, meaning, bytes_from_z(meaning->name), true);
        if (rc == OK)
            rc = add_values(parser, meaning, bytes_from_z(meaning->synonyms), true);
    }
    return rc;
}

/* ---- Lines and entries ---- */

static int end_entry(struct profile_parser *parser)
{
    if (!parser->has_entry)
        return OK;
    parser->has_entry = false;
    int rc = buf_status(&parser->value, parser->err);
    if (rc != OK)
        return rc;
    struct bytes value = arena_copy(&parser->profile->arena, buf_bytes(&parser->value));
    if (value.ptr == NULL)
        return err_set(parser->err, ERR_NOMEM, "could not keep a value of a profile");
    struct bytes section = bytes_from_z(parser->section);
    struct bytes key = bytes_from_z(parser->key);
    struct bytes prefix = BYTES_LIT("values.");
    if (bytes_equal(section, BYTES_LIT("source")))
        rc = read_source(parser, key, value);
    else if (bytes_equal(section, BYTES_LIT("columns")))
        rc = read_columns(parser, key, value);
    else if (bytes_starts_with(section, prefix))
        rc = read_values(parser, (struct bytes){section.ptr + prefix.len, section.len - prefix.len},
                         key, value);
    else
        rc = err_set(parser->err, ERR_PROFILE, "unknown section [" BYTES_FMT "]",
                     BYTES_ARG(section));
    return at_line(parser, rc);
}

/* An indented line goes on with the value above it. One that looks like a key is a slip that would lose the key. */
static int continue_entry(struct profile_parser *parser, struct bytes value)
{
    struct bytes rest = value;
    struct bytes before = bytes_trim(bytes_cut(&rest, '='));
    if (rest.ptr != NULL && field_from_word(before) != FIELD_COUNT)
        return err_set(parser->err, ERR_PROFILE, "line %d: key \"" BYTES_FMT "\" is indented",
                       parser->line, BYTES_ARG(before));
    size_t comment = bytes_find(value, BYTES_LIT(" ;"));
    buf_append_byte(&parser->value, ' ');
    buf_append(&parser->value, (struct bytes){value.ptr, comment});
    return OK;
}

static int begin_entry(struct profile_parser *parser, const char *section, const char *key,
                       const char *value)
{
    int rc = end_entry(parser);
    if (rc != OK)
        return rc;
    if (strlen(section) >= sizeof parser->section || strlen(key) >= sizeof parser->key)
        return err_set(parser->err, ERR_PROFILE, "line %d: unknown key \"%s\"", parser->line, key);
    memcpy(parser->section, section, strlen(section) + 1);
    memcpy(parser->key, key, strlen(key) + 1);
    parser->has_entry = true;
    parser->entry_line = parser->line;
    buf_clear(&parser->value);
    buf_append_z(&parser->value, value);
    return OK;
}

static int on_entry(void *context, const char *section, const char *key, const char *value)
{
    struct profile_parser *parser = context;
    if (parser->rc != OK)
        return 1;
    bool goes_on = parser->indented && parser->has_entry && strcmp(parser->key, key) == 0 &&
                   strcmp(parser->section, section) == 0;
    parser->rc = goes_on ? continue_entry(parser, bytes_from_z(value))
                         : begin_entry(parser, section, key, value);
    return 1;
}

/* What inih calls for the next line, in the manner of fgets. */
static char *next_line(char *out, int size, void *context)
{
    struct profile_parser *parser = context;
    if (parser->rc != OK || parser->rest.ptr == NULL || parser->rest.len == 0)
        return NULL;
    parser->line++;
    struct bytes line = bytes_cut(&parser->rest, '\n');
    if (line.len > 0 && line.ptr[line.len - 1] == '\r')
        line.len--;
    if (line.len >= (size_t)size) {
        parser->rc = err_set(parser->err, ERR_PROFILE,
                             "line %d is longer than %d bytes; continue it indented", parser->line,
                             size - 1);
        return NULL;
    }
    parser->indented = line.len > 0 && (line.ptr[0] == ' ' || line.ptr[0] == '\t');
    if (line.len > 0)
        memcpy(out, line.ptr, line.len);
    out[line.len] = '\0';
    return out;
}

static int parse_text(struct profile_parser *parser, struct bytes text)
{
    if (text.len > PROFILE_TEXT_MAX_BYTES)
        return err_set(parser->err, ERR_PROFILE, "profile is longer than %d bytes",
                       PROFILE_TEXT_MAX_BYTES);
    if (memchr(text.ptr != NULL ? text.ptr : "", '\0', text.len) != NULL || !utf8_is_valid(text))
        return err_set(parser->err, ERR_PROFILE, "profile is no UTF-8 text");
    struct profile *profile = parser->profile;
    profile->text = arena_copy(&profile->arena, text);
    if (profile->text.ptr == NULL)
        return err_set(parser->err, ERR_NOMEM, "could not keep a profile");
    parser->rest = profile->text;
    int bad_line = ini_parse_stream(next_line, parser, on_entry, parser);
    if (parser->rc == OK)
        parser->rc = end_entry(parser);
    if (parser->rc == OK && bad_line != 0)
        return err_set(parser->err, ERR_PROFILE,
                       "line %d is neither a section nor a key with a value", bad_line);
    return parser->rc;
}

static uint64_t bit_of(enum field field)
{
    return UINT64_C(1) << field;
}

enum profile_records profile_records(const struct profile *profile)
{
    return profile->records;
}

uint64_t profile_required(const struct profile *profile)
{
    switch (profile->records) {
    case RECORDS_OUTCOMES:
        return bit_of(FIELD_ORDER_NO) | bit_of(FIELD_DISPOSITION);
    case RECORDS_CALLS:
        return bit_of(FIELD_CALLED_NUMBER) | bit_of(FIELD_CALL_BEGAN_AT);
    case RECORDS_ORDERS:
        break;
    }
    return bit_of(FIELD_ORDER_NO) | bit_of(FIELD_RECEIVED_AT) | bit_of(FIELD_UNIT);
}

static enum profile_records records_of(enum field field)
{
    if (field >= FIELD_CALLED_NUMBER)
        return RECORDS_CALLS;
    return field >= ORDER_FIELD_COUNT ? RECORDS_OUTCOMES : RECORDS_ORDERS;
}

/* Orders and outcomes share the order's number alone. */
static bool fits(const struct profile *profile, enum field field)
{
    return records_of(field) == profile->records ||
           (field == FIELD_ORDER_NO && profile->records == RECORDS_OUTCOMES);
}

static int check_fields(const struct profile *profile, struct err *err)
{
    for (int i = 0; i < FIELD_COUNT; i++) {
        enum field field = (enum field)i;
        bool has_column = profile->columns[field] != NULL;
        if (has_column && !fits(profile, field))
            return err_set(err, ERR_PROFILE, "field %s is none of %s", field_word(field),
                           records_words[profile->records]);
        if (!has_column && (profile_required(profile) & bit_of(field)) != 0)
            return err_set(err, ERR_PROFILE, "no column for the required field %s",
                           field_word(field));
    }
    return OK;
}

int profile_parse(struct bytes text, struct profile **out_profile, struct err *err)
{
    enum { ARENA_MAX_BYTES = 8 * PROFILE_TEXT_MAX_BYTES };
    struct profile *profile = mem_calloc(1, sizeof *profile);
    if (profile == NULL)
        return err_set(err, ERR_NOMEM, "could not make a profile");
    arena_init(&profile->arena, ARENA_MAX_BYTES);
    profile->form = FORM_OPEN;
    profile->timezone = BYTES_LIT("Asia/Shanghai");
    struct profile_parser parser = {.profile = profile, .err = err};
    buf_init(&parser.value, PROFILE_TEXT_MAX_BYTES);
    buf_init(&parser.fold, PROFILE_TEXT_MAX_BYTES);
    int rc = parse_text(&parser, text);
    if (rc == OK)
        rc = check_fields(profile, err);
    if (rc == OK)
        rc = add_own_values(&parser);
    buf_deinit(&parser.value);
    buf_deinit(&parser.fold);
    if (rc != OK) {
        profile_free(profile);
        return rc;
    }
    *out_profile = profile;
    return OK;
}

/* ---- Built-in profiles ---- */

bool profile_builtin_text(struct bytes name, struct bytes *out_text)
{
    struct bytes suffix = BYTES_LIT(".ini");
    for (const struct embedded_file *file = embedded_importers; file->name != NULL; file++) {
        struct bytes file_name = bytes_from_z(file->name);
        if (file_name.len == name.len + suffix.len && bytes_starts_with(file_name, name)) {
            *out_text = embedded_bytes(file);
            return true;
        }
    }
    return false;
}

int profile_builtin(struct bytes name, struct profile **out_profile, struct err *err)
{
    struct bytes text = BYTES_NONE;
    if (!profile_builtin_text(name, &text))
        return err_set(err, ERR_NOT_FOUND, "no built-in profile \"" BYTES_FMT "\"",
                       BYTES_ARG(name));
    int rc = profile_parse(text, out_profile, err);
    return rc != OK ? err_wrap(err, "built-in profile \"" BYTES_FMT "\"", BYTES_ARG(name)) : OK;
}

void profile_free(struct profile *profile)
{
    if (profile == NULL)
        return;
    arena_deinit(&profile->arena);
    mem_free(profile);
}

struct bytes profile_name(const struct profile *profile)
{
    return profile->name;
}

struct bytes profile_title(const struct profile *profile)
{
    return profile->title;
}

struct bytes profile_timezone(const struct profile *profile)
{
    return profile->timezone;
}

struct bytes profile_text(const struct profile *profile)
{
    return profile->text;
}

const struct form *profile_form(const struct profile *profile)
{
    return &profile->form;
}
