/*
 * The mapped file. Called by events.c. Owns descriptor and mapping. Invariant: an entry whose seq is
 * what its place asks for is whole: its seq is taken away before and set after the rest is written,
 * and head.last after that, in this order for whoever reads what a killed daemon left.
 */
#include "daemon/model/tape.h"

#include "daemon/model/events.h"

#include "base/directory.h"
#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <unistd.h>

#define MAGIC     "isoscope-events"
#define VERSION   2
#define HEAD_SIZE 4096

struct tape_head {
    char magic[16];
    uint32_t version, entries, entry_size, reserved;
    uint64_t last;
};

struct tape_entry {
    uint64_t seq;
    double t;
    uint64_t pid;
    char isolate[MODEL_ID_MAX];
    struct record record;
    char name[TAPE_NAME_MAX];
};

_Static_assert(sizeof(struct tape_entry) == 256, "entries do not straddle pages");

#define TAPE_BYTES (HEAD_SIZE + (size_t)TAPE_EVENTS * sizeof(struct tape_entry))

struct tape {
    int fd;
    struct tape_head *head;
    struct tape_entry *entries;
};

static int open_file(const char *path)
{
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

    if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) < 0) {
        int code = -errno;
        close(fd);
        return code;
    }
    return fd < 0 ? -errno : fd;
}

static bool is_ours(const struct tape_head *head)
{
    return memcmp(head->magic, MAGIC, sizeof head->magic) == 0 && head->version == VERSION &&
           head->entries == TAPE_EVENTS && head->entry_size == sizeof(struct tape_entry);
}

/* 1 for a file of ours, 0 for an empty one, -EBADMSG for any other. */
static int check_file(int fd)
{
    struct tape_head head;
    off_t size = lseek(fd, 0, SEEK_END);

    if (size == 0) {
        return 0;
    }
    if (size != (off_t)TAPE_BYTES || pread(fd, &head, sizeof head, 0) != (ssize_t)sizeof head ||
        !is_ours(&head)) {
        return -EBADMSG;
    }
    return 1;
}

static int put_aside(const char *path, int *fd)
{
    char aside[4096];

    snprintf(aside, sizeof aside, "%.4000s.bad", path);
    log_warn("%s is no list of events of this version; it is kept as %s", path, aside);
    close(*fd);
    if (rename(path, aside) < 0) {
        *fd = -1;
        return -errno;
    }
    *fd = open_file(path);
    return *fd < 0 ? *fd : 0;
}

/* The room for all of it now: later writes go into a mapping, where no error can be told. */
static int make_file(int fd)
{
    const struct tape_head head = {.magic = MAGIC,
                                   .version = VERSION,
                                   .entries = TAPE_EVENTS,
                                   .entry_size = sizeof(struct tape_entry)};
    int code = -posix_fallocate(fd, 0, (off_t)TAPE_BYTES);

    if (code == 0 && pwrite(fd, &head, sizeof head, 0) != (ssize_t)sizeof head) {
        code = errno != 0 ? -errno : -EIO;
    }
    if (code < 0 && ftruncate(fd, 0) < 0) {
        log_debug("events: %s", strerror(errno));
    }
    return code;
}

static int map_file(struct tape *tape)
{
    void *base = mmap(NULL, TAPE_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, tape->fd, 0);

    if (base == MAP_FAILED) {
        return -errno;
    }
    tape->head = base;
    tape->entries = (struct tape_entry *)((char *)base + HEAD_SIZE);
    return 0;
}

int tape_open(struct tape **result, const char *directory)
{
    char path[4096];
    struct tape *tape = calloc(1, sizeof *tape);
    int code = tape != NULL ? directory_make(directory) : -ENOMEM;

    *result = NULL;
    if (code == 0 && snprintf(path, sizeof path, "%s/events", directory) >= (int)sizeof path) {
        code = -ENAMETOOLONG;
    }
    if (code < 0) {
        free(tape);
        return code;
    }
    tape->fd = open_file(path);
    code = tape->fd < 0 ? tape->fd : check_file(tape->fd);
    if (code == -EBADMSG) {
        code = put_aside(path, &tape->fd);
    }
    if (code == 0) {
        code = make_file(tape->fd);
    }
    if (code >= 0) {
        code = map_file(tape);
    }
    if (code < 0) {
        tape_close(&tape);
        return code;
    }
    *result = tape;
    return 0;
}

void tape_close(struct tape **pointer)
{
    struct tape *tape = *pointer;

    *pointer = NULL;
    if (tape == NULL) {
        return;
    }
    if (tape->head != NULL) {
        munmap(tape->head, TAPE_BYTES);
    }
    if (tape->fd >= 0) {
        close(tape->fd);
    }
    free(tape);
}

uint64_t tape_last(const struct tape *tape)
{
    return tape->head->last;
}

bool tape_get(const struct tape *tape, uint64_t seq, struct event *event, char name[TAPE_NAME_MAX])
{
    const struct tape_entry *entry = &tape->entries[seq % TAPE_EVENTS];

    if (entry->seq != seq || seq == 0 || entry->record.kind >= EVENT_KINDS ||
        memchr(entry->isolate, '\0', sizeof entry->isolate) == NULL ||
        memchr(entry->name, '\0', sizeof entry->name) == NULL) {
        return false;
    }
    *event = (struct event){
        .seq = seq, .t = entry->t, .pid = entry->pid, .record = entry->record, .name = NULL};
    memcpy(event->isolate, entry->isolate, sizeof event->isolate);
    memcpy(name, entry->name, TAPE_NAME_MAX);
    return true;
}

/* At most so much of the name, no part of a character. */
static size_t name_length(const char *name)
{
    size_t length = strlen(name);

    if (length >= TAPE_NAME_MAX) {
        length = TAPE_NAME_MAX - 1;
        while (length > 0 && ((unsigned char)name[length] & 0xc0) == 0x80) {
            length--;
        }
    }
    return length;
}

void tape_put(struct tape *tape, const struct event *event)
{
    if (tape == NULL) {
        return;
    }
    struct tape_entry *entry = &tape->entries[event->seq % TAPE_EVENTS];
    size_t length = event->name != NULL ? name_length(event->name) : 0;

    entry->seq = 0;
    atomic_signal_fence(memory_order_seq_cst);
    entry->t = event->t;
    entry->pid = event->pid;
    memcpy(entry->isolate, event->isolate, sizeof entry->isolate);
    entry->record = event->record;
    memcpy(entry->name, event->name != NULL ? event->name : "", length);
    memset(entry->name + length, 0, sizeof entry->name - length);
    atomic_signal_fence(memory_order_seq_cst);
    entry->seq = event->seq;
    atomic_signal_fence(memory_order_seq_cst);
    tape->head->last = event->seq;
}
