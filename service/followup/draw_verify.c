#include "service/followup/draw.h"

#include "base/alloc.h"

#include "service/auth/digest.h"
#include "service/followup/published.h"
#include "service/host/files.h"

#include <string.h>

enum { PATH_BYTES = 4096, TEXT_BYTES = 64 * 1024 };

static int refuse(const char *what, const struct drawing *drawing, struct err *err)
{
    return err_set(err, ERR_CORRUPT, "%s of round \"" BYTES_FMT "\" is not what was committed to",
                   what, BYTES_ARG(drawing->round.name));
}

static bool is_digest(struct bytes committed, const unsigned char *digest)
{
    return committed.len == DIGEST_BYTES && memcmp(committed.ptr, digest, DIGEST_BYTES) == 0;
}

/* ---- the frame ---- */

struct relisting {
    const struct drawing *drawing;
    struct frame_listing listing;
};

static int relist(void *context, const struct frame_entry *entry, struct err *err)
{
    struct relisting *relisting = context;
    if (entry->unit < 0 || (size_t)entry->unit >= relisting->drawing->unit_count)
        return refuse("the frame", relisting->drawing, err);
    int rc = frame_listing_feed(&relisting->listing, relisting->drawing->units[entry->unit].code,
                                entry->order_no, err);
    return rc == ERR_EXISTS || rc == ERR_WRONG_STATE ? refuse("the frame", relisting->drawing, err)
                                                     : rc;
}

/* A file of the freezing must have this hash. */
static int check_frame_file(const struct drawing *drawing, const char *name,
                            const unsigned char expected[DIGEST_BYTES], struct err *err)
{
    char directory[EVIDENCE_DIRECTORY_BYTES];
    unsigned char found[DIGEST_BYTES];
    struct buf path;
    buf_init(&path, PATH_BYTES);
    evidence_directory(directory, sizeof directory, drawing->round.name, "frame",
                       drawing->frame.no);
    buf_printf(&path, "%s/evidence/%s/%s", drawing->datadir->path, directory, name);
    buf_append_byte(&path, '\0');
    int rc = buf_status(&path, err);
    if (rc == OK)
        rc = published_hash(path.ptr, found, err);
    if (rc == OK && memcmp(found, expected, DIGEST_BYTES) != 0)
        rc = err_set(err, ERR_CORRUPT, "\"%s\" is not what was published", path.ptr);
    buf_deinit(&path);
    return rc;
}

static int check_listing(const struct drawing *drawing, struct err *err)
{
    struct relisting relisting = {.drawing = drawing};
    struct digest_door door = evidence_door(drawing->door);
    unsigned char digest[DIGEST_BYTES];
    int rc = frame_listing_init(&relisting.listing, &door, NULL, err);
    if (rc == OK)
        rc =
            frame_entries_each(drawing->datadir->store, drawing->round.id, relist, &relisting, err);
    if (rc == OK)
        rc = frame_listing_finish(&relisting.listing, digest, err);
    if (rc == OK && (relisting.listing.count != drawing->frame.entries ||
                     !is_digest(drawing->frame.listing_sha256, digest)))
        rc = refuse("the frame", drawing, err);
    return rc == OK ? check_frame_file(drawing, "frame.txt", digest, err) : rc;
}

static int check_public(const struct drawing *drawing, const struct zone *zone, struct err *err)
{
    unsigned char digest[DIGEST_BYTES];
    struct buf text;
    buf_init(&text, TEXT_BYTES);
    frame_public_render(&drawing->round, &drawing->frame, zone, &text);
    int rc = buf_status(&text, err);
    if (rc == OK)
        rc = sha256_of(buf_bytes(&text), digest, err);
    buf_deinit(&text);
    return rc == OK ? check_frame_file(drawing, "public.txt", digest, err) : rc;
}

static int check_rules(const struct drawing *drawing, struct err *err)
{
    unsigned char digest[DIGEST_BYTES];
    int rc = sha256_of(drawing->round.rules, digest, err);
    if (rc == OK && !is_digest(drawing->frame.rules_sha256, digest))
        rc = refuse("the rules", drawing, err);
    return rc;
}

