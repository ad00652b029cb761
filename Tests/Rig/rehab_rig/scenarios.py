"""What is shown on the rig, first part: setup, interval, a calibrated stand, two minutes without loss."""

import asyncio
import json
import time
from collections import Counter

from .metamotion import MetaMotion
from .movella_dot import MovellaDot
from .polar import PolarVerity
from .session import percentile
from .witmotion import WitMotion

SCENARIOS = {}


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


@scenario("three kinds set up at once, a fourth in batches; light and motor")
async def run_setup(rig):
    rig.person.tasks.clear()
    dot = MovellaDot(rig.air, "D4:22:CD:00:00:01", rig.person, segment="pelvis", ppm=40)
    meta = MetaMotion(rig.air, "E8:C9:8F:52:7B:07", rig.person, segment="trunk", ppm=-20)
    wit = WitMotion(rig.air, "E6:14:A2:3B:90:11", rig.person, segment="right-thigh", ppm=300)
    polar = PolarVerity(rig.air, "C1:7B:25:8A:4F:2C", rig.person, segment="left-thigh", ppm=15)
    await power_on(rig, dot, meta, wit, polar)
    await rig.forget_all()
    rig.check("doctor ends", (await rig.ctl("doctor bluetooth")).code in (0, 1))

    begun = time.monotonic()
    seen = {found["address"]: found for found in await rig.ctl_json("scan --seconds 8")}
    kinds = {address: found["kind"] for address, found in seen.items()}
    rig.check("scan recognises all four",
              kinds == {w.address: w.kind for w in (dot, meta, wit, polar)}, str(kinds))

    names = {"one-dot": (dot, "pelvis"), "two-meta": (meta, "trunk"), "three-wit": (wit, "right-thigh")}
    await rig.start_capture("setup")
    await rig.start_watch("setup")
    begun = time.monotonic()
    for name, (wearable, segment) in names.items():
        outcome = await rig.ctl(f"sensors add {wearable.address} --name {name} --segment {segment}")
        rig.check(f"{wearable.kind} is added", outcome.good, outcome.text)
    ready = await rig.streaming(names, 90)
    rig.limit("three kinds stream, from the first add", round(time.monotonic() - begun, 1) if ready
              else None, 30, "s")
    rig.check("each streams what it was asked for",
              dot.is_streaming and meta.is_streaming and wit.is_streaming)
    told = await rig.sensors()
    for name, (wearable, _) in names.items():
        link = (told.get(name) or {}).get("link") or {}
        rig.figure(f"{wearable.kind}: battery told", link.get("battery_percent"), "%")
        rig.figure(f"{wearable.kind}: interval told", link.get("connection_interval_ms"), "ms")
        rig.figure(f"{wearable.kind}: signal told", link.get("rssi_dbm"), "dBm")
    for name in ("one-dot", "two-meta"):
        await rig.ctl(f"sensors identify {name}")
    await rig.ctl("sensors buzz two-meta --milliseconds 300")
    await rig.until(lambda: dot.identified and meta.lights and meta.buzzes, 5, "light and motor")
    rig.check("DOT blinks", dot.identified > 0)
    rig.check("MetaMotion blinks", meta.lights > 0)
    rig.check("MetaMotion's motor runs", bool(meta.buzzes))

    outcome = await rig.ctl(f"sensors add {polar.address} --name four-polar --segment left-thigh --rate 52")
    rig.check("Polar is added", outcome.good, outcome.text)
    rig.check("Polar streams", await rig.streaming(["four-polar"], 40))
    await asyncio.sleep(4)
    four = (await rig.sensors()).get("four-polar") or {}
    rig.figure("Polar: batches marked with their delay",
               (four.get("link") or {}).get("batch_delay_ms"), "ms", "> 150",
               ((four.get("link") or {}).get("batch_delay_ms") or 0) > 150)
    rig.check("no packet was refused by a decoder", all(
        (rig.newest(name) or {}).get("decode_errors") == 0 for name in [*names, "four-polar"]),
        str({name: (rig.newest(name) or {}).get("decode_errors") for name in [*names, "four-polar"]}))
    await rig.ctl("sensors forget four-polar")
    await rig.stop_watch()
    intervals(rig, await rig.stop_capture(), [w for w, _ in names.values()])

    # The same by questions: one sensor, every answer by Enter.
    await rig.ctl("sensors forget one-dot")
    outcome = await rig.machine.run(
        f"printf '\\n\\n\\n\\n' | rehabctl setup --address {dot.address} --segment pelvis "
        "--no-calibration", 90)
    rig.check("setup by questions ends well", outcome.good, outcome.text)
    (rig.out / "setup-dialogue.txt").write_text(outcome.text)


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


