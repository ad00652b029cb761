"""Reads what btmon captured in the machine: every HCI packet with its time there."""

import struct
from dataclasses import dataclass

# btsnoop counts microseconds from the year 0.
EPOCH = 0x00DCDDB30F2F8000
MONITOR = 2001
NEW_INDEX, DELETE_INDEX, COMMAND, EVENT, ACL_OUT, ACL_IN = 0, 1, 2, 3, 4, 5
CONNECTION_COMPLETE, UPDATE_COMPLETE, ENHANCED_COMPLETE = 0x01, 0x03, 0x0A


@dataclass
class Packet:
    time: float  # the machine's CLOCK_REALTIME, s
    index: int
    opcode: int
    data: bytes


def packets(path):
    """The packets of a capture, also of one still being written."""
    raw = path.read_bytes()
    if raw[:8] != b"btsnoop\0":
        return
    offset = 16
    while offset + 24 <= len(raw):
        original, length, flags, _, stamp = struct.unpack_from(">IIIIq", raw, offset)
        offset += 24
        if offset + length > len(raw):
            return
        yield Packet((stamp - EPOCH) / 1e6, flags >> 16, flags & 0xFFFF, raw[offset:offset + length])
        offset += length


@dataclass
class Capture:
    """What the rig wants to know of a capture."""

    notifications: list  # (time, address, attribute handle, payload)
    updates: list  # (time, address, interval ms, timeout ms)
    connects: list  # (time, address, interval ms, timeout ms)
    disconnects: list  # (time, address, reason)


def read(path):
    capture = Capture([], [], [], [])
    handles = {}
    pending = {}
    for packet in packets(path):
        data = packet.data
        if packet.opcode == EVENT and len(data) >= 3:
            if data[0] == 0x3E and data[2] in (CONNECTION_COMPLETE, ENHANCED_COMPLETE) and data[3] == 0:
                handle = struct.unpack_from("<H", data, 4)[0]
                address = ":".join(f"{b:02X}" for b in data[13:7:-1])
                skip = 12 if data[2] == ENHANCED_COMPLETE else 0
                interval, _, timeout = struct.unpack_from("<HHH", data, 14 + skip)
                handles[packet.index, handle] = address
                capture.connects.append((packet.time, address, interval * 1.25, timeout * 10))
            elif data[0] == 0x3E and data[2] == UPDATE_COMPLETE and data[3] == 0:
                handle, interval, _, timeout = struct.unpack_from("<HHHH", data, 4)
                capture.updates.append(
                    (packet.time, handles.get((packet.index, handle), "?"), interval * 1.25,
                     timeout * 10))
            elif data[0] == 0x05 and len(data) >= 6:
                handle = struct.unpack_from("<H", data, 3)[0]
                capture.disconnects.append(
                    (packet.time, handles.pop((packet.index, handle), "?"), data[5]))
                pending.pop((packet.index, handle), None)
        elif packet.opcode == ACL_IN and len(data) >= 4:
            word = struct.unpack_from("<H", data)[0]
            key = (packet.index, word & 0x0FFF)
            if (word >> 12) & 3 == 1:
                whole = pending.get(key, b"") + data[4:]
            else:
                whole = data[4:]
            if len(whole) < 4 or len(whole) < 4 + struct.unpack_from("<H", whole)[0]:
                pending[key] = whole
                continue
            pending.pop(key, None)
            channel = struct.unpack_from("<H", whole, 2)[0]
            if channel == 4 and len(whole) >= 7 and whole[4] == 0x1B:
                attribute = struct.unpack_from("<H", whole, 5)[0]
                capture.notifications.append(
                    (packet.time, handles.get(key, "?"), attribute, whole[7:]))
    return capture
