/*
 * The file operations of one isolate that are under way elsewhere, and the descriptors its script
 * opened. An isolate's end waits for none of them: what is under way is told that nobody waits, and
 * every descriptor is closed, by the last operation that uses it if there is one.
 */
#ifndef RUNTIME_FILES_H
#define RUNTIME_FILES_H

#include "runtime/file.h"

#include <stdbool.h>

struct host;

struct files {
    struct host *host;
    struct mailbox *mailbox;
    struct file_request *open; /* under way; owned while they are */
    int *fds;                  /* of the script; owned */
    size_t fd_count, fd_room;
    bool is_leaving; /* the script's descriptors stay open behind it, and are not noted */
    bool is_warning; /* the script hears of descriptors that it opens twice or never opened */
};

/* The isolate's own thread, all of them but files_free(). */
void files_init(struct files *files, struct host *host, struct mailbox *mailbox);
/* Before the mailbox is gone. */
void files_fini(struct files *files);

/* Takes the request: when it is done LETTER_FILE brings it back. Else a negative errno, and it
 * stays the caller's. */
int files_start(struct files *files, struct file_request *request);
/* It came back: it is no longer under way. */
void files_finish(struct files *files, struct file_request *request);

/* The script has this descriptor now. False when there is no memory to note it. */
bool files_add_fd(struct files *files, int fd);
/* No longer. False: it was not noted. */
bool files_remove_fd(struct files *files, int fd);

/* A request on the heap; any thread. NULL when there is no memory; NULL is fine. */
struct file_request *files_new(enum file_op op);
void files_free(struct file_request **request);

#endif
