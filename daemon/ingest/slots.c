/*
 * The tables of a segment into the model: slots become isolates, the header the process's totals,
 * stores and pins the stores. Called by ingest, each tick and when a doorbell rings. Owns the seats
 * of a source. Invariant: a seat points to a living isolate or to none.
 */
#include "daemon/ingest/source.h"

#include "base/clock.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define UTILIZATION_WINDOW_NS CLOCK_NS_PER_S
#define LEFT_OF 3 /* had a store at once, its maker among them, before one is the last of them */

static double seconds_of(uint64_t ns)
{
    return ns == WIRE_UNKNOWN ? NAN : (double)ns / (double)CLOCK_NS_PER_S;
}

/* Seats for all slots that were ever in use; fewer when there is no memory. */
static uint32_t need_seats(struct source *source)
{
    uint32_t count = view_slot_count(source->view);

    if (count > source->seat_count) {
        uint32_t room = count < 16 ? 16 : count + count / 2;
        struct seat *seats = realloc(source->seats, room * sizeof *seats);
        if (seats == NULL) {
            return source->seat_count;
        }
        memset(seats + source->seat_count, 0, (room - source->seat_count) * sizeof *seats);
        source->seats = seats;
        source->seat_count = room;
    }
    return count;
}

static enum model_state state_of(uint64_t state)
{
    static const enum model_state states[] = {
        [WIRE_STARTING] = MODEL_STARTING, [WIRE_RUNNING] = MODEL_RUNNING, [WIRE_IDLE] = MODEL_IDLE,
        [WIRE_DRAINING] = MODEL_DRAINING, [WIRE_EXITED] = MODEL_EXITED,   [WIRE_OOM] = MODEL_OOM,
    };
    return state < sizeof states / sizeof *states ? states[state] : MODEL_RUNNING;
}

static void read_names(struct source *source, struct seat *seat, const struct wire_slot_copy *slot)
{
    struct isolate *isolate = seat->isolate;
    char name[WIRE_NAME_MAX + 1];

    if (slot->name != seat->name_id && view_read_name(source->view, slot->name, name) > 0) {
        source_set_name(isolate, name);
        seat->name_id = slot->name;
        seat->pool_id = 0;
    }
    if (slot->pool != seat->pool_id && view_read_name(source->view, slot->pool, name) > 0) {
        memcpy(isolate->pool, name, sizeof isolate->pool);
        isolate->has_pool = true;
        seat->pool_id = slot->pool;
    }
}

static void read_utilization(struct ingest *ingest, struct seat *seat,
                             const struct wire_slot_copy *slot)
{
    uint64_t now = ingest->now_ns;
    uint64_t asleep = slot->idle_since != 0 && slot->idle_since < now ? now - slot->idle_since : 0;
    uint64_t idle = slot->idle_time < SOURCE_COUNT_MAX ? slot->idle_time + asleep : 0;

    if (seat->idle_at_ns == 0) {
        seat->idle_at_ns = now;
        seat->idle_ns = idle;
        return;
    }
    uint64_t window = now - seat->idle_at_ns;
    if (window >= UTILIZATION_WINDOW_NS) {
        double share = idle > seat->idle_ns ? (double)(idle - seat->idle_ns) / (double)window : 0;
        seat->isolate->event_loop_utilization = share < 1 ? 1 - share : 0;
        seat->idle_at_ns = now;
        seat->idle_ns = idle;
    }
}

/* Is a word of the slot to be taken over? Of our own emitters always. What probes do not know, or said
 * before, gives way to what an agent said meanwhile. */
static bool is_news(const struct source *source, uint64_t word, uint64_t before, bool is_unknown)
{
    return !source->is_probe || (word != WIRE_UNKNOWN && (word != before || is_unknown));
}

