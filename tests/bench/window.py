# SPDX-FileCopyrightText: The Partway authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The window while it has much to do: ten thousand uploads in its list, a map of ten thousand parts,
all sent as fast as the sink takes them, on a screen in memory and painted by the processor, without
GL. The sink stands for another machine, so it gives way to what is this one's: window and screen."""

import json
import shutil
import subprocess
import sys

from world import MIB, ROOT, Failure

N = 10_000
SESSION = ROOT / "tests/app/session"
NEEDED = ("Xvfb", "openbox", "dbus-daemon", "gdbus", "setpriv")


def forget(world):
    for folder in ("state", "config", "cache"):
        shutil.rmtree(world.folder / folder, ignore_errors=True)


def run_cli(world, *arguments):
    subprocess.run([world.build / "src/cli/partway-cli", *arguments], check=True,
                   env=world.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def add_destination(world):
    run_cli(world, "destination", "add", "Sink", "s3://bucket/", "--endpoint",
            world.get_sink("nice").get_url("http"), "--keys-from-env")


def get_no_gl():
    """Where the processor paints, GTK loads a GL driver all the same, and then leaves it unused. GTK
    4.16 and later have a name of their own for it, and complain of the one before."""
    is_new = subprocess.run(["pkg-config", "--atleast-version=4.16", "gtk4"]).returncode == 0
    return "GDK_DISABLE=gl" if is_new else "GDK_DEBUG=gl-disable"


def watch(world, what, rest, calm, moving, *files):
    """What bench-window tells of the window, with the program's home as it is now."""
    homes = [f"{name}={world.environment[name]}"
             for name in ("XDG_STATE_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME")]
    done = subprocess.run(
        [SESSION, "run", "env", get_no_gl(), *homes, world.build / "tests/bench/bench-window", what,
         *map(str, (rest, calm, moving)), *files],
        env={**world.environment, "GSETTINGS_SCHEMA_DIR": str(world.build / "data"),
             "GSETTINGS_BACKEND": "memory"},
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if done.returncode != 0:
        raise Failure(f"bench-window ended with {done.returncode}: {done.stderr.strip()[-600:]}")
    return json.loads(done.stdout)


def make_sparse_folder(world, name, size):
    folder = world.folder / name
    folder.mkdir(exist_ok=True)
    for i in range(N):
        with open(folder / f"file-{i:05}.bin", "wb") as file:
            file.truncate(size)
    return folder


def measure_history(world):
    forget(world)
    run_cli(world, "upload", "--to", "s3://bucket/", "--endpoint",
            world.get_sink("nice").get_url("http"), make_sparse_folder(world, "history", 1))
    return watch(world, "list", 2, 5, 10)


def measure_sending(world, what, path):
    forget(world)
    world.get_sink("nice").ask("forget")
    add_destination(world)
    told = watch(world, what, 3, 5, 10, path)
    forget(world)
    if told["n_problems"] > 0:
        raise Failure(f"{told['n_problems']} uploads failed while they were watched")
    if told["at_end"] < 0.2:
        raise Failure("all was sent before it had been watched: more or larger files are needed")
    return told


def make_row(name, told):
    """As text; Table's shape is run's matter."""
    print(f"  window, {name}: {told}", file=sys.stderr, flush=True)
    times = [" · ".join(f"{value:.0f}" for value in told[which]) for which in ("gap_ms", "busy_ms")]
    cells = (name, f"{told['first_ms']:.0f} ({told['first_busy_ms']:.0f})", f"{told['full_ms']:.0f}",
             f"{told['main']:.1%} ({told['hidden']:.1%})",
             f"{told['all']:.0%}", *times)
    return f"| {' | '.join(cells)} |"


def run_window(world, options, missing):
    absent = [program for program in NEEDED if not shutil.which(program)]
    if absent:
        missing.update(absent)
        return
    subprocess.run(["ninja", "-C", world.build, "tests/bench/bench-window", "data/gschemas.compiled"],
                   check=True, stdout=subprocess.DEVNULL)
    rows = [
        "**The window, on a screen in memory, without GL**", "",
        "| it shows | first frame ms (CPU of the main thread) | with rows ms | CPU, main thread (hidden) "
        "| CPU, program | frame to frame, p50 · p99 · most ms | CPU of the main thread in that, ms |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
        make_row("10,000 finished uploads, idle", measure_history(world))]
    for size, name in ((64 * MIB, "64 MiB"), (16 * MIB, "16 MiB")):
        folder = make_sparse_folder(world, f"sparse-{size}", size)
        rows.append(make_row(f"10,000 uploads of {name}", measure_sending(world, "list", folder)))
    path = world.make_file("parts", N * 32 * MIB, sparse=True)
    rows.append(make_row("10,000 parts of 32 MiB", measure_sending(world, "page", path)))
    yield "\n".join(rows)
