/*
 * Queues of ports, read from this process's own memory, laid out as Node.js 20 lays them out: who
 * reads what, while it is watched and while it is not.
 */
#include "probes/ports.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#define ENVIRONMENT UINT64_C(0x1234)
#define TOLD_MAX    16

struct node_port { /* MessagePortData */
    uint64_t table, rest[7];
    uint64_t cursor, first, last, piece, end_cursor, end_first, end_last, end_piece;
    uint64_t owner, channel;
};

struct scene {
    struct image image;
    struct ports *ports;
    struct node_port port;
    uint64_t owner[4], realm[32], channel;
    uint64_t told[TOLD_MAX], environment;
    size_t told_count, lost_count;
    bool knows_readers;
};

static uint64_t address_of(const void *object)
{
    return (uintptr_t)object;
}

static bool take_gone(void *context, const struct message *message, uint64_t environment,
                      bool is_lost)
{
    struct scene *scene = context;

    if (!scene->knows_readers) {
        return false;
    }
    scene->environment = environment;
    scene->lost_count += is_lost;
    assert_true(scene->told_count < TOLD_MAX);
    scene->told[scene->told_count++] = message->id;
    return true;
}

/* So many messages in the queue, in pieces of 32 places of 16 bytes; some were taken before. */
static void fill_queue(struct scene *scene, uint64_t taken, uint64_t count)
{
    uint64_t end = taken + count;

    scene->port.piece = 0x1000 + taken / 32 * 8;
    scene->port.first = 0x10000 + taken / 32 * 512;
    scene->port.cursor = scene->port.first + taken % 32 * 16;
    scene->port.last = scene->port.first + 512;
    scene->port.end_piece = 0x1000 + end / 32 * 8;
    scene->port.end_first = 0x10000 + end / 32 * 512;
    scene->port.end_cursor = scene->port.end_first + end % 32 * 16;
    scene->port.end_last = scene->port.end_first + 512;
}

static int set_up(void **state)
{
    struct scene *scene = calloc(1, sizeof *scene);

    assert_non_null(scene);
    scene->image.layout = (struct event_layout){
        .port_queue = 0x40, .port_owner = 0x80, .owner_realm = 0x10, .realm_environment = 0xb0};
    scene->port.table = 1;
    scene->port.owner = address_of(scene->owner);
    scene->port.channel = address_of(&scene->channel);
    scene->owner[0x10 / 8] = address_of(scene->realm);
    scene->realm[0xb0 / 8] = ENVIRONMENT;
    scene->knows_readers = true;
    scene->ports = ports_new((uint64_t)getpid(), &scene->image, take_gone, scene);
    assert_non_null(scene->ports);
    *state = scene;
    return 0;
}

static int tear_down(void **state)
{
    struct scene *scene = *state;

    ports_free(&scene->ports);
    free(scene);
    return 0;
}

static struct message post(struct scene *scene, uint64_t id)
{
    struct message message = {.id = id, .port = address_of(&scene->port)};

    ports_add(scene->ports, message.port, &message);
    return message;
}

static void test_what_left_a_queue_unseen_is_told_a_look_later(void **state)
{
    struct scene *scene = *state;
    for (uint64_t id = 1; id <= 40; id++) {
        (void)post(scene, id);
    }
    fill_queue(scene, 0, 40);
    ports_tick(scene->ports);
    ports_tick(scene->ports);
    assert_int_equal(scene->told_count, 0);
    fill_queue(scene, 3, 37);
    ports_tick(scene->ports);
    assert_int_equal(scene->told_count, 0); /* it may still be told as seen */
    ports_tick(scene->ports);
    assert_int_equal(scene->told_count, 3);
    assert_int_equal(scene->told[0], 1);
    assert_int_equal(scene->told[2], 3);
    assert_int_equal(scene->environment, ENVIRONMENT);
    assert_int_equal(scene->lost_count, 0);
}

