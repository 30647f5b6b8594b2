#ifndef PINGYI_SERVICE_HTTP_TLS_H
#define PINGYI_SERVICE_HTTP_TLS_H

#include "base/buf.h"

#include <stdbool.h>

/* TLS 1.2 and 1.3 over memory: bytes in, bytes out. tls.c is the one file of http/ that knows OpenSSL. Thread: loop. */

/* What a certificate and its key make of connections; shared by all sessions, which keep the one they began with. */
struct tls;
/* PEM files; the key must not be readable by others (ERR_PERMISSION). ERR_NOT_FOUND, ERR_FORMAT (no PEM, key and
 * certificate do not belong together), ERR_NOMEM. Tickets on, ECDHE AEAD suites only, TLS 1.2 at least. */
int tls_new(const char *certificate_path, const char *key_path, struct tls **out, struct err *err);
void tls_free(struct tls *tls);
/* Read the files again. After an error what was loaded stays in force. */
int tls_reload(struct tls *tls, struct err *err);
/* Days until the certificate ends, negative when it has. */
int tls_days_left(const struct tls *tls, int64_t now_utc);

/* Make an ECDSA P-256 key (mode 0600) and a self-signed certificate for `name` (host name or address, and localhost)
 * of two years. ERR_EXISTS when either file is there. */
int tls_create_self_signed(const char *certificate_path, const char *key_path, const char *name,
                           int64_t now_utc, struct err *err);

/* One connection's session. */
struct tls_session;
int tls_session_new(struct tls *tls, struct tls_session **out, struct err *err);
void tls_session_free(struct tls_session *session);
/* Cipher text from the peer. */
int tls_session_feed(struct tls_session *session, struct bytes cipher, struct err *err);
/* Go on with the handshake and read up to `size` bytes of plain text: *out_count may be 0. ERR_FORMAT: the peer speaks
 * no TLS, or a wrong one; what tls_session_take gives then is the alert. */
int tls_session_read(struct tls_session *session, char *out, size_t size, size_t *out_count,
                     bool *out_closed, struct err *err);
/* Plain text to the peer; all of it or an error. Only once tls_session_is_ready. */
int tls_session_write(struct tls_session *session, struct bytes plain, struct err *err);
void tls_session_close(struct tls_session *session); /* send close_notify */
/* Move the cipher text for the peer to the end of `out`. */
void tls_session_take(struct tls_session *session, struct buf *out);
bool tls_session_is_ready(const struct tls_session *session);

#endif
