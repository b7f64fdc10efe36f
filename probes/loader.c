/*
 * libbpf's only user. Links to processes are made by hand (BPF_LINK_CREATE with a list of offsets),
 * because one link for all functions of a process is what makes attaching cheap, and the library of
 * Debian 12 cannot make such. Owns the skeleton, the buffer's reader and the table of layouts.
 */
#include "probes/loader.h"

#include "base/log.h"
#include "probes/closer.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include <errno.h>
#include <inttypes.h>
#include <linux/version.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "probe.skel.h"

/* Of the kernel's bpf.h; Debian 12's is older. */
#define ATTACH_UPROBE_MULTI   48
#define ATTACH_UPROBE_SESSION 57
#define UPROBE_MULTI_RETURN   1

/* Parts that not every kernel takes. Without sessions beginnings and ends are links of their own,
 * and each end that nobody wants costs a trap. */
enum { PART_SESSIONS = 1, PART_KILLS = 2, PART_TASKS = 4 };

struct loader {
    struct probe_bpf *skeleton; /* owned */
    struct ring_buffer *reader; /* owned */
    loader_event_fn *take;
    void *context;
    struct event_layout layouts[EVENT_LAYOUTS_MAX];
    uint32_t layout_count;
    uint64_t dropped_before[EVENT_TARGETS_MAX]; /* when the place was attached */
    struct closer *closer;                      /* owned */
    unsigned parts;
    uint64_t last_turn; /* at watching messages, of any target */
};

/* The beginning of the kernel's bpf_attr for this command. */
struct link_request {
    uint32_t program, target, type, flags;
    uint64_t path, offsets, counters, cookies;
    uint32_t count, multi_flags, pid;
    uint32_t rest[16];
};

static int quiet(enum libbpf_print_level level, const char *format, va_list arguments)
{
    char text[512];

    if (level != LIBBPF_DEBUG) {
        vsnprintf(text, sizeof text, format, arguments);
        text[strcspn(text, "\n")] = '\0';
        log_debug("libbpf: %s", text);
    }
    return 0;
}

static int take_event(void *context, void *data, size_t size)
{
    struct loader *loader = context;
    const struct event *event = data;

    if (size >= sizeof(struct event_text)) {
        char text[EVENT_TEXT_MAX]; /* the buffer itself is not for writing */
        memcpy(text, ((const struct event_text *)data)->text, sizeof text);
        text[EVENT_TEXT_MAX - 1] = '\0';
        loader->take(loader->context, event, text);
    } else if (size >= sizeof *event) {
        loader->take(loader->context, event, "");
    }
    return 0;
}

static int explain(int code, struct error *error)
{
    if (code == -EPERM) {
        return error_set(error, code,
                         "the kernel refuses BPF programs to this user: run isoprobe as root, or "
                         "grant it with setcap cap_bpf,cap_perfmon,cap_sys_ptrace+ep isoprobe");
    }
    if (access("/sys/kernel/btf/vmlinux", R_OK) < 0) {
        return error_set(error, code,
                         "this kernel has no BTF (/sys/kernel/btf/vmlinux): probes need one that "
                         "was built with CONFIG_DEBUG_INFO_BTF");
    }
    return error_set(error, code, "loading BPF programs: %s (probes need Linux 6.6 or later)",
                     strerror(-code));
}

/* With those parts of it. */
static int load(struct loader *loader, unsigned parts)
{
    struct probe_bpf *skeleton = loader->skeleton = probe_bpf__open();
    bool has_sessions = (parts & PART_SESSIONS) != 0;
    int cpus = libbpf_num_possible_cpus();

    if (skeleton == NULL) {
        return -errno;
    }
    skeleton->rodata->has_sessions = has_sessions;
    skeleton->rodata->cpu_count = cpus > 0 ? (uint32_t)cpus : 1;
    bpf_program__set_expected_attach_type(skeleton->progs.probe_begin, ATTACH_UPROBE_MULTI);
    bpf_program__set_expected_attach_type(skeleton->progs.probe_end, ATTACH_UPROBE_MULTI);
    bpf_program__set_expected_attach_type(skeleton->progs.probe_session, ATTACH_UPROBE_SESSION);
    bpf_program__set_expected_attach_type(skeleton->progs.probe_post, ATTACH_UPROBE_MULTI);
    bpf_program__set_autoload(skeleton->progs.probe_begin, !has_sessions);
    bpf_program__set_autoload(skeleton->progs.probe_end, !has_sessions);
    bpf_program__set_autoload(skeleton->progs.probe_session, has_sessions);
    bpf_program__set_autoload(skeleton->progs.probe_victim, (parts & PART_KILLS) != 0);
    bpf_program__set_autoload(skeleton->progs.probe_tasks, (parts & PART_TASKS) != 0);
    loader->parts = parts;
    int code = probe_bpf__load(skeleton);
    if (code < 0) {
        probe_bpf__destroy(skeleton);
        loader->skeleton = NULL;
    }
    return code;
}

