/*
 * Memory that runs out under the detector: a name that finds none is counted, the others go on.
 */
#include "detect/drift.h"
#include "tests/unit/failing_memory.h"
#include "tests/unit/detect/shapes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#ifdef FAILING_MEMORY_SKIPPED
int main(void)
{
    puts("SKIPPED: the sanitizer owns the allocator");
    return 0;
}
#else

#define NAMES 3
#define JOBS  120

/* True when every name found memory. */
static bool use_drift(void)
{
    struct noise noise = {1};
    struct drift *drift = drift_new(NULL);
    if (drift == NULL) {
        return false;
    }
    for (int job = 0; job < JOBS; job++) {
        struct drift_sample sample = {.job = (uint32_t)job % NAMES,
                                      .live = 10 * MB + job * MB + noise_normal(&noise) * MB / 4,
                                      .limit = 256 * MB};
        drift_add(drift, &sample);
    }
    struct drift_verdict verdict;
    drift_get(drift, &verdict);
    assert_int_equal(verdict.state, DRIFT_RISING);
    assert_true(drift_ignored(drift) <= 1);
    bool is_whole = drift_ignored(drift) == 0 && drift_job_count(drift) == NAMES;
    drift_free(&drift);
    return is_whole;
}

static void check(bool is_right)
{
    assert_true(is_right);
}

static void test_a_detector_without_memory(void **state)
{
    (void)state;
    assert_int_equal(fail_each_allocation(use_drift, check), 1 + NAMES);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_detector_without_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#endif
