/*
 * Lists and single objects of the model. Called through the table of routes.c. Owns nothing.
 * Invariant: a page names the element it ended with, so the next one goes on behind it whatever has
 * come or gone in between.
 */
#include "daemon/views/lists.h"

#include "daemon/daemon.h"
#include "daemon/views/objects.h"

#include <fnmatch.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LIMIT_MAX 1000000

/* One page of a list: everything after the element whose key is `cursor`, at most `limit`. */
struct page {
    struct writer writer;
    struct fields fields;
    const char *cursor; /* NULL: from the start */
    bool is_started;    /* the cursor has been passed */
    uint64_t limit, count;
    bool has_more;
    char last[MODEL_TEXT_MAX + 64]; /* key of the last element written */
};

static bool open_page(struct page *page, const struct request *request, struct reply *reply,
                      const char *name)
{
    memset(page, 0, sizeof *page);
    page->limit = LIMIT_MAX;
    page->cursor = request_get(request, "cursor");
    page->is_started = page->cursor == NULL;
    if (!request_get_uint(request, "limit", 1, LIMIT_MAX, &page->limit, reply)) {
        return false;
    }
    writer_init(&page->writer, &reply->body);
    writer_open_object(&page->writer, NULL);
    writer_open_array(&page->writer, name);
    fields_init(&page->fields, &page->writer, false);
    return true;
}

/* Whether the element of that key lies behind the cursor; to be asked of every element. */
static bool is_behind_cursor(struct page *page, const char *key)
{
    if (page->is_started) {
        return true;
    }
    page->is_started = strcmp(key, page->cursor) == 0;
    return false;
}

/* Room for one more element: opens it. */
static bool open_element(struct page *page, const char *key)
{
    if (page->count == page->limit) {
        page->has_more = true;
        return false;
    }
    page->count++;
    snprintf(page->last, sizeof page->last, "%s", key);
    fields_open(&page->fields, NULL);
    return true;
}

static void close_element(struct page *page)
{
    fields_close(&page->fields);
}

static void close_page(struct page *page, struct reply *reply)
{
    if (!page->is_started) {
        reply_error(reply, 400, "bad_cursor", "start again without a cursor",
                    "cursor: '%.60s' is not in the list any more", page->cursor);
        return;
    }
    writer_close_array(&page->writer);
    writer_text(&page->writer, "next", page->has_more ? page->last : NULL);
    writer_close_object(&page->writer);
}

struct filter {
    uint64_t process; /* MODEL_UNKNOWN: any */
    const char *name; /* a glob; NULL: any */
    int state;        /* -1: any */
};

/* Index of a filter's value in `names`; -1 with *is_wrong and a 400 when it is none of them. */
static int find_choice(const struct request *request, const char *key, const char *const *names,
                       int count, bool *is_wrong, struct reply *reply)
{
    char known[256] = "";
    const char *value = request_get(request, key);
    for (int i = 0; value != NULL && i < count; i++) {
        if (strcmp(names[i], value) == 0) {
            return i;
        }
        size_t used = strlen(known);
        snprintf(known + used, sizeof known - used, "%s%s", i > 0 ? ", " : "", names[i]);
    }
    if (value != NULL) {
        *is_wrong = true;
        reply_error(reply, 400, "bad_value", "leave it out to see all", "%s: '%.40s' is none of %s",
                    key, value, known);
    }
    return -1;
}

static bool read_filter(struct filter *filter, const struct request *request, struct reply *reply)
{
    bool is_wrong = false;
    filter->process = MODEL_UNKNOWN;
    filter->name = request_get(request, "name");
    filter->state =
        find_choice(request, "state", model_state_names, MODEL_OOM + 1, &is_wrong, reply);
    return !is_wrong &&
           request_get_uint(request, "process", 0, UINT64_MAX - 1, &filter->process, reply);
}

static bool is_match(const struct filter *filter, uint64_t pid, const char *name, int state)
{
    return (filter->process == MODEL_UNKNOWN || filter->process == pid) &&
           (filter->state < 0 || filter->state == state) &&
           (filter->name == NULL || fnmatch(filter->name, name, 0) == 0);
}

