"""Runs inside the machine: follows rehabd's events and asks for its status five times a second.

watcher.py OUTPUT [SECONDS]: one JSON line per event (frames left out) and per answered question. Beside each
question a process that does nothing but send the same bytes back is asked: what the machine itself takes.
"""

import json
import os
import select
import socket
import sys
import time

SOCKET = "/run/rehabd/control"


class Caller:
    """One connection that speaks Varlink: messages end with NUL."""

    def __init__(self):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(10)
        self.socket.connect(SOCKET)
        self.buffer = b""

    def send(self, method, more=False, **parameters):
        call = {"method": "org.rehabd.rehab1." + method, "parameters": parameters}
        if more:
            call["more"] = True
        self.socket.sendall(json.dumps(call).encode() + b"\0")

    def messages(self):
        data = self.socket.recv(1 << 18)
        if not data:
            raise ConnectionError("rehabd closed the connection")
        *whole, self.buffer = (self.buffer + data).split(b"\0")
        return [json.loads(text) for text in whole]


class Echo:
    """A process of its own that answers with what it got."""

    def __init__(self):
        self.socket, other = socket.socketpair()
        if os.fork() == 0:
            self.socket.close()
            while data := other.recv(1 << 18):
                other.sendall(data)
            os._exit(0)
        other.close()
        self.socket.settimeout(10)

    def ask(self, size):
        """s for so many bytes there and back."""
        began, left = time.monotonic(), size
        self.socket.sendall(bytes(size))
        while left > 0:
            data = self.socket.recv(left)
            if not data:
                raise ConnectionError("the echo process has gone")
            left -= len(data)
        return time.monotonic() - began


def follow(out, deadline, echo):
    events, status = Caller(), Caller()
    events.send("Monitor", more=True, interval_ms=1000)
    asked, due = None, time.monotonic()
    while time.monotonic() < deadline:
        now = time.monotonic()
        if asked is None and now >= due:
            status.send("GetStatus")
            asked = now
        ready, _, _ = select.select([events.socket, status.socket], [], [], 0.1)
        if events.socket in ready:
            for message in events.messages():
                event = message.get("parameters", {}).get("event", {})
                if event.get("kind") != "frame":
                    out.write(json.dumps({"at": time.monotonic(), "event": event}) + "\n")
                    out.flush()
        if status.socket in ready:
            for message in status.messages():
                now = time.monotonic()
                told = message.get("parameters", {}).get("status", {})
                brief = [{key: sensor.get(key) for key in
                          ("name", "state", "samples", "packets", "gaps", "lost_samples",
                           "duplicates", "decode_errors", "age_ms")}
                         for sensor in told.get("sensors", [])]
                out.write(json.dumps({"at": now, "took": now - asked, "echo": echo.ask(2048),
                                      "sensors": brief,
                                      "resident": told.get("resident_bytes"),
                                      "warnings": told.get("warnings")}) + "\n")
                out.flush()
                asked, due = None, now + 0.2


def main():
    deadline = time.monotonic() + float(sys.argv[2] if len(sys.argv) > 2 else 3600)
    echo = Echo()
    with open(sys.argv[1], "w", encoding="utf-8") as out:
        out.write(json.dumps({"monotonic": time.monotonic(), "realtime": time.time()}) + "\n")
        out.flush()
        while time.monotonic() < deadline:
            try:
                follow(out, deadline, echo)
            except (OSError, ConnectionError, ValueError) as error:
                out.write(json.dumps({"at": time.monotonic(), "trouble": str(error)}) + "\n")
                out.flush()
                time.sleep(0.2)


main()
