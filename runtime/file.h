/*
 * One operation on files: its arguments, how it is done and what came of it. Done by file_run() on
 * any thread, in the isolate's own for the Sync functions of fs, on a thread of the I/O side
 * otherwise (files.h). Plain memory outside every heap.
 */
#ifndef RUNTIME_FILE_H
#define RUNTIME_FILE_H

#include "base/bytes.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <uv.h>

struct letter;
struct mailbox;
struct segment;
struct store;

/* In the order fs.c knows their names and arguments. */
enum file_op {
    FILE_OPEN,
    FILE_CLOSE,
    FILE_READ,
    FILE_WRITE,
    FILE_READ_ALL,  /* open, read to the end, close */
    FILE_WRITE_ALL, /* open, write everything, close */
    FILE_STAT,
    FILE_LSTAT,
    FILE_FSTAT,
    FILE_ACCESS,
    FILE_CHMOD,
    FILE_FCHMOD,
    FILE_TRUNCATE,
    FILE_SYNC,
    FILE_DATASYNC,
    FILE_TIMES,
    FILE_FD_TIMES,
    FILE_RENAME,
    FILE_COPY,
    FILE_LINK,
    FILE_SYMLINK,
    FILE_READLINK,
    FILE_REALPATH,
    FILE_UNLINK,
    FILE_RMDIR,
    FILE_MKDIR,
    FILE_MKDIRS, /* with its parents; text: the first one made */
    FILE_MKDTEMP,
    FILE_READDIR,
    FILE_REMOVE, /* a file, or a directory with all that is in it */
    FILE_OP_COUNT
};

#define FILE_BYTES_MAX ((size_t)INT32_MAX) /* what is longer is not read at once: EFBIG */

struct file_request {
    enum file_op op;

    /* arguments; what an operation does not take is 0 */
    char *path, *target; /* owned */
    int fd, flags, mode;
    struct store *store; /* counted; what to read into or to write from ... */
    unsigned char *data; /* ... or borrowed memory, while the caller waits */
    size_t size;         /* bytes at `data`, or at `offset` of the store */
    size_t offset;
    int64_t position;          /* in the file; -1 for where it stands */
    double accessed, modified; /* seconds since 1970 */
    struct segment *segment;   /* for a store that is made; borrowed */
    size_t limit;              /* FILE_READ_ALL: bytes; one more is read of what is longer */
    /* Whether the caller, who waits, is to stop that; NULL: it waits whatever happens. */
    bool (*must_stop)(void *stopper);
    void *stopper;

    /* results */
    int64_t result;     /* or a negative errno */
    const char *failed; /* the system call that failed, static */
    uv_stat_t stat;
    struct bytes text; /* a path; for FILE_READDIR type, name, zero byte and so on */

    /* while it is under way (files.c) */
    struct file_request *next, *previous;
    struct mailbox *mailbox; /* who waits; NULL: nobody any more */
    struct letter *letter;   /* owned, until it is sent */
    double number;           /* the script's */
    bool is_closer;          /* closes `fd` when it is done */
};

void file_init(struct file_request *request, enum file_op op);
/* Frees what it owns, and closes what it opened when nobody took that. */
void file_fini(struct file_request *request);

/* Does it. Any thread. */
void file_run(struct file_request *request);

#endif
