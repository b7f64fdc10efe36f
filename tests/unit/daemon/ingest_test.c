/*
 * Ingest with real segments through a real door: figures, happenings, endings, restarts of either
 * side. The emitter is this process, or a child of it that is killed.
 */
#include "tests/unit/daemon/daemon_fixture.h"

#include <grp.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>

static void test_slot_becomes_isolate(void **state)
{
    (void)state;
    struct fixture fixture;
    struct emitter emitter;
    fixture_open(&fixture);
    emitter_open(&emitter, &fixture);

    struct wire_slot *slot = segment_take_slot(emitter.segment, 3);
    set(&slot->name, segment_intern(emitter.segment, "thumb-3", 7));
    set(&slot->heap_used, 1000);
    set(&slot->heap_total, 4000);
    set(&slot->heap_limit, 8000);
    set(&slot->state, WIRE_RUNNING);
    fixture_tick(&fixture);

    const struct model *model = &fixture.daemon.model;
    assert_int_equal(model->process_count, 1);
    assert_string_equal(model->processes[0]->name, "test");
    assert_int_equal(model->processes[0]->pid, getpid());
    const struct isolate *isolate = isolate_of(&fixture, 3);
    assert_non_null(isolate);
    assert_string_equal(isolate->name, "thumb-3");
    assert_string_equal(isolate->pool, "thumb");
    assert_int_equal(isolate->heap.used, 1000);
    assert_int_equal(isolate->heap.total, 4000);
    assert_int_equal(isolate->heap.limit, 8000);
    assert_true(isolate->heap.live == MODEL_UNKNOWN);
    assert_int_equal(isolate->state, MODEL_RUNNING);
    assert_int_equal(model->processes[0]->heap_total, 4000);
    assert_int_equal(model->processes[0]->isolate_count, 1);
    assert_int_equal(model->processes[0]->unattributed, (int64_t)model->processes[0]->rss - 4000);

    set(&slot->heap_used, 1500);
    set(&slot->pool, segment_intern(emitter.segment, "images", 6));
    fixture_tick(&fixture);
    assert_string_equal(isolate->pool, "images");
    assert_int_equal(isolate->heap.used, 1500);
    assert_int_equal(isolate->changed_tick, model->tick);
    fixture_tick(&fixture);
    assert_int_equal(isolate->changed_tick, model->tick - 1);

    emitter_close(&emitter);
    fixture_close(&fixture);
}

static void test_slot_changes_hands(void **state)
{
    (void)state;
    struct fixture fixture;
    struct emitter emitter;
    fixture_open(&fixture);
    emitter_open(&emitter, &fixture);

    struct wire_slot *slot = segment_take_slot(emitter.segment, 1);
    set(&slot->heap_total, 4000);
    fixture_tick(&fixture);
    segment_give_slot(emitter.segment, slot);
    for (uint32_t thread = 2; thread < 20; thread++) {
        struct wire_slot *next = segment_take_slot(emitter.segment, thread);
        if (thread < 19) {
            segment_give_slot(emitter.segment, next);
        }
    }
    fixture_tick(&fixture);
    assert_true(isolate_of(&fixture, 1)->has_ended);
    assert_int_equal(isolate_of(&fixture, 1)->state, MODEL_EXITED);
    assert_int_equal(isolate_of(&fixture, 1)->heap.total, 0);
    assert_false(isolate_of(&fixture, 19)->has_ended);
    assert_int_equal(fixture.daemon.model.processes[0]->isolate_count, 1);

    emitter_close(&emitter);
    fixture_close(&fixture);
}

