#!/usr/bin/python3
# SPDX-FileCopyrightText: The Partway authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The stages of .ci/run, one after another; a stage that fails does not stop the later ones."""

import json
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

from results import Count, Failure, is_settled, points, read_results, show_failed

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "build"
LOGS = BUILD / "ci-logs"
GLIB_TSAN = BUILD / "_glib-tsan"

SUITES = ["http", "s3", "aws", "engine", "cli", "presign", "app", "window", "store", "e2e", "kill",
          "browser", "fuzz"]
COVERED = ["http", "s3", "aws", "engine"]
LEAST_COVERAGE = 85.0

# What a sanitizer and a coverage build have nothing to look at in: Chromium, Node.js and npm are
# slow there without testing anything that "tests" has not; a package of such a build is nobody's.
FOREIGN_SUITES = ["browser", "package"]
# Lines count as covered where the tests of their own floor run them.
WHOLE_SUITES = [*FOREIGN_SUITES, "store", "e2e", "presign", "fuzz", "window"]
# The thread sanitizer cannot look into GTK and what draws for it.
SHOWN_SUITES = [*FOREIGN_SUITES, "window", "shown"]

# For each fuzzer; a longer search is somebody's own: tests/fuzz/run.
FUZZ_SECONDS = 6

# Links in a third of the time; what people build is linked as they do it.
FAST_LINKER = {"CC_LD": "gold"}

# How often the heavy tests repeat themselves where everything takes many times as long.
FEW_ROUNDS = {"PARTWAY_ROUNDS": "10"}

# What a machine may bring along that would decide what a test sees.
FOREIGN = re.compile(r"AWS_|SSL_CERT_|(CURL_CA_BUNDLE|REQUESTS_CA_BUNDLE)$|\w+_proxy$|\w+_PROXY$|"
                     r"LD_|DBUS_|XDG_|SECRET_|RGW_|MESON_TESTTHREADS$")


def run(log, *command, env=None, clean=False, seconds=1800):
    """Runs a command into a log; gives its exit status."""
    path = LOGS / f"{log}.log"
    inherited = {name: value for name, value in os.environ.items()
                 if not (clean and FOREIGN.match(name))}
    with open(path, "ab") as out:
        out.write(f"$ {' '.join(map(str, command))[:400]}\n".encode())
        out.flush()
        try:
            return subprocess.run(list(map(str, command)), cwd=ROOT, stdin=subprocess.DEVNULL,
                                  stdout=out, stderr=subprocess.STDOUT, timeout=seconds,
                                  env={**inherited, **(env or {})}).returncode
        except subprocess.TimeoutExpired:
            out.write(f"It took longer than {seconds} s.\n".encode())
            return 124
        except OSError as error:
            out.write(f"{error}\n".encode())
            return 127


def tail(log, n_lines=40):
    text = (LOGS / f"{log}.log").read_text(encoding="utf-8", errors="replace")
    return "\n".join("  | " + line for line in text.split("\n")[-n_lines:])


def must(log, *command, **options):
    if run(log, *command, **options) != 0:
        raise Failure(f"“{Path(str(command[0])).name}” failed:\n{tail(log)}")


def set_up(stage, *options, env=None):
    folder = BUILD / f"ci-{stage}"
    if not (folder / "build.ninja").exists():
        shutil.rmtree(folder, ignore_errors=True)
        must(stage, "meson", "setup", folder, *options, env={**FAST_LINKER, **(env or {})})
    return folder


def get_files(folder, without):
    """What has to be built for the tests, but for those of some suites."""
    info = folder / "meson-info"
    made = {target["id"]: target["filename"]
            for target in json.loads((info / "intro-targets.json").read_text())}
    wanted = {name for test in json.loads((info / "intro-tests.json").read_text())
              if not {suite.split(":")[-1] for suite in test["suite"]} & set(without)
              for name in test["depends"]}
    return [os.path.relpath(path, folder) for name in sorted(wanted) for path in made[name]]


