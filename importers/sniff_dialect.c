#include "importers/sniff_dialect.h"

#include "base/alloc.h"

#include "importers/row_facts.h"

#include <string.h>

/* The most usual first: a later one must be better to win. */
static const char delimiters[][DIALECT_DELIMITER_BYTES] = {",",  "\t", ";",  "|",  ", ", "; ",
                                                           "| ", "||", ";;", "::", " "};
static const char quotes[] = {'"', '\'', 0};

struct candidate {
    struct dialect dialect;
    struct dialect_score score;
    double
        worth; /* the score, times what the words of the profile are worth that it brings to light */
};

struct search {
    const struct profile *profile;
    const struct form *form;
    struct bytes sample;
    bool whole;
    int64_t lone_crs, lfs;
    struct candidate best; /* worth 0 as long as there is none */
    struct dialect_tally *tally;
    struct columns *columns;
    struct buf scratch;
};

/* ---- What is worth trying ---- */

static bool occurs(const struct search *search, const char *text)
{
    return bytes_find(search->sample, bytes_from_z(text)) < search->sample.len;
}

static bool may_quote(const struct search *search, char quote)
{
    if (search->form->quote != DIALECT_OPEN)
        return search->form->quote == quote;
    if (quote == '"')
        return true;
    return occurs(search, quote == 0 ? "\"" : "'");
}

static bool may_escape(const struct search *search, const struct dialect *dialect, char escape)
{
    if (search->form->escape != DIALECT_OPEN)
        return search->form->escape == escape;
    char before_quote[] = {'\\', dialect->quote, '\0'};
    char before_delimiter[] = {'\\', dialect->delimiter[0], '\0'};
    if (escape == 0)
        return true;
    return (dialect->quote != 0 && occurs(search, before_quote)) ||
           (dialect->delimiter[0] != '\0' && occurs(search, before_delimiter));
}

static bool may_end_by_cr(const struct search *search, bool cr_ends)
{
    enum { RARE = 20 };
    if (!cr_ends)
        return search->lone_crs == 0 || search->lfs > 0;
    return search->lone_crs > 0 && search->lone_crs * RARE >= search->lfs;
}

static void count_line_ends(struct search *search)
{
    struct bytes text = search->sample;
    for (size_t i = 0; i < text.len; i++) {
        search->lfs += text.ptr[i] == '\n';
        search->lone_crs +=
            text.ptr[i] == '\r' && (i + 1 < text.len ? text.ptr[i + 1] != '\n' : search->whole);
    }
}

/* ---- Words ---- */

struct word_search {
    struct search *search;
    int seen;
    double worth; /* 0, or the words of a row times their share of its cells */
};

static int on_row(void *context, const struct table_row *row, struct err *err)
{
    struct word_search *words = context;
    struct search *search = words->search;
    if (words->seen++ == OUTLINE_MAX_PREAMBLE_ROWS)
        return ERR_CANCELED;
    if (row->cell_count < 2 || row->fault != TABLE_FAULT_NONE)
        return OK;
    int rc = columns_match(search->profile, row->cells, row->cell_count, &search->scratch,
                           search->columns, err);
    if (rc != OK)
        return rc;
    int count = __builtin_popcountll(search->columns->fields);
    double worth = count < 2 ? 0 : (double)count * (double)count / (double)row_filled(row);
    words->worth = worth > words->worth ? worth : words->worth;
    return OK;
}

/* What the profile finds in one of the first rows makes the dialect more likely. */
static int weigh_words(struct search *search, struct candidate *candidate, struct err *err)
{
    struct table *table = NULL;
    struct word_search words = {.search = search};
    int rc = table_new(&candidate->dialect, candidate->score.width, on_row, &words, &table, err);
    if (rc != OK)
        return rc;
    rc = table_feed(table, search->sample, err);
    if (rc == OK && search->whole)
        rc = table_finish(table, err);
    table_free(table);
    candidate->worth *= 1.0 + words.worth;
    return rc == ERR_CANCELED ? OK : rc;
}

/* ---- The search ---- */

static void try_dialect(struct search *search, const struct dialect *dialect,
                        struct candidate *best)
{
    struct candidate candidate = {.dialect = *dialect};
    dialect_score(dialect, search->sample, search->whole, search->tally, &candidate.score);
    /* One backslash before a quote among many quotes that have none is text. */
    bool escapes = dialect->escape == 0 || candidate.score.escaped > candidate.score.stray ||
                   search->form->escape != DIALECT_OPEN;
    /* Taking an apostrophe for a quote takes it away: some cell must need it, or about one a record must have it. */
    const struct dialect_score *score = &candidate.score;
    bool is_used = dialect->quote != '\'' || score->needed > 0 ||
                   score->enclosed * 10 >= score->fitting * 9 ||
                   search->form->quote != DIALECT_OPEN;
    candidate.worth = candidate.score.score;
    enum { EQUAL = 1000000 }; /* rounding decides nothing */
    if (is_used && escapes && candidate.worth > best->worth + 1.0 / EQUAL)
        *best = candidate;
}

