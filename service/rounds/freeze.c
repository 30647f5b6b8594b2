#include "service/rounds/lifecycle.h"

#include "base/alloc.h"
#include "base/civil.h"

#include "service/auth/digest.h"
#include "service/auth/random.h"
#include "service/rounds/evidence.h"
#include "service/rounds/framing.h"
#include "service/rounds/scan.h"

#include <string.h>

/* Two passes over the facts: the first counts, so that units have their numbers before the second stores entries by
 * them, in the order of handlings. The frame is then sorted by the store and read once more for its listing: whatever
 * the round's size, no more than its register lies in memory. */

enum {
    SECRET_BYTES = 16,
    SECRET_TEXT_BYTES = 2 * SECRET_BYTES, /* lower-case hex */
    PUBLIC_MAX_BYTES = 8 * 1024,
    SEALED_MAX_BYTES = 256,
    FREEZE_MAX_BYTES = 512 * 1024 * 1024,
    LISTING_SLICE_BYTES = 64 * 1024, /* written away as soon as there is as much */
    LISTING_MAX_BYTES = 2 * LISTING_SLICE_BYTES,
    FRAMES_A_ROUND = 65536,
};

struct freezing {
    const struct datadir *datadir;
    struct store *store;
    struct round_row round; /* with the as-of that is fixed */
    const struct actor *actor;
    struct arena arena;
    struct round_basis basis;
    struct framing framing;
    struct unit_register registered;
    int64_t *unit_of_ranked; /* index in framing.units; -1: no unit of the frame */
    struct scan scan;
    int64_t last_order_id; /* the last one put into the frame */

    struct frame_listing listing;
    struct buf slice; /* of the listing, not yet written */
    struct evidence_file listing_file;
    char directory[EVIDENCE_DIRECTORY_BYTES];

    struct frame_row frame; /* what was made so far; its digests are the arrays below */
    unsigned char listing_sha256[SHA256_BYTES], rules_sha256[SHA256_BYTES],
        secret_sha256[SHA256_BYTES];
    struct buf sealed_secret;
};

/* ---- facts, register, entries ---- */

static int refuse_twice(struct freezing *freezing, int64_t order_id, struct err *err)
{
    struct order_row order;
    int rc = order_get_by_id(freezing->store, order_id, &order, err);
    return rc != OK
               ? rc
               : err_set(err, ERR_REFUSED, "order \"" BYTES_FMT "\" would stand in the frame twice",
                         BYTES_ARG(order.order_no));
}

static int on_judged(void *context, const struct judged *judged, struct err *err)
{
    struct freezing *freezing = context;
    struct fact_row frozen = *judged->row;
    int64_t order_id = frozen.handling_id / HANDLINGS_AN_ORDER;
    frozen.merged_repeat = judged->merged_repeat;
    int rc = round_fact_put(freezing->store, freezing->round.id, &frozen,
                            (int)judged->verdict.judgement, err);
    if (rc != OK || scan_frame_reason(&freezing->scan, judged) != FRAME_IN)
        return rc;
    if (order_id == freezing->last_order_id)
        return refuse_twice(freezing, order_id, err);
    freezing->last_order_id = order_id;
    return frame_pending_put(freezing->store, frozen.handling_id,
                             freezing->unit_of_ranked[judged->ranked], err);
}

static int number_units(struct freezing *freezing, struct err *err)
{
    const struct unit_register *registered = &freezing->registered;
    size_t count = registered->unit_count + 1;
    freezing->unit_of_ranked =
        arena_alloc(&freezing->arena, size_multiply(count, sizeof *freezing->unit_of_ranked));
    if (freezing->unit_of_ranked == NULL)
        return err_set(err, ERR_NOMEM, "could not number %zu units", count);
    for (size_t i = 0; i < registered->unit_count; i++) {
        const struct framing_unit *unit =
            framing_find(&freezing->framing, registered->units[i].code);
        freezing->unit_of_ranked[i] = unit != NULL ? unit - freezing->framing.units : -1;
    }
    return OK;
}

static int put_facts(struct freezing *freezing, struct err *err)
{
    struct scan *scan = &freezing->scan;
    *scan = (struct scan){.store = freezing->store,
                          .round = &freezing->round,
                          .basis = &freezing->basis,
                          .registered = &freezing->registered,
                          .on_judged = on_judged,
                          .context = freezing};
    int rc = facts_end_id(freezing->store, &scan->end_id, err);
    if (rc == OK)
        rc = scan_init(scan, err);
    if (rc == OK)
        rc = scan_run(scan, err);
    scan_deinit(scan);
    return rc;
}

