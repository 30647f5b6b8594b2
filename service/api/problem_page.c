#include "service/api/problem_page.h"

#include "reports/page.h"

struct page_words {
    int status;
    const char *title;
    const char *advice; /* where the problem has no detail of its own */
};

static const struct page_words words[] = {
    {400, "请求有误", "请返回上一页检查所填内容。"},
    {401, "请先登录", "登录后才能继续。"},
    {403, "无权访问", "您的角色无权查看此页；确需查看的，请联系系统管理员。"},
    {404, "没有这个页面", "请检查地址是否正确，或从首页进入。"},
    {405, "请求方式有误", "请从首页进入。"},
    {408, "请求超时", "请检查网络后重试。"},
    {409, "当前不能办理", "请刷新页面，查看最新情况后再办理。"},
    {413, "内容太大", "请减小文件或文字后重试。"},
    {414, "地址太长", "请从首页进入。"},
    {415, "内容格式不受支持", "请从系统的页面提交。"},
    {421, "地址有误", "请使用管理员公布的地址访问。"},
    {429, "操作过于频繁", "请稍候片刻再试。"},
    {431, "请求头太大", "请清除浏览器中本站的数据后重试。"},
    {500, "系统出现故障", "请稍后重试；仍然出现的，请联系系统管理员。"},
    {503, "系统繁忙", "所提交的内容未保存，请稍候片刻再试。"},
};

static const struct page_words *words_of(int status)
{
    static const struct page_words other = {0, "无法办理", "请从首页重新进入。"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (words[i].status == status)
            return &words[i];
    }
    return &other;
}

static void put_head(struct page *page, xmlNode *root, const char *title)
{
    xmlNode *head = page_element(page, root, "head", NULL);
    xmlNode *charset = page_element(page, head, "meta", NULL);
    page_attribute(page, charset, "charset", "utf-8");
    xmlNode *viewport = page_element(page, head, "meta", NULL);
    page_attribute(page, viewport, "name", "viewport");
    page_attribute(page, viewport, "content", "width=device-width, initial-scale=1");
    xmlNode *name = page_element(page, head, "title", NULL);
    page_printf(page, name, "%s - 评议", title);
    xmlNode *style = page_element(page, head, "link", NULL);
    page_attribute(page, style, "rel", "stylesheet");
    page_attribute(page, style, "href", "/pico.min.css");
}

static void put_body(struct page *page, xmlNode *root, const struct http_problem *problem,
                     const struct page_words *said)
{
    xmlNode *body = page_element(page, root, "body", NULL);
    xmlNode *main = page_element(page, body, "main", "container");
    (void)page_put(page, main, "h1", NULL, bytes_from_z(said->title));
    struct bytes advice = problem->detail.len > 0 ? problem->detail : bytes_from_z(said->advice);
    (void)page_put(page, main, "p", NULL, advice);
    if (problem->retry_after_s > 0) {
        xmlNode *retry = page_element(page, main, "p", NULL);
        page_printf(page, retry, "请在 %d 秒后重试。", problem->retry_after_s);
    }
    xmlNode *way = page_element(page, main, "p", NULL);
    xmlNode *link = page_element(page, way, "a", NULL);
    page_attribute(page, link, "href", "/");
    page_text(page, link, problem->status == 401 ? BYTES_LIT("前往登录") : BYTES_LIT("返回首页"));
    xmlNode *code = page_element(page, main, "p", NULL);
    xmlNode *small = page_element(page, code, "small", NULL);
    page_printf(page, small, "%d%s%s", problem->status, problem->code != NULL ? " " : "",
                problem->code != NULL ? problem->code : "");
}

void problem_page_render(const struct http_problem *problem, struct buf *out)
{
    struct err err;
    struct page page;
    const struct page_words *said = words_of(problem->status);
    page_init(&page);
    xmlNode *root = page_element(&page, NULL, "html", NULL);
    page_attribute(&page, root, "lang", "zh-CN");
    put_head(&page, root, said->title);
    put_body(&page, root, problem, said);
    if (page_write(&page, out, &err) != OK)
        buf_clear(out);
    page_deinit(&page);
}
