/// Counts what chosen threads ask of the allocator, by standing in front of the C library's.
///
/// Left out of sanitizer builds, which bring an allocator of their own: `allocation_probe_is_present`
/// tells.
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum { ALLOCATION_PROBE_THREADS = 4 };

bool allocation_probe_is_present(void);

/// Begins to count for up to four threads, by the kernel's thread ids; counts start at zero.
void allocation_probe_arm(const int32_t *threads, int count);
/// Stops counting.
void allocation_probe_disarm(void);

/// Blocks asked for (malloc, calloc, realloc, aligned variants) by the thread at `place` while armed.
uint64_t allocation_probe_allocations(int place);
/// Blocks given back by that thread while armed.
uint64_t allocation_probe_frees(int place);
