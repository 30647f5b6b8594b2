#ifndef PINGYI_SERVICE_HTTP_STATUS_H
#define PINGYI_SERVICE_HTTP_STATUS_H

/* The statuses this module answers with by itself, and the words for all. Thread: any. */
enum http_status {
    STATUS_OK = 200,
    STATUS_NO_CONTENT = 204,
    STATUS_NOT_MODIFIED = 304,
    STATUS_BAD_REQUEST = 400,
    STATUS_NOT_FOUND = 404,
    STATUS_METHOD = 405,
    STATUS_TIMEOUT = 408,
    STATUS_TOO_LARGE = 413,
    STATUS_URI_TOO_LONG = 414,
    STATUS_EXPECTATION = 417,
    STATUS_MISDIRECTED = 421,
    STATUS_TOO_MANY = 429,
    STATUS_HEAD_TOO_LARGE = 431,
    STATUS_INTERNAL = 500,
    STATUS_NOT_IMPLEMENTED = 501,
    STATUS_UNAVAILABLE = 503,
    STATUS_VERSION = 505,
};

struct status_words {
    int status;
    const char *reason; /* "Not Found" */
    const char *code;   /* "not_found" */
    const char *detail; /* Chinese: what happened and what to do */
};

/* Of an unknown status, those of 500. */
const struct status_words *status_words(int status);

/* Of a file operation that failed with uv's code `failure`: 503 for want of descriptors, memory or room, else 500. */
int status_of_failure(int failure);

#endif
