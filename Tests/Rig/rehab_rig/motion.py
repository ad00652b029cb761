"""A synthetic person with known truth, and recordings of real ones, as what a sensor reads.

Independent of the project's own simulator. World: Z up, X where the person faces at heading zero, Y to
their left. Segments (ISB): X anterior, Y up, Z to the person's right. Angles: obliquity positive with the
right side lower, tilt positive with the front dipping.
"""

import csv
import json
import math
import random
import time
from dataclasses import dataclass, field

GRAVITY = 9.80665
RADIANS = math.pi / 180

# Where sensors sit, m, from the middle of the hips in the pelvis' axes; heights are a person's of 1.75 m.
POINTS = {
    "pelvis": (-0.12, 0.05, 0.0), "trunk": (-0.10, 0.35, 0.0),
    "left-thigh": (0.02, -0.25, -0.17), "right-thigh": (0.02, -0.25, 0.17),
}
HIP = 0.09
STEP = 0.004


def multiply(a, b):
    (b0, b1, b2), (b3, b4, b5), (b6, b7, b8) = b
    return [[x * b0 + y * b3 + z * b6, x * b1 + y * b4 + z * b7, x * b2 + y * b5 + z * b8]
            for x, y, z in a]


def transpose(a):
    return [list(row) for row in zip(*a)]


def apply(a, v):
    return [a[i][0] * v[0] + a[i][1] * v[1] + a[i][2] * v[2] for i in range(3)]


def turn(axis, angle):
    c, s = math.cos(angle), math.sin(angle)
    i, j = (axis + 1) % 3, (axis + 2) % 3
    m = [[0.0] * 3 for _ in range(3)]
    m[axis][axis] = 1.0
    m[i][i] = m[j][j] = c
    m[j][i], m[i][j] = s, -s
    return m


def quaternion(m):
    """w, x, y, z of a rotation matrix."""
    w = math.sqrt(max(0.0, 1 + m[0][0] + m[1][1] + m[2][2])) / 2
    x = math.copysign(math.sqrt(max(0.0, 1 + m[0][0] - m[1][1] - m[2][2])) / 2, m[2][1] - m[1][2])
    y = math.copysign(math.sqrt(max(0.0, 1 - m[0][0] + m[1][1] - m[2][2])) / 2, m[0][2] - m[2][0])
    z = math.copysign(math.sqrt(max(0.0, 1 - m[0][0] - m[1][1] + m[2][2])) / 2, m[1][0] - m[0][1])
    return [w, x, y, z]


# Lab: X forward, Y up, Z right; in world axes Z is up.
WORLD_FROM_LAB = turn(0, math.pi / 2)


def smooth(t, start, length):
    """0 to 1 with no jump in velocity or acceleration."""
    u = min(1.0, max(0.0, (t - start) / length))
    return u * u * u * (10 + u * (6 * u - 15))


@dataclass
class Task:
    """Something the person does, from `start` on (CLOCK_MONOTONIC s) for `length` s."""

    kind: str
    start: float
    length: float
    side: int = 1  # +1 stands on the right leg
    # Planted: (at, degrees of drop, rise s, hold s); negative degrees are a hike.
    drops: tuple = ()
    count: int = 3
    period: float = 2.8
    depth: float = 40.0

    def planted(self, t):
        return sum(
            degrees * (smooth(t, self.start + at, rise) - smooth(t, self.start + at + rise + hold, rise))
            for at, degrees, rise, hold in self.drops)


@dataclass
class Mounting:
    """How one sensor is put on, and how true it is."""

    roll: float = -4.0
    pitch: float = 9.0
    yaw: float = 6.0
    gyro_bias: tuple = (0.3, -0.2, 0.25)  # deg/s
    force_bias: tuple = (0.03, -0.02, 0.04)
    gyro_noise: float = 0.1  # deg/s
    force_noise: float = 0.03

    def __post_init__(self):
        self.from_segment = self._sensor_from_segment()
        self.back = transpose(self.from_segment)

    def _sensor_from_segment(self):
        # The sensor's own X looks up along the spine, its Y to the right, its Z forward; then put on askew.
        base = [[0, 1, 0], [0, 0, 1], [1, 0, 0]]
        base = [[0.0 + v for v in row] for row in base]
        askew = multiply(turn(2, self.yaw * RADIANS),
                         multiply(turn(1, self.pitch * RADIANS), turn(0, self.roll * RADIANS)))
        return multiply(askew, base)


