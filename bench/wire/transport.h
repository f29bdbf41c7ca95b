// Loopback TCP for both ends: blocking sockets, no delay, buffers as the system sizes them.
#ifndef SPATE_BENCH_TRANSPORT_H
#define SPATE_BENCH_TRANSPORT_H

#include <stddef.h>
#include <stdint.h>

int connect_to(const char *host, const char *port);

void send_all(int socket, const uint8_t *bytes, size_t length);

// At least one byte and at most capacity, or 0 when the peer has closed its end.
size_t receive_some(int socket, uint8_t *into, size_t capacity);

// Listens on 127.0.0.1 (a port of the system's choice when port is 0), prints the line "listening PORT" and runs the
// function on a thread of its own for every connection, numbered from 0; the socket is closed after it. Never returns.
_Noreturn void serve(int port, void (*connection)(int socket, int number));

#endif
