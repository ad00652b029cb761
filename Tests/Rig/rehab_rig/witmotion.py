"""WitMotion WT901BLE, from the vendor's SDK and data sheet (v20-0707)."""

import math
import struct
import time

from .wearable import Properties, Wearable

GRAVITY = 9.80665
RATES = {1: 0.2, 2: 0.5, 3: 1, 4: 2, 5: 5, 6: 10, 7: 20, 8: 50, 9: 100, 11: 200}
UNLOCK_SECONDS = 10


class WitMotion(Wearable):
    kind = "witmotion"
    local_name = "WT901BLE67"
    advertised_services = ("0000ffe5-0000-1000-8000-00805f9a34fb",)

    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        self.battery_volts = 3.98
        self.saved = 0
        self.powered_up()

    def powered_up(self):
        self.registers = {0x03: 6, 0x24: 0}
        self.unlocked = 0.0

    def build(self):
        make = self.characteristic
        self.data = make("0000ffe4-0000-1000-8000-00805f9a34fb", Properties.NOTIFY)
        write = Properties.WRITE | Properties.WRITE_WITHOUT_RESPONSE
        command = make("0000ffe9-0000-1000-8000-00805f9a34fb", write, None, self._command)
        return [self.service(self.advertised_services[0], [self.data, command])]

    def subscription_changed(self, characteristic, on):
        if on:
            self._run()
        else:
            self.stop_stream()

    def link_lost(self):
        self.stop_stream()

    def _run(self):
        rate = RATES.get(self.registers[0x03], 10)
        self.notice(f"streams at {rate} Hz")
        self.run_stream(rate, self._sample)

    def _command(self, value):
        if len(value) != 5 or value[:2] != b"\xff\xaa":
            return
        register, content = value[2], struct.unpack_from("<H", value, 3)[0]
        if register == 0x69 and content == 0xB588:
            self.unlocked = time.monotonic()
        elif register == 0x27:
            self._answer(content & 0xFF)
        elif register == 0x00:
            self.saved += 1
        elif time.monotonic() - self.unlocked < UNLOCK_SECONDS:
            self.registers[register] = content
            if register == 0x03 and self.is_streaming:
                self._run()

    def _answer(self, register):
        known = {0x64: round(self.battery_volts * 100), 0x40: 2950, 0x2E: 0x0102}
        values = [known.get(register + i, 0) for i in range(8)]
        self.notify(self.data, struct.pack("<BBH8h", 0x55, 0x71, register, *values)[:20])

    def _packet(self, moment):
        rate, force, q = self.motion.sensor(self.segment, moment)
        w, x, y, z = q
        roll = math.atan2(2 * (w * x + y * z), 1 - 2 * (x * x + y * y))
        pitch = math.asin(max(-1.0, min(1.0, 2 * (w * y - z * x))))
        yaw = math.atan2(2 * (w * z + x * y), 1 - 2 * (y * y + z * z))
        values = ([v / GRAVITY / 16 for v in force]
                  + [v * 180 / math.pi / 2000 for v in rate]
                  + [v / math.pi for v in (roll, pitch, yaw)])
        return struct.pack("<BB9h", 0x55, 0x61,
                           *(max(-32768, min(32767, round(v * 32768))) for v in values))

    def send_early(self, characteristic):
        self.notify(self.data, self._packet(time.monotonic()))

    def _sample(self, moment, index):
        self.send_data(self.data, self._packet(moment), moment)