void lists_processes(const struct request *request, struct reply *reply)
{
    const struct model *model = &request->daemon->model;
    struct filter filter;
    struct page page;

    if (!read_filter(&filter, request, reply) || !open_page(&page, request, reply, "processes")) {
        return;
    }
    for (size_t i = 0; i < model->process_count && !page.has_more; i++) {
        const struct process *process = model->processes[i];
        char key[64];
        snprintf(key, sizeof key, "%" PRIu64 "~%" PRIu64, process->pid, process->start_time);
        if (is_behind_cursor(&page, key) && process->is_counted &&
            is_match(&filter, process->pid, process->name, (int)process->state) &&
            open_element(&page, key)) {
            objects_write_process(&page.fields, process);
            close_element(&page);
        }
    }
    close_page(&page, reply);
}

static struct objects all_objects(const struct request *request)
{
    return (struct objects){
        .model = &request->daemon->model,
        .can_act = request->daemon->config->http.allow_actions,
    };
}

void lists_isolates(const struct request *request, struct reply *reply)
{
    const struct model *model = &request->daemon->model;
    struct objects objects = all_objects(request);
    struct filter filter;
    struct page page;

    if (!read_filter(&filter, request, reply) || !open_page(&page, request, reply, "isolates")) {
        return;
    }
    for (size_t i = 0; i < model->isolate_count && !page.has_more; i++) {
        const struct isolate *isolate = model->isolates[i];
        if (is_behind_cursor(&page, isolate->id) && isolate->is_counted &&
            is_match(&filter, isolate->process->pid, isolate->name, (int)isolate->state) &&
            open_element(&page, isolate->id)) {
            objects_write_isolate(&page.fields, &objects, isolate);
            close_element(&page);
        }
    }
    close_page(&page, reply);
}

void lists_budgets(const struct request *request, struct reply *reply)
{
    const struct model *model = &request->daemon->model;
    struct objects objects = all_objects(request);
    const char *name = request_get(request, "name");
    struct page page;

    if (!open_page(&page, request, reply, "budgets")) {
        return;
    }
    for (size_t i = 0; i < model->budget_count && !page.has_more; i++) {
        const struct budget *budget = &model->budgets[i];
        if (is_behind_cursor(&page, budget->name) &&
            (name == NULL || fnmatch(name, budget->name, 0) == 0) &&
            open_element(&page, budget->name)) {
            objects_write_budget(&page.fields, &objects, budget);
            close_element(&page);
        }
    }
    close_page(&page, reply);
}

void lists_alerts(const struct request *request, struct reply *reply)
{
    const struct model *model = &request->daemon->model;
    struct objects objects = all_objects(request);
    bool is_wrong = false;
    int state =
        find_choice(request, "state", alert_state_names, ALERT_RESOLVED + 1, &is_wrong, reply);
    struct page page;

    if (is_wrong || !open_page(&page, request, reply, "alerts")) {
        return;
    }
    for (size_t i = 0; i < model->alert_count && !page.has_more; i++) {
        const struct alert *alert = &model->alerts[i];
        if (is_behind_cursor(&page, alert->id) && (state < 0 || state == (int)alert->state) &&
            open_element(&page, alert->id)) {
            objects_write_alert(&page.fields, &objects, alert);
            close_element(&page);
        }
    }
    close_page(&page, reply);
}

void lists_advice(const struct request *request, struct reply *reply)
{
    const struct model *model = &request->daemon->model;
    struct page page;

    if (!open_page(&page, request, reply, "advice")) {
        return;
    }
    for (size_t i = 0; i < model->alert_count && !page.has_more; i++) {
        const struct alert *alert = &model->alerts[i];
        if (alert->cause[0] != '\0' && alert->fired_at > 0 && is_behind_cursor(&page, alert->id) &&
            open_element(&page, alert->id)) {
            objects_write_advice(&page.fields, alert);
            close_element(&page);
        }
    }
    close_page(&page, reply);
}

static void list_stores_of(struct page *page, const struct process *process)
{
    for (size_t i = 0; i < process->store_count && !page->has_more; i++) {
        char key[96];
        snprintf(key, sizeof key, "%" PRIu64 "~%" PRIu64 ".%" PRIu64, process->pid,
                 process->start_time, process->stores[i].id);
        if (is_behind_cursor(page, key) && open_element(page, key)) {
            objects_write_store(&page->fields, process, &process->stores[i]);
            close_element(page);
        }
    }
}

