/*
 * The courier's thread and its table of errands. notify.c calls it. Owns libcurl's handles, the
 * runner's socket and every order until its result is taken. Invariant: an errand belongs to the
 * loop while it is free or done, to the thread while it is under way; `state` alone is shared, under
 * the lock.
 */
#include "daemon/notify/courier.h"

#include "base/check.h"
#include "base/clock.h"
#include "base/log.h"
#include "daemon/notify/access.h"
#include "daemon/notify/runner.h"

#include <curl/curl.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define CONNECT_MS     5000
#define RUNNER_LATE_S  5.0 /* beyond a program's own time: then the runner itself is stuck */
#define RETRY_AFTER_MAX 600
#define POLL_MS        60000

enum state { FREE, ORDERED, UNDER_WAY, DONE };

struct errand {
    enum state state;
    struct courier_result result;
    bool is_program;
    uint32_t program; /* its id at the runner */
    uint64_t number;
    char *url;         /* owned */
    struct access access;
    struct bytes body; /* owned */
    double timeout;
    CURL *curl; /* owned, kept from one order to the next with its connection */
    struct curl_slist *headers;
    size_t header_bytes, answer_bytes;
    bool has_headers; /* of the final answer, all of them */
    bool is_cut;      /* the rest of the answer was not wanted */
    char first[80];   /* the answer's beginning, for error texts */
    uint64_t deadline_ns;
};

struct courier {
    pthread_t thread;
    pthread_mutex_t lock;
    CURLM *multi;
    int runner, event;
    bool is_started, is_stopping;
    uint64_t stop_ns; /* the latest end */
    struct errand errands[COURIER_PLACES * COURIER_KINDS];
};

#define ERRANDS (COURIER_PLACES * COURIER_KINDS)

static enum state get_state(const struct courier *courier, const struct errand *errand)
{
    pthread_mutex_t *lock = (pthread_mutex_t *)&courier->lock;

    pthread_mutex_lock(lock);
    enum state state = errand->state;
    pthread_mutex_unlock(lock);
    return state;
}

/* ---- one errand, on the thread --------------------------------------------------------------- */

static void finish(struct courier *courier, struct errand *errand)
{
    uint64_t one = 1;

    pthread_mutex_lock(&courier->lock);
    errand->state = DONE;
    pthread_mutex_unlock(&courier->lock);
    if (write(courier->event, &one, sizeof one) < 0) {
        return; /* its counter is full: the loop has been told often enough */
    }
}

/* One line of what stands there, for people. */
static void clean(char *text)
{
    for (char *at = text; *at != '\0'; at++) {
        *at = (unsigned char)*at < ' ' || (unsigned char)*at >= 0x7f ? ' ' : *at;
    }
}

static size_t take_header(char *data, size_t size, size_t count, void *argument)
{
    struct errand *errand = argument;
    size_t bytes = size * count;
    long status = 0;

    errand->header_bytes += bytes;
    if (errand->header_bytes > COURIER_IGNORE_MAX) {
        return 0;
    }
    curl_easy_getinfo(errand->curl, CURLINFO_RESPONSE_CODE, &status);
    if (status >= 200 && bytes <= 2 && (data[0] == '\r' || data[0] == '\n')) {
        errand->has_headers = true;
    }
    return bytes;
}

static size_t take_answer(char *data, size_t size, size_t count, void *argument)
{
    struct errand *errand = argument;
    size_t bytes = size * count;
    bool is_question = errand->result.kind == COURIER_QUESTION;
    size_t kept = strlen(errand->first);

    if (kept < sizeof errand->first - 1) {
        snprintf(errand->first + kept, sizeof errand->first - kept, "%.*s", (int)bytes, data);
    }
    if (is_question) {
        bytes_append(&errand->result.body, data, bytes);
    }
    errand->answer_bytes += bytes;
    errand->is_cut = errand->answer_bytes > (is_question ? COURIER_ANSWER_MAX : COURIER_IGNORE_MAX);
    return errand->is_cut ? 0 : bytes;
}

static void fail(struct errand *errand, enum courier_outcome outcome, const char *text)
{
    errand->result.outcome = outcome;
    snprintf(errand->result.error, sizeof errand->result.error, "%.*s",
             (int)sizeof errand->result.error - 1, text);
    clean(errand->result.error);
}

