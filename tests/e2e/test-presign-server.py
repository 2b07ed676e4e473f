#!/usr/bin/python3
# SPDX-FileCopyrightText: The Partway authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""partway-cli through partway-presign in front of Ceph's gateway, in each dialect."""

import time

from backends import Presign, PresignCli
from partway import *
from presigned import (SIZE, SLOW, check_done, kill_and_resume, resume_many_parts, start_slowly,
                       upload_kinds)

DIALECTS = ['fastapi', 'companion', 'sign', 'partway']
# Clocks may differ by so much: only then a token has ended.
LEEWAY_S = 30
SECRET = 'the secret of these tokens, long enough'


def get_server(**settings):
    """In front of a store that takes tiny parts, so that a small file has many."""
    return Presign(rgw, min_part_size=1, **settings)


def test_kinds_of_files(work, dialect):
    with get_server() as backend:
        upload_kinds(work, backend, dialect)


def test_kill_and_resume(work, dialect):
    with get_server() as backend:
        kill_and_resume(work, backend, dialect)


def test_more_than_a_thousand_parts(work, dialect):
    with get_server() as backend:
        resume_many_parts(work, backend, dialect)


def test_tokens(work, dialect):
    """One that ends while the upload goes on costs a new one."""
    with get_server(jwt_secret=SECRET, key_policy='per-user') as backend:
        cli = PresignCli(work, backend, dialect)
        path = make_file(work / 'other', 9 * MIB)
        result = cli.upload(path)
        check(result.status != 0, 'it went without a token', result)
        cli.set_token(backend.make_token(valid_s=-600))
        result = cli.resume()
        check(result.status != 0, 'it went with a token that has expired', result)
        cli.set_token(backend.make_token(sub='ada'))
        result = cli.resume()
        check_done(backend, cli, result, path, 'ada/other')

        cli.set_token(backend.make_token(sub='ada', valid_s=3 - LEEWAY_S))
        path, process, safe = start_slowly_for(cli, work, 6)
        result = process.finish()
        check(result.status not in (0, -9), 'it did not notice', result)
        check_equal(len(rgw.unfinished()), 1)
        cli.set_token(backend.make_token(sub='ada'))
        result = cli.resume()
        check(result.upload['resumed'] >= safe, safe, result)
        check_done(backend, cli, result, path, 'ada/film')


def start_slowly_for(cli, work, seconds):
    """An upload that takes so long."""
    path = make_file(work / 'film', SIZE)
    process = cli.start_upload('--part-size', '256KiB', '--allow-tiny-parts', '--limit',
                               f'{SIZE // seconds}B', path)
    event = process.wait_event(lambda e: e['event'] == 'progress' and e['safe'] > MIB)
    return path, process, event['safe']


def test_a_dialect_that_is_found(work):
    with get_server() as backend:
        upload_kinds(work, backend)


def test_urls_that_run_out(work):
    with get_server(url_lifetime=1) as backend:
        for dialect in DIALECTS:
            cli = PresignCli(work, backend, dialect)
            path = make_file(work / 'film', SIZE)
            check_done(backend, cli, cli.upload(*SLOW, path), path)


def in_each_dialect(test):
    return [(f'{test.__name__.replace("test_", "").replace("_", " ")}, {dialect}',
             lambda work, dialect=dialect: test(work, dialect)) for dialect in DIALECTS]


if __name__ == '__main__':
    with Rgw(min_part=1) as rgw:
        main([case for test in (test_kinds_of_files, test_kill_and_resume,
                                test_more_than_a_thousand_parts, test_tokens)
              for case in in_each_dialect(test)]
             + [test_a_dialect_that_is_found, test_urls_that_run_out])
