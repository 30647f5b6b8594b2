/* Demonstration data (演示数据): a round phoned by invented people, through the engine itself. Nobody is phoned.
 *
 *   phone_campaign DATA ROUND FROM UNTIL FINAL CALLER…
 *
 * The callers, who are accounts of the data directory, work from the one time to the other (RFC 3339, or `now`, with
 * + or - and seconds behind it), or until FINAL of hundred cases are final; the phoning is begun first where it has
 * not been, and a contractor's caller brings fresh cases for the team. Where other rounds are phoned too, they are
 * given cases of those as well, as real callers are. The clock is a simulation's: each caller is idle or in a call, and
 * whoever is free next acts next. All chance comes from splitmix64 with a fixed seed: the same round gives the same
 * campaign, but for its times. */
#include "base/civil.h"
#include "base/clock.h"

#include "service/followup/casework.h"
#include "service/host/files.h"
#include "service/storage/accounts.h"
#include "service/storage/shifts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    CALLERS_MAX = 16,
    PAUSE_S = 20,
    RING_S = 35,
    TALK_S = 150,
    TEAM_CASES = 20,
    NIGHT_S = 3600, /* when nothing is due for longer, the shift is over */
    ROUND_MAX_BYTES = 1024 * 1024
};

struct desk {
    struct caller caller;
    int64_t free_utc; /* idle: when the next case is asked for; in a call: when it ends */
    int64_t dial_id;  /* 0: idle */
    int64_t round_id, draw_no, case_no; /* of the case at hand: perhaps another open campaign's */
    int64_t shift_id;                   /* 0: none */
};

struct campaign_play {
    struct datadir datadir;
    struct store *store;
    struct casework *work;
    struct arena arena;
    struct round_row round;
    struct campaign_row campaign;
    struct desk desks[CALLERS_MAX];
    int desk_count;
    int64_t from_utc, until_utc, final_percent;
    uint64_t seed;
    int64_t dials;
};

static void die(const char *what)
{
    (void)fprintf(stderr, "phone_campaign: %s\n", what);
    exit(1);
}

static void must(int rc, const struct err *err)
{
    if (rc != OK)
        die(err->message);
}

/* ---- chance ---- */

static uint64_t mix(uint64_t *seed)
{
    uint64_t z = *seed += UINT64_C(0x9E3779B97F4A7C15);
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

static int random64(void *context, uint64_t *out, struct err *err)
{
    (void)err;
    *out = mix(&((struct campaign_play *)context)->seed);
    return OK;
}

static int below(struct campaign_play *play, int bound)
{
    return (int)(mix(&play->seed) % (uint64_t)bound);
}

/* ---- what comes of a call ---- */

/* Of a thousand dials. */
static const struct ending {
    const char *code;
    int weight;
    bool is_talk;
} endings[] = {
    {"1.1", 530, true},   {"1.2", 20, true},   {"2.21", 180, false}, {"2.212", 60, false},
    {"2.211", 30, false}, {"2.112", 50, true}, {"2.12", 20, true},   {"2.20", 80, true},
    {"2.215", 15, false}, {"2.33", 10, true},  {"2.113", 5, true},
};

static const struct ending *choose_ending(struct campaign_play *play)
{
    int left = below(play, 1000);
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        left -= endings[i].weight;
        if (left < 0)
            return &endings[i];
    }
    return &endings[0];
}

struct answering {
    struct campaign_play *play;
    struct desk *desk;
    bool is_whole;
    int64_t drawn_ids[64];
    int64_t handling_ids[64];
    int count;
};

static void answer(struct answering *answering, int64_t drawn_id, const char *item,
                   const char *value, const char *words)
{
    struct err err = {0};
    struct campaign_play *play = answering->play;
    struct desk *desk = answering->desk;
    int64_t until_utc = 0;
    must(casework_answer(play->work, play->store, &desk->caller, desk->dial_id, drawn_id,
                         bytes_from_z(item), bytes_from_z(value), bytes_from_z(words),
                         800 + below(play, 4000), &until_utc, &err),
         &err);
}

static int on_order(void *context, const struct case_order *order, struct err *err)
{
    struct answering *answering = context;
    (void)err;
    if (answering->count < 64) {
        answering->handling_ids[answering->count] = order->handling_id;
        answering->drawn_ids[answering->count++] = order->drawn_id;
    }
    return OK;
}

