#ifndef PINGYI_SERVICE_ROUNDS_EVIDENCE_H
#define PINGYI_SERVICE_ROUNDS_EVIDENCE_H

#include "scoring/selection.h"

#include "service/host/datadir.h"

#include <stdio.h>

/* The evidence of frames and draws as files, checkable with sha256sum and sort:
 *
 *   evidence/ROUND/frame-N/public.txt       what a freezing publishes: round, number of entries, hash of the listing,
 *                                           of the rules, and the commitment to the secret half of the seed
 *   evidence/ROUND/frame-N/frame.txt        the canonical listing: for the office and the auditor alone
 *   evidence/ROUND/draw-N/public.txt        what a draw publishes: number, public half of the seed, frame's hash
 *   evidence/ROUND/draw-N/counts.csv        unit_code, frame, sample, reserve
 *   evidence/ROUND/draw-N/commitments.txt   `unit code TAB commitment` for each entry, in the order of the listing
 *   evidence/ROUND/draw-N/SHA256SUMS        of the three, as sha256sum writes it; its own hash is printed in the
 *                                           bulletin
 *
 * All have mode 0600: publishing is the office's act. A file appears whole or not at all; those of a freezing or draw
 * that was never committed are written over by the next of the same number. Thread: one owner. */

/* Digest door on OpenSSL's SHA-256 (service/auth). */
struct evidence_door;
int evidence_door_new(struct evidence_door **out_door, struct err *err);
void evidence_door_free(struct evidence_door *door); /* accepts NULL */
struct digest_door evidence_door(struct evidence_door *door);

/* A file being written: its bytes are hashed on the way. Zeroed at first. */
struct evidence_file {
    struct sha256 *sha256;
    FILE *file;
    char *path, *partial_path;
    struct err err; /* the first failure; writers check once, at the end */
};

/* `directory` below evidence/, made if need be: "2024-05/draw-1". ERR_FULL, ERR_PERMISSION, ERR_IO, ERR_NOMEM; then
 * *out_file is as it was. */
int evidence_file_open(const struct datadir *datadir, const char *directory, const char *name,
                       struct evidence_file *out_file, struct err *err);
void evidence_file_write(struct evidence_file *file, struct bytes bytes);
/* On disk under its name when it returns OK; the hash of what was written. ERR_FULL, ERR_IO, ERR_NOMEM: under its name
 * stands what stood there before. */
int evidence_file_finish(struct evidence_file *file, unsigned char out_sha256[DIGEST_BYTES],
                         struct err *err);
/* Unfinished: nothing stays; accepts a zeroed one. */
void evidence_file_deinit(struct evidence_file *file);

/* Append "label: digest" as a line of a public.txt; the digest has DIGEST_BYTES. */
void evidence_append_digest(struct buf *out, const char *label, struct bytes digest);

/* The directory's path below evidence/ for a freezing or draw: "ROUND/frame-N". Round names are those that
 * `round create` takes: no slash, no dot in front. */
enum { EVIDENCE_DIRECTORY_BYTES = 512 };
void evidence_directory(char *out, size_t capacity, struct bytes round_name, const char *what,
                        int64_t no);

#endif
