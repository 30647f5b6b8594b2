#include "scoring/selection.h"

#include "base/alloc.h"
#include "base/utf8.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum {
    HEAP_FIRST_CAPACITY = 16,
    PART_WORD_MAX_BYTES = 7, /* reserve */
    COMMITMENT_MAX_BYTES = 2 * SALT_BYTES + FRAME_TEXT_MAX_BYTES + 2 * DIGEST_BYTES +
                           PART_WORD_MAX_BYTES + 3, /* and three TABs */
};

/* ---- texts and digests ---- */

static void hex_write(const unsigned char *bytes, size_t count, char *out)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < count; i++) {
        out[2 * i] = digits[bytes[i] >> 4];
        out[2 * i + 1] = digits[bytes[i] & 0xF];
    }
    out[2 * count] = '\0';
}

void digest_hex(const unsigned char digest[DIGEST_BYTES], char out[DIGEST_HEX_BYTES])
{
    hex_write(digest, DIGEST_BYTES, out);
}

static bool text_is_clean(struct bytes text)
{
    unsigned char seen = 0; /* all bits of all bytes */
    if (text.len == 0 || text.ptr[0] == ' ' || text.ptr[text.len - 1] == ' ')
        return false;
    for (size_t i = 0; i < text.len; i++) {
        unsigned char byte = (unsigned char)text.ptr[i];
        if (byte < ' ' || byte == 0x7F)
            return false;
        seen |= byte;
    }
    return seen < 0x80 || utf8_is_valid(text);
}

/* A line of the listing, and what is hashed into a ticket or a commitment, must say one thing only: a TAB or LF within
 * a text would let two frames have one listing. */
static int check_text(const char *kind, struct bytes text, struct err *err)
{
    if (text.len > FRAME_TEXT_MAX_BYTES)
        return err_set(err, ERR_LIMIT, "%s of %zu bytes is longer than %d", kind, text.len,
                       FRAME_TEXT_MAX_BYTES);
    if (!text_is_clean(text))
        return err_set(err, ERR_FORMAT,
                       "%s \"" BYTES_FMT "\" is empty, untrimmed or no plain UTF-8", kind,
                       BYTES_ARG(text));
    return OK;
}

static int digest_text(const struct digest_door *door, struct bytes text,
                       unsigned char out[DIGEST_BYTES], struct err *err)
{
    int rc = door->begin(door->context, err);
    if (rc == OK)
        rc = door->feed(door->context, text, err);
    return rc == OK ? door->finish(door->context, out, err) : rc;
}

/* ---- tickets ---- */

int tickets_begin(const struct digest_door *door, struct bytes seed, struct err *err)
{
    unsigned char digest[DIGEST_BYTES];
    char prefix[DIGEST_HEX_BYTES];
    int rc = digest_text(door, seed, digest, err);
    if (rc != OK)
        return rc;
    digest_hex(digest, prefix);
    return door->set_prefix(door->context, bytes_from_z(prefix), err);
}

int ticket_compute(const struct digest_door *door, struct bytes order_no,
                   unsigned char out_ticket[DIGEST_BYTES], struct err *err)
{
    int rc = check_text("order number", order_no, err);
    return rc == OK ? door->digest_behind(door->context, order_no, out_ticket, err) : rc;
}

/* ---- sample and reserve ---- */

/* An order that may be kept; its number is a copy whose room the next one to take its place takes over. */
struct candidate {
    unsigned char ticket[DIGEST_BYTES];
    int64_t reference;
    char *order_no;
    size_t len, capacity;
};

/* One unit's lowest tickets: a heap with the highest of them on top, so that most orders of a long frame are refused by
 * one comparison; after selection_finish in ascending order. */
struct unit_draw {
    struct candidate *kept;
    size_t count, capacity;
    size_t limit; /* sample + reserve */
    int64_t sample;
    int64_t frame;
};

struct selection {
    struct digest_door door;
    size_t unit_count;
    struct unit_draw units[];
};

const char *selection_part_word(enum selection_part part)
{
    static const char *const words[] = {
        [PART_SAMPLE] = "sample",
        [PART_RESERVE] = "reserve",
        [PART_REST] = "rest",
    };
    return words[part];
}

