#include "tests/importers/dump_fixture.h"

#include <stdio.h>
#include <string.h>

/* Each damage at every place of every base table, with nothing known about the file. All other rows must come out as if
 * nothing had happened, with their lines and without a mend. The damaged one must come out as a person would read it;
 * where that is open (see is_ambiguous), nothing of it may be lost and no other row may suffer. */

/* The properties of every file are looked at for one place in so many: it is five readings instead of one. */
enum { PROPERTIES_EVERY = 3 };

struct tally {
    size_t tried, exact, failed;
};

struct attempt {
    const struct base *base;
    struct place place;
    struct buf text;
    struct grid expected;
    struct dump_reading got;
    struct dump_properties properties;
};

static void print_row(const char *what, const struct grid *grid, size_t at)
{
    struct bytes text = grid_row_text(grid, at);
    printf("      %s %d:", what, (int)grid->rows[at].line);
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == 31)
            printf("|");
        else if ((unsigned char)c < ' ')
            printf("\\x%02x", (unsigned)c);
        else
            putchar(c);
    }
    printf("\n");
}

/* Where a closing quote or a delimiter lacks, quotes and delimiters alone do not tell what the rest is. */
static bool is_ambiguous(const struct attempt *attempt)
{
    const struct base *base = attempt->base;
    const struct place *place = &attempt->place;
    if (place->damage == DAMAGE_CLOSING_QUOTE_LESS)
        return true;
    return place->damage == DAMAGE_DELIMITER_LESS &&
           (place_is_quoted(base, &base->shape, place, place->row, place->column) ||
            place_is_quoted(base, &base->shape, place, place->row, place->column - 1));
}

static void append_bare(struct buf *out, struct bytes text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '\0' || strchr("\37\",;\r\n", text.ptr[i]) == NULL)
            buf_append_byte(out, text.ptr[i]);
    }
}

/* Rows [first, first + count) hold together what the expected row holds, quotes and ends apart. */
static bool hold_all(const struct attempt *attempt, size_t first, size_t count)
{
    struct buf got, expected;
    buf_init(&got, GRID_MAX_BYTES);
    buf_init(&expected, GRID_MAX_BYTES);
    for (size_t i = 0; i < count; i++)
        append_bare(&got, grid_row_text(&attempt->got.table, first + i));
    append_bare(&expected, grid_row_text(&attempt->expected, attempt->place.row));
    bool holds = bytes_equal(buf_bytes(&got), buf_bytes(&expected));
    buf_deinit(&got);
    buf_deinit(&expected);
    return holds;
}

/* Whether a row has the line it must have. A lone CR makes a line only where the dialect says that CRs end records. */
static bool has_line(const struct attempt *attempt, size_t row, size_t at)
{
    enum damage damage = attempt->place.damage;
    int64_t line = attempt->expected.rows[row].line;
    bool cr_ends = attempt->got.dialect.cr_ends;
    if (damage == DAMAGE_ENDS_CR && row > attempt->place.row && !cr_ends)
        line--;
    if ((damage == DAMAGE_CR || damage == DAMAGE_CR_IN_QUOTED) && row > attempt->place.row)
        line += cr_ends;
    return attempt->got.table.rows[at].line == line;
}

/* A row as it was: its cells, its line, no mend. */
static bool is_intact(const struct attempt *attempt, size_t row, size_t at)
{
    const struct grid *expected = &attempt->expected, *got = &attempt->got.table;
    return bytes_equal(grid_row_text(expected, row), grid_row_text(got, at)) &&
           got->rows[at].mends == 0 && has_line(attempt, row, at);
}

static bool check_rows(const struct attempt *attempt, bool *out_exact)
{
    const struct grid *expected = &attempt->expected, *got = &attempt->got.table;
    size_t damaged = attempt->place.row;
    bool ok =
        got->count >= expected->count && (got->count == expected->count || is_ambiguous(attempt));
    size_t pieces = ok ? got->count - expected->count + 1 : 0;
    for (size_t row = 0; row < expected->count && ok; row++) {
        if (row != damaged)
            ok = is_intact(attempt, row, row < damaged ? row : row + pieces - 1);
    }
    *out_exact = ok && pieces == 1 &&
                 bytes_equal(grid_row_text(expected, damaged), grid_row_text(got, damaged));
    return ok && (*out_exact || (is_ambiguous(attempt) && hold_all(attempt, damaged, pieces)));
}

