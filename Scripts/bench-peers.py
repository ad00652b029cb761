#!/usr/bin/env python3
"""Times PyPI vqf's batch update for rehab-bench, one run for each line on standard input.

Arguments: a file of rows of six doubles (rad/s, then m/s²), and the time between rows in s. The first
line written is the peer's name and version, each further one the nanoseconds a row of one run.
"""

import importlib.metadata
import sys
import time

import numpy
import vqf


def main():
    rows = numpy.fromfile(sys.argv[1], dtype="<f8").reshape(-1, 6)
    period = float(sys.argv[2])
    rate = numpy.ascontiguousarray(rows[:, :3])
    force = numpy.ascontiguousarray(rows[:, 3:])
    print("vqf", importlib.metadata.version("vqf"), flush=True)
    for _ in sys.stdin:
        peer = vqf.VQF(period)
        start = time.perf_counter_ns()
        result = peer.updateBatch(rate, force)
        elapsed = time.perf_counter_ns() - start
        assert len(result["quat6D"]) == len(rows)
        print(elapsed / len(rows), flush=True)


main()
