#define _GNU_SOURCE
#include "answer.h"
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const char delta_mark[] = "tok"; // every delta of upstream.c reads "tok0000 "; usage speaks of "tokens"

void answer_begin(Answer *answer) {
    // The line buffers stay as they are: clearing 8 KiB for every request would cost more than reading it.
    answer->place = STATUS_LINE;
    answer->status = 0;
    answer->chunked = false;
    answer->left = -1;
    answer->events = 0;
    answer->deltas = 0;
    answer->done = false;
    answer->broken = false;
    answer->http_count = 0;
    answer->event_count = 0;
}

static bool starts_with(const char *text, const char *start) {
    return strncmp(text, start, strlen(start)) == 0;
}

static void event_line_ends(Answer *answer) {
    char *line = answer->event_line;
    line[answer->event_count] = 0;
    answer->event_count = 0;
    if (!starts_with(line, "data:")) {
        return; // an id, a comment, or the empty line between two events
    }
    answer->events++;
    const char *value = line + 5;
    if (*value == ' ') {
        value++;
    }
    if (starts_with(value, "[DONE]")) {
        answer->done = true;
    }
    if (starts_with(value, "{\"error\"")) {
        answer->broken = true;
        snprintf(answer->problem, sizeof answer->problem, "%s", value);
    }
    for (const char *at = value; (at = strstr(at, delta_mark)) != NULL;) {
        at += strlen(delta_mark);
        answer->deltas += *at >= '0' && *at <= '9';
    }
}

static void take_events(Answer *answer, const char *bytes, size_t count) {
    while (count > 0) {
        const char *newline = memchr(bytes, '\n', count);
        size_t part = newline ? (size_t)(newline - bytes) : count;
        size_t room = EVENT_LINE_LIMIT - 1 - (size_t)answer->event_count;
        size_t kept = part < room ? part : room;
        memcpy(answer->event_line + answer->event_count, bytes, kept);
        answer->event_count += (int)kept;
        if (!newline) {
            return;
        }
        event_line_ends(answer);
        bytes += part + 1;
        count -= part + 1;
    }
}

static void headers_end(Answer *answer) {
    if (answer->chunked) {
        answer->place = CHUNK_SIZE;
    } else if (answer->left == 0) {
        answer->place = WHOLE;
    } else {
        // Without a length the body ends with the connection, so the answer is never seen whole.
        answer->left = answer->left < 0 ? LONG_MAX : answer->left;
        answer->place = BODY;
    }
}

static void header_line_ends(Answer *answer, const char *line) {
    if (*line == 0) {
        headers_end(answer);
    } else if (strncasecmp(line, "transfer-encoding:", 18) == 0) {
        answer->chunked = strcasestr(line, "chunked") != NULL;
    } else if (strncasecmp(line, "content-length:", 15) == 0) {
        answer->left = strtol(line + 15, NULL, 10);
    }
}

static void http_line_ends(Answer *answer) {
    char *line = answer->http_line;
    if (answer->http_count > 0 && line[answer->http_count - 1] == '\r') {
        answer->http_count--;
    }
    line[answer->http_count] = 0;
    answer->http_count = 0;
    switch (answer->place) {
    case STATUS_LINE:
        answer->status = starts_with(line, "HTTP/1.1 ") ? atoi(line + 9) : -1;
        answer->place = HEADERS;
        break;
    case HEADERS:
        header_line_ends(answer, line);
        break;
    case CHUNK_SIZE:
        answer->left = strtol(line, NULL, 16);
        answer->place = answer->left == 0 ? TRAILERS : BODY;
        break;
    case CHUNK_END:
        answer->place = CHUNK_SIZE;
        break;
    case TRAILERS:
        answer->place = *line == 0 ? WHOLE : TRAILERS;
        break;
    case BODY:
    case WHOLE:
        break;
    }
}

// Takes bytes up to the end of the line, and says how many.
static size_t take_http_line(Answer *answer, const char *bytes, size_t count) {
    const char *newline = memchr(bytes, '\n', count);
    size_t part = newline ? (size_t)(newline - bytes) : count;
    size_t room = HTTP_LINE_LIMIT - 1 - (size_t)answer->http_count;
    size_t kept = part < room ? part : room;
    memcpy(answer->http_line + answer->http_count, bytes, kept);
    answer->http_count += (int)kept;
    if (!newline) {
        return count;
    }
    http_line_ends(answer);
    return part + 1;
}

static size_t take_body(Answer *answer, const char *bytes, size_t count) {
    size_t part = (size_t)answer->left < count ? (size_t)answer->left : count;
    take_events(answer, bytes, part);
    answer->left -= (long)part;
    if (answer->left == 0) {
        answer->place = answer->chunked ? CHUNK_END : WHOLE;
    }
    return part;
}

void answer_take(Answer *answer, const char *bytes, size_t count) {
    while (count > 0 && answer->place != WHOLE) {
        size_t taken =
            answer->place == BODY ? take_body(answer, bytes, count) : take_http_line(answer, bytes, count);
        bytes += taken;
        count -= taken;
    }
}
