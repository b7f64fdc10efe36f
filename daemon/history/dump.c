/*
 * The thread that writes black boxes. Called by the loop when a process has died. Owns the views in
 * its queue. One lock guards the queue and the status. Invariant: a file has its name only once it
 * is whole; what was begun and not ended is removed.
 */
#include "daemon/history/dump.h"

#include "base/check.h"
#include "base/clock.h"
#include "base/directory.h"
#include "base/log.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define SUFFIX    ".isobox"
#define FILES_MAX 4096 /* looked at when old ones are removed */

struct wreck {
    struct view *view; /* owned */
    struct blackbox_head head;
    struct dump_limits limits;
};

struct dump {
    char directory[DUMP_PATH_MAX - 512];
    pthread_t thread;
    bool has_thread;

    pthread_mutex_t lock;
    pthread_cond_t work;
    struct wreck queue[DUMP_QUEUE_MAX];
    size_t first, count;
    bool is_over;
    struct dump_status status;
};

/* ---- old files ------------------------------------------------------------------------------- */

struct box_file {
    char name[256];
    struct timespec changed;
    uint64_t bytes;
};

static int compare_files(const void *left, const void *right)
{
    const struct timespec *a = &((const struct box_file *)left)->changed;
    const struct timespec *b = &((const struct box_file *)right)->changed;

    if (a->tv_sec != b->tv_sec) {
        return a->tv_sec > b->tv_sec ? -1 : 1;
    }
    return (a->tv_nsec < b->tv_nsec) - (a->tv_nsec > b->tv_nsec);
}

static size_t list_files(int directory, DIR *listing, struct box_file *files)
{
    size_t count = 0;
    const struct dirent *entry;
    struct stat status;

    while (count < FILES_MAX && (entry = readdir(listing)) != NULL) {
        size_t length = strlen(entry->d_name), suffix = strlen(SUFFIX);
        if (length <= suffix || strcmp(entry->d_name + length - suffix, SUFFIX) != 0 ||
            fstatat(directory, entry->d_name, &status, AT_SYMLINK_NOFOLLOW) < 0 ||
            !S_ISREG(status.st_mode)) {
            continue;
        }
        snprintf(files[count].name, sizeof files[count].name, "%s", entry->d_name);
        files[count].changed = status.st_mtim;
        files[count++].bytes = (uint64_t)status.st_size;
    }
    return count;
}

/* Removes the oldest beyond what is kept; the newest always stays. */
static void remove_old(const struct dump *dump, const struct dump_limits *limits)
{
    struct box_file *files = calloc(FILES_MAX, sizeof *files);
    DIR *listing = opendir(dump->directory);
    uint64_t bytes = 0;

    if (files != NULL && listing != NULL) {
        size_t count = list_files(dirfd(listing), listing, files);
        qsort(files, count, sizeof *files, compare_files);
        for (size_t i = 0; i < count; i++) {
            bytes += files[i].bytes;
            if (i > 0 && (i >= limits->keep || bytes > limits->max_bytes)) {
                unlinkat(dirfd(listing), files[i].name, 0);
            }
        }
    }
    if (listing != NULL) {
        closedir(listing);
    }
    free(files);
}

/* ---- one file -------------------------------------------------------------------------------- */

static void make_path(const struct dump *dump, const struct blackbox_head *head,
                      char path[DUMP_PATH_MAX])
{
    char name[41], moment[32];
    time_t seconds = (time_t)(head->ended_wall_ns / CLOCK_NS_PER_S);
    struct tm parts;
    size_t i = 0;

    for (; head->name[i] != '\0' && i < sizeof name - 1; i++) {
        unsigned char c = (unsigned char)head->name[i];
        bool is_plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
                        (c >= 'a' && c <= 'z') || c == '_' || (c == '-' && i > 0);
        name[i] = is_plain ? (char)c : '_';
    }
    name[i] = '\0';
    if (gmtime_r(&seconds, &parts) == NULL ||
        strftime(moment, sizeof moment, "%Y%m%dT%H%M%SZ", &parts) == 0) {
        snprintf(moment, sizeof moment, "%" PRIu64, head->ended_wall_ns);
    }
    snprintf(path, DUMP_PATH_MAX, "%s/%s%s%" PRIu64 "-%s" SUFFIX, dump->directory, name,
             i > 0 ? "-" : "", head->pid, moment);
}

