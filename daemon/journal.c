/*
 * The journal's file. Called by remember.c, which replays and rewrites it, and by those who add.
 * Owns the descriptor and the lines not written yet. Invariant: the file ends with a whole line, or
 * with one that is cut off before the next is written.
 */
#include "daemon/journal.h"

#include "base/bytes.h"
#include "base/directory.h"
#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define HEADER        "isoscope-journal 1\n"
#define LINE_PREFIX   9           /* eight digits of the checksum and a space */
#define PENDING_MAX   (4u << 20)  /* bytes added in one tick */
#define SLACK_BYTES   (256u << 10) /* a file smaller than this is not worth rewriting */
#define BEHIND_RETRY_S 5.0

struct journal {
    char path[4096]; /* "" when nothing is remembered */
    int fd;          /* -1 likewise */
    struct bytes pending;
    uint64_t bytes_rewritten; /* size after the last rewrite */
    double rewritten_at;
    struct journal_stats stats;
};

/* CRC-32 as in zlib and Ethernet, four bits at a time. */
static uint32_t checksum(const unsigned char *data, size_t size)
{
    static const uint32_t table[16] = {0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac,
                                       0x76dc4190, 0x6b6b51f4, 0x4db26158, 0x5005713c,
                                       0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c,
                                       0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c};
    uint32_t crc = 0xffffffff;

    for (size_t i = 0; i < size; i++) {
        crc = table[(crc ^ data[i]) & 15] ^ crc >> 4;
        crc = table[(crc ^ data[i] >> 4) & 15] ^ crc >> 4;
    }
    return ~crc;
}

static int open_file(struct journal *journal)
{
    journal->fd = open(journal->path, O_RDWR | O_CREAT | O_CLOEXEC | O_APPEND, 0600);
    return journal->fd < 0 ? -errno : 0;
}

struct journal *journal_open(const char *directory)
{
    struct journal *journal = calloc(1, sizeof *journal);

    if (journal == NULL) {
        return NULL;
    }
    journal->fd = -1;
    bytes_init(&journal->pending, PENDING_MAX);
    if (directory == NULL) {
        return journal;
    }
    int code = directory_make(directory);
    int length = snprintf(journal->path, sizeof journal->path, "%s/journal", directory);
    if (code == 0 && length >= (int)sizeof journal->path) {
        code = -ENAMETOOLONG;
    }
    if (code == 0) {
        code = open_file(journal);
    }
    if (code < 0) {
        log_warn("state directory %s: %s; alerts and silences will not survive a restart",
                 directory, strerror(-code));
        journal->path[0] = '\0';
    }
    return journal;
}

void journal_close(struct journal **pointer)
{
    struct journal *journal = *pointer;

    *pointer = NULL;
    if (journal == NULL) {
        return;
    }
    journal_flush(journal);
    if (journal->fd >= 0) {
        close(journal->fd);
    }
    bytes_fini(&journal->pending);
    free(journal);
}

const struct journal_stats *journal_get_stats(const struct journal *journal)
{
    return &journal->stats;
}

/* ---- reading --------------------------------------------------------------------------------- */

/* The whole file; false when it cannot be read or is too large to be ours. */
static bool read_file(const struct journal *journal, struct bytes *content)
{
    ssize_t got = 1;

    while (got > 0 && bytes_reserve(content, 65536)) {
        got = pread(journal->fd, content->data + content->size, 65536, (off_t)content->size);
        content->size += got > 0 ? (size_t)got : 0;
    }
    return got == 0 && !content->is_failed;
}

/* A file that is none of ours is kept for whoever wants to look at it. */
static void put_aside(struct journal *journal, const char *why)
{
    char aside[sizeof journal->path + 8];

    snprintf(aside, sizeof aside, "%s.bad", journal->path);
    log_warn("%s: %s; it is kept as %s, and the journal begins anew", journal->path, why, aside);
    close(journal->fd);
    journal->fd = -1;
    if (rename(journal->path, aside) < 0 || open_file(journal) < 0) {
        log_warn("%s: %s; nothing is remembered", journal->path, strerror(errno));
        journal->path[0] = '\0';
    }
}

static void read_line(struct journal *journal, const char *line, size_t length,
                      journal_read_fn read, void *context)
{
    char digits[LINE_PREFIX], *end;
    json_t *record = NULL;

    if (length > LINE_PREFIX && line[LINE_PREFIX - 1] == ' ') {
        memcpy(digits, line, LINE_PREFIX - 1);
        digits[LINE_PREFIX - 1] = '\0';
        unsigned long sum = strtoul(digits, &end, 16);
        const char *text = line + LINE_PREFIX;
        length -= LINE_PREFIX;
        if (*end == '\0' && sum == checksum((const unsigned char *)text, length)) {
            record = json_loadb(text, length, 0, NULL);
        }
    }
    if (record == NULL) {
        journal->stats.skipped++;
        return;
    }
    read(context, record);
    json_decref(record);
}

/* Every whole line behind the header; returns where they end. */
static size_t read_lines(struct journal *journal, const struct bytes *content,
                         journal_read_fn read, void *context)
{
    const char *data = (const char *)content->data;
    size_t at = strlen(HEADER);

    while (at < content->size) {
        const char *end = memchr(data + at, '\n', content->size - at);
        if (end == NULL) {
            break;
        }
        read_line(journal, data + at, (size_t)(end - (data + at)), read, context);
        at = (size_t)(end - data) + 1;
    }
    return at;
}

