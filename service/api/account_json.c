#include "service/api/account_json.h"

#include "service/api/json_value.h"
#include "service/auth/role.h"

json_t *account_to_json(const struct account_row *row, int64_t now_utc)
{
    enum role role;
    const char *zh = role_from_word(row->role, &role) ? role_zh(role) : "";
    bool is_locked = row->locked_until_utc > now_utc;
    return json_pack("{s:o, s:o, s:o, s:s, s:o, s:b, s:o, s:b, s:b, s:b, s:o, s:o, s:o, s:o}",
                     "name", json_bytes(row->name), "display_name", json_bytes(row->display_name),
                     "role", json_bytes(row->role), "role_zh", zh, "team",
                     json_text_or_null(row->team_name), "is_contractor",
                     bytes_equal(row->team_kind, BYTES_LIT("contractor")), "unit",
                     json_text_or_null(row->unit_code), "disabled", row->is_disabled, "must_change",
                     row->must_change, "totp", row->totp_is_confirmed, "locked_until",
                     json_time(is_locked ? row->locked_until_utc : 0), "signed_in_at",
                     json_time(row->signed_in_utc), "created_at", json_time(row->created_utc),
                     "created_by", json_bytes(row->created_by));
}

json_t *session_to_json(const struct session_row *row, int64_t current_session)
{
    return json_pack("{s:I, s:o, s:o, s:o, s:o, s:o, s:o, s:b}", "id", (json_int_t)row->id,
                     "account", json_bytes(row->account_name), "stage", json_bytes(row->stage),
                     "address", json_bytes(row->address), "agent", json_bytes(row->agent),
                     "created_at", json_time(row->created_utc), "seen_at", json_time(row->seen_utc),
                     "is_current", row->id == current_session);
}

json_t *list_to_json(json_t *items, json_t *after)
{
    return json_pack("{s:o, s:o}", "items", items, "after", after != NULL ? after : json_null());
}
