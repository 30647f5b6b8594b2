#include "importers/near.h"

#include "base/utf8.h"

/* Scores only order suggestions. What is left out weighs by how much it could mean another unit. */
enum {
    SCORE_SAME = 100,
    SCORE_END = 90,   /* an end as 局 is missing */
    SCORE_SHORT = 60, /* and up to SCORE_SHORT_RANGE more for a short form that keeps much */
    SCORE_SHORT_RANGE = 30,
    SCORE_TRANSPOSED = 85,
    SCORE_MISTYPED = 80,
    SCORE_ABOVE = 75,  /* the unit above is missing */
    MINUS_CITY = 4,    /* one name has no city */
    MINUS_COUNTY = 25, /* one name has no county: each county may have such a unit */
    MINUS_BRACKETS = 20,
    SHORT_MIN = 3,
    TYPED_MIN = 5, /* 教育局 and 体育局 differ by one character too */
    PLACE_MAX = 9,
    SHORT_MAX_TIMES = 4,
};

/* A run of a name's characters. */
struct span {
    const struct near_name *name;
    size_t from, to;
};

static size_t span_len(struct span span)
{
    return span.to - span.from;
}

static uint32_t at(struct span span, size_t i)
{
    return span.name->characters[span.from + i];
}

static struct bytes span_bytes(const struct near_name *name, size_t from, size_t to)
{
    return (struct bytes){name->text.ptr + name->starts[from],
                          (size_t)(name->starts[to] - name->starts[from])};
}

/* Whether `span` has the characters of `word` at `from`. */
static bool has_word(struct span span, size_t from, struct bytes word)
{
    for (; word.len > 0; from++) {
        if (from >= span_len(span) || at(span, from) != utf8_take(&word))
            return false;
    }
    return true;
}

static bool is_one_of(uint32_t c, struct bytes characters)
{
    while (characters.len > 0) {
        if (utf8_take(&characters) == c)
            return true;
    }
    return false;
}

/* Characters by which units differ that are otherwise named alike. */
static bool is_telling(uint32_t c)
{
    return c < 0x80 ||
           is_one_of(c, BYTES_LIT("〇零一二三四五六七八九十百东南西北新老分支总大中副"));
}

/* ---- Places ---- */

/* Whether a place ends with character i: not the 市 of 城市, 市场, 超市, not the 区 of 社区, 园区. */
static bool ends_place(struct span span, size_t i)
{
    uint32_t c = at(span, i);
    uint32_t before = i > 0 ? at(span, i - 1) : 0;
    uint32_t after = i + 1 < span_len(span) ? at(span, i + 1) : 0;
    if (is_one_of(c, BYTES_LIT("市")))
        return !is_one_of(before, BYTES_LIT("城超都夜")) && !is_one_of(after, BYTES_LIT("场容"));
    if (is_one_of(c, BYTES_LIT("区")))
        return !is_one_of(before, BYTES_LIT("社小园景片校院库")) &&
               !is_one_of(after, BYTES_LIT("域划"));
    return is_one_of(c, BYTES_LIT("县旗州省盟")) && !is_one_of(before, BYTES_LIT("联"));
}

/* How many characters in front name places, one within another; a name has at least two behind them. */
static size_t place_len(struct span span)
{
    size_t place = 0;
    for (size_t i = 0; i + 2 < span_len(span) && i < place + PLACE_MAX; i++) {
        if (ends_place(span, i))
            place = i + 1;
    }
    return place;
}

static bool ends_with(struct span span, struct span end)
{
    size_t len = span_len(end);
    if (len > span_len(span))
        return false;
    for (size_t i = 0; i < len; i++) {
        if (at(span, span_len(span) - len + i) != at(end, i))
            return false;
    }
    return true;
}

/* What it costs that the places differ, -1 when they are two; the part that one has more goes to `*out_more`. */
static int compare_places(struct span a, struct span b, struct span *out_more)
{
    struct span longer = span_len(a) >= span_len(b) ? a : b;
    struct span shorter = span_len(a) >= span_len(b) ? b : a;
    if (!ends_with(longer, shorter))
        return -1;
    *out_more = (struct span){longer.name, longer.from, longer.to - span_len(shorter)};
    if (span_len(*out_more) == 0)
        return 0;
    if (span_len(shorter) > 0)
        return MINUS_CITY / 2;
    uint32_t last = at(longer, span_len(longer) - 1);
    return is_one_of(last, BYTES_LIT("区县旗")) ? MINUS_COUNTY : MINUS_CITY;
}

/* ---- Names without their places ---- */

