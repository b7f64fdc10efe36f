/*
 * The exposition of /metrics. Called through the table of routes.c. Owns its labels for one call.
 * Invariant: the samples of a family stand together behind its TYPE, and no series appears twice,
 * which both formats demand.
 */
#include "daemon/views/metrics.h"

#include "daemon/daemon.h"
#include "daemon/views/exposition.h"
#include "daemon/views/metrics_node.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The labels of one series' owner, made once and used by all its families. */
struct owner {
    const void *thing; /* struct isolate or struct process */
    size_t labels;     /* where its labels begin in the pool, NUL at the end */
};

struct exposition {
    const struct daemon *daemon;
    bool is_openmetrics;
    struct bytes *out;
    struct bytes pool; /* labels, one text after another */
    struct owner *isolates, *processes;
    size_t isolate_count, process_count, isolates_cut;
};

/* ---- the format ------------------------------------------------------------------------------ */

const char *metrics_content_type(bool is_openmetrics)
{
    return is_openmetrics ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
                          : "text/plain; version=0.0.4; charset=utf-8";
}

/* The unit at the end of a family's name, as OpenMetrics wants it told; NULL for none. */
static const char *unit_of(const char *family)
{
    static const char *const units[] = {"bytes", "seconds"};
    size_t length = strlen(family);
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        size_t unit = strlen(units[i]);
        if (length > unit && family[length - unit - 1] == '_' &&
            strcmp(family + length - unit, units[i]) == 0) {
            return units[i];
        }
    }
    return NULL;
}

/* `family` without "_total": OpenMetrics names counters so, the older format with it. */
static void write_family(struct exposition *exposition, const char *family, const char *type,
                         const char *help)
{
    bool is_counter = strcmp(type, "counter") == 0;
    const char *suffix = is_counter && !exposition->is_openmetrics ? "_total" : "";
    const char *unit = unit_of(family);
    bytes_append_format(exposition->out, "# HELP isoscope_%s%s %s\n# TYPE isoscope_%s%s %s\n",
                        family, suffix, help, family, suffix, type);
    if (exposition->is_openmetrics && unit != NULL) {
        bytes_append_format(exposition->out, "# UNIT isoscope_%s %s\n", family, unit);
    }
}

/* `labels` may be empty. Nothing is written for what is not known. */
static void write_sample(struct bytes *out, const char *family, const char *suffix,
                         const char *labels, double value)
{
    if (!isfinite(value)) {
        return;
    }
    bytes_append_text(out, "isoscope_");
    bytes_append_text(out, family);
    bytes_append_text(out, suffix);
    if (*labels != '\0') {
        bytes_append_text(out, "{");
        bytes_append_text(out, labels);
        bytes_append_text(out, "}");
    }
    bytes_append_text(out, " ");
    exposition_number(out, value);
    bytes_append_text(out, "\n");
}

static double figure(uint64_t value)
{
    return value != MODEL_UNKNOWN ? (double)value : NAN;
}

/* ---- families as a table --------------------------------------------------------------------- */

enum word { WORD_COUNT, WORD_SIGNED, WORD_DOUBLE, WORD_NS };

struct family {
    const char *name;
    const char *type;
    const char *help;
    enum word word;
    size_t offset;
};

static double read_word(const struct family *family, const void *thing)
{
    const char *at = (const char *)thing + family->offset;
    uint64_t word;
    double value;

    memcpy(&word, at, sizeof word);
    memcpy(&value, at, sizeof value);
    switch (family->word) {
    case WORD_COUNT:
        return figure(word);
    case WORD_SIGNED:
        return (int64_t)word != INT64_MIN ? (double)(int64_t)word : NAN;
    case WORD_NS:
        return figure(word) / 1e9;
    default:
        return value;
    }
}

#define ISOLATE(name, type, field, word, help)                                                     \
    {                                                                                              \
        "isolate_" name, type, help, WORD_##word, offsetof(struct isolate, field)                  \
    }
