#!/usr/bin/python3
# SPDX-FileCopyrightText: The Partway authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Refuses translations that lack a message, or that say it in another form.

    .ci/check-translations.py
    .ci/check-translations.py --self-test

For each language of po/LINGUAS: every message of the sources is translated, none is fuzzy or left
over, every plural form is there; placeholders, options, names of variables, mnemonics, and what a
text begins and ends with are the original's.
"""

import gettext
import io
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PO = ROOT / "po"

# As Meson's preset "glib".
KEYWORDS = ["_", "N_", "C_:1c,2", "NC_:1c,2", "g_dcgettext:2", "g_dngettext:2,3",
            "g_dpgettext2:2c,3"]
PLACEHOLDER = re.compile(r"%(?:(\d+)\$)?[-+ 0#']*\d*(?:\.\d+)?((?:hh|h|ll|l|z|j|t)?[diouxXeEfFgGcsp])")
MNEMONIC = re.compile(r"(?<![\w_])_(?=\w)|(?<=[^\W_])_(?=[^\W_])")
# Arabic writes "and" onto the word that follows: only Latin letters make a name another.
NAME = re.compile(r"(?<![A-Za-z_])(?:[A-Z]{2,}(?:_[A-Z]+)+|[a-z]{3,}(?:_[a-z]{2,})+)(?![A-Za-z_])")
OPTION = re.compile(r"(?<![A-Za-z-])--[a-z][a-z-]*")
ADDRESS = re.compile(r"(?<![A-Za-z])(?:s3|https?)://")


def run(*command, text=None):
    done = subprocess.run(command, cwd=ROOT, input=text, capture_output=True)
    if done.returncode != 0:
        raise ValueError(done.stderr.decode(errors="replace").strip())
    return done.stdout


def read_catalog(po, *options):
    """Message, or (message, form) -> translation; what is fuzzy or empty is not in it."""
    compiled = run("msgfmt", *options, "-o", "-", "-", text=po)
    # pylint: disable=protected-access
    catalog = dict(gettext.GNUTranslations(io.BytesIO(compiled))._catalog)
    catalog.pop("", None)
    return catalog


def read_template():
    """The messages of the sources, each in its own words."""
    words = run("xgettext", "--files-from=po/POTFILES.in", "--from-code=UTF-8", "-o", "-",
                *(f"--keyword={keyword}" for keyword in KEYWORDS))
    words = words.replace(b"nplurals=INTEGER; plural=EXPRESSION;", b"nplurals=2; plural=(n != 1);")
    return read_catalog(run("msgen", "-", text=words))


def count_forms(po):
    found = re.search(rb"nplurals *= *(\d+)", po)
    return int(found.group(1)) if found else 0


def placeholders(text):
    """Which argument is shown in which way; None: it is no format, as "%B" is of strftime()."""
    rest = text.replace("%%", "")
    found = PLACEHOLDER.findall(rest)
    if rest.count("%") != len(found):
        return None
    return Counter((int(number) if number else place, kind)
                   for place, (number, kind) in enumerate(found, 1))


def is_mnemonic(text):
    return len(MNEMONIC.findall(text)) == 1 and not NAME.search(text)


def judge_marks(original, text):
    """What a translator changes by mistake, as (what, is it so)."""
    yield "spaces at its beginning", original[:1] == " " and text[:1] != " "
    yield "spaces at its end", original.endswith(" ") != text.endswith(" ")
    yield "line ends", original.count("\n") != text.count("\n")
    yield "line end", original.endswith("\n") != text.endswith("\n")
    yield "…", original.endswith("…") != text.rstrip("\u200f").endswith("…")
    yield "three dots for …", "..." in text and "..." not in original
    yield "mnemonic", is_mnemonic(original) and len(MNEMONIC.findall(text)) != 1
    yield "mnemonic", "_" not in original and "_" in text
    yield "names", "_" in original and not is_mnemonic(original) and \
        set(NAME.findall(original)) != set(NAME.findall(text))
    yield "options", set(OPTION.findall(original)) != set(OPTION.findall(text))
    yield "addresses", set(ADDRESS.findall(original)) != set(ADDRESS.findall(text))
    yield "semicolon", original.endswith(";") and not text.endswith(";")


def judge(original, text, is_plural):
    """Sentences that say what is wrong with @text as the translation of @original."""
    if not text.strip():
        return ["is not translated"]
    wanted, got = placeholders(original), placeholders(text)
    wrong = [f"other {what}" for what, is_so in judge_marks(original, text) if is_so]
    if wanted is None or got == wanted:
        return wrong
    # A plural form that is of one number only may do without it, msgfmt knows which; "none" then
    # needs no option either.
    if is_plural and got is not None:
        return [what for what in wrong if what != "other options"]
    return wrong + ["other placeholders"]


def compare(template, catalog, n_forms):
    """Lines "“message” what is wrong" of one language."""
    for key, original in template.items():
        if not isinstance(key, tuple):
            forms = [(key, original)]
        elif key[1] == 0:
            several = template.get((key[0], 1), original)
            forms = [((key[0], form), several) for form in range(n_forms)]
        else:
            continue
        for name, wanted in forms:
            for wrong in judge(wanted, catalog.get(name, ""), isinstance(name, tuple)):
                yield f"“{wanted}” {wrong}"
    for key in catalog:
        if (key if not isinstance(key, tuple) else (key[0], 0)) not in template:
            message = key if isinstance(key, str) else key[0]
            yield f"“{message.split(chr(4))[-1]}” is no longer in the sources"


def check_language(language, po, template):
    problems = []
    try:
        # The headers, the formats and the plural forms are msgfmt's own to check.
        catalog = read_catalog(po, "-c")
    except ValueError as error:
        return [f"po/{language}.po: {line}" for line in str(error).splitlines()]
    if f'"Language: {language}\\n"'.encode() not in po:
        problems.append(f"po/{language}.po: says that it is of another language")
    if b"\n#~" in po:
        problems.append(f"po/{language}.po: holds messages that are out of use")
    return problems + [f"po/{language}.po: {line}"
                       for line in compare(template, catalog, count_forms(po))]


def read_languages():
    lines = (PO / "LINGUAS").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


SELF_TEST_HEADER = """msgid ""
msgstr ""
"Project-Id-Version: partway\\n"
"PO-Revision-Date: 2026-01-31 12:00+0000\\n"
"Last-Translator: The Partway authors\\n"
"Language-Team: X\\n"
"Language: xx\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"
"""
SELF_TEST_TEMPLATE = {
    "_Open…": "_Open…", "%s of %d": "%s of %d", "%e %B": "%e %B", "use --all of AWS_KEY\n":
    "use --all of AWS_KEY\n", "Name: ": "Name: ", ("%u file", 0): "%u file",
    ("%u file", 1): "%u files"}
SELF_TEST_GOOD = r"""
msgid "_Open…"
msgstr "開く(_O)…"

