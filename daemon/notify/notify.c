/*
 * From alerts to notifiers. Called by the tick, by the loop when the courier has something, and by
 * remember.c. Owns the places, the outbox and the courier. Invariants: an entry is in the journal
 * before it is sent; an alert's `told` bits say who heard, or is about to hear, that it fires.
 */
#include "daemon/notify/notify.h"

#include "base/clock.h"
#include "base/log.h"
#include "daemon/notify/courier.h"
#include "daemon/notify/outbox.h"
#include "daemon/notify/payload.h"
#include "daemon/notify/place.h"
#include "daemon/notify/record.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#define STOP_GRACE_S   1.0
#define LIFETIMES      4    /* resends that may be missed before Alertmanager lets an alert end */
#define ASK_SOON_S     0.5  /* after a delivery */
#define ASK_S          15.0 /* at the latest */
#define PLACES         MODEL_NOTIFIERS_MAX

_Static_assert(PLACES <= COURIER_PLACES && PLACES <= 32, "each place has a bit and errands");

struct notify {
    struct notify_options options;
    struct place places[PLACES];
    struct outbox *outbox;
    struct courier *courier; /* NULL while there are no notifiers */
    struct watch watch;
    char instance[65];
    char url[300];
    uint64_t repetitions; /* number of those that are no entries */
};

static double now_s(void)
{
    return (double)clock_now_ns() / (double)CLOCK_NS_PER_S;
}

/* ---- start, configuration, end --------------------------------------------------------------- */

struct notify *notify_new(const struct notify_options *options)
{
    struct notify *notify = calloc(1, sizeof *notify);

    if (notify == NULL || (notify->outbox = outbox_new()) == NULL) {
        free(notify);
        return NULL;
    }
    notify->options = *options;
    notify->watch = (struct watch){WATCH_MAGIC, WATCH_NOTIFY, notify};
    if (gethostname(notify->instance, sizeof notify->instance - 1) < 0) {
        snprintf(notify->instance, sizeof notify->instance, "localhost");
    }
    for (unsigned i = 0; i < PLACES; i++) {
        notify->places[i].index = i;
        notify->places[i].status = &options->model->status.notifiers[i];
    }
    srand48((long)clock_wall_ns());
    return notify;
}

void notify_free(struct notify **pointer)
{
    struct notify *notify = *pointer;

    *pointer = NULL;
    if (notify == NULL) {
        return;
    }
    if (notify->courier != NULL) {
        courier_stop(notify->courier, STOP_GRACE_S);
        notify_event(notify);
        courier_free(&notify->courier);
    } else if (notify->options.runner >= 0) {
        close(notify->options.runner);
    }
    for (unsigned i = 0; i < PLACES; i++) {
        place_clear(&notify->places[i]);
    }
    outbox_free(&notify->outbox);
    free(notify);
}

static int start_courier(struct notify *notify, struct error *error)
{
    int fd;
    int code = courier_open(&notify->courier, notify->options.runner, &fd, error);

    if (code < 0) {
        return code;
    }
    code = watch_add(notify->options.epoll, fd, EPOLLIN, &notify->watch);
    return code < 0 ? error_set(error, code, "epoll: %s", strerror(-code)) : 0;
}

static struct place *find_place(struct notify *notify, const char *name)
{
    for (unsigned i = 0; i < PLACES; i++) {
        if (notify->places[i].is_used && strcmp(notify->places[i].name, name) == 0) {
            return &notify->places[i];
        }
    }
    return NULL;
}

/* A place nobody has, with nothing of its last owner under way. */
static struct place *find_free_place(struct notify *notify)
{
    for (unsigned i = 0; i < PLACES; i++) {
        bool is_busy = notify->courier != NULL &&
                       (courier_is_busy(notify->courier, i, COURIER_DELIVERY) ||
                        courier_is_busy(notify->courier, i, COURIER_QUESTION));
        if (!notify->places[i].is_used && !is_busy) {
            return &notify->places[i];
        }
    }
    return NULL;
}