static const struct family isolate_families[] = {
    ISOLATE("heap_used_bytes", "gauge", heap.used, COUNT, "Heap handed out."),
    ISOLATE("heap_total_bytes", "gauge", heap.total, COUNT, "Heap committed."),
    ISOLATE("heap_limit_bytes", "gauge", heap.limit, COUNT, "Cap on the committed heap."),
    ISOLATE("heap_peak_bytes", "gauge", heap.peak, COUNT, "Highest committed heap."),
    ISOLATE("heap_live_bytes", "gauge", heap.live, COUNT,
            "Heap in use right after the last full collection."),
    ISOLATE("external_bytes", "gauge", external, COUNT,
            "Native memory owned by objects, without shared stores."),
    ISOLATE("array_buffers_bytes", "gauge", array_buffers, COUNT,
            "The part of external that backs array buffers."),
    ISOLATE("shared_bytes", "gauge", shared, COUNT, "Shared stores the isolate can see."),
    ISOLATE("rss_attributed_bytes", "gauge", rss_attributed, COUNT,
            "Resident bytes of the heap where measured."),
    ISOLATE("queued_bytes", "gauge", messages.queued_bytes, COUNT,
            "Bytes of messages waiting for the isolate."),
    ISOLATE("jobs", "counter", jobs, COUNT, "Jobs ended."),
    ISOLATE("gc", "counter", gc.count, COUNT, "Collections."),
    ISOLATE("gc_seconds", "counter", gc.seconds, DOUBLE, "Time in collections."),
    ISOLATE("clones", "counter", clone.count, COUNT, "Messages serialized."),
    ISOLATE("clone_bytes", "counter", clone.bytes, COUNT, "Bytes serialized."),
    ISOLATE("transfers", "counter", transfer.count, COUNT, "Buffers received by transfer."),
    ISOLATE("transfer_bytes", "counter", transfer.bytes, COUNT, "Bytes received by transfer."),
    ISOLATE("detaches", "counter", detach.count, COUNT, "Buffers given away by transfer."),
    ISOLATE("detach_bytes", "counter", detach.bytes, COUNT, "Bytes given away by transfer."),
};
#undef ISOLATE

#define PROCESS(name, type, field, word, help)                                                     \
    {                                                                                              \
        "process_" name, type, help, WORD_##word, offsetof(struct process, field)                  \
    }
static const struct family process_families[] = {
    PROCESS("rss_bytes", "gauge", rss, COUNT, "Resident memory."),
    PROCESS("heap_used_bytes", "gauge", heap_used, COUNT, "Heap handed out, all isolates."),
    PROCESS("heap_total_bytes", "gauge", heap_total, COUNT, "Heap committed, all isolates."),
    PROCESS("external_bytes", "gauge", external, COUNT,
            "Native memory owned by objects, all isolates."),
    PROCESS("shared_bytes", "gauge", shared, COUNT, "Shared stores, each counted once."),
    PROCESS("queued_bytes", "gauge", queued_bytes, COUNT, "Bytes of messages in flight."),
    PROCESS("unattributed_bytes", "gauge", unattributed, SIGNED,
            "Resident memory that nothing above explains; below zero when heap is not resident."),
    PROCESS("jobs", "counter", totals.jobs, COUNT, "Jobs ended, dead isolates included."),
    PROCESS("gc", "counter", totals.gc_count, COUNT, "Collections, dead isolates included."),
    PROCESS("gc_seconds", "counter", totals.gc_time, NS,
            "Time in collections, dead isolates included."),
    PROCESS("clones", "counter", totals.clones, COUNT,
            "Messages serialized, dead isolates included."),
    PROCESS("clone_bytes", "counter", totals.clone_bytes, COUNT,
            "Bytes serialized, dead isolates included."),
    PROCESS("transfers", "counter", totals.transfers, COUNT,
            "Buffers received by transfer, dead isolates included."),
    PROCESS("transfer_bytes", "counter", totals.transfer_bytes, COUNT,
            "Bytes received by transfer, dead isolates included."),
    PROCESS("detaches", "counter", totals.detaches, COUNT,
            "Buffers given away by transfer, dead isolates included."),
    PROCESS("detach_bytes", "counter", totals.detach_bytes, COUNT,
            "Bytes given away by transfer, dead isolates included."),
    PROCESS("spawns", "counter", totals.spawns, COUNT, "Isolates created."),
    PROCESS("exits", "counter", totals.exits, COUNT, "Isolates ended."),
    PROCESS("ooms", "counter", totals.ooms, COUNT, "Isolates that died of their limit."),
};
#undef PROCESS

