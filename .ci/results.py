#!/usr/bin/python3
# SPDX-FileCopyrightText: The Partway authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What meson noted of a run of tests, and what of it counts.

    .ci/results.py --self-test
"""

import json
import re
import sys
import tempfile
from pathlib import Path


class Failure(Exception):
    """A stage did not hold; the text says why."""


class Count:
    def __init__(self):
        self.passed, self.failed, self.summaries = 0, 0, []


def points(test):
    """How many points of one test passed and failed; a point that was left out has failed."""
    output = test.get("stdout", "") or ""
    lines = re.findall(r"^(not )?ok\b[^\n]*", output, re.MULTILINE)
    whole = re.findall(r"^(?:not )?ok\b[^\n]*", output, re.MULTILINE)
    failed = sum(1 for bad, line in zip(lines, whole)
                 if bad or re.search(r"# (SK" r"IP|TO" r"DO)", line, re.IGNORECASE))
    passed = len(lines) - failed
    if test["result"] != "OK":
        return passed, max(failed, 1)
    if not lines:
        return (0, 1) if re.search(r"^1\.\.0", output, re.MULTILINE) else (1, 0)
    return passed, failed


def read_results(folder, count):
    """Adds up what meson noted of its last run; gives the tests that failed."""
    log = folder / "meson-logs" / "testlog.json"
    bad, n_tests, n_passed, n_failed = [], 0, 0, 0
    for line in log.read_text(encoding="utf-8").splitlines():
        test = json.loads(line)
        passed, failed = points(test)
        n_tests, n_passed, n_failed = n_tests + 1, n_passed + passed, n_failed + failed
        if failed:
            bad.append(test)
    if n_tests == 0:
        raise Failure("no test ran")
    count.passed += n_passed
    count.failed += n_failed
    print(f"   {n_tests} test programs: {n_passed} points passed, {n_failed} failed")
    return bad


def get_failed_points(output, most=30):
    """Each with what it told of itself, and a test that says much does not hide the others."""
    shown, left = [], 0
    for line in output.split("\n"):
        if re.match(r"not ok\b", line):
            left = most
        elif re.match(r"ok\b", line):
            left = 0
        if left > 0:
            shown.append(line)
            left -= 1
    return shown


def show_failed(test):
    print(f"-- {test['name']}: {test['result']}")
    text = (test.get("stdout") or "") + (test.get("stderr") or "")
    lines = get_failed_points(text) or text.rstrip().split("\n")[-40:]
    print("\n".join("  | " + line for line in lines))


def is_settled(test):
    """What failed by itself, whatever ran beside it: rounds of chance, and what a sanitizer saw."""
    text = (test.get("stdout") or "") + (test.get("stderr") or "")
    return re.search(r"[:+]kill\b", test["name"].split(" / ")[0]) or \
        re.search(r"(Address|Leak|Thread|UndefinedBehavior)Sanitizer|runtime error:", text)


def self_test():
    def test(name, result, output):
        return {"name": name, "result": result, "stdout": output}

    counted = [
        (test("a", "OK", "1..2\nok 1 x\nok 2 y\n"), (2, 0)),
        (test("a", "FAIL", "1..2\nok 1 x\nnot ok 2 y\n"), (1, 1)),
        (test("a", "OK", "ok 1 x # SK" "IP no server\nok 2 y\n"), (1, 1)),
        (test("a", "OK", "not ok 1 x # TO" "DO later\n"), (0, 1)),
        (test("a", "TIMEOUT", "ok 1 x\n"), (1, 1)),
        (test("a", "OK", "1..0\n"), (0, 1)),
        (test("a", "OK", "no points at all\n"), (1, 0)),
        (test("a", "ERROR", ""), (0, 1)),
    ]
    for entry, wanted in counted:
        assert points(entry) == wanted, (entry, points(entry))
    settled = [
        ("partway:kill / e2e-kill", "", True), ("partway:e2e+kill / e2e-kill", "", True),
        ("partway:e2e / e2e-cli", "not ok 1", False), ("partway:engine / pw-skill", "", False),
        ("partway:engine / pw-send", "WARNING: ThreadSanitizer: data race", True),
        ("partway:engine / pw-send", "a.c:1:2: runtime error: shift", True),
        ("partway:engine / pw-send", "ERROR: AddressSanitizer: heap-use-after-free", True),
    ]
    for name, output, wanted in settled:
        assert bool(is_settled(test(name, "FAIL", output))) == wanted, (name, output)
    told = "1..3\nnot ok 1 x\n# one\n# two\nok 2 y\n# fine\nnot ok 3 z\n# three\n"
    shown = get_failed_points(told, 2)
    assert shown == ["not ok 1 x", "# one", "not ok 3 z", "# three"], shown
    assert get_failed_points("ok 1 x\nSegmentation fault\n") == []
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "meson-logs" / "testlog.json"
        log.parent.mkdir()
        log.write_text("".join(json.dumps(entry) + "\n" for entry, _ in counted))
        count = Count()
        bad = read_results(Path(folder), count)
        assert (count.passed, count.failed) == (6, 6), (count.passed, count.failed)
        assert bad == [entry for entry, (_, n_failed) in counted if n_failed]
        log.write_text("")
        try:
            read_results(Path(folder), count)
        except Failure:
            pass
        else:
            raise AssertionError("a run without a test was taken for a good one")
    print(f"results: {len(counted)} tests are counted, {len(settled)} judged, as they ought to be")


if __name__ == "__main__":
    if sys.argv[1:] != ["--self-test"]:
        print(__doc__.strip(), file=sys.stderr)
        sys.exit(2)
    self_test()