/* What it has not got yet, nobody will send. */
static void remove_place(struct notify *notify, struct place *place)
{
    struct model *model = notify->options.model;
    uint32_t bit = place_bit(place);
    const struct outbox_entry *entry;

    while ((entry = outbox_find(notify->outbox, bit, 0)) != NULL) {
        outbox_remove(notify->outbox, entry->seq, bit);
    }
    for (size_t i = 0; i < model->alert_count; i++) {
        model->alerts[i].is_changed |= (model->alerts[i].told & bit) != 0;
        model->alerts[i].told &= ~bit;
    }
    memset(place->status, 0, sizeof *place->status);
    place_clear(place);
}

static bool is_configured(const struct config *config, const char *name)
{
    for (size_t i = 0; i < config->notifier_count; i++) {
        if (strcmp(config->notify[i].name, name) == 0) {
            return true;
        }
    }
    return false;
}

static int add_place(struct notify *notify, const struct config_notifier *config,
                     struct error *error)
{
    static const char *const kinds[] = {"alertmanager", "webhook", "exec"};
    struct place *place = find_place(notify, config->name);
    bool is_new = place == NULL;

    if (is_new && (place = find_free_place(notify)) == NULL) {
        return error_set(error, -EBUSY, "notify: '%s' has to wait: reload again in a while",
                         config->name);
    }
    int code = place_configure(place, config, error);
    if (code < 0) {
        return code;
    }
    if (is_new) {
        place->sending_count = 0;
        place->failures = 0;
        place->next_at = place->ask_at = 0;
        place->resent_at = -place->resend;
    }
    place->batch = PLACE_BATCH_MAX;
    place->status->kind = kinds[place->kind];
    snprintf(place->status->name, sizeof place->status->name, "%s", place->name);
    return 0;
}

int notify_configure(struct notify *notify, const struct config *config, struct error *error)
{
    int code = 0;

    snprintf(notify->url, sizeof notify->url, "%s://%s/",
             config->http.tls_cert != NULL ? "https" : "http", config->http.listen);
    for (unsigned i = 0; i < PLACES; i++) {
        struct place *place = &notify->places[i];
        if (place->is_used && !is_configured(config, place->name)) {
            remove_place(notify, place);
        }
    }
    if (config->notifier_count > 0 && notify->courier == NULL) {
        code = start_courier(notify, error);
    }
    for (size_t i = 0; notify->courier != NULL && i < config->notifier_count; i++) {
        struct error later; /* one that cannot be used keeps no other from being changed */
        int each = add_place(notify, &config->notify[i], code == 0 ? error : &later);
        code = code == 0 ? each : code;
    }
    return code;
}

/* ---- what is remembered ---------------------------------------------------------------------- */

static json_t *make_names(const struct notify *notify, uint32_t bits)
{
    json_t *names = json_array();

    for (unsigned i = 0; i < PLACES; i++) {
        const struct place *place = &notify->places[i];
        if (place->is_used && (bits & place_bit(place)) != 0) {
            json_array_append_new(names, json_string(place->name));
        }
    }
    return names;
}

static uint32_t read_names(struct notify *notify, const json_t *names)
{
    uint32_t bits = 0;
    size_t i;
    const json_t *name;

    json_array_foreach(names, i, name)
    {
        const char *text = json_string_value(name);
        const struct place *place = text != NULL ? find_place(notify, text) : NULL;
        bits |= place != NULL ? place_bit(place) : 0;
    }
    return bits;
}

static void note_alert(const struct notify *notify, struct journal *journal,
                       const struct alert *alert)
{
    journal_add(journal, json_pack("{s:o, s:o, s:s}", "alert", record_encode(alert), "told",
                                   make_names(notify, alert->told), "told_severity",
                                   alert_severity_names[alert->told_severity]));
}

/* `key` is tell, for what is new and says who was told, or queued, for what is said again. */
static void note_entry(const struct notify *notify, struct journal *journal, const char *key,
                       const struct outbox_entry *entry)
{
    journal_add(journal, json_pack("{s:o, s:I, s:f, s:o}", key, record_encode(&entry->alert), "seq",
                                   (json_int_t)entry->seq, "t", entry->t, "to",
                                   make_names(notify, entry->to)));
}

static void note_end(const struct notify *notify, const struct place *place, uint64_t seq)
{
    journal_add(notify->options.journal,
                json_pack("{s:I, s:s}", "end", (json_int_t)seq, "to", place->name));
}

