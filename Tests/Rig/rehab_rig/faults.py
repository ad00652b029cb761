"""What is shown on the rig, second part: the faults of the table that need a real BlueZ."""

import asyncio
import struct
import time

from .common import losses, outside_python, packets_by_sensor, scenario, stream_three
from .session import percentile

DETECT = 300  # ms
RECOVER = 2000


class Fault:
    """Three sensors stream; one of them, `victim`, suffers. Times are of the machine's clock."""

    def __init__(self, rig, name):
        self.rig = rig
        self.name = name

    async def __aenter__(self):
        await self.rig.start_capture(self.name)
        self.dots = await stream_three(self.rig, self.name)
        await asyncio.sleep(3)
        self.victim = self.dots["dot-a"]
        self.removed = []  # (outside s at which a fault was taken away)
        self.began = []
        self.copies = set()
        return self

    async def __aexit__(self, kind, error, trace):
        if kind is None:
            self.copied = time.monotonic_ns()
            recording = await self.rig.recording(self.name)
            self.found = await self.rig.stop_capture()
            self.judge(recording)
        else:
            await self.rig.stop_capture()
        await self.rig.stop_watch()

    def start(self):
        self.began.append(time.monotonic())

    def end(self):
        self.removed.append(time.monotonic())

    async def back(self, limit=30):
        """Waits until all three stream again; counts from the newest `end`."""
        since = len(self.rig.watched())

        def all_back():
            for line in reversed(self.rig.watched()[since:]):
                sensors = {s["name"]: s for s in line.get("sensors") or []}
                if sensors:
                    return all((sensors.get(n) or {}).get("state") == "streaming" for n in self.dots)
            return False

        return await self.rig.until(all_back, limit, "all sensors back")

    # Figures.

    def judge(self, recording):
        rig = self.rig
        self.offset = rig.clock_offset(self.found, self.dots.values())
        self.recorded = packets_by_sensor(recording)
        self.marks = recording
        losses(rig, self.dots, recording, away={name: self.away(name) for name in self.dots},
               copies=self.copies, offset=self.offset or 0.0, until=self.copied)
        api = rig.api_milliseconds()
        if api:
            rig.limit("status answers p99 (Python client inside)", round(percentile(api, 0.99), 1), 50, "ms")
            rig.figure("the same for a process that only answers",
                       round(percentile(rig.echo_milliseconds(), 0.99), 1), "ms")

    def away(self, name):
        """[(from, to)] ns, outside clock: the longest pause of the recording around each recorded loss.

        The recording's own marks, not the events: a sensor that is set up anew at once is never told as lost.
        The longest pause: a packet that was under way may still come after the mark.
        """
        stamps = [stamp for stamp, _ in self.recorded.get(name, [])]
        marks = [(int(words[1]) / 1e9, words[2]) for kind, words in self.marks
                 if kind == "m" and words[3:4] == [name]]
        spans = []
        for place, (moment, what) in enumerate(marks):
            if what != "lost":
                continue
            back = next((later for later, word in marks[place:] if word == "resumed"), float("inf"))
            near = [stamp for stamp in stamps if stamp < moment][-1:] + [
                stamp for stamp in stamps if moment <= stamp < back] + [
                    stamp for stamp in stamps if stamp >= back][:1]
            begin, end = max(zip(near, near[1:]), key=lambda pair: pair[1] - pair[0],
                             default=(near[0] if near else 0, float("inf")))
            spans.append(((begin - (self.offset or 0)) * 1e9, (end - (self.offset or 0)) * 1e9))
        return spans

    def detection(self, name="dot-a", limit=DETECT):
        """ms from the last notification before each loss to the event that tells it."""
        times = [moment for moment, address, _, _ in self.found.notifications
                 if address == self.dots[name].address]
        gaps = []
        for moment, state in self.rig.sensor_events(name):
            before = [t for t in times if t < moment]
            if state == "lost" and before:
                gaps.append((moment - before[-1]) * 1000)
        self.rig.limit(f"loss noticed, worst of {len(gaps)} ({name})",
                       round(max(gaps), 1) if gaps else None, limit, "ms")
        return gaps

    def recovery(self, names=("dot-a",), limit=RECOVER, marks=None):
        """s from each removal of the fault to the first packet recorded after it."""
        took = []
        for mark in marks if marks is not None else [m + (self.offset or 0) for m in self.removed]:
            first = []
            for name in names:
                later = [stamp for stamp, _ in self.recorded.get(name, []) if stamp > mark]
                first.append(later[0] - mark if later else None)
            took.append(None if None in first else max(first) * 1000)
        seen = [value for value in took if value is not None]
        self.rig.limit(f"recovery p95 of {len(took)}",
                       round(percentile(seen, 0.95), 0) if len(seen) == len(took) and seen else None,
                       limit, "ms")
        if seen:
            self.rig.figure("recovery p50", round(percentile(seen, 0.5), 0), "ms")
        return took

    def start_of_bluetoothd(self, mark):
        """How much of a recovery went by before bluetoothd answered and had its adapter on."""
        begun = [moment for name in self.dots for moment, state in self.rig.sensor_events(name)
                 if moment > mark and state in ("searching", "connecting")]
        self.rig.figure("of it bluetoothd's own start", round((min(begun) - mark) * 1000) if begun else None, "ms")

    def others_unhurt(self):
        """Samples of the other sensors that the daemon tells as lost."""
        total = sum(((self.rig.newest(name) or {}).get("lost_samples") or 0)
                    for name in list(self.dots)[1:])
        self.rig.figure("samples lost of the other sensors", total, "", "0", total == 0)

    def silent(self, name="dot-a"):
        """Samples missing by the sensor's own counter, less those the daemon tells as lost."""
        stamps = [struct.unpack_from("<I", payload)[0] for _, payload in self.recorded.get(name, [])
                  if len(payload) >= 44]
        missing = 0
        for one, two in zip(stamps, stamps[1:]):
            step = (two - one) & 0xFFFFFFFF
            if 0 < step < 60_000_000:
                missing += max(0, round(step / (1e6 / 60)) - 1)
        told = (self.rig.newest(name) or {}).get("lost_samples") or 0
        self.rig.figure(f"samples missing by the sensor's clock, and told as lost ({name})",
                        f"{missing}, {told}")


