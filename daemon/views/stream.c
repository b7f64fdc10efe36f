/*
 * Channels and their streams. Called by http.c: opening, reading and closing at a reader's pace,
 * streams_tick() at the daemon's. Owns channels, streams and the rendered chunks. Invariant: the
 * streams of one channel know the same tick, except those marked needs_whole, which get nothing
 * until a frame.
 */
#include "daemon/views/stream.h"

#include "base/check.h"
#include "daemon/daemon.h"
#include "daemon/views/frame.h"
#include "daemon/views/objects.h"
#include "daemon/views/shadow.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define QUEUE_MAX       8
#define QUEUE_BYTES_MAX (64u << 20)
#define CHUNK_BYTES_MAX (256u << 20)

/* Rendered text, shared by the streams that still have to send it. */
struct chunk {
    unsigned refs;
    size_t size;
    unsigned char *data; /* owned */
};

struct channel {
    struct channel *next;
    double every, due; /* seconds; the model's time of its next tick */
    struct frame *frame;
    struct shadows alerts; /* what was told of each: words[0] is its state */
    uint64_t cursor;       /* the last event told */
    struct chunk *whole;   /* the frame of tick `whole_tick`; NULL: not rendered */
    uint64_t whole_tick;
    struct stream *streams;
};

struct stream {
    struct stream *next; /* in its channel */
    struct channel *channel;
    struct streams *owner;
    struct chunk *queue[QUEUE_MAX]; /* counted references, oldest first */
    size_t queue_count, queue_bytes;
    size_t sent; /* bytes of the oldest that are out */
    bool needs_whole;
};

struct streams {
    struct daemon *daemon;
    size_t max;
    struct channel *channels;
    size_t channel_count;
    struct streams_stats stats;
};

/* ---- chunks ---------------------------------------------------------------------------------- */

/* Takes what is in `text`; NULL when memory was or is short. */
static struct chunk *chunk_new(struct bytes *text)
{
    struct chunk *chunk = text->is_failed ? NULL : malloc(sizeof *chunk);
    if (chunk != NULL) {
        chunk->refs = 1;
        chunk->data = bytes_take(text, &chunk->size);
    }
    bytes_fini(text);
    return chunk;
}

static void chunk_unref(struct chunk **chunk)
{
    if (*chunk != NULL && --(*chunk)->refs == 0) {
        free((*chunk)->data);
        free(*chunk);
    }
    *chunk = NULL;
}

/* ---- one stream's queue ---------------------------------------------------------------------- */

static void drop_first(struct stream *stream)
{
    stream->queue_bytes -= stream->queue[0]->size;
    chunk_unref(&stream->queue[0]);
    stream->queue_count--;
    memmove(&stream->queue[0], &stream->queue[1], stream->queue_count * sizeof stream->queue[0]);
    stream->sent = 0;
}

/* Forgets what waits, except a chunk whose beginning is out already. */
static void drop_waiting(struct stream *stream)
{
    size_t keep = stream->sent > 0 ? 1 : 0;
    while (stream->queue_count > keep) {
        struct chunk **last = &stream->queue[--stream->queue_count];
        stream->queue_bytes -= (*last)->size;
        chunk_unref(last);
    }
}

static void push(struct stream *stream, struct chunk *chunk)
{
    bool is_full = stream->queue_count == QUEUE_MAX ||
                   (stream->queue_count > 0 && stream->queue_bytes + chunk->size > QUEUE_BYTES_MAX);
    if (is_full) {
        drop_waiting(stream);
        stream->needs_whole = true;
        stream->owner->stats.resynced++;
        return;
    }
    chunk->refs++;
    stream->queue[stream->queue_count++] = chunk;
    stream->queue_bytes += chunk->size;
}

bool stream_is_ready(const struct stream *stream)
{
    return stream->queue_count > 0;
}

size_t stream_read(struct stream *stream, char *buffer, size_t max)
{
    size_t done = 0;
    while (done < max && stream->queue_count > 0) {
        const struct chunk *chunk = stream->queue[0];
        size_t part = chunk->size - stream->sent;
        part = part < max - done ? part : max - done;
        memcpy(buffer + done, chunk->data + stream->sent, part);
        stream->sent += part;
        done += part;
        if (stream->sent == chunk->size) {
            drop_first(stream);
        }
    }
    return done;
}

/* ---- what a channel says --------------------------------------------------------------------- */

