"""What is shown on the rig, fourth part: what befalls an installed rehabd in mid-workout."""

import asyncio
import json
import time

from .common import ear, scenario
from .installing import enable, provide
from .session import Rig
from .workout import FIRST_SAMPLE, Workout, moment, property_of, restarts

STATE = "/var/lib/rehabd"
LOOPBACK = "/sys/bus/platform/drivers/snd_aloop"


async def until_told(rig, condition, limit):
    """Asks for the status until it meets a condition; (s of the machine's clock, status), or None."""
    end = time.monotonic() + limit
    while time.monotonic() < end:
        outcome = await rig.machine.run(
            "rehabctl status --json && python3 -c 'import time; print(time.monotonic())'", 30)
        if outcome.good:
            text, at = outcome.text.rstrip().rsplit("\n", 1)
            told = json.loads(text)
            if condition(told):
                return float(at), told
        await asyncio.sleep(0.1)
    return None


@scenario("the package upgraded in mid-workout: another program, the same set and recording")
async def run_upgrade(rig):
    await enable(rig)
    number, path = await provide(rig, "new")
    async with Workout(rig, "upgrade") as workout:
        before = (await property_of(rig, "rehabd.service", "MainPID"))["MainPID"]
        began = await moment(rig)
        outcome = await rig.machine.run(f"DEBIAN_FRONTEND=noninteractive dpkg -i {path}", 400)
        (rig.out / "dpkg-upgrade.txt").write_text(outcome.text)
        rig.check("dpkg -i ends well", outcome.good, outcome.text[-300:])
        rig.figure("dpkg -i took", round(await moment(rig) - began, 1), "s")
        told = await rig.machine.run("dpkg-query -W -f '${Version}' rehabd")
        rig.figure("version installed", told.text, "", number, told.text == number)
        await workout.goes_on()
        after = await property_of(rig, "rehabd.service", "MainPID", "ExecMainStartTimestampMonotonic")
        rig.check("another process runs", after["MainPID"] not in (before, "0"))
        exe = await rig.machine.run(f"readlink /proc/{after['MainPID']}/exe")
        rig.check("of the new package's program", exe.text.strip() == "/usr/bin/rehabctl", exe.text)
        rig.check("the administrator's settings stay", (await rig.machine.run(
            "grep -q Loopback /etc/rehabd/rehabd.toml && [ ! -e /etc/rehabd/rehabd.toml.dpkg-new ]")).good)
        mark = int(after["ExecMainStartTimestampMonotonic"]) / 1e6
        await asyncio.sleep(2)
    # The one before ends in order and lets the sensor rest: it is found and set up anew.
    workout.judge(mark, FIRST_SAMPLE + 2, "start of the new program", None)


@scenario("a full disk in mid-workout: told, cues go on, nothing is missing when there is space again")
async def run_disk(rig, seconds=15):
    await enable(rig)
    machine = rig.machine
    await machine.need(
        f"systemctl stop rehabd.service; mkdir -p /run/kept; cp -a {STATE}/. /run/kept/; "
        f"rm -rf /run/kept/recordings; mount -t tmpfs -o size=4m,mode=0750 small {STATE} && "
        f"cp -a /run/kept/. {STATE}/ && chown rehabd:rehab {STATE} && systemctl start rehabd.service && "
        "timeout 40 rehabctl status >/dev/null", 90)
    try:
        async with Workout(rig, "disk") as workout:
            before = len(rig.cues())
            await machine.run(
                f"dd if=/dev/zero of={STATE}/filler bs=64k; dd if=/dev/zero of={STATE}/filler2 bs=512; df -k {STATE}", 60)
            began = await moment(rig)
            told = await until_told(rig, lambda s: any("recording stopped" in w for w in s["warnings"]), 20)
            rig.limit("told in the status", None if told is None else round(told[0] - began, 1), 5, "s")
            if told:
                rig.figure("in these words", next(w for w in told[1]["warnings"] if "recording stopped" in w))
            events = [line["event"] for line in rig.watched() if (line.get("event") or {}).get("kind") == "warning"]
            rig.check("and to whoever watches", any("recording stopped" in json.dumps(e) for e in events))
            journal = await machine.run("journalctl -b --no-pager -q MESSAGE_ID=c0f4bd1e2a5d4b6f8f3a0d5c7e1b9a06")
            rig.check("the journal has the event under its id", "recording stopped" in journal.text, journal.text[-200:])
            await asyncio.sleep(seconds)
            rig.check("meanwhile drops are cued", len(rig.cues()) > before)
            state = (await rig.ctl_json("status"))
            rig.check("and the set runs", state["activity"] == "exercising")
            rig.figure("packets in hand meanwhile", state["unrecorded_packets"])
            freed = float(await machine.need(
                f"rm {STATE}/filler {STATE}/filler2; python3 -c 'import time; print(time.monotonic())'"))
            told = await until_told(
                rig, lambda s: not any("recording stopped" in w for w in s["warnings"]), 20)
            rig.limit("taken back once there is space", None if told is None else round(told[0] - freed, 1), 3, "s")
            await workout.goes_on(what="the set goes on all the while")
            await asyncio.sleep(2)
        torn = [line for line in workout.text.splitlines() if line[:2] not in (
            "# ", "a ", "p ", "c ", "f ", "q ", "m ", "x ", "z ")]
        rig.figure("lines that cannot be read", len(torn), "", "0", not torn)
        workout.count()
        check = await machine.run(f"rehabctl replay --offline $(ls -t {STATE}/recordings/*.recording | head -1)", 300)
        rig.check("a replay of it comes to the same bits", "bit for bit" in check.text, check.text[-300:])
    finally:
        await machine.run(
            f"systemctl stop rehabd.service; cp -a {STATE}/recordings/. /rig/out/; umount {STATE}; "
            "systemctl start rehabd.service; timeout 40 rehabctl status >/dev/null", 90)


