# SPDX-FileCopyrightText: The Partway authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A look-alike of AWS Lambda's Runtime API on loopback, and events as function URLs and HTTP APIs
send them."""

import base64
import http.server
import json
import queue
import threading
import time
import uuid

import server  # noqa: F401  (the path to partway)
from partway import TIMEOUT, check

VERSION = '/2018-06-01/runtime'


def event(method, path, body=None, query='', headers=None, stage='$default', encode=False,
          cookies=None):
    """Format 2.0 of the payload. @encode: the body in base64, as binary ones come."""
    host = 'abcdefg.lambda-url.eu-central-1.on.aws'
    text = json.dumps(body) if isinstance(body, dict) else body
    value = {
        'version': '2.0', 'routeKey': '$default', 'rawPath': path, 'rawQueryString': query,
        'headers': {'host': host, 'content-type': 'application/json', 'x-forwarded-for': '192.0.2.9',
                    'x-forwarded-proto': 'https', **(headers or {})},
        'requestContext': {
            'accountId': 'anonymous', 'apiId': 'abcdefg', 'domainName': host, 'stage': stage,
            'http': {'method': method, 'path': path, 'protocol': 'HTTP/1.1',
                     'sourceIp': '192.0.2.9', 'userAgent': 'curl/8'},
            'requestId': str(uuid.uuid4()), 'routeKey': '$default',
            'time': '26/Nov/2026:06:00:00 +0000', 'timeEpoch': 1795672800000},
        'isBase64Encoded': encode,
    }
    if text is not None:
        value['body'] = base64.b64encode(text.encode()).decode() if encode else text
    if cookies:
        value['cookies'] = cookies
    return value


class RuntimeApi:
    """Give it events; what the function made of each comes back."""

    def __init__(self):
        self.events = queue.Queue()
        self.results = queue.Queue()      # (kind, request id, headers, value, monotonic time)
        api = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = 'HTTP/1.1'

            def log_message(self, *_):
                pass

            def answer(self, status, body=b'', headers=()):
                self.send_response(status)
                for name, value in headers:
                    self.send_header(name, value)
                self.send_header('Content-Length', str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_GET(self):
                if self.path != VERSION + '/invocation/next':
                    return self.answer(404)
                value, milliseconds = api.events.get()
                if value is None:
                    return self.answer(410)
                body = value if isinstance(value, bytes) else json.dumps(value).encode()
                request_id = str(uuid.uuid4())
                self.answer(200, body, [
                    ('Content-Type', 'application/json'),
                    ('Lambda-Runtime-Aws-Request-Id', request_id),
                    ('Lambda-Runtime-Deadline-Ms', str(int(time.time() * 1000) + milliseconds)),
                    ('Lambda-Runtime-Trace-Id', 'Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700'),
                    ('Lambda-Runtime-Invoked-Function-Arn',
                     'arn:aws:lambda:eu-central-1:123456789012:function:presign')])

            def do_POST(self):
                body = self.rfile.read(int(self.headers['Content-Length']))
                moment = time.monotonic()
                *rest, request_id, kind = self.path.removeprefix(VERSION + '/').split('/')
                if kind not in ('response', 'error'):
                    return self.answer(404)
                api.results.put((kind, request_id, dict(self.headers), json.loads(body), moment))
                self.answer(202, b'{"status":"OK"}')

        self.server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler)
        self.server.daemon_threads = True
        self.address = f'127.0.0.1:{self.server.server_port}'
        self.first_result = None
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.events.put((None, 0))
        self.server.shutdown()
        self.server.server_close()

    def give(self, value, milliseconds=30000):
        self.events.put((value, milliseconds))

    def take(self):
        kind, request_id, headers, value, moment = self.results.get(timeout=TIMEOUT)
        self.first_result = self.first_result or moment
        return kind, request_id, headers, value

    def invoke(self, value, milliseconds=30000):
        """The function's answer: its result with the body as text."""
        self.give(value, milliseconds)
        kind, _, _, result = self.take()
        check(kind == 'response', kind, result)
        return result

    def ask(self, method, path, body=None, **more):
        """Status and JSON."""
        result = self.invoke(event(method, path, body, **more))
        return result['statusCode'], json.loads(result['body']) if result['body'] else None

    def stop(self):
        """The function's next question is its last."""
        self.events.put((None, 0))
