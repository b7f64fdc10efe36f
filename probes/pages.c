/*
 * The scan. Called by target.c, seldom. Owns nothing beyond a call. A header is read only where its
 * page is present, so that looking never makes memory resident; and it is believed only when it
 * names a heap that collections named before and its own bounds fit.
 */
#include "probes/pages.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/uio.h>
#include <unistd.h>

#define PIECE        UINT64_C(0x40000) /* what V8 aligns its memory to */
#define PAGE         UINT64_C(4096)
#define PIECE_PAGES  (PIECE / PAGE)
#define HEADER_BYTES 128
#define BATCH        64    /* pieces looked at in one go */
#define PIECES_MAX   32768 /* 8 GiB of present headers */
#define LARGEST      (UINT64_C(1) << 33)
#define PRESENT      (UINT64_C(1) << 63) /* in an entry of pagemap */

struct scan {
    uint64_t pid;
    int pagemap;
    const struct offsets_page *page;
    struct pages_heap *heaps;
    size_t count, looked;
};

static uint64_t word_of(const unsigned char *header, uint32_t offset)
{
    uint64_t word;

    __builtin_memcpy(&word, header + offset, sizeof word);
    return word;
}

static struct pages_heap *find_heap(const struct scan *scan, uint64_t heap)
{
    for (size_t i = 0; i < scan->count; i++) {
        if (scan->heaps[i].heap == heap) {
            return &scan->heaps[i];
        }
    }
    return NULL;
}

static uint64_t resident(const struct scan *scan, uint64_t start, uint64_t size)
{
    uint64_t entries[PIECE_PAGES], bytes = 0;

    for (uint64_t at = start; at < start + size; at += PIECE) {
        uint64_t rest = (start + size - at + PAGE - 1) / PAGE;
        size_t wanted = (rest < PIECE_PAGES ? rest : PIECE_PAGES) * sizeof entries[0];
        ssize_t length = pread(scan->pagemap, entries, wanted, (off_t)(at / PAGE * 8));
        for (ssize_t i = 0; i < length / 8; i++) {
            bytes += (entries[i] & PRESENT) != 0 ? PAGE : 0;
        }
    }
    return bytes;
}

/* Size of the piece, and whose it is; 0 when it is none. */
static uint64_t judge(const struct scan *scan, uint64_t address, const unsigned char *header,
                      struct pages_heap **heap)
{
    uint64_t size = word_of(header, scan->page->size);
    uint64_t start = word_of(header, scan->page->start), end = word_of(header, scan->page->end);

    if (size < PAGE || size > LARGEST || size % PAGE != 0 || start <= address ||
        start - address >= PIECE || end < start || end > address + size) {
        return 0;
    }
    *heap = find_heap(scan, word_of(header, scan->page->heap));
    return *heap != NULL ? size : 0;
}

/* Headers at those addresses, which are present. */
static void look(struct scan *scan, const uint64_t *addresses, size_t count)
{
    static unsigned char headers[BATCH][HEADER_BYTES];
    struct iovec into = {headers, count * HEADER_BYTES}, from[BATCH];
    struct pages_heap *heap;

    for (size_t i = 0; i < count; i++) {
        from[i] = (struct iovec){(void *)(uintptr_t)addresses[i], HEADER_BYTES};
    }
    ssize_t length = process_vm_readv((pid_t)scan->pid, &into, 1, from, count, 0);
    for (size_t i = 0; length > 0 && i < (size_t)length / HEADER_BYTES; i++) {
        uint64_t size = judge(scan, addresses[i], headers[i], &heap);
        if (size > 0) {
            heap->resident += resident(scan, addresses[i], size);
        }
    }
}

/* One mapping: every piece in it whose first page is present. */
static int look_through(struct scan *scan, uint64_t start, uint64_t end)
{
    uint64_t addresses[BATCH], entry;
    size_t count = 0;

    for (uint64_t at = (start + PIECE - 1) & ~(PIECE - 1); at + PAGE <= end; at += PIECE) {
        if (pread(scan->pagemap, &entry, sizeof entry, (off_t)(at / PAGE * 8)) != sizeof entry ||
            (entry & PRESENT) == 0) {
            continue;
        }
        if (++scan->looked > PIECES_MAX) {
            return -EFBIG;
        }
        addresses[count++] = at;
        if (count == BATCH) {
            look(scan, addresses, count);
            count = 0;
        }
    }
    if (count > 0) {
        look(scan, addresses, count);
    }
    return 0;
}

static int look_at_maps(struct scan *scan)
{
    char path[64], line[512], access[8];
    uint64_t start, end, inode;
    int code = 0;

    snprintf(path, sizeof path, "/proc/%" PRIu64 "/maps", scan->pid);
    FILE *maps = fopen(path, "re");
    if (maps == NULL) {
        return -errno;
    }
    while (code == 0 && fgets(line, sizeof line, maps) != NULL) {
        if (sscanf(line, "%" SCNx64 "-%" SCNx64 " %7s %*s %*s %" SCNu64, &start, &end, access,
                   &inode) == 4 &&
            inode == 0 && access[0] == 'r' && access[1] == 'w') {
            code = look_through(scan, start, end);
        }
    }
    fclose(maps);
    return code;
}

int pages_scan(uint64_t pid, const struct offsets_page *page, struct pages_heap *heaps,
               size_t count)
{
    struct scan scan = {.pid = pid, .page = page, .heaps = heaps, .count = count};
    char path[64];

    if (page->heap == EVENT_NO_OFFSET) {
        return -ENOTSUP;
    }
    for (size_t i = 0; i < count; i++) {
        heaps[i].resident = 0;
    }
    snprintf(path, sizeof path, "/proc/%" PRIu64 "/pagemap", pid);
    scan.pagemap = open(path, O_RDONLY | O_CLOEXEC);
    if (scan.pagemap < 0) {
        return -errno;
    }
    int code = look_at_maps(&scan);
    close(scan.pagemap);
    return code;
}
