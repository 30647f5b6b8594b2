#include "scoring/rules_table.h"

#include "base/zone.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* One value of the rules at a time: text to struct and back. What is printed parses to an equal value, so numbers
 * have at most 9 decimals, which 15 digits of a double hold exactly. The file is long because each type's reading and
 * printing stand side by side, over the same few helpers. */

enum { DECIMALS = 9, TERM_COUNT_MAX = 999, ITEMS_A_LINE = 3 };
static const double DECIMALS_SCALE = 1e9;

static int refuse(struct err *err, const char *why)
{
    return err_set(err, ERR_RULES, "%s", why);
}

static void *field_of(const struct rules_key *key, struct rules *rules)
{
    return (char *)rules + key->offset;
}

static const void *const_field_of(const struct rules_key *key, const struct rules *rules)
{
    return (const char *)rules + key->offset;
}

static int *count_of(const struct rules_key *key, struct rules *rules)
{
    return (int *)(void *)((char *)rules + key->count_offset);
}

static int const_count_of(const struct rules_key *key, const struct rules *rules)
{
    int count = 0;
    memcpy(&count, (const char *)rules + key->count_offset, sizeof count);
    return count;
}

/* Number of `text` among `words`, or -1. */
static int word_number(const char *words, struct bytes text)
{
    struct bytes rest = bytes_from_z(words);
    for (int number = 0; rest.ptr != NULL; number++) {
        if (bytes_equal(bytes_cut(&rest, '|'), text))
            return number;
    }
    return -1;
}

static struct bytes word_at(const char *words, int number)
{
    struct bytes rest = bytes_from_z(words);
    struct bytes word = bytes_cut(&rest, '|');
    for (int i = 0; i < number; i++)
        word = bytes_cut(&rest, '|');
    return word;
}

/* The next item of a list separated by white space; false at its end. */
static bool take_item(struct bytes *rest, struct bytes *out_item)
{
    *rest = bytes_trim(*rest);
    if (rest->len == 0)
        return false;
    size_t len = 0;
    while (len < rest->len && rest->ptr[len] != ' ' && rest->ptr[len] != '\t')
        len++;
    *out_item = (struct bytes){rest->ptr, len};
    *rest = (struct bytes){rest->ptr + len, rest->len - len};
    return true;
}

static void copy_text(char *out, struct bytes text)
{
    if (text.len > 0)
        memcpy(out, text.ptr, text.len);
    out[text.len] = '\0';
}

/* ---- texts ---- */

static int parse_text(struct bytes text, char out[RULES_WORD_BYTES], struct err *err)
{
    if (text.len >= RULES_WORD_BYTES)
        return err_set(err, ERR_RULES, "is longer than %d bytes", RULES_WORD_BYTES - 1);
    if (bytes_find(text, BYTES_LIT(";")) < text.len)
        return refuse(err, "has a semicolon, which begins a comment");
    copy_text(out, text);
    return OK;
}

static int parse_zone(struct bytes text, char out[RULES_WORD_BYTES], struct err *err)
{
    if (!zone_name_is_valid(text))
        return refuse(err, "must name a time zone such as Asia/Shanghai");
    return parse_text(text, out, err);
}

/* Names stand in lists of several lines: nothing in them that begins a comment. */
static bool is_name(struct bytes text, size_t capacity)
{
    bool usable = text.len > 0 && text.len < capacity;
    for (size_t i = 0; i < text.len; i++)
        usable = usable && strchr(";#|", text.ptr[i]) == NULL;
    return usable;
}

/* The next name of a list separated by commas or white space; empty at its end. */
static struct bytes next_name(struct bytes *rest)
{
    static const char separators[] = ", \t\r\n";
    while (rest->len > 0 && strchr(separators, rest->ptr[0]) != NULL)
        *rest = (struct bytes){rest->ptr + 1, rest->len - 1};
    struct bytes name = {rest->ptr, 0};
    while (name.len < rest->len && strchr(separators, name.ptr[name.len]) == NULL)
        name.len++;
    *rest = (struct bytes){rest->ptr + name.len, rest->len - name.len};
    return name;
}

