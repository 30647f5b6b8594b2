#ifndef PINGYI_SERVICE_ROUNDS_REGISTER_H
#define PINGYI_SERVICE_ROUNDS_REGISTER_H

#include "base/arena.h"

#include "service/storage/rounds.h"
#include "service/storage/units.h"

/* The register of units as one round counts by it: which ranked unit each name stands for. Ranked are units
 * without a parent; a county's bureaus count for their county. Immutable once loaded: shared by threads. */
struct ranked_unit {
    struct bytes code, name, class_name;
    int class_position;
    bool is_valid; /* within the round's days; an invalid one is listed only if it has orders */
};

enum { UNIT_NONE = -1 };

struct unit_register {
    struct ranked_unit *units;
    size_t unit_count;
    int32_t *ranked_of_name; /* by unit_names.id: index in units, or UNIT_NONE when unmatched */
    int64_t *unit_of_name;   /* by unit_names.id: units.id, or -id of the name when unmatched */
    struct bytes *names;     /* by unit_names.id: as first written */
    int64_t name_end;        /* ids are below it */
};

/* Today's register. Needs an open transaction; all memory is the arena's. */
int register_load(struct store *store, int64_t from_day, int64_t to_day, struct arena *arena,
                  struct unit_register *out, struct err *err);

/* The register that a round froze. */
int register_load_frozen(struct store *store, int64_t round_id, struct arena *arena,
                         struct unit_register *out, struct err *err);

/* What the round counts by: the one or the other. */
int register_load_round(struct store *store, const struct round_row *round, struct arena *arena,
                        struct unit_register *out, struct err *err);

#endif
