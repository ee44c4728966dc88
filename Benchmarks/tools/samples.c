#include "samples.h"
#include <stdio.h>
#include <stdlib.h>

void samples_add(Samples *samples, double value) {
    if (samples->count == samples->room) {
        samples->room = samples->room == 0 ? 1024 : samples->room * 2;
        samples->values = realloc(samples->values, samples->room * sizeof(double));
        if (samples->values == NULL) {
            perror("samples");
            exit(1);
        }
    }
    samples->values[samples->count] = value;
    samples->count++;
}

static int compare(const void *left, const void *right) {
    double first = *(const double *)left;
    double second = *(const double *)right;
    return (first > second) - (first < second);
}

void samples_sort(Samples *samples) {
    if (samples->count > 0) {
        qsort(samples->values, samples->count, sizeof(double), compare);
    }
}

double samples_at(const Samples *samples, double part) {
    if (samples->count == 0) {
        return 0;
    }
    size_t index = (size_t)((double)(samples->count - 1) * part + 0.5);
    return samples->values[index];
}
