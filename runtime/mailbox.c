/*
 * A mutex, two intrusive queues and a futex word (mailbox.h). Filled by any thread, emptied by the
 * isolate that owns it. Owns the letters and the ready ports' references. Invariant: the bell
 * changes after everything that was put in, so a sleeper that heard the old bell never misses it.
 */
#include "runtime/mailbox.h"

#include "base/clock.h"
#include "base/lock.h"
#include "runtime/account.h"
#include "runtime/files.h"
#include "runtime/message.h"
#include "runtime/port.h"
#include "runtime/worker.h"

#include <linux/futex.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

void mailbox_free_letter(struct letter **place)
{
    struct letter *letter = *place;

    *place = NULL;
    if (letter != NULL) {
        if (letter->kind == LETTER_HEAP && letter->code == 0 && letter->fd >= 0) {
            close(letter->fd);
        }
        worker_unref(&letter->worker);
        files_free(&letter->file);
        message_free(&letter->message);
        free(letter->bytes);
        free(letter);
    }
}

void mailbox_init(struct mailbox *mailbox, struct account *account)
{
    memset(mailbox, 0, sizeof *mailbox);
    mailbox->account = account;
    lock_init(&mailbox->lock);
}

void mailbox_close(struct mailbox *mailbox)
{
    struct letter *letter;
    struct port *port;

    pthread_mutex_lock(&mailbox->lock);
    mailbox->is_closed = true;
    pthread_mutex_unlock(&mailbox->lock);
    while ((letter = mailbox_pop(mailbox)) != NULL) {
        mailbox_free_letter(&letter);
    }
    while ((port = mailbox_pop_port(mailbox)) != NULL) {
        port_unref(&port);
    }
}

void mailbox_fini(struct mailbox *mailbox)
{
    pthread_mutex_destroy(&mailbox->lock);
}