static int write_file(const struct dump *dump, const struct wreck *wreck, const char *path)
{
    char unfinished[DUMP_PATH_MAX + 8];
    int code = directory_make(dump->directory);

    if (code < 0) {
        return code;
    }
    snprintf(unfinished, sizeof unfinished, "%s.tmp", path);
    int fd = open(unfinished, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0) {
        return -errno;
    }
    code = blackbox_write(wreck->view, &wreck->head, fd);
    if (close(fd) < 0 && code == 0) {
        code = -errno;
    }
    if (code == 0 && rename(unfinished, path) < 0) {
        code = -errno;
    }
    if (code < 0) {
        unlink(unfinished);
    }
    return code;
}

/* Without the lock. */
static int keep(const struct dump *dump, struct wreck *wreck, char path[DUMP_PATH_MAX])
{
    wreck->head.pid = view_pid(wreck->view);
    make_path(dump, &wreck->head, path);
    int code = write_file(dump, wreck, path);
    view_close(&wreck->view);
    if (code < 0) {
        log_warn("the black box of process %" PRIu64 " is lost: %s: %s", wreck->head.pid,
                 dump->directory, strerror(-code));
        return code;
    }
    log_info("the black box of process %" PRIu64 ": isoctl blackbox %s", wreck->head.pid, path);
    remove_old(dump, &wreck->limits);
    return 0;
}

/* ---- the thread ------------------------------------------------------------------------------ */

static void *run(void *argument)
{
    struct dump *dump = argument;
    char path[DUMP_PATH_MAX];

    pthread_mutex_lock(&dump->lock);
    while (!dump->is_over || dump->count > 0) {
        if (dump->count == 0) {
            pthread_cond_wait(&dump->work, &dump->lock);
            continue;
        }
        struct wreck wreck = dump->queue[dump->first];
        dump->first = (dump->first + 1) % DUMP_QUEUE_MAX;
        dump->count--;
        pthread_mutex_unlock(&dump->lock);
        int code = keep(dump, &wreck, path);
        pthread_mutex_lock(&dump->lock);
        if (code == 0) {
            dump->status.written++;
            memcpy(dump->status.last, path, sizeof path);
        } else {
            dump->status.lost++;
        }
    }
    pthread_mutex_unlock(&dump->lock);
    return NULL;
}

static bool need_thread(struct dump *dump)
{
    sigset_t all, before;

    if (!dump->has_thread) {
        sigfillset(&all);
        pthread_sigmask(SIG_SETMASK, &all, &before); /* signals are the loop's */
        dump->has_thread = pthread_create(&dump->thread, NULL, run, dump) == 0;
        pthread_sigmask(SIG_SETMASK, &before, NULL);
    }
    return dump->has_thread;
}

struct dump *dump_new(const char *state_dir)
{
    struct dump *dump = calloc(1, sizeof *dump);

    if (dump != NULL) {
        snprintf(dump->directory, sizeof dump->directory, "%s/blackbox", state_dir);
        pthread_mutex_init(&dump->lock, NULL);
        pthread_cond_init(&dump->work, NULL);
    }
    return dump;
}

void dump_free(struct dump **pointer)
{
    struct dump *dump = *pointer;

    *pointer = NULL;
    if (dump == NULL) {
        return;
    }
    if (dump->has_thread) {
        pthread_mutex_lock(&dump->lock);
        dump->is_over = true;
        pthread_cond_signal(&dump->work);
        pthread_mutex_unlock(&dump->lock);
        pthread_join(dump->thread, NULL);
    }
    CHECK(dump->count == 0);
    pthread_mutex_destroy(&dump->lock);
    pthread_cond_destroy(&dump->work);
    free(dump);
}

void dump_push(struct dump *dump, struct view **view, const struct blackbox_head *head,
               const struct dump_limits *limits)
{
    bool is_taken = false;

    if (limits->keep == 0) {
        view_close(view);
        return;
    }
    bool can_write = need_thread(dump);
    pthread_mutex_lock(&dump->lock);
    if (can_write && dump->count < DUMP_QUEUE_MAX) {
        size_t place = (dump->first + dump->count++) % DUMP_QUEUE_MAX;
        dump->queue[place] = (struct wreck){*view, *head, *limits};
        is_taken = true;
        pthread_cond_signal(&dump->work);
    } else {
        dump->status.lost++;
    }
    pthread_mutex_unlock(&dump->lock);
    if (is_taken) {
        *view = NULL;
    } else {
        view_close(view);
    }
}

void dump_get_status(struct dump *dump, struct dump_status *status)
{
    pthread_mutex_lock(&dump->lock);
    *status = dump->status;
    pthread_mutex_unlock(&dump->lock);
}
