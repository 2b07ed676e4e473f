#!/usr/bin/python3
# SPDX-FileCopyrightText: The Partway authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""As many parts as S3 allows, against a real server: killed in the middle, listed in pages, taken
up again, completed."""

import time

from partway import *

N_PARTS = 10000
PART = KIB
SENDING = ['--part-size', str(PART), '--allow-tiny-parts', '--parallel', '8']


def list_parts(rgw, key):
    """(number of parts, number of pages) of the one unfinished upload."""
    (found, upload), = rgw.unfinished()
    check_equal(found, key)
    pages = list(rgw.client().get_paginator('list_parts').paginate(
        Bucket=rgw.bucket, Key=key, UploadId=upload))
    return sum(len(page.get('Parts', ())) for page in pages), len(pages)


def test_ten_thousand_parts(work):
    with Rgw(min_part=1) as rgw:
        cli = Cli(work, rgw)
        file = make_file(work / 'film', N_PARTS * PART - 1)
        began = time.monotonic()
        process = cli.start_upload(*SENDING, file)
        process.wait_event(lambda e: e['event'] == 'progress' and e['safe'] > 6000 * PART)
        process.kill()
        n_there, n_pages = list_parts(rgw, 'film')
        check(n_there >= 6000 and n_pages > 1, n_there, n_pages)
        killed_after = time.monotonic() - began

        result = cli.resume()
        check_equal(result.status, 0, result)
        check_equal(result.upload['state'], 'done', result)
        check(result.upload['resumed'] >= n_there * PART, n_there, 'parts were there', result)
        found = rgw.object('film')
        check_equal((found.size, found.sha256), (file.stat().st_size, sha256_of(file)))
        check_equal(rgw.unfinished(), [])
        check(result.upload['etag'].endswith(f'-{N_PARTS}'), result)
        note(f'killed after {killed_after:.1f} s with {n_there} parts in {n_pages} pages there, '
             f'done after {time.monotonic() - began:.1f} s: {result.upload["verification"]}')


main([test_ten_thousand_parts])
