/*
 * Packed blocks: what goes in comes out, repeats and gaps cost little, and no damage leads astray.
 */
#include "daemon/history/pack.h"

#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define METRICS 3
#define ROWS    600

static const struct pack_cell unknown = {NAN, NAN, NAN};

/* A cheap generator, the same every time. */
static uint64_t next_random(uint64_t *seed)
{
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return *seed >> 33;
}

static struct pack_cell make_cell(uint64_t *seed)
{
    double avg = (double)(next_random(seed) % 3 == 0 ? INT64_C(1) << 53
                                                     : (int64_t)next_random(seed) - 1000000);
    if (next_random(seed) % 4 == 0) {
        return unknown;
    }
    double below = (double)(next_random(seed) % 1000);
    return (struct pack_cell){avg - below, avg, fmin(avg + below, 0x1p53)};
}

static bool is_same(const struct pack_cell *a, const struct pack_cell *b)
{
    return (isnan(a->avg) && isnan(b->avg)) ||
           (a->min == b->min && a->avg == b->avg && a->max == b->max);
}

static void test_round_trip(void **state)
{
    static struct pack_cell cells[ROWS][METRICS];
    static int64_t rows[ROWS];
    struct pack pack;
    struct pack_reader reader;
    struct pack_cell read[PACK_METRICS_MAX];
    uint64_t seed = 7;
    int64_t row = 1700000000, at;
    (void)state;

    pack_init(&pack, METRICS, 0.25);
    assert_null(pack_seal(&pack));
    for (int i = 0; i < ROWS; i++) {
        row += 1 + (int64_t)(next_random(&seed) % 5 == 0 ? next_random(&seed) % 3 : 0);
        bool repeats = i > 0 && next_random(&seed) % 2 == 0;
        for (int m = 0; m < METRICS; m++) {
            cells[i][m] = repeats ? cells[i - 1][m] : make_cell(&seed);
        }
        rows[i] = row;
        assert_int_equal(pack_add(&pack, row, cells[i]), 0);
    }
    const struct bytes *data = pack_seal(&pack);
    assert_int_equal(pack_open(&reader, data->data, data->size), 0);
    assert_int_equal(reader.metric_count, METRICS);
    assert_int_equal(reader.step_us, 250000);
    for (int i = 0; i < ROWS; i++) {
        assert_int_equal(pack_next(&reader, &at, read), 1);
        assert_int_equal(at, rows[i]);
        for (int m = 0; m < METRICS; m++) {
            assert_true(is_same(&read[m], &cells[i][m]));
        }
        assert_true(isnan(read[METRICS].avg));
    }
    assert_int_equal(pack_next(&reader, &at, read), 0);
    pack_fini(&pack);
}

static void test_idle_is_small(void **state)
{
    struct pack_cell cells[METRICS] = {{5e9, 5e9, 5e9}, unknown, {1, 2, 3}};
    struct pack pack;
    (void)state;

    pack_init(&pack, METRICS, 1);
    for (int i = 0; i < 900; i++) {
        assert_int_equal(pack_add(&pack, 1000 + i, cells), 0);
    }
    assert_true(pack_seal(&pack)->size < 40);
    assert_int_equal(pack.row_count, 900);
    pack_fini(&pack);
}

static void test_refuses(void **state)
{
    struct pack_cell cells[METRICS] = {{1, 1, 1}, {2, 2, 2}, {3, 3, 3}};
    struct pack pack;
    (void)state;

    pack_init(&pack, METRICS, 1);
    assert_int_equal(pack_add(&pack, -1, cells), -ERANGE);
    assert_int_equal(pack_add(&pack, 100, cells), 0);
    assert_int_equal(pack_add(&pack, 100, cells), -ERANGE);
    assert_int_equal(pack_add(&pack, 99, cells), -ERANGE);
    assert_int_equal(pack_add(&pack, 100 + PACK_ROWS_MAX, cells), -ERANGE);
    assert_int_equal(pack_add(&pack, 100 + PACK_ROWS_MAX - 1, cells), 0);
    assert_int_equal(pack.row_count, 2);
    pack_fini(&pack);
}

/* Reads to the end; true when that is a whole block. */
static bool read_all(const unsigned char *data, size_t size)
{
    struct pack_reader reader;
    struct pack_cell cells[PACK_METRICS_MAX];
    int64_t row, before = -1;
    int code = pack_open(&reader, data, size);
    int rows = 0;

    while (code >= 0 && (code = pack_next(&reader, &row, cells)) > 0) {
        assert_true(row > before);
        assert_true(++rows <= PACK_ROWS_MAX);
        before = row;
    }
    assert_true(code == 0 || code == -EBADMSG);
    return code == 0;
}

static void reseal(unsigned char *data, size_t size)
{
    uint32_t hash = 2166136261u;
    for (size_t i = 4; i < size; i++) {
        hash = (hash ^ data[i]) * 16777619u;
    }
    for (int i = 0; i < 4; i++) {
        data[i] = (unsigned char)(hash >> 8 * i);
    }
}

static void test_damage(void **state)
{
    struct pack pack;
    uint64_t seed = 3;
    (void)state;

    pack_init(&pack, METRICS, 1);
    for (int i = 0; i < 50; i++) {
        struct pack_cell cells[METRICS];
        for (int m = 0; m < METRICS; m++) {
            cells[m] = make_cell(&seed);
        }
        assert_int_equal(pack_add(&pack, 1000 + i, cells), 0);
    }
    const struct bytes *sealed = pack_seal(&pack);
    unsigned char *copy = malloc(sealed->size);
    for (size_t i = 0; i < sealed->size; i++) {
        memcpy(copy, sealed->data, sealed->size);
        copy[i] ^= 0x10;
        assert_false(read_all(copy, sealed->size));
        assert_false(read_all(sealed->data, i));
        for (int bit = 0; bit < 8; bit++) { /* and where the checksum happens to be right */
            memcpy(copy, sealed->data, sealed->size);
            copy[i] ^= (unsigned char)(1 << bit);
            reseal(copy, sealed->size);
            read_all(copy, sealed->size);
            reseal(copy, i > 4 ? i : 4);
            read_all(copy, i > 4 ? i : 4);
        }
    }
    free(copy);
    pack_fini(&pack);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_idle_is_small),
        cmocka_unit_test(test_refuses),
        cmocka_unit_test(test_damage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
