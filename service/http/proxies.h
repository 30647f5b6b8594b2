#ifndef PINGYI_SERVICE_HTTP_PROXIES_H
#define PINGYI_SERVICE_HTTP_PROXIES_H

#include "base/arena.h"
#include "service/http/head.h"

#include <sys/socket.h>

/* Who asks. Addresses are numeric texts as inet_ntop writes them; IPv4 within IPv6 is written as IPv4. Thread: any. */

enum { ADDRESS_TEXT_BYTES = 46 };

void address_of_peer(const struct sockaddr_storage *peer, char out[ADDRESS_TEXT_BYTES]);

/* Write `text` as inet_ntop would; false when it is no address. */
bool address_normalise(struct bytes text, char out[ADDRESS_TEXT_BYTES]);

bool address_is_loopback(const char *address);

/* Whether `list`, ended by NULL, has it however written. NULL: an empty list. */
bool address_is_listed(const char *address, const char *const *list);

/* What a named proxy says of who asks: the last entry of X-Forwarded-For that is not one of `proxies`, for whatever
 * stands before it anybody may have written. NULL: it says nothing that is an address. In `arena`. */
const char *address_forwarded(struct arena *arena, const struct http_head *head,
                              const char *const *proxies);

#endif
