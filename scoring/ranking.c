#include "scoring/ranking.h"

#include "base/alloc.h"
#include "scoring/rank_set.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Rates are compared as fractions of counts, never as doubles: a tie is a tie. */
__extension__ typedef unsigned __int128 wide;

/* One unit while it is ranked. */
struct entry {
    const struct ranked_unit_input *unit;
    int64_t base, on_time;
    bool is_ranked;
    int rank, rank_high, ranked_of;
};

void tally_add(struct tally *tally, const struct verdict *verdict)
{
    tally->by_judgement[verdict->judgement]++;
    if (judgement_in_base(verdict->judgement) && verdict->extension == EXTENSION_COUNTS)
        tally->extended++;
}

void tally_merge(struct tally *into, const struct tally *other)
{
    for (int i = 0; i <= JUDGEMENT_MAX; i++)
        into->by_judgement[i] += other->by_judgement[i];
    into->extended += other->extended;
}

static int64_t tally_sum(const struct tally *tally, bool (*counts)(enum judgement judgement))
{
    int64_t sum = 0;
    for (int i = 0; i <= JUDGEMENT_MAX; i++) {
        if (counts((enum judgement)i))
            sum += tally->by_judgement[i];
    }
    return sum;
}

int64_t tally_orders(const struct tally *tally)
{
    return tally_sum(tally, judgement_in_orders);
}

int64_t tally_excluded(const struct tally *tally)
{
    return tally_sum(tally, judgement_is_excluded);
}

int64_t tally_base(const struct tally *tally)
{
    return tally_sum(tally, judgement_in_base);
}

int64_t tally_on_time(const struct tally *tally)
{
    return tally_sum(tally, judgement_is_on_time);
}

/* <0, 0, >0 as a_part/a_whole is below, equal to or above b_part/b_whole; wholes above 0, parts not below 0. */
static int compare_rates(int64_t a_part, int64_t a_whole, int64_t b_part, int64_t b_whole)
{
    wide a = (wide)a_part * (wide)b_whole;
    wide b = (wide)b_part * (wide)a_whole;
    return (a > b) - (a < b);
}

/* ---- order ---- */

static int compare_classes(const struct ranked_unit_input *a, const struct ranked_unit_input *b)
{
    if (a->class_position != b->class_position)
        return a->class_position < b->class_position ? -1 : 1;
    return bytes_compare(a->class_name, b->class_name);
}

/* Ranked ones first, the best rate first among them. */
static int compare_by_rate(const void *a_ptr, const void *b_ptr)
{
    const struct entry *a = a_ptr;
    const struct entry *b = b_ptr;
    if (a->is_ranked != b->is_ranked)
        return a->is_ranked ? -1 : 1;
    int order = a->is_ranked ? compare_rates(b->on_time, b->base, a->on_time, a->base) : 0;
    return order != 0 ? order : bytes_compare(a->unit->code, b->unit->code);
}

static int compare_by_class_and_rate(const void *a_ptr, const void *b_ptr)
{
    const struct entry *a = a_ptr;
    const struct entry *b = b_ptr;
    int order = compare_classes(a->unit, b->unit);
    return order != 0 ? order : compare_by_rate(a, b);
}

/* ---- ranks ---- */

/* `entries` are the `count` that are ranked against each other, in the order of compare_by_rate. */
static void assign_ranks(struct entry *entries, size_t count)
{
    size_t ranked = 0;
    while (ranked < count && entries[ranked].is_ranked)
        ranked++;
    for (size_t first = 0; first < ranked;) {
        size_t end = first + 1;
        while (end < ranked && compare_rates(entries[first].on_time, entries[first].base,
                                             entries[end].on_time, entries[end].base) == 0)
            end++;
        for (size_t i = first; i < end; i++) {
            entries[i].rank = (int)first + 1;
            entries[i].rank_high = (int)end;
            entries[i].ranked_of = (int)ranked;
        }
        first = end;
    }
}

/* Behind the entries of the class that begins at `first`. */
static size_t class_end(const struct entry *entries, size_t count, size_t first)
{
    size_t end = first + 1;
    while (end < count && compare_classes(entries[first].unit, entries[end].unit) == 0)
        end++;
    return end;
}

/* Rank, and leave the entries as they are printed: by class, rank, code, unranked ones last. */
static void rank_entries(const struct rules *rules, struct entry *entries, size_t count)
{
    if (!rules->ranking.within_class) {
        qsort(entries, count, sizeof *entries, compare_by_rate);
        assign_ranks(entries, count);
    }
    qsort(entries, count, sizeof *entries, compare_by_class_and_rate);
    if (!rules->ranking.within_class)
        return;
    for (size_t first = 0; first < count;) {
        size_t end = class_end(entries, count, first);
        assign_ranks(entries + first, end - first);
        first = end;
    }
}

/* ---- rows ---- */