#define LAYERS_RULE                                                                                \
    "must be names of calendar layers, of 1 to 31 bytes, separated by commas or spaces"

static int parse_layers(const struct rules_key *key, struct bytes text, struct rules *rules,
                        struct err *err)
{
    int count = 0;
    struct bytes rest = text;
    for (struct bytes name = next_name(&rest); name.len > 0; name = next_name(&rest)) {
        if (count == RULES_MAX_LAYERS)
            return err_set(err, ERR_RULES, "names more than %d layers", RULES_MAX_LAYERS);
        if (!is_name(name, sizeof rules->calendar.layers[0]))
            return refuse(err, LAYERS_RULE);
        for (int i = 0; i < count; i++) {
            if (bytes_equal(bytes_from_z(rules->calendar.layers[i]), name))
                return refuse(err, "names a layer twice");
        }
        copy_text(rules->calendar.layers[count++], name);
    }
    if (count == 0)
        return refuse(err, LAYERS_RULE);
    *count_of(key, rules) = count;
    return OK;
}

/* Lists that may be longer than a line of the parser go on in indented lines. */
static void append_separator(struct buf *out, int number)
{
    if (number > 0)
        buf_append_z(out, number % ITEMS_A_LINE == 0 ? ",\n    " : ", ");
}

static void format_layers(const struct rules_key *key, const struct rules *rules, struct buf *out)
{
    for (int i = 0; i < const_count_of(key, rules); i++) {
        append_separator(out, i);
        buf_append_z(out, rules->calendar.layers[i]);
    }
}

/* ---- words ---- */

static int parse_word(const struct rules_key *key, struct bytes text, struct rules *rules,
                      struct err *err)
{
    int number = word_number(key->words, text);
    if (number < 0)
        return err_set(err, ERR_RULES, "must be one of %s", key->words);
    if (key->type == RULES_TYPE_BOOL)
        *(bool *)field_of(key, rules) = number != 0;
    else
        memcpy(field_of(key, rules), &number, sizeof number);
    return OK;
}

static void format_word(const struct rules_key *key, const struct rules *rules, struct buf *out)
{
    int number = 0;
    if (key->type == RULES_TYPE_BOOL)
        number = *(const bool *)const_field_of(key, rules) ? 1 : 0;
    else
        memcpy(&number, const_field_of(key, rules), sizeof number);
    buf_append(out, word_at(key->words, number));
}

/* ---- numbers ---- */

static int parse_integer(const struct rules_key *key, struct bytes text, int64_t *out,
                         struct err *err)
{
    int64_t value = 0;
    if (key->words != NULL && word_number(key->words, text) == 0) {
        *out = 0;
        return OK;
    }
    if (!bytes_to_int64(text, &value) || (double)value < key->low || (double)value > key->high)
        return err_set(err, ERR_RULES, "must be a whole number from %.0f to %.0f%s%s", key->low,
                       key->high, key->words != NULL ? " or " : "",
                       key->words != NULL ? key->words : "");
    *out = value;
    return OK;
}

static void format_integer(const struct rules_key *key, int64_t value, const char *suffix,
                           struct buf *out)
{
    if (value == 0 && key->words != NULL)
        buf_append_z(out, key->words);
    else
        buf_printf(out, "%lld%s", (long long)value, suffix);
}

static int parse_days(const struct rules_key *key, struct bytes text, int *out, struct err *err)
{
    bool with_unit = text.len > 0 && text.ptr[text.len - 1] == 'd';
    int64_t days = 0;
    if (!with_unit && (key->words == NULL || word_number(key->words, text) != 0))
        return refuse(err, "must be a number of days such as 15d");
    struct bytes number = with_unit ? (struct bytes){text.ptr, text.len - 1} : text;
    int rc = parse_integer(key, number, &days, err);
    if (rc == OK)
        *out = (int)days;
    return rc;
}

