# SPDX-FileCopyrightText: The Partway authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What every presign backend must make possible; the tests choose the backend and the dialect."""

import os
import signal

from backends import PresignCli
from partway import KIB, MIB, check, check_equal, make_file, sha256_of, wait_until

SIZE = 24 * MIB + 12345
SLOW = ('--part-size', '256KiB', '--allow-tiny-parts', '--limit', '12MB')


def check_done(backend, cli, result, path, key=None):
    """And the object goes, so that the next test finds an empty bucket."""
    server = backend.server
    check_equal(result.status, 0, result)
    check_equal(result.upload['state'], 'done', result)
    key = key or result.upload['key']
    found = server.object(key)
    check(found, 'there is no object', key, server.keys())
    check_equal((found.size, found.sha256), (os.path.getsize(path), sha256_of(path)), key)
    check_equal(cli.list(), [])
    server.client().delete_object(Bucket=server.bucket, Key=key)


def upload_kinds(work, backend, dialect=None, **environment):
    cli = PresignCli(work, backend, dialect, **environment)
    for name, size in (('film, final+cut é.mov', SIZE), ('exact', 16 * MIB), ('small', 100 * KIB),
                       ('one', 1), ('zero', 0)):
        path = make_file(work / name, size)
        check_done(backend, cli, cli.upload(path), path)
    check_equal(backend.server.unfinished(), [])


def start_slowly(cli, work):
    path = make_file(work / 'film', SIZE)
    process = cli.start_upload(*SLOW, path)
    event = process.wait_event(lambda e: e['event'] == 'progress' and e['safe'] > 2 * MIB)
    check(event['safe'] < SIZE, 'too fast to be stopped')
    return path, process, event['safe']


def kill_and_resume(work, backend, dialect=None):
    cli = PresignCli(work, backend, dialect)
    path, process, safe = start_slowly(cli, work)
    check_equal(process.kill().status, -signal.SIGKILL)
    check_equal(len(backend.server.unfinished()), 1)
    result = cli.resume()
    check(result.upload['resumed'] >= safe, 'what was safe was sent again:', safe, result)
    check_done(backend, cli, result, path)
    check_equal(backend.server.unfinished(), [])


def count_safe_parts(cli):
    """What the journal knows; events come once a second only."""
    journals = (cli.work / 'state').rglob('*.journal')
    return sum(path.read_bytes().count(b'"t":"part"') for path in journals)


def resume_many_parts(work, backend, dialect=None):
    """More than one page of a list, killed beyond the first."""
    cli = PresignCli(work, backend, dialect)
    path = make_file(work / 'film', 1500 * KIB - 1)
    process = cli.start_upload('--part-size', '1KiB', '--allow-tiny-parts', '--parallel', '4', path)
    n_safe = wait_until(lambda: (n := count_safe_parts(cli)) > 1050 and n, 'parts are safe', 60)
    process.kill()
    check(backend.server.unfinished(), 'it was too fast to be killed')
    result = cli.resume()
    check(result.upload['resumed'] >= (n_safe - 1) * KIB, n_safe, result)
    check_done(backend, cli, result, path)
    check_equal(backend.server.unfinished(), [])
    return result
