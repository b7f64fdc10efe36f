/*
 * The ledger: what the memory of a container or of a group of processes is spent on, how much has
 * been promised, and when the line is met at the present pace. The loop's thread only.
 */
#ifndef DAEMON_BUDGET_H
#define DAEMON_BUDGET_H

#include "daemon/config.h"
#include "daemon/model/events.h"
#include "daemon/model/model.h"

/* A projection counts when it is nearer than this, if the rule `budget` says nothing else. */
#define BUDGET_HORIZON_S 1800.0

struct ledger;

/* `root` is put before the paths of /proc and /sys; "" but in tests. `events`, where limits that
 * change are told, is borrowed and may be NULL. NULL: no memory. */
struct ledger *budget_new(const char *root, struct events *events);
void budget_free(struct ledger **ledger);

/* Sets every process's container and makes model->budgets: those configured, else one for each
 * memory cgroup that holds an emitter. */
void budget_tick(struct ledger *ledger, struct model *model, const struct config *config);

/* The configuration changed: budgets are made anew. */
void budget_forget(struct ledger *ledger, struct model *model);

/* limit - headroom: the line that must not be crossed. MODEL_UNKNOWN without a limit. */
uint64_t budget_line(const struct budget *budget);

/* What an isolate holds: its heap and what its objects own outside. */
uint64_t budget_held(const struct isolate *isolate);

/* Whether it is so near its limit that something must go now: over its line, or the limit is seconds
 * away. For a minute after that twice the head-room counts. */
bool budget_is_in_need(struct budget *budget, double t);

#endif