static int parse_seconds(const struct rules_key *key, struct bytes text, int *out, struct err *err)
{
    static const char *const why = "must be a time such as 45s, 30m or 3h, of at most 30 days";
    int64_t count = 0;
    if (text.len < 2 || !bytes_to_int64((struct bytes){text.ptr, text.len - 1}, &count) ||
        count < 0 || count > INT32_MAX)
        return refuse(err, why);
    char unit = text.ptr[text.len - 1];
    int seconds_a_unit = unit == 's' ? 1 : unit == 'm' ? 60 : unit == 'h' ? 3600 : 0;
    int64_t seconds = count * seconds_a_unit;
    if (seconds_a_unit == 0 || (double)seconds < key->low || (double)seconds > key->high)
        return refuse(err, why);
    *out = (int)seconds;
    return OK;
}

static void format_seconds(int seconds, struct buf *out)
{
    if (seconds % 3600 == 0)
        buf_printf(out, "%dh", seconds / 3600);
    else if (seconds % 60 == 0)
        buf_printf(out, "%dm", seconds / 60);
    else
        buf_printf(out, "%ds", seconds);
}

static int parse_number(struct bytes text, double low, double high, double *out, struct err *err)
{
    double value = 0;
    size_t point = bytes_find(text, BYTES_LIT("."));
    size_t decimals = point < text.len ? text.len - point - 1 : 0;
    if (!bytes_to_double(text, &value) || value < low || value > high)
        return err_set(err, ERR_RULES, "must be a number from %.9g to %.9g", low, high);
    if (decimals > DECIMALS)
        return err_set(err, ERR_RULES, "has more than %d decimals", DECIMALS);
    *out = value + 0.0; /* no minus before a zero */
    return OK;
}

/* Through an integer, because printf's decimal point depends on the locale. */
static void format_number(double value, struct buf *out)
{
    char text[32];
    int64_t scaled = llround(value * DECIMALS_SCALE);
    int64_t whole = (int64_t)DECIMALS_SCALE;
    (void)snprintf(text, sizeof text, "%lld.%09lld", (long long)(scaled / whole),
                   (long long)(scaled % whole));
    size_t len = strlen(text);
    while (text[len - 1] == '0')
        len--;
    if (text[len - 1] == '.')
        len--;
    buf_append(out, (struct bytes){text, len});
}

/* ---- deadlines ---- */

static int parse_term(struct bytes text, struct rules_term *out, struct err *err)
{
    static const char units[] = "wdh"; /* in the order of enum rules_term_unit */
    int64_t count = 0;
    const char *unit = text.len > 1 ? strchr(units, text.ptr[text.len - 1]) : NULL;
    if (unit == NULL || *unit == '\0' ||
        !bytes_to_int64((struct bytes){text.ptr, text.len - 1}, &count) || count < 1 ||
        count > TERM_COUNT_MAX)
        return err_set(err, ERR_RULES,
                       "must be 1 to %d working days, days or hours such as 10w, 3d or 24h",
                       TERM_COUNT_MAX);
    *out = (struct rules_term){(int)count, (enum rules_term_unit)(unit - units)};
    return OK;
}

static void format_term(struct rules_term term, struct buf *out)
{
    buf_printf(out, "%d%c", term.count, "wdh"[term.unit]);
}

/* ---- scores ---- */

