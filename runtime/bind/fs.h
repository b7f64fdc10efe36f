/* The natives of fs.js: operations on files, at once or on another thread. */
#ifndef RUNTIME_BIND_FS_H
#define RUNTIME_BIND_FS_H

#include "duktape.h"

struct file_request;

/* Pushes [ function this number error result ] for a request that is done, for script_call();
 * returns the number of arguments, or -1 with nothing pushed when the engine died on the way. */
int fs_push_done(duk_context *ctx, struct file_request *request);

duk_ret_t fs_push_natives(duk_context *ctx);

#endif