void notify_write(const struct notify *notify, struct journal *journal)
{
    const struct model *model = notify->options.model;
    const struct outbox_entry *entry = NULL;

    journal_add(journal, json_pack("{s:I}", "seq", (json_int_t)outbox_last(notify->outbox)));
    for (size_t i = 0; i < model->alert_count; i++) {
        if (model->alerts[i].fired_at > 0) {
            note_alert(notify, journal, &model->alerts[i]);
        }
    }
    for (uint64_t after = 0;
         (entry = outbox_find(notify->outbox, UINT32_MAX, after)) != NULL; after = entry->seq) {
        note_entry(notify, journal, "queued", entry);
    }
}

static struct alert *find_alert(const struct notify *notify, const char *id)
{
    struct model *model = notify->options.model;

    for (size_t i = 0; i < model->alert_count; i++) {
        if (strcmp(model->alerts[i].id, id) == 0) {
            return &model->alerts[i];
        }
    }
    return NULL;
}

static void replay_alert(struct notify *notify, const json_t *record)
{
    const char *severity = json_string_value(json_object_get(record, "told_severity"));
    struct alert alert;

    if (!record_decode(json_object_get(record, "alert"), &alert)) {
        return;
    }
    alert.told = read_names(notify, json_object_get(record, "told"));
    for (int i = 0; severity != NULL && i <= ALERT_CRITICAL; i++) {
        if (strcmp(severity, alert_severity_names[i]) == 0) {
            alert.told_severity = (enum alert_severity)i;
        }
    }
    alerts_restore(notify->options.alerts, notify->options.model, &alert);
}

/* An entry that is new also says what became of its alert. */
static void replay_entry(struct notify *notify, const json_t *record, const char *key)
{
    struct outbox_entry entry = {
        .seq = (uint64_t)json_integer_value(json_object_get(record, "seq")),
        .t = json_number_value(json_object_get(record, "t")),
        .to = read_names(notify, json_object_get(record, "to")),
    };
    uint32_t pushed_out;

    if (!record_decode(json_object_get(record, key), &entry.alert) || entry.seq == 0) {
        return;
    }
    if (strcmp(key, "tell") == 0) {
        const struct alert *before = find_alert(notify, entry.alert.id);
        struct alert alert = entry.alert;
        alert.told = before != NULL ? before->told : 0;
        alert.told = alert.state == ALERT_FIRING ? alert.told | entry.to : alert.told & ~entry.to;
        alert.told_severity = alert.severity;
        alerts_restore(notify->options.alerts, notify->options.model, &alert);
    }
    if (entry.to != 0) {
        outbox_push(notify->outbox, &entry, &pushed_out);
    }
}

void notify_replay(struct notify *notify, const json_t *record)
{
    const char *name = json_string_value(json_object_get(record, "to"));
    const struct place *place = name != NULL ? find_place(notify, name) : NULL;

    outbox_raise(notify->outbox, (uint64_t)json_integer_value(json_object_get(record, "seq")));
    if (json_object_get(record, "alert") != NULL) {
        replay_alert(notify, record);
    } else if (json_object_get(record, "tell") != NULL) {
        replay_entry(notify, record, "tell");
    } else if (json_object_get(record, "queued") != NULL) {
        replay_entry(notify, record, "queued");
    } else if (place != NULL) {
        outbox_remove(notify->outbox,
                      (uint64_t)json_integer_value(json_object_get(record, "end")),
                      place_bit(place));
    }
}

/* ---- what is to be told ---------------------------------------------------------------------- */

static uint32_t find_bits(const struct notify *notify, bool is_resolved, bool is_alertmanager)
{
    uint32_t bits = 0;

    for (unsigned i = 0; i < PLACES; i++) {
        const struct place *place = &notify->places[i];
        bool is_wanted = place->is_used && (!is_resolved || place->sends_resolved) &&
                         (!is_alertmanager || place->kind == PLACE_ALERTMANAGER);
        bits |= is_wanted ? place_bit(place) : 0;
    }
    return bits;
}

