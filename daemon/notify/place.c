/*
 * A notifier's configuration, bodies and patience. Called by notify.c. Owns its texts.
 */
#include "daemon/notify/place.h"

#include "daemon/notify/payload.h"
#include "daemon/notify/runner.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BACK_OFF_FIRST_S 1.0
#define BACK_OFF_MAX_S   60.0
#define VARIABLE_MAX     512

uint32_t place_bit(const struct place *place)
{
    return UINT32_C(1) << place->index;
}

void place_clear(struct place *place)
{
    free(place->url);
    place->url = NULL;
    for (char **word = place->command; word != NULL && *word != NULL; word++) {
        free(*word);
    }
    free(place->command);
    place->command = NULL;
    access_clear(&place->access);
    place->is_used = false;
}

static char **copy_words(char *const *words)
{
    size_t count = 0;
    while (words[count] != NULL) {
        count++;
    }
    char **copy = calloc(count + 1, sizeof *copy);
    for (size_t i = 0; copy != NULL && i < count; i++) {
        copy[i] = strdup(words[i]);
        if (copy[i] == NULL) {
            while (i-- > 0) {
                free(copy[i]);
            }
            free(copy);
            return NULL;
        }
    }
    return copy;
}

static void trim_slashes(char *url)
{
    for (size_t length = url != NULL ? strlen(url) : 0; length > 0 && url[length - 1] == '/';) {
        url[--length] = '\0';
    }
}

/* What it owns, into an empty place. */
static int take_texts(struct place *place, const struct config_notifier *config,
                      struct error *error)
{
    const struct access access = {config->token_file, config->username, config->password_file,
                                  config->ca_file};
    int code = access_check(&access, error);

    if (code < 0) {
        return code;
    }
    place->url = config->url != NULL ? strdup(config->url) : NULL;
    place->command = config->command != NULL ? copy_words(config->command) : NULL;
    if ((config->url != NULL && place->url == NULL) ||
        (config->command != NULL && place->command == NULL) ||
        access_copy(&place->access, &access) < 0) {
        place_clear(place);
        return error_set(error, -ENOMEM, "out of memory");
    }
    trim_slashes(place->url);
    return 0;
}

int place_configure(struct place *place, const struct config_notifier *config,
                    struct error *error)
{
    struct place texts = {.is_used = false};
    int code = take_texts(&texts, config, error);

    if (code < 0) {
        return code;
    }
    place_clear(place);
    place->url = texts.url;
    place->command = texts.command;
    place->access = texts.access;
    place->is_used = true;
    place->kind = strcmp(config->kind, "alertmanager") == 0 ? PLACE_ALERTMANAGER
                  : strcmp(config->kind, "exec") == 0       ? PLACE_EXEC
                                                            : PLACE_WEBHOOK;
    snprintf(place->name, sizeof place->name, "%s", config->name);
    place->timeout = config->timeout;
    place->retry = config->retry;
    place->resend = config->resend;
    place->sends_resolved = config->send_resolved;
    return 0;
}

/* ---- bodies ---------------------------------------------------------------------------------- */

static bool dump(json_t *json, struct bytes *body)
{
    char *text = json != NULL ? json_dumps(json, JSON_COMPACT) : NULL;

    json_decref(json);
    if (text == NULL) {
        return false;
    }
    bytes_append_text(body, text);
    free(text);
    return !body->is_failed;
}

static bool make_list(const struct payload_sender *sender, double ends_at,
                      const struct alert *const *alerts, size_t count, struct bytes *body)
{
    json_t *list = json_array();

    for (size_t i = 0; i < count; i++) {
        if (json_array_append_new(list, payload_alertmanager(sender, alerts[i], ends_at)) < 0) {
            json_decref(list);
            return false;
        }
    }
    return dump(list, body);
}

/* The whole environment of a program: nothing of the daemon's own goes there. */
static bool make_program(const struct place *place, const struct place_request *request,
                         const struct alert *alert, const struct bytes *input, struct bytes *body)
{
    char id[VARIABLE_MAX], rule[VARIABLE_MAX], state[VARIABLE_MAX], severity[VARIABLE_MAX],
        number[VARIABLE_MAX];
    const char *const environment[] = {"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:"
                                       "/sbin:/bin",
                                       "LANG=C.UTF-8", id, rule, state, severity, number, NULL};

    snprintf(id, sizeof id, "ISOSCOPE_ALERT=%s", alert->id);
    snprintf(rule, sizeof rule, "ISOSCOPE_RULE=%s", alert->rule);
    snprintf(state, sizeof state, "ISOSCOPE_STATE=%s", alert_state_names[alert->state]);
    snprintf(severity, sizeof severity, "ISOSCOPE_SEVERITY=%s",
             alert_severity_names[alert->severity]);
    snprintf(number, sizeof number, "ISOSCOPE_NOTIFICATION=%" PRIu64, request->number);
    struct runner_request program = {
        .id = request->program,
        .timeout_ms = (uint32_t)(place->timeout * 1000),
        .command = place->command,
        .environment = environment,
        .input = input->data,
        .input_size = input->size,
    };
    runner_encode(body, &program);
    return !body->is_failed;
}

bool place_make_body(const struct place *place, const struct place_request *request,
                     const struct alert *const *alerts, size_t count, struct bytes *body)
{
    struct payload_sender sender = {request->instance, request->url, place->name};
    struct bytes input;

    if (place->kind == PLACE_ALERTMANAGER) {
        return make_list(&sender, request->ends_at, alerts, count, body);
    }
    if (place->kind == PLACE_WEBHOOK) {
        return dump(payload_webhook(&sender, alerts[0]), body);
    }
    bytes_init(&input, RUNNER_REQUEST_MAX);
    bool is_made = dump(payload_webhook(&sender, alerts[0]), &input) &&
                   make_program(place, request, alerts[0], &input, body);
    bytes_fini(&input);
    return is_made;
}

/* ---- patience -------------------------------------------------------------------------------- */

void place_back_off(struct place *place, double now, double retry_after)
{
    double wait = BACK_OFF_FIRST_S;

    for (unsigned i = 0; i < place->failures && wait < BACK_OFF_MAX_S; i++) {
        wait *= 2;
    }
    wait = wait < BACK_OFF_MAX_S ? wait : BACK_OFF_MAX_S;
    wait *= 0.5 + drand48(); /* so that not all who waited come at once */
    place->failures++;
    place->next_at = now + (wait > retry_after ? wait : retry_after);
}
