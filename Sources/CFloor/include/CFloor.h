// Two threads that only wait, receive and wake: what a machine charges for the way of a packet itself.
//
// A peer for rehab-bench, in C so that nothing of this project's own code is in it.
#pragma once
#include <stdint.h>

/// Makes a floor with nothing to watch; its handle, or -1. Four fit at a time.
int rehab_floor_make(void);

/// Adds a packet socket; negative where refused. Before the bodies run.
int rehab_floor_watch(int floor, int sink);

/// The first thread's body: epoll_wait, recvmsg of one packet with its control data, eventfd write.
/// Returns, after rehab_floor_stop, the thread's processor time, ns.
int64_t rehab_floor_receive(int floor);

/// The second thread's body: waits for the eventfd and counts. Returns as rehab_floor_receive does.
int64_t rehab_floor_count(int floor);

/// Packets that the second thread has counted.
int64_t rehab_floor_counted(int floor);

/// Makes both bodies return.
void rehab_floor_stop(int floor);

/// Once both have returned: the handle may be given again.
void rehab_floor_free(int floor);
