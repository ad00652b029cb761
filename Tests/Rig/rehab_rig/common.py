"""What scenarios share: the list of them, switching wearables on, comparing what was sent with what came."""

import asyncio
from collections import Counter

from . import preparing
from .movella_dot import MovellaDot

SCENARIOS = {}
UNDER_WAY = 5_000_000_000  # ns


def scenario(title):
    def register(function):
        SCENARIOS[function.__name__.removeprefix("run_")] = (title, function)
        return function
    return register


async def power_on(rig, *wearables):
    """Switches wearables on; those of earlier scenarios are switched off."""
    for old in list(rig.wearables.values()):
        await old.power_off()
        old.conditions.in_range = False
        if link := old.link:
            link.lose()
        await asyncio.sleep(0.1)
        old.controller.le_legacy_advertiser.stop()
        rig.air.controllers.discard(old.controller)
    rig.wearables = {wearable.address: wearable for wearable in wearables}
    for wearable in wearables:
        await wearable.power_on()


_serial = 0


def three_dots(rig, motion=None):
    """Three sensors of one kind, each with a crystal of its own, with addresses not used before."""
    global _serial
    _serial += 1
    places = ("pelvis", "trunk", "right-thigh")
    return [MovellaDot(rig.air, f"D4:22:CD:00:{_serial:02X}:{i:02X}", motion or rig.person, segment=place,
                       ppm=ppm, serial=0x1000 * _serial + i)
            for i, (place, ppm) in enumerate(zip(places, (40, -25, 10)), 1)]


async def stream_three(rig, name, motion=None):
    """Three sensors at 60 Hz on the daemon, watched; returns them by name."""
    await rig.forget_all()
    dots = three_dots(rig, motion)
    await power_on(rig, *dots)
    names = ["dot-a", "dot-b", "dot-c"]
    for label, dot in zip(names, dots):
        await rig.add(label, dot, dot.segment)
    await rig.start_watch(name)
    if not await rig.streaming(names, 90):
        rig.check("three sensors stream", False, str([rig.state(label) for label in names]))
        raise RuntimeError("the sensors do not stream: " + "; ".join(
            str((await rig.sensors()).get(label, {}).get("link", {}).get("reason")) for label in names))
    return dict(zip(names, dots))


def intervals(rig, capture, wearables):
    """The interval as the kernel's HCI traffic shows it, and as the link had it."""
    if not (rig.share / "bin/rehab-link").exists():
        rig.notes.append("without rehab-link the interval stays the kernel's")
    for wearable in wearables:
        first = [entry for entry in capture.connects if entry[1] == wearable.address]
        later = [entry for entry in capture.updates if entry[1] == wearable.address]
        connected = first[-1][2] if first else None
        interval, timeout = (later[-1][2], later[-1][3]) if later else (None, None)
        rig.figure(f"{wearable.kind}: interval at connect, then (btmon)",
                   f"{connected} -> {interval}", "ms", "15 or 30",
                   interval is not None and any(entry[2] in (15.0, 30.0) for entry in later))
        rig.figure(f"{wearable.kind}: supervision timeout (btmon)", timeout, "ms", "2000",
                   timeout == 2000)


def packets_by_sensor(recording):
    """{name: [(stamp s, payload)]} of a recording."""
    names, found = {}, {}
    for kind, words in recording:
        if kind == "a":
            names[words[1]] = words[2]
            found.setdefault(words[2], [])
        elif kind == "p" and words[2] in names and len(words) > 4:
            found[names[words[2]]].append((int(words[1]) / 1e9, bytes.fromhex(words[4])))
    return found


def stretches(name, moments, offset):
    """What is missing in words: runs of packets less than 0.2 s apart, on the machine's clock."""
    runs = []
    for moment in moments:
        if runs and moment - runs[-1][-1] < 200_000_000:
            runs[-1].append(moment)
        else:
            runs.append([moment])
    return [f"{name}: {len(run)} from {run[0] / 1e9 + offset:.2f} to {run[-1] / 1e9 + offset:.2f} s"
            for run in runs]


def losses(rig, wearables, recording, since=0, away=None, copies=(), offset=0.0, until=None):
    """Compares what each wearable got through the air with what the daemon recorded, byte by byte.

    `away`: {name: [(from, to)]}, ns: while the daemon said that it had no such sensor. What the adapter
    received then is told apart: nobody had subscribed to it. `copies`: payloads sent many times on purpose.
    `until`: when the recording was copied, ns; the wearables went on.
    """
    recorded = packets_by_sensor(recording)
    total = lost = unasked = twice = 0
    where = []
    for name, wearable in wearables.items():
        spans = (away or {}).get(name, [])
        counts = Counter(payload for _, payload in recorded.get(name, []))
        delivered = [record for record in wearable.sent
                     if record.delivered > since and (until is None or record.delivered < until)]
        # What was under way at the end is nobody's loss, nor what the daemon looks at before it opens the
        # door; each for some seconds at most, so that a recording that stops is not taken for one.
        newest = delivered[-1].delivered if delivered else 0
        oldest = delivered[0].delivered if delivered else 0
        while delivered and delivered[-1].payload not in counts and (
                newest - delivered[-1].delivered < UNDER_WAY):
            delivered.pop()
        while delivered and delivered[0].payload not in counts and (
                delivered[0].delivered - oldest < UNDER_WAY):
            delivered.pop(0)
        def is_away(record):
            return any(begin <= record.delivered <= end for begin, end in spans)

        # A flood of one payload may be thinned on purpose (row 30): its copies are nobody's loss.
        delivered = [record for record in delivered if record.payload not in copies]
        missing = [record for record in delivered if record.payload not in counts and is_away(record)]
        unasked += len(missing)
        gone = {id(record) for record in missing}
        came = Counter(record.payload for record in delivered if id(record) not in gone)
        sent = Counter(record.payload for record in wearable.sent)
        total += len(delivered)
        lost += (came - counts).total()
        where += stretches(name, sorted(
            record.delivered for record in delivered
            if id(record) not in gone and record.payload not in counts), offset)
        twice += sum(counts[payload] - sent[payload] for payload in counts
                     if payload not in copies and payload in sent
                     and counts[payload] > sent[payload])
    rig.figure("packets delivered by the air", total)
    rig.figure("packets lost between adapter and recording", lost, "", "0", lost == 0)
    if where:
        rig.figure("  where", "; ".join(where[:8]))
    if away is not None:
        rig.figure("packets at the adapter while the daemon had no link or no subscription", unasked)
    rig.figure("packets recorded twice", twice, "", "0", twice == 0)
    return total


async def ear(rig, name):
    """Listens at the other end of the sound card until the unit ear-NAME is stopped; sounds go to NAME.jsonl."""
    await rig.machine.need(
        "p=/proc/asound/Loopback/pcm0p/sub0/hw_params; for i in $(seq 40); do grep -q rate $p && break; "
        "sleep 0.25; done; rate=$(sed -n 's/^rate: \\([0-9]*\\).*/\\1/p' $p); "
        f"systemd-run --quiet --unit=ear-{name} sh -c \"exec arecord -q -D hw:Loopback,1,0 -f S16_LE -c 2 "
        "-r ${rate:-48000} -t raw --buffer-time=400000 --period-time=20000 | "
        f"exec python3 /rig/guest/sound_probe.py /rig/out/{name}.jsonl ${{rate:-48000}}\"; sleep 1", 40)


def outside_python():
    """The rig's own Python, as the machine sees it."""
    return preparing.CACHE / "venv/bin/python"
