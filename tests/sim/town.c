#include "tests/sim/simulation.h"

/* June's orders of a city, drawn from and phoned by a slow office in September, so that the calls meet a holiday and a
 * Saturday that is worked. */

static void write_numbers(struct buf *text, int i)
{
    if (i % 97 == 0)
        buf_append_z(text, "保密");
    else if (i % 5 == 0)
        buf_printf(text, "139%08d;138%08d", i, i);
    else if (i % 211 == 0)
        buf_printf(text, "137%08d;139%08d", i, i - 1); /* a number that two people give */
    else
        buf_printf(text, "139%08d", i);
}

static void write_orders(const struct scale *scale, struct buf *text)
{
    int i = 0;
    for (int unit = 0; unit < scale->units; unit++) {
        for (int n = 0; n < scale->orders[unit]; n++) {
            i++;
            buf_printf(text, "A%d,2024-06-01 08:00:00,第%d局,主办,2024-06-05 08:00:00,", i, unit);
            buf_append_z(text, i % 11 == 0 ? ",办理中," : "2024-06-04 08:00:00,已办结,");
            buf_append_z(text, i % 3 == 0 ? "咨询," : "投诉,");
            write_numbers(text, i);
            buf_append_byte(text, '\n');
        }
    }
    buf_append_byte(text, '\0');
    assert_int_equal(text->rc, OK);
}

static void add_desks(struct simulation *simulation)
{
    static const char *const names[CALLERS] = {"sim0", "sim1", "sim2", "sim3", "sim4",
                                               "sim5", "sim6", "sim7", "sim8", "sim9"};
    static const struct bytes zhuang[] = {BYTES_LIT("za")};
    struct phoning *phoning = &simulation->phoning;
    struct err err = {0};
    struct team_row team = {.name = BYTES_LIT("外包"), .kind = BYTES_LIT("contractor")};
    begin(phoning);
    DO(team_store(phoning->store, &team, &err));
    DO(team_get(phoning->store, team.name, &team, &err));
    simulation->team_id = team.id;
    for (int i = 0; i < CALLERS; i++) {
        struct caller *caller = &simulation->desks[i].caller;
        struct account_row row = {.name = bytes_from_z(names[i]),
                                  .display_name = bytes_from_z(names[i]),
                                  .role = BYTES_LIT("caller"),
                                  .password = BYTES_LIT("x"),
                                  .created_by = BYTES_LIT("office")};
        DO(account_put_new(phoning->store, &row, &err));
        *caller = (struct caller){.account_id = row.id,
                                  .team_id = i < OWN_CALLERS ? 0 : simulation->team_id,
                                  .name = bytes_from_z(names[i]),
                                  .languages = zhuang,
                                  .language_count = i < ZHUANG_CALLERS ? 1 : 0};
    }
    (void)end(phoning, OK);
}

static void give_to_contractor(struct simulation *simulation)
{
    struct phoning *phoning = &simulation->phoning;
    const struct actor actor = supervisor(phoning);
    struct err err = {0};
    int64_t cases = 0;
    begin(phoning);
    DO(casework_assign(phoning->work, phoning->store, phoning->campaign_id, simulation->team_id,
                       simulation->scale->to_contractor, &actor, &cases, &err));
    (void)end(phoning, OK);
    assert_int_equal(cases, simulation->scale->to_contractor);
}

static void *room_for(size_t count, size_t size)
{
    void *room = mem_calloc(count, size);
    assert_non_null(room);
    return room;
}

void simulation_init(struct simulation *simulation, const struct scale *scale)
{
    struct phoning *phoning = &simulation->phoning;
    struct buf text;
    memset(simulation, 0, sizeof *simulation);
    simulation->scale = scale;
    simulation->findings = room_for(1, sizeof *simulation->findings);
    simulation->grants = room_for(GRANTS_MAX, sizeof *simulation->grants);
    simulation->dials = room_for(DIALS_MAX, sizeof *simulation->dials);
    simulation->answers = room_for(ANSWERS_MAX, sizeof *simulation->answers);
    simulation->agreements = room_for(AGREEMENTS_MAX, sizeof *simulation->agreements);
    buf_init(&text, (size_t)4 * 1024 * 1024);
    write_orders(scale, &text);
    phoning_init(phoning, text.ptr, scale->sample, PHONING_RULES);
    buf_deinit(&text);
    phoning->seed = scale->seed;
    phoning->now_utc = at("2024-09-05T17:00:00+08:00");
    simulation->begun_utc = at("2024-09-06T08:50:00+08:00");
    assert_int_equal(try_open(phoning), OK);
    add_desks(simulation);
    give_to_contractor(simulation);
}

void simulation_deinit(struct simulation *simulation)
{
    phoning_deinit(&simulation->phoning);
    mem_free(simulation->grants);
    mem_free(simulation->dials);
    mem_free(simulation->answers);
    mem_free(simulation->agreements);
    mem_free(simulation->findings);
}
