#ifndef PINGYI_SERVICE_HOST_FILES_H
#define PINGYI_SERVICE_HOST_FILES_H

#include "base/buf.h"
#include "base/zone.h"

#include "service/auth/digest.h"

/* What the operating system keeps: files and zones. Thread: any. */

/* The zone of times that belong to no round: Asia/Shanghai, which has had no summer time since 1991. */
enum { OFFICE_OFFSET_S = 8 * 3600 };

/* Append the whole of a file. ERR_NOT_FOUND, ERR_LIMIT (more than the buf may hold), ERR_IO. */
int files_read(const char *path, struct buf *out, struct err *err);

/* The SHA-256 of a file of whatever length. ERR_NOT_FOUND, ERR_IO. */
int files_sha256(const char *path, unsigned char out_sha256[SHA256_BYTES], struct err *err);

/* Replace `path` by `content`, whole or not at all: written beside it, synced, renamed. `mode` as for open(2). ERR_IO,
 * too, when it is a device or a pipe. */
int files_replace(const char *path, struct bytes content, unsigned mode, struct err *err);

/* Write the whole of it; 0, or -1 with errno. */
int files_write_all(int fd, struct bytes content);

/* The zone of that IANA name (Asia/Shanghai) from the system's database. ERR_NOT_FOUND for one that is not there or
 * no zone's name (absolute, or with ..). */
int zone_load(struct bytes name, struct zone **out_zone, struct err *err);

#endif
