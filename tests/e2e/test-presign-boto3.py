#!/usr/bin/python3
# SPDX-FileCopyrightText: The Partway authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The URLs of partway-presign are, letter for letter, those that boto3 makes for the same call at
the same time. Nobody is asked: signing needs no store."""

import datetime
import json
import os
import unittest.mock
import urllib.error
import urllib.request
from urllib.parse import parse_qs, urlsplit

from backends import Presign
from partway import Failure, check_equal, main, note

KEYS = ['film.mov', 'a/b/c', 'o d+d%ü~', "!*'();:@&=+$,?#[]", 'ä/漢字/😀', '%2F%20', 'x' * 900]
UPLOAD_ID = 'N+Gpax4y/2LaO=YpqJ0R~6Ff.Iw-L_r'
# Method of /sign, what it is told, boto3's name of the call.
CALLS = [
    ('PUT', {}, 'put_object'),
    ('POST', {}, 'create_multipart_upload'),
    ('PUT', {'uploadId': UPLOAD_ID, 'partNumber': 10000}, 'upload_part'),
    ('GET', {'uploadId': UPLOAD_ID}, 'list_parts'),
    ('POST', {'uploadId': UPLOAD_ID}, 'complete_multipart_upload'),
    ('DELETE', {'uploadId': UPLOAD_ID}, 'abort_multipart_upload'),
]


class Nowhere:
    """What the backend signs for."""

    bucket, url, access_key, secret_key = 'films', None, 'AKIAIOSFODNN7EXAMPLE', 'wJa/rXU+nFEMI=K7'

    def __init__(self, url=None, region='eu-central-1', style='virtual', token=None):
        self.url, self.region, self.style, self.token = url, region, style, token

    def start(self):
        return Presign(self, {'AWS_SESSION_TOKEN': self.token}, region=self.region, port=0,
                       url_lifetime=3600,
                       addressing='virtual-host' if self.style == 'virtual' else 'path')

    def get_client(self):
        import boto3
        from botocore.config import Config
        # Without it boto3 of that age names the host of us-east-1 for every region.
        url = self.url or f'https://s3.{self.region}.amazonaws.com'
        return boto3.client(
            's3', endpoint_url=url, region_name=self.region,
            aws_access_key_id=self.access_key, aws_secret_access_key=self.secret_key,
            aws_session_token=self.token, config=Config(
                signature_version='s3v4', s3={'addressing_style': self.style}))


def ask(backend, route, body):
    request = urllib.request.Request(backend.url + route, json.dumps(body).encode(),
                                     {'Content-Type': 'application/json'})
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.loads(answer.read())
    except urllib.error.HTTPError as error:
        raise Failure(f'{route} {body}: {error.code} {error.read().decode()}') from None


def freeze(time):
    """What botocore's signers take for now; newer ones ask a function of their own."""
    import botocore.auth
    if hasattr(botocore.auth, 'get_current_datetime'):
        return unittest.mock.patch('botocore.auth.get_current_datetime', lambda *_, **__: time)
    clock = unittest.mock.Mock()
    clock.datetime.utcnow.return_value = time
    return unittest.mock.patch('botocore.auth.datetime', clock)


def sign_with_boto3(client, url, call, expires, **parameters):
    """At the time that @url was signed at."""
    query = parse_qs(urlsplit(url).query)
    time = datetime.datetime.strptime(query['X-Amz-Date'][0], '%Y%m%dT%H%M%SZ')
    with freeze(time):
        return client.generate_presigned_url(call, ExpiresIn=expires, Params={
            'Bucket': Nowhere.bucket, **parameters})


def compare(server):
    client = server.get_client()
    n = 0
    with server.start() as backend:
        for key in KEYS:
            url = ask(backend, '/get-presigned-url',
                      {'key': key, 'uploadId': UPLOAD_ID, 'partNumber': 7})['presignedUrl']
            check_equal(url, sign_with_boto3(
                client, url, 'upload_part', 3600, Key=key, UploadId=UPLOAD_ID, PartNumber=7), key)
            n += 1
            for method, told, call in CALLS:
                url = ask(backend, '/sign', {'method': method, 'key': key, 'expiresIn': 60,
                                             **told})['url']
                names = {'uploadId': 'UploadId', 'partNumber': 'PartNumber'}
                check_equal(url, sign_with_boto3(
                    client, url, call, 60, Key=key,
                    **{names[name]: value for name, value in told.items()}), key, call)
                n += 1
    note(f'{n} URLs are the same')


def test_aws(work):
    compare(Nowhere())


def test_aws_with_a_session_token(work):
    compare(Nowhere(region='us-west-2', token='IQoJb3JpZ2luX2VjE+/=&%' * 20))


def test_a_store_of_ones_own(work):
    compare(Nowhere('http://127.0.0.1:9', region='us-east-1', style='path'))


def test_a_store_with_a_name_for_each_bucket(work):
    compare(Nowhere('https://s3.example.org:8443', region='eu-west-1'))


# Where awscrt is installed botocore leaves the signing, and the time, to it.
os.environ['BOTO_DISABLE_CRT'] = 'true'
for name in ('AWS_PROFILE', 'AWS_CONFIG_FILE', 'AWS_SHARED_CREDENTIALS_FILE'):
    os.environ.pop(name, None)
main([value for name, value in list(globals().items()) if name.startswith('test_')])