def without_crowding(stage, folder, bad, count, *wrapper, env=None, multiplier=1):
    """Runs what failed once more, alone, and says so: a machine that others use is late at times.
    Gives what failed again, or may not be repeated."""
    if not bad or any(is_settled(test) for test in bad):
        return bad
    names = [test["name"].split(" / ")[-1] for test in bad]
    run(f"{stage}-again", *wrapper, "meson", "test", "-C", folder, "--no-rebuild",
        "--num-processes", "1", "--timeout-multiplier", multiplier, *names, env=env, clean=True,
        seconds=3600)
    again = Count()
    still_bad = read_results(folder, again)
    for test in still_bad:
        show_failed(test)
    if still_bad:
        return bad
    print(f"-- UNSTABLE: failed beside others, passed alone: {', '.join(names)}")
    count.failed -= sum(points(test)[1] for test in bad)
    count.passed += again.passed - sum(points(test)[0] for test in bad)
    return []


def test_all(stage, folder, count, *wrapper, env=None, multiplier=1, without=FOREIGN_SUITES):
    log = folder / "meson-logs" / "testlog.json"
    log.unlink(missing_ok=True)
    status = run(f"{stage}-tests", *wrapper, "meson", "test", "-C", folder, "--no-rebuild",
                 "--timeout-multiplier", multiplier,
                 *(word for suite in without for word in ("--no-suite", suite)), env=env,
                 clean=True, seconds=3600)
    if not log.exists():
        raise Failure(f"the tests did not run:\n{tail(f'{stage}-tests')}")
    bad = read_results(folder, count)
    for test in bad:
        show_failed(test)
    left = without_crowding(stage, folder, bad, count, *wrapper, env=env, multiplier=multiplier)
    if left or (status != 0 and not bad):
        raise Failure(", ".join(test["name"] for test in left) or f"meson test gave {status}")


def stage_checks(_count):
    """The house's rules."""
    failures = []
    for command in (["check-floors.py", "--self-test"], ["check-floors.py"],
                    ["check-size.py", "--self-test"], ["check-size.py"],
                    ["check-style", "--self-test"], ["check-style"], ["check-po"],
                    ["check-licenses"], ["check-docs", "--self-test"], ["check-docs"],
                    ["check-ui", "--self-test"], ["check-ui"],
                    ["check-data", "--self-test"], ["check-data"],
                    ["results.py", "--self-test"], ["../build-aux/release", "--self-test"],
                    ["check-flatpak", "--self-test"], ["check-flatpak"],
                    ["check-translations.py", "--self-test"], ["check-translations.py"]):
        name = " ".join(command)
        log = name.replace(" ", "").rpartition("/")[2]
        if run(log, ROOT / ".ci" / command[0], *command[1:]) != 0:
            failures.append(name)
            print(f"-- {name}\n{tail(log, 60)}")
    scripts = [path for folder in ("build-aux", ".ci", "tests/app", "tests/servers", "tests/fuzz",
                                  "tests/flatpak")
               for path in sorted((ROOT / folder).iterdir())
               if path.is_file() and re.match(rb"#!/bin/(ba)?sh\n", path.read_bytes()[:12])]
    if run("shellcheck", "shellcheck", *scripts) != 0:
        failures.append("shellcheck")
        print(tail("shellcheck"))
    if failures:
        raise Failure(", ".join(failures))


def stage_tests(count):
    """Every test, as everybody runs them; no warnings from gcc."""
    log = BUILD / "meson-logs" / "testlog.json"
    log.unlink(missing_ok=True)
    status = run("tests", ROOT / "build-aux" / "test", clean=True, seconds=3600,
                 env={"PARTWAY_BUILD": str(BUILD)})
    if not log.exists():
        raise Failure(f"build-aux/test failed:\n{tail('tests')}")
    text = (LOGS / "tests.log").read_text(encoding="utf-8", errors="replace")
    compiling = re.split(r"^ *1/\d+ ", text, maxsplit=1, flags=re.MULTILINE)[0]
    warnings = re.findall(r"^.*: warning: .*$", compiling, re.MULTILINE)
    if warnings:
        raise Failure("gcc warns:\n" + "\n".join(warnings[:20]))
    count.summaries.append("\n".join(re.findall(r"^(?:Ok|Expected Fail|Fail|Unexpected Pass|Skipped|"
                                                r"Timeout): +\d+\s*$", text, re.MULTILINE)))
    bad = read_results(BUILD, count)
    for test in bad:
        show_failed(test)
    known = {suite.split(":")[-1]
             for test in json.loads((BUILD / "meson-info" / "intro-tests.json").read_text())
             for suite in test["suite"]}
    lost = [suite for suite in SUITES if suite not in known]
    if lost:
        raise Failure(f"there are no tests in {', '.join(lost)}")
    left = without_crowding("tests", BUILD, bad, count)
    if left or (status != 0 and not bad):
        raise Failure(", ".join(test["name"] for test in left) or f"build-aux/test gave {status}")