msgid "%s of %d"
msgstr "%2$d, %1$s"

msgid "%e %B"
msgstr "%-d de %B"

msgid "use --all of AWS_KEY\n"
msgstr "AWS_KEY --all\n"

msgid "Name: "
msgstr "Nom : "

#, c-format
msgid "%u file"
msgid_plural "%u files"
msgstr[0] "%u a"
msgstr[1] "%u b"
"""


def self_test():
    def problems_of(po):
        return check_language("xx", (SELF_TEST_HEADER + po).encode(), SELF_TEST_TEMPLATE)

    assert problems_of(SELF_TEST_GOOD) == [], problems_of(SELF_TEST_GOOD)
    bad = [('"開く(_O)…"', '""', "not translated"), ('"開く(_O)…"', '"開く…"', "mnemonic"),
           ('"開く(_O)…"', '"_開く(_O)…"', "mnemonic"), ('"開く(_O)…"', '"開く(_O)"', "other …"),
           ('"開く(_O)…"', '"開く(_O)..."', "dots"),
           ('msgid "_Open…"', '#, fuzzy\nmsgid "_Open…"', "not translated"),
           ("%2$d, %1$s", "%d, %s", "placeholders"), ("%2$d, %1$s", "%s", "placeholders"),
           ("%2$d, %1$s", "100 % of %s, %d", "placeholders"),
           ("%-d de %B", "", "not translated"), ("AWS_KEY --all", "AWS_KEYS --all", "names"),
           ("AWS_KEY --all", "AWS_KEY --alle", "options"), ("--all\\n\"", "--all\"", "'\\n'"),
           ("Nom : ", "Nom :", "spaces"), ("Nom : ", "Nom_: ", "mnemonic"),
           ('msgstr[1] "%u b"', 'msgstr[1] ""', "format"),
           ('msgstr[1] "%u b"', "", "plural"), ('msgstr[1] "%u b"', 'msgstr[1] "%s b"', "format"),
           ('msgid "Name: "', 'msgid "Names: "', "no longer"),
           ("\n#, c-format", "\n#~ msgid \"a\"\n#~ msgstr \"b\"\n\n#, c-format", "out of use")]
    for right, wrong, sentence in bad:
        assert right in SELF_TEST_GOOD, right
        problems = problems_of(SELF_TEST_GOOD.replace(right, wrong))
        assert any(sentence in problem for problem in problems), (right, wrong, problems)
    other = (SELF_TEST_HEADER + SELF_TEST_GOOD).replace("Language: xx", "Language: yy")
    assert check_language("xx", other.encode(), SELF_TEST_TEMPLATE)
    print(f"check-translations: {len(bad)} bad translations are refused, a good one is not")


def main(arguments):
    if arguments == ["--self-test"]:
        self_test()
        return 0
    template, languages = read_template(), read_languages()
    problems = []
    if languages != sorted(languages):
        problems.append("po/LINGUAS: is not sorted")
    if languages != sorted(path.stem for path in PO.glob("*.po")):
        problems.append("po/LINGUAS: is not the list of the translations")
    if len(template) < 100:
        problems.append("po/POTFILES.in: there are no messages")
    for language in languages:
        po = PO / f"{language}.po"
        if po.is_file():
            problems += check_language(language, po.read_bytes(), template)
    print("\n".join(problems) if problems else
          f"check-translations: {len(languages)} languages say all that the sources say")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