/* With as many parts as this kernel takes. */
static int load_most(struct loader *loader)
{
    static const unsigned tries[] = {
        PART_SESSIONS | PART_KILLS | PART_TASKS,
        PART_KILLS | PART_TASKS,
        PART_KILLS,
        0,
    };
    int code = -ENOENT;

    for (size_t i = 0; i < sizeof tries / sizeof *tries && code < 0 && code != -EPERM; i++) {
        code = load(loader, tries[i]);
    }
    return code;
}

/* Of an optional part: without its link it is not there. */
static struct bpf_link *attach_part(struct loader *loader, unsigned part,
                                    struct bpf_program *program)
{
    struct bpf_link *link = (loader->parts & part) != 0 ? bpf_program__attach(program) : NULL;

    if (link == NULL) {
        loader->parts &= ~part;
    }
    return link;
}

static int attach_tracepoints(struct loader *loader)
{
    struct probe_bpf *skeleton = loader->skeleton;

    skeleton->links.probe_exec = bpf_program__attach(skeleton->progs.probe_exec);
    skeleton->links.probe_exit = bpf_program__attach(skeleton->progs.probe_exit);
    if (skeleton->links.probe_exec == NULL || skeleton->links.probe_exit == NULL) {
        return -errno;
    }
    skeleton->links.probe_victim = attach_part(loader, PART_KILLS, skeleton->progs.probe_victim);
    skeleton->links.probe_tasks = attach_part(loader, PART_TASKS, skeleton->progs.probe_tasks);
    return 0;
}

int loader_open(struct loader **result, loader_event_fn *take, void *context, struct error *error)
{
    struct loader *loader = calloc(1, sizeof *loader);
    int code;

    *result = NULL;
    if (loader == NULL) {
        return error_set(error, -ENOMEM, "no memory");
    }
    loader->take = take;
    loader->context = context;
    libbpf_set_strict_mode(LIBBPF_STRICT_ALL);
    libbpf_set_print(quiet);
    code = load_most(loader);
    if (code == 0) {
        code = attach_tracepoints(loader);
    }
    if (code == 0 && (loader->closer = closer_new()) == NULL) {
        code = -ENOMEM;
    }
    if (code == 0) {
        loader->reader =
            ring_buffer__new(bpf_map__fd(loader->skeleton->maps.events), take_event, loader, NULL);
        code = loader->reader == NULL ? -errno : 0;
    }
    if (code < 0) {
        loader_close(&loader);
        return explain(code, error);
    }
    *result = loader;
    return 0;
}

void loader_close(struct loader **pointer)
{
    struct loader *loader = *pointer;

    *pointer = NULL;
    if (loader == NULL) {
        return;
    }
    closer_free(&loader->closer);
    ring_buffer__free(loader->reader);
    probe_bpf__destroy(loader->skeleton);
    free(loader);
}

int loader_fd(const struct loader *loader)
{
    return ring_buffer__epoll_fd(loader->reader);
}

void loader_read(struct loader *loader)
{
    ring_buffer__consume(loader->reader);
}

static int find_layout(struct loader *loader, const struct event_layout *layout)
{
    for (uint32_t i = 0; i < loader->layout_count; i++) {
        if (memcmp(&loader->layouts[i], layout, sizeof *layout) == 0) {
            return (int)i;
        }
    }
    if (loader->layout_count == EVENT_LAYOUTS_MAX) {
        return -ENOSPC;
    }
    uint32_t index = loader->layout_count;
    int map = bpf_map__fd(loader->skeleton->maps.layouts);
    if (bpf_map_update_elem(map, &index, layout, BPF_ANY) < 0) {
        return -errno;
    }
    loader->layouts[loader->layout_count++] = *layout;
    return (int)index;
}

