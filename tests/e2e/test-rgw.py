#!/usr/bin/python3
# SPDX-FileCopyrightText: The Partway authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole program against a real S3 server, Ceph's gateway. What it stored is fetched and
compared through boto3, which shares no code with it."""

import os
import signal
import subprocess
import time
import urllib.error
import urllib.request

from partway import (BUILD, KIB, MIB, SECRET_KEY, Cli, Rgw, check, check_equal, main, make_file,
                     sha256_of)

# Without a limit the gateway is faster than a test can look.
SIZE = 24 * MIB + 12345
SLOW = ('--part-size', '256KiB', '--allow-tiny-parts', '--limit', '12MB')


class Gateway(Rgw):
    n_tests = 0

    def cli(self, work, endpoint=None):
        """Each with a prefix of its own."""
        self.n_tests += 1
        return Cli(work, self, endpoint=endpoint, prefix=f't{self.n_tests}/')

    def check_object(self, cli, name, path):
        found = self.object(cli.prefix + name)
        check(found, 'there is no object', cli.prefix + name)
        check_equal((found.size, found.sha256), (os.path.getsize(path), sha256_of(path)), name)

    def find_unfinished(self, cli):
        return [upload for upload in self.unfinished() if upload[0].startswith(cli.prefix)]

    def check_done(self, cli, result, path, name=None):
        check_equal(result.status, 0, result)
        check_equal(result.upload['state'], 'done', result)
        check(result.upload['verification'], result)
        self.check_object(cli, name or os.path.basename(path), path)
        check_equal(self.find_unfinished(cli), [])
        check_equal(cli.list(), [])


def upload_kinds(work, endpoint, *arguments):
    cli = rgw.cli(work, endpoint)
    for name, size in (('big', SIZE), ('exact', 16 * MIB), ('small', 100 * KIB), ('one', 1),
                       ('zero', 0)):
        path = make_file(work / name, size)
        rgw.check_done(cli, cli.upload(*arguments, path), path)


def test_http(work):
    upload_kinds(work, rgw.url)


def test_https_with_its_ca(work):
    upload_kinds(work, rgw.https_url, '--ca-file', rgw.ca_file)


def test_the_ca_from_the_environment(work):
    cli = rgw.cli(work, rgw.https_url)
    cli.set_env(AWS_CA_BUNDLE=rgw.ca_file)
    path = make_file(work / 'file', 9 * MIB)
    rgw.check_done(cli, cli.upload(path), path)


def test_a_ca_that_is_not_its(work):
    cli = rgw.cli(work, rgw.https_url)
    path = make_file(work / 'file', 9 * MIB)
    for arguments in (('--ca-file', rgw.wrong_ca_file), ()):
        result = cli.upload(*arguments, path)
        check_equal(result.status, 1, result)
        check_equal((result.upload['state'], result.upload['error']), ('failed', 'certificate'))
    check_equal(rgw.keys(cli.prefix), [])
    result = cli.upload('--ca-file', '/nonexistent/ca.pem', path)
    check_equal((result.status, result.upload['error']), (1, 'ca-file'), result)


# Stopped in the middle, and taken up.

def start_slowly(cli, work, *arguments):
    path = make_file(work / 'film', SIZE)
    process = cli.start_upload(*SLOW, *arguments, path)
    event = process.wait_event(lambda e: e['event'] == 'progress' and e['safe'] > 0)
    check(event['safe'] < SIZE, 'too fast to be stopped')
    return path, process, event['safe']


def check_resumed(cli, path, safe, *arguments):
    check_equal(len(rgw.find_unfinished(cli)), 1)
    result = cli.resume(*arguments)
    rgw.check_done(cli, result, path)
    check(result.upload['resumed'] >= safe, 'what was safe was sent again:', safe, result)


def test_pause_and_resume(work):
    for number in (signal.SIGTERM, signal.SIGINT):
        (work / str(number)).mkdir()
        cli = rgw.cli(work / str(number))
        path, process, safe = start_slowly(cli, work)
        process.signal(number)
        began = time.monotonic()
        result = process.finish()
        check(time.monotonic() - began < 2, 'it took too long to pause')
        check_equal(result.status, 3, result)
        check_equal(result.upload['state'], 'paused', result)
        check_equal([(u['id'], u['state']) for u in cli.list()], [(result.upload['id'], 'paused')])
        check_resumed(cli, path, safe, result.upload['id'])


def test_kill_and_resume(work):
    cli = rgw.cli(work)
    path, process, safe = start_slowly(cli, work)
    check_equal(process.kill().status, -signal.SIGKILL)
    check_resumed(cli, path, safe, '--all')


def test_gateway_that_comes_back(work):
    """It is gone for a moment: the upload goes on by itself."""
    cli = rgw.cli(work)
    path, process, _ = start_slowly(cli, work)
    rgw.down()
    rgw.up()
    rgw.check_done(cli, process.finish(), path)


def test_gateway_that_is_gone(work):
    """Interrupted while nothing answers, and taken up when it answers again."""
    cli = rgw.cli(work)
    path, process, safe = start_slowly(cli, work)
    rgw.down()
    try:
        process.wait_event(lambda e: e['event'] == 'progress' and e['speed'] < 12e6)
        process.signal(signal.SIGINT)
        result = process.finish()
        check_equal(result.status, 3, result)
    finally:
        rgw.up()
    check_resumed(cli, path, safe)


def test_1005_parts(work):
    """More than one page of a list of parts."""
    cli = rgw.cli(work)
    path = make_file(work / 'film', 1004 * 8 * KIB + 77)
    process = cli.start_upload('--part-size', '8KiB', '--allow-tiny-parts', '--parallel', '8', path)
    rgw.check_done(cli, process.finish(), path)
    etag = rgw.client().head_object(Bucket=rgw.bucket, Key=cli.prefix + 'film')['ETag']
    check(etag.endswith('-1005"'), etag)


# Names.

def test_odd_keys(work):
    names = ['a b', 'a+b', 'a%b', 'a%20b', '100%', '~tilde', "'quote\"", 'Grüße', '文件', '😀',
             'a&b=c', 'a?b', 'a#b', 'a;b:c@d,e', '(a)[b]{c}', 'a\\b', '..a', 'a..', '.hidden',
             '-dash', 'new\nline', 'tab\tbed', '\x01']
    cli = rgw.cli(work)
    paths = [make_file(work / 'odd' / name, 1000) for name in names]
    result = cli.upload(*paths)
    check_equal(result.status, 0, result)
    for path in paths:
        rgw.check_object(cli, path.name, path)


def test_odd_prefixes(work):
    """Keys are not paths: "//" and "." stay as they are."""
    home = rgw.cli(work)
    for prefix in ('a//b/', '/lead/', './x/', 'a/./b/', 'a/../b/', '//', 'ü ü/', 'a+b/%2F/'):
        cli = rgw.cli(work)
        cli.prefix = home.prefix + prefix
        path = make_file(work / 'file', 3000)
        rgw.check_done(cli, cli.upload(path), path)
        path = make_file(work / 'film', 3 * MIB)
        rgw.check_done(cli, cli.upload('--part-size', '1MiB', '--allow-tiny-parts', path), path)


def test_keys_of_1024_bytes(work):
    cli = rgw.cli(work)
    start = cli.prefix + 'x' * 200 + '/'
    cli.prefix = start + 'é' * ((1018 - len(start)) // 2)
    cli.prefix += 'y' * (1019 - len(cli.prefix.encode())) + '/'
    path = make_file(work / 'film', 3 * MIB)
    result = cli.upload('--part-size', '1MiB', '--allow-tiny-parts', path)
    check_equal(len(result.upload['key'].encode()), 1024)
    rgw.check_done(cli, result, path)
    cli.prefix = 'z' + cli.prefix
    result = cli.upload(path)
    check_equal((result.status, result.upload['error']), (1, 'key'), result)


def test_folder(work):
    cli = rgw.cli(work)
    tree = work / 'tree'
    for name, size in (('a', 10), ('sub/b b', 300 * KIB), ('sub/deep/er/ü', 0),
                       ('sub/big', 9 * MIB)):
        make_file(tree / name, size)
    (tree / 'empty').mkdir()
    (tree / 'link').symlink_to('a')
    result = cli.upload(tree)
    check_equal(result.status, 0, result)
    names = ['a', 'link', 'sub/b b', 'sub/big', 'sub/deep/er/ü']
    check_equal(rgw.keys(cli.prefix), [f'{cli.prefix}tree/{name}' for name in names])
    for name in names:
        rgw.check_object(cli, 'tree/' + name, tree / name)


# What is wrong.

def test_wrong_keys(work):
    path = make_file(work / 'file', 9 * MIB)
    for variables in ({'AWS_SECRET_ACCESS_KEY': SECRET_KEY},
                      {'AWS_ACCESS_KEY_ID': 'nobodyskey'}):
        cli = rgw.cli(work)
        cli.set_env(**variables)
        result = cli.upload(path)
        check_equal(result.status, 4, result)
        check_equal((result.upload['state'], result.upload['error']),
                    ('failed', 'credentials-wrong'), result)
        check(result.upload['requestId'], result)
        cli.set_env(AWS_ACCESS_KEY_ID=rgw.access_key, AWS_SECRET_ACCESS_KEY=rgw.secret_key)
        rgw.check_done(cli, cli.resume(), path)


def test_no_keys(work):
    cli = rgw.cli(work)
    cli.set_env(AWS_ACCESS_KEY_ID=None, AWS_SECRET_ACCESS_KEY=None)
    result = cli.upload(make_file(work / 'file', 1000))
    check_equal((result.status, result.upload['error']), (4, 'credentials-missing'), result)


def test_wrong_bucket(work):
    cli = rgw.cli(work)
    for size in (1000, 9 * MIB):
        result = cli.run('upload', '--json', '--to', 's3://nosuchbucket/x', '--endpoint', rgw.url,
                         make_file(work / 'file', size))
        check_equal((result.status, result.upload['error']), (1, 'no-such-bucket'), result)


def test_clock_skew(work):
    """The gateway, as S3, takes what is signed within 15 minutes of its own time."""
    for skew in ('+2h', '-2h', '+10d'):
        (work / skew).mkdir()
        cli = rgw.cli(work / skew)
        cli.set_env(FAKETIME_DONT_FAKE_MONOTONIC=1,
                    ASAN_OPTIONS=cli.env.get('ASAN_OPTIONS', '') + ':verify_asan_link_order=0')
        path = make_file(work / 'film', 20 * MIB)
        rgw.check_done(cli, cli.upload(path, wrapper=['faketime', '-f', skew]), path)


def test_if_exists(work):
    for size in (1000, 9 * MIB):
        cli = rgw.cli(work)
        first, second = (make_file(work / name / 'film.mov', size) for name in ('1', '2'))
        rgw.check_done(cli, cli.upload(first), first)

        result = cli.upload('--if-exists', 'skip', second)
        check_equal((result.status, result.upload['state']), (0, 'skipped'), result)
        result = cli.upload('--if-exists', 'ask', second)
        check_equal((result.status, result.upload['error']), (1, 'exists'), result)
        rgw.check_object(cli, 'film.mov', first)

        check_equal(cli.run('remove', '--all').status, 0)
        result = cli.upload('--if-exists', 'rename', second)
        rgw.check_done(cli, result, second, 'film (2).mov')
        rgw.check_object(cli, 'film.mov', first)
        rgw.check_done(cli, cli.upload('--if-exists', 'replace', second), second)
        check_equal(rgw.keys(cli.prefix), [cli.prefix + 'film (2).mov', cli.prefix + 'film.mov'])


# The other commands.

def test_unfinished(work):
    cli = rgw.cli(work)
    client = rgw.client()
    ids = {}
    for name in ('one', 'two', 'three'):
        ids[name] = client.create_multipart_upload(Bucket=rgw.bucket,
                                                   Key=cli.prefix + name)['UploadId']
    client.upload_part(Bucket=rgw.bucket, Key=cli.prefix + 'two', UploadId=ids['two'],
                       PartNumber=1, Body=b'x' * 1000)
    target = [f's3://{rgw.bucket}/{cli.prefix}', '--endpoint', rgw.url]

    found = cli.run('unfinished', '--json', *target)
    check_equal(found.status, 0, found)
    found = {e['key'].removeprefix(cli.prefix): e for e in found.events}
    check_equal({name: e['uploadId'] for name, e in found.items()}, ids)
    check_equal((found['two']['size'], found['two']['parts']), (1000, 1))
    check(abs(found['one']['initiated'] - time.time()) < 600, found)
    check('two' in cli.run('unfinished', *target).stdout)

    check_equal(cli.run('unfinished', '--abort', ids['two'], *target).status, 0)
    check_equal([key for key, _ in rgw.find_unfinished(cli)],
                [cli.prefix + 'one', cli.prefix + 'three'])
    check_equal(cli.run('unfinished', '--abort', 'nosuchid', *target).status, 1)
    check_equal(cli.run('unfinished', '--older-than', '1', *target).status, 0)
    check_equal(len(rgw.find_unfinished(cli)), 2)
    for name in ('one', 'three'):
        check_equal(cli.run('unfinished', '--abort', ids[name], *target).status, 0)
    check_equal(rgw.find_unfinished(cli), [])


def test_remove(work):
    """What is given up leaves nothing at the store."""
    cli = rgw.cli(work)
    _, process, _ = start_slowly(cli, work)
    process.signal(signal.SIGINT)
    check_equal(process.finish().status, 3)
    check_equal(len(rgw.find_unfinished(cli)), 1)
    result = cli.run('remove', '--all')
    check_equal(result.status, 0, result)
    check_equal(rgw.find_unfinished(cli), [])
    check_equal(cli.list('--all'), [])


def test_destinations(work):
    cli = rgw.cli(work, rgw.https_url)
    before = rgw.keys()
    result = cli.run('destination', 'add', 'Ceph', f's3://{rgw.bucket}/{cli.prefix}', '--endpoint',
                     rgw.https_url, '--ca-file', rgw.ca_file)
    check_equal(result.status, 0, result)
    check('Ceph' in cli.run('destination', 'list').stdout)

    result = cli.run('destination', 'test', 'Ceph')
    check_equal(result.status, 0, result)
    check_equal(result.stdout.count('✗'), 0, result)
    check('MD5' in result.stdout, 'the gateway checks MD5 of each part alone:', result)
    check_equal(rgw.keys(), before, 'the test left something')
    check_equal(rgw.find_unfinished(cli), [])

    shown = cli.run('destination', 'show', 'Ceph')
    check_equal(shown.status, 0, shown)
    for word in (rgw.bucket, rgw.https_url, rgw.ca_file):
        check(word in shown.stdout, word, shown)

    path = make_file(work / 'film', SIZE)
    result = cli.run('upload', '--json', '--to', 'Ceph', path)
    rgw.check_done(cli, result, path)
    check('ETag' in result.upload['verification'], result)

    check_equal(cli.run('destination', 'remove', 'Ceph').status, 0)
    check('Ceph' not in cli.run('destination', 'list').stdout)
    check_equal(cli.run('upload', '--to', 'Ceph', path).status, 2)


# Presigned URLs, made by the floor that signs.

def fetch(url):
    try:
        with urllib.request.urlopen(url, timeout=30) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


def test_presigned_urls(work):
    cli = rgw.cli(work)
    for name in ('plain', 'o d+d%ü~'):
        path = make_file(work / name, 5000)
        rgw.check_done(cli, cli.upload(path), path)

        def presign(seconds_ago, valid_for):
            return subprocess.run(
                [BUILD / 'tests/e2e/presign-url', rgw.url, rgw.region, rgw.bucket,
                 cli.prefix + name, str(int(time.time()) - seconds_ago), str(valid_for)],
                env=dict(os.environ, AWS_ACCESS_KEY_ID=rgw.access_key,
                         AWS_SECRET_ACCESS_KEY=rgw.secret_key),
                stdout=subprocess.PIPE, check=True, text=True).stdout.strip()

        check_equal(fetch(presign(0, 60)), (200, path.read_bytes()))
        check_equal(fetch(presign(120, 60))[0], 403, 'it has expired')
        check_equal(fetch(presign(0, 60).replace('Expires=60', 'Expires=600'))[0], 403)


if __name__ == '__main__':
    with Gateway(min_part=1) as rgw:
        main([value for name, value in list(globals().items()) if name.startswith('test_')])
