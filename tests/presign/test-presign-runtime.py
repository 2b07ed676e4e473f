# SPDX-FileCopyrightText: The Partway authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""partway-presign as a custom runtime of AWS Lambda, driven by a look-alike of the Runtime API."""

import json
import socket
import time
import urllib.request

from server import PROGRAM, SIGN, check, check_equal, environment, partway
from runtime_api import RuntimeApi, event
from partway import MIB, Store

OPEN = {'allow_anyone': 'true'}


class Function:
    """The program under a Runtime API."""

    def __init__(self, work, api, store=None, **settings):
        env = environment(store, **{**OPEN, **settings})
        env['AWS_LAMBDA_RUNTIME_API'] = api.address
        self.log_path = work / 'log'
        self.api = api
        self.started = time.monotonic()
        with open(self.log_path, 'wb') as log:
            self.process = partway.spawn([PROGRAM], stderr=log, env=env)

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        self.api.stop()
        self.process.wait(partway.TIMEOUT)

    def log(self):
        return self.log_path.read_text()


def test_uploads(work):
    with Store() as store, RuntimeApi() as api, Function(work, api, store):
        status, upload = api.ask('POST', '/start-multipart-upload', {'fileName': 'a film.mp4'})
        check_equal(status, 200, upload)
        status, answer = api.ask('POST', '/get-presigned-url', upload | {'partNumber': 1})
        check_equal(status, 200, answer)
        request = urllib.request.Request(answer['presignedUrl'], data=b'x' * 1000, method='PUT')
        with urllib.request.urlopen(request) as put:
            etag = put.headers['ETag']
        status, answer = api.ask('POST', '/list-parts', upload)
        check_equal((status, answer), (200, {'parts': [{'PartNumber': 1, 'ETag': etag}]}))
        status, answer = api.ask('POST', '/complete-multipart-upload',
                                 upload | {'parts': [{'PartNumber': 1, 'ETag': etag}]})
        check_equal(status, 200, answer)
        check_equal(store.object(upload['key']).size, 1000)


def test_reads_each_form_of_event(work):
    with RuntimeApi() as api, Function(work, api):
        for more in ({}, {'encode': True}, {'stage': 'prod', 'path': '/prod/get-presigned-url'},
                     {'stage': 'prod'}, {'cookies': ['a=1', 'b=2']}, {'query': 'x=%2F&y=a+b'}):
            path = more.pop('path', '/get-presigned-url')
            status, answer = api.ask('POST', path, SIGN, **more)
            check_equal(status, 200, more, answer)
            check('X-Amz-Signature=' in answer['presignedUrl'])
        check_equal(api.ask('GET', '/')[0], 200)
        check_equal(api.ask('GET', '/prod', stage='prod')[0], 200)
        check_equal(api.ask('GET', '/healthz')[0], 200)
        check_equal(api.ask('GET', '/nope')[0], 404)


def test_speaks_for_web_pages(work):
    with RuntimeApi() as api, Function(work, api, cors_origins='https://app.example.com'):
        result = api.invoke(event('OPTIONS', '/get-presigned-url', headers={
            'origin': 'https://app.example.com', 'access-control-request-method': 'POST',
            'access-control-request-headers': 'content-type'}))
        headers = {name.lower(): value for name, value in result['headers'].items()}
        check_equal(result['statusCode'] // 100, 2, result)
        check_equal(headers.get('access-control-allow-origin'), 'https://app.example.com', result)


def test_tells_the_request_id(work):
    with RuntimeApi() as api, Function(work, api) as function:
        api.give(event('POST', '/get-presigned-url', SIGN))
        _, request_id, _, result = api.take()
        check_equal(result['headers']['X-Request-Id'], request_id)
        lines = [json.loads(line) for line in function.log().splitlines()]
        check_equal([line['peer'] for line in lines if line.get('requestId') == request_id],
                    ['192.0.2.9'], 'the line was written before the answer:', lines)


def test_refuses_other_events(work):
    with RuntimeApi() as api, Function(work, api):
        good = event('POST', '/get-presigned-url', SIGN)
        for wrong in ({}, {'Records': []}, [1], good | {'version': '1.0'},
                      good | {'requestContext': None}, good | {'body': '!', 'isBase64Encoded': True},
                      b'{"version": "2.0"', b'[' * 100000):
            api.give(wrong)
            kind, _, headers, error = api.take()
            check_equal(kind, 'error', wrong if len(wrong) < 100 else '…')
            check_equal(error['errorType'], 'Runtime.InvalidEvent')
            check_equal(headers['Lambda-Runtime-Function-Error-Type'], 'Runtime.InvalidEvent')
        check_equal(api.invoke(good)['statusCode'], 200, 'and goes on')


def test_refuses_large_bodies(work):
    with RuntimeApi() as api, Function(work, api):
        status, _ = api.ask('POST', '/get-presigned-url', SIGN | {'padding': 'x' * MIB})
        check_equal(status, 413)


def test_keeps_the_deadline(work):
    with Store() as store, RuntimeApi() as api, Function(work, api, store):
        _, upload = api.ask('POST', '/start-multipart-upload', {'fileName': 'film'})
        store.set_faults('list-parts: no-answer')
        begun = time.monotonic()
        result = api.invoke(event('POST', '/list-parts', upload), milliseconds=1500)
        check(result['statusCode'] >= 500, result)
        # The store itself would be waited for much longer.
        check(time.monotonic() - begun < 10 * partway.SLOWNESS, time.monotonic() - begun)
        store.set_faults('')
        check_equal(api.ask('POST', '/list-parts', upload), (200, {'parts': []}))


def test_tells_why_it_cannot_start(work):
    for settings, word in (({'bucket': ''}, 'bucket'), ({'allow_anyone': 'false'}, 'auth'),
                           ({'url_lifetime': 'x'}, 'URL_LIFETIME')):
        with RuntimeApi() as api, Function(work, api, **settings) as function:
            kind, where, headers, error = api.take()
            check_equal((kind, where), ('error', 'init'))
            check(word in error['errorMessage'], error)
            check_equal(headers['Lambda-Runtime-Function-Error-Type'], error['errorType'])
            check_equal(function.process.wait(partway.TIMEOUT), 2)


def test_ends_with_the_runtime_api(work):
    with RuntimeApi() as api:
        function = Function(work, api)
        check_equal(api.ask('GET', '/healthz')[0], 200)
        api.stop()
        check_equal(function.process.wait(partway.TIMEOUT), 1)
        check('410' in function.log(), function.log())


def test_starts_cold(work):
    best = None
    for _ in range(5):
        with RuntimeApi() as api:
            api.give(event('POST', '/get-presigned-url', SIGN))
            with Function(work, api) as function:
                api.take()
                took = api.first_result - function.started
                best = min(best or took, took)
    print(f'# cold start to the first answer: {best * 1000:.1f} ms', flush=True)
    check(best < 2 * partway.SLOWNESS, best)


def test_opens_no_port(work):
    with RuntimeApi() as api, socket.socket() as free:
        free.bind(('127.0.0.1', 0))
        port = free.getsockname()[1]
        with Function(work, api, listen='127.0.0.1', port=port):
            free.close()
            check_equal(api.ask('GET', '/healthz')[0], 200)
            check(socket.socket().connect_ex(('127.0.0.1', port)) != 0, 'it listens')


if __name__ == '__main__':
    partway.main([value for name, value in list(globals().items()) if name.startswith('test_')],
                 parallel=3)
