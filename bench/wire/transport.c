#include "transport.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "failure.h"

static void send_without_delay(int socket)
{
    int on = 1;
    if (setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) != 0)
        fail_system("switching off the delay of small sends");
}

int connect_to(const char *host, const char *port)
{
    struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM}, *addresses;
    int problem = getaddrinfo(host, port, &hints, &addresses);
    if (problem != 0)
        fail("%s:%s has no address: %s", host, port, gai_strerror(problem));

    int connected = -1;
    for (struct addrinfo *address = addresses; address != NULL && connected < 0; address = address->ai_next) {
        int candidate = socket(address->ai_family, address->ai_socktype | SOCK_CLOEXEC, address->ai_protocol);
        if (candidate < 0)
            continue;
        if (connect(candidate, address->ai_addr, address->ai_addrlen) == 0)
            connected = candidate;
        else
            close(candidate);
    }
    freeaddrinfo(addresses);
    if (connected < 0)
        fail("nothing answers at %s:%s", host, port);
    send_without_delay(connected);
    return connected;
}

void send_all(int socket, const uint8_t *bytes, size_t length)
{
    while (length > 0) {
        ssize_t sent = send(socket, bytes, length, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR)
            continue;
        if (sent < 0)
            fail_system("sending");
        bytes += sent;
        length -= (size_t)sent;
    }
}

size_t receive_some(int socket, uint8_t *into, size_t capacity)
{
    while (true) {
        ssize_t received = recv(socket, into, capacity, 0);
        if (received >= 0)
            return (size_t)received;
        if (errno == ECONNRESET)
            return 0;
        if (errno != EINTR)
            fail_system("receiving");
    }
}

struct connection {
    void (*run)(int socket, int number);
    int socket;
    int number;
};

static void *run_connection(void *argument)
{
    struct connection connection = *(struct connection *)argument;
    free(argument);
    connection.run(connection.socket, connection.number);
    close(connection.socket);
    return NULL;
}

static int listen_on(int port)
{
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    if (listener < 0 || setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0
        || bind(listener, (struct sockaddr *)&address, length) != 0 || listen(listener, 64) != 0
        || getsockname(listener, (struct sockaddr *)&address, &length) != 0)
        fail_system("listening");
    printf("listening %d\n", ntohs(address.sin_port));
    fflush(stdout);
    return listener;
}

_Noreturn void serve(int port, void (*connection)(int socket, int number))
{
    int listener = listen_on(port);
    for (int number = 0;; number++) {
        struct connection *accepted = malloc(sizeof *accepted);
        if (accepted == NULL)
            fail_system("memory for a connection");
        *accepted = (struct connection){.run = connection, .number = number, .socket = accept4(listener, NULL, NULL, SOCK_CLOEXEC)};
        if (accepted->socket < 0)
            fail_system("accepting a connection");
        send_without_delay(accepted->socket);
        pthread_t thread;
        if (pthread_create(&thread, NULL, run_connection, accepted) != 0)
            fail("no thread could be started for a connection");
        pthread_detach(thread);
    }
}
