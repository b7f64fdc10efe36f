/*
 * Which isolates a frame or a stream is about: `all`, `top:N` by used heap, or a list of ids.
 * Made from a query value, applied to the model at every tick.
 */
#ifndef DAEMON_SELECTION_H
#define DAEMON_SELECTION_H

#include "base/error.h"
#include "daemon/model/model.h"

#define SELECTION_DEFAULT  "top:100"
#define SELECTION_TEXT_MAX 8192

struct selection;

/* `text` as in ?isolates=; NULL is the default. 0, -ENOMEM, or -EINVAL with *error saying what is
 * allowed. */
int selection_new(struct selection **selection, const char *text, struct error *error);
void selection_free(struct selection **selection);

/* The text it was made of; what is equal here selects the same. */
const char *selection_text(const struct selection *selection);

/*
 * The isolates chosen now, as a borrowed array good until the next call: `all` and a list in the
 * order of the model, `top` largest first. False when memory is short.
 */
bool selection_apply(struct selection *selection, const struct model *model,
                     const struct isolate *const **isolates, size_t *count);
/* Whether the last selection_apply() chose `isolate`; for objects.h. */
bool selection_has(const void *selection, const struct isolate *isolate);
/* Whether an event of isolate `id` belongs: only a list leaves any out. */
bool selection_has_id(const struct selection *selection, const char *id);

#endif