class Person:
    """Stands, sways a little, and does tasks when told."""

    SHIFT_TIME = 0.8
    SHIFT = 0.07

    def __init__(self, seed=20, heading=35.0, neutral_tilt=8.0, neutral_obliquity=0.6):
        # World from the person's own forward, up and right.
        self.facing = multiply(WORLD_FROM_LAB, turn(1, heading * RADIANS))
        self.neutral = {"pelvis": (neutral_obliquity * RADIANS, neutral_tilt * RADIANS),
                        "trunk": (0.3 * RADIANS, -2 * RADIANS)}
        self.tasks = []
        self.mountings = {}
        self.noise = random.Random(seed)
        phases = random.Random(seed + 1)
        self.sway = [(f, phases.random() * 6.28, phases.random() * 6.28)
                     for f in (0.11, 0.23, 0.37, 0.53)]

    def perform(self, kind, length, delay=0.1, **options):
        task = Task(kind, time.monotonic() + delay, length, **options)
        self.tasks.append(task)
        return task

    def bows(self, count=3, period=2.8, delay=0.3):
        return self.perform("bow", count * period, delay, count=count, period=period)

    def lift(self, side=1, length=2.2, delay=0.3):
        """Lifts the foot opposite to the standing side, and puts it down again."""
        return self.perform("stand", length + 2 * self.SHIFT_TIME, delay, side=side)

    def stand(self, side, seconds, drops=(), delay=0.3):
        moved = tuple((at + self.SHIFT_TIME, *rest) for at, *rest in drops)
        return self.perform("stand", seconds + 2 * self.SHIFT_TIME, delay, side=side, drops=moved)

    # Truth.

    def load(self, t):
        """-1 all weight left, +1 all right; and the shift of the hips, m to the right."""
        total = 0.0
        for task in self.tasks:
            if task.kind == "stand" and task.start - 1 < t < task.start + task.length + 1:
                total += task.side * (
                    smooth(t, task.start, self.SHIFT_TIME)
                    - smooth(t, task.start + task.length - self.SHIFT_TIME, self.SHIFT_TIME))
        return total

    def drop(self, t):
        """Planted drop of the free side at a moment, degrees from neutral."""
        return sum(task.planted(t) for task in self.tasks if task.kind == "stand")

    def crossings(self, task, threshold):
        """(first moment at the threshold or above, last one) of each planted drop or hike."""
        found = []
        for at, degrees, rise, hold in task.drops:
            alone = Task("stand", task.start, task.length, task.side, ((at, degrees, rise, hold),))
            moments = [task.start + at + k * 0.001
                       for k in range(int((2 * rise + hold) * 1000) + 1)]
            above = [m for m in moments if abs(alone.planted(m)) >= threshold]
            found.append((above[0], above[-1]) if above else None)
        return found

    def angles(self, segment, t):
        """(obliquity, tilt) of a segment, rad, from level."""
        obliquity, tilt = self.neutral.get(segment, (0.0, 0.0))
        wave = 0.25 * RADIANS / 4
        for frequency, one, two in self.sway:
            obliquity += wave * math.sin(6.2832 * frequency * t + one)
            tilt += wave * math.sin(6.2832 * frequency * t + two)
        for task in self.tasks:
            if not task.start - 0.1 < t < task.start + task.length + 0.1:
                continue
            if task.kind == "bow":
                u = (t - task.start) / task.period
                if 0 < u < task.count and segment in ("pelvis", "trunk"):
                    part = u - int(u)
                    reach = 1.3 if segment == "trunk" else 1.0
                    wide = smooth(part, 0.05, 0.45) - smooth(part, 0.5, 0.45)
                    tilt += reach * task.depth * RADIANS * wide
            elif segment == "pelvis":
                obliquity -= task.side * task.planted(t) * RADIANS
            elif segment in ("left-thigh", "right-thigh"):
                is_free = (segment == "left-thigh") == (task.side > 0)
                over = (smooth(t, task.start + 0.5, 0.5)
                        - smooth(t, task.start + task.length - 1.0, 0.5))
                tilt -= (20 * RADIANS if is_free else 0.0) * over
        return obliquity, tilt

    def rotation(self, segment, t):
        """World from segment: about up, then obliquity, then tilt."""
        obliquity, tilt = self.angles(segment, t)
        return multiply(self.facing, multiply(turn(0, obliquity), turn(2, -tilt)))

    def position(self, segment, t, rotation):
        """Of the sensor's point in the world, m; the body turns about the loaded hip."""
        load = self.load(t)
        sway = 0.0
        for frequency, one, two in self.sway:
            sway += 0.0005 * math.sin(6.2832 * frequency * t + two + one)
        pivot = [0.0, 0.95, self.SHIFT * load + sway + HIP * load]
        pivot = apply(self.facing, pivot)
        x, y, z = POINTS.get(segment, POINTS["pelvis"])
        arm = apply(rotation, [x, y, z - HIP * load])
        return [pivot[i] + arm[i] for i in range(3)]

    # What a sensor reads.

    def sensor(self, segment, t):
        """(angular rate rad/s, specific force m/s², world-from-sensor quaternion), sensor axes."""
        mounting = self.mountings.setdefault(segment, Mounting())
        sensor_from_segment = mounting.from_segment
        before, now, after = (self.rotation(segment, t + k * STEP) for k in (-1, 0, 1))
        p0, p1, p2 = (self.position(segment, t + k * STEP, r)
                      for k, r in ((-1, before), (0, now), (1, after)))
        force = [(p0[i] - 2 * p1[i] + p2[i]) / STEP**2 for i in range(3)]
        force[2] += GRAVITY
        back = transpose(now)
        # d(R)/dt = R [w]x
        spin = multiply(back, [[(after[i][j] - before[i][j]) / (2 * STEP) for j in range(3)]
                               for i in range(3)])
        rate = [(spin[2][1] - spin[1][2]) / 2, (spin[0][2] - spin[2][0]) / 2,
                (spin[1][0] - spin[0][1]) / 2]
        rate = apply(sensor_from_segment, rate)
        force = apply(sensor_from_segment, apply(back, force))
        gauss = self.noise.gauss
        rate = [v + (b + gauss(0, mounting.gyro_noise)) * RADIANS
                for v, b in zip(rate, mounting.gyro_bias)]
        force = [v + b + gauss(0, mounting.force_noise)
                 for v, b in zip(force, mounting.force_bias)]
        return rate, force, quaternion(multiply(now, mounting.back))