async def calibrate(rig):
    """Does on the person what the daemon asks for; returns its last step."""
    path = rig.out / "calibration.jsonl"
    path.unlink(missing_ok=True)
    running = rig.machine.begin(
        f"stdbuf -oL rehabctl calibrate --lead-in 1 --json >/rig/out/{path.name}", 120)
    done = set()
    step = {}
    begun = time.monotonic()
    lifts = 0
    while not running.done() and time.monotonic() - begun < 120:
        await asyncio.sleep(0.05)
        lines = path.read_text().splitlines() if path.exists() else []
        for text in lines[-1:]:
            try:
                step = json.loads(text)
            except ValueError:
                continue
        name = step.get("step")
        if name == "bow" and "bow" not in done:
            done.add("bow")
            rig.person.bows(delay=0.5)
        elif name in ("lift", "repeat_lift") and name not in done:
            done.add(name)
            lifts += 1
            # The step begins as the third bow ends: stand for a moment first.
            rig.person.lift(side=1, delay=1.6)
    await running
    for text in path.read_text().splitlines()[-1:]:
        step = json.loads(text)
    rig.figure("calibration: foot lifts asked", lifts)
    return step


@scenario("a calibrated one-leg stand with planted drops, heard at the sound card")
async def run_stand(rig):
    rig.person.tasks.clear()
    dot = MovellaDot(rig.air, "D4:22:CD:00:00:A1", rig.person, segment="pelvis", ppm=40)
    meta = MetaMotion(rig.air, "E8:C9:8F:52:7B:A7", rig.person, segment="trunk", ppm=-20)
    await power_on(rig, dot, meta)
    await rig.forget_all()
    await rig.add("one-dot", dot, "pelvis")
    await rig.add("two-meta", meta, "trunk")
    await rig.start_watch("stand")
    if not rig.check("both stream", await rig.streaming(["one-dot", "two-meta"], 60)):
        return
    await asyncio.sleep(2)
    step = await calibrate(rig)
    if not rig.check("calibrated", step.get("step") == "done", str(step.get("reason"))):
        return
    rig.figure("calibration: variance about one axis",
               step["result"]["axis_variance_explained"], "", ">= 0.9",
               step["result"]["axis_variance_explained"] >= 0.9)

    await rig.start_capture("stand")
    outcome = await rig.ctl("start one-leg-stand --side right")
    if not rig.check("exercise started", outcome.good, outcome.text):
        await rig.stop_capture()
        return
    await rig.machine.need(
        "p=/proc/asound/Loopback/pcm0p/sub0/hw_params; for i in $(seq 40); do grep -q rate $p && break; "
        "sleep 0.25; done; rate=$(sed -n 's/^rate: \\([0-9]*\\).*/\\1/p' $p); "
        "systemd-run --quiet --unit=ear sh -c \"exec arecord -q -D hw:Loopback,1,0 -f S16_LE -c 2 "
        "-r ${rate:-48000} -t raw --buffer-time=400000 --period-time=20000 | "
        "exec python3 /rig/guest/sound_probe.py /rig/out/sound.jsonl ${rate:-48000}\"; sleep 1", 40)
    # Opening the card takes seconds in an emulated machine, and a cue before that is only counted.
    await rig.machine.run("for i in $(seq 20); do rehabctl status --json | grep -A4 '\"tone\"' | "
                          "grep -q '\"ok\"' && break; sleep 0.5; done", 60)
    sound = [output for output in (await rig.ctl_json("status"))["outputs"]]
    rig.check("the sound card is open", any(o["state"] == "ok" for o in sound), str(sound))
    # Drops of 8 degrees and one hike; (at, degrees, rise s, hold s) from the moment the leg is up.
    drops = ((4.0, 8.0, 0.6, 2.0), (9.0, -9.0, 0.6, 1.6), (14.0, 7.0, 0.4, 2.5), (20.0, 2.0, 0.6, 2.0))
    task = rig.person.stand(1, 26, drops, delay=1.0)
    await asyncio.sleep(task.start + task.length + 2 - time.monotonic())
    summary = await rig.ctl_json("stop")
    await rig.machine.run("systemctl stop ear; sleep 0.5")
    found = await rig.stop_capture()
    offset = rig.clock_offset(found, [dot, meta])
    judge_cues(rig, task, offset, summary)
    recording = await rig.recording("stand")
    losses(rig, {"one-dot": dot, "two-meta": meta}, recording)
    await rig.stop_watch()


