// Sends STREAMS streaming requests at once, ROUNDS times each on its connection, and says how the answers came.
// Run: load [--samples FILE] [--headers FILE] PORT[,PORT ...] PATH STREAMS ROUNDS DELTAS INTERVAL_MS BODY [HEADER ...]
// Of several servers each gets its share of the streams. --headers: each stream has a line of FILE as a header.
// Prints one line of name=value. Every answer is exactly one of:
//   ok      status 200, all DELTAS of the model server, [DONE], the end of the body
//   failed  another status, or an error event in the stream
//   short   anything else: cut off, deltas missing, no [DONE], never asked because its connection was lost
// and besides may be stalled: a gap between two events of more than ten intervals (of a second without an interval).
// FILE gets a line for each answer: round (from 0), milliseconds to the first event and to the first delta.
// Exit: 0 when all are ok (stalled or not), 1 otherwise, 64 for wrong arguments.
#define _GNU_SOURCE
#include "answer.h"
#include "request.h"
#include "samples.h"
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { EVENTS_AT_ONCE = 512, SHOWN_FAILURES = 2, PATIENCE_MS = 30000, SERVER_LIMIT = 64 };

typedef struct {
    int socket; // -1 once closed
    bool asked; // the request of this round has left
    bool stalled;
    int place;
    int round;
    double asked_at; // of the first round: when the connection was begun
    double first_event;
    double first_delta;
    double last_event_at;
    Answer answer;
} Stream;

static struct sockaddr_in servers[SERVER_LIMIT];
static int server_count;
static int rounds;
static int deltas;
static int interval;
static double stall_limit;
static FILE *samples_file;
static int poller;
static int live_count;
static long ok_count;
static long failed_count;
static long short_count;
static long stalled_count;
static long event_count;
static Samples first_events;
static Samples first_deltas;
static Samples lateness;

static void close_stream(Stream *stream) {
    close(stream->socket);
    stream->socket = -1;
    live_count--;
}

static void ask(Stream *stream) {
    answer_begin(&stream->answer);
    stream->asked = true;
    stream->stalled = false;
    static char bytes[REQUEST_LIMIT + 2 * OWN_HEADER_LIMIT];
    size_t count = write_own_request(bytes, stream->place, NULL);
    // A request is far smaller than a socket's empty buffer, so one send takes it all; a lost one shows as short.
    (void)!send(stream->socket, bytes, count, MSG_NOSIGNAL);
}

