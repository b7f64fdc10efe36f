/*
 * The file: the boot's id on the first line, then "PID START" for each first owner, appended as
 * they come. Start times count from boot, so another boot begins an empty file. Called by hello.c.
 * Owns the hash and the descriptor. Invariant: a pid is in the hash at most once, with its first
 * owner.
 */
#include "daemon/ingest/pids.h"

#include "base/directory.h"
#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define HASH_NONFATAL_OOM 1 /* hh.tbl is NULL when memory ran out */
#include <uthash.h>

/* Beyond so many, new pids always get long ids and are not noted. */
#define PIDS_MAX 65536

struct owner {
    UT_hash_handle hh;
    uint64_t pid, start_time;
};

struct pids {
    struct owner *owners;
    FILE *file; /* NULL: memory alone */
};

static void note(struct pids *pids, uint64_t pid, uint64_t start_time)
{
    struct owner *owner = NULL;

    HASH_FIND(hh, pids->owners, &pid, sizeof pid, owner);
    if (owner != NULL || HASH_COUNT(pids->owners) >= PIDS_MAX ||
        (owner = calloc(1, sizeof *owner)) == NULL) {
        return;
    }
    owner->pid = pid;
    owner->start_time = start_time;
    HASH_ADD(hh, pids->owners, pid, sizeof owner->pid, owner);
    if (owner->hh.tbl == NULL) {
        free(owner);
    }
}

static void read_boot(char boot[64])
{
    FILE *file = fopen("/proc/sys/kernel/random/boot_id", "re");

    if (file == NULL || fgets(boot, 64, file) == NULL) {
        snprintf(boot, 64, "unknown\n");
    }
    if (file != NULL) {
        fclose(file);
    }
}

/* Reads what is of this boot; false when the file has to begin anew. */
static bool read_file(struct pids *pids, const char *boot)
{
    char line[64];
    uint64_t pid, start_time;

    if (fgets(line, sizeof line, pids->file) == NULL || strcmp(line, boot) != 0) {
        return false;
    }
    while (fgets(line, sizeof line, pids->file) != NULL) {
        if (sscanf(line, "%" SCNu64 " %" SCNu64, &pid, &start_time) == 2) {
            note(pids, pid, start_time);
        }
    }
    return true;
}

static int open_file(struct pids *pids, const char *directory)
{
    char path[4096 + 8], boot[64];
    int code = directory_make(directory);

    if (code < 0) {
        return code;
    }
    snprintf(path, sizeof path, "%s/pids", directory);
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_APPEND, 0600);
    if (fd < 0) {
        return -errno;
    }
    pids->file = fdopen(fd, "a+");
    if (pids->file == NULL) {
        close(fd);
        return -ENOMEM;
    }
    rewind(pids->file);
    read_boot(boot);
    if (!read_file(pids, boot) && ftruncate(fd, 0) == 0) {
        fputs(boot, pids->file);
        fflush(pids->file);
    }
    return 0;
}

struct pids *pids_open(const char *directory)
{
    struct pids *pids = calloc(1, sizeof *pids);
    int code = pids != NULL && directory != NULL ? open_file(pids, directory) : 0;

    if (code < 0) {
        log_warn("state directory %s: %s; isolate ids may repeat after a restart", directory,
                 strerror(-code));
    }
    return pids;
}

void pids_close(struct pids **pointer)
{
    struct pids *pids = *pointer;
    struct owner *owner, *next;

    *pointer = NULL;
    if (pids == NULL) {
        return;
    }
    HASH_ITER(hh, pids->owners, owner, next)
    {
        HASH_DEL(pids->owners, owner);
        free(owner);
    }
    if (pids->file != NULL) {
        fclose(pids->file);
    }
    free(pids);
}

bool pids_is_reused(struct pids *pids, uint64_t pid, uint64_t start_time)
{
    struct owner *owner = NULL;

    HASH_FIND(hh, pids->owners, &pid, sizeof pid, owner);
    if (owner != NULL) {
        return owner->start_time != start_time;
    }
    if (HASH_COUNT(pids->owners) >= PIDS_MAX) {
        return true;
    }
    note(pids, pid, start_time);
    if (pids->file != NULL) {
        fprintf(pids->file, "%" PRIu64 " %" PRIu64 "\n", pid, start_time);
        fflush(pids->file);
    }
    return false;
}