static void test_records_become_events(void **state)
{
    (void)state;
    struct fixture fixture;
    struct emitter emitter;
    const struct event *events[64];
    fixture_open(&fixture);
    emitter_open(&emitter, &fixture);

    struct wire_slot *slot = segment_take_slot(emitter.segment, 0);
    struct ring_writer writer = segment_ring_writer(emitter.segment, slot);
    push(&writer, RECORD_clone, 0, 7);
    push(&writer, RECORD_job, 0, segment_intern(emitter.segment, "resize", 6));
    push(&writer, 999, 0, 0);
    fixture_tick(&fixture);

    assert_int_equal(all_events(&fixture, events, 64), 2);
    assert_int_equal(events[0]->record.kind, RECORD_clone);
    assert_int_equal(events[0]->record.clone.message, 7);
    assert_string_equal(events[0]->isolate, isolate_of(&fixture, 0)->id);
    assert_string_equal(events[1]->name, "resize");
    assert_int_equal(fixture.daemon.model.status.records_refused, 1);
    fixture_tick(&fixture);
    assert_int_equal(all_events(&fixture, events, 64), 2);

    emitter_close(&emitter);
    fixture_close(&fixture);
}

/* Lives between two ticks are known from their parent's ring. */
static void test_short_lives(void **state)
{
    (void)state;
    struct fixture fixture;
    struct emitter emitter;
    fixture_open(&fixture);
    emitter_open(&emitter, &fixture);

    struct wire_slot *slot = segment_take_slot(emitter.segment, 0);
    struct ring_writer writer = segment_ring_writer(emitter.segment, slot);
    struct record spawn = {.t = clock_now_ns(), .kind = RECORD_spawn, .thread = 5};
    spawn.spawn.name = segment_intern(emitter.segment, "brief", 5);
    spawn.spawn.limit = 1 << 20;
    ring_push(&writer, &spawn);
    push(&writer, RECORD_oom, 5, 1 << 20);
    push(&writer, RECORD_exit, 5, 1);
    push(&writer, RECORD_spawn, 6, 0);
    push(&writer, RECORD_exit, 6, (uint64_t)(int64_t)-2);
    fixture_tick(&fixture);

    const struct isolate *isolate = isolate_of(&fixture, 5);
    assert_string_equal(isolate->name, "brief");
    assert_int_equal(isolate->state, MODEL_OOM);
    assert_int_equal(isolate->heap.limit, 1 << 20);
    assert_int_equal(isolate->exit_code, 1);
    assert_int_equal(isolate_of(&fixture, 6)->state, MODEL_EXITED);
    assert_int_equal(isolate_of(&fixture, 6)->exit_code, -2);

    emitter_close(&emitter);
    fixture_close(&fixture);
}

static void test_loss_is_exact(void **state)
{
    (void)state;
    struct fixture fixture;
    struct emitter emitter;
    const struct event *events[128];
    fixture_open(&fixture);
    emitter_open(&emitter, &fixture);

    struct wire_slot *slot = segment_take_slot(emitter.segment, 0);
    struct ring_writer writer = segment_ring_writer(emitter.segment, slot);
    for (int i = 0; i < 100; i++) {
        push(&writer, RECORD_gc, 0, 0);
    }
    ingest_tick(fixture.daemon.ingest); /* not the doorbell first: it would be read in between */
    size_t count = all_events(&fixture, events, 128);
    assert_int_equal(count, 65);
    assert_int_equal(events[64]->record.kind, EVENT_LOST);
    assert_int_equal(events[64]->record.fields[0], 36);
    assert_int_equal(fixture.daemon.model.processes[0]->lost, 36);
    assert_int_equal(fixture.daemon.model.status.events_lost, 36);

    emitter_close(&emitter);
    fixture_close(&fixture);
}

static void test_doorbell(void **state)
{
    (void)state;
    struct fixture fixture;
    struct emitter emitter;
    const struct event *events[128];
    fixture_open(&fixture);
    emitter_open(&emitter, &fixture);

    struct wire_slot *slot = segment_take_slot(emitter.segment, 0);
    struct ring_writer writer = segment_ring_writer(emitter.segment, slot);
    for (int round = 1; round <= 3; round++) {
        push(&writer, RECORD_spawn, (uint32_t)round, 0);
        fixture_pump(&fixture, WAIT_MS); /* no tick: the bell alone */
        assert_int_equal(all_events(&fixture, events, 128), round);
    }
    emitter_close(&emitter);
    fixture_close(&fixture);
}

