# SPDX-FileCopyrightText: The Partway authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The listener of partway-presign: connections, limits, TLS, draining, log and metrics."""

import hashlib
import json
import re
import signal
import socket
import ssl
import subprocess
import sys
import time
import urllib.parse

from server import (PROGRAM, SIGN, Line, Server, check, check_equal, environment, in_background,
                    message, partway)
from partway import ACCESS_KEY, KIB, MIB, SECRET_KEY, SOURCE, Store, wait_until

SIGN_PATH = '/get-presigned-url'
SANITIZED = partway.SLOWNESS > 1
# Long enough to be seen under way.
SLOW_LIST = f'list-parts: delay {partway.SLOWNESS}s'


def test_keeps_a_connection_alive(work):
    with Server() as server:
        line = Line(server.port)
        ids = set()
        for number in range(1, 51):
            answer = line.ask('POST', SIGN_PATH, SIGN | {'partNumber': number})
            check_equal(answer.status, 200, answer.body)
            check(f'partNumber={number}&' in answer.json()['presignedUrl'], answer.body)
            ids.add(answer.headers['x-request-id'])
        check_equal(len(ids), 50, 'each request has an id of its own')
        check_equal(server.metrics()['connections'], 1)


def test_reads_requests_that_came_together(work):
    with Server() as server:
        line = Line(server.port)
        line.send(b''.join(message('POST', SIGN_PATH, SIGN | {'partNumber': n})
                           for n in range(1, 21)))
        for number in range(1, 21):
            check(f'partNumber={number}&' in line.receive().json()['presignedUrl'])


def test_reads_a_request_that_comes_in_pieces(work):
    with Server() as server:
        line = Line(server.port)
        for _ in range(2):
            for byte in message('POST', SIGN_PATH, SIGN):
                line.send(bytes([byte]))
            check_equal(line.receive().status, 200)


def test_lets_go_of_connections_that_are_left(work):
    """SoupServer 3.2 would keep those that end between two requests, with their descriptors."""
    with Server() as server:
        for _ in range(3):
            lines = [Line(server.port) for _ in range(20)]
            for line in lines:
                check_equal(line.ask('POST', SIGN_PATH, SIGN).status, 200)
            check_equal(server.metrics()['connections'], 20)
            for number, line in enumerate(lines):
                if number % 2:
                    line.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                                           b'\1\0\0\0\0\0\0\0')       # a reset
                line.close()
            wait_until(lambda: server.metrics()['connections'] == 0, 'the connections are gone')
        n_descriptors = server.n_descriptors()
        check(n_descriptors < 40, n_descriptors, 'descriptors')


def test_lets_go_of_connections_that_never_ask(work):
    with Server() as server:
        lines = [Line(server.port) for _ in range(10)]
        wait_until(lambda: server.metrics()['connections'] == 10, 'the connections are there')
        for line in lines:
            line.close()
        wait_until(lambda: server.metrics()['connections'] == 0, 'the connections are gone')


def test_answers_whoever_sends_no_more(work):
    with Server() as server:
        line = Line(server.port)
        line.send(message('POST', SIGN_PATH, SIGN))
        line.socket.shutdown(socket.SHUT_WR)
        check_equal(line.receive().status, 200)
        check(line.is_closed())


def test_drops_slow_clients(work):
    with Server(header_timeout=1, body_timeout=1, idle_timeout=60) as server:
        silent, heads, body = Line(server.port), Line(server.port), Line(server.port)
        again = Line(server.port)
        check_equal(again.ask('POST', SIGN_PATH, SIGN).status, 200)
        heads.send(b'POST / HTTP/1.1\r\nHost: a\r\n')
        body.send(message('POST', SIGN_PATH, SIGN)[:-5])
        again.send(b'GET / HT')
        start = time.monotonic()

        def dribble():
            try:
                while True:
                    heads.send(b'X-More: 1\r\n')
                    time.sleep(0.05)     # the client's speed, not a wait for something
            except OSError:
                return time.monotonic() - start
        dribbling = in_background(dribble)
        for line in (silent, body, again):
            check(line.is_closed())
        check(dribbling() < 20 * partway.SLOWNESS)
        wait_until(lambda: server.metrics()['connections'] == 0, 'the connections are gone')
        wait_until(lambda: server.metrics()['refused_total{reason="slow"}'] == 4, 'all are counted')


