/* The stream's promise: the first frame with every tick applied to it is the frame of now. Random
 * lives of a random model, applied with jansson as any reader would. */
#include "daemon/views/frame.h"

#include "daemon/daemon.h"

#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define ISOLATES_MAX 200
#define ROUNDS       120

static const char *const columns[][3] = {
    {"used", "heap", "used"},   {"total", "heap", "total"},
    {"live", "heap", "live"},   {"external", NULL, "external"},
    {"shared", NULL, "shared"}, {"queued_bytes", "messages", "queued_bytes"},
};
static const char *const sets[][2] = {{"processes", "pid"}, {"budgets", "name"}, {"alerts", "id"}};

/* What a reader holds. */
struct reader {
    json_t *isolates[4096];
    size_t count;
    json_t *by_id; /* id -> index */
    json_t *sets;  /* name -> key -> object */
    json_t *singles;
};

static json_t *load(struct bytes *text)
{
    json_error_t error;
    assert_false(text->is_failed);
    json_t *value = json_loadb((const char *)text->data, text->size, 0, &error);
    if (value == NULL) {
        fail_msg("%s at %d: %.*s", error.text, error.position, (int)text->size, text->data);
    }
    bytes_fini(text);
    return value;
}

static void merge(json_t *target, json_t *patch)
{
    const char *key;
    json_t *value;
    json_object_foreach(patch, key, value)
    {
        json_t *known = json_object_get(target, key);
        if (json_is_null(value)) {
            json_object_del(target, key);
        } else if (json_is_object(value)) {
            if (!json_is_object(known)) {
                json_object_set_new(target, key, known = json_object());
            }
            merge(known, value);
        } else {
            json_object_set(target, key, value);
        }
    }
}

static void strip_nulls(json_t *value)
{
    const char *key;
    void *next;
    json_t *inner;
    json_object_foreach_safe(value, next, key, inner)
    {
        if (json_is_null(inner)) {
            json_object_del(value, key);
        } else if (json_is_object(inner)) {
            strip_nulls(inner);
        }
    }
}

static const char *key_of(json_t *object, const char *field, char room[64])
{
    json_t *value = json_object_get(object, field);
    if (json_is_integer(value)) {
        snprintf(room, 64, "%lld", (long long)json_integer_value(value));
        return room;
    }
    return json_string_value(value);
}

static void forget(struct reader *reader)
{
    for (size_t i = 0; i < reader->count; i++) {
        json_decref(reader->isolates[i]);
    }
    json_decref(reader->by_id);
    json_decref(reader->sets);
    json_decref(reader->singles);
    memset(reader, 0, sizeof *reader);
}

static void take_frame(struct reader *reader, json_t *frame)
{
    size_t i;
    json_t *object;
    char room[64];

    forget(reader);
    reader->by_id = json_object();
    reader->sets = json_object();
    reader->singles = json_pack("{s:O,s:O}", "verdict", json_object_get(frame, "verdict"), "status",
                                json_object_get(frame, "status"));
    assert_non_null(reader->singles);
    json_array_foreach(json_object_get(frame, "isolates"), i, object)
    {
        json_object_set_new(reader->by_id, json_string_value(json_object_get(object, "id")),
                            json_integer((json_int_t)i));
        reader->isolates[reader->count++] = json_incref(object);
    }
    for (int set = 0; set < 3; set++) {
        json_t *keyed = json_object();
        json_array_foreach(json_object_get(frame, sets[set][0]), i, object)
        {
            json_object_set(keyed, key_of(object, sets[set][1], room), object);
        }
        json_object_set_new(reader->sets, sets[set][0], keyed);
    }
    json_decref(frame);
}

static void take_isolates(struct reader *reader, json_t *patch)
{
    const char *id;
    json_t *value;
    json_object_foreach(patch, id, value)
    {
        json_t *place = json_object_get(reader->by_id, id);
        if (json_is_null(value)) {
            assert_non_null(place);
            json_object_del(reader->by_id, id);
        } else if (place != NULL) {
            merge(reader->isolates[json_integer_value(place)], value);
        } else {
            json_object_set_new(reader->by_id, id, json_integer((json_int_t)reader->count));
            reader->isolates[reader->count++] = json_deep_copy(value);
        }
    }
}

