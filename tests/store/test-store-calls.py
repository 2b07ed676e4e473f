# SPDX-FileCopyrightText: The Partway authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The S3 calls of partway-store, as botocore sees them."""

import hashlib
import base64
import http.client
import datetime
import re
import signal
from urllib.parse import urlsplit

from store_under_test import (MIB, Store, Upload, crc32c, crc64nvme, main, refused, with_headers)

TINY = ('--min-part-size', '1')
KEY_OF_ALL_KINDS = "a b+c%&=?#/ü!*'()~/x//y/.z"


def md5(data):
    return hashlib.md5(data).hexdigest()


def objects_keep_what_they_were_given():
    with Store() as store:
        s3 = store.client()
        for key in (KEY_OF_ALL_KINDS, 'plain', 'x' * 1024, '...', 'tail/'):
            s3.put_object(Bucket='box', Key=key, Body=b'hello', ContentType='text/x',
                          Metadata={'who': 'me'}, StorageClass='STANDARD_IA',
                          ServerSideEncryption='AES256', Tagging='a=1&b=2')
            head = s3.head_object(Bucket='box', Key=key)
            assert head['ETag'] == f'"{md5(b"hello")}"' and head['ContentLength'] == 5
            assert head['ContentType'] == 'text/x' and head['Metadata'] == {'who': 'me'}
            assert head['StorageClass'] == 'STANDARD_IA'
            assert head['ServerSideEncryption'] == 'AES256'
            assert head['ResponseMetadata']['HTTPHeaders']['x-amz-tagging-count'] == '2'
            got = s3.get_object(Bucket='box', Key=key, Range='bytes=1-2')
            assert got['Body'].read() == b'el' and got['ContentRange'] == 'bytes 1-2/5'
        refused('InvalidRange', s3.get_object, Bucket='box', Key='plain', Range='bytes=9-')
        refused('404', s3.head_object, Bucket='box', Key='none')
        listed = s3.list_objects_v2(Bucket='box', MaxKeys=2)
        assert [o['Key'] for o in listed['Contents']] == ['...', KEY_OF_ALL_KINDS]
        more = s3.list_objects_v2(Bucket='box', ContinuationToken=listed['NextContinuationToken'])
        assert len(more['Contents']) == 3 and not more['IsTruncated']
        s3.delete_object(Bucket='box', Key='plain')
        refused('NoSuchKey', s3.get_object, Bucket='box', Key='plain')
        s3.put_object(Bucket='box', Key='empty', Body=b'')
        assert s3.get_object(Bucket='box', Key='empty')['Body'].read() == b''


def buckets_are_made_and_found():
    with Store('--region', 'eu-west-1') as store:
        s3 = store.client(region='eu-west-1')
        s3.create_bucket(Bucket='other')
        s3.head_bucket(Bucket='other')
        assert s3.get_bucket_location(Bucket='other')['LocationConstraint'] == 'eu-west-1'
        refused('404', s3.head_bucket, Bucket='none')
        refused('NoSuchBucket', s3.put_object, Bucket='none', Key='k', Body=b'')


def virtual_host_style_is_understood():
    with Store() as store:
        s3 = store.client()
        s3.put_object(Bucket='box', Key='a/b', Body=b'1')
        path = urlsplit(s3.generate_presigned_url('get_object', {'Bucket': 'box', 'Key': 'a/b'}))
        virtual = store.client(host='localhost', style='virtual')
        url = urlsplit(virtual.generate_presigned_url('get_object', {'Bucket': 'box',
                                                                     'Key': 'a/b'}))
        assert url.path == '/a/b' and path.path == '/box/a/b'
        assert fetch(store, 'GET', url)[1] == b'1'


def fetch(store, method, url, body=None, headers=None):
    connection = http.client.HTTPConnection('127.0.0.1', store.port, timeout=10)
    connection.request(method, url.path + '?' + url.query, body,
                       {'Host': url.netloc, **(headers or {})})
    answer = connection.getresponse()
    result = answer.status, answer.read()
    connection.close()
    return result


