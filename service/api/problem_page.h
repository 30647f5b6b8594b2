#ifndef PINGYI_SERVICE_API_PROBLEM_PAGE_H
#define PINGYI_SERVICE_API_PROBLEM_PAGE_H

#include "service/http/exchange.h"

/* http_application.render_page: a problem as a Chinese page that says what to do. Without memory nothing is appended.
 * Thread: loop. */
void problem_page_render(const struct http_problem *problem, struct buf *out);

#endif