def tone(told):
    return next((output for output in told["outputs"] if output["name"] == "tone"), {}).get("state")


def heard(rig, name):
    path = rig.out / f"{name}.jsonl"
    lines = [json.loads(text) for text in path.read_text().splitlines()] if path.exists() else []
    return [line for line in lines if "start" in line]


@scenario("the sound card taken away in mid-workout, and put back")
async def run_sound(rig, seconds=6):
    async with Workout(rig, "sound") as workout:
        told = await until_told(rig, lambda s: tone(s) == "ok", 30)
        if not rig.check("the sound card is open", told is not None):
            raise RuntimeError("no sound")
        await ear(rig, "sound-before")
        # The next but one where the host was too busy to keep the stream going: rehabd counts such a cue.
        rig.check("a cue is heard at the card", await rig.until(lambda: heard(rig, "sound-before"), 60, "a sound"))
        await rig.machine.run("systemctl stop ear-sound-before; sleep 0.5")
        restarted = await restarts(rig)

        # As a USB card that is pulled: the device goes while it is open.
        asked = await moment(rig)
        gone = float(await rig.machine.need(
            f"python3 /rig/guest/unplug.py {LOOPBACK} snd_aloop.0 Loopback", 80))
        rig.figure("the kernel took the card away in", round(gone - asked, 1), "s")
        rig.check("the card is gone", (await rig.machine.run("! grep -q Loopback /proc/asound/cards")).good)
        told = await until_told(rig, lambda s: tone(s) == "failing", 15)
        rig.limit("told in the status", None if told is None else round(told[0] - gone, 1), 3, "s")
        if told:
            rig.figure("in these words", next(o for o in told[1]["outputs"] if o["name"] == "tone").get("reason"))
        count, samples = len(rig.cues()), (rig.newest(workout.SENSOR) or {}).get("samples") or 0
        await rig.until(lambda: len(rig.cues()) > count, 20, "a cue without sound")
        rig.check("meanwhile drops are cued, on the screen", len(rig.cues()) > count)
        await asyncio.sleep(seconds)
        line = (await property_of(rig, "rehabd.service", "StatusText"))["StatusText"]
        rig.check("and systemctl status says so", "tone failing" in line, line)
        rig.check("samples went on", ((rig.newest(workout.SENSOR) or {}).get("samples") or 0) > samples + 60)

        back = float(await rig.machine.need(
            f"echo snd_aloop.0 >{LOOPBACK}/bind; udevadm settle -t 5; "
            "python3 -c 'import time; print(time.monotonic())'", 40))
        told = await until_told(rig, lambda s: tone(s) == "ok", 30)
        rig.limit("card back until it is open again", None if told is None else round(told[0] - back, 1), 3, "s")
        await ear(rig, "sound-after")
        rig.check("a cue is heard at the card again", await rig.until(
            lambda: heard(rig, "sound-after"), 60, "a sound"))
        await rig.machine.run("systemctl stop ear-sound-after; sleep 0.5")
        rig.check("it was one process all the while", await restarts(rig) == restarted)
    workout.count()


