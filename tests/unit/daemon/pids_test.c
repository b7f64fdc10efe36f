/*
 * Who had a pid first is known after a restart, and forgotten after a reboot.
 */
#include "daemon/ingest/pids.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

static char directory[64];

static int make_directory(void **state)
{
    (void)state;
    snprintf(directory, sizeof directory, "/tmp/isoscope-pids-XXXXXX");
    assert_non_null(mkdtemp(directory));
    return 0;
}

static int remove_directory(void **state)
{
    (void)state;
    char command[128];
    snprintf(command, sizeof command, "rm -rf %s", directory);
    return system(command);
}

static void test_restart(void **state)
{
    (void)state;
    struct pids *pids = pids_open(directory);
    assert_false(pids_is_reused(pids, 71, 1000));
    assert_false(pids_is_reused(pids, 71, 1000));
    assert_true(pids_is_reused(pids, 71, 2000));
    assert_false(pids_is_reused(pids, 72, 2000));
    pids_close(&pids);
    pids = pids_open(directory);
    assert_false(pids_is_reused(pids, 71, 1000));
    assert_true(pids_is_reused(pids, 71, 2000));
    assert_true(pids_is_reused(pids, 72, 3000));
    pids_close(&pids);
}

static void test_reboot_and_garbage(void **state)
{
    (void)state;
    char path[96];
    snprintf(path, sizeof path, "%s/pids", directory);
    FILE *file = fopen(path, "w");
    fputs("00000000-of-another-boot\n71 1000\n", file);
    fclose(file);
    struct pids *pids = pids_open(directory);
    assert_false(pids_is_reused(pids, 71, 5));
    pids_close(&pids);
    pids = pids_open(directory);
    assert_true(pids_is_reused(pids, 71, 1000));
    pids_close(&pids);
    file = fopen(path, "a");
    fputs("garbage\n-1\n72\n73 9", file); /* cut off in the middle */
    fclose(file);
    pids = pids_open(directory);
    assert_true(pids_is_reused(pids, 71, 1000));
    assert_false(pids_is_reused(pids, 72, 1));
    pids_close(&pids);
}

static void test_without_directory(void **state)
{
    (void)state;
    struct pids *pids = pids_open(NULL);
    assert_false(pids_is_reused(pids, 71, 1000));
    assert_true(pids_is_reused(pids, 71, 1001));
    pids_close(&pids);
    pids = pids_open("/proc/no/such/place");
    assert_non_null(pids);
    assert_false(pids_is_reused(pids, 71, 1000));
    pids_close(&pids);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_restart, make_directory, remove_directory),
        cmocka_unit_test_setup_teardown(test_reboot_and_garbage, make_directory, remove_directory),
        cmocka_unit_test(test_without_directory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
