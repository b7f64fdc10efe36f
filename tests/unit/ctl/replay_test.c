/* Recorded samples: what is refused and where, alarms against the truth, the daemon's settings. */
#include "ctl/replay.h"
#include "ctl/replay_config.h"

#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static char path[] = "/tmp/isoscope-replay-XXXXXX";

static void write_file(const char *text, size_t size)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

static int run(const char *text, struct score_summary *summary, struct error *error)
{
    struct replay replay;
    write_file(text, strlen(text));
    replay_init(&replay, &drift_options_default);
    int code = replay_file(&replay, path, error);
    if (code == 0) {
        code = replay_finish(&replay, summary, error);
    }
    replay_fini(&replay);
    return code;
}

static void malformed_lines_are_refused_with_their_place(void **state)
{
    (void)state;
    static const struct {
        const char *text, *line, *what;
    } cases[] = {
        {"{\"t\":1,\"isolate\":\"a\",\"live\":5}\n\n", ":2: ", "not JSON"},
        {"[1]\n", ":1: ", "must be an object"},
        {"{\"t\":1,\"live\":5}\n", ":1: ", "\"isolate\""},
        {"{\"t\":1,\"isolate\":7,\"live\":5}\n", ":1: ", "\"isolate\""},
        {"{\"t\":1,\"isolate\":\"\",\"live\":5}\n", ":1: ", "\"isolate\""},
        {"{\"isolate\":\"a\",\"live\":5}\n", ":1: ", "\"t\""},
        {"{\"t\":\"1\",\"isolate\":\"a\",\"live\":5}\n", ":1: ", "\"t\" must be a number"},
        {"{\"t\":1,\"isolate\":\"a\"}\n", ":1: ", "\"live\""},
        {"{\"t\":1,\"isolate\":\"a\",\"live\":-1}\n", ":1: ", "\"live\""},
        {"{\"t\":1,\"isolate\":\"a\",\"live\":1e16}\n", ":1: ", "\"live\""},
        {"{\"t\":1,\"isolate\":\"a\",\"live\":5,\"limit\":0}\n", ":1: ", "\"limit\""},
        {"{\"t\":1,\"isolate\":\"a\",\"live\":5,\"job\":3}\n", ":1: ", "\"job\""},
        {"{\"t\":1,\"t\":2,\"isolate\":\"a\",\"live\":5}\n", ":1: ", "not JSON"},
        {"{\"t\":1,\"isolate\":\"a\",\"event\":\"gc\"}\n", ":1: ", "\"event\""},
        {"{\"t\":2,\"isolate\":\"a\",\"live\":5}\n{\"t\":1,\"isolate\":\"a\",\"live\":5}\n",
         ":2: ", "before this isolate's last"},
        {"{\"label\":\"odd\",\"isolate\":\"a\"}\n", ":1: ", "\"label\""},
        {"{\"label\":\"leak\",\"isolate\":\"a\",\"from\":3,\"to\":2}\n", ":1: ", "\"to\""},
        {"{\"t\":1,\"isolate\":\"b\",\"live\":5}\n{\"label\":\"clean\",\"isolate\":\"a\"}\n",
         ":2: ", "no samples"},
        {"{\"label\":\"clean\",\"isolate\":\"a\"}\n{\"label\":\"leak\",\"isolate\":\"a\"}\n",
         ":2: ", "a label already"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct score_summary summary;
        struct error error = {""};
        int code = run(cases[i].text, &summary, &error);
        print_message("%s\n", error.text);
        assert_int_equal(code, -EINVAL);
        assert_memory_equal(error.text, path, strlen(path));
        assert_memory_equal(error.text + strlen(path), cases[i].line, strlen(cases[i].line));
        assert_non_null(strstr(error.text, cases[i].what));
    }
}

static void long_lines_and_zero_bytes_are_refused(void **state)
{
    (void)state;
    static char text[TRACE_LINE_MAX + 100];
    struct replay replay;
    struct error error;

    memset(text, ' ', sizeof text);
    write_file(text, sizeof text);
    replay_init(&replay, &drift_options_default);
    assert_int_equal(replay_file(&replay, path, &error), -EINVAL);
    assert_non_null(strstr(error.text, ":1: longer than"));

    static const char zero[] = "{\"t\":1,\"isolate\":\"a\",\"live\":5}\0x\n";
    write_file(zero, sizeof zero - 1);
    assert_int_equal(replay_file(&replay, path, &error), -EINVAL);
    assert_non_null(strstr(error.text, ":1: holds a zero byte"));
    assert_int_equal(replay_file(&replay, "/nowhere/at/all", &error), -ENOENT);
    replay_fini(&replay);
}

static void a_last_line_without_an_end_counts(void **state)
{
    (void)state;
    struct score_summary summary;
    struct error error;
    assert_int_equal(run("{\"t\":1,\"isolate\":\"a\",\"live\":null,\"odd\":[]}", &summary, &error),
                     0);
    assert_int_equal(summary.isolates, 1);
}

struct script { /* lines of two isolates: one leaks from job 100 on, is fixed at 160; one is clean
                 */
    char text[200000];
    size_t used;
};

static void append(struct script *script, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    script->used += (size_t)vsnprintf(script->text + script->used,
                                      sizeof script->text - script->used, format, arguments);
    va_end(arguments);
}

static void write_samples(struct script *script, int jobs)
{
    for (int job = 0; job < jobs; job++) {
        int kept = job < 100 ? 0 : job < 160 ? job - 100 : 0;
        append(script,
               "{\"t\":%d,\"isolate\":\"ill\",\"job\":\"%s\",\"live\":%d,\"limit\":268435456}\n"
               "{\"t\":%d,\"isolate\":\"well\",\"live\":%d,\"limit\":268435456}\n",
               job, "resize", 10000000 + kept * 1500000 + job % 7 * 1000, job,
               10000000 + job % 5 * 10000);
    }
}

static const char labels[] =
    "{\"label\":\"leak\",\"isolate\":\"ill\",\"from\":100,\"to\":159,\"job\":\"resize\","
    "\"bytes_per_job\":1500000}\n{\"label\":\"clean\",\"isolate\":\"well\"}\n";

static void check_found(const struct score_summary *summary)
{
    assert_int_equal(summary->isolates, 2);
    assert_int_equal(summary->leaks, 1);
    assert_int_equal(summary->true_positives, 1);
    assert_int_equal(summary->false_positives, 0);
    assert_true(summary->precision >= 1 && summary->recall >= 1);
    assert_true(summary->median_delay_jobs >= 4 && summary->median_delay_jobs <= 14);
    assert_true(summary->named >= 1 && summary->resolved >= 1);
    assert_true(summary->slope_error < 0.05);
    assert_true(summary->median_headroom_used > 0.02 && summary->median_headroom_used < 0.1);
    assert_true(fabs(summary->clean_jobs - (300 + 240)) < 0.5);
}

static void the_truth_may_come_first_or_last(void **state)
{
    (void)state;
    static struct script first, last;
    struct score_summary summary;
    struct error error;

    first.used = last.used = 0;
    append(&first, "%s", labels);
    write_samples(&first, 300);
    write_samples(&last, 300);
    append(&last, "%s", labels);
    assert_int_equal(run(first.text, &summary, &error), 0);
    check_found(&summary);
    assert_int_equal(run(last.text, &summary, &error), 0);
    check_found(&summary);
}

static void alarms_outside_the_truth_are_false(void **state)
{
    (void)state;
    static struct script script;
    struct score_summary summary;
    struct error error;

    script.used = 0;
    append(&script, "{\"label\":\"clean\",\"isolate\":\"ill\"}\n"
                    "{\"label\":\"leak\",\"isolate\":\"well\",\"from\":0}\n");
    write_samples(&script, 300);
    assert_int_equal(run(script.text, &summary, &error), 0);
    assert_int_equal(summary.false_positives, 1);
    assert_int_equal(summary.false_negatives, 1);
    assert_int_equal(summary.true_positives, 0);
    assert_true(summary.precision <= 0 && summary.recall <= 0);
    assert_true(isnan(summary.median_delay_jobs));
    assert_true(fabs(summary.false_alarms_per_worker_day - 86400.0 / 300) < 1);

    script.used = 0; /* before it began */
    append(&script, "{\"label\":\"leak\",\"isolate\":\"ill\",\"from\":150}\n");
    write_samples(&script, 300);
    assert_int_equal(run(script.text, &summary, &error), 0);
    assert_int_equal(summary.false_positives, 1);
    assert_int_equal(summary.false_negatives, 1);
}

static void the_configuration_of_the_daemon_is_read(void **state)
{
    (void)state;
    static const struct {
        const char *text, *what; /* NULL: is taken */
    } cases[] = {
        {"http:\n  listen: 1\ndrift:\n  band: 7%\n  min_jobs: 12\n  bytes_per_job: 4KiB\n", NULL},
        {"", NULL},
        {"drift:\n", NULL},
        {"drift:\n  band: 70%\n", ":2:9: band: write"},
        {"drift:\n  min_jobs: 8.5\n", ":2:13: min_jobs: write"},
        {"drift:\n  bytes_per_job: 4 elephants\n", ":2:18: bytes_per_job: write"},
        {"drift: 5\n", ":1:8: drift: write"},
        {"drift: [\n", "not YAML"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct drift_options options = drift_options_default;
        struct error error = {""};
        write_file(cases[i].text, strlen(cases[i].text));
        int code = replay_config_load(path, &options, &error);
        print_message("%s\n", error.text);
        assert_int_equal(code, cases[i].what == NULL ? 0 : -EINVAL);
        assert_true(cases[i].what == NULL || strstr(error.text, cases[i].what) != NULL);
        if (i == 0) {
            assert_true(fabs(options.band - 0.07) < 1e-9 && options.min_jobs == 12 &&
                        fabs(options.min_bytes_per_job - 4096) < 1e-9);
        }
    }
}

static int teardown(void **state)
{
    (void)state;
    return unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(malformed_lines_are_refused_with_their_place),
        cmocka_unit_test(long_lines_and_zero_bytes_are_refused),
        cmocka_unit_test(a_last_line_without_an_end_counts),
        cmocka_unit_test(the_truth_may_come_first_or_last),
        cmocka_unit_test(alarms_outside_the_truth_are_false),
        cmocka_unit_test(the_configuration_of_the_daemon_is_read),
    };
    int file = mkstemp(path);
    if (file < 0) {
        return 1;
    }
    close(file);
    return cmocka_run_group_tests(tests, NULL, teardown);
}
