# SPDX-FileCopyrightText: The Partway authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the whole-program tests of partway-presign share: the server as a process, and connections
that behave as badly as a test wants them to."""

import json
import os
import pathlib
import re
import shutil
import socket
import sys
import tempfile
import threading

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / 'e2e'))

import partway  # noqa: E402
from partway import ACCESS_KEY, BUILD, SECRET_KEY, TIMEOUT, check, check_equal  # noqa: E402

PROGRAM = BUILD / 'src/presign/partway-presign'
SIGN = {'uploadId': '2~abcdef', 'key': 'film.mp4', 'partNumber': 7}


def environment(store=None, **settings):
    """Of a server with these settings: url_lifetime=60 becomes PARTWAY_PRESIGN_URL_LIFETIME."""
    env = {name: value for name, value in os.environ.items()
           if not name.startswith(('AWS_', 'PARTWAY_PRESIGN_'))}
    env |= {'AWS_ACCESS_KEY_ID': ACCESS_KEY, 'AWS_SECRET_ACCESS_KEY': SECRET_KEY,
            'AWS_CONFIG_FILE': '/dev/null', 'AWS_SHARED_CREDENTIALS_FILE': '/dev/null'}
    settings = {'bucket': 'box', 'region': 'us-east-1', **settings}
    if store:
        settings |= {'endpoint': store.url, 'addressing': 'path'}
    return env | {'PARTWAY_PRESIGN_' + name.upper(): str(value)
                  for name, value in settings.items()}


class Server:
    """partway-presign on a port of the kernel's choice, until the with block ends."""

    def __init__(self, store=None, program=PROGRAM, **settings):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix='partway-presign-'))
        ports = self.folder / 'ports'
        settings = {'port': 0, 'metrics_port': 0, **settings}
        with open(self.folder / 'log', 'wb') as log:
            self.process = partway.spawn([program, '--port-file', ports], stderr=log,
                                         env=environment(store, **settings))
        partway.wait_until(lambda: ports.exists() or self.process.poll() is not None,
                           'the server listens')
        check(ports.exists(), 'the server does not start:', self.log())
        self.port, *rest = (int(line) for line in ports.read_text().split())
        self.metrics_port = rest[0] if rest else None

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        self.process.terminate()
        status = self.process.wait(TIMEOUT)
        text = self.log()
        shutil.rmtree(self.folder, ignore_errors=True)
        if kind is None:
            check_equal(status, 0, 'the server ends:', text[-4000:])
            check('"level":"error"' not in text, text[-4000:])

    def log(self):
        return (self.folder / 'log').read_text(errors='replace')

    def lines(self):
        return [json.loads(line) for line in self.log().splitlines()]

    def metrics(self):
        """Series to value."""
        answer = Line(self.metrics_port).ask('GET', '/metrics')
        check_equal(answer.status, 200)
        return {line.rsplit(' ', 1)[0].removeprefix('partway_presign_'): float(line.rsplit(' ', 1)[1])
                for line in answer.text().splitlines() if not line.startswith('#')}

    def resident(self):
        """Bytes of the process in memory."""
        status = pathlib.Path(f'/proc/{self.process.pid}/status').read_text()
        return int(re.search(r'VmRSS:\s*(\d+) kB', status).group(1)) * 1024

    def n_descriptors(self):
        return len(os.listdir(f'/proc/{self.process.pid}/fd'))


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    def text(self):
        return self.body.decode()

    def json(self):
        return json.loads(self.body)


def message(method, path, body=None, headers=()):
    """The bytes of a request."""
    body = json.dumps(body).encode() if isinstance(body, dict) else body
    lines = [f'{method} {path} HTTP/1.1', 'Host: example.test', *headers]
    if body is not None:
        lines.append(f'Content-Length: {len(body)}')
    return '\r\n'.join([*lines, '', '']).encode() + (body or b'')


class Line:
    """One connection, by hand."""

    def __init__(self, port, wrap=None, timeout=TIMEOUT):
        self.socket = socket.create_connection(('127.0.0.1', port), timeout=timeout)
        if wrap:
            self.socket = wrap(self.socket)
        self.rest = b''

    def send(self, data):
        self.socket.sendall(data)

    def _more(self):
        data = self.socket.recv(65536)
        if not data:
            raise EOFError
        self.rest += data

    def receive(self):
        """The next answer; EOFError where the connection ends before."""
        while b'\r\n\r\n' not in self.rest:
            self._more()
        head, self.rest = self.rest.split(b'\r\n\r\n', 1)
        first, *lines = head.decode().split('\r\n')
        headers = {line.split(':', 1)[0].lower(): line.split(':', 1)[1].strip() for line in lines}
        size = int(headers.get('content-length', 0))
        while len(self.rest) < size:
            self._more()
        body, self.rest = self.rest[:size], self.rest[size:]
        return Answer(int(first.split()[1]), headers, body)

    def ask(self, method, path, body=None, headers=()):
        self.send(message(method, path, body, headers))
        return self.receive()

    def is_closed(self):
        """Waits for the other side's end."""
        try:
            return self.socket.recv(1) == b''
        except ConnectionResetError:
            return True

    def close(self):
        self.socket.close()


def in_background(function, *arguments):
    """Runs it; the value is a function that waits for its result."""
    results = []
    thread = threading.Thread(target=lambda: results.append(function(*arguments)), daemon=True)
    thread.start()

    def wait():
        thread.join(TIMEOUT)
        check(results, 'there was no result')
        return results[0]
    return wait
