"""A root that lives in the machine's memory, for a machine that sleeps: one over 9p does not survive that.

The kernel's driver of 9p over virtio cannot be suspended: after a resume every read of such a root hangs. So the
files of the needed Debian packages and of what those depend on are packed once, from the host's own, and unpacked
into memory when the machine boots.
"""

import os
import re
import subprocess
import tarfile
from pathlib import Path

PACKAGES = """systemd systemd-sysv udev dbus dbus-user-session libpam-systemd polkitd bluez alsa-utils kmod procps
python3 util-linux passwd login coreutils bash dash sed grep gawk findutils gzip xz-utils zstd tar dpkg base-files
base-passwd libc-bin init-system-helpers hostname ncurses-bin perl-base diffutils bsdutils libasound2-data libbluetooth3
sensible-utils rtkit""".split()
LEFT_OUT = re.compile(r"^/usr/share/(doc|man|info|locale|lintian|bug|zoneinfo|i18n|icons|perl)/|^/boot/|\.pyc$")
# Made by installation scripts, so in no package's list.
MADE = """etc/passwd etc/group etc/shadow etc/gshadow etc/nsswitch.conf etc/ld.so.cache etc/ld.so.conf
etc/ld.so.conf.d etc/login.defs etc/environment etc/pam.d etc/alternatives etc/dbus-1 etc/default
etc/deluser.conf etc/adduser.conf etc/localtime etc/security var/lib/dpkg lib lib32 lib64 libx32 bin sbin
usr/bin/awk usr/bin/which""".split()


def closure():
    """The installed packages among these and among what they need, by dpkg's own records."""
    told = subprocess.run(
        ["dpkg-query", "-W", "-f", "${db:Status-Status}\t${Package}\t${Pre-Depends}, ${Depends}\t${Provides}\n"],
        timeout=60, check=True, capture_output=True, text=True).stdout
    needs, provided = {}, {}
    for line in told.splitlines():
        status, name, depends, provides = (line.split("\t") + ["", ""])[:4]
        if status != "installed":
            continue
        needs[name] = [[re.split(r"[ (:]", one.strip())[0] for one in group.split("|")]
                       for group in depends.split(",") if group.strip()]
        for one in provides.split(","):
            provided.setdefault(re.split(r"[ (:]", one.strip())[0], name)
    found, waiting = set(), list(PACKAGES)
    while waiting:
        name = waiting.pop()
        name = name if name in needs else provided.get(name)
        if name is None or name in found:
            continue
        found.add(name)
        for group in needs[name]:
            known = [one for one in group if one in needs or one in provided]
            waiting += known[:1]
    return sorted(found)


def files(packages):
    told = subprocess.run(["dpkg-query", "-L", *packages], timeout=120, check=True,
                          capture_output=True, text=True).stdout
    for path in sorted(set(told.splitlines())):
        if path.startswith("/") and path != "/." and not LEFT_OUT.search(path) and os.path.lexists(path):
            yield path


def pack(target: Path):
    """Writes the archive; made anew where the host's packages changed."""
    status = Path("/var/lib/dpkg/status")
    if target.exists() and target.stat().st_mtime > max(
            status.stat().st_mtime, Path(__file__).stat().st_mtime):
        return target
    print("rig: packing a root for memory", flush=True)
    part = target.with_suffix(".part")
    with tarfile.open(part, "w", format=tarfile.GNU_FORMAT) as archive:
        for name in MADE:
            path = Path("/") / name
            if os.path.lexists(path):
                archive.add(path, name, recursive=not path.is_symlink())
        for path in files(closure()):
            real = os.path.join(os.path.realpath(os.path.dirname(path)), os.path.basename(path))
            archive.add(real, real[1:], recursive=False)
    part.rename(target)
    return target
