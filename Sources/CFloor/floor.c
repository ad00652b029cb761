#define _GNU_SOURCE
#include "CFloor.h"

#include <stdatomic.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define PLACES 4

// Handles, not pointers: whoever calls from Swift needs nothing unsafe.
static struct floor {
    int used, poll, wake, stop;
    atomic_int stopping;
    atomic_llong counted;
} floors[PLACES];

static int add(int poll, int descriptor) {
    struct epoll_event event = {.events = EPOLLIN, .data = {.fd = descriptor}};
    return epoll_ctl(poll, EPOLL_CTL_ADD, descriptor, &event);
}

int rehab_floor_make(void) {
    for (int i = 0; i < PLACES; i++) {
        struct floor *floor = &floors[i];
        if (floor->used) continue;
        floor->used = 1;
        floor->poll = epoll_create1(EPOLL_CLOEXEC);
        floor->wake = eventfd(0, EFD_CLOEXEC);
        floor->stop = eventfd(0, EFD_CLOEXEC);
        atomic_store(&floor->stopping, 0);
        atomic_store(&floor->counted, 0);
        if (floor->wake >= 0 && floor->stop >= 0 && add(floor->poll, floor->stop) == 0) return i;
        rehab_floor_free(i);
        return -1;
    }
    return -1;
}

int rehab_floor_watch(int handle, int sink) { return add(floors[handle].poll, sink); }

static int64_t processor_time(void) {
    struct timespec time;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

static void signal_once(int descriptor) {
    uint64_t one = 1;
    ssize_t size = write(descriptor, &one, sizeof one);
    (void)size;
}

int64_t rehab_floor_receive(int handle) {
    struct floor *floor = &floors[handle];
    struct epoll_event events[64];
    char bytes[544], control[128];
    int64_t begin = processor_time();
    while (!atomic_load(&floor->stopping)) {
        int count = epoll_wait(floor->poll, events, 64, -1);
        for (int i = 0; i < count; i++) {
            if (events[i].data.fd == floor->stop) continue;
            struct iovec space = {bytes, sizeof bytes};
            struct msghdr message = {.msg_iov = &space, .msg_iovlen = 1, .msg_control = control,
                                     .msg_controllen = sizeof control};
            if (recvmsg(events[i].data.fd, &message, MSG_DONTWAIT) > 0) signal_once(floor->wake);
        }
    }
    return processor_time() - begin;
}

int64_t rehab_floor_count(int handle) {
    struct floor *floor = &floors[handle];
    int64_t begin = processor_time();
    uint64_t value;
    while (!atomic_load(&floor->stopping)) {
        if (read(floor->wake, &value, sizeof value) != sizeof value) break;
        if (atomic_load(&floor->stopping)) break;
        atomic_fetch_add(&floor->counted, (long long)value);
    }
    return processor_time() - begin;
}

int64_t rehab_floor_counted(int handle) { return atomic_load(&floors[handle].counted); }

void rehab_floor_stop(int handle) {
    struct floor *floor = &floors[handle];
    atomic_store(&floor->stopping, 1);
    signal_once(floor->stop);
    signal_once(floor->wake);
}

void rehab_floor_free(int handle) {
    struct floor *floor = &floors[handle];
    if (floor->poll >= 0) close(floor->poll);
    if (floor->wake >= 0) close(floor->wake);
    if (floor->stop >= 0) close(floor->stop);
    floor->used = 0;
}
