/* One ring of events as they go over the wire, and readers that each have a place in it. The ring is the queue of all:
 * a reader holds no events of its own but those the kernel has not taken.
 *
 * Numbers of events begin anew with each start, above those of all earlier ones (by the clock): so a Last-Event-ID
 * from before a start is seen to be too old. A heartbeat is the number alone, which browsers remember without waking
 * the page: a reader for whom there was nothing in 1,024 events is not reset for it. */
#include "service/http/events.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "service/http/stream.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
    START_SHIFT = 20,      /* events a second of running that numbers last for: 1,048,576 */
    WORDS_MAX_BYTES = 160, /* of a message, without the data */
};

#define RETRY_MS "2000" /* how long a browser waits before it comes back */

struct event {
    char *text; /* as it is sent */
    size_t len;
    uint32_t audience;
};

/* WAITING (for the turn of its answer) --room--> OPEN (written to as events come) */
struct reader {
    struct http_stream stream; /* the first: what the stream calls with is the reader */
    struct events *events;
    struct reader *previous, *next;
    uint32_t audience;
    bool is_open;
    bool is_stepping; /* writing may give room at once, which must not begin anew */
    bool is_due;      /* its heartbeat */
    bool is_reset;    /* must be told so first */
    int64_t next_id;  /* its place in the ring */
    size_t behind;    /* bytes that the kernel had not taken when last heard of */
    bool (*may_go_on)(void *context, int64_t id);
    void *context;
    int64_t id;
};

struct events {
    uv_timer_t heartbeat;
    bool is_stopping;
    struct event ring[EVENTS_KEPT]; /* at id % EVENTS_KEPT */
    int64_t first_id, next_id;      /* what is kept: first_id <= id < next_id */
    size_t kept_bytes;
    struct reader *readers; /* newest first */
    int reader_count;
    void (*stopped)(void *context);
    void *stopped_context;
};

static struct event *event_at(struct events *events, int64_t id)
{
    return &events->ring[id % EVENTS_KEPT];
}

static void forget_first(struct events *events)
{
    struct event *event = event_at(events, events->first_id++);
    events->kept_bytes -= event->len;
    mem_free(event->text);
    *event = (struct event){.text = NULL};
}

/* ---- a reader ---- */

static void reader_free(struct reader *reader)
{
    struct events *events = reader->events;
    if (reader->previous != NULL)
        reader->previous->next = reader->next;
    else
        events->readers = reader->next;
    if (reader->next != NULL)
        reader->next->previous = reader->previous;
    events->reader_count--;
    mem_free(reader);
}

static bool reader_may_go_on(const struct reader *reader)
{
    return reader->may_go_on == NULL || reader->may_go_on(reader->context, reader->id);
}

/* Its place, and what else is said with it. */
static void reader_say(struct reader *reader, const char *words)
{
    char text[WORDS_MAX_BYTES];
    int len = snprintf(text, sizeof text, "id: %" PRId64 "\n%s\n", reader->next_id - 1, words);
    assert(len > 0 && (size_t)len < sizeof text);
    reader->behind = stream_write(&reader->stream, (struct bytes){text, (size_t)len});
}

enum outcome { GOES_ON, ENDS, IS_CUT };

/* Write what there is for it and it has room for. */
static enum outcome reader_write(struct reader *reader)
{
    struct events *events = reader->events;
    if ((reader->is_due || reader->is_reset) && !reader_may_go_on(reader))
        return ENDS;
    if (reader->is_reset) {
        reader->next_id = events->next_id;
        reader_say(reader, "event: reset\ndata: {}\n");
    } else if (reader->is_due) {
        reader_say(reader, "retry: " RETRY_MS "\n");
    }
    reader->is_reset = false;
    reader->is_due = false;
    if (reader->next_id < events->first_id)
        return IS_CUT;
    while (reader->next_id < events->next_id && reader->behind < EVENTS_BEHIND_BYTES) {
        const struct event *event = event_at(events, reader->next_id++);
        if ((event->audience & reader->audience) == 0)
            continue;
        if (!reader_may_go_on(reader))
            return ENDS;
        reader->behind = stream_write(&reader->stream, (struct bytes){event->text, event->len});
    }
    return GOES_ON;
}

/* The reader may be gone after. */
static void reader_step(struct reader *reader)
{
    if (!reader->is_open || reader->is_stepping)
        return;
    reader->is_stepping = true;
    enum outcome outcome = reader_write(reader);
    reader->is_stepping = false;
    if (outcome == GOES_ON)
        return;
    stream_end(&reader->stream, outcome == ENDS);
    reader_free(reader);
}

static void on_room(struct http_stream *stream)
{
    struct reader *reader = (struct reader *)stream;
    reader->behind = 0;
    if (!reader->is_open)
        reader->is_due = true;
    reader->is_open = true;
    reader_step(reader);
}

static void on_gone(struct http_stream *stream)
{
    reader_free((struct reader *)stream);
}

