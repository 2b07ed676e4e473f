#!/usr/bin/python3
# SPDX-FileCopyrightText: The Partway authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Uploads that are killed at any instant: what is taken up again ends in an object that is the
file, and little is sent twice."""

import collections
import json
import os
import random
import time

import rounds
from partway import *
from rounds import ROUNDS, SEED, after, either, ended

PART = 16 * KIB
CONNECTIONS = 4
SENDING = ['--part-size', str(PART), '--allow-tiny-parts', '--parallel', str(CONNECTIONS)]
# An upload takes most of a second, and the moments that matter most are wide enough to be hit: what
# is done at the store, but not known to the client; and what left the client, but is not done yet.
SLOW = '''
create: delay 30ms
complete: delay 30ms
part key slow-*: rate 1MiB
part key late*: delay 10ms
'''


def make_parts_file(work, key, dice, least=200):
    """Of at least @least parts, the last one odd."""
    return make_file(work / key, (least - 1 + dice.randrange(20)) * PART + dice.randrange(1, PART))


def count_parts(file):
    return -(-file.stat().st_size // PART)


def state_files(work, ending):
    return sorted((work / 'state/partway').rglob('*' + ending))


def name_phase(work):
    """Where a killed upload stood, by its journal."""
    journals = state_files(work, '.journal')
    if not journals:
        return 'over' if any(b'"state":"done"' in p.read_bytes()
                             for p in state_files(work, '.queue')) else 'before the intent'
    kinds = set()
    for line in journals[0].read_bytes().split(b'\n'):
        try:
            kinds.add(json.loads(line)['t'])
        except ValueError:
            pass
    for kind, phase in (('done', 'done'), ('completing', 'completing'), ('part', 'parts'),
                        ('upload', 'created'), ('intent', 'intent')):
        if kind in kinds:
            return phase
    return 'before the intent'


def wait_for_instant(requests, key, n_parts, dice):
    """To be yielded: a random instant of an upload; each phase has its share."""
    kind = dice.random()
    if kind < 0.15:
        return after(dice.uniform(0, 0.06)), 0
    if kind < 0.28:
        return requests.reached(key, 'create'), dice.uniform(0, 0.045)
    if kind < 0.55:
        return requests.reached(key, 'part', dice.randrange(1, n_parts)), dice.uniform(0, 0.01)
    if kind < 0.75:
        return requests.reached(key, 'complete'), dice.uniform(0, 0.05)
    return after(dice.uniform(0, 1.3)), 0


def kill_at_instant(process, requests, key, n_parts, dice):
    """Gives whether it was in time, and its Result."""
    condition, more = wait_for_instant(requests, key, n_parts, dice)
    yield either(condition, lambda: process.popen.poll() is not None)
    yield after(more)
    was_alive = process.popen.poll() is None
    return was_alive, process.kill()


def resume(cli, requests, key, n_parts, dice, results):
    """Again, as often as it is killed again; gives the Result of the last."""
    for _ in range(dice.choice((0, 0, 0, 0, 1, 1, 2))):
        process = cli.start('resume', '--all', '--json')
        yield either(after(dice.uniform(0, 0.5)), lambda: process.popen.poll() is not None)
        results['killed'] += process.popen.poll() is None
        process.kill()
    return (yield ended(cli.start('resume', '--all', '--json')))


def check_nothing_is_left(work):
    check_equal(state_files(work, '.journal') + state_files(work, '.bad'), [])


def kill_round(store, requests, tally):
    def make_round(number, dice, work):
        key = f'{dice.choice(("slow", "late"))}-{number}'
        file = make_parts_file(work, key, dice)
        n_parts = count_parts(file)
        cli = Cli(work, store)
        results = collections.Counter()
        process = cli.start_upload(*SENDING, file)
        was_alive, result = yield from kill_at_instant(process, requests, key, n_parts, dice)
        results['killed'] += was_alive
        phase = name_phase(work) if was_alive else 'too late'
        tally['phases'][phase] += 1

        result = yield from resume(cli, requests, key, n_parts, dice, results)
        if not result.uploads() and store.object(key) is None:
            # Killed before anything was written: it never began, as its user sees, too.
            check_equal(requests.get(key), [], 'begun at the store, and forgotten', phase)
            check_equal(cli.list('--all'), [])
            tally['never begun'] += 1
            result = yield ended(cli.start_upload(*SENDING, file))
        check_equal(result.status, 0, phase, result)
        check_equal(store.object(key).sha256, sha256_of(file), phase, result)
        check_equal([u['state'] for u in cli.list('--all')], ['done'], phase, result)
        check_nothing_is_left(work)
        requests.poll()
        again = requests.count(key, 'part') - n_parts
        check(0 <= again <= results['killed'] * CONNECTIONS, again, 'parts were sent again', phase)
        tally['again'] += again
        tally['killed'] += results['killed']
        tally['sent'] += n_parts
        tally['bytes'] += file.stat().st_size
        store.object(key).path.unlink()
    return make_round


def check_unfinished_are_listed(work, store, n_at_most):
    """What is left is known, and can be removed."""
    cli = Cli(work, store)
    arguments = ['unfinished', f's3://{store.bucket}', '--endpoint', store.url, '--json']
    result = cli.run(*arguments)
    check_equal(result.status, 0, result)
    listed = [json.loads(line) for line in result.stdout.splitlines()]
    check_equal(len(listed), len(store.unfinished()), result)
    check(len(listed) <= n_at_most, len(listed), 'uploads are left:', result)
    return listed


def test_store_at_any_instant(work):
    tally = collections.Counter(phases=collections.Counter())
    with Store(min_part=1, faults=SLOW) as store:
        requests = rounds.Requests(store)
        rounds.play(kill_round(store, requests, tally), ROUNDS, 8, requests.poll)
        listed = check_unfinished_are_listed(work, store, tally['killed'] // 20)
        check(all(u['parts'] == 0 for u in listed), 'parts are left:', listed)
        again = store.stats()['part_bytes'] - tally['bytes']
        note(f'killed {tally["killed"]} times; {tally["again"]} of {tally["sent"]} parts, '
             f'{again / KIB:.0f} of {tally["bytes"] / KIB:.0f} KiB were sent again; '
             f'{tally["never begun"]} never begun; {len(listed)} empty uploads left')
        note(dict(tally['phases']))
        check(again <= tally['killed'] * CONNECTIONS * PART, again, 'bytes were sent again')
        if ROUNDS >= 100:
            # What comes after Complete takes a millisecond or two: chance hits it or not.
            for phase in ('before the intent', 'intent', 'created', 'parts', 'completing'):
                check(tally['phases'][phase] > 0, 'no round was killed at:', phase)


def test_in_the_middle_of_large_parts(work):
    """Here what is sent does not fit into the line, and is cut off with it."""
    part, n = 24 * MIB, max(3, ROUNDS // 25)
    sending = ['--part-size', str(part), '--allow-tiny-parts', '--parallel', '2']
    dice = random.Random(SEED)
    tally = collections.Counter()
    with Store(min_part=1, faults='part: rate 60MiB') as store:
        file = make_file(work / 'film', 3 * part + 1)
        for number in range(n):
            folder = work / str(number)
            folder.mkdir()
            cli = Cli(folder, store)
            store.reset_stats()
            process = cli.start_upload(*sending, file)
            store.wait(lambda stats: stats['parts_in_flight'] > 0, 'a part is on its way')
            time.sleep(dice.uniform(0, 0.5))
            process.kill()
            result = cli.resume()
            check_equal(result.status, 0, f'PARTWAY_SEED={SEED}', result)
            check_equal(store.object('film').sha256, sha256_of(file))
            again = store.stats()['part_bytes'] - file.stat().st_size
            check(again <= 2 * part, again, 'bytes were sent again')
            tally['again'] += again
            tally['cut off'] += again > 0
            check_equal(store.unfinished(), [])
    note(f'{n} rounds, {tally["cut off"]} times in the middle of a part; '
         f'{tally["again"] / n / MIB:.1f} MiB were sent again on average')
    check(tally['cut off'] > 0, 'no part was cut off')


def rgw_round(rgw, seconds, tally):
    def make_round(number, dice, work):
        key = f'film-{number}'
        file = make_parts_file(work, key, dice)
        cli = Cli(work, rgw)
        process = cli.start_upload(*SENDING, file)
        yield either(after(dice.uniform(0.02, seconds)), lambda: process.popen.poll() is not None)
        was_alive = process.popen.poll() is None
        process.kill()
        tally[name_phase(work) if was_alive else 'too late'] += 1
        # What had arrived then must not be sent once more.
        arrived = sum(
            part['Size'] for found, upload in rgw.unfinished() if found == key
            for page in rgw.client().get_paginator('list_parts').paginate(
                Bucket=rgw.bucket, Key=key, UploadId=upload)
            for part in page.get('Parts', ()))
        result = yield ended(cli.start('resume', '--all', '--json'))
        if not result.uploads() and rgw.object(key) is None:
            result = yield ended(cli.start_upload(*SENDING, file))
        check_equal(result.status, 0, result)
        check_equal(rgw.object(key).sha256, sha256_of(file), result)
        check(all(u['resumed'] >= arrived for u in result.uploads()), arrived, 'bytes were there',
              result)
        check_nothing_is_left(work)
    return make_round


def test_rgw_at_any_instant(work):
    tally = collections.Counter()
    with Rgw(min_part=1) as rgw:
        cli = Cli(work, rgw)
        file = make_parts_file(work, 'whole', random.Random(SEED))
        began = time.monotonic()
        check_equal(cli.upload(*SENDING, file).status, 0)
        seconds = time.monotonic() - began
        rounds.play(rgw_round(rgw, seconds * 1.3, tally), max(1, ROUNDS // 10), side_by_side=2)
        note(f'an upload takes {seconds:.2f} s;', dict(tally))
        left = rgw.unfinished()
        check(len(left) <= 1, left)
        if ROUNDS >= 100:
            check(tally['parts'] > 0, 'none was killed in the middle')


def restart(store, wait):
    """Its end without a word, and another one in its place."""
    arguments = [*store.process.args, '--port', str(store.port)]
    store.process.kill()
    store.process.wait()
    store.process.stdout.close()
    time.sleep(wait)
    store.process = spawn(arguments, stdout=subprocess.PIPE, text=True,
                          env=dict(os.environ, LC_ALL='C.UTF-8'))
    check('listening' in store.process.stdout.readline(), 'the store does not start again')


def test_store_is_killed(work):
    dice = random.Random(SEED)
    file = make_parts_file(work, 'late', dice)
    for instant in range(6):
        with Store(min_part=1, faults=SLOW) as store:
            folder = work / str(instant)
            folder.mkdir()
            cli = Cli(folder, store)
            process = cli.start_upload(*SENDING, file)
            requests = rounds.Requests(store)
            n = dice.randrange(5, count_parts(file) - 10)
            wait_until(lambda: requests.poll() or requests.count('late', 'part') >= n, 'parts')
            restart(store, dice.uniform(0, 0.3))
            result = process.finish()
            check_equal(result.status, 0, f'PARTWAY_SEED={SEED}', result)
            check_equal(store.object('late').sha256, sha256_of(file))
            check_equal(store.unfinished(), [])


# What a power cut, or a failing disk, leaves of the files that remember.

def tear(path, dice):
    """The file ends anywhere."""
    os.truncate(path, dice.randrange(path.stat().st_size))


def garble(path, dice):
    data = bytearray(path.read_bytes())
    for _ in range(dice.randrange(1, 4)):
        at, n = dice.randrange(len(data)), dice.randrange(1, 40)
        data[at:at + n] = dice.randbytes(n)
    path.write_bytes(data)


def torn_round(store, requests, tally):
    def make_round(number, dice, work):
        key = f'late-{number}'
        file = make_parts_file(work, key, dice)
        cli = Cli(work, store)
        process = cli.start_upload(*SENDING, file)
        yield either(requests.reached(key, 'part', dice.randrange(1, 150)))
        process.kill()
        journals, queues = state_files(work, '.journal'), state_files(work, '.queue')
        if not journals:
            # It was over before this program came to look again.
            tally['too late'] += 1
            check_equal(store.object(key).sha256, sha256_of(file), 'too late')
            store.object(key).path.unlink()
            return
        check_equal((len(journals), len(queues)), (1, 1))
        harm, which = dice.choice((tear, garble)), dice.choice(('journal', 'queue', 'both'))
        for path in (journals if which != 'queue' else []) + (queues if which != 'journal' else []):
            harm(path, dice)
        what = f'{harm.__name__} {which}'
        tally[what] += 1
        if which == 'queue':
            check_equal([u['path'] for u in cli.list()], [str(file)], what)

        result = yield ended(cli.start('resume', '--all', '--json'))
        if not result.uploads():
            check(which == 'both', 'it was forgotten after', what, result)
            tally['forgotten'] += 1
            result = yield ended(cli.start_upload(*SENDING, file))
        check_equal(result.status, 0, what, result)
        check_equal(store.object(key).sha256, sha256_of(file), what, result)
        check_equal(state_files(work, '.journal'), [], what, result)
        if which == 'queue':
            requests.poll()
            again = requests.count(key, 'part') - count_parts(file)
            check(again <= CONNECTIONS, again, 'parts were sent again', what, result)
        store.object(key).path.unlink()
    return make_round


def test_torn_files(work):
    tally = collections.Counter()
    n = max(6, ROUNDS // 4)
    with Store(min_part=1, faults=SLOW) as store:
        requests = rounds.Requests(store)
        rounds.play(torn_round(store, requests, tally), n, 8, requests.poll)
        check_unfinished_are_listed(work, store, n)
        note(dict(tally))
        check(tally['too late'] <= n // 2, 'too many were over before they were killed', tally)


def test_damaged_journal_holds_nobody_up(work):
    dice = random.Random(SEED)
    keys = ['late-1', 'late-2', 'late-3']
    files = [make_parts_file(work / 'files', key, dice) for key in keys]
    with Store(min_part=1, faults=SLOW) as store:
        cli = Cli(work, store)
        process = cli.start_upload(*SENDING, *files)
        requests = rounds.Requests(store)
        wait_until(lambda: requests.poll() or all(requests.count(key, 'part') > 9 for key in keys),
                   'parts of all')
        process.kill()
        journals = state_files(work, '.journal')
        check_equal(len(journals), len(keys))
        text = journals[0].read_bytes()
        journals[0].write_bytes(text[:len(text) // 2] + b'\0garbage\n' + text[len(text) // 2:])
        result = cli.resume()
        check_equal(result.status, 0, result)
        for file, key in zip(files, keys):
            check_equal(store.object(key).sha256, sha256_of(file), key)
        check_equal([p.name for p in state_files(work, '.bad')], [journals[0].name + '.bad'])
        resumed = sorted(u['resumed'] for u in result.uploads())
        check(resumed[0] == 0 and resumed[1] > 0, resumed)
        notes = [e['message'] for e in result.events if e['event'] == 'note']
        check(len(notes) == 1 and 'set aside' in notes[0], 'nothing is told of it:', notes)
        check_equal(len(check_unfinished_are_listed(work, store, 1)), 1)


main([test_store_at_any_instant, test_in_the_middle_of_large_parts, test_torn_files, test_damaged_journal_holds_nobody_up,
      test_store_is_killed, test_rgw_at_any_instant])
