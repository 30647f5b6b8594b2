#include "service/commands/verify.h"

#include "reports/score_csv.h"

#include "service/followup/draw.h"
#include "service/host/files.h"
#include "service/rounds/evidence.h"

#include <string.h>

enum { EVIDENCE_PATH_BYTES = 4096, SCORE_MAX_BYTES = 64 * 1024 * 1024, DRAWS_MAX = 1024 };

/* ---- evidence that lies in files ---- */

static int evidence_path(const struct datadir *datadir, const struct round_row *round,
                         const char *what, int64_t no, const char *name, struct buf *out,
                         struct err *err)
{
    char directory[EVIDENCE_DIRECTORY_BYTES];
    evidence_directory(directory, sizeof directory, round->name, what, no);
    buf_init(out, EVIDENCE_PATH_BYTES);
    buf_printf(out, "%s/evidence/%s/%s", datadir->path, directory, name);
    buf_append_byte(out, '\0');
    return buf_status(out, err);
}

/* A file that is gone or cannot be read does not hold either. */
static int take_unreadable(struct verify *verify, int rc, const struct err *reason, struct err *err)
{
    if (rc == OK)
        return OK;
    if (rc == ERR_NOMEM) {
        *err = *reason;
        return rc;
    }
    verify_found(verify, false, "%s", reason->message);
    return OK;
}

/* Every freezing, those that were taken back too: the listing that lies there is the one whose hash was published. */
static int check_listings(struct verify *verify, const struct datadir *datadir,
                          const struct round_row *round, struct err *err)
{
    struct frame_row frame;
    int64_t last = 0;
    int rc = frame_get_last(datadir->store, round->id, &frame, err);
    if (rc == ERR_NOT_FOUND)
        return OK;
    last = rc == OK ? frame.no : 0;
    for (int64_t no = 1; no <= last && rc == OK; no++) {
        unsigned char found[SHA256_BYTES];
        struct buf path;
        struct err reason = {0};
        rc = evidence_path(datadir, round, "frame", no, "frame.txt", &path, err);
        int read = rc == OK ? files_sha256(path.ptr, found, &reason) : OK;
        if (rc == OK)
            rc = frame_get(datadir->store, round->id, no, &frame, err);
        if (rc == OK && read != OK)
            rc = take_unreadable(verify, read, &reason, err);
        else if (rc == OK)
            verify_found(verify, memcmp(found, frame.listing_sha256.ptr, sizeof found) == 0,
                         "第 %lld 次冻结的样本框清单 %s", (long long)no, path.ptr);
        buf_deinit(&path);
    }
    return rc;
}

struct draws {
    int64_t nos[DRAWS_MAX];
    unsigned char public_sha256[DRAWS_MAX][SHA256_BYTES];
    size_t count;
};

static int on_draw(void *context, const struct draw_row *row, struct err *err)
{
    struct draws *draws = context;
    if (draws->count == DRAWS_MAX || row->public_sha256.len != SHA256_BYTES)
        return err_set(err, ERR_CORRUPT, "draw %lld cannot be checked", (long long)row->no);
    draws->nos[draws->count] = row->no;
    memcpy(draws->public_sha256[draws->count++], row->public_sha256.ptr, SHA256_BYTES);
    return OK;
}

/* Every draw, abandoned ones too: what was published lies there unchanged. */
static int check_published(struct verify *verify, const struct datadir *datadir,
                           const struct round_row *round, struct arena *arena, struct err *err)
{
    struct draws *draws = arena_alloc(arena, sizeof *draws);
    if (draws == NULL)
        return err_set(err, ERR_NOMEM, "could not check the evidence");
    int rc = draws_each(datadir->store, round->id, on_draw, draws, err);
    for (size_t i = 0; i < draws->count && rc == OK; i++) {
        struct buf path;
        struct err reason = {0};
        rc = evidence_path(datadir, round, "draw", draws->nos[i], "SHA256SUMS", &path, err);
        if (rc == OK)
            rc = take_unreadable(verify,
                                 verify_sums(verify, path.ptr, draws->public_sha256[i], &reason),
                                 &reason, err);
        buf_deinit(&path);
    }
    return rc;
}

