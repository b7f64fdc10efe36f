/*
 * The cache on disk (lower_cache.h). Called by the isolates' threads (get) and the crew of lower.c
 * (put). Owns the directory's descriptor. Invariant: a file under its final name is whole unless the
 * disk or somebody else spoiled it, and what is spoiled does not pass its checksum.
 *
 *   bytes 0..15    magic          16..47  key (SHA-256 of the request)
 *   48..79         checksum       SHA-256 of everything behind it
 *   80..83, 84..87 sizes of about and code, then both
 */
#include "runtime/lower_cache.h"

#include "lower_version.h"
#include "runtime/engine/engine.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define FILE_MAX      (64u << 20) /* bytes of about and code that are kept */
#define PUTS_PER_TIDY 64          /* the directory is looked through so often */
#define TOUCH_AFTER_S 3600        /* a file read is marked as used when its mark is so old */
#define STALE_AFTER_S 3600        /* what was never renamed is somebody's who died */
#define NAME_SIZE     (2 * SHA256_DIGEST_SIZE + 1)

static const char magic[16] = "isoscope lower 1";

struct header {
    char magic[16];
    unsigned char key[SHA256_DIGEST_SIZE];
    unsigned char checksum[SHA256_DIGEST_SIZE];
    uint32_t about_size;
    uint32_t code_size;
};

struct lower_cache {
    int directory;
    uint64_t max_bytes;
    _Atomic uint32_t puts;
};

/* ---- the directory ------------------------------------------------------------------------------
 */

bool lower_cache_place(char *path, size_t size)
{
    const char *cache = getenv("XDG_CACHE_HOME");
    const char *home = getenv("HOME");
    int length = -1;
    if (cache != NULL && cache[0] == '/') {
        length = snprintf(path, size, "%s/isoscope", cache);
    } else if (home != NULL && home[0] == '/') {
        length = snprintf(path, size, "%s/.cache/isoscope", home);
    }
    return length > 0 && (size_t)length < size;
}