def judge_cues(rig, task, offset, summary):
    """Cues against the truth, sounds against the cues; all in the machine's clock."""
    cues = rig.cues()
    rules = {"C01": (4.0, 0.5), "C04": (5.0, 0.3)}
    wanted = []
    for (at, degrees, rise, hold), crossing in zip(
            task.drops, rig.person.crossings(task, 4.0)):
        rule = "C01" if degrees > 0 else "C04"
        threshold, least = rules[rule]
        spans = rig.person.crossings(task, threshold)
        span = spans[task.drops.index((at, degrees, rise, hold))]
        if span and offset is not None:
            wanted.append((rule, span[0] + offset, span[0] + offset + least, span[1] + offset))
    sounds = [json.loads(text) for text in (rig.out / "sound.jsonl").read_text().splitlines()]
    sounds = [sound for sound in sounds if "start" in sound]
    rig.figure("cues", len(cues), "", f"{len(wanted)}", len(cues) == len(wanted))
    matched, heard = [], []
    for rule, crossed, due, end in wanted:
        cue = next((c for c in cues if c["rule"] == rule and crossed < c["time"] / 1e9 < end + 1), None)
        rig.check(f"planted {'drop' if rule == 'C01' else 'hike'} at "
                  f"{crossed - wanted[0][1]:.1f} s is cued", cue is not None)
        if cue is None:
            continue
        late = (cue["time"] / 1e9 - due) * 1000
        matched.append(late)
        presented = (cue["presented"] or cue["time"]) / 1e9
        sound = next((s for s in sounds if -0.05 < s["start"] - presented < 0.5), None)
        rig.check(f"  and heard ({rule})", sound is not None)
        if sound:
            heard.append((sound["start"] - presented) * 1000)
            # Right stance: the free side sank, so the sound is on the side to move away from.
            rig.figure(f"  louder side ({rule})", "left" if sound["left"] > sound["right"] else "right")
    extra = [c["rule"] for c in cues if not any(
        c["rule"] == rule and crossed < c["time"] / 1e9 < end + 1 for rule, crossed, _, end in wanted)]
    rig.figure("cues that nothing was planted for", len(extra), " ".join(extra), "0", not extra)
    if matched:
        rig.limit("cue after the moment it was due by the truth, worst", round(max(matched), 1), 250, "ms")
        rig.figure("cue after the moment it was due, earliest", round(min(matched), 1), "ms")
    latencies = [cue["latency_ms"] for cue in cues if cue.get("latency_ms") is not None]
    if latencies:
        rig.figure("deciding sample to outputs, worst", round(max(latencies), 2), "ms")
    if heard:
        rig.limit("outputs to sound card, worst", round(max(heard), 1), 100, "ms")
    rig.figure("share in band told", summary.get("share_in_band"))
    rig.figure("holds told", len(summary.get("holds", [])), "", "1", len(summary.get("holds", [])) == 1)


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