/* Every figure of a slot, validated. */
static void read_figures(struct ingest *ingest, const struct source *source, struct seat *seat,
                         const struct wire_slot_copy *slot)
{
    struct isolate *isolate = seat->isolate;
    const struct wire_slot_copy *before = &seat->before;

#define TAKE(to, word, max)                                                                        \
    if (is_news(source, slot->word, before->word, isolate->to == MODEL_UNKNOWN)) {                 \
        isolate->to = source_figure(ingest, slot->word, max);                                      \
    }
#define BYTES(to, word)   TAKE(to, word, SOURCE_BYTES_MAX)
#define COUNT(to, word)   TAKE(to, word, SOURCE_COUNT_MAX)
#define SECONDS(to, word)                                                                          \
    if (is_news(source, slot->word, before->word, isnan(isolate->to))) {                           \
        isolate->to = seconds_of(source_figure(ingest, slot->word, SOURCE_COUNT_MAX));             \
    }
    COUNT(tid, tid)
    BYTES(heap.used, heap_used)
    BYTES(heap.total, heap_total)
    BYTES(heap.limit, heap_limit)
    BYTES(heap.peak, heap_peak)
    BYTES(heap.live, heap_live)
    BYTES(heap.floor, heap_floor)
    BYTES(external, external)
    BYTES(array_buffers, array_buffers)
    BYTES(shared, shared)
    BYTES(malloced, malloced)
    if (slot->rss != 0) {
        BYTES(rss_attributed, rss)
    }
    if (!isolate->tells_totals) { /* an agent counts from the beginning, a probe since it came */
        COUNT(gc.count, gc_count)
        SECONDS(gc.seconds, gc_time)
        COUNT(jobs, jobs)
    }
    SECONDS(gc.last_pause, gc_last)
    COUNT(messages.sent, sent)
    COUNT(messages.received, received)
    COUNT(messages.queued, queued)
    BYTES(messages.queued_bytes, queued_bytes)
    COUNT(clone.count, clones)
    COUNT(clone.bytes, clone_bytes)
    SECONDS(clone.seconds, clone_time)
    COUNT(transfer.count, transfers)
    COUNT(transfer.bytes, transfer_bytes)
    COUNT(detach.count, detaches)
    COUNT(detach.bytes, detach_bytes)
#undef TAKE
#undef BYTES
#undef COUNT
#undef SECONDS
}

static uint64_t fingerprint(const struct isolate *isolate)
{
    const uint64_t figures[] = {
        isolate->heap.used,
        isolate->heap.total,
        isolate->heap.live,
        isolate->external,
        isolate->shared,
        isolate->gc.count,
        isolate->jobs,
        isolate->messages.sent,
        isolate->messages.received,
        isolate->messages.queued_bytes,
        (uint64_t)isolate->state,
    };
    uint64_t hash = 0;

    for (size_t i = 0; i < sizeof figures / sizeof *figures; i++) {
        hash = (hash ^ figures[i]) * UINT64_C(0x100000001b3);
    }
    return hash;
}

static void refresh(struct ingest *ingest, struct source *source, struct seat *seat,
                    const struct wire_slot_copy *slot)
{
    const struct model *model = &ingest->daemon->model;
    struct isolate *isolate = seat->isolate;
    uint64_t before = fingerprint(isolate);

    read_figures(ingest, source, seat, slot);
    bool is_new_state = is_news(source, slot->state, seat->before.state, false) ||
                        (isolate->sources & MODEL_AGENT) == 0;
    seat->before = *slot;
    read_names(source, seat, slot);
    if (!source->is_probe) {
        uint64_t now = ingest->now_ns, since = slot->queued_since;
        isolate->messages.oldest_queued_seconds =
            since != 0 && since < now ? seconds_of(now - since) : NAN;
        since = slot->turn_since;
        isolate->turn_seconds = since != 0 && since < now ? seconds_of(now - since) : 0;
        read_utilization(ingest, seat, slot);
    }
    if (is_new_state) {
        isolate->state = state_of(slot->state);
    }
    isolate->updated_at = model->t;
    if (fingerprint(isolate) != before) {
        isolate->changed_tick = model->tick;
    }
    if (slot->state == WIRE_EXITED || slot->state == WIRE_OOM) {
        source_end_isolate(isolate, isolate->state, model->t);
        seat->isolate = NULL;
    }
}

/* A slot with a new owner: its isolate, unless another slot claims the same thread. */
static void take_seat(struct ingest *ingest, struct source *source, uint32_t index,
                      const struct wire_slot_copy *slot)
{
    struct model *model = &ingest->daemon->model;
    struct seat *seat = &source->seats[index];
    struct isolate *known;

    seat->generation = slot->generation;
    seat->name_id = seat->pool_id = seat->idle_at_ns = 0;
    memset(&seat->before, 0, sizeof seat->before);
    seat->isolate = NULL;
    if (slot->thread >= UINT32_MAX) {
        model->status.records_refused++;
        return;
    }
    known = model_find_thread(model, source->process, (uint32_t)slot->thread);
    if (known != NULL && !known->has_ended && known->slot != UINT32_MAX && known->slot != index) {
        model->status.records_refused++;
        return;
    }
    if (source->is_probe && known != NULL && known->has_ended && known->ended_at != 0) {
        return; /* the agent knew it first; a threadId is used once */
    }
    struct isolate *isolate = source_need_isolate(ingest, source, (uint32_t)slot->thread);
    if (isolate == NULL) {
        return;
    }
    uint64_t started = slot->started < ingest->now_ns ? slot->started : ingest->now_ns;
    isolate->started_at = ingest->wall_offset + seconds_of(started);
    isolate->slot = index;
    isolate->generation = slot->generation;
    isolate->sources |= source->is_probe ? MODEL_PROBE : MODEL_SEGMENT;
    isolate->changed_tick = model->tick;
    seat->isolate = isolate;
}

