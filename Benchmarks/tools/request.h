// The request that a tool sends again and again, put together once. Each tool that includes this has one of its own.
#pragma once
#include "arguments.h"
#include <string.h>

enum { REQUEST_LIMIT = 65536 };

static char request[REQUEST_LIMIT];
static size_t request_count;

static inline void append_to_request(const char *format, const char *text) {
    size_t room = sizeof request - request_count;
    int count = snprintf(request + request_count, room, format, text);
    if (count < 0 || (size_t)count >= room) {
        fprintf(stderr, "the request is larger than %d bytes\n", REQUEST_LIMIT);
        exit(EXIT_USAGE);
    }
    request_count += (size_t)count;
}

// A POST with a body; `accept` may be NULL.
static inline void write_request(const char *path, const char *accept, const char *type, const char *body,
                                 char **headers, int header_count) {
    char length[32];
    snprintf(length, sizeof length, "%zu", strlen(body));
    append_to_request("POST %s HTTP/1.1\r\n", path);
    append_to_request("Host: %s\r\n", "127.0.0.1");
    if (accept != NULL) {
        append_to_request("Accept: %s\r\n", accept);
    }
    append_to_request("Content-Type: %s\r\n", type);
    for (int index = 0; index < header_count; index++) {
        append_to_request("%s\r\n", headers[index]);
    }
    append_to_request("Content-Length: %s\r\n\r\n", length);
    append_to_request("%s", body);
}
