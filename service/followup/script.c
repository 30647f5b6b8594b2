#include "service/followup/script.h"

#include <string.h>

/* ---- the items ---- */

#define KIND(kind) (1U << SCRIPT_##kind)
enum { ALL_KINDS = (1 << SCRIPT_KINDS) - 1 };

#define RATING_CHOICES                                                                             \
    {                                                                                              \
        {"5", "非常满意"}, {"4", "满意"}, {"3", "基本满意"}, {"2", "不满意"}, {"1", "非常不满意"}, \
            {"unsure", "说不清"},                                                                  \
    }
enum { RATING_COUNT = 6 };
#define READ_RATINGS "非常满意、满意、基本满意、不满意、非常不满意，还是说不清？"

#define STATE_CHOICES                                                                              \
    {                                                                                              \
        {"yes", "已解决"}, {"partly", "部分解决"}, {"open", "正在解决"}, {"no", "未解决"},         \
            {"unsure", "说不清"},                                                                  \
    }
enum { STATE_COUNT = 5 };
#define READ_STATES "已解决、部分解决、正在解决、未解决，还是说不清？"

#define CONTACT_CHOICES                                                                            \
    {                                                                                              \
        {"yes", "联系过"}, {"no", "没有联系"}, {"unsure", "说不清"},                               \
    }
enum { CONTACT_COUNT = 3 };

