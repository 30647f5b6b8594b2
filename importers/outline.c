#include "importers/outline.h"

#include "base/alloc.h"
#include "base/utf8.h"

#include "importers/cell.h"
#include "importers/columns.h"
#include "importers/names.h"
#include "importers/row_facts.h"

#include <string.h>

/* Rows are tried from the top as the first row of the header. One with hardly a cell filled is preamble; one
 * that looks like the rows below it is the first record of a table without header. What is left is judged with
 * all numbers of header rows, since only the rows below the last one say what the columns hold. A profile that
 * knows the words of a row decides before all that. */

enum { MOST_HEADER_ROWS = 5 /* that are found without being told */ };

struct search {
    struct row_facts facts;
    const struct form *form;
    size_t first; /* rows before were skipped because the form says so */

    /* Found. */
    size_t begin,
        end; /* the header's rows; blank ones among them only if the form says their number */
    struct evidence why;
};

static size_t next_filled(const struct search *search, size_t at)
{
    while (at < search->facts.count && row_is_blank(&search->facts.rows[at]))
        at++;
    return at;
}

static size_t least_names(const struct search *search)
{
    return search->facts.width >= 2 ? 2 : 1;
}

/* Whether the row is a part of the header whose last row stands before `below`. */
static bool is_header_part(struct search *search, size_t at, size_t below)
{
    size_t unlike = 0, alike = 0;
    row_facts_columns(&search->facts, below);
    row_facts_compare(&search->facts, at, &unlike, &alike);
    return search->facts.body_rows > 0 && unlike > 0 && alike == 0 &&
           row_is_names(&search->facts.rows[at], least_names(search));
}

/* ---- By the profile's words ---- */

static int count_words(const struct profile *profile, const struct table_row *row,
                       struct columns *columns, struct buf *scratch, int *out_count,
                       struct err *err)
{
    *out_count = 0;
    if (row->fault != TABLE_FAULT_NONE)
        return OK;
    int rc = columns_match(profile, row->cells, row->cell_count, scratch, columns, err);
    if (rc == OK)
        *out_count = __builtin_popcountll(columns->fields);
    return rc;
}

/* The row of the most words, if it has two, and not only here and there one. */
static int find_words(struct search *search, const struct profile *profile, struct err *err)
{
    struct columns *columns = mem_alloc(sizeof *columns);
    struct buf scratch;
    int rc = OK, seen = 0;
    if (columns == NULL)
        return err_set(err, ERR_NOMEM, "could not look for a header");
    buf_init(&scratch, TABLE_MAX_ROW_BYTES);
    for (size_t i = search->first;
         i < search->facts.count && seen < OUTLINE_MAX_PREAMBLE_ROWS && rc == OK; i++) {
        const struct table_row *row = &search->facts.rows[i];
        int count = 0;
        seen += !row_is_blank(row);
        rc = count_words(profile, row, columns, &scratch, &count, err);
        bool is_most = count >= 2 && count > search->why.count;
        if (rc == OK && is_most && (size_t)count * 4 >= row_filled(row)) {
            search->begin = i;
            search->end = i + 1;
            search->why = (struct evidence){EVIDENCE_WORDS, count, (int64_t)row_filled(row), 0};
        }
    }
    buf_deinit(&scratch);
    mem_free(columns);
    return rc;
}

/* Whether records like those below the row stand above it too: it is no header of theirs then, but of a later table. */
static bool is_in_the_middle(struct search *search)
{
    size_t unlike = 0, alike = 0, records = 0, others = 0;
    row_facts_columns(&search->facts, search->end);
    for (size_t i = search->first; i < search->begin; i++) {
        if (row_is_blank(&search->facts.rows[i]) || row_facts_is_narrow(&search->facts, i))
            continue;
        row_facts_compare(&search->facts, i, &unlike, &alike);
        bool is_record = alike >= 2 && alike > unlike;
        records += is_record;
        others += !is_record;
    }
    return records >= 2 && records > others;
}

/* Rows around a known header row that belong to it: the same again, groups above, names of parts below. */
static void grow_header(struct search *search)
{
    const struct table_row *rows = search->facts.rows;
    size_t known = search->begin;
    while (search->end + 1 < search->facts.count &&
           search->end - search->begin < MOST_HEADER_ROWS &&
           (row_equals(&rows[search->end], &rows[known]) ||
            is_header_part(search, search->end, search->end + 1)))
        search->end++;
    while (search->begin > search->first && search->end - search->begin < MOST_HEADER_ROWS &&
           is_header_part(search, search->begin - 1, search->end))
        search->begin--;
}

