/*
 * The daemon: everything it has, and the order of a tick. One of it exists; main.c owns it, the
 * loop drives it, views read it. All on the loop's thread.
 *
 * A tick, a straight line of calls (daemon_tick() in loop.c):
 *   ingest    slots, rings and doors into the model
 *   budget    sums, limits, projection
 *   rules     conditions into alerts
 *   culprits  isolates whose drift alert begins are asked what grew
 *   silences  which of them nobody is told of
 *   notify    who is told of the others
 *   recycler  alerts into orders, where that is wanted
 *   verdict   the one sentence
 *   history   a point for each thing, in memory and handed to the archive's thread
 *   http      streams wake, cached answers are stale
 */
#ifndef DAEMON_DAEMON_H
#define DAEMON_DAEMON_H

#include "daemon/actions.h"
#include "daemon/config.h"
#include "daemon/model/events.h"
#include "daemon/model/model.h"
#include "daemon/silences.h"

struct ingest;
struct ledger;
struct alerts;
struct journal;
struct notify;
struct culprits;
struct recycler;
struct http;
struct archive;
struct dump;

struct daemon {
    const struct config *config; /* borrowed from main; another one after SIGHUP */
    struct model model;
    struct events *events;
    struct actions *actions;
    struct ingest *ingest;
    struct ledger *ledger; /* budget.h */
    struct alerts *alerts;
    struct culprits *culprits;
    struct recycler *recycler;
    struct archive *archive; /* history on disk; NULL: in memory alone */
    struct journal *journal; /* what outlives a restart */
    struct silences *silences;
    struct notify *notify;
    struct dump *dump;       /* black boxes; NULL without a state directory */
    struct http *http;
};

#endif
