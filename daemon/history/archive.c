/*
 * The thread and the queues before and behind it. Called by feed.c with samples, by views with
 * questions, by the loop for answers. Owns the keeper. One lock guards the three queues and the
 * published status; it is held for moments and never while the database works. Invariant: what is
 * asked after a batch was handed over is answered with it.
 */
#include "daemon/history/archive.h"

#include "base/clock.h"
#include "base/log.h"
#include "daemon/history/recall.h"

#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define CLOSE_WAIT_S 20 /* a disk that hangs does not hold the daemon's end for ever */

struct archive {
    pthread_t thread;
    struct keeper *keeper; /* the thread's */
    int fd;                /* eventfd: something is in `answered` */

    pthread_mutex_t lock;
    pthread_cond_t work;
    struct keeper_batch *batches, **batch_end;
    size_t batch_count, batch_bytes;
    struct query *waiting, **waiting_end;
    struct query *answered, **answered_end;
    size_t query_count; /* waiting, or being answered */
    bool is_over;
    struct keeper_status status;

    /* the loop's own */
    struct keeper_batch *building; /* between begin and end */
    uint32_t numbers;              /* given out */
    uint64_t dropped;
    uint64_t strangers;   /* as of the last time all names were sent */
    bool sends_all_names; /* a batch was lost, names with it */
};

static void free_batch(struct keeper_batch **batch)
{
    if (*batch != NULL) {
        bytes_fini(&(*batch)->data);
        free(*batch);
        *batch = NULL;
    }
}

/* ---- the thread ------------------------------------------------------------------------------ */

static struct keeper_batch *pop_batch(struct archive *archive)
{
    struct keeper_batch *batch = archive->batches;

    if (batch != NULL) {
        archive->batches = batch->next;
        archive->batch_end = batch->next == NULL ? &archive->batches : archive->batch_end;
        archive->batch_count--;
        archive->batch_bytes -= batch->data.capacity;
    }
    return batch;
}

static struct query *pop_query(struct query **first, struct query ***end)
{
    struct query *query = *first;

    if (query != NULL) {
        *first = query->next;
        *end = query->next == NULL ? first : *end;
        query->next = NULL;
    }
    return query;
}

/* With the lock held. */
static void give_answer(struct archive *archive, struct query *query)
{
    const uint64_t one = 1;

    archive->query_count--;
    if (query->is_dropped) {
        query_free(&query);
        return;
    }
    *archive->answered_end = query;
    archive->answered_end = &query->next;
    if (write(archive->fd, &one, sizeof one) < 0) {
        return; /* the counter is at its end: it is readable */
    }
}

/* With the lock held before and after; batches first, so that an answer knows of them. */
static void work(struct archive *archive)
{
    struct keeper_batch *batch = pop_batch(archive);
    struct query *query =
        batch == NULL ? pop_query(&archive->waiting, &archive->waiting_end) : NULL;
    struct keeper_status status;

    pthread_mutex_unlock(&archive->lock);
    if (batch != NULL) {
        keeper_take(archive->keeper, batch);
        free_batch(&batch);
    } else if (query != NULL) {
        recall_answer(archive->keeper, query);
    }
    keeper_get_status(archive->keeper, &status);
    pthread_mutex_lock(&archive->lock);
    archive->status = status;
    if (query != NULL) {
        give_answer(archive, query);
    }
}

static void *run(void *argument)
{
    struct archive *archive = argument;

    pthread_mutex_lock(&archive->lock);
    while (!archive->is_over || archive->batches != NULL) {
        if (archive->batches == NULL && archive->waiting == NULL) {
            pthread_cond_wait(&archive->work, &archive->lock);
        } else {
            work(archive);
        }
    }
    pthread_mutex_unlock(&archive->lock);
    keeper_save(archive->keeper, true);
    keeper_free(&archive->keeper);
    return NULL;
}

/* ---- start and end --------------------------------------------------------------------------- */

static int start(struct archive *archive)
{
    sigset_t all, before;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before); /* signals are the loop's */
    int code = -pthread_create(&archive->thread, NULL, run, archive);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return code;
}

static void free_archive(struct archive *archive)
{
    struct keeper_batch *batch;

    while ((batch = pop_batch(archive)) != NULL) {
        free_batch(&batch);
    }
    free_batch(&archive->building);
    keeper_free(&archive->keeper);
    pthread_mutex_destroy(&archive->lock);
    pthread_cond_destroy(&archive->work);
    if (archive->fd >= 0) {
        close(archive->fd);
    }
    free(archive);
}

int archive_open(struct archive **result, const char *directory, const double steps[DISK_LEVELS],
                 struct error *error)
{
    struct archive *archive = calloc(1, sizeof *archive);
    int code = -ENOMEM;

    *result = NULL;
    if (archive == NULL) {
        return error_set(error, -ENOMEM, "history: no memory");
    }
    archive->batch_end = &archive->batches;
    archive->waiting_end = &archive->waiting;
    archive->answered_end = &archive->answered;
    archive->status.oldest = archive->status.saved_at = NAN;
    pthread_mutex_init(&archive->lock, NULL);
    pthread_cond_init(&archive->work, NULL);
    archive->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    code = archive->fd < 0 ? -errno : 0;
    if (code == 0 && (archive->keeper = keeper_new(directory, steps)) == NULL) {
        code = -ENOMEM;
    }
    if (code < 0 || (code = start(archive)) < 0) {
        free_archive(archive);
        return error_set(error, code, "history: the thread cannot start: %s", strerror(-code));
    }
    *result = archive;
    return 0;
}

