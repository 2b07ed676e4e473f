#!/usr/bin/python3
# SPDX-FileCopyrightText: The Partway authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What can be wrong, and that the window says it in words, with the one thing that helps."""

import errno
import pathlib
import socket
import subprocess
import sys

from window import Window  # first: it knows where partway is

from partway import CLI, MIB, SOURCE, Store, check_equal, main, make_file

KEYRING = SOURCE / 'tests/servers/keyring'
SESSION = SOURCE / 'tests/app/session'
IN_KEYRING = '--in-keyring'


def check_problem(window, name, sentence, button):
    window.wait_sentence(name, sentence)
    window.find_in_row(name, 'button', button)


def test_wrong_key(work):
    with Store() as store, Window(work, store) as window:
        window.add_destination()
        window.set_env(AWS_SECRET_ACCESS_KEY='wrong/secret+key=0123456789')
        window.open(make_file(work / 'film.mov', 6 * MIB))
        check_problem(window, 'film.mov', '^The service does not accept the access key. Check',
                      'Enter Keys…')
        window.wait_names('# Needs Attention', 'film.mov')
        window.take_picture('wrong-key')
        window.quit()


def test_unreachable(work):
    """It says so and tries again, until somebody answers."""
    with socket.socket() as taken, Store() as store, Window(work, store) as window:
        taken.bind(('127.0.0.1', 0))
        window.add_destination(endpoint=f'http://127.0.0.1:{taken.getsockname()[1]}')
        window.open(make_file(work / 'film.mov', 6 * MIB))
        window.wait_sentence('film.mov', '^The connection to the service broke or could not be made')
        window.take_picture('unreachable')
        window.push('Pause', row='film.mov')
        window.wait_sentence('film.mov', '^Paused')
        window.quit()


def test_no_such_bucket(work):
    with Store() as store, Window(work, store) as window:
        window.add_destination(target='s3://nowhere/')
        window.open(make_file(work / 'film.mov', 6 * MIB))
        check_problem(window, 'film.mov', '^The bucket does not exist', 'Edit Destination')
        window.quit()


def test_file_vanished(work):
    """It is chosen again from where it is now, and what was safe is proved against it."""
    with Store() as store, Window(work, store) as window:
        window.add_destination('--part-size', '5M')
        window.slow_down(8 * MIB)
        file = make_file(work / 'film.mov', 24 * MIB)
        window.open(file)
        window.wait_sentence('film.mov', r'^\d.* of 25 MB')
        store.wait(lambda stats: stats['part_bytes'] > 5 * MIB, 'a part is safe')
        window.push('Pause', row='film.mov')
        window.wait_sentence('film.mov', '^Paused')
        moved = work / 'elsewhere.mov'
        file.rename(moved)
        window.push('Resume', row='film.mov')
        check_problem(window, 'film.mov', '^The file “.*film.mov” is no longer there', 'Choose Again…')
        window.help('Choose Again…', 'film.mov')
        window.choose_files(moved, title='Choose the File Again')
        window.wait_sentence('elsewhere.mov', 'verified: ')
        window.quit()


def test_no_rights_at_the_store(work):
    with Store(faults='part: status 403 AccessDenied\nput: status 403 AccessDenied') as store, \
            Window(work, store) as window:
        window.add_destination()
        window.open(make_file(work / 'notes.txt', 1000))
        check_problem(window, 'notes.txt', '^The service does not allow this upload. Ask the owner',
                      'Try Again')
        store.set_faults('')
        window.help('Try Again', 'notes.txt')
        window.wait_sentence('notes.txt', 'verified: ')
        window.quit()


def fill(path):
    with path.open('wb', buffering=0) as out:
        try:
            while True:
                out.write(bytes(512))
        except OSError as error:
            check_equal(error.errno, errno.ENOSPC)


def test_disk_full(work):
    """There is no room for what has to be written down; once there is some, it goes on."""
    state = work / 'tiny'
    state.mkdir()
    with Store() as store, Window(work, store) as window:
        window.add_destination('--part-size', '5M')
        window.set_env(XDG_STATE_HOME=state)
        # A disk of its own that is small.
        window.wrapper = ['unshare', '--map-root-user', '--mount', 'sh', '-c',
                          'mount -t tmpfs -o size=256k tmpfs "$0" && exec "$@"', state]
        window.open()
        window.find('button', 'Choose Files…')
        ballast = pathlib.Path(f'/proc/{window.popen.pid}/root/{state}/ballast')
        fill(ballast)
        check_equal(window.open_again(make_file(work / 'film.mov', 16 * MIB)), 0)
        check_problem(window, 'film.mov', '^There is no room left on the disk that holds ', 'Try Again')
        window.take_picture('disk-full')
        ballast.unlink()
        window.help('Try Again', 'film.mov')
        window.wait_sentence('film.mov', 'verified: ')
        window.quit()


def test_locked_keyring(work):
    """Nobody is there to unlock it at first."""
    done = subprocess.run([KEYRING, 'run', SESSION, 'run', '--keep-world', sys.executable, __file__,
                           IN_KEYRING, work], timeout=100, text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
    check_equal(done.returncode, 0, done.stdout[-4000:])


def use_locked_keyring(work):
    """The same, in a world that has a keyring."""
    with Store() as store, Window(work, store) as window:
        window.set_env(AWS_ACCESS_KEY_ID=None, AWS_SECRET_ACCESS_KEY=None)
        added = subprocess.run(
            [CLI, 'destination', 'add', 'Box', f's3://{store.bucket}/', '--endpoint',
             store.url, '--access-key', store.access_key], input=store.secret_key + '\n', text=True,
            env=window.env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        check_equal(added.returncode, 0, added.stdout)
        subprocess.run([KEYRING, 'lock'], check=True)
        window.open(make_file(work / 'film.mov', 6 * MIB))
        check_problem(window, 'film.mov', '^The keyring did not give or take the access key. Try',
                      'Enter Keys…')
        window.take_picture('locked-keyring')
        subprocess.run([KEYRING, 'unlock'], check=True)
        window.wait_section('Needs Attention', 'film.mov')
        window.choose_in_menu('More', 'Try Again', row='film.mov')
        window.wait_sentence('film.mov', 'verified: ')
        window.quit()


if __name__ == '__main__':
    if IN_KEYRING in sys.argv:
        use_locked_keyring(pathlib.Path(sys.argv[2]))
        sys.exit()
    main([test_wrong_key, test_unreachable, test_no_such_bucket, test_file_vanished,
          test_no_rights_at_the_store, test_disk_full, test_locked_keyring])