/* Units of the register that are none of the frame count nothing here and stay out. */
static int put_register(struct freezing *freezing, struct err *err)
{
    const struct unit_register *registered = &freezing->registered;
    struct store *store = freezing->store;
    int64_t round_id = freezing->round.id;
    int rc = OK;
    for (size_t i = 0; i < registered->unit_count && rc == OK; i++) {
        const struct ranked_unit *unit = &registered->units[i];
        struct round_unit_row row = {unit->code, unit->name, unit->class_name,
                                     unit->class_position};
        if (freezing->unit_of_ranked[i] >= 0)
            rc = round_unit_put(store, round_id, &row, err);
    }
    for (int64_t i = 1; i < registered->name_end && rc == OK; i++) {
        int32_t ranked = registered->ranked_of_name[i];
        if (ranked != UNIT_NONE && freezing->unit_of_ranked[ranked] >= 0)
            rc = round_unit_name_put(store, round_id, i, registered->units[ranked].code, err);
    }
    return rc;
}

static int put_units(struct freezing *freezing, struct err *err)
{
    const struct framing *framing = &freezing->framing;
    struct store *store = freezing->store;
    int64_t round_id = freezing->round.id;
    int rc = OK;
    for (size_t i = 0; i < framing->unit_count && rc == OK; i++) {
        const struct framing_unit *unit = &framing->units[i];
        struct frame_unit_row row = {(int64_t)i, unit->code, unit->frame};
        rc = frame_unit_put(store, round_id, &row, err);
        for (int reason = FRAME_EXCLUDED; reason < FRAME_REASONS && rc == OK; reason++) {
            if (unit->left_out[reason] > 0)
                rc = frame_left_out_put(store, round_id, (int64_t)i, reason, unit->left_out[reason],
                                        err);
        }
    }
    return rc;
}

/* Built-in layers are the program's and need no copy. */
static int put_layers(struct freezing *freezing, struct err *err)
{
    const struct rules *rules = &freezing->basis.rules;
    int rc = OK;
    for (int i = 0; i < rules->calendar.layer_count && rc == OK; i++)
        rc = round_layer_put(freezing->store, freezing->round.id,
                             bytes_from_z(rules->calendar.layers[i]), err);
    return rc;
}

static int put_frame(struct freezing *freezing, struct err *err)
{
    const struct round_row *round = &freezing->round;
    int rc = framing_load(freezing->datadir, round, &freezing->basis, &freezing->arena,
                          &freezing->framing, err);
    if (rc == OK)
        rc = register_load(freezing->store, round->from_day, round->to_day, &freezing->arena,
                           &freezing->registered, err);
    if (rc == OK)
        rc = number_units(freezing, err);
    if (rc == OK)
        rc = put_facts(freezing, err);
    if (rc == OK)
        rc = put_register(freezing, err);
    if (rc == OK)
        rc = put_units(freezing, err);
    if (rc == OK)
        rc = put_layers(freezing, err);
    if (rc == OK)
        rc = frame_apply_pending(freezing->store, round->id, err);
    return rc;
}

/* ---- the listing ---- */

static void write_slice(struct freezing *freezing)
{
    evidence_file_write(&freezing->listing_file, buf_bytes(&freezing->slice));
    buf_clear(&freezing->slice);
}

static int on_entry(void *context, const struct frame_entry *entry, struct err *err)
{
    struct freezing *freezing = context;
    if (entry->unit < 0 || entry->unit >= (int64_t)freezing->framing.unit_count)
        return err_set(err, ERR_CORRUPT, "an entry of the frame has unit %lld",
                       (long long)entry->unit);
    int rc = frame_listing_feed(&freezing->listing, freezing->framing.units[entry->unit].code,
                                entry->order_no, err);
    if (rc == OK && freezing->slice.len >= LISTING_SLICE_BYTES)
        write_slice(freezing);
    return rc;
}

