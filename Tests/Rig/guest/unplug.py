"""Runs inside the machine: takes a sound card from its driver, as if it were pulled while it plays.

unplug.py DRIVER DEVICE NAME: prints the moment (CLOCK_MONOTONIC s) at which the kernel no longer lists the card. The
driver itself waits until everybody has closed it, so that part goes on by itself.
"""

import subprocess
import sys
import time

driver, device, name = sys.argv[1:4]
subprocess.Popen(["sh", "-c", f"echo {device} >{driver}/unbind"], start_new_session=True,
                 stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
limit = time.monotonic() + 60
while time.monotonic() < limit:
    with open("/proc/asound/cards", encoding="utf-8") as cards:
        if name not in cards.read():
            break
    time.sleep(0.02)
print(time.monotonic())
