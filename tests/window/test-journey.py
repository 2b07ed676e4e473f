#!/usr/bin/python3
# SPDX-FileCopyrightText: The Partway authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""From a file to its object with all that happens on a long way: paused, resumed, killed, started
again. The same to the try-it store, to Ceph's gateway, and through a presign backend."""

from window import Window  # first: it knows where the others are

from backends import Presign
from partway import MIB, Rgw, Store, check, check_equal, main, make_file, sha256_of, wait_until

PART = 5 * MIB
N_PARTS = 8
SIZE = PART * (N_PARTS - 1) + 12345
SPEED = 12 * MIB


def get_percent(window, name):
    """So much of it is sent, as its row says."""
    sentence = window.sentence(name)
    words = sentence.replace(' kB', 'kB').split()
    return 100 * float(words[0]) / float(words[2]) if len(words) > 2 and words[1] == 'of' else 0


def check_object(server, path):
    found = wait_until(lambda: server.object(path.name), 'the object is there')
    check_equal((found.size, found.sha256), (path.stat().st_size, sha256_of(path)))


def travel(window, file):
    """To the end, which is the caller's to look at."""
    name = file.name
    window.open()
    window.push('Choose Files…')
    window.choose_files(file)
    window.wait_sentence(name, r'^\d.* of 37 MB')
    wait_until(lambda: get_percent(window, name) > 20, 'a fifth is sent')

    window.push('Pause', row=name)
    window.wait_sentence(name, r'^Paused — .* are safe$')
    paused = window.sentence(name)
    window.take_picture('paused')
    window.push('Resume', row=name)
    window.wait_sentence(name, r'^\d.* of 37 MB — ')
    wait_until(lambda: get_percent(window, name) > 45, 'nearly half is sent')
    window.kill()

    window.slow_down(SPEED // 3)
    window.open()
    window.wait_names('# Uploading', name)
    window.wait_sentence(name, r'^\d.* of 37 MB')
    check(get_percent(window, name) > 20, 'it began anew', window.sentence(name), paused)
    window.take_picture('resumed')
    window.wait_sentence(name, r'verified: ')
    window.wait_names('# Finished', name)


def test_store(work):
    with Store() as store, Window(work, store) as window:
        window.add_destination('--part-size', '5M')
        window.slow_down(SPEED)
        file = make_file(work / 'wedding.mov', SIZE)
        travel(window, file)
        check_object(store, file)
        # What was safe was not sent again; what was on its way was, at most twice.
        check(store.requests('part') <= N_PARTS + 4, store.stats())
        window.quit()


def test_rgw(work):
    with Window(work, rgw) as window:
        window.add_destination('--part-size', '5M')
        window.slow_down(SPEED)
        file = make_file(work / 'wedding.mov', SIZE)
        travel(window, file)
        check_object(rgw, file)
        check_equal(rgw.unfinished(), [])
        window.quit()


def test_presign(work):
    with Presign(rgw) as backend, Window(work) as window:
        window.secrets.append(rgw.secret_key)
        check_equal(window.run('destination', 'add', 'Backend', '--presign', backend.url,
                               '--part-size', '5M').status, 0)
        window.slow_down(SPEED)
        file = make_file(work / 'signed.mov', SIZE)
        travel(window, file)
        keys = [key for key in rgw.keys() if key.endswith('signed.mov')]
        check_equal(len(keys), 1, rgw.keys())
        check_equal(rgw.object(keys[0]).sha256, sha256_of(file))
        check_equal(rgw.unfinished(), [])
        window.quit()


if __name__ == '__main__':
    rgw = Rgw()
    main([test_store, test_rgw, test_presign])
