/* A workload for sandbox tests: one static binary, an HTTP server that tells and does what its path says. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static int count;

static void dial(char *target, char *answer) {
    char *port = strchr(target, '/');
    *port++ = 0;
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(atoi(port))};
    inet_pton(AF_INET, target, &to.sin_addr);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    connect(fd, (void *)&to, sizeof to);
    struct pollfd wait = {.fd = fd, .events = POLLOUT};
    int error = ETIMEDOUT;
    socklen_t size = sizeof error;
    if (poll(&wait, 1, 1000) == 1) getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size);
    strcpy(answer, error ? strerror(error) : "connected");
    close(fd);
}

/* Asks a DNS server for an address: that, or the code of the answer. */
static void resolve(char *target, char *answer) {
    char *name = strchr(target, '/'), *label;
    *name++ = 0;
    unsigned char message[512] = {1, 2, 1, 0, 0, 1}, *end = message + 12;
    for (label = strtok(name, "."); label; label = strtok(0, ".")) {
        *end++ = strlen(label);
        end = (unsigned char *)stpcpy((char *)end, label);
    }
    memcpy(end, "\0\0\1\0\1", 5);
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    struct timeval patience = {.tv_sec = 1};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(53)};
    inet_pton(AF_INET, target, &to.sin_addr);
    connect(fd, (void *)&to, sizeof to);
    send(fd, message, end + 5 - message, 0);
    int n = recv(fd, message, sizeof message, 0);
    if (n < 12) strcpy(answer, strerror(errno));
    else if (message[7] == 0) sprintf(answer, "code %d", message[3] & 15);
    else inet_ntop(AF_INET, message + n - 4, answer, 64);
    close(fd);
}

static void identify(char *answer) {
    gid_t groups[32];
    int n = getgroups(32, groups);
    char *end = answer + sprintf(answer, "%d %d", getuid(), getgid());
    for (int i = 0; i < n; i++) end += sprintf(end, " %d", groups[i]);
}

static void read_file(char *path, char *answer) {
    int fd = open(path, O_RDONLY);
    int n = fd < 0 ? -1 : read(fd, answer, 2000);
    if (n < 0) strcpy(answer, strerror(errno));
    else answer[n] = 0;
    if (fd >= 0) close(fd);
}

static void write_file(char *path, char *answer) {
    char *text = strrchr(path, '=');
    *text++ = 0;
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
    int n = fd < 0 ? -1 : write(fd, text, strlen(text));
    strcpy(answer, n < 0 ? strerror(errno) : "written");
    if (fd >= 0) close(fd);
}

static void touch_memory(char *megabytes, char *answer) {
    size_t size = (size_t)atoi(megabytes) << 20;
    char *memory = malloc(size);
    for (size_t i = 0; i < size; i += 64) *(size_t *)(memory + i) = i * 2654435761u + i;
    strcpy(answer, "touched");
}

static void spin(char *milliseconds, char *answer) {
    clock_t end = clock() + atol(milliseconds) * (CLOCKS_PER_SEC / 1000);
    while (clock() < end) for (volatile int i = 0; i < 1000000; i++);
    strcpy(answer, "spun");
}

static void answer_to(char *path, char *answer) {
    if (!strcmp(path, "/count")) sprintf(answer, "%d", ++count);
    else if (!strncmp(path, "/exit/", 6)) _exit(atoi(path + 6));
    else if (!strncmp(path, "/env/", 5)) strcpy(answer, getenv(path + 5) ? getenv(path + 5) : "(none)");
    else if (!strcmp(path, "/cwd")) getcwd(answer, 2000);
    else if (!strcmp(path, "/ids")) identify(answer);
    else if (!strncmp(path, "/read/", 6)) read_file(path + 5, answer);
    else if (!strncmp(path, "/write/", 7)) write_file(path + 6, answer);
    else if (!strncmp(path, "/dial/", 6)) dial(path + 6, answer);
    else if (!strncmp(path, "/resolve/", 9)) resolve(path + 9, answer);
    else if (!strncmp(path, "/touch/", 7)) touch_memory(path + 7, answer);
    else if (!strncmp(path, "/spin/", 6)) spin(path + 6, answer);
    else strcpy(answer, "unknown path");
}

static int serve(int client) {
    char request[8192], path[8000], answer[4096], reply[5000];
    int n = read(client, request, sizeof request - 1);
    if (n <= 0) return 0;
    request[n] = 0;
    if (sscanf(request, "GET %7999s", path) != 1) return 0;
    answer[0] = 0;
    answer_to(path, answer);
    n = sprintf(reply, "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n%s", strlen(answer), answer);
    return write(client, reply, n) >= 0 && !strstr(request, "Connection: close");
}

int main(int argc, char **argv) {
    if (argc > 2 && !strcmp(argv[1], "exit")) return atoi(argv[2]);
    char *port = argc > 1 ? argv[1] : getenv("PORT");
    int on = 1, listener = socket(AF_INET, SOCK_STREAM, 0);
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    struct sockaddr_in any = {.sin_family = AF_INET, .sin_port = htons(atoi(port))};
    if (bind(listener, (void *)&any, sizeof any) || listen(listener, 128)) return 1;
    dprintf(1, "listening on %s\n", port);
    /* epoll, as most servers: what a snapshot keeps of it is worth a test */
    int epoll = epoll_create1(0);
    struct epoll_event event = {.events = EPOLLIN, .data.fd = listener};
    epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &event);
    for (;;) {
        if (epoll_wait(epoll, &event, 1, -1) != 1) continue;
        int fd = event.data.fd;
        if (fd != listener) {
            if (!serve(fd)) close(fd);
            continue;
        }
        int client = accept(listener, 0, 0);
        if (client < 0) continue;
        struct epoll_event input = {.events = EPOLLIN, .data.fd = client};
        epoll_ctl(epoll, EPOLL_CTL_ADD, client, &input);
    }
}