/* What an answer with that status means. */
static void judge_status(struct errand *errand, long status)
{
    char text[sizeof errand->result.error];
    curl_off_t wait = 0;

    if (status >= 200 && status < 300) {
        errand->result.outcome = COURIER_DONE;
        return;
    }
    bool is_secret = access_is_secret(&errand->access);
    bool is_refused = is_secret && (status == 401 || status == 403); /* the file may be mended */
    bool is_final =
        status >= 400 && status < 500 && status != 408 && status != 429 && !is_refused;
    if (status >= 300 && status < 400) {
        snprintf(text, sizeof text, "answered %ld: redirects are not followed", status);
    } else {
        bool is_quoted = errand->first[0] != '\0' && !is_secret; /* it may repeat what we showed */
        snprintf(text, sizeof text, "answered %ld%s%.80s", status, is_quoted ? ": " : "",
                 is_quoted ? errand->first : "");
    }
    fail(errand, is_final ? COURIER_REFUSED : COURIER_FAILED, text);
    if (curl_easy_getinfo(errand->curl, CURLINFO_RETRY_AFTER, &wait) == CURLE_OK && wait > 0) {
        errand->result.retry_after = (double)(wait < RETRY_AFTER_MAX ? wait : RETRY_AFTER_MAX);
    }
}

/* The status decides, however the rest of the answer went: who said 200 has it. */
static void judge_answer(struct errand *errand, CURLcode code)
{
    char text[sizeof errand->result.error];
    bool is_question = errand->result.kind == COURIER_QUESTION;
    long status = 0;

    curl_easy_getinfo(errand->curl, CURLINFO_RESPONSE_CODE, &status);
    if (errand->has_headers && (code == CURLE_OK || !is_question)) {
        judge_status(errand, status);
    } else if (errand->is_cut) {
        fail(errand, COURIER_FAILED, "the answer is too large");
    } else if (errand->header_bytes > COURIER_IGNORE_MAX) {
        fail(errand, COURIER_FAILED, "the answer's headers are too large");
    } else if (code == CURLE_OPERATION_TIMEDOUT) {
        snprintf(text, sizeof text, "no answer within %g s", errand->timeout);
        fail(errand, COURIER_FAILED, text);
    } else {
        fail(errand, COURIER_FAILED,
             code == CURLE_OK ? "the answer is no HTTP" : curl_easy_strerror(code));
    }
}

static bool make_headers(struct errand *errand)
{
    char number[64];

    curl_slist_free_all(errand->headers);
    snprintf(number, sizeof number, "X-Isoscope-Notification: %llu",
             (unsigned long long)errand->number);
    errand->headers = curl_slist_append(NULL, "Content-Type: application/json");
    return errand->headers != NULL && curl_slist_append(errand->headers, number) != NULL &&
           curl_slist_append(errand->headers, "Expect:") != NULL;
}

/* Everything but who we are. */
static void set_options(struct errand *errand)
{
    CURL *curl = errand->curl;

    if (errand->result.kind == COURIER_DELIVERY) {
        curl_easy_setopt(curl, CURLOPT_POST, 1L);
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, errand->body.data);
        curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, (long)errand->body.size);
        curl_easy_setopt(curl, CURLOPT_HTTPHEADER, errand->headers);
    }
    long ms = (long)(errand->timeout * 1000);
    curl_easy_setopt(curl, CURLOPT_URL, errand->url);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_NOPROXY, "localhost,127.0.0.1,::1");
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "isoscope/" ISOSCOPE_VERSION);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, ms < CONNECT_MS ? ms : CONNECT_MS);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, ms);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_QUICK_EXIT, 1L);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_header);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, errand);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_answer);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, errand);
    curl_easy_setopt(curl, CURLOPT_PRIVATE, errand);
}

/* 0, or a negative errno with *error. */
static int set_up(struct courier *courier, struct errand *errand, struct error *error)
{
    if (errand->curl == NULL && (errand->curl = curl_easy_init()) == NULL) {
        return error_set(error, -ENOMEM, "out of memory");
    }
    curl_easy_reset(errand->curl);
    if (!make_headers(errand)) {
        return error_set(error, -ENOMEM, "out of memory");
    }
    set_options(errand);
    int code = access_apply(&errand->access, errand->curl, error);
    if (code == 0 && curl_multi_add_handle(courier->multi, errand->curl) != CURLM_OK) {
        code = error_set(error, -ENOMEM, "out of memory");
    }
    return code;
}

static void begin_program(struct courier *courier, struct errand *errand)
{
    int code = courier->runner < 0
                   ? -EPIPE
                   : runner_send(courier->runner, errand->body.data, errand->body.size);

    errand->deadline_ns =
        clock_now_ns() + (uint64_t)((errand->timeout + RUNNER_LATE_S) * (double)CLOCK_NS_PER_S);
    if (code < 0) {
        fail(errand, COURIER_FAILED,
             code == -EPIPE ? "the process that runs programs is gone: restart isoscoped"
                            : strerror(-code));
        finish(courier, errand);
    }
}

