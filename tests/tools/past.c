/*
 * A past for tests: writes a history.db as a collector that ran for hours leaves it, by the
 * collector's own keeper, second by second. A wave of the day, a saw-tooth of jobs on it, one hole
 * of 40 minutes ten hours before the end.
 * usage: past DIRECTORY END HOURS SERIES...    END in Unix seconds; isolate:ID or budget:NAME
 */
#include "base/clock.h"
#include "daemon/history/keeper.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NAME_BYTES  64
#define HOLE_BEGINS 36000 /* seconds before the end */
#define HOLE_ENDS   33600
#define DAY         86400
#define MIB         1048576.0

static bool is_isolate(const char *name)
{
    return strncmp(name, "isolate:", 8) == 0;
}

/* A heap that follows the day and is collected every minute. */
static double heap_at(double t)
{
    return floor((40 + 20 * sin(2 * 3.14159265 * t / DAY)) * MIB + fmod(t, 60) * 131072);
}

static unsigned write_values(const char *name, double t, double values[HISTORY_METRICS_MAX])
{
    double heap = heap_at(t), live = heap - fmod(t, 60) * 131072;

    if (is_isolate(name)) {
        double of_isolate[] = {heap, heap + MIB, live, 65536};
        memcpy(values, of_isolate, sizeof of_isolate);
        return 4;
    }
    double of_budget[] = {heap + 12 * MIB, heap + 20 * MIB, heap, 2 * MIB, 4 * MIB, 0, 6 * MIB};
    memcpy(values, of_budget, sizeof of_budget);
    return 7;
}

static void put(struct keeper_batch *batch, uint32_t number, const char *name, bool is_first)
{
    double values[HISTORY_METRICS_MAX];
    char padded[NAME_BYTES] = "";
    unsigned count = write_values(name, batch->t, values);
    struct keeper_entry entry = {
        number, is_isolate(name) ? HISTORY_ISOLATE : HISTORY_BUDGET, (uint8_t)count,
        is_first ? NAME_BYTES : 0};

    snprintf(padded, sizeof padded, "%s", name);
    bytes_append(&batch->data, &entry, sizeof entry);
    bytes_append(&batch->data, values, count * sizeof *values);
    bytes_append(&batch->data, padded, entry.name_bytes);
    batch->entry_count++;
}

static void fill(struct keeper *keeper, double end, double seconds, char **names, uint32_t count)
{
    struct keeper_batch batch = {.limits = {{3600, 400.0 * DAY}, 600, UINT64_C(1) << 30}};

    for (double before = seconds; before > 0; before--) {
        if (before <= HOLE_BEGINS && before > HOLE_ENDS) {
            continue;
        }
        bytes_clear(&batch.data);
        batch.entry_count = 0;
        batch.t = end - before;
        batch.now_ns = (uint64_t)(seconds - before + 1) * CLOCK_NS_PER_S;
        for (uint32_t i = 0; i < count; i++) {
            put(&batch, i + 1, names[i], before == seconds);
        }
        keeper_take(keeper, &batch);
    }
    keeper_save(keeper, true);
    bytes_fini(&batch.data);
}

int main(int argc, char **argv)
{
    static const double steps[DISK_LEVELS] = {1, 15};
    struct keeper_status status;

    if (argc < 5) {
        fprintf(stderr, "usage: past DIRECTORY END HOURS SERIES...\n");
        return 2;
    }
    struct keeper *keeper = keeper_new(argv[1], steps);
    if (keeper == NULL) {
        return 1;
    }
    fill(keeper, floor(strtod(argv[2], NULL)), 3600 * strtod(argv[3], NULL), argv + 4,
         (uint32_t)argc - 4);
    keeper_get_status(keeper, &status);
    if (status.state != KEEPER_OK || status.lost > 0) {
        fprintf(stderr, "past: %s\n", status.error);
        return 1;
    }
    printf("{\"rows\":%llu,\"bytes\":%llu}\n", (unsigned long long)status.rows,
           (unsigned long long)status.bytes);
    keeper_free(&keeper);
    return 0;
}