static void write_owned(struct exposition *exposition, const struct family *family,
                        const struct owner *owners, size_t count)
{
    const char *suffix = strcmp(family->type, "counter") == 0 ? "_total" : "";
    write_family(exposition, family->name, family->type, family->help);
    for (size_t i = 0; i < count; i++) {
        write_sample(exposition->out, family->name, suffix,
                     (const char *)exposition->pool.data + owners[i].labels,
                     read_word(family, owners[i].thing));
    }
}

/* ---- owners ---------------------------------------------------------------------------------- */

static int compare_size(const void *a, const void *b)
{
    const struct isolate *x = ((const struct owner *)a)->thing;
    const struct isolate *y = ((const struct owner *)b)->thing;
    uint64_t x_used = x->heap.used != MODEL_UNKNOWN ? x->heap.used : 0;
    uint64_t y_used = y->heap.used != MODEL_UNKNOWN ? y->heap.used : 0;
    return (x_used < y_used) - (x_used > y_used);
}

static void write_process_labels(struct bytes *pool, const struct process *process)
{
    exposition_label(pool, "process", process->name);
    bytes_append_format(pool, ",pid=\"%" PRIu64 "\"", process->pid);
}

/* Living isolates, largest first, cut at metrics.isolates. */
static bool collect_isolates(struct exposition *exposition)
{
    const struct model *model = &exposition->daemon->model;
    size_t max = exposition->daemon->config->metrics.isolates;
    size_t count = 0;

    exposition->isolates = calloc(model->isolate_count + 1, sizeof *exposition->isolates);
    if (exposition->isolates == NULL) {
        return false;
    }
    for (size_t i = 0; i < model->isolate_count; i++) {
        if (!model->isolates[i]->has_ended && model->isolates[i]->is_counted) {
            exposition->isolates[count++].thing = model->isolates[i];
        }
    }
    qsort(exposition->isolates, count, sizeof *exposition->isolates, compare_size);
    exposition->isolate_count = count < max ? count : max;
    exposition->isolates_cut = count - exposition->isolate_count;
    for (size_t i = 0; i < exposition->isolate_count; i++) {
        const struct isolate *isolate = exposition->isolates[i].thing;
        exposition->isolates[i].labels = exposition->pool.size;
        write_process_labels(&exposition->pool, isolate->process);
        bytes_append_text(&exposition->pool, ",");
        exposition_label(&exposition->pool, "isolate", isolate->id);
        bytes_append_text(&exposition->pool, ",");
        exposition_label(&exposition->pool, "name", isolate->name);
        bytes_append(&exposition->pool, "", 1);
    }
    return true;
}

/* Every process once: of several with one pid, the latest. */
static bool collect_processes(struct exposition *exposition)
{
    const struct model *model = &exposition->daemon->model;

    exposition->processes = calloc(model->process_count + 1, sizeof *exposition->processes);
    if (exposition->processes == NULL) {
        return false;
    }
    for (size_t i = 0; i < model->process_count; i++) {
        const struct process *process = model->processes[i];
        if (!process->is_counted || model_find_process(model, process->pid) != process) {
            continue;
        }
        struct owner *owner = &exposition->processes[exposition->process_count++];
        owner->thing = process;
        owner->labels = exposition->pool.size;
        write_process_labels(&exposition->pool, process);
        bytes_append(&exposition->pool, "", 1);
    }
    return true;
}