def presigned_urls_sign_what_they_carry():
    with Store(*TINY) as store:
        s3 = store.client()
        upload = Upload(s3, KEY_OF_ALL_KINDS)
        what = {'Bucket': 'box', 'Key': KEY_OF_ALL_KINDS, 'UploadId': upload.id, 'PartNumber': 1}
        text = s3.generate_presigned_url('upload_part', what)
        assert fetch(store, 'PUT', urlsplit(text), b'data')[0] == 200
        assert fetch(store, 'PUT', urlsplit(text), b'data',
                     {'x-amz-meta-a': 'b'})[1].count(b'HeadersNotSigned') == 2
        other = urlsplit(text.replace('partNumber=1', 'partNumber=2'))
        assert b'SignatureDoesNotMatch' in fetch(store, 'PUT', other, b'data')[1]
        long = urlsplit(re.sub('X-Amz-Expires=[0-9]+', 'X-Amz-Expires=604801', text))
        assert b'AuthorizationQueryParametersError' in fetch(store, 'PUT', long, b'data')[1]
        store.faults('any: clock +3601')
        status, answer = fetch(store, 'PUT', urlsplit(text), b'data')
        assert status == 403 and b'Request has expired' in answer
        store.faults('any: clock -3600')
        assert b'not valid yet' in fetch(store, 'PUT', urlsplit(text), b'data')[1]


