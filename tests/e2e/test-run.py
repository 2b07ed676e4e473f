#!/usr/bin/python3
# SPDX-FileCopyrightText: The Partway authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""build-aux/run: on a screen it opens the window, without one it uploads by the command line. In
both cases nothing is left, neither files nor programs."""

import os
import pathlib
import subprocess
import sys

from partway import (BUILD, MIB, SOURCE, TIMEOUT, check, check_equal, main, make_file, sha256_of,
                     spawn, wait_until)

RUN = SOURCE / 'build-aux/run'
SESSION = SOURCE / 'tests/app/session'
TRY_IT = BUILD / 'try-it'
NAME = 'io.github.partway.Partway.TryIt'


def environment(**more):
    """As a terminal has it, without what this test's own surroundings brought."""
    inherited = {name: value for name, value in os.environ.items()
                 if name not in ('DISPLAY', 'WAYLAND_DISPLAY', 'G_DEBUG', 'MALLOC_PERTURB_')}
    return {**inherited, 'PARTWAY_BUILD': str(BUILD), **more}


def is_served(port):
    """Whether somebody still listens there."""
    wanted = f'0100007F:{port:04X}'
    lines = pathlib.Path('/proc/net/tcp').read_text().splitlines()[1:]
    return any(fields[1] == wanted and fields[3] == '0A' for fields in map(str.split, lines))


def check_gone(port):
    check(not TRY_IT.exists(), 'the folder of the store is left')
    wait_until(lambda: not is_served(port), 'the store has ended')


def test_without_a_display(work):
    file = make_file(work / 'a film', 6 * MIB)
    process = spawn([RUN, file.name], cwd=work, env=environment(), stdout=subprocess.PIPE,
                    stderr=subprocess.STDOUT, text=True)
    port = int(wait_until(lambda: (TRY_IT / 'port').exists() and (TRY_IT / 'port').read_text(),
                          'the store has a port', TIMEOUT))
    output, _ = process.communicate(timeout=TIMEOUT)
    check_equal(process.returncode, 0, output)
    check(sha256_of(file) in output, output)
    check('They are the same.' in output, output)
    check_gone(port)


def action(name):
    """Activates an action of the application that has the try-it's name on the bus."""
    return subprocess.run(
        ['gdbus', 'call', '--session', '--timeout', '20', '--dest', NAME, '--object-path',
         '/' + NAME.replace('.', '/'), '--method', 'org.gtk.Actions.Activate', name, '[]', '{}'],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def window_test(arguments):
    """What runs inside of the session: opens the window, waits for the file, quits."""
    file = pathlib.Path(arguments[0])
    sent = sha256_of(file)
    process = spawn([RUN, file], env=environment(DISPLAY=os.environ['DISPLAY']))
    objects = TRY_IT / 'store/try-it'

    def has_arrived():
        check_equal(process.poll(), None, 'build-aux/run ended')
        return objects.is_dir() and any(sha256_of(path) == sent for path in objects.iterdir())

    wait_until(has_arrived, 'the file is in the store', 60)
    port = int((TRY_IT / 'port').read_text())
    check(not pathlib.Path(os.environ['XDG_CONFIG_HOME'], 'partway').exists(),
          'the destinations of the user are touched')
    check((TRY_IT / 'config/partway/destinations.json').exists(), 'there is no destination')
    done = action('quit')
    check_equal(done.returncode, 0, done.stdout)
    check_equal(process.wait(TIMEOUT), 0, 'build-aux/run')
    check_gone(port)


def test_window(work):
    file = make_file(work / 'a film', 6 * MIB)
    process = spawn([SESSION, 'run', '/usr/bin/python3', __file__, '--window', file],
                    env={**environment(), 'GTK_A11Y': 'none'}, stdout=subprocess.PIPE,
                    stderr=subprocess.STDOUT, text=True)
    output, _ = process.communicate(timeout=3 * TIMEOUT)
    check_equal(process.returncode, 0, output)


if sys.argv[1:2] == ['--window']:
    window_test(sys.argv[2:])
else:
    main([test_without_a_display, test_window])
