/*
 * What was lowered in this process, and who lowers (lower.h). Called by module.c and the engine's
 * eval on isolate threads. Owns the table of results, the queue and the crew.
 *
 * Invariants: a result in the table never changes, and lives while it has references. An entry that
 * is waited for is in the queue or in a crew member's hands, so it is always answered; its waiters
 * sleep on its word. One lock guards all of it and is held for a few instructions only.
 */
#include "runtime/lower.h"

#include "base/clock.h"
#include "base/log.h"
#include "runtime/lower_cache.h"
#include "runtime/lower_heap.h"

#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define BUCKETS     1024u                /* a power of two */
#define TABLE_BYTES (UINT64_C(64) << 20) /* sources and results kept for the process */
#define DISK_BYTES  (UINT64_C(256) << 20)
#define CREW_MAX    4
#define IDLE_NS     (300 * CLOCK_NS_PER_MS)      /* so long a heap is kept for the next text */
#define STACK_BYTES ((size_t)64 << 20)           /* address space: the parser recurses */

struct entry {
    struct entry *next;  /* in its bucket */
    struct entry *newer; /* in the order they came, or in the queue */
    uint64_t hash;
    uint32_t is_done; /* the futex; written under the lock */
    uint32_t refs;    /* the table's, and each waiter's; under the lock */
    bool is_listed;   /* in the table */
    struct lower_result *result; /* counted; NULL when there was no memory for it */
    struct lower_request request; /* of its own copy of the texts, below */
    char texts[];
};

struct member {
    pthread_t thread;
    bool is_started;         /* and not joined yet */
    bool is_over;            /* its thread is about to return */
    struct lower_heap *heap; /* its own; looked at by others under the lock, to stop it */
};

static struct {
    pthread_mutex_t lock;
    pthread_cond_t work;
    struct entry *buckets[BUCKETS];
    struct entry *oldest, **newest; /* of those that are done */
    uint64_t bytes;
    struct entry *queue, **queue_end;
    unsigned queued;
    struct member crew[CREW_MAX];
    unsigned idle; /* members that wait for work */
    bool is_closing;
    bool has_disk;
    bool is_disk_tried;
    struct lower_cache *disk; /* NULL: none */
} lowering = {.lock = PTHREAD_MUTEX_INITIALIZER};

/* ---- results ------------------------------------------------------------------------------------
 */

struct lower_text lower_about(const struct lower_result *result)
{
    return (struct lower_text){result->text, result->about_size};
}

struct lower_text lower_code(const struct lower_result *result)
{
    return (struct lower_text){result->text + result->about_size, result->code_size};
}

static struct lower_result *ref(struct lower_result *result)
{
    if (result != NULL) {
        atomic_fetch_add(&result->refs, 1);
    }
    return result;
}

void lower_unref(struct lower_result **place)
{
    struct lower_result *result = *place;
    *place = NULL;
    if (result != NULL && atomic_fetch_sub(&result->refs, 1) == 1) {
        free(result);
    }
}

/* ---- the table ----------------------------------------------------------------------------------
 */

static uint64_t add_hash(uint64_t hash, struct lower_text text)
{
    uint64_t word;
    size_t at = 0;
    for (; at + sizeof word <= text.size; at += sizeof word) {
        memcpy(&word, text.data + at, sizeof word);
        hash = (hash ^ word) * UINT64_C(0x9e3779b97f4a7c15);
        hash ^= hash >> 32;
    }
    word = text.size;
    for (; at < text.size; at++) {
        word = word << 8 | (unsigned char)text.data[at];
    }
    hash = (hash ^ word) * UINT64_C(0x9e3779b97f4a7c15);
    return hash ^ hash >> 32;
}

static uint64_t hash_of(const struct lower_request *request)
{
    uint64_t hash = add_hash((uint64_t)request->goal + 1, request->source);
    return add_hash(add_hash(hash, request->file), request->parameters);
}

static bool is_same_text(struct lower_text a, struct lower_text b)
{
    return a.size == b.size && (a.size == 0 || memcmp(a.data, b.data, a.size) == 0);
}

