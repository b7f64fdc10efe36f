/*
 * An emitter that lies. Connects to a collector, hands over a segment that is wrong in one way and
 * prints what comes back until the collector hangs up or two seconds pass. Used by scenarios only.
 * usage: hostile SOCKET MODE    (a mode of `modes` below)
 */
#include "base/error.h"
#include "wire/door.h"
#include "wire/segment.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct wire_counts counts = {64, 64, 64, 65536, 64};

/* Changes the segment's words; the slot, store, pin and ring used are the first ones. */
static void spoil(struct wire_header *header, const char *mode)
{
    struct wire_offsets at;
    unsigned char *base = (unsigned char *)header;

    layout_compute(&counts, &at);
    struct wire_slot *slot = (struct wire_slot *)(base + at.slots);
    struct wire_store *store = (struct wire_store *)(base + at.stores);
    struct wire_ring *ring = (struct wire_ring *)(base + at.rings);
    struct {
        const char *mode;
        void *field;
        size_t size;
    } fields[] = {
        {"magic", &header->magic, 8},
        {"version", &header->version, 4},
        {"header_bytes", &header->header_bytes, 4},
        {"segment_bytes", &header->segment_bytes, 8},
        {"pid", &header->pid, 8},
        {"start_time", &header->start_time, 8},
        {"slot_count", &header->counts.slot_count, 4},
        {"store_count", &header->counts.store_count, 4},
        {"pin_count", &header->counts.pin_count, 4},
        {"string_bytes", &header->counts.string_bytes, 4},
        {"ring_records", &header->counts.ring_records, 4},
        {"slot_used", &header->slot_used, 8},
        {"store_used", &header->store_used, 8},
        {"pin_used", &header->pin_used, 8},
        {"string_used", &header->string_used, 8},
        {"process_words", &header->process, sizeof header->process},
        {"slot_words", &slot->thread, 8 * 34},
        {"slot_name", &slot->name, 8},
        {"store_words", &store->id, 8 * 5},
        {"ring_committed", &ring->committed, 8},
        {"ring_reserved", &ring->reserved, 8},
        {"ring_words", ring->words, 64 * 64},
    };
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        if (strcmp(fields[i].mode, mode) == 0) {
            memset(fields[i].field, 0xee, fields[i].size);
            if (strcmp(mode, "ring_words") == 0) {
                ring->reserved = ring->committed = 64;
            }
            if (strcmp(mode, "store_words") == 0) {
                header->store_used = 1;
                store->generation = 1;
            }
            return;
        }
    }
}

/* A copy of the good segment in a file of our own, so that sizes and seals can be wrong too. */
static int copy_segment(struct segment *good, const char *mode)
{
    struct stat status;

    fstat(segment_fd(good), &status);
    int fd = memfd_create("hostile", MFD_ALLOW_SEALING);
    off_t size = strcmp(mode, "too_small") == 0   ? 100
                 : strcmp(mode, "too_large") == 0 ? (off_t)16 << 30
                                                  : status.st_size;
    if (fd < 0 || ftruncate(fd, size) < 0) {
        return -1;
    }
    if (size == status.st_size) {
        void *from = mmap(NULL, (size_t)size, PROT_READ, MAP_SHARED, segment_fd(good), 0);
        void *to = mmap(NULL, (size_t)size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
        if (from == MAP_FAILED || to == MAP_FAILED) {
            return -1;
        }
        memcpy(to, from, (size_t)size);
        spoil(to, mode);
    }
    if (strcmp(mode, "unsealed") != 0) {
        fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL);
    }
    return fd;
}

static void send_garbage(int fd)
{
    char noise[4096];

    for (size_t i = 0; i < sizeof noise; i++) {
        noise[i] = (char)(i * 7 + (i % 61 == 0 ? '\n' : 1));
    }
    for (int i = 0; i < 40; i++) {
        if (send(fd, noise, sizeof noise, MSG_NOSIGNAL) < 0) {
            return;
        }
        usleep(1000);
    }
}

static void print_answers(struct door *door)
{
    struct pollfd wait = {.fd = door->fd, .events = POLLIN};
    int code;

    while (poll(&wait, 1, 2000) > 0 && (code = door_receive(door)) >= 0) {
        size_t length;
        bool is_too_long;
        char *line;
        while ((line = door_next_line(door, &length, &is_too_long)) != NULL) {
            printf("%s\n", line);
            fflush(stdout);
        }
    }
    printf("hung up\n");
}

int main(int argc, char **argv)
{
    struct segment *segment;
    struct error error;
    struct door door;
    char line[256];

    if (argc != 3) {
        fprintf(stderr, "usage: hostile SOCKET MODE\n");
        return 2;
    }
    int fd = door_connect(argv[1]);
    if (fd < 0 || segment_create(&segment, &counts, 0, &error) < 0) {
        fprintf(stderr, "hostile: %s\n", fd < 0 ? strerror(-fd) : error.text);
        return 1;
    }
    door_init(&door, fd);
    if (strcmp(argv[2], "garbage") == 0) {
        send_garbage(fd);
    } else {
        segment_take_slot(segment, 0);
        int fds[2] = {copy_segment(segment, argv[2]), eventfd(0, EFD_NONBLOCK)};
        unsigned long pid = strcmp(argv[2], "other_pid") == 0 ? 1 : (unsigned long)getpid();
        int length = snprintf(line, sizeof line,
                              "{\"type\":\"hello\",\"version\":1,\"pid\":%lu,\"name\":\"hostile\","
                              "\"kind\":\"duktape\"}",
                              pid);
        door_send(&door, line, (size_t)length, fds, 2);
    }
    print_answers(&door);
    door_fini(&door);
    segment_free(&segment);
    return 0;
}
