"""The virtual machine: started, spoken to through one serial port, ended for certain."""

import asyncio
import base64
import json
import os
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from . import preparing, ram_root

# Seconds that a hardware-assisted machine gets to reach its first program; it hangs on some hosts.
PROBE_LIMIT = 20
BOOT_LIMIT = 240


@dataclass
class Outcome:
    """What a command in the machine came to."""

    code: int
    text: str

    @property
    def good(self):
        return self.code == 0


class MachineError(Exception):
    """The machine did not do what the rig needs of it."""


def accelerators():
    """Arguments for the fastest way to run a guest that works here."""
    emulated = ["-accel", "tcg,thread=multi,tb-size=512", "-cpu", "max,la57=off,avx=off"]
    stamp = preparing.CACHE / "kvm"
    if not os.access("/dev/kvm", os.R_OK | os.W_OK):
        return emulated
    if not stamp.exists():
        image, first = preparing.initrd()
        command = ["qemu-system-x86_64", "-accel", "kvm", "-cpu", "host", "-m", "512",
                   "-nographic", "-no-reboot", "-net", "none", "-kernel", str(image), "-initrd",
                   str(first), "-append", "console=ttyS0 panic=-1 rig.probe"]
        try:
            told = subprocess.run(command, timeout=PROBE_LIMIT, capture_output=True, text=True,
                                  stdin=subprocess.DEVNULL, check=False).stdout
        except subprocess.TimeoutExpired:
            told = ""
        stamp.write_text("yes" if "RIG-PROBE-DONE" in told else "no")
    return ["-accel", "kvm", "-cpu", "host"] if stamp.read_text() == "yes" else emulated