enum link_kind { LINK_ENDS, LINK_BEGINNINGS, LINK_SESSION };

static enum loader_part part_of(enum event_call call)
{
    return call == CALL_POST                                    ? LOADER_POSTS
           : call == CALL_SERIALIZE || call == CALL_DESERIALIZE ? LOADER_MESSAGES
           : call == CALL_COMMITTED                             ? LOADER_TOTALS
                                                                : LOADER_LIVES;
}

static bool is_watched(enum event_call call, enum link_kind kind)
{
    if (kind == LINK_BEGINNINGS) {
        return call != CALL_SIZE && call != CALL_COMMITTED;
    }
    return kind == LINK_SESSION || (call != CALL_WORKER_NEW && call != CALL_NEAR_LIMIT &&
                                    call != CALL_FATAL && call != CALL_UNCAUGHT);
}

static const struct bpf_program *program_of(const struct loader *loader, enum loader_part part,
                                            enum link_kind kind)
{
    return part == LOADER_POSTS   ? loader->skeleton->progs.probe_post
           : kind == LINK_SESSION ? loader->skeleton->progs.probe_session
           : kind == LINK_ENDS    ? loader->skeleton->progs.probe_end
                                  : loader->skeleton->progs.probe_begin;
}

/* Where the program has no such function, or nobody could read what it says. */
static bool is_there(const struct image *image, enum event_call call)
{
    return image->calls[call] != 0 &&
           (call != CALL_POST || image->layout.port_owner != EVENT_NO_OFFSET);
}

/* One link to all calls of a part that have such a moment; -1 in *fd where there are none. */
static int make_link(struct loader *loader, uint64_t pid, const struct image *image,
                     uint64_t cookie, enum loader_part part, enum link_kind kind, int *fd)
{
    uint64_t offsets[CALLS], cookies[CALLS];
    struct link_request request = {
        .program = (uint32_t)bpf_program__fd(program_of(loader, part, kind)),
        .type = kind == LINK_SESSION ? ATTACH_UPROBE_SESSION : ATTACH_UPROBE_MULTI,
        .path = (uintptr_t)image->path,
        .offsets = (uintptr_t)offsets,
        .cookies = (uintptr_t)cookies,
        .multi_flags = kind == LINK_ENDS ? UPROBE_MULTI_RETURN : 0,
        .pid = (uint32_t)pid,
    };

    *fd = -1;
    for (int call = 0; call < CALLS; call++) {
        if (part_of(call) == part && is_there(image, call) && is_watched(call, kind)) {
            offsets[request.count] = image->calls[call];
            cookies[request.count++] = cookie | (uint64_t)call;
        }
    }
    if (request.count == 0) {
        return 0;
    }
    *fd = (int)syscall(SYS_bpf, BPF_LINK_CREATE, &request, sizeof request);
    return *fd < 0 ? -errno : 0;
}

/* The ends first: a call that began before its end was watched would be kept for nothing. */
static int watch_part(struct loader *loader, uint64_t pid, const struct image *image,
                      uint64_t cookie, enum loader_part part, int fd[2])
{
    bool has_sessions = (loader->parts & PART_SESSIONS) != 0;
    int code = 0;

    if (part == LOADER_POSTS) {
        return make_link(loader, pid, image, cookie, part, LINK_BEGINNINGS, &fd[0]);
    }
    code = make_link(loader, pid, image, cookie, part, has_sessions ? LINK_SESSION : LINK_ENDS,
                     &fd[0]);
    if (code == 0 && !has_sessions) {
        code = make_link(loader, pid, image, cookie, part, LINK_BEGINNINGS, &fd[1]);
    }
    return code;
}

static void leave_part(struct loader *loader, int fd[2])
{
    for (int i = 0; i < 2; i++) {
        if (fd[i] >= 0) {
            closer_push(loader->closer, fd[i]);
        }
        fd[i] = -1;
    }
}

