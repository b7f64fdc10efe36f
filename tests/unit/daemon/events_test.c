/*
 * The ring of events: cursors, filters, what falls out of it, and the names it keeps.
 */
#include "daemon/model/events.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static void add(struct events *events, const char *isolate, unsigned kind, const char *name)
{
    struct event event = {.pid = 1};
    event.record.kind = (uint16_t)kind;
    snprintf(event.isolate, sizeof event.isolate, "%s", isolate);
    events_add(events, &event, name);
}

static size_t find(const struct events *events, struct events_query query,
                   const struct event **found, size_t max, uint64_t *next, uint64_t *lost)
{
    return events_find(events, &query, found, max, next, lost);
}

static void test_cursor(void **state)
{
    (void)state;
    struct events *events = events_new();
    const struct event *found[8];
    uint64_t next, lost;
    for (int i = 0; i < 5; i++) {
        add(events, "1.0", RECORD_gc, NULL);
    }
    assert_int_equal(find(events, (struct events_query){.kind = -1}, found, 3, &next, &lost), 3);
    assert_int_equal(found[0]->seq, 1);
    assert_int_equal(next, 3);
    assert_int_equal(
        find(events, (struct events_query){.kind = -1, .since = next}, found, 8, &next, &lost), 2);
    assert_int_equal(found[1]->seq, 5);
    assert_int_equal(next, 5);
    assert_int_equal(
        find(events, (struct events_query){.kind = -1, .since = next}, found, 8, &next, &lost), 0);
    assert_int_equal(next, 5);
    assert_int_equal(lost, 0);
    assert_int_equal(find(events, (struct events_query){.kind = -1, .since = EVENTS_NEWEST}, found,
                          2, &next, &lost),
                     2);
    assert_int_equal(found[0]->seq, 4);
    assert_int_equal(found[1]->seq, 5);
    events_free(&events);
}

static void test_filters(void **state)
{
    (void)state;
    struct events *events = events_new();
    const struct event *found[8];
    uint64_t next, lost;
    add(events, "1.0", RECORD_gc, NULL);
    add(events, "1.1", RECORD_gc, NULL);
    add(events, "1.1", RECORD_job, "resize");
    add(events, "1.1", EVENT_LOST, NULL);
    assert_int_equal(find(events, (struct events_query){.kind = RECORD_gc}, found, 8, &next, &lost),
                     2);
    assert_int_equal(find(events, (struct events_query){.kind = RECORD_gc, .isolate = "1.1"}, found,
                          8, &next, &lost),
                     1);
    assert_int_equal(found[0]->seq, 2);
    assert_int_equal(next, 4); /* all was looked at */
    assert_int_equal(
        find(events, (struct events_query){.kind = EVENT_LOST}, found, 8, &next, &lost), 1);
    assert_int_equal(events_find_kind("lost"), EVENT_LOST);
    assert_int_equal(events_find_kind("job"), RECORD_job);
    assert_int_equal(events_find_kind("nonsense"), -1);
    events_free(&events);
}

static void test_overrun(void **state)
{
    (void)state;
    struct events *events = events_new();
    const struct event *found[4];
    uint64_t next, lost;
    char name[32];
    for (int i = 0; i < EVENTS_MAX + 10; i++) {
        snprintf(name, sizeof name, "job-%d", i);
        add(events, "1.0", RECORD_job, name);
    }
    assert_int_equal(
        find(events, (struct events_query){.kind = -1, .since = 4}, found, 4, &next, &lost), 4);
    assert_int_equal(lost, 6);
    assert_int_equal(found[0]->seq, 11);
    assert_string_equal(found[0]->name, "job-10");
    assert_int_equal(next, 14);
    events_free(&events);
}

static void test_names_are_shared(void **state)
{
    (void)state;
    struct events *events = events_new();
    const struct event *found[2];
    uint64_t next, lost;
    add(events, "1.0", RECORD_job, "resize");
    add(events, "1.0", RECORD_job, "resize");
    assert_int_equal(find(events, (struct events_query){.kind = -1}, found, 2, &next, &lost), 2);
    assert_ptr_equal(found[0]->name, found[1]->name);
    events_free(&events);
}

static void test_peer_ids(void **state)
{
    (void)state;
    struct event event = {.pid = 71};
    char id[MODEL_ID_MAX];
    snprintf(event.isolate, sizeof event.isolate, "71.2");
    events_thread_id(&event, 5, id);
    assert_string_equal(id, "71.5");
    snprintf(event.isolate, sizeof event.isolate, "71.2~99");
    events_thread_id(&event, 5, id);
    assert_string_equal(id, "71.5~99");
}

/* ---- over a restart ---- */

static char directory[64];

static int make_directory(void **state)
{
    (void)state;
    snprintf(directory, sizeof directory, "/tmp/isoscope-events-XXXXXX");
    return mkdtemp(directory) == NULL;
}

static int remove_directory(void **state)
{
    (void)state;
    char command[128];
    snprintf(command, sizeof command, "rm -rf %s", directory);
    return system(command);
}

static struct events *open_kept(void)
{
    struct events *events = events_new();
    events_keep(events, directory);
    return events;
}

