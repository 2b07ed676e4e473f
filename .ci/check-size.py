#!/usr/bin/python3
# SPDX-FileCopyrightText: The Partway authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keeps files and functions small, and texts fit for everybody's machine.

Files of src/ and tests/: 400 lines (tests: 600) are the aim, and named when they have more; 600
fail. Functions: 40 lines from the name to the closing brace are the aim, 60 fail. Every file needs
its two SPDX lines, and none may hold a reminder, a test that does not run, or a place of one
machine.

    .ci/check-size.py [--self-test]
"""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
FOLDERS = ("src/", "tests/", "build-aux/", ".ci/", "meson.build", "po/", "data/",
           "flatpak/")

# What the top level holds, beside hidden files and folders.
TOP = {"meson.build", "src", "data", "po", "tests", "flatpak", "build-aux", "README.md", "COPYING"}

FILE_AIM, TEST_FILE_AIM, FILE_MOST = 400, 600, 600
FUNCTION_AIM, FUNCTION_MOST = 40, 60

# Written so that a reader of such lines does not take them for this file's.
SPDX = ("SPDX-File" "CopyrightText: The Partway authors",
        "SPDX-License" "-Identifier: GPL-3.0-or-later")

# Formats without comments, lists that tools write, and what fuzzers read.
NO_SPDX = re.compile(r"\.(json|md|png|ico|bin|gz|license)$|(^|/)(LINGUAS|POTFILES)$|"
                     r"^tests/fuzz/corpus/")

# Written so that this file does not find itself.
REFUSED = [
    (re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X)\b"), "a reminder"),
    (re.compile(r"g_test_sk" r"ip\b|g_test_incomp" r"lete\b|# SK" r"IP|\bexit 7" r"7\b|"
                r"return 7" r"7;|\bsk" r"ipTest\b|\.sk" r"ip(If)?\("), "a test that does not run"),
    (re.compile(r"(?<![\w.}])/(wo" r"rk|ro" r"ot)/|/tmp/" r"w\b"), "a place of one machine"),
]


def without_comments(text):
    """Comments, strings and characters become blanks, so that a brace is a brace."""
    def blank(match):
        return re.sub(r"[^\n]", " ", match.group(0))
    return re.sub(r"/\*.*?\*/|//[^\n]*|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])+'", blank, text,
                  flags=re.DOTALL)


def name_of(head):
    """The word before the last parentheses of what stands before a brace, or None."""
    head = head.rstrip()
    if not head.endswith(")") or "=" in head:
        return None
    depth, at = 0, len(head)
    while at > 0:
        at -= 1
        depth += {")": 1, "(": -1}.get(head[at], 0)
        if depth == 0:
            break
    return re.search(r"([A-Za-z_]\w*)\s*$", head[:at])


def functions(text):
    """(name, first line, number of lines) of each function, whatever its braces look like."""
    code = without_comments(text)
    # A macro is not a function; its continued lines go with it.
    code = re.sub(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", lambda m: re.sub(r"[^\n]", " ", m.group(0)),
                  code, flags=re.MULTILINE)
    depth, parts_from, start = 0, 0, None
    for match in re.finditer(r"[{};]", code):
        sign, at = match.group(0), match.start()
        if sign == "{":
            if depth == 0 and start is None:
                named = name_of(code[parts_from:at])
                if named:
                    start = (named.group(1), code.count("\n", 0, parts_from + named.start(1)) + 1)
            depth += 1
        elif sign == "}":
            depth -= 1
            if depth == 0:
                if start:
                    yield (*start, code.count("\n", 0, at) + 1 - start[1] + 1)
                start, parts_from = None, match.end()
        elif depth == 0:
            parts_from = match.end()


def check_text(name, text, big, wrong):
    lines = text.split("\n")
    if not NO_SPDX.search(name):
        head = "\n".join(lines[:12])
        # App stores copy it, and so ask for another licence.
        for line in SPDX[:1] if name.endswith(".metainfo.xml.in.in") else SPDX:
            if line not in head:
                wrong(name, 1, f"lacks “{line}”")
    for number, line in enumerate(lines, 1):
        for pattern, what in REFUSED:
            if pattern.search(line):
                wrong(name, number, f"{what}: {line.strip()}")
    if name.startswith(("src/", "tests/")) and name.endswith((".c", ".h", ".py", ".ui")):
        size = text.count("\n")
        if size > FILE_MOST:
            wrong(name, 1, f"{size} lines; {FILE_MOST} are the most")
        elif size > (TEST_FILE_AIM if name.startswith("tests/") else FILE_AIM):
            big(name, 1, f"{size} lines")
    if name.endswith(".c"):
        for function, first, size in functions(text):
            if size > FUNCTION_MOST:
                wrong(name, first, f"{function} has {size} lines; {FUNCTION_MOST} are the most")
            elif size > FUNCTION_AIM:
                big(name, first, f"{function} has {size} lines")


def tracked():
    """What git knows, or would take in; everything where there is no git."""
    command = ["git", "-c", f"safe.directory={ROOT.resolve()}", "ls-files", "--cached", "--others",
               "--exclude-standard"]
    try:
        names = subprocess.run(command, cwd=ROOT, check=True, capture_output=True,
                               text=True).stdout.splitlines()
    except (OSError, subprocess.CalledProcessError):
        names = [str(path.relative_to(ROOT)) for path in ROOT.rglob("*")]
        names = [name for name in names if not re.match(r"build(?!-aux)|\.git/", name)]
    return sorted({name for name in names if (ROOT / name).is_file()})


def is_at_home(name):
    return name.startswith(".") or name.split("/")[0] in TOP


def self_test():
    long_body = "  call ();\n" * 70
    text = ('static const char *const a[] = { "{", NULL };\n#define M(x) do { \\\n } while (0)\n'
            "typedef struct {\n  int a;\n} A;\n\n"
            "static int\nshort_one (int a,\n           int b)\n{\n  if (a) {\n    b = '{';\n  }\n}\n"
            f"void\nlong_one (void)\n{{\n{long_body}}}\n"
            f"G_DEFINE_TYPE (A, a, B)\n\nint kernel_style (void) {{\n{long_body}}}\n")
    found = [(name, size) for name, _, size in functions(text)]
    assert found == [("short_one", 7), ("long_one", 73), ("kernel_style", 72)], found
    spdx = f"/* {SPDX[0]}\n * {SPDX[1]}\n */\n"
    bad = [("src/a.c", spdx + text, 2), ("src/a.c", "int a;\n", 2), ("src/a.h", spdx + "\n" * 601, 1),
           ("tests/a.c", spdx + "  g_test_sk" "ip (0);\n", 1), ("src/a.c", spdx + "/* TO" "DO */\n", 1),
           (".ci/a", spdx + "cd /wo" "rk/b\n", 1), (".ci/a", spdx + "exit 7" "7\n", 1)]
    for name, content, count in bad:
        problems = []
        check_text(name, content, lambda *_: None, lambda *line: problems.append(line))
        assert len(problems) == count, (name, content[:200], problems)
    assert [name for name in ("src/a.c", ".ci/a", "a.c", "lib/a.c", "COPYING", "source/a.c")
            if not is_at_home(name)] == ["a.c", "lib/a.c", "source/a.c"]
    print(f"check-size: {len(bad)} texts that are not fit are refused")


def main(arguments):
    if arguments == ["--self-test"]:
        self_test()
        return 0
    problems = []

    def big(name, number, sentence):
        print(f"{name}:{number}: large: {sentence}")

    def wrong(name, number, sentence):
        problems.append(f"{name}:{number}: {sentence}")

    names = tracked()
    problems += [f"{name}: the top level holds only {', '.join(sorted(TOP))}"
                 for name in names if not is_at_home(name)]
    names = [name for name in names if name.startswith(FOLDERS)]
    for name in names:
        try:
            text = (ROOT / name).read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        check_text(name, text, big, wrong)
    if not names:
        problems.append("there is nothing to check")
    print("\n".join(problems) if problems else f"check-size: {len(names)} files are fit")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