static void open_message(struct bytes *text, const char *event, uint64_t id)
{
    bytes_append_format(text, "event: %s\nid: %" PRIu64 "\ndata: ", event, id);
}

static void close_message(struct bytes *text)
{
    bytes_append_text(text, "\n\n");
}

static void write_left_out(struct bytes *text, double t, uint64_t cursor, uint64_t count)
{
    struct writer writer;
    open_message(text, "event", cursor);
    writer_init(&writer, text);
    writer_open_object(&writer, NULL);
    writer_null(&writer, "seq");
    writer_double(&writer, "t", t);
    writer_text(&writer, "type", events_kind_name(EVENT_LOST));
    writer_null(&writer, "isolate");
    writer_uint(&writer, "count", count);
    writer_close_object(&writer);
    close_message(text);
}

/* The events after `since` up to the channel's cursor, at most STREAM_EVENTS_MAX of them: the
 * newest. */
static void write_events(const struct streams *streams, const struct channel *channel,
                         uint64_t since, struct bytes *text)
{
    const struct event *found[STREAM_EVENTS_MAX];
    const struct events *events = streams->daemon->events;
    uint64_t last = channel->cursor, next, lost, left_out = 0;

    if (since >= last) {
        return;
    }
    if (last - since > STREAM_EVENTS_MAX) {
        left_out = last - since - STREAM_EVENTS_MAX;
        since = last - STREAM_EVENTS_MAX;
    }
    struct events_query query = {.kind = -1, .since = since};
    size_t count = events_find(events, &query, found, STREAM_EVENTS_MAX, &next, &lost);
    if (left_out + lost > 0) {
        write_left_out(text, streams->daemon->model.t, since, left_out + lost);
    }
    for (size_t i = 0; i < count; i++) {
        if (found[i]->seq <= last &&
            selection_has_id(frame_selection(channel->frame), found[i]->isolate)) {
            struct writer writer;
            open_message(text, "event", found[i]->seq);
            writer_init(&writer, text);
            objects_write_event(&writer, found[i]);
            close_message(text);
        }
    }
}

static void write_alert(const struct streams *streams, const struct channel *channel,
                        const struct alert *alert, struct bytes *text)
{
    struct writer writer;
    struct fields fields;
    struct objects objects = {
        .model = &streams->daemon->model,
        .can_act = streams->daemon->config->http.allow_actions,
    };
    open_message(text, "alert", channel->cursor);
    writer_init(&writer, text);
    fields_init(&fields, &writer, false);
    fields_open(&fields, NULL);
    objects_write_alert(&fields, &objects, alert);
    fields_close(&fields);
    close_message(text);
}

/* Alerts that are new or changed their state since the channel last looked. */
static void write_alerts(const struct streams *streams, struct channel *channel, bool is_first,
                         struct bytes *text)
{
    const struct model *model = &streams->daemon->model;
    if (channel->alerts.count > 2 * model->alert_count + 64) {
        shadows_clear(&channel->alerts); /* mostly of alerts that are no more */
        is_first = true;
    }
    for (size_t i = 0; i < model->alert_count; i++) {
        const struct alert *alert = &model->alerts[i];
        size_t place;
        struct shadow *shadow = shadows_find(&channel->alerts, alert->id, &place);
        bool is_new = shadow == NULL;
        if (is_new && (shadow = shadows_add(&channel->alerts, alert->id)) == NULL) {
            return; /* told at the next tick, when there is memory */
        }
        if (!is_first && (is_new || shadow->words[0] != alert->state)) {
            write_alert(streams, channel, alert, text);
        }
        shadow->words[0] = alert->state;
    }
}

static void broadcast(struct channel *channel, struct chunk *chunk, bool is_whole)
{
    for (struct stream *stream = channel->streams; stream != NULL; stream = stream->next) {
        if (is_whole) {
            drop_waiting(stream);
            stream->needs_whole = false;
        }
        if (!stream->needs_whole) {
            push(stream, chunk);
        }
    }
}

/* Memory was short for something everyone should have got. */
static void mark_all_lost(struct channel *channel)
{
    for (struct stream *stream = channel->streams; stream != NULL; stream = stream->next) {
        stream->needs_whole = true;
    }
}

