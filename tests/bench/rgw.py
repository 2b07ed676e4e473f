# SPDX-FileCopyrightText: The Partway authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A real server: does the tuner find as good a number of connections as the best fixed one?"""

import os
import shutil
import statistics
import subprocess
import sys

from world import GIB, ROOT, Failure

NUMBERS = (1, 2, 4, 8, 10)


def start_rgw():
    """Ends by itself when this process has."""
    done = subprocess.run([ROOT / "tests/servers/rgw", "start", "--for", str(os.getpid())],
                          capture_output=True, text=True)
    if done.returncode != 0:
        raise Failure(f"radosgw does not start: {done.stderr.strip()}")
    return dict(line.split("=", 1) for line in done.stdout.split() if "=" in line)


def upload(world, rgw, path, parallel):
    for folder in ("state", "config", "cache"):
        shutil.rmtree(world.folder / folder, ignore_errors=True)
    return world.run([[world.build / "src/cli/partway-cli", "upload", "--to",
                       f"s3://{rgw['RGW_BUCKET']}/bench/", "--endpoint", rgw["RGW_HTTP"],
                       "--region", rgw["RGW_REGION"], "--if-exists", "replace",
                       "--parallel", str(parallel), path]],
                     environment={"AWS_ACCESS_KEY_ID": rgw["RGW_ACCESS_KEY"],
                                  "AWS_SECRET_ACCESS_KEY": rgw["RGW_SECRET_KEY"]})


def make_table(results, size):
    """As text; Table's shape is run's matter."""
    medians = {number: statistics.median(result["wall"] for result in rounds)
               for number, rounds in results.items()}
    best = min(wall for number, wall in medians.items() if number != "auto")
    lines = [f"**One file of {size:g} GiB to RADOS Gateway, http**", "",
             "| connections | wall s | wall ÷ best fixed | CPU s |", "| --- | ---: | ---: | ---: |"]
    for number, wall in medians.items():
        cpu = statistics.median(result["cpu"] for result in results[number])
        lines.append(f"| {number} | {wall:.2f} | {wall / best:.2f} | {cpu:.2f} |")
    return "\n".join(lines)


def run_rgw(world, options, missing):
    if not shutil.which("radosgw"):
        missing.add("radosgw")
        return
    path = world.make_file("large.bin", int(options.size * GIB))
    rgw = start_rgw()
    numbers = ["auto", *NUMBERS]
    results = {number: [] for number in numbers}
    # A store that has just started takes its memory from the system first; that is nobody's time.
    upload(world, rgw, path, max(NUMBERS))
    for n in range(options.rounds):
        first = n % len(numbers)
        for number in numbers[first:] + numbers[:first]:
            result = upload(world, rgw, path, number)
            results[number].append(result)
            print(f"  rgw {number}: {result['wall']:.2f} s", file=sys.stderr, flush=True)
    yield make_table(results, options.size)
