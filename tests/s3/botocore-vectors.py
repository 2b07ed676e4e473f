#!/usr/bin/python3
# SPDX-FileCopyrightText: The Partway authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Prints what botocore signs for a table of requests at one fixed time, as a key file.

test-s3-sign.c makes the same requests and compares. The keys are in hex, because key files know
nothing of control characters.
"""

import datetime
import sys
import types

import botocore.auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.utils import percent_encode

NOW = datetime.datetime(2026, 2, 28, 23, 59, 7)
ACCESS_KEY = 'AKIDEXAMPLE'
SECRET_KEY = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY='
TOKEN = 'IQoJb3JpZ2luX2VjE//+a/b+c==%20&x=y'

KEYS = [
    'plain.txt',
    'a b+c%d~e',
    'a%20b',
    'a//b///c',
    '/leading',
    './x/../y/.',
    'naïve/日本語/🎬.mov',
    '!"#$&\'()*,:;<=>?@[\\]^`{|}',
    'control\x01\x1f\x7f\n\ttab',
    'trailing ',
    'e\u0301 decomposed',
    'k' * 1024,
]

QUERIES = [
    '',
    'uploads=',
    'uploads',
    'partNumber=17&uploadId=2~VmVyeUxvbmc._-',
    'uploads=&encoding-type=url&prefix=a%2Fb%20c&key-marker=%E2%82%AC',
    'b=2&a=2&a=1&a-b=0&A=9&a%20=x&aa=',
    'x-id=PutObject&uploadId=a%3Db%26c',
]

HEADERS = [
    {},
    {'Content-Type': 'video/quicktime', 'x-amz-meta-Zeta': 'z', 'x-amz-acl': 'private'},
    {'x-amz-meta-note': '  two  blanks\t and   a tab ', 'If-None-Match': '*', 'Range': 'bytes=0-9'},
    {'x-amz-checksum-crc64nvme': 'rosUhgp5mYg=', 'x-amz-tagging': 'a=b&c=d', 'Content-MD5':
     '1B2M2Y8AsgTpgAmY7PhCfg=='},
]

PLACES = [
    ('https://bucket.s3.eu-central-1.amazonaws.com', 'eu-central-1'),
    ('http://localhost:9000/bucket', 'us-east-1'),
    ('https://store.example:443/gate/bucket', 'auto'),
    ('http://[::1]:80/bucket', 'us-east-1'),
]


class FrozenTime(datetime.datetime):
    @classmethod
    def utcnow(cls):
        return NOW

    @classmethod
    def now(cls, tz=None):
        return NOW.replace(tzinfo=datetime.timezone.utc).astimezone(tz)


def freeze():
    botocore.auth.datetime = types.SimpleNamespace(datetime=FrozenTime,
                                                   timezone=datetime.timezone,
                                                   timedelta=datetime.timedelta)
    if hasattr(botocore.auth, 'get_current_datetime'):
        botocore.auth.get_current_datetime = lambda remove_tzinfo=True: NOW


def escape(value):
    value = value.replace('\\', '\\\\').replace('\t', '\\t')
    return '\\s' + value[1:] if value.startswith(' ') else value


def new_request(method, url, headers, payload_signed):
    request = AWSRequest(method=method, url=url, headers=headers, data=b'body' if payload_signed
                         else b'')
    request.context['client_config'] = Config(s3={'payload_signing_enabled': payload_signed})
    return request


def has_repeated_name(query):
    names = [piece.split('=')[0] for piece in query.split('&')]
    return len(names) != len(set(names))


def print_case(number, method, place, region, key, query, headers, token, payload_signed):
    url = place + '/' + percent_encode(key, safe='/~') + ('?' + query if query else '')
    credentials = Credentials(ACCESS_KEY, SECRET_KEY, token)

    signed = new_request(method, url, headers, payload_signed)
    botocore.auth.S3SigV4Auth(credentials, 's3', region).add_auth(signed)
    presigned = AWSRequest(method=method, url=url, headers=headers)
    botocore.auth.S3SigV4QueryAuth(credentials, 's3', region, expires=3600).add_auth(presigned)

    print(f'[{number}]')
    print('method=' + method)
    print('base=' + place)
    print('region=' + region)
    print('key=' + key.encode().hex())
    print('query=' + query)
    print('url=' + escape(url))
    print('token=' + (token or ''))
    for index, (name, value) in enumerate(headers.items()):
        print(f'header-{index}={name}')
        print(f'value-{index}={escape(value)}')
    print('payload=' + signed.headers['X-Amz-Content-SHA256'])
    print('date=' + signed.headers['X-Amz-Date'])
    print('authorization=' + signed.headers['Authorization'])
    # A name that stands twice in the query loses its second value when botocore presigns.
    if not has_repeated_name(query):
        print('signature=' + presigned.url.split('X-Amz-Signature=')[1])
        print('parameters=' + ' '.join(
            piece for piece in presigned.url.split('?', 1)[1].split('&')
            if piece.startswith('X-Amz-') and not piece.startswith('X-Amz-Signature')))


def main():
    freeze()
    print('[settings]')
    print('access-key=' + ACCESS_KEY)
    print('secret-key=' + SECRET_KEY)
    print(f'now={int(NOW.replace(tzinfo=datetime.timezone.utc).timestamp())}')
    methods = ['GET', 'PUT', 'POST', 'DELETE', 'HEAD']
    number = 0
    for key in KEYS:
        for query in QUERIES:
            for headers in HEADERS:
                place, region = PLACES[number % len(PLACES)]
                print_case(number, methods[number % len(methods)], place, region, key, query,
                           headers, TOKEN if number % 3 == 0 else None, number % 2 == 0)
                number += 1


if __name__ == '__main__':
    sys.exit(main())
