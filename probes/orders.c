/*
 * The connection by which the collector gives orders. Called by prober.c. Owns the connection.
 * Invariant: every command is answered once, in the order they came.
 */
#include "probes/orders.h"

#include "base/log.h"
#include "probes/candidates.h"
#include "probes/target.h"
#include "wire/door.h"

#include <jansson.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct orders {
    struct orders_takers takers;
    void *context;
    struct door door; /* fd -1 while there is none */
    char *told;       /* owned: the line of candidates it heard last on this connection; NULL for none */
};

struct orders *orders_new(const struct orders_takers *takers, void *context)
{
    struct orders *orders = calloc(1, sizeof *orders);

    if (orders != NULL) {
        orders->takers = *takers;
        orders->context = context;
        orders->door.fd = -1;
    }
    return orders;
}

static void hang_up(struct orders *orders)
{
    if (orders->door.fd >= 0) {
        door_fini(&orders->door);
    }
    free(orders->told);
    orders->told = NULL;
}

void orders_free(struct orders **orders)
{
    if (*orders != NULL) {
        hang_up(*orders);
    }
    free(*orders);
    *orders = NULL;
}

/* Takes `object`. */
static void say(struct orders *orders, json_t *object)
{
    char *line = object != NULL ? json_dumps(object, JSON_COMPACT) : NULL;

    json_decref(object);
    if (line == NULL || door_send(&orders->door, line, strlen(line), NULL, 0) < 0) {
        hang_up(orders);
    }
    free(line);
}

static void take_wish(const struct orders *orders, const json_t *line)
{
    const json_t *processes = json_object_get(line, "processes"), *item;
    double seconds = json_number_value(json_object_get(line, "interval"));
    struct orders_wish wish = {.interval = seconds > 0 ? (uint64_t)(seconds * 1e9) : 0};
    size_t i;

    json_array_foreach(processes, i, item)
    {
        if (json_is_string(item) && wish.count < ORDERS_WISHES_MAX) {
            wish.processes[wish.count++] = json_string_value(item);
        }
    }
    orders->takers.configure(orders->context, &wish);
}

static void obey(struct orders *orders, const char *line, size_t length)
{
    json_error_t why;
    json_t *command = json_loadb(line, length, 0, &why);
    const char *type = json_string_value(json_object_get(command, "type"));
    const char *what = json_string_value(json_object_get(command, "do"));
    const char *id = json_string_value(json_object_get(command, "id"));
    json_int_t pid = json_integer_value(json_object_get(command, "pid"));
    struct error error = {""};

    if (type != NULL && strcmp(type, "command") == 0 && id != NULL) {
        bool is_attach = what != NULL && strcmp(what, "attach") == 0;
        bool is_known = is_attach || (what != NULL && strcmp(what, "detach") == 0);
        int code = is_known && pid > 0
                       ? orders->takers.act(orders->context, is_attach, (uint64_t)pid, &error)
                       : error_set(&error, -EINVAL, "isoprobe can attach and detach, nothing else");
        say(orders, code == 0 ? json_pack("{s:s,s:s,s:b}", "type", "result", "id", id, "ok", 1)
                              : json_pack("{s:s,s:s,s:b,s:s}", "type", "result", "id", id, "ok", 0,
                                          "error", error.text));
    } else if (type != NULL && strcmp(type, "watch") == 0 && orders->takers.configure != NULL) {
        take_wish(orders, command);
    } else if (json_object_get(command, "error") != NULL) {
        log_warn("the collector says: %s", line);
    }
    json_decref(command);
}

static void hear(struct orders *orders)
{
    bool is_too_long = false;
    size_t length;
    char *line;
    int code = door_receive(&orders->door);

    while (code > 0) {
        while (orders->door.fd >= 0 &&
               (line = door_next_line(&orders->door, &length, &is_too_long)) != NULL) {
            obey(orders, line, length);
        }
        if (orders->door.fd < 0) {
            return;
        }
        code = is_too_long ? -EMSGSIZE : door_receive(&orders->door);
    }
    if (code < 0 || door_flush(&orders->door) < 0) {
        hang_up(orders);
    }
}

void orders_tell(struct orders *orders, const struct candidate *const *candidates, size_t count)
{
    json_t *list = json_array();

    for (size_t i = 0; list != NULL && i < count; i++) {
        /* a name that is no UTF-8 makes no string, and the process goes by its pid */
        json_t *name = json_string(candidates[i]->name);
        json_array_append_new(list, json_pack("{s:I,s:o}", "pid", (json_int_t)candidates[i]->pid, "name",
                                              name != NULL ? name : json_null()));
    }
    json_t *line = json_pack("{s:s,s:o}", "type", "candidates", "processes", list);
    char *text = line != NULL ? json_dumps(line, JSON_COMPACT) : NULL;
    json_decref(line);
    bool is_new = text != NULL && (orders->told == NULL || strcmp(text, orders->told) != 0);
    if (orders->door.fd < 0 || !is_new) {
        free(text);
        return;
    }
    free(orders->told);
    orders->told = text;
    if (door_send(&orders->door, text, strlen(text), NULL, 0) < 0) {
        hang_up(orders);
    }
}

void orders_tick(struct orders *orders)
{
    if (orders->door.fd >= 0) {
        hear(orders);
        return;
    }
    int fd = target_connect(orders->takers.collector);
    if (fd >= 0) {
        door_init(&orders->door, fd);
        say(orders, json_pack("{s:s,s:i,s:i,s:s,s:s,s:s,s:b}", "type", "hello", "version", 1, "pid",
                              (int)getpid(), "name", "isoprobe", "kind", "other", "role", "prober",
                              "configured", orders->takers.configure != NULL));
    }
}