@scenario("one sensor out of range and back, several times")
async def run_range(rig, cycles=5):
    async with Fault(rig, "range") as fault:
        for _ in range(cycles):
            fault.start()
            fault.victim.conditions.in_range = False
            await asyncio.sleep(4)
            fault.victim.conditions.in_range = True
            fault.end()
            if not await fault.back():
                break
            await asyncio.sleep(2)
    fault.detection()
    fault.recovery()
    fault.others_unhurt()
    fault.silent()


@scenario("a sensor that reboots")
async def run_reboot(rig):
    async with Fault(rig, "reboot") as fault:
        fault.start()
        await fault.victim.reboot(3)
        fault.end()
        rig.check("it streams again", await fault.back())
        await asyncio.sleep(2)
    fault.detection()
    fault.recovery()
    fault.others_unhurt()


@scenario("bluetoothd restarted")
async def run_restart(rig):
    async with Fault(rig, "restart") as fault:
        told = await rig.machine.need(
            "systemctl restart bluetooth; python3 -c 'import time; print(time.monotonic())'")
        rig.check("they stream again", await fault.back(60))
        await asyncio.sleep(2)
    fault.recovery(tuple(fault.dots), 3000, [float(told)])
    fault.start_of_bluetoothd(float(told))


@scenario("bluetoothd killed, and nobody restarts it")
async def run_kill(rig):
    async with Fault(rig, "kill") as fault:
        told = await rig.machine.need(
            "kill -SEGV $(pidof bluetoothd); python3 -c 'import time; print(time.monotonic())'")
        rig.check("they stream again", await fault.back(60))
        await asyncio.sleep(2)
    fault.recovery(tuple(fault.dots), 4500, [float(told)])
    fault.start_of_bluetoothd(float(told))


@scenario("the adapter pulled, and back under another index")
async def run_adapter(rig):
    async with Fault(rig, "adapter") as fault:
        fault.start()
        await rig.detach_adapter()
        # Something else takes index 0: a controller that never answers.
        await rig.machine.need(
            "systemd-run --quiet --unit=placeholder python3 -c 'import os, time\n"
            "f = os.open(\"/dev/vhci\", os.O_RDWR); os.write(f, b\"\\xff\\x00\"); time.sleep(600)'; sleep 1")
        await rig.attach_adapter()
        await rig.wait_for_adapter()
        told = await rig.machine.need(
            "ls /sys/class/bluetooth; python3 -c 'import time; print(time.monotonic())'")
        words = told.split()
        rig.check("the adapter has another index", "hci1" in words, told)
        rig.check("they stream again", await fault.back(60))
        await asyncio.sleep(2)
    fault.detection()
    # Counted from when bluetoothd has it powered (seen by asking, so late by up to half a second).
    fault.recovery(tuple(fault.dots), 4000, [float(words[-1]) - 0.5])
    await rig.machine.run("systemctl stop placeholder")