/* ---- frame and draw ---- */

static int check_draw(struct verify *verify, const struct datadir *datadir,
                      const struct round_row *round, struct arena *arena, struct err *err)
{
    struct err reason = {0};
    int rc = draw_verify(datadir, round, &reason);
    if (rc != OK && rc != ERR_CORRUPT) {
        *err = reason;
        return rc;
    }
    bool holds = rc == OK;
    struct draw_row draw;
    rc = draw_get_current(datadir->store, round->id, &draw, err);
    if (rc != OK && rc != ERR_NOT_FOUND)
        return rc;
    verify_found(verify, holds, "评价期 " BYTES_FMT " 的样本框、规则、种子承诺%s%s%s%s",
                 BYTES_ARG(round->name), rc == OK ? "，每件样本的票号和位次" : "",
                 holds ? "" : "（", holds ? "" : reason.message, holds ? "" : "）");
    rc = check_listings(verify, datadir, round, err);
    return rc == OK ? check_published(verify, datadir, round, arena, err) : rc;
}

/* ---- the score ---- */

static int check_kept(struct verify *verify, const struct counting *counting, struct err *err)
{
    const struct composition *composition = &counting->composition;
    const struct round_row *round = &composition->round;
    struct round_score_row last;
    struct buf kept;
    struct buf made;
    int rc = round_score_get_last(counting->datadir.store, round->id, &last, err);
    if (rc == ERR_NOT_FOUND || (rc == OK && !round_is_closed(round))) {
        buf_printf(&verify->lines, "未核  评价期 " BYTES_FMT " 尚无留存的结果\n",
                   BYTES_ARG(round->name));
        return OK;
    }
    buf_init(&kept, SCORE_MAX_BYTES);
    buf_init(&made, SCORE_MAX_BYTES);
    if (rc == OK) {
        buf_append(&kept, last.csv);
        buf_printf(&verify->lines,
                   "核对  评价期 " BYTES_FMT " 第 %lld 次留存的结果（程序版本 " BYTES_FMT "）\n",
                   BYTES_ARG(round->name), (long long)last.issue, BYTES_ARG(last.program_version));
        rc = buf_status(&kept, err);
    }
    if (rc == OK)
        rc = score_csv_render(&composition->evaluation.ranking, &made, err);
    if (rc == OK)
        rc = verify_score(verify, buf_bytes(&kept), buf_bytes(&made), err);
    buf_deinit(&kept);
    buf_deinit(&made);
    return rc;
}

int verify_round(struct verify *verify, const struct counting *counting, struct err *err)
{
    const struct composition *composition = &counting->composition;
    const struct round_row *round = &composition->round;
    struct arena arena;
    bool any_open = false;
    int rc = OK;
    if (!round->is_accumulated && !round_is_frozen(round))
        return err_set(err, ERR_WRONG_STATE,
                       "round \"" BYTES_FMT "\" is draft, nothing of it is frozen yet",
                       BYTES_ARG(round->name));
    arena_init(&arena, SCORE_MAX_BYTES);
    if (!round->is_accumulated)
        rc = check_draw(verify, &counting->datadir, round, &arena, err);
    for (size_t i = 0; i < composition->parts.count && rc == OK; i++) {
        const struct round_row *part = &composition->parts.rows[i];
        any_open |= !round_is_closed(part);
        if (round_is_frozen(part))
            rc = check_draw(verify, &counting->datadir, part, &arena, err);
        else
            buf_printf(&verify->lines, "未核  评价期 " BYTES_FMT " 尚未冻结\n",
                       BYTES_ARG(part->name));
    }
    if (rc == OK && any_open)
        buf_printf(&verify->lines, "未核  评价期 " BYTES_FMT " 有未关闭的组成期，结果待重新计算\n",
                   BYTES_ARG(round->name));
    else if (rc == OK)
        rc = check_kept(verify, counting, err);
    arena_deinit(&arena);
    return rc;
}
