#define _GNU_SOURCE
#include "CRealtime.h"

#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

static int64_t nanoseconds(clockid_t clock) {
    struct timespec now;
    clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

int64_t rehab_monotonic_ns(void) { return nanoseconds(CLOCK_MONOTONIC); }

int64_t rehab_thread_cpu_ns(void) { return nanoseconds(CLOCK_THREAD_CPUTIME_ID); }

void rehab_eventfd_signal(int descriptor) {
    const uint64_t one = 1;
    ssize_t ignored = write(descriptor, &one, sizeof one);
    (void)ignored;
}

int64_t rehab_eventfd_wait(int descriptor) {
    uint64_t count = 0;
    for (;;) {
        ssize_t size = read(descriptor, &count, sizeof count);
        if (size == (ssize_t)sizeof count) {
            return count > INT64_MAX ? INT64_MAX : (int64_t)count;
        }
        if (errno != EINTR) return -errno;
    }
}

void rehab_flush_denormals(void) {
#if defined(__x86_64__)
    _mm_setcsr(_mm_getcsr() | 0x8040);  // flush to zero, denormals are zero
#endif
}

struct start {
    void (*body)(void *);
    void *context;
    char name[16];
};

static void *run(void *argument) {
    struct start start = *(struct start *)argument;
    free(argument);
    pthread_setname_np(pthread_self(), start.name);
    start.body(start.context);
    return NULL;
}

int rehab_thread_start(const char *name, size_t stack_bytes, void (*body)(void *), void *context,
                       uint64_t *thread) {
    struct start *start = calloc(1, sizeof *start);
    if (start == NULL) return ENOMEM;
    start->body = body;
    start->context = context;
    strncpy(start->name, name, sizeof start->name - 1);

    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    size_t size = (stack_bytes + page - 1) / page * page;
    if (size < PTHREAD_STACK_MIN) size = PTHREAD_STACK_MIN;
    pthread_attr_setstacksize(&attributes, size);
    pthread_t id;
    int status = pthread_create(&id, &attributes, run, start);
    pthread_attr_destroy(&attributes);
    if (status != 0) {
        free(start);
        return status;
    }
    *thread = (uint64_t)id;
    return 0;
}

void rehab_thread_join(uint64_t thread) { pthread_join((pthread_t)thread, NULL); }

int32_t rehab_thread_id(void) { return (int32_t)syscall(SYS_gettid); }

int rehab_thread_fifo(int priority) {
    // Reset on fork: a child (espeak, a helper) never inherits the real-time class.
    const struct sched_param parameters = {.sched_priority = priority};
    return sched_setscheduler(0, SCHED_FIFO | SCHED_RESET_ON_FORK, &parameters) == 0 ? 0 : errno;
}

int rehab_thread_settle_on_last_processor(void) {
    cpu_set_t allowed;
    if (sched_getaffinity(0, sizeof allowed, &allowed) != 0) return errno;
    int last = -1;
    for (int place = 0; place < CPU_SETSIZE; place++) {
        if (CPU_ISSET(place, &allowed)) last = place;
    }
    if (last < 0) return ENOENT;
    cpu_set_t chosen;
    CPU_ZERO(&chosen);
    CPU_SET(last, &chosen);
    return sched_setaffinity(0, sizeof chosen, &chosen) == 0 ? 0 : errno;
}

int rehab_thread_nice(int nice) {
    return setpriority(PRIO_PROCESS, (id_t)rehab_thread_id(), nice) == 0 ? 0 : errno;
}

__attribute__((noinline)) void rehab_prefault_stack(size_t bytes) {
    volatile char *stack = __builtin_alloca(bytes);
    for (size_t offset = 0; offset < bytes; offset += 4096) stack[offset] = 0;
}

int rehab_lock_memory(void) {
    return mlockall(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT) == 0 ? 0 : errno;
}
