"""The rig: rehabd with a real kernel, real bluetoothd and systemd, and emulated wearables around it.

Scripts/rig runs this in its own Python environment; see README.md beside this file.
"""

import argparse
import asyncio
import json
import logging
import os
import signal
import sys
import time
import traceback
from pathlib import Path

from rehab_rig import preparing
from rehab_rig.common import SCENARIOS
from rehab_rig import scenarios, streaming, faults, service, service_faults  # noqa: F401  (each registers its own)
from rehab_rig.session import Rig

LIMIT = 600  # s for one scenario


async def run(options):
    results = Path(options.results).resolve()
    results.mkdir(parents=True, exist_ok=True)
    data = Path(os.environ.get("REHABD_DATA") or preparing.REPOSITORY.parent / "shared/data")
    rig = Rig(Path(options.binaries).resolve(), results, data)
    # In their own order: the package, once in the machine, takes the place of what the rig installs.
    chosen = [name for name in SCENARIOS
              if (not options.scenario or name in options.scenario) and name not in options.without]
    failed = []
    begun = time.monotonic()
    try:
        await asyncio.wait_for(rig.boot(), 400)
        await rig.wait_for_adapter()
        await rig.install()
        for name in chosen:
            title, function = SCENARIOS[name]
            rig.begin(name)
            rig.say(title)
            started = time.monotonic()
            try:
                await asyncio.wait_for(function(rig), LIMIT)
            except Exception as error:  # a scenario that breaks must not hide the others
                failed.append(name)
                rig.figure("ended early", f"{type(error).__name__}: {error}", "", "no", False)
                traceback.print_exc()
            rig.figure("the machine waited for the host's processors", round(100 * rig.starved()), "%")
            rig.say(f"took {time.monotonic() - started:.0f} s")
    except Exception as error:
        failed.append(rig.scenario)
        rig.figure("the rig stopped", f"{type(error).__name__}: {error}", "", "no", False)
        traceback.print_exc()
    finally:
        await rig.finish()
    summary = rig.summary()
    summary["seconds"] = round(time.monotonic() - begun, 1)
    (results / "rig.json").write_text(json.dumps(summary, indent=1) + "\n")
    return table(summary, results) and not failed


def table(summary, results):
    """Prints all figures; true where every target was reached."""
    rows = [("scenario", "figure", "value", "unit", "target", "")]
    for f in summary["figures"]:
        mark = {True: "ok", False: "MISSED", None: ""}[f["reached"]]
        rows.append((f["scenario"], f["name"], str(f["value"])[:60], f["unit"], f["target"], mark))
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    print()
    for row in rows:
        print("  ".join(text.ljust(width) for text, width in zip(row, widths)).rstrip())
    for note in summary["notes"]:
        print(f"note: {note}")
    missed = [f for f in summary["figures"] if f["reached"] is False]
    print(f"\n{len(summary['figures'])} figures, {len(missed)} targets missed; "
          f"{summary['seconds']} s; everything is in {results}")
    return not missed


def main():
    parser = argparse.ArgumentParser(prog="Scripts/rig", description=__doc__.splitlines()[0])
    parser.add_argument("--binaries", required=True, help="directory with rehabd, rehabctl, rehab-link")
    parser.add_argument("--results", required=True, help="directory for what comes out")
    parser.add_argument("--list", action="store_true", help="list the scenarios")
    parser.add_argument("scenario", nargs="*", choices=[[], *SCENARIOS], metavar="SCENARIO",
                        help="some of the scenarios; all without")
    parser.add_argument("--without", action="append", default=[], choices=[*SCENARIOS], metavar="SCENARIO",
                        help="leave one out; may be repeated")
    options = parser.parse_args()
    if options.list:
        for name, (title, _) in SCENARIOS.items():
            print(f"{name:14}{title}")
        return 0
    logging.getLogger("bumble").setLevel(logging.ERROR)
    loop = asyncio.new_event_loop()
    task = loop.create_task(run(options))
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, task.cancel)
    try:
        return 0 if loop.run_until_complete(task) else 1
    except asyncio.CancelledError:
        print("rig: interrupted", file=sys.stderr)
        return 130
    finally:
        loop.close()


if __name__ == "__main__":
    sys.exit(main())