def test_ends_idle_connections(work):
    with Server(idle_timeout=1) as server:
        line = Line(server.port)
        check_equal(line.ask('POST', SIGN_PATH, SIGN).status, 200)
        check(line.is_closed())
        check_equal(server.metrics()['refused_total{reason="slow"}'], 0)


def test_limits_connections(work):
    with Server(max_connections=5) as server:
        lines = [Line(server.port) for _ in range(5)]
        for line in lines:
            check_equal(line.ask('POST', SIGN_PATH, SIGN).status, 200)
        answer = Line(server.port).receive()
        check_equal((answer.status, answer.headers['retry-after']), (503, '1'))
        check_equal(server.metrics()['refused_total{reason="connections"}'], 1)
        lines.pop().close()
        wait_until(lambda: server.metrics()['connections'] == 4, 'there is room again')
        check_equal(Line(server.port).ask('POST', SIGN_PATH, SIGN).status, 200)


def test_limits_the_rate_of_an_address(work):
    with Server(rate_per_address=1, rate_burst=3) as server:
        line = Line(server.port)
        statuses = [line.ask('POST', SIGN_PATH, SIGN) for _ in range(5)]
        check_equal([a.status for a in statuses][:4], [200, 200, 200, 429])
        check(1 <= int(statuses[3].headers['retry-after']) <= 2)
        check('detail' in statuses[3].json(), 'in the shape of the dialect:', statuses[3].body)
        check_equal(line.ask('GET', '/healthz').status, 200, 'health is asked as often as you like')
        check(server.metrics()['refused_total{reason="rate"}'] >= 1)


def test_limits_the_rate_of_a_user(work):
    keys = work / 'keys'
    keys.write_text(''.join(f'{user} salt:{hashlib.sha256(f"salt{user}-key".encode()).hexdigest()}\n'
                            for user in ('ada', 'ben')))
    with Server(auth='api-key', api_key_file=keys, rate_per_user=1, rate_burst=3) as server:
        def ask(user, n_requests=1):
            line = Line(server.port)
            line.send(message('POST', SIGN_PATH, SIGN, [f'Authorization: Bearer {user}-key'])
                      * n_requests)
            return [line.receive() for _ in range(n_requests)]
        answers = ask('ada', 30)
        check_equal([a.status for a in answers[:3]], [200] * 3)
        late = next(a for a in answers if a.status != 200)
        check_equal(late.status, 429, late.body)
        check(1 <= int(late.headers['retry-after']) <= 2)
        check(429 in [a.status for a in ask('ada', 30)], 'another connection is no other user')
        check_equal(ask('ben')[0].status, 200, 'somebody else asks as before')
        check_equal(ask('eve')[0].status, 401)


def test_believes_only_its_own_proxies(work):
    with Server(rate_per_address=1, rate_burst=1) as server:
        line = Line(server.port)
        for number, status in ((1, 200), (2, 429)):
            answer = line.ask('POST', SIGN_PATH, SIGN, [f'X-Forwarded-For: 192.0.2.{number}'])
            check_equal(answer.status, status)
        wait_until(lambda: len(server.lines()) >= 3, 'the lines are written')
        check_equal({entry['peer'] for entry in server.lines() if 'peer' in entry}, {'127.0.0.1'})
    with Server(rate_per_address=1, rate_burst=1, trust_forwarded='127.0.0.0/8') as server:
        line = Line(server.port)
        for number in range(1, 4):
            headers = [f'X-Forwarded-For: 198.51.100.9, 192.0.2.{number}, 127.0.0.9']
            check_equal(line.ask('POST', SIGN_PATH, SIGN, headers).status, 200)
        wait_until(lambda: len(server.lines()) >= 4, 'the lines are written')
        check_equal({entry['peer'] for entry in server.lines() if 'peer' in entry},
                    {'192.0.2.1', '192.0.2.2', '192.0.2.3'})


