// Sends COUNT requests over CLIENTS connections, each as soon as the one before on its connection is answered.
// Run: submit [--headers FILE] [--keyed] [--json] PORT PATH CLIENTS COUNT BODY [HEADER ...]
// --headers: each connection has a line of FILE as a header of its own; --keyed: each request has an Idempotency-Key
// that no other has; --json: the body is JSON, and otherwise a form.
// Prints answered=… failed=… seconds=… per_second=… p50_ms=… p99_ms=…; failed: no answer, or not with 200 or 201.
// Exit: 0 when all are answered with 200 or 201, 1 otherwise, 64 for wrong arguments.
#define _GNU_SOURCE
#include "request.h"
#include "samples.h"
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { ANSWER_LIMIT = 65536, CLIENT_LIMIT = 1024, PATIENCE_SECONDS = 30 };

static struct sockaddr_in server;
static bool is_keyed;
static const char *type = "application/x-www-form-urlencoded";
static atomic_int left;
static atomic_int clients_begun;
static atomic_long failed_count;
static double begun_at;
static pthread_mutex_t samples_lock = PTHREAD_MUTEX_INITIALIZER;
static Samples times;

static int connect_to_server(void) {
    int one = 1;
    struct timeval patience = {.tv_sec = PATIENCE_SECONDS};
    int connection = socket(AF_INET, SOCK_STREAM, 0);
    if (connection < 0 || connect(connection, (struct sockaddr *)&server, sizeof server) != 0) {
        perror("submit: connect");
        exit(1);
    }
    setsockopt(connection, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    return connection;
}

// Puts together what this client sends next.
static size_t write_next(char *bytes, int client, long number) {
    char key[64];
    snprintf(key, sizeof key, "%d-%.0f-%d-%ld", (int)getpid(), begun_at, client, number);
    return write_own_request(bytes, client, is_keyed ? key : NULL);
}

static void show_failure(const char *answer) {
    if (atomic_load(&failed_count) == 0) {
        fprintf(stderr, "submit: %.600s\n", answer);
    }
}

// One request and its whole answer; false where the connection is of no use any more.
static bool exchange(int connection, const char *bytes, size_t length, bool *is_ok) {
    char answer[ANSWER_LIMIT];
    size_t count = 0;
    *is_ok = false;
    if (send(connection, bytes, length, MSG_NOSIGNAL) != (ssize_t)length) {
        return false;
    }
    for (;;) {
        ssize_t got = recv(connection, answer + count, sizeof answer - 1 - count, 0);
        if (got <= 0) {
            return false;
        }
        count += (size_t)got;
        answer[count] = 0;
        char *end = strstr(answer, "\r\n\r\n");
        char *length = end == NULL ? NULL : strcasestr(answer, "content-length:");
        if (length != NULL && length < end) {
            size_t whole = (size_t)(end + 4 - answer) + strtoul(length + 15, NULL, 10);
            if (count >= whole) {
                *is_ok = strncmp(answer, "HTTP/1.1 200", 12) == 0 || strncmp(answer, "HTTP/1.1 201", 12) == 0;
                if (!*is_ok) {
                    show_failure(answer);
                }
                return true;
            }
        }
        if (count == sizeof answer - 1) {
            return false;
        }
    }
}

static void *submit(void *unused) {
    (void)unused;
    static _Thread_local char bytes[REQUEST_LIMIT + 2 * OWN_HEADER_LIMIT];
    int client = atomic_fetch_add(&clients_begun, 1);
    int connection = connect_to_server();
    for (long number = 0; atomic_fetch_sub(&left, 1) > 0; number++) {
        bool is_ok = false;
        size_t length = write_next(bytes, client, number);
        double begun = now_in_milliseconds();
        bool is_useful = exchange(connection, bytes, length, &is_ok);
        double took = now_in_milliseconds() - begun;
        if (is_ok) {
            pthread_mutex_lock(&samples_lock);
            samples_add(&times, took);
            pthread_mutex_unlock(&samples_lock);
        } else {
            atomic_fetch_add(&failed_count, 1);
        }
        if (!is_useful) {
            close(connection);
            connection = connect_to_server();
        }
    }
    close(connection);
    return NULL;
}

// Returns how many words are options.
static int read_options(int count, char **words) {
    int taken = 0;
    while (taken + 1 < count && strncmp(words[taken + 1], "--", 2) == 0) {
        const char *word = words[++taken];
        if (strcmp(word, "--headers") == 0 && taken + 1 < count) {
            read_own_headers(words[++taken]);
        } else if (strcmp(word, "--keyed") == 0) {
            is_keyed = true;
        } else if (strcmp(word, "--json") == 0) {
            type = "application/json";
        } else {
            return count; // nothing is left, so that the usage is told
        }
    }
    return taken;
}

int main(int count, char **words) {
    const char *program = words[0];
    int taken = read_options(count, words);
    count -= taken;
    words += taken;
    if (count < 6) {
        fprintf(stderr,
                "usage: %s [--headers FILE] [--keyed] [--json] PORT PATH CLIENTS COUNT BODY [HEADER ...]\n", program);
        return EXIT_USAGE;
    }
    server.sin_family = AF_INET;
    server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    server.sin_port = htons((uint16_t)whole_number("PORT", words[1], 1, 65535));
    int clients = whole_number("CLIENTS", words[3], 1, CLIENT_LIMIT);
    left = whole_number("COUNT", words[4], 1, 100000000);
    write_request(words[2], NULL, type, words[5], words + 6, count - 6);
    pthread_t threads[CLIENT_LIMIT];
    double begun = begun_at = now_in_milliseconds();
    for (int index = 0; index < clients; index++) {
        if (pthread_create(&threads[index], NULL, submit, NULL) != 0) {
            perror("submit: thread");
            return 1;
        }
    }
    for (int index = 0; index < clients; index++) {
        pthread_join(threads[index], NULL);
    }
    double seconds = (now_in_milliseconds() - begun) / 1e3;
    samples_sort(&times);
    printf("answered=%ld failed=%ld seconds=%.3f per_second=%.1f p50_ms=%.2f p99_ms=%.2f\n", (long)times.count,
           (long)failed_count, seconds, (double)times.count / seconds, samples_at(&times, 0.5),
           samples_at(&times, 0.99));
    return failed_count == 0 ? 0 : 1;
}
