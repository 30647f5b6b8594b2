#ifndef PINGYI_TESTS_SERVICE_FOLLOWUP_PAST_FIXTURE_H
#define PINGYI_TESTS_SERVICE_FOLLOWUP_PAST_FIXTURE_H

#include "service/followup/protocol.h"

#include "tests/service/followup/hours_fixture.h"

/* A case's past that grows dial by dial. */
enum { PAST_DIALS_MAX = 400, PAST_NUMBERS_MAX = 4, DIAL_S = 60 };
struct past {
    struct dial_past dials[PAST_DIALS_MAX];
    bool is_dead[PAST_NUMBERS_MAX];
    struct case_past value; /* points into the two above */
};

static inline void past_init(struct past *past, size_t numbers)
{
    memset(past, 0, sizeof *past);
    past->value.dials = past->dials;
    past->value.is_dead = past->is_dead;
    past->value.number_count = numbers;
}

/* A dial of a minute; "" for an interrupted one. Now is its end. */
static inline void past_add(struct past *past, const struct calling_hours *hours, int64_t at_utc,
                            struct bytes code, int64_t number_no)
{
    struct dial_past *dial = &past->dials[past->value.dial_count];
    struct err err = {0};
    assert_true(past->value.dial_count < PAST_DIALS_MAX && code.len < CASE_CODE_BYTES);
    past->value.dial_count++;
    *dial = (struct dial_past){.started_utc = at_utc,
                               .ended_utc = at_utc + DIAL_S,
                               .day = seconds_to_day(at_utc + zone_offset_s(hours->zone, at_utc)),
                               .number_no = number_no};
    memcpy(dial->code, code.ptr, code.len);
    assert_int_equal(hours_part(hours, at_utc, &dial->part, &err), OK);
    past->value.now_utc = dial->ended_utc;
}

#endif