def losses(rig, wearables, recording, since=0):
    """Compares what each wearable got through the air with what the daemon recorded, byte by byte."""
    recorded = packets_by_sensor(recording)
    total = lost = twice = 0
    for name, wearable in wearables.items():
        counts = Counter(payload for _, payload in recorded.get(name, []))
        # Up to the last one recorded: what was under way at the end is nobody's loss. And from the first
        # one recorded: the daemon may look at a packet before it opens the door.
        delivered = [record for record in wearable.sent if record.delivered > since]
        while delivered and delivered[-1].payload not in counts:
            delivered.pop()
        while delivered and delivered[0].payload not in counts:
            delivered.pop(0)
        came = Counter(record.payload for record in delivered)
        sent = Counter(record.payload for record in wearable.sent)
        total += len(delivered)
        lost += (came - counts).total()
        twice += sum(counts[payload] - sent[payload] for payload in counts
                     if payload in sent and counts[payload] > sent[payload])
    rig.figure("packets delivered by the air", total)
    rig.figure("packets lost between adapter and recording", lost, "", "0", lost == 0)
    rig.figure("packets recorded twice", twice, "", "0", twice == 0)
    return total


CPU = r"""for unit in rehabd bluetoothd dbus-daemon rehab-link; do
pid=$(pidof -s $unit) || continue
awk -v u=$unit '{s+=$1} END {printf "%s %.0f\n", u, s}' /proc/$pid/task/*/schedstat
[ $unit = rehabd ] && for t in /proc/$pid/task/*; do
printf 'thread:%s %s\n' "$(tr ' ' _ <$t/comm)" "$(cut -d' ' -f1 $t/schedstat)"; done; done
awk -v t="$(cut -d' ' -f1 /proc/uptime)" 'BEGIN {printf "uptime %.0f\n", t * 1e9}'"""


async def cpu(rig):
    """{program: ns of processor time so far} in the machine."""
    return {line.split()[0]: int(line.split()[1])
            for line in (await rig.machine.need(CPU)).splitlines() if len(line.split()) == 2}


def latencies(found, stamps):
    """ms from the packet's arrival at the HCI to `stamps`, {payload: s}, for each that is in both."""
    return [(stamps[payload] - moment) * 1000 for moment, _, _, payload in found.notifications
            if payload in stamps]


@scenario("two minutes of 3 x 60 Hz from real recordings: nothing lost; interval; cost of a notification")
async def run_stream(rig, seconds=120):
    played = None
    if rig.recordings:
        played = Played(rig)
    else:
        rig.notes.append("no recordings found: the synthetic person was played in their place")
    await rig.start_capture("stream")
    dots = await stream_three(rig, "stream", played)
    await asyncio.sleep(3)
    resident = next((line["resident"] for line in reversed(rig.watched()) if "resident" in line), None)
    await asyncio.sleep(max(0, seconds - 30))
    api, events = rig.api_milliseconds(), rig.watched()
    told = {name: rig.newest(name) for name in dots}
    newest = next((line["resident"] for line in reversed(events) if "resident" in line), None)
    # The cost is taken while nobody watches: answers to a watcher are not the cost of a notification.
    await rig.stop_watch()
    before, begun = await cpu(rig), time.monotonic_ns()
    await asyncio.sleep(30)
    after, ended = await cpu(rig), time.monotonic_ns()
    recording = await rig.recording("stream")
    found = await rig.stop_capture()
    losses(rig, dots, recording)
    count = sum(1 for dot in dots.values() for record in dot.sent
                if begun < record.delivered < ended)
    for key in ("gaps", "lost_samples", "duplicates", "decode_errors"):
        total = sum((sensor or {}).get(key) or 0 for sensor in told.values())
        rig.figure(f"{key} told", total, "", "0", total == 0)
    intervals(rig, found, dots.values())
    stamps = {payload: stamp for name, packets in packets_by_sensor(recording).items()
              for stamp, payload in packets}
    delays = latencies(found, stamps)
    rig.comparison = {"cpu": (after["rehabd"] - before["rehabd"]) / max(1, count) / 1000,
                      "p50": percentile(delays, 0.5), "p99": percentile(delays, 0.99)}
    rig.figure("rehabd: processor time a notification", round(rig.comparison["cpu"], 1), "us")
    for name in sorted(key for key in after if key.startswith("thread:")):
        spent = (after[name] - before.get(name, 0)) / max(1, count) / 1000
        rig.figure(f"  of it {name.removeprefix('thread:')}", round(spent, 1), "us")
    rig.figure("bluetoothd: processor time a notification",
               round((after["bluetoothd"] - before["bluetoothd"]) / max(1, count) / 1000, 1), "us")
    rig.figure("dbus-daemon: processor time a notification",
               round((after["dbus-daemon"] - before["dbus-daemon"]) / max(1, count) / 1000, 1), "us")
    if delays:
        rig.figure("HCI to rehabd's door, p50", round(rig.comparison["p50"], 2), "ms")
        rig.figure("HCI to rehabd's door, p99", round(rig.comparison["p99"], 2), "ms")
    air = [(record.delivered - record.queued) / 1e6 for dot in dots.values() for record in dot.sent
           if record.delivered]
    rig.figure("in the sensor's queue until its connection event, p50", round(percentile(air, 0.5), 2), "ms")
    rig.limit("status answers p99 (Python client inside)",
              round(percentile(api, 0.99) or 1e9, 1), 50, "ms")
    if resident and newest:
        rig.limit("memory growth", round((newest - resident) / 1048576, 2), 1, "MiB")


