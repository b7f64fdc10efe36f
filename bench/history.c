/*
 * History on disk beside what one would write first: a row of SQLite for each step of each series,
 * in one transaction for as many steps, with the index that finding them needs. The same samples (a
 * quarter of the series busy, the rest idle), the same file system, the same run: series-steps a
 * second, bytes for each, and the time to read an hour of one series. Of ours the raw steps and the
 * rollups are written; of the peer the raw ones alone.
 */
#include "base/clock.h"
#include "daemon/history/keeper.h"
#include "daemon/history/recall.h"

#include <math.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SERIES  200
#define SECONDS 3600
#define METRICS 4 /* of an isolate */
#define QUERIES 50
#define T0      1700000100

static char directory[] = "/tmp/isoscope-bench-XXXXXX";

static double sample(uint32_t series, int second, int metric)
{
    uint32_t noise = (series * 2654435761u) ^ ((uint32_t)second * 40503u) ^ ((uint32_t)metric << 7);

    noise ^= noise >> 13;
    noise *= 0x5bd1e995u;
    return 1e6 * (series + 1) + (series % 4 == 0 ? (double)(noise % 400000) : 0);
}

static double seconds_since(uint64_t begin)
{
    return (double)(clock_now_ns() - begin) / 1e9;
}

static double size_of(const char *name)
{
    char path[128];
    struct stat status;

    snprintf(path, sizeof path, "%s/%s", directory, name);
    double bytes = stat(path, &status) == 0 ? (double)status.st_size : 0;
    unlink(path);
    return bytes;
}

/* ---- ours ------------------------------------------------------------------------------------ */

static void fill(struct keeper_batch *batch, int second)
{
    bytes_clear(&batch->data);
    batch->t = T0 + second;
    batch->now_ns = (uint64_t)(second + 1000) * CLOCK_NS_PER_S;
    batch->entry_count = SERIES;
    for (uint32_t i = 0; i < SERIES; i++) {
        struct keeper_entry entry = {i + 1, HISTORY_ISOLATE, METRICS, second == 0 ? 32 : 0};
        char name[32];
        double values[METRICS];
        snprintf(name, sizeof name, "isolate:%u.1", i);
        for (int m = 0; m < METRICS; m++) {
            values[m] = sample(i, second, m);
        }
        bytes_append(&batch->data, &entry, sizeof entry);
        bytes_append(&batch->data, values, sizeof values);
        bytes_append(&batch->data, name, entry.name_bytes);
    }
}

static struct query *make_query(uint32_t series)
{
    struct query *query = query_new(1);

    if (query == NULL) {
        exit(1);
    }
    query->from = T0;
    query->to = T0 + SECONDS;
    query->step = 1;
    query->max = 20000;
    snprintf(query->items[0].name, QUERY_NAME_MAX, "isolate:%u.1", series);
    return query;
}

static void run_ours(double *rate, double *bytes, double *query_ms)
{
    const double steps[DISK_LEVELS] = {1, 15};
    struct keeper *keeper = keeper_new(directory, steps);
    struct keeper_batch batch = {.limits = {{86400, 86400}, 5, UINT64_C(1) << 40}};
    double spent = 0;

    for (int second = 0; second < SECONDS; second++) {
        fill(&batch, second);
        uint64_t begin = clock_now_ns();
        keeper_take(keeper, &batch);
        spent += seconds_since(begin);
    }
    uint64_t begin = clock_now_ns();
    keeper_save(keeper, true);
    spent += seconds_since(begin);
    begin = clock_now_ns();
    for (uint32_t i = 0; i < QUERIES; i++) {
        struct query *query = make_query(i * 3);
        recall_answer(keeper, query);
        if (query->items[0].count != SECONDS) {
            fprintf(stderr, "history: %zu points\n", query->items[0].count);
            exit(1);
        }
        query_free(&query);
    }
    *query_ms = seconds_since(begin) * 1e3 / QUERIES;
    keeper_free(&keeper);
    bytes_fini(&batch.data);
    *rate = (double)SERIES * SECONDS / spent;
    *bytes = (size_of("history.db") + size_of("history.db-wal")) / ((double)SERIES * SECONDS);
}

