/// Every C function that the real-time thread may call, and no other.
///
/// Each declaration carries `@_noLocks`, so the Swift compiler accepts a call to it from a function
/// under the real-time law and refuses a call to any C function that is not listed here.
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define REHAB_REALTIME __attribute__((swift_attr("@_noLocks")))

/// Square root, correctly rounded (IEEE 754), NaN below zero.
REHAB_REALTIME static inline double rehab_sqrt(double value) { return __builtin_sqrt(value); }

/// CLOCK_MONOTONIC in nanoseconds.
REHAB_REALTIME int64_t rehab_monotonic_ns(void);

/// Adds one to an eventfd counter; never blocks, since a full counter already wakes the reader.
REHAB_REALTIME void rehab_eventfd_signal(int descriptor);

/// Blocks until the eventfd counter is not zero, then clears it. Returns the count, or -errno.
REHAB_REALTIME int64_t rehab_eventfd_wait(int descriptor);

/// Sets a condition inside the calling thread: denormal numbers count as zero (x86 only; a no-op elsewhere).
REHAB_REALTIME void rehab_flush_denormals(void);

/// Starts a joinable thread with a stack of its own size. Returns 0 or an errno value.
/// `name` is cut at the kernel's 15 characters.
int rehab_thread_start(const char *name, size_t stack_bytes, void (*body)(void *), void *context,
                       uint64_t *thread);

/// Waits for a thread started by `rehab_thread_start`.
void rehab_thread_join(uint64_t thread);

/// The kernel's id of the calling thread.
int32_t rehab_thread_id(void);

/// Gives the calling thread SCHED_FIFO with `priority`. Returns 0 or an errno value.
int rehab_thread_fifo(int priority);

/// Keeps the calling thread on the last processor it may use. Returns 0 or an errno value.
int rehab_thread_settle_on_last_processor(void);

/// Gives the calling thread a nice value. Returns 0 or an errno value.
int rehab_thread_nice(int nice);

/// Touches `bytes` of stack below the caller, so that later calls do not fault.
void rehab_prefault_stack(size_t bytes);

/// Keeps pages resident once touched (mlockall with MCL_ONFAULT). Returns 0 or an errno value.
int rehab_lock_memory(void);

/// CPU time used by the calling thread, nanoseconds.
int64_t rehab_thread_cpu_ns(void);
