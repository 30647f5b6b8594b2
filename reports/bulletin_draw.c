#include "reports/bulletin_draw.h"

#include "reports/bulletin_page.h"
#include "reports/words.h"

#include <inttypes.h>

static void put_left_out(struct page *page, xmlNode *parent, const struct bulletin_draw *draw)
{
    static const char *const headings[] = {"未列入样本框的原因", "#件数"};
    xmlNode *body = NULL;
    for (int r = FRAME_IN + 1; r < FRAME_REASONS; r++) {
        if (draw->left_out[r] == 0)
            continue;
        if (body == NULL)
            body = bulletin_table(page, parent, headings, sizeof headings / sizeof *headings);
        xmlNode *tr = page_element(page, body, "tr", NULL);
        (void)page_put(page, tr, "td", NULL, bytes_from_z(frame_reason_name((enum frame_reason)r)));
        bulletin_count(page, tr, draw->left_out[r]);
    }
}

static void put_hash(struct page *page, xmlNode *body, struct bytes name, struct bytes value)
{
    if (value.len == 0)
        return;
    xmlNode *tr = page_element(page, body, "tr", NULL);
    (void)page_put(page, tr, "td", NULL, name);
    (void)page_put(page, tr, "td", "hash", value);
}

static void put_hashes(struct page *page, xmlNode *parent, const struct bulletin_draw *draw)
{
    static const char *const headings[] = {"凭证", "值"};
    xmlNode *body = bulletin_table(page, parent, headings, sizeof headings / sizeof *headings);
    put_hash(page, body, BYTES_LIT("样本框清单的SHA-256"), draw->frame_sha256);
    put_hash(page, body, BYTES_LIT("种子保密部分的承诺（SHA-256）"), draw->secret_sha256);
    if (!draw->is_drawn)
        return;
    put_hash(page, body, BYTES_LIT("种子公开部分"), draw->public_half);
    put_hash(page, body, BYTES_LIT("公开文件（SHA256SUMS）的SHA-256"), draw->public_sha256);
}

void bulletin_draw(struct page *page, xmlNode *parent, const struct bulletin_draw *draw)
{
    xmlNode *p = page_element(page, parent, "p", NULL);
    page_text(page, p, BYTES_LIT("样本框于"));
    page_text(page, p, draw->frozen_at);
    page_printf(page, p, "冻结，共%" PRId64 "件，此后不再变动。", draw->frame);
    if (draw->is_drawn) {
        page_printf(page, p, "第%" PRId64 "次抽样（共%" PRId64 "次）于", draw->no, draw->of);
        page_text(page, p, draw->drawn_at);
        page_text(page, p, BYTES_LIT("进行，方式为"));
        page_text(page, p, draw_kind_name(draw->kind));
        page_printf(page, p,
                    "，抽取样本%" PRId64 "件、备用样本%" PRId64 "件，实际发放%" PRId64 "件。",
                    draw->sample, draw->reserve, draw->released);
        if (draw->of > 1)
            page_text(page, p, BYTES_LIT("其余各次抽样已作废，编号和凭证保留备查。"));
    }
    put_left_out(page, parent, draw);
    put_hashes(page, parent, draw);
    if (draw->is_drawn && draw->public_sha256.len > 0)
        (void)page_put(
            page, parent, "p", NULL,
            BYTES_LIT("核对方法：取得公开的抽样文件，运行 sha256sum SHA256SUMS，结果应与上"
                      "表一致；再运行 sha256sum -c SHA256SUMS，各文件应为 OK。"));
    if (draw->is_drawn && bytes_equal(draw->kind, BYTES_LIT("seed")))
        (void)page_put(
            page, parent, "p", NULL,
            BYTES_LIT("种子由冻结时生成的保密部分和见证下产生的公开部分组成。保密部分只向审"
                      "计和见证复核开示，开示后其SHA-256应与承诺一致。"));
}

void bulletin_parts(struct page *page, xmlNode *parent, const struct bulletin *bulletin)
{
    static const char *const headings[] = {"评价期", "名称", "状态", "抽样"};
    if (bulletin->part_count == 0)
        return;
    (void)page_put(
        page, parent, "p", NULL,
        BYTES_LIT("本期为累计评价期，由下列评价期合成：工单件数相加；有抽样的评价期，回答"
                  "按各期各单位的样本框加权合并，没有抽样的只计入按时办结率。"));
    xmlNode *body = bulletin_table(page, parent, headings, sizeof headings / sizeof *headings);
    for (size_t i = 0; i < bulletin->part_count; i++) {
        const struct bulletin_part *part = &bulletin->parts[i];
        xmlNode *tr = page_element(page, body, "tr", NULL);
        (void)page_put(page, tr, "td", "band", part->id);
        (void)page_put(page, tr, "td", NULL, part->title);
        (void)page_put(page, tr, "td", NULL,
                       part->is_closed ? BYTES_LIT("已关闭") : BYTES_LIT("未关闭，仍可能变动"));
        (void)page_put(page, tr, "td", NULL, part->has_draw ? BYTES_LIT("有") : BYTES_LIT("无"));
    }
}

void bulletin_requests(struct page *page, xmlNode *parent, const struct bulletin *bulletin)
{
    static const char *const headings[] = {"申请剔除的理由", "#批准", "#不批准", "#待批"};
    if (bulletin->request_count == 0)
        return;
    xmlNode *body = bulletin_table(page, parent, headings, sizeof headings / sizeof *headings);
    for (size_t i = 0; i < bulletin->request_count; i++) {
        const struct bulletin_request *request = &bulletin->requests[i];
        xmlNode *tr = page_element(page, body, "tr", NULL);
        (void)page_put(page, tr, "td", NULL, request_reason_name(request->reason));
        bulletin_count(page, tr, request->approved);
        bulletin_count(page, tr, request->refused);
        bulletin_count(page, tr, request->waiting);
    }
}