/* What a comparison of two spans finds; NEAR_LACKS: the shorter one lacks `part` of the longer one. */
struct finding {
    int score;
    enum near_why why;
    struct span part;
};

static const struct finding nothing = {0};

/* How many characters both have in front. */
static size_t common_len(struct span a, struct span b)
{
    size_t len = 0;
    while (len < span_len(a) && len < span_len(b) && at(a, len) == at(b, len))
        len++;
    return len;
}

/* The shorter one lacks an end by which units are called. */
static struct finding compare_end(struct span shorter, struct span longer)
{
    static const char *const ends[] = {"局",     "委",     "办",     "厅",      "处",   "所",
                                       "站",     "院",     "队",     "中心",    "委会", "办事处",
                                       "办公室", "管委会", "委员会", "人民政府"};
    size_t len = span_len(shorter);
    struct span part = {longer.name, longer.from + len, longer.to};
    if (len < 2 || common_len(shorter, longer) < len)
        return nothing;
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        if (bytes_equal(span_bytes(part.name, part.from, part.to), bytes_from_z(ends[i])))
            return (struct finding){SCORE_END, NEAR_LACKS, part};
    }
    return nothing;
}

/* The shorter one lacks the unit above: 公安局交警支队. */
static struct finding compare_above(struct span shorter, struct span longer)
{
    size_t more = span_len(longer) - span_len(shorter);
    if (span_len(shorter) < SHORT_MIN + 1 || more < 2 || !ends_with(longer, shorter) ||
        !is_one_of(at(longer, more - 1), BYTES_LIT("局委办厅院府团司")))
        return nothing;
    struct span part = {longer.name, longer.from, longer.from + more};
    return (struct finding){SCORE_ABOVE, NEAR_LACKS, part};
}

/* A name without what its short form never has: 人民 before 政府 and courts; 员会 of 委员会, 公室 of 办公室, 事处 of
 * 办事处, if `shorter` has not. */
static struct span without_idle(struct span longer, struct span shorter)
{
    bool people = has_word(longer, 0, BYTES_LIT("人民")) &&
                  !has_word(shorter, 0, BYTES_LIT("人民")) && span_len(longer) > 3;
    longer.from += people ? 2 : 0;
    size_t len = span_len(longer);
    uint32_t last = at(shorter, span_len(shorter) - 1);
    if (len > 3 &&
        ((is_one_of(last, BYTES_LIT("委")) && has_word(longer, len - 3, BYTES_LIT("委员会"))) ||
         (is_one_of(last, BYTES_LIT("办")) && (has_word(longer, len - 3, BYTES_LIT("办公室")) ||
                                               has_word(longer, len - 3, BYTES_LIT("办事处"))))))
        longer.to -= 2;
    return longer;
}

/* The shorter one has the first and the last character of the longer one and, in order, some between them, and leaves
 * out none that tells units apart. */
static struct finding compare_short(struct span shorter, struct span longer)
{
    struct span kept = without_idle(longer, shorter);
    size_t len = span_len(shorter);
    size_t full = span_len(kept);
    if (len < 2 || len > full || full > SHORT_MAX_TIMES * len || at(shorter, 0) != at(kept, 0) ||
        at(shorter, len - 1) != at(kept, full - 1))
        return nothing;
    size_t matched = 1;
    size_t left_out = 0;
    for (size_t i = 1; i + 1 < full; i++) {
        if (matched + 1 < len && at(shorter, matched) == at(kept, i))
            matched++;
        else if (is_telling(at(kept, i)))
            return nothing;
        else
            left_out = i;
    }
    if (matched + 1 < len || (left_out > 0 && len < SHORT_MIN))
        return nothing;
    int score = SCORE_SHORT + (int)(SCORE_SHORT_RANGE * len / full);
    if (full != len + 1 || full < span_len(longer))
        return (struct finding){score, NEAR_SHORT, {longer.name, 0, 0}};
    struct span part = {longer.name, kept.from + left_out, kept.from + left_out + 1};
    return (struct finding){score, NEAR_LACKS, part};
}

/* The shorter one lacks one character at either end, by a slip of the hand; inside, compare_short sees it. */
static struct finding compare_cut(struct span shorter, struct span longer)
{
    size_t len = span_len(shorter);
    bool front = ends_with(longer, shorter);
    if (len < TYPED_MIN || span_len(longer) != len + 1 ||
        (!front && common_len(shorter, longer) < len) || is_telling(at(longer, front ? 0 : len)))
        return nothing;
    size_t from = longer.from + (front ? 0 : len);
    return (struct finding){SCORE_MISTYPED, NEAR_LACKS, {longer.name, from, from + 1}};
}

