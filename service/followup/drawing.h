#ifndef PINGYI_SERVICE_FOLLOWUP_DRAWING_H
#define PINGYI_SERVICE_FOLLOWUP_DRAWING_H

#include "base/arena.h"

#include "service/auth/salt.h"
#include "service/followup/draw.h"
#include "service/rounds/evidence.h"

/* Inside service/followup/: a draw as a value, being made or as it is stored. Thread: that of the store. */

enum { DRAW_SEED_MAX_BYTES = 4096 };

enum draw_kind { DRAW_BY_SEED, DRAW_BY_EXACT_SEED, DRAW_ADOPTED };

struct drawn_entry {
    int64_t unit, position; /* index of the unit; position from 1 */
    struct bytes order_no;
    int64_t handling_id;
    int64_t case_no;
    unsigned char ticket[DIGEST_BYTES]; /* nothing in an adopted sample */
};

struct drawing_unit {
    struct bytes code;
    int64_t frame, sample, reserve, released;
};

struct drawing {
    const struct datadir *datadir;
    struct arena arena; /* owns what the others point to */
    struct round_row round;
    struct frame_row frame;
    int64_t no;
    enum draw_kind kind;
    struct bytes seed; /* as stored: the public half, the exact one, or nothing */
    int64_t wanted, drawn_utc;
    unsigned char salt_key[SALT_KEY_BYTES];
    unsigned char public_sha256[DIGEST_BYTES];
    struct drawing_unit *units;
    size_t unit_count;
    struct drawn_entry *entries; /* by unit and position */
    size_t entry_count;
    struct evidence_door *door;
    int threads; /* that select: 2 for a large frame */
};

/* Round and frame alone, for a draw that is to be made; `round` is copied. ERR_WRONG_STATE: never frozen. */
int drawing_begin(const struct datadir *datadir, const struct round_row *round, struct drawing *out,
                  struct err *err);

/* The draw in force, without its entries. ERR_NOT_FOUND. */
int drawing_load(const struct datadir *datadir, const struct round_row *round, struct drawing *out,
                 struct err *err);
int drawing_load_entries(struct drawing *drawing, struct err *err);

/* Accepts a zeroed one; wipes the key. */
void drawing_deinit(struct drawing *drawing);

/* seed, exact, adopted: as it is stored. */
const char *draw_kind_word(enum draw_kind kind);

/* sample or reserve, as drawn: a top-up does not change it. */
enum selection_part drawing_part(const struct drawing *drawing, const struct drawn_entry *entry);

/* Append the secret half of the seed. ERR_CORRUPT when the vault cannot open it. */
int drawing_secret(const struct drawing *drawing, struct buf *out, struct err *err);

/* Append the whole seed, which tickets are made of. */
int drawing_seed(const struct drawing *drawing, struct buf *out, struct err *err);

/* Seal the salts' key as the store keeps it. */
int drawing_seal_key(const struct drawing *drawing, struct buf *out, struct err *err);

/* Read the frame once and select by the units' sample and reserve, or with `keeps_all` put all of it in order. With two
 * threads, two read the frame from its ends, each with its own connection, unless this very transaction has frozen it;
 * the result is the same. The caller frees the selection; drawing->door must outlive it. ERR_CORRUPT: the frame has
 * not the entries that were frozen. */
int drawing_select(const struct drawing *drawing, bool keeps_all, struct selection **out_selection,
                   struct err *err);

#endif