static void take_columns(struct reader *reader, json_t *tick)
{
    json_t *index = json_object_get(tick, "index");
    for (int c = 0; c < 6; c++) {
        json_t *values = json_object_get(tick, columns[c][0]);
        assert_int_equal(json_array_size(values), json_array_size(index));
        for (size_t i = 0; i < json_array_size(index); i++) {
            size_t place = (size_t)json_integer_value(json_array_get(index, i));
            assert_true(place < reader->count);
            json_t *object = reader->isolates[place];
            if (columns[c][1] != NULL) {
                object = json_object_get(object, columns[c][1]);
            }
            json_object_set(object, columns[c][2], json_array_get(values, i));
        }
    }
}

static void take_tick(struct reader *reader, json_t *tick)
{
    json_t *patch = json_object_get(tick, "patch");
    const char *key;
    json_t *value;

    take_isolates(reader, json_object_get(patch, "isolates"));
    take_columns(reader, tick);
    json_object_foreach(patch, key, value)
    {
        if (strcmp(key, "isolates") == 0) {
            continue;
        }
        json_t *into = json_object_get(reader->sets, key);
        merge(into != NULL ? into : json_object_get(reader->singles, key), value);
    }
    json_decref(tick);
}

static void assert_same(json_t *a, json_t *b, const char *what)
{
    strip_nulls(a);
    strip_nulls(b);
    if (!json_equal(a, b)) {
        fail_msg("%s: %s\n is now %s", what, json_dumps(a, JSON_SORT_KEYS),
                 json_dumps(b, JSON_SORT_KEYS));
    }
}

static void assert_current(struct reader *reader, json_t *frame)
{
    size_t i;
    json_t *object;
    char room[64];

    assert_int_equal(json_object_size(reader->by_id),
                     json_array_size(json_object_get(frame, "isolates")));
    json_array_foreach(json_object_get(frame, "isolates"), i, object)
    {
        json_t *place =
            json_object_get(reader->by_id, json_string_value(json_object_get(object, "id")));
        assert_non_null(place);
        assert_same(reader->isolates[json_integer_value(place)], object, "isolate");
    }
    for (int set = 0; set < 3; set++) {
        json_t *keyed = json_object_get(reader->sets, sets[set][0]);
        json_t *list = json_object_get(frame, sets[set][0]);
        assert_int_equal(json_object_size(keyed), json_array_size(list));
        json_array_foreach(list, i, object)
        {
            json_t *mine = json_object_get(keyed, key_of(object, sets[set][1], room));
            assert_non_null(mine);
            assert_same(mine, object, sets[set][0]);
        }
    }
    assert_same(json_object_get(reader->singles, "verdict"), json_object_get(frame, "verdict"),
                "verdict");
    assert_same(json_object_get(reader->singles, "status"), json_object_get(frame, "status"),
                "status");
    json_decref(frame);
}

/* ---- a model that lives at random ------------------------------------------------------------ */

static struct config config;
static struct daemon daemon_;
static uint32_t threads;

static uint64_t any(uint64_t below)
{
    return (uint64_t)random() % below;
}

static uint64_t any_figure(void)
{
    return any(5) == 0 ? MODEL_UNKNOWN : any(1 << 20);
}

static void change_isolate(struct isolate *isolate)
{
    isolate->heap.used = any_figure();
    isolate->heap.total = any_figure();
    isolate->external = any(3) == 0 ? any_figure() : isolate->external;
    isolate->messages.queued_bytes = any(3) == 0 ? any_figure() : isolate->messages.queued_bytes;
    isolate->messages.oldest_queued_seconds = any(2) == 0 ? NAN : (double)any(100) / 7;
    isolate->jobs = any_figure();
    isolate->state = (enum model_state)any(7);
    isolate->is_stale = any(2) == 0;
    snprintf(isolate->name, sizeof isolate->name, "w\"%d", (int)any(3));
}

static void add_isolate(void)
{
    struct model *model = &daemon_.model;
    struct process *process = model->processes[any(model->process_count)];
    struct isolate *isolate = model_add_isolate(model, process, threads++);
    assert_non_null(isolate);
    isolate->started_at = model->t;
    change_isolate(isolate);
}