/* ---- families that are no table -------------------------------------------------------------- */

/* What the kernel counts of the processes that a probe reads it of, by kind. */
struct kernel_word {
    const char *kind;
    size_t offset; /* in struct process */
};

static void write_kernel_words(struct exposition *exposition, const char *family, const char *type,
                               const char *help, const struct kernel_word *words, size_t count)
{
    const char *suffix = strcmp(type, "counter") == 0 ? "_total" : "";

    write_family(exposition, family, type, help);
    for (size_t i = 0; i < exposition->process_count; i++) {
        const struct process *process = exposition->processes[i].thing;
        for (size_t w = 0; w < count && model_has_kernel_words(process); w++) {
            uint64_t value;
            memcpy(&value, (const char *)process + words[w].offset, sizeof value);
            bytes_append_format(exposition->out, "isoscope_%s%s{%s,kind=\"%s\"} ", family, suffix,
                                (const char *)exposition->pool.data + exposition->processes[i].labels,
                                words[w].kind);
            exposition_number(exposition->out, (double)value);
            bytes_append_text(exposition->out, "\n");
        }
    }
}

static void write_kernel(struct exposition *exposition)
{
#define WORD(kind, field) {kind, offsetof(struct process, totals.field)}
    static const struct kernel_word memory[] = {
        WORD("anon", rss_anon),     WORD("file", rss_file),           WORD("shmem", rss_shmem),
        WORD("swapped", swapped),   WORD("page_tables", page_tables), WORD("mapped", mapped),
        WORD("peak_rss", rss_peak), WORD("peak_mapped", mapped_peak),
    };
    static const struct kernel_word faults[] = {WORD("minor", faults_minor),
                                                WORD("major", faults_major)};
#undef WORD

    write_kernel_words(exposition, "process_memory_bytes", "gauge",
                       "Memory as the kernel counts it; of processes that isoprobe watches.", memory,
                       sizeof memory / sizeof *memory);
    write_kernel_words(exposition, "process_page_faults", "counter",
                       "Page faults; of processes that isoprobe watches.", faults,
                       sizeof faults / sizeof *faults);
}

static void write_drift(struct exposition *exposition)
{
    static const char *const names[] = {"isolate_drift_bytes_per_job", "isolate_drift_ratio"};
    static const char *const helps[] = {"Growth of live heap per job of the worst job name.",
                                        "Live heap divided by its baseline."};
    for (int which = 0; which < 2; which++) {
        write_family(exposition, names[which], "gauge", helps[which]);
        for (size_t i = 0; i < exposition->isolate_count; i++) {
            const struct isolate *isolate = exposition->isolates[i].thing;
            struct drift_verdict verdict;
            if (isolate->drift != NULL) {
                drift_get(isolate->drift, &verdict);
                write_sample(exposition->out, names[which], "",
                             (const char *)exposition->pool.data + exposition->isolates[i].labels,
                             which == 0 ? verdict.bytes_per_job : verdict.ratio);
            }
        }
    }
}

static void write_process_isolates(struct exposition *exposition)
{
    write_family(exposition, "process_isolates", "gauge", "Living isolates.");
    for (size_t i = 0; i < exposition->process_count; i++) {
        const struct process *process = exposition->processes[i].thing;
        write_sample(exposition->out, "process_isolates", "",
                     (const char *)exposition->pool.data + exposition->processes[i].labels,
                     process->isolate_count);
    }
}

