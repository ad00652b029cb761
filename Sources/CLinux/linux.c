#define _GNU_SOURCE
#include "CLinux.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <malloc.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <sys/un.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

const uint32_t REHAB_READABLE = EPOLLIN, REHAB_WRITABLE = EPOLLOUT, REHAB_HANGUP = EPOLLHUP | EPOLLRDHUP,
               REHAB_ERROR = EPOLLERR;

static int result(int value) { return value < 0 ? -errno : value; }

// MARK: epoll, eventfd, timerfd

int rehab_epoll_create(void) { return result(epoll_create1(EPOLL_CLOEXEC)); }

static int change(int epoll, int operation, int descriptor, uint32_t events, uint64_t token) {
    struct epoll_event event = {.events = events, .data = {.u64 = token}};
    return result(epoll_ctl(epoll, operation, descriptor, &event));
}

int rehab_epoll_add(int epoll, int descriptor, uint32_t events, uint64_t token) {
    return change(epoll, EPOLL_CTL_ADD, descriptor, events, token);
}

int rehab_epoll_modify(int epoll, int descriptor, uint32_t events, uint64_t token) {
    return change(epoll, EPOLL_CTL_MOD, descriptor, events, token);
}

int rehab_epoll_remove(int epoll, int descriptor) {
    return change(epoll, EPOLL_CTL_DEL, descriptor, 0, 0);
}

int rehab_epoll_wait(int epoll, struct rehab_ready *ready, int capacity, int timeout_ms) {
    struct epoll_event events[64];
    if (capacity > 64) capacity = 64;
    int count = epoll_wait(epoll, events, capacity, timeout_ms);
    if (count < 0) return -errno;
    for (int i = 0; i < count; i++) {
        ready[i].token = events[i].data.u64;
        ready[i].events = events[i].events;
    }
    return count;
}

int rehab_eventfd(bool nonblocking) {
    return result(eventfd(0, EFD_CLOEXEC | (nonblocking ? EFD_NONBLOCK : 0)));
}

int rehab_timerfd(void) {
    return result(timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK));
}

int rehab_timerfd_set(int descriptor, int64_t deadline_ns) {
    struct itimerspec when = {.it_value = {.tv_sec = deadline_ns / 1000000000,
                                           .tv_nsec = deadline_ns % 1000000000}};
    return result(timerfd_settime(descriptor, TFD_TIMER_ABSTIME, &when, NULL));
}

int64_t rehab_counter_clear(int descriptor) {
    uint64_t count = 0;
    ssize_t size = read(descriptor, &count, sizeof count);
    return size == (ssize_t)sizeof count ? (int64_t)count : -errno;
}

// MARK: signals

int rehab_signalfd(const int *signals, int count) {
    sigset_t set;
    sigemptyset(&set);
    for (int i = 0; i < count; i++) sigaddset(&set, signals[i]);
    if (sigprocmask(SIG_BLOCK, &set, NULL) < 0) return -errno;
    return result(signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
}

int rehab_signalfd_read(int descriptor) {
    struct signalfd_siginfo info;
    ssize_t size = read(descriptor, &info, sizeof info);
    return size == (ssize_t)sizeof info ? (int)info.ssi_signo : -errno;
}

void rehab_ignore_broken_pipe(void) { signal(SIGPIPE, SIG_IGN); }

// MARK: sockets

int rehab_packet_pair(int descriptors[2]) {
    return result(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, descriptors));
}

int rehab_stamp_packets(int descriptor) {
    int on = 1;
    return result(setsockopt(descriptor, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on));
}

int rehab_set_nonblocking(int descriptor, bool on) {
    int flags = fcntl(descriptor, F_GETFL);
    if (flags < 0) return -errno;
    return result(fcntl(descriptor, F_SETFL, on ? flags | O_NONBLOCK : flags & ~O_NONBLOCK));
}

static int address(const char *path, struct sockaddr_un *address) {
    memset(address, 0, sizeof *address);
    address->sun_family = AF_UNIX;
    if (strlen(path) >= sizeof address->sun_path) return -ENAMETOOLONG;
    strcpy(address->sun_path, path);
    return 0;
}

int rehab_unix_listen(const char *path, uint32_t mode, int backlog) {
    struct sockaddr_un name;
    int status = address(path, &name);
    if (status < 0) return status;
    int descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (descriptor < 0) return -errno;
    // Not by umask: it belongs to the whole process, and other threads make files meanwhile. The mode
    // set on the socket before bind keeps the file closed from the start; umask may only narrow it.
    status = fchmod(descriptor, (mode_t)(mode & 0600)) == 0
                     && bind(descriptor, (struct sockaddr *)&name, sizeof name) == 0
                     && chmod(path, (mode_t)mode) == 0
                 ? 0
                 : -1;
    int error = errno;
    if (status < 0) {
        close(descriptor);
        return -error;
    }
    if (listen(descriptor, backlog) < 0) {
        error = errno;
        close(descriptor);
        return -error;
    }
    return descriptor;
}

