#include "importers/dialect_score.h"

#include "importers/cell.h"
#include "importers/cell_type.h"

#include <string.h>

/* score = consistency x kinds x quotes x usualness
 *
 * consistency  share of the records that have the most common number of cells, and a little more the more
 *              cells these are: it is easier to find one comma in each line than eight; one record alone
 *              agrees with nothing
 * kinds        mean worth of their cells: numbers, dates, codes and quoted texts are what tables are made of;
 *              a text that begins in the middle of a sentence or holds half a pair of brackets was cut by a
 *              wrong delimiter
 * quotes       where quotes are common they should open and close cells
 * usualness    a comma is a delimiter more often than a space; decides between equals */

enum { MAX_QUOTED_BYTES = 64 * 1024 };

static const double worth_typed = 1.0, worth_words = 0.8, worth_numbers = 0.4, worth_broken = 0.2;

struct scan {
    const struct dialect *dialect;
    size_t delimiter_len;
    struct bytes text;
    bool whole;
    size_t at;
    size_t hopeless; /* no quote before this place closes a cell */

    /* The record at hand. */
    size_t cells, enclosed, filled;
    double good;

    int64_t quotes, quotes_in_place; /* of double ones, in all records */
    struct dialect_tally *tally;
    struct dialect_score *score;
};

static bool is_line_end(const struct scan *scan, size_t at)
{
    char c = scan->text.ptr[at];
    if (c == '\n')
        return true;
    if (c != '\r')
        return false;
    return scan->dialect->cr_ends || (at + 1 < scan->text.len && scan->text.ptr[at + 1] == '\n');
}

static bool is_delimiter(const struct scan *scan, size_t at)
{
    size_t len = scan->delimiter_len;
    return len > 0 && scan->text.ptr[at] == scan->dialect->delimiter[0] &&
           (len == 1 ||
            (at + 1 < scan->text.len && scan->text.ptr[at + 1] == scan->dialect->delimiter[1]));
}

static bool ends_cell(const struct scan *scan, size_t at)
{
    return at >= scan->text.len || is_line_end(scan, at) || is_delimiter(scan, at);
}

/* ---- What a cell is worth ---- */

static bool is_broken_start(unsigned char c)
{
    return c != '\0' && strchr(",.;:!?)]}|&=", c) != NULL;
}

/* Brackets that are not closed, or closed without having been opened. */
static bool has_half_brackets(struct bytes text)
{
    int open = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '(' || c == '[' || c == '{')
            open++;
        else if ((c == ')' || c == ']' || c == '}') && open-- == 0)
            return true;
    }
    return open != 0;
}

/* Several numbers with blanks between them: there is another delimiter. */
static bool is_numbers(struct bytes text)
{
    bool has_blank = false;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        has_blank = has_blank || c == ' ';
        if ((c < '0' || c > '9') && (c == '\0' || strchr(" .-", c) == NULL))
            return false;
    }
    return has_blank;
}

static double text_worth(struct bytes text)
{
    double worth = worth_words;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        double own = worth_words;
        struct bytes rest = {text.ptr + i, text.len - i};
        if (c == '"' || (c >= 0 && c < ' ') || bytes_starts_with(rest, BYTES_LIT("' '")))
            own = 0.3;
        else if (c == ';' || c == '|')
            own = 0.5;
        else if (c == ',')
            own = 0.65;
        worth = own < worth ? own : worth;
    }
    char first = text.ptr[0], last = text.ptr[text.len - 1];
    if (text.len > 1 && first == '\'' && last == '\'')
        worth = worth < 0.5 ? worth : 0.5;
    if (is_broken_start((unsigned char)first) || last == '(' || has_half_brackets(text))
        worth *= 0.5;
    return worth;
}

static double plain_worth(const struct scan *scan, struct bytes cell)
{
    struct bytes text = cell_trim(cell);
    bool padded = text.len < cell.len && (cell.ptr[0] == ' ' || cell.ptr[cell.len - 1] == ' ');
    double worth = cell_type_of(text) == CELL_TEXT ? text_worth(text) : worth_typed;
    /* The first record may hold names, even such. */
    if (scan->score->records > 0 && is_numbers(text) && worth < worth_typed)
        worth = worth_numbers;
    if (!padded)
        return worth;
    /* Blanks behind a delimiter that ends with a blank: numbers are padded to columns, and the delimiter is
     * shorter. */
    return scan->delimiter_len == 2 && scan->dialect->delimiter[1] == ' ' ? worth_broken
                                                                          : worth * 0.9;
}

