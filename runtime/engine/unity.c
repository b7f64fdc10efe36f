/*
 * The engine's one translation unit: Duktape's amalgam, patched and configured (engine.mk), and
 * behind it our layer, which sees its internals. The parts are separate files for their readers;
 * each is included here once and nowhere else (docs/decisions/engine-unit.md).
 */
/* Before anything reads duk_config.h: it then also chooses the providers of time. */
#define DUK_COMPILING_DUKTAPE
#include "runtime/engine/engine.h"

#include "runtime/engine/async.h"

#include "base/check.h"
#include "base/clock.h"
#include "runtime/arena.h"
#include "runtime/engine/hooks.h"

#include <ctype.h>
#include <limits.h>
#include <malloc.h>
#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "duktape.c"

#include "runtime/engine/values.c"
#include "runtime/engine/callsite.c"
#include "runtime/engine/errors.c"
#include "runtime/engine/json.c"
#include "runtime/engine/own.c"
#include "runtime/engine/iterate.c"
#include "runtime/engine/array.c"
#include "runtime/engine/array_make.c"
#include "runtime/engine/sort.c"
#include "runtime/engine/proxy.c"
#include "runtime/engine/object.c"
#include "runtime/engine/proxy_methods.c"
#include "runtime/engine/string.c"
#include "runtime/engine/numbers.c"
#include "runtime/engine/buffer.c"
#include "runtime/engine/view.c"
#include "runtime/engine/typed.c"
#include "runtime/engine/typed_methods.c"
#include "runtime/engine/typed_walk.c"
#include "runtime/engine/array_buffer.c"
#include "runtime/engine/data_view.c"
#include "runtime/engine/shared.c"
#include "runtime/engine/unicode.c"
#include "runtime/engine/pattern.c"
#include "runtime/engine/regexp.c"
#include "runtime/engine/string_match.c"
#include "runtime/engine/reflect.c"
#include "runtime/engine/added.c"
#include "runtime/engine/lazy.c"
#include "runtime/engine/life.c"
#include "runtime/engine/image.c"
#include "runtime/engine/memory.c"
#include "runtime/engine/source.c"
#include "runtime/engine/surface.c"
#include "runtime/engine/cell.c"
#include "runtime/engine/kind.c"
#include "runtime/engine/tasks.c"
#include "runtime/engine/promise.c"
#include "runtime/engine/lowered.c"
#include "runtime/engine/iterator.c"
#include "runtime/engine/table.c"
#include "runtime/engine/collection.c"
#include "runtime/engine/weak.c"
#include "runtime/engine/preview.c"
#include "runtime/engine/clone_output.c"
#include "runtime/engine/clone_stores.c"
#include "runtime/engine/clone_write.c"
#include "runtime/engine/clone_send.c"
#include "runtime/engine/clone_input.c"
#include "runtime/engine/clone_read.c"
#include "runtime/engine/map.c"
#include "runtime/engine/walk.c"
#include "runtime/engine/sample.c"
#include "runtime/engine/snapshot.c"
#include "runtime/engine/count.c"
