/*
 * What the isoprobe that takes orders is told of the configuration: whom to watch by itself. Called
 * by hello.c when one comes and by the loop when the configuration was read again. Owns nothing.
 */
#include "daemon/ingest/prober.h"

#include "daemon/ingest/source.h"

#include <stdlib.h>
#include <string.h>

static json_t *list(char *const *words)
{
    json_t *array = json_array();

    for (; array != NULL && words != NULL && *words != NULL; words++) {
        json_array_append_new(array, json_string(*words));
    }
    return array;
}

void prober_tell(struct ingest *ingest)
{
    const struct config *config = ingest->daemon->config;
    struct source *prober = ingest->prober;

    if (prober == NULL || !prober->is_configured || prober->door.fd < 0) {
        return;
    }
    json_t *wish = json_pack("{s:s,s:o,s:f}", "type", "watch", "processes",
                             list(config->probes.attach), "interval", config->probes.interval);
    char *line = wish != NULL ? json_dumps(wish, JSON_COMPACT) : NULL;
    json_decref(wish);
    if (line == NULL || door_send(&prober->door, line, strlen(line), NULL, 0) < 0) {
        source_hang_up(ingest, prober);
    }
    free(line);
}
