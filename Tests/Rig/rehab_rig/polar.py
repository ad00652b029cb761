"""Polar Verity Sense, from the vendor's "online measurement" document (v1.0, August 2024) and its SDK."""

import math
import struct

from .wearable import Properties, Wearable

GRAVITY = 9.80665
ACC, GYRO, SDK = 2, 5, 9
FRAME_BYTES = 232
HEADER = struct.Struct("<BQB")
# ns since 2000 that the device's clock shows at power-on: it was never set.
CLOCK_START = 599_616_000_000_000_000


def packed(values, bits):
    """Signed values of `bits` bits each, least significant bit first, padded to whole bytes."""
    total = 0
    for place, value in enumerate(values):
        total |= (value & ((1 << bits) - 1)) << (place * bits)
    return total.to_bytes((len(values) * bits + 7) // 8, "little")


def compressed(rows):
    """A delta frame's content: the first row whole, then blocks of differences."""
    content = struct.pack("<3h", *rows[0])
    for start in range(1, len(rows), 10):
        block = rows[start:start + 10]
        before = rows[start - 1]
        deltas = []
        for row in block:
            deltas += [a - b for a, b in zip(row, before)]
            before = row
        bits = max(1, max((d.bit_length() if d >= 0 else (d + 1).bit_length()) for d in deltas) + 1)
        content += bytes([bits, len(block)]) + packed(deltas, bits)
    return content


class PolarVerity(Wearable):
    kind = "polar"
    local_name = "Polar Sense 8A4F2C31"
    manufacturer = (0x006B, bytes.fromhex("7205ac"))
    advertised_services = ("FEEE",)

    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        self.battery_level = 64
        self.powered_up()

    def powered_up(self):
        self.sdk = False
        self.streams = {}

    def build(self):
        read, notify = Properties.READ, Properties.NOTIFY
        make = self.characteristic
        base = "fb005c8{}-02e7-f387-1cad-8acd2d8df0c8"
        self.control = make(base.format(1), read | Properties.WRITE | Properties.INDICATE,
                            bytes([0x0F, 0x6E, 0x02] + [0] * 14), self._command)
        self.data = make(base.format(2), notify)
        self.level = make("2A19", read | notify, lambda: bytes([self.battery_level]))
        self.heart = make("2A37", notify)
        return [
            self.service(base.format(0), [self.control, self.data]),
            self.service("180F", [self.level]),
            self.service("180D", [self.heart]),
            self.service("180A", [make("2A24", read, b"4J"), make("2A29", read, b"Polar Electro Oy"),
                                  make("2A26", read, b"2.2.6"), make("2A25", read, b"8A4F2C31")]),
        ]

    def _answer(self, operation, kind, status, content=b""):
        self.notify(self.control, bytes([0xF0, operation, kind, status]) + content, opcode=0x1D)

    def _command(self, value):
        if len(value) < 2:
            return
        operation, kind = value[0], value[1]
        if self.data not in self.subscribed and operation == 0x02:
            self._answer(operation, kind, 12)
        elif kind == SDK and operation in (0x02, 0x03):
            wanted = operation == 0x02
            if self.streams:
                self._answer(operation, kind, 12)
            elif self.sdk == wanted:
                self._answer(operation, kind, 6, b"\0")
            else:
                self.sdk = wanted
                self._answer(operation, kind, 0, b"\0")
        elif kind not in (ACC, GYRO):
            self._answer(operation, kind, 3)
        elif operation in (0x01, 0x04):
            self._answer(operation, kind, 0, b"\0" + self._offer(kind, self.sdk or operation == 4))
        elif operation == 0x02:
            self._start(kind, value[2:])
        elif operation == 0x03:
            was = self.streams.pop(kind, None)
            if was:
                was["task"].cancel()
            self._answer(operation, kind, 0 if was else 6, b"\0")
        else:
            self._answer(operation, kind, 1)

    @staticmethod
    def _offer(kind, sdk):
        rates = [26, 52, 104, 208, 416] if sdk else [52]
        ranges = [8] if kind == ACC else [2000]
        if sdk:
            ranges = [2, 4, 8, 16] if kind == ACC else [250, 500, 1000, 2000]
        return (bytes([0, len(rates)]) + struct.pack(f"<{len(rates)}H", *rates)
                + bytes([1, 1, 16, 0])
                + bytes([2, len(ranges)]) + struct.pack(f"<{len(ranges)}H", *ranges)
                + bytes([4, 1, 3]))

    def _start(self, kind, settings):
        wanted = {0: 52, 1: 16, 2: 8 if kind == ACC else 2000, 4: 3}
        place = 0
        while place + 2 < len(settings):
            number, count = settings[place], settings[place + 1]
            size = 1 if number == 4 else 2
            if count != 1 or place + 2 + size > len(settings):
                return self._answer(0x02, kind, 5)
            wanted[number] = int.from_bytes(settings[place + 2:place + 2 + size], "little")
            place += 2 + size
        offer = {26, 52, 104, 208, 416} if self.sdk else {52}
        if wanted[0] not in offer:
            return self._answer(0x02, kind, 8)
        if kind in self.streams:
            return self._answer(0x02, kind, 6)
        factor = wanted[2] / 32768
        self._answer(0x02, kind, 0, b"\0" + bytes([5, 1]) + struct.pack("<f", factor))
        self.notice(f"start {'acc' if kind == ACC else 'gyro'} at {wanted[0]} Hz")
        stream = {"rows": [], "factor": factor, "rate": wanted[0], "kind": kind}
        self.streams[kind] = stream
        # The base keeps one stream; this device has two, each on the same clock.
        self.run_stream(wanted[0], lambda moment, index: self._sample(stream, moment))
        stream["task"], self._ran = self._ran, None
        return None

    def link_lost(self):
        # As the H10 is reported to do, it goes on measuring; nothing is kept.
        for stream in self.streams.values():
            stream["rows"].clear()

    def _sample(self, stream, moment):
        rate, force, _ = self.motion.sensor(self.segment, moment)
        if stream["kind"] == ACC:
            values = [v / GRAVITY for v in force]
        else:
            values = [v * 180 / math.pi for v in rate]
        row = [max(-32768, min(32767, round(v / stream["factor"]))) for v in values]
        stream["rows"].append(row)
        room = min(FRAME_BYTES, self.mtu - 3) - HEADER.size
        # A frame goes when the next sample could overflow it.
        if len(stream["rows"]) > 2 and len(compressed(stream["rows"])) > room - 16:
            content = compressed(stream["rows"])
            stamp = CLOCK_START + int((moment - self.boot_time) * 1e9)
            frame = HEADER.pack(stream["kind"], stamp, 0x80) + content
            self.send_data(self.data, frame, moment, samples=len(stream["rows"]))
            stream["rows"].clear()
        elif len(stream["rows"]) > 400:
            stream["rows"].clear()

    async def power_off(self):
        for stream in self.streams.values():
            stream["task"].cancel()
        await super().power_off()