/* `phase` is "" or the label of one of several distributions in the family. */
static void write_histogram(struct exposition *exposition, const char *family, const char *phase,
                            enum histogram_kind kind)
{
    const double *bounds = histogram_bounds(kind);
    for (size_t i = 0; i < exposition->process_count; i++) {
        const struct process *process = exposition->processes[i].thing;
        const struct histogram *histogram = &process->histograms.of[kind];
        const char *owner = (const char *)exposition->pool.data + exposition->processes[i].labels;
        char labels[4 * MODEL_TEXT_MAX + 128];
        uint64_t count = 0;
        for (int k = 0; k < HISTOGRAM_BUCKETS; k++) {
            char bound[32] = "+Inf";
            count += histogram->counts[k];
            if (k < HISTOGRAM_BUCKETS - 1) {
                snprintf(bound, sizeof bound, "%.10g", bounds[k]);
            }
            snprintf(labels, sizeof labels, "%s%s,le=\"%s%s\"", owner, phase, bound,
                     strpbrk(bound, ".eI") == NULL && exposition->is_openmetrics ? ".0" : "");
            write_sample(exposition->out, family, "_bucket", labels, (double)count);
        }
        snprintf(labels, sizeof labels, "%s%s", owner, phase);
        write_sample(exposition->out, family, "_sum", labels, histogram->sum);
        write_sample(exposition->out, family, "_count", labels, (double)count);
    }
}

static void write_histograms(struct exposition *exposition)
{
    write_family(exposition, "process_clone_size_bytes", "histogram",
                 "Serialized size of messages.");
    write_histogram(exposition, "process_clone_size_bytes", "", HISTOGRAM_CLONE_SIZE);
    write_family(exposition, "process_clone_duration_seconds", "histogram",
                 "Time of messages by phase: serialize, queue, deserialize.");
    write_histogram(exposition, "process_clone_duration_seconds", ",phase=\"serialize\"",
                    HISTOGRAM_SERIALIZE);
    write_histogram(exposition, "process_clone_duration_seconds", ",phase=\"queue\"",
                    HISTOGRAM_QUEUE);
    write_histogram(exposition, "process_clone_duration_seconds", ",phase=\"deserialize\"",
                    HISTOGRAM_DESERIALIZE);
    write_family(exposition, "process_gc_pause_seconds", "histogram", "Pauses of collections.");
    write_histogram(exposition, "process_gc_pause_seconds", "", HISTOGRAM_GC_PAUSE);
}

static void write_budgets(struct exposition *exposition)
{
    static const struct {
        const char *name, *help;
        size_t offset;
    } families[] = {
        {"budget_limit_bytes", "What the budget may use.", offsetof(struct budget, limit)},
        {"budget_used_bytes", "What it uses.", offsetof(struct budget, used)},
        {"budget_committed_bytes", "What its isolates may come to use.",
         offsetof(struct budget, committed)},
    };
    const struct model *model = &exposition->daemon->model;
    struct bytes labels;

    bytes_init(&labels, 0);
    for (size_t f = 0; f < sizeof families / sizeof families[0]; f++) {
        write_family(exposition, families[f].name, "gauge", families[f].help);
        for (size_t i = 0; i < model->budget_count; i++) {
            uint64_t value;
            memcpy(&value, (const char *)&model->budgets[i] + families[f].offset, sizeof value);
            bytes_clear(&labels);
            exposition_label(&labels, "budget", model->budgets[i].name);
            bytes_append(&labels, "", 1);
            if (!labels.is_failed) {
                write_sample(exposition->out, families[f].name, "", (const char *)labels.data,
                             figure(value));
            }
        }
    }
    bytes_fini(&labels);
}

static bool is_same_kind(const struct alert *a, const struct alert *b)
{
    return strcmp(a->rule, b->rule) == 0 && a->severity == b->severity;
}

