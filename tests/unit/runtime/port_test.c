/*
 * Ports and mailboxes without an engine: what waits keeps its order, is counted at its owner and in
 * the process, travels with its end, and nothing is left when both ends are gone.
 */
#include "base/clock.h"
#include "runtime/account.h"
#include "runtime/mailbox.h"
#include "runtime/port.h"

#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define THREAD_MESSAGES 20000

struct side {
    struct mailbox mailbox;
    struct account account;
};

static struct wire_process process;

static void side_init(struct side *side, uint32_t thread)
{
    struct account_birth birth = {.thread = thread, .name = "side"};

    account_open(&side->account, NULL, &process, &birth);
    mailbox_init(&side->mailbox, &side->account);
}

static void side_fini(struct side *side)
{
    mailbox_close(&side->mailbox);
    mailbox_fini(&side->mailbox);
}

static struct message *message_of(uint64_t number)
{
    struct message *message = calloc(1, sizeof *message);

    assert_non_null(message);
    message->id = number;
    message->bytes = 10;
    message->posted = number;
    return message;
}

static void post(struct port *port, uint64_t number)
{
    uint32_t to;

    assert_int_equal(port_post(port, message_of(number), &to), 0);
}

static uint64_t take(struct port *port)
{
    struct message *message = port_take(port);
    uint64_t number = message != NULL ? message->id : 0;

    message_free(&message);
    return number;
}

static void assert_queued(const struct side *side, uint64_t count, uint64_t since)
{
    assert_int_equal(side->account.slot->queued, count);
    assert_int_equal(side->account.slot->queued_bytes, count * 10);
    assert_int_equal(side->account.slot->queued_since, since);
}

static void test_what_waits_is_counted_and_travels(void **state)
{
    struct side a, b;
    struct port *ends[2], *others[2];
    (void)state;

    memset(&process, 0, sizeof process);
    side_init(&a, 1);
    side_init(&b, 2);
    assert_int_equal(port_new_channel(&process, ends), 0);
    assert_int_equal(port_new_channel(&process, others), 0);
    port_attach(others[1], &b.mailbox);
    post(others[0], 5);
    assert_queued(&b, 1, 5);

    post(ends[0], 3); /* nobody owns the other end yet */
    post(ends[0], 7);
    assert_int_equal(process.queued, 3);
    port_attach(ends[1], &a.mailbox);
    assert_queued(&a, 2, 3);
    port_detach(ends[1]);
    assert_queued(&a, 0, 0);
    assert_null(mailbox_pop_port(&a.mailbox));
    port_attach(ends[1], &b.mailbox);
    assert_queued(&b, 3, 3); /* older than what waited there */

    assert_int_equal(take(ends[1]), 3);
    assert_queued(&b, 2, 5);
    assert_int_equal(take(others[1]), 5);
    assert_queued(&b, 1, 7);
    assert_int_equal(take(ends[1]), 7);
    assert_int_equal(take(ends[1]), 0);
    assert_queued(&b, 0, 0);
    assert_int_equal(process.queued, 0);
    assert_int_equal(process.queued_bytes, 0);

    post(ends[0], 9); /* never taken */
    port_detach(ends[1]);
    port_detach(others[1]);
    for (int i = 0; i < 2; i++) {
        port_unref(&ends[i]);
        port_unref(&others[i]);
    }
    assert_int_equal(process.queued, 0);
    side_fini(&a);
    side_fini(&b);
}

static void test_a_close_reaches_both_ends_after_what_waits(void **state)
{
    struct side a;
    struct port *ends[2];
    uint32_t to;
    (void)state;

    memset(&process, 0, sizeof process);
    side_init(&a, 1);
    assert_int_equal(port_new_channel(&process, ends), 0);
    port_attach(ends[1], &a.mailbox);
    post(ends[0], 1);
    port_close(ends[0]);
    assert_false(port_is_over(ends[1]));
    struct message *late = message_of(2);
    assert_int_not_equal(port_post(ends[0], late, &to), 0);
    assert_int_not_equal(port_post(ends[1], late, &to), 0);
    message_free(&late);
    assert_int_equal(take(ends[1]), 1);
    assert_true(port_is_over(ends[1]) && port_is_over(ends[0]));

    struct port *ready = mailbox_pop_port(&a.mailbox);
    assert_ptr_equal(ready, ends[1]); /* once, however often it was announced */
    port_unref(&ready);
    assert_null(mailbox_pop_port(&a.mailbox));
    port_detach(ends[1]);
    port_unref(&ends[0]);
    port_unref(&ends[1]);
    side_fini(&a);
}

