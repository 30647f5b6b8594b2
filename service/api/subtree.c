#include "service/api/subtree.h"

#include "service/storage/units.h"

/* Parents are no longer a chain than there are levels of government; the register lets none come back on itself. */
enum { LEVELS_MAX = 16 };

int subtree_has(struct store *store, const struct identity *who, struct bytes code, bool *out,
                struct err *err)
{
    struct unit_row unit;
    struct err unused;
    *out = who->unit_code.len == 0 || bytes_equal(who->unit_code, code);
    if (*out)
        return OK;
    int rc = unit_get_by_code(store, code, &unit, &unused);
    for (int level = 0; rc == OK && level < LEVELS_MAX && unit.parent_id != 0; level++) {
        rc = unit_get(store, unit.parent_id, &unit, &unused);
        if (rc == OK && bytes_equal(unit.code, who->unit_code)) {
            *out = true;
            return OK;
        }
    }
    if (rc == OK || rc == ERR_NOT_FOUND)
        return OK;
    *err = unused;
    return rc;
}

uint32_t subtree_audience(const struct identity *who)
{
    bool is_county = who->unit_code.len > 0 && (who->access & ACCESS_OF(ROLE_OFFICE)) != 0;
    return is_county ? AUDIENCE_COUNTY : who->access;
}