/* ---- By the look of the rows ---- */

/* Whether the cell is a number behind some sign: $5, "31. */
static bool begins_with_digit(struct bytes cell)
{
    size_t at = 0;
    while (at < cell.len && strchr(" \"'$+-(#=", cell.ptr[at]) != NULL)
        at++;
    return at < cell.len && cell.ptr[at] >= '0' && cell.ptr[at] <= '9';
}

/* Whether something like a number stands where the columns hold numbers or dates: a damaged record rather than a second
 * row of the header. */
static bool has_number_over_numbers(const struct row_facts *facts, const struct table_row *row)
{
    for (size_t c = 0; c < row->cell_count && c < facts->width; c++) {
        bool is_typed = facts->columns[c] == CELL_NUMBER || facts->columns[c] == CELL_DATE;
        if (is_typed && begins_with_digit(row->cells[c]))
            return true;
    }
    return false;
}

/* Whether the rows from `begin` to before `end` are the header of what is below. */
static bool is_header(struct search *search, size_t begin, size_t end)
{
    struct row_facts *facts = &search->facts;
    size_t unlike = 0, alike = 0, typed = 0;
    row_facts_columns(facts, end);
    if (facts->body_rows == 0)
        return false;
    for (size_t i = end; i-- > begin;) {
        bool repeats = i > begin && row_equals(&facts->rows[i], &facts->rows[begin]);
        if (i > begin && !repeats && has_number_over_numbers(facts, &facts->rows[i]))
            return false;
        /* A record with a delimiter too many or too few has its cells in other columns. */
        if (facts->rows[i].cell_count != facts->width &&
            facts->rows[begin].cell_count == facts->width)
            return false;
        row_facts_compare(facts, i, &unlike, &alike);
        if ((unlike == 0 || unlike < alike) && !(repeats && alike == 0))
            return false;
        /* One row with more for than against it need not be words all over. */
        bool is_sure = end - begin == 1 && unlike > alike;
        bool may_be = end - begin == 1 || alike == 0;
        if (!is_sure && !(may_be && row_is_names(&facts->rows[i], least_names(search))))
            return false;
    }
    for (size_t c = 0; c < facts->width; c++)
        typed += facts->columns[c] != CELL_TEXT && facts->columns[c] != CELL_EMPTY;
    search->begin = begin;
    search->end = end;
    search->why = (struct evidence){EVIDENCE_TYPES, (int64_t)unlike, (int64_t)typed, 0};
    return true;
}

static bool has_twins(const struct table_row *row)
{
    for (size_t a = 0; a < row->cell_count; a++) {
        for (size_t b = a + 1; b < row->cell_count; b++) {
            if (row->cells[a].len > 0 && bytes_equal(row->cells[a], row->cells[b]))
                return true;
        }
    }
    return false;
}

/* Whether the row names columns though nothing below tells: filled, different, short, and not met again. A row
 * that is all there is must hold words. */
static bool is_header_by_names(struct search *search, size_t at)
{
    struct row_facts *facts = &search->facts;
    const struct table_row *row = &facts->rows[at];
    size_t unlike = 0, alike = 0, filled = row_filled(row), words = 0;
    if (!row_is_names(row, 1) || has_twins(row) || filled * 2 < row->cell_count)
        return false;
    size_t end = at + 1;
    while (end < facts->count && end - at <= MOST_HEADER_ROWS && row_equals(&facts->rows[end], row))
        end++;
    if (end - at > MOST_HEADER_ROWS || (end - at > 1 && end == facts->count))
        return false;
    row_facts_columns(facts, end);
    row_facts_compare(facts, at, &unlike, &alike);
    for (size_t c = 0; c < row->cell_count && at < facts->typed_count; c++)
        words += facts->types[at][c] == CELL_TEXT;
    if (alike > 0 || words * 2 <= filled)
        return false;
    search->begin = at;
    search->end = end;
    search->why = (struct evidence){EVIDENCE_NAMES, (int64_t)filled, (int64_t)filled, 0};
    return true;
}

/* Sentences, or more cells than the table has, above a row of names are no header, though they are no record
 * either. */
static bool is_title(struct search *search, size_t at)
{
    const struct row_facts *facts = &search->facts;
    bool is_odd = !row_is_names(&facts->rows[at], least_names(search)) ||
                  facts->rows[at].cell_count > facts->width;
    return is_odd && at + 1 < facts->count && is_header_part(search, at + 1, at + 2);
}

