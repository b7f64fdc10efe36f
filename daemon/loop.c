/*
 * The one thread's loop. Called by main. Owns the epoll set, the tick's timer, the signal
 * descriptor and struct daemon with everything in it. Invariant: the model changes only inside
 * ingest_event() and daemon_tick(), so a view inside http_run() sees it at rest. Streams are told
 * of ticks alone; a document asked for between two ticks may show what has arrived since the last.
 */
#include "daemon/loop.h"

#include "base/check.h"
#include "base/clock.h"
#include "base/log.h"
#include "daemon/judge/budget.h"
#include "daemon/judge/culprits.h"
#include "daemon/daemon.h"
#include "daemon/history/dump.h"
#include "daemon/history/feed.h"
#include "daemon/http/http.h"
#include "daemon/ingest/ingest.h"
#include "daemon/ingest/prober.h"
#include "daemon/model/past.h"
#include "daemon/judge/recycler.h"
#include "daemon/notify/notify.h"
#include "daemon/notify/runner.h"
#include "daemon/remember.h"
#include "daemon/judge/rules.h"
#include "daemon/judge/verdict.h"
#include "daemon/watch.h"

#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#define EVENTS_AT_ONCE 64

struct loop {
    const struct loop_options *options;
    struct daemon daemon;
    int epoll, timer, signals;
    int runner; /* until notify has it */
    struct watch timer_watch, signal_watch, http_watch, archive_watch;
    bool is_over;
};

static void daemon_tick(struct daemon *daemon)
{
    struct model *model = &daemon->model;

    model->t = (double)clock_wall_ns() / (double)CLOCK_NS_PER_S;
    model->tick++;
    ingest_tick(daemon->ingest);
    budget_tick(daemon->ledger, model, daemon->config);
    rules_tick(daemon->alerts, model, daemon->config);
    culprits_tick(daemon->culprits, model, daemon->actions, daemon->config);
    recycler_tick(daemon->recycler, model, daemon->actions, daemon->config);
    silences_tick(daemon->silences, model);
    notify_tick(daemon->notify);
    verdict_tick(model);
    past_tick(model, daemon->config);
    model->status.alerts_dropped = alerts_dropped(daemon->alerts);
    remember_tick(daemon);
    if (daemon->archive != NULL) {
        feed_tick(daemon->archive, model, daemon->config);
        feed_status(daemon->archive, &model->status);
    }
    if (daemon->dump != NULL) {
        struct dump_status dumped;
        dump_get_status(daemon->dump, &dumped);
        model->status.blackbox.written = dumped.written;
        model->status.blackbox.lost = dumped.lost + model->status.blackbox.refused;
        memcpy(model->status.blackbox.last, dumped.last, sizeof dumped.last);
    }
    http_tick(daemon->http);
}

static int set_interval(int timer, double seconds)
{
    struct itimerspec every;

    every.it_interval.tv_sec = (time_t)seconds;
    every.it_interval.tv_nsec = (long)((seconds - floor(seconds)) * (double)CLOCK_NS_PER_S);
    every.it_value = every.it_interval;
    return timerfd_settime(timer, 0, &every, NULL) < 0 ? -errno : 0;
}