def test_refuses_large_bodies(work):
    large = json.dumps(SIGN | {'padding': 'x' * MIB}).encode()
    with Server() as server:
        line = Line(server.port)
        answer = line.ask('POST', SIGN_PATH, large)
        check_equal(answer.status, 413)
        check('detail' in answer.json(), answer.body)
        check(line.is_closed())

        line = Line(server.port)
        head = message('POST', SIGN_PATH, None, ['Transfer-Encoding: chunked'])
        chunks = b''.join(b'%x\r\n%s\r\n' % (len(part), part)
                          for part in (large[:MIB], large[MIB:]))
        line.send(head + chunks + b'0\r\n\r\n')
        check_equal(line.receive().status, 413)

        line = Line(server.port)
        line.send(message('POST', SIGN_PATH, None, ['Expect: 100-continue',
                                                    f'Content-Length: {len(large)}']))
        check_equal(line.receive().status, 413, 'before any of it is sent')

        line = Line(server.port)
        try:
            line.send(message('POST', SIGN_PATH, None, [f'Content-Length: {100 * MIB}']))
            for _ in range(100):
                line.send(b'x' * MIB)
            check_equal(line.receive().status, 413)
        except (BrokenPipeError, ConnectionResetError):
            pass                        # the answer was sent, and what came then was not read
        check_equal(server.metrics()['refused_total{reason="size"}'], 4)

        fitting = json.dumps(SIGN | {'padding': 'x' * (MIB - 200)}).encode()
        check_equal(Line(server.port).ask('POST', SIGN_PATH, fitting).status, 200)
        check_equal(Line(server.port).ask('POST', SIGN_PATH, fitting,
                                          ['X-Long: ' + 'x' * 40 * KIB]).status, 200)


def test_refuses_endless_headers(work):
    with Server() as server:
        line = Line(server.port)
        try:
            for _ in range(1000):
                line.send(b'POST / HTTP/1.1\r\nX-Long: ' + b'x' * 64 * KIB)
        except OSError:
            pass
        check(line.is_closed() or line.receive().status == 400)
        wait_until(lambda: server.metrics()['connections'] == 0, 'the connection is gone')


def test_survives_what_is_no_http(work):
    with Server() as server:
        for garbage in (b'\0\0\0\0\r\n\r\n', b'GET\r\n\r\n', b'\x16\x03\x01\x02\0\1\0', b'\r\n' * 50,
                        b'GET http:// HTTP/1.1\r\n\r\n', b'POST / HTTP/1.1\r\nHost: a\r\n'
                        b'Content-Length: -1\r\n\r\n', b'GET / HTTP/1.1\r\nHost: \0\r\n\r\n',
                        b'OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n',
                        b'CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n'):
            line = Line(server.port)
            line.send(garbage)
            line.socket.shutdown(socket.SHUT_WR)
            while line.socket.recv(65536):
                pass
            line.close()
        check_equal(Line(server.port).ask('POST', SIGN_PATH, SIGN).status, 200)


def test_takes_no_body_whose_end_is_in_doubt(work):
    """What a proxy took for a body's end must not be the beginning of somebody's request here."""
    body = json.dumps(SIGN).encode()
    other = message('GET', '/healthz')
    chunks = b'%x\r\n%s\r\n0\r\n\r\n' % (len(body), body)
    length, long = f'Content-Length: {len(body)}', f'Content-Length: {len(body + other)}'
    chunked = 'Transfer-Encoding: chunked'
    doubtful = [(headers, chunks) for headers in (
        [chunked, f'Content-Length: {len(chunks)}'], [f'Content-Length: {len(chunks)}', chunked],
        [chunked, chunked], [chunked, 'Transfer-Encoding: identity'])]
    doubtful += [(headers, body) for headers in (
        [length, length], [length, long], [long, length], [f'Content-Length: +{len(body)}'],
        ['Transfer-Encoding: identity', length], ['Transfer-Encoding: xchunked', length])]
    with Server() as server:
        for headers, sent in doubtful:
            line = Line(server.port)
            line.send(message('POST', SIGN_PATH, None, headers) + sent + other)
            answer = line.receive()
            check_equal((answer.status, answer.headers.get('connection')), (400, 'close'), headers)
            check('detail' in answer.json(), answer.body)
            check(line.is_closed(), headers)
        for headers, sent in (([chunked], chunks), (['Transfer-Encoding: Chunked'], chunks),
                              ([length], body)):
            line = Line(server.port)
            line.send(message('POST', SIGN_PATH, None, headers) + sent + other)
            check_equal((line.receive().status, line.receive().body), (200, b'{"status":"ok"}'))
        check_equal(server.metrics()['refused_total{reason="size"}'], 0)


