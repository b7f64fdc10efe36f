/*
 * Emitters that lie, flood, or say nothing: each is answered with one clear line or clamped,
 * counted, and a neighbour that behaves never notices.
 */
#include "tests/unit/daemon/daemon_fixture.h"

#include <fcntl.h>
#include <sys/eventfd.h>
#include <sys/mman.h>

/* A daemon with a well-behaved neighbour in it. */
struct street {
    struct fixture fixture;
    struct emitter neighbour;
    struct wire_slot *slot;
};

static void street_open(struct street *street)
{
    fixture_open(&street->fixture);
    emitter_open(&street->neighbour, &street->fixture);
    street->slot = segment_take_slot(street->neighbour.segment, 0);
    set(&street->slot->heap_used, 111);
}

/* The neighbour is seen as before. */
static void street_close(struct street *street)
{
    struct fixture *fixture = &street->fixture;

    set(&street->slot->heap_used, 222);
    fixture_tick(fixture);
    assert_int_equal(isolate_of(fixture, 0)->heap.used, 222);
    assert_false(fixture->daemon.model.processes[0]->is_stale);
    emitter_close(&street->neighbour);
    fixture_close(fixture);
}

/* Says `line` as the first one, with descriptors; what comes back names `reason`, then it is over.
 */
static void check_refused(struct street *street, const char *line, const int *fds, int fd_count,
                          const char *reason)
{
    struct emitter emitter = {0};
    uint64_t before = street->fixture.daemon.model.status.emitters_refused;

    emitter_connect(&emitter, &street->fixture);
    assert_int_equal(door_send(&emitter.door, line, strlen(line), fds, fd_count), 0);
    const char *answer = emitter_receive(&emitter, &street->fixture);
    if (strstr(answer, "\"error\"") == NULL || strstr(answer, reason) == NULL) {
        fail_msg("%s was answered %s instead of %s", line, answer, reason);
    }
    assert_true(emitter_is_cut(&emitter, &street->fixture));
    assert_int_equal(street->fixture.daemon.model.status.emitters_refused, before + 1);
    assert_int_equal(street->fixture.daemon.model.process_count, 1);
    emitter_close(&emitter);
}

static void test_bad_hellos(void **state)
{
    (void)state;
    struct street street;
    street_open(&street);
    check_refused(&street, "GET / HTTP/1.1", NULL, 0, "not JSON");
    check_refused(&street, "[1,2]", NULL, 0, "hello");
    check_refused(&street, "{\"type\":\"heap\",\"thread\":0}", NULL, 0, "hello");
    check_refused(&street, "{\"type\":\"hello\",\"version\":7,\"pid\":1,\"kind\":\"v8\"}", NULL, 0,
                  "version 7");
    check_refused(&street, "{\"type\":\"hello\",\"version\":1,\"pid\":-4,\"kind\":\"v8\"}", NULL, 0,
                  "pid");
    check_refused(&street, "{\"type\":\"hello\",\"version\":1,\"pid\":1}", NULL, 0, "kind");
    check_refused(&street, "{\"type\":\"hello\",\"version\":1,\"pid\":2147483647,\"kind\":\"v8\"}",
                  NULL, 0, "no process");
    street_close(&street);
}

static const char *own_hello(void)
{
    static char line[128];
    snprintf(line, sizeof line,
             "{\"type\":\"hello\",\"version\":1,\"pid\":%d,\"name\":\"x\",\"kind\":\"duktape\"}",
             getpid());
    return line;
}

