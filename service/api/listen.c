#include "service/api/parts.h"

#include "base/alloc.h"

#include "service/http/head.h"
#include "service/http/proxies.h"

#include <string.h>
#include <unistd.h>

int listen_address_parse(const char *text, struct listen_address *out, struct err *err)
{
    struct listen_address address = {.port = 0};
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
    struct bytes whole = bytes_from_z(text);
    const char *colon = strrchr(text, ':');
    struct bytes host = {text, colon != NULL ? (size_t)(colon - text) : whole.len};
    int64_t port = -1;
    if (host.len > 2 && host.ptr[0] == '[' && host.ptr[host.len - 1] == ']')
        host = (struct bytes){host.ptr + 1, host.len - 2};
    if (colon == NULL || !bytes_to_int64(bytes_from_z(colon + 1), &port) || port < 0 ||
        port > UINT16_MAX || host.len == 0 || host.len >= sizeof address.host)
        return err_set(err, ERR_USAGE, "\"%s\" is no ADDR:PORT", text);
    memcpy(address.host, host.ptr, host.len);
    address.port = (int)port;
    if (uv_ip4_addr(address.host, 0, &v4) == 0) {
        address.is_loopback = (ntohl(v4.sin_addr.s_addr) >> 24) == 127;
        address.is_any = v4.sin_addr.s_addr == htonl(INADDR_ANY);
    } else if (uv_ip6_addr(address.host, 0, &v6) == 0) {
        address.is_loopback = IN6_IS_ADDR_LOOPBACK(&v6.sin6_addr);
        address.is_any = IN6_IS_ADDR_UNSPECIFIED(&v6.sin6_addr);
    } else {
        return err_set(err, ERR_USAGE, "\"%s\" is no numeric address", address.host);
    }
    *out = address;
    return OK;
}

/* What can never match would be passed over in silence: nobody could come in, or no proxy would be believed. */
static int check_names(const struct service_options *options, struct err *err)
{
    struct bytes host = bytes_from_z(options->host), name;
    char address[ADDRESS_TEXT_BYTES];
    if (options->host != NULL && (!host_is_valid(host, &name) || name.len != host.len))
        return err_set(err, ERR_USAGE, "\"%s\" is no host name", options->host);
    for (size_t i = 0; options->proxies != NULL && options->proxies[i] != NULL; i++)
        if (!address_normalise(bytes_from_z(options->proxies[i]), address))
            return err_set(err, ERR_USAGE, "\"%s\" is no address of a proxy", options->proxies[i]);
    return OK;
}

int listen_check(const struct service_options *options, struct err *err)
{
    int rc = check_names(options, err);
    size_t count = 0;
    bool has_proxies = options->proxies != NULL && options->proxies[0] != NULL;
    if (rc != OK)
        return rc;
    if ((options->certificate_path == NULL) != (options->key_path == NULL))
        return err_set(err, ERR_USAGE, "certificate and key belong together");
    if (options->is_plain && options->certificate_path != NULL)
        return err_set(err, ERR_USAGE, "plain HTTP uses no certificate");
    for (; rc == OK && options->listen[count] != NULL; count++) {
        struct listen_address address;
        rc = listen_address_parse(options->listen[count], &address, err);
        if (rc == OK && options->is_plain && !address.is_loopback && !has_proxies)
            rc = err_set(err, ERR_USAGE,
                         "plain HTTP on %s: only on loopback or behind a named proxy",
                         options->listen[count]);
    }
    if (rc == OK && (count == 0 || count > SERVICE_LISTEN_MAX))
        rc = err_set(err, ERR_USAGE, "%zu addresses to listen on, not 1 to %d", count,
                     SERVICE_LISTEN_MAX);
    return rc;
}

/* ---- certificate ---- */

/* Without one of the city's own the first start makes one, so that nothing ever travels in the clear. */
static int make_certificate(struct service *service, const char *certificate, const char *key,
                            struct err *err)
{
    const char *name = service->options->host != NULL ? service->options->host : "localhost";
    if (access(certificate, F_OK) == 0)
        return OK;
    int rc = tls_create_self_signed(certificate, key, name, service_now_utc(service), err);
    if (rc == OK)
        service_say(service, "已生成自签名证书 %s（self-signed certificate made）", certificate);
    return rc;
}

int listen_open_tls(struct service *service, struct err *err)
{
    const struct service_options *options = service->options;
    if (options->certificate_path != NULL)
        return tls_new(options->certificate_path, options->key_path, &service->tls, err);
    char *certificate = datadir_path(service->datadir.path, "tls/server.pem", err);
    char *key = datadir_path(service->datadir.path, "tls/server.key", err);
    int rc = ERR_NOMEM;
    if (certificate != NULL && key != NULL)
        rc = make_certificate(service, certificate, key, err);
    if (rc == OK)
        rc = tls_new(certificate, key, &service->tls, err);
    mem_free(certificate);
    mem_free(key);
    return rc;
}

/* ---- sockets ---- */

int listen_open(struct service *service, struct err *err)
{
    const char *const *listen = service->options->listen;
    int rc = OK;
    for (size_t i = 0; rc == OK && listen[i] != NULL; i++) {
        struct listen_address address = {.port = 0};
        rc = listen_address_parse(listen[i], &address, err);
        if (rc == OK)
            rc = http_server_listen(service->http, address.host, address.port, &service->ports[i],
                                    err);
        if (rc != OK)
            break;
        bool is_v6 = strchr(address.host, ':') != NULL;
        service_say(service, "正在监听 %s://%s%s%s:%d （listening）",
                    service->options->is_plain ? "http" : "https", is_v6 ? "[" : "", address.host,
                    is_v6 ? "]" : "", service->ports[i]);
    }
    return rc;
}