static struct ranking_row row_of(const struct tally *tally)
{
    struct ranking_row row = {
        .orders = tally_orders(tally),
        .excluded = tally_excluded(tally),
        .on_time_base = tally_base(tally),
        .on_time = tally_on_time(tally),
        .on_time_rate = NAN,
        .tally = *tally,
    };
    if (row.on_time_base > 0)
        row.on_time_rate = (double)row.on_time / (double)row.on_time_base;
    return row;
}

static enum ranking_note note_of(const struct entry *entry, int64_t orders)
{
    if (orders == 0)
        return NOTE_NO_ORDERS;
    if (entry->base == 0)
        return NOTE_NONE_DUE;
    return entry->is_ranked ? NOTE_NONE : NOTE_TOO_FEW;
}

static struct ranking_row row_of_unit(const struct entry *entry)
{
    struct ranking_row row = row_of(&entry->unit->tally);
    row.unit_class = entry->unit->class_name;
    row.unit_code = entry->unit->code;
    row.unit_name = entry->unit->name;
    row.rank = entry->rank;
    row.rank_low = entry->rank;
    row.rank_high = entry->rank_high;
    row.ranked_of = entry->ranked_of;
    row.note = note_of(entry, row.orders);
    return row;
}

/* A census has no interval: a unit is apart from its class as soon as its rate is. */
static void set_band(const struct rules *rules, const struct ranking_row *class_row,
                     struct ranking_row *row)
{
    static const int64_t scale = 1000000000; /* of rules: numbers have at most 9 decimals */
    const char *band = "";
    if (row->rank == 0)
        return;
    if (rules->ranking.bands_by_class_mean) {
        int order = compare_rates(row->on_time, row->on_time_base, class_row->on_time,
                                  class_row->on_time_base);
        band = rank_band_word(order > 0   ? RANK_BAND_ABOVE
                              : order < 0 ? RANK_BAND_BELOW
                                          : RANK_BAND_NOT_DIFFERENT);
    }
    for (int i = 0; i < rules->ranking.band_count; i++) {
        int64_t at_least = llround(rules->ranking.bands[i].at_least * (double)scale);
        if (compare_rates(row->on_time, row->on_time_base, at_least, scale) >= 0) {
            band = rules->ranking.bands[i].name;
            break;
        }
    }
    (void)snprintf(row->band, sizeof row->band, "%s", band);
}

/* Rates of a class and of all come from sums of counts, never from averages of rates. */
static void fill_rows(const struct rules *rules, const struct entry *entries, size_t count,
                      struct ranking *ranking)
{
    struct tally all = {0};
    size_t at = count;
    for (size_t first = 0; first < count;) {
        size_t end = class_end(entries, count, first);
        struct tally class_tally = {0};
        for (size_t i = first; i < end; i++)
            tally_merge(&class_tally, &entries[i].unit->tally);
        tally_merge(&all, &class_tally);
        struct ranking_row *class_row = &ranking->rows[at++];
        *class_row = row_of(&class_tally);
        class_row->unit_class = entries[first].unit->class_name;
        class_row->unit_code = BYTES_LIT("*");
        for (size_t i = first; i < end; i++) {
            ranking->rows[i] = row_of_unit(&entries[i]);
            set_band(rules, class_row, &ranking->rows[i]);
        }
        first = end;
    }
    ranking->rows[at] = row_of(&all);
    ranking->rows[at].unit_class = BYTES_LIT("*");
    ranking->rows[at].unit_code = BYTES_LIT("*");
}

int ranking_build(const struct rules *rules, const struct ranked_unit_input *units,
                  size_t unit_count, struct arena *arena, struct ranking *out_ranking,
                  struct err *err)
{
    struct ranking ranking = {.unit_count = unit_count};
    struct entry *entries = arena_alloc(arena, size_multiply(unit_count, sizeof *entries));
    if (entries == NULL)
        goto out_of_memory;
    for (size_t i = 0; i < unit_count; i++) {
        entries[i].unit = &units[i];
        entries[i].base = tally_base(&units[i].tally);
        entries[i].on_time = tally_on_time(&units[i].tally);
        entries[i].is_ranked = entries[i].base > 0 && entries[i].base >= rules->on_time.min_orders;
    }
    rank_entries(rules, entries, unit_count);
    for (size_t first = 0; first < unit_count; first = class_end(entries, unit_count, first))
        ranking.class_count++;
    ranking.row_count = size_add(size_add(unit_count, ranking.class_count), 1);
    ranking.rows = arena_alloc(arena, size_multiply(ranking.row_count, sizeof *ranking.rows));
    if (ranking.rows == NULL)
        goto out_of_memory;
    fill_rows(rules, entries, unit_count, &ranking);
    *out_ranking = ranking;
    return OK;

out_of_memory:
    return err_set(err, ERR_NOMEM, "could not rank %zu units", unit_count);
}
