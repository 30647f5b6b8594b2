#include "service/http/status.h"

#include <errno.h>
#include <stddef.h>
#include <uv.h>

static const struct status_words table[] = {
    {200, "OK", "ok", ""},
    {201, "Created", "created", ""},
    {202, "Accepted", "accepted", ""},
    {204, "No Content", "no_content", ""},
    {206, "Partial Content", "partial_content", ""},
    {302, "Found", "found", ""},
    {303, "See Other", "see_other", ""},
    {304, "Not Modified", "not_modified", ""},
    {400, "Bad Request", "bad_request", "请求有误，请返回后重试。"},
    {401, "Unauthorized", "unauthorized", "请先登录。"},
    {403, "Forbidden", "forbidden", "没有权限进行此操作。"},
    {404, "Not Found", "not_found", "没有这个页面或数据，请检查地址。"},
    {405, "Method Not Allowed", "method_not_allowed", "此地址不支持这种操作。"},
    {408, "Request Timeout", "request_timeout", "请求未在规定时间内传完，请重试。"},
    {409, "Conflict", "conflict", "数据已被他人更改，请刷新后重试。"},
    {410, "Gone", "gone", "此内容已不再提供。"},
    {411, "Length Required", "length_required", "请求未说明长度。"},
    {412, "Precondition Failed", "precondition_failed", "数据已被他人更改，请刷新后重试。"},
    {413, "Content Too Large", "content_too_large", "提交的内容过大，请缩减后重试。"},
    {414, "URI Too Long", "uri_too_long", "地址过长。"},
    {415, "Unsupported Media Type", "unsupported_media_type", "不支持这种内容类型。"},
    {417, "Expectation Failed", "expectation_failed", "请求有误。"},
    {421, "Misdirected Request", "misdirected_request", "请使用系统的正式域名访问。"},
    {422, "Unprocessable Content", "unprocessable_content", "填写的内容有误，请更正后重试。"},
    {428, "Precondition Required", "precondition_required", "请求缺少前提条件。"},
    {429, "Too Many Requests", "too_many_requests", "操作过于频繁，请稍后再试。"},
    {431, "Request Header Fields Too Large", "head_too_large",
     "请求头过大，请清除浏览器缓存后重试。"},
    {500, "Internal Server Error", "internal_error",
     "系统内部出错，请稍后重试；仍不行请联系管理员。"},
    {501, "Not Implemented", "not_implemented", "不支持这种请求。"},
    {503, "Service Unavailable", "service_unavailable",
     "系统繁忙，请稍后重试；仍不行请联系管理员。"},
    {505, "HTTP Version Not Supported", "version_not_supported", "不支持这一协议版本。"},
};

const struct status_words *status_words(int status)
{
    const struct status_words *internal = NULL;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        if (table[i].status == status)
            return &table[i];
        if (table[i].status == STATUS_INTERNAL)
            internal = &table[i];
    }
    return internal;
}

int status_of_failure(int failure)
{
    static const int wants[] = {UV_EMFILE, UV_ENFILE, UV_ENOMEM, UV_ENOSPC, -EDQUOT, UV_EFBIG};
    for (size_t i = 0; i < sizeof wants / sizeof *wants; i++)
        if (failure == wants[i])
            return STATUS_UNAVAILABLE;
    return STATUS_INTERNAL;
}
