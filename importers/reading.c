#include "importers/reading.h"

#include <string.h>

void grammar_init(struct grammar *grammar, const struct dialect *dialect)
{
    *grammar = (struct grammar){.dialect = *dialect};
    grammar->delimiter_bytes = dialect->delimiter[1] == '\0' ? 1 : 2;
    grammar->stops[(unsigned char)dialect->delimiter[0]] = true;
    grammar->stops['\r'] = grammar->stops['\n'] = true;
    if (dialect->escape != 0)
        grammar->stops[(unsigned char)dialect->escape] = true;
}

static enum mark mark_of_cr(const struct grammar *grammar, struct bytes text, bool whole, size_t at,
                            size_t *out_bytes)
{
    bool is_last = at + 1 == text.len;
    if (is_last && !whole)
        return MARK_UNKNOWN;
    *out_bytes = !is_last && text.ptr[at + 1] == '\n' ? 2 : 1;
    bool is_end = is_last || *out_bytes == 2 || grammar->dialect.cr_ends;
    return is_end ? MARK_END : MARK_CR;
}

enum mark grammar_mark(const struct grammar *grammar, struct bytes text, bool whole, size_t at,
                       size_t *out_bytes)
{
    *out_bytes = 0;
    if (at == text.len)
        return whole ? MARK_END : MARK_UNKNOWN;
    char c = text.ptr[at];
    *out_bytes = 1;
    if (c == '\n')
        return MARK_END;
    if (c == '\r')
        return mark_of_cr(grammar, text, whole, at, out_bytes);
    if (c != grammar->dialect.delimiter[0])
        return MARK_TEXT;
    if (grammar->delimiter_bytes == 1)
        return MARK_DELIMITER;
    if (at + 1 == text.len)
        return whole ? MARK_TEXT : MARK_UNKNOWN;
    if (text.ptr[at + 1] != grammar->dialect.delimiter[1])
        return MARK_TEXT;
    *out_bytes = 2;
    return MARK_DELIMITER;
}

size_t grammar_escaped(const struct grammar *grammar, struct bytes text, size_t at)
{
    const struct dialect *dialect = &grammar->dialect;
    struct bytes rest = {text.ptr + at + 1, text.len - at - 1};
    if (rest.len == 0)
        return 1;
    char c = rest.ptr[0];
    if (bytes_starts_with(rest, BYTES_LIT("\r\n")))
        return 3;
    if (bytes_starts_with(rest, bytes_from_z(dialect->delimiter)))
        return 1 + grammar->delimiter_bytes;
    bool is_escaped =
        (c == dialect->quote && c != '\0') || c == dialect->escape || c == '\r' || c == '\n';
    return is_escaped ? 2 : 1;
}

static size_t find_line_end(const struct grammar *grammar, struct bytes text)
{
    if (text.len == 0)
        return 0;
    if (!grammar->dialect.cr_ends) {
        const char *lf = memchr(text.ptr, '\n', text.len);
        return lf != NULL ? (size_t)(lf - text.ptr) : text.len;
    }
    size_t at = 0;
    while (at < text.len && text.ptr[at] != '\n' && text.ptr[at] != '\r')
        at++;
    return at;
}

bool grammar_line(const struct grammar *grammar, struct bytes text, bool whole, size_t *out_end,
                  size_t *out_taken)
{
    size_t at = find_line_end(grammar, text);
    bool has_cr = at < text.len && text.ptr[at] == '\r';
    bool is_known = at + has_cr < text.len || (whole && text.len > 0);
    if (!is_known)
        return false;
    bool has_lf = at + has_cr < text.len && text.ptr[at + has_cr] == '\n';
    *out_taken = at + has_cr + has_lf;
    bool ends_with_cr = !has_cr && at > 0 && text.ptr[at - 1] == '\r';
    *out_end = ends_with_cr ? at - 1 : at;
    return true;
}

/* ---- Cells ---- */

struct scan {
    const struct grammar *grammar;
    struct bytes text;
    bool whole;
    bool tolerant;     /* quotes and lone CRs that the grammar does not allow are text */
    size_t last_close; /* if tolerant: no quoted cell closes behind this place */
    size_t at;
};

/* To the end of an unquoted cell; returns the mark there. */
static enum mark scan_plain(struct scan *scan, struct span *span, size_t *out_bytes)
{
    struct bytes text = scan->text;
    const struct grammar *grammar = scan->grammar;
    span->start = scan->at;
    span->quoted = span->escapes = false;
    span->mends = 0;
    enum mark mark = MARK_TEXT;
    size_t at = scan->at;
    while (mark == MARK_TEXT || (mark == MARK_CR && scan->tolerant)) {
        while (at < text.len && !grammar->stops[(unsigned char)text.ptr[at]])
            at++;
        span->end = at;
        bool is_escape = at < text.len && grammar->dialect.escape != 0 &&
                         text.ptr[at] == grammar->dialect.escape;
        /* What an escape makes text may be three bytes long. */
        if (is_escape && !scan->whole && text.len - at < 3)
            return MARK_UNKNOWN;
        mark = is_escape ? MARK_TEXT : grammar_mark(grammar, text, scan->whole, at, out_bytes);
        size_t step = is_escape ? grammar_escaped(grammar, text, at) : 1;
        span->escapes = span->escapes || is_escape;
        span->mends |= mark == MARK_CR ? TABLE_MEND_CR : 0;
        at += step;
    }
    scan->at = span->end;
    return mark;
}

