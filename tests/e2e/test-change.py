#!/usr/bin/python3
# SPDX-FileCopyrightText: The Partway authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files that change while they are uploaded: an object is one version of the file, or there is
none."""

import collections
import os
import struct
import time

import rounds
from partway import *
from rounds import ROUNDS, after, either, ended

PART = 16 * KIB
N_PARTS = 200
CONNECTIONS = 4

# How long a last look at the file may lie before its Complete on a machine that does other things.
LATE = 2
SENDING = ['--part-size', str(PART), '--allow-tiny-parts', '--parallel', str(CONNECTIONS)]
SLOW = '''
create: delay 20ms
complete: delay 20ms
part: delay 8ms
put: rate 2MiB
'''


# What can happen to a file. Each gives how many bytes of the new version differ from the old one's.

def append(path, dice):
    data = dice.randbytes(dice.randrange(1, 3 * PART))
    with open(path, 'ab', buffering=0) as file:
        file.write(data)
    return len(data)


def truncate(path, dice):
    os.truncate(path, dice.randrange(path.stat().st_size * 3 // 4, path.stat().st_size))
    return 0


def replace(path, dice):
    """As editors and rsync do it."""
    size = path.stat().st_size
    new = path.with_suffix('.new')
    new.write_bytes(dice.randbytes(size))
    new.rename(path)
    return size


def edit(path, dice):
    data = dice.randbytes(dice.randrange(1, 2 * PART))
    offset = dice.randrange(path.stat().st_size - len(data))
    with open(path, 'r+b', buffering=0) as file:
        file.seek(offset)
        file.write(data)
    return len(data)


def edit_in_secret(path, dice):
    """And set its time back."""
    before = path.stat()
    n = edit(path, dice)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    return n


def delete(path, dice):
    path.unlink()
    return 0


def touch(path, dice):
    os.utime(path)
    return 0


CHANGES = [append, truncate, replace, edit, edit_in_secret, delete, touch]


def check_object(found, versions, what, result):
    """Nothing, or one of the versions; gives which."""
    if found is None:
        return None
    check(found.sha256 in versions, 'the object is no version of the file:', what, result)
    return len(versions) - 1 - versions[::-1].index(found.sha256)


def wait_for_instant(requests, key, dice, seconds):
    if dice.random() < 0.5:
        return after(dice.uniform(0, seconds))
    return requests.reached(key, 'part', dice.randrange(1, N_PARTS + 1))


def check_refused(result, change, what):
    error = 'source-vanished' if change is delete else 'source-changed'
    check_equal(result.status, 1, what, result)
    check_equal((result.upload['state'], result.upload['error']), ('failed', error), what, result)


def change_round(store, requests, tally):
    """Large files, sent in parts."""
    def make_round(number, dice, work):
        key = f'film-{number}'
        change, follow = CHANGES[number % len(CHANGES)], number % 2 == 0
        what = f'{change.__name__}{" --follow" if follow else ""}'
        file = make_file(work / key, N_PARTS * PART - dice.randrange(PART))
        old = sha256_of(file)
        cli = Cli(work, store)
        process = cli.start_upload(*SENDING, *(['--follow'] if follow else []), file)
        yield either(wait_for_instant(requests, key, dice, 1), lambda: process.popen.poll() is not None)
        n_before, n_differ = requests.count(key, 'part'), change(file, dice)
        changed_at = time.monotonic()
        new = sha256_of(file) if file.exists() else None
        result = yield ended(process)
        requests.poll()

        version = check_object(store.object(key), [old, new], what, result)
        completed_at = max((r[3] for r in requests.get(key, 'complete')), default=0)
        was_late = completed_at and completed_at < changed_at + LATE * SLOWNESS
        if result.status == 0:
            check_equal(result.upload['state'], 'done', what, result)
            check(version == 1 or was_late, 'the old version, long after the change:', what, result)
            tally[f'{what}: {"new" if version else "old"}'] += 1
        else:
            check(not follow or change is delete, 'it was not followed:', what, result)
            check_equal(version, None, what, result)
            if not requests.get(key) and change is delete:
                check(result.status in (1, 2), result)
            else:
                check_refused(result, change, what)
            tally[f'{what}: refused'] += 1
        if follow and version == 1 and n_before:
            n_parts = -(-file.stat().st_size // PART)
            n_sent = requests.count(key, 'part')
            most = max(n_parts, N_PARTS) + n_differ // PART + 2 + 2 * CONNECTIONS
            check(n_sent <= most, n_sent, 'parts for', n_parts, what, result)
    return make_round


def test_files_in_parts(work):
    tally = collections.Counter()
    with Store(min_part=1, faults=SLOW) as store:
        requests = rounds.Requests(store)
        rounds.play(change_round(store, requests, tally), max(14, ROUNDS // 2), 8, requests.poll)
    for what in sorted(tally):
        note(what, tally[what])


def small_round(store, requests, tally):
    """Small files, sent in one."""
    def make_round(number, dice, work):
        key = f'note-{number}'
        change, follow = CHANGES[number % len(CHANGES)], number % 2 == 0
        what = f'{change.__name__}{" --follow" if follow else ""}'
        file = make_file(work / key, dice.randrange(300 * KIB, 900 * KIB))
        old = sha256_of(file)
        cli = Cli(work, store)
        process = cli.start_upload(*(['--follow'] if follow else []), file)
        yield either(after(dice.choice((dice.uniform(0, 0.06), dice.uniform(0, 0.5)))),
                     lambda: process.popen.poll() is not None)
        change(file, dice)
        new = sha256_of(file) if file.exists() else None
        result = yield ended(process)
        version = check_object(store.object(key), [old, new], what, result)
        if result.status == 0 and version is not None:
            tally[f'{what}: {"new" if version else "old"}'] += 1
        elif not result.uploads():
            check(change is delete, result)
        else:
            check_equal(version, None, what, result)
            check_refused(result, change, what)
            check(not follow or change is delete, 'it was not followed:', what, result)
            tally[f'{what}: refused'] += 1
    return make_round


def test_small_files(work):
    tally = collections.Counter()
    with Store(min_part=1, faults=SLOW) as store:
        requests = rounds.Requests(store)
        rounds.play(small_round(store, requests, tally), max(14, ROUNDS // 2), 8, requests.poll)
    for what in sorted(tally):
        note(what, tally[what])


def crash_round(store, requests, tally):
    """Killed, changed while nobody watches, and taken up again."""
    def make_round(number, dice, work):
        key = f'film-{number}'
        change, follow = CHANGES[number % len(CHANGES)], dice.random() < 0.5
        what = f'{change.__name__}{" --follow" if follow else ""}'
        file = make_file(work / key, N_PARTS * PART - dice.randrange(PART))
        versions = [sha256_of(file)]
        cli = Cli(work, store)
        process = cli.start_upload(*SENDING, file)
        yield requests.reached(key, 'part', dice.randrange(1, N_PARTS))
        process.kill()
        n_differ = change(file, dice)
        versions.append(sha256_of(file) if file.exists() else None)
        result = yield ended(cli.start('resume', '--all', '--json',
                                       *(['--follow'] if follow else [])))
        requests.poll()
        version = check_object(store.object(key), versions, what, result)
        if version == 1 and versions[0] == versions[1] and result.status != 0:
            # Both are the same, and the resume sent nothing.
            version = 0
        if version == 0:
            # The kill came so late that the file as it was had been sent whole.
            check(requests.count(key, 'complete') == 1, what, result)
        elif result.status == 0:
            check_equal(version, 1, what, result)
            n_parts = max(N_PARTS, -(-file.stat().st_size // PART))
            # Parts that had become an object before the kill are no more there to be compared.
            n_before = N_PARTS if requests.count(key, 'complete') > 1 else 0
            check(requests.count(key, 'part')
                  <= n_before + n_parts + n_differ // PART + 2 + CONNECTIONS,
                  requests.count(key, 'part'), 'parts for', n_parts, what, result)
        else:
            check_equal(version, None, what, result)
            check_refused(result, change, what)
            check(change is delete or not follow, 'it was not followed:', what, result)
        tally[f'{what}: {("old", "new")[version] if version is not None else "refused"}'] += 1
    return make_round


def test_changed_after_a_crash(work):
    tally = collections.Counter()
    with Store(min_part=1, faults=SLOW) as store:
        requests = rounds.Requests(store)
        rounds.play(crash_round(store, requests, tally), max(14, ROUNDS // 5), 8, requests.poll)
    for what in sorted(tally):
        note(what, tally[what])


def test_same_content_but_a_part_is_lost(work):
    """The file's times make it be read again, and what the store lost is not taken for a change."""
    with Store(min_part=1, faults=SLOW) as store:
        cli = Cli(work, store)
        file = make_file(work / 'film', N_PARTS * PART)
        process = cli.start_upload(*SENDING, file)
        store.wait(lambda stats: stats['requests']['part'] > 50)
        process.kill()
        store.set_faults('list-parts: omit-part 1')
        file.chmod(0o600)
        result = cli.resume()
        check_equal(result.status, 0, result)
        check_equal(store.object('film').sha256, sha256_of(file))
        check(result.upload['resumed'] > 30 * PART, result)


