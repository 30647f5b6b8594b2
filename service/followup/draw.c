#include "service/followup/draw.h"

#include "base/alloc.h"
#include "base/utf8.h"

#include "service/auth/random.h"
#include "service/followup/adopted.h"
#include "service/followup/cases.h"
#include "service/followup/published.h"

#include <string.h>

enum {
    ROUND_MAX_BYTES = 2 * RULES_TEXT_MAX_BYTES,
    PLAN_MAX_BYTES = 256 * 1024 * 1024,
    STEP_MAX_BYTES = 8192,
};

/* ---- before the draw ---- */

static bool is_in_state(const struct round_row *round, const char *state)
{
    return bytes_equal(round->state, bytes_from_z(state));
}

/* The frozen round, in the drawing; a draft is frozen on the way if it may be. */
static int begin(const struct datadir *datadir, const struct round_row *round, bool freezes,
                 const struct actor *actor, struct drawing *out, struct err *err)
{
    struct arena arena;
    struct round_row frozen = *round;
    int rc = OK;
    arena_init(&arena, ROUND_MAX_BYTES);
    if (is_in_state(round, "draft") && freezes && !round->is_accumulated) {
        rc = round_freeze(datadir, round, actor, &arena, NULL, err);
        if (rc == OK)
            rc = round_get_kept(datadir->store, round->name, &arena, &frozen, err);
    }
    if (rc == OK && !is_in_state(&frozen, "frozen"))
        rc = err_set(err, ERR_WRONG_STATE, "round \"" BYTES_FMT "\" is " BYTES_FMT ", not frozen",
                     BYTES_ARG(round->name), BYTES_ARG(round->state));
    if (rc == OK)
        rc = drawing_begin(datadir, &frozen, out, err);
    arena_deinit(&arena);
    return rc;
}

struct earlier {
    int64_t last_no;
    int64_t frame_no;
    bool knows_secret; /* somebody was told the seed of a draw from this frame */
};

static int see_draw(void *context, const struct draw_row *row, struct err *err)
{
    struct earlier *earlier = context;
    (void)err;
    earlier->last_no = row->no;
    earlier->knows_secret |= row->frame_no == earlier->frame_no && row->seed_opened_utc != 0;
    return OK;
}

static int number_draw(struct drawing *drawing, bool needs_secret, const struct actor *actor,
                       struct err *err)
{
    struct earlier earlier = {.frame_no = drawing->frame.no};
    int rc = draws_each(drawing->datadir->store, drawing->round.id, see_draw, &earlier, err);
    if (rc == OK && earlier.knows_secret && needs_secret)
        rc = err_set(err, ERR_REFUSED,
                     "the secret half of the seed was opened; reopen round \"" BYTES_FMT
                     "\" to draft and freeze it anew",
                     BYTES_ARG(drawing->round.name));
    if (rc == OK)
        rc = random_bytes(drawing->salt_key, sizeof drawing->salt_key, err);
    drawing->no = earlier.last_no + 1;
    drawing->drawn_utc = actor->now_utc;
    return rc;
}

/* ---- after it ---- */

static int put_draw(const struct drawing *drawing, const struct actor *actor, struct err *err)
{
    struct store *store = drawing->datadir->store;
    struct buf sealed;
    buf_init(&sealed, DRAW_SEED_MAX_BYTES);
    int rc = drawing_seal_key(drawing, &sealed, err);
    struct draw_row row = {
        .round_id = drawing->round.id,
        .no = drawing->no,
        .frame_no = drawing->frame.no,
        .kind = bytes_from_z(draw_kind_word(drawing->kind)),
        .seed = drawing->seed,
        .sealed_salt_key = buf_bytes(&sealed),
        .wanted = drawing->wanted,
        .public_sha256 = {(const char *)drawing->public_sha256, DIGEST_BYTES},
        .drawn_utc = drawing->drawn_utc,
        .who = actor->who,
    };
    if (rc == OK)
        rc = draw_put_new(store, &row, err);
    for (size_t i = 0; i < drawing->unit_count && rc == OK; i++) {
        const struct drawing_unit *unit = &drawing->units[i];
        struct draw_unit_row unit_row = {(int64_t)i,   unit->code,    unit->frame,
                                         unit->sample, unit->reserve, unit->released};
        rc = draw_unit_put(store, row.round_id, row.no, &unit_row, err);
    }
    buf_deinit(&sealed);
    return rc;
}