int rehab_unix_connect(const char *path) {
    struct sockaddr_un name;
    int status = address(path, &name);
    if (status < 0) return status;
    int descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (descriptor < 0) return -errno;
    if (connect(descriptor, (struct sockaddr *)&name, sizeof name) < 0) {
        int error = errno;
        close(descriptor);
        return -error;
    }
    return descriptor;
}

int rehab_unix_accept(int listener) {
    return result(accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK));
}

int rehab_unix_peer(int descriptor, struct rehab_peer *peer) {
    struct ucred credentials;
    socklen_t size = sizeof credentials;
    if (getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &credentials, &size) < 0) return -errno;
    peer->pid = credentials.pid;
    peer->uid = credentials.uid;
    peer->gid = credentials.gid;
    return 0;
}

size_t rehab_unix_path_limit(void) { return sizeof(((struct sockaddr_un *)0)->sun_path) - 1; }

struct rehab_message rehab_receive(int descriptor, void *buffer, size_t capacity) {
    struct rehab_message message = {0};
    struct iovec part = {.iov_base = buffer, .iov_len = capacity};
    union {
        char bytes[CMSG_SPACE(sizeof(int) * REHAB_MAX_DESCRIPTORS) + CMSG_SPACE(sizeof(struct timespec))];
        struct cmsghdr align;
    } control;
    struct msghdr header = {.msg_iov = &part,
                            .msg_iovlen = 1,
                            .msg_control = control.bytes,
                            .msg_controllen = sizeof control.bytes};
    ssize_t size;
    do {
        size = recvmsg(descriptor, &header, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    } while (size < 0 && errno == EINTR);
    if (size < 0) {
        message.size = -errno;
        return message;
    }
    message.size = size;
    message.truncated = (header.msg_flags & MSG_TRUNC) != 0;
    for (struct cmsghdr *item = CMSG_FIRSTHDR(&header); item != NULL; item = CMSG_NXTHDR(&header, item)) {
        if (item->cmsg_level != SOL_SOCKET) continue;
        if (item->cmsg_type == SCM_TIMESTAMPNS) {
            struct timespec stamp;
            memcpy(&stamp, CMSG_DATA(item), sizeof stamp);
            message.has_stamp = true;
            message.stamp_ns = (int64_t)stamp.tv_sec * 1000000000 + stamp.tv_nsec;
        } else if (item->cmsg_type == SCM_RIGHTS) {
            size_t count = (item->cmsg_len - CMSG_LEN(0)) / sizeof(int);
            for (size_t i = 0; i < count; i++) {
                int received;
                memcpy(&received, CMSG_DATA(item) + i * sizeof(int), sizeof received);
                if (message.descriptor_count < REHAB_MAX_DESCRIPTORS) {
                    message.descriptors[message.descriptor_count++] = received;
                } else {
                    close(received);
                }
            }
        }
    }
    return message;
}

ssize_t rehab_send(int descriptor, const void *bytes, size_t count, const int *descriptors,
                   int descriptor_count) {
    struct iovec part = {.iov_base = (void *)bytes, .iov_len = count};
    struct msghdr header = {.msg_iov = &part, .msg_iovlen = 1};
    union {
        char bytes[CMSG_SPACE(sizeof(int) * REHAB_MAX_DESCRIPTORS)];
        struct cmsghdr align;
    } control;
    if (descriptor_count > REHAB_MAX_DESCRIPTORS) return -E2BIG;
    if (descriptor_count > 0) {
        memset(&control, 0, sizeof control);
        header.msg_control = control.bytes;
        header.msg_controllen = CMSG_SPACE(sizeof(int) * (size_t)descriptor_count);
        struct cmsghdr *item = CMSG_FIRSTHDR(&header);
        item->cmsg_level = SOL_SOCKET;
        item->cmsg_type = SCM_RIGHTS;
        item->cmsg_len = CMSG_LEN(sizeof(int) * (size_t)descriptor_count);
        memcpy(CMSG_DATA(item), descriptors, sizeof(int) * (size_t)descriptor_count);
    }
    ssize_t size;
    do {
        size = sendmsg(descriptor, &header, MSG_NOSIGNAL);
    } while (size < 0 && errno == EINTR);
    return size < 0 ? -errno : size;
}

// MARK: clocks, limits, process

int64_t rehab_clock_ns(int clock) {
    struct timespec now;
    if (clock_gettime(clock, &now) < 0) return 0;
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

int64_t rehab_monotonic_minus_realtime_ns(void) {
    // The realtime clock is read between two readings of the monotonic one; their middle belongs to it.
    int64_t before = rehab_clock_ns(CLOCK_MONOTONIC);
    int64_t wall = rehab_clock_ns(CLOCK_REALTIME);
    int64_t after = rehab_clock_ns(CLOCK_MONOTONIC);
    return before + (after - before) / 2 - wall;
}

int rehab_limit_realtime_cpu(uint64_t soft_us, uint64_t hard_us) {
    struct rlimit limit = {.rlim_cur = soft_us, .rlim_max = hard_us};
    return result(setrlimit(RLIMIT_RTTIME, &limit));
}

int64_t rehab_resident_bytes(void) {
    FILE *file = fopen("/proc/self/statm", "re");
    if (file == NULL) return -errno;
    long total = 0, resident = 0;
    int fields = fscanf(file, "%ld %ld", &total, &resident);
    fclose(file);
    return fields == 2 ? (int64_t)resident * sysconf(_SC_PAGESIZE) : -EIO;
}

int64_t rehab_process_cpu_ns(void) { return rehab_clock_ns(CLOCK_PROCESS_CPUTIME_ID); }

int rehab_terminal_size(int descriptor, int *columns, int *rows) {
    struct winsize size;
    if (ioctl(descriptor, TIOCGWINSZ, &size) < 0) return -errno;
    *columns = size.ws_col;
    *rows = size.ws_row;
    return 0;
}

int rehab_lock_file(int descriptor) { return result(flock(descriptor, LOCK_EX | LOCK_NB)); }

static int release_pages(struct dl_phdr_info *object, size_t size, void *context) {
    (void)size;
    (void)context;
    const uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    for (int index = 0; index < object->dlpi_phnum; index++) {
        const ElfW(Phdr) *part = &object->dlpi_phdr[index];
        // Never what is writable, or was until relocations were done: its content is nowhere else.
        if (part->p_type != PT_LOAD || (part->p_flags & PF_W)) continue;
        uintptr_t start = (object->dlpi_addr + part->p_vaddr + page - 1) & ~(page - 1);
        uintptr_t end = (object->dlpi_addr + part->p_vaddr + part->p_filesz) & ~(page - 1);
        if (end > start) madvise((void *)start, end - start, MADV_DONTNEED);
    }
    return 0;
}

void rehab_release_code_pages(void) { dl_iterate_phdr(release_pages, NULL); }

int rehab_demote_threads(void) {
    DIR *directory = opendir("/proc/self/task");
    if (!directory) return -errno;
    int count = 0;
    struct dirent *entry;
    while ((entry = readdir(directory))) {
        pid_t thread = atoi(entry->d_name);
        if (thread <= 0) continue;
        int policy = sched_getscheduler(thread) & ~SCHED_RESET_ON_FORK;
        struct sched_param normal = {0};
        if ((policy == SCHED_FIFO || policy == SCHED_RR) &&
            sched_setscheduler(thread, SCHED_OTHER | SCHED_RESET_ON_FORK, &normal) == 0) {
            count++;
        }
    }
    closedir(directory);
    return count;
}

int rehab_memory_file(const char *name) { return result(memfd_create(name, MFD_CLOEXEC)); }

void rehab_settle_allocator(void) {
    mallopt(M_TRIM_THRESHOLD, -1);
    // A second arena reserves 128 MB at once. Where locked memory is limited that is refused, and then every
    // allocation of every thread but the first becomes a mapping of its own.
    mallopt(M_ARENA_MAX, 1);
}

void rehab_sleep_ns(int64_t span_ns) {
    const struct timespec span = {.tv_sec = span_ns / 1000000000, .tv_nsec = span_ns % 1000000000};
    clock_nanosleep(CLOCK_MONOTONIC, 0, &span, NULL);
}

void rehab_line_buffer_output(void) { setvbuf(stdout, NULL, _IOLBF, 0); }

void rehab_flush_output(void) { fflush(stdout); }

// MARK: the terminal at the end

/// Crashes, and what ends a program from outside where no descriptor reads it.
static const int crashes[] = {SIGSEGV, SIGBUS, SIGILL, SIGTRAP, SIGABRT, SIGFPE,
                              SIGHUP, SIGINT, SIGQUIT, SIGTERM};
static struct termios saved_terminal;
static volatile sig_atomic_t has_saved_terminal;

/// Only calls that signal-safety(7) lists.
static void restore_and_end(int number) {
    static const char text[] = "\x1b[?25h\x1b[?1049l";
    if (write(1, text, sizeof text - 1) < 0) {
        // Nothing can be done about it here.
    }
    if (has_saved_terminal) tcsetattr(0, TCSANOW, &saved_terminal);
    signal(number, SIG_DFL);
    raise(number);
}

void rehab_guard_terminal(void) {
    has_saved_terminal = tcgetattr(0, &saved_terminal) == 0;
    for (size_t i = 0; i < sizeof crashes / sizeof *crashes; i++) {
        // What the caller of the program chose to ignore stays ignored.
        if (signal(crashes[i], restore_and_end) == SIG_IGN) signal(crashes[i], SIG_IGN);
    }
}

void rehab_unguard_terminal(void) {
    for (size_t i = 0; i < sizeof crashes / sizeof *crashes; i++) {
        if (signal(crashes[i], SIG_DFL) == SIG_IGN) signal(crashes[i], SIG_IGN);
    }
}

void rehab_end_by_signal(int number) {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, number);
    signal(number, SIG_DFL);
    sigprocmask(SIG_UNBLOCK, &set, NULL);
    raise(number);
}

void rehab_stop_self(void) { raise(SIGSTOP); }