static void report(const struct attempt *attempt, const char *why)
{
    const struct dump_reading *got = &attempt->got;
    printf("    not as expected (%s): %s, %s, row %zu, column %zu: '%s' %c%c, %zu header rows, %d "
           "tables, "
           "%zu rows\n",
           why, attempt->base->name, damage_words(attempt->place.damage), attempt->place.row,
           attempt->place.column, got->dialect.delimiter,
           got->dialect.quote == 0 ? '0' : got->dialect.quote, got->dialect.cr_ends ? 'r' : 'n',
           got->header_rows, got->tables, got->table.count);
    for (size_t row = 0; row < attempt->expected.count && row < got->table.count; row++) {
        if (is_intact(attempt, row, row))
            continue;
        print_row("expected", &attempt->expected, row);
        print_row("     got", &got->table, row);
    }
}

static bool is_well_framed(const struct attempt *attempt)
{
    const struct dump_reading *got = &attempt->got;
    size_t blank =
        attempt->place.damage == DAMAGE_BLANK_ROW || attempt->place.damage == DAMAGE_EMPTY_ROW;
    return got->header_rows == 1 && got->tables == 1 && got->preamble_rows == 0 &&
           (got->blank_rows == blank || is_ambiguous(attempt)) &&
           got->has_nul == (attempt->place.damage == DAMAGE_NUL);
}

static void try_place(struct attempt *attempt, struct tally *tally)
{
    bool is_exact = false;
    buf_clear(&attempt->text);
    damage_write(attempt->base, &attempt->base->shape, &attempt->place, &attempt->text,
                 &attempt->expected);
    dump_read_whole(buf_bytes(&attempt->text), &attempt->got);
    bool ok = check_rows(attempt, &is_exact) && is_well_framed(attempt);
    const char *broken = NULL;
    if (tally->tried % PROPERTIES_EVERY == 0)
        broken = dump_broken_property(&attempt->properties, buf_bytes(&attempt->text),
                                      attempt->base->has_known_words, &attempt->got);
    tally->tried++;
    tally->exact += is_exact;
    tally->failed += !ok || broken != NULL;
    if (!ok || broken != NULL)
        report(attempt, broken != NULL ? broken : "rows");
}

static void try_damage(enum damage damage)
{
    struct tally tally = {0};
    struct attempt attempt = {0};
    buf_init(&attempt.text, GRID_MAX_BYTES);
    grid_init(&attempt.expected);
    dump_reading_init(&attempt.got);
    dump_properties_init(&attempt.properties);
    for (size_t i = 0; i < base_count; i++) {
        size_t places = damage_places(&bases[i], damage);
        attempt.base = &bases[i];
        for (size_t n = 0; n < bases[i].rows * places; n++) {
            attempt.place = (struct place){damage, n / places, n % places};
            if (damage_can(&bases[i], &bases[i].shape, &attempt.place))
                try_place(&attempt, &tally);
        }
    }
    printf("    %s: %zu places, %zu to the letter, %zu failed\n", damage_words(damage), tally.tried,
           tally.exact, tally.failed);
    buf_deinit(&attempt.text);
    grid_deinit(&attempt.expected);
    dump_reading_deinit(&attempt.got);
    dump_properties_deinit(&attempt.properties);
    assert_int_equal(tally.failed, 0);
}

#define X(name, words)                                                                             \
    static void dump_feed__confines_##name(void **state)                                           \
    {                                                                                              \
        (void)state;                                                                               \
        try_damage(name);                                                                          \
    }
DAMAGES(X)
#undef X

int main(void)
{
    const struct CMUnitTest tests[] = {
#define X(name, words) cmocka_unit_test(dump_feed__confines_##name),
        DAMAGES(X)
#undef X
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
