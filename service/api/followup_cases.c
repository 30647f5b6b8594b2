#include "base/rfc3339.h"

#include "service/api/account_json.h"
#include "service/api/followup_room.h"
#include "service/api/handlers.h"

/* Cases for their supervisors: the list, and what is done with one beside the phone. A contractor's supervisors have
 * those of their team alone, and are not told of which unit they are. */

enum { PAGE = 100, CODE_MAX_BYTES = 8, UNIT_MAX_BYTES = 64, TIME_MAX_BYTES = 40 };

/* ---- the list ---- */

struct list_input {
    struct bytes round, unit, state, code, team;
    int64_t without_number, after;
};

struct case_page {
    struct call *call;
    struct store *store;
    json_t *items;
    const struct unit_code *units;
    int64_t last_id;
    struct followup_case rows[PAGE];
    size_t count;
};

static int on_case(void *context, const struct followup_case *row, struct err *err)
{
    struct case_page *page = context;
    (void)err;
    page->rows[page->count++] = *row;
    return OK;
}
