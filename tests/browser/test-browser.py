#!/usr/bin/python3
# SPDX-FileCopyrightText: The Partway authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pages in a real browser (Debian's Chromium, headless) that upload through a presign backend to
Ceph's gateway, under CORS: one as it goes with the FastAPI Lambda, and Uppy's. Each first against
the backend that it was made for, then against ours: the page is the same."""

import json
import os
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'e2e'))

from backends import (Companion, FastApi, Presign, install_from_npm,  # noqa: E402
                      make_environment)
from partway import (MIB, TIMEOUT, Rgw, check, check_equal, main, make_file, note,  # noqa: E402
                     sha256_of)
from presigned import upload_kinds  # noqa: E402

SIZE = 60 * MIB + 4321


class Browser:
    def __init__(self, rgw):
        self.rgw, self.folder = rgw, install_from_npm()
        subprocess.run([self.folder / 'node_modules/.bin/esbuild', 'uppy.mjs', '--bundle',
                        '--outfile=pages/uppy.js', '--log-level=error'], cwd=self.folder,
                       check=True, timeout=TIMEOUT)
        rgw.client().put_bucket_cors(Bucket=rgw.bucket, CORSConfiguration={'CORSRules': [{
            'AllowedOrigins': ['*'], 'AllowedMethods': ['GET', 'PUT', 'POST', 'DELETE', 'HEAD'],
            'AllowedHeaders': ['*'], 'ExposeHeaders': ['ETag', 'Location']}]})

    def open(self, page, file, **options):
        """What the page says in the end."""
        job = json.dumps({'page': page, 'file': str(file), 'options': options})
        done = subprocess.run(['node', 'drive.mjs', job], cwd=self.folder, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=TIMEOUT * 2,
                              stdin=subprocess.DEVNULL, env=make_environment(self.rgw))
        check_equal(done.returncode, 0, page, done.stderr[-3000:])
        result = json.loads(done.stdout.splitlines()[-1])
        note(page, *(f'{name}={result[name]}' for name in result if name != 'messages'))
        return result

    def check_object(self, key, file):
        found = self.rgw.object(key)
        check(found, 'there is no object', key, self.rgw.keys())
        check_equal((found.size, found.sha256), (os.path.getsize(file), sha256_of(file)))
        check_equal([key for key, _ in self.rgw.unfinished()], [])


def run_fetch(work, backend, **options):
    """Three parts, a page that is closed and opened again, and the rest."""
    file = make_file(work / 'wedding film.mov', SIZE)
    result = browser.open('fetch.html', file, backend=backend.url, stopAfter=3, **options)
    check_equal((result['loads'], result['taken'], result['sent']), (2, 3, 4), result)
    check_equal(result['message'], 'Upload completed successfully')
    browser.check_object(result['key'], file)
    browser.rgw.client().delete_object(Bucket=browser.rgw.bucket, Key=result['key'])


def run_uppy(work, **options):
    file = make_file(work / 'wedding film.mov', SIZE)
    result = browser.open('uppy.html', file, pauseAt=0.3, **options)
    check_equal(result['failed'], [], result)
    check(result['parts'] >= 10, result)
    check_equal(result['movedInPause'], 0, result)
    check(0 < result['pausedAt'] < SIZE, 'it was not paused', result)
    browser.check_object(result['key'], file)
    browser.rgw.client().delete_object(Bucket=browser.rgw.bucket, Key=result['key'])


def run_uppy_in_one_piece(work, **options):
    file = make_file(work / 'picture.jpg', 3 * MIB)
    result = browser.open('uppy.html', file, multipart=False, **options)
    check_equal((result['failed'], result['parts']), ([], 0), result)
    (key,) = browser.rgw.keys()
    browser.check_object(key, file)
    browser.rgw.client().delete_object(Bucket=browser.rgw.bucket, Key=key)


def test_the_page_and_fastapi(work):
    with FastApi(browser.rgw) as backend:
        run_fetch(work, backend)


def test_partway_and_companion(work):
    """Not in a browser, but this is where the real Companion is."""
    with Companion(browser.rgw) as backend:
        upload_kinds(work, backend, 'companion')


def test_uppy_and_companion(work):
    with Companion(browser.rgw) as backend:
        run_uppy(work, companion=backend.url)
        run_uppy_in_one_piece(work, companion=backend.url)


# Ours, in the place of both. No page may ask it that it was not told of.

def get_ours(**settings):
    return Presign(browser.rgw, cors_origins='*', **settings)


def test_the_page_and_ours(work):
    with get_ours() as backend:
        run_fetch(work, backend)


def test_the_page_that_breaks_fastapi(work):
    """It never told /list-parts a number, and gives back ETags as they came."""
    with get_ours() as backend:
        run_fetch(work, backend, omitNumber=True, keepQuotes=True)


def test_the_page_with_a_token(work):
    with get_ours(jwt_secret=SECRET, key_policy='per-user') as backend:
        run_fetch(work, backend, token=backend.make_token(sub='ada'))


def test_uppy_and_our_companion(work):
    with get_ours() as backend:
        run_uppy(work, companion=backend.url)
        run_uppy_in_one_piece(work, companion=backend.url)


def test_uppy_and_sign(work):
    with get_ours(jwt_secret=SECRET) as backend:
        token = backend.make_token()
        run_uppy(work, sign=backend.url + '/sign', token=token)
        run_uppy_in_one_piece(work, sign=backend.url + '/sign', token=token)


def test_a_page_of_somebody_else(work):
    file = make_file(work / 'film', MIB)
    with Presign(browser.rgw, cors_origins='https://app.example.com') as backend:
        result = browser.open('fetch.html', file, backend=backend.url)
        check('fetch' in result.get('error', '').lower(), result)
    check_equal(browser.rgw.keys(), [])


SECRET = 'the secret of these tokens, long enough'

if __name__ == '__main__':
    with Rgw() as rgw:
        browser = Browser(rgw)
        main([value for name, value in list(globals().items()) if name.startswith('test_')])
