/*
 * The members of broadcast names (broadcast.h). Called by BroadcastChannel's natives and when an
 * isolate gives up a port. Owns one end of every member's channel. Invariant: a member is listed
 * from its making until its owner gives up its end; a name exists while it has members. The lock is
 * outside all others but taken alone.
 */
#include "runtime/broadcast.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define BUCKETS 1024

struct broadcast_member {
    struct broadcast_member *next, *previous;
    struct broadcast_name *name;
    struct port *inlet; /* counted */
};

struct broadcast_name {
    struct broadcast_name *next;             /* of the same bucket */
    struct broadcast_member *first, *last; /* owned; in order of joining */
    char text[];
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct broadcast_name *buckets[BUCKETS];

/* Where the name is referred to, or the end of its bucket. Locked. */
static struct broadcast_name **find(const char *text)
{
    uint32_t hash = 5381;

    for (const char *at = text; *at != '\0'; at++) {
        hash = hash * 33 + (unsigned char)*at;
    }
    struct broadcast_name **place = &buckets[hash % BUCKETS];
    while (*place != NULL && strcmp((*place)->text, text) != 0) {
        place = &(*place)->next;
    }
    return place;
}

/* The name's only one, made when there is none; NULL when there is no memory. Locked. */
static struct broadcast_name *get_name(const char *text)
{
    struct broadcast_name **place = find(text);

    if (*place == NULL) {
        size_t size = strlen(text) + 1;
        *place = calloc(1, sizeof **place + size);
        if (*place != NULL) {
            memcpy((*place)->text, text, size);
        }
    }
    return *place;
}

static void drop_name(struct broadcast_name *name)
{
    struct broadcast_name **place = find(name->text);

    *place = name->next;
    free(name);
}

/* Puts the member at the end of its name. False when there is no memory. */
static bool add(struct broadcast_member *member, const char *text)
{
    pthread_mutex_lock(&lock);
    struct broadcast_name *name = get_name(text);
    if (name != NULL) {
        member->name = name;
        member->previous = name->last;
        *(name->last != NULL ? &name->last->next : &name->first) = member;
        name->last = member;
    }
    pthread_mutex_unlock(&lock);
    return name != NULL;
}

int broadcast_join(const char *name, struct wire_process *process, struct port **end)
{
    struct port *ends[2];
    struct broadcast_member *member = calloc(1, sizeof *member);

    if (member == NULL || port_new_channel(process, ends) < 0) {
        free(member);
        return -ENOMEM;
    }
    member->inlet = ends[1];
    if (!add(member, name)) {
        port_unref(&ends[0]);
        port_unref(&ends[1]);
        free(member);
        return -ENOMEM;
    }
    ends[0]->membership = member;
    *end = ends[0];
    return 0;
}

void broadcast_leave(struct port *end)
{
    struct broadcast_member *member = end->membership;

    if (member == NULL) {
        return;
    }
    end->membership = NULL;
    pthread_mutex_lock(&lock);
    struct broadcast_name *name = member->name;
    *(member->previous != NULL ? &member->previous->next : &name->first) = member->next;
    *(member->next != NULL ? &member->next->previous : &name->last) = member->previous;
    if (name->first == NULL) {
        drop_name(name);
    }
    pthread_mutex_unlock(&lock);
    port_unref(&member->inlet);
    free(member);
}

struct port **broadcast_others(const struct port *end, size_t *count)
{
    struct port **inlets = NULL;
    size_t room = 0;

    *count = 0;
    pthread_mutex_lock(&lock);
    const struct broadcast_member *own = end->membership;
    for (struct broadcast_member *at = own != NULL ? own->name->first : NULL; at != NULL;
         at = at->next) {
        if (at == own) {
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
