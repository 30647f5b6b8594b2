#include "service/followup/outcome_profile.h"

#include "scoring/rules.h"

#include "service/storage/rounds.h"

/* The words of a profile for 1 to 5. */
static const char *const satisfaction_words[] = {
    NULL, "very_dissatisfied", "dissatisfied", "fairly_satisfied", "satisfied", "very_satisfied"};

static void append_labels(const struct rules *rules, struct buf *text)
{
    if (rules->rates.label_count > 0)
        buf_append_z(text, "\n[values.satisfaction]\n");
    for (int i = 0; i < rules->rates.label_count; i++) {
        const struct rules_label *label = &rules->rates.labels[i];
        buf_printf(text, "%s = %s\n", satisfaction_words[label->satisfaction], label->name);
    }
}

int outcome_profile_load(const struct datadir *datadir, struct bytes round_name,
                         struct profile **out_profile, struct err *err)
{
    struct round_row round;
    struct rules rules;
    struct bytes built_in = BYTES_NONE;
    struct buf text;
    int rc = round_get(datadir->store, round_name, &round, err);
    if (rc == OK)
        rc = rules_parse(round.rules, &rules, err);
    if (rc != OK)
        return rc;
    if (!profile_builtin_text(BYTES_LIT("outcomes"), &built_in))
        return err_set(err, ERR_NOT_FOUND, "no built-in profile \"outcomes\"");
    buf_init(&text, PROFILE_TEXT_MAX_BYTES);
    buf_append(&text, built_in);
    append_labels(&rules, &text);
    rc = buf_status(&text, err);
    if (rc == OK)
        rc = profile_parse(buf_bytes(&text), out_profile, err);
    buf_deinit(&text);
    return rc;
}