static bool is_same(const struct lower_request *a, const struct lower_request *b)
{
    return a->goal == b->goal && is_same_text(a->source, b->source) &&
           is_same_text(a->file, b->file) && is_same_text(a->parameters, b->parameters);
}

static struct lower_text keep_text(char **at, struct lower_text text)
{
    struct lower_text kept = {*at, text.size};
    if (text.size > 0) {
        memcpy(*at, text.data, text.size);
    }
    *at += text.size;
    return kept;
}

static size_t size_of(const struct lower_request *request)
{
    return request->source.size + request->file.size + request->parameters.size;
}

static struct entry *entry_new(const struct lower_request *request, uint64_t hash)
{
    struct entry *entry = malloc(sizeof *entry + size_of(request));
    if (entry != NULL) {
        char *at = entry->texts;
        *entry = (struct entry){.hash = hash, .refs = 2, .is_listed = true};
        entry->request.goal = request->goal;
        entry->request.source = keep_text(&at, request->source);
        entry->request.file = keep_text(&at, request->file);
        entry->request.parameters = keep_text(&at, request->parameters);
    }
    return entry;
}

/* Under the lock, as all of these. */
static void entry_unref(struct entry *entry)
{
    if (--entry->refs == 0) {
        lower_unref(&entry->result);
        free(entry);
    }
}

static uint64_t bytes_of(const struct entry *entry)
{
    uint64_t bytes = sizeof *entry + size_of(&entry->request);
    return entry->result == NULL ? bytes
                                 : bytes + entry->result->about_size + entry->result->code_size;
}

static struct entry *find(const struct lower_request *request, uint64_t hash)
{
    struct entry *entry = lowering.buckets[hash % BUCKETS];
    while (entry != NULL && !(entry->hash == hash && is_same(&entry->request, request))) {
        entry = entry->next;
    }
    return entry;
}

static void unlist(struct entry *entry)
{
    struct entry **at = &lowering.buckets[entry->hash % BUCKETS];
    while (*at != entry) {
        at = &(*at)->next;
    }
    *at = entry->next;
    entry->is_listed = false;
    entry_unref(entry);
}

static void drop_oldest(void)
{
    struct entry *entry = lowering.oldest;
    lowering.oldest = entry->newer;
    if (lowering.oldest == NULL) {
        lowering.newest = &lowering.oldest;
    }
    lowering.bytes -= bytes_of(entry);
    unlist(entry);
}

/* What is answered wakes who waits for it. No memory, or an error of the process rather than the
 * text, is not remembered. */
static void finish(struct entry *entry, struct lower_result *result)
{
    entry->result = result;
    __atomic_store_n(&entry->is_done, 1, __ATOMIC_RELEASE);
    syscall(SYS_futex, &entry->is_done, FUTEX_WAKE_PRIVATE, INT_MAX, NULL, NULL, 0);
    if (result == NULL) {
        unlist(entry);
        return;
    }
    if (lowering.newest == NULL) {
        lowering.newest = &lowering.oldest;
    }
    entry->newer = NULL;
    *lowering.newest = entry;
    lowering.newest = &entry->newer;
    lowering.bytes += bytes_of(entry);
    while (lowering.bytes > TABLE_BYTES) {
        drop_oldest();
    }
}

/* ---- the crew -----------------------------------------------------------------------------------
 */

/* The next text, or NULL when none came for a while. Under the lock. */
static struct entry *next_work(void)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    uint64_t nanoseconds = (uint64_t)until.tv_nsec + IDLE_NS;
    until.tv_sec += (time_t)(nanoseconds / CLOCK_NS_PER_S);
    until.tv_nsec = (long)(nanoseconds % CLOCK_NS_PER_S);
    int error = 0;
    lowering.idle++;
    while (lowering.queue == NULL && !lowering.is_closing && error != ETIMEDOUT) {
        error = pthread_cond_timedwait(&lowering.work, &lowering.lock, &until);
    }
    lowering.idle--;
    struct entry *entry = lowering.is_closing ? NULL : lowering.queue;
    if (entry != NULL) {
        lowering.queued--;
        lowering.queue = entry->newer;
        if (lowering.queue == NULL) {
            lowering.queue_end = &lowering.queue;
        }
    }
    return entry;
}