/* ---- Cells ---- */

enum close { CLOSED, NEVER_CLOSED, CUT };

/* Where the quoted cell that begins at `scan->at` closes. One that holds both stray quotes and line ends is
 * taken as one that never closes: it has swallowed other records. */
static enum close find_close(struct scan *scan, size_t *out_close, int *out_stray)
{
    struct bytes text = scan->text;
    char quote = scan->dialect->quote, escape = scan->dialect->escape;
    size_t limit = text.len - scan->at > MAX_QUOTED_BYTES ? scan->at + MAX_QUOTED_BYTES : text.len;
    int64_t doubled = 0, escaped = 0;
    int stray = 0;
    bool has_line_end = false, is_needed = false;
    size_t at = scan->at + 1;
    for (; at < limit && !(stray > 0 && has_line_end); at++) {
        char c = text.ptr[at];
        if (escape != 0 && c == escape) {
            at++;
            escaped += at < limit && text.ptr[at] == quote;
        } else if (c == '\n' || c == '\r') {
            has_line_end = true;
        } else if (c == quote && at + 1 < text.len && text.ptr[at + 1] == quote) {
            at++;
            doubled++;
        } else if (c == quote && ends_cell(scan, at + 1)) {
            scan->score->doubled += doubled;
            scan->score->escaped += escaped;
            scan->score->stray += stray;
            scan->score->needed += is_needed || has_line_end || doubled + escaped > 0;
            *out_close = at;
            *out_stray = stray;
            return CLOSED;
        } else if (c == quote) {
            stray++;
        } else {
            is_needed = is_needed || is_delimiter(scan, at);
        }
    }
    if (at >= text.len && !scan->whole && !(stray > 0 && has_line_end))
        return CUT;
    scan->hopeless = at > 0 ? at - 1 : 0;
    return NEVER_CLOSED;
}

static void count_cell(struct scan *scan, double worth, bool filled)
{
    scan->cells++;
    scan->filled += filled;
    scan->good += filled ? worth : 0;
}

static void count_quotes(struct scan *scan, struct bytes text, bool in_place)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] != '"')
            continue;
        scan->quotes++;
        scan->quotes_in_place += in_place;
    }
}

/* Take an unquoted cell, up to its delimiter or line end. False when the text ends before and more may follow. */
static bool take_plain(struct scan *scan)
{
    struct bytes text = scan->text;
    size_t from = scan->at;
    char quote = scan->dialect->quote;
    bool has_bad_start = quote != 0 && from < text.len && text.ptr[from] == quote;
    while (!ends_cell(scan, scan->at)) {
        if (scan->dialect->escape != 0 && text.ptr[scan->at] == scan->dialect->escape &&
            scan->at + 1 < text.len && is_delimiter(scan, scan->at + 1)) {
            scan->score->escaped++;
            scan->at++;
        }
        scan->at++;
    }
    scan->at = scan->at < text.len ? scan->at : text.len;
    struct bytes cell = {text.ptr + from, scan->at - from};
    count_quotes(scan, cell, false);
    bool filled = cell_trim(cell).len > 0;
    double worth = !filled ? 0 : has_bad_start ? worth_broken : plain_worth(scan, cell);
    count_cell(scan, worth, filled);
    return scan->at < text.len || scan->whole;
}

static bool take_cell(struct scan *scan)
{
    size_t close = 0;
    int stray = 0;
    char quote = scan->dialect->quote;
    if (quote == 0 || scan->at >= scan->text.len || scan->text.ptr[scan->at] != quote ||
        scan->at < scan->hopeless)
        return take_plain(scan);
    enum close end = find_close(scan, &close, &stray);
    if (end == CUT)
        return false;
    if (end == NEVER_CLOSED)
        return take_plain(scan);
    count_quotes(scan, (struct bytes){scan->text.ptr + scan->at, close + 1 - scan->at}, stray == 0);
    scan->at = close + 1;
    scan->enclosed++;
    count_cell(scan, stray == 0 ? worth_typed : worth_typed / 2, true);
    return scan->at < scan->text.len || scan->whole;
}

/* ---- Records ---- */

