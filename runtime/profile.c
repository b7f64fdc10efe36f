/*
 * Samples in a hash table, call sites in a tree (profile.h). Called by the engine's allocation
 * hooks, and by who asks for the file. Owns its memory, outside every heap. Invariant: a node's
 * parent lies before it.
 */
#include "runtime/profile.h"

#include "base/clock.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SAMPLES_MAX ((size_t)1 << 24)
#define NODES_MAX   ((size_t)1 << 20)
#define TEXT_MAX    ((size_t)64 << 20)

struct profile_sample {
    const void *block; /* NULL: free */
    double bytes;      /* that it stands for */
    uint32_t node;
};

/* One function at one line, called by its parent. */
struct profile_node {
    uint32_t parent, child, sibling; /* 0 ends a list: the root is nobody's child */
    uint32_t line;
    uint32_t name, name_size, file, file_size; /* in `text` */
    bool is_construct;
    double allocated; /* here itself, bytes, gone or not */
};

/* ---- chance ---------------------------------------------------------------------------------- */

/* Uniform in (0, 1]; xorshift64*. */
static double draw(struct profile *profile)
{
    profile->random ^= profile->random >> 12;
    profile->random ^= profile->random << 25;
    profile->random ^= profile->random >> 27;
    uint64_t bits = profile->random * UINT64_C(0x2545F4914F6CDD1D) >> 11;
    return ((double)bits + 1) / 9007199254740992.0;
}

static void draw_next(struct profile *profile)
{
    profile->left = -log(draw(profile)) * profile->interval;
}

/* What a sample of this size stands for: its size over its chance to be one. */
static double weigh(const struct profile *profile, size_t bytes)
{
    return (double)bytes / -expm1(-(double)bytes / profile->interval);
}

/* ---- life ------------------------------------------------------------------------------------ */

struct profile *profile_new(double interval, uint64_t seed)
{
    struct profile *profile = calloc(1, sizeof *profile);

    if (profile == NULL || (profile->nodes = calloc(64, sizeof *profile->nodes)) == NULL) {
        free(profile);
        return NULL;
    }
    profile->interval = interval < 1 ? 1 : interval;
    profile->random = seed != 0 ? seed : clock_now_ns() | 1;
    profile->node_room = 64;
    profile->node_count = 1;
    draw_next(profile);
    return profile;
}

void profile_free(struct profile **place)
{
    struct profile *profile = *place;

    *place = NULL;
    if (profile != NULL) {
        free(profile->samples);
        free(profile->nodes);
        free(profile->text);
        free(profile);
    }
}

/* ---- samples --------------------------------------------------------------------------------- */

static size_t home_of(const struct profile *profile, const void *block)
{
    uint64_t hash = ((uintptr_t)block >> 4) * UINT64_C(0x9E3779B97F4A7C15);

    return (size_t)(hash >> 32) & (profile->sample_room - 1);
}

static size_t find_place(const struct profile *profile, const void *block)
{
    size_t at = home_of(profile, block);

    while (profile->samples[at].block != NULL && profile->samples[at].block != block) {
        at = (at + 1) & (profile->sample_room - 1);
    }
    return at;
}

static bool grow_samples(struct profile *profile)
{
    struct profile old = *profile;
    size_t room = old.sample_room > 0 ? old.sample_room * 2 : 256;
    struct profile_sample *samples = room <= SAMPLES_MAX ? calloc(room, sizeof *samples) : NULL;

    if (samples == NULL) {
        return false;
    }
    profile->samples = samples;
    profile->sample_room = room;
    for (size_t i = 0; i < old.sample_room; i++) {
        if (old.samples[i].block != NULL) {
            samples[find_place(profile, old.samples[i].block)] = old.samples[i];
        }
    }
    free(old.samples);
    return true;
}

