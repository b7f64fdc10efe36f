/*
 * The journal's file: what was added comes back; what is torn, damaged or foreign does not hurt; a
 * rewrite leaves what is there now; a file that cannot grow is mended later.
 */
#include "daemon/journal.h"

#include "daemon/notify/outbox.h"
#include "daemon/notify/record.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char directory[64], path[80];

static int make_directory(void **state)
{
    (void)state;
    snprintf(directory, sizeof directory, "/tmp/isoscope-journal-XXXXXX");
    if (mkdtemp(directory) == NULL) {
        return -1;
    }
    snprintf(path, sizeof path, "%s/journal", directory);
    return 0;
}

static int remove_directory(void **state)
{
    char other[96];
    (void)state;
    unlink(path);
    snprintf(other, sizeof other, "%s.bad", path);
    unlink(other);
    return rmdir(directory);
}

/* All numbers of the records, added up digit by digit: 1, 2, 3 is 123. */
static void read_number(void *context, const json_t *record)
{
    long *sum = context;
    *sum = *sum * 10 + (long)json_integer_value(json_object_get(record, "n"));
}

static struct journal *reopen(struct journal *journal, long *sum)
{
    *sum = 0;
    journal_close(&journal);
    journal = journal_open(directory);
    assert_non_null(journal);
    journal_replay(journal, read_number, sum);
    return journal;
}

static void add(struct journal *journal, int n)
{
    journal_add(journal, json_pack("{s:i, s:s}", "n", n, "text", "line\nand \"quotes\""));
}