static void begin_file(struct journal *journal)
{
    if (journal->fd >= 0 && write(journal->fd, HEADER, strlen(HEADER)) == (ssize_t)strlen(HEADER)) {
        journal->stats.bytes = strlen(HEADER);
    } else if (journal->fd >= 0) {
        journal->stats.failures++;
        journal->stats.is_behind = true;
    }
}

void journal_replay(struct journal *journal, journal_read_fn read, void *context)
{
    struct bytes content;

    if (journal->fd < 0) {
        return;
    }
    bytes_init(&content, JOURNAL_FILE_MAX);
    bool is_ours = read_file(journal, &content) && content.size >= strlen(HEADER) &&
                   memcmp(content.data, HEADER, strlen(HEADER)) == 0;
    if (is_ours) {
        size_t whole = read_lines(journal, &content, read, context);
        journal->stats.skipped += whole < content.size;
        journal->stats.bytes = whole;
        journal->stats.is_behind = whole < content.size && ftruncate(journal->fd, (off_t)whole) < 0;
    } else {
        if (content.size > 0) {
            put_aside(journal, "not a journal of this version");
        }
        begin_file(journal);
    }
    if (journal->stats.skipped > 0) {
        log_warn("%s: %llu damaged lines were left out", journal->path,
                 (unsigned long long)journal->stats.skipped);
    }
    bytes_fini(&content);
}

/* ---- writing --------------------------------------------------------------------------------- */

static void fall_behind(struct journal *journal)
{
    if (!journal->stats.is_behind) {
        log_warn("%s: cannot be written: %s; what changes now is lost with a restart",
                 journal->path, strerror(errno));
    }
    journal->stats.failures++;
    journal->stats.is_behind = true;
    bytes_clear(&journal->pending);
}

void journal_add(struct journal *journal, json_t *record)
{
    char *text = record != NULL ? json_dumps(record, JSON_COMPACT) : NULL;

    json_decref(record);
    if (journal->fd < 0) {
        free(text);
        return;
    }
    if (text == NULL) {
        journal->stats.is_behind = true;
        return;
    }
    bytes_append_format(&journal->pending, "%08x ",
                        checksum((const unsigned char *)text, strlen(text)));
    bytes_append_text(&journal->pending, text);
    bytes_append(&journal->pending, "\n", 1);
    free(text);
}

static bool write_all(int fd, const unsigned char *data, size_t size)
{
    while (size > 0) {
        ssize_t written = write(fd, data, size);
        if (written < 0 && errno != EINTR) {
            return false;
        }
        data += written > 0 ? written : 0;
        size -= written > 0 ? (size_t)written : 0;
    }
    return true;
}

void journal_flush(struct journal *journal)
{
    if (journal->fd < 0 || (journal->pending.size == 0 && !journal->pending.is_failed)) {
        return;
    }
    if (journal->pending.is_failed) {
        errno = ENOMEM;
        fall_behind(journal);
        return;
    }
    if (!write_all(journal->fd, journal->pending.data, journal->pending.size)) {
        fall_behind(journal);
        if (ftruncate(journal->fd, (off_t)journal->stats.bytes) < 0) {
            log_debug("%s: %s", journal->path, strerror(errno));
        }
        return;
    }
    journal->stats.bytes += journal->pending.size;
    bytes_clear(&journal->pending);
}

bool journal_is_due(const struct journal *journal, double t)
{
    if (journal->fd < 0) {
        return false;
    }
    if (journal->stats.is_behind) {
        return t - journal->rewritten_at >= BEHIND_RETRY_S || t < journal->rewritten_at;
    }
    return journal->stats.bytes > 2 * journal->bytes_rewritten + SLACK_BYTES;
}

/* The pending lines as a whole file beside the old one. -1, or its descriptor. */
static int write_new(struct journal *journal, const char *path)
{
    int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | O_APPEND, 0600);

    if (fd < 0) {
        return -1;
    }
    if (journal->pending.is_failed ||
        !write_all(fd, (const unsigned char *)HEADER, strlen(HEADER)) ||
        !write_all(fd, journal->pending.data, journal->pending.size) ||
        rename(path, journal->path) < 0) {
        int code = errno;
        close(fd);
        unlink(path);
        errno = code;
        return -1;
    }
    return fd;
}

void journal_rewrite(struct journal *journal, double t, journal_write_fn write, void *context)
{
    char path[sizeof journal->path + 8];

    if (journal->fd < 0) {
        return;
    }
    journal->rewritten_at = t;
    bytes_clear(&journal->pending); /* it is in what follows */
    journal->stats.is_behind = false;
    write(context, journal);
    snprintf(path, sizeof path, "%s.new", journal->path);
    int fd = journal->stats.is_behind ? -1 : write_new(journal, path);
    if (fd < 0) {
        fall_behind(journal);
        return;
    }
    close(journal->fd);
    journal->fd = fd;
    journal->stats.bytes = strlen(HEADER) + journal->pending.size;
    journal->bytes_rewritten = journal->stats.bytes;
    bytes_clear(&journal->pending);
}
