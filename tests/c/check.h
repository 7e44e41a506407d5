/* The tests' own few lines: count what holds, show what does not, end with the sums. */
#ifndef CHECK_H
#define CHECK_H

#include <stdio.h>
#include <string.h>

static int passed, failed;

static inline int checked(int holds, const char *what, const char *file, int line) {
    if (holds) {
        ++passed;
    } else {
        ++failed;
        printf("not ok: %s:%d: %s\n", file, line, what);
    }
    return holds;
}

#define CHECK(condition) checked(!!(condition), #condition, __FILE__, __LINE__)
#define CHECK_TEXT(text, wanted) \
    checked((text) != NULL && strcmp((text), (wanted)) == 0, #text " is " #wanted, __FILE__, __LINE__)

static inline int sums(void) {
    printf("%d passed, %d failed\n", passed, failed);
    return failed == 0 ? 0 : 1;
}

#endif