def test_speaks_tls(work):
    subprocess.run([SOURCE / 'tests/servers/tls', work / 'tls'], check=True)
    context = ssl.create_default_context(cafile=work / 'tls/ca.crt')

    def wrap(plain):
        return context.wrap_socket(plain, server_hostname='localhost')
    with Server(tls_certificate=work / 'tls/server.crt', tls_key=work / 'tls/server.key',
                header_timeout=2) as server:
        lines = [Line(server.port, wrap) for _ in range(4)]
        for line in lines:
            for _ in range(5):
                check_equal(line.ask('POST', SIGN_PATH, SIGN).status, 200)
        silent, broken = Line(server.port), Line(server.port)
        broken.send(b'GET / HTTP/1.1\r\nHost: a\r\n\r\n')
        for line in lines:
            line.close()
        check(silent.is_closed(), 'who says nothing is dropped')
        wait_until(lambda: server.metrics()['connections'] == 0, 'the connections are gone')
        check_equal(Line(server.port, wrap).ask('POST', SIGN_PATH, SIGN).status, 200)


def start_upload(line, name):
    answer = line.ask('POST', '/start-multipart-upload', {'fileName': name})
    check_equal(answer.status, 200, answer.body)
    return answer.json()


def test_asks_the_store_beside_quick_requests(work):
    with Store() as store, Server(store, threads=2) as server:
        upload = start_upload(Line(server.port), 'film')
        store.set_faults(SLOW_LIST)
        lines = [Line(server.port) for _ in range(4)]
        waiting = [in_background(line.ask, 'POST', '/list-parts', upload) for line in lines]
        wait_until(lambda: server.metrics()['requests_in_flight'] == 4, 'the store is asked')
        check_equal(Line(server.port).ask('POST', SIGN_PATH, SIGN).status, 200)
        check_equal(server.metrics()['requests_in_flight'], 4, 'the quick one did not wait')
        for wait in waiting:
            check_equal(wait().json(), {'parts': []})
        check_equal(server.metrics()['store_request_duration_seconds_count'], 5)


def test_survives_clients_that_leave_while_the_store_is_asked(work):
    with Store() as store, Server(store) as server:
        upload = start_upload(Line(server.port), 'film')
        store.set_faults(SLOW_LIST)
        for reset in (False, True):
            line = Line(server.port)
            line.send(message('POST', '/list-parts', upload))
            wait_until(lambda: server.metrics()['requests_in_flight'] == 1, 'the store is asked')
            if reset:
                line.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b'\1\0\0\0\0\0\0\0')
            line.close()
            wait_until(lambda: server.metrics()['requests_in_flight'] == 0, 'the store answered')
        wait_until(lambda: server.metrics()['connections'] == 0, 'the connections are gone')


def test_drains(work):
    with Store() as store, Server(store) as server:
        upload = start_upload(Line(server.port), 'film')
        store.set_faults(SLOW_LIST)
        idle, silent, busy = Line(server.port), Line(server.port), Line(server.port)
        check_equal(idle.ask('POST', SIGN_PATH, SIGN).status, 200)
        busy.send(message('POST', '/list-parts', upload))
        wait_until(lambda: server.metrics()['requests_in_flight'] == 1, 'the store is asked')
        server.process.send_signal(signal.SIGTERM)
        check(idle.is_closed() and silent.is_closed())
        answer = busy.receive()
        check_equal((answer.status, answer.headers['connection']), (200, 'close'))
        check(busy.is_closed())
        check_equal(server.process.wait(partway.TIMEOUT), 0)
        try:
            Line(server.port)
            check(False, 'it still accepts connections')
        except ConnectionRefusedError:
            pass


def test_does_not_drain_for_ever(work):
    with Store() as store, Server(store, drain_timeout=1) as server:
        upload = start_upload(Line(server.port), 'film')
        store.set_faults('list-parts: delay 4s')
        line = Line(server.port)
        line.send(message('POST', '/list-parts', upload))
        wait_until(lambda: server.metrics()['requests_in_flight'] == 1, 'the store is asked')
        server.process.send_signal(signal.SIGTERM)
        check_equal(server.process.wait(partway.TIMEOUT), 0)
        check('did not end in time' in server.log(), server.log())


def test_counts(work):
    with Server() as server:
        line = Line(server.port)
        for _ in range(3):
            line.ask('POST', SIGN_PATH, SIGN)
        line.ask('GET', '/no-such-thing?secret=1')
        line.ask('GET', '/healthz')
        metrics = server.metrics()
        for route, status, dialect, expected in ((SIGN_PATH, 200, 'fastapi', 3),
                                                 ('other', 404, 'other', 1),
                                                 ('/healthz', 200, 'other', 1)):
            name = f'requests_total{{dialect="{dialect}",route="{route}",status="{status}"}}'
            check_equal(metrics.get(name), expected, name, metrics)
        check_equal(metrics['request_duration_seconds_bucket{le="+Inf"}'], 5)
        check_equal(metrics['request_duration_seconds_count'], 5)
        check(metrics['process_resident_memory_bytes'] > MIB)
        check_equal(Line(server.metrics_port).ask('GET', '/').status, 404)
        check_equal(Line(server.port).ask('GET', '/metrics').status, 404, 'not where all may ask')


