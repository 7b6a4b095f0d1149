/*
 * Request-response latency over TCP: one byte there, one byte back, one request at a time.
 *
 *   rr serve  PORT                     answers one client at a time until it is killed
 *   rr client ADDRESS PORT SECONDS     prints one round-trip time per line, nanoseconds
 *
 * The client keeps its samples in memory and prints them at the end, so that writing them doesn't disturb what
 * it measures. Whoever starts it pins it to a core: without that the scheduler's choice is what is measured.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { WARMUP_REQUESTS = 1000, MAX_SAMPLES = 4000000, ANSWER_TIMEOUT_S = 3 };

static void fail(const char *what)
{
    fprintf(stderr, "rr: %s: %s\n", what, strerror(errno));
    exit(1);
}

static int64_t now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

static int tcp_socket(void)
{
    const int on = 1;
    int s = socket(AF_INET, SOCK_STREAM, 0);
    if (s < 0)
        fail("socket");
    setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    setsockopt(s, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return s;
}

static struct sockaddr_in address(const char *ip, const char *port)
{
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(atoi(port))};
    if (inet_pton(AF_INET, ip, &a.sin_addr) != 1) {
        fprintf(stderr, "rr: '%s' is not an IPv4 address\n", ip);
        exit(2);
    }
    return a;
}

static _Noreturn void serve(const char *port)
{
    struct sockaddr_in a = address("0.0.0.0", port);
    int listener = tcp_socket(); /* accepted sockets inherit TCP_NODELAY */
    if (bind(listener, (struct sockaddr *)&a, sizeof a) || listen(listener, 1))
        fail("listen");
    for (;;) {
        char byte;
        int s = accept(listener, NULL, NULL);
        if (s < 0)
            fail("accept");
        while (read(s, &byte, 1) == 1 && write(s, &byte, 1) == 1)
            ;
        close(s);
    }
}

static void ask(int s)
{
    char byte = 'x';
    if (write(s, &byte, 1) != 1 || read(s, &byte, 1) != 1)
        fail("no answer");
}

static int client(const char *ip, const char *port, double seconds)
{
    const struct timeval limit = {.tv_sec = ANSWER_TIMEOUT_S};
    struct sockaddr_in a = address(ip, port);
    uint32_t *samples = malloc(MAX_SAMPLES * sizeof *samples);
    int count = 0, s = tcp_socket();
    if (!samples)
        fail("malloc");
    memset(samples, 0, MAX_SAMPLES * sizeof *samples); /* no page fault while measuring */
    setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    if (connect(s, (struct sockaddr *)&a, sizeof a))
        fail("connect");
    for (int i = 0; i < WARMUP_REQUESTS; i++)
        ask(s);
    int64_t start = now_ns(), end = start + (int64_t)(seconds * 1e9);
    while (start < end && count < MAX_SAMPLES) {
        ask(s);
        int64_t done = now_ns();
        samples[count++] = (uint32_t)(done - start); /* the answer's time limit keeps it below 2^32 */
        start = done;
    }
    for (int i = 0; i < count; i++)
        printf("%u\n", samples[i]);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc == 3 && !strcmp(argv[1], "serve"))
        serve(argv[2]);
    if (argc == 5 && !strcmp(argv[1], "client"))
        return client(argv[2], argv[3], atof(argv[4]));
    fprintf(stderr, "usage: rr serve PORT | rr client ADDRESS PORT SECONDS\n");
    return 2;
}