@scenario("interference: one packet in five not heard, by seed")
async def run_interference(rig, seconds=30):
    async with Fault(rig, "interference") as fault:
        for number, dot in enumerate(fault.dots.values()):
            dot.conditions.generator.seed(number + 7)
            dot.conditions.loss = 0.2
        begun = time.monotonic_ns()
        await asyncio.sleep(seconds)
        for dot in fault.dots.values():
            dot.conditions.loss = 0.0
        await asyncio.sleep(2)
    links = [link for link in rig.air.history if link.peripheral in
             [dot.controller for dot in fault.dots.values()]]
    rig.figure("packets repeated in the air", sum(link.repeats for link in links))
    late = [(record.delivered - record.queued) / 1e6 for dot in fault.dots.values()
            for record in dot.sent if record.delivered > begun]
    rig.figure("waiting in the sensor, p99", round(percentile(late, 0.99), 1), "ms")
    lost = sum(((rig.newest(name) or {}).get("lost_samples") or 0) for name in fault.dots)
    rig.figure("samples told as lost", lost, "", "0", lost == 0)


@scenario("bursts of half a second: links that end, with the link helper's supervision time-out and without")
async def run_bursts(rig, bursts=6):
    async def suffer(fault):
        links = [link for link in rig.air.history if link.peripheral is fault.victim.controller]
        before = sum(link.timed_out for link in links)
        for _ in range(bursts):
            fault.victim.conditions.in_range = False
            await asyncio.sleep(0.5)
            fault.victim.conditions.in_range = True
            await fault.back(20)
            await asyncio.sleep(1.5)
        links = [link for link in rig.air.history if link.peripheral is fault.victim.controller]
        return sum(link.timed_out for link in links) - before

    async with Fault(rig, "bursts") as fault:
        ended = await suffer(fault)
        rig.figure(f"links ended by {bursts} bursts, with the helper", ended, "", "0", ended == 0)
        await rig.machine.run("systemctl stop rehab-link.socket rehab-link.service")
        # A new link keeps what the kernel asked for.
        fault.victim.conditions.in_range = False
        await asyncio.sleep(3)
        fault.victim.conditions.in_range = True
        rig.check("it streams without the helper", await fault.back(30))
        await asyncio.sleep(2)
        ended = await suffer(fault)
        rig.figure(f"links ended by {bursts} bursts, without it", ended)
        await rig.machine.run("systemctl start rehab-link.socket")
    fault.others_unhurt()


@scenario("a foreign client listens in, then disconnects our sensor")
async def run_foreign(rig):
    async with Fault(rig, "foreign") as fault:
        victim = fault.victim
        outcome = await rig.machine.run(
            f"{outside_python()} /rig/guest/bleak_client.py /rig/out/foreign.json 8 1 {victim.address}", 90)
        rig.check("the foreign client was served", outcome.good, outcome.text[-300:])
        fault.start()
        path = "/org/bluez/hci0/dev_" + victim.address.replace(":", "_")
        await rig.machine.run(
            f"for i in 0 1 2; do busctl call org.bluez $(echo {path} | sed s/hci0/hci$i/) "
            "org.bluez.Device1 Disconnect && break; done")
        fault.end()
        rig.check("it streams again", await fault.back(30))
        await asyncio.sleep(2)
    fault.recovery()
    fault.others_unhurt()
    told = rig.newest("dot-a") or {}
    rig.figure("duplicates that reached the decoder and were dropped", told.get("duplicates"))


@scenario("notifications before the subscription is answered; a subscription never answered; a flood")
async def run_manners(rig):
    async with Fault(rig, "manners") as fault:
        victim = fault.victim
        victim.faults.early = 3
        victim.conditions.in_range = False
        await asyncio.sleep(4)
        victim.conditions.in_range = True
        rig.check("early notifications: it streams", await fault.back(30))
        victim.faults.early = 0

        victim.faults.ignore_subscription = True
        victim.conditions.in_range = False
        await asyncio.sleep(4)
        victim.conditions.in_range = True
        await asyncio.sleep(9)
        rig.figure("unanswered subscription: state meanwhile", rig.state("dot-a"))
        victim.faults.ignore_subscription = False
        fault.end()
        rig.check("unanswered subscription: it streams in the end", await fault.back(60))

        before = {name: (rig.newest(name) or {}).get("lost_samples") or 0 for name in fault.dots}
        payload = victim.sent[-1].payload
        fault.copies.add(payload)
        victim.start_flood(3000, payload, victim.payloads["2002"])
        await asyncio.sleep(5)
        victim.faults.flood_hertz = 0
        rig.check("flood: all stream afterwards", await fault.back(40))
        await asyncio.sleep(2)
        after = {name: (rig.newest(name) or {}).get("lost_samples") or 0 for name in fault.dots}
        hurt = sum(after[name] - before[name] for name in list(fault.dots)[1:])
        rig.figure("flood: samples lost of the other sensors", hurt, "", "0", hurt == 0)
