#ifndef PINGYI_SCORING_SELECTION_H
#define PINGYI_SCORING_SELECTION_H

#include "base/buf.h"

/* The draw: who is called, in an order that nobody chooses and anybody can recompute. STATISTICS.md 7, DESIGN.md 7.5.
 * Thread: one owner at a time, the door's context included.
 *
 * Order numbers and unit codes come as they stand in the frame: trimmed, NFC, UTF-8; frame and draw must use the same
 * text. What can be seen here is checked: valid UTF-8, not empty, no ASCII space at either end, no control character
 * (else ERR_FORMAT), at most FRAME_TEXT_MAX_BYTES (else ERR_LIMIT). NFC cannot, and is the caller's. */

enum { DIGEST_BYTES = 32, DIGEST_HEX_BYTES = 65, SALT_BYTES = 16, FRAME_TEXT_MAX_BYTES = 1024 };

/* SHA-256 from outside. It digests one stream at a time and, undisturbed by that, texts behind a common prefix, whose
 * state should be computed once: the prefix of tickets is just one block of SHA-256, so an order costs one block more
 * instead of two. */
struct digest_door {
    /* Begin a stream; what was fed and never finished is forgotten. */
    int (*begin)(void *context, struct err *err);
    int (*feed)(void *context, struct bytes text, struct err *err);
    int (*finish)(void *context, unsigned char out[DIGEST_BYTES], struct err *err);
    /* From now on digest_behind digests `prefix` and, joined to it, its text. */
    int (*set_prefix)(void *context, struct bytes prefix, struct err *err);
    int (*digest_behind)(void *context, struct bytes text, unsigned char out[DIGEST_BYTES],
                         struct err *err);
    void *context;
};

/* Lower-case hex, NUL-terminated. */
void digest_hex(const unsigned char digest[DIGEST_BYTES], char out[DIGEST_HEX_BYTES]);

/* ---- tickets ---- */

/* ticket = SHA-256(lower-case hex(SHA-256(seed)) || order number), as Rivest's consistent_sampler (arXiv:1808.10016)
 * hashes it; with sha256sum:
 *     printf %s "$(printf %s "$seed" | sha256sum | cut -c1-64)$order_no" | sha256sum
 * The seed is any bytes. `tickets_begin` sets the door's prefix for every `ticket_compute` after it. Errors are the
 * door's, ERR_FORMAT and ERR_LIMIT. */
int tickets_begin(const struct digest_door *door, struct bytes seed, struct err *err);
int ticket_compute(const struct digest_door *door, struct bytes order_no,
                   unsigned char out_ticket[DIGEST_BYTES], struct err *err);

/* ---- sample and reserve ---- */

enum selection_part {
    PART_SAMPLE = 0,
    PART_RESERVE,
    PART_REST, /* in the frame, neither drawn nor in reserve */
};

/* sample, reserve, rest: the words of `draw --format csv` and of commitments. */
const char *selection_part_word(enum selection_part part);

/* How many of a unit are drawn, and how many are kept in order behind them, both >= 0; INT64_MAX keeps all. */
struct selection_quota {
    int64_t sample, reserve;
};

struct selected {
    int64_t position; /* within the unit, from 1 */
    enum selection_part part;
    struct bytes order_no; /* borrowed until selection_free */
    int64_t reference;     /* as fed */
    unsigned char ticket[DIGEST_BYTES];
};

/* A draw of all units at once. Of each unit the `sample + reserve` orders with the lowest tickets are kept, never more:
 * memory grows with the quotas (about 100 bytes an order), not with the frame. The result depends on seed and set
 * of orders alone, not on the order of feeding or other units, and a larger quota has the smaller one's orders in
 * front: a top-up takes the reserve in order or draws again, longer, with the same seed. */
struct selection;

/* `door` is copied, its context borrowed and its prefix used until selection_finish; `quotas`, one a unit, are copied.
 * ERR_NOMEM, the door's errors. */
int selection_new(const struct digest_door *door, struct bytes seed,
                  const struct selection_quota *quotas, size_t unit_count,
                  struct selection **out_selection, struct err *err);
