"""Movella DOT, from its BLE service specification (XD0506P revision C, July 2023)."""

import math
import struct
import time

from .wearable import Properties, Wearable

DEGREES = 180 / math.pi


def uuid(short):
    return f"1517{short}-4947-11e9-8646-d663bd873d93"


# Mode: (characteristic, what follows the time stamp).
MODES = {5: "2004", 21: "2003", 26: "2002"}


class MovellaDot(Wearable):
    kind = "movella-dot"
    local_name = "Movella DOT"
    manufacturer = (0x0886, bytes.fromhex("0001020304"))

    def __init__(self, *arguments, serial=0x1122334455667788, modes=(5, 21, 26), **options):
        self.serial = serial
        self.modes = modes
        self.mode = 0
        self.rate = 60
        self.control = bytearray(32)
        self.battery_level = 87
        self.identified = 0
        super().__init__(*arguments, **options)
        self.powered_up()

    def powered_up(self):
        self.measuring = False
        self.clock = 0
        self.stamp_base = 65_000_000

    def build(self):
        read, write, notify = Properties.READ, Properties.WRITE, Properties.NOTIFY
        make = self.characteristic
        self.payloads = {short: make(uuid(short), notify) for short in ("2002", "2003", "2004")}
        self.report = make(uuid("1004"), notify)
        self.battery = make(uuid("3001"), read | notify, lambda: bytes([self.battery_level, 0]))
        return [
            self.service(uuid("1000"), [
                make(uuid("1001"), read, self._information),
                make(uuid("1002"), read | write, self._control, self._set_control), self.report]),
            self.service(uuid("2000"), [
                make(uuid("2001"), read | write, lambda: bytes([1, int(self.measuring), self.mode]),
                     self._measure),
                *self.payloads.values(),
                make(uuid("2006"), read | write, b"\0\0"), make(uuid("2007"), read, b"\1")]),
            self.service(uuid("3000"), [self.battery]),
            self.service(uuid("7000"), [
                make(uuid("7001"), write), make(uuid("7002"), read, b"\0" * 8),
                make(uuid("7003"), notify)]),
        ]

    def _information(self):
        address = bytes.fromhex(self.address.split("/")[0].replace(":", ""))[::-1]
        return (address + bytes([2, 4, 0]) + struct.pack("<HBBBBB", 2023, 7, 1, 12, 0, 0)
                + struct.pack("<IQ", 0x0101, self.serial) + b"XS-T02")

    def _control(self):
        self.control[24:26] = struct.pack("<H", self.rate)
        return bytes(self.control)

    def _set_control(self, value):
        if len(value) != 32:
            return
        mask = value[0]
        if mask & 0x01 and value[1]:
            self.identified += 1
            self.notice("LED blinks")
        if mask & 0x10 and not self.measuring:
            wanted = struct.unpack_from("<H", value, 24)[0]
            if wanted in (1, 4, 10, 12, 15, 20, 30, 60):
                self.rate = wanted

    def _measure(self, value):
        if len(value) != 3 or value[0] != 1:
            return
        if value[1] == 0:
            self.measuring = False
            self.stop_stream()
            self.notice("stop")
        elif not self.measuring and value[2] in self.modes:
            self.measuring = True
            self.mode = value[2]
            self.notice(f"start mode {self.mode} at {self.rate} Hz")
            self._first = True
            self.stamp_base += 1_000_000
            self.run_stream(self.rate, self._sample)

    def send_early(self, characteristic):
        if characteristic in self.payloads.values():
            self.notify(characteristic, self._packet(time.monotonic(), 0, 26))

    def _packet(self, moment, index, mode):
        rate, force, quaternion = self.motion.sensor(self.segment, moment)
        # The grid is nominal: the step is exactly 16667 µs at 60 Hz whatever the crystal does.
        stamp = (self.stamp_base + round(index * 1e6 / self.rate)) & 0xFFFFFFFF
        self.last_stamp = stamp
        angular = [value * DEGREES for value in rate]
        if self._first:
            force, angular = [0.0] * 3, [0.0] * 3
            self._first = False
        if mode == 26:
            return struct.pack("<I10f", stamp, *quaternion, *force, *angular)
        if mode == 21:
            return struct.pack("<I6f", stamp, *force, *angular)
        return struct.pack("<I4f", stamp, *quaternion)

    _first = False

    def _sample(self, moment, index):
        first = self._first
        packet = self._packet(moment, index, self.mode)
        payload = self.payloads[MODES[self.mode]]
        if first:  # not a measurement
            self.notify(payload, packet)
        else:
            self.send_data(payload, packet, moment)