/* The frame as it is now, kept until the channel moves on. Renumbering reaches everyone. */
static struct chunk *get_whole(struct streams *streams, struct channel *channel)
{
    if (channel->whole != NULL && channel->whole_tick == streams->daemon->model.tick) {
        return channel->whole;
    }
    struct bytes text;
    bool is_renumbered;
    chunk_unref(&channel->whole);
    bytes_init(&text, CHUNK_BYTES_MAX);
    open_message(&text, "frame", channel->cursor);
    frame_write_whole(channel->frame, streams->daemon, &text, &is_renumbered);
    close_message(&text);
    channel->whole = chunk_new(&text);
    channel->whole_tick = streams->daemon->model.tick;
    if (channel->whole != NULL && is_renumbered) {
        broadcast(channel, channel->whole, true);
    }
    return channel->whole;
}

static void send_whole_to_laggards(struct streams *streams, struct channel *channel)
{
    for (struct stream *stream = channel->streams; stream != NULL; stream = stream->next) {
        if (stream->needs_whole && stream->queue_count == 0) {
            struct chunk *whole = get_whole(streams, channel);
            if (whole != NULL && stream->needs_whole) {
                stream->needs_whole = false;
                push(stream, whole);
            }
        }
    }
}

/* One step of a channel: the tick, or a frame when the numbering has worn out. */
static void advance(struct streams *streams, struct channel *channel)
{
    struct bytes text;
    uint64_t since = channel->cursor;

    if (frame_is_sparse(channel->frame)) {
        get_whole(streams, channel);
    }
    chunk_unref(&channel->whole);
    channel->cursor = events_last(streams->daemon->events);
    bytes_init(&text, CHUNK_BYTES_MAX);
    if (frame_tick(channel->frame) != streams->daemon->model.tick) {
        open_message(&text, "tick", channel->cursor);
        frame_write_tick(channel->frame, streams->daemon, &text);
        close_message(&text);
    }
    write_alerts(streams, channel, false, &text);
    write_events(streams, channel, since, &text);
    bool is_empty = text.size == 0;
    struct chunk *chunk = chunk_new(&text);
    if (chunk != NULL && !is_empty) {
        broadcast(channel, chunk, false);
    } else if (chunk == NULL) {
        mark_all_lost(channel);
    }
    chunk_unref(&chunk);
    send_whole_to_laggards(streams, channel);
}

void streams_tick(struct streams *streams)
{
    const struct daemon *daemon = streams->daemon;
    double slack = daemon->config->tick.interval / 2;
    struct channel *channel = streams->channels;

    for (; channel != NULL; channel = channel->next) {
        double late = daemon->model.t + slack - channel->due;
        if (late < 0 && channel->due - daemon->model.t <= channel->every + slack) {
            continue; /* the second half: unless the clock was set back */
        }
        channel->due = late < channel->every && late >= 0 ? channel->due + channel->every
                                                          : daemon->model.t + channel->every;
        advance(streams, channel);
    }
}

/* ---- joining and leaving --------------------------------------------------------------------- */

static void channel_free(struct channel **channel)
{
    frame_free(&(*channel)->frame);
    shadows_fini(&(*channel)->alerts);
    chunk_unref(&(*channel)->whole);
    free(*channel);
    *channel = NULL;
}

static struct channel *channel_new(struct streams *streams, struct selection **selection,
                                   double every)
{
    struct channel *channel = calloc(1, sizeof *channel);
    struct bytes nothing;
    if (channel == NULL) {
        selection_free(selection);
        return NULL;
    }
    shadows_init(&channel->alerts);
    channel->frame = frame_new(selection);
    if (channel->frame == NULL) {
        channel_free(&channel);
        return NULL;
    }
    channel->every = every;
    channel->due = streams->daemon->model.t + every;
    channel->cursor = events_last(streams->daemon->events);
    bytes_init(&nothing, 1);
    write_alerts(streams, channel, true, &nothing);
    channel->next = streams->channels;
    streams->channels = channel;
    streams->channel_count++;
    return channel;
}

/* The channel of that selection and pace, a new one if need be. Takes the selection. */
static int find_channel(struct streams *streams, struct selection **selection, double every,
                        struct channel **found, struct error *error)
{
    for (struct channel *at = streams->channels; at != NULL; at = at->next) {
        if (at->every == every &&
            strcmp(selection_text(frame_selection(at->frame)), selection_text(*selection)) == 0) {
            selection_free(selection);
            *found = at;
            return 0;
        }
    }
    if (streams->channel_count >= STREAM_CHANNELS_MAX) {
        selection_free(selection);
        return error_set(error, -EBUSY, "more than %d different streams; ask for the same isolates",
                         STREAM_CHANNELS_MAX);
    }
    *found = channel_new(streams, selection, every);
    return *found != NULL ? 0 : error_set(error, -ENOMEM, "out of memory");
}