static void test_reconnect_goes_on(void **state)
{
    (void)state;
    struct fixture fixture;
    struct emitter emitter;
    const struct event *events[128];
    fixture_open(&fixture);
    emitter_open(&emitter, &fixture);

    struct wire_slot *slot = segment_take_slot(emitter.segment, 0);
    struct ring_writer writer = segment_ring_writer(emitter.segment, slot);
    push(&writer, RECORD_gc, 0, 0);
    fixture_tick(&fixture);
    struct process *process = fixture.daemon.model.processes[0];
    assert_false(process->is_stale);
    door_fini(&emitter.door);
    fixture_pump(&fixture, WAIT_MS);
    fixture_tick(&fixture);
    assert_true(process->is_stale);
    set(&slot->heap_used, 77);
    fixture_tick(&fixture);
    assert_int_equal(isolate_of(&fixture, 0)->heap.used, 77);

    emitter_connect(&emitter, &fixture);
    emitter_hello(&emitter, "duktape");
    assert_non_null(strstr(emitter_receive(&emitter, &fixture), "welcome"));
    push(&writer, RECORD_gc, 0, 0);
    fixture_tick(&fixture);
    assert_false(process->is_stale);
    assert_int_equal(fixture.daemon.model.process_count, 1);
    assert_int_equal(all_events(&fixture, events, 128), 2);

    emitter_close(&emitter);
    fixture_close(&fixture);
}

static void test_totals_never_fall(void **state)
{
    (void)state;
    struct fixture fixture;
    struct emitter emitter, second;
    fixture_open(&fixture);
    emitter_open(&emitter, &fixture);

    set(&segment_process(emitter.segment)->jobs, 100);
    fixture_tick(&fixture);
    const struct process *process = fixture.daemon.model.processes[0];
    assert_int_equal(process->totals.jobs, 100);
    set(&segment_process(emitter.segment)->jobs, 40);
    fixture_tick(&fixture);
    assert_int_equal(process->totals.jobs, 100);
    set(&segment_process(emitter.segment)->jobs, UINT64_MAX);
    fixture_tick(&fixture);
    assert_int_equal(process->totals.jobs, 100);

    emitter_open(&second, &fixture); /* another segment of the same process */
    set(&segment_process(second.segment)->jobs, 5);
    fixture_tick(&fixture);
    assert_int_equal(process->totals.jobs, 105);
    assert_true(emitter_is_cut(&emitter, &fixture));

    emitter_close(&emitter);
    emitter_close(&second);
    fixture_close(&fixture);
}

static void test_daemon_restart(void **state)
{
    (void)state;
    struct fixture fixture;
    struct emitter emitter;
    const struct event *events[128];
    fixture_open(&fixture);
    emitter_open(&emitter, &fixture);

    struct wire_slot *slot = segment_take_slot(emitter.segment, 0);
    struct ring_writer writer = segment_ring_writer(emitter.segment, slot);
    for (int i = 0; i < 70; i++) {
        push(&writer, RECORD_gc, 0, 0);
    }
    set(&segment_process(emitter.segment)->gc_count, 70);
    fixture_close(&fixture);
    door_fini(&emitter.door);

    fixture_open(&fixture);
    emitter_connect(&emitter, &fixture);
    emitter_hello(&emitter, "duktape");
    assert_non_null(strstr(emitter_receive(&emitter, &fixture), "welcome"));
    fixture_tick(&fixture);
    const struct process *process = fixture.daemon.model.processes[0];
    assert_int_equal(process->totals.gc_count, 70);
    assert_int_equal(process->lost, 6);
    assert_int_equal(all_events(&fixture, events, 128), 65);

    emitter_close(&emitter);
    fixture_close(&fixture);
}