# Writers that never stop.

APPENDING = 'while :; do printf 0123456789abcdef; sleep 0.005; done >> "$0"'
APPENDING_FAST = 'while :; do printf 0123456789abcdef; done >> "$0"'
# One number at the beginning, then the same one at the end: the first is never behind the second,
# and never ahead by more than one.
COUNTING = '''
import os, struct, sys, time
file = os.open(sys.argv[1], os.O_RDWR)
end, n, wait = os.fstat(file).st_size - 8, 0, float(sys.argv[2])
while True:
    n += 1
    os.pwrite(file, struct.pack('<Q', n), 0)
    os.pwrite(file, struct.pack('<Q', n), end)
    time.sleep(wait) if wait else None
'''


class Writer:
    def __init__(self, *command):
        self.process = spawn(command)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()


def check_growing(work, script, size, *options):
    """It is refused; or, where all of it was read at once, it is the file as it was then."""
    with Store(min_part=1, faults=SLOW) as store:
        cli = Cli(work, store)
        file = make_file(work / 'log', size)
        with Writer('/bin/sh', '-c', script, file):
            wait_until(lambda: file.stat().st_size > size, 'the writer writes')
            result = cli.upload(*options, file, timeout=30)
        found = store.object('log')
        if result.status == 0:
            check(SENDING[0] not in options, 'it cannot be:', result)
            check_equal(found.path.read_bytes(), file.read_bytes()[:found.size], result)
        else:
            check_refused(result, append, options)
            check_equal(found, None)