/* Names of one length that differ by a slip of the hand, neither in front, where names of places and schools are, nor
 * in the last character, which says what a unit is. */
static struct finding compare_typed(struct span a, struct span b)
{
    size_t len = span_len(b);
    size_t first = common_len(a, b);
    if (len < TYPED_MIN || first < 2 || first + 1 >= len || is_telling(at(a, first)) ||
        is_telling(at(b, first)))
        return nothing;
    bool swapped = at(a, first) == at(b, first + 1) && at(a, first + 1) == at(b, first);
    size_t next = first + (swapped ? 2 : 1);
    if (common_len((struct span){a.name, a.from + next, a.to},
                   (struct span){b.name, b.from + next, b.to}) < len - next)
        return nothing;
    struct span part = {b.name, b.from + first, b.from + next};
    return swapped ? (struct finding){SCORE_TRANSPOSED, NEAR_TRANSPOSED, part}
                   : (struct finding){SCORE_MISTYPED, NEAR_MISTYPED, part};
}

/* Both as they stand. */
static struct finding compare_whole(struct span name, struct span unit)
{
    size_t len = span_len(name);
    if (len == span_len(unit) && common_len(name, unit) == len)
        return (struct finding){SCORE_SAME, NEAR_SAME, {unit.name, 0, 0}};
    if (len == span_len(unit))
        return compare_typed(name, unit);
    struct span shorter = len < span_len(unit) ? name : unit;
    struct span longer = len < span_len(unit) ? unit : name;
    struct finding found = compare_end(shorter, longer);
    if (found.score == 0)
        found = compare_short(shorter, longer);
    if (found.score == 0)
        found = compare_above(shorter, longer);
    if (found.score == 0)
        found = compare_cut(shorter, longer);
    return found;
}

/* The name in front of the brackets that it ends with; all of it when it has none. */
static struct span before_brackets(struct span span)
{
    size_t len = span_len(span);
    size_t i = 0;
    while (i < len && at(span, i) != '(')
        i++;
    if (i >= 2 && i < len && at(span, len - 1) == ')')
        span.to = span.from + i;
    return span;
}

/* Two names without their places; if one alone ends with brackets, also without these. */
static struct finding compare_spans(struct span name, struct span unit)
{
    struct finding found = compare_whole(name, unit);
    struct span plain_name = before_brackets(name);
    struct span plain_unit = before_brackets(unit);
    bool name_cut = plain_name.to < name.to;
    if (found.score > 0 || name_cut == (plain_unit.to < unit.to))
        return found;
    found = compare_whole(plain_name, plain_unit);
    if (found.score == 0)
        return nothing;
    if (found.why == NEAR_SAME) {
        struct span brackets = name_cut ? (struct span){name.name, plain_name.to, name.to}
                                        : (struct span){unit.name, plain_unit.to, unit.to};
        found = (struct finding){found.score, NEAR_LACKS, brackets};
    }
    found.score -= MINUS_BRACKETS;
    return found;
}

/* ---- Names ---- */

void near_name_init(struct near_name *name, struct bytes folded)
{
    struct bytes rest = folded;
    *name = (struct near_name){.text = folded};
    size_t count = 0;
    for (; rest.len > 0 && count < NEAR_MAX_CHARACTERS; count++) {
        name->starts[count] = (uint16_t)(rest.ptr - folded.ptr);
        name->characters[count] = utf8_take(&rest);
    }
    name->starts[count] = (uint16_t)(folded.len - rest.len);
    name->count = (uint8_t)(rest.len == 0 ? count : 0);
    name->place = (uint8_t)place_len((struct span){name, 0, name->count});
}

struct near near_compare(const struct near_name *name, const struct near_name *unit)
{
    struct span more = {unit, 0, 0};
    if (name->count == 0 || unit->count == 0)
        return (struct near){0};
    int minus = compare_places((struct span){unit, 0, unit->place},
                               (struct span){name, 0, name->place}, &more);
    if (minus < 0)
        return (struct near){0};
    struct finding found = compare_spans((struct span){name, name->place, name->count},
                                         (struct span){unit, unit->place, unit->count});
    if (found.score == 0)
        return (struct near){0};
    if (found.why == NEAR_SAME && span_len(more) > 0)
        found = (struct finding){found.score, NEAR_LACKS, more};
    if (found.why == NEAR_LACKS && found.part.name == name)
        found.why = NEAR_EXCEEDS;
    struct bytes part = BYTES_NONE;
    if (span_len(found.part) > 0)
        part = span_bytes(found.part.name, found.part.from, found.part.to);
    return (struct near){found.score - minus, found.why, part};
}