void archive_close(struct archive **pointer)
{
    struct archive *archive = *pointer;
    struct timespec until;

    *pointer = NULL;
    if (archive == NULL) {
        return;
    }
    pthread_mutex_lock(&archive->lock);
    archive->is_over = true;
    pthread_cond_signal(&archive->work);
    pthread_mutex_unlock(&archive->lock);
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += CLOSE_WAIT_S;
    if (pthread_timedjoin_np(archive->thread, NULL, &until) != 0) {
        log_warn("history: the disk does not answer; what was not written is lost");
        pthread_detach(archive->thread);
        return; /* the thread still uses it */
    }
    free_archive(archive);
}

/* ---- samples --------------------------------------------------------------------------------- */

bool archive_begin(struct archive *archive, double t, const struct keeper_limits *limits)
{
    pthread_mutex_lock(&archive->lock);
    bool has_room = archive->batch_count < ARCHIVE_BATCHES_MAX &&
                    archive->batch_bytes < ARCHIVE_QUEUE_BYTES_MAX;
    archive->sends_all_names |= archive->status.strangers != archive->strangers;
    archive->strangers = archive->status.strangers;
    pthread_mutex_unlock(&archive->lock);
    archive->building = has_room ? calloc(1, sizeof *archive->building) : NULL;
    if (archive->building == NULL) {
        archive->dropped++;
        return false;
    }
    archive->building->t = t;
    archive->building->now_ns = clock_now_ns();
    archive->building->limits = *limits;
    bytes_init(&archive->building->data, 0);
    return true;
}

bool archive_wants_name(const struct archive *archive, const struct history *history)
{
    return archive->sends_all_names || history_get_number(history) == 0;
}

void archive_add(struct archive *archive, struct history *history, const char *name,
                 const double *values)
{
    static const char padding[8];
    struct keeper_batch *batch = archive->building;
    enum history_kind kind = history_kind(history);
    unsigned metric_count = history_metric_count(kind);

    if (history_get_number(history) == 0) {
        history_set_number(history, ++archive->numbers);
    }
    struct keeper_entry entry = {
        .number = history_get_number(history),
        .kind = (uint8_t)kind,
        .metric_count = (uint8_t)metric_count,
        .name_bytes = name != NULL ? (uint16_t)(strlen(name) + 1) : 0,
    };
    bytes_append(&batch->data, &entry, sizeof entry);
    bytes_append(&batch->data, values, metric_count * sizeof *values);
    if (name != NULL) {
        bytes_append(&batch->data, name, entry.name_bytes);
        bytes_append(&batch->data, padding, (8 - entry.name_bytes % 8) % 8);
    }
    batch->entry_count++;
}

void archive_end(struct archive *archive)
{
    struct keeper_batch *batch = archive->building;

    archive->building = NULL;
    archive->sends_all_names = batch->data.is_failed;
    if (batch->data.is_failed) {
        archive->dropped++;
        free_batch(&batch);
        return;
    }
    pthread_mutex_lock(&archive->lock);
    *archive->batch_end = batch;
    archive->batch_end = &batch->next;
    archive->batch_count++;
    archive->batch_bytes += batch->data.capacity;
    pthread_cond_signal(&archive->work);
    pthread_mutex_unlock(&archive->lock);
}

/* ---- questions ------------------------------------------------------------------------------- */

int archive_fd(const struct archive *archive)
{
    return archive->fd;
}

int archive_ask(struct archive *archive, struct query *query)
{
    int code = -EBUSY;

    pthread_mutex_lock(&archive->lock);
    if (archive->query_count < ARCHIVE_QUERIES_MAX) {
        archive->query_count++;
        query->state = QUERY_WAITING;
        query->next = NULL;
        *archive->waiting_end = query;
        archive->waiting_end = &query->next;
        pthread_cond_signal(&archive->work);
        code = 0;
    }
    pthread_mutex_unlock(&archive->lock);
    return code;
}

struct query *archive_take(struct archive *archive)
{
    uint64_t times;
    struct query *query;

    if (read(archive->fd, &times, sizeof times) < 0) {
        times = 0; /* nothing new, or read already */
    }
    pthread_mutex_lock(&archive->lock);
    while ((query = pop_query(&archive->answered, &archive->answered_end)) != NULL &&
           query->is_dropped) {
        query_free(&query);
    }
    pthread_mutex_unlock(&archive->lock);
    if (query != NULL) {
        query->state = QUERY_DONE;
    }
    return query;
}

void archive_drop(struct archive *archive, struct query **pointer)
{
    struct query *query = *pointer;

    *pointer = NULL;
    if (query == NULL) {
        return;
    }
    pthread_mutex_lock(&archive->lock);
    bool is_waiting = query->state == QUERY_WAITING;
    query->is_dropped = true;
    pthread_mutex_unlock(&archive->lock);
    if (!is_waiting) {
        query_free(&query);
    }
}

void archive_get_status(struct archive *archive, struct archive_status *status)
{
    pthread_mutex_lock(&archive->lock);
    status->disk = archive->status;
    pthread_mutex_unlock(&archive->lock);
    status->dropped = archive->dropped;
}