static void test_bad_segments(void **state)
{
    (void)state;
    struct street street;
    struct segment *foreign;
    street_open(&street);
    int open_memory = memfd_create("x", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    assert_int_equal(ftruncate(open_memory, 65536), 0);
    check_refused(&street, own_hello(), &open_memory, 1, "not sealed");
    assert_int_equal(fcntl(open_memory, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL), 0);
    check_refused(&street, own_hello(), &open_memory, 1, "magic");
    int file = open("/dev/null", O_RDWR | O_CLOEXEC);
    check_refused(&street, own_hello(), &file, 1, "memfd");
    assert_int_equal(segment_create(&foreign, &emitter_counts, 1, NULL), 0);
    int segment = segment_fd(foreign);
    check_refused(&street, own_hello(), &segment, 1, "it is of process 1");
    int pair[2] = {segment_fd(street.neighbour.segment), file};
    check_refused(&street, own_hello(), pair, 2, "eventfd");
    segment_free(&foreign);
    close(file);
    close(open_memory);
    street_close(&street);
}

static void test_line_too_long(void **state)
{
    (void)state;
    struct street street;
    struct emitter emitter = {0};
    static char line[DOOR_LINE_MAX + 100];
    street_open(&street);
    emitter_connect(&emitter, &street.fixture);
    memset(line, 'x', sizeof line);
    for (size_t sent = 0; sent < sizeof line;) {
        ssize_t more = write(emitter.door.fd, line + sent, sizeof line - sent);
        sent += more > 0 ? (size_t)more : 0;
        if (more < 0) {
            fixture_pump(&street.fixture, 10);
        }
    }
    assert_non_null(strstr(emitter_receive(&emitter, &street.fixture), "65536"));
    assert_true(emitter_is_cut(&emitter, &street.fixture));
    emitter_close(&emitter);
    street_close(&street);
}

static void test_silence(void **state)
{
    (void)state;
    struct street street;
    struct emitter silent[100];
    street_open(&street);
    for (int i = 0; i < 100; i++) {
        emitter_connect(&silent[i], &street.fixture);
        fixture_pump(&street.fixture, 0);
    }
    assert_int_equal(street.fixture.daemon.model.status.emitters_refused, 36);
    street.fixture.daemon.model.t += 11;
    ingest_tick(street.fixture.daemon.ingest);
    ingest_sweep(street.fixture.daemon.ingest);
    assert_true(emitter_is_cut(&silent[0], &street.fixture));
    for (int i = 0; i < 100; i++) {
        door_fini(&silent[i].door);
    }
    street_close(&street);
}

static void test_max_emitters(void **state)
{
    (void)state;
    struct street street;
    char line[128];
    street_open(&street);
    street.fixture.config.socket.max_emitters = 1;
    snprintf(line, sizeof line, "{\"type\":\"hello\",\"version\":1,\"pid\":%d,\"kind\":\"v8\"}",
             getppid());
    check_refused(&street, line, NULL, 0, "max_emitters");
    street_close(&street);
}

static void test_max_isolates(void **state)
{
    (void)state;
    struct street street;
    street_open(&street);
    street.fixture.config.socket.max_isolates = 3;
    for (uint32_t thread = 1; thread < 8; thread++) {
        segment_take_slot(street.neighbour.segment, thread);
    }
    fixture_tick(&street.fixture);
    assert_int_equal(street.fixture.daemon.model.isolate_count, 3);
    assert_true(street.fixture.daemon.model.status.records_refused >= 5);
    street_close(&street);
}

/* Every word of the slots, the header and the rings is arbitrary. */
static void test_lying_words(void **state)
{
    (void)state;
    struct street street;
    struct fixture *fixture = &street.fixture;
    street_open(&street);
    struct wire_slot *slot = segment_take_slot(street.neighbour.segment, 1);
    struct wire_slot *twin = segment_take_slot(street.neighbour.segment, 2);
    set(&twin->thread, 1);
    set(&slot->heap_used, UINT64_MAX - 5);
    set(&slot->heap_total, UINT64_C(1) << 60);
    set(&slot->state, 77);
    set(&slot->name, 12345);
    set(&slot->started, UINT64_MAX);
    set(&slot->queued_since, UINT64_MAX);
    set(&slot->idle_since, UINT64_MAX);
    set(&slot->idle_time, UINT64_MAX);
    for (int i = 0; i < 5; i++) {
        fixture_tick(fixture);
    }
    const struct isolate *isolate = isolate_of(fixture, 1);
    assert_non_null(isolate);
    assert_true(isolate->heap.used == MODEL_UNKNOWN);
    assert_true(isolate->heap.total == MODEL_UNKNOWN);
    assert_string_equal(isolate->name, "");
    assert_true(isolate->started_at <= fixture->daemon.model.t);
    assert_int_equal(fixture->daemon.model.isolate_count, 2);
    assert_true(fixture->daemon.model.status.records_refused > 0);
    street_close(&street);
}

/* A writer that never stops gets its share of a tick and no more. */
static void test_flood(void **state)
{
    (void)state;
    struct street street;
    struct fixture *fixture = &street.fixture;
    street_open(&street);
    struct ring_writer writer = segment_ring_writer(street.neighbour.segment, street.slot);
    uint64_t pushed = 0;
    for (int round = 0; round < 200; round++) {
        for (int i = 0; i < 1000; i++) {
            push(&writer, RECORD_clone, 0, pushed++);
        }
        fixture_pump(fixture, 0);
    }
    fixture_tick(fixture);
    const struct process *process = fixture->daemon.model.processes[0];
    uint64_t read = fixture->daemon.model.status.events_by_type[RECORD_clone];
    assert_int_equal(read + process->lost, pushed);
    street_close(&street);
}

static void line_emitter_open(struct emitter *emitter, struct fixture *fixture)
{
    memset(emitter, 0, sizeof *emitter);
    emitter_connect(emitter, fixture);
    emitter_hello(emitter, "v8");
    assert_non_null(strstr(emitter_receive(emitter, fixture), "welcome"));
}

static void test_lines(void **state)
{
    (void)state;
    struct fixture fixture;
    struct emitter emitter;
    const struct event *events[8];
    fixture_open(&fixture);
    line_emitter_open(&emitter, &fixture);
    emitter_send(&emitter,
                 "{\"type\":\"heap\",\"thread\":1,\"name\":\"w1\",\"used\":10,\"total\":20,"
                 "\"limit\":null,\"external\":3}");
    emitter_send(&emitter, "{\"type\":\"job\",\"thread\":1,\"name\":\"resize\",\"seconds\":0.25,"
                           "\"live_after\":9}");
    emitter_send(&emitter, "{\"type\":\"clone\",\"thread\":1,\"to\":\"5.2\",\"bytes\":100,"
                           "\"serialize_seconds\":0.001}");
    emitter_send(&emitter, "{\"type\":\"exit\",\"thread\":1,\"code\":-3}");
    fixture_tick(&fixture);
    const struct isolate *isolate = isolate_of(&fixture, 1);
    assert_non_null(isolate);
    assert_string_equal(isolate->name, "w1");
    assert_true(isolate->heap.limit == MODEL_UNKNOWN);
    assert_int_equal(isolate->jobs, 1);
    assert_int_equal(isolate->clone.bytes, 100);
    assert_int_equal(isolate->exit_code, -3);
    assert_int_equal(isolate->sources, MODEL_AGENT);
    assert_int_equal(all_events(&fixture, events, 8), 3);
    assert_int_equal(events[0]->record.job.duration, 250000000);
    assert_int_equal(events[1]->record.clone.to, 2);
    assert_int_equal(fixture.daemon.model.processes[0]->totals.clone_bytes, 100);
    assert_int_equal(fixture.daemon.model.status.lines_refused, 0);

    emitter_send(&emitter, "{\"type\":\"heap\",\"thread\":2}");
    fixture_tick(&fixture);
    isolate_of(&fixture, 2)->updated_at -= 10; /* the process speaks, this one does not */
    fixture_tick(&fixture);
    assert_true(isolate_of(&fixture, 2)->is_stale);
    assert_false(fixture.daemon.model.processes[0]->is_stale);
    fixture.daemon.model.t += 10;
    ingest_tick(fixture.daemon.ingest);
    assert_true(fixture.daemon.model.processes[0]->is_stale);
    emitter_close(&emitter);
    fixture_close(&fixture);
}

/* A heap line of an emitter that counts for itself: its happenings are no totals then. */
static void test_heap_line_totals(void **state)
{
    (void)state;
    struct fixture fixture;
    struct emitter emitter;
    fixture_open(&fixture);
    line_emitter_open(&emitter, &fixture);
    emitter_send(&emitter, "{\"type\":\"heap\",\"thread\":1,\"used\":10,\"jobs\":7,\"gc_count\":5,"
                           "\"gc_seconds\":0.5,\"gc_last_seconds\":0.25,\"state\":\"idle\","
                           "\"event_loop_utilization\":0.5,\"event_loop_delay\":0.125,"
                           "\"spaces\":{\"old\":[3,4],\"new\":[1,2]}}");
    emitter_send(&emitter, "{\"type\":\"job\",\"thread\":1,\"name\":\"a\"}");
    emitter_send(&emitter, "{\"type\":\"gc\",\"thread\":1,\"kind\":\"full\",\"pause_seconds\":2}");
    emitter_send(&emitter, "{\"type\":\"lost\",\"thread\":1,\"count\":12}");
    fixture_tick(&fixture);
    const struct isolate *isolate = isolate_of(&fixture, 1);
    const struct process *process = fixture.daemon.model.processes[0];
    assert_int_equal(isolate->state, MODEL_IDLE);
    assert_int_equal(isolate->jobs, 7);
    assert_int_equal(isolate->gc.count, 5);
    assert_true(isolate->gc.seconds == 0.5);
    assert_true(isolate->gc.last_pause == 2);
    assert_true(isolate->event_loop_delay == 0.125);
    assert_int_equal(isolate->space_count, 2);
    assert_string_equal(isolate->spaces[0].name, "old");
    assert_int_equal(isolate->spaces[1].total, 2);
    assert_int_equal(process->totals.jobs, 7);
    assert_int_equal(process->totals.gc_count, 5);
    assert_int_equal(process->lost, 12);
    emitter_send(&emitter, "{\"type\":\"heap\",\"thread\":1,\"used\":11,\"jobs\":9,\"gc_count\":5}");
    emitter_send(&emitter, "{\"type\":\"heap\",\"thread\":2,\"spaces\":{\"x\":[-1,0]}}");
    emitter_send(&emitter, "{\"type\":\"heap\",\"thread\":2,\"event_loop_utilization\":2}");
    emitter_send(&emitter, "{\"type\":\"exit\",\"thread\":1,\"code\":0}");
    emitter_send(&emitter, "{\"type\":\"heap\",\"thread\":1,\"used\":12}"); /* late */
    fixture_tick(&fixture);
    assert_int_equal(process->totals.jobs, 9);
    assert_int_equal(fixture.daemon.model.status.lines_refused, 2);
    assert_int_equal(fixture.daemon.model.isolate_count, 1);
    assert_true(isolate_of(&fixture, 1)->has_ended);
    emitter_close(&emitter);
    fixture_close(&fixture);
}

static void check_bad_line(struct emitter *emitter, struct fixture *fixture, const char *line,
                           const char *reason, int number)
{
    char where[32];
    snprintf(where, sizeof where, "\"line\":%d}", number);
    emitter_send(emitter, line);
    const char *answer = emitter_receive(emitter, fixture);
    if (strstr(answer, reason) == NULL || strstr(answer, where) == NULL) {
        fail_msg("%s was answered %s instead of %s", line, answer, reason);
    }
}

static void test_bad_lines(void **state)
{
    (void)state;
    struct fixture fixture;
    struct emitter emitter;
    fixture_open(&fixture);
    line_emitter_open(&emitter, &fixture);
    check_bad_line(&emitter, &fixture, "{", "not JSON", 2);
    check_bad_line(&emitter, &fixture, "{\"type\":\"heap\"}", "thread", 3);
    check_bad_line(&emitter, &fixture, "{\"type\":\"heap\",\"thread\":0,\"used\":-1}", "used", 4);
    check_bad_line(&emitter, &fixture, "{\"type\":\"heap\",\"thread\":0,\"used\":\"9\"}", "used",
                   5);
    check_bad_line(&emitter, &fixture, "{\"type\":\"gc\",\"thread\":0,\"before\":1e300}", "before",
                   6);
    check_bad_line(&emitter, &fixture, "{\"type\":\"lots\",\"thread\":0}", "no line", 7);
    emitter_send(&emitter, "{\"type\":\"heap\",\"thread\":0,\"used\":1}");
    assert_int_equal(fixture.daemon.model.status.lines_refused, 6);
    for (int i = 0; i < 10; i++) {
        check_bad_line(&emitter, &fixture, "nonsense", "not JSON", 9 + i);
    }
    assert_non_null(strstr(emitter_receive(&emitter, &fixture), "in a row"));
    assert_true(emitter_is_cut(&emitter, &fixture));
    emitter_close(&emitter);
    fixture_close(&fixture);
}

static void test_segment_speaks_through_memory(void **state)
{
    (void)state;
    struct street street;
    street_open(&street);
    check_bad_line(&street.neighbour, &street.fixture,
                   "{\"type\":\"heap\",\"thread\":0,\"used\":1}", "segment", 2);
    street_close(&street);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bad_hellos),
        cmocka_unit_test(test_bad_segments),
        cmocka_unit_test(test_line_too_long),
        cmocka_unit_test(test_silence),
        cmocka_unit_test(test_max_emitters),
        cmocka_unit_test(test_max_isolates),
        cmocka_unit_test(test_lying_words),
        cmocka_unit_test(test_flood),
        cmocka_unit_test(test_lines),
        cmocka_unit_test(test_heap_line_totals),
        cmocka_unit_test(test_bad_lines),
        cmocka_unit_test(test_segment_speaks_through_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
