/*
 * Small UDP packets as fast as they go, many per system call.
 *
 *   udpload receive PORT SECONDS              prints datagrams received per second; waits SECONDS + 3 at most
 *   udpload send    ADDRESS PORT SECONDS      prints datagrams the stack took per second
 *
 * iperf3 makes one system call per datagram, so it is often the sender that it measures; sendmmsg moves the limit
 * to the path. The receiver's clock runs from the first to the last datagram that came.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

enum { BATCH = 64, PAYLOAD = 18, QUIET_MS = 500, BUFFER_BYTES = 8 << 20 };

static struct mmsghdr messages[BATCH];
static struct iovec vectors[BATCH];
static char payloads[BATCH][2048];

static void fail(const char *what)
{
    fprintf(stderr, "udpload: %s: %s\n", what, strerror(errno));
    exit(1);
}

static int64_t now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

static struct sockaddr_in address(const char *ip, const char *port)
{
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(atoi(port))};
    if (inet_pton(AF_INET, ip, &a.sin_addr) != 1) {
        fprintf(stderr, "udpload: '%s' is not an IPv4 address\n", ip);
        exit(2);
    }
    return a;
}

static void prepare(size_t length)
{
    for (int i = 0; i < BATCH; i++) {
        vectors[i].iov_base = payloads[i];
        vectors[i].iov_len = length;
        messages[i].msg_hdr.msg_iov = &vectors[i];
        messages[i].msg_hdr.msg_iovlen = 1;
    }
}

static int receive(const char *port, double seconds)
{
    const int buffer = BUFFER_BYTES;
    const struct timeval quiet = {.tv_usec = QUIET_MS * 1000};
    struct sockaddr_in a = address("0.0.0.0", port);
    int64_t count = 0, first = 0, last = 0, limit = now_ns() + (int64_t)((seconds + 3) * 1e9);
    int s = socket(AF_INET, SOCK_DGRAM, 0);
    if (s < 0 || bind(s, (struct sockaddr *)&a, sizeof a))
        fail("bind");
    setsockopt(s, SOL_SOCKET, SO_RCVBUFFORCE, &buffer, sizeof buffer);
    setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &quiet, sizeof quiet);
    prepare(sizeof payloads[0]);
    while (now_ns() < limit) {
        int got = recvmmsg(s, messages, BATCH, MSG_WAITFORONE, NULL);
        if (got <= 0) {
            if (count)
                break; /* it was quiet for QUIET_MS after traffic: the sender is done */
            continue;
        }
        last = now_ns();
        if (!count)
            first = last;
        count += got;
    }
    printf("%.0f\n", last > first ? (double)count * 1e9 / (double)(last - first) : 0.0);
    return 0;
}

static int send_load(const char *ip, const char *port, double seconds)
{
    const int buffer = BUFFER_BYTES;
    struct sockaddr_in a = address(ip, port);
    int64_t count = 0, start, now, end;
    int s = socket(AF_INET, SOCK_DGRAM, 0);
    if (s < 0 || connect(s, (struct sockaddr *)&a, sizeof a))
        fail("connect");
    setsockopt(s, SOL_SOCKET, SO_SNDBUFFORCE, &buffer, sizeof buffer);
    prepare(PAYLOAD);
    start = now_ns();
    end = start + (int64_t)(seconds * 1e9);
    while ((now = now_ns()) < end) {
        int sent = sendmmsg(s, messages, BATCH, 0);
        if (sent > 0)
            count += sent; /* an error (ENOBUFS, refused) is a datagram that did not go: try on until the end */
    }
    printf("%.0f\n", (double)count * 1e9 / (double)(now - start));
    return 0;
}

int main(int argc, char **argv)
{
    if (argc == 4 && !strcmp(argv[1], "receive"))
        return receive(argv[2], atof(argv[3]));
    if (argc == 5 && !strcmp(argv[1], "send"))
        return send_load(argv[2], argv[3], atof(argv[4]));
    fprintf(stderr, "usage: udpload receive PORT SECONDS | udpload send ADDRESS PORT SECONDS\n");
    return 2;
}
