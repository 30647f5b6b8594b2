#include "service/http/proxies.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

static void write_ip4(const void *four_bytes, char out[ADDRESS_TEXT_BYTES])
{
    (void)inet_ntop(AF_INET, four_bytes, out, ADDRESS_TEXT_BYTES);
}

static void write_ip6(const struct in6_addr *address, char out[ADDRESS_TEXT_BYTES])
{
    if (IN6_IS_ADDR_V4MAPPED(address))
        write_ip4(&address->s6_addr[12], out);
    else
        (void)inet_ntop(AF_INET6, address, out, ADDRESS_TEXT_BYTES);
}

void address_of_peer(const struct sockaddr_storage *peer, char out[ADDRESS_TEXT_BYTES])
{
    if (peer->ss_family == AF_INET)
        write_ip4(&((const struct sockaddr_in *)peer)->sin_addr, out);
    else if (peer->ss_family == AF_INET6)
        write_ip6(&((const struct sockaddr_in6 *)peer)->sin6_addr, out);
    else
        (void)snprintf(out, ADDRESS_TEXT_BYTES, "?");
}

bool address_normalise(struct bytes text, char out[ADDRESS_TEXT_BYTES])
{
    char copy[ADDRESS_TEXT_BYTES];
    struct in_addr ip4;
    struct in6_addr ip6;
    if (text.len == 0 || text.len >= sizeof copy || memchr(text.ptr, '\0', text.len) != NULL)
        return false;
    memcpy(copy, text.ptr, text.len);
    copy[text.len] = '\0';
    if (inet_pton(AF_INET, copy, &ip4) == 1)
        write_ip4(&ip4, out);
    else if (inet_pton(AF_INET6, copy, &ip6) == 1)
        write_ip6(&ip6, out);
    else
        return false;
    return true;
}

bool address_is_loopback(const char *address)
{
    return strncmp(address, "127.", 4) == 0 || strcmp(address, "::1") == 0;
}

bool address_is_listed(const char *address, const char *const *list)
{
    char listed[ADDRESS_TEXT_BYTES];
    for (; list != NULL && *list != NULL; list++)
        if (address_normalise(bytes_from_z(*list), listed) && strcmp(address, listed) == 0)
            return true;
    return false;
}

/* Take the last entry of a list; the rest has ptr NULL when it was the only one. */
static struct bytes take_last(struct bytes *rest)
{
    size_t at = rest->len;
    while (at > 0 && rest->ptr[at - 1] != ',')
        at--;
    struct bytes entry = {rest->ptr + at, rest->len - at};
    *rest = at > 0 ? (struct bytes){rest->ptr, at - 1} : BYTES_NONE;
    return bytes_trim(entry);
}

const char *address_forwarded(struct arena *arena, const struct http_head *head,
                              const char *const *proxies)
{
    for (size_t i = head->count; i-- > 0;) {
        if (!bytes_equal_nocase(head->headers[i].name, BYTES_LIT("x-forwarded-for")))
            continue;
        struct bytes rest = head->headers[i].value;
        while (rest.ptr != NULL) {
            char address[ADDRESS_TEXT_BYTES];
            if (!address_normalise(take_last(&rest), address))
                return NULL;
            if (!address_is_listed(address, proxies))
                return arena_copy(arena, bytes_from_z(address)).ptr;
        }
    }
    return NULL;
}