/* Whether a header begins at the row. */
static bool try_row(struct search *search, size_t at)
{
    const struct row_facts *facts = &search->facts;
    size_t end = at + 1;
    while (end < facts->count && end - at < MOST_HEADER_ROWS && !row_is_blank(&facts->rows[end]))
        end++;
    for (; end > at; end--) {
        if (is_header(search, at, end))
            return true;
    }
    return is_header_by_names(search, at);
}

/* Whether the row is one of the table's records. */
static bool is_record(struct search *search, size_t at)
{
    size_t unlike = 0, alike = 0;
    row_facts_columns(&search->facts, at + 1);
    row_facts_compare(&search->facts, at, &unlike, &alike);
    bool is_full = row_filled(&search->facts.rows[at]) * 2 >= search->facts.common_filled;
    if (alike == 0 && !is_full)
        return false;
    search->begin = search->end = at;
    if (alike > 0)
        search->why =
            (struct evidence){EVIDENCE_TYPES, (int64_t)alike, (int64_t)search->facts.width, 0};
    return true;
}

static void find_by_look(struct search *search)
{
    bool is_told = search->form->skip_rows != DIALECT_OPEN;
    size_t at = next_filled(search, search->first);
    search->begin = search->end = at;
    search->why = (struct evidence){0};
    for (int seen = 0; at < search->facts.count && seen < OUTLINE_MAX_PREAMBLE_ROWS; seen++) {
        bool is_candidate = is_told || !row_facts_is_narrow(&search->facts, at);
        if (is_candidate && (is_told || !is_title(search, at)) &&
            (try_row(search, at) || is_record(search, at)))
            return;
        if (is_told)
            break;
        at = next_filled(search, at + 1);
    }
    search->begin = search->end = next_filled(search, search->first);
    search->why = (struct evidence){0};
}

/* ---- What was found ---- */

/* The form says how many rows the header has. */
static void obey_header_rows(struct search *search)
{
    int left = search->form->header_rows;
    search->begin = search->end = next_filled(search, search->begin);
    for (; left > 0 && search->end < search->facts.count; search->end++)
        left -= !row_is_blank(&search->facts.rows[search->end]);
    search->why = (struct evidence){.kind = EVIDENCE_GIVEN};
}

static bool join_cell(const struct search *search, size_t column, struct arena *arena,
                      struct buf *scratch, struct bytes *out_cell)
{
    buf_clear(scratch);
    for (size_t i = search->begin; i < search->end; i++) {
        const struct table_row *row = &search->facts.rows[i];
        if (column >= row->cell_count ||
            (cell_trim(row->cells[column]).len == 0 && search->end - search->begin > 1))
            continue;
        if (scratch->len > 0)
            buf_append_byte(scratch, ' ');
        utf8_append_repaired(scratch, row->cells[column]);
    }
    *out_cell = arena_copy(arena, buf_bytes(scratch));
    return out_cell->ptr != NULL && scratch->rc == OK;
}

static int join_header(const struct search *search, struct arena *arena, struct outline *outline,
                       struct err *err)
{
    struct buf scratch;
    size_t count = 0;
    for (size_t i = search->begin; i < search->end; i++) {
        const struct table_row *row = &search->facts.rows[i];
        count = row->cell_count > count ? row->cell_count : count;
        outline->header_rows += !row_is_blank(row);
        if (outline->header_line == 0)
            outline->header_line = row->line;
    }
    outline->header = arena_alloc(arena, (count + 1) * sizeof *outline->header);
    outline->header_count = count;
    bool ok = outline->header != NULL;
    buf_init(&scratch, (size_t)FORM_MAX_HEADER_ROWS * TABLE_MAX_ROW_BYTES);
    for (size_t c = 0; c < count && ok; c++)
        ok = join_cell(search, c, arena, &scratch, &outline->header[c]);
    buf_deinit(&scratch);
    return ok ? OK : err_set(err, ERR_NOMEM, "could not keep a header");
}

/* A later table may have more rows than the first one: if half of the rows right below the header, before a blank
 * one, have its number of cells, that is the width; else, or without header, it is found by looking. */
static size_t width_below(const struct search *search, size_t header_count)
{
    enum { ROWS = 5 };
    size_t seen = 0, fitting = 0;
    for (size_t i = search->end; i < search->facts.count && seen < ROWS; i++) {
        bool is_blank = row_is_blank(&search->facts.rows[i]);
        if (is_blank && seen > 0)
            break;
        seen += !is_blank;
        fitting += search->facts.rows[i].cell_count == header_count;
    }
    return fitting > 0 && fitting * 2 >= seen ? header_count : 0;
}