void profile_remove(struct profile *profile, const void *block)
{
    if (profile->sample_count == 0 || block == NULL) {
        return;
    }
    size_t hole = find_place(profile, block);
    if (profile->samples[hole].block == NULL) {
        return;
    }
    profile->sample_count--;
    /* What stands behind moves up, where it may. */
    for (size_t at = hole;;) {
        at = (at + 1) & (profile->sample_room - 1);
        if (profile->samples[at].block == NULL) {
            break;
        }
        size_t home = home_of(profile, profile->samples[at].block);
        if (((at - home) & (profile->sample_room - 1)) >=
            ((at - hole) & (profile->sample_room - 1))) {
            profile->samples[hole] = profile->samples[at];
            hole = at;
        }
    }
    profile->samples[hole].block = NULL;
}

void profile_move(struct profile *profile, const void *block, const void *moved, double share)
{
    size_t place = profile->sample_count > 0 ? find_place(profile, block) : 0;

    if (profile->sample_count == 0 || profile->samples[place].block == NULL) {
        return;
    }
    struct profile_sample sample = profile->samples[place];
    profile_remove(profile, block);
    sample.block = moved;
    sample.bytes *= share;
    profile->samples[find_place(profile, moved)] = sample;
    profile->sample_count++;
}

void profile_replace(struct profile *profile, const void *block, const void *into, double share)
{
    if (profile->sample_count == 0) {
        return;
    }
    struct profile_sample *fresh = &profile->samples[find_place(profile, into)];
    const struct profile_sample *old = &profile->samples[find_place(profile, block)];
    if (fresh->block == NULL) {
        profile_move(profile, block, into, 1);
        return;
    }
    fresh->bytes = fresh->bytes * share + (old->block != NULL ? old->bytes : 0);
    profile_remove(profile, block); /* other samples may move: `fresh` is not used any more */
}

/* ---- call sites ------------------------------------------------------------------------------ */

static bool is_same(const struct profile *profile, const struct profile_node *node,
                    const struct profile_frame *frame)
{
    return node->line == frame->line && node->is_construct == frame->is_construct &&
           node->name_size == frame->name_size &&
           node->file_size == frame->file_size &&
           memcmp(profile->text + node->name, frame->name, frame->name_size) == 0 &&
           memcmp(profile->text + node->file, frame->file, frame->file_size) == 0;
}

static bool reserve(struct profile *profile, size_t text)
{
    if (profile->node_count == profile->node_room) {
        size_t room = profile->node_room * 2;
        struct profile_node *nodes =
            room <= NODES_MAX ? realloc(profile->nodes, room * sizeof *nodes) : NULL;
        if (nodes == NULL) {
            return false;
        }
        profile->nodes = nodes;
        profile->node_room = room;
    }
    if (profile->text_room - profile->text_size < text || profile->text == NULL) {
        size_t room = 2 * (profile->text_room + text) + 1024;
        char *grown = room <= TEXT_MAX ? realloc(profile->text, room) : NULL;
        if (grown == NULL) {
            return false;
        }
        profile->text = grown;
        profile->text_room = room;
    }
    return true;
}

static uint32_t keep(struct profile *profile, const void *text, size_t size)
{
    size_t at = profile->text_size;

    memcpy(profile->text + at, text, size);
    profile->text_size += size;
    return (uint32_t)at;
}

/* The child of `parent` for this frame; 0 when there is no memory for it. */
static uint32_t find_child(struct profile *profile, uint32_t parent,
                           const struct profile_frame *frame)
{
    for (uint32_t at = profile->nodes[parent].child; at != 0; at = profile->nodes[at].sibling) {
        if (is_same(profile, &profile->nodes[at], frame)) {
            return at;
        }
    }
    if (!reserve(profile, frame->name_size + frame->file_size)) {
        return 0;
    }
    uint32_t made = (uint32_t)profile->node_count++;
    profile->nodes[made] = (struct profile_node){
        .parent = parent,
        .sibling = profile->nodes[parent].child,
        .line = frame->line,
        .is_construct = frame->is_construct,
        .name_size = (uint32_t)frame->name_size,
        .file_size = (uint32_t)frame->file_size,
        .name = keep(profile, frame->name, frame->name_size),
        .file = keep(profile, frame->file, frame->file_size),
    };
    profile->nodes[parent].child = made;
    return made;
}

