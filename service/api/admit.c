#include "service/api/routes.h"

#include "service/api/call.h"
#include "service/auth/secret.h"

#include <string.h>
#include <strings.h>

/* Who asks, and may they? In this order: is the request from our own pages (where a browser tells); does the route ask
 * at all; token or cookie; role, scope and team against the route; the session's stage; the CSRF token. */

#define COOKIE_NAME "__Host-pingyi"

static bool changes_something(enum http_method method)
{
    return method != METHOD_GET && method != METHOD_HEAD;
}

static bool refuse(struct call *call, int status, const char *code, const char *detail_zh)
{
    struct http_problem problem = {
        .status = status,
        .code = code,
        .detail = bytes_from_z(detail_zh),
    };
    call_answer_problem(call, &problem);
    return false;
}

/* Of somebody we know: for the audit log too. */
static bool refuse_access(struct call *call, const char *code, const char *detail_zh)
{
    struct http_problem problem = {
        .status = 403,
        .code = code,
        .detail = bytes_from_z(detail_zh),
    };
    call_refuse_access(call, &problem);
    return false;
}

/* ---- where the request was made ---- */

static bool equal_without_case(struct bytes a, struct bytes b)
{
    return a.len == b.len && (a.len == 0 || strncasecmp(a.ptr, b.ptr, a.len) == 0);
}

/* Host without port: what stands before the last ':' behind a ']' or anywhere. */
static struct bytes without_port(struct bytes host)
{
    for (size_t i = host.len; i > 0 && host.ptr[i - 1] != ']'; i--) {
        if (host.ptr[i - 1] == ':')
            return (struct bytes){host.ptr, i - 1};
    }
    return host;
}

/* Browsers say where a request comes from; other programs say nothing, and hold no cookie by accident. */
static bool comes_from_elsewhere(const struct http_exchange *exchange)
{
    struct bytes site = exchange_header(exchange, "Sec-Fetch-Site");
    struct bytes origin = exchange_header(exchange, "Origin");
    if (site.ptr != NULL && !bytes_equal(site, BYTES_LIT("same-origin")) &&
        !bytes_equal(site, BYTES_LIT("none")))
        return true;
    if (origin.ptr == NULL)
        return false;
    size_t scheme = bytes_find(origin, BYTES_LIT("://"));
    if (scheme == origin.len)
        return true;
    struct bytes host = {origin.ptr + scheme + 3, origin.len - scheme - 3};
    return !equal_without_case(without_port(host), without_port(exchange_header(exchange, "Host")));
}

/* ---- who asks ---- */

static bool copy_text(struct arena *arena, struct bytes *text)
{
    *text = arena_copy(arena, *text);
    return text->ptr != NULL;
}

/* The book may be replaced while the call is under way. */
static bool keep_identity(struct call *call, const struct identity *found)
{
    struct arena *arena = exchange_arena(call->exchange);
    struct identity *who = &call->who;
    *who = *found;
    if (!copy_text(arena, &who->name) || !copy_text(arena, &who->display_name) ||
        !copy_text(arena, &who->unit_code) || !copy_text(arena, &who->csrf))
        return false;
    call->actor.who = who->name;
    call->actor.role = BYTES_LIT("token");
    if (who->token_id == 0) {
        call->actor.role = bytes_from_z(role_word(who->role));
        exchange_set_account(call->exchange, who->account_id);
        return true;
    }
    static const struct bytes prefix = {"token:", 6};
    char *name = arena_alloc(arena, prefix.len + who->name.len + 1);
    if (name == NULL)
        return false;
    memcpy(name, prefix.ptr, prefix.len);
    memcpy(name + prefix.len, who->name.ptr, who->name.len);
    call->actor.who = (struct bytes){name, prefix.len + who->name.len};
    return true;
}

/* The secret of "Bearer …"; ptr NULL for another scheme. */
static struct bytes bearer_of(struct bytes authorization)
{
    static const struct bytes scheme = {"Bearer ", 7};
    if (authorization.len <= scheme.len ||
        strncasecmp(authorization.ptr, scheme.ptr, scheme.len) != 0)
        return BYTES_NONE;
    return bytes_trim(
        (struct bytes){authorization.ptr + scheme.len, authorization.len - scheme.len});
}

