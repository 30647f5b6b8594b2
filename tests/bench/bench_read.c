/* bench_read libcsv|dump FILE: read a file by libcsv alone, or as a dump with everything found out by itself, and print
 * how many rows and cells it has. */
#include "importers/dump.h"

#include <csv.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { BLOCK_BYTES = 1024 * 1024 };

struct counts {
    long long rows, cells;
};

static char block[BLOCK_BYTES];

static void on_cell(void *cell, size_t len, void *context)
{
    struct counts *counts = context;
    (void)cell;
    (void)len;
    counts->cells++;
}

static void on_row_end(int terminator, void *context)
{
    struct counts *counts = context;
    (void)terminator;
    counts->rows++;
}

static int read_by_libcsv(int fd, struct counts *counts)
{
    struct csv_parser parser;
    if (csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI) != 0)
        return -1;
    ssize_t len = 0;
    int rc = 0;
    while (rc == 0 && (len = read(fd, block, sizeof block)) > 0)
        rc = csv_parse(&parser, block, (size_t)len, on_cell, on_row_end, counts) == (size_t)len
                 ? 0
                 : -1;
    if (rc == 0)
        rc = csv_fini(&parser, on_cell, on_row_end, counts);
    csv_free(&parser);
    return rc;
}

static int on_row(void *context, const struct table_row *row, struct row_context where,
                  struct err *err)
{
    struct counts *counts = context;
    (void)err;
    counts->rows += where.place != PLACE_BLANK;
    counts->cells += (long long)row->cell_count;
    return OK;
}

static int read_as_dump(int fd, struct counts *counts)
{
    struct err err = {0};
    struct encoding_scan scan;
    struct dump *dump = NULL;
    struct dump_options options = {.form = FORM_OPEN};
    struct evidence why;
    ssize_t len = 0;
    encoding_scan_init(&scan);
    while ((len = read(fd, block, sizeof block)) > 0)
        encoding_scan_feed(&scan, (struct bytes){block, (size_t)len});
    (void)encoding_choose(&scan, DIALECT_OPEN, true, &options.encoding, &why);
    int rc = lseek(fd, 0, SEEK_SET) == 0
                 ? dump_new(&options, (struct dump_sink){NULL, on_row, counts}, &dump, &err)
                 : ERR_IO;
    while (rc == OK && (len = read(fd, block, sizeof block)) > 0)
        rc = dump_feed(dump, (struct bytes){block, (size_t)len}, &err);
    if (rc == OK)
        rc = dump_finish(dump, &err);
    dump_free(dump);
    return rc;
}

int main(int argc, char **argv)
{
    struct counts counts = {0};
    if (argc != 3) /* `make bench` runs every program once; read.sh runs this one with arguments */
        return 0;
    int fd = open(argv[2], O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return 1;
    int rc =
        strcmp(argv[1], "libcsv") == 0 ? read_by_libcsv(fd, &counts) : read_as_dump(fd, &counts);
    (void)close(fd);
    (void)printf("%lld rows, %lld cells\n", counts.rows, counts.cells);
    return rc == 0 ? 0 : 1;
}
