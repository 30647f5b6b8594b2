#include "service/api/case_parts.h"

#include "base/alloc.h"
#include "base/civil.h"

#include "service/api/json_value.h"

#include <string.h>

enum { ITEM_TEXT_MAX_BYTES = 8 * 1024, WINDOWS_MAX = 64 };

void case_parts_deinit(struct case_parts *parts)
{
    size_t count = 0;
    (void)script_items(&count);
    for (size_t i = 0; i < count && parts->items != NULL; i++)
        json_decref(parts->items[i]);
    mem_free(parts->items);
    json_decref(parts->windows);
    *parts = (struct case_parts){.items = NULL};
}

/* ---- the script ---- */

static json_t *choices_to_json(const struct script_item *item)
{
    json_t *choices = json_array();
    for (int i = 0; i < item->choice_count; i++)
        choices = json_append(choices, json_pack("{s:s, s:s}", "value", item->choices[i].value,
                                                 "text", item->choices[i].zh));
    return choices;
}

static json_t *condition_to_json(const struct script_item *item)
{
    if (item->if_name == NULL)
        return json_null();
    json_t *values = json_array();
    for (struct bytes rest = bytes_from_z(item->if_values); rest.ptr != NULL;)
        values = json_append(values, json_bytes(bytes_cut(&rest, ' ')));
    return json_pack("{s:s, s:o}", "item", item->if_name, "values", values);
}

static json_t *item_to_json(const struct script_item *item)
{
    json_t *ends = item->ends_with != NULL ? json_pack("{s:s, s:s}", "value", item->ends_with,
                                                       "disposition", item->ends_code)
                                           : json_null();
    return json_pack("{s:s, s:s, s:o, s:b, s:b, s:o, s:o}", "name", item->name, "text", item->zh,
                     "choices", choices_to_json(item), "takes_words", item->takes_words,
                     "is_required", item->is_required, "if", condition_to_json(item), "ends", ends);
}

/* A copy of its own that shares all but the text. */
static json_t *fill(json_t *item, const char *zh, const struct script_names *names)
{
    struct buf text;
    buf_init(&text, ITEM_TEXT_MAX_BYTES);
    script_fill(zh, names, &text);
    json_t *filled = text.rc == OK ? json_copy(item) : NULL;
    if (json_object_set_new(filled, "text", json_bytes(buf_bytes(&text))) != 0) {
        json_decref(filled);
        filled = NULL;
    }
    buf_deinit(&text);
    return filled;
}

json_t *case_parts_item(struct case_parts *parts, size_t at, const struct script_names *names)
{
    size_t count = 0;
    const struct script_item *item = &script_items(&count)[at];
    if (parts->items == NULL)
        parts->items = mem_calloc(count, sizeof *parts->items);
    if (parts->items == NULL)
        return NULL;
    if (parts->items[at] == NULL)
        parts->items[at] = item_to_json(item);
    if (parts->items[at] == NULL || strchr(item->zh, '{') == NULL)
        return json_incref(parts->items[at]);
    return fill(parts->items[at], item->zh, names);
}

/* ---- the windows ---- */

/* They change when the first of them ends, and when one more comes within SHOWN_DAYS: *out_ends_utc. Without any it is
 * now: the calendar may cover a day that comes nearer. */
static json_t *windows_to_json(const struct calling_hours *hours, int64_t now_utc,
                               int64_t *out_ends_utc)
{
    const int64_t shown_s = (int64_t)SHOWN_DAYS * SECONDS_A_DAY;
    struct calling_window window = {.until_utc = now_utc};
    struct err unused;
    bool is_open = false;
    json_t *windows = json_array();
    int64_t ends_utc = now_utc;
    for (int i = 0; i < WINDOWS_MAX; i++) {
        if (hours_window(hours, window.until_utc, &is_open, &window, &unused) != OK)
            break;
        if (i == 0)
            ends_utc = window.until_utc;
        if (window.from_utc >= now_utc + shown_s) {
            ends_utc = window.from_utc - shown_s < ends_utc ? window.from_utc - shown_s : ends_utc;
            break;
        }
        windows = json_append(windows, json_pack("{s:o, s:o}", "from", json_time(window.from_utc),
                                                 "until", json_time(window.until_utc)));
    }
    *out_ends_utc = ends_utc;
    return windows;
}

json_t *case_parts_windows(struct case_parts *parts, const struct calling_hours *hours,
                           int64_t now_utc)
{
    if (hours == NULL)
        return json_array();
    bool is_so = parts->windows != NULL && parts->hours == hours && parts->windows_utc <= now_utc &&
                 now_utc < parts->windows_ends_utc;
    if (!is_so) {
        json_decref(parts->windows);
        parts->hours = hours;
        parts->windows_utc = now_utc;
        parts->windows = windows_to_json(hours, now_utc, &parts->windows_ends_utc);
    }
    return json_incref(parts->windows);
}
