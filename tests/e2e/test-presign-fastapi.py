#!/usr/bin/python3
# SPDX-FileCopyrightText: The Partway authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""partway-cli through a FastAPI and boto3 backend as people have it, in front of Ceph's gateway:
neither shares code with ours."""

from backends import FastApi, PresignCli
from partway import *
from presigned import (SLOW, check_done, kill_and_resume, resume_many_parts, start_slowly,
                       upload_kinds)


def test_kinds_of_files(work):
    with FastApi(rgw) as backend:
        upload_kinds(work, backend)


def test_kill_and_resume(work):
    with FastApi(rgw) as backend:
        kill_and_resume(work, backend, 'fastapi')
        check(backend.count('list-parts') >= 1, backend.requests())
        # It demands a part number, and gets one.
        check_equal(backend.count('list-parts', 422), 0)
        check_equal(backend.count('complete-multipart-upload'), 1)


def test_more_than_a_thousand_parts(work):
    """The list is cut at 1,000 without a word: the rest is in the journal."""
    with FastApi(rgw) as backend:
        resume_many_parts(work, backend, 'fastapi')
        n_urls = backend.count('get-presigned-url')
        # Those that were ready at the kill, 128 at most, were in vain.
        check(n_urls < 1500 + 250, n_urls, 'URLs were asked for: parts were sent again')


def test_a_backend_that_renames(work):
    """The key is what the answer says, not the file's name."""
    with FastApi(rgw, prefix='in/2026 é/') as backend:
        cli = PresignCli(work, backend, 'fastapi')
        path = make_file(work / 'film', 9 * MIB)
        check_done(backend, cli, cli.upload(path), path, 'in/2026 é/film')


def test_urls_that_run_out(work):
    """Good for a second, while the upload takes two: each comes when it is needed."""
    with FastApi(rgw, expires=1) as backend:
        cli = PresignCli(work, backend, 'fastapi')
        path = make_file(work / 'film', SLOW_SIZE)
        check_done(backend, cli, cli.upload(*SLOW, path), path)


def test_a_lost_answer_to_start(work):
    """What nobody knows the id of stays behind; the upload does not."""
    with FastApi(rgw, lose='start-multipart-upload=1') as backend:
        cli = PresignCli(work, backend, 'fastapi')
        path = make_file(work / 'film', 9 * MIB)
        check_done(backend, cli, cli.upload(path), path)
        (key, upload_id), = rgw.unfinished()
        check_equal(key, 'film')
        rgw.client().abort_multipart_upload(Bucket=rgw.bucket, Key=key, UploadId=upload_id)


def test_lost_answers_to_the_rest(work):
    with FastApi(rgw, lose='get-presigned-url=2,list-parts=1') as backend:
        kill_and_resume(work, backend, 'fastapi')


def test_a_lost_answer_to_complete(work):
    """The object is there, and is never sent a second time."""
    with FastApi(rgw, lose='complete-multipart-upload=1') as backend:
        cli = PresignCli(work, backend, 'fastapi')
        path = make_file(work / 'film', 9 * MIB)
        result = cli.upload(path)
        check_done(backend, cli, result, path)
        check_equal(backend.count('start-multipart-upload'), 1, backend.requests())
        check_equal(rgw.unfinished(), [])


def test_a_token_that_expires(work):
    """It costs a new token, not the upload."""
    token = work / 'token'
    token.write_text('first-e2e-token-0123456789')
    with FastApi(rgw, token_file=token) as backend:
        cli = PresignCli(work, backend, 'fastapi')
        cli.set_token('wrong-e2e-token-0123456789')
        path = make_file(work / 'other', 9 * MIB)
        result = cli.upload(path)
        check(result.status != 0, result)
        check_equal(cli.run('remove', '--all').status, 0)

        cli.set_token('first-e2e-token-0123456789')
        path, process, safe = start_slowly(cli, work)
        token.write_text('second-e2e-token-0123456789')
        result = process.finish()
        check(result.status not in (0, -9), result)
        check_equal(len(rgw.unfinished()), 1)
        cli.set_token('second-e2e-token-0123456789')
        result = cli.resume()
        check(result.upload['resumed'] >= safe, safe, result)
        check_done(backend, cli, result, path)


def test_a_slow_backend(work):
    with FastApi(rgw, delay_ms=100) as backend:
        cli = PresignCli(work, backend, 'fastapi')
        path = make_file(work / 'film', 60 * MIB)
        check_done(backend, cli, cli.upload('--part-size', '5MiB', path), path)


SLOW_SIZE = 24 * MIB

if __name__ == '__main__':
    with Rgw(min_part=1) as rgw:
        main([value for name, value in list(globals().items()) if name.startswith('test_')])
