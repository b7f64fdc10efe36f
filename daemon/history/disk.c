/*
 * SQLite: one connection that holds the file alone, a write-ahead log, statements prepared once.
 * Called by keeper.c. Owns the connection. Invariant: outside of these functions no statement is
 * running; is_writing is true exactly while a transaction is open.
 *
 * The log makes commits atomic whenever the daemon is killed; only a crash of the whole machine may
 * take the last ones (synchronous = NORMAL), never the file.
 */
#include "daemon/history/disk.h"

#include "base/directory.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#define PAGE_BYTES     4096
#define SHRINK_PAGES   "1024"
#define APPLICATION_ID "1230196563" /* "ISOS" */
#define FORMAT         1

enum statement {
    STATEMENT_BEGIN,
    STATEMENT_COMMIT,
    STATEMENT_FIND,
    STATEMENT_ADD,
    STATEMENT_TOUCH,
    STATEMENT_FORGET,
    STATEMENT_PUT,
    STATEMENT_GET,
    STATEMENT_GET_FIRST,
    STATEMENT_CUT,
    STATEMENT_FIRST,
    STATEMENT_LAST,
    STATEMENT_PAGES,
    STATEMENT_FREE,
    STATEMENTS
};

static const char *const texts[STATEMENTS] = {
    [STATEMENT_BEGIN] = "BEGIN IMMEDIATE",
    [STATEMENT_COMMIT] = "COMMIT",
    [STATEMENT_FIND] = "SELECT id FROM series WHERE name = ?1",
    [STATEMENT_ADD] = "INSERT INTO series (name, last) VALUES (?1, 0)",
    [STATEMENT_TOUCH] = "UPDATE series SET last = max(last, ?2) WHERE id = ?1",
    [STATEMENT_FORGET] = "DELETE FROM series WHERE last < ?1",
    [STATEMENT_PUT] = "INSERT OR REPLACE INTO block (id, data) VALUES (?1, ?2)",
    [STATEMENT_GET] = "SELECT data FROM block WHERE id = ?1",
    [STATEMENT_GET_FIRST] = "SELECT data FROM block WHERE id >= ?1 AND id < ?2 ORDER BY id LIMIT 1",
    [STATEMENT_CUT] = "DELETE FROM block WHERE id >= ?1 AND id < ?2",
    [STATEMENT_FIRST] = "SELECT min(id) FROM block WHERE id >= ?1 AND id < ?2",
    [STATEMENT_LAST] = "SELECT max(id) FROM block WHERE id >= ?1 AND id < ?2",
    [STATEMENT_PAGES] = "PRAGMA page_count",
    [STATEMENT_FREE] = "PRAGMA freelist_count",
};

static const char *const setup[] = {
    "PRAGMA locking_mode = EXCLUSIVE",     "PRAGMA auto_vacuum = INCREMENTAL",
    "PRAGMA journal_mode = WAL",           "PRAGMA synchronous = NORMAL",
    "PRAGMA cell_size_check = ON",         "PRAGMA trusted_schema = OFF",
    "PRAGMA temp_store = MEMORY",          "PRAGMA cache_size = -4096",
    "PRAGMA journal_size_limit = 4194304", "BEGIN IMMEDIATE",
};

static const char *const schema[] = {
    "PRAGMA application_id = " APPLICATION_ID,
    "PRAGMA user_version = 1",
    "CREATE TABLE series (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE,"
    " last INTEGER NOT NULL)",
    "CREATE TABLE block (id INTEGER PRIMARY KEY, data BLOB NOT NULL)",
};

struct disk {
    sqlite3 *base;
    sqlite3_stmt *statements[STATEMENTS];
    bool is_writing;
    char path[PATH_MAX], log_path[PATH_MAX];
};

/* ---- outcomes -------------------------------------------------------------------------------- */

static int failure_of(const struct disk *disk, int result)
{
    int cause = disk->base != NULL ? sqlite3_system_errno(disk->base) : 0;

    switch (result & 0xff) {
    case SQLITE_OK:
    case SQLITE_ROW:
    case SQLITE_DONE:
        return 0;
    case SQLITE_FULL:
        return -ENOSPC;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return -EBADMSG;
    case SQLITE_NOMEM:
        return -ENOMEM;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return -EBUSY;
    case SQLITE_READONLY:
        return -EROFS;
    case SQLITE_CANTOPEN:
    case SQLITE_IOERR:
        return cause == ENOSPC || cause == EDQUOT ? -ENOSPC : cause == EROFS ? -EROFS : -EIO;
    default:
        return -EIO;
    }
}

