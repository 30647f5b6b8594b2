#include "service/http/problem.h"

#include "base/json_text.h"
#include "service/http/status.h"

struct http_problem problem_completed(const struct http_problem *problem)
{
    struct http_problem whole = *problem;
    const struct status_words *words = status_words(problem->status);
    if (whole.code == NULL)
        whole.code = words->code;
    if (whole.detail.len == 0)
        whole.detail = bytes_from_z(words->detail);
    bool is_for_later = whole.status == STATUS_TOO_MANY || whole.status == STATUS_UNAVAILABLE;
    if (is_for_later && whole.retry_after_s < 1)
        whole.retry_after_s = 1;
    return whole;
}

void problem_append_json(const struct http_problem *problem, struct buf *out)
{
    buf_append_z(out, "{\"type\":\"about:blank\",\"title\":");
    json_append_text(out, bytes_from_z(status_words(problem->status)->reason));
    buf_printf(out, ",\"status\":%d,\"code\":", problem->status);
    json_append_text(out, bytes_from_z(problem->code));
    buf_append_z(out, ",\"detail\":");
    json_append_text(out, problem->detail);
    if (problem->field.len > 0) {
        buf_append_z(out, ",\"field\":");
        json_append_text(out, problem->field);
    }
    buf_append_z(out, "}\n");
}
