// A paced model server that speaks OpenAI chat completions: every POST is answered with `DELTAS` chunks, one each
// `INTERVAL_MS` (0: all at once, each in its own write), then a finish, the usage and [DONE].
// GET answers its counters as Prometheus text: streams open, served to the end, and aborted by their client.
// Run: upstream PORT DELTAS INTERVAL_MS     (PORT 0: a free one; the port is printed)
#define _GNU_SOURCE
#include "arguments.h"
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdbool.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { CONNECTION_LIMIT = 65536, INPUT_LIMIT = 32768, EVENTS_AT_ONCE = 512, NOT_STREAMING = -1 };

#define CHUNK_START "data: {\"id\":\"c\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"m\","

typedef struct {
    int socket;
    int place; // in open_streams, or NOT_STREAMING
    int sent;
    long due; // when the next delta leaves, in milliseconds
    size_t filled;
    char input[INPUT_LIMIT];
} Connection;

static int deltas;
static int interval;
static int poller;
static Connection *open_streams[CONNECTION_LIMIT];
static int open_count;
static long served_count;
static long aborted_count;

// Blocks while the socket is full: a stream is a few KiB, so this is rare and short.
static void send_all(int socket, const char *bytes, size_t count) {
    while (count > 0) {
        ssize_t sent = send(socket, bytes, count, MSG_NOSIGNAL);
        if (sent < 0 && errno == EAGAIN) {
            struct pollfd room = {.fd = socket, .events = POLLOUT};
            if (poll(&room, 1, 1000) > 0) {
                continue;
            }
        }
        if (sent < 0) {
            return; // the client is gone or stuck; reading will tell
        }
        bytes += sent;
        count -= (size_t)sent;
    }
}

static void send_chunk(int socket, const char *event) {
    char chunk[1024];
    int count = snprintf(chunk, sizeof chunk, "%zx\r\n%s\r\n", strlen(event), event);
    send_all(socket, chunk, (size_t)count);
}

static void leave_open_streams(Connection *connection) {
    Connection *last = open_streams[open_count - 1];
    open_streams[connection->place] = last;
    last->place = connection->place;
    connection->place = NOT_STREAMING;
    open_count--;
}

static void finish_stream(Connection *connection) {
    char usage[256];
    snprintf(usage, sizeof usage,
             CHUNK_START "\"choices\":[],\"usage\":"
                         "{\"prompt_tokens\":10,\"completion_tokens\":%d,\"total_tokens\":%d}}\n\n",
             deltas, deltas + 10);
    send_chunk(connection->socket,
               CHUNK_START "\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n");
    send_chunk(connection->socket, usage);
    send_chunk(connection->socket, "data: [DONE]\n\n");
    send_all(connection->socket, "0\r\n\r\n", 5);
    leave_open_streams(connection);
    served_count++;
}

static void send_due_deltas(Connection *connection, long now) {
    while (connection->due <= now) {
        if (connection->sent == deltas) {
            finish_stream(connection);
            return;
        }
        char event[256];
        snprintf(event, sizeof event,
                 CHUNK_START "\"choices\":[{\"index\":0,\"delta\":{\"content\":\"tok%04d \"},"
                             "\"finish_reason\":null}]}\n\n",
                 connection->sent);
        send_chunk(connection->socket, event);
        connection->sent++;
        connection->due += interval;
    }
}

static void begin_stream(Connection *connection) {
    static const char head[] = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
                               "Transfer-Encoding: chunked\r\n\r\n";
    send_all(connection->socket, head, sizeof head - 1);
    long now = (long)now_in_milliseconds();
    connection->place = open_count;
    open_streams[open_count] = connection;
    open_count++;
    connection->sent = 0;
    connection->due = now + interval;
    if (interval == 0) {
        send_due_deltas(connection, now);
    }
}

static void answer_counters(int socket) {
    char body[256];
    int count = snprintf(body, sizeof body,
                         "upstream_streams_open %d\n"
                         "upstream_streams_served_total %ld\n"
                         "upstream_streams_aborted_total %ld\n",
                         open_count, served_count, aborted_count);
    char answer[512];
    count = snprintf(answer, sizeof answer,
                     "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n\r\n%s", count, body);
    send_all(socket, answer, (size_t)count);
}

