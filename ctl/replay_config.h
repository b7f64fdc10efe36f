/*
 * The keys of the section `drift` that the detector takes, from the daemon's configuration file.
 * The rest of the file is `isoscoped --check-config`'s to judge. One thread.
 */
#ifndef CTL_REPLAY_CONFIG_H
#define CTL_REPLAY_CONFIG_H

#include "base/error.h"
#include "detect/drift.h"

/* Overwrites in *options what the file gives. 0; -EINVAL ("file:line:column: what is wrong"), or
 * another negative errno when it cannot be read, with *error. */
int replay_config_load(const char *path, struct drift_options *options, struct error *error);

#endif
