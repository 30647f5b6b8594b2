#include "service/api/figures.h"

#include "base/alloc.h"

#include "service/storage/stand.h"

#include <stdatomic.h>
#include <string.h>

struct figures {
    int64_t stand;                                  /* all that is kept is of it */
    struct composition *rounds[FIGURES_ROUNDS_MAX]; /* last used first */
    size_t round_count;
    struct kept_texts texts;
    _Atomic int64_t counted;
};

int figures_new(struct figures **out, struct err *err)
{
    struct figures *figures = mem_calloc(1, sizeof *figures);
    if (figures == NULL)
        return err_set(err, ERR_NOMEM, "no memory for figures");
    *out = figures;
    return OK;
}

static void forget_last(struct figures *figures)
{
    struct composition *last = figures->rounds[--figures->round_count];
    composition_deinit(last);
    mem_free(last);
}

static void forget_all(struct figures *figures)
{
    while (figures->round_count > 0)
        forget_last(figures);
    kept_texts_clear(&figures->texts);
}

void figures_free(struct figures *figures)
{
    if (figures == NULL)
        return;
    forget_all(figures);
    mem_free(figures);
}

int64_t figures_counted(const struct figures *figures)
{
    return atomic_load(&figures->counted);
}

/* After it all that is kept is of the snapshot's stand. */
static int follow(struct figures *figures, struct store *store, struct err *err)
{
    int64_t stand = 0;
    int rc = stand_get(store, &stand, err);
    if (rc != OK || stand == figures->stand)
        return rc;
    forget_all(figures);
    figures->stand = stand;
    return OK;
}

/* ---- rounds ---- */

static size_t bytes_of(const struct composition *round)
{
    return sizeof *round + round->arena.used_bytes + round->evaluation.arena.used_bytes +
           round->previous_evaluation.arena.used_bytes;
}

static size_t bytes_of_all(const struct figures *figures)
{
    size_t bytes = 0;
    for (size_t i = 0; i < figures->round_count; i++)
        bytes += bytes_of(figures->rounds[i]);
    return bytes;
}

/* Put first what stood at `at`; FIGURES_ROUNDS_MAX at most have their place. */
static void put_first(struct figures *figures, struct composition *round, size_t at)
{
    memmove(figures->rounds + 1, figures->rounds, at * sizeof *figures->rounds);
    figures->rounds[0] = round;
}

/* False: it is not kept, or was counted up to another second. */
static bool find(struct figures *figures, const struct composition_options *options)
{
    for (size_t i = 0; i < figures->round_count; i++) {
        struct composition *round = figures->rounds[i];
        if (!bytes_equal(round->round.name, options->round_name))
            continue;
        put_first(figures, round, i);
        return !composition_follows_clock(round) || round->basis.now_utc == options->now_utc;
    }
    return false;
}

/* Instead of what is kept of the same round, which follows the clock and stands first. */
static void keep(struct figures *figures, struct composition *round)
{
    bool replaces =
        figures->round_count > 0 && bytes_equal(figures->rounds[0]->round.name, round->round.name);
    if (replaces) {
        composition_deinit(figures->rounds[0]);
        mem_free(figures->rounds[0]);
        figures->rounds[0] = round;
    } else {
        if (figures->round_count == FIGURES_ROUNDS_MAX)
            forget_last(figures);
        put_first(figures, round, figures->round_count++);
    }
    while (figures->round_count > 1 && bytes_of_all(figures) > FIGURES_MAX_BYTES)
        forget_last(figures);
}

int figures_round(struct figures *figures, const struct datadir *datadir,
                  const struct composition_options *options, const struct composition **out,
                  struct err *err)
{
    int rc = follow(figures, datadir->store, err);
    if (rc != OK)
        return rc;
    if (!find(figures, options)) {
        struct composition *round = mem_alloc(sizeof *round);
        if (round == NULL)
            return err_set(err, ERR_NOMEM, "no memory for a round");
        rc = composition_make(datadir, options, round, err);
        if (rc != OK) {
            mem_free(round);
            return rc;
        }
        atomic_fetch_add(&figures->counted, 1);
        keep(figures, round);
    }
    *out = figures->rounds[0];
    return OK;
}

/* ---- texts ---- */

int figures_find_text(struct figures *figures, struct store *store, const struct text_key *key,
                      bool *out_found, struct buf *out, struct err *err)
{
    int rc = follow(figures, store, err);
    if (rc != OK)
        return rc;
    struct bytes text = kept_texts_find(&figures->texts, key);
    if (text.ptr != NULL) {
        buf_append(out, text);
        rc = buf_status(out, err);
    }
    if (rc == OK)
        *out_found = text.ptr != NULL;
    return rc;
}

void figures_keep_text(struct figures *figures, const struct text_key *key, struct bytes text)
{
    atomic_fetch_add(&figures->counted, 1);
    kept_texts_put(&figures->texts, key, text);
}
