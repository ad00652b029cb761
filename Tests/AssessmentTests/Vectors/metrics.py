#!/usr/bin/env python3
"""Independent computation of the test battery's metrics with NumPy and SciPy.

    python3 Tests/AssessmentTests/Vectors/metrics.py RECORDINGS > Tests/AssessmentTests/Vectors/metrics.json

RECORDINGS is the directory with lower_back_mobgap/ and qmt_full_body/ (see REHABD_DATA). The signals
are written beside the numbers, so the tests need neither. Made with NumPy 2 and SciPy 1.17.
Nothing here is taken from the Swift code: the filter is scipy.signal.filtfilt, derivatives come from
cubic splines, integrals from Simpson's rule, the ellipse from the eigenvalues of the covariance.
"""
import csv
import json
import sys
from pathlib import Path

import numpy as np
from scipy import integrate, interpolate, signal, stats

CUTOFF = 3.5


def sway(sideways, forward, rate):
    b, a = signal.butter(2, CUTOFF, fs=rate)
    s = signal.filtfilt(b, a, sideways)
    f = signal.filtfilt(b, a, forward)
    t = np.arange(len(s)) / rate
    s0, f0 = s - s.mean(), f - f.mean()
    ds = interpolate.CubicSpline(t, s).derivative()(t)
    df = interpolate.CubicSpline(t, f).derivative()(t)
    eigenvalues = np.linalg.eigvalsh(np.cov(s, f))
    return {
        "rms_sideways": float(np.sqrt(np.mean(s0**2))),
        "rms_forward": float(np.sqrt(np.mean(f0**2))),
        "rms_both": float(np.sqrt(np.mean(s0**2 + f0**2))),
        "path": float(np.hypot(np.diff(s), np.diff(f)).sum()),
        "jerk": float(0.5 * integrate.simpson(ds**2 + df**2, x=t)),
        "ellipse": float(np.pi * stats.chi2.ppf(0.95, 2) * np.sqrt(eigenvalues.prod())),
    }


def trailing_rms(x, rate, window=0.25):
    width = max(1, round(window * rate))
    mean = signal.lfilter(np.ones(width) / width, [1.0], x**2)
    return np.sqrt(np.maximum(mean[width - 1 :], 0)), width - 1


def calm(sideways, forward, rate):
    result = {}
    for name, x in (("sideways", sideways), ("forward", forward)):
        rms, _ = trailing_rms(x - x.mean(), rate)
        result[name] = float(rms.mean())
        result["spread_" + name] = float(rms.std())
    return result


def time_to_steady(sideways, forward, rate, calm_values):
    """First second all of whose RMS about its own mean are below calm + 3 SD, both ways."""
    wanted, width = round(rate), max(1, round(0.25 * rate))
    steady = None
    for name, x in (("sideways", sideways), ("forward", forward)):
        limit = calm_values[name] + 3 * calm_values["spread_" + name]
        # E[(x - m)^2] = E[x^2] - 2 m E[x] + m^2, for every second's mean m at once.
        squares = np.lib.stride_tricks.sliding_window_view(x**2, width).mean(axis=1)
        means = np.lib.stride_tricks.sliding_window_view(x, width).mean(axis=1)
        seconds = np.lib.stride_tricks.sliding_window_view(x[width - 1 :], wanted).mean(axis=1)
        m = seconds[:, None]
        spread = np.lib.stride_tricks.sliding_window_view
        rms = np.sqrt(np.maximum(spread(squares, wanted) - 2 * m * spread(means, wanted) + m**2, 0))
        ok = (rms < limit).all(axis=1)
        steady = ok if steady is None else steady & ok
    found = np.flatnonzero(steady)
    return float((found[0] + width - 1) / rate) if len(found) else None


def fall(times, hikes, held):
    plateau = float(np.median(hikes[(times >= 1) & (times < 3)]))
    if plateau <= 0:
        return {"plateau": plateau, "seconds": 0.0, "fell": True}
    second = np.floor(times).astype(int)
    for k in range(3, int(held) + 1):
        inside = hikes[second == k]
        if len(inside) and (np.median(inside) < plateau - np.radians(3) or np.median(inside) < 0):
            return {"plateau": plateau, "seconds": float(k), "fell": True}
    return {"plateau": plateau, "seconds": held, "fell": False}


def table(path):
    with open(path) as file:
        rows = list(csv.DictReader(file))
    return np.array([[float(r[c]) for c in ("ax", "ay", "az")] for r in rows])


def horizontal(force, up_axis, right_axis):
    """Sideways and forward parts of a real recording: gravity's mean direction is up."""
    up = force.mean(axis=0) / np.linalg.norm(force.mean(axis=0))
    right = np.eye(3)[right_axis] - up * up[right_axis]
    right /= np.linalg.norm(right)
    forward = np.cross(up, right)
    return force @ right, force @ forward