static int describe_body(const struct search *search, struct arena *arena, struct outline *outline,
                         struct err *err)
{
    struct row_facts body;
    const struct row_facts *facts = &search->facts;
    int rc = row_facts_init(&body, facts->rows + search->end, facts->count - search->end,
                            width_below(search, outline->header_count), arena, err);
    if (rc != OK)
        return rc;
    row_facts_columns(&body, 0);
    outline->width = body.width > 0 ? body.width : outline->header_count;
    outline->types = arena_alloc(arena, (outline->width + 1) * sizeof *outline->types);
    if (outline->types == NULL)
        return err_set(err, ERR_NOMEM, "could not keep the types of columns");
    for (size_t c = 0; c < body.width; c++)
        outline->types[c] = column_type_of(body.columns[c]);
    return OK;
}

static void describe_preamble(const struct search *search, struct outline *outline)
{
    int64_t filled = 0;
    for (size_t i = 0; i < search->begin; i++)
        filled += !row_is_blank(&search->facts.rows[i]);
    outline->preamble_rows = (int64_t)search->begin;
    if (search->form->skip_rows > outline->preamble_rows) /* beyond the rows that were seen */
        outline->preamble_rows = search->form->skip_rows;
    if (search->form->skip_rows != DIALECT_OPEN)
        outline->preamble_why = (struct evidence){.kind = EVIDENCE_GIVEN};
    else if (filled > 0)
        outline->preamble_why = (struct evidence){EVIDENCE_NARROW, filled, filled, 0};
}

int outline_find(const struct table_row *rows, size_t row_count, const struct form *form,
                 const struct profile *profile, struct arena *arena, struct outline *out_outline,
                 struct err *err)
{
    struct search search = {.form = form};
    struct outline outline = {0};
    size_t count = row_count < OUTLINE_MAX_SAMPLE_ROWS ? row_count : OUTLINE_MAX_SAMPLE_ROWS;
    if (form->skip_rows != DIALECT_OPEN)
        search.first = (size_t)form->skip_rows < count ? (size_t)form->skip_rows : count;
    int rc = row_facts_init(&search.facts, rows, count, 0, arena, err);
    if (rc == OK && profile != NULL)
        rc = find_words(&search, profile, err);
    if (rc != OK)
        return rc;
    if (search.why.kind == EVIDENCE_WORDS && !is_in_the_middle(&search))
        grow_header(&search);
    else
        find_by_look(&search);
    if (form->header_rows != DIALECT_OPEN)
        obey_header_rows(&search);
    describe_preamble(&search, &outline);
    rc = join_header(&search, arena, &outline, err);
    if (rc == OK)
        rc = describe_body(&search, arena, &outline, err);
    if (rc != OK)
        return rc;
    outline.header_why = search.why;
    *out_outline = outline;
    return OK;
}

/* ---- Total rows ---- */

static bool is_total_rest(struct bytes text)
{
    size_t digits = 0;
    while (digits < text.len && text.ptr[digits] >= '0' && text.ptr[digits] <= '9')
        digits++;
    struct bytes rest = {text.ptr + digits, text.len - digits};
    return rest.len == 0 || bytes_equal(rest, BYTES_LIT("件")) ||
           bytes_equal(rest, BYTES_LIT("条"));
}

bool outline_is_total(const struct table_row *row)
{
    static const char *const words[] = {"合计", "总计", "共计", "总合计", "total", "grandtotal"};
    enum { MAX_BYTES = 96 };
    char memory[MAX_BYTES];
    struct bytes cell = BYTES_NONE;
    for (size_t i = 0; i < row->cell_count && cell.len == 0; i++)
        cell = cell_trim(row->cells[i]);
    if (cell.len == 0 || cell.len > MAX_BYTES || !utf8_is_valid(cell))
        return false;
    /* Folding makes nothing longer, so the memory is never asked to grow. */
    struct buf fold = {.ptr = memory, .capacity = MAX_BYTES, .max_bytes = MAX_BYTES};
    word_fold(cell, &fold);
    struct bytes text = buf_bytes(&fold);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        struct bytes word = bytes_from_z(words[i]);
        if (bytes_starts_with(text, word) &&
            is_total_rest((struct bytes){text.ptr + word.len, text.len - word.len}))
            return true;
    }
    return false;
}
