#!/usr/bin/env python3
"""Independent computation of the numbers of T4, T5 and T6 and of the symmetry index.

    python3 Tests/AssessmentTests/Vectors/battery.py > Tests/AssessmentTests/Vectors/battery.json

A pelvis and a trunk move as rigid segments: their orientations are SciPy rotations, their angles come
from the rotations' matrices by the formulas of ISB axes (X forward, Y up, Z right), extremes and means
by NumPy over the movements as they were made. The tests get only what sensors on the segments would
feel (whole numbers: up in 1/20000, mm/s², mrad/s), and must find movements and angles in it. Made with NumPy 2 and SciPy 1.17.
"""
import json
import sys

import numpy as np
from scipy import integrate, stats
from scipy.spatial.transform import Rotation

RATE = 50
UP = np.array([0.0, 1.0, 0.0])


def angles(rotation):
    """Frontal and sagittal angle, rad: right side lower, front dips."""
    m = rotation.as_matrix()
    x, y, z = m[:, 1, 0], m[:, 1, 1], m[:, 1, 2]
    return -np.arcsin(z), -np.arctan2(x, y)


def segment(turn, frontal, sagittal, neutral):
    """A segment that stands at `neutral` and moves by the angles from there, deg."""
    return Rotation.from_euler(
        "YXZ",
        np.column_stack([turn, frontal + neutral[0], -(sagittal + neutral[1])]),
        degrees=True)


def course(u):
    """From 0 to 1 with no jump in speed, force or jerk."""
    u = np.clip(u, 0, 1)
    return u**4 * (35 + u * (-84 + u * (70 - 20 * u)))


def felt(rotation):
    """Up as a sensor in the segment's axes feels it, in parts of 1/20000."""
    return whole(rotation.inv().apply(UP), 20_000)


def whole(values, parts):
    return np.rint(np.asarray(values, float).ravel() * parts).astype(int).tolist()


def longest(mask):
    """s of the longest stretch in which all samples are true."""
    best = run = 0
    for one in mask:
        run = run + 1 if one else 0
        best = max(best, run)
    return best / RATE


def repetitions(name, test, side, frontal, lean, on, random):
    """Five times down and up; at the bottom `frontal` deg of drop and `lean` deg to the stance side."""
    stance = 1 if side == "right" else -1
    lower, raised, rest, quiet = 2.0, 1.5, 1.0, 5.0
    sizes = 1 + 0.1 * random.uniform(-1, 1, size=(5, 2))
    depth = 0.12 * (1 + 0.03 * random.uniform(-1, 1, size=5))
    length = quiet + 5 * (lower + raised + rest) + 2
    t = np.arange(int(length * RATE)) / RATE
    fine = np.arange(int(length * 2000)) / 2000
    way = np.zeros((5, len(t)))
    height = np.zeros_like(fine)
    spans = []
    for k in range(5):
        begin = quiet + k * (lower + raised + rest)
        shape = lambda s: course((s - begin) / lower) - course((s - begin - lower) / raised)
        way[k] = shape(t)
        height -= depth[k] * shape(fine)
        spans.append((t >= begin) & (t <= begin + lower + raised))
    upward = np.interp(t, fine, np.gradient(np.gradient(height, fine), fine))
    total = way.sum(axis=0)
    neutral = {"pelvis": (0.8, 7.0), "trunk": (-1.1, 3.0)}
    turn = 40 + 15 * np.sin(0.3 * t)
    pelvis = segment(turn, -stance * frontal * (sizes[:, 0] @ way), 9 * total, neutral["pelvis"])
    trunk = segment(turn, stance * lean * (sizes[:, 1] @ way), 14 * total, neutral["trunk"])
    rest_pelvis = [float(a[0]) for a in angles(pelvis[:1])]
    rest_trunk = [float(a[0]) for a in angles(trunk[:1])]
    drop = -stance * (angles(pelvis)[0] - rest_pelvis[0])
    towards = stance * (angles(trunk)[0] - rest_trunk[0])

    def mean_of_most(values):
        return float(np.degrees(np.mean([values[s].max() for s in spans])))

    def beyond(values, limit):
        return bool(any(longest(np.abs(values[s]) >= np.radians(limit)) > 0.2 for s in spans))

    return {
        "kind": "repetitions", "name": name, "test": test, "side": side, "rate": RATE,
        "dropOn": on[0], "leanOn": on[1], "begin": quiet - 1,
        "neutralPelvis": rest_pelvis, "neutralTrunk": rest_trunk,
        "pelvis": felt(pelvis), "trunk": felt(trunk), "upward": whole(upward, 1000),
        "expected": {
            "drop-deg": mean_of_most(drop), "hike-deg": mean_of_most(-drop),
            "lean-deg": mean_of_most(towards), "lean-away-deg": mean_of_most(-towards),
            "depth": float(100 * depth.mean()), "lower-s": lower,
            "pelvis_off": beyond(drop, on[0]), "trunk_off": beyond(towards, on[1]),
        },
    }


