#include "scoring/ranking.h"

#include "base/alloc.h"
#include "scoring/ranking_sample.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Rates are compared as fractions of counts, never as doubles: a tie is a tie. */
__extension__ typedef unsigned __int128 wide;

/* Units of one class. */
struct class_group {
    size_t first, end; /* among the entries, once they are sorted */
    struct tally tally;
    struct sample_sum sample;
};

/* One unit while it is ranked. */
struct entry {
    struct sampled_unit sampled;
    const struct class_group *group;
    bool is_ranked;
    struct ranking_row row;
};

/* The table while it is made. */
struct table {
    const struct rules *rules;
    struct entry *entries;
    size_t entry_count;
    struct class_group *groups;
    size_t group_count;
    bool has_samples;
    bool is_exact;         /* ranked by on-time, a census: counts are compared */
    struct entry **ranked; /* those that are ranked together, with room for all */
    struct rank_value *values;
    struct rank_set *sets;
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

static int compare_by_class(const struct entry *a, const struct entry *b)
{
    return compare_classes(a->sampled.unit, b->sampled.unit);
}

/* As they are printed: unranked ones last in their class. Before they have ranks, by class and code: sums of rates do
 * not depend on the order in which the units came. */
static int compare_by_class_and_rank(const void *a_ptr, const void *b_ptr)
{
    const struct entry *a = a_ptr;
    const struct entry *b = b_ptr;
    int order = compare_by_class(a, b);
    if (order != 0)
        return order;
    if (a->row.rank != b->row.rank)
        return b->row.rank == 0 || (a->row.rank != 0 && a->row.rank < b->row.rank) ? -1 : 1;
    return bytes_compare(a->sampled.unit->code, b->sampled.unit->code);
}

/* Behind the entries of the class that begins at `first`. */
static size_t class_end(const struct entry *entries, size_t count, size_t first)
{
    size_t end = first + 1;
    while (end < count && compare_by_class(&entries[first], &entries[end]) == 0)
        end++;
    return end;
}

/* ---- ranks ---- */

static int compare_on_time(const struct ranking_row *a, const struct ranking_row *b)
{
    return compare_rates(a->on_time, a->on_time_base, b->on_time, b->on_time_base);
}

/* The range is what ties leave open. */
static void rank_by_counts(const struct table *table, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct ranking_row *row = &table->ranked[i]->row;
        int better = 0;
        int equal = 0;
        for (size_t j = 0; j < count; j++) {
            int order = compare_on_time(&table->ranked[j]->row, row);
            better += order > 0;
            equal += order == 0;
        }
        row->rank = row->rank_low = 1 + better;
        row->rank_high = better + equal;
        row->ranked_of = (int)count;
    }
}

static void rank_by_figure(const struct table *table, size_t count)
{
    enum rank_method method = table->rules->ranking.pair_joint ? RANK_PAIR_JOINT : RANK_KWW;
    struct rules joint = *table->rules;
    joint.interval.level = rank_interval_level(method, joint.interval.level, count);
    for (size_t i = 0; i < count; i++) {
        const struct entry *entry = table->ranked[i];
        struct ranking_row row = {0};
        sample_row_of_unit(&joint, &entry->sampled, &entry->group->sample, &row);
        table->values[i] = sample_figure(&joint, &row);
    }
    rank_sets_find(method, RANK_STRICT, table->values, count, table->sets);
    for (size_t i = 0; i < count; i++) {
        struct ranking_row *row = &table->ranked[i]->row;
        row->rank = table->sets[i].rank;
        row->rank_low = table->sets[i].low;
        row->rank_high = table->sets[i].high;
        row->ranked_of = (int)count;
    }
}

/* Rank the units from `first` to before `end` against each other. */
static void rank_units(const struct table *table, size_t first, size_t end)
{
    size_t count = 0;
    for (size_t i = first; i < end; i++) {
        if (table->entries[i].is_ranked)
            table->ranked[count++] = &table->entries[i];
    }
    if (table->is_exact)
        rank_by_counts(table, count);
    else
        rank_by_figure(table, count);
}

static void rank_table(const struct table *table)
{
    if (!table->rules->ranking.within_class) {
        rank_units(table, 0, table->entry_count);
        return;
    }
    for (size_t i = 0; i < table->group_count; i++)
        rank_units(table, table->groups[i].first, table->groups[i].end);
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
    sample_row_clear(&row);
    return row;
}