@dataclass
class Recording:
    """A real recording, played in a loop; the same for every segment."""

    rate: float
    rows: list
    title: str
    start: float = field(default_factory=time.monotonic)

    @classmethod
    def load(cls, path, rate):
        with open(path, newline="") as file:
            rows = [[float(row[name]) for name in ("gx", "gy", "gz", "ax", "ay", "az")]
                    for row in csv.DictReader(file)]
        return cls(rate, rows, path.name)

    def sensor(self, segment, t):
        place = (t - self.start) * self.rate
        index = int(place)
        part = place - index
        one, two = self.rows[index % len(self.rows)], self.rows[(index + 1) % len(self.rows)]
        values = [a + (b - a) * part for a, b in zip(one, two)]
        return values[:3], values[3:], [1.0, 0.0, 0.0, 0.0]


def recordings(directory):
    """{title: Recording} of the full-body set, or {} where there are no recordings."""
    index = directory / "recordings.json"
    if not index.exists():
        return {}
    rates = {}
    told = json.loads(index.read_text())
    for entry in told if isinstance(told, list) else told.get("recordings", []):
        rates[entry["file"]] = entry["rate_hz"]
    return {name: Recording.load(directory / name, rate)
            for name, rate in rates.items() if name.startswith("qmt_full_body")}
