/*
 * The members of broadcast names (broadcast.h). Called by BroadcastChannel's natives and when an
 * isolate gives up a port. Owns one end of every member's channel. Invariant: a member is listed
 * from its making until its owner gives up its end. The lock is outside all others but taken alone.
 */
#include "runtime/broadcast.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct member {
    struct member *next;
    const struct port *end; /* the owner's; not counted, only compared */
    struct port *inlet;     /* counted */
    char name[];
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct member *members; /* owned; in order of joining */

/* Where the member with this end is referred to, or the end of the list. Locked. */
static struct member **find(const struct port *end)
{
    struct member **at = &members;

    while (*at != NULL && (*at)->end != end) {
        at = &(*at)->next;
    }
    return at;
}

int broadcast_join(const char *name, struct wire_process *process, struct port **end)
{
    struct port *ends[2];
    struct member *member = malloc(sizeof *member + strlen(name) + 1);

    if (member == NULL || port_new_channel(process, ends) < 0) {
        free(member);
        return -ENOMEM;
    }
    strcpy(member->name, name);
    member->end = *end = ends[0];
    member->inlet = ends[1];
    ends[0]->is_broadcast = true;
    pthread_mutex_lock(&lock);
    member->next = NULL;
    *find(NULL) = member;
    pthread_mutex_unlock(&lock);
    return 0;
}

void broadcast_leave(const struct port *end)
{
    pthread_mutex_lock(&lock);
    struct member **at = find(end);
    struct member *member = *at;
    if (member != NULL) {
        *at = member->next;
    }
    pthread_mutex_unlock(&lock);
    if (member != NULL) {
        port_unref(&member->inlet);
        free(member);
    }
}

struct port **broadcast_others(const struct port *end, size_t *count)
{
    struct port **inlets = NULL;
    size_t room = 0;

    *count = 0;
    pthread_mutex_lock(&lock);
    const struct member *own = *find(end);
    for (struct member *at = members; own != NULL && at != NULL; at = at->next) {
        if (at == own || strcmp(at->name, own->name) != 0) {
            continue;
        }
        if (*count == room) {
            room = room * 2 + 8;
            struct port **more = realloc(inlets, room * sizeof(struct port *));
            if (more == NULL) {
                break;
            }
            inlets = more;
        }
        inlets[(*count)++] = port_ref(at->inlet);
    }
    pthread_mutex_unlock(&lock);
    return inlets;
}