static int put_entries(const struct drawing *drawing, struct err *err)
{
    int rc = OK;
    for (size_t i = 0; i < drawing->entry_count && rc == OK; i++) {
        const struct drawn_entry *entry = &drawing->entries[i];
        struct drawn_row row = {
            .unit = entry->unit,
            .position = entry->position,
            .order_no = entry->order_no,
            .handling_id = entry->handling_id,
            .ticket = {(const char *)entry->ticket, DIGEST_BYTES},
            .case_no = entry->case_no,
        };
        if (drawing->kind == DRAW_ADOPTED)
            row.ticket = BYTES_NONE;
        rc = drawn_put_new(drawing->datadir->store, drawing->round.id, drawing->no, &row, err);
    }
    return rc;
}

static void tell(const struct drawing *drawing, int64_t cases, struct drawn *out)
{
    *out = (struct drawn){.no = drawing->no, .cases = cases};
    for (size_t i = 0; i < drawing->unit_count; i++) {
        out->sample += drawing->units[i].sample;
        out->reserve += drawing->units[i].reserve;
    }
    digest_hex(drawing->public_sha256, out->public_sha256);
}

/* What is drawn gets its cases, is published and stored. */
static int complete(struct drawing *drawing, const struct rules *rules, const struct actor *actor,
                    struct drawn *out, struct err *err)
{
    struct store *store = drawing->datadir->store;
    const struct round_row *round = &drawing->round;
    int64_t cases = 0;
    int rc = cases_assign(drawing, rules->frame.one_per_person, err);
    if (rc == OK)
        rc = cases_count_drawn(drawing, false, &cases, err);
    if (rc == OK)
        rc = published_write(drawing, drawing->public_sha256, err);
    if (rc == OK)
        rc = put_draw(drawing, actor, err);
    if (rc == OK)
        rc = put_entries(drawing, err);
    if (rc == OK)
        rc = round_put_state(store, round->id, BYTES_LIT("drawn"), round->as_of_utc, err);
    if (rc == OK)
        rc = round_step_put(store, round->id, BYTES_LIT("draw"), actor->now_utc, actor->who,
                            BYTES_NONE, err);
    if (rc == OK)
        tell(drawing, cases, out);
    return rc;
}

/* ---- by seed ---- */

/* A line of what is published, and a text of the store. */
static int check_seed(struct bytes seed, struct err *err)
{
    bool is_clean = seed.len > 0 && utf8_is_valid(seed);
    for (size_t i = 0; i < seed.len && is_clean; i++)
        is_clean = (unsigned char)seed.ptr[i] >= ' ' && seed.ptr[i] != 0x7F;
    return is_clean ? OK : err_set(err, ERR_FORMAT, "the seed is empty or no plain line of UTF-8");
}

static int apply_plan(struct drawing *drawing, const struct round_basis *basis,
                      const struct draw_wish *wish, struct err *err)
{
    struct arena arena;
    struct draw_plan plan;
    arena_init(&arena, PLAN_MAX_BYTES);
    int rc = draw_plan_make(drawing->datadir, &drawing->round, basis, wish, &arena, &plan, err);
    if (rc == OK && plan.framing.unit_count != drawing->unit_count)
        rc = err_set(err, ERR_CORRUPT, "the frame has %zu units, not %zu", drawing->unit_count,
                     plan.framing.unit_count);
    if (rc == OK)
        drawing->wanted = wish->by == DRAW_SIZE_TOTAL ? wish->total : plan.sample;
    for (size_t i = 0; i < drawing->unit_count && rc == OK; i++) {
        struct drawing_unit *unit = &drawing->units[i];
        unit->sample = plan.units[i].sample;
        unit->reserve = plan.units[i].reserve;
        unit->released = unit->sample;
        drawing->entry_count += (size_t)(unit->sample + unit->reserve);
    }
    arena_deinit(&arena);
    return rc;
}

/* The numbers stay the selection's. */
static int take_selection(struct drawing *drawing, const struct selection *selection,
                          struct err *err)
{
    drawing->entries =
        arena_alloc(&drawing->arena, size_multiply(drawing->entry_count, sizeof *drawing->entries));
    if (drawing->entries == NULL)
        return err_set(err, ERR_NOMEM, "could not keep %zu drawn orders", drawing->entry_count);
    size_t count = 0;
    for (size_t i = 0; i < drawing->unit_count; i++) {
        for (size_t k = 0; k < selection_count(selection, i); k++) {
            struct selected selected = selection_at(selection, i, k);
            struct drawn_entry *entry = &drawing->entries[count++];
            *entry = (struct drawn_entry){.unit = (int64_t)i,
                                          .position = selected.position,
                                          .order_no = selected.order_no,
                                          .handling_id = selected.reference};
            memcpy(entry->ticket, selected.ticket, DIGEST_BYTES);
        }
    }
    return OK;
}