static int write_listing(struct freezing *freezing, struct err *err)
{
    unsigned char written_sha256[DIGEST_BYTES];
    struct evidence_door *door = NULL;
    int rc = evidence_door_new(&door, err);
    struct digest_door digest = evidence_door(door);
    if (rc == OK)
        rc = evidence_file_open(freezing->datadir, freezing->directory, "frame.txt",
                                &freezing->listing_file, err);
    if (rc == OK)
        rc = frame_listing_init(&freezing->listing, &digest, &freezing->slice, err);
    if (rc == OK)
        rc = frame_entries_each(freezing->store, freezing->round.id, on_entry, freezing, err);
    if (rc == OK)
        rc = frame_listing_finish(&freezing->listing, freezing->listing_sha256, err);
    if (rc == OK) {
        write_slice(freezing);
        rc = evidence_file_finish(&freezing->listing_file, written_sha256, err);
    }
    evidence_file_deinit(&freezing->listing_file);
    evidence_door_free(door);
    return rc;
}

/* ---- the secret half and what is published ---- */

int64_t frame_seal_row(int64_t round_id, int64_t no)
{
    return round_id * FRAMES_A_ROUND + no;
}

static int make_secret(struct freezing *freezing, struct err *err)
{
    unsigned char secret[DIGEST_BYTES] = {0};
    char text[DIGEST_HEX_BYTES];
    struct bytes half = {text, SECRET_TEXT_BYTES};
    struct vault_sealer *sealer = NULL;
    int rc = vault_sealer_new(freezing->datadir->vault, FRAME_SECRET_PURPOSE, &sealer, err);
    if (rc == OK)
        rc = random_bytes(secret, SECRET_BYTES, err);
    if (rc == OK) {
        struct sealer door = vault_sealer_door(sealer);
        digest_hex(secret, text);
        rc = door.seal(door.context, frame_seal_row(freezing->round.id, freezing->frame.no), half,
                       &freezing->sealed_secret, err);
    }
    if (rc == OK)
        rc = sha256_of(half, freezing->secret_sha256, err);
    explicit_bzero(secret, sizeof secret);
    explicit_bzero(text, sizeof text);
    vault_sealer_free(sealer);
    return rc;
}

static void append_time(struct buf *out, const char *label, int64_t utc, const struct zone *zone)
{
    char text[TIME_TEXT_BYTES];
    time_format(utc, zone_offset_s(zone, utc), text);
    buf_printf(out, "%s: %s\n", label, text);
}

void frame_public_render(const struct round_row *round, const struct frame_row *frame,
                         const struct zone *zone, struct buf *out)
{
    char from[DAY_TEXT_BYTES];
    char to[DAY_TEXT_BYTES];
    day_format(round->from_day, from);
    day_format(round->to_day, to);
    buf_printf(out, "评价期 round: " BYTES_FMT "\n", BYTES_ARG(round->name));
    buf_printf(out, "起止 period: %s/%s\n", from, to);
    buf_printf(out, "第几次冻结 freezing: %lld\n", (long long)frame->no);
    append_time(out, "冻结时间 frozen_at", frame->frozen_utc, zone);
    append_time(out, "数据截至 as_of", round->as_of_utc, zone);
    buf_printf(out, "样本框工单数 entries: %lld\n", (long long)frame->entries);
    evidence_append_digest(out, "样本框清单 listing_sha256", frame->listing_sha256);
    evidence_append_digest(out, "规则 rules_sha256", frame->rules_sha256);
    evidence_append_digest(out, "种子保密部分的承诺 secret_sha256", frame->secret_sha256);
}

static int write_public(struct freezing *freezing, struct err *err)
{
    struct evidence_file file = {0};
    unsigned char written_sha256[DIGEST_BYTES];
    struct buf text;
    buf_init(&text, PUBLIC_MAX_BYTES);
    frame_public_render(&freezing->round, &freezing->frame, freezing->basis.zone, &text);
    int rc = buf_status(&text, err);
    if (rc == OK)
        rc = evidence_file_open(freezing->datadir, freezing->directory, "public.txt", &file, err);
    if (rc == OK) {
        evidence_file_write(&file, buf_bytes(&text));
        rc = evidence_file_finish(&file, written_sha256, err);
    }
    buf_deinit(&text);
    return rc;
}

/* ---- the freezing ---- */

static int next_no(struct store *store, int64_t round_id, int64_t *out_no, struct err *err)
{
    struct frame_row last = {0};
    int rc = frame_get_last(store, round_id, &last, err);
    if (rc == OK || rc == ERR_NOT_FOUND)
        *out_no = last.no + 1;
    return rc == ERR_NOT_FOUND ? OK : rc;
}

