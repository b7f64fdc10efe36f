/*
 * Looks for workers in the memory of a process, through /proc/PID/mem. Called by isolates.c when a
 * target is attached and when a thread shows that nobody announced. Owns nothing beyond a call.
 * What is found is believed only where three things agree: a thread's id, beside it a pointer, and
 * at that pointer an object with Worker's virtual table.
 */
#include "probes/threads.h"

#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TOP_BYTES   16384 /* of a stack that are searched */
#define THREADS_MAX 4096

struct search {
    uint64_t pid, table; /* address of the virtual table in the process */
    int memory;
    const struct image *image;
    uint32_t tids[THREADS_MAX];
    size_t tid_count;
    struct threads_worker *workers;
    size_t count, max;
};

static bool read_word(const struct search *search, uint64_t address, uint64_t *word)
{
    return pread(search->memory, word, sizeof *word, (off_t)address) == sizeof *word;
}

static void list_threads(struct search *search)
{
    char path[64];
    const struct dirent *entry;

    snprintf(path, sizeof path, "/proc/%" PRIu64 "/task", search->pid);
    DIR *directory = opendir(path);
    while (directory != NULL && search->tid_count < THREADS_MAX &&
           (entry = readdir(directory)) != NULL) {
        uint32_t tid = (uint32_t)strtoul(entry->d_name, NULL, 10);
        if (tid != 0 && tid != search->pid) {
            search->tids[search->tid_count++] = tid;
        }
    }
    if (directory != NULL) {
        closedir(directory);
    }
}

static bool is_thread(const struct search *search, uint32_t tid)
{
    for (size_t i = 0; i < search->tid_count; i++) {
        if (search->tids[i] == tid) {
            return true;
        }
    }
    return false;
}

static void read_name(const struct search *search, uint64_t object, char name[EVENT_TEXT_MAX])
{
    uint64_t data;

    name[0] = '\0';
    if (search->image->layout.worker_name != EVENT_NO_OFFSET &&
        read_word(search, object + search->image->layout.worker_name, &data)) {
        ssize_t length = pread(search->memory, name, EVENT_TEXT_MAX - 1, (off_t)data);
        name[length > 0 ? length : 0] = '\0';
    }
}

/* True when `word` points to a Worker, which is added then. */
static bool take_worker(struct search *search, uint64_t word, uint32_t tid)
{
    uint64_t table, thread;

    if (word < 4096 || word % 8 != 0 || word >> 47 != 0 || !read_word(search, word, &table) ||
        table != search->table ||
        !read_word(search, word + search->image->layout.worker_thread, &thread) || thread == 0 ||
        thread >= UINT32_MAX) {
        return false;
    }
    struct threads_worker *worker = &search->workers[search->count];
    *worker = (struct threads_worker){.tid = tid, .thread = (uint32_t)thread, .object = word};
    read_name(search, word, worker->name);
    search->count++;
    return true;
}

/* A descriptor begins somewhere before the id in it; its argument stands behind. */
static void search_top(struct search *search, uint64_t end)
{
    static uint64_t words[TOP_BYTES / 8];
    ssize_t size = pread(search->memory, words, sizeof words, (off_t)(end - sizeof words));
    size_t count = size > 0 ? (size_t)size / 8 : 0;

    for (size_t i = 0; i < count; i++) {
        uint32_t tid = (uint32_t)words[i];
        if (tid == 0 || !is_thread(search, tid)) {
            continue;
        }
        for (size_t j = i + 1; j < count && j < i + 256 && search->count < search->max; j++) {
            if (take_worker(search, words[j], tid)) {
                return;
            }
        }
    }
}

static void search_maps(struct search *search)
{
    char path[64], line[512], access[8];
    uint64_t start, end, inode;

    snprintf(path, sizeof path, "/proc/%" PRIu64 "/maps", search->pid);
    FILE *maps = fopen(path, "re");
    while (maps != NULL && search->count < search->max && fgets(line, sizeof line, maps) != NULL) {
        int fields = sscanf(line, "%" SCNx64 "-%" SCNx64 " %7s %*s %*s %" SCNu64, &start, &end,
                            access, &inode);
        if (fields == 4 && inode == 0 && strncmp(access, "rw-p", 4) == 0 &&
            end - start >= TOP_BYTES && strchr(line, '[') == NULL) {
            search_top(search, end);
        }
    }
    if (maps != NULL) {
        fclose(maps);
    }
}

/* How far the program lies from where its file says: 0 unless it is position-independent. */
static bool find_bias(uint64_t pid, const struct image *image, uint64_t *bias)
{
    char path[64], line[512];
    uint64_t start, offset, inode;
    bool is_found = false;

    snprintf(path, sizeof path, "/proc/%" PRIu64 "/maps", pid);
    FILE *maps = fopen(path, "re");
    while (maps != NULL && !is_found && fgets(line, sizeof line, maps) != NULL) {
        if (sscanf(line, "%" SCNx64 "-%*x %*s %" SCNx64 " %*s %" SCNu64, &start, &offset, &inode) ==
                3 &&
            inode == image->status.st_ino && offset == 0) {
            *bias = start - image->base;
            is_found = true;
        }
    }
    if (maps != NULL) {
        fclose(maps);
    }
    return is_found;
}

size_t threads_find(uint64_t pid, const struct image *image, struct threads_worker *workers,
                    size_t max)
{
    char path[64];
    uint64_t bias;

    if (image->worker_table == 0 || image->layout.worker_thread == EVENT_NO_OFFSET ||
        !find_bias(pid, image, &bias)) {
        return 0;
    }
    struct search *search = calloc(1, sizeof *search);
    if (search == NULL) {
        return 0;
    }
    snprintf(path, sizeof path, "/proc/%" PRIu64 "/mem", pid);
    *search = (struct search){.pid = pid,
                              .table = image->worker_table + 16 + bias,
                              .memory = open(path, O_RDONLY | O_CLOEXEC),
                              .image = image,
                              .workers = workers,
                              .max = max};
    if (search->memory >= 0) {
        list_threads(search);
        search_maps(search);
        close(search->memory);
    }
    size_t count = search->count;
    free(search);
    return count;
}