static const char *rating_of(struct campaign_play *play, bool is_resolved)
{
    static const char *const well[] = {"5", "5", "5", "5", "4", "4", "4", "3", "2", "unsure"};
    static const char *const badly[] = {"4", "3", "3", "2", "2", "2", "1", "1", "1", "unsure"};
    return is_resolved ? well[below(play, 10)] : badly[below(play, 10)];
}

static void answer_order(struct answering *answering, int i)
{
    static const char *const whys[] = {"contact", "unresolved", "slow", "untrue", "unsure"};
    struct err err = {0};
    struct campaign_play *play = answering->play;
    int64_t drawn_id = answering->drawn_ids[i];
    enum script_kind kind = SCRIPT_ORDINARY;
    must(casework_script(play->store, answering->desk->round_id, answering->handling_ids[i], &kind,
                         &err),
         &err);
    int luck = below(play, 100);
    bool is_resolved = luck < 78;
    answer(answering, drawn_id, "contacted", below(play, 10) > 0 ? "yes" : "no", "");
    answer(answering, drawn_id, "resolved",
           is_resolved ? "yes"
           : luck < 86 ? "partly"
           : luck < 97 ? "no"
                       : "unsure",
           "");
    if (!answering->is_whole)
        return;
    const char *rating = rating_of(play, is_resolved);
    answer(answering, drawn_id, "satisfaction", rating, "");
    if (rating[0] == '1' || rating[0] == '2')
        answer(answering, drawn_id, "why", whys[below(play, 5)], "");
    if (below(play, 8) == 0) {
        answer(answering, drawn_id, "other", "yes",
               is_resolved ? "师傅来得很快，谢谢（演示）" : "希望再去现场看一看（演示）");
        answer(answering, drawn_id, "share_words", below(play, 3) > 0 ? "yes" : "no", "");
    } else {
        answer(answering, drawn_id, "other", "no", "");
    }
}

/* All of an interview, or, of one that was broken off, what was answered of its first order. */
static void interview(struct campaign_play *play, struct desk *desk, bool is_whole)
{
    struct err err = {0};
    struct answering answering = {.play = play, .desk = desk, .is_whole = is_whole};
    answer(&answering, 0, "consent", "yes", "");
    answer(&answering, 0, "is_you", "yes", "");
    must(case_orders_each(play->store, desk->round_id, desk->draw_no, desk->case_no, on_order,
                          &answering, &err),
         &err);
    for (int i = 0; i < (is_whole ? answering.count : 1); i++)
        answer_order(&answering, i);
    if (is_whole)
        answer(&answering, 0, "coached", below(play, 40) > 0 ? "no" : "yes", "");
}

/* ---- one caller ---- */

static void begin_shift(struct campaign_play *play, struct desk *desk)
{
    struct err err = {0};
    const struct moment now = {desk->caller.now_utc, MOMENT_INSTANT};
    struct shift_row shift = {.account_id = desk->caller.account_id,
                              .day = (now.seconds + OFFICE_OFFSET_S) / SECONDS_A_DAY,
                              .started_utc = now.seconds};
    must(shift_put_new(play->store, &shift, &err), &err);
    desk->shift_id = shift.id;
}

static void end_shift(struct campaign_play *play, struct desk *desk, int64_t now_utc)
{
    struct err err = {0};
    if (desk->shift_id != 0)
        must(shift_put_end(play->store, desk->shift_id, now_utc, BYTES_LIT("signed_out"), &err),
             &err);
    desk->shift_id = 0;
}

static void begin_dial(struct campaign_play *play, struct desk *desk, int64_t case_id,
                       int64_t number_no)
{
    struct err err = {0};
    struct dial_row dial;
    must(casework_dial(play->work, play->store, &desk->caller, case_id, number_no, &dial, &err),
         &err);
    desk->dial_id = dial.id;
    desk->free_utc = desk->caller.now_utc + RING_S + below(play, TALK_S);
    play->dials++;
}