/* Makes the directory and what is missing above it. Whether it worked shows when it is opened. */
static void make_directories(const char *path)
{
    char part[PATH_MAX];
    snprintf(part, sizeof part, "%s", path);
    for (char *slash = strchr(part + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        mkdir(part, 0700);
        *slash = '/';
    }
    mkdir(part, 0700);
}

/* Nobody but the user may have written into it; nobody else needs to read it. */
static bool is_private(int directory)
{
    struct stat info;
    if (fstat(directory, &info) != 0 || info.st_uid != geteuid() || (info.st_mode & 022) != 0) {
        return false;
    }
    return (info.st_mode & 077) == 0 || fchmod(directory, 0700) == 0;
}

struct lower_cache *lower_cache_open(const char *path, uint64_t max_bytes)
{
    make_directories(path);
    int directory = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    struct lower_cache *cache = NULL;
    if (directory >= 0 && is_private(directory)) {
        cache = calloc(1, sizeof *cache);
    }
    if (cache == NULL) {
        if (directory >= 0) {
            close(directory);
        }
        return NULL;
    }
    cache->directory = directory;
    cache->max_bytes = max_bytes;
    return cache;
}

void lower_cache_close(struct lower_cache **place)
{
    struct lower_cache *cache = *place;
    *place = NULL;
    if (cache != NULL) {
        close(cache->directory);
        free(cache);
    }
}

/* ---- names and sums -----------------------------------------------------------------------------
 */

static void add_sized(struct sha256_ctx *hash, const void *data, size_t size)
{
    uint64_t count = size;
    sha256_update(hash, sizeof count, (const uint8_t *)&count);
    sha256_update(hash, size, data);
}

void lower_cache_key(const struct lower_request *request, unsigned char key[SHA256_DIGEST_SIZE])
{
    static const char version[] = "isoscope " ISOSCOPE_VERSION " lowerer " LOWER_VERSION;
    uint32_t goal = request->goal, engine = DUK_VERSION;
    struct sha256_ctx hash;
    sha256_init(&hash);
    add_sized(&hash, version, sizeof version);
    add_sized(&hash, &engine, sizeof engine);
    add_sized(&hash, &goal, sizeof goal);
    add_sized(&hash, request->file.data, request->file.size);
    add_sized(&hash, request->parameters.data, request->parameters.size);
    add_sized(&hash, request->source.data, request->source.size);
    sha256_digest(&hash, SHA256_DIGEST_SIZE, key);
}

static void make_name(const unsigned char key[SHA256_DIGEST_SIZE], char name[NAME_SIZE])
{
    for (int i = 0; i < SHA256_DIGEST_SIZE; i++) {
        snprintf(name + 2 * i, 3, "%02x", key[i]);
    }
}

static bool is_name(const char *name)
{
    return strlen(name) == NAME_SIZE - 1 && strspn(name, "0123456789abcdef") == NAME_SIZE - 1;
}

static void make_checksum(const struct header *header, const char *text,
                          unsigned char checksum[SHA256_DIGEST_SIZE])
{
    struct sha256_ctx hash;
    sha256_init(&hash);
    sha256_update(&hash, sizeof header->about_size, (const uint8_t *)&header->about_size);
    sha256_update(&hash, sizeof header->code_size, (const uint8_t *)&header->code_size);
    sha256_update(&hash, (size_t)header->about_size + header->code_size, (const uint8_t *)text);
    sha256_digest(&hash, SHA256_DIGEST_SIZE, checksum);
}

/* ---- reading ------------------------------------------------------------------------------------
 */

static bool read_all(int file, void *data, size_t size)
{
    char *at = data;
    while (size > 0) {
        ssize_t count = read(file, at, size);
        if (count == 0 || (count < 0 && errno != EINTR)) {
            return false;
        }
        if (count > 0) {
            at += count;
            size -= (size_t)count;
        }
    }
    return true;
}

static bool is_sound(const struct header *header, const unsigned char key[SHA256_DIGEST_SIZE],
                     uint64_t file_size)
{
    return memcmp(header->magic, magic, sizeof magic) == 0 &&
           memcmp(header->key, key, SHA256_DIGEST_SIZE) == 0 && header->about_size > 0 &&
           (uint64_t)header->about_size + header->code_size + sizeof *header == file_size;
}

/* NULL for anything that is not exactly what was once put under this key. */
static struct lower_result *read_result(int file, const unsigned char key[SHA256_DIGEST_SIZE],
                                        uint64_t file_size)
{
    unsigned char checksum[SHA256_DIGEST_SIZE];
    struct header header;
    if (file_size > FILE_MAX || !read_all(file, &header, sizeof header) ||
        !is_sound(&header, key, file_size)) {
        return NULL;
    }
    size_t size = (size_t)header.about_size + header.code_size;
    struct lower_result *result = malloc(sizeof *result + size);
    if (result == NULL) {
        return NULL;
    }
    atomic_init(&result->refs, 1);
    result->is_error = false;
    result->about_size = header.about_size;
    result->code_size = header.code_size;
    bool is_read = read_all(file, result->text, size);
    if (is_read) {
        make_checksum(&header, result->text, checksum);
    }
    if (!is_read || memcmp(checksum, header.checksum, SHA256_DIGEST_SIZE) != 0) {
        free(result);
        return NULL;
    }
    return result;
}

struct lower_result *lower_cache_get(struct lower_cache *cache,
                                     const unsigned char key[SHA256_DIGEST_SIZE])
{
    char name[NAME_SIZE];
    struct stat info;
    make_name(key, name);
    int file = openat(cache->directory, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
    if (file < 0) {
        return NULL;
    }
    struct lower_result *result = NULL;
    if (fstat(file, &info) == 0 && S_ISREG(info.st_mode) && info.st_uid == geteuid()) {
        result = read_result(file, key, (uint64_t)info.st_size);
        if (result != NULL && time(NULL) - info.st_mtime > TOUCH_AFTER_S) {
            (void)futimens(file, NULL);
        }
    }
    close(file);
    if (result == NULL) {
        (void)unlinkat(cache->directory, name, 0);
    }
    return result;
}

/* ---- room ---------------------------------------------------------------------------------------
 */

struct aged {
    time_t used;
    uint64_t bytes;
    char name[NAME_SIZE];
};

static int older_first(const void *left, const void *right)
{
    time_t a = ((const struct aged *)left)->used, b = ((const struct aged *)right)->used;
    return a < b ? -1 : a > b;
}

/* What is there, into *list (malloc'd, the caller's); drops what was left half written. */
static size_t list_files(struct lower_cache *cache, DIR *directory, struct aged **list)
{
    size_t count = 0, room = 0;
    time_t now = time(NULL);
    for (struct dirent *entry; (entry = readdir(directory)) != NULL;) {
        struct stat info;
        if (fstatat(cache->directory, entry->d_name, &info, AT_SYMLINK_NOFOLLOW) != 0) {
            continue;
        }
        if (strncmp(entry->d_name, "new-", 4) == 0 && now - info.st_mtime > STALE_AFTER_S) {
            (void)unlinkat(cache->directory, entry->d_name, 0);
        }
        if (!is_name(entry->d_name)) {
            continue;
        }
        if (count == room) {
            size_t more = room > 0 ? 2 * room : 64;
            struct aged *larger = realloc(*list, more * sizeof **list);
            if (larger == NULL) {
                break;
            }
            *list = larger;
            room = more;
        }
        struct aged *file = &(*list)[count++];
        file->used = info.st_mtime;
        file->bytes = (uint64_t)info.st_size;
        memcpy(file->name, entry->d_name, NAME_SIZE);
    }
    return count;
}

/* Back to three quarters of the room when all of it is used. */
static void tidy(struct lower_cache *cache)
{
    int copy = openat(cache->directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *directory = copy >= 0 ? fdopendir(copy) : NULL;
    if (directory == NULL) {
        if (copy >= 0) {
            close(copy);
        }
        return;
    }
    struct aged *files = NULL;
    size_t count = list_files(cache, directory, &files);
    uint64_t bytes = 0;
    closedir(directory);
    for (size_t i = 0; i < count; i++) {
        bytes += files[i].bytes;
    }
    if (bytes > cache->max_bytes) {
        qsort(files, count, sizeof *files, older_first);
        for (size_t i = 0; i < count && bytes > cache->max_bytes / 4 * 3; i++) {
            (void)unlinkat(cache->directory, files[i].name, 0);
            bytes -= files[i].bytes;
        }
    }
    free(files);
}

/* ---- writing ------------------------------------------------------------------------------------
 */

static bool write_all(int file, const void *data, size_t size)
{
    const char *at = data;
    while (size > 0) {
        ssize_t count = write(file, at, size);
        if (count < 0 && errno != EINTR) {
            return false;
        }
        if (count > 0) {
            at += count;
            size -= (size_t)count;
        }
    }
    return true;
}

static bool write_file(struct lower_cache *cache, const char *name, const struct header *header,
                       const struct lower_result *result)
{
    int file = openat(cache->directory, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file < 0) {
        return false;
    }
    bool is_written = write_all(file, header, sizeof *header) &&
                      write_all(file, result->text, result->about_size + result->code_size);
    return close(file) == 0 && is_written;
}

void lower_cache_put(struct lower_cache *cache, const unsigned char key[SHA256_DIGEST_SIZE],
                     const struct lower_result *result)
{
    if (result->is_error || result->about_size + result->code_size > FILE_MAX / 2) {
        return;
    }
    struct header header = {.about_size = (uint32_t)result->about_size,
                            .code_size = (uint32_t)result->code_size};
    char name[NAME_SIZE], temporary[64];
    uint32_t number = atomic_fetch_add(&cache->puts, 1);
    memcpy(header.magic, magic, sizeof magic);
    memcpy(header.key, key, SHA256_DIGEST_SIZE);
    make_checksum(&header, result->text, header.checksum);
    make_name(key, name);
    snprintf(temporary, sizeof temporary, "new-%ld-%u", (long)getpid(), number);
    if (!write_file(cache, temporary, &header, result) ||
        renameat(cache->directory, temporary, cache->directory, name) != 0) {
        (void)unlinkat(cache->directory, temporary, 0);
        return;
    }
    if (number % PUTS_PER_TIDY == 0) {
        tidy(cache);
    }
}