/* Writes into the file where event `seq` lies. */
static void damage(uint64_t seq, const void *data, size_t size, size_t offset)
{
    char path[128];
    snprintf(path, sizeof path, "%s/events", directory);
    int fd = open(path, O_WRONLY);
    assert_true(fd >= 0);
    assert_int_equal(pwrite(fd, data, size, (off_t)(4096 + seq * 256 + offset)), (ssize_t)size);
    close(fd);
}

static void test_kept(void **state)
{
    (void)state;
    const struct event *found[8];
    uint64_t next, lost;
    char job[300];
    memset(job, 'j', sizeof job - 1);
    job[sizeof job - 1] = '\0';
    memcpy(job + 118, "\xc3\xa4", 2); /* a character that does not fit as a whole */
    struct events *events = open_kept();
    add(events, "7.0", RECORD_gc, NULL);
    add(events, "7.1", RECORD_job, "resize");
    add(events, "7.2~99", RECORD_job, job);
    struct record record = {.t = 5, .kind = RECORD_clone, .thread = 3};
    struct event event = {.pid = 7, .t = 1.5, .record = record};
    events_add(events, &event, NULL);
    events_free(&events);

    events = open_kept();
    assert_int_equal(events_last(events), 4);
    assert_int_equal(find(events, (struct events_query){.kind = -1}, found, 8, &next, &lost), 4);
    assert_int_equal(lost, 0);
    assert_string_equal(found[1]->isolate, "7.1");
    assert_string_equal(found[1]->name, "resize");
    assert_string_equal(found[2]->isolate, "7.2~99");
    assert_int_equal(strlen(found[2]->name), 118);
    assert_true(found[3]->t == 1.5);
    assert_true(events_is_kept(events, 7, &record));
    assert_false(events_is_kept(events, 8, &record));
    record.t = 6;
    assert_false(events_is_kept(events, 7, &record));
    add(events, "7.0", RECORD_gc, NULL); /* numbers go on, and so do cursors */
    assert_int_equal(
        find(events, (struct events_query){.kind = -1, .since = 4}, found, 8, &next, &lost), 1);
    assert_int_equal(found[0]->seq, 5);
    events_free(&events);
}

static void test_kept_is_bounded(void **state)
{
    (void)state;
    const struct event *found[2];
    uint64_t next, lost;
    struct events *events = open_kept();
    for (int i = 0; i < EVENTS_MAX + 100; i++) {
        add(events, "1.0", RECORD_gc, NULL);
    }
    events_free(&events);
    events = open_kept();
    assert_int_equal(events_last(events), EVENTS_MAX + 100);
    assert_int_equal(
        find(events, (struct events_query){.kind = -1, .since = 50}, found, 1, &next, &lost), 1);
    assert_int_equal(found[0]->seq, 101);
    assert_int_equal(lost, 50);
    events_free(&events);
}

/* What a writer that was killed left half done, and what is no event at all. */
static void test_kept_and_damaged(void **state)
{
    (void)state;
    const struct event *found[8];
    const uint64_t zero = 0;
    uint64_t next, lost;
    struct events *events = open_kept();
    for (int i = 0; i < 6; i++) {
        add(events, "1.0", RECORD_gc, NULL);
    }
    events_free(&events);
    damage(3, &zero, sizeof zero, 0);
    events = open_kept();
    assert_int_equal(find(events, (struct events_query){.kind = -1}, found, 8, &next, &lost), 3);
    assert_int_equal(found[0]->seq, 4);
    assert_int_equal(lost, 3);
    events_free(&events);
    damage(6, "\xff\xff", 2, 72 + 8); /* a kind that does not exist */
    events = open_kept();
    assert_int_equal(find(events, (struct events_query){.kind = -1}, found, 8, &next, &lost), 0);
    add(events, "1.0", RECORD_gc, NULL);
    assert_int_equal(events_last(events), 7); /* no number comes twice */
    assert_int_equal(find(events, (struct events_query){.kind = -1}, found, 8, &next, &lost), 1);
    events_free(&events);
}

static void test_another_file(void **state)
{
    (void)state;
    char path[128];
    snprintf(path, sizeof path, "%s/events", directory);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs("something else", file);
    fclose(file);
    struct events *events = open_kept();
    add(events, "1.0", RECORD_gc, NULL);
    strcat(path, ".bad");
    assert_int_equal(access(path, R_OK), 0);
    struct events *second = open_kept(); /* another daemon: it does without */
    assert_int_equal(events_last(second), 0);
    add(second, "1.0", RECORD_gc, NULL);
    events_free(&second);
    events_free(&events);
    events = open_kept();
    assert_int_equal(events_last(events), 1);
    events_free(&events);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cursor),   cmocka_unit_test(test_filters),
        cmocka_unit_test(test_overrun),  cmocka_unit_test(test_names_are_shared),
        cmocka_unit_test(test_peer_ids),
        cmocka_unit_test_setup_teardown(test_kept, make_directory, remove_directory),
        cmocka_unit_test_setup_teardown(test_kept_is_bounded, make_directory, remove_directory),
        cmocka_unit_test_setup_teardown(test_kept_and_damaged, make_directory, remove_directory),
        cmocka_unit_test_setup_teardown(test_another_file, make_directory, remove_directory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