def test_logs_no_secrets(work):
    with Store() as store, Server(store, log_level='debug') as server:
        upload = start_upload(Line(server.port), 'private-name.mp4')
        line = Line(server.port)
        url = line.ask('POST', SIGN_PATH, upload | {'partNumber': 1}).json()['presignedUrl']
        signature = urllib.parse.parse_qs(urllib.parse.urlsplit(url).query)['X-Amz-Signature'][0]
        line.ask('POST', '/list-parts?token=query-secret', upload, ['Authorization: Bearer bearer-secret'])
        line.ask('POST', SIGN_PATH, b'{"body-secret": ')
        line.ask('GET', '/private-path')
        wait_until(lambda: sum('requestId' in entry for entry in server.lines()) == 5,
                   'the lines are written')
        text = server.log()
        for secret in (ACCESS_KEY, SECRET_KEY, signature, 'private', 'query-secret', 'bearer-secret',
                       'body-secret', upload['uploadId'], 'Signature'):
            check(secret not in text, secret, 'is in the log:', text)
        for entry in server.lines():
            check(re.fullmatch(r'\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z', entry['time']), entry)
            check(entry['level'] in ('info', 'debug', 'warning'), entry)
            if 'requestId' in entry:
                check({'method', 'route', 'dialect', 'status', 'ms', 'peer'} <= entry.keys(), entry)


def test_logs_what_s3_said(work):
    with Store() as store, Server(store) as server:
        line = Line(server.port)
        answer = line.ask('POST', '/list-parts', {'uploadId': 'unknown', 'key': 'film'})
        check_equal(answer.headers['x-error-code'], 'NoSuchUpload', answer.body)
        store.set_faults('list-parts: status 403 AccessDenied')
        line.ask('POST', '/list-parts', {'uploadId': 'unknown', 'key': 'film'})
        wait_until(lambda: [entry.get('code') for entry in server.lines() if 'requestId' in entry] ==
                   ['NoSuchUpload', 'AccessDenied'], 'the codes are logged')


def test_memory_stays(work):
    n_rounds = 1 if SANITIZED else 6
    with Server(log_level='warning') as server:
        def go(n_requests):
            line = Line(server.port)
            batch = message('POST', SIGN_PATH, SIGN) * 50
            for _ in range(n_requests // 50):
                line.send(batch)
                for _ in range(50):
                    check_equal(line.receive().status, 200)
            line.close()
        go(2000)
        before = server.resident()
        for _ in range(n_rounds):
            waits = [in_background(lambda: go(1000) or True) for _ in range(4)]
            for wait in waits:
                wait()
        grown = server.resident() - before
        check(SANITIZED or grown < MIB, 'it grew by', grown)
        check(SANITIZED or server.resident() < 20 * MIB, server.resident(), 'bytes')


def test_says_what_is_wrong(work):
    cases = [
        ({'bucket': ''}, 2, 'bucket'),
        ({'port': '70000'}, 2, 'PORT'),
        ({'trust_forwarded': 'nonsense'}, 2, 'nonsense'),
        ({'listen': 'nowhere', 'allow_anyone': 'true'}, 1, 'nowhere'),
        ({'tls_certificate': '/dev/null', 'tls_key': '/dev/null'}, 1, 'certificate'),
    ]
    for settings, status, word in cases:
        done = subprocess.run([PROGRAM], env=environment(**{'port': 0, **settings}),
                              capture_output=True, text=True, timeout=partway.TIMEOUT)
        check_equal(done.returncode, status, settings, done.stderr)
        check(word in done.stderr and len(done.stderr.splitlines()) == 1, done.stderr)
    done = subprocess.run([PROGRAM, '--check-config'], env=environment(), capture_output=True,
                          text=True, timeout=partway.TIMEOUT)
    check_equal((done.returncode, done.stdout, done.stderr), (0, '', ''))
    help_text = subprocess.run([PROGRAM, '--help'], capture_output=True, text=True, check=True).stdout
    for word in ('url-lifetime', 'PARTWAY_PRESIGN_TLS_KEY', '--port-file'):
        check(word in help_text, word)


if __name__ == '__main__':
    partway.main([value for name, value in list(globals().items()) if name.startswith('test_')],
                 parallel=4)
