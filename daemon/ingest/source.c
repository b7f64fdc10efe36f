/*
 * What the files of ingest share: the making and freeing of sources, their answers, the beginnings
 * and ends of isolates, and what is said of refusals. Owns nothing. Invariant: a process with a
 * source that has no connection is stale.
 */
#include "daemon/ingest/source.h"

#include "base/clock.h"
#include "base/log.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

void source_log(struct ingest *ingest, const char *format, ...)
{
    char text[ERROR_TEXT_MAX];
    uint64_t second = clock_now_ns() / CLOCK_NS_PER_S;
    va_list arguments;

    if (second == ingest->log_second) {
        ingest->log_skipped++;
        return;
    }
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (ingest->log_skipped > 0) {
        log_warn("%s (and %" PRIu64 " refusals before)", text, ingest->log_skipped);
    } else {
        log_warn("%s", text);
    }
    ingest->log_second = second;
    ingest->log_skipped = 0;
}

static void close_fd(int *fd)
{
    if (*fd >= 0) {
        close(*fd);
    }
    *fd = -1;
}

void source_free(struct source **pointer)
{
    struct source *source = *pointer;

    *pointer = NULL;
    door_fini(&source->door);
    close_fd(&source->bell);
    close_fd(&source->pidfd);
    view_close(&source->view);
    free(source->seats);
    if (source->process != NULL) {
        *source_place(source->process, source) = NULL;
    }
    free(source);
}

struct source *source_new(struct ingest *ingest, int fd)
{
    struct source *source = calloc(1, sizeof *source);

    if (source == NULL) {
        return NULL;
    }
    door_init(&source->door, fd);
    source->bell = source->pidfd = -1;
    source->door_watch = (struct watch){WATCH_MAGIC, WATCH_DOOR, source};
    source->bell_watch = (struct watch){WATCH_MAGIC, WATCH_BELL, source};
    source->process_watch = (struct watch){WATCH_MAGIC, WATCH_PROCESS, source};
    source->heard_at = ingest->wall_offset + (double)clock_now_ns() / (double)CLOCK_NS_PER_S;
    if (door_peer(fd, &source->peer_pid, &source->peer_uid) < 0 ||
        watch_add(ingest->epoll, fd, EPOLLIN, &source->door_watch) < 0) {
        source->door.fd = -1; /* stays the caller's */
        source_free(&source);
        return NULL;
    }
    source->is_waiting = true;
    ingest->waiting_count++;
    source->next = ingest->sources;
    ingest->sources = source;
    return source;
}

void source_answer_error(struct source *source, const char *text, uint64_t line)
{
    char escaped[2 * ERROR_TEXT_MAX], answer[2 * ERROR_TEXT_MAX + 64];
    size_t used = 0;

    if (source->door.fd < 0) {
        return;
    }
    for (; *text != '\0' && used < sizeof escaped - 3; text++) {
        if (*text == '"' || *text == '\\') {
            escaped[used++] = '\\';
        }
        escaped[used++] = (unsigned char)*text < 0x20 ? ' ' : *text;
    }
    escaped[used] = '\0';
    int length = line != 0 ? snprintf(answer, sizeof answer,
                                      "{\"error\":\"%s\",\"line\":%" PRIu64 "}", escaped, line)
                           : snprintf(answer, sizeof answer, "{\"error\":\"%s\"}", escaped);
    if (door_send(&source->door, answer, (size_t)length, NULL, 0) < 0) {
        return; /* it does not listen; it is hung up on anyway */
    }
}

struct source **source_place(struct process *process, const struct source *source)
{
    return source->is_probe ? &process->probe : &process->source;
}

