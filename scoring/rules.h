#ifndef PINGYI_SCORING_RULES_H
#define PINGYI_SCORING_RULES_H

#include "base/buf.h"

#include "scoring/fact.h"

/* The rules of a round (INI): parsed, checked, with the defaults filled in. A plain value without pointers: copied
 * freely, compared by its canonical text. Thread: any.
 *
 * `;` behind a space begins a comment; a line starting with `#` or `;` is one. A long value goes on in indented lines.
 * Numbers are plain decimals of at most 9 decimals. A component of [score] is one number, its weight
 * (`on_time = 0.3`), or four separated by commas, a line (`on_time = 0.95, 0.01, 0, 0.2`: target, points per point,
 * floor, cap). Hours are `none` where nobody is called. */

enum {
    RULES_TEXT_MAX_BYTES = 64 * 1024,
    RULES_WORD_BYTES = 128, /* longest document number, zone or layer list, with the NUL */
    RULES_MAX_LAYERS = 8,
    RULES_MAX_BANDS = 8,
    RULES_MAX_LABELS = 8,
    RULES_MAX_SPANS = 6,
};

enum rules_period { RULES_PERIOD_DUE, RULES_PERIOD_RECEIVED, RULES_PERIOD_CLOSED };
enum rules_source { RULES_SOURCE_DATES, RULES_SOURCE_FLAG, RULES_SOURCE_FLAG_ELSE_DATES };
enum rules_base { RULES_BASE_DUE, RULES_BASE_CLOSED, RULES_BASE_ALL };
/* What ends a unit's work: the last submission not sent back, else the closing; or the other alone. */
enum rules_closed_by {
    RULES_CLOSED_BY_SUBMITTED_ELSE_CLOSED,
    RULES_CLOSED_BY_SUBMITTED,
    RULES_CLOSED_BY_CLOSED,
};
enum rules_precision { RULES_PRECISION_AUTO, RULES_PRECISION_SECOND, RULES_PRECISION_DAY };
enum rules_no_deadline {
    RULES_NO_DEADLINE_EXCLUDE,
    RULES_NO_DEADLINE_ON_TIME,
    RULES_NO_DEADLINE_BY_KIND
};
enum rules_starts { RULES_STARTS_NEXT_WORKDAY, RULES_STARTS_SAME_MOMENT };
enum rules_from { RULES_FROM_DISPATCHED, RULES_FROM_RECEIVED };
enum rules_exclude {
    RULES_EXCLUDE_NO,
    RULES_EXCLUDE_YES,
    RULES_EXCLUDE_DRAW,
    RULES_EXCLUDE_REQUEST
};
enum rules_allocation {
    RULES_ALLOCATE_PROPORTIONAL,
    RULES_ALLOCATE_EQUAL,
    RULES_ALLOCATE_POWER,
    RULES_ALLOCATE_NEYMAN
};
enum rules_missing { RULES_MISSING_REFUSE, RULES_MISSING_RESCALE, RULES_MISSING_CLASS_MEAN };
enum rules_rank_by {
    RULES_RANK_BY_SCORE,
    RULES_RANK_BY_ON_TIME,
    RULES_RANK_BY_RESOLUTION,
    RULES_RANK_BY_SATISFACTION
};

enum rules_term_unit { RULES_TERM_WORKDAYS, RULES_TERM_DAYS, RULES_TERM_HOURS };
struct rules_term {
    int count;
    enum rules_term_unit unit;
};

/* A weight, or a piecewise-linear line: `cap` points at `target` and above, `per_point` lost for each percentage point
 * below it, never under `floor`. */
struct rules_component {
    double weight; /* before normalisation */
    bool is_line;
    double target;    /* rate in [0,1] */
    double per_point; /* points of the score per percentage point */
    double floor;
    double cap;
};

struct rules_band {
    char name[32];
    double at_least; /* rate or score in [0,1] */
};

/* A label of satisfaction that files of outcomes write, beside our own. */
struct rules_label {
    char name[32];
    int satisfaction; /* 1 to 5 */
};

struct rules_span {
    int from_minute; /* of the day */
    int to_minute;
};

struct rules {
    struct {
        char document[RULES_WORD_BYTES]; /* empty: everything is headed 试算 */
        char timezone[RULES_WORD_BYTES];
    } basis;
    struct {
        char layers[RULES_MAX_LAYERS][32];
        int layer_count;
    } calendar;
    struct {
        enum rules_period period;
        enum rules_source source;
        enum rules_base base;
        enum rules_closed_by closed_by;
        enum rules_precision precision;
        enum rules_no_deadline no_deadline;
        int extensions;
        bool judged_once;
        int64_t min_orders;
    } on_time;
    struct {
        struct rules_term
            of_kind[ORDER_KIND_PRAISE + 1]; /* by enum order_kind; praise counts as unknown */
        struct rules_term urgent;
        enum rules_from from;
        enum rules_starts starts;
    } deadline;
    struct {
        enum rules_exclude void_order, direct, praise, merged;
        bool returned_accepted; /* returned = accepted (the default) or no */
        enum rules_exclude opt_out, confidential, legal, beyond_duty, uncooperative;
    } exclude;
    struct {
        bool due;         /* of = due | closed */
        int max_age_days; /* 0: none */
        bool one_per_person;
    } frame;
    struct {
        enum rules_allocation method;
        double power;
        int64_t min_per_unit;
        int64_t cap; /* 0: none */
        double reserve;
    } allocation;
    struct {
        bool resolved_partly; /* resolved = yes | yes partly */
        bool satisfied[6];    /* [1] to [5] */
        struct rules_label labels[RULES_MAX_LABELS];
        int label_count;
    } rates;
    struct {
        double resolution_yes, resolution_partly, resolution_no;
        double satisfaction[6]; /* [1] to [5] */
    } points;
    struct {
        struct rules_component on_time, resolution, satisfaction;
        double full;
        enum rules_missing missing;
    } score;
    struct {
        double level; /* in (0,1) */
        bool process; /* population = process */
    } interval;
    struct {
        bool within_class;
        enum rules_rank_by by;
        bool pair_joint; /* method = pair_joint, else kww */
        int64_t min_answers, few_answers;
        double low_response;
        bool bands_by_class_mean;
        struct rules_band bands[RULES_MAX_BANDS];
        int band_count;
    } ranking;
    struct {
        struct rules_span weekday[RULES_MAX_SPANS], weekend[RULES_MAX_SPANS];
        int weekday_count, weekend_count;
        int attempts, per_day, window_days;
        int busy_retry_s, no_answer_retry_s, lease_s;
        double recheck;
    } followup;
};

/* The defaults of a city that sets nothing. */
void rules_default(struct rules *out_rules);

/* Read rules: what is not named keeps its default. ERR_RULES names the line, section, key and value that is unknown,
 * doubled, unreadable or makes no sense (weights that sum to zero, non-contact that counts as satisfaction, a line
 * longer than the parser's 200 bytes, a closing hour before the opening one). */
int rules_parse(struct bytes text, struct rules *out_rules, struct err *err);

/* The whole rules as canonical INI text, every key present, parseable again to an equal value. */
void rules_format(const struct rules *rules, struct buf *out);

#endif