void lists_stores(const struct request *request, struct reply *reply)
{
    const struct model *model = &request->daemon->model;
    uint64_t pid = MODEL_UNKNOWN;
    struct page page;

    if (!request_get_uint(request, "process", 0, UINT64_MAX - 1, &pid, reply) ||
        !open_page(&page, request, reply, "stores")) {
        return;
    }
    for (size_t i = 0; i < model->process_count; i++) {
        if (pid == MODEL_UNKNOWN || pid == model->processes[i]->pid) {
            list_stores_of(&page, model->processes[i]);
        }
    }
    close_page(&page, reply);
}

struct flow_filter {
    const char *end; /* id of the sender or receiver; NULL: any */
    double window;
};

static bool is_end_of(const char *id, const struct process *process, const struct flow *flow)
{
    char ends[2][MODEL_ID_MAX];

    model_format_id(process, flows_from(flow), ends[0]);
    model_format_id(process, flows_to(flow), ends[1]);
    return id == NULL || strcmp(id, ends[0]) == 0 ||
           (flows_to(flow) != FLOWS_NOBODY && strcmp(id, ends[1]) == 0);
}

static void list_flows_of(struct page *page, const struct model *model,
                          const struct process *process, const struct flow_filter *filter)
{
    const struct flow *flow = NULL;

    while (!page->has_more && (flow = flows_next(process->flows, flow)) != NULL) {
        char key[96];
        snprintf(key, sizeof key, "%" PRIu64 "~%" PRIu64 ".%" PRIu32 "-%" PRIu32, process->pid,
                 process->start_time, flows_from(flow), flows_to(flow));
        if (is_behind_cursor(page, key) && is_end_of(filter->end, process, flow) &&
            open_element(page, key)) {
            objects_write_flow(&page->fields, model, process, flow, filter->window);
            close_element(page);
        }
    }
}

void lists_flows(const struct request *request, struct reply *reply)
{
    const struct model *model = &request->daemon->model;
    struct flow_filter filter = {.end = request_get(request, "isolate"), .window = 60};
    uint64_t pid = MODEL_UNKNOWN;
    struct page page;

    if (!request_get_uint(request, "process", 0, UINT64_MAX - 1, &pid, reply) ||
        !request_get_double(request, "window", 1, FLOWS_WINDOW_S, &filter.window, reply) ||
        !open_page(&page, request, reply, "flows")) {
        return;
    }
    for (size_t i = 0; i < model->process_count; i++) {
        if (pid == MODEL_UNKNOWN || pid == model->processes[i]->pid) {
            list_flows_of(&page, model, model->processes[i], &filter);
        }
    }
    close_page(&page, reply);
}

/* ---- single ones ----------------------------------------------------------------------------- */

void lists_process(const struct request *request, struct reply *reply)
{
    struct writer writer;
    struct fields fields;
    char *end;
    const char *text = request->captures[0];
    uint64_t pid = strtoull(text, &end, 10);
    const struct process *process =
        end != text && *end == '\0' ? model_find_process(&request->daemon->model, pid) : NULL;

    if (process == NULL) {
        reply_error(reply, 404, "no_such_process", "GET /api/v1/processes lists them",
                    "no process '%.40s' is known", text);
        return;
    }
    writer_init(&writer, &reply->body);
    fields_init(&fields, &writer, false);
    fields_open(&fields, NULL);
    objects_write_process(&fields, process);
    fields_close(&fields);
}

void lists_isolate(const struct request *request, struct reply *reply)
{
    struct writer writer;
    struct fields fields;
    struct objects objects = all_objects(request);
    const struct isolate *isolate =
        model_find_isolate(&request->daemon->model, request->captures[0]);

    if (isolate == NULL) {
        reply_error(reply, 404, "no_such_isolate", "GET /api/v1/isolates lists them",
                    "no isolate '%.60s' is known", request->captures[0]);
        return;
    }
    writer_init(&writer, &reply->body);
    fields_init(&fields, &writer, false);
    fields_open(&fields, NULL);
    objects_write_isolate(&fields, &objects, isolate);
    fields_close(&fields);
}
