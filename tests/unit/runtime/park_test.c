/*
 * The waiter queues: exact counts, order of arrival, time-outs, interruption, and many threads that
 * wait and notify on neighbouring words at once.
 */
#include "runtime/bind/park.h"

#include "base/clock.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <time.h>

#include <cmocka.h>

#define BOUND_NS (120 * CLOCK_NS_PER_S)

static bool never(void *owner)
{
    (void)owner;
    return false;
}

static bool flag_is_set(void *owner)
{
    return __atomic_load_n((int *)owner, __ATOMIC_ACQUIRE);
}

struct sleeper {
    pthread_t thread;
    const int32_t *word;
    int *order; /* counts those woken */
    int place;  /* among them */
    bool has_queued;
    enum park_result result;
};

/* Asked once it is in the queue. */
static bool note_queued(void *owner)
{
    struct sleeper *sleeper = owner;
    __atomic_store_n(&sleeper->has_queued, true, __ATOMIC_RELEASE);
    return false;
}

static void *sleep_on(void *argument)
{
    struct sleeper *sleeper = argument;
    sleeper->result = park_wait(sleeper->word, 0, clock_now_ns() + BOUND_NS, note_queued, sleeper);
    sleeper->place = __atomic_add_fetch(sleeper->order, 1, __ATOMIC_ACQ_REL);
    return NULL;
}

static void nap(void)
{
    nanosleep(&(struct timespec){.tv_nsec = 2000000}, NULL);
}

static uint64_t notify_until_one(const int32_t *word)
{
    uint64_t end = clock_now_ns() + BOUND_NS;
    while (clock_now_ns() < end) {
        uint64_t woken = park_notify(word, 1);
        if (woken) {
            return woken;
        }
        nap();
    }
    return 0;
}

static void compares_before_it_sleeps(void **state)
{
    (void)state;
    int32_t word = 5;
    assert_int_equal(park_wait(&word, 4, PARK_FOREVER, never, NULL), PARK_NOT_EQUAL);
    assert_int_equal(park_wait(&word, 5, 0, never, NULL), PARK_TIMED_OUT);
    uint64_t until = clock_now_ns() + 30 * CLOCK_NS_PER_MS;
    assert_int_equal(park_wait(&word, 5, until, never, NULL), PARK_TIMED_OUT);
    assert_true(clock_now_ns() >= until);
    assert_int_equal(park_notify(&word, UINT64_MAX), 0);
}

static void is_interrupted(void **state)
{
    (void)state;
    int32_t word = 0;
    int flag = 1;
    assert_int_equal(park_wait(&word, 0, PARK_FOREVER, flag_is_set, &flag), PARK_INTERRUPTED);
    assert_int_equal(park_notify(&word, 1), 0);
}

static void wakes_in_order_of_arrival(void **state)
{
    (void)state;
    static int32_t words[2];
    struct sleeper sleepers[3];
    int order = 0;
    int other = 0;
    struct sleeper stranger = {.word = &words[1], .order = &other};
    assert_int_equal(pthread_create(&stranger.thread, NULL, sleep_on, &stranger), 0);
    for (int i = 0; i < 3; i++) {
        sleepers[i] = (struct sleeper){.word = &words[0], .order = &order};
        assert_int_equal(pthread_create(&sleepers[i].thread, NULL, sleep_on, &sleepers[i]), 0);
        while (!__atomic_load_n(&sleepers[i].has_queued, __ATOMIC_ACQUIRE)) {
            nap();
        }
    }
    for (int i = 0; i < 3; i++) {
        assert_int_equal(notify_until_one(&words[0]), 1);
        pthread_join(sleepers[i].thread, NULL);
        assert_int_equal(sleepers[i].result, PARK_WOKEN);
        assert_int_equal(sleepers[i].place, i + 1);
    }
    assert_int_equal(park_notify(&words[0], UINT64_MAX), 0);
    assert_int_equal(notify_until_one(&words[1]), 1);
    pthread_join(stranger.thread, NULL);
    assert_int_equal(stranger.result, PARK_WOKEN);
}

#define PAIRS  4
#define ROUNDS 500

static int32_t turns[PAIRS];

/* Two threads hand a word back and forth; a lost wake-up would stop them until the bound. */
static void *play(void *argument)
{
    uintptr_t number = (uintptr_t)argument;
    int32_t *turn = &turns[number / 2];
    int32_t own = (int32_t)(number % 2);
    uint64_t failed = 0;
    for (int i = 0; i < ROUNDS; i++) {
        while (__atomic_load_n(turn, __ATOMIC_SEQ_CST) != own) {
            failed +=
                park_wait(turn, !own, clock_now_ns() + BOUND_NS, never, NULL) == PARK_TIMED_OUT;
        }
        __atomic_store_n(turn, !own, __ATOMIC_SEQ_CST);
        park_notify(turn, UINT64_MAX);
    }
    return (void *)(uintptr_t)failed;
}

static void loses_no_wakeup(void **state)
{
    (void)state;
    pthread_t threads[2 * PAIRS];
    for (uintptr_t i = 0; i < 2 * PAIRS; i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, play, (void *)i), 0);
    }
    for (int i = 0; i < 2 * PAIRS; i++) {
        void *failed;
        pthread_join(threads[i], &failed);
        assert_null(failed);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(compares_before_it_sleeps),
        cmocka_unit_test(is_interrupted),
        cmocka_unit_test(wakes_in_order_of_arrival),
        cmocka_unit_test(loses_no_wakeup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
