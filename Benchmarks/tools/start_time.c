// Starts a server, asks it until it answers 200, stops it with SIGTERM, and prints both times.
// Run: start_time PORT PATH COMMAND [ARGUMENT ...]      (the server must listen on 127.0.0.1:PORT)
// Prints answered_ms=… (from just before fork and exec to the first answer) and stopped_ms=….
// Exit: 0; 1 when the server ended or did not answer 200 within a minute; 64 for wrong arguments.
#define _GNU_SOURCE
#include "arguments.h"
#include <arpa/inet.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PATIENCE_MS = 60000, PAUSE_MICROSECONDS = 1000, STOP_PATIENCE_MS = 30000 };

static pid_t start_server(char **command) {
    pid_t process = fork();
    if (process < 0) {
        perror("start_time: fork");
        exit(1);
    }
    if (process == 0) {
        // A first start prints secrets; standard output of this tool is for the times.
        int nowhere = open("/dev/null", O_WRONLY);
        dup2(nowhere, STDOUT_FILENO);
        execv(command[0], command);
        perror(command[0]);
        _exit(127);
    }
    return process;
}

static bool answers(int port, const char *path) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int connection = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct timeval second = {.tv_sec = 1};
    setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &second, sizeof second);
    bool found = false;
    if (connect(connection, (struct sockaddr *)&address, sizeof address) == 0) {
        char text[1024];
        int count = snprintf(text, sizeof text,
                             "GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n", path);
        send(connection, text, (size_t)count, MSG_NOSIGNAL);
        ssize_t received = recv(connection, text, sizeof text - 1, 0);
        found = received > 12 && strncmp(text, "HTTP/1.1 200", 12) == 0;
    }
    close(connection);
    return found;
}

static double stop_server(pid_t process) {
    double begun = now_in_milliseconds();
    kill(process, SIGTERM);
    while (waitpid(process, NULL, WNOHANG) == 0) {
        if (now_in_milliseconds() - begun > STOP_PATIENCE_MS) {
            fprintf(stderr, "start_time: the server did not stop within %d s\n", STOP_PATIENCE_MS / 1000);
            kill(process, SIGKILL);
            waitpid(process, NULL, 0);
            exit(1);
        }
        usleep(PAUSE_MICROSECONDS);
    }
    return now_in_milliseconds() - begun;
}

int main(int count, char **words) {
    if (count < 4 || strlen(words[2]) > 512) {
        fprintf(stderr, "usage: %s PORT PATH COMMAND [ARGUMENT ...]\n", words[0]);
        return EXIT_USAGE;
    }
    int port = whole_number("PORT", words[1], 1, 65535);
    if (answers(port, words[2])) {
        fprintf(stderr, "start_time: somebody else answers on port %d already\n", port);
        return 1;
    }
    double begun = now_in_milliseconds();
    pid_t process = start_server(words + 3);
    while (!answers(port, words[2])) {
        if (waitpid(process, NULL, WNOHANG) != 0) {
            fprintf(stderr, "start_time: the server ended before it answered\n");
            return 1;
        }
        if (now_in_milliseconds() - begun > PATIENCE_MS) {
            fprintf(stderr, "start_time: no answer 200 from %s within %d s\n", words[2], PATIENCE_MS / 1000);
            stop_server(process);
            return 1;
        }
        usleep(PAUSE_MICROSECONDS);
    }
    double answered = now_in_milliseconds() - begun;
    printf("answered_ms=%.1f stopped_ms=%.1f\n", answered, stop_server(process));
    return 0;
}