static struct bytes number_of(const struct candidate *candidate)
{
    return (struct bytes){candidate->order_no, candidate->len};
}

static int compare_to(const struct candidate *candidate, const unsigned char *ticket,
                      struct bytes order_no)
{
    int order = memcmp(candidate->ticket, ticket, DIGEST_BYTES);
    return order != 0 ? order : bytes_compare(number_of(candidate), order_no);
}

static int compare_candidates(const void *a, const void *b)
{
    const struct candidate *other = b;
    return compare_to(a, other->ticket, number_of(other));
}

static void swap_candidates(struct candidate *a, struct candidate *b)
{
    struct candidate held = *a;
    *a = *b;
    *b = held;
}

static void sift_up(struct candidate *heap, size_t at)
{
    while (at > 0 && compare_candidates(&heap[at], &heap[(at - 1) / 2]) > 0) {
        swap_candidates(&heap[at], &heap[(at - 1) / 2]);
        at = (at - 1) / 2;
    }
}

/* The higher child of `at`, or `count` when it has none. */
static size_t higher_child(const struct candidate *heap, size_t count, size_t at)
{
    size_t child = 2 * at + 1;
    if (child >= count)
        return count;
    bool right = child + 1 < count && compare_candidates(&heap[child + 1], &heap[child]) > 0;
    return right ? child + 1 : child;
}

static void sift_down(struct candidate *heap, size_t count)
{
    size_t at = 0;
    size_t child = higher_child(heap, count, at);
    while (child < count && compare_candidates(&heap[child], &heap[at]) > 0) {
        swap_candidates(&heap[child], &heap[at]);
        at = child;
        child = higher_child(heap, count, at);
    }
}

static int candidate_set(struct candidate *candidate, const unsigned char *ticket,
                         struct bytes order_no, int64_t reference, struct err *err)
{
    if (order_no.len > candidate->capacity) {
        char *room = mem_realloc(candidate->order_no, order_no.len);
        if (room == NULL)
            return err_set(err, ERR_NOMEM, "could not keep an order of the draw");
        candidate->order_no = room;
        candidate->capacity = order_no.len;
    }
    memcpy(candidate->order_no, order_no.ptr, order_no.len);
    candidate->len = order_no.len;
    memcpy(candidate->ticket, ticket, DIGEST_BYTES);
    candidate->reference = reference;
    return OK;
}

static int refuse_twice(struct bytes order_no, struct err *err)
{
    return err_set(err, ERR_EXISTS, "order \"" BYTES_FMT "\" is in the frame of its unit twice",
                   BYTES_ARG(order_no));
}

/* Make room for one more below the limit. */
static int unit_grow(struct unit_draw *unit, struct err *err)
{
    size_t capacity = unit->capacity > 0 ? size_multiply(unit->capacity, 2) : HEAP_FIRST_CAPACITY;
    if (capacity > unit->limit)
        capacity = unit->limit;
    struct candidate *kept = mem_realloc(unit->kept, size_multiply(capacity, sizeof *kept));
    if (kept == NULL)
        return err_set(err, ERR_NOMEM, "could not keep %zu orders of a unit", capacity);
    memset(kept + unit->capacity, 0, (capacity - unit->capacity) * sizeof *kept);
    unit->kept = kept;
    unit->capacity = capacity;
    return OK;
}

/* Forget what is kept. */
static void unit_clear(struct unit_draw *unit)
{
    for (size_t i = 0; i < unit->capacity; i++)
        mem_free(unit->kept[i].order_no);
    mem_free(unit->kept);
    unit->kept = NULL;
    unit->count = unit->capacity = 0;
}

/* Let the order take the place of the highest one of a full unit if it is below it.
 *
 * An order fed twice is always found if it is kept in the end: its double was refused when it equalled the top, or left
 * as the top when the other one was the next below it; or both are kept, and lie side by side once sorted. */