static size_t find_quote_or_escape(const struct grammar *grammar, struct bytes text, size_t at)
{
    if (at >= text.len)
        return text.len;
    if (grammar->dialect.escape == 0) {
        const char *quote = memchr(text.ptr + at, grammar->dialect.quote, text.len - at);
        return quote != NULL ? (size_t)(quote - text.ptr) : text.len;
    }
    while (at < text.len && text.ptr[at] != grammar->dialect.quote &&
           text.ptr[at] != grammar->dialect.escape)
        at++;
    return at;
}

/* To the end of a quoted cell; returns the mark there, MARK_TEXT if it is none that may stand there. */
static enum mark scan_quoted(struct scan *scan, struct span *span, size_t *out_bytes)
{
    struct bytes text = scan->text;
    const struct dialect *dialect = &scan->grammar->dialect;
    *span = (struct span){.start = scan->at, .quoted = true};
    size_t at = scan->at + 1;
    for (;;) {
        at = find_quote_or_escape(scan->grammar, text, at);
        scan->at = at;
        if (at == text.len)
            return scan->whole ? MARK_TEXT : MARK_UNKNOWN;
        if (text.ptr[at] != dialect->quote) {
            if (!scan->whole && text.len - at < 3)
                return MARK_UNKNOWN;
            at += grammar_escaped(scan->grammar, text, at);
            span->escapes = true;
            continue;
        }
        bool is_last = at + 1 == text.len;
        if (!is_last && dialect->escape == 0 && text.ptr[at + 1] == dialect->quote) {
            at += 2;
            span->escapes = true;
            continue;
        }
        enum mark mark = grammar_mark(scan->grammar, text, scan->whole, at + 1, out_bytes);
        scan->at = span->end = at + 1;
        if (mark != MARK_TEXT || !scan->tolerant)
            return mark == MARK_CR ? MARK_TEXT : mark;
        span->escapes = true;
        at++;
    }
}

static enum mark scan_cell(struct scan *scan, struct span *span, size_t *out_bytes)
{
    const struct dialect *dialect = &scan->grammar->dialect;
    bool opens = dialect->quote != 0 && scan->at < scan->text.len &&
                 scan->text.ptr[scan->at] == dialect->quote;
    if (!opens)
        return scan_plain(scan, span, out_bytes);
    if (!scan->tolerant)
        return scan_quoted(scan, span, out_bytes);
    size_t start = scan->at;
    if (start < scan->last_close) {
        enum mark mark = scan_quoted(scan, span, out_bytes);
        if (mark != MARK_TEXT)
            return mark;
        /* Looking again for each of many opening quotes would take quadratic time. */
        scan->last_close = 0;
        scan->at = start;
    }
    return scan_plain(scan, span, out_bytes);
}

static enum strict scan_record(struct scan *scan, struct reading *reading)
{
    reading->cell_count = 0;
    reading->ended_by_cr = false;
    struct span beyond;
    size_t bytes = 0;
    enum mark mark = MARK_DELIMITER;
    while (mark == MARK_DELIMITER) {
        size_t count = reading->cell_count++;
        mark = scan_cell(scan, count < TABLE_MAX_CELLS ? &reading->cells[count] : &beyond, &bytes);
        reading->end = scan->at;
        if (mark == MARK_DELIMITER)
            scan->at += bytes;
    }
    reading->taken = scan->at + (mark == MARK_END ? bytes : 0);
    bool is_blank = mark == MARK_END && reading->end == 0;
    if (is_blank)
        reading->cell_count = 0;
    return mark == MARK_END ? STRICT_FINE : mark == MARK_UNKNOWN ? STRICT_CUT : STRICT_BROKEN;
}

enum strict reading_strict(const struct grammar *grammar, struct bytes text, bool whole,
                           struct reading *out_reading)
{
    struct scan scan = {.grammar = grammar, .text = text, .whole = whole};
    return scan_record(&scan, out_reading);
}

static size_t find_last_close(const struct grammar *grammar, struct bytes line)
{
    size_t bytes = 0;
    if (grammar->dialect.quote == 0)
        return 0;
    for (size_t at = line.len; at > 0; at--) {
        if (line.ptr[at - 1] == grammar->dialect.quote &&
            grammar_mark(grammar, line, true, at, &bytes) != MARK_TEXT)
            return at - 1;
    }
    return 0;
}

void reading_of_line(const struct grammar *grammar, struct bytes line, struct reading *out_reading)
{
    struct scan scan = {.grammar = grammar, .text = line, .whole = true, .tolerant = true};
    scan.last_close = find_last_close(grammar, line);
    (void)scan_record(&scan, out_reading);
}

bool reading_has_stray(const struct grammar *grammar, struct bytes text,
                       const struct reading *reading, bool odd)
{
    char quote = grammar->dialect.quote;
    size_t spans = reading->cell_count < TABLE_MAX_CELLS ? reading->cell_count : TABLE_MAX_CELLS;
    for (size_t i = 0; i < spans && quote != 0; i++) {
        const struct span *span = &reading->cells[i];
        size_t quotes = 0;
        for (size_t at = span->start; at < span->end && !span->quoted; at++)
            quotes += text.ptr[at] == quote;
        if (odd ? quotes % 2 == 1 : quotes > 0)
            return true;
    }
    return false;
}
