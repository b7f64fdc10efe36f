/*
 * A ring of lives. drain.c adds, the rules on short lives sum up. Invariant: the last
 * min(count, ENDS_MAX) of the ring are filled, in the order in which they ended.
 */
#include "daemon/model/ends.h"

#include "wire/layout.h"

#include <stdlib.h>

#define NS_PER_S 1e9

struct end {
    double t, start_s, life_s, teardown_s;
};

struct ends {
    struct end ring[ENDS_MAX];
    uint64_t count;
    double start_s;
};

bool ends_add(struct ends **pointer, const struct record *record, double t)
{
    if (record->exit.start == WIRE_UNKNOWN || record->exit.life == WIRE_UNKNOWN ||
        (*pointer == NULL && (*pointer = calloc(1, sizeof **pointer)) == NULL)) {
        return false;
    }
    struct ends *ends = *pointer;
    ends->start_s += (double)record->exit.start / NS_PER_S;
    uint64_t teardown = record->exit.teardown != WIRE_UNKNOWN ? record->exit.teardown : 0;
    ends->ring[ends->count++ % ENDS_MAX] = (struct end){
        .t = t,
        .start_s = (double)record->exit.start / NS_PER_S,
        .life_s = (double)record->exit.life / NS_PER_S,
        .teardown_s = (double)teardown / NS_PER_S,
    };
    return true;
}

void ends_free(struct ends **ends)
{
    free(*ends);
    *ends = NULL;
}

double ends_start_s(const struct ends *ends)
{
    return ends != NULL ? ends->start_s : 0;
}

static void add(struct ends_sum *sum, const struct end *end, double times_start)
{
    sum->count++;
    sum->start_s += end->start_s;
    if (end->life_s < times_start * end->start_s) {
        sum->brief++;
        sum->cost_s += end->start_s + end->teardown_s;
        sum->life_s += end->life_s;
    }
}

void ends_sum(const struct ends *ends, double now, double window, double times_start,
              struct ends_sum *sum)
{
    uint64_t kept = ends == NULL ? 0 : ends->count < ENDS_MAX ? ends->count : ENDS_MAX;

    *sum = (struct ends_sum){.seconds = window};
    for (uint64_t i = 0; i < kept; i++) {
        const struct end *end = &ends->ring[(ends->count - 1 - i) % ENDS_MAX];
        if (now - end->t > window) {
            return;
        }
        add(sum, end, times_start);
    }
    if (kept == ENDS_MAX) {
        sum->seconds = now - ends->ring[ends->count % ENDS_MAX].t;
    }
}
