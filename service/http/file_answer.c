#include "service/http/connection.h"

#include "base/alloc.h"
#include "service/http/status.h"

#include <assert.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

/* OPENING --> (REMOVING) --> LOOKING --stream_begin--> WAITING --room--> READING --> WAITING ...
 *                                                                          | end, or nobody reads any more
 *                                                                          v
 *                                                                       CLOSING --> (freed)
 * All but WAITING wait for a file operation. `is_gone` asks each of them to go to CLOSING next. */
enum file_state {
    FILE_OPENING,
    FILE_REMOVING,
    FILE_LOOKING,
    FILE_WAITING,
    FILE_READING,
    FILE_CLOSING,
};

enum { FILE_PIECE_BYTES = 64 * 1024 };

struct file_answer {
    struct http_stream stream; /* first: it stands for the whole */
    struct http_server *server;
    struct http_exchange *exchange;
    enum file_state state;
    uv_fs_t request;
    uv_file fd; /* -1: none */
    int64_t left;
    const char *type;
    bool removes, is_gone;
    ssize_t result; /* of the last operation */
    char piece[FILE_PIECE_BYTES];
    char path[];
};

static void file_step(struct file_answer *file);

static void on_done(uv_fs_t *request)
{
    struct file_answer *file = request->data;
    file->result = request->result;
    if (file->state == FILE_LOOKING && file->result == 0)
        file->left = S_ISREG(request->statbuf.st_mode) ? (int64_t)request->statbuf.st_size : -1;
    uv_fs_req_cleanup(request);
    file_step(file);
}

static void file_free(struct file_answer *file)
{
    struct http_server *server = file->server;
    mem_free(file);
    server_handle_closed(server);
}

static void begin_close(struct file_answer *file)
{
    file->state = FILE_CLOSING;
    if (file->fd < 0 || uv_fs_close(file->server->loop, &file->request, file->fd, on_done) != 0)
        file_free(file);
}

/* Before its answer has begun; `failure` is uv's code, or 0. */
static void refuse(struct file_answer *file, ssize_t failure)
{
    buf_clear(&file->exchange->added);
    exchange_refuse(file->exchange, status_of_failure((int)failure));
    begin_close(file);
}

static void begin_look(struct file_answer *file)
{
    file->state = FILE_LOOKING;
    int rc = uv_fs_fstat(file->server->loop, &file->request, file->fd, on_done);
    if (rc != 0)
        refuse(file, rc);
}

static void begin_remove(struct file_answer *file)
{
    file->state = FILE_REMOVING;
    int rc = uv_fs_unlink(file->server->loop, &file->request, file->path, on_done);
    if (rc != 0)
        refuse(file, rc);
}

static void end_stream(struct file_answer *file, bool is_whole)
{
    stream_end(&file->stream, is_whole);
    begin_close(file);
}

static void begin_answer(struct file_answer *file)
{
    file->state = FILE_WAITING;
    if (file->left == 0) {
        exchange_answer(file->exchange, STATUS_OK, file->type, BYTES_NONE);
        begin_close(file);
    } else if (!stream_begin(file->exchange, file->type, file->left, &file->stream)) {
        begin_close(file);
    }
}

static void on_room(struct http_stream *stream)
{
    struct file_answer *file = (struct file_answer *)stream;
    if (file->state != FILE_WAITING)
        return;
    uv_buf_t room = uv_buf_init(file->piece, sizeof file->piece);
    file->state = FILE_READING;
    if (uv_fs_read(file->server->loop, &file->request, file->fd, &room, 1, -1, on_done) != 0)
        end_stream(file, false);
}

static void on_gone(struct http_stream *stream)
{
    struct file_answer *file = (struct file_answer *)stream;
    file->is_gone = true;
    if (file->state == FILE_WAITING)
        begin_close(file);
}

/* A piece has been read. A file that has become shorter meanwhile ends the connection, for its length has been
 * promised. */
static void pass_on(struct file_answer *file)
{
    size_t count = file->result > 0 ? (size_t)file->result : 0;
    if ((int64_t)count > file->left)
        count = (size_t)file->left;
    if (count == 0) {
        end_stream(file, false);
        return;
    }
    file->left -= (int64_t)count;
    file->state = FILE_WAITING;
    if (file->left == 0)
        file->state = FILE_READING; /* no more room is wanted */
    (void)stream_write(&file->stream, (struct bytes){file->piece, count});
    if (file->left == 0)
        end_stream(file, true);
}

static void file_step(struct file_answer *file)
{
    switch (file->state) {
    case FILE_OPENING:
        file->fd = file->result >= 0 ? (uv_file)file->result : -1;
        if (file->fd < 0)
            refuse(file, file->result);
        else if (file->removes)
            begin_remove(file);
        else
            begin_look(file);
        break;
    case FILE_REMOVING:
        begin_look(file);
        break;
    case FILE_LOOKING:
        if (file->result < 0 || file->left < 0)
            refuse(file, file->result);
        else
            begin_answer(file);
        break;
    case FILE_READING:
        if (file->is_gone)
            begin_close(file);
        else
            pass_on(file);
        break;
    case FILE_CLOSING:
        file_free(file);
        break;
    case FILE_WAITING:
        break;
    }
}

/* A name that may be Chinese, as RFC 8187 has it. */
static void add_disposition(struct http_exchange *exchange, const char *name)
{
    enum { NAME_MAX_BYTES = 1024 };
    static const char hex[] = "0123456789ABCDEF";
    struct buf value;
    buf_init(&value, NAME_MAX_BYTES);
    buf_append_z(&value, "attachment; filename*=UTF-8''");
    for (const char *p = name; *p != '\0'; p++) {
        unsigned char byte = (unsigned char)*p;
        bool is_plain = (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') ||
                        (byte >= 'A' && byte <= 'Z') || byte == '.' || byte == '-' || byte == '_';
        if (is_plain) {
            buf_append_byte(&value, *p);
        } else {
            const char escape[] = {'%', hex[byte >> 4], hex[byte & 15]};
            buf_append(&value, (struct bytes){escape, sizeof escape});
        }
    }
    exchange_add_header(exchange, "Content-Disposition",
                        value.rc == OK ? buf_bytes(&value) : BYTES_LIT("attachment"));
    buf_deinit(&value);
}

void exchange_answer_file(struct http_exchange *exchange, const char *type, const char *path,
                          const char *download_name, bool remove_after)
{
    size_t bytes = strlen(path) + 1;
    struct file_answer *file = mem_alloc(sizeof *file + bytes);
    if (file == NULL) {
        exchange_refuse(exchange, STATUS_UNAVAILABLE);
        return;
    }
    assert(exchange->stage == EXCHANGE_OPEN);
    memset(file, 0, offsetof(struct file_answer, piece));
    memcpy(file->path, path, bytes);
    file->stream.room = on_room;
    file->stream.gone = on_gone;
    file->server = exchange->server;
    file->exchange = exchange;
    file->fd = -1;
    file->type = type;
    file->removes = remove_after;
    file->request.data = file;
    file->state = FILE_OPENING;
    if (download_name != NULL)
        add_disposition(exchange, download_name);
    file->server->open_handles++;
    int rc = uv_fs_open(file->server->loop, &file->request, file->path,
                        O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0, on_done);
    if (rc != 0)
        refuse(file, rc);
}
