/*
 * Writing and reading of black boxes. Called by the daemon's dump.c and by isoctl. Owns nothing
 * beyond a call. Invariant of reading: nothing is written outside of a mapping whose size was
 * computed from checked counts.
 */
#include "wire/blackbox.h"

#include <nettle/sha2.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define BLOCK_BYTES (64u << 10)

/* ---- writing --------------------------------------------------------------------------------- */

struct output {
    int fd, code;
    struct sha256_ctx hash;
};

static void put_raw(struct output *output, const void *data, size_t size)
{
    const unsigned char *at = data;

    while (size > 0 && output->code == 0) {
        ssize_t written = write(output->fd, at, size);
        if (written < 0 && errno != EINTR) {
            output->code = -errno;
        } else if (written > 0) {
            at += written;
            size -= (size_t)written;
        }
    }
}

static void put(struct output *output, const void *data, size_t size)
{
    sha256_update(&output->hash, size, data);
    put_raw(output, data, size);
}

static void put_region(struct output *output, const struct view *view, uint64_t offset,
                       uint64_t size, void *block)
{
    const uint64_t header[2] = {offset, size};

    put(output, header, sizeof header);
    for (uint64_t done = 0; done < size && output->code == 0;) {
        uint64_t part = size - done < BLOCK_BYTES ? size - done : BLOCK_BYTES;
        view_copy_region(view, offset + done, part, block);
        put(output, block, part);
        done += part;
    }
}

int blackbox_write(const struct view *view, const struct blackbox_head *given, int fd)
{
    static const uint64_t end[2];
    struct output output = {.fd = fd};
    struct blackbox_head head = *given;
    uint64_t offset, size, total = sizeof head + sizeof end + SHA256_DIGEST_SIZE;
    unsigned char digest[SHA256_DIGEST_SIZE];
    void *block = malloc(BLOCK_BYTES);

    if (block == NULL) {
        return -ENOMEM;
    }
    head.magic = BLACKBOX_MAGIC;
    head.version = BLACKBOX_VERSION;
    head.head_bytes = sizeof head;
    head.pid = view_pid(view);
    head.start_time = view_start_time(view);
    head.segment_bytes = view_bytes(view);
    sha256_init(&output.hash);
    put(&output, &head, sizeof head);
    for (uint32_t i = 0; output.code == 0 && view_get_region(view, i, &offset, &size); i++) {
        total += size + sizeof end;
        if (total > BLACKBOX_BYTES_MAX) {
            output.code = -EFBIG;
        } else if (size > 0) {
            put_region(&output, view, offset, size, block);
        }
    }
    put(&output, end, sizeof end);
    sha256_digest(&output.hash, SHA256_DIGEST_SIZE, digest);
    put_raw(&output, digest, sizeof digest);
    free(block);
    return output.code;
}

/* ---- reading --------------------------------------------------------------------------------- */

static int check_head(const void *data, size_t size, struct blackbox_head *head,
                      struct error *error)
{
    if (size < sizeof *head + 2 * sizeof(uint64_t) + SHA256_DIGEST_SIZE) {
        return error_set(error, -EINVAL, "not a black box: %zu bytes are too few", size);
    }
    if (size > BLACKBOX_BYTES_MAX) {
        return error_set(error, -EINVAL, "not a black box: %zu bytes are too many", size);
    }
    memcpy(head, data, sizeof *head);
    head->state[sizeof head->state - 1] = '\0';
    head->name[sizeof head->name - 1] = '\0';
    head->culprit[sizeof head->culprit - 1] = '\0';
    if (head->magic != BLACKBOX_MAGIC) {
        return error_set(error, -EINVAL, "not a black box (magic)");
    }
    if (head->version != BLACKBOX_VERSION || head->head_bytes != sizeof *head) {
        return error_set(error, -EINVAL, "a black box of version %u; this program reads version %d",
                         head->version, BLACKBOX_VERSION);
    }
    if (head->segment_bytes < WIRE_HEADER_BYTES || head->segment_bytes > WIRE_SEGMENT_BYTES_MAX) {
        return error_set(error, -EINVAL, "damaged: a segment of %llu bytes",
                         (unsigned long long)head->segment_bytes);
    }
    return 0;
}

static int check_sum(const unsigned char *data, size_t size, struct error *error)
{
    struct sha256_ctx hash;
    unsigned char digest[SHA256_DIGEST_SIZE];

    sha256_init(&hash);
    sha256_update(&hash, size - SHA256_DIGEST_SIZE, data);
    sha256_digest(&hash, SHA256_DIGEST_SIZE, digest);
    return memcmp(digest, data + size - SHA256_DIGEST_SIZE, sizeof digest) == 0
               ? 0
               : error_set(error, -EBADMSG, "damaged or cut: its checksum is wrong");
}

/* Copies the regions to their places; false when they contradict themselves. */
static bool fill(unsigned char *memory, uint64_t memory_size, const unsigned char *at,
                 const unsigned char *end)
{
    uint64_t header[2], behind = 0;

    while ((size_t)(end - at) >= sizeof header) {
        memcpy(header, at, sizeof header);
        at += sizeof header;
        uint64_t offset = header[0], size = header[1];
        if (offset == 0 && size == 0) {
            return at == end;
        }
        if (offset < behind || size == 0 || size % 8 != 0 || offset % 8 != 0 ||
            offset > memory_size || size > memory_size - offset || size > (uint64_t)(end - at)) {
            return false;
        }
        memcpy(memory + offset, at, size);
        at += size;
        behind = offset + size;
    }
    return false;
}

int blackbox_read(const void *data, size_t size, struct blackbox_head *head, struct view **view,
                  struct error *error)
{
    const unsigned char *bytes = data;
    int code = check_head(data, size, head, error);

    *view = NULL;
    if (code < 0 || (code = check_sum(bytes, size, error)) < 0) {
        return code;
    }
    void *memory = mmap(NULL, head->segment_bytes, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED) {
        return error_set(error, -ENOMEM, "no memory for a segment of %llu bytes",
                         (unsigned long long)head->segment_bytes);
    }
    if (!fill(memory, head->segment_bytes, bytes + sizeof *head, bytes + size - SHA256_DIGEST_SIZE)) {
        munmap(memory, head->segment_bytes);
        return error_set(error, -EINVAL, "damaged: its regions contradict themselves");
    }
    code = view_adopt(view, memory, head->segment_bytes, error);
    if (code == 0 && (view_pid(*view) != head->pid || view_start_time(*view) != head->start_time)) {
        view_close(view);
        return error_set(error, -EINVAL,
                         "damaged: its head and its segment speak of two processes");
    }
    return code;
}
