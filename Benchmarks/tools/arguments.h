// What the tools share: whole numbers of the command line, and the time.
#pragma once
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { EXIT_USAGE = 64 };

// The number that `text` stands for. Anything but a whole number from `least` to `most` ends the program.
static inline int whole_number(const char *name, const char *text, int least, int most) {
    char *end = NULL;
    errno = 0;
    long number = strtol(text, &end, 10);
    if (errno != 0 || end == text || *end != 0 || number < least || number > most) {
        fprintf(stderr, "%s must be a whole number from %d to %d, not \"%s\"\n", name, least, most, text);
        exit(EXIT_USAGE);
    }
    return (int)number;
}

// Milliseconds of a clock that never goes back; only differences mean anything.
static inline double now_in_milliseconds(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
}
