/*
 * The server: connections, requests, answers of one tick, streams on the wire, start and end.
 * Called by the loop. Owns libmicrohttpd's daemon, the cache and every exchange. Invariant: a
 * suspended connection belongs to a stream with nothing to send; each is resumed before the server
 * stops.
 */
#include "daemon/http/http.h"

#include "base/clock.h"
#include "base/log.h"
#include "daemon/daemon.h"
#include "daemon/history/archive.h"
#include "daemon/http/http_files.h"
#include "daemon/http/http_listen.h"
#include "daemon/http/http_secrets.h"
#include "daemon/http/origin.h"
#include "daemon/views/routes.h"
#include "daemon/views/stream.h"

#include <errno.h>
#include <math.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define CONNECTION_BYTES  (32u << 10) /* request line and headers, and one block of an answer */
#define IDLE_TIMEOUT_S    30
#define BODY_BYTES_MAX    (64u << 10) /* no request needs a body; this much is read and ignored */
#define STREAM_BLOCK      (16u << 10)
#define CACHE_MAX         16
#define STREAM_SEND_BYTES (256 << 10) /* in the kernel; what a deaf reader costs there */
#define CHALLENGE         "Basic realm=\"isoscope\", charset=\"UTF-8\""
#define EVERY_DEFAULT_S   1.0
#define ASK_TIMEOUT_S     15
#define EVERY_MAX_S       3600.0

extern const struct embed_file web_files[];

/* One request on its connection, from its first header to its last byte. */
struct exchange {
    struct exchange *next, **link; /* while it is a stream */
    struct http *http;
    struct MHD_Connection *connection;
    size_t body_bytes;
    struct stream *stream; /* owned; NULL for an ordinary answer */
    bool is_suspended;
    struct query *query; /* owned: what the archive is asked, then its answer; NULL for none */
    uint64_t asked_ns;   /* CLOCK_MONOTONIC */
    bool is_asking;      /* in the list of those; suspended */
    bool has_waited;
};

struct cached {
    char *key; /* owned */
    struct MHD_Response *response;
};

struct http {
    struct daemon *daemon;
    struct MHD_Daemon *server;
    struct http_files *files;
    struct streams *streams;
    struct exchange *streaming;
    struct exchange *asking;        /* those that wait for the archive */
    struct cached cache[CACHE_MAX]; /* answers of this tick */
    size_t cache_count;
    struct http_listen listen;
    struct http_secrets secrets;
    uint64_t requests;
    uint64_t shed, shed_told; /* turned away for want of a descriptor; those a log line told of */
    double looked_at;         /* for readers that hung up; the model's time */
    int fd;                   /* MHD's */
    bool is_closing;
};

/* ---- lists of exchanges -----------------------------------------------------------------------
 */

static void enter_list(struct exchange *exchange, struct exchange **list)
{
    exchange->next = *list;
    exchange->link = list;
    if (exchange->next != NULL) {
        exchange->next->link = &exchange->next;
    }
    *list = exchange;
}

static void leave_list(struct exchange *exchange)
{
    if (exchange->link == NULL) {
        return;
    }
    *exchange->link = exchange->next;
    if (exchange->next != NULL) {
        exchange->next->link = exchange->link;
    }
    exchange->link = NULL;
    exchange->next = NULL;
}

/* ---- sending --------------------------------------------------------------------------------- */

/* Takes the bytes; NULL when memory is short. */
static struct MHD_Response *make_body(struct reply *reply)
{
    size_t size;
    unsigned char *data = bytes_take(&reply->body, &size);
    struct MHD_Response *response =
        data != NULL ? MHD_create_response_from_buffer(size, data, MHD_RESPMEM_MUST_FREE)
                     : MHD_create_response_from_buffer(0, (void *)"", MHD_RESPMEM_PERSISTENT);
    if (response == NULL) {
        free(data);
    }
    return response;
}

/* Takes the descriptor; NULL when memory is short. */
static struct MHD_Response *make_file_body(struct reply *reply)
{
    struct MHD_Response *response =
        MHD_create_response_from_fd_at_offset64(reply->file_bytes, reply->file, 0);
    if (response != NULL) {
        reply->file = -1;
    }
    return response;
}

