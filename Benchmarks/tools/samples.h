// A growing list of measurements, in milliseconds.
#pragma once
#include <stddef.h>

typedef struct {
    double *values;
    size_t count;
    size_t room;
} Samples;

void samples_add(Samples *samples, double value);

// Puts the values in order, which samples_at needs.
void samples_sort(Samples *samples);

// The value below which the given part (0 to 1) of all values lies; 0 without any.
double samples_at(const Samples *samples, double part);
