/*
 * The process as a whole (host.h). Made by main before the first isolate, ended after the last.
 * Owns the segment and the I/O thread. The lock guards the list of isolates only; a mailbox's lock
 * may be taken inside it.
 */
#include "runtime/host.h"

#include "runtime/environment.h"
#include "runtime/growth.h"
#include "runtime/io.h"
#include "runtime/isolate.h"
#include "runtime/worker.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <jansson.h>

struct entry {
    struct isolate *isolate;
    struct entry *next;
};

struct host {
    const struct host_options *options;
    struct segment *segment;     /* owned; NULL with --collector none */
    struct wire_process private; /* used without a segment */
    struct io *io;               /* owned; started with the segment, or when first needed */
    struct environment *environment; /* counted */
    _Atomic uint32_t threads;
    _Atomic uint64_t messages;
    pthread_mutex_t lock;
    struct entry *isolates; /* owned entries, under the lock */
};

int host_open(struct host **result, const struct host_options *options, struct error *error)
{
    struct host *host = calloc(1, sizeof *host);
    int code = 0;

    *result = NULL;
    if (host == NULL) {
        return error_set(error, -ENOMEM, "no memory");
    }
    host->options = options;
    pthread_mutex_init(&host->lock, NULL);
    host->environment = environment_new(options->environment);
    bool is_watched = options->collector == NULL || strcmp(options->collector, "none") != 0;
    if (is_watched) {
        code = segment_create(&host->segment, &segment_counts_default, 0, error);
    }
    if (code == 0) {
        code = io_open(&host->io, host, error);
    }
    if (code == 0 && is_watched) {
        code = io_start(host->io, error);
    }
    if (code < 0) {
        host_close(&host);
        return code;
    }
    *result = host;
    return 0;
}

void host_close(struct host **place)
{
    struct host *host = *place;

    *place = NULL;
    /* What waits for a terminal or a FIFO cannot be called back: it keeps its thread and what that
     * stands on, and the process ends around it. */
    if (host != NULL && !io_is_working(host->io)) {
        io_close(&host->io);
        environment_unref(&host->environment);
        segment_free(&host->segment);
        pthread_mutex_destroy(&host->lock);
        free(host);
    }
}

const struct host_options *host_options(const struct host *host)
{
    return host->options;
}

struct environment *host_environment(const struct host *host)
{
    return host->environment;
}

struct segment *host_segment(const struct host *host)
{
    return host->segment;
}

struct wire_process *host_process(struct host *host)
{
    return host->segment != NULL ? segment_process(host->segment) : &host->private;
}

uint32_t host_next_thread(struct host *host)
{
    return atomic_fetch_add(&host->threads, 1) + 1;
}

uint64_t host_next_message(struct host *host)
{
    return atomic_fetch_add_explicit(&host->messages, 1, memory_order_relaxed) + 1;
}

void host_add(struct host *host, struct isolate *isolate)
{
    struct entry *entry = malloc(sizeof *entry);

    if (entry == NULL) {
        return; /* it runs and is seen; only commands cannot reach it */
    }
    entry->isolate = isolate;
    pthread_mutex_lock(&host->lock);
    entry->next = host->isolates;
    host->isolates = entry;
    pthread_mutex_unlock(&host->lock);
}

void host_remove(struct host *host, struct isolate *isolate)
{
    struct entry *found = NULL;

    pthread_mutex_lock(&host->lock);
    for (struct entry **at = &host->isolates; *at != NULL; at = &(*at)->next) {
        if ((*at)->isolate == isolate) {
            found = *at;
            *at = found->next;
            break;
        }
    }
    pthread_mutex_unlock(&host->lock);
    free(found);
}

/* Under the lock; NULL when there is none. */
static struct isolate *find_isolate(struct host *host, uint32_t thread)
{
    struct entry *at = host->isolates;

    while (at != NULL && isolate_thread(at->isolate) != thread) {
        at = at->next;
    }
    return at != NULL ? at->isolate : NULL;
}

bool host_send_errand(struct host *host, uint32_t thread, struct letter *letter)
{
    pthread_mutex_lock(&host->lock);
    struct isolate *isolate = find_isolate(host, thread);
    if (isolate != NULL) {
        mailbox_push(isolate_mailbox(isolate), letter);
        engine_notice(isolate_engine(isolate));
    }
    pthread_mutex_unlock(&host->lock);
    return isolate != NULL;
}

bool host_take_errand(struct host *host, uint32_t thread, const char *id)
{
    pthread_mutex_lock(&host->lock);
    struct isolate *isolate = find_isolate(host, thread);
    struct letter *letter =
        isolate != NULL ? mailbox_take_errand(isolate_mailbox(isolate), id) : NULL;
    pthread_mutex_unlock(&host->lock);
    bool is_taken = letter != NULL;
    mailbox_free_letter(&letter);
    return is_taken;
}

bool host_send(struct host *host, uint32_t thread, struct letter *letter)
{
    struct entry *at;

    pthread_mutex_lock(&host->lock);
    for (at = host->isolates; at != NULL && isolate_thread(at->isolate) != thread; at = at->next) {
    }
    if (at != NULL) {
        mailbox_push(isolate_mailbox(at->isolate), letter);
    }
    pthread_mutex_unlock(&host->lock);
    if (at == NULL) {
        mailbox_free_letter(&letter);
    }
    return at != NULL;
}

