#include "service/http/spool.h"

#include "base/alloc.h"
#include "service/http/connection.h"
#include "service/http/status.h"

#include <assert.h>
#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* OPENING --> FILLING --finish, all written--> CLOSING --> WHOLE --abandon--> REMOVING --> (freed)
 *                 |  ^
 *   enough bytes  v  | written
 *               WRITING
 * OPENING, WRITING, CLOSING and REMOVING wait for a file operation. An error, or spool_abandon, goes by way of CLOSING
 * (if there is a file) and REMOVING. After an error FAILED waits for spool_abandon. */
enum spool_state {
    SPOOL_OPENING,
    SPOOL_FILLING,
    SPOOL_WRITING,
    SPOOL_CLOSING,
    SPOOL_WHOLE,
    SPOOL_FAILED,
    SPOOL_REMOVING,
};

enum {
    PIECE_BYTES = 64 * 1024,
    FULL_BYTES = 256 * 1024,
    ROOM_BYTES = FULL_BYTES + 2 * HTTP_READ_BYTES
};

struct spool {
    struct http_server *server;
    struct http_exchange *exchange; /* NULL: abandoned */
    enum spool_state state;
    uv_fs_t request;
    uv_file fd; /* -1: none */
    struct buf filling, writing;
    size_t written; /* of `writing` */
    bool is_finished;
    int failure; /* uv's code, 0: none */
    char path[];
};

static void spool_step(struct spool *spool);

/* ---- file operations ---- */

static void on_done(uv_fs_t *request)
{
    struct spool *spool = request->data;
    struct http_server *server = spool->server;
    ssize_t result = request->result;
    uv_fs_req_cleanup(request);
    if (result < 0 && spool->failure == 0)
        spool->failure = (int)result;
    else if (spool->state == SPOOL_OPENING)
        spool->fd = (uv_file)result;
    else if (spool->state == SPOOL_WRITING)
        spool->written += (size_t)result;
    spool_step(spool);
    server_handle_closed(server);
}

/* `rc` is what beginning an operation returned: its end comes through on_done, or at once. */
static void begun(struct spool *spool, int rc)
{
    if (rc == 0) {
        spool->server->open_handles++;
        return;
    }
    spool->failure = rc;
    spool->state = spool->exchange != NULL ? SPOOL_FAILED : spool->state;
}

static void begin_open(struct spool *spool)
{
    spool->state = SPOOL_OPENING;
    spool->request.data = spool;
    begun(spool, uv_fs_open(spool->server->loop, &spool->request, spool->path,
                            O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600, on_done));
}

static void begin_write(struct spool *spool)
{
    spool->state = SPOOL_WRITING;
    uv_buf_t rest = uv_buf_init(spool->writing.ptr + spool->written,
                                (unsigned)(spool->writing.len - spool->written));
    begun(spool,
          uv_fs_write(spool->server->loop, &spool->request, spool->fd, &rest, 1, -1, on_done));
}

static void begin_close(struct spool *spool)
{
    uv_file fd = spool->fd;
    spool->fd = -1;
    spool->state = SPOOL_CLOSING;
    begun(spool, uv_fs_close(spool->server->loop, &spool->request, fd, on_done));
}

static void free_spool(struct spool *spool)
{
    buf_deinit(&spool->filling);
    buf_deinit(&spool->writing);
    mem_free(spool);
}

/* Large files take long to remove; when the loop has ended there is nobody left to wait. */
static void remove_file(struct spool *spool)
{
    if (spool->server->is_done) {
        (void)unlink(spool->path);
        free_spool(spool);
        return;
    }
    spool->state = SPOOL_REMOVING;
    if (uv_fs_unlink(spool->server->loop, &spool->request, spool->path, on_done) == 0) {
        spool->server->open_handles++;
        return;
    }
    (void)unlink(spool->path);
    free_spool(spool);
}

/* ---- the step ---- */

static void fail(struct spool *spool)
{
    struct http_exchange *exchange = spool->exchange;
    struct http_connection *connection = exchange->connection;
    int status = status_of_failure(spool->failure);
    spool->state = SPOOL_FAILED;
    if (connection->reading == exchange) {
        connection_refuse_body(connection, status);
        connection_step(connection);
    } else {
        exchange_refuse_and_close(exchange, status);
    }
}