static void test_stores_and_pins(void **state)
{
    (void)state;
    struct fixture fixture;
    struct emitter emitter;
    fixture_open(&fixture);
    emitter_open(&emitter, &fixture);

    segment_take_slot(emitter.segment, 0);
    segment_take_slot(emitter.segment, 1);
    struct wire_store *large = segment_add_store(emitter.segment, 5000, false);
    struct wire_store *shared = segment_add_store(emitter.segment, 80 << 20, true);
    segment_add_pin(emitter.segment, shared, 0);
    segment_add_pin(emitter.segment, shared, 1);
    segment_add_pin(emitter.segment, large, 1);
    segment_add_pin(emitter.segment, large, 999);
    fixture_tick(&fixture);

    const struct process *process = fixture.daemon.model.processes[0];
    assert_int_equal(process->store_count, 2);
    assert_int_equal(process->stores[0].bytes, 5000);
    assert_int_equal(process->stores[0].pin_count, 1);
    assert_ptr_equal(process->stores[0].pins[0], isolate_of(&fixture, 1));
    assert_true(process->stores[1].is_shared);
    assert_int_equal(process->stores[1].pin_count, 2);

    emitter_close(&emitter);
    fixture_close(&fixture);
}

/* A child that connects, writes two records and waits to be killed. */
static _Noreturn void child_emitter(const struct fixture *fixture, int ready)
{
    struct segment *segment;
    struct emitter emitter = {0};
    char byte = 1;

    close(fixture->epoll);
    if (segment_create(&segment, &emitter_counts, 0, NULL) < 0) {
        _exit(1);
    }
    emitter.segment = segment;
    door_init(&emitter.door, door_connect(fixture->socket));
    emitter_hello(&emitter, "duktape");
    struct wire_slot *slot = segment_take_slot(segment, 0);
    struct ring_writer writer = segment_ring_writer(segment, slot);
    set(&slot->heap_used, 12345);
    push(&writer, RECORD_gc, 0, 0);
    push(&writer, RECORD_gc, 0, 0);
    if (write(ready, &byte, 1) == 1) {
        pause();
    }
    _exit(1);
}

static void test_killed_emitter(void **state)
{
    (void)state;
    struct fixture fixture;
    const struct event *events[16];
    int ready[2];
    char byte;
    fixture_open(&fixture);
    assert_int_equal(pipe(ready), 0);
    pid_t pid = fork();
    if (pid == 0) {
        child_emitter(&fixture, ready[1]);
    }
    assert_int_equal(read(ready[0], &byte, 1), 1);
    uint64_t until = clock_now_ns() + WAIT_MS * CLOCK_NS_PER_MS;
    while (fixture.daemon.model.process_count == 0 && clock_now_ns() < until) {
        fixture_pump(&fixture, 10);
    }
    struct process *process = model_find_process(&fixture.daemon.model, (uint64_t)pid);
    assert_non_null(process);
    kill(pid, SIGKILL); /* before a single tick: everything comes from the memory left behind */
    waitpid(pid, NULL, 0);
    while (process->ended_at == 0 && clock_now_ns() < until) {
        fixture_pump(&fixture, 10);
    }
    assert_int_equal(process->state, MODEL_DIED);
    assert_int_equal(all_events(&fixture, events, 16), 2);
    char id[MODEL_ID_MAX];
    snprintf(id, sizeof id, "%d.0", (int)pid);
    assert_int_equal(model_find_isolate(&fixture.daemon.model, id)->state, MODEL_DIED);
    fixture_tick(&fixture);
    assert_int_equal(process->rss, 0);
    close(ready[0]);
    close(ready[1]);
    fixture_close(&fixture);
}