static const struct script_item items[] = {
    {.name = "consent",
     .place = SCRIPT_OPENING,
     .kinds = ALL_KINDS,
     .zh =
         "您好，这里是{organ}，正在对12345热线诉求的办理情况做电话测评，想请您用两三分钟回答几个"
         "问题。是否参加由您决定，随时可以停止。您的回答只用于测评，不会向办理单位透露您的身份。为"
         "保证质量，通话会录音。您可以拨打{phone}核实我们的身份。请问您愿意参加吗？",
     .choices = {{"yes", "愿意"}, {"no", "不愿意"}},
     .choice_count = 2,
     .is_required = true,
     .ends_with = "no",
     .ends_code = "2.112"},
    {.name = "is_you",
     .place = SCRIPT_OPENING,
     .kinds = ALL_KINDS,
     .zh = "请问是您本人向12345热线反映的诉求吗？",
     .choices = {{"yes", "是本人"}, {"no", "不是本人"}},
     .choice_count = 2,
     .is_required = true,
     .ends_with = "no",
     .ends_code = "2.20"},

    {.name = "contacted",
     .place = SCRIPT_ORDER,
     .kinds = KIND(ORDINARY) | KIND(CONSULT),
     .zh = "您{day}反映的“{title}”，由{unit}办理。请问{unit}有没有与您联系过？",
     .choices = CONTACT_CHOICES,
     .choice_count = CONTACT_COUNT},
    {.name = "contacted",
     .place = SCRIPT_ORDER,
     .kinds = KIND(OVERDUE),
     .zh = "您{day}反映的“{title}”，目前由{unit}办理。请问到现在，{unit}有没有与您联系过？",
     .choices = CONTACT_CHOICES,
     .choice_count = CONTACT_COUNT},
    {.name = "resolved",
     .place = SCRIPT_ORDER,
     .kinds = KIND(ORDINARY),
     .zh = "请问您反映的事情，现在是" READ_STATES,
     .choices = STATE_CHOICES,
     .choice_count = STATE_COUNT,
     .is_required = true},
    {.name = "resolved",
     .place = SCRIPT_ORDER,
     .kinds = KIND(CONSULT),
     .zh = "请问您咨询的问题，有没有得到明确的答复？是得到明确答复、得到部分答复、没有得到明确答复"
           "，还是"
           "说不清？",
     .choices = {{"yes", "得到明确答复"},
                 {"partly", "得到部分答复"},
                 {"no", "没有得到明确答复"},
                 {"unsure", "说不清"}},
     .choice_count = 4,
     .is_required = true},
    {.name = "resolved",
     .place = SCRIPT_ORDER,
     .kinds = KIND(OVERDUE),
     .zh = "请问您反映的事情，到现在是" READ_STATES,
     .choices = STATE_CHOICES,
     .choice_count = STATE_COUNT,
     .is_required = true},
    {.name = "satisfaction",
     .place = SCRIPT_ORDER,
     .kinds = KIND(ORDINARY),
     .zh = "总的来说，您对这件诉求的办理是" READ_RATINGS,
     .choices = RATING_CHOICES,
     .choice_count = RATING_COUNT,
     .is_required = true},
    {.name = "satisfaction",
     .place = SCRIPT_ORDER,
     .kinds = KIND(CONSULT),
     .zh = "总的来说，您对这次咨询的答复是" READ_RATINGS,
     .choices = RATING_CHOICES,
     .choice_count = RATING_COUNT,
     .is_required = true},
    {.name = "satisfaction",
     .place = SCRIPT_ORDER,
     .kinds = KIND(OVERDUE),
     .zh = "总的来说，您对这件诉求到目前为止的办理是" READ_RATINGS,
     .choices = RATING_CHOICES,
     .choice_count = RATING_COUNT,
     .is_required = true},
    /* What is not finished has no result yet. */
    {.name = "result",
     .place = SCRIPT_ORDER,
     .kinds = KIND(ORDINARY),
     .zh = "分开来看，您对办理结果怎么评价？",
     .choices = RATING_CHOICES,
     .choice_count = RATING_COUNT},
    {.name = "result",
     .place = SCRIPT_ORDER,
     .kinds = KIND(CONSULT),
     .zh = "分开来看，您对答复的内容怎么评价？",
     .choices = RATING_CHOICES,
     .choice_count = RATING_COUNT},
    {.name = "speed",
     .place = SCRIPT_ORDER,
     .kinds = KIND(ORDINARY) | KIND(CONSULT),
     .zh = "对办理速度呢？",
     .choices = RATING_CHOICES,
     .choice_count = RATING_COUNT},
    {.name = "speed",
     .place = SCRIPT_ORDER,
     .kinds = KIND(OVERDUE),
     .zh = "分开来看，您对办理速度怎么评价？",
     .choices = RATING_CHOICES,
     .choice_count = RATING_COUNT},
    {.name = "attitude",
     .place = SCRIPT_ORDER,
     .kinds = ALL_KINDS,
     .zh = "对工作人员的态度呢？",
     .choices = RATING_CHOICES,
     .choice_count = RATING_COUNT},
    {.name = "why",
     .place = SCRIPT_ORDER,
     .kinds = ALL_KINDS,
     .zh = "请问您不满意的主要原因是什么？",
     .choices = {{"contact", "没有联系"},
                 {"unresolved", "问题没有解决"},
                 {"slow", "办理时间长"},
                 {"attitude", "工作人员态度"},
                 {"untrue", "答复与实际不符"},
                 {"policy", "政策不能满足要求"},
                 {"other", "其他原因"},
                 {"unsure", "说不清"}},
     .choice_count = 8,
     .if_name = "satisfaction",
     .if_values = "2 1"},
    {.name = "other",
     .place = SCRIPT_ORDER,
     .kinds = ALL_KINDS,
     .zh = "对这件诉求的办理，您还有什么要说的吗？",
     .choices = {{"no", "没有"}, {"yes", "有"}},
     .choice_count = 2,
     .takes_words = true},
    {.name = "share_words",
     .place = SCRIPT_ORDER,
     .kinds = ALL_KINDS,
     .zh = "您刚才说的话，可以不署名转给{unit}吗？",
     .choices = {{"yes", "可以"}, {"no", "不可以"}},
     .choice_count = 2,
     .if_name = "other",
     .if_values = "yes"},

    {.name = "coached",
     .place = SCRIPT_CLOSING,
     .kinds = ALL_KINDS,
     .zh = "最后请问，有没有人要求或者提示过您怎样回答这样的测评？",
     .choices = {{"no", "没有"}, {"yes", "有"}, {"unsure", "说不清"}},
     .choice_count = 3},
};
enum { ITEM_COUNT = sizeof items / sizeof items[0] };

const struct script_item *script_items(size_t *out_count)
{
    *out_count = ITEM_COUNT;
    return items;
}

const struct script_item *script_find(struct bytes name)
{
    for (size_t i = 0; i < ITEM_COUNT; i++) {
        if (bytes_equal(name, bytes_from_z(items[i].name)))
            return &items[i];
    }
    return NULL;
}

const struct script_item *script_find_of(struct bytes name, enum script_kind kind)
{
    for (size_t i = 0; i < ITEM_COUNT; i++) {
        if ((items[i].kinds & 1U << kind) != 0 && bytes_equal(name, bytes_from_z(items[i].name)))
            return &items[i];
    }
    return NULL;
}

static const struct script_choice *find_choice(const struct script_item *item, struct bytes value)
{
    for (int i = 0; i < item->choice_count; i++) {
        if (bytes_equal(value, bytes_from_z(item->choices[i].value)))
            return &item->choices[i];
    }
    return NULL;
}

bool script_takes(const struct script_item *item, struct bytes value)
{
    return find_choice(item, value) != NULL;
}

/* ---- what answers mean ---- */

struct answers {
    const struct script_answer *items;
    size_t count;
};