/* Write what has gathered when it is much or all, or wait for more. */
static void go_on_filling(struct spool *spool)
{
    spool->state = SPOOL_FILLING;
    if (spool->written < spool->writing.len) {
        begin_write(spool);
    } else if (spool->filling.len >= PIECE_BYTES ||
               (spool->is_finished && spool->filling.len > 0)) {
        struct buf full = spool->filling;
        spool->filling = spool->writing;
        spool->writing = full;
        buf_clear(&spool->filling);
        spool->written = 0;
        begin_write(spool);
    } else if (spool->is_finished) {
        begin_close(spool);
    }
}

/* After a file operation, while nobody wants the file any more. */
static void step_abandoned(struct spool *spool)
{
    if (spool->state == SPOOL_REMOVING)
        free_spool(spool);
    else if (spool->fd >= 0)
        begin_close(spool);
    else
        remove_file(spool);
}

static void spool_step(struct spool *spool)
{
    struct http_exchange *exchange = spool->exchange;
    if (exchange == NULL) {
        step_abandoned(spool);
    } else if (exchange->stage != EXCHANGE_BODY) {
        spool->state = SPOOL_FAILED; /* refused meanwhile */
    } else if (spool->failure != 0) {
        fail(spool);
    } else if (spool->state == SPOOL_CLOSING) {
        spool->state = SPOOL_WHOLE;
        exchange_handle(exchange);
    } else {
        go_on_filling(spool);
        if (exchange->connection->reading == exchange)
            connection_step(exchange->connection);
    }
}

/* ---- the outside ---- */

void spool_clear(const char *directory)
{
    static const char prefix[] = HTTP_SPOOL_PREFIX;
    DIR *listing = opendir(directory);
    if (listing == NULL)
        return;
    for (const struct dirent *entry = readdir(listing); entry != NULL; entry = readdir(listing))
        if (strncmp(entry->d_name, prefix, sizeof prefix - 1) == 0)
            (void)unlinkat(dirfd(listing), entry->d_name, 0);
    (void)closedir(listing);
}

struct spool *spool_new(struct http_exchange *exchange)
{
    enum { NAME_BYTES = 32 };
    const char *directory = exchange->server->options.spool_path;
    uint64_t number = 0;
    assert(directory != NULL);
    size_t bytes = strlen(directory) + NAME_BYTES;
    struct spool *spool = mem_calloc(1, sizeof *spool + bytes);
    if (spool == NULL)
        return NULL;
    (void)uv_random(NULL, NULL, &number, sizeof number, 0, NULL);
    (void)snprintf(spool->path, bytes, "%s/" HTTP_SPOOL_PREFIX "%016" PRIx64, directory, number);
    spool->server = exchange->server;
    spool->exchange = exchange;
    spool->fd = -1;
    buf_init(&spool->filling, ROOM_BYTES);
    buf_init(&spool->writing, ROOM_BYTES);
    begin_open(spool);
    return spool;
}

int spool_append(struct spool *spool, struct bytes piece)
{
    if (spool->failure != 0)
        return status_of_failure(spool->failure);
    buf_append(&spool->filling, piece);
    if (spool->filling.rc != OK)
        return STATUS_UNAVAILABLE;
    if (spool->state == SPOOL_FILLING)
        go_on_filling(spool);
    return 0;
}

bool spool_is_full(const struct spool *spool)
{
    return spool->filling.len >= FULL_BYTES;
}

void spool_finish(struct spool *spool)
{
    spool->is_finished = true;
    if (spool->state == SPOOL_FILLING)
        go_on_filling(spool);
    if (spool->state == SPOOL_FAILED)
        exchange_refuse_and_close(spool->exchange, status_of_failure(spool->failure));
}

const char *spool_path(const struct spool *spool)
{
    return spool->path;
}

void spool_abandon(struct spool *spool)
{
    if (spool == NULL)
        return;
    bool is_waiting = spool->state == SPOOL_OPENING || spool->state == SPOOL_WRITING ||
                      spool->state == SPOOL_CLOSING;
    spool->exchange = NULL;
    if (!is_waiting)
        step_abandoned(spool);
}