/* Alerts of one rule and severity are counted at the first of them. */
static void write_alerts(struct exposition *exposition)
{
    const struct model *model = &exposition->daemon->model;
    write_family(exposition, "alerts_firing", "gauge", "Alerts that fire now.");
    for (size_t i = 0; i < model->alert_count; i++) {
        const struct alert *alert = &model->alerts[i];
        unsigned firing = 0;
        size_t k = 0;
        while (!is_same_kind(&model->alerts[k], alert)) {
            k++;
        }
        for (size_t other = i; k == i && other < model->alert_count; other++) {
            firing += is_same_kind(&model->alerts[other], alert) &&
                      model->alerts[other].state == ALERT_FIRING;
        }
        if (k == i) {
            char labels[96];
            snprintf(labels, sizeof labels, "rule=\"%s\",severity=\"%s\"", alert->rule,
                     alert_severity_names[alert->severity]);
            write_sample(exposition->out, "alerts_firing", "", labels, firing);
        }
    }
}

/* What became of notifications: one family, a sample for each notifier and result. */
static void write_notifications(struct exposition *exposition)
{
    static const struct {
        const char *result;
        size_t offset;
    } results[] = {
        {"delivered", offsetof(struct notifier_status, delivered)},
        {"failed", offsetof(struct notifier_status, failures)},
        {"rejected", offsetof(struct notifier_status, rejected)},
        {"expired", offsetof(struct notifier_status, expired)},
        {"overflowed", offsetof(struct notifier_status, overflowed)},
    };
    const struct notifier_status *notifiers = exposition->daemon->model.status.notifiers;
    char labels[128];

    write_family(exposition, "notifications", "counter",
                 "Notifications by what became of them; failed: attempts that are repeated.");
    for (size_t i = 0; i < MODEL_NOTIFIERS_MAX * (sizeof results / sizeof results[0]); i++) {
        const struct notifier_status *notifier = &notifiers[i % MODEL_NOTIFIERS_MAX];
        size_t r = i / MODEL_NOTIFIERS_MAX;
        uint64_t value;
        if (notifier->name[0] != '\0') {
            memcpy(&value, (const char *)notifier + results[r].offset, sizeof value);
            snprintf(labels, sizeof labels, "notifier=\"%.39s\",result=\"%s\"", notifier->name,
                     results[r].result);
            write_sample(exposition->out, "notifications", "_total", labels, (double)value);
        }
    }
    write_family(exposition, "notifications_queued", "gauge", "Notifications that wait.");
    for (size_t i = 0; i < MODEL_NOTIFIERS_MAX; i++) {
        if (notifiers[i].name[0] != '\0') {
            snprintf(labels, sizeof labels, "notifier=\"%.39s\"", notifiers[i].name);
            write_sample(exposition->out, "notifications_queued", "", labels,
                         (double)notifiers[i].queued);
        }
    }
}

static void write_events(struct exposition *exposition)
{
    const struct status *status = &exposition->daemon->model.status;
    write_family(exposition, "events", "counter", "Records taken in.");
    for (unsigned kind = 0; kind < RECORD_KINDS; kind++) {
        char labels[64];
        snprintf(labels, sizeof labels, "type=\"%s\"", record_types[kind].name);
        write_sample(exposition->out, "events", "_total", labels,
                     (double)status->events_by_type[kind]);
    }
}

static void write_recycles(struct exposition *exposition)
{
    const struct status *status = &exposition->daemon->model.status;
    const struct {
        const char *result;
        uint64_t count;
    } orders[] = {{"ordered", status->recycler.ordered},
                  {"done", status->recycler.done},
                  {"failed", status->recycler.failed},
                  {"helpless", status->recycler.helpless}};

    write_family(exposition, "recycles", "counter", "Isolates that their pools replaced.");
    for (size_t i = 0; i <= MODEL_REASONS_MAX && status->recycles[i].count > 0; i++) {
        struct bytes labels;
        bytes_init(&labels, 0);
        exposition_label(&labels, "reason", status->recycles[i].reason);
        bytes_append(&labels, "", 1);
        if (!labels.is_failed) {
            write_sample(exposition->out, "recycles", "_total", (const char *)labels.data,
                         (double)status->recycles[i].count);
        }
        bytes_fini(&labels);
    }
    write_family(exposition, "recycler_orders", "counter",
                 "Replacements the collector ordered by itself, and how they went.");
    for (size_t i = 0; i < sizeof orders / sizeof orders[0]; i++) {
        char labels[64];
        snprintf(labels, sizeof labels, "result=\"%s\"", orders[i].result);
        write_sample(exposition->out, "recycler_orders", "_total", labels,
                     (double)orders[i].count);
    }
}