/* Takes the body of `reply`; NULL when memory is short. */
static struct MHD_Response *make_response(struct reply *reply)
{
    if (reply->body.is_failed) {
        return NULL;
    }
    struct MHD_Response *response = reply->file >= 0 ? make_file_body(reply) : make_body(reply);
    if (response == NULL) {
        return NULL;
    }
    bool is_made =
        http_files_add_security(response) &&
        MHD_add_response_header(response, "Content-Type", reply->content_type) == MHD_YES &&
        MHD_add_response_header(response, "Cache-Control", "no-store") == MHD_YES &&
        (reply->allow == NULL ||
         MHD_add_response_header(response, "Allow", reply->allow) == MHD_YES) &&
        (reply->status != MHD_HTTP_UNAUTHORIZED ||
         MHD_add_response_header(response, "WWW-Authenticate", CHALLENGE) == MHD_YES);
    if (!is_made) {
        MHD_destroy_response(response);
        return NULL;
    }
    return response;
}

/* MHD_NO closes the connection: all that is left to do without memory. */
static enum MHD_Result send_reply(struct MHD_Connection *connection, struct reply *reply)
{
    unsigned status = reply->status;
    struct MHD_Response *response = make_response(reply);
    if (response == NULL) {
        return MHD_NO;
    }
    enum MHD_Result result = MHD_queue_response(connection, status, response);
    MHD_destroy_response(response);
    return result;
}

/* ---- answers of one tick --------------------------------------------------------------------- */

static void forget_cache(struct http *http)
{
    for (size_t i = 0; i < http->cache_count; i++) {
        MHD_destroy_response(http->cache[i].response);
        free(http->cache[i].key);
    }
    http->cache_count = 0;
}

/* What makes two requests the same; NULL when memory is short. */
static char *make_key(const struct request *request)
{
    struct bytes key;
    size_t size;
    bytes_init(&key, 0);
    bytes_append_text(&key, request->path);
    for (size_t i = 0; i < request->query_count; i++) {
        bytes_append_format(&key, "&%s=", request->query[i].key);
        bytes_append_text(&key, request->query[i].value);
    }
    bytes_append_text(&key, request->wants_openmetrics ? " o" : "");
    bytes_append(&key, "", 1);
    if (key.is_failed) {
        bytes_fini(&key);
        return NULL;
    }
    return (char *)bytes_take(&key, &size);
}

static enum MHD_Result send_cached(struct exchange *exchange, const struct route *route,
                                   const struct request *request, struct reply *reply)
{
    struct http *http = exchange->http;
    char *key = make_key(request);

    for (size_t i = 0; key != NULL && i < http->cache_count; i++) {
        if (strcmp(http->cache[i].key, key) == 0) {
            free(key);
            return MHD_queue_response(exchange->connection, MHD_HTTP_OK, http->cache[i].response);
        }
    }
    route->run(request, reply);
    if (key == NULL || reply->status != 200 || http->cache_count == CACHE_MAX) {
        free(key);
        return send_reply(exchange->connection, reply);
    }
    struct MHD_Response *response = make_response(reply);
    if (response == NULL) {
        free(key);
        return MHD_NO;
    }
    http->cache[http->cache_count++] = (struct cached){key, response};
    return MHD_queue_response(exchange->connection, MHD_HTTP_OK, response);
}

/* ---- streams --------------------------------------------------------------------------------- */

/* With nothing to send the connection sleeps until the next tick. It then notices no hang-up
 * either: drop_gone() looks for those. */
static ssize_t read_stream(void *argument, uint64_t position, char *buffer, size_t max)
{
    struct exchange *exchange = argument;
    (void)position;
    if (exchange->http->is_closing) {
        return MHD_CONTENT_READER_END_OF_STREAM;
    }
    if (exchange->stream == NULL) {
        return MHD_CONTENT_READER_END_WITH_ERROR; /* nobody reads any more */
    }
    size_t size = stream_read(exchange->stream, buffer, max);
    if (size == 0) {
        MHD_suspend_connection(exchange->connection);
        exchange->is_suspended = true;
    }
    return (ssize_t)size;
}

static void refuse_stream(struct reply *reply, int code, const struct error *error)
{
    if (code == -EINVAL) {
        reply_error(reply, 400, "bad_value", "such as isolates=top:20", "%s", error->text);
    } else {
        reply_error(reply, 503, code == -EBUSY ? "too_many_streams" : "out_of_memory",
                    "close one, or read /api/v1/frame now and then", "%s", error->text);
    }
}