def stage_install(_count):
    """What is installed is right, is the same from any folder, and goes again."""
    if not (BUILD / "build.ninja").exists():
        must("install", "meson", "setup", BUILD)
    must("install", "ninja", "--quiet", "-C", BUILD)
    must("install", ROOT / ".ci" / "check-install", BUILD, clean=True)


def stage_clang(_count):
    """No warnings from clang."""
    folder = set_up("clang", "--werror", "-Doptimization=0", env={"CC": "clang"})
    rules = subprocess.run(["ninja", "-C", folder, "-t", "targets", "all"], capture_output=True,
                           text=True, check=True).stdout
    objects = re.findall(r"^(.*): c_COMPILER$", rules, re.MULTILINE)
    if not objects:
        raise Failure("nothing is compiled")
    must("clang", "ninja", "--quiet", "-C", folder, *objects)


def test_root(suite, count, *compilers):
    """Builds and tests in another release of Debian."""
    folder = BUILD / f"ci-{suite}"
    status = run(suite, ROOT / ".ci" / "root", suite, folder, *compilers, clean=True, seconds=3600)
    if not (folder / "build" / "gcc" / "meson-logs" / "testlog.json").exists():
        raise Failure(f".ci/root failed:\n{tail(suite)}")
    bad = read_results(folder / "build" / "gcc", count)
    for test in bad:
        show_failed(test)
    if bad or status != 0:
        raise Failure(", ".join(test["name"] for test in bad) or f".ci/root gave {status}:\n"
                      f"{tail(suite)}")


def stage_trixie(count):
    """No warnings, and the floors hold, in Debian 13."""
    test_root("trixie", count, "gcc")


def stage_forky(count):
    """The same with the newest of all libraries and compilers, with clang also."""
    test_root("forky", count, "clang", "gcc")


def stage_asan(count):
    """No fault in memory, no leak, nothing undefined."""
    without = [*FOREIGN_SUITES, "window"]
    folder = set_up("asan", "-Db_sanitize=address,undefined", "-Db_lundef=false")
    must("asan", "ninja", "--quiet", "-C", folder, *get_files(folder, without))
    # faketime comes in front of the sanitizer; that is meant.
    test_all("asan", folder, count, multiplier=4, without=without, env={
        "ASAN_OPTIONS": "detect_leaks=1:detect_stack_use_after_return=1:verify_asan_link_order=0",
        "UBSAN_OPTIONS": "halt_on_error=1:print_stacktrace=1", **FEW_ROUNDS})


def stage_tsan(count):
    """No race, seen with a GLib that the sanitizer can look into."""
    must("glib-tsan", ROOT / ".ci" / "glib-tsan", GLIB_TSAN)
    libs = (LOGS / "glib-tsan.log").read_text().rstrip().split("\n")[-1]
    # In the programs and not in the environment, so that no other program loads it.
    folder = set_up("tsan", "-Db_sanitize=thread", "-Db_lundef=false",
                    f"-Dc_link_args=-Wl,-rpath,{libs},--disable-new-dtags")
    must("tsan", "ninja", "--quiet", "-C", folder, *get_files(folder, SHOWN_SUITES))
    programs = [path for path in (folder / "tests").rglob("test-*")
                if path.is_file() and os.access(path, os.X_OK)]
    for program in programs[:1]:
        linked = subprocess.run(["ldd", program], capture_output=True, text=True).stdout
        if f"{libs}/libglib-2.0" not in linked:
            raise Failure(f"{program.name} does not use the GLib in {libs}")
    if not programs:
        raise Failure("there are no test programs")
    options = "second_deadlock_stack=1:history_size=4"
    suppressions = ROOT / ".ci" / "tsan.supp"
    if suppressions.exists():
        options += f":suppressions={suppressions}"
    # The sanitizer finds no room where the kernel scatters mappings more than it expects.
    fixed = ["setarch", "-R"]
    wrapper = fixed if run("tsan", *fixed, "true") == 0 else []
    # This GLib has no modules of its own, and would not speak TLS.
    modules = subprocess.run(["pkg-config", "--variable=giomoduledir", "gio-2.0"],
                             capture_output=True, text=True).stdout.strip()
    # GLib 2.74's slices are a cache of its own, whose locks the sanitizer cannot follow.
    test_all("tsan", folder, count, *wrapper, multiplier=8, without=SHOWN_SUITES,
             env={"TSAN_OPTIONS": options, "G_SLICE": "always-malloc", "GIO_EXTRA_MODULES": modules,
                  **FEW_ROUNDS})