/* Whether a person may be behind it, rather than a page that asks by itself. */
static bool is_attended(struct call *call)
{
    return (exchange_route(call->exchange)->access & ACCESS_UNATTENDED) == 0 &&
           exchange_header(call->exchange, "X-Unattended").ptr == NULL;
}

static enum session_state find_visitor(struct call *call, struct identity *out)
{
    struct session_book *book = call->service->book;
    struct bytes authorization = exchange_header(call->exchange, "Authorization");
    if (authorization.ptr != NULL) {
        struct bytes secret = bearer_of(authorization);
        return secret.ptr != NULL ? session_book_find_token(book, secret, call->now_utc, out)
                                  : SESSION_NONE;
    }
    struct bytes secret = exchange_cookie(call->exchange, COOKIE_NAME);
    if (secret.ptr == NULL)
        return SESSION_NONE;
    return session_book_find(book, secret, is_attended(call), call->now_utc, out);
}

static bool refuse_visitor(struct call *call, enum session_state state)
{
    exchange_add_header(call->exchange, "WWW-Authenticate", BYTES_LIT("Bearer"));
    if (state == SESSION_IDLE)
        return refuse(call, 401, "session_idle", "长时间未操作，已自动退出，请重新登录。");
    if (state == SESSION_ENDED)
        return refuse(call, 401, "session_ended", "本次登录已到时限，请重新登录。");
    return refuse(call, 401, "sign_in", "请先登录。");
}

/* ---- may they ---- */

static bool check_right(struct call *call, uint32_t access)
{
    const struct identity *who = &call->who;
    if ((who->access & access) == 0)
        return refuse_access(call, "forbidden", "您的角色无权办理此事项。");
    if ((access & ACCESS_OWN_PEOPLE) != 0 && who->is_contractor)
        return refuse_access(call, "forbidden", "受托方人员不能查看各单位的结果。");
    if ((access & ACCESS_ALL_UNITS) != 0 && who->unit_code.len > 0)
        return refuse_access(call, "own_units_only",
                             "此事项涉及全部单位；本账号只能查看本单位及其下级的结果。");
    if (who->is_partial && (access & ACCESS_PARTIAL) == 0) {
        if (strcmp(who->stage, "must_enrol") == 0)
            return refuse(call, 403, "must_enrol", "请先绑定动态口令。");
        return refuse(call, 403, "must_change", "请先修改初始密码。");
    }
    return true;
}

static bool check_csrf(struct call *call)
{
    if (call->who.session_id == 0 || !changes_something(exchange_method(call->exchange)))
        return true;
    struct bytes given = exchange_header(call->exchange, "X-CSRF-Token");
    if (given.len == 0 || !secret_equal(given, call->who.csrf))
        return refuse_access(call, "csrf", "页面已失效，请刷新页面后重试。");
    return true;
}

static bool identify(struct call *call, uint32_t access)
{
    struct identity found = {0};
    enum session_state state = find_visitor(call, &found);
    if (state != SESSION_VALID) {
        if ((access & ACCESS_LOOPBACK) != 0 && exchange_is_loopback(call->exchange))
            return true;
        return refuse_visitor(call, state);
    }
    if (!keep_identity(call, &found)) {
        call_release(call);
        exchange_refuse(call->exchange, 503);
        return false;
    }
    return check_right(call, access) && check_csrf(call);
}

bool api_admit(struct http_exchange *exchange)
{
    struct call *call = arena_alloc(exchange_arena(exchange), sizeof *call);
    if (call == NULL) {
        exchange_refuse(exchange, 503);
        return false;
    }
    call->exchange = exchange;
    call->service = exchange_application(exchange);
    call->now_utc = service_now_utc(call->service);
    call->status = 200;
    call->actor = (struct audit_actor){
        .who = BYTES_LIT("-"),
        .role = BYTES_LIT("-"),
        .address = bytes_from_z(exchange_address(exchange)),
        .at_ms = call->now_utc * 1000,
    };
    exchange_set_state(exchange, call);
    if (changes_something(exchange_method(exchange)) && comes_from_elsewhere(exchange))
        return refuse(call, 403, "origin", "请求不是从本系统的页面发出的，已拒绝。");
    uint32_t access = exchange_route(exchange)->access;
    return (access & ACCESS_PUBLIC) != 0 || identify(call, access);
}