bool host_command(struct host *host, uint32_t thread, const struct host_order *order)
{
    struct letter *letter = calloc(1, sizeof *letter);

    if (letter == NULL) {
        return false;
    }
    letter->kind = LETTER_COMMAND;
    snprintf(letter->verb, sizeof letter->verb, "%s", order->verb);
    snprintf(letter->id, sizeof letter->id, "%s", order->id);
    snprintf(letter->reason, sizeof letter->reason, "%s",
             order->reason != NULL && order->reason[0] != '\0' ? order->reason : "command");
    return host_send(host, thread, letter);
}

/* Takes the answer, and the descriptor (-1 for none). */
static void send_answer(struct host *host, json_t *answer, int fd)
{
    char *line = answer != NULL ? json_dumps(answer, JSON_COMPACT) : NULL;

    json_decref(answer);
    if (line != NULL) {
        io_send(host->io, line, fd);
    } else if (fd >= 0) {
        close(fd);
    }
}

void host_answer(struct host *host, const char *id, const char *refusal)
{
    send_answer(host, refusal == NULL
                          ? json_pack("{s:s,s:s,s:b}", "type", "result", "id", id, "ok", 1)
                          : json_pack("{s:s,s:s,s:b,s:s}", "type", "result", "id", id, "ok", 0,
                                      "error", refusal),
                -1);
}

/* Whole numbers, such as bytes, are written as such. */
static json_t *json_figure(double value)
{
    bool is_whole = fabs(value) < 9007199254740992.0 && floor(value) == value;

    return isnan(value) ? json_null() : is_whole ? json_integer((json_int_t)value) : json_real(value);
}

static json_t *pack_figures(const char *id, const struct host_figure *figures, size_t count)
{
    json_t *answer = json_pack("{s:s,s:s,s:b}", "type", "result", "id", id, "ok", 1);

    for (size_t i = 0; i < count; i++) {
        json_object_set_new(answer, figures[i].name, json_figure(figures[i].value));
    }
    return answer;
}

void host_answer_figures(struct host *host, const char *id, const struct host_figure *figures,
                         size_t count)
{
    send_answer(host, pack_figures(id, figures, count), -1);
}

/* Names come from scripts: what is no UTF-8 is told without what is not ASCII. */
static json_t *json_text(const char *text)
{
    json_t *value = json_string(text);
    char copy[GROWTH_FILE_MAX];

    if (value == NULL) {
        snprintf(copy, sizeof copy, "%s", text);
        for (char *at = copy; *at != '\0'; at++) {
            *at = (unsigned char)*at < 0x80 ? *at : '?';
        }
        value = json_string(copy);
    }
    return value;
}

static json_t *pack_kinds(const struct growth_report *report)
{
    json_t *kinds = json_array();

    for (int i = 0; i < GROWTH_KINDS_MAX && report->kinds[i].bytes > 0; i++) {
        const struct growth_kind *kind = &report->kinds[i];
        json_array_append_new(kinds, json_pack("{s:o,s:I,s:I}", "name", json_text(kind->name),
                                               "count", (json_int_t)kind->count, "bytes",
                                               (json_int_t)kind->bytes));
    }
    return kinds;
}

static json_t *pack_sites(const struct growth_report *report)
{
    json_t *sites = json_array();

    for (int i = 0; i < GROWTH_SITES_MAX && report->sites[i].bytes > 0; i++) {
        const struct growth_site *site = &report->sites[i];
        json_array_append_new(
            sites, json_pack("{s:o,s:o,s:i,s:o,s:I}", "function", json_text(site->function), "file",
                             json_text(site->file), "line", (int)site->line, "bytes",
                             json_figure(round(site->bytes)), "samples",
                             (json_int_t)site->samples));
    }
    return sites;
}

void host_answer_growth(struct host *host, const char *id, const struct growth_report *report)
{
    const struct host_figure figures[] = {
        {"jobs", (double)report->jobs},
        {"bytes", (double)report->bytes},
        {"seconds", report->seconds},
        {"pause_seconds", report->pause_seconds},
    };
    json_t *answer = pack_figures(id, figures, sizeof figures / sizeof *figures);

    json_object_set_new(answer, "kinds", pack_kinds(report));
    json_object_set_new(answer, "sites", pack_sites(report));
    json_object_set_new(answer, "no_site",
                        report->no_site != NULL ? json_text(report->no_site) : json_null());
    send_answer(host, answer, -1);
}

void host_answer_file(struct host *host, const char *id, int fd, const struct host_figure *figures,
                      size_t count)
{
    json_t *answer = pack_figures(id, figures, count);

    json_object_set_new(answer, "file", json_true());
    send_answer(host, answer, fd);
}

void host_kill(struct host *host, struct worker *worker)
{
    io_kill(host->io, worker);
}

int host_work(struct host *host, void (*run)(void *argument), void *argument)
{
    return io_work(host->io, run, argument);
}
