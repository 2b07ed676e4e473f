#!/usr/bin/python3
# SPDX-FileCopyrightText: The Partway authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is done and seen in one session; test-flatpak.py makes the sessions. Each step ends with
status 0, or says what was wrong.

    steps.py STEP HOME
"""

import pathlib
import re
import sys

from gi.repository import Gio

from sandboxed import ID, Sandboxed, Server  # first: it knows where the others are

from desktop import find_windows
from notices import Notices
from partway import BUILD, MIB, SOURCE, Failure, check, check_equal, make_file, wait_until

FILE = 'film.mov'
SPEED = 12 * MIB


def get_percent(window, name):
    """So much of it is sent, as its row says."""
    match = re.match(r'([\d.]+) of ([\d.]+) MB', window.sentence(name))
    return 100 * float(match[1]) / float(match[2]) if match else 0


def kill_when_some_is_safe(window):
    window.wait_sentence(FILE, r'^\d.* of 315 MB', 60)
    wait_until(lambda: get_percent(window, FILE) > 15, 'some is sent', 120)
    window.kill()


# Names on the session's bus that every Flatpak sees.
ALLOWED = re.compile(r'^(:|org\.freedesktop\.DBus$|org\.freedesktop\.portal\.|'
                     + re.escape(ID) + r'(\.|$))')
OTHERS = ('org.freedesktop.secrets', 'org.freedesktop.impl.portal.PermissionStore',
          'org.freedesktop.impl.portal.desktop.gtk', 'org.a11y.Bus', 'ca.desrt.dconf')


def check_files(window, home):
    """None of the user's, nor of the machine's, is there."""
    # Of folders that the installation is in, Flatpak shows the bare names.
    hidden = [home / 'Videos' / FILE, home / '.local/share/keyrings', SOURCE / 'meson.build',
              BUILD / 'build.ninja', '/etc/shadow']
    check(all(pathlib.Path(path).exists() for path in hidden), 'they are not even here')
    script = ''.join(f'[ ! -e "{path}" ] || echo "{path}"\n' for path in hidden)
    check_equal(window.run_inside(script), '')
    check_equal(window.run_inside(f'ls -A "{home}"'), '.var\n')


def check_bus(window):
    """Only the portals answer."""
    call = 'gdbus call --session --dest org.freedesktop.DBus --object-path / --method org.freedesktop.DBus'
    names = re.findall(r"'([^']+)'", window.run_inside(f'{call}.ListNames'))
    names += re.findall(r"'([^']+)'", window.run_inside(f'{call}.ListActivatableNames'))
    check('org.freedesktop.portal.Desktop' in names, 'there are no portals', names)
    seen = [name for name in names if not ALLOWED.match(name)]
    check_equal(seen, [], 'names that it sees')
    script = ''.join(f'gdbus call --session --dest {name} --object-path / '
                     '--method org.freedesktop.DBus.Peer.Ping && echo answered\n' for name in OTHERS)
    said = window.run_inside(f'({script}true) 2>&1')
    refused = re.findall('^Error: .*(?:ServiceUnknown|AccessDenied)', said, re.MULTILINE)
    check_equal(len(refused), len(OTHERS), said)
    check('answered' not in said, said)


def check_permissions(window):
    said = window.run_inside('cat /.flatpak-info; ls /run /run/user/*')
    check('filesystems=' not in said and 'Policy]' not in said, said)
    check('pulse' not in said, said)


def open_with(file):
    """As the file manager does it."""
    entry = Gio.DesktopAppInfo.new(f'{ID}.desktop')
    check(entry and entry.launch_uris([file.as_uri()], None), 'it is not handed over')


def step_first(home):
    """Nothing is there yet: a destination, its keys in the keyring, a file opened with it. The
    program sees the network, the screen and the portals, and nothing else."""
    server = Server()
    with Sandboxed(home, server) as window:
        check_files(window, home)
        check_bus(window)
        check_permissions(window)
        window.open()
        window.find('label', 'Drop Files to Upload')
        window.add_destination_in_window(server)
        check((window.app_home / 'data/keyrings/default.keyring').exists(), 'where are the keys?')
        open_with(make_file(home / 'opened.txt', 1000))
        window.wait_sentence('opened.txt', 'verified: ', 60)
        window.take_picture('flatpak')
        window.quit()


def step_choose(home):
    with Sandboxed(home, Server()) as window:
        window.slow_down(SPEED)
        window.open()
        window.push('Add Files')
        window.choose_files(home / 'Videos' / FILE)
        kill_when_some_is_safe(window)


def step_drop(home):
    with Sandboxed(home, Server()) as window:
        window.slow_down(SPEED)
        window.open()
        window.find('label', 'opened.txt')
        window.drop(home / 'Videos' / FILE)
        kill_when_some_is_safe(window)


def step_resume(home):
    """By itself, from where it was; then without the window, and the end is told."""
    notices = Notices()
    with Sandboxed(home, Server()) as window:
        window.slow_down(SPEED)
        window.open()
        sentence = window.wait_sentence(FILE, r'^\d.* of 315 MB|verified: ', 60)
        check('verified' in sentence or get_percent(window, FILE) > 10, 'it began anew', sentence)
        window.set_preferences(close="'background'", limit=f'uint64 {SPEED}')
        window.press('ctrl+w')
        wait_until(lambda: not find_windows('Partway'), 'the window is gone')
        window.set_preferences(close="'background'")
        wait_until(lambda: f'“{FILE}” was uploaded' in notices.titles(), 'the end is told', 120)
        window.wait_end()


def step_choose_again(home):
    with Sandboxed(home, Server()) as window:
        window.set_preferences()
        window.open()
        window.wait_sentence(FILE, '^Choose the file “film.mov” again', 60)
        window.take_picture('flatpak-dropped')
        window.push('Choose Again…', row=FILE)
        window.choose_files(home / 'Videos' / FILE, title='Choose the File Again')
        window.wait_sentence(FILE, 'verified: ', 120)
        window.quit()


def step_without_fuse(home):
    with Sandboxed(home, Server()) as window:
        window.open()
        window.push('Add Files')
        window.choose_files(home / 'Videos' / FILE)
        window.find('label', re.compile('could not be handed over.*FUSE'), 60)
        window.take_picture('flatpak-without-fuse')
        window.press('Escape')
        window.wait_gone('label', 'No Access to the Files')
        check_equal(window.names(), ['# Finished', 'opened.txt'])
        window.quit()


STEPS = {name[5:]: function for name, function in list(globals().items())
         if name.startswith('step_')}


def main(name, home):
    try:
        STEPS[name](pathlib.Path(home))
    except Failure as failure:
        print(failure, file=sys.stderr)
        return 1
    return 0


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
