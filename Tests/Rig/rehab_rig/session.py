"""One run of the rig: the air, the machine, the daemon inside, and what was measured."""

import asyncio
import json
import os
import shutil
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from . import capture, motion, preparing, radio
from .machine import Machine, MachineError

ADAPTER = "00:AA:01:00:00:42"
# Above this share of waiting, the times of a run are the host's and not the daemon's.
STARVED = 0.15
PROGRAMS = {"rehabd": "/usr/libexec/rehabd/rehabd", "rehab-link": "/usr/libexec/rehabd/rehab-link",
            "rehabctl": "/usr/bin/rehabctl"}


@dataclass
class Figure:
    """One measured value, with its target where there is one."""

    scenario: str
    name: str
    value: object
    unit: str = ""
    target: str = ""
    reached: bool | None = None


class Rig:
    """Everything that a scenario may use."""

    def __init__(self, binaries: Path, results: Path, data: Path):
        self.binaries = binaries
        self.results = results
        self.share = results / "share"
        self.out = self.share / "out"
        self.air = radio.Air()
        self.person = motion.Person()
        self.recordings = motion.recordings(data)
        self.wearables = {}
        self.figures = []
        self.notes = []
        self.scenario = "boot"
        self.realtime_offset = 0.0  # the machine's CLOCK_REALTIME - CLOCK_MONOTONIC
        self.since = (0.0, 0.0)
        self.captures = 0
        self.watch = None
        self.is_watching = False
        self.radio_unit = 0

    # Saying.

    def say(self, text):
        print(f"rig: [{self.scenario}] {text}", flush=True)

    def figure(self, name, value, unit="", target="", reached=None):
        if isinstance(value, float):
            value = round(value, 4)
        self.figures.append(Figure(self.scenario, name, value, unit, target, reached))
        mark = {True: "ok", False: "MISSED", None: ""}[reached]
        goal = f" (target {target})" if target else ""
        self.say(f"{name}: {value} {unit}{goal} {mark}".rstrip())

    def check(self, name, is_so, found=""):
        self.figure(name, "yes" if is_so else f"no {found}".strip(), "", "yes", bool(is_so))
        return is_so

    def limit(self, name, value, limit, unit):
        """A figure that must not exceed a limit; None counts as missed.

        A time that is too long says nothing where the machine itself had to wait for the host.
        """
        reached = value is not None and value <= limit
        goal = f"<= {limit}"
        if not reached and value is not None and unit in ("ms", "s") and self.starved() > STARVED:
            reached, goal = None, goal + " (not judged: busy host)"
        self.figure(name, "not seen" if value is None else value, unit, goal, reached)

    def begin(self, scenario):
        self.scenario = scenario
        self.since = self.machine.waited()

    def starved(self):
        """Share of the time since the scenario began that the machine waited for the host's processors."""
        ran, waited = (now - then for now, then in zip(self.machine.waited(), self.since))
        return waited / max(1e-9, ran + waited)

    # Begin and end.

    async def boot(self, is_in_memory=False):
        shutil.rmtree(self.share, ignore_errors=True)
        self.out.mkdir(parents=True)
        (self.share / "bin").mkdir()
        for name in PROGRAMS:
            found = self.binaries / name
            if found.exists():
                shutil.copy(found, self.share / "bin" / name)
            else:
                self.notes.append(f"{name} is not in {self.binaries}: left out")
        units = preparing.REPOSITORY / "systemd"
        if units.exists():
            shutil.copytree(units, self.share / "systemd")
        self.adapter = await radio.open_adapter(self.air, self.results / "radio.socket", ADAPTER)
        self.machine = Machine(self.share, self.results / "console.log")
        await self.machine.start([self.results / "radio.socket"], is_in_memory)
        self.figure("boot", round(self.machine.boot_seconds, 1), "s")
        self.figure("machine", self.machine.accelerator)
        await self.attach_adapter()
        told = await self.machine.need(
            "python3 -c 'import time; print(time.time() - time.monotonic())'")
        self.realtime_offset = float(told)

    async def attach_adapter(self):
        """Puts the emulated controller on the machine's serial line and waits until it is powered."""
        self.radio_unit += 1
        await self.machine.need(
            "stty -F /dev/hvc0 raw; systemctl reset-failed 2>/dev/null; systemd-run --quiet "
            f"--unit=radio{self.radio_unit} btattach -B /dev/hvc0 -P h4")

    async def detach_adapter(self):
        await self.machine.need(f"systemctl stop radio{self.radio_unit}")
        self.adapter.silence()

    async def wait_for_adapter(self, limit=40):
        await self.machine.need(
            f"for i in $(seq {limit * 2}); do bluetoothctl show 2>/dev/null | grep -q 'Powered: yes' "
            "&& exit 0; sleep 0.5; done; bluetoothctl show; exit 1", limit + 20)

    async def install(self):
        """Puts the programs and the project's own units in place and starts the daemon."""
        drop = ("[Service]\\nEnvironment=REHABD_AUDIO=hw:Loopback,0,0\\n"
                # Software emulation is many times slower than any machine it is meant for.
                f"WatchdogSec={os.environ.get('RIG_WATCHDOG', '30s')}\\nTimeoutStartSec=90s\\n")
        lines = [f"install -D -m 0755 /rig/bin/{name} {path}" for name, path in PROGRAMS.items()
                 if (self.share / "bin" / name).exists()]
        lines += [
            "cp /rig/systemd/system/* /etc/systemd/system/",
            "[ -e /rig/systemd/rehabd.sysusers.conf ] && "
            "systemd-sysusers /rig/systemd/rehabd.sysusers.conf",
            "[ -e /rig/systemd/rehabd.tmpfiles.conf ] && "
            "systemd-tmpfiles --create /rig/systemd/rehabd.tmpfiles.conf",
            "mkdir -p /etc/systemd/system/rehabd.service.d",
            f"printf '{drop}' >/etc/systemd/system/rehabd.service.d/rig.conf",
            *self.link_socket_cure(),
            "systemctl daemon-reload",
            "systemctl start rehab-link.socket || echo no link helper",
            "systemctl start rehabd.socket rehabd.service",
        ]
        await self.machine.need("set -e\n" + "\n".join(lines), 120)
        answers = (await self.machine.run("timeout 30 rehabctl status", 40)).good
        self.check("rehabd answers at the socket that systemd opened", answers)
        if not answers:
            await self.machine.need(
                "systemctl stop rehabd.socket rehabd.service; systemctl mask --runtime rehabd.socket; "
                "systemctl start rehabd.service; timeout 30 rehabctl status", 100)
        self.say("rehabd runs in the machine")

    def link_socket_cure(self):
        """The helper and the daemon speak over a stream; a unit that opens another kind is noted."""
        unit = self.share / "systemd/system/rehab-link.socket"
        if not unit.exists() or "ListenSequentialPacket" not in unit.read_text():
            return []
        self.check("rehab-link.socket is of the kind that rehabd connects to", False,
                   "(ListenSequentialPacket; a stream is wanted; put right for this run)")
        return ["sed -i s/ListenSequentialPacket/ListenStream/ /etc/systemd/system/rehab-link.socket"]

    async def finish(self):
        for wearable in self.wearables.values():
            await wearable.power_off()
        if getattr(self, "machine", None):
            if self.machine.process and self.machine.process.returncode is None:
                try:
                    told = await self.machine.run("systemctl show -P NRestarts rehabd.service", 20)
                    self.scenario = "end"
                    if told.good:
                        self.figure("restarts of rehabd by systemd", told.text.strip(), "", "0",
                                    told.text.strip() == "0")
                    await self.machine.run(
                        "journalctl -b --no-pager -o short-monotonic >/rig/out/journal.txt; "
                        "cp /var/lib/rehabd/recordings/* /rig/out/ 2>/dev/null", 40)
                except (MachineError, asyncio.TimeoutError, ConnectionError):
                    pass
            await self.machine.stop()
        if getattr(self, "adapter", None):
            await self.adapter.transport.close()
        for name in ("radio.socket", "agent.socket", "monitor.socket"):
            (self.results / name).unlink(missing_ok=True)
        shutil.rmtree(self.share / "bin", ignore_errors=True)

    # The daemon.

    async def ctl(self, words, limit=60):
        return await self.machine.run(f"rehabctl {words}", limit)

    async def ctl_json(self, words, limit=60):
        outcome = await self.ctl(words + " --json", limit)
        if not outcome.good:
            raise MachineError(f"rehabctl {words}: {outcome.text}")
        return json.loads(outcome.text)

    async def sensors(self):
        return {sensor["name"]: sensor for sensor in await self.ctl_json("sensors")}

    async def add(self, name, wearable, segment=None, rate=60):
        """Adds a sensor without a scan before it."""
        words = (f"sensors add {wearable.address} --name {name} --kind {wearable.kind} "
                 f"--address-kind random --rate {rate}")
        if segment:
            words += f" --segment {segment}"
        outcome = await self.ctl(words)
        if not outcome.good:
            raise MachineError(f"rehabctl {words}: {outcome.text}")

    async def forget_all(self):
        for name in await self.sensors():
            await self.ctl(f"sensors forget {name}")

    async def until(self, condition, limit, what, pause=0.25):
        """Waits on something in the watcher's file or outside; false when the limit comes first."""
        end = time.monotonic() + limit
        while time.monotonic() < end:
            if condition():
                return True
            await asyncio.sleep(pause)
        self.say(f"{what}: not within {limit} s")
        return False

    async def streaming(self, names, limit=60):
        """Waits until all of these stream, by the daemon's own word."""
        return await self.until(
            lambda: all(self.state(name) == "streaming" for name in names), limit,
            f"{', '.join(names)} streaming")

    # The watcher inside.

    async def start_watch(self, name):
        await self.stop_watch()
        self.watch = self.out / f"{name}-events.jsonl"
        self.watch.unlink(missing_ok=True)
        self.is_watching = True
        self._watching = self.machine.begin(
            f"exec python3 /rig/guest/watcher.py /rig/out/{self.watch.name} 3600", 3600)
        await self.until(lambda: len(self.watched()) > 2, 30, "the watcher")

    async def stop_watch(self):
        """Ends the watcher; what it saw can be read until the next one starts."""
        if self.is_watching:
            await self.machine.run("pkill -f /rig/guest/watcher[.]py; true")
            self.is_watching = False

    def watched(self):
        """All lines so far."""
        if self.watch is None or not self.watch.exists():
            return []
        lines = []
        for text in self.watch.read_text().splitlines():
            try:
                lines.append(json.loads(text))
            except ValueError:
                continue
        return lines

    def state(self, name):
        """The newest state of a sensor."""
        for line in reversed(self.watched()):
            for sensor in line.get("sensors") or []:
                if sensor["name"] == name:
                    return sensor["state"]
        return None

    def newest(self, name):
        for line in reversed(self.watched()):
            for sensor in line.get("sensors") or []:
                if sensor["name"] == name:
                    return sensor
        return None

    def sensor_events(self, name):
        """[(time in the machine s, state)] of one sensor, changes only."""
        found = []
        for line in self.watched():
            event = line.get("event") or {}
            sensor = event.get("sensor") or {}
            if sensor.get("name") == name and (not found or found[-1][1] != sensor["state"]):
                found.append((event["time"] / 1e9, sensor["state"]))
        return found

    def cues(self):
        return [line["event"]["cue"] for line in self.watched()
                if (line.get("event") or {}).get("kind") == "cue"]

    def api_milliseconds(self):
        return sorted(line["took"] * 1000 for line in self.watched() if "took" in line)

    def echo_milliseconds(self):
        """The same for a process inside that does nothing but answer."""
        return sorted(line["echo"] * 1000 for line in self.watched() if "echo" in line)

    # The capture inside.

    async def start_capture(self, name):
        self.captures += 1
        self.capture_file = self.out / f"{name}.btsnoop"
        # It decodes all it writes: without room and rank it loses packets in a slow machine.
        await self.machine.need(
            "sysctl -q net.core.rmem_default=33554432; systemd-run --quiet "
            f"--unit=btmon{self.captures} -p StandardOutput=null -p Nice=-15 btmon -w /rig/out/{name}.btsnoop; "
            "sleep 0.5")

    async def stop_capture(self):
        """Ends btmon; returns the capture with times of the machine's CLOCK_MONOTONIC."""
        await self.machine.run(f"systemctl kill -s INT btmon{self.captures}; sleep 1; "
                               f"systemctl stop btmon{self.captures}")
        found = capture.read(self.capture_file)
        for name in ("notifications", "updates", "connects", "disconnects"):
            setattr(found, name, [(entry[0] - self.realtime_offset, *entry[1:])
                                  for entry in getattr(found, name)])
        return found

    def clock_offset(self, found, wearables):
        """Machine's CLOCK_MONOTONIC minus ours, s: the quickest of all deliveries gives it."""
        delivered, twice = {}, set()
        for wearable in wearables:
            for record in wearable.sent:
                if record.payload in delivered:
                    twice.add(record.payload)
                if record.delivered:
                    delivered[record.payload] = record.delivered / 1e9
        for payload in twice:
            delivered.pop(payload, None)
        gaps = [moment - delivered[payload] for moment, _, _, payload in found.notifications
                if payload in delivered]
        return min(gaps) if gaps else None

    async def recording(self, name):
        """A copy of the newest recording as it is now: [(kind letter, words)]."""
        path = f"/rig/out/{name}.recording"
        await self.machine.need(
            f"cp \"$(ls -t /var/lib/rehabd/recordings/*.recording | head -1)\" {path}")
        lines = (self.out / f"{name}.recording").read_text(errors="replace").splitlines()
        return [(line[0], line.split()) for line in lines if line[:2] in
                ("a ", "p ", "c ", "f ", "q ", "m ", "x ", "z ")]

    # Figures.

    def summary(self):
        return {"machine": self.machine.accelerator if getattr(self, "machine", None) else None,
                "notes": self.notes, "figures": [asdict(figure) for figure in self.figures]}


def percentile(values, share):
    """Of a list of numbers; None of an empty one."""
    ordered = sorted(values)
    if not ordered:
        return None
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
