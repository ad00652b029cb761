#define _GNU_SOURCE
#include "AllocationProbe.h"

#include <errno.h>
#include <stdatomic.h>
#include <stddef.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__has_feature)
#if __has_feature(thread_sanitizer) || __has_feature(address_sanitizer)
#define ALLOCATION_PROBE_ABSENT 1
#endif
#endif

static atomic_bool armed;
static _Atomic int32_t watched[ALLOCATION_PROBE_THREADS];
static _Atomic uint64_t allocations[ALLOCATION_PROBE_THREADS];
static _Atomic uint64_t frees[ALLOCATION_PROBE_THREADS];

void allocation_probe_arm(const int32_t *threads, int count) {
    for (int i = 0; i < ALLOCATION_PROBE_THREADS; i++) {
        watched[i] = i < count ? threads[i] : 0;
        allocations[i] = 0;
        frees[i] = 0;
    }
    armed = true;
}

void allocation_probe_disarm(void) { armed = false; }

uint64_t allocation_probe_allocations(int place) { return allocations[place]; }

uint64_t allocation_probe_frees(int place) { return frees[place]; }

#ifdef ALLOCATION_PROBE_ABSENT

bool allocation_probe_is_present(void) { return false; }

#else

bool allocation_probe_is_present(void) { return true; }

// glibc's own names of the functions that are replaced below.
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *block, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);
extern void __libc_free(void *block);

// Static storage of the executable: reading it allocates nothing.
static __thread int32_t own_id __attribute__((tls_model("initial-exec")));

static void count(_Atomic uint64_t *counts) {
    if (!atomic_load_explicit(&armed, memory_order_relaxed)) return;
    if (own_id == 0) own_id = (int32_t)syscall(SYS_gettid);
    for (int i = 0; i < ALLOCATION_PROBE_THREADS; i++) {
        if (watched[i] == own_id) atomic_fetch_add_explicit(&counts[i], 1, memory_order_relaxed);
    }
}

void *malloc(size_t size) {
    count(allocations);
    return __libc_malloc(size);
}

void *calloc(size_t number, size_t size) {
    count(allocations);
    return __libc_calloc(number, size);
}

void *realloc(void *block, size_t size) {
    count(allocations);
    return __libc_realloc(block, size);
}

void *memalign(size_t alignment, size_t size) {
    count(allocations);
    return __libc_memalign(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
    count(allocations);
    return __libc_memalign(alignment, size);
}

int posix_memalign(void **block, size_t alignment, size_t size) {
    count(allocations);
    void *memory = __libc_memalign(alignment, size);
    if (memory == NULL) return ENOMEM;
    *block = memory;
    return 0;
}

void free(void *block) {
    if (block != NULL) count(frees);
    __libc_free(block);
}

#endif
