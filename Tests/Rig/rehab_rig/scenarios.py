"""What is shown on the rig: three kinds set up at once, and a calibrated stand with planted drops."""

import asyncio
import json
import time

from .common import ear, intervals, losses, power_on, scenario
from .metamotion import MetaMotion
from .movella_dot import MovellaDot
from .polar import PolarVerity
from .witmotion import WitMotion


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
    await ear(rig, "sound")
    # Opening the card takes seconds in an emulated machine, and a cue before that is only counted.
    for _ in range(40):
        sound = [output for output in (await rig.ctl_json("status"))["outputs"]]
        if any(output["name"] == "tone" and output["state"] == "ok" for output in sound):
            break
        await asyncio.sleep(0.5)
    rig.check("the sound card is open", any(o["name"] == "tone" and o["state"] == "ok" for o in sound), str(sound))
    # Drops of 8 degrees and one hike; (at, degrees, rise s, hold s) from the moment the leg is up.
    drops = ((4.0, 8.0, 0.6, 2.0), (9.0, -9.0, 0.6, 1.6), (14.0, 7.0, 0.4, 2.5), (20.0, 2.0, 0.6, 2.0))
    task = rig.person.stand(1, 26, drops, delay=1.0)
    await asyncio.sleep(task.start + task.length + 2 - time.monotonic())
    summary = await rig.ctl_json("stop")
    await rig.machine.run("systemctl stop ear-sound; sleep 0.5")
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


@scenario("a sensor that demands pairing")
async def run_pairing(rig):
    """Its settings are for encrypted links only; the person pairs when rehabd says so, and never again."""
    await rig.forget_all()
    dot = MovellaDot(rig.air, "D4:22:CD:00:0F:01", rig.person, segment="pelvis", guarded=True)
    await power_on(rig, dot)
    await rig.add("guarded", dot, "pelvis")
    await rig.start_watch("pairing")
    await rig.start_capture("pairing")
    try:
        await rig.until(lambda: rig.state("guarded") in ("unusable", "streaming"), 40, "a final state")
        link = (await rig.sensors())["guarded"].get("link") or {}
        rig.figure("before anybody pairs", f"{rig.state('guarded')}: {link.get('reason')}")
        if rig.state("guarded") != "streaming":
            outcome = await rig.ctl("sensors pair guarded", 60)
            rig.check("rehabctl pairs", outcome.good, outcome.text[-200:])
        rig.check("it streams", await rig.streaming(["guarded"], 40))
        rig.check("the link is encrypted", bool(dot.connection and dot.connection.is_encrypted))
        # A bond is for good: out of range and back without anybody's help.
        dot.conditions.in_range = False
        await rig.until(lambda: rig.state("guarded") != "streaming", 10, "the loss")
        await asyncio.sleep(3)
        dot.conditions.in_range = True
        rig.check("back from out of range it streams", await rig.streaming(["guarded"], 40))
        rig.check("and the link is encrypted again", bool(dot.connection and dot.connection.is_encrypted))
        told = await rig.machine.run("bluetoothctl info " + dot.address)
        rig.check("BlueZ has a bond", "Bonded: yes" in told.text or "Paired: yes" in told.text, told.text[-300:])
    finally:
        await rig.stop_capture()
        await rig.stop_watch()
