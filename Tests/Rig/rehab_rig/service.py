"""What is shown on the rig, third part: rehabd as a service of the machine, from its Debian package."""

import asyncio

from .common import scenario
from .installing import install_package
from .workout import FIRST_SAMPLE, RECORDER, Workout, active_since, moment, property_of, restarts, until_active

UNITS = ("rehabd.service", "rehabd.socket", "rehab-link.service", "rehab-link.socket")


@scenario("the Debian package under real systemd: accounts, units, rule, catalogue, manual")
async def run_package(rig):
    await install_package(rig)
    machine = rig.machine

    async def holds(sentence, script):
        outcome = await machine.run(script, 60)
        rig.check(sentence, outcome.good, outcome.text[-300:])

    await holds("dpkg has it installed", "dpkg -s rehabd | grep -q '^Status: install ok installed'")
    await holds("every file is as packed", "dpkg --verify rehabd")
    await holds("sysusers made account and group", "id -nG rehabd | grep -qw rehab")
    await holds("tmpfiles made /run/lock/rehabd for everybody", "[ \"$(stat -c %a /run/lock/rehabd)\" = 1777 ]")
    await holds("systemd reads the units of the package, not others", "systemctl daemon-reload; for u in "
                + " ".join(UNITS) + "; do [ \"$(systemctl show -P FragmentPath $u)\" = /lib/systemd/system/$u ] "
                "&& [ -z \"$(systemctl show -P DropInPaths $u)\" ] || exit 1; done")
    await holds("systemd finds nothing to say about them",
                "systemd-analyze verify /lib/systemd/system/rehab{d,-link}.{socket,service} 2>&1 "
                "| grep -i rehab && exit 1; true")
    await holds("nothing of it runs or is enabled unasked",
                "for u in rehabd.service rehabd.socket rehab-link.socket; do systemctl is-enabled -q $u && exit 1; "
                "systemctl is-active -q $u && exit 1; done; true")
    await holds("a login's socket is enabled for every user", "systemctl --global is-enabled -q rehabd.socket")
    await holds("udev has read the rule", "udevadm control --reload; udevadm test $(udevadm info -q path "
                "/sys/class/bluetooth/hci0) 2>&1 | grep -q 70-rehabd.rules")
    await holds("the journal's catalogue knows rehabd's messages",
                "journalctl --list-catalog | grep -q 'rehabd has started'")
    await holds("rehabctl runs", "rehabctl --version")
    score = await machine.run("systemd-analyze security --no-pager rehabd.service | tail -1")
    words = [word for word in score.text.split() if word.replace(".", "").isdigit()]
    rig.limit("exposure, judged by the running systemd", float(words[0]) if words else None, 1.0, "")


@scenario("adapter plugged: udev, bluetooth.target, and the daemon is up; unplugged and plugged again")
async def run_plug(rig):
    await install_package(rig)
    machine = rig.machine
    await machine.need("systemctl stop rehabd.socket rehabd.service; "
                       "systemctl enable rehabd.socket rehabd.service rehab-link.socket")
    await rig.detach_adapter()
    quiet = await machine.run("for i in $(seq 50); do systemctl is-active -q bluetooth.target || exit 0; "
                              "sleep 0.2; done; exit 1", 30)
    rig.check("without an adapter bluetooth.target is not reached", quiet.good)
    # What sockets.target does when the machine boots.
    await machine.need("systemctl start rehabd.socket rehab-link.socket")
    rig.check("and rehabd does not run", not await active_since(rig, "rehabd.service"))

    async def plug(what):
        begun = await moment(rig)
        await rig.attach_adapter()
        if not rig.check(f"{what}: the adapter brings rehabd up", await until_active(rig, "rehabd.service", 60)):
            return None
        reached, ready = [await active_since(rig, unit) for unit in ("bluetooth.target", "rehabd.service")]
        started = int((await property_of(rig, "rehabd.service", "ExecMainStartTimestampMonotonic"))[
            "ExecMainStartTimestampMonotonic"]) / 1e6
        rig.figure(f"{what}: attached until bluetooth.target", round(reached - begun, 2), "s")
        if started > begun:
            rig.figure(f"{what}: bluetooth.target until rehabd is READY", round(ready - reached, 2), "s")
            rig.figure(f"{what}: rehabd's own start (executed until READY)", round((ready - started) * 1000), "ms")
        await rig.wait_for_adapter()
        return (await property_of(rig, "rehabd.service", "MainPID"))["MainPID"]

    first = await plug("plugged")
    journal = await machine.run("journalctl -b --no-pager -o cat -u rehabd.service -u bluetooth.target | tail -8")
    (rig.out / "plug-journal.txt").write_text(journal.text)
    rig.check("it answers", (await rig.ctl("status", 40)).good)
    await rig.detach_adapter()
    await asyncio.sleep(3)
    pid = (await property_of(rig, "rehabd.service", "MainPID"))["MainPID"]
    rig.check("unplugged: it goes on and waits", pid == first and (await rig.ctl("status", 40)).good)
    again = await plug("plugged again")
    rig.check("the same process uses it", again == first, f"{first} {again}")
    await rig.detach_adapter()
    await machine.need("systemctl stop rehabd.service; sleep 2")
    again = await plug("stopped, then plugged")
    rig.check("another process", again not in (first, None, "0"))


