# SPDX-FileCopyrightText: The Partway authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A backend that signs, for tests: speaks all four dialects in front of a Store, in this process.

    with Store() as store, Backend(store, ['fastapi'], delay=0.1) as backend:
        cli.run('upload', '--presign', backend.url, file)

It is slow, trusts everybody who has the token, and keeps count of what it is asked. `twist` may
change an answer: a function of (route, request, status, answer) that gives (status, answer).
"""

import hashlib
import hmac
import http.client
import http.server
import json
import re
import threading
import time
import urllib.parse
import xml.etree.ElementTree

REGION = 'us-east-1'
DIALECTS = ('fastapi', 'companion', 'sign', 'partway')


def _quote(text):
    return urllib.parse.quote(text, safe='-_.~')


class Refusal(Exception):
    def __init__(self, status, code, message):
        super().__init__(message)
        self.status, self.code, self.message = status, code, message


class Signer:
    """Presigned URLs, and S3 calls made with them."""

    def __init__(self, store, expires):
        self.store, self.expires = store, expires
        self.host = store.url.split('//')[1]

    def _hmac(self, key, text):
        return hmac.new(key, text.encode(), hashlib.sha256).digest()

    def url(self, method, key, query=(), headers=None, age=0):
        when = time.strftime('%Y%m%dT%H%M%SZ', time.gmtime(time.time() - age))
        scope = f'{when[:8]}/{REGION}/s3/aws4_request'
        headers = {'host': self.host, **{k.lower(): v for k, v in (headers or {}).items()}}
        names = ';'.join(sorted(headers))
        query = dict(query) | {
            'X-Amz-Algorithm': 'AWS4-HMAC-SHA256', 'X-Amz-Date': when,
            'X-Amz-Credential': f'{self.store.access_key}/{scope}',
            'X-Amz-Expires': str(self.expires), 'X-Amz-SignedHeaders': names}
        path = f'/{self.store.bucket}/' + urllib.parse.quote(key, safe='/-_.~')
        text = '&'.join(f'{_quote(k)}={_quote(str(v))}' for k, v in sorted(query.items()))
        canonical = '\n'.join([method, path, text,
                               *(f'{n}:{headers[n]}' for n in sorted(headers)), '', names,
                               'UNSIGNED-PAYLOAD'])
        signing = ('AWS4' + self.store.secret_key).encode()
        for piece in scope.split('/'):
            signing = self._hmac(signing, piece)
        to_sign = '\n'.join(['AWS4-HMAC-SHA256', when, scope,
                             hashlib.sha256(canonical.encode()).hexdigest()])
        signature = self._hmac(signing, to_sign).hex()
        return f'{self.store.url}{path}?{text}&X-Amz-Signature={signature}'

    def call(self, method, key, query=(), headers=None, body=b''):
        connection = http.client.HTTPConnection('127.0.0.1', self.store.port, timeout=60)
        url = self.url(method, key, query, headers)
        connection.request(method, url[len(self.store.url):], body, headers or {})
        answer = connection.getresponse()
        data = answer.read()
        connection.close()
        root = xml.etree.ElementTree.fromstring(data) if data.lstrip()[:1] == b'<' else None
        if root is not None:
            for node in root.iter():
                node.tag = node.tag.split('}')[-1]
        if answer.status >= 300 or (root is not None and root.tag == 'Error'):
            raise Refusal(answer.status, root.findtext('Code') if root is not None else '',
                          root.findtext('Message') if root is not None else '')
        return root, answer.headers

    def create(self, key, headers=None):
        return self.call('POST', key, {'uploads': ''}, headers)[0].findtext('UploadId')

    def list(self, key, upload_id, marker=0):
        root, _ = self.call('GET', key, {'uploadId': upload_id, 'part-number-marker': str(marker)})
        parts = [{'PartNumber': int(p.findtext('PartNumber')), 'ETag': p.findtext('ETag'),
                  'Size': int(p.findtext('Size')),
                  'checksum': p.findtext('ChecksumCRC64NVME')} for p in root.iter('Part')]
        return parts, root.findtext('IsTruncated') == 'true'

    def list_all(self, key, upload_id):
        parts, more = self.list(key, upload_id)
        while more:
            page, more = self.list(key, upload_id, parts[-1]['PartNumber'])
            parts += page
        return parts

    def complete(self, key, upload_id, parts, headers=None):
        items = ''.join(
            f'<Part><PartNumber>{p["PartNumber"]}</PartNumber><ETag>"{p["ETag"].strip(chr(34))}"'
            '</ETag>'
            + (f'<ChecksumCRC64NVME>{p["checksum"]}</ChecksumCRC64NVME>' if p.get('checksum')
               else '') + '</Part>' for p in parts)
        body = f'<CompleteMultipartUpload>{items}</CompleteMultipartUpload>'.encode()
        return self.call('POST', key, {'uploadId': upload_id}, headers, body)[0]

    def abort(self, key, upload_id):
        self.call('DELETE', key, {'uploadId': upload_id})


class Backend:
    def __init__(self, store, dialects=DIALECTS, delay=0, token=None, header=None, prefix='',
                 expires=900, twist=None, age=0):
        self.store, self.signer = store, Signer(store, expires)
        self.dialects, self.delay, self.prefix = list(dialects), delay, prefix
        self.token, self.header, self.twist, self.age = token, header, twist, age
        self.lock, self.counts, self.seen = threading.Lock(), {}, []
        backend = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = 'HTTP/1.1'
            disable_nagle_algorithm = True

            def log_message(self, *_):
                pass

            def handle_any(self):
                length = int(self.headers.get('Content-Length') or 0)
                backend._handle(self, self.rfile.read(length))

            do_GET = do_POST = do_DELETE = handle_any

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 128

            def handle_error(self, *_):         # a client that was killed
                pass

        self.server = Server(('127.0.0.1', 0), Handler)
        self.url = f'http://127.0.0.1:{self.server.server_port}'
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    def count(self, route):
        with self.lock:
            return self.counts.get(route, 0)

    # One request

    def _handle(self, handler, body):
        route, status, answer, headers = handler.path.split('?')[0], 200, None, {}
        time.sleep(self.delay)
        try:
            request = json.loads(body) if body else {}
            route, answer = self._route(handler, request)
        except Refusal as refusal:
            status, answer = self._refuse(route, refusal)
        with self.lock:
            self.counts[route] = self.counts.get(route, 0) + 1
            self.seen.append((route, dict(handler.headers)))
        if self.twist:
            status, answer, *more = self.twist(route, request, status, answer)
            headers = more[0] if more else {}
        if status is None:                      # no answer at all
            handler.close_connection = True
            return
        data = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        handler.send_response(status)
        handler.send_header('Content-Type', 'application/json')
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.send_header('Content-Length', str(len(data)))
        handler.end_headers()
        handler.wfile.write(data)

    def _refuse(self, route, refusal):
        if refusal.code == 'NotFound':
            return refusal.status, {'detail': refusal.message}
        if route.startswith('/v2/'):
            return refusal.status, {'code': refusal.code, 'message': refusal.message,
                                    'retryable': refusal.status >= 500, 'requestId': 'r-1'}
        if route.startswith('/s3/'):
            return refusal.status, {'error': refusal.message}
        if refusal.code == 'Unauthorized':
            return refusal.status, {'detail': refusal.message}
        return 500, {'detail': f'An error occurred ({refusal.code}) when calling the operation: '
                               f'{refusal.message}'}

    def _check(self, handler):
        if not self.token:
            return
        given = handler.headers.get(self.header or 'Authorization')
        if given != (self.token if self.header else f'Bearer {self.token}'):
            raise Refusal(401, 'Unauthorized', 'The token has expired or is wrong.')

    def _route(self, handler, request):
        self._check(handler)
        path, _, text = handler.path.partition('?')
        query = dict(urllib.parse.parse_qsl(text, keep_blank_values=True))
        for dialect in self.dialects:
            found = getattr(self, '_' + dialect)(handler.command, path, query, request)
            if found:
                return found
        raise Refusal(404, 'NotFound', 'Not Found')

    def _part_url(self, key, upload_id, n, headers=None):
        return self.signer.url('PUT', key, {'uploadId': upload_id, 'partNumber': n}, headers,
                               self.age)

    # The dialects

    def _fastapi(self, method, path, query, body):
        need = {'/start-multipart-upload': ('fileName',),
                '/get-presigned-url': ('uploadId', 'key', 'partNumber'),
                '/list-parts': ('uploadId', 'key', 'partNumber'),
                '/complete-multipart-upload': ('uploadId', 'key', 'parts')}.get(path)
        if path == '/' and method == 'GET':
            return path, {'message': 'Hello'}
        if method != 'POST' or not need:
            return None
        if any(name not in body for name in need):
            raise Refusal(422, 'NotFound', [{'loc': ['body', n], 'msg': 'field required',
                                             'type': 'value_error.missing'}
                                            for n in need if n not in body])
        if path == '/start-multipart-upload':
            key = self.prefix + body['fileName']
            return path, {'uploadId': self.signer.create(key), 'key': key}
        key, upload_id = body['key'], body['uploadId']
        if path == '/get-presigned-url':
            return path, {'presignedUrl': self._part_url(key, upload_id, body['partNumber'])}
        if path == '/list-parts':
            parts, _ = self.signer.list(key, upload_id)
            return path, {'parts': [{'PartNumber': p['PartNumber'], 'ETag': p['ETag']}
                                    for p in parts]}
        self.signer.complete(key, upload_id, body['parts'])
        return path, {'message': 'Upload completed successfully'}

    def _companion(self, method, path, query, body):
        if path == '/s3/params' and method == 'GET':
            return path, {'method': 'POST', 'url': self.store.url, 'fields': {}, 'expires': 800}
        if path == '/s3/multipart' and method == 'POST':
            key = self.prefix + body['filename']
            return path, {'key': key, 'uploadId': self.signer.create(key),
                          'bucket': self.store.bucket}
        match = re.fullmatch(r'/s3/multipart/([^/]+)(?:/(\w+))?', path)
        if not match:
            return None
        upload_id, what, key = urllib.parse.unquote(match[1]), match[2], query['key']
        if method == 'GET' and not what:
            return '/s3/multipart/:id', self.signer.list_all(key, upload_id)
        if method == 'GET' and what == 'batch':
            return '/s3/multipart/:id/batch', {'presignedUrls': {
                n: self._part_url(key, upload_id, n) for n in query['partNumbers'].split(',')}}
        if method == 'POST' and what == 'complete':
            self.signer.complete(key, upload_id, body['parts'])
            return '/s3/multipart/:id/complete', {'location': 'x', 'key': key,
                                                  'bucket': self.store.bucket}
        if method == 'DELETE' and not what:
            self.signer.abort(key, upload_id)
            return '/s3/multipart/:id', {}
        return None

    def _sign(self, method, path, query, body):
        if path != '/sign' or method != 'POST':
            return None
        key, headers = body['key'], {}
        if body['method'] == 'POST' and 'uploadId' not in body:
            key, fields = self.prefix + key, {'uploads': ''}
            headers = {'x-amz-meta-made-by': 'the backend'}
        else:
            fields = {n: body[n] for n in ('uploadId', 'partNumber') if n in body}
        return path, {'url': self.signer.url(body['method'], key, fields, headers, self.age),
                      'key': key, 'headers': headers}

    def _partway(self, method, path, query, body):
        if path == '/v2/capabilities':
            return path, {'version': 2, 'minPartSize': 65536, 'maxPartSize': 5 << 30,
                          'maxParts': 10000, 'maxObjectSize': 5 << 40,
                          'checksums': ['CRC64NVME', 'MD5'], 'list': True, 'abort': True,
                          'putObject': True, 'batch': 64, 'conditional': True, 'expires': 900}
        if path == '/v2/uploads' and method == 'POST':
            key = self.prefix + body['fileName']
            headers = {}
            if body.get('checksumAlgorithm'):
                headers = {'x-amz-checksum-algorithm': body['checksumAlgorithm'],
                           'x-amz-checksum-type': 'FULL_OBJECT'}
            return path, {'uploadId': self.signer.create(key, headers), 'key': key,
                          'bucket': self.store.bucket, 'partSize': body['partSize'],
                          'checksumAlgorithm': body.get('checksumAlgorithm')}
        if path == '/v2/uploads' and method == 'GET':
            root, _ = self.signer.call('GET', '', {'uploads': '', 'prefix': query['prefix']})
            return path, {'uploads': [{'key': u.findtext('Key'), 'uploadId': u.findtext('UploadId'),
                                       'initiated': u.findtext('Initiated')}
                                      for u in root.iter('Upload')], 'truncated': False}
        if path == '/v2/uploads/sign':
            urls = []
            for part in body['parts']:
                headers = {}
                if part.get('checksum'):
                    headers = {'x-amz-checksum-crc64nvme': part['checksum']}
                urls.append({'n': part['n'], 'headers': headers,
                             'url': self._part_url(body['key'], body['uploadId'], part['n'],
                                                   headers),
                             'expiresAt': int(time.time()) + self.signer.expires})
            return path, {'urls': urls}
        if path == '/v2/uploads/parts':
            parts, more = self.signer.list(query['key'], query['uploadId'],
                                           query.get('marker') or 0)
            return path, {'parts': [{'n': p['PartNumber'], 'size': p['Size'], 'etag': p['ETag'],
                                     'checksum': p['checksum']} for p in parts],
                          'truncated': more,
                          'nextMarker': parts[-1]['PartNumber'] if more else None}
        if path == '/v2/uploads/complete':
            parts = [{'PartNumber': p['n'], 'ETag': p['etag'], 'checksum': p.get('checksum')}
                     for p in body['parts']]
            headers = {'If-None-Match': '*'} if body.get('ifNoneMatch') else {}
            root = self.signer.complete(body['key'], body['uploadId'], parts, headers)
            return path, {'etag': root.findtext('ETag'),
                          'checksum': root.findtext('ChecksumCRC64NVME'), 'location': 'x'}
        if path == '/v2/uploads/abort':
            try:
                self.signer.abort(body['key'], body['uploadId'])
            except Refusal as refusal:
                if refusal.code != 'NoSuchUpload':
                    raise
            return path, {}
        if path == '/v2/objects/sign':
            headers = {}
            if body.get('checksum'):
                headers['x-amz-checksum-crc64nvme'] = body['checksum']
            if body.get('ifNoneMatch'):
                headers['If-None-Match'] = '*'
            key = self.prefix + body['fileName']
            return path, {'url': self.signer.url('PUT', key, {}, headers, self.age), 'key': key,
                          'headers': headers, 'expiresAt': int(time.time()) + 900}
        if path == '/v2/object':
            try:
                _, headers = self.signer.call('HEAD', query['key'], (),
                                              {'x-amz-checksum-mode': 'ENABLED'})
            except Refusal as refusal:
                if refusal.status != 404:
                    raise
                return path, {'exists': False}
            return path, {'exists': True, 'size': int(headers['Content-Length']),
                          'etag': headers['ETag'],
                          'checksum': headers.get('x-amz-checksum-crc64nvme')}
        return None