static void test_a_bell_rung_before_the_sleep_ends_it(void **state)
{
    struct side a;
    (void)state;

    side_init(&a, 1);
    uint32_t heard = mailbox_listen(&a.mailbox);
    mailbox_wake(&a.mailbox);
    mailbox_sleep(&a.mailbox, heard, UINT64_MAX); /* would never end */
    heard = mailbox_listen(&a.mailbox);
    uint64_t due = clock_now_ns() + CLOCK_NS_PER_MS;
    do {
        mailbox_sleep(&a.mailbox, heard, due);
    } while (clock_now_ns() < due);

    mailbox_close(&a.mailbox);
    mailbox_push(&a.mailbox, calloc(1, sizeof(struct letter))); /* freed there */
    assert_null(mailbox_pop(&a.mailbox));
    side_fini(&a);
}

static uint64_t queued_bytes(const struct side *side)
{
    uint64_t of_slot = atomic_load(&side->account.slot->queued_bytes);

    assert_int_equal(atomic_load(&process.queued_bytes), of_slot);
    return of_slot;
}

static struct letter *letter_of(enum letter_kind kind, size_t size)
{
    struct letter *letter = calloc(1, sizeof *letter);

    assert_non_null(letter);
    letter->kind = kind;
    letter->bytes = malloc(size);
    letter->size = size;
    return letter;
}

static void test_what_letters_carry_is_in_flight(void **state)
{
    struct side a;
    (void)state;

    side_init(&a, 1);
    mailbox_push(&a.mailbox, letter_of(LETTER_OUTPUT, 100));
    mailbox_push(&a.mailbox, letter_of(LETTER_ERRAND, 20));
    struct letter *posted = letter_of(LETTER_MESSAGE, 0);
    posted->message = message_of(1);
    mailbox_push(&a.mailbox, posted);
    mailbox_push(&a.mailbox, letter_of(LETTER_ANSWER, 0));
    assert_int_equal(queued_bytes(&a), 130);
    assert_int_equal(atomic_load(&a.account.slot->queued), 3);

    struct letter *letter = mailbox_take_errand(&a.mailbox, NULL);
    assert_int_equal(queued_bytes(&a), 110);
    mailbox_free_letter(&letter);
    letter = mailbox_pop(&a.mailbox);
    assert_int_equal(queued_bytes(&a), 10);
    mailbox_free_letter(&letter);
    mailbox_close(&a.mailbox);
    assert_int_equal(queued_bytes(&a), 0);
    assert_int_equal(atomic_load(&a.account.slot->queued), 0);
    mailbox_push(&a.mailbox, letter_of(LETTER_OUTPUT, 100)); /* freed there */
    assert_int_equal(queued_bytes(&a), 0);
    side_fini(&a);
}

static void *post_many(void *argument)
{
    for (uint64_t i = 1; i <= THREAD_MESSAGES; i++) {
        post(argument, i);
    }
    return NULL;
}

static void test_a_sleeper_misses_nothing(void **state)
{
    struct side a;
    struct port *ends[2];
    pthread_t poster;
    uint64_t next = 1;
    (void)state;

    memset(&process, 0, sizeof process);
    side_init(&a, 1);
    assert_int_equal(port_new_channel(&process, ends), 0);
    port_attach(ends[1], &a.mailbox);
    assert_int_equal(pthread_create(&poster, NULL, post_many, ends[0]), 0);
    while (next <= THREAD_MESSAGES) {
        uint32_t heard = mailbox_listen(&a.mailbox);
        struct port *ready = mailbox_pop_port(&a.mailbox);
        if (ready == NULL) {
            mailbox_sleep(&a.mailbox, heard, UINT64_MAX);
            continue;
        }
        for (uint64_t number; (number = take(ready)) != 0;) {
            assert_int_equal(number, next++);
        }
        port_unref(&ready);
    }
    pthread_join(poster, NULL);
    assert_queued(&a, 0, 0);
    port_detach(ends[1]);
    port_unref(&ends[0]);
    port_unref(&ends[1]);
    side_fini(&a);
}

