/*
 * The live streams of /api/v1/stream as Server-Sent Events, without the HTTP around them: http.c
 * opens a stream for a connection, asks it for bytes and closes it. Streams that ask for the same
 * isolates at the same pace share a channel: it renders each tick once, whoever many listen. A
 * stream holds counted references to what was rendered, a bounded number of them; one that lags
 * loses them and starts again with a frame. The loop's thread only.
 */
#ifndef DAEMON_STREAM_H
#define DAEMON_STREAM_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct daemon;
struct streams;
struct stream;

/* Streams at the same time, and different channels among them. */
#define STREAM_CHANNELS_MAX 64
/* Happenings told with one tick; of more only the newest, and how many were left out. */
#define STREAM_EVENTS_MAX 100

struct streams_stats {
    size_t open;
    uint64_t opened, resynced; /* totals */
};

/* NULL: no memory. `daemon` is borrowed. */
struct streams *streams_new(struct daemon *daemon, size_t max);
/* Every stream must have been closed. */
void streams_free(struct streams **streams);
const struct streams_stats *streams_get_stats(const struct streams *streams);

/* A new tick is in the model: renders for the channels whose time has come. */
void streams_tick(struct streams *streams);

struct stream_options {
    const char *isolates;   /* as in the query; NULL: the default */
    double every;           /* seconds */
    const char *last_event; /* Last-Event-ID; NULL for none */
};

/* A stream with its first frame ready. 0, or with *error: -EINVAL (options), -EBUSY (too many),
 * -ENOMEM. */
int stream_open(struct stream **stream, struct streams *streams,
                const struct stream_options *options, struct error *error);
void stream_close(struct stream **stream);

/* Bytes are waiting. */
bool stream_is_ready(const struct stream *stream);
/* Moves up to `max` bytes out; 0 when nothing is waiting. */
size_t stream_read(struct stream *stream, char *buffer, size_t max);

#endif
