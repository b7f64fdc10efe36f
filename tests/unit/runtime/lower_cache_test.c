/* The cache on disk: what goes in comes out; whatever is spoiled, foreign or full is no cache. */
#include "runtime/lower_cache.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[64];
static char place[128];

static struct lower_result *make(const char *about, const char *code)
{
    size_t about_size = strlen(about), code_size = strlen(code);
    struct lower_result *result = malloc(sizeof *result + about_size + code_size);
    atomic_init(&result->refs, 1);
    result->is_error = false;
    result->about_size = about_size;
    result->code_size = code_size;
    memcpy(result->text, about, about_size);
    memcpy(result->text + about_size, code, code_size);
    return result;
}

static void key_of(const char *source, unsigned char key[SHA256_DIGEST_SIZE])
{
    struct lower_request request = {.source = {source, strlen(source)}, .file = {"f", 1}};
    lower_cache_key(&request, key);
}

static void put(struct lower_cache *cache, const char *source, const char *code)
{
    unsigned char key[SHA256_DIGEST_SIZE];
    struct lower_result *result = make("{}", code);
    key_of(source, key);
    lower_cache_put(cache, key, result);
    lower_unref(&result);
}

static bool has(struct lower_cache *cache, const char *source, const char *code)
{
    unsigned char key[SHA256_DIGEST_SIZE];
    key_of(source, key);
    struct lower_result *result = lower_cache_get(cache, key);
    bool is_there = result != NULL;
    if (is_there) {
        assert_int_equal(result->code_size, strlen(code));
        assert_memory_equal(lower_code(result).data, code, strlen(code));
    }
    lower_unref(&result);
    return is_there;
}

/* The only file in the cache; the number of files. */
static int find_file(char path[512])
{
    DIR *directory = opendir(place);
    int count = 0;
    for (struct dirent *entry; (entry = readdir(directory)) != NULL;) {
        if (entry->d_name[0] != '.') {
            snprintf(path, 512, "%s/%s", place, entry->d_name);
            count++;
        }
    }
    closedir(directory);
    return count;
}

static int set_up(void **state)
{
    (void)state;
    snprintf(folder, sizeof folder, "/tmp/lower-cache-XXXXXX");
    if (mkdtemp(folder) == NULL) {
        return -1;
    }
    snprintf(place, sizeof place, "%s/a/isoscope", folder);
    return 0;
}

static int tear_down(void **state)
{
    char command[128];
    (void)state;
    snprintf(command, sizeof command, "rm -rf %s", folder);
    return system(command);
}