static void test_retention(void **state)
{
    (void)state;
    struct fixture fixture;
    struct emitter emitter;
    fixture_open(&fixture);
    emitter_open(&emitter, &fixture);

    struct wire_slot *slot = segment_take_slot(emitter.segment, 0);
    struct ring_writer writer = segment_ring_writer(emitter.segment, slot);
    for (uint32_t thread = 1; thread <= 1100; thread++) {
        push(&writer, RECORD_exit, thread, 0);
        fixture_pump(&fixture, 0);
    }
    fixture_tick(&fixture);
    fixture.daemon.model.t += 2;
    ingest_tick(fixture.daemon.ingest);
    assert_int_equal(fixture.daemon.model.isolate_count, 1001);
    assert_null(isolate_of(&fixture, 100));
    assert_non_null(isolate_of(&fixture, 101));
    fixture.daemon.model.t += fixture.config.tick.retain_exited + 10;
    ingest_tick(fixture.daemon.ingest);
    assert_int_equal(fixture.daemon.model.isolate_count, 1);

    emitter_close(&emitter);
    fixture_close(&fixture);
}

static void test_actions(void **state)
{
    (void)state;
    struct fixture fixture;
    struct emitter emitter;
    struct error error;
    uint64_t id;
    fixture_open(&fixture);
    emitter_open(&emitter, &fixture);
    segment_take_slot(emitter.segment, 0);
    fixture_tick(&fixture);

    struct actions *actions = fixture.daemon.actions;
    const struct model *model = &fixture.daemon.model;
    const char *name = isolate_of(&fixture, 0)->id;
    assert_int_equal(
        actions_queue(actions, model, &(struct action_order){.isolate = "1.999", .what = "gc"}, &id, &error),
        -ENOENT);
    assert_int_equal(
        actions_queue(actions, model, &(struct action_order){.isolate = name, .what = "dance"}, &id, &error),
        -EINVAL);
    model_find_process(model, isolate_of(&fixture, 0)->process->pid)->kind = MODEL_V8;
    assert_int_equal(
        actions_queue(actions, model, &(struct action_order){.isolate = name, .what = "census"}, &id, &error),
        -EOPNOTSUPP);
    model_find_process(model, isolate_of(&fixture, 0)->process->pid)->kind = MODEL_DUKTAPE;
    assert_int_equal(
        actions_queue(actions, model, &(struct action_order){.isolate = name, .what = "gc"}, &id, &error), 0);
    ingest_send_actions(fixture.daemon.ingest);
    assert_int_equal(actions_find(actions, id)->state, ACTION_SENT);
    const char *line = emitter_receive(&emitter, &fixture);
    assert_non_null(strstr(line, "\"do\":\"gc\""));
    assert_non_null(strstr(line, "\"thread\":0"));
    emitter_send(&emitter, "{\"type\":\"result\",\"id\":\"1\",\"ok\":true,\"after\":5}");
    fixture_pump(&fixture, WAIT_MS);
    assert_int_equal(actions_find(actions, id)->state, ACTION_DONE);
    assert_string_equal(actions_find(actions, id)->result, "{\"ok\":true,\"after\":5}");
    emitter_send(&emitter, "{\"type\":\"result\",\"id\":\"1\",\"ok\":true}");
    assert_non_null(strstr(emitter_receive(&emitter, &fixture), "error"));

    assert_int_equal(
        actions_queue(actions, model, &(struct action_order){.isolate = name, .what = "gc"}, &id, &error), 0);
    ingest_send_actions(fixture.daemon.ingest);
    actions_expire(actions, model, model->t + ACTION_TIMEOUT_S - 1);
    assert_int_equal(actions_find(actions, id)->state, ACTION_SENT);
    actions_expire(actions, model, model->t + ACTION_TIMEOUT_S + 1);
    assert_int_equal(actions_find(actions, id)->state, ACTION_FAILED);
    assert_string_equal(actions_find(actions, id)->error, "the emitter did not answer in time");
    for (int i = 0; i < 3; i++) { /* deaf, in three ways */
        static const char *const words[] = {"is in one turn for 75 s", "is not heard of",
                                            "still runs the script it began with"};
        struct isolate *isolate = isolate_of(&fixture, 0);
        assert_int_equal(actions_queue(actions, model,
                                       &(struct action_order){.isolate = name, .what = "recycle"}, &id,
                                       &error),
                         0);
        ingest_send_actions(fixture.daemon.ingest);
        isolate->turn_seconds = i == 0 ? 75 : 0;
        isolate->is_stale = i == 1;
        isolate->state = i == 2 ? MODEL_RUNNING : MODEL_IDLE;
        actions_expire(actions, model, model->t + ACTION_TIMEOUT_S + 1);
        assert_non_null(strstr(actions_find(actions, id)->error, words[i]));
        isolate->is_stale = false;
    }

    emitter_close(&emitter);
    fixture_close(&fixture);
}

