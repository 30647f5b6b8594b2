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
    mem_free(back->case_ids);
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
                        struct bytes *out_order_no, int64_t *out_case_id, struct err *err)
{
    struct packed_name packed = {.case_id = 0};
    struct err look = {0};
    *out_name = PACKAGE_NO_NAME;
    if (back->work == NULL || !read_name(text, &packed))
        return OK;
    *out_name = PACKAGE_UNKNOWN;
    *out_case_id = packed.case_id;
    int rc = find(back, &packed, out_name, out_order_no, &look);
    if (rc == ERR_NOT_FOUND)
        return OK;
    if (rc != OK)
        *err = look;
    return rc;
}

/* ---- what they become ---- */

int package_return_note(struct package_return *back, int64_t case_id, struct err *err)
{
    enum { FIRST_CAPACITY = 256 };
    if (back->case_count > 0 && back->case_ids[back->case_count - 1] == case_id)
        return OK;
    if (back->case_count == back->case_capacity) {
        size_t capacity = back->case_capacity > 0 ? 2 * back->case_capacity : FIRST_CAPACITY;
        int64_t *case_ids = mem_realloc(back->case_ids, size_multiply(capacity, sizeof *case_ids));
        if (case_ids == NULL)
            return err_set(err, ERR_NOMEM, "could not keep %zu cases", capacity);
        back->case_ids = case_ids;
        back->case_capacity = capacity;
    }
    back->case_ids[back->case_count++] = case_id;
    return OK;
}

struct own_numbers {
    int64_t nos[CASE_NUMBERS_MAX], keys[CASE_NUMBERS_MAX];
    int count;
};

static int on_number(void *context, const struct case_number *row, struct err *err)
{
    struct own_numbers *numbers = context;
    (void)err;
    if (numbers->count < CASE_NUMBERS_MAX) {
        numbers->nos[numbers->count] = row->no;
        numbers->keys[numbers->count++] = row->phone_key;
    }
    return OK;
}

/* Which of them the person was called by, no file says: none is called again. */
static int ban_numbers(struct package_return *back, int64_t case_id, const struct actor *actor,
                       struct err *err)
{
    struct own_numbers numbers = {.count = 0};
    struct buf digits;
    buf_init(&digits, CASE_TEXT_MAX_BYTES);
    int rc = case_numbers_each(back->store, case_id, on_number, &numbers, err);
    for (int i = 0; i < numbers.count && rc == OK; i++) {
        bool is_banned = false;
        int64_t cases = 0;
        buf_clear(&digits);
        rc = do_not_call_has(back->store, numbers.keys[i], &is_banned, err);
        if (rc == OK && !is_banned)
            rc = number_open(back->work, back->store, case_id, numbers.nos[i], &digits, err);
        if (rc == OK && !is_banned)
            rc = number_ban(back->work, back->store, buf_bytes(&digits), actor->who,
                            BYTES_LIT("坚决拒访"), actor->now_utc, &cases, err);
    }
    buf_wipe(&digits);
    return rc;
}

int package_return_finish(struct package_return *back, const struct actor *actor, struct err *err)
{
    int rc = OK;
    for (size_t i = 0; i < back->case_count && rc == OK; i++) {
        struct followup_case row;
        rc = casework_recode(back->work, back->store, back->case_ids[i], err);
        if (rc == OK)
            rc = case_get(back->store, back->case_ids[i], &row, err);
        if (rc == OK && strcmp(row.code, "2.113") == 0)
            rc = ban_numbers(back, row.id, actor, err);
    }
    return rc;
}
