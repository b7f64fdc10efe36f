/*
 * Where the past of a thing is found: in memory as far back as that reaches, in the archive before
 * that, both together as one row of points. For views, on the loop thread.
 */
#ifndef DAEMON_LOOKUP_H
#define DAEMON_LOOKUP_H

#include "daemon/history/query.h"
#include "daemon/model/model.h"
#include "daemon/views/request.h"

#define LOOKUP_POINTS_MAX 20000

struct lookup {
    enum history_kind kind;
    char name[QUERY_NAME_MAX];     /* as the archive calls it */
    const struct history *history; /* NULL: memory has nothing */
    bool is_known;                 /* to the model */
};

/* "isolate:ID", "process:PID", "process:PID~STARTTIME" or "budget:NAME". False when it is none of
 * these, or too long. */
bool lookup_find(const struct model *model, const char *of, struct lookup *lookup);

/*
 * Sees to it that `query` (taken) is answered as well as can be. NULL: the archive is to be asked
 * first (*reply says so), or there is no answer (a 503 in *reply); the view returns. Otherwise the
 * questions to read points of: of the run before, now answered, or this one, as memory has
 * everything. Owned by the request or the reply.
 */
const struct query *lookup_ask(const struct request *request, struct query *query,
                               struct reply *reply);

/* At most LOOKUP_POINTS_MAX points of an item, `*step` apart; NaN in gaps, none before the first
 * and after the last that is known. */
size_t lookup_points(const struct request *request, const struct query *query, size_t item,
                     double *step, struct history_point *points);

#endif
