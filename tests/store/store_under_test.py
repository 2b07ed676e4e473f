# SPDX-FileCopyrightText: The Partway authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Starts partway-store for its tests, and talks to it through botocore: a client that shares no
code with it. Prints TAP."""

import base64
import http.client
import json
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import traceback

for name in ('AWS_CA_BUNDLE', 'SSL_CERT_FILE', 'REQUESTS_CA_BUNDLE', 'AWS_PROFILE',
             'http_proxy', 'https_proxy', 'HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY'):
    os.environ.pop(name, None)
os.environ['AWS_EC2_METADATA_DISABLED'] = 'true'

import boto3  # noqa: E402
from botocore.config import Config  # noqa: E402
from botocore.exceptions import ClientError  # noqa: E402
from botocore.handlers import add_expect_header  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent
KIB = 1024
MIB = 1024 * KIB


class Store:
    def __init__(self, *options, root=None):
        self.folder = None if root else tempfile.mkdtemp(prefix='partway-store-')
        self.root = root or self.folder + '/root'
        self.process = subprocess.Popen(
            [os.environ['PARTWAY_BUILD'] + '/tests/store/partway-store', '--root', self.root,
             '--bucket', 'box', *options],
            stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        if not line.startswith('listening on http'):
            raise RuntimeError('the store does not start: ' + line)
        self.port = int(line.rsplit(':', 1)[1])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        code = self.process.wait(10)
        self.process.stdout.close()
        if self.folder:
            shutil.rmtree(self.folder, ignore_errors=True)
        if code not in (0, -9):
            raise RuntimeError(f'the store ended with {code}')

    def kill(self):
        self.process.kill()
        self.process.wait(10)

    def client(self, key='testkey', secret='testsecret', token=None, region='us-east-1',
               host='127.0.0.1', style='path', retries=2, expect=True):
        # SIGV4 signs the payload's SHA-256 over http; a read timeout ends what never answers.
        client = boto3.client(
            's3', endpoint_url=f'http://{host}:{self.port}', aws_access_key_id=key,
            aws_secret_access_key=secret, aws_session_token=token, region_name=region,
            config=Config(signature_version='s3v4', s3={'addressing_style': style},
                          retries={'max_attempts': retries}, read_timeout=5,
                          connect_timeout=5))
        if not expect:
            client.meta.events.unregister('before-call.s3', add_expect_header)
        return client

    def control(self, method, path, body=None):
        connection = http.client.HTTPConnection('127.0.0.1', self.port, timeout=10)
        connection.request(method, path, body)
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        return answer.status, text

    def faults(self, script):
        status, text = self.control('POST', '/__faults', script)
        assert status == 200, text

    def fault_file(self, name):
        self.faults((HERE / 'faults' / (name + '.fault')).read_text())

    def stats(self):
        return json.loads(self.control('GET', '/__stats')[1])

    def raw(self, data, expect=65536):
        """Bytes over a socket of our own; all that comes back until the end."""
        with socket.create_connection(('127.0.0.1', self.port), timeout=5) as line:
            line.sendall(data)
            answer = b''
            while len(answer) < expect:
                piece = line.recv(65536)
                if not piece:
                    break
                answer += piece
            return answer


class Upload:
    """One multipart upload, step by step."""

    def __init__(self, client, key='key', **options):
        self.client, self.key, self.etags = client, key, {}
        self.created = client.create_multipart_upload(Bucket='box', Key=key, **options)
        self.id = self.created['UploadId']

    def put(self, number, body, **options):
        answer = self.client.upload_part(Bucket='box', Key=self.key, UploadId=self.id,
                                         PartNumber=number, Body=body, **options)
        self.etags[number] = answer['ETag']
        return answer

    def list(self, **options):
        return self.client.list_parts(Bucket='box', Key=self.key, UploadId=self.id, **options)

    def complete(self, numbers=None, **options):
        parts = [{'PartNumber': n, 'ETag': self.etags[n]} for n in numbers or sorted(self.etags)]
        return self.client.complete_multipart_upload(
            Bucket='box', Key=self.key, UploadId=self.id, MultipartUpload={'Parts': parts},
            **options)


def with_headers(client, operation, headers):
    """Adds headers to one kind of call before it is signed."""
    def add(request, **_):
        for name, value in headers.items():
            request.headers[name] = value
    client.meta.events.register_first(f'before-sign.s3.{operation}', add)
    return client


def refused(code, call, *arguments, status=None, **options):
    try:
        call(*arguments, **options)
    except ClientError as error:
        found = error.response['Error']['Code']
        assert found == code, f'{found} instead of {code}: {error.response}'
        assert status in (None, error.response['ResponseMetadata']['HTTPStatusCode'])
        return error.response
    raise AssertionError(f'not refused; {code} was expected')


def broken(call, *arguments, **options):
    """The call must fail without any answer of S3."""
    try:
        call(*arguments, **options)
    except ClientError as error:
        raise AssertionError(f'answered: {error}')
    except Exception as error:
        return error
    raise AssertionError('answered with success')


def crc(data, polynomial, bits):
    """A reflected CRC with all ones in and out, a bit at a time: slow, and plain to check."""
    value = ones = (1 << bits) - 1
    for byte in data:
        value ^= byte
        for _ in range(8):
            value = (value >> 1) ^ (polynomial if value & 1 else 0)
    return base64.b64encode((value ^ ones).to_bytes(bits // 8, 'big')).decode()


def crc64nvme(data):
    return crc(data, 0x9a6c9329ac4bc9b5, 64)


def crc32c(data):
    return crc(data, 0x82f63b78, 32)


def main(tests):
    failed = 0
    print(f'1..{len(tests)}')
    for number, test in enumerate(tests, 1):
        name = test.__name__.replace('_', ' ')
        try:
            test()
            print(f'ok {number} {name}', flush=True)
        except Exception:
            failed += 1
            print(f'not ok {number} {name}')
            print('\n'.join('# ' + line for line in traceback.format_exc().splitlines()),
                  flush=True)
    sys.exit(1 if failed else 0)
