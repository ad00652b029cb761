#!/usr/bin/env python3
"""Runs the peers of rehab-bench's accuracy section on the recordings it has written.

Argument: a directory with cases.txt (a line each: name, sample rate in Hz) and for each case NAME.in,
rows of six doubles (rad/s, then m/s²). Writes NAME.vqf, NAME.basicvqf and NAME.fusion, rows of four
doubles (sensor to earth, w x y z), each with the peer's default settings, and prints the versions.
"""

import importlib.metadata
import pathlib
import sys

import imufusion
import numpy
import vqf


def fusion(rate, force, period):
    peer = imufusion.Ahrs()
    peer.set_sample_period(period)
    degrees = numpy.degrees(rate)
    gravities = force / 9.80665
    out = numpy.empty((len(rate), 4))
    for index in range(len(rate)):
        peer.update_no_magnetometer(degrees[index], gravities[index])
        out[index] = peer.get_quaternion()
    return out


def main():
    folder = pathlib.Path(sys.argv[1])
    for line in (folder / "cases.txt").read_text().splitlines():
        name, hertz = line.split()
        rows = numpy.fromfile(folder / f"{name}.in", dtype="<f8").reshape(-1, 6)
        rate = numpy.ascontiguousarray(rows[:, :3])
        force = numpy.ascontiguousarray(rows[:, 3:])
        period = 1 / float(hertz)
        for suffix, peer in (("vqf", vqf.VQF), ("basicvqf", vqf.BasicVQF)):
            result = peer(period).updateBatch(rate, force)["quat6D"]
            result.astype("<f8").tofile(folder / f"{name}.{suffix}")
        fusion(rate, force, period).astype("<f8").tofile(folder / f"{name}.fusion")
    for package in ("vqf", "imufusion"):
        print(package, importlib.metadata.version(package))


main()
