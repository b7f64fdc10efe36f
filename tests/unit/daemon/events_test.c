/*
 * The ring of events: cursors, filters, what falls out of it, and the names it keeps.
 */
#include "daemon/model/events.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cursor),   cmocka_unit_test(test_filters),
        cmocka_unit_test(test_overrun),  cmocka_unit_test(test_names_are_shared),
        cmocka_unit_test(test_peer_ids),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