/* The last answer to an item that the item takes; NULL: there is none. */
static const struct script_answer *last_answer(const struct answers *answers, const char *name)
{
    const struct script_item *item = script_find(bytes_from_z(name));
    for (size_t i = answers->count; i > 0; i--) {
        const struct script_answer *answer = &answers->items[i - 1];
        if (bytes_equal(answer->item, bytes_from_z(name)) && script_takes(item, answer->value))
            return answer;
    }
    return NULL;
}

static bool has_word(const char *words, struct bytes word)
{
    for (struct bytes rest = bytes_from_z(words); rest.ptr != NULL;) {
        if (bytes_equal(bytes_cut(&rest, ' '), word))
            return true;
    }
    return false;
}

static bool is_asked(const struct script_item *item, const struct answers *answers)
{
    if (item->if_name == NULL)
        return true;
    const struct script_answer *condition = last_answer(answers, item->if_name);
    return condition != NULL && has_word(item->if_values, condition->value);
}

/* The value given to an item that was to be asked; empty: there is none. */
static struct bytes value_of(const struct answers *answers, const char *name)
{
    const struct script_answer *answer = last_answer(answers, name);
    return answer != NULL && is_asked(script_find(bytes_from_z(name)), answers) ? answer->value
                                                                                : BYTES_NONE;
}

static bool is_value(struct bytes value, const char *text)
{
    return bytes_equal(value, bytes_from_z(text));
}

static enum resolution_answer resolution_of(struct bytes value)
{
    if (is_value(value, "yes"))
        return RESOLUTION_YES;
    if (is_value(value, "partly"))
        return RESOLUTION_PARTLY;
    return is_value(value, "no") || is_value(value, "open") ? RESOLUTION_NO : RESOLUTION_MISSING;
}

static enum outcome_group group_of(struct bytes resolved, struct bytes satisfaction)
{
    if (resolved.len > 0 && satisfaction.len > 0)
        return OUTCOME_COMPLETE;
    return resolved.len > 0 || satisfaction.len > 0 ? OUTCOME_PARTIAL : OUTCOME_UNKNOWN_UNWORKED;
}

void script_read(const struct script_answer *answers, size_t count, struct script_outcome *out)
{
    struct answers all = {answers, count};
    struct bytes resolved = value_of(&all, "resolved");
    struct bytes satisfaction = value_of(&all, "satisfaction");
    struct bytes why = value_of(&all, "why");
    struct script_outcome outcome = {
        .group = group_of(resolved, satisfaction),
        .resolved = resolution_of(resolved),
        .still_open = is_value(resolved, "open"),
        .satisfaction = SATISFACTION_MISSING,
        .is_coached = is_value(value_of(&all, "coached"), "yes"),
    };
    if (satisfaction.len == 1)
        outcome.satisfaction = satisfaction.ptr[0] - '0';
    if (why.len > 0 && !is_value(why, "unsure"))
        outcome.reason = bytes_from_z(find_choice(script_find(BYTES_LIT("why")), why)->zh);
    if (is_value(value_of(&all, "other"), "yes"))
        outcome.comment = last_answer(&all, "other")->words;
    outcome.may_share = outcome.comment.len > 0 && is_value(value_of(&all, "share_words"), "yes");
    *out = outcome;
}

const struct script_item *script_missing(enum script_place place, enum script_kind kind,
                                         const struct script_answer *answers, size_t count)
{
    struct answers all = {answers, count};
    for (size_t i = 0; i < ITEM_COUNT; i++) {
        const struct script_item *item = &items[i];
        bool is_needed =
            item->place == place && item->is_required && (item->kinds & 1U << kind) != 0;
        if (is_needed && is_asked(item, &all) && last_answer(&all, item->name) == NULL)
            return item;
    }
    return NULL;
}

/* ---- what is read out ---- */

static struct bytes named(struct bytes place, const struct script_names *names)
{
    const struct {
        const char *place;
        struct bytes name;
        const char *otherwise;
    } places[] = {
        {"organ", names->organ, "绩效考评机构"}, {"unit", names->unit, "办理单位"},
        {"title", names->title, "诉求"},         {"day", names->day, "前一段时间"},
        {"phone", names->phone, "12345热线"},
    };
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        if (is_value(place, places[i].place))
            return places[i].name.len > 0 ? places[i].name : bytes_from_z(places[i].otherwise);
    }
    return BYTES_NONE;
}

void script_fill(const char *zh, const struct script_names *names, struct buf *out)
{
    for (struct bytes rest = bytes_from_z(zh); rest.ptr != NULL;) {
        buf_append(out, bytes_cut(&rest, '{'));
        if (rest.ptr != NULL)
            buf_append(out, named(bytes_cut(&rest, '}'), names));
    }
}
