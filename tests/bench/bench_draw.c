/* bench_draw DIRECTORY ENTRIES SAMPLE RUNS: make a data directory with a frozen frame of 33 units and draw from it. It
 * prints in seconds the medians of stepping through the frame's statement, of reading its columns too and of the
 * selection, and the time of the evidence; then the memory it took at most, in MB, and the threads that selected. */
#include "service/followup/published.h"

#include <sqlite3.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

enum { UNITS = 33, RUNS_MAX = 9 };

static const char digest[] = "0123456789abcdef0123456789abcdef";

/* As frame_entries_each of service/storage/queries/frames.sql. */
static const char frame_sql[] = "SELECT unit, order_no, handling_id FROM frame_entries WHERE "
                                "round_id = ?1 ORDER BY unit, order_no";

/* Numbers like LJ202405000419, dealt out to the units in turn. */
static const char fill_sql[] =
    "WITH RECURSIVE numbers (j) AS (SELECT 0 UNION ALL SELECT j + 1 FROM numbers WHERE j + 1 < "
    "?2), "
    "units (u) AS (SELECT 0 UNION ALL SELECT u + 1 FROM units WHERE u < 32) "
    "INSERT INTO frame_entries (round_id, unit, order_no, handling_id) "
    "SELECT ?1, u, printf('LJ%06d%06d', 202401 + (u + 33 * j) / 1000000, (u + 33 * j) % 1000000), "
    "64 * (u + 33 * j + 1) FROM units CROSS JOIN numbers";