static void write_culprits(struct exposition *exposition)
{
    const struct status *status = &exposition->daemon->model.status;
    const struct {
        const char *result;
        uint64_t count;
    } searches[] = {{"asked", status->culprits.asked},
                    {"found", status->culprits.found},
                    {"failed", status->culprits.failed},
                    {"skipped", status->culprits.skipped}};

    write_family(exposition, "culprit_searches", "counter",
                 "Isolates with a drift alert that were asked what grows in them.");
    for (size_t i = 0; i < sizeof searches / sizeof searches[0]; i++) {
        char labels[64];
        snprintf(labels, sizeof labels, "result=\"%s\"", searches[i].result);
        write_sample(exposition->out, "culprit_searches", "_total", labels,
                     (double)searches[i].count);
    }
    write_family(exposition, "culprit_pause_seconds", "counter",
                 "Time that isolates stood still for that.");
    write_sample(exposition->out, "culprit_pause_seconds", "_total", "",
                 status->culprits.pause_seconds);
}

static void write_single(struct exposition *exposition, const char *family, const char *type,
                         const char *help, double value)
{
    write_family(exposition, family, type, help);
    write_sample(exposition->out, family, strcmp(type, "counter") == 0 ? "_total" : "", "", value);
}

static void write_archive(struct exposition *exposition)
{
    const struct status *status = &exposition->daemon->model.status;

    write_single(exposition, "history_up", "gauge",
                 "1 while history is written to disk, 0 while it is not.",
                 status->archive.state == MODEL_ARCHIVE_OK);
    write_single(exposition, "history_bytes", "gauge", "Size of history on disk.",
                 (double)status->archive.bytes);
    write_single(exposition, "history_rows", "counter", "Steps of series written to disk.",
                 (double)status->archive.rows);
    write_single(exposition, "history_rows_lost", "counter",
                 "Steps of series given up because nothing could be written.",
                 (double)status->archive.lost);
    write_single(exposition, "history_ticks_dropped", "counter",
                 "Ticks that were not kept on disk because too many waited to be.",
                 (double)status->archive.dropped);
    write_single(exposition, "history_blocks_damaged", "counter",
                 "Blocks on disk that could not be read.", (double)status->archive.damaged);
}