def pace(left, right):
    """Of both legs' step times, s: asymmetry in %, cadence in 1/min, and their standard errors."""
    ratio = max(left.mean() / right.mean(), right.mean() / left.mean())
    share = np.hypot(left.std(ddof=1) / left.mean() / np.sqrt(len(left)),
                     right.std(ddof=1) / right.mean() / np.sqrt(len(right)))
    lasts = np.concatenate([left, right])
    both = np.sqrt(len(left) * left.var(ddof=1) + len(right) * right.var(ddof=1)) / len(lasts)
    return {"asymmetry": float(100 * (ratio - 1)), "asymmetry_error": float(100 * ratio * share),
            "cadence": float(60 / lasts.mean()),
            "cadence_error": float(60 / lasts.mean() * both / lasts.mean())}


def steps(name, count, seconds, random):
    """Steps as they were found, some of whose angles were not seen: what their numbers are."""
    lasts = np.array([seconds[k % 2] for k in range(count)])
    lasts = np.round(lasts * (1 + 0.05 * random.standard_normal(count)), 4)
    drop = np.round(np.radians(4 + 2 * random.standard_normal(count)), 5)
    lean = np.round(np.radians(1.5 + random.standard_normal(count)), 5)
    drop[::9] = np.nan
    expected = pace(lasts[0::2], lasts[1::2])
    for leg, side in ((0, "left"), (1, "right")):
        expected[f"drop-{side}-deg"] = float(np.degrees(np.nanmean(drop[leg::2])))
        expected[f"lean-{side}-deg"] = float(np.degrees(lean[leg::2].mean()))
        expected[f"step-{side}-s"] = float(lasts[leg::2].mean())
        expected[f"step-{side}-error"] = float(stats.sem(lasts[leg::2]))
    return {"kind": "steps", "name": name, "seconds": lasts.tolist(),
            "drops": [None if np.isnan(d) else float(d) for d in drop], "leans": lean.tolist(),
            "expected": expected}


