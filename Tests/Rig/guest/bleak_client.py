"""Runs inside the machine: an independent client (PyPI bleak) that takes the same notifications.

bleak_client.py OUTPUT SECONDS JOIN ADDRESS...: connects, starts mode 26 of each Movella DOT, notes every
notification. JOIN 1: the sensors stream already; it only subscribes, and starts and stops nothing.
"""

import asyncio
import json
import sys
import time

from bleak import BleakClient, BleakScanner
from bleak.backends.bluezdbus.manager import get_global_bluez_manager
from bleak.backends.device import BLEDevice

BASE = "1517{}-4947-11e9-8646-d663bd873d93"


async def joined(address):
    """A connected sensor no longer advertises, so no scan finds it; BlueZ has it as an object."""
    manager = await get_global_bluez_manager()
    for path, interfaces in manager._properties.items():  # pylint: disable=protected-access
        properties = interfaces.get("org.bluez.Device1", {})
        if properties.get("Address") == address and properties.get("Connected"):
            return BLEDevice(address, properties.get("Name"), {"path": path, "props": properties})
    raise SystemExit(f"{address} is not connected")


async def main():
    output, seconds, join, addresses = sys.argv[1], float(sys.argv[2]), sys.argv[3] == "1", sys.argv[4:]
    taken = {address: [] for address in addresses}
    clients = []
    for address in addresses:
        device = None
        if not join:
            device = await BleakScanner.find_device_by_address(address, timeout=20)
            if device is None:
                raise SystemExit(f"{address} was not found")
        else:
            device = await joined(address)
        client = BleakClient(device or address, timeout=30)
        await client.connect()
        clients.append((address, client))
    for address, client in clients:
        notes = taken[address]
        await client.start_notify(
            BASE.format("2002"), lambda _, data, notes=notes: notes.append((time.time_ns(), bytes(data))))
        if not join:
            await client.write_gatt_char(BASE.format("2001"), bytes([1, 1, 26]), response=True)
    await asyncio.sleep(2)
    before = time.process_time()
    counts = sum(len(notes) for notes in taken.values())
    begun = time.monotonic()
    await asyncio.sleep(seconds)
    spent = time.process_time() - before
    counted = sum(len(notes) for notes in taken.values()) - counts
    lasted = time.monotonic() - begun
    with open(output, "w", encoding="utf-8") as out:
        json.dump({"cpu_seconds": spent, "notifications": counted, "seconds": lasted,
                   "taken": {address: [(stamp, data.hex()) for stamp, data in notes]
                             for address, notes in taken.items()}}, out)
    for _, client in clients:
        if not join:
            await client.write_gatt_char(BASE.format("2001"), bytes([1, 0, 0]), response=True)
        await client.disconnect()


asyncio.run(main())