static void end_isolate(struct isolate *isolate)
{
    isolate->has_ended = true;
    isolate->state = MODEL_EXITED;
    isolate->ended_at = daemon_.model.t - (double)any(20);
}

static void change_budgets(void)
{
    struct model *model = &daemon_.model;
    static struct budget budgets[3];
    static struct budget_part parts[3][4];

    model->budgets = budgets;
    model->budget_count = 1 + any(3);
    for (size_t i = 0; i < model->budget_count; i++) {
        snprintf(budgets[i].name, sizeof budgets[i].name, "b%zu", i);
        budgets[i].limit = 1 << 30;
        budgets[i].used = any_figure();
        budgets[i].projected_seconds = any(2) == 0 ? NAN : (double)any(1000);
        budgets[i].parts = parts[i];
        budgets[i].part_count = 1 + any(3);
        for (size_t k = 0; k < budgets[i].part_count; k++) {
            parts[i][k] = (struct budget_part){
                PART_HEAP, model->isolates[any(model->isolate_count)], (int64_t)any(3)};
        }
    }
}

static void change_alerts(void)
{
    struct model *model = &daemon_.model;
    static struct alert alerts[4];

    model->alerts = alerts;
    model->alert_count = any(5);
    for (size_t i = 0; i < model->alert_count; i++) {
        snprintf(alerts[i].id, sizeof alerts[i].id, "drift:%d", (int)(i + any(2) * 10));
        alerts[i].state = (enum alert_state)any(3);
        alerts[i].value = any(2) == 0 ? NAN : 1;
    }
}

static void live_on(void)
{
    struct model *model = &daemon_.model;
    model->tick++;
    model->t += 0.25;
    for (size_t i = 0; i < model->process_count; i++) {
        model->processes[i]->updated_at = model->t;
    }
    for (size_t i = 0; i < model->isolate_count; i++) {
        if (any(4) == 0) {
            change_isolate(model->isolates[i]);
        }
        if (any(30) == 0) {
            end_isolate(model->isolates[i]);
        }
    }
    while (any(3) != 0 && model->isolate_count < ISOLATES_MAX) {
        add_isolate();
    }
    model_expire(model, model->t - 10, 1000);
    if (model->process_count == 0) {
        struct process *process = model_add_process(model, 1000 + any(50), model->tick);
        assert_non_null(process);
        process->updated_at = model->t;
    }
    while (model->isolate_count < 3) {
        add_isolate();
    }
    change_budgets();
    change_alerts();
    model->verdict.state = (enum verdict_state)any(3);
    model->status.cpu_seconds += 0.01;
}

static int make_model(void **state)
{
    (void)state;
    assert_int_equal(config_load(&config, NULL, NULL), 0);
    memset(&daemon_, 0, sizeof daemon_);
    daemon_.config = &config;
    assert_int_equal(model_init(&daemon_.model), 0);
    daemon_.events = events_new();
    assert_non_null(daemon_.events);
    daemon_.model.t = 1.7e9;
    assert_non_null(model_add_process(&daemon_.model, 77, 5));
    live_on();
    return 0;
}

static int drop_model(void **state)
{
    (void)state;
    daemon_.model.budgets = NULL;
    daemon_.model.budget_count = 0;
    daemon_.model.alerts = NULL;
    daemon_.model.alert_count = 0;
    model_fini(&daemon_.model);
    events_free(&daemon_.events);
    config_fini(&config);
    return 0;
}

static json_t *fresh(const char *isolates)
{
    struct selection *selection;
    struct bytes text;
    bytes_init(&text, 0);
    assert_int_equal(selection_new(&selection, isolates, NULL), 0);
    frame_write(&daemon_, selection, &text);
    selection_free(&selection);
    return load(&text);
}