static int run(struct disk *disk, const char *text)
{
    return failure_of(disk, sqlite3_exec(disk->base, text, NULL, NULL, NULL));
}

/* Runs a statement that tells at most one number. 0, -ENOENT when it told none. */
static int step(struct disk *disk, enum statement which, int64_t *number)
{
    sqlite3_stmt *statement = disk->statements[which];
    int result = sqlite3_step(statement);
    int code = failure_of(disk, result);

    if (code == 0 && number != NULL) {
        bool has_number = result == SQLITE_ROW && sqlite3_column_type(statement, 0) != SQLITE_NULL;
        *number = has_number ? sqlite3_column_int64(statement, 0) : 0;
        code = has_number ? 0 : -ENOENT;
    }
    sqlite3_reset(statement);
    return code;
}

static int need_transaction(struct disk *disk)
{
    if (disk->is_writing) {
        return 0;
    }
    int code = step(disk, STATEMENT_BEGIN, NULL);
    disk->is_writing = code == 0;
    return code;
}

/* ---- opening --------------------------------------------------------------------------------- */

/* The file is made by us, so that nobody else may read it; SQLite gives its log the same mode. */
static int touch(const char *path)
{
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

    if (fd < 0) {
        return -errno;
    }
    close(fd);
    return 0;
}

static int read_pragma(struct disk *disk, const char *text, int64_t *number)
{
    sqlite3_stmt *statement;
    int code = failure_of(disk, sqlite3_prepare_v2(disk->base, text, -1, &statement, NULL));

    if (code < 0) {
        return code;
    }
    code = failure_of(disk, sqlite3_step(statement));
    *number = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    return code;
}

/* Tables of our format: those that are there, or new ones in an empty file. */
static int need_tables(struct disk *disk)
{
    int64_t id = 0, version = 0, tables = 0;
    int code = read_pragma(disk, "SELECT count(*) FROM sqlite_schema", &tables);

    if (code == 0) {
        code = read_pragma(disk, "PRAGMA application_id", &id);
    }
    if (code == 0) {
        code = read_pragma(disk, "PRAGMA user_version", &version);
    }
    if (code == 0 && tables > 0 && (id != atoll(APPLICATION_ID) || version != FORMAT)) {
        return -EBADMSG;
    }
    for (size_t i = 0; code == 0 && tables == 0 && i < sizeof schema / sizeof *schema; i++) {
        code = run(disk, schema[i]);
    }
    return code == 0 ? run(disk, "COMMIT") : code;
}

static int prepare(struct disk *disk)
{
    int code = 0;

    for (size_t i = 0; code == 0 && i < sizeof setup / sizeof *setup; i++) {
        code = run(disk, setup[i]);
    }
    if (code == 0) {
        code = need_tables(disk);
    }
    for (int i = 0; code == 0 && i < STATEMENTS; i++) {
        code =
            failure_of(disk, sqlite3_prepare_v3(disk->base, texts[i], -1, SQLITE_PREPARE_PERSISTENT,
                                                &disk->statements[i], NULL));
    }
    /* a table that lacks a column was not made by us */
    return code == -EIO && sqlite3_errcode(disk->base) == SQLITE_ERROR ? -EBADMSG : code;
}

int disk_open(struct disk **result, const char *directory, uint64_t max_bytes, struct error *error)
{
    struct disk *disk = calloc(1, sizeof *disk);

    *result = NULL;
    if (disk == NULL) {
        return error_set(error, -ENOMEM, "no memory");
    }
    snprintf(disk->path, sizeof disk->path, "%s/history.db", directory);
    snprintf(disk->log_path, sizeof disk->log_path, "%s/history.db-wal", directory);
    int code = directory_make(directory);
    if (code == 0) {
        code = touch(disk->path);
    }
    if (code == 0) {
        code = failure_of(disk, sqlite3_open_v2(disk->path, &disk->base,
                                                SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL));
        code = code == 0 ? prepare(disk) : code;
        if (code < 0) {
            error_set(error, code, "%.300s: %.150s", disk->path, disk_error(disk));
        }
    } else {
        error_set(error, code, "%.400s: %s", disk->path, strerror(-code));
    }
    if (code < 0) {
        disk_close(&disk);
        return code;
    }
    disk_limit(disk, max_bytes);
    *result = disk;
    return 0;
}

