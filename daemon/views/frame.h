/*
 * The frame: one tick as one document, what everyone sees. frame_write() makes it for a request; a
 * struct frame remembers in addition what the readers of a stream have been told, so that later
 * ticks carry only what changed. Reads the model, on the loop thread.
 */
#ifndef DAEMON_FRAME_H
#define DAEMON_FRAME_H

#include "base/bytes.h"
#include "daemon/views/selection.h"

struct daemon;
struct frame;

/* The document of /api/v1/frame. A failed `out` means memory is short. */
void frame_write(const struct daemon *daemon, struct selection *selection, struct bytes *out);
/* The object of /api/v1/status: that of the frame, and the verdict. */
void frame_write_status(const struct daemon *daemon, struct bytes *out);

/* Takes the selection. NULL: no memory (the selection is freed). */
struct frame *frame_new(struct selection **selection);
void frame_free(struct frame **frame);
const struct selection *frame_selection(const struct frame *frame);

/* The document for readers who know nothing. It numbers the isolates afresh unless those of the
 * last tick stand in one unbroken row: *is_renumbered then says that everyone needs it. */
void frame_write_whole(struct frame *frame, const struct daemon *daemon, struct bytes *out,
                       bool *is_renumbered);
/* The `tick` for readers who know the last one: columns and patch. After a failure of `out` only
 * frame_write_whole() helps, which then renumbers. */
void frame_write_tick(struct frame *frame, const struct daemon *daemon, struct bytes *out);
/* The tick its readers know; 0 for none. */
uint64_t frame_tick(const struct frame *frame);
/* So many places are taken by isolates that are gone that numbering afresh pays. */
bool frame_is_sparse(const struct frame *frame);

#endif
