#include "importers/near.h"
#include "importers/phone.h"

#include "base/utf8.h"

#include "importers/names.h"

#include <stdint.h>
#include <stdlib.h>

/* Lines are cells. A number is 7 to 12 digits and reads as itself; two cells are as near as they are the other way
 * round, and one is nearest to itself. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_phone(struct bytes cell)
{
    char out[PHONE_MAX_BYTES];
    char again[PHONE_MAX_BYTES];
    struct bytes phone = phone_read(cell, out);
    if (phone.len == 0)
        return;
    if (phone.len < 7 || phone.len > 12)
        abort();
    for (size_t i = 0; i < phone.len; i++) {
        if (phone.ptr[i] < '0' || phone.ptr[i] > '9')
            abort();
    }
    if (!bytes_equal(phone_read(phone, again), phone))
        abort();
}

static void fold(struct bytes cell, struct buf *out, struct near_name *name)
{
    buf_init(out, 4 * cell.len + 1);
    name_fold(cell, out);
    if (out->rc != OK)
        abort();
    near_name_init(name, buf_bytes(out));
}

static void compare(struct bytes cell, struct bytes other)
{
    struct buf folded_cell, folded_other;
    struct near_name a, b;
    fold(cell, &folded_cell, &a);
    fold(other, &folded_other, &b);
    struct near there = near_compare(&a, &b);
    struct near back = near_compare(&b, &a);
    struct near same = near_compare(&a, &a);
    if (there.score != back.score || there.score < 0 || there.score > 100 ||
        (there.score == 0) != (there.why == NEAR_NONE))
        abort();
    if (there.part.len > folded_cell.len && there.part.len > folded_other.len)
        abort();
    if (a.count > 0 && (same.score != 100 || same.why != NEAR_SAME))
        abort();
    buf_deinit(&folded_cell);
    buf_deinit(&folded_other);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes text = {(const char *)data, size};
    if (!utf8_is_valid(text) || size == 0)
        return 0;
    struct bytes cell = bytes_cut(&text, '\n');
    read_phone(cell);
    while (text.ptr != NULL) {
        struct bytes next = bytes_cut(&text, '\n');
        read_phone(next);
        compare(cell, next);
        cell = next;
    }
    return 0;
}
