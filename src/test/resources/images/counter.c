// The smallest actor: counts requests, as the demo does. Any number of keep-alive connections in one thread.
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define CONNECTIONS 512

static struct pollfd fds[CONNECTIONS];
static int open_fds;
static long count;

static void drop(int i) {
    close(fds[i].fd);
    fds[i] = fds[--open_fds];
}

static void actor_id(char *id, size_t size) {
    // read afresh: after a restore this may be another actor
    int f = open("/run/ate/actor-id", O_RDONLY);
    ssize_t n = f < 0 ? -1 : read(f, id, size - 1);
    if (f >= 0) close(f);
    if (n < 0) n = snprintf(id, size, "nobody");
    id[n] = 0;
}

static int answer(int fd) {
    char request[4096], id[128], body[256], response[512];
    ssize_t n = read(fd, request, sizeof request - 1);
    if (n <= 0) return n < 0 && errno == EINTR;
    request[n] = 0;
    if (strncmp(request, "GET /readyz ", 12) == 0) {
        snprintf(body, sizeof body, "ready\n");
    } else {
        actor_id(id, sizeof id);
        snprintf(body, sizeof body, "%s count: %ld\n", id, ++count);
    }
    int size = snprintf(response, sizeof response,
                        "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: %zu\r\n\r\n%s", strlen(body), body);
    return write(fd, response, size) == size;
}

// memory that compresses badly, as a big actor's does
static void carry_ballast(void) {
    const char *mebibytes = getenv("BALLAST_MIB");
    size_t words = (mebibytes ? strtoul(mebibytes, 0, 10) : 0) << 17;
    volatile unsigned long *ballast = malloc(words * sizeof *ballast);
    unsigned long x = 88172645463325252ul;
    for (size_t i = 0; ballast && i < words; i++) {
        x ^= x << 13, x ^= x >> 7, x ^= x << 17;
        ballast[i] = x;
    }
}

int main(void) {
    carry_ballast();
    const char *port = getenv("PORT");
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port ? atoi(port) : 80)};
    int one = 1, listening = socket(AF_INET, SOCK_STREAM, 0);
    setsockopt(listening, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (bind(listening, (void *)&address, sizeof address) || listen(listening, 128)) {
        perror("listen");
        return 1;
    }
    fds[open_fds++] = (struct pollfd){listening, POLLIN, 0};
    for (;;) {
        if (poll(fds, open_fds, -1) < 0) continue; // EINTR after a restore
        for (int i = open_fds - 1; i > 0; i--) {
            if (fds[i].revents && !answer(fds[i].fd)) drop(i);
        }
        if (fds[0].revents) {
            int fd = accept(listening, 0, 0);
            if (fd >= 0 && open_fds < CONNECTIONS) fds[open_fds++] = (struct pollfd){fd, POLLIN, 0};
            else if (fd >= 0) close(fd);
        }
    }
}