void profile_add(struct profile *profile, const void *block, size_t bytes,
                 const struct profile_frame *frames, size_t count)
{
    uint32_t node = 0;

    draw_next(profile);
    profile->taken++;
    for (size_t i = count; i-- > 0;) {
        node = find_child(profile, node, &frames[i]);
        if (node == 0) {
            profile->lost++;
            return;
        }
    }
    if (2 * profile->sample_count >= profile->sample_room && !grow_samples(profile)) {
        profile->lost++;
        return;
    }
    size_t place = find_place(profile, block);
    struct profile_sample *sample = &profile->samples[place];
    double more = sample->block != NULL ? sample->bytes : 0; /* a block that grew */
    profile->sample_count += sample->block == NULL;
    *sample = (struct profile_sample){block, more + weigh(profile, bytes), node};
    profile->nodes[node].allocated += weigh(profile, bytes);
}

/* ---- lines of the program -------------------------------------------------------------------- */

/* What built-in modules are called begins so. */
static const char built_in[] = "node:";

static bool is_of_program(const struct profile *profile, const struct profile_node *node)
{
    bool is_built_in = node->file_size >= sizeof built_in - 1 &&
                       memcmp(profile->text + node->file, built_in, sizeof built_in - 1) == 0;

    return node->line > 0 && !is_built_in;
}

/* The innermost line of the program on that stack; the root when there is none. */
static uint32_t find_any_line(const struct profile *profile, uint32_t at)
{
    while (at != 0 && !is_of_program(profile, &profile->nodes[at])) {
        at = profile->nodes[at].parent;
    }
    return at;
}

/* The same where it is no constructor's: who fills an instance is less than who wanted it. */
static uint32_t find_line(const struct profile *profile, uint32_t at)
{
    uint32_t found = find_any_line(profile, at), next = found;

    while (next != 0 && profile->nodes[next].is_construct) {
        next = find_any_line(profile, profile->nodes[next].parent);
    }
    return next != 0 ? next : found;
}

static void fill_site(const struct profile *profile, uint32_t at, struct profile_site *site)
{
    const struct profile_node *node = &profile->nodes[at];

    if (at == 0) {
        *site = (struct profile_site){.name = "", .file = ""};
        return;
    }
    *site = (struct profile_site){
        .name = profile->text + node->name,
        .name_size = node->name_size,
        .file = profile->text + node->file,
        .file_size = node->file_size,
        .line = node->line,
    };
}

static int compare_texts(const char *a, size_t a_size, const char *b, size_t b_size)
{
    int order = memcmp(a, b, a_size < b_size ? a_size : b_size);

    return order != 0 ? order : (a_size > b_size) - (a_size < b_size);
}

static int compare_places(const void *left, const void *right)
{
    const struct profile_site *a = left, *b = right;
    int order = (a->line > b->line) - (a->line < b->line);

    order = order != 0 ? order : compare_texts(a->file, a->file_size, b->file, b->file_size);
    return order != 0 ? order : compare_texts(a->name, a->name_size, b->name, b->name_size);
}

static int compare_weights(const void *left, const void *right)
{
    const struct profile_site *a = left, *b = right;

    return (a->bytes < b->bytes) - (a->bytes > b->bytes);
}

/* One line is reached on many ways. */
static size_t put_together(struct profile_site *all, size_t count)
{
    size_t kept = 0;

    if (count > 0) {
        qsort(all, count, sizeof *all, compare_places);
    }
    for (size_t i = 0; i < count; i++) {
        if (kept > 0 && compare_places(&all[kept - 1], &all[i]) == 0) {
            all[kept - 1].bytes += all[i].bytes;
            all[kept - 1].count += all[i].count;
        } else {
            all[kept++] = all[i];
        }
    }
    return kept;
}