static void begin(struct courier *courier, struct errand *errand)
{
    errand->header_bytes = errand->answer_bytes = 0;
    errand->has_headers = errand->is_cut = false;
    errand->first[0] = '\0';
    struct error error;
    if (errand->is_program) {
        begin_program(courier, errand);
    } else if (set_up(courier, errand, &error) < 0) {
        fail(errand, COURIER_FAILED, error.text);
        finish(courier, errand);
    }
}

/* ---- the thread ------------------------------------------------------------------------------ */

static void take_orders(struct courier *courier, size_t *under_way, bool *is_stopping)
{
    struct errand *ordered[ERRANDS];
    size_t count = 0;

    *under_way = 0;
    pthread_mutex_lock(&courier->lock);
    for (size_t i = 0; i < ERRANDS; i++) {
        struct errand *errand = &courier->errands[i];
        if (errand->state == ORDERED) {
            errand->state = UNDER_WAY;
            ordered[count++] = errand;
        }
        *under_way += errand->state == UNDER_WAY;
    }
    *is_stopping = courier->is_stopping;
    pthread_mutex_unlock(&courier->lock);
    for (size_t i = 0; i < count; i++) {
        begin(courier, ordered[i]);
    }
}

static void take_answers(struct courier *courier)
{
    CURLMsg *message;
    int left;

    while ((message = curl_multi_info_read(courier->multi, &left)) != NULL) {
        CURLcode code = message->data.result;
        CURL *curl = message->easy_handle;
        char *argument = NULL;
        curl_easy_getinfo(curl, CURLINFO_PRIVATE, &argument);
        struct errand *errand = (void *)argument;
        curl_multi_remove_handle(courier->multi, curl);
        judge_answer(errand, code);
        finish(courier, errand);
    }
}

static bool is_program_under_way(const struct courier *courier, const struct errand *errand)
{
    return get_state(courier, errand) == UNDER_WAY && errand->is_program;
}

/* The runner's replies carry the index of the errand. */
static void take_replies(struct courier *courier)
{
    struct runner_reply reply;
    int code = 0;

    while (courier->runner >= 0 && (code = runner_receive(courier->runner, &reply)) > 0) {
        struct errand *errand = &courier->errands[reply.id % ERRANDS];
        char text[sizeof errand->result.error];
        if (!is_program_under_way(courier, errand) || errand->program != reply.id) {
            continue; /* it was given up */
        }
        if (reply.status == 0) {
            errand->result.outcome = COURIER_DONE;
        } else if (reply.status < 0) {
            fail(errand, COURIER_FAILED, reply.words);
        } else {
            snprintf(text, sizeof text, "ended with %d%s%s", (int)reply.status,
                     reply.words[0] != '\0' ? ": " : "", reply.words);
            fail(errand, COURIER_FAILED, text);
        }
        finish(courier, errand);
    }
    if (code < 0) {
        close(courier->runner);
        courier->runner = -1;
    }
}

static void give_up_late(struct courier *courier)
{
    for (size_t i = 0; i < ERRANDS; i++) {
        struct errand *errand = &courier->errands[i];
        if (is_program_under_way(courier, errand) &&
            (courier->runner < 0 || clock_now_ns() > errand->deadline_ns)) {
            fail(errand, COURIER_FAILED, "the process that runs programs does not answer");
            finish(courier, errand);
        }
    }
}

static void *run(void *argument)
{
    struct courier *courier = argument;

    for (;;) {
        size_t under_way;
        bool is_stopping;
        int running;
        struct curl_waitfd extra = {.fd = courier->runner, .events = CURL_WAIT_POLLIN};
        take_orders(courier, &under_way, &is_stopping);
        if (is_stopping && (under_way == 0 || clock_now_ns() >= courier->stop_ns)) {
            return NULL;
        }
        curl_multi_perform(courier->multi, &running);
        take_answers(courier);
        take_replies(courier);
        give_up_late(courier);
        curl_multi_poll(courier->multi, &extra, courier->runner >= 0,
                        is_stopping       ? 50
                        : under_way > 0 ? 1000
                                        : POLL_MS,
                        NULL);
    }
}

/* ---- the loop's side ------------------------------------------------------------------------- */