/* The owner left: its last words are still there when nobody else took the slot. */
static void leave_seat(struct ingest *ingest, struct source *source, struct seat *seat,
                       const struct wire_slot_copy *slot)
{
    struct isolate *isolate = seat->isolate;
    bool is_oom = false;

    if (slot->generation == seat->generation + 1) {
        is_oom = slot->state == WIRE_OOM;
        read_names(source, seat, slot);
    }
    source_end_isolate(isolate, is_oom ? MODEL_OOM : MODEL_EXITED, ingest->daemon->model.t);
    seat->isolate = NULL;
}

static void read_slot(struct ingest *ingest, struct source *source, uint32_t index)
{
    struct seat *seat = &source->seats[index];
    struct wire_slot_copy slot;

    if (!view_read_slot(source->view, index, &slot)) {
        return; /* it changes hands right now: the next look finds it */
    }
    if (seat->isolate != NULL && seat->isolate->has_ended) {
        seat->isolate = NULL; /* another source of the process said so */
    }
    if (seat->isolate != NULL && slot.generation != seat->generation) {
        leave_seat(ingest, source, seat, &slot);
    }
    if (slot.generation % 2 == 0) {
        seat->generation = slot.generation;
        return;
    }
    if (slot.generation != seat->generation) {
        take_seat(ingest, source, index, &slot);
    }
    if (seat->isolate != NULL) {
        refresh(ingest, source, seat, &slot);
    }
}

/* What the kernel counts of the process is no sum of ours. */
static void read_memory(struct ingest *ingest, struct wire_process_copy *totals,
                        const struct wire_process_copy *now)
{
#define BYTES(word) totals->word = source_figure(ingest, now->word, SOURCE_BYTES_MAX);
#define COUNT(word) totals->word = source_figure(ingest, now->word, SOURCE_COUNT_MAX);
    BYTES(rss_anon)
    BYTES(rss_file)
    BYTES(rss_shmem)
    BYTES(rss_peak)
    BYTES(swapped)
    BYTES(page_tables)
    BYTES(mapped)
    BYTES(mapped_peak)
    BYTES(mapped_grown)
    COUNT(faults_minor)
    COUNT(faults_major)
    COUNT(killed)
#undef BYTES
#undef COUNT
}

/* Totals never fall: not by a lying emitter, and not when a process brings a new segment. */
static void read_totals(struct ingest *ingest, struct source *source)
{
    struct wire_process_copy now, *totals = &source->process->totals;
    uint64_t dropped = totals->dropped;

    view_read_process(source->view, &now);
    uint64_t *total = (uint64_t *)totals, *base = (uint64_t *)&source->base;
    const uint64_t *word = (const uint64_t *)&now;
    for (size_t i = 0; i < sizeof now / sizeof *word; i++) {
        if (word[i] <= SOURCE_COUNT_MAX && base[i] + word[i] >= total[i]) {
            total[i] = base[i] + word[i];
        }
    }
    drain_lost(ingest, source, 0, totals->dropped - dropped);
    totals->queued = source_figure(ingest, now.queued, SOURCE_COUNT_MAX);
    totals->queued_bytes = source_figure(ingest, now.queued_bytes, SOURCE_BYTES_MAX);
    totals->shared = source_figure(ingest, now.shared, SOURCE_BYTES_MAX);
    totals->malloc_used = source_figure(ingest, now.malloc_used, SOURCE_BYTES_MAX);
    totals->malloc_free = source_figure(ingest, now.malloc_free, SOURCE_BYTES_MAX);
    read_memory(ingest, totals, &now);
}

void slots_read(struct ingest *ingest, struct source *source)
{
    uint32_t count = need_seats(source);

    for (uint32_t i = 0; i < count; i++) {
        read_slot(ingest, source, i);
    }
    read_totals(ingest, source);
}

static int compare_stores(const void *a, const void *b)
{
    uint64_t left = ((const struct store *)a)->id, right = ((const struct store *)b)->id;
    return left < right ? -1 : left > right;
}