int profile_sites(const struct profile *profile, struct profile_site *sites, size_t max)
{
    struct profile_site *all = calloc(profile->sample_count + 1, sizeof *all);
    size_t count = 0;

    if (all == NULL) {
        return -ENOMEM;
    }
    for (size_t i = 0; i < profile->sample_room; i++) {
        const struct profile_sample *sample = &profile->samples[i];
        if (sample->block != NULL) {
            fill_site(profile, find_line(profile, sample->node), &all[count]);
            all[count].bytes = sample->bytes;
            all[count++].count = 1;
        }
    }
    count = put_together(all, count);
    qsort(all, count, sizeof *all, compare_weights);
    count = count < max ? count : max;
    memcpy(sites, all, count * sizeof *sites);
    free(all);
    return (int)count;
}

/* ---- the file -------------------------------------------------------------------------------- */

double profile_bytes(const struct profile *profile)
{
    double sum = 0;

    for (size_t i = 0; i < profile->sample_room; i++) {
        if (profile->samples[i].block != NULL) {
            sum += profile->samples[i].bytes;
        }
    }
    return sum;
}

static void write_frame(const struct profile *profile, const struct profile_node *node,
                        struct sink *sink)
{
    bool is_root = node == profile->nodes;
    const char *file = profile->text + node->file;

    sink_text(sink, "{\"callFrame\":{\"functionName\":");
    sink_string(sink, is_root ? "(root)" : profile->text + node->name,
                is_root ? 6 : node->name_size);
    sink_text(sink, ",\"scriptId\":\"0\",\"url\":");
    sink_byte(sink, '"');
    if (!is_root) {
        sink_text(sink, node->file_size > 0 && *file == '/' ? "file://" : "");
        sink_escaped(sink, file, node->file_size);
    }
    sink_byte(sink, '"');
    sink_text(sink, ",\"lineNumber\":");
    if (node->line > 0) {
        sink_uint(sink, node->line - 1);
    } else {
        sink_text(sink, "-1");
    }
    sink_text(sink, ",\"columnNumber\":-1}");
}

static void write_node(const struct profile *profile, const double *sizes, uint32_t at,
                       struct sink *sink)
{
    const struct profile_node *node = &profile->nodes[at];

    write_frame(profile, node, sink);
    sink_text(sink, ",\"selfSize\":");
    sink_uint(sink, (uint64_t)llround(sizes[at]));
    sink_text(sink, ",\"allocatedSize\":");
    sink_uint(sink, (uint64_t)llround(node->allocated));
    sink_text(sink, ",\"id\":");
    sink_uint(sink, at + 1);
    sink_text(sink, ",\"children\":[");
    for (uint32_t child = node->child; child != 0; child = profile->nodes[child].sibling) {
        sink_text(sink, child != node->child ? ",\n" : "");
        write_node(profile, sizes, child, sink); /* as deep as PROFILE_DEPTH_MAX */
    }
    sink_text(sink, "]}");
}

static void write_samples(const struct profile *profile, struct sink *sink)
{
    uint64_t ordinal = 0;

    for (size_t i = 0; i < profile->sample_room; i++) {
        const struct profile_sample *sample = &profile->samples[i];
        if (sample->block == NULL) {
            continue;
        }
        sink_text(sink, ordinal > 0 ? ",\n{\"size\":" : "\n{\"size\":");
        sink_uint(sink, (uint64_t)llround(sample->bytes));
        sink_text(sink, ",\"nodeId\":");
        sink_uint(sink, sample->node + 1);
        sink_text(sink, ",\"ordinal\":");
        sink_uint(sink, ++ordinal);
        sink_byte(sink, '}');
    }
}

void profile_write(const struct profile *profile, struct sink *sink)
{
    double *sizes = calloc(profile->node_count, sizeof *sizes);

    if (sizes == NULL) {
        sink->error = sink->error < 0 ? sink->error : -ENOMEM;
        return;
    }
    for (size_t i = 0; i < profile->sample_room; i++) {
        const struct profile_sample *sample = &profile->samples[i];
        if (sample->block != NULL) {
            sizes[sample->node] += sample->bytes;
        }
    }
    sink_text(sink, "{\"head\":");
    write_node(profile, sizes, 0, sink);
    sink_text(sink, ",\n\"samples\":[");
    write_samples(profile, sink);
    sink_text(sink, "]}\n");
    free(sizes);
}