static bool is_same_path(const char *a, const char *b)
{
    return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

/* Reads the configuration again; what cannot change while running is said and kept. */
static void reload(struct loop *loop)
{
    const struct loop_options *options = loop->options;
    struct config config;
    struct error error;
    int code = config_load(&config, options->config_path, &error);

    if (code == 0 && (code = options->override(&config, &error)) < 0) {
        config_fini(&config);
    }
    if (code < 0) {
        log_error("the configuration stays as it was: %s", error.text);
        return;
    }
    if (strcmp(config.http.listen, options->config->http.listen) != 0 ||
        config.http.max_clients != options->config->http.max_clients) {
        log_warn("http.listen and http.max_clients change with the next start");
    }
    if (config.socket.mode != options->config->socket.mode ||
        !is_same_path(config.socket.group, options->config->socket.group) ||
        !is_same_path(config.socket.path, options->config->socket.path)) {
        log_warn("socket.path, socket.mode and socket.group change with the next start");
    }
    if (!is_same_path(config.history.dir, options->config->history.dir) ||
        config.history.raw_step != options->config->history.raw_step ||
        config.history.rollup_step != options->config->history.rollup_step ||
        (config.history.max_bytes == 0) != (options->config->history.max_bytes == 0)) {
        log_warn("history.dir, raw_step, rollup_step and max_bytes: 0B change with the next start");
    }
    struct config old = *options->config;
    *options->config = config;
    config_fini(&old);
    budget_forget(loop->daemon.ledger, &loop->daemon.model);
    set_interval(loop->timer, config.tick.interval);
    if (http_reload(loop->daemon.http, &error) < 0) {
        log_error("the token stays as it was: %s", error.text);
    }
    prober_tell(loop->daemon.ingest);
    if (notify_configure(loop->daemon.notify, &config, &error) < 0) {
        log_error("a notifier stays as it was: %s", error.text);
    }
    log_info("configuration read again");
}

static void take_signal(struct loop *loop)
{
    struct signalfd_siginfo info;

    while (read(loop->signals, &info, sizeof info) == sizeof info) {
        if (info.ssi_signo == SIGHUP) {
            reload(loop);
        } else {
            loop->is_over = true;
        }
    }
}

static void take_tick(struct loop *loop)
{
    uint64_t times;

    if (read(loop->timer, &times, sizeof times) == sizeof times) {
        daemon_tick(&loop->daemon);
    }
}

static void dispatch(struct loop *loop, struct watch *watch, uint32_t events)
{
    CHECK(watch->magic == WATCH_MAGIC);
    switch (watch->kind) {
    case WATCH_SIGNAL:
        take_signal(loop);
        break;
    case WATCH_TICK:
        take_tick(loop);
        break;
    case WATCH_NOTIFY:
        notify_event(watch->owner);
        break;
    case WATCH_HTTP:
        break; /* served after every round */
    case WATCH_ARCHIVE:
        http_take_answers(loop->daemon.http);
        break;
    default:
        ingest_event(loop->daemon.ingest, watch, events);
        break;
    }
}

/* The segments of processes that died, to those who write them down. */
static void keep_wrecks(struct daemon *daemon)
{
    const struct dump_limits limits = {daemon->config->blackbox.keep,
                                       daemon->config->blackbox.max_bytes};
    struct ingest_wreck wreck;

    while (ingest_take_wreck(daemon->ingest, &wreck)) {
        struct blackbox_head head = {.ended_ns = wreck.ended_ns,
                                     .ended_wall_ns = wreck.ended_wall_ns};
        snprintf(head.state, sizeof head.state, "%s", wreck.state);
        memcpy(head.name, wreck.name, sizeof head.name);
        culprits_say(&daemon->model, wreck.pid, head.culprit, sizeof head.culprit);
        if (daemon->dump != NULL) {
            dump_push(daemon->dump, &wreck.view, &head, &limits);
        } else {
            view_close(&wreck.view);
        }
    }
}

static int run(struct loop *loop, struct error *error)
{
    struct epoll_event events[EVENTS_AT_ONCE];
    struct daemon *daemon = &loop->daemon;

    while (!loop->is_over) {
        int count = epoll_wait(loop->epoll, events, EVENTS_AT_ONCE, http_timeout_ms(daemon->http));
        if (count < 0 && errno != EINTR) {
            return error_set(error, -errno, "epoll: %s", strerror(errno));
        }
        for (int i = 0; i < count; i++) {
            dispatch(loop, events[i].data.ptr, events[i].events);
        }
        ingest_sweep(daemon->ingest);
        keep_wrecks(daemon);
        http_run(daemon->http);
        ingest_send_actions(daemon->ingest);
    }
    return 0;
}

static int open_descriptors(struct loop *loop, struct error *error)
{
    sigset_t signals;

    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGHUP);
    loop->timer_watch = (struct watch){WATCH_MAGIC, WATCH_TICK, loop};
    loop->signal_watch = (struct watch){WATCH_MAGIC, WATCH_SIGNAL, loop};
    loop->http_watch = (struct watch){WATCH_MAGIC, WATCH_HTTP, loop};
    loop->epoll = epoll_create1(EPOLL_CLOEXEC);
    loop->timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
    loop->signals = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
    if (loop->epoll < 0 || loop->timer < 0 || loop->signals < 0 ||
        watch_add(loop->epoll, loop->timer, EPOLLIN, &loop->timer_watch) < 0 ||
        watch_add(loop->epoll, loop->signals, EPOLLIN, &loop->signal_watch) < 0 ||
        set_interval(loop->timer, loop->options->config->tick.interval) < 0) {
        return error_set(error, -errno, "epoll, timerfd or signalfd: %s", strerror(errno));
    }
    return 0;
}

/* Where history is kept on disk; NULL when it is not. */
static const char *history_directory(const struct loop *loop)
{
    const struct config *config = loop->options->config;

    if (config->history.max_bytes == 0) {
        return NULL;
    }
    return config->history.dir != NULL ? config->history.dir : loop->options->state_dir;
}

