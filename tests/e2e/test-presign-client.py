#!/usr/bin/python3
# SPDX-FileCopyrightText: The Partway authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""partway-cli through a backend that signs, in each dialect: whole and empty files, kill -9 and
resume, and what happens when URLs and tokens run out. The traps of the protocols are in
tests/engine/test-pw-presign-traps.c; the real backends in other tests of this folder."""

import time

from partway import (KIB, MIB, SLOWNESS, Cli, Store, check, check_equal, main, make_file, note,
                     sha256_of, wait_until)
from presign_backend import DIALECTS, Backend

TOKEN = 'e2e-token-0123456789abcdef'
CAN_ABORT = ('companion', 'sign', 'partway')


def target(backend, dialect, *more):
    """The arguments that name the backend; `sign` has to be named."""
    if dialect == 'sign':
        return ['--presign', backend.url + '/sign', '--dialect', 'sign', *more]
    return ['--presign', backend.url, *more]


def check_object(store, key, file):
    found = store.object(key)
    check(found, 'no object', key)
    check_equal(found.sha256, sha256_of(file), key)


def check_whole(dialect):
    def test(work):
        with Store(min_part=64 * KIB) as store, Backend(store, [dialect]) as backend:
            cli = Cli(work)
            files = [make_file(work / 'empty', 0), make_file(work / 'small', 1000),
                     make_file(work / 'large', 3 * MIB + 17)]
            result = cli.run('upload', '--json', *target(backend, dialect), '--part-size', '256KiB',
                             '--allow-tiny-parts', *files)
            check_equal(result.status, 0, result)
            for file in files:
                check_object(store, file.name, file)
            check(all(u['verification'] for u in result.uploads()), result)
            check_equal(store.unfinished(), [], result)
    return test


def check_kill(dialect):
    def test(work):
        with Store(min_part=64 * KIB) as store, Backend(store, [dialect], prefix='in/') as backend:
            cli = Cli(work)
            film = make_file(work / 'film', 40 * 128 * KIB + 5)
            process = cli.start('upload', '--json', *target(backend, dialect), '--part-size',
                                '128KiB', '--allow-tiny-parts', '--limit', '1MB', film)
            store.wait(lambda s: s['requests']['part'] >= 8, 'parts were sent')
            process.kill()
            n_before = store.requests('part')
            check(n_before < 41, 'it was over already')
            result = cli.resume()
            check_equal(result.status, 0, result)
            check_object(store, 'in/film', film)
            check_equal(store.requests('create'), 1, result)
            check(result.upload['resumed'] >= 128 * KIB, result)
            check(store.requests('part') <= 41 + 16, 'parts sent', store.stats())
    return test


def check_remove(dialect):
    def test(work):
        with Store(min_part=64 * KIB) as store, Backend(store, [dialect]) as backend:
            cli = Cli(work)
            film = make_file(work / 'film', 5 * MIB)
            process = cli.start('upload', '--json', *target(backend, dialect), '--part-size',
                                '128KiB', '--allow-tiny-parts', '--limit', '500KB', film)
            store.wait(lambda s: s['requests']['part'] >= 2, 'parts were sent')
            process.kill()
            result = cli.run('remove', '--all')
            check_equal(result.status, 0, result)
            check_equal(len(store.unfinished()), 0 if dialect in CAN_ABORT else 1, result)
            if dialect not in CAN_ABORT:
                check('AbortIncompleteMultipartUpload' in result.stdout, result)
            check_equal(cli.list(), [])
    return test


def check_many_parts(work):
    """Trap 3: the list ends at 1,000; what comes after counts by the journal."""
    with Store(min_part=1) as store, Backend(store, ['fastapi']) as backend:
        cli = Cli(work)
        film = make_file(work / 'film', 1300 * 4 * KIB)
        process = cli.start('upload', '--json', *target(backend, 'fastapi'), '--part-size', '4KiB',
                            '--allow-tiny-parts', film)
        store.wait(lambda s: s['requests']['part'] >= 1150, 'parts were sent', 60)
        process.kill()
        n_before = store.requests('part')
        check(n_before < 1300, 'it was over already')
        result = cli.resume()
        check_equal(result.status, 0, result)
        check_object(store, 'film', film)
        check(store.requests('part') < 1300 + 40, store.stats())
        check(any(e['event'] == 'note' and 'part' in e['message'] for e in result.events), result)


def check_expired(work):
    """URLs that are too old cost new ones, and nothing else."""
    with Store(min_part=64 * KIB) as store, Backend(store, ['companion'], expires=60,
                                                    age=300) as backend:
        cli = Cli(work)
        film = make_file(work / 'film', 20 * 128 * KIB)
        process = cli.start('upload', '--json', *target(backend, 'companion'), '--part-size',
                            '128KiB', '--allow-tiny-parts', film)
        wait_until(lambda: backend.count('/s3/multipart/:id/batch') >= 2, 'URLs were asked for')
        backend.age = 0
        result = process.finish()
        check_equal(result.status, 0, result)
        check_object(store, 'film', film)


def check_token(work):
    with Store(min_part=64 * KIB) as store, Backend(store, ['fastapi'], token=TOKEN) as backend:
        cli = Cli(work)
        cli.secrets.append(TOKEN)
        film = make_file(work / 'film', 4 * MIB)
        result = cli.run('upload', '--json', *target(backend, 'fastapi'), film)
        check_equal((result.status, result.upload['error']), (4, 'credentials-missing'), result)

        cli.set_env(PARTWAY_PRESIGN_TOKEN=TOKEN)
        process = cli.start('upload', '--json', *target(backend, 'fastapi'), '--part-size',
                            '128KiB', '--allow-tiny-parts', '--limit', '1MB', film)
        store.wait(lambda s: s['requests']['part'] >= 4, 'parts were sent')
        backend.token = 'another'
        result = process.finish()
        check_equal(result.status, 4, result)
        check_equal(result.upload['state'], 'paused', result)
        check_equal(result.upload['error'], 'credentials-expired', result)
        check_equal(store.requests('abort'), 0)

        cli.secrets.append('another-token-of-this-test')
        backend.token = 'another-token-of-this-test'
        cli.set_env(PARTWAY_PRESIGN_TOKEN=backend.token)
        result = cli.resume()
        check_equal(result.status, 0, result)
        check_object(store, 'film', film)
        check(all(h.get('Authorization', '').startswith('Bearer ') for _, h in backend.seen
                  if _ == '/get-presigned-url'))
        check('uthorization' not in store.log.read_text(), 'the token went to the store')


def check_header(work):
    with Store() as store, Backend(store, ['partway'], token=TOKEN, header='X-Api-Key') as backend:
        cli = Cli(work, PARTWAY_PRESIGN_TOKEN=TOKEN)
        cli.secrets.append(TOKEN)
        small = make_file(work / 'small', 5000)
        result = cli.run('upload', '--json', *target(backend, 'partway'), '--auth-header',
                         'X-Api-Key', small)
        check_equal(result.status, 0, result)
        check_object(store, 'small', small)


def check_destination(dialect):
    """Saved, tried, and used: nothing is left behind, and the dialect is remembered."""
    def test(work):
        with Store(min_part=64 * KIB) as store, Backend(store, [dialect], prefix='in/') as backend:
            cli = Cli(work)
            url = target(backend, dialect)[1]
            added = cli.run('destination', 'add', 'desk', '--presign', url,
                            *(['--dialect', 'sign'] if dialect == 'sign' else []))
            check_equal(added.status, 0, added)
            tried = cli.run('destination', 'test', 'desk')
            check_equal(tried.status, 0, tried)
            check(f'“{dialect}”' in tried.stdout, tried)
            check_equal('AbortIncomplete' in tried.stdout, dialect == 'fastapi', tried)
            check_equal((store.keys(), store.unfinished()), ([], []), tried)
            check(f'dialect        {dialect}' in cli.run('destination', 'show', 'desk').stdout)
            small = make_file(work / 'small', 100)
            check_equal(cli.run('upload', '--to', 'desk', small).status, 0)
            check_object(store, 'in/small', small)
            check_equal(backend.count('/v2/capabilities') > 1, dialect == 'partway')
    return test


def check_redirect(work):
    """No secret goes where a backend sends us."""
    def redirect(route, request, status, answer):
        return 302, {}, {'Location': other.url + route + '?X-Amz-Signature=0123456789abcdef'}

    with Store() as store, Backend(store, ['fastapi']) as other, \
            Backend(store, ['fastapi'], twist=redirect) as backend:
        cli = Cli(work, PARTWAY_PRESIGN_TOKEN=TOKEN)
        cli.secrets.append(TOKEN)
        result = cli.run('upload', '--json', *target(backend, 'fastapi'),
                         make_file(work / 'small', 10))
        check_equal((result.status, result.upload['error']), (1, 'presign'), result)
        check_equal(other.seen, [])


def check_ahead(work):
    """With a backend that takes 100 ms for an answer, workers hardly ever wait for a URL."""
    seconds = {}
    for dialect in DIALECTS:
        with Store(min_part=64 * KIB) as store, Backend(store, [dialect], delay=0.1) as backend:
            cli = Cli(work / dialect if not (work / dialect).mkdir() else None)
            film = make_file(work / dialect / 'film', 80 * 256 * KIB)
            began = time.monotonic()
            result = cli.run('upload', '--json', *target(backend, dialect), '--part-size',
                             '256KiB', '--allow-tiny-parts', '--parallel', '2', film)
            seconds[dialect] = time.monotonic() - began
            check_equal(result.status, 0, result)
    # One after the other they would take four seconds; how much less it is, the benchmark tells.
    note(seconds)
    check(max(seconds.values()) < 8 * SLOWNESS, seconds)


TESTS = [(f'{name} {dialect}', make(dialect)) for dialect in DIALECTS
         for name, make in (('whole', check_whole), ('kill', check_kill),
                            ('remove', check_remove), ('destination', check_destination))]
TESTS += [('many parts', check_many_parts), ('expired', check_expired), ('token', check_token),
          ('header', check_header), ('redirect', check_redirect), ('ahead', check_ahead)]

if __name__ == '__main__':
    main(TESTS, parallel=2)