/* ---- the peer -------------------------------------------------------------------------------- */

static void check(sqlite3 *base, int result)
{
    if (result != SQLITE_OK && result != SQLITE_DONE) {
        fprintf(stderr, "peer: %s\n", sqlite3_errmsg(base));
        exit(1);
    }
}

static void insert(sqlite3_stmt *put, uint32_t series, int second)
{
    sqlite3_bind_int(put, 1, (int)series);
    sqlite3_bind_int64(put, 2, T0 + second);
    for (int m = 0; m < METRICS; m++) {
        for (int k = 0; k < 3; k++) { /* minimum, average, maximum */
            sqlite3_bind_double(put, 3 + 3 * m + k, sample(series, second, m));
        }
    }
    sqlite3_step(put);
    sqlite3_reset(put);
}

static void run_peer(double *rate, double *bytes, double *query_ms)
{
    char path[128];
    sqlite3 *base;
    sqlite3_stmt *put, *get;

    snprintf(path, sizeof path, "%s/peer.db", directory);
    check(NULL, sqlite3_open(path, &base));
    check(base, sqlite3_exec(base,
                             "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"
                             "CREATE TABLE sample (series INTEGER, t INTEGER, a, b, c, d, e, f, g,"
                             " h, i, j, k, l); CREATE INDEX place ON sample (series, t);",
                             NULL, NULL, NULL));
    check(base, sqlite3_prepare_v2(base, "INSERT INTO sample VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
                                   -1, &put, NULL));
    uint64_t begin = clock_now_ns();
    for (int second = 0; second < SECONDS; second++) {
        if (second % 5 == 0) {
            check(base, sqlite3_exec(base, "BEGIN", NULL, NULL, NULL));
        }
        for (uint32_t i = 0; i < SERIES; i++) {
            insert(put, i, second);
        }
        if (second % 5 == 4) {
            check(base, sqlite3_exec(base, "COMMIT", NULL, NULL, NULL));
        }
    }
    *rate = (double)SERIES * SECONDS / seconds_since(begin);
    check(base, sqlite3_prepare_v2(base,
                                   "SELECT t, a, b, c FROM sample WHERE series = ? AND t >= ? AND"
                                   " t < ? ORDER BY t",
                                   -1, &get, NULL));
    begin = clock_now_ns();
    for (int i = 0; i < QUERIES; i++) {
        int rows = 0;
        sqlite3_bind_int(get, 1, i * 3);
        sqlite3_bind_int64(get, 2, T0);
        sqlite3_bind_int64(get, 3, T0 + SECONDS);
        while (sqlite3_step(get) == SQLITE_ROW) {
            rows += sqlite3_column_double(get, 2) >= 0;
        }
        sqlite3_reset(get);
        if (rows != SECONDS) {
            exit(1);
        }
    }
    *query_ms = seconds_since(begin) * 1e3 / QUERIES;
    sqlite3_finalize(put);
    sqlite3_finalize(get);
    sqlite3_close(base);
    *bytes = size_of("peer.db") / ((double)SERIES * SECONDS);
}

int main(void)
{
    double rate, bytes, query_ms, peer_rate, peer_bytes, peer_query_ms;

    if (mkdtemp(directory) == NULL) {
        return 1;
    }
    run_ours(&rate, &bytes, &query_ms);
    run_peer(&peer_rate, &peer_bytes, &peer_query_ms);
    rmdir(directory);
    printf("{\"bench\":\"history\",\"rows_per_second\":%.0f,\"bytes_per_row\":%.1f,"
           "\"query_ms\":%.2f,\"peer_rows_per_second\":%.0f,\"peer_bytes_per_row\":%.1f,"
           "\"peer_query_ms\":%.2f,\"ratio\":%.1f}\n",
           rate, bytes, query_ms, peer_rate, peer_bytes, peer_query_ms, rate / peer_rate);
    return 0;
}