static int unit_replace(struct unit_draw *unit, const unsigned char *ticket, struct bytes order_no,
                        int64_t reference, struct err *err)
{
    struct candidate *top = unit->kept;
    if (unit->limit == 0)
        return OK;
    int order = compare_to(top, ticket, order_no);
    if (order <= 0)
        return order < 0 ? OK : refuse_twice(order_no, err);
    size_t next = higher_child(unit->kept, unit->count, 0);
    if (next < unit->count && compare_candidates(&unit->kept[next], top) == 0)
        return refuse_twice(number_of(top), err);
    int rc = candidate_set(top, ticket, order_no, reference, err);
    if (rc == OK)
        sift_down(unit->kept, unit->count);
    return rc;
}

int selection_new(const struct digest_door *door, struct bytes seed,
                  const struct selection_quota *quotas, size_t unit_count,
                  struct selection **out_selection, struct err *err)
{
    size_t bytes =
        size_add(sizeof(struct selection), size_multiply(unit_count, sizeof(struct unit_draw)));
    int rc = tickets_begin(door, seed, err);
    if (rc != OK)
        return rc;
    struct selection *selection = mem_calloc(1, bytes);
    if (selection == NULL)
        return err_set(err, ERR_NOMEM, "could not begin a draw of %zu units", unit_count);
    selection->door = *door;
    selection->unit_count = unit_count;
    for (size_t i = 0; i < unit_count; i++) {
        selection->units[i].sample = quotas[i].sample;
        selection->units[i].limit = size_add((size_t)quotas[i].sample, (size_t)quotas[i].reserve);
    }
    *out_selection = selection;
    return OK;
}

void selection_free(struct selection *selection)
{
    if (selection == NULL)
        return;
    for (size_t i = 0; i < selection->unit_count; i++)
        unit_clear(&selection->units[i]);
    mem_free(selection);
}

/* One order more, which counts in the frame already. */
static int unit_offer(struct unit_draw *unit, const unsigned char *ticket, struct bytes order_no,
                      int64_t reference, struct err *err)
{
    int rc = OK;
    if (unit->count == unit->limit)
        return unit_replace(unit, ticket, order_no, reference, err);
    if (unit->count == unit->capacity)
        rc = unit_grow(unit, err);
    if (rc == OK)
        rc = candidate_set(&unit->kept[unit->count], ticket, order_no, reference, err);
    if (rc != OK)
        return rc;
    sift_up(unit->kept, unit->count);
    unit->count++;
    return OK;
}

int selection_feed(struct selection *selection, size_t unit_index, struct bytes order_no,
                   int64_t reference, struct err *err)
{
    assert(unit_index < selection->unit_count);
    struct unit_draw *unit = &selection->units[unit_index];
    unsigned char ticket[DIGEST_BYTES];
    int rc = ticket_compute(&selection->door, order_no, ticket, err);
    if (rc != OK)
        return rc;
    unit->frame++;
    return unit_offer(unit, ticket, order_no, reference, err);
}

/* What is below the limit of the whole is below that of its part: nothing that would be kept was given up before. */
int selection_merge(struct selection *into, struct selection *from, struct err *err)
{
    assert(into->unit_count == from->unit_count);
    int rc = OK;
    for (size_t i = 0; i < into->unit_count && rc == OK; i++) {
        struct unit_draw *unit = &into->units[i];
        struct unit_draw *part = &from->units[i];
        unit->frame += part->frame;
        for (size_t k = 0; k < part->count && rc == OK; k++) {
            struct candidate *candidate = &part->kept[k];
            rc = unit_offer(unit, candidate->ticket, number_of(candidate), candidate->reference,
                            err);
        }
        unit_clear(part);
    }
    return rc;
}

int selection_finish(struct selection *selection, struct err *err)
{
    for (size_t i = 0; i < selection->unit_count; i++) {
        struct unit_draw *unit = &selection->units[i];
        if (unit->count == 0)
            continue;
        qsort(unit->kept, unit->count, sizeof *unit->kept, compare_candidates);
        for (size_t k = 1; k < unit->count; k++) {
            if (compare_candidates(&unit->kept[k - 1], &unit->kept[k]) == 0)
                return refuse_twice(number_of(&unit->kept[k]), err);
        }
    }
    return OK;
}

int64_t selection_frame(const struct selection *selection, size_t unit)
{
    assert(unit < selection->unit_count);
    return selection->units[unit].frame;
}

size_t selection_count(const struct selection *selection, size_t unit)
{
    assert(unit < selection->unit_count);
    return selection->units[unit].count;
}

