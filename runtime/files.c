/*
 * What an isolate has under way (files.h). A request belongs to its isolate's list until it is done
 * and then to a letter; when the isolate ends first it moves to the orphans, which belong to nobody
 * and are freed when they are done. The lock guards every request's `mailbox`, and the orphans:
 * whoever finishes a request looks under it whether anybody still waits.
 */
#include "runtime/files.h"

#include "runtime/host.h"
#include "runtime/mailbox.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define INPUT_LOOK_MS 50

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct file_request *orphans;

struct file_request *files_new(enum file_op op)
{
    struct file_request *request = malloc(sizeof *request);

    if (request != NULL) {
        file_init(request, op);
    }
    return request;
}

void files_free(struct file_request **place)
{
    struct file_request *request = *place;

    *place = NULL;
    if (request != NULL) {
        file_fini(request);
        free(request->letter);
        free(request);
    }
}

void files_init(struct files *files, struct host *host, struct mailbox *mailbox)
{
    memset(files, 0, sizeof *files);
    files->host = host;
    files->mailbox = mailbox;
}

static void add(struct file_request **list, struct file_request *request)
{
    request->previous = NULL;
    request->next = *list;
    if (request->next != NULL) {
        request->next->previous = request;
    }
    *list = request;
}

static void take(struct file_request **list, struct file_request *request)
{
    *(request->previous != NULL ? &request->previous->next : list) = request->next;
    if (request->next != NULL) {
        request->next->previous = request->previous;
    }
    request->next = request->previous = NULL;
}

/* ---- on the other thread ------------------------------------------------------------------------
 */

static bool is_wanted(struct file_request *request)
{
    pthread_mutex_lock(&lock);
    bool is_waited_for = request->mailbox != NULL;
    pthread_mutex_unlock(&lock);
    return is_waited_for || request->op == FILE_CLOSE; /* whose descriptor is noted nowhere else */
}

/* Under the lock: the descriptor of an orphan is closed by the last one that uses it. */
static bool must_close(struct file_request *request)
{
    if (!request->is_closer) {
        return false;
    }
    for (struct file_request *other = orphans; other != NULL; other = other->next) {
        if (other->fd == request->fd && other->path == NULL) {
            other->is_closer = true;
            return false;
        }
    }
    return true;
}

static void deliver(struct file_request *request)
{
    pthread_mutex_lock(&lock);
    struct mailbox *mailbox = request->mailbox;
    if (mailbox != NULL) {
        struct letter *letter = request->letter;
        request->letter = NULL;
        letter->kind = LETTER_FILE;
        letter->file = request;
        mailbox_push(mailbox, letter);
        pthread_mutex_unlock(&lock);
        return;
    }
    take(&orphans, request);
    bool is_closing = must_close(request);
    pthread_mutex_unlock(&lock);
    if (is_closing) {
        close(request->fd);
    }
    files_free(&request);
}

/* Nobody can end a read of a terminal or a pipe that says nothing: it is begun when there is
 * something. False when nobody waits for it any more. */
static bool wait_for_input(struct file_request *request)
{
    struct pollfd ready = {.fd = request->fd, .events = POLLIN};

    while (is_wanted(request)) {
        if (poll(&ready, 1, INPUT_LOOK_MS) != 0) {
            return true; /* also when it can't be waited for: reading says why */
        }
    }
    return false;
}

static void run(void *argument)
{
    struct file_request *request = argument;
    bool is_input = request->op == FILE_READ && request->fd == STDIN_FILENO;

    if (is_input ? wait_for_input(request) : is_wanted(request)) {
        file_run(request);
    }
    deliver(request);
}

/* ---- in the isolate -----------------------------------------------------------------------------
 */

int files_start(struct files *files, struct file_request *request)
{
    request->letter = calloc(1, sizeof *request->letter);
    if (request->letter == NULL) {
        return -ENOMEM;
    }
    request->mailbox = files->mailbox;
    add(&files->open, request);
    int code = host_work(files->host, run, request);
    if (code < 0) {
        take(&files->open, request);
    }
    return code;
}

void files_finish(struct files *files, struct file_request *request)
{
    take(&files->open, request);
}

bool files_add_fd(struct files *files, int fd)
{
    if (files->is_leaving) {
        return true;
    }
    if (files->fd_count == files->fd_room) {
        size_t room = files->fd_room == 0 ? 8 : files->fd_room * 2;
        int *fds = realloc(files->fds, room * sizeof *fds);
        if (fds == NULL) {
            return false;
        }
        files->fds = fds;
        files->fd_room = room;
    }
    files->fds[files->fd_count++] = fd;
    return true;
}

bool files_remove_fd(struct files *files, int fd)
{
    for (size_t i = 0; i < files->fd_count; i++) {
        if (files->fds[i] == fd) {
            files->fds[i] = files->fds[--files->fd_count];
            return true;
        }
    }
    return false;
}

/* Under the lock. */
static void orphan_all(struct files *files)
{
    while (files->open != NULL) {
        struct file_request *request = files->open;
        take(&files->open, request);
        if (request->letter != NULL) {
            request->mailbox = NULL;
            add(&orphans, request);
        } /* else it waits in the mailbox, which frees it */
    }
}

static bool is_in_use(int fd)
{
    for (struct file_request *request = orphans; request != NULL; request = request->next) {
        if (request->fd == fd && request->path == NULL) {
            request->is_closer = true;
            return true;
        }
    }
    return false;
}

void files_fini(struct files *files)
{
    pthread_mutex_lock(&lock);
    orphan_all(files);
    for (size_t i = 0; i < files->fd_count; i++) {
        if (!is_in_use(files->fds[i])) {
            close(files->fds[i]);
        }
    }
    pthread_mutex_unlock(&lock);
    free(files->fds);
}