void mailbox_wake(struct mailbox *mailbox)
{
    atomic_fetch_add(&mailbox->bell, 1);
    if (atomic_load(&mailbox->is_asleep)) {
        syscall(SYS_futex, &mailbox->bell, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
    }
}

/* What a letter carries is in flight until its owner takes it out. Locked. */
static void count(struct mailbox *mailbox, const struct letter *letter, bool is_in)
{
    uint64_t bytes = letter->size + (letter->message != NULL ? letter->message->bytes : 0);

    if (bytes > 0) {
        (is_in ? account_queue_letter : account_unqueue_letter)(mailbox->account, bytes);
    }
}

void mailbox_push(struct mailbox *mailbox, struct letter *letter)
{
    pthread_mutex_lock(&mailbox->lock);
    bool is_closed = mailbox->is_closed;
    if (!is_closed) {
        letter->next = NULL;
        if (mailbox->last != NULL) {
            mailbox->last->next = letter;
        } else {
            mailbox->first = letter;
        }
        mailbox->last = letter;
        count(mailbox, letter, true);
    }
    pthread_mutex_unlock(&mailbox->lock);
    if (is_closed) {
        mailbox_free_letter(&letter);
    } else {
        mailbox_wake(mailbox);
    }
}

/* Whether it was not in yet. Locked. */
static bool add_port(struct mailbox *mailbox, struct port *port)
{
    if (mailbox->is_closed || port->is_ready) {
        return false;
    }
    port->is_ready = true;
    port->next_ready = NULL;
    port->previous_ready = mailbox->ready_end;
    port_ref(port);
    *(mailbox->ready_end != NULL ? &mailbox->ready_end->next_ready : &mailbox->ready) = port;
    mailbox->ready_end = port;
    return true;
}

/* Locked. */
static void add_waiting(struct mailbox *mailbox, struct message *message)
{
    struct message *before = mailbox->newest;

    /* Only what comes with a port that travelled is older than the newest. */
    while (before != NULL && before->posted > message->posted) {
        before = before->earlier;
    }
    message->earlier = before;
    message->later = before != NULL ? before->later : mailbox->oldest;
    *(before != NULL ? &before->later : &mailbox->oldest) = message;
    *(message->later != NULL ? &message->later->earlier : &mailbox->newest) = message;
    account_queue(mailbox->account, message->bytes, mailbox->oldest->posted);
}

void mailbox_push_port(struct mailbox *mailbox, struct port *port)
{
    pthread_mutex_lock(&mailbox->lock);
    bool is_new = add_port(mailbox, port);
    pthread_mutex_unlock(&mailbox->lock);
    if (is_new) {
        mailbox_wake(mailbox);
    }
}

void mailbox_deliver(struct mailbox *mailbox, struct port *port, struct message *message,
                     bool is_rung)
{
    pthread_mutex_lock(&mailbox->lock);
    add_waiting(mailbox, message);
    bool is_new = add_port(mailbox, port);
    pthread_mutex_unlock(&mailbox->lock);
    if (is_new && is_rung) {
        mailbox_wake(mailbox);
    }
}

void mailbox_queue(struct mailbox *mailbox, struct message *message)
{
    pthread_mutex_lock(&mailbox->lock);
    add_waiting(mailbox, message);
    pthread_mutex_unlock(&mailbox->lock);
}

void mailbox_unqueue(struct mailbox *mailbox, struct message *message)
{
    pthread_mutex_lock(&mailbox->lock);
    *(message->earlier != NULL ? &message->earlier->later : &mailbox->oldest) = message->later;
    *(message->later != NULL ? &message->later->earlier : &mailbox->newest) = message->earlier;
    account_unqueue(mailbox->account, message->bytes,
                    mailbox->oldest != NULL ? mailbox->oldest->posted : 0);
    pthread_mutex_unlock(&mailbox->lock);
}

/* Takes a port that is in out. Locked. */
static void unlink_port(struct mailbox *mailbox, struct port *port)
{
    struct port *next = port->next_ready, *previous = port->previous_ready;

    *(previous != NULL ? &previous->next_ready : &mailbox->ready) = next;
    *(next != NULL ? &next->previous_ready : &mailbox->ready_end) = previous;
    port->is_ready = false;
}

bool mailbox_remove_port(struct mailbox *mailbox, struct port *port)
{
    pthread_mutex_lock(&mailbox->lock);
    bool was_ready = port->is_ready;
    if (was_ready) {
        unlink_port(mailbox, port);
    }
    pthread_mutex_unlock(&mailbox->lock);
    return was_ready;
}

struct letter *mailbox_pop(struct mailbox *mailbox)
{
    pthread_mutex_lock(&mailbox->lock);
    struct letter *letter = mailbox->first;
    if (letter != NULL) {
        mailbox->first = letter->next;
        if (mailbox->first == NULL) {
            mailbox->last = NULL;
        }
        count(mailbox, letter, false);
    }
    pthread_mutex_unlock(&mailbox->lock);
    return letter;
}

struct letter *mailbox_take_errand(struct mailbox *mailbox, const char *id)
{
    struct letter *before = NULL, *at;

    pthread_mutex_lock(&mailbox->lock);
    for (at = mailbox->first; at != NULL; before = at, at = at->next) {
        if (at->kind == LETTER_ERRAND && (id == NULL || strcmp(at->id, id) == 0)) {
            *(before != NULL ? &before->next : &mailbox->first) = at->next;
            mailbox->last = mailbox->last == at ? before : mailbox->last;
            count(mailbox, at, false);
            break;
        }
    }
    pthread_mutex_unlock(&mailbox->lock);
    return at;
}

struct port *mailbox_pop_port(struct mailbox *mailbox)
{
    pthread_mutex_lock(&mailbox->lock);
    struct port *port = mailbox->ready;
    if (port != NULL) {
        unlink_port(mailbox, port);
    }
    pthread_mutex_unlock(&mailbox->lock);
    return port;
}

/* Two lists in order, linked forwards, become one. */
static struct port *merge(struct port *one, struct port *other)
{
    struct port *first = NULL, **end = &first;

    while (one != NULL && other != NULL) {
        struct port **least = one->number < other->number ? &one : &other;
        *end = *least;
        end = &(*least)->next_ready;
        *least = *end;
    }
    *end = one != NULL ? one : other;
    return first;
}

static struct port *sort(struct port *first, size_t count)
{
    if (count == 1) {
        first->next_ready = NULL;
        return first;
    }
    struct port *middle = first;
    for (size_t i = 0; i < count / 2; i++) {
        middle = middle->next_ready;
    }
    struct port *upper = sort(middle, count - count / 2);
    return merge(sort(first, count / 2), upper);
}

static size_t count_disorder(const struct port *first, bool *is_sorted)
{
    size_t count = 0;

    *is_sorted = true;
    for (const struct port *at = first; at != NULL; at = at->next_ready) {
        *is_sorted = *is_sorted && (at->next_ready == NULL || at->number < at->next_ready->number);
        count++;
    }
    return count;
}

struct port *mailbox_sort_ports(struct mailbox *mailbox)
{
    bool is_sorted;

    pthread_mutex_lock(&mailbox->lock);
    size_t count = count_disorder(mailbox->ready, &is_sorted);
    if (!is_sorted) {
        mailbox->ready = sort(mailbox->ready, count);
        struct port *previous = NULL;
        for (struct port *at = mailbox->ready; at != NULL; at = at->next_ready) {
            at->previous_ready = previous;
            previous = at;
        }
        mailbox->ready_end = previous;
    }
    struct port *last = mailbox->ready_end;
    pthread_mutex_unlock(&mailbox->lock);
    return last;
}

uint32_t mailbox_listen(const struct mailbox *mailbox)
{
    return atomic_load_explicit(&mailbox->bell, memory_order_acquire);
}

/* ---- sleeping -------------------------------------------------------------------------------- */

static void sleep_until(struct mailbox *mailbox, uint32_t heard, uint64_t deadline)
{
    struct timespec until = {(time_t)(deadline / CLOCK_NS_PER_S),
                             (long)(deadline % CLOCK_NS_PER_S)};

    /* Who rang before this store and saw nobody asleep has changed the bell: the wait returns. */
    atomic_store(&mailbox->is_asleep, true);
    /* WAIT_BITSET takes an absolute time; EAGAIN, EINTR and ETIMEDOUT all mean: look again. */
    syscall(SYS_futex, &mailbox->bell, FUTEX_WAIT_BITSET_PRIVATE, heard,
            deadline == UINT64_MAX ? NULL : &until, NULL, FUTEX_BITSET_MATCH_ANY);
    atomic_store(&mailbox->is_asleep, false);
}

void mailbox_sleep(struct mailbox *mailbox, uint32_t heard, uint64_t deadline)
{
    uint64_t began = clock_now_ns();

    if (!patience_watch(&mailbox->patience, &mailbox->bell, heard, began, deadline)) {
        sleep_until(mailbox, heard, deadline);
        patience_learn(&mailbox->patience, began, mailbox_listen(mailbox) != heard);
    }
}
