"""The air between emulated wearables and the machine's adapter, with connection events and faults.

Bumble gives controllers and a link that delivers everything at once. Here a link delivers at connection
events, repeats what was lost, and ends by supervision time-out, so that interval, interference and range
have the effect that they have in a room.
"""

import asyncio
import random
import time
from collections import deque
from dataclasses import dataclass, field

from bumble import hci, ll
from bumble.controller import Controller
from bumble.core import PhysicalTransport
from bumble.link import LocalLink
from bumble.transport.unix import open_unix_server_transport

# Packets that one connection event carries each way.
EVENT_CAPACITY = 6
# Packets that a wearable's stack holds for one link; more are refused, as small stacks do.
QUEUE_LIMIT = 400
CONNECTION_TIMEOUT = hci.HCI_ErrorCode.CONNECTION_TIMEOUT_ERROR


@dataclass
class Conditions:
    """What stands between one wearable and the adapter."""

    in_range: bool = True
    # Share of connection events in which a packet is not heard.
    loss: float = 0.0
    # (every s, for s): the air is taken now and then.
    burst: tuple = ()
    generator: random.Random = field(default_factory=lambda: random.Random(1))

    def passes(self, now):
        if not self.in_range:
            return False
        if self.burst and now % self.burst[0] < self.burst[1]:
            return False
        return self.loss == 0 or self.generator.random() >= self.loss


class Link:
    """One live connection: two queues, emptied at connection events."""

    def __init__(self, air, central, peripheral, central_address, peripheral_address, interval, timeout):
        self.air = air
        self.central = central
        self.peripheral = peripheral
        self.central_address = central_address
        self.peripheral_address = peripheral_address
        self.interval = interval
        self.timeout = timeout
        self.up = deque()
        self.down = deque()
        self.refused = 0
        self.delivered = 0
        self.repeats = 0
        self.closed = False
        self.timed_out = False
        self.last_heard = self.due = time.monotonic()
        self.events = [(self.due, interval, timeout)]
        self._arm()

    def _arm(self):
        now = time.monotonic()
        self.due = max(self.due + self.interval, now)
        asyncio.get_running_loop().call_later(max(0, self.due - now), self._event)

    def queue(self, to_central, item):
        queue = self.up if to_central else self.down
        if len(queue) >= QUEUE_LIMIT:
            self.refused += 1
            return False
        queue.append(item)
        return True

    def _event(self):
        if self.closed:
            return
        now = time.monotonic()
        conditions = self.air.conditions_of(self.peripheral)
        for _ in range(EVENT_CAPACITY):
            if not conditions.passes(now):
                self.repeats += 1
                break
            self.last_heard = now
            if self.down:
                self._deliver(self.down.popleft(), self.peripheral, self.central_address)
            if self.up and not self.closed:
                self._deliver(self.up.popleft(), self.central, self.peripheral_address)
            if self.closed or not (self.up or self.down):
                break
        if self.closed:
            return
        if now - self.last_heard > self.timeout:
            self.lose(CONNECTION_TIMEOUT)
        else:
            self._arm()

    def _deliver(self, item, controller, sender):
        connection = controller.le_connections.get(sender)
        if connection is None:
            return
        if isinstance(item, ll.ControlPdu):
            if isinstance(item, ll.ConnectionUpdateInd):
                self.interval = item.interval * 0.00125
                self.timeout = item.timeout * 0.010
                self.events.append((time.monotonic(), self.interval, self.timeout))
            controller.on_ll_control_pdu(sender, item)
            if isinstance(item, ll.TerminateInd):
                self.close()
            return
        data, delivered = item
        controller.on_link_acl_data(sender, PhysicalTransport.LE, data)
        if delivered:
            self.delivered += 1
            delivered(time.monotonic_ns())

    def close(self):
        self.closed = True
        self.air.links.discard(self)

    def lose(self, reason=CONNECTION_TIMEOUT):
        """Both sides find the link dead."""
        self.timed_out = reason == CONNECTION_TIMEOUT
        self.close()
        for controller, sender in (
            (self.central, self.peripheral_address), (self.peripheral, self.central_address)
        ):
            if connection := controller.le_connections.get(sender):
                controller.on_le_disconnected(connection, reason)


class Air(LocalLink):
    """All controllers in the room."""

    def __init__(self):
        super().__init__()
        self.links = set()
        self.centrals = set()
        self.conditions = {}
        self.history = []

    def conditions_of(self, controller):
        return self.conditions.setdefault(controller, Conditions())

    def link_of(self, one, other_address):
        for link in self.links:
            if link.central is one and link.peripheral_address == other_address:
                return link
            if link.peripheral is one and link.central_address == other_address:
                return link
        return None

    def peripheral_link(self, peripheral):
        """The newest link of a wearable, or None."""
        return next((link for link in self.links if link.peripheral is peripheral), None)

    def advertiser(self, address):
        """The wearable's controller with this address, or None."""
        return next((c for c in self.controllers - self.centrals if c.random_address == address), None)

    def connected(self, central, connection, interval, timeout):
        peripheral = self.advertiser(connection.peer_address)
        if peripheral:
            link = Link(self, central, peripheral, connection.self_address,
                        connection.peer_address, interval, timeout)
            self.links.add(link)
            self.history.append(link)

    # What Bumble calls.

    def send_acl_data(self, sender_controller, destination_address, transport, data):
        link = self.link_of(sender_controller, destination_address)
        if link:
            link.queue(sender_controller is link.peripheral, (data, None))

    def send_ll_control_pdu(self, sender_address, receiver_address, packet):
        for link in self.links:
            if (link.central_address, link.peripheral_address) == (sender_address, receiver_address):
                link.queue(False, packet)
                return
            if (link.peripheral_address, link.central_address) == (sender_address, receiver_address):
                link.queue(True, packet)
                return

    def send_advertising_pdu(self, sender_controller, packet):
        loop = asyncio.get_running_loop()
        if isinstance(packet, ll.ConnectInd):
            for controller in self.controllers - self.centrals:
                if controller.random_address == packet.advertiser_address:
                    controller.on_ll_advertising_pdu(packet)
            return
        if not self.conditions_of(sender_controller).passes(time.monotonic()):
            return
        for central in self.centrals:
            loop.call_soon(central.on_ll_advertising_pdu, packet)


