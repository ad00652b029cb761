"""Runs inside the machine: reads what the sound card would play and notes when it is heard.

arecord ... -t raw | sound_probe.py OUTPUT RATE: one JSON line per sound, times of CLOCK_MONOTONIC. Two
channels of 16 bits. The moment of a frame is judged from the earliest arrivals of the last second, so that
waiting for the processor does not count.
"""

import array
import json
import sys
import time
from collections import deque

LOUD = 300  # of 32768
QUIET_SECONDS = 0.08


def main():
    rate = int(sys.argv[2])
    size = rate // 100
    source = sys.stdin.buffer
    frames = 0
    arrivals = deque(maxlen=100)
    sounding, last_loud, sound = False, 0, {}
    with open(sys.argv[1], "w", encoding="utf-8") as out:
        out.write(json.dumps({"rate": rate}) + "\n")
        out.flush()
        while True:
            data = source.read(size * 4)
            if len(data) < size * 4:
                break
            now = time.monotonic()
            arrivals.append(now - (frames + size) / rate)
            block = array.array("h", data)
            if max(block) > LOUD or min(block) < -LOUD:
                left, right = block[0::2], block[1::2]
                peaks = [max(max(side), -min(side)) for side in (left, right)]
                first = next(i for i, v in enumerate(block) if abs(v) > LOUD) // 2
                last_loud = frames + size
                if not sounding:
                    sounding = True
                    sound = {"start": min(arrivals) + (frames + first) / rate, "left": 0, "right": 0}
                sound["left"] = max(sound["left"], peaks[0])
                sound["right"] = max(sound["right"], peaks[1])
            elif sounding and frames - last_loud > QUIET_SECONDS * rate:
                sounding = False
                sound["end"] = min(arrivals) + last_loud / rate
                out.write(json.dumps(sound) + "\n")
                out.flush()
            frames += size
        out.write(json.dumps({"frames": frames}) + "\n")


main()