static int parse_component(const struct rules_key *key, struct bytes text,
                           struct rules_component *out, struct err *err)
{
    struct rules_component component = {0};
    if (bytes_find(text, BYTES_LIT(",")) == text.len) {
        int rc = parse_number(text, key->low, key->high, &component.weight, err);
        if (rc == OK)
            *out = component;
        return rc;
    }
    double *const parts[] = {&component.target, &component.per_point, &component.floor,
                             &component.cap};
    size_t count = 0;
    for (struct bytes rest = text; rest.ptr != NULL; count++) {
        struct bytes part = bytes_trim(bytes_cut(&rest, ','));
        if (count == sizeof parts / sizeof parts[0])
            return refuse(err, "has more than the four numbers of a line: target, points per "
                               "point, floor, cap");
        int rc = parse_number(part, 0, 1, parts[count], err);
        if (rc != OK)
            return rc;
    }
    if (count != sizeof parts / sizeof parts[0])
        return refuse(err, "must be a weight, or a line: target, points per point, floor, cap");
    if (component.floor >= component.cap)
        return refuse(err, "has a floor that is not below its cap");
    component.is_line = true;
    *out = component;
    return OK;
}

static void format_component(const struct rules_component *component, struct buf *out)
{
    if (!component->is_line) {
        format_number(component->weight, out);
        return;
    }
    const double parts[] = {component->target, component->per_point, component->floor,
                            component->cap};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        buf_append_z(out, i > 0 ? ", " : "");
        format_number(parts[i], out);
    }
}

/* ---- answers ---- */

static int parse_answers(struct bytes text, bool out[6], struct err *err)
{
    bool answers[6] = {false};
    struct bytes item = BYTES_NONE;
    int count = 0;
    for (struct bytes rest = text; take_item(&rest, &item); count++) {
        if (item.len != 1 || item.ptr[0] < '1' || item.ptr[0] > '5')
            return err_set(err, ERR_RULES,
                           "counts \"" BYTES_FMT "\", but only the answers 5 4 3 2 1 can count: "
                           "a contact that failed is no answer",
                           BYTES_ARG(item));
        int answer = item.ptr[0] - '0';
        if (answers[answer])
            return refuse(err, "names an answer twice");
        answers[answer] = true;
    }
    if (count == 0)
        return refuse(err, "must name at least one of 5 4 3 2 1");
    memcpy(out, answers, sizeof answers);
    return OK;
}

static void format_answers(const bool answers[6], struct buf *out)
{
    bool first = true;
    for (int answer = 5; answer >= 1; answer--) {
        if (!answers[answer])
            continue;
        buf_printf(out, "%s%d", first ? "" : " ", answer);
        first = false;
    }
}

/* Where the points of the number-th word stand: resolution in the order of its words, satisfaction under its digit. */
static size_t points_index(const struct rules_key *key, int number)
{
    return (size_t)(key->type == RULES_TYPE_SATISFACTION_POINTS ? 5 - number : number);
}

static int points_count(const struct rules_key *key)
{
    return key->type == RULES_TYPE_SATISFACTION_POINTS ? 5 : 3;
}

static int parse_points(const struct rules_key *key, struct bytes text, double *out,
                        struct err *err)
{
    unsigned seen = 0;
    for (struct bytes rest = text; rest.ptr != NULL;) {
        struct bytes pair = bytes_cut(&rest, ',');
        struct bytes answer = BYTES_NONE;
        (void)take_item(&pair, &answer);
        int number = word_number(key->words, answer);
        if (number < 0)
            return err_set(err, ERR_RULES,
                           "gives points for \"" BYTES_FMT "\", but only the answers %s have "
                           "some: a contact that failed is no answer",
                           BYTES_ARG(answer), key->words);
        if ((seen & 1U << number) != 0)
            return refuse(err, "names an answer twice");
        seen |= 1U << number;
        int rc = parse_number(bytes_trim(pair), key->low, key->high,
                              &out[points_index(key, number)], err);
        if (rc != OK)
            return rc;
    }
    if (seen != (1U << points_count(key)) - 1)
        return err_set(err, ERR_RULES, "must give points for each of %s", key->words);
    return OK;
}

