/*
 * Waits for events, ends of processes and its timer. Called by main.c. Owns the loader, the targets
 * and the descriptors it waits for. A target's place in the table is what the kernel's part sends
 * with its events; a place rests for a moment after its target left, so that late events find
 * nobody.
 */
#include "probes/prober.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/proc.h"
#include "probes/candidates.h"
#include "probes/orders.h"
#include "probes/privileges.h"
#include "probes/target.h"
#include "probes/wanted.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#define TICK_NS      (20 * CLOCK_NS_PER_MS)
#define EVENTS_MAX   32
#define ORDERS_TICKS 5  /* orders are looked for every so many */
#define TELL_TICKS   50 /* the collector hears of candidates, likewise */
#define MEMORY_TICKS 45 /* memory likewise: a target passes it on once a second */

/* What an epoll event is about: one of these, or a place of the table. */
enum { WATCH_BUFFER = EVENT_TARGETS_MAX, WATCH_TIMER, WATCH_SIGNAL };

struct prober {
    struct prober_options options;
    struct loader *loader;
    struct orders *orders;                     /* owned */
    struct target *targets[EVENT_TARGETS_MAX]; /* owned */
    uint32_t next_place;
    size_t target_count;
    int epoll, timer, signals;
    struct candidates candidates;             /* of a server: whom else it could watch */
    struct wanted configured;                 /* by the collector's configuration */
    bool by_configuration[EVENT_TARGETS_MAX]; /* whether that alone wanted it */
    uint64_t interval;                        /* of looks at resident pages, ns */
    bool is_over;
    uint32_t ticks;
};

static int watch(struct prober *prober, int fd, uint32_t what)
{
    struct epoll_event event = {.events = EPOLLIN, .data.u32 = what};

    return epoll_ctl(prober->epoll, EPOLL_CTL_ADD, fd, &event) < 0 ? -errno : 0;
}

/* ---- targets ----------------------------------------------------------------------------------
 */

static struct target *find_target(const struct prober *prober, uint64_t pid)
{
    for (uint32_t i = 0; i < EVENT_TARGETS_MAX; i++) {
        if (prober->targets[i] != NULL && target_pid(prober->targets[i]) == pid) {
            return prober->targets[i];
        }
    }
    return NULL;
}

static void drop_target(struct prober *prober, struct target *target, bool is_over)
{
    uint32_t place = target_place(target);

    log_info("process %" PRIu64 " %s", target_pid(target), is_over ? "ended" : "is left alone");
    loader_read(prober->loader); /* its last events */
    if (prober->targets[place] != target) {
        return; /* one of them was its end already */
    }
    epoll_ctl(prober->epoll, EPOLL_CTL_DEL, target_pidfd(target), NULL);
    prober->targets[place] = NULL;
    prober->target_count--;
    target_close(&target, is_over);
}

/* A place that nobody has, not the one left last; EVENT_NO_PLACE when all are taken. */
static uint32_t find_place(struct prober *prober)
{
    for (uint32_t i = 0; i < EVENT_TARGETS_MAX; i++) {
        uint32_t place = (prober->next_place + i) % EVENT_TARGETS_MAX;
        if (prober->targets[place] == NULL) {
            prober->next_place = place + 1;
            return place;
        }
    }
    return EVENT_NO_PLACE;
}

static int add_target(struct prober *prober, uint64_t pid, struct error *error)
{
    struct target_options options = {.loader = prober->loader,
                                     .collector = prober->options.collector,
                                     .pid = pid,
                                     .interval = prober->interval};
    struct target *target;

    if (find_target(prober, pid) != NULL) {
        return error_set(error, -EALREADY, "process %" PRIu64 " is watched already", pid);
    }
    options.place = find_place(prober);
    if (options.place == EVENT_NO_PLACE) {
        return error_set(error, -ENOSPC, "%d processes are watched, no more can be",
                         EVENT_TARGETS_MAX);
    }
    int code = target_open(&target, &options, error);
    if (code < 0) {
        return code;
    }
    code = watch(prober, target_pidfd(target), options.place);
    if (code < 0) {
        target_close(&target, false);
        return error_set(error, code, "epoll: %s", strerror(-code));
    }
    prober->targets[options.place] = target;
    prober->by_configuration[options.place] = false;
    prober->target_count++;
    log_info("watching process %" PRIu64, pid);
    if (target_missing(target)[0] != '\0') {
        log_warn("process %" PRIu64 ": unknown remain: %s", pid, target_missing(target));
    }
    return 0;
}

/* ---- whom to watch ----------------------------------------------------------------------------
 */