static struct MHD_Response *make_stream_response(struct exchange *exchange, bool is_head)
{
    struct MHD_Response *response =
        is_head ? MHD_create_response_from_buffer(0, (void *)"", MHD_RESPMEM_PERSISTENT)
                : MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, STREAM_BLOCK, read_stream,
                                                    exchange, NULL);
    if (response != NULL &&
        (!http_files_add_security(response) ||
         MHD_add_response_header(response, "Content-Type", "text/event-stream") != MHD_YES ||
         MHD_add_response_header(response, "Cache-Control", "no-store") != MHD_YES)) {
        MHD_destroy_response(response);
        response = NULL;
    }
    return response;
}

/* Ends the streams of sleeping connections whose reader has hung up, so that their places are free
 * at once. Without memory for the question it is asked a second later. */
static void drop_gone(struct http *http)
{
    size_t count = 0;
    for (struct exchange *at = http->streaming; at != NULL; at = at->next) {
        count++;
    }
    struct pollfd *polls = calloc(count + 1, sizeof *polls);
    if (polls == NULL) {
        return;
    }
    count = 0;
    for (struct exchange *at = http->streaming; at != NULL; at = at->next) {
        const union MHD_ConnectionInfo *info =
            MHD_get_connection_info(at->connection, MHD_CONNECTION_INFO_CONNECTION_FD);
        polls[count].fd = at->is_suspended && info != NULL ? info->connect_fd : -1;
        polls[count++].events = POLLRDHUP;
    }
    int gone = poll(polls, count, 0);
    count = 0;
    for (struct exchange *at = http->streaming; at != NULL && gone > 0; at = at->next) {
        if (polls[count++].revents != 0 && at->stream != NULL) {
            stream_close(&at->stream);
        }
    }
    free(polls);
}