void disk_close(struct disk **pointer)
{
    struct disk *disk = *pointer;

    *pointer = NULL;
    if (disk == NULL) {
        return;
    }
    for (int i = 0; i < STATEMENTS; i++) {
        sqlite3_finalize(disk->statements[i]);
    }
    sqlite3_close(disk->base);
    free(disk);
}

int disk_set_aside(const char *directory)
{
    static const char *const suffixes[] = {"-wal", "-shm", ""};
    char from[PATH_MAX], to[PATH_MAX];

    for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++) {
        snprintf(from, sizeof from, "%s/history.db%s", directory, suffixes[i]);
        snprintf(to, sizeof to, "%s/history.db.corrupt%s", directory, suffixes[i]);
        if (rename(from, to) < 0 && errno != ENOENT) {
            return -errno;
        }
    }
    return 0;
}

void disk_limit(struct disk *disk, uint64_t max_bytes)
{
    char text[64];

    snprintf(
        text, sizeof text, "PRAGMA max_page_count = %lld",
        (long long)(max_bytes / PAGE_BYTES < 1000000000 ? max_bytes / PAGE_BYTES : 1000000000));
    sqlite3_exec(disk->base, text, NULL, NULL, NULL);
}

/* ---- series ---------------------------------------------------------------------------------- */

int disk_find_series(struct disk *disk, const char *name, bool wants_new, uint32_t *series)
{
    int64_t id = 0;

    sqlite3_bind_text(disk->statements[STATEMENT_FIND], 1, name, -1, SQLITE_STATIC);
    int code = step(disk, STATEMENT_FIND, &id);
    if (code == -ENOENT && wants_new && (code = need_transaction(disk)) == 0) {
        sqlite3_bind_text(disk->statements[STATEMENT_ADD], 1, name, -1, SQLITE_STATIC);
        code = step(disk, STATEMENT_ADD, NULL);
        id = sqlite3_last_insert_rowid(disk->base);
    }
    if (code == 0 && (id <= 0 || id >= DISK_SERIES_MAX)) {
        return -EBADMSG; /* two thousand million series: begin anew */
    }
    *series = (uint32_t)id;
    return code;
}

int disk_touch_series(struct disk *disk, uint32_t series, double last)
{
    int code = need_transaction(disk);

    if (code < 0) {
        return code;
    }
    sqlite3_bind_int64(disk->statements[STATEMENT_TOUCH], 1, series);
    sqlite3_bind_int64(disk->statements[STATEMENT_TOUCH], 2, (int64_t)last);
    return step(disk, STATEMENT_TOUCH, NULL);
}

int disk_forget_series(struct disk *disk, double before)
{
    int code = need_transaction(disk);

    if (code < 0) {
        return code;
    }
    sqlite3_bind_int64(disk->statements[STATEMENT_FORGET], 1, (int64_t)before);
    return step(disk, STATEMENT_FORGET, NULL);
}

/* ---- blocks ---------------------------------------------------------------------------------- */

static int64_t number_of(unsigned level, int64_t block, uint32_t series)
{
    return (int64_t)level << 62 | block << 31 | (int64_t)series;
}

/* All numbers of a level, from its block `first`. */
static void bind_level(struct disk *disk, enum statement which, unsigned level, int64_t first,
                       int64_t end)
{
    int64_t high = end < DISK_BLOCK_MAX ? number_of(level, end, 0)
                   : level == 0         ? number_of(1, 0, 0)
                                        : INT64_MAX;

    sqlite3_bind_int64(disk->statements[which], 1, number_of(level, first, 0));
    sqlite3_bind_int64(disk->statements[which], 2, high);
}