def strangers_are_refused():
    with Store('--session-token', 'tok') as store:
        def put(client):
            client.put_object(Bucket='box', Key='k', Body=b'1')
        put(store.client(token='tok'))
        refused('InvalidToken', put, store.client())
        refused('InvalidToken', put, store.client(token='other'))
        refused('InvalidAccessKeyId', put, store.client(key='who', token='tok'))
        refused('SignatureDoesNotMatch', put, store.client(secret='no', token='tok'), status=403)
        # boto3 would mend a wrong region by itself, but not in a URL that it has given away.
        text = store.client(token='tok', region='eu-west-1').generate_presigned_url(
            'get_object', {'Bucket': 'box', 'Key': 'k'})
        status, answer = fetch(store, 'GET', urlsplit(text))
        assert status == 400 and b'<Region>us-east-1</Region>' in answer, answer
        answer = store.raw(b'GET /box/k HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
        assert b' 403 ' in answer and b'AccessDenied' in answer
        # A minute beyond the 15: the request itself may take a while on a busy machine.
        for seconds in ('+960', '-960'):
            store.faults('any: clock ' + seconds)
            answer = refused('RequestTimeTooSkewed', put, store.client(token='tok'), status=403)
            date = answer['ResponseMetadata']['HTTPHeaders']['date']
            there = datetime.datetime.strptime(date, '%a, %d %b %Y %H:%M:%S %Z')
            ahead = (there - datetime.datetime.utcnow()).total_seconds()
            assert abs(ahead - int(seconds)) < 30, ahead
        store.faults('any: clock +840')
        put(store.client(token='tok'))


def forget_md5(request, **_):
    del request.headers['Content-MD5']


def swap_body(request, **_):
    request.body = b'X' * int(request.headers['Content-Length'])


def digests_are_compared():
    with Store(*TINY) as store:
        data = b'some bytes of a part'
        sums = {
            'x-amz-checksum-crc64nvme': crc64nvme(data),
            'x-amz-checksum-crc32c': crc32c(data),
            'x-amz-checksum-sha256': base64.b64encode(hashlib.sha256(data).digest()).decode(),
        }
        assert crc64nvme(b'123456789') == base64.b64encode(
            bytes.fromhex('ae8b14860a799888')).decode()
        for name, value in sums.items():
            for call in ('PutObject', 'UploadPart'):
                right = with_headers(store.client(), call, {name: value})
                wrong = with_headers(store.client(), call, {name: 'A' + value[1:]})
                short = with_headers(store.client(), call, {name: 'AAAA'})
                if call == 'PutObject':
                    answer = right.put_object(Bucket='box', Key='k', Body=data)
                    refused('BadDigest', wrong.put_object, Bucket='box', Key='w', Body=data)
                    refused('InvalidRequest', short.put_object, Bucket='box', Key='w', Body=data)
                else:
                    upload = Upload(right)
                    answer = upload.put(1, data)
                    upload.client = wrong
                    refused('BadDigest', upload.put, 2, data)
                assert answer['ResponseMetadata']['HTTPHeaders'][name] == value
            head = store.client().head_object(Bucket='box', Key='k', ChecksumMode='ENABLED')
            assert head['ResponseMetadata']['HTTPHeaders'][name] == value
        bad = base64.b64encode(hashlib.md5(b'x').digest()).decode()
        s3 = store.client()
        refused('BadDigest', s3.put_object, Bucket='box', Key='w', Body=data, ContentMD5=bad)
        refused('InvalidDigest', s3.put_object, Bucket='box', Key='w', Body=data, ContentMD5='no')
        other = store.client()
        other.meta.events.register('before-sign.s3.PutObject', forget_md5)
        other.meta.events.register('before-send.s3.PutObject', swap_body)
        refused('XAmzContentSHA256Mismatch', other.put_object, Bucket='box', Key='w', Body=data)
        refused('404', s3.head_object, Bucket='box', Key='w')


def parts_become_an_object():
    with Store('--abort-days', '7') as store:
        s3 = store.client()
        upload = Upload(s3, KEY_OF_ALL_KINDS, Metadata={'a': 'b'}, ContentType='video/x')
        assert 'AbortDate' in upload.created
        bodies = {1: b'1' * 5 * MIB, 2: b'2' * 5 * MIB, 7: b'end'}
        for number in (7, 1, 2):
            upload.put(number, bodies[number])
        upload.put(1, bodies[1])
        assert store.stats()['repeated_parts'] == 1
        listed = upload.list()['Parts']
        assert [(p['PartNumber'], p['Size']) for p in listed] == [(1, 5 * MIB), (2, 5 * MIB),
                                                                 (7, 3)]
        assert [p['ETag'] for p in listed] == [f'"{md5(bodies[n])}"' for n in (1, 2, 7)]
        upload.etags[3] = '"none"'
        refused('InvalidPart', upload.complete)
        del upload.etags[3]
        refused('InvalidPartOrder', upload.complete, [2, 1, 7])
        etag = upload.complete()['ETag']
        sums = b''.join(hashlib.md5(bodies[n]).digest() for n in (1, 2, 7))
        assert etag == f'"{md5(sums)}-3"'
        head = s3.head_object(Bucket='box', Key=KEY_OF_ALL_KINDS)
        assert head['ETag'] == etag and head['Metadata'] == {'a': 'b'}
        assert head['ContentType'] == 'video/x'
        got = s3.get_object(Bucket='box', Key=KEY_OF_ALL_KINDS)['Body'].read()
        assert got == bodies[1] + bodies[2] + bodies[7]
        refused('NoSuchUpload', upload.complete, status=404)
        refused('NoSuchUpload', upload.list)
        refused('NoSuchUpload', upload.put, 1, b'')


def what_does_not_fit_is_refused():
    with Store() as store:
        s3 = store.client()
        upload = Upload(s3)
        upload.put(1, b'small')
        upload.put(2, b'end')
        refused('EntityTooSmall', upload.complete)
        refused('InvalidArgument', upload.put, 10001, b'')
        wrong = with_headers(store.client(), 'CompleteMultipartUpload',
                             {'x-amz-mp-object-size': '4'})
        upload.client = wrong
        refused('InvalidRequest', upload.complete, [1])
        upload.client = s3
        s3.abort_multipart_upload(Bucket='box', Key='key', UploadId=upload.id)
        refused('NoSuchUpload', s3.abort_multipart_upload, Bucket='box', Key='key',
                UploadId=upload.id)
        s3.put_object(Bucket='box', Key='key', Body=b'')
        never = with_headers(store.client(), '*', {'If-None-Match': '*'})
        refused('PreconditionFailed', never.put_object, Bucket='box', Key='key', Body=b'',
                status=412)
        upload = Upload(s3)
        upload.put(1, b'x')
        upload.client = never
        refused('PreconditionFailed', upload.complete, status=412)
        upload.client = s3
        upload.complete()


def whole_checksums_are_compared():
    with Store(*TINY) as store:
        bodies = (b'the first part, ', b'the second, ', b'')
        for name, function in (('crc64nvme', crc64nvme), ('crc32c', crc32c)):
            header = 'x-amz-checksum-' + name
            whole = function(b''.join(bodies))
            create = with_headers(store.client(), 'CreateMultipartUpload', {
                'x-amz-checksum-algorithm': name.upper(), 'x-amz-checksum-type': 'FULL_OBJECT'})
            upload = Upload(create, name)
            told = upload.created['ResponseMetadata']['HTTPHeaders']
            assert told['x-amz-checksum-algorithm'] == name.upper()
            assert told['x-amz-checksum-type'] == 'FULL_OBJECT'
            for number, body in enumerate(bodies, 1):
                answer = upload.put(number, body)
                assert answer['ResponseMetadata']['HTTPHeaders'][header] == function(body)
            upload.client = with_headers(store.client(), 'CompleteMultipartUpload', {
                header: function(b'other'), 'x-amz-checksum-type': 'FULL_OBJECT'})
            refused('BadDigest', upload.complete)
            upload.client = with_headers(store.client(), 'CompleteMultipartUpload', {
                header: whole, 'x-amz-checksum-type': 'FULL_OBJECT',
                'x-amz-mp-object-size': str(len(b''.join(bodies)))})
            upload.complete()
            head = store.client().head_object(Bucket='box', Key=name, ChecksumMode='ENABLED')
            assert head['ResponseMetadata']['HTTPHeaders'][header] == whole
            assert head['ResponseMetadata']['HTTPHeaders']['x-amz-checksum-type'] == 'FULL_OBJECT'
        odd = with_headers(store.client(), 'UploadPart', {'x-amz-checksum-crc32c': crc32c(b'1')})
        upload = Upload(create, 'mixed')
        upload.client = with_headers(store.client(), 'UploadPart',
                                     {'x-amz-checksum-crc64nvme': crc64nvme(b'1')})
        refused('InvalidRequest', upload.put, 1, b'1')
        upload.client = odd
        upload.put(1, b'1')
        upload.put(3, b'1')
        refused('InternalError', upload.complete)


def composite_checksums_need_every_part():
    with Store(*TINY) as store:
        s3 = store.client()
        upload = Upload(s3, ChecksumAlgorithm='SHA256')
        digests = [hashlib.sha256(body).digest() for body in (b'a', b'b')]
        for number, body in ((1, b'a'), (2, b'b')):
            upload.put(number, body, ChecksumAlgorithm='SHA256')
        refused('InvalidRequest', upload.complete)
        parts = [{'PartNumber': n, 'ETag': upload.etags[n],
                  'ChecksumSHA256': base64.b64encode(digests[n - 1]).decode()} for n in (1, 2)]
        answer = s3.complete_multipart_upload(Bucket='box', Key='key', UploadId=upload.id,
                                              MultipartUpload={'Parts': parts})
        whole = base64.b64encode(hashlib.sha256(b''.join(digests)).digest()).decode()
        assert answer['ChecksumSHA256'] == whole + '-2'


def lists_come_in_pages():
    with Store(*TINY) as store:
        s3 = store.client()
        upload = Upload(s3)
        for number in range(1, 8):
            upload.put(number, b'x')
        pages = list(s3.get_paginator('list_parts').paginate(
            Bucket='box', Key='key', UploadId=upload.id, PaginationConfig={'PageSize': 3}))
        assert [[p['PartNumber'] for p in page['Parts']] for page in pages] == [
            [1, 2, 3], [4, 5, 6], [7]]
        keys = ['a', 'a', 'a/b c', 'ü&<', 'z']
        ids = {Upload(s3, key).id for key in keys}
        pages = list(s3.get_paginator('list_multipart_uploads').paginate(
            Bucket='box', PaginationConfig={'PageSize': 2}))
        found = [u['Key'] for page in pages for u in page['Uploads']]
        assert found == ['a', 'a', 'a/b c', 'key', 'z', 'ü&<'], found
        assert {u['UploadId'] for page in pages for u in page['Uploads']} == ids | {upload.id}
        listed = s3.list_multipart_uploads(Bucket='box', Prefix='a/')['Uploads']
        assert [u['Key'] for u in listed] == ['a/b c']
        plain = s3.list_multipart_uploads(Bucket='box', Prefix='ü', EncodingType='url')
        assert plain['Uploads'][0]['Key'] == '%C3%BC%26%3C'


def uploads_survive_the_end_of_the_process():
    with Store(*TINY) as outer:
        root = outer.root + '-2'
        with Store(*TINY, root=root) as store:
            upload = Upload(store.client(), 'k/ü', Metadata={'a': 'b'})
            upload.put(1, b'one ')
            upload.put(2, b'two ')
            store.client().put_object(Bucket='box', Key='o', Body=b'o')
            store.kill()
        with Store(*TINY, root=root) as store:
            upload.client = store.client()
            assert [p['ETag'] for p in upload.list()['Parts']] == list(upload.etags.values())
            upload.put(3, b'three')
            upload.complete()
            got = upload.client.get_object(Bucket='box', Key='k/ü')
            assert got['Body'].read() == b'one two three' and got['Metadata'] == {'a': 'b'}
            assert store.client().get_object(Bucket='box', Key='o')['Body'].read() == b'o'
            store.process.send_signal(signal.SIGTERM)


def rules_of_other_stores():
    crc = {'x-amz-checksum-crc64nvme': 'AAAAAAAAAAA='}
    with Store('--rules', 'ceph', *TINY) as store:
        s3 = with_headers(store.client(), 'UploadPart', crc)
        upload = Upload(s3)
        assert 'x-amz-checksum-crc64nvme' not in upload.put(1, b'x')['ResponseMetadata'][
            'HTTPHeaders']
        assert upload.complete()['ETag'] in ('', None)
        upload.complete()
        upload.id = 'none'
        refused('NoSuchKey', upload.list)
        refused('InternalError', upload.complete, status=500)
    with Store('--rules', 'b2', *TINY) as store:
        upload = Upload(with_headers(store.client(), 'UploadPart', crc))
        refused('InvalidArgument', upload.put, 1, b'x', status=400)
        upload.client = store.client()
        upload.put(1, b'x')
    with Store('--rules', 'r2', *TINY) as store:
        upload = Upload(store.client())
        for number, body in ((1, b'12'), (2, b'123'), (3, b'1')):
            upload.put(number, body)
        refused('InvalidPart', upload.complete)
        upload.put(2, b'34')
        sums = hashlib.md5(b''.join(hashlib.md5(b).digest() for b in (b'12', b'34', b'1')))
        assert upload.complete()['ETag'].endswith('-3"')
        assert sums.hexdigest() not in upload.client.head_object(Bucket='box', Key='key')['ETag']
        odd = with_headers(store.client(), 'PutObject', {'x-amz-checksum-xxhash3': 'AAAA'})
        refused('NotImplemented', odd.put_object, Bucket='box', Key='k', Body=b'', status=501)
    with Store('--rules', 'scaleway', *TINY) as store:
        refused('InvalidArgument', Upload(store.client()).put, 1001, b'x')
    with Store('--rules', 'digitalocean') as store:
        refused('EntityTooLarge', Upload(store.client()).put, 1, b'x' * (8100 * 1024 + 1))
    with Store('--rules', 'aws') as store:
        s3 = store.client()
        upload = Upload(s3)
        upload.put(1, b'abc')
        upload.complete()
        head = s3.head_object(Bucket='box', Key='key', ChecksumMode='ENABLED')
        assert head['ResponseMetadata']['HTTPHeaders'][
            'x-amz-checksum-crc64nvme'] == crc64nvme(b'abc')


main([
    objects_keep_what_they_were_given, buckets_are_made_and_found,
    virtual_host_style_is_understood, presigned_urls_sign_what_they_carry,
    strangers_are_refused, digests_are_compared, parts_become_an_object,
    what_does_not_fit_is_refused, whole_checksums_are_compared,
    composite_checksums_need_every_part, lists_come_in_pages,
    uploads_survive_the_end_of_the_process, rules_of_other_stores,
])
