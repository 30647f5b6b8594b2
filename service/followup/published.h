#ifndef PINGYI_SERVICE_FOLLOWUP_PUBLISHED_H
#define PINGYI_SERVICE_FOLLOWUP_PUBLISHED_H

#include "service/followup/drawing.h"

/* What a draw publishes (service/rounds/evidence.h), written when it is made and written again when it is checked. */

/* One frame entry as it was committed to. */
struct commitment {
    int64_t line; /* from 1 */
    const struct frame_entry *entry;
    unsigned char salt[SALT_BYTES];
    unsigned char ticket[DIGEST_BYTES]; /* nothing in an adopted sample */
    enum selection_part part;
    unsigned char digest[DIGEST_BYTES];
};
typedef int (*commitment_cb)(void *context, const struct commitment *commitment, struct err *err);

/* Each entry of the frame, in the order of the listing; entries of the drawing must be there. Stops at the callback's
 * first code that is not OK. ERR_CORRUPT: a drawn order is not in the frame. */
int commitments_each(const struct drawing *drawing, commitment_cb on_commitment, void *context,
                     struct err *err);

/* Write the files and their SHA256SUMS, whose hash is given out. */
int published_write(const struct drawing *drawing, unsigned char out_sha256[DIGEST_BYTES],
                    struct err *err);

/* Make them anew and compare: with drawing->public_sha256, and with the files. ERR_CORRUPT names the first that is
 * something else, or not there. */
int published_check(const struct drawing *drawing, struct err *err);

/* Of a file of evidence; one that cannot be opened is ERR_CORRUPT. */
int published_hash(const char *path, unsigned char out_sha256[DIGEST_BYTES], struct err *err);

#endif