static void append(const char *text)
{
    FILE *file = fopen(path, "a");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static void test_comes_back(void **state)
{
    (void)state;
    long sum;
    struct journal *journal = reopen(NULL, &sum);
    assert_int_equal(sum, 0);
    add(journal, 1);
    add(journal, 2);
    journal_flush(journal);
    add(journal, 3); /* closing writes it */
    journal = reopen(journal, &sum);
    assert_int_equal(sum, 123);
    append("0badc0de {\"n\":4}\nnonsense\n\n12345678 {\"n\":");
    journal = reopen(journal, &sum);
    assert_int_equal(sum, 123);
    assert_int_equal(journal_get_stats(journal)->skipped, 4);
    add(journal, 5); /* behind the torn line, which is gone */
    journal = reopen(journal, &sum);
    assert_int_equal(sum, 1235);
    journal_close(&journal);
}

static void test_foreign_is_put_aside(void **state)
{
    (void)state;
    char aside[96];
    struct stat status;
    long sum;
    append("MZ\x01 not ours");
    struct journal *journal = reopen(NULL, &sum);
    assert_int_equal(sum, 0);
    snprintf(aside, sizeof aside, "%s.bad", path);
    assert_int_equal(stat(aside, &status), 0);
    add(journal, 7);
    journal = reopen(journal, &sum);
    assert_int_equal(sum, 7);
    journal_close(&journal);
}

static void write_nine(void *context, struct journal *journal)
{
    (void)context;
    add(journal, 9);
}

static void test_rewrite_leaves_what_is(void **state)
{
    (void)state;
    long sum;
    struct journal *journal = reopen(NULL, &sum);
    while (!journal_is_due(journal, 0)) {
        add(journal, 1);
        journal_flush(journal);
    }
    uint64_t before = journal_get_stats(journal)->bytes;
    journal_rewrite(journal, 0, write_nine, NULL);
    assert_true(journal_get_stats(journal)->bytes < before / 100);
    assert_false(journal_is_due(journal, 0));
    add(journal, 8);
    journal = reopen(journal, &sum);
    assert_int_equal(sum, 98);
    journal_close(&journal);
}

static void test_file_that_cannot_grow(void **state)
{
    (void)state;
    long sum;
    struct rlimit limit, small = {4096, 4096};
    struct journal *journal = reopen(NULL, &sum);
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    small.rlim_max = limit.rlim_max;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    for (int i = 0; i < 200; i++) {
        add(journal, 1);
        journal_flush(journal);
    }
    assert_true(journal_get_stats(journal)->failures > 0);
    assert_true(journal_get_stats(journal)->is_behind);
    assert_true(journal_get_stats(journal)->bytes <= 4096);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
    assert_true(journal_is_due(journal, 100));
    journal_rewrite(journal, 100, write_nine, NULL);
    assert_false(journal_get_stats(journal)->is_behind);
    journal = reopen(journal, &sum);
    assert_int_equal(sum, 9);
    journal_close(&journal);
}

static void test_nowhere(void **state)
{
    (void)state;
    struct journal *journal = journal_open(NULL);
    long sum = 0;
    journal_replay(journal, read_number, &sum);
    add(journal, 1);
    journal_flush(journal);
    assert_false(journal_is_due(journal, 100));
    journal_rewrite(journal, 100, write_nine, NULL);
    journal_close(&journal);
    journal = journal_open("/dev/null/x");
    assert_non_null(journal);
    journal_close(&journal);
}

/* ---- what goes into it ------------------------------------------------------------------------ */

static void test_alert_comes_back(void **state)
{
    (void)state;
    struct alert back, alert = {
        .id = "drift:71.3", .rule = "drift", .severity = ALERT_CRITICAL, .state = ALERT_FIRING,
        .since = 100.25, .fired_at = 100.25, .pending_at = 90, .isolate = "71.3", .pid = 71,
        .summary = "a → b. c", .value = 1.5e6, .threshold = 0.25, .culprit = "resize",
        .program = "bad \xff name",
    };
    json_t *record = record_encode(&alert);
    assert_non_null(record);
    assert_true(record_decode(record, &back));
    assert_string_equal(back.id, alert.id);
    assert_string_equal(back.summary, alert.summary);
    assert_string_equal(back.culprit, alert.culprit);
    assert_int_equal(back.severity, ALERT_CRITICAL);
    assert_int_equal(back.state, ALERT_FIRING);
    assert_int_equal(back.pid, 71);
    assert_true(back.fired_at == 100.25 && back.value == 1.5e6);
    json_object_set_new(record, "state", json_string("burning"));
    assert_false(record_decode(record, &back));
    json_decref(record);
    assert_false(record_decode(NULL, &back));
}

static void test_outbox(void **state)
{
    (void)state;
    struct outbox *outbox = outbox_new();
    struct outbox_entry entry = {.to = 3};
    uint32_t pushed_out;
    for (uint64_t i = 1; i <= OUTBOX_MAX; i++) {
        assert_int_equal(outbox_push(outbox, &entry, &pushed_out), i);
        assert_int_equal(pushed_out, 0);
    }
    assert_true(outbox_remove(outbox, 1, 1));
    assert_false(outbox_remove(outbox, 1, 1));
    assert_int_equal(outbox_find(outbox, 1, 0)->seq, 2);
    assert_int_equal(outbox_find(outbox, 2, 0)->seq, 1);
    assert_int_equal(outbox_find(outbox, 1, 500)->seq, 501);
    assert_null(outbox_find(outbox, 4, 0));
    assert_int_equal(outbox_push(outbox, &entry, &pushed_out), OUTBOX_MAX + 1);
    assert_int_equal(pushed_out, 2); /* the first one had already got it */
    assert_int_equal(outbox_count(outbox, 1), OUTBOX_MAX);
    assert_true(outbox_remove(outbox, 2, 1) && outbox_remove(outbox, 2, 2));
    assert_int_equal(outbox_find(outbox, 3, 0)->seq, 3);
    outbox_raise(outbox, 5000);
    assert_int_equal(outbox_push(outbox, &entry, &pushed_out), 5001);
    outbox_free(&outbox);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_comes_back, make_directory, remove_directory),
        cmocka_unit_test_setup_teardown(test_foreign_is_put_aside, make_directory,
                                        remove_directory),
        cmocka_unit_test_setup_teardown(test_rewrite_leaves_what_is, make_directory,
                                        remove_directory),
        cmocka_unit_test_setup_teardown(test_file_that_cannot_grow, make_directory,
                                        remove_directory),
        cmocka_unit_test(test_nowhere),
        cmocka_unit_test(test_alert_comes_back),
        cmocka_unit_test(test_outbox),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