int courier_open(struct courier **opened, int runner, int *fd, struct error *error)
{
    struct courier *courier = calloc(1, sizeof *courier);

    *opened = NULL;
    if (courier == NULL || curl_global_init(CURL_GLOBAL_DEFAULT) != 0 ||
        (courier->multi = curl_multi_init()) == NULL) {
        free(courier);
        return error_set(error, -ENOMEM, "out of memory");
    }
    courier->runner = runner;
    courier->event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    pthread_mutex_init(&courier->lock, NULL);
    int code = courier->event < 0 ? errno : pthread_create(&courier->thread, NULL, run, courier);
    if (code != 0) {
        courier_free(&courier);
        return error_set(error, -code, "the notifiers' thread: %s", strerror(code));
    }
    courier->is_started = true;
    *fd = courier->event;
    *opened = courier;
    return 0;
}

void courier_stop(struct courier *courier, double grace)
{
    if (!courier->is_started) {
        return;
    }
    pthread_mutex_lock(&courier->lock);
    courier->is_stopping = true;
    courier->stop_ns = clock_now_ns() + (uint64_t)(grace * (double)CLOCK_NS_PER_S);
    pthread_mutex_unlock(&courier->lock);
    curl_multi_wakeup(courier->multi);
    pthread_join(courier->thread, NULL);
    courier->is_started = false;
}

static void clear(struct errand *errand)
{
    free(errand->url);
    errand->url = NULL;
    access_clear(&errand->access);
    bytes_fini(&errand->body);
    bytes_fini(&errand->result.body);
}

void courier_free(struct courier **pointer)
{
    struct courier *courier = *pointer;

    *pointer = NULL;
    if (courier == NULL) {
        return;
    }
    courier_stop(courier, 0);
    for (size_t i = 0; i < ERRANDS; i++) {
        struct errand *errand = &courier->errands[i];
        if (errand->curl != NULL) {
            curl_multi_remove_handle(courier->multi, errand->curl);
            curl_easy_cleanup(errand->curl);
        }
        curl_slist_free_all(errand->headers);
        clear(errand);
    }
    curl_multi_cleanup(courier->multi);
    if (courier->event >= 0) {
        close(courier->event);
    }
    if (courier->runner >= 0) {
        close(courier->runner);
    }
    pthread_mutex_destroy(&courier->lock);
    free(courier);
}

static struct errand *get_errand(const struct courier *courier, unsigned place,
                                 enum courier_kind kind)
{
    CHECK(place < COURIER_PLACES);
    return (struct errand *)&courier->errands[place * COURIER_KINDS + kind];
}

bool courier_is_busy(const struct courier *courier, unsigned place, enum courier_kind kind)
{
    return get_state(courier, get_errand(courier, place, kind)) != FREE;
}

uint32_t courier_program_id(unsigned place, uint64_t number)
{
    return (uint32_t)(number % (UINT32_MAX / ERRANDS)) * (uint32_t)ERRANDS +
           place * COURIER_KINDS + COURIER_DELIVERY;
}

int courier_send(struct courier *courier, const struct courier_order *order)
{
    struct errand *errand = get_errand(courier, order->place, order->kind);

    CHECK(get_state(courier, errand) == FREE);
    clear(errand);
    if (order->url != NULL && (errand->url = strdup(order->url)) == NULL) {
        return -ENOMEM;
    }
    if (order->access != NULL && access_copy(&errand->access, order->access) < 0) {
        return -ENOMEM;
    }
    memset(&errand->result, 0, sizeof errand->result);
    bytes_init(&errand->result.body, COURIER_ANSWER_MAX + (64u << 10));
    errand->result.place = order->place;
    errand->result.kind = order->kind;
    errand->is_program = order->is_program;
    errand->program = order->program;
    errand->number = order->number;
    errand->timeout = order->timeout;
    if (order->body != NULL) {
        errand->body = *order->body;
        bytes_init(order->body, order->body->max);
    }
    pthread_mutex_lock(&courier->lock);
    errand->state = ORDERED;
    pthread_mutex_unlock(&courier->lock);
    curl_multi_wakeup(courier->multi);
    return 0;
}

bool courier_take(struct courier *courier, struct courier_result *result)
{
    uint64_t times;

    if (read(courier->event, &times, sizeof times) < 0 && errno != EAGAIN) {
        log_debug("eventfd: %s", strerror(errno));
    }
    for (size_t i = 0; i < ERRANDS; i++) {
        struct errand *errand = &courier->errands[i];
        if (get_state(courier, errand) == DONE) {
            *result = errand->result;
            bytes_init(&errand->result.body, 0);
            clear(errand);
            pthread_mutex_lock(&courier->lock);
            errand->state = FREE;
            pthread_mutex_unlock(&courier->lock);
            return true;
        }
    }
    return false;
}
