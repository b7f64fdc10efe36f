/*
 * Answers to questions, from the database and from what is still in the making: raw steps as far
 * back as they are kept, rolled up ones before that. The archive's thread only.
 */
#ifndef DAEMON_RECALL_H
#define DAEMON_RECALL_H

#include "daemon/history/query.h"

struct keeper;

/* Fills in every item; what could not be had is a gap, and query->is_failed says so. */
void recall_answer(struct keeper *keeper, struct query *query);

#endif