static double now_s(void)
{
    struct timespec time;
    (void)clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void must(int rc, const struct err *err)
{
    if (rc == OK)
        return;
    (void)fprintf(stderr, "%s\n", err->message);
    exit(1);
}

static sqlite3 *open_database(const struct datadir *datadir)
{
    char path[4096];
    sqlite3 *database = NULL;
    (void)snprintf(path, sizeof path, "%s/pingyi.db", datadir->path);
    /* Without locks, as the store opens it: the plain loop is to be as fast as it can. */
    if (sqlite3_open_v2(path, &database, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) !=
        SQLITE_OK)
        exit(1);
    return database;
}

/* A plain loop over the rows of `sql`. */
static int64_t step_through(sqlite3 *database, const char *sql, int64_t first, int64_t second)
{
    sqlite3_stmt *statement = NULL;
    int64_t rows = 0;
    int code = sqlite3_prepare_v2(database, sql, -1, &statement, NULL);
    (void)sqlite3_bind_int64(statement, 1, first);
    (void)sqlite3_bind_int64(statement, 2, second);
    while (code == SQLITE_OK && sqlite3_step(statement) == SQLITE_ROW)
        rows++;
    if (sqlite3_finalize(statement) != SQLITE_OK || code != SQLITE_OK) {
        (void)fprintf(stderr, "%s\n", sqlite3_errmsg(database));
        exit(1);
    }
    return rows;
}

static void make_frame(struct datadir *datadir, struct round_row *round, int64_t entries_a_unit)
{
    struct err err = {.code = OK};
    struct bytes sha256 = {digest, STORED_DIGEST_BYTES};
    must(store_begin(datadir->store, &err), &err);
    must(round_put_new(datadir->store, round, &err), &err);
    struct frame_row frame = {.round_id = round->id,
                              .no = 1,
                              .entries = UNITS * entries_a_unit,
                              .listing_sha256 = sha256,
                              .rules_sha256 = sha256,
                              .secret_sha256 = sha256,
                              .sealed_secret = sha256,
                              .frozen_utc = 1};
    must(frame_put_new(datadir->store, &frame, &err), &err);
    for (int i = 0; i < UNITS; i++) {
        char code[8];
        (void)snprintf(code, sizeof code, "U%02d", i);
        struct frame_unit_row unit = {i, bytes_from_z(code), entries_a_unit};
        must(frame_unit_put(datadir->store, round->id, &unit, &err), &err);
    }
    must(store_commit(datadir->store, &err), &err);
    sqlite3 *database = open_database(datadir);
    (void)step_through(database, fill_sql, round->id, entries_a_unit);
    (void)sqlite3_close(database);
}

static int compare_doubles(const void *a, const void *b)
{
    const double *one = a;
    const double *other = b;
    return (*one > *other) - (*one < *other);
}

static double median(double *times, int count)
{
    qsort(times, (size_t)count, sizeof *times, compare_doubles);
    return times[count / 2];
}

static double time_selection(const struct drawing *drawing)
{
    struct err err = {.code = OK};
    struct selection *selection = NULL;
    double began = now_s();
    must(drawing_select(drawing, false, &selection, &err), &err);
    double took = now_s() - began;
    selection_free(selection);
    return took;
}

static double time_steps(sqlite3 *database, const struct drawing *drawing)
{
    double began = now_s();
    if (step_through(database, frame_sql, drawing->round.id, 0) != drawing->frame.entries)
        exit(1);
    return now_s() - began;
}

static int see_entry(void *context, const struct frame_entry *entry, struct err *err)
{
    int64_t *entries = context;
    (void)err;
    *entries += entry->order_no.len > 0;
    return OK;
}

static double time_reading(const struct drawing *drawing)
{
    struct err err = {.code = OK};
    int64_t entries = 0;
    double began = now_s();
    must(frame_entries_each(drawing->datadir->store, drawing->round.id, see_entry, &entries, &err),
         &err);
    if (entries != drawing->frame.entries)
        exit(1);
    return now_s() - began;
}

/* What VmHWM says. */
static double peak_mb(void)
{
    struct rusage usage;
    (void)getrusage(RUSAGE_SELF, &usage);
    return (double)usage.ru_maxrss / 1024;
}

static void measure(const struct datadir *datadir, const struct round_row *round, int64_t sample,
                    int runs)
{
    struct err err = {.code = OK};
    struct drawing drawing;
    double bare[RUNS_MAX];
    double reading[RUNS_MAX];
    double ours[RUNS_MAX];
    unsigned char public_sha256[DIGEST_BYTES];
    sqlite3 *database = open_database(datadir);
    must(store_begin_read(datadir->store, &err), &err);
    must(drawing_begin(datadir, round, &drawing, &err), &err);
    drawing.kind = DRAW_BY_EXACT_SEED;
    drawing.seed = BYTES_LIT("01382438112797316654");
    drawing.no = 1;
    for (size_t i = 0; i < drawing.unit_count; i++)
        drawing.units[i].sample = sample / UNITS;
    for (int i = 0; i < runs; i++) {
        bare[i] = time_steps(database, &drawing);
        reading[i] = time_reading(&drawing);
        ours[i] = time_selection(&drawing);
    }
    (void)printf("%.3f %.3f %.3f ", median(bare, runs), median(reading, runs), median(ours, runs));
    double began = now_s();
    must(published_write(&drawing, public_sha256, &err), &err);
    (void)printf("%.3f %.1f %d\n", now_s() - began, peak_mb(), drawing.threads);
    drawing_deinit(&drawing);
    (void)sqlite3_close(database);
}

int main(int argc, char **argv)
{
    struct err err = {.code = OK};
    struct datadir datadir = {.path = NULL};
    int64_t numbers[3] = {0}; /* entries, sample, runs */
    if (argc != 5) /* `make bench` runs every program once; draw.sh runs this one with arguments */
        return 0;
    for (int i = 0; i < 3; i++) {
        if (!bytes_to_int64(bytes_from_z(argv[i + 2]), &numbers[i]) || numbers[i] < 1)
            return 1;
    }
    struct round_row round = {.name = BYTES_LIT("bench"),
                              .kind = BYTES_LIT("other"),
                              .rules = BYTES_LIT("[frame]\n"),
                              .state = BYTES_LIT("frozen")};
    storage_use_allocator();
    if (!vault_use_allocator())
        return 1;
    must(datadir_create(argv[1], &err), &err);
    must(datadir_open(argv[1], STORE_READWRITE, &datadir, &err), &err);
    make_frame(&datadir, &round, numbers[0] / UNITS);
    measure(&datadir, &round, numbers[1], numbers[2] < RUNS_MAX ? (int)numbers[2] : RUNS_MAX);
    datadir_close(&datadir);
    return 0;
}
