#include "service/followup/expected.h"

#include "base/alloc.h"

#include "service/storage/rounds.h"

#include <math.h>

enum { TABLE_MAX_CELLS = 64 };

/* The published table (`score --format csv`), cell by cell. We wrote it: a quoted cell is closed. */
struct cells {
    struct bytes of[TABLE_MAX_CELLS];
    size_t count;
};

static struct bytes cut_cell(struct bytes *line)
{
    if (line->len == 0 || line->ptr[0] != '"')
        return bytes_cut(line, ',');
    size_t end = 1;
    while (end + 1 < line->len && (line->ptr[end] != '"' || line->ptr[end + 1] == '"'))
        end += line->ptr[end] == '"' ? 2 : 1;
    struct bytes cell = {line->ptr + 1, end - 1};
    struct bytes rest = {line->ptr + end, line->len - end};
    (void)bytes_cut(&rest, ',');
    *line = rest;
    return cell;
}

static struct cells cut_line(struct bytes *rest)
{
    struct cells cells = {.count = 0};
    struct bytes line = bytes_cut(rest, '\n');
    while (line.ptr != NULL && cells.count < TABLE_MAX_CELLS)
        cells.of[cells.count++] = cut_cell(&line);
    return cells;
}

static struct bytes cell_under(const struct cells *header, const struct cells *line,
                               struct bytes name)
{
    for (size_t i = 0; i < header->count && i < line->count; i++) {
        if (bytes_equal(header->of[i], name))
            return line->of[i];
    }
    return BYTES_NONE;
}

static double rate_under(const struct cells *header, const struct cells *line, struct bytes name)
{
    double rate = NAN;
    return bytes_to_double(cell_under(header, line, name), &rate) && rate >= 0 && rate <= 1 ? rate
                                                                                            : NAN;
}

static void read_table(struct bytes csv, const struct framing *framing, struct expected *out)
{
    struct cells header = cut_line(&csv);
    while (csv.ptr != NULL) {
        struct cells line = cut_line(&csv);
        struct bytes code = cell_under(&header, &line, BYTES_LIT("unit_code"));
        double rate = rate_under(&header, &line, BYTES_LIT("satisfaction_rate"));
        const struct framing_unit *unit = framing_find(framing, code);
        if (unit != NULL)
            out->unit_rates[unit - framing->units] = rate;
        if (!bytes_equal(cell_under(&header, &line, BYTES_LIT("unit_class")), BYTES_LIT("*")))
            continue;
        out->rate = rate;
        out->response = rate_under(&header, &line, BYTES_LIT("rr1"));
    }
}

/* The last scored round of the kind before `from_day`; *out_id 0 when there is none. */
static int find_scored(struct store *store, struct bytes kind, int64_t from_day, int64_t *out_id,
                       struct err *err)
{
    struct err missing;
    struct round_row row = {.from_day = from_day};
    int rc = round_get_previous(store, kind, row.from_day, &row, &missing);
    while (rc == OK && !bytes_equal(row.state, BYTES_LIT("scored")))
        rc = round_get_previous(store, kind, row.from_day, &row, &missing);
    if (rc != OK && rc != ERR_NOT_FOUND) {
        *err = missing;
        return rc;
    }
    *out_id = rc == OK ? row.id : 0;
    return OK;
}

int expected_load(const struct datadir *datadir, const struct round_row *round,
                  const struct framing *framing, struct arena *arena, struct expected *out,
                  struct err *err)
{
    int64_t scored_id = 0;
    struct round_score_row score;
    struct expected expected = {.response = NAN, .rate = NAN};
    expected.unit_rates =
        arena_alloc(arena, size_multiply(framing->unit_count, sizeof *expected.unit_rates));
    if (expected.unit_rates == NULL)
        return err_set(err, ERR_NOMEM, "could not plan for %zu units", framing->unit_count);
    for (size_t i = 0; i < framing->unit_count; i++)
        expected.unit_rates[i] = NAN;
    int rc = find_scored(datadir->store, round->kind, round->from_day, &scored_id, err);
    if (rc == OK && scored_id != 0) {
        rc = round_score_get_last(datadir->store, scored_id, &score, err);
        if (rc == OK)
            read_table(score.csv, framing, &expected);
    }
    if (rc == OK)
        *out = expected;
    return rc;
}