static int open_archive(struct loop *loop, struct error *error)
{
    const struct config *config = loop->options->config;
    const char *directory = history_directory(loop);
    const double steps[DISK_LEVELS] = {config->history.raw_step, config->history.rollup_step};

    loop->archive_watch = (struct watch){WATCH_MAGIC, WATCH_ARCHIVE, loop};
    if (directory == NULL) {
        return 0;
    }
    int code = archive_open(&loop->daemon.archive, directory, steps, error);
    if (code == 0 && (code = watch_add(loop->epoll, archive_fd(loop->daemon.archive), EPOLLIN,
                                       &loop->archive_watch)) < 0) {
        error_set(error, code, "epoll: %s", strerror(-code));
    }
    return code;
}

static int open_notify(struct loop *loop, struct error *error)
{
    struct daemon *daemon = &loop->daemon;
    struct notify_options options = {
        .model = &daemon->model,
        .alerts = daemon->alerts,
        .journal = daemon->journal,
        .epoll = loop->epoll,
        .runner = loop->runner,
    };

    daemon->notify = notify_new(&options);
    if (daemon->notify == NULL) {
        return error_set(error, -ENOMEM, "no memory");
    }
    loop->runner = -1; /* notify's now */
    int code = notify_configure(daemon->notify, daemon->config, error);
    if (code == 0) {
        remember_replay(daemon);
    }
    return code;
}

static int open_daemon(struct loop *loop, struct error *error)
{
    struct daemon *daemon = &loop->daemon;
    struct ingest_options options = {
        .daemon = daemon,
        .epoll = loop->epoll,
        .socket_path = loop->options->socket_path,
        .state_dir = loop->options->state_dir,
    };

    daemon->config = loop->options->config;
    daemon->events = events_new();
    daemon->actions = actions_new();
    daemon->ledger = budget_new("", daemon->events);
    daemon->alerts = alerts_new();
    daemon->journal = journal_open(loop->options->state_dir);
    daemon->silences = silences_new(daemon->journal);
    if (loop->options->state_dir != NULL) {
        daemon->dump = dump_new(loop->options->state_dir);
    }
    daemon->culprits = culprits_new();
    daemon->recycler = recycler_new();
    if (model_init(&daemon->model) < 0 || daemon->events == NULL || daemon->actions == NULL ||
        daemon->ledger == NULL || daemon->alerts == NULL || daemon->journal == NULL ||
        daemon->silences == NULL || daemon->culprits == NULL || daemon->recycler == NULL) {
        return error_set(error, -ENOMEM, "no memory");
    }
    if (loop->options->state_dir != NULL) {
        events_keep(daemon->events, loop->options->state_dir);
    }
    int code = open_notify(loop, error);
    if (code < 0) {
        return code;
    }
    daemon->model.status.started_at = (double)clock_wall_ns() / (double)CLOCK_NS_PER_S;
    code = ingest_open(&daemon->ingest, &options, error);
    if (code == 0) {
        code = open_archive(loop, error);
    }
    if (code == 0) {
        code = http_open(&daemon->http, daemon, error);
    }
    if (code == 0 &&
        (code = watch_add(loop->epoll, http_fd(daemon->http), EPOLLIN, &loop->http_watch)) < 0) {
        error_set(error, code, "epoll: %s", strerror(-code));
    }
    return code;
}

static void close_all(struct loop *loop)
{
    struct daemon *daemon = &loop->daemon;

    http_close(&daemon->http);
    notify_free(&daemon->notify);
    silences_free(&daemon->silences);
    journal_close(&daemon->journal);
    archive_close(&daemon->archive);
    dump_free(&daemon->dump);
    ingest_close(&daemon->ingest);
    recycler_free(&daemon->recycler);
    culprits_free(&daemon->culprits);
    alerts_free(&daemon->alerts);
    budget_free(&daemon->ledger);
    actions_free(&daemon->actions);
    events_free(&daemon->events);
    model_fini(&daemon->model);
    const int fds[] = {loop->signals, loop->timer, loop->epoll, loop->runner};
    for (size_t i = 0; i < sizeof fds / sizeof *fds; i++) {
        if (fds[i] >= 0) {
            close(fds[i]);
        }
    }
}

/* Three descriptors an emitter and one a client: as many as the system allows. */
static void raise_limit(void)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
}

int loop_run(const struct loop_options *options, struct error *error)
{
    struct loop loop = {.options = options, .epoll = -1, .timer = -1, .signals = -1, .runner = -1};

    int code = runner_start(&loop.runner, error);
    raise_limit();
    if (code == 0) {
        code = open_descriptors(&loop, error);
    }
    if (code == 0) {
        code = open_daemon(&loop, error);
    }
    if (code == 0) {
        daemon_tick(&loop.daemon);
        log_info("listening on http://%s/ and %s", options->config->http.listen,
                 options->socket_path);
        code = run(&loop, error);
    }
    close_all(&loop);
    if (code == 0) {
        unlink(options->socket_path);
    }
    return code;
}