static void take_case(struct campaign_play *play, struct desk *desk)
{
    struct err err = {0};
    struct leased_case leased;
    struct campaign_row campaign;
    int64_t retry_utc = 0;
    int rc = casework_next(play->work, play->store, &desk->caller, &leased, &retry_utc, &err);
    if (rc == ERR_NOT_FOUND) {
        if (retry_utc > desk->caller.now_utc + NIGHT_S)
            end_shift(play, desk, desk->caller.now_utc);
        desk->free_utc = retry_utc;
        return;
    }
    must(rc, &err);
    if (desk->shift_id == 0)
        begin_shift(play, desk);
    must(campaign_get(play->store, leased.row.campaign_id, &campaign, &err), &err);
    desk->round_id = campaign.round_id;
    desk->draw_no = campaign.draw_no;
    desk->case_no = leased.row.case_no;
    if (leased.number_no != 0) {
        begin_dial(play, desk, leased.row.id, leased.number_no);
        return;
    }
    must(casework_give_back(play->work, play->store, &desk->caller, leased.row.id, &err), &err);
    desk->free_utc = desk->caller.now_utc + PAUSE_S;
}

/* Some who are not there name a time, if it can be kept. What was refused may have been begun: it is undone first. */
static int finish_as(struct campaign_play *play, struct desk *desk, const struct dial_end *end,
                     struct finished *out, struct err *err)
{
    struct dial_end plain = *end;
    int rc = casework_finish(play->work, play->store, &desk->caller, desk->dial_id, end, out, err);
    if (rc != ERR_REFUSED || end->appointment_utc == 0)
        return rc;
    plain.appointment_utc = 0;
    store_rollback(play->store);
    must(store_begin(play->store, err), err);
    return casework_finish(play->work, play->store, &desk->caller, desk->dial_id, &plain, out, err);
}

static void end_dial(struct campaign_play *play, struct desk *desk)
{
    struct err err = {0};
    struct finished finished;
    const struct ending *ending = choose_ending(play);
    bool is_out = strcmp(ending->code, "2.20") == 0;
    bool is_asked_later = is_out && below(play, 3) > 0;
    struct dial_end end = {
        .code = bytes_from_z(ending->code),
        .note = is_out ? BYTES_LIT("家人接听，本人外出") : BYTES_NONE,
        .language = strcmp(ending->code, "2.33") == 0 ? BYTES_LIT("za") : BYTES_NONE,
        .appointment_utc =
            is_asked_later ? desk->caller.now_utc + 1800 + (int64_t)below(play, 96) * 900 : 0,
        .appointment_is_own = is_asked_later && below(play, 2) == 0,
    };
    if (ending->code[0] == '1')
        interview(play, desk, ending->code[2] == '1');
    must(finish_as(play, desk, &end, &finished, &err), &err);
    desk->dial_id = 0;
    desk->free_utc = desk->caller.now_utc + PAUSE_S;
}

static void act(struct campaign_play *play, struct desk *desk)
{
    struct err err = {0};
    desk->caller.now_utc = desk->free_utc;
    must(store_begin(play->store, &err), &err);
    if (desk->dial_id != 0)
        end_dial(play, desk);
    else
        take_case(play, desk);
    must(store_commit(play->store, &err), &err);
}

/* ---- all of them ---- */

static int on_unit(void *context, const struct campaign_unit_row *row, struct err *err)
{
    int64_t *sums = context;
    (void)err;
    sums[0] += row->released;
    sums[1] += row->final;
    return OK;
}

static bool is_done(struct campaign_play *play)
{
    struct err err = {0};
    int64_t sums[2] = {0, 0};
    must(store_begin_read(play->store, &err), &err);
    must(campaign_units_each(play->store, play->campaign.id, on_unit, sums, &err), &err);
    store_rollback(play->store);
    return sums[1] * 100 >= sums[0] * play->final_percent;
}

/* Whoever is in a call ends it, even after `until`: no call is left open. */
static struct desk *find_next(struct campaign_play *play, bool is_over)
{
    struct desk *next = NULL;
    for (int i = 0; i < play->desk_count; i++) {
        struct desk *desk = &play->desks[i];
        bool may_act = desk->dial_id != 0 || (!is_over && desk->free_utc < play->until_utc);
        if (may_act && (next == NULL || desk->free_utc < next->free_utc))
            next = desk;
    }
    return next;
}

static void phone(struct campaign_play *play)
{
    struct desk *desk = find_next(play, is_done(play));
    while (desk != NULL) {
        if (desk->free_utc > play->until_utc)
            desk->free_utc = play->until_utc;
        act(play, desk);
        desk = find_next(play, is_done(play));
    }
}