/* The best way to read the sample with this delimiter. */
static void try_delimiter(struct search *search, const char *delimiter, struct candidate *best)
{
    for (size_t i = 0; i < 2 * 2 * sizeof quotes; i++) {
        struct dialect dialect = {.cr_ends = i % 2 == 1, .quote = quotes[i / 4]};
        dialect.escape = i / 2 % 2 == 1 ? '\\' : 0;
        memcpy(dialect.delimiter, delimiter, sizeof dialect.delimiter);
        if (may_quote(search, dialect.quote) && may_escape(search, &dialect, dialect.escape) &&
            may_end_by_cr(search, dialect.cr_ends))
            try_dialect(search, &dialect, best);
    }
}

/* a;;b;;c is also five cells of which two are always empty. */
static bool is_half_of(const struct candidate *one, const struct candidate *two)
{
    const char *twice = two->dialect.delimiter;
    return twice[0] == one->dialect.delimiter[0] && twice[1] == twice[0] &&
           one->dialect.delimiter[1] == '\0' && one->score.width == two->score.width * 2 - 1 &&
           two->score.fitting >= one->score.fitting;
}

static int try_all(struct search *search, struct err *err)
{
    const struct form *form = search->form;
    int rc = OK;
    for (size_t i = 0; i < sizeof delimiters / sizeof *delimiters && rc == OK; i++) {
        struct candidate candidate = {0};
        if (!occurs(search, delimiters[i]))
            continue;
        try_delimiter(search, delimiters[i], &candidate);
        if (candidate.worth <= 0)
            continue;
        if (search->profile != NULL)
            rc = weigh_words(search, &candidate, err);
        if (candidate.worth > search->best.worth || is_half_of(&search->best, &candidate))
            search->best = candidate;
    }
    struct candidate one_column = {0};
    if (rc == OK && form->delimiter[0] == '\0')
        try_delimiter(search, "\0\0", &one_column);
    if (one_column.worth > search->best.worth)
        search->best = one_column;
    return rc;
}

static void describe(const struct search *search, struct sniff *sniff)
{
    const struct dialect_score *score = &search->best.score;
    const struct form *form = search->form;
    sniff->dialect = search->best.dialect;
    sniff->lf_ends = score->lf_ends;
    sniff->crlf_ends = score->crlf_ends;
    sniff->cr_ends = score->cr_ends;
    if (form->delimiter[0] != '\0') {
        sniff->delimiter_why = (struct evidence){.kind = EVIDENCE_GIVEN};
    } else if (sniff->dialect.delimiter[0] == '\0') {
        sniff->dialect.delimiter[0] = ',';
        sniff->delimiter_why = (struct evidence){.kind = EVIDENCE_ONE_COLUMN};
    } else {
        sniff->delimiter_why = (struct evidence){EVIDENCE_WIDTH, score->fitting, score->records,
                                                 (int64_t)score->width};
    }
    if (form->quote != DIALECT_OPEN)
        sniff->quote_why = (struct evidence){.kind = EVIDENCE_GIVEN};
    else if (score->enclosed > 0)
        sniff->quote_why = (struct evidence){EVIDENCE_SEEN, score->enclosed, score->cells, 0};
    int64_t written = score->doubled + score->escaped;
    if (form->escape != DIALECT_OPEN)
        sniff->escape_why = (struct evidence){.kind = EVIDENCE_GIVEN};
    else if (written > 0)
        sniff->escape_why = (struct evidence){
            EVIDENCE_SEEN, sniff->dialect.escape != 0 ? score->escaped : score->doubled, written,
            0};
}

/* Nothing was found, as in a sample without a whole record: what the form says, and the usual for the rest. */
static struct dialect usual_dialect(const struct search *search)
{
    const struct form *form = search->form;
    return (struct dialect){
        .quote = form->quote == DIALECT_OPEN ? '"' : (char)form->quote,
        .escape = form->escape == DIALECT_OPEN ? 0 : (char)form->escape,
        .cr_ends = search->lone_crs > 0 && search->lfs == 0,
    };
}

int sniff_dialect(const struct profile *profile, const struct form *form, struct bytes sample,
                  bool whole, struct sniff *sniff, size_t *out_width, struct err *err)
{
    struct search search = {
        .profile = profile,
        .form = form,
        .sample = sample,
        .whole = whole,
        .tally = mem_alloc(sizeof *search.tally),
        .columns = mem_alloc(sizeof *search.columns),
    };
    int rc = OK;
    buf_init(&search.scratch, TABLE_MAX_ROW_BYTES);
    count_line_ends(&search);
    search.best.dialect = usual_dialect(&search);
    if (search.tally == NULL || search.columns == NULL)
        rc = err_set(err, ERR_NOMEM, "could not look for a dialect");
    else if (form->delimiter[0] != '\0')
        try_delimiter(&search, form->delimiter, &search.best);
    else
        rc = try_all(&search, err);
    if (rc == OK) {
        if (form->delimiter[0] != '\0')
            memcpy(search.best.dialect.delimiter, form->delimiter, DIALECT_DELIMITER_BYTES);
        describe(&search, sniff);
        *out_width = search.best.score.width;
    }
    buf_deinit(&search.scratch);
    mem_free(search.columns);
    mem_free(search.tally);
    return rc;
}
