/*
 * Called by ingest, every second. Owns nothing: the last figures of a thread stand in its isolate.
 * Invariant: a process costs nothing here while no more of its isolates are awake than it has CPUs.
 * A thread asleep in Atomics.wait is awake by its isolate's books but not by the kernel's.
 */
#include "daemon/ingest/runnable.h"

#include "base/proc.h"

#include <math.h>
#include <sched.h>
#include <sys/types.h>

#define BUSY      0.5 /* of the time awake */
#define STALE_NS  UINT64_C(5000000000) /* an older figure is no start of an interval */

/* CPUs its main thread may run on; a quota of a cgroup is not looked at. */
static double count_cpus(uint64_t pid)
{
    cpu_set_t set;

    return sched_getaffinity((pid_t)pid, sizeof set, &set) == 0 ? CPU_COUNT(&set) : NAN;
}

static bool is_busy(const struct isolate *isolate)
{
    return !isolate->has_ended && isolate->event_loop_utilization >= BUSY;
}

/* Its share of the time since it was last looked at: 0 to 1 and NaN. */
static double share_of(struct isolate *isolate, uint64_t now_ns)
{
    uint64_t ran, waited, at = isolate->cpu.at_ns, before = isolate->cpu.used_ns;

    if (proc_thread_time(isolate->process->pid, isolate->tid, &ran, &waited) < 0) {
        return NAN;
    }
    isolate->cpu.at_ns = now_ns;
    isolate->cpu.used_ns = ran + waited;
    if (at == 0 || now_ns <= at || now_ns - at > STALE_NS || ran + waited < before) {
        return 0;
    }
    return fmin(1, (double)(ran + waited - before) / (double)(now_ns - at));
}

void runnable_tick(struct model *model, uint64_t now_ns)
{
    for (size_t i = 0; i < model->process_count; i++) {
        model->processes[i]->busy = 0;
        model->processes[i]->runnable = 0;
    }
    for (size_t i = 0; i < model->isolate_count; i++) {
        model->isolates[i]->process->busy += is_busy(model->isolates[i]);
    }
    for (size_t i = 0; i < model->process_count; i++) {
        struct process *process = model->processes[i];
        if (process->busy > 1 && process->ended_at == 0) {
            process->cpus = count_cpus(process->pid);
        }
    }
    for (size_t i = 0; i < model->isolate_count; i++) {
        struct isolate *isolate = model->isolates[i];
        struct process *process = isolate->process;
        if (is_busy(isolate) && process->busy > process->cpus) {
            process->runnable += share_of(isolate, now_ns);
        }
    }
}