// The length of the first request in the input, its body included; 0 while it is not all there.
static size_t first_request(Connection *connection) {
    char *end = memmem(connection->input, connection->filled, "\r\n\r\n", 4);
    if (end == NULL) {
        return 0;
    }
    size_t head = (size_t)(end - connection->input) + 4;
    end[3] = 0; // the headers become a string for the search below
    const char *length = strcasestr(connection->input, "content-length:");
    size_t body = length == NULL ? 0 : strtoul(length + 15, NULL, 10);
    end[3] = '\n';
    return head + body <= connection->filled ? head + body : 0;
}

static void answer_requests(Connection *connection) {
    // One request at a time: what a client sends while it is being answered waits for its next bytes.
    size_t length;
    while (connection->place == NOT_STREAMING && (length = first_request(connection)) > 0) {
        bool post = strncmp(connection->input, "POST", 4) == 0;
        connection->filled -= length;
        memmove(connection->input, connection->input + length, connection->filled);
        if (post) {
            begin_stream(connection);
        } else {
            answer_counters(connection->socket);
        }
    }
}

static void close_connection(Connection *connection) {
    if (connection->place != NOT_STREAMING) {
        leave_open_streams(connection);
        aborted_count++;
    }
    close(connection->socket);
    free(connection);
}

static void read_connection(Connection *connection) {
    // One byte stays free so that the input can be searched as a string.
    size_t room = INPUT_LIMIT - 1 - connection->filled;
    ssize_t count = recv(connection->socket, connection->input + connection->filled, room, 0);
    if (count < 0 && errno == EAGAIN) {
        return;
    }
    if (count <= 0) {
        close_connection(connection);
        return;
    }
    connection->filled += (size_t)count;
    answer_requests(connection);
}

static void accept_connections(int listener) {
    int socket;
    while ((socket = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
        int yes = 1;
        setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
        Connection *connection = socket < CONNECTION_LIMIT ? malloc(sizeof(Connection)) : NULL;
        if (connection == NULL) {
            close(socket);
            continue;
        }
        connection->socket = socket;
        connection->place = NOT_STREAMING;
        connection->filled = 0;
        struct epoll_event interest = {.events = EPOLLIN, .data.ptr = connection};
        epoll_ctl(poller, EPOLL_CTL_ADD, socket, &interest);
    }
}

// Backwards, because a stream that finishes gives its place to the last one.
static void send_all_due_deltas(long now) {
    for (int place = open_count - 1; place >= 0; place--) {
        send_due_deltas(open_streams[place], now);
    }
}

static int milliseconds_to_wait(void) {
    if (open_count == 0) {
        return -1;
    }
    long soonest = open_streams[0]->due;
    for (int place = 1; place < open_count; place++) {
        long due = open_streams[place]->due;
        soonest = due < soonest ? due : soonest;
    }
    long wait = soonest - (long)now_in_milliseconds();
    return wait > 0 ? (int)wait : 0;
}

static int listen_on(int port) {
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    int yes = 1;
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (bind(listener, (struct sockaddr *)&address, size) != 0 || listen(listener, 4096) != 0) {
        perror("upstream: cannot listen");
        exit(1);
    }
    getsockname(listener, (struct sockaddr *)&address, &size);
    printf("port=%d\n", ntohs(address.sin_port));
    fflush(stdout);
    return listener;
}

int main(int count, char **words) {
    if (count != 4) {
        fprintf(stderr, "usage: %s PORT DELTAS INTERVAL_MS\n", words[0]);
        return EXIT_USAGE;
    }
    int port = whole_number("PORT", words[1], 0, 65535);
    deltas = whole_number("DELTAS", words[2], 1, 10000);
    interval = whole_number("INTERVAL_MS", words[3], 0, 600000);
    int listener = listen_on(port);
    poller = epoll_create1(0);
    struct epoll_event interest = {.events = EPOLLIN, .data.ptr = NULL}; // NULL marks the listener
    epoll_ctl(poller, EPOLL_CTL_ADD, listener, &interest);
    struct epoll_event events[EVENTS_AT_ONCE];
    while (true) {
        int ready = epoll_wait(poller, events, EVENTS_AT_ONCE, milliseconds_to_wait());
        for (int index = 0; index < ready; index++) {
            if (events[index].data.ptr == NULL) {
                accept_connections(listener);
            } else {
                read_connection(events[index].data.ptr);
            }
        }
        send_all_due_deltas((long)now_in_milliseconds());
    }
}
