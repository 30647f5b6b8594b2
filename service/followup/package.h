#ifndef PINGYI_SERVICE_FOLLOWUP_PACKAGE_H
#define PINGYI_SERVICE_FOLLOWUP_PACKAGE_H

#include "service/followup/casework.h"
#include "service/storage/call_records.h"

/* Packages (外包样本包): cases that a contractor's team phones with its own means. Out goes an encrypted file with what a
 * caller needs of them, back come rows for `outcomes import` (package_return.h). Thread: any. */

enum {
    PACKAGE_MARK_BYTES = 17,
    PACKAGE_CHECK_CHARACTERS = 6, /* of the mark, in each name */
    PACKAGE_TEXT_CHARACTERS = 300,
    PACKAGE_CSV_MAX_BYTES = 64 * 1024 * 1024,
    PACKAGE_FILE_MAX_BYTES = 2 * PACKAGE_CSV_MAX_BYTES + 4096 /* it is in hexadecimal digits */
};

/* What everybody sees of a package's file. */
struct package_head {
    char mark[PACKAGE_MARK_BYTES];
    int64_t until_day; /* civil, the last on which it can be opened and its rows are taken */
};

struct package_wish {
    struct bytes team; /* its name; a contractor's */
    int64_t count, until_day;
};
struct package_made {
    struct package_head head;
    int64_t id, cases, orders;
};

/* Hand over `count` fresh cases, those of the team or of nobody's, each unit by its number (fewer when there are not as
 * many), keep the package, and append its table: CSV in UTF-8 with a byte order mark, a row an order, named
 * C12-1-9f3a07 (the first order of case 12, the mark's first digits: neither a slip nor another package's row names one
 * of this) and never by its number; who, the numbers that may be dialled, what the order is about with the numbers in
 * it masked; empty columns for what comes of the calls; the mark in every row. Needs an open write transaction.
 * ERR_NOT_FOUND: no such team, or the round is not phoned. ERR_REFUSED: none of a contractor, a day that is over, or no
 * fresh cases. ERR_WRONG_STATE: the campaign has ended. */
int package_make(const struct datadir *datadir, const struct round_row *round,
                 const struct package_wish *wish, const struct actor *actor,
                 struct package_made *out, struct buf *out_csv, struct err *err);

/* What has not come back of the package of that mark is ours again, as fresh as it was; rows of it are taken no more.
 * Needs an open write transaction. ERR_NOT_FOUND: no such package of this round. ERR_WRONG_STATE: the campaign has
 * ended. */
int package_take_back(const struct datadir *datadir, const struct round_row *round,
                      struct bytes mark, const struct actor *actor, int64_t *out_cases,
                      struct err *err);

/* The file: the head as text, then a box under a passphrase (service/auth/passphrase_box.h) with the head once more, so
 * that neither mark nor day can be altered. ERR_REFUSED: the passphrase is too short. */
int package_seal(const struct package_head *head, struct bytes csv, struct bytes passphrase,
                 struct buf *out, struct err *err);
/* ERR_FORMAT: no package. ERR_REFUSED: not the passphrase, altered, or expired. */
int package_open(struct bytes file, struct bytes passphrase, int64_t today,
                 struct package_head *out_head, struct buf *out_csv, struct err *err);

#endif