static void count_pushed_out(struct notify *notify, uint32_t bits)
{
    for (unsigned i = 0; i < PLACES; i++) {
        struct place *place = &notify->places[i];
        if (place->is_used && (bits & place_bit(place)) != 0) {
            if (place->status->overflowed++ == 0) {
                log_warn("notifier %s: more than %d alerts wait; the oldest are lost", place->name,
                         OUTBOX_MAX);
            }
        }
    }
}

/* False: no memory; the next tick tries again. */
static bool tell(struct notify *notify, const struct alert *alert, uint32_t to)
{
    struct outbox_entry entry = {.t = notify->options.model->t, .to = to, .alert = *alert};
    uint32_t pushed_out;

    if (to == 0) {
        return true;
    }
    entry.seq = outbox_push(notify->outbox, &entry, &pushed_out);
    if (entry.seq == 0) {
        return false;
    }
    note_entry(notify, notify->options.journal, "tell", &entry);
    count_pushed_out(notify, pushed_out);
    return true;
}

/* Labels name an alert, and its severity is one: for Alertmanager the milder one ends. */
static void tell_worse(struct notify *notify, struct alert *alert)
{
    struct alert before = *alert;

    before.severity = alert->told_severity;
    before.state = ALERT_RESOLVED;
    before.resolved_at = notify->options.model->t;
    if (tell(notify, &before, alert->told & find_bits(notify, false, true)) &&
        tell(notify, alert, alert->told)) {
        alert->told_severity = alert->severity;
        alert->is_changed = true;
    }
}

static void tell_firing(struct notify *notify, struct alert *alert)
{
    uint32_t to = find_bits(notify, false, false) & ~alert->told;

    if (alert->is_awaiting && alert->told == 0 && alert->severity != ALERT_CRITICAL) {
        return; /* one message with the culprit, rather than two */
    }
    if (to != 0 && alert->silence[0] == '\0') {
        struct alert now = *alert;
        now.severity = alert->told != 0 ? alert->told_severity : alert->severity;
        if (tell(notify, &now, to)) {
            alert->told |= to;
            alert->told_severity = now.severity;
        }
    }
    if (alert->told != 0 && alert->severity > alert->told_severity && alert->silence[0] == '\0') {
        tell_worse(notify, alert);
    } else if (alert->has_news && alert->told != 0 && alert->silence[0] == '\0') {
        struct alert now = *alert;
        now.severity = alert->told_severity;
        tell(notify, &now, alert->told);
    }
    alert->has_news = false;
}

static void tell_resolved(struct notify *notify, struct alert *alert)
{
    struct alert end = *alert;

    end.severity = alert->told_severity; /* as they know it */
    end.state = ALERT_RESOLVED;          /* also when it is pending again already */
    if (tell(notify, &end, alert->told & find_bits(notify, true, false))) {
        alert->told = 0;
        alert->is_changed = true;
    }
}

static void look_at_alerts(struct notify *notify)
{
    struct model *model = notify->options.model;

    for (size_t i = 0; i < model->alert_count; i++) {
        struct alert *alert = &model->alerts[i];
        if (alert->state == ALERT_FIRING) {
            tell_firing(notify, alert);
        } else if (alert->told != 0) {
            tell_resolved(notify, alert);
        }
        if (alert->is_changed) {
            note_alert(notify, notify->options.journal, alert);
            alert->is_changed = false;
        }
    }
}

/* ---- sending --------------------------------------------------------------------------------- */

static size_t pick_entries(struct notify *notify, struct place *place,
                           const struct alert *alerts[PLACE_BATCH_MAX])
{
    size_t most = place->kind == PLACE_ALERTMANAGER ? place->batch : 1;
    const struct outbox_entry *entry = NULL;

    place->sending_count = 0;
    for (uint64_t after = 0;
         place->sending_count < most &&
         (entry = outbox_find(notify->outbox, place_bit(place), after)) != NULL;
         after = entry->seq) {
        alerts[place->sending_count] = &entry->alert;
        place->sending[place->sending_count++] = entry->seq;
    }
    return place->sending_count;
}