static void test_socket_of_a_group(void **state)
{
    (void)state;
    struct fixture fixture;
    struct error error;
    struct stat status;
    const struct group *group = getgrgid(getegid());
    fixture_open(&fixture);
    ingest_close(&fixture.daemon.ingest);
    struct ingest_options options = {
        .daemon = &fixture.daemon, .epoll = fixture.epoll, .socket_path = fixture.socket};
    fixture.config.socket.group = strdup("no such group");
    assert_int_equal(ingest_open(&fixture.daemon.ingest, &options, &error), -EINVAL);
    assert_string_equal(error.text, "socket.group: there is no group 'no such group'");
    assert_int_equal(lstat(fixture.socket, &status), -1);
    free(fixture.config.socket.group);
    if (geteuid() == 0) {
        group = getgrnam("nogroup") != NULL ? getgrnam("nogroup") : getgrgid(getegid());
    }
    assert_non_null(group);
    gid_t gid = group->gr_gid;
    fixture.config.socket.group = strdup(group->gr_name);
    assert_int_equal(ingest_open(&fixture.daemon.ingest, &options, &error), 0);
    assert_int_equal(lstat(fixture.socket, &status), 0);
    assert_int_equal(status.st_gid, gid);
    fixture_close(&fixture);
}

/* Files come with results: the last few are kept, for a while; only regular ones are taken. */
/* Of emitters that cannot pass descriptors. */
static void test_action_files_in_pieces(void **state)
{
    (void)state;
    struct fixture fixture;
    struct emitter emitter;
    struct error error;
    uint64_t id;
    char read_back[16] = "";
    fixture_open(&fixture);
    emitter_open(&emitter, &fixture);
    segment_take_slot(emitter.segment, 0);
    fixture_tick(&fixture);
    struct actions *actions = fixture.daemon.actions;
    struct action_order order = {.isolate = isolate_of(&fixture, 0)->id, .what = "snapshot"};
    assert_int_equal(actions_queue(actions, &fixture.daemon.model, &order, &id, &error), 0);
    ingest_send_actions(fixture.daemon.ingest);
    emitter_send(&emitter, "{\"type\":\"chunk\",\"id\":\"1\",\"data\":\"aGVsbG8=\"}");
    emitter_send(&emitter, "{\"type\":\"chunk\",\"id\":\"1\",\"data\":\"a*==\"}");
    emitter_send(&emitter, "{\"type\":\"chunk\",\"id\":\"9\",\"data\":\"aGVsbG8=\"}");
    fixture_tick(&fixture);
    actions_expire(actions, &fixture.daemon.model, fixture.daemon.model.t); /* it is not finished: its file stays */
    emitter_send(&emitter, "{\"type\":\"chunk\",\"id\":\"1\",\"data\":\"IHlvdQ==\"}");
    emitter_send(&emitter, "{\"type\":\"result\",\"id\":\"1\",\"ok\":true,\"file\":true}");
    fixture_tick(&fixture);
    const struct action *action = actions_find(actions, id);
    assert_int_equal(action->state, ACTION_DONE);
    assert_int_equal(action->file_bytes, 9);
    assert_int_equal(pread(action->fd, read_back, sizeof read_back, 0), 9);
    assert_memory_equal(read_back, "hello you", 9);
    assert_int_equal(fixture.daemon.model.status.lines_refused, 2);
    emitter_close(&emitter);
    fixture_close(&fixture);
}