/* Watches it when it is a Node.js; anything else of that name is passed over. */
static void consider(struct prober *prober, uint64_t pid)
{
    struct error error;

    if (prober->options.is_server) {
        candidates_consider(&prober->candidates, pid);
    }
    if (pid == (uint64_t)getpid() || find_target(prober, pid) != NULL) {
        return;
    }
    bool is_asked = wanted_has(&prober->options.wanted, pid);
    if (!is_asked && !wanted_has(&prober->configured, pid)) {
        return;
    }
    int code = add_target(prober, pid, &error);
    if (code == 0) {
        prober->by_configuration[target_place(find_target(prober, pid))] = !is_asked;
    }
    if (code == -ENOEXEC || code == -ESRCH) {
        log_debug("%s", error.text);
    } else if (code < 0) {
        log_warn("%s", error.text);
    }
}

static void consider_running(struct prober *prober)
{
    DIR *directory = opendir("/proc");
    const struct dirent *entry;

    while (directory != NULL && (entry = readdir(directory)) != NULL) {
        uint64_t pid = strtoull(entry->d_name, NULL, 10);
        if (pid != 0) {
            consider(prober, pid);
        }
    }
    if (directory != NULL) {
        closedir(directory);
    }
}

/* ---- events -----------------------------------------------------------------------------------
 */

/* A process begins to run a program. One that is watched runs another one now, and what we had
 * attached to is gone; or it has ended, and this is the next owner of its pid. */
static void take_exec(struct prober *prober, uint64_t pid)
{
    struct target *target = find_target(prober, pid);
    uint64_t start_time;

    if (target != NULL) {
        bool is_over =
            proc_start_time(pid, &start_time) < 0 || start_time != target_start_time(target);
        log_info("process %" PRIu64 " %s", pid, is_over ? "ended" : "runs another program");
        epoll_ctl(prober->epoll, EPOLL_CTL_DEL, target_pidfd(target), NULL);
        prober->targets[target_place(target)] = NULL;
        prober->target_count--;
        target_close(&target, is_over);
        loader_settle(prober->loader); /* our probes would be in what it runs now */
    }
    consider(prober, pid);
}

static void take_event(void *context, const struct event *event, const char *text)
{
    struct prober *prober = context;
    struct target *target = NULL;

    if (event->kind == EVENT_EXEC) {
        take_exec(prober, event->pid);
        return;
    }
    if (event->kind == EVENT_OOM_KILL) {
        target = find_target(prober, event->pid);
    } else if (event->place < EVENT_TARGETS_MAX) {
        target = prober->targets[event->place];
    }
    if (target != NULL && target_pid(target) == event->pid) {
        target_take(target, event, text);
    }
}

/* What the collector orders. */
static int act(void *context, bool is_attach, uint64_t pid, struct error *error)
{
    struct prober *prober = context;
    struct target *target = find_target(prober, pid);

    if (is_attach) {
        int code = add_target(prober, pid, error);
        return code == -EALREADY ? 0 : code;
    }
    if (target == NULL) {
        return error_set(error, -ESRCH, "process %" PRIu64 " is not watched", pid);
    }
    drop_target(prober, target, false);
    loader_settle(prober->loader); /* done means that nothing is left in it */
    return 0;
}

/* The collector's configuration, which may have changed: whom that alone wanted and wants no more
 * is left alone. */
static void configure(void *context, const struct orders_wish *wish)
{
    struct prober *prober = context;

    wanted_clear(&prober->configured);
    for (size_t i = 0; i < wish->count; i++) {
        if (!wanted_add(&prober->configured, wish->processes[i])) {
            log_warn("probes.attach: more than %d entries; the rest is not followed", WANTED_MAX);
            break;
        }
    }
    prober->interval = wish->interval;
    for (uint32_t i = 0; i < EVENT_TARGETS_MAX; i++) {
        struct target *target = prober->targets[i];
        if (target != NULL && prober->by_configuration[i] &&
            !wanted_has(&prober->configured, target_pid(target))) {
            drop_target(prober, target, false);
        } else if (target != NULL) {
            target_set_interval(target, prober->interval);
        }
    }
    consider_running(prober);
}

static void tell_candidates(struct prober *prober)
{
    const struct candidate *told[CANDIDATES_MAX];
    size_t count = 0;

    candidates_prune(&prober->candidates);
    for (size_t i = 0; i < prober->candidates.count; i++) {
        const struct candidate *one = &prober->candidates.items[i];
        if (find_target(prober, one->pid) == NULL) {
            told[count++] = one;
        }
    }
    orders_tell(prober->orders, told, count);
}

static void tick(struct prober *prober)
{
    uint64_t expired;
    ssize_t length = read(prober->timer, &expired, sizeof expired);

    (void)length; /* only to make it quiet */
    loader_read(prober->loader);
    uint64_t now = clock_now_ns();
    if (prober->ticks % MEMORY_TICKS == 0 && prober->target_count > 0) {
        loader_look(prober->loader);
    }
    if (prober->options.is_server && prober->ticks % TELL_TICKS == 0) {
        tell_candidates(prober);
    }
    if (prober->ticks++ % ORDERS_TICKS == 0) {
        orders_tick(prober->orders);
    }
    for (uint32_t i = 0; i < EVENT_TARGETS_MAX; i++) {
        if (prober->targets[i] != NULL) {
            target_tick(prober->targets[i], now);
        }
    }
}

