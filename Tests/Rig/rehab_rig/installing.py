"""The Debian package: built where it is missing, put into the machine by dpkg as an administrator would."""

import asyncio
import os
import subprocess
import time

from . import preparing
from .session import PROGRAMS

DIRECTORY = preparing.CACHE / "package"
# What a package is made of, beside the programs.
SOURCES = ("Scripts/package", "Scripts/install", "packaging", "systemd", "udev")
RAISED = "+rig1"
CARD = "hw:Loopback,0,0"


def version():
    first = (preparing.REPOSITORY / "packaging/debian/changelog").read_text().splitlines()[0]
    return first.split("(")[1].split(")")[0]


def newest(*paths):
    """The latest change of any of these files or of what is below them."""
    found = 0.0
    for path in paths:
        for file in [path, *path.rglob("*")] if path.is_dir() else [path]:
            found = max(found, file.stat().st_mtime)
    return found


def build(binaries, name, number):
    """The package of a version, built anew where anything in it is newer; (path, whether it was built)."""
    output = DIRECTORY / name
    made = sorted(output.glob(f"rehabd_{number}_*.deb"))
    parts = [preparing.REPOSITORY / part for part in SOURCES]
    programs = [binaries / "rehabctl", binaries / "rehab-link"]
    if made and made[0].stat().st_mtime > newest(*parts, *programs):
        return made[0], False
    subprocess.run(["Scripts/packages", "package"], cwd=preparing.REPOSITORY, timeout=900, check=True,
                   stdout=subprocess.DEVNULL)
    # Its pages come from the programs that go with them.
    subprocess.run(["Scripts/manual", str(programs[0]), ".build/manual"], cwd=preparing.REPOSITORY,
                   timeout=300, check=True, stdout=subprocess.DEVNULL)
    environment = dict(os.environ, PACKAGE_PROGRAMS=str(binaries), PACKAGE_OUTPUT=str(output))
    if number != version():
        environment["PACKAGE_VERSION"] = number
    output.mkdir(parents=True, exist_ok=True)
    with open(DIRECTORY / f"{name}.log", "wb") as log:
        subprocess.run(["Scripts/package"], cwd=preparing.REPOSITORY, env=environment, timeout=900,
                       check=True, stdout=log, stderr=subprocess.STDOUT)
    return sorted(output.glob(f"rehabd_{number}_*.deb"))[0], True


async def provide(rig, name):
    """The package "old", of this version, or "new", of a higher one; (version, path in the machine)."""
    number = version() + (RAISED if name == "new" else "")
    path, is_new = await asyncio.to_thread(build, rig.binaries, name, number)
    rig.say(f"{path.name} {'was not there or older than its parts: built' if is_new else 'is there'}")
    (rig.share / "bin" / path.name).write_bytes(path.read_bytes())
    return number, f"/rig/bin/{path.name}"


async def install_package(rig):
    """Takes away what the rig had put in place itself; dpkg brings everything. Once a run."""
    if getattr(rig, "has_package", False):
        return
    _, path = await provide(rig, "old")
    await rig.stop_watch()
    await rig.machine.run(
        "systemctl stop rehabd.socket rehabd.service rehab-link.socket rehab-link.service; "
        "cp /var/lib/rehabd/recordings/* /rig/out/ 2>/dev/null; rm -rf /var/lib/rehabd /etc/rehabd "
        "/run/rehabd /run/rehab-link /run/lock/rehabd "
        "/etc/systemd/system/rehabd.* /etc/systemd/system/rehab-link.* /etc/systemd/system/rehabd.service.d; "
        f"rm -f {' '.join(PROGRAMS.values())}; systemctl daemon-reload; systemctl reset-failed; "
        # Not a machine's: a container's order to start no service. And the index of all the host's manual
        # pages would be made anew, for minutes.
        "userdel rehabd; groupdel rehab; rm -f /usr/sbin/policy-rc.d /var/lib/man-db/auto-update; true", 60)
    rig.check("before: no program, account or group of rehabd", (await rig.machine.run(
        "! command -v rehabctl && ! getent passwd rehabd && ! getent group rehab")).good)
    began = time.monotonic()
    outcome = await rig.machine.run(f"DEBIAN_FRONTEND=noninteractive dpkg -i {path}", 400)
    (rig.out / "dpkg-install.txt").write_text(outcome.text)
    if not rig.check("dpkg -i ends well", outcome.good, outcome.text[-400:]):
        raise RuntimeError("the package was not installed")
    rig.has_package = True
    # The machine's one setting of its own, in the administrator's file: where sound goes.
    outcome = await rig.machine.run(
        f"sed -i 's|^#device = .*|device = \"{CARD}\"|' /etc/rehabd/rehabd.toml && "
        "rehabctl config check /etc/rehabd/rehabd.toml")
    rig.check("the settings of the package are valid with a sound card named", outcome.good, outcome.text)
    rig.figure("dpkg -i took", round(time.monotonic() - began, 1), "s")


async def enable(rig):
    """As README says for a machine without a desktop; idempotent."""
    await install_package(rig)
    watchdog = os.environ.get("RIG_WATCHDOG")
    if watchdog:
        await rig.machine.need(
            "mkdir -p /run/systemd/system/rehabd.service.d; printf '[Service]\\nWatchdogSec="
            f"{watchdog}\\n' >/run/systemd/system/rehabd.service.d/rig.conf; systemctl daemon-reload")
    await rig.machine.need("systemctl enable --now rehabd.socket rehabd rehab-link.socket 2>&1 && "
                           "timeout 60 rehabctl status >/dev/null", 120)