@scenario("the control socket: for the group and for nobody else")
async def run_door(rig):
    await install_package(rig)
    machine = rig.machine
    await machine.need(
        "systemctl stop rehabd.socket rehabd.service; id anna || useradd -m -G rehab anna; id bert || useradd -m bert")
    await machine.need("systemctl start rehabd.socket")

    async def status(person):
        return await machine.run(f"cd /; runuser -u {person} -- timeout 40 rehabctl status", 60)

    connect = ("cd /; runuser -u {} -- python3 -c 'import socket; s = socket.socket(socket.AF_UNIX); "
               "s.connect(\"/run/rehabd/control\")' 2>&1 | tail -1")
    rig.check("nothing runs yet", not await active_since(rig, "rehabd.service"))
    told = await status("bert")
    rig.check("a stranger is refused, and starts nothing", not told.good and not await active_since(
        rig, "rehabd.service"), told.text[-200:])
    told = await status("anna")
    rig.check("a member's first question starts the daemon and is answered", told.good, told.text[-200:])
    if not told.good:
        await machine.need("systemctl start rehabd.service")
    rig.figure("socket", (await machine.run("stat -c '%U:%G %a' /run/rehabd/control")).text.strip(), "",
               "rehabd:rehab 660", (await machine.run(
                   "[ \"$(stat -c '%U:%G %a' /run/rehabd/control)\" = 'rehabd:rehab 660' ]")).good)
    rig.figure("its directory", (await machine.run("stat -c '%U:%G %a' /run/rehabd")).text.strip(), "",
               "rehabd:rehab 750", (await machine.run(
                   "[ \"$(stat -c '%U:%G %a' /run/rehabd)\" = 'rehabd:rehab 750' ]")).good)
    for person in ("bert", "nobody"):
        told = await machine.run(connect.format(person))
        rig.check(f"connect(2) as {person} is refused by the kernel", "PermissionError" in told.text, told.text[-200:])
        told = await status(person)
        rig.check(f"rehabctl as {person} says so", told.code in (69, 77), f"{told.code} {told.text[-200:]}")
        (rig.out / f"door-{person}.txt").write_text(told.text)
    rig.check("a member is answered", (await status("anna")).good)
    rig.check("root is answered", (await rig.ctl("status", 40)).good)
    listening = await machine.run("ss -Hlntu 2>/dev/null; cat /proc/net/tcp /proc/net/udp | wc -l; "
                                  "grep -c . /proc/$(systemctl show -P MainPID rehabd)/net/tcp")
    rig.figure("network of the daemon: lines of its /proc/net/tcp", listening.text.split()[-1], "", "1 (the head)",
               listening.text.split()[-1] == "1")
    # A stop takes the daemon away and not the door.
    await machine.need("systemctl stop rehabd.service; sleep 1")
    told = await status("anna")
    rig.check("after a stop the next question starts it again", told.good, told.text[-200:])
    await machine.need("systemctl start rehabd.service; timeout 40 rehabctl status >/dev/null", 60)


@scenario("kill -9 in mid-workout: systemd starts it again, set and recording go on with a marked gap")
async def run_crash(rig):
    async with Workout(rig, "crash") as workout:
        before = await restarts(rig)
        mark = float(await rig.machine.need(
            "python3 -c 'import os, sys, time; t = time.monotonic(); os.kill(int(sys.argv[1]), 9); print(t)' "
            "$(systemctl show -P MainPID rehabd.service)"))
        await workout.goes_on()
        rig.figure("restarts by systemd", await restarts(rig) - before, "", "1", await restarts(rig) - before == 1)
        rig.figure("from kill to READY", round(await active_since(rig, "rehabd.service") - mark, 2), "s")
        await asyncio.sleep(2)
    workout.judge(mark)


@scenario("a daemon that hangs in mid-workout: the watchdog ends it, set and recording go on")
async def run_hang(rig):
    async with Workout(rig, "hang") as workout:
        period = (await property_of(rig, "rehabd.service", "WatchdogUSec"))["WatchdogUSec"]
        rig.figure("WatchdogSec of the unit", period, "", "5s", period == "5s")
        before = await restarts(rig)
        mark = float(await rig.machine.need(
            "python3 -c 'import os, sys, time; t = time.monotonic(); os.kill(int(sys.argv[1]), 19); print(t)' "
            "$(systemctl show -P MainPID rehabd.service)"))
        await rig.machine.run("for i in $(seq 120); do systemctl show -P NRestarts rehabd.service "
                              f"| grep -qx {before + 1} && exit 0; sleep 0.25; done; exit 1", 60)
        await workout.goes_on()
        rig.figure("restarts by systemd", await restarts(rig) - before, "", "1", await restarts(rig) - before == 1)
        told = await rig.machine.run("journalctl -b --no-pager -o short-monotonic -u rehabd.service | "
                                     "grep -i 'watchdog timeout' | tail -1")
        words = told.text.replace("[", " ").replace("]", " ").split()
        caught = float(words[0]) - mark if words else None
        rig.limit("from the hang to the watchdog", None if caught is None else round(caught, 2), 6, "s")
        ready = await active_since(rig, "rehabd.service")
        rig.figure("from the hang to READY", round(ready - mark, 2), "s")
        await asyncio.sleep(2)
    # Five seconds of watchdog come before the start.
    workout.judge(mark, FIRST_SAMPLE + 6, "hang", RECORDER)
