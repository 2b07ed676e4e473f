# SPDX-FileCopyrightText: The Partway authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each fault script of faults/ does to a plain client of S3 what its comment says."""

import base64
import contextlib
import datetime
import hashlib
import http.client
import time
from urllib.parse import urlsplit

from botocore.exceptions import ReadTimeoutError

from store_under_test import (HERE, KIB, MIB, Store, Upload, broken, crc64nvme, main, refused,
                              with_headers)

TINY = ('--min-part-size', '1')
LARGE = b'0123456789abcdef' * (2 * MIB // 16)
SERVER = {}
USED = set()


@contextlib.contextmanager
def faulty(name, **options):
    """The store under that script, and a client that tries once; every rule must have acted."""
    store = SERVER['store']
    USED.add(name)
    store.fault_file(name)
    yield store, store.client(retries=0, expect=False, **options)
    idle = [fault['rule'] for fault in store.stats()['faults'] if fault['hits'] == 0]
    assert not idle, f'{name}: never acted: {idle}'


def put(client, key, body=b'data'):
    return client.put_object(Bucket='box', Key=key, Body=body)


def head(client, key='key', **options):
    return client.head_object(Bucket='box', Key=key, **options)


def read(client, key='key'):
    return client.get_object(Bucket='box', Key=key)['Body'].read()


def errors_come_as_often_as_written():
    with faulty('throttled-parts') as (_, s3):
        upload = Upload(s3)
        upload.put(1, b'x')
        for number in (3, 4, 3, 4):
            refused('SlowDown', upload.put, number, b'x', status=503)
        upload.put(3, b'x')
        upload.put(4, b'x')
    with faulty('throttled-hard') as (_, s3):
        upload = Upload(s3)
        for number in range(1, 21):
            answer = refused('SlowDown', upload.put, number, b'x')
            assert answer['ResponseMetadata']['HTTPHeaders']['retry-after'] == '1'
        upload.put(1, b'x')
    with faulty('request-timeout') as (_, s3):
        upload = Upload(s3)
        for _ in range(2):
            refused('RequestTimeout', upload.put, 2, b'x', status=400)
        upload.put(2, b'x')
    with faulty('rate-limited-429') as (_, s3):
        upload = Upload(s3)
        upload.put(1, b'x')
        for _ in range(3):
            refused('429', upload.put, 2, b'x', status=429)
        upload.put(2, b'x')


def every_call_fails_once():
    with faulty('server-errors') as (_, s3):
        refused('InternalError', Upload, s3, status=500)
        upload = Upload(s3)
        codes = {1: ('InternalError', 500), 2: ('ServiceUnavailable', 503), 3: ('502', 502),
                 4: ('504', 504)}
        for number, (code, status) in codes.items():
            refused(code, upload.put, number, b'x', status=status)
            upload.put(number, b'x')
        refused('InternalError', upload.list)
        upload.list()
        refused('InternalError', upload.complete)
        upload.complete()
        refused('503', head, s3)
        assert head(s3)['ContentLength'] == 4
    with faulty('put-fails-once') as (_, s3):
        refused('InternalError', put, s3, 'once')
        put(s3, 'once')
    with faulty('create-fails') as (_, s3):
        refused('InternalError', Upload, s3)
    with faulty('put-fails') as (_, s3):
        for _ in range(3):
            refused('InternalError', put, s3, 'never')
    with faulty('abort-fails-once') as (_, s3):
        upload = Upload(s3, 'abort')
        what = {'Bucket': 'box', 'Key': 'abort', 'UploadId': upload.id}
        refused('InternalError', s3.abort_multipart_upload, **what)
        s3.abort_multipart_upload(**what)


def permissions_and_room_are_missing():
    with faulty('access-denied-part') as (_, s3):
        refused('AccessDenied', Upload(s3).put, 1, b'x', status=403)
    with faulty('access-denied-head') as (_, s3):
        put(s3, 'blind')
        refused('403', head, s3, 'blind', status=403)
    with faulty('access-denied-list') as (_, s3):
        refused('AccessDenied', Upload(s3).list)
        refused('AccessDenied', s3.list_multipart_uploads, Bucket='box')
    for name, code, status in (('disk-full', 'InsufficientStorage', 507),
                               ('quota', 'QuotaExceeded', 403)):
        with faulty(name) as (_, s3):
            upload = Upload(s3)
            upload.put(1, b'x')
            upload.put(2, b'x')
            refused(code, upload.put, 3, b'x', status=status)
            if name == 'disk-full':
                refused(code, put, s3, 'full', status=status)
    with faulty('precondition') as (_, s3):
        refused('PreconditionFailed', put, s3, 'taken', status=412)
        upload = Upload(s3)
        upload.put(1, b'x')
        refused('PreconditionFailed', upload.complete, status=412)
    with faulty('conflict') as (_, s3):
        refused('ConditionalRequestConflict', put, s3, 'two', status=409)
        upload = Upload(s3)
        upload.put(1, b'x')
        refused('ConditionalRequestConflict', upload.complete, status=409)


def connections_break_in_the_middle():
    for name, sent in (('reset-mid-part', MIB), ('close-mid-part', 256 * KIB)):
        with faulty(name) as (store, s3):
            upload = Upload(s3, name)
            store.control('POST', '/__stats')
            broken(upload.put, 2, LARGE)
            assert sent <= store.stats()['part_bytes'] < len(LARGE)
            assert 'Parts' not in upload.list()
            if name == 'close-mid-part':
                broken(upload.put, 2, LARGE)
            upload.put(2, LARGE)


def answers_are_lost_though_it_was_done():
    with faulty('lost-create-answer') as (_, s3):
        broken(Upload, s3, 'lost')
        assert len(s3.list_multipart_uploads(Bucket='box', Prefix='lost')['Uploads']) == 1
    with faulty('lost-part-answer') as (_, s3):
        upload = Upload(s3)
        broken(upload.put, 2, b'two')
        assert [part['PartNumber'] for part in upload.list()['Parts']] == [2]
        upload.put(2, b'two')
    for name in ('lost-complete-answer', 'cut-complete-answer'):
        with faulty(name) as (_, s3):
            upload = Upload(s3, name)
            upload.put(1, b'one')
            broken(upload.complete)
            assert read(s3, name) == b'one'
            refused('NoSuchUpload', upload.complete)
    with faulty('lost-put-answer') as (_, s3):
        broken(put, s3, 'lost-put')
        assert read(s3, 'lost-put') == b'data'
    with faulty('lost-part-list') as (_, s3):
        upload = Upload(s3)
        upload.put(1, b'one')
        broken(upload.list)
        broken(upload.list)
        assert len(upload.list()['Parts']) == 1


def complete_without_judging(store, upload):
    """botocore takes such an answer for a 500, so the URL alone is its."""
    url = upload.client.generate_presigned_url('complete_multipart_upload', {
        'Bucket': 'box', 'Key': upload.key, 'UploadId': upload.id})
    parts = ''.join(f'<Part><PartNumber>{number}</PartNumber><ETag>{etag}</ETag></Part>'
                    for number, etag in upload.etags.items())
    place = urlsplit(url)
    return store.control('POST', f'{place.path}?{place.query}',
                         f'<CompleteMultipartUpload>{parts}</CompleteMultipartUpload>')


def errors_hide_under_200():
    def complete(name, is_done):
        upload = Upload(s3, name)
        upload.put(1, b'one')
        status, text = complete_without_judging(store, upload)
        assert status == 200 and '<Error><Code>InternalError</Code>' in text, (status, text)
        if is_done:
            assert read(s3, name) == b'one'
        else:
            refused('404', head, s3, name)
        return upload

    for name, is_done in (('error-in-200', False), ('error-in-200-though-done', True),
                          ('complete-whitespace-error', False)):
        with faulty(name) as (store, s3):
            upload = complete(name, is_done)
            if name == 'error-in-200':
                assert 'InternalError' in complete_without_judging(store, upload)[1]
            if not is_done:
                upload.complete()
                assert read(s3, name) == b'one'
    with faulty('error-in-200-for-good') as (store, s3):
        upload = Upload(s3)
        upload.put(1, b'one')
        for _ in range(2):
            assert 'AccessDenied' in complete_without_judging(store, upload)[1]
    with faulty('complete-whitespace') as (_, s3):
        upload = Upload(s3)
        upload.put(1, b'one')
        start = time.monotonic()
        assert upload.complete()['ETag']
        assert time.monotonic() - start >= 1.9


def some_are_slow():
    def seconds(call, *arguments):
        start = time.monotonic()
        call(*arguments)
        return time.monotonic() - start

    with faulty('slow-part') as (_, s3):
        upload = Upload(s3)
        assert seconds(upload.put, 5, LARGE) >= 1.8
        assert seconds(upload.put, 5, LARGE) < 1.8
    with faulty('slow-line') as (_, s3):
        upload = Upload(s3)
        assert seconds(upload.put, 1, LARGE[:256 * KIB]) >= 0.8
        assert seconds(put, s3, 'slow', LARGE[:256 * KIB]) >= 0.8
    with faulty('slow-answers') as (_, s3):
        assert seconds(put, s3, 'slow') >= 0.3


def some_never_answer():
    for name, body in (('stall-part', LARGE * 8), ('stall-answer', b'two')):
        with faulty(name) as (store, s3):
            s3.meta.config.read_timeout = 1
            upload = Upload(s3)
            broken(upload.put, 2, body)
            kept = upload.list().get('Parts', [])
            assert len(kept) == (1 if name == 'stall-answer' else 0), kept
            assert store.stats()['held_connections'] == 1
            upload.put(2, b'two')
    with faulty('stall-complete') as (store, s3):
        upload = Upload(s3)
        upload.put(1, b'one')
        error = broken(upload.complete)
        assert isinstance(error, ReadTimeoutError), error
        assert read(s3) == b'one'


def etags_are_wrong():
    true = f'"{hashlib.md5(b"two").hexdigest()}"'
    with faulty('wrong-etag') as (_, s3):
        upload = Upload(s3)
        assert upload.put(2, b'two')['ETag'] != true
        assert upload.list()['Parts'][0]['ETag'] == true
        assert upload.put(2, b'two')['ETag'] == true
    with faulty('no-etag') as (_, s3):
        answer = s3.upload_part(Bucket='box', Key='key', UploadId=Upload(s3).id, PartNumber=1,
                                Body=b'two')
        assert 'ETag' not in answer


def send_plainly(store, url, body, headers=None):
    """Without the digests that botocore adds: status, answer, ETag."""
    place = urlsplit(url)
    connection = http.client.HTTPConnection('127.0.0.1', store.port, timeout=10)
    connection.request('PUT', f'{place.path}?{place.query}', body, headers or {})
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer.status, text, answer.getheader('ETag')


def bytes_are_damaged():
    body = LARGE[:4096]
    digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
    for name, again in (('damaged-part', 200), ('damaged-forever', 400)):
        with faulty(name) as (store, s3):
            upload = Upload(s3)
            url = s3.generate_presigned_url('upload_part', {
                'Bucket': 'box', 'Key': 'key', 'UploadId': upload.id, 'PartNumber': 2,
                'ChecksumSHA256': digest})
            claim = {'x-amz-checksum-sha256': digest}
            status, answer, _ = send_plainly(store, url, body, claim)
            assert status == 400 and 'BadDigest' in answer, answer
            assert 'Parts' not in upload.list()
            assert send_plainly(store, url, body, claim)[0] == again
    # Without any checksum nothing but the ETag tells.
    true = f'"{hashlib.md5(body).hexdigest()}"'
    with faulty('damaged-part') as (store, s3):
        url = s3.generate_presigned_url('upload_part', {
            'Bucket': 'box', 'Key': 'key', 'UploadId': Upload(s3).id, 'PartNumber': 2})
        assert send_plainly(store, url, body)[2] != true
        assert send_plainly(store, url, body)[2] == true
    with faulty('damaged-put') as (store, s3):
        url = s3.generate_presigned_url('put_object', {'Bucket': 'box', 'Key': 'bad'})
        assert send_plainly(store, url, body)[2] != true
        assert read(s3, 'bad') != body


def clocks_and_tokens_run_out():
    for name, ahead in (('clock-skew', 7200), ('clock-skew-behind', -86400)):
        with faulty(name) as (_, s3):
            answer = refused('RequestTimeTooSkewed', put, s3, 'late')
            text = answer['ResponseMetadata']['HTTPHeaders']['date']
            date = datetime.datetime.strptime(text, '%a, %d %b %Y %H:%M:%S %Z')
            assert abs((date - datetime.datetime.utcnow()).total_seconds() - ahead) < 60
    for name, status in (('expired-token-once', 400), ('expired-token-403', 403)):
        with faulty(name) as (_, s3):
            upload = Upload(s3)
            refused('ExpiredToken', upload.put, 2, b'two', status=status)
            upload.put(2, b'two')
    with Store('--session-token', 'stale', *TINY) as store:
        USED.add('expired-token')
        store.fault_file('expired-token')
        upload = Upload(store.client(token='stale', retries=0, expect=False))
        for number in (1, 2, 3):
            upload.put(number, b'x')
        refused('ExpiredToken', upload.put, 4, b'x')
        upload.client = store.client(token='fresh', retries=0, expect=False)
        upload.put(4, b'x')
        upload.complete()


def buckets_live_elsewhere():
    for name, code, status in (('wrong-region-301', 'PermanentRedirect', 301),
                               ('wrong-region-400', 'AuthorizationHeaderMalformed', 400)):
        with faulty(name) as (_, s3):
            seen = []
            s3.meta.events.register('response-received.s3', lambda response_dict, parsed_response,
                                    **_: seen.append((response_dict, parsed_response)))
            put(s3, name)       # botocore signs anew for the region that it was told
            headers, error = seen[0][0]['headers'], seen[0][1]['Error']
            assert seen[0][0]['status_code'] == status and error['Code'] == code
            assert headers['x-amz-bucket-region'] == 'eu-west-1' and 'Location' not in headers
            assert error.get('Region', 'eu-west-1') == 'eu-west-1'
    with faulty('redirect-307') as (store, _):
        answer = store.raw(b'GET /box?uploads HTTP/1.1\r\nHost: 127.0.0.1\r\n'
                           b'Connection: close\r\n\r\n').decode()
        assert ' 307 ' in answer and '<Code>TemporaryRedirect</Code>' in answer
        assert f'Location: http://localhost:{store.port}/box?uploads\r\n' in answer, answer
        put(store.client(host='localhost', retries=0), 'there')


def others_answer_in_its_place():
    with faulty('html-portal') as (store, s3):
        for _ in range(3):
            status, text = store.control('GET', '/box/key')
            assert status == 200 and '<html>' in text
        put(s3, 'after')
    with faulty('html-portal-part') as (_, s3):
        upload = Upload(s3)
        answer = s3.upload_part(Bucket='box', Key='key', UploadId=upload.id, PartNumber=2,
                                Body=b'two')
        assert 'ETag' not in answer and 'Parts' not in upload.list()
    for name, code, status in (('early-403', b'AccessDenied', b' 403 '),
                               ('early-503', b'SlowDown', b' 503 ')):
        with faulty(name) as (store, _):
            answer = store.raw(b'PUT /box/key?partNumber=2&uploadId=x HTTP/1.1\r\nHost: x\r\n'
                               b'Content-Length: 9000000\r\n\r\nonly the beginning')
            assert status in answer.split(b'\r\n')[0] and code in answer
            assert b'Connection: close' in answer


def uploads_and_parts_get_lost():
    with faulty('no-such-upload') as (_, s3):
        upload = Upload(s3)
        upload.put(1, b'one')
        refused('NoSuchUpload', upload.put, 3, b'three')
        refused('NoSuchUpload', upload.list)
    with faulty('complete-no-such-upload') as (_, s3):
        upload = Upload(s3, 'nothing')
        upload.put(1, b'one')
        refused('NoSuchUpload', upload.complete)
        refused('404', head, s3, 'nothing')
    with faulty('lost-part') as (_, s3):
        upload = Upload(s3)
        upload.put(1, b'one')
        assert upload.put(2, b'two')['ETag']
        refused('InvalidPart', upload.complete)
        upload.put(2, b'two')
        upload.complete()


def lists_lie():
    def listed(name):
        with faulty(name) as (_, s3):
            upload = Upload(s3)
            for number, body in enumerate((b'one', b'two', b'three'), 1):
                upload.put(number, body)
            parts = upload.list().get('Parts', [])
            upload.complete()
            return [(p['PartNumber'], p['Size'], p['ETag'] == upload.etags[p['PartNumber']])
                    for p in parts]

    assert listed('lying-list-parts') == [(1, 3, True), (3, 6, True)]
    assert listed('lying-list-etag') == [(1, 3, False), (2, 3, True), (3, 5, True)]
    assert listed('empty-list-parts') == []


def objects_are_not_what_was_sent():
    with faulty('wrong-object') as (_, s3):
        body = b'the object'
        upload = Upload(with_headers(s3, 'CreateMultipartUpload', {
            'x-amz-checksum-algorithm': 'CRC64NVME', 'x-amz-checksum-type': 'FULL_OBJECT'}))
        upload.put(1, body)
        with_headers(s3, 'CompleteMultipartUpload', {'x-amz-checksum-crc64nvme': crc64nvme(body)})
        upload.complete()
        found = read(s3)
        assert found != body and sorted(found) == sorted(body)
        told = head(s3, ChecksumMode='ENABLED')['ResponseMetadata']['HTTPHeaders']
        assert told['x-amz-checksum-crc64nvme'] == crc64nvme(found)
    with faulty('wrong-size') as (_, s3):
        put(s3, 'size')
        assert head(s3, 'size')['ContentLength'] == 5


def idle_connections_are_closed():
    with faulty('close-idle') as (store, s3):
        put(s3, 'idle')
        # The wait is the store's: an idle connection ends by itself, and recv() says so.
        begin = time.monotonic()
        answer = store.raw(b'GET /box/idle HTTP/1.1\r\nHost: x\r\n\r\n')
        assert b' 403 ' in answer and 0.04 < time.monotonic() - begin < 3


def scripts_are_read_strictly():
    store = SERVER['store']
    for line in ('nobody: reset', 'part reset', 'part 4-2: reset', 'part: reset after',
                 'part: reset after 3', 'any times: reset', 'any: clock soon', 'any: status 99',
                 'any: status 500 A B', 'part: rate 0', 'part x: html', 'any: html now'):
        status, text = store.control('POST', '/__faults', '# a comment\n' + line)
        if line == 'part: reset after 3':
            assert status == 200
        else:
            assert status == 400 and text.startswith('script:2: '), (line, status, text)


def all_scripts_were_tried():
    there = {path.stem for path in (HERE / 'faults').glob('*.fault')}
    assert there == USED, f'{sorted(there ^ USED)}'


with Store(*TINY) as SERVER['store']:
    main([
        errors_come_as_often_as_written, every_call_fails_once,
        permissions_and_room_are_missing, connections_break_in_the_middle,
        answers_are_lost_though_it_was_done, errors_hide_under_200, some_are_slow,
        some_never_answer, etags_are_wrong, bytes_are_damaged, clocks_and_tokens_run_out,
        buckets_live_elsewhere, others_answer_in_its_place, uploads_and_parts_get_lost,
        lists_lie, objects_are_not_what_was_sent, idle_connections_are_closed,
        scripts_are_read_strictly, all_scripts_were_tried,
    ])
