#ifndef PINGYI_SERVICE_API_CASE_READER_H
#define PINGYI_SERVICE_API_CASE_READER_H

#include "service/api/case_parts.h"
#include "service/auth/vault.h"
#include "service/followup/casework.h"

/* What it takes to read a case for people: keys, and the calendars and unit names of campaigns, which are read once.
 * One thread at a time has one; readers take theirs out of the service's pool and give it back. Thread: any. */
struct case_reader {
    struct casework *work; /* for what writes nothing: casework_hours, _propose, _number */
    struct vault_sealer *orders, *numbers, *answers, *notes, *rechecks, *bans, *calls;
    struct buf plain, masked; /* what was opened last */
    struct unit_names *units;
    struct case_parts parts; /* of its work's hours */
    struct buf practice;     /* practice.h */
    int64_t practice_day, practice_campaign;
    struct case_reader *next; /* the pool's */
};

struct case_readers;
int case_readers_new(const struct datadir *datadir, struct case_readers **out, struct err *err);
void case_readers_free(struct case_readers *readers); /* all have been given back; accepts NULL */
/* One more is made when none is left: there are as many as ever were in use at once. */
int case_readers_take(struct case_readers *readers, struct case_reader **out, struct err *err);
void case_readers_give(struct case_readers *readers, struct case_reader *reader); /* accepts NULL */

/* What lies sealed in a row, in `plain` until the next call. */
int case_reader_open(struct case_reader *reader, struct vault_sealer *sealer, int64_t row_id,
                     struct bytes sealed, struct bytes *out, struct err *err);
/* The same, numbers in it masked, in `masked` until the next call; nothing sealed: BYTES_NONE. */
int case_reader_open_masked(struct case_reader *reader, struct vault_sealer *sealer, int64_t row_id,
                            struct bytes sealed, struct bytes *out, struct err *err);
/* The name of a draw's unit, the reader's own; the code where the round kept no name. Needs an open transaction. */
int case_reader_unit(struct case_reader *reader, struct store *store, int64_t round_id,
                     int64_t draw_no, int64_t unit, struct bytes *out, struct err *err);

#endif
