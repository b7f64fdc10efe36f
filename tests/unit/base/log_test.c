/*
 * Messages, errors, checks and what /proc says: one line each, whatever is put into it.
 */
#include "base/check.h"
#include "base/error.h"
#include "base/log.h"
#include "base/proc.h"

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static int saved_stderr, captured[2];

static void capture(void)
{
    saved_stderr = dup(STDERR_FILENO);
    assert_int_equal(pipe(captured), 0);
    assert_true(dup2(captured[1], STDERR_FILENO) >= 0);
}

/* What was written to stderr since capture(). */
static void release(char *text, size_t size)
{
    dup2(saved_stderr, STDERR_FILENO);
    close(saved_stderr);
    close(captured[1]);
    ssize_t length = read(captured[0], text, size - 1);
    text[length > 0 ? length : 0] = '\0';
    close(captured[0]);
}

static void test_a_message_is_one_line(void **state)
{
    (void)state;
    char text[4096];
    log_init("prog", LOG_INFO);
    capture();
    log_info("named \"%s\"", "evil\nprog: error: forged\r\x1b[2J");
    log_debug("not at this level");
    release(text, sizeof text);
    assert_string_equal(text, "prog: info: named \"evil?prog: error: forged??[2J\"\n");
}

static void test_a_long_message_is_cut(void **state)
{
    (void)state;
    char text[4096], filler[2000];
    memset(filler, 'f', sizeof filler - 1);
    filler[sizeof filler - 1] = '\0';
    capture();
    log_error("%s", filler);
    release(text, sizeof text);
    assert_true(strlen(text) < 1100 && strlen(text) > 900);
    assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1);
}

static void test_levels_have_names(void **state)
{
    (void)state;
    enum log_level level = LOG_ERROR;
    assert_true(log_parse_level("debug", &level));
    assert_int_equal(level, LOG_DEBUG);
    assert_false(log_parse_level("loud", &level));
    assert_false(log_parse_level("", &level));
    assert_int_equal(level, LOG_DEBUG);
}

static void test_an_error_carries_its_code_and_is_cut(void **state)
{
    (void)state;
    struct error error;
    assert_int_equal(error_set(&error, -5, "%s:%d", "file", 7), -5);
    assert_string_equal(error.text, "file:7");
    assert_int_equal(error_set(&error, -1, "%2000d", 1), -1);
    assert_int_equal(strlen(error.text), ERROR_TEXT_MAX - 1);
    assert_int_equal(error_set(NULL, -3, "nobody reads"), -3);
}

static void test_a_failed_check_says_where_and_aborts(void **state)
{
    (void)state;
    char text[512];
    int status;
    capture();
    pid_t child = fork();
    if (child == 0) {
        signal(SIGABRT, SIG_DFL);
        CHECK(1 + 1 == 3);
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    release(text, sizeof text);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
    assert_non_null(strstr(text, "log_test.c:"));
    assert_non_null(strstr(text, "1 + 1 == 3"));
}

static void test_proc_knows_this_process_and_not_that(void **state)
{
    (void)state;
    uint64_t first = 0, again = 1, rss = 0;
    assert_int_equal(proc_start_time((uint64_t)getpid(), &first), 0);
    assert_int_equal(proc_start_time((uint64_t)getpid(), &again), 0);
    assert_true(first > 0 && first == again);
    assert_int_equal(proc_rss((uint64_t)getpid(), &rss), 0);
    assert_true(rss > 4096);
    assert_int_equal(proc_start_time(UINT64_C(1) << 40, &first), -ESRCH);
    assert_int_equal(proc_rss(0, &rss), -ESRCH);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_message_is_one_line),
        cmocka_unit_test(test_a_long_message_is_cut),
        cmocka_unit_test(test_levels_have_names),
        cmocka_unit_test(test_an_error_carries_its_code_and_is_cut),
        cmocka_unit_test(test_a_failed_check_says_where_and_aborts),
        cmocka_unit_test(test_proc_knows_this_process_and_not_that),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