static void begin_connection(Stream *stream, const struct sockaddr_in *server) {
    stream->socket = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    if (stream->socket < 0) {
        perror("load: cannot open a socket (see ulimit -n)");
        exit(1);
    }
    int yes = 1;
    setsockopt(stream->socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    stream->asked_at = now_in_milliseconds();
    connect(stream->socket, (const struct sockaddr *)server, sizeof *server);
    struct epoll_event interest = {.events = EPOLLIN | EPOLLOUT, .data.ptr = stream};
    epoll_ctl(poller, EPOLL_CTL_ADD, stream->socket, &interest);
    live_count++;
}

static void connection_ready(Stream *stream) {
    int problem = 0;
    socklen_t size = sizeof problem;
    getsockopt(stream->socket, SOL_SOCKET, SO_ERROR, &problem, &size);
    if (problem != 0) {
        fprintf(stderr, "load: cannot connect: %s\n", strerror(problem));
        close_stream(stream);
        return;
    }
    struct epoll_event interest = {.events = EPOLLIN, .data.ptr = stream};
    epoll_ctl(poller, EPOLL_CTL_MOD, stream->socket, &interest);
    ask(stream);
}

static void show_failure(const Answer *answer) {
    if (failed_count > SHOWN_FAILURES) {
        return;
    }
    if (answer->broken) {
        fprintf(stderr, "load: an error in the stream: %s\n", answer->problem);
    } else {
        // The body of a refusal has no events: what there is of it waits for the end of its line.
        fprintf(stderr, "load: status %d: %.*s\n", answer->status, answer->event_count, answer->event_line);
    }
}

static void count_answer(Stream *stream) {
    Answer *answer = &stream->answer;
    bool whole = answer->place == WHOLE;
    stalled_count += stream->stalled;
    if (answer->broken || (answer->status != 0 && answer->status != 200)) {
        failed_count++;
        show_failure(answer);
    } else if (whole && answer->done && answer->deltas == deltas) {
        ok_count++;
        if (samples_file != NULL) {
            fprintf(samples_file, "%d %.4f %.4f\n", stream->round, stream->first_event, stream->first_delta);
        }
    } else {
        short_count++;
    }
    stream->round++;
}

static void note_events(Stream *stream, int events_before, int deltas_before, double now) {
    Answer *answer = &stream->answer;
    if (answer->events == events_before) {
        return;
    }
    if (events_before == 0) {
        stream->first_event = now - stream->asked_at;
        samples_add(&first_events, stream->first_event);
    } else {
        double gap = now - stream->last_event_at;
        samples_add(&lateness, gap - interval);
        stream->stalled |= gap > stall_limit;
    }
    if (deltas_before == 0 && answer->deltas > 0) {
        stream->first_delta = now - stream->asked_at;
        samples_add(&first_deltas, stream->first_delta);
    }
    stream->last_event_at = now;
    event_count += answer->events - events_before;
}

static void read_stream(Stream *stream, double now) {
    static char bytes[65536];
    ssize_t count = recv(stream->socket, bytes, sizeof bytes, 0);
    if (count < 0 && errno == EAGAIN) {
        return;
    }
    if (count <= 0) {
        count_answer(stream);
        close_stream(stream);
        return;
    }
    int events_before = stream->answer.events;
    int deltas_before = stream->answer.deltas;
    answer_take(&stream->answer, bytes, (size_t)count);
    note_events(stream, events_before, deltas_before, now);
    if (stream->answer.place != WHOLE) {
        return;
    }
    count_answer(stream);
    if (stream->round == rounds) {
        close_stream(stream);
    } else {
        stream->asked_at = now_in_milliseconds();
        ask(stream);
    }
}

// Until all streams have ended, or nothing at all has come for PATIENCE_MS.
static void follow_streams(void) {
    struct epoll_event events[EVENTS_AT_ONCE];
    while (live_count > 0) {
        int ready = epoll_wait(poller, events, EVENTS_AT_ONCE, PATIENCE_MS);
        if (ready == 0) {
            fprintf(stderr, "load: nothing came for %d s on %d streams\n", PATIENCE_MS / 1000, live_count);
            return;
        }
        double now = now_in_milliseconds();
        for (int index = 0; index < ready; index++) {
            Stream *stream = events[index].data.ptr;
            if (stream->asked) {
                read_stream(stream, now);
            } else {
                connection_ready(stream);
            }
        }
    }
}

static void print_outcome(int streams, double seconds) {
    short_count += (long)streams * rounds - ok_count - failed_count - short_count;
    samples_sort(&first_events);
    samples_sort(&first_deltas);
    samples_sort(&lateness);
    printf("ok=%ld stalled=%ld short=%ld failed=%ld events=%ld seconds=%.3f streams_per_second=%.1f", ok_count,
           stalled_count, short_count, failed_count, event_count, seconds, (double)ok_count / seconds);
    printf(" first_event_p50_ms=%.3f first_event_p99_ms=%.3f", samples_at(&first_events, 0.5),
           samples_at(&first_events, 0.99));
    printf(" first_delta_p50_ms=%.3f first_delta_p99_ms=%.3f", samples_at(&first_deltas, 0.5),
           samples_at(&first_deltas, 0.99));
    printf(" late_p50_ms=%.3f late_p99_ms=%.3f late_max_ms=%.3f\n", samples_at(&lateness, 0.5),
           samples_at(&lateness, 0.99), samples_at(&lateness, 1));
}

static void open_samples(const char *path) {
    samples_file = fopen(path, "a");
    if (samples_file == NULL) {
        perror(path);
        exit(1);
    }
}

static void read_ports(char *list) {
    for (char *port = strtok(list, ","); port != NULL && server_count < SERVER_LIMIT; port = strtok(NULL, ",")) {
        struct sockaddr_in *server = &servers[server_count++];
        server->sin_family = AF_INET;
        server->sin_port = htons((uint16_t)whole_number("PORT", port, 1, 65535));
        server->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    }
}

int main(int count, char **words) {
    const char *program = words[0];
    while (count > 2 && strncmp(words[1], "--", 2) == 0) {
        if (strcmp(words[1], "--samples") == 0) {
            open_samples(words[2]);
        } else if (strcmp(words[1], "--headers") == 0) {
            read_own_headers(words[2]);
        }
        count -= 2;
        words += 2;
    }
    if (count > 1) {
        read_ports(words[1]);
    }
    if (count < 8 || server_count == 0) {
        fprintf(stderr,
                "usage: %s [--samples FILE] [--headers FILE] PORT[,PORT ...] PATH STREAMS ROUNDS DELTAS INTERVAL_MS "
                "BODY [HEADER ...]\n",
                program);
        return EXIT_USAGE;
    }
    int streams = whole_number("STREAMS", words[3], 1, 16384);
    rounds = whole_number("ROUNDS", words[4], 1, 100000);
    deltas = whole_number("DELTAS", words[5], 1, 10000);
    interval = whole_number("INTERVAL_MS", words[6], 0, 600000);
    stall_limit = interval > 0 ? interval * 10.0 : 1000;
    write_request(words[2], "text/event-stream", "application/json", words[7], words + 8, count - 8);
    poller = epoll_create1(0);
    Stream *all = calloc((size_t)streams, sizeof(Stream));
    double begun = now_in_milliseconds();
    for (int index = 0; index < streams; index++) {
        all[index].place = index;
        begin_connection(&all[index], &servers[index % server_count]);
    }
    follow_streams();
    print_outcome(streams, (now_in_milliseconds() - begun) / 1e3);
    return failed_count + short_count == 0 ? 0 : 1;
}
