#!/usr/bin/python3
# SPDX-FileCopyrightText: The Partway authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pictures of the window as different people have it, for people to look at; and each button has
words for a screen reader."""

import re

from window import Window  # first: it knows where partway is

from partway import MIB, Store, check, main, make_file

LOOKS = [
    ('light', {}),
    ('dark', {'ADW_DEBUG_COLOR_SCHEME': 'prefer-dark'}),
    ('high-contrast', {'ADW_DEBUG_HIGH_CONTRAST': '1'}),
    ('narrow', {}),
]
FAULTS = 'part key stuck*: stall after 64KiB\nput key refused*: status 403 AccessDenied\n'

# The name of a type of GTK's: what a screen reader says where nobody thought of it.
NAMELESS = re.compile('^(Gtk|Adw|Pw)[A-Z]')


def fill(window, work):
    """One of each sort."""
    window.open(*[make_file(work / name, 3000000) for name in ('Wedding.mov', 'report.pdf')],
                make_file(work / 'refused.iso', 1000), make_file(work / 'stuck.tar.zst', 40 * MIB),
                work / 'gone.raw')
    for name, sentence in (('Wedding.mov', 'verified'), ('report.pdf', 'verified'),
                           ('gone.raw', 'no longer there'), ('refused.iso', 'does not allow')):
        window.wait_sentence(name, sentence)


def check_words(window):
    for button in window.look().find_all('button'):
        if button.is_shown() and 'Click' in button.get_actions():
            check(button.name and not NAMELESS.match(button.name), f'{button} has no name')


def make_test(look, environment):
    def test(work):
        with Store(faults=FAULTS) as store, Window(work, store, **environment) as window:
            window.add_destination(name='Archive')
            if look == 'narrow':
                window.set_preferences(width='360', height='640')
            fill(window, work)
            check_words(window)
            window.take_picture(f'list-{look}')
    return look, test


if __name__ == '__main__':
    main([make_test(*look) for look in LOOKS])