static void handle(struct prober *prober, uint32_t what)
{
    if (what == WATCH_SIGNAL) {
        prober->is_over = true;
    } else if (what == WATCH_BUFFER) {
        loader_read(prober->loader);
    } else if (what == WATCH_TIMER) {
        tick(prober);
    } else if (what < EVENT_TARGETS_MAX && prober->targets[what] != NULL) {
        drop_target(prober, prober->targets[what], true);
    }
}

static bool waits_for_more(const struct prober *prober)
{
    return prober->target_count > 0 || wanted_is_open(&prober->options.wanted) ||
           prober->options.is_server;
}

int prober_run(struct prober *prober)
{
    struct epoll_event events[EVENTS_MAX];

    while (!prober->is_over && waits_for_more(prober)) {
        int count = epoll_wait(prober->epoll, events, EVENTS_MAX, -1);
        if (count < 0 && errno != EINTR) {
            return -errno;
        }
        for (int i = 0; i < count; i++) {
            handle(prober, events[i].data.u32);
        }
    }
    return 0;
}

/* ---- beginning and end ------------------------------------------------------------------------
 */

static int open_descriptors(struct prober *prober)
{
    struct itimerspec every = {{0, (long)TICK_NS}, {0, (long)TICK_NS}};
    sigset_t set;
    int code;

    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    sigprocmask(SIG_BLOCK, &set, NULL);
    prober->epoll = epoll_create1(EPOLL_CLOEXEC);
    prober->timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
    prober->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    if (prober->epoll < 0 || prober->timer < 0 || prober->signals < 0 ||
        timerfd_settime(prober->timer, 0, &every, NULL) < 0) {
        return -errno;
    }
    if ((code = watch(prober, prober->timer, WATCH_TIMER)) < 0 ||
        (code = watch(prober, prober->signals, WATCH_SIGNAL)) < 0) {
        return code;
    }
    return watch(prober, loader_fd(prober->loader), WATCH_BUFFER);
}

/* Those asked for by number: one that cannot be watched is an error. */
static int add_pids(struct prober *prober, struct error *error)
{
    const struct wanted *wanted = &prober->options.wanted;

    for (size_t i = 0; i < wanted->count; i++) {
        uint64_t pid = strtoull(wanted->items[i], NULL, 10);
        int code = pid != 0 ? add_target(prober, pid, error) : 0;
        if (code < 0 && code != -EALREADY) {
            return code;
        }
    }
    return 0;
}

int prober_open(struct prober **result, const struct prober_options *options, struct error *error)
{
    struct prober *prober = calloc(1, sizeof *prober);

    *result = NULL;
    if (prober == NULL) {
        return error_set(error, -ENOMEM, "no memory");
    }
    prober->options = *options;
    prober->interval = options->interval;
    prober->epoll = prober->timer = prober->signals = -1;
    const struct orders_takers takers = {.collector = options->collector,
                                         .act = act,
                                         .configure = options->is_server ? configure : NULL};
    int code = loader_open(&prober->loader, take_event, prober, error);
    if (code == 0 && (code = open_descriptors(prober)) < 0) {
        error_set(error, code, "epoll: %s", strerror(-code));
    }
    if (code == 0 && (prober->orders = orders_new(&takers, prober)) == NULL) {
        code = error_set(error, -ENOMEM, "no memory");
    }
    if (code == 0 && (code = privileges_drop()) < 0) {
        error_set(error, code, "giving up privileges: %s", strerror(-code));
    }
    if (code == 0) {
        code = add_pids(prober, error);
    }
    if (code < 0) {
        prober_close(&prober);
        return code;
    }
    consider_running(prober);
    log_info("ready, %zu processes are watched", prober->target_count);
    *result = prober;
    return 0;
}

void prober_close(struct prober **pointer)
{
    struct prober *prober = *pointer;
    int fds[] = {prober->epoll, prober->timer, prober->signals};

    *pointer = NULL;
    for (uint32_t i = 0; i < EVENT_TARGETS_MAX; i++) {
        if (prober->targets[i] != NULL) {
            target_close(&prober->targets[i], false);
        }
    }
    orders_free(&prober->orders);
    wanted_clear(&prober->configured);
    loader_close(&prober->loader);
    for (size_t i = 0; i < sizeof fds / sizeof *fds; i++) {
        if (fds[i] >= 0) {
            close(fds[i]);
        }
    }
    free(prober);
}
