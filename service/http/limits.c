#include "service/http/limits.h"

const struct http_limits http_limits_default = {
    .connections = 20000,
    .connections_per_address = 256,
    .requests_per_minute = 1200,
    .head_ms = 10000,
    .tls_handshake_ms = 10000,
    .body_stall_ms = 15000,
    .body_total_ms = 60000,
    .idle_ms = 75000,
    .write_stall_ms = 20000,
    .stop_ms = 20000,
};