static void test_what_was_seen_is_not_told(void **state)
{
    struct scene *scene = *state;
    struct message first = post(scene, 1), second = post(scene, 2);
    fill_queue(scene, 0, 2);
    ports_tick(scene->ports);
    fill_queue(scene, 2, 0);
    ports_tick(scene->ports);
    assert_true(ports_take(scene->ports, ENVIRONMENT, &second));
    ports_tick(scene->ports);
    assert_int_equal(scene->told_count, 1);
    assert_int_equal(scene->told[0], 1);
    assert_false(ports_take(scene->ports, ENVIRONMENT, &first)); /* too late: it was told */
    (void)post(scene, 3);
    fill_queue(scene, 2, 1);
    ports_tick(scene->ports);
    ports_tick(scene->ports);
    assert_int_equal(scene->told_count, 1);
}

static void test_a_reader_that_is_not_known_yet_is_asked_for_again(void **state)
{
    struct scene *scene = *state;
    (void)post(scene, 1);
    fill_queue(scene, 1, 0);
    scene->knows_readers = false;
    ports_tick(scene->ports);
    ports_tick(scene->ports);
    ports_tick(scene->ports);
    assert_int_equal(scene->told_count, 0);
    scene->knows_readers = true;
    ports_tick(scene->ports);
    assert_int_equal(scene->told_count, 1);
}

static void test_a_port_that_moved_belongs_to_who_has_it_now(void **state)
{
    struct scene *scene = *state;
    (void)post(scene, 1);
    assert_int_equal(ports_environment(scene->ports, address_of(&scene->port)), ENVIRONMENT);
    scene->realm[0xb0 / 8] = ENVIRONMENT + 1;
    fill_queue(scene, 1, 0);
    ports_tick(scene->ports);
    ports_tick(scene->ports);
    assert_int_equal(scene->environment, ENVIRONMENT + 1);
}

static void test_a_closed_port_has_readers_of_all_but_the_rest(void **state)
{
    struct scene *scene = *state;
    for (uint64_t id = 1; id <= 5; id++) {
        (void)post(scene, id);
    }
    ports_close(scene->ports, address_of(&scene->port), 2);
    assert_int_equal(scene->told_count, 5);
    assert_int_equal(scene->lost_count, 2);
    scene->port.table = 0; /* its place is another's */
    ports_tick(scene->ports);
    assert_int_equal(scene->told_count, 5);
}

static void test_a_place_that_became_another_objects(void **state)
{
    struct scene *scene = *state;
    (void)post(scene, 1);
    fill_queue(scene, 0, 1);
    ports_tick(scene->ports);
    scene->port.table = 77;
    ports_tick(scene->ports);
    assert_int_equal(scene->told_count, 1);
    assert_int_equal(scene->lost_count, 0);
}

static void test_of_several_readers_each_takes_its_own(void **state)
{
    struct scene *scene = *state;
    struct message message = post(scene, 1);
    struct node_port other = scene->port;
    uint64_t owner[4], realm[32];
    other.owner = address_of(owner);
    owner[0x10 / 8] = address_of(realm);
    realm[0xb0 / 8] = ENVIRONMENT + 1;
    ports_add(scene->ports, address_of(&other), &message);
    assert_true(ports_take(scene->ports, ENVIRONMENT + 1, &message));
    assert_true(ports_take(scene->ports, ENVIRONMENT, &message));
    assert_false(ports_take(scene->ports, ENVIRONMENT + 1, &message));
}

static void test_ports_of_one_channel(void **state)
{
    struct scene *scene = *state;
    struct node_port other = scene->port;
    assert_true(ports_are_siblings(scene->ports, address_of(&scene->port), address_of(&other)));
    other.channel++;
    assert_false(ports_are_siblings(scene->ports, address_of(&scene->port), address_of(&other)));
    assert_false(ports_are_siblings(scene->ports, 8, address_of(&other))); /* nothing lies there */
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_what_left_a_queue_unseen_is_told_a_look_later),
        TEST(test_what_was_seen_is_not_told),
        TEST(test_a_reader_that_is_not_known_yet_is_asked_for_again),
        TEST(test_a_port_that_moved_belongs_to_who_has_it_now),
        TEST(test_a_closed_port_has_readers_of_all_but_the_rest),
        TEST(test_a_place_that_became_another_objects),
        TEST(test_of_several_readers_each_takes_its_own),
        TEST(test_ports_of_one_channel),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