/* Not under the lock. */
static struct lower_result *work_on(struct member *member, const struct entry *entry)
{
    uint64_t began = clock_now_ns();
    if (member->heap == NULL) {
        struct lower_heap *heap = lower_heap_new();
        pthread_mutex_lock(&lowering.lock);
        member->heap = heap;
        pthread_mutex_unlock(&lowering.lock);
    }
    if (member->heap == NULL) {
        return NULL;
    }
    struct lower_result *result = lower_heap_run(member->heap, &entry->request);
    log_debug("lowered %.*s: %zu bytes in %.1f ms, heap of %llu KiB",
              (int)entry->request.file.size, entry->request.file.data, entry->request.source.size,
              (double)(clock_now_ns() - began) / (double)CLOCK_NS_PER_MS,
              (unsigned long long)lower_heap_bytes(member->heap) >> 10);
    return result;
}

static void throw_away(struct member *member)
{
    pthread_mutex_lock(&lowering.lock);
    struct lower_heap *heap = member->heap;
    member->heap = NULL;
    pthread_mutex_unlock(&lowering.lock);
    lower_heap_free(&heap);
}

static void store(const struct lower_request *request, const struct lower_result *result)
{
    if (lowering.disk != NULL && result != NULL && !result->is_error) {
        unsigned char key[SHA256_DIGEST_SIZE];
        lower_cache_key(request, key);
        lower_cache_put(lowering.disk, key, result);
    }
}

static void *crew_main(void *argument)
{
    struct member *member = argument;
    struct entry *entry;
    pthread_mutex_lock(&lowering.lock);
    while ((entry = next_work()) != NULL) {
        pthread_mutex_unlock(&lowering.lock);
        struct lower_result *result = work_on(member, entry);
        if (member->heap != NULL && lower_heap_is_spent(member->heap)) {
            throw_away(member);
        }
        pthread_mutex_lock(&lowering.lock);
        entry->refs++; /* for what is written below */
        finish(entry, ref(result));
        pthread_mutex_unlock(&lowering.lock);
        store(&entry->request, result);
        lower_unref(&result);
        pthread_mutex_lock(&lowering.lock);
        entry_unref(entry);
    }
    struct lower_heap *heap = member->heap;
    member->heap = NULL;
    member->is_over = true; /* from here on the lock is not taken again: it may be joined under it */
    pthread_mutex_unlock(&lowering.lock);
    lower_heap_free(&heap);
    return NULL;
}

/* False when there is nobody to do it. Under the lock. */
static bool start_member(struct member *member)
{
    pthread_attr_t attributes;
    if (member->is_started) {
        pthread_join(member->thread, NULL); /* it is about to return, and needs the lock no more */
    }
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, STACK_BYTES);
    member->is_over = false;
    member->is_started = pthread_create(&member->thread, &attributes, crew_main, member) == 0;
    pthread_attr_destroy(&attributes);
    return member->is_started;
}

static bool find_crew(void)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    long most = cores < 1 ? 1 : cores < CREW_MAX ? cores : CREW_MAX;
    bool has_any = false;
    if (lowering.idle > lowering.queued) {
        return true;
    }
    for (long i = 0; i < most; i++) {
        struct member *member = &lowering.crew[i];
        if (!member->is_started || member->is_over) {
            return start_member(member) || has_any;
        }
        has_any = true;
    }
    return has_any;
}

/* ---- asking -------------------------------------------------------------------------------------
 */

static struct lower_cache *disk(void)
{
    pthread_mutex_lock(&lowering.lock);
    if (!lowering.is_disk_tried) {
        char path[PATH_MAX];
        lowering.is_disk_tried = true;
        if (lowering.has_disk && lower_cache_place(path, sizeof path)) {
            lowering.disk = lower_cache_open(path, DISK_BYTES);
        }
    }
    struct lower_cache *cache = lowering.disk;
    pthread_mutex_unlock(&lowering.lock);
    return cache;
}