struct selected selection_at(const struct selection *selection, size_t unit_index, size_t index)
{
    assert(index < selection_count(selection, unit_index));
    const struct unit_draw *unit = &selection->units[unit_index];
    const struct candidate *candidate = &unit->kept[index];
    struct selected selected = {
        .position = (int64_t)index + 1,
        .part = (int64_t)index < unit->sample ? PART_SAMPLE : PART_RESERVE,
        .order_no = number_of(candidate),
        .reference = candidate->reference,
    };
    memcpy(selected.ticket, candidate->ticket, DIGEST_BYTES);
    return selected;
}

/* ---- the frame ---- */

int frame_listing_init(struct frame_listing *out_listing, const struct digest_door *door,
                       struct buf *out, struct err *err)
{
    int rc = door->begin(door->context, err);
    if (rc != OK)
        return rc;
    out_listing->door = *door;
    out_listing->out = out;
    out_listing->count = 0;
    out_listing->line_len = 0;
    return OK;
}

static int listing_append(struct frame_listing *listing, struct bytes bytes, struct err *err)
{
    int rc = listing->door.feed(listing->door.context, bytes, err);
    if (rc != OK || listing->out == NULL)
        return rc;
    buf_append(listing->out, bytes);
    return buf_status(listing->out, err);
}

int frame_listing_feed(struct frame_listing *listing, struct bytes unit_code, struct bytes order_no,
                       struct err *err)
{
    char text[sizeof listing->line];
    struct bytes line = {text, unit_code.len + 1 + order_no.len};
    int rc = check_text("unit code", unit_code, err);
    if (rc == OK)
        rc = check_text("order number", order_no, err);
    if (rc != OK)
        return rc;
    memcpy(text, unit_code.ptr, unit_code.len);
    text[unit_code.len] = '\t';
    memcpy(text + unit_code.len + 1, order_no.ptr, order_no.len);

    struct bytes last = {listing->line, listing->line_len};
    int order = bytes_compare(last, line); /* the first comes behind the empty text */
    if (order == 0)
        return refuse_twice(order_no, err);
    if (order > 0)
        return err_set(err, ERR_WRONG_STATE, "order \"" BYTES_FMT "\" is out of the frame's order",
                       BYTES_ARG(order_no));
    if (listing->count > 0)
        rc = listing_append(listing, BYTES_LIT("\n"), err);
    if (rc == OK)
        rc = listing_append(listing, line, err);
    if (rc != OK)
        return rc;
    memcpy(listing->line, text, line.len);
    listing->line_len = line.len;
    listing->count++;
    return OK;
}

int frame_listing_finish(struct frame_listing *listing, unsigned char out_hash[DIGEST_BYTES],
                         struct err *err)
{
    return listing->door.finish(listing->door.context, out_hash, err);
}

/* ---- one entry ---- */

static char *put_text(char *end, struct bytes text)
{
    memcpy(end, text.ptr, text.len);
    return end + text.len;
}

/* Joined first and fed at once: there are millions of them, and each call of the door costs. */
int commitment_compute(const struct digest_door *door, const unsigned char salt[SALT_BYTES],
                       struct bytes order_no, const unsigned char *ticket, enum selection_part part,
                       unsigned char out_commitment[DIGEST_BYTES], struct err *err)
{
    char text[COMMITMENT_MAX_BYTES];
    char salt_hex[2 * SALT_BYTES + 1];
    char ticket_hex[DIGEST_HEX_BYTES] = "";
    const struct bytes tab = BYTES_LIT("\t");
    int rc = check_text("order number", order_no, err);
    if (rc != OK)
        return rc;
    hex_write(salt, SALT_BYTES, salt_hex);
    if (ticket != NULL)
        digest_hex(ticket, ticket_hex);
    char *end = put_text(text, bytes_from_z(salt_hex));
    end = put_text(put_text(end, tab), order_no);
    end = put_text(put_text(end, tab), bytes_from_z(ticket_hex));
    end = put_text(put_text(end, tab), bytes_from_z(selection_part_word(part)));
    return digest_text(door, (struct bytes){text, (size_t)(end - text)}, out_commitment, err);
}