class Machine:
    """One guest. `share` is seen there as /rig and holds what goes in and comes out."""

    def __init__(self, share: Path, console: Path):
        self.share = share
        self.console = console
        self.process = None
        self.accelerator = ""
        self.boot_seconds = 0.0
        self._number = 0
        self._waiting = {}
        self._reader = self._writer = None
        self._pump = None

    async def start(self, radio_sockets, is_in_memory=False):
        """Boots; the radio's sockets must listen already. Returns when the guest takes commands.

        `is_in_memory`: the root is one that lives in the machine's memory, so that it can sleep.
        """
        image, initrd = preparing.initrd()
        units = self.share / "units"
        units.mkdir(parents=True, exist_ok=True)
        (units / "rig.service").write_text(
            "[Unit]\nDescription=Takes the rig's commands\nAfter=dbus.service sysinit.target\n"
            "Wants=dbus.service systemd-udevd.service systemd-udev-trigger.service\n"
            # A copy: a machine that sleeps takes the share away for that time.
            "[Service]\nType=exec\nExecStartPre=/bin/cp /rig/guest/agent.sh /run/rig-agent.sh\n"
            "ExecStart=/bin/bash /run/rig-agent.sh\nWorkingDirectory=/\n"
            "StandardInput=null\nKillMode=process\n")
        (units / "rig.target").write_text(
            "[Unit]\nDescription=The rig\nRequires=basic.target rig.service\n"
            "After=basic.target\nAllowIsolate=yes\n")
        shutil.copytree(preparing.HERE / "guest", self.share / "guest", dirs_exist_ok=True,
                        ignore=shutil.ignore_patterns("__pycache__"))

        if is_in_memory:
            shutil.copy(ram_root.pack(preparing.CACHE / "root.tar"), self.share / "root.tar")
        self.monitor = self.share.parent / "monitor.socket"
        self.monitor.unlink(missing_ok=True)
        socket = self.share.parent / "agent.socket"
        socket.unlink(missing_ok=True)
        connected = asyncio.get_running_loop().create_future()
        server = await asyncio.start_unix_server(
            lambda r, w: connected.done() or connected.set_result((r, w)), str(socket),
            limit=1 << 26)
        accelerator = accelerators()
        self.accelerator = accelerator[1].split(",")[0]
        command = ["qemu-system-x86_64", *accelerator, "-smp", "2", "-m", "3072",
                   "-nographic", "-no-reboot", "-net", "none", "-kernel", str(image),
                   "-initrd", str(initrd), "-append",
                   "console=ttyS0 panic=-1 quiet systemd.show_status=no systemd.log_level=notice "
                   # The kernel's test of ECDH does not pass in emulation, and without ECDH nothing pairs.
                   "mitigations=off nowatchdog audit=0 cryptomgr.notests"
                   + (" rig.ram" if is_in_memory else ""),
                   "-qmp", f"unix:{self.monitor},server=on,wait=off",
                   "-fsdev", "local,id=h,path=/,security_model=none,readonly=on,multidevs=remap",
                   "-device", "virtio-9p-pci,fsdev=h,mount_tag=host",
                   "-fsdev", f"local,id=s,path={self.share},security_model=none",
                   "-device", "virtio-9p-pci,fsdev=s,mount_tag=share",
                   "-device", "virtio-serial",
                   "-chardev", f"socket,id=agent,path={socket}",
                   "-device", "virtserialport,chardev=agent,name=org.rehabd.rig"]
        for index, path in enumerate(radio_sockets):
            command += ["-chardev", f"socket,id=bt{index},path={path}",
                        "-device", f"virtconsole,chardev=bt{index}"]
        began = time.monotonic()
        with open(self.console, "wb") as console:
            self.process = await asyncio.create_subprocess_exec(
                *command, stdin=asyncio.subprocess.DEVNULL, stdout=console, stderr=console,
                start_new_session=True)
        self._reader, self._writer = await asyncio.wait_for(connected, 20)
        server.close()
        self._waiting[0] = asyncio.get_running_loop().create_future()
        self._pump = asyncio.create_task(self._listen())
        done, _ = await asyncio.wait(
            [self._waiting[0], asyncio.create_task(self.process.wait())], timeout=BOOT_LIMIT,
            return_when=asyncio.FIRST_COMPLETED)
        if self._waiting[0] not in done:
            raise MachineError(f"the machine did not come up within {BOOT_LIMIT} s: see {self.console}")
        self.boot_seconds = time.monotonic() - began

    async def _listen(self):
        while line := await self._reader.readline():
            words = line.decode(errors="replace").split()
            if len(words) < 2 or not words[0].isdigit():
                continue
            future = self._waiting.get(int(words[0]))
            if future and not future.done():
                text = base64.b64decode(words[2]).decode(errors="replace") if len(words) > 2 else ""
                future.set_result(Outcome(int(words[1]), text))
        for future in self._waiting.values():
            if not future.done():
                future.set_exception(MachineError("the machine has gone"))

    def begin(self, script, limit=60):
        """Starts a shell script in the guest; returns a future of its outcome."""
        self._number += 1
        number = self._number
        future = asyncio.get_running_loop().create_future()
        self._waiting[number] = future
        code = base64.b64encode(script.encode()).decode()
        self._writer.write(f"{number} {limit} {code}\n".encode())
        future.add_done_callback(lambda _: self._waiting.pop(number, None))
        return future

    async def run(self, script, limit=60):
        """Runs a shell script in the guest to its end, or to the limit (code 124)."""
        return await asyncio.wait_for(self.begin(script, limit), limit + 60)

    async def need(self, script, limit=60):
        """As `run`, for what has to succeed."""
        outcome = await self.run(script, limit)
        if not outcome.good:
            raise MachineError(f"in the machine: {script!r} ended with {outcome.code}: {outcome.text}")
        return outcome.text

    async def sleep_and_wake(self, seconds, limit=60):
        """Waits until the machine sleeps by the emulator's word, wakes it so many seconds later; s it slept."""
        reader, writer = await asyncio.open_unix_connection(str(self.monitor))

        async def until_event(name):
            while name not in json.loads(await reader.readline()).get("event", ""):
                pass
            return time.monotonic()

        try:
            await reader.readline()
            writer.write(b'{"execute": "qmp_capabilities"}\n')
            asleep = await asyncio.wait_for(until_event("SUSPEND"), limit)
            await asyncio.sleep(seconds)
            writer.write(b'{"execute": "system_wakeup"}\n')
            return await asyncio.wait_for(until_event("WAKEUP"), limit) - asleep
        finally:
            writer.close()

    def waited(self):
        """(s that the machine's threads ran on the host, s that they waited for a processor) so far."""
        ran = waited = 0
        for path in Path(f"/proc/{self.process.pid}/task").glob("*/schedstat"):
            try:
                words = path.read_text().split()
            except OSError:
                continue
            ran, waited = ran + int(words[0]), waited + int(words[1])
        return ran / 1e9, waited / 1e9

    async def stop(self):
        """Powers off, or kills the process group after 15 s."""
        if self.process is None or self.process.returncode is not None:
            return
        try:
            if self._writer:
                self.begin("systemctl poweroff --force", 10).add_done_callback(
                    lambda future: future.cancelled() or future.exception())
            await asyncio.wait_for(self.process.wait(), 15)
        except (asyncio.TimeoutError, ConnectionError):
            os.killpg(self.process.pid, signal.SIGKILL)
            await self.process.wait()
        finally:
            if self._pump:
                self._pump.cancel()
