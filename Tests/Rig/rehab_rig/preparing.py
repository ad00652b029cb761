"""Gets what the rig runs on: Debian packages, a stock kernel (never installed), an initrd, a venv."""

import gzip
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent
REPOSITORY = HERE.parent.parent
CACHE = REPOSITORY / ".build-rig"

# Program looked for, and the package that brings it.
PROGRAMS = {
    "qemu-system-x86_64": "qemu-system-x86",
    "busybox": "busybox-static",
    "btattach": "bluez",
    "arecord": "alsa-utils",
    "modprobe": "kmod",
    "udevadm": "udev",
    "dbus-daemon": "dbus",
    "cpio": "cpio",
}
# Pinned: the emulated radio is made of the first one's insides.
PYTHON_PACKAGES = ["bumble==0.0.236", "bleak==3.1.0"]

# The package whose kernel runs in the machine.
KERNEL = os.environ.get("RIG_KERNEL", "linux-image-amd64")

# Drivers that the machine needs before and after its root is there, in this order.
MODULES = """virtio_pci 9p 9pnet_virtio overlay virtio_console hci_uart hci_vhci cmac algif_hash
algif_skcipher snd-aloop uhid""".split()


def run(command, limit, **options):
    return subprocess.run(command, timeout=limit, check=True, **options)


def packages():
    path = os.environ["PATH"] + ":/usr/sbin:/sbin:/lib/systemd:/usr/libexec/bluetooth"
    missing = [p for name, p in PROGRAMS.items() if not shutil.which(name, path=path)]
    if not Path("/lib/systemd/systemd").exists():
        missing.append("systemd")
    if not missing:
        return
    print(f"rig: installing {' '.join(missing)}", flush=True)
    root = [] if os.geteuid() == 0 else ["sudo"]
    quiet = {"stdout": subprocess.DEVNULL}
    run(root + ["apt-get", "update", "-qq"], 300, **quiet)
    run(root + ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "install", "-y", "-qq",
                "--no-install-recommends", *missing], 600, **quiet)


def python():
    """The Python of the venv; made on first use."""
    venv = CACHE / "venv"
    stamp = venv / ("have-" + hashlib.sha1(" ".join(PYTHON_PACKAGES).encode()).hexdigest()[:12])
    if not stamp.exists():
        print(f"rig: installing {' '.join(PYTHON_PACKAGES)} from PyPI", flush=True)
        run([sys.executable, "-m", "venv", str(venv)], 120)
        run([str(venv / "bin/pip"), "install", "--quiet", "--disable-pip-version-check",
             *PYTHON_PACKAGES], 600)
        stamp.touch()
    return venv / "bin/python"


def kernel():
    """(kernel image, its version, its module tree), unpacked from the Debian package."""
    base = CACHE / ("kernel" if KERNEL == "linux-image-amd64" else f"kernel-{KERNEL}")
    found = sorted((base / "tree/boot").glob("vmlinuz-*")) if base.exists() else []
    if not found:
        base.mkdir(parents=True, exist_ok=True)
        told = run(["apt-cache", "depends", KERNEL], 60, capture_output=True, text=True)
        names = [line.split()[-1] for line in told.stdout.splitlines()
                 if "Depends: linux-image-" in line]
        if not names:
            raise SystemExit(f"rig: apt knows no {KERNEL}: run apt-get update")
        print(f"rig: downloading {names[0]} (unpacked, not installed)", flush=True)
        run(["apt-get", "download", "-qq", names[0]], 600, cwd=base, stderr=subprocess.DEVNULL)
        package = next(base.glob("linux-image-*.deb"))
        run(["dpkg", "-x", str(package), str(base / "tree")], 300)
        package.unlink()
        found = sorted((base / "tree/boot").glob("vmlinuz-*"))
    image = found[-1]
    version = image.name.removeprefix("vmlinuz-")
    return image, version, base / "tree"


def load_order(version, tree):
    """Paths of the modules, dependencies first, each once."""
    if not (tree / "lib/modules" / version / "modules.dep.bin").exists():
        run(["/sbin/depmod", "-b", str(tree), version], 120)
    order = []
    for module in MODULES:
        shown = subprocess.run(
            ["/sbin/modprobe", "-d", str(tree), "-S", version, "--show-depends", module],
            timeout=30, capture_output=True, text=True, check=False)
        for line in shown.stdout.splitlines():
            words = line.split()
            if words[:1] == ["insmod"] and words[1] not in order:
                order.append(words[1])
    return order


def initrd():
    """(kernel image, initrd); the initrd is made anew when its first program changed."""
    image, version, tree = kernel()
    target = CACHE / f"initrd-{version}.gz"
    first = HERE / "guest/init"
    if target.exists() and target.stat().st_mtime > max(
            first.stat().st_mtime, Path(__file__).stat().st_mtime):
        return image, target
    print("rig: building the initrd", flush=True)
    root = CACHE / "initrd"
    shutil.rmtree(root, ignore_errors=True)
    (root / "bin").mkdir(parents=True)
    (root / "modules").mkdir()
    shutil.copy(shutil.which("busybox"), root / "bin/busybox")
    shutil.copy(first, root / "init")
    (root / "init").chmod(0o755)
    names = []
    for path in load_order(version, tree):
        name = Path(path).name
        names.append(f"/modules/{name}")
        shutil.copy(path, root / "modules" / name)
    (root / "modules/order").write_text("\n".join(names) + "\n")
    listing = "\n".join(str(p.relative_to(root)) for p in sorted(root.rglob("*")))
    archive = run(["cpio", "-o", "-H", "newc", "--quiet"], 60, cwd=root, capture_output=True,
                  input=listing.encode()).stdout
    target.write_bytes(gzip.compress(archive, 1))
    shutil.rmtree(root)
    return image, target


def prepare():
    """Everything; returns (venv Python, kernel, initrd)."""
    CACHE.mkdir(exist_ok=True)
    packages()
    return (python(), *initrd())
