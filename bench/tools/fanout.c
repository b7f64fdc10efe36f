/*
 * Many readers of one event stream: opens CLIENTS connections, notes when each "tick" has come whole and
 * holds that against the `t` (Unix seconds) it carries. What the server's threads ran meanwhile is
 * read from the kernel in nanoseconds. One JSON line.
 * usage: fanout PORT PATH CLIENTS SECONDS SERVER_PID
 */
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define WARM_SECONDS 2.0
#define READ_BYTES   65536
#define SAMPLES_MAX  4000000

enum { LOOKING, NAMED, READING, WAITING }; /* for a tick, its time, the digits, its end */

struct reader {
    int fd, state;
    unsigned matched; /* of the text that is looked for */
    double t, scale;
    bool is_line_over;
};

static float *delays; /* seconds, of every tick of every reader */
static size_t delay_count;

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_REALTIME, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* Nanoseconds that all threads of the process ran. */
static double ran_ns(const char *pid)
{
    char path[64];
    double sum = 0;

    snprintf(path, sizeof path, "/proc/%.20s/task", pid);
    DIR *tasks = opendir(path);
    for (struct dirent *task; tasks != NULL && (task = readdir(tasks)) != NULL;) {
        char file[340];
        double ns;
        snprintf(file, sizeof file, "%s/%s/schedstat", path, task->d_name);
        FILE *stat = task->d_name[0] != '.' ? fopen(file, "r") : NULL;
        if (stat != NULL) {
            sum += fscanf(stat, "%lf", &ns) == 1 ? ns : 0;
            fclose(stat);
        }
    }
    if (tasks != NULL) {
        closedir(tasks);
    }
    return sum;
}

static bool matches(struct reader *reader, const char *text, char c)
{
    reader->matched = c == text[reader->matched] ? reader->matched + 1 : c == text[0];
    if (text[reader->matched] != '\0') {
        return false;
    }
    reader->matched = 0;
    return true;
}

static void note(struct reader *reader, double at)
{
    if (delay_count < SAMPLES_MAX) {
        delays[delay_count++] = (float)(at - reader->t);
    }
    reader->state = LOOKING;
}

static void take_digit(struct reader *reader, char c)
{
    if (c == '.') {
        reader->scale = 1;
    } else if (c >= '0' && c <= '9') {
        reader->scale /= 10;
        reader->t = reader->scale > 0 ? reader->t + (c - '0') * reader->scale : reader->t * 10 + (c - '0');
    } else {
        reader->state = WAITING;
    }
}

static void take(struct reader *reader, char c, double at)
{
    if (reader->state == LOOKING && matches(reader, "event: tick\n", c)) {
        reader->state = NAMED;
    } else if (reader->state == NAMED && matches(reader, "\"t\":", c)) {
        reader->state = READING;
        reader->t = reader->scale = 0;
    } else if (reader->state == READING) {
        take_digit(reader, c);
    } else if (reader->state == WAITING && c == '\n' && reader->is_line_over) {
        note(reader, at);
    }
    reader->is_line_over = c == '\n';
}

static size_t read_some(struct reader *reader)
{
    static char buffer[READ_BYTES];
    ssize_t got = read(reader->fd, buffer, sizeof buffer);

    if (got == 0 || (got < 0 && errno != EAGAIN)) {
        fprintf(stderr, "fanout: a stream ended\n");
        exit(1);
    }
    double at = now();
    for (ssize_t i = 0; i < got; i++) {
        take(reader, buffer[i], at);
    }
    return got > 0 ? (size_t)got : 0;
}

static void join(struct reader *reader, int port, const char *path)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    char request[512];

    inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
    int length = snprintf(request, sizeof request,
                          "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nAccept: text/event-stream\r\n\r\n",
                          path, port);
    reader->fd = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(reader->fd, (struct sockaddr *)&address, sizeof address) != 0 ||
        write(reader->fd, request, (size_t)length) != length) {
        perror("fanout");
        exit(1);
    }
    fcntl(reader->fd, F_SETFL, O_NONBLOCK);
}

static int compare(const void *a, const void *b)
{
    float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

static double quantile_us(double share)
{
    return delay_count > 0 ? 1e6 * (double)delays[(size_t)((double)(delay_count - 1) * share)] : 0;
}

static double listen_for(double seconds, int epoll)
{
    struct epoll_event events[256];
    double begin = now(), bytes = 0;

    while (now() - begin < seconds) {
        int count = epoll_wait(epoll, events, 256, 20);
        for (int i = 0; i < count; i++) {
            bytes += (double)read_some(events[i].data.ptr);
        }
    }
    return bytes;
}

int main(int argc, char **argv)
{
    struct rlimit files = {65536, 65536};

    if (argc < 6) {
        fprintf(stderr, "usage: fanout PORT PATH CLIENTS SECONDS SERVER_PID\n");
        return 2;
    }
    setrlimit(RLIMIT_NOFILE, &files);
    size_t clients = strtoul(argv[3], NULL, 10);
    struct reader *readers = calloc(clients, sizeof *readers);
    int epoll = epoll_create1(0);
    delays = malloc(SAMPLES_MAX * sizeof *delays);
    if (readers == NULL || delays == NULL) {
        return 1;
    }
    for (size_t i = 0; i < clients; i++) {
        join(&readers[i], atoi(argv[1]), argv[2]);
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = &readers[i]};
        epoll_ctl(epoll, EPOLL_CTL_ADD, readers[i].fd, &event);
    }
    listen_for(WARM_SECONDS, epoll);
    delay_count = 0;
    double begin = now(), before = ran_ns(argv[5]);
    double bytes = listen_for(strtod(argv[4], NULL), epoll);
    double spent = ran_ns(argv[5]) - before, passed = now() - begin;
    qsort(delays, delay_count, sizeof *delays, compare);
    printf("{\"clients\":%zu,\"deliveries\":%zu,\"bytes_each\":%.0f,\"cpu_us_each\":%.2f,"
           "\"server_percent\":%.2f,\"p50_us\":%.0f,\"p99_us\":%.0f,\"max_us\":%.0f}\n",
           clients, delay_count, bytes / (double)(delay_count + 1),
           spent / 1e3 / (double)(delay_count + 1), spent / passed / 1e7, quantile_us(0.5),
           quantile_us(0.99), quantile_us(1));
    return 0;
}