static enum ranking_note note_before_draw(const struct entry *entry)
{
    if (entry->row.orders == 0)
        return NOTE_NO_ORDERS;
    if (entry->row.on_time_base == 0)
        return NOTE_NONE_DUE;
    return entry->is_ranked ? NOTE_NONE : NOTE_TOO_FEW;
}

/* What is asked of a unit's figures, and what is noted beside them. */
static void judge_row(const struct table *table, struct entry *entry)
{
    const struct rules *rules = table->rules;
    struct ranking_row *row = &entry->row;
    struct score_basis basis = {row->orders, row->on_time_base, row->resolution_rate,
                                row->satisfaction_rate, row->rr1};
    if (table->is_exact)
        entry->is_ranked = row->on_time_base > 0 && row->on_time_base >= rules->on_time.min_orders;
    else
        entry->is_ranked =
            score_has_enough(rules, &basis) && !isnan(sample_figure(rules, row).point);
    row->note =
        table->has_samples ? score_note(rules, &basis, entry->is_ranked) : note_before_draw(entry);
}

static void fill_entry(const struct table *table, struct entry *entry)
{
    const struct ranked_unit_input *unit = entry->sampled.unit;
    entry->row = row_of(&unit->tally);
    entry->row.unit_class = unit->class_name;
    entry->row.unit_code = unit->code;
    entry->row.unit_name = unit->name;
    if (table->has_samples)
        sample_row_of_unit(table->rules, &entry->sampled, &entry->group->sample, &entry->row);
    judge_row(table, entry);
}

/* A class is summed up before its units are scored: its mean may stand in for what they lack. */
static void fill_entries(const struct table *table)
{
    for (size_t g = 0; g < table->group_count; g++) {
        struct class_group *group = &table->groups[g];
        for (size_t i = group->first; i < group->end; i++) {
            tally_merge(&group->tally, &table->entries[i].sampled.unit->tally);
            if (table->has_samples)
                sample_sum_add(&group->sample, table->rules, &table->entries[i].sampled);
        }
        for (size_t i = group->first; i < group->end; i++) {
            table->entries[i].group = group;
            fill_entry(table, &table->entries[i]);
        }
    }
}

/* A census has no interval: a unit is apart from its class as soon as its rate is. */
static const char *band_by_counts(const struct rules *rules, const struct ranking_row *class_row,
                                  const struct ranking_row *row)
{
    static const int64_t scale = 1000000000; /* of rules: numbers have at most 9 decimals */
    if (rules->ranking.bands_by_class_mean) {
        int order = compare_on_time(row, class_row);
        return rank_band_word(order > 0   ? RANK_BAND_ABOVE
                              : order < 0 ? RANK_BAND_BELOW
                                          : RANK_BAND_NOT_DIFFERENT);
    }
    for (int i = 0; i < rules->ranking.band_count; i++) {
        int64_t at_least = llround(rules->ranking.bands[i].at_least * (double)scale);
        if (compare_rates(row->on_time, row->on_time_base, at_least, scale) >= 0)
            return rules->ranking.bands[i].name;
    }
    return "";
}

static const char *band_by_figure(const struct rules *rules, const struct ranking_row *class_row,
                                  const struct ranking_row *row)
{
    struct rank_value figure = sample_figure(rules, row);
    if (rules->ranking.bands_by_class_mean)
        return rank_band_word(rank_band_against(&figure, sample_figure(rules, class_row).point));
    int reached = rank_band_reached(rules, figure.point);
    return reached < 0 ? "" : rules->ranking.bands[reached].name;
}

static void set_band(const struct table *table, const struct ranking_row *class_row,
                     struct ranking_row *row)
{
    if (row->rank == 0)
        return;
    const char *band =
        (table->is_exact ? band_by_counts : band_by_figure)(table->rules, class_row, row);
    (void)snprintf(row->band, sizeof row->band, "%s", band);
}

static struct ranking_row row_of_sum(const struct table *table, const struct tally *tally,
                                     const struct sample_sum *sample, struct bytes unit_class)
{
    struct ranking_row row = row_of(tally);
    row.unit_class = unit_class;
    row.unit_code = BYTES_LIT("*");
    if (table->has_samples)
        sample_row_of_sum(table->rules, sample, &row);
    return row;
}

