"""What the scenarios of the installed service share: asking systemd, and a workout that a fault befalls."""

import asyncio
import json
import time

from .common import packets_by_sensor, power_on
from .installing import enable
from .movella_dot import MovellaDot
from .scenarios import calibrate

# A restart's own half second, the start, and the sensor's stream: what a person waits for.
FIRST_SAMPLE = 3
RECORDER = 0.25  # s that a killed daemon may have in hand

CLOCK = "python3 -c 'import time; print(time.monotonic())'"


async def moment(rig):
    """The machine's CLOCK_MONOTONIC, s."""
    return float(await rig.machine.need(CLOCK))


async def property_of(rig, unit, *names):
    """What systemd says of a unit, by name."""
    told = await rig.machine.need(f"systemctl show {unit} " + " ".join(f"-p {name}" for name in names))
    return dict(line.split("=", 1) for line in told.splitlines() if "=" in line)


async def active_since(rig, unit):
    """s of CLOCK_MONOTONIC at which it became active; 0 where it is not."""
    told = await property_of(rig, unit, "ActiveState", "ActiveEnterTimestampMonotonic")
    return int(told["ActiveEnterTimestampMonotonic"]) / 1e6 if told["ActiveState"] == "active" else 0


async def until_active(rig, unit, limit):
    """Waits until systemd has it up."""
    return (await rig.machine.run(
        f"for i in $(seq {limit * 5}); do systemctl is-active -q {unit} && exit 0; sleep 0.2; done; exit 1",
        limit + 20)).good


async def restarts(rig):
    return int((await property_of(rig, "rehabd.service", "NRestarts"))["NRestarts"])