static void format_points(const struct rules_key *key, const double *points, struct buf *out)
{
    for (int number = 0; number < points_count(key); number++) {
        buf_append_z(out, number > 0 ? ", " : "");
        buf_append(out, word_at(key->words, number));
        buf_append_byte(out, ' ');
        format_number(points[points_index(key, number)], out);
    }
}

/* "一档 0.95": the last word is the number, what stands before it the name. */
static struct bytes cut_last_word(struct bytes text, struct bytes *out_name)
{
    size_t number_at = text.len;
    while (number_at > 0 && text.ptr[number_at - 1] != ' ' && text.ptr[number_at - 1] != '\t')
        number_at--;
    *out_name = bytes_trim((struct bytes){text.ptr, number_at});
    return (struct bytes){text.ptr + number_at, text.len - number_at};
}

/* ---- labels ---- */

/* Whether every file means the same by it, whatever the rules say. */
static bool is_own_label(struct bytes name)
{
    static const char *const own[] = {"非常满意", "满意", "基本满意", "不满意", "非常不满意",
                                      "1",        "2",    "3",        "4",      "5"};
    for (size_t i = 0; i < sizeof own / sizeof *own; i++) {
        if (bytes_equal(name, bytes_from_z(own[i])))
            return true;
    }
    return false;
}

static int parse_label(struct bytes text, struct rules_label *out, struct err *err)
{
    struct bytes name;
    struct bytes number = cut_last_word(text, &name);
    if (!is_name(name, sizeof out->name) || number.len != 1 || number.ptr[0] < '1' ||
        number.ptr[0] > '5')
        return refuse(err, "must be none, or labels of 1 to 31 bytes, each with the satisfaction "
                           "from 1 to 5 that it means, separated by commas");
    if (is_own_label(name))
        return refuse(err, "gives another meaning to a label that has one");
    copy_text(out->name, name);
    out->satisfaction = number.ptr[0] - '0';
    return OK;
}

static int parse_labels(struct bytes text, struct rules *rules, struct err *err)
{
    struct rules_label *labels = rules->rates.labels;
    int count = 0;
    memset(rules->rates.labels, 0, sizeof rules->rates.labels);
    rules->rates.label_count = 0;
    if (bytes_equal(text, BYTES_LIT("none")))
        return OK;
    for (struct bytes rest = text; rest.ptr != NULL; count++) {
        if (count == RULES_MAX_LABELS)
            return err_set(err, ERR_RULES, "has more than %d labels", RULES_MAX_LABELS);
        int rc = parse_label(bytes_trim(bytes_cut(&rest, ',')), &labels[count], err);
        if (rc != OK)
            return rc;
        for (int i = 0; i < count; i++) {
            if (strcmp(labels[i].name, labels[count].name) == 0)
                return refuse(err, "names a label twice");
        }
    }
    rules->rates.label_count = count;
    return OK;
}

static void format_labels(const struct rules *rules, struct buf *out)
{
    if (rules->rates.label_count == 0)
        buf_append_z(out, "none");
    for (int i = 0; i < rules->rates.label_count; i++) {
        append_separator(out, i);
        buf_printf(out, "%s %d", rules->rates.labels[i].name, rules->rates.labels[i].satisfaction);
    }
}

/* ---- bands ---- */

static int parse_band(struct bytes text, struct rules_band *out, struct err *err)
{
    struct bytes name;
    struct bytes number = cut_last_word(text, &name);
    if (!is_name(name, sizeof out->name))
        return refuse(err, "must be class_mean, or bands of a name of 1 to 31 bytes and the rate "
                           "it begins at, separated by commas");
    copy_text(out->name, name);
    return parse_number(number, 0, 1, &out->at_least, err);
}

