#include "base/alloc.h"

#include "reports/bulletin_html.h"
#include "reports/charts.h"
#include "reports/score_json.h"

#include "service/api/call.h"
#include "service/api/figures.h"
#include "service/api/handlers.h"
#include "service/api/round_json.h"
#include "service/api/subtree.h"
#include "service/auth/digest.h"

#include <stdio.h>

/* Rounds and their results: always of one snapshot, whether counted now or kept (figures.h). */

/* What is asked of a round. */
struct round_ask {
    struct bytes round;
    struct bytes chart;
    char style_sha256[SHA256_BASE64_BYTES]; /* of the bulletin's own style sheet */
};

static struct round_ask *ask_of(struct call *call)
{
    struct round_ask *ask = call_alloc(call, sizeof *ask);
    if (ask == NULL)
        return NULL;
    *ask = (struct round_ask){.round = exchange_param(call->exchange, "id")};
    call->input = ask;
    return ask;
}

/* ---- list and show ---- */

static int on_round(void *context, const struct round_row *row, struct err *err)
{
    if (json_array_append_new(context, round_row_to_json(row)) != 0)
        return err_set(err, ERR_NOMEM, "could not list rounds");
    return OK;
}

static int list(struct call *call, struct store *store, struct err *err)
{
    json_t *rounds = json_array();
    int rc = rounds_each(store, on_round, rounds, err);
    if (rc == OK)
        return call_put_json(call, json_pack("{s:o, s:n}", "items", rounds, "after"), err);
    json_decref(rounds);
    return rc;
}

void rounds_list(struct http_exchange *exchange)
{
    call_read(call_of(exchange), list, NULL);
}

static int show(struct call *call, struct store *store, struct err *err)
{
    const struct round_ask *ask = call->input;
    struct round_shown shown;
    int rc = round_shown_load(store, ask->round, call->now_utc, &shown, err);
    if (rc == OK)
        rc = call_put_json(call, round_shown_to_json(&shown), err);
    round_shown_deinit(&shown);
    return rc;
}

void rounds_show(struct http_exchange *exchange)
{
    struct call *call = call_of(exchange);
    if (ask_of(call) != NULL)
        call_read(call, show, NULL);
}

/* ---- counting ---- */

/* A round's bulletin as it is printed now. Valid until the call has run. */
struct printing {
    struct composition_moment moment;
    struct bulletin bulletin;
    bool follows_clock;
};

static int print(struct call *call, struct store *store, struct printing *out, struct err *err)
{
    const struct round_ask *ask = call->input;
    const struct composition *round = NULL;
    struct datadir datadir = call->service->datadir;
    datadir.store = store;
    const struct composition_options options = {
        .round_name = ask->round,
        .rules_text = BYTES_NONE,
        .now_utc = call->now_utc,
        .program_version = bytes_from_z(call->service->options->program_version),
        .threads = 1,
    };
    int rc = figures_round(call->service->figures, &datadir, &options, &round, err);
    if (rc == OK)
        rc = composition_reprint(round, store, call->now_utc, &out->moment, &out->bulletin, err);
    if (rc == OK)
        out->follows_clock = composition_follows_clock(round);
    return rc;
}

/* Answer with the text under `key`, or with what `render` makes of the bulletin. */
static int show_text(struct call *call, struct store *store, const struct text_key *key,
                     int (*render)(struct call *, const struct bulletin *, struct err *),
                     struct err *err)
{
    struct printing printing;
    struct figures *figures = call->service->figures;
    bool is_found = false;
    int rc = figures_find_text(figures, store, key, &is_found, &call->answer, err);
    if (rc == OK && !is_found) {
        rc = print(call, store, &printing, err);
        if (rc == OK)
            rc = render(call, &printing.bulletin, err);
        if (rc == OK && !printing.follows_clock)
            figures_keep_text(figures, key, buf_bytes(&call->answer));
    }
    return rc;
}

/* A county's office sees the rows of its own units; the sums tell of others. `rows` has room for all. */
static int take_own_rows(const struct call *call, struct store *store, const struct ranking *all,
                         struct ranking_row *rows, struct ranking *out, struct err *err)
{
    size_t own = 0;
    for (size_t i = 0; i < all->unit_count; i++) {
        bool is_own = false;
        int rc = subtree_has(store, &call->who, all->rows[i].unit_code, &is_own, err);
        if (rc != OK)
            return rc;
        if (is_own)
            rows[own++] = all->rows[i];
    }
    *out = (struct ranking){.rows = rows, .row_count = own, .unit_count = own};
    return OK;
}

static int score_of_county(struct call *call, struct store *store, struct err *err)
{
    struct printing printing;
    struct ranking own = {0};
    int rc = print(call, store, &printing, err);
    if (rc != OK)
        return rc;
    const struct ranking *all = printing.bulletin.ranking;
    struct ranking_row *rows = mem_alloc(size_multiply(all->unit_count + 1, sizeof *rows));
    if (rows == NULL)
        return err_set(err, ERR_NOMEM, "no memory for %zu rows", all->unit_count);
    rc = take_own_rows(call, store, all, rows, &own, err);
    printing.bulletin.ranking = &own;
    if (rc == OK)
        rc = score_json_render(&printing.bulletin, &call->answer, err);
    mem_free(rows);
    return rc;
}

