#include "service/followup/package_return.h"

#include "base/alloc.h"

#include "service/followup/casework_room.h"
#include "service/followup/package.h"
#include "service/storage/call_records.h"

#include <string.h>

enum { ORDER_NO_MAX_BYTES = 4096 };

int package_return_init(struct package_return *back, const struct datadir *datadir,
                        int64_t round_id, const struct zone *zone, int64_t now_utc, struct err *err)
{
    struct campaign_row campaign;
    struct err look = {0};
    *back = (struct package_return){.store = datadir->store};
    buf_init(&back->order_no, ORDER_NO_MAX_BYTES);
    int rc = campaign_get_current(datadir->store, round_id, &campaign, &look);
    if (rc == ERR_NOT_FOUND)
        return OK;
    if (rc != OK) {
        *err = look;
        return rc;
    }
    back->campaign_id = campaign.id;
    back->today = zone_day(zone, (struct moment){now_utc, MOMENT_INSTANT});
    return casework_new(datadir, NULL, &back->work, err);
}

void package_return_deinit(struct package_return *back)
{
    casework_free(back->work);
    buf_deinit(&back->order_no);
    mem_free(back->cases);
    *back = (struct package_return){.store = NULL};
}

/* ---- names ---- */

static bool case_is_handed_over(const struct followup_case *row)
{
    return row->state == CASE_FINAL && strcmp(row->why, "handed_over") == 0;
}

struct packed_name {
    int64_t case_id, no;
    struct bytes check; /* of the mark of its package */
};

static bool read_name(struct bytes text, struct packed_name *out)
{
    if (text.len > 0 && (text.ptr[0] == 'C' || text.ptr[0] == 'c'))
        text = (struct bytes){text.ptr + 1, text.len - 1};
    struct bytes case_id = bytes_cut(&text, '-');
    struct bytes no = text.ptr != NULL ? bytes_cut(&text, '-') : BYTES_NONE;
    out->check = text;
    return text.len == PACKAGE_CHECK_CHARACTERS && bytes_to_int64(case_id, &out->case_id) &&
           bytes_to_int64(no, &out->no) && out->case_id > 0 && out->no > 0;
}

/* What was taken back is ours again, or somebody else's, whatever a contractor still brings of it. */
static int find(struct package_return *back, const struct packed_name *packed,
                enum package_name *out_name, struct bytes *out_order_no, struct err *err)
{
    struct followup_case row;
    struct package_row package;
    struct bytes order_no;
    int rc = case_get(back->store, packed->case_id, &row, err);
    if (rc == OK && (row.campaign_id != back->campaign_id || !case_is_handed_over(&row)))
        return ERR_NOT_FOUND;
    if (rc == OK)
        rc = package_get_of_case(back->store, packed->case_id, &package, err);
    if (rc == OK && !bytes_starts_with(package.mark, packed->check))
        return ERR_NOT_FOUND;
    bool is_expired = rc == OK && back->today > package.until_day;
    if (rc == OK)
        rc =
            package_order_get(back->store, package.id, packed->case_id, packed->no, &order_no, err);
    if (rc != OK)
        return rc;
    buf_clear(&back->order_no);
    buf_append(&back->order_no, order_no);
    *out_order_no = buf_bytes(&back->order_no);
    *out_name = is_expired ? PACKAGE_EXPIRED : PACKAGE_FOUND;
    return buf_status(&back->order_no, err);
}

int package_return_find(struct package_return *back, struct bytes text, enum package_name *out_name,
                        struct bytes *out_order_no, struct err *err)
{
    struct packed_name packed = {.case_id = 0};
    struct err look = {0};
    *out_name = PACKAGE_NO_NAME;
    if (back->work == NULL || !read_name(text, &packed))
        return OK;
    *out_name = PACKAGE_UNKNOWN;
    int rc = find(back, &packed, out_name, out_order_no, &look);
    if (rc == ERR_NOT_FOUND)
        return OK;
    if (rc != OK)
        *err = look;
    return rc;
}

/* ---- what they become ---- */

int package_return_case(struct package_return *back, int64_t case_no, int64_t *out_case_id,
                        struct err *err)
{
    struct followup_case row;
    struct err look = {0};
    int rc = back->work != NULL
                 ? case_get_by_no(back->store, back->campaign_id, case_no, &row, &look)
                 : ERR_NOT_FOUND;
    if (rc != OK && rc != ERR_NOT_FOUND) {
        *err = look;
        return rc;
    }
    *out_case_id = rc == OK ? row.id : 0;
    return OK;
}

int package_return_note(struct package_return *back, int64_t case_id, struct bytes code,
                        struct err *err)
{
    enum { FIRST_CAPACITY = 256 };
    bool is_never_again = bytes_equal(code, BYTES_LIT("2.113"));
    if (back->case_count > 0 && back->cases[back->case_count - 1].id == case_id) {
        back->cases[back->case_count - 1].is_never_again |= is_never_again;
        return OK;
    }
    if (back->case_count == back->case_capacity) {
        size_t capacity = back->case_capacity > 0 ? 2 * back->case_capacity : FIRST_CAPACITY;
        struct returned_case *cases =
            mem_realloc(back->cases, size_multiply(capacity, sizeof *cases));
        if (cases == NULL)
            return err_set(err, ERR_NOMEM, "could not keep %zu cases", capacity);
        back->cases = cases;
        back->case_capacity = capacity;
    }
    back->cases[back->case_count++] = (struct returned_case){case_id, is_never_again};
    return OK;
}

int package_return_finish(struct package_return *back, const struct actor *actor, struct err *err)
{
    int rc = OK;
    for (size_t i = 0; i < back->case_count && rc == OK; i++) {
        const struct returned_case *returned = &back->cases[i];
        rc = casework_take_outcomes(back->work, back->store, returned->id, actor->now_utc, err);
        if (rc == OK && returned->is_never_again)
            rc = case_ban_numbers(back->work, back->store, returned->id, actor, err);
    }
    return rc;
}