static void end_shifts(struct campaign_play *play)
{
    struct err err = {0};
    must(store_begin(play->store, &err), &err);
    for (int i = 0; i < play->desk_count; i++)
        end_shift(play, &play->desks[i], play->desks[i].caller.now_utc);
    must(store_commit(play->store, &err), &err);
}

/* ---- beginning ---- */

/* A contractor's callers get cases of their team alone. */
static void assign_to(struct campaign_play *play, int64_t team_id)
{
    struct err err = {0};
    const struct actor actor = {BYTES_LIT("演示"), play->from_utc};
    int64_t cases = 0;
    must(casework_assign(play->work, play->store, play->campaign.id, team_id, TEAM_CASES, &actor,
                         &cases, &err),
         &err);
}

static void find_callers(struct campaign_play *play, char **names, int count)
{
    static const struct bytes languages[] = {{"za", 2}};
    struct err err = {0};
    if (count > CALLERS_MAX)
        die("too many callers");
    for (int i = 0; i < count; i++) {
        struct account_row row;
        must(account_get(play->store, bytes_from_z(names[i]), &row, &err), &err);
        play->desks[i] = (struct desk){
            .caller = {.account_id = row.id, .name = bytes_from_z(names[i])},
            .free_utc = play->from_utc + (int64_t)i * PAUSE_S,
        };
        if (bytes_equal(row.team_kind, BYTES_LIT("contractor"))) {
            play->desks[i].caller.team_id = row.team_id;
            assign_to(play, row.team_id);
        }
        /* Somebody has to speak it. */
        if (i == 0) {
            play->desks[i].caller.languages = languages;
            play->desks[i].caller.language_count = 1;
            must(caller_languages_put(play->store, row.id, languages, 1, &err), &err);
        }
    }
    play->desk_count = count;
}

static void open_campaign(struct campaign_play *play)
{
    struct err err = {0};
    const struct actor actor = {BYTES_LIT("演示"), play->from_utc};
    int rc = campaign_get_current(play->store, play->round.id, &play->campaign, &err);
    if (rc == ERR_NOT_FOUND)
        rc = casework_open(play->work, play->store, &play->round, &actor, &play->campaign, &err);
    must(rc, &err);
}

static void begin(struct campaign_play *play, const char *path, const char *round, char **names,
                  int count)
{
    struct err err = {0};
    const struct casework_options options = {random64, play};
    arena_init(&play->arena, ROUND_MAX_BYTES);
    must(datadir_open(path, STORE_READWRITE, &play->datadir, &err), &err);
    play->store = play->datadir.store;
    must(casework_new(&play->datadir, &options, &play->work, &err), &err);
    must(store_relax_sync(play->store, true, &err), &err);
    must(store_begin(play->store, &err), &err);
    must(round_get_kept(play->store, bytes_from_z(round), &play->arena, &play->round, &err), &err);
    open_campaign(play);
    find_callers(play, names, count);
    must(store_commit(play->store, &err), &err);
}

static int64_t time_of(const char *text)
{
    int64_t utc = 0;
    if (strncmp(text, "now", 3) == 0) {
        if (text[3] != '\0' && !bytes_to_int64(bytes_from_z(text + 3), &utc))
            die("a time is now, now-SECONDS or RFC 3339");
        return clock_now_utc() + utc;
    }
    if (!time_parse(bytes_from_z(text), &utc))
        die("a time is now, now-SECONDS or RFC 3339");
    return utc;
}

int main(int argc, char **argv)
{
    enum { DATA = 1, ROUND, FROM, UNTIL, FINAL, FIRST_CALLER };
    struct campaign_play play = {.seed = 6};
    if (argc <= FIRST_CALLER || !bytes_to_int64(bytes_from_z(argv[FINAL]), &play.final_percent))
        die("usage: phone_campaign DATA ROUND FROM UNTIL FINAL CALLER...");
    storage_use_allocator();
    play.from_utc = time_of(argv[FROM]);
    play.until_utc = time_of(argv[UNTIL]);
    begin(&play, argv[DATA], argv[ROUND], argv + FIRST_CALLER, argc - FIRST_CALLER);
    phone(&play);
    end_shifts(&play);
    (void)printf("%jd\n", (intmax_t)play.dials);
    casework_free(play.work);
    arena_deinit(&play.arena);
    datadir_close(&play.datadir);
    return 0;
}
