// The one way in which a program of this folder gives up.
#ifndef SPATE_BENCH_FAILURE_H
#define SPATE_BENCH_FAILURE_H

// Prints one sentence to standard error, after the program's name, and exits with 1.
_Noreturn void fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

// The same, with the system's reason (errno) at the end.
_Noreturn void fail_system(const char *what);

#endif
