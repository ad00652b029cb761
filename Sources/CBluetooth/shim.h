/// The few HCI calls that rehab-link makes, with plain numbers in place of pointers.
///
/// Every function returns a value of its own or `-errno`.
#pragma once

#include <bluetooth/bluetooth.h>
#include <bluetooth/hci.h>
#include <bluetooth/hci_lib.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

/// Opens a raw HCI socket on adapter `hci<index>`.
static inline int rehab_hci_open(int index)
{
    int descriptor = hci_open_dev(index);
    return descriptor < 0 ? -errno : descriptor;
}

/// The handle of the live LE link to `address` (48 bits, the last printed byte lowest).
static inline int rehab_hci_handle(int descriptor, uint64_t address)
{
    union {
        struct hci_conn_info_req request;
        uint8_t space[sizeof(struct hci_conn_info_req) + sizeof(struct hci_conn_info)];
    } buffer;
    memset(&buffer, 0, sizeof buffer);
    for (int i = 0; i < 6; i++)
        buffer.request.bdaddr.b[i] = (uint8_t)(address >> (8 * i));
    buffer.request.type = 0x80; /* LE_LINK of the kernel */
    if (ioctl(descriptor, HCIGETCONNINFO, (unsigned long)&buffer) < 0)
        return -errno;
    return buffer.request.conn_info[0].handle;
}

/// Sets interval (1.25 ms) and supervision timeout (10 ms) of a link; needs CAP_NET_RAW.
static inline int rehab_hci_update(int descriptor, uint16_t handle, uint16_t interval,
                                   uint16_t timeout, int limit_ms)
{
    errno = 0;
    if (hci_le_conn_update(descriptor, htobs(handle), htobs(interval), htobs(interval), htobs(0),
                           htobs(timeout), limit_ms) < 0)
        return errno > 0 ? -errno : -EIO;
    return 0;
}

/// RSSI of a live link in dBm plus 1000 (so that errors stay negative).
static inline int rehab_hci_rssi(int descriptor, uint16_t handle, int limit_ms)
{
    int8_t rssi = 0;
    errno = 0;
    if (hci_read_rssi(descriptor, htobs(handle), &rssi, limit_ms) < 0)
        return errno > 0 ? -errno : -EIO;
    return 1000 + rssi;
}

/// How many sockets systemd passes to this process, from descriptor 3 on (sd_listen_fds(3)).
static inline int rehab_passed_sockets(void)
{
    const char *pid = getenv("LISTEN_PID");
    const char *count = getenv("LISTEN_FDS");
    if (!pid || !count || strtol(pid, NULL, 10) != (long)getpid())
        return 0;
    return (int)strtol(count, NULL, 10);
}