static int check_secret(const struct drawing *drawing, struct err *err)
{
    unsigned char digest[DIGEST_BYTES];
    struct buf secret;
    buf_init(&secret, DRAW_SEED_MAX_BYTES);
    int rc = drawing_secret(drawing, &secret, err);
    if (rc == OK)
        rc = sha256_of(buf_bytes(&secret), digest, err);
    if (rc == OK && !is_digest(drawing->frame.secret_sha256, digest))
        rc = refuse("the secret half of the seed", drawing, err);
    buf_wipe(&secret);
    return rc;
}

static int check_frame(const struct drawing *drawing, struct err *err)
{
    struct rules rules;
    struct zone *zone = NULL;
    int rc = check_listing(drawing, err);
    if (rc == OK)
        rc = check_rules(drawing, err);
    if (rc == OK)
        rc = check_secret(drawing, err);
    if (rc == OK)
        rc = rules_parse(drawing->round.rules, &rules, err);
    if (rc == OK)
        rc = zone_load(bytes_from_z(rules.basis.timezone), &zone, err);
    if (rc == OK)
        rc = check_public(drawing, zone, err);
    zone_free(zone);
    return rc;
}

/* ---- the draw ---- */

static int check_entry(const struct drawing *drawing, const struct drawn_entry *entry,
                       const struct selected *selected, struct err *err)
{
    const char *wrong = !bytes_equal(entry->order_no, selected->order_no) ? "the order"
                        : entry->position != selected->position           ? "the position"
                        : drawing_part(drawing, entry) != selected->part  ? "the part"
                        : entry->handling_id != selected->reference       ? "the handling"
                        : memcmp(entry->ticket, selected->ticket, DIGEST_BYTES) != 0 ? "the ticket"
                                                                                     : NULL;
    if (wrong == NULL)
        return OK;
    return err_set(err, ERR_CORRUPT,
                   "%s of order \"" BYTES_FMT "\" at position %jd of unit \"" BYTES_FMT
                   "\" is not what the seed gives",
                   wrong, BYTES_ARG(entry->order_no), (intmax_t)entry->position,
                   BYTES_ARG(drawing->units[entry->unit].code));
}

static int check_entries(const struct drawing *drawing, struct err *err)
{
    struct selection *selection = NULL;
    size_t at = 0;
    int rc = drawing_select(drawing, false, &selection, err);
    for (size_t i = 0; i < drawing->unit_count && rc == OK; i++) {
        size_t count = selection_count(selection, i);
        if (count != (size_t)(drawing->units[i].sample + drawing->units[i].reserve))
            rc = refuse("the size of the draw", drawing, err);
        for (size_t k = 0; k < count && rc == OK; k++) {
            struct selected selected = selection_at(selection, i, k);
            const struct drawn_entry *entry = &drawing->entries[at++];
            rc = entry->unit == (int64_t)i ? check_entry(drawing, entry, &selected, err)
                                           : refuse("the unit of a drawn order", drawing, err);
        }
    }
    selection_free(selection);
    return rc;
}

/* A sample is released as a whole: who takes orders out of it takes their answers out of the rates. */
static int check_released(const struct drawing *drawing, struct err *err)
{
    for (size_t i = 0; i < drawing->unit_count; i++) {
        if (drawing->units[i].released < drawing->units[i].sample)
            return refuse("the released sample", drawing, err);
    }
    return OK;
}

int draw_verify(const struct datadir *datadir, const struct round_row *round, struct err *err)
{
    struct drawing drawing = {.datadir = NULL};
    int rc = drawing_load(datadir, round, &drawing, err);
    bool has_draw = rc == OK;
    if (rc == ERR_NOT_FOUND)
        rc = drawing_begin(datadir, round, &drawing, err);
    if (rc == OK && !has_draw &&
        (bytes_equal(round->state, BYTES_LIT("drawn")) ||
         bytes_equal(round->state, BYTES_LIT("calling"))))
        rc = refuse("the draw", &drawing, err);
    if (rc == OK)
        rc = check_frame(&drawing, err);
    if (rc == OK && has_draw)
        rc = drawing_load_entries(&drawing, err);
    if (rc == OK && has_draw && drawing.kind != DRAW_ADOPTED)
        rc = check_entries(&drawing, err);
    if (rc == OK && has_draw)
        rc = published_check(&drawing, err);
    if (rc == OK && has_draw)
        rc = check_released(&drawing, err);
    drawing_deinit(&drawing);
    return rc;
}