static struct lower_result *read_disk(const struct lower_request *request)
{
    struct lower_cache *cache = disk();
    unsigned char key[SHA256_DIGEST_SIZE];
    if (cache == NULL) {
        return NULL;
    }
    lower_cache_key(request, key);
    return lower_cache_get(cache, key);
}

/* A new entry's text: from disk, or to the crew. */
static void provide(struct entry *entry)
{
    struct lower_result *result = read_disk(&entry->request);
    pthread_mutex_lock(&lowering.lock);
    if (result != NULL) {
        finish(entry, result);
    } else if (!find_crew()) {
        finish(entry, NULL);
    } else {
        if (lowering.queue_end == NULL) {
            lowering.queue_end = &lowering.queue;
        }
        *lowering.queue_end = entry;
        lowering.queue_end = &entry->newer;
        lowering.queued++;
        pthread_cond_signal(&lowering.work);
    }
    pthread_mutex_unlock(&lowering.lock);
}

static void await(struct entry *entry, bool (*is_interrupted)(void *owner), void *owner)
{
    while (!__atomic_load_n(&entry->is_done, __ATOMIC_ACQUIRE) && !is_interrupted(owner)) {
        syscall(SYS_futex, &entry->is_done, FUTEX_WAIT_PRIVATE, 0, NULL, NULL, 0);
    }
}

struct lower_result *lower_get(const struct lower_request *request,
                               bool (*is_interrupted)(void *owner), void *owner)
{
    uint64_t hash = hash_of(request);
    struct lower_result *result = NULL;
    pthread_mutex_lock(&lowering.lock);
    struct entry *entry = find(request, hash);
    bool is_new = entry == NULL;
    if (!is_new) {
        entry->refs++;
    } else if ((entry = entry_new(request, hash)) != NULL) {
        struct entry **bucket = &lowering.buckets[hash % BUCKETS];
        entry->next = *bucket;
        *bucket = entry;
    }
    pthread_mutex_unlock(&lowering.lock);
    if (entry == NULL) {
        return NULL;
    }
    if (is_new) {
        provide(entry);
    }
    await(entry, is_interrupted, owner);
    pthread_mutex_lock(&lowering.lock);
    if (entry->is_done) {
        result = ref(entry->result);
    }
    entry_unref(entry);
    pthread_mutex_unlock(&lowering.lock);
    return result;
}

/* ---- the process --------------------------------------------------------------------------------
 */

void lower_open(bool has_disk)
{
    const char *wish = getenv("ISORUN_CACHE");
    lowering.has_disk = has_disk && !(wish != NULL && strcmp(wish, "off") == 0);
}

static void end_crew(void)
{
    pthread_mutex_lock(&lowering.lock);
    lowering.is_closing = true;
    for (int i = 0; i < CREW_MAX; i++) {
        if (lowering.crew[i].heap != NULL) {
            lower_heap_stop(lowering.crew[i].heap);
        }
    }
    pthread_cond_broadcast(&lowering.work);
    pthread_mutex_unlock(&lowering.lock);
    for (int i = 0; i < CREW_MAX; i++) {
        if (lowering.crew[i].is_started) {
            pthread_join(lowering.crew[i].thread, NULL);
            lowering.crew[i] = (struct member){0};
        }
    }
    lowering.is_closing = false;
}

void lower_close(void)
{
    end_crew();
    while (lowering.queue != NULL) { /* asked for by workers that were killed */
        struct entry *entry = lowering.queue;
        lowering.queue = entry->newer;
        unlist(entry);
    }
    lowering.queue_end = NULL;
    lowering.queued = 0;
    while (lowering.oldest != NULL) {
        drop_oldest();
    }
    lowering.newest = NULL;
    lower_cache_close(&lowering.disk);
    lowering.is_disk_tried = false;
}
