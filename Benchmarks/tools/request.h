// The request that a tool sends again and again, put together once. Each tool that includes this has one of its own.
#pragma once
#include "arguments.h"
#include <string.h>

enum { REQUEST_LIMIT = 65536, OWN_HEADER_LIMIT = 1024, OWN_HEADERS_LIMIT = 4096 };

static char request[REQUEST_LIMIT];
static size_t request_count;
static char own_headers[OWN_HEADERS_LIMIT][OWN_HEADER_LIMIT]; // of which each connection has one, in turn
static int own_header_count;

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

// The lines of a file: `Authorization: Bearer …`
static inline void read_own_headers(const char *path) {
    FILE *file = fopen(path, "r");
    if (file == NULL) {
        perror(path);
        exit(EXIT_USAGE);
    }
    while (own_header_count < OWN_HEADERS_LIMIT && fgets(own_headers[own_header_count], OWN_HEADER_LIMIT, file)) {
        own_headers[own_header_count][strcspn(own_headers[own_header_count], "\r\n")] = 0;
        own_header_count++;
    }
    fclose(file);
}

// The request as one connection sends it, with its own header and a key, where there are any; returns its length.
// `bytes` has room for REQUEST_LIMIT and two headers.
static inline size_t write_own_request(char *bytes, int connection, const char *key) {
    size_t first = (size_t)(strstr(request, "\r\n") - request) + 2;
    size_t count = first;
    memcpy(bytes, request, first);
    if (own_header_count > 0) {
        count += (size_t)sprintf(bytes + count, "%s\r\n", own_headers[connection % own_header_count]);
    }
    if (key != NULL) {
        count += (size_t)snprintf(bytes + count, OWN_HEADER_LIMIT, "Idempotency-Key: %s\r\n", key);
    }
    memcpy(bytes + count, request + first, request_count - first);
    return count + request_count - first;
}
