/*
 * Weak references, for the other parts of the engine's unit (weak.c). Included by them only.
 */
#ifndef RUNTIME_ENGINE_WEAK_H
#define RUNTIME_ENGINE_WEAK_H

#include "runtime/engine/collection.h"

struct weak_link;

#endif