/* A reader that takes nothing shall be noticed after little, not after megabytes. */
static void bound_send_buffer(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    int size = STREAM_SEND_BYTES;
    if (info != NULL) {
        setsockopt(info->connect_fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
    }
}

static enum MHD_Result start_stream(struct exchange *exchange, const struct request *request,
                                    struct reply *reply, bool is_head)
{
    struct http *http = exchange->http;
    double every = EVERY_DEFAULT_S;
    struct error error;

    if (!request_get_double(request, "every", 0, EVERY_MAX_S, &every, reply)) {
        return send_reply(exchange->connection, reply);
    }
    struct stream_options options = {
        .isolates = request_get(request, "isolates"),
        .every = every,
        .last_event =
            MHD_lookup_connection_value(exchange->connection, MHD_HEADER_KIND, "Last-Event-ID"),
    };
    int code = stream_open(&exchange->stream, http->streams, &options, &error);
    if (code == -EBUSY) {
        drop_gone(http);
        code = stream_open(&exchange->stream, http->streams, &options, &error);
    }
    if (code < 0) {
        refuse_stream(reply, code, &error);
        return send_reply(exchange->connection, reply);
    }
    struct MHD_Response *response = make_stream_response(exchange, is_head);
    if (response == NULL) {
        return MHD_NO;
    }
    enter_list(exchange, &http->streaming);
    bound_send_buffer(exchange->connection);
    enum MHD_Result result = MHD_queue_response(exchange->connection, MHD_HTTP_OK, response);
    MHD_destroy_response(response);
    return result;
}

static void wake_streams(struct http *http, bool is_last_time)
{
    for (struct exchange *at = http->streaming; at != NULL; at = at->next) {
        bool has_news = at->stream == NULL || stream_is_ready(at->stream);
        if (at->is_suspended && (is_last_time || has_news)) {
            at->is_suspended = false;
            MHD_resume_connection(at->connection);
        }
    }
}

/* ---- answers of the archive ------------------------------------------------------------------ */

/* The connection sleeps until the archive has answered; then the request is run again. */
static enum MHD_Result ask_archive(struct exchange *exchange, struct reply *reply)
{
    struct http *http = exchange->http;

    reply->query->owner = exchange;
    if (archive_ask(http->daemon->archive, reply->query) < 0) {
        reply->has_to_ask = false;
        reply_error(reply, 503, "history_is_busy", "try again later",
                    "%d questions wait for the history on disk", ARCHIVE_QUERIES_MAX);
        return send_reply(exchange->connection, reply);
    }
    exchange->query = reply->query;
    reply->query = NULL;
    exchange->asked_ns = clock_now_ns();
    exchange->is_asking = true;
    enter_list(exchange, &http->asking);
    MHD_suspend_connection(exchange->connection);
    return MHD_YES;
}

/* Runs the request again, with its answer or, when that was dropped, without. */
static void go_on(struct exchange *exchange)
{
    leave_list(exchange);
    exchange->is_asking = false;
    exchange->has_waited = true;
    MHD_resume_connection(exchange->connection);
}

void http_take_answers(struct http *http)
{
    struct query *query;

    while ((query = archive_take(http->daemon->archive)) != NULL) {
        go_on(query->owner);
    }
}

/* A disk that hangs does not keep its readers for ever. */
static void give_up_asking(struct http *http, bool is_last_time)
{
    uint64_t now = clock_now_ns();

    for (struct exchange *at = http->asking, *next; at != NULL; at = next) {
        next = at->next;
        if (is_last_time || now - at->asked_ns > ASK_TIMEOUT_S * CLOCK_NS_PER_S) {
            archive_drop(http->daemon->archive, &at->query);
            go_on(at);
        }
    }
}

/* ---- one request ----------------------------------------------------------------------------- */

/* Those who watch whether a service runs need no token. False with a 401 in *reply. */
static bool is_admitted(const struct exchange *exchange, const char *path, struct reply *reply)
{
    if (strcmp(path, "/healthz") == 0 || strcmp(path, "/readyz") == 0 ||
        http_secrets_admit(&exchange->http->secrets, exchange->connection)) {
        return true;
    }
    reply_error(reply, MHD_HTTP_UNAUTHORIZED, "no_token",
                "send Authorization: Bearer with the token in http.token_file; isoctl takes it "
                "from ISOSCOPE_TOKEN",
                "this server asks for a token");
    return false;
}

/* Host and Origin. False with a 403 in *reply. */
static bool is_welcome(const struct exchange *exchange, bool is_action, struct reply *reply)
{
    const struct http *http = exchange->http;
    const struct config *config = http->daemon->config;
    const char *host = MHD_lookup_connection_value(exchange->connection, MHD_HEADER_KIND, "Host");
    const char *origin =
        MHD_lookup_connection_value(exchange->connection, MHD_HEADER_KIND, "Origin");

    if (host != NULL && !origin_is_host_known(host, http->listen.host, config->http.allow_remote)) {
        reply_error(reply, 403, "foreign_host",
                    "use http://127.0.0.1 or the address in http.listen",
                    "Host '%.80s' is not this server", host);
        return false;
    }
    if (is_action && origin != NULL &&
        (host == NULL || !origin_is_same(origin, http->secrets.cert != NULL, host))) {
        reply_error(reply, 403, "foreign_origin", "act from the dashboard itself or with isoctl",
                    "Origin '%.80s' may not act here", origin);
        return false;
    }
    return true;
}

static enum MHD_Result take_query(void *argument, enum MHD_ValueKind kind, const char *key,
                                  const char *value)
{
    struct request *request = argument;
    (void)kind;
    if (request->query_count == REQUEST_QUERY_MAX) {
        return MHD_NO;
    }
    request->query[request->query_count].key = key;
    request->query[request->query_count++].value = value != NULL ? value : "";
    return MHD_YES;
}

static bool wants_openmetrics(struct MHD_Connection *connection)
{
    const char *accept = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Accept");
    return accept != NULL && strstr(accept, "application/openmetrics-text") != NULL;
}

static enum MHD_Result run_route(struct exchange *exchange, const struct route *route,
                                 struct request *request, struct reply *reply, bool is_head)
{
    switch (route->kind) {
    case ROUTES_CACHED:
        return send_cached(exchange, route, request, reply);
    case ROUTES_STREAM:
        return start_stream(exchange, request, reply, is_head);
    case ROUTES_ACTION:
        if (!exchange->http->daemon->config->http.allow_actions) {
            reply_error(reply, 403, "actions_not_allowed",
                        "set http.allow_actions: true in the configuration",
                        "this server only shows");
            break;
        }
        /* fall through */
    case ROUTES_VIEW:
        route->run(request, reply);
        break;
    }
    return reply->has_to_ask ? ask_archive(exchange, reply)
                             : send_reply(exchange->connection, reply);
}

static enum MHD_Result answer(struct exchange *exchange, const char *method, const char *path)
{
    struct http *http = exchange->http;
    bool is_head = strcmp(method, "HEAD") == 0;
    struct request request = {
        .daemon = http->daemon,
        .method = is_head ? "GET" : method,
        .path = path,
        .wants_openmetrics = wants_openmetrics(exchange->connection),
        .answer = exchange->query,
        .has_waited = exchange->has_waited,
    };
    bool is_get = strcmp(request.method, "GET") == 0;
    struct reply reply;
    enum MHD_Result result;

    if (http->is_closing) {
        return MHD_NO;
    }
    http->requests += !exchange->has_waited;
    reply_init(&reply);
    MHD_get_connection_values(exchange->connection, MHD_GET_ARGUMENT_KIND, take_query, &request);
    if (!is_welcome(exchange, !is_get, &reply) || !is_admitted(exchange, path, &reply)) {
        result = send_reply(exchange->connection, &reply);
    } else if (exchange->body_bytes > BODY_BYTES_MAX) {
        reply_error(&reply, 413, "too_large", "no request here needs a body",
                    "the body is larger than %u bytes", BODY_BYTES_MAX);
        result = send_reply(exchange->connection, &reply);
    } else if (is_get && http_files_send(http->files, exchange->connection, path)) {
        result = MHD_YES;
    } else {
        const struct route *route = routes_find(&request, &reply);
        result = route != NULL ? run_route(exchange, route, &request, &reply, is_head)
                               : send_reply(exchange->connection, &reply);
        routes_release(&request);
    }
    reply_fini(&reply);
    return result;
}

static enum MHD_Result take_request(void *argument, struct MHD_Connection *connection,
                                    const char *path, const char *method, const char *version,
                                    const char *body, size_t *body_bytes, void **context)
{
    struct exchange *exchange = *context;
    (void)version;
    (void)body;

    if (exchange == NULL) { /* headers are complete */
        exchange = calloc(1, sizeof *exchange);
        if (exchange == NULL) {
            return MHD_NO;
        }
        exchange->http = argument;
        exchange->connection = connection;
        *context = exchange;
        return MHD_YES;
    }
    if (*body_bytes > 0) {
        exchange->body_bytes += *body_bytes;
        *body_bytes = 0;
        return exchange->body_bytes > 16 * BODY_BYTES_MAX ? MHD_NO : MHD_YES;
    }
    return answer(exchange, method, path);
}

static void end_request(void *argument, struct MHD_Connection *connection, void **context,
                        enum MHD_RequestTerminationCode code)
{
    struct exchange *exchange = *context;
    (void)argument;
    (void)connection;
    (void)code;
    if (exchange == NULL) {
        return;
    }
    leave_list(exchange);
    if (exchange->query != NULL && exchange->is_asking) {
        archive_drop(exchange->http->daemon->archive, &exchange->query);
    }
    query_free(&exchange->query);
    stream_close(&exchange->stream);
    free(exchange);
    *context = NULL;
}

/* ---- start and end --------------------------------------------------------------------------- */

__attribute__((format(printf, 2, 0))) static void log_server(void *argument, const char *format,
                                                             va_list arguments)
{
    char text[512];
    (void)argument;
    vsnprintf(text, sizeof text, format, arguments);
    text[strcspn(text, "\n")] = '\0';
    log_debug("http: %s", text);
}

static struct MHD_Daemon *start_server(struct http *http, int fd)
{
    unsigned clients = http->daemon->config->http.max_clients;
    const struct http_secrets *secrets = &http->secrets;
    bool is_secure = secrets->cert != NULL;
    unsigned flags = MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG;
    struct MHD_OptionItem secure[] = {
        {MHD_OPTION_HTTPS_MEM_CERT, 0, secrets->cert},
        {MHD_OPTION_HTTPS_MEM_KEY, 0, secrets->key},
        {MHD_OPTION_END, 0, NULL},
    };
    return MHD_start_daemon(
        is_secure ? flags | MHD_USE_TLS : flags, 0, NULL, NULL, take_request, http,
        MHD_OPTION_EXTERNAL_LOGGER, log_server, NULL, MHD_OPTION_LISTEN_SOCKET, fd,
        MHD_OPTION_NOTIFY_COMPLETED, end_request, NULL, MHD_OPTION_CONNECTION_LIMIT, clients,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_BYTES, MHD_OPTION_CONNECTION_TIMEOUT,
        (unsigned)IDLE_TIMEOUT_S, MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_ARRAY,
        is_secure ? secure : &secure[2], MHD_OPTION_END);
}

int http_open(struct http **opened, struct daemon *daemon, struct error *error)
{
    struct http *http = calloc(1, sizeof *http);
    *opened = NULL;
    if (http == NULL) {
        return error_set(error, -ENOMEM, "out of memory");
    }
    http->daemon = daemon;
    int code = http_secrets_open(&http->secrets, daemon->config, error);
    if (code == 0) {
        code = http_listen_open(&http->listen, daemon->config->http.listen,
                                daemon->config->http.allow_remote, error);
    }
    if (code < 0) {
        http_secrets_close(&http->secrets);
        free(http);
        return code;
    }
    if (daemon->config->http.allow_remote && http->secrets.token == NULL) {
        log_warn("http.allow_remote without http.token_file: whoever reaches the port may look%s",
                 daemon->config->http.allow_actions ? ", and act" : "");
    }
    /* One in six connections stays free for those who do not stream. */
    uint32_t clients = daemon->config->http.max_clients;
    http->streams = streams_new(daemon, clients - (clients + 5) / 6);
    http->files = http_files_new(web_files);
    if (http->streams != NULL && http->files != NULL) {
        http->server = start_server(http, http->listen.fd);
    }
    if (http->server == NULL) {
        bool is_secure = http->secrets.cert != NULL;
        close(http->listen.fd);
        http_close(&http);
        return is_secure
                   ? error_set(error, -EINVAL, "http.tls_cert, http.tls_key: they do not make a "
                                               "pair of PEM certificate and key")
                   : error_set(error, -ENOMEM, "http.listen: the server cannot start: %s",
                               strerror(errno));
    }
    http->fd = MHD_get_daemon_info(http->server, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;
    *opened = http;
    return 0;
}

void http_close(struct http **closed)
{
    struct http *http = *closed;
    if (http == NULL) {
        return;
    }
    http->is_closing = true;
    if (http->server != NULL) {
        give_up_asking(http, true);
        wake_streams(http, true); /* none may be suspended when the server stops */
        MHD_run(http->server);
        MHD_stop_daemon(http->server);
    }
    http_listen_close_spare(&http->listen);
    forget_cache(http);
    streams_free(&http->streams);
    http_files_free(&http->files);
    http_secrets_close(&http->secrets);
    free(http);
    *closed = NULL;
}

/* ---- driven by the loop ---------------------------------------------------------------------- */

int http_fd(const struct http *http)
{
    return http->fd;
}

int http_timeout_ms(struct http *http)
{
    MHD_UNSIGNED_LONG_LONG timeout;
    if (MHD_get_timeout(http->server, &timeout) != MHD_YES) {
        return -1;
    }
    return timeout < 60000 ? (int)timeout : 60000;
}

static uint64_t count_connections(const struct http *http)
{
    const union MHD_DaemonInfo *info =
        MHD_get_daemon_info(http->server, MHD_DAEMON_INFO_CURRENT_CONNECTIONS);
    return info != NULL ? info->num_connections : 0;
}

/* Without a descriptor and without a connection whose end would free one, the server asks for the
 * next client again and again: all of a processor. */
void http_run(struct http *http)
{
    MHD_run(http->server);
    unsigned shed = count_connections(http) == 0 ? http_listen_shed(&http->listen) : 0;
    if (shed > 0 && http->shed == http->shed_told) {
        log_warn("http: no descriptor is left, clients are turned away: raise the limit of open "
                 "files or lower socket.max_emitters");
    }
    http->shed += shed;
}

/* What serving costs, for /metrics. */
static void publish_stats(struct http *http)
{
    const struct streams_stats *streams = streams_get_stats(http->streams);
    struct status *status = &http->daemon->model.status;

    status->http.requests = http->requests;
    status->http.connections = count_connections(http);
    status->http.refused = http->shed;
    status->http.streams = streams->open;
    status->http.resynced = streams->resynced;
}

void http_tick(struct http *http)
{
    double now = http->daemon->model.t;
    forget_cache(http);
    publish_stats(http);
    if (fabs(now - http->looked_at) >= 1) { /* also when the clock was set back */
        http->looked_at = now;
        http->shed_told = http->shed;
        drop_gone(http);
    }
    streams_tick(http->streams);
    wake_streams(http, false);
    give_up_asking(http, false);
    MHD_run(http->server);
}

int http_reload(struct http *http, struct error *error)
{
    return http_secrets_reload(&http->secrets, http->daemon->config, error);
}

const char *http_address(const struct http *http)
{
    return http->listen.address;
}
