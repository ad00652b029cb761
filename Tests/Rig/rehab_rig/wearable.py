"""What all emulated wearables share: a GATT server on a controller of its own, a stream, faults by command."""

import asyncio
import struct
import time
from dataclasses import dataclass

from bumble import att, hci
from bumble.controller import Controller
from bumble.core import UUID, AdvertisingData
from bumble.device import Device, DeviceConfiguration
from bumble.gatt import Characteristic, CharacteristicValue, Service
from bumble.host import Host
from bumble.keys import MemoryKeyStore
from bumble.pairing import PairingConfig
from bumble.transport.common import AsyncPipeSink

# What the emulated controller makes of it is 100 ms: it takes the 0.625 ms units for milliseconds.
ADVERTISING_INTERVAL_MS = 62.5
Properties = Characteristic.Properties


@dataclass
class Faults:
    """Misbehaviour that can be switched on while the wearable runs."""

    silent: bool = False
    # Notifications refused by the wearable itself, as a share, with their seed.
    skip: float = 0.0
    early: int = 0
    ignore_subscription: bool = False
    flood_hertz: int = 0
    malformed: int = 0


@dataclass
class Sent:
    """One notification of data, as the wearable knows it. Times: CLOCK_MONOTONIC outside, ns."""

    number: int
    motion_time: float
    queued: int
    payload: bytes
    delivered: int = 0
    samples: int = 1


class Bonds(MemoryKeyStore):
    """Bonds of a wearable that was paired with.

    Without Secure Connections a link is encrypted anew by the key that the peripheral gave away; Bumble files that
    one under `ltk_central` and then looks under `ltk_peripheral`.
    """

    async def update(self, name, keys):
        if keys.ltk is None:
            keys.ltk_peripheral = keys.ltk_central
        await super().update(name, keys)


class WearableController(Controller):
    """Advertises and serves one connection."""

    le_features = Controller.le_features & ~(
        hci.LeFeatureMask.LL_PRIVACY | hci.LeFeatureMask.LE_EXTENDED_ADVERTISING
        | hci.LeFeatureMask.LE_PERIODIC_ADVERTISING)