/* Hands a body over; false when there is no memory for it. */
static bool send_body(struct notify *notify, struct place *place, uint64_t number,
                      const struct alert *const *alerts, size_t count)
{
    char url[2100];
    struct bytes body;
    struct place_request request = {
        .instance = notify->instance,
        .url = notify->url,
        .ends_at = notify->options.model->t + LIFETIMES * place->resend,
        .program = courier_program_id(place->index, number),
        .number = number,
    };
    struct courier_order order = {
        .place = place->index,
        .kind = COURIER_DELIVERY,
        .is_program = place->kind == PLACE_EXEC,
        .program = request.program,
        .number = number,
        .url = url,
        .access = &place->access,
        .body = &body,
        .timeout = place->timeout,
    };

    snprintf(url, sizeof url, "%s%s", place->url != NULL ? place->url : "",
             place->kind == PLACE_ALERTMANAGER ? "/api/v2/alerts" : "");
    bytes_init(&body, 0);
    bool is_sent = place_make_body(place, &request, alerts, count, &body) &&
                   courier_send(notify->courier, &order) == 0;
    bytes_fini(&body);
    return is_sent;
}

/* What Alertmanager has to hear again so that it does not take it for resolved. */
static void resend(struct notify *notify, struct place *place, double now)
{
    const struct model *model = notify->options.model;
    struct alert *copies = calloc(model->alert_count + 1, sizeof *copies);
    const struct alert **alerts = calloc(model->alert_count + 1, sizeof *alerts);
    size_t count = 0;

    for (size_t i = 0; copies != NULL && alerts != NULL && i < model->alert_count; i++) {
        const struct alert *alert = &model->alerts[i];
        if (alert->state == ALERT_FIRING && (alert->told & place_bit(place)) != 0) {
            copies[count] = *alert;
            copies[count].severity = alert->told_severity;
            alerts[count] = &copies[count];
            count++;
        }
    }
    place->sending_count = 0;
    if (count == 0 || send_body(notify, place, 0, alerts, count)) {
        place->resent_at = now;
    }
    free(alerts);
    free(copies);
}

static void ask(struct notify *notify, struct place *place, double now)
{
    char url[2200];
    struct courier_order order = {
        .place = place->index,
        .kind = COURIER_QUESTION,
        .url = url,
        .access = &place->access,
        .timeout = place->timeout,
    };

    snprintf(url, sizeof url, "%s%s", place->url, payload_question());
    place->ask_at = now + (place->resend < ASK_S ? place->resend : ASK_S);
    if (courier_send(notify->courier, &order) < 0) {
        log_debug("notifier %s: out of memory", place->name);
    }
}

static bool is_any_told(const struct notify *notify, const struct place *place)
{
    const struct model *model = notify->options.model;

    for (size_t i = 0; i < model->alert_count; i++) {
        if (model->alerts[i].state == ALERT_FIRING &&
            (model->alerts[i].told & place_bit(place)) != 0) {
            return true;
        }
    }
    return false;
}

static void send_next(struct notify *notify, struct place *place, double now)
{
    const struct alert *alerts[PLACE_BATCH_MAX];
    bool is_alertmanager = place->kind == PLACE_ALERTMANAGER;

    if (!courier_is_busy(notify->courier, place->index, COURIER_DELIVERY) &&
        now >= place->next_at) {
        size_t count = pick_entries(notify, place, alerts);
        if (count > 0 && !send_body(notify, place, place->sending[0], alerts, count)) {
            place->sending_count = 0;
            place_back_off(place, now, 0);
        } else if (count == 0 && is_alertmanager && now - place->resent_at >= place->resend) {
            resend(notify, place, now);
        }
    }
    if (is_alertmanager && now >= place->ask_at && is_any_told(notify, place) &&
        !courier_is_busy(notify->courier, place->index, COURIER_QUESTION)) {
        ask(notify, place, now);
    }
}

/* ---- results --------------------------------------------------------------------------------- */

/* Entries under way are over, whatever `counter` they are counted by. */
static void end_entries(struct notify *notify, struct place *place, double made_before,
                        uint64_t *counter)
{
    for (size_t i = 0; i < place->sending_count; i++) {
        uint64_t seq = place->sending[i];
        const struct outbox_entry *entry =
            outbox_find(notify->outbox, place_bit(place), seq - 1);
        if (entry == NULL || entry->seq != seq || entry->t > made_before) {
            continue;
        }
        if (counter != &place->status->delivered) {
            log_warn("notifier %s: %s (%s) is lost: %s", place->name, entry->alert.id,
                     alert_state_names[entry->alert.state], place->status->error);
        }
        if (outbox_remove(notify->outbox, seq, place_bit(place))) {
            note_end(notify, place, seq);
            ++*counter;
        }
    }
}