static void end_record(struct scan *scan)
{
    if (scan->filled > 0) {
        size_t width = scan->cells <= TABLE_MAX_CELLS ? scan->cells : 0;
        scan->score->records++;
        scan->tally->by_width[width].records++;
        scan->tally->by_width[width].cells += (int64_t)scan->cells;
        scan->tally->by_width[width].enclosed += (int64_t)scan->enclosed;
        scan->tally->by_width[width].judged += (double)scan->filled;
        scan->tally->by_width[width].good += scan->good;
    }
    scan->cells = scan->enclosed = scan->filled = 0;
    scan->good = 0;
}

static void take_line_end(struct scan *scan)
{
    struct bytes text = scan->text;
    if (scan->at >= text.len)
        return;
    bool is_crlf =
        text.ptr[scan->at] == '\r' && scan->at + 1 < text.len && text.ptr[scan->at + 1] == '\n';
    if (is_crlf)
        scan->score->crlf_ends++;
    else if (text.ptr[scan->at] == '\r')
        scan->score->cr_ends++;
    else
        scan->score->lf_ends++;
    scan->at += is_crlf ? 2 : 1;
}

static void scan_records(struct scan *scan)
{
    while (scan->at < scan->text.len) {
        bool complete = take_cell(scan);
        while (complete && scan->at < scan->text.len && !is_line_end(scan, scan->at)) {
            scan->at += scan->delimiter_len;
            complete = take_cell(scan);
        }
        if (!complete)
            return;
        end_record(scan);
        take_line_end(scan);
    }
}

/* ---- The verdict ---- */

/* Single quotes that nothing needs may belong to the text. */
static double quote_usualness(char quote, int64_t needed)
{
    if (quote == '"')
        return 1.0;
    return quote == 0 ? 0.98 : needed > 0 ? 0.99999 : 0.985;
}

static double usualness(const struct dialect *dialect, int64_t needed)
{
    static const struct {
        char delimiter[DIALECT_DELIMITER_BYTES];
        double value;
    } known[] = {{",", 1.0}, {"\t", 1.0}, {";", 0.98}, {"|", 0.97}, {" ", 0.55}, {"", 0.95}};
    double quote = quote_usualness(dialect->quote, needed);
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (strcmp(dialect->delimiter, known[i].delimiter) == 0)
            return known[i].value * quote;
    }
    return 0.96 * quote;
}

static size_t common_width(const struct dialect_tally *tally, size_t least)
{
    size_t best = least;
    for (size_t width = least; width <= TABLE_MAX_CELLS; width++) {
        if (tally->by_width[width].records > tally->by_width[best].records)
            best = width;
    }
    return best;
}

/* Where there are hardly any double quotes, they say nothing; else those that enclose nothing halve the score
 * at most. */
static double quote_fit(const struct scan *scan)
{
    if (scan->quotes == 0)
        return 1.0;
    double fit = (double)scan->quotes_in_place / (double)scan->quotes;
    double commonness = (double)scan->quotes / (2.0 * (double)scan->score->records);
    return 1.0 - 0.5 * (1.0 - fit) * (commonness < 1.0 ? commonness : 1.0);
}

void dialect_score(const struct dialect *dialect, struct bytes text, bool whole,
                   struct dialect_tally *scratch, struct dialect_score *out_score)
{
    struct scan scan = {
        .dialect = dialect,
        .delimiter_len = strlen(dialect->delimiter),
        .text = text,
        .whole = whole,
        .tally = scratch,
        .score = out_score,
    };
    memset(scratch, 0, sizeof *scratch);
    *out_score = (struct dialect_score){.width = scan.delimiter_len == 0};
    scan_records(&scan);
    out_score->width = common_width(scratch, scan.delimiter_len == 0 ? 1 : 2);
    out_score->fitting = scratch->by_width[out_score->width].records;
    out_score->cells = scratch->by_width[out_score->width].cells;
    out_score->enclosed = scratch->by_width[out_score->width].enclosed;
    if (out_score->fitting == 0)
        return;
    double width = (double)out_score->width;
    double consistency = (double)out_score->fitting / ((double)out_score->records + 1.0);
    double kinds =
        scratch->by_width[out_score->width].good / scratch->by_width[out_score->width].judged;
    out_score->score = consistency * (1.0 - 0.5 / width) * kinds * quote_fit(&scan) *
                       usualness(dialect, out_score->needed);
}