/* Where to begin for whoever has read up to `last_id`; false when what comes next is not known any more. */
static bool place_of(const struct events *events, struct bytes last_id, int64_t *out_next_id)
{
    int64_t id = 0;
    *out_next_id = events->next_id;
    if (last_id.ptr == NULL)
        return true;
    if (!bytes_to_int64(last_id, &id) || id < events->first_id - 1 || id >= events->next_id)
        return false;
    *out_next_id = id + 1;
    return true;
}

void events_subscribe(struct events *events, struct http_exchange *exchange, uint32_t audience,
                      bool (*may_go_on)(void *context, int64_t id), void *context, int64_t id)
{
    struct reader *reader = NULL;
    if (!events->is_stopping && events->reader_count < EVENTS_READERS_MAX)
        reader = mem_calloc(1, sizeof *reader);
    if (reader == NULL) {
        exchange_refuse(exchange, 503);
        return;
    }
    *reader = (struct reader){.stream = {.room = on_room, .gone = on_gone},
                              .events = events,
                              .audience = audience,
                              .may_go_on = may_go_on,
                              .context = context,
                              .id = id};
    reader->is_reset =
        !place_of(events, exchange_header(exchange, "Last-Event-ID"), &reader->next_id);
    /* nginx in front would wait for more before it passes on what there is */
    exchange_add_header(exchange, "X-Accel-Buffering", BYTES_LIT("no"));
    reader->next = events->readers;
    if (reader->next != NULL)
        reader->next->previous = reader;
    events->readers = reader;
    events->reader_count++;
    /* The last thing done with it: there may be room at once, and its end. */
    if (!stream_begin(exchange, "text/event-stream", -1, &reader->stream))
        reader_free(reader);
}

/* ---- all of them ---- */

static void events_step(struct events *events)
{
    struct reader *next = NULL;
    for (struct reader *reader = events->readers; reader != NULL; reader = next) {
        next = reader->next;
        reader_step(reader);
    }
}

void events_heartbeat(struct events *events)
{
    /* Who has not taken what there was is not in need of more. */
    for (struct reader *reader = events->readers; reader != NULL; reader = reader->next)
        reader->is_due = reader->behind == 0;
    events_step(events);
}

static void on_heartbeat(uv_timer_t *timer)
{
    events_heartbeat(timer->data);
}

int events_new(uv_loop_t *loop, struct events **out, struct err *err)
{
    struct events *events = mem_calloc(1, sizeof *events);
    if (events == NULL)
        return err_set(err, ERR_NOMEM, "could not hold %d events", EVENTS_KEPT);
    int64_t millisecond = clock_monotonic_ms() % (1 << START_SHIFT);
    events->first_id = clock_now_utc() * (1 << START_SHIFT) + millisecond;
    events->next_id = events->first_id;
    (void)uv_timer_init(loop, &events->heartbeat);
    events->heartbeat.data = events;
    (void)uv_timer_start(&events->heartbeat, on_heartbeat, EVENTS_HEARTBEAT_MS,
                         EVENTS_HEARTBEAT_MS);
    *out = events;
    return OK;
}

static void on_closed(uv_handle_t *handle)
{
    struct events *events = handle->data;
    events->stopped(events->stopped_context);
}

void events_stop(struct events *events, void (*done)(void *context), void *context)
{
    assert(!events->is_stopping);
    events->is_stopping = true;
    events->stopped = done;
    events->stopped_context = context;
    while (events->readers != NULL) {
        struct reader *reader = events->readers;
        stream_end(&reader->stream, true);
        reader_free(reader);
    }
    uv_close((uv_handle_t *)&events->heartbeat, on_closed);
}

void events_free(struct events *events)
{
    if (events == NULL)
        return;
    assert(events->readers == NULL);
    while (events->first_id < events->next_id)
        forget_first(events);
    mem_free(events);
}

/* What could not be kept is missing to all: those who read are told at once, those who come back by its number. */
static void events_reset(struct events *events)
{
    while (events->first_id < events->next_id)
        forget_first(events);
    events->first_id = ++events->next_id;
    for (struct reader *reader = events->readers; reader != NULL; reader = reader->next)
        reader->is_reset = true;
    events_step(events);
}

void events_publish(struct events *events, const char *name, uint32_t audience, struct bytes data)
{
    assert(memchr(data.ptr, '\n', data.len) == NULL && memchr(data.ptr, '\r', data.len) == NULL);
    if (events->is_stopping)
        return;
    struct buf text;
    buf_init(&text, EVENTS_DATA_MAX_BYTES + WORDS_MAX_BYTES);
    buf_printf(&text, "id: %" PRId64 "\nevent: %s\ndata: ", events->next_id, name);
    buf_append(&text, data);
    buf_append_z(&text, "\n\n");
    if (text.rc != OK) {
        buf_deinit(&text);
        events_reset(events);
        return;
    }
    while (events->next_id - events->first_id == EVENTS_KEPT ||
           events->kept_bytes + text.len > EVENTS_KEPT_BYTES)
        forget_first(events);
    *event_at(events, events->next_id++) =
        (struct event){.text = text.ptr, .len = text.len, .audience = audience};
    events->kept_bytes += text.len;
    events_step(events);
}
