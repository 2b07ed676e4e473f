#!/usr/bin/python3
# SPDX-FileCopyrightText: The Partway authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Flatpak as people install it, over sessions: an upload of a file that was chosen goes on in
the next session by itself, one of a file that was dropped once the file is chosen again.

Run by tests/flatpak/run, which makes and installs it."""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / 'e2e'))

from partway import MIB, Failure, Rgw, check, check_equal, main, make_file, note, sha256_of  # noqa: E402

SESSION = HERE / 'session'
SIZE = 300 * MIB
# A session with all its services, and an upload of that size on a slow machine.
SECONDS = 400

FIRST_HOME = None
rgw = None


def run_step(name, home, *options):
    """In a session of its own, which has ended when this returns."""
    environment = dict(os.environ, RGW_HTTP=rgw.url, RGW_BUCKET=rgw.bucket,
                       RGW_ACCESS_KEY=rgw.access_key, RGW_SECRET_KEY=rgw.secret_key)
    done = subprocess.run([SESSION, 'run', '--home', home, *options, '--', '/usr/bin/python3',
                           HERE / 'steps.py', name, home], env=environment, timeout=SECONDS,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, errors='replace')
    if done.returncode != 0:
        raise Failure(f'{name}: status {done.returncode}\n{done.stdout}')


def copy_home(work):
    """As it was after the first session, with a film."""
    check(FIRST_HOME.exists(), 'the first session failed')
    shutil.copytree(FIRST_HOME, work / 'home', symlinks=True)
    return work / 'home', make_file(work / 'home/Videos/film.mov', SIZE)


def check_begun(server):
    """Some parts are at the store."""
    (key, upload_id), = server.unfinished()
    parts = server.client().list_parts(Bucket=server.bucket, Key=key, UploadId=upload_id)['Parts']
    note(f'{len(parts)} parts are safe')
    check(len(parts) > 1, 'nothing was safe when it was killed')


def check_object(file):
    found = rgw.object(file.name)
    check(found, 'there is no object', rgw.keys())
    check_equal((found.size, found.sha256), (SIZE, sha256_of(file)))
    note(f'{SIZE} bytes, SHA-256 {found.sha256}')
    check_equal(rgw.unfinished(), [])
    rgw.client().delete_object(Bucket=rgw.bucket, Key=file.name)


def test_first(work):
    home = work / 'home'
    make_file(home / 'Videos/film.mov', MIB)
    run_step('first', home)
    home.rename(FIRST_HOME)


def test_chosen(work):
    home, file = copy_home(work)
    run_step('choose', home)
    check_begun(rgw)
    run_step('resume', home)
    check_object(file)


def test_dropped(work):
    home, file = copy_home(work)
    run_step('drop', home)
    check_begun(rgw)
    run_step('choose_again', home)
    check_object(file)


def test_without_fuse(work):
    home, _ = copy_home(work)
    run_step('without_fuse', home, '--without-fuse')


if __name__ == '__main__':
    with tempfile.TemporaryDirectory(prefix='partway-flatpak-') as folder:
        FIRST_HOME = pathlib.Path(folder) / 'home'
        rgw = Rgw()
        main([test_first, test_chosen, test_dropped, test_without_fuse])