def walk(name, seconds, drops, leans, random):
    """Left and right in turn, each step from contact to contact; pairs are (left, right)."""
    quiet, count = 4.0, 48
    lasts = np.array([seconds[k % 2] for k in range(count)])
    lasts *= 1 + 0.015 * random.uniform(-1, 1, size=count)
    drop = np.array([drops[k % 2] for k in range(count)]) * (1 + 0.05 * random.uniform(-1, 1, size=count))
    lean = np.array([leans[k % 2] for k in range(count)]) * (1 + 0.05 * random.uniform(-1, 1, size=count))
    contacts = quiet + np.concatenate([[0], np.cumsum(lasts)])
    t = np.arange(int((contacts[-1] + 3) * RATE)) / RATE
    step = np.searchsorted(contacts, t, side="right") - 1
    walking = (step >= 0) & (step < count)
    k = np.clip(step, 0, count - 1)
    stance = np.where(k % 2 == 0, -1, 1)

    def wave(times, index):
        return np.sin(np.pi * (times - contacts[index]) / lasts[index])

    bell = np.where(walking, wave(t, k), 0)
    # The pelvis is lowest, and accelerated upwards most, half-way through the double support that a contact
    # begins: some 0.06 s after it. A quarter of a step before that the acceleration passes zero.
    caught = contacts - 0.09
    j = np.searchsorted(caught, t, side="right") - 1
    bounces = (j >= 0) & (j < count)
    j = np.clip(j, 0, count - 1)
    upward = np.where(bounces, 2.2 * np.sin(2 * np.pi * (t - caught[j]) / lasts[j]), 0)
    sideways = -stance * 0.9 * bell
    turning = np.where(walking, -stance * 4 * np.pi / lasts[k] * bell, 0)
    turn = np.cumsum(turning) / RATE
    neutral = {"pelvis": (-0.5, 8.0), "trunk": (0.7, 2.0)}
    pelvis = segment(turn, -stance * drop[k] * bell, 1.5 * bell, neutral["pelvis"])
    trunk = segment(turn, stance * lean[k] * bell, 1.0 * bell, neutral["trunk"])
    rest_pelvis = [float(a[0]) for a in angles(pelvis[:1])]
    rest_trunk = [float(a[0]) for a in angles(trunk[:1])]
    expected = {}
    for leg, side, sign in ((0, "left", -1), (1, "right", 1)):
        means = {"drop": [], "lean": []}
        for index in range(leg, count, 2):
            fine = np.linspace(contacts[index], contacts[index + 1], 201)
            s = np.full(201, sign * 1.0)
            same = np.full(201, index)
            p = segment(np.zeros(201), -s * drop[same] * wave(fine, same), 1.5 * wave(fine, same),
                        neutral["pelvis"])
            q = segment(np.zeros(201), s * lean[same] * wave(fine, same), 1.0 * wave(fine, same),
                        neutral["trunk"])
            span = lasts[index]
            means["drop"].append(integrate.simpson(-s * (angles(p)[0] - rest_pelvis[0]), x=fine) / span)
            means["lean"].append(integrate.simpson(s * (angles(q)[0] - rest_trunk[0]), x=fine) / span)
        for what, values in means.items():
            expected[f"{what}-{side}-deg"] = float(np.degrees(np.mean(values)))
        expected[f"step-{side}-s"] = float(lasts[leg::2].mean())
    expected.update(pace(lasts[0::2], lasts[1::2]))
    return {
        "kind": "walk", "name": name, "rate": RATE, "begin": quiet - 1,
        "neutralPelvis": rest_pelvis, "neutralTrunk": rest_trunk,
        "pelvis": felt(pelvis), "trunk": felt(trunk), "upward": whole(upward, 1000),
        "rightward": whole(sideways, 1000), "turning": whole(np.radians(turning), 1000),
        "expected": expected,
    }


def main():
    random = np.random.default_rng(15)
    cases = [
        repetitions("drop, lean away", "T4", "right", 9, -18, (7, 10), random),
        repetitions("hike", "T4", "left", -12, 4, (7, 10), random),
        repetitions("lean", "T4", "left", 3, 13, (7, 10), random),
        repetitions("squat", "T5", "right", 8.5, 6.5, (10, 10), random),
        walk("nearly even", (0.57, 0.63), (5, 5), (3, 3), random),
        steps("uneven steps", 61, (0.58, 0.51), random),
        walk("limp", (0.66, 0.56), (6, 3), (2, 5), random),
    ]
    for affected, other, more in ((42.0, 50.0, True), (31.5, 28.0, True), (0.14, 0.1, False), (0.9, 1.2, False)):
        pair = np.array([affected, other]) if more else np.array([other, affected])
        cases.append({
            "kind": "symmetry", "name": f"{affected} against {other}", "affected": affected, "other": other,
            "moreIsBetter": more, "expected": {"percent": float(100 * np.divide(*pair))}})
    json.dump({"made_by": "battery.py", "scipy": __import__("scipy").__version__, "cases": cases},
              sys.stdout, separators=(",", ":"))
    print()


if __name__ == "__main__":
    main()