void selection_free(struct selection *selection);

/* Feed one order of the frame, its unit as index into the quotas; `reference` is the caller's, e.g. a row id.
 * ERR_FORMAT, ERR_LIMIT; ERR_EXISTS when the order is seen to have been fed to the unit before; ERR_NOMEM; the door's.
 * After an error the draw is worth nothing. */
int selection_feed(struct selection *selection, size_t unit, struct bytes order_no,
                   int64_t reference, struct err *err);

/* Join to a draw another one of the same seed and quotas that was fed a part of the frame, by another thread perhaps,
 * as if `into` had been fed that part too; what `from` keeps is moved out of it. Both before selection_finish, which
 * `from` never sees: it is only freed. ERR_EXISTS and ERR_NOMEM as by selection_feed; after an error neither is worth
 * anything. */
int selection_merge(struct selection *into, struct selection *from, struct err *err);

/* Put what is kept into order. An order of a unit fed twice is found, here or by selection_feed or selection_merge, if
 * it is kept: ERR_EXISTS. After it the draw is read, and no more is fed. */
int selection_finish(struct selection *selection, struct err *err);

/* Orders fed for the unit: the size of its frame. */
int64_t selection_frame(const struct selection *selection, size_t unit);

/* Orders kept, at most sample + reserve; fewer than the sample only if the frame is smaller. */
size_t selection_count(const struct selection *selection, size_t unit);

/* The order at `index` (from 0, below selection_count) by ascending ticket, ties by the bytes of the number. After
 * selection_finish. */
struct selected selection_at(const struct selection *selection, size_t unit, size_t index);

/* ---- the frame, committed to before the seed exists ---- */

/* The canonical listing: a line `unit code TAB order number` for each entry, in ascending order of bytes, joined by LF
 * (none behind the last); its SHA-256 is published before the seed exists. STATISTICS.md 7.1. Entries are fed in that
 * order, which is the one of (unit code, order number), both by bytes. */
struct frame_listing {
    struct digest_door door; /* its stream is the listing's until frame_listing_finish */
    struct buf *out;         /* borrowed; NULL when only the hash is wanted */
    int64_t count;           /* entries so far */
    size_t line_len;
    char line[2 * FRAME_TEXT_MAX_BYTES + 1]; /* the last entry's */
};

/* `out` gets the very bytes that are hashed, for the evidence; its owner may write them away and clear it between
 * calls. The listing owns nothing. After a failure it is begun anew or forgotten. */
int frame_listing_init(struct frame_listing *out_listing, const struct digest_door *door,
                       struct buf *out, struct err *err);

/* ERR_FORMAT and ERR_LIMIT for a code or number that is not as said above; ERR_EXISTS for the entry before it once
 * more; ERR_WRONG_STATE for one that belongs before it; the door's and `out`'s. An order in two units is not noticed: a
 * frame has orders with one lead only. */
int frame_listing_feed(struct frame_listing *listing, struct bytes unit_code, struct bytes order_no,
                       struct err *err);

/* The hash of the whole; of no entries, that of the empty text. */
int frame_listing_finish(struct frame_listing *listing, unsigned char out_hash[DIGEST_BYTES],
                         struct err *err);

/* ---- one entry, committed to ---- */

/* SHA-256 of `salt TAB order number TAB ticket TAB part`, salt and ticket in lower-case hex, the ticket empty (NULL)
 * for an adopted sample. Published for each entry of the frame, so that a unit can have its own entries opened (salt
 * and ticket named) and nobody else's: each entry needs a random salt of its own, because order numbers are guessable.
 * DESIGN.md 7.5. Uses the door's stream. ERR_FORMAT, ERR_LIMIT, the door's errors. */
int commitment_compute(const struct digest_door *door, const unsigned char salt[SALT_BYTES],
                       struct bytes order_no, const unsigned char *ticket, enum selection_part part,
                       unsigned char out_commitment[DIGEST_BYTES], struct err *err);

#endif
