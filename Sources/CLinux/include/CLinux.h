/// The Linux calls that Swift's Glibc overlay hides, and the ones built from macros.
///
/// Every function returns a descriptor or a count, or `-errno`.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum { REHAB_MAX_DESCRIPTORS = 32 };

/// One received message with its ancillary data.
struct rehab_message {
    ssize_t size;        ///< bytes read, 0 at the end of the stream, or -errno
    bool truncated;      ///< the packet was longer than the buffer
    bool has_stamp;      ///< `stamp_ns` was given by the kernel
    int64_t stamp_ns;    ///< CLOCK_REALTIME nanoseconds at which the packet was queued
    int descriptor_count;
    int descriptors[REHAB_MAX_DESCRIPTORS];  ///< received with SCM_RIGHTS; the caller owns them
};

/// Who is at the other end of a Unix socket, as the kernel recorded it at connect.
struct rehab_peer {
    int32_t pid;
    uint32_t uid;
    uint32_t gid;
};

/// One ready descriptor of an epoll set.
struct rehab_ready {
    uint64_t token;
    uint32_t events;
};

extern const uint32_t REHAB_READABLE, REHAB_WRITABLE, REHAB_HANGUP, REHAB_ERROR;

int rehab_epoll_create(void);
int rehab_epoll_add(int epoll, int descriptor, uint32_t events, uint64_t token);
int rehab_epoll_modify(int epoll, int descriptor, uint32_t events, uint64_t token);
int rehab_epoll_remove(int epoll, int descriptor);
/// Waits up to `timeout_ms` (-1: without limit). Returns the number of entries filled in.
int rehab_epoll_wait(int epoll, struct rehab_ready *ready, int capacity, int timeout_ms);

int rehab_eventfd(bool nonblocking);
int rehab_timerfd(void);
/// Sets an absolute CLOCK_MONOTONIC expiry in nanoseconds; 0 disarms.
int rehab_timerfd_set(int descriptor, int64_t deadline_ns);
/// Clears a timerfd or eventfd without blocking; returns its count, or -errno.
int64_t rehab_counter_clear(int descriptor);

/// Blocks the given signals in the whole process and returns a descriptor that reads them.
int rehab_signalfd(const int *signals, int count);
/// The next signal number read from a signalfd, or -errno (-EAGAIN when none waits).
int rehab_signalfd_read(int descriptor);
/// Ends the process's write to closed sockets with an error in place of a signal.
void rehab_ignore_broken_pipe(void);

/// A connected pair of sequential-packet sockets, close-on-exec. Returns 0 or -errno.
int rehab_packet_pair(int descriptors[2]);
/// Asks the kernel to stamp packets as they are queued. Returns 0 or -errno.
int rehab_stamp_packets(int descriptor);
int rehab_set_nonblocking(int descriptor, bool on);

/// A listening stream socket at `path`, created with `mode`. -EADDRINUSE when something lives there.
int rehab_unix_listen(const char *path, uint32_t mode, int backlog);
int rehab_unix_connect(const char *path);
int rehab_unix_accept(int listener);
/// Fills in the peer. Returns 0 or -errno.
int rehab_unix_peer(int descriptor, struct rehab_peer *peer);
/// The longest path a Unix socket can have, bytes.
size_t rehab_unix_path_limit(void);

/// Receives one message with descriptors and stamp, without blocking.
struct rehab_message rehab_receive(int descriptor, void *buffer, size_t capacity);
/// Sends bytes with descriptors attached; a blocking socket waits. Returns bytes sent or -errno.
ssize_t rehab_send(int descriptor, const void *bytes, size_t count, const int *descriptors,
                   int descriptor_count);

/// Difference CLOCK_MONOTONIC - CLOCK_REALTIME at this moment, nanoseconds.
int64_t rehab_monotonic_minus_realtime_ns(void);
/// Sleeps for a span on CLOCK_MONOTONIC; a signal may end it early.
void rehab_sleep_ns(int64_t span_ns);
/// Nanoseconds of a clock: 0 realtime, 1 monotonic, 7 boottime (the kernel's numbers).
int64_t rehab_clock_ns(int clock);

/// Sets the soft limit of real-time CPU time without a system call, microseconds. Returns 0 or -errno.
int rehab_limit_realtime_cpu(uint64_t soft_us, uint64_t hard_us);
/// Resident set size of this process in bytes, or -errno.
int64_t rehab_resident_bytes(void);
/// CPU time of the whole process, nanoseconds.
int64_t rehab_process_cpu_ns(void);
/// Columns and rows of a terminal. Returns 0 or -errno.
int rehab_terminal_size(int descriptor, int *columns, int *rows);
/// Remembers the terminal of standard input, and puts it back should the process crash.
void rehab_guard_terminal(void);
/// Crashes are nobody's business again.
void rehab_unguard_terminal(void);
/// Ends the process by this signal, as if it had never been blocked.
void rehab_end_by_signal(int number);
/// Stops the process, as its shell's job control does; returns when it goes on.
void rehab_stop_self(void);
/// Hands standard output's lines over as they come, also into a pipe.
void rehab_line_buffer_output(void);
/// Hands over what standard output still holds.
void rehab_flush_output(void);
/// Takes an exclusive advisory lock without waiting. Returns 0 or -errno (-EWOULDBLOCK when held).
int rehab_lock_file(int descriptor);
/// Gives back the pages of code and constants that are in memory; what is used again comes back from the cache.
/// Has no effect on locked memory.
void rehab_release_code_pages(void);
/// Puts every thread of the real-time class back to the normal one; returns how many there were.
int rehab_demote_threads(void);
/// A file in memory, close-on-exec, or -errno.
int rehab_memory_file(const char *name);
/// Small malloc settings for a process with real-time threads: no trimming, no mmap of large blocks.
void rehab_settle_allocator(void);