class Wearable:
    """A body-worn sensor. A kind adds its services in `build` and its packets in `stream`."""

    kind = ""
    local_name = ""
    advertised_services = ()
    manufacturer = None  # (company, bytes)

    def __init__(self, air, address, motion, segment="pelvis", ppm=0.0, guarded=False):
        # Guarded: settings can be read and written on an encrypted link only, so it must be paired with.
        self.guarded = guarded
        self.air = air
        self.address = address
        self.motion = motion
        self.segment = segment
        self.ppm = ppm
        self.faults = Faults()
        self.sent = []
        self.skipped = 0
        self.refused = 0
        self.writes = []
        self.notices = []
        self.subscribed = set()
        self.connection = None
        self.boot_time = time.monotonic()
        self._tasks = set()
        self._ran = None
        self.began_streaming = 0
        self.controller = WearableController(f"{self.kind} {address}", link=air)
        self.controller.random_address = hci.Address(address)

    # Building.

    async def power_on(self):
        host = Host()
        host.controller = self.controller
        self.controller.host = AsyncPipeSink(host)
        first, second = self._advertisement()
        self.device = Device(
            config=DeviceConfiguration(
                name=self.local_name or "sensor", address=hci.Address(self.address),
                advertising_data=first, scan_response_data=second), host=host)
        # Legacy "Just Works": Secure Connections want ECDH, whose self-test does not pass in emulation.
        self.device.pairing_config_factory = lambda connection: PairingConfig(sc=False, mitm=False, bonding=True)
        self.device.keystore = Bonds()
        self.device.on("connection", self._connected)
        for service in self.build():
            self.device.add_service(service)
        self._wrap_server()
        await self.device.power_on()
        self.controller.random_address = hci.Address(self.address)
        await self.device.start_advertising(
            auto_restart=True, advertising_interval_min=ADVERTISING_INTERVAL_MS,
            advertising_interval_max=ADVERTISING_INTERVAL_MS)

    def _advertisement(self):
        """What is advertised and what a scanner that asks is answered: 31 bytes each."""
        parts = [(AdvertisingData.FLAGS, b"\x06")]
        if self.manufacturer:
            parts.append((AdvertisingData.MANUFACTURER_SPECIFIC_DATA,
                          struct.pack("<H", self.manufacturer[0]) + self.manufacturer[1]))
        for uuid in self.advertised_services:
            value = bytes(UUID(uuid))
            parts.append((AdvertisingData.COMPLETE_LIST_OF_16_BIT_SERVICE_CLASS_UUIDS
                          if len(value) == 2
                          else AdvertisingData.COMPLETE_LIST_OF_128_BIT_SERVICE_CLASS_UUIDS, value))
        name = (AdvertisingData.COMPLETE_LOCAL_NAME, self.local_name.encode())
        if sum(len(content) + 2 for _, content in [*parts, name]) <= 31:
            return bytes(AdvertisingData([*parts, name])), b""
        return bytes(AdvertisingData(parts)), bytes(AdvertisingData([name]))

    def build(self):
        raise NotImplementedError

    def characteristic(self, uuid, properties, read=None, write=None):
        """A characteristic whose writes are noted and given to `write`."""

        def taken(connection, value):
            self.writes.append((time.monotonic(), uuid, bytes(value)))
            return write(bytes(value)) if write else None

        def given(connection):
            return read() if callable(read) else (read or b"")

        permissions = Characteristic.Permissions.READABLE | Characteristic.Permissions.WRITEABLE
        if self.guarded:
            permissions |= (Characteristic.Permissions.READ_REQUIRES_ENCRYPTION
                            | Characteristic.Permissions.WRITE_REQUIRES_ENCRYPTION)
        made = Characteristic(
            UUID(uuid), properties, permissions, CharacteristicValue(read=given, write=taken))
        made.rig_uuid = uuid
        made.on(Characteristic.EVENT_SUBSCRIPTION,
                lambda bearer, notify, indicate: self._subscription(made, notify or indicate))
        return made

    @staticmethod
    def service(uuid, characteristics):
        return Service(UUID(uuid), characteristics)

    def _wrap_server(self):
        """Lets a fault swallow the answer to a subscription."""
        server = self.device.gatt_server
        original = server.on_att_write_request
        cccd = UUID.from_16_bits(0x2902)

        def wrapped(bearer, request):
            attribute = server.get_attribute(request.attribute_handle)
            if self.faults.ignore_subscription and attribute is not None and attribute.type == cccd:
                return None
            return original(bearer, request)

        server.on_att_write_request = wrapped

    # The link.

    def _connected(self, connection):
        self.connection = connection
        self.notice("connected")
        connection.on("disconnection", lambda reason: self._disconnected(reason))

    def _disconnected(self, reason):
        self.connection = None
        self.subscribed.clear()
        self.notice(f"disconnected {reason:#x}")
        self.link_lost()

    def link_lost(self):
        """What the firmware does when the link drops."""

    def _subscription(self, characteristic, on):
        (self.subscribed.add if on else self.subscribed.discard)(characteristic)
        self.notice(f"{'subscribed' if on else 'unsubscribed'} {characteristic.rig_uuid[:8]}")
        if on:
            for _ in range(self.faults.early):
                self.send_early(characteristic)
        self.subscription_changed(characteristic, on)

    def subscription_changed(self, characteristic, on):
        """A hook: some devices stream as soon as they are subscribed to."""

    def send_early(self, characteristic):
        """One data packet before the subscription is even answered."""

    @property
    def link(self):
        return self.air.peripheral_link(self.controller)

    @property
    def conditions(self):
        return self.air.conditions_of(self.controller)

    @property
    def mtu(self):
        return self.connection.att_mtu if self.connection else 23

    # Sending.

    def notify(self, characteristic, payload, record=None, opcode=0x1B):
        """Queues one notification (0x1B) or indication (0x1D); false where the stack refuses it."""
        link = self.link
        if link is None or characteristic not in self.subscribed:
            return False
        payload = payload[: self.mtu - 3]
        body = struct.pack("<BH", opcode, characteristic.handle) + payload
        data = struct.pack("<HH", len(body), 4) + body

        def delivered(moment):
            record.delivered = moment

        if not link.queue(True, (data, delivered if record else None)):
            self.refused += 1
            return False
        return True

    def send_data(self, characteristic, payload, motion_time, samples=1):
        """Data: noted with its truth, unless a fault takes it."""
        if self.faults.silent:
            return
        if self.faults.skip and self.conditions.generator.random() < self.faults.skip:
            self.skipped += samples
            return
        record = Sent(len(self.sent), motion_time, time.monotonic_ns(), bytes(payload),
                      samples=samples)
        if self.notify(characteristic, payload, record):
            self.sent.append(record)

    def notice(self, text):
        self.notices.append((time.monotonic(), text))

    # The stream.

    def run_stream(self, rate, step):
        """Calls `step(motion time, index)` on the grid of the sensor's own crystal until stopped."""
        self.stop_stream()
        task = asyncio.create_task(self._stream(rate * (1 + self.ppm * 1e-6), step))
        self._ran = task
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        self.began_streaming = time.monotonic()

    def stop_stream(self):
        if self._ran:
            self._ran.cancel()
            self._ran = None

    @property
    def is_streaming(self):
        return self._ran is not None and not self._ran.done()

    async def _stream(self, rate, step):
        start = time.monotonic()
        index = 0
        while True:
            due = start + index / rate
            delay = due - time.monotonic()
            if delay > 0:
                await asyncio.sleep(delay)
            step(due, index)
            index += 1

    def start_flood(self, hertz, payload, characteristic):
        """Sends `payload` at `hertz`, in bursts of a millisecond, beside the stream."""

        async def flood():
            while self.faults.flood_hertz:
                begun = time.monotonic()
                for _ in range(max(1, hertz // 100)):
                    self.notify(characteristic, payload)
                await asyncio.sleep(max(0, 0.01 - (time.monotonic() - begun)))

        self.faults.flood_hertz = hertz
        task = asyncio.create_task(flood())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def reboot(self, seconds):
        """Dead for so long, then as after power-on: not streaming, clock at zero."""
        self.notice("reboot")
        self.stop_stream()
        conditions, was = self.conditions, self.conditions.in_range
        conditions.in_range = False
        link = self.link
        if link:
            central, sender = link.central, link.peripheral_address
            link.close()
            asyncio.get_running_loop().call_later(link.timeout, self._not_heard, central, sender)
            if connection := self.controller.le_connections.get(link.central_address):
                self.controller.on_le_disconnected(
                    connection, hci.HCI_ErrorCode.CONNECTION_TIMEOUT_ERROR)
        self.powered_up()
        await asyncio.sleep(seconds)
        self.boot_time = time.monotonic()
        conditions.in_range = was
        self.notice("up again")

    @staticmethod
    def _not_heard(central, address):
        if connection := central.le_connections.get(address):
            central.on_le_disconnected(connection, hci.HCI_ErrorCode.CONNECTION_TIMEOUT_ERROR)

    def powered_up(self):
        """Settings as after power-on."""

    async def power_off(self):
        self.stop_stream()
        self.faults.flood_hertz = 0
        for task in list(self._tasks):
            task.cancel()


def att_error(code):
    return att.ATT_Error(error_code=code)
