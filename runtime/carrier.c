/*
 * Link-cut trees (carrier.h). Used by port.c for every message that carries ends, under its lock; owns
 * nothing. A tree is cut into paths; each path is a splay tree by depth, the nearer to the root the
 * further left. `up` is the parent in the splay tree, or, of a splay tree's top, what the path hangs on.
 * Invariant: what has nothing hanging on it and hangs on nothing is not pointed at, so it may be freed.
 */
#include "runtime/carrier.h"

#include <stdbool.h>
#include <stddef.h>

static bool is_top(const struct carrier *node)
{
    return node->up == NULL || (node->up->left != node && node->up->right != node);
}

/* Moves it one up in its splay tree. */
static void rotate(struct carrier *node)
{
    struct carrier *parent = node->up;
    bool is_left = parent->left == node;
    struct carrier *between = is_left ? node->right : node->left;

    if (!is_top(parent)) {
        *(parent->up->left == parent ? &parent->up->left : &parent->up->right) = node;
    }
    node->up = parent->up;
    parent->up = node;
    *(is_left ? &node->right : &node->left) = parent;
    *(is_left ? &parent->left : &parent->right) = between;
    if (between != NULL) {
        between->up = parent;
    }
}

static void splay(struct carrier *node)
{
    while (!is_top(node)) {
        struct carrier *parent = node->up;
        if (!is_top(parent)) {
            bool is_straight = (parent->left == node) == (parent->up->left == parent);
            rotate(is_straight ? parent : node);
        }
        rotate(node);
    }
}

/* The path from the root ends at `node` afterwards, which is the top of its splay tree. */
static void expose(struct carrier *node)
{
    struct carrier *below = NULL;

    for (struct carrier *at = node; at != NULL; at = at->up) {
        splay(at);
        at->right = below;
        below = at;
    }
    splay(node);
}

void carrier_hang(struct carrier *carried, struct carrier *on)
{
    expose(carried);
    expose(on);
    carried->up = on;
}

void carrier_cut(struct carrier *carried)
{
    expose(carried);
    if (carried->left != NULL) {
        carried->left->up = NULL;
        carried->left = NULL;
    }
}

struct carrier *carrier_root(struct carrier *carrier)
{
    expose(carrier);
    while (carrier->left != NULL) {
        carrier = carrier->left;
    }
    splay(carrier);
    return carrier;
}
