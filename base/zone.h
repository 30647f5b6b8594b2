#ifndef PINGYI_BASE_ZONE_H
#define PINGYI_BASE_ZONE_H

#include "base/bytes.h"
#include "base/err.h"
#include "base/moment.h"

/* A time zone read from the bytes of a TZif file (RFC 8536), because TZ and localtime are global. The version 2+ body
 * and its footer rule (POSIX TZ, such as EST5EDT,M3.2.0,M11.1.0) are used. Thread: any, once made. */
struct zone;

/* Whether `name` may name a zone, such as Asia/Shanghai: it becomes part of a file's name, so nothing in it may
 * leave the folder of zones. Whether there is such a zone is another matter. */
bool zone_name_is_valid(struct bytes name);

/* ERR_FORMAT for anything that is no TZif file or goes beyond its own length; ERR_NOMEM. Freed with zone_free. */
int zone_parse(struct bytes tzif, struct zone **out_zone, struct err *err);

/* A zone with one offset for ever, in seconds east of UTC. */
int zone_fixed(int offset_s, struct zone **out_zone, struct err *err);

void zone_free(struct zone *zone);

/* Seconds east of UTC at the instant `utc`. */
int zone_offset_s(const struct zone *zone, int64_t utc);

/* The instant at which clocks in the zone show `local_s` (civil seconds since 1970 as if UTC). A time that occurs
 * twice gives the earlier instant; one that is skipped gives the instant as by the offset before the gap. */
int64_t zone_to_utc(const struct zone *zone, int64_t local_s);

/* The civil day of the zone in which the moment lies; it must not be MOMENT_NONE. */
int64_t zone_day(const struct zone *zone, struct moment moment);

/* First instant of a civil day, and the last (one second before the next day's first). */
int64_t zone_day_start(const struct zone *zone, int64_t day);
int64_t zone_day_end(const struct zone *zone, int64_t day);

#endif
