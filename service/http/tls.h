#ifndef PINGYI_SERVICE_HTTP_TLS_H
#define PINGYI_SERVICE_HTTP_TLS_H

#include "base/buf.h"

#include <stdbool.h>

/* TLS 1.2 and 1.3 over memory: bytes in, bytes out. tls.c is the one file of http/ that knows OpenSSL. Thread: loop. */

/* What a certificate and its key make of connections; shared by all sessions, which keep the one they began with. */
struct tls;
/* PEM files; the key must be a regular file and closed to group and others (ERR_PERMISSION), and have no password.
 * ERR_NOT_FOUND, ERR_FORMAT (no PEM, key and certificate do not belong together; a little memory that was missing may
 * look like it), ERR_NOMEM. Tickets on, ECDHE AEAD suites only, TLS 1.2 at least. */
int tls_new(const char *certificate_path, const char *key_path, struct tls **out, struct err *err);
void tls_free(struct tls *tls); /* after its sessions; accepts NULL */
/* Read the files again, and begin a new key for tickets. After an error what was loaded stays in force. */
int tls_reload(struct tls *tls, struct err *err);
/* Whole days until the certificate ends, 0 on its last day, negative when it has ended. */
int tls_days_left(const struct tls *tls, int64_t now_utc);

/* Make an ECDSA P-256 key (mode 0600) and a self-signed certificate for `name` (host name or address; for localhost
 * and the loopback addresses too) of two years. ERR_EXISTS when either file is there; ERR_FORMAT: no name; ERR_IO,
 * ERR_FULL, ERR_NOMEM. Neither file is there after an error, unless it was before. */
int tls_create_self_signed(const char *certificate_path, const char *key_path, const char *name,
                           int64_t now_utc, struct err *err);

/* SHA-256 of `bytes` as 64 hex digits and a NUL: for ETags. ERR_NOMEM. */
enum { TLS_SHA256_HEX_BYTES = 65 };
int tls_sha256_hex(struct bytes bytes, char out[TLS_SHA256_HEX_BYTES], struct err *err);

/* One connection's session. Once a call but tls_session_take has failed, the others of that session fail too. */
enum {
    TLS_HELD_MAX_BYTES = 16 * 1024 * 1024
}; /* not yet read, or not yet taken: more is ERR_LIMIT */
struct tls_session;
int tls_session_new(struct tls *tls, struct tls_session **out, struct err *err);
void tls_session_free(struct tls_session *session); /* accepts NULL */
/* Cipher text from the peer. */
int tls_session_feed(struct tls_session *session, struct bytes cipher, struct err *err);
/* Go on with the handshake and read up to `size` bytes of plain text: *out_count may be 0, and then more must be fed.
 * To be called until it is, for what was fed lasts for several. *out_closed: the peer has said that no more comes.
 * ERR_FORMAT: the peer speaks no TLS, or a wrong one; what tls_session_take gives then is the alert. ERR_NOMEM. */
int tls_session_read(struct tls_session *session, char *out, size_t size, size_t *out_count,
                     bool *out_closed, struct err *err);
/* Plain text to the peer; all of it or an error. Only once tls_session_is_ready. */
int tls_session_write(struct tls_session *session, struct bytes plain, struct err *err);
void tls_session_close(
    struct tls_session *session); /* send close_notify, where there is a peer to tell */
/* Move the cipher text for the peer to the end of `out`; what it cannot take `out` remembers. */
void tls_session_take(struct tls_session *session, struct buf *out);
size_t tls_session_held(const struct tls_session *session); /* bytes not taken yet */
bool tls_session_is_ready(const struct tls_session *session);

#endif