/* ---- ends inside messages ---- */

static struct message *carrying(struct port *end)
{
    struct message *message = message_of(1);

    message->ports = calloc(1, sizeof(struct port *));
    assert_non_null(message->ports);
    message->ports[0] = end;
    message->port_count = 1;
    message->port_unref = port_unref;
    return message;
}

/* A leak of what is lost shows in the build with AddressSanitizer. */
static void test_no_circle_of_ends_is_made(void **state)
{
    enum { LENGTH = 5 };
    struct port *ends[LENGTH][2];
    uint32_t to;
    (void)state;

    memset(&process, 0, sizeof process);
    for (int i = 0; i < LENGTH; i++) {
        assert_int_equal(port_new_channel(&process, ends[i]), 0);
    }
    for (int i = 0; i + 1 < LENGTH; i++) { /* end i+1 waits in end i */
        assert_int_equal(port_post(ends[i][0], carrying(ends[i + 1][1]), &to), 0);
    }
    struct message *last = carrying(ends[0][1]);
    assert_int_equal(port_post(ends[LENGTH - 1][0], last, &to), -ELOOP);
    message_free(&last); /* and with it all that waited in the chain */
    assert_int_equal(process.queued, 0);
    for (int i = 0; i < LENGTH; i++) {
        assert_true(port_is_over(ends[i][0]));
        port_unref(&ends[i][0]);
    }
}

static void test_an_end_in_its_own_queue_is_lost(void **state)
{
    struct port *ends[2];
    uint32_t to;
    (void)state;

    memset(&process, 0, sizeof process);
    assert_int_equal(port_new_channel(&process, ends), 0);
    struct message *message = carrying(ends[1]);
    assert_int_equal(port_post(ends[0], message, &to), -ELOOP);
    message_free(&message);
    assert_true(port_is_over(ends[0]));
    port_unref(&ends[0]);
}

/* What was taken out of a queue is in somebody's hand and may go anywhere. */
static void test_an_end_that_was_taken_is_free_again(void **state)
{
    struct port *a[2], *b[2];
    uint32_t to;
    (void)state;

    memset(&process, 0, sizeof process);
    assert_int_equal(port_new_channel(&process, a), 0);
    assert_int_equal(port_new_channel(&process, b), 0);
    assert_int_equal(port_post(a[0], carrying(b[1]), &to), 0);
    struct message *taken = port_take(a[1]);
    assert_ptr_equal(taken->ports[0], b[1]);
    assert_int_equal(port_post(b[0], carrying(a[1]), &to), 0);
    message_free(&taken); /* frees b's end, which holds a's */
    assert_true(port_is_over(a[0]) && port_is_over(b[0]));
    assert_int_equal(process.queued, 0);
    port_unref(&a[0]);
    port_unref(&b[0]);
}

/* As long as memory goes, not as the stack goes. */
static void test_a_long_chain_is_freed(void **state)
{
    enum { LENGTH = 20000 };
    struct port *first[2], *at[2];
    uint32_t to;
    (void)state;

    memset(&process, 0, sizeof process);
    assert_int_equal(port_new_channel(&process, first), 0);
    memcpy(at, first, sizeof at);
    for (int i = 0; i < LENGTH; i++) {
        struct port *next[2];
        assert_int_equal(port_new_channel(&process, next), 0);
        assert_int_equal(port_post(at[0], carrying(next[1]), &to), 0);
        port_unref(&at[0]);
        memcpy(at, next, sizeof at);
    }
    port_unref(&first[1]);
    assert_true(port_is_over(at[0]));
    assert_int_equal(process.queued, 0);
    port_unref(&at[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_waits_is_counted_and_travels),
        cmocka_unit_test(test_a_close_reaches_both_ends_after_what_waits),
        cmocka_unit_test(test_a_bell_rung_before_the_sleep_ends_it),
        cmocka_unit_test(test_what_letters_carry_is_in_flight),
        cmocka_unit_test(test_a_sleeper_misses_nothing),
        cmocka_unit_test(test_no_circle_of_ends_is_made),
        cmocka_unit_test(test_an_end_in_its_own_queue_is_lost),
        cmocka_unit_test(test_an_end_that_was_taken_is_free_again),
        cmocka_unit_test(test_a_long_chain_is_freed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