def stage_fuzz(_count):
    """What reads other people's words stands whatever chance writes."""
    must("fuzz", ROOT / "tests" / "fuzz" / "run", str(FUZZ_SECONDS),
         env={"PARTWAY_FUZZ_BUILD": str(BUILD / "ci-fuzz"), "PARTWAY_FUZZ_SEED": "1"}, clean=True)


def stage_coverage(count):
    """Most lines of the floors are run by their own tests."""
    folder = set_up("coverage", "-Db_coverage=true", env={"CC": "gcc"})
    must("coverage", "ninja", "--quiet", "-C", folder, *get_files(folder, WHOLE_SUITES))
    for old in folder.rglob("*.gcda"):
        old.unlink()
    test_all("coverage", folder, count, multiplier=2, env=FEW_ROUNDS, without=WHOLE_SUITES)
    summary = folder / "coverage.json"
    must("coverage", "gcovr", "--root", ROOT, "--object-directory", folder, folder,
         "--filter", rf"{re.escape(str(ROOT))}/src/({'|'.join(COVERED)})/",
         "--json-summary", summary, "--txt", LOGS / "coverage.txt")
    low = []
    files = json.loads(summary.read_text())["files"]
    for floor in COVERED:
        mine = [entry for entry in files if f"src/{floor}/" in entry["filename"]]
        total = sum(entry["line_total"] for entry in mine)
        percent = 100 * sum(entry["line_covered"] for entry in mine) / total if total else 0
        print(f"   src/{floor}: {percent:.1f} % of {total} lines")
        if percent < LEAST_COVERAGE:
            low.append(f"src/{floor} has {percent:.1f} %, {LEAST_COVERAGE:.0f} % are the least")
    if low:
        raise Failure("; ".join(low))


def stage_flatpak(count):
    """The Flatpak, made and installed as people do, goes on over sessions."""
    status = run("flatpak", ROOT / "build-aux" / "test", "--flatpak", clean=True, seconds=3600,
                 env={"PARTWAY_BUILD": str(BUILD)})
    text = (LOGS / "flatpak.log").read_text(encoding="utf-8", errors="replace")
    passed, failed = (len(re.findall(rf"^{word} \d", text, re.MULTILINE)) for word in ("ok", "not ok"))
    print(f"   {passed} points passed, {failed} failed")
    count.passed += passed
    count.failed += failed
    if status != 0 or failed or not passed:
        raise Failure(f"build-aux/test --flatpak gave {status}:\n{tail('flatpak', 60)}")


# Each makes a system of its own first, which takes minutes: .ci/run trixie forky flatpak
NAMED_ONLY = ["trixie", "forky", "flatpak"]
STAGES = {name[6:]: function for name, function in list(globals().items())
          if name.startswith("stage_")}


def main(arguments):
    if arguments == ["--list"]:
        for name, function in STAGES.items():
            print(f"{name:10} {function.__doc__}")
        return 0
    unknown = [name for name in arguments if name not in STAGES]
    if unknown:
        print(f"There is no stage {unknown[0]}.", file=sys.stderr)
        return 2
    shutil.rmtree(LOGS, ignore_errors=True)
    LOGS.mkdir(parents=True)
    count, report, began = Count(), [], time.monotonic()
    for name in arguments or [name for name in STAGES if name not in NAMED_ONLY]:
        print(f"== {name}: {STAGES[name].__doc__}")
        since, verdict = time.monotonic(), "ok"
        try:
            STAGES[name](count)
            count.passed += 1
        except Exception as error:
            verdict = "FAILED"
            count.failed += 1
            print(f"{name} failed: {error if isinstance(error, Failure) else repr(error)}")
        report.append(f"{name:10} {verdict:7} {time.monotonic() - since:6.0f} s")
        print(f"== {name}: {verdict} ({time.monotonic() - since:.0f} s)")
    print("\n" + "\n".join(report) + f"\n{'together':18} {time.monotonic() - began:6.0f} s\n")
    print("\n".join(count.summaries))
    print(f"{count.passed} passed, {count.failed} failed")
    return 1 if count.failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