static uint64_t cookie_of(int layout, uint32_t place)
{
    return (uint64_t)place << 32 | (uint64_t)layout << 8;
}

/* Its end is told too. */
static int know(struct loader *loader, uint64_t pid, uint32_t place)
{
    uint32_t key = (uint32_t)pid;
    int map = bpf_map__fd(loader->skeleton->maps.watched);

    return bpf_map_update_elem(map, &key, &place, BPF_ANY) < 0 ? -errno : 0;
}

/* Before the links are made, and before they are closed: what is written meanwhile has no turn. */
static void set_turn(struct loader *loader, uint32_t place, bool is_on)
{
    uint64_t turn = is_on ? ++loader->last_turn : 0;

    bpf_map_update_elem(bpf_map__fd(loader->skeleton->maps.turns), &place, &turn, BPF_ANY);
}

int loader_attach(struct loader *loader, uint64_t pid, const struct image *image, uint32_t place,
                  struct loader_links *links, struct error *error)
{
    int layout = find_layout(loader, &image->layout);

    memset(links, 0xff, sizeof *links);
    if (layout < 0) {
        return error_set(error, layout, "more than %d kinds of Node.js at once", EVENT_LAYOUTS_MAX);
    }
    loader->dropped_before[place] = 0;
    loader->dropped_before[place] = loader_dropped(loader, place);
    static const struct event_memory nobody;
    bpf_map_update_elem(bpf_map__fd(loader->skeleton->maps.memories), &place, &nobody, BPF_ANY);
    int code = know(loader, pid, place);
    if (code < 0) {
        return error_set(error, code, "attaching to process %" PRIu64 ": %s", pid, strerror(-code));
    }
    set_turn(loader, place, true);
    for (int part = 0; part < LOADER_PARTS; part++) {
        code = watch_part(loader, pid, image, cookie_of(layout, place), part, links->fd[part]);
        if (code < 0) {
            loader_detach(loader, pid, links);
            return error_set(error, code, "attaching to process %" PRIu64 ": %s", pid,
                             strerror(-code));
        }
    }
    return 0;
}

void loader_detach(struct loader *loader, uint64_t pid, struct loader_links *links)
{
    uint32_t key = (uint32_t)pid;

    bpf_map_delete_elem(bpf_map__fd(loader->skeleton->maps.watched), &key);
    for (int part = LOADER_PARTS - 1; part >= 0; part--) {
        leave_part(loader, links->fd[part]);
    }
}

void loader_watch(struct loader *loader, uint64_t pid, const struct image *image, uint32_t place,
                  enum loader_part part, bool is_on, struct loader_links *links)
{
    int *fd = links->fd[part], layout = find_layout(loader, &image->layout);

    if (layout < 0 || is_on == (fd[0] >= 0)) {
        return;
    }
    if (part == LOADER_MESSAGES) {
        set_turn(loader, place, is_on);
    }
    if (!is_on || watch_part(loader, pid, image, cookie_of(layout, place), part, fd) < 0) {
        leave_part(loader, fd);
    }
}

void loader_settle(struct loader *loader)
{
    closer_wait(loader->closer);
}

uint64_t loader_dropped(const struct loader *loader, uint32_t place)
{
    uint64_t count = 0;

    if (bpf_map_lookup_elem(bpf_map__fd(loader->skeleton->maps.dropped), &place, &count) < 0) {
        return 0;
    }
    return count - loader->dropped_before[place];
}

bool loader_hears_kills(const struct loader *loader)
{
    return (loader->parts & PART_KILLS) != 0;
}

void loader_look(struct loader *loader)
{
    char nothing[64];

    if ((loader->parts & PART_TASKS) == 0) {
        return;
    }
    int fd = bpf_iter_create(bpf_link__fd(loader->skeleton->links.probe_tasks));
    if (fd < 0) {
        return;
    }
    while (read(fd, nothing, sizeof nothing) > 0) {
        continue;
    }
    close(fd);
}

bool loader_memory(const struct loader *loader, uint32_t place, struct event_memory *memory)
{
    return (loader->parts & PART_TASKS) != 0 &&
           bpf_map_lookup_elem(bpf_map__fd(loader->skeleton->maps.memories), &place, memory) == 0 &&
           memory->t != 0;
}