/* Rates of a class and of all come from sums of counts or from strata, never from averages of rates. */
static void fill_rows(const struct table *table, struct ranking_row *rows)
{
    struct tally all = {0};
    struct sample_sum all_samples = {0};
    for (size_t g = 0; g < table->group_count; g++) {
        const struct class_group *group = &table->groups[g];
        struct ranking_row *class_row = &rows[table->entry_count + g];
        *class_row = row_of_sum(table, &group->tally, &group->sample,
                                table->entries[group->first].row.unit_class);
        tally_merge(&all, &group->tally);
        for (size_t i = group->first; i < group->end; i++) {
            rows[i] = table->entries[i].row;
            set_band(table, class_row, &rows[i]);
            if (table->has_samples)
                sample_sum_add(&all_samples, table->rules, &table->entries[i].sampled);
        }
    }
    rows[table->entry_count + table->group_count] =
        row_of_sum(table, &all, &all_samples, BYTES_LIT("*"));
}

/* ---- the table ---- */

/* Memory of `count` things of `bytes` each, as the arena gives it. */
static void *array_of(struct arena *arena, size_t count, size_t bytes)
{
    return arena_alloc(arena, size_multiply(count, bytes));
}

static int begin_entries(struct table *table, const struct ranked_unit_input *units,
                         struct arena *arena, struct err *err)
{
    table->entries = array_of(arena, table->entry_count, sizeof *table->entries);
    if (table->entries == NULL)
        goto out_of_memory;
    for (size_t i = 0; i < table->entry_count; i++) {
        struct sampled_unit *sampled = &table->entries[i].sampled;
        int rc = sample_check(table->rules, &units[i], err);
        if (rc != OK)
            return rc;
        sampled->unit = &units[i];
        sampled->part_count = sample_part_count(&units[i]);
        sampled->parts = array_of(arena, sampled->part_count, sizeof *sampled->parts);
        if (sampled->parts == NULL)
            goto out_of_memory;
        sample_parts_fill(&units[i], sampled->parts);
        table->has_samples = table->has_samples || units[i].sample_count > 0;
    }
    table->is_exact = !table->has_samples || table->rules->ranking.by == RULES_RANK_BY_ON_TIME;
    return OK;

out_of_memory:
    return err_set(err, ERR_NOMEM, "could not rank %zu units", table->entry_count);
}

static int begin_groups(struct table *table, struct arena *arena, struct err *err)
{
    size_t count = table->entry_count;
    if (count > 0)
        qsort(table->entries, count, sizeof *table->entries, compare_by_class_and_rank);
    for (size_t i = 0; i < count; i = class_end(table->entries, count, i))
        table->group_count++;
    table->groups = array_of(arena, table->group_count, sizeof *table->groups);
    table->ranked = array_of(arena, count, sizeof(struct entry *));
    table->values = array_of(arena, count, sizeof *table->values);
    table->sets = array_of(arena, count, sizeof *table->sets);
    if (table->groups == NULL || table->ranked == NULL || table->values == NULL ||
        table->sets == NULL)
        return err_set(err, ERR_NOMEM, "could not rank %zu units", count);
    size_t first = 0;
    for (size_t g = 0; g < table->group_count; g++) {
        table->groups[g].first = first;
        table->groups[g].end = first = class_end(table->entries, count, first);
    }
    return OK;
}

int ranking_build(const struct rules *rules, const struct ranked_unit_input *units,
                  size_t unit_count, struct arena *arena, struct ranking *out_ranking,
                  struct err *err)
{
    struct table table = {.rules = rules, .entry_count = unit_count};
    int rc = begin_entries(&table, units, arena, err);
    if (rc == OK)
        rc = begin_groups(&table, arena, err);
    if (rc != OK)
        return rc;
    struct ranking ranking = {.unit_count = unit_count, .class_count = table.group_count};
    ranking.row_count = size_add(size_add(unit_count, ranking.class_count), 1);
    ranking.rows = array_of(arena, ranking.row_count, sizeof *ranking.rows);
    if (ranking.rows == NULL)
        return err_set(err, ERR_NOMEM, "could not rank %zu units", unit_count);
    fill_entries(&table);
    rank_table(&table);
    if (unit_count > 0)
        qsort(table.entries, unit_count, sizeof *table.entries, compare_by_class_and_rank);
    fill_rows(&table, ranking.rows);
    *out_ranking = ranking;
    return OK;
}