static int parse_bands(struct bytes text, struct rules *rules, struct err *err)
{
    struct rules_band *bands = rules->ranking.bands;
    int count = 0;
    memset(rules->ranking.bands, 0, sizeof rules->ranking.bands);
    rules->ranking.band_count = 0;
    rules->ranking.bands_by_class_mean = bytes_equal(text, BYTES_LIT("class_mean"));
    if (rules->ranking.bands_by_class_mean)
        return OK;
    for (struct bytes rest = text; rest.ptr != NULL; count++) {
        if (count == RULES_MAX_BANDS)
            return err_set(err, ERR_RULES, "has more than %d bands", RULES_MAX_BANDS);
        int rc = parse_band(bytes_trim(bytes_cut(&rest, ',')), &bands[count], err);
        if (rc != OK)
            return rc;
        if (count > 0 && bands[count].at_least >= bands[count - 1].at_least)
            return refuse(err, "has bands that do not descend");
        for (int i = 0; i < count; i++) {
            if (strcmp(bands[i].name, bands[count].name) == 0)
                return refuse(err, "names a band twice");
        }
    }
    rules->ranking.band_count = count;
    return OK;
}

static void format_bands(const struct rules *rules, struct buf *out)
{
    if (rules->ranking.bands_by_class_mean)
        buf_append_z(out, "class_mean");
    for (int i = 0; i < rules->ranking.band_count; i++) {
        append_separator(out, i);
        buf_append_z(out, rules->ranking.bands[i].name);
        buf_append_byte(out, ' ');
        format_number(rules->ranking.bands[i].at_least, out);
    }
}

/* ---- hours ---- */

/* "09:00", to 24:00. */
static bool parse_minute(struct bytes text, int *out_minute)
{
    if (text.len != 5 || text.ptr[2] != ':')
        return false;
    int digits[4] = {text.ptr[0] - '0', text.ptr[1] - '0', text.ptr[3] - '0', text.ptr[4] - '0'};
    for (int i = 0; i < 4; i++) {
        if (digits[i] < 0 || digits[i] > 9)
            return false;
    }
    int hour = digits[0] * 10 + digits[1];
    int minute = digits[2] * 10 + digits[3];
    *out_minute = hour * 60 + minute;
    return minute < 60 && *out_minute <= 24 * 60;
}

static int parse_spans(const struct rules_key *key, struct bytes text, struct rules *rules,
                       struct err *err)
{
    struct rules_span spans[RULES_MAX_SPANS] = {{0, 0}};
    struct bytes item = BYTES_NONE;
    int count = 0;
    if (bytes_equal(text, BYTES_LIT("none")))
        text = BYTES_NONE;
    else if (text.len == 0)
        return refuse(err, "must be hours such as 09:00-12:00 15:00-18:00, or none");
    for (struct bytes rest = text; take_item(&rest, &item); count++) {
        if (count == RULES_MAX_SPANS)
            return err_set(err, ERR_RULES, "has more than %d spans of hours", RULES_MAX_SPANS);
        struct rules_span *span = &spans[count];
        struct bytes to = item;
        struct bytes from = bytes_cut(&to, '-');
        if (!parse_minute(from, &span->from_minute) || !parse_minute(to, &span->to_minute))
            return refuse(err, "must be hours such as 09:00-12:00 15:00-18:00, or none");
        if (span->from_minute >= span->to_minute)
            return refuse(err, "has a closing hour that is not after the opening one");
        if (count > 0 && span->from_minute < spans[count - 1].to_minute)
            return refuse(err, "has hours that overlap or do not ascend");
    }
    memcpy(field_of(key, rules), spans, sizeof spans);
    *count_of(key, rules) = count;
    return OK;
}

static void format_spans(const struct rules_key *key, const struct rules *rules, struct buf *out)
{
    const struct rules_span *spans = const_field_of(key, rules);
    int count = const_count_of(key, rules);
    buf_append_z(out, count == 0 ? "none" : "");
    for (int i = 0; i < count; i++)
        buf_printf(out, "%s%02d:%02d-%02d:%02d", i > 0 ? " " : "", spans[i].from_minute / 60,
                   spans[i].from_minute % 60, spans[i].to_minute / 60, spans[i].to_minute % 60);
}