static int put_frame_row(struct freezing *freezing, struct err *err)
{
    struct frame_row *frame = &freezing->frame;
    int rc = sha256_of(freezing->round.rules, freezing->rules_sha256, err);
    if (rc != OK)
        return rc;
    frame->round_id = freezing->round.id;
    frame->entries = freezing->listing.count;
    frame->listing_sha256 = (struct bytes){(char *)freezing->listing_sha256, SHA256_BYTES};
    frame->rules_sha256 = (struct bytes){(char *)freezing->rules_sha256, SHA256_BYTES};
    frame->secret_sha256 = (struct bytes){(char *)freezing->secret_sha256, SHA256_BYTES};
    frame->sealed_secret = buf_bytes(&freezing->sealed_secret);
    frame->frozen_utc = freezing->actor->now_utc;
    return frame_put_new(freezing->store, frame, err);
}

static int put_step(struct freezing *freezing, bool as_of_was_given, struct err *err)
{
    const struct round_row *round = &freezing->round;
    struct bytes why = as_of_was_given ? BYTES_LIT(FREEZE_AS_OF_GIVEN) : BYTES_NONE;
    int rc =
        round_put_state(freezing->store, round->id, BYTES_LIT("frozen"), round->as_of_utc, err);
    if (rc == OK)
        rc = round_step_put(freezing->store, round->id, BYTES_LIT("freeze"),
                            freezing->actor->now_utc, freezing->actor->who, why, err);
    return rc;
}

static int keep_frame(const struct frame_row *frame, struct arena *arena, struct frame_row *out,
                      struct err *err)
{
    struct frame_row kept = *frame;
    struct bytes *texts[] = {&kept.listing_sha256, &kept.rules_sha256, &kept.secret_sha256,
                             &kept.sealed_secret};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        *texts[i] = arena_copy(arena, *texts[i]);
        if (texts[i]->ptr == NULL)
            return err_set(err, ERR_NOMEM, "could not keep a frame");
    }
    *out = kept;
    return OK;
}

static int freeze(struct freezing *freezing, struct err *err)
{
    bool as_of_was_given = freezing->round.as_of_utc != 0;
    int rc = round_basis_load(freezing->store, &freezing->round, BYTES_NONE,
                              freezing->actor->now_utc, &freezing->basis, err);
    if (rc == OK)
        rc = next_no(freezing->store, freezing->round.id, &freezing->frame.no, err);
    if (rc != OK)
        return rc;
    freezing->round.as_of_utc = freezing->basis.as_of_utc;
    evidence_directory(freezing->directory, sizeof freezing->directory, freezing->round.name,
                       "frame", freezing->frame.no);
    rc = put_frame(freezing, err);
    if (rc == OK)
        rc = write_listing(freezing, err);
    if (rc == OK)
        rc = make_secret(freezing, err);
    if (rc == OK)
        rc = put_frame_row(freezing, err);
    if (rc == OK)
        rc = write_public(freezing, err);
    if (rc == OK)
        rc = put_step(freezing, as_of_was_given, err);
    return rc;
}

int round_freeze(const struct datadir *datadir, const struct round_row *round,
                 const struct actor *actor, struct arena *arena, struct frame_row *out,
                 struct err *err)
{
    if (round_is_frozen(round) || round->is_accumulated)
        return err_set(err, ERR_WRONG_STATE,
                       round->is_accumulated ? "accumulated round \"" BYTES_FMT "\" has no frame"
                                             : "round \"" BYTES_FMT "\" is frozen already",
                       BYTES_ARG(round->name));
    struct freezing freezing = {
        .datadir = datadir, .store = datadir->store, .round = *round, .actor = actor};
    arena_init(&freezing.arena, FREEZE_MAX_BYTES);
    buf_init(&freezing.slice, LISTING_MAX_BYTES);
    buf_init(&freezing.sealed_secret, SEALED_MAX_BYTES);
    int rc = freeze(&freezing, err);
    if (rc == OK && out != NULL)
        rc = keep_frame(&freezing.frame, arena, out, err);
    buf_deinit(&freezing.slice);
    buf_deinit(&freezing.sealed_secret);
    round_basis_deinit(&freezing.basis);
    arena_deinit(&freezing.arena);
    return rc;
}