static void follow(const char *isolates)
{
    struct selection *selection;
    struct bytes text;
    struct reader *reader = calloc(1, sizeof *reader);
    bool is_renumbered;

    assert_int_equal(selection_new(&selection, isolates, NULL), 0);
    struct frame *frame = frame_new(&selection);
    assert_non_null(frame);
    bytes_init(&text, 0);
    frame_write_whole(frame, &daemon_, &text, &is_renumbered);
    assert_true(is_renumbered);
    take_frame(reader, load(&text));
    assert_current(reader, fresh(isolates));
    for (int i = 0; i < ROUNDS; i++) {
        for (uint64_t k = any(3); k < 3; k++) {
            live_on();
        }
        bytes_init(&text, 0);
        frame_write_tick(frame, &daemon_, &text);
        take_tick(reader, load(&text));
        assert_current(reader, fresh(isolates));
        bool is_wanted = any(10) == 0 || frame_is_sparse(frame);
        if (is_wanted) { /* somebody joins, or places have run out */
            bytes_init(&text, 0);
            frame_write_whole(frame, &daemon_, &text, &is_renumbered);
            struct reader *joined = is_renumbered ? reader : calloc(1, sizeof *joined);
            take_frame(joined, load(&text));
            assert_current(joined, fresh(isolates));
            if (!is_renumbered) {
                assert_int_equal(joined->count, reader->count); /* the same places */
                forget(joined);
                free(joined);
            }
        }
    }
    forget(reader);
    free(reader);
    frame_free(&frame);
}

static void ticks_add_up_for_all(void **state)
{
    (void)state;
    follow("all");
}

static void ticks_add_up_for_the_largest(void **state)
{
    (void)state;
    follow("top:7");
}

static void ticks_add_up_for_a_list(void **state)
{
    (void)state;
    char ids[2 * MODEL_ID_MAX + 8];
    snprintf(ids, sizeof ids, "%s,%s,1.1", daemon_.model.isolates[0]->id,
             daemon_.model.isolates[1]->id);
    follow(ids);
}

/* Nothing but the moment is said when nothing changed. */
static void a_quiet_tick_is_small(void **state)
{
    (void)state;
    struct selection *selection;
    struct bytes text;
    bool is_renumbered;

    assert_int_equal(selection_new(&selection, "all", NULL), 0);
    struct frame *frame = frame_new(&selection);
    bytes_init(&text, 0);
    frame_write_whole(frame, &daemon_, &text, &is_renumbered);
    bytes_clear(&text);
    daemon_.model.tick++;
    frame_write_tick(frame, &daemon_, &text);
    bytes_append(&text, "", 1);
    assert_non_null(strstr((const char *)text.data, "\"patch\":{},\"index\":[]"));
    bytes_fini(&text);
    frame_free(&frame);
}

static void parts_of_hidden_isolates_are_summed(void **state)
{
    (void)state;
    json_t *frame = fresh("1.1"); /* none of the model's */
    json_t *budget, *part;
    size_t i, k;
    json_array_foreach(json_object_get(frame, "budgets"), i, budget)
    {
        json_t *parts = json_object_get(budget, "parts");
        assert_int_equal(json_array_size(parts), 1);
        int64_t sum = 0;
        for (k = 0; k < daemon_.model.budgets[i].part_count; k++) {
            sum += daemon_.model.budgets[i].parts[k].bytes;
        }
        part = json_array_get(parts, 0);
        assert_string_equal(json_string_value(json_object_get(part, "kind")), "others");
        assert_int_equal(json_integer_value(json_object_get(part, "bytes")), sum);
    }
    json_decref(frame);
}

static void wrong_selections_are_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {"",     "al",   "top:",   "top:0", "top:x", "top:9999999",
                                        "1",    "1.",   ".1",     "1.2,",  "1.2~",  "1.2~x",
                                        "1.2 ", "-1.2", "top:5,", "1.2.3"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct selection *selection;
        struct error error = {""};
        if (selection_new(&selection, wrong[i], &error) != -EINVAL || error.text[0] == '\0') {
            fail_msg("'%s' was taken", wrong[i]);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(ticks_add_up_for_all, make_model, drop_model),
        cmocka_unit_test_setup_teardown(ticks_add_up_for_the_largest, make_model, drop_model),
        cmocka_unit_test_setup_teardown(ticks_add_up_for_a_list, make_model, drop_model),
        cmocka_unit_test_setup_teardown(a_quiet_tick_is_small, make_model, drop_model),
        cmocka_unit_test_setup_teardown(parts_of_hidden_isolates_are_summed, make_model,
                                        drop_model),
        cmocka_unit_test(wrong_selections_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