/* ---- all of them ---- */

static int parse_integer_field(const struct rules_key *key, struct bytes text, struct rules *rules,
                               struct err *err)
{
    int64_t value = 0;
    int rc = parse_integer(key, text, &value, err);
    if (rc != OK)
        return rc;
    if (key->type == RULES_TYPE_INT)
        *(int *)field_of(key, rules) = (int)value;
    else
        *(int64_t *)field_of(key, rules) = value;
    return OK;
}

int rules_value_parse(const struct rules_key *key, struct bytes text, struct rules *rules,
                      struct err *err)
{
    void *field = field_of(key, rules);
    switch (key->type) {
    case RULES_TYPE_TEXT:
        return parse_text(text, field, err);
    case RULES_TYPE_ZONE:
        return parse_zone(text, field, err);
    case RULES_TYPE_LAYERS:
        return parse_layers(key, text, rules, err);
    case RULES_TYPE_WORD:
    case RULES_TYPE_BOOL:
        return parse_word(key, text, rules, err);
    case RULES_TYPE_INT:
    case RULES_TYPE_COUNT:
        return parse_integer_field(key, text, rules, err);
    case RULES_TYPE_DAYS:
        return parse_days(key, text, field, err);
    case RULES_TYPE_SECONDS:
        return parse_seconds(key, text, field, err);
    case RULES_TYPE_NUMBER:
        return parse_number(text, key->low, key->high, field, err);
    case RULES_TYPE_TERM:
        return parse_term(text, field, err);
    case RULES_TYPE_COMPONENT:
        return parse_component(key, text, field, err);
    case RULES_TYPE_ANSWERS:
        return parse_answers(text, field, err);
    case RULES_TYPE_RESOLUTION_POINTS:
    case RULES_TYPE_SATISFACTION_POINTS:
        return parse_points(key, text, field, err);
    case RULES_TYPE_LABELS:
        return parse_labels(text, rules, err);
    case RULES_TYPE_BANDS:
        return parse_bands(text, rules, err);
    case RULES_TYPE_SPANS:
        return parse_spans(key, text, rules, err);
    }
    assert(false && "every type is parsed above");
    return OK;
}

void rules_value_format(const struct rules_key *key, const struct rules *rules, struct buf *out)
{
    const void *field = const_field_of(key, rules);
    switch (key->type) {
    case RULES_TYPE_TEXT:
    case RULES_TYPE_ZONE:
        buf_append_z(out, field);
        break;
    case RULES_TYPE_LAYERS:
        format_layers(key, rules, out);
        break;
    case RULES_TYPE_WORD:
    case RULES_TYPE_BOOL:
        format_word(key, rules, out);
        break;
    case RULES_TYPE_INT:
        format_integer(key, *(const int *)field, "", out);
        break;
    case RULES_TYPE_COUNT:
        format_integer(key, *(const int64_t *)field, "", out);
        break;
    case RULES_TYPE_DAYS:
        format_integer(key, *(const int *)field, "d", out);
        break;
    case RULES_TYPE_SECONDS:
        format_seconds(*(const int *)field, out);
        break;
    case RULES_TYPE_NUMBER:
        format_number(*(const double *)field, out);
        break;
    case RULES_TYPE_TERM:
        format_term(*(const struct rules_term *)field, out);
        break;
    case RULES_TYPE_COMPONENT:
        format_component(field, out);
        break;
    case RULES_TYPE_ANSWERS:
        format_answers(field, out);
        break;
    case RULES_TYPE_RESOLUTION_POINTS:
    case RULES_TYPE_SATISFACTION_POINTS:
        format_points(key, field, out);
        break;
    case RULES_TYPE_LABELS:
        format_labels(rules, out);
        break;
    case RULES_TYPE_BANDS:
        format_bands(rules, out);
        break;
    case RULES_TYPE_SPANS:
        format_spans(key, rules, out);
        break;
    }
}
