/* Link-cut trees beside parents that are followed one by one. */
#include "runtime/carrier.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define NODES 200
#define STEPS 200000

static struct carrier nodes[NODES];
static int parents[NODES]; /* -1: hangs on nothing */
static uint64_t state = 88172645463325252u;

static int pick(void)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (int)(state % NODES);
}

static int root_of(int node)
{
    while (parents[node] >= 0) {
        node = parents[node];
    }
    return node;
}

static void check_root(int node)
{
    assert_ptr_equal(carrier_root(&nodes[node]), &nodes[root_of(node)]);
}

static void same_roots_whatever_is_hung_and_cut(void **unused)
{
    (void)unused;
    for (int node = 0; node < NODES; node++) {
        parents[node] = -1;
    }
    for (int step = 0; step < STEPS; step++) {
        int node = pick(), other = pick();
        if (pick() % 3 == 0) {
            carrier_cut(&nodes[node]);
            parents[node] = -1;
        } else if (parents[node] < 0 && root_of(other) != node) {
            carrier_hang(&nodes[node], &nodes[other]);
            parents[node] = other;
        }
        check_root(pick());
    }
}

/* The unit of what may be freed: nothing points at it. */
static void cut_off_it_is_not_pointed_at(void **unused)
{
    (void)unused;
    for (int node = 0; node < NODES; node++) {
        carrier_cut(&nodes[node]);
    }
    for (int node = 0; node < NODES; node++) {
        assert_null(nodes[node].up);
        assert_null(nodes[node].left);
        assert_null(nodes[node].right);
    }
}

static void chain_of_any_length(void **unused)
{
    (void)unused;
    static struct carrier chain[100000];
    for (size_t i = 1; i < sizeof chain / sizeof *chain; i++) {
        assert_ptr_equal(carrier_root(&chain[i - 1]), &chain[0]);
        carrier_hang(&chain[i], &chain[i - 1]);
    }
    carrier_cut(&chain[50000]);
    assert_ptr_equal(carrier_root(&chain[99999]), &chain[50000]);
    assert_ptr_equal(carrier_root(&chain[49999]), &chain[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(same_roots_whatever_is_hung_and_cut),
        cmocka_unit_test(cut_off_it_is_not_pointed_at),
        cmocka_unit_test(chain_of_any_length),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
