/*
 * prom-client's names (metrics_node.h). Called by metrics.c. Owns nothing. Invariant: a family is written
 * once, its samples behind it, and a figure that nobody knows has none.
 */
#include "daemon/views/metrics_node.h"

#include "daemon/views/exposition.h"

#include <inttypes.h>
#include <math.h>

struct node_exposition {
    const struct isolate *const *isolates;
    size_t count;
    bool is_openmetrics;
    struct bytes *out;
};

static void write_family(const struct node_exposition *node, const char *family, const char *unit,
                         const char *help)
{
    bytes_append_format(node->out, "# HELP %s %s\n# TYPE %s gauge\n", family, help, family);
    if (node->is_openmetrics) {
        bytes_append_format(node->out, "# UNIT %s %s\n", family, unit);
    }
}

/* `space` is NULL for figures of the whole heap. */
static void write_sample(const struct node_exposition *node, const char *family,
                         const struct isolate *isolate, const char *space, double value)
{
    if (!isfinite(value)) {
        return;
    }
    bytes_append_format(node->out, "%s{", family);
    exposition_label(node->out, "process", isolate->process->name);
    bytes_append_format(node->out, ",pid=\"%" PRIu64 "\",thread=\"%" PRIu32 "\"",
                        isolate->process->pid, isolate->thread);
    if (space != NULL) {
        bytes_append_text(node->out, ",");
        exposition_label(node->out, "space", space);
    }
    bytes_append_text(node->out, "} ");
    exposition_number(node->out, value);
    bytes_append_text(node->out, "\n");
}

static double figure(uint64_t value)
{
    return value != MODEL_UNKNOWN ? (double)value : NAN;
}

static void write_figures(const struct node_exposition *node)
{
    write_family(node, "nodejs_heap_size_total_bytes", "bytes", "Heap committed.");
    for (size_t i = 0; i < node->count; i++) {
        write_sample(node, "nodejs_heap_size_total_bytes", node->isolates[i], NULL,
                     figure(node->isolates[i]->heap.total));
    }
    write_family(node, "nodejs_heap_size_used_bytes", "bytes", "Heap handed out.");
    for (size_t i = 0; i < node->count; i++) {
        write_sample(node, "nodejs_heap_size_used_bytes", node->isolates[i], NULL,
                     figure(node->isolates[i]->heap.used));
    }
    write_family(node, "nodejs_external_memory_bytes", "bytes", "Native memory owned by objects.");
    for (size_t i = 0; i < node->count; i++) {
        write_sample(node, "nodejs_external_memory_bytes", node->isolates[i], NULL,
                     figure(node->isolates[i]->external));
    }
    write_family(node, "nodejs_eventloop_lag_max_seconds", "seconds",
                 "The longest delay of the event loop over the last second or so.");
    for (size_t i = 0; i < node->count; i++) {
        write_sample(node, "nodejs_eventloop_lag_max_seconds", node->isolates[i], NULL,
                     node->isolates[i]->event_loop_delay);
    }
}

static void write_spaces(const struct node_exposition *node)
{
    static const char *const families[] = {"nodejs_heap_space_size_total_bytes",
                                           "nodejs_heap_space_size_used_bytes"};
    static const char *const helps[] = {"A space of the heap committed.",
                                        "A space of the heap handed out."};

    for (int which = 0; which < 2; which++) {
        write_family(node, families[which], "bytes", helps[which]);
        for (size_t i = 0; i < node->count; i++) {
            const struct isolate *isolate = node->isolates[i];
            for (size_t k = 0; k < isolate->space_count; k++) {
                const struct heap_space *space = &isolate->spaces[k];
                write_sample(node, families[which], isolate, space->name,
                             figure(which == 0 ? space->total : space->used));
            }
        }
    }
}

void metrics_node_write(const struct isolate *const *isolates, size_t count, bool is_openmetrics,
                        struct bytes *out)
{
    const struct node_exposition node = {isolates, count, is_openmetrics, out};

    write_figures(&node);
    write_spaces(&node);
}