class Played:
    """Real recordings, each on the segment it was worn on."""

    FILES = {"pelvis": "hip.csv", "trunk": "upper_back.csv", "right-thigh": "upper_leg_right.csv"}

    def __init__(self, rig):
        self.by_name = {name.rsplit("/", 1)[-1]: recording for name, recording in rig.recordings.items()}

    def sensor(self, segment, moment):
        recording = self.by_name[self.FILES.get(segment, "hip.csv")]
        return recording.sensor(segment, moment)


@scenario("the same three sensors on PyPI bleak: cost and delay of a notification, ours against it")
async def run_compare(rig, seconds=30):
    if getattr(rig, "comparison", None) is None:
        await run_stream(rig, seconds)
    dots = list(rig.wearables.values())
    await rig.stop_watch()
    for name in await rig.sensors():
        await rig.ctl(f"sensors disconnect {name}")
    await asyncio.sleep(3)
    await rig.machine.need("systemctl stop rehabd.service rehabd.socket")
    await rig.start_capture("bleak")
    python = preparing_python()
    outcome = await rig.machine.run(
        f"{python} /rig/guest/bleak_client.py /rig/out/bleak.json {seconds} 0 "
        + " ".join(dot.address for dot in dots), seconds + 150)
    found = await rig.stop_capture()
    await rig.machine.need("systemctl start rehabd.socket rehabd.service || systemctl start rehabd.service; rehabctl status >/dev/null")
    if not rig.check("bleak streamed", outcome.good, outcome.text[-400:]):
        return
    told = json.loads((rig.out / "bleak.json").read_text())
    theirs = told["cpu_seconds"] / max(1, told["notifications"]) * 1e6
    stamps = {bytes.fromhex(text): stamp / 1e9 - rig.realtime_offset
              for notes in told["taken"].values() for stamp, text in notes}
    delays = latencies(found, stamps)
    rig.figure("bleak: notifications", told["notifications"])
    rig.figure("bleak: processor time a notification", round(theirs, 1), "us")
    rig.figure("bleak: HCI to callback, p50", round(percentile(delays, 0.5) or -1, 2), "ms")
    rig.figure("bleak: HCI to callback, p99", round(percentile(delays, 0.99) or -1, 2), "ms")
    ratio = rig.comparison["cpu"] / theirs if theirs else None
    rig.limit("rehabd's processor time of bleak's", round(ratio, 4) if ratio else None, 0.1, "")
    if delays and rig.comparison["p50"] is not None:
        rig.figure("delivery p50, ours / bleak's", round(
            rig.comparison["p50"] / percentile(delays, 0.5), 3), "", "< 1",
            rig.comparison["p50"] < percentile(delays, 0.5))


def preparing_python():
    from . import preparing
    return preparing.CACHE / "venv/bin/python"
