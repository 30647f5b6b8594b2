#ifndef PINGYI_TESTS_REPORTS_RENDERING_H
#define PINGYI_TESTS_REPORTS_RENDERING_H

#include "reports/bulletin_html.h"
#include "reports/score_csv.h"
#include "reports/score_json.h"
#include "reports/score_table.h"

#include "tests/support/fault.h"
#include "tests/support/golden.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* A bulletin in every form that it has. */

enum { OUT_MAX_BYTES = 1 << 20 };

typedef int (*renderer)(const struct bulletin *bulletin, struct buf *out, struct err *err);

static inline int render_csv(const struct bulletin *bulletin, struct buf *out, struct err *err)
{
    return score_csv_render(bulletin->ranking, out, err);
}

static inline int render_table(const struct bulletin *bulletin, struct buf *out, struct err *err)
{
    return score_table_render(bulletin->ranking, bulletin->rules, out, err);
}

static const renderer renderers[] = {render_csv, score_json_render, render_table,
                                     bulletin_json_render, bulletin_html_render};
enum { RENDERERS = sizeof renderers / sizeof *renderers };

/* `paths` name the golden file of each renderer. */
static inline void assert_golden(const struct bulletin *bulletin,
                                 const char *const paths[RENDERERS])
{
    for (size_t i = 0; i < RENDERERS; i++) {
        struct buf out;
        struct err err;
        buf_init(&out, OUT_MAX_BYTES);
        assert_int_equal(renderers[i](bulletin, &out, &err), OK);
        golden_check(paths[i], buf_bytes(&out));
        buf_deinit(&out);
    }
}

static inline bool rendered_has(renderer render, const struct bulletin *bulletin, const char *text)
{
    struct buf out;
    struct err err;
    buf_init(&out, OUT_MAX_BYTES);
    assert_int_equal(render(bulletin, &out, &err), OK);
    bool has = bytes_find(buf_bytes(&out), bytes_from_z(text)) < out.len;
    buf_deinit(&out);
    return has;
}

static inline bool page_has(const struct bulletin *bulletin, const char *text)
{
    return rendered_has(bulletin_html_render, bulletin, text);
}

/* Memory that failed once must not leave a text out silently: what succeeds is whole. */
struct whole {
    const struct bulletin *bulletin;
    renderer render;
    size_t len;
};

static inline int render_whole(void *context, struct err *err)
{
    struct whole *whole = context;
    struct buf out;
    buf_init(&out, OUT_MAX_BYTES);
    int rc = whole->render(whole->bulletin, &out, err);
    if (rc == OK)
        assert_int_equal(out.len, whole->len);
    buf_deinit(&out);
    return rc;
}

static inline void assert_survives_failing_memory(const struct bulletin *bulletin)
{
    for (size_t i = 0; i < RENDERERS; i++) {
        struct buf out;
        struct err err;
        buf_init(&out, OUT_MAX_BYTES);
        assert_int_equal(renderers[i](bulletin, &out, &err), OK);
        struct whole whole = {bulletin, renderers[i], out.len};
        buf_deinit(&out);
        fault_loop(render_whole, &whole);
    }
}

#endif