static void drop_channel_if_unused(struct streams *streams, struct channel *channel)
{
    struct channel **link = &streams->channels;
    if (channel->streams != NULL) {
        return;
    }
    while (*link != channel) {
        link = &(*link)->next;
    }
    *link = channel->next;
    streams->channel_count--;
    channel_free(&channel);
}

/* What a reader missed while it was away, as far as it is still there. */
static void push_missed(struct streams *streams, struct stream *stream, const char *last_event)
{
    struct bytes text;
    size_t length = strlen(last_event);
    if (length == 0 || length > 19 || strspn(last_event, "0123456789") != length) {
        return;
    }
    bytes_init(&text, CHUNK_BYTES_MAX);
    write_events(streams, stream->channel, strtoull(last_event, NULL, 10), &text);
    if (text.size > 0) {
        struct chunk *chunk = chunk_new(&text);
        if (chunk != NULL) {
            push(stream, chunk);
        }
        chunk_unref(&chunk);
    }
    bytes_fini(&text);
}

static int join(struct streams *streams, struct channel *channel, struct stream *stream)
{
    struct bytes hello;
    stream->owner = streams;
    stream->channel = channel;
    if (channel->streams != NULL && frame_tick(channel->frame) != streams->daemon->model.tick) {
        advance(streams, channel); /* all of one channel know the same tick */
    }
    struct chunk *whole = get_whole(streams, channel);
    bytes_init(&hello, 64);
    bytes_append_text(&hello, "retry: 2000\n\n");
    struct chunk *first = chunk_new(&hello);
    if (whole != NULL && first != NULL) {
        push(stream, first);
        push(stream, whole);
        stream->next = channel->streams;
        channel->streams = stream;
    }
    int code = whole != NULL && first != NULL ? 0 : -ENOMEM;
    chunk_unref(&first);
    return code;
}

int stream_open(struct stream **opened, struct streams *streams,
                const struct stream_options *options, struct error *error)
{
    struct selection *selection;
    struct channel *channel;
    double every = fmax(options->every, streams->daemon->config->tick.interval);

    *opened = NULL;
    if (streams->stats.open >= streams->max) {
        return error_set(error, -EBUSY, "more than %zu streams", streams->max);
    }
    int code = selection_new(&selection, options->isolates, error);
    if (code == 0) {
        code = find_channel(streams, &selection, every, &channel, error);
    }
    if (code < 0) {
        return code;
    }
    struct stream *stream = calloc(1, sizeof *stream);
    code = stream != NULL ? join(streams, channel, stream) : -ENOMEM;
    if (code < 0) {
        free(stream);
        drop_channel_if_unused(streams, channel);
        return error_set(error, code, "out of memory");
    }
    if (options->last_event != NULL) {
        push_missed(streams, stream, options->last_event);
    }
    streams->stats.open++;
    streams->stats.opened++;
    *opened = stream;
    return 0;
}

void stream_close(struct stream **stream)
{
    struct stream *dead = *stream;
    if (dead == NULL) {
        return;
    }
    struct stream **link = &dead->channel->streams;
    while (*link != dead) {
        link = &(*link)->next;
    }
    *link = dead->next;
    dead->sent = 0;
    drop_waiting(dead);
    dead->owner->stats.open--;
    drop_channel_if_unused(dead->owner, dead->channel);
    free(dead);
    *stream = NULL;
}

/* ---- all of them ----------------------------------------------------------------------------- */

struct streams *streams_new(struct daemon *daemon, size_t max)
{
    struct streams *streams = calloc(1, sizeof *streams);
    if (streams != NULL) {
        streams->daemon = daemon;
        streams->max = max;
    }
    return streams;
}

void streams_free(struct streams **streams)
{
    if (*streams != NULL) {
        CHECK((*streams)->channels == NULL);
        free(*streams);
        *streams = NULL;
    }
}

const struct streams_stats *streams_get_stats(const struct streams *streams)
{
    return &streams->stats;
}
