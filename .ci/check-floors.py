#!/usr/bin/python3
# SPDX-FileCopyrightText: The Partway authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Refuses what would make the floors of src/ lean on one another.

An include looks down, or to an earlier file of its own floor: earlier in the list that the
folder's meson.build gives to files(). The floors are in the order of src/meson.build. Doors (what
people start) never include one another. Some libraries have one room each.

    .ci/check-floors.py [FOLDER OF src]
    .ci/check-floors.py --self-test
"""

import re
import sys
from pathlib import Path

FLOORS = ["http", "s3", "aws", "engine"]
DOORS = ["cli", "presign", "app"]

# A door that takes fewer floors than there are: the presign server carries no scheduler.
MAY_TAKE = {"presign": {"http", "s3", "aws"}}

# Library header -> where it may be included.
ROOMS = [
    (re.compile(r"curl/"), re.compile(r"http/"), "libcurl is for http/"),
    (re.compile(r"libsecret/"), re.compile(r"engine/pw-keyring\.[ch]$"),
     "libsecret is for engine/pw-keyring.c"),
    (re.compile(r"cjose/"), re.compile(r"presign/presign-(keyset|jwt)\.[ch]$"),
     "libcjose is for presign-keyset and presign-jwt"),
    (re.compile(r"libsoup/"), re.compile(r"presign/"), "libsoup is for presign/"),
    (re.compile(r"(gtk/|gdk/|adwaita\.h)"), re.compile(r"app/"), "windows are for app/"),
]

# s3/ is given the time and the dice, and touches no file.
S3_CALLS = re.compile(
    r"\b(g_get_(?:real|monotonic|current)_time|g_date_time_new_now\w*|clock_gettime|time|"
    r"g_random_\w+|g_rand_\w+|g_uuid_string_random|RAND_bytes|getrandom|random|"
    r"g_getenv|getenv|fopen|open|read|write|socket|g_(?:file|socket|resolver)_\w+) \(")
S3_HEADERS = re.compile(r"(unistd\.h|fcntl\.h|sys/(?:socket|stat)\.h|time\.h)")

BAD_NAME = re.compile(r"(^|-)(utils?|common|misc|helpers?)(-|\.|$)|-private\.h$")
INCLUDE = re.compile(r'\s*#\s*include\s*([<"])([^>"]+)[>"]')
FILES = re.compile(r"files\s*\((.*?)\)", re.DOTALL)


def read_order(meson_build):
    """The files of one folder, in the order of its list, without extension."""
    text = re.sub(r"#.*", "", meson_build)
    names = [name for block in FILES.findall(text) for name in re.findall(r"'([^']+)'", block)]
    order = {}
    for name in names:
        order.setdefault(name.rsplit(".", 1)[0], len(order))
    return order


def without_comments(text):
    """Comments and strings become blanks of the same lines, includes stay."""
    def blank(match):
        found = match.group(0)
        if found.startswith("#"):
            return found
        return re.sub(r"[^\n]", " ", found)
    return re.sub(r'#\s*include[^\n]*|/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"', blank, text,
                  flags=re.DOTALL)


def judge(where, form, target, tree, orders):
    """A sentence that says what is wrong with this include, or None."""
    folder, _, name = where.partition("/")
    if form == "<":
        for library, room, sentence in ROOMS:
            if library.match(target) and not room.match(where):
                return sentence
        if folder == "s3" and S3_HEADERS.match(target):
            return "s3/ does no I/O and asks for no clock"
        return None
    if target == "config.h":
        return None
    if "/" not in target:
        return f'say the folder: "{folder}/{target}"'
    if target not in tree:
        return "there is no such file in src/"
    return judge_floor(folder, name, target, orders)


def judge_floor(folder, name, target, orders):
    other, _, other_name = target.partition("/")
    if other != folder:
        if other in DOORS:
            return f"{other}/ is a door: nobody includes it"
        if folder in FLOORS and FLOORS.index(other) > FLOORS.index(folder):
            return f"{folder}/ is below {other}/"
        if other not in MAY_TAKE.get(folder, FLOORS):
            return f"{folder}/ does without {other}/"
        return None
    stem, other_stem = name.rsplit(".", 1)[0], other_name.rsplit(".", 1)[0]
    order = orders[folder]
    if stem == other_stem or stem not in order:
        return None
    if other_stem not in order:
        return f"{target} is not in the list of {folder}/meson.build"
    if order[other_stem] > order[stem]:
        return f"{other_stem} comes later in the list of {folder}/meson.build"
    return None


def check_file(where, tree, orders, report):
    folder, _, name = where.partition("/")
    if BAD_NAME.search(name):
        report(where, 1, "a name that says no duty")
    if name.rsplit(".", 1)[0] not in orders[folder]:
        report(where, 1, f"not in the list of {folder}/meson.build")
    for number, line in enumerate(without_comments(tree[where]).split("\n"), 1):
        include = INCLUDE.match(line)
        if include:
            sentence = judge(where, include.group(1), include.group(2), tree, orders)
            if sentence:
                report(where, number, f"{include.group(2)}: {sentence}")
        elif folder == "s3" and S3_CALLS.search(line):
            call = S3_CALLS.search(line).group(1)
            report(where, number, f"{call}: s3/ does no I/O and asks for no clock and no dice")


def check(tree):
    """tree: path below src/ -> text. Gives lines "file:line: sentence"."""
    problems = []

    def report(where, number, sentence):
        problems.append(f"src/{where}:{number}: {sentence}")

    orders = {}
    for folder in FLOORS + DOORS:
        orders[folder] = read_order(tree.get(f"{folder}/meson.build", ""))
        for stem in orders[folder]:
            if f"{folder}/{stem}.c" not in tree and f"{folder}/{stem}.h" not in tree:
                report(f"{folder}/meson.build", 1, f"lists {stem}, which is not there")
    subdirs = re.findall(r"^\s*subdir\('(\w+)'\)", tree.get("meson.build", ""), re.MULTILINE)
    if [name for name in subdirs if name in FLOORS] != FLOORS:
        report("meson.build", 1, "the floors are " + ", ".join(FLOORS) + ", in this order")
    for where in sorted(tree):
        if not where.endswith((".c", ".h")):
            continue
        if where.partition("/")[0] not in orders:
            report(where, 1, "this folder is no floor and no door")
            continue
        check_file(where, tree, orders, report)
    return problems


def self_test():
    def files(*names):
        return f"x = files({', '.join(repr(name) for name in names)})"

    house = {
        "meson.build": "subdir('http')\nsubdir('s3')\nsubdir('aws')\nsubdir('engine')\nsubdir('cli')\n",
        "http/meson.build": files("http-message.c", "http-client.c"),
        "http/http-message.c": '#include "http/http-message.h"\n',
        "http/http-message.h": "#include <glib.h>\n",
        "http/http-client.c": '#include "http/http-message.h"\n#include <curl/curl.h>\n',
        "s3/meson.build": files("s3-plan.c", "s3-sign.c"),
        "s3/s3-plan.c": '#include "s3/s3-plan.h"\n/* time ("now") */\n',
        "s3/s3-plan.h": '#include "http/http-message.h"\n',
        "s3/s3-sign.c": '#include "s3/s3-plan.h"\n',
        "engine/meson.build": files("pw-keyring.c", "pw-upload.c", "engine.h"),
        "engine/pw-keyring.c": "#include <libsecret/secret.h>\n",
        "engine/pw-keyring.h": "",
        "engine/pw-upload.c": '#include "config.h"\n#include "s3/s3-plan.h"\n',
        "engine/engine.h": '#include "engine/pw-keyring.h"\n',
        "cli/meson.build": files("cli-main.c"),
        "cli/cli-main.c": '#include "engine/engine.h"\n',
        "cli/cli-main.h": "",
        "presign/meson.build": files("presign-api.c"),
        "presign/presign-api.c": '#include "s3/s3-plan.h"\n#include <libsoup/soup.h>\n',
    }
    good = check(house)
    assert not good, good
    bad = [
        ("s3/s3-plan.c", '#include "engine/engine.h"\n', 1, "is below"),
        ("http/http-client.c", '\n#include "s3/s3-plan.h"\n', 2, "is below"),
        ("s3/s3-plan.c", '#include "s3/s3-plan.h"\n# include "s3/s3-sign.h"\n', 2, "no such file"),
        ("s3/s3-plan.c", '#include "s3-plan.h"\n', 1, "say the folder"),
        ("http/http-message.c", '#include "http/http-client.h"\n', 1, "comes later"),
        ("engine/pw-upload.c", '#include "cli/cli-main.h"\n', 1, "is a door"),
        ("presign/presign-api.c", '#include "cli/cli-main.h"\n', 1, "is a door"),
        ("presign/presign-api.c", '#include "engine/engine.h"\n', 1, "does without"),
        ("engine/pw-upload.c", "#include <curl/curl.h>\n", 1, "libcurl"),
        ("engine/pw-upload.c", "#include <libsecret/secret.h>\n", 1, "libsecret"),
        ("engine/pw-upload.c", "#include <gtk/gtk.h>\n", 1, "windows"),
        ("s3/s3-sign.c", "  now = g_get_real_time ();\n", 1, "no clock"),
        ("s3/s3-sign.c", "#include <fcntl.h>\n", 1, "no I/O"),
        ("engine/pw-lost.c", "", 1, "not in the list"),
        ("engine/pw-utils.c", "", 1, "no duty"),
        ("engine/pw-upload-private.h", "", 1, "no duty"),
        ("engine/pw-error-helpers.h", "", 1, "no duty"),
        ("shared/thing.c", "", 1, "no floor"),
        ("http/meson.build", files("http-message.c", "http-client.c", "gone.c"), 1, "not there"),
        ("meson.build", "subdir('s3')\nsubdir('http')\nsubdir('engine')\n", 1, "order"),
    ]
    later = dict(house, **{"http/http-client.h": ""})
    for where, text, number, sentence in bad:
        tree = dict(later, **{where: text})
        found = [line for line in check(tree)
                 if line.startswith(f"src/{where}:{number}: ") and sentence in line]
        assert found, f"{where} with {text!r} was let through: {check(tree)}"
    print(f"check-floors: {len(bad)} trees that lean are refused, one that stands is not")


def main(arguments):
    if arguments == ["--self-test"]:
        self_test()
        return 0
    root = Path(arguments[0] if arguments else Path(__file__).parent.parent / "src")
    tree = {str(path.relative_to(root)): path.read_text(encoding="utf-8")
            for path in root.rglob("*") if path.name == "meson.build" or path.suffix in (".c", ".h")}
    if not tree:
        print(f"check-floors: nothing in {root}", file=sys.stderr)
        return 1
    problems = check(tree)
    print("\n".join(problems) if problems else f"check-floors: {len(tree)} files stand as they should")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
