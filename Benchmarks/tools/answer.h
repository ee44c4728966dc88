// One answer of a server as its bytes arrive: HTTP/1.1 framing outside, server-sent events inside.
#pragma once
#include <stdbool.h>
#include <stddef.h>

enum {
    PROBLEM_LIMIT = 256,
    HTTP_LINE_LIMIT = 256,   // longer header lines are cut: none that matters here is longer
    EVENT_LINE_LIMIT = 8192, // an event that a server merged from several deltas still fits
};

typedef enum { STATUS_LINE, HEADERS, CHUNK_SIZE, BODY, CHUNK_END, TRAILERS, WHOLE } Place;

typedef struct {
    Place place;
    int status;
    bool chunked;
    long left; // bytes until the end of the chunk, or of a body with a Content-Length
    int events;
    int deltas;  // of the paced model server, counted by their text, merged into one event or not
    bool done;   // `data: [DONE]` came
    bool broken; // an error came in the middle of the stream
    int http_count;
    int event_count;
    char problem[PROBLEM_LIMIT]; // the error event of a broken stream
    char http_line[HTTP_LINE_LIMIT];
    char event_line[EVENT_LINE_LIMIT];
} Answer;

void answer_begin(Answer *answer);

// Reads on. Bytes past the end of the answer are dropped: nobody here sends two requests at once.
void answer_take(Answer *answer, const char *bytes, size_t count);
