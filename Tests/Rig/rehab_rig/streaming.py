"""What is shown on the rig: two minutes without loss, and what a notification costs beside PyPI bleak."""

import asyncio
import json
import time

from .common import intervals, losses, outside_python, packets_by_sensor, scenario, stream_three
from .session import percentile

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


async def cost(rig, dots, seconds):
    """({program or thread: us of processor time a notification}, notifications) of the next seconds."""
    before, begun = await cpu(rig), time.monotonic_ns()
    await asyncio.sleep(seconds)
    after, ended = await cpu(rig), time.monotonic_ns()
    count = sum(1 for dot in dots for record in dot.sent if begun < record.delivered < ended)
    return {key: (after[key] - before.get(key, 0)) / max(1, count) / 1000 for key in after}, count


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
    spent, _ = await cost(rig, dots.values(), 30)
    recording = await rig.recording("stream")
    found = await rig.stop_capture()
    losses(rig, dots, recording)
    for key in ("gaps", "lost_samples", "duplicates", "decode_errors"):
        total = sum((sensor or {}).get(key) or 0 for sensor in told.values())
        rig.figure(f"{key} told", total, "", "0", total == 0)
    intervals(rig, found, dots.values())
    stamps = {payload: stamp for name, packets in packets_by_sensor(recording).items()
              for stamp, payload in packets}
    delays = latencies(found, stamps)
    rig.comparison = {"cpu": spent["rehabd"], "p50": percentile(delays, 0.5),
                      "p99": percentile(delays, 0.99)}
    rig.figure("rehabd: processor time a notification", round(rig.comparison["cpu"], 1), "us")
    for name in sorted(key for key in spent if key.startswith("thread:")):
        rig.figure(f"  of it {name.removeprefix('thread:')}", round(spent[name], 1), "us")
    for program in ("bluetoothd", "dbus-daemon"):
        rig.figure(f"{program}: processor time a notification", round(spent[program], 1), "us")
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


PATH_SETTING = "/run/systemd/system/rehabd.service.d/rig-path.conf"


async def run_descriptor(rig, theirs, seconds=30):
    """The same by descriptor, which BlueZ from 5.86 on gives safely: what our part of a notification costs there."""
    await rig.machine.need(
        f"mkdir -p $(dirname {PATH_SETTING}); printf '[Service]\\nEnvironment=REHABD_NOTIFY_PATH=descriptor\\n'"
        f" > {PATH_SETTING}; systemctl daemon-reload; systemctl restart rehabd.service; "
        "timeout 30 rehabctl status >/dev/null")
    try:
        dots = await stream_three(rig, "descriptor", Played(rig) if rig.recordings else None)
        await asyncio.sleep(3)
        paths = {(sensor.get("link") or {}).get("notify_path") for sensor in (await rig.sensors()).values()}
        await rig.stop_watch()
        spent, _ = await cost(rig, dots.values(), seconds)
    finally:
        await rig.stop_watch()
        await rig.machine.run(f"rm {PATH_SETTING}; systemctl daemon-reload; systemctl restart rehabd.service; "
                              "timeout 30 rehabctl status >/dev/null", 60)
    rig.check("by descriptor: that path is used", paths == {"descriptor"}, str(paths))
    rig.figure("by descriptor: rehabd's processor time a notification", round(spent["rehabd"], 1), "us")
    for name in sorted(key for key in spent if key.startswith("thread:")):
        rig.figure(f"  of it {name.removeprefix('thread:')}", round(spent[name], 1), "us")
    rig.limit("by descriptor: rehabd's processor time of bleak's",
              round(spent["rehabd"] / theirs, 4) if theirs else None, 0.1, "")


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
    try:
        outcome = await rig.machine.run(
            f"{outside_python()} /rig/guest/bleak_client.py /rig/out/bleak.json {seconds} 0 "
            + " ".join(dot.address for dot in dots), seconds + 150)
        found = await rig.stop_capture()
    finally:
        await rig.machine.run("systemctl start rehabd.socket; systemctl start rehabd.service; "
                              "timeout 30 rehabctl status >/dev/null", 60)
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
    await run_descriptor(rig, theirs, seconds)
