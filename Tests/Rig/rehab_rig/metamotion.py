"""MbientLab MetaMotion R (BMI160), from the vendor's protocol reference and the tests of its SDK."""

import math
import struct
import time

from .wearable import Properties, Wearable

DEGREES = 180 / math.pi
GRAVITY = 9.80665
TICK = 48 / 32768

ACC_RANGES = {0x03: 2, 0x05: 4, 0x08: 8, 0x0C: 16}
GYRO_RANGES = {0: 2000, 1: 1000, 2: 500, 3: 250, 4: 125}
RATES = {5: 12.5, 6: 25, 7: 50, 8: 100, 9: 200, 10: 400}

# Answer to `module 80`: implementation, revision, extra.
MODULES = {
    0x01: (0, 0), 0x02: (0, 1, 3, 0), 0x03: (1, 1), 0x05: (0, 2), 0x08: (0, 0), 0x09: (0, 1, 0x1C),
    0x0A: (0, 0, 0x1C), 0x0B: (0, 2, 8), 0x0F: (0, 1, 8), 0x11: (0, 9), 0x13: (0, 1),
    0x15: (0, 1), 0x19: (0, 3, 3, 0, 6, 0, 2, 0, 1, 0), 0xFE: (0, 3),
}


class MetaMotion(Wearable):
    kind = "metawear"
    local_name = "MetaWear"
    advertised_services = ("326a9000-85cb-9195-d9dd-464cfbbae75a",)

    def __init__(self, *arguments, **options):
        self.battery_level = 76
        self.lights = 0
        self.buzzes = []
        super().__init__(*arguments, **options)
        self.powered_up()

    def powered_up(self):
        self.acc = {"code": 8, "range": 4, "on": False, "enabled": False, "single": False}
        self.gyro = {"code": 8, "range": 2000, "on": False, "enabled": False, "single": False}
        self.processors = []
        self.reporting = set()
        self.processor_notify = False
        self.light_set = False

    def build(self):
        read, notify = Properties.READ, Properties.NOTIFY
        write = Properties.WRITE | Properties.WRITE_WITHOUT_RESPONSE
        make = self.characteristic
        self.answers = make("326a9006-85cb-9195-d9dd-464cfbbae75a", notify | read)
        command = make("326a9001-85cb-9195-d9dd-464cfbbae75a", write, None, self._command)
        return [
            self.service(self.advertised_services[0], [command, self.answers]),
            self.service("180A", [make("2A24", read, b"5"), make("2A25", read, b"0C5F3A"),
                                  make("2A26", read, b"1.7.3"), make("2A27", read, b"0.4"),
                                  make("2A29", read, b"MbientLab Inc")]),
        ]

    def _reply(self, *content):
        self.notify(self.answers, bytes(content))

    def _command(self, value):
        if len(value) < 2 or len(value) > 20:
            return
        module, register, data = value[0], value[1], value[2:]
        if register == 0x80:
            self._reply(module, 0x80, *MODULES.get(module, ()))
            return
        handler = {0x02: self._light, 0x03: self._accelerometer, 0x13: self._gyroscope,
                   0x08: self._haptic, 0x09: self._processor, 0x11: self._settings,
                   0xFE: self._debug}.get(module)
        if handler:
            handler(register, data)

    def _light(self, register, data):
        if register == 0x02:
            self.light_set = False
        elif register == 0x03 and len(data) == 15 and data[14] != 0:
            self.light_set = True
        elif register == 0x01 and data[:1] == b"\x01" and self.light_set:
            self.lights += 1
            self.notice("LED blinks")

    def _haptic(self, register, data):
        if register == 0x01 and len(data) >= 3:
            self.buzzes.append((time.monotonic(), data[0], struct.unpack_from("<H", data, 1)[0]))
            self.notice("motor runs")

    def _settings(self, register, data):
        if register == 0x8C:
            self._reply(0x11, 0x8C, self.battery_level, *struct.pack("<H", 4021))
        elif register == 0x09 and len(data) == 8 and self.connection:
            low, high, latency, limit = struct.unpack("<HHHH", data)
            self.notice(f"asks for {low * 1.25}-{high * 1.25} ms")
            self._ask_interval(low, high, latency, limit)

    def _ask_interval(self, low, high, latency, limit):
        """L2CAP connection parameter update request on the signalling channel."""
        link = self.link
        if link:
            body = struct.pack("<BBHHHHH", 0x12, 0x42, 8, low, high, latency, limit)
            link.queue(True, (struct.pack("<HH", len(body), 5) + body, None))

    def _debug(self, register, data):
        if register in (0x01, 0x06):
            self.powered_up()
            self.stop_stream()

    def _sensor(self, part, register, data, ranges):
        if register == 0x03 and len(data) >= 2:
            part["code"] = data[0] & 0x0F
            part["range"] = ranges.get(data[1], part["range"])
        elif register == 0x02 and len(data) >= 2:
            part["enabled"] = data[0] == 1
        elif register == 0x01 and data:
            part["on"] = data[0] == 1
            self._restart()

    def _accelerometer(self, register, data):
        if register == 0x04 and data:
            self.acc["single"] = data[0] == 1
        else:
            self._sensor(self.acc, register, data, ACC_RANGES)

    def _gyroscope(self, register, data):
        if register == 0x05 and data:
            self.gyro["single"] = data[0] == 1
        else:
            self._sensor(self.gyro, register, data, GYRO_RANGES)

    def _processor(self, register, data):
        if register == 0x08:
            self.processors, self.reporting = [], set()
        elif register == 0x02 and len(data) >= 5:
            kinds = {0x0F: "buffer", 0x1B: "fuser", 0x08: "limiter", 0x11: "accounter"}
            kind = kinds.get(data[4])
            counts = data[4] == 0x11 and len(data) > 5 and data[5] == 0x30
            self.processors.append((kind, counts))
            self._reply(0x09, 0x02, len(self.processors) - 1)
        elif register == 0x07 and len(data) >= 2:
            (self.reporting.add if data[1] else self.reporting.discard)(data[0])
        elif register == 0x03 and data:
            self.processor_notify = data[0] == 1

    def _restart(self):
        running = self.acc["on"] and self.acc["enabled"]
        if running and not self.is_streaming:
            rate = RATES.get(self.acc["code"], 100)
            self.notice(f"start at {rate} Hz")
            self.run_stream(rate, self._sample)
        elif not running and self.is_streaming:
            self.notice("stop")
            self.stop_stream()

    def _counts(self, moment):
        rate, force, _ = self.motion.sensor(self.segment, moment)
        per_g = 32768 / self.acc["range"]
        per_degree = 32800 / self.gyro["range"]

        def clip(value):
            return max(-32768, min(32767, round(value)))

        return ([clip(v / GRAVITY * per_g) for v in force],
                [clip(v * DEGREES * per_degree) for v in rate])

    def _sample(self, moment, index):
        force, rate = self._counts(moment)
        chain = next((i for i in sorted(self.reporting) if i < len(self.processors)
                      and self.processors[i][0] == "accounter"), None)
        if chain is not None and self.processor_notify:
            counts = self.processors[chain][1]
            mark = index if counts else int((moment - self.boot_time) / TICK)
            packet = struct.pack("<BBBI6h", 0x09, 0x03, chain, mark & 0xFFFFFFFF, *force, *rate)
            self.send_data(self.answers, packet, moment)
            return
        if self.acc["single"]:
            self.send_data(self.answers, struct.pack("<BB3h", 3, 4, *force), moment)
        if self.gyro["single"] and self.gyro["on"]:
            self.send_data(self.answers, struct.pack("<BB3h", 0x13, 5, *rate), moment)