def test_file_that_grows(work):
    check_growing(work, APPENDING, 100 * PART, *SENDING)


def test_file_that_grows_and_is_followed(work):
    check_growing(work, APPENDING, 100 * PART, *SENDING, '--follow')


def test_small_file_that_grows(work):
    check_growing(work, APPENDING, 300 * KIB)


def test_small_file_that_grows_fast(work):
    check_growing(work, APPENDING_FAST, 300 * KIB)


def test_small_file_that_grows_and_is_followed(work):
    check_growing(work, APPENDING_FAST, 300 * KIB, '--follow')


def is_state(data):
    first, last = struct.unpack('<Q', data[:8])[0], struct.unpack('<Q', data[-8:])[0]
    return 1 <= first and last <= first <= last + 1


def check_counting(work, wait, *options):
    """A file whose every moment can be told from a mixture of two."""
    states = collections.Counter()
    with Store(min_part=1) as store:
        for number in range(max(5, ROUNDS // 20)):
            folder = work / str(number)
            folder.mkdir()
            cli = Cli(folder, store)
            file = make_file(folder / f'counter-{number}', 4 * MIB)
            with Writer('/usr/bin/python3', '-c', COUNTING, file, str(wait)):
                wait_until(lambda: is_state(file.read_bytes()), 'the writer writes')
                result = cli.upload(*options, file, timeout=30)
            found = store.object(file.name)
            states[result.upload['state']] += 1
            if result.status:
                check_refused(result, edit, options)
                check_equal(found, None)
                continue
            check(is_state(found.path.read_bytes()), 'this was never there at once:', result)
    note(dict(states))


def test_small_file_that_changes_all_the_time(work):
    check_counting(work, 0)


def test_small_file_that_changes_and_is_followed(work):
    check_counting(work, 0, '--follow')


def test_small_file_that_changes_often(work):
    check_counting(work, 0.015, '--follow')


def test_file_in_parts_that_changes_often(work):
    check_counting(work, 0.05, '--follow', '--part-size', '512KiB', '--allow-tiny-parts')


main([test_files_in_parts, test_small_files, test_changed_after_a_crash,
      test_same_content_but_a_part_is_lost, test_file_that_grows,
      test_file_that_grows_and_is_followed, test_small_file_that_grows,
      test_small_file_that_grows_fast, test_small_file_that_grows_and_is_followed,
      test_small_file_that_changes_all_the_time, test_small_file_that_changes_and_is_followed,
      test_small_file_that_changes_often, test_file_in_parts_that_changes_often])
