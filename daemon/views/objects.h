/*
 * What the things of the model look like in JSON: contract of the frame, the lists, the single
 * objects and the stream alike. Each function writes the fields of one object through `fields`
 * (fields.h), which the caller has opened. Reads the model, on the loop thread.
 */
#ifndef DAEMON_OBJECTS_H
#define DAEMON_OBJECTS_H

#include "daemon/views/fields.h"
#include "daemon/model/model.h"

struct objects {
    const struct model *model;
    bool can_act; /* http.allow_actions */
    /* Which isolates stand alone in the parts of a budget; the others are summed. NULL: all. */
    bool (*is_shown)(const void *selection, const struct isolate *isolate);
    const void *selection;
};

void objects_write_isolate(struct fields *fields, const struct objects *objects,
                           const struct isolate *isolate);
void objects_write_process(struct fields *fields, const struct process *process);
void objects_write_budget(struct fields *fields, const struct objects *objects,
                          const struct budget *budget);
void objects_write_alert(struct fields *fields, const struct objects *objects,
                         const struct alert *alert);
/* What an alert advises; only of those that have a cause. */
void objects_write_advice(struct fields *fields, const struct alert *alert);
void objects_write_verdict(struct fields *fields, const struct verdict *verdict);
void objects_write_store(struct fields *fields, const struct process *process,
                         const struct store *store);
/* What went through it within `window` seconds. */
void objects_write_flow(struct fields *fields, const struct model *model,
                        const struct process *process, const struct flow *flow, double window);
void objects_write_event(struct writer *writer, const struct event *event);

#endif