int draw_make(const struct datadir *datadir, const struct round_row *round,
              const struct draw_wish *wish, struct bytes seed, bool is_exact,
              const struct actor *actor, struct drawn *out, struct err *err)
{
    struct drawing drawing = {.datadir = NULL};
    struct round_basis basis = {.zone = NULL};
    struct selection *selection = NULL;
    int rc = check_seed(seed, err);
    if (rc == OK)
        rc = begin(datadir, round, is_exact, actor, &drawing, err);
    if (rc == OK)
        rc = number_draw(&drawing, !is_exact, actor, err);
    drawing.kind = is_exact ? DRAW_BY_EXACT_SEED : DRAW_BY_SEED;
    drawing.seed = seed;
    if (rc == OK)
        rc = round_basis_load(datadir->store, &drawing.round, BYTES_NONE, actor->now_utc, &basis,
                              err);
    if (rc == OK)
        rc = apply_plan(&drawing, &basis, wish, err);
    if (rc == OK)
        rc = drawing_select(&drawing, false, &selection, err);
    if (rc == OK)
        rc = take_selection(&drawing, selection, err);
    if (rc == OK)
        rc = complete(&drawing, &basis.rules, actor, out, err);
    selection_free(selection);
    round_basis_deinit(&basis);
    drawing_deinit(&drawing);
    return rc;
}

/* ---- adopted ---- */

int draw_adopt(const struct datadir *datadir, const struct round_row *round,
               const struct bytes *order_nos, size_t count, const struct actor *actor,
               struct drawn *out, struct err *err)
{
    struct drawing drawing = {.datadir = NULL};
    struct rules rules;
    int rc = rules_parse(round->rules, &rules, err);
    if (rc == OK)
        rc = begin(datadir, round, true, actor, &drawing, err);
    if (rc == OK)
        rc = number_draw(&drawing, false, actor, err);
    drawing.kind = DRAW_ADOPTED;
    drawing.wanted = (int64_t)count;
    if (rc == OK)
        rc = adopted_take(&drawing, order_nos, count, err);
    if (rc == OK)
        rc = complete(&drawing, &rules, actor, out, err);
    drawing_deinit(&drawing);
    return rc;
}

/* ---- topping up ---- */

static const struct drawing_unit *find_unit(const struct drawing *drawing, struct bytes code)
{
    for (size_t i = 0; i < drawing->unit_count; i++) {
        if (bytes_equal(drawing->units[i].code, code))
            return &drawing->units[i];
    }
    return NULL;
}

static int release(const struct drawing *drawing, struct bytes unit_code, int64_t count,
                   struct err *err)
{
    const struct drawing_unit *unit = find_unit(drawing, unit_code);
    if (unit == NULL)
        return err_set(err, ERR_NOT_FOUND, "no unit \"" BYTES_FMT "\" is in the draw",
                       BYTES_ARG(unit_code));
    int64_t left = unit->sample + unit->reserve - unit->released;
    if (count < 1 || count > left)
        return err_set(err, ERR_REFUSED,
                       "unit \"" BYTES_FMT "\" cannot be topped up by %jd: %jd are left in reserve",
                       BYTES_ARG(unit->code), (intmax_t)count, (intmax_t)left);
    return draw_unit_put_released(drawing->datadir->store, drawing->round.id, drawing->no,
                                  unit - drawing->units, unit->released + count, err);
}

int draw_top_up(const struct datadir *datadir, const struct round_row *round,
                struct bytes unit_code, int64_t count, struct bytes why, const struct actor *actor,
                struct err *err)
{
    struct drawing drawing = {.datadir = NULL};
    struct buf step;
    buf_init(&step, STEP_MAX_BYTES);
    buf_printf(&step, BYTES_FMT " %jd: " BYTES_FMT, BYTES_ARG(unit_code), (intmax_t)count,
               BYTES_ARG(why));
    int rc = round_is_closed(round)
                 ? err_set(err, ERR_WRONG_STATE, "round \"" BYTES_FMT "\" is " BYTES_FMT,
                           BYTES_ARG(round->name), BYTES_ARG(round->state))
                 : buf_status(&step, err);
    if (rc == OK)
        rc = drawing_load(datadir, round, &drawing, err);
    if (rc == OK)
        rc = release(&drawing, unit_code, count, err);
    if (rc == OK)
        rc = round_step_put(datadir->store, round->id, BYTES_LIT("top-up"), actor->now_utc,
                            actor->who, buf_bytes(&step), err);
    drawing_deinit(&drawing);
    buf_deinit(&step);
    return rc;
}