static void write_collector(struct exposition *exposition)
{
    const struct daemon *daemon = exposition->daemon;
    const struct status *status = &daemon->model.status;

    write_single(exposition, "events_lost", "counter", "Records overwritten before they were read.",
                 (double)status->events_lost);
    write_single(exposition, "metrics_isolates_cut", "gauge",
                 "Living isolates without series of their own, see metrics.isolates.",
                 (double)exposition->isolates_cut);
    write_single(exposition, "collector_cpu_seconds", "counter", "Processor time of isoscoped.",
                 status->cpu_seconds);
    write_single(exposition, "collector_rss_bytes", "gauge", "Resident memory of isoscoped.",
                 figure(status->rss));
    write_single(exposition, "collector_start_time_seconds", "gauge",
                 "When isoscoped was started, Unix time.", status->started_at);
    write_single(exposition, "collector_ticks", "counter", "Ticks of the model.",
                 (double)daemon->model.tick);
    write_single(exposition, "collector_lines_refused", "counter",
                 "Lines at the door that were not understood.", (double)status->lines_refused);
    write_single(exposition, "collector_records_refused", "counter",
                 "Records that contradicted themselves.", (double)status->records_refused);
    write_single(exposition, "collector_emitters_refused", "counter",
                 "Emitters that were turned away.", (double)status->emitters_refused);
    write_single(exposition, "collector_journal_bytes", "gauge",
                 "The file of what outlives a restart.", (double)status->journal_bytes);
    write_single(exposition, "collector_journal_failures", "counter",
                 "Times it could not be written.", (double)status->journal_failures);
    write_single(exposition, "collector_alerts_dropped", "counter",
                 "Conditions for which there was no room among the alerts.",
                 (double)status->alerts_dropped);
    write_single(exposition, "collector_http_requests", "counter", "HTTP requests answered.",
                 (double)status->http.requests);
    write_single(exposition, "collector_http_connections", "gauge", "Open HTTP connections.",
                 (double)status->http.connections);
    write_single(exposition, "collector_http_refused", "counter",
                 "HTTP clients turned away because no descriptor was left.",
                 (double)status->http.refused);
    write_single(exposition, "collector_streams", "gauge", "Open live streams.",
                 (double)status->http.streams);
    write_single(exposition, "collector_stream_resyncs", "counter",
                 "Times a stream lagged and started again.", (double)status->http.resynced);
    write_archive(exposition);
}

/* An info metric where the format has such a thing, a gauge that is 1 where it has not. */
static void write_build(struct exposition *exposition)
{
    bool is_openmetrics = exposition->is_openmetrics;
    write_family(exposition, is_openmetrics ? "build" : "build_info",
                 is_openmetrics ? "info" : "gauge", "What is running; always 1.");
    write_sample(exposition->out, "build_info", "", "version=\"" ISOSCOPE_VERSION "\"", 1);
}

/* The same isolates under names of others. */
static void write_compat(struct exposition *exposition)
{
    const struct isolate **isolates;

    if (!exposition->daemon->config->compat.nodejs) {
        return;
    }
    isolates = calloc(exposition->isolate_count + 1, sizeof *isolates);
    if (isolates == NULL) {
        exposition->out->is_failed = true;
        return;
    }
    for (size_t i = 0; i < exposition->isolate_count; i++) {
        isolates[i] = exposition->isolates[i].thing;
    }
    metrics_node_write(isolates, exposition->isolate_count, exposition->is_openmetrics,
                       exposition->out);
    free(isolates);
}

static void write_everything(struct exposition *exposition)
{
    for (size_t i = 0; i < sizeof isolate_families / sizeof isolate_families[0]; i++) {
        write_owned(exposition, &isolate_families[i], exposition->isolates,
                    exposition->isolate_count);
    }
    write_kernel(exposition);
    write_drift(exposition);
    for (size_t i = 0; i < sizeof process_families / sizeof process_families[0]; i++) {
        write_owned(exposition, &process_families[i], exposition->processes,
                    exposition->process_count);
    }
    write_process_isolates(exposition);
    write_histograms(exposition);
    write_budgets(exposition);
    write_alerts(exposition);
    write_notifications(exposition);
    write_events(exposition);
    write_recycles(exposition);
    write_culprits(exposition);
    write_collector(exposition);
    write_build(exposition);
    write_compat(exposition);
    if (exposition->is_openmetrics) {
        bytes_append_text(exposition->out, "# EOF\n");
    }
}

void metrics_write(const struct daemon *daemon, bool is_openmetrics, struct bytes *out)
{
    struct exposition exposition = {
        .daemon = daemon,
        .is_openmetrics = is_openmetrics,
        .out = out,
    };
    bytes_init(&exposition.pool, 0);
    bool has_memory = collect_isolates(&exposition) && collect_processes(&exposition) &&
                      !exposition.pool.is_failed;
    if (has_memory) {
        write_everything(&exposition);
    } else {
        out->is_failed = true;
    }
    free(exposition.isolates);
    free(exposition.processes);
    bytes_fini(&exposition.pool);
}
