#ifndef PINGYI_SERVICE_API_ROUTES_H
#define PINGYI_SERVICE_API_ROUTES_H

#include "service/http/route.h"

/* The one table of all routes: method, path, role, body, handler. */
extern const struct http_route api_routes[];
extern const size_t api_route_count;

/* http_application.admit: finds out who asks (cookie or bearer token), holds that against the route's access, and for
 * a cookie against the CSRF token on every method that changes something. Makes the call. */
bool api_admit(struct http_exchange *exchange);

#endif
