/* Secrets in files: what is taken, what is refused with its reason, and what is never repeated. */
#include "base/secret.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static char path[] = "/tmp/isoscope-secret-XXXXXX";

static void write_file(const char *content, size_t size)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(content, 1, size, file), size);
    fclose(file);
}

static void assert_line(const char *content, const char *expected)
{
    struct error error = {""};
    char *text = NULL;
    write_file(content, strlen(content));
    int code = secret_read_line("key", path, &text, &error);
    if (expected == NULL) {
        assert_int_equal(code, -EINVAL);
        assert_null(text);
        assert_non_null(strstr(error.text, "key: /tmp/isoscope-secret-"));
        assert_null(strstr(error.text, "hidden"));
    } else {
        assert_int_equal(code, 0);
        assert_string_equal(text, expected);
    }
    secret_forget(&text);
    assert_null(text);
}

static void a_line_is_taken_without_the_space_around_it(void **state)
{
    (void)state;
    assert_line("token", "token");
    assert_line(" \t a pass word\r\n\n", "a pass word");
    assert_line("p\xc3\xa4ss", "p\xc3\xa4ss");
}

static void what_is_no_line_is_refused(void **state)
{
    (void)state;
    assert_line("", NULL);
    assert_line(" \r\n", NULL);
    assert_line("hidden\r\nX-Other: header", NULL);
    assert_line("hidden\x7f", NULL);
    assert_line("hidden\x01", NULL);
}

static void whole_files(void **state)
{
    (void)state;
    struct error error;
    char *text = NULL;
    char *large = calloc(1, SECRET_BYTES_MAX + 1);
    memset(large, 'x', SECRET_BYTES_MAX + 1);
    write_file(large, SECRET_BYTES_MAX);
    assert_int_equal(secret_read("key", path, &text, &error), 0);
    assert_int_equal(strlen(text), SECRET_BYTES_MAX);
    secret_forget(&text);
    write_file(large, SECRET_BYTES_MAX + 1);
    assert_int_equal(secret_read("key", path, &text, &error), -EINVAL);
    assert_non_null(strstr(error.text, "File too large"));
    assert_int_equal(secret_read("key", "/nowhere/x", &text, &error), -EINVAL);
    assert_string_equal(error.text, "key: /nowhere/x: No such file or directory");
    assert_int_equal(secret_read("key", "/", &text, &error), -EINVAL);
    assert_null(text);
    secret_forget(&text);
    free(large);
}

static int make_file(void **state)
{
    (void)state;
    int fd = mkstemp(path);
    return fd < 0 ? -1 : close(fd);
}

static int remove_file(void **state)
{
    (void)state;
    return unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_is_taken_without_the_space_around_it),
        cmocka_unit_test(what_is_no_line_is_refused),
        cmocka_unit_test(whole_files),
    };
    return cmocka_run_group_tests(tests, make_file, remove_file);
}