def rounded(values, digits=5):
    return [round(float(v), digits) for v in values]


def main():
    data = Path(sys.argv[1])
    cases = []

    def add_sway(name, s, f, rate):
        s, f = np.array(rounded(s)), np.array(rounded(f))
        cases.append({"kind": "sway", "name": name, "rate": rate, "sideways": rounded(s),
                      "forward": rounded(f), "expected": sway(s, f, rate)})

    # Real: one person standing still for 22 s with a pelvis sensor, 100 Hz.
    force = table(data / "qmt_full_body" / "hip.csv")
    s, f = horizontal(force[1700:3900], 1, 2)
    add_sway("real stand, pelvis", s, f, 100)
    # Real: 12 s of walking with a sensor at the lower back: far from quiet.
    walk = sorted((data / "lower_back_mobgap").glob("*Test5*.csv"))[0]
    force = table(walk)
    s, f = horizontal(force, 0, 1)
    add_sway("real walk, lower back", s[:1200], f[:1200], 100)
    # Synthetic sway at the rate of a real wearable: coloured noise.
    random = np.random.default_rng(5)
    for rate in (60, 120):
        n = 30 * rate
        parts = []
        for size in (0.12, 0.08):
            b, a = signal.butter(1, 1.0, fs=rate)
            x = signal.lfilter(b, a, random.normal(size=n))
            parts.append(size * x / x.std() + random.normal(scale=0.03, size=n))
        add_sway(f"coloured noise, {rate} Hz", *parts, rate)

    # Landings: a decaying wobble over quiet noise, with a new lean left behind.
    for number, (rate, decay) in enumerate(((60, 0.4), (100, 0.7), (120, 0.25))):
        t = np.arange(6 * rate) / rate
        quiet = [np.array(rounded(0.04 * random.normal(size=3 * rate))) for _ in range(2)]
        course = []
        for size, tone in ((2.0, 2.3), (3.0, 1.7)):
            x = size * np.exp(-t / decay) * np.sin(2 * np.pi * tone * t) + 0.15 * number
            course.append(np.array(rounded(x + 0.03 * random.normal(size=len(t)))))
        values = calm(*quiet, rate)
        cases.append({"kind": "steady", "name": f"landing {number + 1}", "rate": rate,
                      "calmSideways": rounded(quiet[0]), "calmForward": rounded(quiet[1]),
                      "sideways": rounded(course[0]), "forward": rounded(course[1]),
                      "expected": {**values, "seconds": time_to_steady(*course, rate, values)}})

    # A stop whose course ends in the way to the next one, over a lean that still settles.
    random2, rate = np.random.default_rng(6), 60
    t = np.arange(6 * rate) / rate
    quiet = [np.array(rounded(0.04 * random2.normal(size=3 * rate))) for _ in range(2)]
    course = []
    for size, tone, lean, push in ((1.5, 1.9, 0.02, 0.4), (2.5, 2.1, 0.3, 3.0)):
        x = size * np.exp(-t / 0.4) * np.sin(2 * np.pi * tone * t) + lean * np.exp(-t / 8)
        x += push * np.sin(np.pi * np.clip(t - 5.6, 0, 0.4) / 0.8)
        course.append(np.array(rounded(x + 0.03 * random2.normal(size=len(t)))))
    values = calm(*quiet, rate)
    cases.append({"kind": "steady", "name": "stop, then the next way", "rate": rate,
                  "calmSideways": rounded(quiet[0]), "calmForward": rounded(quiet[1]),
                  "sideways": rounded(course[0]), "forward": rounded(course[1]),
                  "expected": {**values, "seconds": time_to_steady(*course, rate, values)}})

    # Holds: the lifted side sinks late, early, never, and was never up.
    for name, start, down in (("late", 6, 18.0), ("early", 5, 4.2), ("never", 4, 99.0),
                              ("not lifted", -1, 99.0)):
        t = np.arange(0, 30, 1 / 20)
        hike = np.radians(start) - np.radians(7) / (1 + np.exp(-(t - down) * 2))
        hike = np.array(rounded(hike + np.radians(0.3) * random.normal(size=len(t)), 6))
        cases.append({"kind": "fall", "name": name, "held": 30.0, "times": rounded(t),
                      "hikes": rounded(hike, 6), "expected": fall(t, hike, 30.0)})
    json.dump({"made_by": "metrics.py", "scipy": __import__("scipy").__version__,
               "cases": cases}, sys.stdout, separators=(",", ":"))
    print()


if __name__ == "__main__":
    main()