static int render_score(struct call *call, const struct bulletin *bulletin, struct err *err)
{
    return score_json_render(bulletin, &call->answer, err);
}

static int score(struct call *call, struct store *store, struct err *err)
{
    const struct round_ask *ask = call->input;
    const struct text_key key = {.what = "score", .round = ask->round};
    return call->who.unit_code.len > 0 ? score_of_county(call, store, err)
                                       : show_text(call, store, &key, render_score, err);
}

void rounds_score(struct http_exchange *exchange)
{
    struct call *call = call_of(exchange);
    if (ask_of(call) != NULL)
        call_count(call, score, NULL);
}

/* ---- bulletin and charts: of all units ---- */

/* The one style sheet of the page, as it stands between its tags: what a Content-Security-Policy takes the hash of. */
static int hash_style(struct bytes html, char out[SHA256_BASE64_BYTES], struct err *err)
{
    unsigned char sha256[SHA256_BYTES];
    size_t begin = bytes_find(html, BYTES_LIT("<style>"));
    size_t end = bytes_find(html, BYTES_LIT("</style>"));
    if (end == html.len)
        return err_set(err, ERR_CORRUPT, "a bulletin has no style sheet");
    begin += sizeof "<style>" - 1;
    int rc = sha256_of((struct bytes){html.ptr + begin, end - begin}, sha256, err);
    if (rc == OK)
        sha256_base64(sha256, out);
    return rc;
}

static int render_bulletin(struct call *call, const struct bulletin *bulletin, struct err *err)
{
    return bulletin_html_render(bulletin, &call->answer, err);
}

/* It prints the minute, and the audit log's last entry by then. */
static int bulletin(struct call *call, struct store *store, struct err *err)
{
    struct round_ask *ask = call->input;
    const struct text_key key = {
        .what = "bulletin", .round = ask->round, .minute = call->now_utc / 60};
    int rc = show_text(call, store, &key, render_bulletin, err);
    return rc == OK ? hash_style(buf_bytes(&call->answer), ask->style_sha256, err) : rc;
}

/* What is not JSON is handed on before the call gives back what it holds. */
static void answer_document(struct call *call, const char *type)
{
    struct buf document = call->answer;
    call->answer = (struct buf){0};
    call_release(call);
    exchange_answer(call->exchange, 200, type, buf_bytes(&document));
    buf_deinit(&document);
}

static void answer_bulletin(struct call *call)
{
    const struct round_ask *ask = call->input;
    char policy[192];
    (void)snprintf(policy, sizeof policy,
                   "default-src 'none'; style-src 'sha256-%s'; base-uri 'none'; "
                   "form-action 'none'; frame-ancestors 'self'",
                   ask->style_sha256);
    exchange_add_header(call->exchange, "Content-Security-Policy", bytes_from_z(policy));
    answer_document(call, "text/html; charset=utf-8");
}

void rounds_bulletin(struct http_exchange *exchange)
{
    struct call *call = call_of(exchange);
    if (ask_of(call) != NULL)
        call_count(call, bulletin, answer_bulletin);
}

static int on_chart(void *context, const struct chart *chart, struct err *err)
{
    char name[64];
    char title[256];
    (void)snprintf(name, sizeof name, "%s-%d", chart->draws, chart->class_place);
    (void)snprintf(title, sizeof title, BYTES_FMT "各单位%s", BYTES_ARG(chart->unit_class),
                   chart->title);
    json_t *object =
        json_pack("{s:s, s:s, s:o, s:o}", "name", name, "draws", chart->draws, "unit_class",
                  json_bytes(chart->unit_class), "title", json_bytes(bytes_from_z(title)));
    if (json_array_append_new(context, object) != 0)
        return err_set(err, ERR_NOMEM, "could not list charts");
    return OK;
}

static int render_chart_list(struct call *call, const struct bulletin *bulletin, struct err *err)
{
    json_t *charts = json_array();
    int rc = charts_each(bulletin, on_chart, charts, err);
    if (rc == OK)
        rc = call_put_json(call, json_pack("{s:O, s:n}", "items", charts, "after"), err);
    json_decref(charts);
    return rc;
}

static int list_charts(struct call *call, struct store *store, struct err *err)
{
    const struct round_ask *ask = call->input;
    const struct text_key key = {.what = "charts", .round = ask->round};
    return show_text(call, store, &key, render_chart_list, err);
}

void rounds_list_charts(struct http_exchange *exchange)
{
    struct call *call = call_of(exchange);
    if (ask_of(call) != NULL)
        call_count(call, list_charts, NULL);
}

static int render_chart(struct call *call, const struct bulletin *bulletin, struct err *err)
{
    const struct round_ask *ask = call->input;
    return chart_render(bulletin, ask->chart, &call->answer, err);
}

static int chart(struct call *call, struct store *store, struct err *err)
{
    const struct round_ask *ask = call->input;
    const struct text_key key = {.what = "chart", .round = ask->round, .part = ask->chart};
    return show_text(call, store, &key, render_chart, err);
}

static void answer_chart(struct call *call)
{
    answer_document(call, "image/svg+xml");
}

void rounds_chart(struct http_exchange *exchange)
{
    struct call *call = call_of(exchange);
    struct round_ask *ask = ask_of(call);
    if (ask == NULL)
        return;
    ask->chart = exchange_param(exchange, "chart");
    call_count(call, chart, answer_chart);
}
