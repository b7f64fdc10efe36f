/*
 * The keeping of history while every allocation in turn fails, SQLite's own among them: nothing
 * leaks, nothing crashes, and what is asked afterwards is answered or called failed.
 */
#include "tests/unit/failing_memory.h"

#include "base/clock.h"
#include "base/log.h"
#include "daemon/history/keeper.h"
#include "daemon/history/recall.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#ifdef FAILING_MEMORY_SKIPPED

static void test_each_allocation(void **state)
{
    (void)state;
    skip();
}

#else

#define T0 1700000100.0

static char directory[] = "/dev/shm/isoscope-memory-XXXXXX"; /* where writing costs nothing */

static void remove_files(void)
{
    static const char *const names[] = {"history.db", "history.db-wal", "history.db-shm",
                                        "history.db.corrupt", "history.db.corrupt-wal"};
    char path[128];

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        snprintf(path, sizeof path, "%s/%s", directory, names[i]);
        unlink(path);
    }
}

/* False without memory. */
static bool tick(struct keeper *keeper, int second)
{
    struct keeper_batch batch = {.t = T0 + second,
                                 .now_ns = (uint64_t)(second + 1) * CLOCK_NS_PER_S,
                                 .limits = {{3600, 86400}, 5, 16u << 20},
                                 .entry_count = 2};
    bytes_init(&batch.data, 0);
    for (uint32_t i = 1; i <= 2; i++) {
        char name[32];
        const double values[7] = {second, NAN, NAN, NAN, NAN, NAN, i};
        struct keeper_entry entry = {i, HISTORY_PROCESS, 7, sizeof name};
        snprintf(name, sizeof name, "process:%u", i);
        bytes_append(&batch.data, &entry, sizeof entry);
        bytes_append(&batch.data, values, sizeof values);
        bytes_append(&batch.data, name, sizeof name);
    }
    bool is_whole = !batch.data.is_failed;
    if (is_whole) {
        keeper_take(keeper, &batch);
    }
    bytes_fini(&batch.data);
    return is_whole;
}

static bool ask(struct keeper *keeper)
{
    struct query *query = query_new(1);

    if (query == NULL) {
        return false;
    }
    query->from = T0;
    query->to = T0 + 70;
    query->step = 1;
    query->max = 100;
    snprintf(query->items[0].name, QUERY_NAME_MAX, "process:1");
    recall_answer(keeper, query);
    bool is_whole = query->items[0].is_known && query->items[0].count > 0;
    query_free(&query);
    return is_whole;
}

static bool use(void)
{
    const double steps[DISK_LEVELS] = {1, 15};
    struct keeper *keeper = keeper_new(directory, steps);
    struct keeper_status status;
    bool is_whole = keeper != NULL;

    for (int second = 0; keeper != NULL && second < 70; second += second == 3 ? 55 : 1) {
        is_whole = tick(keeper, second) && is_whole;
    }
    if (keeper != NULL) {
        ask(keeper);
        keeper_save(keeper, true);
        keeper_get_status(keeper, &status);
        is_whole = is_whole && ask(keeper) && status.state == KEEPER_OK;
    }
    keeper_free(&keeper);
    remove_files();
    return is_whole;
}

static void check(bool is_balanced)
{
    assert_true(is_balanced);
}

static void test_each_allocation(void **state)
{
    (void)state;
    log_init("test", LOG_ERROR);
    if (mkdtemp(directory) == NULL) {
        memcpy(directory, "/tmp/isoscope-memory-XXXXXX", sizeof "/tmp/isoscope-memory-XXXXXX");
        assert_non_null(mkdtemp(directory));
    }
    long visited = fail_each_allocation(use, check);
    print_message("%ld allocations\n", visited);
    assert_true(visited > 50);
    assert_int_equal(rmdir(directory), 0);
}

#endif

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_each_allocation)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