SHARE = "/sys/bus/virtio/drivers/9pnet_virtio"


@scenario("the machine suspended to memory in mid-workout, and woken")
async def run_sleep(rig, seconds=8):
    """In a machine of its own, whose root is in its memory: the other's is over 9p, which cannot sleep."""
    other = Rig(rig.binaries, rig.results / "sleep", rig.results / "none")
    other.figures, other.notes = rig.figures, rig.notes
    try:
        await other.boot(is_in_memory=True)
        await other.wait_for_adapter()
        other.begin("sleep")
        await sleep(other, seconds)
    finally:
        await other.finish()


async def sleep(rig, seconds):
    # Runs on every machine that people use; the rig's own target does not ask for it.
    await rig.machine.need("systemctl start systemd-logind")
    await enable(rig)
    async with Workout(rig, "sleep", has_capture=False) as workout:
        told = await rig.machine.run("systemd-inhibit --list --no-pager")
        rig.check("logind holds rehabd's delay for sleep", "rehabd" in told.text, told.text)
        path = (await rig.machine.need(f"ls -t {STATE}/recordings/*.recording | head -1")).strip()
        await rig.stop_watch()
        await rig.machine.need(
            f"cd /; umount /rig && cd {SHARE} && for d in virtio*; do echo $d >/run/rig-$d; echo $d >unbind; done")
        waking = asyncio.create_task(rig.machine.sleep_and_wake(seconds))
        await asyncio.sleep(0.5)
        outcome = await rig.machine.run("systemctl suspend", 40)
        rig.check("systemctl suspend is accepted", outcome.good, outcome.text)
        rig.figure("slept, by the emulator's word", round(await waking, 1), "s")
        await rig.machine.need(
            f"for f in /run/rig-virtio*; do basename $f | cut -d- -f2 >{SHARE}/bind; done; "
            "mount -t 9p -o trans=virtio,version=9p2000.L,cache=none,msize=524288 share /rig", 60)
        told = await rig.machine.need("journalctl -b -k --no-pager -o short-monotonic | grep -E 'PM: suspend (entry|exit)'")
        rig.figure("the kernel slept", " / ".join(line.split("PM: ")[-1] for line in told.splitlines()))
        entry, leaving = [float(line.split("]")[0].strip("[ ")) for line in told.splitlines()[-2:]]
        await rig.start_watch("sleep-after")
        rig.check("the sensor streams again", await rig.streaming([workout.SENSOR], 60))
        await asyncio.sleep(1)

        await rig.machine.need(f"cp {path} /rig/out/sleep-before.recording; "
                               f"cp $(ls -t {STATE}/recordings/*.recording | head -1) /rig/out/sleep-after.recording")
        before = (rig.out / "sleep-before.recording").read_text().splitlines()
        after = (rig.out / "sleep-after.recording").read_text().splitlines()
        rig.check("the recording was closed in order", before[-1][:2] == "z ", before[-1][:80])
        stamps = [int(line.split()[1]) / 1e9 for line in before if line[:2] == "p "]
        rig.check("before the machine slept", stamps[-1] < entry, f"{stamps[-1]} {entry}")
        rig.figure("last sample before the machine slept", round(entry - stamps[-1], 2), "s")
        stamps = [int(line.split()[1]) / 1e9 for line in after if line[:2] == "p "]
        rig.check("another recording is written", before[:3] != after[:3])
        first = next((stamp for stamp in stamps if stamp > leaving), None)
        rig.limit("woken until the first sample", None if first is None else round(first - leaving, 2), 5, "s")
        told = await rig.ctl_json("status")
        rig.figure("the set after it", told["activity"])
        outcome = await rig.ctl("start one-leg-stand --side right --detach --no-log --no-probe")
        rig.check("a set can begin", outcome.good, outcome.text[-300:])
        rig.person.stand(1, 15, ((5.0, 8.0, 0.6, 2.0),), delay=0.5)
        await rig.until(lambda: len(rig.cues()) > 0, 20, "a cue")
        rig.check("and a planted drop is cued", len(rig.cues()) > 0)
        told = await rig.machine.run("systemd-inhibit --list --no-pager")
        rig.check("the delay for the next sleep is held again", "rehabd" in told.text, told.text)