static void test_action_files(void **state)
{
    (void)state;
    struct fixture fixture;
    struct emitter emitter;
    struct error error;
    uint64_t id, first = 0;
    char text[96];
    int fd;
    fixture_open(&fixture);
    emitter_open(&emitter, &fixture);
    segment_take_slot(emitter.segment, 0);
    fixture_tick(&fixture);

    struct actions *actions = fixture.daemon.actions;
    const struct model *model = &fixture.daemon.model;
    struct action_order order = {.isolate = isolate_of(&fixture, 0)->id,
                                 .what = "profile",
                                 .seconds = 2.5,
                                 .interval = 4096};
    assert_int_equal(actions_queue(actions, model, &order, &id, &error), 0);
    ingest_send_actions(fixture.daemon.ingest);
    const char *line = emitter_receive(&emitter, &fixture);
    assert_non_null(strstr(line, "\"seconds\":2.500,\"interval\":4096}"));
    for (int i = 0; i < ACTION_FILES_MAX + 1; i++) {
        assert_int_equal(actions_queue(actions, model, &order, &id, &error), 0);
        ingest_send_actions(fixture.daemon.ingest);
        first = first == 0 ? id : first;
        fd = memfd_create("file", MFD_CLOEXEC);
        assert_int_equal(write(fd, "content", 7), 7);
        snprintf(text, sizeof text, "{\"type\":\"result\",\"id\":\"%d\",\"ok\":true,\"file\":true}",
                 (int)id);
        assert_int_equal(door_send(&emitter.door, text, strlen(text), &fd, 1), 0);
        close(fd);
        fixture_pump(&fixture, WAIT_MS);
        assert_int_equal(actions_find(actions, id)->state, ACTION_DONE);
        assert_int_equal(actions_find(actions, id)->file_bytes, 7);
        assert_true(actions_find(actions, id)->fd >= 0);
    }
    assert_int_equal(actions_find(actions, first)->fd, -1);
    actions_expire(actions, model, model->t + ACTION_FILE_S + 1);
    assert_int_equal(actions_find(actions, id)->fd, -1);

    assert_int_equal(actions_queue(actions, model, &order, &id, &error), 0);
    ingest_send_actions(fixture.daemon.ingest);
    fd = emitter.door.fd;
    snprintf(text, sizeof text, "{\"type\":\"result\",\"id\":\"%d\",\"ok\":true,\"file\":true}",
             (int)id);
    assert_int_equal(door_send(&emitter.door, text, strlen(text), &fd, 1), 0);
    fixture_pump(&fixture, WAIT_MS);
    assert_int_equal(actions_find(actions, id)->state, ACTION_FAILED);
    assert_int_equal(actions_find(actions, id)->fd, -1);

    emitter_close(&emitter);
    fixture_close(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_slot_becomes_isolate),
        cmocka_unit_test(test_slot_changes_hands),
        cmocka_unit_test(test_records_become_events),
        cmocka_unit_test(test_short_lives),
        cmocka_unit_test(test_loss_is_exact),
        cmocka_unit_test(test_doorbell),
        cmocka_unit_test(test_reconnect_goes_on),
        cmocka_unit_test(test_totals_never_fall),
        cmocka_unit_test(test_daemon_restart),
        cmocka_unit_test(test_stores_and_pins),
        cmocka_unit_test(test_killed_emitter),
        cmocka_unit_test(test_retention),
        cmocka_unit_test(test_actions),
        cmocka_unit_test(test_socket_of_a_group),
        cmocka_unit_test(test_action_files),
        cmocka_unit_test(test_action_files_in_pieces),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