static void take_success(struct notify *notify, struct place *place, double now)
{
    struct notifier_status *status = place->status;

    if (status->failing_since != 0) {
        log_info("notifier %s: works again", place->name);
    }
    end_entries(notify, place, 1e300, &status->delivered);
    status->failing_since = 0;
    status->error[0] = '\0';
    status->delivered_at = notify->options.model->t;
    place->failures = 0;
    place->next_at = 0;
    place->batch = PLACE_BATCH_MAX;
    if (place->sending_count > 0) {
        place->ask_at = now + ASK_SOON_S;
    }
}

static void take_failure(struct notify *notify, struct place *place,
                         const struct courier_result *result, double now)
{
    struct notifier_status *status = place->status;
    double t = notify->options.model->t;

    status->failures++;
    snprintf(status->error, sizeof status->error, "%s", result->error);
    if (status->failing_since == 0) {
        status->failing_since = t;
        log_warn("notifier %s: %s", place->name, result->error);
    }
    if (result->outcome == COURIER_FAILED) {
        end_entries(notify, place, t - place->retry, &status->expired);
    } else if (place->sending_count > 1) {
        place->batch = 1; /* one of them is to blame; which, shows one by one */
        place->next_at = 0;
        return;
    } else {
        end_entries(notify, place, 1e300, &status->rejected);
    }
    place_back_off(place, now, result->retry_after);
}

static void mark_silenced(void *context, const char *id, const char *silence)
{
    struct alert *alert = find_alert(context, id);

    if (alert != NULL) {
        snprintf(alert->silence_there, sizeof alert->silence_there, "%s", silence);
    }
}

static void take_answer(struct notify *notify, const struct place *place,
                        const struct courier_result *result)
{
    struct model *model = notify->options.model;
    struct payload_sender sender = {notify->instance, notify->url, place->name};

    if (result->outcome != COURIER_DONE) {
        return; /* the deliveries will tell */
    }
    for (size_t i = 0; i < model->alert_count; i++) {
        model->alerts[i].silence_there[0] = '\0';
    }
    if (!payload_read_silences(&sender, (const char *)result->body.data, result->body.size,
                               mark_silenced, notify)) {
        log_debug("notifier %s: an answer that is none of Alertmanager's", place->name);
    }
}

static void publish(struct notify *notify)
{
    for (unsigned i = 0; i < PLACES; i++) {
        struct place *place = &notify->places[i];
        place->status->queued =
            place->is_used ? outbox_count(notify->outbox, place_bit(place)) : 0;
    }
}

void notify_event(struct notify *notify)
{
    struct courier_result result;
    double now = now_s();

    while (courier_take(notify->courier, &result)) {
        struct place *place = &notify->places[result.place];
        if (!place->is_used) {
            log_debug("a notifier was removed meanwhile");
        } else if (result.kind == COURIER_QUESTION) {
            take_answer(notify, place, &result);
        } else if (result.outcome == COURIER_DONE) {
            take_success(notify, place, now);
            place->sending_count = 0;
        } else {
            take_failure(notify, place, &result, now);
            place->sending_count = 0;
        }
        bytes_fini(&result.body);
    }
    journal_flush(notify->options.journal);
    for (unsigned i = 0; i < PLACES; i++) {
        if (notify->places[i].is_used && outbox_count(notify->outbox, UINT32_C(1) << i) > 0) {
            send_next(notify, &notify->places[i], now);
        }
    }
    publish(notify);
}

/* ---- the tick -------------------------------------------------------------------------------- */

void notify_tick(struct notify *notify)
{
    double now = now_s();

    look_at_alerts(notify);
    journal_flush(notify->options.journal);
    for (unsigned i = 0; i < PLACES; i++) {
        struct place *place = &notify->places[i];
        if (place->is_used) {
            send_next(notify, place, now);
        }
    }
    publish(notify);
}