/* What only the probe knew leaves with it, at the next expiry. */
void source_leave(struct ingest *ingest, struct source *source)
{
    const struct model *model = &ingest->daemon->model;
    struct process *process = source->process;

    for (size_t i = 0; i < model->isolate_count; i++) {
        struct isolate *isolate = model->isolates[i];
        if (isolate->process != process || (isolate->sources & MODEL_PROBE) == 0) {
            continue;
        }
        isolate->sources &= ~(unsigned)MODEL_PROBE;
        isolate->slot = UINT32_MAX;
        if (isolate->sources == 0) {
            source_end_isolate(isolate, MODEL_EXITED, 0);
        }
    }
    process->probe = NULL;
    if (process->source == NULL) {
        process->ended_at = 1; /* long ago */
        process->state = MODEL_EXITED;
    }
    source->process = NULL;
    source->is_closed = true;
    ingest->emitter_count--;
    close_fd(&source->door.fd);
}

static bool is_heard(const struct source *source)
{
    return source != NULL && source->door.fd >= 0 && !source->is_silent;
}

void source_judge_stale(struct process *process)
{
    process->is_stale = !is_heard(process->source) && !is_heard(process->probe);
}

/* An emitter without a segment answers no order of a connection that is over. */
static void break_orders(const struct ingest *ingest, const struct source *source)
{
    if (source->process->source == source && source->view == NULL) {
        actions_break(ingest->daemon->actions, source->process->pid, ingest->daemon->model.t);
    }
}

void source_hang_up(struct ingest *ingest, struct source *source)
{
    close_fd(&source->door.fd);
    if (source->is_prober) {
        if (ingest->prober == source) {
            ingest->prober = NULL;
            ingest->daemon->model.status.prober_pid = 0;
            ingest->daemon->model.status.candidate_count = 0;
        }
        source->is_closed = true;
    } else if (source->is_waiting) {
        source->is_waiting = false;
        source->is_closed = true;
        ingest->waiting_count--;
    } else if (source->process != NULL) {
        break_orders(ingest, source);
        source_judge_stale(source->process);
    }
}

void source_end_isolate(struct isolate *isolate, enum model_state state, double t)
{
    if (isolate->has_ended) {
        return;
    }
    isolate->has_ended = true;
    isolate->ended_at = t;
    isolate->updated_at = t;
    isolate->state = state;
    isolate->is_stale = false;
    isolate->messages.queued = isolate->messages.queued_bytes = 0;
    isolate->messages.oldest_queued_seconds = NAN;
    isolate->heap.used = isolate->heap.total = 0;
    isolate->external = isolate->array_buffers = isolate->shared = 0;
    isolate->slot = UINT32_MAX;
}

struct isolate *source_need_isolate(struct ingest *ingest, struct source *source, uint32_t thread)
{
    struct model *model = &ingest->daemon->model;
    struct isolate *isolate = model_find_thread(model, source->process, thread);

    if (isolate != NULL && !isolate->has_ended) {
        return isolate;
    }
    if (isolate != NULL) {
        isolate->ended_at = 0; /* its place is taken: gone at the next expiry */
    }
    if (model->isolate_count >= ingest->daemon->config->socket.max_isolates ||
        (isolate = model_add_isolate(model, source->process, thread)) == NULL) {
        model->status.records_refused++;
        source_log(ingest,
                   "isolate %" PRIu32 " of process %" PRIu64
                   " refused: %zu are watched (socket.max_isolates)",
                   thread, source->process->pid, model->isolate_count);
        return NULL;
    }
    isolate->changed_tick = model->tick;
    return isolate;
}

uint64_t source_figure(struct ingest *ingest, uint64_t value, uint64_t max)
{
    if (value <= max || value == WIRE_UNKNOWN) {
        return value;
    }
    ingest->daemon->model.status.records_refused++;
    return WIRE_UNKNOWN;
}

void source_set_name(struct isolate *isolate, const char *name)
{
    static const char separators[] = "-_#:. ";
    size_t length = strlen(name);

    snprintf(isolate->name, sizeof isolate->name, "%s", name);
    while (length > 0 && name[length - 1] >= '0' && name[length - 1] <= '9') {
        length--;
    }
    while (length > 0 && strchr(separators, name[length - 1]) != NULL) {
        length--;
    }
    snprintf(isolate->pool, sizeof isolate->pool, "%.*s", (int)length, name);
}