static void what_is_put_is_found(void **state)
{
    struct lower_cache *cache = lower_cache_open(place, 1 << 20);
    struct stat info;

    (void)state;
    assert_non_null(cache);
    assert_int_equal(stat(place, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0700);
    assert_false(has(cache, "source", "code"));
    put(cache, "source", "code");
    put(cache, "empty", "");
    assert_true(has(cache, "source", "code"));
    assert_true(has(cache, "empty", ""));
    assert_false(has(cache, "source2", "code"));
    lower_cache_close(&cache);
    cache = lower_cache_open(place, 1 << 20);
    assert_true(has(cache, "source", "code"));
    lower_cache_close(&cache);
}

static void what_is_spoiled_is_dropped(void **state)
{
    struct lower_cache *cache = lower_cache_open(place, 1 << 20);
    char path[512], byte;
    struct stat info;

    (void)state;
    put(cache, "source", "some code");
    assert_int_equal(find_file(path), 1);
    assert_int_equal(stat(path, &info), 0);
    for (off_t at = 0; at < info.st_size; at++) { /* any byte */
        put(cache, "source", "some code");
        int file = open(path, O_RDWR);
        assert_int_equal(pread(file, &byte, 1, at), 1);
        byte ^= 1;
        assert_int_equal(pwrite(file, &byte, 1, at), 1);
        close(file);
        assert_false(has(cache, "source", "some code"));
        assert_int_equal(find_file(path + 0), 0);
        put(cache, "source", "some code");
        find_file(path);
    }
    for (off_t size = 0; size < info.st_size; size++) { /* any cut */
        put(cache, "source", "some code");
        assert_int_equal(truncate(path, size), 0);
        assert_false(has(cache, "source", "some code"));
    }
    put(cache, "source", "some code");
    int file = open(path, O_WRONLY | O_APPEND);
    assert_int_equal(write(file, "x", 1), 1);
    close(file);
    assert_false(has(cache, "source", "some code"));
    assert_int_equal(symlink("/etc/passwd", path), 0);
    assert_false(has(cache, "source", "some code"));
    lower_cache_close(&cache);
}

static void another_files_result_is_not_taken(void **state)
{
    struct lower_cache *cache = lower_cache_open(place, 1 << 20);
    char first[512], second[512], other[512];
    unsigned char key[SHA256_DIGEST_SIZE];

    (void)state;
    put(cache, "one", "code of one");
    assert_int_equal(find_file(first), 1);
    key_of("two", key);
    snprintf(second, sizeof second, "%s/", place);
    for (int i = 0; i < SHA256_DIGEST_SIZE; i++) {
        snprintf(second + strlen(second), 3, "%02x", key[i]);
    }
    assert_int_equal(rename(first, second), 0);
    assert_false(has(cache, "two", "code of one"));
    assert_int_equal(find_file(other), 0);
    lower_cache_close(&cache);
}

static void the_oldest_leave(void **state)
{
    struct lower_cache *cache = lower_cache_open(place, 4096);
    char name[16], path[512], code[300];
    const struct timespec old[2] = {{.tv_sec = 1000}, {.tv_sec = 1000}};

    (void)state;
    memset(code, 'c', sizeof code);
    code[sizeof code - 1] = '\0';
    put(cache, "old", code);
    find_file(path);
    assert_int_equal(utimensat(AT_FDCWD, path, old, 0), 0);
    for (int i = 0; i < 64; i++) { /* the 65th looks for room */
        snprintf(name, sizeof name, "%d", i);
        put(cache, name, code);
    }
    assert_false(has(cache, "old", code));
    assert_true(find_file(path) <= 10);
    lower_cache_close(&cache);
}

static void what_is_not_private_is_not_used(void **state)
{
    char file[200];

    (void)state;
    struct lower_cache *cache = lower_cache_open(place, 4096);
    lower_cache_close(&cache);
    chmod(place, 0755); /* others may read: no longer */
    cache = lower_cache_open(place, 4096);
    assert_non_null(cache);
    lower_cache_close(&cache);
    struct stat info;
    stat(place, &info);
    assert_int_equal(info.st_mode & 0777, 0700);
    chmod(place, 0720);
    assert_null(lower_cache_open(place, 4096));
    snprintf(file, sizeof file, "%s/file", folder);
    close(open(file, O_CREAT | O_WRONLY, 0600));
    assert_null(lower_cache_open(file, 4096));
    strcat(file, "/below");
    assert_null(lower_cache_open(file, 4096));
    assert_null(lower_cache_open("/proc/none", 4096));
}

static void the_user_says_where(void **state)
{
    char path[64];

    (void)state;
    setenv("XDG_CACHE_HOME", "/x", 1);
    assert_true(lower_cache_place(path, sizeof path));
    assert_string_equal(path, "/x/isoscope");
    assert_false(lower_cache_place(path, 5));
    setenv("XDG_CACHE_HOME", "relative", 1);
    setenv("HOME", "/h", 1);
    assert_true(lower_cache_place(path, sizeof path));
    assert_string_equal(path, "/h/.cache/isoscope");
    unsetenv("HOME");
    assert_false(lower_cache_place(path, sizeof path));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_put_is_found, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_spoiled_is_dropped, set_up, tear_down),
        cmocka_unit_test_setup_teardown(another_files_result_is_not_taken, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_oldest_leave, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_not_private_is_not_used, set_up, tear_down),
        cmocka_unit_test(the_user_says_where),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
