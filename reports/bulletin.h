#ifndef PINGYI_REPORTS_BULLETIN_H
#define PINGYI_REPORTS_BULLETIN_H

#include "scoring/frame.h"
#include "scoring/ranking.h"

/* What a bulletin (通报) is made of: a plain value that the caller fills and every renderer reads. All is borrowed and
 * must outlive the rendering. Texts are UTF-8 from anywhere: renderers escape them and drop what is no character of
 * XML. Thread: any. */

/* One loaded file, as section 四 (data quality) and the JSON show it. */
struct bulletin_import {
    int64_t id;
    struct bytes file_name;
    struct bytes loaded_at; /* as printed */
    int64_t rows, accepted, updated, unchanged, rejected;
    int64_t contradictions; /* rows, each once */
    int64_t bad_dates;      /* unreadable optional dates */
    int64_t flag_disagreements;
};

/* A unit name of the dumps that the register does not know, and how many handlings of the round bear it. */
struct bulletin_unmatched {
    struct bytes name;
    int64_t count;
};

/* The round of the same kind before this one. */
struct bulletin_previous {
    struct bytes id, title;
    const struct ranking *ranking;
    const struct rules *rules; /* it was counted by */
};

/* A part of an accumulated round. */
struct bulletin_part {
    struct bytes id, title;
    bool is_closed; /* an open one may still change */
    bool has_draw;
};

/* The frozen frame and the draw in force. Hashes are lower-case hex. */
struct bulletin_draw {
    struct bytes frame_sha256;       /* of the frame's listing */
    struct bytes secret_sha256;      /* the commitment to the secret half of the seed */
    int64_t frame;                   /* orders in the frame */
    int64_t left_out[FRAME_REASONS]; /* counted in the round and not drawn, by enum frame_reason */
    struct bytes frozen_at;          /* as printed */
    bool is_drawn;                   /* all below is of the draw */
    int64_t no, of;                  /* draw 1 of 1 */
    struct bytes kind;               /* seed, exact, adopted */
    struct bytes public_half;        /* of the seed; empty but for kind seed */
    struct bytes
        public_sha256;     /* of the SHA256SUMS of what was published; empty for an adopted one */
    struct bytes drawn_at; /* as printed */
    int64_t sample, reserve, released;
};

/* Exclusions by approved request, per reason. */
struct bulletin_request {
    struct bytes reason; /* the key of [exclude] */
    int64_t approved, refused, waiting;
};

struct bulletin {
    struct bytes organ;    /* 发文机关 */
    struct bytes title;    /* e.g. 2024年5月12345热线工单按时办结情况通报 */
    struct bytes document; /* 文号 of the rules' basis; empty: headed 试算 */
    bool
        is_trial; /* headed 试算 though there is a basis document (other rules than the round's own) */
    bool is_demonstration;
    struct bytes demonstration_notice; /* printed on top when is_demonstration */

    struct bytes round_id, round_kind; /* kind: monthly, quarterly, midyear, yearend, other */
    int64_t from_day, to_day;          /* civil days, inclusive */
    struct bytes as_of;                /* as printed */
    struct bytes printed_at;           /* as printed */
    struct bytes program_version;
    int64_t audit_id; /* the last entry of the audit log; 0: it has none */
    struct bytes
        audit_mac; /* how its mac begins, hex: who keeps the bulletin can show that the log was shortened */

    const struct ranking *ranking;
    const struct bulletin_previous *previous; /* NULL: none */
    const struct rules *rules;                /* for the sentences of section 五 */
    struct bytes rules_text;                  /* canonical INI, for the appendix */

    const struct bulletin_draw *draw;  /* NULL before the freezing, and for an accumulated round */
    const struct bulletin_part *parts; /* of an accumulated round, by their days; else NULL */
    size_t part_count;
    const struct bulletin_request *requests; /* NULL: none */
    size_t request_count;
    int64_t
        issue; /* of what was published: 1, or more when an accumulated round was issued again; 0: not published yet */

    const struct bulletin_import *imports; /* oldest first */
    size_t import_count;
    const struct bulletin_unmatched *unmatched_names;
    size_t unmatched_name_count;
    int64_t unmatched; /* handlings of the round whose unit name is unmatched */
    int64_t unclear;   /* without a lead, or with two */
};

/* Whether it is headed 试算: no basis document, or other rules than the round's. */
static inline bool bulletin_is_trial(const struct bulletin *bulletin)
{
    return bulletin->is_trial || bulletin->document.len == 0;
}

#endif