class Adapter(Controller):
    """The controller that the machine's kernel drives, with what Bumble's leaves out."""

    # Not offered: the controller answers a connect with the plain completion event, and a kernel that sees
    # these bits waits for the enhanced one.
    le_features = Controller.le_features & ~(
        hci.LeFeatureMask.LL_PRIVACY | hci.LeFeatureMask.LE_EXTENDED_ADVERTISING
        | hci.LeFeatureMask.EXTENDED_SCANNER_FILTER_POLICIES
        | hci.LeFeatureMask.LE_PERIODIC_ADVERTISING
        | hci.LeFeatureMask.LE_CODED_PHY | hci.LeFeatureMask.LE_2M_PHY)
    total_num_le_acl_data_packets = 16
    rssi = -58

    def __init__(self, name, air, address):
        super().__init__(name, link=air, public_address=address)
        air.centrals.add(self)
        self.creates = 0
        self.updates = []

    def create_le_connection(self, peer_address):
        command = self.pending_le_connection
        super().create_le_connection(peer_address)
        connection = self.le_connections.get(peer_address)
        if connection and self.pending_le_connection is None:
            self.creates += 1
            self.link.connected(self, connection, command.connection_interval_min * 0.00125,
                                command.supervision_timeout * 0.010)

    def on_advertising_pdu(self, pdu):
        """Reports what is heard, the scan response too where the scan asks for it; may connect."""
        if self.le_scan_enable:
            kinds = hci.HCI_LE_Advertising_Report_Event.EventType
            sender = self.link.advertiser(pdu.advertiser_address)
            heard = [(kinds.ADV_IND, pdu.data)]
            if self.le_scan_type == 1 and sender:
                heard.append((kinds.SCAN_RSP, sender.le_legacy_advertiser.scan_response_data))
            for kind, data in heard:
                self.send_hci_packet(hci.HCI_LE_Advertising_Report_Event([
                    hci.HCI_LE_Advertising_Report_Event.Report(
                        event_type=kind, address_type=pdu.advertiser_address.address_type,
                        address=pdu.advertiser_address, data=data, rssi=self.rssi)]))
        pending = self.pending_le_connection
        if pending and pending.peer_address == pdu.advertiser_address:
            self.create_le_connection(pdu.advertiser_address)

    def on_hci_le_create_connection_cancel_command(self, command):
        pending, self.pending_le_connection = self.pending_le_connection, None
        if pending is None:
            return hci.HCI_StatusReturnParameters(hci.HCI_ErrorCode.COMMAND_DISALLOWED_ERROR)
        asyncio.get_running_loop().call_soon(self.send_hci_packet, hci.HCI_LE_Connection_Complete_Event(
            status=hci.HCI_ErrorCode.UNKNOWN_CONNECTION_IDENTIFIER_ERROR, connection_handle=0,
            role=hci.Role.CENTRAL, peer_address_type=pending.peer_address.address_type,
            peer_address=pending.peer_address, connection_interval=0, peripheral_latency=0,
            supervision_timeout=0, central_clock_accuracy=0))
        return hci.HCI_StatusReturnParameters(hci.HCI_ErrorCode.SUCCESS)

    def on_hci_le_connection_update_command(self, command):
        self.updates.append((time.monotonic(), command.connection_interval_max * 1.25,
                             command.supervision_timeout * 10))
        return super().on_hci_le_connection_update_command(command)

    def on_hci_read_rssi_command(self, command):
        return hci.HCI_Read_RSSI_ReturnParameters(
            status=hci.HCI_ErrorCode.SUCCESS, handle=command.handle, rssi=self.rssi)

    def on_hci_reset_command(self, command):
        self.silence()
        return hci.HCI_StatusReturnParameters(hci.HCI_ErrorCode.SUCCESS)

    def silence(self):
        """As after power-off: no scan, no connect, and the wearables hear nothing more."""
        self.le_scan_enable = False
        self.pending_le_connection = None
        self.le_connections.clear()
        for link in [link for link in self.link.links if link.central is self]:
            link.close()
            asyncio.get_running_loop().call_later(link.timeout, self._forgotten, link)

    @staticmethod
    def _forgotten(link):
        if connection := link.peripheral.le_connections.get(link.central_address):
            link.peripheral.on_le_disconnected(connection, CONNECTION_TIMEOUT)


async def open_adapter(air, path, address):
    """An adapter that waits on a Unix socket for the machine."""
    path.unlink(missing_ok=True)
    transport = await open_unix_server_transport(str(path))
    adapter = Adapter(f"adapter {address}", air, hci.Address(address, hci.Address.PUBLIC_DEVICE_ADDRESS))
    adapter.host = transport.sink
    transport.source.set_packet_sink(adapter)
    adapter.transport = transport
    return adapter
