#include "service/intake/book_source.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

/* bench_book FILE: the first sheet of a workbook as CSV on stdout, peak memory in KiB on stderr. tests/bench/book.sh
 * calls it; without an argument it has nothing to do. */

static int on_text(void *context, struct bytes text, struct err *err)
{
    (void)context;
    if (fwrite(text.ptr, 1, text.len, stdout) != text.len)
        return err_set(err, ERR_IO, "could not write");
    return OK;
}

static int read_book(int fd, int64_t size_bytes)
{
    struct err err = {0};
    struct book *book = NULL;
    struct book_source source;
    enum refusal refusal = REFUSAL_NONE;
    book_source_init(&source, fd, size_bytes, "/tmp");
    int rc = book_open(&source.file, &book, &refusal, &err);
    if (rc == OK && book_sheet_count(book) > 0)
        rc = book_read_sheet(book, 0, on_text, NULL, &refusal, &err);
    if (rc != OK)
        (void)fprintf(stderr, "%s %s\n", refusal_word(refusal), err.message);
    book_free(book);
    book_source_deinit(&source);
    return rc;
}

int main(int argc, char **argv)
{
    struct rusage usage;
    struct stat info;
    if (argc < 2)
        return 0;
    int fd = open(argv[1], O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &info) != 0) {
        perror(argv[1]);
        return 1;
    }
    int rc = read_book(fd, info.st_size);
    (void)close(fd);
    if (getrusage(RUSAGE_SELF, &usage) == 0)
        (void)fprintf(stderr, "%ld\n", usage.ru_maxrss);
    return rc == OK ? 0 : 1;
}