int disk_put(struct disk *disk, struct disk_key key, const void *data, size_t size)
{
    sqlite3_stmt *put = disk->statements[STATEMENT_PUT];

    if (key.block < 0 || key.block >= DISK_BLOCK_MAX || size > INT_MAX) {
        return -ERANGE;
    }
    int code = need_transaction(disk);
    if (code < 0) {
        return code;
    }
    sqlite3_bind_int64(put, 1, number_of(key.level, key.block, key.series));
    sqlite3_bind_blob(put, 2, data, (int)size, SQLITE_STATIC);
    code = step(disk, STATEMENT_PUT, NULL);
    sqlite3_clear_bindings(put);
    return code;
}

/* Runs a statement that tells at most one blob. */
static int read_blob(struct disk *disk, enum statement which, struct bytes *out)
{
    sqlite3_stmt *get = disk->statements[which];
    int result = sqlite3_step(get);
    int code = result == SQLITE_DONE ? -ENOENT : failure_of(disk, result);

    if (code == 0) {
        bytes_append(out, sqlite3_column_blob(get, 0), (size_t)sqlite3_column_bytes(get, 0));
        code = out->is_failed ? -ENOMEM : 0;
    }
    sqlite3_reset(get);
    return code;
}

int disk_get(struct disk *disk, struct disk_key key, struct bytes *out)
{
    if (key.block < 0 || key.block >= DISK_BLOCK_MAX) {
        return -ENOENT;
    }
    sqlite3_bind_int64(disk->statements[STATEMENT_GET], 1,
                       number_of(key.level, key.block, key.series));
    return read_blob(disk, STATEMENT_GET, out);
}

int disk_get_first(struct disk *disk, unsigned level, struct bytes *out)
{
    bind_level(disk, STATEMENT_GET_FIRST, level, 0, DISK_BLOCK_MAX);
    return read_blob(disk, STATEMENT_GET_FIRST, out);
}

int disk_cut(struct disk *disk, unsigned level, int64_t before)
{
    if (before <= 0) {
        return 0;
    }
    int code = need_transaction(disk);
    if (code < 0) {
        return code;
    }
    bind_level(disk, STATEMENT_CUT, level, 0, before);
    return step(disk, STATEMENT_CUT, NULL);
}

bool disk_get_range(struct disk *disk, unsigned level, int64_t *oldest, int64_t *newest)
{
    int64_t first, last;

    bind_level(disk, STATEMENT_FIRST, level, 0, DISK_BLOCK_MAX);
    bind_level(disk, STATEMENT_LAST, level, 0, DISK_BLOCK_MAX);
    if (step(disk, STATEMENT_FIRST, &first) < 0 || step(disk, STATEMENT_LAST, &last) < 0) {
        return false;
    }
    *oldest = first >> 31 & (DISK_BLOCK_MAX - 1);
    *newest = last >> 31 & (DISK_BLOCK_MAX - 1);
    return true;
}

/* ---- the whole ------------------------------------------------------------------------------- */

int disk_commit(struct disk *disk)
{
    if (!disk->is_writing) {
        return 0;
    }
    int code = step(disk, STATEMENT_COMMIT, NULL);
    disk->is_writing = code < 0;
    return code;
}

void disk_rollback(struct disk *disk)
{
    disk->is_writing = false;
    if (!sqlite3_get_autocommit(disk->base)) {
        sqlite3_exec(disk->base, "ROLLBACK", NULL, NULL, NULL);
    }
}

int disk_shrink(struct disk *disk)
{
    int64_t free_pages = 0;
    int code = step(disk, STATEMENT_FREE, &free_pages);

    return code == 0 && free_pages > 0 ? run(disk, "PRAGMA incremental_vacuum(" SHRINK_PAGES ")")
                                       : code;
}

static uint64_t size_of(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 ? (uint64_t)status.st_size : 0;
}

uint64_t disk_file_bytes(const struct disk *disk)
{
    return size_of(disk->path) + size_of(disk->log_path);
}

uint64_t disk_used_bytes(struct disk *disk)
{
    int64_t pages = 0, free_pages = 0;

    if (step(disk, STATEMENT_PAGES, &pages) < 0 || step(disk, STATEMENT_FREE, &free_pages) < 0 ||
        free_pages > pages) {
        return 0;
    }
    return (uint64_t)(pages - free_pages) * PAGE_BYTES;
}

const char *disk_error(const struct disk *disk)
{
    return disk->base != NULL ? sqlite3_errmsg(disk->base) : "out of memory";
}