/* Reads the store table into the process's array. */
static void read_stores(struct ingest *ingest, struct source *source)
{
    struct process *process = source->process;
    uint32_t count = view_store_count(source->view);

    process->store_count = 0;
    if (count == 0) {
        return;
    }
    struct store *stores = realloc(process->stores, count * sizeof *stores);
    if (stores == NULL) {
        return;
    }
    process->stores = stores;
    for (uint32_t i = 0; i < count; i++) {
        struct wire_store_copy copy;
        if (!view_read_store(source->view, i, &copy)) {
            continue;
        }
        uint64_t created = copy.created < ingest->now_ns ? copy.created : ingest->now_ns;
        stores[process->store_count++] = (struct store){
            .id = copy.id,
            .bytes = source_figure(ingest, copy.bytes, SOURCE_BYTES_MAX),
            .is_shared = copy.is_shared != 0,
            .created_at = ingest->wall_offset + seconds_of(created),
            .refs = source_figure(ingest, copy.refs, SOURCE_COUNT_MAX),
        };
    }
    qsort(stores, process->store_count, sizeof *stores, compare_stores);
}

static struct store *find_store(struct process *process, uint64_t id)
{
    struct store key = {.id = id};
    return bsearch(&key, process->stores, process->store_count, sizeof key, compare_stores);
}

/* Whether only one is left of those that had it, and does nothing; `old` is the store as it was. */
static void judge_store(struct store *store, const struct store *old)
{
    const struct isolate *only = store->pin_count == 1 ? store->pins[0] : NULL;

    store->most_pins = store->pin_count;
    if (old != NULL && old->most_pins > store->most_pins) {
        store->most_pins = old->most_pins;
    }
    store->pinner_tick = only != NULL ? only->changed_tick : 0;
    store->is_left = only != NULL && store->most_pins >= LEFT_OF && old != NULL &&
                     old->pinner_tick == store->pinner_tick &&
                     (only->state == MODEL_IDLE || only->has_ended);
}

static void name_maker(const struct process *process, struct store *store, const struct store *old)
{
    if (old != NULL && old->maker[0] != '\0') {
        memcpy(store->maker, old->maker, sizeof store->maker);
        return;
    }
    size_t known = process->maker_count < MODEL_MAKERS ? process->maker_count : MODEL_MAKERS;
    for (size_t i = 1; i <= known && store->is_shared; i++) { /* the newest first: ids may come again */
        size_t place = (process->maker_count - i) % MODEL_MAKERS;
        if (process->makers[place].store == store->id) {
            model_format_id(process, process->makers[place].thread, store->maker);
            return;
        }
    }
}

static void judge_stores(struct process *process, const struct store *old, size_t old_count)
{
    for (size_t i = 0, k = 0; i < process->store_count; i++) {
        struct store *store = &process->stores[i];
        while (k < old_count && old[k].id < store->id) {
            k++;
        }
        const struct store *before = k < old_count && old[k].id == store->id ? &old[k] : NULL;
        judge_store(store, before);
        name_maker(process, store, before);
    }
}

static void read_pins(struct ingest *ingest, struct source *source)
{
    struct process *process = source->process;
    uint32_t count = view_pin_count(source->view);
    uint32_t id, thread;

    if (count == 0 || process->store_count == 0) {
        return;
    }
    struct isolate **pins = realloc(process->pins, count * sizeof *pins);
    if (pins == NULL) {
        return;
    }
    process->pins = pins;
    /* Once to count, once to fill: the table may change in between, so the room stays the bound. */
    uint32_t *room = calloc(process->store_count, sizeof *room);
    for (uint32_t i = 0; room != NULL && i < count; i++) {
        struct store *store =
            view_read_pin(source->view, i, &id, &thread) ? find_store(process, id) : NULL;
        if (store != NULL) {
            room[store - process->stores]++;
        }
    }
    size_t at = 0;
    for (size_t i = 0; room != NULL && i < process->store_count; i++) {
        process->stores[i].pins = &pins[at];
        at += room[i];
    }
    for (uint32_t i = 0; room != NULL && i < count; i++) {
        struct store *store =
            view_read_pin(source->view, i, &id, &thread) ? find_store(process, id) : NULL;
        struct isolate *isolate =
            store != NULL ? model_find_thread(&ingest->daemon->model, process, thread) : NULL;
        if (isolate != NULL && store->pin_count < room[store - process->stores]) {
            store->pins[store->pin_count++] = isolate;
        }
    }
    free(room);
}

void slots_read_stores(struct ingest *ingest, struct source *source)
{
    struct process *process = source->process;
    struct store *old = process->stores;
    size_t old_count = process->store_count;

    process->stores = NULL;
    read_stores(ingest, source);
    read_pins(ingest, source);
    judge_stores(process, old, old_count);
    free(old);
}

void slots_end(struct ingest *ingest, struct source *source, double t)
{
    struct model *model = &ingest->daemon->model;

    for (size_t i = 0; i < model->isolate_count; i++) {
        if (model->isolates[i]->process == source->process) {
            source_end_isolate(model->isolates[i], MODEL_DIED, t);
        }
    }
    for (uint32_t i = 0; i < source->seat_count; i++) {
        source->seats[i].isolate = NULL;
    }
    source->process->store_count = 0;
}