class Workout:
    """One calibrated sensor and somebody who stands on one leg for long; a fault comes in mid-workout.

    Sensor and calibration are kept for the next scenario; each gets a recording of its own.
    """

    SENSOR = "waist"

    def __init__(self, rig, name, seconds=400, has_capture=True):
        self.rig = rig
        self.name = name
        self.seconds = seconds
        self.has_capture = has_capture

    async def __aenter__(self):
        rig = self.rig
        await enable(rig)
        await self.streaming()
        if self.has_capture:
            await rig.start_capture(self.name)
        # A session may go on from the scenario before, and with it the file.
        self.begun = await moment(rig)
        # Every set like the first: the usual last one has no cues.
        await rig.ctl("fading reset one-leg-stand")
        outcome = await rig.ctl("start one-leg-stand --side right --detach --no-log --no-probe")
        if not rig.check("a set begins", outcome.good, outcome.text[-300:]):
            raise RuntimeError("no set began")
        # One drop before the fault, more after it; what is not needed is left out at the end.
        drops = ((5.0, 8.0, 0.6, 2.0), *((at, 8.0, 0.6, 2.0) for at in range(20, self.seconds - 5, 10)))
        self.task = rig.person.stand(1, self.seconds, drops, delay=1.0)
        await rig.until(lambda: len(rig.cues()) > 0, 20, "the cue before the fault")
        rig.check("before the fault a planted drop is cued", len(rig.cues()) > 0)
        return self

    async def streaming(self):
        """The sensor on the person, calibrated, in a session that is new."""
        rig = self.rig
        self.dot = getattr(rig, "worn", None)
        is_there = self.dot is not None and self.dot.address in rig.wearables
        if is_there:
            await rig.ctl(f"sensors disconnect {self.SENSOR}")
            await rig.start_watch(self.name)
            await rig.ctl(f"sensors connect {self.SENSOR}")
        else:
            await rig.forget_all()
            rig.person.tasks.clear()
            self.dot = rig.worn = MovellaDot(
                rig.air, "D4:22:CD:00:5E:01", rig.person, segment="pelvis", ppm=40)
            await power_on(rig, self.dot)
            await rig.add(self.SENSOR, self.dot, "pelvis")
            await rig.start_watch(self.name)
        if not await rig.streaming([self.SENSOR], 60):
            raise RuntimeError("the sensor does not stream")
        if not is_there:
            await asyncio.sleep(2)
            step = await calibrate(rig)
            if not rig.check("calibrated", step.get("step") == "done", str(step.get("reason"))):
                raise RuntimeError("not calibrated")

    async def __aexit__(self, kind, error, trace):
        rig = self.rig
        self.summary = await rig.ctl("stop --json")
        # Both feet on the floor again.
        self.task.length = min(self.task.length, time.monotonic() - self.task.start + 1)
        if kind is not None or not self.has_capture:
            if self.has_capture:
                await rig.stop_capture()
            await rig.stop_watch()
            return
        self.copied = time.monotonic_ns()
        await asyncio.sleep(0.5)
        self.lines = await rig.recording(self.name)
        self.text = (rig.out / f"{self.name}.recording").read_text(errors="replace")
        self.found = await rig.stop_capture()
        self.offset = rig.clock_offset(self.found, [self.dot]) or 0.0
        self.packets = packets_by_sensor(self.lines).get(self.SENSOR, [])
        await rig.stop_watch()
        await rig.machine.run("systemctl reset-failed rehabd.service")

    # The fault, and after it.

    async def goes_on(self, limit=40, what="the set goes on"):
        """Waits until the daemon says that the set runs; then for the cue of the next planted drop."""
        rig = self.rig
        before, end = len(rig.cues()), time.monotonic() + limit
        told = {}
        while time.monotonic() < end and told.get("activity") != "exercising":
            outcome = await rig.ctl("status --json", 20)
            told = json.loads(outcome.text) if outcome.good else {}
            await asyncio.sleep(0.3)
        is_on = rig.check(what, told.get("activity") == "exercising", str(told.get("activity")))
        if is_on:
            await rig.until(lambda: len(rig.cues()) > before, 30, "a cue after the fault")
            rig.check("a drop planted afterwards is cued", len(rig.cues()) > before)
        return is_on

    def gap(self, mark):
        """(last stamp before, first after) of the longest pause around a moment of the machine's clock."""
        stamps = [stamp for stamp, _ in self.packets]
        near = [s for s in stamps if s < mark][-1:] + [s for s in stamps if s >= mark]
        return max(zip(near, near[1:]), key=lambda pair: pair[1] - pair[0], default=(None, None))

    def judge(self, mark, limit=FIRST_SAMPLE, what="kill", in_hand=RECORDER):
        """Recording: one file, marked where it was interrupted, nothing missing outside of the gap."""
        rig = self.rig
        marks = [" ".join(words[2:]) for kind, words in self.lines if kind == "m"][-40:]
        rig.check("the recording goes on in the same file, under another head", "# continues: " in self.text)
        rig.check("the gap is marked in it", any("interrupted" in text for text in marks), str(marks))
        rig.check("and that the set went on", any("goes on after an interruption" in t for t in marks), str(marks))
        last, first = self.gap(mark)
        rig.limit(f"from {what} to the first sample in the recording",
                  None if first is None else round(first - mark, 2), limit, "s")
        if last is None:
            return
        rig.figure("without samples, from the last to the first", round(first - last, 2), "s")
        if in_hand is not None:
            rig.limit(f"recorded until before the {what}", round(max(0.0, mark - last), 3), in_hand, "s")
        self.count()

    def holes(self):
        """[(from, to)] of the machine's clock: pauses of the recording that it marks itself."""
        marks = [int(words[1]) / 1e9 for kind, words in self.lines
                 if kind == "m" and words[2].rstrip(":") in ("lost", "resumed", "interrupted")]
        stamps = [stamp for stamp, _ in self.packets]
        return [(one - 0.1, two + 0.1) for one, two in zip(stamps, stamps[1:])
                if two - one > 0.1 and any(one - 0.3 < mark < two + 0.6 for mark in marks)]

    def count(self):
        """Packets that reached the adapter and are in no recording: in a marked hole, and elsewhere."""
        kept = {payload for _, payload in self.packets}
        begun = max(self.begun, self.packets[0][0])
        holes = self.holes()
        inside = outside = 0
        for record in self.dot.sent:
            arrival = record.delivered / 1e9 + self.offset
            if record.delivered and begun < arrival and record.delivered < self.copied - 500_000_000:
                if record.payload not in kept:
                    is_inside = any(one <= arrival <= two for one, two in holes)
                    inside, outside = inside + is_inside, outside + (not is_inside)
        self.rig.figure("packets in the recording", len(self.packets))
        self.rig.figure("packets lost in gaps that it marks", inside)
        self.rig.figure("packets lost elsewhere", outside, "", "0", outside == 0)
