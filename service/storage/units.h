#ifndef PINGYI_SERVICE_STORAGE_UNITS_H
#define PINGYI_SERVICE_STORAGE_UNITS_H

#include "service/storage/store.h"

/* The register of units, their classes, and every name by which dumps have named them. Needs an open transaction.
 * Bytes given out stay valid until the next call. */

#define UNIT_DAY_ALWAYS INT64_MIN /* no bound of validity */

struct unit_row {
    int64_t id;
    struct bytes code, name, class_name;
    int class_position;
    int64_t parent_id; /* 0: none */
    struct bytes parent_code;
    int64_t valid_from, valid_to; /* civil days, inclusive; UNIT_DAY_ALWAYS */
    int64_t merged_into;          /* 0: none */
};

int units_count(struct store *store, int64_t *out_count, struct err *err);
/* Insert by code, or rewrite name, class, parent (by parent_id) and validity; a class that is new is put behind the
 * others. `id` is filled. The unit's own name, folded as dumps' names are, means it from now on and in what is loaded,
 * unless that name means another unit already: then unit_alias_put moves it. After a change of name the former one
 * still means the unit. ERR_NOT_FOUND: no such parent; ERR_REFUSED: the way up would come back. */
int unit_put(struct store *store, struct unit_row *row, struct bytes folded_name, struct err *err);
int unit_get_by_code(struct store *store, struct bytes code, struct unit_row *out, struct err *err);
int unit_get(struct store *store, int64_t id, struct unit_row *out, struct err *err);
typedef int (*unit_cb)(void *context, const struct unit_row *row, struct err *err);
int units_each(struct store *store, unit_cb on_unit, void *context,
               struct err *err); /* by class position, code */

/* What `from` was named counts for `into` from now on. ERR_REFUSED when parents and merges lead from `into` to `from`;
 * ERR_NOT_FOUND. */
int unit_merge(struct store *store, int64_t from_id, int64_t into_id, struct err *err);

struct unit_name_row {
    int64_t id;
    struct bytes name, folded, code;
    int64_t unit_id; /* 0: unmatched; never a merged one: merges are followed */
    bool is_alias;
};

/* Find the name a dump uses, or make it (unmatched unless a unit has that code, or that folded name or alias). */
int unit_name_put(struct store *store, struct bytes name, struct bytes folded, struct bytes code,
                  struct unit_name_row *out, struct err *err);
int unit_name_get(struct store *store, int64_t id, struct unit_name_row *out, struct err *err);
/* Let all spellings that fold to `folded` name the unit, from now on and in what is loaded, where no unit has the
 * dump's code. ERR_NOT_FOUND: no such unit. */
int unit_alias_put(struct store *store, struct bytes name, struct bytes folded, int64_t unit_id,
                   struct err *err);
typedef int (*unit_name_cb)(void *context, const struct unit_name_row *row, struct err *err);
int unit_names_each(struct store *store, unit_name_cb on_name, void *context, struct err *err);

/* Names that are unmatched and have orders in what is loaded, most orders first; spellings that fold to one are one,
 * and an order counts once for it. */
typedef int (*unit_unmatched_cb)(void *context, struct bytes name, struct bytes folded,
                                 int64_t orders, struct err *err);
int unit_names_unmatched_each(struct store *store, unit_unmatched_cb on_name, void *context,
                              struct err *err);

#endif
