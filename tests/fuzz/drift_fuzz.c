/*
 * Any sequence of samples, as a hostile emitter's job records bring them, into the drift detector:
 * states stay in their list, figures finite or NAN.
 *
 * A step: one byte (bit 7: recycle, bits 0-4: job name, bit 5: a wild value, bit 6: another limit)
 * and two bytes of live heap in KiB, or an index of the wild values.
 */
#include "detect/drift.h"
#include "tests/fuzz/fuzz.h"

#include <math.h>
#include <string.h>

#define STEP_BYTES 3

static const double wild[] = {NAN, INFINITY, -INFINITY, -1, 0, 1e-300, 9.0e15, 9.1e15, 1e300};
#define WILD_COUNT (sizeof wild / sizeof wild[0])

static void check(const struct drift *drift)
{
    struct drift_verdict verdict;
    drift_get(drift, &verdict);
    FUZZ_CHECK((unsigned)verdict.state < DRIFT_STATES);
    FUZZ_CHECK(verdict.confidence >= 0 && verdict.confidence <= 1);
    FUZZ_CHECK(!isinf(verdict.bytes_per_job) && !isinf(verdict.ratio));
    FUZZ_CHECK(!isinf(verdict.jobs_to_limit) && !(verdict.jobs_to_limit < 0));
    FUZZ_CHECK(verdict.onset_job <= verdict.detected_job || verdict.state != DRIFT_RISING);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct drift *drift = drift_new(NULL);
    FUZZ_CHECK(drift != NULL);
    for (size_t i = 0; i + STEP_BYTES <= size; i += STEP_BYTES) {
        uint16_t value;
        memcpy(&value, data + i + 1, sizeof value);
        bool is_wild = data[i] & 0x20;
        struct drift_sample sample = {
            .job = data[i] & 0x1f,
            .live = is_wild ? wild[value % WILD_COUNT] : value * 1024.0,
            .limit = data[i] & 0x40 ? wild[value / 16 % WILD_COUNT] : 64.0 * 1024 * 1024,
            .number = is_wild ? (uint64_t)value * UINT64_C(0x0001000100010001) : 0,
            .t = (double)i,
        };
        if (data[i] & 0x80) {
            drift_recycle(drift, (double)i);
        } else {
            drift_add(drift, &sample);
        }
        check(drift);
    }
    drift_free(&drift);
    return 0;
}
